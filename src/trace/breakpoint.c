// SPDX-License-Identifier: Apache-2.0
//
// breakpoint.c - setting, changing and removing breakpoints; BREAK-1 to BREAK-4 are in
// breakpoint.h.
#include "trace/breakpoint.h"

#include "base/alloc.h"
#include "code/lower.h"
#include "proc/quiesce.h"

// ---- data
// --------------------------------------------------------------------------------------------
static void meta_drop(MetaTracer *m) {
    // acq_rel: whoever drops the last one sees what the others did with it
    if (m == NULL || atomic_fetch_sub_explicit(&m->refs, 1, memory_order_acq_rel) != 1) return;
    tracer_drop(atomic_load_explicit(&m->tracer, memory_order_relaxed));
    mem_free(m);
}

static void count_drop(CallCount *c) {
    if (c == NULL || atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) != 1) return;
    mem_free(c);
}

static void entry_free(BreakData *d) {
    match_set_drop(d->match);
    match_set_drop(d->meta_match);
    meta_drop(d->meta);
    count_drop(d->count);
    call_time_drop(d->time);
    call_time_drop(d->memory);
    session_drop(d->session);
    mem_free(d);
}

/** With those of the other sessions behind it. */
static void data_free(void *data) {
    for (BreakData *d = data, *next; d != NULL; d = next) {
        next = d->next;
        entry_free(d);
    }
}

const BreakData *break_data_of(const BreakData *first, const TraceSession *s) {
    while (first != NULL && first->session != s) first = first->next;
    return first;
}

/** A session's data to change, or (d NULL) new ones, without those behind them. */
static BreakData *data_copy(const BreakData *d, TraceSession *s) {
    ASSERT(d == NULL || (d->flags != 0 && d->session == s)); // BREAK-3
    BreakData *copy = mem_zalloc(sizeof *copy);
    if (d != NULL) *copy = *d;
    copy->next = NULL;
    copy->session = session_hold(s);
    if (d == NULL) return copy;
    match_set_hold(d->match);
    match_set_hold(d->meta_match);
    if (d->meta != NULL) atomic_fetch_add_explicit(&d->meta->refs, 1, memory_order_relaxed);
    if (d->count != NULL) atomic_fetch_add_explicit(&d->count->refs, 1, memory_order_relaxed);
    call_time_hold(d->time);
    call_time_hold(d->memory);
    return copy;
}

/** d, with copies of what the other sessions have. d without flags is none. */
static BreakData *data_with_others(BreakData *d, const BreakData *before, const TraceSession *s) {
    ASSERT(d == NULL || d->next == NULL);
    if (d != NULL && d->flags == 0) {
        entry_free(d);
        d = NULL;
    }
    BreakData *first = d, **last = d == NULL ? &first : &d->next;
    for (; before != NULL; before = before->next) {
        if (before->session == s) continue;
        *last = data_copy(before, before->session);
        last = &(*last)->next;
    }
    return first;
}

static void data_clear(BreakData *d, uint32_t flags) {
    ASSERT(d != NULL);
    if ((flags & (BREAK_GLOBAL | BREAK_LOCAL)) != 0 &&
        (d->flags & ~flags & (BREAK_GLOBAL | BREAK_LOCAL)) == 0) {
        match_set_drop(d->match);
        d->match = NULL;
    }
    if ((flags & BREAK_META) != 0) {
        match_set_drop(d->meta_match);
        meta_drop(d->meta);
        d->meta_match = NULL;
        d->meta = NULL;
    }
    if ((flags & BREAK_COUNT) != 0) {
        count_drop(d->count);
        d->count = NULL;
        flags |= BREAK_COUNT_ACTIVE;
    }
    if ((flags & BREAK_TIME) != 0) {
        call_time_drop(d->time);
        d->time = NULL;
        flags |= BREAK_TIME_ACTIVE;
    }
    if ((flags & BREAK_MEMORY) != 0) {
        call_time_drop(d->memory);
        d->memory = NULL;
        flags |= BREAK_MEMORY_ACTIVE;
    }
    d->flags &= ~flags;
}

