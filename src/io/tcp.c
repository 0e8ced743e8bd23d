// SPDX-License-Identifier: Apache-2.0
//
// tcp.c - the tcp_inet driver: listening, accepting, connecting, and the requests of a connection.
//
// Local stream sockets are the same driver.
//
// Threads: PORT-1.
#include "io/tcp.h"

#include <errno.h>

#include "io/inet_option.h"
#include "proc/process_table.h"

enum { TCP_HIGH_WATERMARK = 8192, TCP_LOW_WATERMARK = 4096, TCP_PACKET_BYTES_MAX = 0x4000000 };

static TcpSocket *tcp_new(Port *port) {
    ASSERT(port->driver_data == NULL);
    TcpSocket *t = mem_zalloc(sizeof *t);
    inet_socket_init(&t->inet, port, true);
    t->high = TCP_HIGH_WATERMARK;
    t->low = TCP_LOW_WATERMARK;
    t->send_timeout = INET_TIMEOUT_NEVER;
    t->accepts_last = &t->accepts;
    t->file.fd = -1;
    port->driver_data = t;
    return t;
}

static int tcp_start(Port *port, const PortOptions *options) {
    ASSERT(options != NULL);
    tcp_new(port);
    return 0;
}

// ---- accepting
// ---------------------------------------------------------------------------------------

static void accepts_have_changed(TcpSocket *t) {
    ASSERT(*t->accepts_last == NULL);
    InetSocket *s = &t->inet;
    if ((s->state & INET_FLAG_LISTEN) == 0) return;
    s->state = INET_STATE_LISTENING | (t->accepts != NULL ? INET_FLAG_ACCEPTING : 0u);
    if (t->accepts != NULL)
        inet_want(s, POLLER_READ);
    else
        inet_unwant(s, POLLER_READ);
}

static void remove_accept(TcpSocket *t, TcpAccept *accept) {
    for (TcpAccept **link = &t->accepts; *link != NULL; link = &(*link)->next) {
        if (*link != accept) continue;
        *link = accept->next;
        if (accept->next == NULL) t->accepts_last = link;
        break;
    }
    port_timer_cancel(&accept->timer);
    mem_free(accept);
}

/** INET-2: the first accept whose process lives. */
static TcpAccept *first_accept(TcpSocket *t) {
    VM *vm = t->inet.port->vm;
    while (t->accepts != NULL && process_table_find(vm->processes, t->accepts->caller) == NULL)
        remove_accept(t, t->accepts);
    return t->accepts;
}

/** An accept of a process that ended counts no more. */
static void forget_dead_accepts(TcpSocket *t) {
    const VM *vm = t->inet.port->vm;
    TcpAccept *next;
    ASSERT(vm != NULL);
    for (TcpAccept *accept = t->accepts; accept != NULL; accept = next) {
        next = accept->next;
        if (process_table_find(vm->processes, accept->caller) == NULL) remove_accept(t, accept);
    }
    accepts_have_changed(t);
}

/** A port for an accepted connection, with the listener's settings; TERM_NONE with *error. */
static Term open_accepted(TcpSocket *t, int fd, const SocketAddress *peer, Term owner, int *error) {
    ASSERT(fd >= 0);
    InetSocket *from = &t->inet;
    Port *port = port_create_for(from->port->vm, owner, &port_tcp_driver, from->port->name);
    if (port == NULL) {
        *error = ENFILE;
        return TERM_NONE;
    }
    port->is_binary = from->port->is_binary;
    TcpSocket *accepted = tcp_new(port);
    InetSocket *s = &accepted->inet;
    s->fd = fd;
    s->state = INET_STATE_CONNECTED;
    s->domain = from->domain;
    s->remote = *peer;
    s->is_binary = from->is_binary;
    s->exits_on_close = from->exits_on_close;
    s->delivers_port = from->delivers_port;
    s->packet = from->packet;
    s->packet_bytes_max = from->packet_bytes_max;
    s->header_bytes = from->header_bytes;
    s->buffer_bytes = from->buffer_bytes;
    s->line_delimiter = from->line_delimiter;
    s->message_queue_low = from->message_queue_low;
    s->message_queue_high = from->message_queue_high;
    accepted->high = t->high;
    accepted->low = t->low;
    accepted->send_timeout = t->send_timeout;
    accepted->closes_on_send_timeout = t->closes_on_send_timeout;
    accepted->flags = t->flags & (TCP_SHOWS_RESET | TCP_LINGERS_NOT);
    Term term = port->term;
    port_leave(port);
    return term;
}

