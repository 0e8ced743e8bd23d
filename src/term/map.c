// SPDX-License-Identifier: Apache-2.0
//
// map.c - maps: flat ones, and hash tries.
//
//   flat     [hdr][keys tuple, sorted][value]...          the keys tuple is shared by maps that
//   differ in values only root     [hdr, bitmap][count][child]...               child: cell [K|V],
//   or an inner node inner    [hdr, bitmap][child]...
//
// A key's path through a trie is its hash, four bits a level from the lowest on; after eight levels
// the hash is taken again with another salt. The hash is OTP's, so tries are iterated in the order
// that OTP shows, as far as that is determined (atoms and local pids are hashed by what differs
// from run to run there).
//
// MAP-1: flat iff at most MAP_FLAT_COUNT_MAX keys (TERM-4).
// MAP-2: no inner node has a leaf as its only child: a trie's shape depends on its keys alone.
// MAP-3: a result that equals its argument in every word is the argument itself.
//
// Threads: any; maps never change.
#include "term/map.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "term/compare.h"
#include "world/page.h"

// ---- hashes
// ---------------------------------------------------------------------------------------

/** The hash that serves levels 8*depth to 8*depth+7. */
static uint32_t hash_at_depth(const AtomTable *atoms, Term key, uint32_t depth) {
    return term_hash_internal(atoms, key, depth);
}

/** The hash, shifted so that its low four bits choose the child at this level. */
static uint32_t hash_at_level(const AtomTable *atoms, Term key, uint32_t level) {
    return hash_at_depth(atoms, key, level / 8) >> (4 * (level % 8));
}

static uint32_t hash_next_level(const AtomTable *atoms, Term key, uint32_t hash, uint32_t level) {
    return (level + 1) % 8 != 0 ? hash >> 4 : hash_at_depth(atoms, key, (level + 1) / 8);
}

// ---- nodes
// ----------------------------------------------------------------------------------------

static uint32_t node_bitmap(Term node) { return header_aux(*term_box(node)); }
static bool bitmap_has(uint32_t bitmap, uint32_t hash) { return (bitmap >> (hash & 15)) & 1; }
/** Where the child for this hash stands, or would stand, among the children. */
static uint32_t child_index(uint32_t bitmap, uint32_t hash) {
    return (uint32_t)__builtin_popcount(bitmap & ((1u << (hash & 15)) - 1));
}

/** A node, or with is_root a root whose count is still to be set; *children is to be filled. */
static Term new_node(Heap *h, bool is_root, uint32_t bitmap, size_t map_count, Term **children) {
    uint32_t n = (uint32_t)__builtin_popcount(bitmap);
    Term *hp = heap_alloc(h, 1 + is_root + n);
    hp[0] = header_make(is_root ? BOX_MAP_HASH : BOX_MAP_NODE, n + is_root, bitmap);
    if (is_root) hp[1] = term_from_small((int64_t)map_count);
    *children = hp + 1 + is_root;
    return term_from_box(hp);
}

static size_t hash_count(Term map) { return (size_t)term_small(term_box(map)[1]); }

size_t map_count(Term map) { return map_is_flat(map) ? map_flat_count(map) : hash_count(map); }

// ---- looking up
// -----------------------------------------------------------------------------------

/** The key's place in a sorted keys tuple, or count. */
static size_t flat_find(const Term *keys, size_t count, Term key) {
    size_t i = 0;
    if (term_is_word_exact(key)) { // 0.0 equals -0.0, which is boxed
        while (i < count && keys[i] != key) i++;
    } else {
        while (i < count && !term_equal(keys[i], key)) i++;
    }
    return i;
}

