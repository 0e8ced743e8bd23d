// SPDX-License-Identifier: Apache-2.0
//
// literal.c - literal areas in a reserved range; leaving an area that is to be freed.
//
// The range is cut into pages. Free runs stand in an array sorted by address, neighbours joined;
// the first that fits is taken. Memory is committed when an area is made and given back when it
// goes.
//
// SPACE-1: free runs are sorted, do not touch each other, and lie inside the range.
//
// Threads: see literal.h.
#include "heap/literal.h"

#include "heap/share.h"
#include "world/page.h"
#include "world/thread.h"

#define LITERAL_RESERVE_BYTES ((size_t)16 << 30)
#define LITERAL_RESERVE_BYTES_MIN ((size_t)64 << 20)

typedef struct FreeRun {
    uintptr_t base;
    size_t bytes;
} FreeRun;

struct LiteralSpace {
    Mutex lock; // all below
    uintptr_t base;
    size_t bytes;
    FreeRun *runs;
    size_t runs_count, runs_capacity;
    size_t areas_count, used_bytes;
};

LiteralSpace *literal_space_create(void) {
    // Where addresses are limited (ulimit -v), less will do too.
    size_t bytes = LITERAL_RESERVE_BYTES;
    void *base = page_reserve(bytes);
    while (base == NULL && bytes > LITERAL_RESERVE_BYTES_MIN) {
        bytes /= 4;
        base = page_reserve(bytes);
    }
    if (base == NULL) return NULL;
    LiteralSpace *s = mem_zalloc(sizeof *s);
    mutex_init(&s->lock);
    s->base = (uintptr_t)base;
    s->bytes = bytes;
    s->runs_capacity = 16;
    s->runs = mem_alloc(s->runs_capacity * sizeof(FreeRun));
    s->runs[0] = (FreeRun){s->base, bytes};
    s->runs_count = 1;
    return s;
}

void literal_space_destroy(LiteralSpace *s) {
    ASSERT(s->areas_count == 0);
    page_release((void *)s->base, s->bytes);
    mutex_free(&s->lock);
    mem_free(s->runs);
    mem_free(s);
}

LiteralRange literal_space_range(const LiteralSpace *s) {
    return (LiteralRange){s->base, s->bytes};
}

size_t literal_space_used_bytes(LiteralSpace *s) {
    mutex_lock(&s->lock);
    size_t bytes = s->used_bytes;
    mutex_unlock(&s->lock);
    return bytes;
}

static uintptr_t take_run(LiteralSpace *s, size_t bytes) {
    for (size_t i = 0; i < s->runs_count; i++) {
        FreeRun *r = &s->runs[i];
        if (r->bytes < bytes) continue;
        uintptr_t base = r->base;
        r->base += bytes;
        r->bytes -= bytes;
        if (r->bytes == 0) {
            s->runs_count--;
            memmove(r, r + 1, (s->runs_count - i) * sizeof *r);
        }
        return base;
    }
    return 0;
}

static void give_run(LiteralSpace *s, uintptr_t base, size_t bytes) {
    size_t i = 0;
    while (i < s->runs_count && s->runs[i].base < base) i++;
    bool joins_before = i > 0 && s->runs[i - 1].base + s->runs[i - 1].bytes == base;
    bool joins_after = i < s->runs_count && base + bytes == s->runs[i].base;
    ASSERT(i == 0 || s->runs[i - 1].base + s->runs[i - 1].bytes <= base); // SPACE-1
    if (joins_before && joins_after) {
        s->runs[i - 1].bytes += bytes + s->runs[i].bytes;
        s->runs_count--;
        memmove(s->runs + i, s->runs + i + 1, (s->runs_count - i) * sizeof *s->runs);
    } else if (joins_before) {
        s->runs[i - 1].bytes += bytes;
    } else if (joins_after) {
        s->runs[i].base = base;
        s->runs[i].bytes += bytes;
    } else {
        if (s->runs_count == s->runs_capacity) {
            s->runs_capacity *= 2;
            s->runs = mem_realloc(s->runs, s->runs_capacity * sizeof *s->runs);
        }
        memmove(s->runs + i + 1, s->runs + i, (s->runs_count - i) * sizeof *s->runs);
        s->runs[i] = (FreeRun){base, bytes};
        s->runs_count++;
    }
}

LiteralArea *literal_area_create(LiteralSpace *s, size_t words) {
    size_t bytes = page_round_up(MAX(words, 1) * sizeof(Term));
    mutex_lock(&s->lock);
    uintptr_t base = take_run(s, bytes);
    if (base != 0) {
        s->areas_count++;
        s->used_bytes += bytes;
    }
    mutex_unlock(&s->lock);
    ASSERT(base != 0); // 16 GB of literals
    bool committed = page_commit((void *)base, bytes);
    ASSERT(committed);
    LiteralArea *a = mem_zalloc(sizeof *a);
    a->start = a->top = (Term *)base;
    a->end = a->start + words;
    a->page_bytes = bytes;
    return a;
}

void literal_area_destroy(LiteralSpace *s, LiteralArea *a) {
    if (a == NULL) return;
    off_heap_release(&a->off_heap);
    page_decommit(a->start, a->page_bytes);
    mutex_lock(&s->lock);
    ASSERT(s->areas_count > 0 && s->used_bytes >= a->page_bytes);
    s->areas_count--;
    s->used_bytes -= a->page_bytes;
    give_run(s, (uintptr_t)a->start, a->page_bytes);
    mutex_unlock(&s->lock);
    mem_free(a);
}

