// SPDX-License-Identifier: Apache-2.0
//
// signal_handle.c - what a process does with the signals that came in, and its message queue.
// Everything here runs on the thread that owns the process (PROC-1).
//
// HANDLE-1: signals are handled in the order of signals_first; a message is put into the message
// queue at its turn. HANDLE-2: once exit_reason is set no further signal is handled; signal_close
// answers the rest. HANDLE-3: messages_last always ends the queue, and messages_save points into
// it. HANDLE-4: a link entry is there while linked, or while an unlink waits for its
// acknowledgement; then a link
//           signal that the other sent before it knew is ignored, and so is its end.
#include "proc/signal.h"

#include "proc/beside.h"
#include "proc/link.h"
#include "proc/remote.h"
#include "proc/scheduler.h"
#include "proc/time.h"
#include "term/number.h"
#include "term/ref.h"
#include "vm/vm.h"

// ---- queues
// -----------------------------------------------------------------------------------------

static void append_message(Process *p, Signal *s) {
    DEBUG_ASSERT(s->kind == SIGNAL_MESSAGE && *p->messages_last == NULL); // HANDLE-3
    if (UNLIKELY(process_traced(p, TRACE_RECEIVE) != NULL)) {
        bool is_remote = (s->flags & SIGNAL_FLAG_REMOTE) != 0;
        p->vm->tracing.hooks->receive(p, is_remote ? 0 : s->sender,
                                      is_remote ? atom_from_index(s->sender) : am_system, s->term);
    }
    s->next = NULL;
    *p->messages_last = s; // HANDLE-3
    p->messages_last = &s->next;
    p->messages_count++;
    p->receive_waiting = 0;
}

/** As append_message for each, when nobody traces them. */
static void append_messages(Process *p, Signal *first, Signal *last, uint64_t count) {
    _Static_assert(SIGNAL_MESSAGE == 0, "kinds of messages only join to it");
    DEBUG_ASSERT(*p->messages_last == NULL && last->next == NULL && count > 0); // HANDLE-3
    *p->messages_last = first;
    p->messages_last = &last->next;
    p->messages_count += count;
    p->receive_waiting = 0;
}

static void append_signal(Process *p, Signal *s) {
    DEBUG_ASSERT(*p->signals_last == NULL);
    s->next = NULL;
    *p->signals_last = s;
    p->signals_last = &s->next;
}

void signal_append_own(Process *p, Signal *s) {
    if (p->signals_first == NULL && s->kind == SIGNAL_MESSAGE)
        append_message(p, s);
    else
        append_signal(p, s);
}

void signal_take_outer(Process *p) {
    if (atomic_load_explicit(&p->signals_outer, memory_order_relaxed) == NULL) return;
    // Cleared before the exchange: a sender that comes after it finds the queue empty and sets it
    // again (SIG-2).
    if ((atomic_load_explicit(&p->state, memory_order_relaxed) & PROCESS_WOKEN) != 0)
        atomic_fetch_and_explicit(&p->state, ~PROCESS_WOKEN, memory_order_seq_cst);
    Signal *newest = atomic_exchange_explicit(&p->signals_outer, NULL, memory_order_seq_cst);
    DEBUG_ASSERT(newest != SIGNAL_CLOSED);
    Signal *ordered = NULL, *last = newest;
    uint64_t count = 0;
    unsigned kinds = 0;
    while (newest != NULL) {
        Signal *next = newest->next;
        newest->next = ordered;
        kinds |= newest->kind;
        count++;
        ordered = newest;
        newest = next;
    }
    if (LIKELY(kinds == SIGNAL_MESSAGE) && p->signals_first == NULL &&
        process_traced(p, TRACE_RECEIVE) == NULL) {
        append_messages(p, ordered, last, count);
        return;
    }
    while (ordered != NULL) {
        Signal *next = ordered->next;
        signal_append_own(p, ordered);
        ordered = next;
    }
}

void signal_deliver(Process *p, Term message, Term token, HeapFragment *fragments) {
    ASSERT(message != TERM_NONE && fragments != NULL); // SIG-3
    Signal *s = mem_zalloc(sizeof *s);
    s->kind = SIGNAL_MESSAGE;
    s->token = token;
    s->term = message;
    s->fragments = fragments;
    append_message(p, s);
}

