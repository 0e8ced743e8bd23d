// SPDX-License-Identifier: Apache-2.0
//
// external_decode.c - the external term format to terms. The bytes come from anywhere and are not
// trusted.
//
// What is still to be read is a stack of frames: a frame is a run of slots in memory, filled one
// after another. A compound term fills its slot with an object whose own slots hold [] until a new
// frame has filled them, so that the heap is in order whenever reading stops.
//
// DECODE-1: no count is believed that promises more terms than bytes are left: memory is at most in
// proportion to input. DECODE-2: everything built is a term as term.h wants it (canonical integers,
// finite floats, maps without doubles).
//
// All of it spends steps; its memory hangs on the Decoder, which a guard frees (BUDGET-1).
//
// Threads: the heap's owner.
#include "term/external.h"

#include <math.h>
#include <zlib.h>

#include "term/bigint.h"
#include "term/bits.h"
#include "term/fun.h"
#include "term/map.h"
#include "term/number.h"
#include "term/ref.h"
#include "term/utf8.h"

#define CREATION_OLD_MAX 3
#define FLOAT_TEXT_BYTES 31
#define INFLATE_SLICE_BYTES ((size_t)1 << 16)
#define STEPS_PER_INFLATED_SLICE 16384
#define INFLATE_RATIO_MAX 1040 // deflate cannot do better than about 1032 to 1

typedef struct Frame {
    Term *slot;
    size_t left, stride;
    Term *pairs; // a map's keys and values until all are there; NULL for other frames
    size_t pairs_count;
    Term *target; // where the map goes
} Frame;

typedef struct Decoder {
    Heap *h;
    const ExternalContext *c;
    const uint8_t *at, *end;
    uint32_t flags;
    const Term *atoms; // of a distribution message, or NULL
    size_t atom_count;
    Binary *source; // that all bytes stand in, and big parts of it may go on doing so; or NULL
    Budget *budget;
    Frame *frames;
    size_t frames_count, frames_capacity;
    Frame inline_frames[32];
} Decoder;

// ---- bytes
// ----------------------------------------------------------------------------------------

static size_t left(const Decoder *d) { return (size_t)(d->end - d->at); }

static bool get_number(Decoder *d, size_t bytes, uint64_t *out) {
    DEBUG_ASSERT(bytes <= sizeof *out);
    if (left(d) < bytes) return false;
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++) value = value << 8 | *d->at++;
    *out = value;
    return true;
}

static const uint8_t *get_bytes(Decoder *d, size_t count) {
    if (left(d) < count) return NULL;
    const uint8_t *bytes = d->at;
    d->at += count;
    return bytes;
}

// ---- frames
// ---------------------------------------------------------------------------------------

static Frame *push_frame(Decoder *d, Term *slot, size_t count, size_t stride) {
    if (d->frames_count == d->frames_capacity) {
        size_t capacity = 2 * d->frames_capacity;
        if (d->frames == d->inline_frames) {
            d->frames = mem_alloc(capacity * sizeof(Frame));
            memcpy(d->frames, d->inline_frames, d->frames_count * sizeof(Frame));
        } else {
            d->frames = mem_realloc(d->frames, capacity * sizeof(Frame));
        }
        d->frames_capacity = capacity;
    }
    Frame *f = &d->frames[d->frames_count++];
    ASSERT(d->frames_count <= d->frames_capacity);
    *f = (Frame){.slot = slot, .left = count, .stride = stride};
    return f;
}

// ---- atoms
// ----------------------------------------------------------------------------------------

static bool intern(Decoder *d, const char *utf8, size_t bytes, Term *out) {
    *out = (d->flags & EXTERNAL_SAFE) ? atom_find(d->c->atoms, utf8, bytes)
                                      : atom_intern(d->c->atoms, utf8, bytes);
    return *out != TERM_NONE;
}

