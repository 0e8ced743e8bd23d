// SPDX-License-Identifier: Apache-2.0
//
// embed.h - what the programs of this folder share: counted checks, and a VM as they want it.
#ifndef MICA_TESTS_EMBED_H
#define MICA_TESTS_EMBED_H

#include "mica.h"

#include <stdio.h>
#include <stdlib.h>

static int passed, failed;

static inline void check(bool ok, const char *what) {
    if (ok)
        passed++;
    else
        failed++;
    if (!ok) printf("FAILED: %s\n", what);
}

/** A VM with two schedulers; without one the program ends. */
static inline MicaVM *make(void) {
    MicaConfig config;
    mica_config_init(&config);
    config.schedulers = 2;
    MicaVM *vm;
    char *message = NULL;
    MicaStatus status = mica_vm_create(&config, &vm, &message);
    if (status == MICA_OK) return vm;
    printf("cannot create a VM: %s: %s\n0 passed, 1 failed\n", mica_status_text(status),
           message == NULL ? "" : message);
    exit(1);
}

#endif
