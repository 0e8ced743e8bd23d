// SPDX-License-Identifier: Apache-2.0
//
// system.c - time, the environment of the operating system, other libraries, hashes, and what the
// VM says of itself.
#include "base/alloc.h"
#include "bif/bif.h"
#include "nif/nif.h"
#include "proc/thread_role.h"
#include "proc/time.h"
#include "term/compare.h"
#include "world/clock.h"
#include "world/env.h"

// ---- time
// ----------------------------------------------------------------------------------------
/** Nanoseconds in a unit; 0: it is none. */
static int64_t unit_ns(NifTimeUnit unit) {
    switch (unit) {
    case NIF_SEC: return 1000000000;
    case NIF_MSEC: return 1000000;
    case NIF_USEC: return 1000;
    case NIF_NSEC: return 1;
    }
    return 0;
}

static int64_t floor_div(int64_t a, int64_t b) {
    ASSERT(b > 0);
    return a / b - (a % b < 0);
}

/** Only a scheduler's thread is told the time. */
static VM *clock_vm(NifTimeUnit unit) {
    const ThreadRole *role = thread_role_here();
    return role == NULL || role->scheduler == NULL || unit_ns(unit) == 0 ? NULL : role->vm;
}

NifTime enif_monotonic_time(NifTimeUnit unit) {
    VM *vm = clock_vm(unit);
    return vm == NULL ? NIF_TIME_ERROR : floor_div(time_monotonic_ns(vm), unit_ns(unit));
}

NifTime enif_time_offset(NifTimeUnit unit) {
    VM *vm = clock_vm(unit);
    return vm == NULL ? NIF_TIME_ERROR : floor_div(time_offset_ns(vm), unit_ns(unit));
}

NifTime enif_convert_time_unit(NifTime value, NifTimeUnit from, NifTimeUnit to) {
    int64_t a = unit_ns(from), b = unit_ns(to);
    if (a == 0 || b == 0) return NIF_TIME_ERROR;
    ASSERT(a % b == 0 || b % a == 0);
    return a >= b ? value * (a / b) : floor_div(value, b / a);
}

static Term now_tuple(NifEnv *env, int64_t us) {
    return heap_tuple3(env->heap, term_from_small(us / 1000000000000),
                       term_from_small(us / 1000000 % 1000000), term_from_small(us % 1000000));
}

Term enif_now_time(NifEnv *env) { return now_tuple(env, time_now_unique_us(env->vm)); }

Term enif_cpu_time(NifEnv *env) {
    return now_tuple(env, clock_process_cpu_ns(env->vm->world) / 1000);
}

// ---- the operating system
// ------------------------------------------------------------------------
int enif_getenv(const char *key, char *value, size_t *room) {
    VM *vm = nif_vm_of(__builtin_return_address(0));
    ASSERT(room != NULL && *room > 0);
    char *found;
    size_t bytes;
    if (!env_get(vm->world, key, strlen(key), &found, &bytes)) return -1;
    int result = 1;
    if (bytes < *room) {
        memcpy(value, found, bytes);
        value[bytes] = 0;
        *room = bytes;
        result = 0;
    } else {
        *room = bytes + 1;
    }
    mem_free(found);
    return result;
}

void *enif_dlopen(const char *path, void (*error)(void *, const char *), void *argument) {
    char text[1024];
    size_t bytes = strlen(path);
    char *file = mem_alloc(bytes + sizeof ".so");
    memcpy(file, path, bytes);
    memcpy(file + bytes, ".so", sizeof ".so");
    void *handle = dynlib_open_plain(file, text, sizeof text);
    mem_free(file);
    if (handle == NULL && error != NULL) error(argument, text);
    void *init = handle == NULL ? NULL : dynlib_symbol_plain(handle, NIF_INIT_SYMBOL, NULL, 0);
    if (init != NULL) ((const NifEntry *(*)(void))(uintptr_t)init)();
    return handle;
}

void *enif_dlsym(void *handle, const char *name, void (*error)(void *, const char *),
                 void *argument) {
    ASSERT(handle != NULL);
    char text[1024];
    void *symbol = dynlib_symbol_plain(handle, name, text, sizeof text);
    if (symbol == NULL && error != NULL) error(argument, text);
    return symbol;
}

// ---- hashes
// --------------------------------------------------------------------------------------
uint64_t enif_hash(NifHash type, Term t, uint64_t salt) {
    VM *vm = nif_vm_of(__builtin_return_address(0));
    if (type == NIF_PHASH2) return term_phash2(vm->atoms, t, NULL) & ((1u << 27) - 1);
    ASSERT(type == NIF_INTERNAL_HASH);
    return term_hash_internal(vm->atoms, t, (uint32_t)(salt ^ salt >> 32));
}

// ---- the VM
// --------------------------------------------------------------------------------------
void enif_system_info(NifSysInfo *out, size_t size) {
    VM *vm = nif_vm_of(__builtin_return_address(0));
    NifState *s = vm->nif;
    ASSERT(s != NULL && size >= sizeof(int));
    NifSysInfo info = {.driver_major = 3,
                       .driver_minor = 3,
                       .erts_version = s->erts_version,
                       .otp_release = s->otp_release,
                       .thread_support = 1,
                       .smp_support = 1,
                       .async_threads = (int)vm->config.async_threads,
                       .scheduler_threads = (int)vm->config.schedulers,
                       .nif_major = NATIVE_INTERFACE_MAJOR,
                       .nif_minor = nif_minor(vm),
                       .dirty_scheduler_support = 1};
    memcpy(out, &info, MIN(size, sizeof info));
}
