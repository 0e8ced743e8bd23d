// SPDX-License-Identifier: Apache-2.0
//
// multi_scheduling.c - blocks of multi-scheduling, counted and taken back. What they do to
// schedulers: SCHED-5 and run_alone_if_blocked in proc/scheduler.c.
//
// BLOCK-1: set->blocked is the number of blocks in the list and of SchedulingStops,
// set->blocked_all that of those which are not `normal`. BLOCK-2: a process goes on after its block
// only when every thread has passed a quiet point since, so that turns which
//          began before have ended.
// Threads: any; the list is under SystemState's lock.
#include "bif/multi_scheduling.h"

#include "base/alloc.h"
#include "bif/bif.h"
#include "bif/system_state.h"
#include "proc/quiesce.h"
#include "proc/scheduler.h"
#include "vm/vm.h"

typedef struct SchedulingBlock SchedulingBlock;
struct SchedulingBlock {
    SchedulingBlock *next;
    Term pid;
    bool normal;
    uint64_t awaited; // number of the block while its maker waits (BLOCK-2); 0 afterwards
};

static void count_block(SchedulerSet *set, bool normal, uint32_t by) {
    ASSERT(by == 1 || atomic_load_explicit(&set->blocked, memory_order_relaxed) > 0); // BLOCK-1
    atomic_fetch_add_explicit(&set->blocked, by, memory_order_seq_cst);
    if (!normal) atomic_fetch_add_explicit(&set->blocked_all, by, memory_order_seq_cst);
}

/** Takes back pid's blocks: the latest one of this kind, or all of any kind. Under the lock. */
static bool remove_blocks(VM *vm, Term pid, bool normal, bool all) {
    SchedulingBlock **found = NULL;
    for (SchedulingBlock **at = &vm->system->scheduling_blocks; *at != NULL;) {
        if ((*at)->pid != pid || (!all && (*at)->normal != normal)) {
            at = &(*at)->next;
            continue;
        }
        found = at;
        if (!all) {
            at = &(*at)->next;
            continue;
        }
        SchedulingBlock *b = *at;
        *at = b->next;
        count_block(vm->schedulers, b->normal, (uint32_t)-1);
        mem_free(b);
    }
    if (all || found == NULL) return found != NULL;
    SchedulingBlock *b = *found;
    ASSERT(b->pid == pid && b->normal == normal);
    *found = b->next;
    count_block(vm->schedulers, normal, (uint32_t)-1);
    mem_free(b);
    return true;
}

static void process_ended(Process *p) {
    VM *vm = p->vm;
    // A process that never blocked has no entry; and who reads 0 here has none.
    if (atomic_load_explicit(&vm->schedulers->blocked, memory_order_relaxed) == 0) return;
    mutex_lock(&vm->system->lock);
    bool removed = remove_blocks(vm, p->pid, false, true);
    mutex_unlock(&vm->system->lock);
    if (removed) scheduler_wake_all(vm);
}

void multi_scheduling_init(VM *vm) {
    ASSERT(vm->process_ended_count < VM_PROCESS_ENDED_MAX);
    vm->process_ended[vm->process_ended_count++] = process_ended;
}

void multi_scheduling_free(VM *vm) {
    for (SchedulingBlock *b = vm->system->scheduling_blocks, *next; b != NULL; b = next) {
        next = b->next;
        mem_free(b);
    }
    vm->system->scheduling_blocks = NULL;
}

Term multi_scheduling_state(VM *vm) {
    const SchedulerSet *set = vm->schedulers;
    if (atomic_load_explicit(&set->blocked_all, memory_order_relaxed) > 0) return am_blocked;
    return atomic_load_explicit(&set->blocked, memory_order_relaxed) > 0 ? am_blocked_normal
                                                                         : am_enabled;
}

// ---- blocking
// ----------------------------------------------------------------------------------------

typedef struct SeenRequest {
    VM *vm;
    uint64_t number;
} SeenRequest;

/** Every thread has passed a quiet point since block `number` was counted. */
static void note_seen(void *request) {
    SeenRequest *r = request;
    ASSERT(r->number > 0);
    uint64_t seen = atomic_load_explicit(&r->vm->scheduling_blocks_seen, memory_order_relaxed);
    // release: what the other threads' last turns wrote is seen by the process that goes on
    while (seen < r->number &&
           !atomic_compare_exchange_weak_explicit(&r->vm->scheduling_blocks_seen, &seen, r->number,
                                                  memory_order_release, memory_order_relaxed))
        ;
    mem_free(r);
}

static SchedulingBlock *awaited_block(SystemState *s, Term pid) {
    ASSERT(term_is_local_pid(pid));
    SchedulingBlock *b = s->scheduling_blocks;
    while (b != NULL && (b->pid != pid || b->awaited == 0)) b = b->next;
    return b;
}

