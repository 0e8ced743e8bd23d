// SPDX-License-Identifier: Apache-2.0
//
// esock_option.c - prim_socket: setopt, getopt and ioctl's table apart, options of the system's
// socket and of ours (level otp).
//
// Threads: the one that runs the process.
#include <errno.h>
#include <net/if.h>

#include "bif/bif.h"
#include "io/esock.h"
#include "proc/process_table.h"
#include "term/map.h"
#include "vm/vm.h"

// Numbers of prim_socket.erl.
enum {
    OTP_DEBUG = 1001,
    OTP_IOW = 1002,
    OTP_CONTROLLING_PROCESS = 1003,
    OTP_RCVBUF = 1004,
    OTP_RCVCTRLBUF = 1006,
    OTP_SNDCTRLBUF = 1007,
    OTP_FD = 1008,
    OTP_META = 1009,
    OTP_USE_REGISTRY = 1010,
    OTP_DOMAIN = 1999,
};

enum { DEFAULT_BUFFER_BYTES = 8192, DEFAULT_CONTROL_BYTES = 1024, STRING_MAX = 256 };

static Term done(Process *p, int error) { return error == 0 ? am_ok : io_error_tuple(p, error); }

static Term bad_value(Process *p) { return esock_bad(p, am_value); }

static bool read_bool(Term t, bool *value) {
    *value = t == am_true;
    return t == am_true || t == am_false;
}

// ---- our own options
// ---------------------------------------------------------------------------------

/** default, or a size. */
static bool read_size(Term t, size_t otherwise, size_t *size) {
    ASSERT(otherwise > 0);
    uint64_t value;
    *size = otherwise;
    if (t == am_default) return true;
    if (!bif_get_uint64(t, &value) || value == 0 || value > INT32_MAX) return false;
    *size = (size_t)value;
    return true;
}

/** A size, or {how often a read goes on, size}. */
static Term set_receive_buffer(Process *p, Esock *s, Term value) {
    int reads = 0;
    size_t size;
    Term size_term = value;
    if (term_is_tuple_of(value, 2)) {
        if (!esock_get_int(tuple_get(value, 0), &reads) || reads < 0) return bad_value(p);
        size_term = tuple_get(value, 1);
    }
    if (!read_size(size_term, DEFAULT_BUFFER_BYTES, &size)) return bad_value(p);
    s->reads_max = (uint32_t)reads;
    s->buffer_bytes = size;
    return am_ok;
}

static Term set_owner(Process *p, Esock *s, Term owner) {
    ASSERT(s->fd >= 0);
    if (s->owner != p->pid) return esock_invalid(p, am_not_owner);
    if (!term_is_local_pid(owner)) return bad_value(p);
    esock_set_owner(s, owner);
    // A process that has ended never gives its sockets back: so it must live after it got this one.
    if (process_table_find(p->vm->processes, owner) != NULL) return am_ok;
    esock_set_owner(s, p->pid);
    return esock_invalid(p, am_not_owner);
}

static Term set_meta(Process *p, Esock *s, Term value) {
    ASSERT(value != TERM_NONE);
    if (s->owner != p->pid) return esock_invalid(p, am_not_owner);
    heap_destroy(&s->meta_heap);
    heap_init_detached(&s->meta_heap, &literal_range_none);
    s->meta = heap_copy(&s->meta_heap, value);
    return am_ok;
}

static Term set_own(Process *p, Esock *s, int number, Term value) {
    switch (number) {
    case OTP_DEBUG: return read_bool(value, &s->is_debugged) ? am_ok : bad_value(p);
    case OTP_IOW: return read_bool(value, &s->wraps_counters) ? am_ok : bad_value(p);
    case OTP_CONTROLLING_PROCESS: return set_owner(p, s, value);
    case OTP_RCVBUF: return set_receive_buffer(p, s, value);
    case OTP_RCVCTRLBUF:
        return read_size(value, DEFAULT_CONTROL_BYTES, &s->read_control_bytes) ? am_ok
                                                                               : bad_value(p);
    case OTP_SNDCTRLBUF:
        return read_size(value, DEFAULT_CONTROL_BYTES, &s->write_control_bytes) ? am_ok
                                                                                : bad_value(p);
    case OTP_META: return set_meta(p, s, value);
    case OTP_USE_REGISTRY: {
        bool before = s->is_registered;
        if (!read_bool(value, &s->is_registered)) return bad_value(p);
        if (s->is_registered && !before) esock_register(p, s);
        return am_ok;
    }
    default: return esock_bad(p, am_socket_option);
    }
}

