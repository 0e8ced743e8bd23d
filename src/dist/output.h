// SPDX-License-Identifier: Apache-2.0
//
// output.h - encoded signals on their way out: queued, given headers with the atom cache, cut into
// fragments.
//
//   packet:    131 68 [atoms] control message              whole; without an atom cache, of no
//   atoms
//              131 69 sequence fragment [atoms] bytes      first of several
//              131 70 sequence fragment bytes              the others; the last one is fragment 1
//              112 131 control 131 message                 to nodes that know neither a cache nor
//                                                          fragments
//   to a port  each packet stands behind its length in four bytes
//
// OUT-1: items of one sender leave in the order in which they were queued: while one of its items
//        is cut and has fragments to go, its next ones wait; those of others pass by, so that a big
//        message does not hold up small ones. An item whose sender is not known waits for all.
// OUT-2: a header is made when its item leaves, so that both ends change their caches in the same
//        order.
// Threads: see DIST-2.
#ifndef MICA_DIST_OUTPUT_H
#define MICA_DIST_OUTPUT_H

#include "dist/connection.h"
#include "term/external.h"

struct DistItem {
    DistItem *next;
    Term sender; // local pid, or TERM_NONE: not known
    size_t count;
    uint8_t *bytes;
    size_t sent;             // of bytes, in fragments before
    uint64_t sequence;       // of its fragments
    uint64_t fragments_left; // 0: it has not begun
    uint32_t atom_count;
    Term atoms[];
};

/** Takes over bytes. */
DistItem *output_item_new(uint8_t *bytes, size_t count, const ExternalAtoms *atoms, Term sender);
void output_free_items(DistItem *items);
/** Under the lock. */
void output_queue(DistNode *n, DistItem *item);
/** Something was queued: the port, or the process that asked for notice, hears of it. No lock. */
void output_wake(DistNode *n);
/** Where in the cache an atom stands, unless others of its message are there already. */
uint32_t output_first_slot(Term atom);
void output_begin(DistNode *n);
void output_end(DistNode *n);
bool output_is_waiting(DistNode *n);
/** Framed packets in one or two parts, which stay until the next call; 0: there is none. */
size_t output_to_port(DistNode *n, struct iovec *parts);
/** One packet for a controlling process; caller mem_frees it. 0: there is none. */
size_t output_to_process(DistNode *n, uint8_t **bytes);

#endif
