// SPDX-License-Identifier: Apache-2.0
//
// Objects with destructors, monitors and descriptors; queues, threads, scheduled calls, versions.
// variants: 1 2 veto
#include <erl_nif.h>
#include <string.h>
#include <unistd.h>

#define NIF(name) static ERL_NIF_TERM name(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[])

#ifdef VARIANT_2
#define VERSION 2
#else
#define VERSION 1
#endif

typedef struct {
    ErlNifPid owner;
    ErlNifMonitor monitor;
    int fd[2];
    char bytes[16];
} Object;

typedef struct {
    ErlNifMutex *lock;
    int calls;
} Data;

static ErlNifResourceType *type, *plain;

static ERL_NIF_TERM atom(ErlNifEnv *env, const char *name) { return enif_make_atom(env, name); }

static void tell(const ErlNifPid *to, const char *what, int number) {
    ErlNifEnv *own = enif_alloc_env();
    enif_send(NULL, to, own,
              enif_make_tuple3(own, enif_make_atom(own, what), enif_make_int(own, number),
                               enif_make_int(own, VERSION)));
    enif_free_env(own);
}

static void dtor(ErlNifEnv *env, void *object) { tell(&((Object *)object)->owner, "dtor", 0); }
static void stop(ErlNifEnv *env, void *object, ErlNifEvent fd, int direct) {
    Object *o = object;
    tell(&o->owner, "stop", fd == o->fd[0]);
    close(o->fd[0]);
    close(o->fd[1]);
}
static void down(ErlNifEnv *env, void *object, ErlNifPid *pid, ErlNifMonitor *monitor) {
    Object *o = object;
    tell(&o->owner, "down", enif_compare_monitors(monitor, &o->monitor) == 0);
}
static void dyncall(ErlNifEnv *env, void *object, void *data) { *(int *)data += 1000; }

NIF(version) { return enif_make_int(env, VERSION); }

NIF(make) {
    Object *o = enif_alloc_resource(type, sizeof *o);
    memset(o, 0, sizeof *o);
    enif_self(env, &o->owner);
    strcpy(o->bytes, "resource bytes");
    ERL_NIF_TERM t = enif_make_resource(env, o), again = enif_make_resource(env, o);
    enif_release_resource(o);
    if (enif_compare(t, again) != 0) return enif_make_badarg(env);
    return t;
}

NIF(look) {
    void *o;
    if (enif_get_resource(env, argv[0], plain, &o)) return atom(env, "plain");
    if (!enif_get_resource(env, argv[0], type, &o)) return atom(env, "none");
    return enif_make_uint64(env, enif_sizeof_resource(o) == sizeof(Object));
}

NIF(bytes) {
    void *object;
    if (!enif_get_resource(env, argv[0], type, &object)) return enif_make_badarg(env);
    static char outside[100] = "outside";
    return enif_make_tuple3(env,
                            enif_make_resource_binary(env, object, ((Object *)object)->bytes, 14),
                            enif_make_resource_binary(env, object, outside, 100),
                            enif_make_resource_binary(env, object, outside, 7));
}

// What a flag that does not fit leads to, as the load callback saw it.
static int tried_nothing;

NIF(tried) { return enif_make_int(env, tried_nothing); }

// More keys than the operating system has.
NIF(many_keys) {
    static ErlNifTSDKey key[3000];
    int good = 0;
    for (int i = 0; i < 3000; i++)
        if (enif_tsd_key_create("one of many", &key[i]) == 0) enif_tsd_set(key[i], &key[i]);
    for (int i = 0; i < 3000; i++) {
        good += enif_tsd_get(key[i]) == &key[i];
        enif_tsd_set(key[i], NULL);
        good += enif_tsd_get(key[i]) == NULL;
        enif_tsd_key_destroy(key[i]);
    }
    return enif_make_int(env, good);
}

// Asked by a thread that has no environment.
typedef struct {
    ERL_NIF_TERM name;
    ErlNifPid pid;
    int found, none, port;
} Question;

