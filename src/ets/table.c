// SPDX-License-Identifier: Apache-2.0
//
// table.c - how tables are found, owned, fixed, given away and ended; the objects in them.
//
// Three lists under the state's locks: names (hash), all tables, and the tables of each owner (hash
// by pid); besides, the fixes of each pid. Owner lists are looked at when any process ends, so a
// bucket's head is read without a lock first.
//
// STATE-1: a table is in the list of its present owner, and in the name table exactly while it is
// alive and named. STATE-2: each list holds one reference of the table's magic object (the list of
// all does); each fix holds one.
//
// Threads: any.
#include "ets/table.h"

#include "proc/quiesce.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/time.h"
#include "term/compare.h"
#include "term/ref.h"
#include "vm/vm.h"

#include <stdio.h>

#define NAME_BUCKETS 1024
#define PID_BUCKETS 4096

struct EtsState {
    RwLock names_lock;
    _Atomic(EtsTable *) names[NAME_BUCKETS]; // written under names_lock, read by anyone
    Mutex lock;                              // everything below
    EtsTable *all;
    _Atomic(EtsTable *) owners[PID_BUCKETS];
    _Atomic(EtsFix *) fixes[PID_BUCKETS];
    _Atomic int64_t table_count, words;
};

// ---- objects
// --------------------------------------------------------------------------------------

EtsObject *object_new(Term tuple) {
    ASSERT(term_is_tuple(tuple));
    // Literals are copied too: their module may go before the table.
    size_t words = copy_size_words(tuple, NULL);
    EtsObject *o = mem_alloc(sizeof *o + words * sizeof(Term));
    *o = (EtsObject){.words = words};
    Term *hp = o->mem;
    o->tuple = copy_term_sized(tuple, words, NULL, &hp, &o->off_heap);
    ASSERT(hp == o->mem + words);
    return o;
}

void object_free(EtsObject *o) {
    ASSERT(o != NULL);
    off_heap_release(&o->off_heap);
    mem_free(o);
}

bool table_same_key(const EtsTable *t, Term a, Term b) {
    return table_is_tree(t) ? term_compare(table_atoms(t), a, b) == 0 : term_equal(a, b);
}

EtsObject *table_find(const EtsTable *t, Term key) {
    if (table_is_tree(t)) return tree_store_find(t, key);
    EtsObject *first = hash_store_find(t, key, hash_store_hash(t, key)), *o = first;
    while (o != NULL && o->deleted) {
        o = o->next;
        if (o != NULL && !hash_store_same_key(t, o, first)) return NULL;
    }
    return o;
}

void table_put(EtsTable *t, EtsObject *o) {
    if (table_is_tree(t)) {
        tree_store_put(t, o);
    } else {
        hash_store_put(t, o);
    }
}

size_t table_delete_key(EtsTable *t, Term key) {
    return table_is_tree(t) ? tree_store_delete(t, key) : hash_store_delete(t, key, TERM_NONE);
}

void table_replace(EtsTable *t, EtsObject *old, EtsObject *new_object) {
    ASSERT(table_has_single_objects(t));
    ASSERT(table_same_key(t, object_key(t, old), object_key(t, new_object)));
    table_put(t, new_object);
}

size_t table_clear(EtsTable *t, EtsContents *contents) {
    ASSERT(t->alive); // ETS-2
    *contents = (EtsContents){0};
    size_t count = (size_t)atomic_load_explicit(&t->count, memory_order_relaxed);
    if (table_is_tree(t) || !t->is_fixed) {
        bool fixed = t->is_fixed;
        t->is_fixed = false; // means nothing for trees
        table_take_contents(t, true, contents);
        t->is_fixed = fixed;
    } else {
        for (size_t i = 0; i < hash_store_count(t); i++) { // ETS-4
            for (EtsObject **link = hash_store_bucket(t, i); *link != NULL; link = &(*link)->next) {
                if (!(*link)->deleted) hash_store_delete_at(t, link);
            }
        }
    }
    ASSERT(atomic_load_explicit(&t->count, memory_order_relaxed) == 0);
    return count;
}

