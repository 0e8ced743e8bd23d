// SPDX-License-Identifier: Apache-2.0
//
// esock_control.c - control messages (ancillary data) and message flags as terms.
//
//   #{level => socket | Number, type => Name | Number, data => Binary, value => Term}
//
// A message to be sent has data (bytes, a number or a boolean) or a value; one that came has data,
// and a value where its type is known.
//
// Threads: pure functions.
#include <netinet/ip.h>
#include <sys/time.h>
#include <time.h>
// needs the times above
#include <linux/errqueue.h>

#include "bif/bif.h"
#include "io/esock.h"
#include "term/map.h"
#include "vm/vm.h"

static const struct {
    Term name;
    int flag;
} message_flags[] = {
    {am_cmsg_cloexec, MSG_CMSG_CLOEXEC},
    {am_confirm, MSG_CONFIRM},
    {am_ctrunc, MSG_CTRUNC},
    {am_dontroute, MSG_DONTROUTE},
    {am_eor, MSG_EOR},
    {am_errqueue, MSG_ERRQUEUE},
    {am_more, MSG_MORE},
    {am_nosignal, MSG_NOSIGNAL},
    {am_oob, MSG_OOB},
    {am_peek, MSG_PEEK},
    {am_trunc, MSG_TRUNC},
};

Term esock_flag_terms(Heap *heap, int flags) {
    Term names[ARRAY_COUNT(message_flags) + 1];
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_COUNT(message_flags); i++) {
        if ((flags & message_flags[i].flag) == 0) continue;
        flags &= ~message_flags[i].flag;
        names[count++] = message_flags[i].name;
    }
    if (flags != 0) names[count++] = term_from_small(flags);
    ASSERT(count <= ARRAY_COUNT(names));
    return heap_list(heap, names, count, TERM_NIL);
}

Term esock_message_flags(Process *p) {
    Term list = TERM_NIL;
    for (size_t i = 0; i < ARRAY_COUNT(message_flags); i++)
        list = heap_cons(
            &p->heap,
            heap_tuple2(&p->heap, message_flags[i].name, term_from_small(message_flags[i].flag)),
            list);
    return list;
}

bool esock_read_tos(Term t, int *value) {
    ASSERT(value != NULL);
    *value = t == am_lowdelay      ? IPTOS_LOWDELAY
             : t == am_throughput  ? IPTOS_THROUGHPUT
             : t == am_reliability ? IPTOS_RELIABILITY
             : t == am_mincost     ? IPTOS_MINCOST
                                   : -1;
    return *value >= 0 || esock_get_int(t, value);
}

Term esock_tos_term(int value) {
    switch (value & IPTOS_TOS_MASK) {
    case IPTOS_LOWDELAY: return am_lowdelay;
    case IPTOS_THROUGHPUT: return am_throughput;
    case IPTOS_RELIABILITY: return am_reliability;
    case IPTOS_MINCOST: return am_mincost;
    default: return term_from_small(value);
    }
}

// ---- what can stand in them
// --------------------------------------------------------------------------

typedef enum {
    CONTROL_PLAIN, // bytes only
    CONTROL_INT,
    CONTROL_BYTE,
    CONTROL_TOS,
    CONTROL_TIME,
    CONTROL_PKTINFO,
    CONTROL_PKTINFO6,
    CONTROL_ADDRESS,
    CONTROL_ERROR
} ControlKind;

typedef struct ControlType {
    int level, type;
    ControlKind kind;
    bool is_sent; // a value can be sent
    Term name;
} ControlType;

