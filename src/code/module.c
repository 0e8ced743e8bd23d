// SPDX-License-Identifier: Apache-2.0
//
// module.c - the code server: modules and their versions.
//
//            code_finish                code_finish / code_delete              code_purge_complete
//   prepared ----------> pending_on_load ------------> current -----------> old ----------->
//   retired
//        \___________________________________________/
//
// MODULE-1: an instance stands in at most one of a Module's three places.
// MODULE-2: exports lead into the current version of their module, or to their stubs. A fun leads
// into the version that
//           was loaded last with the same unique hash, until that one is purged. A process in old
//           code goes on there until it makes an external call.
// MODULE-3: where one version follows another, an export that both have leads at each moment into
// one of the two: what runs on other schedulers never finds it gone.
// Versions change under the code lock; readers see each export change atomically.
#include "code/server.h"

#include "code/line_table.h"
#include "heap/literal.h"

void *code_entry_alloc(CodeServer *c, size_t bytes) {
    bytes = (bytes + 15) & ~(size_t)15;
    ASSERT(bytes <= ENTRY_BLOCK_BYTES);
    EntryBlock *b = c->blocks;
    if (b == NULL || b->used_bytes + bytes > ENTRY_BLOCK_BYTES) {
        b = mem_zalloc(sizeof *b + ENTRY_BLOCK_BYTES);
        b->next = c->blocks;
        c->blocks = b;
    }
    void *entry = b->bytes + b->used_bytes;
    b->used_bytes += bytes;
    ASSERT(b->used_bytes <= ENTRY_BLOCK_BYTES);
    return entry;
}

// ---- the table
// ------------------------------------------------------------------------------------
static uint64_t module_hash(const void *entry) {
    return code_mix(((const Module *)entry)->name >> IMM_SHIFT, 0);
}

static bool module_same(const void *entry, const void *key) {
    return ((const Module *)entry)->name == *(const Term *)key;
}

void code_modules_init(CodeServer *c) {
    ptr_table_init(&c->modules, 512, module_hash, module_same);
}

Module *code_find_module(CodeServer *c, Term name) {
    return ptr_table_find(&c->modules, code_mix(name >> IMM_SHIFT, 0), &name);
}

Module *code_module(CodeServer *c, Term name) {
    ASSERT(term_is_atom(name));
    Module *m = code_find_module(c, name);
    if (m != NULL) return m;
    mutex_lock(&c->table_lock);
    m = code_find_module(c, name);
    if (m == NULL) {
        m = code_entry_alloc(c, sizeof *m);
        m->name = name;
        ptr_table_add(&c->modules, m);
    }
    mutex_unlock(&c->table_lock);
    return m;
}

void code_each_module(CodeServer *c, void (*visit)(Module *m, void *context), void *context) {
    const PtrSlots *s = atomic_load_explicit(&c->modules.slots, memory_order_acquire);
    for (size_t i = 0; i <= s->mask; i++) {
        void *entry = atomic_load_explicit(&s->slot[i], memory_order_acquire);
        if (entry != NULL) visit(entry, context);
    }
}

CodeCounts code_counts(CodeServer *c) {
    mutex_lock(&c->table_lock);
    CodeCounts counts = {c->modules.count, c->exports.count, c->funs.count};
    mutex_unlock(&c->table_lock);
    ASSERT(counts.exports > 0); // of the built-ins
    return counts;
}

// ---- the server
// -----------------------------------------------------------------------------------
CodeServer *code_server_create(const CodeConfig *config) {
    ASSERT(config->hooks != NULL && config->atoms != NULL);
    CodeServer *c = mem_zalloc(sizeof *c);
    c->config = *config;
    mutex_init(&c->lock);
    mutex_init(&c->table_lock);
    c->retired_last = &c->retired_first;
    code_modules_init(c);
    code_funs_init(c);
    code_ranges_init(c);
    code_exports_init(c);
    return c;
}

