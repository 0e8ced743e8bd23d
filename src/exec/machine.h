// SPDX-License-Identifier: Apache-2.0
//
// machine.h - the abstract machine: what an instruction is, its state, and the macros that bodies
// are written in.
//
// An instruction is a function that ends in a tail call of the next one; the machine's state
// travels in its arguments, which clang's preserve_none convention keeps in registers:
//
//     p     the process            x   X registers, then float registers, then scratch
//     (EXEC_REGISTER_WORDS) pc    this instruction       e   top of stack: Y registers of the
//     running function, then its return address reds  reductions left        hp  next free heap
//     word
//
// EXEC-1: p->heap.stack, p->heap.top and p->reductions_left are stale while instructions run;
// SWAP_OUT writes them
//         before a call that may look at them, SWAP_IN reads them after.
// EXEC-2: a frame is [y0 .. yn-1][return address]; a return address is 8-byte aligned, so no term
// looks like one. EXEC-3: a body never keeps a C stack frame across its last call (stencils are cut
// from the same text), nor the address
//         of a local variable.
// EXEC-4: PC is the instruction's own address; in a stencil it is a hole. Bodies use PC and
// operands, never pc.
//
// Bodies (exec/bodies/*.def) are turned into functions by tools/gen_ops.py, one for each
// combination of operand kinds.
#ifndef MICA_EXEC_MACHINE_H
#define MICA_EXEC_MACHINE_H

#include "bif/bif.h"
#include "code/code.h"
#include "code/lower.h"
#include "exec/exec.h"
#include "heap/heap.h"
#include "proc/process.h"
#include "proc/spawn.h"
#include "term/bits.h"
#include "term/compare.h"
#include "term/fun.h"
#include "term/map.h"
#include "term/number.h"
#include "vm/vm.h"

#include "exec/runtime.h"

#define OP_ARGS                                                                                    \
    UNUSED Process *p, UNUSED const Word *pc, UNUSED Term *x, UNUSED Term *e, UNUSED Term *hp,     \
        UNUSED int64_t reds
#define OP_CONVENTION __attribute__((preserve_none))
typedef OP_CONVENTION int OpFunction(Process *p, const Word *pc, Term *x, Term *e, Term *hp,
                                     int64_t reds);

#define OP_OPERANDS_MAX 8
/** One specialised instruction, by operand kinds; kinds as in tools/gen_ops.py. */
typedef struct OpInfo {
    const char *name;
    OpFunction *const *variants; // first varying operand is the most significant digit
    uint16_t variants_count;
    uint16_t operands_count;
    const char *kinds[OP_OPERANDS_MAX];
} OpInfo;

#include "exec/ops.gen.h"

extern const OpInfo exec_op_table[OP_COUNT];

// ---- scratch words behind the registers: no terms that must survive a collection
// -----------------------
#define FLOAT_REG_BASE X_REG_COUNT
#define SCRATCH_BASE (X_REG_COUNT + 1024)
#define S_ARGS (SCRATCH_BASE + 0)          // arguments of guard built-ins
#define S_BITS_BASE (SCRATCH_BASE + 8)     // binary under construction: its first byte …
#define S_BITS_POSITION (SCRATCH_BASE + 9) // … and the next bit to write
#define S_BITS_END (SCRATCH_BASE + 13)      // … and where it ends
#define S_WORDS (SCRATCH_BASE + 10)        // exec_collect_retry's arguments
#define S_LIVE (SCRATCH_BASE + 11)
#define S_STRESS (SCRATCH_BASE + 12) // --gc-stress: the instruction that has just collected
#define S_CONST (SCRATCH_BASE + 16)  // constants for operands that want a register

// ---- operands
// -----------------------------------------------------------------------------------------
#ifdef MICA_STENCIL
extern char mica_hole_1[], mica_hole_2[], mica_hole_3[], mica_hole_4[], mica_hole_5[],
    mica_hole_6[], mica_hole_7[], mica_hole_8[], mica_hole_pc[];
