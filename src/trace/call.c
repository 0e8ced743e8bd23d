// SPDX-License-Identifier: Apache-2.0
//
// call.c - a process meets a breakpoint: the call is reported as the breakpoint's data say, and
// frames are pushed for what is to be reported when the call ends.
//
// CALL-1: while a breakpoint is handled the room of its frames is not free: p->heap.stack stands
//         below it, so what is built in p's heap meanwhile leaves it alone.
// CALL-2: a frame's words are terms; what it names is looked up when it ends, so that code and
//         tracers may go meanwhile.
// Only the thread that runs the process calls.
#include "base/alloc.h"
#include "proc/quiesce.h"
#include "trace/breakpoint.h"

/** The function whose breakpoint was met. */
typedef struct Site {
    Term module, function;
    uint32_t arity;
    uintptr_t name; // call_time.c
    const Term *arguments;
} Site;

typedef struct Frames {
    struct {
        TraceFrameKind kind;
        Term first, last; // of the frame's words: module or site before; tracer
    } frame[4];
    uint32_t count;
} Frames;

static void add_frame(Frames *f, TraceFrameKind kind, Term first, Term last) {
    ASSERT(f->count < ARRAY_COUNT(f->frame));
    f->frame[f->count].kind = kind;
    f->frame[f->count].first = first;
    f->frame[f->count++].last = last;
}

/** The kind of the frame whose return address this is; TRACE_FRAME_KINDS: it is a program's. */
static TraceFrameKind kind_of(const VM *vm, Term address) {
    Term first = (Term)(uintptr_t)vm->tracing.frame_return[0];
    if (address < first || address >= first + TRACE_FRAME_KINDS * sizeof(Word))
        return TRACE_FRAME_KINDS;
    return (TraceFrameKind)((address - first) / sizeof(Word));
}

/** The return address of the program's code below frames of tracing. */
static const Word *caller_below(const VM *vm, const Term *e, bool *return_to) {
    ASSERT((*e & TAG_MASK) == 0 && *e != 0); // EXEC-2
    for (;;) {
        TraceFrameKind kind = kind_of(vm, *e);
        if (kind == TRACE_FRAME_KINDS) return (const Word *)(uintptr_t)*e;
        if (kind == TRACE_FRAME_RETURN_TO && return_to != NULL) *return_to = true;
        e += 1 + trace_frame_words(kind);
    }
}

/** Match contexts are no terms for others: in their place stands what is left of the binary. */
static Term argument_term(Heap *h, Term t) {
    if (!term_is_box_of(t, BOX_MATCH_CTX)) return t;
    const Term *box = term_box(t);
    return heap_sub_bits(h, box[3], box[1], box[2] - box[1]);
}

static Term call_term(Heap *h, const Site *site, uint32_t flags) {
    ASSERT(site->arguments != NULL || site->arity == 0);
    Term arguments = term_from_small(site->arity);
    if ((flags & TRACE_ARITY) == 0)
        arguments = heap_list(h, site->arguments, site->arity, TERM_NIL);
    return heap_tuple3(h, site->module, site->function, arguments);
}

static void report_call(Process *p, const Site *site, const Tracer *tracer, uint32_t flags,
                        Term result) {
    ASSERT(result != TERM_NONE && result != am_false);
    Heap h;
    heap_init_detached(&h, &p->vm->literals);
    tracer_send(p->vm, &(TraceMessage){.tracer = tracer,
                                       .flags = flags,
                                       .tracee = p->pid,
                                       .tag = am_call,
                                       .data = call_term(&h, site, flags),
                                       .extra = TERM_NONE,
                                       .result = result,
                                       .runs = p});
    heap_destroy(&h);
}

static MatchOutcome outcome(Process *p, const Site *site, const MatchSet *match) {
    if (match == NULL) return (MatchOutcome){.result = am_true};
    const Word *caller = caller_below(p->vm, p->heap.stack + TRACE_STACK_WORDS, NULL);
    return match_set_run(p, match, site->arguments, site->arity, caller);
}

static void add_return_frame(Frames *f, const MatchOutcome *o, const Site *site, Term tracer) {
    if (!o->return_trace && !o->exception_trace) return;
    add_frame(f, o->exception_trace ? TRACE_FRAME_EXCEPTION : TRACE_FRAME_RETURN, site->module,
              tracer);
}

