// SPDX-License-Identifier: Apache-2.0
//
// instance.c - making and unmaking one VM: the rooms' states in the order in which they need each other.
//
// VM-2: what is made last is freed first; nothing that a room frees is used by a room freed after it.
#include "api/instance.h"

#include "base/alloc.h"
#include "code/preloaded.h"
#include "ets/ets.h"
#include "exec/exec.h"
#include "heap/literal.h"
#include "io/port.h"
#include "proc/process_table.h"
#include "proc/quiesce.h"
#include "proc/registry.h"
#include "proc/scheduler.h"
#include "proc/time.h"
#include "world/thread.h"

static Export *find_export(void *code, Term module, Term function, uint32_t arity) {
    return code_export(code, module, function, arity);
}

static FunEntry *find_fun(void *code, Term module, uint32_t old_index, uint32_t old_uniq, uint32_t index,
                          const uint8_t uniq[16], uint32_t arity) {
    return code_fun_entry(code, module, old_index, old_uniq, index, uniq, arity);
}

static void choose_thread_counts(VM *vm) {
    VMConfig *c = &vm->config;
    if (c->deterministic) c->schedulers = 1;
    if (c->schedulers == 0) c->schedulers = thread_cpu_count();
    if (c->schedulers_online == 0 || c->schedulers_online > c->schedulers) c->schedulers_online = c->schedulers;
    if (c->dirty_cpu_schedulers == 0) c->dirty_cpu_schedulers = c->schedulers;
    if (c->dirty_cpu_schedulers_online == 0) c->dirty_cpu_schedulers_online = c->dirty_cpu_schedulers;
    if (c->dirty_io_schedulers == 0) c->dirty_io_schedulers = 10;
    ASSERT(c->schedulers > 0 && c->schedulers_online <= c->schedulers);
}

VM *vm_create(World *world, const VMConfig *config, char **error) {
    ASSERT(world != NULL && config != NULL && error != NULL);
    VM *vm = mem_zalloc(sizeof *vm);
    vm->world = world;
    vm->config = *config;
    choose_thread_counts(vm);
    vm->atoms = atom_table_create(config->atom_count_max);
    vm->nodes = node_table_create();
    vm->literal_space = literal_space_create(&vm->literals);
    vm->quiesce = quiesce_create();
    vm->code = code_server_create(vm);
    vm->external = (ExternalContext){.atoms = vm->atoms, .nodes = vm->nodes, .code = vm->code,
                                     .find_export = find_export, .find_fun = find_fun};
    exec_create(vm);
    time_service_create(vm);
    process_table_create(vm);
    registry_create(vm);
    scheduler_set_create(vm);
    ets_create(vm);
    port_table_create(vm);
    system_state_create(vm);
    if (!code_load_preloaded(vm, error)) {
        vm_destroy(vm);
        return NULL;
    }
    return vm;
}

void vm_destroy(VM *vm) {
    ASSERT(vm != NULL);
    port_table_destroy(vm);
    process_table_destroy(vm);
    ets_destroy(vm);
    scheduler_set_destroy(vm);
    registry_destroy(vm);
    system_state_destroy(vm);
    time_service_destroy(vm);
    exec_destroy(vm);
    code_server_destroy(vm->code);
    quiesce_destroy(vm->quiesce);
    literal_space_destroy(vm->literal_space);
    node_table_destroy(vm->nodes);
    atom_table_destroy(vm->atoms);
    mem_free(vm);
}

int vm_run(VM *vm) {
    scheduler_set_run(vm);
    return vm->halt_code;
}
