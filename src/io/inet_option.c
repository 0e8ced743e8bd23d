// SPDX-License-Identifier: Apache-2.0
//
// inet_option.c - setopts: options of the port and of the system's socket.
//
//   argument: [Code, Value:4, more...]...   what follows a value depends on the code
//
// Failing to set an option of the system's is an error only where OTP makes it one.
//
// Threads: PORT-1.
#include "io/inet_option.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/tcp.h>

#include "io/inet.h"

const InetSystemOption *inet_system_option(unsigned code) {
    static const InetSystemOption options[] = {
        {INET_OPT_REUSEADDR, SOL_SOCKET, SO_REUSEADDR, false},
        {INET_OPT_REUSEPORT, SOL_SOCKET, SO_REUSEPORT, false},
        {INET_OPT_REUSEPORT_LB, SOL_SOCKET, SO_REUSEPORT, false},
        {INET_OPT_KEEPALIVE, SOL_SOCKET, SO_KEEPALIVE, false},
        {INET_OPT_DONTROUTE, SOL_SOCKET, SO_DONTROUTE, false},
        {INET_OPT_BROADCAST, SOL_SOCKET, SO_BROADCAST, false},
        {INET_OPT_OOBINLINE, SOL_SOCKET, SO_OOBINLINE, false},
        {INET_OPT_SNDBUF, SOL_SOCKET, SO_SNDBUF, false},
        {INET_OPT_RCVBUF, SOL_SOCKET, SO_RCVBUF, false},
        {INET_OPT_PRIORITY, SOL_SOCKET, SO_PRIORITY, true},
        {INET_OPT_TOS, IPPROTO_IP, IP_TOS, true},
        {INET_OPT_TTL, IPPROTO_IP, IP_TTL, true},
        {INET_OPT_TCLASS, IPPROTO_IPV6, IPV6_TCLASS, true},
        {INET_OPT_RECVTOS, IPPROTO_IP, IP_RECVTOS, true},
        {INET_OPT_RECVTTL, IPPROTO_IP, IP_RECVTTL, true},
        {INET_OPT_RECVTCLASS, IPPROTO_IPV6, IPV6_RECVTCLASS, true},
        {INET_OPT_NODELAY, IPPROTO_TCP, TCP_NODELAY, false},
        {INET_OPT_NOPUSH, IPPROTO_TCP, TCP_CORK, false},
        {INET_OPT_MULTICAST_TTL, IPPROTO_IP, IP_MULTICAST_TTL, false},
        {INET_OPT_MULTICAST_LOOP, IPPROTO_IP, IP_MULTICAST_LOOP, false},
        {INET_OPT_IPV6_V6ONLY, IPPROTO_IPV6, IPV6_V6ONLY, true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(options); i++)
        if ((unsigned)options[i].code == code) return &options[i];
    return NULL;
}

// ---- options of the port
// -----------------------------------------------------------------------------

static bool set_packet(InetSocket *s, int value) {
    static const PacketType types[] = {
        PACKET_RAW,   PACKET_1,     PACKET_2,       PACKET_4,        PACKET_ASN1,
        PACKET_SUNRM, PACKET_CDR,   PACKET_FCGI,    PACKET_LINE,     PACKET_TPKT,
        PACKET_HTTP,  PACKET_HTTPH, PACKET_SSL_TLS, PACKET_HTTP_BIN, PACKET_HTTPH_BIN,
    };
    if (value < 0 || (size_t)value >= ARRAY_COUNT(types)) return false;
    s->packet = types[value];
    return true;
}

/** active: with N, a count of 16 bits follows and is added to the present one. */
static InetSetResult set_active(InetSocket *s, int value, InetInput *input) {
    if (value < INET_PASSIVE || value > INET_MULTI) return INET_SET_ERROR;
    s->active = (InetActive)value;
    if (s->active != INET_MULTI) {
        s->active_count = 0;
    } else {
        uint32_t more;
        if (!inet_take(input, 2, &more)) return INET_SET_ERROR;
        int count = s->active_count + (int16_t)more;
        if (count > INT16_MAX || count < INT16_MIN) return INET_SET_ERROR;
        s->active_count = (int16_t)MAX(count, 0);
        if (s->active_count == 0) {
            s->active = INET_PASSIVE;
            inet_send_tag(s, s->is_tcp ? am_tcp_passive : am_udp_passive);
        }
    }
    bool is_gone = s->is_tcp && s->active != INET_PASSIVE && s->state == INET_STATE_CLOSED;
    if (is_gone && !tcp_tell_closed(s)) return INET_SET_ENDED;
    return INET_SET_DONE;
}

static bool set_name_space(InetSocket *s, int count, InetInput *input) {
    ASSERT(input != NULL);
    if (count < 0 || input->count < (size_t)count) return false;
    mem_free(s->name_space);
    s->name_space = mem_alloc((size_t)count + 1);
    memcpy(s->name_space, input->bytes, (size_t)count);
    s->name_space[count] = '\0';
    input->bytes += count;
    input->count -= (size_t)count;
    return true;
}

enum { QUEUE_LIMIT_MAX = 0x40000000 };

/** INET_SET_ERROR: not an option of the port, or a wrong value (*is_known). */
static InetSetResult set_port_option(InetSocket *s, unsigned code, int value, InetInput *input,
                                     bool *is_known) {
    ASSERT(s->port->driver_data != NULL);
    *is_known = true;
    switch (code) {
    case INET_OPT_HEADER: s->header_bytes = (uint32_t)value; break;
    case INET_OPT_MODE: s->is_binary = value != 0; break;
    case INET_OPT_DELIVER: s->delivers_port = value == 0; break;
    case INET_OPT_BUFFER:
        s->buffer_bytes = (uint32_t)MAX(value, 1);
        s->is_buffer_set = true;
        break;
    case INET_OPT_ACTIVE: return set_active(s, value, input);
    case INET_OPT_PACKET: return set_packet(s, value) ? INET_SET_DONE : INET_SET_ERROR;
    case INET_OPT_PACKET_SIZE: s->packet_bytes_max = (uint32_t)value; break;
    case INET_OPT_EXIT_ON_CLOSE: s->exits_on_close = value != 0; break;
    case INET_OPT_HIGH_QUEUE_WATERMARK:
        if (value < 1 || value > QUEUE_LIMIT_MAX) return INET_SET_ERROR;
        s->message_queue_high = value;
        s->message_queue_low = MIN(s->message_queue_low, value);
        break;
    case INET_OPT_LOW_QUEUE_WATERMARK:
        if (value < 1 || value > QUEUE_LIMIT_MAX) return INET_SET_ERROR;
        s->message_queue_low = value;
        s->message_queue_high = MAX(s->message_queue_high, value);
        break;
    case INET_OPT_READ_PACKETS:
        return udp_set_read_packets(s, value) ? INET_SET_DONE : INET_SET_ERROR;
    case INET_OPT_NETNS: return set_name_space(s, value, input) ? INET_SET_DONE : INET_SET_ERROR;
    case INET_OPT_LINE_DELIMITER: s->line_delimiter = (uint8_t)value; break;
    case INET_OPT_DEBUG: s->is_debugged = value != 0; break;
    case INET_OPT_EXCLUSIVEADDRUSE: break; // another system's
    default: *is_known = tcp_set_option(s, code, value); break;
    }
    return *is_known ? INET_SET_DONE : INET_SET_ERROR;
}

// ---- options of the system's
// --------------------------------------------------------------------------

static int set_plain(InetSocket *s, int level, int name, const void *value, size_t count) {
    return socket_set_option(s->port->vm->world, s->fd, level, name, value, (socklen_t)count);
}

/** Linux lets priority and type of service change with each other and with other options: for the
 * user they are apart. */
static int set_system(InetSocket *s, int level, int name, const void *value, size_t count) {
    World *world = s->port->vm->world;
    int priority = 0, tos = 0;
    socklen_t priority_count = sizeof priority, tos_count = sizeof tos;
    if (s->fd < 0) return EBADF;
    if (s->domain != AF_INET || (level == SOL_SOCKET && name == SO_PRIORITY))
        return set_plain(s, level, name, value, count);
    bool has_priority =
        socket_get_option(world, s->fd, SOL_SOCKET, SO_PRIORITY, &priority, &priority_count) == 0;
    bool has_tos = socket_get_option(world, s->fd, IPPROTO_IP, IP_TOS, &tos, &tos_count) == 0;
    int error = set_plain(s, level, name, value, count);
    if (error != 0) return error;
    bool is_tos = level == IPPROTO_IP && name == IP_TOS;
    if (has_tos && !is_tos) error = set_plain(s, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
    if (has_priority && error == 0)
        error = set_plain(s, SOL_SOCKET, SO_PRIORITY, &priority, sizeof priority);
    return error;
}

/** A receive buffer of the system's makes ours as big, unless that was chosen. */
static void follow_receive_buffer(InetSocket *s, int value) {
    if (s->is_buffer_set || value <= 0) return;
    if (!s->is_tcp && value > 65536)
        s->buffer_bytes = 65536; // no datagram is bigger
    else if ((uint32_t)value > s->buffer_bytes)
        s->buffer_bytes = (uint32_t)value;
}

static void follow_ancillary(InetSocket *s, unsigned code, int value) {
    unsigned flag = code == INET_OPT_RECVTOS      ? INET_ANCILLARY_TOS
                    : code == INET_OPT_RECVTCLASS ? INET_ANCILLARY_TCLASS
                    : code == INET_OPT_RECVTTL    ? INET_ANCILLARY_TTL
                                                  : 0;
    s->ancillary = value != 0 ? s->ancillary | flag : s->ancillary & ~flag;
}

static bool set_linger(InetSocket *s, int is_on, InetInput *input) {
    uint32_t seconds;
    if (!inet_take(input, 4, &seconds)) return false;
    struct linger value = {.l_onoff = is_on, .l_linger = (int)seconds};
    if (s->is_tcp) tcp_set_option(s, INET_OPT_LINGER, is_on != 0 && seconds == 0);
    (void)set_system(s, SOL_SOCKET, SO_LINGER, &value, sizeof value);
    return true;
}

static bool set_multicast_interface(InetSocket *s, int value) {
    ASSERT(s->domain != AF_UNSPEC || s->fd < 0);
    uint32_t number = htonl((uint32_t)value);
    if (s->domain != AF_INET && s->domain != AF_INET6) return false;
    // OTP swaps an IPv6 interface's index, too, but then no such interface is found.
    if (s->domain == AF_INET6)
        (void)set_system(s, IPPROTO_IPV6, IPV6_MULTICAST_IF, &value, sizeof value);
    else
        (void)set_system(s, IPPROTO_IP, IP_MULTICAST_IF, &number, sizeof number);
    return true;
}

/** [Family:4, Interface:4, Group, (inet: Address:4)]. */
static bool set_membership(InetSocket *s, bool is_added, int family, InetInput *input) {
    uint32_t interface;
    if (!inet_take(input, 4, &interface)) return false;
    if (family == INET_FAMILY_INET && s->domain == AF_INET) {
        struct ip_mreqn request = {.imr_ifindex = (int)interface};
        if (input->count < 8) return false;
        memcpy(&request.imr_multiaddr, input->bytes, 4);
        memcpy(&request.imr_address, input->bytes + 4, 4);
        input->bytes += 8;
        input->count -= 8;
        (void)set_system(s, IPPROTO_IP, is_added ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &request,
                         sizeof request);
        return true;
    }
    if (family != INET_FAMILY_INET6 || s->domain != AF_INET6 || input->count < 16) return false;
    struct ipv6_mreq request = {.ipv6mr_interface = interface};
    memcpy(&request.ipv6mr_multiaddr, input->bytes, 16);
    input->bytes += 16;
    input->count -= 16;
    (void)set_system(s, IPPROTO_IPV6, is_added ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP, &request,
                     sizeof request);
    return true;
}

/** [Level:4, Name:4, Count:4, Bytes]. */
static bool set_raw(InetSocket *s, int level, InetInput *input) {
    uint32_t name, count;
    if (!inet_take(input, 4, &name) || !inet_take(input, 4, &count) || input->count < count)
        return false;
    (void)set_system(s, level, (int)name, input->bytes, count);
    input->bytes += count;
    input->count -= count;
    return true;
}

static bool set_device(InetSocket *s, int count, InetInput *input) {
    ASSERT(input != NULL);
    char name[IFNAMSIZ] = {0};
    if (count < 0 || (size_t)count >= sizeof name || input->count < (size_t)count) return false;
    memcpy(name, input->bytes, (size_t)count);
    input->bytes += count;
    input->count -= (size_t)count;
    return set_system(s, SOL_SOCKET, SO_BINDTODEVICE, name, sizeof name) == 0;
}

static bool set_socket_option(InetSocket *s, unsigned code, int value, InetInput *input) {
    switch (code) {
    case INET_OPT_LINGER: return set_linger(s, value, input);
    case INET_OPT_MULTICAST_IF: return set_multicast_interface(s, value);
    case INET_OPT_ADD_MEMBERSHIP: return set_membership(s, true, value, input);
    case INET_OPT_DROP_MEMBERSHIP: return set_membership(s, false, value, input);
    case INET_OPT_RAW: return set_raw(s, value, input);
    case INET_OPT_BIND_TO_DEVICE: return set_device(s, value, input);
    default: break;
    }
    const InetSystemOption *option = inet_system_option(code);
    if (option == NULL) return false;
    if (code == INET_OPT_RCVBUF) follow_receive_buffer(s, value);
    int error = set_system(s, option->level, option->name, &value, sizeof value);
    if (error == 0) follow_ancillary(s, code, value);
    return error == 0 || !option->is_strict;
}

InetSetResult inet_set_options(InetSocket *s, InetInput input) {
    PacketType packet_before = s->packet;
    bool was_active = s->active != INET_PASSIVE;
    uint32_t code, value;
    while (input.count >= 5 && inet_take(&input, 1, &code) && inet_take(&input, 4, &value)) {
        bool is_known;
        InetSetResult result = set_port_option(s, code, (int)value, &input, &is_known);
        if (!is_known)
            result =
                set_socket_option(s, code, (int)value, &input) ? INET_SET_DONE : INET_SET_ERROR;
        if (result != INET_SET_DONE) return result;
    }
    ASSERT(s->port->driver_data != NULL);
    bool is_active = s->active != INET_PASSIVE;
    bool is_in_use = s->is_tcp ? inet_is_connected(s) : inet_is_open(s);
    if (!is_in_use) return INET_SET_DONE;
    bool has_new_packet = s->packet != packet_before;
    if (s->is_tcp && !was_active && !has_new_packet &&
        (s->active == INET_ONCE || s->active == INET_MULTI))
        return INET_SET_RECEIVE;
    if (is_active)
        inet_want(s, POLLER_READ);
    else if (was_active)
        inet_unwant(s, POLLER_READ);
    if (s->is_tcp && is_active && (!was_active || has_new_packet)) return INET_SET_DELIVER;
    return INET_SET_DONE;
}
