// SPDX-License-Identifier: Apache-2.0
//
// Numbers: arithmetic on random integers of every size keeps the laws it must keep, results are
// normal, texts read back.
#include "check.h"

#include "heap/heap.h"
#include "term/bigint.h"
#include "term/compare.h"
#include "term/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 7;

static uint64_t next_random(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 20;
}

static Term random_integer(Heap *h) {
    uint64_t limbs[12];
    size_t n = next_random() % 12;
    for (size_t i = 0; i < n; i++) {
        limbs[i] = next_random() % 5 == 0   ? 0
                   : next_random() % 5 == 0 ? UINT64_MAX
                                            : next_random() << 20 ^ next_random();
    }
    if (n > 0 && next_random() % 3 == 0) limbs[n - 1] >>= next_random() % 64;
    return integer_from_limbs(h, limbs, n, next_random() & 1);
}

// TERM-3: what fits is small, and a big one's top limb is not zero.
static bool is_normal(Term t) {
    if (term_is_small(t)) return true;
    if (!term_is_big(t)) return false;
    IntegerView v;
    integer_view(&v, t);
    return v.limbs[v.count - 1] != 0 &&
           (v.count > 1 || v.limbs[0] > (uint64_t)SMALL_MAX + v.negative);
}

static void test_laws(void) {
    for (int i = 0; i < 3000; i++) {
        Heap h;
        heap_init_detached(&h, NULL);
        Term a = random_integer(&h), b = random_integer(&h), c = random_integer(&h);
        Term sum = number_add(&h, a, b), product = number_multiply(&h, a, b);
        CHECK(is_normal(a) && is_normal(sum) && is_normal(product));
        CHECK(term_equal(sum, number_add(&h, b, a)));
        CHECK(term_equal(product, number_multiply(&h, b, a)));
        CHECK(term_equal(number_subtract(&h, sum, b), a));
        CHECK(term_equal(number_multiply(&h, c, sum),
                         number_add(&h, number_multiply(&h, c, a), number_multiply(&h, c, b))));
        if (b != term_from_small(0)) {
            Term q = number_int_div(&h, a, b), r = number_rem(&h, a, b);
            CHECK(is_normal(q) && is_normal(r));
            CHECK(term_equal(number_add(&h, number_multiply(&h, q, b), r), a));
            CHECK(r == term_from_small(0) || (integer_compare(r, term_from_small(0)) < 0) ==
                                                 (integer_compare(a, term_from_small(0)) < 0));
        }
        // a + b == (a xor b) + 2 * (a band b), and the three of them with bor
        Term both = number_band(&h, a, b), either = number_bor(&h, a, b),
             one = number_bxor(&h, a, b);
        CHECK(is_normal(both) && is_normal(either) && is_normal(one));
        CHECK(
            term_equal(sum, number_add(&h, one, number_shift_left(&h, both, term_from_small(1)))));
        CHECK(term_equal(number_add(&h, both, either), sum));
        CHECK(term_equal(number_bnot(&h, a),
                         number_subtract(&h, number_negate(&h, a), term_from_small(1))));
        Term n = term_from_small((int64_t)(next_random() % 200));
        Term up = number_shift_left(&h, a, n);
        CHECK(is_normal(up) && term_equal(number_shift_right(&h, up, n), a));
        CHECK(integer_compare(number_shift_left(&h, number_shift_right(&h, a, n), n), a) <= 0);
        heap_destroy(&h);
    }
}

static void test_integer_texts_and_bytes(void) {
    for (int i = 0; i < 1000; i++) {
        Heap h;
        heap_init_detached(&h, NULL);
        Term a = random_integer(&h);
        int base = 2 + (int)(next_random() % 35);
        size_t count;
        char *text = integer_to_text(a, base, &count);
        CHECK(count == strlen(text));
        CHECK(term_equal(integer_from_text(&h, text, count, base), a));
        mem_free(text);
        uint8_t bytes[128];
        size_t n = integer_magnitude_bytes(a) + 1 + next_random() % 20;
        for (int big = 0; big < 2; big++) {
            integer_to_bytes(a, bytes, n, big);
            CHECK(term_equal(integer_from_bytes(&h, bytes, n, big, true), a));
        }
        heap_destroy(&h);
    }
    Heap h;
    heap_init_detached(&h, NULL);
    CHECK(integer_from_text(&h, "", 0, 10) == TERM_NONE);
    CHECK(integer_from_text(&h, "-", 1, 10) == TERM_NONE);
    CHECK(integer_from_text(&h, "12x", 3, 10) == TERM_NONE);
    CHECK(integer_from_text(&h, "000000000000000000000000000000007", 33, 10) == term_from_small(7));
    CHECK(integer_from_text(&h, "-Zz", 3, 36) == term_from_small(-1295));
    heap_destroy(&h);
}

