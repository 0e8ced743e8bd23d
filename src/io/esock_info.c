// SPDX-License-Identifier: Apache-2.0
//
// esock_info.c - prim_socket: what there is (supports), what is known of a socket and of all of
// them (info), and switches (command).
//
// Threads: the one that runs the process.
#include <net/if.h>
#include <sys/ioctl.h>

#include "bif/bif.h"
#include "io/esock.h"
#include "term/map.h"
#include "vm/vm.h"
#include "world/network.h"

// ---- supports
// ----------------------------------------------------------------------------------------

/** nif_supports() -> [{Feature, boolean()}]. */
BIF(prim_socket, nif_supports, 0)
{
    static const struct {
        Term name, is_there;
    } features[] = {{am_sctp, am_false},
                    {am_ipv6, am_true},
                    {am_local, am_true},
                    {am_netns, am_true},
                    {am_sendfile, am_true}};
    Term list = TERM_NIL;
    for (size_t i = ARRAY_COUNT(features); i-- > 0;)
        list = heap_cons(&p->heap, heap_tuple2(&p->heap, features[i].name, features[i].is_there),
                         list);
    return list;
}

static Term pair_list(Process *p, const Term *names, const int64_t *numbers, size_t count) {
    ASSERT(names != NULL && numbers != NULL);
    Term list = TERM_NIL;
    for (size_t i = 0; i < count; i++)
        list = heap_cons(&p->heap,
                         heap_tuple2(&p->heap, names[i], heap_integer(&p->heap, numbers[i])), list);
    return list;
}

static Term interface_requests(Process *p) {
    static const Term names[] = {
        am_gifname,    am_gifindex, am_gifflags,   am_gifaddr,    am_gifdstaddr, am_gifbrdaddr,
        am_gifnetmask, am_gifmtu,   am_gifhwaddr,  am_gifmap,     am_giftxqlen,  am_gifconf,
        am_sifflags,   am_sifaddr,  am_sifdstaddr, am_sifbrdaddr, am_sifmtu,     am_siftxqlen};
    static const int64_t numbers[] = {
        SIOCGIFNAME,    SIOCGIFINDEX,   SIOCGIFFLAGS, SIOCGIFADDR,   SIOCGIFDSTADDR,
        SIOCGIFBRDADDR, SIOCGIFNETMASK, SIOCGIFMTU,   SIOCGIFHWADDR, SIOCGIFMAP,
        SIOCGIFTXQLEN,  SIOCGIFCONF,    SIOCSIFFLAGS, SIOCSIFADDR,   SIOCSIFDSTADDR,
        SIOCSIFBRDADDR, SIOCSIFMTU,     SIOCSIFTXQLEN};
    return pair_list(p, names, numbers, ARRAY_COUNT(names));
}

/** Those that Linux does not have are there with 0. */
static Term interface_flags(Process *p) {
    static const Term names[] = {
        am_up,      am_broadcast,  am_debug,   am_loopback,   am_pointopoint, am_notrailers,
        am_running, am_noarp,      am_promisc, am_master,     am_slave,       am_multicast,
        am_portsel, am_automedia,  am_dynamic, am_allmulti,   am_lower_up,    am_dormant,
        am_echo,    am_cantconfig, am_dying,   am_knowsepoch, am_link0,       am_link1,
        am_link2,   am_monitor,    am_nogroup, am_oactive,    am_ppromisc,    am_renaming,
        am_simplex, am_staticarp};
    static const int64_t numbers[ARRAY_COUNT(names)] = {
        IFF_UP,         IFF_BROADCAST, IFF_DEBUG,   IFF_LOOPBACK,  IFF_POINTOPOINT,
        IFF_NOTRAILERS, IFF_RUNNING,   IFF_NOARP,   IFF_PROMISC,   IFF_MASTER,
        IFF_SLAVE,      IFF_MULTICAST, IFF_PORTSEL, IFF_AUTOMEDIA, IFF_DYNAMIC,
        IFF_ALLMULTI,   0x10000,       0x20000,     0x40000};
    return pair_list(p, names, numbers, ARRAY_COUNT(names));
}

