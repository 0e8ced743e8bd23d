// SPDX-License-Identifier: Apache-2.0
//
// bif_ets_select.c - the module ets: match, match_object, select and their kin; continuations.
//
// A search runs a match program over the objects that can match: those with given keys when every
// clause fixes its key, else all, bucket by bucket or in the order of keys. With a limit it stops
// after the bucket, or for ordered sets the object, that reaches it, and gives a continuation:
//
//   hash tables    {Table, NextBucket, Limit, Program, Results left over, their number}
//   ordered sets   {Table, LastKey, [], Limit, Program, [], Direction, 0}      direction: 1, or -1
//   backwards
//
// These are OTP's shapes, for ets:repair_continuation/2 looks into them.
//
// SELECT-1: results are listed as OTP lists them: hash tables newest bucket first, ordered sets in
// order.
//
// SELECT-2: a search that changes nothing takes breaks between buckets (or objects of an ordered
// set) when its budget is spent. Meanwhile the table is not locked; a hash table is fixed, so that
// its buckets stay. As in OTP, what others insert or delete meanwhile may or may not be found.
//
// Threads: the calling process's; the table is locked while it is searched; of one with stripes,
// one bucket after the other.
#include <stdlib.h>

#include "bif/bif.h"
#include "ets/match.h"
#include "ets/table.h"
#include "term/compare.h"
#include "vm/vm.h"

typedef enum { SEARCH_COLLECT, SEARCH_COUNT, SEARCH_DELETE, SEARCH_REPLACE } SearchAction;

typedef struct Search {
    Process *p;
    EtsTable *t;
    const MatchProgram *program;
    SearchAction action;
    bool backwards; // trees
    int64_t limit;  // 0: none
    Term results;   // newest first
    int64_t count;
    int64_t looked_at;
    bool failed;    // a replacement with another key
    Budget *budget; // SELECT-2; NULL: in one go
    bool fixed;     // by this search
    bool gone;      // the table ended in a break
    bool owns_program;
    BudgetGuard guard;
    Term range; // trees: the only clause's key pattern, whose beginning is fixed; or TERM_NONE
} Search;

// ---- breaks: a long search lets others run (SELECT-2)
// ---------------------------------------------

#define BREAKS_COUNT_MIN 1000 // smaller tables are searched in one go
#define STEPS_PER_OBJECT 32

static void abandon(void *search) {
    Search *s = search;
    // The fix is one of the process that ends: ets_process_ended drops it.
    if (s->owns_program) match_free((MatchProgram *)(uintptr_t)s->program);
    table_release(s->t);
}

/** Makes a hash table's slots stay; the table is locked for reading before and after. */
static void fix_for_search(Search *s) {
    table_pause(s->p, s->t);
    table_write_begin(s->t);
    if (s->t->alive) {
        table_fix(s->p, s->t);
        s->fixed = true;
    }
    table_write_end(s->t);
    table_resume(s->p, s->t);
}

static void begin_breaks(Search *s, bool owns_program) {
    Budget *budget = long_call_budget(s->p);
    if (budget == NULL || s->action > SEARCH_COUNT ||
        atomic_load_explicit(&s->t->count, memory_order_relaxed) < BREAKS_COUNT_MIN)
        return;
    s->budget = budget;
    binary_retain(s->t->magic); // over breaks ETS-5 does not hold
    s->owns_program = owns_program;
    if (!table_is_tree(s->t)) fix_for_search(s);
    s->gone = !s->t->alive;
    budget_guard(budget, &s->guard, abandon, s);
}

/** Others run, without the lock (BUDGET-2). False: the table is no more. */
static bool take_break(Search *s) {
    ASSERT(s->action <= SEARCH_COUNT);
    table_pause(s->p, s->t);
    budget_spend(s->budget, 1);
    table_resume(s->p, s->t);
    s->gone = !s->t->alive;
    return !s->gone;
}