static const ControlType control_types[] = {
    {SOL_SOCKET, SCM_CREDENTIALS, CONTROL_PLAIN, false, am_credentials},
    {SOL_SOCKET, SCM_RIGHTS, CONTROL_PLAIN, false, am_rights},
    {SOL_SOCKET, SCM_TIMESTAMP, CONTROL_TIME, true, am_timestamp},
    {IPPROTO_IP, IP_TOS, CONTROL_TOS, true, am_tos},
    {IPPROTO_IP, IP_TTL, CONTROL_INT, true, am_ttl},
    {IPPROTO_IP, IP_RECVTTL, CONTROL_BYTE, false, am_recvttl},
    {IPPROTO_IP, IP_PKTINFO, CONTROL_PKTINFO, false, am_pktinfo},
    {IPPROTO_IP, IP_ORIGDSTADDR, CONTROL_ADDRESS, false, am_origdstaddr},
    {IPPROTO_IP, IP_RECVTOS, CONTROL_TOS, false, am_recvtos},
    {IPPROTO_IP, IP_RECVERR, CONTROL_ERROR, false, am_recverr},
    {IPPROTO_IPV6, IPV6_PKTINFO, CONTROL_PKTINFO6, false, am_pktinfo},
    {IPPROTO_IPV6, IPV6_HOPLIMIT, CONTROL_INT, true, am_hoplimit},
    {IPPROTO_IPV6, IPV6_TCLASS, CONTROL_INT, true, am_tclass},
    {IPPROTO_IPV6, IPV6_RECVTCLASS, CONTROL_INT, false, am_recvtclass},
    {IPPROTO_IPV6, IPV6_RECVERR, CONTROL_ERROR, false, am_recverr},
};

static const ControlType *find_type(int level, int type, Term name) {
    for (size_t i = 0; i < ARRAY_COUNT(control_types); i++) {
        const ControlType *t = &control_types[i];
        if (t->level == level && (name != TERM_NONE ? t->name == name : t->type == type)) return t;
    }
    return NULL;
}

static Term map_of(VM *vm, Heap *heap, const Term *pairs, size_t count) {
    return map_from_pairs(heap, vm->atoms, pairs, count);
}

static Term number_of(const uint8_t *data, size_t count) {
    int32_t value = 0;
    if (count == 1) return term_from_small(*data);
    if (count < sizeof value) return TERM_NONE;
    memcpy(&value, data, sizeof value);
    return term_from_small(value);
}

static Term time_of(VM *vm, Heap *heap, const uint8_t *data, size_t count) {
    struct timeval time;
    if (count < sizeof time) return TERM_NONE;
    memcpy(&time, data, sizeof time);
    Term pairs[] = {am_sec, heap_integer(heap, time.tv_sec), am_usec,
                    heap_integer(heap, time.tv_usec)};
    return map_of(vm, heap, pairs, 2);
}

static Term packet_info_of(VM *vm, Heap *heap, const uint8_t *data, size_t count) {
    struct in_pktinfo info;
    if (count < sizeof info) return TERM_NONE;
    memcpy(&info, data, sizeof info);
    Term pairs[] = {am_ifindex,  heap_unsigned(heap, (unsigned)info.ipi_ifindex),
                    am_spec_dst, esock_ip4_term(heap, &info.ipi_spec_dst),
                    am_addr,     esock_ip4_term(heap, &info.ipi_addr)};
    return map_of(vm, heap, pairs, 3);
}

static Term packet_info6_of(VM *vm, Heap *heap, const uint8_t *data, size_t count) {
    struct in6_pktinfo info;
    if (count < sizeof info) return TERM_NONE;
    memcpy(&info, data, sizeof info);
    Term pairs[] = {am_addr, esock_ip6_term(heap, &info.ipi6_addr), am_ifindex,
                    heap_unsigned(heap, info.ipi6_ifindex)};
    return map_of(vm, heap, pairs, 2);
}

static Term origin_of(int origin) {
    switch (origin) {
    case SO_EE_ORIGIN_NONE: return am_none;
    case SO_EE_ORIGIN_LOCAL: return am_local;
    case SO_EE_ORIGIN_ICMP: return am_icmp;
    case SO_EE_ORIGIN_ICMP6: return am_icmp6;
    case SO_EE_ORIGIN_TXSTATUS: return am_txstatus;
    case SO_EE_ORIGIN_ZEROCOPY: return am_zerocopy;
    case SO_EE_ORIGIN_TXTIME: return am_txtime;
    default: return term_from_small(origin);
    }
}

/** The name of a number, if it has one. */
static Term named(const Term *names, size_t count, int number) {
    bool has_name = number >= 0 && (size_t)number < count && names[number] != TERM_NONE;
    return has_name ? names[number] : term_from_small(number);
}

