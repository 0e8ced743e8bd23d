// SPDX-License-Identifier: Apache-2.0
//
// compare.c - order and equality of terms.
//
// number < atom < reference < fun < port < pid < tuple < map < [] < list < bitstring
//
// CMP-1: walks keep their own stack (term/stack.h). The one exception are keys of hash tries inside
// keys of hash tries:
//        each such level of nesting recurses once.
// CMP-2: the exact order puts every integer before every float; the other compares them by value.
// Map keys are always
//        compared exactly, values as the caller wants.
// Pure functions: any thread may call.
#include "term/compare.h"

#include "term/bigint.h"
#include "term/bits.h"
#include "term/fun.h"
#include "term/map.h"
#include "term/number.h"
#include "term/ref.h"
#include "term/stack.h"

// ---- equality
// -------------------------------------------------------------------------------------

static bool refs_equal(Term a, Term b) {
    DEBUG_ASSERT(term_is_reference(a) && term_is_reference(b));
    if (term_is_box_of(a, BOX_EXT_REF) != term_is_box_of(b, BOX_EXT_REF)) return false;
    if (term_is_box_of(a, BOX_EXT_REF) && external_node(a) != external_node(b)) return false;
    uint32_t n = ref_number_count(a), m = ref_number_count(b);
    for (uint32_t i = 0; i < MAX(n, m); i++) {
        if ((i < n ? ref_number(a, i) : 0) != (i < m ? ref_number(b, i) : 0)) return false;
    }
    return true;
}

static bool words_equal(const Term *a, const Term *b) {
    DEBUG_ASSERT((*a & TAG_MASK) == 0 && (*b & TAG_MASK) == 0);
    return *a == *b && memcmp(a + 1, b + 1, header_size(*a) * sizeof(Term)) == 0;
}

// Arrays to compare later: both addresses and their length.
static ALWAYS_INLINE void push_arrays(TermStack *s, const Term *a, const Term *b, size_t count) {
    term_stack_need(s, 3);
    s->words[s->count] = (uintptr_t)a;
    s->words[s->count + 1] = (uintptr_t)b;
    s->words[s->count + 2] = count;
    s->count += 3;
}

// Two boxes, not the same word: false when they differ at once; what is inside goes onto the stack.
static bool boxes_equal(TermStack *s, Term a, Term b) {
    DEBUG_ASSERT(term_is_boxed(a) && term_is_boxed(b) && a != b);
    const Term *x = term_box(a), *y = term_box(b);
    size_t n = header_size(*x);
    switch (header_kind(*x)) {
    case BOX_TUPLE:
        if (*x != *y) return false;
        push_arrays(s, x + 1, y + 1, n);
        return true;
    case BOX_MAP_FLAT:
    case BOX_MAP_NODE:
        if (*x != *y) return false;
        push_arrays(s, x + 1, y + 1, n);
        return true;
    case BOX_MAP_HASH:
        if (*x != *y || x[1] != y[1]) return false;
        push_arrays(s, x + 2, y + 2, n - 1);
        return true;
    case BOX_FUN:
        if (*x != *y || x[1] != y[1]) return false;
        push_arrays(s, x + FUN_ENV_OFFSET, y + FUN_ENV_OFFSET, n - (FUN_ENV_OFFSET - 1));
        return true;
    case BOX_HEAP_BITS:
    case BOX_SUB_BITS: {
        if (!term_is_bitstring(b) || bits_size(a) != bits_size(b)) return false;
        if (s->budget != NULL) budget_charge(s->budget, (int64_t)(bits_size(a) >> 12));
        return bits_compare(bits_view(a), bits_view(b)) == 0;
    }
    case BOX_FLOAT: return term_is_float(b) && term_float(a) == term_float(b);
    case BOX_REF:
    case BOX_MAGIC_REF:
    case BOX_EXT_REF: return term_is_reference(b) && refs_equal(a, b);
    case BOX_POS_BIG:
    case BOX_NEG_BIG:
    case BOX_EXPORT:
    case BOX_EXT_PID:
    case BOX_EXT_PORT:
    case BOX_MATCH_CTX: return words_equal(x, y);
    case BOX_BIN_REF:
    case BOX_KIND_COUNT: break;
    }
    UNREACHABLE();
}

