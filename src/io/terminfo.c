// SPDX-License-Identifier: Apache-2.0
//
// terminfo.c - compiled terminfo entries, as term(5) describes them:
//
//   magic | name bytes | flags | numbers | strings | table bytes     six 16-bit words, little
//   endian names, flags (a byte each), [a byte to an even place], numbers (16 or 32 bits, by the
//   magic), offsets of strings in the table (16 bits, negative: none), the table
//
// INFO-1: a file is untrusted; terminfo_open checks that every part lies inside it and that the
// table ends in NUL, so lookups check offsets only.
#include "io/terminfo.h"

#include <stdio.h>

#include "base/alloc.h"
#include "world/env.h"
#include "world/file.h"

enum {
    INFO_MAGIC_16 = 0x11a,
    INFO_MAGIC_32 = 0x21e,
    INFO_HEADER_BYTES = 12,
    INFO_FILE_BYTES_MAX = 32768,
    INFO_PATH_BYTES = 1024,
};

struct Terminfo {
    uint8_t *bytes;
    size_t number_bytes; // of one
    size_t flags_at, flag_count, numbers_at, number_count, strings_at, string_count;
    size_t table_at, table_bytes;
    Terminfo *older;
};

typedef struct InfoName {
    char name[3];
    uint16_t index; // in the standard order of capabilities
} InfoName;

static const InfoName info_strings[] = {{"cl", 5},   {"cd", 7},   {"do", 11},  {"le", 14},
                                        {"nd", 17},  {"up", 19},  {"DC", 105}, {"IC", 108},
                                        {"ta", 134}, {"u6", 293}, {"u7", 294}, {"bc", 397}};
static const InfoName info_numbers[] = {{"co", 0}, {"li", 2}};
static const InfoName info_flags[] = {{"am", 1}, {"xn", 4}, {"bs", 37}};

/** The index of a capability, or -1. */
static int info_index(const InfoName *names, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (strncmp(names[i].name, name, 2) == 0) return names[i].index;
    }
    return -1;
}

static size_t read_u16(const uint8_t *b) { return (size_t)b[0] | (size_t)b[1] << 8; }

/** Finds the parts; false: INFO-1 does not hold. */
static bool find_parts(Terminfo *t, size_t count) {
    if (count < INFO_HEADER_BYTES) return false;
    size_t magic = read_u16(t->bytes);
    if (magic != INFO_MAGIC_16 && magic != INFO_MAGIC_32) return false;
    t->number_bytes = magic == INFO_MAGIC_16 ? 2 : 4;
    t->flags_at = INFO_HEADER_BYTES + read_u16(t->bytes + 2);
    t->flag_count = read_u16(t->bytes + 4);
    t->number_count = read_u16(t->bytes + 6);
    t->string_count = read_u16(t->bytes + 8);
    t->table_bytes = read_u16(t->bytes + 10);
    t->numbers_at = (t->flags_at + t->flag_count + 1) & ~(size_t)1;
    t->strings_at = t->numbers_at + t->number_count * t->number_bytes;
    t->table_at = t->strings_at + t->string_count * 2;
    if (t->table_bytes == 0) return t->string_count == 0 && t->table_at <= count;
    size_t end = t->table_at + t->table_bytes;
    return end <= count && t->bytes[end - 1] == '\0';
}

static Terminfo *read_entry(World *world, const char *path) {
    FileHandle handle;
    if (file_open(world, path, FILE_MODE_READ, &handle) != 0) return NULL;
    Terminfo *t = mem_zalloc(sizeof *t);
    t->bytes = mem_zalloc(INFO_FILE_BYTES_MAX);
    struct iovec part = {.iov_base = t->bytes, .iov_len = INFO_FILE_BYTES_MAX};
    FileTransfer got = file_read(world, handle, &part, 1);
    file_close(world, handle);
    ASSERT(got.byte_count <= INFO_FILE_BYTES_MAX);
    if (got.error == 0 && find_parts(t, got.byte_count)) return t;
    terminfo_free(t);
    return NULL;
}

static Terminfo *look_into(World *world, const char *folder, const char *below,
                           const char *terminal) {
    char path[INFO_PATH_BYTES];
    int length = snprintf(path, sizeof path, "%s%s/%c/%s", folder, below, terminal[0], terminal);
    return length < (int)sizeof path ? read_entry(world, path) : NULL;
}

Terminfo *terminfo_open(World *world, const char *terminal, Terminfo *older) {
    ASSERT(terminal != NULL);
    static const char *const usual[] = {"/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo",
                                        "/usr/lib/terminfo"};
    if (terminal[0] == '\0' || strchr(terminal, '/') != NULL) return NULL;
    Terminfo *t = NULL;
    char *own = env_get_text(world, "TERMINFO"), *home = env_get_text(world, "HOME");
    if (own != NULL) t = look_into(world, own, "", terminal);
    if (t == NULL && home != NULL) t = look_into(world, home, "/.terminfo", terminal);
    for (size_t i = 0; i < ARRAY_COUNT(usual) && t == NULL; i++)
        t = look_into(world, usual[i], "", terminal);
    mem_free(own);
    mem_free(home);
    if (t != NULL) t->older = older;
    return t;
}

void terminfo_free(Terminfo *info) {
    while (info != NULL) {
        Terminfo *older = info->older;
        mem_free(info->bytes);
        mem_free(info);
        info = older;
    }
}

const char *terminfo_string(const Terminfo *info, const char *name) {
    int index = info_index(info_strings, ARRAY_COUNT(info_strings), name);
    if (index < 0 || (size_t)index >= info->string_count) return NULL;
    size_t offset = read_u16(info->bytes + info->strings_at + 2 * (size_t)index);
    if (offset >= info->table_bytes) return NULL; // also those below 0: none
    return (const char *)info->bytes + info->table_at + offset;
}

int terminfo_number(const Terminfo *info, const char *name) {
    int index = info_index(info_numbers, ARRAY_COUNT(info_numbers), name);
    if (index < 0 || (size_t)index >= info->number_count) return -1;
    const uint8_t *b = info->bytes + info->numbers_at + info->number_bytes * (size_t)index;
    if (info->number_bytes == 2) return MAX(-1, (int16_t)read_u16(b));
    return MAX(-1, (int32_t)(read_u16(b) | read_u16(b + 2) << 16));
}

bool terminfo_flag(const Terminfo *info, const char *name) {
    int index = info_index(info_flags, ARRAY_COUNT(info_flags), name);
    if (index < 0 || (size_t)index >= info->flag_count) return false;
    return info->bytes[info->flags_at + (size_t)index] == 1;
}
