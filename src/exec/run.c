// SPDX-License-Identifier: Apache-2.0
//
// run.c - entering and leaving instructions: a process's turn, yielding, collecting, dirty
// built-ins; the special code.
//
// RUN-1: a process that does not run has all its live registers in saved_x, and nothing in the
// scheduler's. RUN-2: yielding happens where few registers live: at a function's entry (its
// arguments), at a return (x0), in receive
//        (none). So saved_x_count never exceeds a function's arity, but for a guard's built-in that
//        stands still (LONG-1: no collection sees those registers).
#include "exec/machine.h"
#include "proc/beside.h"
#include "proc/long_call.h"

int exec_run(Process *p, int64_t reductions) {
    DEBUG_ASSERT(p->x != NULL && p->pc != NULL && p->saved_x_count <= EXEC_REGISTER_WORDS);
    Term *x = p->x;
    // none after a receive, and a call for nothing is not free
    if (p->saved_x_count != 0) memcpy(x, p->saved_x, p->saved_x_count * sizeof(Term));
    if (p->saved_x != p->saved_x_inline) {
        mem_free(p->saved_x);
        p->saved_x = p->saved_x_inline;
    }
    p->saved_x_count = 0;
    p->reductions_left = reductions;
    const Word *pc = p->pc;
    int result = OP_AT(pc)(p, pc, x, p->heap.stack, p->heap.top, reductions);
    DEBUG_ASSERT(result != EXEC_EXITED || p->exit_reason != TERM_NONE);
    return result;
}

OP_CONVENTION COLD int exec_yield_at_entry(OP_ARGS) {
    ASSERT(pc[-1] <= ARITY_MAX); // LOWER-3
    p->pc = pc;
    exec_save_registers(p, x, (uint32_t)pc[-1]); // LOWER-3
    SWAP_OUT();
    return EXEC_YIELDED;
}

OP_CONVENTION COLD int exec_yield_return(OP_ARGS) {
    p->pc = p->vm->exec->return_value;
    exec_save_registers(p, x, 1);
    SWAP_OUT();
    return EXEC_YIELDED;
}

OP_CONVENTION COLD int exec_collect_retry(OP_ARGS) {
    size_t words = x[S_WORDS];
    uint32_t live = (uint32_t)x[S_LIVE];
    ASSERT(live <= X_REG_COUNT);
    p->pc = pc;
    SWAP_OUT();
    if (!process_collect(p, words, live)) return EXEC_EXITED;
    SWAP_IN();
    if (OP_AT(pc) == exec_breakpoint) { // TRACED-2
        Word instruction = p->vm->tracing.hooks->enter_code(p, NULL, pc);
        MUSTTAIL return ((OpFunction *)(uintptr_t)instruction)(p, pc, x, e, hp, reds);
    }
    JUMP(pc);
}

OP_CONVENTION COLD int exec_collect_return(OP_ARGS) {
    SWAP_OUT();
    if (!process_collect(p, 0, 1)) return EXEC_EXITED;
    SWAP_IN();
    RETURN();
}

/** The process goes to a dirty thread, where the same instruction runs again. */
static int go_dirty(Process *p, const Term *x, const Export *ex, uint32_t live, uint32_t kind) {
    ASSERT(kind == DIRTY_CPU || kind == DIRTY_IO);
    p->current_export = ex;
    p->dirty_kind = (uint8_t)kind;
    exec_save_registers(p, x, live);
    return EXEC_DIRTY;
}

/** What was called on a dirty thread has ended with r: the process comes back. */
static int leave_dirty(Process *p, Term *x, const Export *ex, Term r) {
    bool goes_on = beside_leave(p);
    p->dirty_kind = DIRTY_NONE;
    if (!goes_on) return EXEC_EXITED;
    if (r != TERM_NONE) {
        x[0] = r;
        p->pc = p->vm->exec->return_value;
        exec_save_registers(p, x, 1);
        return EXEC_YIELDED;
    }
    if (p->exc.class == EXC_TRAP || p->exc.class == EXC_YIELD) {
        p->pc = exec_trap_entry(&p->exc);
        p->exc.class = EXC_NONE;
        exec_save_registers(p, x, p->exc.trap_arity);
        return EXEC_YIELDED;
    }
    if (p->exc.trace == TERM_NONE) exec_trace_builtin(p, NULL, ex, x);
    p->pc = p->vm->exec->raise_pending;
    p->saved_x_count = 0;
    return EXEC_YIELDED;
}

