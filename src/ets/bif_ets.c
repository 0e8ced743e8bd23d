// SPDX-License-Identifier: Apache-2.0
//
// bif_ets.c - the module ets: making and ending tables, reading and writing objects, walking by
// keys.
//
// Every function names a table in its first argument: by name, or by the reference that ets:new/2
// gave. Errors are badarg; its error_info says why: `id` (no such table), `access` (not allowed for
// this process), `badkey`, ...
//
// Threads: the calling process's; tables are locked as table.h says.
#include "bif/bif.h"
#include "ets/table.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/time.h"
#include "term/compare.h"
#include "vm/vm.h"

// ---- making tables
// --------------------------------------------------------------------------------

static bool read_protection(Term option, EtsProtection *out) {
    if (option == am_public) {
        *out = ETS_PUBLIC;
    } else if (option == am_protected) {
        *out = ETS_PROTECTED;
    } else if (option == am_private) {
        *out = ETS_PRIVATE;
    } else {
        return false;
    }
    return true;
}

static bool read_atom_option(EtsTable *t, Term option) {
    static const EtsType types[] = {ETS_SET, ETS_ORDERED_SET, ETS_BAG, ETS_DUPLICATE_BAG};
    const Term names[] = {am_set, am_ordered_set, am_bag, am_duplicate_bag};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (option == names[i]) {
            t->type = types[i];
            return true;
        }
    }
    if (read_protection(option, &t->protection)) return true;
    if (option == am_named_table) {
        t->named = true;
    } else if (option == am_compressed) {
        t->compressed = true;
    } else {
        return false;
    }
    return true;
}

static bool read_bool(Term t, bool *out) {
    *out = t == am_true;
    return t == am_true || t == am_false;
}

static bool read_heir(Term option, Term *heir, Term *data) {
    ASSERT(tuple_arity(option) >= 2);
    *data = am_undefined;
    *heir = tuple_get(option, 1);
    if (tuple_arity(option) == 2) return *heir == am_none;
    if (tuple_arity(option) != 3 || !term_is_local_pid(*heir)) return false;
    *data = tuple_get(option, 2);
    return true;
}

/** What ets:new is told beside what goes into the table at once. */
typedef struct NewOptions {
    Term heir, heir_data;
    Term decentralized; // true, false, or TERM_NONE: nothing said
} NewOptions;

static bool read_option(EtsTable *t, Term option, NewOptions *o) {
    if (term_is_atom(option)) return read_atom_option(t, option);
    if (!term_is_tuple(option) || tuple_arity(option) < 2) return false;
    Term name = tuple_get(option, 0), value = tuple_get(option, 1);
    if (name == am_heir) return read_heir(option, &o->heir, &o->heir_data);
    if (tuple_arity(option) != 2) return false;
    if (name == am_keypos) {
        if (!term_is_small(value) || term_small(value) < 1 || term_small(value) > TUPLE_SIZE_MAX)
            return false;
        t->key_index = (uint32_t)term_small(value) - 1;
        return true;
    }
    if (name == am_write_concurrency) {
        // {debug_hash_fixed_number_of_locks, N}: OTP's own tests say how many locks. It is told
        // back, but there are always ETS_STRIPES.
        t->locks_asked = 0;
        if (term_is_tuple_of(value, 2) &&
            tuple_get(value, 0) == am_debug_hash_fixed_number_of_locks) {
            if (!term_is_small(tuple_get(value, 1))) return false;
            t->locks_asked = term_small(tuple_get(value, 1));
            value = am_true;
            if (t->locks_asked < 1 || t->locks_asked > 32768) return false;
            t->locks_asked = MAX(t->locks_asked, ETS_STRIPES);
            while ((t->locks_asked & (t->locks_asked - 1)) != 0)
                t->locks_asked &= t->locks_asked - 1; // down to a power of two
        }
        t->write_concurrency = value;
        return value == am_true || value == am_false || value == am_auto;
    }
    if (name == am_read_concurrency) return read_bool(value, &t->read_concurrency);
    if (name == am_decentralized_counters) {
        o->decentralized = value;
        return value == am_true || value == am_false;
    }
    return false;
}

