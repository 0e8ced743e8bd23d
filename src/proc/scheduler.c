// SPDX-License-Identifier: Apache-2.0
//
// scheduler.c - one turn of a scheduler, and who wakes whom. Threads and their lives stand in
// scheduler_threads.c. SCHED-1 to SCHED-9 are in scheduler.h.
#include "proc/scheduler.h"

#include "proc/balance.h"
#include "proc/beside.h"
#include "proc/long_call.h"
#include "proc/remote.h"
#include "proc/scheduler_threads.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/thread_role.h"
#include "proc/time.h"
#include "vm/vm.h"

// ---- queues and wake-ups
// ----------------------------------------------------------------------------

/** A process that just became QUEUED into s's inbox; wakes a thread for it when that is worth it.
 */
static void enqueue(Scheduler *s, Process *p, bool owner_is_busy) {
    ASSERT(s->kind == SCHEDULER_NORMAL);                // dirty ones have one queue for all
    if (!scheduler_is_active(s)) s = s->set->normal[0]; // SCHED-5
    uint32_t count = runqueue_push(&s->inbox, p);
    if (scheduler_wake(s)) return;
    // The owner runs: it takes one process itself soon; more than one, or an owner busy elsewhere,
    // is work for another.
    if (count >= 2 || owner_is_busy) scheduler_wake_any(s->set);
}

/** May s's own thread keep what becomes runnable to itself (SCHED-6)? */
static bool keeps_queue(const Scheduler *s) {
    return scheduler_is_active(s) && !s->vm->config.deterministic;
}

/** A process that just became QUEUED, on the thread of s. */
static void enqueue_own(Scheduler *s, Process *p) {
    if (LIKELY(keeps_queue(s)))
        localqueue_push(&s->local, p);
    else
        enqueue(s, p, false);
}

/** The normal scheduler of vm whose thread calls this, or NULL. */
static Scheduler *scheduler_of_thread(const VM *vm) {
    const ThreadRole *role = thread_role_here();
    if (role == NULL || role->vm != vm || role->scheduler == NULL) return NULL;
    return role->scheduler->kind == SCHEDULER_NORMAL ? role->scheduler : NULL;
}

void scheduler_add(VM *vm, Process *p, Scheduler *here) {
    DEBUG_ASSERT(p->home != NULL);
    // SCHED-8: also what a timer, a port or a signal other than a message woke
    if (here == NULL) here = scheduler_of_thread(vm);
    DEBUG_ASSERT(here == NULL || here == scheduler_of_thread(vm) || vm->config.deterministic);
    if (here == NULL)
        enqueue(p->home, p, true);
    else
        enqueue_own(here, p);
}

void process_wake(VM *vm, Process *p, Scheduler *here, uint8_t raised) {
    DEBUG_ASSERT(raised <= PRIORITY_LOW - PRIORITY_MAX);
    uint32_t state = atomic_load_explicit(&p->state, memory_order_seq_cst);
    for (;;) {
        uint32_t next;
        switch (state & PROCESS_STATUS_MASK) {
        case PROCESS_WAITING: next = PROCESS_QUEUED; break;
        case PROCESS_RUNNING: next = state | PROCESS_WOKEN; break;
        default: next = state; break;
        }
        if (UNLIKELY((state & PROCESS_DIRTY) != 0)) { // BESIDE-1: no change of its state
            if (beside_wake(vm, p)) return;
            state = atomic_load_explicit(&p->state, memory_order_seq_cst);
            continue;
        }
        if (next == state) return;
        // acquire pairs with the release of become_waiting: p's fields are ours when it was WAITING
        if (atomic_compare_exchange_weak_explicit(&p->state, &state, next, memory_order_seq_cst,
                                                  memory_order_seq_cst))
            break;
    }
    if ((state & PROCESS_STATUS_MASK) == PROCESS_WAITING) {
        p->raised = raised;
        // not in a queue yet, so p is still the caller's
        if (tracing_watches(&vm->tracing, TRACING_PROFILE_PROCESSES))
            vm->tracing.hooks->profile_process(p, am_active);
        scheduler_add(vm, p, here); // SCHED-2
    } else if ((state & PROCESS_HOST) != 0) {
        parker_unpark(p->host_parker);
    }
}

/** RUNNING to QUEUED, at the end of s's queue. */
static void requeue(Scheduler *s, Process *p) {
    atomic_store_explicit(&p->state, PROCESS_QUEUED, memory_order_release);
    if (s->kind == SCHEDULER_NORMAL)
        enqueue_own(s, p);
    else
        enqueue(p->home, p, true);
}

