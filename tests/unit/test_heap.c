// SPDX-License-Identifier: Apache-2.0
//
// The heap: random terms survive copies and collections of every kind, off-heap buffers are
// released exactly once, and leaving a literal area leaves nothing behind.
#include "check.h"

#include "heap/heap.h"
#include "heap/literal.h"
#include "term/bits.h"
#include "term/compare.h"
#include "term/number.h"

typedef struct Random {
    uint64_t state;
} Random;

static uint64_t next_random(Random *r) {
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return r->state >> 33;
}

static Term random_leaf(Random *r, Heap *h) {
    uint8_t *out;
    switch (next_random(r) % 9) {
    case 0: return term_from_small((int64_t)next_random(r) - 1000);
    case 1: return atom_from_index(next_random(r) % ATOM_STATIC_COUNT);
    case 2: return TERM_NIL;
    case 3: return heap_float(h, (double)next_random(r) * 1.5);
    case 4: return heap_float(h, 1e300 * (double)(1 + next_random(r) % 100));
    case 5: return heap_unsigned(h, UINT64_MAX - next_random(r));
    case 6: return heap_tuple(h, 0, NULL);
    default: {
        size_t bits = next_random(r) % 1600;
        Term t = heap_bitstring(h, bits, &out);
        for (size_t i = 0; i < (bits + 7) / 8; i++) out[i] = (uint8_t)next_random(r);
        if (bits > 40) return heap_sub_bits(h, t, 3, bits - 20);
        return t;
    }
    }
}

/** Grows a pool of terms that refer to each other. */
static void grow_pool(Random *r, Heap *h, Term *pool, size_t count, int steps) {
    for (int i = 0; i < steps; i++) {
        size_t k = next_random(r) % count;
        Term e[6];
        for (int j = 0; j < 6; j++) e[j] = pool[next_random(r) % count];
        switch (next_random(r) % 5) {
        case 0: pool[k] = heap_tuple(h, next_random(r) % 6, e); break;
        case 1: pool[k] = heap_cons(h, e[0], e[1]); break;
        case 2: pool[k] = heap_list(h, e, 4, TERM_NIL); break;
        default: pool[k] = random_leaf(r, h); break;
        }
    }
}

#define POOL 24

static void test_collections_keep_terms(uint32_t flags, uint32_t fullsweep_after) {
    Random r = {42 + fullsweep_after};
    for (int round = 0; round < 40; round++) {
        Heap h, other;
        heap_init(&h, NULL, 12);
        heap_init_detached(&other, NULL);
        h.flags |= flags;
        h.fullsweep_after = fullsweep_after;
        Term pool[POOL], mirror[POOL];
        for (int i = 0; i < POOL; i++) pool[i] = TERM_NIL;
        for (int turn = 0; turn < 12; turn++) {
            grow_pool(&r, &h, pool, POOL, 25);
            // Terms of the pool are shared more and more: copies of them unfold.
            size_t words = 0;
            for (int i = 0; i < POOL; i++) words += copy_size_words(pool[i], NULL);
            if (words > 200000) break;
            for (int i = 0; i < POOL; i++) mirror[i] = heap_copy(&other, pool[i]);
            HeapRoots roots[2] = {{pool, POOL / 2}, {pool + POOL / 2, POOL / 2}};
            CHECK(heap_collect(&h, next_random(&r) % 100, roots, 2));
            heap_check(&h, roots, 2);
            int wrong = 0;
            for (int i = 0; i < POOL; i++) wrong += !term_equal(pool[i], mirror[i]);
            CHECK(wrong == 0);
            CHECK(h.fragments == NULL);
        }
        HeapRoots all = {pool, POOL};
        heap_shrink(&h, &all, 1);
        heap_check(&h, &all, 1);
        heap_destroy(&h);
        heap_destroy(&other);
    }
}

