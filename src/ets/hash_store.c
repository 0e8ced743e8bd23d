// SPDX-License-Identifier: Apache-2.0
//
// hash_store.c - the objects of sets, bags and duplicate bags: linear hashing, with the same hash,
// the same number of buckets and the same order within a bucket as OTP's, so that tables are walked
// in the order that OTP shows.
//
//   bucket of a hash: hash & mask, or with half the mask where that bucket is not active yet
//
// HASH-1: objects with the same key stand next to each other, the newest first.
// HASH-2: slots is FIRST_SLOTS plus a multiple of SEGMENT_SLOTS; active <= slots; mask + 1 is the
// next power of two.
//
// Threads: see table.h; writers hold the write lock. W. Litwin, "Linear hashing", VLDB 1980.
#include "ets/table.h"

#include "term/compare.h"
#include "vm/vm.h"

#define FIRST_SLOTS 256
#define SEGMENT_SLOTS 2048
#define GROW_STEPS_MAX 5

void hash_store_init(EtsTable *t) {
    ASSERT(!table_is_tree(t) && t->buckets == NULL);
    t->buckets = mem_zalloc(FIRST_SLOTS * sizeof *t->buckets);
    t->active = t->slots = FIRST_SLOTS;
    t->mask = FIRST_SLOTS - 1;
}

uint32_t hash_store_hash(const EtsTable *t, Term key) {
    const AtomTable *atoms = table_atoms(t);
    uint32_t hash = term_is_atom(key) ? atom_hash(atoms, key) : term_hash_internal(atoms, key, 0);
    return hash & 0x7fffffffu;
}

size_t hash_store_slot(const EtsTable *t, uint32_t hash) {
    size_t slot = hash & t->mask;
    if (slot >= t->active) slot &= t->mask >> 1;
    ASSERT(slot < t->active);
    return slot;
}

static bool has_key(const EtsTable *t, const EtsObject *o, Term key, uint32_t hash) {
    return o->hash == hash && term_equal(object_key(t, o), key);
}

bool hash_store_same_key(const EtsTable *t, const EtsObject *a, const EtsObject *b) {
    return has_key(t, a, object_key(t, b), b->hash);
}

EtsObject *hash_store_find(const EtsTable *t, Term key, uint32_t hash) {
    EtsObject *o = t->buckets[hash_store_slot(t, hash)];
    while (o != NULL && !has_key(t, o, key, hash)) o = o->next;
    return o;
}

// ---- size
// -----------------------------------------------------------------------------------------

static void add_segment(EtsTable *t) {
    ASSERT((t->slots - FIRST_SLOTS) % SEGMENT_SLOTS == 0); // HASH-2
    t->buckets = mem_realloc(t->buckets, (t->slots + SEGMENT_SLOTS) * sizeof *t->buckets);
    memset(t->buckets + t->slots, 0, SEGMENT_SLOTS * sizeof *t->buckets);
    t->slots += SEGMENT_SLOTS;
}

/** One more bucket, which takes its share from the one that held it so far; both keep their order.
 */
static void split_bucket(EtsTable *t) {
    size_t to = t->active;
    ASSERT(!t->is_fixed && t->active <= t->slots); // ETS-4, HASH-2
    if (to == t->slots) add_segment(t);
    if (to > t->mask) t->mask = t->mask << 1 | 1;
    size_t from = to & (t->mask >> 1);
    ASSERT(from < to && t->mask >= to);
    EtsObject *o = t->buckets[from], **stay = &t->buckets[from], **go = &t->buckets[to];
    for (; o != NULL; o = o->next) {
        EtsObject ***target = (o->hash & t->mask) == from ? &stay : &go;
        **target = o;
        *target = &o->next;
    }
    *stay = *go = NULL;
    t->active++;
}

/** The last bucket joins the one that it was split from. */
static void join_bucket(EtsTable *t) {
    ASSERT(!t->is_fixed); // ETS-4
    size_t from = --t->active;
    size_t low = from & (t->mask >> 1);
    EtsObject **end = &t->buckets[low];
    ASSERT(t->active >= FIRST_SLOTS && low < from);
    while (*end != NULL) end = &(*end)->next;
    *end = t->buckets[from];
    t->buckets[from] = NULL;
    if (low == 0) t->mask >>= 1;
    if (t->slots - t->active >= SEGMENT_SLOTS) {
        t->slots -= SEGMENT_SLOTS;
        t->buckets = mem_realloc(t->buckets, t->slots * sizeof *t->buckets);
    }
}