/** What the options come to, by OTP's rules: nobody else waits for a private table, and counters
 * are decentralized only where writers are concurrent. */
static void settle_concurrency(EtsTable *t, Term decentralized) {
    if (t->protection == ETS_PRIVATE) {
        t->write_concurrency = am_false;
        t->locks_asked = 0;
        t->read_concurrency = false;
    }
    bool usual = t->write_concurrency == am_auto || t->locks_asked != 0 || table_is_tree(t);
    bool wanted = decentralized == TERM_NONE ? usual : decentralized == am_true;
    t->decentralized_counters = wanted && t->write_concurrency != am_false;
}

/** ets:new(Name, Options) -> table; badarg, with cause already_exists for a name that is taken. */
BIF(ets, new, 2)
{
    if (!term_is_atom(a[0])) return bif_badarg(p);
    EtsTable *t = table_new(p->vm);
    t->name = a[0];
    t->owner = p->pid;
    NewOptions o = {.heir = am_none, .heir_data = am_undefined, .decentralized = TERM_NONE};
    Term list = a[1];
    while (term_is_cell(list) && read_option(t, term_head(list), &o)) list = term_tail(list);
    bool locks_fit = t->locks_asked == 0 || !table_is_tree(t); // a tree has none to count
    if (!term_is_nil(list) || !locks_fit) {
        table_release(t);
        return bif_badarg(p);
    }
    settle_concurrency(t, o.decentralized);
    if (!table_is_tree(t)) hash_store_init(t);
    table_set_heir(t, o.heir, o.heir_data);
    // Once registered it can be ended by others: the name is taken here.
    Term id = table_id(&p->heap, t);
    if (!table_register(t)) {
        EtsContents none;
        table_take_contents(t, false, &none);
        contents_free(&none, NULL);
        table_set_heir(t, am_none, am_undefined);
        table_release(t);
        return bif_badarg_cause(p, am_already_exists);
    }
    return id;
}

/** ets:delete(Table) -> true. */
BIF_LONG(ets, delete, 1) {
    EtsTable *t = table_get_or_raise(p, a[0], ETS_FOR_WRITE, ETS_LOCK_WRITE);
    if (t == NULL) return TERM_NONE;
    EtsContents contents;
    table_end(t, &contents);
    table_unlock(p, t, ETS_LOCK_WRITE);
    contents_free_in_call(&contents, p);
    return am_true;
}

/** ets:whereis(Name) -> reference | undefined; badarg. */
BIF(ets, whereis, 1)
{
    if (!term_is_atom(a[0])) return bif_badarg(p);
    Term cause;
    EtsTable *t = table_get(p, a[0], ETS_FOR_INFO, ETS_LOCK_INFO, &cause);
    if (t == NULL) return am_undefined;
    Term reference = table_reference(&p->heap, t);
    table_unlock(p, t, ETS_LOCK_INFO);
    return reference;
}

/** ets:rename(Table, Name) -> Name; badarg. */
BIF(ets, rename, 2)
{
    if (!term_is_atom(a[1])) return table_raise_badarg(p, a[0], ETS_FOR_WRITE);
    EtsTable *t = table_get_or_raise(p, a[0], ETS_FOR_WRITE, ETS_LOCK_WRITE);
    if (t == NULL) return TERM_NONE;
    bool ok = table_rename(t, a[1]);
    Term id = ok ? table_id(&p->heap, t) : TERM_NONE;
    table_unlock(p, t, ETS_LOCK_WRITE);
    return ok ? id : bif_badarg(p);
}

/** ets:give_away(Table, Pid, Data) -> true; badarg, causes not_owner, owner. */
BIF(ets, give_away, 3)
{
    if (!term_is_local_pid(a[1]) || process_find(p->vm, a[1]) == NULL)
        return table_raise_badarg(p, a[0], ETS_FOR_WRITE);
    EtsTable *t = table_get_or_raise(p, a[0], ETS_FOR_WRITE, ETS_LOCK_WRITE);
    if (t == NULL) return TERM_NONE;
    Term cause = t->owner != p->pid ? am_not_owner : a[1] == p->pid ? am_owner : TERM_NONE;
    bool given = cause == TERM_NONE && table_give(t, a[1], a[2]);
    table_unlock(p, t, ETS_LOCK_WRITE);
    if (cause != TERM_NONE) return bif_badarg_cause(p, cause);
    return given ? am_true : bif_badarg(p);
}