// ---- life
// -----------------------------------------------------------------------------------------

static size_t pid_bucket(Term pid) {
    return (size_t)(term_pid_data(pid) * 0x9e3779b97f4a7c15u >> 40) % PID_BUCKETS;
}

static bool ets_owns(VM *vm, Term pid) {
    size_t bucket = pid_bucket(pid);
    return atomic_load_explicit(&vm->ets->owners[bucket], memory_order_acquire) != NULL ||
           atomic_load_explicit(&vm->ets->fixes[bucket], memory_order_acquire) != NULL;
}

static void ets_usage(VM *vm, uint64_t *count, uint64_t *bytes) {
    struct EtsState *s = vm->ets;
    *count = *bytes = 0;
    mutex_lock(&s->lock);
    for (EtsTable *t = s->all; t != NULL; t = t->all_next) {
        int64_t words = atomic_load_explicit(&t->words, memory_order_relaxed);
        ASSERT(words >= 0);
        *count += 1;
        *bytes += sizeof *t + 8 * (uint64_t)words;
    }
    mutex_unlock(&s->lock);
}

static size_t name_bucket(Term name) { return term_atom_index(name) % NAME_BUCKETS; }

static Term colliding_names(Process *p, Term name, uint64_t count) {
    ASSERT(term_is_atom(name) && count <= COLLIDING_MAX);
    Term list = TERM_NIL;
    char text[32];
    for (uint32_t n = 0; count > 0; n++) { // names are made until enough of them fall into place
        int length = snprintf(text, sizeof text, "ets_name_%u", n);
        Term other = atom_intern(p->vm->atoms, text, (size_t)length);
        if (other == TERM_NONE) break; // no room for more atoms
        if (other == name || name_bucket(other) != name_bucket(name)) continue;
        list = heap_cons(&p->heap, other, list);
        count--;
    }
    return list;
}

struct EtsState *ets_create(VM *vm) {
    ASSERT(vm->ets == NULL);
    struct EtsState *s = mem_zalloc(sizeof *s);
    rwlock_init(&s->names_lock);
    mutex_init(&s->lock);
    ASSERT(vm->process_ended_count < VM_PROCESS_ENDED_MAX);
    vm->process_ended[vm->process_ended_count++] = ets_process_ended;
    vm->ets_usage = ets_usage;
    vm->ets_owns = ets_owns;
    vm->ets_each_object = contents_each_object;
    vm->ets_colliding_names = colliding_names;
    vm->ets = s;
    return s;
}

static void table_destructor(Binary *magic) {
    EtsTable *t = (EtsTable *)(void *)magic->bytes;
    ASSERT(!t->alive && t->fixes == NULL); // ETS-2
    ets_lock_free(&t->lock);
    ets_stripes_free(t->stripes);
    mutex_free(&t->resize);
}

EtsTable *table_new(VM *vm) {
    Binary *magic = binary_new_magic(sizeof(EtsTable), table_destructor);
    EtsTable *t = (EtsTable *)(void *)magic->bytes;
    t->magic = magic;
    t->vm = vm;
    t->protection = ETS_PROTECTED;
    t->heir = am_none;
    t->write_concurrency = am_false;
    ets_lock_init(&t->lock);
    mutex_init(&t->resize);
    reference_make_magic_words(vm, t->ref_words);
    return t;
}

void table_release(EtsTable *t) { binary_release(t->magic); }

static void release_later(void *t) { table_release(t); }

void table_choose_locks(EtsTable *t) {
    ASSERT(!t->alive && t->stripes == NULL);
    bool write_concurrency = t->write_concurrency != am_false && t->protection != ETS_PRIVATE;
    if (write_concurrency || t->read_concurrency) ets_lock_use_slots(&t->lock);
    if (write_concurrency && !table_is_tree(t)) t->stripes = ets_stripes_new();
}

