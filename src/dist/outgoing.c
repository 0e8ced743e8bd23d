// SPDX-License-Identifier: Apache-2.0
//
// outgoing.c - see outgoing.h.
//
// Whoever sends encodes, with nothing locked, and then queues under the lock; the flags of a
// connection do not change while it is up. To a node without an ability that a signal needs, it is
// not sent; where somebody waits for its effect, that is answered here.
#include "dist/outgoing.h"

#include "bif/bif.h"
#include "dist/output.h"
#include "proc/scheduler.h"
#include "term/bits.h"
#include "term/ref.h"

#define SEND_REDUCTIONS 4
#define WRITTEN_AT_ONCE_BYTES (1u << 16) // queued: they do not wait for the end of a turn

// ---- control messages
// ---------------------------------------------------------------------------------

typedef struct Control {
    Term cells[9];
    uint32_t arity;
    Term payload; // TERM_NONE: there is none
} Control;

static void control_begin(Control *c, int64_t op) {
    *c = (Control){.arity = 1, .payload = TERM_NONE};
    c->cells[1] = term_from_small(op);
}

static void control_add(Control *c, Term t) {
    ASSERT(c->arity < ARRAY_COUNT(c->cells) - 1 && t != TERM_NONE);
    c->cells[++c->arity] = t;
}

static Term control_term(Control *c) {
    ASSERT(c->arity >= 2);
    c->cells[0] = header_tuple(c->arity);
    return term_from_box(c->cells);
}

static bool has_token(const OutSignal *s) { return s->token != TERM_NONE && s->token != TERM_NIL; }

/** False: the other node has no aliases. */
static bool message_control(Control *c, const OutSignal *s, uint64_t flags) {
    ASSERT(term_is_local_pid(s->from) && s->term != TERM_NONE);
    bool traced = has_token(s);
    if (term_is_tuple(s->to)) {
        control_begin(c, traced ? OP_REG_SEND_TT : OP_REG_SEND);
        control_add(c, s->from);
        control_add(c, am_empty_text);
        control_add(c, tuple_get(s->to, 0));
    } else if (term_is_reference(s->to)) {
        if ((flags & DFLAG_ALIAS) == 0) return false;
        control_begin(c, traced ? OP_ALIAS_SEND_TT : OP_ALIAS_SEND);
        control_add(c, s->from);
        control_add(c, s->to);
    } else {
        bool with_sender = (flags & DFLAG_SEND_SENDER) != 0;
        control_begin(c, with_sender ? (traced ? OP_SEND_SENDER_TT : OP_SEND_SENDER)
                                     : (traced ? OP_SEND_TT : OP_SEND));
        control_add(c, with_sender ? s->from : am_empty_text);
        control_add(c, s->to);
    }
    if (traced) control_add(c, s->token);
    c->payload = s->term;
    return true;
}

static void exit_control(Control *c, const OutSignal *s, uint64_t flags) {
    bool traced = has_token(s), is_link = s->kind == OUT_EXIT_LINK;
    ASSERT(is_link || s->kind == OUT_EXIT);
    bool has_payload = (flags & DFLAG_EXIT_PAYLOAD) != 0;
    int64_t op = is_link ? (traced ? OP_EXIT_TT : OP_EXIT) : (traced ? OP_EXIT2_TT : OP_EXIT2);
    if (has_payload)
        op = is_link ? (traced ? OP_PAYLOAD_EXIT_TT : OP_PAYLOAD_EXIT)
                     : (traced ? OP_PAYLOAD_EXIT2_TT : OP_PAYLOAD_EXIT2);
    control_begin(c, op);
    control_add(c, s->from);
    control_add(c, s->to);
    if (traced) control_add(c, s->token);
    if (has_payload)
        c->payload = s->term;
    else
        control_add(c, s->term);
}

