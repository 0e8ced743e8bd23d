// SPDX-License-Identifier: Apache-2.0
//
// bif_raise.c - how a built-in ends without a value: exceptions, traps and yields. All set p->exc
// and return TERM_NONE (BIF-3); none allocates but for the reason's tuple. Only the process's own
// thread calls.
#include "bif/bif.h"

#include "vm/vm.h"

static Term raise_class(Process *p, ExceptionClass class, uint32_t flags, Term reason, Term cause) {
    ASSERT(reason != TERM_NONE);
    p->exc.class = class;
    p->exc.flags = flags;
    p->exc.reason = reason;
    p->exc.trace = TERM_NONE;
    p->exc.error_info_cause = cause;
    return TERM_NONE;
}

Term bif_badarg(Process *p) {
    return raise_class(p, EXC_ERROR, EXC_ERROR_INFO, am_badarg, TERM_NONE);
}

Term bif_badarith(Process *p) {
    return raise_class(p, EXC_ERROR, EXC_ERROR_INFO, am_badarith, TERM_NONE);
}

Term bif_system_limit(Process *p) {
    return raise_class(p, EXC_ERROR, EXC_ERROR_INFO, am_system_limit, TERM_NONE);
}

Term bif_notsup(Process *p) {
    return raise_class(p, EXC_ERROR, EXC_ERROR_INFO, am_notsup, TERM_NONE);
}

Term bif_error(Process *p, Term reason) { return raise_class(p, EXC_ERROR, 0, reason, TERM_NONE); }

Term bif_exit(Process *p, Term reason) { return raise_class(p, EXC_EXIT, 0, reason, TERM_NONE); }

Term bif_throw(Process *p, Term value) { return raise_class(p, EXC_THROW, 0, value, TERM_NONE); }

Term bif_error_tuple(Process *p, Term tag, Term value) {
    ASSERT(term_is_atom(tag));
    return raise_class(p, EXC_ERROR, EXC_ERROR_INFO, heap_tuple2(&p->heap, tag, value), TERM_NONE);
}

Term bif_badarg_cause(Process *p, Term cause) {
    return raise_class(p, EXC_ERROR, EXC_ERROR_INFO, am_badarg, cause);
}

static Term go_on(Process *p, ExceptionClass class, Term module, Term function, uint32_t count,
                  const Term *args) {
    ASSERT(term_is_atom(module) && term_is_atom(function));
    ASSERT(count <= ARITY_MAX && p->x != NULL);
    p->exc.class = class;
    p->exc.flags = 0;
    p->exc.trap_export = code_export(p->vm->code, module, function, count);
    p->exc.trap_arity = count;
    if (count > 0 && args != p->x) memmove(p->x, args, count * sizeof *args);
    return TERM_NONE;
}

Term bif_trap(Process *p, Term module, Term function, uint32_t count, const Term *args) {
    return go_on(p, EXC_TRAP, module, function, count, args);
}

Term bif_yield(Process *p, Term module, Term function, uint32_t count, const Term *args) {
    return go_on(p, EXC_YIELD, module, function, count, args);
}

Term bif_after_others(Process *p, Term result) {
    ASSERT(result != TERM_NONE);
    Term list = heap_cons(&p->heap, result, TERM_NIL);
    return bif_yield(p, am_erlang, am_hd, 1, &list);
}

Term bif_when_resumed(Process *p, Term result) {
    ASSERT(result != TERM_NONE);
    if (LIKELY(p->suspend_count == 0)) return result;
    return bif_yield(p, am_erlang, am_bif_return_trap, 2, (Term[]){result, TERM_NIL});
}

/** erlang:bif_return_trap(Result, []): where a process stands that waits for a busy connection. */
BIF(erlang, bif_return_trap, 2)
{ return a[0]; }