static Term get_own(Process *p, Esock *s, int number) {
    Heap *heap = &p->heap;
    switch (number) {
    case OTP_DEBUG: return io_ok_tuple(p, term_from_bool(s->is_debugged));
    case OTP_IOW: return io_ok_tuple(p, term_from_bool(s->wraps_counters));
    case OTP_CONTROLLING_PROCESS: return io_ok_tuple(p, s->owner);
    case OTP_RCVBUF: {
        Term size = heap_unsigned(heap, s->buffer_bytes);
        if (s->reads_max == 0) return io_ok_tuple(p, size);
        return io_ok_tuple(p, heap_tuple2(heap, term_from_small(s->reads_max), size));
    }
    case OTP_RCVCTRLBUF: return io_ok_tuple(p, heap_unsigned(heap, s->read_control_bytes));
    case OTP_SNDCTRLBUF: return io_ok_tuple(p, heap_unsigned(heap, s->write_control_bytes));
    case OTP_FD: return io_ok_tuple(p, term_from_small(s->fd));
    case OTP_META: return io_ok_tuple(p, heap_copy(heap, s->meta));
    case OTP_USE_REGISTRY: return io_ok_tuple(p, term_from_bool(s->is_registered));
    case OTP_DOMAIN: return io_ok_tuple(p, esock_domain_term(s->domain));
    default: return esock_bad(p, am_socket_option);
    }
}

// ---- setting the system's
// ----------------------------------------------------------------------------

static Term set_bytes(Process *p, Esock *s, const EsockOption *o, const void *bytes, size_t count) {
    return done(
        p, socket_set_option(p->vm->world, s->fd, o->level, o->number, bytes, (socklen_t)count));
}

static Term set_number(Process *p, Esock *s, const EsockOption *o, int number) {
    return set_bytes(p, s, o, &number, sizeof number);
}

static Term field(Process *p, Term map, Term key) {
    return term_is_map(map) ? map_get(p->vm->atoms, map, key) : TERM_NONE;
}

static Term set_linger(Process *p, Esock *s, const EsockOption *o, Term value) {
    struct linger linger;
    bool is_on;
    Term on = field(p, value, am_onoff), seconds = field(p, value, am_linger);
    if (on == TERM_NONE || seconds == TERM_NONE || !read_bool(on, &is_on) ||
        !esock_get_int(seconds, &linger.l_linger) || linger.l_linger < 0)
        return bad_value(p);
    linger.l_onoff = is_on;
    return set_bytes(p, s, o, &linger, sizeof linger);
}

/** A text of Latin-1 characters; NUL-terminated. */
static bool read_string(Term list, char *text, size_t capacity, size_t *count) {
    ASSERT(capacity > 1);
    *count = 0;
    for (; term_is_cell(list) && *count + 1 < capacity; list = term_tail(list)) {
        int c;
        if (!esock_get_int(term_head(list), &c) || c < 0 || c > 255) return false;
        text[(*count)++] = (char)c;
    }
    text[*count] = '\0';
    return term_is_nil(list);
}

static Term set_string(Process *p, Esock *s, const EsockOption *o, Term value, size_t capacity) {
    char text[STRING_MAX];
    size_t count;
    ASSERT(capacity <= sizeof text);
    if (!read_string(value, text, capacity, &count)) return bad_value(p);
    return set_bytes(p, s, o, text, count);
}

static Term set_membership(Process *p, Esock *s, const EsockOption *o, Term value) {
    struct ip_mreq request;
    Term group = field(p, value, am_multiaddr), interface = field(p, value, am_interface);
    if (group == TERM_NONE || interface == TERM_NONE ||
        !esock_read_ip4(group, &request.imr_multiaddr) ||
        !esock_read_ip4(interface, &request.imr_interface))
        return bad_value(p);
    return set_bytes(p, s, o, &request, sizeof request);
}

static Term set_source(Process *p, Esock *s, const EsockOption *o, Term value) {
    struct ip_mreq_source request;
    Term group = field(p, value, am_multiaddr), interface = field(p, value, am_interface);
    Term source = field(p, value, am_sourceaddr);
    if (group == TERM_NONE || interface == TERM_NONE || source == TERM_NONE ||
        !esock_read_ip4(group, &request.imr_multiaddr) ||
        !esock_read_ip4(interface, &request.imr_interface) ||
        !esock_read_ip4(source, &request.imr_sourceaddr))
        return bad_value(p);
    return set_bytes(p, s, o, &request, sizeof request);
}

