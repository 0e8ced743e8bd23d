// SPDX-License-Identifier: Apache-2.0
//
// bif_monitor.c - monitors and aliases.
//
// A monitor's reference names its owner when it is an alias too (term/ref.h), so a message to it
// finds the process.
#include "bif/bif.h"
#include "proc/link.h"
#include "proc/registry.h"
#include "proc/remote.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/spawn_option.h"
#include "proc/time.h"
#include "term/ref.h"
#include "vm/vm.h"

/** The reference and, unless target is TERM_NONE, the entry of a new monitor; aliases too. */
static Term monitor_new(Process *p, Term target, Term name, uint32_t flags, uint32_t alias_flags,
                        Term tag) {
    Term ref = reference_make(p->vm, &p->heap, alias_flags != 0 ? p->pid : TERM_NONE);
    const uint64_t *words = ref_words(ref);
    ASSERT((ref_owner(ref) != 0) == (alias_flags != 0)); // an alias leads to its owner
    if (target != TERM_NONE) {
        Relation *m = relation_add_ref(&p->monitors_made, words);
        m->other = target;
        m->name = name;
        m->flags = flags;
        relation_set_tag(m, tag);
    }
    if (alias_flags != 0) relation_add_ref(&p->aliases, words)->flags = alias_flags;
    return ref;
}

/** The monitor ends at once: its DOWN comes as a signal, like every other. */
static void down_at_once(Process *p, Term ref, Term from, Term reason) {
    signal_push(p->vm, p->pid, signal_new(p->vm, SIGNAL_DOWN, from, reason, ref));
}

static Term monitor_pid(Process *p, Term pid, Term name, uint32_t alias_flags, Term tag) {
    ASSERT(term_is_local_pid(pid) && (name == TERM_NONE || term_is_atom(name)));
    if (pid == p->pid) return monitor_new(p, TERM_NONE, TERM_NONE, 0, alias_flags, tag);
    Term ref = monitor_new(p, pid, name, 0, alias_flags, tag);
    signal_push(
        p->vm, pid,
        signal_new_ref(p->vm, p->heap.blocks, SIGNAL_MONITOR, p->pid, name, ref_words(ref)));
    return ref;
}

static Term monitor_port(Process *p, Term port, Term name, uint32_t alias_flags, Term tag) {
    ASSERT(term_is_local_port(port));
    Term ref = monitor_new(p, port, name, RELATION_PORT, alias_flags, tag);
    const PortHooks *hooks = p->vm->port_hooks;
    if (hooks == NULL || !hooks->monitor(p->vm, port, p->pid, ref))
        down_at_once(p, ref, port, am_noproc);
    return ref;
}

static Term monitor_name(Process *p, Term name, Term kind, uint32_t alias_flags, Term tag) {
    ASSERT(term_is_atom(name) && (kind == am_process || kind == am_port));
    Term owner = registry_find(p->vm, name);
    if (owner != TERM_NONE && term_is_local_pid(owner) && kind == am_process)
        return monitor_pid(p, owner, name, alias_flags, tag);
    if (owner != TERM_NONE && term_is_local_port(owner) && kind == am_port)
        return monitor_port(p, owner, name, alias_flags, tag);
    Term ref = monitor_new(p, name, name, kind == am_port ? RELATION_PORT : 0, alias_flags, tag);
    down_at_once(p, ref, TERM_NONE, am_noproc);
    return ref;
}

/** Something on another node: a pid, or {Name, Node}. Its DOWN comes at once when that cannot be
 * reached. */
static Term monitor_remote(Process *p, Term object, uint32_t alias_flags, Term tag) {
    Term ref = monitor_new(p, am_undefined, TERM_NONE, 0, alias_flags, tag);
    Term node = remote_node(object);
    bool is_former = node == node_own_name(p->vm->nodes);
    uint32_t connection = is_former ? 0 : remote_rely(p, node, true);
    Relation *m = relation_find_ref(p->monitors_made, ref_words(ref));
    m->other = relation_keep(m, object);
    m->connection = connection;
    if (connection == 0)
        down_at_once(p, ref, TERM_NONE, is_former ? am_noproc : am_noconnection);
    else
        signal_push(p->vm, object, signal_new(p->vm, SIGNAL_MONITOR, p->pid, TERM_NONE, ref));
    remote_wait(p, object);
    return bif_when_resumed(p, ref);
}

/** A port of a former life of this node. */
static Term monitor_former_port(Process *p, Term port, uint32_t alias_flags, Term tag) {
    if (!term_is_port(port) || remote_node(port) != node_own_name(p->vm->nodes))
        return bif_badarg(p);
    Term ref = monitor_new(p, am_undefined, TERM_NONE, RELATION_PORT, alias_flags, tag);
    Relation *m = relation_find_ref(p->monitors_made, ref_words(ref));
    m->other = relation_keep(m, port);
    down_at_once(p, ref, TERM_NONE, am_noproc);
    return ref;
}

