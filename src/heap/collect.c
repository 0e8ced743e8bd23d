// SPDX-License-Identifier: Apache-2.0
//
// collect.c - the collector: generational, copying, Cheney's.
//
//   minor   block below the high-water mark  -> old generation
//           block above it, fragments        -> new block
//   full    block, old generation, fragments -> new block; the old generation is gone
//
// A moved object leaves a trace behind: a boxed object's header becomes the boxed pointer to the
// new place (a header has low bits 000, a pointer has not); a cell's head becomes TERM_NONE and its
// tail the pointer to the new cell.
//
// GC-1: an object below the high-water mark never points to one above it, nor to a fragment: it is
// older, and terms
//       do not change. So a minor collection need not look into the old generation, and HEAP-3
//       holds after it.
// GC-2: all that survives a collection in the block stands below the new high-water mark.
// GC-3: each off-heap object survives exactly if its object moved (or was old in a minor
// collection); the lists are
//       rebuilt from that, and every dead one's buffer is released once.
// GC-4: a pointer is to the target (already moved), to a literal, to the old generation, to the
// block, or else to a
//       fragment; nothing else can be reached from a root.
//
// Threads: the heap's owner. Cheney, "A nonrecursive list compacting algorithm", CACM 13 (1970).
#include "heap/heap.h"

typedef struct Range {
    uintptr_t base, bytes;
} Range;

typedef struct Collector {
    Heap *h;
    Term *young_start; // the new block
    Term *young_top;
    Term *old_top;          // minor: where tenured objects go
    Range target;           // the new block, as addresses
    Range block;            // the block that is given up
    uintptr_t mature_bytes; // minor: how much of the block stands below the high-water mark
    Range old;              // minor: the old generation, which stays
    bool full;
} Collector;

static ALWAYS_INLINE Range range_of(const Term *from, const Term *to) {
    return (Range){(uintptr_t)from, (uintptr_t)to - (uintptr_t)from};
}
static ALWAYS_INLINE bool range_has(Range r, const void *p) {
    return (uintptr_t)p - r.base < r.bytes;
}

// ---- moving
// ---------------------------------------------------------------------------------------

/** Where the object goes: which top to take room from; NULL when it stays where it is. */
static ALWAYS_INLINE Term **destination(Collector *c, const Term *object) {
    uintptr_t at = (uintptr_t)object - c->block.base;
    if (LIKELY(at < c->block.bytes)) return at < c->mature_bytes ? &c->old_top : &c->young_top;
    if (range_has(c->target, object)) return NULL;
    if (c->h->literals != NULL && heap_is_literal_in(c->h->literals, (Term)(uintptr_t)object))
        return NULL; // HEAP-5
    if (c->full) return &c->young_top;
    return range_has(c->old, object) ? NULL : &c->young_top; // in a fragment
}

/** Moves the cell that *slot points to, and the cells after it, so that a list's spine stays
 * together. */
static void move_cells(Collector *c, Term *slot) {
    do {
        Term *cell = term_cell(*slot);
        if (cell[0] == TERM_NONE) {
            *slot = cell[1];
            return;
        }
        Term **top = destination(c, cell);
        if (top == NULL) return;
        Term *to = *top;
        *top = to + CELL_WORDS;
        to[0] = cell[0];
        to[1] = cell[1];
        *slot = cell[1] = term_from_cell(to);
        cell[0] = TERM_NONE;
        slot = to + 1;
    } while (term_is_cell(*slot));
}

static ALWAYS_INLINE void move_box(Collector *c, Term *slot) {
    Term *box = term_box(*slot);
    Term header = *box;
    if ((header & TAG_MASK) != 0) {
        DEBUG_ASSERT(term_is_boxed(header));
        *slot = header;
        return;
    }
    Term **top = destination(c, box);
    if (top == NULL) return;
    Term *to = *top;
    size_t words = 1 + header_size(header);
    *top = to + words;
    to[0] = header;
    for (size_t i = 1; i < words; i++) to[i] = box[i];
    *slot = *box = term_from_box(to);
}

static ALWAYS_INLINE void move_slot(Collector *c, Term *slot) {
    Term t = *slot;
    if (term_is_boxed(t)) {
        move_box(c, slot);
    } else if (term_is_cell(t)) {
        move_cells(c, slot);
    }
}

/** Goes through what was moved to one target from scan on; returns where it came to its end. */
static Term *scan_target(Collector *c, Term *scan, Term **top) {
    while (scan < *top) {
        Term word = *scan;
        if ((word & TAG_MASK) != 0) { // half of a cell
            move_slot(c, scan++);
            continue;
        }
        size_t first, count = box_terms(word, &first);
        for (Term *slot = scan + first, *end = slot + count; slot < end; slot++) move_slot(c, slot);
        scan += 1 + header_size(word);
    }
    ASSERT(scan == *top);
    return scan;
}

