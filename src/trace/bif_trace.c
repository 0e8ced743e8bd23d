// SPDX-License-Identifier: Apache-2.0
//
// bif_trace.c - trace/3, trace_pattern/3 and trace_delivered/1, as erlang.erl's functions around
// them expect. What trace_info/2 answers stands in bif_trace_info.c.
#include "base/alloc.h"
#include "bif/bif.h"
#include "io/port.h"
#include "proc/logger.h"
#include "proc/process_table.h"
#include "proc/quiesce.h"
#include "proc/spawn.h"
#include "proc/time.h"
#include "trace/breakpoint.h"

// ---- trace/3
// ----------------------------------------------------------------------------------------
#define MODIFIER_FLAGS                                                                             \
    (TRACE_SILENT | TRACE_TIMESTAMPS | TRACE_SCHEDULER_ID | TRACE_RECEIVE | TRACE_SEND)
#define PORT_FLAGS (MODIFIER_FLAGS | TRACE_PORTS | TRACE_RUNNING_PORTS)
#define PROCESS_FLAGS ((TRACE_ALL & ~PORT_FLAGS) | MODIFIER_FLAGS)

typedef struct Order {
    VM *vm;
    TraceSession *session;
    bool on;
    uint32_t flags;
    Tracer *tracer; // NULL: the one that is there
    uint64_t matches;
} Order;

/** Changes what is traced at one place; false: another tracer that lives has it. Under the lock. */
static bool start(const Order *o, _Atomic(TraceState *) *place, Term tracee) {
    ASSERT(place != NULL && tracee != TERM_NONE);
    const TraceShare *t =
        trace_share(atomic_load_explicit(place, memory_order_relaxed), o->session);
    uint32_t before = t != NULL ? t->flags : 0;
    Tracer *tracer = t != NULL ? t->tracer : NULL;
    if (o->tracer != NULL && tracer != NULL && !tracer_same(tracer, o->tracer) &&
        tracer_asks(o->vm, tracer, am_trace_status, tracee) != TRACER_REMOVE)
        return false;
    if (o->tracer != NULL) tracer = o->tracer;
    uint32_t after = o->on ? before | o->flags : before & ~o->flags;
    trace_state_put(o->vm, place, o->session, after, tracer);
    return true;
}

static void start_process(Process *p, void *context) {
    Order *o = context;
    if ((atomic_load_explicit(&p->state, memory_order_relaxed) & PROCESS_HOST) != 0) return;
    if (start(o, &p->trace, p->pid)) o->matches++;
}

/** A port's lock comes before the room's. */
static void start_port(Port *port, void *context) {
    Order *o = context;
    mutex_lock(&o->vm->tracing.room->lock);
    if (!session_is_over(o->session) && start(o, &port->trace, port->term)) o->matches++;
    mutex_unlock(&o->vm->tracing.room->lock);
}

/** One process or port, which the caller has entered; false: another tracer has it. */
static bool start_one(const Order *o, Term tracee, Port *port, bool *found) {
    *found = false;
    if (port != NULL) {
        *found = true;
        return start(o, &port->trace, tracee);
    }
    Process *p = term_is_local_pid(tracee) ? process_find(o->vm, tracee) : NULL;
    *found = p != NULL;
    return p == NULL || start(o, &p->trace, tracee);
}

/** The processes that exist, where the atom names them. Under the lock. */
static void start_processes(Order *o, Term who) {
    ASSERT(term_is_atom(who));
    bool only_ports = who == am_ports || who == am_existing_ports;
    if ((o->flags & PROCESS_FLAGS) != 0 && !only_ports)
        process_table_each(o->vm->processes, start_process, o);
}

/** The ports that exist, where the atom names them. Not under the lock: one that is opened
 * meanwhile has been given what new ones get. */
static void start_ports(Order *o, Term who) {
    ASSERT(term_is_atom(who));
    if (who == am_processes || who == am_existing_processes || who == am_new) return;
    if (who == am_new_processes || who == am_new_ports) return;
    if ((o->flags & PORT_FLAGS) != 0) ports_each(o->vm, start_port, o);
}

