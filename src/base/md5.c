// SPDX-License-Identifier: Apache-2.0
//
// md5.c - see md5.h. The round constants are floor(2^32 * |sin(i + 1)|).
#include "base/md5.h"

static const uint32_t md5_constants[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
static const uint8_t md5_shifts[4][4] = {
    {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

static uint32_t rotate_left(uint32_t v, uint32_t count) {
    return (v << count) | (v >> (32 - count));
}

static void md5_block(Md5 *m, const uint8_t *bytes) {
    uint32_t w[16];
    for (int i = 0; i < 16; i++) {
        w[i] = (uint32_t)bytes[4 * i] | (uint32_t)bytes[4 * i + 1] << 8 |
               (uint32_t)bytes[4 * i + 2] << 16 | (uint32_t)bytes[4 * i + 3] << 24;
    }
    uint32_t a = m->state[0], b = m->state[1], c = m->state[2], d = m->state[3];
    // four rounds of the same shape; the loops unroll, so that w's and the constants' indices are
    // known
#define MD5_ROUND(first, mix, index)                                                               \
    _Pragma("clang loop unroll(full)") for (uint32_t i = first; i < first + 16; i++) {             \
        uint32_t next = b + rotate_left(a + (mix) + md5_constants[i] + w[(index)&15],              \
                                        md5_shifts[i >> 4][i & 3]);                                \
        a = d, d = c, c = b, b = next;                                                             \
    }
    MD5_ROUND(0, d ^ (b & (c ^ d)), i)
    MD5_ROUND(16, c ^ (d & (b ^ c)), 5 * i + 1)
    MD5_ROUND(32, b ^ c ^ d, 3 * i + 5)
    MD5_ROUND(48, c ^ (b | ~d), 7 * i)
#undef MD5_ROUND
    m->state[0] += a, m->state[1] += b, m->state[2] += c, m->state[3] += d;
}

void md5_init(Md5 *m) { *m = (Md5){.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}}; }

void md5_update(Md5 *m, const void *data, size_t count) {
    if (count == 0) return; // data may be NULL
    const uint8_t *bytes = data;
    size_t used = m->count_bytes & 63;
    m->count_bytes += count;
    if (used != 0) {
        size_t part = MIN(count, 64 - used);
        memcpy(m->block + used, bytes, part);
        bytes += part, count -= part;
        if (used + part < 64) return;
        md5_block(m, m->block);
    }
    for (; count >= 64; bytes += 64, count -= 64) md5_block(m, bytes);
    if (count > 0) memcpy(m->block, bytes, count);
}

void md5_final(Md5 *m, uint8_t digest[16]) {
    uint64_t bits = m->count_bytes * 8;
    uint8_t tail[72] = {0x80};
    size_t used = m->count_bytes & 63;
    size_t pad = used < 56 ? 56 - used : 120 - used;
    for (int i = 0; i < 8; i++) tail[pad + i] = (uint8_t)(bits >> (8 * i));
    md5_update(m, tail, pad + 8);
    ASSERT((m->count_bytes & 63) == 0);
    for (int i = 0; i < 16; i++) digest[i] = (uint8_t)(m->state[i / 4] >> (8 * (i & 3)));
}
