// SPDX-License-Identifier: Apache-2.0
//
// bif_tuple.c - tuples: reading, changing and making them. Positions count from 1; a position
// outside, a size above TUPLE_SIZE_MAX or an argument of another type is badarg.
#include "bif/bif.h"

// A tuple of this arity whose elements are still to be written.
static Term *new_tuple(Process *p, size_t arity, Term *tuple) {
    ASSERT(arity <= TUPLE_SIZE_MAX);
    Term *box = heap_alloc(&p->heap, 1 + arity);
    box[0] = header_tuple(arity);
    *tuple = term_from_box(box);
    return box + 1;
}

// The 0-based index that a position term names in 1..count.
static bool get_position(Term t, size_t count, size_t *index) {
    if (!term_is_small(t) || term_small(t) < 1 || (uint64_t)term_small(t) > count) return false;
    *index = (size_t)term_small(t) - 1;
    return true;
}

BIF(erlang, element, 2)
{
    size_t i;
    if (!term_is_tuple(a[1]) || !get_position(a[0], tuple_arity(a[1]), &i)) return bif_badarg(p);
    return tuple_get(a[1], i);
}

BIF(erlang, setelement, 3)
{
    size_t i, n;
    if (!term_is_tuple(a[1]) || !get_position(a[0], n = tuple_arity(a[1]), &i))
        return bif_badarg(p);
    Term t, *e = new_tuple(p, n, &t);
    memcpy(e, tuple_elements(a[1]), n * sizeof *e);
    e[i] = a[2];
    return t;
}

static bool get_arity(Term t, size_t *arity) {
    if (!term_is_small(t) || term_small(t) < 0 || term_small(t) > TUPLE_SIZE_MAX) return false;
    *arity = (size_t)term_small(t);
    return true;
}

BIF(erlang, make_tuple, 2)
{
    size_t n;
    if (!get_arity(a[0], &n)) return bif_badarg(p);
    Term t, *e = new_tuple(p, n, &t);
    for (size_t i = 0; i < n; i++) e[i] = a[1];
    bif_bump(p, (int64_t)(n / 100));
    return t;
}

/** make_tuple(Arity, Default, [{Position, Value}]). */
BIF(erlang, make_tuple, 3)
{
    size_t n, at;
    if (!get_arity(a[0], &n)) return bif_badarg(p);
    Term list = a[2];
    for (; term_is_cell(list); list = term_tail(list)) {
        Term e = term_head(list);
        if (!term_is_tuple_of(e, 2) || !get_position(tuple_get(e, 0), n, &at)) return bif_badarg(p);
    }
    if (!term_is_nil(list)) return bif_badarg(p);
    Term t, *e = new_tuple(p, n, &t);
    for (size_t i = 0; i < n; i++) e[i] = a[1];
    for (list = a[2]; term_is_cell(list); list = term_tail(list)) {
        Term pair = term_head(list);
        e[term_small(tuple_get(pair, 0)) - 1] = tuple_get(pair, 1);
    }
    return t;
}

BIF(erlang, append_element, 2)
{
    if (!term_is_tuple(a[0]) || tuple_arity(a[0]) >= TUPLE_SIZE_MAX) return bif_badarg(p);
    size_t n = tuple_arity(a[0]);
    Term t, *e = new_tuple(p, n + 1, &t);
    memcpy(e, tuple_elements(a[0]), n * sizeof *e);
    e[n] = a[1];
    return t;
}

BIF(erlang, insert_element, 3)
{
    size_t i;
    if (!term_is_tuple(a[1]) || tuple_arity(a[1]) >= TUPLE_SIZE_MAX ||
        !get_position(a[0], tuple_arity(a[1]) + 1, &i)) {
        return bif_badarg(p);
    }
    size_t n = tuple_arity(a[1]);
    Term t, *e = new_tuple(p, n + 1, &t);
    ASSERT(i <= n);
    const Term *from = tuple_elements(a[1]);
    memcpy(e, from, i * sizeof *e);
    e[i] = a[2];
    memcpy(e + i + 1, from + i, (n - i) * sizeof *e);
    return t;
}

BIF(erlang, delete_element, 2)
{
    size_t i;
    if (!term_is_tuple(a[1]) || !get_position(a[0], tuple_arity(a[1]), &i)) return bif_badarg(p);
    size_t n = tuple_arity(a[1]);
    ASSERT(n > 0);
    Term t, *e = new_tuple(p, n - 1, &t);
    const Term *from = tuple_elements(a[1]);
    memcpy(e, from, i * sizeof *e);
    memcpy(e + i, from + i + 1, (n - 1 - i) * sizeof *e);
    return t;
}

BIF_LONG(erlang, tuple_to_list, 1) {
    if (!term_is_tuple(a[0])) return bif_badarg(p);
    size_t n = tuple_arity(a[0]);
    const Term *e = tuple_elements(a[0]);
    Budget *budget = long_call_budget(p);
    Term *hp = heap_alloc(&p->heap, CELL_WORDS * n), list = TERM_NIL;
    while (n-- > 0) {
        list = term_cons(&hp, e[n], list);
        budget_spend(budget, 1);
    }
    return list;
}

static Term list_to_tuple_body(Process *p, Term *a) {
    int64_t n = bif_long_list_length(p, a[0]);
    if (n < 0 || n > TUPLE_SIZE_MAX) return bif_badarg(p);
    Term t, *e = new_tuple(p, (size_t)n, &t);
    Budget *budget = long_call_budget(p);
    for (Term list = a[0]; term_is_cell(list); list = term_tail(list)) {
        *e++ = term_head(list);
        budget_spend(budget, 1);
    }
    return t;
}

BIF(erlang, list_to_tuple, 1)
{
    if (bif_is_long_list(a[0])) return long_call_run(p, a, 1, list_to_tuple_body);
    return list_to_tuple_body(p, a);
}
