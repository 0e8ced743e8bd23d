// SPDX-License-Identifier: Apache-2.0
//
// control.c - control messages that came in: checked, and made into signals for processes here.
//
// Who a message says it comes from must be a process of the node that sent it. A process of this
// node's former life is gone: what is for it is dropped, or answered with noproc. Anything else
// that is not as it should be ends the connection.
//
// Threads: the input's (DIST-2).
#include "bif/bif.h"
#include "dist/input.h"
#include "dist/outgoing.h"
#include "proc/registry.h"
#include "term/bits.h"
#include "term/external.h"
#include "term/ref.h"

typedef struct Incoming {
    const DistMessage *m;
    VM *vm;
    Heap heap;     // of the control message
    const Term *t; // its elements; t[0]: the number
    size_t arity;
    size_t payload_at; // where in the bytes the second term stands
} Incoming;

// ---- whose is it
// -------------------------------------------------------------------------------------

static bool is_theirs(const Incoming *in, Term pid) {
    return term_is_box_of(pid, BOX_EXT_PID) && external_node(pid)->name == in->m->node->name;
}

/** A pid of this node's former life. */
static bool is_former(const Incoming *in, Term t) {
    return term_is_remote(t) && external_node(t)->name == node_own_name(in->vm->nodes);
}

bool control_is_token(Term t) {
    if (t == TERM_NONE || t == TERM_NIL) return true;
    if (!term_is_tuple_of(t, 5)) return false;
    Term flags = tuple_get(t, 0), serial = tuple_get(t, 2), last = tuple_get(t, 4);
    return (term_is_pid(tuple_get(t, 3)) || term_is_atom(tuple_get(t, 3))) &&
           term_is_small(flags) && term_is_small(serial) && term_is_small(last) &&
           term_small(flags) >= 0 && term_small(flags) <= UINT32_MAX;
}

typedef enum { PLACE_HERE, PLACE_GONE, PLACE_WRONG } Place;

static Place place_of(const Incoming *in, Term pid) {
    if (term_is_local_pid(pid)) return PLACE_HERE;
    return is_former(in, pid) ? PLACE_GONE : PLACE_WRONG;
}

static bool reply(Incoming *in, OutKind kind, Term from, Term to, Term ref, Term term) {
    ASSERT(kind == OUT_EXIT_LINK || kind == OUT_DOWN);
    OutSignal s = {
        .kind = kind, .from = from, .to = to, .ref = ref, .term = term, .token = TERM_NONE};
    (void)outgoing_put(in->m->node, &s, in->m->connection); // an ended connection needs no answer
    return true;
}

// ---- signals
// -----------------------------------------------------------------------------------------

static SignalRequest *signal_of(Incoming *in, SignalKind kind, Term from, Term term, Term ref) {
    SignalRequest *s = signal_new(in->vm, kind, from, term, ref);
    s->connection = in->m->connection;
    ASSERT(s->connection != 0);
    if (kind == SIGNAL_MESSAGE || kind == SIGNAL_ALIAS_MESSAGE) {
        s->head.flags |= SIGNAL_FLAG_REMOTE;
        s->head.sender = term_atom_index(in->m->node->name);
    }
    return s;
}

/** Decodes the second term into a heap of its own. TERM_NONE: it is malformed, or missing. */
static Term payload(Incoming *in, Heap *build) {
    const DistMessage *m = in->m;
    size_t used;
    heap_init_detached(build, &in->vm->literals);
    if (in->payload_at >= m->count) return TERM_NONE;
    return external_decode_cached(build, &in->vm->external, m->bytes + in->payload_at,
                                  m->count - in->payload_at, m->versioned, m->atoms, m->atom_count,
                                  NULL, &used);
}

#define ENCODED_BYTES_MIN ((size_t)32 << 10) // from so many on the receiver decodes

/** The signal takes its second term along as it came: {Bytes, Atoms, Versioned}. */
static void push_encoded(Incoming *in, Term to, SignalRequest *s, Term token) {
    const DistMessage *m = in->m;
    Heap build;
    heap_init_detached(&build, &in->vm->literals);
    Term bytes;
    size_t count = m->count - in->payload_at;
    if (m->source != NULL) {
        size_t start = (size_t)(m->bytes - m->source->bytes) + in->payload_at;
        binary_retain(m->source);
        bytes = heap_sub_bits(&build, heap_binary_ref(&build, m->source), start * 8, count * 8);
    } else {
        bytes = heap_binary_from(&build, m->bytes + in->payload_at, count);
    }
    Term atoms = heap_tuple(&build, m->atom_count, m->atoms);
    s->head.term = heap_tuple3(&build, bytes, atoms, term_from_bool(m->versioned));
    if (token != TERM_NONE) s->head.token = heap_copy(&build, token);
    s->id = s->head.kind;
    s->head.kind = SIGNAL_ENCODED;
    HeapFragment **last = &s->head.fragments;
    while (*last != NULL) last = &(*last)->next;
    *last = heap_take_fragments(&build);
    heap_destroy(&build);
    signal_push(in->vm, to, s);
}

