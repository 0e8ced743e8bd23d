// SPDX-License-Identifier: Apache-2.0
//
// ref_timer.c - see ref_timer.h for RTIMER-1 to RTIMER-3.
//
//   shards[hash of the reference]  lock, chained buckets: all timers
//   owner_locks[pid]               guard the receivers' lists (Process.timers)
//
// An owner's lock is held with no other; a shard's only with that of a wheel in it.
#include "proc/ref_timer.h"

#include "base/spinlock.h"
#include "proc/long_call.h"
#include "proc/registry.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/time.h"
#include "term/ref.h"
#include "vm/vm.h"

#define TIMER_SHARDS 16
#define OWNER_LOCKS 64
#define SHARD_BUCKETS_FIRST 64

struct RefTimer {
    Timer timer;
    RefTimer *chain;                        // guarded by its shard
    RefTimer *owner_next, **owner_previous; // guarded by its owner's lock; previous NULL: in none
    VM *vm;
    uint64_t ref[2];
    Term receiver;
    Term message;
    HeapFragment *fragments; // hold message, or NULL
    int64_t at_ns;
};

typedef struct Shard {
    Mutex lock;
    RefTimer **buckets;
    size_t mask, count;
} Shard;

struct RefTimers {
    Shard shards[TIMER_SHARDS];
    Spinlock owner_locks[OWNER_LOCKS];
};

RefTimers *ref_timers_create(void) {
    RefTimers *t = mem_zalloc(sizeof *t);
    for (int i = 0; i < TIMER_SHARDS; i++) {
        Shard *s = &t->shards[i];
        mutex_init(&s->lock);
        s->mask = SHARD_BUCKETS_FIRST - 1;
        s->buckets = mem_zalloc(SHARD_BUCKETS_FIRST * sizeof(RefTimer *));
    }
    return t;
}

void ref_timers_destroy(RefTimers *t) {
    for (int i = 0; i < TIMER_SHARDS; i++) {
        Shard *s = &t->shards[i];
        for (size_t b = 0; b <= s->mask; b++) {
            for (RefTimer *r = s->buckets[b], *next; r != NULL; r = next) {
                next = r->chain;
                timer_release(&r->timer);
            }
        }
        mutex_free(&s->lock);
        mem_free(s->buckets);
    }
    mem_free(t);
}

size_t ref_timers_bytes(RefTimers *t) {
    size_t count = 0;
    for (int i = 0; i < TIMER_SHARDS; i++) {
        mutex_lock(&t->shards[i].lock);
        count += t->shards[i].count;
        mutex_unlock(&t->shards[i].lock);
    }
    return count * sizeof(RefTimer);
}

void ref_timers_each(RefTimers *t, void (*visit)(void *context, Term receiver, Term message),
                     void *context) {
    for (int i = 0; i < TIMER_SHARDS; i++) {
        Shard *s = &t->shards[i];
        mutex_lock(&s->lock);
        for (size_t b = 0; b <= s->mask; b++)
            for (const RefTimer *r = s->buckets[b]; r != NULL; r = r->chain) {
                ASSERT(r->receiver != TERM_NONE);
                visit(context, r->receiver, r->message);
            }
        mutex_unlock(&s->lock);
    }
}

// ---- by reference
// ---------------------------------------------------------------------------------------

static Shard *shard_of(VM *vm, uint64_t word) {
    return &vm->ref_timers->shards[(word ^ word >> 4) % TIMER_SHARDS];
}

static size_t bucket_of(const Shard *s, uint64_t word) {
    return (size_t)((word * 0x9e3779b97f4a7c15u) >> 20) & s->mask;
}

static void shard_grow(Shard *s) {
    ASSERT((s->mask & (s->mask + 1)) == 0);
    RefTimer **old = s->buckets;
    size_t count = s->mask + 1;
    s->mask = count * 2 - 1;
    s->buckets = mem_zalloc(count * 2 * sizeof(RefTimer *));
    for (size_t i = 0; i < count; i++) {
        for (RefTimer *r = old[i], *next; r != NULL; r = next) {
            next = r->chain;
            size_t b = bucket_of(s, r->ref[0]);
            r->chain = s->buckets[b];
            s->buckets[b] = r;
        }
    }
    mem_free(old);
}

/** Into the table and the wheel at once: who finds it there finds it running. */
static void table_start(VM *vm, const Process *p, RefTimer *r) {
    ASSERT(r->chain == NULL && r->vm == vm);
    Shard *s = shard_of(vm, r->ref[0]);
    mutex_lock(&s->lock);
    if (s->count > s->mask) shard_grow(s);
    size_t b = bucket_of(s, r->ref[0]);
    r->chain = s->buckets[b];
    s->buckets[b] = r;
    s->count++;
    time_start_on_wheel(p, &r->timer, time_tick_of(r->at_ns));
    mutex_unlock(&s->lock);
}