LiteralArea *literal_area_from_terms(LiteralSpace *s, Term *terms, size_t count) {
    size_t words = 0;
    // Literals of other areas are copied too (NULL): they have lives of their own (LIT-1).
    for (size_t i = 0; i < count; i++) words += copy_size_words(terms[i], NULL);
    if (words == 0) return NULL;
    LiteralArea *a = literal_area_create(s, words);
    for (size_t i = 0; i < count; i++) terms[i] = copy_term(terms[i], NULL, &a->top, &a->off_heap);
    ASSERT(a->top == a->end);
    return a;
}

LiteralArea *literal_area_from_shared(LiteralSpace *s, Term *term) {
    Share share;
    share_begin(&share, NULL);
    size_t words = share_measure(&share, *term);
    LiteralArea *a = words == 0 ? NULL : literal_area_create(s, words);
    if (a != NULL) {
        *term = share_copy(&share, *term, &a->top, &a->off_heap);
        ASSERT(a->top == a->end);
    }
    share_end(&share);
    return a;
}

// ---- who uses an area
// -----------------------------------------------------------------------------

/** Words of the copied terms that are looked at. */
typedef bool SlotVisitor(void *context, Term *slot);

/** Visits the slots of a run of whole objects; true as soon as the visitor says so. */
static bool visit_run(Term *from, Term *to, SlotVisitor *visit, void *context) {
    while (from < to) {
        Term word = *from;
        if ((word & TAG_MASK) != 0) {
            if (visit(context, from++)) return true;
            continue;
        }
        size_t first, count = box_terms(word, &first);
        for (size_t i = first; i < first + count; i++) {
            if (visit(context, from + i)) return true;
        }
        from += 1 + header_size(word);
    }
    return false;
}

static bool visit_roots(Heap *h, const HeapRoots *roots, size_t roots_count, SlotVisitor *visit,
                        void *context) {
    for (Term *slot = h->stack; slot < h->end; slot++) {
        if (visit(context, slot)) return true;
    }
    for (size_t i = 0; i < roots_count; i++) {
        for (size_t k = 0; k < roots[i].count; k++) {
            if (visit(context, &roots[i].first[k])) return true;
        }
    }
    return false;
}

typedef struct Uses {
    const LiteralArea *area;
    const LiteralRange *literals;
} Uses;

static bool slot_uses(void *context, Term *slot) {
    const Uses *u = context;
    return term_is_pointer(*slot) && literal_area_has(u->area, *slot);
}

bool literal_term_uses(const LiteralArea *a, Term t, const LiteralRange *literals) {
    if (!term_is_pointer(t)) return false;
    if (literal_area_has(a, t)) return true;
    // Without what is leaving: such literals would be copied, and the copy would not show them.
    LiteralRange shared = {literals->base, literals->bytes, 0, 0};
    size_t words = copy_size_words(t, &shared);
    if (words == 0) return false;
    // A copy has the same pointers to literals, in one run that can be walked without a stack.
    HeapFragment *f = fragment_new(NULL, words);
    Term *hp = f->mem;
    copy_term(t, &shared, &hp, &f->off_heap);
    f->used_words = (uint32_t)words;
    Uses u = {a, literals};
    bool uses = visit_run(f->mem, hp, slot_uses, &u);
    fragment_destroy(f);
    return uses;
}

bool literal_heap_uses(const LiteralArea *a, const Heap *h, const HeapRoots *roots,
                       size_t roots_count) {
    Uses u = {a, h->literals};
    Heap *heap = (Heap *)(uintptr_t)h; // the visitor writes nothing
    if (visit_roots(heap, roots, roots_count, slot_uses, &u)) return true;
    if (visit_run(heap->start, heap->top, slot_uses, &u)) return true;
    if (visit_run(heap->old_start, heap->old_top, slot_uses, &u)) return true;
    for (HeapFragment *f = heap->fragments; f != NULL; f = f->next) {
        if (visit_run(f->mem, f->mem + f->used_words, slot_uses, &u)) return true;
    }
    for (HeapFragment *f = heap->adopted; f != NULL; f = f->next) {
        if (visit_run(f->mem, f->mem + f->used_words, slot_uses, &u)) return true;
    }
    return false;
}

// ---- leaving an area
// ------------------------------------------------------------------------------

typedef struct Leaving {
    const LiteralArea *area;
    Share share; // of all slots: LIT-1: the copy holds no pointer into any literal area
    size_t words;
    Term *hp;
    OffHeap *list;
} Leaving;

static bool slot_measure(void *context, Term *slot) {
    Leaving *l = context;
    if (term_is_pointer(*slot) && literal_area_has(l->area, *slot))
        l->words += share_measure(&l->share, *slot);
    return false;
}

static bool slot_leave(void *context, Term *slot) {
    Leaving *l = context;
    if (term_is_pointer(*slot) && literal_area_has(l->area, *slot))
        *slot = share_copy(&l->share, *slot, &l->hp, l->list);
    return false;
}

void literal_heap_leave(const LiteralArea *a, Heap *h, const HeapRoots *roots, size_t roots_count) {
    // A full collection makes the block one run of whole objects, without an old generation: then
    // old objects do not come to point to young ones.
    h->flags |= HEAP_FULLSWEEP_WANTED;
    heap_collect(h, 0, roots, roots_count);
    ASSERT(h->old_start == NULL && h->fragments == NULL);
    h->high_water = h->start;
    Leaving l = {.area = a};
    share_begin(&l.share, NULL);
    visit_run(h->start, h->top, slot_measure, &l);
    visit_roots(h, roots, roots_count, slot_measure, &l);
    if (l.words > 0) {
        l.hp = heap_alloc_fragment(h, l.words);
        l.list = heap_off_heap(h);
        const Term *end = l.hp + l.words;
        visit_run(h->start, h->top, slot_leave, &l);
        visit_roots(h, roots, roots_count, slot_leave, &l);
        ASSERT(l.hp == end); // SHARE-2
    }
    share_end(&l.share);
}
