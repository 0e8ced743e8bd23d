// SPDX-License-Identifier: Apache-2.0
//
// share.c - copies that keep sharing; see share.h.
#include "heap/share.h"

#include "base/alloc.h"

#define SHARE_SLOTS_FIRST 64

void share_begin(Share *s, const LiteralRange *literals) {
    *s = (Share){.literals = literals == NULL ? &literal_range_none : literals,
                 .capacity = SHARE_SLOTS_FIRST,
                 .slots = mem_zalloc(2 * SHARE_SLOTS_FIRST * sizeof(Term))};
    ASSERT((s->capacity & (s->capacity - 1)) == 0);
    term_stack_init(&s->todo);
}

void share_end(Share *s) {
    ASSERT(s->todo.count == 0 && s->count < s->capacity);
    mem_free(s->slots);
    term_stack_free(&s->todo);
}

static Term *share_slot(const Share *s, Term t) {
    DEBUG_ASSERT(term_is_pointer(t) && s->count < s->capacity);
    size_t i = (size_t)((t >> 3) * 0x9e3779b97f4a7c15u >> 20) & (s->capacity - 1);
    while (s->slots[2 * i] != TERM_NONE && s->slots[2 * i] != t) i = (i + 1) & (s->capacity - 1);
    return &s->slots[2 * i];
}

static void share_grow(Share *s) {
    Share bigger = {.capacity = 2 * s->capacity, .count = s->count};
    bigger.slots = mem_zalloc(2 * bigger.capacity * sizeof(Term));
    for (size_t i = 0; i < s->capacity; i++) {
        ASSERT(s->slots[2 * i + 1] == TERM_NONE); // measuring, not copying
        if (s->slots[2 * i] != TERM_NONE) *share_slot(&bigger, s->slots[2 * i]) = s->slots[2 * i];
    }
    mem_free(s->slots);
    s->slots = bigger.slots;
    s->capacity = bigger.capacity;
}

static bool is_copied(const Share *s, Term t) {
    return term_is_pointer(t) && !heap_is_literal_in(s->literals, t);
}

/** Does t point to further terms? Parts of binaries do not count: their buffer belongs to them. */
static bool has_parts(Term t) {
    if (term_is_cell(t)) return true;
    BoxKind kind = term_box_kind(t);
    size_t first;
    return kind != BOX_SUB_BITS && kind != BOX_MATCH_CTX && box_terms(*term_box(t), &first) > 0;
}

/** The terms in t, which has some; the words of t itself. */
static size_t parts_of(Term t, Term **parts, size_t *count) {
    if (term_is_cell(t)) {
        *parts = term_cell(t);
        *count = CELL_WORDS;
        return CELL_WORDS;
    }
    size_t first;
    Term *box = term_box(t);
    *count = box_terms(*box, &first);
    ASSERT(*count > 0);
    *parts = box + first;
    return 1 + header_size(*box);
}

size_t share_measure(Share *s, Term t) {
    size_t words = 0;
    if (is_copied(s, t)) term_stack_push(&s->todo, t);
    while (s->todo.count > 0) {
        t = term_stack_pop(&s->todo);
        Term *slot = share_slot(s, t);
        if (*slot != TERM_NONE) continue;
        *slot = t;
        if (2 * ++s->count >= s->capacity) share_grow(s);
        if (!has_parts(t)) {
            words += copy_size_words(t, NULL);
            continue;
        }
        Term *parts;
        size_t count;
        words += parts_of(t, &parts, &count);
        for (size_t i = count; i-- > 0;)
            if (is_copied(s, parts[i])) term_stack_push(&s->todo, parts[i]);
    }
    return words;
}

/** The copy of t, made now if there is none. */
static Term share(Share *s, Term t, Term **hp, OffHeap *list) {
    if (!is_copied(s, t)) return t;
    Term *slot = share_slot(s, t);
    ASSERT(slot[0] == t); // it has been measured
    if (slot[1] != TERM_NONE) return slot[1];
    if (!has_parts(t)) return slot[1] = copy_term(t, NULL, hp, list);
    Term *parts;
    size_t count, words = parts_of(t, &parts, &count);
    Term *to = *hp;
    *hp = to + words;
    memcpy(to, term_is_cell(t) ? term_cell(t) : term_box(t), words * sizeof(Term));
    slot[1] = term_is_cell(t) ? term_from_cell(to) : term_from_box(to);
    term_stack_push(&s->todo, slot[1]); // SHARE-1
    return slot[1];
}

Term share_copy(Share *s, Term t, Term **hp, OffHeap *list) {
    ASSERT(s->todo.count == 0);
    Term result = share(s, t, hp, list);
    while (s->todo.count > 0) {
        Term *parts;
        size_t count;
        (void)parts_of(term_stack_pop(&s->todo), &parts, &count);
        for (size_t i = 0; i < count; i++) parts[i] = share(s, parts[i], hp, list);
    }
    return result;
}

Term heap_copy_shared(Heap *h, Term t, const LiteralRange *literals, size_t *objects) {
    Share s;
    share_begin(&s, literals);
    size_t words = share_measure(&s, t);
    if (words > 0) {
        Term *hp = heap_alloc(h, words), *end = hp + words;
        OffHeap *list = heap_off_heap(h);
        uint64_t before = list->overhead_words;
        t = share_copy(&s, t, &hp, list);
        ASSERT(hp == end); // SHARE-2
        if (list != &h->off_heap) h->off_heap.overhead_words += list->overhead_words - before;
    }
    *objects = s.count;
    share_end(&s);
    return t;
}
