// SPDX-License-Identifier: Apache-2.0
//
// resource.c - objects of an extension that programs hold as references.
//
//   Binary (magic) [refs][destructor] ... bytes -> NifResource [type][ref][size] | object
//
// RESOURCE-1: an object's reference has one number for its life: every term of it is equal.
// RESOURCE-2: each living object counts in its type; a type with callbacks keeps its library.
// RESOURCE-3: the destructor runs once, on whichever thread drops the last reference.
// RESOURCE-4: a type stands in the VM's list until its last object has gone; one that `left` is
//             found no more. What is in the list when the VM goes has objects that leaked.
#include "nif/resource.h"

#include "base/alloc.h"
#include "proc/thread_role.h"
#include "proc/time.h"
#include "term/ref.h"
#include "world/console.h"

#include <inttypes.h>

static Binary *binary_of(NifResource *r) {
    return (Binary *)(uintptr_t)((char *)r - offsetof(Binary, bytes));
}

// ---- types
// ---------------------------------------------------------------------------------------
static bool has_calls(const NifResourceTypeInit *c) {
    return c->dtor != NULL || c->stop != NULL || c->down != NULL || c->dyncall != NULL;
}

NifLibrary *nif_type_hold(NifResourceType *t, NifResourceTypeInit *calls) {
    ASSERT(t->vm->nif != NULL);
    mutex_lock(&t->vm->nif->lock);
    *calls = t->calls;
    NifLibrary *owner = has_calls(calls) ? t->owner : NULL;
    if (owner != NULL) nif_library_hold(owner);
    mutex_unlock(&t->vm->nif->lock);
    return owner;
}

NifResourceTypeInit nif_type_calls(NifResourceType *t) {
    NifResourceTypeInit calls;
    NifLibrary *owner = nif_type_hold(t, &calls);
    ASSERT(owner != NULL || !has_calls(&calls));
    if (owner != NULL) nif_library_drop(owner);
    return calls;
}

static void type_drop(NifResourceType *t) {
    ASSERT(atomic_load_explicit(&t->refs, memory_order_relaxed) > 0);
    if (atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel) != 1) return;
    ASSERT(t->left); // RESOURCE-4
    NifState *s = t->vm->nif;
    mutex_lock(&s->lock);
    NifResourceType **at = &s->types;
    while (*at != t) at = &(*at)->next;
    *at = t->next;
    mutex_unlock(&s->lock);
    if (t->owner != NULL && has_calls(&t->calls)) nif_library_drop(t->owner);
    mem_free(t);
}

static NifResourceType *find_type(const NifState *s, Term module, Term name) {
    NifResourceType *t = s->types;
    while (t != NULL && (t->left || t->module != module || t->name != name)) t = t->next;
    return t;
}

static NifResourceType *open_type(NifEnv *env, const char *name, const NifResourceTypeInit *init,
                                  NifResourceFlags flags, NifResourceFlags *tried) {
    ASSERT(env->loading && env->library != NULL); // only in a load or upgrade callback
    NifState *s = env->vm->nif;
    Term module = env->library->module;
    Term atom = atom_intern(env->vm->atoms, name, strlen(name));
    mutex_lock(&s->lock);
    NifResourceType *t = find_type(s, module, atom);
    NifResourceFlags op = t == NULL ? NIF_RT_CREATE : NIF_RT_TAKEOVER;
    bool may = (flags & op) != 0 && atom != TERM_NONE;
    if (tried != NULL) *tried = may ? op : flags;
    if (!may) {
        t = NULL;
    } else {
        if (t == NULL) {
            t = mem_zalloc(sizeof *t);
            t->vm = env->vm;
            t->module = module;
            t->name = atom;
            atomic_init(&t->refs, 1);
            t->next = s->types;
            s->types = t;
        }
        t->owner_next = env->library;
        t->calls_next = *init;
    }
    mutex_unlock(&s->lock);
    return t;
}

NifResourceType *enif_open_resource_type(NifEnv *env, const char *module, const char *name,
                                         NifResourceDtor *dtor, NifResourceFlags flags,
                                         NifResourceFlags *tried) {
    ASSERT(module == NULL);
    NifResourceTypeInit init = {.dtor = dtor};
    return open_type(env, name, &init, flags, tried);
}

NifResourceType *enif_open_resource_type_x(NifEnv *env, const char *name,
                                           const NifResourceTypeInit *given, NifResourceFlags flags,
                                           NifResourceFlags *tried) {
    NifResourceTypeInit init = {.dtor = given->dtor, .stop = given->stop, .down = given->down};
    return open_type(env, name, &init, flags, tried);
}

