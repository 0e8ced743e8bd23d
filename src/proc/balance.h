// SPDX-License-Identifier: Apache-2.0
//
// balance.h - moving processes between schedulers that are all busy, so that those of one priority
// get about the same share wherever they wait.
//
//   s, now and then:  looks at what each scheduler has done for processes of a priority since last
//                     time, and at how many wait there; where a round takes much longer than here,
//                     it asks the owner for so many that rounds would take equally long
//   the owner:        moves them from its own queue into s's inbox, before its next turn
//
// Rounds are compared by what was really done, not by lengths alone: a scheduler may be held up by
// processes of higher priority, or by the operating system, which gives its thread less time.
//
// BAL-1: only the owner takes from its queue (SCHED-6): another one only asks, one at a time.
// BAL-2: a few processes are not moved, unless they get next to nothing: what sends and answers to
// and fro stays together.
//
// Threads: a normal scheduler's own.
#ifndef MICA_PROC_BALANCE_H
#define MICA_PROC_BALANCE_H

#include "proc/scheduler.h"

#define BALANCE_CREDIT 1000000 // work, in reductions, between two looks

/** What a scheduler has seen of another one: work for each priority's list, and its average. */
struct BalanceSeen {
    uint64_t work[RUNQ_LISTS], rate[RUNQ_LISTS];
};

void balance_look(Scheduler *s);
/** s has nothing to do, or begins again: nothing waits here, and what was asked is of no worth. */
void balance_rest(Scheduler *s);
/** Gives what was asked for. */
void balance_give(Scheduler *s);
/** How often a set has come to rest, on average over its schedulers: averages follow a change only
 * after some looks. */
uint64_t balance_rounds(const SchedulerSet *set);

#endif
