// SPDX-License-Identifier: Apache-2.0
//
// heap.c - a heap's life, allocation in fragments, and the builders of common terms.
//
// What is where: see heap.h. Fragments form two chains. `fragments` are this heap's own: heap_alloc
// fills the newest when the block is full. `adopted` came with messages. Both are absorbed by the
// next collection.
//
// Threads: a heap's owner only; different heaps are independent.
#include "heap/heap.h"

#include "term/bits.h"
#include "term/number.h"
#include "term/ref.h"
#include "world/page.h"

#define FRAGMENT_WORDS_MIN 64
#define FRAGMENT_WORDS_GROWTH_MAX 32768
#define FRAGMENT_WORDS_FIRST (BASE_TINY ? 4 : FRAGMENT_WORDS_MIN)

// ---- life
// -----------------------------------------------------------------------------------------

size_t heap_next_size(size_t words) {
    size_t before = 12, size = 38;
    if (words <= before) return before;
    for (int step = 2; size < words; step++) {
        size_t next = step < 23 ? size + before + 1 : size + size / 5;
        before = size;
        size = next;
    }
    return size;
}

void heap_init_detached(Heap *h, const LiteralRange *literals) {
    memset(h, 0, sizeof *h);
    h->literals = literals != NULL ? literals : &literal_range_none;
    h->fullsweep_after = HEAP_FULLSWEEP_AFTER_DEFAULT;
    h->min_virtual_words = h->virtual_limit_words = UINT64_MAX;
    h->old_virtual_limit_words = UINT64_MAX;
}

void heap_init(Heap *h, const LiteralRange *literals, size_t min_words) {
    heap_init_lent(h, literals, min_words, NULL);
}

void heap_init_lent(Heap *h, const LiteralRange *literals, size_t min_words, Term *lent) {
    heap_init_detached(h, literals);
    size_t words = min_words == HEAP_WORDS_MIN_DEFAULT
                       ? HEAP_WORDS_MIN_DEFAULT
                       : heap_next_size(MAX(min_words, HEAP_STACK_SLACK));
    ASSERT(words <= UINT32_MAX);
    size_t first_words = words == HEAP_WORDS_MIN_DEFAULT ? HEAP_WORDS_FIRST : words;
    ASSERT(first_words >= HEAP_STACK_SLACK && first_words <= words);
    if (lent != NULL && first_words == HEAP_WORDS_FIRST) {
        h->start = lent;
        h->flags = HEAP_LENT_BLOCK;
    } else {
        h->start = mem_alloc(first_words * sizeof(Term));
    }
    h->top = h->high_water = h->start;
    h->stack = h->end = h->start + first_words;
    h->min_words = (uint32_t)words;
    h->min_virtual_words = HEAP_VIRTUAL_WORDS_MIN_DEFAULT;
    h->virtual_limit_words = h->old_virtual_limit_words = h->min_virtual_words;
}

static size_t chain_words(const HeapFragment *f, bool held) {
    size_t words = 0;
    for (; f != NULL; f = f->next) words += held ? f->capacity_words : f->used_words;
    return words;
}

size_t heap_used_words(const Heap *h) {
    return heap_allocated_words(h) + (size_t)(h->end - h->stack);
}

size_t heap_allocated_words(const Heap *h) {
    return (size_t)(h->top - h->start) + (size_t)(h->old_top - h->old_start) +
           chain_words(h->fragments, false) + chain_words(h->adopted, false);
}

size_t heap_held_words(const Heap *h) {
    return (size_t)(h->end - h->start) + (size_t)(h->old_end - h->old_start) +
           chain_words(h->fragments, true) + chain_words(h->adopted, true);
}

// ---- off-heap objects
// -----------------------------------------------------------------------------

static Binary *box_binary(const Term *box) {
    BoxKind kind = header_kind(*box);
    DEBUG_ASSERT(kind == BOX_BIN_REF || kind == BOX_MAGIC_REF);
    (void)kind;
    return (Binary *)(uintptr_t)box[2];
}

size_t off_heap_words_of(const Term *box) { return box_binary(box)->size_bytes / sizeof(Term) + 1; }

