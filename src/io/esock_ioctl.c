// SPDX-License-Identifier: Apache-2.0
//
// esock_ioctl.c - prim_socket: requests about network interfaces, over a socket.
//
// Threads: the one that runs the process.
#include <errno.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include "bif/bif.h"
#include "io/esock.h"
#include "io/interface_flags.h"
#include "term/map.h"
#include "vm/vm.h"

static int control(Process *p, Esock *s, unsigned long request, void *argument) {
    ASSERT(s->fd >= 0 && argument != NULL);
    return socket_control(p->vm->world, s->fd, request, argument);
}

static Term text_term(Process *p, const char *text, size_t max) {
    size_t count = strnlen(text, max);
    return heap_list_from_bytes(&p->heap, (const uint8_t *)text, count, TERM_NIL);
}

/** A name of Latin-1 characters into a request. */
static bool read_name(Term list, struct ifreq *request) {
    ASSERT(request != NULL);
    memset(request, 0, sizeof *request);
    for (size_t i = 0; term_is_cell(list); list = term_tail(list), i++) {
        int c;
        if (i + 1 >= IFNAMSIZ || !esock_get_int(term_head(list), &c) || c < 1 || c > 255)
            return false;
        request->ifr_name[i] = (char)c;
    }
    return term_is_nil(list);
}

static Term address_of(Process *p, const struct sockaddr *address) {
    SocketAddress copy = {.count = sizeof *address};
    memcpy(&copy.storage, address, sizeof *address);
    return esock_address_term(p->vm, &p->heap, &copy);
}

/** [#{name, addr}] of all interfaces with an address. */
static Term configuration(Process *p, Esock *s) {
    struct ifconf all = {0};
    int error = control(p, s, SIOCGIFCONF, &all); // how many bytes it takes
    if (error != 0) return io_error_tuple(p, error);
    char *bytes = mem_zalloc((size_t)all.ifc_len + sizeof(struct ifreq));
    all.ifc_buf = bytes;
    error = control(p, s, SIOCGIFCONF, &all);
    Term list = TERM_NIL;
    for (size_t i = (size_t)all.ifc_len / sizeof(struct ifreq); error == 0 && i-- > 0;) {
        struct ifreq *one = &all.ifc_req[i];
        Term keys[] = {am_name, am_addr};
        Term values[] = {text_term(p, one->ifr_name, IFNAMSIZ), address_of(p, &one->ifr_addr)};
        list = heap_cons(&p->heap, esock_map(p, keys, values, 2), list);
    }
    mem_free(bytes);
    return error != 0 ? io_error_tuple(p, error) : io_ok_tuple(p, list);
}

/** nif_ioctl(Ref, Request): gifconf. */
BIF(prim_socket, nif_ioctl, 2)
{
    uint64_t request;
    if (!bif_get_uint64(a[1], &request)) return bif_badarg(p);
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    Term result = !esock_is_open(s->read_state) ? esock_error(p, am_closed)
                  : request == SIOCGIFCONF      ? configuration(p, s)
                                                : esock_error(p, am_enotsup);
    esock_leave(s);
    return result;
}

static Term hardware_map(Process *p, const struct ifreq *r) {
    Term keys[] = {am_family, am_addr};
    Term values[] = {
        term_from_small(r->ifr_hwaddr.sa_family),
        heap_binary_from(&p->heap, r->ifr_hwaddr.sa_data, sizeof r->ifr_hwaddr.sa_data)};
    return esock_map(p, keys, values, 2);
}

static Term memory_map(Process *p, const struct ifreq *r) {
    Term keys[] = {am_mem_start, am_mem_end, am_base_addr, am_irq, am_dma, am_port};
    Term values[] = {heap_unsigned(&p->heap, r->ifr_map.mem_start),
                     heap_unsigned(&p->heap, r->ifr_map.mem_end),
                     term_from_small(r->ifr_map.base_addr),
                     term_from_small(r->ifr_map.irq),
                     term_from_small(r->ifr_map.dma),
                     term_from_small(r->ifr_map.port)};
    return esock_map(p, keys, values, ARRAY_COUNT(keys));
}