/** Takes one connection for a caller. 0 when that was answered, or what accept said. */
static int accept_one(TcpSocket *t, uint16_t id, Term caller) {
    InetSocket *s = &t->inet;
    VM *vm = s->port->vm;
    SocketAddress peer;
    int fd;
    int error = socket_accept(vm->world, s->fd, &fd, &peer);
    if (error != 0) return error;
    Term port = open_accepted(t, fd, &peer, caller, &error);
    if (port == TERM_NONE) {
        stream_close(vm->world, fd);
        inet_send_async_error(s, caller, id, am_system_limit);
        return 0;
    }
    Heap heap;
    heap_init_detached(&heap, &vm->literals);
    inet_send_async(s, caller, id, &heap, heap_tuple2(&heap, am_ok, port));
    return 0;
}

static void ready_to_accept(TcpSocket *t) {
    TcpAccept *accept;
    while ((accept = first_accept(t)) != NULL) {
        int error = accept_one(t, accept->id, accept->caller);
        if (error == EAGAIN) break;
        if (error != 0)
            inet_send_async_error(&t->inet, accept->caller, accept->id,
                                  inet_error_atom(&t->inet, error));
        remove_accept(t, accept);
        if (error != 0) break;
    }
    accepts_have_changed(t);
}

/** [Timeout:4]. */
static void control_accept(TcpSocket *t, InetInput input, InetReply *reply) {
    ASSERT(reply->count == 0);
    InetSocket *s = &t->inet;
    uint32_t timeout;
    if ((s->state & INET_FLAG_LISTEN) == 0 || input.count != 4 || !inet_take(&input, 4, &timeout)) {
        inet_reply_error(reply, EINVAL);
        return;
    }
    Term caller = s->port->caller;
    uint16_t id = s->next_id++;
    if (first_accept(t) == NULL) {
        int error = accept_one(t, id, caller);
        if (error != 0 && error != EAGAIN) {
            inet_reply_error(reply, error);
            return;
        }
        if (error == 0) {
            inet_reply_id(reply, id);
            return;
        }
    }
    TcpAccept *accept = mem_zalloc(sizeof *accept);
    accept->id = id;
    accept->caller = caller;
    if (timeout != INET_TIMEOUT_NEVER) accept->timer = port_timer_start(s->port, timeout);
    *t->accepts_last = accept;
    t->accepts_last = &accept->next;
    accepts_have_changed(t);
    inet_reply_id(reply, id);
}

/** [Backlog:2]. */
static void control_listen(TcpSocket *t, InetInput input, InetReply *reply) {
    ASSERT(reply->count == 0);
    InetSocket *s = &t->inet;
    uint32_t backlog;
    if (!inet_is_open(s)) {
        inet_reply_error_name(reply, "exbadport");
        return;
    }
    int error = EINVAL;
    if (input.count == 2 && inet_take(&input, 2, &backlog))
        error = socket_listen(s->port->vm->world, s->fd, (int16_t)backlog);
    if (error != 0) {
        inet_reply_error(reply, error);
        return;
    }
    s->state = INET_STATE_LISTENING | (s->state & INET_FLAG_ACCEPTING);
    inet_reply_ok(reply);
}

// ---- connecting
// --------------------------------------------------------------------------------------

static void has_connected(TcpSocket *t) {
    ASSERT(t->inet.fd >= 0 && t->accepts == NULL);
    InetSocket *s = &t->inet;
    s->state = INET_STATE_CONNECTED;
    inet_unwant(s, POLLER_WRITE);
    if (s->active != INET_PASSIVE) inet_want(s, POLLER_READ);
    inet_operation_ok(s);
}

