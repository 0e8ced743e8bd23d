// SPDX-License-Identifier: Apache-2.0
//
// signal_service.c - signals of the operating system, as os:set_signal/2 and OTP's
// erl_signal_server know them.
//
// A handled signal becomes {notify, sigterm} to the process registered as erl_signal_server. Where
// there is none (early in the boot), it does what it does by default. A VM inside a host that keeps
// its signals to itself gets none.
//
// Threads: the poll thread reads; any process's thread sets actions, which are atomic.
#include "bif/bif.h"
#include "io/tty.h"
#include "proc/registry.h"
#include "proc/signal.h"

void signals_create(VM *vm, PortTable *table) {
    table->signal_fd = -1;
    for (unsigned i = 0; i < OS_SIGNAL_COUNT; i++)
        atomic_init(&table->signal_actions[i], SIGNAL_ACTION_DEFAULT);
    // As OTP's VM starts: these three are handled, the others are not.
    atomic_init(&table->signal_actions[OS_SIGNAL_TERM], SIGNAL_ACTION_HANDLE);
    atomic_init(&table->signal_actions[OS_SIGNAL_USR1], SIGNAL_ACTION_HANDLE);
    atomic_init(&table->signal_actions[OS_SIGNAL_QUIT], SIGNAL_ACTION_HANDLE);
    // +Bd leaves the keys of a terminal that signal as they are for any program, +Bi takes them
    // away.
    char handling = vm->config.break_handling;
    if (handling != 'd' && handling != 'i') return;
    SignalAction keys = handling == 'd' ? SIGNAL_ACTION_DEFAULT : SIGNAL_ACTION_IGNORE;
    atomic_init(&table->signal_actions[OS_SIGNAL_INT], keys);
    atomic_init(&table->signal_actions[OS_SIGNAL_QUIT], keys);
    atomic_init(&table->signal_actions[OS_SIGNAL_TSTP], keys);
}

static int arm_signals(VM *vm) {
    ASSERT(vm->ports->signal_fd >= 0);
    return poller_arm(vm->world, vm->ports->poller, vm->ports->signal_fd, POLLER_READ,
                      PORT_TOKEN_SIGNALS);
}

int io_take_signals(VM *vm, IoInterrupted *interrupted) {
    ASSERT(vm->ports->signal_fd < 0);
    PortTable *table = vm->ports;
    int error = os_signal_open(vm->world, &table->signal_fd);
    if (error != 0) return error;
    char handling = vm->config.break_handling;
    if (handling != 'd' && handling != 'i') table->interrupted = interrupted;
    if (handling == 'c') tty_give_interrupt_key(vm);
    return arm_signals(vm);
}

int io_signal_fd(VM *vm) { return vm->ports->signal_fd; }

void signals_destroy(VM *vm) {
    if (vm->ports->signal_fd < 0) return;
    poller_disarm(vm->world, vm->ports->poller, vm->ports->signal_fd);
    os_signal_close(vm->world, vm->ports->signal_fd);
    vm->ports->signal_fd = -1;
}

static void notify_server(VM *vm, OsSignal number) {
    ASSERT((unsigned)number < OS_SIGNAL_COUNT);
    Term server = registry_find(vm, am_erl_signal_server);
    if (server == TERM_NONE || !term_is_local_pid(server)) return;
    Heap heap;
    heap_init_detached(&heap, &vm->literals);
    Term message = heap_tuple2(&heap, am_notify, atom_from(vm->atoms, os_signal_name(number)));
    signal_send_built(vm, NULL, server, message, heap_take_fragments(&heap));
    heap_destroy(&heap);
}

static void take_signal(VM *vm, OsSignal number) {
    PortTable *table = vm->ports;
    if (number == OS_SIGNAL_INT && table->interrupted != NULL) {
        table->is_interrupted = true;
        return;
    }
    if ((number == OS_SIGNAL_WINCH || number == OS_SIGNAL_CONT) && tty_signal(vm, number)) return;
    uint32_t action = atomic_load_explicit(&table->signal_actions[number], memory_order_relaxed);
    if (action == SIGNAL_ACTION_HANDLE)
        notify_server(vm, number); // as in OTP, one that nobody serves is lost
    else if (action != SIGNAL_ACTION_IGNORE)
        os_signal_raise_default(vm->world, number);
}

void signals_ready(VM *vm) {
    OsSignal number;
    while (os_signal_read(vm->world, vm->ports->signal_fd, &number)) take_signal(vm, number);
    int error = arm_signals(vm);
    ASSERT(error == 0);
}

bool signals_take(VM *vm) {
    OsSignal number;
    // the terminal's own wait until the one who talks is done with it
    bool is_interrupted = false;
    uint32_t later = 0;
    while (os_signal_read(vm->world, vm->ports->signal_fd, &number)) {
        if (number == OS_SIGNAL_INT)
            is_interrupted = true;
        else if (number == OS_SIGNAL_WINCH || number == OS_SIGNAL_CONT)
            later |= 1u << number;
        else
            take_signal(vm, number);
    }
    vm->ports->signals_later |= later;
    return is_interrupted;
}

void signals_interrupt(VM *vm, QuiesceThread *thread) {
    PortTable *table = vm->ports;
    if (!table->is_interrupted) return;
    ASSERT(table->interrupted != NULL);
    table->interrupted(vm, thread);
    table->is_interrupted = false;
    uint32_t later = table->signals_later;
    table->signals_later = 0;
    for (unsigned i = 0; i < OS_SIGNAL_COUNT; i++)
        if ((later & 1u << i) != 0) take_signal(vm, (OsSignal)i);
}

/** set_signal(Signal, default | handle | ignore) -> ok. */
BIF(os, set_signal, 2)
{
    uint32_t action;
    if (a[1] == am_default)
        action = SIGNAL_ACTION_DEFAULT;
    else if (a[1] == am_handle)
        action = SIGNAL_ACTION_HANDLE;
    else if (a[1] == am_ignore)
        action = SIGNAL_ACTION_IGNORE;
    else
        return bif_badarg_cause(p, am_badopt);
    if (!term_is_atom(a[0])) return bif_badarg(p);
    size_t name_bytes;
    const char *name = atom_text(p->vm->atoms, a[0], &name_bytes);
    OsSignal number = os_signal_from_name(name, name_bytes);
    // Those behind sigtstp belong to the VM itself.
    if (number >= OS_SIGNAL_INT) return bif_badarg(p);
    atomic_store_explicit(&p->vm->ports->signal_actions[number], action, memory_order_relaxed);
    return am_ok;
}
