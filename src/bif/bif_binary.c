// SPDX-License-Identifier: Apache-2.0
//
// bif_binary.c - module binary but for searching (bif_binary_search.c): bytes, copies, common ends,
// unsigned integers. What is no binary (a bitstring of whole bytes) is badarg.
#include "bif/bif.h"
#include "bif/iodata.h"

#include "term/bits.h"
#include "term/number.h"

static uint8_t byte_at(BitsView v, size_t i) {
    DEBUG_ASSERT(i < v.size_bits / 8);
    uint8_t b;
    if (LIKELY(bits_is_byte_aligned(v))) return v.base[i];
    bits_copy(&b, 0, v.base, v.start_bit + 8 * i, 8);
    return b;
}

BIF(binary, at, 2)
{
    if (!term_is_binary(a[0]) || !term_is_small(a[1])) return bif_badarg(p);
    BitsView v = bits_view(a[0]);
    int64_t i = term_small(a[1]);
    if (i < 0 || (uint64_t)i >= v.size_bits / 8) return bif_badarg(p);
    return term_from_small(byte_at(v, (size_t)i));
}

BIF(binary, first, 1)
{
    if (!term_is_binary(a[0]) || bits_size(a[0]) == 0) return bif_badarg(p);
    return term_from_small(byte_at(bits_view(a[0]), 0));
}

BIF(binary, last, 1)
{
    if (!term_is_binary(a[0]) || bits_size(a[0]) == 0) return bif_badarg(p);
    return term_from_small(byte_at(bits_view(a[0]), bits_size(a[0]) / 8 - 1));
}

static Term copies(Process *p, Term binary, Term times) {
    if (!term_is_binary(binary) || !term_is_small(times) || term_small(times) < 0)
        return bif_badarg(p);
    BitsView v = bits_view(binary);
    size_t bytes = v.size_bits / 8, n = (size_t)term_small(times), total;
    if (__builtin_mul_overflow(bytes, n, &total) || total > (size_t)1 << 40)
        return bif_system_limit(p);
    uint8_t *out;
    Term t = heap_binary(&p->heap, total, &out);
    if (total == 0) return t;
    bits_copy(out, 0, v.base, v.start_bit, v.size_bits);
    ASSERT(bytes > 0 && n > 0);
    // each round copies all that is there
    for (size_t have = bytes; have < total; have *= 2)
        memcpy(out + have, out, MIN(have, total - have));
    bif_bump(p, (int64_t)(total / 1024));
    return t;
}

BIF(binary, copy, 1)
{ return copies(p, a[0], term_from_small(1)); }
BIF(binary, copy, 2)
{ return copies(p, a[0], a[1]); }

/** Bytes of the buffer that the binary is a part of. */
BIF(binary, referenced_byte_size, 1)
{
    if (!term_is_bitstring(a[0])) return bif_badarg(p);
    const Term *box = term_box(a[0]);
    if (header_kind(*box) == BOX_HEAP_BITS) return term_from_small((int64_t)((box[1] + 7) / 8));
    const Term *orig = term_box(box[3]);
    if (header_kind(*orig) == BOX_HEAP_BITS) return term_from_small((int64_t)((orig[1] + 7) / 8));
    ASSERT(header_kind(*orig) == BOX_BIN_REF);
    return term_from_small((int64_t)((const Binary *)(uintptr_t)orig[2])->size_bytes);
}

// ---- common ends
// ----------------------------------------------------------------------------------

static Term longest_common(Process *p, Term list, bool suffix) {
    int64_t n = bif_list_length(list);
    if (n <= 0) return bif_badarg(p);
    size_t common = SIZE_MAX;
    for (Term l = list; term_is_cell(l); l = term_tail(l)) {
        if (!term_is_binary(term_head(l))) return bif_badarg(p);
    }
    BitsView first = bits_view(term_head(list));
    size_t first_size = first.size_bits / 8;
    common = first_size;
    for (Term l = term_tail(list); term_is_cell(l); l = term_tail(l)) {
        BitsView v = bits_view(term_head(l));
        size_t size = v.size_bits / 8, i = 0, most = MIN(common, size);
        if (suffix) {
            while (i < most && byte_at(first, first_size - 1 - i) == byte_at(v, size - 1 - i)) i++;
        } else {
            while (i < most && byte_at(first, i) == byte_at(v, i)) i++;
        }
        common = i;
        bif_bump(p, (int64_t)(i / 256));
    }
    ASSERT(common <= first_size);
    return term_from_small((int64_t)common);
}

BIF(binary, longest_common_prefix, 1)
{ return longest_common(p, a[0], false); }
BIF(binary, longest_common_suffix, 1)
{ return longest_common(p, a[0], true); }

// ---- unsigned integers
// ----------------------------------------------------------------------------

static bool get_endianness(Term t, bool *big) {
    *big = t == am_big;
    return t == am_big || t == am_little;
}

static Term encode(Process *p, Term t, bool big) {
    if (!term_is_integer(t)) return bif_badarg(p);
    if (term_is_small(t) ? term_small(t) < 0 : term_box_kind(t) == BOX_NEG_BIG)
        return bif_badarg(p);
    size_t n = MAX(integer_magnitude_bytes(t), 1);
    uint8_t *out;
    Term binary = heap_binary(&p->heap, n, &out);
    integer_to_bytes(t, out, n, big);
    return binary;
}

static Term decode(Process *p, Term t, bool big) {
    size_t count;
    uint8_t *to_free;
    const uint8_t *bytes = bits_bytes(t, &count, &to_free);
    if (bytes == NULL) return bif_badarg(p);
    Term integer = integer_from_bytes(&p->heap, bytes, count, big, false);
    mem_free(to_free);
    return integer == NUMBER_TOO_BIG ? bif_system_limit(p) : integer;
}

BIF(binary, encode_unsigned, 1)
{ return encode(p, a[0], true); }
BIF(binary, encode_unsigned, 2)
{
    bool big;
    return get_endianness(a[1], &big) ? encode(p, a[0], big) : bif_badarg(p);
}
BIF(binary, decode_unsigned, 1)
{ return decode(p, a[0], true); }
BIF(binary, decode_unsigned, 2)
{
    bool big;
    return get_endianness(a[1], &big) ? decode(p, a[0], big) : bif_badarg(p);
}