static bool get_atom_of(Decoder *d, size_t length_bytes, bool latin1, Term *out) {
    uint64_t length;
    if (!get_number(d, length_bytes, &length)) return false;
    const uint8_t *text = get_bytes(d, length);
    if (text == NULL) return false;
    if (!latin1)
        return length <= 4 * ATOM_CHARACTERS_MAX && intern(d, (const char *)text, length, out);
    if (length > ATOM_CHARACTERS_MAX) return false;
    uint8_t utf8[2 * ATOM_CHARACTERS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < length; i++) n += utf8_encode(text[i], utf8 + n);
    ASSERT(n <= sizeof utf8);
    return intern(d, (const char *)utf8, n, out);
}

static bool get_atom_tagged(Decoder *d, uint64_t tag, Term *out) {
    switch (tag) {
    case EXT_ATOM: return get_atom_of(d, 2, true, out);
    case EXT_SMALL_ATOM: return get_atom_of(d, 1, true, out);
    case EXT_ATOM_UTF8: return get_atom_of(d, 2, false, out);
    case EXT_SMALL_ATOM_UTF8: return get_atom_of(d, 1, false, out);
    case EXT_CACHED_ATOM: {
        uint64_t place;
        if (!get_number(d, 1, &place) || place >= d->atom_count) return false;
        *out = d->atoms[place];
        return true;
    }
    default: return false;
    }
}

static bool get_atom(Decoder *d, Term *out) {
    uint64_t tag;
    return get_number(d, 1, &tag) && get_atom_tagged(d, tag, out);
}

// ---- numbers
// --------------------------------------------------------------------------------------

static bool get_big(Decoder *d, size_t count_bytes, Term *out) {
    uint64_t count, sign;
    if (!get_number(d, count_bytes, &count) || !get_number(d, 1, &sign)) return false;
    const uint8_t *digits = get_bytes(d, count);
    if (digits == NULL) return false;
    Term t = integer_from_bytes(d->h, digits, count, false, false);
    if (t != NUMBER_TOO_BIG && t != TERM_NONE && sign != 0) t = number_negate(d->h, t);
    *out = t;
    return t != NUMBER_TOO_BIG && t != TERM_NONE;
}

static bool get_float_text(Decoder *d, Term *out) {
    const uint8_t *text = get_bytes(d, FLOAT_TEXT_BYTES);
    double value;
    if (text == NULL) return false;
    size_t length = strnlen((const char *)text, FLOAT_TEXT_BYTES);
    if (!float_from_text((const char *)text, length, &value)) return false;
    *out = heap_float(d->h, value);
    return true;
}

static bool get_float(Decoder *d, Term *out) {
    uint64_t bits;
    double value;
    if (!get_number(d, 8, &bits)) return false;
    memcpy(&value, &bits, sizeof value);
    if (!isfinite(value)) return false;
    *out = heap_float(d->h, value);
    return true;
}

/** An integer that a fun's description holds. */
static bool get_uint32_term(Decoder *d, uint32_t *out) {
    uint64_t tag, value;
    Term big;
    if (!get_number(d, 1, &tag)) return false;
    switch (tag) {
    case EXT_SMALL_INTEGER:
    case EXT_INTEGER:
        if (!get_number(d, tag == EXT_INTEGER ? 4 : 1, &value)) return false;
        *out = (uint32_t)value;
        return true;
    case EXT_SMALL_BIG:
        if (!get_big(d, 1, &big) || !term_is_small(big)) return false;
        *out = (uint32_t)term_small(big);
        return true;
    default: return false;
    }
}

// ---- identifiers
// ----------------------------------------------------------------------------------

static bool is_own_node(const Decoder *d, Term name, uint64_t creation) {
    return name == node_own_name(d->c->nodes) && creation == node_own_creation(d->c->nodes);
}

/** The old forms have two bits for it, in a byte. */
static bool get_creation(Decoder *d, size_t bytes, uint64_t *creation) {
    ASSERT(bytes == 1 || bytes == 4);
    return get_number(d, bytes, creation) && (bytes == 4 || *creation <= CREATION_OLD_MAX);
}

