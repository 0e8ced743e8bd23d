// SPDX-License-Identifier: Apache-2.0
//
// check.c - the heap checker: walks everything that the roots reach and asserts what heap.h
// promises.
//
// It marks what it has seen, so that shared terms are looked at once and nothing recurses: in a
// bitmap over the young and the old block, in a hash set of terms for what lies in fragments. Run
// after every collection in builds with checks, and by tests.
//
// Threads: the heap's owner.
#include "heap/heap.h"

/** Two bits for each word of a block: one says that a cell starts there, the other that a box does.
 */
typedef struct SeenMap {
    const Term *start;
    uint64_t *bits;
} SeenMap;

typedef struct Checker {
    const Heap *h;
    SeenMap young_seen, old_seen;
    Term *seen; // what lies elsewhere; open addressing; TERM_NONE: free
    size_t seen_count, seen_capacity;
    Term *todo;
    size_t todo_count, todo_capacity;
} Checker;

static size_t slot_of(const Checker *c, Term t) {
    size_t i = (size_t)((t >> 3) * 0x9e3779b97f4a7c15u >> 20) & (c->seen_capacity - 1);
    while (c->seen[i] != TERM_NONE && c->seen[i] != t) i = (i + 1) & (c->seen_capacity - 1);
    return i;
}

static void grow_seen(Checker *c) {
    Term *before = c->seen;
    size_t capacity = c->seen_capacity;
    c->seen_capacity = 2 * capacity;
    c->seen = mem_zalloc(c->seen_capacity * sizeof(Term));
    for (size_t i = 0; i < capacity; i++) {
        if (before[i] != TERM_NONE) c->seen[slot_of(c, before[i])] = before[i];
    }
    mem_free(before);
}

static bool in_block(const Heap *h, const Term *p) { return p >= h->start && p < h->top; }
static bool in_old(const Heap *h, const Term *p) { return p >= h->old_start && p < h->old_top; }
static bool in_chain(const HeapFragment *f, const Term *p) {
    for (; f != NULL; f = f->next) {
        if (p >= f->mem && p < f->mem + f->used_words) return true;
    }
    return false;
}

static const Term *object_of(Term t) { return term_is_cell(t) ? term_cell(t) : term_box(t); }

static SeenMap seen_map_new(const Term *start, const Term *top) {
    size_t words = (size_t)(top - start);
    return (SeenMap){start, mem_zalloc((2 * words / 64 + 1) * sizeof(uint64_t))};
}

static bool seen_map_mark(SeenMap *map, const Term *p, bool cell) {
    size_t bit = 2 * (size_t)(p - map->start) + (cell ? 1 : 0);
    uint64_t mask = (uint64_t)1 << (bit & 63);
    bool was = (map->bits[bit / 64] & mask) != 0;
    map->bits[bit / 64] |= mask;
    return was;
}

/** Enters `mark` into the hash set; true if it was there. */
static bool seen_mark(Checker *c, Term mark) {
    size_t i = slot_of(c, mark);
    if (c->seen[i] == mark) return true;
    c->seen[i] = mark;
    if (2 * ++c->seen_count > c->seen_capacity) grow_seen(c);
    return false;
}

/** Notes that `t`, which points to `p`, was seen; true if it was before. */
static bool mark_term(Checker *c, Term t, const Term *p) {
    if (in_block(c->h, p)) return seen_map_mark(&c->young_seen, p, term_is_cell(t));
    if (in_old(c->h, p)) return seen_map_mark(&c->old_seen, p, term_is_cell(t));
    return seen_mark(c, t);
}

static void meet(Checker *c, Term t, bool from_old, bool from_mature) {
    if (!term_is_pointer(t) || heap_is_literal(c->h, t)) return;
    const Term *p = object_of(t);
    ASSERT(((uintptr_t)p & 7u) == 0);      // TERM-1
    if (from_old) ASSERT(in_old(c->h, p)); // HEAP-3
    if (from_mature) ASSERT(in_old(c->h, p) || (in_block(c->h, p) && p < c->h->high_water));
    ASSERT(in_block(c->h, p) || in_old(c->h, p) || in_chain(c->h->fragments, p) ||
           in_chain(c->h->adopted, p));
    if (mark_term(c, t, p)) return;
    if (c->todo_count == c->todo_capacity) {
        c->todo_capacity *= 2;
        c->todo = mem_realloc(c->todo, c->todo_capacity * sizeof(Term));
    }
    c->todo[c->todo_count++] = t;
}

