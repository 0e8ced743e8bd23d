// SPDX-License-Identifier: Apache-2.0
//
// scheduler.h - who runs next, and on which thread.
//
//                 process_wake                pick                       stops
//      WAITING ------------------> QUEUED ------------> RUNNING ---------------------> WAITING,
//      QUEUED or FREE
//                                     ^                    |
//                                     +--- yields, WOKEN --+
//
// SCHED-1: a process is in at most one queue, and only while QUEUED.
// SCHED-2: who changes WAITING to QUEUED puts it into a queue; who changes QUEUED to RUNNING took
//          it out of one.
// SCHED-3: a thread that is about to sleep says so, then looks at all queues once more; who fills a
//          queue looks for sleepers after (both sequentially consistent): no work waits for a
//          sleeping set.
// SCHED-4: a normal scheduler never blocks; what may block runs on dirty threads.
// SCHED-5: what stands in the queue of a scheduler that is not active is moved to normal scheduler
//          0, which always is: nothing waits for a scheduler that may not run.
// SCHED-6: a busy scheduler's own queue is nobody else's business and needs no lock. What other
//          threads add goes to its inbox, which it empties at each turn. When somebody sleeps it
//          moves half of its queue to `offered` at its next turn and wakes one; it takes that back
//          when it has nothing else left, or when nobody came for a while: nothing waits for a
//          thread that the system does not run. A deterministic VM uses the inbox only. Between
//          schedulers that are all busy: proc/balance.h.
// SCHED-7: what is in a dirty queue is seen by a dirty thread that is awake, or one is woken for
//          it, or that is owed: while all normal schedulers are busy a wake would only take a core
//          from one of them. Any normal scheduler pays when it looks at the clock and before it
//          sleeps.
// SCHED-8: what a normal scheduler's thread makes runnable, whichever way, stays with that
//          scheduler: who sleeps hears of it by SCHED-6 only, when more waits there than runs next.
// SCHED-9: what came to a normal scheduler while a process used up its turn (timers that are due,
//          what other threads woke) stands in the queue before that process: it waits for the rest
//          of one turn, not for another one. So who computes without end is as long in the way of
//          all others as a turn takes, and a turn is short for that (REDUCTIONS_PER_TURN).
//
// SCHED-10: no offer is made for new processes alone (process_is_new) while first turns are brief,
//          in the mean, on their scheduler: another one would spend more on fetching their memory,
//          and their parent's queue, from this core than the turn takes here. A queue is worth a
//          look when two that have had a turn before are there, the one that runs next among them.
//
// Threads: scheduler_step and what it calls: the scheduler's own thread. The rest: any registered
// thread.
#ifndef MICA_PROC_SCHEDULER_H
#define MICA_PROC_SCHEDULER_H

#include "proc/msacc.h"
#include "proc/process.h"
#include "proc/quiesce.h"
#include "proc/runqueue.h"
#include "proc/timer.h"

/** What programs are told that a turn is, as OTP has it: system_info(context_reductions), a native
 * function's percents. */
#define CONTEXT_REDUCTIONS 4000
/** What it is: a reduction takes two to three times as long as with OTP's machine code, and who
 * waits behind a process that computes waits for a time, not for a number of calls. */
#define REDUCTIONS_PER_TURN (CONTEXT_REDUCTIONS / 4)
#define PRIORITY_MAX 0
#define PRIORITY_HIGH 1
#define PRIORITY_NORMAL 2
#define PRIORITY_LOW 3
#define DIRTY_THREADS_MAX 1024

typedef struct SchedulerSet SchedulerSet;
typedef struct BesideHeld BesideHeld; // proc/beside.c

typedef enum {
    SCHEDULER_NORMAL = 0,
    SCHEDULER_DIRTY_CPU = DIRTY_CPU,
    SCHEDULER_DIRTY_IO = DIRTY_IO
} SchedulerKind;

struct Scheduler {
    VM *vm;
    SchedulerSet *set;
    uint32_t index; // 0-based within its kind
    uint8_t kind;   // SchedulerKind
    bool thread_started;
    Thread thread;
    QuiesceThread *quiesce;
    bool native_away; // nif/: a native function runs here, and its thread is offline
    Parker parker;
    _Atomic uint32_t sleeping; // SCHED-3
    LocalQueue local;          // normal ones only: what runs next here; SCHED-6
    RunQueue inbox;            // normal ones only: filled by other threads
    RunQueue offered;  // normal ones only: given up by its owner to whoever has nothing to do
    TimerWheel wheel;  // normal ones only
    BlockCache blocks; // normal ones only: for what runs here (Heap.blocks), and for new processes
    struct LongCall *long_calls; // ended ones: their stacks serve again (proc/long_call.h)
    uint32_t long_calls_count;
    uint64_t steps;
    int64_t clock_credit;       // work left until timers are looked at again
    struct DistNode *unflushed; // was sent messages in this turn, whose end has them written
    int64_t offer_credit;       // work left until what was offered is taken back
    int64_t first_turn; // SCHED-10: FIRST_TURNS times what first turns here spend, in the mean
    uint64_t random;    // deterministic choice
    // proc/balance.h: what was done for each list, what waits in it, what another scheduler wants
    int64_t balance_credit;
    struct BalanceSeen *seen; // of all; NULL until it first looks
    _Atomic uint64_t work[RUNQ_LISTS], weight[RUNQ_LISTS], wished, looks;
    // statistics: written by the owner, read by anyone
    _Atomic uint64_t reductions, context_switches, active_ns, started_ns;
    _Atomic uint64_t gc_count, gc_words;
    _Atomic int64_t active_since_ns; // 0: idle
    Msacc msacc;
    _Alignas(16) Term x[REGISTER_WORDS];
};

