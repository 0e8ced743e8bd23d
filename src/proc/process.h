// SPDX-License-Identifier: Apache-2.0
//
// process.h - the process: its memory, its place in the scheduler, its signals, its exception.
//
// PROC-1: while PROCESS_RUNNING is set, exactly one thread (scheduler or dirty) owns every field
// that is not
//         marked otherwise; nobody else reads or writes them.
// PROC-2: `state` is changed by compare-and-swap only; see proc/scheduler.h for its transitions.
// PROC-3: what one process does to another is a signal in `signals_outer`; order between any pair
// holds. PROC-4: a process found by pid stays allocated until the finder passes a quiet point
// (proc/quiesce.h).
#ifndef MICA_PROC_PROCESS_H
#define MICA_PROC_PROCESS_H

#include "heap/heap.h"
#include "term/fun.h"
#include "term/term.h"

typedef struct VM VM;
typedef struct Scheduler Scheduler;
typedef struct Process Process;
typedef struct Signal Signal;
typedef struct TraceState TraceState; // proc/trace.h

typedef struct LinkTree LinkTree; // links and monitors by key; proc/link.h
typedef struct RefTimer RefTimer; // proc/ref_timer.h
typedef struct Beside Beside;     // proc/beside.h

typedef enum {
    EXC_NONE = 0,
    EXC_ERROR,
    EXC_EXIT,
    EXC_THROW,
    EXC_TRAP,
    EXC_YIELD,
    EXC_PAUSED
} ExceptionClass;

/** What a built-in or instruction raised, or where it wants to go on. */
typedef struct Exception {
    ExceptionClass class;
    uint32_t flags; // EXC_*
    Term reason;    // or the value thrown
    Term trace;     // stack trace so far: a raw trace term (exec/), or TERM_NONE: not taken yet
    Term error_info_cause; // for EXC_ERROR_INFO, TERM_NONE when there is none
    Export *trap_export;   // EXC_TRAP and EXC_YIELD: arguments stand in p->x[0..trap_arity-1]
    uint32_t trap_arity;
} Exception;

// EXC_PAUSED: a long call (proc/long_call.h) goes on when the same instruction runs again.
#define EXC_ERROR_INFO 1u // the stack trace's first entry gets {error_info, …}
#define EXC_KEEP_TRACE 2u // trace is given (erlang:raise/3)

/** Why running a process came back (exec_run). */
typedef enum {
    EXEC_YIELDED, // reductions spent: goes to the end of its queue
    EXEC_WAITING, // in a receive with nothing to take
    EXEC_EXITED,  // p->exit_reason is set; the process ended
    EXEC_DIRTY,   // must go on on a dirty thread (p->dirty_kind)
    EXEC_SUSPENDED
} ExecResult;

struct Process {
    Heap heap;

    // -- the machine, as it stood when the process last stopped running --
    const Word *pc; // next instruction
    Term *x;        // registers of the scheduler that runs it; NULL when not running
    int64_t reductions_left;
    uint64_t reductions_done; // of all finished turns
    Term *saved_x;            // live registers while not running: saved_x_inline or a block
    uint32_t saved_x_count;
    uint32_t catches; // catch and try marks on the stack
    Term saved_x_inline[6];
    Exception exc;
    const Export *current_export; // initial call or the function it stopped in (process_info)

    // -- identity --
    VM *vm;
    Scheduler *scheduler; // the one that runs it, or ran it last; may be a dirty one
    Scheduler *home;      // the normal one that ran it last
    Term pid;
    Term group_leader;
    Term initial_call[3];         // module, function, arity (small)
    Term parent;                  // pid or am_undefined; boxed: in its heap
    _Atomic Term registered_name; // atom or TERM_NONE; written under the registry's lock (REG-3)

    // -- dictionary: hash table, owned by bif/bif_dictionary.c --
    struct Dictionary *dictionary;

    // -- scheduling --
    _Atomic uint32_t state; // PROCESS_*, proc/scheduler.h
    uint8_t priority;       // 0 max, 1 high, 2 normal, 3 low
    uint8_t raised;         // in a queue: as if of the priority 3 - raised; 0: not raised
    uint8_t trap_exit;
    uint8_t message_queue_off_heap;
    uint8_t dirty_kind;         // waiting for or on a dirty thread: DIRTY_*
    uint8_t hibernating;        // asked to shrink its heap before it waits
    uint8_t schedule_count_low; // low priority: turns to skip
    uint32_t flags;             // PROCESS_FLAG_*
    union {
        Process *queue_next;        // run queue link; owned by the queue
        struct Parker *host_parker; // PROCESS_HOST: never queued; woken here
    };

