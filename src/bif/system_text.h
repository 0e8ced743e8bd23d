// SPDX-License-Identifier: Apache-2.0
//
// system_text.h - system_info(info | procs | loaded): what OTP's break handler shows, as a binary.
#ifndef MICA_BIF_SYSTEM_TEXT_H
#define MICA_BIF_SYSTEM_TEXT_H

#include "proc/process.h"
#include "term/print.h"

/** Memory, tables and their sizes. */
Term system_text_info(Process *p);
/** Every process. Yields until no other thread runs one. */
Term system_text_procs(Process *p);
/** Bytes of code, of all modules and of each. */
Term system_text_loaded(Process *p);
/** The own node and its connections. */
Term system_text_nodes(Process *p);
/** The same, added to a text. While they read processes nobody else runs any; self: who asks, or
 * NULL. */
void system_text_add_info(TextBuffer *out, VM *vm);
void system_text_add_procs(TextBuffer *out, VM *vm, const Process *self);
void system_text_add_loaded(TextBuffer *out, VM *vm);
void system_text_add_nodes(TextBuffer *out, VM *vm);
/** Pids of all processes, oldest first; mem_free them. */
Term *system_text_pids(VM *vm, size_t *count);

#endif
