// SPDX-License-Identifier: Apache-2.0
//
// resource.h - what stands before an extension's object, for the files that look at it. Invariants:
// resource.c.
#ifndef MICA_NIF_RESOURCE_H
#define MICA_NIF_RESOURCE_H

#include "nif/nif.h"

typedef struct NifMonitorEntry NifMonitorEntry;

typedef struct NifResource {
    NifResourceType *type;
    uint64_t ref_words[3];
    size_t size;
    NifMonitorEntry *monitors; // monitor.c's, under its lock
    _Atomic bool watched;      // it had monitors once
    _Alignas(16) char object[];
} NifResource;

static inline NifResource *nif_resource_of(void *object) {
    return CONTAINER_OF(object, NifResource, object);
}
/** One reference more, unless the last has gone already. */
bool nif_resource_hold(NifResource *r);
/** A reference to the object, as a term in h. */
Term nif_resource_term(Heap *h, NifResource *r);

// ---- monitor.c
void nif_monitors_create(VM *vm);
void nif_monitors_destroy(VM *vm);
/** The object goes: it watches nobody any more. */
void nif_monitors_drop(NifResource *r);

// ---- send.c
/** Is there such a process, and has its end not begun? Between nif_online and nif_offline. */
bool nif_is_alive(VM *vm, Term pid);

// ---- select.c
void nif_select_create(VM *vm);
/** Before the poller goes: no descriptor is watched any more. */
void nif_select_destroy(VM *vm);
void nif_select_free(VM *vm);

#endif
