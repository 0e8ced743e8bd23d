// SPDX-License-Identifier: Apache-2.0
//
// bits_match.c - matching of the bit syntax, off the fast paths.
//
//   match context:  [header][position bit][end bit][orig]    orig: boxed HEAP_BITS or BIN_REF
//
// BITS-1: position <= end always; a failed match leaves position where it was.
// Only the process's own thread calls.
#include "exec/machine.h"

#define FLAG_LITTLE 2u
#define FLAG_SIGNED 4u

/** Size bits from a context as bytes, aligned to the low end of the last one (or the high end:
 * little endian). */
static uint8_t *take_bytes(const uint8_t *base, size_t position, size_t bits, bool little,
                           uint8_t *buffer) {
    size_t bytes = (bits + 7) / 8, odd = bits & 7;
    ASSERT(bits > 0);
    memset(buffer, 0, bytes);
    if (!little) {
        bits_copy(buffer, odd ? 8 - odd : 0, base, position, bits);
    } else {
        // whole bytes come first; the odd bits are the most significant ones of the number and
        // stand last
        bits_copy(buffer, 0, base, position, bits - odd);
        if (odd) bits_copy(buffer + bytes - 1, 8 - odd, base, position + bits - odd, odd);
    }
    return buffer;
}

static int64_t sign_extend(uint64_t v, size_t bits) {
    DEBUG_ASSERT(bits > 0 && bits <= 64);
    return (int64_t)(v << (64 - bits)) >> (64 - bits);
}

/** Long integers go through bytes. */
static Term long_integer(Process *p, const uint8_t *base, size_t position, size_t bits, bool little,
                         bool is_signed) {
    size_t bytes = (bits + 7) / 8, odd = bits & 7;
    ASSERT(bits > 64);
    uint8_t small[64], *buffer = bytes <= sizeof small ? small : mem_alloc(bytes);
    take_bytes(base, position, bits, little, buffer);
    uint8_t *top = little ? buffer + bytes - 1 : buffer;
    if (is_signed && odd && (*top >> (odd - 1)) & 1) *top |= (uint8_t)(0xffu << odd);
    // leading zeros do not count for the limit of an integer's size; eight bytes stay, so the sign
    // does
    const uint8_t *from = buffer;
    while (bytes > 8 &&
           (little ? from[bytes - 1] | from[bytes - 2] >> 7 : from[0] | from[1] >> 7) == 0) {
        if (!little) from++;
        bytes--;
    }
    Term r = integer_from_bytes(&p->heap, from, bytes, !little, is_signed);
    if (buffer != small) mem_free(buffer);
    return r;
}

Term rt_bs_get_integer(Process *p, Term *x, Term ctx_term, Term size, uint64_t unit, uint64_t flags,
                       uint64_t live) {
    Term *ctx = term_box(ctx_term);
    ASSERT(header_kind(ctx[0]) == BOX_MATCH_CTX && ctx[1] <= ctx[2]); // BITS-1
    size_t bits;
    if (!bits_size_of(size, unit, &bits) || ctx[2] - ctx[1] < bits) return TERM_NONE;
    size_t position = ctx[1];
    const uint8_t *base = bits_base(ctx[3]);
    bool little = flags & FLAG_LITTLE, is_signed = flags & FLAG_SIGNED;
    ctx[1] = position + bits;
    if (bits == 0) return term_from_small(0);
    if (bits <= 64) {
        uint64_t v;
        if (!little || bits <= 8) {
            v = bits_read(base + (position >> 3), position & 7, bits);
        } else {
            uint8_t buffer[8] = {0};
            take_bytes(base, position, bits, true, buffer);
            memcpy(&v, buffer, sizeof v); // Mica runs on little endian machines
        }
        if (is_signed) return rt_finish(p, x, heap_integer(&p->heap, sign_extend(v, bits)), live);
        return rt_finish(p, x, heap_unsigned(&p->heap, v), live);
    }
    Term r = long_integer(p, base, position, bits, little, is_signed);
    if (r == NUMBER_TOO_BIG) {
        ctx[1] = position;
        return TERM_NONE;
    }
    return rt_finish(p, x, r, live);
}

