// SPDX-License-Identifier: Apache-2.0
//
// bif_node.c - this node's name, the others that it knows, and monitors of nodes.
#include "bif/bif.h"
#include "dist/connection.h"
#include "proc/node_watch.h"
#include "proc/registry.h"
#include "proc/spawn.h"
#include "term/map.h"
#include "term/node.h"
#include "term/ref.h"

/** erlang:node(). */
BIF(erlang, node, 0)
{ return node_own_name(p->vm->nodes); }

/** erlang:node(PidPortOrRef). */
BIF(erlang, node, 1)
{
    if (!term_is_pid(a[0]) && !term_is_port(a[0]) && !term_is_reference(a[0])) return bif_badarg(p);
    ASSERT(!term_is_remote(a[0]) || term_is_atom(external_node(a[0])->name));
    return term_is_remote(a[0]) ? external_node(a[0])->name : node_own_name(p->vm->nodes);
}

// ---- nodes
// -------------------------------------------------------------------------------------------

typedef struct Wanted {
    bool visible, hidden, this_one, others;
} Wanted;

static bool wanted_add(Wanted *w, Term type) {
    switch (type) {
    case am_visible: w->visible = true; return true;
    case am_hidden: w->hidden = true; return true;
    case am_connected: w->visible = w->hidden = true; return true;
    case am_this: w->this_one = true; return true;
    case am_known: w->visible = w->hidden = w->this_one = w->others = true; return true;
    default: return false;
    }
}

static bool wanted_parse(Wanted *w, Term types) {
    *w = (Wanted){0};
    if (term_is_atom(types)) return wanted_add(w, types);
    for (; term_is_cell(types); types = term_tail(types))
        if (!wanted_add(w, term_head(types))) return false;
    return term_is_nil(types);
}

/** What nodes/2 wants to know of each; is_plain: just its name. */
typedef struct Listing {
    Process *p;
    bool is_plain, tells_connection, tells_type;
    Term list;
} Listing;

static void list_node(Listing *l, Term name, Term type, uint32_t connection) {
    ASSERT(term_is_atom(name) && term_is_atom(type));
    Heap *h = &l->p->heap;
    Term entry = name;
    if (!l->is_plain) {
        Term pairs[4];
        size_t count = 0;
        if (l->tells_connection) {
            pairs[count++] = am_connection_id;
            pairs[count++] = connection == 0 ? am_undefined : term_from_small(connection);
        }
        if (l->tells_type) {
            pairs[count++] = am_node_type;
            pairs[count++] = type;
        }
        entry = heap_tuple2(h, name, map_from_pairs(h, l->p->vm->atoms, pairs, count / 2));
    }
    l->list = heap_cons(h, entry, l->list);
}

static void list_one(Listing *l, DistNode *n, const Wanted *w) {
    ASSERT(n->vm == l->p->vm);
    mutex_lock(&n->lock);
    bool is_up = n->phase == DIST_CONNECTED;
    bool is_visible = (n->flags & DFLAG_PUBLISHED) != 0;
    uint32_t connection = n->connection;
    mutex_unlock(&n->lock);
    ASSERT(!is_up || connection != 0); // DIST-3
    if (is_up && (is_visible ? w->visible : w->hidden))
        list_node(l, n->name, is_visible ? am_visible : am_hidden, connection);
    else if (!is_up && w->others)
        list_node(l, n->name, am_known, 0);
}

static Term nodes(Listing *l, const Wanted *w) {
    VM *vm = l->p->vm;
    l->list = TERM_NIL;
    Term own = node_own_name(vm->nodes);
    for (DistNode *n = atomic_load_explicit(&vm->dist->first, memory_order_acquire); n != NULL;
         n = n->next)
        if (n->name != own) list_one(l, n, w);
    if (w->this_one) list_node(l, own, am_this, 0);
    return l->list;
}

/** erlang:nodes(): the visible ones that are connected. */
BIF(erlang, nodes, 0)
{
    Listing l = {.p = p, .is_plain = true};
    return nodes(&l, &(Wanted){.visible = true});
}

