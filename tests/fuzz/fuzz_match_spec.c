// SPDX-License-Identifier: Apache-2.0
// Match specifications: the input is an external term {Object, Specification}, for tables, and for
// the arguments of traced calls.
#include "fuzz_vm.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    MicaTerm *t = mica_term_decode(fuzz_vm(), bytes, count), *object = NULL, *specification = NULL;
    if (t == NULL) return 0;
    if (mica_term_get_element(t, 0, &object) == MICA_OK &&
        mica_term_get_element(t, 1, &specification) == MICA_OK) {
        MicaTerm *table = mica_term_atom(fuzz_vm(), "table"),
                 *trace = mica_term_atom(fuzz_vm(), "trace");
        fuzz_call("erlang", "match_spec_test", 3, (MicaTerm *[]){object, specification, table});
        fuzz_call("erlang", "match_spec_test", 3, (MicaTerm *[]){object, specification, trace});
        mica_term_free(table);
        mica_term_free(trace);
    }
    mica_term_free(object);
    mica_term_free(specification);
    mica_term_free(t);
    return 0;
}
