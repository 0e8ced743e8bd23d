// SPDX-License-Identifier: Apache-2.0
//
// tcp_input.c - what comes in over a connection: read, cut into packets, delivered.
//
// One readiness is one read, into a buffer of the size that the option `buffer` gives, or of just
// the bytes that are asked for. A packet longer than the buffer makes it grow, once its length is
// known. While the socket is passive, nothing is read but for a request.
//
// Threads: PORT-1.
#include <errno.h>

#include "io/http_line.h"
#include "io/tcp.h"
#include "proc/remote.h"

enum { TCP_DIST_BUFFER_BYTES = 65536 }; // at least, between nodes

// ---- the buffer
// --------------------------------------------------------------------------------------

static size_t filled(const TcpInput *in) {
    ASSERT(in->start <= in->end && in->end <= in->size); // TCP-1
    return in->end - in->start;
}

void tcp_clear_input(TcpSocket *t) {
    TcpInput *in = &t->input;
    if (in->buffer != NULL) binary_release(in->buffer);
    in->buffer = NULL;
    in->size = in->start = in->end = in->missing = 0;
}

/** Another buffer of size bytes, with what was not delivered at its begin. */
static void renew_buffer(TcpInput *in, size_t size) {
    size_t count = filled(in);
    ASSERT(size >= count);
    Binary *buffer = binary_new(size);
    if (count > 0) memcpy(buffer->bytes, in->buffer->bytes + in->start, count);
    if (in->buffer != NULL) binary_release(in->buffer);
    in->buffer = buffer;
    in->size = size;
    in->start = 0;
    in->end = count;
}

/** Is the buffer nobody else's? Terms may share what was delivered, not what is free. */
static bool is_own(const TcpInput *in) {
    return atomic_load_explicit(&in->buffer->refs, memory_order_acquire) == 1;
}

static void move_to_begin(TcpInput *in) {
    if (in->buffer == NULL || in->start == 0) return;
    if (!is_own(in)) {
        renew_buffer(in, in->size);
        return;
    }
    size_t count = filled(in);
    memmove(in->buffer->bytes, in->buffer->bytes + in->start, count);
    in->start = 0;
    in->end = count;
}

/** Room for a packet of count bytes from start. */
static void expand_buffer(TcpInput *in, size_t count) {
    ASSERT(count > 0 && in->start <= in->size);
    if (in->size - in->start >= count) return;
    renew_buffer(in, count);
}

void tcp_unread(TcpSocket *t, const uint8_t *bytes, size_t count) {
    TcpInput *in = &t->input;
    size_t old = filled(in);
    ASSERT(bytes != NULL || count == 0);
    Binary *buffer = binary_new(MAX(old + count, (size_t)t->inet.buffer_bytes));
    if (count > 0) memcpy(buffer->bytes, bytes, count);
    if (old > 0) memcpy(buffer->bytes + count, in->buffer->bytes + in->start, old);
    size_t size = buffer->capacity_bytes;
    tcp_clear_input(t);
    in->buffer = buffer;
    in->size = size;
    in->end = old + count;
}

// ---- packets
// -----------------------------------------------------------------------------------------

/** Length of the first packet, PACKET_MORE or PACKET_INVALID, as packet_length tells it. */
static int64_t first_length(TcpSocket *t) {
    InetSocket *s = &t->inet;
    TcpInput *in = &t->input;
    ASSERT(in->buffer != NULL);
    PacketType type = s->packet;
    bool is_binary = type == PACKET_HTTP_BIN || type == PACKET_HTTPH_BIN;
    if (type == PACKET_HTTPH || type == PACKET_HTTPH_BIN) in->in_http_fields = true;
    if (type == PACKET_HTTP || is_binary || type == PACKET_HTTPH)
        type = in->in_http_fields ? PACKET_HTTPH : PACKET_HTTP;
    PacketLimits limits = {.packet_bytes_max = s->packet_bytes_max,
                           .line_bytes_max = (uint32_t)in->size,
                           .delimiter = s->line_delimiter};
    return packet_length(type, &limits, in->buffer->bytes + in->start, filled(in));
}

