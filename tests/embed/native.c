// SPDX-License-Identifier: Apache-2.0
//
// native.c - two VMs in one program load the same native library, OTP's crypto: each has its own
// copy of what the library keeps, and goes on when the other has gone.
#include "embed.h"

#include <string.h>

/** The text of what the expression's value is. */
static bool evaluates(MicaVM *vm, const char *expression, const char *expected) {
    static const char *const steps[][2] = {
        {"erl_scan", "string"}, {"erl_parse", "parse_exprs"}, {"erl_eval", "exprs"}};
    MicaTerm *value = mica_term_string(vm, expression);
    for (int i = 0; i < 3 && value != NULL; i++) {
        MicaTerm *result = NULL, *none = mica_term_list(vm, 0, NULL);
        MicaStatus status = mica_call(vm, steps[i][0], steps[i][1], i == 2 ? 2 : 1,
                                      (MicaTerm *[]){value, none}, 60000, &result);
        mica_term_free(value);
        mica_term_free(none);
        value = NULL;
        if (status == MICA_OK) mica_term_get_element(result, 1, &value);
        if (status != MICA_OK) {
            char *text = result == NULL ? NULL : mica_term_text(result);
            printf("%s: %s %s\n", expression, mica_status_text(status), text == NULL ? "" : text);
            mica_free(text);
        }
        mica_term_free(result);
    }
    if (value == NULL) return false;
    char *text = mica_term_text(value);
    bool same = strcmp(text, expected) == 0;
    if (!same) printf("%s gave %s, not %s\n", expression, text, expected);
    mica_free(text);
    mica_term_free(value);
    return same;
}

/** Atoms and objects of the library come from the VM that calls. */
static void test_crypto(MicaVM *vm, const char *which) {
    check(evaluates(vm, "binary:part(binary:encode_hex(crypto:hash(sha256, \"abc\")), 0, 16).",
                    "<<\"BA7816BF8F01CFEA\">>"),
          which);
    check(evaluates(vm, "element(1, element(2, catch crypto:hash(no_such, \"abc\"))).",
                    "{badarg,{\"hash.c\",108},\"Bad digest type\"}"),
          which);
    check(evaluates(vm,
                    "begin S = crypto:hash_update(crypto:hash_init(sha), <<\"a\">>), "
                    "crypto:hash_final(S) =:= crypto:hash(sha, \"a\") end.",
                    "true"),
          which);
    check(evaluates(vm,
                    "begin {C, T} = crypto:crypto_one_time_aead(aes_256_gcm, <<7:256>>, <<9:96>>, "
                    "<<\"text\">>, <<\"aad\">>, true), crypto:crypto_one_time_aead(aes_256_gcm, "
                    "<<7:256>>, <<9:96>>, C, <<\"aad\">>, T, false) end.",
                    "<<\"text\">>"),
          which);
}

int main(void) {
    MicaVM *first = make(), *second = make();
    // the same names are other atoms in the second VM
    check(evaluates(second,
                    "length([list_to_atom(integer_to_list(N)) || N <- lists:seq(1, 5000)]).",
                    "5000"),
          "atoms");
    for (int i = 0; i < 3; i++) {
        test_crypto(first, "first");
        test_crypto(second, "second");
    }
    mica_vm_destroy(first);
    test_crypto(second, "second alone");
    MicaVM *third = make();
    test_crypto(third, "third");
    test_crypto(second, "second with third");
    mica_vm_destroy(second);
    test_crypto(third, "third alone");
    mica_vm_destroy(third);
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