static void *asker(void *argument) {
    Question *q = argument;
    ErlNifPort port;
    q->found = enif_whereis_pid(NULL, q->name, &q->pid);
    q->port = enif_whereis_port(NULL, q->name, &port);
    return NULL;
}

NIF(whereis_of_thread) {
    Question q = {.name = argv[0]};
    ErlNifTid tid;
    if (enif_thread_create("asker", &tid, asker, &q, NULL) != 0) return enif_make_badarg(env);
    enif_thread_join(tid, NULL);
    return enif_make_tuple2(env, q.found ? enif_make_pid(env, &q.pid) : atom(env, "none"),
                            enif_make_int(env, q.port));
}

// Sends from a dirty call, with an environment of its own and without.
NIF(send_both) {
    ErlNifPid to;
    if (!enif_get_local_pid(env, argv[0], &to)) return enif_make_badarg(env);
    int a = enif_send(env, &to, NULL, atom(env, "plain"));
    ErlNifEnv *own = enif_alloc_env();
    int b = enif_send(env, &to, own,
                      enif_make_tuple2(own, enif_make_atom(own, "built"), enif_make_int(own, 7)));
    enif_free_env(own);
    return enif_make_tuple2(env, enif_make_int(env, a), enif_make_int(env, b));
}

// Waits until its process is killed, then tells how a message of its fared.
NIF(send_dead) {
    ErlNifPid to;
    if (!enif_get_local_pid(env, argv[0], &to)) return enif_make_badarg(env);
    tell(&to, "alive", 0);
    while (enif_is_current_process_alive(env)) usleep(1000);
    int sent = enif_send(env, &to, NULL, atom(env, "from the dead"));
    tell(&to, "sent", sent);
    return atom(env, "ok");
}

NIF(dynamic) {
    int number = 1;
    int result =
        enif_dynamic_resource_call(env, atom(env, "objects"), atom(env, "type"), argv[0], &number);
    int bad = enif_dynamic_resource_call(env, atom(env, "objects"), atom(env, "nosuch"), argv[0],
                                         &number);
    return enif_make_tuple3(env, enif_make_int(env, result), enif_make_int(env, number),
                            enif_make_int(env, bad != 0));
}

NIF(watch) {
    void *object;
    ErlNifPid pid;
    if (!enif_get_resource(env, argv[0], type, &object) || !enif_get_local_pid(env, argv[1], &pid))
        return enif_make_badarg(env);
    Object *o = object;
    int result = enif_monitor_process(env, o, &pid, &o->monitor);
    return enif_make_tuple2(
        env, enif_make_int(env, result),
        result == 0
            ? atom(env, enif_is_ref(env, enif_make_monitor_term(env, &o->monitor)) ? "ref" : "x")
            : atom(env, "none"));
}

NIF(unwatch) {
    void *object;
    if (!enif_get_resource(env, argv[0], type, &object)) return enif_make_badarg(env);
    return enif_make_int(env, enif_demonitor_process(env, object, &((Object *)object)->monitor));
}

NIF(pipe_of) {
    void *object;
    if (!enif_get_resource(env, argv[0], type, &object)) return enif_make_badarg(env);
    Object *o = object;
    return enif_make_int(env, pipe(o->fd));
}

NIF(select_of) {
    void *object;
    int flags, end;
    if (!enif_get_resource(env, argv[0], type, &object) || !enif_get_int(env, argv[1], &end) ||
        !enif_get_int(env, argv[2], &flags))
        return enif_make_badarg(env);
    Object *o = object;
    int fd = end < 0 ? -1 : o->fd[end];
    if (flags & ERL_NIF_SELECT_CUSTOM_MSG) {
        ErlNifEnv *own = enif_alloc_env();
        int result = enif_select_x(env, fd, flags, o, NULL, enif_make_copy(own, argv[3]), own);
        enif_free_env(own);
        return enif_make_int(env, result);
    }
    return enif_make_int(env, enif_select(env, fd, flags, o, NULL, argv[3]));
}

NIF(write_to) {
    void *object;
    if (!enif_get_resource(env, argv[0], type, &object)) return enif_make_badarg(env);
    return enif_make_int(env, write(((Object *)object)->fd[1], "x", 1));
}

