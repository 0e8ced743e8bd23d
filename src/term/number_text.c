// SPDX-License-Identifier: Apache-2.0
//
// number_text.c - integers as text in any base from 2 to 36, both ways. Pure but for the heap of
// the result.
#include "term/number.h"

#include "term/bigint.h"

#include <gmp.h>

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

char *small_to_text(int64_t value, int base, char room[SMALL_TEXT_ROOM], size_t *count) {
    ASSERT(base >= 2 && base <= 36 && count != NULL);
    char *at = room + SMALL_TEXT_ROOM;
    uint64_t m = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    if (base == 10) {
        do *--at = (char)('0' + m % 10);
        while ((m /= 10) != 0);
    } else {
        do *--at = digits[m % (unsigned)base];
        while ((m /= (unsigned)base) != 0);
    }
    if (value < 0) *--at = '-';
    *count = (size_t)(room + SMALL_TEXT_ROOM - at);
    return at;
}

char *integer_to_text(Term integer, int base, size_t *count) {
    ASSERT(term_is_integer(integer));
    ASSERT(base >= 2 && base <= 36);
    if (term_is_small(integer)) {
        char room[SMALL_TEXT_ROOM];
        const char *text = small_to_text(term_small(integer), base, room, count);
        char *out = mem_alloc(*count + 1);
        memcpy(out, text, *count);
        out[*count] = 0;
        return out;
    }
    IntegerView v;
    integer_view(&v, integer);
    ASSERT(v.count > 0);
    size_t room = mpn_sizeinbase(v.limbs, (mp_size_t)v.count, base) + 2;
    char *out = mem_alloc(room + 2);
    uint64_t *copy = mem_alloc((v.count + 1) * sizeof *copy); // mpn_get_str overwrites its input
    memcpy(copy, v.limbs, v.count * sizeof *copy);
    size_t at = v.negative;
    if (v.negative) out[0] = '-';
    unsigned char *values = (unsigned char *)out + at;
    size_t n = mpn_get_str(values, base, copy, (mp_size_t)v.count);
    mem_free(copy);
    size_t zeros = 0;
    while (zeros + 1 < n && values[zeros] == 0) zeros++;
    n -= zeros;
    for (size_t i = 0; i < n; i++) out[at + i] = digits[values[zeros + i]];
    out[at + n] = 0;
    *count = at + n;
    ASSERT(*count <= room + 1);
    return out;
}

static int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'z') return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
    return 99;
}

Term integer_from_text(Heap *h, const char *text, size_t count, int base) {
    ASSERT(base >= 2 && base <= 36);
    bool negative = false;
    size_t i = 0;
    if (count > 0 && (text[0] == '-' || text[0] == '+')) {
        negative = text[0] == '-';
        i = 1;
    }
    if (i == count) return TERM_NONE;
    uint64_t m = 0;
    size_t first = i;
    // 36^11 < 2^57: that many digits fit in a word whatever the base
    for (; i < count && i < first + 11; i++) {
        int d = digit_value(text[i]);
        if (d >= base) return TERM_NONE;
        m = m * (unsigned)base + (unsigned)d;
    }
    if (i == count) return heap_integer(h, negative ? -(int64_t)m : (int64_t)m);
    for (; i < count; i++) {
        if (digit_value(text[i]) >= base) return TERM_NONE;
    }
    while (first < count && text[first] == '0') first++;
    size_t n = count - first;
    if (n == 0) return term_from_small(0);
    // an upper bound of log2(base) in 1/16ths, so of the limbs
    static const uint8_t sixteenths[37] = {0,  0,  16, 26, 32, 38, 42, 45, 48, 51, 54, 56, 58,
                                           60, 61, 63, 64, 66, 67, 68, 70, 71, 72, 73, 74, 75,
                                           76, 77, 77, 78, 79, 80, 80, 81, 82, 83, 83};
    size_t limbs = (n / 16 + 1) * sixteenths[base] / 64 + 2;
    if (limbs > BIGINT_LIMBS_MAX + 16384) return NUMBER_TOO_BIG;
    unsigned char *values = mem_alloc(n);
    for (size_t k = 0; k < n; k++) values[k] = (unsigned char)digit_value(text[first + k]);
    Term *box = heap_alloc(h, 1 + limbs);
    size_t used = (size_t)mpn_set_str((mp_limb_t *)(box + 1), values, n, base);
    ASSERT(used <= limbs);
    mem_free(values);
    return bigint_finish(h, box, used, negative);
}
