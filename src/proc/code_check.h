// SPDX-License-Identifier: Apache-2.0
//
// code_check.h - does a process still need an old version of a module?
#ifndef MICA_PROC_CODE_CHECK_H
#define MICA_PROC_CODE_CHECK_H

#include "proc/process.h"

/**
 * Is p in old code of the module, or will it return there? Only where p is not running elsewhere:
 * its own thread, or a signal handled for it. This is what check_process_code asks; false when the
 * module has no old code.
 */
bool process_uses_old_code(Process *p, Term module);

struct LiteralArea;
/**
 * Makes p independent of a literal area that is about to be freed: what it shows of it is copied
 * into its heap. Runs where p handles signals.
 */
void process_leave_literals(Process *p, const struct LiteralArea *a);

#endif
