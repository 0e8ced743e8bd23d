// SPDX-License-Identifier: Apache-2.0
//
// contents.c - all of a table's objects at once: taken out under its lock, freed without it, in
// steps. A table of ten million objects is gone at once for everybody else. And a walk over all
// objects of all tables.
//
// Threads: the taker's; the walk's, while nobody else runs.
#include "ets/table.h"

void table_take_contents(EtsTable *t, bool goes_on, EtsContents *c) {
    ASSERT(!goes_on || !t->is_fixed); // ETS-4
    *c = (EtsContents){.active = hash_store_count(t), .root = t->root};
    for (uint32_t i = 0; i < ETS_CHUNKS; i++)
        c->chunks[i] = atomic_exchange_explicit(&t->chunks[i], NULL, memory_order_relaxed);
    t->root = NULL;
    t->active = t->slots = t->mask = 0;
    t->deleted_count = 0;
    atomic_store_explicit(&t->count, 0, memory_order_relaxed);
    atomic_store_explicit(&t->words, 0, memory_order_relaxed);
    if (goes_on && !table_is_tree(t)) hash_store_init(t);
}

#define STEPS_PER_OBJECT 24

/** Left children are rotated up until there are none: no stack is needed. */
static void free_tree(EtsContents *c, Budget *budget) {
    while (c->root != NULL) {
        EtsObject *o = c->root, *left = o->next;
        if (left != NULL) {
            o->next = left->right;
            left->right = o;
            c->root = left;
            continue;
        }
        c->root = o->right;
        object_free(o);
        budget_spend(budget, STEPS_PER_OBJECT);
    }
}

static void free_buckets(EtsContents *c, Budget *budget) {
    for (; c->next < c->active; c->next++) {
        size_t first;
        EtsObject **chunk = c->chunks[hash_store_chunk(c->next, &first)];
        EtsObject **bucket = &chunk[c->next - first];
        while (*bucket != NULL) {
            EtsObject *o = *bucket;
            *bucket = o->next;
            object_free(o);
            budget_spend(budget, STEPS_PER_OBJECT);
        }
        budget_spend(budget, 1);
    }
    for (uint32_t i = 0; i < ETS_CHUNKS; i++) {
        mem_free(c->chunks[i]);
        c->chunks[i] = NULL;
    }
    c->active = c->next = 0;
}

void contents_free(EtsContents *c, Budget *budget) {
    free_tree(c, budget);
    free_buckets(c, budget);
}

typedef struct Kept {
    EtsContents *contents;
    Process *p;
} Kept;

/** The process ends: the rest is part of its end, in steps again. */
static void abandon(void *kept) {
    Kept *k = kept;
    contents_free(k->contents, long_call_budget(k->p));
}

void contents_free_in_call(EtsContents *c, Process *p) {
    Kept kept = {c, p};
    BudgetGuard guard;
    Budget *budget = long_call_budget(p);
    budget_guard(budget, &guard, abandon, &kept);
    contents_free(c, budget);
    budget_unguard(budget, &guard);
}

// ---- all objects of all tables
// ----------------------------------------------------------------------------------------------

typedef struct Walk {
    void (*visit)(void *context, Term table_name, Term object);
    void *context;
} Walk;

#define TREE_HEIGHT_MAX 64 // balanced: of 2^44 objects

static void visit_tree(const EtsTable *t, const Walk *w) {
    const EtsObject *above[TREE_HEIGHT_MAX];
    size_t count = 0;
    for (const EtsObject *o = t->root; o != NULL || count > 0; o = o->right) {
        for (; o != NULL; o = o->next) {
            ASSERT(count < TREE_HEIGHT_MAX);
            above[count++] = o;
        }
        o = above[--count];
        w->visit(w->context, t->name, o->tuple);
    }
}

static void visit_table(EtsTable *t, void *context) {
    const Walk *w = context;
    if (!t->alive) return; // ETS-2
    if (table_is_tree(t)) {
        visit_tree(t, w);
        return;
    }
    for (size_t i = 0; i < hash_store_count(t); i++)
        for (const EtsObject *o = *hash_store_bucket(t, i); o != NULL; o = o->next)
            if (!o->deleted) w->visit(w->context, t->name, o->tuple);
}

void contents_each_object(VM *vm, void (*visit)(void *context, Term table_name, Term object),
                          void *context) {
    Walk w = {visit, context};
    ASSERT(visit != NULL);
    ets_each(vm, visit_table, &w);
}
