// SPDX-License-Identifier: Apache-2.0
//
// exec.h - running a process: the door to the interpreter.
#ifndef MICA_EXEC_EXEC_H
#define MICA_EXEC_EXEC_H

#include "proc/process.h"

/** Why exec_run came back. */
typedef enum {
    EXEC_YIELDED, // reductions spent: goes to the end of its queue
    EXEC_WAITING, // in a receive with nothing to take
    EXEC_EXITED,  // p->exit_reason is set; the process ended
    EXEC_DIRTY,   // must go on on a dirty thread (p->dirty_kind)
    EXEC_SUSPENDED
} ExecResult;

/** Runs p from p->pc with p->saved_x for at most reductions; p->x and p->scheduler are set by the caller. */
ExecResult exec_run(Process *p, int64_t reductions);

#endif