/** A call that the process's own tracer hears of. */
static void own_call(Process *p, const Site *site, const BreakData *d, Frames *f) {
    ASSERT((d->flags & (BREAK_GLOBAL | BREAK_LOCAL)) != 0);
    VM *vm = p->vm;
    const TraceState *t = process_traced(p, TRACE_CALL);
    if (t == NULL) return;
    if (tracer_asks(vm, t->tracer, am_trace_status, p->pid) == TRACER_REMOVE) {
        trace_state_remove(p);
        return;
    }
    if (tracer_asks(vm, t->tracer, am_call, p->pid) != TRACER_TRACE) return;
    MatchOutcome o = outcome(p, site, d->match);
    // the specification may have changed what is traced; its tracer hears of this call all the same
    const TraceState *after = atomic_load_explicit(&p->trace, memory_order_acquire);
    uint32_t flags = after != NULL ? after->flags : t->flags;
    if ((flags & TRACE_SILENT) != 0) return;
    if (o.result != am_false) {
        if ((d->flags & BREAK_LOCAL) != 0 && (flags & TRACE_RETURN_TO) != 0) {
            bool has = false;
            caller_below(vm, p->heap.stack + TRACE_STACK_WORDS, &has);
            if (!has) add_frame(f, TRACE_FRAME_RETURN_TO, TERM_NIL, TERM_NIL);
        }
        report_call(p, site, t->tracer, flags, o.result);
    }
    add_return_frame(f, &o, site, TERM_NIL);
}

#define META_FLAGS (TRACE_CALL | TRACE_TIMESTAMP)

static void meta_call(Process *p, const Site *site, const BreakData *d, Frames *f) {
    ASSERT(d->meta != NULL);
    VM *vm = p->vm;
    Tracer *tracer = atomic_load_explicit(&d->meta->tracer, memory_order_acquire);
    if (tracer == NULL || atomic_load_explicit(&p->sensitive, memory_order_relaxed)) return;
    if (tracer_asks(vm, tracer, am_trace_status, p->pid) == TRACER_REMOVE) {
        if (atomic_compare_exchange_strong_explicit(&d->meta->tracer, &tracer, NULL,
                                                    memory_order_acq_rel, memory_order_relaxed))
            tracer_retire(vm, tracer);
        return;
    }
    if (tracer_asks(vm, tracer, am_call, p->pid) != TRACER_TRACE) return;
    MatchOutcome o = outcome(p, site, d->meta_match);
    if (o.result != am_false) report_call(p, site, tracer, META_FLAGS, o.result);
    if (!o.return_trace && !o.exception_trace) return;
    Term state = heap_copy(&p->heap, tracer->state);
    add_return_frame(f, &o, site, heap_cons(&p->heap, tracer->module, state));
}

static void time_call(Process *p, const Site *site, const BreakData *d, Frames *f) {
    ASSERT(d->time != NULL);
    uintptr_t before = call_time_enter(p, site->name, d->time);
    bool covered = f->count > 0 || kind_of(p->vm, p->heap.stack[TRACE_STACK_WORDS]) !=
                                       TRACE_FRAME_KINDS; // the frame there settles it
    if (!covered) add_frame(f, TRACE_FRAME_TIME, term_from_small((int64_t)before), TERM_NIL);
}

static void push_frames(Process *p, const Site *site, const Frames *f) {
    Term *e = p->heap.stack;
    for (uint32_t i = 0; i < f->count; i++) {
        uint32_t words = trace_frame_words(f->frame[i].kind);
        const Term all[] = {f->frame[i].first, site->function, term_from_small(site->arity),
                            f->frame[i].last};
        e -= words;
        memcpy(e, all, words * sizeof(Term));
        *--e = (Term)(uintptr_t)p->vm->tracing.frame_return[f->frame[i].kind];
    }
    ASSERT(e >= p->heap.top && p->heap.stack - e <= TRACE_STACK_WORDS);
    p->heap.stack = e;
    if (f->count > 0) trace_extra(p); // so that an exception looks for frames
}

static void meet(Process *p, Term *x, Site *site, const BreakData *d) {
    uint32_t flags = d->flags;
    if (process_traced(p, TRACE_CALL) == NULL)
        flags &= ~(BREAK_GLOBAL | BREAK_LOCAL | BREAK_TIME_ACTIVE);
    if ((flags & BREAK_COUNT_ACTIVE) != 0)
        atomic_fetch_add_explicit(&d->count->count, 1, memory_order_relaxed);
    if ((flags & (BREAK_GLOBAL | BREAK_LOCAL | BREAK_META | BREAK_TIME_ACTIVE)) == 0) return;
    for (int i = 0; i < TRACE_STACK_WORDS; i++) *--p->heap.stack = TERM_NIL; // CALL-1
    Term arguments[ARITY_MAX];
    ASSERT(site->arity <= ARITY_MAX);
    for (uint32_t i = 0; i < site->arity; i++) arguments[i] = argument_term(&p->heap, x[i]);
    site->arguments = arguments;
    Frames f = {.count = 0};
    if ((flags & (BREAK_GLOBAL | BREAK_LOCAL)) != 0) own_call(p, site, d, &f);
    if ((flags & BREAK_META) != 0) meta_call(p, site, d, &f);
    if ((flags & BREAK_TIME_ACTIVE) != 0) time_call(p, site, d, &f);
    p->heap.stack += TRACE_STACK_WORDS;
    push_frames(p, site, &f);
}

