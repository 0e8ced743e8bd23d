// SPDX-License-Identifier: Apache-2.0
//
// match_run.c - running match programs; see match_program.h.
//
// RUN-1: values on the stack live in the process's heap, in the program, or in the object;
// MATCH_RETURN copies what does
//        not live in the process's heap. While the body runs nothing collects (HEAP-2), so C
//        variables hold terms.
#include "base/alloc.h"
#include "ets/match_program.h"
#include "term/compare.h"
#include "term/map.h"
#include "vm/vm.h"

#define STACK_INLINE 64
#define VARIABLES_INLINE 16

typedef struct Run {
    const MatchProgram *m;
    Process *p;
    Term object;           // TERM_NONE for a call
    const Term *arguments; // of a call
    size_t arguments_count;
    MatchActions *actions;
    Term *stack;
    Term *variables;
    bool in_body;
} Run;

/** The arguments as a list, for '$_' and a variable as head. */
static Term whole(Run *r) {
    if (r->object != TERM_NONE) return r->object;
    return heap_list(&r->p->heap, r->arguments, r->arguments_count, TERM_NIL);
}

// ---- head
// -------------------------------------------------------------------------------------------------

static Term *push_tuple(Term *sp, Term t) {
    DEBUG_ASSERT(term_is_tuple(t));
    for (size_t i = tuple_arity(t); i > 0; i--) *sp++ = tuple_get(t, i - 1);
    return sp;
}

/** Does the head match? *next gets the first instruction behind it. */
static bool run_head(Run *r, const MatchInstruction *i, const MatchInstruction **next) {
    const AtomTable *atoms = r->p->vm->atoms;
    Term *sp = r->stack;
    *sp++ = r->object;
    if (r->object == TERM_NONE && i->op != MATCH_ARGUMENTS && i->op != MATCH_SKIP)
        sp[-1] = whole(r);
    for (;; i++) {
        if (sp == r->stack) {
            *next = i;
            return true;
        }
        Term t = sp[-1];
        switch (i->op) {
        case MATCH_SKIP:
        case MATCH_DROP: sp--; break;
        case MATCH_BIND:
            r->variables[i->n] = t;
            sp--;
            break;
        case MATCH_SAME:
            if (!term_equal(t, r->variables[i->n])) return false;
            sp--;
            break;
        case MATCH_EQUAL:
            if (!term_equal(t, i->term)) return false;
            sp--;
            break;
        case MATCH_TUPLE:
            if (!term_is_tuple_of(t, i->n)) return false;
            sp = push_tuple(sp - 1, t);
            break;
        case MATCH_CELL:
            if (!term_is_cell(t)) return false;
            sp[-1] = term_tail(t);
            *sp++ = term_head(t);
            break;
        case MATCH_MAP:
            if (!term_is_map(t) || map_count(t) < i->n) return false;
            break;
        case MATCH_MAP_VALUE: {
            Term value = map_get(atoms, t, i->term);
            if (value == TERM_NONE) return false;
            *sp++ = value;
            break;
        }
        case MATCH_ARGUMENTS:
            if (r->arguments_count != i->n) return false;
            sp--;
            for (size_t k = i->n; k > 0; k--) *sp++ = r->arguments[k - 1];
            break;
        default: UNREACHABLE();
        }
    }
}

// ---- guards and body
// --------------------------------------------------------------------------------------

/** All bound variables in the order of their numbers. */
static Term bindings(Run *r, const MatchClause *k) {
    Term list = TERM_NIL;
    int64_t below = INT64_MAX;
    for (;;) { // the largest number below the last one, until there is none
        int64_t best = -1;
        uint32_t slot = 0;
        for (uint32_t v = 0; v < k->variables_count; v++) {
            if (k->variable_numbers[v] < below && k->variable_numbers[v] > best) {
                best = k->variable_numbers[v];
                slot = v;
            }
        }
        if (best < 0) return list;
        list = heap_cons(&r->p->heap, r->variables[slot], list);
        below = best;
    }
}

/** and/or over n booleans; TERM_NONE when one is none. */
static Term fold(const Term *values, uint32_t n, bool is_and) {
    DEBUG_ASSERT(n > 0);
    bool result = is_and;
    for (uint32_t v = 0; v < n; v++) {
        if (values[v] != am_true && values[v] != am_false) return TERM_NONE;
        if ((values[v] == am_true) != is_and) result = !is_and;
    }
    return term_from_bool(result);
}

static Term call(Run *r, const MatchInstruction *i, Term *arguments) {
    DEBUG_ASSERT(arguments != NULL);
    Exception before = r->p->exc;
    r->p->long_calls_held++; // a table may be locked
    Term value = i->function(r->p, arguments);
    r->p->long_calls_held--;
    if (value == TERM_NONE) {
        r->p->exc = before; // a match specification swallows what its functions raise
        if (r->in_body) value = am_EXIT;
    }
    return value;
}