static EtsTable *find_name(const struct EtsState *s, Term name) {
    // acquire: pairs with the stores of link_name and table_rename
    EtsTable *t = atomic_load_explicit(&s->names[name_bucket(name)], memory_order_acquire);
    while (t != NULL && t->name != name)
        t = atomic_load_explicit(&t->name_next, memory_order_acquire);
    return t;
}

/** Puts t before the others of its name's bucket; names_lock is held for writing. */
static void push_name(struct EtsState *s, EtsTable *t) {
    _Atomic(EtsTable *) *bucket = &s->names[name_bucket(t->name)];
    atomic_store_explicit(&t->name_next, atomic_load_explicit(bucket, memory_order_relaxed),
                          memory_order_relaxed);
    atomic_store_explicit(bucket, t, memory_order_release); // pairs with find_name
}

/** Readers may still be at t: its own link stays. */
static void drop_name(struct EtsState *s, EtsTable *t) {
    _Atomic(EtsTable *) *link = &s->names[name_bucket(t->name)];
    for (EtsTable *at; (at = atomic_load_explicit(link, memory_order_relaxed)) != t;) {
        ASSERT(at != NULL); // STATE-1
        link = &at->name_next;
    }
    atomic_store_explicit(link, atomic_load_explicit(&t->name_next, memory_order_relaxed),
                          memory_order_release);
}

static bool link_name(struct EtsState *s, EtsTable *t) {
    if (!t->named) return true;
    ASSERT(term_is_atom(t->name));
    rwlock_lock_write(&s->names_lock);
    bool is_free = find_name(s, t->name) == NULL;
    if (is_free) push_name(s, t);
    rwlock_unlock_write(&s->names_lock);
    return is_free;
}

static void unlink_name(struct EtsState *s, EtsTable *t) {
    if (!t->named) return;
    rwlock_lock_write(&s->names_lock);
    drop_name(s, t);
    rwlock_unlock_write(&s->names_lock);
}

/** Owner lists; state's lock held. */
static void link_owner(struct EtsState *s, EtsTable *t) {
    _Atomic(EtsTable *) *bucket = &s->owners[pid_bucket(t->owner)];
    EtsTable *first = atomic_load_explicit(bucket, memory_order_relaxed);
    t->owner_previous = NULL;
    t->owner_next = first;
    if (first != NULL) first->owner_previous = t;
    atomic_store_explicit(bucket, t,
                          memory_order_release); // pairs with the acquire in ets_process_ended
}

static void unlink_owner(struct EtsState *s, EtsTable *t) {
    ASSERT(t->owner_previous != t && t->owner_next != t);
    if (t->owner_next != NULL) t->owner_next->owner_previous = t->owner_previous;
    if (t->owner_previous != NULL) {
        t->owner_previous->owner_next = t->owner_next;
    } else {
        atomic_store_explicit(&s->owners[pid_bucket(t->owner)], t->owner_next,
                              memory_order_release);
    }
}

bool table_register(EtsTable *t) {
    ASSERT(!t->alive && term_is_local_pid(t->owner));
    struct EtsState *s = t->vm->ets;
    t->alive = true;
    if (!link_name(s, t)) {
        t->alive = false;
        return false;
    }
    mutex_lock(&s->lock);
    t->all_previous = NULL;
    t->all_next = s->all;
    if (s->all != NULL) s->all->all_previous = t;
    s->all = t;
    link_owner(s, t);
    mutex_unlock(&s->lock);
    atomic_fetch_add_explicit(&s->table_count, 1, memory_order_relaxed);
    return true; // the reference of table_new is now the list's (STATE-2)
}

static void drop_heir(EtsTable *t) {
    ASSERT(t->heir != am_none || t->heir_fragment == NULL);
    fragment_destroy(t->heir_fragment);
    t->heir_fragment = NULL;
    t->heir = am_none;
    t->heir_data = am_undefined;
}