/** The block that p waits for, made now unless p came back to ask again. Under the lock. */
static SchedulingBlock *block(Process *p, bool normal) {
    SystemState *s = p->vm->system;
    SchedulingBlock *b = awaited_block(s, p->pid);
    if (b != NULL) return b;
    b = mem_zalloc(sizeof *b);
    *b = (SchedulingBlock){.pid = p->pid, .normal = normal, .awaited = ++s->scheduling_blocks_made};
    SchedulingBlock **last = &s->scheduling_blocks;
    while (*last != NULL) last = &(*last)->next;
    *last = b;
    ASSERT(b->awaited > 0);
    count_block(p->vm->schedulers, normal, 1);
    SeenRequest *request = mem_alloc(sizeof *request);
    *request = (SeenRequest){p->vm, b->awaited};
    quiesce_retire(p->vm->quiesce, note_seen, request);
    return b;
}

/** True when nobody else runs any more; else the block stands and p must come back to ask again. */
static bool block_is_reached(Process *p, bool normal) {
    SystemState *s = p->vm->system;
    mutex_lock(&s->lock);
    SchedulingBlock *b = block(p, normal);
    // acquire: pairs with the release in note_seen
    bool is_seen =
        atomic_load_explicit(&p->vm->scheduling_blocks_seen, memory_order_acquire) >= b->awaited;
    ASSERT(p->scheduler != NULL);
    bool runs_alone = p->scheduler->kind == SCHEDULER_NORMAL && p->scheduler->index == 0;
    if (is_seen && runs_alone) b->awaited = 0; // BLOCK-2
    bool done = b->awaited == 0;
    mutex_unlock(&s->lock);
    if (!done) scheduler_wake_all(p->vm);
    return done;
}

static Term block_and_wait(Process *p, Term value) {
    ASSERT(value == am_block || value == am_block_normal);
    if (block_is_reached(p, value == am_block_normal)) return multi_scheduling_state(p->vm);
    return bif_yield(p, am_erlang, am_system_flag, 2, (Term[]){am_multi_scheduling, value});
}

bool multi_scheduling_take(Process *p) { return block_is_reached(p, false); }

static Term unblock(Process *p, bool normal) {
    SystemState *s = p->vm->system;
    mutex_lock(&s->lock);
    bool removed = remove_blocks(p->vm, p->pid, normal, false);
    mutex_unlock(&s->lock);
    if (removed) scheduler_wake_all(p->vm);
    return multi_scheduling_state(p->vm);
}

void multi_scheduling_give(Process *p) { unblock(p, false); }

Term multi_scheduling_flag(Process *p, Term value) {
    switch (value) {
    case am_block:
    case am_block_normal: return block_and_wait(p, value);
    case am_unblock:
    case am_unblock_normal: return unblock(p, value == am_unblock_normal);
    default: return bif_badarg(p);
    }
}

Term multi_scheduling_blockers(Process *p, bool normal) {
    SystemState *s = p->vm->system;
    if (p->vm->schedulers->count == 1) return TERM_NIL; // there is nobody to keep from running
    Term list = TERM_NIL;
    mutex_lock(&s->lock);
    for (const SchedulingBlock *b = s->scheduling_blocks; b != NULL; b = b->next) {
        if (b->normal != normal) continue;
        const SchedulingBlock *first = s->scheduling_blocks;
        while (first->pid != b->pid || first->normal != normal) first = first->next;
        if (first == b) list = heap_cons(&p->heap, b->pid, list);
    }
    mutex_unlock(&s->lock);
    return list;
}

// ---- stopped by a thread
// -----------------------------------------------------------------------------

struct SchedulingStop {
    _Atomic bool is_seen;  // release when set: the other threads' last turns are seen
    _Atomic uint32_t refs; // of who stopped, and of note_stop_seen
};

static void release_stop(SchedulingStop *stop) {
    // Acquire and release: the last one out sees all that the other did.
    if (atomic_fetch_sub_explicit(&stop->refs, 1, memory_order_acq_rel) == 1) mem_free(stop);
}

static void note_stop_seen(void *argument) {
    SchedulingStop *stop = argument;
    atomic_store_explicit(&stop->is_seen, true, memory_order_release);
    release_stop(stop);
}

SchedulingStop *multi_scheduling_stop(VM *vm) {
    SchedulerSet *set = vm->schedulers;
    // Who holds the lock of turns is the one who runs: the lock first, then all must take it.
    if (!mutex_try_lock(&set->turn_lock)) return NULL;
    SchedulingStop *stop = mem_zalloc(sizeof *stop);
    atomic_init(&stop->refs, 2);
    count_block(set, false, 1);
    quiesce_retire(vm->quiesce, note_stop_seen, stop); // BLOCK-2
    return stop;
}

bool multi_scheduling_has_stopped(const SchedulingStop *stop) {
    ASSERT(stop != NULL);
    // acquire: pairs with the release in note_stop_seen
    return atomic_load_explicit(&stop->is_seen, memory_order_acquire);
}

void multi_scheduling_go_on(VM *vm, SchedulingStop *stop) {
    ASSERT(stop != NULL);
    count_block(vm->schedulers, false, (uint32_t)-1);
    mutex_unlock(&vm->schedulers->turn_lock);
    scheduler_wake_all(vm);
    release_stop(stop);
}
