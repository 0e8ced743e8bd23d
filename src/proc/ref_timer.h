// SPDX-License-Identifier: Apache-2.0
//
// ref_timer.h - the timers of erlang:send_after and start_timer: each has a reference.
//
// RTIMER-1: a timer is in its VM's table until it goes off or is cancelled; whoever takes it out of
//           there owns that decision.
// RTIMER-2: a timer for a pid is also in that process's list. The process's end cancels what is
//           there; who starts one looks afterwards whether the process has gone meanwhile.
// RTIMER-3: the wheel that it ticks in is that of the scheduler which started it.
// Threads: any.
#ifndef MICA_PROC_REF_TIMER_H
#define MICA_PROC_REF_TIMER_H

#include "proc/process.h"

typedef struct RefTimers RefTimers;

typedef enum { TIMER_SEND_AFTER, TIMER_START_TIMER } TimerStyle;

RefTimers *ref_timers_create(void);
void ref_timers_destroy(RefTimers *t);
/**
 * A timer at monotonic time `at_ns` for the receiver (local pid or atom). Message is copied.
 * Returns the reference in p's heap.
 */
Term ref_timer_start(Process *p, int64_t at_ns, Term receiver, Term message, TimerStyle style);
/** The ms that are left, or -1 when there is no such timer. With cancel, it will not go off. p
 * asks.
 */
int64_t ref_timer_read(Process *p, Term ref, bool cancel);
/** Cancels the timers for p, which is found by its pid no more. */
void ref_timers_cancel_of(Process *p);
/** How many bytes the timers that wait take, without their messages. */
size_t ref_timers_bytes(RefTimers *t);
/** Visits the timers that wait; a shard's lock is held meanwhile. */
void ref_timers_each(RefTimers *t, void (*visit)(void *context, Term receiver, Term message),
                     void *context);
/** For OTP's suites: `tag` for p after a timer of ms which starts one of 0 ms that starts another.
 */
void ref_timer_test_nested(Process *p, uint64_t ms, Term tag);

#endif
