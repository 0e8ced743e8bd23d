// SPDX-License-Identifier: Apache-2.0
//
// esock_address.c - socket addresses as maps, domains and types as atoms, for prim_socket and
// prim_net.
//
//   #{family => inet, port => 80, addr => any | loopback | broadcast | {A,B,C,D}}
//   #{family => inet6, port, addr, flowinfo, scope_id}     #{family => local, path => Binary}
//   #{family => packet, protocol, ifindex, pkttype, hatype, addr}
//   #{family => unspec | Number, addr => Binary}
//
// Threads: pure functions.
#include <netpacket/packet.h>
#include <stddef.h>

#include "io/esock.h"
#include "term/map.h"
#include "vm/vm.h"

static const struct {
    Term name;
    int number;
} domains[] = {{am_inet, AF_INET}, {am_inet6, AF_INET6}, {am_local, AF_UNIX}, {am_unspec, 0}},
  types[] = {{am_stream, SOCK_STREAM},       {am_dgram, SOCK_DGRAM}, {am_raw, SOCK_RAW},
             {am_seqpacket, SOCK_SEQPACKET}, {am_rdm, SOCK_RDM},     {am_dccp, SOCK_DCCP}};

Term esock_domain_term(int domain) {
    for (size_t i = 0; i < ARRAY_COUNT(domains); i++)
        if (domains[i].number == domain) return domains[i].name;
    return term_from_small(domain);
}

Term esock_type_term(int type) {
    for (size_t i = 0; i < ARRAY_COUNT(types); i++)
        if (types[i].number == type) return types[i].name;
    return term_from_small(type);
}

bool esock_read_domain(Term t, int *domain) {
    for (size_t i = 0; i < ARRAY_COUNT(domains); i++) {
        if (domains[i].name != t) continue;
        *domain = domains[i].number;
        return true;
    }
    return esock_get_int(t, domain) && *domain != 0;
}

bool esock_read_type(Term t, int *type) {
    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        if (types[i].name != t) continue;
        *type = types[i].number;
        return true;
    }
    return esock_get_int(t, type);
}

Term esock_level_term(int level) {
    return level == SOL_SOCKET ? am_socket : term_from_small(level);
}

bool esock_read_level(Term t, int *level) {
    *level = SOL_SOCKET;
    return t == am_socket || esock_get_int(t, level);
}

// ---- addresses in them
// -------------------------------------------------------------------------------

bool esock_read_ip4(Term t, struct in_addr *address) {
    ASSERT(address != NULL);
    uint8_t bytes[4];
    if (t == am_any || t == am_loopback || t == am_broadcast) {
        address->s_addr = htonl(t == am_any        ? INADDR_ANY
                                : t == am_loopback ? INADDR_LOOPBACK
                                                   : INADDR_BROADCAST);
        return true;
    }
    if (!term_is_tuple_of(t, 4)) return false;
    for (size_t i = 0; i < 4; i++) {
        int part;
        if (!esock_get_int(tuple_get(t, i), &part) || part < 0 || part > 255) return false;
        bytes[i] = (uint8_t)part;
    }
    memcpy(address, bytes, sizeof bytes);
    return true;
}

bool esock_read_ip6(Term t, struct in6_addr *address) {
    memset(address, 0, sizeof *address);
    if (t == am_any) return true;
    if (t == am_loopback) {
        address->s6_addr[15] = 1;
        return true;
    }
    if (!term_is_tuple_of(t, 8)) return false;
    for (size_t i = 0; i < 8; i++) {
        int part;
        if (!esock_get_int(tuple_get(t, i), &part) || part < 0 || part > 65535) return false;
        address->s6_addr[2 * i] = (uint8_t)(part >> 8);
        address->s6_addr[2 * i + 1] = (uint8_t)part;
    }
    return true;
}

Term esock_ip4_term(Heap *heap, const void *address) {
    ASSERT(address != NULL);
    const uint8_t *bytes = address;
    Term parts[4];
    for (size_t i = 0; i < 4; i++) parts[i] = term_from_small(bytes[i]);
    return heap_tuple(heap, 4, parts);
}

