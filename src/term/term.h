// SPDX-License-Identifier: Apache-2.0
//
// term.h - one Erlang value in one 64-bit word: tags, boxed layouts, accessors.
//
//   low bits   meaning
//   ..x11      small integer, 62 bits signed
//   ..x10      float held in the word (the exponent's middle range, rotated; see term/float.h)
//     001      list cell: pointer to two words, head and tail
//     100      boxed: pointer to a header word followed by its payload
//     101      immediate: bits 3..5 say which, bits 6..63 hold the value
//     000      never a value: a header on a heap, a return address on a stack, a raw pointer
//
// A header word:   63..24 payload size in words   23..8 aux   7..3 subtag   2..0 000
// "size" is the number of words after the header, so any heap object can be stepped over.
//
// TERM-1: every boxed or list pointer is 8-byte aligned.
// TERM-2: a word whose low three bits are 000 is never followed by the collector, so raw 8-byte
// aligned
//         pointers may stand among the terms of a payload.
// TERM-3: an integer that fits in 62 bits is always small; a float whose exponent fits is always
// in-word
//         (so equality of immediates is equality of words).
// TERM-4: a map of at most MAP_FLAT_COUNT_MAX keys is flat, a larger one is a hash trie.
#ifndef MICA_TERM_TERM_H
#define MICA_TERM_TERM_H

#include "base/base.h"

typedef uint64_t Term;

/** No term: what a built-in returns when it raised, and a hole. Never visible to a program. */
#define TERM_NONE ((Term)0)

// ---- tags
// -----------------------------------------------------------------------------------------
#define TAG_LIST 1u
#define TAG_BOXED 4u
#define TAG_IMMEDIATE 5u
#define TAG_MASK 7u

#define IMM_ATOM 0u
#define IMM_PID 1u
#define IMM_PORT 2u
#define IMM_NIL 3u
#define IMM_CATCH 4u
#define IMM_SHIFT 6
#define IMM_KIND_MASK 63u

static ALWAYS_INLINE Term imm_make(uint32_t kind, uint64_t value) {
    return ((Term)value << IMM_SHIFT) | ((Term)kind << 3) | TAG_IMMEDIATE;
}
static ALWAYS_INLINE bool imm_is(Term t, uint32_t kind) {
    return (t & IMM_KIND_MASK) == ((kind << 3) | TAG_IMMEDIATE);
}
static ALWAYS_INLINE Term atom_from_index(uint32_t index) { return imm_make(IMM_ATOM, index); }

#define TERM_NIL (((Term)IMM_NIL << 3) | TAG_IMMEDIATE)

typedef enum {
    BOX_TUPLE = 0,
    BOX_POS_BIG = 1,   // [hdr][limb 0, least significant]...   aux unused; top limb nonzero
    BOX_NEG_BIG = 2,   // magnitude as above
    BOX_FLOAT = 3,     // [hdr][double]
    BOX_HEAP_BITS = 4, // [hdr][size in bits][bytes, padded to words]
    BOX_SUB_BITS =
        5, // [hdr][start bit][end bit][orig: boxed BIN_REF or HEAP_BITS]; aux: SUB_BITS_*
    BOX_MATCH_CTX = 6, // [hdr][position bit][end bit][orig] position moves while matching
    BOX_BIN_REF = 7,  // [hdr][next off-heap][Binary *]; never a term by itself, only SUB_BITS' orig
    BOX_MAP_FLAT = 8, // [hdr][keys tuple][value 0]...      keys sorted in map key order
    BOX_MAP_HASH = 9, // [hdr, aux = 16-bit bitmap][key count, small][child]...   the root
    BOX_MAP_NODE = 10,  // [hdr, aux = 16-bit bitmap][child]...   inner node; a leaf is a cell [K|V]
    BOX_FUN = 11,       // [hdr, aux = arity][FunEntry *][creator pid][free variable]...
    BOX_EXPORT = 12,    // [hdr][Export *]
    BOX_REF = 13,       // [hdr][word0][word1][word2]   local reference, see term/ref.h
    BOX_MAGIC_REF = 14, // [hdr][next off-heap][Binary *][word0][word1][word2]
    BOX_EXT_PID = 15,   // [hdr][NodeEntry *][number << 32 | serial]
    BOX_EXT_PORT = 16,  // [hdr][NodeEntry *][64-bit id]
    BOX_EXT_REF = 17,   // [hdr, aux = count of 32-bit words][NodeEntry *][words, two to a word]
    BOX_KIND_COUNT = 18
} BoxKind;

static ALWAYS_INLINE Term header_make(BoxKind kind, size_t size_words, uint32_t aux) {
    return ((Term)size_words << 24) | ((Term)aux << 8) | ((Term)kind << 3);
}
static ALWAYS_INLINE BoxKind header_kind(Term h) { return (BoxKind)((h >> 3) & 31u); }
static ALWAYS_INLINE uint32_t header_aux(Term h) { return (uint32_t)((h >> 8) & 0xffffu); }
static ALWAYS_INLINE size_t header_size(Term h) { return (size_t)(h >> 24); }

