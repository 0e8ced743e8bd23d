// SPDX-License-Identifier: Apache-2.0
//
// bif_ets_info.c - ets:info/1,2: what a table is, in OTP's order of items. Sizes in words are
// counted as OTP counts them, as far as both store the same.
//
// Threads: the calling process's, with the table's read lock.
#include "bif/bif.h"
#include "ets/table.h"
#include "term/number.h"
#include "vm/vm.h"

#define HASH_TABLE_WORDS 49
#define TREE_TABLE_WORDS 139

static Term type_name(const EtsTable *t) {
    const Term names[] = {[ETS_SET] = am_set,
                          [ETS_ORDERED_SET] = am_ordered_set,
                          [ETS_BAG] = am_bag,
                          [ETS_DUPLICATE_BAG] = am_duplicate_bag};
    return names[t->type];
}

static Term protection_name(const EtsTable *t) {
    return t->protection == ETS_PUBLIC    ? am_public
           : t->protection == ETS_PRIVATE ? am_private
                                          : am_protected;
}

static int64_t memory_words(const EtsTable *t) {
    DEBUG_ASSERT(atomic_load_explicit(&t->words, memory_order_relaxed) >= 0);
    int64_t words = atomic_load_explicit(&t->words, memory_order_relaxed);
    int64_t count = atomic_load_explicit(&t->count, memory_order_relaxed);
    ASSERT(count >= 0 && words >= 8 * count);
    // table_account adds 8 words for an object's head; OTP's have 4 in hash tables and 5 in trees.
    if (t->lock.slots != NULL) words += ETS_READER_SLOTS * sizeof *t->lock.slots / sizeof(Term);
    if (t->stripes != NULL) words += ETS_STRIPES * sizeof *t->stripes / sizeof(Term);
    if (table_is_tree(t)) return TREE_TABLE_WORDS + words - 3 * count;
    return HASH_TABLE_WORDS + (int64_t)t->slots + words - 4 * count;
}

static Term fixed_by(Heap *h, const EtsTable *t, bool monotonic) {
    DEBUG_ASSERT(t->alive);
    if (!t->is_fixed) return am_false;
    ASSERT(t->fixes != NULL);
    Term list = TERM_NIL;
    for (const EtsFix *f = t->fixes; f != NULL; f = f->next) {
        list = heap_cons(h, heap_tuple2(h, f->pid, heap_unsigned(h, f->count)), list);
    }
    if (monotonic) return heap_tuple2(h, heap_integer(h, t->fixed_since_ns), list);
    int64_t us = t->fixed_since_system_us;
    Term stamp =
        heap_tuple3(h, term_from_small(us / 1000000000000), term_from_small(us / 1000000 % 1000000),
                    term_from_small(us % 1000000));
    return heap_tuple2(h, stamp, list);
}

/** {Buckets, AverageChain, Deviation, ExpectedDeviation, ShortestChain, LongestChain, Kept, Locks}.
 */
static Term statistics(Heap *h, const EtsTable *t) {
    if (table_is_tree(t)) return am_false;
    size_t active = hash_store_count(t);
    ASSERT(active > 0);
    size_t shortest = SIZE_MAX, longest = 0, sum = 0, squares = 0, kept = 0;
    for (size_t i = 0; i < active; i++) {
        size_t length = 0;
        for (const EtsObject *o = *hash_store_bucket(t, i); o != NULL; o = o->next) {
            length++;
            kept += o->deleted;
        }
        shortest = MIN(shortest, length);
        longest = MAX(longest, length);
        sum += length;
        squares += length * length;
    }
    double n = (double)active, average = (double)sum / n;
    double variance = ((double)squares - (double)sum * average) / n;
    Term items[8] = {heap_unsigned(h, active),
                     heap_float(h, average),
                     heap_float(h, __builtin_sqrt(variance)),
                     heap_float(h, __builtin_sqrt(average * (1 - 1 / n))),
                     heap_unsigned(h, shortest),
                     heap_unsigned(h, longest),
                     heap_unsigned(h, kept),
                     term_from_small(t->stripes != NULL ? ETS_STRIPES : 1)};
    return heap_tuple(h, 8, items);
}

/** [{Id, Bytes, References}] of the counted buffers that the object refers to, before tail. */
static Term buffers_of(Heap *h, const EtsObject *o, Term tail) {
    for (const Term *box = o->off_heap.first; box != NULL; box = (const Term *)(uintptr_t)box[1]) {
        if (header_kind(*box) != BOX_BIN_REF) continue;
        const Binary *b = (const Binary *)(uintptr_t)box[2];
        Term references = heap_unsigned(h, atomic_load_explicit(&b->refs, memory_order_relaxed));
        Term buffer = heap_tuple3(h, heap_unsigned(h, (uintptr_t)b),
                                  heap_unsigned(h, b->size_bytes), references);
        tail = heap_cons(h, buffer, tail);
    }
    return tail;
}