static Term monitor(Process *p, Term kind, Term item, uint32_t alias_flags, Term tag) {
    Term own_node = node_own_name(p->vm->nodes);
    if (kind == am_time_offset) {
        if (item != am_clock_service) return bif_badarg(p);
        return monitor_new(p, am_clock_service, TERM_NONE, RELATION_TIME_OFFSET, alias_flags, tag);
    }
    if (kind != am_process && kind != am_port) return bif_badarg_cause(p, am_badtype);
    if (term_is_tuple_of(item, 2)) {
        if (!term_is_atom(tuple_get(item, 0)) || !term_is_atom(tuple_get(item, 1)))
            return bif_badarg(p);
        if (tuple_get(item, 1) == own_node)
            item = tuple_get(item, 0);
        else if (kind == am_port || own_node == am_nonode_nohost)
            return bif_badarg(p);
        else
            return monitor_remote(p, item, alias_flags, tag);
    }
    if (term_is_atom(item)) return monitor_name(p, item, kind, alias_flags, tag);
    if (kind == am_port)
        return term_is_local_port(item) ? monitor_port(p, item, TERM_NONE, alias_flags, tag)
                                        : monitor_former_port(p, item, alias_flags, tag);
    if (term_is_local_pid(item)) return monitor_pid(p, item, TERM_NONE, alias_flags, tag);
    return term_is_pid(item) ? monitor_remote(p, item, alias_flags, tag) : bif_badarg(p);
}

/** erlang:monitor(process | port | time_offset, Item): a reference. */
BIF(erlang, monitor, 2)
{ return monitor(p, a[0], a[1], 0, TERM_NONE); }

/** erlang:monitor(Type, Item, [{alias, Mode}, {tag, Term}]). */
BIF(erlang, monitor, 3)
{
    uint32_t alias_flags = 0;
    Term tag = TERM_NONE;
    if (!monitor_options_parse(a[2], &alias_flags, &tag)) return bif_badarg_cause(p, am_badopt);
    return monitor(p, a[0], a[1], alias_flags, tag);
}

/** Could it be a monitor's? Another node's could not. */
static bool is_own_reference(const Process *p, Term ref) {
    ASSERT(ref != TERM_NONE);
    if (!term_is_reference(ref)) return false;
    return term_is_local_ref(ref) || remote_node(ref) == node_own_name(p->vm->nodes);
}

/** True: there was one. */
static bool demonitor(Process *p, Term ref) {
    ASSERT(is_own_reference(p, ref));
    if (!term_is_local_ref(ref)) return false;
    Relation *m = relation_find_ref(p->monitors_made, ref_words(ref));
    if (m != NULL && m->other != TERM_NONE) remote_wait(p, m->other);
    return process_demonitor(p, ref_words(ref));
}

/** erlang:demonitor(Ref). */
BIF(erlang, demonitor, 1)
{
    if (!is_own_reference(p, a[0])) return bif_badarg(p);
    (void)demonitor(p, a[0]);
    return bif_when_resumed(p, am_true);
}

/** erlang:demonitor(Ref, [flush | info]). */
BIF(erlang, demonitor, 2)
{
    bool flush = false, info = false;
    Term list = a[1];
    for (; term_is_cell(list); list = term_tail(list)) {
        if (term_head(list) == am_flush)
            flush = true;
        else if (term_head(list) == am_info)
            info = true;
        else
            return bif_badarg(p);
    }
    if (!term_is_nil(list) || !is_own_reference(p, a[0])) return bif_badarg(p);
    bool found = demonitor(p, a[0]);
    Term result = info ? term_from_bool(found) : am_true;
    if (found || !flush) return bif_when_resumed(p, result);
    return bif_trap(p, am_erts_internal, am_flush_monitor_messages, 3,
                    (Term[]){a[0], am_false, result});
}

/** erlang:alias([explicit_unalias | reply]). */
BIF(erlang, alias, 1)
{
    uint32_t flags = RELATION_ALIAS_EXPLICIT;
    Term list = a[0];
    for (; term_is_cell(list); list = term_tail(list)) {
        if (term_head(list) == am_explicit_unalias)
            flags = RELATION_ALIAS_EXPLICIT;
        else if (term_head(list) == am_reply)
            flags = RELATION_ALIAS_REPLY;
        else
            return bif_badarg(p);
    }
    if (!term_is_nil(list)) return bif_badarg(p);
    return monitor_new(p, TERM_NONE, TERM_NONE, 0, flags, TERM_NONE);
}

/** erlang:unalias(Alias): was it one, and active? */
BIF(erlang, unalias, 1)
{
    if (!term_is_reference(a[0])) return bif_badarg(p);
    if (!term_is_local_ref(a[0])) return am_false;
    if (ref_owner(a[0]) != 0 && ref_owner(a[0]) != p->pid) return bif_badarg(p);
    Relation *r = relation_find_ref(p->aliases, ref_words(a[0]));
    if (r == NULL) return am_false;
    relation_remove(p->aliases, r);
    return am_true;
}