/** A trace action's value; TERM_NONE: not supported here, which fails the clause. */
static Term act(Run *r, Term name, const Term *arguments, size_t count) {
    MatchActions *actions = r->actions;
    if (actions == NULL) return TERM_NONE;
    if (name == am_message) {
        actions->message = heap_copy(&r->p->heap, arguments[0]);
        return am_true;
    }
    if (name == am_return_trace) {
        actions->return_trace = true;
        return am_true;
    }
    if (name == am_exception_trace) {
        actions->exception_trace = true;
        return am_true;
    }
    return actions->perform != NULL ? actions->perform(actions, r->p, name, arguments, count)
                                    : am_true;
}

static Term make_map(Run *r, const Term *pairs, uint32_t count) {
    return map_from_pairs(&r->p->heap, r->p->vm->atoms, pairs, count);
}

/** Runs guards and body; TERM_NONE when a guard fails. */
static Term run_code(Run *r, const MatchClause *k, const MatchInstruction *i) {
    Heap *h = &r->p->heap;
    Term *sp = r->stack;
    r->in_body = false;
    for (;; i++) {
        Term value = TERM_NONE;
        uint32_t n = i->n, taken = 0;
        switch (i->op) {
        case MATCH_PUSH: value = i->term; break;
        case MATCH_VARIABLE: value = r->variables[n]; break;
        case MATCH_OBJECT: value = whole(r); break;
        case MATCH_BINDINGS: value = bindings(r, k); break;
        case MATCH_SELF: value = r->p->pid; break;
        case MATCH_MAKE_TUPLE:
            taken = n;
            value = heap_tuple(h, n, sp - n);
            break;
        case MATCH_MAKE_CELL:
            taken = 2;
            value = heap_cons(h, sp[-2], sp[-1]);
            break;
        case MATCH_MAKE_MAP:
            taken = 2 * n;
            value = make_map(r, sp - taken, n);
            break;
        case MATCH_CALL:
            taken = n;
            value = call(r, i, sp - n);
            break;
        case MATCH_ACTION:
            taken = n;
            value = act(r, i->term, sp - n, n);
            break;
        case MATCH_AND:
        case MATCH_OR:
            taken = n;
            value = fold(sp - n, n, i->op == MATCH_AND);
            if (value == TERM_NONE && r->in_body) value = am_EXIT;
            break;
        case MATCH_AND_THEN:
        case MATCH_OR_ELSE: {
            Term decides = i->op == MATCH_AND_THEN ? am_false : am_true;
            if (sp[-1] == decides) { // the value stays; go on behind the whole
                i = k->code + n - 1;
                continue;
            }
            if (sp[-1] == am_true || sp[-1] == am_false) {
                sp--;
                continue;
            }
            if (!r->in_body) return TERM_NONE;
            sp[-1] = am_EXIT;
            i = k->code + n - 1;
            continue;
        }
        case MATCH_IS_TRUE:
            if (sp[-1] != am_true) return TERM_NONE;
            sp = r->stack;
            continue;
        case MATCH_DISCARD: sp = r->stack; continue;
        case MATCH_BODY: r->in_body = true; continue;
        case MATCH_RETURN: return sp[-1];
        default: UNREACHABLE();
        }
        if (value == TERM_NONE) return TERM_NONE;
        sp -= taken;
        *sp++ = value;
    }
}

static Term run_clauses(Run *r) {
    for (size_t c = 0; c < r->m->clauses_count; c++) {
        const MatchClause *k = &r->m->clauses[c];
        const MatchInstruction *next;
        if (!run_head(r, k->code, &next)) continue;
        Term value = run_code(r, k, next);
        if (value != TERM_NONE) return value;
    }
    return TERM_NONE;
}

/** Runs with room for the stacks, and gives the result without copying it. */
static Term run(const MatchProgram *m, Process *p, Term object, const Term *arguments, size_t count,
                MatchActions *actions) {
    DEBUG_ASSERT(m != NULL && p != NULL);
    Term stack[STACK_INLINE], variables[VARIABLES_INLINE];
    Run r = {.m = m,
             .p = p,
             .object = object,
             .arguments = arguments,
             .arguments_count = count,
             .actions = actions,
             .stack = stack,
             .variables = variables};
    Term *block = NULL;
    if (m->stack_max > STACK_INLINE || m->variables_max > VARIABLES_INLINE) {
        block = mem_alloc((m->stack_max + m->variables_max) * sizeof(Term));
        r.stack = block;
        r.variables = block + m->stack_max;
    }
    Term value = run_clauses(&r);
    mem_free(block);
    return value;
}

Term match_run(const MatchProgram *m, Process *p, Term object) {
    ASSERT(m->dialect == MATCH_FOR_TABLE && object != TERM_NONE);
    Term value = run(m, p, object, NULL, 0, NULL);
    return value == TERM_NONE ? TERM_NONE : heap_copy(&p->heap, value);
}

bool match_run_is_true(const MatchProgram *m, Process *p, Term object) {
    ASSERT(m->dialect == MATCH_FOR_TABLE && object != TERM_NONE);
    return run(m, p, object, NULL, 0, NULL) == am_true;
}

Term match_run_call(const MatchProgram *m, Process *p, const Term *arguments, size_t count,
                    MatchActions *actions) {
    ASSERT(m->dialect != MATCH_FOR_TABLE);
    Term value = run(m, p, TERM_NONE, arguments, count, actions);
    return value == TERM_NONE ? TERM_NONE : heap_copy(&p->heap, value);
}