typedef enum { PACKET_IS_WHOLE, PACKET_IS_PART, PACKET_IS_WRONG } PacketState;

/** Is there a whole packet? If a part, there is room to read on, and `missing` says how much. */
static PacketState look_at_packet(TcpSocket *t, size_t *length) {
    TcpInput *in = &t->input;
    size_t count = filled(in);
    int64_t found = first_length(t);
    if (found == PACKET_INVALID) return PACKET_IS_WRONG;
    if (found != PACKET_MORE) {
        *length = (size_t)found;
        if (*length <= count) return PACKET_IS_WHOLE;
        expand_buffer(in, *length);
        in->missing = *length - count; // TCP-2
        return PACKET_IS_PART;
    }
    in->missing = 0;
    if (in->end < in->size) return PACKET_IS_PART;
    if (in->start > 0) {
        move_to_begin(in);
        return PACKET_IS_PART;
    }
    // The buffer is full of one packet whose end is not in sight.
    if (t->inet.packet_bytes_max <= count) return PACKET_IS_WRONG;
    expand_buffer(in, t->inet.packet_bytes_max);
    return PACKET_IS_PART;
}

static bool is_http(PacketType type) {
    return type == PACKET_HTTP || type == PACKET_HTTPH || type == PACKET_HTTP_BIN ||
           type == PACKET_HTTPH_BIN;
}

/** What the packet is to its reader. Sets *tag to what it is called in active mode. */
static Term packet_term(TcpSocket *t, Heap *heap, size_t length, Term *tag) {
    InetSocket *s = &t->inet;
    TcpInput *in = &t->input;
    const uint8_t *bytes = in->buffer->bytes + in->start;
    *tag = am_tcp;
    if (is_http(s->packet)) {
        HttpLine line = {
            .heap = heap,
            .atoms = s->port->vm->atoms,
            .texts_binary = s->packet == PACKET_HTTP_BIN || s->packet == PACKET_HTTPH_BIN,
            .in_fields = in->in_http_fields,
        };
        *tag = am_http;
        Term term = http_line_term(&line, bytes, length);
        in->in_http_fields = line.in_fields;
        return term;
    }
    if (s->packet == PACKET_SSL_TLS) {
        *tag = am_ssl_tls;
        return packet_tls_term(heap, s->port->term, bytes, length);
    }
    const uint8_t *body = bytes;
    size_t count = length;
    packet_body(s->packet, &body, &count);
    // A packet that fills most of the buffer takes it along.
    bool is_shared = s->is_binary && length * 4 >= in->size * 3 && count > HEAP_BITS_BYTES_MAX;
    if (is_shared) in->buffer->size_bytes = in->end;
    return inet_data_term(s, heap, body, count, is_shared ? in->buffer : NULL);
}

static void deliver_to_port(TcpSocket *t, size_t length) {
    InetSocket *s = &t->inet;
    const uint8_t *body = t->input.buffer->bytes + t->input.start;
    size_t count = length;
    packet_body(s->packet, &body, &count);
    struct DistNode *node = atomic_load_explicit(&s->port->dist, memory_order_relaxed);
    if (node != NULL) {
        // A bad packet ends the port, but the caller goes on with it: it is told by the state.
        if (s->port->state == PORT_OPEN && !t->is_dist_wrong)
            t->is_dist_wrong = !s->port->vm->dist_hooks->input(node, body, count);
        return;
    }
    size_t header = s->is_binary && s->header_bytes <= count ? s->header_bytes : count;
    if (s->is_binary && s->header_bytes <= count)
        port_deliver_data(s->port, body, header, body + header, count - header);
    else
        port_deliver_data(s->port, body, count, NULL, 0);
}

