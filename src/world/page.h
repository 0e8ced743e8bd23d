// SPDX-License-Identifier: Apache-2.0
//
// Ranges of virtual addresses, and big blocks of memory straight from the kernel.
//
//   reserved   addresses only: any access is a fault, nothing is charged
//   committed  readable and writable, zero at first
//
// All addresses and sizes given are multiples of page_size().
//
// Threads: any, for different ranges.
#ifndef MICA_WORLD_PAGE_H
#define MICA_WORLD_PAGE_H

#include "base/budget.h"

size_t page_size(void);
static inline size_t page_round_up(size_t byte_count) {
    size_t mask = page_size() - 1;
    return (byte_count + mask) & ~mask;
}

// NULL when there are no addresses left.
void *page_reserve(size_t byte_count);
// False when the kernel refuses the memory.
bool page_commit(void *address, size_t byte_count);
// Gives the memory back, keeps the addresses: the range is reserved again.
void page_decommit(void *address, size_t byte_count);
void page_release(void *address, size_t byte_count);
void page_protect_read_only(void *address, size_t byte_count);
void page_protect_none(void *address, size_t byte_count);
bool page_protect_executable(void *address, size_t byte_count);

// Committed memory whose content is no longer needed: the kernel may take it; it reads as zeros
// then.
void page_forget(void *address, size_t byte_count);

// The pages of a block from anywhere, which is freed next, slice by slice: to free many megabytes
// at once takes the kernel milliseconds. Small blocks keep theirs.
void page_forget_in_steps(void *block, size_t byte_count, Budget *budget);

// A committed block of its own; NULL without memory.
void *page_map(size_t byte_count);
void page_unmap(void *address, size_t byte_count);

#endif