/** ets:setopts(Table, {heir, ...} | {protection, P} | [...]) -> true; badarg. */
BIF(ets, setopts, 2)
{
    EtsTable *t = table_get_or_raise(p, a[0], ETS_FOR_WRITE, ETS_LOCK_WRITE);
    if (t == NULL) return TERM_NONE;
    Term list = term_is_tuple(a[1]) ? heap_cons(&p->heap, a[1], TERM_NIL) : a[1];
    Term heir = TERM_NONE, heir_data = am_undefined;
    EtsProtection protection = t->protection;
    bool ok = t->owner == p->pid, protection_seen = false;
    for (; ok && term_is_cell(list); list = term_tail(list)) {
        Term option = term_head(list);
        ok = term_is_tuple(option) && tuple_arity(option) >= 2;
        if (!ok) break;
        if (tuple_get(option, 0) == am_heir) {
            ok = heir == TERM_NONE && read_heir(option, &heir, &heir_data);
        } else {
            ok = tuple_get(option, 0) == am_protection && tuple_arity(option) == 2 &&
                 !protection_seen && read_protection(tuple_get(option, 1), &protection);
            protection_seen = true;
        }
    }
    ok = ok && term_is_nil(list);
    if (ok) {
        t->protection = protection;
        if (heir != TERM_NONE) table_set_heir(t, heir, heir_data);
    }
    table_unlock(p, t, ETS_LOCK_WRITE);
    return ok ? am_true : bif_badarg(p);
}

/** ets:safe_fixtable(Table, Bool) -> true; badarg. */
BIF(ets, safe_fixtable, 2)
{
    if (a[1] != am_true && a[1] != am_false) return table_raise_badarg(p, a[0], ETS_FOR_READ);
    EtsTable *t = table_get_or_raise(p, a[0], ETS_FOR_READ, ETS_LOCK_WRITE);
    if (t == NULL) return TERM_NONE;
    if (a[1] == am_true) {
        table_fix(p, t);
    } else {
        table_unfix(p, t);
    }
    table_unlock(p, t, ETS_LOCK_WRITE);
    return am_true;
}

/** ets:internal_request_all() -> reference, under which each scheduler tells its tables: here the
 * first tells all. */
BIF(ets, internal_request_all, 0)
{
    Term ref = reference_make(p->vm, &p->heap, TERM_NONE);
    for (uint32_t i = 0; i < p->vm->schedulers->count; i++) {
        Heap message;
        heap_init_detached(&message, &p->vm->literals);
        Term tables = i == 0 ? ets_all(p->vm, &message) : TERM_NIL;
        Term term = heap_tuple2(&message, heap_copy(&message, ref), tables);
        signal_send_built(p->vm, p, p->pid, term, heap_take_fragments(&message));
        heap_destroy(&message);
    }
    return ref;
}

// ---- writing
// --------------------------------------------------------------------------------------

/** Stored copies of a tuple or of a list of tuples, linked in order; false when it is neither. */
static bool copy_objects(Term objects, EtsObject **first, bool *is_list) {
    EtsObject **end = first;
    *first = NULL;
    *is_list = term_is_list(objects);
    if (term_is_tuple(objects)) {
        *first = object_new(objects);
        return true;
    }
    for (; term_is_cell(objects) && term_is_tuple(term_head(objects));
         objects = term_tail(objects)) {
        *end = object_new(term_head(objects));
        end = &(*end)->next;
    }
    return term_is_nil(objects);
}

static void free_objects(EtsObject *o) {
    while (o != NULL) {
        EtsObject *next = o->next;
        object_free(o);
        o = next;
    }
}

static bool all_have_key(const EtsTable *t, const EtsObject *o) {
    ASSERT(t->key_index < TUPLE_SIZE_MAX);
    while (o != NULL && tuple_arity(o->tuple) > t->key_index) o = o->next;
    return o == NULL;
}