Term esock_ip6_term(Heap *heap, const void *address) {
    ASSERT(address != NULL);
    const uint8_t *bytes = address;
    Term parts[8];
    for (size_t i = 0; i < 8; i++) parts[i] = term_from_small(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    return heap_tuple(heap, 8, parts);
}

// ---- maps to addresses
// -------------------------------------------------------------------------------

static bool read_number(VM *vm, Term map, Term key, uint64_t max, uint32_t *number) {
    ASSERT(term_is_map(map) && max <= UINT32_MAX);
    Term value = map_get(vm->atoms, map, key);
    if (value == TERM_NONE || !term_is_small(value)) return false;
    int64_t n = term_small(value);
    *number = (uint32_t)n;
    return n >= 0 && (uint64_t)n <= max;
}

static bool read_inet(VM *vm, Term map, SocketAddress *address) {
    uint32_t port;
    Term ip = map_get(vm->atoms, map, am_addr);
    if (ip == TERM_NONE || !read_number(vm, map, am_port, 65535, &port)) return false;
    address->count = sizeof address->v4;
    address->v4.sin_family = AF_INET;
    address->v4.sin_port = htons((uint16_t)port);
    return esock_read_ip4(ip, &address->v4.sin_addr);
}

static bool read_inet6(VM *vm, Term map, SocketAddress *address) {
    uint32_t port, flow, scope;
    Term ip = map_get(vm->atoms, map, am_addr);
    if (ip == TERM_NONE || !read_number(vm, map, am_port, 65535, &port) ||
        !read_number(vm, map, am_flowinfo, UINT32_MAX, &flow) ||
        !read_number(vm, map, am_scope_id, UINT32_MAX, &scope))
        return false;
    address->count = sizeof address->v6;
    address->v6.sin6_family = AF_INET6;
    address->v6.sin6_port = htons((uint16_t)port);
    address->v6.sin6_flowinfo = flow;
    address->v6.sin6_scope_id = scope;
    return esock_read_ip6(ip, &address->v6.sin6_addr);
}

/** The bytes under a key, at most max of them. */
static bool read_bytes(VM *vm, Term map, Term key, void *to, size_t max, size_t *count) {
    ASSERT(term_is_map(map) && to != NULL);
    const uint8_t *bytes;
    uint8_t *to_free;
    Term value = map_get(vm->atoms, map, key);
    if (value == TERM_NONE || !esock_bytes(value, &bytes, count, &to_free)) return false;
    if (*count <= max && *count > 0) memcpy(to, bytes, *count);
    mem_free(to_free);
    return *count <= max;
}

static bool read_local(VM *vm, Term map, SocketAddress *address) {
    size_t count, max = sizeof address->local.sun_path;
    if (!read_bytes(vm, map, am_path, address->local.sun_path, max, &count)) return false;
    // A path ends in NUL; an abstract name begins with it.
    if (count == max && address->local.sun_path[0] != '\0') return false;
    address->local.sun_family = AF_UNIX;
    address->count = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + count);
    return true;
}

static bool read_plain(VM *vm, Term map, int family, SocketAddress *address) {
    ASSERT(family >= 0 && family <= UINT16_MAX);
    size_t count, base = offsetof(struct sockaddr, sa_data);
    uint8_t *to = (uint8_t *)&address->storage + base;
    if (!read_bytes(vm, map, am_addr, to, sizeof address->storage - base, &count)) return false;
    address->any.sa_family = (sa_family_t)family;
    address->count = (socklen_t)(base + count);
    return true;
}

bool esock_read_address(VM *vm, Term map, SocketAddress *address) {
    int number;
    memset(address, 0, sizeof *address);
    if (!term_is_map(map)) return false;
    Term family = map_get(vm->atoms, map, am_family);
    if (family == am_inet) return read_inet(vm, map, address);
    if (family == am_inet6) return read_inet6(vm, map, address);
    if (family == am_local) return read_local(vm, map, address);
    if (family == am_unspec) return read_plain(vm, map, AF_UNSPEC, address);
    if (family == TERM_NONE || !esock_get_int(family, &number)) return false;
    return number >= 0 && number <= UINT16_MAX && read_plain(vm, map, number, address);
}