static Term set_membership6(Process *p, Esock *s, const EsockOption *o, Term value) {
    struct ipv6_mreq request;
    int index;
    Term group = field(p, value, am_multiaddr), interface = field(p, value, am_interface);
    if (group == TERM_NONE || interface == TERM_NONE ||
        !esock_read_ip6(group, &request.ipv6mr_multiaddr) || !esock_get_int(interface, &index))
        return bad_value(p);
    request.ipv6mr_interface = (unsigned)index;
    return set_bytes(p, s, o, &request, sizeof request);
}

/** null, or #{multiaddr, interface, mode => include | exclude, slist => [Address]}. */
static Term set_filter(Process *p, Esock *s, const EsockOption *o, Term value) {
    ASSERT(o->kind == ESOCK_FILTER);
    if (value == am_null) return set_bytes(p, s, o, NULL, 0);
    Term group = field(p, value, am_multiaddr), interface = field(p, value, am_interface);
    Term mode = field(p, value, am_mode), list = field(p, value, am_slist);
    int64_t count = list != TERM_NONE ? bif_list_length(list) : -1;
    if (group == TERM_NONE || interface == TERM_NONE || count < 0 ||
        (mode != am_include && mode != am_exclude))
        return bad_value(p);
    size_t bytes = IP_MSFILTER_SIZE((size_t)count);
    struct ip_msfilter *filter = mem_zalloc(bytes + sizeof *filter);
    bool is_right = esock_read_ip4(group, &filter->imsf_multiaddr) &&
                    esock_read_ip4(interface, &filter->imsf_interface);
    filter->imsf_fmode = mode == am_include ? MCAST_INCLUDE : MCAST_EXCLUDE;
    filter->imsf_numsrc = (uint32_t)count;
    for (int64_t i = 0; term_is_cell(list) && is_right; i++, list = term_tail(list))
        is_right = esock_read_ip4(term_head(list), &filter->imsf_slist[i]);
    Term result = is_right ? set_bytes(p, s, o, filter, bytes) : bad_value(p);
    mem_free(filter);
    return result;
}

static const struct {
    Term name;
    int number;
} discoveries[] = {{am_want, IP_PMTUDISC_WANT},
                   {am_dont, IP_PMTUDISC_DONT},
                   {am_do, IP_PMTUDISC_DO},
                   {am_probe, IP_PMTUDISC_PROBE}};

static Term set_discovery(Process *p, Esock *s, const EsockOption *o, Term value) {
    ASSERT(o->kind == ESOCK_DISCOVER || o->kind == ESOCK_DISCOVER6);
    int number;
    for (size_t i = 0; i < ARRAY_COUNT(discoveries); i++)
        if (discoveries[i].name == value) return set_number(p, s, o, discoveries[i].number);
    return esock_get_int(value, &number) ? set_number(p, s, o, number) : bad_value(p);
}

static Term set_hops(Process *p, Esock *s, const EsockOption *o, Term value) {
    int hops = -1;
    bool is_right = value == am_default || (esock_get_int(value, &hops) && hops >= 0 && hops < 256);
    return is_right ? set_number(p, s, o, hops) : bad_value(p);
}

static Term set_system(Process *p, Esock *s, const EsockOption *o, Term value) {
    ASSERT(o->is_set);
    int number;
    bool flag;
    struct in_addr address;
    switch (o->kind) {
    case ESOCK_BOOL: return read_bool(value, &flag) ? set_number(p, s, o, flag) : bad_value(p);
    case ESOCK_INT:
        return esock_get_int(value, &number) ? set_number(p, s, o, number) : bad_value(p);
    case ESOCK_TOS:
        return esock_read_tos(value, &number) ? set_number(p, s, o, number) : bad_value(p);
    case ESOCK_ADDRFORM:
        return esock_read_domain(value, &number) ? set_number(p, s, o, number) : bad_value(p);
    case ESOCK_INTERFACE:
        return esock_read_ip4(value, &address) ? set_bytes(p, s, o, &address, sizeof address)
                                               : bad_value(p);
    case ESOCK_LINGER: return set_linger(p, s, o, value);
    case ESOCK_DEVICE: return set_string(p, s, o, value, IFNAMSIZ + 1);
    case ESOCK_CONGESTION: return set_string(p, s, o, value, STRING_MAX);
    case ESOCK_MEMBERSHIP: return set_membership(p, s, o, value);
    case ESOCK_SOURCE: return set_source(p, s, o, value);
    case ESOCK_MEMBERSHIP6: return set_membership6(p, s, o, value);
    case ESOCK_FILTER: return set_filter(p, s, o, value);
    case ESOCK_DISCOVER:
    case ESOCK_DISCOVER6: return set_discovery(p, s, o, value);
    case ESOCK_HOPS: return set_hops(p, s, o, value);
    default: return esock_bad(p, am_socket_option);
    }
}

