// SPDX-License-Identifier: Apache-2.0
//
// The external term format: known encodings as erl 25 prints them, random terms there and back, and
// mutilated bytes, which must be refused or decoded, never believed.
#include "check.h"

#include "term/bits.h"
#include "term/compare.h"
#include "term/external.h"
#include "term/map.h"
#include "term/number.h"

static AtomTable *atoms;
static NodeTable *nodes;
static ExternalContext context;
static uint64_t random_state = 11;

static uint64_t next_random(void) {
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return random_state >> 33;
}

static Term random_term(Heap *h, int depth) {
    uint8_t *out;
    Term e[40];
    size_t n;
    switch (next_random() % (depth > 0 ? 14 : 8)) {
    case 0: return term_from_small((int64_t)(next_random() << (next_random() % 30)) - 500);
    case 1: return heap_float(h, (double)next_random() / 3.0 - 1e6);
    case 2: return TERM_NIL;
    case 3: return atom_from(atoms, next_random() % 2 ? "ok" : "f\303\266\303\266\342\202\254");
    case 4:
        return number_multiply(h, heap_unsigned(h, UINT64_MAX - next_random()),
                               heap_integer(h, -1 - (int64_t)next_random()));
    case 5:
        n = next_random() % 700;
        e[0] = heap_bitstring(h, n, &out);
        for (size_t i = 0; i < (n + 7) / 8; i++) out[i] = (uint8_t)next_random();
        if (n % 8 != 0) out[n / 8] &= (uint8_t)(0xff00u >> (n % 8));
        return e[0];
    case 6: return term_from_pid_data(next_random() % 100000);
    case 7:
        return heap_list_from_bytes(h, (const uint8_t *)"some text", next_random() % 9, TERM_NIL);
    default: break;
    }
    n = next_random() % 40;
    for (size_t i = 0; i < n; i++) e[i] = random_term(h, depth - 1);
    switch (next_random() % 4) {
    case 0: return heap_tuple(h, n, e);
    case 1: return heap_list(h, e, n, n > 0 && next_random() % 4 == 0 ? am_true : TERM_NIL);
    default: break;
    }
    Term map = map_empty(h);
    for (size_t i = 0; i < n; i++)
        map = map_put(h, atoms, map, next_random() % 2 ? e[i] : term_from_small((int64_t)i),
                      e[n - 1 - i]);
    return map;
}

static void check_both_ways(Heap *h, Term t, const ExternalOptions *o) {
    uint8_t *bytes;
    size_t count, used;
    if (!CHECK(external_encode(&context, t, o, &bytes, &count, NULL))) return;
    if (o->compression == 0) CHECK(external_size(&context, t, o, NULL) == count);
    Term back = external_decode(h, &context, bytes, count, true, EXTERNAL_SAFE, &used, NULL);
    CHECK(back != TERM_NONE && used == count && term_equal(t, back));
    for (int i = 0; i < 12 && count > 2; i++) {
        // Cut, and changed bytes: whatever comes out is a term or nothing.
        size_t cut = next_random() % count;
        external_decode(h, &context, bytes, cut, true, 0, &used, NULL);
        size_t at = 1 + next_random() % (count - 1);
        uint8_t kept = bytes[at];
        bytes[at] = (uint8_t)next_random();
        Term odd = external_decode(h, &context, bytes, count, true, EXTERNAL_SAFE, &used, NULL);
        if (odd != TERM_NONE) {
            uint8_t *again = NULL;
            size_t again_count;
            CHECK(term_equal(odd, odd) &&
                  external_encode(&context, odd, o, &again, &again_count, NULL));
            mem_free(again);
        }
        bytes[at] = kept;
    }
    mem_free(bytes);
}

static void test_random_terms(void) {
    for (int round = 0; round < 400; round++) {
        Heap h;
        heap_init_detached(&h, NULL);
        Term t = random_term(&h, round % 4);
        check_both_ways(&h, t, &(ExternalOptions){.minor_version = 1});
        check_both_ways(
            &h, t, &(ExternalOptions){.minor_version = 2, .compression = 6, .deterministic = true});
        heap_destroy(&h);
    }
}

static void test_noise(void) {
    uint8_t noise[400];
    for (int round = 0; round < 20000; round++) {
        Heap h;
        size_t used, count = 1 + next_random() % sizeof noise;
        heap_init_detached(&h, NULL);
        for (size_t i = 0; i < count; i++)
            noise[i] = (uint8_t)(next_random() % 4 ? 97 + next_random() % 24 : next_random());
        noise[0] = EXTERNAL_VERSION;
        external_decode(&h, &context, noise, count, true, 0, &used, NULL);
        heap_destroy(&h);
    }
    CHECK(true);
}

static void check_bytes(Term t, const ExternalOptions *o, const uint8_t *expected,
                        size_t expected_count) {
    uint8_t *bytes;
    size_t count;
    external_encode(&context, t, o, &bytes, &count, NULL);
    CHECK(count == expected_count && memcmp(bytes, expected, count) == 0);
    mem_free(bytes);
}

static void test_known_bytes(void) {
    Heap h;
    heap_init_detached(&h, NULL);
    ExternalOptions o = {.minor_version = 1}, newer = {.minor_version = 2};
    check_bytes(atom_from(atoms, "a"), &o, (const uint8_t[]){131, 100, 0, 1, 97}, 5);
    check_bytes(atom_from(atoms, "a"), &newer, (const uint8_t[]){131, 119, 1, 97}, 4);
    check_bytes(term_from_small(-1), &o, (const uint8_t[]){131, 98, 255, 255, 255, 255}, 6);
    check_bytes(term_from_small((int64_t)1 << 40), &o,
                (const uint8_t[]){131, 110, 6, 0, 0, 0, 0, 0, 0, 1}, 10);
    check_bytes(heap_list_from_bytes(&h, (const uint8_t *)"ab", 2, TERM_NIL), &o,
                (const uint8_t[]){131, 107, 0, 2, 97, 98}, 6);
    check_bytes(term_from_pid_data(9), &o,
                (const uint8_t[]){131, 88,  100, 0,   13,  'n', 'o', 'n', 'o', 'd',
                                  'e', '@', 'n', 'o', 'h', 'o', 's', 't', 0,   0,
                                  0,   9,   0,   0,   0,   0,   0,   0,   0,   0},
                30);
    heap_destroy(&h);
}

static void test_deep_terms(void) {
    Heap h;
    heap_init_detached(&h, NULL);
    Term t = TERM_NIL;
    for (int i = 0; i < 200000; i++) t = i % 2 ? heap_tuple(&h, 1, &t) : heap_cons(&h, t, TERM_NIL);
    uint8_t *bytes;
    size_t count, used;
    external_encode(&context, t, &(ExternalOptions){.minor_version = 1}, &bytes, &count, NULL);
    Term back = external_decode(&h, &context, bytes, count, true, 0, &used, NULL);
    CHECK(back != TERM_NONE && term_equal(back, t));
    mem_free(bytes);
    heap_destroy(&h);
}

int main(void) {
    atoms = atom_table_create(100000);
    nodes = node_table_create();
    node_set_own(nodes, am_nonode_nohost, 0);
    context = (ExternalContext){.atoms = atoms, .nodes = nodes};
    test_known_bytes();
    test_random_terms();
    test_noise();
    test_deep_terms();
    node_table_destroy(nodes);
    atom_table_destroy(atoms);
    return check_done();
}
