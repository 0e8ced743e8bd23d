// SPDX-License-Identifier: Apache-2.0
//
// Tests of src/proc as a whole on real threads, without an interpreter: run_process is a C
// function, and what a process does is named by its "function". Messages, order between pairs,
// monitors, links, exit signals, timers, stealing, and who waits behind one that computes.
#include "check.h"
#include "proc/link.h"
#include "proc/process_table.h"
#include "proc/receive.h"
#include "proc/registry.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/time.h"
#include "term/ref.h"
#include "vm/vm.h"
#include "world/world.h"

#define PAIRS 8
#define ROUNDS 2000
#define CROWD 300

// Functions are atoms; any that the sources know will do.
#define ROLE_ECHO am_messages
#define ROLE_COUNTER am_reductions
#define ROLE_LEADER am_link
#define ROLE_SLEEPER am_time
#define ROLE_WAITER am_size
#define ROLE_JUDGE am_halt
#define ROLE_COMPUTER am_busy
#define ROLE_WAKER am_timeout

#define WAKES 20
#define COMPUTING_NS 2000000 // a turn of the one that computes

typedef struct Fixture {
    VM vm;
    _Atomic int finished, wrong;
    int expected;                       // how many finish
    _Atomic uint64_t computer_began_at; // tick at which its turn began
    uint64_t waker_due;                 // tick
    int passed_over;                    // how often a turn of it began after that
} Fixture;

static Fixture *fixture(Process *p) { return CONTAINER_OF(p->vm, Fixture, vm); }

static void expect(Process *p, bool ok) {
    if (!ok) atomic_fetch_add(&fixture(p)->wrong, 1);
}

static Term next_message(Process *p) {
    Signal *s = mailbox_peek(p);
    if (s == NULL) return TERM_NONE;
    Term t = s->term;
    mailbox_take(p);
    return t;
}

static int finish(Process *p, Term reason) {
    p->exit_reason = reason;
    return EXEC_EXITED;
}

static int wait_again(Process *p) {
    switch (receive_wait(p)) {
    case RECEIVE_WAIT: return EXEC_WAITING;
    case RECEIVE_EXITED: return EXEC_EXITED;
    default: return EXEC_YIELDED;
    }
}

/** Sends every {From, N} back as {N, [N]}. */
static int run_echo(Process *p) {
    for (Term m; (m = next_message(p)) != TERM_NONE;) {
        Term n = tuple_get(m, 1);
        Term list = heap_cons(&p->heap, n, TERM_NIL);
        signal_send_message(p->vm, p, tuple_get(m, 0), heap_tuple2(&p->heap, n, list));
        if (n == term_from_small(ROUNDS)) return finish(p, am_normal);
    }
    return wait_again(p);
}

/** Counts to ROUNDS with its echo, whose pid is the last element of its arguments; code_roots-free:
 * state in error_handler, which nothing else uses here. */
static int run_counter(Process *p) {
    if (p->error_handler == am_error_handler) {
        SpawnOptions o;
        spawn_options_default(p->vm, &o);
        o.monitor = true;
        Term ref;
        Term echo = process_spawn(p->vm, p, am_erlang, ROLE_ECHO, TERM_NIL, &o, &ref);
        p->error_handler = echo;
        signal_send_message(p->vm, p, echo, heap_tuple2(&p->heap, p->pid, term_from_small(1)));
    }
    for (Term m; (m = next_message(p)) != TERM_NONE;) {
        if (term_is_tuple_of(m, 5)) { // {'DOWN', Ref, process, Pid, normal}
            expect(p, tuple_get(m, 3) == p->error_handler && tuple_get(m, 4) == am_normal);
            expect(p, (int64_t)p->unique_counter == ROUNDS);
            atomic_fetch_add(&fixture(p)->finished, 1);
            return finish(p, am_normal);
        }
        int64_t n = term_small(tuple_get(m, 0));
        expect(p, n == (int64_t)++p->unique_counter); // order
        expect(p, term_head(tuple_get(m, 1)) == tuple_get(m, 0));
        if (n < ROUNDS)
            signal_send_message(p->vm, p, p->error_handler,
                                heap_tuple2(&p->heap, p->pid, term_from_small(n + 1)));
    }
    if ((p->heap.flags & HEAP_GC_WANTED) != 0) process_collect(p, 0, 0);
    return wait_again(p);
}

/** Spawns a linked crowd, kills one of it, and sees all of it end. Traps exits. */
static int run_leader(Process *p) {
    if (!p->trap_exit) {
        p->trap_exit = 1;
        for (int i = 0; i < CROWD; i++) {
            SpawnOptions o;
            spawn_options_default(p->vm, &o);
            o.link = true;
            Term pid = process_spawn(p->vm, p, am_erlang, ROLE_WAITER, TERM_NIL, &o, NULL);
            signal_send_exit(p->vm, p->pid, pid, i % 2 == 0 ? am_kill : am_error);
        }
    }
    for (Term m; (m = next_message(p)) != TERM_NONE;) {
        expect(p, term_is_tuple_of(m, 3) && tuple_get(m, 0) == am_EXIT);
        expect(p, tuple_get(m, 2) == am_killed || tuple_get(m, 2) == am_error);
        if (++p->unique_counter == CROWD) {
            expect(p, relation_count(p->links) == 0);
            atomic_fetch_add(&fixture(p)->finished, 1);
            return finish(p, am_normal);
        }
    }
    return wait_again(p);
}

