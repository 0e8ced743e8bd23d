// SPDX-License-Identifier: Apache-2.0
//
// inet_control.c - the requests that all socket drivers answer alike: open, bind, names,
// statistics, services.
//
// Threads: PORT-1.
#include <errno.h>

#include "io/inet.h"
#include "world/env.h"
#include "world/network.h"

// ---- opening
// -----------------------------------------------------------------------------------------

/** [Family, Type, ...]: domain and type as the system calls them; false with the error in reply. */
static bool take_kind(InetSocket *s, InetInput *input, InetReply *reply, int *domain) {
    uint32_t family, type;
    if (!inet_take(input, 1, &family) || !inet_take(input, 1, &type)) {
        inet_reply_error(reply, EINVAL);
        return false;
    }
    *domain = inet_domain_of(family);
    if (*domain < 0) {
        inet_reply_error_name(reply, "eafnosupport");
        return false;
    }
    if (type == (s->is_tcp ? INET_TYPE_STREAM : INET_TYPE_DATAGRAM)) return true;
    inet_reply_error(reply, EINVAL);
    return false;
}

void inet_control_open(InetSocket *s, InetInput input, InetReply *reply) {
    ASSERT(s->fd < 0 || s->state != INET_STATE_CLOSED);
    int domain;
    if (input.count != 2) {
        inet_reply_error(reply, EINVAL);
        return;
    }
    if (!take_kind(s, &input, reply, &domain)) return;
    VM *vm = s->port->vm;
    if (s->state != INET_STATE_CLOSED) {
        inet_reply_error_name(reply, "exbadseq");
        return;
    }
    // What comes over a real socket cannot be repeated from a seed.
    if (vm->config.deterministic) {
        inet_reply_error(reply, ENOTSUP);
        return;
    }
    int protocol = domain == AF_UNIX ? 0 : s->is_tcp ? IPPROTO_TCP : IPPROTO_UDP;
    int fd;
    int error = socket_open(vm->world, domain, s->type, protocol, s->name_space, &fd);
    if (error != 0) {
        inet_reply_error(reply, error);
        return;
    }
    s->fd = fd;
    s->domain = domain;
    s->state = INET_STATE_OPEN;
    inet_reply_ok(reply);
}

/** [Family, Type, Descriptor:4, IsBound:4]. */
void inet_control_fdopen(InetSocket *s, InetInput input, InetReply *reply) {
    int domain;
    uint32_t fd = 0, is_bound = 1;
    if (input.count != 6 && input.count != 10) {
        inet_reply_error(reply, EINVAL);
        return;
    }
    if (!take_kind(s, &input, reply, &domain) || !inet_take(&input, 4, &fd)) return;
    inet_take(&input, 4, &is_bound);
    World *world = s->port->vm->world;
    if (s->port->vm->config.deterministic) {
        inet_reply_error(reply, ENOTSUP);
        return;
    }
    SocketAddress name;
    if (is_bound != 0) {
        int error = socket_name(world, (int)fd, &name);
        if (error == 0 && name.any.sa_family != domain) error = EINVAL;
        if (error != 0) {
            inet_reply_error(reply, error);
            return;
        }
    }
    (void)stream_set_nonblocking(world, (int)fd, true, NULL);
    s->fd = (int)fd;
    s->domain = domain;
    s->is_prebound = true;
    bool is_connected = s->is_tcp && socket_peer(world, (int)fd, &name) == 0;
    s->state = is_connected ? INET_STATE_CONNECTED : INET_STATE_OPEN;
    inet_reply_ok(reply);
}

static unsigned port_of(const SocketAddress *address) {
    if (address->any.sa_family == AF_INET) return ntohs(address->v4.sin_port);
    if (address->any.sa_family == AF_INET6) return ntohs(address->v6.sin6_port);
    return 0;
}

static void control_bind(InetSocket *s, InetInput input, InetReply *reply) {
    SocketAddress address;
    if (input.count < 2) {
        inet_reply_error(reply, EINVAL);
        return;
    }
    if (s->state != INET_STATE_OPEN) {
        inet_reply_error_name(reply, "exbadport");
        return;
    }
    const char *problem = inet_take_address(s->domain, &input, &address);
    if (problem != NULL) {
        inet_reply_error_name(reply, problem);
        return;
    }
    World *world = s->port->vm->world;
    int error = socket_bind(world, s->fd, &address);
    if (error != 0) {
        inet_reply_error(reply, error);
        return;
    }
    if (port_of(&address) == 0) (void)socket_name(world, s->fd, &address);
    inet_reply_ok(reply);
    inet_reply_number(reply, port_of(&address), 2);
}

// ---- names
// -------------------------------------------------------------------------------------------

static void reply_address(InetReply *reply, int error, const SocketAddress *address) {
    if (error != 0) {
        inet_reply_error(reply, error);
        return;
    }
    inet_reply_ok(reply);
    if (!inet_add_address(reply, address)) inet_reply_error(reply, EINVAL);
}

