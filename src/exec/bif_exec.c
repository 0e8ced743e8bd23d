// SPDX-License-Identifier: Apache-2.0
//
// bif_exec.c - built-ins that belong to the interpreter: raising, what a fun is made of, and names
// of instructions that are code of their own (apply, hibernate: exec/lower.c gives their Exports
// that code, so these bodies never run).
#include "bif/bif.h"
#include "exec/machine.h"

/** erlang:apply/2, apply/3 and hibernate/3 are instructions. */
BIF(erlang, apply, 2)
{ return bif_notsup(p); }
BIF(erlang, apply, 3)
{ return bif_notsup(p); }
BIF(erlang, hibernate, 3)
{ return bif_notsup(p); }
/** yield(): the Export's code is the instruction that yields; this body is for who calls it as a
 * built-in. */
BIF(erlang, yield, 0)
{ return am_true; }

// ---- raising
// -------------------------------------------------------------------------------------------------

/** error(Reason): the trace begins with the caller. */
BIF(erlang, error, 1)
{ return bif_error(p, a[0]); }

/** error(Reason, Args | none). */
BIF(erlang, error, 2)
{
    Term args = a[1] == am_none ? TERM_NONE : a[1];
    bif_error(p, a[0]);
    exec_trace_error(p, args, TERM_NONE);
    return TERM_NONE;
}

/** error(Reason, Args | none, [{error_info, Map}]): what else stands in the options is ignored. */
BIF(erlang, error, 3)
{
    Term info = TERM_NONE, args = a[1] == am_none ? TERM_NONE : a[1], list = a[2];
    for (; term_is_cell(list); list = term_tail(list)) {
        Term option = term_head(list);
        if (!term_is_tuple_of(option, 2) || tuple_get(option, 0) != am_error_info) continue;
        if (term_is_map(tuple_get(option, 1))) info = tuple_get(option, 1);
    }
    bif_error(p, a[0]);
    exec_trace_error(p, args, info);
    return TERM_NONE;
}

BIF(erlang, exit, 1)
{ return bif_exit(p, a[0]); }
BIF(erlang, throw, 1)
{ return bif_throw(p, a[0]); }

static Term nif_error(Process *p, Term reason) {
    ASSERT(reason != TERM_NONE);
    bif_error(p, reason);
    p->exc.flags |= EXC_ERROR_INFO;
    return TERM_NONE;
}
/** nif_error(Reason[, Args]): as error/1,2, but the trace begins with this call itself: a stub ran
 * whose native function is not there. */
BIF(erlang, nif_error, 1)
{ return nif_error(p, a[0]); }
BIF(erlang, nif_error, 2)
{ return nif_error(p, a[0]); }

/** Is this what a stack trace looks like? [{M,F,Arity|Args,Location} | {M,F,Arity|Args} |
 * {Fun,Args,Location}]. As in OTP any term may stand where the arity or the arguments do. */
static bool is_stack_trace(Term list) {
    for (; term_is_cell(list); list = term_tail(list)) {
        Term entry = term_head(list);
        if (!term_is_tuple(entry)) return false;
        size_t arity = tuple_arity(entry);
        if (arity < 2 || arity > 4) return false;
        Term first = tuple_get(entry, 0);
        if (term_is_fun(first)) {
            if (arity == 4 || (arity == 3 && !term_is_list(tuple_get(entry, 2)))) return false;
            continue;
        }
        if (!term_is_atom(first) || arity < 3 || !term_is_atom(tuple_get(entry, 1))) return false;
        if (arity == 4 && !term_is_list(tuple_get(entry, 3))) return false;
    }
    return term_is_nil(list);
}

/** The trace with every entry as {M,F,A,Location}, cut down to the depth of backtraces. */
static Term complete_trace(Process *p, Term list) {
    ASSERT(term_is_list(list)); // is_stack_trace was asked
    Term result = TERM_NIL, *last = &result;
    uint32_t room =
        MAX(1, atomic_load_explicit(&p->vm->exec->backtrace_depth, memory_order_relaxed));
    for (; term_is_cell(list) && room > 0; list = term_tail(list), room--) {
        Term entry = term_head(list);
        bool fun = term_is_fun(tuple_get(entry, 0));
        size_t arity = tuple_arity(entry);
        ASSERT(arity >= 2 && arity <= 4);
        if (!fun && arity == 3)
            entry = heap_tuple4(&p->heap, tuple_get(entry, 0), tuple_get(entry, 1),
                                tuple_get(entry, 2), TERM_NIL);
        else if (fun && arity == 2)
            entry = heap_tuple3(&p->heap, tuple_get(entry, 0), tuple_get(entry, 1), TERM_NIL);
        Term cell = heap_cons(&p->heap, entry, TERM_NIL);
        *last = cell;
        last = &term_cell(cell)[1];
    }
    return result;
}

