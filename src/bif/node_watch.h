// SPDX-License-Identifier: Apache-2.0
//
// node_watch.h - who wants to hear of nodes that come and go: process_flag(monitor_nodes, ...),
// behind net_kernel:monitor_nodes/1,2.
//
// WATCH-1: an entry's options live in the entry's own heap; entries of a process go when it ends.
#ifndef MICA_BIF_NODE_WATCH_H
#define MICA_BIF_NODE_WATCH_H

#include "proc/process.h"

typedef struct NodeWatch NodeWatch;

/** From then on entries are removed when their process ends. */
void node_watch_init(VM *vm);
void node_watch_free(VM *vm);
/**
 * process_flag(monitor_nodes | {monitor_nodes, Options}, true | false): the number of like
 * subscriptions that p had before. TERM_NONE with badarg raised for another value.
 */
Term node_watch_set(Process *p, Term options, Term value);

#endif
