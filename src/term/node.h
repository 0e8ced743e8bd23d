// SPDX-License-Identifier: Apache-2.0
//
// node.h - nodes known to a VM: what external pids, ports and references point to.
//
// NODE-1: one entry per name and creation, never freed before the VM; addresses never change.
#ifndef MICA_TERM_NODE_H
#define MICA_TERM_NODE_H

#include "term/term.h"

typedef struct NodeEntry {
    Term name; // atom
    uint32_t creation;
    uint32_t spare;
    struct NodeEntry *next;
} NodeEntry;

typedef struct NodeTable NodeTable;
NodeTable *node_table_create(void);
void node_table_destroy(NodeTable *t);
/** The entry, made if it is new. Any thread. */
NodeEntry *node_intern(NodeTable *t, Term name, uint32_t creation);
/** Any entry of that name (the newest), or NULL. */
NodeEntry *node_find(NodeTable *t, Term name);
/** The newest entry, or NULL; the others follow by next. */
const NodeEntry *node_first(const NodeTable *t);
/** This VM's own name (am_nonode_nohost until set) and creation. */
Term node_own_name(const NodeTable *t);
uint32_t node_own_creation(const NodeTable *t);
void node_set_own(NodeTable *t, Term name, uint32_t creation);
static ALWAYS_INLINE NodeEntry *external_node(Term t) {
    return (NodeEntry *)(uintptr_t)term_box(t)[1];
}

#endif
