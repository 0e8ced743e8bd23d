// SPDX-License-Identifier: Apache-2.0
//
// registry.h - names of processes and ports.
//
// REG-1: a name stands for at most one process or port, and each has at most one name.
// REG-2: a process's `registered_name` is written under the registry's lock only.
// REG-3: the end of a process and registry_add agree without a common lock: each writes, then reads
// what the other writes.
// Threads: any. Guarded by a lock that readers share.
#ifndef MICA_PROC_REGISTRY_H
#define MICA_PROC_REGISTRY_H

#include "proc/spawn.h"

typedef struct Registry Registry;

Registry *registry_create(void);
void registry_destroy(Registry *r);

typedef enum {
    REGISTRY_OK,
    REGISTRY_NAME_TAKEN,
    REGISTRY_HAS_NAME,
    REGISTRY_NOPROC
} RegistryResult;
/** Names a living process or a port. */
RegistryResult registry_add(VM *vm, Term name, Term owner);
/** False when the name stands for nothing; *owner gets whom it stood for. */
bool registry_remove(VM *vm, Term name, Term *owner);
/** The ending process or port loses its name. */
void registry_remove_owner(VM *vm, Term owner, Term name);
/** The name of a process, or TERM_NONE. */
Term registry_name_of(const Process *p);
/** All names as a list in h. */
Term registry_names(VM *vm, Heap *h);

#endif