static Term hash_get(const AtomTable *atoms, Term map, Term key) {
    DEBUG_ASSERT(term_is_map(map) && key != TERM_NONE);
    Term node = map;
    uint32_t hash = hash_at_depth(atoms, key, 0);
    for (uint32_t level = 0;; level++) {
        ASSERT(level < MAP_DEPTH_MAX);
        uint32_t bitmap = node_bitmap(node), count;
        if (!bitmap_has(bitmap, hash)) return TERM_NONE;
        Term child = map_node_children(node, &count)[child_index(bitmap, hash)];
        if (term_is_cell(child))
            return term_equal(term_head(child), key) ? term_tail(child) : TERM_NONE;
        node = child;
        hash = hash_next_level(atoms, key, hash, level);
    }
}

Term map_get(const AtomTable *atoms, Term map, Term key) {
    DEBUG_ASSERT(term_is_map(map));
    if (!map_is_flat(map)) return hash_get(atoms, map, key);
    size_t count = map_flat_count(map), i = flat_find(map_flat_keys(map), count, key);
    return i < count ? map_flat_values(map)[i] : TERM_NONE;
}

// ---- flat maps
// ------------------------------------------------------------------------------------

Term map_flat_of(Heap *h, Term keys_tuple, const Term *values) {
    size_t count = tuple_arity(keys_tuple);
    ASSERT(count <= MAP_FLAT_COUNT_MAX);
    Term *hp = heap_alloc(h, 2 + count);
    hp[0] = header_make(BOX_MAP_FLAT, 1 + count, 0);
    hp[1] = keys_tuple;
    for (size_t i = 0; i < count; i++) hp[2 + i] = values[i];
    return term_from_box(hp);
}

Term map_empty(Heap *h) { return map_flat_of(h, heap_tuple(h, 0, NULL), NULL); }

static Term flat_with_value(Heap *h, Term map, size_t i, Term value) {
    DEBUG_ASSERT(i < map_count(map));
    if (map_flat_values(map)[i] == value) return map; // MAP-3
    Term copy = map_flat_of(h, term_box(map)[1], map_flat_values(map));
    map_flat_values(copy)[i] = value;
    return copy;
}