#define MAP_FLAT_COUNT_MAX 32
#define HEAP_BITS_BYTES_MAX 64 // larger ones live off the heap, counted
#define TUPLE_SIZE_MAX ((1u << 24) - 1)
#define ARITY_MAX 255
#define X_REG_COUNT 1024
// a register array: X registers, then float registers (doubles), then scratch for the interpreter;
// 16-byte aligned
#define REGISTER_WORDS (X_REG_COUNT + 1024 + 64)

// ---- classification
// -------------------------------------------------------------------------------
static ALWAYS_INLINE bool term_is_small(Term t) { return (t & 3u) == 3u; }
static ALWAYS_INLINE bool term_is_flonum(Term t) { return (t & 3u) == 2u; }
static ALWAYS_INLINE bool term_is_cell(Term t) { return (t & TAG_MASK) == TAG_LIST; }
static ALWAYS_INLINE bool term_is_boxed(Term t) { return (t & TAG_MASK) == TAG_BOXED; }
static ALWAYS_INLINE bool term_is_pointer(Term t) { return term_is_cell(t) || term_is_boxed(t); }
/** Immediate in the wide sense: the word is the whole value. */
static ALWAYS_INLINE bool term_is_immediate(Term t) { return !term_is_pointer(t); }
static ALWAYS_INLINE bool term_is_atom(Term t) { return imm_is(t, IMM_ATOM); }
static ALWAYS_INLINE bool term_is_nil(Term t) { return t == TERM_NIL; }
static ALWAYS_INLINE bool term_is_list(Term t) { return term_is_cell(t) || term_is_nil(t); }
static ALWAYS_INLINE bool term_is_local_pid(Term t) { return imm_is(t, IMM_PID); }
static ALWAYS_INLINE bool term_is_local_port(Term t) { return imm_is(t, IMM_PORT); }
static ALWAYS_INLINE bool term_is_catch(Term t) { return imm_is(t, IMM_CATCH); }

static ALWAYS_INLINE Term *term_cell(Term t) {
    DEBUG_ASSERT(term_is_cell(t));
    return (Term *)(uintptr_t)(t - TAG_LIST);
}
static ALWAYS_INLINE Term *term_box(Term t) {
    DEBUG_ASSERT(term_is_boxed(t));
    return (Term *)(uintptr_t)(t - TAG_BOXED);
}
static ALWAYS_INLINE Term term_from_cell(const Term *cell) {
    return (Term)(uintptr_t)cell + TAG_LIST;
}
static ALWAYS_INLINE Term term_from_box(const Term *box) {
    return (Term)(uintptr_t)box + TAG_BOXED;
}
static ALWAYS_INLINE BoxKind term_box_kind(Term t) { return header_kind(*term_box(t)); }
static ALWAYS_INLINE bool term_is_box_of(Term t, BoxKind kind) {
    return term_is_boxed(t) && term_box_kind(t) == kind;
}

// ---- list cells
// -----------------------------------------------------------------------------------
#define CELL_WORDS 2
static ALWAYS_INLINE Term term_head(Term t) { return term_cell(t)[0]; }
static ALWAYS_INLINE Term term_tail(Term t) { return term_cell(t)[1]; }
/** Builds a cell at *hp and moves *hp past it. */
static ALWAYS_INLINE Term term_cons(Term **hp, Term head, Term tail) {
    Term *c = *hp;
    c[0] = head;
    c[1] = tail;
    *hp = c + CELL_WORDS;
    return term_from_cell(c);
}

// ---- small integers
// -------------------------------------------------------------------------------
#define SMALL_BITS 62
#define SMALL_MAX (((int64_t)1 << 61) - 1)
#define SMALL_MIN (-((int64_t)1 << 61))
static ALWAYS_INLINE bool small_fits(int64_t i) { return i <= SMALL_MAX && i >= SMALL_MIN; }
static ALWAYS_INLINE Term term_from_small(int64_t i) { return ((Term)i << 2) | 3u; }
static ALWAYS_INLINE int64_t term_small(Term t) { return (int64_t)t >> 2; }