static ALWAYS_INLINE bool words_may_equal(Term a, Term b) {
    if (term_is_pointer(a) && term_is_pointer(b)) return (a & TAG_MASK) == (b & TAG_MASK);
    // 0.0 stands in its word, -0.0 in a box, and in OTP 25 they are equal
    return a == FLONUM_ZERO || b == FLONUM_ZERO;
}

static bool zeros_equal(Term a, Term b) {
    return term_is_float(a) && term_is_float(b) && term_float(a) == term_float(b);
}

/** Two references of this node, as a receive meets them for each answer. */
static ALWAYS_INLINE bool are_plain_refs(Term a, Term b) {
    return term_is_box_of(a, BOX_REF) && term_is_box_of(b, BOX_REF);
}

bool term_equal_slow(Term a, Term b, Budget *budget) {
    if (are_plain_refs(a, b)) {
        const uint64_t *x = ref_words(a), *y = ref_words(b);
        return x[0] == y[0] && (uint32_t)x[1] == (uint32_t)y[1];
    }
    TermStack s;
    term_stack_init_in_steps(&s, budget);
    bool equal = false;
    for (;;) {
        budget_spend(budget, 1);
        while (a != b) {
            if (!words_may_equal(a, b)) goto done;
            if (!term_is_pointer(a) || !term_is_pointer(b)) {
                if (!zeros_equal(a, b)) goto done;
                break;
            }
            if (term_is_boxed(a)) {
                if (!boxes_equal(&s, a, b)) goto done;
                break;
            }
            const Term *x = term_cell(a), *y = term_cell(b);
            if (x[0] != y[0]) {
                if (!words_may_equal(x[0], y[0])) goto done;
                push_arrays(&s, x + 1, y + 1, 1);
                a = x[0];
                b = y[0];
            } else {
                a = x[1];
                b = y[1];
                budget_spend(budget, 1);
            }
        }
        // the next pair that differs as words, from the arrays on top
        for (;;) {
            if (s.count == 0) {
                equal = true;
                goto done;
            }
            Term *top = s.words + s.count - 3;
            if (top[2] == 0) {
                s.count -= 3;
                continue;
            }
            a = *(const Term *)(uintptr_t)top[0];
            b = *(const Term *)(uintptr_t)top[1];
            if (--top[2] == 0) {
                s.count -= 3;
            } else {
                top[0] += sizeof(Term);
                top[1] += sizeof(Term);
            }
            if (a != b) break;
        }
    }
done:
    term_stack_free(&s);
    return equal;
}

// ---- order
// ----------------------------------------------------------------------------------------

typedef enum {
    RANK_NUMBER,
    RANK_ATOM,
    RANK_REF,
    RANK_FUN,
    RANK_PORT,
    RANK_PID,
    RANK_TUPLE,
    RANK_MAP,
    RANK_NIL,
    RANK_LIST,
    RANK_BITS
} Rank;

static Rank rank_of(Term t) {
    if (term_is_small(t) || term_is_flonum(t)) return RANK_NUMBER;
    if (term_is_cell(t)) return RANK_LIST;
    if (!term_is_boxed(t)) {
        if (term_is_atom(t)) return RANK_ATOM;
        if (term_is_nil(t)) return RANK_NIL;
        if (term_is_local_pid(t)) return RANK_PID;
        ASSERT(term_is_local_port(t));
        return RANK_PORT;
    }
    switch (term_box_kind(t)) {
    case BOX_TUPLE: return RANK_TUPLE;
    case BOX_POS_BIG:
    case BOX_NEG_BIG:
    case BOX_FLOAT: return RANK_NUMBER;
    case BOX_HEAP_BITS:
    case BOX_SUB_BITS:
    case BOX_MATCH_CTX: return RANK_BITS;
    case BOX_MAP_FLAT:
    case BOX_MAP_HASH: return RANK_MAP;
    case BOX_FUN:
    case BOX_EXPORT: return RANK_FUN;
    case BOX_REF:
    case BOX_MAGIC_REF:
    case BOX_EXT_REF: return RANK_REF;
    case BOX_EXT_PID: return RANK_PID;
    case BOX_EXT_PORT: return RANK_PORT;
    case BOX_BIN_REF:
    case BOX_MAP_NODE:
    case BOX_KIND_COUNT: break;
    }
    UNREACHABLE();
}

static ALWAYS_INLINE int order(uint64_t a, uint64_t b) { return a == b ? 0 : a < b ? -1 : 1; }