/** A counter that is there is paused or begins anew; one that is not begins. */
static void data_count(BreakData *d, BreakOrder order) {
    ASSERT(order != BREAK_OFF);
    if ((d->flags & BREAK_COUNT) != 0 && order == BREAK_PAUSE) {
        d->flags &= ~BREAK_COUNT_ACTIVE;
        return;
    }
    if (d->count == NULL) {
        d->count = mem_zalloc(sizeof *d->count);
        atomic_init(&d->count->refs, 1);
    }
    atomic_store_explicit(&d->count->count, 0, memory_order_relaxed);
    d->flags |= BREAK_COUNT | BREAK_COUNT_ACTIVE;
}

static void data_account(BreakData *d, CallTime **account, uint32_t flag, uint32_t active,
                         BreakOrder order) {
    ASSERT(order != BREAK_OFF && account != NULL);
    if ((d->flags & flag) != 0 && order == BREAK_PAUSE) {
        d->flags &= ~active;
        return;
    }
    if (*account == NULL)
        *account = call_time_new();
    else
        call_time_reset(*account);
    d->flags |= flag | active;
}

static void data_set(BreakData *d, const BreakChange *c) {
    ASSERT((c->flags & ~(uint32_t)BREAK_POINTS) == 0);
    uint32_t flags = c->flags != 0 ? c->flags : BREAK_GLOBAL;
    if ((flags & (BREAK_GLOBAL | BREAK_LOCAL)) != 0) {
        match_set_drop(d->match);
        d->match = match_set_hold(c->match);
        d->flags |= flags & (BREAK_GLOBAL | BREAK_LOCAL);
    }
    if ((flags & BREAK_META) != 0) {
        match_set_drop(d->meta_match);
        meta_drop(d->meta);
        d->meta_match = match_set_hold(c->meta_match);
        d->meta = mem_zalloc(sizeof *d->meta);
        atomic_init(&d->meta->refs, 1);
        atomic_init(&d->meta->tracer, tracer_hold(c->meta));
        d->flags |= BREAK_META;
    }
    if ((flags & BREAK_COUNT) != 0) data_count(d, c->order);
    if ((flags & BREAK_TIME) != 0)
        data_account(d, &d->time, BREAK_TIME, BREAK_TIME_ACTIVE, c->order);
    if ((flags & BREAK_MEMORY) != 0)
        data_account(d, &d->memory, BREAK_MEMORY, BREAK_MEMORY_ACTIVE, c->order);
}

// ---- places
// ------------------------------------------------------------------------------------------
/** Where data is put: a function of an instance, or an Export. */
typedef struct Place {
    CodeInstance *instance; // NULL: the Export
    uint32_t index;
    Export *export;
} Place;

static BreakData *place_data(Place at) {
    ASSERT(at.instance != NULL || at.export != NULL);
    if (at.instance == NULL) {
        ExportBreak *b = at.export->breakpoint;
        return b == NULL ? NULL : atomic_load_explicit(&b->data, memory_order_relaxed);
    }
    Breakpoint *b = atomic_load_explicit(&at.instance->breakpoints, memory_order_relaxed);
    return b == NULL ? NULL : atomic_load_explicit(&b[at.index].data, memory_order_relaxed);
}

static ExportBreak *export_break(VM *vm, Export *ex) {
    ASSERT(ex->stub[FUNC_INFO_WORDS - 1] == ex->arity); // LOWER-3
    if (ex->breakpoint != NULL) return ex->breakpoint;
    ExportBreak *b = mem_zalloc(sizeof *b);
    memcpy(b->stub, ex->stub, FUNC_INFO_WORDS * sizeof(Word)); // LOWER-3
    b->stub[FUNC_INFO_WORDS] = vm->tracing.export_breakpoint;
    b->stub[FUNC_INFO_WORDS + 1] = (Word)(uintptr_t)ex;
    b->export = ex;
    b->next = vm->tracing.room->exports;
    vm->tracing.room->exports = b;
    ex->breakpoint = b;
    return b;
}