/** The first packet goes to who reads. */
static void deliver_packet(TcpSocket *t, size_t length) {
    ASSERT(length > 0 && length <= filled(&t->input));
    InetSocket *s = &t->inet;
    inet_count(&s->received, length, true);
    s->port->bytes_in += length;
    atomic_fetch_add_explicit(&s->port->vm->ports->bytes_in, length, memory_order_relaxed);
    if (s->active != INET_PASSIVE && s->delivers_port) {
        deliver_to_port(t, length);
        inet_count_active(s);
        return;
    }
    Heap heap;
    heap_init_detached(&heap, &s->port->vm->literals);
    Term tag, term = packet_term(t, &heap, length, &tag);
    InetOperation op;
    if (s->active == INET_PASSIVE) {
        bool is_there = inet_end_operation(s, &op);
        ASSERT(is_there);
        inet_send_async(s, op.caller, op.id, &heap, heap_tuple2(&heap, am_ok, term));
        return;
    }
    Term message = tag == am_ssl_tls ? term : heap_tuple3(&heap, tag, s->port->term, term);
    inet_send_owner(s, &heap, message);
    inet_count_active(s);
}

static void skip_packet(TcpSocket *t, size_t length) {
    TcpInput *in = &t->input;
    ASSERT(length <= filled(in));
    in->start += length;
    in->missing = 0;
    if (in->start == in->end)
        tcp_clear_input(t);
    else if (!is_own(in))
        renew_buffer(in, MAX(filled(in), (size_t)t->inet.buffer_bytes));
}

void tcp_stop_reading(TcpSocket *t) {
    inet_unwant(&t->inet, POLLER_READ);
    if (t->input.buffer != NULL) move_to_begin(&t->input);
}

/** Delivers the first packet, and more while the socket is active. False: a packet is wrong. */
static bool deliver_packets(TcpSocket *t, size_t length) {
    for (;;) {
        deliver_packet(t, length);
        if (t->is_dist_wrong) return false;
        skip_packet(t, length);
        if (t->inet.active == INET_PASSIVE) {
            tcp_stop_reading(t);
            return true;
        }
        if (t->input.buffer == NULL) return true;
        PacketState state = look_at_packet(t, &length);
        if (state == PACKET_IS_WRONG) return false;
        if (state == PACKET_IS_WHOLE) continue;
        move_to_begin(&t->input);
        return true;
    }
}

// ---- the end of the input
// ----------------------------------------------------------------------------

/** The connection is closed for reading; what follows depends on the mode. */
static void end_reading(TcpSocket *t, int error) {
    InetSocket *s = &t->inet;
    Port *port = s->port;
    bool is_failure = error != 0;
    ASSERT(error >= 0);
    tcp_clear_input(t);
    if (s->active != INET_PASSIVE) {
        if (is_failure) inet_send_tag_reason(s, am_tcp_error, inet_error_atom(s, error));
        if ((t->flags & TCP_CLOSE_TOLD) == 0) inet_send_tag(s, am_tcp_closed);
        t->flags |= TCP_CLOSE_TOLD;
        if (!s->exits_on_close)
            inet_unwant(s, POLLER_READ);
        else
            port_quit(port, error);
        return;
    }
    // A passive port stays, so that its owner can find out.
    port_timer_cancel(&s->op.timer);
    if (s->exits_on_close)
        tcp_close(t);
    else
        inet_unwant(s, POLLER_READ);
    inet_operation_error(s, is_failure ? inet_error_atom(s, error) : am_closed);
}

/** The peer has closed its side. */
static void peer_has_closed(TcpSocket *t) {
    bool has_told_sender = t->waits_to_send;
    if (t->waits_to_send) {
        tcp_clear_output(t);
        tcp_end_waiting(t, am_closed);
    }
    if ((t->flags & TCP_SENDS_FILE) != 0) {
        tcp_abort_file(t, ENOTCONN);
        has_told_sender = true;
    }
    if (!has_told_sender) t->flags |= TCP_SEND_FINDS_CLOSED;
    end_reading(t, 0);
}

