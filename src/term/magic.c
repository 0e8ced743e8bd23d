// SPDX-License-Identifier: Apache-2.0
//
// magic.c - a hash table from the numbers of magic references to their objects. Invariants:
// magic.h.
//
//   buckets -> entry -> entry ...      entries with the same slot, by `next`
//   Binary.noted -> entry -> ...       entries of one object (it may have several references), by
//   `same`
#include "term/magic.h"

#include "base/alloc.h"
#include "base/spinlock.h"
#include "term/ref.h"

typedef struct MagicEntry MagicEntry;
struct MagicEntry {
    MagicTable *table;
    MagicEntry *next, *same;
    Binary *object;
    uint64_t words[2];
};

struct MagicTable {
    Spinlock lock; // everything below, and `noted` of every object
    _Atomic uint32_t count;
    uint32_t capacity; // a power of two
    MagicEntry **buckets;
};

#define CAPACITY_FIRST 16u

MagicTable *magic_table_create(void) {
    MagicTable *t = mem_zalloc(sizeof *t);
    t->capacity = CAPACITY_FIRST;
    t->buckets = mem_zalloc(t->capacity * sizeof *t->buckets);
    return t;
}

void magic_table_destroy(MagicTable *t) {
    ASSERT(magic_count(t) == 0); // MAGIC-1
    mem_free(t->buckets);
    mem_free(t);
}

uint32_t magic_count(const MagicTable *t) {
    return atomic_load_explicit(&t->count, memory_order_relaxed);
}

static MagicEntry **slot_of(MagicTable *t, const uint64_t *words) {
    uint64_t mixed = (words[0] ^ words[1] << 17) * 0x9e3779b97f4a7c15u;
    return &t->buckets[mixed >> 32 & (t->capacity - 1)];
}

static MagicEntry *entry_find(MagicTable *t, const uint64_t *words) {
    MagicEntry *e = *slot_of(t, words);
    while (e != NULL && (e->words[0] != words[0] || e->words[1] != words[1])) e = e->next;
    return e;
}

static void entry_link(MagicTable *t, MagicEntry *e) {
    MagicEntry **slot = slot_of(t, e->words);
    e->next = *slot;
    *slot = e;
}

/** Doubles the buckets. The new ones were made before the lock was taken. */
static MagicEntry **grow(MagicTable *t, MagicEntry **bigger) {
    MagicEntry **former = t->buckets;
    uint32_t former_capacity = t->capacity;
    t->buckets = bigger;
    t->capacity *= 2;
    for (uint32_t i = 0; i < former_capacity; i++) {
        for (MagicEntry *e = former[i], *next; e != NULL; e = next) {
            next = e->next;
            entry_link(t, e);
        }
    }
    return former;
}

void magic_note(MagicTable *t, Term ref) {
    Binary *object = ref_magic(ref);
    const uint64_t *words = ref_words(ref);
    ASSERT(atomic_load_explicit(&object->refs, memory_order_relaxed) > 0);
    MagicEntry *fresh = mem_zalloc(sizeof *fresh);
    *fresh = (MagicEntry){.table = t, .object = object, .words = {words[0], words[1]}};
    spinlock_take(&t->lock);
    if (entry_find(t, words) == NULL) {
        entry_link(t, fresh);
        fresh->same = atomic_load_explicit(&object->noted, memory_order_relaxed);
        atomic_store_explicit(&object->noted, fresh, memory_order_relaxed);
        atomic_fetch_add_explicit(&t->count, 1, memory_order_relaxed);
        fresh = NULL;
    }
    uint32_t capacity = t->capacity;
    bool crowded = magic_count(t) > 2 * capacity;
    spinlock_give(&t->lock);
    mem_free(fresh);
    if (!crowded) return;
    MagicEntry **spare = mem_zalloc(2 * (size_t)capacity * sizeof *spare);
    spinlock_take(&t->lock);
    if (t->capacity == capacity) spare = grow(t, spare);
    spinlock_give(&t->lock);
    mem_free(spare);
}

Binary *magic_find(MagicTable *t, const uint64_t words[3]) {
    if (magic_count(t) == 0) return NULL;
    spinlock_take(&t->lock);
    MagicEntry *e = entry_find(t, words);
    Binary *b = e != NULL && binary_retain_living(e->object) ? e->object : NULL; // MAGIC-2
    spinlock_give(&t->lock);
    return b;
}

void magic_forget(Binary *b) {
    ASSERT(atomic_load_explicit(&b->refs, memory_order_relaxed) == 0);
    MagicEntry *e = atomic_load_explicit(&b->noted, memory_order_relaxed);
    while (e != NULL) {
        MagicTable *t = e->table;
        spinlock_take(&t->lock);
        MagicEntry **at = slot_of(t, e->words);
        while (*at != e) at = &(*at)->next;
        *at = e->next;
        atomic_fetch_sub_explicit(&t->count, 1, memory_order_relaxed);
        spinlock_give(&t->lock);
        MagicEntry *same = e->same;
        mem_free(e);
        e = same;
    }
}
