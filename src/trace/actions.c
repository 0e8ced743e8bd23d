// SPDX-License-Identifier: Apache-2.0
//
// actions.c - match specifications of trace patterns: what they say of an event, and the actions
// that they ask for beyond it. All on the thread of the process that is traced.
#include "base/alloc.h"
#include "bif/bif.h"
#include "bif/system_state.h"
#include "proc/backtrace.h"
#include "proc/registry.h"
#include "proc/spawn.h"
#include "trace/trace_room.h"

/** The process that a pid or registered name stands for, or NULL. */
static Process *process_of(VM *vm, Term t) {
    if (term_is_atom(t)) t = registry_find(vm, t);
    return t != TERM_NONE && term_is_local_pid(t) ? process_find(vm, t) : NULL;
}

/** For whom a specification runs: the session, and the caller's address or NULL. */
typedef struct ActionContext {
    TraceSession *session;
    const Word *caller;
} ActionContext;

/** Sets and clears flags of target, which gets this tracer (or with NULL keeps none). */
static Term change(VM *vm, TraceSession *s, Process *target, uint32_t clear, uint32_t set,
                   Tracer *tracer) {
    ASSERT(target != NULL);
    mutex_lock(&vm->tracing.room->lock);
    const TraceShare *t =
        trace_share(atomic_load_explicit(&target->trace, memory_order_relaxed), s);
    uint32_t before = t != NULL ? t->flags : 0, flags = (before & ~clear) | set;
    Tracer *had = t != NULL ? t->tracer : NULL;
    bool changed = flags != before || (flags != 0 && !tracer_same(had, tracer));
    if (changed && !session_is_over(s)) trace_state_put(vm, &target->trace, s, flags, tracer);
    mutex_unlock(&vm->tracing.room->lock);
    return term_from_bool(changed);
}

static Tracer *tracer_of(const Process *p, const TraceSession *s) {
    if (s->tracer != NULL) return s->tracer;
    const TraceShare *t = trace_share(atomic_load_explicit(&p->trace, memory_order_acquire), s);
    return t != NULL ? t->tracer : NULL;
}

/** {enable_trace | disable_trace, [Process,] Flag}. */
static Term one_flag(Process *p, TraceSession *s, bool set, const Term *arguments, size_t count) {
    ASSERT(count == 1 || count == 2);
    Term name = arguments[count - 1];
    uint32_t flag = term_is_atom(name) ? trace_flag(name) : 0;
    Process *target = count == 1 ? p : process_of(p->vm, arguments[0]);
    if (flag == 0 || target == NULL) return am_EXIT;
    change(p->vm, s, target, set ? 0 : flag, set ? flag : 0, tracer_of(p, s));
    return am_true;
}

/** {trace, [Process,] Disable, Enable}. */
static Term many_flags(Process *p, TraceSession *s, const Term *arguments, size_t count) {
    ASSERT(count == 2 || count == 3);
    VM *vm = p->vm;
    uint32_t clear = 0, set = 0;
    Tracer *tracer = tracer_hold(tracer_of(p, s));
    Process *target = count == 2 ? p : process_of(vm, arguments[0]);
    Term result = am_EXIT;
    if (target != NULL && trace_flags_parse(vm, arguments[count - 2], &clear, &tracer) &&
        trace_flags_parse(vm, arguments[count - 1], &set, &tracer) &&
        ((clear | set) & TRACE_CPU_TIMESTAMP) == 0 &&
        (tracer == NULL || tracer_asks(vm, tracer, am_trace_status, target->pid) != TRACER_REMOVE))
        result = change(vm, s, target, clear, set, tracer);
    tracer_retire(vm, tracer);
    return result;
}

static Term caller(Process *p, const Word *address, bool with_line) {
    CodeLocation l;
    Heap *h = &p->heap;
    if (address == NULL || !code_locate(p->vm->code, address - 1, &l)) return am_undefined;
    Term arity = term_from_small(l.arity);
    if (!with_line) return heap_tuple3(h, l.module_name, l.function, arity);
    Term place = l.line == 0 || l.file == TERM_NONE
                     ? am_undefined
                     : heap_tuple2(h, l.file, term_from_small(l.line));
    return heap_tuple4(h, l.module_name, l.function, arity, place);
}

static Term process_dump(Process *p) {
    TextBuffer text = {0};
    backtrace_add(&text, p, false);
    Term binary = heap_binary_from(&p->heap, text.bytes, text.count);
    mem_free(text.bytes);
    return binary;
}

static bool is_control_word(Term t) {
    uint64_t n;
    return bif_get_uint64(t, &n) && n <= UINT32_MAX;
}

static Term control_word(Process *p, const Term *value) {
    _Atomic uint64_t *word = &p->vm->system->trace_control_word;
    if (value == NULL)
        return heap_unsigned(&p->heap, atomic_load_explicit(word, memory_order_relaxed));
    uint64_t next = 0;
    if (!is_control_word(*value) || !bif_get_uint64(*value, &next)) return am_EXIT;
    return heap_unsigned(&p->heap, atomic_exchange_explicit(word, next, memory_order_relaxed));
}

