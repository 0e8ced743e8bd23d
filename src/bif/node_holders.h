// SPDX-License-Identifier: Apache-2.0
//
// node_holders.h - who holds identifiers of which node, for OTP's own suites.
//
// Threads: the calling process's, while nobody else runs (bif/multi_scheduling.h).
#ifndef MICA_BIF_NODE_HOLDERS_H
#define MICA_BIF_NODE_HOLDERS_H

#include "proc/process.h"

/**
 * {{node_references, [{{Node, Creation}, Count, Holders}]}, {dist_references, [{Node, Count,
 * Holders}]}}, Holders: [{Who, [{How, Count}]}]. Nodes that were named once stay known by the table
 * (NODE-1): that is one holder of each. The others are those that are looked through: tables of
 * ETS, timers with a reference, and processes' links and monitors.
 */
Term node_holders(Process *p);

#endif
