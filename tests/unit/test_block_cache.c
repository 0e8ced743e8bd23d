// SPDX-License-Identifier: Apache-2.0
//
// Tests of base/block_cache.c: what one cache gives back another takes, no block is in two places,
// and nothing is lost.
#include "base/block_cache.h"
#include "check.h"
#include "world/thread.h"

#define BYTES 100
#define BLOCKS 3000
#define ROUNDS 200

static void test_take_what_was_given(void) {
    BlockCache c = {0};
    CHECK(block_take(&c, BLOCK_KIND_HEAP) == NULL);
    void *a = block_alloc(&c, BYTES), *b = block_alloc(&c, BYTES);
    CHECK(a != b);
    block_free(&c, a, BYTES);
    CHECK(block_alloc(&c, block_round_up(BYTES)) == a); // of the same size
    block_free(&c, a, BYTES);
    block_free(&c, b, BYTES);
    void *big = block_alloc(&c, 10 * BLOCK_BYTES_MAX);
    block_free(&c, big, 10 * BLOCK_BYTES_MAX);
    block_free(NULL, block_alloc(NULL, BYTES), BYTES);
    block_cache_free(&c);
}

/** Rows go by the depot from one cache to the other. */
static void test_rows(void) {
    BlockDepot d = {0};
    BlockCache from = {.depot = &d}, to = {.depot = &d};
    static void *blocks[BLOCKS];
    uint32_t row = block_row(block_size_of(BYTES)), moved = 0;
    for (uint32_t i = 0; i < BLOCKS; i++) blocks[i] = block_alloc(&from, BYTES);
    for (uint32_t i = 0; i < BLOCKS; i++) block_free(&from, blocks[i], BYTES);
    for (void *b; (b = block_take(&to, block_size_of(BYTES))) != NULL; moved++) blocks[moved] = b;
    CHECK(moved % row == 0);
    uint32_t rows = (BLOCKS - 1) / row - 1;                                // all but two
    CHECK(moved == MIN(rows, depot_rows_max(block_size_of(BYTES))) * row); // BLOCKS-2
    for (uint32_t i = 0; i < moved; i++) block_free(&to, blocks[i], BYTES);
    block_cache_free(&from);
    block_cache_free(&to);
    block_depot_free(&d);
}

/** What a depot has too much of goes in the end, and no more than that. */
static void test_trim(void) {
    BlockDepot d = {0};
    BlockCache c = {.depot = &d};
    enum { MANY = BASE_CHECKS ? 100 : 40000 };
    size_t size = block_size_of(BYTES);
    void **blocks = mem_alloc(MANY * sizeof *blocks);
    for (uint32_t i = 0; i < MANY; i++) blocks[i] = block_alloc(&c, BYTES);
    for (uint32_t i = 0; i < MANY; i++) block_free(&c, blocks[i], BYTES);
    CHECK(block_depot_is_full(&d) == (depot_rows_max(size) > DEPOT_ROWS_KEPT));
    for (int i = 0; i < 100 && block_depot_is_full(&d); i++) block_depot_trim(&d);
    CHECK(d.counts[size] == DEPOT_ROWS_KEPT);
    block_depot_trim(&d);
    CHECK(d.counts[size] == DEPOT_ROWS_KEPT);
    mem_free(blocks);
    block_cache_free(&c);
    block_depot_free(&d);
}

typedef struct Half {
    BlockDepot *depot;
    _Atomic(uint64_t *) *slots; // one side makes blocks there, the other one frees them
    bool makes;
    uint32_t bad;
} Half;

static void half(void *argument) {
    Half *h = argument;
    BlockCache c = {.depot = h->depot};
    for (uint64_t i = 0; i < (uint64_t)ROUNDS * BLOCKS; i++) {
        _Atomic(uint64_t *) *slot = &h->slots[i % BLOCKS];
        uint64_t *b;
        if (h->makes) {
            while (atomic_load_explicit(slot, memory_order_acquire) != NULL) thread_yield();
            b = block_alloc(&c, BYTES);
            b[0] = b[8] = i;
            atomic_store_explicit(slot, b, memory_order_release);
        } else {
            while ((b = atomic_load_explicit(slot, memory_order_acquire)) == NULL) thread_yield();
            if (b[0] != i || b[8] != i) h->bad++; // somebody else has it, too
            atomic_store_explicit(slot, NULL, memory_order_release);
            block_free(&c, b, BYTES);
        }
    }
    block_cache_free(&c);
}

static void test_threads(void) {
    BlockDepot d = {0};
    static _Atomic(uint64_t *) slots[2][BLOCKS];
    Half halves[] = {{&d, slots[0], true, 0},
                     {&d, slots[0], false, 0},
                     {&d, slots[1], true, 0},
                     {&d, slots[1], false, 0}};
    Thread threads[ARRAY_COUNT(halves)];
    for (size_t i = 0; i < ARRAY_COUNT(halves); i++)
        CHECK(thread_start(&threads[i], "test", 0, half, &halves[i]) == 0);
    for (size_t i = 0; i < ARRAY_COUNT(halves); i++) {
        thread_join(&threads[i]);
        CHECK(halves[i].bad == 0);
    }
    block_depot_free(&d);
}

int main(void) {
    test_take_what_was_given();
    test_rows();
    test_trim();
    test_threads();
    return check_done();
}
