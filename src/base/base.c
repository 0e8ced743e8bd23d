// SPDX-License-Identifier: Apache-2.0
//
// base.c - assertions that failed and memory that could not be had. Any thread may call.
#include "base/base.h"
#include "base/alloc.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

void base_assert_failed(const char *expression, const char *file, int line) {
    fprintf(stderr, "mica: broken invariant: %s (%s:%d)\n", expression, file, line);
    abort();
}

static COLD NO_RETURN void out_of_memory(size_t bytes) {
    fprintf(stderr, "mica: cannot allocate %zu bytes of memory\n", bytes);
    abort();
}

void *mem_try_alloc(size_t bytes) { return malloc(bytes == 0 ? 1 : bytes); }

void *mem_try_realloc(void *block, size_t bytes) { return realloc(block, bytes == 0 ? 1 : bytes); }

void *mem_alloc(size_t bytes) {
    void *block = mem_try_alloc(bytes);
    if (UNLIKELY(block == NULL)) out_of_memory(bytes);
    return block;
}

#define ZALLOC_SMALL_BYTES 1024 // calloc takes no notice of the allocator's per-thread caches

void *mem_zalloc(size_t bytes) {
    if (bytes <= ZALLOC_SMALL_BYTES) return memset(mem_alloc(bytes), 0, bytes);
    void *block = calloc(1, bytes == 0 ? 1 : bytes);
    if (UNLIKELY(block == NULL)) out_of_memory(bytes);
    return block;
}

void *mem_realloc(void *block, size_t bytes) {
    void *moved = mem_try_realloc(block, bytes);
    if (UNLIKELY(moved == NULL)) out_of_memory(bytes);
    return moved;
}

void mem_free(void *block) { free(block); }

void mem_tune_program(void) {
    (void)mallopt(M_MXFAST, 0); // an allocator in glibc's place, such as a sanitizer's, refuses
}
