// SPDX-License-Identifier: Apache-2.0
//
// A code server without the instructions above it: its lowering writes one word for each generic
// instruction, so that labels, lines and functions have places. For tests of the loader and of the
// modules' tables.
#pragma once
#include "bif/bif.h"
#include "code/code.h"
#include "code/lower.h"
#include "heap/literal.h"
#include "world/file.h"
#include "world/world.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct FakeCode {
    World *world;
    AtomTable *atoms;
    NodeTable *nodes;
    LiteralSpace *space;
    LiteralRange literals;
    ExternalContext external;
    CodeServer *server;
} FakeCode;

#ifndef CODE_FAKE_REAL_BIFS
static Term fake_bif(Process *p, Term *a) {
    (void)p, (void)a;
    return am_true;
}

// stands in for the table of all built-ins, which would need all rooms
const BifEntry bif_table[] = {{"erlang", "self", 0, 0, fake_bif}};
const uint32_t bif_table_count = 1;
#endif

static const Word fake_stub_word = 1;

static void fake_prepare_export(VM *vm, Export *x) {
    (void)vm;
    const Word *code = atomic_load(&x->code);
    x->stub[0] = fake_stub_word;
    atomic_store(&x->entry, x->bif != NULL || code == NULL ? &x->stub[0] : code);
}

static void fake_prepare_fun(VM *vm, FunEntry *f) {
    (void)vm;
    const Word *code = atomic_load(&f->code);
    atomic_store(&f->entry, code == NULL ? &f->stub[0] : code);
}

enum { FAKE_LABEL = 1, FAKE_FUNC_INFO = 2, FAKE_ON_LOAD = 149, FAKE_LINE = 153 };

static bool fake_lower(const LowerInput *in, LowerOutput *out) {
    memset(out, 0, sizeof *out);
    out->code = mem_zalloc(((size_t)in->ops_count + 1) * FUNC_INFO_WORDS * sizeof(Word));
    out->label_address = mem_zalloc(in->label_count * sizeof(Word *) + 1);
    out->functions = mem_alloc(((size_t)in->ops_count + 1) * sizeof(Word *));
    out->lines = mem_alloc(((size_t)in->ops_count + 1) * sizeof(LinePoint));
    for (uint32_t i = 0; i < in->ops_count; i++) {
        const GenericOp *g = &in->ops[i];
        const Operand *a = in->operands + g->first;
        Word *at = out->code + out->code_words;
        if (g->opcode == FAKE_LABEL) {
            out->label_address[a[0].value] = at;
        } else if (g->opcode == FAKE_LINE) {
            out->lines[out->lines_count++] =
                (LinePoint){(uint32_t)out->code_words, (uint32_t)a[0].value};
        } else if (g->opcode == FAKE_FUNC_INFO) {
            Word words[FUNC_INFO_WORDS] = {2, a[0].value, a[1].value, a[2].value};
            memcpy(at, words, sizeof words);
            out->code_words += FUNC_INFO_WORDS;
            out->functions[out->functions_count++] = at + FUNC_INFO_WORDS;
        } else {
            if (g->opcode == FAKE_ON_LOAD) out->on_load = out->functions[out->functions_count - 1];
            *at = g->opcode;
            out->code_words++;
        }
    }
    out->functions[out->functions_count] = out->code + out->code_words;
    return true;
}

static const CodeHooks fake_hooks = {fake_lower, fake_prepare_export, fake_prepare_fun};

/** hooks, vm, and the atoms it knows: fake_hooks, NULL, and a new table, or exec's with the VM's.
 * Takes the table over. */
static void fake_start_with(FakeCode *f, const CodeHooks *hooks, VM *vm, AtomTable *atoms) {
    memset(f, 0, sizeof *f);
    f->world = world_create_os();
    f->atoms = atoms;
    f->nodes = node_table_create();
    f->space = literal_space_create();
    f->literals = literal_space_range(f->space);
    f->external = (ExternalContext){.atoms = f->atoms,
                                    .nodes = f->nodes,
                                    .find_export = code_external_export,
                                    .find_fun = code_external_fun};
    CodeConfig config = {.atoms = f->atoms,
                         .external = &f->external,
                         .literals = &f->literals,
                         .literal_space = f->space,
                         .hooks = hooks,
                         .vm = vm};
    f->server = code_server_create(&config);
    f->external.code = f->server;
}

__attribute__((unused)) static void fake_start(FakeCode *f) {
    fake_start_with(f, &fake_hooks, NULL, atom_table_create(ATOM_COUNT_MAX_DEFAULT));
}

__attribute__((unused)) static void fake_stop(FakeCode *f) {
    code_server_destroy(f->server);
    literal_space_destroy(f->space);
    node_table_destroy(f->nodes);
    atom_table_destroy(f->atoms);
    world_destroy(f->world);
}

/** The file's bytes (free them), or NULL. */
static inline uint8_t *fake_read_file(const char *path, size_t *count) {
    FILE *in = fopen(path, "rb");
    if (in == NULL) return NULL;
    fseek(in, 0, SEEK_END);
    *count = (size_t)ftell(in);
    rewind(in);
    uint8_t *bytes = malloc(*count + 1);
    if (fread(bytes, 1, *count, in) != *count) *count = 0;
    fclose(in);
    return bytes;
}

/** Paths of the OTP root that match a pattern below it. */
static inline glob_t fake_otp_files(const char *pattern) {
    char full[4096];
    const char *root = getenv("MICA_OTP_ROOT");
    snprintf(full, sizeof full, "%s/%s", root != NULL ? root : "/usr/lib/erlang", pattern);
    glob_t g = {0};
    if (glob(full, 0, NULL, &g) != 0) g.gl_pathc = 0;
    return g;
}

/** Loads every file of pattern, frees it again, and returns how many; adds their sizes to
 * *bytes_total. */
__attribute__((unused)) static size_t fake_load_all(FakeCode *f, const char *pattern,
                                                    size_t *bytes_total) {
    glob_t g = fake_otp_files(pattern);
    size_t loaded = 0;
    for (size_t i = 0; i < g.gl_pathc; i++) {
        size_t count;
        char message[CODE_MESSAGE_BYTES];
        uint8_t *bytes = fake_read_file(g.gl_pathv[i], &count);
        CodeInstance *instance = NULL;
        Term result = code_prepare(f->server, TERM_NONE, bytes, count, &instance, message);
        if (!CHECK(result == am_ok)) fprintf(stderr, "%s: %s", g.gl_pathv[i], message);
        if (result == am_ok) {
            loaded++;
            *bytes_total += count;
            CHECK(instance->functions_count > 0 && instance->exports_count > 0);
        }
        code_instance_free(f->server, instance);
        free(bytes);
    }
    globfree(&g);
    return loaded;
}
