// SPDX-License-Identifier: Apache-2.0
//
// trace_room.h - the inside of tracing: what a VM keeps of it, and what the files of this room give
// each other. The lower rooms see proc/trace.h alone.
//
//   tracer.c      who gets events: pids, ports, modules; the form of a trace message
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

struct TraceRoom {
    Mutex lock;
    _Atomic(EventPattern *) send_pattern, receive_pattern; // NULL: on, everything matches
    LoadPattern on_load;
    struct ExportBreak *exports; // all that ever were
    _Atomic(Tracer *) seq_tracer;
    // watch.c
    _Atomic Term monitor, profiler; // pid or port, or TERM_NONE
    _Atomic uint32_t profile_timestamp;
    _Atomic uint32_t schedulers_active;
    bool profile_exclusive;
};

/** What a process that was traced keeps for itself. */
struct TraceExtra {
    uint64_t seq_clock, seq_last; // sequential tracing's serial numbers
    uintptr_t time_site;          // the function whose call_time runs now (call_time.c), 0: none
    int64_t time_since_ns;
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
/** Puts a state in place; under the lock. flags 0: not traced. */
void trace_state_put(VM *vm, _Atomic(TraceState *) *place, uint32_t flags, Tracer *tracer);
/** p's flags as its own thread wants them changed. */
void trace_state_change(Process *p, uint32_t clear, uint32_t set);
/** The tracer of p is gone: p is traced no more. */
void trace_state_remove(Process *p);

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
MatchOutcome match_set_run(Process *p, const MatchSet *m, const Term *arguments, size_t count,
                           const Word *caller);

// ---- call.c, call_time.c
struct CallTime;
void call_time_turn(Process *p, bool begins);
// ---- seq.c
Term seq_token_for_message(Process *p, Term to, Term message, Heap *out);
void seq_token_for_child(Process *parent, Process *child, Term arguments, Term ref, Term tag);
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
void watch_profile_scheduler(VM *vm, uint32_t id, bool active);
void watch_busy(Process *p, Term what, Term port);

#endif
