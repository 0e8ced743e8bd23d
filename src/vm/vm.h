// SPDX-License-Identifier: Apache-2.0
//
// vm.h - one instance: everything that the rooms keep for one VM hangs here, and nowhere else.
//
// VM-1: nothing outside a VM value changes while VMs run; two VMs in a program share no writable
// byte.
#ifndef MICA_VM_VM_H
#define MICA_VM_VM_H

#include "code/code.h"
#include "code/lower.h"
#include "proc/process.h"
#include "proc/trace.h"
#include "term/atom.h"
#include "term/external.h"
#include "term/node.h"
#include "term/print.h"
#include "vm/config.h"

typedef struct World World;
struct DistNode; // dist/connection.h
struct Port;     // io/port.h

#define VM_PROCESS_ENDED_MAX 8

/** What signals do to ports. All run on the sender's thread; `port` is a local port term. False: no
 * such port. */
typedef struct PortHooks {
    /** port ! message: the port takes a copy; a bad one ends in the owner's 'EXIT' or badsig, as in
     * OTP. */
    bool (*send)(VM *vm, Process *sender, Term port, Term message);
    /** Output as by port_command, whoever owns the port, never waiting: a tracer's messages. */
    bool (*output)(VM *vm, Term port, const uint8_t *bytes, size_t count);
    /** The same, when port `from`, which the caller has entered, is left. */
    bool (*output_later)(VM *vm, Term from, Term port, const uint8_t *bytes, size_t count);
    bool (*link)(VM *vm, Term port, Term pid);
    bool (*unlink)(VM *vm, Term port, Term pid);
    bool (*monitor)(VM *vm, Term port, Term pid, Term ref);
    bool (*demonitor)(VM *vm, Term port, Term ref);
    /** Exit signal of a linked process (linked) or exit(Port, Reason). */
    bool (*exit)(VM *vm, Term port, Term from, Term reason, bool linked);
    bool (*exists)(VM *vm, Term port);
    /** Tells the port its registered name (TERM_NONE: none any more). */
    void (*set_name)(VM *vm, Term port, Term name);
    uint64_t (*count)(VM *vm);
    /** The number of the next port; of the next one from *least on, when that is given. */
    uint64_t (*next_number)(VM *vm, const uint64_t *least);
    /** Bytes that came in and went out through ports. */
    void (*bytes)(VM *vm, uint64_t *in, uint64_t *out);
    /** What system_info(check_io) tells, on the process's heap. */
    Term (*check_io)(Process *p);
    /** How many descriptors are watched. */
    uint64_t (*watched)(VM *vm);
    // -- ports that connect nodes (dist/)
    /** From now on the port carries that connection's packets: a reference to it, or NULL when it
     * cannot. `node` outlives every port. */
    struct Port *(*dist_begin)(VM *vm, Term port, struct DistNode *node);
    /** There is output to be fetched. Never waits. */
    void (*dist_wake)(struct Port *port);
    void (*dist_release)(void *port);
    /** Adds a =port section for each port. */
    void (*text)(VM *vm, TextBuffer *out);
} PortHooks;

/** Pids of the processes that a VM always has. */
typedef struct SystemProcesses {
    Term init, code_purger, literal_collector;
    Term dirty_handler, dirty_handler_high, dirty_handler_max;
    Term trace_cleaner; // OTP 27
} SystemProcesses;

typedef enum {
    LITERAL_RELEASE_IDLE,
    LITERAL_RELEASE_SET,    // area is leaving; a quiet point is awaited
    LITERAL_RELEASE_ASKED,  // every process is being asked
    LITERAL_RELEASE_CLEARED // the last one is gone; a quiet point is awaited
} LiteralReleaseState;

/** The state of erts_literal_area_collector's work (bif/bif_code.c); area is read by whoever it
 * asks. */
typedef struct LiteralRelease {
    LiteralReleaseState state;
    struct LiteralArea *area;
    _Atomic bool is_quiet;
} LiteralRelease;

