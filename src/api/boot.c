// SPDX-License-Identifier: Apache-2.0
//
// boot.c - the processes a VM begins with: the first one, from which OTP boots, and the system
// processes that OTP's preloaded modules expect the VM to have started.
#include "api/instance.h"
#include "base/alloc.h"
#include "proc/scheduler.h"
#include "proc/spawn.h"

#include <stdio.h>

/** [BootModule, [<<"-root">>, ...]] for erl_init:start/2, built in a detached heap. */
static Term boot_arguments(VM *vm, Heap *h) {
    ASSERT(vm->config.argument_count == 0 || vm->config.arguments != NULL);
    Term list = TERM_NIL;
    for (int i = vm->config.argument_count - 1; i >= 0; i--) {
        const char *word = vm->config.arguments[i];
        list = heap_cons(h, heap_binary_from(h, word, strlen(word)), list);
    }
    Term module = atom_from(vm->atoms, vm->config.boot_module);
    return heap_cons(h, module, heap_cons(h, list, TERM_NIL));
}

static bool fail(char **error, const char *what) {
    const size_t room = 256;
    *error = mem_alloc(room);
    snprintf(*error, room, "cannot boot: %s", what);
    return false;
}

static bool spawn_system(VM *vm, Process *parent, const char *module, uint8_t priority, Term *pid) {
    SpawnOptions o;
    spawn_options_default(vm, &o);
    ASSERT(priority <= PRIORITY_LOW);
    o.system = true;
    o.priority = priority;
    o.message_queue_off_heap = true;
    *pid = process_spawn(vm, parent, atom_from(vm->atoms, module), am_start, TERM_NIL, &o, NULL);
    return *pid != TERM_NONE;
}

bool vm_boot(VM *vm, char **error) {
    ASSERT(vm != NULL && error != NULL);
    if (code_find_export(vm->code, am_erl_init, am_start, 2) == NULL)
        return fail(error, "erl_init:start/2 is not there");
    Heap h;
    heap_init_detached(&h, &vm->literals);
    SpawnOptions o;
    spawn_options_default(vm, &o);
    Term first = process_spawn(vm, NULL, am_erl_init, am_start, boot_arguments(vm, &h), &o, NULL);
    heap_destroy(&h);
    if (first == TERM_NONE) return fail(error, "no first process");
    Process *parent = process_find(vm, first);
    ASSERT(parent != NULL); // nothing runs yet that could have ended it
    SystemProcesses *s = &vm->system_processes;
    bool ok =
        spawn_system(vm, parent, "erts_code_purger", 1, &s->code_purger) &&
        spawn_system(vm, parent, "erts_literal_area_collector", 1, &s->literal_collector) &&
        spawn_system(vm, parent, "erts_dirty_process_signal_handler", 2, &s->dirty_handler) &&
        spawn_system(vm, parent, "erts_dirty_process_signal_handler", 1, &s->dirty_handler_high) &&
        spawn_system(vm, parent, "erts_dirty_process_signal_handler", 0, &s->dirty_handler_max);
    if (ok && code_find_export(vm->code, am_erts_trace_cleaner, am_start, 0) != NULL)
        ok = spawn_system(vm, parent, "erts_trace_cleaner", PRIORITY_NORMAL, &s->trace_cleaner);
    s->init = first;
    return ok ? true : fail(error, "no system processes");
}
