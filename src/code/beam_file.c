// SPDX-License-Identifier: Apache-2.0
//
// beam_file.c - chunks and tables of a .beam file. What is wrong is told in OTP's words.
//
// BEAMFILE-1: a count from the file is trusted only after it was compared with the bytes that are
// there.
#include "code/beam_file.h"

#include "base/md5.h"
#include "code/server.h"
#include "term/number.h"

#include <zlib.h>

#define UNPACKED_BYTES_MAX ((size_t)1 << 30)

static const char chunk_names[CHUNK_KINDS][5] = {
    [CHUNK_ATOMS] = "AtU8",    [CHUNK_CODE] = "Code",       [CHUNK_STRINGS] = "StrT",
    [CHUNK_IMPORTS] = "ImpT",  [CHUNK_EXPORTS] = "ExpT",    [CHUNK_FUNS] = "FunT",
    [CHUNK_LITERALS] = "LitT", [CHUNK_ATTRIBUTES] = "Attr", [CHUNK_COMPILE_INFO] = "CInf",
    [CHUNK_LINES] = "Line",    [CHUNK_OLD_ATOMS] = "Atom",  [CHUNK_TYPES] = "Type",
    [CHUNK_META] = "Meta",
};

// ---- reading
// -----------------------------------------------------------------------------------------
uint32_t beam_read_u32(BeamReader *r) {
    const uint8_t *b = beam_read_bytes(r, 4);
    return b == NULL ? 0 : (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

const uint8_t *beam_read_bytes(BeamReader *r, size_t count) {
    ASSERT(r->at <= r->end);
    if ((size_t)(r->end - r->at) < count) {
        r->failed = true;
        r->at = r->end;
        return NULL;
    }
    const uint8_t *b = r->at;
    r->at += count;
    return b;
}

static size_t reader_left(const BeamReader *r) { return (size_t)(r->end - r->at); }

/** A number of count bytes: sign-extended for integers; false when it does not fit in 62 bits (or
 * is not unsigned). */
static bool number_fits(BeamNumber *out, const uint8_t *bytes, size_t count) {
    ASSERT(count > 0);
    if (count > 8) return false;
    uint64_t v = 0;
    for (size_t i = 0; i < count; i++) v = v << 8 | bytes[i];
    if (out->tag == TAG_I) {
        uint32_t shift = (uint32_t)(64 - 8 * count);
        out->value = (int64_t)(v << shift) >> shift;
        return small_fits(out->value);
    }
    out->value = (int64_t)v;
    return out->value >= 0;
}

bool beam_read_number_slow(BeamReader *r, BeamNumber *out) {
    const uint8_t *first = beam_read_bytes(r, 1);
    if (first == NULL) return false;
    out->tag = (BeamTag)(*first & 7);
    out->big_bytes_count = 0;
    if ((*first & 0x08) == 0) {
        out->value = *first >> 4;
        return true;
    }
    if ((*first & 0x10) == 0) {
        const uint8_t *second = beam_read_bytes(r, 1);
        if (second == NULL) return false;
        out->value = (int64_t)(*first >> 5) << 8 | *second;
        return true;
    }
    ASSERT((*first & 0x18) == 0x18); // the two shorter forms were dealt with
    size_t count = (size_t)(*first >> 5) + 2;
    if (count == 9) {
        // the length is a number itself; it is unsigned and never of this form again
        BeamNumber length;
        if (r->at < r->end && (*r->at & 0x18) == 0x18 && (*r->at >> 5) == 7) return false;
        if (!beam_read_number(r, &length) || length.tag != TAG_U || length.big_bytes_count != 0)
            return false;
        if ((uint64_t)length.value > reader_left(r)) return false;
        count = (size_t)length.value + 9;
    }
    const uint8_t *bytes = beam_read_bytes(r, count);
    if (bytes == NULL) return false;
    if (number_fits(out, bytes, count)) return true;
    if (out->tag == TAG_U && bytes[0] < 0x80) {
        // more than any count or size can be: as much as there is room for, which no reader takes
        // for less
        out->value = INT64_MAX;
        return true;
    }
    if (out->tag != TAG_I) return false;
    out->big_bytes = bytes;
    out->big_bytes_count = (uint32_t)count;
    return true;
}

// ---- the file
// ----------------------------------------------------------------------------------------
/** Unpacks a gzip file; false when it is malformed. */
static bool unpack_gzip(BeamFile *f, const uint8_t *bytes, size_t count) {
    if (count > UINT32_MAX) return false;
    z_stream z = {.next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)count};
    if (inflateInit2(&z, 15 + 16) != Z_OK) return false;
    size_t capacity = count * 4 + 1024;
    uint8_t *out = mem_alloc(capacity);
    int status;
    for (;;) {
        z.next_out = out + z.total_out;
        z.avail_out = (uInt)(capacity - z.total_out);
        status = inflate(&z, Z_NO_FLUSH);
        if (status != Z_OK || z.avail_out > 0 || capacity >= UNPACKED_BYTES_MAX) break;
        capacity *= 2;
        out = mem_realloc(out, capacity);
    }
    size_t total = z.total_out;
    inflateEnd(&z);
    f->unpacked = out;
    f->image = (BeamBytes){out, total};
    return status == Z_STREAM_END;
}

static bool next_chunk(BeamReader *r, const uint8_t **name, BeamBytes *out) {
    *name = beam_read_bytes(r, 4);
    uint32_t count = beam_read_u32(r);
    if (r->failed || count > INT32_MAX) return false;
    size_t stored = ((size_t)count + 3) & ~(size_t)3;
    const uint8_t *bytes = beam_read_bytes(r, stored);
    if (bytes == NULL) return false;
    ASSERT(bytes + count <= r->at); // the padding is behind it
    *out = (BeamBytes){bytes, count};
    return true;
}

static bool open_form(BeamReader *r, BeamBytes image) {
    *r = beam_reader(image);
    const uint8_t *form = beam_read_bytes(r, 4);
    uint32_t count = beam_read_u32(r);
    if (r->failed || memcmp(form, "FOR1", 4) != 0 || count > reader_left(r)) return false;
    r->end = r->at + count;
    ASSERT(r->end <= image.bytes + image.count);
    const uint8_t *kind = beam_read_bytes(r, 4);
    return kind != NULL && memcmp(kind, "BEAM", 4) == 0;
}

static bool find_chunks(BeamFile *f) {
    BeamReader r;
    if (!open_form(&r, f->image)) return false;
    while (r.at < r.end) {
        const uint8_t *name;
        BeamBytes found;
        if (!next_chunk(&r, &name, &found)) return false;
        for (int k = 0; k < CHUNK_KINDS; k++) {
            if (memcmp(name, chunk_names[k], 4) == 0) f->chunk[k] = found;
        }
    }
    return true;
}

bool beam_file_find_chunk(const uint8_t *bytes, size_t count, const char name[4], BeamBytes *out) {
    BeamReader r;
    bool is_there = false;
    if (!open_form(&r, (BeamBytes){bytes, count})) return false;
    while (r.at < r.end) {
        const uint8_t *found_name;
        BeamBytes found;
        if (!next_chunk(&r, &found_name, &found)) return false;
        if (memcmp(found_name, name, 4) == 0) {
            *out = found;
            is_there = true;
        }
    }
    return is_there;
}

/** The digest of what makes the module what it is; old_uniq of funs counts as 0. False: malformed
 * fun table. */
static bool compute_md5(BeamFile *f) {
    static const uint8_t zero[4] = {0};
    static const BeamChunkKind before[] = {CHUNK_ATOMS, CHUNK_CODE, CHUNK_STRINGS, CHUNK_IMPORTS,
                                           CHUNK_EXPORTS};
    Md5 m;
    md5_init(&m);
    for (size_t i = 0; i < ARRAY_COUNT(before); i++)
        md5_update(&m, f->chunk[before[i]].bytes, f->chunk[before[i]].count);
    BeamReader r = beam_reader(f->chunk[CHUNK_FUNS]);
    if (reader_left(&r) >= 4) {
        md5_update(&m, beam_read_bytes(&r, 4), 4);
        while (reader_left(&r) >= 24) {
            md5_update(&m, beam_read_bytes(&r, 24), 20);
            md5_update(&m, zero, 4);
        }
    }
    if (reader_left(&r) > 0) return false;
    ASSERT(!r.failed);
    md5_update(&m, f->chunk[CHUNK_LITERALS].bytes, f->chunk[CHUNK_LITERALS].count);
    md5_update(&m, f->chunk[CHUNK_META].bytes, f->chunk[CHUNK_META].count);
    md5_final(&m, f->md5);
    return true;
}

const char *beam_file_open(BeamFile *f, const uint8_t *bytes, size_t count) {
    memset(f, 0, sizeof *f);
    f->image = (BeamBytes){bytes, count};
    if (count >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b && !unpack_gzip(f, bytes, count))
        return "corrupt file header";
    if (!find_chunks(f)) return "corrupt file header";
    if (f->chunk[CHUNK_CODE].count == 0) return "missing code chunk";
    if (f->chunk[CHUNK_ATOMS].count == 0) {
        if (f->chunk[CHUNK_OLD_ATOMS].count == 0) return "missing atom table";
        return "please re-compile this module with an Erlang/OTP 25 compiler";
    }
    if (f->chunk[CHUNK_IMPORTS].count == 0) return "missing import table";
    if (f->chunk[CHUNK_EXPORTS].count == 0) return "missing export table";
    if (!compute_md5(f)) return "corrupt lambda table";
    return NULL;
}

// ---- tables
// --------------------------------------------------------------------------------------------
static bool read_code_header(BeamFile *f) {
    BeamReader r = beam_reader(f->chunk[CHUNK_CODE]);
    uint32_t head_bytes = beam_read_u32(&r);
    if (r.failed || head_bytes > reader_left(&r)) return false;
    f->code = (BeamBytes){r.at + head_bytes, reader_left(&r) - head_bytes};
    r.end = r.at + head_bytes;
    uint32_t version = beam_read_u32(&r);
    f->max_opcode = beam_read_u32(&r);
    f->label_count = beam_read_u32(&r);
    f->function_count = beam_read_u32(&r);
    // a label takes at least two bytes of code
    return !r.failed && version == 0 && f->label_count <= f->code.count + 1 &&
           f->function_count <= f->label_count;
}

static bool read_atoms(BeamFile *f, AtomTable *atoms) {
    BeamReader r = beam_reader(f->chunk[CHUNK_ATOMS]);
    int32_t count = (int32_t)beam_read_u32(&r);
    bool is_long = count < 0; // OTP 28 writes a negative count, and lengths as tagged numbers
    if (is_long) count = -count;
    if (r.failed || count < 1 || (size_t)count > reader_left(&r)) return false; // BEAMFILE-1
    f->atoms = mem_alloc(((size_t)count + 1) * sizeof(Term));
    f->atoms[0] = TERM_NONE;
    f->atoms_count = (uint32_t)count + 1;
    for (int32_t i = 1; i <= count; i++) {
        size_t length;
        if (is_long) {
            BeamNumber n;
            if (!beam_read_number(&r, &n) || n.tag != TAG_U || n.value > 4 * ATOM_CHARACTERS_MAX)
                return false;
            length = (size_t)n.value;
        } else {
            const uint8_t *b = beam_read_bytes(&r, 1);
            if (b == NULL) return false;
            length = *b;
        }
        const uint8_t *text = beam_read_bytes(&r, length);
        if (text == NULL) return false;
        f->atoms[i] = atom_intern(atoms, (const char *)text, length);
        if (f->atoms[i] == TERM_NONE) return false;
    }
    f->module = f->atoms[1];
    ASSERT(term_is_atom(f->module));
    return true;
}

static bool atom_at(const BeamFile *f, uint32_t index, Term *out) {
    if (index == 0 || index >= f->atoms_count) return false;
    *out = f->atoms[index];
    DEBUG_ASSERT(term_is_atom(*out));
    return true;
}

/** The count that a table starts with, if that many rows of row_bytes are there (BEAMFILE-1). */
static bool read_count(BeamReader *r, size_t row_bytes, uint32_t *count) {
    *count = beam_read_u32(r);
    return !r->failed && *count <= reader_left(r) / row_bytes;
}

static bool read_imports(BeamFile *f, CodeServer *c) {
    BeamReader r = beam_reader(f->chunk[CHUNK_IMPORTS]);
    uint32_t count;
    if (!read_count(&r, 12, &count)) return false;
    f->imports = mem_alloc(count * sizeof f->imports[0]);
    for (uint32_t i = 0; i < count; i++) {
        Term module, function;
        if (!atom_at(f, beam_read_u32(&r), &module) || !atom_at(f, beam_read_u32(&r), &function))
            return false;
        uint32_t arity = beam_read_u32(&r);
        if (arity > ARITY_MAX) return false;
        f->imports[i] = code_export(c, module, function, arity);
        ASSERT(f->imports[i] != NULL && f->imports[i]->arity == arity); // FUN-1
    }
    f->imports_count = count;
    return true;
}

static bool read_exports(BeamFile *f) {
    BeamReader r = beam_reader(f->chunk[CHUNK_EXPORTS]);
    uint32_t count;
    if (!read_count(&r, 12, &count)) return false;
    f->exports = mem_alloc(count * sizeof f->exports[0]);
    for (uint32_t i = 0; i < count; i++) {
        BeamExport *x = &f->exports[i];
        if (!atom_at(f, beam_read_u32(&r), &x->function)) return false;
        x->arity = beam_read_u32(&r);
        x->label = beam_read_u32(&r);
        if (x->arity > ARITY_MAX || x->label == 0 || x->label >= f->label_count) return false;
    }
    ASSERT(!r.failed); // BEAMFILE-1: the rows were counted
    f->exports_count = count;
    return true;
}

static bool read_funs(BeamFile *f) {
    BeamReader r = beam_reader(f->chunk[CHUNK_FUNS]);
    uint32_t count;
    if (f->chunk[CHUNK_FUNS].count == 0) return true;
    if (!read_count(&r, 24, &count)) return false;
    f->funs = mem_alloc(count * sizeof f->funs[0]);
    for (uint32_t i = 0; i < count; i++) {
        BeamFun *fun = &f->funs[i];
        if (!atom_at(f, beam_read_u32(&r), &fun->function)) return false;
        fun->arity = beam_read_u32(&r);
        fun->label = beam_read_u32(&r);
        fun->index = beam_read_u32(&r);
        fun->free_count = beam_read_u32(&r);
        fun->old_uniq = beam_read_u32(&r);
        if (fun->arity > ARITY_MAX || fun->free_count > fun->arity) return false;
        if (fun->label == 0 || fun->label >= f->label_count) return false;
    }
    ASSERT(!r.failed); // BEAMFILE-1
    f->funs_count = count;
    return true;
}

// ---- literals
// ----------------------------------------------------------------------------------------
uint32_t beam_file_add_literal(BeamFile *f, Term t) {
    ASSERT(t != TERM_NONE);
    if (f->literals_count == f->literals_capacity) {
        f->literals_capacity = f->literals_capacity * 2 + 32;
        f->literals = mem_realloc(f->literals, f->literals_capacity * sizeof(Term));
    }
    f->literals[f->literals_count] = t;
    return f->literals_count++;
}

static bool read_literal_terms(BeamFile *f, const ExternalContext *external, BeamBytes unpacked) {
    BeamReader r = beam_reader(unpacked);
    uint32_t count;
    if (!read_count(&r, 5, &count)) return false;
    f->literals_capacity = count + 16;
    f->literals = mem_alloc(f->literals_capacity * sizeof(Term));
    for (uint32_t i = 0; i < count; i++) {
        uint32_t bytes_count = beam_read_u32(&r);
        const uint8_t *bytes = beam_read_bytes(&r, bytes_count);
        if (bytes == NULL) return false;
        size_t used;
        Term t = external_decode(&f->heap, external, bytes, bytes_count, true, 0, &used, NULL);
        if (t == TERM_NONE) return false;
        beam_file_add_literal(f, t);
    }
    ASSERT(f->literals_count == count);
    f->file_literals_count = count;
    return true;
}

static bool read_literals(BeamFile *f, const ExternalContext *external) {
    if (f->chunk[CHUNK_LITERALS].count == 0) return true;
    BeamReader r = beam_reader(f->chunk[CHUNK_LITERALS]);
    uint32_t unpacked_bytes = beam_read_u32(&r);
    if (r.failed) return false;
    if (unpacked_bytes == 0) { // OTP 28: not compressed
        return read_literal_terms(f, external, (BeamBytes){r.at, reader_left(&r)});
    }
    // zlib packs at most about 1 to 1032
    if (unpacked_bytes > UNPACKED_BYTES_MAX || unpacked_bytes / 1100 > reader_left(&r) + 1)
        return false;
    uint8_t *unpacked = mem_alloc(unpacked_bytes);
    ASSERT(unpacked_bytes > 0);
    uLongf got = unpacked_bytes;
    bool ok = uncompress(unpacked, &got, r.at, reader_left(&r)) == Z_OK &&
              read_literal_terms(f, external, (BeamBytes){unpacked, got});
    mem_free(unpacked);
    return ok;
}

// ---- lines
// ---------------------------------------------------------------------------------------------
/** A file name, UTF-8 bytes, as a list of characters; 0 is left out of bounds. */
static bool utf8_to_list(Heap *h, const uint8_t *bytes, size_t count, Term *out) {
    Term *characters = mem_alloc((count + 1) * sizeof(Term));
    size_t n = 0;
    bool ok = true;
    for (size_t i = 0; i < count && ok; n++) {
        uint8_t b = bytes[i++];
        uint32_t more = b < 0x80             ? 0
                        : (b & 0xe0) == 0xc0 ? 1
                        : (b & 0xf0) == 0xe0 ? 2
                        : (b & 0xf8) == 0xf0 ? 3
                                             : 9;
        uint32_t v = more == 0 ? b : b & (0x3fu >> more);
        ok = more <= 3 && count - i >= more;
        for (; ok && more > 0; more--) {
            ok = (bytes[i] & 0xc0) == 0x80;
            v = v << 6 | (bytes[i++] & 0x3fu);
        }
        characters[n] = term_from_small((int64_t)v);
    }
    if (ok) *out = heap_list(h, characters, n, TERM_NIL);
    mem_free(characters);
    return ok;
}

static bool add_name(BeamFile *f, const uint8_t *bytes, size_t count) {
    Term t;
    if (!utf8_to_list(&f->heap, bytes, count, &t)) return false;
    f->line_names[f->line_names_count++] = beam_file_add_literal(f, t);
    return true;
}

static bool read_line_names(BeamFile *f, BeamReader *r, uint32_t count, const AtomTable *atoms) {
    size_t length;
    const char *module = atom_text(atoms, f->module, &length);
    uint8_t own[4 * ATOM_CHARACTERS_MAX + 8];
    ASSERT(length + 4 <= sizeof own);
    memcpy(own, module, length);
    memcpy(own + length, ".erl", 4);
    if (count > reader_left(r) / 2) return false; // BEAMFILE-1
    f->line_names = mem_alloc((count + 1) * sizeof f->line_names[0]);
    if (!add_name(f, own, length + 4)) return false;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *n = beam_read_bytes(r, 2);
        if (n == NULL) return false;
        size_t bytes_count = (size_t)n[0] << 8 | n[1];
        const uint8_t *bytes = beam_read_bytes(r, bytes_count);
        if (bytes == NULL || n[0] >= 0x80) return false;
        if (bytes_count == 0) {
            f->line_names[f->line_names_count++] = f->line_names[0];
        } else if (!add_name(f, bytes, bytes_count)) {
            return false;
        }
    }
    return true;
}

