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

/** Frames as they are pushed, into the room that CALL-1 keeps. */
typedef struct Frames {
    Term *base; // the program's own stack
    Term *at;
} Frames;

static void add_frame(const VM *vm, Frames *f, TraceFrameKind kind, const Term *words) {
    uint32_t count = trace_frame_words(kind);
    f->at -= count;
    memcpy(f->at, words, count * sizeof(Term));
    *--f->at = (Term)(uintptr_t)vm->tracing.frame_return[kind];
}

/** The kind of the frame whose return address this is; TRACE_FRAME_KINDS: it is a program's. */
static TraceFrameKind kind_of(const VM *vm, Term address) {
    Term first = (Term)(uintptr_t)vm->tracing.frame_return[0];
    if (address < first || address >= first + TRACE_FRAME_KINDS * sizeof(Word))
        return TRACE_FRAME_KINDS;
    return (TraceFrameKind)((address - first) / sizeof(Word));
}

static Term session_word(const TraceSession *s) { return term_from_small((int64_t)s->id); }

/** The return address of the program's code below frames of tracing. */
static const Word *caller_below(const VM *vm, const Term *e) {
    ASSERT((*e & TAG_MASK) == 0 && *e != 0); // EXEC-2
    TraceFrameKind kind;
    while ((kind = kind_of(vm, *e)) != TRACE_FRAME_KINDS) e += 1 + trace_frame_words(kind);
    return (const Word *)(uintptr_t)*e;
}

/** Is there such a frame of the session's already, which an earlier call of a chain of tail calls
 * has pushed? */
