// SPDX-License-Identifier: Apache-2.0
//
// dictionary.c - the process dictionary; see dictionary.h for DICT-1 and DICT-2.
//
// Up to LINEAR_MAX pairs are searched one by one; above, `index` maps hashes to pairs by open
// addressing. Hashes are of the keys' values, so moving terms keeps them.
#include "proc/dictionary.h"

#include "term/compare.h"
#include "vm/vm.h"

#define LINEAR_MAX 8
#define INDEX_EMPTY UINT32_MAX
#define CLEARED_KEPT_MAX 64 // pairs: who clears so many will put as many again

struct Dictionary {
    uint32_t count, capacity; // pairs
    uint32_t index_mask;      // 0: no index
    uint32_t *index;
    uint32_t *hashes; // of each pair, when indexed
    Term *pairs;
};

static uint32_t key_hash(Process *p, Term key) {
    if (term_is_immediate(key)) return (uint32_t)((key * 0x9e3779b97f4a7c15u) >> 32);
    return term_hash_internal(p->vm->atoms, key, 0);
}

static uint32_t find(const Dictionary *d, Term key, uint32_t hash) {
    bool same_word = term_is_word_exact(key);
    if (d->index_mask == 0) {
        for (uint32_t i = 0; i < d->count; i++) {
            Term k = d->pairs[2 * i];
            if (k == key || (!same_word && term_equal(k, key))) return i;
        }
        return INDEX_EMPTY;
    }
    for (uint32_t h = hash;; h++) {
        uint32_t at = d->index[h & d->index_mask];
        if (at == INDEX_EMPTY) return INDEX_EMPTY;
        Term k = d->pairs[2 * at];
        if (k == key || (!same_word && d->hashes[at] == hash && term_equal(k, key))) return at;
    }
}

static void index_build(Process *p, Dictionary *d) {
    mem_free(d->index);
    d->index = NULL;
    d->index_mask = 0;
    if (d->capacity <= LINEAR_MAX) return;
    ASSERT(d->count <= d->capacity && (d->capacity & (d->capacity - 1)) == 0);
    bool had_hashes = d->hashes != NULL;
    d->hashes = mem_realloc(d->hashes, d->capacity * sizeof *d->hashes);
    if (!had_hashes)
        for (uint32_t i = 0; i < d->count; i++) d->hashes[i] = key_hash(p, d->pairs[2 * i]);
    uint32_t slots = d->capacity * 2;
    d->index = mem_alloc(slots * sizeof *d->index);
    d->index_mask = slots - 1;
    for (uint32_t i = 0; i < slots; i++) d->index[i] = INDEX_EMPTY;
    for (uint32_t i = 0; i < d->count; i++) {
        uint32_t h = d->hashes[i];
        while (d->index[h & d->index_mask] != INDEX_EMPTY) h++;
        d->index[h & d->index_mask] = i;
    }
}

Term dictionary_get(Process *p, Term key) {
    const Dictionary *d = p->dictionary;
    if (d == NULL) return TERM_NONE;
    uint32_t at = find(d, key, d->index_mask == 0 ? 0 : key_hash(p, key));
    return at == INDEX_EMPTY ? TERM_NONE : d->pairs[2 * at + 1];
}

Term dictionary_put(Process *p, Term key, Term value) {
    ASSERT(key != TERM_NONE && value != TERM_NONE);
    if (p->dictionary == NULL) p->dictionary = mem_zalloc(sizeof *p->dictionary);
    Dictionary *d = p->dictionary;
    uint32_t hash = d->index_mask == 0 ? 0 : key_hash(p, key);
    uint32_t at = find(d, key, hash);
    if (at != INDEX_EMPTY) {
        Term before = d->pairs[2 * at + 1];
        d->pairs[2 * at + 1] = value;
        return before;
    }
    if (d->count == d->capacity) {
        d->capacity = d->capacity == 0 ? 4 : d->capacity * 2;
        d->pairs = mem_realloc(d->pairs, d->capacity * 2 * sizeof *d->pairs);
        index_build(p, d);
    }
    ASSERT(d->count < d->capacity);
    d->pairs[2 * d->count] = key;
    d->pairs[2 * d->count + 1] = value;
    if (d->index_mask != 0) {
        hash = key_hash(p, key);
        d->hashes[d->count] = hash;
        while (d->index[hash & d->index_mask] != INDEX_EMPTY) hash++;
        d->index[hash & d->index_mask] = d->count;
    }
    d->count++;
    return TERM_NONE;
}

