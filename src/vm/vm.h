// SPDX-License-Identifier: Apache-2.0
//
// vm.h - one instance: everything that the rooms keep for one VM hangs here, and nowhere else.
//
// VM-1: nothing outside a VM value changes while VMs run; two VMs in a program share no writable byte.
#ifndef MICA_VM_VM_H
#define MICA_VM_VM_H

#include "code/code.h"
#include "code/lower.h"
#include "proc/process.h"
#include "term/atom.h"
#include "term/external.h"
#include "term/node.h"
#include "vm/config.h"

typedef struct World World;


struct VM {
    World *world;
    VMConfig config;

    // term
    AtomTable *atoms;
    NodeTable *nodes;
    ExternalContext external;
    // heap
    LiteralRange literals;
    struct LiteralSpace *literal_space; // heap/literal.h
    // code
    CodeServer *code;
    struct ExecState *exec;             // exec/: instruction addresses, special code
    // proc
    struct ProcessTable *processes;
    struct Registry *registry;
    struct SchedulerSet *schedulers;
    struct Quiesce *quiesce;
    struct TimeService *time;           // clocks with offset, timers
    _Atomic uint64_t reference_counter;
    _Atomic uint64_t unique_counter;
    // bif, ets, io
    struct EtsState *ets;
    struct PersistentTerms *persistent_terms;
    struct PortTable *ports;
    struct FileState *files;
    struct SystemState *system;         // system_flag values and the like

    // calls upward, set at creation
    int (*run_process)(Process *p, int64_t reductions); // exec_run: returns ExecResult
    const CodeHooks *code_hooks;                        // exec_create sets it

    // stopping
    _Atomic bool halting;
    int halt_code;
};

/** Makes a VM in a world with its preloaded modules loaded; runs nothing yet. NULL and *error (mem_free) on failure. */
VM *vm_create(World *world, const VMConfig *config, char **error);
/** Starts the system processes and the first one, which calls erl_init:start/2 as OTP boots. False: *error says why. */
bool vm_boot(VM *vm, char **error);
/** Runs until the VM halts; returns its exit code. */
int vm_run(VM *vm);
/** Frees a stopped VM and all it owned; the world stays. */
void vm_destroy(VM *vm);

#endif