static bool has_frame(const VM *vm, const Term *e, TraceFrameKind wanted, const TraceSession *s) {
    ASSERT((*e & TAG_MASK) == 0 && *e != 0); // EXEC-2
    TraceFrameKind kind;
    for (; (kind = kind_of(vm, *e)) != TRACE_FRAME_KINDS; e += 1 + trace_frame_words(kind))
        if (kind == wanted && e[1] == session_word(s)) return true;
    return false;
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

static MatchOutcome outcome(Process *p, const Site *site, TraceSession *s, const MatchSet *match,
                            const Frames *f) {
    if (match == NULL) return (MatchOutcome){.result = am_true};
    return match_set_run(p, s, match, site->arguments, site->arity, caller_below(p->vm, f->base));
}

static void add_return_frame(const VM *vm, Frames *f, const MatchOutcome *o, const Site *site,
                             const TraceSession *s, Term tracer) {
    if (!o->return_trace && !o->exception_trace) return;
    const Term words[] = {session_word(s), site->module, site->function,
                          term_from_small(site->arity), tracer};
    add_frame(vm, f, o->exception_trace ? TRACE_FRAME_EXCEPTION : TRACE_FRAME_RETURN, words);
}

/** A call that the process's own tracer hears of. */
static void own_call(Process *p, const Site *site, const BreakData *d, Frames *f) {
    ASSERT((d->flags & (BREAK_GLOBAL | BREAK_LOCAL)) != 0);
    VM *vm = p->vm;
    TraceSession *s = d->session;
    const TraceShare *t = process_traced_by(p, s, TRACE_CALL);
    if (t == NULL) return;
    if (tracer_asks(vm, t->tracer, am_trace_status, p->pid) == TRACER_REMOVE) {
        trace_state_remove(p, s);
        return;
    }
    if (tracer_asks(vm, t->tracer, am_call, p->pid) != TRACER_TRACE) return;
    MatchOutcome o = outcome(p, site, s, d->match, f);
    // the specification may have changed what is traced; its tracer hears of this call all the same
    const TraceShare *after = trace_share(atomic_load_explicit(&p->trace, memory_order_acquire), s);
    uint32_t flags = after != NULL ? after->flags : t->flags;
    if ((flags & TRACE_SILENT) != 0) return;
    if (o.result != am_false) {
        if ((d->flags & BREAK_LOCAL) != 0 && (flags & TRACE_RETURN_TO) != 0 &&
            !has_frame(vm, f->base, TRACE_FRAME_RETURN_TO, s))
            add_frame(vm, f, TRACE_FRAME_RETURN_TO, (Term[]){session_word(s)});
        report_call(p, site, t->tracer, flags, o.result);
    }
    add_return_frame(vm, f, &o, site, s, TERM_NIL);
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
    MatchOutcome o = outcome(p, site, d->session, d->meta_match, f);
    if (o.result != am_false) report_call(p, site, tracer, META_FLAGS, o.result);
    if (!o.return_trace && !o.exception_trace) return;
    Term state = heap_copy(&p->heap, tracer->state);
    add_return_frame(vm, f, &o, site, d->session, heap_cons(&p->heap, tracer->module, state));
}

static void cost_call(Process *p, const Site *site, const BreakData *d, bool is_memory, Frames *f) {
    CallTime *account = is_memory ? d->memory : d->time;
    ASSERT(account != NULL);
    TraceFrameKind kind = is_memory ? TRACE_FRAME_MEMORY : TRACE_FRAME_TIME;
    uintptr_t before = call_time_enter(p, d->session->id, is_memory, site->name, account);
    if (has_frame(p->vm, f->base, kind, d->session)) return; // that one settles it
    const Term words[] = {session_word(d->session), term_from_small((int64_t)before)};
    add_frame(p->vm, f, kind, words);
}

/** What of a session's data concerns p. */
static uint32_t flags_for(const Process *p, const BreakData *d) {
    if (session_is_over(d->session)) return 0;
    if (process_traced_by(p, d->session, TRACE_CALL) != NULL) return d->flags;
    return d->flags & ~(BREAK_GLOBAL | BREAK_LOCAL | BREAK_TIME_ACTIVE | BREAK_MEMORY_ACTIVE);
}

#define BREAK_REPORTS                                                                              \
    (BREAK_GLOBAL | BREAK_LOCAL | BREAK_META | BREAK_TIME_ACTIVE | BREAK_MEMORY_ACTIVE)

/** Counts; how many sessions there are of which anything else is asked. */
static uint32_t count_calls(const Process *p, const BreakData *d) {
    uint32_t reports = 0;
    for (; d != NULL; d = d->next) {
        uint32_t flags = flags_for(p, d);
        if ((flags & BREAK_COUNT_ACTIVE) != 0)
            atomic_fetch_add_explicit(&d->count->count, 1, memory_order_relaxed);
        reports += (flags & BREAK_REPORTS) != 0;
    }
    return reports;
}

static void meet(Process *p, Term *x, Site *site, const BreakData *d) {
    if (count_calls(p, d) == 0) return;
    Frames f = {.base = p->heap.stack, .at = p->heap.stack};
    size_t room = 0;
    for (const BreakData *other = d; other != NULL; other = other->next) room += TRACE_STACK_WORDS;
    for (size_t i = 0; i < room; i++) *--p->heap.stack = TERM_NIL; // CALL-1
    ASSERT(p->heap.stack >= p->heap.top);
    Term arguments[ARITY_MAX];
    ASSERT(site->arity <= ARITY_MAX);
    for (uint32_t i = 0; i < site->arity; i++) arguments[i] = argument_term(&p->heap, x[i]);
    site->arguments = arguments;
    for (; d != NULL; d = d->next) {
        uint32_t flags = flags_for(p, d);
        if ((flags & (BREAK_GLOBAL | BREAK_LOCAL)) != 0) own_call(p, site, d, &f);
        if ((flags & BREAK_META) != 0) meta_call(p, site, d, &f);
        if ((flags & BREAK_MEMORY_ACTIVE) != 0) cost_call(p, site, d, true, &f);
        if ((flags & BREAK_TIME_ACTIVE) != 0) cost_call(p, site, d, false, &f);
    }
    ASSERT(f.at >= p->heap.stack);
    p->heap.stack = f.at;
    if (f.at != f.base) trace_extra(p); // so that an exception looks for frames
}

/** Has p's stack the room that meet needs? */
static bool has_room(const Process *p, const BreakData *d) {
    size_t room = 0;
    for (; d != NULL; d = d->next) room += TRACE_STACK_WORDS;
    return (size_t)(p->heap.stack - p->heap.top) >= room;
}

Word call_enter_code(Process *p, Term *x, const Word *entry) {
    Breakpoint *b = breakpoint_find(p->vm, entry);
    ASSERT(b != NULL); // whoever is in a function keeps its instance
    const BreakData *d = atomic_load_explicit(&b->data, memory_order_acquire);
    if (!has_room(p, d)) return 0;
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
    if (!has_room(p, d)) return NULL;
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
/** The share in the session of a frame's first word, if any of flags is traced; else NULL. */
static const TraceShare *share_of_word(const TraceState *all, Term word, uint32_t flags) {
    ASSERT(term_is_small(word)); // CALL-2
    const TraceShare *t = NULL;
    while (all != NULL && (t = trace_share_next(all, t, flags)) != NULL)
        if (session_word(t->session) == word) return t;
    return NULL;
}

/** A return or exception of the call that the frame's words describe. */
static void report_end(Process *p, const Term *words, Term tag, Term value) {
    ASSERT(term_is_atom(words[1]) && term_is_small(words[3])); // CALL-2
    VM *vm = p->vm;
    Term tracer_cell = words[4];
    Tracer meta = {.fragments = NULL};
    const TraceShare *t = share_of_word(process_traced(p, TRACE_CALL), words[0], TRACE_CALL);
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
                                    .data = heap_tuple3(&h, words[1], words[2], words[3]),
                                    .extra = value,
                                    .result = TERM_NONE,
                                    .runs = p});
    heap_destroy(&h);
}