static Term display(Process *p, Term t) {
    Export *ex = code_find_export(p->vm->code, am_erlang, am_display, 1);
    return ex != NULL && ex->bif != NULL ? ex->bif(p, &t) : am_true;
}

static Term perform(MatchActions *actions, Process *p, Term name, const Term *a, size_t count) {
    ASSERT(term_is_atom(name));
    const ActionContext *context = actions->context;
    TraceSession *s = context->session;
    switch (name) {
    case am_silent:
        if (a[0] == am_true || a[0] == am_false)
            trace_state_change(p, s, TRACE_SILENT, a[0] == am_true ? TRACE_SILENT : 0);
        return am_true;
    case am_enable_trace: return one_flag(p, s, true, a, count);
    case am_disable_trace: return one_flag(p, s, false, a, count);
    case am_trace: return many_flags(p, s, a, count);
    case am_caller: return caller(p, context->caller, false);
    case am_caller_line: return caller(p, context->caller, true);
    case am_is_seq_trace: return term_from_bool(p->seq_trace_token != TERM_NIL);
    case am_get_seq_token: return heap_copy(&p->heap, p->seq_trace_token);
    case am_set_seq_token: {
        Term before = seq_set_token(p, a[0], heap_copy(&p->heap, a[1]));
        return before == TERM_NONE ? am_EXIT : before;
    }
    case am_process_dump: return process_dump(p);
    case am_display: return display(p, a[0]);
    case am_get_tcw: return control_word(p, NULL);
    case am_set_tcw: return control_word(p, &a[0]);
    default: return am_EXIT;
    }
}

static MatchOutcome run_call(const MatchProgram *program, Process *p, TraceSession *session,
                             const Term *arguments, size_t count, MatchPerform *perform_action,
                             const Word *caller_address) {
    const ActionContext context = {.session = session, .caller = caller_address};
    MatchActions actions = {.message = TERM_NONE, .perform = perform_action, .context = &context};
    MatchOutcome o = {.result = am_false};
    if (match_run_call(program, p, arguments, count, &actions) == TERM_NONE) return o;
    o.result = actions.message != TERM_NONE ? actions.message : am_true;
    o.return_trace = actions.return_trace;
    o.exception_trace = actions.exception_trace;
    return o;
}

MatchOutcome match_set_run(Process *p, TraceSession *session, const MatchSet *m,
                           const Term *arguments, size_t count, const Word *caller_address) {
    return run_call(m->program, p, session, arguments, count, perform, caller_address);
}

// ---- erlang:match_spec_test/3
// ---------------------------------------------------------------------

/** As perform(), but what would change the process's or the VM's tracing is left undone. */
static Term perform_test(MatchActions *actions, Process *p, Term name, const Term *a,
                         size_t count) {
    ASSERT(term_is_atom(name));
    switch (name) {
    case am_silent: return am_true;
    case am_set_seq_token: {
        Term info = seq_token_info(p, a[0]);
        return info == TERM_NONE ? am_EXIT : heap_copy(&p->heap, info);
    }
    case am_set_tcw: return is_control_word(a[0]) ? control_word(p, NULL) : am_EXIT;
    default: return perform(actions, p, name, a, count);
    }
}

/** What a call with these arguments would have traced: its message, and the flags it would set. */
static Term test_call(Process *p, const MatchProgram *program, Term arguments, Term *flags) {
    ASSERT(program != NULL && flags != NULL);
    Term values[ARITY_MAX];
    size_t count = 0;
    for (Term t = arguments; term_is_cell(t); t = term_tail(t)) values[count++] = term_head(t);
    MatchOutcome o =
        run_call(program, p, p->vm->tracing.room->legacy, values, count, perform_test, NULL);
    if (o.return_trace) *flags = heap_cons(&p->heap, am_return_trace, *flags);
    if (o.exception_trace) *flags = heap_cons(&p->heap, am_exception_trace, *flags);
    return o.result;
}

/** {ok, Result, Flags, Warnings} or {error, Errors}. */
BIF(erlang, match_spec_test, 3)
{
    bool is_trace = a[2] == am_trace;
    int64_t length = bif_list_length(a[0]);
    if (!is_trace && a[2] != am_table) return bif_badarg(p);
    if (is_trace && (length < 0 || length > ARITY_MAX)) return bif_badarg(p);
    MatchErrors errors = {.heap = &p->heap, .list = TERM_NIL};
    MatchProgram *program =
        match_compile(p->vm, a[1], is_trace ? MATCH_FOR_CALL_TRACE : MATCH_FOR_TABLE, &errors);
    if (program == NULL) return heap_tuple2(&p->heap, am_error, errors.list);
    Term flags = TERM_NIL;
    Term value = is_trace ? test_call(p, program, a[0], &flags) : match_run(program, p, a[0]);
    match_free(program);
    return heap_tuple4(&p->heap, am_ok, value == TERM_NONE ? am_false : value, flags, TERM_NIL);
}