/**
 * RUNNING to WAITING, unless something came in meanwhile (SIG-2). p is not ours afterwards, but
 * stays allocated (PROC-4). Who sent while p was on its way from QUEUED to RUNNING may have missed
 * that: so the last look at the signals comes after the change of state.
 */
static void become_waiting(Scheduler *s, Process *p) {
    DEBUG_ASSERT(p->x == NULL && p->scheduler == s);
    if (tracing_watches(&s->vm->tracing, TRACING_PROFILE_PROCESSES))
        s->vm->tracing.hooks->profile_process(p, am_inactive);
    uint32_t expected = PROCESS_RUNNING;
    if (atomic_compare_exchange_strong_explicit(&p->state, &expected, PROCESS_WAITING,
                                                memory_order_seq_cst, memory_order_seq_cst)) {
        if (atomic_load_explicit(&p->signals_outer, memory_order_seq_cst) != NULL)
            process_wake(s->vm, p, s->kind == SCHEDULER_NORMAL ? s : NULL, 0);
        return;
    }
    ASSERT(expected == (PROCESS_RUNNING | PROCESS_WOKEN));
    requeue(s, p);
}

static void hand_to_dirty(Scheduler *s, Process *p) {
    ASSERT(p->dirty_kind == DIRTY_CPU || p->dirty_kind == DIRTY_IO);
    p->heap.blocks = NULL;      // before another thread may look at it (proc/beside.h)
    if (long_call_is_paused(p)) // a short part of it (LONG-4): signals can wait
        atomic_store_explicit(&p->state, PROCESS_QUEUED, memory_order_seq_cst);
    else
        beside_begin(p);
    scheduler_submit_dirty(s, p, p->dirty_kind);
}

void scheduler_note_event(VM *vm, uint64_t what) {
    if (!vm->config.deterministic) return;
    uint64_t h = atomic_load_explicit(&vm->schedulers->event_signature, memory_order_relaxed);
    h = (h ^ what) * 0x9e3779b97f4a7c15u;
    atomic_store_explicit(&vm->schedulers->event_signature, h ^ h >> 31, memory_order_relaxed);
}

uint64_t scheduler_event_signature(VM *vm) {
    return atomic_load_explicit(&vm->schedulers->event_signature, memory_order_relaxed);
}

// How much work, in reductions, passes at most between two looks at the clock while turns are
// short, and between an offer and taking it back; every turn costs something, however short.
#define CLOCK_CREDIT 2000 // reductions
#define OFFER_CREDIT 20000
#define TURN_COST 100

// Each turn could be a quiet point, but what that reads is written by all schedulers.
#define TURNS_PER_QUIET_POINT 8

// ---- one turn
// ---------------------------------------------------------------------------------------

void scheduler_note_memory(Process *p) {
    const Heap *h = &p->heap;
    uint64_t words =
        (uint64_t)(h->end - h->start) + (uint64_t)(h->old_end - h->old_start) + h->fragment_words;
    uint64_t binary_words = h->off_heap.overhead_words + h->old_off_heap.overhead_words;
    atomic_store_explicit(&p->heap_bytes, words * sizeof(Term), memory_order_relaxed);
    atomic_store_explicit(&p->binary_bytes, binary_words * sizeof(Term), memory_order_relaxed);
}

#define FIRST_TURNS 16 // so many first turns back the mean looks

/** SCHED-10 */
static void note_first_turn(Scheduler *s, int64_t spent) {
    s->first_turn += (spent * FIRST_TURNS - s->first_turn) / FIRST_TURNS;
    ASSERT(s->first_turn >= 0);
}

static void account(Scheduler *s, Process *p) {
    int64_t spent = REDUCTIONS_PER_TURN - p->reductions_left;
    if (spent < 0) spent = 0;
    if (process_is_new(p)) note_first_turn(s, spent);
    p->reductions_done += (uint64_t)spent;
    s->clock_credit -= spent + TURN_COST;
    s->offer_credit -= spent + TURN_COST;
    s->balance_credit -= spent + TURN_COST;
    _Atomic uint64_t *work = &s->work[MIN(p->priority, RUNQ_LISTS - 1)];
    atomic_store_explicit(
        work, atomic_load_explicit(work, memory_order_relaxed) + (uint64_t)(spent + TURN_COST),
        memory_order_relaxed);
    p->reductions_left = 0;
    scheduler_note_memory(p);
    atomic_store_explicit(&s->reductions,
                          atomic_load_explicit(&s->reductions, memory_order_relaxed) +
                              (uint64_t)spent,
                          memory_order_relaxed);
}

