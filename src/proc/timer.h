// SPDX-License-Identifier: Apache-2.0
//
// timer.h - hierarchical timer wheels in milliseconds, one per scheduler.
//
//   level 0   256 slots of 1 ms        a timer stands at the level of the highest byte in which its
//   tick and the level 1   256 slots of 256 ms      wheel's differ, so level 0 holds only the
//   present 256 ms, and a slot of a
//   ...       up to level 4            higher level is spread over the lower ones when its time
//   begins
//
// TIMER-1: a timer never goes off early, and timers of one tick go off in the order in which they
// were started. TIMER-2: `slot`, `next`, `previous` are guarded by the wheel's lock; an armed timer
// is in exactly one slot. TIMER-3: a timer is shared by the wheel and one holder; each drops its
// reference once, the last one frees it.
//          The wheel drops its own after `fire`, which runs outside the lock, or when timer_cancel
//          unlinks it.
// Threads: any may start and cancel; one thread advances a wheel.
#ifndef MICA_PROC_TIMER_H
#define MICA_PROC_TIMER_H

#include "base/base.h"
#include "world/thread.h"

#define TIMER_LEVELS 5
#define TIMER_SLOTS 256

typedef struct Timer Timer;
typedef struct TimerWheel TimerWheel;

struct Timer {
    Timer *next, **previous; // previous NULL: not armed
    TimerWheel *wheel;
    uint64_t tick; // when it goes off
    uint32_t slot; // level * TIMER_SLOTS + slot
    _Atomic uint32_t refs;
    void (*fire)(void *context, Timer *t);
    void (*free_function)(Timer *t);
};

typedef struct TimerList {
    Timer *first, **last;
} TimerList;

struct TimerWheel {
    Mutex lock;
    uint64_t now;               // ticks up to here are done
    uint64_t count;             // armed timers
    _Atomic uint64_t next_tick; // a lower bound of the next timer's tick; UINT64_MAX: none. Written
                                // under the lock.
    uint64_t used[TIMER_LEVELS][TIMER_SLOTS / 64];
    TimerList slots[TIMER_LEVELS * TIMER_SLOTS];
};

void timer_wheel_init(TimerWheel *w, uint64_t now);
/** Drops what is still armed. */
void timer_wheel_free(TimerWheel *w);
/**
 * Arms t, whose fire and free_function are set, with two references: the wheel's and the caller's.
 * True when it is the wheel's earliest now: a sleeping owner must be woken.
 */
bool timer_start(TimerWheel *w, Timer *t, uint64_t tick);
/** True: it will not go off. False: it went off, or is about to. The caller's reference stays its
 * own. */
bool timer_cancel(Timer *t);
void timer_release(Timer *t);
/** Drops a reference; true: it was the last one, the caller frees t. */
bool timer_drop(Timer *t);
/** Fires everything due up to and with tick `now`. Returns how many went off. */
uint32_t timer_wheel_advance(TimerWheel *w, uint64_t now, void *context);
static ALWAYS_INLINE uint64_t timer_wheel_next(TimerWheel *w) {
    return atomic_load_explicit(&w->next_tick, memory_order_relaxed);
}

#endif
