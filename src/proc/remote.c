// SPDX-License-Identifier: Apache-2.0
//
// remote.c - the ends of a process's relations with other nodes; see remote.h.
//
// When a connection ends, links end first, then what p made (monitors of processes and of nodes,
// spawn requests) in the order in which it was made; what others had on p just goes.
#include "proc/remote.h"

#include "proc/link.h"
#include "vm/vm.h"

void remote_signal(VM *vm, Term to, SignalRequest *s) {
    ASSERT(!term_is_local_pid(to));
    if (vm->dist_hooks != NULL)
        vm->dist_hooks->signal(vm, to, s);
    else
        signal_free(&s->head);
}

void remote_wait(Process *p, Term to) {
    bool is_name = term_is_tuple_of(to, 2);
    if (p->vm->dist_hooks == NULL || (!is_name && !term_is_remote(to))) return;
    ASSERT(term_is_atom(remote_node(to)));
    p->vm->dist_hooks->wait(p, remote_node(to));
}

uint32_t remote_rely(Process *p, Term node, bool connects) {
    ASSERT(term_is_atom(node));
    return p->vm->dist_hooks == NULL ? 0 : p->vm->dist_hooks->rely(p, node, connects);
}

bool remote_rely_on(Process *p, Term node, uint32_t connection) {
    ASSERT(connection != 0);
    return p->vm->dist_hooks != NULL && p->vm->dist_hooks->rely_on(p, node, connection);
}

Term remote_node(Term to) {
    if (term_is_tuple_of(to, 2)) return tuple_get(to, 1);
    ASSERT(term_is_remote(to));
    return external_node(to)->name;
}

bool remote_is_former(VM *vm, Term t) {
    if (term_is_local_pid(t) || term_is_local_port(t) || (!term_is_pid(t) && !term_is_port(t)))
        return false;
    return remote_node(t) == node_own_name(vm->nodes);
}

/** Sends p a message built in `build`, which is destroyed, with a token (or TERM_NONE) built there
 * as well; more: fragments that the message refers to. */
static void tell(Process *p, Heap *build, Term message, Term token, HeapFragment *more) {
    ASSERT(message != TERM_NONE);
    HeapFragment *f = heap_take_fragments(build), *last = f;
    heap_destroy(build);
    ASSERT(f != NULL);
    while (last->next != NULL) last = last->next;
    last->next = more;
    signal_deliver(p, message, token, f);
}

/** {Tag, Ref, What, Value}: value lives in the fragments `more`, or is immediate. */
static void tell_spawn(Process *p, const Relation *m, Term ref, Term what, Term value, Term token,
                       HeapFragment *more) {
    Heap build;
    heap_init_detached(&build, &p->vm->literals);
    Term tag = heap_copy(&build, m->name);
    tell(p, &build, heap_tuple4(&build, tag, heap_copy(&build, ref), what, value),
         token == TERM_NONE ? TERM_NONE : heap_copy(&build, token), more);
}

static Term ref_of(const Relation *m, Term box[REF_WORDS]) {
    ASSERT(m->key == RELATION_REF);
    Term *hp = box;
    return ref_write(&hp, (uint64_t[3]){m->ref_words[0], m->ref_words[1], 0});
}

static void spawn_failed(Process *p, Relation *m, Term reason, Term token) {
    ASSERT((m->flags & RELATION_SPAWN_PENDING) != 0);
    Term box[REF_WORDS];
    if ((m->flags & RELATION_SPAWN_QUIET_ERROR) == 0)
        tell_spawn(p, m, ref_of(m, box), am_error, reason, token, NULL);
    uint64_t words[2] = {m->ref_words[0], m->ref_words[1]};
    relation_remove(p->monitors_made, m);
    monitor_alias_ended(p, words);
}

static void links_down(Process *p, uint32_t connection) {
    uint32_t at = 0;
    Term box[EXT_PID_WORDS];
    for (Relation *r; p->exit_reason == TERM_NONE && (r = relation_next(p->links, &at)) != NULL;) {
        if (r->connection != connection) continue;
        Term from = relation_linked(r, box);
        signal_handle_one(
            p, &signal_new(p->vm, SIGNAL_EXIT_LINK, from, am_noconnection, TERM_NONE)->head);
    }
}

