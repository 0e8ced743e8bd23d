// SPDX-License-Identifier: Apache-2.0
//
// external.h - the external term format, both ways. Input is untrusted: every length is checked
// before it is used.
#ifndef MICA_TERM_EXTERNAL_H
#define MICA_TERM_EXTERNAL_H

#include "base/budget.h"
#include "heap/heap.h"
#include "term/atom.h"
#include "term/magic.h"
#include "term/node.h"

/** How terms name funs, exports and nodes: filled in by the VM, so that this room needs no code
 * server. */
typedef struct ExternalContext {
    AtomTable *atoms;
    NodeTable *nodes;
    MagicTable *magics;  // NULL: magic references become plain ones
    void *code;          // CodeServer *
    uint64_t local_salt; // of this VM: makes its local encodings its own
    struct Export *(*find_export)(void *code, Term module, Term function, uint32_t arity);
    struct FunEntry *(*find_fun)(void *code, Term module, uint32_t old_index, uint32_t old_uniq,
                                 uint32_t index, const uint8_t uniq[16], uint32_t arity,
                                 uint32_t free_count);
} ExternalContext;

#define EXTERNAL_VERSION 131u
/** Tags of the format, as OTP's "External Term Format" lists them. */
enum {
    EXT_NEW_FLOAT = 70,
    EXT_BIT_BINARY = 77,
    EXT_COMPRESSED = 80,
    EXT_CACHED_ATOM = 82,
    EXT_NEW_PID = 88,
    EXT_NEW_PORT = 89,
    EXT_NEWER_REFERENCE = 90,
    EXT_SMALL_INTEGER = 97,
    EXT_INTEGER = 98,
    EXT_FLOAT = 99,
    EXT_ATOM = 100,
    EXT_REFERENCE = 101,
    EXT_PORT = 102,
    EXT_PID = 103,
    EXT_SMALL_TUPLE = 104,
    EXT_LARGE_TUPLE = 105,
    EXT_NIL = 106,
    EXT_STRING = 107,
    EXT_LIST = 108,
    EXT_BINARY = 109,
    EXT_SMALL_BIG = 110,
    EXT_LARGE_BIG = 111,
    EXT_NEW_FUN = 112,
    EXT_EXPORT = 113,
    EXT_NEW_REFERENCE = 114,
    EXT_SMALL_ATOM = 115,
    EXT_MAP = 116,
    EXT_ATOM_UTF8 = 118,
    EXT_SMALL_ATOM_UTF8 = 119,
    EXT_V4_PORT = 120,
    EXT_LOCAL = 121
};

#define EXT_LOCAL_BYTES 9u // tag and hash
#define EXTERNAL_SAFE 1u   // decode: new atoms and external funs are refused

/**
 * Decodes one term (with its 131 byte when versioned) into h. *used gets the bytes read.
 * TERM_NONE when malformed (nothing else is harmed).
 */
Term external_decode(Heap *h, const ExternalContext *c, const uint8_t *bytes, size_t count,
                     bool versioned, uint32_t flags, size_t *used, Budget *budget);

/** As external_decode, for a term of a distribution message: EXT_CACHED_ATOM names one of atoms. */
Term external_decode_cached(Heap *h, const ExternalContext *c, const uint8_t *bytes, size_t count,
                            bool versioned, const Term *atoms, size_t atom_count, Binary *source,
                            size_t *used);

#define EXTERNAL_ATOMS_MAX 255
/** The atoms of a distribution message, which it names by their places. All zero: none yet. */
typedef struct ExternalAtoms {
    uint32_t count;
    bool in_full;       // none is named so
    uint8_t index[512]; // by hash: place + 1
    Term all[EXTERNAL_ATOMS_MAX];
} ExternalAtoms;

/** Where the bytes of large counted binaries stand in what was written, in order. */
typedef struct ExternalCuts {
    struct ExternalCut {
        size_t at, count;
    } * all; // the caller mem_frees it
    size_t count, capacity;
} ExternalCuts;

typedef struct ExternalOptions {
    int compression;   // 0..9
    int minor_version; // 0, 1 or 2
    bool deterministic;
    bool local;
    ExternalCuts *cuts; // NULL: not wanted
} ExternalOptions;

/** Encodes t with the leading 131; caller mem_frees *out. False when it cannot be encoded. */
bool external_encode(const ExternalContext *c, Term t, const ExternalOptions *options,
                     uint8_t **out, size_t *count, Budget *budget);
/**
 * Encodes a distribution message: two terms (payload TERM_NONE: one), whose atoms are named by
 * their places in atoms; with atoms NULL they stand in full, and each term has its 131. Caller
 * mem_frees the result.
 */
uint8_t *external_encode_message(const ExternalContext *c, Term control, Term payload,
                                 ExternalAtoms *atoms, size_t *count, Budget *budget);
/** What stands before a term that was encoded with `local`: only this VM decodes it. */
uint64_t external_local_hash(const ExternalContext *c, const uint8_t *bytes, size_t count);
/** erlang:external_size. */
size_t external_size(const ExternalContext *c, Term t, const ExternalOptions *options,
                     Budget *budget);

#endif
