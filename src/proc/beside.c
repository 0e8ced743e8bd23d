// SPDX-License-Identifier: Apache-2.0
//
// beside.c - see beside.h for BESIDE-1 to BESIDE-4.
#include "proc/beside.h"

#include "proc/long_call.h"
#include "proc/scheduler_threads.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "vm/vm.h"

#define LEAVE_POLL_NS 20000

struct Beside {
    Process *p;
    Beside *next, **previous; // in the set's queue while queued
    bool queued;              // waits for a handler
    bool handling;            // a thread handles p's signals
    bool again;               // more came while it did
    bool ended;               // BESIDE-3
    HeapFragment *fragments;  // BESIDE-2; the handler's while handling
};

struct BesideHeld {
    BesideHeld *next;
    void (*free_function)(void *);
    void *p;
};

static void set_state(Process *p, uint32_t state) {
    atomic_store_explicit(&p->state, state, memory_order_seq_cst); // SIG-2
}

// ---- the dirty side
// -------------------------------------------------------------------------------------

void beside_begin(Process *p) {
    SchedulerSet *set = p->vm->schedulers;
    ASSERT(p->beside == NULL && p->long_call == NULL);
    Beside *b = mem_zalloc(sizeof *b);
    b->p = p;
    mutex_lock(&set->beside_lock);
    p->beside = b;
    set_state(p, PROCESS_QUEUED | PROCESS_DIRTY);
    mutex_unlock(&set->beside_lock);
    // who sent before that may have taken it for running
    if (atomic_load_explicit(&p->signals_outer, memory_order_seq_cst) != NULL)
        beside_wake(p->vm, p);
}

bool beside_start(Process *p) {
    SchedulerSet *set = p->vm->schedulers;
    mutex_lock(&set->beside_lock);
    bool ended = p->beside->ended;
    if (!ended) set_state(p, PROCESS_RUNNING | PROCESS_DIRTY);
    mutex_unlock(&set->beside_lock);
    return !ended || beside_leave(p);
}

static void unqueue(SchedulerSet *set, Beside *b) {
    ASSERT(b->queued);
    *b->previous = b->next;
    if (b->next != NULL)
        b->next->previous = b->previous;
    else
        set->beside_last = b->previous;
    b->queued = false;
    atomic_fetch_sub_explicit(&set->beside_count, 1, memory_order_relaxed);
}

/** One less of those that have ended and whose built-in runs. */
static void release_held(VM *vm) {
    SchedulerSet *set = vm->schedulers;
    mutex_lock(&set->beside_lock);
    ASSERT(set->beside_ended > 0);
    BesideHeld *all = --set->beside_ended == 0 ? set->beside_held : NULL;
    if (all != NULL) set->beside_held = NULL;
    mutex_unlock(&set->beside_lock);
    for (BesideHeld *next; all != NULL; all = next) {
        next = all->next;
        quiesce_retire(vm->quiesce, all->free_function, all->p);
        mem_free(all);
    }
}

bool beside_hold(VM *vm, void (*free_function)(void *), void *p) {
    SchedulerSet *set = vm->schedulers;
    ASSERT(free_function != NULL);
    mutex_lock(&set->beside_lock);
    bool waits = set->beside_ended > 0;
    if (waits) {
        BesideHeld *held = mem_alloc(sizeof *held);
        *held = (BesideHeld){set->beside_held, free_function, p};
        set->beside_held = held;
    }
    mutex_unlock(&set->beside_lock);
    return waits;
}

void beside_retire(VM *vm, void (*free_function)(void *), void *p) {
    if (!beside_hold(vm, free_function, p)) quiesce_retire(vm->quiesce, free_function, p);
}

bool beside_leave(Process *p) {
    SchedulerSet *set = p->vm->schedulers;
    Beside *b = p->beside;
    mutex_lock(&set->beside_lock);
    while (b->handling) { // BESIDE-4
        mutex_unlock(&set->beside_lock);
        thread_sleep_ns(LEAVE_POLL_NS);
        mutex_lock(&set->beside_lock);
    }
    if (b->queued) unqueue(set, b); // p will look at its signals itself
    p->beside = NULL;
    set_state(p, PROCESS_RUNNING);
    mutex_unlock(&set->beside_lock);
    bool ended = b->ended;
    if (ended) release_held(p->vm);
    heap_adopt_fragments(&p->heap, b->fragments);
    mem_free(b);
    long_call_take_deferred(p); // BESIDE-2
    ASSERT(ended == (p->exiting != 0));
    return !ended;
}

bool beside_has_ended(const Process *p) {
    SchedulerSet *set = p->vm->schedulers;
    mutex_lock(&set->beside_lock);
    bool ended = p->beside != NULL && p->beside->ended;
    mutex_unlock(&set->beside_lock);
    return ended;
}

void beside_drop(Process *p) {
    if (p->beside != NULL) beside_leave(p);
}

// ---- the normal side
// ------------------------------------------------------------------------------------

bool beside_wake(VM *vm, Process *p) {
    SchedulerSet *set = vm->schedulers;
    mutex_lock(&set->beside_lock);
    Beside *b = p->beside;
    bool is_dirty = b != NULL, queues = is_dirty && !b->queued && !b->handling;
    if (queues) {
        b->next = NULL;
        b->previous = set->beside_last;
        *set->beside_last = b;
        set->beside_last = &b->next;
        b->queued = true;
        atomic_fetch_add_explicit(&set->beside_count, 1, memory_order_seq_cst); // SCHED-3
    } else if (is_dirty) {
        b->again = true;
    }
    mutex_unlock(&set->beside_lock);
    if (queues) scheduler_wake_any(set);
    return is_dirty;
}

/** All that came in so far. True: p has ended by it. */
static bool handle(Beside *b) {
    Process *p = b->p;
    if (p->exiting || signal_handle_all(p)) return false; // LIFE-4
    process_tell_end(p);
    return true;
}

bool beside_step(SchedulerSet *set) {
    if (atomic_load_explicit(&set->beside_count, memory_order_relaxed) == 0) return false;
    mutex_lock(&set->beside_lock);
    Beside *b = set->beside_first;
    if (b == NULL) {
        mutex_unlock(&set->beside_lock);
        return false;
    }
    unqueue(set, b);
    ASSERT(!b->handling); // BESIDE-1
    b->handling = true;
    do {
        b->again = false;
        mutex_unlock(&set->beside_lock);
        bool ends = handle(b);
        mutex_lock(&set->beside_lock);
        if (ends) {
            b->ended = true;
            set->beside_ended++;
        }
    } while (b->again);
    b->handling = false;
    mutex_unlock(&set->beside_lock);
    return true;
}

// ---- terms
// ----------------------------------------------------------------------------------------------

void beside_adopt(Process *p, HeapFragment *f) {
    if (LIKELY(p->beside == NULL)) {
        heap_adopt_fragments(&p->heap, f);
        return;
    }
    HeapFragment **last = &p->beside->fragments; // BESIDE-2
    while (*last != NULL) last = &(*last)->next;
    *last = f;
}

Term beside_copy(Process *p, Term t) {
    if (LIKELY(p->beside == NULL)) return heap_copy(&p->heap, t);
    Heap build;
    heap_init_detached(&build, &p->vm->literals);
    Term copy = heap_copy(&build, t);
    beside_adopt(p, heap_take_fragments(&build));
    heap_destroy(&build);
    return copy;
}
