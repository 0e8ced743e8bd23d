// SPDX-License-Identifier: Apache-2.0
//
// trace.h - what the lower rooms know of tracing: who is traced and by whom, and the calls upward
// by which they report events. The rest is src/trace/'s.
//
// A process or port that is traced has a TraceState: flags and a tracer for each trace session that
// traces it. Nobody writes to one: who changes what is traced puts another in its place, under the
// trace lock.
//
// TRACE-1: a TraceState and a Tracer never change once they can be found; the last reference frees
//          them after a quiet point, so a thread may go on with what it has loaded until its own
//          next one.
// TRACE-2: an event is reported before what it tells of can be seen by others: a send before its
//          message is in the receiver's queue, a return before the caller goes on. So whoever hears
//          from a traced process finds its trace messages already sent (trace_delivered/1).
// TRACE-3: with nothing traced an event costs one load and a branch, on a path that is out of line
//          or touches the process anyway.
// Threads: any registered with proc/quiesce.h.
#ifndef MICA_PROC_TRACE_H
#define MICA_PROC_TRACE_H

#include "proc/process.h"

struct CodeInstance;

// Timestamps, then what is traced, then how; the order is that of the lists that trace_info gives.
#define TRACE_TIMESTAMP (1u << 0)
#define TRACE_STRICT_MONOTONIC (1u << 1)
#define TRACE_MONOTONIC (1u << 2)
#define TRACE_SEND (1u << 3)
#define TRACE_RECEIVE (1u << 4)
#define TRACE_SET_ON_SPAWN (1u << 5)
#define TRACE_CALL (1u << 6)
#define TRACE_PROCS (1u << 7)
#define TRACE_SET_ON_FIRST_SPAWN (1u << 8)
#define TRACE_SET_ON_LINK (1u << 9)
#define TRACE_SET_ON_FIRST_LINK (1u << 10)
#define TRACE_RUNNING (1u << 11)
#define TRACE_EXITING (1u << 12)
#define TRACE_GC (1u << 13)
#define TRACE_ARITY (1u << 14)
#define TRACE_RETURN_TO (1u << 15)
#define TRACE_SILENT (1u << 16)
#define TRACE_SCHEDULER_ID (1u << 17)
#define TRACE_PORTS (1u << 18)
#define TRACE_RUNNING_PORTS (1u << 19)
#define TRACE_RUNNING_PROCS (1u << 20)
#define TRACE_CPU_TIMESTAMP (1u << 21)
#define TRACE_SAVE_CALLS (1u << 22) // process_flag(save_calls): the VM's own
#define TRACE_ALL ((1u << 21) - 1)
#define TRACE_TIMESTAMPS (TRACE_TIMESTAMP | TRACE_STRICT_MONOTONIC | TRACE_MONOTONIC)

/** Who gets the events: erl_tracer with a pid or port, or a module of tracer functions with a term
 * of its own. */
typedef struct Tracer {
    _Atomic uint32_t refs;
    Term module; // am_erl_tracer: state is a local pid or port
    Term state;
    HeapFragment *fragments; // hold state, or NULL
} Tracer;

typedef struct TraceSession TraceSession; // trace/

/** What one session traces; one reference to tracer and session is ours. */
typedef struct TraceShare {
    uint32_t flags;        // TRACE_*; never 0
    TraceSession *session; // NULL: the VM's own flags (TRACE_SAVE_CALLS), which have no tracer
    Tracer *tracer;
} TraceShare;

struct TraceState {
    _Atomic uint32_t refs;
    uint32_t flags; // of all shares; never 0
    uint32_t shares_count;
    TraceShare shares[];
};