/** Where a key that is not there belongs. */
static size_t flat_place(const AtomTable *atoms, const Term *keys, size_t count, Term key) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (term_compare_key(atoms, keys[middle], key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static Term flat_insert(Heap *h, const AtomTable *atoms, Term map, Term key, Term value) {
    size_t count = map_flat_count(map);
    const Term *keys = map_flat_keys(map), *values = map_flat_values(map);
    size_t place = flat_place(atoms, keys, count, key);
    Term new_keys[MAP_FLAT_COUNT_MAX], new_values[MAP_FLAT_COUNT_MAX];
    ASSERT(count < MAP_FLAT_COUNT_MAX);
    for (size_t i = 0, from = 0; i <= count; i++) {
        bool here = i == place;
        new_keys[i] = here ? key : keys[from];
        new_values[i] = here ? value : values[from];
        from += !here;
    }
    return map_flat_of(h, heap_tuple(h, count + 1, new_keys), new_values);
}

static Term flat_remove(Heap *h, Term map, size_t i) {
    DEBUG_ASSERT(i < map_count(map));
    size_t count = map_flat_count(map);
    Term keys[MAP_FLAT_COUNT_MAX], values[MAP_FLAT_COUNT_MAX];
    for (size_t from = 0, to = 0; from < count; from++) {
        if (from == i) continue;
        keys[to] = map_flat_keys(map)[from];
        values[to++] = map_flat_values(map)[from];
    }
    return map_flat_of(h, heap_tuple(h, count - 1, keys), values);
}

// ---- building from pairs
// --------------------------------------------------------------------------

typedef struct Entry {
    uint32_t path;  // the hash with its nibbles in reverse: sorts as tries are walked
    uint32_t order; // later ones win
    Term key, value;
    Term leaf; // a cell to share, or TERM_NONE
} Entry;

static uint32_t reverse_nibbles(uint32_t hash) {
    hash = __builtin_bswap32(hash);
    return ((hash & 0x0f0f0f0fu) << 4) | ((hash >> 4) & 0x0f0f0f0fu);
}

static int compare_entries(const void *a, const void *b) {
    const Entry *x = a, *y = b;
    if (x->path != y->path) return x->path < y->path ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/** What a map is built in and with. */
typedef struct Making {
    Heap *h;
    const AtomTable *atoms;
    Budget *budget;
} Making;

#define SORT_AT_ONCE_MAX 1024

/** By path, keeping the order they come in: digit by digit, so that it can stop in between. */
static void sort_many(Entry *e, size_t count, Budget *budget) {
    Entry *spare = mem_alloc(count * sizeof *spare), *from = e, *to = spare;
    BudgetGuard guard;
    budget_guard(budget, &guard, mem_free, spare);
    for (uint32_t shift = 0; shift < 32; shift += 8) {
        size_t at[256] = {0}, sum = 0;
        for (size_t i = 0; i < count; i++) {
            at[(from[i].path >> shift) & 255]++;
            if (i % 256 == 255) budget_spend(budget, 128);
        }
        for (int d = 0; d < 256; d++) {
            size_t n = at[d];
            at[d] = sum;
            sum += n;
        }
        ASSERT(sum == count);
        for (size_t i = 0; i < count; i++) {
            to[at[(from[i].path >> shift) & 255]++] = from[i];
            budget_spend(budget, 4); // far apart
        }
        Entry *swap = from;
        from = to;
        to = swap;
    }
    ASSERT(from == e); // an even number of rounds
    page_forget_in_steps(spare, count * sizeof *spare, budget);
    budget_unguard(budget, &guard);
    mem_free(spare);
}

static void sort_entries(const Making *m, Entry *e, size_t count, uint32_t depth) {
    for (size_t i = 0; i < count; i++) {
        e[i].path = reverse_nibbles(hash_at_depth(m->atoms, e[i].key, depth));
        budget_spend(m->budget, 4);
    }
    if (count > SORT_AT_ONCE_MAX)
        sort_many(e, count, m->budget); // entries come in the order of their numbers
    else
        qsort(e, count, sizeof *e, compare_entries);
}

/** Of equal keys keeps the last value; entries are sorted. Returns how many stay. */
static size_t drop_doubles(Entry *e, size_t count, Budget *budget) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        budget_spend(budget, 1);
        size_t k = kept;
        while (k > 0 && e[k - 1].path == e[i].path && !term_equal(e[k - 1].key, e[i].key)) k--;
        if (k > 0 && e[k - 1].path == e[i].path) {
            e[k - 1].value = e[i].value;
            e[k - 1].leaf = e[i].leaf;
        } else {
            e[kept++] = e[i];
        }
    }
    return kept;
}

/** The trie of sorted, different entries below a node at this level. Recursion is as deep as the
 * trie. */
static Term build_node(const Making *m, Entry *e, size_t count, uint32_t level, size_t root_count) {
    DEBUG_ASSERT(count > 0);
    ASSERT(level < MAP_DEPTH_MAX);
    if (level > 0 && level % 8 == 0) sort_entries(m, e, count, level / 8);
    uint32_t shift = 28 - 4 * (level % 8), bitmap = 0;
    for (size_t i = 0; i < count; i++) {
        bitmap |= 1u << ((e[i].path >> shift) & 15);
        budget_spend(m->budget, 1);
    }
    Term *children;
    Term node = new_node(m->h, level == 0, bitmap, root_count, &children);
    for (size_t i = 0, n = 0; i < count; n++) {
        size_t end = i + 1;
        while (end < count && (e[end].path >> shift) == (e[i].path >> shift)) {
            end++;
            budget_spend(m->budget, 1);
        }
        if (end - i > 1) {
            children[n] = build_node(m, e + i, end - i, level + 1, 0);
        } else {
            children[n] =
                e[i].leaf != TERM_NONE ? e[i].leaf : heap_cons(m->h, e[i].key, e[i].value);
        }
        i = end;
    }
    return node;
}

static Term flat_from_entries(Heap *h, const AtomTable *atoms, const Entry *e, size_t count) {
    Term keys[MAP_FLAT_COUNT_MAX], values[MAP_FLAT_COUNT_MAX];
    ASSERT(count <= MAP_FLAT_COUNT_MAX);
    for (size_t i = 0; i < count; i++) {
        size_t place = flat_place(atoms, keys, i, e[i].key);
        memmove(keys + place + 1, keys + place, (i - place) * sizeof *keys);
        memmove(values + place + 1, values + place, (i - place) * sizeof *values);
        keys[place] = e[i].key;
        values[place] = e[i].value;
    }
    return map_flat_of(h, heap_tuple(h, count, keys), values);
}

static Term map_from_entries(const Making *m, Entry *e, size_t count) {
    sort_entries(m, e, count, 0);
    count = drop_doubles(e, count, m->budget);
    if (count <= MAP_FLAT_COUNT_MAX) return flat_from_entries(m->h, m->atoms, e, count);
    return build_node(m, e, count, 0, count);
}

/** At most MAP_FLAT_COUNT_MAX pairs: by insertion into a sorted array, without hashes. */
static Term small_from_pairs(Heap *h, const AtomTable *atoms, const Term *pairs, size_t count) {
    Term keys[MAP_FLAT_COUNT_MAX], values[MAP_FLAT_COUNT_MAX];
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        Term key = pairs[2 * i];
        size_t place = kept;
        // Pairs often come sorted: then the last key alone is looked at.
        if (kept > 0 && term_compare_key(atoms, keys[kept - 1], key) >= 0)
            place = flat_place(atoms, keys, kept, key);
        if (place < kept && term_equal(keys[place], key)) {
            values[place] = pairs[2 * i + 1];
            continue;
        }
        memmove(keys + place + 1, keys + place, (kept - place) * sizeof *keys);
        memmove(values + place + 1, values + place, (kept - place) * sizeof *values);
        keys[place] = key;
        values[place] = pairs[2 * i + 1];
        kept++;
    }
    return map_flat_of(h, heap_tuple(h, kept, keys), values);
}

