// SPDX-License-Identifier: Apache-2.0
//
// exception.c - raising: stack traces, the search for a handler, what catch and try get, the end of
// a process.
//
// A raw trace is what a handler gets as its trace and what build_stacktrace turns into a list. It
// is a tuple of ordinary terms, since code that was compiled without optimisation puts it into
// others:
//
//   0 class (small: ExceptionClass)     4 function, or the list itself (TRACE_BUILT)
//   1 flags (small: TRACE_*)            5 arguments' list, or arity (small)
//   2 cause or error_info map           6.. addresses of instructions as small integers, innermost
//   3 module                            first; a return address less one word
//
// What is not there is TRACE_NOTHING. Any program can make such a tuple: nothing in it is trusted.
// EXC-1: p->exc.trace is TERM_NONE or a raw trace; it is taken once, where the exception is raised.
// EXC-2: a catch mark in a frame means that the frame's function handles what is raised in it or
// below. Only the process's own thread calls.
#include "exec/machine.h"
#include "proc/long_call.h"

#define TRACE_MFA 1u // elements 3..5 are the first entry
#define TRACE_ERROR_INFO                                                                           \
    2u                // the first entry gets error_info, with element 2 as cause if there is one
#define TRACE_ARGS 4u // element 5 stands in place of the first entry's arity
#define TRACE_INFO_MAP 8u  // element 2 is the whole error_info map
#define TRACE_BUILT 16u    // element 4 is a finished list
#define TRACE_IN_APPLY 32u // raised in erlang:apply/2, which is the next entry
#define TRACE_FIXED 6
#define TRACE_NOTHING TERM_NIL // for parts that are never []; flags tell where [] may stand
#define TRACE_CAUSE 64u        // element 2 is a cause

// ---- taking a trace
// ---------------------------------------------------------------------------------------

static bool is_return_address(Term w) { return (w & TAG_MASK) == 0 && w != 0; }

static Term or_nothing(Term t) { return t == TERM_NONE ? TRACE_NOTHING : t; }

static Term trace_address(Term address) {
    DEBUG_ASSERT(small_fits((int64_t)address));
    return term_from_small((int64_t)address);
}

/** A return address in the VM's own little code: no function of a program. */
static bool is_special_code(const VM *vm, Term address) {
    return address - (Term)(uintptr_t)vm->exec < sizeof *vm->exec;
}

/** The trace of p at pc. module is TERM_NONE when there is no first entry of its own. */
static void take_trace(Process *p, const Word *pc, uint32_t flags, Term cause, Term module,
                       Term function, Term args) {
    uint32_t depth = atomic_load_explicit(&p->vm->exec->backtrace_depth, memory_order_relaxed),
             count = 0;
    ASSERT(depth <= EXEC_BACKTRACE_DEPTH_MAX);
    depth = MAX(depth, 1);          // there is always a current function
    if (flags & TRACE_MFA) depth--; // the built-in is one entry of them
    Term *box = heap_alloc(&p->heap, TRACE_FIXED + depth + 2);
    box[1] = term_from_small((int64_t)p->exc.class);
    box[2] = term_from_small(flags);
    box[3] = or_nothing(cause);
    box[4] = or_nothing(module);
    box[5] = or_nothing(function);
    box[6] = or_nothing(args);
    Term *out = box + 1 + TRACE_FIXED;
    if (depth > 0 && pc != NULL) out[count++] = trace_address((Term)(uintptr_t)pc);
    Term previous = 0;
    for (Term *s = p->heap.stack; s < p->heap.end && count < depth; s++) {
        if (!is_return_address(*s) || *s == previous || is_special_code(p->vm, *s)) continue;
        previous = *s;
        out[count++] = trace_address(*s - sizeof(Word));
    }
    box[0] = header_tuple(TRACE_FIXED + count);
    heap_give_back(&p->heap, box + 1 + TRACE_FIXED + count);
    p->exc.trace = term_from_box(box);
    ASSERT(count <= depth || depth == 0); // EXC-1
}

static Term exc_arguments(Process *p, uint32_t arity, const Term *args) {
    return heap_list(&p->heap, args, arity, TERM_NIL);
}

void exec_trace_mfa(Process *p, const Word *pc, Term module, Term function, uint32_t arity,
                    const Term *args) {
    uint32_t flags = TRACE_MFA | (p->exc.flags & EXC_ERROR_INFO ? TRACE_ERROR_INFO : 0);
    Term cause = p->exc.flags & EXC_ERROR_INFO ? p->exc.error_info_cause : TERM_NONE;
    if (cause != TERM_NONE) flags |= TRACE_CAUSE;
    take_trace(p, pc, flags, cause, module, function, exc_arguments(p, arity, args));
}

