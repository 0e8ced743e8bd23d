// SPDX-License-Identifier: Apache-2.0
//
// bif_node.c - this node and others, as far as a node without distribution knows them.
#include "bif/bif.h"
#include "term/map.h"
#include "vm/vm.h"

BIF(erlang, node, 0) {
    return node_own_name(p->vm->nodes);
}

/** Node of a pid, port or reference. */
BIF(erlang, node, 1) {
    Term t = a[0];
    if (!term_is_pid(t) && !term_is_port(t) && !term_is_reference(t)) return bif_badarg(p);
    bool is_external = term_is_boxed(t) && term_box_kind(t) >= BOX_EXT_PID && term_box_kind(t) <= BOX_EXT_REF;
    return is_external ? external_node(t)->name : node_own_name(p->vm->nodes);
}

/** Nodes connected: none. */
BIF(erlang, nodes, 0) {
    return TERM_NIL;
}

typedef struct NodeKinds {
    bool own;
} NodeKinds;

static bool add_kind(NodeKinds *k, Term kind) {
    k->own = k->own || kind == am_this || kind == am_known;
    return kind == am_this || kind == am_known || kind == am_visible || kind == am_hidden || kind == am_connected;
}

/** False when the argument is neither a kind nor a list of kinds. */
static bool read_kinds(Term t, NodeKinds *k) {
    if (term_is_atom(t)) return add_kind(k, t);
    for (; term_is_cell(t); t = term_tail(t)) {
        if (!add_kind(k, term_head(t))) return false;
    }
    return term_is_nil(t);
}

BIF(erlang, nodes, 1) {
    NodeKinds kinds = {0};
    if (!read_kinds(a[0], &kinds)) return bif_badarg(p);
    return kinds.own ? heap_cons(&p->heap, node_own_name(p->vm->nodes), TERM_NIL) : TERM_NIL;
}

/** [{Node, Info}]: nothing is known about this node itself but its type. */
BIF(erlang, nodes, 2) {
    NodeKinds kinds = {0};
    if (!read_kinds(a[0], &kinds) || !term_is_map(a[1])) return bif_badarg(p);
    if (!kinds.own) return TERM_NIL;
    Term pairs[4];
    size_t count = 0;
    if (map_get(p->vm->atoms, a[1], am_node_type) == am_true) {
        pairs[2 * count] = am_node_type;
        pairs[2 * count++ + 1] = am_this;
    }
    if (map_get(p->vm->atoms, a[1], am_connection_id) == am_true) {
        pairs[2 * count] = am_connection_id;
        pairs[2 * count++ + 1] = am_undefined;
    }
    Term info = map_from_pairs(&p->heap, p->vm->atoms, pairs, count);
    return heap_cons(&p->heap, heap_tuple2(&p->heap, node_own_name(p->vm->nodes), info), TERM_NIL);
}

BIF(erts_internal, get_creation, 0) {
    return heap_unsigned(&p->heap, node_own_creation(p->vm->nodes));
}
