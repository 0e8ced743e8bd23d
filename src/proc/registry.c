// SPDX-License-Identifier: Apache-2.0
//
// registry.c - names; see registry.h for REG-1 and REG-2. An open-addressing table from atom to pid
// or port.
#include "proc/registry.h"

#include "proc/process_table.h"
#include "vm/vm.h"
#include "world/thread.h"

#define NAME_DEAD ((Term)8) // no term: a removed entry

typedef struct Name {
    Term name; // TERM_NONE: free
    Term owner;
} Name;

struct Registry {
    RwLock lock;
    size_t mask, used, living; // used counts dead entries too
    Name *slots;
};

Registry *registry_create(void) {
    Registry *r = mem_zalloc(sizeof *r);
    rwlock_init(&r->lock);
    r->mask = 63;
    r->slots = mem_zalloc((r->mask + 1) * sizeof *r->slots);
    return r;
}

void registry_destroy(Registry *r) {
    rwlock_free(&r->lock);
    mem_free(r->slots);
    mem_free(r);
}

static size_t slot_hash(Term name) { return (size_t)((term_atom_index(name) * 0x9e3779b1u) >> 4); }

static Name *find_name(const Registry *r, Term name) {
    for (size_t h = slot_hash(name);; h++) {
        Name *n = &r->slots[h & r->mask];
        if (n->name == TERM_NONE) return NULL;
        if (n->name == name) return n;
    }
}

static void put_name(Registry *r, Term name, Term owner) {
    ASSERT(r->used <= r->mask); // a free slot ends every search
    size_t h = slot_hash(name);
    while (r->slots[h & r->mask].name != TERM_NONE) h++;
    r->slots[h & r->mask] = (Name){name, owner};
    r->used++;
    r->living++;
}

static void make_room(Registry *r) {
    ASSERT(r->living <= r->used && (r->mask & (r->mask + 1)) == 0);
    if (r->used * 2 <= r->mask) return;
    Name *old = r->slots;
    size_t count = r->mask + 1;
    r->mask = r->living * 4 > r->mask ? r->mask * 2 + 1 : r->mask;
    r->slots = mem_zalloc((r->mask + 1) * sizeof *r->slots);
    r->used = r->living = 0;
    for (size_t i = 0; i < count; i++)
        if (old[i].name != TERM_NONE && old[i].name != NAME_DEAD)
            put_name(r, old[i].name, old[i].owner);
    mem_free(old);
}

Term registry_find(VM *vm, Term name) {
    ASSERT(term_is_atom(name));
    Registry *r = vm->registry;
    rwlock_lock_read(&r->lock);
    const Name *n = find_name(r, name);
    Term owner = n == NULL ? TERM_NONE : n->owner;
    rwlock_unlock_read(&r->lock);
    return owner;
}

static bool port_has_name(const Registry *r, Term port) {
    for (size_t i = 0; i <= r->mask; i++)
        if (r->slots[i].owner == port && r->slots[i].name != NAME_DEAD &&
            r->slots[i].name != TERM_NONE)
            return true;
    return false;
}

/**
 * REG-3: an ending process leaves the table and then looks whether it has a name; here the name is
 * written and then the table looked at (both sequentially consistent), so no name stays behind.
 */
static RegistryResult name_process(VM *vm, Term name, Term owner, bool taken) {
    Process *p = process_table_find(vm->processes, owner);
    if (p == NULL) return REGISTRY_NOPROC;
    if (atomic_load_explicit(&p->registered_name, memory_order_relaxed) != TERM_NONE)
        return REGISTRY_HAS_NAME;
    if (taken) return REGISTRY_OK; // the caller says so
    atomic_store_explicit(&p->registered_name, name, memory_order_seq_cst);
    if (process_table_find(vm->processes, owner) == p) return REGISTRY_OK;
    atomic_store_explicit(&p->registered_name, TERM_NONE, memory_order_relaxed);
    return REGISTRY_NOPROC;
}

RegistryResult registry_add(VM *vm, Term name, Term owner) {
    ASSERT(term_is_atom(name));
    Registry *r = vm->registry;
    RegistryResult result = REGISTRY_OK;
    rwlock_lock_write(&r->lock);
    bool taken = find_name(r, name) != NULL;
    if (term_is_local_port(owner)) {
        if (vm->port_hooks == NULL || !vm->port_hooks->exists(vm, owner))
            result = REGISTRY_NOPROC;
        else if (port_has_name(r, owner))
            result = REGISTRY_HAS_NAME;
    } else {
        result = name_process(vm, name, owner, taken);
    }
    if (taken && result == REGISTRY_OK) result = REGISTRY_NAME_TAKEN;
    if (result == REGISTRY_OK) {
        make_room(r);
        put_name(r, name, owner);
    }
    rwlock_unlock_write(&r->lock);
    if (result == REGISTRY_OK && term_is_local_port(owner))
        vm->port_hooks->set_name(vm, owner, name);
    return result;
}

static void drop_name(VM *vm, Registry *r, Name *n) {
    ASSERT(r->living > 0);
    Process *p = process_table_find(vm->processes, n->owner);
    if (p != NULL) atomic_store_explicit(&p->registered_name, TERM_NONE, memory_order_relaxed);
    n->name = NAME_DEAD;
    r->living--;
}

bool registry_remove(VM *vm, Term name, Term *owner) {
    ASSERT(term_is_atom(name));
    Registry *r = vm->registry;
    rwlock_lock_write(&r->lock);
    Name *n = find_name(r, name);
    if (n != NULL) {
        *owner = n->owner;
        drop_name(vm, r, n);
    }
    rwlock_unlock_write(&r->lock);
    if (n != NULL && term_is_local_port(*owner) && vm->port_hooks != NULL)
        vm->port_hooks->set_name(vm, *owner, TERM_NONE);
    return n != NULL;
}

void registry_remove_owner(VM *vm, Term owner, Term name) {
    if (name == TERM_NONE) return;
    ASSERT(term_is_atom(name) && term_is_immediate(owner));
    Registry *r = vm->registry;
    rwlock_lock_write(&r->lock);
    Name *n = find_name(r, name);
    if (n != NULL && n->owner == owner) drop_name(vm, r, n);
    rwlock_unlock_write(&r->lock);
}

Term registry_name_of(const Process *p) {
    return atomic_load_explicit(&p->registered_name, memory_order_seq_cst); // REG-3
}

Term registry_names(VM *vm, Heap *h) {
    Registry *r = vm->registry;
    Term list = TERM_NIL;
    rwlock_lock_read(&r->lock);
    for (size_t i = 0; i <= r->mask; i++) {
        Term name = r->slots[i].name;
        if (name != TERM_NONE && name != NAME_DEAD) list = heap_cons(h, name, list);
    }
    rwlock_unlock_read(&r->lock);
    return list;
}
