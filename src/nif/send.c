// SPDX-License-Identifier: Apache-2.0
//
// send.c - messages from native code, and who is there. Any thread may call (NIF-3).
//
// SEND-1: the terms of a message environment move into the message; a message from any other
//         environment is copied. When nobody is there to get it, nothing moves.
#include "base/alloc.h"
#include "bif/bif.h"
#include "nif/resource.h"
#include "proc/beside.h"
#include "proc/process_table.h"
#include "proc/registry.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "proc/spawn.h"

bool nif_is_alive(VM *vm, Term pid) {
    Process *p = term_is_local_pid(pid) ? process_find(vm, pid) : NULL;
    return p != NULL &&
           atomic_load_explicit(&p->signals_outer, memory_order_acquire) != SIGNAL_CLOSED;
}

/** These may be asked without an environment, from any thread. */
static VM *vm_of(const NifEnv *env, const void *caller) {
    return env != NULL ? env->vm : nif_vm_of(caller);
}

static void send(NifEnv *env, VM *vm, Term to, NifEnv *message_env, Term message) {
    ASSERT(term_is_local_pid(to));
    Process *sender = env != NULL ? env->process : NULL;
    if (sender != NULL && UNLIKELY(process_traced(sender, TRACE_SEND) != NULL))
        vm->tracing.hooks->send(sender, to, message);
    if (message_env == NULL) {
        signal_send_message(vm, sender, to, message);
        return;
    }
    nif_check(message_env, message, __func__);
    ASSERT(message_env->kind == NIF_ENV_INDEPENDENT);
    HeapFragment *fragments = heap_take_fragments(message_env->heap); // SEND-1
    if (fragments != NULL)
        signal_send_built(vm, sender, to, message, fragments);
    else
        signal_send_message(vm, sender, to, message);
    enif_clear_env(message_env);
}

int enif_send(NifEnv *env, const NifPid *to, NifEnv *message_env, Term message) {
    VM *vm = env != NULL           ? env->vm
             : message_env != NULL ? message_env->vm
                                   : nif_vm_of(__builtin_return_address(0));
    if (env != NULL && message_env == NULL) nif_check(env, message, __func__);
    // who was killed in a dirty call says nothing any more
    if (env != NULL && env->dirty && beside_has_ended(env->process)) return 0;
    NifOnline o = nif_online(vm);
    bool alive = nif_is_alive(vm, to->pid);
    if (alive) send(env, vm, to->pid, message_env, message);
    nif_offline(&o);
    return alive;
}

int enif_port_command(NifEnv *env, const NifPort *to, NifEnv *message_env, Term message) {
    VM *vm = vm_of(env, __builtin_return_address(0));
    ASSERT(vm->port_hooks != NULL);
    uint8_t *bytes;
    size_t count;
    if (!bif_iodata_bytes(message, &bytes, &count)) return 0;
    NifOnline o = nif_online(vm);
    bool done = vm->port_hooks->output(vm, to->port, bytes, count);
    nif_offline(&o);
    mem_free(bytes);
    if (done && message_env != NULL) enif_clear_env(message_env);
    return done;
}

int enif_is_process_alive(NifEnv *env, NifPid *pid) {
    VM *vm = vm_of(env, __builtin_return_address(0));
    NifOnline o = nif_online(vm);
    bool alive = nif_is_alive(vm, pid->pid);
    nif_offline(&o);
    return alive;
}

int enif_is_current_process_alive(NifEnv *env) {
    Process *p = env->process;
    if (p == NULL) return 0;
    return env->dirty ? !beside_has_ended(p) : 1;
}

int enif_is_port_alive(NifEnv *env, NifPort *port) {
    VM *vm = vm_of(env, __builtin_return_address(0));
    ASSERT(vm->port_hooks != NULL);
    NifOnline o = nif_online(vm);
    bool alive = vm->port_hooks->exists(vm, port->port);
    nif_offline(&o);
    return alive;
}

static Term find_name(VM *vm, Term name) {
    if (!term_is_atom(name)) return TERM_NONE;
    NifOnline o = nif_online(vm);
    Term owner = registry_find(vm, name);
    nif_offline(&o);
    return owner;
}

int enif_whereis_pid(NifEnv *env, Term name, NifPid *pid) {
    Term owner = find_name(vm_of(env, __builtin_return_address(0)), name);
    if (owner == TERM_NONE || !term_is_local_pid(owner)) return 0;
    pid->pid = owner;
    return 1;
}

int enif_whereis_port(NifEnv *env, Term name, NifPort *port) {
    Term owner = find_name(vm_of(env, __builtin_return_address(0)), name);
    if (owner == TERM_NONE || !term_is_local_port(owner)) return 0;
    port->port = owner;
    return 1;
}
