// SPDX-License-Identifier: Apache-2.0
// Modules: read, validated, lowered, thrown away.
#define CODE_FAKE_REAL_BIFS
#include "../unit/check.h"
#include "../unit/code_fake.h"

#include "exec/exec.h"
#include "vm/vm.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    static VM *vm;
    static FakeCode f;
    if (vm == NULL) {
        vm = mem_zalloc(sizeof *vm);
        vm->atoms = atom_table_create(ATOM_COUNT_MAX_DEFAULT);
        exec_create(vm);
        fake_start_with(&f, vm->code_hooks, vm, vm->atoms);
        vm->code = f.server;
    }
    char message[CODE_MESSAGE_BYTES];
    CodeInstance *instance = NULL;
    Term result = code_prepare(f.server, TERM_NONE, bytes, count, &instance, message);
    if (result == am_ok) code_instance_free(f.server, instance);
    return 0;
}
