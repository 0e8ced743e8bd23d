// SPDX-License-Identifier: Apache-2.0
//
// abi.h - the binary interface of native extensions, versions 2.0 to 2.17: the layouts and the
// functions that a library built against OTP's erl_nif.h expects of the program that loads it.
//
// Written from the documented interface, in Mica's names; tests/nif checks sizes and values against
// the system's header. Every function here is exported from the programs and from the library
// (NIF_API); what a library needs beyond them cannot be resolved, and its load is refused.
//
// ABI-1: a layout never changes; a later version of the interface appends fields, and what a
//        library's version does not have is not read (library.c).
// ABI-2: a term is Mica's own word; 0 is the value that says "an exception is pending".
#ifndef MICA_NIF_ABI_H
#define MICA_NIF_ABI_H

#include <stdarg.h>
#include <stdio.h>
#include <sys/uio.h>

#include "term/term.h"

#define NIF_API __attribute__((visibility("default")))
#define NIF_VM_VARIANT "beam.vanilla"
#define NIF_INIT_SYMBOL "nif_init"

typedef struct enif_environment_t NifEnv;
typedef struct enif_resource_type_t NifResourceType;

typedef Term NifFunctionPointer(NifEnv *env, int argc, const Term argv[]);

typedef struct NifFunc {
    const char *name;
    unsigned arity;
    NifFunctionPointer *function;
    unsigned flags; // since 2.7
} NifFunc;

/** As it was before 2.7. */
typedef struct NifFuncOld {
    const char *name;
    unsigned arity;
    NifFunctionPointer *function;
} NifFuncOld;

typedef struct NifEntry {
    int major, minor;
    const char *name;
    int function_count;
    NifFunc *functions;
    int (*load)(NifEnv *, void **private_data, Term info);
    int (*reload)(NifEnv *, void **private_data, Term info);
    int (*upgrade)(NifEnv *, void **private_data, void **old_private_data, Term info);
    void (*unload)(NifEnv *, void *private_data);
    const char *vm_variant;           // since 2.1
    unsigned options;                 // since 2.7
    size_t sizeof_resource_type_init; // since 2.12
    const char *min_erts;             // since 2.14
} NifEntry;

typedef struct NifBinary {
    size_t size;
    unsigned char *data;
    void *owner; // a Binary that enif_release_binary drops, or NULL: an inspected one
    void *spare[2];
} NifBinary;

typedef struct NifPid {
    Term pid;
} NifPid;
typedef struct NifPort {
    Term port;
} NifPort;
typedef struct NifMonitor {
    unsigned char data[4 * sizeof(void *)];
} NifMonitor;

typedef int NifEvent;
typedef int64_t NifTime;
#define NIF_TIME_ERROR INT64_MIN
typedef enum { NIF_SEC, NIF_MSEC, NIF_USEC, NIF_NSEC } NifTimeUnit;
typedef enum { NIF_RT_CREATE = 1, NIF_RT_TAKEOVER = 2 } NifResourceFlags;
typedef enum { NIF_LATIN1 = 1, NIF_UTF8 = 2 } NifCharEncoding;
typedef enum { NIF_UNIQUE_POSITIVE = 1, NIF_UNIQUE_MONOTONIC = 2 } NifUniqueInteger;
typedef enum { NIF_BIN2TERM_SAFE = 0x20000000 } NifBinaryToTerm;
typedef enum { NIF_INTERNAL_HASH = 1, NIF_PHASH2 = 2 } NifHash;
typedef enum { NIF_MAP_FIRST = 1, NIF_MAP_LAST = 2 } NifMapEntry;
typedef enum {
    NIF_OPT_DELAY_HALT = 1,
    NIF_OPT_ON_HALT = 2,
    NIF_OPT_ON_UNLOAD_THREAD = 3
} NifOption;
#define NIF_EINVAL 22 // the errno values that functions of the interface return
#define NIF_EBUSY 16
typedef void NifOnHalt(void *private_data);
#define NIF_DIRTY_CPU 1
#define NIF_DIRTY_IO 2