/** [Timeout:4, Address]. */
static void control_connect(TcpSocket *t, InetInput input, InetReply *reply) {
    InetSocket *s = &t->inet;
    uint32_t timeout;
    uint16_t id;
    if (!inet_is_open(s)) {
        inet_reply_error_name(reply, "exbadport");
        return;
    }
    int error = inet_is_connected(s)                     ? EISCONN
                : (s->state & INET_FLAG_CONNECTING) != 0 ? EINVAL
                : input.count < 6                        ? EINVAL
                : (s->state & INET_FLAG_ACCEPTING) != 0  ? EINVAL
                                                         : 0;
    if (error != 0 || !inet_take(&input, 4, &timeout)) {
        inet_reply_error(reply, error != 0 ? error : EINVAL);
        return;
    }
    const char *problem = inet_take_address(s->domain, &input, &s->remote);
    if (problem != NULL) {
        inet_reply_error_name(reply, problem);
        return;
    }
    error = socket_connect(s->port->vm->world, s->fd, &s->remote);
    bool is_pending = error == EINPROGRESS || error == EAGAIN;
    if (error != 0 && !is_pending) {
        inet_reply_error(reply, error);
        return;
    }
    bool is_begun = inet_begin_operation(s, &id);
    ASSERT(is_begun); // only a connected socket has receives
    inet_reply_id(reply, id);
    if (!is_pending) {
        has_connected(t);
        return;
    }
    s->state = INET_STATE_CONNECTING;
    inet_want(s, POLLER_WRITE);
    if (timeout != INET_TIMEOUT_NEVER) s->op.timer = port_timer_start(s->port, timeout);
}

static void ready_to_connect(TcpSocket *t) {
    ASSERT(t->inet.op.is_there); // INET-2
    InetSocket *s = &t->inet;
    int error = socket_take_error(s->port->vm->world, s->fd);
    if (error == 0) {
        has_connected(t);
        return;
    }
    inet_unwant(s, POLLER_WRITE);
    s->state = INET_STATE_OPEN;
    inet_operation_error(s, inet_error_atom(s, error));
}

// ---- receiving
// ---------------------------------------------------------------------------------------

/** A receive on a socket without a connection. */
static void refuse_receive(TcpSocket *t, InetReply *reply) {
    ASSERT(!inet_is_connected(&t->inet));
    if ((t->flags & TCP_RECEIVE_FINDS_CLOSED) == 0) {
        inet_reply_error(reply, ENOTCONN);
        return;
    }
    bool is_reset = (t->flags & TCP_RESET_IS_DUE) != 0;
    t->flags &= ~(unsigned)(TCP_RECEIVE_FINDS_CLOSED | TCP_SEND_FINDS_CLOSED | TCP_RESET_IS_DUE);
    inet_reply_error_name(reply, is_reset ? "econnreset" : "closed");
}

/** [Timeout:4, Count:4]. */
static void control_receive(TcpSocket *t, InetInput input, InetReply *reply) {
    ASSERT(reply->count == 0);
    InetSocket *s = &t->inet;
    uint32_t timeout, count;
    uint16_t id;
    if (!inet_is_connected(s)) {
        refuse_receive(t, reply);
        return;
    }
    int error = 0;
    if (s->active != INET_PASSIVE || input.count != 8 || !inet_take(&input, 4, &timeout) ||
        !inet_take(&input, 4, &count) || (s->packet != PACKET_RAW && count != 0))
        error = EINVAL;
    else if (count > TCP_PACKET_BYTES_MAX)
        error = ENOMEM;
    else if (!inet_begin_operation(s, &id))
        error = EALREADY;
    if (error != 0) {
        inet_reply_error(reply, error);
        return;
    }
    inet_reply_id(reply, id);
    bool is_delivered = false;
    if (!s->is_ignored && (!tcp_receive(t, count, &is_delivered) || is_delivered)) return;
    if (timeout == 0) {
        t->input.missing = 0;
        inet_operation_error(s, am_timeout);
        return;
    }
    if (timeout != INET_TIMEOUT_NEVER) s->op.timer = port_timer_start(s->port, timeout);
    inet_want(s, POLLER_READ);
}

