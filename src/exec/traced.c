// SPDX-License-Identifier: Apache-2.0
//
// traced.c - where the interpreter meets tracing: the instruction that stands in a traced
// function's entry, and the code that frames pushed by tracing return to. What is traced, and what
// is said of it, is trace/'s.
//
// TRACED-1: a breakpoint makes room for its frames before anything is reported.
// TRACED-2: an instruction that is started again after a collection is not called again: where a
//           breakpoint stands, exec_collect_retry goes on with the instruction under it.
#include "exec/machine.h"
#include "proc/long_call.h"

/** TRACED-1 */
static bool make_room(Process *p, uint32_t live) {
    size_t words = (size_t)TRACE_STACK_WORDS *
                   atomic_load_explicit(&p->vm->tracing.sessions_count, memory_order_acquire);
    return (size_t)(p->heap.stack - p->heap.top) >= words + HEAP_STACK_SLACK ||
           process_collect(p, words, live);
}

OP_CONVENTION COLD int exec_breakpoint(OP_ARGS) {
    // pairs with the release by which the breakpoint was put here: what it says is complete
    atomic_thread_fence(memory_order_acquire);
    p->pc = pc;
    SWAP_OUT();
    Word instruction;
    do {
        if (!make_room(p, (uint32_t)pc[-1])) return EXEC_EXITED;
        instruction = p->vm->tracing.hooks->enter_code(p, x, pc);
    } while (instruction == 0);
    ASSERT(instruction != (Word)(uintptr_t)exec_breakpoint);
    SWAP_IN();
    MUSTTAIL return ((OpFunction *)(uintptr_t)instruction)(p, pc, x, e, hp, reds);
}

/** The stub of a traced Export: pc[1] is the Export. */
OP_CONVENTION COLD int exec_export_breakpoint(OP_ARGS) {
    Export *ex = (Export *)(uintptr_t)pc[1];
    p->pc = pc;
    SWAP_OUT();
    const Word *code;
    do {
        if (!make_room(p, (uint32_t)pc[-1])) return EXEC_EXITED;
        code = p->vm->tracing.hooks->enter_export(p, x, ex);
    } while (code == NULL);
    SWAP_IN();
    JUMP(code);
}

OP_CONVENTION COLD int exec_trace_returned(OP_ARGS) {
    TraceFrameKind kind = (TraceFrameKind)(pc - p->vm->exec->trace_return);
    ASSERT(kind < TRACE_FRAME_KINDS);
    p->pc = pc;
    SWAP_OUT();
    p->vm->tracing.hooks->returned(p, kind, x[0]);
    SWAP_IN();
    e += trace_frame_words(kind);
    RETURN();
}

/** In a traced built-in's place: goes on at its Export's entry, where the breakpoint is. */
Term exec_traced_bif(Process *p, Term *a) {
    ASSERT(a == p->x && p->current_export != NULL);
    // a call that stood still goes on: its terms must stay where they are (LONG-1)
    if (long_call_is_paused(p)) return p->current_export->bif(p, a);
    p->exc = (Exception){.class = EXC_TRAP,
                         .trap_export = (Export *)(uintptr_t)p->current_export,
                         .trap_arity = p->current_export->arity};
    return TERM_NONE;
}

void exec_code_leaves(VM *vm, CodeInstance *i) {
    if (vm->tracing.hooks != NULL) vm->tracing.hooks->code_leaves(vm, i);
}

void exec_code_enters(VM *vm, CodeInstance *i) {
    if (vm->tracing.hooks != NULL) vm->tracing.hooks->code_enters(vm, i);
}