void exec_trace_builtin(Process *p, const Word *pc, const Export *ex, const Term *args) {
    exec_trace_mfa(p, pc, ex->module, ex->function, ex->arity, args);
}

void exec_trace_error(Process *p, Term args, Term error_info) {
    uint32_t flags =
        (args != TERM_NONE ? TRACE_ARGS : 0) | (error_info != TERM_NONE ? TRACE_INFO_MAP : 0);
    take_trace(p, p->pc, flags, error_info, TERM_NONE, TERM_NONE, args);
}

void exec_trace_given(Process *p, Term list) {
    ASSERT(p->exc.class == EXC_ERROR || p->exc.class == EXC_EXIT || p->exc.class == EXC_THROW);
    Term *box = heap_alloc(&p->heap, 1 + TRACE_FIXED);
    box[0] = header_tuple(TRACE_FIXED);
    box[1] = term_from_small((int64_t)p->exc.class);
    box[2] = term_from_small(TRACE_BUILT);
    box[3] = TRACE_NOTHING;
    box[4] = TRACE_NOTHING;
    box[5] = list;
    box[6] = TRACE_NOTHING;
    p->exc.trace = term_from_box(box);
}

// ---- setting p->exc
// -----------------------------------------------------------------------------------------

static void set(Process *p, ExceptionClass class, Term reason) {
    ASSERT(class != EXC_NONE && class < EXC_TRAP && reason != TERM_NONE);
    p->exc.class = class;
    p->exc.flags = 0;
    p->exc.reason = reason;
    p->exc.trace = TERM_NONE;
    p->exc.error_info_cause = TERM_NONE;
}

void rt_error(Process *p, Term reason) { set(p, EXC_ERROR, reason); }
void rt_error_tuple(Process *p, Term tag, Term value) {
    set(p, EXC_ERROR, heap_tuple2(&p->heap, tag, value));
}
void rt_badarith(Process *p) { set(p, EXC_ERROR, am_badarith); }

void exec_set_function_clause(Process *p, Term *x, const Word *pc) {
    set(p, EXC_ERROR, am_function_clause);
    take_trace(p, pc, TRACE_ARGS, TERM_NONE, TERM_NONE, TERM_NONE,
               exc_arguments(p, (uint32_t)pc[3], x));
}

void rt_guard_bif_failed(Process *p, Term *x, const Word *pc, const Export *ex) {
    if (p->exc.class >= EXC_TRAP) rt_error(p, am_notsup); // no built-in that a guard may call traps
    if (p->exc.trace == TERM_NONE) exec_trace_builtin(p, pc, ex, &x[S_ARGS]);
}

void rt_guard_badarg(Process *p, Term *x, const Word *pc, const Export *ex, Term a, Term b) {
    rt_error(p, am_badarg);
    p->exc.flags |= EXC_ERROR_INFO;
    exec_trace_builtin(p, pc, ex, (Term[]){a, b});
}

void rt_map_get_failed(Process *p, Term *x, const Word *pc, const Export *ex, Term key, Term map) {
    if (term_is_map(map))
        rt_error_tuple(p, am_badkey, key);
    else
        rt_error_tuple(p, am_badmap, map);
    p->exc.flags |= EXC_ERROR_INFO;
    exec_trace_builtin(p, pc, ex, (Term[]){key, map});
}

void exec_trace_in_apply(Process *p) {
    ASSERT(p->exc.class == EXC_ERROR);
    if (p->exc.trace == TERM_NONE)
        take_trace(p, NULL, 0, TERM_NONE, TERM_NONE, TERM_NONE, TERM_NONE);
    Term *flags = &tuple_elements(p->exc.trace)[1];
    *flags = term_from_small(term_small(*flags) | TRACE_IN_APPLY);
}

static bool is_raw_trace(Term t) {
    if (!term_is_tuple(t) || tuple_arity(t) < TRACE_FIXED ||
        tuple_arity(t) > TRACE_FIXED + EXEC_BACKTRACE_DEPTH_MAX)
        return false;
    const Term *raw = tuple_elements(t);
    if (!term_is_small(raw[1])) return false;
    if (raw[0] != term_from_small(EXC_ERROR) && raw[0] != term_from_small(EXC_EXIT) &&
        raw[0] != term_from_small(EXC_THROW))
        return false;
    if (((uint32_t)term_small(raw[1]) & TRACE_MFA) &&
        !(term_is_atom(raw[3]) && term_is_atom(raw[4]) && term_is_list(raw[5])))
        return false;
    for (size_t i = TRACE_FIXED; i < tuple_arity(t); i++)
        if (!term_is_small(raw[i])) return false;
    return true;
}

