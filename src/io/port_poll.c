// SPDX-License-Identifier: Apache-2.0
//
// port_poll.c - the table of ports and the thread that waits for their descriptors and children.
//
// A token of the poller is (number << PORT_READY_BITS | kind): a port's number, or for
// PORT_READY_CHILD and PORT_READY_WAIT a child's or a wait's own number.
//
// Threads: ports_create and ports_destroy by the VM's creator; ports_poll by one thread at a time.
#include "io/esock.h"
#include "io/port.h"
#include "io/select.h"
#include "io/tty.h"
#include "proc/quiesce.h"
#include "proc/scheduler.h"
#include "proc/thread_role.h"
#include "proc/time.h"
#include "world/env.h"

#include <errno.h>

enum {
    PORT_EVENTS_MAX = 64,
    PORT_COUNT_DEFAULT = 65536,
    CHILD_LOOK_NS = 20 * 1000 * 1000, // between looks at children that have no descriptor
};

static uint64_t token_of(uint64_t number, unsigned kind) {
    DEBUG_ASSERT(kind < PORT_READY_KINDS);
    ASSERT(kind < PORT_READY_KINDS);
    return number << PORT_READY_BITS | kind;
}

int port_arm(Port *port, int fd, unsigned interest, unsigned kind) {
    ASSERT(fd >= 0);
    return poller_arm(port->vm->world, port->vm->ports->poller, fd, interest,
                      token_of(port->number, kind));
}

void port_disarm(Port *port, int fd) {
    ASSERT(fd >= 0);
    poller_disarm(port->vm->world, port->vm->ports->poller, fd);
}

void port_watch_child(Port *port, Child child) {
    ASSERT(child.os_pid > 0);
    PortTable *table = port->vm->ports;
    PortChild *watched = mem_zalloc(sizeof *watched);
    watched->child = child;
    watched->port_number = port->number;
    mutex_lock(&table->lock);
    watched->number = table->next_child++;
    watched->next = table->children;
    table->children = watched;
    uint64_t token = token_of(watched->number, PORT_READY_CHILD);
    int error = child.pidfd < 0
                    ? EBADF
                    : poller_arm(port->vm->world, table->poller, child.pidfd, POLLER_READ, token);
    if (error != 0) table->has_unwatched_child = true;
    mutex_unlock(&table->lock);
    if (error != 0) poller_wake(port->vm->world, table->poller);
}

/** Reaps the child if it has ended, takes it off the list, and tells its port. */
static void look_at_child(VM *vm, PortChild *child) {
    ASSERT(child->child.os_pid > 0);
    PortTable *table = vm->ports;
    ChildExit result;
    if (child->child.pidfd >= 0) poller_disarm(vm->world, table->poller, child->child.pidfd);
    if (child_reap(vm->world, &child->child, false, &result) == EAGAIN) {
        if (child->child.pidfd >= 0)
            (void)poller_arm(vm->world, table->poller, child->child.pidfd, POLLER_READ,
                             token_of(child->number, PORT_READY_CHILD));
        return;
    }
    mutex_lock(&table->lock);
    for (PortChild **link = &table->children; *link != NULL; link = &(*link)->next) {
        if (*link != child) continue;
        *link = child->next;
        break;
    }
    mutex_unlock(&table->lock);
    Port *port = port_enter_any(vm, term_from_port_data(child->port_number));
    if (port != NULL) {
        port_trace_runs(port, term_from_small(0));
        if (port->driver->child_ended != NULL) port->driver->child_ended(port, result);
        port_leave(port);
    }
    mem_free(child);
}

// Only the polling thread takes children off the list, so one found stays.
static PortChild *find_child(PortTable *table, uint64_t number) {
    mutex_lock(&table->lock);
    PortChild *child = table->children;
    while (child != NULL && child->number != number) child = child->next;
    mutex_unlock(&table->lock);
    return child;
}

