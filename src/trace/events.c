// SPDX-License-Identifier: Apache-2.0
//
// events.c - events that the lower rooms report, made into trace messages; what children and linked
// processes take over; the room's life.
#include "base/alloc.h"
#include "proc/process_table.h"
#include "proc/quiesce.h"
#include "proc/scheduler.h"
#include "proc/spawn.h"
#include "term/number.h"
#include "trace/breakpoint.h"
#include "trace/trace.h"
#include "trace/trace_room.h"

/** An event of p with the state that process_traced gave. */
static void report(Process *p, const TraceState *t, Term tag, Term data, Term extra, Term result) {
    ASSERT(t != NULL && term_is_atom(tag)); // TRACE-1
    VM *vm = p->vm;
    if (tracer_asks(vm, t->tracer, tag, p->pid) != TRACER_TRACE) return;
    tracer_send(vm, &(TraceMessage){.tracer = t->tracer,
                                    .flags = t->flags,
                                    .tracee = p->pid,
                                    .tag = tag,
                                    .data = data,
                                    .extra = extra,
                                    .result = result,
                                    .runs = p});
}

// ---- sends and receives
// ---------------------------------------------------------------------------------
/** Runs an event pattern; am_false: the event is not to be told. */
static Term pattern_result(Process *p, const EventPattern *pattern, const Term *arguments,
                           size_t count) {
    ASSERT(count >= 2 && arguments != NULL);
    if (pattern == NULL) return am_true;
    if (!pattern->is_on) return am_false;
    if (pattern->match == NULL) return am_true;
    Term result = match_set_run(p, pattern->match, arguments, count, NULL).result;
    if (result != am_false && process_traced(p, TRACE_SILENT) != NULL) return am_false;
    return result;
}

static bool is_nobody(VM *vm, Term to) {
    return term_is_local_pid(to) && process_find(vm, to) == NULL;
}

void trace_send_event(Process *p, Term to, Term message) {
    ASSERT(to != TERM_NONE && message != TERM_NONE);
    VM *vm = p->vm;
    const EventPattern *pattern =
        atomic_load_explicit(&vm->tracing.room->send_pattern, memory_order_acquire);
    Term result = pattern_result(p, pattern, (Term[]){to, message}, 2);
    const TraceState *t = process_traced(p, TRACE_SEND);
    if (result == am_false || t == NULL) return;
    report(p, t, is_nobody(vm, to) ? am_send_to_non_existing_process : am_send, message, to,
           result);
}

void trace_receive_event(Process *p, uint32_t sender, Term origin, Term message) {
    ASSERT(message != TERM_NONE && term_is_atom(origin));
    VM *vm = p->vm;
    const EventPattern *pattern =
        atomic_load_explicit(&vm->tracing.room->receive_pattern, memory_order_acquire);
    Term node = origin, from = am_undefined;
    if (sender != 0) {
        node = node_own_name(vm->nodes);
        from = signal_sender_pid(sender);
    }
    Term result = pattern_result(p, pattern, (Term[]){node, from, message}, 3);
    const TraceState *t = process_traced(p, TRACE_RECEIVE);
    if (result == am_false || t == NULL) return;
    report(p, t, am_receive, message, TERM_NONE, result);
}

// ---- processes
// -------------------------------------------------------------------------------------------
static void process_event(Process *traced, Term what, Term data, Term extra) {
    const TraceState *t = process_traced(traced, TRACE_PROCS);
    if (t != NULL) report(traced, t, what, data, extra, TERM_NONE);
}

