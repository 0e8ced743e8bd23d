// SPDX-License-Identifier: Apache-2.0
//
// process_text.h - all about a process as text, in the form of OTP's break handler and crash dumps.
#ifndef MICA_PROC_PROCESS_TEXT_H
#define MICA_PROC_PROCESS_TEXT_H

#include "proc/process.h"
#include "term/print.h"

/** Adds p's =proc section. Nobody begins to run p meanwhile; one that somebody still runs, and is
 * not the caller's own (self), is shown without its inside. */
void process_text_add(TextBuffer *out, Process *p, const Process *self);

#endif