/** What becomes of monitors that objects of extensions made (RELATION_NATIVE). */
typedef struct NativeMonitorHooks {
    /** pid, which the monitor of these words watches, has ended. */
    void (*fire)(VM *vm, const uint64_t words[2], Term pid);
    /** Who watches, as a term in out; TERM_NONE: nobody any more. */
    Term (*owner)(VM *vm, const uint64_t words[2], Heap *out);
} NativeMonitorHooks;

struct VM {
    World *world;
    VMConfig config;

    // term
    AtomTable *atoms;
    NodeTable *nodes;
    ExternalContext external;
    // heap
    LiteralRange literals;
    LiteralRelease literal_release;
    _Atomic uint64_t scheduling_blocks_seen; // bif/multi_scheduling.h
    struct LiteralSpace *literal_space;      // heap/literal.h
    // code
    CodeServer *code;
    struct ExecState *exec; // exec/: instruction addresses, special code
    // proc
    struct ProcessTable *processes;
    struct Registry *registry;
    struct SchedulerSet *schedulers;
    struct Quiesce *quiesce;
    struct TimeService *time; // clocks with offset
    struct RefTimers *ref_timers;
    Tracing tracing;
    _Atomic uint64_t reference_counter;
    _Atomic uint64_t unique_counter;
    _Atomic Term system_logger; // who gets what the VM has to say: am_logger, am_undefined or a pid
    // bif, ets, io
    struct EtsState *ets;
    struct PersistentTerms *persistent_terms;
    _Atomic(struct RegexCache *) regex_cache; // bif/regex.h; made with the first regular expression
    struct PortTable *ports;
    struct FileState *files;
    struct SystemState *system;       // system_flag values and the like
    struct NodeWatches *node_watches; // proc/node_watch.h
    struct DistState *dist;           // dist/: connections to other nodes
    struct NifState *nif;             // nif/: libraries and types of their objects

    // calls upward, set at creation
    int (*run_process)(Process *p, int64_t reductions); // exec_run: returns ExecResult
    const Word *entry_apply; // exec: where a new process starts: applies x0:x1 to the list x2, then
                             // ends normally
    /** exec: [{M,F,A,Location}] of a process that does not run, at most depth entries, built in
     * out. */
    Term (*stack_trace)(Process *p, Heap *out, uint32_t depth);
    /** code: may p run or hold code of this instance, or terms of its literal area? */
    bool (*uses_code)(Process *p, const CodeInstance *instance);
    void (*process_ended[VM_PROCESS_ENDED_MAX])(
        Process *p); // ets, ports: called by the ending process's thread
    uint32_t process_ended_count;
    const NativeMonitorHooks *native_monitors; // nif
    /** nif: this version of a module is purged: what its library has is given up. */
    void (*library_leaves)(VM *vm, struct NifLibrary *library);
    /** ets: how many tables there are, and the bytes they take. */
#define COLLIDING_MAX 16
    /** count names of tables that stand in one chain with name, without name itself. */
    Term (*ets_colliding_names)(Process *p, Term name, uint64_t count);
    bool (*ets_owns)(VM *vm, Term pid); // true also when another of the same bucket may
    void (*ets_usage)(VM *vm, uint64_t *count, uint64_t *bytes);
    /** Visits all objects of all tables; nobody else runs meanwhile. */
    void (*ets_each_object)(VM *vm, void (*visit)(void *context, Term table_name, Term object),
                            void *context);
    /** io: handles readiness, waiting at most timeout_ns (< 0: for ever); how much there was.
     * Deterministic VMs only. */
    int (*poll)(VM *vm, int64_t timeout_ns);
    const struct PortHooks *port_hooks; // io: what signals do to ports; NULL: there are none
    const CodeHooks *code_hooks;        // exec_create sets it
    const struct DistHooks *dist_hooks; // dist: what leaves for other nodes; NULL: there are none

    SystemProcesses system_processes;

    // stopping
    _Atomic bool halting;
    int halt_code;
    _Atomic bool halt_decided; // by the first erlang:halt; the rest is its
    bool halt_without_flush;
    char *halt_slogan; // the crash report's, or NULL
};

#endif
