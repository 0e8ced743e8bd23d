// SPDX-License-Identifier: Apache-2.0
//
// Tests of proc/timer.c: order, cascades, cancelling, and a long random run against a plain list.
#include "base/alloc.h"
#include "check.h"
#include "proc/timer.h"

typedef struct Entry {
    Timer timer;
    int id;
    uint64_t fired_at;
    int *freed;
} Entry;

typedef struct Log {
    uint64_t now;
    int ids[4096];
    int count;
} Log;

static void fire(void *context, Timer *t) {
    Log *log = context;
    Entry *e = CONTAINER_OF(t, Entry, timer);
    e->fired_at = log->now;
    if (log->count < 4096) log->ids[log->count++] = e->id;
}

static void free_entry(Timer *t) {
    Entry *e = CONTAINER_OF(t, Entry, timer);
    if (e->freed != NULL) ++*e->freed;
}

static void start(TimerWheel *w, Entry *e, int id, uint64_t tick) {
    *e =
        (Entry){.timer.fire = fire, .timer.free_function = free_entry, .id = id, .freed = e->freed};
    timer_start(w, &e->timer, tick);
}

static void test_order(void) {
    static TimerWheel w;
    timer_wheel_init(&w, 1000);
    Entry e[6] = {0};
    Log log = {0};
    start(&w, &e[0], 0, 1300);
    start(&w, &e[1], 1, 1001);
    start(&w, &e[2], 2, 70000);
    start(&w, &e[3], 3, 1300);
    start(&w, &e[4], 4, 5); // past: goes off at the next tick
    CHECK(timer_wheel_next(&w) == 1001);
    timer_wheel_advance(&w, 1001, &log);
    CHECK(log.count == 2 && log.ids[0] == 1 && log.ids[1] == 4);
    timer_wheel_advance(&w, 1299, &log);
    CHECK(log.count == 2);
    timer_wheel_advance(&w, 1300, &log);
    CHECK(log.count == 4 && log.ids[2] == 0 && log.ids[3] == 3);
    start(&w, &e[5], 5, 70000);
    CHECK(timer_cancel(&e[2].timer));
    CHECK(!timer_cancel(&e[2].timer));
    timer_wheel_advance(&w, 69999, &log);
    CHECK(log.count == 4);
    timer_wheel_advance(&w, 100000, &log);
    CHECK(log.count == 5 && log.ids[4] == 5);
    CHECK(timer_wheel_next(&w) == UINT64_MAX);
    timer_wheel_free(&w);
}

static void test_references(void) {
    static TimerWheel w;
    timer_wheel_init(&w, 0);
    int freed = 0;
    Entry e = {.freed = &freed};
    Log log = {0};
    start(&w, &e, 1, 10);
    timer_cancel(&e.timer);
    CHECK(freed == 0);
    timer_release(&e.timer);
    CHECK(freed == 1);
    start(&w, &e, 2, 20);
    timer_release(&e.timer);
    CHECK(freed == 1);
    timer_wheel_advance(&w, 20, &log);
    CHECK(freed == 2 && log.count == 1);
    start(&w, &e, 3, 30);
    timer_release(&e.timer);
    timer_wheel_free(&w);
    CHECK(freed == 3);
}

static uint64_t next_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static void test_far(void) {
    static TimerWheel w;
    uint64_t begin = ((uint64_t)255 << 32) | 12345;
    timer_wheel_init(&w, begin);
    Entry e[3] = {0};
    Log log = {0};
    uint64_t far = (uint64_t)7 << 41;
    start(&w, &e[0], 0, far);
    start(&w, &e[1], 1, begin + ((uint64_t)1 << 33));
    start(&w, &e[2], 2, begin + 1);
    for (int i = 0; i < 100000 && log.count < 3; i++)
        timer_wheel_advance(&w, log.now = timer_wheel_next(&w), &log);
    CHECK(log.count == 3 && log.ids[0] == 2 && log.ids[1] == 1 && log.ids[2] == 0);
    CHECK(e[1].fired_at == begin + ((uint64_t)1 << 33) && e[0].fired_at == far);
    timer_wheel_free(&w);
}

static void test_random(void) {
    static TimerWheel w;
    static Entry e[512];
    uint64_t seed = 42, now = 77;
    timer_wheel_init(&w, now);
    uint64_t due[512] = {0};
    Log log = {0};
    int wrong = 0;
    for (int round = 0; round < 20000; round++) {
        int i = (int)(next_random(&seed) % 512);
        if (due[i] == 0) {
            uint64_t span = (uint64_t)1 << (next_random(&seed) % 20);
            due[i] = now + 1 + next_random(&seed) % span;
            start(&w, &e[i], i, due[i]);
        } else if (next_random(&seed) % 2 == 0) {
            if (!timer_cancel(&e[i].timer)) wrong++;
            due[i] = 0;
        }
        if (next_random(&seed) % 4 == 0) {
            log.count = 0;
            now += next_random(&seed) % 3000;
            timer_wheel_advance(&w, now, &log);
            int expected = 0;
            for (int k = 0; k < 512; k++) expected += due[k] != 0 && due[k] <= now;
            if (log.count != expected) wrong++;
            for (int k = 1; k < log.count; k++)
                if (due[log.ids[k - 1]] > due[log.ids[k]]) wrong++;
            for (int k = 0; k < log.count; k++) due[log.ids[k]] = 0;
        }
    }
    CHECK(wrong == 0);
    timer_wheel_free(&w);
}

int main(void) {
    test_order();
    test_references();
    test_far();
    test_random();
    return check_done();
}
