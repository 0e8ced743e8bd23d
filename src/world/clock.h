// SPDX-License-Identifier: Apache-2.0
//
// Clocks and the calendar. All clocks count nanoseconds in a signed 64-bit number.
//
//   CLOCK-1  clock_monotonic_ns never goes back, between threads neither.
//   CLOCK-2  Calendar times are proleptic Gregorian; leap seconds do not exist, as in OTP.
//
// Threads: any.
#ifndef MICA_WORLD_CLOCK_H
#define MICA_WORLD_CLOCK_H

#include "world/world.h"

typedef struct {
    int64_t year; // 1970 is 1970
    int month;    // 1..12
    int day;      // 1..31
    int hour;
    int minute;
    int second;
} CalendarTime;

// What clock_local_to_utc is told about daylight saving time.
typedef enum { CLOCK_DST_UNKNOWN = -1, CLOCK_DST_NO = 0, CLOCK_DST_YES = 1 } ClockDst;

struct ClockOps {
    int64_t (*monotonic_ns)(World *world);
    int64_t (*wall_ns)(World *world);        // since 1970-01-01 00:00 UTC
    int64_t (*process_cpu_ns)(World *world); // of the whole operating-system process
    int64_t (*thread_cpu_ns)(World *world);  // of the calling thread
    bool (*utc_to_local)(World *world, const CalendarTime *utc, CalendarTime *local);
    bool (*local_to_utc)(World *world, const CalendarTime *local, ClockDst dst, CalendarTime *utc);
};

static inline int64_t clock_monotonic_ns(World *world) { return world->clock->monotonic_ns(world); }
static inline int64_t clock_wall_ns(World *world) { return world->clock->wall_ns(world); }
static inline int64_t clock_process_cpu_ns(World *world) {
    return world->clock->process_cpu_ns(world);
}
static inline int64_t clock_thread_cpu_ns(World *world) {
    return world->clock->thread_cpu_ns(world);
}
// False when the time is no time of the calendar or lies outside what the system can convert:
// badarg.
static inline bool clock_utc_to_local(World *world, const CalendarTime *utc, CalendarTime *local) {
    return world->clock->utc_to_local(world, utc, local);
}
static inline bool clock_local_to_utc(World *world, const CalendarTime *local, ClockDst dst,
                                      CalendarTime *utc) {
    return world->clock->local_to_utc(world, local, dst, utc);
}

// Calendar arithmetic, without any clock.
bool calendar_is_valid(const CalendarTime *time);
int64_t calendar_to_posix_seconds(const CalendarTime *utc);
void calendar_from_posix_seconds(int64_t seconds, CalendarTime *utc);

// The present in both calendars.
void clock_utc_now(World *world, CalendarTime *utc);
void clock_local_now(World *world, CalendarTime *local);

#endif
