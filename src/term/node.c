// SPDX-License-Identifier: Apache-2.0
//
// node.c - the nodes that a VM knows: a list, newest first, read without a lock (there are few).
// Invariants: node.h.
#include "term/node.h"

#include "base/alloc.h"
#include "base/spinlock.h"

struct NodeTable {
    _Atomic(NodeEntry *) first;
    Spinlock lock; // adding an entry
    _Atomic Term own_name;
    _Atomic uint32_t own_creation;
};

NodeTable *node_table_create(void) {
    NodeTable *t = mem_zalloc(sizeof *t);
    atomic_store_explicit(&t->own_name, am_nonode_nohost, memory_order_relaxed);
    return t;
}

void node_table_destroy(NodeTable *t) {
    ASSERT(t != NULL);
    if (t == NULL) return;
    for (NodeEntry *n = atomic_load_explicit(&t->first, memory_order_relaxed), *next; n != NULL;
         n = next) {
        next = n->next;
        mem_free(n);
    }
    mem_free(t);
}

static NodeEntry *find(NodeEntry *n, Term name, uint32_t creation) {
    DEBUG_ASSERT(term_is_atom(name));
    while (n != NULL && (n->name != name || n->creation != creation)) n = n->next;
    return n;
}

NodeEntry *node_intern(NodeTable *t, Term name, uint32_t creation) {
    ASSERT(term_is_atom(name));
    // acquire: pairs with the release below, so that an entry seen is complete
    NodeEntry *n = find(atomic_load_explicit(&t->first, memory_order_acquire), name, creation);
    if (n != NULL) return n;
    NodeEntry *fresh = mem_zalloc(sizeof *fresh);
    spinlock_take(&t->lock);
    NodeEntry *first = atomic_load_explicit(&t->first, memory_order_relaxed);
    n = find(first, name, creation);
    if (n == NULL) {
        n = fresh;
        fresh = NULL;
        n->name = name;
        n->creation = creation;
        n->next = first;
        atomic_store_explicit(&t->first, n, memory_order_release);
    }
    spinlock_give(&t->lock);
    mem_free(fresh);
    ASSERT(n->name == name && n->creation == creation); // NODE-1
    return n;
}

NodeEntry *node_find(NodeTable *t, Term name) {
    ASSERT(term_is_atom(name));
    NodeEntry *n = atomic_load_explicit(&t->first, memory_order_acquire); // pairs with node_intern
    while (n != NULL && n->name != name) n = n->next;
    return n;
}

const NodeEntry *node_first(const NodeTable *t) {
    return atomic_load_explicit(&t->first, memory_order_acquire); // pairs with node_intern
}

Term node_own_name(const NodeTable *t) {
    return atomic_load_explicit(&t->own_name, memory_order_acquire);
}

uint32_t node_own_creation(const NodeTable *t) {
    return atomic_load_explicit(&t->own_creation, memory_order_acquire);
}

void node_set_own(NodeTable *t, Term name, uint32_t creation) {
    ASSERT(term_is_atom(name));
    atomic_store_explicit(&t->own_creation, creation, memory_order_release);
    atomic_store_explicit(&t->own_name, name, memory_order_release);
}
