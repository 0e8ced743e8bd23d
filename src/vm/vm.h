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

typedef struct World World;

typedef struct VMConfig {
    const char *otp_root;        // folder with lib/ and releases/
    uint32_t schedulers;         // threads; 0: one per core
    uint32_t dirty_cpu_schedulers, dirty_io_schedulers;
    uint64_t process_count_max, port_count_max;
    uint32_t atom_count_max;
    bool gc_stress;
    bool deterministic;          // one thread, virtual time, seeded choice
    uint64_t seed;
    int argument_count;          // what init:get_arguments shows, as erlexec hands it to the emulator's -- part
    char **arguments;
} VMConfig;

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

#endif