static ExceptionClass class_of_raw(Term raw) {
    return is_raw_trace(raw) ? (ExceptionClass)term_small(tuple_get(raw, 0)) : EXC_ERROR;
}

void rt_raise(Process *p, Term trace, Term value) {
    set(p, class_of_raw(trace), value);
    p->exc.trace = is_raw_trace(trace) ? trace : TERM_NONE;
}

static Term class_atom(ExceptionClass class) {
    ASSERT(class == EXC_ERROR || class == EXC_EXIT || class == EXC_THROW);
    return class == EXC_ERROR ? am_error : class == EXC_EXIT ? am_exit : am_throw;
}

bool rt_raw_raise(Process *p, Term *x) {
    ExceptionClass class = x[0] == am_error   ? EXC_ERROR
                           : x[0] == am_exit  ? EXC_EXIT
                           : x[0] == am_throw ? EXC_THROW
                                              : EXC_NONE;
    if (class == EXC_NONE) {
        x[0] = am_badarg;
        return false;
    }
    Term trace = x[2];
    set(p, class, x[1]);
    if (!is_raw_trace(trace)) {
        exec_trace_given(p, trace);
    } else if (class_of_raw(trace) == class) {
        p->exc.trace = trace;
    } else {
        size_t words = 1 + tuple_arity(trace);
        Term *box = heap_alloc(&p->heap, words);
        memcpy(box, term_box(trace), words * sizeof(Term));
        box[1] = term_from_small((int64_t) class);
        p->exc.trace = term_from_box(box);
    }
    return true;
}

// ---- from raw trace to list
// ---------------------------------------------------------------------------------

/** File and line, if they are known, before what else is said about the place. */
static Term location_list(Heap *h, const CodeLocation *l, Term rest) {
    if (l->line == 0 || l->line >> 24 != 0 || l->file == TERM_NONE)
        return rest; // beyond 24 bits: none to OTP
    Term line = heap_tuple2(h, am_line, term_from_small(l->line));
    Term list = heap_cons(h, line, rest);
    return heap_cons(h, heap_tuple2(h, am_file, l->file), list);
}

/** Which module explains failures of a built-in, or TERM_NONE. */
static Term format_module(Term module) {
    if (module == am_erlang || module == am_atomics || module == am_counters ||
        module == am_erts_internal || module == am_persistent_term)
        return am_erl_erts_errors;
    if (module == am_os) return am_erl_kernel_errors;
    if (module == am_binary || module == am_ets || module == am_lists || module == am_maps ||
        module == am_math || module == am_re || module == am_unicode)
        return am_erl_stdlib_errors;
    return TERM_NONE;
}

/** The location with error_info behind it. */
static Term with_error_info(Heap *h, Term map, Term location) {
    Term items[4];
    size_t n = 0;
    for (; term_is_cell(location); location = term_tail(location)) items[n++] = term_head(location);
    ASSERT(n <= 2); // file and line
    return heap_list(h, items, n, heap_cons(h, heap_tuple2(h, am_error_info, map), TERM_NIL));
}

static Term builtin_entry(Process *p, const Term *raw) {
    ASSERT(term_is_atom(raw[3]) && term_is_atom(raw[4]) && term_is_list(raw[5]));
    Term location = TERM_NIL, module = raw[3], format = format_module(module);
    if (((uint32_t)term_small(raw[1]) & TRACE_ERROR_INFO) && format != TERM_NONE) {
        Term pairs[] = {am_module, format, am_cause, raw[2]};
        bool cause = (uint32_t)term_small(raw[1]) & TRACE_CAUSE;
        Term map = map_from_pairs(&p->heap, ATOMS, pairs, cause ? 2 : 1);
        location = with_error_info(&p->heap, map, location);
    }
    return heap_tuple4(&p->heap, module, raw[4], raw[5], location);
}

static Term located_entry(Heap *h, const CodeLocation *l, Term args, Term info) {
    Term location =
        location_list(h, l, info == TERM_NONE ? TERM_NIL : with_error_info(h, info, TERM_NIL));
    return heap_tuple4(h, l->module_name, l->function,
                       args != TERM_NONE ? args : term_from_small(l->arity), location);
}