/** Puts the objects; true but when only_new and one of the keys is there. Takes them over. */
static bool put_objects(EtsTable *t, EtsObject *first, bool only_new, int64_t *count) {
    bool clash = false;
    for (EtsObject *o = first; only_new && o != NULL && !clash; o = o->next)
        clash = table_find(t, object_key(t, o)) != NULL;
    for (EtsObject *o = first, *next; o != NULL; o = next, (*count)++) {
        next = o->next;
        if (clash) {
            object_free(o);
        } else {
            table_put(t, o);
        }
    }
    return !clash;
}

/** insert and insert_new: all objects or none. */
static Term insert(Process *p, Term id, Term objects, bool only_new) {
    EtsObject *first;
    bool is_list;
    bool ok = copy_objects(objects, &first, &is_list);
    ASSERT(!ok || is_list || first != NULL);
    bool is_one = first != NULL && first->next == NULL;
    EtsLockMode mode = is_one ? ETS_LOCK_KEY_WRITE : ETS_LOCK_WRITE;
    EtsTable *t = table_get_or_raise(p, id, ETS_FOR_WRITE, mode);
    if (t == NULL || !ok || !all_have_key(t, first)) {
        free_objects(first);
        if (t == NULL) return TERM_NONE;
        table_unlock(p, t, mode);
        return bif_badarg(p);
    }
    int64_t count = 0;
    EtsStripe *stripe = is_one ? table_lock_key(t, object_key(t, first), true) : NULL;
    bool done = put_objects(t, first, only_new, &count);
    table_unlock_stripe(stripe, true);
    table_unlock(p, t, mode);
    bif_bump(p, count / 4);
    return term_from_bool(done);
}

/** ets:insert(Table, Object | [Object]) -> true; badarg. */
BIF(ets, insert, 2)
{ return insert(p, a[0], a[1], false); }

/** ets:insert_new(Table, Object | [Object]) -> boolean; badarg. */
BIF(ets, insert_new, 2)
{ return insert(p, a[0], a[1], true); }

/** ets:delete(Table, Key) -> true. */
BIF(ets, delete, 2)
{
    EtsTable *t = table_get_or_raise(p, a[0], ETS_FOR_WRITE, ETS_LOCK_KEY_WRITE);
    if (t == NULL) return TERM_NONE;
    EtsStripe *stripe = table_lock_key(t, a[1], true);
    table_delete_key(t, a[1]);
    table_unlock_stripe(stripe, true);
    table_unlock(p, t, ETS_LOCK_KEY_WRITE);
    return am_true;
}

/** ets:delete_object(Table, Object) -> true; badarg. */
BIF(ets, delete_object, 2)
{
    EtsTable *t = table_get_or_raise(p, a[0], ETS_FOR_WRITE, ETS_LOCK_KEY_WRITE);
    if (t == NULL) return TERM_NONE;
    bool ok = term_is_tuple(a[1]);
    if (ok && tuple_arity(a[1]) > t->key_index) {
        Term key = tuple_get(a[1], t->key_index);
        EtsStripe *stripe = table_lock_key(t, key, true);
        EtsObject *o;
        if (!table_is_tree(t)) {
            hash_store_delete(t, key, a[1]);
        } else if ((o = tree_store_find(t, key)) != NULL && term_equal(o->tuple, a[1])) {
            tree_store_delete(t, key);
        }
        table_unlock_stripe(stripe, true);
    }
    table_unlock(p, t, ETS_LOCK_KEY_WRITE);
    return ok ? am_true : bif_badarg(p);
}

/** ets:internal_delete_all(Table, undefined) -> number of objects there were. */
BIF_LONG(ets, internal_delete_all, 2) {
    EtsContents contents;
    EtsTable *t = table_get_or_raise(p, a[0], ETS_FOR_WRITE, ETS_LOCK_WRITE);
    if (t == NULL) return TERM_NONE;
    size_t count = table_clear(t, &contents);
    ASSERT(atomic_load_explicit(&t->count, memory_order_relaxed) == 0);
    table_unlock(p, t, ETS_LOCK_WRITE);
    // Clearing a fixed table marks each object, and its lock let no pause in for that (BUDGET-2).
    budget_charge(long_call_budget(p), (int64_t)count * 2);
    contents_free_in_call(&contents, p);
    bif_spend(p, 1);
    return term_from_small((int64_t)count);
}

