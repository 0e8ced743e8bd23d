// SPDX-License-Identifier: Apache-2.0
//
// otp_root.c - finding the OTP root; see otp_root.h.
#include "api/otp_root.h"

#include "base/alloc.h"
#include "base/base.h"
#include "world/console.h"
#include "world/env.h"
#include "world/file.h"

static char *join3(const char *a, const char *b, const char *c) {
    size_t na = strlen(a), nb = strlen(b), nc = strlen(c);
    char *out = mem_alloc(na + nb + nc + 1);
    memcpy(out, a, na);
    memcpy(out + na, b, nb);
    memcpy(out + na + nb, c, nc + 1);
    return out;
}

static bool is_directory(World *world, const char *path) {
    FileInfo info;
    return file_info(world, path, true, &info) == 0 && info.type == FILE_TYPE_DIRECTORY;
}

typedef struct ErtsSearch {
    char version[64];
} ErtsSearch;

/** Keeps the greatest "erts-X" name; versions are compared as texts, since a root has one of them.
 */
static void visit_library(void *user, const char *name, size_t bytes) {
    ErtsSearch *s = user;
    if (bytes <= 5 || bytes - 5 >= sizeof s->version || memcmp(name, "erts-", 5) != 0) return;
    char version[sizeof s->version];
    memcpy(version, name + 5, bytes - 5);
    version[bytes - 5] = '\0';
    if (strcmp(version, s->version) > 0) memcpy(s->version, version, sizeof version);
}

static bool try_root(OtpRoot *out, World *world, const char *root) {
    ErtsSearch search = {""};
    char *lib = join3(root, "/lib", "");
    if (is_directory(world, lib)) file_list_directory(world, lib, visit_library, &search);
    mem_free(lib);
    if (search.version[0] == '\0') return false;
    char *erts = join3(root, "/lib/erts-", search.version);
    char *preloaded = join3(erts, "/ebin", "");
    mem_free(erts);
    if (!is_directory(world, preloaded)) {
        mem_free(preloaded);
        return false;
    }
    ASSERT(strlen(search.version) < sizeof search.version);
    char *bin = join3(root, "/erts-", search.version);
    *out = (OtpRoot){.root = join3(root, "", ""),
                     .bindir = join3(bin, "/bin", ""),
                     .erts_version = join3(search.version, "", ""),
                     .preloaded = preloaded};
    mem_free(bin);
    return true;
}

bool otp_root_find(OtpRoot *out, World *world, const char *wanted) {
    static const char *const USUAL[] = {"/usr/lib/erlang", "/usr/local/lib/erlang",
                                        "/usr/lib64/erlang"};
    ASSERT(out != NULL && world != NULL);
    char *named = wanted == NULL ? env_get_text(world, "MICA_OTP_ROOT") : join3(wanted, "", "");
    if (named != NULL) {
        size_t n = strlen(named);
        while (n > 1 && named[n - 1] == '/') named[--n] = '\0';
        bool found = try_root(out, world, named);
        if (!found) {
            console_printf(
                world, CONSOLE_ERROR,
                "mica: no Erlang/OTP in %s (it should hold lib/erts-VERSION/ebin and releases)\n",
                named);
        }
        mem_free(named);
        return found;
    }
    for (size_t i = 0; i < ARRAY_COUNT(USUAL); i++) {
        if (try_root(out, world, USUAL[i])) return true;
    }
    console_printf(
        world, CONSOLE_ERROR,
        "mica: no Erlang/OTP found; install it (Debian: apt install erlang-base), or name one with "
        "--otp-root DIR or MICA_OTP_ROOT\n");
    return false;
}

void otp_root_free(OtpRoot *r) {
    mem_free(r->root);
    mem_free(r->bindir);
    mem_free(r->erts_version);
    mem_free(r->preloaded);
    *r = (OtpRoot){0};
}