/** Waits 5 ms by a receive timeout, 20 times. */
static int run_sleeper(Process *p) {
    for (;;) {
        switch (receive_wait_timeout(p, term_from_small(5))) {
        case RECEIVE_WAIT: return EXEC_WAITING;
        case RECEIVE_TIMED_OUT:
            mailbox_timeout(p);
            if (++p->unique_counter < 20) break;
            atomic_fetch_add(&fixture(p)->finished, 1);
            return finish(p, am_normal);
        case RECEIVE_EXITED: return EXEC_EXITED;
        default: expect(p, false);
        }
    }
}

/** Uses up its turns until the waker is done. */
static int run_computer(Process *p) {
    atomic_store(&fixture(p)->computer_began_at, time_tick_now(p->vm));
    int64_t end = time_monotonic_ns(p->vm) + COMPUTING_NS;
    while (time_monotonic_ns(p->vm) < end) thread_relax();
    if (atomic_load(&fixture(p)->finished) == fixture(p)->expected) return finish(p, am_normal);
    p->reductions_left = 0;
    return EXEC_YIELDED;
}

/** Waits by a receive timeout and counts how often it came behind another turn of the computer
 * (SCHED-9). */
static int run_waker(Process *p) {
    Fixture *f = fixture(p);
    for (;;) {
        switch (receive_wait_timeout(p, term_from_small(5))) {
        case RECEIVE_WAIT: f->waker_due = p->receive_deadline; return EXEC_WAITING;
        case RECEIVE_TIMED_OUT:
            mailbox_timeout(p);
            if (atomic_load(&f->computer_began_at) >= f->waker_due) f->passed_over++;
            expect(p, time_tick_now(p->vm) >= f->waker_due); // TIMER-1
            if (++p->unique_counter < WAKES) break;
            atomic_fetch_add(&f->finished, 1);
            return finish(p, am_normal);
        case RECEIVE_EXITED: return EXEC_EXITED;
        default: expect(p, false);
        }
    }
}

/** Ends the VM when all others are done. */
static int run_judge(Process *p) {
    if (atomic_load(&fixture(p)->finished) == fixture(p)->expected) {
        scheduler_halt(p->vm, 7);
        return finish(p, am_normal);
    }
    switch (receive_wait_timeout(p, term_from_small(2))) {
    case RECEIVE_WAIT: return EXEC_WAITING;
    case RECEIVE_EXITED: return EXEC_EXITED;
    default: mailbox_timeout(p); return EXEC_YIELDED;
    }
}

static int run(Process *p, int64_t reductions) {
    p->reductions_left = reductions - 100;
    switch (p->initial_call[1]) {
    case ROLE_ECHO: return run_echo(p);
    case ROLE_COUNTER: return run_counter(p);
    case ROLE_LEADER: return run_leader(p);
    case ROLE_SLEEPER: return run_sleeper(p);
    case ROLE_WAITER: return wait_again(p);
    case ROLE_COMPUTER: return run_computer(p);
    case ROLE_WAKER: return run_waker(p);
    default: return run_judge(p);
    }
}

static void spawn(VM *vm, Term function) {
    SpawnOptions o;
    spawn_options_default(vm, &o);
    CHECK(process_spawn(vm, NULL, am_erlang, function, TERM_NIL, &o, NULL) != TERM_NONE);
}

/** Runs a VM on which `start` has started processes, until `expected` have finished. */
static Fixture *run_processes(bool deterministic, uint32_t schedulers, int expected,
                              void (*start)(VM *vm)) {
    Fixture *f = mem_zalloc(sizeof *f);
    VM *vm = &f->vm;
    f->expected = expected;
    vm->world = world_create_os();
    vm->config = (VMConfig){.schedulers = schedulers,
                            .schedulers_online = schedulers,
                            .deterministic = deterministic,
                            .seed = 3,
                            .fullsweep_after = 65535};
    vm->nodes = node_table_create();
    vm->quiesce = quiesce_create();
    vm->time = time_service_create(vm);
    vm->processes = process_table_create(4096, schedulers + 1);
    vm->registry = registry_create();
    vm->schedulers = scheduler_set_create(vm);
    vm->run_process = run;
    start(vm);
    spawn(vm, ROLE_JUDGE);
    scheduler_set_start(vm);
    scheduler_set_run(vm);
    scheduler_set_stop(vm);
    CHECK(vm->halt_code == 7);
    CHECK(f->wrong == 0 && f->finished == expected);
    scheduler_set_destroy(vm);
    CHECK(process_table_count(vm->processes) == 0 || !deterministic);
    registry_destroy(vm->registry);
    process_table_destroy(vm->processes);
    time_service_destroy(vm->time);
    quiesce_destroy(vm->quiesce);
    node_table_destroy(vm->nodes);
    world_destroy(vm->world);
    return f;
}

static void start_all(VM *vm) {
    for (int i = 0; i < PAIRS; i++) spawn(vm, ROLE_COUNTER);
    for (int i = 0; i < PAIRS; i++) spawn(vm, ROLE_SLEEPER);
    spawn(vm, ROLE_LEADER);
    spawn(vm, ROLE_LEADER);
}

static void run_all(bool deterministic, uint32_t schedulers) {
    mem_free(run_processes(deterministic, schedulers, 2 * PAIRS + 2, start_all));
}

static void start_waiting_behind(VM *vm) {
    spawn(vm, ROLE_COMPUTER);
    spawn(vm, ROLE_WAKER);
}

/** SCHED-9: who comes due in the middle of a turn runs before the next one. The clock may go on
 * just between the look at it and that turn's begin, and the system may stop the thread there. */
static void test_waiting_behind(void) {
    Fixture *f = run_processes(false, 1, 1, start_waiting_behind);
    CHECK(f->passed_over <= WAKES / 2);
    mem_free(f);
}

int main(void) {
    run_all(false, 1);
    run_all(false, 4);
    run_all(true, 1);
    test_waiting_behind();
    return check_done();
}
