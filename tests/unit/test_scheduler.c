// SPDX-License-Identifier: Apache-2.0
//
// Tests of src/proc as a whole on real threads, without an interpreter: run_process is a C
// function, and what a process does is named by its "function". Messages, order between pairs,
// monitors, links, exit signals, timers, stealing.
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

typedef struct Fixture {
    VM vm;
    _Atomic int finished, wrong;
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

/** Ends the VM when all others are done. */
static int run_judge(Process *p) {
    if (atomic_load(&fixture(p)->finished) == 2 * PAIRS + 2) {
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
    default: return run_judge(p);
    }
}

static void spawn(VM *vm, Term function) {
    SpawnOptions o;
    spawn_options_default(vm, &o);
    CHECK(process_spawn(vm, NULL, am_erlang, function, TERM_NIL, &o, NULL) != TERM_NONE);
}

static void run_all(bool deterministic, uint32_t schedulers) {
    Fixture *f = mem_zalloc(sizeof *f);
    VM *vm = &f->vm;
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
    for (int i = 0; i < PAIRS; i++) spawn(vm, ROLE_COUNTER);
    for (int i = 0; i < PAIRS; i++) spawn(vm, ROLE_SLEEPER);
    spawn(vm, ROLE_LEADER);
    spawn(vm, ROLE_LEADER);
    spawn(vm, ROLE_JUDGE);
    scheduler_set_start(vm);
    scheduler_set_run(vm);
    scheduler_set_stop(vm);
    CHECK(vm->halt_code == 7);
    CHECK(f->wrong == 0 && f->finished == 2 * PAIRS + 2);
    scheduler_set_destroy(vm);
    CHECK(process_table_count(vm->processes) == 0 || !deterministic);
    registry_destroy(vm->registry);
    process_table_destroy(vm->processes);
    time_service_destroy(vm->time);
    quiesce_destroy(vm->quiesce);
    node_table_destroy(vm->nodes);
    world_destroy(vm->world);
    mem_free(f);
}

int main(void) {
    run_all(false, 1);
    run_all(false, 4);
    run_all(true, 1);
    return check_done();
}