/** False: the other node has no monitors (of names). */
static bool monitor_control(Control *c, const OutSignal *s, uint64_t flags) {
    ASSERT(term_is_reference(s->ref));
    bool by_name = term_is_tuple(s->to) || term_is_atom(s->from);
    if ((flags & DFLAG_DIST_MONITOR) == 0) return false;
    if (by_name && (flags & DFLAG_DIST_MONITOR_NAME) == 0) return false;
    bool has_payload = s->kind == OUT_DOWN && (flags & DFLAG_EXIT_PAYLOAD) != 0;
    control_begin(c, s->kind == OUT_MONITOR     ? OP_MONITOR_P
                     : s->kind == OUT_DEMONITOR ? OP_DEMONITOR_P
                     : has_payload              ? OP_PAYLOAD_MONITOR_P_EXIT
                                                : OP_MONITOR_P_EXIT);
    control_add(c, s->from);
    control_add(c, term_is_tuple(s->to) ? tuple_get(s->to, 0) : s->to);
    control_add(c, s->ref);
    if (has_payload)
        c->payload = s->term;
    else if (s->kind == OUT_DOWN)
        control_add(c, s->term);
    return true;
}

static void unlink_control(Control *c, const OutSignal *s, uint64_t flags, Term id) {
    ASSERT(s->id != 0 && term_is_integer(id));
    if ((flags & DFLAG_UNLINK_ID) == 0) {
        control_begin(c, OP_UNLINK);
    } else {
        control_begin(c, s->kind == OUT_UNLINK ? OP_UNLINK_ID : OP_UNLINK_ID_ACK);
        control_add(c, id);
    }
    control_add(c, s->from);
    control_add(c, s->to);
}

static void spawn_control(Control *c, const OutSignal *s) {
    bool traced = has_token(s);
    ASSERT(term_is_reference(s->ref));
    if (s->kind == OUT_SPAWN_REPLY) {
        control_begin(c, traced ? OP_SPAWN_REPLY_TT : OP_SPAWN_REPLY);
        control_add(c, s->ref);
        control_add(c, s->to);
        control_add(c, term_from_small((int64_t)s->id));
        control_add(c, s->term);
    } else {
        ASSERT(s->kind == OUT_SPAWN_REQUEST && term_is_cell(s->term));
        Term leader = term_head(s->term), rest = term_tail(s->term);
        control_begin(c, traced ? OP_SPAWN_REQUEST_TT : OP_SPAWN_REQUEST);
        control_add(c, s->ref);
        control_add(c, s->from);
        control_add(c, leader);
        control_add(c, term_head(rest));
        rest = term_tail(rest);
        control_add(c, term_head(rest));
        c->payload = term_tail(rest);
    }
    if (traced) control_add(c, s->token);
}

/** The control message of a signal. False: the other node would not understand it. */
static bool control_of(Control *c, const OutSignal *s, uint64_t flags, Term id) {
    switch (s->kind) {
    case OUT_MESSAGE: return message_control(c, s, flags);
    case OUT_UNLINK: unlink_control(c, s, flags, id); return true;
    case OUT_UNLINK_ACK:
        if ((flags & DFLAG_UNLINK_ID) == 0) return false;
        unlink_control(c, s, flags, id);
        return true;
    case OUT_EXIT_LINK:
    case OUT_EXIT: exit_control(c, s, flags); return true;
    case OUT_MONITOR:
    case OUT_DEMONITOR:
    case OUT_DOWN: return monitor_control(c, s, flags);
    case OUT_LINK:
    case OUT_GROUP_LEADER:
        control_begin(c, s->kind == OUT_LINK ? OP_LINK : OP_GROUP_LEADER);
        control_add(c, s->from);
        control_add(c, s->to);
        return true;
    case OUT_SPAWN_REQUEST:
        if ((flags & DFLAG_SPAWN) == 0) return false;
        spawn_control(c, s);
        return true;
    case OUT_SPAWN_REPLY: spawn_control(c, s); return true;
    }
    UNREACHABLE();
}

