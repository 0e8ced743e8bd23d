// SPDX-License-Identifier: Apache-2.0
//
// fun_table.c - one FunEntry per module, fun index and unique hash (FUN-1), made by loading a
// module or by a fun that arrives before its module is there. Any thread may call.
#include "code/server.h"

typedef struct FunKey {
    Term module;
    uint32_t index, old_uniq, arity, free_count;
    const uint8_t *uniq;
} FunKey;

static uint64_t key_hash(const FunKey *k) {
    uint64_t u;
    memcpy(&u, k->uniq, sizeof u);
    return code_mix(code_mix(k->module >> IMM_SHIFT, k->index), u);
}

static uint64_t fun_hash(const void *entry) {
    const FunEntry *f = entry;
    return key_hash(&(FunKey){f->module, f->index, f->old_uniq, f->arity, f->free_count, f->uniq});
}

static bool fun_same(const void *entry, const void *key) {
    const FunEntry *f = entry;
    const FunKey *k = key;
    return f->module == k->module && f->index == k->index && f->old_uniq == k->old_uniq &&
           f->arity == k->arity && f->free_count == k->free_count &&
           memcmp(f->uniq, k->uniq, sizeof f->uniq) == 0;
}

FunEntry *code_fun(CodeServer *c, Term module, uint32_t old_index, uint32_t old_uniq,
                   uint32_t index, const uint8_t uniq[16], uint32_t arity, uint32_t free_count) {
    ASSERT(term_is_atom(module) && arity <= ARITY_MAX);
    FunKey k = {module, index, old_uniq, arity, free_count, uniq};
    uint64_t hash = key_hash(&k);
    FunEntry *f = ptr_table_find(&c->funs, hash, &k);
    if (f != NULL) return f;
    mutex_lock(&c->table_lock);
    f = ptr_table_find(&c->funs, hash, &k);
    if (f == NULL) {
        f = code_entry_alloc(c, sizeof *f);
        f->module = module;
        f->index = index;
        f->old_index = old_index;
        f->old_uniq = old_uniq;
        memcpy(f->uniq, uniq, sizeof f->uniq);
        f->arity = arity;
        f->free_count = free_count;
        c->config.hooks->prepare_fun(c->config.vm, f);
        ASSERT(atomic_load_explicit(&f->entry, memory_order_relaxed) != NULL); // CODE-1
        ptr_table_add(&c->funs, f);
    }
    mutex_unlock(&c->table_lock);
    return f;
}

FunEntry *code_external_fun(void *code_server, Term module, uint32_t old_index, uint32_t old_uniq,
                            uint32_t index, const uint8_t uniq[16], uint32_t arity,
                            uint32_t free_count) {
    return code_fun(code_server, module, old_index, old_uniq, index, uniq, arity, free_count);
}

void code_funs_init(CodeServer *c) { ptr_table_init(&c->funs, 2048, fun_hash, fun_same); }