static void look_at_unwatched(VM *vm) {
    PortTable *table = vm->ports;
    mutex_lock(&table->lock);
    PortChild *child = table->children;
    table->has_unwatched_child = false;
    for (PortChild *c = child; c != NULL; c = c->next)
        table->has_unwatched_child |= c->child.pidfd < 0;
    mutex_unlock(&table->lock);
    while (child != NULL) {
        PortChild *next = child->next;
        if (child->child.pidfd < 0) look_at_child(vm, child);
        child = next;
    }
}

static void handle_event(VM *vm, const PollerEvent *event) {
    unsigned kind = event->token & ((1u << PORT_READY_BITS) - 1);
    uint64_t number = event->token >> PORT_READY_BITS;
    if (event->token == PORT_TOKEN_SIGNALS) {
        signals_ready(vm);
        return;
    }
    if (kind == PORT_READY_CHILD) {
        PortChild *child = find_child(vm->ports, number);
        if (child != NULL) look_at_child(vm, child);
        return;
    }
    if (kind == PORT_READY_WAIT) {
        select_ready(vm, number);
        return;
    }
    if (kind == PORT_READY_EXTENSION) {
        vm->ports->extension_ready(vm, number, event->readiness);
        return;
    }
    if (kind == PORT_READY_NATIVE) {
        esock_ready(vm, number, event->readiness);
        return;
    }
    Port *port = port_enter_any(vm, term_from_port_data(number));
    if (port == NULL) return; // closed while the event was on its way
    port_trace_runs(port, term_from_small(0));
    port->driver->ready(port, kind, event->readiness);
    port_leave(port);
}

/** Microstate accounting of the polling thread. */
static void enter_state(VM *vm, MsaccState state) {
    SchedulerSet *set = vm->schedulers;
    msacc_enter(&set->msacc_switch, &set->poll_msacc, state, vm);
}

// ---- timers
// --------------------------------------------------------------------------------------

/** A port's timer, shared by the wheel and the port (TIMER-3). */
struct PortTimer {
    Timer timer;
    uint64_t port_number;
};

static void free_timer(Timer *t) { mem_free(t); }

static void fire_timer(void *context, Timer *t) {
    ASSERT(context != NULL);
    VM *vm = context;
    PortTimer *timer = (PortTimer *)t;
    Port *port = port_enter_any(vm, term_from_port_data(timer->port_number));
    if (port == NULL) return;
    port_trace_runs(port, term_from_small(0));
    port_trace(port, TRACE_RECEIVE, am_receive, am_timeout, TERM_NONE);
    port->driver->timeout(port, timer);
    port_leave(port);
}

PortTimer *port_timer_start(Port *port, uint64_t timeout_ms) {
    ASSERT(port->driver->timeout != NULL);
    VM *vm = port->vm;
    PortTimer *timer = mem_zalloc(sizeof *timer);
    timer->timer.fire = fire_timer;
    timer->timer.free_function = free_timer;
    timer->port_number = port->number;
    int64_t at_ns = time_monotonic_ns(vm) + (int64_t)timeout_ms * TIME_TICK_NS;
    if (timer_start(&vm->ports->timers, &timer->timer, time_tick_of(at_ns)))
        poller_wake(vm->world, vm->ports->poller);
    return timer;
}

void port_timer_cancel(PortTimer **timer) {
    ASSERT(timer != NULL);
    if (*timer == NULL) return;
    timer_cancel(&(*timer)->timer);
    timer_release(&(*timer)->timer);
    *timer = NULL;
}

/** At most how long to wait for events: until the next timer. */
static int64_t wait_for_timers(VM *vm, int64_t timeout_ns) {
    ASSERT(vm->ports != NULL);
    uint64_t next = timer_wheel_next(&vm->ports->timers);
    if (next == UINT64_MAX) return timeout_ns;
    int64_t left_ns = time_until_tick_ns(vm, next);
    return timeout_ns < 0 ? left_ns : MIN(timeout_ns, left_ns);
}