static Term *external_box(Decoder *d, size_t words, BoxKind kind, uint32_t aux, Term name,
                          uint64_t creation) {
    ASSERT(words >= 2 && term_is_atom(name));
    Term *hp = heap_alloc(d->h, words);
    hp[0] = header_make(kind, words - 1, aux);
    hp[1] = (Term)(uintptr_t)node_intern(d->c->nodes, name, (uint32_t)creation);
    return hp;
}

static bool get_pid(Decoder *d, size_t creation_bytes, Term *out) {
    Term name;
    uint64_t number, serial, creation;
    if (!get_atom(d, &name) || !get_number(d, 4, &number) || !get_number(d, 4, &serial) ||
        !get_creation(d, creation_bytes, &creation)) {
        return false;
    }
    if (is_own_node(d, name, creation)) {
        if (number >> PID_NUMBER_BITS != 0 || serial >> PID_SERIAL_BITS != 0) return false;
        *out = term_from_pid_data(number | serial << PID_NUMBER_BITS);
        return true;
    }
    Term *hp = external_box(d, EXT_PID_WORDS, BOX_EXT_PID, 0, name, creation);
    hp[2] = number << 32 | serial;
    *out = term_from_box(hp);
    return true;
}

static bool get_pid_tagged(Decoder *d, Term *out) {
    uint64_t tag;
    if (!get_number(d, 1, &tag)) return false;
    if (tag == EXT_NEW_PID) return get_pid(d, 4, out);
    return tag == EXT_PID && get_pid(d, 1, out);
}

static bool get_port(Decoder *d, size_t number_bytes, size_t creation_bytes, Term *out) {
    Term name;
    uint64_t number, creation;
    if (!get_atom(d, &name) || !get_number(d, number_bytes, &number) ||
        !get_creation(d, creation_bytes, &creation)) {
        return false;
    }
    if (is_own_node(d, name, creation)) {
        if (number >> PORT_NUMBER_BITS != 0) return false;
        *out = term_from_port_data(number);
        return true;
    }
    Term *hp = external_box(d, EXT_PORT_WORDS, BOX_EXT_PORT, 0, name, creation);
    hp[2] = number;
    *out = term_from_box(hp);
    return true;
}

static bool finish_reference(Decoder *d, Term name, uint64_t creation, const uint64_t *numbers,
                             size_t count, Term *out) {
    ASSERT(count >= REF_NUMBER_COUNT_LEAST && count <= REF_NUMBER_COUNT_MAX);
    if ((count == 3 || count == REF_NUMBER_COUNT_MAX) && is_own_node(d, name, creation)) {
        if (numbers[0] >> REF_NUMBER0_BITS != 0) return false;
        uint64_t words[3] = {numbers[0] | numbers[1] << 32, numbers[2], 0};
        if (count == REF_NUMBER_COUNT_MAX) {
            uint64_t owner = numbers[3] | numbers[4] << 32;
            if (owner >> (PID_NUMBER_BITS + PID_SERIAL_BITS) != 0) return false;
            words[2] = term_from_pid_data(owner);
        }
        *out = heap_ref_found(d->h, d->c->magics, words);
        return true;
    }
    size_t words = external_ref_words(count);
    Term *hp = external_box(d, words, BOX_EXT_REF, (uint32_t)count, name, creation);
    for (size_t i = 2; i < words; i++) hp[i] = 0;
    for (size_t i = 0; i < count; i++) hp[2 + i / 2] |= numbers[i] << (32 * (i & 1));
    *out = term_from_box(hp);
    return true;
}

