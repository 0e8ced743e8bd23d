// SPDX-License-Identifier: Apache-2.0
//
// spawn.c - processes that one node asks another for.
//
//   here:   dist_spawn_request --SPAWN_REQUEST--> there      a pending entry among the monitors
//   made there:  process made, related to its parent --SPAWN_REPLY--> here: SIGNAL_SPAWN_REPLY
//
// SPAWN-1: the reply is queued before the process runs, so whoever hears from it has heard of it.
// SPAWN-2: an entry that waits for its reply is RELATION_SPAWN_PENDING; it has the options that the
//          reply needs, and is answered with noconnection when its connection ends.
#include "proc/spawn.h"
#include "bif/bif.h"
#include "dist/input.h"
#include "dist/outgoing.h"
#include "proc/spawn_option.h"
#include "proc/time.h"
#include "term/external.h"
#include "term/ref.h"

// ---- asking
// ------------------------------------------------------------------------------------------

typedef struct Asked {
    Term node, mfa, options; // options: what the other node gets
    Term tag, monitor_tag;
    uint32_t flags; // RELATION_SPAWN_*
    uint32_t alias_flags;
    bool is_bad_option;
} Asked;

static void reply_wishes(Asked *q, Term wish) {
    // a wish that is none leaves the one before it, by which it is refused
    if (wish != am_no && wish != am_error_only && wish != am_success_only && wish != am_yes) {
        q->is_bad_option = true;
        return;
    }
    q->flags &= ~(RELATION_SPAWN_QUIET_OK | RELATION_SPAWN_QUIET_ERROR);
    if (wish == am_no || wish == am_error_only) q->flags |= RELATION_SPAWN_QUIET_OK;
    if (wish == am_no || wish == am_success_only) q->flags |= RELATION_SPAWN_QUIET_ERROR;
}

/** An option that is ours, not the other node's. */
static bool is_own_option(Term option) {
    if (!term_is_tuple_of(option, 2)) return false;
    Term key = tuple_get(option, 0);
    return key == am_reply_tag || key == am_reply || key == am_monitor;
}

/** Looks at each option, up to a bad one (by what stood before it the refusal is told). False: they
 * are no list. */
static bool options_look(Process *p, Term list, Asked *q) {
    size_t own = 0;
    Term first = list;
    for (; term_is_cell(list) && !q->is_bad_option; list = term_tail(list)) {
        Term option = term_head(list);
        if (option == am_link) q->flags |= RELATION_SPAWN_LINK;
        if (option == am_monitor) q->flags |= RELATION_SPAWN_MONITOR;
        if (!is_own_option(option)) continue;
        own++;
        Term key = tuple_get(option, 0), value = tuple_get(option, 1);
        if (key == am_reply_tag) {
            q->tag = value;
        } else if (key == am_reply) {
            reply_wishes(q, value);
        } else {
            q->flags |= RELATION_SPAWN_MONITOR;
            q->is_bad_option |= !monitor_options_parse(value, &q->alias_flags, &q->monitor_tag);
        }
    }
    if (q->is_bad_option) return true;
    if (!term_is_nil(list)) return false;
    q->options = first;
    if (own == 0) return true;
    q->options = TERM_NIL;
    bool watches = (q->flags & RELATION_SPAWN_MONITOR) != 0;
    for (list = first; term_is_cell(list); list = term_tail(list))
        if (!is_own_option(term_head(list)) && term_head(list) != am_monitor)
            q->options = heap_cons(&p->heap, term_head(list), q->options);
    if (watches) q->options = heap_cons(&p->heap, am_monitor, q->options);
    return true;
}

static bool is_mfa(Term mfa) {
    return term_is_tuple_of(mfa, 3) && term_is_atom(tuple_get(mfa, 0)) &&
           term_is_atom(tuple_get(mfa, 1)) && bif_list_length(tuple_get(mfa, 2)) >= 0;
}

static void refuse(Process *p, const Asked *q, Term ref, Term reason) {
    ASSERT(term_is_local_ref(ref) && term_is_atom(reason));
    if ((q->flags & RELATION_SPAWN_QUIET_ERROR) != 0) return;
    signal_send_self(p, heap_tuple4(&p->heap, q->tag, ref, am_error, reason));
}

/** SPAWN-2 */
static void note_request(Process *p, const Asked *q, Term ref, uint32_t connection) {
    ASSERT(connection != 0 && term_is_local_ref(ref));
    Relation *m = relation_add_ref(&p->monitors_made, ref_words(ref));
    m->flags = q->flags | RELATION_SPAWN_PENDING;
    m->connection = connection;
    m->name = relation_keep(m, q->tag);
    relation_set_tag(m, q->monitor_tag);
    if (q->alias_flags != 0) relation_add_ref(&p->aliases, ref_words(ref))->flags = q->alias_flags;
}

/** The request as sequential tracing tells of it, on both nodes. */
static Term told_request(Heap *h, Term ref, Term parent, Term leader, Term mfa, Term options) {
    ASSERT(term_is_tuple_of(mfa, 3) && term_is_reference(ref));
    return heap_tuple(h, 6, (Term[]){am_spawn_request, ref, parent, leader, mfa, options});
}

