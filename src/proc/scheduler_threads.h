// SPDX-License-Identifier: Apache-2.0
//
// scheduler_threads.h - private to src/proc: the threads behind the schedulers, sleeping and
// waking.
#ifndef MICA_PROC_SCHEDULER_THREADS_H
#define MICA_PROC_SCHEDULER_THREADS_H

#include "proc/scheduler.h"

/** Wakes this one if it sleeps. */
bool scheduler_wake(Scheduler *s);
/** Does a normal one sleep that may run processes? */
bool scheduler_somebody_sleeps(SchedulerSet *set);
/** Wakes one that sleeps and may run processes, if any does. */
void scheduler_wake_any(SchedulerSet *set);
/** p, QUEUED, for a dirty thread of this kind; starts one when all are busy. */
void scheduler_submit_dirty(SchedulerSet *set, Process *p, int kind);
/** One piece of work of a dirty thread; false when there is none. */
bool scheduler_step_dirty(Scheduler *s);

#endif
