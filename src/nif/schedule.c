// SPDX-License-Identifier: Apache-2.0
//
// schedule.c - enif_schedule_nif: a native function that goes on as another one, perhaps on a dirty
// thread.
//
// What is to be called next is code of its own: [func_info][module][function][arity]
// [call_native][NativeFunction], which the process jumps to as a built-in traps. A process has room
// for two: the one that runs now, and the one that it asks for.
//
// SCHEDULE-1: both belong to the process, which frees them with its memory; p->scheduled_code keeps
// the library's module version from
//             being purged until the last of them has returned.
// SCHEDULE-2: the arguments of the call that the program made stand in the registers behind those
//             of the scheduled one: if that fails, the stack trace shows the program's own call.
#include "bif/bif.h"
#include "code/lower.h"
#include "exec/runtime.h"
#include "nif/nif.h"
#include "proc/scheduler.h"

#include "base/alloc.h"

typedef struct ScheduledCall {
    NativeFunction native;
    Export export;        // in no table
    const Export *origin; // the function that the program called
    uint32_t count;
    Term args[ARITY_MAX];
} ScheduledCall;

typedef struct NifScheduled {
    ScheduledCall call[2];
    uint32_t next; // which of them the next request fills
} NifScheduled;

static Term enter_scheduled(Process *p, const NativeFunction *n, Term *x);

static const ScheduledCall *scheduled_of(const NativeFunction *n) {
    return n->enter == enter_scheduled ? CONTAINER_OF(n, ScheduledCall, native) : NULL;
}

/** Enters what was asked for; when it does not ask again, the library's code is free to go. */
static Term enter_scheduled(Process *p, const NativeFunction *n, Term *x) {
    const Export *origin = scheduled_of(n)->origin;
    Term r = nif_enter(p, n, x);
    if (r == TERM_NONE && p->exc.class == EXC_TRAP) return r;
    atomic_store_explicit(&p->scheduled_code, NULL, memory_order_relaxed); // SCHEDULE-1
    if (r == TERM_NONE)                                                    // SCHEDULE-2
        exec_trace_mfa(p, NULL, origin->module, origin->function, origin->arity, x + n->arity);
    return r;
}

Term enif_schedule_nif(NifEnv *env, const char *name, int flags, NifFunctionPointer *function,
                       int argc, const Term argv[]) {
    Process *p = env->process;
    Term atom = atom_intern(env->vm->atoms, name, strlen(name));
    if (p == NULL || env->native == NULL || atom == TERM_NONE || argc < 0 || argc > ARITY_MAX ||
        (flags != 0 && flags != NIF_DIRTY_CPU && flags != NIF_DIRTY_IO))
        return enif_make_badarg(env);
    if (p->scheduled == NULL) p->scheduled = mem_zalloc(sizeof *p->scheduled);
    NifScheduled *s = p->scheduled;
    if (env->scheduled == NULL) s->next ^= 1; // asked twice in a call: the last one counts
    ScheduledCall *c = &s->call[s->next];
    c->count = (uint32_t)argc;
    for (int i = 0; i < argc; i++) {
        nif_check(env, argv[i], __func__);
        c->args[i] = argv[i];
    }
    c->export.module = env->library->module;
    c->export.function = atom;
    c->export.arity = (uint32_t)argc;
    const ScheduledCall *now = scheduled_of(env->native);
    c->origin = now != NULL ? now->origin : env->native->export;
    c->native = (NativeFunction){.enter = enter_scheduled,
                                 .function = (Term(*)(void))(uintptr_t)function,
                                 .export = &c->export,
                                 .arity = (uint32_t)argc,
                                 .live = (uint32_t)argc + c->origin->arity,
                                 .dirty = (uint32_t)flags,
                                 .library = env->library};
    env->scheduled = s;
    return TERM_NONE;
}

Term nif_schedule_leave(NifEnv *env) {
    Process *p = env->process;
    ScheduledCall *c = &env->scheduled->call[env->scheduled->next];
    ASSERT(p->scheduled == env->scheduled && p->x != NULL);
    env->vm->code_hooks->prepare_native(env->vm, &c->export, &c->native);
    const Term *origin_args = p->x + (scheduled_of(env->native) != NULL ? env->native->arity : 0);
    memmove(p->x + c->count, origin_args, c->origin->arity * sizeof(Term)); // SCHEDULE-2
    memcpy(p->x, c->args, c->count * sizeof(Term));
    // until the trap is taken, p->pc stands in that module
    atomic_store_explicit(&p->scheduled_code, env->library->instance, memory_order_relaxed);
    p->exc =
        (Exception){.class = EXC_TRAP, .trap_export = &c->export, .trap_arity = c->native.live};
    return TERM_NONE;
}