/** As ports_poll, going offline while it waits (thread may be NULL: it is offline already). */
static int poll_once(VM *vm, int64_t timeout_ns, QuiesceThread *thread) {
    DEBUG_ASSERT(vm->ports != NULL && vm->ports->poller != NULL);
    PortTable *table = vm->ports;
    PollerEvent events[PORT_EVENTS_MAX];
    mutex_lock(&table->lock);
    if (table->has_unwatched_child && (timeout_ns < 0 || timeout_ns > CHILD_LOOK_NS))
        timeout_ns = CHILD_LOOK_NS;
    mutex_unlock(&table->lock);
    timeout_ns = wait_for_timers(vm, timeout_ns);
    if (thread != NULL) {
        enter_state(vm, MSACC_SLEEP);
        quiesce_offline(vm->quiesce, thread);
        scheduler_poll_nap(vm->schedulers);
    }
    int count = poller_wait(vm->world, table->poller, events, PORT_EVENTS_MAX, timeout_ns);
    if (thread != NULL) {
        quiesce_online(vm->quiesce, thread);
        enter_state(vm, MSACC_PORT);
    }
    ASSERT(count >= 0 && count <= PORT_EVENTS_MAX);
    for (int i = 0; i < count; i++) handle_event(vm, &events[i]);
    signals_interrupt(vm, thread);
    timer_wheel_advance(&table->timers, time_tick_now(vm), vm);
    if (thread != NULL) enter_state(vm, MSACC_CHECK_IO);
    mutex_lock(&table->lock);
    bool is_unwatched = table->has_unwatched_child;
    mutex_unlock(&table->lock);
    if (is_unwatched) look_at_unwatched(vm);
    return count;
}

int ports_poll(VM *vm, int64_t timeout_ns) { return poll_once(vm, timeout_ns, NULL); }

static void run_poll_thread(void *argument) {
    ASSERT(argument != NULL);
    VM *vm = argument;
    ThreadRole role = {.vm = vm};
    thread_role_set(&role);
    QuiesceThread *thread = quiesce_register(vm->quiesce);
    while (!atomic_load_explicit(&vm->ports->is_stopping, memory_order_acquire)) {
        quiesce_quiet(vm->quiesce, thread);
        poll_once(vm, -1, thread);
    }
    quiesce_unregister(vm->quiesce, thread);
}

void ports_create(VM *vm) {
    ASSERT(vm->ports == NULL);
    PortTable *table = mem_zalloc(sizeof *table);
    mutex_init(&table->lock);
    uint64_t wanted =
        vm->config.port_count_max != 0 ? vm->config.port_count_max : PORT_COUNT_DEFAULT;
    table->capacity = 1024;
    while (table->capacity < wanted) table->capacity *= 2;
    vm->config.port_count_max = table->capacity; // as system_info(port_limit) tells it
    table->slots = mem_zalloc(table->capacity * sizeof *table->slots);
    table->poller = poller_create(vm->world);
    ASSERT(table->poller != NULL);
    timer_wheel_init(&table->timers, time_tick_now(vm));
    signals_create(vm, table);
    tty_create(table);
    vm->ports = table;
    esock_create(vm);
    vm->port_hooks = &port_hooks;
}

void io_start(VM *vm) {
    ASSERT(!vm->ports->has_poll_thread);
    PortTable *table = vm->ports;
    ASSERT(table != NULL && !table->has_poll_thread);
    if (vm->config.deterministic) {
        vm->poll = ports_poll; // the one thread polls between steps
        return;
    }
    int error = thread_start(&table->poll_thread, "mica-poll", 0, run_poll_thread, vm);
    ASSERT(error == 0);
    table->has_poll_thread = true;
}

void io_stop(VM *vm) {
    ASSERT(vm->ports != NULL);
    PortTable *table = vm->ports;
    vm->poll = NULL;
    if (!table->has_poll_thread) return;
    // Release: pairs with the poll thread's acquire.
    atomic_store_explicit(&table->is_stopping, true, memory_order_release);
    poller_wake(vm->world, table->poller);
    thread_join(&table->poll_thread);
    table->has_poll_thread = false;
}

