// SPDX-License-Identifier: Apache-2.0
//
// thread_role.h - which VM a thread works for: what a native library's call without an environment
// goes by. Kept in the thread's one note (world/thread.h), for this is all that a C function which
// gets no argument has to find its VM.
//
// ROLE-1: a scheduler's and the poll thread's role stands while the thread runs; a thread that
//         steps a VM of its own for a while (a host's) puts back what stood before.
#ifndef MICA_PROC_THREAD_ROLE_H
#define MICA_PROC_THREAD_ROLE_H

#include "proc/scheduler.h"
#include "world/thread.h"

typedef struct ThreadRole {
    VM *vm;
    Scheduler *scheduler; // NULL: none of the VM's schedulers
    void *native;         // nif/: the thread's handle, once it was asked for: one block. Freed
                          // with a scheduler's thread
} ThreadRole;

static inline ThreadRole *thread_role_here(void) { return thread_note(); }
/** Returns what stood before. */
static inline ThreadRole *thread_role_set(ThreadRole *role) {
    ThreadRole *before = thread_note();
    thread_note_set(role);
    return before;
}

#endif
