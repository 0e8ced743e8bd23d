// SPDX-License-Identifier: Apache-2.0
//
// match.h - match specifications: [{Head, Guards, Body}] compiled to little programs and run over
// terms.
//
// Used by ETS (one object, a tuple) and by tracing (the arguments of a call). A program is
// immutable once made, owns copies of all terms in it, and may be run by any number of threads at
// once.
//
// MATCH-1: running a program never writes to the object that it looks at, and its result lives in
// the process's heap
//          alone: it refers to nothing in the object or the program.
// MATCH-2: nothing recurses on the C stack while running; compiling recurses at most
// MATCH_NESTING_MAX deep.
#ifndef MICA_ETS_MATCH_H
#define MICA_ETS_MATCH_H

#include "proc/process.h"

// Compiling recurses, on the small C stack of a long built-in, and with sanitizers in big frames.
#define MATCH_NESTING_MAX 300

typedef struct MatchProgram MatchProgram;

typedef enum {
    MATCH_FOR_TABLE,
    MATCH_FOR_CALL_TRACE,   // a call's arguments
    MATCH_FOR_SEND_TRACE,   // [To, Message]: no actions that belong to calls
    MATCH_FOR_RECEIVE_TRACE // [Node, From, Message]: nothing that changes what is traced either
} MatchDialect;

/** Why a specification was refused: a list of {error, Text} terms, newest last, built in `heap`. */
typedef struct MatchErrors {
    Heap *heap; // NULL: no texts are wanted
    Term list;
    bool too_deep; // nested beyond MATCH_NESTING_MAX
} MatchErrors;

/** Compiles; NULL when the specification is not valid (errors may be NULL). Free with match_free.
 */
MatchProgram *match_compile(VM *vm, Term specification, MatchDialect dialect, MatchErrors *errors);
/** The program of [], which nothing matches: compiling that is refused, selecting by it is not. */
MatchProgram *match_nothing(VM *vm);
void match_free(MatchProgram *m);

/** A magic reference that owns the program: what ets:match_spec_compile/1 gives, and continuations
 * hold. */
Term match_reference(Process *p, MatchProgram *m);
/** The program behind such a reference, or NULL when t is none. */
MatchProgram *match_of_reference(Term t);

struct MatchActions;
/** Does a trace action, by name; its value. */
typedef Term MatchPerform(struct MatchActions *actions, Process *p, Term name,
                          const Term *arguments, size_t count);

/** What a body's trace actions ask for; zeroed by the caller. */
typedef struct MatchActions {
    bool return_trace, exception_trace;
    Term message; // {message, Term}: TERM_NONE when none was set; am_false: no trace message
    MatchPerform *perform; // the other actions. NULL: they are taken for done (`true`)
    const void *context;   // perform's
} MatchActions;

/**
 * Runs a table program on one object. TERM_NONE when no clause matches; else the last body
 * expression's value.
 */
Term match_run(const MatchProgram *m, Process *p, Term object);
/** Runs a trace program on a call's arguments. */
Term match_run_call(const MatchProgram *m, Process *p, const Term *arguments, size_t count,
                    MatchActions *actions);
/** Runs a table program whose results are not wanted: does any clause match with a value of `true`?
 */
bool match_run_is_true(const MatchProgram *m, Process *p, Term object);

// ---- what tables ask about a specification before they search
// ----------------------------------------------
size_t match_clause_count(const MatchProgram *m);
/**
 * The key that objects must have to match clause i (position key_index, 0-based, of its head), when
 * the head fixes it entirely. False when any key may match. The term belongs to the program.
 */
bool match_clause_key(const MatchProgram *m, size_t i, size_t key_index, Term *key);
/** The head of clause i: belongs to the program. */
Term match_clause_head(const MatchProgram *m, size_t i);
/** Are all bodies just '$_' or just `true`, so that no result has to be built? */
bool match_body_is_object(const MatchProgram *m);
/** Does a pattern hold a variable or '_' anywhere? */
bool match_has_variable(VM *vm, Term pattern);
/** The number N of an atom '$N', or -1. */
int64_t match_variable_number(VM *vm, Term atom);

#endif
