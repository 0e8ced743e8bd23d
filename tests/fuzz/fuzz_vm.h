// SPDX-License-Identifier: Apache-2.0
//
// A VM for the fuzz targets: booted once, with one scheduler; what a call answers is of no account,
// as long as the VM lives.
#pragma once
#include "mica.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static inline MicaVM *fuzz_vm(void) {
    static MicaVM *vm;
    if (vm != NULL) return vm;
    MicaConfig config;
    char *message = NULL;
    mica_config_init(&config);
    if (mica_vm_create(&config, &vm, &message) != MICA_OK) {
        fprintf(stderr, "no VM: %s\n", message != NULL ? message : "?");
        abort();
    }
    return vm;
}

/** Calls and throws the answer away. */
static inline void fuzz_call(const char *module, const char *function, size_t count,
                             MicaTerm *const *arguments) {
    MicaTerm *result = NULL;
    mica_call(fuzz_vm(), module, function, count, arguments, 10000, &result);
    mica_term_free(result);
}
