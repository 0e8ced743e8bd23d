// SPDX-License-Identifier: Apache-2.0
//
// churn.c - makes and destroys VMs, each booting OTP and running a call; the number of rounds is
// the argument. Run under AddressSanitizer, its leak checker says whether anything was left.
#include "mica.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 20, passed = 0;
    for (int i = 0; i < rounds; i++) {
        MicaConfig config;
        mica_config_init(&config);
        config.schedulers = 1 + (uint32_t)i % 2;
        MicaVM *vm;
        char *message = NULL;
        if (mica_vm_create(&config, &vm, &message) != MICA_OK) {
            printf("round %d: %s\n", i, message == NULL ? "no message" : message);
            mica_free(message);
            break;
        }
        MicaTerm *arguments[] = {mica_term_integer(vm, 1), mica_term_integer(vm, 100)};
        MicaTerm *result = NULL;
        size_t count = 0;
        if (mica_call(vm, "lists", "seq", 2, arguments, 30000, &result) == MICA_OK &&
            mica_term_get_count(result, &count) == MICA_OK && count == 100) {
            passed++;
        }
        mica_term_free(result);
        mica_term_free(arguments[0]);
        mica_term_free(arguments[1]);
        mica_vm_destroy(vm);
    }
    printf("%d passed, %d failed\n", passed, rounds - passed);
    return passed == rounds ? 0 : 1;
}