/** What new processes and ports get; a tracer that is given replaces the one that is there. */
static void start_new(const Order *o, Term who) {
    ASSERT(term_is_atom(who));
    Tracing *t = &o->vm->tracing;
    Order order = *o;
    _Atomic(TraceState *) *places[] = {&t->new_processes, &t->new_ports};
    uint32_t flags[] = {PROCESS_FLAGS, PORT_FLAGS};
    bool wanted[] = {who != am_ports && who != am_new_ports,
                     who != am_processes && who != am_new_processes};
    for (int i = 0; i < 2; i++) {
        order.flags = o->flags & flags[i];
        if (!wanted[i] || order.flags == 0) continue;
        const TraceShare *before =
            trace_share(atomic_load_explicit(places[i], memory_order_relaxed), o->session);
        uint32_t now = before != NULL ? before->flags : 0;
        now = o->on ? now | order.flags : now & ~order.flags;
        Tracer *tracer = o->tracer != NULL ? o->tracer : before != NULL ? before->tracer : NULL;
        trace_state_put(o->vm, places[i], o->session, now, tracer);
    }
}

/** The set that the atom names, ports that exist excepted; false: it names none. */
static bool start_set(Order *o, Term who) {
    bool both = who == am_all || who == am_processes || who == am_ports;
    bool existing =
        both || who == am_existing || who == am_existing_processes || who == am_existing_ports;
    bool new = both || who == am_new || who == am_new_processes || who == am_new_ports;
    if (existing) start_processes(o, who);
    if (new) start_new(o, who);
    return existing || new;
}

static void one_tracer_only(Process *p) {
    logger_send(p->vm, p, am_error, "** can only have one tracer per process\n", TERM_NIL);
}

/** The flags and the tracer; false: badopt. Only a session without a tracer is given one. */
static bool order_flags(Order *o, Term list) {
    ASSERT(o->tracer == NULL);
    if (!trace_flags_parse(o->vm, list, &o->flags, &o->tracer)) return false;
    if (o->session->tracer == NULL) return true;
    if (o->tracer != NULL) return false;
    o->tracer = tracer_hold(o->session->tracer);
    return true;
}

/** How many processes and ports there were; an exception. */
static Term change_trace(Process *p, TraceSession *s, Term who, Term how, Term list) {
    VM *vm = p->vm;
    Order o = {.vm = vm, .session = s, .on = how == am_true};
    if (!order_flags(&o, list)) {
        tracer_drop(o.tracer);
        return bif_badarg_cause(p, am_badopt);
    }
    bool cpu = (o.flags & TRACE_CPU_TIMESTAMP) != 0, ok = how == am_true || how == am_false;
    o.flags &= ~TRACE_CPU_TIMESTAMP;
    if (o.on && o.tracer == NULL) o.tracer = tracer_parse(vm, am_tracer, p->pid);
    bool is_one = term_is_pid(who) || term_is_port(who), already = false;
    if (cpu && who != am_all) ok = false;
    Port *port = ok && term_is_local_port(who) ? port_enter(vm, who) : NULL;
    mutex_lock(&vm->tracing.room->lock);
    if (session_is_over(s)) ok = false;
    if (ok && cpu)
        atomic_store_explicit(&vm->tracing.room->uses_cpu_time, o.on, memory_order_relaxed);
    if (ok && is_one) {
        already = !start_one(&o, who, port, &ok);
        o.matches = 1;
    } else if (ok) {
        ok = term_is_atom(who) && start_set(&o, who);
    }
    mutex_unlock(&vm->tracing.room->lock);
    if (port != NULL) port_leave(port);
    if (ok && !is_one) start_ports(&o, who);
    tracer_retire(vm, o.tracer);
    if (already) one_tracer_only(p);
    return ok && !already ? heap_unsigned(&p->heap, o.matches) : bif_badarg(p);
}

/** erts_internal:trace(Who, How, Flags): how many processes and ports there were. */
BIF(erts_internal, trace, 3)
{
    sessions_sweep(p->vm);
    return change_trace(p, p->vm->tracing.room->legacy, a[0], a[1], a[2]);
}

/** erts_internal:trace(Session, Who, How, Flags): the same in a session. */
BIF(erts_internal, trace, 4)
{
    sessions_sweep(p->vm);
    TraceSession *s = session_of_term(p->vm, a[0]);
    if (s == NULL) return bif_badarg_cause(p, am_session);
    Term result = change_trace(p, s, a[1], a[2], a[3]);
    session_retire(p->vm, s);
    return result;
}

// ---- trace_pattern/3
// ---------------------------------------------------------------------------------
typedef struct PatternFlags {
    uint32_t points; // BREAK_POINTS; 0: global
    Tracer *meta;
} PatternFlags;