/** The index slot that names pair `at`. */
static uint32_t slot_of(const Dictionary *d, uint32_t at) {
    uint32_t h = d->hashes[at];
    while (d->index[h & d->index_mask] != at) {
        ASSERT(d->index[h & d->index_mask] != INDEX_EMPTY);
        h++;
    }
    return h & d->index_mask;
}

/** Empties an index slot, moving back what probing had pushed behind it. */
static void slot_clear(Dictionary *d, uint32_t hole) {
    uint32_t mask = d->index_mask;
    ASSERT(hole <= mask);
    for (uint32_t h = (hole + 1) & mask; d->index[h] != INDEX_EMPTY; h = (h + 1) & mask) {
        uint32_t home = d->hashes[d->index[h]] & mask;
        if (((h - home) & mask) >= ((h - hole) & mask)) {
            d->index[hole] = d->index[h];
            hole = h;
        }
    }
    d->index[hole] = INDEX_EMPTY;
}

Term dictionary_erase(Process *p, Term key) {
    Dictionary *d = p->dictionary;
    if (d == NULL) return TERM_NONE;
    uint32_t at = find(d, key, d->index_mask == 0 ? 0 : key_hash(p, key));
    if (at == INDEX_EMPTY) return TERM_NONE;
    Term before = d->pairs[2 * at + 1];
    uint32_t last = d->count - 1;
    ASSERT(d->count > 0 && at < d->count);
    if (d->index_mask != 0) {
        slot_clear(d, slot_of(d, at));
        if (at != last) {
            d->index[slot_of(d, last)] = at;
            d->hashes[at] = d->hashes[last];
        }
    }
    if (at != last) { // DICT-2
        d->pairs[2 * at] = d->pairs[2 * last];
        d->pairs[2 * at + 1] = d->pairs[2 * last + 1];
    }
    d->count--;
    return before;
}

uint32_t dictionary_count(const Process *p) {
    return p->dictionary == NULL ? 0 : p->dictionary->count;
}

const Term *dictionary_pairs(const Process *p) {
    return p->dictionary == NULL ? NULL : p->dictionary->pairs;
}

void dictionary_free(Process *p) {
    Dictionary *d = p->dictionary;
    if (d == NULL) return;
    mem_free(d->index);
    mem_free(d->hashes);
    mem_free(d->pairs);
    mem_free(d);
    p->dictionary = NULL;
}

void dictionary_clear(Process *p) {
    Dictionary *d = p->dictionary;
    if (d == NULL) return;
    if (d->capacity > CLEARED_KEPT_MAX) {
        dictionary_free(p);
        return;
    }
    d->count = 0;
    for (uint32_t i = 0; d->index_mask != 0 && i <= d->index_mask; i++) d->index[i] = INDEX_EMPTY;
}

HeapRoots dictionary_roots(const Process *p) {
    const Dictionary *d = p->dictionary;
    if (d == NULL) return (HeapRoots){0};
    ASSERT(d->count <= d->capacity);
    return (HeapRoots){d->pairs, 2 * (size_t)d->count}; // DICT-1
}

size_t dictionary_bytes(const Process *p) {
    const Dictionary *d = p->dictionary;
    if (d == NULL) return 0;
    return sizeof *d + d->capacity * 2 * sizeof(Term) +
           (d->index_mask == 0 ? 0 : d->capacity * 3 * sizeof(uint32_t));
}
