// SPDX-License-Identifier: Apache-2.0
//
// log.h - what the VM itself has to say goes to OTP's logger, as it does from the real VM; where there is no logger yet,
// to standard error. Any thread may call.
#ifndef MICA_VM_LOG_H
#define MICA_VM_LOG_H

#include "vm/vm.h"

/**
 * Sends {log, Level, Format, Args, Metadata} to the process `logger`. level: am_error, am_warning or am_info; pid and gl
 * may be TERM_NONE. format: text with ~ directives; args: their terms (copied).
 */
void log_format(VM *vm, Term level, Term pid, Term gl, const char *format, Term args);
/** As log_format with "~s~n" and one text (bytes as Latin-1). */
void log_text(VM *vm, Term level, Term pid, Term gl, const char *text, size_t count);

#endif