/** erlang:apply/2,3 are instructions: nobody calls them, and what is traced of them is only kept.
 */
static bool is_apply(const Export *ex) {
    return ex->module == am_erlang && ex->function == am_apply;
}

static void put_export(VM *vm, Export *ex, BreakData *d) {
    ExportBreak *b = export_break(vm, ex);
    atomic_store_explicit(&b->data, d, memory_order_release); // BREAK-2: before the way leads here
    if (is_apply(ex)) return;
    atomic_store_explicit(&ex->traced, d == NULL ? NULL : &b->stub[FUNC_INFO_WORDS],
                          memory_order_release);
    vm->code_hooks->prepare_export(vm, ex);
}

static void put_code(VM *vm, CodeInstance *i, uint32_t index, BreakData *d) {
    ASSERT(index < i->functions_count);
    Breakpoint *all = atomic_load_explicit(&i->breakpoints, memory_order_relaxed);
    if (all == NULL) {
        all = mem_zalloc(i->functions_count * sizeof *all);
        atomic_store_explicit(&i->breakpoints, all, memory_order_release);
    }
    Word *entry = (Word *)(uintptr_t)i->functions[index];
    Breakpoint *b = &all[index];
    Word now = __atomic_load_n(entry, __ATOMIC_RELAXED);
    if (now != vm->tracing.breakpoint)
        atomic_store_explicit(&b->original, now, memory_order_relaxed);
    ASSERT(atomic_load_explicit(&b->original, memory_order_relaxed) != 0); // BREAK-2
    atomic_store_explicit(&b->data, d, memory_order_release);
    Word next = d != NULL ? vm->tracing.breakpoint
                          : atomic_load_explicit(&b->original, memory_order_relaxed);
    __atomic_store_n(entry, next, __ATOMIC_RELEASE); // BREAK-1, BREAK-2
}

/** Takes the data over; NULL: nothing is traced here any more. */
static void place_put(VM *vm, Place at, BreakData *d) {
    BreakData *before = place_data(at);
    ASSERT(d == NULL || d->flags != 0);
    if (before == NULL && d == NULL) return;
    if (at.instance == NULL)
        put_export(vm, at.export, d);
    else
        put_code(vm, at.instance, at.index, d);
    if (before != NULL) quiesce_retire(vm->quiesce, data_free, before); // BREAK-3
}

static void place_clear(VM *vm, Place at, TraceSession *s, uint32_t flags) {
    const BreakData *all = place_data(at), *before = break_data_of(all, s);
    if (before == NULL || (before->flags & flags) == 0) return;
    BreakData *d = data_copy(before, s);
    data_clear(d, flags);
    place_put(vm, at, data_with_others(d, all, s));
}

static void place_set(VM *vm, Place at, const BreakChange *c) {
    const BreakData *all = place_data(at), *before = break_data_of(all, c->session);
    if (before == NULL && c->order > BREAK_ON) return; // nothing to restart or pause
    BreakData *d = data_copy(before, c->session);
    data_set(d, c);
    place_put(vm, at, data_with_others(d, all, c->session));
}

// ---- matching
// ----------------------------------------------------------------------------------------
static bool matches(const FunctionPattern *f, Term module, Term function, uint64_t arity) {
    return (f->module == TERM_NONE || f->module == module) &&
           (f->function == TERM_NONE || f->function == function) &&
           (f->arity < 0 || (uint64_t)f->arity == arity);
}

/** A function is traced in its code, or where it is a built-in at its Export. */
static Place place_of(VM *vm, CodeInstance *i, uint32_t index) {
    ASSERT(index < i->functions_count);
    const Word *entry = i->functions[index];
    Export *ex = code_find_export(vm->code, entry[-3], entry[-2], (uint32_t)entry[-1]);
    if (ex != NULL && ex->bif != NULL) return (Place){.export = ex};
    return (Place){.instance = i, .index = index};
}