// A frame that tracing pushes under a traced call: it returns to exec/'s code for its kind.
typedef enum {
    TRACE_FRAME_RETURN,    // {return_trace}: [session][module][function][arity][tracer]
    TRACE_FRAME_EXCEPTION, // {exception_trace}: the same; for returns and exceptions
    TRACE_FRAME_RETURN_TO, // the process flag return_to: [session]
    TRACE_FRAME_TIME,      // call_time: [session][small integer that names the function before]
    TRACE_FRAME_MEMORY,    // call_memory: the same
    TRACE_FRAME_KINDS
} TraceFrameKind;
#define TRACE_FRAME_WORDS_MAX 5
/** Words of a frame between the return address to it and that of the caller. */
static ALWAYS_INLINE uint32_t trace_frame_words(TraceFrameKind kind) {
    if (kind == TRACE_FRAME_TIME || kind == TRACE_FRAME_MEMORY) return 2;
    return kind == TRACE_FRAME_RETURN_TO ? 1 : TRACE_FRAME_WORDS_MAX;
}
/** Free words that a breakpoint needs on the stack for each session: two frames of returns (the
 * process's own tracer and a meta tracer) and one of each other sort, with return addresses. */
#define TRACE_STACK_WORDS (2 * (TRACE_FRAME_WORDS_MAX + 1) + 2 + 3 + 3)

struct RemoteSpawn; // proc/spawn.h

/** The calls upward, made only for what is traced (or watched). */
typedef struct TraceHooks {
    // -- of p, on the thread that runs it
    void (*send)(Process *p, Term to, Term message);
    /** sender: Signal.sender; origin: what stands for it when it is 0. */
    void (*receive)(Process *p, uint32_t sender, Term origin, Term message);
    /** What: in, out, in_exiting, out_exiting, out_exited. */
    void (*schedule)(Process *p, Term what);
    /** A process event (procs) of any process, on any thread; extra TERM_NONE: there is none. */
    void (*process_event)(Process *traced, Term what, Term data, Term extra);
    /** A child that nobody can find yet takes over what its parent (or the VM) says of children. */
    void (*child)(VM *vm, Process *parent, Process *child, bool linked);
    /** parent and child are told of each other; the child is findable and does not run yet. */
    void (*spawned)(Process *parent, Process *child, Term arguments);
    /** p links to another process that will be traced like it. */
    void (*set_on_link)(Process *p, Term to);
    /** What: out, in: p leaves for a port that it works in, and comes back. */
    void (*in_port)(Process *p, Term what);
    void (*collection)(Process *p, Term what, size_t need_words);
    /** The words of p's heap are about to be collected, or have been; for who has trace_own. */
    void (*words)(Process *p, bool collected);
    /** A collection of p took so long, or left so much. */
    void (*collected)(Process *p, int64_t took_ns);
    /** p ran for so long, from the function at `in`. */
    void (*long_schedule)(Process *p, const Word *in, int64_t took_ns);
    void (*profile_process)(Process *p, Term status);
    /** With the port's lock held. */
    void (*profile_port)(VM *vm, Term port, Term status);
    void (*profile_scheduler)(VM *vm, uint32_t id, bool active);
    /** p waits for a busy port or connection (busy_port, busy_dist_port). */
    void (*busy)(Process *p, Term what, Term port);
    // -- calls, from exec/: the machine's state stands in p
    /** p enters the function at entry with its arguments in x; the instruction to run there. 0: the
     * stack has too few free words for the sessions that there are now. */
    Word (*enter_code)(Process *p, Term *x, const Word *entry);
    /** The same through a traced Export; the code to go on at, or NULL. */
    const Word *(*enter_export)(Process *p, Term *x, Export *ex);
    /** p returns through a frame of tracing, which stands at the top of its stack. */
    void (*returned)(Process *p, TraceFrameKind kind, Term value);
    /** An exception leaves the frames from..to (the handler's frame, or the stack's end). */
    void (*unwound)(Process *p, Term *from, Term *to, const Word *handler, Term class, Term value);
    // -- sequential tracing
    /** The token that a message from p carries, copied into out; TERM_NIL: it carries none. */
    Term (*token_for_message)(Process *p, Term to, Term message, Heap *out);
    /** The same of an exit signal; message: what it becomes in a receiver that traps exits. */
    Term (*token_for_exit)(Process *p, Term to, Term message, Heap *out);
    /** ref: of the request, TERM_NONE: it has none; tag: of its reply. */
    void (*token_for_child)(Process *parent, Process *child, Term arguments, Term ref, Term tag);
    /** A child that another node asked for begins with the token that came with the request; on any
     * thread, before it runs. The token of the answer, in out. */
    Term (*token_for_remote_child)(Process *child, const struct RemoteSpawn *remote, Heap *out);
    /** The same where no child could be made: reason. */
    Term (*token_for_refusal)(VM *vm, const struct RemoteSpawn *remote, Term reason, Heap *out);
    /** p takes a message, whose token is p's now. */
    void (*token_received)(Process *p, Term message);
    /** system_flag and system_info of sequential_tracer; TERM_NONE: badarg. */
    Term (*set_seq_tracer)(Process *p, Term value);
    Term (*get_seq_tracer)(Process *p);
    /** system_flag(reset_seq_trace, true): no process and no message has a token any more. */
    void (*reset_seq_trace)(Process *p);
    // -- ports, with the port's lock held
    /** Of a port whose flag is traced. */
    void (*port_event)(VM *vm, const TraceState *t, uint32_t flag, Term port, Term what, Term data,
                       Term extra);
    /** A new port takes over what new ones get; an ended one drops what it has. */
    void (*port_begins)(VM *vm, _Atomic(TraceState *) *place);
    void (*port_ended)(VM *vm, _Atomic(TraceState *) *place);
    // -- the end
    void (*process_ended)(Process *p);
    /** A module's version is no longer, or now, the current one; under the code lock. */
    void (*code_leaves)(VM *vm, struct CodeInstance *i);
    void (*code_enters)(VM *vm, struct CodeInstance *i);
    /** Where the first instruction of a function with a breakpoint is kept meanwhile. */
    uint64_t *(*first_instruction)(VM *vm, struct CodeInstance *i, const Word *entry);
} TraceHooks;

