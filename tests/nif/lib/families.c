// SPDX-License-Identifier: Apache-2.0
//
// Functions by family: each takes terms, calls what its name says, and returns what came out.
#include <erl_nif.h>
#include <string.h>

#define NIF(name) static ERL_NIF_TERM name(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[])

static ERL_NIF_TERM atom(ErlNifEnv *env, const char *name) { return enif_make_atom(env, name); }
static ERL_NIF_TERM flag(ErlNifEnv *env, int n) { return atom(env, n ? "true" : "false"); }
static ERL_NIF_TERM pair(ErlNifEnv *env, const char *name, ERL_NIF_TERM value) {
    return enif_make_tuple2(env, atom(env, name), value);
}

NIF(kinds) {
    ERL_NIF_TERM t = argv[0];
    return enif_make_list(env, 13, pair(env, "type", enif_make_int(env, enif_term_type(env, t))),
                          pair(env, "atom", flag(env, enif_is_atom(env, t))),
                          pair(env, "binary", flag(env, enif_is_binary(env, t))),
                          pair(env, "ref", flag(env, enif_is_ref(env, t))),
                          pair(env, "function", flag(env, enif_is_fun(env, t))),
                          pair(env, "pid", flag(env, enif_is_pid(env, t))),
                          pair(env, "port", flag(env, enif_is_port(env, t))),
                          pair(env, "nil", flag(env, enif_is_empty_list(env, t))),
                          pair(env, "list", flag(env, enif_is_list(env, t))),
                          pair(env, "tuple", flag(env, enif_is_tuple(env, t))),
                          pair(env, "map", flag(env, enif_is_map(env, t))),
                          pair(env, "number", flag(env, enif_is_number(env, t))),
                          pair(env, "exception", flag(env, enif_is_exception(env, t))));
}

NIF(numbers) {
    ERL_NIF_TERM t = argv[0], none = atom(env, "none");
    int i;
    unsigned u;
    long l;
    unsigned long ul;
    double d;
    ErlNifSInt64 s64;
    ErlNifUInt64 u64;
    return enif_make_list(env, 7, enif_get_int(env, t, &i) ? enif_make_int(env, i) : none,
                          enif_get_uint(env, t, &u) ? enif_make_uint(env, u) : none,
                          enif_get_long(env, t, &l) ? enif_make_long(env, l) : none,
                          enif_get_ulong(env, t, &ul) ? enif_make_ulong(env, ul) : none,
                          enif_get_int64(env, t, &s64) ? enif_make_int64(env, s64) : none,
                          enif_get_uint64(env, t, &u64) ? enif_make_uint64(env, u64) : none,
                          enif_get_double(env, t, &d) ? enif_make_double(env, d) : none);
}

NIF(make_infinite) {
    double zero = 0;
    return enif_make_double(env, 1 / zero);
}

NIF(texts) {
    char buffer[64];
    unsigned size, length = 0;
    if (!enif_get_uint(env, argv[1], &size) || size > sizeof buffer) return enif_make_badarg(env);
    memset(buffer, 'x', sizeof buffer);
    int n = enif_get_string(env, argv[0], buffer, size, ERL_NIF_LATIN1);
    ERL_NIF_TERM list = enif_make_int(env, n);
    if (n != 0) list = enif_make_tuple2(env, list, enif_make_string(env, buffer, ERL_NIF_LATIN1));
    n = enif_get_atom(env, argv[0], buffer, size, ERL_NIF_LATIN1);
    ERL_NIF_TERM name = enif_make_int(env, n);
    if (n != 0)
        name = enif_make_tuple3(env, name, enif_make_string(env, buffer, ERL_NIF_LATIN1),
                                enif_make_atom_len(env, buffer, strlen(buffer)));
    n = enif_get_atom_length(env, argv[0], &length, ERL_NIF_LATIN1);
    return enif_make_tuple4(env, list, name, enif_make_int(env, n), enif_make_uint(env, length));
}

NIF(existing) {
    char buffer[300];
    ERL_NIF_TERM found;
    if (enif_get_string(env, argv[0], buffer, sizeof buffer, ERL_NIF_LATIN1) <= 0)
        return enif_make_badarg(env);
    if (!enif_make_existing_atom(env, buffer, &found, ERL_NIF_LATIN1)) return atom(env, "none");
    return enif_make_tuple1(env, found);
}

NIF(long_atom) {
    char buffer[300];
    unsigned n;
    if (!enif_get_uint(env, argv[0], &n) || n >= sizeof buffer) return enif_make_badarg(env);
    memset(buffer, 'a', n);
    return enif_make_atom_len(env, buffer, n);
}

