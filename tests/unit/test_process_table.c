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
    ProcessTable *t = process_table_create(1000);
    CHECK(process_table_count_max(t) == 1024);
    Process *all[1024];
    int good = 0;
    for (int i = 0; i < 1024; i++) {
        all[i] = blank();
        good += process_table_add(t, all[i]) && pid_number(all[i]->pid) == (uint32_t)i;
    }
    CHECK(good == 1024);
    Process *extra = blank();
    CHECK(!process_table_add(t, extra));
    CHECK(process_table_count(t) == 1024);
    Term old = all[500]->pid;
    CHECK(process_table_find(t, old) == all[500]);
    process_table_remove(t, all[500]);
    CHECK(process_table_find(t, old) == NULL);
    CHECK(process_table_add(t, extra));
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

typedef struct Work {
    ProcessTable *t;
    int wrong;
} Work;

static void add_and_remove(void *argument) {
    Work *w = argument;
    Process *mine[64];
    for (int i = 0; i < 64; i++) mine[i] = blank();
    for (int round = 0; round < 500; round++) {
        for (int i = 0; i < 64; i++) {
            mine[i]->pid = 0;
            w->wrong += !process_table_add(w->t, mine[i]);
        }
        for (int i = 0; i < 64; i++) w->wrong += process_table_find(w->t, mine[i]->pid) != mine[i];
        for (int i = 0; i < 64; i++) process_table_remove(w->t, mine[i]);
    }
    for (int i = 0; i < 64; i++) mem_free(mine[i]);
}

static void test_threads(void) {
    ProcessTable *t = process_table_create(2048);
    Thread threads[4];
    Work work[4];
    for (int i = 0; i < 4; i++) {
        work[i] = (Work){t, 0};
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
    test_threads();
    return check_done();
}
