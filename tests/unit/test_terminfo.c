// SPDX-License-Identifier: Apache-2.0
//
// Columns of characters, and what the terminfo database says of a terminal.
#include "check.h"
#include "io/terminfo.h"
#include "term/char_width.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void test_widths(void) {
    CHECK(char_width('a') == 1 && char_width(0xe4) == 1 && char_width(0x3b1) == 1);
    CHECK(char_width(7) == CHAR_WIDTH_CONTROL && char_width(0x7f) == CHAR_WIDTH_CONTROL);
    CHECK(char_width(0x85) == CHAR_WIDTH_CONTROL && char_width(0xa0) == 1);
    CHECK(char_width(0x301) == 0 && char_width(0x200b) == 0);
    CHECK(char_width(0x4e00) == 2 && char_width(0x1f600) == 2 && char_width(0xac00) == 2);
    CHECK(char_width(0x10ffff) == 0 && char_width(0xe000) == 1);
}

/** Writes an entry of three flags, three numbers and twenty strings, of which only `up` is there.
 */
static bool write_entry(const char *path, size_t cut) {
    uint8_t bytes[128] = {0x1a, 0x01, 4, 0, 5, 0, 3, 0, 20,  0, 4, 0, 't', '|',
                          'x',  0,    0, 1, 0, 0, 1, 0, 132, 0, 8, 0, 24,  0};
    size_t count = 28;
    for (int i = 0; i < 20; i++) {
        bytes[count++] = i == 19 ? 0 : 0xff;
        bytes[count++] = i == 19 ? 0 : 0xff;
    }
    memcpy(bytes + count, "\033[A", 4);
    FILE *f = fopen(path, "wb");
    return f != NULL && fwrite(bytes, 1, count + 4 - cut, f) == count + 4 - cut && fclose(f) == 0;
}

static void test_terminfo(World *world) {
    char folder[] = "/tmp/mica-terminfo-XXXXXX", path[64];
    if (!CHECK(mkdtemp(folder) != NULL)) return;
    snprintf(path, sizeof path, "%s/t", folder);
    CHECK(mkdir(path, 0700) == 0);
    strcat(path, "/t-one");
    CHECK(write_entry(path, 0));
    setenv("TERMINFO", folder, 1);
    World *here = world_create_os(); // it copies the environment
    Terminfo *info = terminfo_open(here, "t-one", NULL);
    if (CHECK(info != NULL)) {
        CHECK(strcmp(terminfo_string(info, "up"), "\033[A") == 0);
        CHECK(terminfo_string(info, "do") == NULL && terminfo_string(info, "u7") == NULL);
        CHECK(terminfo_number(info, "co") == 132 && terminfo_number(info, "li") == 24);
        CHECK(terminfo_flag(info, "am") && terminfo_flag(info, "xn") && !terminfo_flag(info, "bs"));
    }
    terminfo_free(info);
    for (size_t cut = 1; cut < 70; cut++) {
        CHECK(write_entry(path, cut));
        info = terminfo_open(here, "t-one", NULL);
        CHECK(info == NULL);
        terminfo_free(info);
    }
    CHECK(terminfo_open(here, "../t/t-one", NULL) == NULL &&
          terminfo_open(world, "", NULL) == NULL);
    world_destroy(here);
    remove(path);
    *strrchr(path, '/') = '\0';
    remove(path);
    remove(folder);
}

int main(void) {
    World *world = world_create_os();
    test_widths();
    test_terminfo(world);
    world_destroy(world);
    return check_done();
}
