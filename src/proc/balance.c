// SPDX-License-Identifier: Apache-2.0
//
// balance.c - see balance.h.
#include "proc/balance.h"

#include "base/alloc.h"
#include "proc/scheduler_threads.h"
#include "vm/vm.h"

#define WEIGHT_NORMAL                                                                              \
    RUNQ_LOW_SKIPS // of a process whose turn comes in every round; low ones have 1
#define WEIGHT_MIN (16 * WEIGHT_NORMAL) // BAL-2: less than that is not worth moving
#define STARVING 16                     // so much less is next to nothing
#define LOOKS_TO_FOLLOW 16
#define LOOKED_AT_MAX 512 // processes of a list
#define GIVEN_MAX 4096    // at a time

static uint32_t weight_of(const Process *p) {
    return p->priority > PRIORITY_NORMAL ? 1 : WEIGHT_NORMAL;
}

/** Of all that wait here in this list; a long one is judged by its first ones. */
static uint64_t weigh(const LocalQueue *q, uint32_t list) {
    uint64_t weight = 0, seen = 0;
    const Process *p = q->first[list];
    for (; p != NULL && seen < LOOKED_AT_MAX; p = p->queue_next, seen++) weight += weight_of(p);
    if (p == NULL) return weight;
    ASSERT(seen > 0 && localqueue_count(q) >= seen); // RUNQ-2
    return weight * localqueue_count(q) / seen;
}

/** What a scheduler does for this list and those of lower priority: these would stand back. */
static uint64_t rate_of(const struct BalanceSeen *seen, uint32_t list) {
    uint64_t rate = 0;
    for (uint32_t i = list; i < RUNQ_LISTS; i++) rate += seen->rate[i];
    return rate;
}

/** What s can ask of `owner`: its share of the weight of both, less what it has. */
static uint64_t missing(const Scheduler *s, const Scheduler *owner, uint32_t list) {
    uint64_t mine = atomic_load_explicit(&s->weight[list], memory_order_relaxed);
    uint64_t theirs = atomic_load_explicit(&owner->weight[list], memory_order_relaxed);
    uint64_t my_rate = rate_of(&s->seen[s->index], list);
    uint64_t rate = rate_of(&s->seen[owner->index], list);
    ASSERT(s != owner);
    if (my_rate > STARVING * rate) return theirs; // what is urgent keeps the owner busy
    if (theirs < WEIGHT_MIN || my_rate == 0) return 0;
    double fair = (double)(mine + theirs) * (double)my_rate / (double)(my_rate + rate);
    // a round there must take half as long again as here
    if ((double)theirs * (double)my_rate < 1.5 * (double)mine * (double)rate) return 0;
    double less = fair - (double)mine;
    return less < WEIGHT_MIN / 2 ? 0 : (uint64_t)less; // BAL-2
}

static void note_rates(Scheduler *s) {
    ASSERT(s->seen != NULL);
    for (uint32_t i = 0; i < s->set->count; i++) {
        struct BalanceSeen *seen = &s->seen[i];
        for (uint32_t list = 0; list < RUNQ_LISTS; list++) {
            uint64_t work =
                atomic_load_explicit(&s->set->normal[i]->work[list], memory_order_relaxed);
            seen->rate[list] = (3 * seen->rate[list] + (work - seen->work[list])) / 4;
            seen->work[list] = work;
        }
    }
}

/** True when somebody was asked. */
static bool ask(Scheduler *s, uint32_t list) {
    Scheduler *owner = NULL;
    uint64_t most = 0;
    for (uint32_t i = 0; i < s->set->count; i++) {
        Scheduler *other = s->set->normal[i];
        if (other == s || !scheduler_is_active(other)) continue;
        uint64_t weight = missing(s, other, list);
        if (weight > most) most = weight, owner = other;
    }
    if (most == 0) return false;
    ASSERT(owner != NULL && list < RUNQ_LISTS);
    uint64_t wish = MIN(most, UINT32_MAX) << 32 | (uint64_t)s->index << 8 | list, none = 0;
    // BAL-1; relaxed: the owner needs nothing else that s has written
    return atomic_compare_exchange_strong_explicit(&owner->wished, &none, wish,
                                                   memory_order_relaxed, memory_order_relaxed);
}

void balance_look(Scheduler *s) {
    s->balance_credit = BALANCE_CREDIT;
    if (s->set->count == 1 || s->vm->config.deterministic || !scheduler_is_active(s)) return;
    if (s->seen == NULL) s->seen = mem_zalloc(s->set->count * sizeof *s->seen);
    for (uint32_t list = 0; list < RUNQ_LISTS; list++)
        atomic_store_explicit(&s->weight[list], weigh(&s->local, list), memory_order_relaxed);
    note_rates(s);
    atomic_store_explicit(&s->looks, atomic_load_explicit(&s->looks, memory_order_relaxed) + 1,
                          memory_order_relaxed);
    for (uint32_t list = 0; list < RUNQ_LISTS; list++)
        if (ask(s, list)) return;
}

void balance_rest(Scheduler *s) {
    ASSERT(s->kind == SCHEDULER_NORMAL);
    for (uint32_t list = 0; list < RUNQ_LISTS; list++)
        atomic_store_explicit(&s->weight[list], 0, memory_order_relaxed);
    atomic_store_explicit(&s->wished, 0, memory_order_relaxed);
}

static void move_weight(Scheduler *from, Scheduler *to, uint32_t list, uint64_t weight) {
    uint64_t before = atomic_load_explicit(&from->weight[list], memory_order_relaxed);
    atomic_store_explicit(&from->weight[list], before - MIN(before, weight), memory_order_relaxed);
    atomic_fetch_add_explicit(&to->weight[list], weight, memory_order_relaxed);
}

void balance_give(Scheduler *s) {
    uint64_t wish = atomic_exchange_explicit(&s->wished, 0, memory_order_relaxed);
    uint32_t list = wish & 0xff, index = wish >> 8 & 0xffffff;
    ASSERT(list < RUNQ_LISTS && index < s->set->count);
    Scheduler *to = s->set->normal[index];
    if (to == s || !scheduler_is_active(to) || !scheduler_is_active(s)) return;
    uint64_t wanted = wish >> 32, weight = 0;
    uint32_t count = 0;
    for (const Process *p = s->local.first[list];
         p != NULL && weight + weight_of(p) <= wanted && count < GIVEN_MAX; p = p->queue_next) {
        weight += weight_of(p);
        count++;
    }
    if (count == 0) return;
    runqueue_give(&to->inbox, &s->local, list, count);
    move_weight(s, to, list, weight);
    scheduler_wake(to);
}

uint64_t balance_rounds(const SchedulerSet *set) {
    uint64_t looks = 0;
    ASSERT(set->count > 0);
    for (uint32_t i = 0; i < set->count; i++)
        looks += atomic_load_explicit(&set->normal[i]->looks, memory_order_relaxed);
    return looks / set->count / LOOKS_TO_FOLLOW;
}
