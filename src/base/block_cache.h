// SPDX-License-Identifier: Apache-2.0
//
// block_cache.h - blocks of a few sizes that a thread keeps for its next use, and hands to others
// in rows.
//
// A message's block is taken by its sender and given back by its receiver, often many at once (a
// collection gives back what came since the last one), and a process may end on another thread than
// the one that made it. That is what the C allocator is slow at: who frees another thread's block
// fights with that thread for the lock of where it came from.
//
// BLOCKS-1: a block given to a cache as `bytes` is at least block_round_up(bytes) long: it came
//           from mem_alloc with that size, or out of a cache. So any block may go back to any
//           cache, or to mem_free.
// BLOCKS-2: a cache keeps two rows of each kind at most: `first`, from which it takes, and `full`,
//           which is a whole row or NULL. A third row goes to the depot, which keeps
//           depot_rows_max(kind); what comes then goes to mem_free. That many is for long message
//           queues, whose blocks are needed again by the next ones; what is beyond DEPOT_ROWS_KEPT
//           goes, bit by bit, when a scheduler has slept for a while (block_depot_trim).
// BLOCKS-3: a row is block_row(kind) blocks linked by `next`; rows in a depot are linked by
//           `next_row` of their first blocks.
//
// Threads: a cache has one owner at a time. NULL stands for no cache: all goes to the C allocator.
// A depot any, guarded by its lock; the caches that share it end before it does.
#ifndef MICA_BASE_BLOCK_CACHE_H
#define MICA_BASE_BLOCK_CACHE_H

#include "base/alloc.h"
#include "base/spinlock.h"

// With the word that the C allocator has before each block, sizes are whole cache lines.
#define BLOCK_STEP_BYTES 64
#define BLOCK_HEAD_BYTES 8
#define BLOCK_SIZES 6
#define BLOCK_BYTES_MAX (BLOCK_STEP_BYTES * BLOCK_SIZES - BLOCK_HEAD_BYTES)
// The kinds of blocks: first those of the sizes, by size; of each of the others, all are of one
// size that its users know.
#define BLOCK_KIND_HEAP BLOCK_SIZES // the one size that heaps of processes begin with
#define BLOCK_KIND_PROCESS (BLOCK_SIZES + 1)
#define BLOCK_KINDS (BLOCK_SIZES + 2)
#define DEPOT_ROWS_KEPT (BASE_CHECKS ? 1 : 64)
#define DEPOT_ROWS_MAX 4096 // of the smallest blocks: 64 MiB

typedef struct KeptBlock {
    struct KeptBlock *next, *next_row;
} KeptBlock;

typedef struct BlockDepot {
    Spinlock lock;
    KeptBlock *rows[BLOCK_KINDS];
    _Atomic uint32_t counts[BLOCK_KINDS]; // written under the lock
} BlockDepot;

typedef struct KeptBlocks {
    KeptBlock *first, *full;
    uint32_t count; // of `first`
} KeptBlocks;

typedef struct BlockCache {
    KeptBlocks kept[BLOCK_KINDS];
    BlockDepot *depot; // NULL: none
} BlockCache;

/** How many blocks of this kind make a row. Builds with checks keep next to none, so that
 * sanitizers see a use after the end. */
static ALWAYS_INLINE uint32_t block_row(size_t kind) {
    if (BASE_CHECKS) return 1;
    return kind < BLOCK_SIZES ? 256 : kind == BLOCK_KIND_HEAP ? 16 : 64;
}

/** How many rows a depot takes: as many bytes of each size. */
static ALWAYS_INLINE uint32_t depot_rows_max(size_t kind) {
    if (BASE_CHECKS || kind >= BLOCK_SIZES) return DEPOT_ROWS_KEPT;
    return DEPOT_ROWS_MAX / (uint32_t)(kind + 1);
}

/** Has the depot more than it should keep for long? */
static inline bool block_depot_is_full(const BlockDepot *d) {
    for (size_t kind = 0; kind < BLOCK_KINDS; kind++)
        if (atomic_load_explicit(&d->counts[kind], memory_order_relaxed) > DEPOT_ROWS_KEPT)
            return true;
    return false;
}

/** Frees some of what the depot has beyond DEPOT_ROWS_KEPT. */
void block_depot_trim(BlockDepot *d);
/** Takes a block of `kind` out of another row, or returns NULL. */
NO_INLINE void *block_take_row(BlockCache *c, size_t kind);
/** The row that c fills is full. */
NO_INLINE void block_give_row(BlockCache *c, size_t kind);
/** Gives everything back to the C allocator. */
void block_cache_free(BlockCache *c);
void block_depot_free(BlockDepot *d);

/** A block of this kind that c, which may be NULL, keeps; or NULL. */
static ALWAYS_INLINE void *block_take(BlockCache *c, size_t kind) {
    if (UNLIKELY(c == NULL)) return NULL;
    KeptBlocks *k = &c->kept[kind];
    KeptBlock *b = k->first;
    if (UNLIKELY(b == NULL)) return block_take_row(c, kind);
    k->first = b->next;
    k->count--;
    return b;
}

/** Frees a block of this kind, or keeps it in c, which may be NULL. */
static ALWAYS_INLINE void block_give(BlockCache *c, size_t kind, void *block) {
    if (UNLIKELY(c == NULL)) {
        mem_free(block);
        return;
    }
    KeptBlocks *k = &c->kept[kind];
    if (UNLIKELY(k->count == block_row(kind))) block_give_row(c, kind);
    KeptBlock *b = block;
    b->next = k->first;
    k->first = b;
    k->count++;
}

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
    void *block = LIKELY(size < BLOCK_SIZES) ? block_take(c, size) : NULL;
    return LIKELY(block != NULL) ? block : mem_alloc(block_round_up(bytes)); // BLOCKS-1
}

static ALWAYS_INLINE void block_free(BlockCache *c, void *block, size_t bytes) {
    size_t size = block_size_of(bytes);
    if (LIKELY(size < BLOCK_SIZES))
        block_give(c, size, block);
    else
        mem_free(block);
}

#endif
