// SPDX-License-Identifier: Apache-2.0
//
// bif_number_text.c - numbers from and to texts: lists of characters and binaries. A text that is
// no number, or a base outside 2..36, is badarg; string:list_to_... say what is wrong in their
// result instead.
#include "bif/bif.h"

#include "term/bits.h"
#include "term/number.h"

// ---- integers
// -------------------------------------------------------------------------------------

static bool get_base(Term t, int *base) {
    if (!term_is_small(t) || term_small(t) < 2 || term_small(t) > 36) return false;
    *base = (int)term_small(t);
    return true;
}

// GMP's conversions cannot stop in between: above so many bits, or digits, they run on a dirty
// thread.
#define QUICK_BITS_MAX 20000
#define QUICK_DIGITS_MAX 6000

static Term integer_text(Process *p, Term integer, int base, bool binary) {
    ASSERT(base >= 2 && base <= 36);
    size_t count;
    if (!term_is_integer(integer)) return bif_badarg(p);
    bool quick = 8 * integer_magnitude_bytes(integer) <= QUICK_BITS_MAX;
    if (!quick) long_call_dirty_begin(p);
    char room[SMALL_TEXT_ROOM], *text = term_is_small(integer)
                                            ? small_to_text(term_small(integer), base, room, &count)
                                            : integer_to_text(integer, base, &count);
    Term t = binary ? heap_binary_from(&p->heap, text, count)
                    : heap_list_from_bytes(&p->heap, (const uint8_t *)text, count, TERM_NIL);
    if (!term_is_small(integer)) mem_free(text);
    if (!quick) long_call_dirty_end(p);
    bif_bump(p, (int64_t)(count / 50));
    return t;
}

static Term to_list_body(Process *p, Term *a) {
    return integer_text(p, a[0], (int)term_small(a[1]), false);
}
static Term to_binary_body(Process *p, Term *a) {
    return integer_text(p, a[0], (int)term_small(a[1]), true);
}

static Term to_text(Process *p, Term integer, Term base_term, LongCallFunction body) {
    int base;
    if (!get_base(base_term, &base)) return bif_badarg(p);
    ASSERT(base >= 2 && base <= 36 && body != NULL);
    Term args[] = {integer, base_term};
    return term_is_small(integer) ? body(p, args) : long_call_run(p, args, 2, body);
}

BIF(erlang, integer_to_list, 1)
{ return to_text(p, a[0], term_from_small(10), to_list_body); }
BIF(erlang, integer_to_binary, 1)
{ return to_text(p, a[0], term_from_small(10), to_binary_body); }
BIF(erlang, integer_to_list, 2)
{ return to_text(p, a[0], a[1], to_list_body); }
BIF(erlang, integer_to_binary, 2)
{ return to_text(p, a[0], a[1], to_binary_body); }

// The characters of a proper list of Latin-1 characters; NULL when it is none. Caller frees what is
// not `few`.
static char *list_characters(Term list, char *few, size_t few_bytes, size_t *count) {
    int64_t n = bif_list_length(list);
    if (n < 0) return NULL;
    char *text = (size_t)n < few_bytes ? few : mem_alloc((size_t)n + 1);
    size_t i = 0;
    for (; term_is_cell(list); list = term_tail(list)) {
        Term c = term_head(list);
        if (!term_is_small(c) || (uint64_t)term_small(c) > 255) {
            if (text != few) mem_free(text);
            return NULL;
        }
        text[i++] = (char)term_small(c);
    }
    ASSERT(i == (size_t)n);
    text[i] = 0;
    *count = i;
    return text;
}

static Term integer_result(Process *p, Term t) {
    if (t == NUMBER_TOO_BIG) return bif_system_limit(p);
    return t == TERM_NONE ? bif_badarg(p) : t;
}

static Term integer_from_list(Process *p, Term list, int base) {
    DEBUG_ASSERT(base >= 2 && base <= 36);
    char few[64];
    size_t count;
    char *text = list_characters(list, few, sizeof few, &count);
    if (text == NULL) return bif_badarg(p);
    if (count > QUICK_DIGITS_MAX) long_call_dirty_begin(p);
    Term t = integer_from_text(&p->heap, text, count, base);
    if (count > QUICK_DIGITS_MAX) long_call_dirty_end(p);
    bif_bump(p, (int64_t)(count / 50));
    if (text != few) mem_free(text);
    return integer_result(p, t);
}

