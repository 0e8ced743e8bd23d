// SPDX-License-Identifier: Apache-2.0
//
// connection.c - nodes by name, and the phases of their connections. DIST-1 to DIST-6 are in
// connection.h.
#include "dist/connection.h"

#include "dist/input.h"
#include "dist/outgoing.h"
#include "dist/output.h"
#include "proc/node_watch.h"
#include "proc/quiesce.h"
#include "proc/registry.h"
#include "proc/time.h"
#include "term/ref.h"

// ---- nodes by name
// ------------------------------------------------------------------------------------

DistNode *dist_node_find(VM *vm, Term name) {
    ASSERT(term_is_atom(name));
    // acquire: pairs with the release below, so that a node seen is complete
    DistNode *n = atomic_load_explicit(&vm->dist->first, memory_order_acquire);
    while (n != NULL && n->name != name) n = n->next;
    return n;
}

static DistNode *node_new(VM *vm, Term name) {
    DistNode *n = mem_zalloc(sizeof *n);
    n->vm = vm;
    n->name = name;
    reference_make_words(vm, n->handle_words, TERM_NONE);
    mutex_init(&n->lock);
    n->controller = n->input_handler = n->setup_waits = TERM_NONE;
    n->waiting_last = &n->waiting;
    n->items_last = &n->items;
    return n;
}

DistNode *dist_node_get(VM *vm, Term name) {
    if (name == node_own_name(vm->nodes)) return NULL;
    DistNode *n = dist_node_find(vm, name);
    if (n != NULL) return n;
    DistState *d = vm->dist;
    mutex_lock(&d->lock);
    n = dist_node_find(vm, name);
    if (n == NULL) { // DIST-1
        n = node_new(vm, name);
        n->next = atomic_load_explicit(&d->first, memory_order_relaxed);
        atomic_store_explicit(&d->first, n, memory_order_release);
    }
    mutex_unlock(&d->lock);
    return n;
}

Term dist_handle(Heap *h, const DistNode *n, uint32_t connection) {
    ASSERT(connection != 0); // DIST-3
    Term *hp = heap_alloc(h, REF_WORDS);
    Term ref = ref_write(&hp, n->handle_words);
    return heap_tuple2(h, term_from_small(connection), ref);
}

DistNode *dist_node_of_handle(VM *vm, Term handle, uint32_t *connection) {
    if (!term_is_tuple_of(handle, 2)) return NULL;
    Term number = tuple_get(handle, 0), ref = tuple_get(handle, 1);
    if (!term_is_small(number) || term_small(number) <= 0 || term_small(number) > UINT32_MAX ||
        !term_is_local_ref(ref))
        return NULL;
    *connection = (uint32_t)term_small(number);
    DistNode *n = atomic_load_explicit(&vm->dist->first, memory_order_acquire);
    while (n != NULL && memcmp(n->handle_words, ref_words(ref), 2 * sizeof(uint64_t)) != 0)
        n = n->next;
    return n;
}

bool dist_is_alive(VM *vm) {
    return atomic_load_explicit(&vm->dist->net_kernel, memory_order_acquire) != TERM_NONE;
}

// ---- becoming connected
// -------------------------------------------------------------------------------

void dist_begin_pending(DistNode *n) {
    ASSERT(n->phase == DIST_IDLE && n->waiting == NULL && n->items == NULL);
    n->phase = DIST_PENDING;
    // DIST-3
    n->connection =
        atomic_fetch_add_explicit(&n->vm->dist->connections, 1, memory_order_relaxed) + 1;
}

/** {auto_connect, Node, Handle} to net_kernel. */
static void ask_net_kernel(DistNode *n, Term net_kernel, uint32_t connection) {
    ASSERT(term_is_local_pid(net_kernel));
    Heap build;
    heap_init_detached(&build, &n->vm->literals);
    Term handle = dist_handle(&build, n, connection);
    Term message = heap_tuple3(&build, am_auto_connect, n->name, handle);
    signal_send_built(n->vm, NULL, net_kernel, message, heap_take_fragments(&build));
    heap_destroy(&build);
}