static bool read_lines(BeamFile *f, const AtomTable *atoms) {
    if (f->chunk[CHUNK_LINES].count == 0) return true;
    BeamReader r = beam_reader(f->chunk[CHUNK_LINES]);
    uint32_t version = beam_read_u32(&r);
    if (r.failed) return false;
    if (version != 0) return true;
    beam_read_u32(&r); // flags
    beam_read_u32(&r); // line instructions
    uint32_t lines_count = beam_read_u32(&r);
    uint32_t names_count = beam_read_u32(&r);
    if (r.failed || lines_count > reader_left(&r)) return false; // BEAMFILE-1
    f->lines = mem_alloc(((size_t)lines_count + 1) * sizeof f->lines[0]);
    f->lines[0] = (BeamLine){0, 0};
    f->lines_count = 1;
    uint32_t file = 0;
    while (f->lines_count <= lines_count) {
        BeamNumber n;
        if (!beam_read_number(&r, &n) || n.big_bytes_count != 0 || n.value < 0) return false;
        if (n.tag == TAG_A) {
            if ((uint64_t)n.value > names_count) return false;
            file = (uint32_t)n.value;
        } else if (n.tag == TAG_I) {
            f->lines[f->lines_count++] =
                (BeamLine){n.value > UINT32_MAX ? 0 : (uint32_t)n.value, file};
        } else {
            return false;
        }
    }
    ASSERT(f->lines_count == lines_count + 1);
    return read_line_names(f, &r, names_count, atoms);
}

