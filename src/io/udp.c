// SPDX-License-Identifier: Apache-2.0
//
// udp.c - the udp_inet driver: datagrams over inet, inet6 and local sockets.
//
//   output:  [Address, Count:4, Ancillary, Data]   a connected socket ignores the address
//   input:   active {udp, Port, Ip, PortNumber, (Ancillary,) Data}; passive by inet_async
//
// Threads: PORT-1.
#include <errno.h>

#include "io/inet.h"
#include "io/inet_option.h"

enum { UDP_READ_PACKETS = 5, UDP_ANCILLARY_BYTES = 512 };

typedef struct UdpSocket {
    InetSocket inet;
    int read_packets; // at most so many per readiness
} UdpSocket;

static UdpSocket *udp_of(Port *port) {
    ASSERT(port->driver_data != NULL);
    return port->driver_data;
}

bool udp_set_read_packets(InetSocket *s, int count) {
    if (s->is_tcp) return true;
    if (count > 0) udp_of(s->port)->read_packets = count;
    return count > 0;
}

int udp_read_packets(InetSocket *s) {
    ASSERT(!s->is_tcp);
    return udp_of(s->port)->read_packets;
}

static int udp_start(Port *port, const PortOptions *options) {
    ASSERT(options != NULL && port->driver_data == NULL);
    UdpSocket *u = mem_zalloc(sizeof *u);
    inet_socket_init(&u->inet, port, false);
    u->read_packets = UDP_READ_PACKETS;
    port->driver_data = u;
    return 0;
}

// ---- ancillary data
// ----------------------------------------------------------------------------------

static const struct {
    unsigned option;
    int level, name;
} ancillary_kinds[] = {
    {INET_OPT_TOS, IPPROTO_IP, IP_TOS},
    {INET_OPT_TTL, IPPROTO_IP, IP_TTL},
    {INET_OPT_TCLASS, IPPROTO_IPV6, IPV6_TCLASS},
};

/** [Option, Value:4]... as control messages; false when one is unknown or there is no room. */
static bool write_ancillary(InetInput input, struct msghdr *header) {
    ASSERT(header->msg_control != NULL && input.count > 0);
    size_t used = 0;
    struct cmsghdr *item = CMSG_FIRSTHDR(header);
    uint32_t option, value;
    while (input.count > 0) {
        if (!inet_take(&input, 1, &option) || !inet_take(&input, 4, &value) || item == NULL)
            return false;
        size_t k = 0;
        while (k < ARRAY_COUNT(ancillary_kinds) && ancillary_kinds[k].option != option) k++;
        if (k == ARRAY_COUNT(ancillary_kinds)) return false;
        int number = (int)value;
        item->cmsg_level = ancillary_kinds[k].level;
        item->cmsg_type = ancillary_kinds[k].name;
        item->cmsg_len = CMSG_LEN(sizeof number);
        memcpy(CMSG_DATA(item), &number, sizeof number);
        used += CMSG_SPACE(sizeof number);
        item = CMSG_NXTHDR(header, item);
    }
    header->msg_controllen = used;
    return true;
}

static Term ancillary_value(const struct cmsghdr *item) {
    ASSERT(item->cmsg_len >= CMSG_LEN(0));
    size_t count = item->cmsg_len - CMSG_LEN(0);
    int number = 0;
    if (count == 1) return term_from_small(*CMSG_DATA(item));
    memcpy(&number, CMSG_DATA(item), MIN(count, sizeof number));
    return term_from_small(number);
}

/** [{tos | ttl | tclass, Value}]. */
static Term read_ancillary(Heap *heap, struct msghdr *header) {
    Term items[8];
    size_t count = 0;
    for (struct cmsghdr *item = CMSG_FIRSTHDR(header); item != NULL && count < ARRAY_COUNT(items);
         item = CMSG_NXTHDR(header, item)) {
        Term name = TERM_NONE;
        if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_TOS) name = am_tos;
        if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_TTL) name = am_ttl;
        if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_TCLASS) name = am_tclass;
        if (name != TERM_NONE) items[count++] = heap_tuple2(heap, name, ancillary_value(item));
    }
    return heap_list(heap, items, count, TERM_NIL);
}

