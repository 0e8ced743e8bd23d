// SPDX-License-Identifier: Apache-2.0
//
// Address ranges by mmap, mprotect and madvise.
//
// Threads: any, for different ranges.
#include "world/page.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/base.h"

size_t page_size(void) {
    long bytes = sysconf(_SC_PAGESIZE);
    ASSERT(bytes > 0);
    return (size_t)bytes;
}

static void check_range(const void *address, size_t byte_count) {
    size_t mask = page_size() - 1;
    ASSERT(((uintptr_t)address & mask) == 0);
    ASSERT((byte_count & mask) == 0);
    ASSERT(byte_count > 0);
}

void *page_reserve(size_t byte_count) {
    check_range(NULL, byte_count);
    void *address =
        mmap(NULL, byte_count, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return address == MAP_FAILED ? NULL : address;
}

bool page_commit(void *address, size_t byte_count) {
    check_range(address, byte_count);
    return mprotect(address, byte_count, PROT_READ | PROT_WRITE) == 0;
}

void page_decommit(void *address, size_t byte_count) {
    check_range(address, byte_count);
    int result = madvise(address, byte_count, MADV_DONTNEED);
    ASSERT(result == 0);
    result = mprotect(address, byte_count, PROT_NONE);
    ASSERT(result == 0);
}

void page_forget(void *address, size_t byte_count) {
    check_range(address, byte_count);
    int result = madvise(address, byte_count, MADV_DONTNEED);
    ASSERT(result == 0);
}

#define SLICE_BYTES ((size_t)1 << 20)

void page_forget_in_steps(void *block, size_t byte_count, Budget *budget) {
    if (budget == NULL || byte_count <= 2 * SLICE_BYTES) return;
    uintptr_t mask = page_size() - 1, at = ((uintptr_t)block + mask) & ~mask;
    uintptr_t end = ((uintptr_t)block + byte_count) & ~mask;
    ASSERT(at < end);
    while (at < end) {
        size_t slice = MIN(end - at, SLICE_BYTES);
        page_forget((void *)at, slice);
        at += slice;
        budget_spend_bytes(budget, slice);
    }
}

void page_release(void *address, size_t byte_count) {
    check_range(address, byte_count);
    int result = munmap(address, byte_count);
    ASSERT(result == 0);
}

void page_protect_read_only(void *address, size_t byte_count) {
    check_range(address, byte_count);
    int result = mprotect(address, byte_count, PROT_READ);
    ASSERT(result == 0);
}

void page_protect_none(void *address, size_t byte_count) {
    check_range(address, byte_count);
    int result = mprotect(address, byte_count, PROT_NONE);
    ASSERT(result == 0);
}

bool page_protect_executable(void *address, size_t byte_count) {
    check_range(address, byte_count);
    return mprotect(address, byte_count, PROT_READ | PROT_EXEC) == 0;
}

void *page_map(size_t byte_count) {
    check_range(NULL, byte_count);
    void *address =
        mmap(NULL, byte_count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return address == MAP_FAILED ? NULL : address;
}

void page_unmap(void *address, size_t byte_count) { page_release(address, byte_count); }
