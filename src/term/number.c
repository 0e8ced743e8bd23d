// SPDX-License-Identifier: Apache-2.0
//
// number.c - arithmetic on numbers: small and big integers, floats, and mixtures as Erlang defines
// them.
//
// NUM-1: results are normal: small where they fit, floats in their word where they fit, and always
// finite. NUM-2: TERM_NONE is badarith, NUMBER_TOO_BIG system_limit; nothing stays allocated then.
// A builder belongs to its heap's owner.
#include "term/number.h"

#include "term/bigint.h"

#include <gmp.h>
#include <math.h>

static Term from_double(Heap *h, double d) {
    if (UNLIKELY(!isfinite(d))) return TERM_NONE; // NUM-1
    Term t = flonum_encode(d);
    return t != TERM_NONE ? t : heap_float(h, d);
}

// Both as doubles, when one of them is a float and the other a number.
static bool both_doubles(Term a, Term b, double *x, double *y) {
    DEBUG_ASSERT(x != y);
    if (!term_is_float(a) && !term_is_float(b)) return false;
    return number_to_double(a, x) && number_to_double(b, y);
}

// ---- sums
// -----------------------------------------------------------------------------------------

static Term add_views(Heap *h, const IntegerView *x, const IntegerView *y, bool y_negative) {
    DEBUG_ASSERT(x->count == 0 || x->limbs[x->count - 1] != 0); // INT-2
    if (x->count < y->count || (x->count == y->count && x->count > 0 &&
                                mpn_cmp(x->limbs, y->limbs, (mp_size_t)x->count) < 0)) {
        // the sum's sign is that of the larger magnitude: let it be x
        Term *box = heap_alloc(h, 2 + y->count);
        uint64_t *r = (uint64_t *)(box + 1);
        uint64_t carry = 0;
        if (x->count == 0) {
            memcpy(r, y->limbs, y->count * sizeof *r);
        } else if (x->negative == y_negative) {
            carry = mpn_add(r, y->limbs, (mp_size_t)y->count, x->limbs, (mp_size_t)x->count);
        } else {
            carry = 0;
            mpn_sub(r, y->limbs, (mp_size_t)y->count, x->limbs, (mp_size_t)x->count);
        }
        r[y->count] = carry;
        return bigint_finish(h, box, y->count + 1, y_negative);
    }
    Term *box = heap_alloc(h, 2 + x->count);
    uint64_t *r = (uint64_t *)(box + 1);
    uint64_t carry = 0;
    if (y->count == 0) {
        if (x->count > 0) memcpy(r, x->limbs, x->count * sizeof *r);
    } else if (x->negative == y_negative) {
        carry = mpn_add(r, x->limbs, (mp_size_t)x->count, y->limbs, (mp_size_t)y->count);
    } else {
        mpn_sub(r, x->limbs, (mp_size_t)x->count, y->limbs, (mp_size_t)y->count);
    }
    r[x->count] = carry;
    return bigint_finish(h, box, x->count + 1, x->negative);
}

Term number_add(Heap *h, Term a, Term b) {
    if (LIKELY(term_is_small(a) && term_is_small(b)))
        return heap_integer(h, term_small(a) + term_small(b));
    if (term_is_integer(a) && term_is_integer(b)) {
        IntegerView x, y;
        integer_view(&x, a);
        integer_view(&y, b);
        return add_views(h, &x, &y, y.negative);
    }
    double x, y;
    return both_doubles(a, b, &x, &y) ? from_double(h, x + y) : TERM_NONE;
}

Term number_subtract(Heap *h, Term a, Term b) {
    if (LIKELY(term_is_small(a) && term_is_small(b)))
        return heap_integer(h, term_small(a) - term_small(b));
    if (term_is_integer(a) && term_is_integer(b)) {
        IntegerView x, y;
        integer_view(&x, a);
        integer_view(&y, b);
        return add_views(h, &x, &y, !y.negative);
    }
    double x, y;
    return both_doubles(a, b, &x, &y) ? from_double(h, x - y) : TERM_NONE;
}

Term number_negate(Heap *h, Term a) {
    if (LIKELY(term_is_small(a))) return heap_integer(h, -term_small(a));
    if (term_is_float(a)) return from_double(h, -term_float(a));
    if (!term_is_big(a)) return TERM_NONE;
    IntegerView v;
    integer_view(&v, a);
    return integer_from_limbs(h, v.limbs, v.count, !v.negative);
}

// ---- products
// -------------------------------------------------------------------------------------