static void note_switch(Scheduler *s) {
    atomic_store_explicit(&s->context_switches,
                          atomic_load_explicit(&s->context_switches, memory_order_relaxed) + 1,
                          memory_order_relaxed);
}

// What a process's end may spend in the turn in which its code ended, however little that had left.
#define END_REDUCTIONS 1000

/** p has an exit_reason. */
static void end_or_requeue(Scheduler *s, Process *p) {
    p->reductions_left = MAX(p->reductions_left, END_REDUCTIONS);
    // LONG-3: a dirty thread leaves it to a normal one, which can do it in slices
    if (s->kind != SCHEDULER_NORMAL || !process_exit(p)) requeue(s, p);
}

/** A turn of which somebody wants to hear how long it took. */
static ExecResult run_timed(Process *p) {
    VM *vm = p->vm;
    const Word *in = p->pc;
    int64_t begin = time_monotonic_ns(vm);
    ExecResult result = (ExecResult)vm->run_process(p, REDUCTIONS_PER_TURN);
    int64_t took = time_monotonic_ns(vm) - begin;
    uint64_t limit = atomic_load_explicit(&vm->tracing.long_schedule_ns, memory_order_relaxed);
    if (limit != 0 && (uint64_t)took >= limit) vm->tracing.hooks->long_schedule(p, in, took);
    return result;
}

/** p begins or ends a turn, as its tracer and the profiler see it. */
static ALWAYS_INLINE void trace_turn(Process *p, Term what) {
    if (UNLIKELY(process_traced(p, TRACE_ALL) != NULL)) p->vm->tracing.hooks->schedule(p, what);
}

/** Messages for another node wait for the end of the turn, so that one call writes many. */
static void flush(Scheduler *s) {
    struct DistNode *node = s->unflushed;
    DEBUG_ASSERT(s->kind == SCHEDULER_NORMAL);
    s->unflushed = NULL;
    s->vm->dist_hooks->flush(node);
}

/** The clock is read after some work only, not at every short turn. */
static bool fire_timers(Scheduler *s) {
    if (s->clock_credit > 0) return false;
    s->clock_credit = CLOCK_CREDIT;
    scheduler_pay_dirty(s->set, false);
    if (timer_wheel_next(&s->wheel) == UINT64_MAX) return false;
    MsaccState before = scheduler_enter_state(s, MSACC_AUX);
    bool fired = timer_wheel_advance(&s->wheel, time_tick_now(s->vm), s->vm) > 0;
    scheduler_enter_state(s, before);
    return fired;
}

/** SCHED-9, when the process that ran could go on and is not in a queue yet. */
static void let_others_in(Scheduler *s, bool turn_used_up) {
    if (s->kind != SCHEDULER_NORMAL || s->vm->config.deterministic) return;
    if (turn_used_up) {
        s->clock_credit = 0;
        fire_timers(s);
    }
    runqueue_drain(&s->inbox, &s->local);
}

/** Lets p's code run on this thread, and files p by how it stopped. */
static void run_code(Scheduler *s, Process *p) {
    VM *vm = s->vm;
    p->x = s->x;
    p->reductions_left = REDUCTIONS_PER_TURN;
    note_switch(s);
    ExecResult result = tracing_watches(&vm->tracing, TRACING_LONG_SCHEDULE)
                            ? run_timed(p)
                            : (ExecResult)vm->run_process(p, REDUCTIONS_PER_TURN);
    p->x = NULL;
    if (UNLIKELY(s->unflushed != NULL)) flush(s);
    bool turn_used_up = p->reductions_left <= 0;
    account(s, p);
    if (p->exit_reason == TERM_NONE) trace_turn(p, am_out);
    scheduler_note_event(vm, p->pid ^ (uint64_t)result << 56);
    scheduler_note_event(vm, p->reductions_done);
    if (p->exit_reason != TERM_NONE) {
        end_or_requeue(s, p);
        return;
    }
    switch (result) {
    case EXEC_YIELDED:
        let_others_in(s, turn_used_up);
        requeue(s, p);
        break;
    case EXEC_WAITING:
    case EXEC_SUSPENDED: become_waiting(s, p); break;
    case EXEC_DIRTY: hand_to_dirty(s, p); break;
    case EXEC_EXITED: UNREACHABLE(); // exit_reason says so
    }
}