// ---- reading
// --------------------------------------------------------------------------------------

/** The object after o with the same key, live; NULL. */
static EtsObject *next_of_key(const EtsTable *t, const EtsObject *o) {
    DEBUG_ASSERT(!o->deleted);
    if (table_has_single_objects(t)) return NULL;
    EtsObject *next = o->next;
    while (next != NULL && hash_store_same_key(t, next, o)) {
        if (!next->deleted) return next;
        next = next->next;
    }
    return NULL;
}

/** All objects with the key, oldest first. */
static Term read_key(Process *p, const EtsTable *t, Term key) {
    Term list = TERM_NIL;
    ASSERT(t->alive); // ETS-2
    for (const EtsObject *o = table_find(t, key); o != NULL; o = next_of_key(t, o)) {
        list = heap_cons(&p->heap, object_read(&p->heap, o), list);
    }
    return list;
}

/** ets:lookup(Table, Key) -> [Object]. */
BIF(ets, lookup, 2)
{
    EtsTable *t = table_get_or_raise(p, a[0], ETS_FOR_READ, ETS_LOCK_KEY_READ);
    if (t == NULL) return TERM_NONE;
    EtsStripe *stripe = table_lock_key(t, a[1], false);
    Term list = read_key(p, t, a[1]);
    table_unlock_stripe(stripe, false);
    table_unlock(p, t, ETS_LOCK_KEY_READ);
    return list;
}

/** ets:take(Table, Key) -> [Object], which are in the table no more. */
BIF(ets, take, 2)
{
    EtsTable *t = table_get_or_raise(p, a[0], ETS_FOR_WRITE, ETS_LOCK_KEY_WRITE);
    if (t == NULL) return TERM_NONE;
    EtsStripe *stripe = table_lock_key(t, a[1], true);
    Term list = read_key(p, t, a[1]);
    if (!term_is_nil(list)) table_delete_key(t, a[1]);
    table_unlock_stripe(stripe, true);
    table_unlock(p, t, ETS_LOCK_KEY_WRITE);
    return list;
}

/** ets:member(Table, Key) -> boolean. */
BIF(ets, member, 2)
{
    EtsTable *t = table_get_or_raise(p, a[0], ETS_FOR_READ, ETS_LOCK_KEY_READ);
    if (t == NULL) return TERM_NONE;
    EtsStripe *stripe = table_lock_key(t, a[1], false);
    bool found = table_find(t, a[1]) != NULL;
    table_unlock_stripe(stripe, false);
    table_unlock(p, t, ETS_LOCK_KEY_READ);
    return term_from_bool(found);
}

/** The element, or for bags the list of them; missing when there is no such key. */
static Term lookup_element(Process *p, Term *a, Term missing) {
    EtsTable *t = table_get_or_raise(p, a[0], ETS_FOR_READ, ETS_LOCK_KEY_READ);
    if (t == NULL) return TERM_NONE;
    ASSERT(t->alive); // ETS-2
    bool ok = term_is_small(a[2]) && term_small(a[2]) >= 1;
    size_t index = ok ? (size_t)term_small(a[2]) - 1 : 0;
    EtsStripe *stripe = table_lock_key(t, a[1], false);
    const EtsObject *o = ok ? table_find(t, a[1]) : NULL;
    bool found = o != NULL;
    Term result = TERM_NIL;
    for (; ok && o != NULL; o = next_of_key(t, o)) {
        ok = index < tuple_arity(o->tuple);
        if (!ok) break;
        Term element = heap_copy(&p->heap, tuple_get(o->tuple, index));
        result = table_has_single_objects(t) ? element : heap_cons(&p->heap, element, result);
    }
    table_unlock_stripe(stripe, false);
    table_unlock(p, t, ETS_LOCK_KEY_READ);
    if (!ok) return bif_badarg(p);
    if (found) return result;
    return missing != TERM_NONE ? missing : bif_badarg_cause(p, am_badkey);
}

