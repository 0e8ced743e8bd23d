// SPDX-License-Identifier: Apache-2.0
//
// instance.h - one VM from creation to destruction: the rooms put together.
//
// Only the calls that say so may be made from several threads.
#ifndef MICA_API_INSTANCE_H
#define MICA_API_INSTANCE_H

#include "vm/vm.h"

/** Makes a VM in a world with its preloaded modules loaded; runs nothing yet. NULL and *error
 * (mem_free) on failure. */
VM *vm_create(World *world, const VMConfig *config, char **error);
/** Starts the system processes and the first one, which calls erl_init:start/2 as OTP boots. False:
 * *error says why. */
bool vm_boot(VM *vm, char **error);
/** Runs until the VM halts; returns its exit code. */
int vm_run(VM *vm);
/** Frees a stopped VM and all it owned; the world stays. */
void vm_destroy(VM *vm);

#endif
