// SPDX-License-Identifier: Apache-2.0
//
// runqueue.h - the processes that could run, by priority, with OTP's rules.
//
// RUNQ-1: max before high before all others. normal and low share a list; a low one is passed over
// RUNQ_LOW_SKIPS
//         times before its turn.
// RUNQ-2: `count` is what the lists hold; it is written under the lock and may be read without.
// Threads: any; guarded by the queue's lock.
#ifndef MICA_PROC_RUNQUEUE_H
#define MICA_PROC_RUNQUEUE_H

#include "proc/process.h"
#include "world/thread.h"

#define RUNQ_LOW_SKIPS 8
#define RUNQ_LISTS 3

typedef struct RunQueue {
    Mutex lock;
    Process *first[RUNQ_LISTS];
    Process **last[RUNQ_LISTS];
    _Atomic uint32_t count;
} RunQueue;

void runqueue_init(RunQueue *q);
void runqueue_free(RunQueue *q);
/** At the end of its priority's list. Returns how many the queue holds then. */
uint32_t runqueue_push(RunQueue *q, Process *p);
/** The next one to run, or NULL. */
Process *runqueue_pop(RunQueue *q);
/** Any one of the best priority, chosen by `random`, or NULL. */
Process *runqueue_pop_random(RunQueue *q, uint64_t random);
static ALWAYS_INLINE uint32_t runqueue_count(RunQueue *q) {
    return atomic_load_explicit(&q->count, memory_order_seq_cst); // SCHED-3
}

#endif
