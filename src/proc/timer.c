// SPDX-License-Identifier: Apache-2.0
//
// timer.c - timer wheels; see timer.h for TIMER-1 to 3.
#include "proc/timer.h"

#include "base/alloc.h"

static void list_init(TimerList *l) {
    l->first = NULL;
    l->last = &l->first;
}

static void list_append(TimerList *l, Timer *t) {
    t->next = NULL;
    t->previous = l->last;
    *l->last = t;
    l->last = &t->next;
}

void timer_wheel_init(TimerWheel *w, uint64_t now) {
    memset(w->used, 0, sizeof w->used);
    mutex_init(&w->lock);
    w->now = now;
    w->count = 0;
    atomic_init(&w->next_tick, UINT64_MAX);
    for (size_t i = 0; i < ARRAY_COUNT(w->slots); i++) list_init(&w->slots[i]);
}

bool timer_drop(Timer *t) {
    // acquire-release: the last one sees all that the others did with t
    return atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel) == 1;
}

void timer_release(Timer *t) {
    if (timer_drop(t)) t->free_function(t);
}

void timer_wheel_free(TimerWheel *w) {
    for (size_t i = 0; i < ARRAY_COUNT(w->slots); i++) {
        for (Timer *t = w->slots[i].first, *next; t != NULL; t = next) {
            next = t->next;
            t->previous = NULL;
            timer_release(t);
        }
    }
    mutex_free(&w->lock);
}

static bool slot_is_used(const TimerWheel *w, uint32_t slot) {
    return (w->used[slot / TIMER_SLOTS][slot % TIMER_SLOTS / 64] >> (slot % 64) & 1) != 0;
}

static void slot_mark(TimerWheel *w, uint32_t slot, bool used) {
    uint64_t bit = (uint64_t)1 << (slot % 64);
    uint64_t *word = &w->used[slot / TIMER_SLOTS][slot % TIMER_SLOTS / 64];
    *word = used ? *word | bit : *word & ~bit;
}

/** Files t by the highest byte in which its tick and the wheel's differ; the lock is held. */
static void place(TimerWheel *w, Timer *t) {
    ASSERT(t->tick > w->now);
    uint32_t level = (63u - (uint32_t)__builtin_clzll(t->tick ^ w->now)) / 8;
    uint32_t slot;
    if (level < TIMER_LEVELS) {
        slot = (uint32_t)(t->tick >> 8 * level) & 255u;
    } else { // beyond 34 years: looked at again when the top level's last slot comes, or its round
             // ends
        level = TIMER_LEVELS - 1;
        slot = ((w->now >> 8 * level) & 255u) == 255u ? 0 : 255u;
    }
    t->slot = level * TIMER_SLOTS + slot;
    list_append(&w->slots[t->slot], t);
    slot_mark(w, t->slot, true);
}

/** First used slot of a level above `after`, or TIMER_SLOTS. */
static uint32_t next_used(const TimerWheel *w, uint32_t level, uint32_t after) {
    ASSERT(level < TIMER_LEVELS && after < TIMER_SLOTS);
    for (uint32_t i = after + 1; i < TIMER_SLOTS; i = (i | 63) + 1) {
        uint64_t word = w->used[level][i / 64] >> (i % 64);
        if (word != 0) return i + (uint32_t)__builtin_ctzll(word);
    }
    return TIMER_SLOTS;
}

/** The next tick at which something goes off or a higher slot is to be spread. */
static uint64_t next_event(const TimerWheel *w) {
    if (w->count == 0) return UINT64_MAX;
    for (uint32_t level = 0; level < TIMER_LEVELS; level++) {
        uint32_t slot = next_used(w, level, (uint32_t)(w->now >> 8 * level) & 255u);
        if (slot == TIMER_SLOTS) continue;
        uint64_t above = w->now >> 8 * level >> 8;
        return (above << 8 | slot) << 8 * level;
    }
    return ((w->now >> 8 * TIMER_LEVELS) + 1) << 8 * TIMER_LEVELS;
}