static bool has_signals(const Process *p) {
    return p->signals_first != NULL ||
           atomic_load_explicit(&p->signals_outer, memory_order_relaxed) != NULL;
}

/** p was just taken out of a dirty queue. */
static void run_dirty(Scheduler *s, Process *p) {
    if (p->beside == NULL) // LONG-4
        atomic_store_explicit(&p->state, PROCESS_RUNNING, memory_order_release);
    else if (!beside_start(p)) {
        p->scheduler = s;
        requeue(s, p); // LONG-3: a normal scheduler frees what is left of it
        return;
    }
    p->scheduler = s;
    p->x = NULL;
    trace_turn(p, am_in);
    run_code(s, p);
}

/** p was just taken out of a queue. */
static void run_process(Scheduler *s, Process *p) {
    if (s->kind != SCHEDULER_NORMAL) {
        run_dirty(s, p);
        return;
    }
    DEBUG_ASSERT(atomic_load_explicit(&p->state, memory_order_relaxed) ==
                 PROCESS_QUEUED); // SCHED-1
    // No fence: see become_waiting.
    atomic_store_explicit(&p->state, PROCESS_RUNNING, memory_order_release);
    p->scheduler = s;
    p->x = NULL;
    p->heap.blocks = &s->blocks;
    p->home = s;
    p->reductions_left = REDUCTIONS_PER_TURN;
    if (p->exiting) { // LIFE-4
        end_or_requeue(s, p);
        return;
    }
    trace_turn(p, am_in);
    if (has_signals(p)) signal_handle_all(p);
    if ((p->heap.flags & HEAP_GC_WANTED) != 0 && p->exit_reason == TERM_NONE &&
        !long_call_is_paused(p)) // LONG-1
        process_collect(p, 0, 0);
    if (p->exit_reason != TERM_NONE)
        end_or_requeue(s, p);
    else if (p->suspend_count > 0 || p->receive_waiting) {
        scheduler_note_memory(p); // a request may have collected it
        trace_turn(p, am_out);
        become_waiting(s, p);
    } else if (p->dirty_kind != DIRTY_NONE) {
        trace_turn(p, am_out);
        hand_to_dirty(s, p);
    } else {
        run_code(s, p);
    }
}

// ---- picking
// ----------------------------------------------------------------------------------------