static void move_roots(Collector *c, const HeapRoots *roots, size_t roots_count) {
    // Words of the stack with low bits 000 are return addresses, catch marks are immediates:
    // move_slot takes neither.
    for (Term *slot = c->h->stack; slot < c->h->end; slot++) move_slot(c, slot);
    for (size_t i = 0; i < roots_count; i++) {
        for (size_t k = 0; k < roots[i].count; k++) move_slot(c, &roots[i].first[k]);
    }
}

static void move_reachable(Collector *c, const HeapRoots *roots, size_t roots_count) {
    Term *young_scan = c->young_top, *old_scan = c->old_top;
    move_roots(c, roots, roots_count);
    do {
        young_scan = scan_target(c, young_scan, &c->young_top);
        if (c->old_top != NULL) old_scan = scan_target(c, old_scan, &c->old_top);
    } while (young_scan < c->young_top);
    ASSERT(c->old_top == NULL || old_scan == c->old_top);
}

// ---- off-heap objects
// -----------------------------------------------------------------------------

/** Relinks the list's moved objects where they are now, and releases the others (GC-3). */
/** A list that is being rebuilt: in the order that it had, for processes see it (process_info). */
typedef struct Kept {
    OffHeap list;
    Term *last;
} Kept;

static void keep_off_heap(Kept *k, Term *box) {
    ASSERT((k->list.first == NULL) == (k->last == NULL));
    box[1] = 0;
    if (k->last == NULL)
        k->list.first = box;
    else
        k->last[1] = (Term)(uintptr_t)box;
    k->last = box;
    k->list.overhead_words += off_heap_words_of(box);
}

static void sweep_list(Collector *c, OffHeap *list, Kept *young, Kept *old) {
    Term *box = list->first;
    list->first = NULL;
    list->overhead_words = 0;
    while (box != NULL) {
        Term *next = (Term *)(uintptr_t)box[1];
        if ((*box & TAG_MASK) != 0) {
            Term *to = term_box(*box);
            keep_off_heap(range_has(c->target, to) ? young : old, to);
        } else {
            binary_release((Binary *)(uintptr_t)box[2]);
        }
        box = next;
    }
}

static void sweep_fragments(Collector *c, HeapFragment *f, Kept *young, Kept *old) {
    for (; f != NULL; f = f->next) sweep_list(c, &f->off_heap, young, old);
}

static uint64_t grown_limit(uint64_t limit, uint64_t used, uint64_t minimum) {
    while (used * 4 > limit * 3) limit += limit / 2 + 1;
    while (limit > minimum && used < limit / 4) limit = MAX(limit / 2, minimum);
    return limit;
}

static void sweep_off_heap(Collector *c) {
    Heap *h = c->h;
    Kept kept = {0}, matured = {0};
    sweep_fragments(c, h->adopted, &kept, &matured);
    sweep_fragments(c, h->fragments, &kept, &matured);
    sweep_list(c, &h->off_heap, &kept, &matured);
    if (c->full) sweep_list(c, &h->old_off_heap, &kept, &matured);
    ASSERT(!c->full || matured.list.first == NULL);
    OffHeap young = kept.list, old = h->old_off_heap;
    if (matured.last != NULL) {
        matured.last[1] = (Term)(uintptr_t)old.first;
        old.first = matured.list.first;
        old.overhead_words += matured.list.overhead_words;
    }
    h->off_heap = young;
    h->old_off_heap = old;
    if (h->min_virtual_words == UINT64_MAX) return;
    h->virtual_limit_words =
        grown_limit(h->virtual_limit_words, young.overhead_words, h->min_virtual_words);
    if (old.overhead_words > h->old_virtual_limit_words) h->flags |= HEAP_FULLSWEEP_WANTED;
    if (c->full) {
        h->old_virtual_limit_words =
            grown_limit(h->min_virtual_words, young.overhead_words, h->min_virtual_words);
    }
}

// ---- blocks
// ---------------------------------------------------------------------------------------

static void free_block(Heap *h, Term *start, Term *end) {
    // A pointer that was missed must not find what it expects.
    if (start != NULL && (h->flags & HEAP_STRESS))
        memset(start, 0xe4, (size_t)((char *)end - (char *)start));
    if (start == h->start && (h->flags & HEAP_LENT_BLOCK) != 0)
        h->flags &= ~HEAP_LENT_BLOCK;
    else if (start != NULL)
        heap_block_free(h, start, (size_t)(end - start));
}

