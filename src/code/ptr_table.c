// SPDX-License-Identifier: Apache-2.0
//
// ptr_table.c - open addressing over atomic slots, linear probing, at most half full (PTR-1,
// PTR-2).
#include "code/ptr_table.h"

#include "base/alloc.h"

static PtrSlots *slots_new(size_t count, PtrSlots *older) {
    ASSERT((count & (count - 1)) == 0);
    PtrSlots *s = mem_zalloc(sizeof *s + count * sizeof s->slot[0]);
    s->mask = count - 1;
    s->older = older;
    return s;
}

void ptr_table_init(PtrTable *t, size_t slots_count, uint64_t (*hash)(const void *entry),
                    bool (*same)(const void *entry, const void *key)) {
    ASSERT(slots_count >= 4);
    t->count = 0;
    t->hash = hash;
    t->same = same;
    atomic_init(&t->slots, slots_new(slots_count, NULL));
}

void ptr_table_destroy(PtrTable *t) {
    PtrSlots *s = atomic_load(&t->slots);
    while (s != NULL) {
        PtrSlots *older = s->older;
        mem_free(s);
        s = older;
    }
}

void *ptr_table_find(const PtrTable *t, uint64_t hash, const void *key) {
    // acquire pairs with the release in ptr_table_add: the array's and the entry's content is seen
    const PtrSlots *s = atomic_load_explicit(&t->slots, memory_order_acquire);
    DEBUG_ASSERT(((s->mask + 1) & s->mask) == 0);
    for (size_t i = hash & s->mask;; i = (i + 1) & s->mask) {
        void *entry = atomic_load_explicit(&s->slot[i], memory_order_acquire);
        if (entry == NULL) return NULL;
        if (t->same(entry, key)) return entry;
    }
}

static void slots_put(PtrSlots *s, uint64_t hash, void *entry) {
    ASSERT(entry != NULL);
    size_t i = hash & s->mask;
    while (atomic_load_explicit(&s->slot[i], memory_order_relaxed) != NULL) i = (i + 1) & s->mask;
    atomic_store_explicit(&s->slot[i], entry, memory_order_release);
}

void ptr_table_add(PtrTable *t, void *entry) {
    ASSERT(entry != NULL);
    PtrSlots *s = atomic_load_explicit(&t->slots, memory_order_relaxed);
    if ((t->count + 1) * 2 > s->mask) {
        PtrSlots *bigger = slots_new((s->mask + 1) * 2, s);
        for (size_t i = 0; i <= s->mask; i++) {
            void *old = atomic_load_explicit(&s->slot[i], memory_order_relaxed);
            if (old != NULL) slots_put(bigger, t->hash(old), old);
        }
        atomic_store_explicit(&t->slots, bigger, memory_order_release);
        s = bigger;
    }
    slots_put(s, t->hash(entry), entry);
    t->count++;
    ASSERT(t->count <= s->mask); // a free slot always ends a search
}

void ptr_table_each(const PtrTable *t, void (*visit)(void *entry, void *context), void *context) {
    const PtrSlots *s = atomic_load_explicit(&t->slots, memory_order_acquire);
    for (size_t i = 0; i <= s->mask; i++) {
        void *entry = atomic_load_explicit(&s->slot[i], memory_order_acquire);
        if (entry != NULL) visit(entry, context);
    }
}
