// SPDX-License-Identifier: Apache-2.0
//
// quiesce.h - memory that others may still be reading is freed when every thread has passed a quiet
// point.
//
// A thread that reads shared tables without locks registers itself. At a quiet point it holds no
// pointer that it found in such a table. A thread that sleeps or blocks goes offline first: then it
// counts as quiet.
//
//   QUIESCE-1: what is retired was unlinked before: a reader that starts later cannot find it.
//   QUIESCE-2: `epoch` grows with each retirement; a thread's `seen` is the epoch at its last quiet
//   point. A block
//              retired at epoch e is free once every online thread has seen >= e.
//   Each thread has lists of its own, so that what it retires often costs no lock: what it retired
//   since it last moved the epoch, and what it retired before that.
//   QUIESCE-3: free functions run outside the lock, on whichever thread passes a quiet point; they
//   may retire more.
//   QUIESCE-4: the record of a thread stays in the list until q is destroyed and serves the next
//   one that registers, so that the list is read without the lock.
//
// Threads: any, registered; quiesce_retire also unregistered ones.
#ifndef MICA_PROC_QUIESCE_H
#define MICA_PROC_QUIESCE_H

#include "base/base.h"

typedef struct Quiesce Quiesce;
typedef struct QuiesceThread QuiesceThread;

Quiesce *quiesce_create(void);
/** No thread is registered any more: everything retired is freed. */
void quiesce_drain(Quiesce *q);
/** The same, and q with it. */
void quiesce_destroy(Quiesce *q);

/** The calling thread, online. */
QuiesceThread *quiesce_register(Quiesce *q);
void quiesce_unregister(Quiesce *q, QuiesceThread *t);
/** t holds nothing that it found in a shared table. Cheap. */
void quiesce_quiet(Quiesce *q, QuiesceThread *t);
/** Around sleeping and blocking: between the two, t reads no shared table. */
void quiesce_offline(Quiesce *q, QuiesceThread *t);
void quiesce_online(Quiesce *q, QuiesceThread *t);
/** As quiesce_retire, by the registered thread t itself, and without a lock: for what ends all the
 * time. own_function(ptr) runs on this thread; once that has unregistered, free_function(ptr) on
 * any. */
void quiesce_retire_own(QuiesceThread *t, void (*own_function)(void *),
                        void (*free_function)(void *), void *ptr);
/** free_function(ptr) runs when nobody can hold ptr any more. */
void quiesce_retire(Quiesce *q, void (*free_function)(void *), void *ptr);

#endif
