// SPDX-License-Identifier: Apache-2.0
//
// fiber.h - a C stack of its own for a piece of work that can be left and entered again.
//
// FIBER-1: a fiber is entered by one thread at a time; between two entries that may change. Code on
//          it therefore keeps nothing of the thread over a fiber_leave.
// FIBER-2: a fiber whose function has returned, or that was dropped, may be given a new function.
// FIBER-3: the page below the stack is no memory: running over the end is a fault, not a breach.
//
// Threads: whoever owns it.
#ifndef MICA_WORLD_FIBER_H
#define MICA_WORLD_FIBER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Fiber Fiber;

/** NULL when there is no memory. */
Fiber *fiber_new(void);
/** Any time but while it is entered; what lies on its stack is gone. */
void fiber_free(Fiber *f);
/** The next fiber_enter begins function(argument). */
void fiber_begin(Fiber *f, void (*function)(void *), void *argument);
/** Runs it on its stack until it leaves (true) or its function returns (false). */
bool fiber_enter(Fiber *f);
/** On the fiber's own stack: back to who entered; returns at the next fiber_enter. */
void fiber_leave(Fiber *f);
/** Forgets what was left unfinished. */
void fiber_drop(Fiber *f);

#endif