static Term integer_from_binary(Process *p, Term binary, int base) {
    DEBUG_ASSERT(base >= 2 && base <= 36);
    size_t count;
    uint8_t *to_free;
    const uint8_t *bytes = bits_bytes(binary, &count, &to_free);
    if (bytes == NULL) return bif_badarg(p);
    if (count > QUICK_DIGITS_MAX) long_call_dirty_begin(p);
    Term t = integer_from_text(&p->heap, (const char *)bytes, count, base);
    if (count > QUICK_DIGITS_MAX) long_call_dirty_end(p);
    bif_bump(p, (int64_t)(count / 50));
    mem_free(to_free);
    return integer_result(p, t);
}

BIF_LONG(erlang, list_to_integer, 1) { return integer_from_list(p, a[0], 10); }
BIF_LONG(erlang, list_to_integer, 2) {
    int base;
    return get_base(a[1], &base) ? integer_from_list(p, a[0], base) : bif_badarg(p);
}
BIF_LONG(erlang, binary_to_integer, 1) { return integer_from_binary(p, a[0], 10); }
BIF_LONG(erlang, binary_to_integer, 2) {
    int base;
    return get_base(a[1], &base) ? integer_from_binary(p, a[0], base) : bif_badarg(p);
}

/** binary_to_integer(Binary, Base) -> Integer | badarg. */
BIF(erts_internal, binary_to_integer, 2)
{
    int base;
    size_t count;
    uint8_t *to_free;
    if (!get_base(a[1], &base)) return am_badarg;
    const uint8_t *bytes = bits_bytes(a[0], &count, &to_free);
    if (bytes == NULL) return am_badarg;
    Term t = integer_from_text(&p->heap, (const char *)bytes, count, base);
    bif_bump(p, (int64_t)(count / 50));
    mem_free(to_free);
    if (t == NUMBER_TOO_BIG) return bif_system_limit(p);
    return t == TERM_NONE ? am_badarg : t;
}

// ---- floats
// ---------------------------------------------------------------------------------------

#define FLOAT_TEXT_ROOM 256 // what does not fit is badarg, as in OTP
#define FLOAT_DECIMALS_DEFAULT 20

typedef struct FloatFormat {
    enum { FORMAT_SCIENTIFIC, FORMAT_DECIMALS, FORMAT_SHORT } kind;
    int decimals;
    bool compact;
} FloatFormat;

static bool get_format(Term options, FloatFormat *f) {
    *f = (FloatFormat){FORMAT_SCIENTIFIC, FLOAT_DECIMALS_DEFAULT, false};
    for (; term_is_cell(options); options = term_tail(options)) {
        Term o = term_head(options);
        if (o == am_compact) {
            f->compact = true;
        } else if (o == am_short) {
            f->kind = FORMAT_SHORT;
        } else if (term_is_tuple_of(o, 2) && term_is_small(tuple_get(o, 1))) {
            int64_t n = term_small(tuple_get(o, 1));
            f->decimals = (int)MIN(MAX(n, -1), 1000);
            if (tuple_get(o, 0) == am_decimals)
                f->kind = FORMAT_DECIMALS;
            else if (tuple_get(o, 0) == am_scientific)
                f->kind = FORMAT_SCIENTIFIC;
            else
                return false;
        } else {
            return false;
        }
    }
    return term_is_nil(options);
}

static Term float_text(Process *p, Term t, Term options, bool binary) {
    FloatFormat f;
    char text[FLOAT_TEXT_ROOM];
    if (!term_is_float(t) || !get_format(options, &f)) return bif_badarg(p);
    double d = term_float(t);
    size_t n = 0;
    switch (f.kind) {
    case FORMAT_SHORT: n = float_to_text_shortest(d, text); break;
    case FORMAT_DECIMALS:
        n = float_to_text_decimals(d, f.decimals, f.compact, text, sizeof text);
        break;
    case FORMAT_SCIENTIFIC: n = float_to_text_scientific(d, f.decimals, text, sizeof text); break;
    }
    if (n == 0) return bif_badarg(p);
    ASSERT(n < sizeof text);
    return binary ? heap_binary_from(&p->heap, text, n)
                  : heap_list_from_bytes(&p->heap, (const uint8_t *)text, n, TERM_NIL);
}