static void control_unreceive(TcpSocket *t, InetInput input, InetReply *reply) {
    if (!inet_is_connected(&t->inet)) {
        inet_reply_error(reply, ENOTCONN);
        return;
    }
    inet_reply_ok(reply);
    tcp_unread(t, input.bytes, input.count);
    if (t->inet.active != INET_PASSIVE) (void)tcp_deliver(t);
}

// ---- options
// -----------------------------------------------------------------------------------------

static void set_flag(TcpSocket *t, unsigned flag, bool is_set) {
    t->flags = is_set ? t->flags | flag : t->flags & ~flag;
}

bool tcp_set_option(InetSocket *s, unsigned option, int value) {
    TcpSocket *t = s->is_tcp ? s->port->driver_data : NULL;
    size_t limit = (size_t)MAX(value, 0);
    switch (option) {
    case INET_OPT_HIGH_WATERMARK:
        if (t == NULL) return true;
        t->high = limit;
        t->low = MIN(t->low, limit);
        return true;
    case INET_OPT_LOW_WATERMARK:
        if (t == NULL) return true;
        t->low = limit;
        t->high = MAX(t->high, limit);
        return true;
    case INET_OPT_SEND_TIMEOUT:
        if (t != NULL) t->send_timeout = (uint32_t)value;
        return true;
    case INET_OPT_SEND_TIMEOUT_CLOSE:
        if (t != NULL) t->closes_on_send_timeout = value != 0;
        return true;
    case INET_OPT_DELAY_SEND:
        if (t != NULL) set_flag(t, TCP_DELAYS_SEND, value != 0);
        return true;
    case INET_OPT_SHOW_ECONNRESET:
        if (t != NULL) set_flag(t, TCP_SHOWS_RESET, value != 0);
        return true;
    case INET_OPT_READ_AHEAD: // a hint; it is only remembered
        if (t != NULL) set_flag(t, TCP_READS_NOT_AHEAD, value == 0);
        return true;
    case INET_OPT_NON_BLOCK_SEND:
        if (t != NULL) set_flag(t, TCP_BLOCKS_NOT, value != 0);
        return true;
    case INET_OPT_LINGER:
        // Also the system's option; here it says whether queued output is dropped at the end.
        if (t != NULL) set_flag(t, TCP_LINGERS_NOT, value != 0);
        return false;
    default: return false;
    }
}

bool tcp_get_option(InetSocket *s, unsigned option, int *value) {
    TcpSocket *t = s->is_tcp ? s->port->driver_data : NULL;
    *value = 0;
    switch (option) {
    case INET_OPT_HIGH_WATERMARK:
        if (t != NULL) *value = (int)t->high;
        return true;
    case INET_OPT_LOW_WATERMARK:
        if (t != NULL) *value = (int)t->low;
        return true;
    case INET_OPT_SEND_TIMEOUT:
        if (t != NULL) *value = (int)t->send_timeout;
        return true;
    case INET_OPT_SEND_TIMEOUT_CLOSE:
        if (t != NULL) *value = t->closes_on_send_timeout;
        return true;
    case INET_OPT_DELAY_SEND:
        if (t != NULL) *value = (t->flags & TCP_DELAYS_SEND) != 0;
        return true;
    case INET_OPT_SHOW_ECONNRESET:
        if (t != NULL) *value = (t->flags & TCP_SHOWS_RESET) != 0;
        return true;
    case INET_OPT_READ_AHEAD:
        if (t != NULL) *value = (t->flags & TCP_READS_NOT_AHEAD) == 0;
        return true;
    case INET_OPT_NON_BLOCK_SEND:
        if (t != NULL) *value = (t->flags & TCP_BLOCKS_NOT) != 0;
        return true;
    default: return false;
    }
}

