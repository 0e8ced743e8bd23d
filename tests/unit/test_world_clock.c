// SPDX-License-Identifier: Apache-2.0
//
// Clocks, calendar, entropy.
#include <string.h>

#include "check.h"
#include "world/clock.h"
#include "world/entropy.h"

static void test_calendar(void) {
    CalendarTime time = {
        .year = 2000, .month = 2, .day = 29, .hour = 23, .minute = 59, .second = 59};
    CHECK(calendar_is_valid(&time));
    CHECK(calendar_to_posix_seconds(&time) == 951868799);
    calendar_from_posix_seconds(951868800, &time);
    CHECK(time.year == 2000 && time.month == 3 && time.day == 1 && time.hour == 0);
    calendar_from_posix_seconds(-1, &time);
    CHECK(time.year == 1969 && time.month == 12 && time.day == 31 && time.second == 59);
    CHECK(calendar_to_posix_seconds(&time) == -1);
    for (int64_t seconds = -70000000000; seconds < 70000000000; seconds += 12345677) {
        calendar_from_posix_seconds(seconds, &time);
        CHECK(calendar_to_posix_seconds(&time) == seconds);
    }
    CalendarTime bad = {.year = 1900, .month = 2, .day = 29};
    CHECK(!calendar_is_valid(&bad));
}

static void test_clocks(World *w) {
    int64_t first = clock_monotonic_ns(w);
    CHECK(clock_monotonic_ns(w) >= first);
    CHECK(clock_wall_ns(w) > 1500000000000000000);
    CHECK(clock_process_cpu_ns(w) >= 0 && clock_thread_cpu_ns(w) >= 0);
    CalendarTime utc, local, back;
    clock_utc_now(w, &utc);
    CHECK(clock_utc_to_local(w, &utc, &local));
    CHECK(clock_local_to_utc(w, &local, CLOCK_DST_UNKNOWN, &back));
    CHECK(calendar_to_posix_seconds(&back) == calendar_to_posix_seconds(&utc));
    CalendarTime old = {.year = 1901, .month = 1, .day = 1};
    CHECK(!clock_utc_to_local(w, &old, &local));
}

int main(void) {
    World *w = world_create_os();
    test_calendar();
    test_clocks(w);
    CHECK(entropy_u64(w) != entropy_u64(w));
    world_destroy(w);
    return check_done();
}
