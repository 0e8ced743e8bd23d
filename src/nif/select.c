// SPDX-License-Identifier: Apache-2.0
//
// select.c - enif_select: a message when a descriptor can be read or written, and the word to an
// object that a descriptor may be closed.
//
// NIFSEL-1: a descriptor belongs to the object that selected it first, which it keeps, until the
//           object stops it. What is asked for twice is asked by the last.
// NIFSEL-2: an event is told once, as a message that was built when it was asked for.
// NIFSEL-3: the poller hands out numbers that are never used twice: an event that was on its way
//           when its descriptor was stopped finds nothing.
// Threads: any; nif_select_ready by the poll thread. The list stands under one lock.
#include <limits.h>

#include "base/alloc.h"
#include "io/port.h"
#include "nif/resource.h"
#include "proc/signal.h"
#include "proc/thread_role.h"
#include "world/poller.h"

typedef enum { WAY_READ, WAY_WRITE, WAY_ERROR, WAY_COUNT } Way;

/** What was asked for of one way. */
typedef struct Wish {
    Term pid; // TERM_NONE: nothing
    Heap heap;
    Term message;
} Wish;

typedef struct Selected Selected;
struct Selected {
    Selected *next;
    int fd;
    uint64_t number;
    NifResource *object;
    Wish wish[WAY_COUNT];
};

struct NifSelect {
    Mutex lock;
    Selected *first;
    uint64_t next_number;
};

static Selected **find(struct NifSelect *all, int fd, uint64_t number) {
    Selected **at = &all->first;
    while (*at != NULL && (fd >= 0 ? (*at)->fd != fd : (*at)->number != number)) at = &(*at)->next;
    return at;
}

static void drop_wish(Wish *w) {
    if (w->pid == TERM_NONE) return;
    heap_destroy(&w->heap);
    w->pid = TERM_NONE;
}

/** Asks the poller for what is wanted now. 0 or an errno value. */
static int arm(VM *vm, const Selected *s) {
    unsigned interest = (s->wish[WAY_READ].pid != TERM_NONE ? POLLER_READ : 0) |
                        (s->wish[WAY_WRITE].pid != TERM_NONE ? POLLER_WRITE : 0);
    return poller_arm(vm->world, vm->ports->poller, s->fd, interest,
                      s->number << PORT_READY_BITS | PORT_READY_EXTENSION);
}

static Way way_of(int flag) {
    return flag == NIF_SELECT_READ ? WAY_READ : flag == NIF_SELECT_WRITE ? WAY_WRITE : WAY_ERROR;
}

/** NIFSEL-2: {select, Object, Ref, What}, or the message given. */
static void make_wish(VM *vm, Wish *w, Way way, NifResource *r, Term pid, Term message,
                      bool custom) {
    static const Term whats[] = {am_ready_input, am_ready_output, am_ready_error};
    drop_wish(w);
    ASSERT(term_is_local_pid(pid));
    w->pid = pid;
    heap_init_detached(&w->heap, &vm->literals);
    Term copy = heap_copy(&w->heap, message);
    w->message =
        custom ? copy
               : heap_tuple4(&w->heap, am_select, nif_resource_term(&w->heap, r), copy, whats[way]);
}

/** The object has its descriptor to itself again. */
static void call_stop(NifResource *r, int fd, bool direct) {
    NifOwnEnv own;
    NifResourceTypeInit calls;
    NifLibrary *owner = nif_type_hold(r->type, &calls);
    ASSERT(calls.stop != NULL && owner != NULL);
    nif_own_env_init(&own, r->type->vm, NIF_ENV_CALLBACK, owner);
    calls.stop(&own.env, r->object, fd, direct);
    nif_own_env_free(&own);
    nif_library_drop(owner);
}

static int cancel(Selected *s, int flags) {
    static const int told[] = {NIF_SELECT_READ_CANCELLED, NIF_SELECT_WRITE_CANCELLED,
                               NIF_SELECT_ERROR_CANCELLED};
    int result = 0;
    ASSERT(s->object != NULL); // NIFSEL-1
    for (Way way = WAY_READ; way < WAY_COUNT; way++) {
        static const int flag[] = {NIF_SELECT_READ, NIF_SELECT_WRITE, NIF_SELECT_ERROR};
        if ((flags & flag[way]) == 0 || s->wish[way].pid == TERM_NONE) continue;
        drop_wish(&s->wish[way]);
        result |= told[way];
    }
    return result;
}

/** At the VM's end: the object gets its descriptor back, as if it had asked for it. */
static void end_selected(VM *vm, Selected *s) {
    for (Way way = WAY_READ; way < WAY_COUNT; way++) drop_wish(&s->wish[way]);
    poller_disarm(vm->world, vm->ports->poller, s->fd); // POLLER-2
    NifResource *r = s->object;
    if (nif_type_calls(r->type).stop != NULL) call_stop(r, s->fd, false);
    mem_free(s);
    enif_release_resource(r->object);
}

static int stop(VM *vm, int fd, NifResource *r) {
    struct NifSelect *all = vm->nif->select;
    mutex_lock(&all->lock);
    Selected **at = find(all, fd, 0), *s = *at;
    if (s != NULL) *at = s->next;
    mutex_unlock(&all->lock);
    int result = NIF_SELECT_STOP_CALLED;
    if (s != NULL) result |= cancel(s, NIF_SELECT_READ | NIF_SELECT_WRITE);
    if (s != NULL) poller_disarm(vm->world, vm->ports->poller, fd); // POLLER-2
    call_stop(r, fd, true);
    if (s != NULL) {
        for (Way way = WAY_READ; way < WAY_COUNT; way++) drop_wish(&s->wish[way]);
        enif_release_resource(s->object->object);
        mem_free(s);
    }
    return result;
}

