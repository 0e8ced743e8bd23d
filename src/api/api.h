// SPDX-License-Identifier: Apache-2.0
//
// api.h - what stands behind mica.h's opaque types.
//
// API-1: a MicaTerm owns a detached heap; its value refers to nothing but that heap, literals and
// counted buffers.
#ifndef MICA_API_API_H
#define MICA_API_API_H

#include "api/instance.h"
#include "api/otp_root.h"
#include "mica.h"
#include "world/thread.h"

struct MicaVM {
    VM *vm;
    World *world;
    OtpRoot root;
    char **words; // arguments handed to the VM
    int word_count;
    Thread runner;
    bool has_runner;
};

struct MicaTerm {
    MicaVM *owner;
    Heap heap;
    Term value;
};

/** An empty term of a VM, to be filled. */
MicaTerm *api_term_new(MicaVM *vm);
/** A term that holds a copy of value. */
MicaTerm *api_term_copy(MicaVM *vm, Term value);
/** Runs module:function in a new process and waits for its end; *reason is what it ended with. */
MicaStatus api_run(MicaVM *vm, Term module, Term function, Term arguments, int64_t timeout_ms,
                   MicaTerm **reason);

#endif