static void end_breaks(Search *s) {
    if (s->budget == NULL) return;
    budget_unguard(s->budget, &s->guard);
    if (!s->fixed || s->gone) return;
    table_pause(s->p, s->t);
    table_write_begin(s->t);
    if (s->t->alive) table_unfix(s->p, s->t);
    table_write_end(s->t);
    table_resume(s->p, s->t);
}

// ---- one object
// -----------------------------------------------------------------------------------

/** Looks at o, which *link points to in a hash table; true when it left the chain. */
static bool visit(Search *s, EtsObject *o, EtsObject **link) {
    ASSERT(!o->deleted && (link == NULL || *link == o));
    s->looked_at++;
    budget_charge(s->budget, STEPS_PER_OBJECT);
    if (s->action == SEARCH_COLLECT) {
        Term value = match_run(s->program, s->p, o->tuple);
        if (value == TERM_NONE) return false;
        s->results = heap_cons(&s->p->heap, value, s->results);
        s->count++;
        return false;
    }
    if (s->action == SEARCH_REPLACE) {
        Term value = match_run(s->program, s->p, o->tuple);
        if (value == TERM_NONE) return false;
        if (!term_is_tuple(value) || tuple_arity(value) <= s->t->key_index ||
            !term_equal(tuple_get(value, s->t->key_index), object_key(s->t, o))) {
            s->failed = true;
            return false;
        }
        s->count++;
        if (table_is_tree(s->t)) {
            tree_store_put(s->t, object_new(value));
        } else {
            hash_store_replace_at(s->t, link, object_new(value));
        }
        return false;
    }
    if (!match_run_is_true(s->program, s->p, o->tuple)) return false;
    s->count++;
    if (s->action == SEARCH_COUNT) return false;
    if (!table_is_tree(s->t)) return hash_store_delete_at(s->t, link);
    return false; // the caller's: it knows what comes next
}

// ---- given keys
// -----------------------------------------------------------------------------------

/** Does clause i fix its key, and is it not one that an earlier clause has? */
static bool is_new_key(const Search *s, size_t i, Term *key) {
    Term other;
    ASSERT(i < match_clause_count(s->program));
    if (!match_clause_key(s->program, i, s->t->key_index, key)) return false;
    for (size_t k = 0; k < i; k++) {
        if (match_clause_key(s->program, k, s->t->key_index, &other) &&
            table_same_key(s->t, other, *key))
            return false;
    }
    return true;
}

static bool has_given_keys(const Search *s) {
    Term key;
    size_t count = match_clause_count(s->program);
    for (size_t i = 0; i < count; i++) {
        if (!match_clause_key(s->program, i, s->t->key_index, &key)) return false;
    }
    return true;
}

static void search_key(Search *s, Term key) {
    EtsTable *t = s->t;
    ASSERT(t->alive); // ETS-2
    if (table_is_tree(t)) {
        EtsObject *o = tree_store_find(t, key);
        if (o == NULL) return;
        int64_t before = s->count;
        visit(s, o, NULL);
        if (s->action == SEARCH_DELETE && s->count > before) tree_store_delete(t, key);
        return;
    }
    uint32_t hash = hash_store_hash(t, key);
    bool write = s->action >= SEARCH_DELETE;
    EtsStripe *stripe = table_lock_slot(t, hash, write);
    EtsObject **link = hash_store_bucket(t, hash_store_slot(t, hash));
    EtsObject *first = hash_store_find(t, key, hash);
    while (*link != first) link = &(*link)->next;
    while (*link != NULL && ((*link)->hash == hash && term_equal(object_key(t, *link), key))) {
        EtsObject *o = *link;
        if (o->deleted || !visit(s, o, link)) link = &(*link)->next;
    }
    table_unlock_stripe(stripe, write);
}

typedef struct KeyOrder {
    const AtomTable *atoms;
    Term key;
} KeyOrder;

static int compare_keys(const void *a, const void *b) {
    const KeyOrder *x = a, *y = b;
    return term_compare(x->atoms, x->key, y->key);
}

