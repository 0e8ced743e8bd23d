// SPDX-License-Identifier: Apache-2.0
//
// Fibers: entered and left, dropped half-way, used again; also from another thread.
#include "world/fiber.h"

#include <string.h>

#include "base/base.h"
#include "check.h"
#include "world/thread.h"

typedef struct Job {
    Fiber *fiber;
    int rounds, at;
    double sum;
} Job;

static NO_INLINE int deep(Job *j, int depth) {
    char room[512];
    memset(room, depth, sizeof room);
    if (depth == 0) {
        fiber_leave(j->fiber);
        return room[7];
    }
    return deep(j, depth - 1) + room[depth];
}

static void work(void *argument) {
    Job *j = argument;
    double kept = 0.5;
    for (j->at = 0; j->at < j->rounds; j->at++) {
        deep(j, 20);
        kept *= 1.5;
        fiber_leave(j->fiber);
    }
    j->sum = kept;
}

static void test_to_the_end(void) {
    Job j = {.fiber = fiber_new(), .rounds = 3};
    fiber_begin(j.fiber, work, &j);
    int entered = 1;
    while (fiber_enter(j.fiber)) entered++;
    CHECK(entered == 7 && j.at == 3 && j.sum == 0.5 * 1.5 * 1.5 * 1.5);
    fiber_free(j.fiber);
}

static void test_dropped(void) {
    Job j = {.fiber = fiber_new(), .rounds = 3};
    for (int i = 0; i < 50; i++) {
        fiber_begin(j.fiber, work, &j);
        for (int k = 0; k <= i % 5; k++) CHECK(fiber_enter(j.fiber));
        fiber_drop(j.fiber);
    }
    fiber_begin(j.fiber, work, &j);
    while (fiber_enter(j.fiber)) {}
    CHECK(j.at == 3);
    fiber_free(j.fiber);
}

static void enter_once(void *argument) {
    Job *j = argument;
    fiber_enter(j->fiber);
}

static void test_other_threads(void) {
    Job j = {.fiber = fiber_new(), .rounds = 4};
    fiber_begin(j.fiber, work, &j);
    for (int i = 0; i < 8; i++) {
        Thread t;
        CHECK(thread_start(&t, "fiber", 1 << 20, enter_once, &j) == 0);
        thread_join(&t);
    }
    CHECK(!fiber_enter(j.fiber) && j.at == 4);
    fiber_free(j.fiber);
}

static void nested(void *argument) {
    Job *outer = argument;
    test_dropped();
    fiber_leave(outer->fiber);
    test_to_the_end();
}

static void test_nested(void) {
    Job j = {.fiber = fiber_new()};
    fiber_begin(j.fiber, nested, &j);
    CHECK(fiber_enter(j.fiber));
    CHECK(!fiber_enter(j.fiber));
    fiber_free(j.fiber);
}

int main(void) {
    test_to_the_end();
    test_dropped();
    test_other_threads();
    test_nested();
    return check_done();
}