/** RTIMER-1: out of the table if it is there (any timer of these words, or just `which`). *at_ns:
 * when it goes off. */
static RefTimer *table_take(VM *vm, const uint64_t ref[2], bool remove, int64_t *at_ns) {
    Shard *s = shard_of(vm, ref[0]);
    mutex_lock(&s->lock);
    RefTimer **at = &s->buckets[bucket_of(s, ref[0])];
    while (*at != NULL && ((*at)->ref[0] != ref[0] || (*at)->ref[1] != ref[1])) at = &(*at)->chain;
    RefTimer *r = *at;
    if (r != NULL) *at_ns = r->at_ns;
    if (r != NULL && remove) {
        *at = r->chain;
        ASSERT(s->count > 0);
        s->count--;
    }
    mutex_unlock(&s->lock);
    return r;
}

// ---- by receiver
// ----------------------------------------------------------------------------------------

static Spinlock *lock_of(VM *vm, Term pid) {
    ASSERT(term_is_local_pid(pid));
    return &vm->ref_timers->owner_locks[term_pid_data(pid) % OWNER_LOCKS];
}

static void owner_add(Process *p, RefTimer *r) {
    ASSERT(r->owner_previous == NULL && r->receiver == p->pid); // RTIMER-2
    Spinlock *lock = lock_of(r->vm, r->receiver);
    spinlock_take(lock);
    r->owner_next = p->timers;
    r->owner_previous = &p->timers;
    if (p->timers != NULL) p->timers->owner_previous = &r->owner_next;
    p->timers = r;
    spinlock_give(lock);
    // pairs with ref_timers_cancel_of: either it sees this, or the caller that p is gone
    atomic_store_explicit(&p->has_timers, true, memory_order_seq_cst);
}

/** The owner's lock is held. */
static void owner_unlink(RefTimer *r) {
    if (r->owner_previous == NULL) return;
    *r->owner_previous = r->owner_next;
    if (r->owner_next != NULL) r->owner_next->owner_previous = r->owner_previous;
    r->owner_previous = NULL;
}

static void owner_remove(RefTimer *r) {
    if (!term_is_local_pid(r->receiver)) return;
    Spinlock *lock = lock_of(r->vm, r->receiver);
    spinlock_take(lock);
    owner_unlink(r);
    spinlock_give(lock);
}

/** Takes one of p's timers out of its list; only its name is told, for it may go off meanwhile. */
static bool owner_take(Process *p, uint64_t ref[2]) {
    Spinlock *lock = lock_of(p->vm, p->pid);
    spinlock_take(lock);
    RefTimer *r = p->timers;
    if (r != NULL) {
        memcpy(ref, r->ref, sizeof r->ref);
        owner_unlink(r);
    }
    spinlock_give(lock);
    return r != NULL;
}

// ---- their lives
// ----------------------------------------------------------------------------------------

static void ref_timer_fire(void *context, Timer *t) {
    RefTimer *r = CONTAINER_OF(t, RefTimer, timer);
    int64_t at;
    if (table_take(r->vm, r->ref, true, &at) == NULL) return; // cancelled at the last moment
    ASSERT(at == r->at_ns);
    owner_remove(r);
    Term to = term_is_atom(r->receiver) ? registry_find(r->vm, r->receiver) : r->receiver;
    HeapFragment *fragments = r->fragments;
    r->fragments = NULL;
    if (to == TERM_NONE)
        fragment_destroy(fragments);
    else
        signal_send_built(r->vm, NULL, to, r->message, fragments);
    timer_release(t);
}

/** blocks: the calling thread's, or NULL. */
static void timer_free(BlockCache *blocks, RefTimer *r) {
    HeapFragment *f = r->fragments;
    if (f != NULL) {
        ASSERT(f->next == NULL); // message_build's
        off_heap_release(&f->off_heap);
        fragment_free(blocks, f);
    }
    block_free(blocks, r, sizeof *r);
}

static void ref_timer_free(Timer *t) { timer_free(NULL, CONTAINER_OF(t, RefTimer, timer)); }

/** False: it has gone off, or is about to. *at: when it would have. */
static bool cancel_words(VM *vm, BlockCache *blocks, const uint64_t ref[2], int64_t *at) {
    RefTimer *r = table_take(vm, ref, true, at);
    if (r == NULL) return false;
    owner_remove(r);
    timer_cancel(&r->timer);
    if (timer_drop(&r->timer)) timer_free(blocks, r);
    return true;
}

void ref_timers_cancel_of(Process *p) {
    if (!atomic_load_explicit(&p->has_timers, memory_order_seq_cst)) return;
    ASSERT(p->end_told); // RTIMER-2: nobody finds it any more
    uint64_t ref[2];
    int64_t at;
    while (owner_take(p, ref)) {
        cancel_words(p->vm, NULL, ref, &at);
        budget_spend(long_call_budget_of_end(p), 16);
    }
}

