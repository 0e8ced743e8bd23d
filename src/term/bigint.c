// SPDX-License-Identifier: Apache-2.0
//
// bigint.c - integers on limbs: building, order, bytes. The limbs' arithmetic is GMP's mpn layer.
//
// INT-1: an integer that fits in 62 bits is small (TERM-3), so the magnitudes of big ones are above
// SMALL_MAX. INT-2: a big integer's top limb is not zero, and it has at most BIGINT_LIMBS_MAX
// limbs. Builders belong to the heap's owner; the rest are pure functions.
#include "term/bigint.h"

#include "term/number.h"

#include <gmp.h>
#include <math.h>

_Static_assert(sizeof(mp_limb_t) == sizeof(uint64_t) && GMP_NAIL_BITS == 0, "a limb is a word");

Term bigint_finish(Heap *h, Term *box, size_t count, bool negative) {
    DEBUG_ASSERT(h != NULL && ((uintptr_t)box & 7u) == 0); // TERM-1
    const uint64_t *limbs = (const uint64_t *)(box + 1);
    while (count > 0 && limbs[count - 1] == 0) count--;
    if (count == 0 || (count == 1 && limbs[0] <= (uint64_t)SMALL_MAX + negative)) {
        uint64_t m = count == 0 ? 0 : limbs[0];
        heap_give_back(h, box);
        return term_from_small(negative ? (int64_t)(0 - m) : (int64_t)m);
    }
    if (UNLIKELY(count > BIGINT_LIMBS_MAX)) {
        heap_give_back(h, box);
        return NUMBER_TOO_BIG;
    }
    box[0] = header_make(negative ? BOX_NEG_BIG : BOX_POS_BIG, count, 0);
    heap_give_back(h, box + 1 + count);
    return term_from_box(box);
}

Term integer_from_limbs(Heap *h, const uint64_t *limbs, size_t count, bool negative) {
    while (count > 0 && limbs[count - 1] == 0) count--;
    if (count == 0) return term_from_small(0);
    if (count == 1 && limbs[0] <= (uint64_t)SMALL_MAX + negative) {
        return term_from_small(negative ? (int64_t)(0 - limbs[0]) : (int64_t)limbs[0]); // INT-1
    }
    if (count > BIGINT_LIMBS_MAX) return NUMBER_TOO_BIG; // INT-2
    Term *box = heap_alloc(h, 1 + count);
    box[0] = header_make(negative ? BOX_NEG_BIG : BOX_POS_BIG, count, 0);
    memcpy(box + 1, limbs, count * sizeof *limbs);
    return term_from_box(box);
}

static int compare_magnitudes(const IntegerView *x, const IntegerView *y) {
    DEBUG_ASSERT(x->count == 0 || x->limbs[x->count - 1] != 0); // INT-2
    if (x->count != y->count) return x->count < y->count ? -1 : 1;
    return x->count == 0 ? 0 : mpn_cmp(x->limbs, y->limbs, (mp_size_t)x->count);
}

int integer_compare(Term a, Term b) {
    if (term_is_small(a) && term_is_small(b)) {
        int64_t x = term_small(a), y = term_small(b);
        return x == y ? 0 : x < y ? -1 : 1;
    }
    IntegerView x, y;
    integer_view(&x, a);
    integer_view(&y, b);
    if (x.negative != y.negative) return x.negative ? -1 : 1;
    int c = compare_magnitudes(&x, &y);
    return x.negative ? -c : c;
}

int integer_compare_double(Term a, double d) {
    ASSERT(isfinite(d));
    if (term_is_small(a) && fabs(d) < 9007199254740992.0) {
        // a rounded to a double is on the same side of d as a: below 2^53 every integer is a double
        double x = (double)term_small(a);
        return x == d ? 0 : x < d ? -1 : 1;
    }
    IntegerView x;
    integer_view(&x, a);
    bool negative = d < 0;
    if (x.negative != negative) return x.negative ? -1 : 1;
    // the magnitudes: |d| is mantissa * 2^shift
    int exponent;
    double fraction = frexp(fabs(d), &exponent);
    size_t bits = x.count == 0 ? 0 : x.count * 64 - (size_t)__builtin_clzll(x.limbs[x.count - 1]);
    int c = 0;
    if (exponent <= 0) { // |d| < 1
        c = x.count != 0 ? 1 : d != 0 ? -1 : 0;
    } else if (bits != (size_t)exponent) {
        c = bits < (size_t)exponent ? -1 : 1;
    } else {
        uint64_t mantissa = (uint64_t)ldexp(fraction, 64); // 53 bits at the top of 64
        uint64_t top = x.limbs[x.count - 1];
        uint32_t shift = (uint32_t)__builtin_clzll(top);
        uint64_t high = top << shift;
        if (shift != 0 && x.count > 1) high |= x.limbs[x.count - 2] >> (64 - shift);
        if (high != mantissa) {
            c = high < mantissa ? -1 : 1;
        } else {
            // whatever a has below these 64 bits makes it larger
            size_t below = bits > 64 ? bits - 64 : 0;
            for (size_t i = 0; i < below / 64 && c == 0; i++) c = x.limbs[i] != 0;
            if (c == 0 && (below & 63) != 0)
                c = (x.limbs[below / 64] & (((uint64_t)1 << (below & 63)) - 1)) != 0;
        }
    }
    return negative ? -c : c;
}