NIF(lists) {
    unsigned length;
    ERL_NIF_TERM head, tail, reversed, none = atom(env, "none");
    return enif_make_list(
        env, 3, enif_get_list_length(env, argv[0], &length) ? enif_make_uint(env, length) : none,
        enif_get_list_cell(env, argv[0], &head, &tail) ? enif_make_list_cell(env, tail, head)
                                                       : none,
        enif_make_reverse_list(env, argv[0], &reversed) ? reversed : none);
}

NIF(tuples) {
    int arity;
    const ERL_NIF_TERM *elements;
    if (!enif_get_tuple(env, argv[0], &arity, &elements)) return enif_make_badarg(env);
    return enif_make_tuple3(env, enif_make_tuple_from_array(env, elements, arity),
                            enif_make_list_from_array(env, elements, arity),
                            enif_make_tuple(env, 0));
}

NIF(compare) {
    int c = enif_compare(argv[0], argv[1]);
    return enif_make_list(env, 2, enif_make_int(env, c < 0 ? -1 : c > 0),
                          flag(env, enif_is_identical(argv[0], argv[1])));
}

NIF(hash) {
    return enif_make_list(env, 2, enif_make_uint64(env, enif_hash(ERL_NIF_PHASH2, argv[0], 0)),
                          flag(env, enif_hash(ERL_NIF_INTERNAL_HASH, argv[0], 17) ==
                                        enif_hash(ERL_NIF_INTERNAL_HASH, argv[1], 17)));
}

NIF(binaries) {
    ErlNifBinary in, out;
    ERL_NIF_TERM made, part;
    if (!enif_inspect_binary(env, argv[0], &in)) return atom(env, "none");
    if (!enif_alloc_binary(in.size, &out)) return enif_make_badarg(env);
    memcpy(out.data, in.data, in.size);
    if (!enif_realloc_binary(&out, in.size + 3)) return enif_make_badarg(env);
    memcpy(out.data + in.size, "end", 3);
    unsigned char *fresh = enif_make_new_binary(env, 4, &made);
    memcpy(fresh, "new!", 4);
    ERL_NIF_TERM copy = enif_make_binary(env, &in), whole = enif_make_binary(env, &out);
    part = enif_make_sub_binary(env, whole, 1, in.size);
    return enif_make_list(env, 4, copy, whole, made, part);
}

NIF(release) {
    ErlNifBinary out;
    if (!enif_alloc_binary(1000, &out)) return enif_make_badarg(env);
    enif_release_binary(&out);
    if (!enif_alloc_binary(0, &out)) return enif_make_badarg(env);
    return enif_make_binary(env, &out);
}

NIF(iolist) {
    ErlNifBinary in;
    if (!enif_inspect_iolist_as_binary(env, argv[0], &in)) return atom(env, "none");
    return enif_make_binary(env, &in);
}

NIF(external) {
    ErlNifBinary out;
    ERL_NIF_TERM back;
    if (!enif_term_to_binary(env, argv[0], &out)) return enif_make_badarg(env);
    size_t used = enif_binary_to_term(env, out.data, out.size, &back, 0);
    return enif_make_tuple3(env, enif_make_binary(env, &out), enif_make_uint64(env, used), back);
}

NIF(decode) {
    ErlNifBinary in;
    ERL_NIF_TERM back;
    if (!enif_inspect_binary(env, argv[0], &in)) return enif_make_badarg(env);
    size_t used = enif_binary_to_term(env, in.data, in.size, &back, ERL_NIF_BIN2TERM_SAFE);
    return used == 0 ? atom(env, "none") : enif_make_tuple2(env, enif_make_uint64(env, used), back);
}

NIF(maps) {
    ERL_NIF_TERM value, out, none = atom(env, "none"), map = argv[0], key = argv[1];
    size_t size = 0;
    ERL_NIF_TERM n = enif_get_map_size(env, map, &size) ? enif_make_uint64(env, size) : none;
    ERL_NIF_TERM got = enif_get_map_value(env, map, key, &value) ? value : none;
    ERL_NIF_TERM put = enif_make_map_put(env, map, key, argv[2], &out) ? out : none;
    ERL_NIF_TERM up = enif_make_map_update(env, map, key, argv[2], &out) ? out : none;
    ERL_NIF_TERM gone = enif_make_map_remove(env, map, key, &out) ? out : none;
    return enif_make_list(env, 6, n, got, put, up, gone, enif_make_new_map(env));
}

