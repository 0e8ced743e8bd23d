// SPDX-License-Identifier: Apache-2.0
//
// bits.h - looking at bitstrings, wherever their bytes are, and moving runs of bits.
//
// A BitsView points into a term: it is valid until the next collection of the owner's heap.
#ifndef MICA_TERM_BITS_H
#define MICA_TERM_BITS_H

#include "term/binary.h"
#include "term/term.h"

typedef struct BitsView {
    const uint8_t *base; // byte that bit 0 stands in
    size_t start_bit;    // first bit, counted from base's most significant bit
    size_t size_bits;
} BitsView;

/** View of a bitstring term (HEAP_BITS or SUB_BITS). */
BitsView bits_view(Term bits);
static ALWAYS_INLINE bool bits_is_byte_aligned(BitsView v) { return (v.start_bit & 7u) == 0; }
size_t bits_size(Term bits);
/** The counted buffer that its bytes stand in; NULL: they are on the heap. */
Binary *bits_binary(Term bits);
/** Is it a binary, that is: a whole number of bytes? */
static ALWAYS_INLINE bool term_is_binary(Term t) {
    return term_is_bitstring(t) && (bits_size(t) & 7u) == 0;
}
/**
 * The bytes of a binary, aligned. Where the term does not start at a byte they are copied into a
 * block that *to_free then names (mem_free it; NULL where none was needed). NULL if t is no binary.
 */
const uint8_t *bits_bytes(Term binary, size_t *count, uint8_t **to_free);
/** Copies size_bits from src (bit offset) to dst (bit offset); neighbouring bits of dst are kept.
 */
void bits_copy(uint8_t *dst, size_t dst_bit, const uint8_t *src, size_t src_bit, size_t size_bits);
/** Compares two runs as OTP orders bitstrings: <0, 0, >0. */
int bits_compare(BitsView a, BitsView b);

#endif