// ---- types
// ---------------------------------------------------------------------------------------------
static int64_t read_i64(const uint8_t *b) {
    uint64_t v = 0;
    for (int i = 0; i < 8; i++) v = v << 8 | b[i];
    return (int64_t)v;
}

/** Version 1 is OTP 25's; later ones number the types otherwise and are not used. */
static bool read_types(BeamFile *f) {
    BeamReader r = beam_reader(f->chunk[CHUNK_TYPES]);
    uint32_t count = 0;
    bool known = f->chunk[CHUNK_TYPES].count >= 4 && beam_read_u32(&r) == 1;
    if (known && (!read_count(&r, 18, &count) || count == 0)) return false;
    f->types = mem_zalloc(MAX(count, 1) * sizeof f->types[0]);
    f->types_count = MAX(count, 1); // only one: any index means "any type"
    f->types[0].bits = TYPE_ANY;
    ASSERT(f->types_count >= 1);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *b = beam_read_bytes(&r, 18);
        TypeHint *t = &f->types[i];
        t->bits = (uint16_t)(b[0] << 8 | b[1]);
        t->min = read_i64(b + 2);
        t->max = read_i64(b + 10);
        t->has_range = t->min <= t->max;
        if (t->bits == 0) return false;
        if (i == 0 && (t->bits != TYPE_ANY || t->has_range)) return false;
    }
    return true;
}

const char *beam_file_read(BeamFile *f, CodeServer *c) {
    const CodeConfig *config = code_config(c);
    ASSERT(f->heap.literals == NULL && f->atoms == NULL); // beam_file_open made it
    heap_init_detached(&f->heap, config->literals);
    if (!read_code_header(f)) return "corrupt code chunk";
    if (!read_atoms(f, config->atoms)) return "corrupt atom table";
    if (!read_imports(f, c)) return "corrupt import table";
    if (!read_exports(f)) return "corrupt export table";
    if (!read_funs(f)) return "corrupt lambda table";
    if (!read_literals(f, config->external)) return "corrupt literal table";
    if (!read_lines(f, config->atoms)) return "corrupt line table";
    if (!read_types(f)) return "corrupt type table";
    return NULL;
}

void beam_file_close(BeamFile *f) {
    if (f->heap.literals != NULL) heap_destroy(&f->heap);
    mem_free(f->atoms);
    mem_free(f->imports);
    mem_free(f->exports);
    mem_free(f->funs);
    mem_free(f->literals);
    mem_free(f->lines);
    mem_free(f->line_names);
    mem_free(f->types);
    mem_free(f->unpacked);
}
