// SPDX-License-Identifier: Apache-2.0
//
// bits_build.c - construction of the bit syntax: bs_create_bin at once, bs_init and bs_put_* in
// steps, and appending in place.
//
// Appending: a bitstring whose SUB_BITS has SUB_BITS_WRITABLE stands at the front of a counted
// buffer with room behind its end. Whoever appends to it claims that room if nobody has: that is,
// if the buffer's size_bytes is just its end.
//
// BUILD-1: size_bytes of a writable buffer only grows, by the claim; bits below an end never change
// (BIN-1). An end within a byte, whose claim may leave size_bytes as it is, is claimed only by a
// process that alone refers to the buffer, and its term is writable no more.
// BUILD-2: a buffer is moved (a larger one put in its BIN_REF's place) only when its BIN_REF holds
// the only reference. BUILD-3: x[S_BITS_BASE], x[S_BITS_POSITION] are the place to write between
// bs_init/bs_append and the last bs_put_*;
//          nothing collects meanwhile.
// Only the process's own thread calls; a buffer may be seen by several, so the claim is atomic.
#include "exec/machine.h"

#define FLAG_LITTLE 2u
#define FLAG_SIGNED 4u

typedef struct Output {
    uint8_t *base;
    size_t position; // bits
} Output;

static bool collect_first(Process *p, uint64_t words, uint64_t live) {
    if (live >= X_REG_COUNT) return true;
    size_t room = (size_t)(p->heap.stack - p->heap.top);
    if (LIKELY(room >= words + HEAP_STACK_SLACK && !exec_collect_due(p))) return true;
    return process_collect(p, words, (uint32_t)live);
}

// ---- writing values
// ---------------------------------------------------------------------------------------

static void put_bits64(Output *o, uint64_t v, size_t bits) {
    DEBUG_ASSERT(bits > 0 && bits <= 64);
    uint8_t buffer[8];
    if (bits < 64) v <<= 64 - bits;
    if (((o->position | bits) & 7) == 0) {
        uint8_t *out = o->base + (o->position >> 3);
        for (size_t i = 0; i < bits >> 3; i++) out[i] = (uint8_t)(v >> (56 - 8 * i));
    } else {
        for (size_t i = 0; i < 8; i++) buffer[i] = (uint8_t)(v >> (56 - 8 * i));
        bits_copy(o->base, o->position, buffer, 0, bits);
    }
    o->position += bits;
}

static void put_little64(Output *o, uint64_t v, size_t bits) {
    DEBUG_ASSERT(bits > 0 && bits <= 64);
    uint8_t buffer[8];
    size_t bytes = (bits + 7) / 8, odd = bits & 7;
    for (size_t i = 0; i < bytes; i++) buffer[i] = (uint8_t)(v >> (8 * i));
    if (odd) buffer[bytes - 1] = (uint8_t)(buffer[bytes - 1] << (8 - odd));
    bits_copy(o->base, o->position, buffer, 0, bits);
    o->position += bits;
}

static void put_integer(Output *o, Term value, size_t bits, uint64_t flags) {
    bool little = flags & FLAG_LITTLE;
    DEBUG_ASSERT(term_is_integer(value));
    if (bits == 0) return;
    if (bits <= 64) {
        uint64_t v = term_is_small(value) ? (uint64_t)term_small(value) : integer_low64(value);
        if (little && bits > 8)
            put_little64(o, v, bits);
        else
            put_bits64(o, v, bits);
        return;
    }
    size_t bytes = (bits + 7) / 8, odd = bits & 7;
    uint8_t *buffer = mem_alloc(bytes);
    integer_to_bytes(value, buffer, bytes, !little);
    if (odd && little) buffer[bytes - 1] = (uint8_t)(buffer[bytes - 1] << (8 - odd));
    bits_copy(o->base, o->position, buffer, odd && !little ? 8 - odd : 0, bits);
    o->position += bits;
    mem_free(buffer);
}

