// SPDX-License-Identifier: Apache-2.0
//
// runtime.h - what instructions call: ordinary C functions, and small inline helpers. Included by
// exec/machine.h.
//
// RT-1: before any of these runs, SWAP_OUT has been done; after one that may allocate, SWAP_IN.
// RT-2: functions that take `live` may collect: x[0..live-1] survive, what the caller read before
// does not.
//       live == X_REG_COUNT means: unknown, do not collect.
// RT-3: TERM_NONE, NULL or false as result: p->exc says why (where failing is possible).
#ifndef MICA_EXEC_RUNTIME_H
#define MICA_EXEC_RUNTIME_H

#include "proc/process.h"
#include "proc/receive.h"
#include "proc/signal.h"
#include "proc/trace.h"

/** vm->exec. */
typedef struct ExecState {
    Word normal_exit[1];
    Word return_value[1];
    Word raise_pending[1];
    Word start_apply[FUNC_INFO_WORDS + 1];
    Word trace_return[TRACE_FRAME_KINDS]; // return addresses of the frames that tracing pushes
    _Atomic uint32_t backtrace_depth;     // system_flag(backtrace_depth)
    _Atomic(Export *) apply_2;            // erlang:apply/2, once it was called
} ExecState;

typedef enum {
    RELATION_LT,
    RELATION_GT,
    RELATION_LE,
    RELATION_GE,
    RELATION_EQ,
    RELATION_NE
} Relation;
typedef enum {
    SEGMENT_APPEND,
    SEGMENT_BINARY,
    SEGMENT_FLOAT,
    SEGMENT_INTEGER,
    SEGMENT_STRING,
    SEGMENT_UTF8,
    SEGMENT_UTF16,
    SEGMENT_UTF32,
    SEGMENT_COUNT
} SegmentKind;

/** Has so much gone to fragments (or did someone ask) that the next safe point should collect? */
static ALWAYS_INLINE bool exec_collect_due(const Process *p) {
    if (LIKELY(p->heap.fragments == NULL && !(p->heap.flags & HEAP_GC_WANTED))) return false;
    return (p->heap.flags & HEAP_GC_WANTED) ||
           ((p->heap.flags & HEAP_STRESS) && heap_stress_due(&p->heap, p->heap.fragment_words)) ||
           p->heap.fragment_words > 64 + (size_t)(p->heap.end - p->heap.start) / 4;
}

// ---- calls (exec/calls.c)
// -----------------------------------------------------------------------------
/** Code to go on at, arguments being in x; NULL: raise. */
const Word *rt_call_fun(Process *p, Term *x, const Word *pc, Term fun, uint32_t arity);
const Word *rt_apply(Process *p, Term *x, const Word *pc, uint32_t arity);
const Word *rt_apply_list(Process *p, Term *x, const Word *pc);
const Word *rt_apply_fun_list(Process *p, Term *x, const Word *pc);
/** The same, entered as the function erlang:apply/2. */
const Word *rt_apply_fun_list_entry(Process *p, Term *x, const Word *pc);
const Word *rt_undefined_function(Process *p, Term *x, const Word *pc, Export *ex);
const Word *rt_undefined_fun(Process *p, Term *x, const Word *pc, FunEntry *fun);
bool rt_hibernate(Process *p, Term *x, const Word *pc);
bool rt_is_function2(Term fun, Term arity);
/** Keeps count registers for the time that p does not run. */
void exec_save_registers(Process *p, const Term *x, uint32_t count);

// ---- exceptions (exec/exception.c)
// ---------------------------------------------------------------------
void exec_set_function_clause(Process *p, Term *x, const Word *pc);
void rt_error(Process *p, Term reason);
void rt_error_tuple(Process *p, Term tag, Term value);
void rt_badarith(Process *p);
/** raise: trace is the raw trace of what was caught; its class is in there. */
void rt_raise(Process *p, Term trace, Term value);
/** erlang:raise's work on x0 class, x1 value, x2 raw trace; false: bad class, x0 = badarg. */
bool rt_raw_raise(Process *p, Term *x);
Term rt_build_stacktrace(Process *p, Term raw);
/** catch's value from x1 class, x2 reason, x3 raw trace. */
Term rt_catch_value(Process *p, Term *x);
/** The stack trace's first entry is the built-in ex with these arguments, called at pc. */
void exec_trace_builtin(Process *p, const Word *pc, const Export *ex, const Term *args);
/** The exception came up in the function erlang:apply/2: the trace shows it before its caller. */
void exec_trace_in_apply(Process *p);
/** As exec_trace_builtin for a function that has no Export at hand. */
void exec_trace_mfa(Process *p, const Word *pc, Term module, Term function, uint32_t arity,
                    const Term *args);
/** Of erlang:error/2,3: args in place of the caller's arity (or TERM_NONE), error_info map (or
 * TERM_NONE). */
void exec_trace_error(Process *p, Term args, Term error_info);
/** Of erlang:raise/3: the list is the trace. */
void exec_trace_given(Process *p, Term list);
/** Where a trap or yield goes on. */
const Word *exec_trap_entry(const Exception *exc);
/** Is this error/1,2,3, exit/1 or throw/1? */
bool exec_is_raising(const Export *ex);
/** Is this the entry of one of these? */
bool exec_is_raising_entry(const Word *entry);
/** error, exit, throw, nif_error: what follows such a call is never reached. */
bool exec_never_returns(const Export *ex);
void rt_guard_bif_failed(Process *p, Term *x, const Word *pc, const Export *ex);
void rt_guard_badarg(Process *p, Term *x, const Word *pc, const Export *ex, Term a, Term b);
void rt_map_get_failed(Process *p, Term *x, const Word *pc, const Export *ex, Term key, Term map);
/** vm->stack_trace: [{M,F,A,Location}] of a process that does not run, innermost first, built in
 * out. */
