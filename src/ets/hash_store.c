// SPDX-License-Identifier: Apache-2.0
//
// hash_store.c - the objects of sets, bags and duplicate bags: linear hashing, with the same hash,
// the same number of buckets and the same order within a bucket as OTP's, so that tables are walked
// in the order that OTP shows.
//
//   bucket of a hash: hash & mask, or with half the mask where that bucket is not active yet
//
// Buckets stand in chunks that never move: the first holds FIRST_SLOTS, each further one as many as
// all before it.
//
// HASH-1: objects with the same key stand next to each other, the newest first.
// HASH-2: slots is FIRST_SLOTS plus a multiple of SEGMENT_SLOTS; active <= slots; mask + 1 is the
// next power of two. HASH-3: in a table with stripes `active` and `mask` may change while a stripe
// is held, but by fewer than ETS_STRIPES steps, none of which is for a bucket of that stripe: so
// hash_store_slot is right whichever of the two it reads first, and the chunk stays.
//
// Threads: see table.h; writers hold the write lock, or the stripe. W. Litwin, "Linear hashing",
// VLDB 1980.
#include "ets/table.h"

#include "term/compare.h"
#include "vm/vm.h"

#define FIRST_SLOTS 256
#define SEGMENT_SLOTS 2048
#define GROW_STEPS_MAX 5

_Static_assert(FIRST_SLOTS % ETS_STRIPES == 0, "a bucket and its partner have one stripe");

uint32_t hash_store_chunk(size_t slot, size_t *first) {
    if (slot < FIRST_SLOTS) {
        *first = 0;
        return 0;
    }
    uint32_t power = 63 - (uint32_t)__builtin_clzll(slot / FIRST_SLOTS);
    *first = (size_t)FIRST_SLOTS << power;
    return power + 1;
}

EtsObject **hash_store_bucket(const EtsTable *t, size_t slot) {
    size_t first;
    uint32_t i = hash_store_chunk(slot, &first);
    DEBUG_ASSERT(i < ETS_CHUNKS);
    // acquire: pairs with add_chunk
    return atomic_load_explicit(&t->chunks[i], memory_order_acquire) + (slot - first);
}

static void add_chunk(EtsTable *t, size_t slot) {
    size_t first;
    uint32_t i = hash_store_chunk(slot, &first);
    ASSERT(i < ETS_CHUNKS);
    if (atomic_load_explicit(&t->chunks[i], memory_order_relaxed) != NULL) return;
    size_t count = i == 0 ? FIRST_SLOTS : first;
    EtsObject **chunk = mem_zalloc(count * sizeof *chunk);
    atomic_store_explicit(&t->chunks[i], chunk, memory_order_release);
}

static void set_active(EtsTable *t, size_t active) {
    atomic_store_explicit(&t->active, active, memory_order_release); // pairs with hash_store_count
}

static size_t mask_of(const EtsTable *t) {
    return atomic_load_explicit(&t->mask, memory_order_relaxed);
}

void hash_store_init(EtsTable *t) {
    ASSERT(!table_is_tree(t) && t->chunks[0] == NULL);
    add_chunk(t, 0);
    t->slots = FIRST_SLOTS;
    atomic_store_explicit(&t->mask, FIRST_SLOTS - 1, memory_order_relaxed);
    set_active(t, FIRST_SLOTS);
}

uint32_t hash_store_hash(const EtsTable *t, Term key) {
    const AtomTable *atoms = table_atoms(t);
    uint32_t hash = term_is_atom(key) ? atom_hash(atoms, key) : term_hash_internal(atoms, key, 0);
    return hash & 0x7fffffffu;
}

size_t hash_store_slot(const EtsTable *t, uint32_t hash) {
    size_t active = hash_store_count(t), mask = mask_of(t), slot = hash & mask;
    if (slot >= active) slot &= mask >> 1;
    ASSERT(slot < active); // HASH-3
    return slot;
}

static bool has_key(const EtsTable *t, const EtsObject *o, Term key, uint32_t hash) {
    return o->hash == hash && term_equal(object_key(t, o), key);
}

bool hash_store_same_key(const EtsTable *t, const EtsObject *a, const EtsObject *b) {
    return has_key(t, a, object_key(t, b), b->hash);
}

EtsObject *hash_store_find(const EtsTable *t, Term key, uint32_t hash) {
    EtsObject *o = *hash_store_bucket(t, hash_store_slot(t, hash));
    while (o != NULL && !has_key(t, o, key, hash)) o = o->next;
    return o;
}

// ---- size
// -----------------------------------------------------------------------------------------

/** One more bucket, which takes its share from the one that held it so far; both keep their order.
 */
static void split_bucket(EtsTable *t) {
    size_t to = hash_store_count(t), mask = mask_of(t);
    ASSERT(!t->is_fixed && to <= t->slots); // ETS-4, HASH-2
    if (to == t->slots) t->slots += SEGMENT_SLOTS;
    add_chunk(t, to);
    if (to > mask) mask = mask << 1 | 1;
    size_t from = to & (mask >> 1);
    ASSERT(from < to && mask >= to);
    EtsObject **stay = hash_store_bucket(t, from), **go = hash_store_bucket(t, to), *o = *stay;
    for (; o != NULL; o = o->next) {
        EtsObject ***target = (o->hash & mask) == from ? &stay : &go;
        **target = o;
        *target = &o->next;
    }
    *stay = *go = NULL;
    atomic_store_explicit(&t->mask, mask, memory_order_relaxed);
    set_active(t, to + 1);
}

