// SPDX-License-Identifier: Apache-2.0
//
// inet_interface.c - the network interfaces of the machine: getifaddrs, getiflist, ifget, ifset.
//
// Threads: PORT-1.
#include <errno.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include "io/inet.h"
#include "world/network.h"

enum {
    INTERFACE_ADDR = 1,
    INTERFACE_BROADADDR = 2,
    INTERFACE_DSTADDR = 3,
    INTERFACE_MTU = 4,
    INTERFACE_NETMASK = 5,
    INTERFACE_FLAGS = 6,
    INTERFACE_HWADDR = 7,
};

enum {
    INTERFACE_IS_UP = 0x01,
    INTERFACE_IS_BROADCAST = 0x02,
    INTERFACE_IS_LOOPBACK = 0x04,
    INTERFACE_IS_POINTTOPOINT = 0x08,
    INTERFACE_IS_RUNNING = 0x10,
    INTERFACE_IS_MULTICAST = 0x20,
    INTERFACE_IS_DOWN = 0x100,
    INTERFACE_NO_BROADCAST = 0x200,
    INTERFACE_NO_POINTTOPOINT = 0x800,
};

enum { HARDWARE_BYTES = 6 };

static unsigned flags_of(unsigned flags) {
    unsigned result = 0;
    if ((flags & IFF_UP) != 0) result |= INTERFACE_IS_UP | INTERFACE_IS_RUNNING;
    if ((flags & IFF_BROADCAST) != 0) result |= INTERFACE_IS_BROADCAST;
    if ((flags & IFF_LOOPBACK) != 0) result |= INTERFACE_IS_LOOPBACK;
    if ((flags & IFF_POINTOPOINT) != 0) result |= INTERFACE_IS_POINTTOPOINT;
    if ((flags & IFF_MULTICAST) != 0) result |= INTERFACE_IS_MULTICAST;
    return result;
}

/** [Option, Family, Address], without a port; nothing for another kind of address. */
static void add_plain_address(InetReply *reply, unsigned option, const struct sockaddr *address) {
    bool is_v6 = address->sa_family == AF_INET6;
    if (!is_v6 && address->sa_family != AF_INET && address->sa_family != AF_UNSPEC) return;
    inet_reply_byte(reply, (uint8_t)option);
    inet_reply_byte(reply, is_v6 ? INET_FAMILY_INET6 : INET_FAMILY_INET);
    const uint8_t *bytes = (const uint8_t *)address;
    if (is_v6)
        inet_reply_add(reply, bytes + offsetof(struct sockaddr_in6, sin6_addr), 16);
    else
        inet_reply_add(reply, bytes + offsetof(struct sockaddr_in, sin_addr), 4);
}

static void add_hardware(InetReply *reply, const void *bytes, unsigned count) {
    ASSERT(count <= NETWORK_HARDWARE_MAX);
    inet_reply_byte(reply, INTERFACE_HWADDR);
    inet_reply_number(reply, count, 2);
    inet_reply_add(reply, bytes, count);
}

/** A name of Latin-1 bytes as UTF-8, which prim_inet decodes. */
static void add_name(InetReply *reply, const char *name) {
    for (; *name != '\0'; name++) {
        uint8_t byte = (uint8_t)*name;
        if (byte < 0x80) {
            inet_reply_byte(reply, byte);
        } else {
            inet_reply_byte(reply, (uint8_t)(0xc0 | byte >> 6));
            inet_reply_byte(reply, (uint8_t)(0x80 | (byte & 0x3f)));
        }
    }
    inet_reply_byte(reply, 0);
}