/** Somebody here waits for what the other node cannot do. */
static void answer_unable(VM *vm, const OutSignal *s) {
    SignalRequest *r;
    ASSERT(s->kind != OUT_SPAWN_REPLY);
    if (s->kind == OUT_SPAWN_REQUEST) {
        r = signal_new(vm, SIGNAL_SPAWN_REPLY, TERM_NONE, am_notsup, s->ref);
        signal_push(vm, s->from, r);
    } else if (s->kind == OUT_MONITOR) {
        r = signal_new(vm, SIGNAL_DOWN, TERM_NONE, am_noconnection, s->ref);
        signal_push(vm, s->from, r);
    }
}

/** Whose signal it is (OUT-1): a child's parent hears of it first. */
static Term sender_of(const OutSignal *s) {
    Term sender = s->kind == OUT_SPAWN_REPLY ? s->term : s->from;
    return sender != TERM_NONE && term_is_local_pid(sender) ? sender : TERM_NONE;
}

/** NULL: the other node would not understand it. */
static DistItem *encode(VM *vm, const OutSignal *s, uint64_t flags, Budget *budget) {
    Control c;
    Heap id_heap;
    heap_init_detached(&id_heap, &vm->literals);
    ASSERT(budget == NULL || s->id == 0); // then it holds no memory, and needs no guard
    DistItem *item = NULL;
    if (control_of(&c, s, flags, heap_unsigned(&id_heap, s->id))) {
        ExternalAtoms atoms;
        bool has_header = (flags & DFLAGS_HEADER) != 0;
        atoms.count = 0;
        atoms.in_full = (flags & DFLAG_DIST_HDR_ATOM_CACHE) == 0;
        if (!atoms.in_full) memset(atoms.index, 0, sizeof atoms.index);
        size_t count;
        uint8_t *bytes = external_encode_message(&vm->external, control_term(&c), c.payload,
                                                 has_header ? &atoms : NULL, &count, budget);
        item = output_item_new(bytes, count, has_header ? &atoms : NULL, sender_of(s));
    }
    heap_destroy(&id_heap);
    return item;
}

// ---- queueing
// -----------------------------------------------------------------------------------------

static Term kept(Heap *h, Term t) { return t == TERM_NONE ? TERM_NONE : heap_copy(h, t); }

/** Under the lock. */
static void keep_waiting(DistNode *n, const OutSignal *s) {
    ASSERT(n->phase == DIST_PENDING);
    DistWaiting *w = mem_zalloc(sizeof *w);
    heap_init_detached(&w->heap, &literal_range_none);
    w->signal = (OutSignal){.kind = s->kind,
                            .from = kept(&w->heap, s->from),
                            .to = kept(&w->heap, s->to),
                            .ref = kept(&w->heap, s->ref),
                            .term = kept(&w->heap, s->term),
                            .token = kept(&w->heap, s->token),
                            .id = s->id};
    *n->waiting_last = w;
    n->waiting_last = &w->next;
}

static void free_waiting(DistWaiting *w) {
    heap_destroy(&w->heap);
    mem_free(w);
}

void outgoing_free_waiting(DistWaiting *w) {
    for (DistWaiting *next; w != NULL; w = next) {
        next = w->next;
        free_waiting(w);
    }
}

void outgoing_encode_waiting(DistNode *n) {
    ASSERT(n->phase == DIST_CONNECTED);
    while (n->waiting != NULL) {
        DistWaiting *w = n->waiting;
        n->waiting = w->next;
        DistItem *item = encode(n->vm, &w->signal, n->flags, NULL);
        if (item != NULL)
            output_queue(n, item);
        else
            answer_unable(n->vm, &w->signal);
        free_waiting(w);
    }
    n->waiting_last = &n->waiting;
}

/** Keeps s if the connection is pending. True: done. Else *flags and *connection of the running
 * one, 0: there is none. */
