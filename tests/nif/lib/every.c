// SPDX-License-Identifier: Apache-2.0
//
// Needs each function that erl_nif.h declares, and uses those that families.c and objects.c do not:
// locks that are waited for, ports, C strings and streams, other libraries, threads that end early,
// resources kept by hand. Built against the header of OTP 27, what came with 2.17, too.
#include <erl_nif.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef DECLARE_2_17
#undef ERL_NIF_MINOR_VERSION
#define ERL_NIF_MINOR_VERSION 17
#define ERL_NIF_UTF8 ((ErlNifCharEncoding)2)
enum { ERL_NIF_OPT_DELAY_HALT = 1, ERL_NIF_OPT_ON_HALT = 2 };
int enif_get_string_length(ErlNifEnv *, ERL_NIF_TERM, unsigned *, ErlNifCharEncoding);
int enif_make_new_atom(ErlNifEnv *, const char *, ERL_NIF_TERM *, ErlNifCharEncoding);
int enif_make_new_atom_len(ErlNifEnv *, const char *, size_t, ERL_NIF_TERM *, ErlNifCharEncoding);
int enif_set_option(ErlNifEnv *, int option, ...);
#endif

#define NIF(name) static ERL_NIF_TERM name(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[])

// ---- the names of all of them: the header's declarations once more, as a table
typedef struct {
    const char *name;
    void (*function)(void);
} Named;
#define ERL_NIF_API_FUNC_DECL(TYPE, NAME, ARGUMENTS)                                               \
    __attribute__((used, section("every"))) static const Named every_##NAME = {                    \
        #NAME, (void (*)(void))NAME}
#pragma clang diagnostic ignored "-Wbuiltin-macro-redefined"
#undef __GNUC__ // no inline functions a second time
#include <erl_nif_api_funcs.h>
#undef ERL_NIF_API_FUNC_DECL
extern const Named __start_every[], __stop_every[];

NIF(names) {
    ERL_NIF_TERM list = enif_make_list(env, 0);
    for (const Named *n = __start_every; n < __stop_every; n++)
        if (n->function != NULL)
            list = enif_make_list_cell(env, enif_make_string(env, n->name, ERL_NIF_LATIN1), list);
    return list;
}

// ---- locks and threads
typedef struct {
    ErlNifMutex *lock;
    ErlNifCond *changed;
    ErlNifRWLock *rw;
    int turn, value, read;
    char name[40];
} Shared;

static ERL_NIF_TERM text(ErlNifEnv *env, const char *s) {
    return enif_make_string(env, s == NULL ? "none" : s, ERL_NIF_LATIN1);
}

static void *other(void *argument) {
    Shared *s = argument;
    if (enif_mutex_trylock(s->lock) != 0) enif_mutex_lock(s->lock);
    s->turn = 1;
    snprintf(s->name, sizeof s->name, "%s", enif_thread_name(enif_thread_self()));
    enif_cond_signal(s->changed);
    while (s->turn != 2) enif_cond_wait(s->changed, s->lock);
    enif_mutex_unlock(s->lock);
    enif_rwlock_rlock(s->rw);
    s->read = s->value;
    enif_rwlock_runlock(s->rw);
    enif_thread_exit(&s->turn);
    return NULL; // not reached
}

NIF(locks) {
    Shared s = {enif_mutex_create("a mutex"), enif_cond_create("a condition"),
                enif_rwlock_create("a lock")};
    ErlNifThreadOpts *options = enif_thread_opts_create("options");
    options->suggested_stack_size = 64;
    ErlNifTid tid;
    void *result = NULL;
    enif_mutex_lock(s.lock);
    if (enif_thread_create("a thread", &tid, other, &s, options) != 0) return enif_make_badarg(env);
    enif_thread_opts_destroy(options);
    while (s.turn != 1) enif_cond_wait(s.changed, s.lock);
    enif_rwlock_rwlock(s.rw);
    s.turn = 2;
    enif_cond_signal(s.changed);
    enif_mutex_unlock(s.lock);
    s.value = 3;
    enif_rwlock_rwunlock(s.rw);
    int joined = enif_thread_join(tid, &result);
    int free_now = enif_mutex_trylock(s.lock);
    enif_mutex_unlock(s.lock);
    ERL_NIF_TERM names = enif_make_list4(env, text(env, enif_mutex_name(s.lock)),
                                         text(env, enif_cond_name(s.changed)),
                                         text(env, enif_rwlock_name(s.rw)), text(env, s.name));
    enif_mutex_destroy(s.lock);
    enif_cond_destroy(s.changed);
    enif_rwlock_destroy(s.rw);
    return enif_make_tuple5(env, names, enif_make_int(env, s.read), enif_make_int(env, joined),
                            enif_make_int(env, result == &s.turn), enif_make_int(env, free_now));
}

// ---- ports
// Text to a port: {alive, sent}
NIF(command) {
    ErlNifPort port;
    if (!enif_get_local_port(env, argv[0], &port)) return text(env, "no port");
    int alive = enif_is_port_alive(env, &port);
    return enif_make_tuple2(env, enif_make_int(env, alive),
                            enif_make_int(env, enif_port_command(env, &port, NULL, argv[1])));
}

// The same with an environment of its own.
NIF(command_own) {
    ErlNifPort port;
    if (!enif_get_local_port(env, argv[0], &port)) return text(env, "no port");
    ErlNifEnv *own = enif_alloc_env();
    ERL_NIF_TERM bytes;
    memcpy(enif_make_new_binary(own, 5, &bytes), " own.", 5);
    int sent = enif_port_command(env, &port, own, bytes);
    enif_free_env(own);
    return enif_make_int(env, sent);
}

