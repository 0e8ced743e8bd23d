// SPDX-License-Identifier: Apache-2.0
//
// scheduler_threads.h - private to src/proc: the threads behind the schedulers, sleeping and
// waking.
#ifndef MICA_PROC_SCHEDULER_THREADS_H
#define MICA_PROC_SCHEDULER_THREADS_H

#include "proc/scheduler.h"

/** Wakes this one if it sleeps. */
bool scheduler_wake(Scheduler *s);
/** From here on s waits (which counts as no activity in statistics), or does not any more. */
void scheduler_note_idle(Scheduler *s, bool idle);
/** Does a normal one sleep that may run processes? */
bool scheduler_somebody_sleeps(SchedulerSet *set);
/** Wakes one that sleeps and may run processes, if any does. */
void scheduler_wake_any(SchedulerSet *set);
/** p, QUEUED, by s for a dirty thread of this kind; wakes or starts one, or owes that (SCHED-7). */
void scheduler_submit_dirty(Scheduler *s, Process *p, int kind);
/** Wakes a dirty thread of each kind for which one is owed, or as many as have work (SCHED-7). By a
 * normal scheduler. */
void scheduler_pay_dirty(SchedulerSet *set, bool all);
/** One piece of work of a dirty thread; false when there is none. */
bool scheduler_step_dirty(Scheduler *s);

#endif
