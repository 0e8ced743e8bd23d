// SPDX-License-Identifier: Apache-2.0
//
// trace_room.h - the inside of tracing: what a VM keeps of it, and what the files of this room give
// each other. The lower rooms see proc/trace.h alone.
//
//   tracer.c      who gets events: pids, ports, modules; the form of a trace message
//   session.c     trace sessions: made, found, destroyed
//   state.c       who is traced: TraceStates put in place of each other
//   events.c      sends, receives, process events, turns, collections: from event to message
//   breakpoint.c  breakpoints in code and Exports (breakpoint.h)
//   call.c        a breakpoint is met: call, return, exception, return_to
//   call_time.c   call_time's and call_memory's accounts
//   actions.c     what match specifications ask for: {enable_trace, ...}, {caller} and the like
//   seq.c         sequential tracing
//   watch.c       system_monitor and system_profile
//   bif_*.c       the built-ins
//
// ROOM-1: everything that says what is traced is changed under `lock` alone, by putting a new
// object
//         in the place of one that never changes; the old one's reference is given back after a
//         quiet point (retire_*), so readers need no lock.
// SESSION-1: room->sessions holds those that live, the legacy one (erlang:trace/3's) last; changed
//         under `lock`. One that is destroyed is taken off at once and cleaned from all that it
//         traced by its destroyer; one whose handle was collected is marked, tells nothing from
//         then on, and is destroyed by the next built-in of this room.
// Lock order: the code lock before `lock`; a port's lock before `lock`.
#ifndef MICA_TRACE_TRACE_ROOM_H
#define MICA_TRACE_TRACE_ROOM_H

#include "bif/bif.h"
#include "ets/match.h"
#include "proc/signal.h"
#include "proc/trace.h"
#include "vm/vm.h"
#include "world/thread.h"

/** A match specification in use, with its source for trace_info. */
typedef struct MatchSet {
    _Atomic uint32_t refs;
    MatchProgram *program;
    Term source;
    HeapFragment *fragments; // hold source, or NULL
} MatchSet;

/** trace_pattern(send | 'receive', ...). */
typedef struct EventPattern {
    bool is_on;
    MatchSet *match; // NULL: everything matches
} EventPattern;

/** trace_pattern(on_load, ...): what modules get when they are loaded. */
typedef struct LoadPattern {
    bool is_on;
    uint32_t flags; // BREAK_*; none of them: global
    MatchSet *match, *meta_match;
    Tracer *meta;
} LoadPattern;

struct TraceSession {
    _Atomic uint32_t refs;
    _Atomic bool is_over; // destroyed, or its handle is gone
    struct TraceSession *next;
    Term name;
    uint64_t id;    // 0: the legacy one; else what its name has, plus one
    Tracer *tracer; // NULL: it comes with each change, as in the legacy session
    _Atomic(EventPattern *) send_pattern, receive_pattern; // NULL: on, everything matches
    LoadPattern on_load;
};

struct TraceRoom {
    Mutex lock;
    TraceSession *sessions, *legacy; // SESSION-1
    uint64_t next_session;
    _Atomic bool has_over;       // a session's handle was collected
    _Atomic bool uses_cpu_time;  // cpu_timestamp: timestamps tell the CPU's time
    struct ExportBreak *exports; // all that ever were
    _Atomic(Tracer *) seq_tracer;
    // watch.c
    _Atomic Term monitor, profiler; // pid, or TERM_NONE
    _Atomic uint32_t profile_timestamp;
    _Atomic uint32_t schedulers_active;
    bool profile_exclusive;
};

/** The function whose call_time or call_memory a process runs up in a session (call_time.c). */
typedef struct RunningCost {
    uint64_t session;
    bool is_memory;
    uintptr_t site; // 0: none
    int64_t since;  // ns or words
} RunningCost;

/** What a process that was traced keeps for itself. */
struct TraceExtra {
    uint64_t seq_clock, seq_last; // sequential tracing's serial numbers
    RunningCost *costs;
    uint32_t costs_count;
};

typedef struct TraceExtra TraceExtra;
TraceExtra *trace_extra(Process *p);

// ---- tracer.c
/** A tracer of `pid`, `port`, {Prefix, PidOrPort}, {Prefix, Module, State} or (Prefix TERM_NONE)
 * {Module, State}; with one reference. NULL: it is none. */
Tracer *tracer_parse(VM *vm, Term prefix, Term t);
Tracer *tracer_hold(Tracer *t);
/** Gives a reference back at once, and after a quiet point. NULL is fine for both. */
void tracer_drop(Tracer *t);
void tracer_retire(VM *vm, Tracer *t);
bool tracer_same(const Tracer *a, const Tracer *b);
/** As trace_info shows it; [] when t is NULL. */
Term tracer_term(Heap *h, const Tracer *t);
typedef enum { TRACER_TRACE, TRACER_DISCARD, TRACER_REMOVE } TracerAnswer;
/** Does the tracer want an event of the tracee? tag am_trace_status: does it live? */
TracerAnswer tracer_asks(VM *vm, const Tracer *t, Term tag, Term tracee);

typedef struct TraceMessage {
    const Tracer *tracer;
    uint32_t flags; // the tracee's
    Term tracee;
    Term tag, data;
    Term extra;          // TERM_NONE: there is none
    Term result;         // of the match specification; TERM_NONE or am_true: none
    const Process *runs; // on whose thread it happened, for the scheduler's number, or NULL
} TraceMessage;
/** Sends it, copied, with the timestamp that flags ask for. */
void tracer_send(VM *vm, const TraceMessage *m);
/** A timestamp term of these flags in h; TERM_NONE: none is wanted. */
Term trace_timestamp(VM *vm, Heap *h, uint32_t flags);