Word call_enter_code(Process *p, Term *x, const Word *entry) {
    Breakpoint *b = breakpoint_find(p->vm, entry);
    ASSERT(b != NULL); // whoever is in a function keeps its instance
    const BreakData *d = atomic_load_explicit(&b->data, memory_order_acquire);
    Site site = {.module = entry[-3],
                 .function = entry[-2],
                 .arity = (uint32_t)entry[-1],
                 .name = (uintptr_t)entry};
    if (d != NULL && x != NULL) meet(p, x, &site, d); // TRACED-2: without x it is no call
    return atomic_load_explicit(&b->original, memory_order_relaxed);
}

const Word *call_enter_export(Process *p, Term *x, Export *ex) {
    ASSERT(ex->breakpoint != NULL);
    const ExportBreak *b = ex->breakpoint;
    const BreakData *d = atomic_load_explicit(&b->data, memory_order_acquire);
    Site site = {.module = ex->module,
                 .function = ex->function,
                 .arity = ex->arity,
                 .name = (uintptr_t)ex | 1u};
    if (d != NULL) meet(p, x, &site, d);
    const Word *code = atomic_load_explicit(&ex->code, memory_order_acquire);
    return ex->bif != NULL || code == NULL ? &ex->stub[FUNC_INFO_WORDS] : code;
}

// ---- the end of a call
// -------------------------------------------------------------------------------
/** A return or exception of the call that the frame's words describe. */
static void report_end(Process *p, const Term *words, Term tag, Term value) {
    ASSERT(term_is_atom(words[0]) && term_is_small(words[2])); // CALL-2
    VM *vm = p->vm;
    Term tracer_cell = words[3];
    Tracer meta = {.fragments = NULL};
    const TraceState *t = process_traced(p, TRACE_CALL);
    const Tracer *tracer = t != NULL ? t->tracer : NULL;
    uint32_t flags = t != NULL ? t->flags : 0;
    if (term_is_cell(tracer_cell)) {
        meta.module = term_head(tracer_cell);
        meta.state = term_tail(tracer_cell);
        tracer = &meta;
        flags = META_FLAGS;
    }
    if (tracer == NULL) return;
    Heap h;
    heap_init_detached(&h, &vm->literals);
    tracer_send(vm, &(TraceMessage){.tracer = tracer,
                                    .flags = flags,
                                    .tracee = p->pid,
                                    .tag = tag,
                                    .data = heap_tuple3(&h, words[0], words[1], words[2]),
                                    .extra = value,
                                    .result = TERM_NONE,
                                    .runs = p});
    heap_destroy(&h);
}

static void report_return_to(Process *p, const Word *address) {
    VM *vm = p->vm;
    const TraceState *t = process_traced(p, TRACE_RETURN_TO);
    if (t == NULL) return;
    Heap h;
    heap_init_detached(&h, &vm->literals);
    CodeLocation l;
    Term data = am_undefined;
    if (code_locate(vm->code, address, &l))
        data = heap_tuple3(&h, l.module_name, l.function, term_from_small(l.arity));
    tracer_send(vm, &(TraceMessage){.tracer = t->tracer,
                                    .flags = t->flags,
                                    .tracee = p->pid,
                                    .tag = am_return_to,
                                    .data = data,
                                    .extra = TERM_NONE,
                                    .result = TERM_NONE,
                                    .runs = p});
    heap_destroy(&h);
}

void call_returned(Process *p, TraceFrameKind kind, Term value) {
    const Term *words = p->heap.stack;
    switch (kind) {
    case TRACE_FRAME_RETURN:
    case TRACE_FRAME_EXCEPTION: report_end(p, words, am_return_from, value); break;
    case TRACE_FRAME_RETURN_TO: report_return_to(p, caller_below(p->vm, words, NULL) - 1); break;
    case TRACE_FRAME_TIME: call_time_leave(p, (uintptr_t)term_small(words[0])); break;
    case TRACE_FRAME_KINDS: UNREACHABLE();
    }
}

void call_unwound(Process *p, Term *from, Term *to, const Word *handler, Term class, Term value) {
    ASSERT(from <= to && to <= p->heap.end);
    bool above = false;     // the frame just seen is one of return_to
    bool return_to = false; // the call out of the handler's function has one
    for (Term *s = from; s < to; s++) {
        if ((*s & TAG_MASK) != 0 || *s == 0) continue;
        TraceFrameKind kind = kind_of(p->vm, *s);
        if (kind == TRACE_FRAME_EXCEPTION) {
            Heap h;
            heap_init_detached(&h, &p->vm->literals);
            report_end(p, s + 1, am_exception_from, heap_tuple2(&h, class, value));
            heap_destroy(&h);
        } else if (kind == TRACE_FRAME_TIME) {
            call_time_leave(p, (uintptr_t)term_small(s[1]));
        }
        if (kind == TRACE_FRAME_RETURN_TO) {
            above = true;
        } else if (kind == TRACE_FRAME_KINDS) {
            return_to = above;
            above = false;
        }
        if (kind != TRACE_FRAME_KINDS) s += trace_frame_words(kind);
    }
    if (return_to && handler != NULL) report_return_to(p, handler);
}
