// SPDX-License-Identifier: Apache-2.0
//
// fun.h - what funs and exports point to: entries that outlive every term (freed with their VM).
//
// FUN-1: one Export per module:function/arity in a VM, one FunEntry per module, index and unique
// hash; their
//        addresses never change, so terms and code hold plain pointers.
// The identity fields never change; the entry words are replaced by the code server while others
// read them.
#ifndef MICA_TERM_FUN_H
#define MICA_TERM_FUN_H

#include "term/term.h"

struct Process;
typedef uint64_t Word;

typedef struct Export Export;
struct Export {
    Term module, function;
    uint32_t arity;
    uint32_t bif_flags;                      // BIF_FLAGS_DIRTY
    uint32_t bif_origin;                     // BIF_FLAGS_ORIGIN
    _Atomic(const Word *) entry;             // where a call goes: loaded code, or stub
    Term (*bif)(struct Process *p, Term *a); // built-in of that name, or NULL
    _Atomic(const Word *) code; // the loaded module's function, NULL when there is none
    Term (*_Atomic light)(struct Process *p,
                          Term *a); // what call_bif calls: bif, or tracing's way in
    _Atomic(const Word *) traced;   // where a call goes while the function is traced, or NULL
    void *breakpoint;               // trace/'s own, under its lock
    Word stub[8];    // little code of its own: call the built-in, or the error handler
    uint64_t serial; // counts up as exports are made: the order of module_info(exports)
};

typedef struct FunEntry FunEntry;
struct FunEntry {
    Term module;
    uint32_t index; // in the module's fun table (new style)
    uint32_t old_index;
    uint32_t old_uniq;
    uint8_t uniq[16]; // MD5 of the module's code
    uint32_t arity;   // without free variables
    uint32_t free_count;
    _Atomic(const Word *) entry; // where a call goes, or the stub that asks for the module
    _Atomic(const Word *) code;  // loaded code, NULL when the module is not there
    _Atomic(const Word *)
        purging; // code that is being purged: who calls it waits for the end of the purge
    Word stub[4];
};

static ALWAYS_INLINE FunEntry *fun_entry(Term fun) {
    return (FunEntry *)(uintptr_t)term_box(fun)[1];
}
static ALWAYS_INLINE uint32_t fun_arity(Term fun) { return header_aux(*term_box(fun)); }
static ALWAYS_INLINE size_t fun_free_count(Term fun) {
    return header_size(*term_box(fun)) - (FUN_ENV_OFFSET - 1);
}
static ALWAYS_INLINE Export *export_of(Term fun) { return (Export *)(uintptr_t)term_box(fun)[1]; }

#endif