void heap_link_buffer(Heap *h, Term *box) {
    OffHeap *list = heap_off_heap(h);
    off_heap_link(list, box);
    size_t words = off_heap_words_of(box);
    list->overhead_words += words;
    if (list != &h->off_heap) h->off_heap.overhead_words += words;
    if (h->off_heap.overhead_words > h->virtual_limit_words) h->flags |= HEAP_GC_WANTED;
}

static void release_in_steps(OffHeap *list, Budget *budget) {
    while (list->first != NULL) {
        Term *box = list->first;
        list->first = (Term *)(uintptr_t)box[1];
        binary_release(box_binary(box));
        budget_spend(budget, 8);
    }
    list->overhead_words = 0;
}

void off_heap_release(OffHeap *list) { release_in_steps(list, NULL); }

static void visit_list(const OffHeap *list, void (*visit)(void *, const Term *), void *context) {
    for (const Term *box = list->first; box != NULL; box = (const Term *)(uintptr_t)box[1])
        visit(context, box);
}

void heap_visit_off_heap(const Heap *h, void (*visit)(void *context, const Term *box),
                         void *context) {
    visit_list(&h->off_heap, visit, context);
    visit_list(&h->old_off_heap, visit, context);
    for (const HeapFragment *f = h->fragments; f != NULL; f = f->next)
        visit_list(&f->off_heap, visit, context);
    for (const HeapFragment *f = h->adopted; f != NULL; f = f->next)
        visit_list(&f->off_heap, visit, context);
}

// ---- fragments
// ------------------------------------------------------------------------------------

static size_t fragment_bytes(size_t words) { return sizeof(HeapFragment) + words * sizeof(Term); }

HeapFragment *fragment_new(BlockCache *blocks, size_t words) {
    ASSERT(words <= UINT32_MAX);
    HeapFragment *f = block_alloc(blocks, fragment_bytes(words));
    f->next = NULL;
    f->off_heap = (OffHeap){0};
    f->capacity_words = (uint32_t)words;
    f->used_words = 0;
    return f;
}

void fragment_free(BlockCache *blocks, HeapFragment *f) {
    block_free(blocks, f, fragment_bytes(f->capacity_words));
}

void fragment_destroy(HeapFragment *f) {
    while (f != NULL) {
        HeapFragment *next = f->next;
        off_heap_release(&f->off_heap);
        mem_free(f);
        f = next;
    }
}

/** Frees a block; a huge one gives its pages back slice by slice before. */
static void free_block(Heap *h, void *block, size_t bytes, Budget *budget) {
    page_forget_in_steps(block, bytes, budget);
    heap_block_free(h, block, bytes / sizeof(Term));
}

/** h->blocks is looked at anew after each pause: h may run on another thread then. */
static void fragments_in_steps(Heap *h, HeapFragment **chain, Budget *budget) {
    while (*chain != NULL) {
        HeapFragment *f = *chain;
        release_in_steps(&f->off_heap, budget);
        *chain = f->next;
        size_t bytes = fragment_bytes(f->capacity_words);
        if (bytes <= BLOCK_BYTES_MAX)
            fragment_free(h->blocks, f);
        else
            free_block(h, f, bytes, budget);
    }
}

void heap_destroy_in_steps(Heap *h, Budget *budget) {
    if (LIKELY((h->flags & HEAP_LENT_BLOCK) != 0 && h->off_heap.first == NULL &&
               h->fragments == NULL && h->adopted == NULL && h->old_start == NULL)) {
        DEBUG_ASSERT(h->old_off_heap.first == NULL);
        return; // all that it ever had is the block that was lent
    }
    release_in_steps(&h->off_heap, budget);
    release_in_steps(&h->old_off_heap, budget);
    fragments_in_steps(h, &h->fragments, budget);
    fragments_in_steps(h, &h->adopted, budget);
    Term *block = h->start, *old = h->old_start;
    size_t words = (size_t)(h->end - block), old_words = (size_t)(h->old_end - old);
    h->start = h->top = h->high_water = h->stack = h->end = NULL;
    h->old_start = h->old_top = h->old_end = NULL;
    if ((h->flags & HEAP_LENT_BLOCK) == 0) free_block(h, block, words * sizeof(Term), budget);
    free_block(h, old, old_words * sizeof(Term), budget);
}

void heap_destroy(Heap *h) {
    heap_destroy_in_steps(h, NULL);
    const LiteralRange *literals = h->literals;
    memset(h, 0, sizeof *h);
    h->literals = literals;
}