static Term multiply_integers(Heap *h, Term a, Term b) {
    DEBUG_ASSERT(term_is_integer(a) && term_is_integer(b));
    if (term_is_small(a) && term_is_small(b)) {
        int64_t r;
        if (!__builtin_mul_overflow(term_small(a), term_small(b), &r)) return heap_integer(h, r);
    }
    IntegerView x, y;
    integer_view(&x, a);
    integer_view(&y, b);
    if (x.count == 0 || y.count == 0) return term_from_small(0);
    if (x.count + y.count > BIGINT_LIMBS_MAX + 1) return NUMBER_TOO_BIG;
    Term *box = heap_alloc(h, 1 + x.count + y.count);
    uint64_t *r = (uint64_t *)(box + 1);
    if (a == b) {
        mpn_sqr(r, x.limbs, (mp_size_t)x.count);
    } else if (x.count >= y.count) {
        mpn_mul(r, x.limbs, (mp_size_t)x.count, y.limbs, (mp_size_t)y.count);
    } else {
        mpn_mul(r, y.limbs, (mp_size_t)y.count, x.limbs, (mp_size_t)x.count);
    }
    return bigint_finish(h, box, x.count + y.count, x.negative != y.negative);
}

Term number_multiply(Heap *h, Term a, Term b) {
    if (term_is_integer(a) && term_is_integer(b)) return multiply_integers(h, a, b);
    double x, y;
    return both_doubles(a, b, &x, &y) ? from_double(h, x * y) : TERM_NONE;
}

Term number_divide(Heap *h, Term a, Term b) {
    double x, y;
    if (!number_to_double(a, &x) || !number_to_double(b, &y) || y == 0) return TERM_NONE;
    return from_double(h, x / y);
}

// Quotient or remainder of integers of which one is big, b not zero.
static Term divide_views(Heap *h, Term a, Term b, bool want_rem) {
    ASSERT(!term_is_small(a) || !term_is_small(b));
    IntegerView x, y;
    integer_view(&x, a);
    integer_view(&y, b);
    ASSERT(y.count > 0);
    if (x.count < y.count ||
        (x.count == y.count && mpn_cmp(x.limbs, y.limbs, (mp_size_t)x.count) < 0)) {
        return want_rem ? a : term_from_small(0);
    }
    size_t q_count = x.count - y.count + 1;
    // the one that is not wanted stands in memory of its own
    size_t spare_count = want_rem ? q_count : y.count;
    uint64_t few[32],
        *spare = spare_count <= ARRAY_COUNT(few) ? few : mem_alloc(spare_count * sizeof *spare);
    Term *box = heap_alloc(h, 1 + (want_rem ? y.count : q_count));
    uint64_t *r = (uint64_t *)(box + 1);
    mpn_tdiv_qr(want_rem ? spare : r, want_rem ? r : spare, 0, x.limbs, (mp_size_t)x.count, y.limbs,
                (mp_size_t)y.count);
    if (spare != few) mem_free(spare);
    return want_rem ? bigint_finish(h, box, y.count, x.negative)
                    : bigint_finish(h, box, q_count, x.negative != y.negative);
}

Term number_int_div(Heap *h, Term a, Term b) {
    if (!term_is_integer(a) || !term_is_integer(b) || b == term_from_small(0)) return TERM_NONE;
    if (LIKELY(term_is_small(a) && term_is_small(b)))
        return heap_integer(h, term_small(a) / term_small(b));
    return divide_views(h, a, b, false);
}

Term number_rem(Heap *h, Term a, Term b) {
    if (!term_is_integer(a) || !term_is_integer(b) || b == term_from_small(0)) return TERM_NONE;
    if (LIKELY(term_is_small(a) && term_is_small(b)))
        return term_from_small(term_small(a) % term_small(b));
    return divide_views(h, a, b, true);
}

// ---- bits
// -----------------------------------------------------------------------------------------

// Limb i of an integer in two's complement; *borrow is 1 before limb 0.
static ALWAYS_INLINE uint64_t complement_limb(const IntegerView *v, size_t i, uint64_t *borrow) {
    DEBUG_ASSERT(*borrow <= 1);
    uint64_t limb = i < v->count ? v->limbs[i] : 0;
    if (!v->negative) return limb;
    uint64_t less = limb - *borrow;
    *borrow = limb < *borrow;
    return ~less;
}

typedef enum { BITS_AND, BITS_OR, BITS_XOR } BitsOperation;

