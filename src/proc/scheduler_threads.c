// SPDX-License-Identifier: Apache-2.0
//
// scheduler_threads.c - the threads of a VM: started, put to sleep, woken, joined. See SCHED-3 in
// scheduler.h.
//
// `sleeping` is set by its owner and taken back by whoever wakes it (or by the owner itself);
// `sleepers` counts how many normal ones are set, so that filling a queue costs one load while
// nobody sleeps.
//
// Normal scheduler 0 runs on the thread that calls scheduler_set_run; the others have threads of
// their own. Dirty threads are started when there is work and none is idle, up to their limit.
#include "proc/scheduler_threads.h"
#include "proc/balance.h"
#include "proc/beside.h"
#include "proc/long_call.h"
#include "proc/process_table.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/thread_role.h"
#include "proc/time.h"
#include "vm/vm.h"

#define SPINS_BEFORE_SLEEP 64
#define DIRTY_IO_DEFAULT 10

// ---- waking
// -----------------------------------------------------------------------------------------

bool scheduler_wake(Scheduler *s) {
    uint32_t one = 1;
    if (atomic_load_explicit(&s->sleeping, memory_order_seq_cst) == 0) return false; // SCHED-3
    if (!atomic_compare_exchange_strong_explicit(&s->sleeping, &one, 0, memory_order_seq_cst,
                                                 memory_order_relaxed))
        return false;
    if (s->kind == SCHEDULER_NORMAL)
        atomic_fetch_sub_explicit(&s->set->sleepers, 1, memory_order_seq_cst);
    parker_unpark(&s->parker);
    return true;
}

/** A scheduler that sleeps and may run processes, or NULL. */
static Scheduler *find_sleeper(SchedulerSet *set) {
    if (atomic_load_explicit(&set->sleepers, memory_order_seq_cst) == 0) return NULL;
    uint32_t online = atomic_load_explicit(&set->online, memory_order_relaxed);
    for (uint32_t i = 0; i < online; i++) {
        Scheduler *s = set->normal[i];
        if (scheduler_is_active(s) && atomic_load_explicit(&s->sleeping, memory_order_seq_cst) != 0)
            return s;
    }
    return NULL;
}

bool scheduler_somebody_sleeps(SchedulerSet *set) { return find_sleeper(set) != NULL; }

void scheduler_wake_any(SchedulerSet *set) {
    for (Scheduler *s; (s = find_sleeper(set)) != NULL;)
        if (scheduler_wake(s)) return;
}

void scheduler_wake_all(VM *vm) {
    SchedulerSet *set = vm->schedulers;
    for (uint32_t i = 0; i < set->count; i++) {
        scheduler_wake(set->normal[i]);
        parker_unpark(&set->normal[i]->parker);
    }
    for (int kind = DIRTY_CPU; kind <= DIRTY_IO; kind++) {
        uint32_t started = atomic_load_explicit(&set->dirty_started[kind], memory_order_acquire);
        for (uint32_t i = 0; i < started; i++) parker_unpark(&set->dirty[kind][i]->parker);
    }
    parker_unpark(&set->stop_parker);
}

static bool is_stopping(const Scheduler *s) {
    return atomic_load_explicit(&s->set->stopping, memory_order_seq_cst) ||
           atomic_load_explicit(&s->vm->halting, memory_order_seq_cst);
}

static bool work_is_there(const Scheduler *s) {
    if (s->kind != SCHEDULER_NORMAL)
        return scheduler_dirty_is_active(s) && runqueue_count(&s->set->dirty_queue[s->kind]) > 0;
    if (!scheduler_is_active(s)) return false;
    if (atomic_load_explicit(&s->set->beside_count, memory_order_seq_cst) > 0) return true;
    for (uint32_t i = 0; i < s->set->count; i++)
        if (runqueue_count(&s->set->normal[i]->inbox) +
                runqueue_count(&s->set->normal[i]->offered) >
            0)
            return true;
    return false;
}

#define TRIM_INTERVAL_NS (10 * 1000 * 1000)