static void search_given_keys(Search *s) {
    ASSERT(has_given_keys(s));
    size_t count = match_clause_count(s->program), n = 0;
    KeyOrder *keys = mem_alloc(MAX(count, 1) * sizeof *keys);
    for (size_t i = 0; i < count; i++) {
        if (is_new_key(s, i, &keys[n].key)) keys[n++].atoms = table_atoms(s->t);
    }
    if (table_is_tree(s->t)) qsort(keys, n, sizeof *keys, compare_keys);
    for (size_t i = 0; i < n; i++)
        search_key(s, keys[table_is_tree(s->t) && !s->backwards ? n - 1 - i : i].key);
    mem_free(keys);
}

// ---- everything
// -----------------------------------------------------------------------------------

static bool is_full(const Search *s) { return s->limit > 0 && s->count >= s->limit; }

/** From bucket slot on; returns where to go on, or SIZE_MAX at the end. */
static size_t search_buckets(Search *s, size_t slot) {
    EtsTable *t = s->t;
    bool write = s->action >= SEARCH_DELETE;
    ASSERT(!table_is_tree(t));
    // a fixed table keeps its buckets anyway, also over breaks
    bool walks = !s->fixed;
    if (walks) hash_store_walk_begin(t);
    for (; slot < hash_store_count(t) && !is_full(s); slot++) {
        budget_charge(s->budget, 1);
        if (budget_is_spent(s->budget) && !take_break(s)) return SIZE_MAX;
        EtsStripe *stripe = table_lock_slot(t, slot, write);
        for (EtsObject **link = hash_store_bucket(t, slot); *link != NULL;) {
            EtsObject *o = *link;
            if (o->deleted || !visit(s, o, link)) link = &(*link)->next;
        }
        table_unlock_stripe(stripe, write);
    }
    if (slot >= hash_store_count(t)) slot = SIZE_MAX;
    if (walks) hash_store_walk_end(t);
    return slot;
}

/** A break before the object `at`; what stands there afterwards, or behind it. */
static EtsObject *tree_break(Search *s, const EtsObject *at, bool backwards) {
    Term key = heap_copy(&s->p->heap, object_key(s->t, at));
    if (!take_break(s)) return NULL;
    EtsObject *o = tree_store_find(s->t, key);
    return o != NULL ? o : tree_store_next(s->t, key, backwards);
}

/** From the object at on; returns the last one looked at when the limit stopped it, else NULL. */
static EtsObject *search_tree(Search *s, EtsObject *at, bool backwards) {
    ASSERT(table_is_tree(s->t));
    while (at != NULL && !s->failed) {
        Term key = object_key(s->t, at);
        if (s->range != TERM_NONE && tree_store_compare(s->t, s->range, key) != 0) return NULL;
        EtsObject *next = tree_store_next(s->t, key, backwards);
        int64_t before = s->count;
        visit(s, at, NULL);
        if (s->action == SEARCH_DELETE && s->count > before) tree_store_delete(s->t, key);
        if (is_full(s)) return at;
        at = budget_is_spent(s->budget) && next != NULL ? tree_break(s, next, backwards) : next;
    }
    return NULL;
}

static EtsObject *tree_begin(const Search *s, bool backwards) {
    return s->range != TERM_NONE ? tree_store_seek(s->t, s->range, backwards)
                                 : tree_store_first(s->t, backwards);
}

/** Where only a part of a tree can match, its key pattern. */
static Term range_of(const EtsTable *t, const MatchProgram *program) {
    if (!table_is_tree(t) || match_clause_count(program) != 1) return TERM_NONE;
    Term head = match_clause_head(program, 0);
    if (!term_is_tuple(head) || tuple_arity(head) <= t->key_index) return TERM_NONE;
    Term key = tuple_get(head, t->key_index);
    return term_is_tuple(key) || term_is_cell(key) ? key : TERM_NONE;
}

