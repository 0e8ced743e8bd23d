// SPDX-License-Identifier: Apache-2.0
//
// heap.h - one process's memory: a block with heap and stack, an old generation, fragments.
//
//      start                high_water      top              stack            end
//        |  survivors of the   |  new terms  |  free  -> <-    |  stack frames  |
//        |  last collection    |             |                 |                |
//
// HEAP-1: start <= high_water <= top, and top + HEAP_STACK_SLACK <= stack <= end.
// HEAP-2: heap_alloc never moves a term. When the block is full it takes a fragment, which the next
//         collection absorbs. So built-ins may hold terms in C variables; only heap_collect, called
//         by instructions with their live registers, and after a built-in, moves terms.
// HEAP-3: an old word never points to the young generation.
// HEAP-4: the off-heap list holds exactly the live BIN_REF and MAGIC_REF objects of its owner (once
// each). HEAP-5: literals (heap_is_literal) are never copied, moved or written.
//
// A Heap belongs to one process (or to one builder of a message); only its owner's thread touches
// it. A Heap without a block (heap_init_detached) builds everything in fragments: for messages,
// ETS, signals.
#ifndef MICA_HEAP_HEAP_H
#define MICA_HEAP_HEAP_H

#include "base/alloc.h"
#include "base/block_cache.h"
#include "base/budget.h"
#include "term/binary.h"
#include "term/magic.h"
#include "term/term.h"

#define HEAP_STACK_SLACK                                                                           \
    4 // words always free below the stack: a call's return address and a little more
#define HEAP_WORDS_MIN_DEFAULT 233
/** Most processes wait for their first message with little on their heap, and millions of them
 * should fit: a heap of the default size begins with this many words, and has its least size from
 * the first collection on. */
#define HEAP_WORDS_FIRST 32

/** List of off-heap objects (linked through word 1 of each). */
typedef struct OffHeap {
    Term *first;
    uint64_t
        overhead_words; // words of the buffers referred to: drives collection (virtual binary heap)
} OffHeap;

typedef struct HeapFragment HeapFragment;
struct HeapFragment {
    HeapFragment *next;
    OffHeap off_heap;
    uint32_t capacity_words;
    uint32_t used_words;
    Term mem[];
};

/** The reserved range in which all literals of one VM live. */
typedef struct LiteralRange {
    uintptr_t base;
    uintptr_t bytes;
    // An area about to be freed (bytes 0: none): its terms are still literals for the collector,
    // but copies take them along in place of sharing them. Set and cleared by the code server; see
    // literal_range_now.
    _Atomic uintptr_t leaving_base, leaving_bytes;
} LiteralRange;

/**
 * The range as it is now: measuring and copying one term must agree on what is shared, so both get
 * the same snapshot. Whoever sets another area waits for quiet points in between, so base and bytes
 * belong together.
 */
static ALWAYS_INLINE LiteralRange literal_range_now(const LiteralRange *r) {
    if (r == NULL) return (LiteralRange){0, 0, 0, 0}; // a heap without literals
    LiteralRange now = {r->base, r->bytes, 0, 0};
    atomic_init(&now.leaving_bytes, atomic_load_explicit(&r->leaving_bytes, memory_order_acquire));
    atomic_init(&now.leaving_base, atomic_load_explicit(&r->leaving_base, memory_order_relaxed));
    return now;
}
/** For copies that outlive the sender's view of literals (timers, tables, hosts): nothing is
 * shared. */
extern const LiteralRange literal_range_none;

typedef struct Heap {
    Term *start, *top, *stack, *end;
    Term *high_water;
    Term *old_start, *old_top, *old_end;
    HeapFragment *fragments; // newest first; heap_alloc fills the newest
    HeapFragment *adopted;   // fragments of received messages: read, never filled; absorbed too
    uint64_t fragment_words; // capacity of all of these
    OffHeap off_heap;        // of the block and the old generation
    OffHeap old_off_heap;
    const LiteralRange *literals;
    uint32_t min_words;       // never shrinks below
    uint32_t fullsweep_after; // minor collections until a full one
    uint32_t minor_count;     // since the last full one
    uint32_t flags;           // HEAP_*
    uint64_t max_words;       // 0: no limit; max_heap_size
    uint64_t min_virtual_words;
    uint64_t virtual_limit_words; // of off_heap's overhead; passing it sets HEAP_GC_WANTED
    uint64_t old_virtual_limit_words;
    uint64_t reclaimed_words; // by the last collection
    BlockCache *blocks;       // of the thread that runs the owner now; NULL: it has none
    uint32_t collections_minor, collections_major;
} Heap;

#define HEAP_GC_WANTED 1u // collect at the next safe point (garbage_collect, big binaries)
#define HEAP_FULLSWEEP_WANTED 2u
#define HEAP_STRESS 4u // --gc-stress: collect at every reserve
#define HEAP_ON_MAX_KILL 8u
#define HEAP_ON_MAX_LOG 16u
#define HEAP_MAX_INCLUDE_SHARED 32u
#define HEAP_LENT_BLOCK 64u // `start` is the block that heap_init was lent: not to be freed

