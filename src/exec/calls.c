// SPDX-License-Identifier: Apache-2.0
//
// calls.c - calls whose target is found while running: funs, apply, functions and funs that are not
// there.
//
// Each rt_ function lays the arguments out in x and returns the code to enter; the instruction
// pushes the return address (or not, for a tail call). NULL: p->exc says why. Only the process's
// own thread calls.
#include "exec/machine.h"

static Term arguments_list(Process *p, const Term *x, uint32_t count) {
    ASSERT(count <= X_REG_COUNT);
    if (count == 0) return TERM_NIL;
    Term *hp = heap_alloc(&p->heap, (size_t)count * CELL_WORDS), list = TERM_NIL;
    for (uint32_t i = count; i-- > 0;) list = term_cons(&hp, x[i], list);
    return list;
}

void exec_save_registers(Process *p, const Term *x, uint32_t count) {
    ASSERT(count <= X_REG_COUNT || (count == EXEC_REGISTER_WORDS && p->long_call != NULL));
    if (p->saved_x != NULL && p->saved_x != p->saved_x_inline) mem_free(p->saved_x);
    p->saved_x = count <= ARRAY_COUNT(p->saved_x_inline) ? p->saved_x_inline
                                                         : mem_alloc(count * sizeof(Term));
    memcpy(p->saved_x, x, count * sizeof(Term));
    p->saved_x_count = count;
    ASSERT(p->saved_x != x);
}

static const Word *bad_arity(Process *p, const Term *x, Term fun, uint32_t arity) {
    Term args = arguments_list(p, x, arity);
    rt_error(p, heap_tuple2(&p->heap, am_badarity, heap_tuple2(&p->heap, fun, args)));
    return NULL;
}

const Word *rt_call_fun(Process *p, Term *x, const Word *pc, Term fun, uint32_t arity) {
    if (term_is_box_of(fun, BOX_FUN)) {
        if (fun_arity(fun) != arity) return bad_arity(p, x, fun, arity);
        size_t free_count = fun_free_count(fun);
        if (arity + free_count > ARITY_MAX) {
            rt_error(p, am_system_limit);
            return NULL;
        }
        memcpy(x + arity, term_box(fun) + FUN_ENV_OFFSET, free_count * sizeof(Term));
        return atomic_load_explicit(&fun_entry(fun)->entry, memory_order_acquire);
    }
    if (term_is_box_of(fun, BOX_EXPORT)) {
        if (export_of(fun)->arity != arity) return bad_arity(p, x, fun, arity);
        return atomic_load_explicit(&export_of(fun)->entry, memory_order_acquire);
    }
    rt_error_tuple(p, am_badfun, fun);
    return NULL;
}

/** Enters error_handler:Function(Module, Name, Args), or raises undef when there is no error
 * handler. */
static const Word *error_handler(Process *p, Term *x, const Word *pc, Term module, Term function,
                                 uint32_t arity) {
    ASSERT(term_is_atom(module) && term_is_atom(function) && arity <= ARITY_MAX);
    Term handler = p->error_handler != TERM_NONE ? p->error_handler : am_error_handler;
    Export *ex = code_find_export(p->vm->code, handler, am_undefined_function, 3);
    if (ex == NULL || atomic_load_explicit(&ex->code, memory_order_acquire) == NULL) {
        rt_error(p, am_undef);
        exec_trace_mfa(p, pc, module, function, arity, x);
        return NULL;
    }
    Term args = arguments_list(p, x, arity);
    x[0] = module;
    x[1] = function;
    x[2] = args;
    return atomic_load_explicit(&ex->entry, memory_order_acquire);
}

const Word *rt_undefined_function(Process *p, Term *x, const Word *pc, Export *ex) {
    return error_handler(p, x, pc, ex->module, ex->function, ex->arity);
}

/** No loading helps: another version of the module is there, or there is no error handler. */
static bool fun_is_bad(VM *vm, const FunEntry *fun, Export *handler) {
    Module *m = code_find_module(vm->code, fun->module);
    if (m != NULL && m->current != NULL &&
        atomic_load_explicit(&fun->code, memory_order_acquire) == NULL)
        return true;
    return handler == NULL || atomic_load_explicit(&handler->code, memory_order_acquire) == NULL;
}

/** x holds the arguments and then the free variables of a fun whose module is not loaded. */
const Word *rt_undefined_fun(Process *p, Term *x, const Word *pc, FunEntry *fun) {
    Term handler = p->error_handler != TERM_NONE ? p->error_handler : am_error_handler;
    Export *ex = code_find_export(p->vm->code, handler, am_undefined_lambda, 3);
    Term *box = heap_alloc(&p->heap, fun_words(fun->free_count));
    box[0] = header_make(BOX_FUN, fun_words(fun->free_count) - 1, fun->arity);
    box[1] = (Term)(uintptr_t)fun;
    box[2] = p->pid;
    memcpy(box + FUN_ENV_OFFSET, x + fun->arity, fun->free_count * sizeof(Term));
    Term term = term_from_box(box);
    if (code_wait_for_purge(p->vm->code, fun, p->pid)) {
        // erts_code_purger's function calls the fun again; the purge's end lets the process go on
        ex = code_export(p->vm->code, am_erts_code_purger, am_pending_purge_lambda, 3);
        p->suspend_count++;
        p->reductions_left = 0;
    } else if (fun_is_bad(p->vm, fun, ex)) {
        rt_error_tuple(p, am_badfun, term);
        return NULL;
    }
    Term args = arguments_list(p, x, fun->arity);
    x[0] = fun->module;
    x[1] = term;
    x[2] = args;
    return atomic_load_explicit(&ex->entry, memory_order_acquire);
}

