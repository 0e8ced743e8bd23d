// SPDX-License-Identifier: Apache-2.0
//
// beam_file.h - a .beam file taken apart: chunks and tables, every length and index checked.
//
// The format: IFF, "FOR1" size "BEAM", then chunks "Name" size bytes, padded to 4. All numbers
// big-endian. A file may be packed with gzip as a whole.
//
// A BeamFile belongs to one thread; it points into the bytes it was read from.
#ifndef MICA_CODE_BEAM_FILE_H
#define MICA_CODE_BEAM_FILE_H

#include "code/lower.h"

typedef struct BeamBytes {
    const uint8_t *bytes;
    size_t count;
} BeamBytes;

typedef enum {
    CHUNK_ATOMS, // AtU8
    CHUNK_CODE,
    CHUNK_STRINGS,
    CHUNK_IMPORTS,
    CHUNK_EXPORTS,
    CHUNK_FUNS,
    CHUNK_LITERALS,
    CHUNK_ATTRIBUTES,
    CHUNK_COMPILE_INFO,
    CHUNK_LINES,
    CHUNK_OLD_ATOMS, // Atom
    CHUNK_TYPES,
    CHUNK_META,
    CHUNK_KINDS
} BeamChunkKind;

typedef struct BeamExport {
    Term function;
    uint32_t arity, label;
} BeamExport;

typedef struct BeamFun {
    Term function;
    uint32_t arity, label, index, free_count, old_uniq; // arity with the free variables
} BeamFun;

typedef struct BeamLine {
    uint32_t line;
    uint32_t file; // index in names
} BeamLine;

typedef struct BeamFile {
    uint8_t *unpacked; // of a gzip file, else NULL
    BeamBytes image;
    BeamBytes chunk[CHUNK_KINDS];
    Term module;
    Term *atoms; // [1..atoms_count-1]
    uint32_t atoms_count;
    Export **imports;
    uint32_t imports_count;
    BeamExport *exports;
    uint32_t exports_count;
    BeamFun *funs;
    uint32_t funs_count;
    Heap heap;      // holds the literals while loading
    Term *literals; // of the file, then those that loading adds
    uint32_t literals_count, literals_capacity;
    uint32_t file_literals_count;
    BeamLine *lines; // [0] is "no place"
    uint32_t lines_count;
    uint32_t *line_names; // literal indices; [0] is the module's name with .erl
    uint32_t line_names_count;
    TypeHint *types; // [0] is TYPE_ANY
    uint32_t types_count;
    uint32_t max_opcode, label_count, function_count;
    BeamBytes code; // the instructions
    uint8_t md5[16];
} BeamFile;

/** A cursor over untrusted bytes. Reading past the end sets failed and gives zeros. */
typedef struct BeamReader {
    const uint8_t *at, *end;
    bool failed;
} BeamReader;

static ALWAYS_INLINE BeamReader beam_reader(BeamBytes b) {
    return (BeamReader){b.bytes, b.count == 0 ? b.bytes : b.bytes + b.count,
                        false}; // bytes of a missing chunk: NULL
}
uint32_t beam_read_u32(BeamReader *r);
const uint8_t *beam_read_bytes(BeamReader *r, size_t count);

/** Operand tags of the compact term encoding. */
typedef enum { TAG_U, TAG_I, TAG_A, TAG_X, TAG_Y, TAG_F, TAG_H, TAG_Z } BeamTag;

typedef struct BeamNumber {
    BeamTag tag;
    uint32_t big_bytes_count; // not 0: an integer of that many bytes, two's complement, most
                              // significant first
    int64_t value;
    const uint8_t *big_bytes;
} BeamNumber;
/** One tagged number. Only integers (TAG_I) may be negative or big. */
bool beam_read_number_slow(BeamReader *r, BeamNumber *out);
static ALWAYS_INLINE bool beam_read_number(BeamReader *r, BeamNumber *out) {
    if (LIKELY(r->at < r->end && (*r->at & 0x08) == 0)) { // nearly all are of one byte
        uint8_t b = *r->at++;
        out->tag = (BeamTag)(b & 7);
        out->big_bytes_count = 0;
        out->value = b >> 4;
        return true;
    }
    return beam_read_number_slow(r, out);
}

/** Finds chunks and computes the MD5; interns no atom. NULL, or what is wrong. */
const char *beam_file_open(BeamFile *f, const uint8_t *bytes, size_t count);
/** Reads all tables. NULL, or what is wrong. */
const char *beam_file_read(BeamFile *f, CodeServer *c);
void beam_file_close(BeamFile *f);
/** Adds a literal (built in f->heap); returns its index. */
uint32_t beam_file_add_literal(BeamFile *f, Term t);
/** A chunk by its four letters in an unpacked image; false when it is not there or the file is
 * malformed. */
bool beam_file_find_chunk(const uint8_t *bytes, size_t count, const char name[4], BeamBytes *out);

#endif
