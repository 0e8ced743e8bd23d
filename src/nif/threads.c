// SPDX-License-Identifier: Apache-2.0
//
// threads.c - threads, locks and thread-specific values for extensions: those of the operating
// system, with names.
//
// A thread belongs to the VM of the one that makes it, so that calls without an environment find
// their VM there, too.
#include "base/alloc.h"
#include "nif/nif.h"
#include "proc/thread_role.h"

static char *copy_name(const char *name) {
    if (name == NULL) return NULL;
    size_t bytes = strlen(name) + 1;
    return memcpy(mem_alloc(bytes), name, bytes);
}

// ---- mutexes
// -------------------------------------------------------------------------------------
struct NifMutex {
    Mutex mutex;
    char *name;
};

NifMutex *enif_mutex_create(char *name) {
    NifMutex *m = mem_zalloc(sizeof *m);
    mutex_init(&m->mutex);
    m->name = copy_name(name);
    return m;
}

void enif_mutex_destroy(NifMutex *m) {
    if (m == NULL) return;
    mutex_free(&m->mutex);
    mem_free(m->name);
    mem_free(m);
}

int enif_mutex_trylock(NifMutex *m) { return mutex_try_lock(&m->mutex) ? 0 : NIF_EBUSY; }
void enif_mutex_lock(NifMutex *m) { mutex_lock(&m->mutex); }
void enif_mutex_unlock(NifMutex *m) { mutex_unlock(&m->mutex); }
char *enif_mutex_name(NifMutex *m) { return m->name; }

// ---- conditions
// ----------------------------------------------------------------------------------
struct NifCond {
    Cond cond;
    char *name;
};

NifCond *enif_cond_create(char *name) {
    NifCond *c = mem_zalloc(sizeof *c);
    cond_init(&c->cond);
    c->name = copy_name(name);
    return c;
}

void enif_cond_destroy(NifCond *c) {
    if (c == NULL) return;
    cond_free(&c->cond);
    mem_free(c->name);
    mem_free(c);
}

void enif_cond_signal(NifCond *c) { cond_signal(&c->cond); }
void enif_cond_broadcast(NifCond *c) { cond_broadcast(&c->cond); }
void enif_cond_wait(NifCond *c, NifMutex *m) { cond_wait(&c->cond, &m->mutex); }
char *enif_cond_name(NifCond *c) { return c->name; }

// ---- locks of readers and writers
// ----------------------------------------------------------------
struct NifRWLock {
    RwLock lock;
    char *name;
};

NifRWLock *enif_rwlock_create(char *name) {
    NifRWLock *l = mem_zalloc(sizeof *l);
    rwlock_init(&l->lock);
    l->name = copy_name(name);
    return l;
}

void enif_rwlock_destroy(NifRWLock *l) {
    if (l == NULL) return;
    rwlock_free(&l->lock);
    mem_free(l->name);
    mem_free(l);
}

int enif_rwlock_tryrlock(NifRWLock *l) { return rwlock_try_lock_read(&l->lock) ? 0 : NIF_EBUSY; }
void enif_rwlock_rlock(NifRWLock *l) { rwlock_lock_read(&l->lock); }
void enif_rwlock_runlock(NifRWLock *l) { rwlock_unlock_read(&l->lock); }
int enif_rwlock_tryrwlock(NifRWLock *l) { return rwlock_try_lock_write(&l->lock) ? 0 : NIF_EBUSY; }
void enif_rwlock_rwlock(NifRWLock *l) { rwlock_lock_write(&l->lock); }
void enif_rwlock_rwunlock(NifRWLock *l) { rwlock_unlock_write(&l->lock); }
char *enif_rwlock_name(NifRWLock *l) { return l->name; }

// ---- thread-specific values
// ----------------------------------------------------------------------
int enif_tsd_key_create(char *name, NifTSDKey *key) {
    unsigned made;
    int error = thread_key_create(&made);
    if (error == 0) *key = (NifTSDKey)made;
    return error;
}

void enif_tsd_key_destroy(NifTSDKey key) { ASSERT(key >= 0); }
void enif_tsd_set(NifTSDKey key, void *data) { thread_key_set((unsigned)key, data); }
void *enif_tsd_get(NifTSDKey key) { return thread_key_get((unsigned)key); }

// ---- threads
// -------------------------------------------------------------------------------------
struct NifTid {
    Thread thread;
    ThreadRole role;
    void *(*function)(void *);
    void *argument, *result;
    char name[]; // one block, so that a scheduler's thread frees its own (proc/thread_role.h)
};

static NifTid tid_new(const char *name) {
    if (name == NULL) name = "";
    ASSERT(strlen(name) < 4096);
    size_t bytes = strlen(name) + 1;
    NifTid t = mem_zalloc(sizeof *t + bytes);
    memcpy(t->name, name, bytes);
    return t;
}

NifThreadOpts *enif_thread_opts_create(char *name) {
    NifThreadOpts *o = mem_alloc(sizeof *o);
    o->suggested_stack_size = -1;
    return o;
}

void enif_thread_opts_destroy(NifThreadOpts *o) { mem_free(o); }

static void run_thread(void *argument) {
    NifTid t = argument;
    thread_role_set(&t->role);
    t->result = t->function(t->argument);
}

int enif_thread_create(char *name, NifTid *out, void *(*function)(void *), void *argument,
                       NifThreadOpts *options) {
    NifTid t = tid_new(name);
    t->role.vm = nif_vm_of(__builtin_return_address(0));
    t->role.native = t;
    t->function = function;
    t->argument = argument;
    int kilowords = options == NULL ? -1 : options->suggested_stack_size;
    size_t stack_bytes = kilowords <= 0 ? 0 : MAX((size_t)kilowords, 32) * 1024 * sizeof(void *);
    *out = t;
    NifState *s = t->role.vm->nif;
    atomic_fetch_add_explicit(&s->threads, 1, memory_order_relaxed); // it may be joined at once
    int error = thread_start(&t->thread, t->name, stack_bytes, run_thread, t);
    if (error == 0) return 0;
    atomic_fetch_sub_explicit(&s->threads, 1, memory_order_relaxed);
    mem_free(t);
    return error;
}

NifTid enif_thread_self(void) {
    ThreadRole *role = thread_role_here();
    ASSERT(role != NULL); // a thread that an extension made without enif_thread_create
    if (role->native == NULL) role->native = tid_new("");
    return role->native;
}

int enif_equal_tids(NifTid a, NifTid b) { return a == b; }

void enif_thread_exit(void *result) {
    NifTid t = enif_thread_self();
    ASSERT(t->function != NULL); // one that enif_thread_create made
    t->result = result;
    thread_exit();
}

int enif_thread_join(NifTid t, void **result) {
    thread_join(&t->thread);
    if (result != NULL) *result = t->result;
    atomic_fetch_sub_explicit(&t->role.vm->nif->threads, 1, memory_order_relaxed);
    mem_free(t);
    return 0;
}

char *enif_thread_name(NifTid t) { return t == NULL ? NULL : t->name; }
