// SPDX-License-Identifier: Apache-2.0
//
// crash_report.h - what is left to read when a VM ends badly: a text in the form of OTP's crash
// dumps.
#ifndef MICA_IO_CRASH_REPORT_H
#define MICA_IO_CRASH_REPORT_H

#include "vm/vm.h"

/**
 * Writes the slogan to standard error and, unless it is switched off, the report to $ERL_CRASH_DUMP
 * or erl_crash.dump. No process runs. Errors are told on standard error; nothing more can be done
 * about them.
 */
void crash_report_write(VM *vm, const char *slogan);

#endif
