// SPDX-License-Identifier: Apache-2.0
//
// Tests of proc/quiesce.c: nothing is freed while a reader may hold it, everything is freed in the
// end.
#include "base/alloc.h"
#include "check.h"
#include "proc/quiesce.h"
#include "world/thread.h"

#include <stdatomic.h>

static void count_free(void *ptr) { atomic_fetch_add((_Atomic int *)ptr, 1); }

static void test_waits_for_readers(void) {
    Quiesce *q = quiesce_create();
    QuiesceThread *a = quiesce_register(q), *b = quiesce_register(q);
    _Atomic int freed = 0;
    quiesce_retire(q, count_free, &freed);
    for (int i = 0; i < 200; i++) quiesce_quiet(q, a);
    CHECK(freed == 0);
    for (int i = 0; i < 200; i++) quiesce_quiet(q, b);
    CHECK(freed == 1);
    quiesce_offline(q, b);
    quiesce_retire(q, count_free, &freed);
    for (int i = 0; i < 200; i++) quiesce_quiet(q, a);
    CHECK(freed == 2);
    quiesce_online(q, b);
    quiesce_retire(q, count_free, &freed);
    quiesce_unregister(q, a);
    quiesce_unregister(q, b);
    quiesce_destroy(q);
    CHECK(freed == 3);
}

typedef struct Shared {
    Quiesce *q;
    _Atomic(int *) slot;
    _Atomic bool stop;
    _Atomic int bad;
} Shared;

static void poison_and_free(void *ptr) {
    *(int *)ptr = -1;
    mem_free(ptr);
}

static void reader(void *argument) {
    Shared *s = argument;
    QuiesceThread *t = quiesce_register(s->q);
    for (int i = 0; !atomic_load(&s->stop); i++) {
        int *p = atomic_load_explicit(&s->slot, memory_order_acquire);
        if (*p != 7) atomic_fetch_add(&s->bad, 1);
        quiesce_quiet(s->q, t);
        if (i % 100 == 0) {
            quiesce_offline(s->q, t);
            thread_yield();
            quiesce_online(s->q, t);
        }
    }
    quiesce_unregister(s->q, t);
}

static int *seven(void) {
    int *p = mem_alloc(sizeof *p);
    *p = 7;
    return p;
}

static void test_threads(void) {
    Shared s = {.q = quiesce_create(), .slot = seven()};
    Thread threads[3];
    for (int i = 0; i < 3; i++) thread_start(&threads[i], "reader", 0, reader, &s);
    QuiesceThread *self = quiesce_register(s.q);
    for (int i = 0; i < 20000; i++) {
        int *old = atomic_exchange_explicit(&s.slot, seven(), memory_order_acq_rel);
        if (i % 2 == 0)
            quiesce_retire(s.q, poison_and_free, old);
        else
            quiesce_retire_own(self, poison_and_free, poison_and_free, old);
        quiesce_quiet(s.q, self);
    }
    atomic_store(&s.stop, true);
    for (int i = 0; i < 3; i++) thread_join(&threads[i]);
    quiesce_unregister(s.q, self);
    CHECK(s.bad == 0);
    quiesce_destroy(s.q);
    mem_free(s.slot);
}

int main(void) {
    test_waits_for_readers();
    test_threads();
    return check_done();
}