static void control_name(InetSocket *s, InetReply *reply) {
    SocketAddress name = s->fake_name;
    int error = 0;
    if (!s->has_fake_name)
        error = s->fd < 0 ? EBADF : socket_name(s->port->vm->world, s->fd, &name);
    reply_address(reply, error, &name);
}

static void control_peer(InetSocket *s, InetReply *reply) {
    SocketAddress peer = s->fake_peer;
    int error = 0;
    if ((s->state & INET_FLAG_ACTIVE) == 0)
        error = ENOTCONN;
    else if (!s->has_fake_peer)
        error = socket_peer(s->port->vm->world, s->fd, &peer);
    reply_address(reply, error, &peer);
}

/** All addresses of one end: without SCTP there is one. */
static void control_addresses(InetSocket *s, bool is_peer, InetInput input, InetReply *reply) {
    SocketAddress address;
    if (input.count != 4) {
        inet_reply_error(reply, EINVAL);
        return;
    }
    if (!inet_is_open(s)) {
        inet_reply_error_name(reply, "exbadport");
        return;
    }
    World *world = s->port->vm->world;
    int error = is_peer ? socket_peer(world, s->fd, &address) : socket_name(world, s->fd, &address);
    if (error != 0) {
        inet_reply_error(reply, error);
        return;
    }
    inet_reply_ok(reply);
    if (!inet_add_address(reply, &address)) inet_reply_ok(reply);
}

/** A name that is told in place of the true one, or with no argument: the true one again. */
static void control_set_name(InetSocket *s, InetInput input, InetReply *reply, bool *has_fake,
                             SocketAddress *fake) {
    const char *problem = NULL;
    *has_fake = false;
    if (input.count == 1) problem = "einval";
    if (input.count > 1) {
        problem = inet_take_address(s->domain, &input, fake);
        *has_fake = problem == NULL;
    }
    if (problem != NULL)
        inet_reply_error_name(reply, problem);
    else
        inet_reply_ok(reply);
}

// ---- what is known of the socket
// ---------------------------------------------------------------------

enum {
    INET_STAT_RECV_CNT = 1,
    INET_STAT_RECV_MAX,
    INET_STAT_RECV_AVG,
    INET_STAT_RECV_DVI,
    INET_STAT_SEND_CNT,
    INET_STAT_SEND_MAX,
    INET_STAT_SEND_AVG,
    INET_STAT_SEND_PEND,
    INET_STAT_RECV_OCT,
    INET_STAT_SEND_OCT,
};

static uint64_t queued_bytes(InetSocket *s) {
    return s->port->driver->queued != NULL ? s->port->driver->queued(s->port) : 0;
}

static uint64_t statistic(InetSocket *s, unsigned which) {
    switch (which) {
    case INET_STAT_RECV_CNT: return s->received.count;
    case INET_STAT_RECV_MAX: return s->received.max;
    case INET_STAT_RECV_AVG: return (uint64_t)s->received.average;
    case INET_STAT_RECV_DVI: return (uint64_t)__builtin_fabs(s->received.deviation);
    case INET_STAT_SEND_CNT: return s->sent.count;
    case INET_STAT_SEND_MAX: return s->sent.max;
    case INET_STAT_SEND_AVG: return (uint64_t)s->sent.average;
    case INET_STAT_SEND_PEND: return queued_bytes(s);
    case INET_STAT_RECV_OCT: return s->received.bytes;
    case INET_STAT_SEND_OCT: return s->sent.bytes;
    default: return 0;
    }
}

static void control_statistics(InetSocket *s, InetInput input, InetReply *reply) {
    uint32_t which;
    inet_reply_ok(reply);
    while (inet_take(&input, 1, &which)) {
        if (which < INET_STAT_RECV_CNT || which > INET_STAT_SEND_OCT) {
            inet_reply_error(reply, EINVAL);
            return;
        }
        inet_reply_byte(reply, (uint8_t)which);
        inet_reply_number(reply, statistic(s, which), which >= INET_STAT_RECV_OCT ? 8 : 4);
    }
}

/** [1]: who asks wants to know when the output queue is empty. */
static void control_subscribe(InetSocket *s, InetInput input, InetReply *reply) {
    uint32_t which;
    inet_reply_ok(reply);
    while (inet_take(&input, 1, &which)) {
        if (which != 1) {
            inet_reply_error(reply, EINVAL);
            return;
        }
        uint64_t queued = queued_bytes(s);
        if (queued > 0 && term_is_local_pid(s->port->caller)) {
            s->subscribers =
                mem_realloc(s->subscribers, (s->subscriber_count + 1) * sizeof *s->subscribers);
            s->subscribers[s->subscriber_count++] = s->port->caller;
        }
        inet_reply_byte(reply, (uint8_t)which);
        inet_reply_number(reply, queued, 4);
    }
}

static void control_type(InetSocket *s, InetReply *reply) {
    unsigned family = s->domain == AF_INET    ? INET_FAMILY_INET
                      : s->domain == AF_INET6 ? INET_FAMILY_INET6
                                              : INET_FAMILY_LOCAL;
    if (s->domain == AF_UNSPEC) {
        inet_reply_error(reply, EINVAL);
        return;
    }
    inet_reply_ok(reply);
    inet_reply_number(reply, family, 4);
    inet_reply_number(reply, s->is_tcp ? INET_TYPE_STREAM : INET_TYPE_DATAGRAM, 4);
}