bool control_decode_signal(VM *vm, SignalRequest *s) {
    ASSERT(s->head.kind == SIGNAL_ENCODED && term_is_tuple_of(s->head.term, 3));
    const Term *t = tuple_elements(s->head.term);
    BitsView v = bits_view(t[0]);
    ASSERT(v.start_bit % 8 == 0);
    Heap build;
    size_t used;
    heap_init_detached(&build, &vm->literals);
    Term term = external_decode_cached(&build, &vm->external, v.base + v.start_bit / 8,
                                       v.size_bits / 8, t[2] == am_true, tuple_elements(t[1]),
                                       tuple_arity(t[1]), bits_binary(t[0]), &used);
    if (term != TERM_NONE) {
        // The bytes are of no use any more: they need not wait for the receiver's collection.
        bool has_token = s->head.token != TERM_NONE && s->head.token != TERM_NIL;
        for (HeapFragment *f = s->head.fragments; f != NULL && !has_token; f = f->next)
            off_heap_release(&f->off_heap);
        s->head.term = term;
        s->head.kind = (uint8_t)s->id;
        s->id = 0;
        HeapFragment **last = &s->head.fragments;
        while (*last != NULL) last = &(*last)->next;
        *last = heap_take_fragments(&build);
    }
    DistNode *n = term == TERM_NONE ? dist_node_of_connection(vm, s->connection) : NULL;
    if (n != NULL) {
        input_log_invalid(vm, n->name, v.base + v.start_bit / 8, v.size_bits / 8);
        dist_kill(n, s->connection, am_killed);
    }
    heap_destroy(&build);
    return term != TERM_NONE;
}

/** A signal whose term is the message's second one: that is not copied again. */
static bool push_with_payload(Incoming *in, Term to, SignalRequest *s, Term token) {
    ASSERT(term_is_local_pid(to) && s->head.term == TERM_NONE);
    if (in->m->count > ENCODED_BYTES_MIN + in->payload_at) {
        push_encoded(in, to, s, token);
        return true;
    }
    Heap build;
    Term t = payload(in, &build);
    if (t == TERM_NONE) {
        heap_destroy(&build);
        signal_free(&s->head);
        return false;
    }
    if (token != TERM_NONE) s->head.token = heap_copy(&build, token);
    s->head.term = t;
    HeapFragment **last = &s->head.fragments;
    while (*last != NULL) last = &(*last)->next;
    *last = heap_take_fragments(&build);
    heap_destroy(&build);
    if (s->head.kind == SIGNAL_MESSAGE)
        signal_push_message(in->vm, to, &s->head);
    else
        signal_push(in->vm, to, s);
    return true;
}

/** from and to stand at 1 and 2; the reason, behind a token if there is one, at 3, or behind. */
static bool obey_exit(Incoming *in, SignalKind kind, bool traced, bool has_payload) {
    ASSERT(kind == SIGNAL_EXIT || kind == SIGNAL_EXIT_LINK);
    if (in->arity != 3u + traced + !has_payload) return false;
    Term from = in->t[1], to = in->t[2], token = traced ? in->t[3] : TERM_NONE;
    if (!is_theirs(in, from) || !control_is_token(token)) return false;
    Place place = place_of(in, to);
    if (place != PLACE_HERE) return place == PLACE_GONE;
    if (has_payload) {
        SignalRequest *s = signal_of(in, kind, from, TERM_NONE, TERM_NONE);
        s->head.token = TERM_NONE;
        return push_with_payload(in, to, s, token);
    }
    SignalRequest *s = signal_of(in, kind, from, in->t[3 + traced], token);
    s->head.token = s->ref; // signal_new made a copy of it
    s->ref = TERM_NONE;
    signal_push(in->vm, to, s);
    return true;
}

static bool obey_link(Incoming *in) {
    if (in->arity != 3 || !is_theirs(in, in->t[1])) return false;
    Term from = in->t[1], to = in->t[2];
    Place place = place_of(in, to);
    if (place == PLACE_WRONG) return false;
    if (place == PLACE_GONE) return reply(in, OUT_EXIT_LINK, to, from, TERM_NONE, am_noproc);
    signal_push(in->vm, to, signal_of(in, SIGNAL_LINK, from, TERM_NONE, TERM_NONE));
    return true;
}