NIF(walk) {
    ErlNifMapIterator it;
    ERL_NIF_TERM k, v, there = enif_make_list(env, 0), back = there;
    if (!enif_map_iterator_create(env, argv[0], &it, ERL_NIF_MAP_ITERATOR_FIRST))
        return enif_make_badarg(env);
    while (enif_map_iterator_get_pair(env, &it, &k, &v)) {
        there = enif_make_list_cell(env, enif_make_tuple2(env, k, v), there);
        enif_map_iterator_next(env, &it);
    }
    int tail = enif_map_iterator_is_tail(env, &it);
    enif_map_iterator_destroy(env, &it);
    enif_map_iterator_create(env, argv[0], &it, ERL_NIF_MAP_ITERATOR_LAST);
    while (enif_map_iterator_get_pair(env, &it, &k, &v)) {
        back = enif_make_list_cell(env, enif_make_tuple2(env, k, v), back);
        enif_map_iterator_prev(env, &it);
    }
    int head = enif_map_iterator_is_head(env, &it);
    enif_map_iterator_destroy(env, &it);
    return enif_make_tuple4(env, there, back, flag(env, tail), flag(env, head));
}

NIF(map_arrays) {
    int arity, arity2;
    const ERL_NIF_TERM *keys, *values;
    ERL_NIF_TERM out;
    if (!enif_get_tuple(env, argv[0], &arity, &keys)) return enif_make_badarg(env);
    if (!enif_get_tuple(env, argv[1], &arity2, &values)) return enif_make_badarg(env);
    if (!enif_make_map_from_arrays(env, (ERL_NIF_TERM *)keys, (ERL_NIF_TERM *)values, arity, &out))
        return atom(env, "none");
    return out;
}

NIF(format) {
    char text[400];
    int n = enif_snprintf(text, sizeof text, "%d|%5u|%-6x|%lu|%u|%s|%c|%.3f|%%|%T|%5.2s|%llx|%p",
                          -7, 8u, 255, 9ul, 10u, "text", 'z', 1.5, argv[0], "abcdef", 0xdeadbeefull,
                          (void *)0x10);
    ERL_NIF_TERM whole = enif_make_string(env, text, ERL_NIF_LATIN1);
    if (enif_is_identical(argv[0], atom(env, "short"))) { // what the compiler would find wrong
        const char *shorts = "%hd|%hu|%hhd|%hhx|%hx";
        enif_snprintf(text, sizeof text, shorts, 65537, 65538, 259, -1, -2);
        return enif_make_string(env, text, ERL_NIF_LATIN1);
    }
    int m = enif_snprintf(text, 5, "%s", "0123456789");
    return enif_make_tuple4(env, enif_make_int(env, n < (int)sizeof text ? n : -1), whole,
                            enif_make_int(env, m), enif_make_string(env, text, ERL_NIF_LATIN1));
}

NIF(raise) {
    ERL_NIF_TERM reason = atom(env, "none");
    int before = enif_has_pending_exception(env, &reason);
    ERL_NIF_TERM raised = enif_raise_exception(env, argv[0]);
    int after = enif_has_pending_exception(env, &reason);
    return before == 0 && after && enif_is_exception(env, raised) &&
                   enif_is_identical(reason, argv[0])
               ? atom(env, "ignored")
               : raised;
}

NIF(badarg) { return enif_make_badarg(env); }

NIF(times) {
    ErlNifTime s = enif_monotonic_time(ERL_NIF_SEC), ms = enif_monotonic_time(ERL_NIF_MSEC);
    ErlNifTime off = enif_time_offset(ERL_NIF_NSEC);
    return enif_make_list(
        env, 7, flag(env, ms / 1000 - s <= 1 && ms / 1000 - s >= -1), flag(env, off > 0),
        enif_make_int64(env, enif_convert_time_unit(-1500, ERL_NIF_MSEC, ERL_NIF_SEC)),
        enif_make_int64(env, enif_convert_time_unit(7, ERL_NIF_SEC, ERL_NIF_NSEC)),
        flag(env, enif_is_tuple(env, enif_now_time(env))),
        flag(env, enif_is_tuple(env, enif_cpu_time(env))),
        flag(env, enif_monotonic_time((ErlNifTimeUnit)9) == ERL_NIF_TIME_ERROR));
}

NIF(unique) {
    return enif_make_list(env, 3, enif_make_unique_integer(env, ERL_NIF_UNIQUE_POSITIVE),
                          enif_make_unique_integer(env, ERL_NIF_UNIQUE_MONOTONIC),
                          enif_make_ref(env));
}

NIF(environment) {
    char text[8];
    size_t size = sizeof text;
    int a = enif_getenv("TZ", text, &size);
    size_t small = 2;
    int b = enif_getenv("TZ", text, &small);
    small = sizeof text;
    int c = enif_getenv("NO_SUCH_VARIABLE", text, &small);
    return enif_make_list(env, 4, enif_make_int(env, a), enif_make_uint64(env, size),
                          enif_make_int(env, b), flag(env, c < 0));
}

