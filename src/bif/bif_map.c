// SPDX-License-Identifier: Apache-2.0
//
// bif_map.c - built-in functions of the module maps, of erlang about maps, and the iterator that
// OTP's maps.erl builds on.
//
// An iterator step is a path: four bits a level, lowest first, that name the next child in a trie.
//
// Threads: the calling process's; maps never change.
#include "bif/bif.h"
#include "term/compare.h"
#include "term/map.h"
#include "vm/vm.h"
#include "world/page.h"

#define PATH_NIBBLES 16         // levels that a 64-bit path names
#define ITERATOR_FIRST_COUNT 32 // pairs of the first step: often nobody wants more
#define ITERATOR_NEXT_COUNT 512

static Term bad_map(Process *p, Term t) { return bif_error_tuple(p, am_badmap, t); }
static const AtomTable *atoms_of(const Process *p) { return p->vm->atoms; }

// ---- erlang
// ---------------------------------------------------------------------------------------

/** map_size(Map); {badmap, T}. Guard. */
BIF(erlang, map_size, 1)
{
    if (!term_is_map(a[0])) return bad_map(p, a[0]);
    return term_from_small((int64_t)map_count(a[0]));
}

static Term get_or_raise(Process *p, Term key, Term map) {
    if (!term_is_map(map)) return bad_map(p, map);
    Term value = map_get(atoms_of(p), map, key);
    return value != TERM_NONE ? value : bif_error_tuple(p, am_badkey, key);
}

/** map_get(Key, Map); {badkey, K}, {badmap, T}. Guard. */
BIF(erlang, map_get, 2)
{ return get_or_raise(p, a[0], a[1]); }

static Term has_key(Process *p, Term key, Term map) {
    if (!term_is_map(map)) return bad_map(p, map);
    return term_from_bool(map_get(atoms_of(p), map, key) != TERM_NONE);
}

/** is_map_key(Key, Map); {badmap, T}. Guard. */
BIF(erlang, is_map_key, 2)
{ return has_key(p, a[0], a[1]); }

// ---- maps
// -----------------------------------------------------------------------------------------

/** maps:get(Key, Map); {badkey, K}, {badmap, T}. */
BIF(maps, get, 2)
{ return get_or_raise(p, a[0], a[1]); }

/** maps:is_key(Key, Map); {badmap, T}. */
BIF(maps, is_key, 2)
{ return has_key(p, a[0], a[1]); }

/** maps:find(Key, Map) -> {ok, Value} | error; {badmap, T}. */
BIF(maps, find, 2)
{
    if (!term_is_map(a[1])) return bad_map(p, a[1]);
    Term value = map_get(atoms_of(p), a[1], a[0]);
    return value == TERM_NONE ? am_error : heap_tuple2(&p->heap, am_ok, value);
}

/** maps:put(Key, Value, Map); {badmap, T}. */
BIF(maps, put, 3)
{
    if (!term_is_map(a[2])) return bad_map(p, a[2]);
    return map_put(&p->heap, atoms_of(p), a[2], a[0], a[1]);
}

/** maps:update(Key, Value, Map); {badkey, K}, {badmap, T}. */
BIF(maps, update, 3)
{
    if (!term_is_map(a[2])) return bad_map(p, a[2]);
    Term map = map_update(&p->heap, atoms_of(p), a[2], a[0], a[1]);
    return map != TERM_NONE ? map : bif_error_tuple(p, am_badkey, a[0]);
}

/** maps:remove(Key, Map); {badmap, T}. */
BIF(maps, remove, 2)
{
    if (!term_is_map(a[1])) return bad_map(p, a[1]);
    return map_remove(&p->heap, atoms_of(p), a[1], a[0], NULL);
}

/** maps:take(Key, Map) -> {Value, Map2} | error; {badmap, T}. */
BIF(maps, take, 2)
{
    if (!term_is_map(a[1])) return bad_map(p, a[1]);
    Term value;
    Term map = map_remove(&p->heap, atoms_of(p), a[1], a[0], &value);
    return value == TERM_NONE ? am_error : heap_tuple2(&p->heap, value, map);
}

static Term merge_body(Process *p, Term *a) {
    return map_merge(&p->heap, atoms_of(p), a[0], a[1], long_call_budget(p));
}

/** maps:merge(First, Second), where Second's values win; {badmap, T}. */
BIF(maps, merge, 2)
{
    if (!term_is_map(a[0])) return bad_map(p, a[0]);
    if (!term_is_map(a[1])) return bad_map(p, a[1]);
    if (a[0] == a[1]) return a[0];
    if (map_is_flat(a[0]) && map_is_flat(a[1])) return merge_body(p, a);
    return long_call_run(p, a, 2, merge_body);
}

