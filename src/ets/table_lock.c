// SPDX-License-Identifier: Apache-2.0
//
// table_lock.c - readers in slots, writers, stripes; see table_lock.h for LOCK-1 and LOCK-2.
//
// A reader counts itself in, then looks for a writer; a writer shows itself, then looks at the
// counts. Both are sequentially consistent, so one of them sees the other.
#include "ets/table_lock.h"

#include "base/alloc.h"

#define SPINS_BEFORE_YIELD 200

void ets_lock_init(EtsLock *l) {
    rwlock_init(&l->native);
    l->slots = NULL;
    atomic_init(&l->has_writer, false);
}

void ets_lock_free(EtsLock *l) {
    ASSERT(!atomic_load_explicit(&l->has_writer, memory_order_relaxed));
    rwlock_free(&l->native);
    mem_free(l->slots);
}

void ets_lock_use_slots(EtsLock *l) {
    ASSERT(l->slots == NULL);
    l->slots = mem_zalloc(ETS_READER_SLOTS * sizeof *l->slots);
}

void ets_lock_read(EtsLock *l, uint32_t slot) {
    ASSERT(slot < ETS_READER_SLOTS);
    if (l->slots == NULL) {
        rwlock_lock_read(&l->native);
        return;
    }
    for (;;) {
        atomic_fetch_add_explicit(&l->slots[slot].count, 1, memory_order_seq_cst);
        // acquire: pairs with the release in ets_unlock_write
        if (LIKELY(!atomic_load_explicit(&l->has_writer, memory_order_seq_cst))) return;
        atomic_fetch_sub_explicit(&l->slots[slot].count, 1, memory_order_release);
        rwlock_lock_read(&l->native); // LOCK-2
        rwlock_unlock_read(&l->native);
    }
}

void ets_unlock_read(EtsLock *l, uint32_t slot) {
    if (l->slots == NULL) {
        rwlock_unlock_read(&l->native);
        return;
    }
    // release: the writer that sees the slot empty comes after what was read
    uint32_t before = atomic_fetch_sub_explicit(&l->slots[slot].count, 1, memory_order_release);
    ASSERT(before > 0);
}

void ets_lock_write(EtsLock *l) {
    rwlock_lock_write(&l->native);
    if (l->slots == NULL) return;
    atomic_store_explicit(&l->has_writer, true, memory_order_seq_cst);
    for (uint32_t i = 0; i < ETS_READER_SLOTS; i++) {
        // pairs with ets_unlock_read
        for (uint32_t spins = 1;
             atomic_load_explicit(&l->slots[i].count, memory_order_seq_cst) != 0; spins++) {
            if (spins % SPINS_BEFORE_YIELD == 0) {
                thread_yield();
            } else {
                thread_relax();
            }
        }
    }
}

void ets_unlock_write(EtsLock *l) {
    if (l->slots != NULL) {
        ASSERT(atomic_load_explicit(&l->has_writer, memory_order_relaxed));
        atomic_store_explicit(&l->has_writer, false, memory_order_release);
    }
    rwlock_unlock_write(&l->native);
}

EtsStripe *ets_stripes_new(void) {
    EtsStripe *stripes = mem_zalloc(ETS_STRIPES * sizeof *stripes);
    for (uint32_t i = 0; i < ETS_STRIPES; i++) rwlock_init(&stripes[i].lock);
    return stripes;
}

void ets_stripes_free(EtsStripe *stripes) {
    if (stripes == NULL) return;
    for (uint32_t i = 0; i < ETS_STRIPES; i++) rwlock_free(&stripes[i].lock);
    mem_free(stripes);
}