static void node_down(Process *p, Relation *r) {
    ASSERT(term_is_atom(r->key) && r->id > 0);
    for (uint64_t n = r->id; n > 0; n--) {
        Heap build;
        heap_init_detached(&build, &p->vm->literals);
        tell(p, &build, heap_tuple2(&build, am_nodedown, r->key), TERM_NONE, NULL);
    }
    relation_remove(p->monitors_made, r);
}

static void monitors_down(Process *p, uint32_t connection) {
    uint32_t at = 0;
    Term box[REF_WORDS];
    for (Relation *r;
         p->exit_reason == TERM_NONE && (r = relation_next(p->monitors_made, &at)) != NULL;) {
        if (r->connection != connection) continue;
        if ((r->flags & RELATION_NODE) != 0)
            node_down(p, r);
        else if ((r->flags & RELATION_SPAWN_PENDING) != 0)
            spawn_failed(p, r, am_noconnection, TERM_NONE);
        else
            signal_handle_one(
                p,
                &signal_new(p->vm, SIGNAL_DOWN, TERM_NONE, am_noconnection, ref_of(r, box))->head);
    }
}

void remote_connection_down(Process *p, SignalRequest *r) {
    uint32_t connection = (uint32_t)r->id, at = 0;
    ASSERT(connection != 0);
    links_down(p, connection);
    monitors_down(p, connection);
    for (Relation *m; (m = relation_next(p->monitored_by, &at)) != NULL;)
        if (m->connection == connection) relation_remove(p->monitored_by, m);
}

/** The child is there: it is linked and watched as it was asked for. */
static void spawn_succeeded(Process *p, Relation *m, SignalRequest *r) {
    Term child = r->head.term;
    VM *vm = p->vm;
    uint32_t connection = m->connection;
    ASSERT(term_is_pid(child));
    if ((r->id & REMOTE_SPAWN_LINK) != 0 && relation_find_id(p->links, child) == NULL) {
        Relation *link = relation_add_id(&p->links, child);
        link->flags = RELATION_LINKED;
        link->connection = connection;
        if (UNLIKELY(process_traced(p, TRACE_PROCS) != NULL))
            vm->tracing.hooks->process_event(p, am_link, child, TERM_NONE);
    }
    bool is_quiet = (m->flags & RELATION_SPAWN_QUIET_OK) != 0;
    if (!is_quiet) {
        Heap build;
        heap_init_detached(&build, &vm->literals);
        Term tag = heap_copy(&build, m->name), ref = heap_copy(&build, r->ref);
        Term message = heap_tuple4(&build, tag, ref, am_ok, heap_copy(&build, child));
        tell(p, &build, message, heap_copy(&build, r->head.token), NULL);
    }
    if ((m->flags & RELATION_SPAWN_MONITOR) == 0) {
        relation_remove(p->monitors_made, m);
        return;
    }
    m->flags &= ~(RELATION_SPAWN_PENDING | RELATION_SPAWN_QUIET_OK | RELATION_SPAWN_QUIET_ERROR);
    m->other = relation_keep(m, child);
    m->name = TERM_NONE;
}

void remote_spawn_reply(Process *p, SignalRequest *r) {
    Relation *m = relation_find_id(p->monitors_made, r->ref);
    bool is_made = term_is_pid(r->head.term);
    if (m != NULL && (m->flags & RELATION_SPAWN_PENDING) != 0) {
        if (is_made)
            spawn_succeeded(p, m, r);
        else
            spawn_failed(p, m, r->head.term, r->head.token);
    } else if (is_made) { // it was abandoned
        Term child = r->head.term;
        if ((r->id & REMOTE_SPAWN_MONITOR) != 0)
            signal_push(p->vm, child,
                        signal_new(p->vm, SIGNAL_DEMONITOR, p->pid, TERM_NONE, r->ref));
        if ((r->id & REMOTE_SPAWN_LINK) != 0)
            signal_send_exit_link(p->vm, p->pid, child, am_abandoned);
    }
    signal_free(&r->head);
}
