// SPDX-License-Identifier: Apache-2.0
//
// mica.h - Mica as a library: Erlang virtual machines inside a C program.
//
//     MicaConfig config;
//     mica_config_init(&config);
//     MicaVM *vm;
//     if (mica_vm_create(&config, &vm) != MICA_OK) ...
//     MicaTerm *args[] = {mica_term_integer(vm, 41)};
//     MicaTerm *result;
//     if (mica_call(vm, "my_module", "add_one", 1, args, 5000, &result) == MICA_OK) {
//         int64_t n;
//         mica_term_get_int64(result, &n);
//         mica_term_free(result);
//     }
//     mica_vm_destroy(vm);
//
// A program may have any number of VMs. They share nothing: not atoms, not processes, not tables. A
// VM runs on threads of its own from mica_vm_create to mica_vm_destroy, and destroying it returns
// all it took.
//
// Threads: different threads may use one VM at the same time, except that mica_vm_destroy must be
// the last call with it. A MicaTerm belongs to one thread at a time.
//
// Errors: a function that can fail returns a MicaStatus; mica_vm_error tells the last failure of
// the calling VM in words.
#ifndef MICA_H
#define MICA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MICA_API __attribute__((visibility("default")))

typedef enum MicaStatus {
    MICA_OK = 0,
    MICA_ERROR_CONFIG,    // the configuration does not hold together (no OTP root, a wrong number)
    MICA_ERROR_BOOT,      // OTP did not start
    MICA_ERROR_TIMEOUT,   // no answer in the time given; the call goes on and its result is dropped
    MICA_ERROR_EXCEPTION, // the function called raised; the result is {Class, Reason}
    MICA_ERROR_HALTED,    // the VM has halted (halt/1); mica_vm_exit_code tells how
    MICA_ERROR_TYPE,      // the term is not of the kind asked for
    MICA_ERROR_MEMORY
} MicaStatus;

typedef struct MicaVM MicaVM;

/** A value outside any process: a private copy, owned by the caller, freed by mica_term_free. */
typedef struct MicaTerm MicaTerm;

typedef struct MicaConfig {
    size_t struct_bytes;  // set by mica_config_init: lets the struct grow
    const char *otp_root; // folder with lib/ and releases/; NULL: MICA_OTP_ROOT or the system's
    uint32_t schedulers;  // threads that run processes; 0: one per core
    int argument_count;   // more words as on erl's command line ("-pa", "ebin", "-config", ...)
    const char *const *arguments;
    bool gc_stress;     // collect at every chance
    bool deterministic; // one thread, virtual time, choices drawn from seed
    uint64_t seed;
} MicaConfig;

/** Version of the library, "0.1.0". */
MICA_API const char *mica_version(void);
/** A sentence for a status. */
MICA_API const char *mica_status_text(MicaStatus status);

/** Fills in the defaults: no shell, nothing read from standard input. */
MICA_API void mica_config_init(MicaConfig *config);

/**
 * Makes a VM, boots OTP in it, and returns when the system has started. *out is NULL on failure,
 * and *message (may be NULL) gets a sentence to free with mica_free.
 */
MICA_API MicaStatus mica_vm_create(const MicaConfig *config, MicaVM **out, char **message);
/** Stops the VM (its processes end at once) and frees it. NULL is fine. */
MICA_API void mica_vm_destroy(MicaVM *vm);
/** Has the program in the VM halted? Then *code (may be NULL) is its exit code. */
MICA_API bool mica_vm_has_halted(MicaVM *vm, int *code);

/**
 * Calls module:function with count arguments in a new process and waits for its result, at most
 * timeout_ms (negative: no limit). The arguments stay the caller's. On MICA_OK and
 * MICA_ERROR_EXCEPTION *result is a term to free.
 */
MICA_API MicaStatus mica_call(MicaVM *vm, const char *module, const char *function, size_t count,
                              MicaTerm *const *arguments, int64_t timeout_ms, MicaTerm **result);
/** Spawns module:function; *pid (may be NULL) is a term to free. */
MICA_API MicaStatus mica_spawn(MicaVM *vm, const char *module, const char *function, size_t count,
                               MicaTerm *const *arguments, MicaTerm **pid);
/** Sends a copy of message to a pid or a registered name (an atom). Sending to nobody is no error.
 */
MICA_API MicaStatus mica_send(MicaVM *vm, const MicaTerm *to, const MicaTerm *message);
/** Loads a .beam image as the module of that name. */
MICA_API MicaStatus mica_load(MicaVM *vm, const char *module, const void *beam, size_t bytes);

// ---- terms
// ----------------------------------------------------------------------------------------

typedef enum MicaKind {
    MICA_INTEGER,
    MICA_FLOAT,
    MICA_ATOM,
    MICA_BITSTRING,
    MICA_NIL,
    MICA_LIST,
    MICA_TUPLE,
    MICA_MAP,
    MICA_PID,
    MICA_PORT,
    MICA_REFERENCE,
    MICA_FUN
} MicaKind;

MICA_API MicaTerm *mica_term_integer(MicaVM *vm, int64_t value);
MICA_API MicaTerm *mica_term_float(MicaVM *vm, double value); // NULL for infinities and NaN
MICA_API MicaTerm *mica_term_atom(MicaVM *vm, const char *utf8);
MICA_API MicaTerm *mica_term_binary(MicaVM *vm, const void *bytes, size_t count);
/** A list of characters, as Erlang's "text"; NULL if text is not UTF-8. */
MICA_API MicaTerm *mica_term_string(MicaVM *vm, const char *utf8);
/** The elements are copied. */
MICA_API MicaTerm *mica_term_tuple(MicaVM *vm, size_t count, MicaTerm *const *elements);
MICA_API MicaTerm *mica_term_list(MicaVM *vm, size_t count, MicaTerm *const *elements);
/** From Erlang's external term format; NULL if malformed. */
MICA_API MicaTerm *mica_term_decode(MicaVM *vm, const void *bytes, size_t count);
/** Into the external term format; free *bytes with mica_free. */
MICA_API MicaStatus mica_term_encode(const MicaTerm *term, void **bytes, size_t *count);

MICA_API MicaKind mica_term_kind(const MicaTerm *term);
MICA_API MicaStatus mica_term_get_int64(const MicaTerm *term, int64_t *value);
MICA_API MicaStatus mica_term_get_double(const MicaTerm *term, double *value);
/** UTF-8 text of an atom; lives as long as the VM. */
MICA_API MicaStatus mica_term_get_atom(const MicaTerm *term, const char **utf8);
/** Bytes of a binary; live as long as the term. */
MICA_API MicaStatus mica_term_get_binary(const MicaTerm *term, const void **bytes, size_t *count);
/** Number of elements of a tuple or proper list, of pairs of a map. */
MICA_API MicaStatus mica_term_get_count(const MicaTerm *term, size_t *count);
/** A copy of the element at a 0-based index of a tuple or list; free it. */
MICA_API MicaStatus mica_term_get_element(const MicaTerm *term, size_t index, MicaTerm **element);
/** The term as erlang:display would show it; free with mica_free. */
MICA_API char *mica_term_text(const MicaTerm *term);
MICA_API void mica_term_free(MicaTerm *term);
MICA_API void mica_free(void *block);

#ifdef __cplusplus
}
#endif
#endif