static void module_free_versions(Module *m, void *context) {
    _Atomic(CodeInstance *) *places[] = {&m->current, &m->old, &m->pending_on_load};
    for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
        CodeInstance *instance = atomic_exchange(places[i], NULL);
        if (instance != NULL) code_instance_free(context, instance);
    }
}

void code_server_destroy(CodeServer *c) {
    if (c == NULL) return;
    code_each_module(c, module_free_versions, c);
    for (LiteralArea *a = code_next_retired_literals(c); a != NULL;
         a = code_next_retired_literals(c)) {
        literal_area_destroy(c->config.literal_space, a);
    }
    mem_free(c->waiting);
    mem_free(c->permit_waiting);
    mem_free(c->preloaded);
    code_ranges_destroy(c);
    ptr_table_destroy(&c->exports);
    ptr_table_destroy(&c->funs);
    ptr_table_destroy(&c->modules);
    while (c->blocks != NULL) {
        EntryBlock *next = c->blocks->next;
        mem_free(c->blocks);
        c->blocks = next;
    }
    mutex_free(&c->table_lock);
    mutex_free(&c->lock);
    mem_free(c);
}

const CodeConfig *code_config(const CodeServer *c) { return &c->config; }

void code_lock(CodeServer *c) { mutex_lock(&c->lock); }

void code_unlock(CodeServer *c) { mutex_unlock(&c->lock); }

// ---- versions
// ---------------------------------------------------------------------------------------
void code_instance_free(CodeServer *c, CodeInstance *i) {
    if (i == NULL) return;
    if (i->literals != NULL) literal_area_destroy(c->config.literal_space, i->literals);
    code_instance_free_code(i);
}

void code_instance_free_code(CodeInstance *i) {
    line_table_free(i->lines);
    mem_free(i->code);
    mem_free(i->functions);
    mem_free(i->exports);
    mem_free(i->funs);
    mem_free(i->data);
    mem_free(atomic_load_explicit(&i->breakpoints, memory_order_relaxed));
    mem_free(i);
}

/** Makes funs and exports lead into i: funs first, which the code behind the exports makes. */
static void instance_enter(CodeServer *c, CodeInstance *i) {
    VM *vm = c->config.vm;
    for (uint32_t n = 0; n < i->funs_count; n++) {
        FunEntry *f = i->funs[n].fun;
        atomic_store_explicit(&f->code, i->funs[n].entry, memory_order_release);
        c->config.hooks->prepare_fun(vm, f);
    }
    for (uint32_t n = 0; n < i->exports_count; n++) {
        Export *x = i->exports[n].export;
        atomic_store_explicit(&x->code, i->exports[n].entry, memory_order_release);
        c->config.hooks->prepare_export(vm, x);
    }
}

/** Takes the exports away that lead into i: they lead to the error handler. */
static void instance_leave_exports(CodeServer *c, CodeInstance *i) {
    for (uint32_t n = 0; n < i->exports_count; n++) {
        Export *x = i->exports[n].export;
        if (atomic_load_explicit(&x->code, memory_order_relaxed) != i->exports[n].entry) continue;
        atomic_store_explicit(&x->code, NULL, memory_order_release);
        c->config.hooks->prepare_export(c->config.vm, x);
    }
}

static void instance_leave_funs(CodeServer *c, CodeInstance *i) {
    for (uint32_t n = 0; n < i->funs_count; n++) {
        FunEntry *f = i->funs[n].fun;
        const Word *code = atomic_load_explicit(&f->code, memory_order_relaxed);
        if (code == NULL || !code_contains(i, code)) continue;
        atomic_store_explicit(&f->code, NULL, memory_order_release);
        c->config.hooks->prepare_fun(c->config.vm, f);
    }
}

/** Current becomes old, and `next`, or nobody when NULL, current; under lock. False: there is an
 * old one still. */
