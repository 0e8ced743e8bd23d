// SPDX-License-Identifier: Apache-2.0
//
// literal.h - where a VM's literals live: areas inside one reserved range of addresses, so that "is
// a literal" is one comparison (heap_is_literal).
//
// One area belongs to one module version or one persistent term. It is built once and then only
// read.
//
// LIT-1: no term in an area points outside it, but to immediates and what its own off-heap list
// holds. LIT-2: an area is freed only after no process can hold a pointer into it: whoever frees
// has asked every process
//        (literal_heap_uses, literal_heap_leave) and passed a quiet point.
//
// Threads: creating and destroying areas takes the space's lock; any thread may.
#ifndef MICA_HEAP_LITERAL_H
#define MICA_HEAP_LITERAL_H

#include "heap/heap.h"

typedef struct LiteralSpace LiteralSpace;

typedef struct LiteralArea LiteralArea;
struct LiteralArea {
    LiteralArea *next; // free for the owner's lists
    Term *start, *top, *end;
    OffHeap off_heap;
    size_t page_bytes;
};

/** Reserves the range (addresses only). NULL when the system refuses. */
LiteralSpace *literal_space_create(void);
/** All areas must have been destroyed. */
void literal_space_destroy(LiteralSpace *s);
LiteralRange literal_space_range(const LiteralSpace *s);
/** Bytes in areas (erlang:memory(code) and persistent_term:info count them). */
size_t literal_space_used_bytes(LiteralSpace *s);

/** An empty area with room for words; the owner builds from area->top on. */
LiteralArea *literal_area_create(LiteralSpace *s, size_t words);
void literal_area_destroy(LiteralSpace *s, LiteralArea *a);
/** One area with copies of all the terms, which are replaced by their copies. NULL when all are
 * immediate. */
LiteralArea *literal_area_from_terms(LiteralSpace *s, Term *terms, size_t count);
/** The same for one term, of which nothing that is shared becomes two. */
LiteralArea *literal_area_from_shared(LiteralSpace *s, Term *term);

static ALWAYS_INLINE bool literal_area_has(const LiteralArea *a, Term t) {
    return (uintptr_t)t - (uintptr_t)a->start < (uintptr_t)a->end - (uintptr_t)a->start;
}
/** Does the term, anywhere, point into the area? */
bool literal_term_uses(const LiteralArea *a, Term t, const LiteralRange *literals);
/** Does anything in the heap or the roots point into the area? */
bool literal_heap_uses(const LiteralArea *a, const Heap *h, const HeapRoots *roots,
                       size_t roots_count);
/** Makes the heap and the roots independent of the area: collects fully, then copies what is used
 * of it. */
void literal_heap_leave(const LiteralArea *a, Heap *h, const HeapRoots *roots, size_t roots_count);

#endif
