// SPDX-License-Identifier: Apache-2.0
//
// What the operating system says of its networks.
//
// Threads: any.
#include "world/network.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netpacket/packet.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/base.h"
#include "world/os_tables.h"

static void copy_address(SocketAddress *to, const struct sockaddr *from) {
    if (from == NULL) return;
    if (from->sa_family == AF_INET) to->count = sizeof to->v4;
    if (from->sa_family == AF_INET6) to->count = sizeof to->v6;
    memcpy(&to->storage, from, to->count);
    to->any.sa_family = from->sa_family;
}

static void fill_interface(NetworkInterface *to, const struct ifaddrs *from) {
    ASSERT(from->ifa_name != NULL);
    strncpy(to->name, from->ifa_name, sizeof to->name - 1);
    to->flags = from->ifa_flags;
    to->interface_index = (int)if_nametoindex(from->ifa_name);
    if (from->ifa_addr == NULL) return;
    if (from->ifa_addr->sa_family == AF_PACKET) {
        struct sockaddr_ll link;
        memcpy(&link, from->ifa_addr, sizeof link);
        to->address.any.sa_family = AF_PACKET;
        to->hardware_count = MIN(link.sll_halen, sizeof link.sll_addr);
        memcpy(to->hardware, link.sll_addr, to->hardware_count);
        to->interface_index = link.sll_ifindex;
        to->protocol = link.sll_protocol;
        to->hardware_type = link.sll_hatype;
        to->packet_type = link.sll_pkttype;
        return;
    }
    copy_address(&to->address, from->ifa_addr);
    copy_address(&to->netmask, from->ifa_netmask);
    if ((from->ifa_flags & (IFF_POINTOPOINT | IFF_BROADCAST)) != 0)
        copy_address(&to->other, from->ifa_dstaddr);
}

/** Goes to a network namespace (a thread's own) and remembers the way back. */
static int enter_space(const char *name_space, int *home) {
    *home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (*home < 0) return errno;
    int there = open(name_space, O_RDONLY | O_CLOEXEC);
    int error = there < 0 || setns(there, CLONE_NEWNET) != 0 ? errno : 0;
    if (there >= 0) close(there);
    if (error != 0) close(*home);
    return error;
}

static void leave_space(int home) {
    int back = setns(home, CLONE_NEWNET);
    ASSERT(back == 0);
    close(home);
}

static int os_interfaces(World *world, const char *name_space, NetworkInterface **interfaces,
                         size_t *count) {
    (void)world;
    ASSERT(interfaces != NULL && count != NULL);
    int home = -1;
    int error = name_space != NULL ? enter_space(name_space, &home) : 0;
    if (error != 0) return error;
    struct ifaddrs *first = NULL;
    error = getifaddrs(&first) != 0 ? errno : 0;
    *count = 0;
    for (const struct ifaddrs *i = first; i != NULL; i = i->ifa_next) (*count)++;
    *interfaces = mem_zalloc((*count + 1) * sizeof **interfaces);
    size_t at = 0;
    for (const struct ifaddrs *i = first; i != NULL; i = i->ifa_next)
        fill_interface(&(*interfaces)[at++], i);
    ASSERT(at == *count);
    if (first != NULL) freeifaddrs(first);
    if (name_space != NULL) leave_space(home);
    if (error == 0) return 0;
    mem_free(*interfaces);
    return error;
}

enum { SERVICE_BYTES = 4096, PROTOCOL_NUMBERS = 256 };

static void add_protocol_name(NetworkProtocol *to, const char *name) {
    if (to->name_count == ARRAY_COUNT(to->names) || strlen(name) >= sizeof to->names[0]) return;
    strcpy(to->names[to->name_count++], name);
}