static int compare_numbers(Term a, Term b, bool exact) {
    DEBUG_ASSERT(term_is_number(a) && term_is_number(b));
    bool fa = term_is_float(a), fb = term_is_float(b);
    if (fa && fb) {
        double x = term_float(a), y = term_float(b);
        return x == y ? 0 : x < y ? -1 : 1;
    }
    if (!fa && !fb) return integer_compare(a, b);
    if (exact) return fa ? 1 : -1; // CMP-2
    return fa ? -integer_compare_double(b, term_float(a))
              : integer_compare_double(a, term_float(b));
}

// The node of an identifier: NULL for this VM's own.
static const NodeEntry *node_of(Term t) {
    if (!term_is_boxed(t)) return NULL;
    BoxKind k = term_box_kind(t);
    return k == BOX_EXT_PID || k == BOX_EXT_PORT || k == BOX_EXT_REF ? external_node(t) : NULL;
}

static int compare_nodes(const AtomTable *atoms, Term a, Term b) {
    const NodeEntry *x = node_of(a), *y = node_of(b);
    if (x == y) return 0;
    Term own = atom_table_own_node(atoms);
    int c = atom_compare(atoms, x != NULL ? x->name : own, y != NULL ? y->name : own);
    if (c != 0) return c;
    uint32_t creation = atom_table_own_creation(atoms);
    return order(x != NULL ? x->creation : creation, y != NULL ? y->creation : creation);
}

static int compare_refs(const AtomTable *atoms, Term a, Term b) {
    DEBUG_ASSERT(term_is_reference(a) && term_is_reference(b));
    int c = compare_nodes(atoms, a, b);
    if (c != 0) return c;
    uint32_t n = ref_number_count(a), m = ref_number_count(b);
    for (uint32_t i = MAX(n, m); i-- > 0;) {
        c = order(i < n ? ref_number(a, i) : 0, i < m ? ref_number(b, i) : 0);
        if (c != 0) return c;
    }
    return 0;
}

static int compare_pids(const AtomTable *atoms, Term a, Term b) {
    DEBUG_ASSERT(term_is_pid(a) && term_is_pid(b));
    int c = order(any_pid_serial(a), any_pid_serial(b));
    if (c == 0) c = order(any_pid_number(a), any_pid_number(b));
    return c != 0 ? c : compare_nodes(atoms, a, b);
}

static int compare_ports(const AtomTable *atoms, Term a, Term b) {
    DEBUG_ASSERT(term_is_port(a) && term_is_port(b));
    int c = compare_nodes(atoms, a, b);
    return c != 0 ? c : order(any_port_number(a), any_port_number(b));
}

static int compare_funs(const AtomTable *atoms, TermStack *s, Term a, Term b) {
    DEBUG_ASSERT(term_is_fun(a) && term_is_fun(b));
    bool xa = term_box_kind(a) == BOX_EXPORT, xb = term_box_kind(b) == BOX_EXPORT;
    if (xa != xb) return xa ? 1 : -1;
    int c;
    if (xa) {
        const Export *x = export_of(a), *y = export_of(b);
        c = atom_compare(atoms, x->module, y->module);
        if (c == 0) c = atom_compare(atoms, x->function, y->function);
        return c != 0 ? c : (int)x->arity - (int)y->arity;
    }
    const FunEntry *x = fun_entry(a), *y = fun_entry(b);
    c = atom_compare(atoms, x->module, y->module);
    if (c == 0) c = order(x->index, y->index);
    if (c == 0) c = order(x->old_uniq, y->old_uniq);
    if (c == 0) c = order(fun_free_count(a), fun_free_count(b));
    if (c != 0) return c;
    size_t n = fun_free_count(a);
    if (n > 0) push_arrays(s, term_box(a) + FUN_ENV_OFFSET, term_box(b) + FUN_ENV_OFFSET, n);
    return 0;
}

// ---- maps
// -----------------------------------------------------------------------------------------

typedef struct Pair {
    Term key, value;
} Pair;

static int compare(const AtomTable *atoms, Term a, Term b, bool exact, Budget *budget);

