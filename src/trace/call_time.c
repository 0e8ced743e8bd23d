// SPDX-License-Identifier: Apache-2.0
//
// call_time.c - call_time and call_memory: how often and how long each process ran in a function,
// and how many words it took there, callees that are not measured themselves included.
//
// A site names a measured function for as long as its breakpoint may be asked for: the address of
// its first word, or that of its Export with SITE_EXPORT. For each session a process keeps the site
// that it is in and since when; the frame under a measured call keeps the site before.
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

// ---- what runs
// ---------------------------------------------------------------------------------------
static int64_t measure(const Process *p, bool is_memory) {
    return is_memory ? (int64_t)heap_allocated_words(&p->heap) : time_monotonic_ns(p->vm);
}

static RunningCost *cost_of(Process *p, uint64_t session, bool is_memory) {
    TraceExtra *own = trace_extra(p);
    for (uint32_t i = 0; i < own->costs_count; i++)
        if (own->costs[i].session == session && own->costs[i].is_memory == is_memory)
            return &own->costs[i];
    own->costs = mem_realloc(own->costs, (own->costs_count + 1) * sizeof *own->costs);
    RunningCost *cost = &own->costs[own->costs_count++];
    *cost = (RunningCost){.session = session, .is_memory = is_memory};
    return cost;
}

/** TIME-A: the account of what runs; NULL: it is measured no more. */
static CallTime *account_of(VM *vm, const RunningCost *cost) {
    const BreakData *d = NULL;
    if (cost->site == 0) return NULL;
    if ((cost->site & SITE_EXPORT) != 0) {
        const ExportBreak *b = ((const Export *)(cost->site & ~(uintptr_t)SITE_EXPORT))->breakpoint;
        if (b != NULL) d = atomic_load_explicit(&b->data, memory_order_acquire);
    } else {
        Breakpoint *b = breakpoint_find(vm, (const Word *)cost->site);
        if (b != NULL) d = atomic_load_explicit(&b->data, memory_order_acquire);
    }
    while (d != NULL && d->session->id != cost->session) d = d->next;
    return d == NULL ? NULL : cost->is_memory ? d->memory : d->time;
}

/** What p spent in its present site goes to that one's account. */
static void settle(Process *p, const RunningCost *cost, int64_t now) {
    ASSERT(cost != NULL);
    CallTime *t = account_of(p->vm, cost);
    if (t != NULL) account_add(t, p->pid, 0, now - cost->since);
}

uintptr_t call_time_enter(Process *p, uint64_t session, bool is_memory, uintptr_t site,
                          CallTime *t) {
    ASSERT(t != NULL && site != 0);
    RunningCost *cost = cost_of(p, session, is_memory);
    int64_t now = measure(p, is_memory);
    settle(p, cost, now);
    account_add(t, p->pid, 1, 0);
    uintptr_t before = cost->site;
    cost->site = site;
    cost->since = now;
    return before;
}

void call_time_leave(Process *p, uint64_t session, bool is_memory, uintptr_t before) {
    RunningCost *cost = cost_of(p, session, is_memory);
    int64_t now = measure(p, is_memory);
    settle(p, cost, now);
    cost->site = before;
    cost->since = now;
}

static void pause(Process *p, bool is_memory, bool begins) {
    TraceExtra *own = p->trace_own;
    for (uint32_t i = 0; own != NULL && i < own->costs_count; i++) {
        RunningCost *cost = &own->costs[i];
        if (cost->site == 0 || cost->is_memory != is_memory) continue;
        int64_t now = measure(p, is_memory);
        if (!begins) settle(p, cost, now);
        cost->since = now;
    }
}

void call_time_turn(Process *p, bool begins) { pause(p, false, begins); }

void call_memory_collects(Process *p, bool collected) { pause(p, true, collected); }