extern OpFunction mica_next, mica_slow, mica_label_1, mica_label_2, mica_label_3, mica_label_4;
#define OPND(i) ((Word)(uintptr_t)mica_hole_##i)
#define PC ((const Word *)(uintptr_t)mica_hole_pc)
#define OP_FUNCTION OP_CONVENTION int
#define OP_SLOW_FUNCTION OP_CONVENTION int
#define NEXT_OP(n) MUSTTAIL return mica_next(p, pc, x, e, hp, reds)
#define GOTO_LABEL(i) MUSTTAIL return mica_label_##i(p, pc, x, e, hp, reds)
#define FAIL_OR_RAISE_AT(i) MUSTTAIL return mica_label_##i(p, pc, x, e, hp, reds)
#define SLOW_OP(name) MUSTTAIL return mica_slow(p, pc, x, e, hp, reds)
#else
#define OPND(i) (pc[i])
#define PC pc
#define OP_FUNCTION OP_CONVENTION int
#define OP_SLOW_FUNCTION OP_CONVENTION COLD int
#define NEXT_OP(n) JUMP(pc + (n))
#define GOTO_LABEL(i) JUMP((const Word *)pc[i])
#define FAIL_OR_RAISE_AT(i)                                                                        \
    do {                                                                                           \
        if (pc[i]) JUMP((const Word *)pc[i]);                                                      \
        RAISE();                                                                                   \
    } while (0)
#define SLOW_OP(name) MUSTTAIL return name(p, pc, x, e, hp, reds)
#endif
#define LABEL_AT(i) ((const Word *)OPND(i))

#define MUSTTAIL __attribute__((musttail))
#define REGISTER_AT(base, offset) (*(Term *)((char *)(base) + (offset)))
#define GET_x(offset) REGISTER_AT(x, offset)
#define GET_y(offset) REGISTER_AT(e, offset)
#define GET_c(word) ((Term)(word))
#define GET_a(word) GET_ANY(word)
#define PUT_x(offset, value) (REGISTER_AT(x, offset) = (value))
#define PUT_y(offset, value) (REGISTER_AT(e, offset) = (value))
#define FREG_AT(offset) (*(double *)((char *)x + (offset)))

// An `any` operand or list element: a term as it is, or a register: byte offset, with ANY_Y for Y
// registers. Offsets are multiples of 8, so no term looks like one.
#define ANY_Y ((Word)1 << 32)
#define ANY_IS_REGISTER(word) (((word)&TAG_MASK) == 0)
static ALWAYS_INLINE Term exec_any(Word w, const Term *x, const Term *e) {
    if (!ANY_IS_REGISTER(w)) return w;
    DEBUG_ASSERT((uint32_t)w < EXEC_REGISTER_WORDS * sizeof(Term));
    return w & ANY_Y ? REGISTER_AT(e, (uint32_t)w) : REGISTER_AT(x, w);
}
static ALWAYS_INLINE void exec_any_put(Word w, Term *x, Term *e, Term value) {
    DEBUG_ASSERT(ANY_IS_REGISTER(w) && (uint32_t)w < EXEC_REGISTER_WORDS * sizeof(Term));
    if (w & ANY_Y)
        REGISTER_AT(e, (uint32_t)w) = value;
    else
        REGISTER_AT(x, w) = value;
}
#define GET_ANY(word) exec_any((word), x, e)
#define PUT_ANY(word, value) exec_any_put((word), x, e, (value))

// ---- control
/** The function of the instruction at target. Relaxed: tracing puts another in the place of a
 * function's first one (trace/breakpoint.h), and either is right to run. */
#define OP_AT(target) ((OpFunction *)__atomic_load_n((target), __ATOMIC_RELAXED))
// ------------------------------------------------------------------------------------------
#define CONTINUE_WITH(function) MUSTTAIL return function(p, PC, x, e, hp, reds)
#define JUMP(target)                                                                               \
    do {                                                                                           \
        const Word *target_ = (target);                                                            \
        MUSTTAIL return OP_AT(target_)(p, target_, x, e, hp, reds);                                \
    } while (0)