static bool put_if_pending(DistNode *n, const OutSignal *s, uint32_t only, uint64_t *flags,
                           uint32_t *connection) {
    mutex_lock(&n->lock);
    bool is_it = only == 0 || only == n->connection;
    bool is_pending = is_it && n->phase == DIST_PENDING;
    if (is_pending) keep_waiting(n, s);
    *flags = n->flags;
    *connection = is_it && n->phase == DIST_CONNECTED ? n->connection : 0;
    mutex_unlock(&n->lock);
    return is_pending;
}

/** n has got a message of p's: it is written when p's turn ends, with those that follow. */
static void wake_later(DistNode *n, Process *p) {
    Scheduler *s = p->scheduler;
    bool is_much =
        atomic_load_explicit(&n->queued_bytes, memory_order_relaxed) >= WRITTEN_AT_ONCE_BYTES;
    if (s == NULL || s->kind != SCHEDULER_NORMAL || is_much) {
        output_wake(n);
        return;
    }
    ASSERT(n->vm == s->vm);
    if (s->unflushed != NULL && s->unflushed != n) output_wake(s->unflushed);
    s->unflushed = n;
}

/** sender: who runs, if it is a message of a process. */
static bool put(DistNode *n, const OutSignal *s, uint32_t only, Process *sender, Budget *budget) {
    uint64_t flags;
    uint32_t connection;
    ASSERT(s->kind <= OUT_SPAWN_REPLY);
    if (put_if_pending(n, s, only, &flags, &connection)) return true;
    if (connection == 0) return false;
    DistItem *item = encode(n->vm, s, flags, budget);
    if (item == NULL) {
        answer_unable(n->vm, s);
        return true;
    }
    mutex_lock(&n->lock);
    bool is_up = n->phase == DIST_CONNECTED && n->connection == connection;
    if (is_up) output_queue(n, item);
    mutex_unlock(&n->lock);
    if (!is_up)
        output_free_items(item);
    else if (sender != NULL)
        wake_later(n, sender);
    else
        output_wake(n);
    return is_up;
}

bool outgoing_put(DistNode *n, const OutSignal *s, uint32_t only) {
    return put(n, s, only, NULL, NULL);
}

// ---- messages of processes
// ----------------------------------------------------------------------------

static bool is_busy(DistNode *n) {
    return atomic_load_explicit(&n->queued_bytes, memory_order_relaxed) >=
           n->vm->config.dist_busy_limit;
}

/** Whoever has filled the queue waits until it has sunk. */
static void wait_if_busy(DistNode *n, Process *p) {
    if (!is_busy(n)) return;
    Term controller = TERM_NONE;
    mutex_lock(&n->lock);
    bool waits = n->phase == DIST_CONNECTED && is_busy(n);
    if (waits) dist_suspend(n, p);
    controller = n->controller;
    mutex_unlock(&n->lock);
    if (waits && tracing_watches(&p->vm->tracing, TRACING_BUSY_DIST_PORT))
        p->vm->tracing.hooks->busy(p, am_busy_dist_port, controller);
}

void outgoing_wait(Process *p, Term node) {
    DistNode *n = dist_node_find(p->vm, node);
    if (n != NULL) wait_if_busy(n, p);
}

#define BIG_TERMS 2000                         // a message of more is encoded in a long call
#define BIG_BYTES (1u << 17)                   // and one of more bytes
#define BIG_DEPTH 64                           // looking at it goes that deep
#define MESSAGE_BYTES_MAX (UINT32_MAX - 4096u) // with its control message

