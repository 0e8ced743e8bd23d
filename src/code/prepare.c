// SPDX-License-Identifier: Apache-2.0
//
// prepare.c - from a .beam image to a CodeInstance that can be made current: parse, check, lower,
// resolve.
//
// Preparing changes no module; any thread may prepare any number of modules at once. What it leaves
// behind when it fails are names only: atoms, exports, modules and funs that nothing leads to.
#include "code/line_table.h"
#include "code/lower_read.h"
#include "code/server.h"
#include "code/validate.h"

#include "heap/literal.h"

#include <stdarg.h>
#include <stdio.h>

#define BEAM_OPCODE_MAX 183u // the last one in opcodes.def

typedef struct Prepare {
    CodeServer *c;
    BeamFile file;
    CodeOps ops;
    LowerOutput lowered;
    FunEntry **funs;
    Term name;
    char *message;
    const char *wrong; // of the file's tables
} Prepare;

/**
 * OTP 25's messages begin with the place in its source that complains; whoever compares logs sees
 * what he knows. Code that does not hold together has many places there: the general one stands for
 * them.
 */
static int otp_line(const char *format) {
    static const struct {
        const char *text;
        int line;
    } places[] = {
        {"corrupt file header", 144},        {"missing atom table", 146},
        {"please re-compile", 148},          {"corrupt atom table", 150},
        {"missing code chunk", 152},         {"corrupt code chunk", 154},
        {"missing export table", 156},       {"corrupt export table", 158},
        {"missing import table", 160},       {"corrupt import table", 162},
        {"corrupt lambda table", 164},       {"corrupt line table", 166},
        {"corrupt literal table", 168},      {"corrupt type table", 172},
        {"module name in object code", 180}, {"This BEAM file was compiled for a later", 184},
    };
    for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
        if (strncmp(format, places[i].text, strlen(places[i].text)) == 0) return places[i].line;
    }
    return 400;
}

