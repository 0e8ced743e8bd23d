// SPDX-License-Identifier: Apache-2.0
//
// suspend.h - erlang:suspend_process and resume_process; see suspend.c. Only the thread that runs p
// calls.
#ifndef MICA_PROC_SUSPEND_H
#define MICA_PROC_SUSPEND_H

#include "proc/process.h"

/**
 * Asks target to stop running code. With a reference, p gets {Ref, true | badarg} (synchronous) or
 * {Ref, suspended | exited}.
 */
void process_request_suspend(Process *p, Term target, Term ref, bool synchronous);
/** p, which suspends target already, gets {Ref, false | badarg} once target has stopped. */
void process_wait_suspended(Process *p, Term target, Term ref);
/** Takes one suspension by p back; false when there is none. */
bool process_resume(Process *p, Term target);
bool process_is_suspending(const Process *p, Term target);

#endif
