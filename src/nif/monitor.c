// SPDX-License-Identifier: Apache-2.0
//
// monitor.c - objects of extensions that watch processes.
//
//   object (NifResource) -> NifMonitorEntry -> ...      by `of_object`
//   VM's table, by the monitor's number -> the same      by `next`
//   watched process: monitored_by has a Relation with RELATION_NATIVE and the number
//
// NIFMON-1: a monitor does not keep its object: an object that goes takes its monitors along, and
//           one that is going when its process ends is told nothing.
// NIFMON-2: who takes an entry out of the table owns it: the end of the process, the object's own,
//           or enif_demonitor_process.
// NIFMON-3: `down` is called by the thread that ends the process, never within the call that asks
//           for the monitor: who asks may hold what `down` waits for.
// Threads: any. The table and every object's list stand under one lock.
#include "base/alloc.h"
#include "nif/resource.h"
#include "proc/link.h"
#include "proc/process_table.h"
#include "proc/signal.h"
#include "proc/thread_role.h"
#include "proc/time.h"
#include "term/ref.h"

#define MONITOR_SLOTS 256u

struct NifMonitorEntry {
    NifMonitorEntry *next, *of_object;
    NifResource *object;
    uint64_t words[3];
    Term pid;
};

struct NifMonitors {
    Mutex lock;
    NifMonitorEntry *slots[MONITOR_SLOTS];
};

static NifMonitorEntry **slot_of(struct NifMonitors *all, const uint64_t *words) {
    return &all->slots[(words[0] ^ words[0] >> 32 ^ words[1]) % MONITOR_SLOTS];
}

/** Takes an entry out; NULL: there is none (any more). With the lock held. */
static NifMonitorEntry *take_entry(struct NifMonitors *all, const uint64_t *words) {
    NifMonitorEntry **at = slot_of(all, words);
    while (*at != NULL && ((*at)->words[0] != words[0] || (*at)->words[1] != words[1]))
        at = &(*at)->next;
    NifMonitorEntry *e = *at;
    if (e == NULL) return NULL;
    ASSERT(e->object != NULL);
    *at = e->next;
    NifMonitorEntry **own = &e->object->monitors;
    while (*own != e) own = &(*own)->of_object;
    *own = e->of_object;
    return e;
}

static Term ref_on(Term box[REF_WORDS], const uint64_t words[2]) {
    Term *hp = box;
    return ref_write(&hp, (uint64_t[3]){words[0], words[1], 0});
}

static void show(NifMonitor *out, const uint64_t words[3]) {
    _Static_assert(3 * sizeof(uint64_t) <= sizeof out->data, "a monitor's number fits");
    memset(out, 0, sizeof *out);
    memcpy(out->data, words, 3 * sizeof(uint64_t));
}

static void words_of(uint64_t words[3], const NifMonitor *monitor) {
    memcpy(words, monitor->data, 3 * sizeof(uint64_t));
}

/** The watched process has ended. */
static void fire(VM *vm, const uint64_t words[2], Term pid) {
    struct NifMonitors *all = vm->nif->monitors;
    ASSERT(all != NULL && term_is_local_pid(pid));
    mutex_lock(&all->lock);
    NifMonitorEntry *e = take_entry(all, words);
    NifResource *r = e != NULL && nif_resource_hold(e->object) ? e->object : NULL; // NIFMON-1
    mutex_unlock(&all->lock);
    if (r != NULL) {
        NifOwnEnv own;
        NifMonitor monitor;
        NifPid ended = {pid};
        NifResourceTypeInit calls;
        NifLibrary *owner = nif_type_hold(r->type, &calls);
        show(&monitor, e->words);
        nif_own_env_init(&own, vm, NIF_ENV_CALLBACK, owner);
        if (calls.down != NULL) calls.down(&own.env, r->object, &ended, &monitor);
        nif_own_env_free(&own);
        if (owner != NULL) nif_library_drop(owner);
        enif_release_resource(r->object);
    }
    mem_free(e);
}

/** In the watched process, or in its place when it is gone. */
static Term run_monitor(VM *vm, Process *p, SignalRequest *r, UNUSED Heap *out) {
    const uint64_t *words = ref_words(r->ref);
    ASSERT(term_is_local_pid(r->head.term));
    if (p == NULL) {
        fire(vm, words, r->head.term);
        return TERM_NONE;
    }
    Relation *m = relation_add_ref(&p->monitored_by, words);
    m->other = TERM_NONE;
    m->name = TERM_NONE;
    m->flags = RELATION_NATIVE;
    return TERM_NONE;
}

/** It watches nobody: the process ended while it was asked. */
static void forget(VM *vm, const uint64_t words[3]) {
    ASSERT(vm->nif->monitors != NULL);
    mutex_lock(&vm->nif->monitors->lock);
    NifMonitorEntry *e = take_entry(vm->nif->monitors, words);
    mutex_unlock(&vm->nif->monitors->lock);
    mem_free(e);
}