/** [{Level, [Name | {Name, Number}]}]. */
static Term options(Process *p) {
    size_t count;
    const EsockOption *table = esock_options(&count);
    Term levels = TERM_NIL, list = TERM_NIL;
    for (size_t i = 0; i < count; i++) {
        bool is_known = table[i].kind != ESOCK_NONE;
        Term item = is_known
                        ? heap_tuple2(&p->heap, table[i].name, term_from_small(table[i].number))
                        : table[i].name;
        list = heap_cons(&p->heap, item, list);
        if (i + 1 < count && table[i + 1].level == table[i].level) continue;
        Term level = heap_tuple2(&p->heap, esock_level_term(table[i].level), list);
        levels = heap_cons(&p->heap, level, levels);
        list = TERM_NIL;
    }
    return levels;
}

/** [{[Name, Alias...], Number}] of what the machine knows, before it the usual ones. */
static Term protocols(Process *p) {
    NetworkProtocol *known;
    size_t count;
    Term list = TERM_NIL;
    network_protocols(p->vm->world, &known, &count);
    for (size_t i = 0; i < count; i++) {
        Term names = TERM_NIL;
        for (size_t k = known[i].name_count; k-- > 0;)
            names = heap_cons(&p->heap, atom_from(p->vm->atoms, known[i].names[k]), names);
        Term number = term_from_small(known[i].number);
        list = heap_cons(&p->heap, heap_tuple2(&p->heap, names, number), list);
    }
    mem_free(known);
    static const struct {
        Term name;
        int number;
    } usual[] = {{am_ip, IPPROTO_IP},
                 {am_ipv6, IPPROTO_IPV6},
                 {am_tcp, IPPROTO_TCP},
                 {am_udp, IPPROTO_UDP},
                 {am_sctp, IPPROTO_SCTP}};
    for (size_t i = 0; i < ARRAY_COUNT(usual); i++) {
        Term names = heap_cons(&p->heap, usual[i].name, TERM_NIL);
        Term entry = heap_tuple2(&p->heap, names, term_from_small(usual[i].number));
        list = heap_cons(&p->heap, entry, list);
    }
    return list;
}

/** nif_supports(Key) -> [...]. */
BIF(prim_socket, nif_supports, 1)
{
    if (a[0] == am_msg_flags) return esock_message_flags(p);
    if (a[0] == am_protocols) return protocols(p);
    if (a[0] == am_ioctl_requests) return interface_requests(p);
    if (a[0] == am_ioctl_flags) return interface_flags(p);
    if (a[0] == am_options) return options(p);
    return TERM_NIL;
}

// ---- info
// --------------------------------------------------------------------------------------------

/** nif_info(): counts of open sockets, and switches. */
BIF(prim_socket, nif_info, 0)
{
    EsockTable *table = p->vm->ports->esocks;
    uint64_t n[11] = {0};
    mutex_lock(&table->lock);
    for (size_t i = 0; i < table->capacity; i++) {
        const Esock *s = table->by_fd[i];
        if (s == NULL) continue;
        n[0]++;
        n[1] += s->type == SOCK_DGRAM;
        n[2] += s->type == SOCK_STREAM;
        n[3] += s->type == SOCK_SEQPACKET;
        n[4] += s->domain == AF_UNIX;
        n[5] += s->domain == AF_INET;
        n[6] += s->domain == AF_INET6;
        n[7] += s->protocol == IPPROTO_IP;
        n[8] += s->protocol == IPPROTO_TCP;
        n[9] += s->protocol == IPPROTO_UDP;
        n[10] += s->protocol == IPPROTO_SCTP;
    }
    Term switches[] = {term_from_bool(table->is_debugging),
                       term_from_bool(table->is_socket_debugging),
                       term_from_bool(table->uses_registry)};
    mutex_unlock(&table->lock);
    static const Term count_keys[] = {am_num_sockets,  am_num_tdgrams, am_num_tstreams,
                                      am_num_tseqpkgs, am_num_dlocal,  am_num_dinet,
                                      am_num_dinet6,   am_num_pip,     am_num_ptcp,
                                      am_num_pudp,     am_num_psctp,   am_num_cnt_bits};
    Term counts[ARRAY_COUNT(count_keys)];
    for (size_t i = 0; i < ARRAY_COUNT(n); i++) counts[i] = heap_unsigned(&p->heap, n[i]);
    counts[ARRAY_COUNT(n)] = term_from_small(64);
    Term keys[] = {am_debug, am_socket_debug, am_use_registry, am_iow, am_counters, am_iov_max};
    Term values[] = {switches[0],
                     switches[1],
                     switches[2],
                     am_false,
                     esock_map(p, count_keys, counts, ARRAY_COUNT(counts)),
                     term_from_small(1024)};
    return esock_map(p, keys, values, ARRAY_COUNT(keys));
}