struct SchedulerSet {
    VM *vm;
    uint32_t count;          // normal schedulers
    BlockDepot depot;        // of their block caches
    _Atomic uint32_t online; // of these, as system_flag says
    // system_flag(multi_scheduling, ...): how often block or block_normal holds, and block alone
    _Atomic uint32_t blocked;     // above 0, of the normal schedulers only the first runs processes
    _Atomic uint32_t blocked_all; // above 0, one thread of any kind at a time runs a process
    Mutex turn_lock;              // held by that thread
    uint32_t dirty_cpu_count, dirty_io_count;
    _Atomic uint32_t dirty_cpu_online;
    Scheduler **normal;
    RunQueue dirty_queue[3]; // by DIRTY_*
    Scheduler **dirty[3];
    _Atomic uint32_t dirty_started[3];
    Mutex dirty_lock; // starting dirty threads
    // processes on dirty threads for which signals came: BESIDE-4
    Mutex beside_lock;
    Beside *beside_first, **beside_last;
    _Atomic uint32_t beside_count;
    uint32_t beside_ended;   // how many of these have ended and still run
    BesideHeld *beside_held; // what is freed when none of them does
    _Atomic uint32_t sleepers;
    _Atomic bool dirty_owed; // SCHED-7
    _Atomic bool poll_naps;
    Parker poll_parker;
    _Atomic bool stopping;
    _Atomic bool wall_time_on;
    MsaccSwitch msacc_switch;
    Msacc poll_msacc;                 // the thread that waits for descriptors
    _Atomic uint64_t event_signature; // deterministic: hash of (pid, event) so far
    Parker stop_parker;               // who waits for the VM to stop
};

SchedulerSet *scheduler_set_create(VM *vm);
/** Starts the threads (none for a deterministic VM: the caller steps). */
void scheduler_set_start(VM *vm);
/** Runs until the VM halts: waits for the threads, or steps itself when deterministic. */
void scheduler_set_run(VM *vm);
/** All threads end; from the thread that started them. */
void scheduler_set_stop(VM *vm);
void scheduler_set_destroy(VM *vm);

/** Notes in p, for whoever asks how much memory is used, what its heap takes and refers to. By the
 * thread that runs it. */
void scheduler_note_memory(Process *p);
/** Picks, runs, accounts. False when there was nothing to do. */
bool scheduler_step(Scheduler *s);
/** May this normal scheduler run processes now? */
static ALWAYS_INLINE bool scheduler_is_active(const Scheduler *s) {
    if (s->index >= atomic_load_explicit(&s->set->online, memory_order_seq_cst)) return false;
    return s->index == 0 || atomic_load_explicit(&s->set->blocked, memory_order_seq_cst) == 0;
}
/** How many processes wait for their turn on this normal scheduler, as of about now. */
static ALWAYS_INLINE uint32_t scheduler_queue_length(const Scheduler *s) {
    return localqueue_count(&s->local) + runqueue_count(&s->inbox) + runqueue_count(&s->offered);
}
/** The scheduler's thread does something else from now on (proc/msacc.h); returns what it did. */
static ALWAYS_INLINE MsaccState scheduler_enter_state(Scheduler *s, MsaccState next) {
    return msacc_enter(&s->set->msacc_switch, &s->msacc, next, s->vm);
}
/** May this dirty thread run processes now? */
static ALWAYS_INLINE bool scheduler_dirty_is_active(const Scheduler *s) {
    return s->kind != SCHEDULER_DIRTY_CPU ||
           s->index < atomic_load_explicit(&s->set->dirty_cpu_online, memory_order_seq_cst);
}
/** The VM ends with this exit code, as soon as every thread sees it. */
void scheduler_halt(VM *vm, int code);
/** Wakes whoever sleeps: the VM is halting, or much has changed. */
void scheduler_wake_all(VM *vm);
/** The polling thread, before it looks for events again: while each normal scheduler has plenty to
 * do, what it would bring had to wait behind that, and waking for each event would take a core from
 * one of them. So it lies down for a fraction of a millisecond, or until one of them runs dry. */
void scheduler_poll_nap(SchedulerSet *set);

/** Something came in for p: queues it if it waits. here: the calling normal scheduler, or NULL (not
 * known). raised: for this turn p is of the priority 3 - raised, if its own is lower. */
void process_wake(VM *vm, Process *p, Scheduler *here, uint8_t raised);
/** A process that has just become QUEUED, into a queue. here as above. */
void scheduler_add(VM *vm, Process *p, Scheduler *here);
/** The normal scheduler that runs p now, or NULL (p may be NULL). */
static ALWAYS_INLINE Scheduler *scheduler_here(const Process *p) {
    return p != NULL && p->scheduler != NULL && p->scheduler->kind == SCHEDULER_NORMAL
               ? p->scheduler
               : NULL;
}
static ALWAYS_INLINE bool scheduler_is_dirty(const Process *p) {
    return p->scheduler != NULL && p->scheduler->kind != SCHEDULER_NORMAL;
}
/** Notes an event of a deterministic run. */
void scheduler_note_event(VM *vm, uint64_t what);
/** Hash of all events of a deterministic run so far: which process ran, how it stopped, what it
 * spent; clock jumps. */
uint64_t scheduler_event_signature(VM *vm);

#endif