/** The id, if there is one, stands before from and to. */
static bool obey_unlink(Incoming *in, SignalKind kind, bool has_id) {
    ASSERT(kind == SIGNAL_UNLINK || (kind == SIGNAL_UNLINK_ACK && has_id));
    uint64_t id = 0;
    if (in->arity != 3u + has_id) return false;
    if (has_id && (!bif_get_uint64(in->t[1], &id) || id == 0)) return false;
    Term from = in->t[1 + has_id], to = in->t[2 + has_id];
    Place place = place_of(in, to);
    if (!is_theirs(in, from) || place == PLACE_WRONG) return false;
    if (place == PLACE_GONE) return true;
    SignalRequest *s = signal_of(in, kind, from, TERM_NONE, TERM_NONE);
    s->id = id;
    signal_push(in->vm, to, s);
    return true;
}

static bool obey_monitor(Incoming *in) {
    if (in->arity != 4 || !is_theirs(in, in->t[1]) || !term_is_reference(in->t[3])) return false;
    Term watcher = in->t[1], watched = in->t[2], ref = in->t[3], pid = watched, name = TERM_NONE;
    if (term_is_atom(watched)) {
        name = watched;
        pid = registry_find(in->vm, name);
    } else if (place_of(in, watched) == PLACE_WRONG) {
        return false;
    }
    if (pid == TERM_NONE || !term_is_local_pid(pid))
        return reply(in, OUT_DOWN, watched, watcher, ref, am_noproc);
    if (name != TERM_NONE) dist_note_named(in->m->node, in->m->connection, ref, pid);
    signal_push(in->vm, pid, signal_of(in, SIGNAL_MONITOR, watcher, name, ref));
    return true;
}

static bool obey_demonitor(Incoming *in) {
    if (in->arity != 4 || !is_theirs(in, in->t[1]) || !term_is_reference(in->t[3])) return false;
    Term watched = in->t[2];
    if (term_is_atom(watched))
        watched = dist_take_named(in->m->node, in->t[3]);
    else if (place_of(in, watched) == PLACE_WRONG)
        return false;
    if (watched != TERM_NONE && term_is_local_pid(watched))
        signal_push(in->vm, watched,
                    signal_of(in, SIGNAL_DEMONITOR, in->t[1], TERM_NONE, in->t[3]));
    return true;
}

/** {.., Watched, Watcher, Ref, Reason}, or the reason behind. */
static bool obey_down(Incoming *in, bool has_payload) {
    if (in->arity != 5u - has_payload) return false;
    Term watched = in->t[1], watcher = in->t[2], ref = in->t[3];
    if (!term_is_reference(ref)) return false;
    if (!term_is_atom(watched) && !term_is_box_of(watched, BOX_EXT_PID)) return false;
    Place place = place_of(in, watcher);
    if (place != PLACE_HERE) return place == PLACE_GONE;
    if (!term_is_local_ref(ref)) return true; // nobody here has such a monitor
    SignalRequest *s =
        signal_of(in, SIGNAL_DOWN, TERM_NONE, has_payload ? TERM_NONE : in->t[4], ref);
    if (has_payload) return push_with_payload(in, watcher, s, TERM_NONE);
    signal_push(in->vm, watcher, s);
    return true;
}

static bool obey_group_leader(Incoming *in) {
    if (in->arity != 3 || !term_is_pid(in->t[1]) || !term_is_pid(in->t[2])) return false;
    if (term_is_local_pid(in->t[2]))
        signal_push(in->vm, in->t[2],
                    signal_of(in, SIGNAL_GROUP_LEADER, TERM_NONE, in->t[1], TERM_NONE));
    return true;
}

// ---- messages
// ----------------------------------------------------------------------------------------

/** The message goes to a pid here; TERM_NONE: to nobody, but it must be well-formed no less. */
static bool deliver(Incoming *in, Term to, Term token) {
    if (!control_is_token(token)) return false;
    if (to == TERM_NONE || !term_is_local_pid(to)) return true;
    SignalRequest *s = signal_of(in, SIGNAL_MESSAGE, TERM_NONE, TERM_NONE, TERM_NONE);
    s->head.token = TERM_NIL;
    return push_with_payload(in, to, s, token);
}

