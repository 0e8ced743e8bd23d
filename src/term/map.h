// SPDX-License-Identifier: Apache-2.0
//
// map.h - maps: flat (sorted key tuple) up to 32 keys, hash trie above (TERM-4). Nothing recurses
// on the C stack (tries are at most a bounded number of levels deep).
#ifndef MICA_TERM_MAP_H
#define MICA_TERM_MAP_H

#include "heap/heap.h"
#include "term/atom.h"

size_t map_count(Term map);
/** The value, or TERM_NONE. Allocates nothing. */
Term map_get(const AtomTable *atoms, Term map, Term key);
Term map_put(Heap *h, const AtomTable *atoms, Term map, Term key, Term value);
/** The map without key (the same word when it was not there); *removed (may be NULL) gets the
 * value. */
Term map_remove(Heap *h, const AtomTable *atoms, Term map, Term key, Term *removed);
/** From count key/value pairs (later ones win): array of 2*count terms. */
Term map_from_pairs(Heap *h, const AtomTable *atoms, const Term *pairs, size_t count);
Term map_from_pairs_in_steps(Heap *h, const AtomTable *atoms, const Term *pairs, size_t count,
                             Budget *budget);
Term map_empty(Heap *h);

/** Replaces the value of a key that is there; TERM_NONE when it is not. */
Term map_update(Heap *h, const AtomTable *atoms, Term map, Term key, Term value);
/** map_put of count pairs (array of 2 * count), one after another, without the maps in between. */
Term map_put_many(Heap *h, const AtomTable *atoms, Term map, const Term *pairs, size_t count);
/** map_update of count pairs; TERM_NONE, and *missing names the least key that is not there, when
 * one is not. */
Term map_update_many(Heap *h, const AtomTable *atoms, Term map, const Term *pairs, size_t count,
                     Term *missing);
/** All pairs of both; where both have a key, second's value. */
Term map_merge(Heap *h, const AtomTable *atoms, Term first, Term second, Budget *budget);
/** A flat map over a keys tuple that is sorted and free of doubles already (count <=
 * MAP_FLAT_COUNT_MAX). */
Term map_flat_of(Heap *h, Term keys_tuple, const Term *values);

static ALWAYS_INLINE bool map_is_flat(Term map) { return term_box_kind(map) == BOX_MAP_FLAT; }
static ALWAYS_INLINE size_t map_flat_count(Term map) { return header_size(*term_box(map)) - 1; }
static ALWAYS_INLINE Term *map_flat_keys(Term map) { return tuple_elements(term_box(map)[1]); }
static ALWAYS_INLINE Term *map_flat_values(Term map) { return term_box(map) + 2; }
/** The children of a hash trie's root or inner node. */
static ALWAYS_INLINE Term *map_node_children(Term node, uint32_t *count) {
    Term *box = term_box(node);
    *count = (uint32_t)__builtin_popcount(header_aux(*box));
    return box + (header_kind(*box) == BOX_MAP_HASH ? 2 : 1);
}

/** Levels of a trie at most: 96 bits of three differently salted hashes would have to agree. */
#define MAP_DEPTH_MAX 24

/** Walks all pairs in OTP's order. Begin with map_iterator_init; next returns false at the end. No
 * allocation. */
typedef struct MapIterator {
    Term map;
    uint32_t depth;
    uint32_t index;
    Term nodes[MAP_DEPTH_MAX];
    uint8_t positions[MAP_DEPTH_MAX];
} MapIterator;
void map_iterator_init(MapIterator *it, Term map);
bool map_iterator_next(MapIterator *it, Term *key, Term *value);

#endif