/** Bytes, a number or a boolean for an option by its numbers. */
static Term set_native(Process *p, Esock *s, int level, int number, Term value) {
    ASSERT(s->fd >= 0);
    EsockOption o = {.level = level, .number = number};
    const uint8_t *bytes;
    uint8_t *to_free;
    size_t count;
    bool flag;
    int n;
    if (esock_bytes(value, &bytes, &count, &to_free)) {
        Term result = set_bytes(p, s, &o, bytes, count);
        mem_free(to_free);
        return result;
    }
    if (esock_get_int(value, &n)) return set_number(p, s, &o, n);
    return read_bool(value, &flag) ? set_number(p, s, &o, flag) : esock_invalid(p, am_value);
}

/** nif_setopt(Ref, Level, Number, Value, IsNative) -> ok | {error, Reason} | {invalid, What}. */
BIF(prim_socket, nif_setopt, 5)
{
    int level = 0, number, is_native;
    bool is_own = a[1] == am_otp;
    if (!esock_get_int(a[2], &number) || !esock_get_int(a[4], &is_native) ||
        (!is_own && !esock_read_level(a[1], &level)))
        return bif_badarg(p);
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    const EsockOption *o = is_own ? NULL : esock_find_option(level, number);
    Term result;
    if (!esock_is_open(s->read_state))
        result = esock_error(p, am_closed);
    else if (is_own)
        result = set_own(p, s, number, a[3]);
    else if (is_native != 0)
        result = set_native(p, s, level, number, a[3]);
    else if (o == NULL || !o->is_set)
        result = esock_bad(p, am_socket_option);
    else
        result = set_system(p, s, o, a[3]);
    esock_leave(s);
    return result;
}

// ---- reading the system's
// ----------------------------------------------------------------------------

static int get_bytes(Process *p, Esock *s, const EsockOption *o, void *bytes, socklen_t *count) {
    return socket_get_option(p->vm->world, s->fd, o->level, o->number, bytes, count);
}

static Term discovery_term(int number) {
    for (size_t i = 0; i < ARRAY_COUNT(discoveries); i++)
        if (discoveries[i].number == number) return discoveries[i].name;
    return term_from_small(number);
}

static Term number_term(Process *p, EsockOptionKind kind, int number) {
    switch (kind) {
    case ESOCK_BOOL: return term_from_bool(number != 0);
    case ESOCK_DOMAIN: return esock_domain_term(number);
    case ESOCK_TYPE: return esock_type_term(number);
    case ESOCK_TOS: return esock_tos_term(number);
    case ESOCK_DISCOVER:
    case ESOCK_DISCOVER6: return discovery_term(number);
    default: return heap_integer(&p->heap, number);
    }
}

static Term get_number(Process *p, Esock *s, const EsockOption *o) {
    int number = 0;
    socklen_t count = sizeof number;
    int error = get_bytes(p, s, o, &number, &count);
    if (error != 0) return io_error_tuple(p, error);
    // A local socket has no protocol; for others 0 is one's number.
    if (o->kind == ESOCK_PROTOCOL && number == 0 && s->domain == AF_UNIX)
        return io_ok_tuple(p, am_default);
    return io_ok_tuple(p, number_term(p, o->kind, number));
}

static Term get_linger(Process *p, Esock *s, const EsockOption *o) {
    ASSERT(o->kind == ESOCK_LINGER);
    struct linger linger = {0};
    socklen_t count = sizeof linger;
    int error = get_bytes(p, s, o, &linger, &count);
    if (error != 0) return io_error_tuple(p, error);
    Term keys[] = {am_onoff, am_linger};
    Term values[] = {term_from_bool(linger.l_onoff != 0), term_from_small(linger.l_linger)};
    return io_ok_tuple(p, esock_map(p, keys, values, 2));
}