/** The last bucket joins the one that it was split from. */
static void join_bucket(EtsTable *t) {
    ASSERT(!t->is_fixed); // ETS-4
    size_t from = hash_store_count(t) - 1, mask = mask_of(t);
    size_t low = from & (mask >> 1);
    EtsObject **end = hash_store_bucket(t, low), **last = hash_store_bucket(t, from);
    ASSERT(from >= FIRST_SLOTS && low < from);
    while (*end != NULL) end = &(*end)->next;
    *end = *last;
    *last = NULL;
    set_active(t, from);
    if (low == 0) atomic_store_explicit(&t->mask, mask >> 1, memory_order_relaxed);
    if (t->slots - from >= SEGMENT_SLOTS) t->slots -= SEGMENT_SLOTS;
    // The chunk after the one in use goes when that one is half empty: growing at once would bring
    // it back.
    size_t first;
    uint32_t i = hash_store_chunk(from, &first);
    if (i > 0 && from < first + first / 2 && i + 1 < ETS_CHUNKS) {
        mem_free(atomic_exchange_explicit(&t->chunks[i + 1], NULL, memory_order_relaxed));
    }
}

/** Only one thread can be at the table: resizing needs no stripes. */
static bool is_alone(const EtsTable *t) { return t->stripes == NULL || t->is_exclusive; }

static bool should_grow(const EtsTable *t) {
    size_t count = (size_t)atomic_load_explicit(&t->count, memory_order_relaxed);
    return count > hash_store_count(t) && !t->is_fixed; // ETS-4
}

static bool should_shrink(const EtsTable *t) {
    size_t count = (size_t)atomic_load_explicit(&t->count, memory_order_relaxed);
    return !t->is_fixed && t->slots >= FIRST_SLOTS + 2 * SEGMENT_SLOTS && // ETS-4
           count < (t->slots - SEGMENT_SLOTS) / 2 && hash_store_count(t) > FIRST_SLOTS;
}

static void grow(EtsTable *t) {
    if (!is_alone(t)) return; // table_unlock does it
    for (int i = 0; i < GROW_STEPS_MAX && should_grow(t); i++) split_bucket(t);
}

void hash_store_settle(EtsTable *t) {
    if (!is_alone(t)) return;
    for (int i = 0; i < GROW_STEPS_MAX && should_shrink(t); i++) join_bucket(t);
}

static void resize_step(EtsTable *t, bool up) {
    size_t slot = hash_store_count(t) - !up;
    EtsStripe *s = table_lock_slot(t, slot, true);
    if (up) {
        split_bucket(t);
    } else {
        join_bucket(t);
    }
    table_unlock_stripe(s, true);
}

void hash_store_resize_striped(EtsTable *t) {
    ASSERT(t->stripes != NULL && !t->is_exclusive);
    size_t active = hash_store_count(t);
    int64_t count = atomic_load_explicit(&t->count, memory_order_relaxed);
    if (t->is_fixed || (count <= (int64_t)active && count >= (int64_t)active / 2)) return;
    if (!mutex_try_lock(&t->resize)) return; // somebody is at it
    for (int i = 0; i < GROW_STEPS_MAX; i++) {
        if (atomic_load_explicit(&t->walkers, memory_order_seq_cst) != 0) break;
        bool up = should_grow(t);
        if (!up && !should_shrink(t)) break;
        resize_step(t, up);
    }
    mutex_unlock(&t->resize);
}

void hash_store_walk_begin(EtsTable *t) {
    if (t->stripes == NULL) return;
    atomic_fetch_add_explicit(&t->walkers, 1, memory_order_seq_cst);
    mutex_lock(&t->resize); // who was resizing when we came is done
    mutex_unlock(&t->resize);
}

void hash_store_walk_end(EtsTable *t) {
    if (t->stripes != NULL) atomic_fetch_sub_explicit(&t->walkers, 1, memory_order_release);
}

// ---- putting
// --------------------------------------------------------------------------------------

static void note_deleted(EtsTable *t, int change) {
    atomic_fetch_add_explicit(&t->deleted_count, (size_t)change, memory_order_relaxed);
}

void hash_store_replace_at(EtsTable *t, EtsObject **link, EtsObject *o) {
    EtsObject *old = *link;
    ASSERT(old != NULL && old != o);
    DEBUG_ASSERT(term_equal(object_key(t, old), object_key(t, o)));
    o->hash = old->hash;
    o->next = old->next;
    *link = o;
    if (old->deleted) {
        note_deleted(t, -1);
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
            note_deleted(t, -1);
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
    EtsObject **link = hash_store_bucket(t, hash_store_slot(t, o->hash));
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
        note_deleted(t, 1);
        return false;
    }
    *link = o->next;
    object_free(o);
    return true;
}

size_t hash_store_delete(EtsTable *t, Term key, Term only) {
    uint32_t hash = hash_store_hash(t, key);
    EtsObject **link = hash_store_bucket(t, hash_store_slot(t, hash));
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
    for (size_t i = 0; i < hash_store_count(t) && t->deleted_count > 0; i++) {
        for (EtsObject **link = hash_store_bucket(t, i); *link != NULL;) {
            EtsObject *o = *link;
            if (!o->deleted) {
                link = &o->next;
                continue;
            }
            *link = o->next;
            note_deleted(t, -1);
            object_free(o);
        }
    }
    ASSERT(t->deleted_count == 0);
    hash_store_settle(t);
}