/** IEEE half precision, rounded to even; what is too large becomes infinite, as in OTP. */
static uint16_t double_to_half(double v) {
    uint16_t sign = __builtin_signbit(v) ? 0x8000u : 0;
    double a = __builtin_fabs(v);
    ASSERT(!__builtin_isnan(v));
    if (a >= 65520.0) return sign | 0x7c00u;
    if (a < 0x1p-14) {
        return (uint16_t)(sign | (uint16_t)__builtin_rint(a * 0x1p24));
    }
    int exponent;
    double fraction =
        __builtin_frexp(a, &exponent); // a == fraction * 2^exponent, fraction in [0.5, 1)
    uint32_t mantissa = (uint32_t)__builtin_rint(fraction * 2048.0);
    return (uint16_t)(sign | (((uint32_t)(exponent + 14) << 10) + (mantissa - 1024)));
}

static bool put_float(Output *o, Term value, size_t bits, uint64_t flags) {
    double d;
    if (!term_is_number(value) || !number_to_double(value, &d)) return false;
    uint64_t raw = 0;
    if (bits == 64) {
        memcpy(&raw, &d, sizeof raw);
    } else if (bits == 32) {
        float f = (float)d; // what is too large becomes infinite, as in OTP
        uint32_t r;
        memcpy(&r, &f, sizeof r);
        raw = r;
    } else if (bits == 16) {
        raw = double_to_half(d);
    } else {
        return false;
    }
    if (flags & FLAG_LITTLE)
        put_little64(o, raw, bits);
    else
        put_bits64(o, raw, bits);
    return true;
}

static bool put_binary(Output *o, Term value, size_t bits) {
    DEBUG_ASSERT(term_is_bitstring(value));
    BitsView v = bits_view(value);
    if (v.size_bits < bits) return false;
    if (((v.start_bit | o->position | bits) & 7) == 0)
        memcpy(o->base + (o->position >> 3), v.base + (v.start_bit >> 3), bits >> 3);
    else
        bits_copy(o->base, o->position, v.base, v.start_bit, bits);
    o->position += bits;
    return true;
}

static bool is_character(Term t) {
    if (!term_is_small(t)) return false;
    int64_t c = term_small(t);
    return (c >= 0 && c < 0xd800) || (c > 0xdfff && c <= 0x10ffff);
}

uint64_t rt_utf_size(Term value, uint64_t kind) {
    if (!is_character(value)) return kind == 8 ? 1 : 2; // bs_put_utf raises
    int64_t c = term_small(value);
    if (kind == 8) return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    return kind == 16 ? (c < 0x10000 ? 2 : 4) : 4;
}

static void put_unit16(Output *o, uint64_t v, bool little) {
    if (little)
        put_little64(o, v, 16);
    else
        put_bits64(o, v, 16);
}

static bool put_utf(Output *o, Term value, uint64_t kind, uint64_t flags) {
    if (!is_character(value)) return false;
    uint64_t c = (uint64_t)term_small(value);
    if (kind == 8) {
        if (c < 0x80)
            put_bits64(o, c, 8);
        else if (c < 0x800)
            put_bits64(o, 0xc080 | (c & 0x7c0) << 2 | (c & 63), 16);
        else if (c < 0x10000)
            put_bits64(o, 0xe08080 | (c & 0xf000) << 4 | (c & 0xfc0) << 2 | (c & 63), 24);
        else
            put_bits64(o,
                       0xf0808080 | (c & 0x1c0000) << 6 | (c & 0x3f000) << 4 | (c & 0xfc0) << 2 |
                           (c & 63),
                       32);
    } else if (kind == 16) {
        if (c < 0x10000) {
            put_unit16(o, c, flags & FLAG_LITTLE);
        } else {
            put_unit16(o, 0xd800 + ((c - 0x10000) >> 10), flags & FLAG_LITTLE);
            put_unit16(o, 0xdc00 + ((c - 0x10000) & 0x3ff), flags & FLAG_LITTLE);
        }
    } else if (flags & FLAG_LITTLE) {
        put_little64(o, c, 32);
    } else {
        put_bits64(o, c, 32);
    }
    return true;
}