static Term icmp_type_of(const struct sock_extended_err *e) {
    static const Term v4[] = {[3] = am_dest_unreach, [11] = am_time_exceeded};
    static const Term v6[] = {[1] = am_dest_unreach, [2] = am_pkt_toobig, [3] = am_time_exceeded};
    if (e->ee_origin == SO_EE_ORIGIN_ICMP) return named(v4, ARRAY_COUNT(v4), e->ee_type);
    if (e->ee_origin == SO_EE_ORIGIN_ICMP6) return named(v6, ARRAY_COUNT(v6), e->ee_type);
    return term_from_small(e->ee_type);
}

static Term icmp_code_of(const struct sock_extended_err *e) {
    static const Term v4[] = {[0] = am_net_unreach, [1] = am_host_unreach, [3] = am_port_unreach,
                              [4] = am_frag_needed, [6] = am_net_unknown,  [7] = am_host_unknown};
    static const Term v6[] = {am_noroute,      am_adm_prohibited, am_not_neighbour, am_addr_unreach,
                              am_port_unreach, am_policy_fail,    am_reject_route};
    if (icmp_type_of(e) != am_dest_unreach) return term_from_small(e->ee_code);
    return e->ee_origin == SO_EE_ORIGIN_ICMP ? named(v4, ARRAY_COUNT(v4), e->ee_code)
                                             : named(v6, ARRAY_COUNT(v6), e->ee_code);
}

static Term error_of(VM *vm, Heap *heap, const uint8_t *data, size_t count) {
    ASSERT(data != NULL);
    struct {
        struct sock_extended_err error;
        struct sockaddr_in6 offender;
    } all = {0};
    if (count < sizeof all.error) return TERM_NONE;
    memcpy(&all, data, MIN(count, sizeof all));
    SocketAddress offender = {.count = sizeof all.offender};
    memcpy(&offender.storage, &all.offender, sizeof all.offender);
    const struct sock_extended_err *e = &all.error;
    Term pairs[] = {am_error,    atom_from(vm->atoms, world_errno_name((int)e->ee_errno)),
                    am_origin,   origin_of(e->ee_origin),
                    am_type,     icmp_type_of(e),
                    am_code,     icmp_code_of(e),
                    am_info,     heap_unsigned(heap, e->ee_info),
                    am_data,     heap_unsigned(heap, e->ee_data),
                    am_offender, esock_address_term(vm, heap, &offender)};
    return map_of(vm, heap, pairs, 7);
}

static Term value_of(VM *vm, Heap *heap, ControlKind kind, const uint8_t *data, size_t count) {
    switch (kind) {
    case CONTROL_INT:
    case CONTROL_BYTE: return number_of(data, count);
    case CONTROL_TOS: return count > 0 ? esock_tos_term(*data) : TERM_NONE;
    case CONTROL_TIME: return time_of(vm, heap, data, count);
    case CONTROL_PKTINFO: return packet_info_of(vm, heap, data, count);
    case CONTROL_PKTINFO6: return packet_info6_of(vm, heap, data, count);
    case CONTROL_ERROR: return error_of(vm, heap, data, count);
    case CONTROL_ADDRESS: {
        SocketAddress address = {.count = (socklen_t)MIN(count, sizeof address.storage)};
        memcpy(&address.storage, data, address.count);
        return esock_address_term(vm, heap, &address);
    }
    case CONTROL_PLAIN: break;
    }
    return TERM_NONE;
}

Term esock_control_terms(VM *vm, Heap *heap, struct msghdr *header) {
    Term items[32];
    size_t count = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL && count < ARRAY_COUNT(items);
         c = CMSG_NXTHDR(header, c)) {
        const uint8_t *data = CMSG_DATA(c);
        size_t bytes = c->cmsg_len - CMSG_LEN(0);
        const ControlType *type = find_type(c->cmsg_level, c->cmsg_type, TERM_NONE);
        Term value = type != NULL ? value_of(vm, heap, type->kind, data, bytes) : TERM_NONE;
        Term pairs[] = {am_level, esock_level_term(c->cmsg_level),
                        am_type,  type != NULL ? type->name : term_from_small(c->cmsg_type),
                        am_data,  heap_binary_from(heap, data, bytes),
                        am_value, value};
        items[count++] = map_of(vm, heap, pairs, value != TERM_NONE ? 4 : 3);
    }
    return heap_list(heap, items, count, TERM_NIL);
}