static bool get_reference(Decoder *d, uint64_t tag, Term *out) {
    Term name;
    uint64_t count = 1, creation, numbers[REF_NUMBER_COUNT_MAX] = {0};
    if (tag != EXT_REFERENCE && !get_number(d, 2, &count)) return false;
    if (count == 0 || count > REF_NUMBER_COUNT_MAX || !get_atom(d, &name)) return false;
    if (tag == EXT_REFERENCE) {
        if (!get_number(d, 4, &numbers[0]) || !get_creation(d, 1, &creation)) return false;
    } else {
        if (!get_creation(d, tag == EXT_NEWER_REFERENCE ? 4 : 1, &creation)) return false;
        for (size_t i = 0; i < count; i++) {
            if (!get_number(d, 4, &numbers[i])) return false;
        }
    }
    // the older forms leave no more bits to the first number
    if (tag != EXT_NEWER_REFERENCE && numbers[0] >> REF_NUMBER0_BITS != 0) return false;
    // A reference of fewer numbers is the one with zeros in their place.
    return finish_reference(d, name, creation, numbers, MAX(count, REF_NUMBER_COUNT_LEAST), out);
}

// ---- funs
// -----------------------------------------------------------------------------------------

static bool get_export(Decoder *d, Term *out) {
    Term module, function;
    uint64_t tag, arity;
    if (!get_atom(d, &module) || !get_atom(d, &function)) return false;
    if (!get_number(d, 1, &tag) || tag != EXT_SMALL_INTEGER || !get_number(d, 1, &arity))
        return false;
    if (d->c->find_export == NULL) return false;
    Export *x = d->c->find_export(d->c->code, module, function, (uint32_t)arity);
    if (x == NULL) return false;
    if ((d->flags & EXTERNAL_SAFE) && x->bif == NULL &&
        atomic_load_explicit(&x->code, memory_order_relaxed) == NULL) {
        return false;
    }
    Term *hp = heap_alloc(d->h, 2);
    hp[0] = header_make(BOX_EXPORT, 1, 0);
    hp[1] = (Term)(uintptr_t)x;
    *out = term_from_box(hp);
    return true;
}

static bool get_fun(Decoder *d, Term *out) {
    uint64_t size, arity, index, free_count;
    const uint8_t *start = d->at;
    if (!get_number(d, 4, &size) || !get_number(d, 1, &arity)) return false;
    if (size < 4 || size > (size_t)(d->end - start)) return false;
    const uint8_t *uniq = get_bytes(d, 16);
    Term module, creator;
    uint32_t old_index, old_uniq;
    if (uniq == NULL || !get_number(d, 4, &index) || !get_number(d, 4, &free_count)) return false;
    if (!get_atom(d, &module) || !get_uint32_term(d, &old_index) || !get_uint32_term(d, &old_uniq))
        return false;
    if (!get_pid_tagged(d, &creator) || free_count > left(d)) return false; // DECODE-1
    if (arity + free_count > ARITY_MAX) return false; // no code could take so many
    if (d->c->find_fun == NULL) return false;
    FunEntry *entry = d->c->find_fun(d->c->code, module, old_index, old_uniq, (uint32_t)index, uniq,
                                     (uint32_t)arity, (uint32_t)free_count);
    if (entry == NULL) return false;
    Term *hp = heap_alloc(d->h, fun_words(free_count));
    hp[0] = header_make(BOX_FUN, fun_words(free_count) - 1, (uint32_t)arity);
    hp[1] = (Term)(uintptr_t)entry;
    hp[2] = creator;
    for (size_t i = 0; i < free_count; i++) hp[FUN_ENV_OFFSET + i] = TERM_NIL;
    *out = term_from_box(hp);
    push_frame(d, hp + FUN_ENV_OFFSET, free_count, 1);
    return true;
}

// ---- binaries, lists, tuples, maps
// ----------------------------------------------------------------

#define SHARED_PART 4 // a binary of a quarter of its source's bytes may keep all of them

