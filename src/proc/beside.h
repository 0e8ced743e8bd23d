// SPDX-License-Identifier: Apache-2.0
//
// beside.h - the signals of a process whose built-in blocks on a dirty thread: they are handled
// beside that thread, by a normal scheduler, so that a kill, a link or a question need not wait for
// the built-in's end.
//
//   normal: beside_begin -> dirty queue -> dirty thread: beside_start .. built-in .. beside_leave
//                     a signal: beside_wake -> set's queue -> normal: beside_step
//
// BESIDE-1: while PROCESS_DIRTY is set in p's state, p has a Beside record, which names who may
//           touch what: signals, relations, messages, flags and the decision to end belong to who
//           handles its signals (at most one thread, `handling`), registers, heap and everything
//           else to the dirty thread. Code and stack change in neither.
// BESIDE-2: what the handler needs in p's heap it puts into the record's fragments, which become
//           p's when it leaves. Requests that look at more than BESIDE-1 allows wait until then.
// BESIDE-3: a process that a signal ends is dead for everybody at once; its memory stays until the
//           built-in has returned.
// BESIDE-4: records are guarded by the scheduler set's beside_lock. A handler waits for nothing
//           that waits for a dirty thread, so beside_leave may wait for a handler.
#ifndef MICA_PROC_BESIDE_H
#define MICA_PROC_BESIDE_H

#include "proc/scheduler.h"

/** p, which this normal scheduler runs, is about to go into a dirty queue. */
void beside_begin(Process *p);
/** This dirty thread took p out of its queue. False: it has ended meanwhile, its code runs no more.
 */
bool beside_start(Process *p);
/** The built-in has returned: p is all this thread's again. False: it has ended meanwhile. */
bool beside_leave(Process *p);
/** A signal came for p. False: it is no dirty thread's any more. */
bool beside_wake(VM *vm, Process *p);
/** Handles the signals of one that waits for it. False: there is none. */
bool beside_step(SchedulerSet *set);
/** Was p's end told while its built-in runs? For that built-in itself. */
bool beside_has_ended(const Process *p);
/** As quiesce_retire, for what a built-in may use whose process has ended (literals, code): waits
 * until none of these runs. */
void beside_retire(VM *vm, void (*free_function)(void *), void *p);
/** The same, only if one of these runs. False: none does, and nothing was done. */
bool beside_hold(VM *vm, void (*free_function)(void *), void *p);
/** Forgets what is kept for p, which no thread runs any more. */
void beside_drop(Process *p);
/** A term of p's that a handler of its signals makes: in p's heap, or beside it. */
Term beside_copy(Process *p, Term t);
/** p gets fragments whose terms it shows. */
void beside_adopt(Process *p, HeapFragment *f);

#endif