static void child(VM *vm, Process *parent, Process *p, bool linked) {
    ASSERT(atomic_load_explicit(&p->trace, memory_order_relaxed) == NULL);
    struct TraceRoom *room = vm->tracing.room;
    mutex_lock(&room->lock);
    const TraceState *t = atomic_load_explicit(&vm->tracing.new_processes, memory_order_relaxed);
    uint32_t flags = t != NULL ? t->flags : 0;
    Tracer *tracer = t != NULL ? t->tracer : NULL;
    t = parent != NULL ? process_traced(parent, TRACE_ALL) : NULL;
    uint32_t of_parent = t != NULL ? t->flags : 0, left = of_parent;
    const uint32_t on_spawn = TRACE_SET_ON_SPAWN | TRACE_SET_ON_FIRST_SPAWN;
    const uint32_t on_link = TRACE_SET_ON_LINK | TRACE_SET_ON_FIRST_LINK;
    if ((of_parent & on_spawn) != 0) {
        flags |= of_parent;
        tracer = t->tracer;
        if ((of_parent & TRACE_SET_ON_FIRST_SPAWN) != 0) {
            flags &= ~on_spawn;
            left &= ~on_spawn;
        }
    }
    if (linked && (left & on_link) != 0) {
        flags |= left;
        tracer = t->tracer;
        if ((left & TRACE_SET_ON_FIRST_LINK) != 0) {
            flags &= ~on_link;
            left &= ~on_link;
        }
    }
    if (flags != 0) trace_state_put(vm, &p->trace, flags, tracer);
    if (left != of_parent) trace_state_put(vm, &parent->trace, left, t->tracer);
    mutex_unlock(&room->lock);
}

static void spawned(Process *parent, Process *p, Term arguments) {
    ASSERT(parent != p && term_is_local_pid(p->pid)); // LIFE-1
    Term cells[4], *hp = cells;
    hp[0] = header_tuple(3);
    hp[1] = p->initial_call[0];
    hp[2] = p->initial_call[1];
    hp[3] = arguments;
    Term call = term_from_box(cells);
    bool linked = relation_find(p->links, parent->pid) != NULL;
    process_event(parent, am_spawn, p->pid, call);
    if (linked) process_event(parent, am_link, p->pid, TERM_NONE);
    // the child does not run yet: the parent's thread speaks for it
    p->scheduler = parent->scheduler;
    process_event(p, am_spawned, parent->pid, call);
    if (linked) process_event(p, am_getting_linked, parent->pid, TERM_NONE);
    p->scheduler = NULL;
}

static void set_on_link(Process *p, Term to) {
    ASSERT(to != p->pid);
    VM *vm = p->vm;
    Process *other = term_is_local_pid(to) ? process_find(vm, to) : NULL;
    if (other == NULL) return;
    mutex_lock(&vm->tracing.room->lock);
    const TraceState *t = atomic_load_explicit(&p->trace, memory_order_relaxed);
    if (t != NULL) {
        const uint32_t on_link = TRACE_SET_ON_LINK | TRACE_SET_ON_FIRST_LINK;
        const TraceState *has = atomic_load_explicit(&other->trace, memory_order_relaxed);
        uint32_t set = t->flags | (has != NULL ? has->flags : 0), left = t->flags;
        if ((t->flags & TRACE_SET_ON_FIRST_LINK) != 0) {
            set &= ~on_link;
            left &= ~on_link;
        }
        trace_state_put(vm, &other->trace, set, t->tracer);
        if (left != t->flags) trace_state_put(vm, &p->trace, left, t->tracer);
    }
    mutex_unlock(&vm->tracing.room->lock);
}

