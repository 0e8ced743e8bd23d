// SPDX-License-Identifier: Apache-2.0
//
// host.h - a process that a C thread owns: how a program around the VM sends, watches and receives.
//
// HOST-1: a host process is RUNNING from its creation to its end, owned by the thread that made it;
// it is in no queue and
//         runs no code. Signals wake its parker.
// HOST-2: outside of host_process_receive its thread is online for quiescence: it must not block
// elsewhere.
#ifndef MICA_PROC_HOST_H
#define MICA_PROC_HOST_H

#include "proc/process.h"
#include "proc/quiesce.h"
#include "world/thread.h"

typedef struct HostProcess {
    VM *vm;
    Process *process;
    QuiesceThread *quiesce;
    Parker parker;
} HostProcess;

/** NULL when the process table is full. */
HostProcess *host_process_create(VM *vm);
/** Ends the process: its monitors and links go. */
void host_process_destroy(HostProcess *h);

typedef enum { HOST_MESSAGE, HOST_TIMEOUT, HOST_HALTED } HostResult;
/**
 * Waits for a message, at most timeout_ns (negative: without end). *message is the first one; it
 * stays valid until host_process_drop or destroy. In a deterministic VM the waiting thread runs the
 * processes itself.
 */
HostResult host_process_receive(HostProcess *h, int64_t timeout_ns, Term *message);
/** Removes the first message. */
void host_process_drop(HostProcess *h);

#endif
