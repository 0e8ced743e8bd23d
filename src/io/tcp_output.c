// SPDX-License-Identifier: Apache-2.0
//
// tcp_output.c - what goes out over a connection: sends, the queue, files, shutting down.
//
// A send is answered at once when its bytes were written or queued. The one that fills the queue up
// to the high watermark is answered when the queue has sunk to the low one; meanwhile the port is
// busy.
//
// Threads: PORT-1.
#include <errno.h>

#include "io/tcp.h"
#include "proc/remote.h"
#include "world/file.h"

enum { FILE_CHUNK_BYTES = (1 << 30) - 1, VECTOR_PARTS = 64 };

static void reply(TcpSocket *t, Term to, Term reason) { inet_send_reply(&t->inet, to, reason); }

void tcp_clear_output(TcpSocket *t) {
    output_queue_skip(&t->output, output_queue_count(&t->output));
    t->file.queue_skip = 0;
    inet_tell_subscribers(&t->inet);
}

void tcp_end_waiting(TcpSocket *t, Term reason) {
    ASSERT(t->waits_to_send);
    port_timer_cancel(&t->send_timer);
    t->waits_to_send = false;
    port_set_busy(t->inet.port, false);
    InetReplyRef now = t->inet.reply_ref;
    ASSERT(now.count <= INET_REPLY_REF_BYTES);
    t->inet.reply_ref = t->busy_ref;
    reply(t, t->busy_caller, reason);
    t->inet.reply_ref = now;
}

// ---- failures
// ----------------------------------------------------------------------------------------

/** Ends a connection that cannot be written to. */
static void connection_failed(TcpSocket *t, int error, Term caller) {
    ASSERT(error > 0 && t->inet.port->state == PORT_OPEN);
    InetSocket *s = &t->inet;
    Port *port = s->port;
    bool shows_reset = error == ECONNRESET && (t->flags & TCP_SHOWS_RESET) != 0;
    bool sends_file = (t->flags & TCP_SENDS_FILE) != 0;
    Term reason = shows_reset ? inet_error_atom(s, error) : am_closed;
    if (t->waits_to_send) {
        caller = t->busy_caller;
        s->reply_ref = t->busy_ref;
        port_timer_cancel(&t->send_timer);
        t->waits_to_send = false;
        port_set_busy(port, false);
    }
    if (s->active != INET_PASSIVE) {
        if (shows_reset) inet_send_tag_reason(s, am_tcp_error, reason);
        if ((t->flags & TCP_CLOSE_TOLD) == 0) inet_send_tag(s, am_tcp_closed);
        t->flags |= TCP_CLOSE_TOLD;
        if (!sends_file) reply(t, caller, reason);
        tcp_clear_output(t);
        if (s->exits_on_close)
            port_quit(port, 0);
        else
            tcp_close(t);
        return;
    }
    tcp_close_requests(t);
    if (caller == TERM_NONE)
        t->flags |= TCP_SEND_FINDS_CLOSED; // nobody to tell now: the next send is told
    else if (!sends_file)
        reply(t, caller, reason);
    tcp_close(t);
    // So the owner may ignore errors of sends and handle them when it receives.
    t->flags |= TCP_RECEIVE_FINDS_CLOSED;
    if (shows_reset) t->flags |= TCP_RESET_IS_DUE;
}

void tcp_send_failed(TcpSocket *t, int error, Term caller) {
    ASSERT(error > 0);
    if (t->inet.port->state != PORT_OPEN) { // closing: what is queued will never be written
        tcp_clear_output(t);
        port_queue_changed(t->inet.port);
        return;
    }
    // Unless we shut it ourselves, a broken pipe is the peer's reset, seen late.
    if (error == EPIPE && (t->flags & TCP_WRITE_WAS_SHUT) == 0) error = ECONNRESET;
    connection_failed(t, error, caller);
}

void tcp_send_timed_out(TcpSocket *t) {
    // Not busy any more, though the queue is still full: a send must not hang without a timeout.
    tcp_end_waiting(t, am_timeout);
    if (t->closes_on_send_timeout) tcp_close(t);
}

