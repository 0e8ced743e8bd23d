// SPDX-License-Identifier: Apache-2.0
//
// bif_os.c - the built-ins of OTP's os module but os:set_signal/2: environment variables, process
// id, clocks.
//
// Variables are the VM's own copy (world/env.h): they reach child processes, not the host.
//
// Threads: the one that runs the process.
#include <stdio.h>

#include "bif/bif.h"
#include "io/port.h"
#include "world/clock.h"
#include "world/env.h"

enum { NS_PER_SECOND = 1000000000 };

/** Native text of a string (a list, not a binary or an atom), NUL-terminated; NULL when it is none.
 */
static char *string_text(Process *p, Term string) {
    ASSERT(p->vm->world != NULL);
    return term_is_list(string) ? io_native_text(p->vm, string, true) : NULL;
}

/** As string_text, for a variable's name; empty names are names of nothing. */
static char *name_text(Process *p, Term string) {
    char *name = string_text(p, string);
    if (name == NULL || strchr(name, '=') == NULL) return name;
    mem_free(name);
    return NULL;
}

/** getenv(Name) -> Value | false. */
BIF(os, getenv, 1)
{
    char *name = name_text(p, a[0]);
    if (name == NULL) return bif_badarg(p);
    char *value;
    size_t count;
    Term result = am_false;
    if (name[0] != '\0' && env_get(p->vm->world, name, strlen(name), &value, &count)) {
        result = io_native_string(p, value, count);
        mem_free(value);
    }
    mem_free(name);
    return result;
}

/** putenv(Name, Value) -> true. */
BIF(os, putenv, 2)
{
    char *name = name_text(p, a[0]);
    char *value = name != NULL ? string_text(p, a[1]) : NULL;
    if (value != NULL && name[0] != '\0')
        env_put(p->vm->world, name, strlen(name), value, strlen(value));
    Term result = value != NULL ? am_true : bif_badarg(p);
    mem_free(name);
    mem_free(value);
    return result;
}

/** unsetenv(Name) -> true. */
BIF(os, unsetenv, 1)
{
    char *name = name_text(p, a[0]);
    if (name == NULL) return bif_badarg(p);
    env_unset(p->vm->world, name, strlen(name));
    mem_free(name);
    return am_true;
}

typedef struct EnvList {
    Process *process;
    Term list;
} EnvList;

static void add_variable(void *user, const char *name, size_t name_bytes, const char *value,
                         size_t value_bytes) {
    ASSERT(name_bytes > 0); // ENV-1
    EnvList *list = user;
    Process *p = list->process;
    Term key = io_native_string(p, name, name_bytes);
    Term pair = heap_tuple2(&p->heap, key, io_native_string(p, value, value_bytes));
    list->list = heap_cons(&p->heap, pair, list->list);
}

/** env() -> [{Name, Value}]. */
BIF(os, env, 0)
{
    EnvList list = {.process = p, .list = TERM_NIL};
    env_each(p->vm->world, add_variable, &list);
    return list.list;
}

/** getpid() -> the operating system's number of this program, as a string. */
BIF(os, getpid, 0)
{
    char text[24];
    int count = snprintf(text, sizeof text, "%lld", (long long)env_os_pid(p->vm->world));
    ASSERT(count > 0 && (size_t)count < sizeof text);
    return heap_list_from_bytes(&p->heap, (const uint8_t *)text, (size_t)count, TERM_NIL);
}

/** perf_counter() -> nanoseconds of a clock that is fast to read. */
BIF(os, perf_counter, 0)
{ return heap_integer(&p->heap, clock_monotonic_ns(p->vm->world)); }

/** timestamp() -> {MegaSecs, Secs, MicroSecs} of the system's clock, uncorrected. */
BIF(os, timestamp, 0)
{
    int64_t microseconds = clock_wall_ns(p->vm->world) / 1000;
    int64_t seconds = microseconds / 1000000;
    return heap_tuple3(&p->heap, term_from_small(seconds / 1000000),
                       term_from_small(seconds % 1000000), term_from_small(microseconds % 1000000));
}

/** system_time() -> nanoseconds since 1970, of the system's clock, uncorrected. */
BIF(os, system_time, 0)
{ return heap_integer(&p->heap, clock_wall_ns(p->vm->world)); }

/** Parts of a time unit in a second; 0 when it is none. */
static int64_t parts_per_second(Term unit) {
    static const struct {
        Term name;
        int64_t parts;
    } units[] = {
        {am_second, 1},
        {am_millisecond, 1000},
        {am_microsecond, 1000000},
        {am_nanosecond, NS_PER_SECOND},
        {am_native, NS_PER_SECOND},
        {am_perf_counter, NS_PER_SECOND},
        {am_seconds, 1},
        {am_milli_seconds, 1000},
        {am_micro_seconds, 1000000},
        {am_nano_seconds, NS_PER_SECOND},
    };
    int64_t parts;
    if (bif_get_int64(unit, &parts)) return parts > 0 ? parts : 0;
    for (size_t i = 0; i < ARRAY_COUNT(units); i++)
        if (units[i].name == unit) return units[i].parts;
    return 0;
}

/** system_time(Unit) -> as system_time/0 in that unit, rounded down. */
BIF(os, system_time, 1)
{
    int64_t parts = parts_per_second(a[0]);
    if (parts == 0) return bif_badarg(p);
    __int128 product = (__int128)clock_wall_ns(p->vm->world) * parts;
    __int128 value = product / NS_PER_SECOND;
    if (product < 0 && product % NS_PER_SECOND != 0) value--;
    if (value != (int64_t)value) return bif_badarg(p); // more parts than anybody's clock has
    return heap_integer(&p->heap, (int64_t)value);
}