/** [Name, 0, Options, 0]... */
static void get_addresses(InetSocket *s, InetReply *reply) {
    NetworkInterface *interfaces;
    size_t count;
    int error = network_interfaces(s->port->vm->world, s->name_space, &interfaces, &count);
    if (error != 0) {
        inet_reply_error(reply, error);
        return;
    }
    inet_reply_ok(reply);
    for (size_t i = 0; i < count; i++) {
        const NetworkInterface *n = &interfaces[i];
        add_name(reply, n->name);
        inet_reply_byte(reply, INTERFACE_FLAGS);
        inet_reply_number(reply, flags_of(n->flags), 4);
        if (n->address.count > 0) add_plain_address(reply, INTERFACE_ADDR, &n->address.any);
        if (n->netmask.count > 0) add_plain_address(reply, INTERFACE_NETMASK, &n->netmask.any);
        bool is_pair = (n->flags & IFF_POINTOPOINT) != 0;
        if (n->other.count > 0)
            add_plain_address(reply, is_pair ? INTERFACE_DSTADDR : INTERFACE_BROADADDR,
                              &n->other.any);
        if (n->hardware_count > 1) add_hardware(reply, n->hardware, n->hardware_count);
        inet_reply_byte(reply, 0);
    }
    mem_free(interfaces);
}

/** [Name, 0]... of those that have an IPv4 address. */
static void get_names(InetSocket *s, InetReply *reply) {
    NetworkInterface *interfaces;
    size_t count;
    int error = network_interfaces(s->port->vm->world, s->name_space, &interfaces, &count);
    if (error != 0) {
        inet_reply_error(reply, error);
        return;
    }
    inet_reply_ok(reply);
    for (size_t i = 0; i < count; i++)
        if (interfaces[i].address.any.sa_family == AF_INET)
            inet_reply_add(reply, interfaces[i].name, strlen(interfaces[i].name) + 1);
    mem_free(interfaces);
}

/** [Count, Name] into a request for the system; false when it is not all there. */
static bool take_interface(InetInput *input, struct ifreq *request) {
    uint32_t count;
    ASSERT(input != NULL);
    memset(request, 0, sizeof *request);
    if (!inet_take(input, 1, &count) || input->count < count) return false;
    memcpy(request->ifr_name, input->bytes, MIN(count, (uint32_t)IFNAMSIZ - 1));
    input->bytes += count;
    input->count -= count;
    return true;
}

static bool control(InetSocket *s, unsigned long request, struct ifreq *argument) {
    ASSERT(s->fd >= 0);
    return socket_control(s->port->vm->world, s->fd, request, argument) == 0;
}

static bool get_item(InetSocket *s, unsigned option, struct ifreq *r, InetReply *reply) {
    switch (option) {
    case INTERFACE_ADDR:
        if (control(s, SIOCGIFADDR, r)) add_plain_address(reply, option, &r->ifr_addr);
        return true;
    case INTERFACE_BROADADDR:
        if (control(s, SIOCGIFBRDADDR, r)) add_plain_address(reply, option, &r->ifr_broadaddr);
        return true;
    case INTERFACE_DSTADDR:
        if (control(s, SIOCGIFDSTADDR, r)) add_plain_address(reply, option, &r->ifr_dstaddr);
        return true;
    case INTERFACE_NETMASK:
        if (control(s, SIOCGIFNETMASK, r)) add_plain_address(reply, option, &r->ifr_netmask);
        return true;
    case INTERFACE_HWADDR:
        if (control(s, SIOCGIFHWADDR, r))
            add_hardware(reply, r->ifr_hwaddr.sa_data, HARDWARE_BYTES);
        return true;
    case INTERFACE_MTU:
        if (!control(s, SIOCGIFMTU, r)) return true;
        inet_reply_byte(reply, INTERFACE_MTU);
        inet_reply_number(reply, (uint64_t)r->ifr_mtu, 4);
        return true;
    case INTERFACE_FLAGS: {
        unsigned flags = control(s, SIOCGIFFLAGS, r) ? (unsigned short)r->ifr_flags : 0;
        inet_reply_byte(reply, INTERFACE_FLAGS);
        inet_reply_number(reply, flags_of(flags), 4);
        return true;
    }
    default: return false;
    }
}

static void get_items(InetSocket *s, InetInput input, InetReply *reply) {
    struct ifreq request;
    uint32_t option;
    bool is_right = take_interface(&input, &request);
    inet_reply_ok(reply);
    while (is_right && inet_take(&input, 1, &option))
        is_right = get_item(s, option, &request, reply);
    if (!is_right) inet_reply_error(reply, EINVAL);
}