// ---- sending
// -----------------------------------------------------------------------------------------

static unsigned header_of(TcpSocket *t, size_t count, uint8_t header[4]) {
    unsigned bytes = t->inet.packet == PACKET_1   ? 1
                     : t->inet.packet == PACKET_2 ? 2
                     : t->inet.packet == PACKET_4 ? 4
                                                  : 0;
    for (unsigned i = 0; i < bytes; i++) header[i] = (uint8_t)(count >> 8 * (bytes - 1 - i));
    return bytes;
}

/** It was queued behind what waited already; full: the sender waits, too. */
static void was_queued_behind(TcpSocket *t) {
    Port *port = t->inet.port;
    Term caller = port->caller;
    ASSERT(output_queue_count(&t->output) > 0);
    if (output_queue_count(&t->output) < t->high) {
        reply(t, caller, am_ok);
    } else if (t->send_timeout == 0) {
        reply(t, caller, am_timeout);
    } else {
        if (t->waits_to_send) reply(t, caller, am_ok); // a forced command while it was busy
        if (t->waits_to_send) return;
        t->waits_to_send = true;
        t->busy_caller = caller;
        t->busy_ref = t->inet.reply_ref;
        port_set_busy(port, true);
        if (t->send_timeout != INET_TIMEOUT_NEVER)
            t->send_timer = port_timer_start(port, t->send_timeout);
    }
}

static void restart_delay(TcpSocket *t) {
    port_timer_cancel(&t->delay_timer);
    t->delay_timer = port_timer_start(t->inet.port, 0);
}

/** Writes what it can. False: it failed, and the caller was told. */
static bool write_now(TcpSocket *t, struct iovec *parts, int part_count, size_t *written) {
    InetSocket *s = &t->inet;
    *written = 0;
    ASSERT(output_queue_count(&t->output) == 0 && part_count > 0);
    if (s->is_ignored || (t->flags & TCP_DELAYS_SEND) != 0) return true;
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = (size_t)part_count};
    int error = socket_send(s->port->vm->world, s->fd, &message, 0, written);
    if (error == 0 || error == EAGAIN) return true;
    tcp_send_failed(t, error, s->port->caller);
    return false;
}

/** Sees to it that what write_now could not write, and is queued now, will be. */
static void write_rest_later(TcpSocket *t) {
    if (output_queue_count(&t->output) == 0) return;
    if ((t->flags & TCP_DELAYS_SEND) != 0 && !t->inet.is_ignored)
        restart_delay(t);
    else
        inet_want(&t->inet, POLLER_WRITE); // TCP-3
}

/** False: nothing may be sent, and the caller was told. */
static bool may_send(TcpSocket *t) {
    Term caller = t->inet.port->caller;
    if (!inet_is_connected(&t->inet)) {
        Term reason = am_enotconn;
        if ((t->flags & TCP_SEND_FINDS_CLOSED) != 0)
            reason = (t->flags & TCP_RESET_IS_DUE) != 0 ? am_econnreset : am_closed;
        t->flags &= ~(unsigned)TCP_SEND_FINDS_CLOSED;
        reply(t, caller, reason);
        return false;
    }
    if ((t->flags & TCP_SHUTS) == 0) return true;
    connection_failed(t, EPIPE, caller);
    return false;
}

static void count_sent(TcpSocket *t, size_t count) {
    Port *port = t->inet.port;
    inet_count(&t->inet.sent, count, false);
    port->bytes_out += count;
    atomic_fetch_add_explicit(&port->vm->ports->bytes_out, count, memory_order_relaxed);
}

static bool must_queue(const TcpSocket *t) {
    return (t->flags & TCP_SENDS_FILE) != 0 || output_queue_count(&t->output) > 0;
}