// ---- bytes
// ----------------------------------------------------------------------------------------

Term integer_from_bytes(Heap *h, const uint8_t *bytes, size_t size_bytes, bool big_endian,
                        bool is_signed) {
    ASSERT(bytes != NULL || size_bytes == 0);
    if (size_bytes == 0) return term_from_small(0);
    uint8_t top = bytes[big_endian ? 0 : size_bytes - 1];
    bool negative = is_signed && (top & 0x80) != 0;
    if (size_bytes <= 8) {
        uint64_t v = negative ? ~(uint64_t)0 : 0;
        for (size_t i = 0; i < size_bytes; i++)
            v = (v << 8) | bytes[big_endian ? i : size_bytes - 1 - i];
        if (negative || (int64_t)v >= 0) return heap_integer(h, (int64_t)v);
        return heap_unsigned(h, v);
    }
    size_t count = (size_bytes + 7) / 8;
    if (count > BIGINT_LIMBS_MAX + 1) return NUMBER_TOO_BIG;
    Term *box = heap_alloc(h, 1 + count);
    uint64_t *limbs = (uint64_t *)(box + 1);
    limbs[count - 1] = negative ? ~(uint64_t)0 : 0;
    if (big_endian) {
        for (size_t i = 0; i < count; i++) {
            size_t end = size_bytes - 8 * i, begin = end > 8 ? end - 8 : 0;
            uint64_t v = negative ? ~(uint64_t)0 : 0;
            for (size_t k = begin; k < end; k++) v = (v << 8) | bytes[k];
            limbs[i] = v;
        }
    } else {
        memcpy(limbs, bytes, size_bytes);
    }
    if (negative) mpn_neg(limbs, limbs, (mp_size_t)count);
    return bigint_finish(h, box, count, negative);
}

void integer_to_bytes(Term integer, uint8_t *out, size_t size_bytes, bool big_endian) {
    ASSERT(term_is_integer(integer));
    IntegerView v;
    integer_view(&v, integer);
    uint64_t borrow = 1; // -m is ~(m - 1)
    for (size_t at = 0, i = 0; at < size_bytes; i++) {
        uint64_t limb = i < v.count ? v.limbs[i] : 0;
        if (v.negative) {
            uint64_t less = limb - borrow;
            borrow = limb < borrow;
            limb = ~less;
        }
        for (int k = 0; k < 8 && at < size_bytes; k++, at++) {
            out[big_endian ? size_bytes - 1 - at : at] = (uint8_t)limb;
            limb >>= 8;
        }
    }
}

size_t integer_magnitude_bytes(Term integer) {
    ASSERT(term_is_integer(integer));
    IntegerView v;
    integer_view(&v, integer);
    if (v.count == 0) return 0;
    return v.count * 8 - (size_t)__builtin_clzll(v.limbs[v.count - 1]) / 8;
}

uint64_t integer_low64(Term integer) {
    if (term_is_small(integer)) return (uint64_t)term_small(integer);
    IntegerView v;
    integer_view(&v, integer);
    ASSERT(v.count > 0);
    return v.negative ? 0 - v.limbs[0] : v.limbs[0];
}

// ---- doubles
// --------------------------------------------------------------------------------------

bool number_to_double(Term t, double *out) {
    if (term_is_small(t)) {
        *out = (double)term_small(t);
        return true;
    }
    if (term_is_float(t)) {
        *out = term_float(t);
        return true;
    }
    if (!term_is_big(t)) return false;
    IntegerView v;
    integer_view(&v, t);
    if (v.count > 17) return false;
    // from the top limb down, rounding at each step, as OTP does: its last bit can be seen
    double d = 0;
    for (size_t i = v.count; i-- > 0;) d = d * 18446744073709551616.0 + (double)v.limbs[i];
    if (!isfinite(d)) return false;
    *out = v.negative ? -d : d;
    return true;
}

Term integer_from_double(Heap *h, double d) {
    ASSERT(isfinite(d));
    d = trunc(d);
    if (fabs(d) < 9223372036854775808.0) return heap_integer(h, (int64_t)d);
    int exponent;
    double fraction = frexp(fabs(d), &exponent);
    uint64_t mantissa = (uint64_t)ldexp(fraction, 53);
    size_t shift = (size_t)exponent - 53; // at least 11
    uint64_t limbs[18] = {0};
    ASSERT(shift / 64 + 1 < ARRAY_COUNT(limbs));
    limbs[shift / 64] = mantissa << (shift & 63);
    if ((shift & 63) > 11) limbs[shift / 64 + 1] = mantissa >> (64 - (shift & 63));
    return integer_from_limbs(h, limbs, ARRAY_COUNT(limbs), d < 0);
}