/** [Family, Address] as an interface has it. */
static bool take_plain_address(InetInput *input, struct sockaddr *address) {
    uint32_t family;
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    if (!inet_take(input, 1, &family) || family != INET_FAMILY_INET || input->count < 4)
        return false;
    memcpy(&v4.sin_addr, input->bytes, 4);
    memcpy(address, &v4, sizeof v4);
    input->bytes += 4;
    input->count -= 4;
    return true;
}

static bool set_hardware(InetSocket *s, InetInput *input, struct ifreq *r) {
    uint32_t count;
    if (!inet_take(input, 2, &count) || input->count < count) return false;
    memset(r->ifr_hwaddr.sa_data, 0, sizeof r->ifr_hwaddr.sa_data);
    memcpy(r->ifr_hwaddr.sa_data, input->bytes, MIN(count, sizeof r->ifr_hwaddr.sa_data));
    (void)control(s, SIOCSIFHWADDR, r);
    input->bytes += count;
    input->count -= count;
    return true;
}

static bool set_flags(InetSocket *s, InetInput *input, struct ifreq *r) {
    uint32_t wished;
    if (!inet_take(input, 4, &wished)) return false;
    unsigned before = control(s, SIOCGIFFLAGS, r) ? (unsigned short)r->ifr_flags : 0;
    unsigned flags = before;
    if ((wished & INTERFACE_IS_UP) != 0) flags |= IFF_UP;
    if ((wished & INTERFACE_IS_DOWN) != 0) flags &= ~(unsigned)IFF_UP;
    if ((wished & INTERFACE_IS_BROADCAST) != 0) flags |= IFF_BROADCAST;
    if ((wished & INTERFACE_NO_BROADCAST) != 0) flags &= ~(unsigned)IFF_BROADCAST;
    if ((wished & INTERFACE_IS_POINTTOPOINT) != 0) flags |= IFF_POINTOPOINT;
    if ((wished & INTERFACE_NO_POINTTOPOINT) != 0) flags &= ~(unsigned)IFF_POINTOPOINT;
    if (flags == before) return true;
    r->ifr_flags = (short)flags;
    (void)control(s, SIOCSIFFLAGS, r);
    return true;
}

/** As OTP's: what the system refuses is not told. */
static bool set_item(InetSocket *s, unsigned option, InetInput *input, struct ifreq *r) {
    uint32_t number;
    switch (option) {
    case INTERFACE_HWADDR: return set_hardware(s, input, r);
    case INTERFACE_FLAGS: return set_flags(s, input, r);
    case INTERFACE_MTU:
        if (!inet_take(input, 4, &number)) return false;
        r->ifr_mtu = (int)number;
        (void)control(s, SIOCSIFMTU, r);
        return true;
    case INTERFACE_ADDR:
    case INTERFACE_BROADADDR:
    case INTERFACE_DSTADDR:
    case INTERFACE_NETMASK:
        if (!take_plain_address(input, &r->ifr_addr)) return false; // all four are one union
        (void)control(s,
                      option == INTERFACE_ADDR        ? SIOCSIFADDR
                      : option == INTERFACE_BROADADDR ? SIOCSIFBRDADDR
                      : option == INTERFACE_DSTADDR   ? SIOCSIFDSTADDR
                                                      : SIOCSIFNETMASK,
                      r);
        return true;
    default: return false;
    }
}

static void set_items(InetSocket *s, InetInput input, InetReply *reply) {
    struct ifreq request;
    uint32_t option;
    bool is_right = take_interface(&input, &request);
    while (is_right && inet_take(&input, 1, &option))
        is_right = set_item(s, option, &input, &request);
    inet_reply_ok(reply);
    if (!is_right) inet_reply_error(reply, EINVAL);
}

void inet_interface_control(InetSocket *s, unsigned request, InetInput input, InetReply *reply) {
    ASSERT(reply->count == 0);
    if (!inet_is_open(s)) {
        inet_reply_error_name(reply, "exbadport");
        return;
    }
    switch (request) {
    case INET_REQ_GETIFLIST: get_names(s, reply); return;
    case INET_REQ_GETIFADDRS: get_addresses(s, reply); return;
    case INET_REQ_IFGET: get_items(s, input, reply); return;
    default: ASSERT(request == INET_REQ_IFSET); set_items(s, input, reply);
    }
}
