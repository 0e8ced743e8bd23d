// SPDX-License-Identifier: Apache-2.0
//
// exec.h - running a process: the door to the interpreter.
#ifndef MICA_EXEC_EXEC_H
#define MICA_EXEC_EXEC_H

#include "proc/process.h"

/**
 * Words of a scheduler's register array (Process.x): X registers, then float registers (doubles), then scratch for the
 * interpreter. Whoever allocates p->x allocates so many, 16-byte aligned. Only the first X_REG_COUNT can hold terms.
 */
#define EXEC_REGISTER_WORDS REGISTER_WORDS

/** Makes vm->exec (special code) and sets vm->code_hooks and vm->run_process. Needs nothing but vm->atoms. */
void exec_create(VM *vm);
void exec_destroy(VM *vm);
/** Where a new process starts: set p->pc to this, with x0..x2 = module, function, argument list (saved_x_count 3). */
const Word *exec_start_apply(VM *vm);
/** As exec_start_apply for a fun of arity 0 in x0 (saved_x_count 1). */
const Word *exec_start_fun(VM *vm);
/** Prepares a new process's stack: pushes the bottom frame, returning to which ends the process normally. */
void exec_init_stack(Process *p);

/** Runs p from p->pc with p->saved_x for at most reductions; p->x and p->scheduler are set by the caller. */
ExecResult exec_run(Process *p, int64_t reductions);

#endif