/** Takes a fix out of its pid's bucket. */
static void unlink_fix(struct EtsState *s, EtsFix *f) {
    mutex_lock(&s->lock);
    _Atomic(EtsFix *) *bucket = &s->fixes[pid_bucket(f->pid)];
    EtsFix *at = atomic_load_explicit(bucket, memory_order_relaxed);
    ASSERT(at != NULL);
    if (at == f) {
        atomic_store_explicit(bucket, f->pid_next, memory_order_release);
    } else {
        while (at->pid_next != f) at = at->pid_next;
        at->pid_next = f->pid_next;
    }
    mutex_unlock(&s->lock);
}

void table_end(EtsTable *t, EtsContents *contents) {
    struct EtsState *s = t->vm->ets;
    ASSERT(t->alive);
    t->alive = false;
    unlink_name(s, t);
    mutex_lock(&s->lock);
    if (t->all_next != NULL) t->all_next->all_previous = t->all_previous;
    if (t->all_previous != NULL) {
        t->all_previous->all_next = t->all_next;
    } else {
        s->all = t->all_next;
    }
    unlink_owner(s, t);
    mutex_unlock(&s->lock);
    while (t->fixes != NULL) {
        EtsFix *f = t->fixes;
        t->fixes = f->next;
        unlink_fix(s, f);
        mem_free(f);
        table_release(t);
    }
    t->is_fixed = false;
    table_take_contents(t, false, contents);
    drop_heir(t);
    atomic_fetch_sub_explicit(&s->table_count, 1, memory_order_relaxed);
    quiesce_retire(t->vm->quiesce, release_later, t); // the list's (ETS-5)
}

void ets_destroy(VM *vm) {
    ASSERT(vm != NULL);
    struct EtsState *s = vm->ets;
    if (s == NULL) return;
    while (s->all != NULL) {
        EtsTable *t = s->all;
        EtsContents contents;
        table_end(t, &contents);
        contents_free(&contents, NULL);
    }
    rwlock_free(&s->names_lock);
    mutex_free(&s->lock);
    mem_free(s);
    vm->ets = NULL;
}

// ---- finding
// --------------------------------------------------------------------------------------

/** The table of a plain reference: one that has been in the external format since ets:new/2 made
 * it. */
static EtsTable *find_by_words(struct EtsState *s, Term ref) {
    const uint64_t *words = ref_words(ref);
    mutex_lock(&s->lock);
    EtsTable *t = s->all;
    while (t != NULL && (t->ref_words[0] != words[0] || t->ref_words[1] != words[1]))
        t = t->all_next;
    mutex_unlock(&s->lock);
    return t;
}

/** The table (ETS-5), or NULL with the cause. */
static EtsTable *find(VM *vm, Term id, Term *cause) {
    EtsTable *t = NULL;
    if (term_is_atom(id)) {
        struct EtsState *s = vm->ets;
        t = find_name(s, id);
        if (t == NULL) { // or a rename led the way into another bucket
            rwlock_lock_read(&s->names_lock);
            t = find_name(s, id);
            rwlock_unlock_read(&s->names_lock);
        }
    } else if (term_is_box_of(id, BOX_MAGIC_REF)) {
        Binary *magic = (Binary *)(uintptr_t)term_box(id)[2];
        if (magic->destructor != table_destructor) {
            *cause = am_type;
            return NULL;
        }
        t = (EtsTable *)(void *)magic->bytes; // the caller's own reference keeps it
    } else {
        if (term_is_box_of(id, BOX_REF)) t = find_by_words(vm->ets, id);
        if (t == NULL) *cause = am_type;
        return t;
    }
    if (t == NULL) *cause = am_id;
    return t;
}

static bool may_access(const Process *p, const EtsTable *t, EtsAccess access) {
    if (p->flags & PROCESS_FLAG_ETS_SUPER_USER) return true;
    if (access == ETS_FOR_INFO || t->protection == ETS_PUBLIC || t->owner == p->pid) return true;
    return access == ETS_FOR_READ && t->protection == ETS_PROTECTED;
}

/** A table without stripes has only the main lock to keep writers of a key away. */
static bool needs_write_lock(const EtsTable *t, EtsLockMode mode) {
    if (mode == ETS_LOCK_READ) return t->stripes != NULL; // readers do not exclude each other there
    return mode == ETS_LOCK_WRITE || (mode == ETS_LOCK_KEY_WRITE && t->stripes == NULL);
}