static ALWAYS_INLINE bool heap_is_literal_in(const LiteralRange *range, Term t) {
    return (uintptr_t)t - range->base < range->bytes;
}
static ALWAYS_INLINE bool heap_is_literal(const Heap *h, Term t) {
    return h->literals != NULL && heap_is_literal_in(h->literals, t);
}

#define HEAP_VIRTUAL_WORDS_MIN_DEFAULT 46422
#define HEAP_FULLSWEEP_AFTER_DEFAULT 65535

/** The size a heap of at least words gets: the next of OTP's sizes (12, 38, 51, ... 233, 376, ...).
 */
size_t heap_next_size(size_t words);
/** literals may be NULL: then there are none, and copies copy everything. */
void heap_init(Heap *h, const LiteralRange *literals, size_t min_words);
/** As heap_init; the first block of a heap of the default size is `lent`, HEAP_WORDS_FIRST words
 * that live as long as h. */
void heap_init_lent(Heap *h, const LiteralRange *literals, size_t min_words, Term *lent);
void heap_init_detached(Heap *h, const LiteralRange *literals);
/** Frees everything, dropping the references of off-heap objects. */
void heap_destroy(Heap *h);
/** As heap_destroy, letting others run; the heap is in order wherever it stops. */
void heap_destroy_in_steps(Heap *h, Budget *budget);

/** A block for a heap or an old generation; to be freed by heap_block_free with the same size. */
static ALWAYS_INLINE Term *heap_block_new(Heap *h, size_t words) {
    void *block = words == HEAP_WORDS_MIN_DEFAULT ? block_take(h->blocks, BLOCK_KIND_HEAP) : NULL;
    return block != NULL ? block : mem_alloc(words * sizeof(Term));
}
static ALWAYS_INLINE void heap_block_free(Heap *h, Term *block, size_t words) {
    if (words == HEAP_WORDS_MIN_DEFAULT)
        block_give(h->blocks, BLOCK_KIND_HEAP, block);
    else
        mem_free(block);
}

NO_INLINE Term *heap_alloc_fragment(Heap *h, size_t words);
/** Room for words, never moving a term (HEAP-2). What is taken must be filled, or given back at
 * once. */
static ALWAYS_INLINE Term *heap_alloc(Heap *h, size_t words) {
    Term *hp = h->top;
    if (LIKELY(h->fragments == NULL && (size_t)(h->stack - hp) >= words + HEAP_STACK_SLACK)) {
        h->top = hp + words;
        return hp;
    }
    return heap_alloc_fragment(h, words);
}
/** Gives back the unused tail of the latest heap_alloc: end is one past the last word used. */
void heap_give_back(Heap *h, Term *end);
/** As heap_give_back after a while: what was taken ended at taken_end. When others have taken more
 * since, the tail just stays unused. */
void heap_give_back_tail(Heap *h, Term *end, const Term *taken_end);

/** Puts an off-heap object (BIN_REF, MAGIC_REF at box, complete but for the link) on a list. */
static ALWAYS_INLINE void off_heap_link(OffHeap *list, Term *box) {
    box[1] = (Term)(uintptr_t)list->first;
    list->first = box;
}
/** The list that an object just made by heap_alloc belongs to. */
static ALWAYS_INLINE OffHeap *heap_off_heap(Heap *h) {
    return h->fragments == NULL ? &h->off_heap : &h->fragments->off_heap;
}
/** Links a counted buffer's object and lets it count for the virtual binary heap. */
void heap_link_buffer(Heap *h, Term *box);
/** Words that the buffer of an off-heap object counts for. */
size_t off_heap_words_of(const Term *box);
/** Drops the reference of every object on the list and empties it. */
void off_heap_release(OffHeap *list);

// ---- fragments and messages
// -----------------------------------------------------------------------
HeapFragment *fragment_new(BlockCache *blocks, size_t words);
void fragment_free(BlockCache *blocks, HeapFragment *f); // frees memory only
void fragment_destroy(HeapFragment *f);                  // a chain: drops off-heap references too
/** Takes a chain of fragments (the copy in a received message) into the heap; absorbed at the next
 * collection. */
void heap_adopt_fragments(Heap *h, HeapFragment *chain);
/** Takes all fragments out of a detached heap. */
HeapFragment *heap_take_fragments(Heap *h);

// ---- deep copy (heap/copy.c); no recursion on the C stack
// ------------------------------------------
/** Words that a copy of t needs, literals not counted. */
size_t copy_size_words(Term t, const LiteralRange *literals);
/** Copies t to *hp (moved past), linking off-heap objects into list. Shared subterms are copied
 * twice, as in OTP. */
Term copy_term(Term t, const LiteralRange *literals, Term **hp, OffHeap *list);
/** As copy_term; words is what copy_size_words said, or more. Faster for small terms. */
Term copy_term_sized(Term t, size_t words, const LiteralRange *literals, Term **hp, OffHeap *list);
/** Copies t, a box, into h. It stands in a run of words that copy_term made, and all that it points
 * to stands there, too: no literals. */