static Term get_string(Process *p, Esock *s, const EsockOption *o) {
    char text[STRING_MAX + 1] = {0};
    socklen_t count = STRING_MAX;
    int error = get_bytes(p, s, o, text, &count);
    if (error != 0) return io_error_tuple(p, error);
    if (count > 0 && text[count - 1] == '\0') count--;
    return io_ok_tuple(p, heap_list_from_bytes(&p->heap, (const uint8_t *)text, count, TERM_NIL));
}

static Term get_interface(Process *p, Esock *s, const EsockOption *o) {
    ASSERT(o->kind == ESOCK_INTERFACE);
    struct in_addr address = {0};
    socklen_t count = sizeof address;
    int error = get_bytes(p, s, o, &address, &count);
    if (error != 0) return io_error_tuple(p, error);
    return io_ok_tuple(p, esock_ip4_term(&p->heap, &address));
}

static Term get_packet_options(Process *p, Esock *s, const EsockOption *o) {
    ASSERT(o->kind == ESOCK_PKTOPTIONS);
    _Alignas(struct cmsghdr) uint8_t bytes[DEFAULT_CONTROL_BYTES];
    socklen_t count = sizeof bytes;
    int error = get_bytes(p, s, o, bytes, &count);
    if (error != 0) return io_error_tuple(p, error);
    struct msghdr header = {.msg_control = bytes, .msg_controllen = count};
    return io_ok_tuple(p, esock_control_terms(p->vm, &p->heap, &header));
}

static Term get_system(Process *p, Esock *s, const EsockOption *o) {
    ASSERT(o->is_got);
    switch (o->kind) {
    case ESOCK_LINGER: return get_linger(p, s, o);
    case ESOCK_DEVICE:
    case ESOCK_CONGESTION: return get_string(p, s, o);
    case ESOCK_INTERFACE: return get_interface(p, s, o);
    case ESOCK_PKTOPTIONS: return get_packet_options(p, s, o);
    default: return get_number(p, s, o);
    }
}

/** nif_getopt(Ref, Level, Number) -> {ok, Value} | {error, Reason} | {invalid, socket_option}. */
BIF(prim_socket, nif_getopt, 3)
{
    int level = 0, number;
    bool is_own = a[1] == am_otp;
    if (!esock_get_int(a[2], &number) || (!is_own && !esock_read_level(a[1], &level)))
        return bif_badarg(p);
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    const EsockOption *o = is_own ? NULL : esock_find_option(level, number);
    Term result;
    if (!esock_is_open(s->read_state))
        result = esock_error(p, am_closed);
    else if (is_own)
        result = get_own(p, s, number);
    else if (o == NULL || !o->is_got)
        result = esock_bad(p, am_socket_option);
    else
        result = get_system(p, s, o);
    esock_leave(s);
    return result;
}

/** As many bytes as are asked for, or those given, as the system changes them. */
static Term get_native_bytes(Process *p, Esock *s, const EsockOption *o, Term spec) {
    const uint8_t *given = NULL;
    uint8_t *to_free = NULL;
    size_t size;
    int wanted = 0;
    if (esock_get_int(spec, &wanted)) {
        if (wanted < 0) return bad_value(p);
        size = (size_t)wanted;
    } else if (!esock_bytes(spec, &given, &size, &to_free)) {
        return bad_value(p);
    }
    uint8_t *bytes = mem_zalloc(size + 1);
    if (given != NULL && size > 0) memcpy(bytes, given, size);
    mem_free(to_free);
    socklen_t count = (socklen_t)size;
    int error = get_bytes(p, s, o, bytes, &count);
    Term result = error != 0 ? io_error_tuple(p, error)
                             : io_ok_tuple(p, heap_binary_from(&p->heap, bytes, count));
    mem_free(bytes);
    return result;
}

/** nif_getopt(Ref, Level, Number, integer | boolean | Size | Bytes). */
BIF(prim_socket, nif_getopt, 4)
{
    int level, number;
    if (!esock_get_int(a[2], &number) || !esock_read_level(a[1], &level)) return bif_badarg(p);
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    EsockOption o = {.level = level, .number = number};
    o.kind = a[3] == am_boolean ? ESOCK_BOOL : ESOCK_INT;
    Term result;
    if (!esock_is_open(s->read_state))
        result = esock_error(p, am_closed);
    else if (a[3] == am_integer || a[3] == am_boolean)
        result = get_number(p, s, &o);
    else
        result = get_native_bytes(p, s, &o, a[3]);
    esock_leave(s);
    return result;
}
