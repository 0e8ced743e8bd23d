// SPDX-License-Identifier: Apache-2.0
//
// Tests of proc/process_table.c: pids, full tables, reuse, and threads that add and remove at once.
#include "base/alloc.h"
#include "check.h"
#include "proc/process_table.h"
#include "world/thread.h"

static Process *blank(void) { return mem_zalloc(sizeof(Process)); }

static void count_one(Process *p, void *context) { ++*(uint64_t *)context; }

static void test_fill(void) {
    ProcessTable *t = process_table_create(1000, 3);
    CHECK(process_table_count_max(t) == 1024);
    Process *all[1024];
    int good = 0;
    for (int i = 0; i < 1024; i++) {
        all[i] = blank();
        good += process_table_add(t, 0, all[i]) && pid_number(all[i]->pid) == (uint32_t)i;
    }
    CHECK(good == 1024);
    Process *extra = blank();
    CHECK(!process_table_add(t, 0, extra));
    CHECK(process_table_count(t) == 1024);
    Term old = all[500]->pid;
    CHECK(process_table_find(t, old) == all[500]);
    process_table_remove(t, 0, all[500]);
    CHECK(process_table_find(t, old) == NULL);
    CHECK(process_table_add(t, 0, extra));
    CHECK(extra->pid != old && process_table_find(t, extra->pid) == extra &&
          process_table_find(t, old) == NULL);
    CHECK((term_pid_data(extra->pid) & 1023) == 500);
    uint64_t seen = 0;
    process_table_each(t, count_one, &seen);
    CHECK(seen == 1024);
    for (int i = 0; i < 1024; i++) mem_free(all[i]);
    mem_free(extra);
    process_table_destroy(t);
}

/** Room that other shards have set aside is found when there is no other. */
static void test_fill_by_shards(void) {
    ProcessTable *t = process_table_create(1024, 3);
    Process *all[1024];
    int good = 0;
    for (uint32_t i = 0; i < 1024; i++) {
        all[i] = blank();
        good += process_table_add(t, i < 40 ? i % 3 : 1, all[i]);
    }
    CHECK(good == 1024 && process_table_count(t) == 1024);
    Process *extra = blank();
    for (uint32_t shard = 0; shard < 3; shard++) CHECK(!process_table_add(t, shard, extra));
    // ends elsewhere than it began: nothing is lost
    for (uint32_t i = 0; i < 1024; i++) process_table_remove(t, 2, all[i]);
    CHECK(process_table_count(t) == 0);
    for (uint32_t i = 0; i < 1024; i++) {
        all[i]->pid = TERM_NONE;
        good -= process_table_add(t, 0, all[i]);
    }
    CHECK(good == 0 && !process_table_add(t, 1, extra));
    for (int i = 0; i < 1024; i++) mem_free(all[i]);
    mem_free(extra);
    process_table_destroy(t);
}

static uint64_t number_of_next(ProcessTable *t, uint32_t shard) {
    Process *p = blank();
    CHECK(process_table_add(t, shard, p));
    uint64_t data = term_pid_data(p->pid);
    process_table_remove(t, shard, p);
    mem_free(p);
    return data;
}

static void test_numbers(void) {
    const uint64_t most = ((uint64_t)1 << (PID_NUMBER_BITS + PID_SERIAL_BITS)) - 1;
    ProcessTable *t = process_table_create(1024, 2);
    uint64_t first = 0;
    for (; first < 8000; first++)
        CHECK(number_of_next(t, first & 1) == first); // in order, whoever makes them
    for (int i = 0; i < 200; i++) number_of_next(t, i & 1);
    uint64_t a = number_of_next(t, 0), b = number_of_next(t, 1); // runs of their own
    CHECK(b >= first && process_table_next(t, 1) == b + 1 && process_table_next(t, 0) == a + 1);
    CHECK(number_of_next(t, 1) == b + 1 && number_of_next(t, 0) == a + 1);
    process_table_set_next(t, most); // the counter goes round
    CHECK(process_table_next(t, 0) == most && process_table_next(t, 1) == most);
    CHECK(number_of_next(t, 1) == most && number_of_next(t, 1) == 0);
    process_table_destroy(t);
}

typedef struct Work {
    ProcessTable *t;
    uint32_t shard;
    int wrong;
} Work;

static void add_and_remove(void *argument) {
    Work *w = argument;
    Process *mine[64];
    for (int i = 0; i < 64; i++) mine[i] = blank();
    for (int round = 0; round < 500; round++) {
        for (int i = 0; i < 64; i++) {
            mine[i]->pid = 0;
            w->wrong += !process_table_add(w->t, w->shard, mine[i]);
        }
        for (int i = 0; i < 64; i++) w->wrong += process_table_find(w->t, mine[i]->pid) != mine[i];
        for (int i = 0; i < 64; i++) process_table_remove(w->t, w->shard, mine[i]);
    }
    for (int i = 0; i < 64; i++) mem_free(mine[i]);
}

static void test_threads(void) {
    ProcessTable *t = process_table_create(2048, 3);
    Thread threads[4];
    Work work[4];
    for (int i = 0; i < 4; i++) {
        work[i] = (Work){t, (uint32_t)i % 3, 0}; // two threads share one
        thread_start(&threads[i], "adder", 0, add_and_remove, &work[i]);
    }
    for (int i = 0; i < 4; i++) {
        thread_join(&threads[i]);
        CHECK(work[i].wrong == 0);
    }
    CHECK(process_table_count(t) == 0);
    process_table_destroy(t);
}

int main(void) {
    test_fill();
    test_fill_by_shards();
    test_numbers();
    test_threads();
    return check_done();
}
