// SPDX-License-Identifier: Apache-2.0
//
// bif_unicode.c - the natives of module unicode: character data (binaries in UTF-8 or Latin-1,
// lists of characters and binaries, nested) to a UTF-8 binary or a list of characters.
//
// What is no character data at all is badarg. Data that is malformed gives {error, Converted,
// Rest}; data that ends inside a character {incomplete, Converted, Rest}. Rest begins with what was
// not converted, and has the structure that OTP gives it, so programs can go on from there.
// Encodings other than these two are left to unicode's Erlang code.
//
// UNI-1: a character may be split between binaries; `pending` holds its bytes so far (at most 3).
#include "bif/bif.h"
#include "bif/iodata.h"

#include "term/bits.h"
#include "term/stack.h"
#include "term/utf8.h"

typedef struct Conversion {
    Process *p;
    bool latin1;
    uint8_t *out;
    size_t count, capacity;
    size_t characters;
    uint8_t pending[4]; // UNI-1
    size_t pending_count;
    Budget *budget;
} Conversion;

static ALWAYS_INLINE void need_room(Conversion *c, size_t more) {
    DEBUG_ASSERT(c->count <= c->capacity);
    if (LIKELY(c->count + more <= c->capacity)) return;
    c->capacity = MAX(c->capacity * 2, c->count + more + 64);
    c->out = mem_realloc(c->out, c->capacity);
}

// An integer that OTP holds as a bignum: its small ones have 60 bits.
static bool is_beyond_small(Term t) {
    const int64_t limit = (int64_t)1 << 59;
    return term_is_big(t) ||
           (term_is_small(t) && (term_small(t) >= limit || term_small(t) < -limit));
}

// Is this character data, as far as types go? Values are judged later, with a better answer than
// badarg.
static bool check_shape(Term data, Budget *budget) {
    TermStack s;
    term_stack_init_in_steps(&s, budget);
    bool good = true;
    Term t = data;
    for (;;) {
        while (term_is_cell(t)) {
            Term head = term_head(t);
            budget_spend(budget, 1);
            if (is_beyond_small(head)) goto done; // no character, and the conversion stops there
            if (term_is_small(head)) {
                t = term_tail(t);
            } else if (term_is_cell(head)) {
                term_stack_push(&s, term_tail(t));
                t = head;
            } else if (term_is_nil(head) || term_is_binary(head)) {
                t = term_tail(t);
            } else {
                good = false;
                goto done;
            }
        }
        if (!term_is_nil(t) && !term_is_binary(t)) {
            good = false;
            break;
        }
        if (s.count == 0) break;
        t = term_stack_pop(&s);
    }
done:
    term_stack_free(&s);
    return good;
}

// ---- binaries
// -------------------------------------------------------------------------------------

// How many bytes the character beginning with this byte has; 0 if none begins so.
static size_t length_by_lead(uint8_t lead) {
    if (lead < 0x80) return 1;
    if ((lead & 0xe0) == 0xc0) return 2;
    if ((lead & 0xf0) == 0xe0) return 3;
    return (lead & 0xf8) == 0xf0 ? 4 : 0;
}

#define SLICE_BYTES ((size_t)1 << 14)

// Adds UTF-8 text; what is left of a character at its end becomes pending. Returns the bytes taken
// before an error.
static size_t add_utf8(Conversion *c, const uint8_t *bytes, size_t count, bool *good) {
    ASSERT(c->pending_count < 4); // UNI-1
    size_t at = 0;
    *good = true;
    need_room(c, count + 4);
    if (c->pending_count > 0) {
        size_t need = length_by_lead(c->pending[0]), more = need - c->pending_count, used;
        ASSERT(need > c->pending_count);
        if (count < more) {
            memcpy(c->pending + c->pending_count, bytes, count);
            c->pending_count += count;
            return count;
        }
        memcpy(c->pending + c->pending_count, bytes, more);
        if (utf8_decode(c->pending, need, &used) < 0) {
            *good = false;
            return 0;
        }
        memcpy(c->out + c->count, c->pending, need);
        c->count += need;
        c->characters++;
        c->pending_count = 0;
        at = more;
    }
    while (at < count) {
        size_t used, from = at, run_end = MIN(count, at + SLICE_BYTES);
        while (at < run_end && bytes[at] < 0x80) at++;
        memcpy(c->out + c->count, bytes + from, at - from);
        c->count += at - from;
        c->characters += at - from;
        budget_spend(c->budget, 2 + (int64_t)(at - from) / 16);
        if (at == run_end) continue;
        size_t need = length_by_lead(bytes[at]);
        if (need > count - at) {
            c->pending_count = count - at;
            memcpy(c->pending, bytes + at, c->pending_count);
            return count;
        }
        if (need == 0 || utf8_decode(bytes + at, count - at, &used) < 0) {
            *good = false;
            return at;
        }
        memcpy(c->out + c->count, bytes + at, used);
        c->count += used;
        c->characters++;
        at += used;
    }
    return at;
}

