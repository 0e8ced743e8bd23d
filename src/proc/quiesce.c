// SPDX-License-Identifier: Apache-2.0
//
// quiesce.c - quiescent-state reclamation; see quiesce.h for QUIESCE-1 to 4.
//
// Retired blocks stand in a ring in the order of their epochs, guarded by `lock`. `waiting` counts
// them, so that a quiet point with nothing to free costs two loads and a store.
#include "proc/quiesce.h"

#include "base/alloc.h"
#include "world/thread.h"

#define QUIESCE_OFFLINE UINT64_MAX
// Quiet points of one thread between two looks at the others: soon when it is alone, so that the
// memory it used last serves again; else less often, since a look moves cache lines between cores.
#define QUIESCE_INTERVAL_ALONE 2
#define QUIESCE_INTERVAL 16
#define QUIESCE_WAITING_MANY 32 // blocks in the ring; then it looks each time
#define QUIESCE_FREE_BATCH 64
// No two of what different threads write often are in one of these.
#define CACHE_LINE 64

typedef struct Retired {
    void (*free_function)(void *);
    void *ptr;
    uint64_t epoch;
} Retired;

typedef struct RetiredOwn {
    void (*own_function)(void *);
    void (*free_function)(void *);
    void *ptr;
} RetiredOwn;

typedef struct RetiredList {
    RetiredOwn *items;
    size_t count, capacity;
} RetiredList;

// No two of what different threads write often are in one cache line.
#define CACHE_LINE 64

struct QuiesceThread {
    uint8_t apart_before[CACHE_LINE];
    _Atomic uint64_t seen; // QUIESCE-2; written by its thread only
    uint8_t apart_between[CACHE_LINE];
    uint32_t countdown;
    RetiredList fresh; // retired since own_epoch was taken
    RetiredList own;   // free once every thread has seen own_epoch
    uint64_t own_epoch;
    QuiesceThread *next; // never changes: QUIESCE-4
    bool used;           // guarded by lock
    uint8_t apart_after[CACHE_LINE];
};

struct Quiesce {
    _Atomic uint64_t epoch;
    _Atomic uint64_t waiting; // ring entries
    _Atomic(QuiesceThread *) threads;
    uint8_t apart[CACHE_LINE];
    Mutex lock;
    Retired *ring; // guarded by lock, as is all below
    size_t ring_first, ring_count, ring_capacity;
};

Quiesce *quiesce_create(void) {
    Quiesce *q = mem_zalloc(sizeof *q);
    atomic_init(&q->epoch, 1);
    mutex_init(&q->lock);
    q->ring_capacity = 256;
    q->ring = mem_alloc(q->ring_capacity * sizeof *q->ring);
    return q;
}

/** Takes up to QUIESCE_FREE_BATCH entries that nobody can hold out of the ring; the lock is held.
 */
static size_t take_free(Quiesce *q, uint64_t safe_epoch, Retired *out) {
    ASSERT(q->ring_count <= q->ring_capacity);
    size_t n = 0;
    while (n < QUIESCE_FREE_BATCH && q->ring_count > 0) {
        Retired *r = &q->ring[q->ring_first];
        if (r->epoch > safe_epoch) break;
        out[n++] = *r;
        q->ring_first = (q->ring_first + 1) % q->ring_capacity;
        q->ring_count--;
    }
    atomic_store_explicit(&q->waiting, q->ring_count, memory_order_relaxed);
    return n;
}

/** What every thread has seen; `but` (or NULL) aside. QUIESCE_OFFLINE: nobody reads. */
static uint64_t safe_epoch(Quiesce *q, const QuiesceThread *but) {
    uint64_t safe = QUIESCE_OFFLINE;
    // acquire: the whole record of a thread that came just now
    QuiesceThread *t = atomic_load_explicit(&q->threads, memory_order_acquire);
    for (; t != NULL; t = t->next) {
        if (t == but) continue;
        // Pairs with the release stores of `seen`: what t did before its quiet point is done.
        // Sequentially consistent for quiesce_online: a thread seen offline here reads a newer
        // epoch when it comes back.
        uint64_t seen = atomic_load_explicit(&t->seen, memory_order_seq_cst);
        if (seen < safe) safe = seen;
    }
    return safe;
}

