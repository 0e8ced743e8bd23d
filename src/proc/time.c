// SPDX-License-Identifier: Apache-2.0
//
// time.c - clocks, references and receive timeouts; see time.h for TIME-1 and TIME-2.
#include "proc/time.h"

#include "proc/process_table.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "term/ref.h"
#include "vm/vm.h"
#include "world/clock.h"
#include "world/entropy.h"

#define VIRTUAL_SYSTEM_BEGIN_NS                                                                    \
    1577836800000000000 // 2020-01-01: every deterministic run starts then

#define UNIQUE_INTEGER_BEGIN (-((int64_t)1 << 59)) // as OTP's

_Static_assert(TIME_MONOTONIC_BEGIN % TIME_TICK_NS == 0, "TIME-3");

struct TimeService {
    World *world;
    int64_t world_begin_ns;      // the world's monotonic clock when the VM started
    _Atomic int64_t offset_ns;   // system time - monotonic time
    _Atomic int64_t virtual_ns;  // since the start; deterministic VM only
    _Atomic int64_t last_now_us; // erlang:now/0
    _Atomic bool offset_final;
    bool is_virtual;
    uint32_t ref_base;
};

TimeService *time_service_create(VM *vm) {
    TimeService *t = mem_zalloc(sizeof *t);
    t->world = vm->world;
    t->is_virtual = vm->config.deterministic;
    uint64_t random;
    if (t->is_virtual) {
        random = vm->config.seed * 0x9e3779b97f4a7c15u ^ 0x5bd1e995u;
        atomic_init(&t->offset_ns, VIRTUAL_SYSTEM_BEGIN_NS - TIME_MONOTONIC_BEGIN);
    } else {
        random = entropy_u64(vm->world);
        t->world_begin_ns = clock_monotonic_ns(vm->world);
        atomic_init(&t->offset_ns, clock_wall_ns(vm->world) - TIME_MONOTONIC_BEGIN);
    }
    atomic_init(&t->offset_final, vm->config.time_warp != TIME_WARP_SINGLE);
    t->ref_base = (uint32_t)random;
    atomic_init(&vm->reference_counter, (random >> 32) << REF_NUMBER0_BITS);
    return t;
}

void time_service_destroy(TimeService *t) { mem_free(t); }

// ---- clocks
// -----------------------------------------------------------------------------------------

int64_t time_monotonic_ns(VM *vm) {
    TimeService *t = vm->time;
    int64_t since = t->is_virtual ? atomic_load_explicit(&t->virtual_ns, memory_order_relaxed)
                                  : clock_monotonic_ns(t->world) - t->world_begin_ns;
    return TIME_MONOTONIC_BEGIN + since;
}

int64_t time_os_system_ns(VM *vm) {
    TimeService *t = vm->time;
    if (t->is_virtual)
        return time_monotonic_ns(vm) + atomic_load_explicit(&t->offset_ns, memory_order_relaxed);
    return clock_wall_ns(t->world);
}

int64_t time_offset_ns(VM *vm) {
    TimeService *t = vm->time;
    int64_t offset = atomic_load_explicit(&t->offset_ns, memory_order_relaxed);
    if (t->is_virtual || vm->config.time_warp != TIME_WARP_MULTI) return offset;
    int64_t ahead = clock_wall_ns(t->world) - (time_monotonic_ns(vm) + offset);
    if (ahead > -TIME_TICK_NS && ahead < TIME_TICK_NS) return offset; // jitter, no warp
    atomic_store_explicit(&t->offset_ns, offset + ahead, memory_order_relaxed);
    return offset + ahead;
}

int64_t time_system_ns(VM *vm) { return time_monotonic_ns(vm) + time_offset_ns(vm); }

int64_t time_start_ns(VM *vm) { return TIME_MONOTONIC_BEGIN; }

Term time_offset_state(VM *vm) {
    if (vm->config.time_warp == TIME_WARP_MULTI) return am_volatile;
    return atomic_load_explicit(&vm->time->offset_final, memory_order_relaxed) ? am_final
                                                                               : am_preliminary;
}

Term time_finalize_offset(VM *vm) {
    Term before = time_offset_state(vm);
    if (before == am_preliminary &&
        !atomic_exchange_explicit(&vm->time->offset_final, true, memory_order_relaxed))
        atomic_store_explicit(&vm->time->offset_ns, time_os_system_ns(vm) - time_monotonic_ns(vm),
                              memory_order_relaxed);
    return before;
}

int64_t time_now_unique_us(VM *vm) {
    int64_t now = time_system_ns(vm) / 1000;
    int64_t last = atomic_load_explicit(&vm->time->last_now_us, memory_order_relaxed);
    do {
        if (now <= last) now = last + 1;
    } while (!atomic_compare_exchange_weak_explicit(&vm->time->last_now_us, &last, now,
                                                    memory_order_relaxed, memory_order_relaxed));
    return now;
}

uint64_t time_tick_of(int64_t monotonic_ns) {
    if (monotonic_ns <= TIME_MONOTONIC_BEGIN) return 0;
    return ((uint64_t)monotonic_ns - (uint64_t)TIME_MONOTONIC_BEGIN + TIME_TICK_NS - 1) /
           TIME_TICK_NS; // TIMER-1
}