Term rt_build_stacktrace(Process *p, Term raw_term) {
    if (!is_raw_trace(raw_term)) return raw_term;
    const Term *raw = tuple_elements(raw_term);
    uint32_t flags = (uint32_t)term_small(raw[1]);
    if (flags & TRACE_BUILT) return raw[4];
    size_t count = tuple_arity(raw_term);
    Term entries[EXEC_BACKTRACE_DEPTH_MAX + 3], list;
    size_t n = 0;
    if (flags & TRACE_MFA) entries[n++] = builtin_entry(p, raw);
    if (flags & TRACE_IN_APPLY)
        entries[n++] = heap_tuple4(&p->heap, am_erlang, am_apply, term_from_small(2), TERM_NIL);
    for (size_t i = TRACE_FIXED; i < count; i++) {
        CodeLocation l;
        if (!code_locate(p->vm->code, (const Word *)(uintptr_t)term_small(raw[i]), &l)) continue;
        bool first = n == 0;
        entries[n] = located_entry(&p->heap, &l, first && (flags & TRACE_ARGS) ? raw[5] : TERM_NONE,
                                   first && (flags & TRACE_INFO_MAP) ? raw[2] : TERM_NONE);
        n++;
    }
    list = TERM_NIL;
    while (n > 0) list = heap_cons(&p->heap, entries[--n], list);
    return list;
}

/** Does it wait for a busy connection (bif_when_resumed)? */
static bool waits_to_return(const Process *p) {
    const Word *at = p->pc;
    if (at == NULL || at[0] != (Word)(uintptr_t)op_export_stub) return false;
    const Export *ex = (const Export *)(uintptr_t)at[1];
    ASSERT(ex != NULL);
    return ex->module == am_erlang && ex->function == am_bif_return_trap && ex->arity == 2;
}

Term exec_stack_trace(Process *p, Heap *out, uint32_t depth) {
    Term list = TERM_NIL, *last = &list;
    CodeLocation l;
    const Word *at = p->pc;
    Term *s = p->heap.stack;
    uint32_t n = 0;
    Term paused[3] = {am_erlang, am_bif_return_trap, term_from_small(2)};
    bool waits = depth > 0 && waits_to_return(p);
    if (waits) at = NULL;
    if (waits || (depth > 0 && long_call_place(p, paused))) {
        list =
            heap_cons(out, heap_tuple4(out, paused[0], paused[1], paused[2], TERM_NIL), TERM_NIL);
        last = &term_cell(list)[1];
        n = 1;
    }
    while (n < depth) {
        if (at != NULL && code_locate(p->vm->code, at, &l)) {
            Term cell = heap_cons(out, located_entry(out, &l, TERM_NONE, TERM_NONE), TERM_NIL);
            *last = cell;
            last = &term_cell(cell)[1];
            n++;
        }
        while (s < p->heap.end && !is_return_address(*s)) s++;
        if (s >= p->heap.end) break;
        at = (const Word *)(uintptr_t)*s++ - 1;
    }
    return list;
}

/** What a caught error or exit looks like to `catch`, without the 'EXIT'. */
static Term reason_with_trace(Process *p, Term class, Term value, Term raw) {
    if (class == am_exit) return value;
    if (class == am_throw) value = heap_tuple2(&p->heap, am_nocatch, value);
    return heap_tuple2(&p->heap, value, rt_build_stacktrace(p, raw));
}

Term rt_catch_value(Process *p, Term *x) {
    if (x[1] == am_throw) return x[2];
    return heap_tuple2(&p->heap, am_EXIT, reason_with_trace(p, x[1], x[2], x[3]));
}

// ---- raising
// -------------------------------------------------------------------------------------------------

/** The innermost catch mark's handler, with the stack cut down to its frame; NULL: none. */
static const Word *find_handler(Process *p) {
    Term *frame = p->heap.stack;
    for (Term *s = frame; s < p->heap.end; s++) {
        if (is_return_address(*s))
            frame = s + 1;
        else if (term_is_catch(*s)) {
            ASSERT(term_catch_pc(*s) != NULL);
            p->heap.stack = frame;
            return (const Word *)term_catch_pc(*s);
        }
    }
    return NULL;
}