Term map_from_pairs_in_steps(Heap *h, const AtomTable *atoms, const Term *pairs, size_t count,
                             Budget *budget) {
    if (count <= MAP_FLAT_COUNT_MAX) return small_from_pairs(h, atoms, pairs, count);
    Entry *e = mem_alloc(count * sizeof *e);
    BudgetGuard guard;
    budget_guard(budget, &guard, mem_free, e);
    for (size_t i = 0; i < count; i++) {
        e[i] = (Entry){0, (uint32_t)i, pairs[2 * i], pairs[2 * i + 1], TERM_NONE};
        budget_spend(budget, 2);
    }
    Term map = map_from_entries(&(Making){h, atoms, budget}, e, count);
    page_forget_in_steps(e, count * sizeof *e, budget);
    budget_unguard(budget, &guard);
    mem_free(e);
    return map;
}

Term map_from_pairs(Heap *h, const AtomTable *atoms, const Term *pairs, size_t count) {
    return map_from_pairs_in_steps(h, atoms, pairs, count, NULL);
}

// ---- putting
// --------------------------------------------------------------------------------------

typedef struct Path {
    uint32_t depth; // nodes on the path
    Term nodes[MAP_DEPTH_MAX];
    uint8_t index[MAP_DEPTH_MAX]; // which child was taken
} Path;

/** The path's nodes again, from the last one up, with child in place of the child that was taken.
 */
static Term rebuild_path(Heap *h, const Path *path, Term child, size_t new_count) {
    DEBUG_ASSERT(child != TERM_NONE && new_count > 0);
    for (uint32_t level = path->depth; level-- > 0;) {
        uint32_t count;
        Term *children = map_node_children(path->nodes[level], &count), *copy;
        Term node = new_node(h, level == 0, node_bitmap(path->nodes[level]), new_count, &copy);
        memcpy(copy, children, count * sizeof(Term));
        copy[path->index[level]] = child;
        child = node;
    }
    return child;
}

