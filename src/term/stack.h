// SPDX-License-Identifier: Apache-2.0
//
// stack.h - a growing stack of words for walks over terms, which may be a million levels deep and
// so never recurse.
//
// Begins in the caller's frame; grows into allocated memory. One owner, who must call
// term_stack_free. With a budget (term_stack_init_in_steps) the walk may be abandoned where it
// spends steps: then the stack is freed by its guard.
#ifndef MICA_TERM_STACK_H
#define MICA_TERM_STACK_H

#include "base/alloc.h"
#include "base/budget.h"
#include "term/term.h"

#define TERM_STACK_INLINE 96u

typedef struct TermStack {
    Term *words;
    size_t count, capacity;
    Budget *budget; // NULL: the walk goes to its end
    BudgetGuard guard;
    Term inline_words[TERM_STACK_INLINE];
} TermStack;

static inline void term_stack_init(TermStack *s) {
    s->words = s->inline_words;
    s->count = 0;
    s->capacity = TERM_STACK_INLINE;
    s->budget = NULL;
}
static UNUSED void term_stack_abandon(void *stack) {
    TermStack *s = (TermStack *)stack;
    if (s->words != s->inline_words) mem_free(s->words);
}
static inline void term_stack_init_in_steps(TermStack *s, Budget *budget) {
    term_stack_init(s);
    s->budget = budget;
    budget_guard(budget, &s->guard, term_stack_abandon, s);
}
static inline void term_stack_free(TermStack *s) {
    budget_unguard(s->budget, &s->guard);
    if (s->words != s->inline_words) mem_free(s->words);
}
static NO_INLINE UNUSED void term_stack_grow(TermStack *s, size_t need) {
    size_t capacity = s->capacity * 2;
    while (capacity < s->count + need) capacity *= 2;
    if (s->words == s->inline_words) {
        s->words = (Term *)mem_alloc(capacity * sizeof(Term));
        memcpy(s->words, s->inline_words, s->count * sizeof(Term));
    } else {
        s->words = (Term *)mem_realloc(s->words, capacity * sizeof(Term));
    }
    s->capacity = capacity;
}
static ALWAYS_INLINE void term_stack_need(TermStack *s, size_t need) {
    if (UNLIKELY(s->count + need > s->capacity)) term_stack_grow(s, need);
}
static ALWAYS_INLINE void term_stack_push(TermStack *s, Term t) {
    term_stack_need(s, 1);
    s->words[s->count++] = t;
}
static ALWAYS_INLINE Term term_stack_pop(TermStack *s) {
    DEBUG_ASSERT(s->count > 0);
    return s->words[--s->count];
}

#endif
