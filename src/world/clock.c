// SPDX-License-Identifier: Apache-2.0
//
// The operating system's clocks, and calendar arithmetic. Days are counted from 1 March of the year
// 0, so that the leap day is the last one of a year (the usual trick; see Hinnant,
// "chrono-compatible low-level date algorithms").
//
// Threads: any; localtime_r and mktime lock the time zone tables of the C library themselves.
#include "world/clock.h"

#include <limits.h>
#include <time.h>

#include "base/base.h"
#include "world/os_tables.h"

enum { NS_PER_SECOND = 1000000000, SECONDS_PER_DAY = 86400 };

// The first year that OTP converts between zones.
enum { CLOCK_YEAR_MIN = 1902 };

static int64_t read_clock(clockid_t id) {
    struct timespec now;
    int result = clock_gettime(id, &now);
    ASSERT(result == 0);
    ASSERT(now.tv_nsec >= 0 && now.tv_nsec < NS_PER_SECOND);
    return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

static int64_t os_monotonic_ns(World *world) {
    (void)world;
    return read_clock(CLOCK_MONOTONIC);
}

static int64_t os_wall_ns(World *world) {
    (void)world;
    return read_clock(CLOCK_REALTIME);
}

static int64_t os_process_cpu_ns(World *world) {
    (void)world;
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

static int64_t os_thread_cpu_ns(World *world) {
    (void)world;
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

static bool is_leap_year(int64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool calendar_is_valid(const CalendarTime *time) {
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (time->month < 1 || time->month > 12) return false;
    int days = month_days[time->month - 1];
    if (time->month == 2 && is_leap_year(time->year)) days++;
    return time->day >= 1 && time->day <= days && time->hour >= 0 && time->hour <= 23 &&
           time->minute >= 0 && time->minute <= 59 && time->second >= 0 && time->second <= 59;
}

int64_t calendar_to_posix_seconds(const CalendarTime *utc) {
    ASSERT(calendar_is_valid(utc));
    int64_t year = utc->month <= 2 ? utc->year - 1 : utc->year;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t march_month = (utc->month + 9) % 12;
    int64_t day_of_year = (153 * march_month + 2) / 5 + utc->day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    int64_t days = era * 146097 + day_of_era - 719468;
    return days * SECONDS_PER_DAY + utc->hour * 3600 + utc->minute * 60 + utc->second;
}

void calendar_from_posix_seconds(int64_t seconds, CalendarTime *utc) {
    int64_t days = seconds / SECONDS_PER_DAY;
    int64_t rest = seconds % SECONDS_PER_DAY;
    if (rest < 0) {
        rest += SECONDS_PER_DAY;
        days--;
    }
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;
    utc->day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
    utc->month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
    utc->year = year_of_era + era * 400 + (utc->month <= 2 ? 1 : 0);
    utc->hour = (int)(rest / 3600);
    utc->minute = (int)(rest / 60 % 60);
    utc->second = (int)(rest % 60);
    ASSERT(calendar_is_valid(utc));
}

static void calendar_from_tm(const struct tm *tm, CalendarTime *time) {
    time->year = (int64_t)tm->tm_year + 1900;
    time->month = tm->tm_mon + 1;
    time->day = tm->tm_mday;
    time->hour = tm->tm_hour;
    time->minute = tm->tm_min;
    time->second = tm->tm_sec;
}

static bool is_convertible(const CalendarTime *time) {
    return time->year >= CLOCK_YEAR_MIN && time->year < INT_MAX && calendar_is_valid(time);
}

static bool os_utc_to_local(World *world, const CalendarTime *utc, CalendarTime *local) {
    (void)world;
    if (!is_convertible(utc)) return false;
    time_t seconds = (time_t)calendar_to_posix_seconds(utc);
    struct tm tm;
    if (localtime_r(&seconds, &tm) == NULL) return false;
    calendar_from_tm(&tm, local);
    return true;
}

// mktime says -1 both for failure and for one second before 1970; only a real success sets the
// weekday.
static bool make_time(struct tm *tm, time_t *seconds) {
    tm->tm_wday = -1;
    *seconds = mktime(tm);
    return tm->tm_wday != -1;
}

static bool os_local_to_utc(World *world, const CalendarTime *local, ClockDst dst,
                            CalendarTime *utc) {
    (void)world;
    if (!is_convertible(local)) return false;
    struct tm asked = {
        .tm_year = (int)(local->year - 1900),
        .tm_mon = local->month - 1,
        .tm_mday = local->day,
        .tm_hour = local->hour,
        .tm_min = local->minute,
        .tm_sec = local->second,
        .tm_isdst = (int)dst,
    };
    time_t seconds;
    struct tm tm = asked;
    if (!make_time(&tm, &seconds)) {
        // A zone without daylight saving time may refuse the question; OTP then answers as if not
        // asked.
        if (dst == CLOCK_DST_NO) return false;
        tm = asked;
        tm.tm_isdst = 0;
        if (!make_time(&tm, &seconds)) return false;
    }
    calendar_from_posix_seconds((int64_t)seconds, utc);
    return true;
}

void clock_utc_now(World *world, CalendarTime *utc) {
    int64_t now_ns = clock_wall_ns(world);
    ASSERT(now_ns >= 0);
    calendar_from_posix_seconds(now_ns / NS_PER_SECOND, utc);
}

void clock_local_now(World *world, CalendarTime *local) {
    CalendarTime utc;
    clock_utc_now(world, &utc);
    if (!clock_utc_to_local(world, &utc, local)) *local = utc;
}

const ClockOps *clock_os_table(void) {
    static const ClockOps table = {
        .monotonic_ns = os_monotonic_ns,
        .wall_ns = os_wall_ns,
        .process_cpu_ns = os_process_cpu_ns,
        .thread_cpu_ns = os_thread_cpu_ns,
        .utc_to_local = os_utc_to_local,
        .local_to_utc = os_local_to_utc,
    };
    return &table;
}