typedef struct Walk {
    VM *vm;
    const FunctionPattern *pattern;
    const BreakChange *change;
    uint64_t exports, functions;
} Walk;

static void change_export(Export *ex, void *context) {
    Walk *w = context;
    if (!matches(w->pattern, ex->module, ex->function, ex->arity)) return;
    if (ex->bif == NULL && atomic_load_explicit(&ex->code, memory_order_acquire) == NULL) return;
    w->exports++;
    const BreakChange *c = w->change;
    Place at = {.export = ex};
    if (c->order != BREAK_OFF && c->flags == 0)
        place_set(w->vm, at, c);
    else if (c->order != BREAK_OFF || c->flags == 0)
        place_clear(w->vm, at, c->session, BREAK_GLOBAL);
}

static void change_function(Walk *w, Place at) {
    ASSERT(w->change != NULL);
    const BreakChange *c = w->change;
    if (c->order == BREAK_OFF)
        place_clear(w->vm, at, c->session, c->flags);
    else if (c->flags == 0)
        place_clear(w->vm, at, c->session, BREAK_ALL & ~BREAK_GLOBAL);
    else
        place_set(w->vm, at, c);
}

static void change_module(Module *m, void *context) {
    Walk *w = context;
    CodeInstance *i = m->current;
    if (i == NULL || (w->pattern->module != TERM_NONE && w->pattern->module != m->name)) return;
    for (uint32_t n = 0; n < i->functions_count; n++) {
        const Word *entry = i->functions[n];
        if (!matches(w->pattern, entry[-3], entry[-2], entry[-1])) continue;
        w->functions++;
        change_function(w, place_of(w->vm, i, n));
    }
}

uint64_t breakpoints_change(VM *vm, const FunctionPattern *pattern, const BreakChange *change) {
    Walk w = {.vm = vm, .pattern = pattern, .change = change};
    code_each_export(vm->code, change_export, &w);
    if (pattern->module == TERM_NONE) {
        code_each_module(vm->code, change_module, &w);
    } else {
        Module *m = code_find_module(vm->code, pattern->module);
        if (m != NULL) change_module(m, &w);
    }
    return change->flags != 0 ? w.functions : w.exports;
}

// ---- finding
// -----------------------------------------------------------------------------------------
/** The number of the function that begins at entry; functions_count: none does. */
static uint32_t function_index(const CodeInstance *i, const Word *entry) {
    ASSERT(code_contains(i, entry));
    uint32_t low = 0, high = i->functions_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (i->functions[middle] < entry)
            low = middle + 1;
        else
            high = middle;
    }
    return low < i->functions_count && i->functions[low] == entry ? low : i->functions_count;
}

Breakpoint *breakpoint_find(VM *vm, const Word *entry) {
    CodeInstance *i = code_find_instance(vm->code, entry);
    if (i == NULL) return NULL;
    Breakpoint *all = atomic_load_explicit(&i->breakpoints, memory_order_acquire);
    uint32_t index = function_index(i, entry);
    return all == NULL || index == i->functions_count ? NULL : &all[index];
}

uint64_t *breakpoint_first_instruction(VM *vm, CodeInstance *i, const Word *entry) {
    Breakpoint *b = breakpoint_find(vm, entry);
    ASSERT(b != NULL && code_contains(i, entry)); // BREAK-2
    return (uint64_t *)&b->original;
}

bool breakpoint_data_of(VM *vm, Term module, Term function, uint32_t arity, FunctionData *found) {
    ASSERT(arity <= ARITY_MAX && found != NULL);
    Export *ex = code_find_export(vm->code, module, function, arity);
    found->of_export = ex == NULL ? NULL : place_data((Place){.export = ex});
    found->of_code = NULL;
    if (ex != NULL && ex->bif != NULL) return true;
    Module *m = code_find_module(vm->code, module);
    CodeInstance *i = m == NULL ? NULL : m->current;
    for (uint32_t n = 0; i != NULL && n < i->functions_count; n++) {
        const Word *entry = i->functions[n];
        if (entry[-2] != function || entry[-1] != arity) continue;
        found->of_code = place_data(place_of(vm, i, n));
        return true;
    }
    return found->of_export != NULL;
}