static void test_buffers_are_released(void) {
    Binary *b = binary_new(1000);
    binary_retain(b);
    Heap h, message;
    heap_init(&h, NULL, 12);
    heap_init_detached(&message, NULL);
    Term t = heap_binary_ref(&h, b);
    CHECK(atomic_load(&b->refs) == 2);
    Term copy = heap_copy(&message, t);
    CHECK(atomic_load(&b->refs) == 3);
    heap_adopt_fragments(&h, heap_take_fragments(&message));
    Term both[2] = {t, copy};
    HeapRoots roots = {both, 2};
    heap_collect(&h, 0, &roots, 1);
    CHECK(atomic_load(&b->refs) == 3);
    heap_collect(&h, 0, &roots, 1); // now old
    both[1] = TERM_NIL;
    h.flags |= HEAP_FULLSWEEP_WANTED;
    heap_collect(&h, 0, &roots, 1);
    CHECK(atomic_load(&b->refs) == 2);
    both[0] = TERM_NIL;
    heap_shrink(&h, &roots, 1);
    CHECK(atomic_load(&b->refs) == 1);
    heap_destroy(&h);
    heap_destroy(&message);
    binary_release(b);
}

/** A process that takes small messages and drops them keeps a small block. */
static void test_dropped_messages(void) {
    Heap h, message;
    heap_init(&h, NULL, 233);
    for (int i = 0; i < 2000; i++) {
        heap_init_detached(&message, NULL);
        heap_tuple2(&message, term_from_small(i), am_ok);
        heap_adopt_fragments(&h, heap_take_fragments(&message));
        heap_tuple2(&h, am_ok, term_from_small(i));
        if ((size_t)(h.stack - h.top) < 20) CHECK(heap_collect(&h, 10, NULL, 0));
        CHECK(h.end - h.start <= 610);
    }
    heap_destroy(&h);
}

/** Of a message's tuple, alone or with something in it that is copied, too. */
static void test_flat_tuples(void) {
    Heap h, other;
    heap_init(&h, NULL, 233);
    heap_init(&other, NULL, 233);
    for (size_t arity = 1; arity < 12; arity++) {
        for (size_t inner = 0; inner <= arity; inner++) { // the last time all are immediate
            Term elements[12];
            for (size_t i = 0; i < arity; i++) elements[i] = term_from_small((int64_t)i);
            if (inner < arity) elements[inner] = heap_tuple(&h, 1, elements);
            Term t = heap_tuple(&h, arity, elements);
            CHECK(copy_size_words(t, NULL) == 1 + arity + (inner < arity ? 2 : 0));
            Term copy = heap_copy(&other, t);
            CHECK(copy != t && term_equal(copy, t));
        }
    }
    heap_destroy(&h);
    heap_destroy(&other);
}

static void test_long_and_deep_terms(void) {
    Heap h, other;
    heap_init(&h, NULL, 233);
    heap_init_detached(&other, NULL);
    Term t[2] = {TERM_NIL, TERM_NIL};
    for (int i = 0; i < 300000; i++) {
        t[0] = heap_cons(&h, term_from_small(i), t[0]);
        t[1] = heap_tuple(&h, 1, &t[1]);
    }
    CHECK(copy_size_words(t[0], NULL) == 600000);
    Term copy = heap_copy(&other, t[1]);
    HeapRoots roots = {t, 2};
    heap_collect(&h, 10, &roots, 1);
    int depth = 0;
    for (Term a = t[1], b = copy; term_is_tuple(a) && term_is_tuple(b); depth++) {
        a = tuple_get(a, 0);
        b = tuple_get(b, 0);
    }
    CHECK(depth == 300000);
    CHECK(term_head(t[0]) == term_from_small(299999));
    heap_destroy(&h);
    heap_destroy(&other);
}

static void test_stack_is_a_root(void) {
    Heap h;
    heap_init(&h, NULL, 12);
    Term tuple = heap_tuple2(&h, am_true, am_false);
    h.stack -= 2;
    h.stack[0] = 0x7f0000001230; // a return address
    h.stack[1] = tuple;
    heap_collect(&h, 500, NULL, 0);
    CHECK(h.end - h.stack == 2 && h.stack[0] == 0x7f0000001230);
    CHECK(h.stack[1] != tuple && term_is_tuple_of(h.stack[1], 2) &&
          tuple_get(h.stack[1], 1) == am_false);
    CHECK(h.stack - h.top >= 500);
    heap_destroy(&h);
}

