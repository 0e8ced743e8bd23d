// SPDX-License-Identifier: Apache-2.0
//
// inet_address.c - addresses between prim_inet's bytes, the system's structures and terms.
//
//   [1, Port:2, A, B, C, D]            inet        [3, Port:2]         any of the socket's family
//   [2, Port:2, Address:16, ...:8]     inet6       [4, Port:2]         loopback of that family
//   [5, Count:1, Path]                 local       (flow and scope follow an inet6 address in
//   requests only)
//
// Threads: pure functions.
#include <errno.h>
#include <stddef.h>

#include "io/inet.h"

int inet_domain_of(unsigned family) {
    switch (family) {
    case INET_FAMILY_INET: return AF_INET;
    case INET_FAMILY_INET6: return AF_INET6;
    case INET_FAMILY_LOCAL: return AF_UNIX;
    default: return -1;
    }
}

static const char *take_special(int domain, unsigned family, InetInput *input,
                                SocketAddress *address) {
    uint32_t port;
    if (!inet_take(input, 2, &port)) return "einval";
    bool is_loopback = family == INET_FAMILY_LOOPBACK;
    ASSERT(is_loopback || family == INET_FAMILY_ANY);
    if (domain == AF_INET) {
        address->count = sizeof address->v4;
        address->v4.sin_port = htons((uint16_t)port);
        address->v4.sin_addr.s_addr = htonl(is_loopback ? INADDR_LOOPBACK : INADDR_ANY);
    } else if (domain == AF_INET6) {
        address->count = sizeof address->v6;
        address->v6.sin6_port = htons((uint16_t)port);
        if (is_loopback) address->v6.sin6_addr.s6_addr[15] = 1;
    } else {
        return "einval";
    }
    address->any.sa_family = (sa_family_t)domain;
    return NULL;
}

static bool take_bytes(InetInput *input, void *to, size_t count) {
    if (input->count < count) return false;
    memcpy(to, input->bytes, count);
    input->bytes += count;
    input->count -= count;
    return true;
}

static const char *take_local(InetInput *input, SocketAddress *address) {
    uint32_t count;
    if (!inet_take(input, 1, &count) || input->count < count) return "einval";
    // A path ends in NUL, but for an abstract name, which begins with one.
    bool is_abstract = count > 0 && input->bytes[0] == 0;
    if (count + (is_abstract ? 0 : 1) > sizeof address->local.sun_path) return "einval";
    address->count = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + count);
    bool is_taken = take_bytes(input, address->local.sun_path, count);
    ASSERT(is_taken);
    return NULL;
}

const char *inet_take_address(int domain, InetInput *input, SocketAddress *address) {
    uint32_t family, port, flow = 0, scope = 0;
    memset(address, 0, sizeof *address);
    if (!inet_take(input, 1, &family)) return "einval";
    if (family == INET_FAMILY_ANY || family == INET_FAMILY_LOOPBACK)
        return take_special(domain, family, input, address);
    if (inet_domain_of(family) < 0) return "eafnosupport";
    address->any.sa_family = (sa_family_t)inet_domain_of(family);
    if (family == INET_FAMILY_LOCAL) return take_local(input, address);
    if (!inet_take(input, 2, &port)) return "einval";
    if (family == INET_FAMILY_INET) {
        address->count = sizeof address->v4;
        address->v4.sin_port = htons((uint16_t)port);
        return take_bytes(input, &address->v4.sin_addr, 4) ? NULL : "einval";
    }
    address->count = sizeof address->v6;
    address->v6.sin6_port = htons((uint16_t)port);
    if (!take_bytes(input, &address->v6.sin6_addr, 16)) return "einval";
    if (!inet_take(input, 4, &flow) || !inet_take(input, 4, &scope)) return "einval";
    address->v6.sin6_flowinfo = flow;
    address->v6.sin6_scope_id = scope;
    return NULL;
}

/** Bytes of a local path: up to its NUL, or all of an abstract name. */
static size_t local_path_count(const SocketAddress *address) {
    size_t base = offsetof(struct sockaddr_un, sun_path);
    if (address->count <= base) return 0;
    size_t count = MIN(address->count - base, sizeof address->local.sun_path);
    size_t text = strnlen(address->local.sun_path, count);
    return text == 0 ? count : text;
}

bool inet_add_address(InetReply *reply, const SocketAddress *address) {
    switch (address->count == 0 ? AF_UNSPEC : address->any.sa_family) {
    case AF_INET:
        inet_reply_byte(reply, INET_FAMILY_INET);
        inet_reply_number(reply, ntohs(address->v4.sin_port), 2);
        inet_reply_add(reply, &address->v4.sin_addr, 4);
        return true;
    case AF_INET6:
        inet_reply_byte(reply, INET_FAMILY_INET6);
        inet_reply_number(reply, ntohs(address->v6.sin6_port), 2);
        inet_reply_add(reply, &address->v6.sin6_addr, 16);
        return true;
    case AF_UNIX: {
        size_t count = local_path_count(address);
        ASSERT(count <= 255);
        inet_reply_byte(reply, INET_FAMILY_LOCAL);
        inet_reply_byte(reply, (uint8_t)count);
        inet_reply_add(reply, address->local.sun_path, count);
        return true;
    }
    case AF_UNSPEC: inet_reply_byte(reply, INET_FAMILY_UNSPEC); return false;
    default: inet_reply_byte(reply, INET_FAMILY_UNDEFINED); return false;
    }
}

void inet_address_terms(Heap *heap, const SocketAddress *address, Term terms[2]) {
    Term parts[8];
    terms[1] = term_from_small(0);
    switch (address->count == 0 ? AF_UNSPEC : address->any.sa_family) {
    case AF_INET: {
        const uint8_t *bytes = (const uint8_t *)&address->v4.sin_addr;
        for (int i = 0; i < 4; i++) parts[i] = term_from_small(bytes[i]);
        terms[0] = heap_tuple(heap, 4, parts);
        terms[1] = term_from_small(ntohs(address->v4.sin_port));
        return;
    }
    case AF_INET6: {
        const uint8_t *bytes = address->v6.sin6_addr.s6_addr;
        for (int i = 0; i < 8; i++)
            parts[i] = term_from_small(bytes[2 * i] << 8 | bytes[2 * i + 1]);
        terms[0] = heap_tuple(heap, 8, parts);
        terms[1] = term_from_small(ntohs(address->v6.sin6_port));
        return;
    }
    case AF_UNIX:
        terms[0] =
            heap_tuple2(heap, am_local,
                        heap_binary_from(heap, address->local.sun_path, local_path_count(address)));
        return;
    case AF_UNSPEC: terms[0] = heap_tuple2(heap, am_unspec, heap_binary_from(heap, "", 0)); return;
    default: terms[0] = heap_tuple2(heap, am_undefined, heap_binary_from(heap, "", 0));
    }
}
