// SPDX-License-Identifier: Apache-2.0
//
// link.c - tables of relations; see link.h for LINK-1 and LINK-2.
#include "proc/link.h"

#define LINK_LINEAR_MAX 8
#define INDEX_EMPTY UINT32_MAX

struct LinkTree {
    uint32_t used; // entries, dead ones too
    uint32_t living;
    uint32_t capacity;
    uint32_t index_mask; // 0: no index
    uint32_t *index;     // open addressing: entry numbers, dead entries too
    Relation *entries;
    Relation one; // the first entry: most have no more
};

static void entries_free(LinkTree *t) {
    if (t->entries != &t->one) mem_free(t->entries);
}

static uint64_t hash_key(Term key, const uint64_t words[2]) {
    bool by_words = key == RELATION_REF || key == RELATION_EXTERNAL;
    uint64_t h = by_words ? words[0] * 31 + words[1] : key;
    h *= 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}

static bool is_key(const Relation *r, Term key, const uint64_t words[2]) {
    if (r->key != key) return false;
    if (key != RELATION_REF && key != RELATION_EXTERNAL) return true;
    return r->ref_words[0] == words[0] && r->ref_words[1] == words[1];
}

static Relation *find(LinkTree *t, Term key, const uint64_t words[2]) {
    if (t == NULL || t->living == 0) return NULL;
    if (t->index_mask == 0) {
        for (uint32_t i = 0; i < t->used; i++)
            if (is_key(&t->entries[i], key, words)) return &t->entries[i];
        return NULL;
    }
    for (uint64_t h = hash_key(key, words);; h++) {
        uint32_t at = t->index[h & t->index_mask];
        if (at == INDEX_EMPTY) return NULL;
        if (is_key(&t->entries[at], key, words)) return &t->entries[at];
    }
}

static void index_put(LinkTree *t, uint32_t at) {
    const Relation *r = &t->entries[at];
    ASSERT(t->index_mask != 0 && at < t->used);
    uint64_t h = hash_key(r->key, r->ref_words);
    while (t->index[h & t->index_mask] != INDEX_EMPTY) h++;
    t->index[h & t->index_mask] = at;
}

static void index_build(LinkTree *t) {
    mem_free(t->index);
    t->index = NULL;
    t->index_mask = 0;
    if (t->capacity <= LINK_LINEAR_MAX) return;
    uint32_t slots = t->capacity * 2;
    ASSERT((slots & (slots - 1)) == 0);
    t->index = mem_alloc(slots * sizeof *t->index);
    t->index_mask = slots - 1;
    for (uint32_t i = 0; i < slots; i++) t->index[i] = INDEX_EMPTY;
    for (uint32_t i = 0; i < t->used; i++) index_put(t, i);
}

/** Squeezes the dead out; grows when most are living, shrinks when few are. */
static void make_room(LinkTree *t) {
    uint32_t capacity = 4;
    while (capacity < t->living + t->living / 2 + 1) capacity *= 2;
    Relation *entries = mem_alloc(capacity * sizeof *entries);
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->used; i++)
        if (t->entries[i].key != TERM_NONE) entries[n++] = t->entries[i];
    ASSERT(n == t->living && n < capacity);
    entries_free(t);
    t->entries = entries;
    t->used = n;
    t->capacity = capacity;
    index_build(t);
}

static Relation *add(LinkTree **tree, Term key, const uint64_t words[2]) {
    LinkTree *t = *tree;
    if (t == NULL) {
        t = *tree = mem_alloc(sizeof *t);
        *t = (LinkTree){.capacity = 1, .entries = &t->one};
    }
    DEBUG_ASSERT(find(t, key, words) == NULL); // LINK-1
    if (t->used == t->capacity) make_room(t);
    ASSERT(t->used < t->capacity);
    uint32_t at = t->used++;
    Relation *r = &t->entries[at];
    *r = (Relation){.key = key};
    if (key == RELATION_REF || key == RELATION_EXTERNAL)
        memcpy(r->ref_words, words, sizeof r->ref_words);
    t->living++;
    if (t->index_mask != 0) index_put(t, at);
    return r;
}

Relation *relation_find(LinkTree *t, Term key) { return find(t, key, NULL); }

Relation *relation_find_ref(LinkTree *t, const uint64_t words[2]) {
    return find(t, RELATION_REF, words);
}

