// SPDX-License-Identifier: Apache-2.0
//
// emulator_flags.c - reading the emulator's flags; see emulator_flags.h.
#include "cmd/emulator_flags.h"

#include "base/alloc.h"
#include "world/console.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct FlagReader {
    VMConfig *config;
    World *world;
    const WordList *flags;
    int i;
    const char *program;
} FlagReader;

static bool is(const char *a, const char *b) { return strcmp(a, b) == 0; }

static int usage(const FlagReader *r) {
    console_printf(r->world, CONSOLE_ERROR,
                   "Usage: %s [flags] [ -- [init_args] ]\n"
                   "The flags are listed in docs/flags.md.\n"
                   "Note that flags for the emulator are given with + on the command line.\n",
                   r->program);
    return 1;
}

static int bad(const FlagReader *r, const char *what, const char *value) {
    console_printf(r->world, CONSOLE_ERROR, "bad %s %s\r\n", what, value);
    return usage(r);
}

/** The value of a flag whose name is name_bytes long: the rest of its word, or the next word. */
static const char *value_of(FlagReader *r, size_t name_bytes) {
    const char *word = r->flags->words[r->i];
    ASSERT(r->i < r->flags->count && strlen(word) > name_bytes);
    if (word[1 + name_bytes] != '\0') return word + 1 + name_bytes;
    if (r->i + 1 < r->flags->count) return r->flags->words[++r->i];
    return "";
}

/** A whole decimal number in a range. */
static bool number(const char *text, int64_t low, int64_t high, int64_t *out) {
    ASSERT(low <= high);
    char *end;
    if (*text == '\0') return false;
    long long n = strtoll(text, &end, 10);
    if (*end != '\0' || n < low || n > high) return false;
    *out = n;
    return true;
}

/** "N" or "N:M" as +S takes it: each may be left out. */
static bool number_pair(const char *text, int64_t high, uint32_t *first, uint32_t *second) {
    ASSERT(high > 0 && high <= UINT32_MAX);
    char *end;
    long long n = 0;
    if (*text != ':') {
        n = strtoll(text, &end, 10);
        if (end == text || n < 1 || n > high) return false;
        *first = (uint32_t)n;
        *second = (uint32_t)n;
        text = end;
    }
    if (*text == '\0') return true;
    if (*text != ':') return false;
    n = strtoll(text + 1, &end, 10);
    if (end == text + 1 || *end != '\0' || n < 1 || n > high) return false;
    *second = (uint32_t)n;
    return *first == 0 || *second <= *first;
}

static bool boolean(const char *text, bool *out) {
    *out = is(text, "true");
    return *out || is(text, "false");
}

// ---- families
// ------------------------------------------------------------------------------------------

static int read_heap_flag(FlagReader *r, const char *name) {
    VMConfig *c = r->config;
    int64_t n;
    if (strncmp(name, "mqd", 3) == 0) {
        const char *v = value_of(r, 4);
        if (!is(v, "off_heap") && !is(v, "on_heap")) return bad(r, "message queue data flag", v);
        c->message_queue_off_heap = is(v, "off_heap");
    } else if (strncmp(name, "maxel", 5) == 0) {
        const char *v = value_of(r, 6);
        if (!boolean(v, &c->max_heap_log)) return bad(r, "max heap error logger", v);
    } else if (strncmp(name, "maxk", 4) == 0) {
        const char *v = value_of(r, 5);
        if (!boolean(v, &c->max_heap_kill)) return bad(r, "max heap kill", v);
    } else if (strncmp(name, "max", 3) == 0) {
        const char *v = value_of(r, 4);
        if (!number(v, 0, INT64_MAX, &n)) return bad(r, "max heap size", v);
        c->max_heap_words = (uint64_t)n;
    } else if (strncmp(name, "mbs", 3) == 0) {
        const char *v = value_of(r, 4);
        if (!number(v, 0, UINT32_MAX, &n)) return bad(r, "heap size", v);
        c->min_virtual_words = (uint32_t)n;
    } else if (strncmp(name, "pds", 3) == 0) {
        const char *v = value_of(r, 4);
        if (!number(v, 1, INT32_MAX, &n)) return bad(r, "initial process dictionary size", v);
    } else {
        const char *v = value_of(r, strncmp(name, "ms", 2) == 0 ? 3 : 1);
        if (!number(v, 1, UINT32_MAX, &n)) return bad(r, "heap size", v);
        c->min_heap_words = (uint32_t)n;
    }
    return -1;
}

