// SPDX-License-Identifier: Apache-2.0
//
// long_call.h - built-ins that may take long: they run on a C stack of their own, leave it when the
// process's turn is over, and go on where they were when the process runs next.
//
//   instruction -> built-in -> long_call_run -> [fiber] body ... budget_spend ... -+
//        ^                                                                         |
//        +-- pauses: p keeps the call, the instruction's address and its registers-+
//   next turn: the same instruction -> long_call_run -> [fiber] goes on behind budget_spend
//
// LONG-1: while p->long_call is set and p does not run, C variables on the fiber hold terms of p:
//         its heap is not collected, and requests that would move terms or take literals from
//         under it wait (signals_deferred). Other signals are handled as ever.
// LONG-2: a call is paused by budget_spend only, so BUDGET-1 to BUDGET-3 are all that a body has to
//         keep. A process that ends meanwhile abandons it: guards run, the fiber's frames are
//         dropped.
// LONG-3: only a normal scheduler starts or goes on with a call; anybody else who calls a long
//         built-in (a dirty thread, a host, a match specification,
//         which sets long_calls_held) gets it in one go.
// LONG-4: a body may go to a dirty thread for a part that cannot be cut (long_call_dirty_begin) and
//         comes back before it returns.
// LONG-5: from long_call_dirty_begin on, the body need not guard what it holds: if the process ends
//         it is run to its end first. So what follows long_call_dirty_end must be short.
//
// Threads: the one that runs the process (PROC-1).
#ifndef MICA_PROC_LONG_CALL_H
#define MICA_PROC_LONG_CALL_H

#include "base/budget.h"
#include "proc/process.h"
#include "term/fun.h"

#define LONG_CALL_ARGS_MAX 4
#define LONG_CALLS_KEPT_MAX 4 // ended ones that a scheduler keeps for the next

typedef Term (*LongCallFunction)(Process *p, Term *args);

/** Runs body, or goes on with it. TERM_NONE: what p->exc says; EXC_PAUSED: again, in another turn.
 */
Term long_call_run(Process *p, const Term *args, uint32_t arity, LongCallFunction body);
/** What the running body spends: NULL when it must go on to its end (LONG-3). */
Budget *long_call_budget(const Process *p);
/** What the end of p spends: nothing while another thread runs a built-in of it (BESIDE-1). */
static inline Budget *long_call_budget_of_end(const Process *p) {
    return p->beside != NULL ? NULL : long_call_budget(p);
}
/** What waited for the end of p's call is due now. */
void long_call_take_deferred(Process *p);
/** Does a call of p stand still, its terms in C variables? (LONG-1) */
static ALWAYS_INLINE bool long_call_is_paused(const Process *p) { return p->long_call != NULL; }
/** The paused call is one of built-in ex. */
void long_call_show(Process *p, const Export *ex);
/** {M, F, Arity} by which BEAM shows a process whose built-in has paused: the built-in itself, or
 * the function it goes on in. False: none has paused, or it is a guard's. */
bool long_call_place(const Process *p, Term mfa[3]);
/** The process ends: its call goes aside, and what the call holds is freed (by a long call again:
 * a guard may spend steps). */
void long_call_leave(Process *p);
void long_call_abandon(Process *p);
/** Goes on with the body on a dirty CPU thread (LONG-4); nothing happens outside a long call. */
void long_call_dirty_begin(Process *p);
void long_call_dirty_end(Process *p);
/** Frees a scheduler's ended calls. */
void long_call_free_kept(Scheduler *s);

#endif
