// SPDX-License-Identifier: Apache-2.0
//
// An extension that does what it must not: objects that it never releases, terms that it keeps past
// their environment.
#include <erl_nif.h>

#define NIF(name) static ERL_NIF_TERM name(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[])

static ErlNifResourceType *thing, *other;
static void *held;
static ERL_NIF_TERM kept;

static void dtor(ErlNifEnv *env, void *object) {}

NIF(leak) {
    int count;
    if (!enif_get_int(env, argv[0], &count)) return enif_make_badarg(env);
    for (int i = 0; i < count; i++) (void)!enif_alloc_resource(thing, 10);
    enif_keep_resource(enif_alloc_resource(other, 10));
    return enif_make_atom(env, "leaked");
}

// What unload releases is no leak.
NIF(hold) {
    held = enif_alloc_resource(thing, 10);
    return enif_make_resource(env, held);
}

NIF(keep) {
    kept = argv[0];
    return enif_make_atom(env, "kept");
}
NIF(keep_cleared) {
    ErlNifEnv *own = enif_alloc_env();
    kept = enif_make_tuple1(own, enif_make_int(own, 7));
    enif_free_env(own);
    return enif_make_atom(env, "kept");
}

NIF(give) { return kept; }
NIF(put) { return enif_make_list_cell(env, kept, enif_make_list(env, 0)); }
NIF(tell) {
    ErlNifPid self;
    return enif_make_int(env, enif_send(env, enif_self(env, &self), NULL, kept));
}
NIF(raise) { return enif_raise_exception(env, kept); }
// This is how it is done.
NIF(copy) {
    ErlNifEnv *own = enif_alloc_env();
    ERL_NIF_TERM mine = enif_make_copy(own, argv[0]), back = enif_make_copy(env, mine);
    enif_free_env(own);
    return back;
}

static int load(ErlNifEnv *env, void **private_data, ERL_NIF_TERM info) {
    thing = enif_open_resource_type(env, NULL, "thing", dtor, ERL_NIF_RT_CREATE, NULL);
    other = enif_open_resource_type(env, NULL, "other", NULL, ERL_NIF_RT_CREATE, NULL);
    return 0;
}
static void unload(ErlNifEnv *env, void *private_data) {
    if (held != NULL) enif_release_resource(held);
}

static ErlNifFunc functions[] = {
    {"leak", 1, leak}, {"hold", 0, hold}, {"keep", 1, keep}, {"keep_cleared", 0, keep_cleared},
    {"give", 0, give}, {"put", 0, put},   {"tell", 0, tell}, {"raise", 0, raise},
    {"copy", 1, copy}};
ERL_NIF_INIT(misused, functions, load, NULL, NULL, unload)