static void send_request(Process *p, const Asked *q, Term ref, uint32_t connection) {
    DistNode *n = dist_node_get(p->vm, q->node);
    ASSERT(n != NULL);
    Term arguments = tuple_get(q->mfa, 2);
    Term mfa = heap_tuple3(&p->heap, tuple_get(q->mfa, 0), tuple_get(q->mfa, 1),
                           term_from_small(bif_list_length(arguments)));
    Term leader = p->group_leader == TERM_NONE ? p->pid : p->group_leader;
    Term all = heap_cons(&p->heap, q->options, arguments);
    all = heap_cons(&p->heap, leader, heap_cons(&p->heap, mfa, all));
    Heap build;
    heap_init_detached(&build, &p->vm->literals);
    OutSignal s = {.kind = OUT_SPAWN_REQUEST,
                   .from = p->pid,
                   .to = TERM_NONE,
                   .ref = ref,
                   .term = all,
                   .token = TERM_NONE};
    if (UNLIKELY(p->seq_trace_token != TERM_NIL)) { // the arguments count as a message of their own
        Term (*token)(Process *, Term, Term, Heap *) = p->vm->tracing.hooks->token_for_message;
        Term told = told_request(&build, ref, p->pid, leader, mfa, q->options);
        (void)token(p, q->node, told, &build);
        s.token = token(p, q->node, arguments, &build);
    }
    (void)outgoing_put(n, &s, connection); // an ended connection answers by REMOTE-1
    heap_destroy(&build);
    outgoing_wait(p, q->node);
}

/**
 * erts_internal:dist_spawn_request(Node, {M, F, Args}, Options, spawn_request | spawn_opt): a
 * reference, or {Ref, IsMonitored}; or badarg. The answer comes as a message.
 */
BIF(erts_internal, dist_spawn_request, 4)
{
    bool is_request = a[3] == am_spawn_request;
    if (!term_is_atom(a[0]) || a[0] == node_own_name(p->vm->nodes) || !is_mfa(a[1]))
        return am_badarg;
    if (!is_request && a[3] != am_spawn_opt) return am_badarg;
    Asked q = {.node = a[0], .mfa = a[1], .tag = am_spawn_reply, .monitor_tag = TERM_NONE};
    if (!options_look(p, a[2], &q) || (q.is_bad_option && !is_request)) return am_badarg;
    bool watches = (q.flags & RELATION_SPAWN_MONITOR) != 0;
    Term ref = reference_make(p->vm, &p->heap, q.alias_flags != 0 ? p->pid : TERM_NONE);
    uint32_t connection = q.is_bad_option ? 0 : dist_rely(p, q.node, true);
    if (connection != 0) {
        note_request(p, &q, ref, connection);
        send_request(p, &q, ref, connection);
    } else {
        refuse(p, &q, ref, q.is_bad_option ? am_badopt : am_noconnection);
    }
    bif_bump(p, 20);
    if (is_request) return bif_when_resumed(p, ref);
    return bif_when_resumed(p, heap_tuple2(&p->heap, ref, term_from_bool(watches)));
}

/** erlang:spawn_request_abandon(Ref): true, and no answer will come; false: there is no such
 * request at another node (local ones are answered at once). */
BIF(erlang, spawn_request_abandon, 1)
{
    if (!term_is_reference(a[0])) return bif_badarg(p);
    if (!term_is_local_ref(a[0])) return am_false;
    Relation *m = relation_find_ref(p->monitors_made, ref_words(a[0]));
    if (m == NULL || (m->flags & RELATION_SPAWN_PENDING) == 0) return am_false;
    relation_remove(p->monitors_made, m);
    monitor_alias_ended(p, ref_words(a[0]));
    return am_true;
}

// ---- being asked
// -------------------------------------------------------------------------------------

static void send_reply(const RemoteSpawn *remote, uint64_t flags, Term result, Term token) {
    ASSERT(term_is_local_pid(result) || (term_is_atom(result) && flags == 0));
    OutSignal s = {.kind = OUT_SPAWN_REPLY,
                   .from = TERM_NONE,
                   .to = remote->parent,
                   .ref = remote->ref,
                   .term = result,
                   .token = token,
                   .id = flags};
    (void)outgoing_put(remote->context, &s, remote->connection);
}

/** SPAWN-1: the process is there, and its thread is this one until it runs. */
static void child_made(Process *child, const RemoteSpawn *remote) {
    DistNode *n = remote->context;
    ASSERT(n != NULL && term_is_local_pid(child->pid));
    uint64_t flags = 0;
    if (relation_find_id(child->links, remote->parent) != NULL) flags |= REMOTE_SPAWN_LINK;
    if (relation_find_id(child->monitored_by, remote->ref) != NULL) flags |= REMOTE_SPAWN_MONITOR;
    if (flags != 0 && !dist_rely_on(child, n->name, remote->connection)) {
        SignalRequest *s =
            signal_new(child->vm, SIGNAL_CONNECTION_DOWN, TERM_NONE, TERM_NONE, TERM_NONE);
        s->id = remote->connection;
        signal_push(child->vm, child->pid, s);
    }
    Heap build;
    heap_init_detached(&build, &child->vm->literals);
    Term token = TERM_NONE;
    if (UNLIKELY(remote->token != TERM_NONE))
        token = child->vm->tracing.hooks->token_for_remote_child(child, remote, &build);
    send_reply(remote, flags, child->pid, token);
    heap_destroy(&build);
}

