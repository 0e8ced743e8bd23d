// SPDX-License-Identifier: Apache-2.0
//
// memory_usage.h - how much memory the parts of a VM hold, as of about now.
#ifndef MICA_BIF_MEMORY_USAGE_H
#define MICA_BIF_MEMORY_USAGE_H

#include "code/code.h"
#include "proc/process.h"

/** All in bytes. */
typedef struct MemoryUsage {
    uint64_t processes; // heaps and descriptors
    uint64_t binaries;  // counted buffers that processes refer to
    uint64_t ets, code;
    uint64_t atom_texts, atom_rows;
} MemoryUsage;

MemoryUsage memory_usage(VM *vm);
/** As seen by a process that runs, which itself is measured now. */
MemoryUsage memory_usage_by(Process *p);
uint64_t memory_code_bytes(const CodeInstance *instance);
/** How many tables there are. */
uint64_t memory_ets_count(VM *vm);

#endif
