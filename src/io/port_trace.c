// SPDX-License-Identifier: Apache-2.0
//
// port_trace.c - what a port tells its tracer: that it opens and ends, gets linked or a name, takes
// a command, sends a message. Who traces ports is a process (a port's lock is held here, so no
// other port is entered). What a port's driver does when it runs is not told.
//
// Threads: any, with the port's lock held.
#include "io/port.h"

#include "vm/vm.h"

/** The state of the port when any of flags is traced of it, else NULL. */
static const TraceState *port_traced(const Port *port, uint32_t flags) {
    // acquire pairs with the release by which the state was put there (TRACE-1)
    const TraceState *t = atomic_load_explicit(&port->trace, memory_order_acquire);
    return t == NULL || (t->flags & flags) == 0 ? NULL : t;
}

void port_trace(Port *port, uint32_t flag, Term what, Term data, Term extra) {
    ASSERT(term_is_local_port(port->term) && term_is_atom(what));
    const TraceState *t = port_traced(port, flag);
    if (t != NULL)
        port->vm->tracing.hooks->port_event(port->vm, t, flag, port->term, what, data, extra);
}

void port_trace_opened(Port *port, Term owner) {
    ASSERT(port->state == PORT_OPEN);
    Tracing *tracing = &port->vm->tracing;
    if (atomic_load_explicit(&tracing->new_ports, memory_order_relaxed) == NULL) return;
    tracing->hooks->port_begins(port->vm, &port->trace);
    if (port_traced(port, TRACE_PORTS) == NULL) return;
    Term name = atom_from(port->vm->atoms, port->name);
    port_trace(port, TRACE_PORTS, am_open, owner, name == TERM_NONE ? am_undefined : name);
    port_trace(port, TRACE_PORTS, am_getting_linked, owner, TERM_NONE);
}

void port_trace_command(Port *port, Term from, const uint8_t *bytes, size_t count) {
    ASSERT(term_is_local_pid(from));
    if (port_traced(port, TRACE_RECEIVE) == NULL) return;
    Heap h;
    heap_init_detached(&h, &port->vm->literals);
    Term command = heap_tuple2(&h, am_command, heap_binary_from(&h, bytes, count));
    port_trace(port, TRACE_RECEIVE, am_receive, heap_tuple2(&h, from, command), TERM_NONE);
    heap_destroy(&h);
}

void port_trace_ended(Port *port) {
    if (atomic_load_explicit(&port->trace, memory_order_relaxed) != NULL)
        port->vm->tracing.hooks->port_ended(port->vm, &port->trace);
}
