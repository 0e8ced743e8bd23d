// SPDX-License-Identifier: Apache-2.0
//
// bif_list.c - lists: taking apart, joining, subtracting, searching. A list that is not proper
// where it must be is badarg.
#include "bif/bif.h"

#include "term/compare.h"
#include "vm/vm.h"
#include "world/page.h"

BIF(erlang, hd, 1)
{ return term_is_cell(a[0]) ? term_head(a[0]) : bif_badarg(p); }
BIF(erlang, tl, 1)
{ return term_is_cell(a[0]) ? term_tail(a[0]) : bif_badarg(p); }

static Term length_body(Process *p, Term *a) {
    int64_t n = bif_long_list_length(p, a[0]);
    return n < 0 ? bif_badarg(p) : term_from_small(n);
}

BIF(erlang, length, 1)
{
    if (bif_is_long_list(a[0])) return long_call_run(p, a, 1, length_body);
    int64_t n = bif_list_length(a[0]);
    return n < 0 ? bif_badarg(p) : term_from_small(n);
}

static Term append_body(Process *p, Term *a) {
    Term left = a[0], right = a[1];
    DEBUG_ASSERT(right != TERM_NONE);
    if (term_is_nil(left)) return right;
    int64_t n = bif_long_list_length(p, left);
    if (n < 0) return bif_badarg(p);
    Term *hp = heap_alloc(&p->heap, (size_t)n * CELL_WORDS);
    Term result = term_from_cell(hp);
    Budget *budget = long_call_budget(p);
    for (; term_is_cell(left); left = term_tail(left)) {
        hp[0] = term_head(left);
        hp[1] = term_from_cell(hp + CELL_WORDS);
        hp += CELL_WORDS;
        budget_spend(budget, 1);
    }
    ASSERT(hp == term_cell(result) + CELL_WORDS * (size_t)n);
    hp[-1] = right;
    return result;
}

static Term append(Process *p, Term *a) {
    if (bif_is_long_list(a[0])) return long_call_run(p, a, 2, append_body);
    Term result = append_body(p, a);
    bif_bump(p, BIF_QUICK_CELLS / 100);
    return result;
}

BIF_Q(erlang, "++", append_operator, 2)
{ return append(p, a); }
BIF(erlang, append, 2)
{ return append(p, a); }

// ---- subtraction
// ---------------------------------------------------------------------------------- What is to go
// stands in a hash table with a count: each element of the left list takes one away.

typedef struct Removal {
    Term term;
    uint32_t hash;
    uint32_t left;
} Removal;

#define NEAR_SLOTS 8192 // a table of more is not in the processor's nearer caches
#define FAR_STEPS 10    // what a look into such a table costs

static Removal *find_removal(Removal *table, size_t mask, Term t, uint32_t hash) {
    DEBUG_ASSERT((mask & (mask + 1)) == 0);
    size_t i = hash & mask;
    while (table[i].term != TERM_NONE && (table[i].hash != hash || !term_equal(table[i].term, t)))
        i = (i + 1) & mask;
    return &table[i];
}

/** Hashing a term looks at all of it; its place in the table is looked at next. */
static uint32_t hash_in_steps(Process *p, Term t, size_t slots) {
    uint32_t hash = term_hash_in_steps(p->vm->atoms, t, long_call_budget(p));
    bif_spend(p, slots > NEAR_SLOTS ? FAR_STEPS : 2);
    return hash;
}

static void fill_removals(Process *p, Removal *table, size_t slots, Term right) {
    ASSERT(slots > 0 && (slots & (slots - 1)) == 0);
    for (size_t i = 0; i < slots; i++) {
        table[i].term = TERM_NONE;
        if (i % 256 == 255) bif_spend(p, 64);
    }
    for (; term_is_cell(right); right = term_tail(right)) {
        Term t = term_head(right);
        uint32_t hash = hash_in_steps(p, t, slots);
        Removal *r = find_removal(table, slots - 1, t, hash);
        if (r->term == TERM_NONE) *r = (Removal){t, hash, 0};
        r->left++;
    }
}

/** What is left of a list of n elements when m are taken away. */
static Term subtract_from(Process *p, Term left, int64_t n, Removal *table, size_t slots,
                          int64_t m) {
    size_t words = (size_t)n * CELL_WORDS;
    Term *first = heap_alloc(&p->heap, words), *hp = first;
    for (; term_is_cell(left) && m > 0; left = term_tail(left)) {
        Term t = term_head(left);
        Removal *r = find_removal(table, slots - 1, t, hash_in_steps(p, t, slots));
        if (r->term != TERM_NONE && r->left > 0) {
            r->left--;
            m--;
            continue;
        }
        hp[0] = t;
        hp[1] = term_from_cell(hp + CELL_WORDS);
        hp += CELL_WORDS;
    }
    heap_give_back_tail(&p->heap, hp, first + words);
    if (hp == first) return left;
    hp[-1] = left; // the rest is shared: nothing more is to go
    return term_from_cell(first);
}