void ports_each(VM *vm, void (*visit)(Port *port, void *user), void *user) {
    ASSERT(visit != NULL);
    PortTable *table = vm->ports;
    mutex_lock(&table->lock);
    uint64_t count = 0;
    uint64_t *numbers = mem_alloc((table->count + 1) * sizeof *numbers);
    for (uint64_t i = 0; i < table->capacity && count < table->count; i++)
        if (table->slots[i] != NULL) numbers[count++] = table->slots[i]->number;
    mutex_unlock(&table->lock);
    for (uint64_t i = 0; i < count; i++) {
        Port *port = port_enter_any(vm, term_from_port_data(numbers[i]));
        if (port == NULL) continue;
        visit(port, user);
        port_leave(port);
    }
    mem_free(numbers);
}

static void drain_port(Port *port, void *user) {
    (void)user;
    if (port->driver->drain != NULL) port->driver->drain(port);
}

/** A connection without output is closed: who writes to it from this VM must not wait for it. */
static void close_connection(Port *port, void *user) {
    (void)user;
    if (port->driver == &port_tcp_driver) port_exit(port, port->term, am_normal, false, false);
}

void io_flush(VM *vm) {
    ports_each(vm, close_connection, NULL);
    ports_each(vm, drain_port, NULL);
}

void io_bytes(VM *vm, uint64_t *in, uint64_t *out) {
    *in = atomic_load_explicit(&vm->ports->bytes_in, memory_order_relaxed);
    *out = atomic_load_explicit(&vm->ports->bytes_out, memory_order_relaxed);
}

uint64_t ports_watched(VM *vm) {
    ASSERT(vm->ports->poller != NULL);
    return poller_watched(vm->world, vm->ports->poller);
}

Term ports_check_io(Process *p) {
    PortTable *table = p->vm->ports;
    Heap *h = &p->heap;
    ASSERT(table->poller != NULL);
    Term files_max = heap_unsigned(h, env_files_max(p->vm->world));
    Term watched = heap_unsigned(h, ports_watched(p->vm));
    Term items[][2] = {{am_name, am_erts_poll},
                       {am_primary, am_epoll},
                       {am_kernel_poll, am_epoll},
                       {am_memory_size, heap_unsigned(h, sizeof *table)},
                       {am_total_poll_set_size, watched},
                       {am_lazy_updates, am_false},
                       {am_pending_updates, term_from_small(0)},
                       {am_batch_updates, am_false},
                       {am_concurrent_updates, am_true},
                       {am_fallback, am_false},
                       {am_max_fds, files_max},
                       {am_active_fds, term_from_small(0)},
                       {am_poll_threads, term_from_small(1)}};
    Term list = TERM_NIL;
    for (size_t i = ARRAY_COUNT(items); i > 0; i--)
        list = heap_cons(h, heap_tuple2(h, items[i - 1][0], items[i - 1][1]), list);
    return heap_cons(h, list, TERM_NIL);
}

static void kill_port(Port *port, void *user) {
    (void)user;
    if (!port_exit(port, port->term, am_kill, false, false))
        port_fail(port, ECANCELED); // it was only waiting for its output to be written
}

// Children that still run are left running, as OTP leaves them; they are the system's from here on.
void ports_destroy(VM *vm) {
    PortTable *table = vm->ports;
    ASSERT(!table->has_poll_thread);
    esock_destroy(vm);
    ports_each(vm, kill_port, NULL);
    ASSERT(table->count == 0);
    while (table->children != NULL) {
        PortChild *child = table->children;
        table->children = child->next;
        if (child->child.pidfd >= 0) stream_close(vm->world, child->child.pidfd);
        mem_free(child);
    }
    tty_destroy(vm);
    select_destroy(vm);
    signals_destroy(vm);
    timer_wheel_free(&table->timers);
    poller_free(vm->world, table->poller);
    mem_free(table->slots);
    mutex_free(&table->lock);
    mem_free(table);
    vm->ports = NULL;
    vm->port_hooks = NULL;
}
