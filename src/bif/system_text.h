// SPDX-License-Identifier: Apache-2.0
//
// system_text.h - system_info(info | procs | loaded): what OTP's break handler shows, as a binary.
#ifndef MICA_BIF_SYSTEM_TEXT_H
#define MICA_BIF_SYSTEM_TEXT_H

#include "proc/process.h"

/** Memory, tables and their sizes. */
Term system_text_info(Process *p);
/** Every process. Yields until no other thread runs one. */
Term system_text_procs(Process *p);
/** Bytes of code, of all modules and of each. */
Term system_text_loaded(Process *p);

#endif