static int64_t sleep_timeout_ns(Scheduler *s) {
    if (s->kind != SCHEDULER_NORMAL) return -1;
    int64_t most = block_depot_is_full(&s->set->depot) ? TRIM_INTERVAL_NS : -1; // BLOCKS-2
    uint64_t tick = timer_wheel_next(&s->wheel);
    if (tick == UINT64_MAX || s->vm->config.deterministic) return most;
    int64_t left = time_until_tick_ns(s->vm, tick);
    return most < 0 ? left : MIN(left, most);
}

void scheduler_note_idle(Scheduler *s, bool idle) {
    int64_t now = time_monotonic_ns(s->vm) - TIME_MONOTONIC_BEGIN + 1;
    int64_t since = atomic_load_explicit(&s->active_since_ns, memory_order_relaxed);
    if (idle && since != 0) {
        uint64_t active =
            atomic_load_explicit(&s->active_ns, memory_order_relaxed) + (uint64_t)(now - since);
        atomic_store_explicit(&s->active_ns, active, memory_order_relaxed);
    }
    atomic_store_explicit(&s->active_since_ns, idle ? 0 : now, memory_order_relaxed);
}

/** Tells the profiler that a scheduler fell asleep or woke. */
static void profile(Scheduler *s, bool active) {
    if (s->kind == SCHEDULER_NORMAL && tracing_watches(&s->vm->tracing, TRACING_PROFILE_SCHEDULERS))
        s->vm->tracing.hooks->profile_scheduler(s->vm, s->index + 1, active);
}

static void sleep_until_woken(Scheduler *s) {
    bool normal = s->kind == SCHEDULER_NORMAL;
    if (normal) scheduler_pay_dirty(s->set, true);
    for (int i = 0; i < SPINS_BEFORE_SLEEP; i++) {
        if (work_is_there(s)) return;
        thread_relax();
    }
    if (normal) {
        balance_rest(s);
        atomic_fetch_add_explicit(&s->set->sleepers, 1, memory_order_seq_cst);
        scheduler_pay_dirty(s->set, true); // SCHED-7: who submits from here on sees a sleeper
        if (atomic_load_explicit(&s->set->poll_naps, memory_order_seq_cst))
            parker_unpark(&s->set->poll_parker);
    }
    atomic_store_explicit(&s->sleeping, 1, memory_order_seq_cst);
    if (!work_is_there(s) && !is_stopping(s)) { // SCHED-3: after saying so
        scheduler_note_idle(s, true);
        scheduler_enter_state(s, MSACC_SLEEP);
        profile(s, false);
        quiesce_offline(s->vm->quiesce, s->quiesce);
        parker_park(&s->parker, sleep_timeout_ns(s));
        if (normal && !work_is_there(s)) block_depot_trim(&s->set->depot);
        quiesce_online(s->vm->quiesce, s->quiesce);
        scheduler_enter_state(s, MSACC_OTHER);
        scheduler_note_idle(s, false);
        profile(s, true);
    }
    uint32_t one = 1;
    bool still_set = atomic_compare_exchange_strong_explicit(
        &s->sleeping, &one, 0, memory_order_seq_cst, memory_order_relaxed);
    if (still_set && normal) atomic_fetch_sub_explicit(&s->set->sleepers, 1, memory_order_seq_cst);
    if (normal) balance_rest(s);
}

// ---- threads
// ----------------------------------------------------------------------------------------

static void normal_loop(Scheduler *s) {
    ASSERT(s->kind == SCHEDULER_NORMAL && s->quiesce == NULL);
    ThreadRole role = {.vm = s->vm, .scheduler = s}, *before = thread_role_set(&role);
    s->quiesce = quiesce_register(s->vm->quiesce);
    scheduler_note_idle(s, false);
    scheduler_enter_state(s, MSACC_OTHER);
    while (!is_stopping(s))
        if (!scheduler_step(s)) sleep_until_woken(s);
    quiesce_unregister(s->vm->quiesce, s->quiesce);
    s->quiesce = NULL;
    thread_role_set(before); // ROLE-1
    mem_free(role.native);
}