static Term answer_of(Process *p, uint64_t request, const struct ifreq *r) {
    switch (request) {
    case SIOCGIFNAME: return text_term(p, r->ifr_name, IFNAMSIZ);
    case SIOCGIFINDEX: return term_from_small(r->ifr_ifindex);
    case SIOCGIFFLAGS: return interface_flag_terms(p, (unsigned short)r->ifr_flags);
    case SIOCGIFADDR: return address_of(p, &r->ifr_addr);
    case SIOCGIFDSTADDR: return address_of(p, &r->ifr_dstaddr);
    case SIOCGIFBRDADDR: return address_of(p, &r->ifr_broadaddr);
    case SIOCGIFNETMASK: return address_of(p, &r->ifr_netmask);
    case SIOCGIFMTU: return term_from_small(r->ifr_mtu);
    case SIOCGIFHWADDR: return hardware_map(p, r);
    case SIOCGIFTXQLEN: return term_from_small(r->ifr_qlen);
    case SIOCGIFMAP: return memory_map(p, r);
    default: return TERM_NONE;
    }
}

/** nif_ioctl(Ref, Request, Name or Index). */
BIF(prim_socket, nif_ioctl, 3)
{
    uint64_t request;
    struct ifreq r;
    int index = 0;
    if (!bif_get_uint64(a[1], &request)) return bif_badarg(p);
    bool is_right = request == SIOCGIFNAME ? esock_get_int(a[2], &index) : read_name(a[2], &r);
    if (!is_right) return bif_badarg(p);
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    Term result = esock_error(p, am_closed);
    if (request == SIOCGIFNAME) {
        memset(&r, 0, sizeof r);
        r.ifr_ifindex = index;
    }
    if (esock_is_open(s->read_state)) {
        int error = control(p, s, request, &r);
        Term answer = error == 0 ? answer_of(p, request, &r) : TERM_NONE;
        result = error != 0            ? io_error_tuple(p, error)
                 : answer == TERM_NONE ? esock_error(p, am_enotsup)
                                       : io_ok_tuple(p, answer);
    }
    esock_leave(s);
    return result;
}

/** #{Number => boolean()}: sets and clears flags on top of those that there are. */
static bool change_flags(Process *p, Esock *s, struct ifreq *r, Term map) {
    ASSERT(p->vm == s->vm);
    MapIterator it;
    Term key, value;
    if (!term_is_map(map) || control(p, s, SIOCGIFFLAGS, r) != 0) return false;
    int flags = (unsigned short)r->ifr_flags;
    map_iterator_init(&it, map);
    while (map_iterator_next(&it, &key, &value)) {
        int flag;
        if (!esock_get_int(key, &flag)) return false;
        flags = value == am_true ? flags | flag : flags & ~flag;
    }
    r->ifr_flags = (short)flags;
    return true;
}

static bool read_setting(Process *p, Esock *s, uint64_t request, struct ifreq *r, Term value) {
    ASSERT(r != NULL);
    SocketAddress address;
    switch (request) {
    case SIOCSIFFLAGS: return change_flags(p, s, r, value);
    case SIOCSIFMTU: return esock_get_int(value, &r->ifr_mtu);
    case SIOCSIFTXQLEN: return esock_get_int(value, &r->ifr_qlen);
    case SIOCSIFADDR:
    case SIOCSIFDSTADDR:
    case SIOCSIFBRDADDR:
    case SIOCSIFNETMASK:
        if (!esock_read_address(p->vm, value, &address)) return false;
        memcpy(&r->ifr_addr, &address.any, sizeof r->ifr_addr);
        return true;
    default: return false;
    }
}

/** nif_ioctl(Ref, Request, Name, Value) -> ok | {error, Reason}. */
BIF(prim_socket, nif_ioctl, 4)
{
    uint64_t request;
    struct ifreq r;
    if (!bif_get_uint64(a[1], &request) || !read_name(a[2], &r)) return bif_badarg(p);
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    Term result;
    if (!esock_is_open(s->write_state)) {
        result = esock_error(p, am_closed);
    } else if (!read_setting(p, s, request, &r, a[3])) {
        result = bif_badarg(p);
    } else {
        int error = control(p, s, request, &r);
        result = error == 0 ? am_ok : io_error_tuple(p, error);
    }
    esock_leave(s);
    return result;
}