/** What r sends: message, or {timeout, Ref, message}, in one fragment if it needs any. */
static void message_build(BlockCache *blocks, RefTimer *r, Term message, bool in_tuple) {
    const LiteralRange *none = &literal_range_none;
    size_t copied = copy_size_words(message, none);
    size_t words = copied + (in_tuple ? 1 + 3 + REF_WORDS : 0);
    r->message = message;
    if (words == 0) return;
    HeapFragment *f = fragment_new(blocks, words);
    Term *hp = f->mem;
    r->fragments = f;
    f->used_words = (uint32_t)words;
    r->message = copy_term_sized(message, copied, none, &hp, &f->off_heap);
    if (in_tuple) {
        Term ref = ref_write(&hp, (uint64_t[3]){r->ref[0], r->ref[1], 0});
        hp[0] = header_tuple(3);
        hp[1] = am_timeout;
        hp[2] = ref;
        hp[3] = r->message;
        r->message = term_from_box(hp);
        hp += 4;
    }
    ASSERT(hp == f->mem + words); // COPY-1
}

Term ref_timer_start(Process *p, int64_t at_ns, Term receiver, Term message, TimerStyle style) {
    ASSERT(term_is_local_pid(receiver) || term_is_atom(receiver));
    VM *vm = p->vm;
    bool is_own = receiver == p->pid && p->beside == NULL; // then p cannot end meanwhile
    Process *owner = is_own ? p : term_is_local_pid(receiver) ? process_find(vm, receiver) : NULL;
    // Nobody would get the message: there is no timer to read or to cancel.
    if (owner == NULL && term_is_local_pid(receiver))
        return reference_make(vm, &p->heap, TERM_NONE);
    RefTimer *r = block_alloc(p->heap.blocks, sizeof *r);
    *r = (RefTimer){.timer.fire = ref_timer_fire,
                    .timer.free_function = ref_timer_free,
                    .vm = vm,
                    .receiver = receiver,
                    .at_ns = at_ns};
    uint64_t words[3];
    reference_make_words(vm, words, TERM_NONE);
    memcpy(r->ref, words, sizeof r->ref);
    message_build(p->heap.blocks, r, message, style == TIMER_START_TIMER);
    Term *hp = heap_alloc(&p->heap, REF_WORDS);
    Term ref = ref_write(&hp, words);
    if (owner != NULL) owner_add(owner, r);
    table_start(vm, p, r); // it may go off, and be freed, from here on
    if (owner != NULL && !is_own && process_find(vm, receiver) == NULL)
        cancel_words(vm, p->heap.blocks, words, &at_ns); // RTIMER-2
    return ref;
}

int64_t ref_timer_read(Process *p, Term ref, bool cancel) {
    if (!term_is_local_ref(ref)) return -1;
    VM *vm = p->vm;
    int64_t at = -1;
    bool found = cancel ? cancel_words(vm, p->heap.blocks, ref_words(ref), &at)
                        : table_take(vm, ref_words(ref), false, &at) != NULL;
    if (!found) return -1;
    int64_t left = at - time_monotonic_ns(vm);
    return left <= 0 ? 0 : (left + TIME_TICK_NS - 1) / TIME_TICK_NS;
}

// ---- a test
// ---------------------------------------------------------------------------------------------

typedef struct NestedTimer {
    Timer timer;
    VM *vm;
    Term pid, tag;
    int more; // timers to start from this one
} NestedTimer;

static void nested_free(Timer *t) { mem_free(CONTAINER_OF(t, NestedTimer, timer)); }

static void nested_start(TimerWheel *w, VM *vm, Term pid, Term tag, uint64_t tick, int more);

static void nested_fire(void *context, Timer *t) {
    NestedTimer *n = CONTAINER_OF(t, NestedTimer, timer);
    if (n->more == 0)
        signal_send_message(n->vm, NULL, n->pid, n->tag);
    else
        nested_start(t->wheel, n->vm, n->pid, n->tag, 0, n->more - 1);
}

static void nested_start(TimerWheel *w, VM *vm, Term pid, Term tag, uint64_t tick, int more) {
    ASSERT(term_is_atom(tag));
    NestedTimer *n = mem_zalloc(sizeof *n);
    *n = (NestedTimer){.timer.fire = nested_fire,
                       .timer.free_function = nested_free,
                       .vm = vm,
                       .pid = pid,
                       .tag = tag,
                       .more = more};
    timer_start(w, &n->timer, tick);
    timer_release(&n->timer); // nobody but the wheel holds it
}

void ref_timer_test_nested(Process *p, uint64_t ms, Term tag) {
    Scheduler *s = scheduler_here(p);
    ASSERT(s != NULL);
    nested_start(&s->wheel, p->vm, p->pid, tag, time_tick_now(p->vm) + ms, 2);
}