static void free_chain(Heap *h, HeapFragment *f) {
    while (f != NULL) {
        HeapFragment *next = f->next;
        if (h->flags & HEAP_STRESS) memset(f->mem, 0xe4, f->capacity_words * sizeof(Term));
        fragment_free(h->blocks, f);
        f = next;
    }
}

/** Moves everything that is reachable into a new block of new_words. */
static void run(Heap *h, bool full, size_t new_words, const HeapRoots *roots, size_t roots_count) {
    Collector c = {.h = h, .full = full};
    Term *start = heap_block_new(h, new_words);
    c.young_start = c.young_top = start;
    c.target = range_of(start, start + new_words);
    c.block = range_of(h->start, h->end);
    if (!full) {
        c.mature_bytes = range_of(h->start, h->high_water).bytes;
        c.old = range_of(h->old_start, h->old_end);
        c.old_top = h->old_top;
    }
    move_reachable(&c, roots, roots_count);
    size_t stack_words = (size_t)(h->end - h->stack);
    Term *end = start + new_words;
    Term *stack = end - stack_words;
    ASSERT(c.young_top <= stack && (full || c.old_top <= h->old_end));
    if (stack_words > 0) memcpy(stack, h->stack, stack_words * sizeof(Term));
    sweep_off_heap(&c);
    free_chain(h, h->fragments);
    free_chain(h, h->adopted);
    h->fragments = h->adopted = NULL;
    h->fragment_words = 0;
    free_block(h, h->start, h->end);
    if (full) {
        free_block(h, h->old_start, h->old_end);
        h->old_start = h->old_top = h->old_end = NULL;
    } else {
        h->old_top = c.old_top;
    }
    h->start = start;
    h->end = end;
    h->stack = stack;
    h->top = h->high_water = c.young_top; // GC-2
}

/** Gives a block that was just collected another size, keeping the generations as they are. */
static void resize(Heap *h, size_t new_words, const HeapRoots *roots, size_t roots_count) {
    ASSERT(h->fragments == NULL && h->adopted == NULL);
    h->high_water = h->start; // nothing is mature: all of the block goes to the new one
    run(h, false, new_words, roots, roots_count);
}

// ---- when and how large
// ---------------------------------------------------------------------------

typedef struct FragmentSum {
    size_t words, count;
} FragmentSum;

static FragmentSum fragments_used(const HeapFragment *f) {
    FragmentSum sum = {0};
    for (; f != NULL; f = f->next) {
        sum.words += f->used_words;
        sum.count++;
    }
    return sum;
}

static size_t block_words_needed(const Heap *h, size_t need_words) {
    return (size_t)(h->top - h->start) + (size_t)(h->end - h->stack) + need_words +
           HEAP_STACK_SLACK;
}

/** A block's size for words: as heap_next_size, but never below the process's minimum. */
static size_t block_size(const Heap *h, size_t words) {
    return heap_next_size(MAX(words, (size_t)h->min_words));
}

/** The least size of a young block, by what the process holds in its old one: a small block beside
 * a large one would be collected without end. */
static size_t young_floor(const Heap *h) { return (size_t)(h->old_end - h->old_start) / 8; }

#define RESTING_WORDS 610 // a size of heap_next_size
#define SMALL_FRAGMENT_WORDS 32
#define KEPT_WORDS 4200

/** The new block had room for all that came in small messages; when next to none of it was left, it
 * shrinks at once. Or else the block of a process that takes messages and drops them would grow
 * with each collection, until so many of them are kept for the next one that the caches do not hold
 * them. */
static bool outgrew_rest(const Heap *h, size_t held_before, size_t needed, bool small_messages) {
    return small_messages && held_before <= RESTING_WORDS && 2 * needed <= RESTING_WORDS &&
           (size_t)(h->end - h->start) > RESTING_WORDS;
}

/** held_before: what the block had before the collection. */
static void adjust_block(Heap *h, size_t held_before, size_t need_words, bool full,
                         const HeapRoots *roots, size_t roots_count) {
    size_t held = (size_t)(h->end - h->start);
    size_t needed = block_words_needed(h, need_words);
    if (needed > held) {
        resize(h, block_size(h, needed), roots, roots_count);
        return;
    }
    // Shrinking pays only for big blocks: right after tenuring little is used, and much will be
    // again.
    size_t old_held = (size_t)(h->old_end - h->old_start);
    bool big = held > 8000 || (held > 3000 && held > old_held);
    if (4 * needed < held && (full ? held > 1000 : big)) {
        size_t wanted = MAX((full ? 2 : 3) * needed, young_floor(h));
        // A block that is filled over and over again keeps its size, as long as that is moderate.
        if (!full && held_before <= KEPT_WORDS) wanted = MAX(wanted, held_before);
        wanted = block_size(h, wanted);
        if (wanted < held) resize(h, wanted, roots, roots_count);
    }
}

