// SPDX-License-Identifier: Apache-2.0
//
// bif.h - how a built-in function is written.
//
//   /** Doc comment: arguments, result, errors. */
//   BIF(erlang, tuple_size, 1) {
//       if (!term_is_tuple(a[0])) return bif_badarg(p);
//       return term_from_small((int64_t)tuple_arity(a[0]));
//   }
//
// A generator finds these definitions in src/**/*.c and makes the table from them; nothing else
// lists them.
//
// BIF-1: arguments stand in a[0..arity-1]; the array belongs to the caller and may be overwritten.
// BIF-2: terms do not move while a built-in runs (HEAP-2), so C variables may hold them. Allocate
// with
//        heap_alloc(&p->heap, words) or the builders of heap/heap.h.
// BIF-3: TERM_NONE as result means that p->exc says what happened: an exception, a trap, or a
// yield. BIF-4: guard built-ins have no effects; in a guard their exception is dropped.
#ifndef MICA_BIF_BIF_H
#define MICA_BIF_BIF_H

#include "exec/bif_define.h"
#include "heap/heap.h"
#include "proc/process.h"
#include "term/term.h"

typedef Term (*BifFunction)(Process *p, Term *a);

typedef struct BifEntry {
    const char *module;
    const char *name;
    uint8_t arity;
    uint8_t flags;
    BifFunction function;
} BifEntry;

#define BIF_FLAG_DIRTY_IO 1u  // runs on a dirty I/O thread
#define BIF_FLAG_DIRTY_CPU 2u // runs on a dirty CPU thread
#define BIF_FLAG_NATIVE 4u    // a native library's function in OTP: in module_info(nifs)
#define BIF_FLAG_CODE 8u      // Erlang code in OTP: not told of as a built-in
#define BIF_FLAGS_DIRTY (BIF_FLAG_DIRTY_IO | BIF_FLAG_DIRTY_CPU)
#define BIF_FLAGS_ORIGIN (BIF_FLAG_NATIVE | BIF_FLAG_CODE)

extern const BifEntry bif_table[];
extern const uint32_t bif_table_count;

// ---- raising: each sets p->exc and returns TERM_NONE
// ------------------------------------------------
/** error:badarg with OTP's error_info for this built-in. */
Term bif_badarg(Process *p);
Term bif_badarith(Process *p);
Term bif_system_limit(Process *p);
Term bif_notsup(Process *p);
/** error:Reason (any term). */
Term bif_error(Process *p, Term reason);
Term bif_exit(Process *p, Term reason);
Term bif_throw(Process *p, Term value);
/** error:{Tag, Value}, e.g. {badmap, X}. */
Term bif_error_tuple(Process *p, Term tag, Term value);
/** error:badarg with {error_info, #{cause => Cause, module => ...}}. */
Term bif_badarg_cause(Process *p, Term cause);

// ---- traps: go on in other code, whose result is the built-in's
// ---------------------------------------
/** Calls module:function with count arguments in the built-in's place. */
Term bif_trap(Process *p, Term module, Term function, uint32_t count, const Term *args);
/** The built-in's turn is over: calls it again with these arguments when the process runs next. */
Term bif_yield(Process *p, Term module, Term function, uint32_t count, const Term *args);
/** Returns result when those who wait for their turn have had it: as OTP has it, who was started
 * before a change of code begins in the code from before. */
Term bif_after_others(Process *p, Term result);
/** The result, after a wait if what p sent to another node has suspended it (remote_wait). */
Term bif_when_resumed(Process *p, Term result);
/** Spends reductions (about one per 100 ns of work). */
static ALWAYS_INLINE void bif_bump(Process *p, int64_t reductions) {
    p->reductions_left -= reductions;
}
/** In a BIF_LONG: steps of work done; others may run now (BUDGET-1 to BUDGET-3). */
static ALWAYS_INLINE void bif_spend(Process *p, int64_t steps) {
    budget_spend(long_call_budget(p), steps);
}

// ---- argument readers: false (nothing raised) when t is not of the form
// ------------------------------
bool bif_get_int64(Term t, int64_t *out);
bool bif_get_uint64(Term t, uint64_t *out);
/** Proper list's length, or -1. */
int64_t bif_list_length(Term list);
/** The same for a list of any length: spends steps. */
int64_t bif_long_list_length(Process *p, Term list);
/** May the list have more than BIF_QUICK_CELLS cells? What is shorter needs no long call. */
#define BIF_QUICK_CELLS 500
static ALWAYS_INLINE bool bif_is_long_list(Term list) {
    int n = BIF_QUICK_CELLS;
    while (term_is_cell(list) && --n > 0) list = term_tail(list);
    return n == 0;
}
/** Flattens iodata to bytes; caller mem_frees *out. False when it is no iodata. */
bool bif_iodata_bytes(Term iodata, uint8_t **out, size_t *count);
/** The same, but what fits into the caller's room is written there: mem_free *out only where it is
 * not room. */
bool bif_iodata_bytes_or_room(Term iodata, uint8_t *room, size_t room_size, uint8_t **out,
                              size_t *count);
bool bif_iodata_bytes_in_steps(Term iodata, uint8_t **out, size_t *count, Budget *budget);
/** The size in bytes of iodata that has whole bytes only; false: it is none. Spends steps. */
bool iodata_size_bytes(Term iodata, uint64_t *bytes, Budget *budget);
/** Writes all bits of what iodata_size_bytes (iodata_size_bits) accepted to out. */
void iodata_write(Term iodata, uint8_t *out, Budget *budget);
/** A list of Latin-1/Unicode characters, binary or atom as UTF-8 with a closing NUL; caller
 * mem_frees. NULL when it is none. */
char *bif_text_utf8(struct VM *vm, Term t, size_t *count);

#endif