// ---- addresses to maps
// -------------------------------------------------------------------------------

static Term map_of(VM *vm, Heap *heap, const Term *pairs, size_t count) {
    return map_from_pairs(heap, vm->atoms, pairs, count);
}

static Term local_term(VM *vm, Heap *heap, const SocketAddress *address) {
    ASSERT(address->any.sa_family == AF_UNIX);
    size_t base = offsetof(struct sockaddr_un, sun_path), count = 0;
    if (address->count > base) {
        size_t max = MIN(address->count - base, sizeof address->local.sun_path);
        count = strnlen(address->local.sun_path, max);
        if (count == 0) count = max; // abstract
    }
    Term path = heap_binary_from(heap, address->local.sun_path, count);
    Term pairs[] = {am_family, am_local, am_path, path};
    return map_of(vm, heap, pairs, 2);
}

static Term packet_kind(int kind) {
    switch (kind) {
    case PACKET_HOST: return am_host;
    case PACKET_BROADCAST: return am_broadcast;
    case PACKET_MULTICAST: return am_multicast;
    case PACKET_OTHERHOST: return am_otherhost;
    case PACKET_OUTGOING: return am_outgoing;
    default: return term_from_small(kind);
    }
}

static Term link_term(VM *vm, Heap *heap, const SocketAddress *address) {
    ASSERT(address->any.sa_family == AF_PACKET);
    struct sockaddr_ll link;
    memcpy(&link, &address->storage, sizeof link);
    Term hardware = link.sll_hatype == 1     ? am_ether
                    : link.sll_hatype == 772 ? am_loopback
                                             : term_from_small(link.sll_hatype);
    size_t count = MIN((size_t)link.sll_halen, sizeof link.sll_addr);
    Term pairs[] = {am_family,   am_packet,
                    am_protocol, term_from_small(ntohs(link.sll_protocol)),
                    am_ifindex,  term_from_small(link.sll_ifindex),
                    am_pkttype,  packet_kind(link.sll_pkttype),
                    am_hatype,   hardware,
                    am_addr,     heap_binary_from(heap, link.sll_addr, count)};
    return map_of(vm, heap, pairs, 6);
}

static Term plain_term(VM *vm, Heap *heap, const SocketAddress *address) {
    size_t base = offsetof(struct sockaddr, sa_data);
    size_t count = address->count > base ? MIN(address->count, sizeof address->storage) - base : 0;
    const uint8_t *bytes = (const uint8_t *)&address->storage + base;
    Term family =
        address->any.sa_family == AF_UNSPEC ? am_unspec : term_from_small(address->any.sa_family);
    Term pairs[] = {am_family, family, am_addr, heap_binary_from(heap, bytes, count)};
    return map_of(vm, heap, pairs, 2);
}

Term esock_address_term(VM *vm, Heap *heap, const SocketAddress *address) {
    switch (address->any.sa_family) {
    case AF_INET: {
        Term pairs[] = {am_family, am_inet,
                        am_port,   term_from_small(ntohs(address->v4.sin_port)),
                        am_addr,   esock_ip4_term(heap, &address->v4.sin_addr)};
        return map_of(vm, heap, pairs, 3);
    }
    case AF_INET6: {
        Term pairs[] = {am_family,   am_inet6,
                        am_port,     term_from_small(ntohs(address->v6.sin6_port)),
                        am_addr,     esock_ip6_term(heap, &address->v6.sin6_addr),
                        am_flowinfo, term_from_small(address->v6.sin6_flowinfo),
                        am_scope_id, term_from_small(address->v6.sin6_scope_id)};
        return map_of(vm, heap, pairs, 5);
    }
    case AF_UNIX: return local_term(vm, heap, address);
    case AF_PACKET: return link_term(vm, heap, address);
    default: return plain_term(vm, heap, address);
    }
}