static void refuse_child(VM *vm, const RemoteSpawn *remote, Term reason, Heap *build) {
    Term token = TERM_NONE;
    ASSERT(term_is_atom(reason));
    if (UNLIKELY(remote->token != TERM_NONE))
        token = vm->tracing.hooks->token_for_refusal(vm, remote, reason, build);
    send_reply(remote, 0, reason, token);
}

/** {Op, Ref, Parent, Leader, {M, F, Arity}, Options} and a token behind, if there is one. */
static bool is_request(const DistMessage *m, Term control) {
    ASSERT(term_is_tuple(control) && term_is_small(tuple_get(control, 0)));
    const Term *t = tuple_elements(control);
    bool traced = term_small(t[0]) == OP_SPAWN_REQUEST_TT;
    if (tuple_arity(control) != 6u + traced || !term_is_tuple_of(t[4], 3)) return false;
    if (traced && !control_is_token(t[6])) return false;
    const Term *mfa = tuple_elements(t[4]);
    return term_is_box_of(t[1], BOX_EXT_REF) && term_is_box_of(t[2], BOX_EXT_PID) &&
           external_node(t[2])->name == m->node->name && term_is_pid(t[3]) &&
           term_is_atom(mfa[0]) && term_is_atom(mfa[1]) && term_is_small(mfa[2]) &&
           bif_list_length(t[5]) >= 0;
}

bool spawn_request_obey(const DistMessage *m, Term control, size_t payload_at) {
    VM *vm = m->node->vm;
    if (!is_request(m, control) || payload_at >= m->count) return false;
    const Term *t = tuple_elements(control), *mfa = tuple_elements(t[4]);
    Heap build;
    heap_init_detached(&build, &vm->literals);
    size_t used;
    Term args =
        external_decode_cached(&build, &vm->external, m->bytes + payload_at, m->count - payload_at,
                               m->versioned, m->atoms, m->atom_count, NULL, &used);
    bool is_good = args != TERM_NONE && bif_list_length(args) == term_small(mfa[2]) &&
                   bif_list_length(args) <= 255;
    if (is_good) {
        RemoteSpawn remote = {.parent = t[2],
                              .group_leader = t[3],
                              .ref = t[1],
                              .token = TERM_NONE,
                              .connection = m->connection,
                              .made = child_made,
                              .context = m->node};
        if (term_small(t[0]) == OP_SPAWN_REQUEST_TT && t[6] != TERM_NIL) {
            remote.token = t[6];
            remote.request = told_request(&build, t[1], t[2], t[3], t[4], t[5]);
            remote.arguments = args;
        }
        SpawnOptions o;
        spawn_options_default(vm, &o);
        Term pid = TERM_NONE, error = am_badopt;
        if (spawn_options_parse(vm, t[5], &o, NULL)) {
            o.remote = &remote;
            error = am_system_limit;
            pid = process_spawn(vm, NULL, mfa[0], mfa[1], args, &o, NULL);
        }
        if (pid == TERM_NONE) refuse_child(vm, &remote, error, &build);
    }
    heap_destroy(&build);
    return is_good;
}

/** {Op, Ref, Parent, Flags, Result} and a token behind, if there is one. */
bool spawn_reply_obey(const DistMessage *m, Term control) {
    const Term *t = tuple_elements(control);
    VM *vm = m->node->vm;
    ASSERT(term_is_small(t[0]));
    bool traced = term_small(t[0]) == OP_SPAWN_REPLY_TT;
    if (tuple_arity(control) != 5u + traced || !term_is_reference(t[1]) || !term_is_pid(t[2]) ||
        (traced && !control_is_token(t[5])))
        return false;
    if (!term_is_small(t[3]) || term_small(t[3]) < 0 || term_small(t[3]) >> 27 != 0) return false;
    if (!term_is_atom(t[4]) &&
        (!term_is_box_of(t[4], BOX_EXT_PID) || external_node(t[4])->name != m->node->name))
        return false;
    if (!term_is_local_pid(t[2]) || !term_is_local_ref(t[1]))
        return term_is_remote(t[2]) && external_node(t[2])->name == node_own_name(vm->nodes);
    SignalRequest *s = signal_new(vm, SIGNAL_SPAWN_REPLY, TERM_NONE, t[4], t[1]);
    s->connection = m->connection;
    s->id = (uint64_t)term_small(t[3]);
    if (traced) signal_take_token(vm, s, t[5]);
    signal_push(vm, t[2], s);
    return true;
}
