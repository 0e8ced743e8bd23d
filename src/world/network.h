// SPDX-License-Identifier: Apache-2.0
//
// What the machine says of its networks: interfaces, services, names and addresses.
//
// Functions return 0 or a positive errno value; those of names an EAI_* value (negative on Linux).
//
// Threads: any. network_address_of_name and network_name_of_address may wait for a name server:
// dirty threads only.
#ifndef MICA_WORLD_NETWORK_H
#define MICA_WORLD_NETWORK_H

#include "world/socket.h"

enum { NETWORK_NAME_MAX = 256, NETWORK_HARDWARE_MAX = 32 };

// One address of an interface. Absent addresses have a count of 0.
typedef struct {
    char name[64];
    unsigned flags;                        // IFF_*
    SocketAddress address, netmask, other; // other: of the far end, or for broadcasts
    unsigned char hardware[NETWORK_HARDWARE_MAX];
    unsigned hardware_count;
    int interface_index;
    // of a link-level address (AF_PACKET)
    unsigned protocol, hardware_type, packet_type;
} NetworkInterface;

// An answer of a name server.
typedef struct {
    SocketAddress address;
    int flags, type, protocol;
} NetworkAddressInfo;

// A protocol with its name and what else it is called.
typedef struct {
    int number;
    size_t name_count;
    char names[4][32];
} NetworkProtocol;

struct NetworkOps {
    void (*protocols)(World *world, NetworkProtocol **protocols, size_t *count);
    int (*interfaces)(World *world, const char *name_space, NetworkInterface **interfaces,
                      size_t *count);
    bool (*service_port)(World *world, const char *service, const char *protocol, uint16_t *port);
    bool (*service_name)(World *world, uint16_t port, const char *protocol,
                         char name[NETWORK_NAME_MAX]);
    int (*address_of_name)(World *world, const char *host, const char *service,
                           NetworkAddressInfo **infos, size_t *count);
    int (*name_of_address)(World *world, const SocketAddress *address, int flags,
                           char host[NETWORK_NAME_MAX * 5], char service[NETWORK_NAME_MAX]);
    int (*interface_name)(World *world, unsigned index, char name[64]);
    int (*interface_index)(World *world, const char *name, unsigned *index);
};

// The array is the caller's to mem_free.
static inline int network_interfaces(World *w, const char *name_space,
                                     NetworkInterface **interfaces, size_t *count) {
    return w->network->interfaces(w, name_space, interfaces, count);
}
// The array is the caller's to mem_free.
static inline void network_protocols(World *w, NetworkProtocol **protocols, size_t *count) {
    w->network->protocols(w, protocols, count);
}
static inline bool network_service_port(World *w, const char *service, const char *protocol,
                                        uint16_t *port) {
    return w->network->service_port(w, service, protocol, port);
}
static inline bool network_service_name(World *w, uint16_t port, const char *protocol,
                                        char name[NETWORK_NAME_MAX]) {
    return w->network->service_name(w, port, protocol, name);
}
// host or service may be NULL. The array is the caller's to mem_free.
static inline int network_address_of_name(World *w, const char *host, const char *service,
                                          NetworkAddressInfo **infos, size_t *count) {
    return w->network->address_of_name(w, host, service, infos, count);
}
static inline int network_name_of_address(World *w, const SocketAddress *address, int flags,
                                          char host[NETWORK_NAME_MAX * 5],
                                          char service[NETWORK_NAME_MAX]) {
    return w->network->name_of_address(w, address, flags, host, service);
}
static inline int network_interface_name(World *w, unsigned index, char name[64]) {
    return w->network->interface_name(w, index, name);
}
static inline int network_interface_index(World *w, const char *name, unsigned *index) {
    return w->network->interface_index(w, name, index);
}

#endif
