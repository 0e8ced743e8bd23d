// SPDX-License-Identifier: Apache-2.0
//
// port_dist.c - a port as the carrier of a connection between nodes (dist/).
//
// The room dist/ holds what is to be written; the port's driver fetches it whenever it can write.
// Whoever has queued something calls dist_wake, which does it at once when nobody is at the port.
// If somebody is, that thread does it: leaving the port, it looks once more.
//
// PDIST-1: nothing stays behind. The waker queues (under the node's lock), then tries the port's
//          lock; the leaver unlocks the port, then looks at the queue (under the node's lock).
//          Whichever comes second at the node's lock sees what the other did.
// PDIST-2: a blocked driver is watched for readiness to write; then it fetches on. Meanwhile nobody
//          else need try.
//
// Threads: any.
#include "io/port.h"
#include "proc/remote.h"

/** Fetches and writes as much as there is and goes. With the lock held. */
static void pump(Port *port, struct DistNode *node) {
    ASSERT(atomic_load_explicit(&port->dist, memory_order_relaxed) == node);
    if (port->state == PORT_OPEN && port->driver->dist_write != NULL)
        port->driver->dist_write(port, node);
}

static bool has_work(Port *port, struct DistNode *node) {
    // relaxed: a stale false costs a try; a stale true only when the driver has since written, and
    // then it has fetched on as well (PDIST-2)
    return !atomic_load_explicit(&port->dist_blocked, memory_order_relaxed) &&
           port->vm->dist_hooks->has_output(node);
}

void port_dist_wake(Port *port) {
    struct DistNode *node = atomic_load_explicit(&port->dist, memory_order_acquire);
    if (node == NULL) return;
    while (mutex_try_lock(&port->lock)) { // PDIST-1
        if (port->state != PORT_OPEN) {
            mutex_unlock(&port->lock);
            return;
        }
        pump(port, node);
        port_leave_again(port);
        if (!has_work(port, node)) return;
    }
}

void port_dist_left(Port *port) {
    struct DistNode *node = atomic_load_explicit(&port->dist, memory_order_acquire);
    if (node != NULL && has_work(port, node)) port_dist_wake(port);
}

Port *port_dist_begin(VM *vm, Term term, struct DistNode *node) {
    Port *port = port_enter(vm, term);
    if (port == NULL) return NULL;
    ASSERT(port->state == PORT_OPEN && node != NULL);
    bool is_able = port->driver->dist_write != NULL &&
                   atomic_load_explicit(&port->dist, memory_order_relaxed) == NULL;
    if (is_able) {
        atomic_fetch_add_explicit(&port->refs, 1, memory_order_relaxed);
        // release: who sees it sees the node complete
        atomic_store_explicit(&port->dist, node, memory_order_release);
    }
    port_leave(port);
    return is_able ? port : NULL;
}

void port_dist_ended(Port *port, Term reason) {
    struct DistNode *node = atomic_load_explicit(&port->dist, memory_order_relaxed);
    if (node == NULL || port->vm->dist_hooks == NULL) return;
    ASSERT(port->state == PORT_CLOSING);
    port->vm->dist_hooks->port_ended(node, reason);
}
