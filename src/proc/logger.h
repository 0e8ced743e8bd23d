// SPDX-License-Identifier: Apache-2.0
//
// logger.h - what the VM itself has to say goes to the process registered as `logger`, in the form
// that OTP's logger expects; without one, to standard error. Any registered thread.
#ifndef MICA_PROC_LOGGER_H
#define MICA_PROC_LOGGER_H

#include "proc/process.h"

/**
 * Sends {log, Level, Format, Args, Metadata}. level: am_error, am_warning, am_info ...; pid and
 * group_leader: of whom it is about, or TERM_NONE. args is a list that lives anywhere.
 */
void logger_send(VM *vm, Process *about, Term level, const char *format, Term args);

#endif