static bool get_bits(Decoder *d, bool with_bits, Term *out) {
    uint64_t count, last_bits = 8;
    if (!get_number(d, 4, &count) || (with_bits && !get_number(d, 1, &last_bits))) return false;
    const uint8_t *bytes = get_bytes(d, count);
    if (bytes == NULL || last_bits > 8) return false;
    if (with_bits && ((last_bits == 0) != (count == 0))) return false;
    if (d->source != NULL && count > d->source->size_bytes / SHARED_PART &&
        (!with_bits || last_bits == 8)) {
        binary_retain(d->source);
        *out = heap_sub_bits(d->h, heap_binary_ref(d->h, d->source),
                             8 * (size_t)(bytes - d->source->bytes), 8 * count);
        return true;
    }
    uint8_t *to;
    if (!with_bits || last_bits == 8 || count == 0) {
        *out = heap_binary(d->h, count, &to);
        budget_copy(d->budget, to, bytes, count);
        return true;
    }
    *out = heap_bitstring(d->h, 8 * (count - 1) + last_bits, &to);
    budget_copy(d->budget, to, bytes, count);
    to[count - 1] &= (uint8_t)(0xff00u >> last_bits);
    return true;
}

static bool get_string(Decoder *d, Term *out) {
    uint64_t count;
    if (!get_number(d, 2, &count)) return false;
    const uint8_t *bytes = get_bytes(d, count);
    if (bytes == NULL) return false;
    *out = heap_list_from_bytes(d->h, bytes, count, TERM_NIL);
    budget_spend(d->budget, (int64_t)count);
    return true;
}

static bool get_list(Decoder *d, Term *out) {
    ASSERT(d->at <= d->end);
    uint64_t count;
    if (!get_number(d, 4, &count) || count > left(d)) return false; // DECODE-1
    if (count == 0) {                                               // just its tail
        push_frame(d, out, 1, 1);
        return true;
    }
    Term *cells = heap_alloc(d->h, CELL_WORDS * count);
    for (size_t i = 0; i < count; i++) {
        cells[2 * i] = TERM_NIL;
        cells[2 * i + 1] = i + 1 < count ? term_from_cell(cells + 2 * i + 2) : TERM_NIL;
        budget_spend(d->budget, 1);
    }
    *out = term_from_cell(cells);
    push_frame(d, &cells[2 * count - 1], 1, 1); // read after the heads
    push_frame(d, cells, count, 2);
    return true;
}

static bool get_tuple(Decoder *d, size_t arity_bytes, Term *out) {
    uint64_t arity;
    if (!get_number(d, arity_bytes, &arity) || arity > left(d) || arity > TUPLE_SIZE_MAX)
        return false; // DECODE-1
    Term *hp = heap_alloc(d->h, arity + 1);
    hp[0] = header_tuple(arity);
    for (size_t i = 1; i <= arity; i++) hp[i] = TERM_NIL;
    budget_charge(d->budget, (int64_t)(arity / 8));
    *out = term_from_box(hp);
    push_frame(d, hp + 1, arity, 1);
    return true;
}

static bool get_map(Decoder *d, Term *out) {
    uint64_t count;
    if (!get_number(d, 4, &count) || 2 * count > left(d)) return false; // DECODE-1
    if (count == 0) {
        *out = map_empty(d->h);
        return true;
    }
    Term *pairs = mem_alloc(2 * count * sizeof(Term));
    for (size_t i = 0; i < 2 * count; i++) pairs[i] = TERM_NIL;
    budget_charge(d->budget, (int64_t)(count / 4));
    Frame *f = push_frame(d, pairs, 2 * count, 1);
    f->pairs = pairs;
    f->pairs_count = count;
    f->target = out;
    return true;
}

/** All of a map's pairs are there. A key that comes twice is an error. */
static bool finish_map(Decoder *d, const Frame *f) {
    ASSERT(f->left == 0 && f->pairs_count > 0);
    BudgetGuard guard;
    budget_guard(d->budget, &guard, mem_free, f->pairs);
    Term map = map_from_pairs_in_steps(d->h, d->c->atoms, f->pairs, f->pairs_count, d->budget);
    budget_unguard(d->budget, &guard);
    *f->target = map;
    mem_free(f->pairs);
    return map_count(map) == f->pairs_count; // DECODE-2
}

// ---- the walk
// -------------------------------------------------------------------------------------