static uint32_t reader_slot(const Process *p) {
    const Scheduler *s = p->scheduler;
    return s == NULL ? 0 : (s->index + 5u * s->kind) % ETS_READER_SLOTS;
}

void table_write_begin(EtsTable *t) {
    ets_lock_write(&t->lock);
    t->is_exclusive = true;
}

void table_write_end(EtsTable *t) {
    ASSERT(t->is_exclusive);
    t->is_exclusive = false;
    ets_unlock_write(&t->lock);
}

EtsTable *table_get(Process *p, Term id, EtsAccess access, EtsLockMode mode, Term *cause) {
    EtsTable *t = find(p->vm, id, cause);
    if (t == NULL) return NULL;
    if (needs_write_lock(t, mode)) {
        table_write_begin(t);
    } else {
        ets_lock_read(&t->lock, reader_slot(p));
    }
    // It may have ended or been renamed between finding and locking.
    if (!t->alive || (term_is_atom(id) && t->name != id)) {
        *cause = am_id;
    } else if (!may_access(p, t, access)) {
        *cause = am_access;
    } else {
        return t;
    }
    if (needs_write_lock(t, mode)) {
        table_write_end(t);
    } else {
        ets_unlock_read(&t->lock, reader_slot(p));
    }
    return NULL;
}

EtsTable *table_get_or_raise(Process *p, Term id, EtsAccess access, EtsLockMode mode) {
    Term cause;
    EtsTable *t = table_get(p, id, access, mode, &cause);
    if (t == NULL) bif_badarg_cause(p, cause);
    return t;
}

Term table_raise_badarg(Process *p, Term id, EtsAccess access) {
    EtsTable *t = table_get_or_raise(p, id, access, ETS_LOCK_INFO);
    if (t == NULL) return TERM_NONE;
    table_unlock(p, t, ETS_LOCK_INFO);
    return bif_badarg(p);
}

void table_unlock(Process *p, EtsTable *t, EtsLockMode mode) {
    if (needs_write_lock(t, mode)) {
        table_write_end(t);
        return;
    }
    if (mode == ETS_LOCK_KEY_WRITE) hash_store_resize_striped(t);
    ets_unlock_read(&t->lock, reader_slot(p));
}

void table_pause(Process *p, EtsTable *t) { ets_unlock_read(&t->lock, reader_slot(p)); }
void table_resume(Process *p, EtsTable *t) { ets_lock_read(&t->lock, reader_slot(p)); }

EtsStripe *table_lock_slot(EtsTable *t, size_t slot, bool write) {
    if (t->stripes == NULL || t->is_exclusive) return NULL;
    EtsStripe *s = &t->stripes[slot % ETS_STRIPES];
    ets_stripe_lock(s, write);
    return s;
}

EtsStripe *table_lock_key(EtsTable *t, Term key, bool write) {
    return t->stripes == NULL ? NULL : table_lock_slot(t, hash_store_hash(t, key), write);
}

Term table_reference(Heap *h, EtsTable *t) {
    ASSERT(t->magic->destructor == table_destructor);
    binary_retain(t->magic);
    return heap_magic_ref(h, t->magic, t->ref_words);
}

Term table_id(Heap *h, EtsTable *t) { return t->named ? t->name : table_reference(h, t); }

Term ets_all(VM *vm, Heap *h) {
    struct EtsState *s = vm->ets;
    Term list = TERM_NIL;
    mutex_lock(&s->lock);
    // Names change under names_lock alone.
    rwlock_lock_read(&s->names_lock);
    for (EtsTable *t = s->all; t != NULL; t = t->all_next)
        list = heap_cons(h, table_id(h, t), list);
    rwlock_unlock_read(&s->names_lock);
    mutex_unlock(&s->lock);
    return list;
}