static void check_bits(const Term *box) {
    ASSERT(header_size(*box) == SUB_BITS_WORDS - 1);
    ASSERT(box[1] <= box[2] && term_is_boxed(box[3]));
    const Term *orig = term_box(box[3]);
    if (header_kind(*orig) == BOX_HEAP_BITS) {
        ASSERT(box[2] <= orig[1]);
        return;
    }
    ASSERT(header_kind(*orig) == BOX_BIN_REF);
    Binary *b = (Binary *)(uintptr_t)orig[2];
    ASSERT(atomic_load_explicit(&b->refs, memory_order_relaxed) > 0);
    ASSERT(box[2] <= 8 * b->capacity_bytes);
}

static void check_box(Checker *c, const Term *box, bool old, bool mature) {
    Term header = *box;
    ASSERT((header & TAG_MASK) == 0 && header_kind(header) < BOX_KIND_COUNT);
    switch (header_kind(header)) {
    case BOX_POS_BIG:
    case BOX_NEG_BIG: ASSERT(header_size(header) > 0 && box[header_size(header)] != 0); break;
    case BOX_HEAP_BITS: ASSERT(header_size(header) + 1 == heap_bits_words((box[1] + 7) / 8)); break;
    case BOX_SUB_BITS:
    case BOX_MATCH_CTX: check_bits(box); break;
    case BOX_MAP_FLAT: ASSERT(term_is_tuple_of(box[1], header_size(header) - 1)); break;
    case BOX_BIN_REF:
    case BOX_MAGIC_REF: seen_mark(c, term_from_box(box)); break; // for check_listed
    default: break;
    }
    size_t first, count = box_terms(header, &first);
    for (size_t i = first; i < first + count; i++) meet(c, box[i], old, mature);
}

/** HEAP-4: every object on the list is in the heap, and none stands on it twice. */
static void check_list(Checker *c, const OffHeap *list) {
    for (const Term *box = list->first; box != NULL; box = (const Term *)(uintptr_t)box[1]) {
        ASSERT((*box & TAG_MASK) == 0);
        ASSERT(header_kind(*box) == BOX_BIN_REF || header_kind(*box) == BOX_MAGIC_REF);
        Term mark = (Term)(uintptr_t)box; // without a tag: no clash with the terms seen
        bool twice = seen_mark(c, mark);
        ASSERT(!twice);
    }
}

/** Each reachable off-heap object must be on a list. */
static void check_listed(Checker *c) {
    for (size_t i = 0; i < c->seen_capacity; i++) {
        Term t = c->seen[i];
        if (!term_is_boxed(t)) continue;
        BoxKind kind = term_box_kind(t);
        if (kind != BOX_BIN_REF && kind != BOX_MAGIC_REF) continue;
        Term mark = (Term)(uintptr_t)term_box(t);
        ASSERT(c->seen[slot_of(c, mark)] == mark);
    }
}

void heap_check(const Heap *h, const HeapRoots *roots, size_t roots_count) {
    ASSERT(h->start <= h->high_water && h->high_water <= h->top); // HEAP-1
    ASSERT(h->top <= h->stack && h->stack <= h->end);
    ASSERT(h->old_start <= h->old_top && h->old_top <= h->old_end);
    Checker c = {.h = h, .seen_capacity = 256, .todo_capacity = 64};
    c.young_seen = seen_map_new(h->start, h->top);
    c.old_seen = seen_map_new(h->old_start, h->old_top);
    c.seen = mem_zalloc(c.seen_capacity * sizeof(Term));
    c.todo = mem_alloc(c.todo_capacity * sizeof(Term));
    for (const Term *slot = h->stack; slot < h->end; slot++) meet(&c, *slot, false, false);
    for (size_t i = 0; i < roots_count; i++) {
        for (size_t k = 0; k < roots[i].count; k++) meet(&c, roots[i].first[k], false, false);
    }
    while (c.todo_count > 0) {
        Term t = c.todo[--c.todo_count];
        const Term *p = object_of(t);
        bool old = in_old(h, p), mature = in_block(h, p) && p < h->high_water;
        if (term_is_cell(t)) {
            ASSERT(p[0] != TERM_NONE && (p[0] & TAG_MASK) != 0 && (p[1] & TAG_MASK) != 0);
            meet(&c, p[0], old, mature);
            meet(&c, p[1], old, mature);
        } else {
            check_box(&c, p, old, mature);
        }
    }
    check_list(&c, &h->off_heap);
    check_list(&c, &h->old_off_heap);
    for (const HeapFragment *f = h->fragments; f != NULL; f = f->next) check_list(&c, &f->off_heap);
    for (const HeapFragment *f = h->adopted; f != NULL; f = f->next) check_list(&c, &f->off_heap);
    check_listed(&c);
    mem_free(c.young_seen.bits);
    mem_free(c.old_seen.bits);
    mem_free(c.seen);
    mem_free(c.todo);
}
