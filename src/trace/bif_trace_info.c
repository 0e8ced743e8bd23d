// SPDX-License-Identifier: Apache-2.0
//
// bif_trace_info.c - trace_info/2: what is traced of a process, a port, new ones, a function,
// loaded modules, sends and receives.
#include "bif/bif.h"
#include "io/port.h"
#include "proc/spawn.h"
#include "trace/breakpoint.h"

/** {flags, List} or {tracer, Tracer} of a state, which may be NULL; TERM_NONE: no such item. */
static Term state_item(Process *p, const TraceState *t, Term item) {
    Heap *h = &p->heap;
    if (item == am_flags)
        return heap_tuple2(h, item, trace_flags_list(h, t != NULL ? t->flags : 0));
    if (item == am_tracer)
        return heap_tuple2(h, item, tracer_term(h, t != NULL ? t->tracer : NULL));
    return TERM_NONE;
}

/** The state at a place, which goes when its tracer is found dead. */
static const TraceState *live_state(VM *vm, _Atomic(TraceState *) *place, Term tracee) {
    const TraceState *t = atomic_load_explicit(place, memory_order_acquire);
    if (t == NULL || tracer_asks(vm, t->tracer, am_trace_status, tracee) != TRACER_REMOVE) return t;
    mutex_lock(&vm->tracing.room->lock);
    trace_state_put(vm, place, 0, NULL);
    mutex_unlock(&vm->tracing.room->lock);
    return NULL;
}

static Term process_item(Process *p, Term pid, Term item) {
    ASSERT(term_is_local_pid(pid));
    if (item != am_flags && item != am_tracer) return TERM_NONE;
    Process *of = process_find(p->vm, pid);
    if (of == NULL) return am_undefined;
    return state_item(p, live_state(p->vm, &of->trace, pid), item);
}

static Term port_item(Process *p, Term term, Term item) {
    ASSERT(term_is_local_port(term));
    Port *port = port_enter(p->vm, term);
    if (port == NULL) return am_undefined;
    Term result = state_item(p, live_state(p->vm, &port->trace, term), item);
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
    default: return TERM_NONE;
    }
}

static Term function_item(Process *p, Term mfa, Term item) {
    static const Term ALL[] = {am_call_count, am_call_time,  am_meta_match_spec,
                               am_meta,       am_match_spec, am_traced};
    VM *vm = p->vm;
    Heap *h = &p->heap;
    if (!term_is_tuple_of(mfa, 3) || !term_is_atom(tuple_get(mfa, 0)) ||
        !term_is_atom(tuple_get(mfa, 1)) || !term_is_small(tuple_get(mfa, 2)))
        return TERM_NONE;
    int64_t arity = term_small(tuple_get(mfa, 2));
    bool exists = false;
    code_lock(vm->code);
    mutex_lock(&vm->tracing.room->lock);
    const BreakData *d = arity < 0 || arity > ARITY_MAX
                             ? NULL
                             : breakpoint_data_of(vm, tuple_get(mfa, 0), tuple_get(mfa, 1),
                                                  (uint32_t)arity, &exists);
    Term value;
    if (!exists) {
        value = am_undefined;
    } else if (d == NULL) {
        value = am_false;
    } else if (item == am_all) {
        value = TERM_NIL;
        for (size_t i = 0; i < ARRAY_COUNT(ALL); i++) {
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
    default: return TERM_NONE;
    }
}

static Term load_item(Process *p, Term item) {
    static const Term ALL[] = {am_call_count, am_meta_match_spec, am_meta, am_match_spec,
                               am_traced};
    struct TraceRoom *room = p->vm->tracing.room;
    Heap *h = &p->heap;
    Term value = TERM_NIL;
    mutex_lock(&room->lock);
    if (!room->on_load.is_on) {
        value = am_false;
    } else if (item == am_all) {
        for (size_t i = 0; i < ARRAY_COUNT(ALL); i++)
            value =
                heap_cons(h, heap_tuple2(h, ALL[i], load_fact(h, &room->on_load, ALL[i])), value);
    } else {
        value = load_fact(h, &room->on_load, item);
    }
    mutex_unlock(&room->lock);
    return value == TERM_NONE ? TERM_NONE : heap_tuple2(h, item, value);
}

static Term event_item(Process *p, Term event, Term item) {
    ASSERT(event == am_send || event == am_receive);
    struct TraceRoom *room = p->vm->tracing.room;
    if (item != am_match_spec) return TERM_NONE;
    const EventPattern *e = atomic_load_explicit(
        event == am_send ? &room->send_pattern : &room->receive_pattern, memory_order_acquire);
    Term value = am_true;
    if (e != NULL && !e->is_on)
        value = am_false;
    else if (e != NULL && e->match != NULL)
        value = heap_copy(&p->heap, e->match->source);
    return heap_tuple2(&p->heap, item, value);
}

static Term item_of(Process *p, Term what, Term item) {
    Tracing *t = &p->vm->tracing;
    if (what == am_on_load) return load_item(p, item);
    if (what == am_send || what == am_receive) return event_item(p, what, item);
    if (what == am_new || what == am_new_processes)
        return state_item(p, live_state(p->vm, &t->new_processes, am_undefined), item);
    if (what == am_new_ports)
        return state_item(p, live_state(p->vm, &t->new_ports, am_undefined), item);
    if (term_is_local_pid(what)) return process_item(p, what, item);
    if (term_is_local_port(what)) return port_item(p, what, item);
    return term_is_tuple(what) ? function_item(p, what, item) : TERM_NONE;
}

/** erlang:trace_info(PidPortFuncEvent, Item): {Item, Value} or undefined. */
BIF(erlang, trace_info, 2)
{
    Term result = item_of(p, a[0], a[1]);
    if (result != TERM_NONE) return result;
    bool known = term_is_tuple(a[0]) || term_is_local_pid(a[0]) || term_is_local_port(a[0]) ||
                 a[0] == am_on_load || a[0] == am_send || a[0] == am_receive || a[0] == am_new ||
                 a[0] == am_new_processes || a[0] == am_new_ports;
    return known ? bif_badarg(p) : bif_badarg_cause(p, am_badopt);
}