/** A process event, when they are traced of p. */
static void trace_event(Process *p, Term what, Term data) {
    if (UNLIKELY(process_traced(p, TRACE_PROCS) != NULL))
        p->vm->tracing.hooks->process_event(p, what, data, TERM_NONE);
}

/** The fragments of a signal become p's; the record is dead then, or freed. */
static HeapFragment *take_fragments(Process *p, Signal *s) {
    HeapFragment *f = s->fragments;
    s->fragments = NULL;
    if ((s->flags & SIGNAL_FLAG_EMBEDDED) == 0) signal_free_here(p->heap.blocks, s);
    return f;
}

// ---- ending
// -----------------------------------------------------------------------------------------

void process_set_exiting(Process *p, Term reason, bool reason_in_heap) {
    if (p->exit_reason != TERM_NONE) return; // HANDLE-2: the first one counts
    ASSERT(reason != TERM_NONE);
    p->exit_reason = reason_in_heap ? reason : beside_copy(p, reason);
}

static void handle_exit(Process *p, SignalRequest *r) {
    Term reason = r->head.term;
    if (r->head.kind == SIGNAL_EXIT_LINK) {
        Relation *link = relation_find_id(p->links, r->from);
        if (link == NULL || (link->flags & RELATION_LINKED) == 0) { // HANDLE-4
            if (link != NULL) relation_remove(p->links, link);
            signal_free(&r->head);
            return;
        }
        relation_remove(p->links, link);
        if (p->trap_exit || reason == am_normal) trace_event(p, am_getting_unlinked, r->from);
    } else if (reason == am_kill) {
        process_set_exiting(p, am_killed, true);
        signal_free(&r->head);
        return;
    }
    Term from = r->from;
    if (p->trap_exit) {
        Signal *s = signal_new_tuple(p, 3, (Term[]){am_EXIT, from, reason});
        s->token = r->head.token;
        s->fragments->next = take_fragments(p, &r->head);
        append_message(p, s);
        return;
    }
    if (reason == am_normal && (r->head.kind == SIGNAL_EXIT_LINK || from != p->pid)) {
        signal_free(&r->head);
        return;
    }
    beside_adopt(p, take_fragments(p, &r->head));
    process_set_exiting(p, reason, true);
}

// ---- links
// ------------------------------------------------------------------------------------------

static void handle_link(Process *p, SignalRequest *r) {
    ASSERT(term_is_pid(r->from) || term_is_local_port(r->from));
    if (relation_find_id(p->links, r->from) != NULL) return; // HANDLE-4
    Relation *link = relation_add_id(&p->links, r->from);
    link->flags = RELATION_LINKED;
    link->connection = r->connection;
    if (r->connection != 0 && !remote_rely_on(p, remote_node(r->from), r->connection))
        signal_append_own(
            p, &signal_new(p->vm, SIGNAL_EXIT_LINK, r->from, am_noconnection, TERM_NONE)->head);
    trace_event(p, am_getting_linked, r->from);
}

static void handle_unlink(Process *p, SignalRequest *r) {
    Relation *link = relation_find_id(p->links, r->from);
    if (link != NULL) {
        if ((link->flags & RELATION_LINKED) != 0) trace_event(p, am_getting_unlinked, r->from);
        link->flags &= ~RELATION_LINKED;
        if (link->id == 0) relation_remove(p->links, link);
    }
    if (r->connection != 0 && r->id == 0) return; // a node that wants no answer
    SignalRequest *ack = signal_new(p->vm, SIGNAL_UNLINK_ACK, p->pid, TERM_NONE, TERM_NONE);
    ack->id = r->id;
    signal_push(p->vm, r->from, ack);
}

static void handle_unlink_ack(Process *p, SignalRequest *r) {
    Relation *link = relation_find_id(p->links, r->from);
    if (link == NULL || link->id != r->id) return;
    link->id = 0;
    if ((link->flags & RELATION_LINKED) == 0) relation_remove(p->links, link);
}