static void test_limits(void) {
    Heap h;
    heap_init_detached(&h, NULL);
    Term one = term_from_small(1);
    CHECK(number_shift_left(&h, one, term_from_small(33554368)) == NUMBER_TOO_BIG);
    Term largest = number_shift_left(&h, one, term_from_small(33554367));
    CHECK(term_is_big(largest));
    CHECK(number_multiply(&h, largest, largest) == NUMBER_TOO_BIG);
    CHECK(number_add(&h, largest, largest) == NUMBER_TOO_BIG);
    CHECK(number_int_div(&h, one, term_from_small(0)) == TERM_NONE);
    CHECK(number_divide(&h, one, term_from_small(0)) == TERM_NONE);
    CHECK(number_add(&h, one, am_true) == TERM_NONE);
    CHECK(number_band(&h, one, heap_float(&h, 1.0)) == TERM_NONE);
    CHECK(number_multiply(&h, heap_float(&h, 1e300), heap_float(&h, 1e300)) == TERM_NONE);
    CHECK(number_add(&h, largest, heap_float(&h, 1.0)) == TERM_NONE);
    CHECK(number_negate(&h, term_from_small(SMALL_MIN)) ==
              number_subtract(&h, term_from_small(0), term_from_small(SMALL_MIN)) ||
          term_is_big(number_negate(&h, term_from_small(SMALL_MIN))));
    heap_destroy(&h);
}

static double random_double(void) {
    for (;;) {
        uint64_t bits = next_random() << 40 ^ next_random() << 20 ^ next_random();
        double d;
        memcpy(&d, &bits, sizeof d);
        if (isfinite(d)) return d;
    }
}

static void test_floats(void) {
    for (int i = 0; i < 20000; i++) {
        Heap h;
        heap_init_detached(&h, NULL);
        double d = random_double();
        if (i % 3 == 0) d = ldexp(1, (int)(next_random() % 2000) - 1040);
        Term t = heap_float(&h, d);
        CHECK(term_is_float(t) && term_float(t) == d);
        CHECK(term_is_flonum(t) == (flonum_encode(d) != TERM_NONE));
        char text[64];
        double back;
        size_t n = float_to_text_shortest(d, text);
        CHECK(n < 32 && float_from_text(text, n, &back) && back == d);
        Term whole = integer_from_double(&h, d);
        CHECK(is_normal(whole) && number_to_double(whole, &back) && back == trunc(d));
        CHECK(integer_compare_double(whole, trunc(d)) == 0);
        CHECK(integer_compare_double(number_add(&h, whole, term_from_small(1)), trunc(d)) > 0);
        CHECK(integer_compare_double(number_subtract(&h, whole, term_from_small(1)), trunc(d)) < 0);
        heap_destroy(&h);
    }
}

static bool shortest_is(double d, const char *expected) {
    char text[64];
    size_t n = float_to_text_shortest(d, text);
    return n == strlen(expected) && memcmp(text, expected, n) == 0;
}

// What the real VM prints.
static void test_float_texts(void) {
    CHECK(shortest_is(0.0, "0.0"));
    CHECK(shortest_is(-0.0, "-0.0"));
    CHECK(shortest_is(1e22, "1.0e22"));
    CHECK(shortest_is(5e-324, "5.0e-324"));
    CHECK(shortest_is(5.684341886080802e-14, "5.684341886080802e-14"));
    CHECK(shortest_is(123456789.125, "123456789.125"));
    CHECK(shortest_is(9007199254740992.0, "9.007199254740992e15"));
    char text[256];
    CHECK(float_to_text_decimals(-0.0, 2, true, text, sizeof text) == 4 &&
          memcmp(text, "-0.0", 4) == 0);
    CHECK(float_to_text_decimals(1.5, 254, false, text, sizeof text) == 0);
    CHECK(float_to_text_decimals(0.999, 2, false, text, sizeof text) == 4 &&
          memcmp(text, "1.00", 4) == 0);
    double d;
    CHECK(!float_from_text("1.", 2, &d) && !float_from_text(".5", 2, &d) &&
          !float_from_text("1e5", 3, &d));
    CHECK(!float_from_text("1.5e", 4, &d) && !float_from_text("1.0e400", 7, &d) &&
          !float_from_text(" 1.0", 4, &d));
    CHECK(float_from_text("+1.5E+3", 7, &d) && d == 1500);
}

int main(void) {
    test_laws();
    test_integer_texts_and_bytes();
    test_limits();
    test_floats();
    test_float_texts();
    return check_done();
}
