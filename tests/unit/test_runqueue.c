// SPDX-License-Identifier: Apache-2.0
//
// Tests of proc/runqueue.c and proc/link.c: priorities, low ones that wait; relations by key and in
// order.
#include "base/alloc.h"
#include "check.h"
#include "proc/link.h"
#include "proc/runqueue.h"

static void test_priorities(void) {
    static Process p[5];
    RunQueue q;
    runqueue_init(&q);
    uint8_t priorities[] = {2, 3, 0, 2, 1};
    for (int i = 0; i < 5; i++) {
        p[i].priority = priorities[i];
        runqueue_push(&q, &p[i]);
    }
    CHECK(runqueue_count(&q) == 5);
    CHECK(runqueue_pop(&q) == &p[2]);
    CHECK(runqueue_pop(&q) == &p[4]);
    CHECK(runqueue_pop(&q) == &p[0]);
    CHECK(runqueue_pop(&q) == &p[1]);
    CHECK(runqueue_pop(&q) == &p[3]);
    CHECK(runqueue_pop(&q) == NULL);
    runqueue_free(&q);
}

static void test_give(void) {
    static Process p[6];
    RunQueue q;
    LocalQueue from;
    runqueue_init(&q);
    localqueue_init(&from);
    uint8_t priorities[] = {2, 3, 1, 2, 3, 2};
    for (int i = 0; i < 6; i++) {
        p[i].priority = priorities[i];
        localqueue_push(&from, &p[i]);
    }
    runqueue_give(&q, &from, 2, 3); // in their order, of one list only
    CHECK(runqueue_count(&q) == 3 && localqueue_count(&from) == 3);
    CHECK(runqueue_pop(&q) == &p[0]);
    CHECK(runqueue_pop(&q) == &p[1]);
    CHECK(runqueue_pop(&q) == &p[3]);
    CHECK(localqueue_pop(&from) == &p[2]);
    runqueue_give(&q, &from, 2, 2); // the last ones too
    CHECK(localqueue_pop(&from) == NULL && runqueue_count(&q) == 2);
    localqueue_push(&from, &p[0]);
    CHECK(localqueue_pop(&from) == &p[0]);
    runqueue_free(&q);
}

static void test_known(void) {
    static Process p[6];
    RunQueue q;
    LocalQueue from, to;
    runqueue_init(&q);
    localqueue_init(&from);
    localqueue_init(&to);
    for (int i = 0; i < 6; i++) {
        p[i].priority = 2;
        p[i].reductions_done = i % 3 == 0 ? 10 : 0; // the others are new
        localqueue_push(&from, &p[i]);
    }
    CHECK(localqueue_known(&from) == 2); // RUNQ-2
    runqueue_fill(&q, &from, 2);
    CHECK(localqueue_known(&from) == 1 && localqueue_known(&q.lists) == 1);
    runqueue_give(&q, &from, 2, 2);
    CHECK(localqueue_known(&from) == 0 && localqueue_known(&q.lists) == 2);
    runqueue_drain(&q, &to);
    CHECK(localqueue_known(&to) == 2 && localqueue_known(&q.lists) == 0 && q.lists.new_count == 0);
    for (int i = 0; i < 4; i++) CHECK(localqueue_pop(&to) == &p[i]);
    CHECK(to.new_count == 0 && from.new_count == 2 && localqueue_count(&from) == 2);
    runqueue_free(&q);
}

static void test_raised(void) {
    static Process high, normal, raised, low;
    high.priority = 1;
    normal.priority = raised.priority = 2;
    low.priority = 3;
    raised.raised = low.raised = 3;
    RunQueue q;
    runqueue_init(&q);
    Process *all[] = {&high, &normal, &raised, &low};
    for (int i = 0; i < 4; i++) runqueue_push(&q, all[i]);
    CHECK(runqueue_pop(&q) == &raised);
    CHECK(runqueue_pop(&q) == &low);
    runqueue_push(&q, &raised); // it was for one turn
    CHECK(runqueue_pop(&q) == &high);
    CHECK(runqueue_pop(&q) == &normal);
    CHECK(runqueue_pop(&q) == &raised);
    runqueue_free(&q);
}

static void test_low(void) {
    static Process normal, low;
    normal.priority = 2;
    low.priority = 3;
    RunQueue q;
    runqueue_init(&q);
    runqueue_push(&q, &normal);
    runqueue_push(&q, &low);
    int low_turns = 0;
    for (int i = 0; i < 900; i++) {
        Process *p = runqueue_pop(&q);
        low_turns += p == &low;
        runqueue_push(&q, p);
    }
    CHECK(low_turns >= 90 && low_turns <= 120);
    runqueue_free(&q);
}

static void test_relations(void) {
    LinkTree *t = NULL;
    for (uint64_t i = 1; i <= 1000; i++) relation_add(&t, term_from_pid_data(i))->id = i;
    CHECK(relation_count(t) == 1000);
    for (uint64_t i = 2; i <= 1000; i += 2)
        relation_remove(t, relation_find(t, term_from_pid_data(i)));
    int wrong = 0;
    for (uint64_t i = 1; i <= 1000; i++) {
        Relation *r = relation_find(t, term_from_pid_data(i));
        wrong += i % 2 == 0 ? r != NULL : r == NULL || r->id != i;
    }
    for (uint64_t i = 2001; i <= 4000; i++) relation_add(&t, term_from_pid_data(i))->id = i;
    uint32_t at = 0;
    uint64_t last = 0, count = 0;
    for (Relation *r; (r = relation_next(t, &at)) != NULL; count++) {
        wrong += r->id <= last;
        last = r->id;
    }
    CHECK(wrong == 0 && count == 2500 && relation_count(t) == 2500);
    relation_free_all(&t, NULL);
    uint64_t words[2] = {5, 6}, others[2] = {6, 5};
    relation_add_ref(&t, words);
    CHECK(relation_find_ref(t, words) != NULL && relation_find_ref(t, others) == NULL);
    relation_remove(t, relation_find_ref(t, words));
    CHECK(relation_find_ref(t, words) == NULL && relation_count(t) == 0);
    relation_free_all(&t, NULL);
}

int main(void) {
    test_priorities();
    test_give();
    test_known();
    test_raised();
    test_low();
    test_relations();
    return check_done();
}