/** ets:lookup_element(Table, Key, Position); badarg, cause badkey. */
BIF(ets, lookup_element, 3)
{ return lookup_element(p, a, TERM_NONE); }

/** ets:lookup_element(Table, Key, Position, Default). */
BIF(ets, lookup_element, 4)
{ return lookup_element(p, a, a[3]); }

// ---- walking by keys
// ------------------------------------------------------------------------------

static const EtsObject *live(const EtsObject *o) {
    while (o != NULL && o->deleted) o = o->next;
    return o;
}

/** What a walk tells of the object where it stands. */
typedef enum WalkAnswer { WALK_KEY, WALK_KEY_AND_OBJECTS } WalkAnswer;

/** The key of the object, the first of its key; or {Key, [Object]}. With its stripe locked. */
static Term key_copy(Process *p, const EtsTable *t, const EtsObject *o, WalkAnswer answer) {
    ASSERT(t->alive && (o == NULL || !o->deleted)); // ETS-2
    if (o == NULL) return am_dollar_end_of_table;
    Term key = heap_copy(&p->heap, object_key(t, o));
    return answer == WALK_KEY ? key : heap_tuple2(&p->heap, key, read_key(p, t, key));
}

/** The key of the first live object of the buckets from slot on. */
static Term key_from(Process *p, EtsTable *t, size_t slot, WalkAnswer answer) {
    ASSERT(!table_is_tree(t));
    for (; slot < hash_store_count(t); slot++) {
        EtsStripe *stripe = table_lock_slot(t, slot, false);
        // the bucket may have gone before its stripe was locked
        const EtsObject *o = slot < hash_store_count(t) ? live(*hash_store_bucket(t, slot)) : NULL;
        Term key = key_copy(p, t, o, answer);
        table_unlock_stripe(stripe, false);
        if (o != NULL) return key;
    }
    return am_dollar_end_of_table;
}

static Term first_key(Process *p, Term id, bool backwards, WalkAnswer answer) {
    EtsTable *t = table_get_or_raise(p, id, ETS_FOR_READ, ETS_LOCK_KEY_READ);
    if (t == NULL) return TERM_NONE;
    Term key = table_is_tree(t) ? key_copy(p, t, tree_store_first(t, backwards), answer)
                                : key_from(p, t, 0, answer);
    table_unlock(p, t, ETS_LOCK_KEY_READ);
    return key;
}

/** The key after an object's in a hash table; TERM_NONE when there is no such key. */
static Term hash_next_key(Process *p, EtsTable *t, Term key, WalkAnswer answer) {
    uint32_t hash = hash_store_hash(t, key);
    EtsStripe *stripe = table_lock_slot(t, hash, false);
    const EtsObject *at = hash_store_find(t, key, hash), *o = at;
    while (o != NULL && (o->deleted || hash_store_same_key(t, o, at))) o = o->next;
    Term next = o == NULL ? TERM_NONE : key_copy(p, t, o, answer);
    size_t slot = hash_store_slot(t, hash);
    table_unlock_stripe(stripe, false);
    if (at == NULL) return TERM_NONE;
    return next != TERM_NONE ? next : key_from(p, t, slot + 1, answer);
}

static Term next_key(Process *p, Term id, Term key, bool backwards, WalkAnswer answer) {
    EtsTable *t = table_get_or_raise(p, id, ETS_FOR_READ, ETS_LOCK_KEY_READ);
    if (t == NULL) return TERM_NONE;
    Term next = TERM_NONE;
    if (!table_is_tree(t)) {
        next = hash_next_key(p, t, key, answer);
    } else if (key != am_dollar_end_of_table) {
        next = key_copy(p, t, tree_store_next(t, key, backwards), answer);
    }
    table_unlock(p, t, ETS_LOCK_KEY_READ);
    return next != TERM_NONE ? next : bif_badarg(p);
}