static bool get_term(Decoder *d, Term *out) {
    uint64_t tag, value;
    if (!get_number(d, 1, &tag)) return false;
    switch (tag) {
    case EXT_SMALL_INTEGER:
        if (!get_number(d, 1, &value)) return false;
        *out = term_from_small((int64_t)value);
        return true;
    case EXT_INTEGER:
        if (!get_number(d, 4, &value)) return false;
        *out = term_from_small((int32_t)value);
        return true;
    case EXT_NIL: *out = TERM_NIL; return true;
    case EXT_STRING: return get_string(d, out);
    case EXT_LIST: return get_list(d, out);
    case EXT_SMALL_TUPLE: return get_tuple(d, 1, out);
    case EXT_LARGE_TUPLE: return get_tuple(d, 4, out);
    case EXT_MAP: return get_map(d, out);
    case EXT_BINARY: return get_bits(d, false, out);
    case EXT_BIT_BINARY: return get_bits(d, true, out);
    case EXT_SMALL_BIG: return get_big(d, 1, out);
    case EXT_LARGE_BIG: return get_big(d, 4, out);
    case EXT_FLOAT: return get_float_text(d, out);
    case EXT_NEW_FLOAT: return get_float(d, out);
    case EXT_PID: return get_pid(d, 1, out);
    case EXT_NEW_PID: return get_pid(d, 4, out);
    case EXT_PORT: return get_port(d, 4, 1, out);
    case EXT_NEW_PORT: return get_port(d, 4, 4, out);
    case EXT_V4_PORT: return get_port(d, 8, 4, out);
    case EXT_REFERENCE:
    case EXT_NEW_REFERENCE:
    case EXT_NEWER_REFERENCE: return get_reference(d, tag, out);
    case EXT_EXPORT: return get_export(d, out);
    case EXT_NEW_FUN: return get_fun(d, out);
    default: return get_atom_tagged(d, tag, out);
    }
}

static bool walk(Decoder *d) {
    while (d->frames_count > 0) {
        Frame *f = &d->frames[d->frames_count - 1];
        if (f->left == 0) {
            Frame done = *f;
            d->frames_count--;
            if (done.pairs != NULL && !finish_map(d, &done)) return false;
            continue;
        }
        Term *slot = f->slot;
        f->slot += f->stride;
        f->left--;
        if (!get_term(d, slot)) return false;
        budget_spend(d->budget, 1);
    }
    return true;
}

static void free_frames(void *decoder) {
    Decoder *d = decoder;
    for (size_t i = 0; i < d->frames_count; i++) mem_free(d->frames[i].pairs);
    if (d->frames != d->inline_frames) mem_free(d->frames);
}

/** Decodes one term at d->at. */
static Term decode_at(Decoder *d) {
    d->frames = d->inline_frames;
    d->frames_capacity = ARRAY_COUNT(d->inline_frames);
    Term result = TERM_NIL;
    push_frame(d, &result, 1, 1);
    BudgetGuard guard;
    budget_guard(d->budget, &guard, free_frames, d);
    bool ok = walk(d);
    budget_unguard(d->budget, &guard);
    free_frames(d);
    ASSERT(d->at <= d->end);
    return ok ? result : TERM_NONE;
}

static Term decode_plain(Heap *h, const ExternalContext *c, const uint8_t *bytes, size_t count,
                         uint32_t flags, size_t *used, Budget *budget) {
    Decoder d = {
        .h = h, .c = c, .at = bytes, .end = bytes + count, .flags = flags, .budget = budget};
    Term result = decode_at(&d);
    *used = (size_t)(d.at - bytes);
    return result;
}