static Term combine_bits(Heap *h, Term a, Term b, BitsOperation operation) {
    if (!term_is_integer(a) || !term_is_integer(b)) return TERM_NONE;
    if (LIKELY(term_is_small(a) && term_is_small(b))) {
        int64_t x = term_small(a), y = term_small(b);
        return term_from_small(operation == BITS_AND  ? (x & y)
                               : operation == BITS_OR ? (x | y)
                                                      : (x ^ y));
    }
    IntegerView x, y;
    integer_view(&x, a);
    integer_view(&y, b);
    size_t n = MAX(x.count, y.count) + 1;
    Term *box = heap_alloc(h, 1 + n);
    uint64_t *r = (uint64_t *)(box + 1);
    uint64_t borrow_x = 1, borrow_y = 1;
    for (size_t i = 0; i < n; i++) {
        uint64_t p = complement_limb(&x, i, &borrow_x), q = complement_limb(&y, i, &borrow_y);
        r[i] = operation == BITS_AND ? (p & q) : operation == BITS_OR ? (p | q) : (p ^ q);
    }
    bool negative = (r[n - 1] >> 63) != 0;
    if (negative) mpn_neg(r, r, (mp_size_t)n);
    return bigint_finish(h, box, n, negative);
}

Term number_band(Heap *h, Term a, Term b) { return combine_bits(h, a, b, BITS_AND); }

Term number_bor(Heap *h, Term a, Term b) { return combine_bits(h, a, b, BITS_OR); }

Term number_bxor(Heap *h, Term a, Term b) { return combine_bits(h, a, b, BITS_XOR); }

Term number_bnot(Heap *h, Term a) {
    if (LIKELY(term_is_small(a))) return term_from_small(~term_small(a));
    if (!term_is_big(a)) return TERM_NONE;
    // ~a is -a - 1
    IntegerView x, one;
    integer_view(&x, a);
    integer_view(&one, term_from_small(1));
    x.negative = !x.negative;
    return add_views(h, &x, &one, true);
}

static Term shift_up(Heap *h, Term a, uint64_t bits) {
    DEBUG_ASSERT(term_is_integer(a));
    if (a == term_from_small(0) || bits == 0) return a;
    IntegerView v;
    integer_view(&v, a);
    if (bits / 64 > BIGINT_LIMBS_MAX || v.count + bits / 64 > BIGINT_LIMBS_MAX)
        return NUMBER_TOO_BIG;
    size_t limbs = bits / 64, n = v.count + limbs + 1;
    Term *box = heap_alloc(h, 1 + n);
    uint64_t *r = (uint64_t *)(box + 1);
    memset(r, 0, limbs * sizeof *r);
    r[n - 1] = 0;
    if ((bits & 63) != 0) {
        r[n - 1] = mpn_lshift(r + limbs, v.limbs, (mp_size_t)v.count, (unsigned)(bits & 63));
    } else {
        memcpy(r + limbs, v.limbs, v.count * sizeof *r);
    }
    return bigint_finish(h, box, n, v.negative);
}

// Arithmetic shift: rounds to minus infinity.
static Term shift_down(Heap *h, Term a, uint64_t bits) {
    DEBUG_ASSERT(term_is_integer(a));
    if (term_is_small(a)) return term_from_small(term_small(a) >> MIN(bits, 63));
    IntegerView v;
    integer_view(&v, a);
    if (bits == 0) return a;
    if (bits / 64 >= v.count) return term_from_small(v.negative ? -1 : 0);
    size_t limbs = bits / 64, n = v.count - limbs;
    bool lost = false;
    if (v.negative) {
        for (size_t i = 0; i < limbs && !lost; i++) lost = v.limbs[i] != 0;
        if (!lost) lost = (v.limbs[limbs] & (((uint64_t)1 << (bits & 63)) - 1)) != 0;
    }
    Term *box = heap_alloc(h, 2 + n);
    uint64_t *r = (uint64_t *)(box + 1);
    if ((bits & 63) != 0) {
        mpn_rshift(r, v.limbs + limbs, (mp_size_t)n, (unsigned)(bits & 63));
    } else {
        memcpy(r, v.limbs + limbs, n * sizeof *r);
    }
    r[n] = 0;
    if (lost) mpn_add_1(r, r, (mp_size_t)(n + 1), 1);
    return bigint_finish(h, box, n + 1, v.negative);
}

static Term shift(Heap *h, Term a, Term b, bool up) {
    if (!term_is_integer(a) || !term_is_integer(b)) return TERM_NONE;
    if (term_is_small(b)) {
        int64_t n = term_small(b);
        if (n < 0) up = !up;
        uint64_t bits = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
        return up ? shift_up(h, a, bits) : shift_down(h, a, bits);
    }
    if (term_box_kind(b) == BOX_NEG_BIG) up = !up;
    if (a == term_from_small(0)) return a;
    if (up) return NUMBER_TOO_BIG;
    return shift_down(h, a, UINT64_MAX);
}

Term number_shift_left(Heap *h, Term a, Term b) { return shift(h, a, b, true); }

Term number_shift_right(Heap *h, Term a, Term b) { return shift(h, a, b, false); }