static void normal_main(void *argument) { normal_loop(argument); }

static void dirty_main(void *argument) {
    Scheduler *s = argument;
    ThreadRole role = {.vm = s->vm, .scheduler = s};
    thread_role_set(&role);
    s->quiesce = quiesce_register(s->vm->quiesce);
    scheduler_note_idle(s, false);
    scheduler_enter_state(s, MSACC_OTHER);
    while (!is_stopping(s))
        if (!scheduler_step_dirty(s)) sleep_until_woken(s);
    quiesce_unregister(s->vm->quiesce, s->quiesce);
    s->quiesce = NULL;
    mem_free(role.native);
}

static uint32_t dirty_limit(const SchedulerSet *set, int kind) {
    return kind == DIRTY_CPU ? atomic_load_explicit(&set->dirty_cpu_online, memory_order_seq_cst)
                             : set->dirty_io_count;
}

static void start_dirty(SchedulerSet *set, int kind) {
    mutex_lock(&set->dirty_lock);
    uint32_t n = atomic_load_explicit(&set->dirty_started[kind], memory_order_relaxed);
    if (n < dirty_limit(set, kind) && !atomic_load_explicit(&set->stopping, memory_order_relaxed)) {
        Scheduler *s = set->dirty[kind][n];
        const char *name = kind == DIRTY_CPU ? "mica_dirty_cpu" : "mica_dirty_io";
        s->thread_started = thread_start(&s->thread, name, 0, dirty_main, s) == 0;
        ASSERT(s->thread_started || n > 0); // without a single thread its work would wait forever
        // release: who sees the count sees the started scheduler
        if (s->thread_started)
            atomic_store_explicit(&set->dirty_started[kind], n + 1, memory_order_release);
    }
    mutex_unlock(&set->dirty_lock);
}

/** Wakes one of this kind that sleeps, or starts one; false when all there may be are awake. */
static bool wake_dirty(SchedulerSet *set, int kind) {
    uint32_t started = atomic_load_explicit(&set->dirty_started[kind], memory_order_acquire);
    uint32_t limit = dirty_limit(set, kind);
    for (uint32_t i = 0; i < MIN(started, limit); i++)
        if (scheduler_wake(set->dirty[kind][i])) return true;
    if (started >= limit) return false;
    start_dirty(set, kind);
    return true;
}

void scheduler_submit_dirty(Scheduler *s, Process *p, int kind) {
    ASSERT(kind == DIRTY_CPU || kind == DIRTY_IO);
    SchedulerSet *set = s->set;
    runqueue_push(&set->dirty_queue[kind], p);
    if (set->vm->config.deterministic) return;
    if (s->kind == SCHEDULER_NORMAL &&
        atomic_load_explicit(&set->sleepers, memory_order_seq_cst) == 0)
        atomic_store_explicit(&set->dirty_owed, true, memory_order_seq_cst); // SCHED-7
    else
        (void)wake_dirty(set, kind);
}

void scheduler_pay_dirty(SchedulerSet *set, bool all) {
    if (!atomic_load_explicit(&set->dirty_owed, memory_order_seq_cst)) return;
    atomic_store_explicit(&set->dirty_owed, false, memory_order_seq_cst); // before the look
    uint32_t left = 0;
    for (int kind = DIRTY_CPU; kind <= DIRTY_IO; kind++) {
        uint32_t count = runqueue_count(&set->dirty_queue[kind]);
        uint32_t woken = 0, most = all ? count : MIN(count, 1);
        while (woken < most && wake_dirty(set, kind)) woken++;
        left += woken < most ? 0 : count - woken; // when all are awake, they come to it
    }
    if (left > 0) atomic_store_explicit(&set->dirty_owed, true, memory_order_seq_cst);
}

// ---- the polling thread
// ---------------------------------------------------------------------------------

#define POLL_NAP_NS (200 * 1000)
#define PLENTY 2 // processes waiting for each scheduler