/** {.., From, To}, {.., From, To, Token} */
static bool obey_send(Incoming *in, bool traced) {
    if (in->arity != 3u + traced || !term_is_pid(in->t[2])) return false;
    return deliver(in, in->t[2], traced ? in->t[3] : TERM_NONE);
}

/** {.., From, Unused, Name}, {.., From, Unused, Name, Token} */
static bool obey_named_send(Incoming *in, bool traced) {
    if (in->arity != 4u + traced || !term_is_pid(in->t[1]) || !term_is_atom(in->t[3])) return false;
    Term to = registry_find(in->vm, in->t[3]);
    return deliver(in, to, traced ? in->t[4] : TERM_NONE);
}

static bool obey_alias_send(Incoming *in, bool traced) {
    if (in->arity != 3u + traced || !term_is_reference(in->t[2])) return false;
    Term alias = in->t[2], token = traced ? in->t[3] : TERM_NONE;
    if (!control_is_token(token)) return false;
    if (!term_is_local_ref(alias) || ref_owner(alias) == 0) return true;
    SignalRequest *s = signal_of(in, SIGNAL_ALIAS_MESSAGE, TERM_NONE, TERM_NONE, alias);
    s->head.token = TERM_NIL;
    return push_with_payload(in, ref_owner(alias), s, token);
}

// ---- dispatch
// ----------------------------------------------------------------------------------------

static bool obey(Incoming *in, int64_t op, Term control) {
    switch (op) {
    case OP_LINK: return obey_link(in);
    case OP_SEND:
    case OP_SEND_SENDER: return obey_send(in, false);
    case OP_SEND_TT:
    case OP_SEND_SENDER_TT: return obey_send(in, true);
    case OP_REG_SEND: return obey_named_send(in, false);
    case OP_REG_SEND_TT: return obey_named_send(in, true);
    case OP_ALIAS_SEND: return obey_alias_send(in, false);
    case OP_ALIAS_SEND_TT: return obey_alias_send(in, true);
    case OP_EXIT: return obey_exit(in, SIGNAL_EXIT_LINK, false, false);
    case OP_EXIT_TT: return obey_exit(in, SIGNAL_EXIT_LINK, true, false);
    case OP_PAYLOAD_EXIT: return obey_exit(in, SIGNAL_EXIT_LINK, false, true);
    case OP_PAYLOAD_EXIT_TT: return obey_exit(in, SIGNAL_EXIT_LINK, true, true);
    case OP_EXIT2: return obey_exit(in, SIGNAL_EXIT, false, false);
    case OP_EXIT2_TT: return obey_exit(in, SIGNAL_EXIT, true, false);
    case OP_PAYLOAD_EXIT2: return obey_exit(in, SIGNAL_EXIT, false, true);
    case OP_PAYLOAD_EXIT2_TT: return obey_exit(in, SIGNAL_EXIT, true, true);
    case OP_UNLINK: return obey_unlink(in, SIGNAL_UNLINK, false);
    case OP_UNLINK_ID: return obey_unlink(in, SIGNAL_UNLINK, true);
    case OP_UNLINK_ID_ACK: return obey_unlink(in, SIGNAL_UNLINK_ACK, true);
    case OP_MONITOR_P: return obey_monitor(in);
    case OP_DEMONITOR_P: return obey_demonitor(in);
    case OP_MONITOR_P_EXIT: return obey_down(in, false);
    case OP_PAYLOAD_MONITOR_P_EXIT: return obey_down(in, true);
    case OP_GROUP_LEADER: return obey_group_leader(in);
    case OP_SPAWN_REQUEST:
    case OP_SPAWN_REQUEST_TT: return spawn_request_obey(in->m, control, in->payload_at);
    case OP_SPAWN_REPLY:
    case OP_SPAWN_REPLY_TT: return spawn_reply_obey(in->m, control);
    default: return false;
    }
}

bool control_obey(const DistMessage *m) {
    Incoming in = {.m = m, .vm = m->node->vm};
    ASSERT(m->bytes != NULL && m->connection != 0);
    heap_init_detached(&in.heap, &in.vm->literals);
    Term control =
        external_decode_cached(&in.heap, &in.vm->external, m->bytes, m->count, m->versioned,
                               m->atoms, m->atom_count, NULL, &in.payload_at);
    bool is_good = control != TERM_NONE && term_is_tuple(control) && tuple_arity(control) >= 1 &&
                   term_is_small(tuple_get(control, 0));
    if (is_good) {
        in.t = tuple_elements(control);
        in.arity = tuple_arity(control);
        is_good = obey(&in, term_small(in.t[0]), control);
    }
    heap_destroy(&in.heap);
    return is_good;
}
