// SPDX-License-Identifier: Apache-2.0
//
// env.c - environments: where terms of a native function are made, and the call itself.
//
// ENV-1: a bound environment stands on the C stack of the call, and ends with it.
// ENV-2: an independent environment knows no VM until something is put into it that needs one; then
//        it is the calling thread's.
#include "nif/nif.h"

#include "base/alloc.h"
#include "bif/bif.h"
#include "proc/signal.h"
#include "proc/thread_role.h"

// ---- which VM
// ------------------------------------------------------------------------------------
VM *nif_vm_here(void) {
    const ThreadRole *role = thread_role_here();
    return role == NULL ? NULL : role->vm;
}

VM *nif_vm_of(const void *caller) {
    VM *vm = nif_vm_here();
    if (LIKELY(vm != NULL)) return vm;
    vm = (VM *)(uintptr_t)dynlib_owner_of(caller);
    if (vm == NULL)
        base_assert_failed("a native library's thread calls enif_* and belongs to none of the "
                           "program's VMs: make it with enif_thread_create",
                           __FILE__, __LINE__);
    return vm;
}

NifOnline nif_online(VM *vm) {
    NifOnline o = {.vm = vm};
    const ThreadRole *role = thread_role_here();
    if (role != NULL && role->vm == vm && role->scheduler != NULL) {
        Scheduler *s = role->scheduler;
        if (s->native_away) {
            s->native_away = false;
            quiesce_online(vm->quiesce, s->quiesce);
            o.away = s;
        }
        return o;
    }
    o.quiesce = quiesce_register(vm->quiesce);
    o.registered = true;
    return o;
}

void nif_offline(NifOnline *o) {
    if (o->registered) {
        quiesce_unregister(o->vm->quiesce, o->quiesce);
    } else if (o->away != NULL) {
        ASSERT(!o->away->native_away);
        quiesce_offline(o->vm->quiesce, o->away->quiesce);
        o->away->native_away = true;
    }
}

// ---- making and ending
// ---------------------------------------------------------------------------
void nif_env_bind(NifEnv *env, Process *p, NifLibrary *library) {
    ASSERT(p->vm != NULL && library != NULL);
    *env = (NifEnv){.vm = p->vm, .process = p, .heap = &p->heap, .library = library};
}

Term nif_env_leave(NifEnv *env, Term result) {
    Process *p = env->process;
    ASSERT(env->kind == NIF_ENV_BOUND && p != NULL); // ENV-1
    if (UNLIKELY(env->raised)) return bif_error(p, env->reason);
    if (UNLIKELY(env->scheduled != NULL)) return nif_schedule_leave(env);
    if (UNLIKELY(result == TERM_NONE)) return bif_badarg(p); // no exception, and no value
    nif_check(env, result, "its caller");
    return result;
}

void nif_own_env_init(NifOwnEnv *own, VM *vm, NifEnvKind kind, NifLibrary *library) {
    ASSERT(kind != NIF_ENV_BOUND);
    own->env = (NifEnv){.vm = vm, .heap = &own->heap, .library = library, .kind = (uint8_t)kind};
    heap_init_detached(&own->heap, vm == NULL ? NULL : &vm->literals);
}

void nif_own_env_free(NifOwnEnv *own) {
    ASSERT(own->env.heap == &own->heap);
    heap_destroy(&own->heap);
}

Term nif_enter(Process *p, const NativeFunction *n, Term *x) {
    NifEnv env;
    env.vm = p->vm;
    env.process = p;
    env.heap = &p->heap;
    env.library = n->library;
    env.native = n;
    env.kind = NIF_ENV_BOUND;
    env.raised = env.dirty = env.loading = false;
    env.scheduled = NULL;
    DEBUG_ASSERT(n->library->vm == p->vm);
    NifFunctionPointer *function = (NifFunctionPointer *)(uintptr_t)n->function;
    if (UNLIKELY(scheduler_is_dirty(p))) {
        Scheduler *s = p->scheduler;
        env.dirty = true;
        NifOnline o = {.vm = p->vm, .away = s->quiesce == NULL ? NULL : s};
        nif_offline(&o); // NIF-3; a deterministic VM's dirty schedulers have no thread
        Term r = function(&env, (int)n->arity, x);
        if (s->quiesce != NULL) nif_online(p->vm);
        return nif_env_leave(&env, r);
    }
    Term r = function(&env, (int)n->arity, x);
    if (UNLIKELY(r == TERM_NONE || env.raised || env.scheduled != NULL || BASE_CHECKS))
        return nif_env_leave(&env, r);
    return r;
}

