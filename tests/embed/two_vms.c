// SPDX-License-Identifier: Apache-2.0
//
// two_vms.c - two VMs in one program, each running OTP: they see nothing of each other.
#include "embed.h"

#include <inttypes.h>
#include <string.h>

/** Calls with arguments that it frees; NULL on failure. */
static MicaTerm *call(MicaVM *vm, const char *module, const char *function, size_t count,
                      MicaTerm **arguments) {
    MicaTerm *result = NULL;
    MicaStatus status = mica_call(vm, module, function, count, arguments, 30000, &result);
    for (size_t i = 0; i < count; i++) mica_term_free(arguments[i]);
    if (status != MICA_OK) {
        char *text = result == NULL ? NULL : mica_term_text(result);
        printf("%s:%s/%zu: %s %s\n", module, function, count, mica_status_text(status),
               text == NULL ? "" : text);
        mica_free(text);
    }
    return result;
}

static int64_t call_integer(MicaVM *vm, const char *module, const char *function, size_t count,
                            MicaTerm **arguments) {
    int64_t n = -1;
    MicaTerm *result = call(vm, module, function, count, arguments);
    if (result != NULL) mica_term_get_int64(result, &n);
    mica_term_free(result);
    return n;
}

static bool call_is(MicaVM *vm, const char *module, const char *function, size_t count,
                    MicaTerm **arguments, const char *expected) {
    MicaTerm *result = call(vm, module, function, count, arguments);
    if (result == NULL) return false;
    char *text = mica_term_text(result);
    bool same = strcmp(text, expected) == 0;
    if (!same) printf("%s:%s gave %s, not %s\n", module, function, text, expected);
    mica_free(text);
    mica_term_free(result);
    return same;
}

static void test_calls(MicaVM *vm) {
    MicaTerm *items[] = {mica_term_integer(vm, 1), mica_term_integer(vm, 2),
                         mica_term_integer(vm, 3)};
    MicaTerm *list = mica_term_list(vm, 3, items);
    for (int i = 0; i < 3; i++) mica_term_free(items[i]);
    check(call_is(vm, "lists", "reverse", 1, (MicaTerm *[]){list}, "[3,2,1]"), "lists:reverse");
    check(call_integer(vm, "erlang", "+", 2,
                       (MicaTerm *[]){mica_term_integer(vm, 40), mica_term_integer(vm, 2)}) == 42,
          "erlang:'+'");
    MicaTerm *result = NULL;
    MicaTerm *reason[] = {mica_term_atom(vm, "oops")};
    MicaStatus status = mica_call(vm, "erlang", "error", 1, reason, 30000, &result);
    check(status == MICA_ERROR_EXCEPTION && result != NULL, "an exception comes back as one");
    mica_term_free(result);
    mica_term_free(reason[0]);
    MicaTerm *wait[] = {mica_term_integer(vm, 60000)};
    result = NULL;
    check(mica_call(vm, "timer", "sleep", 1, wait, 50, &result) == MICA_ERROR_TIMEOUT,
          "a call can time out");
    mica_term_free(wait[0]);
}

static bool atom_exists(MicaVM *vm, const char *text) {
    MicaTerm *result = NULL;
    MicaTerm *binary = mica_term_binary(vm, text, strlen(text));
    MicaTerm *arguments[] = {binary};
    MicaStatus status =
        mica_call(vm, "erlang", "binary_to_existing_atom", 1, arguments, 30000, &result);
    mica_term_free(binary);
    mica_term_free(result);
    return status == MICA_OK;
}

static void test_apart(MicaVM *a, MicaVM *b) {
    mica_term_free(mica_term_atom(a, "only_in_the_first"));
    check(atom_exists(a, "only_in_the_first"), "the atom is in the first VM");
    check(!atom_exists(b, "only_in_the_first"), "and not in the second");

    MicaTerm *key = mica_term_atom(a, "apart"), *value = mica_term_integer(a, 1);
    check(call_is(a, "persistent_term", "put", 2, (MicaTerm *[]){key, value}, "ok"),
          "persistent_term:put in the first");
    check(call_integer(b, "persistent_term", "get", 2,
                       (MicaTerm *[]){mica_term_atom(b, "apart"), mica_term_integer(b, 7)}) == 7,
          "the second does not see it");
    MicaTerm *pid = NULL;
    MicaTerm *sleep[] = {mica_term_atom(a, "infinity")};
    check(mica_spawn(a, "timer", "sleep", 1, sleep, &pid) == MICA_OK, "spawn in the first");
    mica_term_free(sleep[0]);
    check(call_is(a, "erlang", "register", 2,
                  (MicaTerm *[]){mica_term_atom(a, "sleeper_of_one"), pid}, "true"),
          "register it there");
    check(call_is(b, "erlang", "whereis", 1, (MicaTerm *[]){mica_term_atom(b, "sleeper_of_one")},
                  "undefined"),
          "no such name in the second");
}

int main(void) {
    MicaVM *a = make(), *b = make();
    test_calls(a);
    test_calls(b);
    test_apart(a, b);
    mica_vm_destroy(a);
    check(call_integer(b, "erlang", "abs", 1, (MicaTerm *[]){mica_term_integer(b, -5)}) == 5,
          "the second goes on after the first is gone");
    mica_vm_destroy(b);
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