Relation *relation_add(LinkTree **t, Term key) {
    ASSERT(key != TERM_NONE && key != RELATION_REF && key != RELATION_EXTERNAL);
    return add(t, key, NULL);
}

Relation *relation_add_ref(LinkTree **t, const uint64_t words[2]) {
    return add(t, RELATION_REF, words);
}

/** The key of a pid, port or reference. */
static Term key_of(Term id, uint64_t words[2]) {
    words[0] = words[1] = 0;
    if (term_is_immediate(id)) return id;
    if (term_is_local_ref(id)) {
        memcpy(words, ref_words(id), 2 * sizeof *words);
        return RELATION_REF;
    }
    ASSERT(term_is_pid(id) || term_is_reference(id));
    words[0] = (uint64_t)(uintptr_t)external_node(id);
    words[1] = term_box(id)[2];
    if (!term_is_reference(id)) return RELATION_EXTERNAL;
    // Numbers beyond two are folded in: those of one node's references differ in the first ones.
    for (uint32_t i = 2; i < ref_number_count(id); i++)
        words[0] = (words[0] ^ ref_number(id, i)) * 0x9e3779b97f4a7c15u;
    return RELATION_EXTERNAL;
}

Relation *relation_find_id(LinkTree *t, Term id) {
    uint64_t words[2];
    Term key = key_of(id, words);
    return find(t, key, words);
}

Relation *relation_add_id(LinkTree **t, Term id) {
    uint64_t words[2];
    Term key = key_of(id, words);
    return add(t, key, words);
}

Term relation_linked(const Relation *r, Term box[EXT_PID_WORDS]) {
    if (r->key != RELATION_EXTERNAL) return r->key;
    box[0] = header_make(BOX_EXT_PID, EXT_PID_WORDS - 1, 0);
    box[1] = r->ref_words[0];
    box[2] = r->ref_words[1];
    return term_from_box(box);
}

Term relation_keep(Relation *r, Term t) {
    if (t == TERM_NONE || term_is_immediate(t)) return t;
    Heap build;
    heap_init_detached(&build, &literal_range_none);
    Term kept = heap_copy(&build, t);
    HeapFragment *f = heap_take_fragments(&build), *last = f;
    heap_destroy(&build);
    ASSERT(f != NULL);
    while (last->next != NULL) last = last->next;
    last->next = r->fragment;
    r->fragment = f;
    return kept;
}

void relation_set_tag(Relation *r, Term tag) { r->tag = relation_keep(r, tag); }

void relation_remove(LinkTree *t, Relation *r) {
    ASSERT(r->key != TERM_NONE && t->living > 0);
    ASSERT(r >= t->entries && r < t->entries + t->used);
    if (r->fragment != NULL) fragment_destroy(r->fragment);
    r->fragment = NULL;
    // The key goes, the place stays, so that the index's chains and walks in progress stay whole.
    r->key = TERM_NONE;
    t->living--;
    if (t->living == 0 && t->index_mask == 0) t->used = 0;
}

uint32_t relation_count(const LinkTree *t) { return t == NULL ? 0 : t->living; }

Relation *relation_next(LinkTree *t, uint32_t *position) {
    ASSERT(t == NULL || t->used <= t->capacity);
    if (t == NULL) return NULL;
    while (*position < t->used) {
        Relation *r = &t->entries[(*position)++];
        if (r->key != TERM_NONE) return r;
    }
    return NULL;
}

void relation_free_all(LinkTree **tree, Budget *budget) {
    LinkTree *t = *tree;
    if (t == NULL) return;
    for (uint32_t i = 0; i < t->used; i++) {
        Relation *r = &t->entries[i];
        if (r->key != TERM_NONE && r->fragment != NULL) {
            HeapFragment *f = r->fragment;
            r->fragment = NULL;
            fragment_destroy(f);
        }
        budget_spend(budget, 1);
    }
    *tree = NULL;
    mem_free(t->index);
    entries_free(t);
    mem_free(t);
}

size_t relation_bytes(const LinkTree *t) {
    if (t == NULL) return 0;
    return sizeof *t + (t->entries == &t->one ? 0 : t->capacity * sizeof(Relation)) +
           (t->index_mask == 0 ? 0 : (t->index_mask + 1) * sizeof(uint32_t));
}
