// SPDX-License-Identifier: Apache-2.0
//
// port_trace.c - what a port tells its tracer: that it opens and ends, gets linked or a name, takes
// a command, sends a message, and what it does when. A port's lock is held here, so no other port
// is entered: what a port that traces it is to get waits until it is left.
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
    if (port_traced(port, TRACE_PORTS | TRACE_RUNNING_PORTS) == NULL) return;
    Term name = atom_from(port->vm->atoms, port->name);
    port_trace(port, TRACE_PORTS, am_open, owner, name == TERM_NONE ? am_undefined : name);
    port_trace(port, TRACE_RUNNING_PORTS, am_in, am_open, TERM_NONE);
    port_trace(port, TRACE_RUNNING_PORTS, am_out, am_open, TERM_NONE);
    port_trace(port, TRACE_PORTS, am_getting_linked, owner, TERM_NONE);
}

void port_trace_command(Port *port, Term from, const PortCommand *command) {
    ASSERT(term_is_local_pid(from));
    if (port_traced(port, TRACE_RECEIVE) == NULL) return;
    Heap h;
    heap_init_detached(&h, &port->vm->literals);
    uint8_t *bytes;
    Term data = heap_binary(&h, port_command_count(command), &bytes);
    if (command->count > 0) memcpy(bytes, command->bytes, command->count);
    output_queue_copy(&command->parts, bytes, output_queue_count(&command->parts));
    Term request = heap_tuple2(&h, am_command, data);
    port_trace(port, TRACE_RECEIVE, am_receive, heap_tuple2(&h, from, request), TERM_NONE);
    heap_destroy(&h);
}

void port_trace_request(Port *port, Term from, Term verb, Term value) {
    ASSERT(term_is_atom(verb));
    if (port_traced(port, TRACE_RECEIVE) == NULL) return;
    Heap h;
    heap_init_detached(&h, &port->vm->literals);
    Term request = value == TERM_NONE ? verb : heap_tuple2(&h, verb, value);
    port_trace(port, TRACE_RECEIVE, am_receive, heap_tuple2(&h, from, request), TERM_NONE);
    heap_destroy(&h);
}

void port_trace_control(Port *port, Term from, uint64_t operation, const uint8_t *bytes,
                        size_t count) {
    ASSERT(bytes != NULL || count == 0);
    if (port_traced(port, TRACE_RECEIVE) == NULL) return;
    Heap h;
    heap_init_detached(&h, &port->vm->literals);
    Term what = heap_tuple2(&h, heap_unsigned(&h, operation), heap_binary_from(&h, bytes, count));
    port_trace_request(port, from, am_control, what);
    heap_destroy(&h);
}

void port_trace_answer(Port *port, Term to, Term tag, const uint8_t *bytes, size_t count) {
    ASSERT(term_is_atom(tag));
    if (port_traced(port, TRACE_SEND) == NULL) return;
    Heap h;
    heap_init_detached(&h, &port->vm->literals);
    Term value = bytes == NULL ? tag : heap_tuple2(&h, tag, heap_binary_from(&h, bytes, count));
    port_trace(port, TRACE_SEND, am_send, heap_tuple2(&h, port->term, value), to);
    heap_destroy(&h);
}

// ---- what it does
// -----------------------------------------------------------------------------------
static void tell_profiler(Port *port, Term status) {
    Tracing *tracing = &port->vm->tracing;
    if (tracing_watches(tracing, TRACING_PROFILE_PORTS))
        tracing->hooks->profile_port(port->vm, port->term, status);
}

void port_trace_runs(Port *port, Term what) {
    ASSERT(port->runs == TERM_NONE);
    port->runs = what;
    tell_profiler(port, am_active);
    port_trace(port, TRACE_RUNNING_PORTS, am_in, what, TERM_NONE);
}

void port_trace_stops(Port *port) {
    if (port->runs == TERM_NONE) return;
    if (port->state == PORT_OPEN)
        port_trace(port, TRACE_RUNNING_PORTS, am_out, port->runs, TERM_NONE);
    tell_profiler(port, am_inactive);
    port->runs = TERM_NONE;
}

void port_trace_caller(Process *p, Term what) {
    ASSERT(what == am_out || what == am_in);
    if (UNLIKELY(process_traced(p, TRACE_RUNNING_PROCS) != NULL))
        p->vm->tracing.hooks->in_port(p, what);
}

// ---- to other ports
// ---------------------------------------------------------------------------------
struct PortOutput {
    PortOutput *next;
    Term to;
    size_t count;
    uint8_t bytes[];
};

bool port_trace_output_later(VM *vm, Term from, Term to, const uint8_t *bytes, size_t count) {
    ASSERT(from != to);
    Port *port = port_entered(vm, from);
    if (port == NULL) return false;
    PortOutput *o = mem_alloc(sizeof *o + count);
    o->next = NULL;
    o->to = to;
    o->count = count;
    memcpy(o->bytes, bytes, count);
    PortOutput **last = &port->later;
    while (*last != NULL) last = &(*last)->next;
    *last = o;
    return true;
}

static void output_all(VM *vm, PortOutput *list) {
    for (PortOutput *next; list != NULL; list = next) {
        next = list->next;
        vm->port_hooks->output(vm, list->to, list->bytes, list->count);
        mem_free(list);
    }
}

void port_trace_tell(Port *port) {
    ASSERT(port->is_telling);
    for (;;) {
        mutex_lock(&port->lock);
        PortOutput *list = port->later;
        port->later = NULL;
        port->is_telling = list != NULL;
        mutex_unlock(&port->lock);
        if (list == NULL) return;
        output_all(port->vm, list);
    }
}

void port_trace_ended(Port *port) {
    if (atomic_load_explicit(&port->trace, memory_order_relaxed) != NULL)
        port->vm->tracing.hooks->port_ended(port->vm, &port->trace);
}
