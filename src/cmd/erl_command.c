// SPDX-License-Identifier: Apache-2.0
//
// erl_command.c - sorting the words of `erl`'s command line; see erl_command.h.
#include "cmd/erl_command.h"

#include "base/alloc.h"
#include "world/console.h"
#include "world/env.h"
#include "world/file.h"

#include <stdlib.h>

int erl_command_usage(World *world) {
    console_printf(world, CONSOLE_ERROR,
                   "Usage: erl [-version] [-sname NAME | -name NAME] [-noshell] [-noinput] "
                   "[-env VAR VALUE] [-make] [-emu_args] [-args_file FILENAME] [+A THREADS] "
                   "[+P MAX_PROCS] [+Q MAX_PORTS] [+S SCHEDULERS:ONLINE] [+t MAX_ATOMS] "
                   "[+W<i|w|e>] [--otp-root DIR] [--seed N] [--gc-stress] [args ...]\n"
                   "All flags and what they do here: docs/flags.md\n");
    return 1;
}

static int missing_argument(World *world, const char *flag) {
    console_printf(world, CONSOLE_ERROR, "Missing argument(s) for '%s'.\n", flag);
    return erl_command_usage(world);
}

// ---- gathering the words
// ----------------------------------------------------------------------------

/** Words of one arguments file, with files that it names put in their place; depth stops a file
 * that names itself. */
static int read_arguments_file(World *world, const char *path, WordList *words, WordList *extra,
                               int depth) {
    char *text;
    size_t count;
    int error = depth > 16 ? 40 /* ELOOP */ : file_read_all(world, path, &text, &count);
    if (error != 0) {
        char *cwd = NULL;
        size_t cwd_bytes;
        if (file_get_cwd(world, &cwd, &cwd_bytes) != 0) cwd = NULL;
        console_printf(world, CONSOLE_ERROR, "Failed to open arguments file \"%s\" at \"%s\": %s\n",
                       path, cwd == NULL ? "" : cwd, strerror(error));
        mem_free(cwd);
        return erl_command_usage(world);
    }
    WordList own = {0};
    word_list_split(&own, text, true);
    mem_free(text);
    int result = 0;
    for (int i = 0; i < own.count && result == 0; i++) {
        if (strcmp(own.words[i], "-args_file") == 0) {
            if (i + 1 == own.count)
                result = missing_argument(world, "-args_file");
            else
                result = read_arguments_file(world, own.words[++i], words, extra, depth + 1);
        } else if (strcmp(own.words[i], "-extra") == 0) {
            for (i++; i < own.count; i++) word_list_add(extra, own.words[i]);
        } else {
            word_list_add(words, own.words[i]);
        }
    }
    if (result == 0 && own.count > 0) word_list_add(words, "--");
    word_list_free(&own);
    return result;
}

static int gather(World *world, char **source, int count, WordList *words, WordList *extra) {
    ASSERT(count >= 0 && words != extra); // what follows -extra is kept apart
    for (int i = 0; i < count; i++) {
        if (strcmp(source[i], "-args_file") == 0) {
            if (i + 1 == count) return missing_argument(world, "-args_file");
            int result = read_arguments_file(world, source[++i], words, extra, 0);
            if (result != 0) return result;
        } else if (strcmp(source[i], "-extra") == 0) {
            for (i++; i < count; i++) word_list_add(extra, source[i]);
        } else {
            word_list_add(words, source[i]);
        }
    }
    return 0;
}

static int gather_variable(World *world, const char *name, WordList *words, WordList *extra) {
    char *value = env_get_text(world, name);
    if (value == NULL) return 0;
    WordList list = {0};
    word_list_split(&list, value, false);
    mem_free(value);
    int result = gather(world, list.words, list.count, words, extra);
    // A separator keeps a flag's values from running into the next source's words.
    if (result == 0 && list.count > 0) word_list_add(words, "--");
    word_list_free(&list);
    return result;
}

/** All sources in order; what follows any -extra is put together behind one -extra at the end. */
static int gather_all(World *world, int argc, char **argv, WordList *words) {
    ASSERT(argc >= 1 && words->count == 0);
    WordList extra = {0};
    // MICA_FLAGS is for tests that run both VMs: erl does not read it.
    int result = gather_variable(world, "MICA_FLAGS", words, &extra);
    if (result == 0) result = gather_variable(world, "ERL_AFLAGS", words, &extra);
    bool has_variables = words->count > 0 || extra.count > 0;
    if (result == 0) result = gather(world, argv + 1, argc - 1, words, &extra);
    WordList behind = {0};
    if (result == 0) result = gather_variable(world, "ERL_FLAGS", &behind, &extra);
    if (result == 0) result = gather_variable(world, "ERL_ZFLAGS", &behind, &extra);
    if (argc > 1 && (has_variables || behind.count > 0)) word_list_add(words, "--");
    word_list_add_all(words, &behind);
    if (extra.count > 0) {
        word_list_add(words, "-extra");
        word_list_add_all(words, &extra);
    }
    word_list_free(&behind);
    word_list_free(&extra);
    return result;
}