// ---- texts and memory
static int printed(char *to, size_t room, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int n = enif_vsnprintf(to, room, format, arguments);
    va_end(arguments);
    return n;
}
static int written(FILE *to, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int n = enif_vfprintf(to, format, arguments);
    va_end(arguments);
    return n;
}

NIF(texts) {
    char small[12], *file_text = NULL;
    size_t file_bytes = 0;
    FILE *file = open_memstream(&file_text, &file_bytes);
    int a = printed(small, sizeof small, "%d %T and more", 17, argv[0]);
    int b = enif_fprintf(file, "<%T> ", argv[0]), c = written(file, "%s %T", "and", argv[0]);
    fclose(file);
    ERL_NIF_TERM atom, unknown = 0;
    int known = enif_make_existing_atom_len(env, "okay", 2, &atom, ERL_NIF_LATIN1);
    int none =
        enif_make_existing_atom_len(env, "no such atom anywhere", 21, &unknown, ERL_NIF_LATIN1);
    char *memory = enif_alloc(3);
    memcpy(memory, "ab", 3);
    memory = enif_realloc(memory, 100000);
    memset(memory + 2, 'c', 3);
    ERL_NIF_TERM parts[] = {enif_make_int(env, a >= (int)sizeof small),
                            text(env, small),
                            enif_make_int(env, b),
                            enif_make_int(env, c),
                            enif_make_string_len(env, file_text, file_bytes, ERL_NIF_LATIN1),
                            enif_make_int(env, known),
                            atom,
                            enif_make_int(env, none),
                            enif_make_string_len(env, memory, 5, ERL_NIF_LATIN1)};
    enif_free(memory);
    free(file_text);
    return enif_make_list_from_array(env, parts, sizeof parts / sizeof *parts);
}

// ---- another library, asked for by name
static int missing;
static void on_missing(void *argument, const char *message) {
    missing += message != NULL && argument == &missing;
}

NIF(library) {
    char path[1024];
    if (enif_get_string(env, argv[0], path, sizeof path, ERL_NIF_LATIN1) <= 0)
        return enif_make_badarg(env);
    void *self = enif_dlopen(path, on_missing, &missing);
    if (self == NULL) return text(env, "it does not open");
    void *init = enif_dlsym(self, "nif_init", NULL, NULL);
    void *no = enif_dlsym(self, "no_such_function_at_all", on_missing, &missing);
    void *nowhere = enif_dlopen("/nowhere/at/all", on_missing, &missing);
    return enif_make_tuple4(env, enif_make_int(env, init != NULL), enif_make_int(env, no != NULL),
                            enif_make_int(env, nowhere != NULL), enif_make_int(env, missing));
}

// ---- an object that is kept by hand
static ErlNifResourceType *type;
static int *kept, destroyed;

static void gone(ErlNifEnv *env, void *object) { destroyed += *(int *)object; }

NIF(keep) {
    kept = enif_alloc_resource(type, sizeof *kept);
    *kept = 5;
    enif_keep_resource(kept);
    enif_release_resource(kept);
    return enif_make_int(env, destroyed);
}
NIF(release) {
    enif_release_resource(kept);
    return enif_make_int(env, 0);
}
NIF(gone_count) { return enif_make_int(env, destroyed); }

#if ERL_NIF_MINOR_VERSION >= 17
static int halted;
static void on_halt(void *private_data) { fprintf(stderr, "on halt: %d\n", halted); }

NIF(of_2_17) {
    unsigned latin1 = 0, utf8 = 0;
    ERL_NIF_TERM atom, other, bad = 0;
    int a = enif_get_string_length(env, argv[0], &latin1, ERL_NIF_LATIN1);
    int b = enif_get_string_length(env, argv[0], &utf8, ERL_NIF_UTF8);
    int c = enif_make_new_atom(env, "new \xe2\x82\xac", &atom, ERL_NIF_UTF8);
    int d = enif_make_new_atom_len(env, "newer", 3, &other, ERL_NIF_LATIN1);
    int e = enif_make_new_atom_len(env, "\xff\xff", 2, &bad, ERL_NIF_UTF8);
    ERL_NIF_TERM parts[] = {enif_make_int(env, a),
                            enif_make_int(env, b),
                            enif_make_uint(env, a ? latin1 : 0),
                            enif_make_uint(env, utf8),
                            enif_make_int(env, c),
                            atom,
                            enif_make_int(env, d),
                            other,
                            enif_make_int(env, e),
                            enif_make_int(env, enif_set_option(env, ERL_NIF_OPT_DELAY_HALT) != 0)};
    return enif_make_list_from_array(env, parts, sizeof parts / sizeof *parts);
}
#endif

static int load(ErlNifEnv *env, void **private_data, ERL_NIF_TERM info) {
    ErlNifResourceTypeInit init = {.dtor = gone};
    type = enif_open_resource_type_x(env, "kept", &init, ERL_NIF_RT_CREATE, NULL);
#if ERL_NIF_MINOR_VERSION >= 17
    halted = 1;
    if (enif_set_option(env, ERL_NIF_OPT_ON_HALT, on_halt) != 0) return 2;
    if (enif_set_option(env, ERL_NIF_OPT_DELAY_HALT) != 0) return 3;
#endif
    return type == NULL;
}

static ErlNifFunc functions[] = {
    {"names", 0, names},
    {"locks", 0, locks, ERL_NIF_DIRTY_JOB_IO_BOUND},
    {"command", 2, command},
    {"command_own", 1, command_own},
    {"texts", 1, texts},
    {"library", 1, library},
    {"keep", 0, keep},
    {"release", 0, release},
    {"gone_count", 0, gone_count},
#if ERL_NIF_MINOR_VERSION >= 17
    {"of_2_17", 1, of_2_17},
#endif
};
ERL_NIF_INIT(every_test, functions, load, NULL, NULL, NULL)