// ---- sending
// -----------------------------------------------------------------------------------------

/** 0, or an errno value. */
static int send_datagram(InetSocket *s, SocketAddress *to, InetInput ancillary, InetInput data) {
    _Alignas(struct cmsghdr) uint8_t control[4 * CMSG_SPACE(sizeof(int))] = {0};
    struct iovec part = {.iov_base = (void *)data.bytes, .iov_len = data.count};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    if ((s->state & INET_FLAG_ACTIVE) == 0) {
        header.msg_name = &to->storage;
        header.msg_namelen = to->count;
    }
    if (ancillary.count > 0) {
        header.msg_control = control;
        header.msg_controllen = sizeof control;
        if (!write_ancillary(ancillary, &header)) return EINVAL;
    }
    inet_count(&s->sent, data.count, false);
    s->port->bytes_out += data.count;
    size_t sent;
    return socket_send(s->port->vm->world, s->fd, &header, 0, &sent);
}

static void udp_output(Port *port, const uint8_t *bytes, size_t count) {
    InetSocket *s = &udp_of(port)->inet;
    if (!inet_take_reply_ref(s, &bytes, &count)) {
        port_fail(port, EINVAL);
        return;
    }
    InetInput input = {.bytes = bytes, .count = count};
    SocketAddress to;
    uint32_t ancillary_count;
    Term reason = am_ok;
    const char *problem = NULL;
    if (!inet_is_open(s)) {
        reason = am_einval;
    } else if ((problem = inet_take_address(s->domain, &input, &to)) != NULL) {
        reason = atom_from(port->vm->atoms, problem);
    } else if (!inet_take(&input, 4, &ancillary_count) || input.count < ancillary_count) {
        reason = am_einval;
    } else {
        InetInput ancillary = {.bytes = input.bytes, .count = ancillary_count};
        input.bytes += ancillary_count;
        input.count -= ancillary_count;
        int error = send_datagram(s, &to, ancillary, input);
        if (error != 0) reason = inet_error_atom(s, error);
    }
    inet_send_reply(s, port->caller, reason);
}

// ---- receiving
// ---------------------------------------------------------------------------------------

typedef struct Datagram {
    SocketAddress from;
    struct msghdr header;
    const uint8_t *bytes;
    size_t count;
} Datagram;

/** [Family, Port, Address | Data], with the address as bytes before the header that is asked for.
 */
static Term passive_data(InetSocket *s, Heap *heap, const Datagram *d) {
    InetReply address = {0};
    inet_add_address(&address, &d->from);
    Term data = inet_data_term(s, heap, d->bytes, d->count, NULL);
    Term list = heap_list_from_bytes(heap, address.bytes, address.count, data);
    mem_free(address.bytes);
    return list;
}

static void deliver(InetSocket *s, Datagram *d) {
    ASSERT(d->count <= s->buffer_bytes);
    Heap heap;
    InetOperation op;
    bool has_ancillary = s->ancillary != 0 && (s->state & INET_FLAG_ACTIVE) == 0;
    inet_count(&s->received, d->count, true);
    s->port->bytes_in += d->count;
    heap_init_detached(&heap, &s->port->vm->literals);
    if (s->active == INET_PASSIVE) {
        Term data = passive_data(s, &heap, d);
        if (has_ancillary) data = heap_tuple2(&heap, data, read_ancillary(&heap, &d->header));
        bool is_there = inet_end_operation(s, &op);
        ASSERT(is_there);
        inet_send_async(s, op.caller, op.id, &heap, heap_tuple2(&heap, am_ok, data));
        return;
    }
    if (s->delivers_port) {
        InetReply address = {0};
        inet_add_address(&address, &d->from);
        port_deliver_data(s->port, address.bytes, address.count, d->bytes, d->count);
        mem_free(address.bytes);
        heap_destroy(&heap);
    } else {
        Term address[2];
        inet_address_terms(&heap, &d->from, address);
        Term items[6] = {am_udp, s->port->term, address[0], address[1]};
        size_t count = 4;
        if (has_ancillary) items[count++] = read_ancillary(&heap, &d->header);
        items[count++] = inet_data_term(s, &heap, d->bytes, d->count, NULL);
        inet_send_owner(s, &heap, heap_tuple(&heap, count, items));
    }
    inet_count_active(s);
}