// Adds a binary; false with *rest: the part of it that was not converted.
static bool add_binary(Conversion *c, Term binary, Term *rest) {
    size_t count;
    uint8_t *to_free;
    const uint8_t *bytes = bits_bytes(binary, &count, &to_free);
    bool good = true;
    ASSERT(bytes != NULL);
    BudgetGuard guard;
    budget_guard(c->budget, &guard, mem_free, to_free);
    if (c->latin1) {
        need_room(c, 2 * count);
        for (size_t i = 0; i < count; i++) {
            c->count += utf8_encode(bytes[i], c->out + c->count);
            budget_spend(c->budget, 1);
        }
        c->characters += count;
    } else {
        size_t taken = add_utf8(c, bytes, count, &good);
        if (!good) *rest = heap_sub_bits(&c->p->heap, binary, taken * 8, (count - taken) * 8);
    }
    budget_unguard(c->budget, &guard);
    mem_free(to_free);
    return good;
}

static bool add_character(Conversion *c, Term t) {
    if (c->pending_count > 0 || !term_is_small(t)) return false;
    uint64_t v = (uint64_t)term_small(t);
    if (c->latin1 ? v > 255 : !utf8_is_character(v)) return false;
    need_room(c, 4);
    c->count += utf8_encode((uint32_t)v, c->out + c->count);
    c->characters++;
    return true;
}

// ---- lists
// ----------------------------------------------------------------------------------------

// Converts everything; false with *rest: what was not converted.
static bool convert(Conversion *c, Term t, Term *rest) {
    if (!term_is_cell(t)) return term_is_nil(t) || add_binary(c, t, rest);
    TermStack s; // tails of the lists around the one at hand
    term_stack_init_in_steps(&s, c->budget);
    bool good = true;
    for (;;) {
        while (good && term_is_cell(t)) {
            Term head = term_head(t), part;
            budget_spend(c->budget, 2);
            if (term_is_cell(head)) {
                term_stack_push(&s, term_tail(t));
                t = head;
            } else if (term_is_nil(head)) {
                t = term_tail(t);
            } else if (term_is_bitstring(head)) {
                good = add_binary(c, head, &part);
                t = good ? term_tail(t) : heap_cons(&c->p->heap, part, term_tail(t));
            } else {
                good = add_character(c, head);
                if (good) t = term_tail(t);
            }
        }
        if (good && term_is_bitstring(t)) {
            Term part;
            good = add_binary(c, t, &part);
            if (!good) t = part;
        }
        if (!good || s.count == 0) break;
        t = term_stack_pop(&s);
    }
    if (!good) {
        while (s.count > 0) t = heap_cons(&c->p->heap, t, term_stack_pop(&s));
        *rest = t;
    }
    term_stack_free(&s);
    return good;
}

// Could the pending bytes be the beginning of a character, as far as OTP looks?
static bool pending_is_prefix(const Conversion *c) {
    DEBUG_ASSERT(c->pending_count > 0);
    for (size_t i = 1; i < c->pending_count; i++) {
        if ((c->pending[i] & 0xc0) != 0x80) return false;
    }
    return true;
}

static Term finish(Conversion *c, Term converted, bool good, Term rest) {
    ASSERT(c->pending_count < 4 && (good || rest != TERM_NONE));
    Heap *h = &c->p->heap;
    if (good && c->pending_count == 0) return converted;
    Term pending =
        c->pending_count > 0 ? heap_binary_from(h, c->pending, c->pending_count) : TERM_NONE;
    if (good)
        return heap_tuple3(h, pending_is_prefix(c) ? am_incomplete : am_error, converted, pending);
    if (pending != TERM_NONE) rest = heap_cons(h, pending, heap_cons(h, rest, TERM_NIL));
    return heap_tuple3(h, am_error, converted, rest);
}

static bool get_encoding(Term t, bool *latin1) {
    *latin1 = t == am_latin1;
    return *latin1 || t == am_unicode || t == am_utf8;
}

