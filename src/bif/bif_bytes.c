// SPDX-License-Identifier: Apache-2.0
//
// bif_bytes.c - erlang's functions on binaries and bitstrings: parts, lists of bytes, iodata. What
// is no such thing, or a part outside, is badarg; more than memory can hold is system_limit.
#include "bif/bif.h"
#include "bif/iodata.h"

#include "term/bits.h"
#include "term/stack.h"

// ---- parts
// ----------------------------------------------------------------------------------------

BIF(erlang, split_binary, 2)
{
    if (!term_is_bitstring(a[0]) || !term_is_small(a[1]) || term_small(a[1]) < 0)
        return bif_badarg(p);
    size_t bits = bits_size(a[0]), at = (size_t)term_small(a[1]);
    if (at > bits / 8) return bif_badarg(p);
    Term left = heap_sub_bits(&p->heap, a[0], 0, at * 8);
    Term right = heap_sub_bits(&p->heap, a[0], at * 8, bits - at * 8);
    return heap_tuple2(&p->heap, left, right);
}

bool bytes_part(size_t size, Term position, Term length, size_t *start, size_t *count) {
    ASSERT(start != NULL && count != NULL);
    if (!term_is_small(position) || !term_is_small(length)) return false;
    int64_t at = term_small(position), n = term_small(length);
    if (n < 0) {
        at += n;
        n = -n;
    }
    if (at < 0 || (uint64_t)at > size || (uint64_t)n > size - (uint64_t)at) return false;
    *start = (size_t)at;
    *count = (size_t)n;
    return true;
}

/** Whole bytes of a bitstring, which need not be a binary. */
static Term part(Process *p, Term binary, Term position, Term length) {
    size_t start, count;
    if (!term_is_bitstring(binary) ||
        !bytes_part(bits_size(binary) / 8, position, length, &start, &count))
        return bif_badarg(p);
    return heap_sub_bits(&p->heap, binary, start * 8, count * 8);
}

BIF(erlang, binary_part, 3)
{ return part(p, a[0], a[1], a[2]); }
BIF(erlang, binary_part, 2)
{
    if (!term_is_tuple_of(a[1], 2)) return bif_badarg(p);
    return part(p, a[0], tuple_get(a[1], 0), tuple_get(a[1], 1));
}
BIF(binary, part, 3)
{ return part(p, a[0], a[1], a[2]); }
BIF(binary, part, 2)
{
    if (!term_is_tuple_of(a[1], 2)) return bif_badarg(p);
    return part(p, a[0], tuple_get(a[1], 0), tuple_get(a[1], 1));
}

// ---- to lists
// -------------------------------------------------------------------------------------

/** The bytes of a bitstring as a list, before tail. */
static Term bytes_list(Process *p, Term bitstring, size_t start, size_t count, Term tail) {
    DEBUG_ASSERT(term_is_bitstring(bitstring));
    BitsView v = bits_view(bitstring);
    DEBUG_ASSERT((start + count) * 8 <= v.size_bits);
    Budget *budget = long_call_budget(p);
    bool aligned = bits_is_byte_aligned(v);
    Term *hp = heap_alloc(&p->heap, CELL_WORDS * count);
    for (size_t i = count; i-- > 0;) {
        uint8_t b;
        if (aligned)
            b = v.base[start + i];
        else
            bits_copy(&b, 0, v.base, v.start_bit + (start + i) * 8, 8);
        tail = term_cons(&hp, term_from_small(b), tail);
        budget_spend(budget, 1);
    }
    return tail;
}

BIF_LONG(erlang, binary_to_list, 1) {
    if (!term_is_binary(a[0])) return bif_badarg(p);
    return bytes_list(p, a[0], 0, bits_size(a[0]) / 8, TERM_NIL);
}

/** binary_to_list(Binary, First, Last): both from 1. */
BIF_LONG(erlang, binary_to_list, 3) {
    if (!term_is_bitstring(a[0]) || !term_is_small(a[1]) || !term_is_small(a[2]))
        return bif_badarg(p);
    int64_t first = term_small(a[1]), last = term_small(a[2]),
            size = (int64_t)(bits_size(a[0]) / 8);
    if (first < 1 || last < first || last > size) return bif_badarg(p);
    return bytes_list(p, a[0], (size_t)first - 1, (size_t)(last - first) + 1, TERM_NIL);
}

/** As binary_to_list, with the bits that fill no byte as last element. */
BIF_LONG(erlang, bitstring_to_list, 1) {
    if (!term_is_bitstring(a[0])) return bif_badarg(p);
    size_t bits = bits_size(a[0]), bytes = bits / 8;
    if ((bits & 7u) == 0) return bytes_list(p, a[0], 0, bytes, TERM_NIL);
    Term tail = heap_cons(&p->heap, heap_sub_bits(&p->heap, a[0], bytes * 8, bits & 7u), TERM_NIL);
    return bytes_list(p, a[0], 0, bytes, tail);
}

// ---- from iodata
// ----------------------------------------------------------------------------------

static Term gather(Process *p, Term iodata, bool whole_bytes) {
    size_t bits;
    uint8_t *out;
    Budget *budget = long_call_budget(p);
    if (!iodata_size_bits(iodata, whole_bytes, &bits, budget)) return bif_badarg(p);
    if (bits / 8 > (size_t)1 << 40) return bif_system_limit(p);
    Term t = heap_bitstring(&p->heap, bits, &out);
    if ((bits & 7u) != 0) out[bits / 8] = 0;
    iodata_write(iodata, out, budget);
    return t;
}