static bool one_pattern_flag(Process *p, const TraceSession *s, Term flag, bool *is_global,
                             PatternFlags *f) {
    uint32_t point = 0;
    if (term_is_tuple(flag)) {
        if (s->tracer != NULL) return false;
        tracer_drop(f->meta);
        f->meta = tracer_parse(p->vm, am_meta, flag);
        f->points |= BREAK_META;
        return f->meta != NULL;
    }
    switch (flag) {
    case am_global: *is_global = true; return f->points == 0;
    case am_local: point = BREAK_LOCAL; break;
    case am_meta: point = BREAK_META; break;
    case am_call_count: point = BREAK_COUNT; break;
    case am_call_time: point = BREAK_TIME; break;
    case am_call_memory:
        if (p->vm->config.otp_release < 26) return false;
        point = BREAK_MEMORY;
        break;
    default: return false;
    }
    f->points |= point;
    if (point == BREAK_META && f->meta == NULL)
        f->meta =
            s->tracer != NULL ? tracer_hold(s->tracer) : tracer_parse(p->vm, TERM_NONE, p->pid);
    return !*is_global;
}

static bool pattern_flags_parse(Process *p, const TraceSession *s, Term list, bool *is_global,
                                PatternFlags *f) {
    for (; term_is_cell(list); list = term_tail(list))
        if (!one_pattern_flag(p, s, term_head(list), is_global, f)) return false;
    return term_is_nil(list);
}

static bool function_pattern_parse(Term t, FunctionPattern *f) {
    if (!term_is_tuple_of(t, 3)) return false;
    Term module = tuple_get(t, 0), function = tuple_get(t, 1), arity = tuple_get(t, 2);
    if (!term_is_atom(module) || !term_is_atom(function)) return false;
    if (!term_is_small(arity) && arity != am_underscore) return false;
    f->module = module == am_underscore ? TERM_NONE : module;
    f->function = function == am_underscore ? TERM_NONE : function;
    f->arity = arity == am_underscore ? -1 : term_small(arity);
    // once something is left open, all behind it must be
    if (f->module == TERM_NONE && f->function != TERM_NONE) return false;
    return f->function != TERM_NONE || arity == am_underscore;
}

static void load_pattern_set(VM *vm, const BreakChange *c, uint32_t points) {
    ASSERT((points & ~(uint32_t)BREAK_POINTS) == 0);
    LoadPattern *l = &c->session->on_load;
    bool on = c->order != BREAK_OFF;
    if ((points & BREAK_LOCAL) != 0 || points == 0) {
        match_set_retire(vm, l->match);
        l->match = match_set_hold(c->match);
    }
    if ((points & BREAK_META) != 0 || points == 0) {
        match_set_retire(vm, l->meta_match);
        tracer_retire(vm, l->meta);
        l->meta_match = points == 0 ? NULL : match_set_hold(c->match);
        l->meta = points == 0 ? NULL : tracer_hold(c->meta);
    }
    uint32_t counters = c->order == BREAK_ON ? BREAK_COUNT | BREAK_TIME | BREAK_MEMORY : 0;
    uint32_t set = points & (BREAK_LOCAL | BREAK_META | counters);
    if (l->flags != 0 && points != 0) { // breakpoints, changed
        l->flags = on ? l->flags | set : l->flags & ~points;
        l->is_on = l->flags != 0;
    } else if (points == 0 && (on || l->flags == 0)) {
        l->flags = 0;
        l->is_on = on;
    } else if (points != 0 && on) {
        l->flags = set;
        l->is_on = set != 0;
    }
}

static void free_event_pattern(void *pattern) {
    EventPattern *e = pattern;
    match_set_drop(e->match);
    mem_free(e);
}

void event_pattern_set(VM *vm, _Atomic(EventPattern *) *place, MatchSet *match, bool on) {
    ASSERT(on || match == NULL);
    EventPattern *e = mem_zalloc(sizeof *e);
    e->is_on = on;
    e->match = match_set_hold(match);
    // pairs with the acquire of who reports an event
    EventPattern *before = atomic_exchange_explicit(place, e, memory_order_acq_rel);
    if (before != NULL) quiesce_retire(vm->quiesce, free_event_pattern, before);
}

static MatchDialect dialect_of(Term what) {
    if (what == am_send) return MATCH_FOR_SEND_TRACE;
    return what == am_receive ? MATCH_FOR_RECEIVE_TRACE : MATCH_FOR_CALL_TRACE;
}

/** The order that the second argument of trace_pattern gives; false: it is no specification. */
static bool order_parse(Process *p, Term what, Term t, BreakChange *c, bool *too_deep) {
    c->order = t == am_false     ? BREAK_OFF
               : t == am_restart ? BREAK_RESTART
               : t == am_pause   ? BREAK_PAUSE
                                 : BREAK_ON;
    if (term_is_nil(t) || t == am_true || c->order != BREAK_ON) return true;
    c->match = match_set_new(p->vm, t, dialect_of(what), too_deep);
    c->meta_match = c->match;
    return c->match != NULL;
}