/** The nodes that part two leaves that met at `level`. */
static Term split_leaf(Heap *h, const AtomTable *atoms, Term old_leaf, Term new_leaf,
                       uint32_t new_hash, uint32_t level) {
    DEBUG_ASSERT(term_is_cell(old_leaf) && term_is_cell(new_leaf));
    uint32_t old_hash = hash_at_level(atoms, term_head(old_leaf), level);
    Term result = TERM_NONE, *children, *hole = &result;
    for (;; level++) {
        ASSERT(level < MAP_DEPTH_MAX);
        uint32_t a = old_hash & 15, b = new_hash & 15;
        if (a != b) {
            *hole = new_node(h, false, (1u << a) | (1u << b), 0, &children);
            children[a > b] = old_leaf;
            children[b > a] = new_leaf;
            return result;
        }
        *hole = new_node(h, false, 1u << a, 0, &children);
        hole = children;
        *hole = TERM_NIL;
        old_hash = hash_next_level(atoms, term_head(old_leaf), old_hash, level);
        new_hash = hash_next_level(atoms, term_head(new_leaf), new_hash, level);
    }
}

/** The last node of the path with one more child. */
static Term node_with_leaf(Heap *h, Term node, uint32_t hash, Term leaf, bool is_root,
                           size_t count) {
    uint32_t bitmap = node_bitmap(node), n, i = child_index(bitmap, hash);
    const Term *children = map_node_children(node, &n);
    Term *copy;
    Term result = new_node(h, is_root, bitmap | 1u << (hash & 15), count, &copy);
    memcpy(copy, children, i * sizeof(Term));
    copy[i] = leaf;
    memcpy(copy + i + 1, children + i, (n - i) * sizeof(Term));
    return result;
}

static Term hash_put(Heap *h, const AtomTable *atoms, Term map, Term key, Term value,
                     bool must_exist) {
    Path path = {0};
    Term node = map;
    size_t count = hash_count(map);
    uint32_t hash = hash_at_depth(atoms, key, 0);
    for (;;) {
        uint32_t level = path.depth, bitmap = node_bitmap(node), n;
        ASSERT(level < MAP_DEPTH_MAX);
        if (!bitmap_has(bitmap, hash)) {
            if (must_exist) return TERM_NONE;
            Term leaf = heap_cons(h, key, value);
            Term last = node_with_leaf(h, node, hash, leaf, level == 0, count + 1);
            return rebuild_path(h, &path, last, count + 1);
        }
        uint32_t i = child_index(bitmap, hash);
        Term child = map_node_children(node, &n)[i];
        path.nodes[level] = node;
        path.index[level] = (uint8_t)i;
        path.depth++;
        hash = hash_next_level(atoms, key, hash, level);
        if (term_is_cell(child)) {
            if (term_equal(term_head(child), key)) {
                if (term_tail(child) == value) return map; // MAP-3
                return rebuild_path(h, &path, heap_cons(h, term_head(child), value), count);
            }
            if (must_exist) return TERM_NONE;
            Term leaf = heap_cons(h, key, value);
            return rebuild_path(h, &path, split_leaf(h, atoms, child, leaf, hash, level + 1),
                                count + 1);
        }
        node = child;
    }
}

/** A full flat map with one more key becomes a trie. */
static Term flat_to_hash(Heap *h, const AtomTable *atoms, Term map, Term key, Term value) {
    DEBUG_ASSERT(map_count(map) == MAP_FLAT_COUNT_MAX); // TERM-4
    size_t count = map_flat_count(map);
    Entry e[MAP_FLAT_COUNT_MAX + 1];
    for (uint32_t i = 0; i < count; i++) {
        e[i] = (Entry){0, i, map_flat_keys(map)[i], map_flat_values(map)[i], TERM_NONE};
    }
    e[count] = (Entry){0, (uint32_t)count, key, value, TERM_NONE};
    return map_from_entries(&(Making){h, atoms, NULL}, e, count + 1);
}