static Term subtract_body(Process *p, Term *a) {
    Term left = a[0], right = a[1];
    int64_t n = bif_long_list_length(p, left), m = bif_long_list_length(p, right);
    if (n < 0 || m < 0) return bif_badarg(p);
    if (n == 0 || m == 0) return left;
    size_t slots = 4;
    while (slots < (size_t)m * 2) slots *= 2;
    ASSERT(slots > (size_t)m); // a search always ends at a free one
    Removal few[16], *table = slots <= ARRAY_COUNT(few) ? few : mem_alloc(slots * sizeof *table);
    BudgetGuard guard;
    Budget *budget = long_call_budget(p);
    budget_guard(budget, &guard, mem_free, table == few ? NULL : table);
    fill_removals(p, table, slots, right);
    Term result = subtract_from(p, left, n, table, slots, m);
    page_forget_in_steps(table, slots * sizeof *table, budget);
    budget_unguard(budget, &guard);
    if (table != few) mem_free(table);
    return result;
}

static Term subtract(Process *p, Term *a) { return long_call_run(p, a, 2, subtract_body); }

BIF_Q(erlang, "--", subtract_operator, 2)
{ return subtract(p, a); }
BIF(erlang, subtract, 2)
{ return subtract(p, a); }

// ---- module lists
// ---------------------------------------------------------------------------------

static Term reverse_body(Process *p, Term *a) {
    int64_t n = bif_long_list_length(p, a[0]);
    if (n < 0) return bif_badarg(p);
    if (n == 0) return a[1];
    Term *hp = heap_alloc(&p->heap, (size_t)n * CELL_WORDS);
    Term result = a[1];
    Budget *budget = long_call_budget(p);
    for (Term list = a[0]; term_is_cell(list); list = term_tail(list)) {
        result = term_cons(&hp, term_head(list), result);
        budget_spend(budget, 1);
    }
    return result;
}

BIF(lists, reverse, 2)
{
    if (bif_is_long_list(a[0])) return long_call_run(p, a, 2, reverse_body);
    Term result = reverse_body(p, a);
    bif_bump(p, BIF_QUICK_CELLS / 100);
    return result;
}

// Searches begin with the first BIF_QUICK_CELLS cells where no comparison can take long: most end
// there, and what does not begins anew as a long call.

static void charge_quick_cells(Process *p, int left) {
    ASSERT(left >= 0 && left <= BIF_QUICK_CELLS);
    bif_bump(p, (BIF_QUICK_CELLS - left) / 100);
}

static Term member_body(Process *p, Term *a) {
    Term key = a[0], list = a[1];
    Budget *budget = long_call_budget(p);
    bool plain = term_is_word_exact(key);
    for (; term_is_cell(list); list = term_tail(list)) {
        if (plain ? term_head(list) == key : term_equal_in_steps(term_head(list), key, budget))
            return am_true;
        budget_spend(budget, 1);
    }
    return term_is_nil(list) ? am_false : bif_badarg(p);
}

BIF(lists, member, 2)
{
    if (term_is_word_exact(a[0])) {
        Term list = a[1];
        int n = BIF_QUICK_CELLS;
        for (; term_is_cell(list) && n > 0 && term_head(list) != a[0]; n--) list = term_tail(list);
        charge_quick_cells(p, n);
        if (term_is_nil(list)) return am_false;
        if (n > 0 && term_is_cell(list)) return am_true;
    }
    return long_call_run(p, a, 2, member_body);
}

// The first tuple in the list whose element at position equals (==) key; TERM_NIL when there is
// none, TERM_NONE when the position or the list is none.
static Term find_tuple(Process *p, Term key, Term position, Term list) {
    DEBUG_ASSERT(key != TERM_NONE);
    if (!term_is_small(position) || term_small(position) < 1) return bif_badarg(p);
    size_t i = (size_t)term_small(position) - 1;
    bool plain = term_is_word_value(key);
    Budget *budget = long_call_budget(p);
    for (; term_is_cell(list); list = term_tail(list)) {
        Term t = term_head(list);
        budget_spend(budget, 2);
        if (!term_is_tuple(t) || tuple_arity(t) <= i) continue;
        Term e = tuple_get(t, i);
        if (e == key || (!plain && term_compare_in_steps(p->vm->atoms, e, key, budget) == 0))
            return t;
    }
    return term_is_nil(list) ? TERM_NIL : bif_badarg(p);
}

static Term find_tuple_body(Process *p, Term *a) { return find_tuple(p, a[0], a[1], a[2]); }

/** As find_tuple, as a long call where it may take long. */
static Term find_tuple_of(Process *p, Term *a) {
    if (term_is_word_value(a[0]) && term_is_small(a[1]) && term_small(a[1]) >= 1) {
        Term key = a[0], list = a[2];
        size_t i = (size_t)term_small(a[1]) - 1;
        int n = BIF_QUICK_CELLS;
        for (; term_is_cell(list) && n > 0; n--) {
            Term t = term_head(list);
            if (term_is_tuple(t) && tuple_arity(t) > i && tuple_get(t, i) == key) break;
            list = term_tail(list);
        }
        charge_quick_cells(p, n);
        if (term_is_nil(list)) return TERM_NIL;
        if (n > 0 && term_is_cell(list)) return term_head(list);
    }
    return long_call_run(p, a, 3, find_tuple_body);
}

BIF(lists, keyfind, 3)
{
    Term t = find_tuple_of(p, a);
    return t == TERM_NIL ? am_false : t;
}
BIF(lists, keymember, 3)
{
    Term t = find_tuple_of(p, a);
    return t == TERM_NONE ? t : term_from_bool(t != TERM_NIL);
}
BIF(lists, keysearch, 3)
{
    Term t = find_tuple_of(p, a);
    if (t == TERM_NONE) return t;
    return t == TERM_NIL ? am_false : heap_tuple2(&p->heap, am_value, t);
}
