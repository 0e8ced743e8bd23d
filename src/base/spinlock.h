// SPDX-License-Identifier: Apache-2.0
//
// spinlock.h - a lock of four bytes for critical sections of a few dozen instructions that call
// nothing that waits.
//
// SPIN-1: not recursive; who takes it gives it back on the same path. Any thread may call.
#ifndef MICA_BASE_SPINLOCK_H
#define MICA_BASE_SPINLOCK_H

#include "base/base.h"

typedef struct Spinlock {
    _Atomic uint32_t taken;
} Spinlock;

static inline void spinlock_take(Spinlock *l) {
    // acquire: pairs with the release in spinlock_give
    while (atomic_exchange_explicit(&l->taken, 1, memory_order_acquire) != 0) {
        while (atomic_load_explicit(&l->taken, memory_order_relaxed) != 0) {
            BASE_CPU_RELAX();
        }
    }
}

static inline void spinlock_give(Spinlock *l) {
    DEBUG_ASSERT(atomic_load_explicit(&l->taken, memory_order_relaxed) == 1);
    atomic_store_explicit(&l->taken, 0,
                          memory_order_release); // pairs with the acquire in spinlock_take
}

#endif