// ---- atoms, pids, ports, catch marks
// --------------------------------------------------------------
static ALWAYS_INLINE uint32_t term_atom_index(Term t) { return (uint32_t)(t >> IMM_SHIFT); }
// A local pid's value is 28 bits: number in the low 15, serial in the next 13, as OTP 25 prints it.
static ALWAYS_INLINE uint64_t term_pid_data(Term t) { return t >> IMM_SHIFT; }
static ALWAYS_INLINE Term term_from_pid_data(uint64_t d) { return imm_make(IMM_PID, d); }
#define PID_NUMBER_BITS 15
#define PID_SERIAL_BITS 13
#define PORT_NUMBER_BITS 28
#define PORT_NUMBER_MASK (((uint64_t)1 << PORT_NUMBER_BITS) - 1)
static ALWAYS_INLINE uint32_t pid_number(Term t) { return (uint32_t)term_pid_data(t) & 0x7fffu; }
static ALWAYS_INLINE uint32_t pid_serial(Term t) {
    return (uint32_t)(term_pid_data(t) >> PID_NUMBER_BITS) & 0x1fffu;
}
static ALWAYS_INLINE uint64_t term_port_data(Term t) { return t >> IMM_SHIFT; }
static ALWAYS_INLINE Term term_from_port_data(uint64_t d) { return imm_make(IMM_PORT, d); }
// A catch mark holds the address of its handler's instruction (8-byte aligned).
static ALWAYS_INLINE Term term_from_catch(const void *pc) {
    return imm_make(IMM_CATCH, (uintptr_t)pc);
}
static ALWAYS_INLINE const void *term_catch_pc(Term t) {
    return (const void *)(uintptr_t)(t >> IMM_SHIFT);
}

// ---- tuples
// ---------------------------------------------------------------------------------------
static ALWAYS_INLINE Term header_tuple(size_t arity) { return header_make(BOX_TUPLE, arity, 0); }
static ALWAYS_INLINE bool term_is_tuple(Term t) { return term_is_box_of(t, BOX_TUPLE); }
static ALWAYS_INLINE size_t tuple_arity(Term t) { return header_size(*term_box(t)); }
static ALWAYS_INLINE bool term_is_tuple_of(Term t, size_t arity) {
    return term_is_boxed(t) && *term_box(t) == header_tuple(arity);
}
/** Pointer to element 1 (index 0). */
static ALWAYS_INLINE Term *tuple_elements(Term t) { return term_box(t) + 1; }
/** Element by 0-based index. */
static ALWAYS_INLINE Term tuple_get(Term t, size_t i) { return term_box(t)[1 + i]; }

// ---- other boxed kinds
// ----------------------------------------------------------------------------
static ALWAYS_INLINE bool term_is_big(Term t) {
    return term_is_boxed(t) && (term_box_kind(t) == BOX_POS_BIG || term_box_kind(t) == BOX_NEG_BIG);
}
static ALWAYS_INLINE bool term_is_integer(Term t) { return term_is_small(t) || term_is_big(t); }
static ALWAYS_INLINE bool term_is_float(Term t) {
    return term_is_flonum(t) || term_is_box_of(t, BOX_FLOAT);
}
static ALWAYS_INLINE bool term_is_number(Term t) { return term_is_integer(t) || term_is_float(t); }
static ALWAYS_INLINE bool term_is_bitstring(Term t) {
    if (!term_is_boxed(t)) return false;
    BoxKind k = term_box_kind(t);
    return k == BOX_HEAP_BITS || k == BOX_SUB_BITS;
}
static ALWAYS_INLINE bool term_is_map(Term t) {
    if (!term_is_boxed(t)) return false;
    BoxKind k = term_box_kind(t);
    return k == BOX_MAP_FLAT || k == BOX_MAP_HASH;
}
static ALWAYS_INLINE bool term_is_fun(Term t) {
    if (!term_is_boxed(t)) return false;
    BoxKind k = term_box_kind(t);
    return k == BOX_FUN || k == BOX_EXPORT;
}
static ALWAYS_INLINE bool term_is_pid(Term t) {
    return term_is_local_pid(t) || term_is_box_of(t, BOX_EXT_PID);
}
static ALWAYS_INLINE bool term_is_port(Term t) {
    return term_is_local_port(t) || term_is_box_of(t, BOX_EXT_PORT);
}
static ALWAYS_INLINE bool term_is_reference(Term t) {
    if (!term_is_boxed(t)) return false;
    BoxKind k = term_box_kind(t);
    return k == BOX_REF || k == BOX_MAGIC_REF || k == BOX_EXT_REF;
}

#define FUN_ENV_OFFSET 3 // words from the header to the first free variable
#define REF_WORDS 4
#define MAGIC_REF_WORDS 6
#define BIN_REF_WORDS 3
#define SUB_BITS_WORDS 4
#define FLOAT_WORDS 2
#define SUB_BITS_WRITABLE 1u // aux: orig's buffer has room behind end that this term may claim
static ALWAYS_INLINE size_t fun_words(size_t free_count) { return FUN_ENV_OFFSET + free_count; }
static ALWAYS_INLINE size_t heap_bits_words(size_t bytes) { return 2 + (bytes + 7) / 8; }

typedef struct AtomName {
    const char *text;
    uint16_t length_bytes;
} AtomName;

#include "term/atom_names.gen.h"

static ALWAYS_INLINE Term term_from_bool(bool b) { return b ? am_true : am_false; }

#endif