NifResourceType *enif_init_resource_type(NifEnv *env, const char *name,
                                         const NifResourceTypeInit *given, NifResourceFlags flags,
                                         NifResourceFlags *tried) {
    NifResourceTypeInit init = {0};
    if (given->members >= 1) init.dtor = given->dtor;
    if (given->members >= 2) init.stop = given->stop;
    if (given->members >= 3) init.down = given->down;
    if (given->members >= 4) init.dyncall = given->dyncall;
    return open_type(env, name, &init, flags, tried);
}

/** Hands one type over to l; *before gets the library that loses it. False: there is none left. */
static bool commit_next(NifState *s, NifLibrary *l, NifLibrary **before) {
    ASSERT(l != NULL && before != NULL);
    mutex_lock(&s->lock);
    NifResourceType *t = s->types;
    while (t != NULL && t->owner_next != l) t = t->next;
    if (t != NULL) {
        *before = t->owner != NULL && has_calls(&t->calls) ? t->owner : NULL;
        t->owner = l;
        t->calls = t->calls_next;
        t->owner_next = NULL;
        if (has_calls(&t->calls)) nif_library_hold(l); // RESOURCE-2
    }
    mutex_unlock(&s->lock);
    return t != NULL;
}

void nif_types_commit(NifLibrary *l) {
    NifLibrary *before;
    while (commit_next(l->vm->nif, l, &before))
        if (before != NULL) nif_library_drop(before);
}

void nif_types_rollback(NifLibrary *l) {
    NifState *s = l->vm->nif;
    mutex_lock(&s->lock);
    for (NifResourceType **at = &s->types; *at != NULL;) {
        NifResourceType *t = *at;
        if (t->owner_next == l) t->owner_next = NULL;
        if (t->owner != NULL || t->owner_next != NULL) {
            at = &t->next;
            continue;
        }
        *at = t->next; // new, and never in use
        mem_free(t);
    }
    mutex_unlock(&s->lock);
}

/** The types for which `l` is NULL or the owner leave, and lose the list's reference. */
static void types_leave(NifState *s, const NifLibrary *l) {
    NifResourceType *t;
    do {
        mutex_lock(&s->lock);
        t = s->types;
        while (t != NULL && (t->left || (l != NULL && t->owner != l))) t = t->next;
        if (t != NULL) t->left = true;
        mutex_unlock(&s->lock);
        if (t != NULL) type_drop(t); // which takes the lock, and may call the library
    } while (t != NULL);
}

void nif_types_leave(NifLibrary *l) { types_leave(l->vm->nif, l); }

/** A checked build tells which library was given objects and never released them. */
static void report_leak(const NifResourceType *t, uint64_t count) {
    size_t bytes;
    const char *module = atom_text(t->vm->atoms, t->module, &bytes);
    const char *name = atom_text(t->vm->atoms, t->name, &bytes);
    ASSERT(count > 0);
    console_printf(t->vm->world, CONSOLE_ERROR,
                   "mica: the native library of '%s' never released %" PRIu64
                   " object%s of its resource type '%s'\n",
                   module, count, count == 1 ? "" : "s", name);
}

void nif_types_free(VM *vm) {
    NifState *s = vm->nif;
    types_leave(s, NULL);
    for (NifResourceType *t = s->types; t != NULL; t = t->next) // RESOURCE-4
        if (BASE_CHECKS) report_leak(t, atomic_load_explicit(&t->refs, memory_order_relaxed));
    while (s->types != NULL) { // as memory, what was leaked stays leaked
        NifResourceType *t = s->types;
        s->types = t->next;
        mem_free(t);
    }
}

// ---- objects
// -------------------------------------------------------------------------------------
/** RESOURCE-3 */
static void destroy(Binary *b) {
    NifResource *r = (NifResource *)(uintptr_t)b->bytes;
    NifResourceType *t = r->type;
    ASSERT(t != NULL); // RESOURCE-2
    nif_monitors_drop(r);
    NifResourceTypeInit calls;
    NifLibrary *owner = nif_type_hold(t, &calls); // an upgrade may take the type over meanwhile
    if (calls.dtor != NULL) {
        ThreadRole role = {.vm = t->vm}, *before = thread_role_here();
        bool lend = before == NULL || before->vm != t->vm;
        if (lend) thread_role_set(&role);
        NifOwnEnv own;
        nif_own_env_init(&own, t->vm, NIF_ENV_CALLBACK, owner);
        calls.dtor(&own.env, r->object);
        nif_own_env_free(&own);
        nif_monitors_drop(r); // which the destructor made
        if (lend) thread_role_set(before);
        mem_free(role.native);
    }
    if (owner != NULL) nif_library_drop(owner);
    type_drop(t);
}