static void grow(EtsTable *t) {
    size_t count = (size_t)atomic_load_explicit(&t->count, memory_order_relaxed);
    for (int i = 0; i < GROW_STEPS_MAX && count > t->active && !t->is_fixed; i++)
        split_bucket(t); // ETS-4
}

void hash_store_settle(EtsTable *t) {
    if (t->is_fixed || t->slots < FIRST_SLOTS + 2 * SEGMENT_SLOTS) return; // ETS-4
    size_t count = (size_t)atomic_load_explicit(&t->count, memory_order_relaxed);
    for (int i = 0;
         i < GROW_STEPS_MAX && count < (t->slots - SEGMENT_SLOTS) / 2 && t->active > FIRST_SLOTS;
         i++) {
        join_bucket(t);
    }
}

// ---- putting
// --------------------------------------------------------------------------------------

void hash_store_replace_at(EtsTable *t, EtsObject **link, EtsObject *o) {
    EtsObject *old = *link;
    ASSERT(old != NULL && old != o);
    DEBUG_ASSERT(term_equal(object_key(t, old), object_key(t, o)));
    o->hash = old->hash;
    o->next = old->next;
    *link = o;
    if (old->deleted) {
        t->deleted_count--;
    } else {
        table_account(t, old, -1);
    }
    table_account(t, o, 1);
    object_free(old);
}

/** A bag has the object already: then it stays; if it was marked deleted it comes back, as the
 * newest. */
static bool bag_has(EtsTable *t, EtsObject **link, EtsObject *o) {
    EtsObject *first = *link;
    ASSERT(t->type == ETS_BAG && first != NULL);
    for (EtsObject **l = link; *l != NULL && has_key(t, *l, object_key(t, o), o->hash);
         l = &(*l)->next) {
        EtsObject *same = *l;
        if (!term_equal(same->tuple, o->tuple)) continue;
        if (same->deleted) {
            same->deleted = false;
            t->deleted_count--;
            table_account(t, same, 1);
            if (same != first) {
                *l = same->next;
                same->next = first;
                *link = same;
            }
        }
        return true;
    }
    return false;
}

void hash_store_put(EtsTable *t, EtsObject *o) {
    ASSERT(!o->deleted && tuple_arity(o->tuple) > t->key_index);
    Term key = object_key(t, o);
    o->hash = hash_store_hash(t, key);
    EtsObject **link = &t->buckets[hash_store_slot(t, o->hash)];
    while (*link != NULL && !has_key(t, *link, key, o->hash)) link = &(*link)->next;
    if (*link != NULL && t->type == ETS_SET) {
        hash_store_replace_at(t, link, o);
        return;
    }
    if (*link != NULL && t->type == ETS_BAG && bag_has(t, link, o)) {
        object_free(o);
        return;
    }
    o->next = *link; // HASH-1
    *link = o;
    table_account(t, o, 1);
    grow(t);
}

// ---- deleting
// -------------------------------------------------------------------------------------

bool hash_store_delete_at(EtsTable *t, EtsObject **link) {
    EtsObject *o = *link;
    ASSERT(!o->deleted);
    table_account(t, o, -1);
    if (t->is_fixed) { // ETS-4
        o->deleted = true;
        t->deleted_count++;
        return false;
    }
    *link = o->next;
    object_free(o);
    return true;
}

size_t hash_store_delete(EtsTable *t, Term key, Term only) {
    uint32_t hash = hash_store_hash(t, key);
    EtsObject **link = &t->buckets[hash_store_slot(t, hash)];
    size_t count = 0;
    while (*link != NULL && !has_key(t, *link, key, hash)) link = &(*link)->next;
    while (*link != NULL && has_key(t, *link, key, hash)) {
        bool goes = !(*link)->deleted && (only == TERM_NONE || term_equal((*link)->tuple, only));
        count += goes;
        if (!goes || !hash_store_delete_at(t, link)) link = &(*link)->next;
    }
    hash_store_settle(t);
    return count;
}

void hash_store_purge(EtsTable *t) {
    ASSERT(!t->is_fixed);
    for (size_t i = 0; i < t->active && t->deleted_count > 0; i++) {
        for (EtsObject **link = &t->buckets[i]; *link != NULL;) {
            EtsObject *o = *link;
            if (!o->deleted) {
                link = &o->next;
                continue;
            }
            *link = o->next;
            t->deleted_count--;
            object_free(o);
        }
    }
    ASSERT(t->deleted_count == 0);
    hash_store_settle(t);
}