/** erlang:nodes(visible | hidden | connected | this | known, or a list of these). */
BIF(erlang, nodes, 1)
{
    Wanted w;
    Listing l = {.p = p, .is_plain = true};
    return wanted_parse(&w, a[0]) ? nodes(&l, &w) : bif_badarg(p);
}

/** erlang:nodes(Types, #{connection_id => Bool, node_type => Bool}): [{Node, Info}]. */
BIF(erlang, nodes, 2)
{
    Wanted w;
    if (!wanted_parse(&w, a[0]) || !term_is_map(a[1])) return bif_badarg(p);
    const AtomTable *atoms = p->vm->atoms;
    MapIterator it;
    Term key, value;
    map_iterator_init(&it, a[1]);
    while (map_iterator_next(&it, &key, &value))
        if ((key != am_connection_id && key != am_node_type) ||
            (value != am_true && value != am_false))
            return bif_badarg(p);
    Listing l = {.p = p,
                 .tells_connection = map_get(atoms, a[1], am_connection_id) == am_true,
                 .tells_type = map_get(atoms, a[1], am_node_type) == am_true};
    return nodes(&l, &w);
}

// ---- monitors of nodes
// --------------------------------------------------------------------------------

static Term raise_notalive(Process *p) {
    p->exc = (Exception){.class = EXC_ERROR, .flags = EXC_ERROR_INFO, .reason = am_notalive};
    return TERM_NONE;
}

static void send_nodedown(Process *p, Term node) {
    ASSERT(term_is_atom(node));
    signal_send_self(p, heap_tuple2(&p->heap, am_nodedown, node));
}

static Term unwatch_node(Process *p, Term node) {
    Relation *r = relation_find(p->monitors_made, node);
    if (r == NULL) return am_true;
    ASSERT((r->flags & RELATION_NODE) != 0 && r->id > 0);
    if (--r->id == 0) relation_remove(p->monitors_made, r);
    return am_true;
}

static void watch_node(Process *p, Term node, uint32_t connection) {
    ASSERT(connection != 0);
    Relation *r = relation_find(p->monitors_made, node);
    if (r != NULL && r->connection != connection) {
        // The former connection has ended; its signal has not come in yet.
        for (; r->id > 0; r->id--) send_nodedown(p, node);
        relation_remove(p->monitors_made, r);
        r = NULL;
    }
    if (r == NULL) r = relation_add(&p->monitors_made, node);
    ASSERT(r->flags == 0 || r->flags == RELATION_NODE);
    r->flags = RELATION_NODE;
    r->connection = connection;
    r->id++;
}

/** options: allow_passive_connect, any number of times. */
static Term monitor_node(Process *p, Term node, Term flag, Term options) {
    bool is_passive = false;
    Term t = options;
    for (; term_is_cell(t) && term_head(t) == am_allow_passive_connect; t = term_tail(t))
        is_passive = true;
    if (!term_is_nil(t)) return bif_badarg_cause(p, am_badopt);
    if (!term_is_atom(node)) return bif_badarg(p);
    Term own = node_own_name(p->vm->nodes);
    if (node != am_nonode_nohost && own == am_nonode_nohost) return raise_notalive(p);
    if (flag == am_false) return unwatch_node(p, node);
    if (flag != am_true) return bif_badarg(p);
    if (node == own) return am_true;
    bool is_up = true;
    if (is_passive) {
        DistNode *n = dist_node_get(p->vm, node);
        mutex_lock(&n->lock);
        is_up = n->phase == DIST_CONNECTED;
        mutex_unlock(&n->lock);
    }
    uint32_t connection = is_up ? dist_rely(p, node, !is_passive) : 0;
    if (connection == 0)
        return bif_trap(p, am_erlang, am_dmonitor_node, 3, (Term[]){node, flag, options});
    watch_node(p, node, connection);
    return am_true;
}

/** erlang:monitor_node(Node, Bool): error notalive on a node without a name. */
BIF(erlang, monitor_node, 2)
{ return monitor_node(p, a[0], a[1], TERM_NIL); }

/** erlang:monitor_node(Node, Bool, [allow_passive_connect]). */
BIF(erlang, monitor_node, 3)
{ return monitor_node(p, a[0], a[1], a[2]); }