NifEnv *enif_alloc_env(void) {
    NifOwnEnv *own = mem_zalloc(sizeof *own);
    VM *vm = nif_vm_of(__builtin_return_address(0));
    nif_own_env_init(own, vm, NIF_ENV_INDEPENDENT, NULL);
    return &own->env;
}

static NifOwnEnv *own_env(NifEnv *env) {
    ASSERT(env->kind == NIF_ENV_INDEPENDENT); // what enif_alloc_env made
    return CONTAINER_OF(env, NifOwnEnv, env);
}

void enif_clear_env(NifEnv *env) {
    NifOwnEnv *own = own_env(env);
    nif_own_env_free(own);
    nif_own_env_init(own, env->vm, NIF_ENV_INDEPENDENT, NULL);
}

void enif_free_env(NifEnv *env) {
    NifOwnEnv *own = own_env(env);
    nif_own_env_free(own);
    mem_free(own);
}

void *enif_priv_data(NifEnv *env) { return env->library->private_data; }

NifPid *enif_self(NifEnv *env, NifPid *pid) {
    if (env->process == NULL) return NULL;
    pid->pid = env->process->pid;
    return pid;
}

Term enif_make_copy(NifEnv *env, Term source) {
    NifOnline o = nif_online(env->vm);
    Term copy = heap_copy(env->heap, source);
    nif_offline(&o);
    return copy;
}

// ---- exceptions
// ----------------------------------------------------------------------------------
Term enif_raise_exception(NifEnv *env, Term reason) {
    nif_check(env, reason, __func__);
    env->raised = true;
    env->reason = reason;
    return TERM_NONE;
}

Term enif_make_badarg(NifEnv *env) { return enif_raise_exception(env, am_badarg); }

int enif_is_exception(NifEnv *env, Term term) { return env->raised && term == TERM_NONE; }

int enif_has_pending_exception(NifEnv *env, Term *reason) {
    if (env->raised && reason != NULL) *reason = env->reason;
    return env->raised;
}

int enif_consume_timeslice(NifEnv *env, int percent) {
    Process *p = env->process;
    if (p == NULL) return 0;
    ASSERT(percent >= 1 && percent <= 100);
    if (env->dirty) return 1;
    // Of the turn that programs are told of, of which the real one is a part: the rest only counts.
    p->reductions_done +=
        (uint64_t)(CONTEXT_REDUCTIONS - REDUCTIONS_PER_TURN) * (uint64_t)percent / 100;
    int64_t left = p->reductions_left - (int64_t)REDUCTIONS_PER_TURN * percent / 100;
    p->reductions_left = MAX(left, MIN(p->reductions_left, 0)); // no more than the turn has
    return p->reductions_left <= 0;
}

// ---- checks
// --------------------------------------------------------------------------------------
static bool in_fragments(const HeapFragment *f, const Term *at) {
    for (; f != NULL; f = f->next)
        if (at >= f->mem && at < f->mem + f->used_words) return true;
    return false;
}

void nif_check_term(const NifEnv *env, Term t, const char *function) {
    const Heap *h = env->heap;
    if (t == TERM_NONE && env->raised) return;
    bool good = t != TERM_NONE;
    if (good && term_is_pointer(t) && !heap_is_literal(h, t)) {
        const Term *at = term_is_cell(t) ? term_cell(t) : term_box(t);
        good = (at >= h->start && at < h->top) || (at >= h->old_start && at < h->old_top) ||
               in_fragments(h->fragments, at) || in_fragments(h->adopted, at);
        // messages that it has not taken in yet; while it is in a dirty call they are others'
        // (BESIDE-1)
        if (env->process != NULL && !env->dirty)
            for (Signal *s = env->process->messages_first; s != NULL && !good; s = s->next)
                good = in_fragments(s->fragments, at);
    }
    if (good) return;
    char text[1024], who[800] = "a callback or thread";
    if (env->native != NULL) {
        const Export *x = env->native->export;
        size_t count;
        snprintf(who, sizeof who, "%s:%s/%u", atom_text(env->vm->atoms, x->module, &count),
                 atom_text(env->vm->atoms, x->function, &count), x->arity);
    }
    snprintf(text, sizeof text,
             "%s of a native library gives %s a term that does not live in its environment "
             "(kept past its own?)",
             who, function);
    base_assert_failed(text, __FILE__, __LINE__);
}
