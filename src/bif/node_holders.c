// SPDX-License-Identifier: Apache-2.0
//
// node_holders.c - who holds identifiers of which node: nothing counts them as they come and go, so
// all that holds terms is walked.
//
//   notes: [node, {ets, t}, ets, 2][node, {process, <0.9.0>}, link, 1]...
//
// HOLD-1: what is noted of a holder in one go stands together, and there each node and way to hold
//         it stands once. A process that is met again, by a timer, is told of again.
// Threads: the calling process's, while nobody else runs.
#include "bif/node_holders.h"

#include "bif/bif.h"
#include "proc/link.h"
#include "proc/process_table.h"
#include "proc/ref_timer.h"
#include "term/node.h"
#include "term/stack.h"
#include "vm/vm.h"

typedef struct Note {
    const NodeEntry *node;
    Term kind, holder; // immediates: {kind, holder}
    Term how;
    uint64_t count;
} Note;

typedef struct Notes {
    Note *all;
    size_t count, capacity;
    Term kind, holder, how; // of what is walked now
    size_t holder_first;    // its notes begin here
} Notes;

static void note_node(Notes *n, const NodeEntry *node) {
    ASSERT(n->holder_first <= n->count);
    for (size_t i = n->holder_first; i < n->count; i++) {
        if (n->all[i].node != node || n->all[i].how != n->how) continue;
        n->all[i].count++;
        return;
    }
    if (n->count == n->capacity) {
        n->capacity = n->capacity == 0 ? 64 : 2 * n->capacity;
        n->all = mem_realloc(n->all, n->capacity * sizeof(Note));
    }
    n->all[n->count++] = (Note){node, n->kind, n->holder, n->how, 1};
}

/** What is walked from now on is held by {kind, holder}. */
static void begin_holder(Notes *n, Term kind, Term holder, Term how) {
    ASSERT(term_is_atom(kind) && !term_is_pointer(holder));
    if (n->kind != kind || n->holder != holder) n->holder_first = n->count; // HOLD-1
    n->kind = kind;
    n->holder = holder;
    n->how = how;
}

/** Notes the nodes of all identifiers in t. */
static void walk_term(Notes *n, Term t) {
    TermStack todo;
    term_stack_init(&todo);
    term_stack_push(&todo, t);
    while (todo.count > 0) {
        Term next = term_stack_pop(&todo);
        if (!term_is_pointer(next)) continue;
        bool is_cell = term_is_cell(next);
        if (!is_cell) {
            BoxKind kind = term_box_kind(next);
            if (kind == BOX_EXT_PID || kind == BOX_EXT_PORT || kind == BOX_EXT_REF)
                note_node(n, external_node(next));
            if (kind == BOX_SUB_BITS || kind == BOX_MATCH_CTX) continue;
        }
        const Term *object = is_cell ? term_cell(next) : term_box(next);
        size_t first = 0, count = is_cell ? CELL_WORDS : box_terms(*object, &first);
        for (size_t i = first; i < first + count; i++) term_stack_push(&todo, object[i]);
    }
    term_stack_free(&todo);
}

// ---- what holds terms
// -----------------------------------------------------------------------------------

static void walk_object(void *context, Term table_name, Term object) {
    Notes *n = context;
    begin_holder(n, am_ets, table_name, am_ets);
    walk_term(n, object);
}

static void walk_timer(void *context, Term receiver, Term message) {
    Notes *n = context;
    begin_holder(n, term_is_atom(receiver) ? am_name : am_process, receiver, am_timer);
    walk_term(n, message);
}

static void walk_relations(Notes *n, LinkTree *tree, Term how) {
    uint32_t at = 0;
    n->how = how;
    for (Relation *r; (r = relation_next(tree, &at)) != NULL;) {
        Term box[EXT_PID_WORDS];
        if (how == am_link) walk_term(n, relation_linked(r, box));
        if (how == am_monitor && r->key == RELATION_EXTERNAL) walk_term(n, r->tag);
        if (how == am_monitor && r->other != TERM_NONE) walk_term(n, r->other);
    }
}

static void walk_process(Process *p, void *context) {
    Notes *n = context;
    begin_holder(n, am_process, p->pid, am_link);
    walk_relations(n, p->links, am_link);
    walk_relations(n, p->monitors_made, am_monitor);
    walk_relations(n, p->monitored_by, am_monitor);
}

// ---- what is told
// -----------------------------------------------------------------------------------------

/** [{{Kind, Holder}, [{How, Count}]}] of a node's entry, before `more`; *sum grows. */
static Term holders_of(Heap *h, const Notes *n, const NodeEntry *node, Term more, uint64_t *sum) {
    for (size_t i = 0; i < n->count;) {
        const Note *first = &n->all[i];
        Term ways = TERM_NIL;
        for (; i < n->count && n->all[i].kind == first->kind && n->all[i].holder == first->holder;
             i++) {
            if (n->all[i].node != node) continue;
            *sum += n->all[i].count;
            Term way = heap_tuple2(h, n->all[i].how, heap_unsigned(h, n->all[i].count));
            ways = heap_cons(h, way, ways);
        }
        if (ways == TERM_NIL) continue;
        Term who = heap_tuple2(h, first->kind, first->holder);
        more = heap_cons(h, heap_tuple2(h, who, ways), more);
    }
    return more;
}

/** {system, [{table, 1}]}: what was named once stays known. */
static Term held_by_table(Heap *h) {
    Term way = heap_tuple2(h, am_table, term_from_small(1));
    return heap_tuple2(h, am_system, heap_cons(h, way, TERM_NIL));
}

Term node_holders(Process *p) {
    Heap *h = &p->heap;
    Notes n = {.kind = TERM_NONE, .holder = TERM_NONE};
    p->vm->ets_each_object(p->vm, walk_object, &n);
    ref_timers_each(p->vm->ref_timers, walk_timer, &n);
    process_table_each(p->vm->processes, walk_process, &n);
    Term nodes = TERM_NIL, names = TERM_NIL;
    const NodeEntry *first = node_first(p->vm->nodes);
    for (const NodeEntry *node = first; node != NULL; node = node->next) {
        ASSERT(term_is_atom(node->name));
        uint64_t sum = 1;
        Term table = heap_cons(h, held_by_table(h), TERM_NIL);
        Term holders = holders_of(h, &n, node, table, &sum);
        Term entry = heap_tuple2(h, node->name, heap_unsigned(h, node->creation));
        nodes = heap_cons(h, heap_tuple3(h, entry, heap_unsigned(h, sum), holders), nodes);
        const NodeEntry *other = first;
        while (other != node && other->name != node->name) other = other->next;
        if (other == node)
            names = heap_cons(h, heap_tuple3(h, node->name, term_from_small(1), table), names);
    }
    mem_free(n.all);
    return heap_tuple2(h, heap_tuple2(h, am_node_references, nodes),
                       heap_tuple2(h, am_dist_references, names));
}