bool dist_auto_connect(DistNode *n) {
    if (!dist_is_alive(n->vm)) return false;
    Term net_kernel = registry_find(n->vm, am_net_kernel);
    if (net_kernel == TERM_NONE || !term_is_local_pid(net_kernel)) return false;
    mutex_lock(&n->lock);
    bool is_first = n->phase == DIST_IDLE;
    bool is_exiting = n->phase == DIST_EXITING;
    if (is_first) dist_begin_pending(n);
    uint32_t connection = n->connection;
    mutex_unlock(&n->lock);
    if (is_first) ask_net_kernel(n, net_kernel, connection);
    return !is_exiting;
}

void dist_connected(DistNode *n, Term controller, uint64_t flags, uint32_t creation) {
    ASSERT(n->phase == DIST_PENDING && n->controller == TERM_NONE);
    ASSERT((flags & DFLAGS_MANDATORY) == DFLAGS_MANDATORY);
    ASSERT(n->items == NULL && n->suspended_count == 0);
    n->phase = DIST_CONNECTED;
    n->controller = controller;
    n->flags = flags;
    n->creation = creation;
    atomic_store_explicit(&n->packets_in, 0, memory_order_relaxed);
    atomic_store_explicit(&n->packets_out, 0, memory_order_relaxed);
    output_begin(n);
    input_begin(n);
    outgoing_encode_waiting(n); // DIST-4
}

// ---- the end of a connection
// --------------------------------------------------------------------------

/** What a connection leaves behind; freed and told with no lock held. */
typedef struct Remains {
    LinkTree *reliers, *named;
    DistWaiting *waiting;
    DistItem *items;
    Term *suspended;
    size_t suspended_count;
    struct Port *port;
    bool was_up, was_visible;
} Remains;

static void take_remains(DistNode *n, Remains *r) {
    *r = (Remains){.reliers = n->reliers,
                   .named = n->named,
                   .waiting = n->waiting,
                   .items = n->items,
                   .suspended = n->suspended,
                   .suspended_count = n->suspended_count,
                   .port = n->port,
                   .was_up = n->phase == DIST_CONNECTED,
                   .was_visible = (n->flags & DFLAG_PUBLISHED) != 0};
    n->phase = DIST_EXITING;
    n->reliers = n->named = NULL;
    n->waiting = NULL;
    n->waiting_last = &n->waiting;
    n->items = NULL;
    n->items_last = &n->items;
    n->suspended = NULL;
    n->suspended_count = n->suspended_capacity = 0;
    n->port = NULL;
    n->controller = n->input_handler = TERM_NONE;
    n->flags = 0;
    n->tells_size = n->wants_notice = false;
    atomic_store_explicit(&n->queued_bytes, 0, memory_order_relaxed);
}

/** DIST-6 */
static void tell_end(DistNode *n, uint32_t connection, Remains *r, Term reason) {
    VM *vm = n->vm;
    uint32_t at = 0;
    ASSERT(connection != 0);
    for (Relation *e; (e = relation_next(r->reliers, &at)) != NULL;) {
        SignalRequest *s = signal_new(vm, SIGNAL_CONNECTION_DOWN, TERM_NONE, TERM_NONE, TERM_NONE);
        s->id = connection;
        signal_push(vm, e->key, s);
    }
    relation_free_all(&r->reliers, NULL);
    relation_free_all(&r->named, NULL);
    if (r->was_up) {
        // A controlling process under a supervisor ends with {shutdown, Reason}.
        if (term_is_tuple_of(reason, 2) && tuple_get(reason, 0) == am_shutdown)
            reason = tuple_get(reason, 1);
        node_watch_tell(
            vm, &(NodeEvent){.what = am_nodedown,
                             .node = n->name,
                             .connection = connection,
                             .type = r->was_visible ? am_visible : am_hidden,
                             .reason = reason == am_normal ? am_connection_closed : reason});
    }
    dist_resume(vm, r->suspended, r->suspended_count);
    outgoing_free_waiting(r->waiting);
    output_free_items(r->items);
}

