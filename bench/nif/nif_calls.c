// SPDX-License-Identifier: Apache-2.0
//
// What a native call costs: nothing done, five arguments looked at, a list of 100 integers made.
#include <erl_nif.h>

static ERL_NIF_TERM empty(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[]) { return argv[0]; }

static ERL_NIF_TERM five(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[]) {
    long sum = 0, n;
    for (int i = 0; i < argc; i++)
        if (enif_get_long(env, argv[i], &n)) sum += n;
    return enif_make_long(env, sum);
}

static ERL_NIF_TERM list(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[]) {
    ERL_NIF_TERM t = enif_make_list(env, 0);
    for (int i = 0; i < 100; i++) t = enif_make_list_cell(env, enif_make_int(env, i), t);
    return t;
}

static ErlNifFunc functions[] = {{"empty", 1, empty}, {"five", 5, five}, {"list", 0, list}};
ERL_NIF_INIT(nif_calls, functions, NULL, NULL, NULL, NULL)