static void search_all(Search *s) {
    if (has_given_keys(s)) {
        search_given_keys(s);
    } else if (table_is_tree(s->t)) {
        // Results are put in front of each other: so the walk goes the other way (SELECT-1).
        bool backwards = s->action == SEARCH_COLLECT ? !s->backwards : false;
        search_tree(s, tree_begin(s, backwards), backwards);
    } else {
        search_buckets(s, 0);
    }
    if (s->action == SEARCH_DELETE && !table_is_tree(s->t)) hash_store_settle(s->t);
}

// ---- specifications
// -------------------------------------------------------------------------------

/** [{Pattern, [], [Result]}] for match ('$$') and match_object ('$_'). */
static Term specification_of(Process *p, Term pattern, Term result) {
    Heap *h = &p->heap;
    Term body = heap_cons(h, result, TERM_NIL);
    return heap_cons(h, heap_tuple3(h, pattern, TERM_NIL, body), TERM_NIL);
}

/** With stripes, buckets are locked one by one. */
static EtsLockMode lock_mode(const Search *s) {
    return s->action >= SEARCH_DELETE ? ETS_LOCK_KEY_WRITE : ETS_LOCK_KEY_READ;
}

/** The table locked and the specification compiled; false with the exception raised. */
static bool begin(Search *s, Process *p, Term id, Term specification, SearchAction action) {
    *s = (Search){.p = p, .action = action, .results = TERM_NIL, .range = TERM_NONE};
    bool write = action >= SEARCH_DELETE;
    s->t = table_get_or_raise(p, id, write ? ETS_FOR_WRITE : ETS_FOR_READ, lock_mode(s));
    if (s->t == NULL) return false;
    if (action == SEARCH_REPLACE && s->t->type == ETS_BAG) {
        table_unlock(p, s->t, lock_mode(s));
        bif_badarg_cause(p, am_table_type);
        return false;
    }
    MatchErrors errors = {0};
    s->program = term_is_nil(specification)
                     ? match_nothing(p->vm)
                     : match_compile(p->vm, specification, MATCH_FOR_TABLE, &errors);
    if (s->program != NULL) {
        s->range = range_of(s->t, s->program);
        return true;
    }
    table_unlock(p, s->t, lock_mode(s));
    if (errors.too_deep) {
        bif_system_limit(p);
    } else {
        bif_badarg(p);
    }
    return false;
}

static void finish(Search *s, bool free_program) {
    ASSERT(s->t != NULL && s->program != NULL);
    bif_bump(s->p, s->looked_at / 4 + 1);
    end_breaks(s);
    table_unlock(s->p, s->t, lock_mode(s));
    if (s->budget != NULL) table_release(s->t);
    if (free_program) match_free((MatchProgram *)(uintptr_t)s->program);
}

static Term select_all(Process *p, Term id, Term specification, bool backwards) {
    Search s;
    if (!begin(&s, p, id, specification, SEARCH_COLLECT)) return TERM_NONE;
    s.backwards = backwards;
    begin_breaks(&s, true);
    if (!s.gone) search_all(&s);
    finish(&s, true);
    return s.gone ? bif_badarg_cause(p, am_id) : s.results;
}

/** A map in a pattern matches maps with more in them. */
static bool has_map(Term pattern) {
    for (; term_is_cell(pattern); pattern = term_tail(pattern))
        if (has_map(term_head(pattern))) return true;
    if (term_is_tuple(pattern)) {
        for (size_t i = 0; i < tuple_arity(pattern); i++)
            if (has_map(tuple_get(pattern, i))) return true;
    }
    return term_is_map(pattern);
}

static bool is_constant(Term expression) {
    return term_is_tuple_of(expression, 2) && tuple_get(expression, 0) == am_const;
}

static bool matches_only(VM *vm, Term pattern, Term value) {
    return term_equal(value, pattern) && !match_has_variable(vm, pattern) && !has_map(pattern);
}