/** A built-in that blocks or takes long: first the process goes to a dirty thread, there it runs,
 * then it comes back. */
OP_CONVENTION COLD int exec_dirty_bif(OP_ARGS) {
    Export *ex = (Export *)(uintptr_t)pc[1];
    ASSERT(ex->bif != NULL && ex->bif_flags != 0);
    if (p->dirty_kind == DIRTY_NONE) {
        p->pc = pc;
        SWAP_OUT();
        return go_dirty(p, x, ex, ex->arity,
                        ex->bif_flags & BIF_FLAG_DIRTY_CPU ? DIRTY_CPU : DIRTY_IO);
    }
    // BESIDE-1: where it stands is written already, and others may look at it
    return leave_dirty(p, x, ex, ex->bif(p, x));
}

OP_CONVENTION COLD int exec_dirty_native(OP_ARGS) {
    const NativeFunction *n = (const NativeFunction *)(uintptr_t)pc[1];
    if (p->dirty_kind == DIRTY_NONE) {
        p->pc = pc;
        SWAP_OUT();
        return go_dirty(p, x, n->export, n->live, n->dirty);
    }
    return leave_dirty(p, x, n->export, n->enter(p, n, x));
}

OP_CONVENTION COLD int exec_bif_paused(OP_ARGS) {
    ASSERT(p->exc.class == EXC_PAUSED && p->long_call != NULL);
    p->exc.class = EXC_NONE;
    SWAP_OUT();
    long_call_show(p, p->current_export);
    exec_save_registers(p, x, p->current_export->arity);
    return p->dirty_kind != DIRTY_NONE ? EXEC_DIRTY : EXEC_YIELDED;
}

OP_CONVENTION COLD int exec_guard_paused(OP_ARGS) {
    ASSERT(p->exc.class == EXC_PAUSED && p->long_call != NULL);
    p->exc.class = EXC_NONE;
    SWAP_OUT();
    // Which registers live is not always known here: float registers and scratch may, too (RUN-2).
    exec_save_registers(p, x, EXEC_REGISTER_WORDS);
    return p->dirty_kind != DIRTY_NONE ? EXEC_DIRTY : EXEC_YIELDED;
}

void exec_create(VM *vm) {
    ExecState *s = mem_zalloc(sizeof *s);
    s->normal_exit[0] = (Word)(uintptr_t)op_normal_exit;
    s->return_value[0] = (Word)(uintptr_t)op_return_value;
    s->raise_pending[0] = (Word)(uintptr_t)op_raise_pending;
    s->start_apply[0] = (Word)(uintptr_t)op_func_info;
    s->start_apply[3] = 3;
    s->start_apply[FUNC_INFO_WORDS] = (Word)(uintptr_t)op_start_apply;
    atomic_init(&s->backtrace_depth, EXEC_BACKTRACE_DEPTH_DEFAULT);
    vm->exec = s;
    vm->code_hooks = &exec_code_hooks;
    vm->run_process = exec_run;
    vm->entry_apply = &s->start_apply[FUNC_INFO_WORDS];
    vm->stack_trace = exec_stack_trace;
    vm->tracing.breakpoint = (Word)(uintptr_t)exec_breakpoint;
    vm->tracing.export_breakpoint = (Word)(uintptr_t)exec_export_breakpoint;
    for (int i = 0; i < TRACE_FRAME_KINDS; i++) {
        s->trace_return[i] = (Word)(uintptr_t)exec_trace_returned;
        vm->tracing.frame_return[i] = &s->trace_return[i];
    }
}

void exec_destroy(VM *vm) {
    mem_free(vm->exec);
    vm->exec = NULL;
}

uint32_t exec_backtrace_depth(VM *vm) {
    return atomic_load_explicit(&vm->exec->backtrace_depth, memory_order_relaxed);
}

uint32_t exec_set_backtrace_depth(VM *vm, uint32_t depth) {
    return atomic_exchange_explicit(&vm->exec->backtrace_depth,
                                    MIN(depth, EXEC_BACKTRACE_DEPTH_MAX), memory_order_relaxed);
}
