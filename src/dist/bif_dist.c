// SPDX-License-Identifier: Apache-2.0
//
// bif_dist.c - the controllers of connections: a port or a process takes one over when OTP's
// handshake is done, and a process moves its packets in and out.
#include "bif/bif.h"
#include "dist/connection.h"
#include "dist/input.h"
#include "dist/output.h"
#include "proc/node_watch.h"
#include "proc/registry.h"
#include "proc/spawn.h"
#include "proc/time.h"
#include "term/bits.h"
#include "term/ref.h"

/** erts_internal:get_dflags(): {erts_dflags, Default, Mandatory, Addable, Rejectable, StrictOrder}.
 */
BIF(erts_internal, get_dflags, 0)
{
    bool is_new = p->vm->config.otp_release >= 26;
    Term all = heap_unsigned(&p->heap, DFLAGS_DEFAULT);
    Term mandatory = heap_unsigned(&p->heap, is_new ? DFLAGS_MANDATORY_26 : DFLAGS_MANDATORY);
    return heap_tuple(&p->heap, 6,
                      (Term[]){am_erts_dflags, all, mandatory, all,
                               term_from_small(DFLAGS_REJECTABLE),
                               term_from_small(DFLAG_DIST_HDR_ATOM_CACHE)});
}

// ---- taking over
// -------------------------------------------------------------------------------------

typedef struct Setup {
    DistNode *node;
    Term controller, setup_pid;
    uint64_t flags;
    uint32_t creation;
} Setup;

/** {dist_ctrlr, Controller, Node, SetupPid} */
static void tell_net_kernel(VM *vm, const Setup *s) {
    ASSERT(term_is_immediate(s->controller) && term_is_local_pid(s->setup_pid));
    Term net_kernel = registry_find(vm, am_net_kernel);
    if (net_kernel == TERM_NONE) return;
    Heap build;
    heap_init_detached(&build, &vm->literals);
    Term message = heap_tuple4(&build, am_dist_ctrlr, s->controller, s->node->name, s->setup_pid);
    signal_send_built(vm, NULL, net_kernel, message, heap_take_fragments(&build));
    heap_destroy(&build);
}

/** The connection is up; 0: it is not pending any more. */
static uint32_t connect(VM *vm, const Setup *s, struct Port *port) {
    DistNode *n = s->node;
    ASSERT((port != NULL) == term_is_local_port(s->controller));
    mutex_lock(&n->lock);
    bool is_pending = n->phase == DIST_PENDING && n->controller == TERM_NONE;
    uint32_t connection = is_pending ? n->connection : 0;
    if (is_pending) {
        n->port = port;
        dist_connected(n, s->controller, s->flags, s->creation);
        n->input_handler = port == NULL ? s->controller : TERM_NONE;
    }
    mutex_unlock(&n->lock);
    if (!is_pending) return 0;
    tell_net_kernel(vm, s);
    node_watch_tell(
        vm, &(NodeEvent){.what = am_nodeup,
                         .node = n->name,
                         .connection = connection,
                         .type = (s->flags & DFLAG_PUBLISHED) != 0 ? am_visible : am_hidden});
    output_wake(n);
    return connection;
}

/** {ok, Handle}, or badarg. */
static Term connect_port(Process *p, const Setup *s) {
    VM *vm = p->vm;
    ASSERT(term_is_local_port(s->controller));
    struct Port *port = vm->port_hooks->dist_begin(vm, s->controller, s->node);
    if (port == NULL) return am_badarg;
    uint32_t connection = connect(vm, s, port);
    if (connection == 0) {
        vm->port_hooks->dist_release(port);
        return am_badarg;
    }
    return heap_tuple2(&p->heap, am_ok, dist_handle(&p->heap, s->node, connection));
}

/** Runs in the process that will control. */
static Term connect_process(VM *vm, Process *p, const Setup *s, Heap *out) {
    ASSERT(s->controller == p->pid);
    if ((p->flags & PROCESS_FLAG_CONTROLS) != 0) return am_badarg;
    uint32_t connection = connect(vm, s, NULL);
    if (connection == 0) return am_badarg;
    p->flags |= PROCESS_FLAG_CONTROLS | PROCESS_FLAG_RELIES; // its end is the connection's
    return dist_handle(out, s->node, connection);
}

