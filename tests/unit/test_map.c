// SPDX-License-Identifier: Apache-2.0
//
// Maps: flat and hash tries against a plain array of pairs, and the order in which OTP 25 walks
// tries.
#include "check.h"

#include "term/compare.h"
#include "term/map.h"
#include "term/number.h"

static uint64_t random_state = 7;
static uint64_t next_random(void) {
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return random_state >> 33;
}

#define KEYS 3000

static Term key_of(Heap *h, AtomTable *atoms, int i) {
    char text[16];
    switch (i % 6) {
    case 0: return term_from_small(i);
    case 1: return heap_float(h, i * 1.25);
    case 2: snprintf(text, sizeof text, "a%d", i); return atom_from(atoms, text);
    case 3: return heap_binary_from(h, &i, sizeof i);
    case 4: return heap_tuple2(h, term_from_small(i), heap_unsigned(h, UINT64_MAX - (uint64_t)i));
    default: return heap_list_from_bytes(h, (uint8_t *)&i, sizeof i, TERM_NIL);
    }
}

static void check_same(AtomTable *atoms, Term map, const Term *keys, const Term *values,
                       int key_count) {
    size_t count = 0;
    int wrong = 0;
    for (int i = 0; i < key_count; i++) {
        count += values[i] != TERM_NONE;
        wrong += map_get(atoms, map, keys[i]) != values[i];
    }
    CHECK(wrong == 0);
    CHECK(map_count(map) == count);
    CHECK(map_is_flat(map) == (count <= MAP_FLAT_COUNT_MAX)); // MAP-1
    MapIterator it;
    Term key, value;
    size_t seen = 0;
    map_iterator_init(&it, map);
    while (map_iterator_next(&it, &key, &value)) seen += map_get(atoms, map, key) == value;
    CHECK(seen == count);
}

/** A map built by any sequence of operations is the same as the one built at once (MAP-2). */
static void check_canonical(Heap *h, AtomTable *atoms, Term map, const Term *keys,
                            const Term *values, int key_count) {
    Term *pairs = mem_alloc(2 * (size_t)key_count * sizeof(Term));
    size_t n = 0;
    for (int i = 0; i < key_count; i++) {
        if (values[i] == TERM_NONE) continue;
        pairs[2 * n] = keys[i];
        pairs[2 * n++ + 1] = values[i];
    }
    Term other = map_from_pairs(h, atoms, pairs, n);
    CHECK(term_equal(map, other));
    MapIterator x, y;
    Term k1, v1, k2, v2;
    map_iterator_init(&x, map);
    map_iterator_init(&y, other);
    bool same = true;
    while (map_iterator_next(&x, &k1, &v1) && map_iterator_next(&y, &k2, &v2)) {
        same = same && term_equal(k1, k2) && v1 == v2 && x.depth == y.depth;
    }
    CHECK(same);
    mem_free(pairs);
}

static void test_random(AtomTable *atoms, int key_count, int steps, int put_of_8) {
    Heap h;
    heap_init_detached(&h, NULL);
    static Term keys[KEYS], values[KEYS];
    for (int i = 0; i < key_count; i++) {
        keys[i] = key_of(&h, atoms, i);
        values[i] = TERM_NONE;
    }
    Term map = map_empty(&h);
    for (int step = 0; step < steps; step++) {
        int i = (int)(next_random() % (uint64_t)key_count);
        Term key = key_of(&h, atoms, i), removed;
        if ((int)(next_random() % 8) < put_of_8) {
            values[i] = term_from_small(step);
            map = map_put(&h, atoms, map, key, values[i]);
        } else {
            map = map_remove(&h, atoms, map, key, &removed);
            CHECK(removed == values[i]);
            values[i] = TERM_NONE;
        }
        if (step % 997 == 0) check_same(atoms, map, keys, values, key_count);
    }
    check_same(atoms, map, keys, values, key_count);
    check_canonical(&h, atoms, map, keys, values, key_count);
    heap_destroy(&h);
}

static void test_merge(AtomTable *atoms, int n, int m, int first_of_m) {
    Heap h;
    heap_init_detached(&h, NULL);
    static Term keys[KEYS], values[KEYS];
    Term first = map_empty(&h), second = map_empty(&h);
    for (int i = 0; i < KEYS; i++) {
        keys[i] = key_of(&h, atoms, i);
        values[i] = TERM_NONE;
    }
    for (int i = 0; i < n; i++)
        first = map_put(&h, atoms, first, keys[i], values[i] = term_from_small(i));
    for (int i = first_of_m; i < first_of_m + m; i++) {
        second = map_put(&h, atoms, second, keys[i], values[i] = term_from_small(-i - 1));
    }
    Term both = map_merge(&h, atoms, first, second, NULL);
    check_same(atoms, both, keys, values, KEYS);
    check_canonical(&h, atoms, both, keys, values, KEYS);
    heap_destroy(&h);
}

/** The keys as erl 25 prints them for maps:to_list(maps:from_keys(lists:seq(1, 40), x)). */
static void test_order_is_otps(AtomTable *atoms) {
    static const int expected[] = {33, 12, 23, 29, 30, 39, 26, 31, 11, 37, 9,  32, 34, 25,
                                   28, 6,  38, 13, 40, 20, 15, 14, 2,  7,  1,  8,  3,  17,
                                   22, 21, 4,  36, 24, 10, 35, 27, 19, 5,  18, 16};
    Heap h;
    heap_init_detached(&h, NULL);
    Term map = map_empty(&h), key, value;
    for (int i = 1; i <= 40; i++) map = map_put(&h, atoms, map, term_from_small(i), TERM_NIL);
    MapIterator it;
    map_iterator_init(&it, map);
    int wrong = 0;
    for (int i = 40; i-- > 0;) {
        wrong += !map_iterator_next(&it, &key, &value) || key != term_from_small(expected[i]);
    }
    CHECK(wrong == 0);
    heap_destroy(&h);
}

int main(void) {
    AtomTable *atoms = atom_table_create(100000);
    test_order_is_otps(atoms);
    test_random(atoms, 40, 5000, 5);
    test_random(atoms, 64, 5000, 4);
    test_random(atoms, KEYS, 20000, 6);
    test_random(atoms, KEYS, 20000, 3);
    test_merge(atoms, 10, 10, 5);
    test_merge(atoms, 30, 30, 15);
    test_merge(atoms, 1000, 20, 990);
    test_merge(atoms, 20, 1000, 10);
    test_merge(atoms, 1000, 1200, 500);
    atom_table_destroy(atoms);
    return check_done();
}