/** May encoding t take long? Looks at no more than BIG_TERMS of it. */
static bool is_big(Term t) {
    Term todo[BIG_DEPTH];
    size_t count = 0, seen = 0, bytes = 0;
    for (;;) {
        while (term_is_cell(t)) {
            if (++seen > BIG_TERMS || count == BIG_DEPTH) return true;
            if (term_is_pointer(term_head(t))) todo[count++] = term_head(t);
            t = term_tail(t);
        }
        if (term_is_bitstring(t)) {
            bytes += bits_size(t) / 8;
            if (bytes > BIG_BYTES) return true;
        } else if (term_is_boxed(t)) {
            size_t first, n = box_terms(*term_box(t), &first);
            seen += n;
            if (seen > BIG_TERMS) return true;
            for (size_t i = 0; i < n; i++) {
                Term e = term_box(t)[first + i];
                if (!term_is_pointer(e)) continue;
                if (count == BIG_DEPTH) return true;
                todo[count++] = e;
            }
        }
        if (count == 0) return false;
        t = todo[--count];
    }
}

static void destroy_heap(void *heap) { heap_destroy(heap); }

/** ok, noconnect, nosuspend. */
static Term send_message(Process *p, DistNode *n, Term to, Term message, uint32_t flags,
                         Budget *budget) {
    VM *vm = p->vm;
    Term refused = (flags & REMOTE_NOCONNECT) != 0 ? am_noconnect : am_ok;
    if (!dist_is_alive(vm)) return refused;
    if ((flags & REMOTE_NOSUSPEND) != 0 && is_busy(n)) return am_nosuspend;
    OutSignal s = {.kind = OUT_MESSAGE,
                   .from = p->pid,
                   .to = to,
                   .ref = TERM_NONE,
                   .term = message,
                   .token = TERM_NONE};
    Heap build;
    BudgetGuard guard;
    heap_init_detached(&build, &vm->literals);
    budget_guard(budget, &guard, destroy_heap, &build);
    if (UNLIKELY(p->seq_trace_token != TERM_NIL))
        s.token = vm->tracing.hooks->token_for_message(p, to, message, &build);
    bool is_sent = put(n, &s, 0, p, budget);
    while (!is_sent && (flags & REMOTE_NOCONNECT) == 0 && dist_auto_connect(n))
        is_sent = put(n, &s, 0, p, budget);
    budget_unguard(budget, &guard);
    heap_destroy(&build);
    p->reductions_left -= SEND_REDUCTIONS;
    if (!is_sent) return refused;
    if ((flags & REMOTE_NOSUSPEND) == 0) wait_if_busy(n, p);
    return am_ok;
}

Term outgoing_send(Process *p, Term to, Term message, uint32_t flags) {
    DistNode *n = dist_node_get(p->vm, remote_node(to));
    if (n == NULL) return am_ok; // of this node's former life: it is gone
    if (UNLIKELY(is_big(message)))
        return bif_trap(p, am_erts_internal, am_dist_send, 3,
                        (Term[]){to, message, term_from_small(flags)});
    Term result = send_message(p, n, to, message, flags, NULL);
    if (LIKELY(p->suspend_count == 0)) return result;
    return bif_when_resumed(p, (flags & REMOTE_ANSWERS_MESSAGE) != 0 ? message : result);
}

/** A packet tells its length in four bytes, and so does a binary. */
static bool is_too_big(VM *vm, Term t, Budget *budget) {
    ExternalOptions options = {.minor_version = 2};
    return external_size(&vm->external, t, &options, budget) > MESSAGE_BYTES_MAX;
}

bool outgoing_fits(VM *vm, Term t) { return !is_big(t) || !is_too_big(vm, t, NULL); }

/**
 * erts_internal:dist_send(To, Message, Flags): a big message goes on here. Not OTP's.
 *
 * While the connection is busy it is not even encoded: what a process that is killed meanwhile
 * would have sent is not there, and the queue does not grow with the number of those who come.
 */