// ---- monitors and aliases
// ---------------------------------------------------------------------------

static void handle_monitor(Process *p, SignalRequest *r) {
    ASSERT(term_is_pid(r->from));
    Relation *m;
    if (r->ref == TERM_NONE) {
        m = relation_add_ref(&p->monitored_by, r->ref_words);
        m->other = r->from;
    } else {
        if (r->connection != 0 && relation_find_id(p->monitored_by, r->ref) != NULL)
            return; // LINK-1
        if (r->connection != 0 && !remote_rely_on(p, remote_node(r->from), r->connection)) return;
        m = relation_add_id(&p->monitored_by, r->ref);
        m->other = relation_keep(m, r->from);
    }
    m->name = r->head.term;
    m->connection = r->connection;
    if (m->connection != 0) m->tag = relation_keep(m, r->ref);
}

static void handle_demonitor(Process *p, SignalRequest *r) {
    Relation *m = r->ref == TERM_NONE ? relation_find_ref(p->monitored_by, r->ref_words)
                                      : relation_find_id(p->monitored_by, r->ref);
    if (m != NULL) relation_remove(p->monitored_by, m);
}

/** The monitor of these words went (fired or demonitored): so do the aliases that hang on it. */
void monitor_alias_ended(Process *p, const uint64_t words[2]) {
    Relation *a = relation_find_ref(p->aliases, words);
    if (a != NULL && (a->flags & (RELATION_ALIAS_DEMONITOR | RELATION_ALIAS_REPLY)) != 0)
        relation_remove(p->aliases, a);
}

static void handle_down(Process *p, SignalRequest *r) {
    ASSERT(term_is_local_ref(r->ref));
    const uint64_t *words = ref_words(r->ref);
    Relation *m = relation_find_ref(p->monitors_made, words);
    if (m == NULL) {
        signal_free(&r->head);
        return;
    }
    Term kind = (m->flags & RELATION_PORT) != 0 ? am_port : am_process;
    if (LIKELY(m->fragment == NULL && m->name == TERM_NONE)) {
        Term tag = m->tag == TERM_NONE ? am_DOWN : m->tag;
        Signal *s = signal_new_tuple(p, 5, (Term[]){tag, r->ref, kind, m->other, r->head.term});
        s->token = TERM_NONE;
        relation_remove(p->monitors_made, m);
        monitor_alias_ended(p, words);
        s->fragments->next = take_fragments(p, &r->head);
        append_message(p, s);
        return;
    }
    Heap build;
    heap_init_detached(&build, &p->vm->literals);
    Term object = heap_copy(&build, m->other);
    if (m->name != TERM_NONE) object = heap_tuple2(&build, m->name, node_own_name(p->vm->nodes));
    Term tag = m->tag == TERM_NONE ? am_DOWN : heap_copy(&build, m->tag);
    Term message = heap_tuple(&build, 5, (Term[]){tag, r->ref, kind, object, r->head.term});
    relation_remove(p->monitors_made, m);
    monitor_alias_ended(p, words);
    HeapFragment *f = heap_take_fragments(&build);
    HeapFragment *last = f;
    while (last->next != NULL) last = last->next;
    last->next = take_fragments(p, &r->head);
    signal_deliver(p, message, TERM_NONE, f);
}

static void handle_alias_message(Process *p, SignalRequest *r) {
    const uint64_t *words = r->ref == TERM_NONE ? r->ref_words : ref_words(r->ref);
    Relation *a = relation_find_ref(p->aliases, words);
    if (a == NULL) {
        signal_free(&r->head);
        return;
    }
    if ((a->flags & RELATION_ALIAS_REPLY) != 0) {
        relation_remove(p->aliases, a);
        process_demonitor(p, words);
    }
    r->head.kind = SIGNAL_MESSAGE;
    append_message(p, &r->head);
}

