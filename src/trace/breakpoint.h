// SPDX-License-Identifier: Apache-2.0
//
// breakpoint.h - functions that are traced: breakpoints in code and in Exports.
//
//   code:    functions[i] -> [exec_breakpoint][operands of the first instruction, as they were] ...
//            instance->breakpoints[i].original holds the instruction that stood there
//   export:  Export.entry -> ExportBreak.stub -> the code or built-in that would have been entered
//
// Every function that is a built-in is traced at its Export, since all calls of it lead there.
//
// BREAK-1: of lowered code only the first word of a function's first instruction ever changes, and
//          only between that instruction and exec_breakpoint, by one atomic store. Operands stay,
//          so either is right to run at any time, and schedulers need not agree on when it changed.
// BREAK-2: `original` is set before the word is replaced and changes after only when a native
//          library's function takes the place of the one here (CodeHooks.set_native); `data` is set
//          before, too (release; exec_breakpoint begins with an acquire fence). Whoever runs a
//          breakpoint that is gone meanwhile finds data NULL and goes on with `original`.
// BREAK-3: BreakData never changes once it can be found, but for its counters; the old one is freed
//          after a quiet point. Breakpoints go with their instance, ExportBreaks with the VM: a
//          process may stand at either for long.
// BREAK-4: only current code has breakpoints; it loses them when it becomes old.
// Setting and clearing takes the code lock, then the trace lock.
#ifndef MICA_TRACE_BREAKPOINT_H
#define MICA_TRACE_BREAKPOINT_H

#include "proc/link.h"
#include "trace/trace_room.h"

#define BREAK_GLOBAL 1u
#define BREAK_LOCAL 2u
#define BREAK_META 4u
#define BREAK_COUNT 8u
#define BREAK_TIME 16u
#define BREAK_MEMORY 32u
#define BREAK_COUNT_ACTIVE 64u
#define BREAK_TIME_ACTIVE 128u
#define BREAK_MEMORY_ACTIVE 256u
#define BREAK_ALL 511u
#define BREAK_POINTS (BREAK_LOCAL | BREAK_META | BREAK_COUNT | BREAK_TIME | BREAK_MEMORY)

/** The tracer of a meta trace, which goes when the tracer is found dead. */
typedef struct MetaTracer {
    _Atomic uint32_t refs;
    _Atomic(Tracer *) tracer;
} MetaTracer;

typedef struct CallCount {
    _Atomic uint32_t refs;
    _Atomic uint64_t count;
} CallCount;

typedef struct CallTime CallTime;

/** What one session traces of a function. */
typedef struct BreakData {
    struct BreakData *next; // of another session
    TraceSession *session;  // one reference is ours
    uint32_t flags;         // BREAK_*; never 0
    MatchSet *match, *meta_match;
    MetaTracer *meta;
    CallCount *count;
    CallTime *time, *memory;
} BreakData;

typedef struct Breakpoint {
    _Atomic Word original; // 0: there never was a breakpoint here
    _Atomic(BreakData *) data;
} Breakpoint;

typedef struct ExportBreak {
    Word stub[FUNC_INFO_WORDS + 2]; // as Export.stub, ending in [exec_export_breakpoint][Export]
    Export *export;
    _Atomic(BreakData *) data;
    struct ExportBreak *next;
} ExportBreak;

/** What a pattern says: module, function and arity, of which the last may be missing. */
typedef struct FunctionPattern {
    Term module, function; // TERM_NONE: any
    int64_t arity;         // -1: any
} FunctionPattern;

typedef enum { BREAK_OFF, BREAK_ON, BREAK_RESTART, BREAK_PAUSE } BreakOrder;

typedef struct BreakChange {
    TraceSession *session;
    BreakOrder order;
    uint32_t flags; // of BREAK_POINTS; 0: global
    MatchSet *match, *meta_match;
    Tracer *meta;
} BreakChange;

/** Changes what is traced of every function that matches; how many there are. Both locks held. */
uint64_t breakpoints_change(VM *vm, const FunctionPattern *pattern, const BreakChange *change);
/** Nothing of what the session traces is left. Both locks held. */
void breakpoints_forget(VM *vm, TraceSession *s);
/** What is traced of a function, by all sessions, or NULL. */
typedef struct FunctionData {
    const BreakData *of_export, *of_code;
} FunctionData;
/** False: there is no such function. Both locks held. */
bool breakpoint_data_of(VM *vm, Term module, Term function, uint32_t arity, FunctionData *found);
/** What the session has among these (which may be NULL), or NULL. */
const BreakData *break_data_of(const BreakData *first, const TraceSession *s);
void breakpoints_leave(VM *vm, CodeInstance *i);
void breakpoints_enter(VM *vm, CodeInstance *i);
void breakpoints_destroy(VM *vm);

/** Where the instruction is kept in whose place the breakpoint at entry stands. */
uint64_t *breakpoint_first_instruction(VM *vm, CodeInstance *i, const Word *entry);
/** The breakpoint of the function that begins at entry; NULL: there never was one. Any thread. */
Breakpoint *breakpoint_find(VM *vm, const Word *entry);

// ---- call_time.c: accounts by process
CallTime *call_time_new(void);
CallTime *call_time_hold(CallTime *t);
void call_time_drop(CallTime *t);
void call_time_reset(CallTime *t);
/** [{Pid, Count, Seconds, Microseconds}], or with as_words [{Pid, Count, Words}]. */
Term call_time_list(CallTime *t, Heap *h, bool as_words);
/** p calls the function that `site` names, measured by a session: the account of the one before is
 * settled. Returns the site before. */
uintptr_t call_time_enter(Process *p, uint64_t session, bool is_memory, uintptr_t site,
                          CallTime *t);
/** … and goes back to the one before. */
void call_time_leave(Process *p, uint64_t session, bool is_memory, uintptr_t before);

// ---- call.c
/** As exec/ asks: 0 and NULL when the stack's room is too small. */
Word call_enter_code(Process *p, Term *x, const Word *entry);
const Word *call_enter_export(Process *p, Term *x, Export *ex);
void call_returned(Process *p, TraceFrameKind kind, Term value);
void call_unwound(Process *p, Term *from, Term *to, const Word *handler, Term class, Term value);

#endif