void dist_disconnected(DistNode *n, uint32_t connection, Term reason) {
    Remains r;
    mutex_lock(&n->lock);
    bool is_it =
        n->connection == connection && (n->phase == DIST_PENDING || n->phase == DIST_CONNECTED);
    if (is_it) take_remains(n, &r);
    mutex_unlock(&n->lock);
    if (!is_it) return;
    output_end(n);
    input_end(n);
    tell_end(n, connection, &r, reason);
    mutex_lock(&n->lock);
    ASSERT(n->phase == DIST_EXITING && n->connection == connection); // DIST-6
    n->phase = DIST_IDLE;
    Term waits = n->setup_waits;
    n->setup_waits = TERM_NONE;
    mutex_unlock(&n->lock);
    if (waits != TERM_NONE) process_request_resume(n->vm, waits);
    // Whoever is about to wake it has found it under the lock, and is not at a quiet point yet.
    if (r.port != NULL) quiesce_retire(n->vm->quiesce, n->vm->port_hooks->dist_release, r.port);
}

void dist_kill(DistNode *n, uint32_t connection, Term reason) {
    VM *vm = n->vm;
    mutex_lock(&n->lock);
    bool is_up = n->connection == connection && n->phase == DIST_CONNECTED;
    bool is_pending = n->connection == connection && n->phase == DIST_PENDING;
    Term controller = n->controller;
    mutex_unlock(&n->lock);
    if (is_pending) dist_disconnected(n, connection, reason);
    if (!is_up) return;
    if (term_is_local_port(controller))
        vm->port_hooks->exit(vm, controller, controller, reason, false);
    else
        signal_send_exit(vm, vm->system_processes.init, controller, am_kill);
}

DistNode *dist_node_of_connection(VM *vm, uint32_t connection) {
    ASSERT(connection != 0); // DIST-3
    DistNode *n = atomic_load_explicit(&vm->dist->first, memory_order_acquire);
    for (; n != NULL; n = n->next) {
        mutex_lock(&n->lock);
        bool is_it = n->connection == connection;
        mutex_unlock(&n->lock);
        if (is_it) break;
    }
    return n;
}

void dist_stop_alive(VM *vm) {
    DistState *d = vm->dist;
    Term was = atomic_exchange_explicit(&d->net_kernel, TERM_NONE, memory_order_acq_rel);
    if (was == TERM_NONE) return;
    Term name = node_own_name(vm->nodes);
    ASSERT(name != am_nonode_nohost);
    for (DistNode *n = atomic_load_explicit(&d->first, memory_order_acquire); n != NULL;
         n = n->next) {
        mutex_lock(&n->lock);
        uint32_t connection = n->connection;
        mutex_unlock(&n->lock);
        dist_kill(n, connection, am_net_kernel_terminated);
    }
    atom_table_set_own_node(vm->atoms, am_nonode_nohost, 0);
    node_set_own(vm->nodes, am_nonode_nohost, 0);
    node_watch_tell(vm, &(NodeEvent){.what = am_nodedown,
                                     .node = name,
                                     .type = am_visible,
                                     .reason = am_net_kernel_terminated});
}

// ---- senders that wait
// --------------------------------------------------------------------------------

void dist_suspend(DistNode *n, Process *p) {
    ASSERT(n->phase == DIST_CONNECTED);
    if (n->suspended_count == n->suspended_capacity) {
        n->suspended_capacity = n->suspended_capacity * 2 + 8;
        n->suspended = mem_realloc(n->suspended, n->suspended_capacity * sizeof *n->suspended);
    }
    ASSERT(n->suspended_count < n->suspended_capacity);
    n->suspended[n->suspended_count++] = p->pid;
    p->suspend_count++;
    p->reductions_left = 0; // its turn ends here
}

