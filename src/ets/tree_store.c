// SPDX-License-Identifier: Apache-2.0
//
// tree_store.c - the objects of ordered sets: an AVL tree in the order of keys (numbers by value,
// so 1 and 1.0 are the same key). `next` of an object is its left child, `level` its height.
//
// TREE-1: the heights of an object's children differ by one at most; so TREE_HEIGHT_MAX is far from
// being reached.
//
// Threads: see table.h; writers hold the write lock.
#include "ets/match.h"
#include "ets/table.h"

#include "term/compare.h"
#include "vm/vm.h"

#define TREE_HEIGHT_MAX 90

static int order(const EtsTable *t, Term a, Term b) {
    if (term_is_small(a) && term_is_small(b))
        return term_small(a) < term_small(b) ? -1 : term_small(a) > term_small(b);
    return term_compare(table_atoms(t), a, b);
}

EtsObject *tree_store_find(const EtsTable *t, Term key) {
    EtsObject *o = t->root;
    while (o != NULL) {
        int c = order(t, key, object_key(t, o));
        if (c == 0) return o;
        o = c < 0 ? o->next : o->right;
    }
    return NULL;
}

EtsObject *tree_store_first(const EtsTable *t, bool backwards) {
    EtsObject *o = t->root, *child;
    while (o != NULL && (child = backwards ? o->right : o->next) != NULL) o = child;
    return o;
}

EtsObject *tree_store_next(const EtsTable *t, Term key, bool backwards) {
    EtsObject *o = t->root, *best = NULL;
    while (o != NULL) {
        int c = order(t, key, object_key(t, o));
        if (backwards ? c > 0 : c < 0) {
            best = o;
            o = backwards ? o->right : o->next;
        } else {
            o = backwards ? o->next : o->right;
        }
    }
    return best;
}

// ---- patterns
// -------------------------------------------------------------------------------------------

static bool is_variable(const EtsTable *t, Term pattern) {
    return term_is_atom(pattern) &&
           (pattern == am_underscore || match_variable_number(t->vm, pattern) >= 0);
}

/** The order of pattern and key as far as it is fixed; *open says that a variable was met (or a
 * map, which matches many), behind which nothing is. Patterns are as deep as match programs may be.
 */
static int compare_pattern(const EtsTable *t, Term pattern, Term key, bool *open) {
    int c = 0;
    if (term_is_tuple(pattern) && term_is_tuple_of(key, tuple_arity(pattern))) {
        for (size_t i = 0; i < tuple_arity(pattern) && c == 0 && !*open; i++)
            c = compare_pattern(t, tuple_get(pattern, i), tuple_get(key, i), open);
        return c;
    }
    while (term_is_cell(pattern) && term_is_cell(key)) {
        c = compare_pattern(t, term_head(pattern), term_head(key), open);
        if (c != 0 || *open) return c;
        pattern = term_tail(pattern);
        key = term_tail(key);
        if (!term_is_cell(pattern) || !term_is_cell(key))
            return compare_pattern(t, pattern, key, open);
    }
    *open = is_variable(t, pattern) || (term_is_map(pattern) && term_is_map(key));
    return *open ? 0 : order(t, pattern, key); // leaves, or kinds or arities differ
}

int tree_store_compare(const EtsTable *t, Term pattern, Term key) {
    ASSERT(table_is_tree(t));
    bool open = false;
    return compare_pattern(t, pattern, key, &open);
}

EtsObject *tree_store_seek(const EtsTable *t, Term pattern, bool backwards) {
    EtsObject *o = t->root, *best = NULL;
    while (o != NULL) {
        int c = tree_store_compare(t, pattern, object_key(t, o));
        bool fits = backwards ? c >= 0 : c <= 0;
        if (fits) best = o;
        o = fits == backwards ? o->right : o->next;
    }
    return best;
}

// ---- balance
// --------------------------------------------------------------------------------------

static int level(const EtsObject *o) { return o == NULL ? 0 : o->level; }
static void set_level(EtsObject *o) {
    o->level = (int8_t)(1 + MAX(level(o->next), level(o->right)));
}

static EtsObject *rotate(EtsObject *o, bool right_up) {
    EtsObject *up = right_up ? o->right : o->next;
    ASSERT(up != NULL);
    if (right_up) {
        o->right = up->next;
        up->next = o;
    } else {
        o->next = up->right;
        up->right = o;
    }
    set_level(o);
    set_level(up);
    return up;
}

static EtsObject *balance(EtsObject *o) {
    int lean = level(o->right) - level(o->next);
    ASSERT(lean >= -2 && lean <= 2); // TREE-1
    if (lean > 1) {
        if (level(o->right->next) > level(o->right->right)) o->right = rotate(o->right, false);
        return rotate(o, true);
    }
    if (lean < -1) {
        if (level(o->next->right) > level(o->next->next)) o->next = rotate(o->next, true);
        return rotate(o, false);
    }
    set_level(o);
    return o;
}

static void balance_path(EtsObject **path[], int depth) {
    ASSERT(depth >= 0 && depth <= TREE_HEIGHT_MAX);
    while (depth-- > 0) *path[depth] = balance(*path[depth]); // TREE-1
}

// ---- changing
// -------------------------------------------------------------------------------------

void tree_store_put(EtsTable *t, EtsObject *o) {
    ASSERT(table_is_tree(t) && tuple_arity(o->tuple) > t->key_index);
    EtsObject **path[TREE_HEIGHT_MAX], **link = &t->root;
    int depth = 0;
    Term key = object_key(t, o);
    while (*link != NULL) {
        int c = order(t, key, object_key(t, *link));
        if (c == 0) {
            EtsObject *old = *link;
            o->next = old->next;
            o->right = old->right;
            o->level = old->level;
            *link = o;
            table_account(t, old, -1);
            table_account(t, o, 1);
            object_free(old);
            return;
        }
        ASSERT(depth < TREE_HEIGHT_MAX);
        path[depth++] = link;
        link = c < 0 ? &(*link)->next : &(*link)->right;
    }
    o->next = o->right = NULL;
    o->level = 1;
    *link = o;
    table_account(t, o, 1);
    balance_path(path, depth);
}

bool tree_store_delete(EtsTable *t, Term key) {
    ASSERT(table_is_tree(t));
    EtsObject **path[TREE_HEIGHT_MAX], **link = &t->root;
    int depth = 0;
    while (*link != NULL) {
        int c = order(t, key, object_key(t, *link));
        if (c == 0) break;
        ASSERT(depth < TREE_HEIGHT_MAX);
        path[depth++] = link;
        link = c < 0 ? &(*link)->next : &(*link)->right;
    }
    EtsObject *o = *link;
    if (o == NULL) return false;
    if (o->next != NULL && o->right != NULL) {
        // Its successor takes its place.
        int place = depth;
        path[depth++] = link;
        EtsObject **next = &o->right;
        while ((*next)->next != NULL) {
            ASSERT(depth < TREE_HEIGHT_MAX);
            path[depth++] = next;
            next = &(*next)->next;
        }
        EtsObject *successor = *next;
        ASSERT(successor->next == NULL);
        *next = successor->right;
        successor->next = o->next;
        successor->right = o->right;
        *link = successor;
        // The path went through the right child's link in o, which is now the successor's.
        if (depth > place + 1) path[place + 1] = &successor->right;
    } else {
        *link = o->next != NULL ? o->next : o->right;
    }
    table_account(t, o, -1);
    object_free(o);
    balance_path(path, depth);
    return true;
}
