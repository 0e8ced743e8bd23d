// SPDX-License-Identifier: Apache-2.0
//
// copy.c - deep copy of a term, for messages, ETS, literals.
//
// The copy is made breadth first in the target itself, as Cheney's collector does: an object is
// copied shallowly, then the target is walked from the front and each pointer in it is replaced by
// a pointer to a copy at the end. So the copy needs no stack, whatever the depth. Lists are copied
// along their spine at once, which keeps their cells together. Measuring cannot do that (it has no
// target) and keeps a stack of its own. Terms of a few dozen words, as most messages are, are
// measured and copied by functions that call themselves: faster, and no deeper than there are
// words.
//
// COPY-1: copy_size_words and copy_term agree: a term takes exactly the words that were measured.
// COPY-2: a copied SUB_BITS is never writable: only the term that appended last may append in
// place. COPY-3: literals inside `literals` are shared, not copied, but for those of an area that
// is leaving. COPY-4: short parts of binaries are copied as binaries of their own.
//
// Threads: any, as long as nobody changes the source.
#include "heap/heap.h"

#include "term/bits.h"
#include "term/stack.h"

const LiteralRange literal_range_none = {0};

static bool is_leaving(Term t, const LiteralRange *literals) {
    uintptr_t leaving = atomic_load_explicit(&literals->leaving_base, memory_order_relaxed);
    return t - leaving < atomic_load_explicit(&literals->leaving_bytes, memory_order_relaxed);
}

static ALWAYS_INLINE bool is_copied(Term t, const LiteralRange *literals) {
    if (!term_is_pointer(t)) return false;
    return LIKELY(!heap_is_literal_in(literals, t)) || is_leaving(t, literals);
}

/** A part is copied as a binary of its own when short, or when its bytes are on the heap anyway;
 * but what stands for an extension's object goes on doing so, however short. */
static bool part_becomes_heap_bits(const Term *sub) {
    if (sub[2] - sub[1] > 8 * HEAP_BITS_BYTES_MAX) return false;
    const Term *orig = term_box(sub[3]);
    return header_kind(*orig) != BOX_BIN_REF ||
           ((const Binary *)(uintptr_t)orig[2])->destructor == NULL;
}

static size_t part_words(const Term *sub) {
    if (part_becomes_heap_bits(sub)) return heap_bits_words((sub[2] - sub[1] + 7) / 8);
    return SUB_BITS_WORDS + BIN_REF_WORDS;
}

/** Words of t's copy beyond what it points to; pushes what it points to. */
static size_t measure_box(TermStack *s, const Term *box, const LiteralRange *literals) {
    Term header = *box;
    BoxKind kind = header_kind(header);
    if (kind == BOX_SUB_BITS || kind == BOX_MATCH_CTX) return part_words(box);
    size_t first, count = box_terms(header, &first);
    for (size_t i = first; i < first + count; i++) {
        if (is_copied(box[i], literals)) term_stack_push(s, box[i]);
    }
    return 1 + header_size(header);
}

#define COPY_SMALL_WORDS 64 // so deep may the small variants call themselves

/** As copy_size_words for a t that is copied, as long as no more than `budget` words are met; else
 * SIZE_MAX. */
static size_t measure_small(Term t, const LiteralRange *literals, size_t budget) {
    size_t words = 0;
    while (term_is_cell(t)) {
        words += CELL_WORDS;
        if (words > budget) return SIZE_MAX;
        const Term *cell = term_cell(t);
        if (is_copied(cell[0], literals)) {
            size_t more = measure_small(cell[0], literals, budget - words);
            if (more == SIZE_MAX) return SIZE_MAX;
            words += more;
        }
        t = cell[1];
        if (!is_copied(t, literals)) return words;
    }
    const Term *box = term_box(t);
    Term header = *box;
    BoxKind kind = header_kind(header);
    if (kind == BOX_SUB_BITS || kind == BOX_MATCH_CTX) {
        words += part_words(box);
        return words > budget ? SIZE_MAX : words;
    }
    size_t first = 1, count = header_size(header);
    words += 1 + count;
    if (words > budget) return SIZE_MAX;
    if (kind != BOX_TUPLE) count = box_terms(header, &first);
    for (size_t i = first; i < first + count; i++) {
        if (!is_copied(box[i], literals)) continue;
        size_t more = measure_small(box[i], literals, budget - words);
        if (more == SIZE_MAX) return SIZE_MAX;
        words += more;
    }
    return words;
}

