// SPDX-License-Identifier: Apache-2.0
//
// native.h - a function of a loaded module whose work a native library does: what the instruction
// in the function's entry needs for the call. Made and freed by nif/, called by exec/.
//
// NATIVE-1: nothing in it changes once an instruction leads to it.
#ifndef MICA_CODE_NATIVE_H
#define MICA_CODE_NATIVE_H

#include "term/fun.h"

struct NifLibrary;

typedef struct NativeFunction NativeFunction;
struct NativeFunction {
    /** Calls the function with its arguments in x; TERM_NONE: p->exc says what happened. */
    Term (*enter)(struct Process *p, const NativeFunction *n, Term *x);
    Term (*function)(void); // of the library, by its own type
    Export *export;         // who it is, for stack traces and process_info
    uint32_t arity;
    uint32_t live;          // registers that it needs: its arguments, and what enter keeps there
    uint32_t dirty; // DIRTY_*
    struct NifLibrary *library;
};

#endif