/** One datagram: 0, EAGAIN, or what is wrong. */
static int receive_one(InetSocket *s, uint8_t *buffer) {
    _Alignas(struct cmsghdr) uint8_t control[UDP_ANCILLARY_BYTES];
    Datagram d = {.bytes = buffer};
    bool is_connected = (s->state & INET_FLAG_ACTIVE) != 0;
    struct iovec part = {.iov_base = buffer, .iov_len = s->buffer_bytes};
    d.header = (struct msghdr){.msg_iov = &part, .msg_iovlen = 1};
    if (!is_connected) {
        d.header.msg_name = &d.from.storage;
        d.header.msg_namelen = sizeof d.from.storage;
    }
    if (!is_connected && s->ancillary != 0) {
        d.header.msg_control = control;
        d.header.msg_controllen = sizeof control;
    }
    int error = socket_receive(s->port->vm->world, s->fd, &d.header, 0, &d.count);
    if (error != 0) return error;
    if (is_connected)
        d.from = s->remote;
    else
        d.from.count = d.header.msg_namelen;
    deliver(s, &d);
    return 0;
}

/** Reads until nothing is there, the socket is passive, or enough was read. True: a request was
 * answered. */
static bool receive(UdpSocket *u) {
    InetSocket *s = &u->inet;
    bool was_passive = s->active == INET_PASSIVE;
    int error = 0;
    uint8_t *buffer = mem_alloc(s->buffer_bytes);
    for (int i = 0; i < u->read_packets && error == 0; i++) {
        error = receive_one(s, buffer);
        if (s->active == INET_PASSIVE) break;
    }
    mem_free(buffer);
    if (error == EAGAIN) return false;
    if (error != 0 && was_passive)
        inet_operation_error(s, inet_error_atom(s, error));
    else if (error != 0)
        inet_send_tag_reason(s, am_udp_error, inet_error_atom(s, error));
    if (s->active == INET_PASSIVE) inet_unwant(s, POLLER_READ);
    return true;
}

static void udp_ready(Port *port, unsigned kind, unsigned readiness) {
    ASSERT(kind == PORT_READY_SOCKET);
    UdpSocket *u = udp_of(port);
    InetSocket *s = &u->inet;
    unsigned taken = inet_take_event(s, readiness);
    if ((taken & POLLER_READ) != 0 && port->state == PORT_OPEN) (void)receive(u);
    inet_arm(s);
}

// ---- requests
// ----------------------------------------------------------------------------------------

static void disconnect(InetSocket *s) {
    ASSERT(s->fd >= 0);
    SocketAddress none = {.count = sizeof none.v4, .v4.sin_family = AF_UNSPEC};
    (void)socket_connect(s->port->vm->world, s->fd, &none);
    s->state &= ~(unsigned)INET_FLAG_ACTIVE;
}