static uint64_t next_random(Scheduler *s) { // splitmix64
    uint64_t z = s->random += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static Process *steal(Scheduler *s) {
    SchedulerSet *set = s->set;
    for (uint32_t i = 1; i < set->count; i++) {
        Scheduler *victim = set->normal[(s->index + i) % set->count];
        runqueue_drain(&victim->offered, &s->local);
        Process *p = localqueue_pop(&s->local);
        if (p == NULL) p = runqueue_pop(&victim->inbox);
        if (p != NULL) return p;
    }
    return NULL;
}

/** SCHED-6: gives half of what waits here to somebody who sleeps and may run it. */
static void offer(Scheduler *s) {
    if (!scheduler_somebody_sleeps(s->set)) return;
    if (runqueue_count(&s->offered) == 0) {
        runqueue_fill(&s->offered, &s->local, (localqueue_count(&s->local) + 1) / 2);
        s->offer_credit = OFFER_CREDIT;
    }
    scheduler_wake_any(s->set);
}

#define FIRST_TURN_BRIEF 64 // reductions

/** SCHED-10: is there something to give away? p runs next. */
static bool is_worth_offering(const Scheduler *s, const Process *p) {
    if (localqueue_count(&s->local) == 0) return false;
    if (s->first_turn > FIRST_TURN_BRIEF * FIRST_TURNS) return true;
    return localqueue_known(&s->local) + !process_is_new(p) > 1;
}

static Process *pick(Scheduler *s) {
    runqueue_drain(&s->inbox, &s->local);
    if (s->offer_credit <= 0) runqueue_drain(&s->offered, &s->local);
    if (UNLIKELY(s->balance_credit <= 0)) balance_look(s);
    if (UNLIKELY(atomic_load_explicit(&s->wished, memory_order_relaxed) != 0)) balance_give(s);
    Process *p = localqueue_pop(&s->local);
    if (LIKELY(p != NULL)) {
        if (is_worth_offering(s, p)) offer(s);
        return p;
    }
    p = runqueue_pop(&s->offered);
    return p != NULL ? p : steal(s);
}

/** Deterministic VM with nothing to run: the clock jumps to the next timer. False when there is
 * none. */
static bool jump_clock(Scheduler *s) {
    ASSERT(s->vm->config.deterministic);
    uint64_t tick = timer_wheel_next(&s->wheel);
    if (tick == UINT64_MAX) return false;
    time_jump_to_tick(s->vm, tick);
    scheduler_note_event(s->vm, tick);
    timer_wheel_advance(&s->wheel, tick, s->vm);
    return true;
}

/** A deterministic VM has no dirty threads: their work is done in turn, by pseudo-schedulers of
 * this thread. */
static bool step_dirty(Scheduler *s) {
    for (int kind = DIRTY_CPU; kind <= DIRTY_IO; kind++) {
        Process *p = runqueue_pop(&s->set->dirty_queue[kind]);
        if (p == NULL) continue;
        run_process(s->set->dirty[kind][0], p);
        return true;
    }
    return false;
}

#define POLL_STEPS 64 // a deterministic VM that is busy looks at its descriptors every so often

static bool step_deterministic(Scheduler *s) {
    VM *vm = s->vm;
    if (vm->poll != NULL && s->steps % POLL_STEPS == 0) vm->poll(vm, 0);
    if (beside_step(s->set) || step_dirty(s)) return true;
    Process *p = runqueue_pop_random(&s->inbox, next_random(s));
    if (p == NULL) {
        // What is there already comes before time goes on; only when nothing else can happen is
        // input waited for.
        if (vm->poll != NULL && vm->poll(vm, 0) > 0) return true;
        if (jump_clock(s)) return true;
        return vm->poll != NULL && vm->poll(vm, -1) >= 0;
    }
    run_process(s, p);
    return true;
}

/** SCHED-5. */
static void hand_queue_over(Scheduler *s) {
    ASSERT(s->index != 0);
    runqueue_drain(&s->inbox, &s->local);
    runqueue_drain(&s->offered, &s->local);
    for (Process *p; (p = localqueue_pop(&s->local)) != NULL;) enqueue(s->set->normal[0], p, false);
}

/** Runs p; while multi-scheduling is blocked, no other thread runs a process meanwhile. */
static void run_alone_if_blocked(Scheduler *s, Process *p) {
    SchedulerSet *set = s->set;
    bool alone = atomic_load_explicit(&set->blocked_all, memory_order_seq_cst) > 0;
    if (alone && !mutex_try_lock(&set->turn_lock)) {
        scheduler_note_idle(s, true);
        quiesce_offline(s->vm->quiesce, s->quiesce);
        mutex_lock(&set->turn_lock);
        quiesce_online(s->vm->quiesce, s->quiesce);
        scheduler_note_idle(s, false);
    }
    scheduler_enter_state(s, MSACC_EMULATOR);
    run_process(s, p);
    scheduler_enter_state(s, MSACC_OTHER);
    if (alone) mutex_unlock(&set->turn_lock);
}

bool scheduler_step(Scheduler *s) {
    DEBUG_ASSERT(s->kind == SCHEDULER_NORMAL);
    if (s->steps++ % TURNS_PER_QUIET_POINT == 0) quiesce_quiet(s->vm->quiesce, s->quiesce);
    if (s->vm->config.deterministic) return step_deterministic(s);
    bool fired = fire_timers(s);
    if (!scheduler_is_active(s)) {
        s->clock_credit = 0;
        hand_queue_over(s);
        return fired;
    }
    bool handled = beside_step(s->set);
    Process *p = pick(s);
    if (p == NULL) {
        s->clock_credit = 0;
        return fired || handled;
    }
    run_alone_if_blocked(s, p);
    return true;
}

bool scheduler_step_dirty(Scheduler *s) {
    ASSERT(s->kind != SCHEDULER_NORMAL);
    quiesce_quiet(s->vm->quiesce, s->quiesce);
    RunQueue *queue = &s->set->dirty_queue[s->kind];
    if (!scheduler_dirty_is_active(s)) { // woken for work just before it was taken offline
        if (runqueue_count(queue) > 0) scheduler_wake(s->set->dirty[s->kind][0]);
        return false;
    }
    Process *p = runqueue_pop(queue);
    if (p == NULL) return false;
    run_alone_if_blocked(s, p);
    return true;
}
