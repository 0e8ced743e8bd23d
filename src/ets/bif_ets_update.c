// SPDX-License-Identifier: Apache-2.0
//
// bif_ets_update.c - changing elements of stored objects: ets:update_counter/3,4,
// ets:update_element/3,4.
//
// Where an immediate takes the place of an immediate, the stored word itself changes; else a new
// object takes the old one's place. (An object must not hold words that its term does not reach:
// what it takes when copied is known.)
//
// Threads: the calling process's, with the table's write lock or the key's stripe.
#include "bif/bif.h"
#include "ets/table.h"
#include "term/compare.h"
#include "term/number.h"
#include "vm/vm.h"

/** An object's elements while they change. */
typedef struct Update {
    Process *p;
    EtsTable *t;
    EtsObject *object; // stored, or NULL: made from the default
    Term *elements;
    size_t arity;
    Term cause; // of a failure, or TERM_NONE
} Update;

static void begin(Update *u, const Term *elements, size_t arity) {
    ASSERT(u->elements == NULL && arity > u->t->key_index);
    u->arity = arity;
    u->elements = mem_alloc(MAX(arity, 1) * sizeof(Term));
    memcpy(u->elements, elements, arity * sizeof(Term));
}

/** Stores what has changed. */
static void commit(Update *u) {
    ASSERT(u->elements != NULL && table_has_single_objects(u->t));
    if (u->object != NULL) {
        Term *stored = tuple_elements(u->object->tuple);
        bool in_place = true;
        for (size_t i = 0; i < u->arity && in_place; i++) {
            in_place = stored[i] == u->elements[i] ||
                       (term_is_immediate(stored[i]) && term_is_immediate(u->elements[i]));
        }
        if (in_place) {
            memcpy(stored, u->elements, u->arity * sizeof(Term));
            return;
        }
    }
    EtsObject *o = object_new(heap_tuple(&u->p->heap, u->arity, u->elements));
    if (u->object != NULL) {
        table_replace(u->t, u->object, o);
    } else {
        table_put(u->t, o);
    }
}

/** The place that a position names; false with the cause set when it may not change. */
static bool read_position(Update *u, Term position, size_t *index) {
    if (!term_is_small(position)) return false;
    int64_t i = term_small(position) - 1;
    if (i == u->t->key_index) {
        u->cause = am_keypos;
        return false;
    }
    if (i < 0 || i >= (int64_t)u->arity) {
        u->cause = am_position;
        return false;
    }
    *index = (size_t)i;
    ASSERT(*index != u->t->key_index);
    return true;
}

/** The object with the key, or the default with the key put in; false when there is neither. */
static bool find_or_default(Update *u, Term key, Term default_object) {
    u->object = table_find(u->t, key);
    ASSERT(u->object == NULL || !u->object->deleted);
    if (u->object != NULL) {
        begin(u, tuple_elements(u->object->tuple), tuple_arity(u->object->tuple));
        return true;
    }
    if (!term_is_tuple(default_object) || tuple_arity(default_object) <= u->t->key_index)
        return false;
    begin(u, tuple_elements(default_object), tuple_arity(default_object));
    u->elements[u->t->key_index] = key;
    return true;
}

// ---- counters
// -------------------------------------------------------------------------------------

/** One operation {Position, Increment} or {Position, Increment, Threshold, SetValue}; the new
 * value, or TERM_NONE. */
static Term count_one(Update *u, Term operation) {
    size_t index;
    if (!term_is_tuple(operation) || (tuple_arity(operation) != 2 && tuple_arity(operation) != 4))
        return TERM_NONE;
    Term increment = tuple_get(operation, 1);
    if (!term_is_integer(increment) || !read_position(u, tuple_get(operation, 0), &index))
        return TERM_NONE;
    if (!term_is_integer(u->elements[index])) return TERM_NONE;
    Term value = number_add(&u->p->heap, u->elements[index], increment);
    if (value == TERM_NONE || value == NUMBER_TOO_BIG) return TERM_NONE;
    if (tuple_arity(operation) == 4) {
        Term threshold = tuple_get(operation, 2), set = tuple_get(operation, 3);
        if (!term_is_integer(threshold) || !term_is_integer(set)) return TERM_NONE;
        const AtomTable *atoms = u->p->vm->atoms;
        bool down = term_compare(atoms, increment, term_from_small(0)) < 0;
        int c = term_compare(atoms, value, threshold);
        if (down ? c < 0 : c > 0) value = set;
    }
    u->elements[index] = value;
    return value;
}

