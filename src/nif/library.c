// SPDX-License-Identifier: Apache-2.0
//
// library.c - loading a native library into a module, and giving it up again.
//
// LIBRARY-1: what the library says of itself (NifEntry) is copied once, as of its version; its
//            strings and functions stay its own.
// LIBRARY-2: a module's functions become native only after everything else has succeeded, under
//            the code lock; from then on the instance has the library.
// LIBRARY-3: who loads has the permit to change code (bif/code_permit.h): no two load at once, and
//            no version is purged whose library is told of its successor.
#include "base/alloc.h"
#include "bif/bif.h"
#include "bif/code_permit.h"
#include "code/lower.h"
#include "nif/resource.h"
#include "proc/beside.h"
#include "proc/scheduler.h"
#include "proc/time.h"
#include "term/print.h"
#include "term/ref.h"

#define PATH_TEXT_MAX 8192

/** What one call of erlang:load_nif/2 has at hand. */
typedef struct Loading {
    Process *process;
    VM *vm;
    const char *path;
    Module *module;
    CodeInstance *instance, *previous;
    NifLibrary *library;
    const NifEntry *entry; // the library's own
    Term error;            // {error, {Reason, Text}} or TERM_NONE
} Loading;

/** {error, {Kind, Text}}; false. */
__attribute__((format(printf, 3, 4))) static bool fail(Loading *l, Term kind, const char *format,
                                                       ...) {
    char text[PATH_TEXT_MAX + 1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    Heap *h = &l->process->heap;
    Term list = heap_list_from_bytes(h, (const uint8_t *)text, strlen(text), TERM_NIL);
    l->error = heap_tuple2(h, am_error, heap_tuple2(h, kind, list));
    return false;
}

static const char *module_text(const Loading *l) {
    size_t count;
    return atom_text(l->vm->atoms, l->module->name, &count);
}

// ---- what the library says
// -----------------------------------------------------------------------
static bool has_version(const NifEntry *e, int major, int minor) {
    return e->major > major || (e->major == major && e->minor >= minor);
}

static bool check_entry(Loading *l) {
    const NifEntry *e = l->entry;
    int minor = nif_minor(l->vm);
    if (e->major > NATIVE_INTERFACE_MAJOR ||
        (e->major == NATIVE_INTERFACE_MAJOR && e->minor > minor))
        return fail(l, am_bad_lib,
                    "That '%s' NIF library needs %s or newer. Either try to recompile the NIF lib "
                    "or use a newer erts runtime.",
                    module_text(l), has_version(e, 2, 14) ? e->min_erts : "another erts");
    if (e->major < NATIVE_INTERFACE_MAJOR || (e->major == 2 && e->minor == 5))
        return fail(l, am_bad_lib,
                    "That old NIF library (%d.%d) is not compatible with this erts runtime "
                    "(%d.%d). Try recompile the NIF lib.",
                    e->major, e->minor, NATIVE_INTERFACE_MAJOR, minor);
    if (has_version(e, 2, 1) && strcmp(e->vm_variant, NIF_VM_VARIANT) != 0)
        return fail(l, am_bad_lib, "Library (%s) not compiled for this vm variant (%s).",
                    e->vm_variant, NIF_VM_VARIANT);
    if (strcmp(e->name, module_text(l)) != 0)
        return fail(l, am_bad_lib, "Library module name '%s' does not match calling module '%s'",
                    e->name, module_text(l));
    return true;
}

/** LIBRARY-1 */
static void copy_entry(NifLibrary *lib, const NifEntry *e) {
    lib->entry.major = e->major;
    lib->entry.minor = e->minor;
    lib->entry.name = e->name;
    lib->entry.function_count = e->function_count;
    lib->entry.functions = e->functions;
    lib->entry.load = e->load;
    lib->entry.upgrade = e->upgrade;
    lib->entry.unload = e->unload;
    ASSERT(e->function_count >= 0);
    if (has_version(e, 2, 7)) return;
    const NifFuncOld *old = (const NifFuncOld *)e->functions;
    lib->functions_converted = mem_zalloc((size_t)e->function_count * sizeof(NifFunc) + 1);
    for (int i = 0; i < e->function_count; i++)
        lib->functions_converted[i] = (NifFunc){old[i].name, old[i].arity, old[i].function, 0};
    lib->entry.functions = lib->functions_converted;
}

/** The entry of the module's function of this name; NULL: there is none. */
static const Word *find_function(const CodeInstance *i, Term name, unsigned arity) {
    for (uint32_t n = 0; n < i->functions_count; n++) {
        const Word *entry = i->functions[n];
        if (entry[-2] == name && entry[-1] == arity) return entry;
    }
    return NULL;
}

static bool check_function(Loading *l, int n) {
    const NifFunc *f = &l->library->entry.functions[n];
    const CodeInstance *i = l->instance;
    Term name = atom_find(l->vm->atoms, f->name, strlen(f->name));
    const Word *entry = name == TERM_NONE ? NULL : find_function(i, name, f->arity);
    if (entry == NULL)
        return fail(l, am_bad_lib, "Function not found %s:%s/%u", module_text(l), f->name,
                    f->arity);
    if (!l->vm->code_hooks->set_native(l->vm, l->instance, entry, NULL))
        return fail(l, am_bad_lib, "Function not declared as nif %s:%s/%u", module_text(l), f->name,
                    f->arity);
    if (f->flags > NIF_DIRTY_IO)
        return fail(l, am_bad_lib, "Illegal flags field value %d for NIF %s:%s/%u", (int)f->flags,
                    module_text(l), f->name, f->arity);
    for (int k = 0; k < n; k++)
        if (strcmp(l->library->entry.functions[k].name, f->name) == 0 &&
            l->library->entry.functions[k].arity == f->arity)
            return fail(l, am_bad_lib, "Duplicate NIF entry for %s:%s/%u", module_text(l), f->name,
                        f->arity);
    l->library->functions[n] =
        (NativeFunction){.enter = nif_enter,
                         .function = (Term(*)(void))(uintptr_t)f->function,
                         .export = code_export(l->vm->code, i->module, name, f->arity),
                         .arity = f->arity,
                         .live = f->arity,
                         .dirty = f->flags,
                         .library = l->library};
    return true;
}

// ---- loading
// -------------------------------------------------------------------------------------
/** Which version of which module calls? i: that one, or NULL. */
static bool find_caller(Loading *l, CodeInstance *i) {
    if (i == NULL)
        return fail(l, am_bad_lib,
                    "load_nif/2 must be explicitly called from the NIF module. It cannot be "
                    "called through apply/3.");
    Module *m = code_find_module(l->vm->code, i->module);
    ASSERT(m != NULL);
    l->module = m;
    if (i == m->old)
        return fail(l, am_old_code, "Calling load_nif from old module '%s' not allowed",
                    module_text(l));
    l->instance = i;
    l->previous = m->old;
    if (i == m->pending_on_load && m->current != NULL) l->previous = m->current;
    if (i->library != NULL)
        return fail(l, am_reload, "NIF library already loaded (reload disallowed since OTP 20).");
    return true;
}

static bool open_library(Loading *l) {
    char path[PATH_TEXT_MAX], text[1024];
    if (snprintf(path, sizeof path, "%s.so", l->path) >= (int)sizeof path)
        return fail(l, am_load_failed, "Failed to load NIF library: its name is too long");
    NifLibrary *lib = l->library = mem_zalloc(sizeof *lib);
    lib->vm = l->vm;
    lib->module = l->module->name;
    lib->instance = l->instance;
    atomic_init(&lib->refs, 1);
    lib->handle = dynlib_open(path, l->vm, text, sizeof text);
    if (lib->handle == NULL && strstr(text, l->path) != NULL)
        return fail(l, am_load_failed, "Failed to load NIF library: '%s'", text);
    if (lib->handle == NULL)
        return fail(l, am_load_failed, "Failed to load NIF library %s: '%s'", l->path, text);
    ASSERT(lib->refs == 1);
    void *init = dynlib_symbol(lib->handle, NIF_INIT_SYMBOL, text, sizeof text);
    if (init == NULL) init = dynlib_symbol(lib->handle, "_" NIF_INIT_SYMBOL, text, sizeof text);
    if (init == NULL)
        return fail(l, am_bad_lib, "Failed to find library init function: '%s'", text);
    l->entry = ((const NifEntry *(*)(void))(uintptr_t)init)();
    if (l->entry == NULL) return fail(l, am_bad_lib, "Library init-call unsuccessful");
    return true;
}

static bool check_functions(Loading *l) {
    NifLibrary *lib = l->library;
    copy_entry(lib, l->entry);
    lib->functions = mem_zalloc((size_t)lib->entry.function_count * sizeof(NativeFunction) + 1);
    for (int n = 0; n < lib->entry.function_count; n++)
        if (!check_function(l, n)) return false;
    return true;
}

/** The library's own word on being loaded. */
static bool call_library(Loading *l, Term info) {
    ASSERT(l->instance->library == NULL); // LIBRARY-2
    NifLibrary *lib = l->library, *before = l->previous == NULL ? NULL : l->previous->library;
    NifEnv env;
    nif_env_bind(&env, l->process, lib);
    env.loading = true;
    if (before != NULL) {
        if (lib->entry.upgrade == NULL)
            return fail(l, am_upgrade, "Upgrade not supported by this NIF library.");
        void *before_data = before->private_data;
        int veto = lib->entry.upgrade(&env, &lib->private_data, &before->private_data, info);
        if (veto == 0) return true;
        before->private_data = before_data;
        return fail(l, am_upgrade, "Library upgrade-call unsuccessful (%d).", veto);
    }
    int veto = lib->entry.load == NULL ? 0 : lib->entry.load(&env, &lib->private_data, info);
    return veto == 0 || fail(l, am_load, "Library load-call unsuccessful (%d).", veto);
}

static void free_library(NifLibrary *lib) {
    if (lib->handle != NULL) dynlib_close(lib->handle);
    mem_free(lib->functions_converted);
    mem_free(lib->functions);
    mem_free(lib);
}

/** LIBRARY-2 */
static void put_in_place(Loading *l) {
    NifLibrary *lib = l->library;
    code_lock(l->vm->code);
    nif_types_commit(lib);
    mutex_lock(&l->vm->nif->lock);
    lib->next = l->vm->nif->libraries;
    l->vm->nif->libraries = lib;
    mutex_unlock(&l->vm->nif->lock);
    l->instance->library = lib;
    atomic_store_explicit(&l->module->tainted, true, memory_order_relaxed);
    for (int n = 0; n < lib->entry.function_count; n++) {
        const Export *x = lib->functions[n].export;
        const Word *entry = find_function(l->instance, x->function, x->arity);
        bool done = l->vm->code_hooks->set_native(l->vm, l->instance, entry, &lib->functions[n]);
        ASSERT(done);
    }
    code_unlock(l->vm->code);
}

static bool load(Loading *l, Term info) {
    if (!open_library(l) || !check_entry(l) || !check_functions(l)) return false;
    if (!call_library(l, info)) {
        nif_types_rollback(l->library);
        return false;
    }
    put_in_place(l);
    return true;
}

/** A module whose native functions are built-ins here has nothing to load. */
static bool is_built_in(const VM *vm, Term name) {
    size_t count;
    const char *module = atom_text(vm->atoms, name, &count);
    for (uint32_t i = 0; i < bif_table_count; i++)
        if ((bif_table[i].flags & BIF_FLAG_CODE) == 0 && strcmp(bif_table[i].module, module) == 0)
            return true;
    return false;
}

/** Who called, for one that waits for the permit: it stands in its module no more. */
typedef struct Caller {
    Term module;
    CodeInstance *instance; // may be gone: compared only
} Caller;

static void caller_free(Binary *magic) { ASSERT(magic->size_bytes >= sizeof(Caller)); }

/** [Caller | Path], called again when others have done. */
static Term wait_for_permit(Process *p, CodeInstance *i, Term path, Term info) {
    Binary *magic = binary_new_magic(sizeof(Caller), caller_free);
    *(Caller *)(void *)magic->bytes = (Caller){i == NULL ? TERM_NONE : i->module, i};
    uint64_t words[3];
    reference_make_magic_words(p->vm, words);
    Term again = heap_cons(&p->heap, heap_magic_ref(&p->heap, magic, words), path);
    return bif_yield(p, am_erlang, am_load_nif, 2, (Term[]){again, info});
}

/** The version that called, and the path; the version is NULL if there is none (any more). */
static CodeInstance *caller_of(Process *p, Term *path) {
    Term first = term_is_cell(*path) ? term_head(*path) : TERM_NIL;
    if (!term_is_magic_ref(first) || ref_magic(first)->destructor != caller_free)
        return code_find_instance(p->vm->code, p->pc);
    const Caller *c = (const Caller *)(const void *)ref_magic(first)->bytes;
    *path = term_tail(*path);
    if (c->instance == NULL) return NULL;
    Module *m = code_find_module(p->vm->code, c->module);
    ASSERT(m != NULL);
    bool there =
        c->instance == m->current || c->instance == m->old || c->instance == m->pending_on_load;
    return there ? c->instance : NULL;
}

/** erlang:load_nif(Path, Info): ok, or {error, {Reason, Text}}. */
BIF(erlang, load_nif, 2)
{
    size_t count;
    Term name = a[0];
    CodeInstance *caller = caller_of(p, &name);
    char *path = term_is_atom(name) ? NULL : bif_text_utf8(p->vm, name, &count);
    if (path == NULL || strlen(path) != count) {
        mem_free(path);
        return bif_badarg(p);
    }
    if (!code_change_begin(p)) { // LIBRARY-3
        mem_free(path);
        return wait_for_permit(p, caller, name, a[1]);
    }
    Loading l = {.process = p, .vm = p->vm, .path = path, .error = TERM_NONE};
    if (find_caller(&l, caller) && !is_built_in(p->vm, l.module->name) && !load(&l, a[1]) &&
        l.library != NULL)
        free_library(l.library);
    code_change_end(p);
    mem_free(path);
    return l.error == TERM_NONE ? am_ok : l.error;
}

// ---- unloading
// -----------------------------------------------------------------------------------
void nif_library_hold(NifLibrary *l) {
    atomic_fetch_add_explicit(&l->refs, 1, memory_order_relaxed);
}

static void unload(void *library) {
    NifLibrary *lib = library;
    if (lib->entry.unload != NULL) {
        NifOwnEnv own;
        nif_own_env_init(&own, lib->vm, NIF_ENV_CALLBACK, lib);
        lib->entry.unload(&own.env, lib->private_data);
        nif_own_env_free(&own);
    }
    free_library(lib);
}

void nif_library_drop(NifLibrary *l) {
    // acq_rel: the one that ends it sees what the others did
    if (atomic_fetch_sub_explicit(&l->refs, 1, memory_order_acq_rel) != 1) return;
    VM *vm = l->vm;
    mutex_lock(&vm->nif->lock);
    NifLibrary **at = &vm->nif->libraries;
    while (*at != l) at = &(*at)->next;
    *at = l->next;
    mutex_unlock(&vm->nif->lock);
    unload(l);
}

static void drop_library(void *library) { nif_library_drop(library); }

static void library_leaves(VM *vm, NifLibrary *library) {
    ASSERT(library->vm == vm && library->instance != NULL);
    mutex_lock(&vm->nif->lock); // CALLBACK-1
    library->instance = NULL;
    mutex_unlock(&vm->nif->lock);
    nif_types_leave(library);
    // a process that was killed in a dirty call may still be inside (BESIDE-3)
    if (!beside_hold(vm, drop_library, library)) nif_library_drop(library);
}

bool nif_has_threads(const VM *vm) {
    return atomic_load_explicit(&vm->nif->threads, memory_order_relaxed) > 0;
}

void nif_create(VM *vm) {
    ASSERT(vm->nif == NULL);
    vm->nif = mem_zalloc(sizeof *vm->nif);
    mutex_init(&vm->nif->lock);
    snprintf(vm->nif->erts_version, sizeof vm->nif->erts_version, "%s", vm->config.erts_version);
    snprintf(vm->nif->otp_release, sizeof vm->nif->otp_release, "%u", vm->config.otp_release);
    nif_monitors_create(vm);
    nif_select_create(vm);
    vm->library_leaves = library_leaves;
}

int enif_set_option(NifEnv *env, NifOption option, ...) {
    if (!env->loading || nif_minor(env->vm) < 17) return NIF_EINVAL;
    va_list arguments;
    va_start(arguments, option);
    int result = 0;
    switch (option) {
    case NIF_OPT_DELAY_HALT: break; // a VM that halts waits for every native call
    case NIF_OPT_ON_HALT: env->library->on_halt = va_arg(arguments, NifOnHalt *); break;
    default: result = NIF_EINVAL; // on_unload_thread: docs/nif.md
    }
    va_end(arguments);
    return result;
}

void nif_halt(VM *vm) {
    if (vm->halt_without_flush) return;
    for (NifLibrary *l = vm->nif->libraries; l != NULL; l = l->next)
        if (l->on_halt != NULL) l->on_halt(l->private_data);
}

void nif_stop(VM *vm) { nif_select_destroy(vm); }

void nif_destroy(VM *vm) {
    NifState *s = vm->nif;
    while (s->libraries != NULL) {
        NifLibrary *l = s->libraries;
        if (l->instance != NULL) {
            l->instance->library = NULL;
            l->instance = NULL;
            nif_types_leave(l);
            nif_library_drop(l);
        } else {
            nif_library_hold(l); // an object is held still: unload may let it go, or it leaks
            s->libraries = l->next;
            unload(l);
        }
    }
    nif_types_free(vm);
    nif_monitors_destroy(vm);
    nif_select_free(vm);
    mutex_free(&s->lock);
    mem_free(s);
    vm->nif = NULL;
}