void ets_each(VM *vm, void (*visit)(EtsTable *t, void *context), void *context) {
    struct EtsState *s = vm->ets;
    mutex_lock(&s->lock);
    EtsTable *oldest = s->all;
    while (oldest != NULL && oldest->all_next != NULL) oldest = oldest->all_next;
    for (EtsTable *t = oldest; t != NULL; t = t->all_previous) visit(t, context);
    mutex_unlock(&s->lock);
}

bool table_rename(EtsTable *t, Term name) {
    ASSERT(t->alive && term_is_atom(name)); // ETS-2
    struct EtsState *s = t->vm->ets;
    if (!t->named) {
        t->name = name;
        return true;
    }
    rwlock_lock_write(&s->names_lock);
    bool is_free = find_name(s, name) == NULL;
    if (is_free) {
        drop_name(s, t);
        t->name = name;
        push_name(s, t);
    }
    rwlock_unlock_write(&s->names_lock);
    return is_free;
}

// ---- owners and heirs
// -----------------------------------------------------------------------------

void table_set_heir(EtsTable *t, Term heir, Term data) {
    ASSERT(heir == am_none || term_is_local_pid(heir));
    drop_heir(t);
    Process *p = heir == am_none ? NULL : process_find(t->vm, heir);
    if (p == NULL) return;
    t->heir = heir;
    t->heir_ended = false;
    t->heir_data = data;
    p->is_heir = true; // pairs with forget_heir: it sees this, or we see that the heir is gone
    if (process_find(t->vm, heir) != p) t->heir_ended = true;
    size_t words = copy_size_words(data, NULL);
    if (words == 0) return;
    t->heir_fragment = fragment_new(NULL, words);
    Term *hp = t->heir_fragment->mem;
    t->heir_data = copy_term(data, NULL, &hp, &t->heir_fragment->off_heap);
    t->heir_fragment->used_words = (uint32_t)words;
}

static void end_tables_of(VM *vm, Term pid, Budget *budget);

bool table_give(EtsTable *t, Term new_owner, Term data) {
    ASSERT(t->alive && term_is_local_pid(new_owner)); // ETS-2
    VM *vm = t->vm;
    struct EtsState *s = vm->ets;
    if (process_find(vm, new_owner) == NULL) return false;
    Term old_owner = t->owner;
    mutex_lock(&s->lock);
    unlink_owner(s, t);
    t->owner = new_owner;
    link_owner(s, t);
    mutex_unlock(&s->lock);
    Heap message;
    heap_init_detached(&message, &vm->literals);
    Term copy = heap_copy(&message, data);
    Term term = heap_tuple4(&message, am_ets_transfer, table_id(&message, t), old_owner, copy);
    signal_send_built(vm, NULL, new_owner, term, heap_take_fragments(&message));
    heap_destroy(&message);
    return true;
}

/** The first table of this owner (ETS-5); NULL. */
static EtsTable *table_of_owner(struct EtsState *s, Term pid) {
    mutex_lock(&s->lock);
    EtsTable *t = atomic_load_explicit(&s->owners[pid_bucket(pid)], memory_order_relaxed);
    while (t != NULL && t->owner != pid) t = t->owner_next;
    mutex_unlock(&s->lock);
    return t;
}

/** The owner has ended: its heir gets the table, or it goes. */
static void bequeath(EtsTable *t, Term pid, Budget *budget) {
    ASSERT(term_is_local_pid(pid));
    EtsContents contents = {0};
    table_write_begin(t);
    Term heir = t->heir;
    if (t->alive && t->owner == pid) {
        if (heir == am_none || heir == pid || t->heir_ended || !table_give(t, heir, t->heir_data)) {
            table_end(t, &contents);
        } else {
            drop_heir(t); // of the data; the heir stays named, as in OTP
            t->heir = heir;
        }
    }
    table_write_end(t);
    contents_free(&contents, budget);
    // The heir may have ended before it was on the list.
    if (heir != am_none && heir != pid && process_find(t->vm, heir) == NULL)
        end_tables_of(t->vm, heir, budget);
}

