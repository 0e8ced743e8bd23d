// SPDX-License-Identifier: Apache-2.0
//
// Tests of proc/time.c: ticks are whole milliseconds of monotonic time, timers round up to them.
#include "check.h"
#include "proc/time.h"
#include "vm/vm.h"

#define SECOND_NS 1000000000

static void test_ticks(void) {
    const int64_t begin = TIME_MONOTONIC_BEGIN;
    CHECK(begin % SECOND_NS == 0); // TIME-3: in each unit a time of the clock is a whole number
    CHECK(time_tick_of(begin - 1) == 0 && time_tick_of(begin) == 0);
    CHECK(time_tick_of(begin + 1) == 1 && time_tick_of(begin + TIME_TICK_NS) == 1);
    CHECK(time_tick_of(begin + TIME_TICK_NS + 1) == 2);
    for (int64_t ms = -3; ms <= 3; ms++) // {abs, true}: due right then, no later
        CHECK(begin + (int64_t)time_tick_of(ms * TIME_TICK_NS) * TIME_TICK_NS == ms * TIME_TICK_NS);
}

static void test_until_tick(void) {
    VM vm = {.config.deterministic = true};
    vm.time = time_service_create(&vm);
    CHECK(time_tick_now(&vm) == 0 && time_until_tick_ns(&vm, 0) == 0);
    CHECK(time_until_tick_ns(&vm, 7) == 7 * TIME_TICK_NS);
    time_jump_to_tick(&vm, 5);
    CHECK(time_tick_now(&vm) == 5 &&
          time_monotonic_ns(&vm) == TIME_MONOTONIC_BEGIN + 5 * TIME_TICK_NS);
    CHECK(time_until_tick_ns(&vm, 7) == 2 * TIME_TICK_NS);
    CHECK(time_until_tick_ns(&vm, 5) == 0 && time_until_tick_ns(&vm, 3) == 0);
    CHECK(time_until_tick_ns(&vm, UINT64_MAX - 1) >
          0); // of a wheel that is full of what is far off
    time_service_destroy(vm.time);
}

int main(void) {
    test_ticks();
    test_until_tick();
    return check_done();
}
