// SPDX-License-Identifier: Apache-2.0
//
// time.h - the clocks of one VM, its references and its receive timeouts.
//
// Erlang monotonic time starts at TIME_MONOTONIC_BEGIN, as OTP's does; system time is monotonic
// time plus an offset. In a deterministic VM the clock stands still while anything can run and then
// jumps to the next timer.
//
// TIME-1: monotonic time never goes back.
// TIME-2: a receive timer that is armed stays armed when its receive ends, and serves the next one
//         whose deadline is not before it: so a server's calls, which set and forget a timeout
//         each, touch no wheel. One that goes off before the deadline of that time is started anew.
// TIME-3: monotonic time begins at a whole second, so a tick is a whole millisecond of it: a timer
//         that is due at one ({abs, true}, or so many milliseconds rounded up) goes off right then.
// Threads: any.
#ifndef MICA_PROC_TIME_H
#define MICA_PROC_TIME_H

#include "proc/process.h"
#include "proc/timer.h"

#define TIME_MONOTONIC_BEGIN (-576460752000000000) // ns: TIME-3
#define TIME_MONOTONIC_END 8646911284551352319     // ns, as OTP's end_time
#define TIME_TICK_NS 1000000

typedef struct TimeService TimeService;

TimeService *time_service_create(VM *vm);
void time_service_destroy(TimeService *t);

/** Erlang monotonic time in ns. */
int64_t time_monotonic_ns(VM *vm);
/** Erlang system time in ns since 1970. */
int64_t time_system_ns(VM *vm);
int64_t time_offset_ns(VM *vm);
/** What the operating system's clock says (virtual in a deterministic VM). */
int64_t time_os_system_ns(VM *vm);
/** Fixes the offset in single time warp mode: the previous state is preliminary, final or volatile
 * (atoms). */
Term time_finalize_offset(VM *vm);
Term time_offset_state(VM *vm);
int64_t time_start_ns(VM *vm);
/** erlang:now/0: microseconds, strictly growing. */
int64_t time_now_unique_us(VM *vm);

/** A wheel's tick of a monotonic time, rounded up (TIMER-1), and of the present, rounded down. */
uint64_t time_tick_of(int64_t monotonic_ns);
uint64_t time_tick_now(VM *vm);
/** How long it is until this tick begins; 0 when it has. */
int64_t time_until_tick_ns(VM *vm, uint64_t tick);
/** Deterministic VM: the clock jumps forward to this tick. */
void time_jump_to_tick(VM *vm, uint64_t tick);

/** p waits in a receive that ends in so many milliseconds: p->receive_deadline, and a timer
 * (TIME-2). */
void time_set_receive_deadline(Process *p, uint64_t timeout_ms);
/** The timer of this id went off: is it p's latest, and p's deadline here? */
bool time_receive_timer_fired(Process *p, uint64_t id);
void time_cancel_receive_timer(Process *p);

/** Starts a timer in the wheel of the scheduler that runs p. */
void time_start_on_wheel(const Process *p, Timer *t, uint64_t tick);

/** The next integer of erlang:unique_integer/1. One counter serves all kinds: it grows strictly, so
 * it is monotonic, too. */
int64_t time_unique_integer(VM *vm, bool positive);
/** A fresh reference in h; owner: see term/ref.h (TERM_NONE for plain ones). */
Term reference_make(VM *vm, Heap *h, Term owner);
void reference_make_words(VM *vm, uint64_t words[3], Term owner);
/** The same of a magic reference: REF_MAGIC_MARK is in them. */
void reference_make_magic_words(VM *vm, uint64_t words[3]);

#endif
