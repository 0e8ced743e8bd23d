// SPDX-License-Identifier: Apache-2.0
//
// runqueue.c - lists of runnable processes; see runqueue.h for RUNQ-1 and RUNQ-2.
#include "proc/runqueue.h"

static uint32_t list_of(const Process *p) {
    uint32_t list = p->priority < RUNQ_LISTS ? p->priority : RUNQ_LISTS - 1;
    ASSERT(p->raised <= 3);
    return MIN(list, 3u - p->raised);
}

void runqueue_init(RunQueue *q) {
    mutex_init(&q->lock);
    for (int i = 0; i < RUNQ_LISTS; i++) {
        q->first[i] = NULL;
        q->last[i] = &q->first[i];
    }
    atomic_init(&q->count, 0);
}

void runqueue_free(RunQueue *q) { mutex_free(&q->lock); }

static void append(RunQueue *q, Process *p) {
    uint32_t list = list_of(p);
    ASSERT(p->priority <= 3 && list < RUNQ_LISTS);
    p->queue_next = NULL;
    *q->last[list] = p;
    q->last[list] = &p->queue_next;
}

uint32_t runqueue_push(RunQueue *q, Process *p) {
    ASSERT(p->queue_next == NULL); // SCHED-1: in no other queue
    mutex_lock(&q->lock);
    append(q, p);
    uint32_t count = atomic_fetch_add_explicit(&q->count, 1, memory_order_seq_cst) + 1; // SCHED-3
    mutex_unlock(&q->lock);
    return count;
}

static Process *unlink_at(RunQueue *q, uint32_t list, Process **at) {
    Process *p = *at;
    ASSERT(p != NULL); // the caller saw it
    *at = p->queue_next;
    if (q->last[list] == &p->queue_next) q->last[list] = at;
    p->queue_next = NULL;
    return p;
}

static void note_taken(RunQueue *q, Process *taken) {
    taken->raised = 0; // for this turn only
    uint32_t before = atomic_fetch_sub_explicit(&q->count, 1, memory_order_seq_cst);
    ASSERT(before > 0); // RUNQ-2
}

Process *runqueue_pop(RunQueue *q) {
    if (atomic_load_explicit(&q->count, memory_order_relaxed) == 0) return NULL;
    Process *p = NULL;
    mutex_lock(&q->lock);
    for (uint32_t list = 0; list < RUNQ_LISTS && p == NULL; list++) {
        while (q->first[list] != NULL) {
            Process *head = unlink_at(q, list, &q->first[list]);
            bool is_low = head->priority > 2 && list == RUNQ_LISTS - 1;
            if (is_low && head->schedule_count_low > 0) { // RUNQ-1
                head->schedule_count_low--;
                append(q, head);
                continue;
            }
            if (is_low) head->schedule_count_low = RUNQ_LOW_SKIPS - 1;
            p = head;
            break;
        }
    }
    if (p != NULL) note_taken(q, p);
    mutex_unlock(&q->lock);
    return p;
}

Process *runqueue_pop_random(RunQueue *q, uint64_t random) {
    Process *p = NULL;
    mutex_lock(&q->lock);
    for (uint32_t list = 0; list < RUNQ_LISTS && p == NULL; list++) {
        uint64_t n = 0;
        for (Process *at = q->first[list]; at != NULL; at = at->queue_next) n++;
        if (n == 0) continue;
        Process **at = &q->first[list];
        for (uint64_t skip = random % n; skip > 0; skip--) at = &(*at)->queue_next;
        p = unlink_at(q, list, at);
    }
    if (p != NULL) note_taken(q, p);
    mutex_unlock(&q->lock);
    return p;
}