    struct LongCall *long_call;     // a built-in that stands still, proc/long_call.h
    struct NifScheduled *scheduled; // nif/: what a native function asked to be called next
    // whose library that is, until it has run; a dirty call writes it while others look (BESIDE-1)
    _Atomic(struct CodeInstance *) scheduled_code;
    struct LongCall *long_call_left; // one that the process's end abandons
    uint8_t long_calls_held;         // built-ins go to their end: a lock is held (LONG-3)
    uint8_t exiting;                 // its end has begun: no more signals, no more code
    _Atomic bool has_timers;         // it may have; set by anyone
    uint8_t end_told;                // who is linked, monitors or asks knows of its end
    uint32_t suspend_count;
    Beside *beside; // while a built-in of it waits for or blocks a dirty thread

    // -- signals; see proc/signal.h and proc/receive.h --
    _Atomic(Signal *) signals_outer; // pushed by anyone, newest first; SIGNAL_CLOSED when exited
    Signal *signals_first;           // taken from outside, not handled yet, in order
    Signal **signals_last;
    Signal *signals_deferred; // LONG-1: requests that wait for the long call's end
    Signal *messages_first;   // inner queue of messages, in order
    Signal **messages_last;   // the `next` field (or messages_first) that ends the queue
    Signal **messages_save;   // receive's position: points to the next message to look at
    uint64_t messages_count;
    uint32_t messages_in_heap; // how many messages live in this process's own heap (roots)
    uint32_t receive_timer_id; // the number of the latest receive_timer
    struct ReceiveMarkers *receive_markers; // NULL until the first recv_marker_reserve
    struct Timer *receive_timer;            // the latest one, as long as it is armed (TIME-2)
    uint64_t receive_deadline; // tick at which `receive … after` ends; 0: not waiting so
    RefTimer *timers;          // of references, for it; under a lock of ref_timer.c
    uint8_t receive_timed_out; // the deadline has come
    uint8_t receive_forever;   // its time is infinity
    uint8_t
        receive_waiting; // stands at a wait instruction: nothing to run until a message or timeout
    uint8_t receive_matching; // registers may point into the message at *messages_save
    uint8_t signals_busy;     // handling signals now (no nesting)
    uint8_t
        collect_later; // a built-in holds terms: requests may ask for a collection, not make one
    _Atomic bool sensitive; // process_flag(sensitive): neither traced nor shown
    _Atomic bool is_heir;   // ets/: some table may name it its heir

    // -- relations, proc/link.h --
    LinkTree *links;         // pid or port -> link
    LinkTree *monitors_made; // ref -> monitor that this process made
    LinkTree *monitored_by;  // ref -> who watches
    LinkTree *aliases;       // ref -> how it ends
    LinkTree *suspending;    // pid -> how often this process suspended it
    Term exit_reason;        // TERM_NONE, or set: it will run no more code; a root

    // -- the rest --
    Term seq_trace_token;         // its own copy in its heap, or TERM_NIL
    _Atomic(TraceState *) trace;  // NULL: not traced; TRACE-1
    struct TraceExtra *trace_own; // trace/: what being traced needs here; NULL until then
    Term error_handler;           // module atom, default error_handler
    uint64_t unique_counter;
    _Atomic uint64_t heap_bytes, binary_bytes; // scheduler_note_memory; anyone reads
    Term first_block[HEAP_WORDS_FIRST];        // the heap's first block (heap_init_lent)
};
// With the C allocator's word and a place in the process table, under 1,024 bytes.
_Static_assert(sizeof(Process) <= 984, "a waiting process costs more than it may");

#define DIRTY_NONE 0
#define DIRTY_CPU 1
#define DIRTY_IO 2

// `state` (PROC-2). A process is in one of these, plus flags.
#define PROCESS_WAITING 0u // in no queue; a signal queues it
#define PROCESS_QUEUED 1u  // in a run queue, or on its way there
#define PROCESS_RUNNING 2u // a thread owns it
#define PROCESS_FREE 3u    // ended
#define PROCESS_STATUS_MASK 3u
#define PROCESS_HOST 8u   // a C thread owns it for good (proc/host.h): always RUNNING
#define PROCESS_WOKEN 4u  // a signal came while it ran: queue it again when it stops
#define PROCESS_DIRTY 16u // QUEUED or RUNNING for a dirty thread: BESIDE-1

#define PROCESS_FLAG_SYSTEM 4u
#define PROCESS_FLAG_ETS_SUPER_USER 8u // reads and writes private tables, too
/** Nobody may ask it for a collection; what memory needs is collected all the same. */
#define PROCESS_FLAG_GC_OFF 256u
// What its end has to look for; set by the process itself, never taken back.
#define PROCESS_FLAG_OPENED_FILES 16u
#define PROCESS_FLAG_WATCHED_NODES 32u
#define PROCESS_FLAG_RELIES 64u    // on a connection to another node
#define PROCESS_FLAG_CONTROLS 128u // it is the controller of one

#endif
