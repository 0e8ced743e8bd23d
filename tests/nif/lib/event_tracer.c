// SPDX-License-Identifier: Apache-2.0
//
// event_tracer.c - a tracer module: sends what it is asked and told to the process in its state,
// {Process, Answers}: a map of trace tags to trace, discard or remove.
#include <erl_nif.h>

static ERL_NIF_TERM answer(ErlNifEnv *env, const ERL_NIF_TERM argv[]) {
    const ERL_NIF_TERM *state;
    int arity;
    ERL_NIF_TERM value;
    if (enif_get_tuple(env, argv[1], &arity, &state) && arity == 2 &&
        enif_get_map_value(env, state[1], argv[0], &value))
        return value;
    return enif_make_atom(env, "discard");
}

static ERL_NIF_TERM tell(ErlNifEnv *env, const char *function, const ERL_NIF_TERM argv[]) {
    const ERL_NIF_TERM *state;
    int arity;
    ErlNifPid to;
    if (enif_get_tuple(env, argv[1], &arity, &state) && enif_get_local_pid(env, state[0], &to))
        enif_send(env, &to, NULL,
                  enif_make_tuple5(env, enif_make_atom(env, function), argv[0], argv[2], argv[3],
                                   argv[4]));
    return enif_make_atom(env, "ok");
}

static ERL_NIF_TERM enabled(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[]) {
    return answer(env, argv);
}

static ERL_NIF_TERM enabled_send(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[]) {
    return answer(env, argv);
}

static ERL_NIF_TERM trace(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[]) {
    return tell(env, "trace", argv);
}

static ERL_NIF_TERM trace_send(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[]) {
    return tell(env, "trace_send", argv);
}

static ErlNifFunc functions[] = {{"enabled", 3, enabled},
                                 {"enabled_send", 3, enabled_send},
                                 {"trace", 5, trace},
                                 {"trace_send", 5, trace_send}};

ERL_NIF_INIT(event_tracer, functions, NULL, NULL, NULL, NULL)