typedef enum {
    NIF_TERM_ATOM = 1,
    NIF_TERM_BITSTRING,
    NIF_TERM_FLOAT,
    NIF_TERM_FUN,
    NIF_TERM_INTEGER,
    NIF_TERM_LIST,
    NIF_TERM_MAP,
    NIF_TERM_PID,
    NIF_TERM_PORT,
    NIF_TERM_REFERENCE,
    NIF_TERM_TUPLE
} NifTermType;

#define NIF_THREAD_UNDEFINED 0
#define NIF_THREAD_NORMAL 1
#define NIF_THREAD_DIRTY_CPU 2
#define NIF_THREAD_DIRTY_IO 3

// enif_select
#define NIF_SELECT_READ 1
#define NIF_SELECT_WRITE 2
#define NIF_SELECT_STOP 4
#define NIF_SELECT_CANCEL 8
#define NIF_SELECT_CUSTOM_MSG 16
#define NIF_SELECT_ERROR 32
#define NIF_SELECT_STOP_CALLED 1
#define NIF_SELECT_STOP_SCHEDULED 2
#define NIF_SELECT_INVALID_EVENT 4
#define NIF_SELECT_FAILED 8
#define NIF_SELECT_READ_CANCELLED 16
#define NIF_SELECT_WRITE_CANCELLED 32
#define NIF_SELECT_ERROR_CANCELLED 64
#define NIF_SELECT_NOTSUP 128

typedef void NifResourceDtor(NifEnv *, void *object);
typedef void NifResourceStop(NifEnv *, void *object, NifEvent event, int is_direct_call);
typedef void NifResourceDown(NifEnv *, void *object, NifPid *pid, NifMonitor *monitor);
typedef void NifResourceDynCall(NifEnv *, void *object, void *call_data);

typedef struct NifResourceTypeInit {
    NifResourceDtor *dtor;
    NifResourceStop *stop;
    NifResourceDown *down;
    int members;
    NifResourceDynCall *dyncall;
} NifResourceTypeInit;

typedef struct NifSysInfo {
    int driver_major, driver_minor;
    char *erts_version, *otp_release;
    int thread_support, smp_support, async_threads, scheduler_threads;
    int nif_major, nif_minor, dirty_scheduler_support;
} NifSysInfo;

typedef struct NifThreadOpts {
    int suggested_stack_size; // in kilowords
} NifThreadOpts;
typedef struct NifTid *NifTid;
typedef struct NifMutex NifMutex;
typedef struct NifCond NifCond;
typedef struct NifRWLock NifRWLock;
typedef int NifTSDKey;

/** Its fields belong to map.c; only the size is fixed. */
typedef struct NifMapIterator {
    Term map;
    size_t count, index; // index 0: before the first pair; count + 1: behind the last
    Term *pairs;         // key, value, ... in the order of the iteration
    void *spare[3];
} NifMapIterator;

#define NIF_IOVEC_SIZE 16
typedef struct NifIOVec {
    int count;
    size_t size;
    struct iovec *iov;
    void **owners;
    int flags;
    struct iovec small_iov[NIF_IOVEC_SIZE];
    void *small_owners[NIF_IOVEC_SIZE];
} NifIOVec;
typedef struct NifIOQueue NifIOQueue;

_Static_assert(sizeof(NifFunc) == 32 && sizeof(NifFuncOld) == 24, "ABI-1");
_Static_assert(sizeof(NifEntry) == 96, "ABI-1");
_Static_assert(sizeof(NifBinary) == 40, "ABI-1");
_Static_assert(sizeof(NifResourceTypeInit) == 40, "ABI-1");
_Static_assert(sizeof(NifMapIterator) == 56, "ABI-1");
_Static_assert(sizeof(NifSysInfo) == 56, "ABI-1");

#include "nif/functions.h"

#endif