Term *heap_alloc_fragment(Heap *h, size_t words) {
    HeapFragment *f = h->fragments;
    if (f == NULL || f->capacity_words - f->used_words < words) {
        size_t capacity = f == NULL ? FRAGMENT_WORDS_FIRST
                                    : MIN(2 * (size_t)f->capacity_words, FRAGMENT_WORDS_GROWTH_MAX);
        f = fragment_new(h->blocks, MAX(capacity, words));
        f->next = h->fragments;
        h->fragments = f;
        h->fragment_words += f->capacity_words;
    }
    Term *hp = f->mem + f->used_words;
    f->used_words += (uint32_t)words;
    return hp;
}

void heap_give_back(Heap *h, Term *end) {
    HeapFragment *f = h->fragments;
    if (f == NULL) {
        ASSERT(end >= h->start && end <= h->top);
        h->top = end;
        return;
    }
    ASSERT(end >= f->mem && end <= f->mem + f->used_words);
    f->used_words = (uint32_t)(end - f->mem);
}

void heap_give_back_tail(Heap *h, Term *end, const Term *taken_end) {
    const HeapFragment *f = h->fragments;
    const Term *top = f == NULL ? h->top : f->mem + f->used_words;
    ASSERT(end <= taken_end);
    if (top == taken_end) heap_give_back(h, end);
}

void heap_adopt_fragments(Heap *h, HeapFragment *chain) {
    while (chain != NULL) {
        HeapFragment *next = chain->next;
        chain->next = h->adopted;
        h->adopted = chain;
        h->fragment_words += chain->capacity_words;
        h->off_heap.overhead_words += chain->off_heap.overhead_words;
        chain = next;
    }
    if (h->off_heap.overhead_words > h->virtual_limit_words) h->flags |= HEAP_GC_WANTED;
    // A process that takes message after message without ever filling its block must collect at
    // some time too.
    if (h->fragment_words > 4 * (uint64_t)(h->end - h->start) + 1024) h->flags |= HEAP_GC_WANTED;
}

HeapFragment *heap_take_fragments(Heap *h) {
    ASSERT(h->start == NULL); // detached: nothing of what was built is in a block
    ASSERT(h->off_heap.first == NULL);
    HeapFragment *chain = h->fragments;
    h->fragments = NULL;
    h->fragment_words = 0;
    h->off_heap.overhead_words = 0;
    return chain;
}

// ---- builders
// -------------------------------------------------------------------------------------

Term heap_tuple(Heap *h, size_t arity, const Term *elements) {
    DEBUG_ASSERT(arity <= TUPLE_SIZE_MAX);
    Term *hp = heap_alloc(h, arity + 1);
    hp[0] = header_tuple(arity);
    for (size_t i = 0; i < arity; i++) hp[1 + i] = elements[i];
    return term_from_box(hp);
}

Term heap_cons(Heap *h, Term head, Term tail) {
    Term *hp = heap_alloc(h, CELL_WORDS);
    return term_cons(&hp, head, tail);
}

static Term build_big(Heap *h, bool negative, uint64_t magnitude) {
    Term *hp = heap_alloc(h, 2);
    hp[0] = header_make(negative ? BOX_NEG_BIG : BOX_POS_BIG, 1, 0);
    hp[1] = magnitude;
    return term_from_box(hp);
}

Term heap_integer(Heap *h, int64_t i) {
    if (LIKELY(small_fits(i))) return term_from_small(i);
    return build_big(h, i < 0, i < 0 ? -(uint64_t)i : (uint64_t)i);
}

Term heap_unsigned(Heap *h, uint64_t u) {
    if (LIKELY(u <= (uint64_t)SMALL_MAX)) return term_from_small((int64_t)u);
    return build_big(h, false, u);
}

Term heap_float(Heap *h, double d) {
    Term t = flonum_encode(d);
    if (LIKELY(t != TERM_NONE)) return t;
    Term *hp = heap_alloc(h, FLOAT_WORDS);
    hp[0] = header_make(BOX_FLOAT, 1, 0);
    memcpy(hp + 1, &d, sizeof d);
    return term_from_box(hp);
}

