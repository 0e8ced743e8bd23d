// SPDX-License-Identifier: Apache-2.0
//
// bif_trace_info.c - trace_info/2,3: what is traced of a process, a port, new ones, a function,
// loaded modules, sends and receives; and which sessions trace something of these.
#include "bif/bif.h"
#include "io/port.h"
#include "proc/spawn.h"
#include "trace/breakpoint.h"

/** {flags, List} or {tracer, Tracer} of a share, which may be NULL; TERM_NONE: no such item. */
static Term state_item(Process *p, const TraceShare *t, Term item) {
    Heap *h = &p->heap;
    if (item == am_flags)
        return heap_tuple2(h, item, trace_flags_list(h, t != NULL ? t->flags : 0));
    if (item == am_tracer)
        return heap_tuple2(h, item, tracer_term(h, t != NULL ? t->tracer : NULL));
    return TERM_NONE;
}

/** The session's share at a place, which goes when its tracer is found dead. */
static const TraceShare *live_share(VM *vm, TraceSession *s, _Atomic(TraceState *) *place,
                                    Term tracee) {
    const TraceShare *t = trace_share(atomic_load_explicit(place, memory_order_acquire), s);
    if (t == NULL || tracer_asks(vm, t->tracer, am_trace_status, tracee) != TRACER_REMOVE) return t;
    mutex_lock(&vm->tracing.room->lock);
    trace_state_put(vm, place, s, 0, NULL);
    mutex_unlock(&vm->tracing.room->lock);
    return NULL;
}

static Term process_item(Process *p, TraceSession *s, Term pid, Term item) {
    ASSERT(term_is_local_pid(pid));
    if (item != am_flags && item != am_tracer) return TERM_NONE;
    Process *of = process_find(p->vm, pid);
    if (of == NULL) return am_undefined;
    return state_item(p, live_share(p->vm, s, &of->trace, pid), item);
}

static Term port_item(Process *p, TraceSession *s, Term term, Term item) {
    ASSERT(term_is_local_port(term));
    Port *port = port_enter(p->vm, term);
    if (port == NULL) return am_undefined;
    Term result = state_item(p, live_share(p->vm, s, &port->trace, term), item);
    port_leave(port);
    return result;
}

static Term source_of(Heap *h, const MatchSet *m) {
    return m == NULL ? TERM_NIL : heap_copy(h, m->source);
}

/** One fact about a function's breakpoint, or TERM_NONE. d NULL: nothing is traced. */
static Term break_fact(Heap *h, const BreakData *d, Term item) {
    uint32_t flags = d != NULL ? d->flags : 0;
    bool traced = (flags & (BREAK_GLOBAL | BREAK_LOCAL)) != 0;
    switch (item) {
    case am_traced:
        return (flags & BREAK_GLOBAL) != 0  ? am_global
               : (flags & BREAK_LOCAL) != 0 ? am_local
                                            : am_false;
    case am_match_spec: return traced ? source_of(h, d->match) : am_false;
    case am_meta: {
        if ((flags & BREAK_META) == 0) return TERM_NIL;
        const Tracer *t = atomic_load_explicit(&d->meta->tracer, memory_order_acquire);
        return tracer_term(h, t);
    }
    case am_meta_match_spec:
        return (flags & BREAK_META) != 0 ? source_of(h, d->meta_match) : am_false;
    case am_call_count:
        if ((flags & BREAK_COUNT) == 0) return am_false;
        return heap_unsigned(h, atomic_load_explicit(&d->count->count, memory_order_relaxed));
    case am_call_time:
        return (flags & BREAK_TIME) != 0 ? call_time_list(d->time, h, false) : am_false;
    case am_call_memory:
        return (flags & BREAK_MEMORY) != 0 ? call_time_list(d->memory, h, true) : am_false;
    default: return TERM_NONE;
    }
}

static bool is_function(Term mfa) {
    return term_is_tuple_of(mfa, 3) && term_is_atom(tuple_get(mfa, 0)) &&
           term_is_atom(tuple_get(mfa, 1)) && term_is_small(tuple_get(mfa, 2));
}

/** What all sessions trace of a function; false: there is none. Both locks held. */
static bool data_of(VM *vm, Term mfa, FunctionData *found) {
    ASSERT(is_function(mfa));
    int64_t arity = term_small(tuple_get(mfa, 2));
    return arity >= 0 && arity <= ARITY_MAX &&
           breakpoint_data_of(vm, tuple_get(mfa, 0), tuple_get(mfa, 1), (uint32_t)arity, found);
}

static const BreakData *data_in(const FunctionData *f, const TraceSession *s) {
    const BreakData *d = break_data_of(f->of_export, s);
    return d != NULL ? d : break_data_of(f->of_code, s);
}

static bool is_known_item(VM *vm, Term item) {
    return item != am_call_memory || vm->config.otp_release >= 26;
}

