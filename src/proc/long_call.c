// SPDX-License-Identifier: Apache-2.0
//
// long_call.c - see long_call.h for LONG-1 to LONG-4.
#include "proc/long_call.h"

#include "base/alloc.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "world/fiber.h"

typedef struct LongCall {
    Budget budget; // first: the budget's address is the call's
    Fiber *fiber;
    Process *process;
    LongCallFunction body;
    int64_t steps_given; // at the begin of this turn
    const Export *shown; // what it is seen as while it stands still; NULL: as its caller
    bool inside;         // the fiber runs now
    bool must_finish;    // LONG-5
    Term result;
    Term args[LONG_CALL_ARGS_MAX];
    struct LongCall *next; // of those kept
} LongCall;

static void pause_call(Budget *b) {
    LongCall *c = (LongCall *)b;
    ASSERT(c->inside && c->process->long_call == c);
    fiber_leave(c->fiber); // LONG-2
}

static void work(void *argument) {
    LongCall *c = argument;
    c->result = c->body(c->process, c->args);
}

// ---- calls are kept, for their stacks
// -------------------------------------------------------------

static LongCall *take_call(Scheduler *s) {
    LongCall *c = s->long_calls;
    if (c != NULL) {
        s->long_calls = c->next;
        s->long_calls_count--;
        return c;
    }
    Fiber *f = fiber_new();
    if (f == NULL) return NULL;
    c = mem_zalloc(sizeof *c);
    c->fiber = f;
    c->budget.spent = pause_call;
    return c;
}

static void free_call(LongCall *c) {
    ASSERT(c->budget.guards == NULL);
    fiber_free(c->fiber);
    mem_free(c);
}

static void keep_call(Scheduler *s, LongCall *c) {
    if (s == NULL || s->long_calls_count == LONG_CALLS_KEPT_MAX) {
        free_call(c);
        return;
    }
    c->process = NULL;
    c->next = s->long_calls;
    s->long_calls = c;
    s->long_calls_count++;
}

void long_call_free_kept(Scheduler *s) {
    while (s->long_calls != NULL) {
        LongCall *c = s->long_calls;
        s->long_calls = c->next;
        free_call(c);
    }
    s->long_calls_count = 0;
}

// ---- running
// --------------------------------------------------------------------------------------

/** LONG-3 */
static bool may_pause(const Process *p) {
    if (p->scheduler == NULL || p->scheduler->kind != SCHEDULER_NORMAL) return false;
    return (p->x != NULL || p->exiting) && !p->signals_busy && !p->collect_later &&
           !p->long_calls_held;
}

static LongCall *begin(Process *p, const Term *args, uint32_t arity, LongCallFunction body) {
    LongCall *c = take_call(p->scheduler);
    if (c == NULL) return NULL;
    ASSERT(arity <= LONG_CALL_ARGS_MAX && c->budget.guards == NULL);
    c->process = p;
    c->body = body;
    c->must_finish = false;
    c->shown = NULL;
    for (uint32_t i = 0; i < arity; i++) c->args[i] = args[i];
    fiber_begin(c->fiber, work, c);
    p->long_call = c;
    return c;
}

void long_call_take_deferred(Process *p) {
    if (LIKELY(p->signals_deferred == NULL)) return;
    Signal *last = p->signals_deferred;
    while (last->next != NULL) last = last->next;
    last->next = p->signals_first;
    if (p->signals_first == NULL) p->signals_last = &last->next;
    p->signals_first = p->signals_deferred;
    p->signals_deferred = NULL;
}

Term long_call_run(Process *p, const Term *args, uint32_t arity, LongCallFunction body) {
    LongCall *c = p->long_call;
    Term copy[LONG_CALL_ARGS_MAX];
    if (c == NULL && may_pause(p)) c = begin(p, args, arity, body);
    if (c == NULL || c->inside ||
        p->long_calls_held) { // one long built-in that is part of another needs no stack
        for (uint32_t i = 0; i < arity; i++) copy[i] = args[i];
        return body(p, copy);
    }
    ASSERT(c->body == body && c->process == p);
    c->steps_given = c->budget.steps_left = MAX(p->reductions_left, 1) * BUDGET_STEPS_PER_REDUCTION;
    if (scheduler_is_dirty(p)) p->dirty_kind = DIRTY_NONE; // LONG-4: it has got there
    c->inside = true;
    bool paused = fiber_enter(c->fiber);
    c->inside = false;
    p->reductions_left -= (c->steps_given - c->budget.steps_left) / BUDGET_STEPS_PER_REDUCTION;
    if (paused) {
        p->exc.class = EXC_PAUSED;
        return TERM_NONE;
    }
    ASSERT(c->budget.guards == NULL && !scheduler_is_dirty(p)); // LONG-4
    Term result = c->result;
    p->long_call = NULL;
    keep_call(p->scheduler, c);
    long_call_take_deferred(p);
    return result;
}

Budget *long_call_budget(const Process *p) {
    LongCall *c = p->long_call;
    return c != NULL && c->inside && !p->long_calls_held ? &c->budget : NULL;
}

