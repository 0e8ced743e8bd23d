// SPDX-License-Identifier: Apache-2.0
//
// code_permit.h - one process at a time changes versions of modules (code_permit_take): a built-in
// that does so begins with code_change_begin and ends with code_change_end. Only the thread that
// runs p calls.
#ifndef MICA_BIF_CODE_PERMIT_H
#define MICA_BIF_CODE_PERMIT_H

#include "proc/process.h"

/** False: another process changes code; p sleeps until it has done so, and its built-in has to be
 * called again (bif_yield). */
bool code_change_begin(Process *p);
void code_change_end(Process *p);

#endif