static bool is_seven_bit(const uint8_t *bytes, size_t count, Budget *budget) {
    for (; count > SLICE_BYTES; bytes += SLICE_BYTES, count -= SLICE_BYTES) {
        if (!is_seven_bit(bytes, SLICE_BYTES, NULL)) return false;
        budget_spend_bytes(budget, SLICE_BYTES);
    }
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        uint64_t v;
        memcpy(&v, bytes + i, 8);
        if ((v & 0x8080808080808080u) != 0) return false;
    }
    for (; i < count; i++) {
        if (bytes[i] >= 0x80) return false;
    }
    return true;
}

// Slice by slice; a character at a slice's end belongs to the next one.
bool bif_is_utf8(const uint8_t *bytes, size_t count, Budget *budget) {
    size_t characters;
    while (count > SLICE_BYTES) {
        size_t slice = SLICE_BYTES;
        while (slice > SLICE_BYTES - 4 && (bytes[slice] & 0xc0) == 0x80) slice--;
        if (!utf8_count(bytes, slice, &characters)) return false;
        bytes += slice;
        count -= slice;
        budget_spend_bytes(budget, 8 * slice);
    }
    return utf8_count(bytes, count, &characters);
}

// A binary that is its own result.
static bool is_converted(Term t, bool latin1, Budget *budget) {
    size_t count;
    uint8_t *to_free;
    const uint8_t *bytes = bits_bytes(t, &count, &to_free);
    if (bytes == NULL) return false;
    BudgetGuard guard;
    budget_guard(budget, &guard, mem_free, to_free);
    bool result =
        is_seven_bit(bytes, count, budget) || (!latin1 && bif_is_utf8(bytes, count, budget));
    budget_unguard(budget, &guard);
    mem_free(to_free);
    return result;
}

static void conversion_abandon(void *conversion) { mem_free(((Conversion *)conversion)->out); }

/** The characters of UTF-8 text as a list. */
static Term characters_list(const Conversion *c) {
    if (c->characters == 0) return TERM_NIL;
    Term *hp = heap_alloc(&c->p->heap, c->characters * CELL_WORDS), list = term_from_cell(hp);
    for (size_t i = 0, used; i < c->count; i += used) {
        int32_t v = utf8_decode(c->out + i, c->count - i, &used);
        ASSERT(v >= 0);
        hp[0] = term_from_small(v);
        hp[1] = term_from_cell(hp + CELL_WORDS);
        hp += CELL_WORDS;
        budget_spend(c->budget, 2);
    }
    hp[-1] = TERM_NIL;
    ASSERT(term_is_cell(list));
    return list;
}

static Term text_binary(const Conversion *c) {
    uint8_t *out;
    Term binary = heap_binary(&c->p->heap, c->count, &out);
    budget_copy(c->budget, out, c->out, c->count);
    return binary;
}

/** Converts data, whose shape is right. */
static Term convert_all(Conversion *c, Term data, bool to_list) {
    BudgetGuard guard;
    budget_guard(c->budget, &guard, conversion_abandon, c);
    Term rest = TERM_NIL;
    bool good = convert(c, data, &rest);
    ASSERT(good || rest != TERM_NONE);
    Term converted = to_list ? characters_list(c) : text_binary(c);
    budget_unguard(c->budget, &guard);
    mem_free(c->out);
    return finish(c, converted, good, rest);
}

BIF_LONG(unicode, characters_to_binary, 2) {
    Conversion c = {.p = p, .budget = long_call_budget(p)};
    if (!get_encoding(a[1], &c.latin1))
        return bif_trap(p, am_unicode, am_characters_to_binary_int, 2, a);
    Term data = a[0];
    if (term_is_cell(data) && term_is_bitstring(term_head(data)) && term_is_nil(term_tail(data)))
        data = term_head(data);
    if (!check_shape(data, c.budget)) return bif_badarg(p);
    if (term_is_binary(data) && is_converted(data, c.latin1, c.budget)) return data;
    return convert_all(&c, data, false);
}

BIF_LONG(unicode, characters_to_list, 2) {
    Conversion c = {.p = p, .budget = long_call_budget(p)};
    if (!get_encoding(a[1], &c.latin1))
        return bif_trap(p, am_unicode, am_characters_to_list_int, 2, a);
    return check_shape(a[0], c.budget) ? convert_all(&c, a[0], true) : bif_badarg(p);
}

BIF_LONG(unicode, bin_is_7bit, 1) {
    size_t count;
    uint8_t *to_free;
    const uint8_t *bytes = bits_bytes(a[0], &count, &to_free);
    if (bytes == NULL) return am_false;
    Budget *budget = long_call_budget(p);
    BudgetGuard guard;
    budget_guard(budget, &guard, mem_free, to_free);
    bool result = is_seven_bit(bytes, count, budget);
    budget_unguard(budget, &guard);
    mem_free(to_free);
    return term_from_bool(result);
}