/** Continues at target, which is a function's entry, after spending a reduction. */
#define ENTER(target)                                                                              \
    do {                                                                                           \
        const Word *entered_ = (target);                                                           \
        if (UNLIKELY(--reds < 0))                                                                  \
            MUSTTAIL return exec_yield_at_entry(p, entered_, x, e, hp, reds);                      \
        MUSTTAIL return OP_AT(entered_)(p, entered_, x, e, hp, reds);                              \
    } while (0)
#define PUSH_RETURN(address) (*--e = (Term)(uintptr_t)(address))
#define RETURN()                                                                                   \
    do {                                                                                           \
        const Word *return_ = (const Word *)(uintptr_t)*e++;                                       \
        MUSTTAIL return ((OpFunction *)*return_)(p, return_, x, e, hp, reds);                      \
    } while (0)
#define SWAP_OUT() (p->heap.stack = e, p->heap.top = hp, p->reductions_left = reds)
#define SWAP_IN() (e = p->heap.stack, hp = p->heap.top, reds = p->reductions_left)
/** Raises what p->exc says, at this instruction. */
#define RAISE() CONTINUE_WITH(exec_raise)
#ifdef MICA_DEBUG
#define STRESS_HERE() exec_stress_here(p, x, PC, hp)
static ALWAYS_INLINE bool exec_stress_here(Process *p, Term *x, const Word *at, const Term *hp) {
    if (!(p->heap.flags & HEAP_STRESS) || x[S_STRESS] == (Term)(uintptr_t)at)
        return x[S_STRESS] = 0, false;
    if (!heap_stress_due(&p->heap, (size_t)(hp - p->heap.high_water))) return false;
    x[S_STRESS] = (Term)(uintptr_t)at;
    return true;
}
#else
#define STRESS_HERE() false
#endif
/** Makes sure of words on the heap, or collects (x[0..live-1] survive) and starts this instruction
 * again. */
#define RESERVE(words, live)                                                                       \
    do {                                                                                           \
        if (UNLIKELY((int64_t)((char *)e - (char *)hp) <                                           \
                         (int64_t)(((words) + HEAP_STACK_SLACK) * sizeof(Term)) ||                 \
                     STRESS_HERE())) {                                                             \
            x[S_WORDS] = (words);                                                                  \
            x[S_LIVE] = (live);                                                                    \
            CONTINUE_WITH(exec_collect_retry);                                                     \
        }                                                                                          \
    } while (0)
#define ATOMS (p->vm->atoms)
#define BOTH_SMALL(a, b) (((a) & (b)&3u) == 3u)
#define BOTH_FLONUM(a, b) ((((a) | ((b) << 2)) & 15u) == 10u)

// ---- where bodies continue out of line (exec/run.c, exec/exception.c)
// ---------------------------------
OpFunction exec_collect_retry, exec_yield_at_entry, exec_raise, exec_exit_process;
/** Collects with x0 live, then returns; yields, then returns x0; hands a built-in to a dirty
 * thread. */
OpFunction exec_collect_return, exec_yield_return, exec_dirty_bif, exec_dirty_native;
/** After a built-in that returned TERM_NONE, its result due at the return address on the stack
 * (already pushed). */
OpFunction exec_bif_outcome;
/** The built-in that the instruction at p->pc called stands still: the instruction runs again in
 * another turn. A built-in in a guard: all registers are kept. */
OpFunction exec_bif_paused, exec_guard_paused;
/** What stands in a traced function's entry or an Export's trace stub, and what a frame that
 * tracing pushed returns to (exec/traced.c). */
OpFunction exec_breakpoint, exec_export_breakpoint, exec_trace_returned;
Term exec_traced_bif(Process *p, Term *a);
void exec_code_leaves(VM *vm, CodeInstance *i);
void exec_code_enters(VM *vm, CodeInstance *i);

#endif