// Merge sort by key: the comparison needs the atom table, and qsort has no place for it that every
// system agrees on.
static void sort_pairs(const AtomTable *atoms, Pair *pairs, Pair *spare, size_t count) {
    ASSERT(pairs != spare);
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t low = 0; low < count; low += 2 * width) {
            size_t middle = MIN(low + width, count), high = MIN(low + 2 * width, count);
            size_t i = low, j = middle;
            for (size_t k = low; k < high; k++) {
                bool left = i < middle && (j >= high || compare(atoms, pairs[i].key, pairs[j].key,
                                                                true, NULL) <= 0);
                spare[k] = left ? pairs[i++] : pairs[j++];
            }
        }
        memcpy(pairs, spare, count * sizeof *pairs);
    }
}

static Pair *sorted_pairs(const AtomTable *atoms, Term map, size_t count) {
    ASSERT(count > MAP_FLAT_COUNT_MAX); // TERM-4
    Pair *pairs = mem_alloc(2 * count * sizeof *pairs);
    // the trie's nodes, walked with a stack: at most 16 children wait on each of its levels
    TermStack s;
    term_stack_init(&s);
    size_t n = 0;
    term_stack_push(&s, map);
    while (s.count > 0) {
        Term t = term_stack_pop(&s);
        if (term_is_cell(t)) {
            ASSERT(n < count);
            pairs[n++] = (Pair){term_head(t), term_tail(t)};
            continue;
        }
        const Term *box = term_box(t);
        size_t first = header_kind(*box) == BOX_MAP_HASH ? 2 : 1;
        for (size_t i = first; i <= header_size(*box); i++) term_stack_push(&s, box[i]);
    }
    term_stack_free(&s);
    ASSERT(n == count);
    sort_pairs(atoms, pairs, pairs + count, count);
    return pairs;
}

// The first key (in key order) that only one map has decides; then the values, in the order of
// their keys. Values may nest as deep as they like: they are compared by the caller's walk, so the
// pairs that differ are handed back in *pairs_a and *pairs_b (freed by the caller).
static int compare_tries(const AtomTable *atoms, Term a, Term b, size_t count, Pair **pairs_a,
                         Pair **pairs_b) {
    *pairs_a = sorted_pairs(atoms, a, count);
    *pairs_b = sorted_pairs(atoms, b, count);
    for (size_t i = 0; i < count; i++) {
        int c = compare(atoms, (*pairs_a)[i].key, (*pairs_b)[i].key, true, NULL);
        if (c != 0) return c;
    }
    return 0;
}

// Memory that the walk owns until its end.
typedef struct Kept {
    struct Kept *next;
    Term values[];
} Kept;

typedef struct Walk {
    const AtomTable *atoms;
    TermStack stack;
    Kept *kept;
    bool exact;
} Walk;

#define EXACT_OFF                                                                                  \
    ((Term)0) // instead of the first array's address: the order is by value again from here

static int compare_maps(Walk *w, Term a, Term b) {
    DEBUG_ASSERT(term_is_map(a) && term_is_map(b));
    size_t n = map_count(a), m = map_count(b);
    if (n != m) return n < m ? -1 : 1;
    if (n == 0) return 0;
    const Term *x = term_box(a), *y = term_box(b);
    if (header_kind(*x) == BOX_MAP_FLAT) {
        push_arrays(&w->stack, x + 2, y + 2, n);
        if (x[1] != y[1]) {
            if (!w->exact) push_arrays(&w->stack, NULL, NULL, 0);
            w->exact = true;
            push_arrays(&w->stack, tuple_elements(x[1]), tuple_elements(y[1]), n);
        }
        return 0;
    }
    Pair *p = NULL, *q = NULL;
    budget_charge(w->stack.budget, (int64_t)n * 20);
    int c = compare_tries(w->atoms, a, b, n, &p, &q);
    if (c == 0) {
        Kept *k = mem_alloc(sizeof *k + 2 * n * sizeof(Term));
        k->next = w->kept;
        w->kept = k;
        for (size_t i = 0; i < n; i++) {
            k->values[i] = p[i].value;
            k->values[n + i] = q[i].value;
        }
        push_arrays(&w->stack, k->values, k->values + n, n);
    }
    mem_free(p);
    mem_free(q);
    return c;
}

// ---- the walk
// -------------------------------------------------------------------------------------