/** Words of the cells of t's spine up to a head that is copied, or to a tail that is no cell or not
 * copied; *end: the cell with that head, or the tail. Long lists are mostly of such elements. */
static size_t measure_plain_spine(Term t, const LiteralRange *literals, Term *end) {
    size_t words = 0;
    uintptr_t base = literals->base, bytes = literals->bytes; // registers, not loads at each cell
    do {
        const Term *cell = term_cell(t);
        if (UNLIKELY(term_is_pointer(cell[0])) && is_copied(cell[0], literals)) break;
        words += CELL_WORDS;
        t = cell[1];
    } while (term_is_cell(t) && (t - base >= bytes || is_leaving(t, literals)));
    *end = t;
    return words;
}

#define FLAT_TUPLE_MAX 8

/** Most messages are tuples of a few terms that are not copied. Their words, or 0: t is no such. */
static ALWAYS_INLINE size_t flat_tuple_words(Term t, const LiteralRange *literals) {
    if (!term_is_boxed(t)) return 0;
    const Term *box = term_box(t);
    size_t size = header_size(*box);
    if (header_kind(*box) != BOX_TUPLE || size > FLAT_TUPLE_MAX) return 0;
    for (size_t i = 1; i <= size; i++)
        if (term_is_pointer(box[i]) && is_copied(box[i], literals)) return 0;
    return 1 + size;
}

size_t copy_size_words(Term t, const LiteralRange *literals) {
    if (literals == NULL) literals = &literal_range_none;
    if (!is_copied(t, literals)) return 0;
    size_t flat = flat_tuple_words(t, literals);
    if (flat != 0) return flat;
    size_t small = measure_small(t, literals, COPY_SMALL_WORDS);
    if (LIKELY(small != SIZE_MAX)) return small;
    TermStack s;
    term_stack_init(&s);
    size_t words = 0;
    for (;;) {
        while (term_is_cell(t)) {
            words += measure_plain_spine(t, literals, &t);
            if (!is_copied(t, literals)) goto next;
            if (!term_is_cell(t)) break;
            const Term *cell = term_cell(t);
            words += CELL_WORDS;
            if (is_copied(cell[0], literals)) term_stack_push(&s, cell[0]);
            t = cell[1];
            if (!is_copied(t, literals)) goto next;
        }
        words += measure_box(&s, term_box(t), literals);
    next:
        if (s.count == 0) break;
        t = term_stack_pop(&s);
    }
    term_stack_free(&s);
    return words;
}

static Term link_copy(Term *box, OffHeap *list) {
    Binary *b = (Binary *)(uintptr_t)box[2];
    binary_retain(b);
    off_heap_link(list, box);
    list->overhead_words += off_heap_words_of(box);
    return term_from_box(box);
}

static Term copy_part(const Term *sub, Term **hp, OffHeap *list) {
    size_t size_bits = sub[2] - sub[1];
    Term *to = *hp;
    if (part_becomes_heap_bits(sub)) {
        size_t words = heap_bits_words((size_bits + 7) / 8);
        to[0] = header_make(BOX_HEAP_BITS, words - 1, 0);
        to[1] = size_bits;
        if (words > 2) to[words - 1] = 0;
        const Term *orig = term_box(sub[3]);
        const uint8_t *bytes = header_kind(*orig) == BOX_HEAP_BITS
                                   ? (const uint8_t *)(orig + 2)
                                   : ((Binary *)(uintptr_t)orig[2])->bytes;
        bits_copy((uint8_t *)(to + 2), 0, bytes, sub[1], size_bits);
        *hp = to + words;
        return term_from_box(to);
    }
    const Term *orig = term_box(sub[3]);
    ASSERT(header_kind(*orig) == BOX_BIN_REF); // a heap binary is never longer than the limit
    to[0] = header_make(BOX_SUB_BITS, SUB_BITS_WORDS - 1, 0); // COPY-2
    to[1] = sub[1];
    to[2] = sub[2];
    Term *ref = to + SUB_BITS_WORDS;
    ref[0] = orig[0];
    ref[2] = orig[2];
    to[3] = link_copy(ref, list);
    *hp = ref + BIN_REF_WORDS;
    return term_from_box(to);
}

