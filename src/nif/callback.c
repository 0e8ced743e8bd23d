// SPDX-License-Identifier: Apache-2.0
//
// callback.c - native functions called by the VM itself, beside any process: those of tracer
// modules.
//
// CALLBACK-1: the library is held for the call, so that its module may be purged meanwhile; only
//             one whose version is still there is entered.
// Any thread that is registered with proc/quiesce.h, with any lock of tracing held.
#include "nif/callback.h"

#include "code/native.h"
#include "nif/nif.h"

#define CALLBACK_ARGUMENTS_MAX 8

/** The module's current version's library, held, and its function; NULL: there is none. */
static NifLibrary *find(VM *vm, Term module, Term name, uint32_t arity,
                        const NativeFunction **function) {
    ASSERT(term_is_atom(module) && term_is_atom(name));
    Export *ex = code_find_export(vm->code, module, name, arity);
    if (ex == NULL || vm->nif == NULL) return NULL;
    // pairs with the release by which the code became current
    const Word *code = atomic_load_explicit(&ex->code, memory_order_acquire);
    if (code == NULL) return NULL;
    NifLibrary *found = NULL;
    mutex_lock(&vm->nif->lock);
    for (NifLibrary *l = vm->nif->libraries; l != NULL && found == NULL; l = l->next) {
        if (l->module != module || l->instance == NULL || !code_contains(l->instance, code))
            continue;
        for (int n = 0; n < l->entry.function_count; n++) {
            if (l->functions[n].export != ex) continue;
            *function = &l->functions[n];
            found = l;
            nif_library_hold(l); // its module's version has a reference still: under the lock
            break;
        }
    }
    mutex_unlock(&vm->nif->lock);
    return found;
}

bool nif_callback_exists(VM *vm, Term module, Term name, uint32_t arity) {
    const NativeFunction *function;
    NifLibrary *l = find(vm, module, name, arity, &function);
    if (l != NULL) nif_library_drop(l);
    return l != NULL;
}

Term nif_callback(VM *vm, Term module, Term name, uint32_t arity, const Term *arguments) {
    ASSERT(arity <= CALLBACK_ARGUMENTS_MAX);
    const NativeFunction *function;
    NifLibrary *l = find(vm, module, name, arity, &function);
    if (l == NULL) return TERM_NONE;
    NifOwnEnv own;
    nif_own_env_init(&own, vm, NIF_ENV_CALLBACK, l);
    Term copies[CALLBACK_ARGUMENTS_MAX];
    for (uint32_t i = 0; i < arity; i++) copies[i] = heap_copy(&own.heap, arguments[i]);
    NifFunctionPointer *call = (NifFunctionPointer *)(uintptr_t)function->function;
    Term result = call(&own.env, (int)arity, copies);
    if (own.env.raised || result == TERM_NONE || !term_is_immediate(result)) result = am_error;
    nif_own_env_free(&own);
    nif_library_drop(l);
    return result;
}