// ---- sorting them
// -------------------------------------------------------------------------------------

typedef struct Sorter {
    ErlCommand *c;
    World *world;
    WordList words;
    int i;
} Sorter;

static bool is(const char *a, const char *b) { return strcmp(a, b) == 0; }

static bool has_argument(const Sorter *s, int at) {
    return at + 1 < s->words.count && !is(s->words.words[at + 1], "--");
}

static bool is_one_of(const char *word, const char *const *list) {
    for (; *list != NULL; list++) {
        if (is(word, *list)) return true;
    }
    return false;
}

/** Does an emulator flag (without its '+') always take the next word as its value? */
static bool takes_value(const char *f) {
    static const char *const WITH_VALUE[] = {
        "a",     "A",      "C",       "e",      "i",     "n",      "P",       "Q",        "t",
        "T",     "R",      "W",       "K",      "S",     "SP",     "SDcpu",   "SDPcpu",   "SDio",
        "IOt",   "IOp",    "IOPt",    "IOPp",   "IOs",   "JDdump", "JPperf",  "JMsingle", "h",
        "hms",   "hmbs",   "hpds",    "hmax",   "hmaxk", "hmaxel", "hmqd",    "rg",       "pc",
        "zdbbl", "zdntgc", "zebwt",   "zosrl",  "dcg",   "sbt",    "sbwt",    "sbwtdcpu", "sbwtdio",
        "scl",   "sct",    "secio",   "sfwi",   "stbt",  "swct",   "swtdcpu", "swtdio",   "swt",
        "sws",   "sss",    "sssdcpu", "sssdio", "spp",   "sub",    NULL};
    if (is_one_of(f, WITH_VALUE)) return true;
    static const char *const ALLOCATOR_FLAGS_ALONE[] = {"Mit", "Mim", NULL};
    return f[0] == 'M' && f[1] != '\0' && !is_one_of(f, ALLOCATOR_FLAGS_ALONE);
}

static int sort_plus(Sorter *s) {
    const char *word = s->words.words[s->i];
    ASSERT(word[0] == '+');
    const char *flag = word + 1;
    size_t bytes = strlen(word) + 1;
    char *dashed = mem_alloc(bytes);
    memcpy(dashed, word, bytes);
    dashed[0] = '-';
    word_list_add(&s->c->emulator, dashed);
    mem_free(dashed);
    const char *next = s->i + 1 < s->words.count ? s->words.words[s->i + 1] : "";
    bool optional = (is(flag, "B") && (is(next, "i") || is(next, "c") || is(next, "d"))) ||
                    (is(flag, "c") && (is(next, "true") || is(next, "false")));
    if (takes_value(flag)) {
        if (!has_argument(s, s->i)) return missing_argument(s->world, word);
        optional = true;
    }
    if (optional) word_list_add(&s->c->emulator, s->words.words[++s->i]);
    return 0;
}

static int sort_environment(Sorter *s) {
    ASSERT(s->i < s->words.count);
    if (!has_argument(s, s->i)) return missing_argument(s->world, "-env");
    const char *name = s->words.words[++s->i];
    if (!has_argument(s, s->i)) return missing_argument(s->world, "-env");
    const char *value = s->words.words[++s->i];
    env_put(s->world, name, strlen(name), value, strlen(value));
    return 0;
}

static char *copy_text(const char *text) {
    ASSERT(text != NULL);
    size_t bytes = strlen(text) + 1;
    return memcpy(mem_alloc(bytes), text, bytes);
}

/** Flags of Mica's own. Returns -1 when the word is none. */
static int sort_own(Sorter *s, const char *word) {
    if (is(word, "--gc-stress")) {
        s->c->gc_stress = true;
        return 0;
    }
    if (!is(word, "--seed") && !is(word, "--otp-root")) return -1;
    if (!has_argument(s, s->i)) return missing_argument(s->world, word);
    const char *value = s->words.words[++s->i];
    if (is(word, "--otp-root")) {
        mem_free(s->c->otp_root);
        s->c->otp_root = copy_text(value);
        return 0;
    }
    char *end;
    s->c->seeded = true;
    s->c->seed = strtoull(value, &end, 10);
    if (*value == '\0' || *end != '\0') {
        console_printf(s->world, CONSOLE_ERROR, "bad seed %s\n", value);
        return erl_command_usage(s->world);
    }
    return 0;
}

static int copy_with_value(Sorter *s) {
    const char *word = s->words.words[s->i];
    ASSERT(word[0] == '-');
    if (!has_argument(s, s->i)) return missing_argument(s->world, word);
    word_list_add(&s->c->init, word);
    word_list_add(&s->c->init, s->words.words[++s->i]);
    return 0;
}