/**
 * Copies of lists whose elements are all immediate have nothing in them that is still to be copied.
 * The last ones made in a row are remembered, so that the walk steps over them.
 */
typedef struct Finished {
    const Term *from, *to;
} Finished;

#define POINTER_TAGS ((1u << TAG_LIST) | (1u << TAG_BOXED)) // term_is_pointer, as a set

/** A copy of the spine of the list t, up to a tail that is no cell or not to be copied. */
static Term copy_spine(Term t, const LiteralRange *literals, Term **hp, Finished *finished) {
    Term result;
    Term *slot = &result, *first = *hp, *to = first;
    uintptr_t base = literals->base, bytes = literals->bytes; // registers, not loads at each cell
    uint32_t pointers = 0;                                    // bit 0: one of the heads is one
    do {
        const Term *cell = term_cell(t);
        to[0] = cell[0];
        pointers |= POINTER_TAGS >> (cell[0] & TAG_MASK);
        *slot = term_from_cell(to);
        slot = to + 1;
        to += CELL_WORDS;
        t = cell[1];
    } while (term_is_cell(t) && (LIKELY(t - base >= bytes) || is_leaving(t, literals)));
    *slot = t;
    *hp = to;
    if ((pointers & 1) == 0 && !term_is_pointer(t)) {
        if (finished->to != first) finished->from = first;
        finished->to = to;
    }
    return result;
}

/** A shallow copy of the object that t points to; for lists, of the whole spine. */
static ALWAYS_INLINE Term copy_shallow(Term t, const LiteralRange *literals, Term **hp,
                                       OffHeap *list, Finished *finished) {
    if (term_is_cell(t)) return copy_spine(t, literals, hp, finished);
    const Term *box = term_box(t);
    BoxKind kind = header_kind(*box);
    if (kind == BOX_SUB_BITS || kind == BOX_MATCH_CTX) return copy_part(box, hp, list);
    size_t words = 1 + header_size(*box);
    Term *to = *hp;
    *hp = to + words;
    for (size_t i = 0; i < words; i++) to[i] = box[i];
    if (kind == BOX_MAGIC_REF || kind == BOX_BIN_REF) link_copy(to, list);
    return term_from_box(to);
}

Term copy_term(Term t, const LiteralRange *literals, Term **hp, OffHeap *list) {
    if (literals == NULL) literals = &literal_range_none;
    if (!is_copied(t, literals)) return t;
    Term *base = *hp;
    Term *scan = base;
    Finished finished = {0};
    Term result = copy_shallow(t, literals, hp, list, &finished);
    // What is behind scan is finished; what is before it still points into the source, but for the
    // spines of lists and the BIN_REFs, which point into the copy itself.
    while (scan < *hp) {
        size_t first = 0, count = 1;
        Term word = *scan;
        Term *object = scan;
        if ((word & TAG_MASK) == 0) {
            scan += 1 + header_size(word);
            if (header_kind(word) == BOX_SUB_BITS) continue;
            count = box_terms(word, &first);
        } else if (scan == finished.from) {
            scan += finished.to - finished.from;
            continue;
        } else {
            scan++;
        }
        for (size_t i = first; i < first + count; i++) {
            Term item = object[i];
            if (!is_copied(item, literals)) continue;
            if (item - (Term)(uintptr_t)base < (Term)((uintptr_t)*hp - (uintptr_t)base))
                continue; // a spine
            object[i] = copy_shallow(item, literals, hp, list, &finished);
        }
    }
    ASSERT(scan == *hp);
    return result;
}