/** Results of a list of operations, in order; TERM_NONE on failure. */
static Term count_list(Update *u, Term operations) {
    Term first = TERM_NIL, last = TERM_NIL;
    for (; term_is_cell(operations); operations = term_tail(operations)) {
        Term value = count_one(u, term_head(operations));
        if (value == TERM_NONE) return TERM_NONE;
        // What is read from the table must not stay in the process's heap.
        Term cell = heap_cons(&u->p->heap, heap_copy(&u->p->heap, value), TERM_NIL);
        if (term_is_nil(first)) {
            first = cell;
        } else {
            term_cell(last)[1] = cell;
        }
        last = cell;
    }
    return term_is_nil(operations) ? first : TERM_NONE;
}

static Term update_counter(Process *p, Term *a, Term default_object) {
    Update u = {.p = p, .cause = TERM_NONE};
    u.t = table_get_or_raise(p, a[0], ETS_FOR_WRITE, ETS_LOCK_KEY_WRITE);
    if (u.t == NULL) return TERM_NONE;
    EtsStripe *stripe = table_lock_key(u.t, a[1], true);
    Term result = TERM_NONE;
    if (!table_has_single_objects(u.t)) {
        u.cause = am_table_type;
    } else if (!find_or_default(&u, a[1], default_object)) {
        if (default_object == TERM_NONE) u.cause = am_badkey;
    } else {
        Term operation = a[2];
        if (term_is_integer(operation)) {
            operation =
                heap_tuple2(&p->heap, term_from_small((int64_t)u.t->key_index + 2), operation);
        }
        result = term_is_list(operation) ? count_list(&u, operation) : count_one(&u, operation);
        if (result != TERM_NONE) {
            result = heap_copy(&p->heap, result);
            commit(&u);
        }
    }
    table_unlock_stripe(stripe, true);
    table_unlock(p, u.t, ETS_LOCK_KEY_WRITE);
    mem_free(u.elements);
    if (result != TERM_NONE) return result;
    return u.cause != TERM_NONE ? bif_badarg_cause(p, u.cause) : bif_badarg(p);
}

/** ets:update_counter(Table, Key, Operations); badarg: table_type, badkey, keypos, position. */
BIF(ets, update_counter, 3)
{ return update_counter(p, a, TERM_NONE); }

/** ets:update_counter(Table, Key, Operations, Default). */
BIF(ets, update_counter, 4)
{
    return term_is_tuple(a[3]) ? update_counter(p, a, a[3])
                               : table_raise_badarg(p, a[0], ETS_FOR_WRITE);
}

// ---- elements
// -------------------------------------------------------------------------------------

static bool set_elements(Update *u, Term list) {
    for (; term_is_cell(list); list = term_tail(list)) {
        size_t index;
        Term change = term_head(list);
        if (!term_is_tuple_of(change, 2) || !read_position(u, tuple_get(change, 0), &index))
            return false;
        u->elements[index] = tuple_get(change, 1);
    }
    return term_is_nil(list);
}

static Term update_element(Process *p, Term *a, Term default_object) {
    Update u = {.p = p, .cause = TERM_NONE};
    Term list = term_is_tuple(a[2]) ? heap_cons(&p->heap, a[2], TERM_NIL) : a[2];
    u.t = table_get_or_raise(p, a[0], ETS_FOR_WRITE, ETS_LOCK_KEY_WRITE);
    if (u.t == NULL) return TERM_NONE;
    EtsStripe *stripe = table_lock_key(u.t, a[1], true);
    Term result = TERM_NONE;
    if (!table_has_single_objects(u.t)) {
        result = TERM_NONE;
    } else if (!find_or_default(&u, a[1], default_object)) {
        result = am_false;
    } else if (set_elements(&u, list)) {
        commit(&u);
        result = am_true;
    }
    table_unlock_stripe(stripe, true);
    table_unlock(p, u.t, ETS_LOCK_KEY_WRITE);
    mem_free(u.elements);
    if (result != TERM_NONE) return result;
    return u.cause == am_keypos ? bif_badarg_cause(p, u.cause) : bif_badarg(p);
}

/** ets:update_element(Table, Key, {Position, Value} | [...]) -> boolean; badarg: keypos. */
BIF(ets, update_element, 3)
{ return update_element(p, a, TERM_NONE); }

/** ets:update_element(Table, Key, Changes, Default). */
BIF(ets, update_element, 4)
{
    return term_is_tuple(a[3]) ? update_element(p, a, a[3])
                               : table_raise_badarg(p, a[0], ETS_FOR_WRITE);
}