Term map_put(Heap *h, const AtomTable *atoms, Term map, Term key, Term value) {
    DEBUG_ASSERT(term_is_map(map));
    if (!map_is_flat(map)) return hash_put(h, atoms, map, key, value, false);
    size_t count = map_flat_count(map), i = flat_find(map_flat_keys(map), count, key);
    if (i < count) return flat_with_value(h, map, i, value);
    if (count == MAP_FLAT_COUNT_MAX) return flat_to_hash(h, atoms, map, key, value);
    return flat_insert(h, atoms, map, key, value);
}

Term map_update(Heap *h, const AtomTable *atoms, Term map, Term key, Term value) {
    DEBUG_ASSERT(term_is_map(map));
    if (!map_is_flat(map)) return hash_put(h, atoms, map, key, value, true);
    size_t count = map_flat_count(map), i = flat_find(map_flat_keys(map), count, key);
    return i < count ? flat_with_value(h, map, i, value) : TERM_NONE;
}

/** The flat map's keys and values while pairs are put into them. */
typedef struct FlatEdit {
    Term keys[MAP_FLAT_COUNT_MAX], values[MAP_FLAT_COUNT_MAX];
    size_t count;
    bool has_new_keys;
} FlatEdit;

/** False when there is no room for a new key. */
static bool edit_put(FlatEdit *e, const AtomTable *atoms, Term key, Term value) {
    size_t i = flat_find(e->keys, e->count, key);
    if (i == e->count) {
        if (i == MAP_FLAT_COUNT_MAX) return false;
        bool at_end = i == 0 || term_compare_key(atoms, e->keys[i - 1], key) < 0;
        if (!at_end) i = flat_place(atoms, e->keys, i, key);
        memmove(e->keys + i + 1, e->keys + i, (e->count - i) * sizeof(Term));
        memmove(e->values + i + 1, e->values + i, (e->count - i) * sizeof(Term));
        e->keys[i] = key;
        e->count++;
        e->has_new_keys = true;
    }
    e->values[i] = value;
    return true;
}

Term map_put_many(Heap *h, const AtomTable *atoms, Term map, const Term *pairs, size_t count) {
    if (count == 0) return map;
    size_t done = 0;
    if (map_is_flat(map)) {
        FlatEdit e;
        e.count = map_flat_count(map);
        e.has_new_keys = false;
        memcpy(e.keys, map_flat_keys(map), e.count * sizeof(Term));
        memcpy(e.values, map_flat_values(map), e.count * sizeof(Term));
        while (done < count && edit_put(&e, atoms, pairs[2 * done], pairs[2 * done + 1])) done++;
        Term keys = e.has_new_keys ? heap_tuple(h, e.count, e.keys) : term_box(map)[1];
        map = map_flat_of(h, keys, e.values);
    }
    for (; done < count; done++) map = map_put(h, atoms, map, pairs[2 * done], pairs[2 * done + 1]);
    return map;
}

Term map_update_many(Heap *h, const AtomTable *atoms, Term map, const Term *pairs, size_t count,
                     Term *missing) {
    *missing = TERM_NONE;
    for (size_t i = 0; i < count; i++) {
        Term key = pairs[2 * i];
        if (map_get(atoms, map, key) != TERM_NONE) continue;
        if (*missing == TERM_NONE || term_compare_key(atoms, key, *missing) < 0) *missing = key;
    }
    if (*missing != TERM_NONE) return TERM_NONE;
    if (count == 1) return map_update(h, atoms, map, pairs[0], pairs[1]);
    return map_put_many(h, atoms, map, pairs, count);
}

// ---- removing
// -------------------------------------------------------------------------------------

/** A trie that has just too few keys for one, without `skipped`. */
static Term hash_to_flat(Heap *h, const AtomTable *atoms, Term map, Term skipped) {
    DEBUG_ASSERT(map_count(map) == MAP_FLAT_COUNT_MAX + 1); // TERM-4
    Term pairs[2 * MAP_FLAT_COUNT_MAX], key, value;
    size_t count = 0;
    MapIterator it;
    map_iterator_init(&it, map);
    while (map_iterator_next(&it, &key, &value)) {
        if (key == skipped) continue; // the very word: it comes from this trie
        ASSERT(count < MAP_FLAT_COUNT_MAX);
        pairs[2 * count] = key;
        pairs[2 * count++ + 1] = value;
    }
    return map_from_pairs(h, atoms, pairs, count);
}