NIF(read_from) {
    void *object;
    char byte;
    if (!enif_get_resource(env, argv[0], type, &object)) return enif_make_badarg(env);
    return enif_make_int(env, read(((Object *)object)->fd[0], &byte, 1));
}

static ERL_NIF_TERM taken(ErlNifEnv *env, ErlNifIOQueue *q) {
    int count;
    SysIOVec *v = enif_ioq_peek(q, &count);
    ERL_NIF_TERM list = enif_make_list(env, 0);
    while (count-- > 0) {
        ERL_NIF_TERM t;
        memcpy(enif_make_new_binary(env, v[count].iov_len, &t), v[count].iov_base,
               v[count].iov_len);
        list = enif_make_list_cell(env, t, list);
    }
    return enif_make_tuple2(env, enif_make_uint64(env, enif_ioq_size(q)), list);
}

NIF(queue) {
    ErlNifIOVec vec, *iov = &vec;
    ERL_NIF_TERM tail, head = atom(env, "none");
    unsigned skip, deq;
    size_t left = 0, size = 0;
    ErlNifBinary bin;
    if (!enif_get_uint(env, argv[1], &skip) || !enif_get_uint(env, argv[2], &deq))
        return enif_make_badarg(env);
    if (!enif_inspect_iovec(env, 64, argv[0], &tail, &iov)) return atom(env, "no_iovec");
    ErlNifIOQueue *q = enif_ioq_create(ERL_NIF_IOQ_NORMAL);
    int a = enif_ioq_enqv(q, iov, skip);
    enif_alloc_binary(5, &bin);
    memcpy(bin.data, "12345", 5);
    int b = enif_ioq_enq_binary(q, &bin, 1);
    ERL_NIF_TERM before = taken(env, q);
    int c = enif_ioq_deq(q, deq, &left);
    ERL_NIF_TERM after = taken(env, q);
    int d = enif_ioq_peek_head(env, q, &size, &head);
    enif_ioq_destroy(q);
    ErlNifIOVec *alone = NULL;
    enif_inspect_iovec(NULL, 64, argv[0], &tail, &alone);
    size_t total = alone->size;
    enif_free_iovec(alone);
    return enif_make_list(env, 10, enif_make_int(env, a), enif_make_int(env, b), before,
                          enif_make_int(env, c), enif_make_uint64(env, left), after,
                          enif_make_int(env, d), head, enif_make_uint64(env, total), tail);
}

static void *sender(void *argument) {
    ErlNifPid *to = argument;
    for (int i = 0; i < 100; i++) tell(to, "thread", i);
    return argument;
}

NIF(threads) {
    ErlNifPid self;
    ErlNifTid tid[4];
    void *result;
    int good = 1;
    enif_self(env, &self);
    for (int i = 0; i < 4; i++)
        good = good && enif_thread_create("sender", &tid[i], sender, &self, NULL) == 0;
    for (int i = 0; i < 4; i++)
        good = good && enif_thread_join(tid[i], &result) == 0 && result == &self;
    ErlNifRWLock *rw = enif_rwlock_create("rw");
    good = good && enif_rwlock_tryrlock(rw) == 0 && enif_rwlock_tryrwlock(rw) != 0;
    enif_rwlock_runlock(rw);
    enif_rwlock_destroy(rw);
    ErlNifCond *cond = enif_cond_create("cond");
    enif_cond_broadcast(cond);
    enif_cond_destroy(cond);
    ErlNifTSDKey key;
    enif_tsd_key_create("key", &key);
    enif_tsd_set(key, &key);
    good = good && enif_tsd_get(key) == &key;
    enif_tsd_key_destroy(key);
    good = good && enif_equal_tids(enif_thread_self(), enif_thread_self());
    return enif_make_tuple2(env, enif_make_int(env, good), enif_make_int(env, enif_thread_type()));
}

