// SPDX-License-Identifier: Apache-2.0
//
// exec.h - running a process: the door to the interpreter.
#ifndef MICA_EXEC_EXEC_H
#define MICA_EXEC_EXEC_H

#include "proc/process.h"

/**
 * Words of a scheduler's register array (Process.x): X registers, then float registers (doubles),
 * then scratch for the interpreter. Whoever allocates p->x allocates so many, 16-byte aligned. Only
 * the first X_REG_COUNT can hold terms.
 */
#define EXEC_REGISTER_WORDS REGISTER_WORDS

/** What a code server is created with (CodeConfig.hooks). */
extern const struct CodeHooks exec_code_hooks;

/**
 * Makes vm->exec (special code) and sets the calls upward that are this room's: run_process,
 * entry_apply, stack_trace, code_hooks. Needs nothing of the VM.
 */
void exec_create(VM *vm);
void exec_destroy(VM *vm);
#define EXEC_BACKTRACE_DEPTH_DEFAULT 8u
#define EXEC_BACKTRACE_DEPTH_MAX 1000u
/** system_flag(backtrace_depth): entries of a stack trace; returns what it was. Any thread. */
uint32_t exec_set_backtrace_depth(VM *vm, uint32_t depth);
uint32_t exec_backtrace_depth(VM *vm);

/** Runs p from p->pc with p->saved_x for at most reductions; p->x and p->scheduler are set by the
 * caller. */
int exec_run(Process *p, int64_t reductions);

#endif
