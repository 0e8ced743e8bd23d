// SPDX-License-Identifier: Apache-2.0
//
// match_program.h - what match_compile.c makes and match_run.c runs.
//
// A clause has two runs of instructions. Its head is matched with a stack of terms still to be
// looked at: each head instruction takes the top one; MATCH_TUPLE and MATCH_CELL put its parts
// back. Guards and body work on a stack of values.
//
// PROGRAM-1: stack_max is the deepest that either stack gets in any clause.
#ifndef MICA_ETS_MATCH_PROGRAM_H
#define MICA_ETS_MATCH_PROGRAM_H

#include "bif/bif.h"
#include "ets/match.h"

typedef enum {
    // head: look at the top term
    MATCH_SKIP,      // anything
    MATCH_BIND,      // n: variable gets it
    MATCH_SAME,      // n: must equal the variable
    MATCH_EQUAL,     // term: must equal it
    MATCH_TUPLE,     // n: must be a tuple of n; its elements come next
    MATCH_CELL,      // must be a cell; head, then tail come next
    MATCH_MAP,       // must be a map with at least n keys; stays for MATCH_MAP_VALUE
    MATCH_MAP_VALUE, // term: key that the map on top must have; its value comes next (the map stays
                     // below)
    MATCH_DROP,      // the map is done with
    MATCH_ARGUMENTS, // n: (trace) that many arguments; they come next
    // guards and body: values
    MATCH_PUSH,       // term
    MATCH_VARIABLE,   // n
    MATCH_OBJECT,     // '$_'
    MATCH_BINDINGS,   // '$$'
    MATCH_MAKE_TUPLE, // n values
    MATCH_MAKE_CELL,  // head below tail
    MATCH_MAKE_MAP,   // n pairs
    MATCH_CALL,       // function with n arguments
    MATCH_AND,        // n booleans
    MATCH_OR,
    MATCH_AND_THEN, // n: where to go on with `false` when the top is false; true is dropped
    MATCH_OR_ELSE,
    MATCH_SELF,
    MATCH_ACTION,  // term: name of the trace action; n arguments
    MATCH_IS_TRUE, // guard: the top must be true
    MATCH_DISCARD, // body: not the last value
    MATCH_BODY,    // from here on failing calls give 'EXIT'
    MATCH_RETURN
} MatchOp;

typedef struct MatchInstruction {
    uint32_t op; // MatchOp
    uint32_t n;
    union {
        Term term;
        BifFunction function;
    };
} MatchInstruction;

typedef struct MatchClause {
    Term head;
    MatchInstruction *code;
    uint32_t count, capacity;
    uint32_t variables_count;  // slots used
    int64_t *variable_numbers; // N of each slot's '$N'
    bool body_is_object;
} MatchClause;

struct MatchProgram {
    VM *vm;
    MatchDialect dialect;
    Heap constants; // detached; owns every term of the program
    MatchClause *clauses;
    size_t clauses_count;
    uint32_t stack_max;
    uint32_t variables_max;
};

#endif
