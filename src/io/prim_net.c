// SPDX-License-Identifier: Apache-2.0
//
// prim_net.c - the natives of prim_net: the machine's name and interfaces, names and addresses.
// What OTP has for Windows only raises notsup, as it does there on other systems.
//
// Threads: the one that runs the process; asking for names on a dirty thread.
#include <net/if.h>
#include <netdb.h>
#include <netpacket/packet.h>

#include "bif/bif.h"
#include "io/esock.h"
#include "io/interface_flags.h"
#include "term/map.h"
#include "vm/vm.h"
#include "world/env.h"
#include "world/network.h"

static Term text_term(Process *p, const char *text) {
    return heap_list_from_bytes(&p->heap, (const uint8_t *)text, strlen(text), TERM_NIL);
}

/** nif_info() -> #{debug => false}. */
BIF(prim_net, nif_info, 0)
{
    Term keys[] = {am_debug}, values[] = {am_false};
    return esock_map(p, keys, values, 1);
}

/** nif_command(#{...}): switches of debugging, which there is none of. */
BIF(prim_net, nif_command, 1)
{ return bif_notsup(p); }

BIF(prim_net, nif_gethostname, 0)
{
    char name[NETWORK_NAME_MAX];
    int error = env_host_name(p->vm->world, name, sizeof name);
    return error != 0 ? io_error_tuple(p, error) : io_ok_tuple(p, text_term(p, name));
}

// ---- names and addresses
// -----------------------------------------------------------------------------

static Term name_error(Process *p, int error) {
    ASSERT(error != 0);
    static const struct {
        int code;
        Term name;
    } names[] = {{EAI_ADDRFAMILY, am_eaddrfamily}, {EAI_AGAIN, am_eagain},
                 {EAI_BADFLAGS, am_ebadflags},     {EAI_FAIL, am_efail},
                 {EAI_FAMILY, am_efamily},         {EAI_MEMORY, am_enomem},
                 {EAI_NODATA, am_enodata},         {EAI_NONAME, am_enoname},
                 {EAI_SERVICE, am_eservice},       {EAI_SOCKTYPE, am_esocktype},
                 {EAI_OVERFLOW, am_eoverflow},     {EAI_SYSTEM, am_esystem}};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (names[i].code == error) return esock_error(p, names[i].name);
    return esock_error(p, am_einval);
}

static bool read_flags(Term list, int *flags) {
    ASSERT(flags != NULL);
    static const struct {
        Term name;
        int flag;
    } names[] = {{am_namereqd, NI_NAMEREQD},       {am_dgram, NI_DGRAM},
                 {am_nofqdn, NI_NOFQDN},           {am_numerichost, NI_NUMERICHOST},
                 {am_numericserv, NI_NUMERICSERV}, {am_idn, NI_IDN}};
    *flags = 0;
    if (list == am_undefined) return true;
    for (; term_is_cell(list); list = term_tail(list)) {
        size_t i = 0;
        while (i < ARRAY_COUNT(names) && names[i].name != term_head(list)) i++;
        if (i == ARRAY_COUNT(names)) return false;
        *flags |= names[i].flag;
    }
    return term_is_nil(list);
}

/** nif_getnameinfo(Address, undefined | [Flag]) -> {ok, #{host, service}} | {error, Reason}. */
BIF_DIRTY_IO(prim_net, nif_getnameinfo, 2)
{
    SocketAddress address;
    char host[NETWORK_NAME_MAX * 5], service[NETWORK_NAME_MAX];
    int flags;
    if (!term_is_map(a[0])) return bif_badarg(p);
    if (!esock_read_address(p->vm, a[0], &address)) return esock_error(p, am_einval);
    if (!read_flags(a[1], &flags)) return bif_badarg(p);
    int error = network_name_of_address(p->vm->world, &address, flags, host, service);
    if (error != 0) return name_error(p, error);
    Term keys[] = {am_host, am_service};
    Term values[] = {text_term(p, host), text_term(p, service)};
    return io_ok_tuple(p, esock_map(p, keys, values, 2));
}

/** undefined (NULL) or a text; false when it is neither. mem_free. */
static bool read_text(VM *vm, Term t, char **text) {
    ASSERT(text != NULL);
    size_t count;
    *text = NULL;
    if (t == am_undefined) return true;
    *text = bif_text_utf8(vm, t, &count);
    return *text != NULL;
}

/** nif_getaddrinfo(Host, Service, Hints) -> {ok, [#{family, socktype, protocol, address}]} | ... */
BIF_DIRTY_IO(prim_net, nif_getaddrinfo, 3)
{
    char *host = NULL, *service = NULL;
    bool is_right = read_text(p->vm, a[0], &host) && read_text(p->vm, a[1], &service);
    if (!is_right || (host == NULL && service == NULL)) {
        mem_free(host);
        return bif_badarg(p);
    }
    NetworkAddressInfo *infos = NULL;
    size_t count = 0;
    int error = network_address_of_name(p->vm->world, host, service, &infos, &count);
    mem_free(host);
    mem_free(service);
    if (error != 0) return name_error(p, error);
    Term list = TERM_NIL;
    for (size_t i = count; i-- > 0;) {
        Term keys[] = {am_family, am_type, am_protocol, am_addr};
        Term values[] = {esock_domain_term(infos[i].address.any.sa_family),
                         esock_type_term(infos[i].type), term_from_small(infos[i].protocol),
                         esock_address_term(p->vm, &p->heap, &infos[i].address)};
        list = heap_cons(&p->heap, esock_map(p, keys, values, 4), list);
    }
    mem_free(infos);
    return io_ok_tuple(p, list);
}