/** What the pattern names is changed, under both locks; -1: badarg. */
static int64_t pattern_apply(VM *vm, Term what, const BreakChange *c, bool is_global) {
    ASSERT(c->match == NULL || c->order == BREAK_ON);
    FunctionPattern pattern;
    if (what == am_on_load) {
        load_pattern_set(vm, c, c->flags);
        return 0;
    }
    if (term_is_atom(what)) {
        if ((what != am_send && what != am_receive) || is_global || c->flags != 0 ||
            c->order > BREAK_ON)
            return -1;
        event_pattern_set(
            vm, what == am_send ? &c->session->send_pattern : &c->session->receive_pattern,
            c->match, c->order == BREAK_ON);
        return 1;
    }
    if (!function_pattern_parse(what, &pattern)) return -1;
    return (int64_t)breakpoints_change(vm, &pattern, c);
}

/** Works out trace_pattern's arguments; TERM_NONE, or the cause of a badarg. */
static Term pattern_parse(Process *p, const Term *a, BreakChange *c, bool *is_global,
                          bool *too_deep) {
    ASSERT(c->session != NULL);
    PatternFlags f = {0};
    Term cause = TERM_NONE;
    if (!order_parse(p, a[0], a[1], c, too_deep))
        cause = am_match_spec;
    else if (!pattern_flags_parse(p, c->session, a[2], is_global, &f))
        cause = am_badopt;
    else if (c->match != NULL && f.points != 0 && (f.points & (BREAK_LOCAL | BREAK_META)) == 0)
        cause = am_call_count;
    c->flags = f.points;
    c->meta = f.meta;
    return cause;
}

/** How many functions match; an exception. */
static Term change_pattern(Process *p, TraceSession *s, const Term *a) {
    VM *vm = p->vm;
    BreakChange c = {.session = s, .order = BREAK_ON};
    bool is_global = false, too_deep = false;
    int64_t matches = -1;
    Term cause = pattern_parse(p, a, &c, &is_global, &too_deep);
    if (cause == TERM_NONE) {
        code_lock(vm->code);
        mutex_lock(&vm->tracing.room->lock);
        matches = session_is_over(s) ? -1 : pattern_apply(vm, a[0], &c, is_global);
        mutex_unlock(&vm->tracing.room->lock);
        code_unlock(vm->code);
    }
    match_set_retire(vm, c.match);
    tracer_retire(vm, c.meta);
    if (too_deep) return bif_system_limit(p);
    if (cause != TERM_NONE) return bif_badarg_cause(p, cause);
    return matches < 0 ? bif_badarg_cause(p, am_none) : term_from_small(matches);
}

/** erts_internal:trace_pattern(MFA | send | 'receive' | on_load, Order, Flags): how many match. */
BIF(erts_internal, trace_pattern, 3)
{
    sessions_sweep(p->vm);
    return change_pattern(p, p->vm->tracing.room->legacy, a);
}

/** erts_internal:trace_pattern(Session, What, Order, Flags): the same in a session. */
BIF(erts_internal, trace_pattern, 4)
{
    sessions_sweep(p->vm);
    TraceSession *s = session_of_term(p->vm, a[0]);
    if (s == NULL) return bif_badarg_cause(p, am_session);
    Term result = change_pattern(p, s, a + 1);
    session_retire(p->vm, s);
    return result;
}

// ---- trace_delivered/1
// -------------------------------------------------------------------------------
/** erlang:trace_delivered(Pid | all): {trace_delivered, Pid, Ref} comes at once, as whatever was
 * traced has been sent already (TRACE-2). */
BIF(erlang, trace_delivered, 1)
{
    if (!term_is_local_pid(a[0]) && a[0] != am_all) return bif_badarg(p);
    Term ref = reference_make(p->vm, &p->heap, TERM_NONE);
    signal_send_self(p, heap_tuple3(&p->heap, am_trace_delivered, a[0], ref));
    return ref;
}

// ---- dynamic trace tags: as a VM built without dynamic tracing answers
// -------------------------------
BIF(erlang, dt_put_tag, 1)
{ return am_undefined; }

BIF(erlang, dt_get_tag, 0)
{ return am_undefined; }

BIF(erlang, dt_get_tag_data, 0)
{ return am_undefined; }

BIF(erlang, dt_prepend_vm_tag_data, 1)
{ return a[0]; }

BIF(erlang, dt_append_vm_tag_data, 1)
{ return a[0]; }

BIF(erlang, dt_spread_tag, 1)
{ return a[0] == am_true || a[0] == am_false ? am_true : bif_badarg(p); }

BIF(erlang, dt_restore_tag, 1)
{ return am_true; }
