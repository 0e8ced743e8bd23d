// SPDX-License-Identifier: Apache-2.0
//
// signal.h - everything one process does to another, in one queue per receiver (PROC-3).
//
// Sending never waits and never fails: a signal to nobody vanishes. Any thread may send (registered with
// proc/quiesce.h).
#ifndef MICA_PROC_SIGNAL_H
#define MICA_PROC_SIGNAL_H

#include "proc/process.h"

/**
 * Sends a message that lives elsewhere: copies it. `to` is a local pid, an alias reference, a local port or a registered
 * name's pid. sender is NULL for the system (timers, ports).
 */
void signal_send_message(VM *vm, Process *sender, Term to, Term message);
/** As above with the copy already made: takes over the fragments that hold message. */
void signal_send_built(VM *vm, Process *sender, Term to, Term message, HeapFragment *fragments);
/** erlang:exit(To, Reason) from `from`. */
void signal_send_exit(VM *vm, Term from, Term to, Term reason);
/** `!` with every kind of receiver: pid, port, name, {name, node}, alias. TERM_NONE with p->exc set (badarg), else message. */
Term signal_send_any(Process *p, Term to, Term message);

#endif
