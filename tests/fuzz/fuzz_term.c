// SPDX-License-Identifier: Apache-2.0
// External terms: what is decoded is printed, encoded again, hashed and compared.
#include "fuzz_vm.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    MicaTerm *t = mica_term_decode(fuzz_vm(), bytes, count);
    if (t == NULL) return 0;
    char *text = mica_term_text(t);
    mica_free(text);
    void *again = NULL;
    size_t again_count = 0;
    if (mica_term_encode(t, &again, &again_count) == MICA_OK) {
        MicaTerm *t2 = mica_term_decode(fuzz_vm(), again, again_count);
        if (t2 == NULL) abort(); // what the VM writes it must read
        fuzz_call("erlang", "phash2", 1, &t2);
        MicaTerm *both[] = {t, t2};
        fuzz_call("erlang", "=:=", 2, both);
        mica_term_free(t2);
        mica_free(again);
    }
    mica_term_free(t);
    return 0;
}