/** Asks for what flags say. With the lock held; *former gets an object that lost the descriptor. */
static int ask(VM *vm, int fd, int flags, NifResource *r, Term pid, Term message,
               NifResource **former) {
    struct NifSelect *all = vm->nif->select;
    Selected *s = *find(all, fd, 0);
    bool fresh = s == NULL;
    if (fresh) {
        s = mem_zalloc(sizeof *s);
        s->fd = fd;
        s->number = all->next_number++;
        s->object = r;
        enif_keep_resource(r->object); // NIFSEL-1
        s->next = all->first;
        all->first = s;
    } else if (s->object != r) {
        *former = s->object;
        cancel(s, NIF_SELECT_READ | NIF_SELECT_WRITE | NIF_SELECT_ERROR);
        s->object = r;
        enif_keep_resource(r->object);
    }
    for (int flag = NIF_SELECT_READ; flag <= NIF_SELECT_ERROR; flag <<= 1)
        if ((flags & flag & (NIF_SELECT_READ | NIF_SELECT_WRITE | NIF_SELECT_ERROR)) != 0)
            make_wish(vm, &s->wish[way_of(flag)], way_of(flag), r, pid, message,
                      (flags & NIF_SELECT_CUSTOM_MSG) != 0);
    if (arm(vm, s) == 0) return 0;
    cancel(s, flags);
    if (fresh) {
        all->first = s->next;
        *former = r;
        mem_free(s);
    }
    return INT_MIN | NIF_SELECT_FAILED;
}

static int select_any(VM *vm, int fd, int flags, NifResource *r, Term pid, Term message) {
    if (fd < 0) return INT_MIN | NIF_SELECT_INVALID_EVENT;
    if ((flags & NIF_SELECT_STOP) != 0) return stop(vm, fd, r);
    struct NifSelect *all = vm->nif->select;
    NifResource *former = NULL;
    int result = 0;
    mutex_lock(&all->lock);
    if ((flags & NIF_SELECT_CANCEL) != 0) {
        Selected *s = *find(all, fd, 0);
        if (s != NULL) result = cancel(s, flags);
        if (result != 0) arm(vm, s);
    } else {
        result = ask(vm, fd, flags, r, pid, message, &former);
    }
    mutex_unlock(&all->lock);
    if (former != NULL) enif_release_resource(former->object);
    return result;
}

int enif_select(NifEnv *env, NifEvent fd, int flags, void *object, const NifPid *pid, Term ref) {
    return enif_select_x(env, fd, flags & ~NIF_SELECT_CUSTOM_MSG, object, pid, ref, NULL);
}

int enif_select_x(NifEnv *env, NifEvent fd, int flags, void *object, const NifPid *pid,
                  Term message, NifEnv *message_env) {
    NifResource *r = nif_resource_of(object);
    VM *vm = r->type->vm;
    Term to = pid != NULL                           ? pid->pid
              : env != NULL && env->process != NULL ? env->process->pid
                                                    : TERM_NONE;
    ASSERT(to != TERM_NONE || (flags & (NIF_SELECT_STOP | NIF_SELECT_CANCEL)) != 0);
    NifOnline o = nif_online(vm);
    int result = select_any(vm, fd, flags, r, to, message);
    nif_offline(&o);
    if (message_env != NULL && result >= 0) enif_clear_env(message_env);
    return result;
}

static void tell(VM *vm, Wish *w) {
    if (w->pid == TERM_NONE) return;
    signal_send_message(vm, NULL, w->pid, w->message);
    drop_wish(w);
}

/** What the poll thread found. */
static void select_ready_native(VM *vm, uint64_t number, unsigned readiness) {
    struct NifSelect *all = vm->nif->select;
    mutex_lock(&all->lock);
    Selected *s = *find(all, -1, number); // NIFSEL-3
    if (s != NULL) {
        bool wanted_error = s->wish[WAY_ERROR].pid != TERM_NONE;
        if ((readiness & POLLER_HANGUP) != 0 && wanted_error) tell(vm, &s->wish[WAY_ERROR]);
        if ((readiness & POLLER_READ) != 0) tell(vm, &s->wish[WAY_READ]);
        if ((readiness & POLLER_WRITE) != 0) tell(vm, &s->wish[WAY_WRITE]);
        bool wants = false;
        for (Way way = WAY_READ; way < WAY_COUNT; way++) wants |= s->wish[way].pid != TERM_NONE;
        if (wants) arm(vm, s);
    }
    mutex_unlock(&all->lock);
}

void nif_select_create(VM *vm) {
    ASSERT(vm->nif->select == NULL && vm->ports != NULL);
    vm->nif->select = mem_zalloc(sizeof *vm->nif->select);
    mutex_init(&vm->nif->select->lock);
    vm->ports->extension_ready = select_ready_native;
}

void nif_select_destroy(VM *vm) {
    struct NifSelect *all = vm->nif->select;
    ASSERT(vm->ports != NULL); // its poller forgets the descriptors
    ThreadRole role = {.vm = vm}, *before = thread_role_here();
    thread_role_set(&role); // callbacks find their VM
    while (all->first != NULL) {
        Selected *s = all->first;
        all->first = s->next;
        end_selected(vm, s);
    }
    thread_role_set(before);
    mem_free(role.native);
}

void nif_select_free(VM *vm) {
    ASSERT(vm->nif->select->first == NULL);
    mutex_free(&vm->nif->select->lock);
    mem_free(vm->nif->select);
    vm->nif->select = NULL;
}