/** Does the body's expression give just what the pattern has matched? */
static bool gives_same(VM *vm, Term pattern, Term expression) {
    ASSERT(pattern != TERM_NONE && expression != TERM_NONE);
    if (is_constant(expression)) return matches_only(vm, pattern, tuple_get(expression, 1));
    if (term_is_tuple(pattern)) {
        if (!term_is_tuple_of(expression, 1)) return false;
        Term tuple = tuple_get(expression, 0);
        if (!term_is_tuple_of(tuple, tuple_arity(pattern))) return false;
        for (size_t i = 0; i < tuple_arity(pattern); i++) {
            if (!gives_same(vm, tuple_get(pattern, i), tuple_get(tuple, i))) return false;
        }
        return true;
    }
    while (term_is_cell(pattern) && term_is_cell(expression)) {
        if (!gives_same(vm, term_head(pattern), term_head(expression))) return false;
        pattern = term_tail(pattern);
        expression = term_tail(expression);
    }
    if (pattern == am_underscore || pattern == am_dollar_underscore || pattern == am_dollar_dollar)
        return false; // what these mean in a body is not what they match in a head
    return term_equal(pattern, expression) && !has_map(pattern);
}

/** select_replace wants specifications that cannot change a key: that shows in them, or they are
 * refused. */
static bool keeps_keys(VM *vm, Term specification, uint32_t key_index) {
    for (; term_is_cell(specification); specification = term_tail(specification)) {
        Term clause = term_head(specification); // compiled before: {Head, Guards, Body}
        Term head = tuple_get(clause, 0), body = tuple_get(clause, 2);
        if (!term_is_cell(body) || !term_is_nil(term_tail(body))) return false;
        Term result = term_head(body);
        if (result == am_dollar_underscore) continue;
        if (is_constant(result)) {
            Term object = tuple_get(result, 1);
            if (!term_is_tuple(object) || tuple_arity(object) <= key_index) return false;
            if (!term_is_tuple(head) || tuple_arity(head) <= key_index) return false;
            if (!matches_only(vm, tuple_get(head, key_index), tuple_get(object, key_index)))
                return false;
            continue;
        }
        if (!term_is_tuple_of(result, 1) || !term_is_tuple(tuple_get(result, 0))) return false;
        Term tuple = tuple_get(result, 0);
        if (tuple_arity(tuple) <= key_index) return false;
        Term key = tuple_get(tuple, key_index);
        bool is_element = term_is_tuple_of(key, 3) && tuple_get(key, 0) == am_element &&
                          tuple_get(key, 1) == term_from_small((int64_t)key_index + 1) &&
                          tuple_get(key, 2) == am_dollar_underscore;
        if (!term_is_tuple(head) || tuple_arity(head) <= key_index) return false;
        if (is_element) continue;
        if (!gives_same(vm, tuple_get(head, key_index), key)) return false;
    }
    return true;
}

static Term count_all(Process *p, Term id, Term specification, SearchAction action) {
    Search s;
    if (!begin(&s, p, id, specification, action)) return TERM_NONE;
    if (action == SEARCH_REPLACE) s.failed = !keeps_keys(p->vm, specification, s.t->key_index);
    begin_breaks(&s, true);
    if (!s.failed && !s.gone) search_all(&s);
    finish(&s, true);
    if (s.gone) return bif_badarg_cause(p, am_id);
    return s.failed ? bif_badarg(p) : term_from_small(s.count);
}

// ---- with a limit
// ---------------------------------------------------------------------------------

static Term reversed(Heap *h, Term list) {
    Term result = TERM_NIL;
    for (; term_is_cell(list); list = term_tail(list))
        result = heap_cons(h, term_head(list), result);
    return result;
}

static Term page(Heap *h, Term results, Term continuation) {
    if (term_is_nil(results) && continuation == am_dollar_end_of_table)
        return am_dollar_end_of_table;
    return heap_tuple2(h, results, continuation);
}

/** A page of a hash table. More results than wanted (a bucket is searched whole) wait in the
 * continuation. */