BIF(erlang, float_to_list, 1)
{ return float_text(p, a[0], TERM_NIL, false); }
BIF(erlang, float_to_list, 2)
{ return float_text(p, a[0], a[1], false); }
BIF(erlang, float_to_binary, 1)
{ return float_text(p, a[0], TERM_NIL, true); }
BIF(erlang, float_to_binary, 2)
{ return float_text(p, a[0], a[1], true); }

BIF(erlang, list_to_float, 1)
{
    char few[64];
    size_t count;
    char *text = list_characters(a[0], few, sizeof few, &count);
    if (text == NULL) return bif_badarg(p);
    double d;
    bool good = float_from_text(text, count, &d);
    if (text != few) mem_free(text);
    return good ? heap_float(&p->heap, d) : bif_badarg(p);
}

BIF(erlang, binary_to_float, 1)
{
    size_t count;
    uint8_t *to_free;
    const uint8_t *bytes = bits_bytes(a[0], &count, &to_free);
    if (bytes == NULL) return bif_badarg(p);
    double d;
    bool good = float_from_text((const char *)bytes, count, &d);
    mem_free(to_free);
    return good ? heap_float(&p->heap, d) : bif_badarg(p);
}

// ---- the longest number at the head of a list
// --------------------------------------------------------

typedef struct Prefix {
    char *text;
    size_t count, capacity;
    Term rest;
} Prefix;

// The next character of the list, or -1 where it is none.
static int peek(const Prefix *x) {
    if (!term_is_cell(x->rest) || !term_is_small(term_head(x->rest))) return -1;
    int64_t c = term_small(term_head(x->rest));
    return c < 0 || c > 127 ? -1 : (int)c;
}

static void take(Prefix *x, char c) {
    DEBUG_ASSERT(term_is_cell(x->rest));
    if (x->count + 1 >= x->capacity) {
        x->capacity = x->capacity * 2 + 64;
        x->text = mem_realloc(x->text, x->capacity);
    }
    x->text[x->count++] = c;
    x->text[x->count] = 0;
    x->rest = term_tail(x->rest);
}

static bool take_digits(Prefix *x) {
    size_t before = x->count;
    for (int c = peek(x); c >= '0' && c <= '9'; c = peek(x)) take(x, (char)c);
    return x->count > before;
}

static void take_sign(Prefix *x) {
    int c = peek(x);
    if (c == '+' || c == '-') take(x, (char)c);
}

static Term text_error(Process *p, Term reason) { return heap_tuple2(&p->heap, am_error, reason); }

/** {Integer, Rest}, or why not: an atom. */
static Term leading_integer(Process *p, Term list) {
    ASSERT(list != TERM_NONE);
    if (!term_is_list(list)) return am_not_a_list;
    Prefix x = {NULL, 0, 0, list};
    take_sign(&x);
    Term t = take_digits(&x) ? integer_from_text(&p->heap, x.text, x.count, 10) : TERM_NONE;
    bif_bump(p, (int64_t)(x.count / 50));
    mem_free(x.text);
    if (t == NUMBER_TOO_BIG) return am_system_limit;
    return t == TERM_NONE ? am_no_integer : heap_tuple2(&p->heap, t, x.rest);
}

BIF(string, list_to_integer, 1)
{
    Term result = leading_integer(p, a[0]);
    return term_is_tuple(result) ? result : text_error(p, result);
}

/** list_to_integer(List, 10) -> {Integer, Rest} | Reason: what OTP 26's string stands on. erlang's
 * own functions are built in here, so no other base is asked for. */
BIF(erts_internal, list_to_integer, 2)
{ return a[1] == term_from_small(10) ? leading_integer(p, a[0]) : am_badarg; }

BIF(string, list_to_float, 1)
{
    if (!term_is_list(a[0])) return text_error(p, am_not_a_list);
    Prefix x = {NULL, 0, 0, a[0]};
    double d;
    bool good = false;
    take_sign(&x);
    if (take_digits(&x) && (peek(&x) == '.' || peek(&x) == ',')) {
        take(&x, '.');
        good = take_digits(&x);
    }
    if (good && (peek(&x) == 'e' || peek(&x) == 'E')) {
        // without digits behind it the e belongs to the rest
        Prefix before = x;
        take(&x, 'e');
        take_sign(&x);
        if (!take_digits(&x)) {
            x.count = before.count;
            x.rest = before.rest;
        }
    }
    good = good && float_from_text(x.text, x.count, &d);
    mem_free(x.text);
    return good ? heap_tuple2(&p->heap, heap_float(&p->heap, d), x.rest)
                : text_error(p, am_no_float);
}