int enif_monitor_process(NifEnv *env, void *object, const NifPid *pid, NifMonitor *monitor) {
    NifResource *r = nif_resource_of(object);
    VM *vm = r->type->vm;
    if (nif_type_calls(r->type).down == NULL) return -1;
    NifOnline o = nif_online(vm);
    bool alive = nif_is_alive(vm, pid->pid);
    if (alive) {
        struct NifMonitors *all = vm->nif->monitors;
        NifMonitorEntry *e = mem_zalloc(sizeof *e);
        e->object = r;
        e->pid = pid->pid;
        reference_make_words(vm, e->words, TERM_NONE);
        if (monitor != NULL) show(monitor, e->words);
        Term box[REF_WORDS], ref = ref_on(box, e->words);
        atomic_store_explicit(&r->watched, true, memory_order_relaxed);
        mutex_lock(&all->lock);
        NifMonitorEntry **slot = slot_of(all, e->words);
        e->next = *slot;
        *slot = e;
        e->of_object = r->monitors;
        r->monitors = e;
        mutex_unlock(&all->lock);
        SignalRequest *s = signal_new(vm, SIGNAL_REQUEST, TERM_NONE, pid->pid, ref);
        s->function = run_monitor;
        s->beside = true;
        alive = signal_push_living(vm, pid->pid, s); // NIFMON-3
        if (!alive) forget(vm, ref_words(ref));
    }
    nif_offline(&o);
    return alive ? 0 : 1;
}

/** The watched process forgets the monitor. */
static void end_monitor(VM *vm, NifMonitorEntry *e) {
    Term box[REF_WORDS], ref = ref_on(box, e->words);
    ASSERT(term_is_local_pid(e->pid));
    signal_push(vm, e->pid, signal_new(vm, SIGNAL_DEMONITOR, TERM_NONE, TERM_NONE, ref));
    mem_free(e);
}

int enif_demonitor_process(NifEnv *env, void *object, const NifMonitor *monitor) {
    NifResource *r = nif_resource_of(object);
    VM *vm = r->type->vm;
    uint64_t words[3];
    words_of(words, monitor);
    NifOnline o = nif_online(vm);
    mutex_lock(&vm->nif->monitors->lock);
    NifMonitorEntry *e = NULL; // of this object only
    for (NifMonitorEntry *own = r->monitors; own != NULL && e == NULL; own = own->of_object)
        if (memcmp(own->words, words, sizeof words) == 0) e = take_entry(vm->nif->monitors, words);
    mutex_unlock(&vm->nif->monitors->lock);
    if (e != NULL) end_monitor(vm, e);
    nif_offline(&o);
    return e != NULL ? 0 : 1;
}

void nif_monitors_drop(NifResource *r) {
    VM *vm = r->type->vm;
    // not `monitors`: who has taken the last of them may hold the lock still, and look at r
    if (!atomic_load_explicit(&r->watched, memory_order_relaxed)) return;
    NifOnline o = nif_online(vm);
    for (;;) {
        mutex_lock(&vm->nif->monitors->lock);
        NifMonitorEntry *e =
            r->monitors == NULL ? NULL : take_entry(vm->nif->monitors, r->monitors->words);
        mutex_unlock(&vm->nif->monitors->lock);
        if (e == NULL) break;
        if (vm->schedulers != NULL)
            end_monitor(vm, e);
        else
            mem_free(e); // there are no processes any more
    }
    nif_offline(&o);
}

int enif_compare_monitors(const NifMonitor *a, const NifMonitor *b) {
    return memcmp(a->data, b->data, sizeof a->data);
}

Term enif_make_monitor_term(NifEnv *env, const NifMonitor *monitor) {
    uint64_t words[3];
    words_of(words, monitor);
    Term *hp = heap_alloc(env->heap, REF_WORDS);
    return ref_write(&hp, words);
}

/** process_info(monitored_by): the object that watches, as a reference; TERM_NONE: it is gone. */
static Term monitor_owner(VM *vm, const uint64_t words[2], Heap *out) {
    struct NifMonitors *all = vm->nif->monitors;
    mutex_lock(&all->lock);
    NifMonitorEntry *e = *slot_of(all, words);
    while (e != NULL && (e->words[0] != words[0] || e->words[1] != words[1])) e = e->next;
    NifResource *r = e != NULL && nif_resource_hold(e->object) ? e->object : NULL;
    mutex_unlock(&all->lock);
    if (r == NULL) return TERM_NONE;
    Term ref = nif_resource_term(out, r);
    enif_release_resource(r->object);
    return ref;
}

static const NativeMonitorHooks monitor_hooks = {fire, monitor_owner};

void nif_monitors_create(VM *vm) {
    ASSERT(vm->nif->monitors == NULL);
    vm->nif->monitors = mem_zalloc(sizeof *vm->nif->monitors);
    mutex_init(&vm->nif->monitors->lock);
    vm->native_monitors = &monitor_hooks;
}

void nif_monitors_destroy(VM *vm) {
    struct NifMonitors *all = vm->nif->monitors;
    for (size_t i = 0; i < MONITOR_SLOTS; i++) {
        for (NifMonitorEntry *e = all->slots[i], *next; e != NULL; e = next) { // of a leaked object
            next = e->next;
            mem_free(e);
        }
    }
    mutex_free(&all->lock);
    mem_free(all);
    vm->nif->monitors = NULL;
}