// ---- this node
// ---------------------------------------------------------------------------------------

/** erts_internal:get_creation(). */
BIF(erts_internal, get_creation, 0)
{
    if (node_own_name(p->vm->nodes) == am_nonode_nohost) return am_undefined;
    return term_from_small(node_own_creation(p->vm->nodes));
}

/** Name@Host: letters, digits, _ and - before it, and only one @. */
static bool is_node_name(VM *vm, Term name) {
    if (!term_is_atom(name)) return false;
    size_t count, i = 0;
    const char *text = atom_text(vm->atoms, name, &count);
    ASSERT(text != NULL || count == 0);
    for (; i < count && text[i] != '@'; i++) {
        char c = text[i];
        bool is_good = c == '-' || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                       (c >= 'A' && c <= 'Z');
        if (!is_good) return false;
    }
    if (i == 0 || i + 1 >= count) return false;
    return memchr(text + i + 1, '@', count - i - 1) == NULL;
}

/** erlang:setnode(Name, Creation): this node has that name as long as net_kernel lives. */
BIF(erlang, setnode, 2)
{
    VM *vm = p->vm;
    uint64_t creation;
    if (!bif_get_uint64(a[1], &creation) || creation > UINT32_MAX || !is_node_name(vm, a[0]) ||
        a[0] == am_nonode_nohost || dist_is_alive(vm))
        return bif_badarg(p);
    Term net_kernel = registry_find(vm, am_net_kernel);
    if (net_kernel == TERM_NONE || !term_is_local_pid(net_kernel)) return bif_badarg(p);
    if (vm->config.deterministic) return bif_notsup(p);
    ASSERT(node_own_name(vm->nodes) == am_nonode_nohost);
    atom_table_set_own_node(vm->atoms, a[0], (uint32_t)creation);
    node_set_own(vm->nodes, a[0], (uint32_t)creation);
    atomic_store_explicit(&vm->dist->net_kernel, net_kernel, memory_order_release);
    if (process_find(vm, net_kernel) == NULL) dist_stop_alive(vm);
    node_watch_tell(vm, &(NodeEvent){.what = am_nodeup, .node = a[0], .type = am_visible});
    return am_true;
}

/** erts_internal:new_connection(Node): the handle of the connection that is up, or to be made. */
BIF(erts_internal, new_connection, 1)
{
    DistNode *n = is_node_name(p->vm, a[0]) ? dist_node_get(p->vm, a[0]) : NULL;
    if (n == NULL) return bif_badarg(p);
    mutex_lock(&n->lock);
    if (n->phase == DIST_IDLE) dist_begin_pending(n);
    uint32_t connection = n->connection;
    mutex_unlock(&n->lock);
    ASSERT(connection != 0);
    return dist_handle(&p->heap, n, connection);
}

/** erts_internal:abort_pending_connection(Node, Handle): false: it is up by now. */
BIF(erts_internal, abort_pending_connection, 2)
{
    uint32_t connection;
    DistNode *n = dist_node_of_handle(p->vm, a[1], &connection);
    if (n == NULL || n->name != a[0]) return bif_badarg(p);
    mutex_lock(&n->lock);
    bool is_it = n->connection == connection;
    bool is_up = is_it && n->phase == DIST_CONNECTED;
    bool is_pending = is_it && n->phase == DIST_PENDING;
    mutex_unlock(&n->lock);
    if (is_pending) dist_disconnected(n, connection, am_normal);
    return term_from_bool(!is_up);
}

/** net_kernel:dflag_unicode_io(Pid): can the node of this process take Unicode I/O requests? */
BIF(net_kernel, dflag_unicode_io, 1)
{
    if (!term_is_pid(a[0])) return bif_badarg(p);
    DistNode *n = term_is_remote(a[0]) ? dist_node_find(p->vm, external_node(a[0])->name) : NULL;
    if (n == NULL) return am_true;
    mutex_lock(&n->lock);
    bool is_able = (n->flags & DFLAG_UNICODE_IO) != 0;
    mutex_unlock(&n->lock);
    return term_from_bool(is_able);
}