static void end_tables_of(VM *vm, Term pid, Budget *budget) {
    EtsTable *t;
    while ((t = table_of_owner(vm->ets, pid)) != NULL) {
        binary_retain(t->magic); // freeing may take breaks
        bequeath(t, pid, budget);
        table_release(t);
    }
}

// ---- fixing
// ---------------------------------------------------------------------------------------

void table_fix(Process *p, EtsTable *t) {
    ASSERT(t->alive && t->is_fixed == (t->fixes != NULL));
    struct EtsState *s = t->vm->ets;
    if (!t->is_fixed) {
        t->is_fixed = true;
        t->fixed_since_ns = time_monotonic_ns(t->vm);
        t->fixed_since_system_us = time_system_ns(t->vm) / 1000;
    }
    EtsFix *f = t->fixes;
    while (f != NULL && f->pid != p->pid) f = f->next;
    if (f != NULL) {
        f->count++;
        return;
    }
    f = mem_alloc(sizeof *f);
    *f = (EtsFix){.next = t->fixes, .table = t, .pid = p->pid, .count = 1};
    t->fixes = f;
    binary_retain(t->magic); // STATE-2
    mutex_lock(&s->lock);
    _Atomic(EtsFix *) *bucket = &s->fixes[pid_bucket(f->pid)];
    f->pid_next = atomic_load_explicit(bucket, memory_order_relaxed);
    atomic_store_explicit(bucket, f, memory_order_release);
    mutex_unlock(&s->lock);
}

/** Takes the fix off the table, which is write-locked, and lets the table settle when it was the
 * last. */
static void drop_fix(EtsTable *t, EtsFix *f) {
    ASSERT(f->table == t && t->is_fixed); // ETS-4
    EtsFix **link = &t->fixes;
    while (*link != f) link = &(*link)->next;
    *link = f->next;
    unlink_fix(t->vm->ets, f);
    mem_free(f);
    if (t->fixes == NULL) {
        t->is_fixed = false;
        if (!table_is_tree(t) && t->deleted_count > 0) hash_store_purge(t);
    }
    table_release(t);
}

void table_unfix(Process *p, EtsTable *t) {
    ASSERT(t->is_fixed == (t->fixes != NULL));
    EtsFix *f = t->fixes;
    while (f != NULL && f->pid != p->pid) f = f->next;
    if (f != NULL && --f->count == 0) drop_fix(t, f);
}

static EtsTable *table_fixed_by(struct EtsState *s, Term pid) {
    mutex_lock(&s->lock);
    EtsFix *f = atomic_load_explicit(&s->fixes[pid_bucket(pid)], memory_order_relaxed);
    while (f != NULL && f->pid != pid) f = f->pid_next;
    EtsTable *t = f == NULL ? NULL : f->table;
    mutex_unlock(&s->lock);
    return t;
}

/** Pids come back: whom a table names as its heir is known by having lived on since then. */
static void forget_heir(struct EtsState *s, const Process *p) {
    ASSERT(p->is_heir);
    mutex_lock(&s->lock);
    for (EtsTable *t = s->all; t != NULL; t = t->all_next)
        if (t->heir == p->pid) t->heir_ended = true;
    mutex_unlock(&s->lock);
}

void ets_process_ended(Process *p) {
    ASSERT(term_is_local_pid(p->pid));
    struct EtsState *s = p->vm->ets;
    if (s == NULL) return; // the VM is being taken down
    if (p->is_heir) forget_heir(s, p);
    size_t bucket = pid_bucket(p->pid);
    if (atomic_load_explicit(&s->fixes[bucket], memory_order_acquire) != NULL) {
        EtsTable *t;
        while ((t = table_fixed_by(s, p->pid)) != NULL) {
            table_write_begin(t);
            EtsFix *f = t->fixes;
            while (f != NULL && f->pid != p->pid) f = f->next;
            if (f != NULL) drop_fix(t, f);
            table_write_end(t);
        }
    }
    if (atomic_load_explicit(&s->owners[bucket], memory_order_acquire) != NULL)
        end_tables_of(p->vm, p->pid, long_call_budget(p));
}
