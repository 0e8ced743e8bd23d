// SPDX-License-Identifier: Apache-2.0
// Regular expressions: the input is a byte of options, the expression, a zero byte, the subject.
#include "fuzz_vm.h"

static const char *const names[] = {"unicode", "caseless", "multiline", "dotall",
                                    "extended", "ungreedy", "anchored", "global"};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    if (count < 2) return 0;
    const uint8_t *zero = memchr(bytes + 1, 0, count - 1);
    size_t pattern_count = zero != NULL ? (size_t)(zero - bytes) - 1 : count - 1;
    const uint8_t *subject = zero != NULL ? zero + 1 : (const uint8_t *)"aab\nabc";
    size_t subject_count = zero != NULL ? count - pattern_count - 2 : 7;
    MicaVM *vm = fuzz_vm();
    MicaTerm *options[8];
    size_t options_count = 0;
    for (size_t i = 0; i < 8; i++)
        if (bytes[0] >> i & 1) options[options_count++] = mica_term_atom(vm, names[i]);
    MicaTerm *arguments[] = {mica_term_binary(vm, subject, subject_count),
                             mica_term_binary(vm, bytes + 1, pattern_count),
                             mica_term_list(vm, options_count, options)};
    fuzz_call("re", "run", 3, arguments);
    for (size_t i = 0; i < options_count; i++) mica_term_free(options[i]);
    for (size_t i = 0; i < 3; i++) mica_term_free(arguments[i]);
    return 0;
}