void *enif_alloc_resource(NifResourceType *type, size_t size) {
    ASSERT(type->vm != NULL); // owners change under the lock
    Binary *b = binary_new_magic(sizeof(NifResource) + size, destroy);
    NifResource *r = (NifResource *)(uintptr_t)b->bytes;
    ASSERT(((uintptr_t)r->object & 15u) == 0);
    r->type = type;
    r->size = size;
    reference_make_magic_words(type->vm, r->ref_words); // RESOURCE-1
    atomic_fetch_add_explicit(&type->refs, 1, memory_order_relaxed);
    return r->object;
}

void enif_release_resource(void *object) { binary_release(binary_of(nif_resource_of(object))); }

void enif_keep_resource(void *object) { binary_retain(binary_of(nif_resource_of(object))); }

size_t enif_sizeof_resource(void *object) { return nif_resource_of(object)->size; }

bool nif_resource_hold(NifResource *r) { return binary_retain_living(binary_of(r)); }

Term nif_resource_term(Heap *h, NifResource *r) {
    Binary *b = binary_of(r);
    ASSERT(b->destructor == destroy); // one of enif_alloc_resource's
    binary_retain(b);
    return heap_magic_ref(h, b, r->ref_words);
}

Term enif_make_resource(NifEnv *env, void *object) {
    return nif_resource_term(env->heap, nif_resource_of(object));
}

/** What follows the bytes of a binary that keeps an object: the object. */
static void destroy_copy(Binary *b) {
    NifResource *r;
    memcpy(&r, b->bytes + b->capacity_bytes, sizeof r);
    binary_release(binary_of(r));
}

Term enif_make_resource_binary(NifEnv *env, void *object, const void *data, size_t size) {
    NifResource *r = nif_resource_of(object);
    Binary *b = binary_of(r);
    const char *at = data;
    binary_retain(b);
    if (at >= r->object && at + size <= r->object + r->size) { // its own are shown as they are
        Term t = heap_binary_ref(env->heap, b);
        Term *box = term_box(t);
        box[1] = 8 * (size_t)((const uint8_t *)at - b->bytes); // not by heap_sub_bits, which
        box[2] = box[1] + 8 * size;                            // copies what is short
        return t;
    }
    Binary *copy = binary_new_magic(size + sizeof r, destroy_copy);
    copy->size_bytes = copy->capacity_bytes = size;
    memcpy(copy->bytes, data, size);
    memcpy(copy->bytes + size, &r, sizeof r);
    return heap_binary_ref(env->heap, copy);
}

/** The object behind a reference, or behind a binary that keeps it; NULL: none. */
static NifResource *resource_from(Term term) {
    Binary *b = NULL;
    if (term_is_magic_ref(term)) {
        b = ref_magic(term);
    } else if (term_is_box_of(term, BOX_SUB_BITS)) {
        const Term *orig = term_box(term_box(term)[3]);
        if (header_kind(*orig) == BOX_BIN_REF) b = (Binary *)(uintptr_t)orig[2];
    }
    if (b == NULL) return NULL;
    if (b->destructor == destroy) return (NifResource *)(uintptr_t)b->bytes;
    if (b->destructor != destroy_copy) return NULL;
    NifResource *r;
    memcpy(&r, b->bytes + b->capacity_bytes, sizeof r);
    return r;
}

int enif_get_resource(NifEnv *env, Term term, NifResourceType *type, void **object) {
    NifResource *r = resource_from(term);
    if (r == NULL || r->type != type) return 0;
    *object = r->object;
    return 1;
}

int enif_dynamic_resource_call(NifEnv *env, Term module, Term name, Term term, void *call_data) {
    NifState *s = env->vm->nif;
    mutex_lock(&s->lock);
    NifResourceType *t = find_type(s, module, name);
    if (t != NULL && t->calls.dyncall == NULL) t = NULL;
    if (t != NULL) atomic_fetch_add_explicit(&t->refs, 1, memory_order_relaxed);
    mutex_unlock(&s->lock);
    if (t == NULL) return 1;
    NifResource *r = resource_from(term);
    bool fits = r != NULL && r->type == t;
    if (fits) {
        NifResourceTypeInit calls;
        NifLibrary *caller = env->library, *owner = nif_type_hold(t, &calls);
        env->library = owner;
        if (calls.dyncall != NULL) calls.dyncall(env, r->object, call_data);
        env->library = caller;
        if (owner != NULL) nif_library_drop(owner);
    }
    type_drop(t);
    return fits ? 0 : 1;
}