// Two terms of one rank, not lists: what is inside goes onto the stack.
static int compare_same_rank(Walk *w, Term a, Term b, Rank rank) {
    switch (rank) {
    case RANK_NUMBER: return compare_numbers(a, b, w->exact);
    case RANK_ATOM: return atom_compare(w->atoms, a, b);
    case RANK_REF: return compare_refs(w->atoms, a, b);
    case RANK_FUN: return compare_funs(w->atoms, &w->stack, a, b);
    case RANK_PORT: return compare_ports(w->atoms, a, b);
    case RANK_PID: return compare_pids(w->atoms, a, b);
    case RANK_TUPLE: {
        size_t n = tuple_arity(a), m = tuple_arity(b);
        if (n != m) return n < m ? -1 : 1;
        if (n > 0) push_arrays(&w->stack, tuple_elements(a), tuple_elements(b), n);
        return 0;
    }
    case RANK_MAP: return compare_maps(w, a, b);
    case RANK_NIL: return 0;
    case RANK_BITS:
        if (w->stack.budget != NULL)
            budget_charge(w->stack.budget, (int64_t)(MIN(bits_size(a), bits_size(b)) >> 12));
        return bits_compare(bits_view(a), bits_view(b));
    case RANK_LIST: break;
    }
    UNREACHABLE();
}

// The next pair to compare, from the arrays on top; false when there is none.
static bool next_pair(Walk *w, Term *a, Term *b) {
    TermStack *s = &w->stack;
    while (s->count > 0) {
        Term *top = s->words + s->count - 3;
        if (top[0] == EXACT_OFF) {
            w->exact = false;
            s->count -= 3;
            continue;
        }
        ASSERT(top[2] > 0);
        *a = *(const Term *)(uintptr_t)top[0];
        *b = *(const Term *)(uintptr_t)top[1];
        if (--top[2] == 0) {
            s->count -= 3;
        } else {
            top[0] += sizeof(Term);
            top[1] += sizeof(Term);
        }
        budget_spend(s->budget, 1);
        if (*a != *b) return true;
    }
    return false;
}

static int walk(Walk *w, Term a, Term b) {
    do {
        while (a != b) {
            if (term_is_small(a) && term_is_small(b)) return term_small(a) < term_small(b) ? -1 : 1;
            Rank ra = rank_of(a), rb = rank_of(b);
            if (ra != rb) return ra < rb ? -1 : 1;
            if (ra != RANK_LIST) {
                int c = compare_same_rank(w, a, b, ra);
                if (c != 0) return c;
                break;
            }
            const Term *x = term_cell(a), *y = term_cell(b);
            if (x[0] != y[0]) {
                push_arrays(&w->stack, x + 1, y + 1, 1);
                a = x[0];
                b = y[0];
            } else {
                a = x[1];
                b = y[1];
            }
            budget_spend(w->stack.budget, 1);
        }
    } while (next_pair(w, &a, &b));
    return 0;
}

static void free_kept(void *walk) {
    Walk *w = walk;
    for (Kept *k = w->kept, *next; k != NULL; k = next) {
        next = k->next;
        mem_free(k);
    }
}

static int compare(const AtomTable *atoms, Term a, Term b, bool exact, Budget *budget) {
    if (a == b) return 0;
    if (term_is_small(a) && term_is_small(b)) return term_small(a) < term_small(b) ? -1 : 1;
    if (term_is_atom(a) && term_is_atom(b)) return atom_compare(atoms, a, b);
    Walk w;
    w.atoms = atoms;
    w.kept = NULL;
    w.exact = exact;
    BudgetGuard guard;
    budget_guard(budget, &guard, free_kept, &w);
    term_stack_init_in_steps(&w.stack, budget);
    int c = walk(&w, a, b);
    term_stack_free(&w.stack);
    budget_unguard(budget, &guard);
    free_kept(&w);
    return c;
}

int term_compare(const AtomTable *atoms, Term a, Term b) {
    DEBUG_ASSERT(a != TERM_NONE && b != TERM_NONE);
    return compare(atoms, a, b, false, NULL);
}

int term_compare_in_steps(const AtomTable *atoms, Term a, Term b, Budget *budget) {
    DEBUG_ASSERT(a != TERM_NONE && b != TERM_NONE);
    return compare(atoms, a, b, false, budget);
}

int term_compare_exact(const AtomTable *atoms, Term a, Term b) {
    DEBUG_ASSERT(a != TERM_NONE && b != TERM_NONE);
    return compare(atoms, a, b, true, NULL);
}

int term_compare_key(const AtomTable *atoms, Term a, Term b) {
    DEBUG_ASSERT(a != TERM_NONE && b != TERM_NONE);
    return compare(atoms, a, b, true, NULL);
}