static Term gather_bytes(Process *p, Term *a) { return gather(p, a[0], true); }
static Term gather_bits(Process *p, Term *a) { return gather(p, a[0], false); }

/** For a walk over iodata that iodata_size_quickly accepted. */
static void charge_quick_items(Process *p, uint64_t bytes) {
    ASSERT(bytes <= IODATA_QUICK_BYTES);
    bif_bump(p, (int64_t)MIN(bytes, IODATA_QUICK_ITEMS) / 100);
}

static Term binary_of(Process *p, Term *a) {
    uint64_t bytes;
    if (!iodata_size_quickly(a[0], &bytes)) return long_call_run(p, a, 1, gather_bytes);
    charge_quick_items(p, bytes);
    uint8_t *out;
    Term t = heap_bitstring(&p->heap, bytes * 8, &out);
    iodata_write(a[0], out, NULL);
    return t;
}

BIF(erlang, list_to_binary, 1)
{ return term_is_list(a[0]) ? binary_of(p, a) : bif_badarg(p); }
BIF(binary, list_to_bin, 1)
{ return term_is_list(a[0]) ? binary_of(p, a) : bif_badarg(p); }
BIF(erlang, iolist_to_binary, 1)
{
    if (term_is_binary(a[0])) return a[0];
    return term_is_list(a[0]) ? binary_of(p, a) : bif_badarg(p);
}
BIF(erlang, list_to_bitstring, 1)
{ return term_is_list(a[0]) ? long_call_run(p, a, 1, gather_bits) : bif_badarg(p); }

static Term iolist_size_body(Process *p, Term *a) {
    uint64_t bytes;
    if (!iodata_size_bytes(a[0], &bytes, long_call_budget(p))) return bif_badarg(p);
    return heap_unsigned(&p->heap, bytes);
}

BIF(erlang, iolist_size, 1)
{
    uint64_t bytes;
    if (iodata_size_quickly(a[0], &bytes)) {
        charge_quick_items(p, bytes);
        return term_from_small((int64_t)bytes);
    }
    return long_call_run(p, a, 1, iolist_size_body);
}

// ---- io vectors
// -----------------------------------------------------------------------------------

#define IOVEC_SHARED_BYTES_MIN                                                                     \
    64 // a binary as large as this stands in the vector as it is; smaller things are gathered

typedef struct Vector {
    Process *p;
    uint8_t *bytes; // gathered, not yet in a binary
    size_t count, capacity;
    Term first;
    Term *last; // where the next cell goes
} Vector;

static void vector_add(Vector *v, Term binary) {
    DEBUG_ASSERT(term_is_binary(binary) && *v->last == TERM_NIL);
    Term cell = heap_cons(&v->p->heap, binary, TERM_NIL);
    *v->last = cell;
    v->last = &term_cell(cell)[1];
}

static void vector_flush(Vector *v) {
    DEBUG_ASSERT(v->count <= v->capacity);
    if (v->count == 0) return;
    vector_add(v, heap_binary_from(&v->p->heap, v->bytes, v->count));
    v->count = 0;
}

static void vector_gather(Vector *v, const uint8_t *base, size_t start_bit, size_t count) {
    if (count == 0) return; // there may be no block yet
    if (v->count + count > v->capacity) {
        v->capacity = MAX(v->capacity * 2, v->count + count + 64);
        v->bytes = mem_realloc(v->bytes, v->capacity);
    }
    bits_copy(v->bytes + v->count, 0, base, start_bit, count * 8);
    v->count += count;
}

static void vector_binary(Vector *v, Term binary) {
    DEBUG_ASSERT(term_is_binary(binary));
    BitsView b = bits_view(binary);
    if (b.size_bits / 8 < IOVEC_SHARED_BYTES_MIN) {
        vector_gather(v, b.base, b.start_bit, b.size_bits / 8);
    } else {
        vector_flush(v);
        vector_add(v, binary);
    }
}

static void vector_abandon(void *vector) { mem_free(((Vector *)vector)->bytes); }

static void vector_walk(Vector *v, Term iodata, Budget *budget) {
    BudgetGuard guard;
    budget_guard(budget, &guard, vector_abandon, v);
    TermStack s;
    term_stack_init_in_steps(&s, budget);
    term_stack_push(&s, iodata);
    while (s.count > 0) {
        Term t = term_stack_pop(&s);
        while (term_is_cell(t)) {
            Term head = term_head(t);
            budget_spend(budget, 2);
            if (term_is_small(head)) {
                uint8_t b = (uint8_t)term_small(head);
                vector_gather(v, &b, 0, 1);
                t = term_tail(t);
            } else {
                term_stack_push(&s, term_tail(t));
                t = head;
            }
        }
        if (term_is_bitstring(t)) vector_binary(v, t);
        budget_spend(budget, 2);
    }
    budget_charge(budget, (int64_t)(v->count / BUDGET_BYTES_PER_STEP));
    vector_flush(v);
    term_stack_free(&s);
    budget_unguard(budget, &guard);
    mem_free(v->bytes);
}

BIF_LONG(erlang, iolist_to_iovec, 1) {
    size_t bits;
    Budget *budget = long_call_budget(p);
    if (!iodata_size_bits(a[0], true, &bits, budget)) return bif_badarg(p);
    if (bits == 0) return TERM_NIL;
    if (term_is_bitstring(a[0])) return heap_cons(&p->heap, a[0], TERM_NIL);
    Vector v = {.p = p, .first = TERM_NIL};
    v.last = &v.first;
    vector_walk(&v, a[0], budget);
    return v.first;
}