static bool module_retire_current(CodeServer *c, Module *m, CodeInstance *next) {
    CodeInstance *current = m->current;
    if (current != NULL && m->old != NULL) return false;
    ASSERT(current == NULL || (current->module == m->name && current != next));
    if (current != NULL && c->config.hooks->leaves != NULL)
        c->config.hooks->leaves(c->config.vm, current);
    if (next != NULL) instance_enter(c, next);
    if (current != NULL) {
        instance_leave_exports(c, current);
        m->old = current;
    }
    m->current = next;
    if (next != NULL && c->config.hooks->enters != NULL)
        c->config.hooks->enters(c->config.vm, next);
    return true;
}

Term code_finish(CodeServer *c, CodeInstance *i) {
    Module *m = code_module(c, i->module);
    ASSERT(i != m->current && i != m->old && i != m->pending_on_load); // MODULE-1
    if (i->on_load != NULL) {
        if (m->pending_on_load != NULL) return am_not_purged;
        code_ranges_add(c, i);
        // its own funs work while on_load runs; exported functions stay those of the current
        // version
        for (uint32_t n = 0; n < i->funs_count; n++) {
            FunEntry *f = i->funs[n].fun;
            atomic_store_explicit(&f->code, i->funs[n].entry, memory_order_release);
            c->config.hooks->prepare_fun(c->config.vm, f);
        }
        i->on_load_export = (Export){.module = i->module, .function = i->on_load[-2]};
        atomic_init(&i->on_load_export.entry, i->on_load);
        atomic_init(&i->on_load_export.code, i->on_load);
        m->pending_on_load = i;
        return am_on_load;
    }
    if (m->current != NULL && m->old != NULL) return am_not_purged;
    code_ranges_add(c, i);
    bool is_retired = module_retire_current(c, m, i);
    ASSERT(is_retired);
    return am_ok;
}

Term code_finish_on_load(CodeServer *c, Module *m) {
    CodeInstance *i = m->pending_on_load;
    ASSERT(i != NULL);
    if (!module_retire_current(c, m, i)) return am_not_purged;
    m->pending_on_load = NULL;
    return am_true;
}

Term code_delete(CodeServer *c, Module *m) {
    ASSERT(term_is_atom(m->name));
    if (m->current == NULL) return am_undefined;
    return module_retire_current(c, m, NULL) ? am_true : am_badarg;
}

Module *code_is_purging(CodeServer *c) { return c->purging; }

/** Calls of the instance's funs are held up: the process that calls waits for the end of the purge.
 */
static void hold_funs(CodeServer *c, CodeInstance *i) {
    for (uint32_t n = 0; n < i->funs_count; n++) {
        FunEntry *f = i->funs[n].fun;
        const Word *code = atomic_load_explicit(&f->code, memory_order_relaxed);
        if (code == NULL || !code_contains(i, code)) continue;
        atomic_store_explicit(&f->purging, code, memory_order_release);
        atomic_store_explicit(&f->code, NULL, memory_order_release);
        c->config.hooks->prepare_fun(c->config.vm, f);
    }
}

/** The end of hold_funs: with give_back, they lead into the instance again. */
static void release_funs(CodeServer *c, CodeInstance *i, bool give_back) {
    for (uint32_t n = 0; n < i->funs_count; n++) {
        FunEntry *f = i->funs[n].fun;
        const Word *held = atomic_exchange_explicit(&f->purging, NULL, memory_order_acq_rel);
        if (held == NULL || !give_back ||
            atomic_load_explicit(&f->code, memory_order_relaxed) != NULL)
            continue;
        atomic_store_explicit(&f->code, held, memory_order_release);
        c->config.hooks->prepare_fun(c->config.vm, f);
    }
}

bool code_purge_prepare(CodeServer *c, Module *m, bool of_on_load) {
    ASSERT(c->purging == NULL && c->purging_saved_old == NULL);
    if (of_on_load && m->pending_on_load != NULL) {
        c->purging_saved_old = m->old;
        m->old = m->pending_on_load;
        m->pending_on_load = NULL;
    }
    if (m->old == NULL) return false;
    c->purging = m;
    hold_funs(c, m->old);
    return true;
}