static Term state_terms(Process *p, unsigned state) {
    static const struct {
        unsigned flag;
        Term name;
    } names[] = {{ESOCK_BOUND, am_bound},         {ESOCK_LISTENING, am_listening},
                 {ESOCK_ACCEPTING, am_accepting}, {ESOCK_CONNECTING, am_connecting},
                 {ESOCK_CONNECTED, am_connected}, {ESOCK_SELECTED, am_selected},
                 {ESOCK_CLOSING, am_closing},     {ESOCK_CLOSED, am_closed}};
    Term list = TERM_NIL;
    for (size_t i = ARRAY_COUNT(names); i-- > 0;)
        if ((state & names[i].flag) != 0) list = heap_cons(&p->heap, names[i].name, list);
    return list;
}

static Term counter_map(Process *p, const Esock *s) {
    ASSERT(s->vm == p->vm);
    static const Term keys[ESOCK_COUNTERS] = {
        am_read_byte,        am_read_fails,     am_read_pkg,      am_read_pkg_max,
        am_read_tries,       am_read_waits,     am_write_byte,    am_write_fails,
        am_write_pkg,        am_write_pkg_max,  am_write_tries,   am_write_waits,
        am_acc_success,      am_acc_fails,      am_acc_tries,     am_acc_waits,
        am_sendfile_byte,    am_sendfile_fails, am_sendfile_max,  am_sendfile_pkg,
        am_sendfile_pkg_max, am_sendfile_tries, am_sendfile_waits};
    Term values[ESOCK_COUNTERS];
    for (size_t i = 0; i < ESOCK_COUNTERS; i++) values[i] = heap_unsigned(&p->heap, s->counters[i]);
    return esock_map(p, keys, values, s->has_sent_file ? ESOCK_COUNTERS : ESOCK_SENDFILE_BYTE);
}

static Term waiting_count(const EsockQueue *queue) {
    int64_t count = queue->is_busy;
    for (const EsockRequest *r = queue->waiting; r != NULL; r = r->next) count++;
    return term_from_small(count);
}

/** fd: of somebody else's; {dup, Descriptor}; normal. */
static Term creation_kind(Process *p, const Esock *s) {
    if (s->original_fd < 0) return am_normal;
    Term kind = s->closes_fd ? am_dup : am_orig;
    return heap_tuple2(&p->heap, kind, term_from_small(s->original_fd));
}

/** nif_info(Ref). */
BIF(prim_socket, nif_info, 1)
{
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    Term keys[] = {am_domain,      am_type,        am_protocol,     am_owner,
                   am_rstates,     am_wstates,     am_ctype,        am_counters,
                   am_num_readers, am_num_writers, am_num_acceptors};
    bool has_ended = (s->read_state & ESOCK_CLOSED) != 0;
    Term values[] = {esock_domain_term(s->domain),  esock_type_term(s->type),
                     term_from_small(s->protocol),  has_ended ? am_undefined : s->owner,
                     state_terms(p, s->read_state), state_terms(p, s->write_state),
                     creation_kind(p, s),           counter_map(p, s),
                     waiting_count(&s->readers),    waiting_count(&s->writers),
                     waiting_count(&s->acceptors)};
    esock_leave(s);
    return esock_map(p, keys, values, ARRAY_COUNT(keys));
}

/** nif_command(#{command => debug | socket_debug | use_registry, data => boolean()}) -> ok. */
BIF(prim_socket, nif_command, 1)
{
    if (!term_is_map(a[0])) return bif_badarg(p);
    Term command = map_get(p->vm->atoms, a[0], am_command);
    Term data = map_get(p->vm->atoms, a[0], am_data);
    if (command == TERM_NONE || data == TERM_NONE) return bif_badarg(p);
    EsockTable *table = p->vm->ports->esocks;
    bool *to_set = command == am_debug          ? &table->is_debugging
                   : command == am_socket_debug ? &table->is_socket_debugging
                   : command == am_use_registry ? &table->uses_registry
                                                : NULL;
    if (to_set == NULL) return esock_raise_invalid(p, heap_tuple2(&p->heap, am_command, command));
    if (data != am_true && data != am_false)
        return esock_raise_invalid(p, heap_tuple2(&p->heap, am_data, data));
    mutex_lock(&table->lock);
    *to_set = data == am_true;
    mutex_unlock(&table->lock);
    return am_ok;
}