static Term bad_file(Prepare *p, const CodeComplaint *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static Term bad_file(Prepare *p, const CodeComplaint *at, const char *format, ...) {
    if (p->message == NULL) return am_badfile;
    const AtomTable *atoms = p->c->config.atoms;
    size_t ignored;
    size_t used =
        (size_t)snprintf(p->message, CODE_MESSAGE_BYTES,
                         "beam/beam_load.c(%d): ", otp_line(p->wrong != NULL ? p->wrong : format));
    const char *module = p->name != TERM_NONE ? atom_text(atoms, p->name, &ignored) : "unknown";
    if (at != NULL && at->function != TERM_NONE) {
        used += (size_t)snprintf(p->message + used, CODE_MESSAGE_BYTES - used,
                                 "Error loading function %s:%s/%u:\n  ", module,
                                 atom_text(atoms, at->function, &ignored), at->arity);
    } else {
        used += (size_t)snprintf(p->message + used, CODE_MESSAGE_BYTES - used,
                                 "Error loading module %s:\n  ", module);
    }
    if (used + 2 < CODE_MESSAGE_BYTES) {
        va_list va;
        va_start(va, format);
        size_t more =
            (size_t)vsnprintf(p->message + used, CODE_MESSAGE_BYTES - used - 1, format, va);
        va_end(va);
        used += MIN(more, CODE_MESSAGE_BYTES - used - 2);
        memcpy(p->message + used, "\n", 2);
    }
    return am_badfile;
}

static void make_funs(Prepare *p) {
    const BeamFile *f = &p->file;
    ASSERT(p->funs == NULL);
    p->funs = mem_alloc(f->funs_count * sizeof p->funs[0]);
    for (uint32_t i = 0; i < f->funs_count; i++) {
        const BeamFun *b = &f->funs[i];
        p->funs[i] = code_fun(p->c, f->module, b->index, b->old_uniq, i, f->md5,
                              b->arity - b->free_count, b->free_count);
    }
}

static void instance_data(CodeInstance *i, const BeamFile *f) {
    const BeamBytes *strings = &f->chunk[CHUNK_STRINGS];
    const BeamBytes *attributes = &f->chunk[CHUNK_ATTRIBUTES],
                    *compile_info = &f->chunk[CHUNK_COMPILE_INFO];
    i->data = mem_alloc(strings->count + attributes->count + compile_info->count + 1);
    uint8_t *at = i->data;
    if (strings->count > 0) memcpy(at, strings->bytes, strings->count);
    at += strings->count;
    i->attributes = at;
    i->attributes_bytes = attributes->count;
    if (attributes->count > 0) memcpy(at, attributes->bytes, attributes->count);
    at += attributes->count;
    i->compile_info = at;
    i->compile_info_bytes = compile_info->count;
    if (compile_info->count > 0) memcpy(at, compile_info->bytes, compile_info->count);
    ASSERT(i->compile_info == i->data + strings->count + attributes->count);
    i->file_bytes = f->image.count;
    memcpy(i->md5, f->md5, sizeof i->md5);
}

static void instance_entries(CodeInstance *i, const Prepare *p) {
    const BeamFile *f = &p->file;
    const Word *const *address = (const Word *const *)p->lowered.label_address;
    i->exports = mem_alloc(f->exports_count * sizeof i->exports[0]);
    i->exports_count = f->exports_count;
    for (uint32_t n = 0; n < f->exports_count; n++) {
        const BeamExport *b = &f->exports[n];
        ASSERT(address[b->label] != NULL && (uint32_t)address[b->label][-1] == b->arity); // LOWER-3
        i->exports[n] =
            (CodeExport){code_export(p->c, f->module, b->function, b->arity), address[b->label]};
    }
    i->funs = mem_alloc(f->funs_count * sizeof i->funs[0]);
    i->funs_count = f->funs_count;
    for (uint32_t n = 0; n < f->funs_count; n++) {
        ASSERT(address[f->funs[n].label] != NULL);
        i->funs[n] = (CodeFun){p->funs[n], address[f->funs[n].label]};
    }
}

static Term lower(Prepare *p, CodeInstance *i) {
    const BeamFile *f = &p->file;
    i->literals =
        literal_area_from_terms(p->c->config.literal_space, f->literals, f->literals_count);
    code_ops_set_literals(&p->ops, f->literals, f->literals_count);
    LowerInput in = {
        .vm = p->c->config.vm,
        .module = f->module,
        .ops = p->ops.ops,
        .ops_count = p->ops.ops_count,
        .operands = p->ops.operands,
        .label_count = f->label_count,
        .imports = f->imports,
        .imports_count = f->imports_count,
        .funs = p->funs,
        .funs_count = f->funs_count,
        .strings = i->data,
        .strings_bytes = f->chunk[CHUNK_STRINGS].count,
        .types = f->types,
        .types_count = f->types_count,
    };
    if (!p->c->config.hooks->lower(&in, &p->lowered)) {
        return bad_file(p, NULL, "%s",
                        p->lowered.error != NULL ? p->lowered.error
                                                 : "no specific operation found");
    }
    ASSERT(p->lowered.code != NULL && p->lowered.functions_count == f->function_count);
    i->code = p->lowered.code;
    i->code_words = p->lowered.code_words;
    i->functions = p->lowered.functions;
    i->functions_count = p->lowered.functions_count;
    i->on_load = p->lowered.on_load;
    i->lines =
        line_table_new(f, f->literals, p->lowered.lines, p->lowered.lines_count, !p->c->preloading);
    instance_entries(i, p);
    mem_free(p->lowered.label_address);
    return am_ok;
}

/** Attributes and compile information are kept as they are; whoever asks for them must be able to
 * decode them. */
static bool external_is_whole(Prepare *p, BeamChunkKind kind) {
    const BeamBytes *chunk = &p->file.chunk[kind];
    size_t used;
    return chunk->count == 0 || external_decode(&p->file.heap, p->c->config.external, chunk->bytes,
                                                chunk->count, true, 0, &used, NULL) != TERM_NONE;
}

/** Everything up to the instance; the file and the operations are freed by the caller. */
static Term prepare(Prepare *p, const uint8_t *bytes, size_t count, CodeInstance **out) {
    p->wrong = beam_file_open(&p->file, bytes, count);
    if (p->wrong == NULL) p->wrong = beam_file_read(&p->file, p->c);
    if (p->wrong != NULL) return bad_file(p, NULL, "%s", p->wrong);
    size_t ignored;
    if (p->name == TERM_NONE) p->name = p->file.module;
    if (p->name != p->file.module) {
        return bad_file(p, NULL, "module name in object code is %s",
                        atom_text(p->c->config.atoms, p->file.module, &ignored));
    }
    if (p->file.max_opcode > BEAM_OPCODE_MAX) {
        return bad_file(p, NULL,
                        "This BEAM file was compiled for a later version of the runtime system "
                        "than the current "
                        "(Erlang/OTP 25).\n  To fix this, please re-compile this module with an "
                        "Erlang/OTP 25 compiler."
                        "\n  (Use of opcode %u; this emulator supports only up to %u.)",
                        p->file.max_opcode, BEAM_OPCODE_MAX);
    }
    if (!external_is_whole(p, CHUNK_ATTRIBUTES)) {
        return bad_file(p, NULL, "bad external term representation of module attributes");
    }
    if (!external_is_whole(p, CHUNK_COMPILE_INFO)) {
        return bad_file(p, NULL, "bad external term representation of compilation information");
    }
    CodeComplaint complaint;
    if (!code_ops_read(&p->ops, &p->file, &complaint) ||
        !code_ops_validate(&p->ops, &p->file, &complaint))
        return bad_file(p, &complaint, "%s", complaint.text);
    make_funs(p);
    CodeInstance *i = mem_zalloc(sizeof *i);
    i->module = p->file.module;
    instance_data(i, &p->file);
    Term result = lower(p, i);
    if (result == am_ok) {
        *out = i;
    } else {
        code_instance_free(p->c, i);
    }
    return result;
}

Term code_prepare(CodeServer *c, Term name, const uint8_t *bytes, size_t count, CodeInstance **out,
                  char *message) {
    Prepare p = {.c = c, .name = name, .message = message};
    if (message != NULL) message[0] = '\0';
    Term result = prepare(&p, bytes, count, out);
    code_ops_free(&p.ops);
    beam_file_close(&p.file);
    mem_free(p.funs);
    ASSERT((result == am_ok && *out != NULL) || result == am_badfile);
    return result;
}