/** ets:first(Table) -> Key | '$end_of_table'. */
BIF(ets, first, 1)
{ return first_key(p, a[0], false, WALK_KEY); }
/** ets:last(Table) -> Key | '$end_of_table'. */
BIF(ets, last, 1)
{ return first_key(p, a[0], true, WALK_KEY); }
/** ets:next(Table, Key) -> Key | '$end_of_table'; badarg. */
BIF(ets, next, 2)
{ return next_key(p, a[0], a[1], false, WALK_KEY); }
/** ets:prev(Table, Key) -> Key | '$end_of_table'; badarg. */
BIF(ets, prev, 2)
{ return next_key(p, a[0], a[1], true, WALK_KEY); }

/** ets:first_lookup(Table) -> {Key, [Object]} | '$end_of_table'. */
BIF(ets, first_lookup, 1)
{ return first_key(p, a[0], false, WALK_KEY_AND_OBJECTS); }
/** ets:last_lookup(Table): as first_lookup, from the other end. */
BIF(ets, last_lookup, 1)
{ return first_key(p, a[0], true, WALK_KEY_AND_OBJECTS); }
/** ets:next_lookup(Table, Key) -> {Key, [Object]} | '$end_of_table'; badarg. */
BIF(ets, next_lookup, 2)
{ return next_key(p, a[0], a[1], false, WALK_KEY_AND_OBJECTS); }
/** ets:prev_lookup(Table, Key): as next_lookup, backwards. */
BIF(ets, prev_lookup, 2)
{ return next_key(p, a[0], a[1], true, WALK_KEY_AND_OBJECTS); }

/** erts_internal:ets_raw_first(Table) -> Key | '$end_of_table'. */
BIF(erts_internal, ets_raw_first, 1)
{ return first_key(p, a[0], false, WALK_KEY); }
/** erts_internal:ets_raw_next(Table, Key) -> Key | '$end_of_table'; badarg. */
BIF(erts_internal, ets_raw_next, 2)
{ return next_key(p, a[0], a[1], false, WALK_KEY); }

/** erts_internal:ets_super_user(Boolean): may the caller use private tables of others? */
BIF(erts_internal, ets_super_user, 1)
{
    if (a[0] != am_true && a[0] != am_false) return bif_badarg(p);
    uint32_t others = p->flags & ~PROCESS_FLAG_ETS_SUPER_USER;
    p->flags = a[0] == am_true ? others | PROCESS_FLAG_ETS_SUPER_USER : others;
    return am_ok;
}

/** The objects of the index-th slot: a bucket, or the index-th object of an ordered set. */
static Term slot_objects(Process *p, EtsTable *t, size_t index) {
    Term list = TERM_NIL;
    if (table_is_tree(t)) {
        const EtsObject *o = tree_store_first(t, false);
        for (; index > 0; index--) o = tree_store_next(t, object_key(t, o), false);
        return heap_cons(&p->heap, object_read(&p->heap, o), list);
    }
    EtsStripe *stripe = table_lock_slot(t, index, false);
    const EtsObject *o = index < hash_store_count(t) ? *hash_store_bucket(t, index) : NULL;
    for (; o != NULL; o = o->next) {
        if (!o->deleted) list = heap_cons(&p->heap, object_read(&p->heap, o), list);
    }
    table_unlock_stripe(stripe, false);
    return list;
}

/** ets:slot(Table, Index) -> [Object] | '$end_of_table'; badarg. */
BIF(ets, slot, 2)
{
    EtsTable *t = table_get_or_raise(p, a[0], ETS_FOR_READ, ETS_LOCK_KEY_READ);
    if (t == NULL) return TERM_NONE;
    int64_t count = table_is_tree(t) ? atomic_load_explicit(&t->count, memory_order_relaxed)
                                     : (int64_t)hash_store_count(t);
    Term result = TERM_NONE;
    if (term_is_small(a[1]) && term_small(a[1]) >= 0 && term_small(a[1]) <= count) {
        bool at_end = term_small(a[1]) == count;
        result = at_end ? am_dollar_end_of_table : slot_objects(p, t, (size_t)term_small(a[1]));
    }
    table_unlock(p, t, ETS_LOCK_KEY_READ);
    return result != TERM_NONE ? result : bif_badarg(p);
}