/** A map of count pairs, which are freed. */
static Term map_of_pairs(Process *p, Term *pairs, size_t count) {
    ASSERT(pairs != NULL);
    BudgetGuard guard;
    Budget *budget = long_call_budget(p);
    budget_guard(budget, &guard, mem_free, pairs);
    Term map = map_from_pairs_in_steps(&p->heap, atoms_of(p), pairs, count, budget);
    page_forget_in_steps(pairs, count * 2 * sizeof *pairs, budget);
    budget_unguard(budget, &guard);
    mem_free(pairs);
    return map;
}

/** Fills pairs from [{K, V}]; false when it is none. */
static bool read_pairs(Process *p, Term list, Term *pairs) {
    BudgetGuard guard;
    Budget *budget = long_call_budget(p);
    budget_guard(budget, &guard, mem_free, pairs);
    for (; term_is_cell(list) && term_is_tuple_of(term_head(list), 2); list = term_tail(list)) {
        *pairs++ = tuple_get(term_head(list), 0);
        *pairs++ = tuple_get(term_head(list), 1);
        budget_spend(budget, 4);
    }
    budget_unguard(budget, &guard);
    return term_is_nil(list);
}

static Term from_list_body(Process *p, Term *a) {
    int64_t count = bif_long_list_length(p, a[0]);
    if (count < 0) return bif_badarg(p);
    Term *pairs = mem_alloc((size_t)MAX(count, 1) * 2 * sizeof(Term));
    if (read_pairs(p, a[0], pairs)) return map_of_pairs(p, pairs, (size_t)count);
    mem_free(pairs);
    return bif_badarg(p);
}

/** maps:from_list([{K, V}]); badarg. */
BIF(maps, from_list, 1)
{
    Term pairs[2 * MAP_FLAT_COUNT_MAX], list = a[0];
    size_t n = 0;
    for (; term_is_cell(list) && n < ARRAY_COUNT(pairs); list = term_tail(list)) {
        if (!term_is_tuple_of(term_head(list), 2)) return bif_badarg(p);
        pairs[n++] = tuple_get(term_head(list), 0);
        pairs[n++] = tuple_get(term_head(list), 1);
    }
    if (term_is_cell(list)) return long_call_run(p, a, 1, from_list_body);
    if (!term_is_nil(list)) return bif_badarg(p);
    return map_from_pairs(&p->heap, atoms_of(p), pairs, n / 2);
}

/** maps:from_keys(Keys, Value); badarg. */
BIF_LONG(maps, from_keys, 2) {
    int64_t count = bif_long_list_length(p, a[0]);
    if (count < 0) return bif_badarg(p);
    Term *pairs = mem_alloc((size_t)MAX(count, 1) * 2 * sizeof(Term));
    size_t n = 0;
    BudgetGuard guard;
    Budget *budget = long_call_budget(p);
    budget_guard(budget, &guard, mem_free, pairs);
    for (Term list = a[0]; term_is_cell(list); list = term_tail(list)) {
        pairs[n++] = term_head(list);
        pairs[n++] = a[1];
        budget_spend(budget, 1);
    }
    budget_unguard(budget, &guard);
    return map_of_pairs(p, pairs, (size_t)count);
}

/** Flat maps in key order; tries in reverse of the order they are walked in, as OTP lists them. */
static Term list_of(Process *p, Term map, bool keys) {
    ASSERT(term_is_map(map));
    if (map_is_flat(map)) {
        const Term *elements = keys ? map_flat_keys(map) : map_flat_values(map);
        return heap_list(&p->heap, elements, map_flat_count(map), TERM_NIL);
    }
    Term *hp = heap_alloc(&p->heap, CELL_WORDS * map_count(map));
    Term list = TERM_NIL, key, value;
    MapIterator it;
    map_iterator_init(&it, map);
    while (map_iterator_next(&it, &key, &value)) {
        list = term_cons(&hp, keys ? key : value, list);
        bif_spend(p, 2);
    }
    return list;
}

/** maps:keys(Map); {badmap, T}. */
BIF_LONG(maps, keys, 1) { return term_is_map(a[0]) ? list_of(p, a[0], true) : bad_map(p, a[0]); }

/** maps:values(Map); {badmap, T}. */
BIF_LONG(maps, values, 1) { return term_is_map(a[0]) ? list_of(p, a[0], false) : bad_map(p, a[0]); }

// ---- the iterator
// ---------------------------------------------------------------------------------

/** Sets the iterator to the leaf that the path leads to. False when the path leads nowhere. */
static bool iterator_at(MapIterator *it, Term map, uint64_t path) {
    ASSERT(!map_is_flat(map));
    map_iterator_init(it, map);
    Term node = map;
    for (uint32_t level = 0;; level++, path >>= 4) {
        uint32_t count, i = (uint32_t)path & 15;
        const Term *children = map_node_children(node, &count);
        if (i >= count || level >= MAP_DEPTH_MAX) return false;
        it->nodes[level] = node;
        it->depth = level + 1;
        if (term_is_cell(children[i])) {
            it->positions[level] = (uint8_t)i;
            return true;
        }
        it->positions[level] = (uint8_t)(i + 1);
        node = children[i];
    }
}