Term external_decode_cached(Heap *h, const ExternalContext *c, const uint8_t *bytes, size_t count,
                            bool versioned, const Term *atoms, size_t atom_count, Binary *source,
                            size_t *used) {
    Decoder d = {.h = h,
                 .c = c,
                 .at = bytes,
                 .end = bytes + count,
                 .atoms = atoms,
                 .atom_count = atom_count,
                 .source = source};
    ASSERT(source == NULL ||
           (bytes >= source->bytes && d.end <= source->bytes + source->size_bytes));
    if (versioned) {
        if (count == 0 || bytes[0] != EXTERNAL_VERSION) return TERM_NONE;
        d.at++;
    }
    Term result = decode_at(&d);
    *used = (size_t)(d.at - bytes);
    return result;
}

typedef struct Inflation {
    z_stream z;
    uint8_t *plain;
    size_t size;
} Inflation;

static void inflation_abandon(void *inflation) {
    Inflation *i = inflation;
    inflateEnd(&i->z);
    mem_free(i->plain);
}

/** A slice of output at a time. False when the stream is bad or of another size. */
static bool inflate_slices(Inflation *i, Budget *budget) {
    int status = Z_OK;
    while (status == Z_OK) {
        size_t slice = MIN(i->size - i->z.total_out, INFLATE_SLICE_BYTES);
        i->z.avail_out = (uInt)slice;
        status = inflate(&i->z, Z_NO_FLUSH);
        if (status == Z_BUF_ERROR || (slice == 0 && status == Z_OK)) return false;
        budget_spend(budget, STEPS_PER_INFLATED_SLICE);
    }
    return status == Z_STREAM_END && i->z.total_out == i->size;
}

/** 32-bit size, then a zlib stream of just that many bytes. */
static Term decode_compressed(Heap *h, const ExternalContext *c, const uint8_t *bytes, size_t count,
                              uint32_t flags, size_t *used, Budget *budget) {
    if (count < 4) return TERM_NONE;
    Inflation i = {.size = (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 |
                           bytes[3]};
    if (i.size / INFLATE_RATIO_MAX > count) return TERM_NONE; // DECODE-1
    i.plain = mem_try_alloc(i.size + 1);
    if (i.plain == NULL) return TERM_NONE;
    i.z.next_in = (Bytef *)(uintptr_t)(bytes + 4);
    i.z.avail_in = (uInt)MIN(count - 4, UINT32_MAX);
    i.z.next_out = i.plain;
    Term result = TERM_NONE;
    if (inflateInit(&i.z) == Z_OK) {
        size_t plain_used;
        BudgetGuard guard;
        budget_guard(budget, &guard, inflation_abandon, &i);
        if (inflate_slices(&i, budget)) {
            result = decode_plain(h, c, i.plain, i.size, flags, &plain_used, budget);
            if (plain_used != i.size) result = TERM_NONE;
        }
        budget_unguard(budget, &guard);
        *used = 4 + i.z.total_in;
        inflateEnd(&i.z);
    }
    mem_free(i.plain);
    return result;
}

Term external_decode(Heap *h, const ExternalContext *c, const uint8_t *bytes, size_t count,
                     bool versioned, uint32_t flags, size_t *used, Budget *budget) {
    size_t before = 0, inner = 0;
    if (versioned) {
        if (count == 0 || bytes[0] != EXTERNAL_VERSION) return TERM_NONE;
        before = 1;
    }
    Term t;
    const uint8_t *local = NULL; // the hash of what this VM alone reads
    if (versioned && count > before + EXT_LOCAL_BYTES && bytes[before] == EXT_LOCAL) {
        local = bytes + before + 1;
        before += EXT_LOCAL_BYTES;
    }
    size_t begin = before;
    if (count > before && bytes[before] == EXT_COMPRESSED) {
        before++;
        t = decode_compressed(h, c, bytes + before, count - before, flags, &inner, budget);
    } else {
        t = decode_plain(h, c, bytes + before, count - before, flags, &inner, budget);
    }
    if (used != NULL) *used = before + inner;
    if (local == NULL || t == TERM_NONE) return t;
    uint64_t hash = external_local_hash(c, bytes + begin, before + inner - begin);
    return memcmp(local, &hash, sizeof hash) == 0 ? t : TERM_NONE;
}
