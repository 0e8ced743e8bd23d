// SPDX-License-Identifier: Apache-2.0
//
// runqueue.h - the processes that could run, by priority, with OTP's rules.
//
// RUNQ-1: max before high before all others. normal and low share a list; a low one is passed over
// RUNQ_LOW_SKIPS
//         times before its turn.
// RUNQ-2: `count` is what the lists hold; it is written by who may change them and may be read by
// anyone. `new_count` is how many of them are new (process_is_new), for who may change the lists.
// Threads: a RunQueue any, guarded by its lock; a LocalQueue its owner's only, without a lock.
#ifndef MICA_PROC_RUNQUEUE_H
#define MICA_PROC_RUNQUEUE_H

#include "proc/process.h"
#include "world/thread.h"

#define RUNQ_LOW_SKIPS 8
#define RUNQ_LISTS 3

/** Processes in the order in which they run; linked by queue_next. */
typedef struct LocalQueue {
    Process *first[RUNQ_LISTS];
    Process **last[RUNQ_LISTS];
    _Atomic uint32_t count;
    uint32_t new_count; // of these, those that have not had a turn yet: RUNQ-2
} LocalQueue;

typedef struct RunQueue {
    Mutex lock;
    LocalQueue lists;
} RunQueue;

void localqueue_init(LocalQueue *q);
/** At the end of its priority's list. */
void localqueue_push(LocalQueue *q, Process *p);
/** The next one to run, or NULL. */
Process *localqueue_pop(LocalQueue *q);
/** Has p not spent anything yet? That does not change while it is in a queue. */
static ALWAYS_INLINE bool process_is_new(const Process *p) { return p->reductions_done == 0; }
/** How many have had a turn before. */
static ALWAYS_INLINE uint32_t localqueue_known(const LocalQueue *q) {
    return atomic_load_explicit(&q->count, memory_order_relaxed) - q->new_count;
}
static ALWAYS_INLINE uint32_t localqueue_count(const LocalQueue *q) {
    return atomic_load_explicit(&q->count, memory_order_seq_cst); // SCHED-3
}

void runqueue_init(RunQueue *q);
void runqueue_free(RunQueue *q);
/** At the end of its priority's list. Returns how many the queue holds then. */
uint32_t runqueue_push(RunQueue *q, Process *p);
/** The next one to run, or NULL. */
Process *runqueue_pop(RunQueue *q);
/** Any one of the best priority, chosen by `random`, or NULL. */
Process *runqueue_pop_random(RunQueue *q, uint64_t random);
/** Moves all to the ends of the lists of `to`, which the caller owns. By runqueue_drain, which most
 * often finds nothing. */
void runqueue_drain_filled(RunQueue *q, LocalQueue *to);
/** Moves `count` processes of `from`, which the caller owns: those of the least priority, for what
 * is urgent runs here next. */
void runqueue_fill(RunQueue *q, LocalQueue *from, uint32_t count);
/** Moves the first `count` of one list of `from`, which the caller owns. */
void runqueue_give(RunQueue *q, LocalQueue *from, uint32_t list, uint32_t count);
static ALWAYS_INLINE uint32_t runqueue_count(const RunQueue *q) {
    return localqueue_count(&q->lists);
}
static ALWAYS_INLINE void runqueue_drain(RunQueue *q, LocalQueue *to) {
    if (UNLIKELY(runqueue_count(q) > 0)) runqueue_drain_filled(q, to);
}

#endif