static double half_to_double(uint16_t h) {
    ASSERT(((h >> 10) & 31u) != 31u);
    uint32_t exponent = (h >> 10) & 31u, fraction = h & 0x3ffu;
    double v = exponent == 0 ? (double)fraction / (double)(1 << 24)
                             : (double)(fraction | 0x400u) / 1024.0 *
                                   __builtin_ldexp(1.0, (int)exponent - 15);
    return h & 0x8000u ? -v : v;
}

Term rt_bs_get_float(Process *p, Term *x, Term ctx_term, Term size, uint64_t unit, uint64_t flags,
                     uint64_t live) {
    Term *ctx = term_box(ctx_term);
    ASSERT(header_kind(ctx[0]) == BOX_MATCH_CTX && ctx[1] <= ctx[2]); // BITS-1
    size_t bits;
    if (!bits_size_of(size, unit, &bits) || ctx[2] - ctx[1] < bits) return TERM_NONE;
    double v;
    if (bits == 0) {
        v = 0.0;
    } else if (bits == 16 || bits == 32 || bits == 64) {
        uint8_t buffer[8];
        uint64_t raw = 0;
        take_bytes(bits_base(ctx[3]), ctx[1], bits, flags & FLAG_LITTLE, buffer);
        for (size_t i = 0; i < bits / 8; i++)
            raw = raw << 8 | buffer[flags & FLAG_LITTLE ? bits / 8 - 1 - i : i];
        if (bits == 64) {
            memcpy(&v, &raw, sizeof v);
        } else if (bits == 32) {
            uint32_t raw32 = (uint32_t)raw;
            float f;
            memcpy(&f, &raw32, sizeof f);
            v = f;
        } else {
            if (((raw >> 10) & 31u) == 31u) return TERM_NONE;
            v = half_to_double((uint16_t)raw);
        }
        if (!__builtin_isfinite(v)) return TERM_NONE;
    } else {
        return TERM_NONE;
    }
    ctx[1] += bits;
    return rt_finish(p, x, heap_float(&p->heap, v), live);
}

/** Part of orig as a term: copied when small, else shared. At most BITS_EXTRACT_WORDS. */
static Term extract(Process *p, Term orig, size_t position, size_t bits) {
    DEBUG_ASSERT(term_is_box_of(orig, BOX_HEAP_BITS) || term_is_box_of(orig, BOX_BIN_REF));
    size_t bytes = (bits + 7) / 8;
    if (bytes <= BITS_EXTRACT_COPY_BYTES_MAX) {
        Term *box = heap_alloc(&p->heap, heap_bits_words(bytes));
        box[0] = header_make(BOX_HEAP_BITS, heap_bits_words(bytes) - 1, 0);
        box[1] = bits;
        if (bytes > 0) {
            box[heap_bits_words(bytes) - 1] = 0;
            if (bytes > 8) box[2] = 0;
            if (((position | bits) & 7) == 0)
                memcpy(box + 2, bits_base(orig) + (position >> 3), bytes);
            else
                bits_copy((uint8_t *)(box + 2), 0, bits_base(orig), position, bits);
        }
        return term_from_box(box);
    }
    Term *box = heap_alloc(&p->heap, SUB_BITS_WORDS);
    box[0] = header_make(BOX_SUB_BITS, SUB_BITS_WORDS - 1, 0);
    box[1] = position;
    box[2] = position + bits;
    box[3] = orig;
    return term_from_box(box);
}

Term rt_bs_get_binary(Process *p, Term ctx_term, Term size, uint64_t unit) {
    Term *ctx = term_box(ctx_term);
    ASSERT(header_kind(ctx[0]) == BOX_MATCH_CTX && ctx[1] <= ctx[2]); // BITS-1
    size_t bits, left = ctx[2] - ctx[1];
    if (size == EXEC_SIZE_ALL) {
        if (unit > 1 && left % unit != 0) return TERM_NONE;
        bits = left;
    } else if (!bits_size_of(size, unit, &bits) || left < bits) {
        return TERM_NONE;
    }
    Term r = extract(p, ctx[3], ctx[1], bits);
    ctx[1] += bits;
    ASSERT(ctx[1] <= ctx[2]); // BITS-1
    return r;
}