#define DEEP_STACK_WORDS 1024

/** The least size of a block with a deep stack: all of it is in use, and grows. With just the same
 * room as before, each collection would find less to take back than the one before it, and move the
 * whole stack for that. */
static size_t stack_floor(size_t stack_words) {
    return stack_words < DEEP_STACK_WORDS ? 0 : 2 * stack_words;
}

bool heap_is_full_due(const Heap *h) {
    size_t mature_words = (size_t)(h->high_water - h->start);
    if (h->flags & HEAP_FULLSWEEP_WANTED) return true;
    if (h->minor_count >= h->fullsweep_after) return true;
    return h->old_start != NULL && mature_words > (size_t)(h->old_end - h->old_top);
}

bool heap_collect(Heap *h, size_t need_words, const HeapRoots *roots, size_t roots_count) {
    ASSERT(h->start != NULL);
    ASSERT(h->start <= h->high_water && h->high_water <= h->top && h->top <= h->stack); // HEAP-1
    FragmentSum messages = fragments_used(h->adopted);
    bool small_messages = messages.words <= messages.count * SMALL_FRAGMENT_WORDS;
    size_t held_before = (size_t)(h->end - h->start);
    size_t fragment_words = fragments_used(h->fragments).words + messages.words;
    size_t young_words = (size_t)(h->top - h->start) + fragment_words;
    size_t old_words = (size_t)(h->old_top - h->old_start);
    size_t stack_words = (size_t)(h->end - h->stack);
    size_t mature_words = (size_t)(h->high_water - h->start);
    bool full = heap_is_full_due(h);
    size_t before = young_words + old_words;
    h->flags &= ~(HEAP_GC_WANTED | HEAP_FULLSWEEP_WANTED);
    if (full) {
        size_t words = young_words + old_words + stack_words + HEAP_STACK_SLACK;
        words = MAX(words, stack_floor(stack_words));
        run(h, true, block_size(h, words), roots, roots_count);
        h->minor_count = 0;
        h->collections_major++;
    } else {
        if (h->old_start == NULL && mature_words > 0) {
            size_t words = heap_next_size(young_words);
            h->old_start = h->old_top = heap_block_new(h, words);
            h->old_end = h->old_start + words;
        }
        // What is mature does not come into the new block; still it is to be no smaller for that.
        size_t words = young_words - mature_words + stack_words + HEAP_STACK_SLACK;
        size_t as_before = MIN(held_before, words + mature_words);
        size_t wanted = MAX(MAX(words, as_before), young_floor(h));
        wanted = MAX(wanted, stack_floor(stack_words));
        run(h, false, block_size(h, wanted), roots, roots_count);
        h->minor_count++;
        h->collections_minor++;
    }
    size_t after = (size_t)(h->top - h->start) + (size_t)(h->old_top - h->old_start);
    ASSERT(after <= before);
    h->reclaimed_words = before - after;
    if (outgrew_rest(h, held_before, block_words_needed(h, need_words), small_messages))
        resize(h, block_size(h, RESTING_WORDS), roots, roots_count);
    else
        adjust_block(h, held_before, need_words, full, roots, roots_count);
    ASSERT((size_t)(h->stack - h->top) >= need_words + HEAP_STACK_SLACK);
    if (BASE_CHECKS) heap_check(h, roots, roots_count);
    return h->max_words == 0 || heap_held_words(h) <= h->max_words;
}

void heap_shrink(Heap *h, const HeapRoots *roots, size_t roots_count) {
    ASSERT(h->start != NULL);
    ASSERT(h->stack == h->end);
    size_t words = (size_t)(h->top - h->start) + (size_t)(h->old_top - h->old_start) +
                   fragments_used(h->fragments).words + fragments_used(h->adopted).words +
                   HEAP_STACK_SLACK;
    run(h, true, words, roots, roots_count);
    h->flags &= ~(HEAP_GC_WANTED | HEAP_FULLSWEEP_WANTED);
    h->minor_count = 0;
    h->collections_major++;
    size_t used = block_words_needed(h, 0);
    if (used < (size_t)(h->end - h->start)) resize(h, used, roots, roots_count);
    ASSERT(h->top + HEAP_STACK_SLACK == h->stack);
}