/** Part of every VM; all zero: nothing is traced. */
typedef struct Tracing {
    const TraceHooks *hooks; // set when the VM is made; NULL in tests without the trace room
    struct TraceRoom *room;  // trace/
    _Atomic(TraceState *) new_processes, new_ports; // what new ones get
    _Atomic uint32_t watched;                       // TRACING_*
    _Atomic uint32_t sessions_count;                // that may have breakpoints
    Word breakpoint, export_breakpoint;             // instructions; exec_create sets these
    const Word *frame_return[TRACE_FRAME_KINDS];    // return addresses
    _Atomic uint64_t long_gc_ns, long_schedule_ns, large_heap_words; // 0: not asked for
    _Atomic uint32_t test_gc_sleep_ms; // set_internal_state(test_long_gc_sleep, Ms): watched
                                       // collections take longer by it
} Tracing;

#define TRACING_BUSY_PORT 1u
#define TRACING_BUSY_DIST_PORT 2u
#define TRACING_PROFILE_PROCESSES 4u
#define TRACING_PROFILE_PORTS 8u
#define TRACING_PROFILE_SCHEDULERS 16u
#define TRACING_LONG_SCHEDULE 32u
#define TRACING_COLLECTIONS 64u // long_gc or large_heap

/** The state of p when any of flags is traced of it, else NULL. */
static ALWAYS_INLINE const TraceState *process_traced(const Process *p, uint32_t flags) {
    // acquire pairs with the release by which the state was put there (TRACE-1)
    const TraceState *t = atomic_load_explicit(&p->trace, memory_order_acquire);
    if (LIKELY(t == NULL)) return NULL;
    if ((t->flags & flags) == 0 || atomic_load_explicit(&p->sensitive, memory_order_relaxed))
        return NULL;
    return t;
}
static ALWAYS_INLINE bool tracing_watches(const Tracing *t, uint32_t what) {
    return UNLIKELY((atomic_load_explicit(&t->watched, memory_order_relaxed) & what) != 0);
}

#endif