// ---- turns
// -----------------------------------------------------------------------------------------------
Term trace_place(Process *p, Heap *h) {
    if (p->exit_reason != TERM_NONE) return term_from_small(0);
    CodeLocation l;
    if (p->pc == p->vm->entry_apply && p->heap.stack == p->heap.end &&
        term_is_atom(p->initial_call[0]))
        return heap_tuple3(h, p->initial_call[0], p->initial_call[1], p->initial_call[2]);
    if (p->pc != NULL && code_locate(p->vm->code, p->pc, &l))
        return heap_tuple3(h, l.module_name, l.function, term_from_small(l.arity));
    // in the stub of a built-in, or in the VM's own code: the function that it goes back to
    if (p->pc != NULL && p->current_export != NULL &&
        p->pc == &p->current_export->stub[FUNC_INFO_WORDS])
        return heap_tuple3(h, p->current_export->module, p->current_export->function,
                           term_from_small(p->current_export->arity));
    for (const Term *s = p->heap.stack; s < p->heap.end; s++) {
        if ((*s & TAG_MASK) != 0 || *s == 0) continue;
        if (code_locate(p->vm->code, (const Word *)(uintptr_t)*s - 1, &l))
            return heap_tuple3(h, l.module_name, l.function, term_from_small(l.arity));
    }
    return term_from_small(0);
}

/** Is p still traced, now that its turn begins? */
static bool still_traced(Process *p) {
    const TraceState *t = process_traced(p, TRACE_ALL);
    if (t == NULL) return false;
    if (tracer_asks(p->vm, t->tracer, am_trace_status, p->pid) != TRACER_REMOVE) return true;
    trace_state_remove(p);
    return false;
}

static void schedule(Process *p, Term what) {
    ASSERT(term_is_atom(what));
    if (what == am_in || what == am_out) {
        if (what == am_in && !still_traced(p)) return;
        if (process_traced(p, TRACE_CALL) != NULL) call_time_turn(p, what == am_in);
        const TraceState *t = process_traced(p, TRACE_RUNNING | TRACE_RUNNING_PROCS);
        if (t == NULL) return;
        Heap h;
        heap_init_detached(&h, &p->vm->literals);
        report(p, t, what, trace_place(p, &h), TERM_NONE, TERM_NONE);
        heap_destroy(&h);
        return;
    }
    const TraceState *t = process_traced(p, TRACE_EXITING);
    if (t != NULL) report(p, t, what, term_from_small(0), TERM_NONE, TERM_NONE);
}

static void collection(Process *p, Term what, size_t words) {
    ASSERT(p->heap.start != NULL);
    const TraceState *t = process_traced(p, TRACE_GC);
    if (t == NULL) return;
    Heap h;
    heap_init_detached(&h, &p->vm->literals);
    Term info = heap_cons(&h, heap_tuple2(&h, am_wordsize, heap_unsigned(&h, words)),
                          watch_heap_info(&h, p));
    report(p, t, what, info, TERM_NONE, TERM_NONE);
    heap_destroy(&h);
}

// ---- ports
// -----------------------------------------------------------------------------------------------
static void port_event(VM *vm, const TraceState *t, Term port, Term what, Term data, Term extra) {
    ASSERT(t != NULL && term_is_local_port(port));
    if (tracer_asks(vm, t->tracer, what, port) != TRACER_TRACE) return;
    ASSERT(!term_is_local_port(t->tracer->state)); // bif_trace.c refuses: locks of two ports
    tracer_send(vm, &(TraceMessage){.tracer = t->tracer,
                                    .flags = t->flags,
                                    .tracee = port,
                                    .tag = what,
                                    .data = data,
                                    .extra = extra,
                                    .result = TERM_NONE});
}

static void port_begins(VM *vm, _Atomic(TraceState *) *place) {
    mutex_lock(&vm->tracing.room->lock);
    const TraceState *t = atomic_load_explicit(&vm->tracing.new_ports, memory_order_relaxed);
    if (t != NULL) trace_state_put(vm, place, t->flags, t->tracer);
    mutex_unlock(&vm->tracing.room->lock);
}

static void port_ended(VM *vm, _Atomic(TraceState *) *place) {
    // no lock: nobody else finds the port
    trace_state_put(vm, place, 0, NULL);
}

static void process_ended(Process *p) {
    mem_free(p->trace_own);
    p->trace_own = NULL;
    trace_state_remove(p);
}