static Term function_item(Process *p, const TraceSession *s, Term mfa, Term item) {
    static const Term ALL[] = {am_call_count, am_call_time,  am_call_memory, am_meta_match_spec,
                               am_meta,       am_match_spec, am_traced};
    VM *vm = p->vm;
    Heap *h = &p->heap;
    if (!is_function(mfa) || !is_known_item(vm, item)) return TERM_NONE;
    FunctionData found = {0};
    code_lock(vm->code);
    mutex_lock(&vm->tracing.room->lock);
    bool exists = data_of(vm, mfa, &found);
    const BreakData *d = data_in(&found, s);
    Term value;
    if (!exists) {
        value = am_undefined;
    } else if (d == NULL) {
        value = am_false;
    } else if (item == am_all) {
        value = TERM_NIL;
        for (size_t i = 0; i < ARRAY_COUNT(ALL); i++) {
            if (!is_known_item(vm, ALL[i])) continue;
            Term fact = break_fact(h, d, ALL[i]);
            if (ALL[i] == am_meta && (d->flags & BREAK_META) == 0) fact = am_false;
            value = heap_cons(h, heap_tuple2(h, ALL[i], fact), value);
        }
    } else {
        value = break_fact(h, d, item);
    }
    mutex_unlock(&vm->tracing.room->lock);
    code_unlock(vm->code);
    return value == TERM_NONE ? TERM_NONE : heap_tuple2(h, item, value);
}

static Term load_fact(Heap *h, const LoadPattern *l, Term item) {
    ASSERT(l->is_on);
    bool traced = l->flags == 0 || (l->flags & BREAK_LOCAL) != 0;
    bool meta = (l->flags & BREAK_META) != 0;
    switch (item) {
    case am_traced:
        return l->flags == 0 ? am_global : (l->flags & BREAK_LOCAL) != 0 ? am_local : am_false;
    case am_match_spec: return traced ? source_of(h, l->match) : am_false;
    case am_meta: return meta ? tracer_term(h, l->meta) : am_false;
    case am_meta_match_spec: return meta ? source_of(h, l->meta_match) : am_false;
    case am_call_count: return term_from_bool((l->flags & BREAK_COUNT) != 0);
    case am_call_time: return term_from_bool((l->flags & BREAK_TIME) != 0);
    case am_call_memory: return term_from_bool((l->flags & BREAK_MEMORY) != 0);
    default: return TERM_NONE;
    }
}

static Term load_item(Process *p, const TraceSession *s, Term item) {
    static const Term ALL[] = {am_call_count, am_meta_match_spec, am_meta, am_match_spec,
                               am_traced};
    struct TraceRoom *room = p->vm->tracing.room;
    Heap *h = &p->heap;
    Term value = TERM_NIL;
    if (!is_known_item(p->vm, item)) return TERM_NONE;
    mutex_lock(&room->lock);
    const LoadPattern *l = &s->on_load;
    if (!l->is_on) {
        value = am_false;
    } else if (item == am_all) {
        for (size_t i = 0; i < ARRAY_COUNT(ALL); i++)
            value = heap_cons(h, heap_tuple2(h, ALL[i], load_fact(h, l, ALL[i])), value);
    } else {
        value = load_fact(h, l, item);
    }
    mutex_unlock(&room->lock);
    return value == TERM_NONE ? TERM_NONE : heap_tuple2(h, item, value);
}

static const EventPattern *event_pattern(const TraceSession *s, Term event) {
    ASSERT(event == am_send || event == am_receive);
    return atomic_load_explicit(event == am_send ? &s->send_pattern : &s->receive_pattern,
                                memory_order_acquire);
}

static Term event_item(Process *p, const TraceSession *s, Term event, Term item) {
    if (item != am_match_spec) return TERM_NONE;
    const EventPattern *e = event_pattern(s, event);
    Term value = am_true;
    if (e != NULL && !e->is_on)
        value = am_false;
    else if (e != NULL && e->match != NULL)
        value = heap_copy(&p->heap, e->match->source);
    return heap_tuple2(&p->heap, item, value);
}

/** The place of what new ones get, or NULL. */
static _Atomic(TraceState *) *place_of_new(VM *vm, Term what) {
    if (what == am_new || what == am_new_processes) return &vm->tracing.new_processes;
    return what == am_new_ports ? &vm->tracing.new_ports : NULL;
}

static Term item_of(Process *p, TraceSession *s, Term what, Term item) {
    ASSERT(s != NULL);
    if (what == am_on_load) return load_item(p, s, item);
    if (what == am_send || what == am_receive) return event_item(p, s, what, item);
    _Atomic(TraceState *) *place = place_of_new(p->vm, what);
    if (place != NULL) return state_item(p, live_share(p->vm, s, place, am_undefined), item);
    if (term_is_local_pid(what)) return process_item(p, s, what, item);
    if (term_is_local_port(what)) return port_item(p, s, what, item);
    return term_is_tuple(what) ? function_item(p, s, what, item) : TERM_NONE;
}

