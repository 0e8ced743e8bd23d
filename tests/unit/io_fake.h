// SPDX-License-Identifier: Apache-2.0
//
// A VM for tests of src/io: its tables and one process, no code and no threads. The test calls
// built-ins in the process's place, polls, and takes the messages that come.
#pragma once
#include "bif/bif.h"
#include "heap/literal.h"
#include "io/byte_queue.h"
#include "io/port.h"
#include "proc/process_table.h"
#include "proc/receive.h"
#include "proc/registry.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/time.h"

Term bif_erts_internal_open_port_2(Process *p, Term *a);

enum { SECOND_NS = 1000000000 };

__attribute__((unused)) static VM *make_vm(World *world) {
    VM *vm = mem_zalloc(sizeof *vm);
    vm->world = world;
    vm_config_default(&vm->config);
    vm->atoms = atom_table_create(ATOM_COUNT_MAX_DEFAULT);
    vm->nodes = node_table_create();
    vm->literal_space = literal_space_create();
    vm->literals = literal_space_range(vm->literal_space);
    vm->quiesce = quiesce_create();
    vm->processes = process_table_create(1024, 1);
    vm->registry = registry_create();
    vm->time = time_service_create(vm);
    vm->schedulers = scheduler_set_create(vm);
    io_create(vm);
    return vm;
}

__attribute__((unused)) static void free_vm(VM *vm) {
    io_destroy(vm);
    scheduler_set_destroy(vm);
    registry_destroy(vm->registry);
    process_table_destroy(vm->processes);
    time_service_destroy(vm->time);
    quiesce_destroy(vm->quiesce);
    literal_space_destroy(vm->literal_space);
    node_table_destroy(vm->nodes);
    atom_table_destroy(vm->atoms);
    mem_free(vm);
}

__attribute__((unused)) static Term string(Process *p, const char *text) {
    return heap_list_from_bytes(&p->heap, (const uint8_t *)text, strlen(text), TERM_NIL);
}

__attribute__((unused)) static Term atom(Process *p, const char *text) {
    return atom_from(p->vm->atoms, text);
}

__attribute__((unused)) static Term list_of(Process *p, size_t count, const Term *terms) {
    return heap_list(&p->heap, terms, count, TERM_NIL);
}

__attribute__((unused)) static Term open_port(Process *p, Term name, size_t count,
                                              const Term *settings) {
    Term a[] = {name, list_of(p, count, settings)};
    return bif_erts_internal_open_port_2(p, a);
}

/** The next message, polled for at most five seconds; TERM_NONE when none came. */
__attribute__((unused)) static Term next_message(Process *p) {
    for (int i = 0; i < 50; i++) {
        signal_handle_all(p);
        Signal *message = mailbox_peek(p);
        if (message != NULL) {
            Term term = message->term;
            mailbox_take(p);
            return term;
        }
        ports_poll(p->vm, SECOND_NS / 10);
    }
    return TERM_NONE;
}