/** raise(Class, Reason, Stacktrace): badarg is returned, not raised, when an argument is not right.
 */
BIF(erlang, raise, 3)
{
    if (!is_stack_trace(a[2])) return am_badarg;
    Term trace = complete_trace(p, a[2]);
    if (a[0] == am_error)
        bif_error(p, a[1]);
    else if (a[0] == am_exit)
        bif_exit(p, a[1]);
    else if (a[0] == am_throw)
        bif_throw(p, a[1]);
    else
        return am_badarg;
    exec_trace_given(p, trace);
    return TERM_NONE;
}

// ---- funs
// -------------------------------------------------------------------------------------------------

/** make_fun(M, F, A): fun M:F/A. */
BIF(erlang, make_fun, 3)
{
    if (!term_is_atom(a[0]) || !term_is_atom(a[1]) || !term_is_small(a[2]) ||
        term_small(a[2]) < 0 || term_small(a[2]) > ARITY_MAX)
        return bif_badarg(p);
    Term *box = heap_alloc(&p->heap, 2);
    box[0] = header_make(BOX_EXPORT, 1, 0);
    box[1] = (Term)(uintptr_t)code_export(p->vm->code, a[0], a[1], (uint32_t)term_small(a[2]));
    return term_from_box(box);
}

static Term export_info(Process *p, Export *ex, Term item) {
    ASSERT(ex->arity <= ARITY_MAX && term_is_atom(ex->function));
    if (item == am_module) return ex->module;
    if (item == am_name) return ex->function;
    if (item == am_arity) return term_from_small(ex->arity);
    if (item == am_type) return am_external;
    if (item == am_env) return TERM_NIL;
    if (item == am_pid || item == am_index || item == am_new_index || item == am_uniq ||
        item == am_new_uniq || item == am_refc)
        return am_undefined;
    return TERM_NONE;
}

/** The name of a local fun's function, which its code knows. */
static Term fun_name(Process *p, const FunEntry *f) {
    CodeLocation l;
    const Word *code = atomic_load_explicit(&f->code, memory_order_acquire);
    if (code != NULL && code_locate(p->vm->code, code, &l)) return l.function;
    return TERM_NIL; // its code is not there (any more)
}

static Term local_info(Process *p, Term fun, Term item) {
    const FunEntry *f = fun_entry(fun);
    ASSERT(fun_arity(fun) == f->arity && fun_free_count(fun) == f->free_count);
    if (item == am_module) return f->module;
    if (item == am_arity) return term_from_small(fun_arity(fun));
    if (item == am_type) return am_local;
    if (item == am_pid) return term_box(fun)[2];
    if (item == am_index) return term_from_small(f->old_index);
    if (item == am_new_index) return term_from_small(f->index);
    if (item == am_uniq) return heap_unsigned(&p->heap, f->old_uniq);
    if (item == am_new_uniq) return heap_binary_from(&p->heap, f->uniq, sizeof f->uniq);
    if (item == am_name) return fun_name(p, f);
    if (item == am_refc)
        return term_from_small(1); // entries are not counted: they live as long as the VM
    if (item == am_env)
        return heap_list(&p->heap, term_box(fun) + FUN_ENV_OFFSET, fun_free_count(fun), TERM_NIL);
    return TERM_NONE;
}

/** fun_info(Fun, Item): {Item, Value}. */
BIF(erlang, fun_info, 2)
{
    Term value = TERM_NONE;
    if (term_is_box_of(a[0], BOX_EXPORT))
        value = export_info(p, export_of(a[0]), a[1]);
    else if (term_is_box_of(a[0], BOX_FUN))
        value = local_info(p, a[0], a[1]);
    if (value == TERM_NONE) return bif_badarg(p);
    return heap_tuple2(&p->heap, a[1], value);
}

/** fun_info_mfa(Fun): {M, F, A}; for tracing and error messages. */
BIF(erlang, fun_info_mfa, 1)
{
    if (term_is_box_of(a[0], BOX_EXPORT)) {
        Export *ex = export_of(a[0]);
        return heap_tuple3(&p->heap, ex->module, ex->function, term_from_small(ex->arity));
    }
    if (!term_is_box_of(a[0], BOX_FUN)) return bif_badarg(p);
    ASSERT(term_box_kind(a[0]) == BOX_FUN);
    const FunEntry *f = fun_entry(a[0]);
    return heap_tuple3(&p->heap, f->module, fun_name(p, f), term_from_small(f->arity));
}
