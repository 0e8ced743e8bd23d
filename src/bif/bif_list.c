// SPDX-License-Identifier: Apache-2.0
//
// bif_list.c - lists: taking apart, joining, subtracting, searching. A list that is not proper
// where it must be is badarg.
#include "bif/bif.h"

#include "term/compare.h"
#include "vm/vm.h"

BIF(erlang, hd, 1)
{ return term_is_cell(a[0]) ? term_head(a[0]) : bif_badarg(p); }
BIF(erlang, tl, 1)
{ return term_is_cell(a[0]) ? term_tail(a[0]) : bif_badarg(p); }

BIF(erlang, length, 1)
{
    int64_t n = bif_list_length(a[0]);
    if (n < 0) return bif_badarg(p);
    bif_bump(p, n / 200);
    return term_from_small(n);
}

static Term append(Process *p, Term left, Term right) {
    DEBUG_ASSERT(right != TERM_NONE);
    if (term_is_nil(left)) return right;
    int64_t n = bif_list_length(left);
    if (n < 0) return bif_badarg(p);
    Term *hp = heap_alloc(&p->heap, (size_t)n * CELL_WORDS);
    Term result = term_from_cell(hp);
    for (; term_is_cell(left); left = term_tail(left)) {
        hp[0] = term_head(left);
        hp[1] = term_from_cell(hp + CELL_WORDS);
        hp += CELL_WORDS;
    }
    ASSERT(hp == term_cell(result) + CELL_WORDS * (size_t)n);
    hp[-1] = right;
    bif_bump(p, n / 50);
    return result;
}

BIF_Q(erlang, "++", append_operator, 2)
{ return append(p, a[0], a[1]); }
BIF(erlang, append, 2)
{ return append(p, a[0], a[1]); }

// ---- subtraction
// ---------------------------------------------------------------------------------- What is to go
// stands in a hash table with a count: each element of the left list takes one away.

typedef struct Removal {
    Term term;
    uint32_t hash;
    uint32_t left;
} Removal;

static Removal *find_removal(Removal *table, size_t mask, Term t, uint32_t hash) {
    DEBUG_ASSERT((mask & (mask + 1)) == 0);
    size_t i = hash & mask;
    while (table[i].term != TERM_NONE && (table[i].hash != hash || !term_equal(table[i].term, t)))
        i = (i + 1) & mask;
    return &table[i];
}

static Term subtract(Process *p, Term left, Term right) {
    int64_t n = bif_list_length(left), m = bif_list_length(right);
    if (n < 0 || m < 0) return bif_badarg(p);
    if (n == 0 || m == 0) return left;
    const AtomTable *atoms = p->vm->atoms;
    size_t slots = 4;
    while (slots < (size_t)m * 2) slots *= 2;
    ASSERT(slots > (size_t)m); // a search always ends at a free one
    Removal few[16], *table = slots <= ARRAY_COUNT(few) ? few : mem_alloc(slots * sizeof *table);
    memset(table, 0, slots * sizeof *table);
    for (; term_is_cell(right); right = term_tail(right)) {
        Term t = term_head(right);
        uint32_t hash = term_hash_internal(atoms, t, 0);
        Removal *r = find_removal(table, slots - 1, t, hash);
        if (r->term == TERM_NONE) *r = (Removal){t, hash, 0};
        r->left++;
    }
    Term *first = heap_alloc(&p->heap, (size_t)n * CELL_WORDS), *hp = first;
    int64_t to_go = m;
    for (; term_is_cell(left) && to_go > 0; left = term_tail(left)) {
        Term t = term_head(left);
        Removal *r = find_removal(table, slots - 1, t, term_hash_internal(atoms, t, 0));
        if (r->term != TERM_NONE && r->left > 0) {
            r->left--;
            to_go--;
            continue;
        }
        hp[0] = t;
        hp[1] = term_from_cell(hp + CELL_WORDS);
        hp += CELL_WORDS;
    }
    if (table != few) mem_free(table);
    heap_give_back(&p->heap, hp);
    bif_bump(p, (n + m) / 20);
    if (hp == first) return left;
    hp[-1] = left; // the rest is shared: nothing more is to go
    return term_from_cell(first);
}

BIF_Q(erlang, "--", subtract_operator, 2)
{ return subtract(p, a[0], a[1]); }
BIF(erlang, subtract, 2)
{ return subtract(p, a[0], a[1]); }

// ---- module lists
// ---------------------------------------------------------------------------------

BIF(lists, reverse, 2)
{
    int64_t n = bif_list_length(a[0]);
    if (n < 0) return bif_badarg(p);
    if (n == 0) return a[1];
    Term *hp = heap_alloc(&p->heap, (size_t)n * CELL_WORDS);
    Term result = a[1];
    for (Term list = a[0]; term_is_cell(list); list = term_tail(list))
        result = term_cons(&hp, term_head(list), result);
    bif_bump(p, n / 50);
    return result;
}

BIF(lists, member, 2)
{
    Term key = a[0], list = a[1];
    int64_t n = 0;
    bool found = false;
    if (term_is_immediate(key) && key != FLONUM_ZERO) {
        for (; term_is_cell(list) && !found; list = term_tail(list), n++)
            found = term_head(list) == key;
    } else {
        for (; term_is_cell(list) && !found; list = term_tail(list), n++)
            found = term_equal(term_head(list), key);
    }
    bif_bump(p, n / 50);
    if (found) return am_true;
    return term_is_nil(list) ? am_false : bif_badarg(p);
}

// The first tuple in the list whose element at position equals (==) key; TERM_NIL when there is
// none, TERM_NONE when the position or the list is none.
static Term find_tuple(Process *p, Term key, Term position, Term list) {
    DEBUG_ASSERT(key != TERM_NONE);
    if (!term_is_small(position) || term_small(position) < 1) return bif_badarg(p);
    size_t i = (size_t)term_small(position) - 1;
    // a word that equals nothing but itself
    bool plain = term_is_immediate(key) && !term_is_small(key) && !term_is_flonum(key);
    int64_t n = 0;
    Term found = TERM_NIL;
    for (; term_is_cell(list); list = term_tail(list), n++) {
        Term t = term_head(list);
        if (!term_is_tuple(t) || tuple_arity(t) <= i) continue;
        Term e = tuple_get(t, i);
        if (e == key || (!plain && term_compare(p->vm->atoms, e, key) == 0)) {
            found = t;
            break;
        }
    }
    bif_bump(p, n / 40);
    if (found != TERM_NIL) return found;
    return term_is_nil(list) ? TERM_NIL : bif_badarg(p);
}

BIF(lists, keyfind, 3)
{
    Term t = find_tuple(p, a[0], a[1], a[2]);
    return t == TERM_NIL ? am_false : t;
}
BIF(lists, keymember, 3)
{
    Term t = find_tuple(p, a[0], a[1], a[2]);
    return t == TERM_NONE ? t : term_from_bool(t != TERM_NIL);
}
BIF(lists, keysearch, 3)
{
    Term t = find_tuple(p, a[0], a[1], a[2]);
    if (t == TERM_NONE) return t;
    return t == TERM_NIL ? am_false : heap_tuple2(&p->heap, am_value, t);
}
