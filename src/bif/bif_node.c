// SPDX-License-Identifier: Apache-2.0
//
// bif_node.c - nodes, as far as one that is not distributed knows them: itself, and no other. What
// would open a connection is error:notsup; what asks about connections answers that there are none.
#include "bif/bif.h"
#include "proc/signal.h"
#include "proc/time.h"
#include "term/map.h"
#include "term/node.h"
#include "vm/vm.h"

/** erlang:node(). */
BIF(erlang, node, 0)
{ return node_own_name(p->vm->nodes); }

/** erlang:node(PidPortOrRef). */
BIF(erlang, node, 1)
{
    if (!term_is_pid(a[0]) && !term_is_port(a[0]) && !term_is_reference(a[0])) return bif_badarg(p);
    bool external = term_is_box_of(a[0], BOX_EXT_PID) || term_is_box_of(a[0], BOX_EXT_PORT) ||
                    term_is_box_of(a[0], BOX_EXT_REF);
    ASSERT(!external || term_is_atom(external_node(a[0])->name));
    return external ? external_node(a[0])->name : node_own_name(p->vm->nodes);
}

/** erlang:nodes(). */
BIF(erlang, nodes, 0)
{ return TERM_NIL; }

/** Does a node type, or a list of them, include this node? -1: it is none. */
static int includes_this(Term types) {
    int found = 0;
    bool is_list = term_is_list(types);
    for (Term rest = types; is_list ? term_is_cell(rest) : rest != TERM_NONE;) {
        Term type = is_list ? term_head(rest) : rest;
        rest = is_list ? term_tail(rest) : TERM_NONE;
        if (type == am_this || type == am_known)
            found = 1;
        else if (type != am_visible && type != am_hidden && type != am_connected)
            return -1;
    }
    return found;
}

/** erlang:nodes(visible | hidden | connected | this | known, or a list of these). */
BIF(erlang, nodes, 1)
{
    int found = includes_this(a[0]);
    if (found < 0 || (term_is_list(a[0]) && bif_list_length(a[0]) < 0)) return bif_badarg(p);
    return found ? heap_cons(&p->heap, node_own_name(p->vm->nodes), TERM_NIL) : TERM_NIL;
}

/** erlang:nodes(Types, #{connection_id => Bool, node_type => Bool}): [{Node, Info}]. */
BIF(erlang, nodes, 2)
{
    const AtomTable *atoms = p->vm->atoms;
    int found = includes_this(a[0]);
    if (found < 0 || (term_is_list(a[0]) && bif_list_length(a[0]) < 0) || !term_is_map(a[1]))
        return bif_badarg(p);
    MapIterator it;
    Term key, value;
    map_iterator_init(&it, a[1]);
    while (map_iterator_next(&it, &key, &value))
        if ((key != am_connection_id && key != am_node_type) ||
            (value != am_true && value != am_false))
            return bif_badarg(p);
    if (!found) return TERM_NIL;
    ASSERT(found == 1);
    Term info = map_empty(&p->heap);
    if (map_get(atoms, a[1], am_connection_id) == am_true)
        info = map_put(&p->heap, atoms, info, am_connection_id, am_undefined);
    if (map_get(atoms, a[1], am_node_type) == am_true)
        info = map_put(&p->heap, atoms, info, am_node_type, am_this);
    return heap_cons(&p->heap, heap_tuple2(&p->heap, node_own_name(p->vm->nodes), info), TERM_NIL);
}

static Term raise_notalive(Process *p) {
    p->exc = (Exception){.class = EXC_ERROR, .flags = EXC_ERROR_INFO, .reason = am_notalive};
    return TERM_NONE;
}

static Term monitor_node(Process *p, Term *a) {
    ASSERT(node_own_name(p->vm->nodes) != TERM_NONE);
    if (!term_is_atom(a[0]) || (a[1] != am_true && a[1] != am_false)) return bif_badarg(p);
    if (node_own_name(p->vm->nodes) == am_nonode_nohost) return raise_notalive(p);
    if (a[0] != node_own_name(p->vm->nodes) && a[1] == am_true)
        signal_send_self(p, heap_tuple2(&p->heap, am_nodedown, a[0]));
    return am_true;
}