static void free_what_is_safe(Quiesce *q) {
    Retired batch[QUIESCE_FREE_BATCH];
    size_t n;
    do {
        mutex_lock(&q->lock);
        n = take_free(q, safe_epoch(q, NULL), batch);
        mutex_unlock(&q->lock);
        for (size_t i = 0; i < n; i++) batch[i].free_function(batch[i].ptr); // QUIESCE-3
    } while (n == QUIESCE_FREE_BATCH);
}

static void retired_list_add(RetiredList *l, RetiredOwn item) {
    if (l->count == l->capacity) {
        l->capacity = l->capacity == 0 ? QUIESCE_FREE_BATCH : 2 * l->capacity;
        l->items = mem_realloc(l->items, l->capacity * sizeof *l->items);
    }
    l->items[l->count++] = item;
}

void quiesce_retire_own(QuiesceThread *t, void (*own_function)(void *),
                        void (*free_function)(void *), void *ptr) {
    DEBUG_ASSERT(own_function != NULL && free_function != NULL && ptr != NULL);
    retired_list_add(&t->fresh, (RetiredOwn){own_function, free_function, ptr});
}

/** t's thread ends: what its list still holds becomes everybody's. */
static void give_away(Quiesce *q, RetiredList *l) {
    for (size_t i = 0; i < l->count; i++)
        quiesce_retire(q, l->items[i].free_function, l->items[i].ptr);
    mem_free(l->items);
}

/** Frees what t retired before own_epoch if every thread has seen that, and moves the epoch for
 * what it retired since. From a quiet point of t. */
static void free_own(Quiesce *q, QuiesceThread *t) {
    if (t->own.count > 0) {
        uint64_t safe = safe_epoch(q, t);
        t->countdown = safe == QUIESCE_OFFLINE ? QUIESCE_INTERVAL_ALONE : QUIESCE_INTERVAL;
        if (safe < t->own_epoch) return;
        for (size_t i = 0; i < t->own.count; i++)
            t->own.items[i].own_function(t->own.items[i].ptr); // QUIESCE-3
        t->own.count = 0;
    }
    if (t->fresh.count == 0) return;
    RetiredList empty = t->own;
    t->own = t->fresh;
    t->fresh = empty;
    // Sequentially consistent, after all that was unlinked: see quiesce_retire.
    t->own_epoch = atomic_fetch_add_explicit(&q->epoch, 1, memory_order_seq_cst) + 1;
}

static bool is_unused(const Quiesce *q) {
    QuiesceThread *t = atomic_load_explicit(&q->threads, memory_order_acquire);
    while (t != NULL && !t->used) t = t->next;
    return t == NULL;
}

void quiesce_drain(Quiesce *q) {
    ASSERT(is_unused(q));
    while (q->ring_count > 0) free_what_is_safe(q);
}

void quiesce_destroy(Quiesce *q) {
    quiesce_drain(q);
    QuiesceThread *t = atomic_load_explicit(&q->threads, memory_order_acquire);
    for (QuiesceThread *next; t != NULL; t = next) {
        next = t->next;
        mem_free(t);
    }
    mutex_free(&q->lock);
    mem_free(q->ring);
    mem_free(q);
}