/** Leaves nodes that are done. False at the end of the map. */
static bool iterator_settle(MapIterator *it) {
    ASSERT(it->depth <= MAP_DEPTH_MAX);
    for (; it->depth > 0; it->depth--) {
        uint32_t count;
        map_node_children(it->nodes[it->depth - 1], &count);
        if (it->positions[it->depth - 1] < count) return true;
    }
    return false;
}

/** The path of the pair that comes next. */
static uint64_t iterator_path(const MapIterator *it) {
    ASSERT(it->depth > 0 && it->depth < PATH_NIBBLES);
    uint64_t path = it->positions[it->depth - 1];
    for (uint32_t level = it->depth - 1; level-- > 0;)
        path = path << 4 | (uint64_t)(it->positions[level] - 1);
    return path;
}

/** Takes up to limit pairs; more than that only where no path could name the place to go on. */
static size_t take_pairs(MapIterator *it, Term *pairs, size_t limit, size_t room, bool *more) {
    size_t n = 0;
    *more = true;
    while ((n < limit || it->depth >= PATH_NIBBLES) && n < room &&
           map_iterator_next(it, &pairs[2 * n], &pairs[2 * n + 1])) {
        n++;
        if (!(*more = iterator_settle(it))) break;
    }
    ASSERT(!*more || it->depth < PATH_NIBBLES);
    return n;
}

static Term nested_pairs(Heap *h, const Term *pairs, size_t n, Term rest) {
    while (n-- > 0) rest = heap_tuple3(h, pairs[2 * n], pairs[2 * n + 1], rest);
    return rest;
}

static Term flat_step(Process *p, Term map, bool as_list, Term accumulator) {
    ASSERT(map_is_flat(map));
    Heap *h = &p->heap;
    const Term *keys = map_flat_keys(map), *values = map_flat_values(map);
    Term result = as_list ? accumulator : am_none;
    for (size_t i = map_flat_count(map); i-- > 0;) {
        if (as_list) {
            result = heap_cons(h, heap_tuple2(h, keys[i], values[i]), result);
        } else {
            result = heap_tuple3(h, keys[i], values[i], result);
        }
    }
    return result;
}

/** The pairs of these keys, in their order: OTP 26's ordered iterators have a list of keys as path.
 */
static Term keys_step(Process *p, Term keys, Term map, bool as_list, Term accumulator) {
    Heap *h = &p->heap;
    size_t n = 0;
    Term *pairs = mem_alloc(2 * ITERATOR_NEXT_COUNT * sizeof(Term));
    for (; n < ITERATOR_NEXT_COUNT && term_is_cell(keys); keys = term_tail(keys), n++) {
        pairs[2 * n] = term_head(keys);
        pairs[2 * n + 1] = map_get(p->vm->atoms, map, pairs[2 * n]);
        if (pairs[2 * n + 1] == TERM_NONE) break;
    }
    ASSERT(n <= ITERATOR_NEXT_COUNT);
    bool is_whole = term_is_nil(keys), is_good = is_whole || n == ITERATOR_NEXT_COUNT;
    Term result = as_list ? accumulator : is_whole ? am_none : heap_cons(h, keys, map);
    if (is_good && !as_list) result = nested_pairs(h, pairs, n, result);
    for (size_t i = 0; is_good && as_list && i < n; i++)
        result = heap_cons(h, heap_tuple2(h, pairs[2 * i], pairs[2 * i + 1]), result);
    if (is_good && as_list && !is_whole) result = heap_cons(h, keys, heap_cons(h, map, result));
    bif_bump(p, (int64_t)n / 4 + 1);
    mem_free(pairs);
    return is_good ? result : bif_badarg(p);
}

/**
 * erts_internal:map_next(Path, Map, iterator) -> {K, V, {K, V, ... none | [Path | Map]}}
 * erts_internal:map_next(Path, Map, List) -> [{K, V}, ... | List] | [Path, Map | ...]; badarg.
 */
