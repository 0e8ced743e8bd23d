// SPDX-License-Identifier: Apache-2.0
//
// interface_flags.c - the flags of a network interface as a list of atoms.
#include <net/if.h>

#include "bif/bif.h"
#include "io/interface_flags.h"

static const struct {
    unsigned flag;
    Term name;
} names[] = {{IFF_UP, am_up},
             {IFF_BROADCAST, am_broadcast},
             {IFF_DEBUG, am_debug},
             {IFF_LOOPBACK, am_loopback},
             {IFF_POINTOPOINT, am_pointopoint},
             {IFF_NOTRAILERS, am_notrailers},
             {IFF_RUNNING, am_running},
             {IFF_NOARP, am_noarp},
             {IFF_PROMISC, am_promisc},
             {IFF_ALLMULTI, am_allmulti},
             {IFF_MASTER, am_master},
             {IFF_SLAVE, am_slave},
             {IFF_MULTICAST, am_multicast},
             {IFF_PORTSEL, am_portsel},
             {IFF_AUTOMEDIA, am_automedia},
             {IFF_DYNAMIC, am_dynamic}};

Term interface_flag_terms(Process *p, unsigned flags) {
    ASSERT(p != NULL);
    Term list = TERM_NIL;
    for (size_t i = ARRAY_COUNT(names); i-- > 0;)
        if ((flags & names[i].flag) != 0) list = heap_cons(&p->heap, names[i].name, list);
    return list;
}
