// SPDX-License-Identifier: Apache-2.0
//
// multi_scheduling.h - system_flag(multi_scheduling, …): who keeps all schedulers but one from
// running processes.
//
// A process may block several times, in each of two ways: `block` leaves one thread of any kind,
// `block_normal` one normal scheduler. Each block must be taken back; the end of the process takes
// back all of its.
#ifndef MICA_BIF_MULTI_SCHEDULING_H
#define MICA_BIF_MULTI_SCHEDULING_H

#include "proc/process.h"

void multi_scheduling_init(VM *vm);
void multi_scheduling_free(VM *vm);
/** am_enabled, am_blocked or am_blocked_normal. */
Term multi_scheduling_state(VM *vm);
/** system_flag(multi_scheduling, value): the state after it. Blocking comes back when every other
 * thread has stopped. */
Term multi_scheduling_flag(Process *p, Term value);
/**
 * For built-ins that read other processes: keeps everybody else from running, as `block` does.
 * False: not yet; the built-in yields and asks again. When it was true, the built-in gives back
 * before it returns.
 */
bool multi_scheduling_take(Process *p);
void multi_scheduling_give(Process *p);
/**
 * For a registered thread that is no scheduler's: keeps every process from running until
 * multi_scheduling_go_on, by the same thread. NULL: a process keeps the others from running just
 * now; ask again.
 */
typedef struct SchedulingStop SchedulingStop;
SchedulingStop *multi_scheduling_stop(VM *vm);
/** Have all turns ended that had begun before? Built-ins on dirty threads may take their time. */
bool multi_scheduling_has_stopped(const SchedulingStop *stop);
void multi_scheduling_go_on(VM *vm, SchedulingStop *stop);
/** Pids of those that block in this way, once each, the latest first. */
Term multi_scheduling_blockers(Process *p, bool normal);

#endif
