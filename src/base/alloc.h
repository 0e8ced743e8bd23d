// SPDX-License-Identifier: Apache-2.0
//
// alloc.h - the one door to the C allocator.
//
// mem_alloc and friends never return NULL: memory that cannot be had ends the program with a
// message, as it does in the real VM. Where a caller can give a better answer (a huge binary, a
// table), it calls the mem_try_ variants, which return NULL. Every block is freed by mem_free. Any
// thread may call.
#ifndef MICA_BASE_ALLOC_H
#define MICA_BASE_ALLOC_H

#include "base/base.h"

void *mem_alloc(size_t bytes);
void *mem_zalloc(size_t bytes);
void *mem_realloc(void *block, size_t bytes);
void *mem_try_alloc(size_t bytes);
void *mem_try_realloc(void *block, size_t bytes);
void mem_free(void *block);
/**
 * For programs whose allocator is the VM's alone, before anything else: blocks that come back are
 * joined with their neighbours at once. By default the C library keeps small ones for later and
 * joins all of them in the middle of some call, half a million of them in a tenth of a second.
 */
void mem_tune_program(void);

#endif