BIF_LONG(erts_internal, dist_send, 3) {
    bool is_name = term_is_tuple_of(a[0], 2) && term_is_atom(tuple_get(a[0], 0)) &&
                   term_is_atom(tuple_get(a[0], 1));
    if ((!is_name && !term_is_remote(a[0])) || !term_is_small(a[2]) || term_is_port(a[0]))
        return bif_badarg(p);
    DistNode *n = dist_node_get(p->vm, remote_node(a[0]));
    uint32_t flags = (uint32_t)term_small(a[2]);
    if (n != NULL && (flags & REMOTE_NOSUSPEND) == 0) wait_if_busy(n, p);
    if (p->suspend_count > 0) return bif_yield(p, am_erts_internal, am_dist_send, 3, a);
    if (is_too_big(p->vm, a[1], long_call_budget(p))) return bif_error(p, am_system_limit);
    Term result = n == NULL ? am_ok : send_message(p, n, a[0], a[1], flags, long_call_budget(p));
    return bif_when_resumed(p, (flags & REMOTE_ANSWERS_MESSAGE) != 0 ? a[1] : result);
}

// ---- other signals
// ------------------------------------------------------------------------------------

static bool kind_of(uint8_t kind, OutKind *out) {
    switch ((SignalKind)kind) {
    case SIGNAL_EXIT: *out = OUT_EXIT; return true;
    case SIGNAL_EXIT_LINK: *out = OUT_EXIT_LINK; return true;
    case SIGNAL_LINK: *out = OUT_LINK; return true;
    case SIGNAL_UNLINK: *out = OUT_UNLINK; return true;
    case SIGNAL_UNLINK_ACK: *out = OUT_UNLINK_ACK; return true;
    case SIGNAL_MONITOR: *out = OUT_MONITOR; return true;
    case SIGNAL_DEMONITOR: *out = OUT_DEMONITOR; return true;
    case SIGNAL_DOWN: *out = OUT_DOWN; return true;
    case SIGNAL_GROUP_LEADER: *out = OUT_GROUP_LEADER; return true;
    default: return false; // a request: only this node's processes get any
    }
}

/** An unlink to a node that acknowledges none is done when it is sent. */
static void acknowledge_unlink(DistNode *n, Term to, const SignalRequest *s) {
    ASSERT(s->head.kind == SIGNAL_UNLINK && term_is_local_pid(s->from));
    mutex_lock(&n->lock);
    bool is_old = n->phase == DIST_CONNECTED && (n->flags & DFLAG_UNLINK_ID) == 0;
    mutex_unlock(&n->lock);
    if (!is_old) return;
    SignalRequest *ack = signal_new(n->vm, SIGNAL_UNLINK_ACK, to, TERM_NONE, TERM_NONE);
    ack->id = s->id;
    signal_push(n->vm, s->from, ack);
}

static void kill_connection(DistNode *n) {
    mutex_lock(&n->lock);
    uint32_t connection = n->phase == DIST_CONNECTED ? n->connection : 0;
    mutex_unlock(&n->lock);
    if (connection != 0) dist_kill(n, connection, am_killed);
}

void outgoing_signal(VM *vm, Term to, SignalRequest *s) {
    OutSignal out = {.from = s->from,
                     .to = to,
                     .ref = s->ref,
                     .term = s->head.term,
                     .token = s->head.token,
                     .id = s->id};
    DistNode *n = dist_node_get(vm, remote_node(to));
    if (n != NULL && dist_is_alive(vm) && kind_of(s->head.kind, &out.kind)) {
        // These connect like a message; whoever links or monitors has connected already.
        bool connects = s->head.kind == SIGNAL_EXIT || s->head.kind == SIGNAL_GROUP_LEADER;
        if (out.term != TERM_NONE && !outgoing_fits(vm, out.term)) { // as on BEAM
            kill_connection(n);
            signal_free(&s->head);
            return;
        }
        bool is_sent = outgoing_put(n, &out, 0);
        while (!is_sent && connects && dist_auto_connect(n)) is_sent = outgoing_put(n, &out, 0);
        if (s->head.kind == SIGNAL_UNLINK) acknowledge_unlink(n, to, s);
        if (s->head.kind == SIGNAL_DOWN && term_is_atom(s->from)) dist_take_named(n, s->ref);
    }
    signal_free(&s->head);
}