// ---- places to write to
// -----------------------------------------------------------------------------------

/** A bitstring of so many bits to be filled; odd bits behind its end are zero. */
static Term new_bits(Process *p, size_t bits, Output *o) {
    Term t = heap_bitstring(&p->heap, bits, &o->base);
    if (bits & 7) o->base[bits >> 3] = 0;
    o->position = 0;
    return t;
}

static Term sub_bits(Process *p, size_t end, Term orig, uint32_t flags) {
    Term *box = heap_alloc(&p->heap, SUB_BITS_WORDS);
    box[0] = header_make(BOX_SUB_BITS, SUB_BITS_WORDS - 1, flags);
    box[1] = 0;
    box[2] = end;
    box[3] = orig;
    return term_from_box(box);
}

/** A new writable buffer with capacity for bytes; its BIN_REF. */
static Term *new_buffer(Process *p, size_t capacity, Binary **out) {
    Binary *b = binary_new(capacity);
    b->capacity_bytes = capacity;
    b->size_bytes = 0;
    Term *box = heap_alloc(&p->heap, BIN_REF_WORDS);
    box[0] = header_make(BOX_BIN_REF, BIN_REF_WORDS - 1, 0);
    box[2] = (Term)(uintptr_t)b;
    OffHeap *list = heap_off_heap(&p->heap);
    off_heap_link(list, box);
    list->overhead_words += capacity / sizeof(Term);
    if (list->overhead_words > p->heap.virtual_limit_words) p->heap.flags |= HEAP_GC_WANTED;
    *out = b;
    ASSERT(b->size_bytes == 0 && b->capacity_bytes == capacity); // BUILD-1
    return box;
}

static size_t roomy(size_t bytes) { return bytes < 128 ? 256 : bytes * 2; }

/** Appends in place where t's buffer allows it: the result, with *o at its old end. TERM_NONE: it
 * must be copied. */
