// SPDX-License-Identifier: Apache-2.0
//
// number.h - integers and floats: in-word and boxed, arithmetic, text.
//
// Builders allocate in a Heap (heap/heap.h); results follow TERM-3. Arithmetic returns TERM_NONE
// for badarith (wrong types, division by zero, float overflow) and NUMBER_TOO_BIG for system_limit.
#ifndef MICA_TERM_NUMBER_H
#define MICA_TERM_NUMBER_H

#include "heap/heap.h"
#include "term/term.h"

#define NUMBER_TOO_BIG ((Term)8) // not a term: an integer beyond the limit was asked for

// ---- in-word floats
// -------------------------------------------------------------------------------
static ALWAYS_INLINE double flonum_decode(Term t) {
    if (t == 0x8000000000000002u) return 0.0;
    uint64_t b63 = t >> 63;
    uint64_t bits = (2 - b63) | (t & ~(uint64_t)3);
    bits = (bits >> 3) | (bits << 61);
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}
/** The word, or TERM_NONE if this float must be boxed. */
static ALWAYS_INLINE Term flonum_encode(double d) {
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    uint32_t top = (uint32_t)(bits >> 60) & 7u;
    if (bits != 0x3000000000000000u && (top == 3 || top == 4)) {
        bits = (bits << 3) | (bits >> 61);
        return (bits & ~(uint64_t)3) | 2u;
    }
    if (bits == 0) return 0x8000000000000002u;
    return TERM_NONE;
}
static ALWAYS_INLINE double term_float(Term t) {
    if (term_is_flonum(t)) return flonum_decode(t);
    double d;
    memcpy(&d, term_box(t) + 1, sizeof d);
    return d;
}
/** Double of any number; false when a big integer is out of range. */
bool number_to_double(Term t, double *out);

// ---- arithmetic
// -----------------------------------------------------------------------------------
Term number_add(Heap *h, Term a, Term b);
Term number_subtract(Heap *h, Term a, Term b);
Term number_multiply(Heap *h, Term a, Term b);
Term number_divide(Heap *h, Term a, Term b); // the float '/'
Term number_int_div(Heap *h, Term a, Term b);
Term number_rem(Heap *h, Term a, Term b);
Term number_negate(Heap *h, Term a);
Term number_band(Heap *h, Term a, Term b);
Term number_bor(Heap *h, Term a, Term b);
Term number_bxor(Heap *h, Term a, Term b);
Term number_bnot(Heap *h, Term a);
Term number_shift_left(Heap *h, Term a, Term b);
Term number_shift_right(Heap *h, Term a, Term b);

// ---- conversions
// ----------------------------------------------------------------------------------
/** Integer from bytes: size_bytes, most significant first if big_endian. */
Term integer_from_bytes(Heap *h, const uint8_t *bytes, size_t size_bytes, bool big_endian,
                        bool is_signed);
/** Writes the low size_bytes of an integer in two's complement. */
void integer_to_bytes(Term integer, uint8_t *out, size_t size_bytes, bool big_endian);
/** Number of bytes of an integer's magnitude. */
size_t integer_magnitude_bytes(Term integer);
/** Low 64 bits in two's complement of any integer. */
uint64_t integer_low64(Term integer);
/** Digits of an integer of one word in the caller's room, without a closing NUL: where they begin;
 * *count of them. */
#define SMALL_TEXT_ROOM 72
char *small_to_text(int64_t value, int base, char room[SMALL_TEXT_ROOM], size_t *count);
/** Text in base 2..36 (upper case); caller mem_frees. */
char *integer_to_text(Term integer, int base, size_t *count);
/** Parses an optional sign and digits; TERM_NONE when malformed or empty, NUMBER_TOO_BIG beyond the
 * limit. */
Term integer_from_text(Heap *h, const char *text, size_t count, int base);
/** Truncates, rounds (half away from zero), floors or ceils a finite double to an integer. */
Term integer_from_double(Heap *h, double d);
/** Shortest text that reads back the same, as float_to_list(F, [short]) of OTP 25; out has room for
 * 32; returns length. */
size_t float_to_text_shortest(double d, char *out);
/** float_to_list(F, [{decimals, N}]) / [compact]; returns length, or 0 if it does not fit. */
size_t float_to_text_decimals(double d, int decimals, bool compact, char *out, size_t room);
/** float_to_list(F, [{scientific, N}]). */
size_t float_to_text_scientific(double d, int decimals, char *out, size_t room);
/** Erlang's float syntax only ("1.0", "-1.5e-10"); false when it is none or out of range. */
bool float_from_text(const char *text, size_t count, double *out);

#endif