// ---- state.c
/** The flag of an atom, or 0. */
uint32_t trace_flag(Term atom);
/** Reads a list of flags and at most one tracer; *tracer gets a reference. False: badopt. */
bool trace_flags_parse(VM *vm, Term list, uint32_t *flags, Tracer **tracer);
Term trace_flags_list(Heap *h, uint32_t flags);
/** Puts a session's share in place; under the lock. flags 0: the session traces it no more. */
void trace_state_put(VM *vm, _Atomic(TraceState *) *place, TraceSession *s, uint32_t flags,
                     Tracer *tracer);
/** No session traces it any more; whoever calls is the only one who changes it. */
void trace_state_clear(VM *vm, _Atomic(TraceState *) *place);
/** p's flags in a session as its own thread wants them changed. */
void trace_state_change(Process *p, TraceSession *s, uint32_t clear, uint32_t set);
/** The tracer of p is gone: the session traces p no more. */
void trace_state_remove(Process *p, TraceSession *s);
/** What the session traces of a state (which may be NULL), or NULL. */
const TraceShare *trace_share(const TraceState *t, const TraceSession *s);
/** The next share after `share` (NULL: the first) of which any of flags is traced, or NULL. */
const TraceShare *trace_share_next(const TraceState *t, const TraceShare *share, uint32_t flags);
/** As process_traced, of one session. */
const TraceShare *process_traced_by(const Process *p, const TraceSession *s, uint32_t flags);

// ---- session.c
TraceSession *session_new(VM *vm, Term name, Tracer *tracer);
TraceSession *session_hold(TraceSession *s);
void session_drop(TraceSession *s);
void session_retire(VM *vm, TraceSession *s);
/** The session that lives under a number; NULL: none does. Under the lock. */
TraceSession *session_by_id(VM *vm, uint64_t id);
static inline bool session_is_over(const TraceSession *s) {
    return atomic_load_explicit(&s->is_over, memory_order_relaxed);
}
/** What a built-in was given, with one reference: a session that lives, or NULL. */
TraceSession *session_of_term(VM *vm, Term t);
/** {Name, Number}, or of the legacy one {legacy, default}. */
Term session_term(Heap *h, const TraceSession *s);
/** Destroys the sessions whose handles are gone; no lock held. */
void sessions_sweep(VM *vm);
void sessions_free(VM *vm);
void event_pattern_free(_Atomic(EventPattern *) *place);
void event_pattern_set(VM *vm, _Atomic(EventPattern *) *place, MatchSet *match, bool on);
/** Takes back what the session gives to modules that are loaded; under the lock. */
void load_pattern_clear(VM *vm, LoadPattern *l);

// ---- events.c
extern const TraceHooks trace_hooks;
/** {M, F, A} of the function that p stands in, or 0 as a small integer. */
Term trace_place(Process *p, Heap *h);
void trace_send_event(Process *p, Term to, Term message);
void trace_receive_event(Process *p, uint32_t sender, Term origin, Term message);

// ---- match sets
/** NULL: it is none, or nests too deep (*too_deep). */
MatchSet *match_set_new(VM *vm, Term source, MatchDialect dialect, bool *too_deep);
MatchSet *match_set_hold(MatchSet *m);
void match_set_drop(MatchSet *m);
void match_set_retire(VM *vm, MatchSet *m);
/** What a match specification says of an event: am_false: nothing is to be told; else the result.
 */
typedef struct MatchOutcome {
    Term result;
    bool return_trace, exception_trace;
} MatchOutcome;
/** Runs it for p with its arguments; caller: a return address into the caller, or NULL. */
MatchOutcome match_set_run(Process *p, TraceSession *session, const MatchSet *m,
                           const Term *arguments, size_t count, const Word *caller);

// ---- call.c, call_time.c
struct CallTime;
void call_time_turn(Process *p, bool begins);
void call_memory_collects(Process *p, bool collected);
// ---- seq.c
Term seq_token_for_message(Process *p, Term to, Term message, Heap *out);
Term seq_token_for_exit(Process *p, Term to, Term message, Heap *out);
void seq_token_for_child(Process *parent, Process *child, Term arguments, Term ref, Term tag);
Term seq_token_for_remote_child(Process *child, const struct RemoteSpawn *remote, Heap *out);
Term seq_token_for_refusal(VM *vm, const struct RemoteSpawn *remote, Term reason, Heap *out);
void seq_token_received(Process *p, Term message);
Term seq_set_tracer(Process *p, Term value);
Term seq_get_tracer(Process *p);
void seq_reset(Process *p);
/** set_token's work; TERM_NONE: badarg. */
Term seq_set_token(Process *p, Term key, Term value);
/** {Key, Value} of the token; [] for a label or serial without one; TERM_NONE: no such key. */
Term seq_token_info(Process *p, Term key);

// ---- watch.c
/** [{Name, Words}] of p's heap, as trace messages of collections have it. */
Term watch_heap_info(Heap *h, const Process *p);
void watch_collected(Process *p, int64_t took_ns);
void watch_long_schedule(Process *p, const Word *in, int64_t took_ns);
void watch_profile_process(Process *p, Term status);
void watch_profile_port(VM *vm, Term port, Term status);
void watch_profile_scheduler(VM *vm, uint32_t id, bool active);
void watch_busy(Process *p, Term what, Term port);

#endif
