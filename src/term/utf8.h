// SPDX-License-Identifier: Apache-2.0
//
// utf8.h - one character at a time: decoding with every check of the standard, and encoding. Pure
// functions.
#ifndef MICA_TERM_UTF8_H
#define MICA_TERM_UTF8_H

#include "base/base.h"

#define UTF8_MALFORMED (-1)
#define UTF8_INCOMPLETE (-2)

/** May this number stand for a character? Surrogates may not. */
static ALWAYS_INLINE bool utf8_is_character(uint64_t c) {
    return c < 0xd800 || (c > 0xdfff && c <= 0x10ffff);
}

/**
 * The character at bytes[0..count-1] (count > 0); *used gets its length. UTF8_INCOMPLETE: what is
 * there may begin a character, but it ends too early. UTF8_MALFORMED: anything else, overlong forms
 * and surrogates too.
 */
static inline int32_t utf8_decode(const uint8_t *bytes, size_t count, size_t *used) {
    uint8_t b = bytes[0];
    if (b < 0x80) {
        *used = 1;
        return b;
    }
    size_t need;
    uint8_t low = 0x80, high = 0xbf;
    int32_t c;
    if (b >= 0xc2 && b <= 0xdf) {
        need = 2;
        c = b & 0x1f;
    } else if (b >= 0xe0 && b <= 0xef) {
        need = 3;
        c = b & 0x0f;
        if (b == 0xe0) low = 0xa0;
        if (b == 0xed) high = 0x9f;
    } else if (b >= 0xf0 && b <= 0xf4) {
        need = 4;
        c = b & 0x07;
        if (b == 0xf0) low = 0x90;
        if (b == 0xf4) high = 0x8f;
    } else {
        return UTF8_MALFORMED;
    }
    for (size_t i = 1; i < need; i++) {
        if (i >= count) return UTF8_INCOMPLETE;
        if (bytes[i] < low || bytes[i] > high) return UTF8_MALFORMED;
        low = 0x80;
        high = 0xbf;
        c = (c << 6) | (bytes[i] & 0x3f);
    }
    *used = need;
    return c;
}

/** Bytes that the character takes. */
static ALWAYS_INLINE size_t utf8_length(uint32_t c) {
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

/** Writes the character, returns its length (at most 4). */
static inline size_t utf8_encode(uint32_t c, uint8_t *out) {
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xc0 | (c >> 6));
        out[1] = (uint8_t)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xe0 | (c >> 12));
        out[1] = (uint8_t)(0x80 | ((c >> 6) & 0x3f));
        out[2] = (uint8_t)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | (c >> 18));
    out[1] = (uint8_t)(0x80 | ((c >> 12) & 0x3f));
    out[2] = (uint8_t)(0x80 | ((c >> 6) & 0x3f));
    out[3] = (uint8_t)(0x80 | (c & 0x3f));
    return 4;
}

/** Counts the characters; false when the text is no UTF-8. */
static inline bool utf8_count(const uint8_t *bytes, size_t count, size_t *characters) {
    size_t n = 0;
    for (size_t i = 0, used; i < count; i += used, n++) {
        if (utf8_decode(bytes + i, count - i, &used) < 0) return false;
    }
    *characters = n;
    return true;
}

#endif