// ---- code that comes and goes
// ------------------------------------------------------------------------
void breakpoints_leave(VM *vm, CodeInstance *i) {
    ASSERT(i != NULL);
    mutex_lock(&vm->tracing.room->lock);
    Breakpoint *all = atomic_load_explicit(&i->breakpoints, memory_order_relaxed);
    for (uint32_t n = 0; all != NULL && n < i->functions_count; n++)
        place_put(vm, (Place){.instance = i, .index = n}, NULL); // BREAK-4
    for (uint32_t n = 0; n < i->exports_count; n++) {
        Export *ex = i->exports[n].export;
        if (ex->bif == NULL) place_put(vm, (Place){.export = ex}, NULL);
    }
    mutex_unlock(&vm->tracing.room->lock);
}

void breakpoints_enter(VM *vm, CodeInstance *i) {
    struct TraceRoom *room = vm->tracing.room;
    mutex_lock(&room->lock);
    for (TraceSession *s = room->sessions; s != NULL; s = s->next) {
        if (!s->on_load.is_on || session_is_over(s)) continue;
        const FunctionPattern pattern = {.module = i->module, .function = TERM_NONE, .arity = -1};
        Module *m = code_find_module(vm->code, i->module);
        ASSERT(m != NULL && m->current == i);
        const BreakChange change = {.session = s,
                                    .order = BREAK_ON,
                                    .flags = s->on_load.flags,
                                    .match = s->on_load.match,
                                    .meta_match = s->on_load.meta_match,
                                    .meta = s->on_load.meta};
        breakpoints_change(vm, &pattern, &change);
    }
    mutex_unlock(&room->lock);
}

typedef struct Forget {
    VM *vm;
    TraceSession *session;
} Forget;

static void forget_in_module(Module *m, void *context) {
    const Forget *f = context;
    CodeInstance *i = m->current;
    if (i == NULL || atomic_load_explicit(&i->breakpoints, memory_order_relaxed) == NULL) return;
    for (uint32_t n = 0; n < i->functions_count; n++)
        place_clear(f->vm, (Place){.instance = i, .index = n}, f->session, BREAK_ALL);
}

void breakpoints_forget(VM *vm, TraceSession *s) {
    ASSERT(s != NULL);
    Forget f = {.vm = vm, .session = s};
    code_each_module(vm->code, forget_in_module, &f);
    for (ExportBreak *b = vm->tracing.room->exports; b != NULL; b = b->next)
        place_clear(vm, (Place){.export = b->export}, s, BREAK_ALL);
}

static void free_of_module(Module *m, void *context) {
    (void)context;
    CodeInstance *all[] = {m->current, m->old, m->pending_on_load};
    for (size_t k = 0; k < ARRAY_COUNT(all); k++) {
        Breakpoint *b = all[k] == NULL
                            ? NULL
                            : atomic_load_explicit(&all[k]->breakpoints, memory_order_relaxed);
        for (uint32_t n = 0; b != NULL && n < all[k]->functions_count; n++) {
            BreakData *d = atomic_exchange_explicit(&b[n].data, NULL, memory_order_relaxed);
            if (d != NULL) data_free(d);
        }
    }
}

void breakpoints_destroy(VM *vm) {
    struct TraceRoom *room = vm->tracing.room;
    code_each_module(vm->code, free_of_module, NULL);
    while (room->exports != NULL) {
        ExportBreak *b = room->exports;
        room->exports = b->next;
        BreakData *d = atomic_load_explicit(&b->data, memory_order_relaxed);
        if (d != NULL) data_free(d);
        b->export->breakpoint = NULL;
        mem_free(b);
    }
}
