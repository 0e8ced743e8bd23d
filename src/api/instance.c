// SPDX-License-Identifier: Apache-2.0
//
// instance.c - making and unmaking one VM: the rooms' states in the order in which they need each
// other.
//
// VM-2: what is made last is freed first; nothing that a room frees is used by a room freed after
// it.
#include "api/instance.h"

#include "base/alloc.h"
#include "bif/microstate.h"
#include "bif/multi_scheduling.h"
#include "bif/persistent_term.h"
#include "bif/regex.h"
#include "bif/system_state.h"
#include "code/code.h"
#include "dist/dist.h"
#include "ets/table.h"
#include "exec/exec.h"
#include "heap/literal.h"
#include "io/io.h"
#include "nif/nif.h"
#include "proc/node_watch.h"
#include "proc/process_table.h"
#include "proc/quiesce.h"
#include "proc/ref_timer.h"
#include "proc/registry.h"
#include "proc/scheduler.h"
#include "proc/time.h"
#include "trace/trace.h"
#include "world/entropy.h"
#include "world/thread.h"

static void choose_thread_counts(VM *vm) {
    VMConfig *c = &vm->config;
    if (c->deterministic) c->schedulers = 1;
    if (c->schedulers == 0) c->schedulers = thread_cpus_online();
    if (c->schedulers_online == 0 || c->schedulers_online > c->schedulers)
        c->schedulers_online = c->schedulers;
    if (c->dirty_cpu_schedulers == 0) c->dirty_cpu_schedulers = c->schedulers;
    if (c->dirty_cpu_schedulers_online == 0)
        c->dirty_cpu_schedulers_online = c->dirty_cpu_schedulers;
    if (c->dirty_io_schedulers == 0) c->dirty_io_schedulers = 10;
    ASSERT(c->schedulers > 0 && c->schedulers_online <= c->schedulers);
}

static bool create_literals(VM *vm, char **error) {
    vm->literal_space = literal_space_create();
    if (vm->literal_space == NULL) {
        static const char TEXT[] = "cannot reserve addresses for literals";
        *error = mem_alloc(sizeof TEXT);
        memcpy(*error, TEXT, sizeof TEXT);
        return false;
    }
    vm->literals = literal_space_range(vm->literal_space);
    return true;
}

static void create_code(VM *vm) {
    vm->external = (ExternalContext){.atoms = vm->atoms,
                                     .nodes = vm->nodes,
                                     .magics = magic_table_create(),
                                     .find_export = code_external_export,
                                     .find_fun = code_external_fun};
    vm->external.local_salt = vm->config.deterministic ? vm->config.seed : entropy_u64(vm->world);
    exec_create(vm);
    ASSERT(vm->code_hooks != NULL && vm->run_process != NULL);
    CodeConfig config = {.atoms = vm->atoms,
                         .external = &vm->external,
                         .literals = &vm->literals,
                         .literal_space = vm->literal_space,
                         .hooks = vm->code_hooks,
                         .vm = vm};
    vm->code = code_server_create(&config);
    vm->external.code = vm->code;
}

VM *vm_create(World *world, const VMConfig *config, char **error) {
    ASSERT(world != NULL && config != NULL && error != NULL);
    VM *vm = mem_zalloc(sizeof *vm);
    vm->world = world;
    vm->config = *config;
    choose_thread_counts(vm);
    if (!create_literals(vm, error)) {
        mem_free(vm);
        return NULL;
    }
    vm->atoms = atom_table_create(config->atom_count_max);
    vm->nodes = node_table_create();
    vm->quiesce = quiesce_create();
    create_code(vm);
    vm->time = time_service_create(vm);
    vm->ref_timers = ref_timers_create();
    vm->processes = process_table_create(config->process_count_max, vm->config.schedulers + 1);
    vm->registry = registry_create();
    vm->schedulers = scheduler_set_create(vm);
    trace_create(vm);
    ASSERT(vm->tracing.hooks != NULL);
    vm->system = system_state_create(vm);
    node_watch_create(vm);
    persistent_terms_create(vm);
    ets_create(vm);
    dist_create(vm);
    io_create(vm);
    nif_create(vm);
    char message[CODE_MESSAGE_BYTES];
    if (code_load_preloaded(vm->code, world, config->preloaded_dir, message)) return vm;
    *error = mem_alloc(sizeof message);
    memcpy(*error, message, sizeof message);
    vm_destroy(vm);
    return NULL;
}

void vm_destroy(VM *vm) {
    ASSERT(vm != NULL);
    io_stop(vm);
    nif_stop(vm);
    io_destroy(vm);
    dist_destroy(vm);
    scheduler_set_destroy(vm);
    persistent_terms_destroy(vm);
    regex_cache_destroy(vm);
    node_watch_destroy(vm);
    multi_scheduling_free(vm);
    microstate_free(vm);
    system_state_destroy(vm->system);
    trace_destroy(vm);
    ets_destroy(vm);
    quiesce_drain(vm->quiesce); // what holds objects of extensions is gone now
    nif_destroy(vm);            // whose threads may still send to nobody
    registry_destroy(vm->registry);
    process_table_destroy(vm->processes);
    ref_timers_destroy(vm->ref_timers);
    time_service_destroy(vm->time);
    quiesce_destroy(vm->quiesce);
    if (vm->literal_release.area != NULL)
        literal_area_destroy(vm->literal_space, vm->literal_release.area);
    code_server_destroy(vm->code);
    exec_destroy(vm);
    literal_space_destroy(vm->literal_space);
    magic_table_destroy(vm->external.magics);
    node_table_destroy(vm->nodes);
    atom_table_destroy(vm->atoms);
    mem_free(vm);
}

int vm_run(VM *vm) {
    io_start(vm);
    scheduler_set_start(vm);
    scheduler_set_run(vm);
    scheduler_set_stop(vm);
    nif_halt(vm);
    io_finish(vm);
    return vm->halt_code;
}
