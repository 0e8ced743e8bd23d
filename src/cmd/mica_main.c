// SPDX-License-Identifier: Apache-2.0
//
// mica_main.c - the program `mica`: runs files; `mica erl ...` is the erl-compatible launcher.
#include "base/alloc.h"
#include "cmd/launch.h"
#include "cmd/run_file.h"
#include "version.gen.h"
#include "world/console.h"
#include "world/world.h"

static const char HELP[] =
    "Usage: mica [--otp-root DIR] [--seed N] [--gc-stress] COMMAND\n"
    "\n"
    "  mica run FILE [ARGS]   runs a .beam or .erl file (main/1 with ARGS, else start/0),\n"
    "                         an Elixir script (.exs, .ex), or an escript\n"
    "  mica erl [FLAGS]       does what `erl` does\n"
    "  mica --help            this text\n"
    "  mica --version         the version\n"
    "\n"
    "  --otp-root DIR   the Erlang/OTP to run on (or MICA_OTP_ROOT); default: the system's\n"
    "  --seed N         deterministic: one scheduler, virtual time, choices drawn from N\n"
    "  --gc-stress      collect garbage at every chance, to find bugs of the VM\n";

static bool is(const char *a, const char *b) { return strcmp(a, b) == 0; }

static int fail(World *world, const char *message, const char *word) {
    console_printf(world, CONSOLE_ERROR, "mica: %s %s\n%s", message, word, HELP);
    return 2;
}

static int run(World *world, int argc, char **argv) {
    WordList words = {0};
    word_list_add(&words, argv[0]);
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        bool valued = is(argv[i], "--otp-root") || is(argv[i], "--seed");
        if (is(argv[i], "--help") || is(argv[i], "-h")) {
            console_printf(world, CONSOLE_OUT, "%s", HELP);
            word_list_free(&words);
            return 0;
        }
        if (is(argv[i], "--version")) {
            console_printf(world, CONSOLE_OUT, "mica " MICA_VERSION "\n");
            word_list_free(&words);
            return 0;
        }
        bool known = valued ? i + 1 < argc : is(argv[i], "--gc-stress");
        if (!known) {
            word_list_free(&words);
            return fail(world, valued ? "missing value for" : "unknown flag", argv[i]);
        }
        word_list_add(&words, argv[i]);
        if (valued) word_list_add(&words, argv[++i]);
    }
    int code = 0;
    if (i == argc) {
        code = fail(world, "no command", "given");
    } else if (is(argv[i], "run")) {
        if (i + 1 == argc)
            code = fail(world, "no file", "given to run");
        else
            code = run_file_words(&words, world, argv[i + 1], argc - i - 2, argv + i + 2);
    } else if (is(argv[i], "erl")) {
        for (i++; i < argc; i++) word_list_add(&words, argv[i]);
    } else {
        code = fail(world, "unknown command", argv[i]);
    }
    ASSERT(code != 0 || words.count > 0); // the program's name at least
    if (code == 0) code = launch_erl(world, words.count, words.words, "erl");
    word_list_free(&words);
    return code;
}

int main(int argc, char **argv) {
    mem_tune_program();
    World *world = world_create_os();
    int code = run(world, argc, argv);
    world_destroy(world);
    return code;
}