bool process_demonitor(Process *p, const uint64_t words[2]) {
    Relation *m = relation_find_ref(p->monitors_made, words);
    if (m == NULL) return false;
    if ((m->flags & RELATION_SPAWN_PENDING) != 0) return false;
    Term target = m->other;
    if (target == TERM_NONE || (m->flags & RELATION_TIME_OFFSET) != 0) {
        // nobody is to be told
    } else if ((m->flags & RELATION_PORT) != 0) {
        Term box[REF_WORDS];
        if (p->vm->port_hooks != NULL && term_is_local_port(target))
            p->vm->port_hooks->demonitor(p->vm, target, ref_on_box(box, words));
    } else {
        signal_push(p->vm, target, signal_new_demonitor(p, target, words));
    }
    relation_remove(p->monitors_made, m); // it owned the target
    monitor_alias_ended(p, words);
    return true;
}

// ---- dispatch
// ---------------------------------------------------------------------------------------

void signal_handle_one(Process *p, Signal *s) {
    SignalRequest *r = (SignalRequest *)s;
    switch ((SignalKind)s->kind) {
    case SIGNAL_MESSAGE: append_message(p, s); return;
    case SIGNAL_ALIAS_MESSAGE: handle_alias_message(p, r); return;
    case SIGNAL_EXIT:
    case SIGNAL_EXIT_LINK: handle_exit(p, r); return;
    case SIGNAL_DOWN: handle_down(p, r); return;
    case SIGNAL_LINK: handle_link(p, r); break;
    case SIGNAL_UNLINK: handle_unlink(p, r); break;
    case SIGNAL_UNLINK_ACK: handle_unlink_ack(p, r); break;
    case SIGNAL_MONITOR: handle_monitor(p, r); break;
    case SIGNAL_DEMONITOR: handle_demonitor(p, r); break;
    case SIGNAL_ENCODED:
        if (p->vm->dist_hooks->decode(p->vm, r)) {
            signal_handle_one(p, s);
            return;
        }
        break;
    case SIGNAL_SPAWN_REPLY: remote_spawn_reply(p, r); return;
    case SIGNAL_CONNECTION_DOWN: remote_connection_down(p, r); break;
    case SIGNAL_GROUP_LEADER: p->group_leader = beside_copy(p, r->head.term); break;
    case SIGNAL_REQUEST: signal_run_request(p->vm, p, r); break;
    case SIGNAL_TIMEOUT:
        if (time_receive_timer_fired(p, r->id)) {
            p->receive_timed_out = 1;
            p->receive_waiting = 0;
        }
        break;
    }
    signal_free_here(p->heap.blocks, s);
}

/** LONG-1, BESIDE-2; or a request for a collection, which p has switched off */
static bool defer(Process *p, Signal *s) {
    if (s->kind != SIGNAL_REQUEST) return false;
    const SignalRequest *r = (const SignalRequest *)s;
    bool stands_still = p->long_call != NULL || p->beside != NULL;
    bool must_wait = (stands_still && r->moves) || (p->beside != NULL && !r->beside) ||
                     ((p->flags & PROCESS_FLAG_GC_OFF) != 0 && r->collects);
    if (!must_wait) return false;
    Signal **end = &p->signals_deferred;
    while (*end != NULL) end = &(*end)->next;
    s->next = NULL;
    *end = s;
    return true;
}

bool signal_handle_all(Process *p) {
    signal_take_outer(p);
    while (p->signals_first != NULL && p->exit_reason == TERM_NONE) { // HANDLE-1, HANDLE-2
        Signal *s = p->signals_first;
        p->signals_first = s->next;
        if (p->signals_first == NULL) p->signals_last = &p->signals_first;
        ASSERT(!p->signals_busy);
        if (UNLIKELY(p->long_call != NULL || p->beside != NULL ||
                     (p->flags & PROCESS_FLAG_GC_OFF) != 0) &&
            defer(p, s))
            continue;
        p->signals_busy = 1;
        signal_handle_one(p, s);
        p->signals_busy = 0;
    }
    return p->exit_reason == TERM_NONE;
}

bool signal_handle_in_bif(Process *p) {
    DEBUG_ASSERT(!p->signals_busy && !p->collect_later);
    p->collect_later = 1;
    bool goes_on = signal_handle_all(p);
    p->collect_later = 0;
    return goes_on;
}
