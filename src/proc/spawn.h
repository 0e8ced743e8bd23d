// SPDX-License-Identifier: Apache-2.0
//
// spawn.h - making processes, finding them.
#ifndef MICA_PROC_SPAWN_H
#define MICA_PROC_SPAWN_H

#include "proc/process.h"

typedef struct SpawnOptions {
    bool link, monitor;
    uint32_t alias_flags; // of the monitor: RELATION_ALIAS_*, 0: none
    Term monitor_tag;     // {tag, Term}, or TERM_NONE
    Term request_ref;     // of spawn_request, or TERM_NONE
    Term reply_tag;       // of its reply
    uint8_t priority;     // as Process.priority
    uint32_t min_heap_words, fullsweep_after;
    uint64_t min_virtual_words, max_heap_words;
    uint32_t max_heap_flags; // HEAP_ON_MAX_*
    bool message_queue_off_heap;
    bool system;
    const struct RemoteSpawn *remote; // asked for by another node, or NULL
} SpawnOptions;

/** What another node says of the process that it asks for. */
typedef struct RemoteSpawn {
    Term parent, group_leader, ref; // pids and a reference, boxed or not
    // sequential tracing: the request's token, or TERM_NONE; then what the request is told as
    Term token, request, arguments;
    uint32_t connection;
    /** The process is there and has not run: its parent must hear of it first. */
    void (*made)(Process *p, const struct RemoteSpawn *remote);
    void *context;
} RemoteSpawn;

/** Fills in the VM's defaults. */
void spawn_options_default(VM *vm, SpawnOptions *o);
/**
 * New process that runs module:function with the list args (copied). parent may be NULL (the first
 * process). Returns its pid; TERM_NONE when the table is full. With monitor, *monitor_ref gets the
 * reference (in parent's heap).
 */
Term process_spawn(VM *vm, Process *parent, Term module, Term function, Term args,
                   const SpawnOptions *o, Term *monitor_ref);
/** As process_spawn, with a fun of arity 0 in place of module:function. */
Term process_spawn_fun(VM *vm, Process *parent, Term fun, const SpawnOptions *o, Term *monitor_ref);
/**
 * Ends p, which the calling thread runs and whose exit_reason is set: names, tables and ports are
 * given up, links and monitors fire, memory goes. False: that takes another turn of p; else it is
 * not to be touched afterwards.
 */
bool process_exit(Process *p);
/** The part of p's end that others hear of, by who handles its signals. Its memory stays. */
void process_tell_end(Process *p);
/** Frees a process that no thread will run (again): a stopped VM's, or one that found no place. */
void process_destroy_unstarted(Process *p);
/** Asks a process to take back one suspension. */
void process_request_resume(VM *vm, Term pid);
/** A process that a C thread owns (proc/host.h). NULL when the table is full. It ends by
 * process_exit. */
Process *process_new_host(VM *vm, struct Parker *parker);
/** The process with this local pid, or NULL; stays allocated until the caller's next quiet point
 * (PROC-4). */
Process *process_find(VM *vm, Term pid);
/** The process or port registered under name: pid or port term, or TERM_NONE. */
Term registry_find(VM *vm, Term name);
/**
 * Collects p's heap with all its roots; live counts the registers p->x[0..live-1]. Makes room for
 * need_words. May end the process (max_heap_size): then returns false and p->exit_reason is set.
 */
bool process_collect(Process *p, size_t need_words, uint32_t live);
/** erlang:hibernate: the stack is gone, saved_x holds what is live; gives back all memory that is
 * not needed. */
void process_hibernate(Process *p);
/** Tells the logger that p passed its max_heap_size. */
void process_log_max_heap(Process *p);
/** Bytes of a process, all in. */
size_t process_memory_bytes(const Process *p);

#endif