static void purge_end(CodeServer *c) {
    if (c->purging_saved_old != NULL) {
        ASSERT(c->purging->old == NULL); // MODULE-1
        c->purging->old = c->purging_saved_old;
    }
    c->purging_saved_old = NULL;
    c->purging = NULL;
}

void code_purge_abort(CodeServer *c) {
    ASSERT(c->purging != NULL && c->purging_saved_old == NULL); // only a soft purge is aborted
    release_funs(c, c->purging->old, true);
    purge_end(c);
}

CodeInstance *code_purge_complete(CodeServer *c) {
    Module *m = c->purging;
    ASSERT(m != NULL);
    CodeInstance *i = m->old;
    if (i != NULL) {
        release_funs(c, i, false);
        instance_leave_exports(c, i);
        instance_leave_funs(c, i);
        code_ranges_remove(c, i);
        m->old = NULL;
    }
    purge_end(c);
    return i;
}

bool code_wait_for_purge(CodeServer *c, FunEntry *f, Term pid) {
    if (atomic_load_explicit(&f->purging, memory_order_acquire) == NULL) return false;
    code_lock(c);
    bool waits = atomic_load_explicit(&f->purging, memory_order_relaxed) != NULL;
    if (waits) {
        ASSERT(c->purging != NULL && c->purging->name == f->module);
        c->waiting = mem_realloc(c->waiting, (c->waiting_count + 1) * sizeof(Term));
        c->waiting[c->waiting_count++] = pid;
    }
    code_unlock(c);
    return waits;
}

Term *code_take_waiting(CodeServer *c, size_t *count) {
    Term *waiting = c->waiting;
    ASSERT(c->purging == NULL); // who waits is woken by the end of a purge
    *count = c->waiting_count;
    c->waiting = NULL;
    c->waiting_count = 0;
    return waiting;
}

bool code_permit_take(CodeServer *c, Term pid) {
    ASSERT(term_is_local_pid(pid));
    code_lock(c);
    bool may = c->permit_depth == 0 || c->permit == pid;
    if (may) {
        c->permit = pid;
        c->permit_depth++;
    } else {
        size_t bytes = (c->permit_waiting_count + 1) * sizeof(Term);
        c->permit_waiting = mem_realloc(c->permit_waiting, bytes);
        c->permit_waiting[c->permit_waiting_count++] = pid;
    }
    code_unlock(c);
    return may;
}

bool code_permit_has(CodeServer *c, Term pid) {
    code_lock(c);
    bool has = c->permit_depth > 0 && c->permit == pid;
    code_unlock(c);
    return has;
}

Term *code_permit_give(CodeServer *c, size_t *count) {
    Term *waiting = NULL;
    *count = 0;
    code_lock(c);
    ASSERT(c->permit_depth > 0);
    if (--c->permit_depth == 0) {
        waiting = c->permit_waiting;
        *count = c->permit_waiting_count;
        c->permit_waiting = NULL;
        c->permit_waiting_count = 0;
    }
    code_unlock(c);
    return waiting;
}

void code_retire_literals(CodeServer *c, LiteralArea *area) {
    ASSERT(area->start <= area->top && area->top <= area->end);
    area->next = NULL;
    *c->retired_last = area;
    c->retired_last = &area->next;
}

LiteralArea *code_next_retired_literals(CodeServer *c) {
    LiteralArea *a = c->retired_first;
    if (a == NULL) return NULL;
    c->retired_first = a->next;
    if (a->next == NULL) c->retired_last = &c->retired_first;
    return a;
}

Term code_load_image(CodeServer *c, Term name, const uint8_t *bytes, size_t count, char *message) {
    CodeInstance *i = NULL;
    Term result = code_prepare(c, name, bytes, count, &i, message);
    if (result != am_ok) return result;
    code_lock(c);
    result = code_finish(c, i);
    code_unlock(c);
    if (result == am_not_purged) code_instance_free(c, i);
    return result;
}
