// SPDX-License-Identifier: Apache-2.0
//
// dist_text.c - other nodes as text, a section for each, in the form of OTP's break handler and
// crash dumps:
//
//   =visible_node:1
//   Name: other@host
//   Controller: #Port<0.7>
//   Creation: 1712345678
//
//   =not_connected:2
//   Name: gone@host
//
// Threads: any; each node's lock is taken in turn.
#include "dist/connection.h"

typedef enum { TEXT_VISIBLE, TEXT_HIDDEN, TEXT_OTHERS, TEXT_KINDS } TextKind;

static void add_term_line(TextBuffer *out, const DistNode *n, const char *label, Term t) {
    text_add_string(out, label);
    print_term(out, n->vm->atoms, t, 0);
    text_add(out, "\n", 1);
}

static TextKind kind_of(const DistNode *n) {
    if (n->phase != DIST_CONNECTED) return TEXT_OTHERS;
    return (n->flags & DFLAG_PUBLISHED) != 0 ? TEXT_VISIBLE : TEXT_HIDDEN;
}

/** Under n's lock. */
static void add_node(TextBuffer *out, const DistNode *n, TextKind kind) {
    static const char *const titles[] = {"visible_node", "hidden_node", "not_connected"};
    ASSERT(kind < TEXT_KINDS);
    text_format(out, "=%s:%u\n", titles[kind], n->connection);
    add_term_line(out, n, "Name: ", n->name);
    if (kind == TEXT_OTHERS) return;
    ASSERT(n->controller != TERM_NONE);
    add_term_line(out, n, "Controller: ", n->controller);
    text_format(out, "Creation: %u\n\n", n->creation);
}

void dist_text(VM *vm, TextBuffer *out) {
    Term own = node_own_name(vm->nodes);
    for (TextKind kind = TEXT_VISIBLE; kind < TEXT_KINDS; kind++) {
        // acquire: pairs with the release that added the node
        DistNode *n = atomic_load_explicit(&vm->dist->first, memory_order_acquire);
        for (; n != NULL; n = n->next) {
            if (n->name == own) continue;
            mutex_lock(&n->lock);
            if (kind_of(n) == kind) add_node(out, n, kind);
            mutex_unlock(&n->lock);
        }
    }
}