static bool is_plenty_to_do(const SchedulerSet *set) {
    if (atomic_load_explicit(&set->sleepers, memory_order_seq_cst) > 0) return false;
    uint32_t online = atomic_load_explicit(&set->online, memory_order_relaxed), queued = 0;
    for (uint32_t i = 0; i < online; i++) queued += scheduler_queue_length(set->normal[i]);
    return queued >= PLENTY * online;
}

void scheduler_poll_nap(SchedulerSet *set) {
    if (!is_plenty_to_do(set)) return;
    atomic_store_explicit(&set->poll_naps, true, memory_order_seq_cst);
    // after saying so: who sleeps now wakes it, who slept before is seen here
    if (atomic_load_explicit(&set->sleepers, memory_order_seq_cst) == 0)
        parker_park(&set->poll_parker, POLL_NAP_NS);
    atomic_store_explicit(&set->poll_naps, false, memory_order_seq_cst);
}

// ---- the set
// ----------------------------------------------------------------------------------------

static Scheduler *scheduler_new(SchedulerSet *set, SchedulerKind kind, uint32_t index) {
    Scheduler *s = mem_zalloc(sizeof *s);
    s->vm = set->vm;
    s->set = set;
    s->kind = (uint8_t)kind;
    s->index = index;
    s->random = set->vm->config.seed + index;
    parker_init(&s->parker);
    atomic_init(&s->msacc.state, MSACC_SLEEP); // until its thread runs
    if (kind == SCHEDULER_NORMAL) {
        localqueue_init(&s->local);
        runqueue_init(&s->inbox);
        runqueue_init(&s->offered);
        s->blocks.depot = &set->depot;
        s->first_turn = INT32_MAX; // nothing is known
        timer_wheel_init(&s->wheel, time_tick_now(set->vm));
    }
    return s;
}

static Scheduler **schedulers_new(SchedulerSet *set, SchedulerKind kind, uint32_t count) {
    Scheduler **all = mem_alloc(count * sizeof *all);
    for (uint32_t i = 0; i < count; i++) all[i] = scheduler_new(set, kind, i);
    return all;
}

SchedulerSet *scheduler_set_create(VM *vm) {
    const VMConfig *c = &vm->config;
    SchedulerSet *set = mem_zalloc(sizeof *set);
    uint32_t cores = MAX(thread_cpus_available(), 1);
    set->vm = vm;
    vm->schedulers = set;
    set->count = c->deterministic ? 1 : c->schedulers != 0 ? c->schedulers : cores;
    uint32_t online = c->schedulers_online != 0 ? c->schedulers_online : MIN(set->count, cores);
    atomic_init(&set->online, MIN(online, set->count));
    ASSERT(set->count > 0 && online > 0);
    set->dirty_cpu_count = c->dirty_cpu_schedulers != 0 ? c->dirty_cpu_schedulers : set->count;
    atomic_init(&set->dirty_cpu_online, c->dirty_cpu_schedulers_online != 0
                                            ? c->dirty_cpu_schedulers_online
                                            : MIN(set->dirty_cpu_count, online));
    set->dirty_io_count = c->dirty_io_schedulers != 0 ? c->dirty_io_schedulers : DIRTY_IO_DEFAULT;
    set->normal = schedulers_new(set, SCHEDULER_NORMAL, set->count);
    set->dirty[DIRTY_CPU] = schedulers_new(set, SCHEDULER_DIRTY_CPU, set->dirty_cpu_count);
    set->dirty[DIRTY_IO] = schedulers_new(set, SCHEDULER_DIRTY_IO, set->dirty_io_count);
    runqueue_init(&set->dirty_queue[DIRTY_CPU]);
    runqueue_init(&set->dirty_queue[DIRTY_IO]);
    mutex_init(&set->dirty_lock);
    mutex_init(&set->beside_lock);
    set->beside_last = &set->beside_first;
    mutex_init(&set->turn_lock);
    parker_init(&set->stop_parker);
    parker_init(&set->poll_parker);
    return set;
}

