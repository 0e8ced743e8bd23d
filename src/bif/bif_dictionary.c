// SPDX-License-Identifier: Apache-2.0
//
// bif_dictionary.c - the process dictionary's built-ins; the table itself is proc/dictionary.h.
#include "bif/bif.h"
#include "proc/dictionary.h"
#include "term/compare.h"

static Term or_undefined(Term t) { return t == TERM_NONE ? am_undefined : t; }

/** erlang:put(Key, Value): the former value, or undefined. */
BIF(erlang, put, 2)
{ return or_undefined(dictionary_put(p, a[0], a[1])); }

/** erlang:get(Key). */
BIF(erlang, get, 1)
{ return or_undefined(dictionary_get(p, a[0])); }

static Term all_pairs(Process *p) {
    ASSERT(dictionary_count(p) == 0 || dictionary_pairs(p) != NULL);
    const Term *pairs = dictionary_pairs(p);
    Term list = TERM_NIL;
    for (uint32_t i = 0; i < dictionary_count(p); i++)
        list = heap_cons(&p->heap, heap_tuple2(&p->heap, pairs[2 * i], pairs[2 * i + 1]), list);
    return list;
}

/** erlang:get(): [{Key, Value}]. */
BIF(erlang, get, 0)
{ return all_pairs(p); }

/** erlang:get_keys(). */
BIF(erlang, get_keys, 0)
{
    const Term *pairs = dictionary_pairs(p);
    ASSERT(pairs != NULL || dictionary_count(p) == 0);
    Term list = TERM_NIL;
    for (uint32_t i = 0; i < dictionary_count(p); i++)
        list = heap_cons(&p->heap, pairs[2 * i], list);
    return list;
}

/** erlang:get_keys(Value): the keys whose value is exactly this. */
BIF(erlang, get_keys, 1)
{
    const Term *pairs = dictionary_pairs(p);
    ASSERT(pairs != NULL || dictionary_count(p) == 0);
    Term list = TERM_NIL;
    for (uint32_t i = 0; i < dictionary_count(p); i++)
        if (term_equal(pairs[2 * i + 1], a[0])) list = heap_cons(&p->heap, pairs[2 * i], list);
    return list;
}

/** erlang:erase(Key). */
BIF(erlang, erase, 1)
{ return or_undefined(dictionary_erase(p, a[0])); }

/** erlang:erase(): all pairs, which are gone then. */
BIF(erlang, erase, 0)
{
    Term list = all_pairs(p);
    dictionary_clear(p);
    ASSERT(dictionary_count(p) == 0);
    return list;
}
