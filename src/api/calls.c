// SPDX-License-Identifier: Apache-2.0
//
// calls.c - mica.h: calling functions, spawning, sending, loading.
//
// A call runs in a process of its own, which ends with the result as its exit reason (kernel's
// erpc:execute_call/4 does that, and turns exceptions into terms); the calling thread's host
// process watches it.
#include "api/api.h"
#include "base/alloc.h"
#include "code/code.h"
#include "proc/host.h"
#include "proc/registry.h"
#include "proc/signal.h"
#include "proc/spawn.h"

/** Output of what the host starts goes where the system's goes. */
static void set_group_leader(HostProcess *h) {
    ASSERT(h->process != NULL);
    Term user = registry_find(h->vm, am_user);
    if (user != TERM_NONE) h->process->group_leader = user;
}

/** The DOWN message of a watched process: {'DOWN', Ref, process, Pid, Reason}. */
static bool down_reason(Term message, Term *reason) {
    if (!term_is_tuple_of(message, 5) || tuple_get(message, 0) != am_DOWN) return false;
    *reason = tuple_get(message, 4);
    return true;
}

static MicaStatus wait_for_end(HostProcess *h, MicaVM *v, int64_t timeout_ms, MicaTerm **result) {
    for (;;) {
        Term message, reason;
        switch (host_process_receive(h, timeout_ms < 0 ? -1 : timeout_ms * 1000000, &message)) {
        case HOST_TIMEOUT: return MICA_ERROR_TIMEOUT;
        case HOST_HALTED: return MICA_ERROR_HALTED;
        case HOST_MESSAGE: break;
        }
        ASSERT(message != TERM_NONE);
        bool ended = down_reason(message, &reason);
        if (ended) *result = api_term_copy(v, reason);
        host_process_drop(h);
        if (ended) return MICA_OK;
    }
}

MicaStatus api_run(MicaVM *v, Term module, Term function, Term arguments, int64_t timeout_ms,
                   MicaTerm **reason) {
    ASSERT(term_is_atom(module) && term_is_atom(function) && term_is_list(arguments));
    HostProcess *h = host_process_create(v->vm);
    if (h == NULL) return MICA_ERROR_MEMORY;
    set_group_leader(h);
    SpawnOptions o;
    spawn_options_default(v->vm, &o);
    o.monitor = true;
    Term ref;
    Term pid = process_spawn(v->vm, h->process, module, function, arguments, &o, &ref);
    MicaStatus status =
        pid == TERM_NONE ? MICA_ERROR_MEMORY : wait_for_end(h, v, timeout_ms, reason);
    host_process_destroy(h);
    return status;
}

/** List of copies of the arguments' values in h. */
static Term argument_list(Heap *h, size_t count, MicaTerm *const *arguments) {
    Term list = TERM_NIL;
    for (size_t i = count; i > 0; i--)
        list = heap_cons(h, heap_copy(h, arguments[i - 1]->value), list);
    return list;
}

static bool intern(MicaVM *v, const char *text, Term *atom) {
    *atom = atom_intern(v->vm->atoms, text, strlen(text));
    return *atom != TERM_NONE;
}

/** What execute_call ended with: {Tag, return, Value}, {Tag, Class, Reason...}, or something else.
 */
static MicaStatus unpack(MicaVM *v, MicaTerm *ended, MicaTerm **result) {
    Term t = ended->value;
    bool is_answer = term_is_tuple(t) && tuple_arity(t) >= 3 && tuple_get(t, 0) == am_mica_call;
    if (is_answer && tuple_get(t, 1) == am_return) {
        *result = api_term_copy(v, tuple_get(t, 2));
        return MICA_OK;
    }
    Term class = is_answer ? tuple_get(t, 1) : am_exit;
    MicaTerm *out = api_term_new(v);
    Term reason = heap_copy(&out->heap, is_answer ? tuple_get(t, 2) : t);
    out->value = heap_tuple2(&out->heap, class, reason);
    *result = out;
    return MICA_ERROR_EXCEPTION;
}

MicaStatus mica_call(MicaVM *v, const char *module, const char *function, size_t count,
                     MicaTerm *const *arguments, int64_t timeout_ms, MicaTerm **result) {
    Term m, f;
    *result = NULL;
    if (!intern(v, module, &m) || !intern(v, function, &f)) return MICA_ERROR_TYPE;
    MicaTerm *words = api_term_new(v);
    Term list = argument_list(&words->heap, count, arguments);
    Term call[] = {am_mica_call, m, f, list};
    words->value = heap_list(&words->heap, call, 4, TERM_NIL);
    MicaTerm *ended = NULL;
    MicaStatus status = api_run(v, am_erpc, am_execute_call, words->value, timeout_ms, &ended);
    mica_term_free(words);
    ASSERT((status == MICA_OK) == (ended != NULL));
    if (status == MICA_OK) status = unpack(v, ended, result);
    mica_term_free(ended);
    return status;
}

MicaStatus mica_spawn(MicaVM *v, const char *module, const char *function, size_t count,
                      MicaTerm *const *arguments, MicaTerm **pid) {
    Term m, f;
    if (!intern(v, module, &m) || !intern(v, function, &f)) return MICA_ERROR_TYPE;
    HostProcess *h = host_process_create(v->vm);
    if (h == NULL) return MICA_ERROR_MEMORY;
    set_group_leader(h);
    MicaTerm *words = api_term_new(v);
    words->value = argument_list(&words->heap, count, arguments);
    SpawnOptions o;
    spawn_options_default(v->vm, &o);
    Term spawned = process_spawn(v->vm, h->process, m, f, words->value, &o, NULL);
    mica_term_free(words);
    host_process_destroy(h);
    if (spawned == TERM_NONE) return MICA_ERROR_MEMORY;
    if (pid != NULL) *pid = api_term_copy(v, spawned);
    return MICA_OK;
}

MicaStatus mica_send(MicaVM *v, const MicaTerm *to, const MicaTerm *message) {
    Term receiver = to->value;
    ASSERT(to->owner == v && message->owner == v); // terms of different VMs never mix
    if (!term_is_atom(receiver) && !term_is_local_pid(receiver) && !term_is_reference(receiver))
        return MICA_ERROR_TYPE;
    HostProcess *h = host_process_create(v->vm);
    if (h == NULL) return MICA_ERROR_MEMORY;
    if (term_is_atom(receiver)) receiver = registry_find(v->vm, receiver);
    if (receiver != TERM_NONE) signal_send_message(v->vm, h->process, receiver, message->value);
    host_process_destroy(h);
    return MICA_OK;
}

MicaStatus mica_load(MicaVM *v, const char *module, const void *beam, size_t bytes) {
    // Through OTP's code server, which keeps the books of what is loaded.
    MicaTerm *arguments[] = {mica_term_atom(v, module), mica_term_string(v, module),
                             mica_term_binary(v, beam, bytes)};
    MicaTerm *result = NULL;
    MicaStatus status = MICA_ERROR_TYPE;
    if (arguments[0] != NULL && arguments[1] != NULL) {
        status = mica_call(v, "code", "load_binary", 3, arguments, -1, &result);
    }
    bool is_loaded = status == MICA_OK && term_is_tuple_of(result->value, 2) &&
                     tuple_get(result->value, 0) == am_module;
    for (size_t i = 0; i < ARRAY_COUNT(arguments); i++) mica_term_free(arguments[i]);
    mica_term_free(result);
    return is_loaded ? MICA_OK : status == MICA_OK ? MICA_ERROR_TYPE : status;
}