/** erlang:monitor_node(Node, Bool): error notalive on a node without a name. */
BIF(erlang, monitor_node, 2)
{ return monitor_node(p, a); }

/** erlang:monitor_node(Node, Bool, [allow_passive_connect]). */
BIF(erlang, monitor_node, 3)
{
    for (Term t = a[2]; t != TERM_NIL; t = term_tail(t))
        if (!term_is_cell(t) || term_head(t) != am_allow_passive_connect) return bif_badarg(p);
    return monitor_node(p, a);
}

/**
 * erts_internal:dist_spawn_request(Node, {M, F, A}, Options, spawn_request | spawn_opt): a
 * reference, or {Ref, Monitored}; the answer is that there is no connection.
 */
BIF(erts_internal, dist_spawn_request, 4)
{
    if (!term_is_atom(a[0]) || !term_is_tuple_of(a[1], 3) || bif_list_length(a[2]) < 0)
        return am_badarg;
    if (!term_is_atom(tuple_get(a[1], 0)) || !term_is_atom(tuple_get(a[1], 1)) ||
        bif_list_length(tuple_get(a[1], 2)) < 0)
        return am_badarg;
    if (a[3] != am_spawn_request && a[3] != am_spawn_opt) return am_badarg;
    Term tag = am_spawn_reply;
    bool reply = true, monitored = false;
    for (Term t = a[2]; term_is_cell(t); t = term_tail(t)) {
        Term option = term_head(t);
        if (option == am_monitor) monitored = true;
        if (!term_is_tuple_of(option, 2)) continue;
        if (tuple_get(option, 0) == am_monitor) monitored = true;
        if (tuple_get(option, 0) == am_reply_tag) tag = tuple_get(option, 1);
        if (tuple_get(option, 0) == am_reply)
            reply = tuple_get(option, 1) == am_yes || tuple_get(option, 1) == am_error_only;
    }
    ASSERT(tag != TERM_NONE);
    Term ref = reference_make(p->vm, &p->heap, TERM_NONE);
    if (reply || a[3] == am_spawn_opt)
        signal_send_self(p, heap_tuple4(&p->heap, tag, ref, am_error, am_noconnection));
    return a[3] == am_spawn_request ? ref : heap_tuple2(&p->heap, ref, term_from_bool(monitored));
}

/** erts_internal:get_creation(). */
BIF(erts_internal, get_creation, 0)
{
    if (node_own_name(p->vm->nodes) == am_nonode_nohost) return am_undefined;
    return term_from_small(node_own_creation(p->vm->nodes));
}

/** erts_internal:get_dflags(): none is offered, none is demanded: there is no distribution. */
BIF(erts_internal, get_dflags, 0)
{
    Term z = term_from_small(0);
    return heap_tuple(&p->heap, 6, (Term[]){am_erts_dflags, z, z, z, z, z});
}

/** net_kernel:dflag_unicode_io(Pid): can the node of this process take Unicode I/O requests? */
BIF(net_kernel, dflag_unicode_io, 1)
{ return term_is_pid(a[0]) ? am_true : bif_badarg(p); }

BIF(erlang, setnode, 2)
{ return bif_notsup(p); }

BIF(erts_internal, new_connection, 1)
{ return bif_notsup(p); }

BIF(erts_internal, abort_pending_connection, 2)
{ return bif_notsup(p); }

BIF(erts_internal, create_dist_channel, 3)
{ return bif_notsup(p); }

BIF(erlang, dist_get_stat, 1)
{ return bif_notsup(p); }

BIF(erlang, dist_ctrl_input_handler, 2)
{ return bif_notsup(p); }

BIF(erlang, dist_ctrl_put_data, 2)
{ return bif_notsup(p); }

BIF(erlang, dist_ctrl_get_data, 1)
{ return bif_notsup(p); }

BIF(erlang, dist_ctrl_get_data_notification, 1)
{ return bif_notsup(p); }

BIF(erlang, dist_ctrl_get_opt, 2)
{ return bif_notsup(p); }

BIF(erlang, dist_ctrl_set_opt, 3)
{ return bif_notsup(p); }
