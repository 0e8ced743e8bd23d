// SPDX-License-Identifier: Apache-2.0
//
// bits.c - looking at bitstrings and moving runs of bits.
//
// BITS-1: a view's base is the byte that its first bit stands in, so start_bit is 0..7.
// BITS-2: nothing reads a byte in which no bit of the run stands, so a run may end at the end of a
// page. Pure functions: any thread may call.
#include "term/bits.h"

#include "base/alloc.h"

BitsView bits_view(Term bits) {
    const Term *box = term_box(bits);
    BoxKind kind = header_kind(box[0]);
    if (kind == BOX_HEAP_BITS) return (BitsView){(const uint8_t *)(box + 2), 0, box[1]};
    ASSERT(kind == BOX_SUB_BITS || kind == BOX_MATCH_CTX);
    const Term *orig = term_box(box[3]);
    const uint8_t *bytes;
    if (header_kind(orig[0]) == BOX_HEAP_BITS) {
        bytes = (const uint8_t *)(orig + 2);
    } else {
        ASSERT(header_kind(orig[0]) == BOX_BIN_REF);
        bytes = ((const Binary *)(uintptr_t)orig[2])->bytes;
    }
    ASSERT(box[1] <= box[2]);
    return (BitsView){bytes + (box[1] >> 3), box[1] & 7u, box[2] - box[1]}; // BITS-1
}

Binary *bits_binary(Term bits) {
    ASSERT(term_is_bitstring(bits));
    const Term *box = term_box(bits);
    if (term_box_kind(bits) == BOX_HEAP_BITS || term_box_kind(box[3]) != BOX_BIN_REF) return NULL;
    return (Binary *)(uintptr_t)term_box(box[3])[2];
}

size_t bits_size(Term bits) {
    DEBUG_ASSERT(term_is_boxed(bits));
    const Term *box = term_box(bits);
    if (header_kind(box[0]) == BOX_HEAP_BITS) return box[1];
    return box[2] - box[1];
}

const uint8_t *bits_bytes(Term binary, size_t *count, uint8_t **to_free) {
    ASSERT(count != NULL && to_free != NULL);
    *to_free = NULL;
    if (!term_is_bitstring(binary)) return NULL;
    BitsView v = bits_view(binary);
    if ((v.size_bits & 7u) != 0) return NULL;
    *count = v.size_bits >> 3;
    if (LIKELY(bits_is_byte_aligned(v))) return v.base;
    *to_free = mem_alloc(*count + 1);
    bits_copy(*to_free, 0, v.base, v.start_bit, v.size_bits);
    return *to_free;
}

// The n bits (1..8) from bit position at, in the low bits of the result.
static ALWAYS_INLINE uint32_t take(const uint8_t *src, size_t at, uint32_t n) {
    DEBUG_ASSERT(n >= 1 && n <= 8);
    const uint8_t *p = src + (at >> 3);
    uint32_t offset = (uint32_t)at & 7u;
    uint32_t pair = (uint32_t)p[0] << 8;
    if (offset + n > 8) pair |= p[1]; // BITS-2
    return (pair >> (16 - offset - n)) & ((1u << n) - 1);
}

// Puts the low n bits (1..8, within one byte) at bit position at.
static ALWAYS_INLINE void put(uint8_t *dst, size_t at, uint32_t n, uint32_t value) {
    DEBUG_ASSERT(n >= 1 && (at & 7u) + n <= 8);
    uint8_t *p = dst + (at >> 3);
    uint32_t shift = 8 - ((uint32_t)at & 7u) - n;
    uint32_t mask = ((1u << n) - 1) << shift;
    *p = (uint8_t)((*p & ~mask) | ((value << shift) & mask));
}

static ALWAYS_INLINE uint64_t load_be64(const uint8_t *p) {
    uint64_t v;
    memcpy(&v, p, 8);
    return __builtin_bswap64(v);
}

void bits_copy(uint8_t *dst, size_t dst_bit, const uint8_t *src, size_t src_bit, size_t size_bits) {
    if (size_bits == 0) return;
    dst += dst_bit >> 3;
    dst_bit &= 7u;
    src += src_bit >> 3;
    src_bit &= 7u;
    if (dst_bit != 0) {
        uint32_t n = (uint32_t)MIN(8 - dst_bit, size_bits);
        put(dst, dst_bit, n, take(src, src_bit, n));
        size_bits -= n;
        if (size_bits == 0) return;
        src_bit += n;
        dst++;
        src += src_bit >> 3;
        src_bit &= 7u;
    }
    size_t whole = size_bits >> 3;
    if (src_bit == 0) {
        memcpy(dst, src, whole);
    } else {
        size_t i = 0;
        // a word at a time: 8 bytes out of 9
        for (; i + 8 <= whole; i += 8) {
            uint64_t v = (load_be64(src + i) << src_bit) | (src[i + 8] >> (8 - src_bit));
            v = __builtin_bswap64(v);
            memcpy(dst + i, &v, 8);
        }
        for (; i < whole; i++)
            dst[i] = (uint8_t)((src[i] << src_bit) | (src[i + 1] >> (8 - src_bit)));
    }
    uint32_t rest = (uint32_t)size_bits & 7u;
    if (rest != 0) put(dst + whole, 0, rest, take(src + whole, src_bit, rest));
}

int bits_compare(BitsView a, BitsView b) {
    size_t common = MIN(a.size_bits, b.size_bits);
    size_t whole = common >> 3;
    DEBUG_ASSERT(a.start_bit < 8 && b.start_bit < 8); // BITS-1
    if ((a.start_bit | b.start_bit) == 0) {
        int c = whole == 0 ? 0 : memcmp(a.base, b.base, whole);
        if (c != 0) return c;
    } else {
        for (size_t i = 0; i < whole; i++) {
            uint32_t x = take(a.base + i, a.start_bit, 8), y = take(b.base + i, b.start_bit, 8);
            if (x != y) return x < y ? -1 : 1;
        }
    }
    uint32_t rest = (uint32_t)common & 7u;
    if (rest != 0) {
        uint32_t x = take(a.base + whole, a.start_bit, rest),
                 y = take(b.base + whole, b.start_bit, rest);
        if (x != y) return x < y ? -1 : 1;
    }
    return a.size_bits == b.size_bits ? 0 : a.size_bits < b.size_bits ? -1 : 1;
}