// ---- match sets
// -----------------------------------------------------------------------------------------
MatchSet *match_set_new(VM *vm, Term source, MatchDialect dialect, bool *too_deep) {
    ASSERT(source != TERM_NONE);
    MatchErrors errors = {.heap = NULL};
    MatchProgram *program = match_compile(vm, source, dialect, &errors);
    *too_deep = errors.too_deep;
    if (program == NULL) return NULL;
    MatchSet *m = mem_zalloc(sizeof *m);
    atomic_init(&m->refs, 1);
    m->program = program;
    Heap own;
    heap_init_detached(&own, &literal_range_none);
    m->source = heap_copy(&own, source);
    m->fragments = heap_take_fragments(&own);
    heap_destroy(&own);
    return m;
}

MatchSet *match_set_hold(MatchSet *m) {
    if (m != NULL) atomic_fetch_add_explicit(&m->refs, 1, memory_order_relaxed);
    return m;
}

void match_set_drop(MatchSet *m) {
    if (m == NULL) return;
    // acq_rel: whoever drops the last one sees what the others did with it
    if (atomic_fetch_sub_explicit(&m->refs, 1, memory_order_acq_rel) != 1) return;
    match_free(m->program);
    if (m->fragments != NULL) fragment_destroy(m->fragments);
    mem_free(m);
}

static void drop_match_set(void *m) { match_set_drop(m); }

void match_set_retire(VM *vm, MatchSet *m) {
    if (m != NULL) quiesce_retire(vm->quiesce, drop_match_set, m);
}

// ---- the room
// -------------------------------------------------------------------------------------------
const TraceHooks trace_hooks = {
    .send = trace_send_event,
    .receive = trace_receive_event,
    .schedule = schedule,
    .process_event = process_event,
    .child = child,
    .spawned = spawned,
    .set_on_link = set_on_link,
    .collection = collection,
    .collected = watch_collected,
    .long_schedule = watch_long_schedule,
    .profile_process = watch_profile_process,
    .profile_scheduler = watch_profile_scheduler,
    .busy = watch_busy,
    .enter_code = call_enter_code,
    .enter_export = call_enter_export,
    .returned = call_returned,
    .unwound = call_unwound,
    .token_for_message = seq_token_for_message,
    .token_for_child = seq_token_for_child,
    .token_received = seq_token_received,
    .set_seq_tracer = seq_set_tracer,
    .get_seq_tracer = seq_get_tracer,
    .reset_seq_trace = seq_reset,
    .port_event = port_event,
    .port_begins = port_begins,
    .port_ended = port_ended,
    .process_ended = process_ended,
    .code_leaves = breakpoints_leave,
    .code_enters = breakpoints_enter,
};

void trace_create(VM *vm) {
    ASSERT(vm->tracing.room == NULL);
    struct TraceRoom *room = mem_zalloc(sizeof *room);
    mutex_init(&room->lock);
    vm->tracing.room = room;
    vm->tracing.hooks = &trace_hooks;
}

static void free_pattern(_Atomic(EventPattern *) *place) {
    ASSERT(place != NULL);
    EventPattern *e = atomic_load_explicit(place, memory_order_relaxed);
    if (e == NULL) return;
    match_set_drop(e->match);
    mem_free(e);
}

void trace_destroy(VM *vm) {
    struct TraceRoom *room = vm->tracing.room;
    if (room == NULL) return;
    trace_state_put(vm, &vm->tracing.new_processes, 0, NULL);
    trace_state_put(vm, &vm->tracing.new_ports, 0, NULL);
    breakpoints_destroy(vm);
    free_pattern(&room->send_pattern);
    free_pattern(&room->receive_pattern);
    tracer_drop(atomic_load_explicit(&room->seq_tracer, memory_order_relaxed));
    match_set_drop(room->on_load.match);
    match_set_drop(room->on_load.meta_match);
    tracer_drop(room->on_load.meta);
    mutex_free(&room->lock);
    mem_free(room);
    vm->tracing.room = NULL;
}
