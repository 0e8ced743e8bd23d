// SPDX-License-Identifier: Apache-2.0
//
// nif.h - what the files of this room share: environments, libraries, resources.
//
//   NifEnv      where a native function's terms are made. Bound to a process: in its heap, which
//               does not move meanwhile (HEAP-2). Of a callback: in a heap of its own that goes
//               with the call. Independent (enif_alloc_env): in a heap of its own that goes when
//               the extension says so, or moves into the message it sends.
//   NifLibrary  one loaded library of one module version of one VM.
//
// NIF-1: an environment is used by one thread at a time; a bound one only by the thread that runs
//        the native function.
// NIF-2: a library's code stays while its module's version is there, an object with callbacks of
//        its types lives, or a call is inside: no process uses code that is purged.
// NIF-3: while a dirty native function runs its thread is offline (proc/quiesce.h): it may take as
//        long as it likes. What reads shared tables is between nif_online and nif_offline.
//        Threads that belong to no VM register themselves for that time.
#ifndef MICA_NIF_NIF_H
#define MICA_NIF_NIF_H

#include "code/native.h"
#include "code/native_version.h"
#include "nif/abi.h"
#include "proc/quiesce.h"
#include "proc/scheduler.h"
#include "vm/vm.h"
#include "world/dynlib.h"
#include "world/thread.h"

typedef struct NifLibrary NifLibrary;
typedef enum { NIF_ENV_BOUND, NIF_ENV_CALLBACK, NIF_ENV_INDEPENDENT } NifEnvKind;

struct enif_environment_t {
    VM *vm;
    Process *process; // BOUND only, else NULL
    Heap *heap;
    NifLibrary *library; // whose private data it shows, or NULL
    uint8_t kind;        // NifEnvKind
    bool raised;         // an exception is pending: reason
    bool dirty;          // on a dirty thread, which is offline (NIF-3)
    bool loading;        // of a load or upgrade callback
    Term reason;
    const NativeFunction *native;   // the call that it is bound to, or NULL
    struct NifScheduled *scheduled; // what enif_schedule_nif asked for
};

/** An environment with a heap of its own. */
typedef struct NifOwnEnv {
    NifEnv env;
    Heap heap;
} NifOwnEnv;

struct NifLibrary {
    VM *vm;
    NifLibrary *next; // of the VM's
    Dynlib *handle;
    NifEntry entry; // as of the newest version, whatever the library's is
    NifFunc *functions_converted;
    NativeFunction *functions;
    void *private_data;
    Term module;
    CodeInstance *instance; // NULL: purged
    /** The module's version, and each type of its own that has callbacks and living objects. */
    _Atomic uint32_t refs;
    NifOnHalt *on_halt;
};

struct enif_resource_type_t {
    VM *vm;
    NifResourceType *next; // of the VM's, under its lock
    Term module, name;
    bool left; // RESOURCE-4; under the lock
    NifLibrary *owner;
    NifResourceTypeInit calls;
    NifResourceTypeInit calls_next; // what a takeover will make of them
    NifLibrary *owner_next;         // NULL: nobody takes over
    _Atomic uint64_t refs;          // objects, and one while it is in the VM's list
};

typedef struct NifState {
    Mutex lock; // types, libraries, opening
    NifLibrary *libraries;
    NifResourceType *types;
    struct NifMonitors *monitors;           // monitor.c
    struct NifSelect *select;               // select.c
    _Atomic uint32_t threads;               // made by enif_thread_create, not joined
    char erts_version[32], otp_release[16]; // as enif_system_info shows them
} NifState;

// ---- env.c
void nif_env_bind(NifEnv *env, Process *p, NifLibrary *library);
/** The end of a bound environment: what it raised is p's exception now, and TERM_NONE the result.
 */
Term nif_env_leave(NifEnv *env, Term result);
void nif_own_env_init(NifOwnEnv *own, VM *vm, NifEnvKind kind, NifLibrary *library);
void nif_own_env_free(NifOwnEnv *own);
/** The VM of the calling thread; NULL: none. */
VM *nif_vm_here(void);
/** The VM that a call without an environment is for; a thread of no VM ends the program with a
 * clear message. `caller` is the exported function's own return address, which stands in the
 * extension's code. */
VM *nif_vm_of(const void *caller);
Term nif_enter(Process *p, const NativeFunction *n, Term *x);

/** NIF-3 */
typedef struct NifOnline {
    VM *vm;
    QuiesceThread *quiesce;
    bool registered;
    Scheduler *away; // the dirty one whose thread was offline, or NULL
} NifOnline;
NifOnline nif_online(VM *vm);
void nif_offline(NifOnline *o);

/** Is t made in env, or fit to stand in it? For checked builds: a term kept past its environment.
 */
void nif_check_term(const NifEnv *env, Term t, const char *function);
static inline void nif_check(const NifEnv *env, Term t, const char *function) {
    if (BASE_CHECKS) nif_check_term(env, t, function);
}

// ---- schedule.c
/** Runs what was asked for in the call's place. */
Term nif_schedule_leave(NifEnv *env);

// ---- library.c
static inline int nif_minor(const VM *vm) { return native_interface_minor(vm->config.otp_release); }
void nif_library_hold(NifLibrary *l);
void nif_library_drop(NifLibrary *l);

// ---- resource.c
/** The types that a load callback opened become usable (commit), or are forgotten. */
void nif_types_commit(NifLibrary *l);
/** The type's callbacks of now. Their library is held for the caller, who drops it; NULL where
 * there are no callbacks. */
NifLibrary *nif_type_hold(NifResourceType *t, NifResourceTypeInit *calls);
NifResourceTypeInit nif_type_calls(NifResourceType *t);
void nif_types_rollback(NifLibrary *l);
/** The library's module is purged: its types are found no more. */
void nif_types_leave(NifLibrary *l);
void nif_types_free(VM *vm);

// ---- the room's door
void nif_create(VM *vm);
/** The VM halts: libraries that asked to be told of it are. */
void nif_halt(VM *vm);
/** No process runs any more, and the poller is about to go. */
void nif_stop(VM *vm);
/** Do threads run that extensions made and nobody joined? */
bool nif_has_threads(const VM *vm);
/** After the last process and before the code server: unloads everything. */
void nif_destroy(VM *vm);

#endif