static bool is_known(VM *vm, Term what) {
    return term_is_tuple(what) || term_is_local_pid(what) || term_is_local_port(what) ||
           what == am_on_load || what == am_send || what == am_receive ||
           place_of_new(vm, what) != NULL;
}

static Term trace_info(Process *p, TraceSession *s, Term what, Term item) {
    Term result = item_of(p, s, what, item);
    if (result != TERM_NONE) return result;
    return is_known(p->vm, what) ? bif_badarg(p) : bif_badarg_cause(p, am_badopt);
}

/** erlang:trace_info(PidPortFuncEvent, Item): {Item, Value} or undefined. */
BIF(erlang, trace_info, 2)
{
    sessions_sweep(p->vm);
    return trace_info(p, p->vm->tracing.room->legacy, a[0], a[1]);
}

// ---- which sessions
// -----------------------------------------------------------------------------------
/** What is asked about: a state, or a function's data, or else what `event` names. */
typedef struct Asked {
    const TraceState *state;
    FunctionData data;
    bool is_state, is_function;
    Term event;
} Asked;

static bool concerns(const TraceSession *s, const Asked *q) {
    if (session_is_over(s)) return false;
    if (q->is_state) return trace_share(q->state, s) != NULL;
    if (q->is_function) return data_in(&q->data, s) != NULL;
    if (q->event == am_on_load) return s->on_load.is_on;
    if (q->event == am_any) return true;
    const EventPattern *e = event_pattern(s, q->event);
    return e == NULL || e->is_on;
}

/** Oldest first, the legacy one last. Under the lock. */
static Term session_list(Process *p, const Asked *q) {
    const struct TraceRoom *room = p->vm->tracing.room;
    Heap *h = &p->heap;
    Term list = TERM_NIL;
    if (concerns(room->legacy, q)) list = heap_cons(h, session_term(h, room->legacy), list);
    for (const TraceSession *s = room->sessions; s != NULL; s = s->next)
        if (s != room->legacy && concerns(s, q)) list = heap_cons(h, session_term(h, s), list);
    return list;
}

/** Fills in what is asked about; TERM_NONE when that may be answered, else the answer. Both locks
 * held (a port is looked at before). */
static Term asked_of(Process *p, Term what, Asked *q) {
    VM *vm = p->vm;
    _Atomic(TraceState *) *place = place_of_new(vm, what);
    if (term_is_local_pid(what)) {
        Process *of = process_find(vm, what);
        if (of == NULL) return am_undefined;
        place = &of->trace;
    }
    if (place != NULL) {
        q->is_state = true;
        q->state = atomic_load_explicit(place, memory_order_acquire);
    } else if (is_function(what)) {
        q->is_function = true;
        if (!data_of(vm, what, &q->data)) return am_undefined;
    } else if (what == am_on_load || what == am_send || what == am_receive || what == am_any) {
        q->event = what;
    } else if (!q->is_state) {
        return bif_badarg_cause(p, am_badopt);
    }
    return TERM_NONE;
}

/** {session, [{Name, Number}]} or undefined. */
static Term sessions_of(Process *p, Term what) {
    VM *vm = p->vm;
    Asked q = {.event = TERM_NONE};
    Port *port = NULL;
    if (term_is_local_port(what)) {
        port = port_enter(vm, what);
        if (port == NULL) return am_undefined;
        q.is_state = true;
        q.state = atomic_load_explicit(&port->trace, memory_order_acquire);
    }
    code_lock(vm->code);
    mutex_lock(&vm->tracing.room->lock);
    Term answer = asked_of(p, what, &q);
    bool ok = answer == TERM_NONE && p->exc.class == EXC_NONE;
    Term list = ok ? session_list(p, &q) : TERM_NIL;
    mutex_unlock(&vm->tracing.room->lock);
    code_unlock(vm->code);
    if (port != NULL) port_leave(port);
    return ok ? heap_tuple2(&p->heap, am_session, list) : answer;
}

/** erts_internal:trace_info(Session | any, PidPortFuncEvent, Item): as trace_info/2 in a session;
 * with any and the item session: which sessions concern it. */
BIF(erts_internal, trace_info, 3)
{
    sessions_sweep(p->vm);
    if (a[0] == am_any) return a[2] == am_session ? sessions_of(p, a[1]) : bif_badarg(p);
    TraceSession *s = session_of_term(p->vm, a[0]);
    if (s == NULL) return bif_badarg_cause(p, am_session);
    Term result = trace_info(p, s, a[1], a[2]);
    session_retire(p->vm, s);
    return result;
}