void tcp_output(Port *port, const uint8_t *bytes, size_t count) {
    TcpSocket *t = tcp_of(port);
    Term caller = port->caller;
    if (!inet_take_reply_ref(&t->inet, &bytes, &count)) {
        port_fail(port, EINVAL);
        return;
    }
    if (!may_send(t)) return;
    uint8_t header[4];
    unsigned header_count = header_of(t, count, header);
    count_sent(t, header_count + count);
    if (must_queue(t)) {
        output_queue_add(&t->output, header, header_count);
        output_queue_add(&t->output, bytes, count);
        was_queued_behind(t);
    } else if (header_count + count > 0) {
        struct iovec parts[2] = {{.iov_base = header, .iov_len = header_count},
                                 {.iov_base = (void *)(uintptr_t)bytes, .iov_len = count}};
        size_t written, gone;
        if (!write_now(t, parts, 2, &written)) {
            if (!tcp_has_ended(port)) inet_arm(&t->inet);
            return;
        }
        gone = MIN(written, header_count);
        output_queue_add(&t->output, header + gone, header_count - gone);
        output_queue_add(&t->output, bytes + (written - gone), count - (written - gone));
        write_rest_later(t);
        reply(t, caller, am_ok);
    } else {
        reply(t, caller, am_ok);
    }
    inet_arm(&t->inet);
}

/** As inet_take_reply_ref. */
static bool take_reply_ref(TcpSocket *t, OutputQueue *parts) {
    uint8_t first[2 + INET_REPLY_REF_BYTES];
    const uint8_t *at = first;
    size_t count = output_queue_copy(parts, first, sizeof first);
    if (!inet_take_reply_ref(&t->inet, &at, &count)) return false;
    output_queue_skip(parts, (size_t)(at - first));
    return true;
}

void tcp_output_parts(Port *port, OutputQueue *parts) {
    TcpSocket *t = tcp_of(port);
    Term caller = port->caller;
    if (!take_reply_ref(t, parts)) {
        port_fail(port, EINVAL);
        return;
    }
    if (!may_send(t)) return;
    uint8_t header[4];
    unsigned header_count = header_of(t, output_queue_count(parts), header);
    count_sent(t, header_count + output_queue_count(parts));
    if (must_queue(t)) {
        output_queue_add(&t->output, header, header_count);
        output_queue_append(&t->output, parts);
        was_queued_behind(t);
    } else {
        struct iovec vector[1 + VECTOR_PARTS] = {{.iov_base = header, .iov_len = header_count}};
        int count = 1 + output_queue_vector(parts, vector + 1, VECTOR_PARTS, SIZE_MAX);
        size_t written, gone;
        if (!write_now(t, vector, count, &written)) {
            if (!tcp_has_ended(port)) inet_arm(&t->inet);
            return;
        }
        gone = MIN(written, header_count);
        output_queue_add(&t->output, header + gone, header_count - gone);
        output_queue_skip(parts, written - gone);
        output_queue_append(&t->output, parts);
        write_rest_later(t);
        reply(t, caller, am_ok);
    }
    inet_arm(&t->inet);
}

// ---- files
// -------------------------------------------------------------------------------------------

static void end_file(TcpSocket *t) {
    ASSERT((t->flags & TCP_SENDS_FILE) != 0);
    t->flags &= ~(unsigned)TCP_SENDS_FILE;
    stream_close(t->inet.port->vm->world, t->file.fd);
    t->file.fd = -1;
}

void tcp_abort_file(TcpSocket *t, int error) {
    ASSERT(error > 0);
    InetSocket *s = &t->inet;
    bool is_closed = error == ECONNRESET || error == ENOTCONN || error == EPIPE;
    Term reason = is_closed ? am_closed : inet_error_atom(s, error);
    Heap heap;
    heap_init_detached(&heap, &s->port->vm->literals);
    Term result = heap_tuple2(&heap, am_error, reason);
    inet_send_owner(s, &heap, heap_tuple3(&heap, am_sendfile, s->port->term, result));
    end_file(t);
}

/** {sendfile, Port, {ok, Low32, High32}}. */
static void tell_file_sent(TcpSocket *t) {
    InetSocket *s = &t->inet;
    ASSERT(t->file.left == 0);
    uint64_t sent = t->file.sent;
    end_file(t);
    Heap heap;
    heap_init_detached(&heap, &s->port->vm->literals);
    Term result = heap_tuple3(&heap, am_ok, term_from_small((int64_t)(sent & UINT32_MAX)),
                              term_from_small((int64_t)(sent >> 32)));
    inet_send_owner(s, &heap, heap_tuple3(&heap, am_sendfile, s->port->term, result));
}