void scheduler_set_start(VM *vm) {
    ASSERT(vm->run_process != NULL && vm->schedulers != NULL);
    SchedulerSet *set = vm->schedulers;
    for (uint32_t i = 1; i < set->count; i++) {
        Scheduler *s = set->normal[i];
        s->thread_started = thread_start(&s->thread, "mica_scheduler", 0, normal_main, s) == 0;
        ASSERT(s->thread_started);
    }
}

void scheduler_set_run(VM *vm) {
    normal_loop(vm->schedulers->normal[0]);
    scheduler_wake_all(vm);
}

static void join_all(Scheduler **all, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (!all[i]->thread_started) continue;
        thread_join(&all[i]->thread);
        all[i]->thread_started = false;
    }
}

/** Processes whose end has begun come to it: they are in no table any more, just in a queue. */
static void finish_exits(Scheduler *s) {
    runqueue_drain(&s->inbox, &s->local);
    runqueue_drain(&s->offered, &s->local);
    if (s->index == 0)
        for (int kind = DIRTY_CPU; kind <= DIRTY_IO; kind++)
            runqueue_drain(&s->set->dirty_queue[kind], &s->local);
    for (Process *p; (p = localqueue_pop(&s->local)) != NULL;) {
        if (!p->exiting) continue;
        beside_drop(p);
        atomic_store_explicit(&p->state, PROCESS_RUNNING, memory_order_relaxed);
        p->scheduler = s;
        p->heap.blocks = &s->blocks;
        do p->reductions_left = INT32_MAX;
        while (!process_exit(p));
    }
}

void scheduler_set_stop(VM *vm) {
    SchedulerSet *set = vm->schedulers;
    mutex_lock(&set->dirty_lock);
    atomic_store_explicit(&set->stopping, true, memory_order_seq_cst);
    mutex_unlock(&set->dirty_lock);
    scheduler_wake_all(vm);
    join_all(set->normal, set->count);
    join_all(set->dirty[DIRTY_CPU], set->dirty_cpu_count);
    join_all(set->dirty[DIRTY_IO], set->dirty_io_count);
    for (uint32_t i = 0; i < set->count; i++) finish_exits(set->normal[i]);
}

static void end_process(Process *p, void *context) {
    ASSERT(p->x == NULL); // no thread runs it any more
    process_destroy_unstarted(p);
}

void scheduler_set_destroy(VM *vm) {
    SchedulerSet *set = vm->schedulers;
    process_table_each(vm->processes, end_process, NULL);
    for (uint32_t i = 0; i < set->count; i++) {
        long_call_free_kept(set->normal[i]);
        timer_wheel_free(&set->normal[i]->wheel);
        runqueue_free(&set->normal[i]->inbox);
        runqueue_free(&set->normal[i]->offered);
        block_cache_free(&set->normal[i]->blocks);
        mem_free(set->normal[i]->seen);
        mem_free(set->normal[i]);
    }
    block_depot_free(&set->depot);
    for (uint32_t i = 0; i < set->dirty_cpu_count; i++) mem_free(set->dirty[DIRTY_CPU][i]);
    for (uint32_t i = 0; i < set->dirty_io_count; i++) mem_free(set->dirty[DIRTY_IO][i]);
    runqueue_free(&set->dirty_queue[DIRTY_CPU]);
    runqueue_free(&set->dirty_queue[DIRTY_IO]);
    mutex_free(&set->dirty_lock);
    mutex_free(&set->beside_lock);
    mutex_free(&set->turn_lock);
    mem_free(set->normal);
    mem_free(set->dirty[DIRTY_CPU]);
    mem_free(set->dirty[DIRTY_IO]);
    mem_free(set);
    vm->schedulers = NULL;
}

void scheduler_halt(VM *vm, int code) {
    vm->halt_code = code;
    atomic_store_explicit(&vm->halting, true,
                          memory_order_seq_cst); // pairs with is_stopping: the code is seen
    scheduler_wake_all(vm);
}
