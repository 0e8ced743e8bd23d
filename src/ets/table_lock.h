// SPDX-License-Identifier: Apache-2.0
//
// table_lock.h - the locks of one table.
//
// Each table has a main lock. Without options it is a plain readers-and-writer lock. With
// read_concurrency or write_concurrency readers are counted in slots on cache lines of their own,
// one for a few schedulers, so that they do not slow each other; a writer says that it is there and
// waits until all slots are empty.
//
// Hash tables with write_concurrency have stripes besides: a stripe guards the buckets whose number
// ends in its own. Who reads or writes the objects of one key holds the main lock as a reader, and
// the key's stripe. The number of stripes divides the number of buckets at all times, so a bucket
// and the one that it is split into (or joined with) have the same stripe.
//
// LOCK-1: main lock, then stripes, one at a time; nothing else is locked under a stripe.
// LOCK-2: with slots, `native` is held by the writer only, and by readers for the moment in which
// they wait for it.
//
// Threads: any.
#ifndef MICA_ETS_TABLE_LOCK_H
#define MICA_ETS_TABLE_LOCK_H

#include "base/base.h"
#include "world/thread.h"

#define ETS_READER_SLOTS 16u
#define ETS_STRIPES 64u
#define CACHE_LINE_BYTES 64

typedef struct EtsReaderSlot {
    _Atomic uint32_t count;
    uint8_t padding[CACHE_LINE_BYTES - sizeof(uint32_t)];
} EtsReaderSlot;

typedef struct EtsStripe {
    RwLock lock;
    uint8_t padding[CACHE_LINE_BYTES - sizeof(RwLock) % CACHE_LINE_BYTES];
} EtsStripe;

typedef struct EtsLock {
    RwLock native;
    EtsReaderSlot *slots; // NULL: readers take native
    _Atomic bool has_writer;
} EtsLock;

void ets_lock_init(EtsLock *l);
void ets_lock_free(EtsLock *l);
/** Readers are counted in slots from now on: before anybody else sees the table. */
void ets_lock_use_slots(EtsLock *l);
/** slot: any number below ETS_READER_SLOTS, the same in both; best one that few threads use. */
void ets_lock_read(EtsLock *l, uint32_t slot);
void ets_unlock_read(EtsLock *l, uint32_t slot);
void ets_lock_write(EtsLock *l);
void ets_unlock_write(EtsLock *l);

EtsStripe *ets_stripes_new(void);
void ets_stripes_free(EtsStripe *stripes);
static inline void ets_stripe_lock(EtsStripe *s, bool write) {
    if (write) {
        rwlock_lock_write(&s->lock);
    } else {
        rwlock_lock_read(&s->lock);
    }
}
static inline void ets_stripe_unlock(EtsStripe *s, bool write) {
    if (write) {
        rwlock_unlock_write(&s->lock);
    } else {
        rwlock_unlock_read(&s->lock);
    }
}

#endif