bool tcp_tell_closed(InetSocket *s) {
    Port *port = s->port;
    TcpSocket *t = tcp_of(port);
    ASSERT(s->active != INET_PASSIVE);
    if ((t->flags & TCP_RESET_IS_DUE) != 0) inet_send_tag_reason(s, am_tcp_error, am_econnreset);
    t->flags &= ~(unsigned)TCP_RESET_IS_DUE;
    if ((t->flags & TCP_CLOSE_TOLD) == 0) inet_send_tag(s, am_tcp_closed);
    t->flags |= TCP_CLOSE_TOLD;
    if (s->exits_on_close) port_quit(port, 0);
    return !tcp_has_ended(port);
}

static void control_set_options(TcpSocket *t, InetInput input, InetReply *reply) {
    bool is_active;
    switch (inet_set_options(&t->inet, input)) {
    case INET_SET_ERROR: inet_reply_error(reply, EINVAL); return;
    case INET_SET_DELIVER:
        inet_reply_ok(reply);
        (void)tcp_deliver(t);
        return;
    case INET_SET_RECEIVE:
        inet_reply_ok(reply);
        is_active = t->inet.is_ignored || tcp_receive(t, 0, NULL);
        if (is_active && t->inet.active != INET_PASSIVE) inet_want(&t->inet, POLLER_READ);
        return;
    case INET_SET_DONE:
    case INET_SET_ENDED: inet_reply_ok(reply);
    }
}

// ---- the driver's functions
// --------------------------------------------------------------------------

void tcp_close_requests(TcpSocket *t) {
    while (t->accepts != NULL) {
        inet_send_async_error(&t->inet, t->accepts->caller, t->accepts->id, am_closed);
        remove_accept(t, t->accepts);
    }
    accepts_have_changed(t);
    inet_operation_error(&t->inet, am_closed);
    port_timer_cancel(&t->send_timer);
    port_timer_cancel(&t->delay_timer);
}

void tcp_close(TcpSocket *t) {
    tcp_clear_input(t);
    tcp_clear_output(t);
    inet_close(&t->inet);
}

static void control_request(TcpSocket *t, unsigned request, InetInput input, InetReply *reply) {
    switch (request) {
    case INET_REQ_OPEN: inet_control_open(&t->inet, input, reply); return;
    case INET_REQ_FDOPEN:
        inet_control_fdopen(&t->inet, input, reply);
        if (inet_is_connected(&t->inet) && t->inet.active != INET_PASSIVE)
            inet_want(&t->inet, POLLER_READ);
        return;
    case INET_REQ_LISTEN: control_listen(t, input, reply); return;
    case INET_REQ_ACCEPT: control_accept(t, input, reply); return;
    case INET_REQ_CONNECT: control_connect(t, input, reply); return;
    case INET_REQ_CLOSE:
        tcp_close_requests(t);
        tcp_close(t);
        inet_reply_ok(reply);
        return;
    case INET_REQ_SETOPTS: control_set_options(t, input, reply); return;
    case INET_REQ_GETSTATUS:
        forget_dead_accepts(t);
        inet_control(&t->inet, request, input, reply);
        return;
    case TCP_REQ_RECV: control_receive(t, input, reply); return;
    case TCP_REQ_UNRECV: control_unreceive(t, input, reply); return;
    case TCP_REQ_SHUTDOWN: tcp_control_shutdown(t, input, reply); return;
    case TCP_REQ_SENDFILE: tcp_begin_file(t, input, reply); return;
    default: inet_control(&t->inet, request, input, reply);
    }
}

static bool tcp_control(Port *port, uint64_t operation, const uint8_t *bytes, size_t count,
                        uint8_t **answer, size_t *answer_count) {
    TcpSocket *t = tcp_of(port);
    InetReply reply = {0};
    control_request(t, (unsigned)(operation - INET_CONTROL_BASE),
                    (InetInput){.bytes = bytes, .count = count}, &reply);
    if (!tcp_has_ended(port)) inet_arm(&t->inet);
    *answer = reply.bytes;
    *answer_count = reply.count;
    return true;
}