static Term hash_page(Search *s, size_t next_slot, Term program) {
    ASSERT(s->limit > 0);
    Heap *h = &s->p->heap;
    Term rest = TERM_NIL, results = s->results;
    int64_t rest_count = s->count > s->limit ? s->count - s->limit : 0;
    if (rest_count > 0) {
        Term *copy = mem_alloc((size_t)rest_count * sizeof(Term));
        for (int64_t i = 0; i < rest_count; i++, results = term_tail(results))
            copy[i] = term_head(results);
        rest = heap_list(h, copy, (size_t)rest_count, TERM_NIL);
        mem_free(copy);
    }
    if (next_slot == SIZE_MAX && rest_count == 0) return page(h, results, am_dollar_end_of_table);
    // The end of the table is named by a slot that no table has.
    Term slot = next_slot == SIZE_MAX ? term_from_small(-1) : heap_unsigned(h, next_slot);
    // The reference, not the name: another table may have that later.
    Term items[6] = {table_reference(h, s->t),   slot, term_from_small(s->limit), program, rest,
                     term_from_small(rest_count)};
    return heap_tuple2(h, results, heap_tuple(h, 6, items));
}

static Term tree_page(Search *s, const EtsObject *last, Term program) {
    ASSERT(s->limit > 0 && s->count <= s->limit);
    Heap *h = &s->p->heap;
    Term results = reversed(h, s->results);
    if (last == NULL) return page(h, results, am_dollar_end_of_table);
    Term key = heap_copy(h, object_key(s->t, last));
    Term items[8] = {table_reference(h, s->t),
                     key,
                     TERM_NIL,
                     term_from_small(s->limit),
                     program,
                     TERM_NIL,
                     term_from_small(s->backwards ? -1 : 1),
                     term_from_small(0)};
    return heap_tuple2(h, results, heap_tuple(h, 8, items));
}

static Term select_limited(Process *p, Term id, Term specification, Term limit, bool backwards) {
    Search s;
    if (!begin(&s, p, id, specification, SEARCH_COLLECT)) return TERM_NONE;
    if (!term_is_small(limit) || term_small(limit) <= 0) {
        finish(&s, true);
        return bif_badarg(p);
    }
    Term program = match_reference(p, (MatchProgram *)(uintptr_t)s.program); // owns it from here on
    s.limit = term_small(limit);
    s.backwards = backwards;
    begin_breaks(&s, false);
    Term result = TERM_NIL;
    if (s.gone) {
        ASSERT(!s.t->alive); // ETS-2: nothing is in it
    } else if (has_given_keys(&s)) {
        search_given_keys(&s);
        result = table_is_tree(s.t) ? page(&p->heap, s.results, am_dollar_end_of_table)
                                    : hash_page(&s, SIZE_MAX, program);
    } else if (table_is_tree(s.t)) {
        result = tree_page(&s, search_tree(&s, tree_begin(&s, backwards), backwards), program);
    } else {
        result = hash_page(&s, search_buckets(&s, 0), program);
    }
    finish(&s, false);
    return s.gone ? bif_badarg_cause(p, am_id) : result;
}

static Term continue_hash(Search *s, const Term *c) {
    ASSERT(!table_is_tree(s->t));
    s->results = c[4];
    s->count = term_small(c[5]);
    // The continuation's list stays as it is: hash_page copies what it keeps.
    size_t slot = term_small(c[1]) < 0 ? SIZE_MAX : (size_t)term_small(c[1]);
    size_t next = slot == SIZE_MAX ? SIZE_MAX : search_buckets(s, slot);
    return hash_page(s, next, c[3]);
}

static Term continue_tree(Search *s, const Term *c) {
    ASSERT(table_is_tree(s->t));
    s->backwards = c[6] == term_from_small(-1);
    EtsObject *next = tree_store_next(s->t, c[1], s->backwards);
    return tree_page(s, search_tree(s, next, s->backwards), c[4]);
}

static bool is_limit(Term t) { return term_is_small(t) && term_small(t) > 0; }