/** By number: the system's way of reading them in a row has a state that threads would share. */
static void os_protocols(World *world, NetworkProtocol **protocols, size_t *count) {
    (void)world;
    ASSERT(protocols != NULL && count != NULL);
    *protocols = mem_zalloc(PROTOCOL_NUMBERS * sizeof **protocols);
    *count = 0;
    for (int number = 0; number < PROTOCOL_NUMBERS; number++) {
        struct protoent entry, *found = NULL;
        char bytes[SERVICE_BYTES];
        if (getprotobynumber_r(number, &entry, bytes, sizeof bytes, &found) != 0 || found == NULL)
            continue;
        NetworkProtocol *to = &(*protocols)[(*count)++];
        to->number = number;
        add_protocol_name(to, found->p_name);
        for (char **alias = found->p_aliases; *alias != NULL; alias++)
            add_protocol_name(to, *alias);
    }
}

static bool os_service_port(World *world, const char *service, const char *protocol,
                            uint16_t *port) {
    (void)world;
    ASSERT(service != NULL && protocol != NULL);
    struct servent entry, *found = NULL;
    char bytes[SERVICE_BYTES];
    if (getservbyname_r(service, protocol, &entry, bytes, sizeof bytes, &found) != 0 ||
        found == NULL)
        return false;
    *port = ntohs((uint16_t)found->s_port);
    return true;
}

static bool os_service_name(World *world, uint16_t port, const char *protocol,
                            char name[NETWORK_NAME_MAX]) {
    (void)world;
    ASSERT(protocol != NULL);
    struct servent entry, *found = NULL;
    char bytes[SERVICE_BYTES];
    if (getservbyport_r(htons(port), protocol, &entry, bytes, sizeof bytes, &found) != 0 ||
        found == NULL || strlen(found->s_name) >= NETWORK_NAME_MAX)
        return false;
    strcpy(name, found->s_name);
    return true;
}

static int os_address_of_name(World *world, const char *host, const char *service,
                              NetworkAddressInfo **infos, size_t *count) {
    (void)world;
    ASSERT(infos != NULL && count != NULL);
    struct addrinfo *first = NULL;
    int error = getaddrinfo(host, service, NULL, &first);
    if (error != 0) return error;
    *count = 0;
    for (const struct addrinfo *i = first; i != NULL; i = i->ai_next) (*count)++;
    *infos = mem_zalloc((*count + 1) * sizeof **infos);
    NetworkAddressInfo *info = *infos;
    for (const struct addrinfo *i = first; i != NULL; i = i->ai_next, info++) {
        info->flags = i->ai_flags;
        info->type = i->ai_socktype;
        info->protocol = i->ai_protocol;
        info->address.count = MIN(i->ai_addrlen, (socklen_t)sizeof info->address.storage);
        memcpy(&info->address.storage, i->ai_addr, info->address.count);
    }
    freeaddrinfo(first);
    return 0;
}

static int os_name_of_address(World *world, const SocketAddress *address, int flags,
                              char host[NETWORK_NAME_MAX * 5], char service[NETWORK_NAME_MAX]) {
    (void)world;
    ASSERT(address->count <= sizeof address->storage);
    return getnameinfo(&address->any, address->count, host, NETWORK_NAME_MAX * 5, service,
                       NETWORK_NAME_MAX, flags);
}

static int os_interface_name(World *world, unsigned index, char name[64]) {
    (void)world;
    memset(name, 0, 64);
    return if_indextoname(index, name) != NULL ? 0 : errno;
}

static int os_interface_index(World *world, const char *name, unsigned *index) {
    (void)world;
    *index = if_nametoindex(name);
    return *index != 0 ? 0 : errno;
}

const NetworkOps *network_os_table(void) {
    static const NetworkOps table = {
        .protocols = os_protocols,
        .interfaces = os_interfaces,
        .service_port = os_service_port,
        .service_name = os_service_name,
        .address_of_name = os_address_of_name,
        .name_of_address = os_name_of_address,
        .interface_name = os_interface_name,
        .interface_index = os_interface_index,
    };
    return &table;
}