/** The path's last node loses the child that was taken; a leaf left alone moves up (MAP-2). */
static Term shrink_path(Heap *h, Path *path, size_t new_count) {
    for (;;) {
        uint32_t level = --path->depth, n;
        Term node = path->nodes[level];
        uint32_t i = path->index[level], bitmap = node_bitmap(node);
        const Term *children = map_node_children(node, &n);
        if (n == 1 && level > 0) continue; // it had nothing else
        if (n == 2 && level > 0 && term_is_cell(children[1 - i])) {
            Term leaf = children[1 - i];
            // Nodes above that have this one only would have the leaf only.
            while (path->depth > 1 && map_node_children(path->nodes[path->depth - 1], &n) != NULL &&
                   n == 1)
                path->depth--;
            return rebuild_path(h, path, leaf, new_count);
        }
        for (uint32_t k = 0; k < i; k++) bitmap &= bitmap - 1;
        uint32_t bit = bitmap & -bitmap;
        Term *copy;
        Term shrunk = new_node(h, level == 0, node_bitmap(node) & ~bit, new_count, &copy);
        memcpy(copy, children, i * sizeof(Term));
        memcpy(copy + i, children + i + 1, (n - i - 1) * sizeof(Term));
        return rebuild_path(h, path, shrunk, new_count);
    }
}

static Term hash_remove(Heap *h, const AtomTable *atoms, Term map, Term key, Term *removed) {
    Path path = {0};
    Term node = map;
    uint32_t hash = hash_at_depth(atoms, key, 0);
    for (;;) {
        uint32_t level = path.depth, bitmap = node_bitmap(node), n;
        ASSERT(level < MAP_DEPTH_MAX);
        if (!bitmap_has(bitmap, hash)) return map;
        uint32_t i = child_index(bitmap, hash);
        Term child = map_node_children(node, &n)[i];
        path.nodes[level] = node;
        path.index[level] = (uint8_t)i;
        path.depth++;
        if (term_is_cell(child)) {
            if (!term_equal(term_head(child), key)) return map;
            if (removed != NULL) *removed = term_tail(child);
            size_t count = hash_count(map) - 1;
            if (count <= MAP_FLAT_COUNT_MAX) return hash_to_flat(h, atoms, map, term_head(child));
            return shrink_path(h, &path, count);
        }
        node = child;
        hash = hash_next_level(atoms, key, hash, level);
    }
}

Term map_remove(Heap *h, const AtomTable *atoms, Term map, Term key, Term *removed) {
    DEBUG_ASSERT(term_is_map(map));
    if (removed != NULL) *removed = TERM_NONE;
    if (!map_is_flat(map)) return hash_remove(h, atoms, map, key, removed);
    size_t count = map_flat_count(map), i = flat_find(map_flat_keys(map), count, key);
    if (i == count) return map;
    if (removed != NULL) *removed = map_flat_values(map)[i];
    return flat_remove(h, map, i);
}

// ---- merging
// --------------------------------------------------------------------------------------