static Term copy_small(Term t, const LiteralRange *literals, Term **hp, OffHeap *list);

static ALWAYS_INLINE Term copy_small_item(Term item, const LiteralRange *literals, Term **hp,
                                          OffHeap *list) {
    return is_copied(item, literals) ? copy_small(item, literals, hp, list) : item;
}

static Term copy_small_box(const Term *box, const LiteralRange *literals, Term **hp,
                           OffHeap *list) {
    Term header = *box;
    BoxKind kind = header_kind(header);
    if (kind == BOX_SUB_BITS || kind == BOX_MATCH_CTX) return copy_part(box, hp, list);
    size_t size = header_size(header), first = 1, count = size;
    Term *to = *hp;
    *hp = to + 1 + size;
    to[0] = header;
    if (UNLIKELY(kind != BOX_TUPLE)) {
        count = box_terms(header, &first);
        // boxes are small: a plain loop is faster than one that is made ready for many words
#pragma clang loop vectorize(disable) unroll(disable)
        for (size_t i = 1; i <= size; i++) to[i] = box[i];
        if (kind == BOX_MAGIC_REF || kind == BOX_BIN_REF) link_copy(to, list);
    }
    for (size_t i = first; i < first + count; i++)
        to[i] = copy_small_item(box[i], literals, hp, list);
    return term_from_box(to);
}

/** As copy_term, for a term of at most COPY_SMALL_WORDS that is to be copied. */
static Term copy_small(Term t, const LiteralRange *literals, Term **hp, OffHeap *list) {
    if (term_is_boxed(t)) return copy_small_box(term_box(t), literals, hp, list);
    Term result;
    Term *slot = &result;
    do {
        const Term *cell = term_cell(t);
        Term *to = *hp;
        *hp = to + CELL_WORDS;
        *slot = term_from_cell(to);
        slot = to + 1;
        to[0] = copy_small_item(cell[0], literals, hp, list);
        t = cell[1];
    } while (term_is_cell(t) && is_copied(t, literals));
    *slot = term_is_cell(t) ? t : copy_small_item(t, literals, hp, list);
    return result;
}

Term copy_term_sized(Term t, size_t words, const LiteralRange *literals, Term **hp, OffHeap *list) {
    if (literals == NULL) literals = &literal_range_none;
    if (!is_copied(t, literals)) return t;
    if (term_is_boxed(t) && words <= 1 + FLAT_TUPLE_MAX) {
        const Term *box = term_box(t);
        if (header_kind(*box) == BOX_TUPLE &&
            words == 1 + header_size(*box)) { // nothing else in it
            Term *to = *hp;
            *hp = to + words;
#pragma clang loop vectorize(disable) unroll(disable)
            for (size_t i = 0; i < words; i++) to[i] = box[i];
            return term_from_box(to);
        }
    }
    if (words <= COPY_SMALL_WORDS) return copy_small(t, literals, hp, list);
    return copy_term(t, literals, hp, list);
}

static ALWAYS_INLINE void count_overhead(Heap *h, const OffHeap *list, uint64_t before) {
    if (list != &h->off_heap) h->off_heap.overhead_words += list->overhead_words - before;
    if (h->off_heap.overhead_words > h->virtual_limit_words) h->flags |= HEAP_GC_WANTED;
}

static Term copy_measured(Heap *h, Term t, const LiteralRange *literals, size_t words) {
    Term *hp = heap_alloc(h, words);
    Term *end = hp + words;
    OffHeap *list = heap_off_heap(h);
    uint64_t before = list->overhead_words;
    Term copy = copy_term_sized(t, words, literals, &hp, list);
    ASSERT(hp == end); // COPY-1
    count_overhead(h, list, before);
    return copy;
}

