// SPDX-License-Identifier: Apache-2.0
//
// Things that happen to a library at a bad moment: moments_test.erl, vm_end.sh.
// variants: 1 2
#include <erl_nif.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NIF(name) static ERL_NIF_TERM name(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[])

#ifdef VARIANT_2
#define VERSION 2
#else
#define VERSION 1
#endif

typedef struct {
    ErlNifPid watcher;
    int version;
} Data;

static ErlNifResourceType *watched, *selected;
static ErlNifMutex *lock; // held while a monitor is asked for, and by `down`

static void tell(const ErlNifPid *to, const char *what) {
    ErlNifEnv *own = enif_alloc_env();
    enif_send(NULL, to, own,
              enif_make_tuple2(own, enif_make_atom(own, what), enif_make_int(own, VERSION)));
    enif_free_env(own);
}

/** Milliseconds, as an Erlang integer says. */
static void wait_for(ErlNifEnv *env, ERL_NIF_TERM ms) {
    int n = 0;
    enif_get_int(env, ms, &n);
    usleep(n * 1000);
}

NIF(version) { return enif_make_int(env, VERSION); }

/** hold(Ms, Pid), on a dirty thread */
NIF(hold) {
    ErlNifPid to;
    if (!enif_get_local_pid(env, argv[1], &to)) return enif_make_badarg(env);
    tell(&to, "holds");
    wait_for(env, argv[0]);
    tell(&to, "held");
    return enif_make_int(env, VERSION);
}

/** drop(Pid, Count): objects that watch a process which ends, and go at the same moment */
NIF(drop) {
    enum { MOST = 100 };
    ErlNifPid pid;
    int count, alive = 0;
    void *objects[MOST];
    if (!enif_get_local_pid(env, argv[0], &pid) || !enif_get_int(env, argv[1], &count) ||
        count > MOST)
        return enif_make_badarg(env);
    enif_mutex_lock(lock);
    for (int i = 0; i < count; i++) {
        objects[i] = enif_alloc_resource(watched, 8);
        alive += enif_monitor_process(env, objects[i], &pid, NULL) == 0;
    }
    enif_mutex_unlock(lock);
    ErlNifEnv *own = enif_alloc_env();
    enif_send(env, &pid, own, enif_make_atom(own, "stop"));
    enif_free_env(own);
    for (int i = 0; i < count; i++) enif_release_resource(objects[i]);
    return enif_make_int(env, alive);
}

/** choose(): an object, which nothing shows, waits for a pipe */
NIF(choose) {
    int *fd = enif_alloc_resource(selected, 2 * sizeof *fd);
    if (pipe(fd) != 0) return enif_make_badarg(env);
    int result = enif_select(env, fd[0], ERL_NIF_SELECT_READ, fd, NULL, argv[0]);
    enif_release_resource(fd);
    return enif_make_int(env, result);
}

static void down(ErlNifEnv *env, void *object, ErlNifPid *pid, ErlNifMonitor *monitor) {
    enif_mutex_lock(lock);
    enif_mutex_unlock(lock);
}
static void stop(ErlNifEnv *env, void *object, ErlNifEvent event, int direct) {
    int *fd = object;
    char text[128];
    // with no environment: it finds its VM all the same
    enif_snprintf(text, sizeof text, "stop %d %d %T\n", event == fd[0], direct,
                  enif_make_atom(env, "its"));
    fputs(text, stderr);
    close(fd[0]);
    close(fd[1]);
}
static void gone(ErlNifEnv *env, void *object) { fputs("gone\n", stderr); }

/** Info: {Watcher, Ms} */
static int begin(ErlNifEnv *env, void **data, ERL_NIF_TERM info, const char *what) {
    int count;
    const ERL_NIF_TERM *element;
    Data *d = malloc(sizeof *d);
    if (!enif_get_tuple(env, info, &count, &element) || count != 2 ||
        !enif_get_local_pid(env, element[0], &d->watcher)) {
        free(d);
        return 1;
    }
    d->version = VERSION;
    *data = d;
    ErlNifResourceTypeInit watches = {.members = 3, .down = down};
    ErlNifResourceTypeInit selects = {.members = 2, .stop = stop, .dtor = gone};
    watched = enif_init_resource_type(env, "watched", &watches,
                                      ERL_NIF_RT_CREATE | ERL_NIF_RT_TAKEOVER, NULL);
    selected = enif_init_resource_type(env, "selected", &selects,
                                       ERL_NIF_RT_CREATE | ERL_NIF_RT_TAKEOVER, NULL);
    if (lock == NULL) lock = enif_mutex_create("moments"); // of the library's copy in memory
    tell(&d->watcher, what);
    wait_for(env, element[1]);
    return 0;
}

static int load(ErlNifEnv *env, void **data, ERL_NIF_TERM info) {
    int result = begin(env, data, info, "loads");
    if (result == 0) tell(&((Data *)*data)->watcher, "loaded");
    return result;
}

static int upgrade(ErlNifEnv *env, void **data, void **old_data, ERL_NIF_TERM info) {
    int result = begin(env, data, info, "upgrades");
    Data *old = *old_data; // which is there until this one has returned
    if (result == 0) tell(&((Data *)*data)->watcher, old->version == 1 ? "upgraded" : "again");
    return result;
}

static void unload(ErlNifEnv *env, void *data) {
    tell(&((Data *)data)->watcher, "unloads");
    enif_mutex_destroy(lock);
    lock = NULL;
    free(data);
}

static ErlNifFunc functions[] = {{"version", 0, version},
                                 {"hold", 2, hold, ERL_NIF_DIRTY_JOB_IO_BOUND},
                                 {"drop", 2, drop},
                                 {"choose", 1, choose}};

ERL_NIF_INIT(moments, functions, load, NULL, upgrade, unload)
