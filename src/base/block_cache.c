// SPDX-License-Identifier: Apache-2.0
//
// block_cache.c - rows of blocks on their way between caches; see block_cache.h for BLOCKS-1 to 3.
#include "base/block_cache.h"

static uint32_t rows_in(const BlockDepot *d, size_t kind) {
    return atomic_load_explicit(&d->counts[kind], memory_order_relaxed);
}

static void set_rows(BlockDepot *d, size_t kind, uint32_t count) {
    atomic_store_explicit(&d->counts[kind], count, memory_order_relaxed);
}

/** A whole row of the depot's, or NULL. */
static KeptBlock *depot_take(BlockDepot *d, size_t kind) {
    if (rows_in(d, kind) == 0) return NULL; // as always while more and more blocks are in use
    spinlock_take(&d->lock);
    KeptBlock *row = d->rows[kind];
    ASSERT((row != NULL) == (rows_in(d, kind) > 0));
    if (row != NULL) {
        d->rows[kind] = row->next_row;
        set_rows(d, kind, rows_in(d, kind) - 1);
    }
    spinlock_give(&d->lock);
    return row;
}

/** False when the depot has enough of the kind. */
static bool depot_put(BlockDepot *d, size_t kind, KeptBlock *row) {
    ASSERT(row != NULL);
    spinlock_take(&d->lock);
    bool has_room = rows_in(d, kind) < depot_rows_max(kind); // BLOCKS-2
    if (has_room) {
        row->next_row = d->rows[kind];
        d->rows[kind] = row;
        set_rows(d, kind, rows_in(d, kind) + 1);
    }
    spinlock_give(&d->lock);
    return has_room;
}

static void free_row(KeptBlock *b) {
    for (KeptBlock *next; b != NULL; b = next) {
        next = b->next;
        mem_free(b);
    }
}

#define TRIM_ROWS 16 // at a time: a fraction of a millisecond

void block_depot_trim(BlockDepot *d) {
    uint32_t freed = 0;
    for (size_t kind = 0; kind < BLOCK_KINDS; kind++)
        while (freed < TRIM_ROWS && rows_in(d, kind) > DEPOT_ROWS_KEPT) {
            KeptBlock *row = depot_take(d, kind);
            if (row == NULL) break; // others took what there was
            free_row(row);
            freed++;
        }
}

void *block_take_row(BlockCache *c, size_t kind) {
    KeptBlocks *k = &c->kept[kind];
    ASSERT(kind < BLOCK_KINDS && k->first == NULL && k->count == 0);
    KeptBlock *row = k->full;
    k->full = NULL;
    if (row == NULL && c->depot != NULL) row = depot_take(c->depot, kind);
    if (row == NULL) return NULL;
    k->first = row->next;
    k->count = block_row(kind) - 1; // BLOCKS-3
    return row;
}

void block_give_row(BlockCache *c, size_t kind) {
    KeptBlocks *k = &c->kept[kind];
    ASSERT(kind < BLOCK_KINDS && k->count == block_row(kind));
    KeptBlock *third = k->full;
    k->full = k->first;
    k->first = NULL;
    k->count = 0;
    if (third != NULL && (c->depot == NULL || !depot_put(c->depot, kind, third))) free_row(third);
}

void block_cache_free(BlockCache *c) {
    for (size_t kind = 0; kind < BLOCK_KINDS; kind++) {
        ASSERT(c->kept[kind].count <= block_row(kind)); // BLOCKS-2
        free_row(c->kept[kind].first);
        free_row(c->kept[kind].full);
    }
    *c = (BlockCache){0};
}

void block_depot_free(BlockDepot *d) {
    for (size_t kind = 0; kind < BLOCK_KINDS; kind++)
        for (KeptBlock *row; (row = d->rows[kind]) != NULL;) {
            ASSERT(rows_in(d, kind) > 0);
            d->rows[kind] = row->next_row;
            set_rows(d, kind, rows_in(d, kind) - 1);
            free_row(row);
        }
}