/** Writes up to count_max queued bytes. 0 when they are written, EAGAIN, or what is wrong. */
static int write_queued(TcpSocket *t, size_t count_max) {
    InetSocket *s = &t->inet;
    while (count_max > 0 && output_queue_count(&t->output) > 0) {
        struct iovec parts[VECTOR_PARTS];
        int part_count = output_queue_vector(&t->output, parts, VECTOR_PARTS, count_max);
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = (size_t)part_count};
        size_t written = 0;
        int error = socket_send(s->port->vm->world, s->fd, &message, 0, &written);
        if (error != 0) return error;
        output_queue_skip(&t->output, written);
        count_max -= written;
        if (t->file.queue_skip > 0) t->file.queue_skip -= written;
    }
    return 0;
}

/** Writes what is to go before the file, then the file. 0 when it is all gone, EAGAIN, ... */
static int write_file(TcpSocket *t) {
    ASSERT(t->file.fd >= 0 && t->file.queue_skip <= output_queue_count(&t->output)); // TCP-4
    TcpFile *f = &t->file;
    int error = write_queued(t, f->queue_skip); // TCP-4
    while (error == 0 && f->left > 0) {
        size_t sent = 0;
        error = socket_send_file(t->inet.port->vm->world, t->inet.fd, f->fd, f->offset,
                                 (size_t)MIN(f->left, (uint64_t)FILE_CHUNK_BYTES), &sent);
        if (error != 0) break;
        if (sent == 0) f->left = 0; // the file's end
        f->offset += sent;
        f->sent += sent;
        f->left -= sent;
    }
    return error;
}

/** [Descriptor:native int, Offset:8, Count:8]. */
void tcp_begin_file(TcpSocket *t, InetInput input, InetReply *answer) {
    InetSocket *s = &t->inet;
    World *world = s->port->vm->world;
    int fd;
    uint32_t numbers[4] = {0};
    if (input.count != sizeof fd + 16 || (t->flags & TCP_SENDS_FILE) != 0) {
        inet_reply_error(answer, EINVAL);
        return;
    }
    if (!inet_is_connected(s)) {
        inet_reply_error(answer, ENOTCONN);
        return;
    }
    memcpy(&fd, input.bytes, sizeof fd);
    input.bytes += sizeof fd;
    input.count -= sizeof fd;
    for (int i = 0; i < 4; i++) inet_take(&input, 4, &numbers[i]);
    int duplicate;
    int error = stream_duplicate(world, fd, &duplicate);
    if (error != 0) {
        inet_reply_error(answer, error);
        return;
    }
    t->file = (TcpFile){.fd = duplicate,
                        .queue_skip = output_queue_count(&t->output),
                        .offset = (uint64_t)numbers[0] << 32 | numbers[1],
                        .left = (uint64_t)numbers[2] << 32 | numbers[3],
                        .caller = s->port->caller};
    t->flags |= TCP_SENDS_FILE;
    inet_reply_ok(answer);
    tcp_write(t);
}

// ---- the descriptor can be written to
// ----------------------------------------------------------------

static void shut_now(TcpSocket *t) {
    int how = (t->flags & TCP_SHUTS_BOTH) != 0 ? SHUT_RDWR : SHUT_WR;
    int error = socket_shutdown(t->inet.port->vm->world, t->inet.fd, how);
    if (error != 0) connection_failed(t, error, TERM_NONE);
}

/** The queue has sunk. May end the port. */
static void output_has_sunk(TcpSocket *t) {
    Port *port = t->inet.port;
    size_t count = output_queue_count(&t->output);
    if (t->waits_to_send && count <= t->low) tcp_end_waiting(t, am_ok);
    if (count > 0) {
        inet_want(&t->inet, POLLER_WRITE); // TCP-3
        return;
    }
    inet_unwant(&t->inet, POLLER_WRITE);
    atomic_store_explicit(&port->dist_blocked, false, memory_order_relaxed); // PDIST-2
    inet_tell_subscribers(&t->inet);
    if ((t->flags & TCP_SHUTS) != 0) shut_now(t);
    if (!tcp_has_ended(port)) port_queue_changed(port);
}