Term heap_copy_run(Heap *h, Term t, const Term *run, size_t words);
/** Copies t into h by heap_alloc. An immediate or literal is returned as it is. */
Term heap_copy(Heap *h, Term t);

// ---- collection (heap/collect.c)
// ------------------------------------------------------------------
/** A range of root terms. */
typedef struct HeapRoots {
    Term *first;
    size_t count;
} HeapRoots;

/**
 * Collects (minor or full as due), then makes sure that need_words are free in the block.
 * Roots: the stack, and the ranges given (registers, dictionary, messages in the heap, …).
 * Returns false if max_heap_size was passed (the caller decides what that means).
 */
bool heap_collect(Heap *h, size_t need_words, const HeapRoots *roots, size_t roots_count);
/** Will the next collection be a full one? */
bool heap_is_full_due(const Heap *h);
/** hibernate: a full collection into a block of just the size needed, with no stack. */
void heap_shrink(Heap *h, const HeapRoots *roots, size_t roots_count);
/** Checks HEAP-1 to HEAP-4 and every term from the roots; asserts on a breach. For checked builds.
 */
void heap_check(const Heap *h, const HeapRoots *roots, size_t roots_count);
/**
 * Under HEAP_STRESS: collect here? A small heap always; a big one when it has grown by a part of
 * itself, or a program with a million words would never come to its end.
 */
static ALWAYS_INLINE bool heap_stress_due(const Heap *h, size_t new_words) {
    size_t kept = (size_t)(h->high_water - h->start) + (size_t)(h->old_top - h->old_start);
    return kept < 4096 || new_words > kept / 32;
}
/** Words in use, all generations and fragments. */
size_t heap_used_words(const Heap *h);
/** The same without the stack. */
size_t heap_allocated_words(const Heap *h);
/** Words held: blocks and fragments, used or free. */
size_t heap_held_words(const Heap *h);
/** Calls visit for each off-heap object (process_info(binary), memory). */
void heap_visit_off_heap(const Heap *h, void (*visit)(void *context, const Term *box),
                         void *context);
/** The payload words of a boxed object that are terms: [first, first + count) counted from the
 * header. */
static ALWAYS_INLINE size_t box_terms(Term header, size_t *first) {
    switch (header_kind(header)) {
    case BOX_TUPLE:
    case BOX_MAP_FLAT:
    case BOX_MAP_HASH:
    case BOX_MAP_NODE: *first = 1; return header_size(header);
    case BOX_FUN: *first = 2; return header_size(header) - 1;
    case BOX_SUB_BITS:
    case BOX_MATCH_CTX: *first = 3; return 1;
    default: *first = 1; return 0;
    }
}

// ---- common builders
// ------------------------------------------------------------------------------
Term heap_tuple(Heap *h, size_t arity, const Term *elements);
Term heap_cons(Heap *h, Term head, Term tail);
static ALWAYS_INLINE Term heap_tuple2(Heap *h, Term a, Term b) {
    return heap_tuple(h, 2, (Term[]){a, b});
}
static ALWAYS_INLINE Term heap_tuple3(Heap *h, Term a, Term b, Term c) {
    return heap_tuple(h, 3, (Term[]){a, b, c});
}
static ALWAYS_INLINE Term heap_tuple4(Heap *h, Term a, Term b, Term c, Term d) {
    return heap_tuple(h, 4, (Term[]){a, b, c, d});
}
/** Any 64-bit integer, big where needed. */
Term heap_integer(Heap *h, int64_t i);
Term heap_unsigned(Heap *h, uint64_t u);
Term heap_float(Heap *h, double d);
/** A new binary with room for bytes; *out points to where they are to be written. */
Term heap_binary(Heap *h, size_t bytes, uint8_t **out);
/** A new bitstring of size_bits; as heap_binary; unused bits of the last byte are zeroed by the
 * caller. */
Term heap_bitstring(Heap *h, size_t size_bits, uint8_t **out);
Term heap_binary_from(Heap *h, const void *bytes, size_t count);
/** A term for a counted buffer; takes over the caller's reference. */
Term heap_binary_ref(Heap *h, Binary *b);
/** Part of a bitstring, sharing its bytes (or copied when small). */
Term heap_sub_bits(Heap *h, Term bits, size_t start_bit, size_t size_bits);
/** List of integers (Latin-1 characters) from bytes, before tail. */
Term heap_list_from_bytes(Heap *h, const uint8_t *bytes, size_t count, Term tail);
/** List from an array, before tail. */
Term heap_list(Heap *h, const Term *elements, size_t count, Term tail);
/** A magic reference to b, taking over the caller's reference; ref_words are its three id words. */
Term heap_magic_ref(Heap *h, Binary *b, const uint64_t ref_words[3]);
/** A reference of this node whose numbers were read from bytes or text: magic when the table knows
 * it (NULL: plain). */
Term heap_ref_found(Heap *h, MagicTable *table, const uint64_t ref_words[3]);

#endif