/** term: {Node, SetupPid, Flags, Creation} */
static Term run_connect(VM *vm, Process *p, SignalRequest *r, Heap *out) {
    ASSERT(term_is_tuple_of(r->head.term, 4));
    const Term *t = tuple_elements(r->head.term);
    Setup s = {.node = dist_node_get(vm, t[0]), .setup_pid = t[1]};
    uint64_t creation;
    if (p == NULL || s.node == NULL || !bif_get_uint64(t[2], &s.flags) ||
        !bif_get_uint64(t[3], &creation))
        return am_badarg;
    s.controller = p->pid;
    s.creation = (uint32_t)creation;
    return connect_process(vm, p, &s, out);
}

/** The process's own request, or a signal to another: {ok, Handle}, {message, Ref} or badarg. */
static Term ask_process(Process *p, Setup *s, Term flags, Term creation) {
    ASSERT(term_is_local_pid(s->controller) && s->node != NULL);
    if (s->controller == p->pid) {
        Term handle = connect_process(p->vm, p, s, &p->heap);
        return handle == am_badarg ? handle : heap_tuple2(&p->heap, am_ok, handle);
    }
    if (process_find(p->vm, s->controller) == NULL) return am_badarg;
    Term ref = reference_make(p->vm, &p->heap, TERM_NONE);
    Term argument = heap_tuple4(&p->heap, s->node->name, p->pid, flags, creation);
    signal_request(p->vm, s->controller, run_connect, p->pid, ref, argument);
    return heap_tuple2(&p->heap, am_message, ref);
}

/** Does the former connection's end still go on? Then p waits for it. */
static bool waits_for_former(Process *p, DistNode *n) {
    mutex_lock(&n->lock);
    bool waits = n->phase == DIST_EXITING && n->setup_waits == TERM_NONE;
    if (waits) {
        n->setup_waits = p->pid;
        p->suspend_count++;
        p->reductions_left = 0;
    }
    mutex_unlock(&n->lock);
    return waits;
}

/**
 * erts_internal:create_dist_channel(Node, Controller, {Flags, Creation}): {ok, Handle};
 * {message, Ref}: {Ref, Handle | badarg} follows; or badarg. Controller is a port or a process.
 */
BIF(erts_internal, create_dist_channel, 3)
{
    VM *vm = p->vm;
    if (!dist_is_alive(vm) || !term_is_atom(a[0]) || !term_is_tuple_of(a[2], 2)) return am_badarg;
    uint64_t creation;
    Term flags = tuple_get(a[2], 0);
    Setup s = {.controller = a[1], .setup_pid = p->pid};
    if (!bif_get_uint64(flags, &s.flags) || !bif_get_uint64(tuple_get(a[2], 1), &creation) ||
        creation > UINT32_MAX || (~s.flags & DFLAGS_MANDATORY) != 0)
        return am_badarg;
    s.creation = (uint32_t)creation;
    s.node = dist_node_get(vm, a[0]);
    if (s.node == NULL || (!term_is_local_port(a[1]) && !term_is_local_pid(a[1]))) return am_badarg;
    if (waits_for_former(p, s.node))
        return bif_yield(p, am_erts_internal, am_create_dist_channel, 3, a);
    if (term_is_local_port(a[1])) return connect_port(p, &s);
    return ask_process(p, &s, flags, tuple_get(a[2], 1));
}

// ---- a controlling process
// ----------------------------------------------------------------------------

/** The node whose connection p controls by this handle. NULL with p->exc: badarg or notsup. */
static DistNode *controlled(Process *p, Term handle, uint32_t *connection) {
    if ((p->flags & PROCESS_FLAG_CONTROLS) == 0) {
        bif_notsup(p);
        return NULL;
    }
    DistNode *n = dist_node_of_handle(p->vm, handle, connection);
    bool is_own = false;
    if (n != NULL) {
        mutex_lock(&n->lock);
        is_own = n->controller == p->pid && n->connection == *connection;
        mutex_unlock(&n->lock);
    }
    if (is_own) return n;
    bif_badarg(p);
    return NULL;
}

/** erlang:dist_ctrl_input_handler(Handle, Pid): who will put data. */
BIF(erlang, dist_ctrl_input_handler, 2)
{
    uint32_t connection;
    DistNode *n = controlled(p, a[0], &connection);
    if (n == NULL) return TERM_NONE;
    if (!term_is_local_pid(a[1])) return bif_badarg(p);
    mutex_lock(&n->lock);
    n->input_handler = a[1];
    mutex_unlock(&n->lock);
    return am_ok;
}