Term rt_bs_get_tail(Process *p, Term ctx_term) {
    Term *ctx = term_box(ctx_term);
    ASSERT(header_kind(ctx[0]) == BOX_MATCH_CTX && ctx[1] <= ctx[2]); // BITS-1
    return extract(p, ctx[3], ctx[1], ctx[2] - ctx[1]);
}

bool rt_bits_equal(Term orig, size_t position, const uint8_t *bytes, size_t bits) {
    const uint8_t *base = bits_base(orig);
    if ((position & 7) == 0 && (bits & 7) == 0)
        return memcmp(base + (position >> 3), bytes, bits / 8) == 0;
    size_t at = 0;
    while (at < bits) {
        size_t n = MIN(bits - at, 32);
        if (bits_read(base + ((position + at) >> 3), (position + at) & 7, n) !=
            bits_read(bytes + (at >> 3), at & 7, n))
            return false;
        at += n;
    }
    return true;
}

// ---- Unicode
// ------------------------------------------------------------------------------------------------

static bool is_scalar(uint64_t c) { return c < 0xd800 || (c > 0xdfff && c <= 0x10ffff); }

/** One character of UTF-8 at position; bits it takes, 0: none there. */
static size_t read_utf8(const uint8_t *base, size_t position, size_t left, uint64_t *out) {
    if (left < 8) return 0;
    uint64_t first = bits_read(base + (position >> 3), position & 7, 8), c;
    size_t more;
    if (first < 0x80) return *out = first, 8;
    if (first >= 0xc2 && first < 0xe0)
        more = 1, c = first & 31;
    else if (first >= 0xe0 && first < 0xf0)
        more = 2, c = first & 15;
    else if (first >= 0xf0 && first < 0xf5)
        more = 3, c = first & 7;
    else
        return 0;
    if (left < 8 + more * 8) return 0;
    for (size_t i = 1; i <= more; i++) {
        size_t at = position + i * 8;
        uint64_t b = bits_read(base + (at >> 3), at & 7, 8);
        if ((b & 0xc0) != 0x80) return 0;
        c = c << 6 | (b & 63);
    }
    if (!is_scalar(c) || (more == 2 && c < 0x800) || (more == 3 && c < 0x10000)) return 0;
    return *out = c, 8 + more * 8;
}

static uint64_t read16(const uint8_t *base, size_t position, bool little) {
    uint64_t v = bits_read(base + (position >> 3), position & 7, 16);
    return little ? (v >> 8) | (v & 255) << 8 : v;
}

static size_t read_utf16(const uint8_t *base, size_t position, size_t left, bool little,
                         uint64_t *out) {
    if (left < 16) return 0;
    uint64_t c = read16(base, position, little);
    if (c < 0xd800 || c > 0xdfff) return *out = c, 16;
    if (c > 0xdbff || left < 32) return 0;
    uint64_t low = read16(base, position + 16, little);
    if (low < 0xdc00 || low > 0xdfff) return 0;
    return *out = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff), 32;
}

static size_t read_utf32(const uint8_t *base, size_t position, size_t left, bool little,
                         uint64_t *out) {
    if (left < 32) return 0;
    uint32_t v = (uint32_t)bits_read(base + (position >> 3), position & 7, 32);
    if (little) v = __builtin_bswap32(v);
    if (!is_scalar(v)) return 0;
    return *out = v, 32;
}

Term rt_bs_get_utf(Term ctx_term, uint64_t kind, uint64_t flags) {
    Term *ctx = term_box(ctx_term);
    ASSERT(kind == 8 || kind == 16 || kind == 32);
    ASSERT(header_kind(ctx[0]) == BOX_MATCH_CTX && ctx[1] <= ctx[2]); // BITS-1
    const uint8_t *base = bits_base(ctx[3]);
    size_t left = ctx[2] - ctx[1], used;
    uint64_t c = 0;
    if (kind == 8)
        used = read_utf8(base, ctx[1], left, &c);
    else if (kind == 16)
        used = read_utf16(base, ctx[1], left, flags & FLAG_LITTLE, &c);
    else
        used = read_utf32(base, ctx[1], left, flags & FLAG_LITTLE, &c);
    if (used == 0) return TERM_NONE;
    ASSERT(used <= left); // BITS-1
    ctx[1] += used;
    return term_from_small((int64_t)c);
}
