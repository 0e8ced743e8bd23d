// SPDX-License-Identifier: Apache-2.0
//
// resource.h - what stands before an extension's object, for the files that look at it. Invariants:
// resource.c.
#ifndef MICA_NIF_RESOURCE_H
#define MICA_NIF_RESOURCE_H

#include "base/spinlock.h"
#include "nif/nif.h"

typedef struct NifResource {
    NifResourceType *type;
    uint64_t ref_words[3];
    size_t size;
    struct NifMonitors *monitors; // monitor.c's
    Spinlock lock;                // guards monitors
    _Alignas(16) char object[];
} NifResource;

// ---- monitor.c
void nif_monitors_free(NifResource *r);

#endif