/** erlang:dist_ctrl_put_data(Handle, Data): one packet that came in. */
BIF(erlang, dist_ctrl_put_data, 2)
{
    uint32_t connection;
    DistNode *n = dist_node_of_handle(p->vm, a[0], &connection);
    uint8_t *bytes;
    size_t count;
    if (n == NULL || !bif_iodata_bytes(a[1], &bytes, &count)) return bif_badarg(p);
    mutex_lock(&n->lock);
    bool is_up = n->phase == DIST_CONNECTED && n->connection == connection;
    bool is_handler = n->input_handler == p->pid;
    mutex_unlock(&n->lock);
    if (is_up && is_handler) {
        atomic_fetch_add_explicit(&n->packets_in, 1, memory_order_relaxed);
        if (!input_packet(n, connection, bytes, count)) dist_kill(n, connection, am_badarg);
        bif_bump(p, 5 + (int64_t)(count >> 8));
    }
    mem_free(bytes);
    return is_up && !is_handler ? bif_notsup(p) : am_ok;
}

/** erlang:dist_ctrl_get_data(Handle): the next packet, {Size, Packet}, or none. */
BIF(erlang, dist_ctrl_get_data, 1)
{
    uint32_t connection;
    DistNode *n = controlled(p, a[0], &connection);
    if (n == NULL) return TERM_NONE;
    uint8_t *bytes = NULL;
    size_t count = output_to_process(n, &bytes);
    if (count == 0) return am_none;
    ASSERT(bytes != NULL);
    mutex_lock(&n->lock);
    bool tells_size = n->tells_size;
    mutex_unlock(&n->lock);
    Term data = heap_cons(&p->heap, heap_binary_from(&p->heap, bytes, count), TERM_NIL);
    mem_free(bytes);
    bif_bump(p, 1 + (int64_t)(count >> 10));
    return tells_size ? heap_tuple2(&p->heap, term_from_small((int64_t)count), data) : data;
}

/** erlang:dist_ctrl_get_data_notification(Handle): p gets dist_data when there is some. */
BIF(erlang, dist_ctrl_get_data_notification, 1)
{
    uint32_t connection;
    DistNode *n = controlled(p, a[0], &connection);
    if (n == NULL) return TERM_NONE;
    mutex_lock(&n->lock);
    n->wants_notice = true;
    mutex_unlock(&n->lock);
    output_wake(n);
    return am_ok;
}

/** erlang:dist_ctrl_set_opt(Handle, get_size, Bool): the former value. */
BIF(erlang, dist_ctrl_set_opt, 3)
{
    uint32_t connection;
    DistNode *n = controlled(p, a[0], &connection);
    if (n == NULL) return TERM_NONE;
    if (a[1] != am_get_size || (a[2] != am_true && a[2] != am_false)) return bif_badarg(p);
    mutex_lock(&n->lock);
    bool before = n->tells_size;
    n->tells_size = a[2] == am_true;
    mutex_unlock(&n->lock);
    return term_from_bool(before);
}

/** erlang:dist_ctrl_get_opt(Handle, get_size). */
BIF(erlang, dist_ctrl_get_opt, 2)
{
    uint32_t connection;
    DistNode *n = controlled(p, a[0], &connection);
    if (n == NULL) return TERM_NONE;
    return a[1] == am_get_size ? term_from_bool(n->tells_size) : bif_badarg(p);
}

/** erlang:dist_get_stat(Handle): {ok, PacketsIn, PacketsOut, BytesQueued}. */
BIF(erlang, dist_get_stat, 1)
{
    uint32_t connection;
    DistNode *n = dist_node_of_handle(p->vm, a[0], &connection);
    if (n == NULL) return bif_badarg(p);
    mutex_lock(&n->lock);
    bool is_it = n->connection == connection;
    uint64_t in = atomic_load_explicit(&n->packets_in, memory_order_relaxed);
    uint64_t out = atomic_load_explicit(&n->packets_out, memory_order_relaxed);
    uint64_t queued = atomic_load_explicit(&n->queued_bytes, memory_order_relaxed);
    mutex_unlock(&n->lock);
    if (!is_it) return bif_badarg(p);
    return heap_tuple4(&p->heap, am_ok, heap_unsigned(&p->heap, in), heap_unsigned(&p->heap, out),
                       heap_unsigned(&p->heap, queued));
}