static int read_scheduler_count(FlagReader *r, const char *name) {
    VMConfig *c = r->config;
    if (strncmp(name, "DPcpu", 5) == 0 || strncmp(name, "P", 1) == 0) {
        const char *v = value_of(r, name[0] == 'D' ? 6 : 2);
        uint32_t a = 0, b = 0;
        return number_pair(v, 10000, &a, &b) ? -1 : bad(r, "schedulers percentage", v);
    }
    if (strncmp(name, "Dcpu", 4) == 0) {
        const char *v = value_of(r, 5);
        bool ok = number_pair(v, 1024, &c->dirty_cpu_schedulers, &c->dirty_cpu_schedulers_online);
        return ok ? -1 : bad(r, "amount of dirty CPU schedulers", v);
    }
    if (strncmp(name, "Dio", 3) == 0) {
        const char *v = value_of(r, 4);
        int64_t n;
        if (!number(v, 1, 1024, &n)) return bad(r, "number of dirty I/O schedulers", v);
        c->dirty_io_schedulers = (uint32_t)n;
        return -1;
    }
    const char *v = value_of(r, 1);
    if (is(v, "0") || is(v, "0:0")) return -1; // back to the default
    if (!number_pair(v, 1024, &c->schedulers, &c->schedulers_online))
        return bad(r, "amount of schedulers", v);
    return -1;
}

/** Flags whose value is checked against a list and then has no effect here. */
static int read_without_effect(FlagReader *r, const char *name) {
    static const char *const SCHEDULING[] = {
        "sbwtdcpu", "sbwtdio", "sbwt", "sbt", "scl",     "sct",    "secio", "sfwi", "stbt", "swct",
        "swtdcpu",  "swtdio",  "swt",  "sws", "sssdcpu", "sssdio", "sss",   "spp",  "sub",  NULL};
    if (is(name, "ssrct")) return -1;
    for (const char *const *s = SCHEDULING; *s != NULL; s++) {
        if (strncmp(name, *s, strlen(*s)) == 0) {
            value_of(r, strlen(*s));
            return -1;
        }
    }
    return bad(r, "scheduling option", r->flags->words[r->i]);
}

static int read_time_flag(FlagReader *r, char flag) {
    if (flag == 'c') {
        const char *word = r->flags->words[r->i];
        const char *v = word[2] != '\0' ? word + 2 : "";
        if (*v == '\0' && r->i + 1 < r->flags->count) {
            const char *next = r->flags->words[r->i + 1];
            if (is(next, "true") || is(next, "false")) v = r->flags->words[++r->i];
        }
        if (*v == '\0') {
            r->config->time_correction = false;
            return -1;
        }
        if (!boolean(v, &r->config->time_correction)) return bad(r, "time correction value", v);
        return -1;
    }
    ASSERT(flag == 'C');
    static const char *const MODES[] = {"no_time_warp", "single_time_warp", "multi_time_warp"};
    const char *v = value_of(r, 1);
    for (size_t i = 0; i < ARRAY_COUNT(MODES); i++) {
        if (is(v, MODES[i])) {
            r->config->time_warp = (TimeWarpMode)i;
            return -1;
        }
    }
    console_printf(r->world, CONSOLE_ERROR, "Invalid time warp mode: %s\r\n", v);
    return usage(r);
}

static int read_limit(FlagReader *r, char flag) {
    int64_t n;
    const char *v = value_of(r, 1);
    switch (flag) {
    case 'P':
        if (is(v, "legacy")) return -1;
        if (!number(v, 1024, 134217727, &n)) return bad(r, "number of processes", v);
        r->config->process_count_max = (uint64_t)n;
        return -1;
    case 'Q':
        if (is(v, "legacy")) return -1;
        if (!number(v, 1024, 134217727, &n)) return bad(r, "number of ports", v);
        r->config->port_count_max = (uint64_t)n;
        return -1;
    case 't':
        if (!number(v, 8192, 33554432, &n)) return bad(r, "atom table size", v);
        r->config->atom_count_max = (uint32_t)n;
        return -1;
    case 'A':
        if (!number(v, 0, 1024, &n)) return bad(r, "number of async threads", v);
        r->config->async_threads = n == 0 ? 1 : (uint32_t)n;
        return -1;
    case 'a': return number(v, 16, 8192, &n) ? -1 : bad(r, "stack size for async threads", v);
    case 'T': return number(v, 0, 9, &n) ? -1 : bad(r, "modified timing level", v);
    case 'e': return number(v, 1, INT32_MAX, &n) ? -1 : bad(r, "maximum number of ets tables", v);
    default:
        ASSERT(flag == 'R');
        return number(v, 15, 99, &n) ? -1 : bad(r, "compatibility release number", v);
    }
}

static int read_names_flag(FlagReader *r, const char *word) {
    ASSERT(word[0] == '-' && word[1] == 'f');
    // fnu, fnl, fna with w, i, e behind them
    if (word[2] != 'n' || word[3] == '\0' || strchr("ula", word[3]) == NULL ||
        (word[4] != '\0' && strchr("wie", word[4]) == NULL)) {
        console_printf(
            r->world, CONSOLE_ERROR,
            "bad filename encoding %s, can be (l,u,a, optionally followed by w, i or e)\r\n",
            word[2] != '\0' ? word + 3 : "");
        return usage(r);
    }
    r->config->filename_encoding = word[3];
    if (word[4] != '\0') r->config->filename_mistakes = word[4];
    return -1;
}

