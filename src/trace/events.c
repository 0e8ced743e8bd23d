// SPDX-License-Identifier: Apache-2.0
//
// events.c - events that the lower rooms report, made into trace messages; what children and linked
// processes take over; the room's life.
#include "base/alloc.h"
#include "proc/long_call.h"
#include "proc/process_table.h"
#include "proc/quiesce.h"
#include "proc/scheduler.h"
#include "proc/spawn.h"
#include "term/number.h"
#include "trace/breakpoint.h"
#include "trace/trace.h"
#include "trace/trace_room.h"

/** An event of p, for one session that traces it. */
static void report(Process *p, const TraceShare *t, Term tag, Term data, Term extra, Term result) {
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
/** Runs a session's event pattern; am_false: the event is not to be told. */
static Term pattern_result(Process *p, TraceSession *s, const EventPattern *pattern,
                           const Term *arguments, size_t count) {
    ASSERT(count >= 2 && arguments != NULL);
    if (pattern == NULL) return am_true;
    if (!pattern->is_on) return am_false;
    if (pattern->match == NULL) return am_true;
    Term result = match_set_run(p, s, pattern->match, arguments, count, NULL).result;
    if (result != am_false && process_traced_by(p, s, TRACE_SILENT) != NULL) return am_false;
    return result;
}

static bool is_nobody(VM *vm, Term to) {
    return term_is_local_pid(to) && process_find(vm, to) == NULL;
}

void trace_send_event(Process *p, Term to, Term message) {
    ASSERT(to != TERM_NONE && message != TERM_NONE);
    VM *vm = p->vm;
    const TraceState *all = process_traced(p, TRACE_SEND);
    const TraceShare *share = NULL;
    while (all != NULL && (share = trace_share_next(all, share, TRACE_SEND)) != NULL) {
        TraceSession *s = share->session;
        const EventPattern *pattern = atomic_load_explicit(&s->send_pattern, memory_order_acquire);
        Term result = pattern_result(p, s, pattern, (Term[]){to, message}, 2);
        const TraceShare *t = process_traced_by(p, s, TRACE_SEND);
        if (result == am_false || t == NULL) continue;
        report(p, t, is_nobody(vm, to) ? am_send_to_non_existing_process : am_send, message, to,
               result);
    }
}

void trace_receive_event(Process *p, uint32_t sender, Term origin, Term message) {
    ASSERT(message != TERM_NONE && term_is_atom(origin));
    Term node = origin, from = am_undefined;
    if (sender != 0) {
        node = node_own_name(p->vm->nodes);
        from = signal_sender_pid(sender);
    }
    const TraceState *all = process_traced(p, TRACE_RECEIVE);
    const TraceShare *share = NULL;
    while (all != NULL && (share = trace_share_next(all, share, TRACE_RECEIVE)) != NULL) {
        TraceSession *s = share->session;
        const EventPattern *pattern =
            atomic_load_explicit(&s->receive_pattern, memory_order_acquire);
        Term result = pattern_result(p, s, pattern, (Term[]){node, from, message}, 3);
        const TraceShare *t = process_traced_by(p, s, TRACE_RECEIVE);
        if (result != am_false && t != NULL) report(p, t, am_receive, message, TERM_NONE, result);
    }
}

/** The same event for every session in which flag is traced of p. */
static void report_all(Process *p, uint32_t flag, Term tag, Term data, Term extra) {
    const TraceState *all = process_traced(p, flag);
    const TraceShare *t = NULL;
    while (all != NULL && (t = trace_share_next(all, t, flag)) != NULL)
        report(p, t, tag, data, extra, TERM_NONE);
}

// ---- processes
// -------------------------------------------------------------------------------------------
static void process_event(Process *traced, Term what, Term data, Term extra) {
    report_all(traced, TRACE_PROCS, what, data, extra);
}

#define ON_SPAWN (TRACE_SET_ON_SPAWN | TRACE_SET_ON_FIRST_SPAWN)
#define ON_LINK (TRACE_SET_ON_LINK | TRACE_SET_ON_FIRST_LINK)

/** What a child takes over of its parent in one session. */
static void child_share(VM *vm, Process *parent, const TraceShare *t, Process *p, bool linked) {
    ASSERT(t->tracer != NULL);
    const TraceShare *has =
        trace_share(atomic_load_explicit(&p->trace, memory_order_relaxed), t->session);
    uint32_t flags = has != NULL ? has->flags : 0, left = t->flags;
    bool takes = false;
    if ((left & ON_SPAWN) != 0) {
        takes = true;
        flags |= left;
        if ((left & TRACE_SET_ON_FIRST_SPAWN) != 0) {
            flags &= ~ON_SPAWN;
            left &= ~ON_SPAWN;
        }
    }
    if (linked && (left & ON_LINK) != 0) {
        takes = true;
        flags |= left;
        if ((left & TRACE_SET_ON_FIRST_LINK) != 0) {
            flags &= ~ON_LINK;
            left &= ~ON_LINK;
        }
    }
    if (takes && flags != 0) trace_state_put(vm, &p->trace, t->session, flags, t->tracer);
    if (left != t->flags) trace_state_put(vm, &parent->trace, t->session, left, t->tracer);
}

/** All that the VM gives to new ones. */
static void take_over(VM *vm, _Atomic(TraceState *) *place, _Atomic(TraceState *) *from) {
    const TraceState *new = atomic_load_explicit(from, memory_order_relaxed);
    const TraceShare *t = NULL;
    while (new != NULL && (t = trace_share_next(new, t, UINT32_MAX)) != NULL)
        trace_state_put(vm, place, t->session, t->flags, t->tracer);
}

static void child(VM *vm, Process *parent, Process *p, bool linked) {
    ASSERT(atomic_load_explicit(&p->trace, memory_order_relaxed) == NULL);
    struct TraceRoom *room = vm->tracing.room;
    mutex_lock(&room->lock);
    take_over(vm, &p->trace, &vm->tracing.new_processes);
    const TraceState *all = parent != NULL ? process_traced(parent, ON_SPAWN | ON_LINK) : NULL;
    const TraceShare *t = NULL;
    while (all != NULL && (t = trace_share_next(all, t, ON_SPAWN | ON_LINK)) != NULL)
        child_share(vm, parent, t, p, linked);
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
    const TraceState *all = atomic_load_explicit(&p->trace, memory_order_relaxed);
    const TraceShare *t = NULL;
    while (all != NULL && (t = trace_share_next(all, t, ON_LINK)) != NULL) {
        const TraceShare *has =
            trace_share(atomic_load_explicit(&other->trace, memory_order_relaxed), t->session);
        uint32_t set = t->flags | (has != NULL ? has->flags : 0), left = t->flags;
        if ((t->flags & TRACE_SET_ON_FIRST_LINK) != 0) {
            set &= ~ON_LINK;
            left &= ~ON_LINK;
        }
        if (set != 0) trace_state_put(vm, &other->trace, t->session, set, t->tracer);
        if (left != t->flags) trace_state_put(vm, &p->trace, t->session, left, t->tracer);
    }
    mutex_unlock(&vm->tracing.room->lock);
}

// ---- turns
// -----------------------------------------------------------------------------------------------
Term trace_place(Process *p, Heap *h) {
    if (p->exit_reason != TERM_NONE) return term_from_small(0);
    CodeLocation l;
    Term paused[3];
    if (long_call_place(p, paused)) return heap_tuple3(h, paused[0], paused[1], paused[2]);
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
    const TraceState *all = process_traced(p, TRACE_ALL);
    const TraceShare *t = NULL;
    bool is = false;
    while (all != NULL && (t = trace_share_next(all, t, TRACE_ALL)) != NULL) {
        if (tracer_asks(p->vm, t->tracer, am_trace_status, p->pid) != TRACER_REMOVE)
            is = true;
        else
            trace_state_remove(p, t->session);
    }
    return is;
}

static void schedule(Process *p, Term what) {
    ASSERT(term_is_atom(what));
    if (what == am_in || what == am_out) {
        if (what == am_in && !still_traced(p)) return;
        if (process_traced(p, TRACE_CALL) != NULL) call_time_turn(p, what == am_in);
        if (process_traced(p, TRACE_RUNNING | TRACE_RUNNING_PROCS) == NULL) return;
        Heap h;
        heap_init_detached(&h, &p->vm->literals);
        report_all(p, TRACE_RUNNING | TRACE_RUNNING_PROCS, what, trace_place(p, &h), TERM_NONE);
        heap_destroy(&h);
        return;
    }
    report_all(p, TRACE_EXITING, what, term_from_small(0), TERM_NONE);
}

static void in_port(Process *p, Term what) {
    Heap h;
    heap_init_detached(&h, &p->vm->literals);
    report_all(p, TRACE_RUNNING_PROCS, what, trace_place(p, &h), TERM_NONE);
    heap_destroy(&h);
}

static void collection(Process *p, Term what, size_t words) {
    ASSERT(p->heap.start != NULL);
    Heap h;
    heap_init_detached(&h, &p->vm->literals);
    Term info = heap_cons(&h, heap_tuple2(&h, am_wordsize, heap_unsigned(&h, words)),
                          watch_heap_info(&h, p));
    report_all(p, TRACE_GC, what, info, TERM_NONE);
    heap_destroy(&h);
}

// ---- ports
// -----------------------------------------------------------------------------------------------
static void port_event(VM *vm, const TraceState *all, uint32_t flag, Term port, Term what,
                       Term data, Term extra) {
    ASSERT(all != NULL && term_is_local_port(port));
    const TraceShare *t = NULL;
    while ((t = trace_share_next(all, t, flag)) != NULL) {
        if (tracer_asks(vm, t->tracer, what, port) != TRACER_TRACE) continue;
        tracer_send(vm, &(TraceMessage){.tracer = t->tracer,
                                        .flags = t->flags,
                                        .tracee = port,
                                        .tag = what,
                                        .data = data,
                                        .extra = extra,
                                        .result = TERM_NONE});
    }
}

static void port_begins(VM *vm, _Atomic(TraceState *) *place) {
    mutex_lock(&vm->tracing.room->lock);
    take_over(vm, place, &vm->tracing.new_ports);
    mutex_unlock(&vm->tracing.room->lock);
}

static void port_ended(VM *vm, _Atomic(TraceState *) *place) {
    // no lock: nobody else finds the port
    trace_state_clear(vm, place);
}

static void process_ended(Process *p) {
    if (p->trace_own != NULL) mem_free(p->trace_own->costs);
    mem_free(p->trace_own);
    p->trace_own = NULL;
    mutex_lock(&p->vm->tracing.room->lock);
    trace_state_clear(p->vm, &p->trace);
    mutex_unlock(&p->vm->tracing.room->lock);
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
    .in_port = in_port,
    .collection = collection,
    .collected = watch_collected,
    .words = call_memory_collects,
    .long_schedule = watch_long_schedule,
    .profile_process = watch_profile_process,
    .profile_port = watch_profile_port,
    .profile_scheduler = watch_profile_scheduler,
    .busy = watch_busy,
    .enter_code = call_enter_code,
    .enter_export = call_enter_export,
    .returned = call_returned,
    .unwound = call_unwound,
    .token_for_message = seq_token_for_message,
    .token_for_exit = seq_token_for_exit,
    .token_for_child = seq_token_for_child,
    .token_for_remote_child = seq_token_for_remote_child,
    .token_for_refusal = seq_token_for_refusal,
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
    .first_instruction = breakpoint_first_instruction,
};

void trace_create(VM *vm) {
    ASSERT(vm->tracing.room == NULL);
    struct TraceRoom *room = mem_zalloc(sizeof *room);
    mutex_init(&room->lock);
    vm->tracing.room = room;
    vm->tracing.hooks = &trace_hooks;
    room->legacy = session_new(vm, am_legacy, NULL);
}

void trace_destroy(VM *vm) {
    struct TraceRoom *room = vm->tracing.room;
    if (room == NULL) return;
    trace_state_clear(vm, &vm->tracing.new_processes);
    trace_state_clear(vm, &vm->tracing.new_ports);
    breakpoints_destroy(vm);
    tracer_drop(atomic_load_explicit(&room->seq_tracer, memory_order_relaxed));
    sessions_free(vm);
    mutex_free(&room->lock);
    mem_free(room);
    vm->tracing.room = NULL;
}
