// SPDX-License-Identifier: Apache-2.0
//
// inet_socket.c - a driver's socket: made, armed, closed; the one request that is under way.
//
// Threads: PORT-1.
#include <errno.h>

#include "io/inet.h"
#include "proc/signal.h"

enum { INET_BUFFER_BYTES = 1460, INET_QUEUE_LIMIT_HIGH = 8192, INET_QUEUE_LIMIT_LOW = 4096 };

void inet_socket_init(InetSocket *s, Port *port, bool is_tcp) {
    ASSERT(s->port == NULL);
    s->port = port;
    s->fd = -1;
    s->is_tcp = is_tcp;
    s->type = is_tcp ? SOCK_STREAM : SOCK_DGRAM;
    s->domain = AF_UNSPEC;
    s->packet = PACKET_RAW;
    s->exits_on_close = true;
    s->buffer_bytes = INET_BUFFER_BYTES;
    s->line_delimiter = '\n';
    s->message_queue_high = INET_QUEUE_LIMIT_HIGH;
    s->message_queue_low = INET_QUEUE_LIMIT_LOW;
}

void inet_socket_free(InetSocket *s) {
    inet_close(s);
    ASSERT(!s->op.is_there);
    port_timer_cancel(&s->op.timer);
    mem_free(s->name_space);
    mem_free(s->subscribers);
}

void inet_close(InetSocket *s) {
    s->subscriber_count = 0;
    if (s->fd < 0) return;
    if (!s->is_ignored) port_disarm(s->port, s->fd);
    s->wanted = s->armed = 0;
    if (s->is_prebound) return; // whoever opened it may go on with it
    stream_close(s->port->vm->world, s->fd);
    s->fd = -1;
    s->state = INET_STATE_CLOSED;
}

void inet_want(InetSocket *s, unsigned interest) {
    ASSERT((interest & ~(unsigned)(POLLER_READ | POLLER_WRITE)) == 0);
    if (s->is_ignored)
        s->ignored_wants |= interest;
    else
        s->wanted |= interest;
}

void inet_unwant(InetSocket *s, unsigned interest) {
    s->wanted &= ~interest;
    s->ignored_wants &= ~interest;
}

void inet_arm(InetSocket *s) {
    if (s->fd < 0 || (s->wanted & ~s->armed) == 0) return;
    s->armed = s->wanted; // INET-1
    int error = port_arm(s->port, s->fd, s->wanted, PORT_READY_SOCKET);
    if (error != 0) port_fail(s->port, error);
}

unsigned inet_take_event(InetSocket *s, unsigned readiness) {
    s->armed = 0; // events are one-shot
    unsigned taken = readiness & s->wanted;
    if ((readiness & POLLER_HANGUP) != 0) taken |= s->wanted;
    return taken;
}

bool inet_begin_operation(InetSocket *s, uint16_t *id) {
    if (s->op.is_there) return false;
    ASSERT(s->op.timer == NULL); // INET-2
    s->op.is_there = true;
    s->op.id = *id = s->next_id++;
    s->op.caller = s->port->caller;
    return true;
}

bool inet_end_operation(InetSocket *s, InetOperation *ended) {
    if (!s->op.is_there) return false;
    port_timer_cancel(&s->op.timer);
    *ended = s->op;
    s->op.is_there = false;
    return true;
}

void inet_operation_ok(InetSocket *s) {
    InetOperation op;
    if (!inet_end_operation(s, &op)) return;
    Heap heap;
    heap_init_detached(&heap, &s->port->vm->literals);
    inet_send_async(s, op.caller, op.id, &heap, am_ok);
}

void inet_operation_error(InetSocket *s, Term reason) {
    InetOperation op;
    if (inet_end_operation(s, &op)) inet_send_async_error(s, op.caller, op.id, reason);
}

void inet_tell_subscribers(InetSocket *s) {
    for (uint32_t i = 0; i < s->subscriber_count; i++) {
        Heap heap;
        heap_init_detached(&heap, &s->port->vm->literals);
        Term message = heap_tuple2(&heap, am_empty_out_q, s->port->term);
        signal_send_built(s->port->vm, NULL, s->subscribers[i], message,
                          heap_take_fragments(&heap));
        heap_destroy(&heap);
    }
    s->subscriber_count = 0;
}
