// SPDX-License-Identifier: Apache-2.0
//
// run_file.c - the words that run a file; see run_file.h.
#include "cmd/run_file.h"

#include "base/alloc.h"
#include "world/console.h"
#include "world/env.h"
#include "world/file.h"

// What -eval gets. The file's name and kind come as plain arguments, so nothing has to be quoted
// into Erlang text. A module that main/1 or start/0 leaves by an exception ends the program with
// 127, as an escript does.
static const char EVAL_MODULE[] =
    "[Kind, File | Args] = init:get_plain_arguments(),"
    "Load = case Kind of"
    "  \"beam\" -> code:load_abs(filename:rootname(filename:absname(File), \".beam\"));"
    "  \"erl\" -> case compile:file(File, [binary, report, nowarn_export_all]) of"
    "    {ok, Mod, Code} -> code:load_binary(Mod, File, Code);"
    "    error -> {error, compilation_failed} end end,"
    "case Load of"
    "  {module, M} ->"
    "    try case erlang:function_exported(M, main, 1) of"
    "          true -> M:main(Args); false -> M:start() end of"
    "      _ -> init:stop(0)"
    "    catch C:R:S ->"
    "      io:put_chars(standard_error, [\"mica: \", erl_error:format_exception(C, R, S), $\\n]), "
    "halt(127)"
    "    end;"
    "  {error, Reason} ->"
    "    io:format(standard_error, \"mica: cannot run ~ts: ~tp~n\", [File, Reason]), halt(127) "
    "end.";

static bool has_suffix(const char *path, const char *suffix) {
    size_t n = strlen(path), m = strlen(suffix);
    return n > m && strcmp(path + n - m, suffix) == 0;
}

static void add_each(WordList *out, const char *const *words) {
    for (; *words != NULL; words++) word_list_add(out, *words);
}

static void add_arguments(WordList *out, const char *path, int count, char **arguments) {
    ASSERT(count >= 0);
    word_list_add(out, path);
    for (int i = 0; i < count; i++) word_list_add(out, arguments[i]);
}

typedef struct LibraryVisit {
    WordList *out;
    const char *lib;
} LibraryVisit;

static void visit_elixir_library(void *user, const char *name, size_t bytes) {
    LibraryVisit *v = user;
    ASSERT(bytes > 0 && v->lib != NULL);
    size_t n = strlen(v->lib);
    char *path = mem_alloc(n + bytes + sizeof "//ebin");
    memcpy(path, v->lib, n);
    path[n] = '/';
    memcpy(path + n + 1, name, bytes);
    memcpy(path + n + 1 + bytes, "/ebin", sizeof "/ebin");
    word_list_add(v->out, path);
    mem_free(path);
}

/** Finds Elixir's lib folder: MICA_ELIXIR_ROOT, else where systems install it. mem_free it. */
static char *elixir_lib(World *world) {
    static const char *const USUAL[] = {"/usr/lib/elixir/lib", "/usr/local/lib/elixir/lib"};
    FileInfo info;
    char *named = env_get_text(world, "MICA_ELIXIR_ROOT");
    if (named != NULL) {
        size_t n = strlen(named);
        named = mem_realloc(named, n + sizeof "/lib");
        memcpy(named + n, "/lib", sizeof "/lib");
        return named;
    }
    for (size_t i = 0; i < ARRAY_COUNT(USUAL); i++) {
        if (file_info(world, USUAL[i], true, &info) != 0) continue;
        char *copy = mem_alloc(strlen(USUAL[i]) + 1);
        memcpy(copy, USUAL[i], strlen(USUAL[i]) + 1);
        return copy;
    }
    return NULL;
}

static int elixir_words(WordList *out, World *world, const char *path, int count,
                        char **arguments) {
    char *lib = elixir_lib(world);
    LibraryVisit visit = {.out = out, .lib = lib};
    if (lib != NULL) word_list_add(out, "-pa");
    if (lib == NULL || file_list_directory(world, lib, visit_elixir_library, &visit) != 0) {
        console_printf(world, CONSOLE_ERROR,
                       "mica: no Elixir found to run %s; install it (Debian: apt install elixir), "
                       "or name it with "
                       "MICA_ELIXIR_ROOT\n",
                       path);
        mem_free(lib);
        return 1;
    }
    mem_free(lib);
    add_each(out, (const char *const[]){"-noshell", "-s", "elixir", "start_cli", "-extra", NULL});
    add_arguments(out, path, count, arguments);
    return 0;
}

int run_file_words(WordList *out, World *world, const char *path, int argument_count,
                   char **arguments) {
    FileInfo info;
    ASSERT(out != NULL && path != NULL);
    int error = file_info(world, path, true, &info);
    if (error != 0 || info.type == FILE_TYPE_DIRECTORY) {
        console_printf(world, CONSOLE_ERROR, "mica: cannot read %s: %s\n", path,
                       error == 0 ? "is a directory" : strerror(error));
        return 1;
    }
    if (has_suffix(path, ".exs") || has_suffix(path, ".ex")) {
        return elixir_words(out, world, path, argument_count, arguments);
    }
    const char *kind = has_suffix(path, ".beam") ? "beam" : has_suffix(path, ".erl") ? "erl" : NULL;
    if (kind != NULL) {
        add_each(out,
                 (const char *const[]){"-noshell", "-eval", EVAL_MODULE, "-extra", kind, NULL});
    } else {
        add_each(out, (const char *const[]){"-boot", "no_dot_erlang", "-noshell", "-run", "escript",
                                            "start", "-extra", NULL});
    }
    add_arguments(out, path, argument_count, arguments);
    return 0;
}
