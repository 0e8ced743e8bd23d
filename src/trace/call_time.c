// SPDX-License-Identifier: Apache-2.0
//
// call_time.c - call_time: how often and how long each process ran in a function, its callees that
// are not measured themselves included.
//
// A site names a measured function for as long as its breakpoint may be asked for: the address of
// its first word, or that of its Export with SITE_EXPORT. A process keeps the site that it is in
// and since when; the frame under a measured call keeps the site before.
//
// TIME-A: a site is only a name: what stands there now is looked up each time, so a breakpoint may
//         go while processes are inside.
#include "base/alloc.h"
#include "base/spinlock.h"
#include "proc/time.h"
#include "trace/breakpoint.h"

#define SITE_EXPORT 1u

typedef struct Account {
    Term pid; // TERM_NONE: free
    uint64_t count;
    int64_t spent; // ns or words
} Account;

struct CallTime {
    _Atomic uint32_t refs;
    Spinlock lock;           // guards the rest
    uint32_t used, capacity; // a power of two
    Account *accounts;       // open addressing by pid
};

CallTime *call_time_new(void) {
    CallTime *t = mem_zalloc(sizeof *t);
    atomic_init(&t->refs, 1);
    t->capacity = 8;
    t->accounts = mem_zalloc(t->capacity * sizeof *t->accounts);
    return t;
}

CallTime *call_time_hold(CallTime *t) {
    if (t != NULL) atomic_fetch_add_explicit(&t->refs, 1, memory_order_relaxed);
    return t;
}

void call_time_drop(CallTime *t) {
    // acq_rel: whoever drops the last one sees what the others did with it
    if (t == NULL || atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel) != 1) return;
    mem_free(t->accounts);
    mem_free(t);
}

void call_time_reset(CallTime *t) {
    spinlock_take(&t->lock);
    memset(t->accounts, 0, t->capacity * sizeof *t->accounts);
    t->used = 0;
    spinlock_give(&t->lock);
}

static Account *slot_of(Account *accounts, uint32_t capacity, Term pid) {
    ASSERT((capacity & (capacity - 1)) == 0);
    uint64_t h = (pid >> IMM_SHIFT) * 0x9e3779b97f4a7c15u >> 32;
    while (accounts[h & (capacity - 1)].pid != TERM_NONE && accounts[h & (capacity - 1)].pid != pid)
        h++;
    return &accounts[h & (capacity - 1)];
}

static void grow(CallTime *t) {
    ASSERT(t->used < t->capacity);
    uint32_t capacity = t->capacity * 2;
    Account *accounts = mem_zalloc(capacity * sizeof *accounts);
    for (uint32_t i = 0; i < t->capacity; i++)
        if (t->accounts[i].pid != TERM_NONE)
            *slot_of(accounts, capacity, t->accounts[i].pid) = t->accounts[i];
    mem_free(t->accounts);
    t->accounts = accounts;
    t->capacity = capacity;
}

static void account_add(CallTime *t, Term pid, uint64_t count, int64_t spent) {
    ASSERT(term_is_local_pid(pid));
    spinlock_take(&t->lock);
    if (t->used * 4 >= t->capacity * 3) grow(t);
    Account *a = slot_of(t->accounts, t->capacity, pid);
    if (a->pid == TERM_NONE) {
        a->pid = pid;
        t->used++;
    }
    a->count += count;
    a->spent += spent;
    spinlock_give(&t->lock);
}

Term call_time_list(CallTime *t, Heap *h, bool as_words) {
    ASSERT(t != NULL);
    Term list = TERM_NIL;
    spinlock_take(&t->lock);
    for (uint32_t i = 0; i < t->capacity; i++) {
        const Account *a = &t->accounts[i];
        if (a->pid == TERM_NONE) continue;
        Term count = heap_unsigned(h, a->count);
        int64_t us = a->spent / 1000;
        Term item = as_words ? heap_tuple3(h, a->pid, count, heap_integer(h, a->spent))
                             : heap_tuple4(h, a->pid, count, term_from_small(us / 1000000),
                                           term_from_small(us % 1000000));
        list = heap_cons(h, item, list);
    }
    spinlock_give(&t->lock);
    return list;
}

/** TIME-A */
CallTime *call_time_of_site(VM *vm, uintptr_t site) {
    if (site == 0) return NULL;
    const BreakData *d = NULL;
    if ((site & SITE_EXPORT) != 0) {
        const ExportBreak *b = ((const Export *)(site & ~(uintptr_t)SITE_EXPORT))->breakpoint;
        if (b != NULL) d = atomic_load_explicit(&b->data, memory_order_acquire);
    } else {
        Breakpoint *b = breakpoint_find(vm, (const Word *)site);
        if (b != NULL) d = atomic_load_explicit(&b->data, memory_order_acquire);
    }
    return d == NULL ? NULL : d->time;
}

/** What p spent in its present site goes to that one's account. */
static void settle(Process *p, TraceExtra *own, int64_t now) {
    ASSERT(own != NULL);
    CallTime *t = call_time_of_site(p->vm, own->time_site);
    if (t != NULL) account_add(t, p->pid, 0, now - own->time_since_ns);
}

uintptr_t call_time_enter(Process *p, uintptr_t site, CallTime *t) {
    ASSERT(t != NULL && site != 0);
    TraceExtra *own = trace_extra(p);
    int64_t now = time_monotonic_ns(p->vm);
    settle(p, own, now);
    account_add(t, p->pid, 1, 0);
    uintptr_t before = own->time_site;
    own->time_site = site;
    own->time_since_ns = now;
    return before;
}

void call_time_leave(Process *p, uintptr_t before) {
    TraceExtra *own = trace_extra(p);
    int64_t now = time_monotonic_ns(p->vm);
    settle(p, own, now);
    own->time_site = before;
    own->time_since_ns = now;
}

void call_time_turn(Process *p, bool begins) {
    TraceExtra *own = p->trace_own;
    if (own == NULL || own->time_site == 0) return;
    int64_t now = time_monotonic_ns(p->vm);
    if (!begins) settle(p, own, now);
    own->time_since_ns = now;
}