QuiesceThread *quiesce_register(Quiesce *q) {
    mutex_lock(&q->lock);
    QuiesceThread *first = atomic_load_explicit(&q->threads, memory_order_relaxed), *t = first;
    while (t != NULL && t->used) t = t->next;
    if (t == NULL) {
        t = mem_zalloc(sizeof *t);
        atomic_init(&t->seen, QUIESCE_OFFLINE);
        t->next = first;
        // release: QUIESCE-4's readers see it whole
        atomic_store_explicit(&q->threads, t, memory_order_release);
    }
    t->used = true;
    t->countdown = QUIESCE_INTERVAL;
    mutex_unlock(&q->lock);
    quiesce_online(q, t);
    return t;
}

void quiesce_unregister(Quiesce *q, QuiesceThread *t) {
    ASSERT(t != NULL && t->used);
    atomic_store_explicit(&t->seen, QUIESCE_OFFLINE, memory_order_release);
    give_away(q, &t->own);
    give_away(q, &t->fresh);
    mutex_lock(&q->lock);
    t->own = t->fresh = (RetiredList){0};
    t->used = false;
    mutex_unlock(&q->lock);
    free_what_is_safe(q);
}

void quiesce_quiet(Quiesce *q, QuiesceThread *t) {
    // The acquire load pairs with the increment in quiesce_retire: having seen epoch e, this
    // thread's later reads see the tables without what was retired up to e. The release store pairs
    // with safe_epoch_locked.
    uint64_t epoch = atomic_load_explicit(&q->epoch, memory_order_acquire);
    atomic_store_explicit(&t->seen, epoch, memory_order_release);
    uint64_t waiting = atomic_load_explicit(&q->waiting, memory_order_relaxed);
    if (waiting == 0 && t->fresh.count + t->own.count == 0) return;
    if (--t->countdown != 0 && waiting < QUIESCE_WAITING_MANY) return;
    t->countdown = QUIESCE_INTERVAL;
    free_own(q, t);
    if (waiting != 0) free_what_is_safe(q);
}

void quiesce_offline(Quiesce *q, QuiesceThread *t) {
    atomic_store_explicit(&t->seen, QUIESCE_OFFLINE, memory_order_release);
    free_own(q, t);
    free_own(q, t); // what it retired last needs a second look, once the epoch has moved
    if (atomic_load_explicit(&q->waiting, memory_order_relaxed) != 0) free_what_is_safe(q);
}

void quiesce_online(Quiesce *q, QuiesceThread *t) {
    // Sequentially consistent, and the epoch read again: a reclaimer that saw this thread offline
    // freed blocks of epochs that the second read then shows, with their unlinking.
    uint64_t epoch = atomic_load_explicit(&q->epoch, memory_order_seq_cst);
    for (;;) {
        atomic_store_explicit(&t->seen, epoch, memory_order_seq_cst);
        uint64_t again = atomic_load_explicit(&q->epoch, memory_order_seq_cst);
        if (again == epoch) break;
        epoch = again;
    }
}

void quiesce_retire(Quiesce *q, void (*free_function)(void *), void *ptr) {
    ASSERT(free_function != NULL);
    ASSERT(ptr != NULL);
    mutex_lock(&q->lock);
    if (q->ring_count == q->ring_capacity) {
        Retired *grown = mem_alloc(2 * q->ring_capacity * sizeof *grown);
        for (size_t i = 0; i < q->ring_count; i++)
            grown[i] = q->ring[(q->ring_first + i) % q->ring_capacity];
        mem_free(q->ring);
        q->ring = grown;
        q->ring_first = 0;
        q->ring_capacity *= 2;
    }
    ASSERT(q->ring_count < q->ring_capacity);
    // pairs with the loads of epoch: the unlinking before this call is seen by who sees the new
    // epoch
    uint64_t epoch = atomic_fetch_add_explicit(&q->epoch, 1, memory_order_seq_cst) + 1;
    q->ring[(q->ring_first + q->ring_count) % q->ring_capacity] =
        (Retired){free_function, ptr, epoch};
    q->ring_count++;
    atomic_store_explicit(&q->waiting, q->ring_count, memory_order_relaxed);
    mutex_unlock(&q->lock);
}
