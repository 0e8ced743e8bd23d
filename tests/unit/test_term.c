// SPDX-License-Identifier: Apache-2.0
//
// Atoms, runs of bits, order, equality and hashes of terms.
#include "check.h"

#include "heap/heap.h"
#include "term/atom.h"
#include "term/bits.h"
#include "term/compare.h"
#include "term/map.h"
#include "term/number.h"
#include "term/print.h"

#include <stdlib.h>
#include <string.h>

static uint64_t state = 11;

static uint64_t next_random(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 33;
}

// ---- atoms
// ----------------------------------------------------------------------------------------

static void test_atoms(void) {
    AtomTable *t = atom_table_create(60000);
    CHECK(atom_count(t) == ATOM_STATIC_COUNT);
    CHECK(atom_from(t, "true") == am_true && atom_from(t, "") == am_empty_text);
    CHECK(atom_find(t, "not there yet", 13) == TERM_NONE);
    char name[32];
    for (int i = 0; i < 40000; i++) {
        int n = snprintf(name, sizeof name, "atom %d", i);
        CHECK(atom_intern(t, name, (size_t)n) == atom_from_index(ATOM_STATIC_COUNT + (uint32_t)i));
    }
    size_t bytes;
    CHECK(strcmp(atom_text(t, atom_from_index(ATOM_STATIC_COUNT + 777), &bytes), "atom 777") == 0 &&
          bytes == 8);
    CHECK(atom_compare(t, atom_from(t, "atom 1"), atom_from(t, "atom 10")) < 0);
    CHECK(atom_compare(t, am_false, am_true) < 0);
    char long_name[300];
    memset(long_name, 'a', sizeof long_name);
    CHECK(atom_intern(t, long_name, 255) != TERM_NONE);
    CHECK(atom_intern(t, long_name, 256) == TERM_NONE);
    CHECK(atom_intern(t, "\xff", 1) == TERM_NONE);
    CHECK(atom_intern(t, "\xed\xa0\x80", 3) == TERM_NONE); // a surrogate
    CHECK(atom_characters(t, atom_from(t, "\xc3\xa5\xc3\xa4")) == 2);
    atom_table_destroy(t);

    t = atom_table_create(0);
    Term last = TERM_NONE;
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "full %d", i);
        last = atom_intern(t, name, strlen(name));
    }
    CHECK(last == TERM_NONE); // the table is full
    atom_table_destroy(t);
}

// ---- bits
// -----------------------------------------------------------------------------------------

static bool bit(const uint8_t *bytes, size_t i) { return (bytes[i / 8] >> (7 - i % 8) & 1) != 0; }

static void test_bits_copy(void) {
    for (int round = 0; round < 20000; round++) {
        uint8_t from[64], to[64], before[64];
        for (size_t i = 0; i < 64; i++) {
            from[i] = (uint8_t)next_random();
            before[i] = to[i] = (uint8_t)next_random();
        }
        size_t n = next_random() % 200, src = next_random() % (512 - n),
               dst = next_random() % (512 - n);
        bits_copy(to, dst, from, src, n);
        int wrong = 0;
        for (size_t i = 0; i < 512; i++) {
            bool expected = i >= dst && i < dst + n ? bit(from, src + i - dst) : bit(before, i);
            wrong += bit(to, i) != expected;
        }
        CHECK(wrong == 0);
        BitsView x = {from + src / 8, src % 8, n}, y = {to + dst / 8, dst % 8, n};
        CHECK(bits_compare(x, y) == 0);
        if (n == 0) continue;
        y.size_bits--;
        CHECK(bits_compare(x, y) > 0 && bits_compare(y, x) < 0);
    }
}

// ---- order
// ----------------------------------------------------------------------------------------

static Term random_term(Heap *h, const AtomTable *atoms, int depth) {
    Term e[4];
    if (depth > 0) {
        for (int i = 0; i < 4; i++) e[i] = random_term(h, atoms, depth - 1);
        switch (next_random() % 4) {
        case 0: return heap_tuple(h, next_random() % 4, e);
        case 1:
            return heap_list(h, e, 1 + next_random() % 3, next_random() % 4 == 0 ? e[3] : TERM_NIL);
        case 2: return map_put(h, atoms, map_put(h, atoms, map_empty(h), e[0], e[1]), e[2], e[3]);
        default: break;
        }
    }
    switch (next_random() % 8) {
    case 0: return term_from_small((int64_t)(next_random() % 5) - 2);
    case 1: return heap_float(h, (double)(next_random() % 5) - 2);
    case 2:
        return number_shift_left(h, term_from_small(1 - 2 * (int64_t)(next_random() & 1)),
                                 term_from_small(70));
    case 3: return next_random() & 1 ? am_true : am_badarg;
    case 4: return TERM_NIL;
    case 5: return heap_binary_from(h, "abcdef", next_random() % 6);
    case 6:
        return heap_sub_bits(h, heap_binary_from(h, "abcdef", 6), next_random() % 10,
                             next_random() % 30);
    default: return heap_float(h, 1e300);
    }
}

static int sign(int c) { return (c > 0) - (c < 0); }

