// SPDX-License-Identifier: Apache-2.0
//
// persistent_term.c - module persistent_term: terms that every process reads without a copy.
//
// Each pair is a tuple {Key, Value} in a literal area of its own, with its sharing. The table is
// open addressing over atomic pointers: readers take no lock, writers take one.
//
// PTERM-1: an entry never changes once it is in a slot; replacing puts another entry there,
// removing a tombstone. PTERM-2: entries and tables that went out of use are freed after a quiet
// point; the literal areas of replaced and erased terms go to the collector of literal areas, which
// asks every process to leave them first. PTERM-3: at most half of the slots are of living entries;
// the table halves when less than a quarter are.
#include "bif/persistent_term.h"

#include "base/alloc.h"
#include "bif/bif.h"
#include "code/code.h"
#include "heap/literal.h"
#include "proc/quiesce.h"
#include "proc/signal.h"
#include "term/compare.h"
#include "term/map.h"
#include "world/thread.h"

typedef struct Entry {
    Term pair; // {Key, Value}
    uint32_t hash;
    LiteralArea *area;
} Entry;

typedef struct Slots {
    size_t mask;
    _Atomic(Entry *) slot[];
} Slots;

typedef struct PersistentTerms {
    _Atomic(Slots *) slots;
    size_t used; // slots taken, tombstones too; under lock
    size_t live;
    size_t bytes; // of the terms
    Mutex lock;
} PersistentTerms;

#define TOMBSTONE ((Entry *)(uintptr_t)1)
#define SLOTS_FIRST 64

static Slots *slots_new(size_t count) {
    ASSERT((count & (count - 1)) == 0);
    Slots *s = mem_zalloc(sizeof *s + count * sizeof s->slot[0]);
    s->mask = count - 1;
    return s;
}

void persistent_terms_create(VM *vm) {
    PersistentTerms *t = mem_zalloc(sizeof *t);
    mutex_init(&t->lock);
    ASSERT(vm->persistent_terms == NULL);
    atomic_init(&t->slots, slots_new(SLOTS_FIRST));
    vm->persistent_terms = t;
}

void persistent_terms_destroy(VM *vm) {
    PersistentTerms *t = vm->persistent_terms;
    Slots *s = atomic_load_explicit(&t->slots, memory_order_relaxed);
    for (size_t i = 0; i <= s->mask; i++) {
        Entry *e = atomic_load_explicit(&s->slot[i], memory_order_relaxed);
        if (e == NULL || e == TOMBSTONE) continue;
        literal_area_destroy(vm->literal_space, e->area);
        mem_free(e);
    }
    mem_free(s);
    mutex_free(&t->lock);
    mem_free(t);
    vm->persistent_terms = NULL;
}

/** Index of key's slot, or of the empty slot that ends its search. */
static size_t find_slot(const Slots *s, Term key, uint32_t hash, Entry **found) {
    for (size_t i = hash & s->mask;; i = (i + 1) & s->mask) {
        // acquire pairs with the release of a writer's store: the entry is complete
        Entry *e = atomic_load_explicit(&s->slot[i], memory_order_acquire);
        *found = e;
        if (e == NULL) return i;
        if (e != TOMBSTONE && e->hash == hash && term_equal(tuple_get(e->pair, 0), key)) return i;
    }
}

static Entry *find(VM *vm, Term key) {
    Entry *e;
    const Slots *s = atomic_load_explicit(&vm->persistent_terms->slots, memory_order_acquire);
    find_slot(s, key, term_hash_internal(vm->atoms, key, 0), &e);
    return e;
}

/** A table of count slots with the living entries. Under the lock. */
static void rebuild(VM *vm, PersistentTerms *t, size_t count) {
    Slots *old = atomic_load_explicit(&t->slots, memory_order_relaxed);
    ASSERT(count >= SLOTS_FIRST && t->live * 2 <= count); // PTERM-3
    Slots *s = slots_new(count);
    for (size_t i = 0; i <= old->mask; i++) {
        Entry *e = atomic_load_explicit(&old->slot[i], memory_order_relaxed), *unused;
        if (e == NULL || e == TOMBSTONE) continue;
        size_t at = find_slot(s, tuple_get(e->pair, 0), e->hash, &unused);
        atomic_store_explicit(&s->slot[at], e, memory_order_relaxed);
    }
    ASSERT(s->mask + 1 > t->live); // a search ends at a free slot
    t->used = t->live;
    atomic_store_explicit(&t->slots, s, memory_order_release);
    quiesce_retire(vm->quiesce, mem_free, old);
}

static size_t entry_bytes(const Entry *e) {
    return sizeof *e + (size_t)(e->area->top - e->area->start) * sizeof(Term);
}

/** An entry went out of use: PTERM-2. Under the lock. */
static void retire(VM *vm, PersistentTerms *t, Entry *e) {
    ASSERT(e != NULL && e != TOMBSTONE && t->bytes >= entry_bytes(e));
    t->bytes -= entry_bytes(e);
    code_lock(vm->code);
    code_retire_literals(vm->code, e->area);
    code_unlock(vm->code);
    signal_send_message(vm, NULL, vm->system_processes.literal_collector, am_copy_literals);
    quiesce_retire(vm->quiesce, mem_free, e);
}