static void tcp_ready(Port *port, unsigned kind, unsigned readiness) {
    ASSERT((readiness & ~7u) == 0);
    ASSERT(kind == PORT_READY_SOCKET);
    TcpSocket *t = tcp_of(port);
    InetSocket *s = &t->inet;
    unsigned taken = inet_take_event(s, readiness);
    if ((taken & POLLER_WRITE) != 0) {
        if ((s->state & INET_FLAG_CONNECTING) != 0)
            ready_to_connect(t);
        else if (inet_is_connected(s))
            tcp_write(t);
        else
            inet_unwant(s, POLLER_WRITE);
    }
    if (tcp_has_ended(port)) return;
    if ((taken & s->wanted & POLLER_READ) != 0) {
        if ((s->state & INET_FLAG_LISTEN) != 0)
            ready_to_accept(t);
        else if (inet_is_connected(s) && port->state == PORT_OPEN)
            (void)tcp_receive(t, 0, NULL);
        else
            inet_unwant(s, POLLER_READ);
    }
    if (!tcp_has_ended(port)) inet_arm(s);
}

static void accept_timed_out(TcpSocket *t, TcpAccept *accept) {
    ASSERT(t->accepts != NULL);
    inet_send_async_error(&t->inet, accept->caller, accept->id, am_timeout);
    remove_accept(t, accept);
    accepts_have_changed(t);
}

static void operation_timed_out(TcpSocket *t) {
    ASSERT(t->inet.op.is_there);
    InetSocket *s = &t->inet;
    if ((s->state & INET_FLAG_CONNECTING) != 0)
        tcp_close(t); // a socket whose connecting was given up is of no use
    else
        tcp_stop_reading(t);
    t->input.missing = 0;
    inet_operation_error(s, am_timeout);
}

static void tcp_timeout(Port *port, PortTimer *timer) {
    TcpSocket *t = port->driver_data;
    if (t == NULL) return;
    if (timer == t->inet.op.timer) {
        operation_timed_out(t);
    } else if (timer == t->send_timer) {
        tcp_send_timed_out(t);
    } else if (timer == t->delay_timer) {
        port_timer_cancel(&t->delay_timer);
        if (inet_is_connected(&t->inet)) tcp_write(t);
    } else {
        TcpAccept *accept = t->accepts;
        while (accept != NULL && accept->timer != timer) accept = accept->next;
        if (accept != NULL) accept_timed_out(t, accept);
    }
    if (!tcp_has_ended(port)) inet_arm(&t->inet);
}

static size_t tcp_queued(Port *port) { return output_queue_count(&tcp_of(port)->output); }

/** Output is waited for only where it can still go. */
static void tcp_closing(Port *port) {
    TcpSocket *t = tcp_of(port);
    bool is_writing = (t->inet.wanted & POLLER_WRITE) != 0 || t->delay_timer != NULL;
    if (!is_writing || (t->flags & (TCP_LINGERS_NOT | TCP_SENDS_FILE)) != 0) tcp_clear_output(t);
    inet_unwant(&t->inet, POLLER_READ);
}

static void tcp_stop(Port *port) {
    TcpSocket *t = tcp_of(port);
    tcp_close_requests(t);
    tcp_clear_input(t);
    if (t->file.fd >= 0) stream_close(port->vm->world, t->file.fd);
    output_queue_free(&t->output);
    inet_socket_free(&t->inet);
    mem_free(t);
    port->driver_data = NULL; // PORT-7
}

const PortDriver port_tcp_driver = {
    .name = "tcp_inet",
    .sets_busy = true,
    .start = tcp_start,
    .output = tcp_output,
    .output_parts = tcp_output_parts,
    .ready = tcp_ready,
    .timeout = tcp_timeout,
    .control = tcp_control,
    .closing = tcp_closing,
    .queued = tcp_queued,
    .drain = tcp_drain,
    .dist_write = tcp_dist_write,
    .stop = tcp_stop,
};