static void publish_next(TimerWheel *w) {
    atomic_store_explicit(&w->next_tick, next_event(w), memory_order_relaxed);
}

bool timer_start(TimerWheel *w, Timer *t, uint64_t tick) {
    ASSERT(t->fire != NULL && t->free_function != NULL);
    ASSERT(t->previous == NULL); // TIMER-2: not armed yet
    atomic_init(&t->refs, 2);
    t->wheel = w;
    mutex_lock(&w->lock);
    t->tick = MAX(tick, w->now + 1);
    uint64_t before = timer_wheel_next(w);
    place(w, t);
    w->count++;
    // The next event is where t's slot begins, or an earlier one that is known.
    uint32_t level = t->slot / TIMER_SLOTS;
    uint64_t event = t->tick >> 8 * level << 8 * level;
    if (UNLIKELY((t->tick ^ w->now) >> 8 * TIMER_LEVELS != 0)) event = next_event(w);
    bool earliest = event < before;
    if (earliest) atomic_store_explicit(&w->next_tick, event, memory_order_relaxed);
    mutex_unlock(&w->lock);
    return earliest;
}

/** Out of its slot; the lock is held. */
static void unlink_timer(TimerWheel *w, Timer *t) {
    ASSERT(t->previous != NULL && w->count > 0); // TIMER-2
    TimerList *l = &w->slots[t->slot];
    *t->previous = t->next;
    if (t->next != NULL)
        t->next->previous = t->previous;
    else
        l->last = t->previous;
    t->previous = NULL;
    if (l->first == NULL) slot_mark(w, t->slot, false);
    w->count--;
}

bool timer_cancel(Timer *t) {
    ASSERT(t->wheel != NULL);
    TimerWheel *w = t->wheel;
    mutex_lock(&w->lock);
    bool armed = t->previous != NULL;
    if (armed) {
        unlink_timer(w, t);
        // Another event than the next one may stay published: then the wheel is looked at once for
        // nothing, which is cheaper than to search at each of the many cancellations.
        if (w->count == 0) publish_next(w);
    }
    mutex_unlock(&w->lock);
    if (armed) timer_release(t); // TIMER-3: the wheel's reference
    return armed;
}

/** Empties a slot of a higher level into the lower ones. Timers of this very tick go to `due`. */
static void spread(TimerWheel *w, uint32_t slot, TimerList *due) {
    ASSERT(slot < TIMER_LEVELS * TIMER_SLOTS);
    Timer *t = w->slots[slot].first;
    list_init(&w->slots[slot]);
    slot_mark(w, slot, false);
    for (Timer *next; t != NULL; t = next) {
        next = t->next;
        t->previous = NULL;
        if (t->tick > w->now) {
            place(w, t);
        } else {
            list_append(due, t);
            w->count--;
        }
    }
}

uint32_t timer_wheel_advance(TimerWheel *w, uint64_t now, void *context) {
    uint32_t fired = 0;
    if (timer_wheel_next(w) > now) return 0;
    mutex_lock(&w->lock);
    while (w->now < now) {
        uint64_t next = next_event(w);
        if (next > now) {
            w->now = now;
            break;
        }
        ASSERT(next > w->now);
        w->now = next;
        TimerList due;
        list_init(&due);
        for (uint32_t level = TIMER_LEVELS; level-- > 0;) {
            if (level > 0 && (next & (((uint64_t)1 << 8 * level) - 1)) != 0) continue;
            uint32_t slot = level * TIMER_SLOTS + ((uint32_t)(next >> 8 * level) & 255u);
            if (slot_is_used(w, slot)) spread(w, slot, &due);
        }
        // What is due is in no slot: its previous is cleared under the lock, so that timer_cancel
        // leaves it alone.
        for (Timer *t = due.first; t != NULL; t = t->next) t->previous = NULL;
        mutex_unlock(&w->lock);
        for (Timer *t = due.first, *following; t != NULL; t = following) {
            following = t->next;
            t->fire(context, t);
            timer_release(t);
            fired++;
        }
        mutex_lock(&w->lock);
    }
    publish_next(w);
    mutex_unlock(&w->lock);
    return fired;
}
