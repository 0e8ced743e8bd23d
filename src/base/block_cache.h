// SPDX-License-Identifier: Apache-2.0
//
// block_cache.h - blocks of a few sizes that a thread keeps for its next use.
//
// A message's block is taken by its sender and given back by its receiver, often many at once (a
// collection gives back what came since the last one), which is what the C allocator is slow at.
//
// BLOCKS-1: a block given to a cache as `bytes` is at least block_round_up(bytes) long: it came
//           from mem_alloc with that size, or out of a cache. So any block may go back to any
//           cache, or to mem_free.
// BLOCKS-2: a cache keeps BLOCKS_KEPT_MAX blocks of a size at most; what comes then goes to
// mem_free.
//
// Beside these a cache keeps blocks of exactly one bigger size, that of a heap at its first
// collection.
//
// Threads: a cache has one owner at a time. NULL stands for no cache: all goes to the C allocator.
#ifndef MICA_BASE_BLOCK_CACHE_H
#define MICA_BASE_BLOCK_CACHE_H

#include "base/alloc.h"

// With the word that the C allocator has before each block, sizes are whole cache lines.
#define BLOCK_STEP_BYTES 64
#define BLOCK_HEAD_BYTES 8
#define BLOCK_SIZES 6
#define BLOCK_BYTES_MAX (BLOCK_STEP_BYTES * BLOCK_SIZES - BLOCK_HEAD_BYTES)
// Builds with checks keep next to none, so that sanitizers see a use after the end.
#define BLOCKS_KEPT_MAX (BASE_CHECKS ? 1 : 512)

typedef struct KeptBlock {
    struct KeptBlock *next;
} KeptBlock;

typedef struct BlockCache {
    KeptBlock *kept[BLOCK_SIZES];
    uint32_t counts[BLOCK_SIZES];
    KeptBlock *heaps; // of the one size that heaps of processes begin with; see heap_block_new
    uint32_t heaps_count;
} BlockCache;

/** Which of the sizes holds so many bytes; BLOCK_SIZES or more: none. */
static ALWAYS_INLINE size_t block_size_of(size_t bytes) {
    DEBUG_ASSERT(bytes > 0);
    return (bytes + BLOCK_HEAD_BYTES - 1) / BLOCK_STEP_BYTES;
}

/** What to ask mem_alloc for, so that a cache may keep the block. */
static ALWAYS_INLINE size_t block_round_up(size_t bytes) {
    if (bytes > BLOCK_BYTES_MAX) return bytes;
    return (block_size_of(bytes) + 1) * BLOCK_STEP_BYTES - BLOCK_HEAD_BYTES;
}

static ALWAYS_INLINE void *block_alloc(BlockCache *c, size_t bytes) {
    size_t size = block_size_of(bytes);
    if (LIKELY(c != NULL && size < BLOCK_SIZES && c->kept[size] != NULL)) {
        KeptBlock *b = c->kept[size];
        c->kept[size] = b->next;
        c->counts[size]--;
        return b;
    }
    return mem_alloc(block_round_up(bytes)); // BLOCKS-1
}

static ALWAYS_INLINE void block_free(BlockCache *c, void *block, size_t bytes) {
    size_t size = block_size_of(bytes);
    if (LIKELY(c != NULL && size < BLOCK_SIZES && c->counts[size] < BLOCKS_KEPT_MAX)) {
        KeptBlock *b = block;
        b->next = c->kept[size];
        c->kept[size] = b;
        c->counts[size]++;
        return;
    }
    mem_free(block); // BLOCKS-2
}

static inline void block_free_all(KeptBlock *b) {
    for (KeptBlock *next; b != NULL; b = next) {
        next = b->next;
        mem_free(b);
    }
}

/** Gives everything back to the C allocator. */
static inline void block_cache_free(BlockCache *c) {
    for (size_t i = 0; i < BLOCK_SIZES; i++) {
        ASSERT(c->counts[i] <= BLOCKS_KEPT_MAX); // BLOCKS-2
        block_free_all(c->kept[i]);
    }
    block_free_all(c->heaps);
    *c = (BlockCache){0};
}

#endif
