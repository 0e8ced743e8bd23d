// SPDX-License-Identifier: Apache-2.0
//
// runqueue.c - lists of runnable processes; see runqueue.h for RUNQ-1 and RUNQ-2.
#include "proc/runqueue.h"

// ---- lists that one thread owns, or that are under a lock
// -----------------------------------------------------------------------------

static uint32_t list_of(const Process *p) {
    uint32_t list = p->priority < RUNQ_LISTS ? p->priority : RUNQ_LISTS - 1;
    DEBUG_ASSERT(p->raised <= 3);
    return MIN(list, 3u - p->raised);
}

void localqueue_init(LocalQueue *q) {
    for (int i = 0; i < RUNQ_LISTS; i++) {
        q->first[i] = NULL;
        q->last[i] = &q->first[i];
    }
    atomic_init(&q->count, 0);
    q->new_count = 0;
}

static void set_count(LocalQueue *q, uint32_t count) {
    // Only who owns the lists writes the count. Release: SCHED-3's readers come after a fence of
    // their own, and find at least what was there before it.
    atomic_store_explicit(&q->count, count, memory_order_release);
}

static uint32_t count_of(const LocalQueue *q) {
    return atomic_load_explicit(&q->count, memory_order_relaxed);
}

static void append(LocalQueue *q, Process *p) {
    uint32_t list = list_of(p);
    DEBUG_ASSERT(p->priority <= 3 && list < RUNQ_LISTS);
    p->queue_next = NULL;
    *q->last[list] = p;
    q->last[list] = &p->queue_next;
    q->new_count += process_is_new(p);
}

void localqueue_push(LocalQueue *q, Process *p) {
    DEBUG_ASSERT(p->queue_next == NULL); // SCHED-1: in no other queue
    append(q, p);
    set_count(q, count_of(q) + 1);
}

static Process *unlink_at(LocalQueue *q, uint32_t list, Process **at) {
    Process *p = *at;
    DEBUG_ASSERT(p != NULL); // the caller saw it
    *at = p->queue_next;
    if (q->last[list] == &p->queue_next) q->last[list] = at;
    p->queue_next = NULL;
    DEBUG_ASSERT(count_of(q) > 0 && q->new_count >= process_is_new(p)); // RUNQ-2
    q->new_count -= process_is_new(p);
    return p;
}

/** The next of one list, or NULL. */
static Process *pop_from(LocalQueue *q, uint32_t list) {
    DEBUG_ASSERT(list < RUNQ_LISTS);
    while (q->first[list] != NULL) {
        Process *head = unlink_at(q, list, &q->first[list]);
        bool is_low = head->priority > 2 && list == RUNQ_LISTS - 1;
        if (is_low && head->schedule_count_low > 0) { // RUNQ-1
            head->schedule_count_low--;
            append(q, head);
            continue;
        }
        if (is_low) head->schedule_count_low = RUNQ_LOW_SKIPS - 1;
        set_count(q, count_of(q) - 1);
        return head;
    }
    return NULL;
}

Process *localqueue_pop(LocalQueue *q) {
    for (uint32_t list = 0; list < RUNQ_LISTS; list++) {
        Process *p = pop_from(q, list);
        if (p == NULL) continue;
        p->raised = 0; // for this turn only
        return p;
    }
    return NULL;
}

// ---- queues that threads share
// ----------------------------------------------------------------------------

void runqueue_init(RunQueue *q) {
    mutex_init(&q->lock);
    localqueue_init(&q->lists);
}

void runqueue_free(RunQueue *q) { mutex_free(&q->lock); }

/** SCHED-3: who filled a queue looks for sleepers next, and the count must be out before that. */
static void publish(void) { atomic_thread_fence(memory_order_seq_cst); }

uint32_t runqueue_push(RunQueue *q, Process *p) {
    mutex_lock(&q->lock);
    localqueue_push(&q->lists, p);
    uint32_t count = count_of(&q->lists);
    mutex_unlock(&q->lock);
    publish();
    return count;
}

Process *runqueue_pop(RunQueue *q) {
    if (count_of(&q->lists) == 0) return NULL;
    mutex_lock(&q->lock);
    Process *p = localqueue_pop(&q->lists);
    mutex_unlock(&q->lock);
    return p;
}

Process *runqueue_pop_random(RunQueue *q, uint64_t random) {
    Process *p = NULL;
    mutex_lock(&q->lock);
    for (uint32_t list = 0; list < RUNQ_LISTS && p == NULL; list++) {
        uint64_t n = 0;
        for (Process *at = q->lists.first[list]; at != NULL; at = at->queue_next) n++;
        if (n == 0) continue;
        Process **at = &q->lists.first[list];
        for (uint64_t skip = random % n; skip > 0; skip--) at = &(*at)->queue_next;
        p = unlink_at(&q->lists, list, at);
        p->raised = 0;
        set_count(&q->lists, count_of(&q->lists) - 1);
    }
    mutex_unlock(&q->lock);
    return p;
}

void runqueue_drain_filled(RunQueue *q, LocalQueue *to) {
    mutex_lock(&q->lock);
    for (uint32_t list = 0; list < RUNQ_LISTS; list++) {
        if (q->lists.first[list] == NULL) continue;
        *to->last[list] = q->lists.first[list];
        to->last[list] = q->lists.last[list];
        q->lists.first[list] = NULL;
        q->lists.last[list] = &q->lists.first[list];
    }
    set_count(to, count_of(to) + count_of(&q->lists));
    set_count(&q->lists, 0);
    to->new_count += q->lists.new_count;
    q->lists.new_count = 0;
    mutex_unlock(&q->lock);
}

void runqueue_fill(RunQueue *q, LocalQueue *from, uint32_t count) {
    ASSERT(count <= count_of(from));
    mutex_lock(&q->lock);
    for (uint32_t list = RUNQ_LISTS; list-- > 0 && count > 0;)
        for (Process *p; count > 0 && (p = pop_from(from, list)) != NULL; count--)
            localqueue_push(&q->lists, p);
    mutex_unlock(&q->lock);
    publish();
}

void runqueue_give(RunQueue *q, LocalQueue *from, uint32_t list, uint32_t count) {
    ASSERT(list < RUNQ_LISTS && count <= count_of(from));
    mutex_lock(&q->lock);
    for (uint32_t i = 0; i < count; i++) {
        Process *p = unlink_at(from, list, &from->first[list]);
        set_count(from, count_of(from) - 1);
        localqueue_push(&q->lists, p);
    }
    mutex_unlock(&q->lock);
    publish();
}