size_t dist_take_suspended(DistNode *n, Term **pids) {
    *pids = NULL;
    size_t count = n->suspended_count;
    size_t limit = n->vm->config.dist_busy_limit;
    if (count == 0 || atomic_load_explicit(&n->queued_bytes, memory_order_relaxed) >= limit)
        return 0;
    *pids = n->suspended;
    n->suspended = NULL;
    n->suspended_count = n->suspended_capacity = 0;
    return count;
}

void dist_resume(VM *vm, Term *pids, size_t count) {
    ASSERT(count == 0 || pids != NULL);
    for (size_t i = 0; i < count; i++) process_request_resume(vm, pids[i]);
    mem_free(pids);
}

// ---- processes that rely on a connection
// ----------------------------------------------------------------

static void add_relier(DistNode *n, Process *p) {
    ASSERT(term_is_local_pid(p->pid) && n->connection != 0);
    p->flags |= PROCESS_FLAG_RELIES;
    if (relation_find(n->reliers, p->pid) == NULL) relation_add(&n->reliers, p->pid);
}

uint32_t dist_rely(Process *p, Term node, bool connects) {
    DistNode *n = dist_node_get(p->vm, node);
    if (n == NULL || !dist_is_alive(p->vm)) return 0;
    for (;;) {
        mutex_lock(&n->lock);
        DistPhase phase = n->phase;
        uint32_t connection = 0;
        if (phase == DIST_PENDING || phase == DIST_CONNECTED) {
            connection = n->connection;
            add_relier(n, p);
        }
        mutex_unlock(&n->lock);
        if (connection != 0 || !connects || !dist_auto_connect(n)) return connection;
    }
}

bool dist_rely_on(Process *p, Term node, uint32_t connection) {
    DistNode *n = dist_node_get(p->vm, node);
    if (n == NULL) return false;
    ASSERT(connection != 0);
    mutex_lock(&n->lock);
    bool is_it = n->connection == connection && n->phase == DIST_CONNECTED;
    if (is_it) add_relier(n, p);
    mutex_unlock(&n->lock);
    return is_it;
}

void dist_note_named(DistNode *n, uint32_t connection, Term ref, Term pid) {
    ASSERT(term_is_reference(ref) && term_is_local_pid(pid));
    mutex_lock(&n->lock);
    bool is_it = n->connection == connection && n->phase == DIST_CONNECTED;
    if (is_it && relation_find_id(n->named, ref) == NULL)
        relation_add_id(&n->named, ref)->other = pid;
    mutex_unlock(&n->lock);
}

Term dist_take_named(DistNode *n, Term ref) {
    ASSERT(term_is_reference(ref));
    mutex_lock(&n->lock);
    Relation *r = relation_find_id(n->named, ref);
    Term pid = r == NULL ? TERM_NONE : r->other;
    if (r != NULL) relation_remove(n->named, r);
    mutex_unlock(&n->lock);
    return pid;
}

/** p relies on nothing any more. A controlling process takes its connection along. */
static void process_ended(Process *p) {
    VM *vm = p->vm;
    DistState *d = vm->dist;
    if (atomic_load_explicit(&d->net_kernel, memory_order_relaxed) == p->pid) dist_stop_alive(vm);
    if ((p->flags & PROCESS_FLAG_RELIES) == 0) return;
    for (DistNode *n = atomic_load_explicit(&d->first, memory_order_acquire); n != NULL;
         n = n->next) {
        mutex_lock(&n->lock);
        Relation *r = relation_find(n->reliers, p->pid);
        if (r != NULL) relation_remove(n->reliers, r);
        uint32_t connection = n->controller == p->pid ? n->connection : 0;
        mutex_unlock(&n->lock);
        if (connection != 0) dist_disconnected(n, connection, p->exit_reason);
    }
}