// ---- interfaces
// --------------------------------------------------------------------------------------

/** A link-level address is told whole, the others as the system gave them. */
static Term address_term(Process *p, const NetworkInterface *n) {
    if (n->address.any.sa_family != AF_PACKET)
        return esock_address_term(p->vm, &p->heap, &n->address);
    struct sockaddr_ll link = {.sll_family = AF_PACKET,
                               .sll_protocol = (uint16_t)n->protocol,
                               .sll_ifindex = n->interface_index,
                               .sll_hatype = (uint16_t)n->hardware_type,
                               .sll_pkttype = (uint8_t)n->packet_type,
                               .sll_halen = (uint8_t)n->hardware_count};
    memcpy(link.sll_addr, n->hardware, MIN(n->hardware_count, (unsigned)sizeof link.sll_addr));
    SocketAddress address = {.count = sizeof link};
    memcpy(&address.storage, &link, sizeof link);
    return esock_address_term(p->vm, &p->heap, &address);
}

static Term interface_map(Process *p, const NetworkInterface *n) {
    Term keys[5] = {am_name, am_flags};
    // net:getifaddrs/0 tells of every flag but this one
    unsigned flags = n->flags & ~(unsigned)IFF_ALLMULTI;
    Term values[5] = {text_term(p, n->name), interface_flag_terms(p, flags)};
    size_t count = 2;
    if (n->address.any.sa_family != AF_UNSPEC) {
        keys[count] = am_addr;
        values[count++] = address_term(p, n);
    }
    if (n->netmask.count > 0) {
        keys[count] = am_netmask;
        values[count++] = esock_address_term(p->vm, &p->heap, &n->netmask);
    }
    if (n->other.count > 0) {
        keys[count] = (n->flags & IFF_POINTOPOINT) != 0 ? am_dstaddr : am_broadaddr;
        values[count++] = esock_address_term(p->vm, &p->heap, &n->other);
    }
    ASSERT(count <= ARRAY_COUNT(keys));
    return esock_map(p, keys, values, count);
}

/** nif_getifaddrs(#{netns => Path}) -> {ok, [#{name, flags, addr, ...}]}. */
BIF(prim_net, nif_getifaddrs, 1)
{
    if (!term_is_map(a[0])) return bif_badarg(p);
    char *name_space = NULL;
    Term path = map_get(p->vm->atoms, a[0], am_netns);
    if (path != TERM_NONE && !read_text(p->vm, path, &name_space)) return bif_badarg(p);
    NetworkInterface *interfaces;
    size_t count;
    int error = network_interfaces(p->vm->world, name_space, &interfaces, &count);
    mem_free(name_space);
    if (error != 0) return io_error_tuple(p, error);
    Term list = TERM_NIL;
    for (size_t i = count; i-- > 0;)
        list = heap_cons(&p->heap, interface_map(p, &interfaces[i]), list);
    mem_free(interfaces);
    return io_ok_tuple(p, list);
}

BIF(prim_net, nif_if_name2index, 1)
{
    char *name;
    unsigned index;
    if (!term_is_list(a[0]) || !read_text(p->vm, a[0], &name)) return bif_badarg(p);
    int error = network_interface_index(p->vm->world, name, &index);
    mem_free(name);
    return error != 0 ? io_error_tuple(p, error) : io_ok_tuple(p, term_from_small(index));
}

BIF(prim_net, nif_if_index2name, 1)
{
    char name[64];
    uint64_t index;
    if (!bif_get_uint64(a[0], &index) || index > UINT32_MAX) return bif_badarg(p);
    int error = network_interface_name(p->vm->world, (unsigned)index, name);
    return error != 0 ? io_error_tuple(p, error) : io_ok_tuple(p, text_term(p, name));
}

/** nif_if_names() -> {ok, [{Index, Name}]}: each interface once. */
BIF(prim_net, nif_if_names, 0)
{
    NetworkInterface *interfaces;
    size_t count;
    int error = network_interfaces(p->vm->world, NULL, &interfaces, &count);
    if (error != 0) return io_error_tuple(p, error);
    Term list = TERM_NIL;
    for (size_t i = count; i-- > 0;) {
        size_t k = 0;
        while (interfaces[k].interface_index != interfaces[i].interface_index) k++;
        if (k != i) continue;
        Term pair = heap_tuple2(&p->heap, term_from_small(interfaces[i].interface_index),
                                text_term(p, interfaces[i].name));
        list = heap_cons(&p->heap, pair, list);
    }
    mem_free(interfaces);
    return io_ok_tuple(p, list);
}

BIF(prim_net, nif_get_adapters_addresses, 1)
{ return bif_notsup(p); }

BIF(prim_net, nif_get_interface_info, 1)
{ return bif_notsup(p); }

BIF(prim_net, nif_get_if_entry, 1)
{ return bif_notsup(p); }

BIF(prim_net, nif_get_ip_address_table, 1)
{ return bif_notsup(p); }