void tcp_write(TcpSocket *t) {
    ASSERT(inet_is_connected(&t->inet));
    int error = 0;
    if ((t->flags & TCP_SENDS_FILE) != 0) {
        error = write_file(t);
        if (error == EAGAIN) {
            inet_want(&t->inet, POLLER_WRITE);
            return;
        }
        if (error != 0) {
            tcp_abort_file(t, error);
            // The file's flag is gone, but nobody waits for an inet_reply.
            tcp_send_failed(t, error, TERM_NONE);
            return;
        }
        tell_file_sent(t);
    }
    error = write_queued(t, SIZE_MAX);
    if (error != 0 && error != EAGAIN) {
        tcp_send_failed(t, error, TERM_NONE);
        return;
    }
    output_has_sunk(t);
}

void tcp_dist_write(Port *port, struct DistNode *node) {
    TcpSocket *t = tcp_of(port);
    InetSocket *s = &t->inet;
    World *world = port->vm->world;
    if (!inet_is_connected(s) || s->is_ignored) return;
    int error = 0;
    while (error == 0) {
        error = write_queued(t, SIZE_MAX);
        if (error != 0) break;
        struct iovec parts[2];
        size_t count = port->vm->dist_hooks->output(node, parts), written = 0;
        if (count == 0) break;
        count_sent(t, count);
        ASSERT(count == parts[0].iov_len + parts[1].iov_len);
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
        error = socket_send(world, s->fd, &message, 0, &written);
        for (int i = 0; i < 2; i++) {
            size_t gone = MIN(written, parts[i].iov_len);
            written -= gone;
            if (gone == parts[i].iov_len) continue;
            output_queue_add(&t->output, (const uint8_t *)parts[i].iov_base + gone,
                             parts[i].iov_len - gone);
        }
    }
    // PDIST-2
    atomic_store_explicit(&port->dist_blocked, error != 0, memory_order_relaxed);
    if (error == EAGAIN)
        inet_want(s, POLLER_WRITE);
    else if (error != 0)
        tcp_send_failed(t, error, TERM_NONE);
    if (!tcp_has_ended(port)) inet_arm(s);
}

/** [0: read, 1: write, 2: both]: at once, or when the output is written. */
void tcp_control_shutdown(TcpSocket *t, InetInput input, InetReply *answer) {
    uint32_t how;
    if (!inet_is_connected(&t->inet)) {
        inet_reply_error(answer, ENOTCONN);
        return;
    }
    if (input.count != 1 || !inet_take(&input, 1, &how) || how > 2) {
        inet_reply_error(answer, EINVAL);
        return;
    }
    inet_reply_ok(answer);
    if (how != SHUT_RD && output_queue_count(&t->output) > 0) {
        t->flags |= how == SHUT_WR ? TCP_SHUTS_WRITE : TCP_SHUTS_BOTH;
        return;
    }
    int error = socket_shutdown(t->inet.port->vm->world, t->inet.fd, (int)how);
    if (error == 0) return;
    if (how != SHUT_RD) t->flags |= TCP_WRITE_WAS_SHUT;
    inet_reply_error(answer, error);
}

void tcp_drain(Port *port) {
    TcpSocket *t = tcp_of(port);
    World *world = port->vm->world;
    if (output_queue_count(&t->output) == 0 || !inet_is_connected(&t->inet)) return;
    port_disarm(port, t->inet.fd);
    (void)stream_set_nonblocking(world, t->inet.fd, false, NULL);
    int error = 0;
    while (error == 0 && output_queue_count(&t->output) > 0) {
        struct iovec parts[VECTOR_PARTS];
        int part_count = output_queue_vector(&t->output, parts, VECTOR_PARTS, SIZE_MAX);
        size_t written = 0;
        error = stream_write(world, t->inet.fd, parts, part_count, &written);
        output_queue_skip(&t->output, written);
    }
    tcp_clear_output(t); // what could not be written never will
    port_queue_changed(port);
}
