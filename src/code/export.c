// SPDX-License-Identifier: Apache-2.0
//
// export.c - one Export per module:function/arity that code or a term ever named (FUN-1), built-ins
// from the start.
//
// Any thread may call. An Export is complete before anybody can find it.
#include "bif/bif.h"
#include "code/server.h"

typedef struct ExportKey {
    Term module, function;
    uint32_t arity;
} ExportKey;

static uint64_t key_hash(const ExportKey *k) {
    return code_mix(code_mix(k->module >> IMM_SHIFT, k->function >> IMM_SHIFT), k->arity);
}

static uint64_t export_hash(const void *entry) {
    const Export *x = entry;
    return key_hash(&(ExportKey){x->module, x->function, x->arity});
}

static bool export_same(const void *entry, const void *key) {
    const Export *x = entry;
    const ExportKey *k = key;
    return x->function == k->function && x->module == k->module && x->arity == k->arity;
}

Export *code_find_export(CodeServer *c, Term module, Term function, uint32_t arity) {
    ExportKey k = {module, function, arity};
    DEBUG_ASSERT(term_is_atom(module) && term_is_atom(function));
    return ptr_table_find(&c->exports, key_hash(&k), &k);
}

bool code_is_builtin(CodeServer *c, Term module, Term function, uint32_t arity) {
    const Export *x = code_find_export(c, module, function, arity);
    if (x == NULL || x->bif == NULL || x->bif_origin != 0) return false;
    // the table is for several releases: one that the loaded module does not have is not the
    // release's
    const Module *m = code_find_module(c, module);
    // preloaded where the release has it
    if (module == am_erts_trace_cleaner && (m == NULL || m->current == NULL)) return false;
    return m == NULL || m->current == NULL ||
           atomic_load_explicit(&x->code, memory_order_acquire) != NULL;
}

static Export *export_add(CodeServer *c, Term module, Term function, uint32_t arity,
                          const BifEntry *bif) {
    ASSERT(term_is_atom(module) && term_is_atom(function) && arity <= ARITY_MAX);
    ExportKey k = {module, function, arity};
    uint64_t hash = key_hash(&k);
    mutex_lock(&c->table_lock);
    Export *x = ptr_table_find(&c->exports, hash, &k);
    if (x == NULL) {
        x = code_entry_alloc(c, sizeof *x);
        x->module = module;
        x->function = function;
        x->arity = arity;
        x->serial = c->exports.count;
        if (bif != NULL) {
            x->bif = bif->function;
            x->bif_flags = bif->flags & BIF_FLAGS_DIRTY;
            x->bif_origin = bif->flags & BIF_FLAGS_ORIGIN;
        }
        c->config.hooks->prepare_export(c->config.vm, x);
        ASSERT(atomic_load_explicit(&x->entry, memory_order_relaxed) != NULL); // CODE-1
        ptr_table_add(&c->exports, x);
    }
    mutex_unlock(&c->table_lock);
    return x;
}

Export *code_export(CodeServer *c, Term module, Term function, uint32_t arity) {
    Export *x = code_find_export(c, module, function, arity);
    return x != NULL ? x : export_add(c, module, function, arity, NULL);
}

Export *code_external_export(void *code_server, Term module, Term function, uint32_t arity) {
    return code_export(code_server, module, function, arity);
}

void code_each_export(CodeServer *c, void (*visit)(Export *x, void *context), void *context) {
    const PtrSlots *s = atomic_load_explicit(&c->exports.slots, memory_order_acquire);
    for (size_t i = 0; i <= s->mask; i++) {
        void *entry = atomic_load_explicit(&s->slot[i], memory_order_acquire);
        if (entry != NULL) visit(entry, context);
    }
}

void code_exports_init(CodeServer *c) {
    ptr_table_init(&c->exports, 8192, export_hash, export_same);
    for (uint32_t i = 0; i < bif_table_count; i++) {
        const BifEntry *b = &bif_table[i];
        Term module = atom_from(c->config.atoms, b->module);
        Term function = atom_from(c->config.atoms, b->name);
        ASSERT(module != TERM_NONE && function != TERM_NONE);
        export_add(c, module, function, b->arity, b);
    }
}