/** Room for one more entry (PTERM-3). Under the lock. */
static Slots *make_room(VM *vm, PersistentTerms *t) {
    Slots *s = atomic_load_explicit(&t->slots, memory_order_relaxed);
    size_t count = s->mask + 1;
    if (t->live * 2 >= count) {
        rebuild(vm, t, 2 * count);
    } else if ((t->used + 1) * 4 > count * 3) { // too many tombstones
        rebuild(vm, t, count);
    }
    return atomic_load_explicit(&t->slots, memory_order_relaxed);
}

static Entry *entry_new(VM *vm, Term key, Term value, uint32_t hash) {
    Term box[3] = {header_tuple(2), key, value};
    Term pair = term_from_box(box);
    Entry *e = mem_alloc(sizeof *e);
    LiteralArea *area = literal_area_from_shared(vm->literal_space, &pair);
    ASSERT(area != NULL);
    *e = (Entry){.pair = pair, .hash = hash, .area = area};
    return e;
}

/** ok. Putting the value that is there already changes nothing. */
BIF(persistent_term, put, 2)
{
    VM *vm = p->vm;
    PersistentTerms *t = vm->persistent_terms;
    uint32_t hash = term_hash_internal(vm->atoms, a[0], 0);
    Entry *before;
    mutex_lock(&t->lock);
    Slots *s = atomic_load_explicit(&t->slots, memory_order_relaxed);
    size_t at = find_slot(s, a[0], hash, &before);
    if (before == NULL) {
        s = make_room(vm, t);
        at = find_slot(s, a[0], hash, &before);
    }
    if (before == NULL || !term_equal(tuple_get(before->pair, 1), a[1])) {
        Entry *e = entry_new(vm, a[0], a[1], hash);
        atomic_store_explicit(&s->slot[at], e, memory_order_release);
        t->bytes += entry_bytes(e);
        if (before == NULL)
            t->used++, t->live++;
        else
            retire(vm, t, before);
    }
    mutex_unlock(&t->lock);
    return am_ok;
}

BIF(persistent_term, get, 1)
{
    Entry *e = find(p->vm, a[0]);
    return e == NULL ? bif_badarg(p) : tuple_get(e->pair, 1);
}

BIF(persistent_term, get, 2)
{
    Entry *e = find(p->vm, a[0]);
    return e == NULL ? a[1] : tuple_get(e->pair, 1);
}

/** All pairs, in no order. */
BIF(persistent_term, get, 0)
{
    Term list = TERM_NIL;
    const Slots *s = atomic_load_explicit(&p->vm->persistent_terms->slots, memory_order_acquire);
    for (size_t i = 0; i <= s->mask; i++) {
        Entry *e = atomic_load_explicit(&s->slot[i], memory_order_acquire);
        if (e != NULL && e != TOMBSTONE) list = heap_cons(&p->heap, e->pair, list);
    }
    bif_bump(p, (int64_t)s->mask / 16);
    return list;
}

/** Was there a term of that key? */
BIF(persistent_term, erase, 1)
{
    VM *vm = p->vm;
    PersistentTerms *t = vm->persistent_terms;
    Entry *e;
    mutex_lock(&t->lock);
    Slots *s = atomic_load_explicit(&t->slots, memory_order_relaxed);
    size_t at = find_slot(s, a[0], term_hash_internal(vm->atoms, a[0], 0), &e);
    if (e != NULL) {
        atomic_store_explicit(&s->slot[at], TOMBSTONE, memory_order_release);
        ASSERT(t->live > 0);
        t->live--;
        retire(vm, t, e);
        size_t count = s->mask + 1;
        if (count > SLOTS_FIRST && t->live * 4 < count) rebuild(vm, t, count / 2); // PTERM-3
    }
    mutex_unlock(&t->lock);
    return term_from_bool(e != NULL);
}

static size_t slots_count(PersistentTerms *t) {
    return atomic_load_explicit(&t->slots, memory_order_relaxed)->mask + 1;
}

Term persistent_terms_state(Process *p) {
    PersistentTerms *t = p->vm->persistent_terms;
    mutex_lock(&t->lock);
    Term pairs[] = {am_table, heap_unsigned(&p->heap, slots_count(t))};
    mutex_unlock(&t->lock);
    return map_from_pairs(&p->heap, p->vm->atoms, pairs, 1);
}

/** #{count, memory} */
BIF(persistent_term, info, 0)
{
    PersistentTerms *t = p->vm->persistent_terms;
    mutex_lock(&t->lock);
    uint64_t live = t->live, bytes = t->bytes + slots_count(t) * sizeof(Term);
    mutex_unlock(&t->lock);
    Term pairs[] = {am_count, heap_unsigned(&p->heap, live), am_memory,
                    heap_unsigned(&p->heap, bytes)};
    return map_from_pairs(&p->heap, p->vm->atoms, pairs, 2);
}

/** init:restart/0: none is left. */
BIF(erts_internal, erase_persistent_terms, 0)
{
    VM *vm = p->vm;
    PersistentTerms *t = vm->persistent_terms;
    mutex_lock(&t->lock);
    Slots *s = atomic_load_explicit(&t->slots, memory_order_relaxed);
    for (size_t i = 0; i <= s->mask; i++) {
        Entry *e = atomic_load_explicit(&s->slot[i], memory_order_relaxed);
        if (e == NULL || e == TOMBSTONE) continue;
        atomic_store_explicit(&s->slot[i], TOMBSTONE, memory_order_release);
        retire(vm, t, e);
    }
    t->live = 0;
    mutex_unlock(&t->lock);
    return am_ok;
}