static Term append_in_place(Process *p, Term t, size_t more_bits, Output *o) {
    Term *box = term_box(t);
    if (header_kind(box[0]) != BOX_SUB_BITS || !(header_aux(box[0]) & SUB_BITS_WRITABLE))
        return TERM_NONE;
    size_t end = box[2], new_end = end + more_bits;
    if (box[1] != 0) return TERM_NONE;
    Term *ref = term_box(box[3]);
    Binary *b = (Binary *)(uintptr_t)ref[2];
    size_t expected = (end + 7) >> 3, bytes = (new_end + 7) >> 3;
    bool inside_byte = (end & 7) != 0;
    if (inside_byte && atomic_load_explicit(&b->refs, memory_order_acquire) != 1)
        return TERM_NONE; // BUILD-1
    ASSERT(header_kind(ref[0]) == BOX_BIN_REF);
    ASSERT(expected <= __atomic_load_n(&b->size_bytes, __ATOMIC_ACQUIRE)); // BUILD-1
    if (bytes > b->capacity_bytes) {
        if (atomic_load_explicit(&b->refs, memory_order_acquire) != 1 ||
            __atomic_load_n(&b->size_bytes, __ATOMIC_ACQUIRE) != expected)
            return TERM_NONE;
        Binary *larger = binary_new(roomy(bytes)); // BUILD-2
        memcpy(larger->bytes, b->bytes, expected);
        larger->capacity_bytes = roomy(bytes);
        larger->size_bytes = bytes;
        ref[2] = (Term)(uintptr_t)larger;
        p->heap.off_heap.overhead_words +=
            (larger->capacity_bytes - b->capacity_bytes) / sizeof(Term);
        if (p->heap.off_heap.overhead_words > p->heap.virtual_limit_words)
            p->heap.flags |= HEAP_GC_WANTED;
        binary_release(b);
        b = larger;
    } else if (!__atomic_compare_exchange_n(&b->size_bytes, &expected, bytes, false,
                                            __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        return TERM_NONE; // somebody else has the room
    }
    ASSERT(b->capacity_bytes >= bytes);                                         // BUILD-1
    if (inside_byte) box[0] = header_make(BOX_SUB_BITS, SUB_BITS_WORDS - 1, 0); // BUILD-1
    o->base = b->bytes;
    o->position = end;
    if ((new_end & 7) != 0 && (new_end >> 3) != (end >> 3)) o->base[new_end >> 3] = 0;
    return sub_bits(p, new_end, box[3], SUB_BITS_WRITABLE);
}

static Term append_copying(Process *p, Term t, size_t more_bits, Output *o) {
    BitsView v = bits_view(t);
    p->reductions_left -= (int64_t)(v.size_bits >> 15); // to move what is there
    size_t end = v.size_bits + more_bits, bytes = (end + 7) >> 3;
    Binary *b;
    Term *ref = new_buffer(p, roomy(bytes), &b);
    b->size_bytes = bytes;
    if (end & 7) b->bytes[end >> 3] = 0;
    bits_copy(b->bytes, 0, v.base, v.start_bit, v.size_bits);
    o->base = b->bytes;
    o->position = v.size_bits;
    return sub_bits(p, end, term_from_box(ref), SUB_BITS_WRITABLE);
}

static Term append(Process *p, Term t, size_t more_bits, Output *o) {
    DEBUG_ASSERT(term_is_bitstring(t));
    Term r = append_in_place(p, t, more_bits, o);
    return r != TERM_NONE ? r : append_copying(p, t, more_bits, o);
}

// ---- bs_create_bin
// ------------------------------------------------------------------------------------------

typedef struct Segment {
    SegmentKind kind;
    uint64_t unit, flags, number;
    Term value; // SEGMENT_STRING: address of the bytes
    Term size;
    size_t bits;
} Segment;

static Term segment_op(SegmentKind kind) {
    switch (kind) {
    case SEGMENT_APPEND:
    case SEGMENT_BINARY: return am_binary;
    case SEGMENT_FLOAT: return am_float;
    case SEGMENT_UTF8: return am_utf8;
    case SEGMENT_UTF16: return am_utf16;
    case SEGMENT_UTF32: return am_utf32;
    default: return am_integer;
    }
}

/** As erl_erts_errors:format_bs_fail/2 wants it. */
static bool segment_failed(Process *p, const Segment *s, Term reason, Term info, Term value) {
    ASSERT(s->kind < SEGMENT_COUNT && s->kind != SEGMENT_STRING);
    rt_error(p, reason);
    Term cause = heap_tuple4(&p->heap, term_from_small((int64_t)s->number), segment_op(s->kind),
                             info, value);
    Term pairs[] = {am_cause, cause, am_function, am_format_bs_fail, am_module, am_erl_erts_errors};
    exec_trace_error(p, TERM_NONE, map_from_pairs(&p->heap, p->vm->atoms, pairs, 3));
    return false;
}

static bool is_negative(Term t) {
    return (term_is_small(t) && term_small(t) < 0) || term_is_box_of(t, BOX_NEG_BIG);
}

/** Bits of a segment from its size and unit. */
static bool size_segment(Process *p, Segment *s) {
    bool binary = s->kind == SEGMENT_BINARY || s->kind == SEGMENT_APPEND;
    // what is appended to is judged when all sizes are known, as in OTP
    if (s->kind == SEGMENT_APPEND && s->size == EXEC_SIZE_ALL && !term_is_bitstring(s->value))
        return true;
    if (binary && !term_is_bitstring(s->value))
        return segment_failed(p, s, am_badarg, am_type, s->value);
    if (binary && s->size == EXEC_SIZE_ALL) {
        s->bits = bits_size(s->value); // whether units of it is asked later, in its turn
        return true;
    }
    if (s->kind >= SEGMENT_UTF8) {
        if (!is_character(s->value)) {
            // as in OTP the other two are judged in their turn
            if (s->kind == SEGMENT_UTF32) return segment_failed(p, s, am_badarg, am_type, s->value);
            s->bits = 32; // so there is something to put, which then fails
            return true;
        }
        s->bits = 8 * rt_utf_size(s->value, s->kind == SEGMENT_UTF8    ? 8
                                            : s->kind == SEGMENT_UTF16 ? 16
                                                                       : 32);
        return true;
    }
    if (!term_is_integer(s->size) || is_negative(s->size))
        return segment_failed(p, s, am_badarg, am_size, s->size);
    if (!bits_size_of(s->size, s->unit, &s->bits) || s->bits > (size_t)1 << 40)
        return segment_failed(p, s, am_system_limit, am_size, s->size);
    return true;
}

/** A whole binary has to be one and to consist of its units. */
static bool check_units(Process *p, const Segment *s) {
    DEBUG_ASSERT(s->unit > 0);
    if (!term_is_bitstring(s->value)) return segment_failed(p, s, am_badarg, am_type, s->value);
    if (s->size != EXEC_SIZE_ALL || s->unit <= 1 || s->bits % s->unit == 0) return true;
    return segment_failed(p, s, am_badarg, am_unit, s->value);
}

static bool put_segment(Process *p, Output *o, const Segment *s) {
    switch (s->kind) {
    case SEGMENT_STRING:
        bits_copy(o->base, o->position, (const uint8_t *)(uintptr_t)s->value, 0, s->bits);
        o->position += s->bits;
        return true;
    case SEGMENT_INTEGER:
        if (!term_is_integer(s->value)) return segment_failed(p, s, am_badarg, am_type, s->value);
        put_integer(o, s->value, s->bits, s->flags);
        return true;
    case SEGMENT_FLOAT:
        if (s->bits != 16 && s->bits != 32 && s->bits != 64)
            return segment_failed(p, s, am_badarg, am_invalid, term_from_small((int64_t)s->bits));
        if (!term_is_number(s->value)) return segment_failed(p, s, am_badarg, am_type, s->value);
        return put_float(o, s->value, s->bits, s->flags) ||
               segment_failed(p, s, am_badarg, am_no_float, s->value);
    case SEGMENT_BINARY:
    case SEGMENT_APPEND:
        if (!check_units(p, s)) return false;
        return put_binary(o, s->value, s->bits) ||
               segment_failed(p, s, am_badarg, am_short, s->value);
    default:
        if (!is_character(s->value)) return segment_failed(p, s, am_badarg, am_type, s->value);
        put_utf(o, s->value,
                s->kind == SEGMENT_UTF8    ? 8
                : s->kind == SEGMENT_UTF16 ? 16
                                           : 32,
                s->flags);
        return true;
    }
}

static Segment read_segment(const Word *w, const Term *x, const Term *e) {
    Segment s = {
        (SegmentKind)(w[0] & 0xff), w[0] >> 8 & 0xfff, w[0] >> 20 & 0xfff, w[0] >> 32, w[1], 0, 0};
    ASSERT(s.kind < SEGMENT_COUNT);
    if (s.kind != SEGMENT_STRING) s.value = exec_any(w[1], x, e);
    s.size = exec_any(w[2], x, e);
    return s;
}

#define SEGMENTS_AT_ONCE 16

/** All segments' sizes; TERM_NONE's caller has p->exc. */
static bool size_all(Process *p, Term *x, size_t count, const Word *words, Segment *segments,
                     size_t *total) {
    const Term *e = p->heap.stack;
    *total = 0;
    for (size_t i = 0; i < count; i++) {
        segments[i] = read_segment(words + 3 * i, x, e);
        if (segments[i].kind == SEGMENT_STRING)
            segments[i].bits = (size_t)term_small(segments[i].size) * 8;
        else if (!size_segment(p, &segments[i]))
            return false;
        *total += segments[i].bits;
    }
    if (*total > (size_t)1 << 42) {
        rt_error(p, am_system_limit);
        return false;
    }
    return true;
}

Term rt_bs_create_bin(Process *p, Term *x, const Word *pc, uint64_t words, uint64_t live,
                      uint64_t unit, size_t count, const Word *list) {
    if (!collect_first(p, words + 2 * SUB_BITS_WORDS + heap_bits_words(HEAP_BITS_BYTES_MAX), live))
        return TERM_NONE;
    Segment local[SEGMENTS_AT_ONCE],
        *segments = count <= SEGMENTS_AT_ONCE ? local : mem_alloc(count * sizeof *segments);
    size_t total;
    Term result = TERM_NONE;
    if (size_all(p, x, count, list, segments, &total)) {
        uint8_t nothing[8]; // where segments of no bits go behind a binary that gets none
        Output o = {nothing, 0};
        size_t first = 0;
        if (count > 0 && segments[0].kind == SEGMENT_APPEND && segments[0].size == EXEC_SIZE_ALL) {
            // nothing to append: the very same term, as in OTP
            size_t more = total - segments[0].bits;
            if (check_units(p, &segments[0]))
                result = more == 0 ? segments[0].value : append(p, segments[0].value, more, &o);
            first = 1;
        } else {
            result = new_bits(p, total, &o);
        }
        for (size_t i = first; i < count && result != TERM_NONE; i++)
            if (!put_segment(p, &o, &segments[i])) result = TERM_NONE;
    }
    ASSERT(result != TERM_NONE || p->exc.class == EXC_ERROR);
    p->reductions_left -= (int64_t)(total >> 13); // one for a kilobyte, as in OTP
    if (segments != local) mem_free(segments);
    return result;
}

// ---- in steps
// -------------------------------------------------------------------------------------------------

static void keep_output(Term *x, const Output *o) {
    x[S_BITS_BASE] = (Term)(uintptr_t)o->base;
    x[S_BITS_POSITION] = o->position;
}

/** What comes next has so many bits of room. */
static void begin_output(Term *x, const Output *o, size_t bits) {
    keep_output(x, o);
    x[S_BITS_END] = o->position + bits;
}

/** The steps fill what was asked for in what compilers make; a file may say otherwise. */
static bool has_room(const Term *x, const Output *o, size_t bits) {
    ASSERT(o->base != NULL && o->position <= x[S_BITS_END]); // BUILD-3
    return bits <= x[S_BITS_END] - o->position;
}

static Output kept_output(const Term *x) {
    return (Output){(uint8_t *)(uintptr_t)x[S_BITS_BASE], x[S_BITS_POSITION]};
}

static bool put_size(Process *p, Term size, uint64_t unit, size_t *bits) {
    if (!term_is_integer(size) || is_negative(size)) {
        rt_error(p, am_badarg);
        return false;
    }
    if (!bits_size_of(size, unit, bits) || *bits > (size_t)1 << 40) {
        rt_error(p, am_system_limit);
        return false;
    }
    return true;
}

static bool badarg(Process *p) {
    rt_error(p, am_badarg);
    return false;
}

Term rt_bs_init(Process *p, Term *x, Term size, uint64_t unit, uint64_t words, uint64_t live) {
    size_t bits;
    if (!put_size(p, size, unit, &bits)) return TERM_NONE;
    if (!collect_first(p, words + heap_bits_words(HEAP_BITS_BYTES_MAX) + SUB_BITS_WORDS, live))
        return TERM_NONE;
    Output o;
    Term r = new_bits(p, bits, &o);
    begin_output(x, &o, bits);
    return r;
}

Term rt_bs_append(Process *p, Term *x, Term binary, Term size, uint64_t words, uint64_t live,
                  uint64_t unit) {
    size_t bits;
    if (!put_size(p, size, 1, &bits)) return TERM_NONE; // in bits; the unit is the binary's
    if (live < X_REG_COUNT) {
        x[live] = binary;
        if (!collect_first(p, words + SUB_BITS_WORDS + BIN_REF_WORDS, live + 1)) return TERM_NONE;
        binary = x[live];
    }
    // The size is in bits; the unit is what the length of the binary must be a multiple of.
    if (!term_is_bitstring(binary) || bits_size(binary) % unit != 0) return badarg(p), TERM_NONE;
    if (unit > 1 && bits_size(binary) % unit != 0) return badarg(p), TERM_NONE;
    Output o;
    Term r = append(p, binary, bits, &o);
    begin_output(x, &o, bits);
    return r;
}

Term rt_bs_init_writable(Process *p, Term size) {
    size_t bytes = term_is_small(size) && term_small(size) >= 0 && term_small(size) < 1 << 24
                       ? (size_t)term_small(size)
                       : 1024;
    Binary *b;
    Term *ref = new_buffer(p, bytes, &b);
    return sub_bits(p, 0, term_from_box(ref), SUB_BITS_WRITABLE);
}

bool rt_bs_put_integer(Process *p, Term *x, Term value, Term size, uint64_t unit, uint64_t flags) {
    size_t bits;
    if (!term_is_integer(value)) return badarg(p);
    if (!put_size(p, size, unit, &bits)) return false;
    Output o = kept_output(x);
    if (!has_room(x, &o, bits)) return badarg(p);
    put_integer(&o, value, bits, flags);
    keep_output(x, &o);
    return true;
}

bool rt_bs_put_float(Process *p, Term *x, Term value, Term size, uint64_t unit, uint64_t flags) {
    size_t bits;
    if (!put_size(p, size, unit, &bits)) return false;
    Output o = kept_output(x);
    if (!has_room(x, &o, bits) || !put_float(&o, value, bits, flags)) return badarg(p);
    keep_output(x, &o);
    return true;
}

bool rt_bs_put_binary(Process *p, Term *x, Term value, Term size, uint64_t unit) {
    size_t bits;
    if (!term_is_bitstring(value)) return badarg(p);
    if (size == EXEC_SIZE_ALL) {
        bits = bits_size(value);
        if (unit > 1 && bits % unit != 0) return badarg(p);
    } else if (!put_size(p, size, unit, &bits)) {
        return false;
    }
    Output o = kept_output(x);
    if (!has_room(x, &o, bits) || !put_binary(&o, value, bits)) return badarg(p);
    keep_output(x, &o);
    return true;
}

bool rt_bs_put_string(Process *p, Term *x, const uint8_t *bytes, uint64_t count) {
    Output o = kept_output(x);
    if (!has_room(x, &o, count * 8)) return badarg(p);
    bits_copy(o.base, o.position, bytes, 0, count * 8);
    o.position += count * 8;
    keep_output(x, &o);
    return true;
}

bool rt_bs_put_utf(Process *p, Term *x, Term value, uint64_t kind, uint64_t flags) {
    Output o = kept_output(x);
    uint64_t bytes = rt_utf_size(value, kind);
    if (!has_room(x, &o, (kind == 32 ? 4 : bytes) * 8) || !put_utf(&o, value, kind, flags))
        return badarg(p);
    keep_output(x, &o);
    return true;
}

Term rt_bs_add(Process *p, Term a, Term b, uint64_t unit) {
    size_t bits;
    if (!put_size(p, b, unit, &bits)) return TERM_NONE;
    if (!term_is_integer(a) || is_negative(a)) return badarg(p), TERM_NONE;
    Term sum = number_add(&p->heap, a, term_from_small((int64_t)bits));
    if (term_is_small(sum) && term_small(sum) < (int64_t)1 << 59)
        return sum; // OTP's largest small number
    rt_error(p, am_system_limit);
    return TERM_NONE;
}
