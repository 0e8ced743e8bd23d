// SPDX-License-Identifier: Apache-2.0
//
// node_watch.h - who wants to hear of nodes that come and go: process_flag(monitor_nodes, ...),
// behind net_kernel:monitor_nodes/1,2.
//
// WATCH-1: entries of a process go when it ends. The list is guarded by its lock; messages are sent
//          with nothing locked.
// Threads: any registered with proc/quiesce.h.
#ifndef MICA_PROC_NODE_WATCH_H
#define MICA_PROC_NODE_WATCH_H

#include "proc/process.h"

typedef struct NodeWatches NodeWatches;

/** From then on entries are removed when their process ends. */
void node_watch_create(VM *vm);
void node_watch_destroy(VM *vm);
/**
 * process_flag(monitor_nodes | {monitor_nodes, Options}, true | false): the number of like
 * subscriptions that p had before, or TERM_NONE: value or options (TERM_NIL, or a map) are wrong.
 */
Term node_watch_set(Process *p, Term options, Term value);

/** [{Pid, Options}] of everybody who does so, as OTP's suites want to see it. */
Term node_watch_list(Process *p);

typedef struct NodeEvent {
    Term what; // nodeup, nodedown
    Term node;
    uint32_t connection; // 0: it has none: this node
    Term type;           // visible, hidden
    Term reason;         // of a nodedown
} NodeEvent;
/** Tells everybody who asked for such an event. */
void node_watch_tell(VM *vm, const NodeEvent *event);

#endif