static void add_three(WordList *list, const char *a, const char *b, const char *d) {
    word_list_add(list, a);
    word_list_add(list, b);
    word_list_add(list, d);
}

static int sort_make(Sorter *s) {
    word_list_add(&s->c->init, "-noshell");
    word_list_add(&s->c->init, "-noinput");
    add_three(&s->c->init, "-s", "make", "all_or_nothing");
    add_three(&s->c->init, "-s", "erlang", "halt");
    word_list_add(&s->c->emulator, "-B");
    ASSERT(s->c->init.count > 0);
    s->i = s->words.count;
    return 0;
}

static int sort_start_epmd(Sorter *s) {
    if (!has_argument(s, s->i)) return missing_argument(s->world, s->words.words[s->i]);
    const char *value = s->words.words[s->i + 1];
    if (!is(value, "true") && !is(value, "false")) {
        console_printf(s->world, CONSOLE_ERROR, "Expected boolean argument for \'-start_epmd\'.\n");
        return erl_command_usage(s->world);
    }
    s->c->without_epmd = is(value, "false");
    return copy_with_value(s);
}

static int sort_minus(Sorter *s) {
    const char *word = s->words.words[s->i];
    ASSERT(word[0] == '-');
    WordList *init = &s->c->init;
    int own = sort_own(s, word);
    if (own >= 0) return own;
    if (is(word, "-emu_args")) {
        s->c->show_command = true;
    } else if (is(word, "-emu_args_exit")) {
        s->c->show_and_exit = true;
    } else if (is(word, "-env")) {
        return sort_environment(s);
    } else if (is(word, "-make")) {
        return sort_make(s);
    } else if (is(word, "-noinput")) {
        word_list_add(init, "-noshell");
        word_list_add(init, "-noinput");
    } else if (is(word, "-detached")) {
        s->c->detached = true;
        word_list_add(init, "-noshell");
        word_list_add(init, "-noinput");
    } else if (is(word, "-version")) {
        word_list_add(&s->c->emulator, "-V");
    } else if (is(word, "-name") || is(word, "-sname")) {
        s->c->is_distributed = true;
        return copy_with_value(s);
    } else if (is(word, "-proto_dist")) {
        return copy_with_value(s);
    } else if (is(word, "-start_epmd")) {
        return sort_start_epmd(s);
    } else if (is(word, "-no_epmd")) {
        s->c->without_epmd = true;
        word_list_add(init, word);
    } else if (is(word, "-epmd")) {
        if (!has_argument(s, s->i)) return missing_argument(s->world, word);
        mem_free(s->c->epmd);
        s->c->epmd = copy_text(s->words.words[++s->i]);
    } else if (is(word, "-emu_type") || is(word, "-emu_flavor")) {
        if (!has_argument(s, s->i)) return missing_argument(s->world, word);
        s->i++;
    } else {
        word_list_add(init, word);
    }
    return 0;
}

int erl_command_read(ErlCommand *c, World *world, int argc, char **argv) {
    ASSERT(c != NULL && argc >= 1);
    *c = (ErlCommand){0};
    Sorter s = {.c = c, .world = world};
    int result = gather_all(world, argc, argv, &s.words);
    for (s.i = 0; s.i < s.words.count && result == 0; s.i++) {
        const char *word = s.words.words[s.i];
        if (is(word, "-extra")) {
            for (; s.i < s.words.count; s.i++) word_list_add(&c->init, s.words.words[s.i]);
        } else if (word[0] == '-') {
            result = sort_minus(&s);
        } else if (word[0] == '+') {
            result = sort_plus(&s);
        } else {
            word_list_add(&c->init, word);
        }
    }
    word_list_free(&s.words);
    return result;
}

void erl_command_finish(ErlCommand *c, World *world, const char *root, const char *bindir,
                        const char *progname) {
    ASSERT(root != NULL && bindir != NULL && progname != NULL);
    WordList all = {0};
    word_list_add(&all, "-root");
    word_list_add(&all, root);
    word_list_add(&all, "-bindir");
    word_list_add(&all, bindir);
    add_three(&all, "-progname", progname, "--");
    char *home = env_get_text(world, "HOME");
    if (home != NULL) {
        word_list_add(&all, "-home");
        word_list_add(&all, home);
        mem_free(home);
    }
    char *epmd_port = env_get_text(world, "ERL_EPMD_PORT");
    if (epmd_port != NULL) {
        word_list_add(&all, "-epmd_port");
        word_list_add(&all, epmd_port);
        mem_free(epmd_port);
    }
    word_list_add(&all, "--");
    word_list_add_all(&all, &c->init);
    word_list_free(&c->init);
    c->init = all;
}

void erl_command_free(ErlCommand *c) {
    word_list_free(&c->emulator);
    word_list_free(&c->init);
    mem_free(c->otp_root);
    mem_free(c->epmd);
    c->otp_root = c->epmd = NULL;
}
