// SPDX-License-Identifier: Apache-2.0
//
// bif_share.c - erts_debug:copy_shared: a copy in which what was shared is shared again.
//
// Objects are copied one by one, each once: a table maps each object of the source to its copy. A
// copy is first made with pointers into the source; it is then scanned, and each pointer replaced
// by one to the copy of what it points to.
//
// SHARE-1: what is in the table is complete but for the pointers of the objects still to be
// scanned. Threads: the calling process's; the heap does not move meanwhile (HEAP-2).
#include "bif/bif.h"
#include "heap/literal.h"
#include "term/stack.h"
#include "vm/vm.h"

typedef struct Share {
    Heap *h;
    const LiteralRange *literals; // NULL: literals are copied, too
    Term *slots;                  // pairs of source and copy, open addressing; TERM_NONE: free
    size_t count, capacity;       // in pairs; a power of two
    TermStack todo;               // copies to be scanned
} Share;

static Term *share_slot(const Share *s, Term t) {
    DEBUG_ASSERT(term_is_pointer(t) && s->count < s->capacity);
    size_t i = (size_t)((t >> 3) * 0x9e3779b97f4a7c15u >> 20) & (s->capacity - 1);
    while (s->slots[2 * i] != TERM_NONE && s->slots[2 * i] != t) i = (i + 1) & (s->capacity - 1);
    return &s->slots[2 * i];
}

static void share_note(Share *s, Term source, Term copy) {
    Term *slot = share_slot(s, source);
    ASSERT(slot[0] == TERM_NONE && copy != TERM_NONE);
    slot[0] = source;
    slot[1] = copy;
    if (2 * ++s->count < s->capacity) return;
    Share bigger = {.capacity = 2 * s->capacity, .count = s->count};
    bigger.slots = mem_zalloc(2 * bigger.capacity * sizeof(Term));
    for (size_t i = 0; i < s->capacity; i++) {
        if (s->slots[2 * i] == TERM_NONE) continue;
        Term *to = share_slot(&bigger, s->slots[2 * i]);
        to[0] = s->slots[2 * i];
        to[1] = s->slots[2 * i + 1];
    }
    mem_free(s->slots);
    s->slots = bigger.slots;
    s->capacity = bigger.capacity;
}

/** Does t point to further terms? Parts of binaries do not count: their buffer belongs to them. */
static bool has_parts(Term t) {
    if (term_is_cell(t)) return true;
    BoxKind kind = term_box_kind(t);
    size_t first;
    return kind != BOX_SUB_BITS && kind != BOX_MATCH_CTX && box_terms(*term_box(t), &first) > 0;
}

/** The copy of t, made now if there is none. */
static Term share(Share *s, Term t) {
    if (!term_is_pointer(t)) return t;
    if (s->literals != NULL && heap_is_literal_in(s->literals, t)) return t;
    const Term *slot = share_slot(s, t);
    if (slot[0] != TERM_NONE) return slot[1];
    Term copy;
    if (!has_parts(t)) {
        copy = heap_copy(s->h, t);
    } else {
        const Term *from = term_is_cell(t) ? term_cell(t) : term_box(t);
        size_t words = term_is_cell(t) ? CELL_WORDS : 1 + header_size(*from);
        ASSERT(words > 1);
        Term *to = heap_alloc(s->h, words);
        memcpy(to, from, words * sizeof(Term));
        copy = term_is_cell(t) ? term_from_cell(to) : term_from_box(to);
        term_stack_push(&s->todo, copy); // SHARE-1
    }
    share_note(s, t, copy);
    return copy;
}

static Term copy_shared(Process *p, Term t, bool with_literals) {
    Share s = {.h = &p->heap, .literals = with_literals ? NULL : &p->vm->literals};
    s.capacity = 64;
    s.slots = mem_zalloc(2 * s.capacity * sizeof(Term));
    term_stack_init(&s.todo);
    Term result = share(&s, t);
    while (s.todo.count > 0) {
        Term copy = term_stack_pop(&s.todo);
        bool is_cell = term_is_cell(copy);
        Term *object = is_cell ? term_cell(copy) : term_box(copy);
        size_t first = 0, count = is_cell ? CELL_WORDS : box_terms(*object, &first);
        ASSERT(count > 0);
        for (size_t i = first; i < first + count; i++) object[i] = share(&s, object[i]);
    }
    ASSERT(s.count < s.capacity && result != TERM_NONE);
    bif_bump(p, (int64_t)s.count);
    mem_free(s.slots);
    term_stack_free(&s.todo);
    return result;
}

/** erts_debug:copy_shared(Term, CopyLiterals); badarg. */
BIF(erts_debug, copy_shared, 2)
{
    if (a[1] != am_true && a[1] != am_false) return bif_badarg(p);
    return copy_shared(p, a[0], a[1] == am_true);
}
