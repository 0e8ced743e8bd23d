// SPDX-License-Identifier: Apache-2.0
//
// map.c - maps and their iterators.
//
// An iterator holds all pairs of its map in the order in which OTP walks them, so that it can go
// both ways; it is freed by enif_map_iterator_destroy.
#include "term/map.h"
#include "base/alloc.h"
#include "nif/nif.h"

int enif_get_map_size(NifEnv *env, Term map, size_t *size) {
    if (!term_is_map(map)) return 0;
    *size = map_count(map);
    return 1;
}

Term enif_make_new_map(NifEnv *env) { return map_empty(env->heap); }

int enif_make_map_put(NifEnv *env, Term map, Term key, Term value, Term *out) {
    nif_check(env, key, __func__);
    nif_check(env, value, __func__);
    if (!term_is_map(map)) return 0;
    *out = map_put(env->heap, env->vm->atoms, map, key, value);
    return 1;
}

int enif_get_map_value(NifEnv *env, Term map, Term key, Term *value) {
    Term found = term_is_map(map) ? map_get(env->vm->atoms, map, key) : TERM_NONE;
    if (found == TERM_NONE) return 0;
    *value = found;
    return 1;
}

int enif_make_map_update(NifEnv *env, Term map, Term key, Term value, Term *out) {
    nif_check(env, value, __func__);
    if (!term_is_map(map)) return 0;
    Term updated = map_update(env->heap, env->vm->atoms, map, key, value);
    if (updated == TERM_NONE) return 0;
    *out = updated;
    return 1;
}

int enif_make_map_remove(NifEnv *env, Term map, Term key, Term *out) {
    if (!term_is_map(map)) return 0;
    *out = map_remove(env->heap, env->vm->atoms, map, key, NULL);
    return 1;
}

int enif_make_map_from_arrays(NifEnv *env, Term keys[], Term values[], size_t count, Term *out) {
    Term *pairs = mem_alloc(2 * count * sizeof(Term) + 1);
    for (size_t i = 0; i < count; i++) {
        nif_check(env, keys[i], __func__);
        nif_check(env, values[i], __func__);
        pairs[2 * i] = keys[i];
        pairs[2 * i + 1] = values[i];
    }
    Term map =
        count == 0 ? map_empty(env->heap) : map_from_pairs(env->heap, env->vm->atoms, pairs, count);
    mem_free(pairs);
    // OTP refuses a key that stands there twice, but only in a flat map
    if (count <= MAP_FLAT_COUNT_MAX && map_count(map) != count) return 0;
    *out = map;
    return 1;
}

// ---- iterators
// -----------------------------------------------------------------------------------
int enif_map_iterator_create(NifEnv *env, Term map, NifMapIterator *it, NifMapEntry entry) {
    if (!term_is_map(map) || (entry != NIF_MAP_FIRST && entry != NIF_MAP_LAST)) return 0;
    *it = (NifMapIterator){.map = map, .count = map_count(map)};
    it->pairs = mem_alloc(2 * it->count * sizeof(Term) + 1);
    it->index = entry == NIF_MAP_FIRST ? 1 : it->count;
    MapIterator walk;
    map_iterator_init(&walk, map);
    size_t n = 0;
    while (map_iterator_next(&walk, &it->pairs[2 * n], &it->pairs[2 * n + 1])) {
        n++;
        if (n == it->count) break;
    }
    ASSERT(n == it->count);
    return 1;
}

void enif_map_iterator_destroy(NifEnv *env, NifMapIterator *it) {
    ASSERT(it->pairs != NULL); // created, and not destroyed yet
    mem_free(it->pairs);
    it->pairs = NULL;
}

int enif_map_iterator_is_head(NifEnv *env, NifMapIterator *it) {
    ASSERT(it->index <= it->count + 1);
    return it->index == 0;
}

int enif_map_iterator_is_tail(NifEnv *env, NifMapIterator *it) {
    ASSERT(it->index <= it->count + 1);
    return it->index == it->count + 1;
}

int enif_map_iterator_next(NifEnv *env, NifMapIterator *it) {
    ASSERT(it->index <= it->count + 1);
    if (it->index <= it->count) it->index++;
    return it->index <= it->count;
}

int enif_map_iterator_prev(NifEnv *env, NifMapIterator *it) {
    ASSERT(it->index <= it->count + 1);
    if (it->index > 0) it->index--;
    return it->index > 0;
}

int enif_map_iterator_get_pair(NifEnv *env, NifMapIterator *it, Term *key, Term *value) {
    ASSERT(it->pairs != NULL);
    if (it->index == 0 || it->index > it->count) return 0;
    *key = it->pairs[2 * (it->index - 1)];
    *value = it->pairs[2 * (it->index - 1) + 1];
    return 1;
}