/** The words of a run, with what points into the run moved by `by` bytes. */
static void copy_run(const Term *from, size_t words, Term *to, Term by, OffHeap *list) {
    for (size_t i = 0; i < words;) {
        Term word = from[i];
        if ((word & TAG_MASK) != 0) { // half of a cell
            to[i++] = term_is_pointer(word) ? word + by : word;
            continue;
        }
        size_t first, count = box_terms(word, &first), size = 1 + header_size(word);
        ASSERT(size <= words - i);
        const Term *box = from + i;
        Term *copy = to + i;
        size_t end = first + count;
        if (UNLIKELY(count + 1 != size)) // raw words stand before the terms, or behind them
            for (size_t k = 1; k < size; k++) copy[k] = box[k];
        copy[0] = word;
        for (size_t k = first; k < end; k++)
            copy[k] = term_is_pointer(box[k]) ? box[k] + by : box[k];
        BoxKind kind = header_kind(word);
        if (kind == BOX_BIN_REF || kind == BOX_MAGIC_REF) link_copy(copy, list);
        i += size;
    }
}

Term heap_copy_run(Heap *h, Term t, const Term *run, size_t words) {
    ASSERT(term_is_boxed(t) && (size_t)(term_box(t) - run) < words);
    Term *to = heap_alloc(h, words);
    Term by = (Term)((uintptr_t)to - (uintptr_t)run);
    OffHeap *list = heap_off_heap(h);
    uint64_t before = list->overhead_words;
    copy_run(run, words, to, by, list);
    count_overhead(h, list, before);
    return t + by;
}

/** A copy of t, which is to be copied, between *hp and end, made without measuring before.
 * TERM_NONE, and what was written counts for nothing, when it is longer or has to do with what is
 * outside of heaps. */
static Term copy_tiny(Term t, const LiteralRange *literals, Term **hp, const Term *end) {
    Term result;
    Term *slot = &result;
    while (term_is_cell(t)) {
        const Term *cell = term_cell(t);
        Term *to = *hp, head = cell[0];
        if (end - to < CELL_WORDS) return TERM_NONE;
        *hp = to + CELL_WORDS;
        if (is_copied(head, literals) && (head = copy_tiny(head, literals, hp, end)) == TERM_NONE)
            return TERM_NONE;
        to[0] = head;
        *slot = term_from_cell(to);
        slot = to + 1;
        t = cell[1];
        if (is_copied(t, literals)) continue;
        *slot = t;
        return result;
    }
    const Term *box = term_box(t);
    BoxKind kind = header_kind(*box);
    size_t size = header_size(*box), first = 1, count = size;
    Term *to = *hp;
    if ((kind != BOX_TUPLE && kind != BOX_FUN) || (size_t)(end - to) <= size) return TERM_NONE;
    *hp = to + 1 + size;
    if (kind == BOX_FUN) count = box_terms(*box, &first);
    for (size_t i = 0; i < first; i++) to[i] = box[i];
    for (size_t i = first; i <= size; i++) {
        Term item = box[i];
        if (i - first < count && is_copied(item, literals) &&
            (item = copy_tiny(item, literals, hp, end)) == TERM_NONE)
            return TERM_NONE;
        to[i] = item;
    }
    *slot = term_from_box(to);
    return result;
}

Term heap_copy(Heap *h, Term t) {
    if (!term_is_pointer(t)) return t;
    LiteralRange now = literal_range_now(h->literals);
    if (!is_copied(t, &now)) return t;
    if (h->fragments == NULL && h->start != NULL) {
        Term *hp = h->top;
        const Term *end = hp + MIN(h->stack - hp - HEAP_STACK_SLACK, COPY_SMALL_WORDS); // HEAP-1
        Term copy = copy_tiny(t, &now, &hp, end);
        if (copy != TERM_NONE) {
            h->top = hp;
            return copy;
        }
    }
    return copy_measured(h, t, &now, copy_size_words(t, &now));
}