BIF(erts_internal, map_next, 3)
{
    Term map = a[1];
    bool as_list = term_is_list(a[2]);
    uint64_t path;
    if (!term_is_map(map) || (!as_list && a[2] != am_iterator)) return bif_badarg(p);
    if (term_is_list(a[0]) && p->vm->config.otp_release >= 26)
        return keys_step(p, a[0], map, as_list, a[2]);
    if (!bif_get_uint64(a[0], &path)) return bif_badarg(p);
    if (map_is_flat(map)) {
        if (path > map_flat_count(map)) return bif_badarg(p);
        return flat_step(p, map, as_list, a[2]);
    }
    MapIterator it;
    if (!iterator_at(&it, map, path)) return bif_badarg(p);
    size_t limit = path == 0 ? ITERATOR_FIRST_COUNT : ITERATOR_NEXT_COUNT, room = limit + 4096;
    Term *pairs = mem_alloc(2 * room * sizeof(Term));
    bool more;
    size_t n = take_pairs(&it, pairs, limit, room, &more);
    ASSERT(n > 0 && n <= room);
    Heap *h = &p->heap;
    bif_bump(p, (int64_t)n / 4 + 1);
    Term path_term = more ? heap_unsigned(h, iterator_path(&it)) : TERM_NIL;
    Term result;
    if (as_list) {
        result = a[2];
        for (size_t i = 0; i < n; i++) {
            result = heap_cons(h, heap_tuple2(h, pairs[2 * i], pairs[2 * i + 1]), result);
        }
        if (more) result = heap_cons(h, path_term, heap_cons(h, map, result));
    } else {
        result = nested_pairs(h, pairs, n, more ? heap_cons(h, path_term, map) : am_none);
    }
    mem_free(pairs);
    return result;
}

// ---- a look inside
// --------------------------------------------------------------------------------

/** erts_internal:map_to_tuple_keys(FlatMap) -> tuple of the keys; badarg for tries. */
BIF(erts_internal, map_to_tuple_keys, 1)
{
    if (!term_is_map(a[0])) return bad_map(p, a[0]);
    return map_is_flat(a[0]) ? term_box(a[0])[1] : bif_badarg(p);
}

/** erts_internal:map_hashmap_children(HashMapOrNode): what stands in a trie's node: cells
 * [Key|Value] and further nodes, which are for this function and for comparing only, not for
 * programs. */
BIF(erts_internal, map_hashmap_children, 1)
{
    bool is_node = term_is_box_of(a[0], BOX_MAP_NODE);
    if (!is_node && !term_is_map(a[0])) return bad_map(p, a[0]);
    if (!is_node && map_is_flat(a[0])) return bif_badarg(p);
    const Term *box = term_box(a[0]);
    size_t first, count = box_terms(*box, &first);
    size_t children = (size_t)__builtin_popcount(header_aux(*box));
    ASSERT(children > 0 && children <= count);
    return heap_list(&p->heap, box + first + count - children, children, TERM_NIL);
}

/** What OTP calls such bits. Its heap binaries hold whole bytes before OTP 27, which in turn has no
 * binaries that are nothing but a reference. */
static Term type_of_bits(const Term *box, BoxKind kind, bool otp27) {
    if (kind == BOX_HEAP_BITS) return otp27 || box[1] % 8 == 0 ? am_heap_binary : am_sub_binary;
    bool whole = term_box_kind(box[3]) == BOX_BIN_REF && box[1] == 0;
    return whole && !otp27 ? am_refc_binary : am_sub_binary;
}

static Term type_of_box(Term t, bool otp27) {
    switch (term_box_kind(t)) {
    case BOX_TUPLE: return am_tuple;
    case BOX_POS_BIG:
    case BOX_NEG_BIG: return am_bignum;
    case BOX_FLOAT: return am_hfloat;
    case BOX_HEAP_BITS:
    case BOX_SUB_BITS: return type_of_bits(term_box(t), term_box_kind(t), otp27);
    case BOX_MAP_FLAT: return am_flatmap;
    case BOX_MAP_HASH: return am_hashmap;
    case BOX_MAP_NODE: return am_hashmap_node;
    case BOX_FUN: return am_fun;
    case BOX_EXPORT: return am_export;
    case BOX_REF:
    case BOX_MAGIC_REF: return am_reference;
    case BOX_EXT_PID: return am_external_pid;
    case BOX_EXT_PORT: return am_external_port;
    case BOX_EXT_REF: return am_external_reference;
    default: return am_undefined;
    }
}

/** erts_internal:term_type(Term): how it is represented. */
BIF(erts_internal, term_type, 1)
{
    Term t = a[0];
    if (term_is_boxed(t)) return type_of_box(t, p->vm->config.otp_release >= 27);
    if (term_is_cell(t)) return am_list;
    // what OTP's 60 bits cannot hold it calls a bignum
    if (term_is_small(t))
        return term_small(t) < (int64_t)1 << 59 && term_small(t) >= -((int64_t)1 << 59) ? am_fixnum
                                                                                        : am_bignum;
    if (term_is_flonum(t)) return am_hfloat;
    if (term_is_nil(t)) return am_nil;
    if (term_is_atom(t)) return am_atom;
    if (term_is_local_pid(t)) return am_pid;
    return term_is_local_port(t) ? am_port : am_catch;
}