void long_call_leave(Process *p) {
    LongCall *c = p->long_call;
    ASSERT(p->long_call_left == NULL && (c == NULL || !c->inside));
    p->long_call_left = c;
    p->long_call = NULL;
    long_call_take_deferred(p);
}

/** LONG-5: what is left is short. */
static void finish_call(Process *p, LongCall *c) {
    LongCall *end = p->long_call; // that of p's end, on whose stack this runs
    p->long_call = c;
    p->long_calls_held++;
    c->budget.steps_left = INT64_MAX;
    c->inside = true;
    bool paused = fiber_enter(c->fiber);
    c->inside = false;
    ASSERT(!paused && c->budget.guards == NULL);
    p->long_calls_held--;
    p->long_call = end;
    p->exc.class = EXC_NONE;
}

void long_call_abandon(Process *p) {
    LongCall *c = p->long_call_left;
    if (c == NULL) return;
    if (c->must_finish) finish_call(p, c);
    while (c->budget.guards != NULL) { // LONG-2; each may spend from the budget of p's end
        BudgetGuard *g = c->budget.guards;
        c->budget.guards = g->next;
        g->abandon(g->owned);
    }
    p->long_call_left = NULL;
    fiber_drop(c->fiber);
    free_call(c);
}

// ---- how others see it
// ----------------------------------------------------------------------------

void long_call_show(Process *p, const Export *ex) {
    ASSERT(p->long_call != NULL && ex != NULL);
    ((LongCall *)p->long_call)->shown = ex;
}

/** Many of BEAM's built-ins go on in a function of another name, which traces of `running` and
 * process_info tell. */
static const struct {
    Term module, function, on_module, on_function;
    uint8_t arity, on_arity;
} CONTINUATIONS[] = {
    {am_erlang, am_list_to_binary, am_erts_internal, am_list_to_binary_continue, 1, 1},
    {am_erlang, am_iolist_to_binary, am_erts_internal, am_list_to_binary_continue, 1, 1},
    {am_erlang, am_list_to_bitstring, am_erts_internal, am_list_to_binary_continue, 1, 1},
    {am_binary, am_list_to_bin, am_erts_internal, am_list_to_binary_continue, 1, 1},
    {am_erlang, am_binary_to_list, am_erts_internal, am_binary_to_list_continue, 1, 1},
    {am_erlang, am_binary_to_list, am_erts_internal, am_binary_to_list_continue, 3, 1},
    {am_erlang, am_bitstring_to_list, am_erts_internal, am_binary_to_list_continue, 1, 1},
    {am_erlang, am_binary_to_term, am_erts_internal, am_binary_to_term_trap, 1, 1},
    {am_erlang, am_binary_to_term, am_erts_internal, am_binary_to_term_trap, 2, 1},
    {am_erlang, am_term_to_binary, am_erts_internal, am_term_to_binary_trap, 1, 1},
    {am_erlang, am_term_to_binary, am_erts_internal, am_term_to_binary_trap, 2, 1},
    {am_erlang, am_term_to_iovec, am_erts_internal, am_term_to_binary_trap, 1, 1},
    {am_erlang, am_term_to_iovec, am_erts_internal, am_term_to_binary_trap, 2, 1},
    {am_re, am_run, am_erlang, am_re_run_trap, 2, 3},
    {am_re, am_run, am_erlang, am_re_run_trap, 3, 3},
    {am_re, am_internal_run, am_erlang, am_re_run_trap, 4, 3},
    {am_maps, am_merge, am_maps, am_merge_trap, 2, 1},
    {am_ets, am_delete, am_ets, am_delete_trap, 1, 1},
};

bool long_call_place(const Process *p, Term mfa[3]) {
    const Export *ex = p->long_call == NULL ? NULL : ((LongCall *)p->long_call)->shown;
    if (ex == NULL) return false;
    mfa[0] = ex->module;
    mfa[1] = ex->function;
    mfa[2] = term_from_small(ex->arity);
    for (size_t i = 0; i < ARRAY_COUNT(CONTINUATIONS); i++) {
        if (CONTINUATIONS[i].module != ex->module || CONTINUATIONS[i].function != ex->function ||
            CONTINUATIONS[i].arity != ex->arity)
            continue;
        mfa[0] = CONTINUATIONS[i].on_module;
        mfa[1] = CONTINUATIONS[i].on_function;
        mfa[2] = term_from_small(CONTINUATIONS[i].on_arity);
    }
    return true;
}

// ---- dirty parts
// ----------------------------------------------------------------------------------

void long_call_dirty_begin(Process *p) {
    Budget *b = long_call_budget(p);
    if (b == NULL || scheduler_is_dirty(p)) return;
    p->dirty_kind = DIRTY_CPU;
    ((LongCall *)b)->must_finish = true;
    pause_call(b);
    ASSERT(scheduler_is_dirty(p));
}

void long_call_dirty_end(Process *p) {
    Budget *b = long_call_budget(p);
    if (b == NULL || !scheduler_is_dirty(p)) return;
    pause_call(b);
    ASSERT(!scheduler_is_dirty(p));
}