/** [Timeout:4, Address], or nothing: to undo it. */
static void control_connect(InetSocket *s, InetInput input, InetReply *reply) {
    uint32_t timeout;
    uint16_t id;
    if (!inet_is_open(s)) {
        inet_reply_error_name(reply, "exbadport");
        return;
    }
    if (input.count > 0) {
        if (input.count < 6 || !inet_take(&input, 4, &timeout)) {
            inet_reply_error(reply, EINVAL);
            return;
        }
        const char *problem = inet_take_address(s->domain, &input, &s->remote);
        if (problem != NULL) {
            inet_reply_error_name(reply, problem);
            return;
        }
        // Linux would keep the source address of the former destination.
        if (inet_is_connected(s)) disconnect(s);
        int error = socket_connect(s->port->vm->world, s->fd, &s->remote);
        if (error != 0) {
            disconnect(s);
            inet_reply_error(reply, error);
            return;
        }
        s->state |= INET_FLAG_ACTIVE;
    } else {
        disconnect(s);
    }
    if (!inet_begin_operation(s, &id)) {
        inet_reply_error(reply, EALREADY);
        return;
    }
    inet_operation_ok(s);
    inet_reply_id(reply, id);
}

/** [Timeout:4, Count:4]; the count means nothing for datagrams. */
static void control_receive(UdpSocket *u, InetInput input, InetReply *reply) {
    InetSocket *s = &u->inet;
    uint32_t timeout;
    uint16_t id;
    if (!inet_is_open(s)) {
        inet_reply_error_name(reply, "exbadport");
        return;
    }
    int error = s->active != INET_PASSIVE || input.count != 8 || !inet_take(&input, 4, &timeout)
                    ? EINVAL
                : !inet_begin_operation(s, &id) ? EALREADY
                                                : 0;
    if (error != 0) {
        inet_reply_error(reply, error);
        return;
    }
    inet_reply_id(reply, id);
    if (receive(u)) return;
    inet_want(s, POLLER_READ);
    if (timeout != INET_TIMEOUT_NEVER) s->op.timer = port_timer_start(s->port, timeout);
}

static void control_set_options(InetSocket *s, InetInput input, InetReply *reply) {
    switch (inet_set_options(s, input)) {
    case INET_SET_ERROR: inet_reply_error(reply, EINVAL); return;
    default: inet_reply_ok(reply);
    }
}

static void control_request(UdpSocket *u, unsigned request, InetInput input, InetReply *reply) {
    InetSocket *s = &u->inet;
    switch (request) {
    case INET_REQ_OPEN:
    case INET_REQ_FDOPEN:
        if (request == INET_REQ_OPEN)
            inet_control_open(s, input, reply);
        else
            inet_control_fdopen(s, input, reply);
        if (reply->bytes[0] == INET_REPLY_OK && s->active != INET_PASSIVE)
            inet_want(s, POLLER_READ);
        return;
    case INET_REQ_CLOSE:
        inet_close(s);
        inet_reply_ok(reply);
        return;
    case INET_REQ_CONNECT: control_connect(s, input, reply); return;
    case INET_REQ_SETOPTS: control_set_options(s, input, reply); return;
    case PACKET_REQ_RECV: control_receive(u, input, reply); return;
    default: inet_control(s, request, input, reply);
    }
}

static bool udp_control(Port *port, uint64_t operation, const uint8_t *bytes, size_t count,
                        uint8_t **answer, size_t *answer_count) {
    UdpSocket *u = udp_of(port);
    InetReply reply = {0};
    control_request(u, (unsigned)(operation - INET_CONTROL_BASE),
                    (InetInput){.bytes = bytes, .count = count}, &reply);
    inet_arm(&u->inet);
    *answer = reply.bytes;
    *answer_count = reply.count;
    return true;
}

static void udp_timeout(Port *port, PortTimer *timer) {
    UdpSocket *u = port->driver_data;
    if (u == NULL || timer != u->inet.op.timer) return;
    inet_unwant(&u->inet, POLLER_READ);
    inet_operation_error(&u->inet, am_timeout);
}

static void udp_stop(Port *port) {
    UdpSocket *u = udp_of(port);
    inet_operation_error(&u->inet, am_closed);
    inet_socket_free(&u->inet);
    mem_free(u);
    port->driver_data = NULL; // PORT-7
}

const PortDriver port_udp_driver = {
    .name = "udp_inet",
    .start = udp_start,
    .output = udp_output,
    .ready = udp_ready,
    .timeout = udp_timeout,
    .control = udp_control,
    .stop = udp_stop,
};