/** Tracing may have pushed frames that are left now. */
static void exec_trace_unwound(Process *p, Term *top, const Word *handler) {
    Term class = class_atom(p->exc.class), value = p->exc.reason;
    if (handler == NULL && class == am_throw) {
        class = am_error;
        value = heap_tuple2(&p->heap, am_nocatch, value);
    }
    p->vm->tracing.hooks->unwound(p, top, handler == NULL ? p->heap.end : p->heap.stack, handler,
                                  class, value);
}

static void uncaught(Process *p) {
    ASSERT(p->exit_reason == TERM_NONE);
    Term class = class_atom(p->exc.class);
    p->exit_reason = reason_with_trace(p, class, p->exc.reason, p->exc.trace);
    if (class != am_exit) exec_log_uncaught(p, p->exit_reason);
}

OP_CONVENTION COLD int exec_raise(OP_ARGS) {
    if (p->exit_reason != TERM_NONE) return EXEC_EXITED; // a collection ended it (max_heap_size)
    ASSERT(p->exc.class == EXC_ERROR || p->exc.class == EXC_EXIT || p->exc.class == EXC_THROW);
    if (p->exc.trace == TERM_NONE)
        take_trace(p, pc, 0, TERM_NONE, TERM_NONE, TERM_NONE, TERM_NONE); // EXC-1
    Term *top = p->heap.stack;
    const Word *handler = find_handler(p);
    if (UNLIKELY(p->trace_own != NULL)) exec_trace_unwound(p, top, handler);
    if (handler == NULL) {
        uncaught(p);
        return EXEC_EXITED;
    }
    SWAP_IN();
    x[0] = TERM_NONE;
    x[1] = class_atom(p->exc.class);
    x[2] = p->exc.reason;
    x[3] = p->exc.trace;
    p->exc.class = EXC_NONE;
    p->exc.reason = p->exc.trace = p->exc.error_info_cause = TERM_NONE;
    JUMP(handler);
}

OP_CONVENTION int exec_exit_process(OP_ARGS) {
    ASSERT(p->exit_reason != TERM_NONE);
    SWAP_OUT();
    return EXEC_EXITED;
}

/** Built-ins that raise what they are asked to: they do not show in the trace. */
bool exec_is_raising(const Export *ex) {
    if (ex->module != am_erlang) return false;
    return (ex->function == am_error && ex->arity >= 1 && ex->arity <= 3) ||
           ((ex->function == am_exit || ex->function == am_throw) && ex->arity == 1);
}

bool exec_never_returns(const Export *ex) {
    return exec_is_raising(ex) || (ex->module == am_erlang && ex->function == am_nif_error &&
                                   (ex->arity == 1 || ex->arity == 2));
}

bool exec_is_raising_entry(const Word *entry) {
    Word first = __atomic_load_n(entry, __ATOMIC_RELAXED);
    return (first == (Word)(uintptr_t)op_export_stub ||
            first == (Word)(uintptr_t)exec_export_breakpoint) &&
           exec_is_raising((const Export *)(uintptr_t)entry[1]);
}

const Word *exec_trap_entry(const Exception *exc) {
    const Export *ex = exc->trap_export;
    ASSERT(ex != NULL && exc->class >= EXC_TRAP);
    // a built-in that goes on after a yield is not called again: no breakpoint
    if (exc->class == EXC_YIELD && ex->bif != NULL) return &ex->stub[FUNC_INFO_WORDS];
    return atomic_load_explicit(&ex->entry, memory_order_acquire);
}

/** The return address stands on the stack. */
OP_CONVENTION COLD int exec_bif_outcome(OP_ARGS) {
    SWAP_OUT();
    const Export *ex = p->current_export;
    ASSERT(p->exc.class != EXC_NONE && is_return_address(*e)); // EXEC-2
    if (p->exc.class == EXC_PAUSED) CONTINUE_WITH(exec_bif_paused);
    if (p->exc.class == EXC_TRAP || p->exc.class == EXC_YIELD) {
        const Word *entry = exec_trap_entry(&p->exc);
        bool yield = p->exc.class == EXC_YIELD;
        p->exc.class = EXC_NONE;
        if (!yield && --reds >= 0) JUMP(entry);
        p->pc = entry;
        p->reductions_left = reds;
        exec_save_registers(p, x, p->exc.trap_arity);
        return EXEC_YIELDED;
    }
    if (p->exc.trace == TERM_NONE) {
        if (exec_is_raising(ex))
            take_trace(p, NULL, 0, TERM_NONE, TERM_NONE, TERM_NONE, TERM_NONE);
        else
            exec_trace_mfa(p, NULL, ex->module, ex->function, ex->arity, x);
    }
    CONTINUE_WITH(exec_raise);
}