Term heap_bitstring(Heap *h, size_t size_bits, uint8_t **out) {
    size_t bytes = (size_bits + 7) / 8;
    if (bytes <= HEAP_BITS_BYTES_MAX) {
        size_t words = heap_bits_words(bytes);
        Term *hp = heap_alloc(h, words);
        hp[0] = header_make(BOX_HEAP_BITS, words - 1, 0);
        hp[1] = size_bits;
        if (words > 2) hp[words - 1] = 0; // the padding, so that equal binaries are equal words
        *out = (uint8_t *)(hp + 2);
        return term_from_box(hp);
    }
    Binary *b = binary_new(bytes);
    *out = b->bytes;
    Term t = heap_binary_ref(h, b);
    term_box(t)[2] = size_bits;
    return t;
}

Term heap_binary(Heap *h, size_t bytes, uint8_t **out) { return heap_bitstring(h, 8 * bytes, out); }

Term heap_binary_from(Heap *h, const void *bytes, size_t count) {
    uint8_t *out;
    Term t = heap_binary(h, count, &out);
    if (count > 0) memcpy(out, bytes, count);
    return t;
}

Term heap_binary_ref(Heap *h, Binary *b) {
    ASSERT(b != NULL);
    Term *hp = heap_alloc(h, BIN_REF_WORDS + SUB_BITS_WORDS);
    hp[0] = header_make(BOX_BIN_REF, BIN_REF_WORDS - 1, 0);
    hp[2] = (Term)(uintptr_t)b;
    heap_link_buffer(h, hp);
    Term *sub = hp + BIN_REF_WORDS;
    sub[0] = header_make(BOX_SUB_BITS, SUB_BITS_WORDS - 1, 0);
    sub[1] = 0;
    sub[2] = 8 * b->size_bytes;
    sub[3] = term_from_box(hp);
    return term_from_box(sub);
}

Term heap_sub_bits(Heap *h, Term bits, size_t start_bit, size_t size_bits) {
    Term *box = term_box(bits);
    size_t base_bit = 0;
    Term orig = bits;
    if (header_kind(*box) != BOX_HEAP_BITS) {
        ASSERT(header_kind(*box) == BOX_SUB_BITS || header_kind(*box) == BOX_MATCH_CTX);
        base_bit = box[1];
        orig = box[3];
    }
    // A short part is copied: it takes less room than a reference, and does not keep the whole
    // alive.
    if (size_bits <= 8 * 16) {
        BitsView v = bits_view(bits);
        uint8_t *out;
        Term t = heap_bitstring(h, size_bits, &out);
        bits_copy(out, 0, v.base, v.start_bit + start_bit, size_bits);
        return t;
    }
    Term *hp = heap_alloc(h, SUB_BITS_WORDS);
    hp[0] = header_make(BOX_SUB_BITS, SUB_BITS_WORDS - 1, 0);
    hp[1] = base_bit + start_bit;
    hp[2] = base_bit + start_bit + size_bits;
    hp[3] = orig;
    return term_from_box(hp);
}

Term heap_list_from_bytes(Heap *h, const uint8_t *bytes, size_t count, Term tail) {
    Term *hp = heap_alloc(h, CELL_WORDS * count);
    for (size_t i = count; i-- > 0;) tail = term_cons(&hp, term_from_small(bytes[i]), tail);
    return tail;
}

Term heap_list(Heap *h, const Term *elements, size_t count, Term tail) {
    Term *hp = heap_alloc(h, CELL_WORDS * count);
    for (size_t i = count; i-- > 0;) tail = term_cons(&hp, elements[i], tail);
    return tail;
}

Term heap_magic_ref(Heap *h, Binary *b, const uint64_t ref_words[3]) {
    ASSERT(b != NULL);
    Term *hp = heap_alloc(h, MAGIC_REF_WORDS);
    hp[0] = header_make(BOX_MAGIC_REF, MAGIC_REF_WORDS - 1, 0);
    hp[2] = (Term)(uintptr_t)b;
    for (int i = 0; i < 3; i++) hp[3 + i] = ref_words[i];
    heap_link_buffer(h, hp);
    return term_from_box(hp);
}

Term heap_ref_found(Heap *h, MagicTable *table, const uint64_t ref_words[3]) {
    Binary *b = table == NULL ? NULL : magic_find(table, ref_words);
    if (b != NULL) return heap_magic_ref(h, b, ref_words);
    Term *hp = heap_alloc(h, REF_WORDS);
    return ref_write(&hp, ref_words);
}
