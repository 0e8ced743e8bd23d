// SPDX-License-Identifier: Apache-2.0
//
// backtrace.h - a process's stack as text: process_info(Pid, backtrace) and process_display.
#ifndef MICA_PROC_BACKTRACE_H
#define MICA_PROC_BACKTRACE_H

#include "proc/process.h"
#include "term/print.h"

/** Adds the text; p does not run (is_stopped: and its registers are told), or is the caller's own.
 */
void backtrace_add(TextBuffer *out, Process *p, bool is_stopped);

#endif