NIF(info) {
    ErlNifSysInfo i;
    enif_system_info(&i, sizeof i);
    return enif_make_list(
        env, 6, enif_make_int(env, i.nif_major_version), enif_make_int(env, i.nif_minor_version),
        enif_make_int(env, i.driver_major_version), enif_make_int(env, i.dirty_scheduler_support),
        enif_make_string(env, i.otp_release, ERL_NIF_LATIN1),
        enif_make_string(env, i.erts_version, ERL_NIF_LATIN1));
}

NIF(own_environment) {
    ErlNifEnv *own = enif_alloc_env();
    ERL_NIF_TERM list = enif_make_list(own, 0);
    for (int i = 0; i < 1000; i++)
        list = enif_make_list_cell(
            own, enif_make_tuple2(own, enif_make_int(own, i), enif_make_copy(own, argv[0])), list);
    unsigned length;
    enif_get_list_length(own, list, &length);
    ERL_NIF_TERM copy = enif_make_copy(env, list);
    enif_clear_env(own);
    list = enif_make_copy(own, copy);
    int same = enif_is_identical(list, copy);
    enif_free_env(own);
    return enif_make_tuple3(env, enif_make_uint(env, length), flag(env, same), copy);
}

NIF(pids) {
    ErlNifPid self, other;
    ErlNifPort port;
    enif_self(env, &self);
    int local = enif_get_local_pid(env, argv[0], &other);
    ERL_NIF_TERM alive = local ? flag(env, enif_is_process_alive(env, &other)) : atom(env, "none");
    int found = enif_whereis_pid(env, argv[1], &other);
    int found_port = enif_whereis_port(env, argv[1], &port);
    enif_set_pid_undefined(&other);
    return enif_make_list(env, 7, enif_make_pid(env, &self), flag(env, local), alive,
                          flag(env, found), flag(env, found_port),
                          flag(env, enif_is_pid_undefined(&other)),
                          flag(env, enif_is_current_process_alive(env)));
}

NIF(send) {
    ErlNifPid to;
    if (!enif_get_local_pid(env, argv[0], &to)) return enif_make_badarg(env);
    ErlNifEnv *own = enif_alloc_env();
    ERL_NIF_TERM message =
        enif_make_tuple2(own, enif_make_atom(own, "sent"), enif_make_copy(own, argv[1]));
    int a = enif_send(env, &to, own, message);
    int b = enif_send(env, &to, own, enif_make_int(own, 17));
    enif_free_env(own);
    int c = enif_send(env, &to, NULL, argv[1]);
    return enif_make_list(env, 3, flag(env, a), flag(env, b), flag(env, c));
}

NIF(slice) {
    int percent;
    if (!enif_get_int(env, argv[0], &percent)) return enif_make_badarg(env);
    int n = 0;
    while (!enif_consume_timeslice(env, percent)) n++;
    return flag(env, n <= 100 / percent);
}

NIF(data) { return enif_make_int(env, *(int *)enif_priv_data(env)); }

static int load(ErlNifEnv *env, void **priv, ERL_NIF_TERM info) {
    static int value;
    if (!enif_get_int(env, info, &value)) return 1;
    *priv = &value;
    return 0;
}

static ErlNifFunc functions[] = {
    {"kinds", 1, kinds},
    {"numbers", 1, numbers},
    {"make_infinite", 0, make_infinite},
    {"texts", 2, texts},
    {"existing", 1, existing},
    {"long_atom", 1, long_atom},
    {"lists", 1, lists},
    {"tuples", 1, tuples},
    {"compare", 2, compare},
    {"hash", 2, hash},
    {"binaries", 1, binaries},
    {"release", 0, release},
    {"iolist", 1, iolist},
    {"external", 1, external},
    {"decode", 1, decode},
    {"maps", 3, maps},
    {"walk", 1, walk},
    {"map_arrays", 2, map_arrays},
    {"format", 1, format},
    {"raise", 1, raise},
    {"badarg", 2, badarg},
    {"times", 0, times},
    {"unique", 0, unique},
    {"environment", 0, environment},
    {"info", 0, info},
    {"own_environment", 1, own_environment},
    {"pids", 2, pids},
    {"send", 2, send},
    {"slice", 1, slice},
    {"data", 0, data},
    {"dirty", 1, kinds, ERL_NIF_DIRTY_JOB_CPU_BOUND},
    {"dirty_io_raise", 1, raise, ERL_NIF_DIRTY_JOB_IO_BOUND},
};
ERL_NIF_INIT(families, functions, load, NULL, NULL, NULL)