static Term buffers(Heap *h, const EtsTable *t) {
    Term list = TERM_NIL;
    if (table_is_tree(t)) {
        for (const EtsObject *o = tree_store_first(t, false); o != NULL;
             o = tree_store_next(t, object_key(t, o), false)) {
            list = buffers_of(h, o, list);
        }
        return list;
    }
    for (size_t i = 0; i < hash_store_count(t); i++) {
        for (const EtsObject *o = *hash_store_bucket(t, i); o != NULL; o = o->next)
            list = buffers_of(h, o, list);
    }
    return list;
}

Term table_item(Heap *h, EtsTable *t, Term name) {
    DEBUG_ASSERT(term_is_atom(name));
    if (name == am_protection) return protection_name(t);
    if (name == am_keypos) return term_from_small((int64_t)t->key_index + 1);
    if (name == am_type) return type_name(t);
    if (name == am_named_table) return term_from_bool(t->named);
    if (name == am_node) return node_own_name(t->vm->nodes);
    if (name == am_size)
        return heap_integer(h, atomic_load_explicit(&t->count, memory_order_relaxed));
    if (name == am_name) return t->name;
    if (name == am_heir) return t->heir;
    if (name == am_owner) return t->owner;
    if (name == am_memory) return heap_integer(h, memory_words(t));
    if (name == am_compressed) return term_from_bool(t->compressed);
    if (name == am_write_concurrency) {
        if (t->locks_asked == 0) return t->write_concurrency;
        return heap_tuple2(h, am_debug_hash_fixed_number_of_locks, term_from_small(t->locks_asked));
    }
    if (name == am_read_concurrency) return term_from_bool(t->read_concurrency);
    if (name == am_decentralized_counters) return term_from_bool(t->decentralized_counters);
    if (name == am_id) return table_reference(h, t);
    if (name == am_fixed) return term_from_bool(t->is_fixed);
    if (name == am_safe_fixed) return fixed_by(h, t, false);
    if (name == am_safe_fixed_monotonic_time) return fixed_by(h, t, true);
    if (name == am_stats) return statistics(h, t);
    if (name == am_binary) return buffers(h, t);
    return TERM_NONE;
}

/** The table, or NULL: then *result says what to return, undefined or an exception. */
static EtsTable *get(Process *p, Term id, EtsLockMode mode, Term *result) {
    Term cause;
    EtsTable *t = table_get(p, id, ETS_FOR_INFO, mode, &cause);
    if (t != NULL) return t;
    *result = cause != am_type ? am_undefined : bif_badarg_cause(p, cause);
    return NULL;
}

/** ets:info(Table) -> [{Item, Value}] | undefined; badarg. */
BIF(ets, info, 1)
{
    const Term names[] = {am_protection,
                          am_keypos,
                          am_type,
                          am_named_table,
                          am_node,
                          am_size,
                          am_name,
                          am_heir,
                          am_owner,
                          am_memory,
                          am_compressed,
                          am_write_concurrency,
                          am_read_concurrency,
                          am_decentralized_counters,
                          am_id};
    Term list = TERM_NIL;
    EtsTable *t = get(p, a[0], ETS_LOCK_INFO, &list);
    if (t == NULL) return list;
    Heap *h = &p->heap;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        list = heap_cons(h, heap_tuple2(h, names[i], table_item(h, t, names[i])), list);
    }
    table_unlock(p, t, ETS_LOCK_INFO);
    return list;
}

/** ets:info(Table, Item) -> Value | undefined; badarg. */
BIF(ets, info, 2)
{
    Term value;
    EtsLockMode mode = a[1] == am_stats || a[1] == am_binary ? ETS_LOCK_READ : ETS_LOCK_INFO;
    EtsTable *t = get(p, a[0], mode, &value);
    if (t == NULL) return value;
    value = term_is_atom(a[1]) ? table_item(&p->heap, t, a[1]) : TERM_NONE;
    table_unlock(p, t, mode);
    return value != TERM_NONE ? value : bif_badarg(p);
}

/** erts_internal:ets_lookup_binary_info(Table, Key) -> [{Id, Bytes, References}] of the buffers
 * that the key's objects refer to; badarg. */
BIF(erts_internal, ets_lookup_binary_info, 2)
{
    EtsTable *t = table_get_or_raise(p, a[0], ETS_FOR_READ, ETS_LOCK_KEY_READ);
    if (t == NULL) return TERM_NONE;
    EtsStripe *stripe = table_lock_key(t, a[1], false);
    Term list = TERM_NIL;
    const EtsObject *first = table_find(t, a[1]);
    for (const EtsObject *o = first; o != NULL; o = table_is_tree(t) ? NULL : o->next) {
        if (o != first && !hash_store_same_key(t, first, o)) break;
        if (!o->deleted) list = buffers_of(&p->heap, o, list);
    }
    table_unlock_stripe(stripe, false);
    table_unlock(p, t, ETS_LOCK_KEY_READ);
    return list;
}
