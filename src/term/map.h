// SPDX-License-Identifier: Apache-2.0
//
// map.h - maps: flat (sorted key tuple) up to 32 keys, hash trie above (TERM-4). Nothing recurses on the C stack
// (tries are at most a bounded number of levels deep).
#ifndef MICA_TERM_MAP_H
#define MICA_TERM_MAP_H

#include "heap/heap.h"
#include "term/atom.h"

size_t map_count(Term map);
/** The value, or TERM_NONE. Allocates nothing. */
Term map_get(const AtomTable *atoms, Term map, Term key);
Term map_put(Heap *h, const AtomTable *atoms, Term map, Term key, Term value);
/** The map without key (the same word when it was not there); *removed (may be NULL) gets the value. */
Term map_remove(Heap *h, const AtomTable *atoms, Term map, Term key, Term *removed);
/** From count key/value pairs (later ones win): array of 2*count terms. */
Term map_from_pairs(Heap *h, const AtomTable *atoms, const Term *pairs, size_t count);
Term map_empty(Heap *h);

/** Walks all pairs in OTP's order. Begin with map_iterator_init; next returns false at the end. No allocation. */
typedef struct MapIterator {
    Term map;
    uint32_t depth;
    uint32_t index;
    Term nodes[16];
    uint8_t positions[16];
} MapIterator;
void map_iterator_init(MapIterator *it, Term map);
bool map_iterator_next(MapIterator *it, Term *key, Term *value);

#endif
