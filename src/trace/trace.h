// SPDX-License-Identifier: Apache-2.0
//
// trace.h - the door to tracing for whoever makes a VM.
#ifndef MICA_TRACE_TRACE_H
#define MICA_TRACE_TRACE_H

#include "proc/process.h"

/** Sets vm->tracing's hooks and room. Before any process is made. */
void trace_create(VM *vm);
/** Gives everything back: no thread runs any more, processes and code are still there. */
void trace_destroy(VM *vm);

#endif