uint64_t time_tick_now(VM *vm) {
    return ((uint64_t)time_monotonic_ns(vm) - (uint64_t)TIME_MONOTONIC_BEGIN) / TIME_TICK_NS;
}

int64_t time_until_tick_ns(VM *vm, uint64_t tick) {
    const uint64_t tick_max = (uint64_t)(TIME_MONOTONIC_END / TIME_TICK_NS);
    int64_t at = (int64_t)(MIN(tick, tick_max) * TIME_TICK_NS); // since the beginning
    return MAX(at - (time_monotonic_ns(vm) - TIME_MONOTONIC_BEGIN), 0);
}

void time_jump_to_tick(VM *vm, uint64_t tick) {
    ASSERT(vm->time->is_virtual);
    int64_t to = (int64_t)(tick * TIME_TICK_NS);
    if (to > atomic_load_explicit(&vm->time->virtual_ns, memory_order_relaxed)) // TIME-1
        atomic_store_explicit(&vm->time->virtual_ns, to, memory_order_relaxed);
}

// ---- references
// -------------------------------------------------------------------------------------

void reference_make_words(VM *vm, uint64_t words[3], Term owner) {
    ASSERT(owner == TERM_NONE || term_is_local_pid(owner));
    uint64_t n = atomic_fetch_add_explicit(&vm->reference_counter, 1, memory_order_relaxed);
    ref_make_words(words, n, vm->time->ref_base, owner == TERM_NONE ? 0 : owner);
}

void reference_make_magic_words(VM *vm, uint64_t words[3]) {
    reference_make_words(vm, words, TERM_NONE);
    ASSERT((words[0] & REF_MAGIC_MARK) == 0);
    words[0] |= REF_MAGIC_MARK;
}

Term reference_make(VM *vm, Heap *h, Term owner) {
    uint64_t words[3];
    reference_make_words(vm, words, owner);
    Term *hp = heap_alloc(h, REF_WORDS);
    return ref_write(&hp, words);
}

// ---- receive timeouts
// -------------------------------------------------------------------------------

typedef struct ReceiveTimer {
    Timer timer;
    VM *vm;
    Term pid;
    uint64_t id; // the process's receive_timer_id: an address could come back
} ReceiveTimer;

static void receive_timer_fire(void *context, Timer *t) {
    ReceiveTimer *r = CONTAINER_OF(t, ReceiveTimer, timer);
    SignalRequest *s = signal_new(r->vm, SIGNAL_TIMEOUT, TERM_NONE, TERM_NONE, TERM_NONE);
    s->id = r->id;
    signal_push(r->vm, r->pid, s);
}

static void receive_timer_free(Timer *t) { mem_free(CONTAINER_OF(t, ReceiveTimer, timer)); }

/** The wheel that a process's timers go to. */
static Scheduler *wheel_owner(const Process *p) {
    Scheduler *s = scheduler_here(p);
    if (s == NULL) s = p->home;
    return s == NULL ? p->vm->schedulers->normal[0] : s;
}

void time_start_on_wheel(const Process *p, Timer *t, uint64_t tick) {
    Scheduler *s = wheel_owner(p);
    bool earliest = timer_start(&s->wheel, t, tick);
    if (earliest && p->scheduler != s) parker_unpark(&s->parker);
}

static void start_receive_timer(Process *p) {
    ASSERT(p->receive_timer == NULL && p->receive_deadline != 0);
    ReceiveTimer *r = mem_alloc(sizeof *r);
    *r = (ReceiveTimer){.timer.fire = receive_timer_fire,
                        .timer.free_function = receive_timer_free,
                        .vm = p->vm,
                        .pid = p->pid,
                        .id = ++p->receive_timer_id};
    p->receive_timer = &r->timer;
    time_start_on_wheel(p, &r->timer, p->receive_deadline);
}

void time_set_receive_deadline(Process *p, uint64_t timeout_ms) {
    ASSERT(timeout_ms <= UINT32_MAX && p->receive_deadline == 0);
    int64_t at = time_monotonic_ns(p->vm) + (int64_t)timeout_ms * TIME_TICK_NS;
    p->receive_deadline = time_tick_of(at);
    if (p->receive_timer != NULL && p->receive_timer->tick > p->receive_deadline)
        time_cancel_receive_timer(p);
    if (p->receive_timer == NULL) start_receive_timer(p);
    ASSERT(p->receive_timer != NULL); // TIME-2
}

bool time_receive_timer_fired(Process *p, uint64_t id) {
    if (p->receive_timer == NULL || p->receive_timer_id != id) return false;
    uint64_t tick = p->receive_timer->tick;
    time_cancel_receive_timer(p);
    if (p->receive_deadline == 0) return false; // of a receive that has ended
    if (p->receive_deadline <= tick) return true;
    start_receive_timer(p); // TIME-2
    return false;
}

void time_cancel_receive_timer(Process *p) {
    Timer *t = p->receive_timer;
    if (t == NULL) return;
    p->receive_timer = NULL;
    timer_cancel(t);
    timer_release(t);
}

int64_t time_unique_integer(VM *vm, bool positive) {
    int64_t n =
        (int64_t)atomic_fetch_add_explicit(&vm->unique_counter, 1, memory_order_seq_cst) + 1;
    ASSERT(n > 0); // it never wraps around
    return positive ? n : UNIQUE_INTEGER_BEGIN + n;
}
