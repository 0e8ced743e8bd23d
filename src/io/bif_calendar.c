// SPDX-License-Identifier: Apache-2.0
//
// bif_calendar.c - dates and times of day: erlang:localtime/0 and its kin.
//
// Threads: the one that runs the process.
#include "bif/bif.h"
#include "io/io.h"
#include "world/clock.h"

static Term date_term(Process *p, const CalendarTime *time) {
    ASSERT(calendar_is_valid(time));
    return heap_tuple3(&p->heap, heap_integer(&p->heap, time->year), term_from_small(time->month),
                       term_from_small(time->day));
}

static Term time_term(Process *p, const CalendarTime *time) {
    return heap_tuple3(&p->heap, term_from_small(time->hour), term_from_small(time->minute),
                       term_from_small(time->second));
}

static Term datetime_term(Process *p, const CalendarTime *time) {
    ASSERT(calendar_is_valid(time));
    Term date = date_term(p, time);
    return heap_tuple2(&p->heap, date, time_term(p, time));
}

static bool read_three(Term tuple, int64_t values[3]) {
    if (!term_is_tuple_of(tuple, 3)) return false;
    for (size_t i = 0; i < 3; i++) {
        if (!term_is_small(tuple_get(tuple, i))) return false;
        values[i] = term_small(tuple_get(tuple, i));
    }
    return true;
}

/** {{Year, Month, Day}, {Hour, Minute, Second}} that the calendar has. */
static bool read_datetime(Term term, CalendarTime *time) {
    ASSERT(time != NULL);
    int64_t date[3], clock[3];
    if (!term_is_tuple_of(term, 2) || !read_three(tuple_get(term, 0), date) ||
        !read_three(tuple_get(term, 1), clock))
        return false;
    for (size_t i = 0; i < 3; i++)
        if (clock[i] != (int)clock[i] || date[i] != (int)date[i]) return false;
    *time = (CalendarTime){.year = date[0],
                           .month = (int)date[1],
                           .day = (int)date[2],
                           .hour = (int)clock[0],
                           .minute = (int)clock[1],
                           .second = (int)clock[2]};
    return calendar_is_valid(time);
}

/** localtime() -> {{Y, M, D}, {H, M, S}}. */
BIF(erlang, localtime, 0)
{
    CalendarTime now;
    clock_local_now(p->vm->world, &now);
    return datetime_term(p, &now);
}

/** universaltime() -> {{Y, M, D}, {H, M, S}}. */
BIF(erlang, universaltime, 0)
{
    CalendarTime now;
    clock_utc_now(p->vm->world, &now);
    return datetime_term(p, &now);
}

/** date() -> {Y, M, D}, local. */
BIF(erlang, date, 0)
{
    CalendarTime now;
    clock_local_now(p->vm->world, &now);
    return date_term(p, &now);
}

/** time() -> {H, M, S}, local. */
BIF(erlang, time, 0)
{
    CalendarTime now;
    clock_local_now(p->vm->world, &now);
    return time_term(p, &now);
}

/** localtime_to_universaltime(DateTime, true | false | undefined): the second says whether it is
 * daylight saving time. */
BIF(erlang, localtime_to_universaltime, 2)
{
    CalendarTime local, utc;
    ClockDst dst = CLOCK_DST_UNKNOWN;
    if (a[1] == am_true)
        dst = CLOCK_DST_YES;
    else if (a[1] == am_false)
        dst = CLOCK_DST_NO;
    else if (a[1] != am_undefined)
        return bif_badarg(p);
    if (!read_datetime(a[0], &local) || !clock_local_to_utc(p->vm->world, &local, dst, &utc))
        return bif_badarg(p);
    return datetime_term(p, &utc);
}

/** universaltime_to_localtime(DateTime) -> DateTime. */
BIF(erlang, universaltime_to_localtime, 1)
{
    CalendarTime utc, local;
    if (!read_datetime(a[0], &utc) || !clock_utc_to_local(p->vm->world, &utc, &local))
        return bif_badarg(p);
    return datetime_term(p, &local);
}

/** universaltime_to_posixtime(DateTime) -> Seconds. */
BIF(erlang, universaltime_to_posixtime, 1)
{
    CalendarTime utc;
    if (!read_datetime(a[0], &utc)) return bif_badarg(p);
    return heap_integer(&p->heap, calendar_to_posix_seconds(&utc));
}

// Seconds whose year still fits 32 bits, as OTP limits them.
#define POSIX_SECONDS_MAX ((int64_t)67767976233532799)

/** posixtime_to_universaltime(Seconds) -> DateTime. */
BIF(erlang, posixtime_to_universaltime, 1)
{
    int64_t seconds;
    if (!bif_get_int64(a[0], &seconds) || seconds > POSIX_SECONDS_MAX ||
        seconds < -POSIX_SECONDS_MAX)
        return bif_badarg(p);
    CalendarTime utc;
    calendar_from_posix_seconds(seconds, &utc);
    return datetime_term(p, &utc);
}