// ---- writing
// -----------------------------------------------------------------------------------------

typedef struct ControlWriter {
    uint8_t *bytes;
    size_t used, capacity;
} ControlWriter;

static bool add_control(ControlWriter *w, int level, int type, const void *data, size_t count) {
    size_t space = CMSG_SPACE(count);
    ASSERT(w->used <= w->capacity);
    if (w->capacity - w->used < space) return false;
    struct cmsghdr *c = (struct cmsghdr *)(void *)(w->bytes + w->used);
    memset(c, 0, space);
    c->cmsg_level = level;
    c->cmsg_type = type;
    c->cmsg_len = CMSG_LEN(count);
    if (count > 0) memcpy(CMSG_DATA(c), data, count);
    w->used += space;
    return true;
}

static bool add_time(VM *vm, ControlWriter *w, const ControlType *type, Term value) {
    struct timeval time;
    int64_t seconds, microseconds;
    if (!term_is_map(value)) return false;
    Term sec = map_get(vm->atoms, value, am_sec), usec = map_get(vm->atoms, value, am_usec);
    if (sec == TERM_NONE || usec == TERM_NONE || !bif_get_int64(sec, &seconds) ||
        !bif_get_int64(usec, &microseconds))
        return false;
    time.tv_sec = seconds;
    time.tv_usec = microseconds;
    return add_control(w, type->level, type->type, &time, sizeof time);
}

static bool add_value(VM *vm, ControlWriter *w, const ControlType *type, Term value) {
    ASSERT(value != TERM_NONE);
    int number;
    if (type == NULL || !type->is_sent) return false;
    if (type->kind == CONTROL_TIME) return add_time(vm, w, type, value);
    if (type->kind == CONTROL_TOS ? !esock_read_tos(value, &number)
                                  : !esock_get_int(value, &number))
        return false;
    return add_control(w, type->level, type->type, &number, sizeof number);
}

static bool add_data(ControlWriter *w, int level, int type, Term data) {
    const uint8_t *bytes;
    uint8_t *to_free;
    size_t count;
    int number = data == am_true;
    if (esock_bytes(data, &bytes, &count, &to_free)) {
        bool is_added = add_control(w, level, type, bytes, count);
        mem_free(to_free);
        return is_added;
    }
    if (data != am_true && data != am_false && !esock_get_int(data, &number)) return false;
    return add_control(w, level, type, &number, sizeof number);
}

static bool add_item(VM *vm, ControlWriter *w, Term item) {
    ASSERT(w->used <= w->capacity);
    int level, number = 0;
    if (!term_is_map(item)) return false;
    Term level_term = map_get(vm->atoms, item, am_level), type = map_get(vm->atoms, item, am_type);
    if (level_term == TERM_NONE || type == TERM_NONE || !esock_read_level(level_term, &level))
        return false;
    Term data = map_get(vm->atoms, item, am_data), value = map_get(vm->atoms, item, am_value);
    const ControlType *known = term_is_atom(type) ? find_type(level, 0, type) : NULL;
    if (data == TERM_NONE) return value != TERM_NONE && add_value(vm, w, known, value);
    if (value != TERM_NONE) return false;
    if (known != NULL) number = known->type;
    return (known != NULL || esock_get_int(type, &number)) && add_data(w, level, number, data);
}

bool esock_write_controls(VM *vm, Term list, uint8_t *bytes, size_t capacity, size_t *used) {
    ASSERT(bytes != NULL && used != NULL);
    ControlWriter w = {.bytes = bytes, .capacity = capacity};
    for (; term_is_cell(list); list = term_tail(list))
        if (!add_item(vm, &w, term_head(list))) return false;
    *used = w.used;
    return term_is_nil(list);
}