static const Word *bad_apply(Process *p, const Word *pc, Term module, Term function, Term args) {
    rt_error(p, am_badarg);
    p->exc.flags |= EXC_ERROR_INFO;
    exec_trace_mfa(p, pc, am_erlang, am_apply, 3, (Term[]){module, function, args});
    return NULL;
}

/** Unpacks an argument list into x; -1 when it is no proper list of at most 255. */
static int spread(Term *x, Term list) {
    int n = 0;
    for (Term t = list; term_is_cell(t); t = term_tail(t))
        if (++n > ARITY_MAX) return -1;
    n = 0;
    for (; term_is_cell(list); list = term_tail(list)) x[n++] = term_head(list);
    return term_is_nil(list) ? n : -1;
}

/** Most processes begin with it: it is not looked up each time. */
static Export *export_of_apply_2(VM *vm) {
    Export *ex = atomic_load_explicit(&vm->exec->apply_2, memory_order_acquire);
    if (LIKELY(ex != NULL)) return ex;
    ex = code_export(vm->code, am_erlang, am_apply, 2); // the same for all who get here at once
    atomic_store_explicit(&vm->exec->apply_2, ex, memory_order_release);
    return ex;
}

/** module:function with arity arguments in x. Who applies erlang:apply/3 applies what that would:
 * one that fails shows the function where the first apply stands. */
static const Word *apply_entry(Process *p, Term *x, const Word *pc, Term module, Term function,
                               uint32_t arity) {
    while (module == am_erlang && function == am_apply && arity == 3) {
        module = x[0];
        function = x[1];
        Term args = x[2];
        int n = term_is_atom(module) && term_is_atom(function) ? spread(x, args) : -1;
        if (n < 0) return bad_apply(p, pc, module, function, args);
        arity = (uint32_t)n;
    }
    Export *ex = module == am_erlang && function == am_apply && arity == 2
                     ? export_of_apply_2(p->vm)
                     : code_find_export(p->vm->code, module, function, arity);
    if (ex != NULL) return atomic_load_explicit(&ex->entry, memory_order_acquire);
    return error_handler(p, x, pc, module, function, arity);
}

const Word *rt_apply(Process *p, Term *x, const Word *pc, uint32_t arity) {
    ASSERT(arity <= ARITY_MAX);
    Term module = x[arity], function = x[arity + 1];
    if (!term_is_atom(module) || !term_is_atom(function))
        return bad_apply(p, pc, module, function, arguments_list(p, x, arity));
    return apply_entry(p, x, pc, module, function, arity);
}

const Word *rt_apply_list(Process *p, Term *x, const Word *pc) {
    return apply_entry(p, x, pc, am_erlang, am_apply, 3);
}

const Word *rt_apply_fun_list(Process *p, Term *x, const Word *pc) {
    Term fun = x[0], args = x[1];
    int n = spread(x, args);
    if (n < 0) {
        rt_error(p, am_badarg);
        p->exc.flags |= EXC_ERROR_INFO;
        exec_trace_mfa(p, pc, am_erlang, am_apply, 2, (Term[]){fun, args});
        return NULL;
    }
    return rt_call_fun(p, x, pc, fun, (uint32_t)n);
}

const Word *rt_apply_fun_list_entry(Process *p, Term *x, const Word *pc) {
    const Word *code = rt_apply_fun_list(p, x, pc);
    bool is_first = p->heap.stack + 1 == p->heap.end; // nothing but the way to the process's end
    bool is_badarg = code == NULL && p->exc.trace != TERM_NONE;
    if (code == NULL && (is_first || is_badarg)) exec_trace_in_apply(p);
    return code;
}

bool rt_is_function2(Term fun, Term arity) {
    if (!term_is_small(arity) || term_small(arity) < 0) return false;
    if (term_is_box_of(fun, BOX_FUN)) return fun_arity(fun) == term_small(arity);
    return term_is_box_of(fun, BOX_EXPORT) && export_of(fun)->arity == term_small(arity);
}

/**
 * erlang:hibernate/3: the stack goes, the heap shrinks, and the process waits; a message starts the
 * call with an empty stack. False: badarg.
 */
bool rt_hibernate(Process *p, Term *x, const Word *pc) {
    Term module = x[0], function = x[1], args = x[2];
    int n = 0;
    Term t = args;
    for (; term_is_cell(t); t = term_tail(t)) n++;
    if (!term_is_atom(module) || !term_is_atom(function) || !term_is_nil(t) || n > ARITY_MAX) {
        rt_error(p, term_is_nil(t) && n > ARITY_MAX ? am_system_limit : am_badarg);
        p->exc.flags |= EXC_ERROR_INFO;
        exec_trace_mfa(p, pc, am_erlang, am_hibernate, 3, x);
        return false;
    }
    ASSERT(p->exit_reason == TERM_NONE && n <= ARITY_MAX);
    p->heap.stack = p->heap.end;
    p->pc = p->vm->entry_apply; // it begins a stack
    exec_save_registers(p, x, 3);
    p->x = NULL; // its roots are the saved registers
    process_hibernate(p);
    p->x = x;
    p->receive_waiting = p->messages_first == NULL;
    return true;
}