static void test_order(void) {
    AtomTable *atoms = atom_table_create(0);
    for (int round = 0; round < 400; round++) {
        Heap h;
        heap_init_detached(&h, NULL);
        Term t[12];
        for (int i = 0; i < 12; i++) t[i] = random_term(&h, atoms, (int)(next_random() % 4));
        for (int i = 0; i < 12; i++) {
            Term copy = heap_copy(&h, t[i]);
            CHECK(term_equal(t[i], copy) && term_compare(atoms, t[i], copy) == 0);
            CHECK(term_phash2(atoms, t[i], NULL) == term_phash2(atoms, copy, NULL));
            CHECK(term_phash(atoms, t[i], NULL) == term_phash(atoms, copy, NULL));
            CHECK(term_hash_internal(atoms, t[i], 3) == term_hash_internal(atoms, copy, 3));
            for (int j = 0; j < 12; j++) {
                int exact = sign(term_compare_exact(atoms, t[i], t[j])),
                    loose = sign(term_compare(atoms, t[i], t[j]));
                CHECK(exact == -sign(term_compare_exact(atoms, t[j], t[i])));
                CHECK(loose == -sign(term_compare(atoms, t[j], t[i])));
                CHECK((exact == 0) == term_equal(t[i], t[j]));
                CHECK(exact != 0 || loose == 0);
                for (int k = 0; k < 12; k++) {
                    if (exact > 0 || term_compare_exact(atoms, t[j], t[k]) > 0) continue;
                    CHECK(term_compare_exact(atoms, t[i], t[k]) <= 0);
                }
            }
        }
        heap_destroy(&h);
    }
    atom_table_destroy(atoms);
}

// A million levels deep, in the head and in the tail: nothing may recurse.
static void test_deep_terms(void) {
    AtomTable *atoms = atom_table_create(0);
    Heap h;
    heap_init_detached(&h, NULL);
    Term a = am_true, b = am_true, c = am_true;
    for (int i = 0; i < 1000000; i++) {
        a = i & 1 ? heap_cons(&h, a, TERM_NIL) : heap_tuple(&h, 1, &a);
        b = i & 1 ? heap_cons(&h, b, TERM_NIL) : heap_tuple(&h, 1, &b);
        c = heap_cons(&h, am_false, c);
    }
    CHECK(term_equal(a, b) && term_compare(atoms, a, b) == 0);
    CHECK(term_compare(atoms, a, c) != 0);
    CHECK(term_phash2(atoms, a, NULL) == term_phash2(atoms, b, NULL) &&
          term_phash(atoms, a, NULL) == term_phash(atoms, b, NULL));
    CHECK(term_hash_internal(atoms, a, 0) == term_hash_internal(atoms, b, 0));
    TextBuffer text = {0};
    print_term(&text, atoms, a, 0);
    CHECK(text.count == 2000004);
    mem_free(text.bytes);
    heap_destroy(&h);
    atom_table_destroy(atoms);
}

// What erlang:phash2(T, 1 bsl 32) and erlang:phash(T, 1 bsl 32) - 1 are on the real VM.
static void test_hashes(void) {
    AtomTable *atoms = atom_table_create(0);
    Heap h;
    heap_init_detached(&h, NULL);
    struct {
        Term t;
        uint32_t phash2, phash;
    } rows[] = {
        {term_from_small(0), 3175731469, 0},
        {term_from_small(-1), 1117813597, 1680185269},
        {term_from_small(1 << 27), 2562491755, 2147483672},
        {term_from_small((int64_t)1 << 40), 282329375, 1920229267},
        {number_shift_left(&h, term_from_small(-1), term_from_small(70)), 4181281985, 157674816},
        {atom_from(atoms, "a"), 97, 97},
        {TERM_NIL, 3468870702, 1},
        {heap_tuple(&h, 0, NULL), 221703996, 0},
        {heap_list_from_bytes(&h, (const uint8_t *)"abc", 3, TERM_NIL), 519996486, 3654580165},
        {heap_cons(&h, atom_from(atoms, "a"), atom_from(atoms, "b")), 2356411656, 4159696707},
        {heap_binary_from(&h, "hello", 5), 1658093459, 476327963},
        {heap_float(&h, 1.5), 2023646235, 1073217536},
        {heap_float(&h, 0.0), 423528920, 0},
        {heap_float(&h, -0.0), 423528920, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        CHECK(term_phash2(atoms, rows[i].t, NULL) == rows[i].phash2);
        CHECK(term_phash(atoms, rows[i].t, NULL) == rows[i].phash);
    }
    heap_destroy(&h);
    atom_table_destroy(atoms);
}

static void test_print(void) {
    AtomTable *atoms = atom_table_create(0);
    Heap h;
    heap_init_detached(&h, NULL);
    Term e[] = {atom_from(atoms, "A b"),
                heap_list_from_bytes(&h, (const uint8_t *)"x\n\"", 3, TERM_NIL),
                heap_cons(&h, term_from_small(1), am_true),
                heap_float(&h, 1.5),
                heap_binary_from(&h, "\x01\xff", 2),
                heap_binary_from(&h, "abc", 3),
                map_put(&h, atoms, map_empty(&h), am_true, TERM_NIL)};
    TextBuffer b = {0};
    print_term(&b, atoms, heap_tuple(&h, 7, e), 0);
    CHECK(strcmp(b.bytes,
                 "{'A b',\"x\\n\\\"\",[1|true],1.500000e+00,<<1,255>>,<<\"abc\">>,#{true=>[]}}") ==
          0);
    mem_free(b.bytes);
    heap_destroy(&h);
    atom_table_destroy(atoms);
}

int main(void) {
    test_atoms();
    test_bits_copy();
    test_order();
    test_deep_terms();
    test_hashes();
    test_print();
    return check_done();
}