/** Goes on where a continuation says. */
static Term select_continue(Process *p, Term continuation) {
    if (continuation == am_dollar_end_of_table) return continuation;
    bool hash = term_is_tuple_of(continuation, 6), tree = term_is_tuple_of(continuation, 8);
    if (!hash && !tree) return bif_badarg(p);
    const Term *c = tuple_elements(continuation);
    MatchProgram *program = match_of_reference(tree ? c[4] : c[3]);
    if (program == NULL || !is_limit(tree ? c[3] : c[2])) return bif_badarg(p);
    if (hash && (!term_is_small(c[1]) || !term_is_small(c[5]) ||
                 bif_list_length(c[4]) != term_small(c[5]))) {
        return bif_badarg(p);
    }
    Search s = {.p = p, .program = program, .action = SEARCH_COLLECT, .results = TERM_NIL};
    s.limit = term_small(tree ? c[3] : c[2]);
    s.t = table_get_or_raise(p, c[0], ETS_FOR_READ, lock_mode(&s));
    if (s.t == NULL) return TERM_NONE;
    s.range = range_of(s.t, program);
    Term result = TERM_NONE;
    begin_breaks(&s, false);
    if (table_is_tree(s.t) == tree && !s.gone)
        result = tree ? continue_tree(&s, c) : continue_hash(&s, c);
    finish(&s, false);
    return result != TERM_NONE && !s.gone ? result : bif_badarg(p);
}

// ---- the functions
// --------------------------------------------------------------------------------

/** ets:select(Table, Spec) -> [Result]; badarg. */
BIF_LONG(ets, select, 2) { return select_all(p, a[0], a[1], false); }
/** ets:select(Table, Spec, Limit) -> {[Result], Continuation} | '$end_of_table'; badarg. */
BIF_LONG(ets, select, 3) { return select_limited(p, a[0], a[1], a[2], false); }
/** ets:select(Continuation). */
BIF_LONG(ets, select, 1) { return select_continue(p, a[0]); }

/** ets:select_reverse(Table, Spec): as select, ordered sets from their end. */
BIF_LONG(ets, select_reverse, 2) { return select_all(p, a[0], a[1], true); }
BIF_LONG(ets, select_reverse, 3) { return select_limited(p, a[0], a[1], a[2], true); }
BIF_LONG(ets, select_reverse, 1) { return select_continue(p, a[0]); }

/** ets:match(Table, Pattern) -> [[Variable]]; badarg. */
BIF_LONG(ets, match, 2) {
    return select_all(p, a[0], specification_of(p, a[1], am_dollar_dollar), false);
}
BIF_LONG(ets, match, 3) {
    return select_limited(p, a[0], specification_of(p, a[1], am_dollar_dollar), a[2], false);
}
BIF_LONG(ets, match, 1) { return select_continue(p, a[0]); }

/** ets:match_object(Table, Pattern) -> [Object]; badarg. */
BIF_LONG(ets, match_object, 2) {
    return select_all(p, a[0], specification_of(p, a[1], am_dollar_underscore), false);
}
BIF_LONG(ets, match_object, 3) {
    return select_limited(p, a[0], specification_of(p, a[1], am_dollar_underscore), a[2], false);
}
BIF_LONG(ets, match_object, 1) { return select_continue(p, a[0]); }

/** ets:select_count(Table, Spec) -> number of objects for which the result is true; badarg. */
BIF_LONG(ets, select_count, 2) { return count_all(p, a[0], a[1], SEARCH_COUNT); }
/** ets:internal_select_delete(Table, Spec) -> number of objects deleted; badarg. */
BIF(ets, internal_select_delete, 2)
{ return count_all(p, a[0], a[1], SEARCH_DELETE); }
/** ets:select_replace(Table, Spec) -> number of objects replaced by the results, which keep their
 * keys; badarg. */
BIF(ets, select_replace, 2)
{ return count_all(p, a[0], a[1], SEARCH_REPLACE); }