/** Recursion that leaves a word on the stack for each four that it takes and drops. */
static void test_deep_stack(void) {
    Heap h;
    heap_init(&h, NULL, HEAP_WORDS_MIN_DEFAULT);
    int wrong = 0;
    for (uint32_t i = 0; i < 1000000; i++) {
        if (h.stack - h.top < 5 + HEAP_STACK_SLACK) heap_collect(&h, 5, NULL, 0);
        heap_cons(&h, TERM_NIL, TERM_NIL);
        heap_cons(&h, TERM_NIL, TERM_NIL);
        *--h.stack = am_true;
    }
    for (const Term *at = h.stack; at < h.end; at++) wrong += *at != am_true;
    CHECK(wrong == 0 && h.end - h.stack == 1000000);
    CHECK(h.collections_minor + h.collections_major < 250); // not more and more of them
    heap_destroy(&h);
}

static void test_literals(void) {
    LiteralSpace *space = literal_space_create();
    if (!CHECK(space != NULL)) return;
    LiteralRange range = literal_space_range(space);
    Heap scratch, h;
    heap_init_detached(&scratch, NULL);
    heap_init(&h, &range, 12);
    Term terms[2] = {heap_tuple2(&scratch, am_true, heap_binary_ref(&scratch, binary_new(500))),
                     heap_cons(&scratch, am_true, TERM_NIL)};
    memset(((Binary *)(uintptr_t)term_box(term_box(tuple_get(terms[0], 1))[3])[2])->bytes, 1, 500);
    LiteralArea *area = literal_area_from_terms(space, terms, 2);
    heap_destroy(&scratch);
    CHECK(heap_is_literal(&h, terms[0]) && literal_area_has(area, terms[1]));
    CHECK(heap_copy(&h, terms[0]) == terms[0]);
    CHECK(copy_size_words(terms[0], NULL) == 3 + 7 && copy_size_words(terms[0], &range) == 0);
    Term root = heap_tuple3(&h, terms[0], terms[1], terms[0]);
    HeapRoots roots = {&root, 1};
    heap_collect(&h, 0, &roots, 1);
    CHECK(tuple_get(root, 0) == terms[0]);
    CHECK(literal_heap_uses(area, &h, &roots, 1) && literal_term_uses(area, root, &range));
    literal_heap_leave(area, &h, &roots, 1);
    CHECK(!literal_heap_uses(area, &h, &roots, 1) && !literal_term_uses(area, root, &range));
    CHECK(tuple_get(root, 0) == tuple_get(root, 2));
    literal_area_destroy(space, area);
    heap_collect(&h, 0, &roots, 1);
    CHECK(tuple_get(tuple_get(root, 0), 0) == am_true &&
          bits_size(tuple_get(tuple_get(root, 0), 1)) == 4000);
    heap_destroy(&h);
    CHECK(literal_space_used_bytes(space) == 0);
    literal_space_destroy(space);
}

static void test_sizes(void) {
    CHECK(heap_next_size(1) == 12 && heap_next_size(13) == 38 && heap_next_size(143) == 233);
    CHECK(heap_next_size(234) == 376 && heap_next_size(377) == 610);
    CHECK(heap_next_size((size_t)1 << 31) >= (size_t)1 << 31);
}

int main(void) {
    test_sizes();
    test_collections_keep_terms(0, 65535);
    test_collections_keep_terms(HEAP_STRESS, 3);
    test_collections_keep_terms(HEAP_STRESS, 0);
    test_buffers_are_released();
    test_dropped_messages();
    test_flat_tuples();
    test_long_and_deep_terms();
    test_stack_is_a_root();
    test_deep_stack();
    test_literals();
    return check_done();
}