// ---- the room's state
// ---------------------------------------------------------------------------------

static void port_ended(DistNode *n, Term reason) {
    mutex_lock(&n->lock);
    uint32_t connection = n->connection;
    mutex_unlock(&n->lock);
    dist_disconnected(n, connection, reason);
}

/** system_info(dist_ctrl): [{Node, PortOrPid}] */
static Term controllers(Process *p) {
    Term list = TERM_NIL;
    for (DistNode *n = atomic_load_explicit(&p->vm->dist->first, memory_order_acquire); n != NULL;
         n = n->next) {
        mutex_lock(&n->lock);
        Term controller = n->controller;
        mutex_unlock(&n->lock);
        if (controller == TERM_NONE) continue;
        list = heap_cons(&p->heap, heap_tuple2(&p->heap, n->name, controller), list);
    }
    return list;
}

/** For OTP's own suites. */
static Term internal_state(Process *p, Term what) {
    Heap *h = &p->heap;
    switch (what) {
    case am_node_and_dist_references: // nothing is counted: nodes stay (DIST-1, NODE-1)
        return heap_tuple2(h, heap_tuple2(h, am_node_references, TERM_NIL),
                           heap_tuple2(h, am_dist_references, TERM_NIL));
    case am_monitoring_nodes: return node_watch_list(p);
    case am_max_atom_out_cache_index: return term_from_small(DIST_CACHE_SLOTS - 1);
    default: break;
    }
    if (!term_is_tuple_of(what, 2) || !term_is_atom(tuple_get(what, 1))) return TERM_NONE;
    Term name = tuple_get(what, 1);
    if (tuple_get(what, 0) == am_atom_out_cache_index)
        return term_from_small(output_first_slot(name));
    if (tuple_get(what, 0) != am_dist_ctrl) return TERM_NONE;
    DistNode *n = dist_node_find(p->vm, name);
    if (n == NULL) return am_undefined;
    mutex_lock(&n->lock);
    Term controller = n->controller;
    mutex_unlock(&n->lock);
    return controller == TERM_NONE ? am_undefined : controller;
}

static const DistHooks dist_hooks = {
    .send = outgoing_send,
    .signal = outgoing_signal,
    .wait = outgoing_wait,
    .text = dist_text,
    .controllers = controllers,
    .internal_state = internal_state,
    .rely = dist_rely,
    .rely_on = dist_rely_on,
    .decode = control_decode_signal,
    .input = input_from_port,
    .fits = outgoing_fits,
    .output = output_to_port,
    .port_ended = port_ended,
    .has_output = output_is_waiting,
    .flush = output_wake,
};

void dist_create(VM *vm) {
    ASSERT(vm->dist == NULL && vm->nodes != NULL);
    DistState *d = mem_zalloc(sizeof *d);
    mutex_init(&d->lock);
    atomic_init(&d->net_kernel, TERM_NONE);
    vm->dist = d;
    vm->dist_hooks = &dist_hooks;
    ASSERT(vm->process_ended_count < VM_PROCESS_ENDED_MAX);
    vm->process_ended[vm->process_ended_count++] = process_ended;
}

void dist_destroy(VM *vm) {
    DistState *d = vm->dist;
    ASSERT(d != NULL);
    vm->dist_hooks = NULL;
    for (DistNode *n = atomic_load_explicit(&d->first, memory_order_relaxed), *next; n != NULL;
         n = next) {
        next = n->next;
        Remains r;
        take_remains(n, &r);
        ASSERT(r.port == NULL); // ports are closed before
        output_end(n);
        input_end(n);
        outgoing_free_waiting(r.waiting);
        output_free_items(r.items);
        relation_free_all(&r.reliers, NULL);
        relation_free_all(&r.named, NULL);
        mem_free(r.suspended);
        mutex_free(&n->lock);
        mem_free(n);
    }
    mutex_free(&d->lock);
    mem_free(d);
}