Term exec_stack_trace(Process *p, Heap *out, uint32_t depth);
/** Tells the logger that p ends with reason (exec/error_log.c). */
void exec_log_uncaught(Process *p, Term reason);

// ---- arithmetic, comparison, maps (exec/arith.c)
// ---------------------------------------------------------
/** At a safe point with the result of an instruction: collects when that is due; the result, moved
 * along. */
Term rt_finish(Process *p, Term *x, Term result, uint64_t live);
#define RT_ARITH(name)                                                                             \
    Term rt_##name(Process *p, Term *x, const Word *pc, const Export *ex, Term a, Term b,          \
                   uint64_t live, bool in_guard);
RT_ARITH(plus)
RT_ARITH(minus)
RT_ARITH(times)
RT_ARITH(int_div)
RT_ARITH(rem)
RT_ARITH(divide)
RT_ARITH(band)
RT_ARITH(bor) RT_ARITH(bxor) RT_ARITH(bsl) RT_ARITH(bsr)
#undef RT_ARITH
    Term rt_increment(Process *p, Term *x, Term a, int64_t delta, uint64_t live);
int rt_compare(Process *p, Term a, Term b);
Term rt_relation(Process *p, int relation, Term a, Term b);
bool rt_to_double(Process *p, Term t, double *out);
Term rt_map_put(Process *p, Term *x, Term *e, Term map, const Word *pairs, size_t count,
                uint64_t live);
Term rt_map_update(Process *p, Term *x, Term *e, Term map, const Word *pairs, size_t count,
                   uint64_t live);

// ---- bits (exec/bits_match.c, exec/bits_build.c)
// ---------------------------------------------------------
/** The size `all` of a binary segment: only the compiler writes it, a program's atom `all` is no
 * size. */
#define EXEC_SIZE_ALL (((Term)IMM_CATCH << 3) | TAG_IMMEDIATE)
#define BITS_EXTRACT_COPY_BYTES_MAX                                                                \
    16 // smaller parts are copied: as large as the reference would be
#define BITS_EXTRACT_WORDS 5
/** First byte of a match context's or sub-bitstring's orig. */
static ALWAYS_INLINE uint8_t *bits_base(Term orig) {
    Term *box = term_box(orig);
    DEBUG_ASSERT(header_kind(box[0]) == BOX_BIN_REF || header_kind(box[0]) == BOX_HEAP_BITS);
    if (header_kind(box[0]) == BOX_BIN_REF) return ((Binary *)(uintptr_t)box[2])->bytes;
    return (uint8_t *)(box + 2);
}
/** Bits left in a match context, or a bitstring's size. */
static ALWAYS_INLINE size_t bits_left(Term t) {
    Term *box = term_box(t);
    return header_kind(box[0]) == BOX_HEAP_BITS ? box[1] : box[2] - box[1];
}
/** count (1..64) bits from bit shift (0..7) of *bytes, most significant first. */
static ALWAYS_INLINE uint64_t bits_read(const uint8_t *bytes, size_t shift, size_t count) {
    DEBUG_ASSERT(shift < 8 && count > 0 && count <= 64);
    uint64_t v = bytes[0] & (0xffu >> shift);
    size_t have = 8 - shift;
    if (have >= count) return v >> (have - count);
    size_t i = 1;
    while (count - have >= 8) {
        v = v << 8 | bytes[i++];
        have += 8;
    }
    if (have < count) v = v << (count - have) | bytes[i] >> (8 - (count - have));
    return v;
}
/** size * unit as a number of bits; false when size is no size or too large. */
static ALWAYS_INLINE bool bits_size_of(Term size, uint64_t unit, size_t *out) {
    if (UNLIKELY(!term_is_small(size) || term_small(size) < 0)) return false;
    return !__builtin_mul_overflow((uint64_t)term_small(size), unit, out) && *out < (uint64_t)1
                                                                                        << 60;
}
Term rt_bs_get_integer(Process *p, Term *x, Term ctx, Term size, uint64_t unit, uint64_t flags,
                       uint64_t live);
Term rt_bs_get_float(Process *p, Term *x, Term ctx, Term size, uint64_t unit, uint64_t flags,
                     uint64_t live);
Term rt_bs_get_binary(Process *p, Term ctx, Term size, uint64_t unit);
Term rt_bs_get_tail(Process *p, Term ctx);
bool rt_bits_equal(Term orig, size_t position, const uint8_t *bytes, size_t bits);
Term rt_bs_get_utf(Term ctx, uint64_t kind, uint64_t flags);

Term rt_bs_create_bin(Process *p, Term *x, const Word *pc, uint64_t words, uint64_t live,
                      uint64_t unit, size_t count, const Word *segments);
Term rt_bs_init(Process *p, Term *x, Term size, uint64_t unit, uint64_t words, uint64_t live);
Term rt_bs_append(Process *p, Term *x, Term binary, Term size, uint64_t words, uint64_t live,
                  uint64_t unit);
Term rt_bs_init_writable(Process *p, Term size);
bool rt_bs_put_integer(Process *p, Term *x, Term value, Term size, uint64_t unit, uint64_t flags);
bool rt_bs_put_float(Process *p, Term *x, Term value, Term size, uint64_t unit, uint64_t flags);
bool rt_bs_put_binary(Process *p, Term *x, Term value, Term size, uint64_t unit);
bool rt_bs_put_string(Process *p, Term *x, const uint8_t *bytes, uint64_t count);
bool rt_bs_put_utf(Process *p, Term *x, Term value, uint64_t kind, uint64_t flags);
uint64_t rt_utf_size(Term value, uint64_t kind);
Term rt_bs_add(Process *p, Term a, Term b, uint64_t unit);

#endif