static int read_print_flag(FlagReader *r) {
    const char *v = value_of(r, 2);
    if (!is(v, "unicode") && !is(v, "latin1")) {
        console_printf(r->world, CONSOLE_ERROR, "bad range of printable characters: %s\r\n", v);
        return usage(r);
    }
    r->config->printable_unicode = is(v, "unicode");
    return -1;
}

static int read_version_flag(FlagReader *r) {
    console_printf(r->world, CONSOLE_ERROR,
                   "Erlang (SMP,ASYNC_THREADS) (MICA) emulator version %s\r\n",
                   r->config->erts_version);
    return 0;
}

static int unknown(const FlagReader *r) {
    console_printf(r->world, CONSOLE_ERROR, "%s unknown flag %s\r\n", r->program,
                   r->flags->words[r->i]);
    return usage(r);
}

static int read_warning_flag(FlagReader *r) {
    const char *v = value_of(r, 1);
    if (strlen(v) != 1 || strchr("iwe", v[0]) == NULL) {
        console_printf(r->world, CONSOLE_ERROR, "unrecognized warning_map option %s\r\n", v);
        return usage(r);
    }
    r->config->warnings_as = v[0];
    return -1;
}

/** +zdbbl Kilobytes; the other limits of distribution and tables are without effect here. */
static int read_z_flag(FlagReader *r, const char *name) {
    static const char *const KNOWN[] = {"zdbbl", "zdntgc", "zebwt", "zosrl"};
    for (size_t i = 0; i < ARRAY_COUNT(KNOWN); i++) {
        size_t bytes = strlen(KNOWN[i]);
        if (strncmp(name, KNOWN[i], bytes) != 0) continue;
        const char *v = value_of(r, bytes);
        int64_t kilobytes;
        if (i > 0) return -1;
        if (!number(v, 1, INT32_MAX / 1024, &kilobytes))
            return bad(r, "dist buf busy limit", v);
        r->config->dist_busy_limit = (uint64_t)kilobytes * 1024;
        return -1;
    }
    console_printf(r->world, CONSOLE_ERROR, "bad -z option %s\r\n", r->flags->words[r->i]);
    return usage(r);
}

static int read_one(FlagReader *r) {
    const char *word = r->flags->words[r->i];
    const char *name = word + 1;
    ASSERT(word[0] == '-');
    switch (word[1]) {
    case 'h': return read_heap_flag(r, name + 1);
    case 'S': return read_scheduler_count(r, name + 1);
    case 's': return read_without_effect(r, name);
    case 'c':
    case 'C': return read_time_flag(r, word[1]);
    case 'P':
    case 'Q':
    case 't':
    case 'A':
    case 'a':
    case 'T':
    case 'e':
    case 'R': return read_limit(r, word[1]);
    case 'f': return read_names_flag(r, word);
    case 'p': return name[1] == 'c' ? read_print_flag(r) : unknown(r);
    case 'V': return read_version_flag(r);
    case 'W': return read_warning_flag(r);
    case 'B': {
        const char *next = r->i + 1 < r->flags->count ? r->flags->words[r->i + 1] : "";
        if (word[2] != '\0')
            r->config->break_handling = word[2];
        else if (strlen(next) == 1 && strchr("icd", next[0]) != NULL)
            r->config->break_handling = r->flags->words[++r->i][0];
        else
            r->config->break_handling = 'd';
        return -1;
    }
    case 'd':
        if (strncmp(name, "dcg", 3) == 0)
            value_of(r, 3);
        else if (name[1] == '\0')
            r->config->crash_dump_off = true;
        else
            return unknown(r);
        return -1;
    case 'i': r->config->boot_module = value_of(r, 1); return -1;
    case 'K':
    case 'n': value_of(r, 1); return -1;
    case 'r':
        if (name[1] == 'g') value_of(r, 2);
        return -1;
    case 'z': return read_z_flag(r, name);
    case 'M':
        if (!is(name, "Mit") && !is(name, "Mim")) value_of(r, strlen(name));
        return -1;
    case 'I':
    case 'J': value_of(r, strlen(name)); return -1;
    case 'v':
    case 'x':
    case 'l': return -1;
    default: return unknown(r);
    }
}

int emulator_flags_read(VMConfig *config, const WordList *flags, World *world,
                        const char *program) {
    ASSERT(config != NULL && flags != NULL);
    FlagReader r = {.config = config, .world = world, .flags = flags, .program = program};
    for (; r.i < flags->count; r.i++) {
        if (flags->words[r.i][0] != '-') return unknown(&r);
        ASSERT(r.i < flags->count);
        int result = read_one(&r);
        if (result >= 0) return result;
    }
    return -1;
}