static Term merge_flat(Heap *h, const AtomTable *atoms, Term first, Term second) {
    DEBUG_ASSERT(map_count(first) <= MAP_FLAT_COUNT_MAX &&
                 map_count(second) <= MAP_FLAT_COUNT_MAX); // TERM-4
    size_t n = map_flat_count(first), m = map_flat_count(second), count = 0, i = 0, k = 0;
    if (n == 0) return second;
    if (m == 0) return first;
    if (term_box(first)[1] == term_box(second)[1]) return second; // the same keys
    const Term *first_keys = map_flat_keys(first), *second_keys = map_flat_keys(second);
    Term pairs[4 * MAP_FLAT_COUNT_MAX];
    while (i < n || k < m) {
        int order = i == n   ? 1
                    : k == m ? -1
                             : term_compare_key(atoms, first_keys[i], second_keys[k]);
        bool from_first = order < 0;
        pairs[2 * count] = from_first ? first_keys[i] : second_keys[k];
        pairs[2 * count++ + 1] =
            from_first ? map_flat_values(first)[i] : map_flat_values(second)[k];
        i += order <= 0;
        k += order >= 0;
    }
    if (count > MAP_FLAT_COUNT_MAX) return map_from_pairs(h, atoms, pairs, count);
    Term keys[MAP_FLAT_COUNT_MAX], values[MAP_FLAT_COUNT_MAX];
    for (size_t p = 0; p < count; p++) {
        keys[p] = pairs[2 * p];
        values[p] = pairs[2 * p + 1];
    }
    Term keys_tuple = count == n   ? term_box(first)[1]
                      : count == m ? term_box(second)[1]
                                   : heap_tuple(h, count, keys);
    return map_flat_of(h, keys_tuple, values);
}

static size_t append_entries(Entry *e, size_t at, Term map, Budget *budget) {
    MapIterator it;
    map_iterator_init(&it, map);
    for (; map_iterator_next(&it, &e[at].key, &e[at].value); at++) {
        budget_spend(budget, 2);
        e[at].order = (uint32_t)at;
        e[at].leaf = TERM_NONE;
    }
    return at;
}

static Term merge_by_putting(Heap *h, const AtomTable *atoms, Term big, Term small, bool small_wins,
                             Budget *budget) {
    MapIterator it;
    Term key, value;
    map_iterator_init(&it, small);
    while (map_iterator_next(&it, &key, &value)) {
        budget_spend(budget, 32);
        if (small_wins || map_get(atoms, big, key) == TERM_NONE)
            big = map_put(h, atoms, big, key, value);
    }
    return big;
}

Term map_merge(Heap *h, const AtomTable *atoms, Term first, Term second, Budget *budget) {
    if (map_is_flat(first) && map_is_flat(second)) return merge_flat(h, atoms, first, second);
    size_t n = map_count(first), m = map_count(second);
    if (m * 8 < n) return merge_by_putting(h, atoms, first, second, true, budget);
    if (n * 8 < m) return merge_by_putting(h, atoms, second, first, false, budget);
    Entry *e = mem_alloc((n + m + 1) *
                         sizeof *e); // the last call of the iterator names the entry past the end
    BudgetGuard guard;
    budget_guard(budget, &guard, mem_free, e);
    size_t count = append_entries(e, append_entries(e, 0, first, budget), second, budget);
    ASSERT(count == n + m);
    Term map = map_from_entries(&(Making){h, atoms, budget}, e, count);
    page_forget_in_steps(e, count * sizeof *e, budget);
    budget_unguard(budget, &guard);
    mem_free(e);
    return map;
}

// ---- walking
// --------------------------------------------------------------------------------------

void map_iterator_init(MapIterator *it, Term map) {
    DEBUG_ASSERT(term_is_map(map));
    it->map = map;
    it->depth = 0;
    it->index = 0;
    if (map_is_flat(map)) return;
    it->nodes[0] = map;
    it->positions[0] = 0;
    it->depth = 1;
}

bool map_iterator_next(MapIterator *it, Term *key, Term *value) {
    if (map_is_flat(it->map)) {
        if (it->index == map_flat_count(it->map)) return false;
        *key = map_flat_keys(it->map)[it->index];
        *value = map_flat_values(it->map)[it->index++];
        return true;
    }
    while (it->depth > 0) {
        uint32_t count, level = it->depth - 1;
        const Term *children = map_node_children(it->nodes[level], &count);
        if (it->positions[level] == count) {
            it->depth--;
            continue;
        }
        Term child = children[it->positions[level]++];
        if (term_is_cell(child)) {
            *key = term_head(child);
            *value = term_tail(child);
            return true;
        }
        ASSERT(it->depth < MAP_DEPTH_MAX);
        it->nodes[it->depth] = child;
        it->positions[it->depth++] = 0;
    }
    return false;
}