static void control_descriptor(InetSocket *s, InetReply *reply) {
    if (!inet_is_open(s)) {
        inet_reply_error(reply, EINVAL);
        return;
    }
    inet_reply_ok(reply);
    inet_reply_number(reply, (uint64_t)s->fd, 4);
}

/** [1]: somebody else works on the descriptor; [0]: no more. */
static void control_ignore(InetSocket *s, InetInput input, InetReply *reply) {
    uint32_t wish;
    if (!inet_is_connected(s)) {
        inet_reply_error(reply, ENOTCONN);
        return;
    }
    if (!s->is_tcp || !inet_take(&input, 1, &wish) || wish > 1 || (wish == 1) == s->is_ignored) {
        inet_reply_error(reply, EINVAL);
        return;
    }
    if (wish == 1) {
        port_disarm(s->port, s->fd);
        s->ignored_wants = s->wanted;
        s->wanted = s->armed = 0;
        s->is_ignored = true;
    } else {
        s->is_ignored = false;
        s->wanted = s->ignored_wants;
        s->ignored_wants = 0;
    }
    inet_reply_ok(reply);
}

// ---- services
// ----------------------------------------------------------------------------------------

/** [Count, Text]; false when it is not all there. */
static bool take_text(InetInput *input, char text[256]) {
    uint32_t count;
    if (!inet_take(input, 1, &count) || input->count < count) return false;
    memcpy(text, input->bytes, count);
    text[count] = '\0';
    input->bytes += count;
    input->count -= count;
    return true;
}

static void control_service_port(InetSocket *s, InetInput input, InetReply *reply) {
    char service[256], protocol[256];
    uint16_t port;
    if (!take_text(&input, service) || !take_text(&input, protocol) ||
        !network_service_port(s->port->vm->world, service, protocol, &port)) {
        inet_reply_error(reply, EINVAL);
        return;
    }
    inet_reply_ok(reply);
    inet_reply_number(reply, port, 2);
}

static void control_service_name(InetSocket *s, InetInput input, InetReply *reply) {
    char protocol[256], name[NETWORK_NAME_MAX];
    uint32_t port;
    if (!inet_take(&input, 2, &port) || !take_text(&input, protocol) ||
        !network_service_name(s->port->vm->world, (uint16_t)port, protocol, name)) {
        inet_reply_error(reply, EINVAL);
        return;
    }
    inet_reply_ok(reply);
    inet_reply_add(reply, name, strlen(name));
}

static void control_host_name(InetSocket *s, InetInput input, InetReply *reply) {
    char name[NETWORK_NAME_MAX];
    int error = input.count != 0 ? EINVAL : env_host_name(s->port->vm->world, name, sizeof name);
    if (error != 0) {
        inet_reply_error(reply, error);
        return;
    }
    inet_reply_ok(reply);
    inet_reply_add(reply, name, strlen(name));
}

bool inet_control(InetSocket *s, unsigned request, InetInput input, InetReply *reply) {
    ASSERT(reply->count == 0);
    switch (request) {
    case INET_REQ_BIND: control_bind(s, input, reply); return true;
    case INET_REQ_NAME: control_name(s, reply); return true;
    case INET_REQ_PEER: control_peer(s, reply); return true;
    case INET_REQ_SETNAME:
        control_set_name(s, input, reply, &s->has_fake_name, &s->fake_name);
        return true;
    case INET_REQ_SETPEER:
        control_set_name(s, input, reply, &s->has_fake_peer, &s->fake_peer);
        return true;
    case INET_REQ_GETLADDRS: control_addresses(s, false, input, reply); return true;
    case INET_REQ_GETPADDRS: control_addresses(s, true, input, reply); return true;
    case INET_REQ_GETOPTS: inet_get_options(s, input, reply); return true;
    case INET_REQ_GETSTAT: control_statistics(s, input, reply); return true;
    case INET_REQ_SUBSCRIBE: control_subscribe(s, input, reply); return true;
    case INET_REQ_GETSTATUS:
        inet_reply_ok(reply);
        inet_reply_number(reply, s->state | (s->port->is_busy ? INET_FLAG_BUSY : 0), 4);
        return true;
    case INET_REQ_GETTYPE: control_type(s, reply); return true;
    case INET_REQ_GETFD: control_descriptor(s, reply); return true;
    case INET_REQ_IGNOREFD: control_ignore(s, input, reply); return true;
    case INET_REQ_GETHOSTNAME: control_host_name(s, input, reply); return true;
    case INET_REQ_GETSERVBYNAME: control_service_port(s, input, reply); return true;
    case INET_REQ_GETSERVBYPORT: control_service_name(s, input, reply); return true;
    case INET_REQ_GETIFLIST:
    case INET_REQ_IFGET:
    case INET_REQ_IFSET:
    case INET_REQ_GETIFADDRS: inet_interface_control(s, request, input, reply); return true;
    default: inet_reply_error_name(reply, "exbadport"); return false;
    }
}