NIF(steps) {
    int n;
    if (!enif_get_int(env, argv[0], &n)) return enif_make_badarg(env);
    ERL_NIF_TERM log = enif_make_list_cell(env, enif_make_int(env, enif_thread_type()), argv[1]);
    if (n == 0) return log;
    if (n < 0) return enif_raise_exception(env, log);
    ERL_NIF_TERM next[] = {enif_make_int(env, n - 1), log};
    int flags[] = {0, ERL_NIF_DIRTY_JOB_CPU_BOUND, ERL_NIF_DIRTY_JOB_IO_BOUND};
    return enif_schedule_nif(env, "steps_on", flags[n % 3], steps, 2, next);
}

NIF(fail_on) {
    ERL_NIF_TERM next[] = {enif_make_int(env, -1), argv[0]};
    return enif_schedule_nif(env, "failing", ERL_NIF_DIRTY_JOB_CPU_BOUND, steps, 2, next);
}

NIF(hold) {
    int ms;
    if (!enif_get_int(env, argv[0], &ms)) return enif_make_badarg(env);
    for (int i = 0; i < ms && enif_is_current_process_alive(env); i++) usleep(1000);
    ErlNifPid to;
    if (enif_get_local_pid(env, argv[1], &to))
        tell(&to, "held", enif_is_current_process_alive(env));
    return atom(env, "ok");
}

NIF(count) {
    Data *d = enif_priv_data(env);
    enif_mutex_lock(d->lock);
    int n = ++d->calls;
    enif_mutex_unlock(d->lock);
    return enif_make_int(env, n);
}

static void open_types(ErlNifEnv *env) {
    ErlNifResourceTypeInit init = {dtor, stop, down, 4, dyncall};
    ErlNifResourceFlags both = ERL_NIF_RT_CREATE | ERL_NIF_RT_TAKEOVER;
    type = enif_init_resource_type(env, "type", &init, both, NULL);
    plain = enif_open_resource_type(env, NULL, "plain", NULL, both, NULL);
    ErlNifResourceFlags tried;
    tried_nothing = enif_open_resource_type(env, NULL, "none", NULL, ERL_NIF_RT_TAKEOVER, &tried)
                        ? -1
                        : (int)tried;
}

static ErlNifPid watcher;

static int load(ErlNifEnv *env, void **priv, ERL_NIF_TERM info) {
#ifdef VARIANT_veto
    return 17;
#endif
    open_types(env);
    Data *d = enif_alloc(sizeof *d);
    d->lock = enif_mutex_create("objects");
    d->calls = 100;
    *priv = d;
    return enif_get_local_pid(env, info, &watcher) ? 0 : 3;
}

static int upgrade(ErlNifEnv *env, void **priv, void **old, ERL_NIF_TERM info) {
#ifdef VARIANT_veto
    return 18;
#endif
    open_types(env);
    Data *d = enif_alloc(sizeof *d);
    d->lock = enif_mutex_create("objects");
    d->calls = ((Data *)*old)->calls + 1000;
    *priv = d;
    return enif_get_local_pid(env, info, &watcher) ? 0 : 3;
}

static void unload(ErlNifEnv *env, void *priv) {
    Data *d = priv;
    enif_mutex_destroy(d->lock);
    enif_free(d);
    tell(&watcher, "unload", 0);
}

static ErlNifFunc functions[] = {
    {"version", 0, version},
    {"make", 0, make},
    {"look", 1, look},
    {"bytes", 1, bytes},
    {"dynamic", 1, dynamic},
    {"watch", 2, watch},
    {"unwatch", 1, unwatch},
    {"pipe_of", 1, pipe_of},
    {"select_of", 4, select_of},
    {"write_to", 1, write_to},
    {"read_from", 1, read_from},
    {"queue", 3, queue},
    {"threads", 0, threads},
    {"steps", 2, steps},
    {"fail_on", 1, fail_on},
    {"hold", 2, hold, ERL_NIF_DIRTY_JOB_IO_BOUND},
    {"count", 0, count},
    {"tried", 0, tried},
    {"many_keys", 0, many_keys},
    {"whereis_of_thread", 1, whereis_of_thread},
    {"send_both", 1, send_both, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"send_dead", 1, send_dead, ERL_NIF_DIRTY_JOB_CPU_BOUND},
};
ERL_NIF_INIT(objects, functions, load, NULL, upgrade, unload)