static void reading_failed(TcpSocket *t, int error) {
    ASSERT(error > 0);
    if (t->waits_to_send) {
        tcp_clear_output(t);
        tcp_end_waiting(t, am_closed);
    }
    if ((t->flags & TCP_SENDS_FILE) != 0) tcp_abort_file(t, error);
    end_reading(t, error);
}

// ---- reading
// -----------------------------------------------------------------------------------------

/** Makes room, and says how much to read. 0: nothing need be read, *length is a whole packet. */
static size_t prepare_read(TcpSocket *t, size_t request, size_t *length, bool *is_wrong) {
    TcpInput *in = &t->input;
    *is_wrong = false;
    if (in->buffer == NULL) {
        size_t size = request > 0 ? request : t->inet.buffer_bytes;
        if (request == 0 && atomic_load_explicit(&t->inet.port->dist, memory_order_relaxed) != NULL)
            size = MAX(size, TCP_DIST_BUFFER_BYTES);
        renew_buffer(in, size);
        in->missing = request;
        return size;
    }
    if (request > 0) {
        size_t count = filled(in);
        if (count >= request) {
            *length = request;
            return 0;
        }
        expand_buffer(in, request);
        in->missing = request - count;
        return in->missing;
    }
    if (in->missing == 0) {
        PacketState state = look_at_packet(t, length);
        *is_wrong = state == PACKET_IS_WRONG;
        if (state != PACKET_IS_PART) return 0;
    }
    return in->missing > 0 ? in->missing : in->size - in->end;
}

/** What was read completes a packet, or not. */
static bool bytes_have_come(TcpSocket *t, size_t count, size_t *length, bool *is_wrong) {
    TcpInput *in = &t->input;
    in->end += count;
    ASSERT(in->end <= in->size); // TCP-1
    if (in->missing > 0) {
        ASSERT(count <= in->missing);
        in->missing -= count;
        *length = filled(in);
        return in->missing == 0;
    }
    PacketState state = look_at_packet(t, length);
    *is_wrong = state == PACKET_IS_WRONG;
    return state == PACKET_IS_WHOLE;
}

bool tcp_receive(TcpSocket *t, size_t request, bool *delivered) {
    InetSocket *s = &t->inet;
    TcpInput *in = &t->input;
    size_t length = 0, count = 0;
    bool is_wrong, is_whole = false;
    if (delivered != NULL) *delivered = false;
    size_t wanted = prepare_read(t, request, &length, &is_wrong);
    if (wanted > 0) {
        struct iovec part = {.iov_base = in->buffer->bytes + in->end, .iov_len = wanted};
        struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
        int error = socket_receive(s->port->vm->world, s->fd, &header, 0, &count);
        if (error == EAGAIN) {
            // An idle connection needs no buffer.
            if (filled(in) == 0 && in->missing == 0) tcp_clear_input(t);
            return true;
        }
        if (error == 0 && count == 0) {
            peer_has_closed(t);
            return false;
        }
        if (error == ECONNRESET && (t->flags & TCP_SHOWS_RESET) == 0) {
            peer_has_closed(t);
            return false;
        }
        if (error != 0) {
            reading_failed(t, error);
            return false;
        }
        is_whole = bytes_have_come(t, count, &length, &is_wrong);
    } else {
        is_whole = !is_wrong;
    }
    if (is_whole && deliver_packets(t, length)) {
        if (delivered != NULL) *delivered = true;
        return true;
    }
    if (!is_whole && !is_wrong) return true;
    reading_failed(t, EMSGSIZE);
    return false;
}

bool tcp_deliver(TcpSocket *t) {
    TcpInput *in = &t->input;
    size_t length;
    if (in->buffer == NULL || in->missing > 0) return true;
    PacketState state = look_at_packet(t, &length);
    if (state == PACKET_IS_PART) return true;
    if (state == PACKET_IS_WHOLE && deliver_packets(t, length)) return true;
    reading_failed(t, EMSGSIZE);
    return false;
}
