// SPDX-License-Identifier: Apache-2.0
//
// Libraries that are not as they should be, each in its own way.
// variants: good version old variant name function undeclared flags twice null symbol noinit veto
#include <erl_nif.h>

static ERL_NIF_TERM one(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[]) {
    return enif_make_int(env, 1);
}

#ifdef VARIANT_symbol
extern int enif_no_such_function(ErlNifEnv *env);
static ERL_NIF_TERM two(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[]) {
    return enif_make_int(env, enif_no_such_function(env));
}
#endif

__attribute__((unused)) static ErlNifFunc functions[] = {
    {"one", 0, one},
#ifdef VARIANT_function
    {"nosuch", 3, one},
#endif
#ifdef VARIANT_undeclared
    {"undeclared", 0, one},
#endif
#ifdef VARIANT_flags
    {"two", 0, one, 77},
#endif
#ifdef VARIANT_twice
    {"one", 0, one},
#endif
#ifdef VARIANT_symbol
    {"two", 0, two},
#endif
};

#ifdef VARIANT_veto
static int load(ErlNifEnv *env, void **private_data, ERL_NIF_TERM info) {
    return enif_open_resource_type(env, NULL, "forgotten", NULL, ERL_NIF_RT_CREATE, NULL) ? 42 : 1;
}
#else
#define load NULL
#endif

#ifndef VARIANT_noinit
static ErlNifEntry entry = {ERL_NIF_MAJOR_VERSION,
                            ERL_NIF_MINOR_VERSION,
                            "bad_test",
                            sizeof functions / sizeof *functions,
                            functions,
                            load,
                            NULL,
                            NULL,
                            NULL,
                            "beam.vanilla",
                            1,
                            sizeof(ErlNifResourceTypeInit),
                            "erts-12.0"};
ErlNifEntry *nif_init(void) {
#ifdef VARIANT_version
    entry.minor = 99;
    entry.min_erts = "erts-99.0";
#endif
#ifdef VARIANT_old
    entry.major = 1;
#endif
#ifdef VARIANT_variant
    entry.vm_variant = "beam.chocolate";
#endif
#ifdef VARIANT_name
    entry.name = "another";
#endif
#ifdef VARIANT_null
    return NULL;
#endif
    return &entry;
}
#endif