static void report_return_to(Process *p, Term session, const Word *address) {
    VM *vm = p->vm;
    const TraceShare *t =
        share_of_word(process_traced(p, TRACE_RETURN_TO), session, TRACE_RETURN_TO);
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

static void leave_cost(Process *p, const Term *words, bool is_memory) {
    ASSERT(term_is_small(words[0]) && term_is_small(words[1])); // CALL-2
    call_time_leave(p, (uint64_t)term_small(words[0]), is_memory, (uintptr_t)term_small(words[1]));
}

void call_returned(Process *p, TraceFrameKind kind, Term value) {
    const Term *words = p->heap.stack;
    switch (kind) {
    case TRACE_FRAME_RETURN:
    case TRACE_FRAME_EXCEPTION: report_end(p, words, am_return_from, value); break;
    case TRACE_FRAME_RETURN_TO:
        report_return_to(p, words[0], caller_below(p->vm, words + trace_frame_words(kind)) - 1);
        break;
    case TRACE_FRAME_TIME: leave_cost(p, words, false); break;
    case TRACE_FRAME_MEMORY: leave_cost(p, words, true); break;
    case TRACE_FRAME_KINDS: UNREACHABLE();
    }
}

/** Each session that has a frame of return_to in from..to hears of the handler's function, once. */
static void unwound_to(Process *p, const Term *from, const Term *to, const Word *handler) {
    ASSERT(from <= to && handler != NULL);
    const TraceState *all = process_traced(p, TRACE_RETURN_TO);
    if (all == NULL) return;
    bool *told = mem_zalloc(all->shares_count * sizeof *told);
    for (; from < to; from++) {
        if ((*from & TAG_MASK) != 0 || *from == 0) continue;
        TraceFrameKind kind = kind_of(p->vm, *from);
        if (kind == TRACE_FRAME_KINDS) continue;
        const TraceShare *t =
            kind == TRACE_FRAME_RETURN_TO ? share_of_word(all, from[1], TRACE_RETURN_TO) : NULL;
        if (t != NULL && !told[t - all->shares]) {
            told[t - all->shares] = true;
            report_return_to(p, from[1], handler);
        }
        from += trace_frame_words(kind);
    }
    mem_free(told);
}

void call_unwound(Process *p, Term *from, Term *to, const Word *handler, Term class, Term value) {
    ASSERT(from <= to && to <= p->heap.end);
    const Term *first = NULL; // of the frames of tracing just seen, one behind the other
    const Term *last_first = NULL, *last_end = NULL; // those above the last return address
    for (Term *s = from; s < to; s++) {
        if ((*s & TAG_MASK) != 0 || *s == 0) continue;
        TraceFrameKind kind = kind_of(p->vm, *s);
        if (kind == TRACE_FRAME_KINDS) {
            last_first = first == NULL ? s : first;
            last_end = s;
            first = NULL;
            continue;
        }
        if (first == NULL) first = s;
        if (kind == TRACE_FRAME_EXCEPTION) {
            Heap h;
            heap_init_detached(&h, &p->vm->literals);
            report_end(p, s + 1, am_exception_from, heap_tuple2(&h, class, value));
            heap_destroy(&h);
        } else if (kind == TRACE_FRAME_TIME || kind == TRACE_FRAME_MEMORY) {
            leave_cost(p, s + 1, kind == TRACE_FRAME_MEMORY);
        }
        s += trace_frame_words(kind);
    }
    if (handler == NULL) return;
    // before OTP 27 only the call out of the handler's function counts
    if (p->vm->config.otp_release >= 27)
        unwound_to(p, from, to, handler);
    else if (last_end != NULL)
        unwound_to(p, last_first, last_end, handler);
}
