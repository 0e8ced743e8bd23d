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
/** What the VM itself and its tables take. */
uint64_t memory_fixed_bytes(VM *vm);

/** Of one kind, as erlang:memory/0 names it. */
typedef struct MemorySum {
    const char *label;
    Term name;
    uint64_t bytes;
} MemorySum;
#define MEMORY_SUMS 9
/** All kinds in the order of erlang:memory/0, added up without its Erlang code. */
void memory_sums(VM *vm, const MemoryUsage *m, MemorySum sums[MEMORY_SUMS]);
uint64_t memory_code_bytes(const CodeInstance *instance);
/** How many tables there are. */
uint64_t memory_ets_count(VM *vm);

#endif
