// SPDX-License-Identifier: Apache-2.0
//
// Threads, locks, parking, page ranges.
#include <stdatomic.h>
#include <string.h>

#include "check.h"
#include "world/page.h"
#include "world/thread.h"

enum { ROUNDS = 20000, MS = 1000000 };

typedef struct {
    Parker here;
    Parker there;
    int turns; // written by both in turn, ordered by the parkers
} PingPong;

static void run_pong(void *argument) {
    PingPong *game = argument;
    for (int i = 0; i < ROUNDS; i++) {
        parker_park(&game->there, -1);
        game->turns++;
        parker_unpark(&game->here);
    }
}

static void test_parker(void) {
    Parker parker;
    parker_init(&parker);
    CHECK(!parker_park(&parker, 0));
    CHECK(!parker_park(&parker, 2 * MS));
    parker_unpark(&parker);
    parker_unpark(&parker);
    CHECK(parker_park(&parker, -1));
    CHECK(!parker_park(&parker, 0));
}

static void test_ping_pong(void) {
    PingPong game = {.turns = 0};
    parker_init(&game.here);
    parker_init(&game.there);
    Thread thread;
    CHECK(thread_start(&thread, "a name that is too long", 256 * 1024, run_pong, &game) == 0);
    for (int i = 0; i < ROUNDS; i++) {
        game.turns++;
        parker_unpark(&game.there);
        parker_park(&game.here, -1);
    }
    thread_join(&thread);
    CHECK(game.turns == 2 * ROUNDS);
}

typedef struct {
    Mutex lock;
    Cond changed;
    RwLock shared;
    int count;
} Shared;

static void run_count(void *argument) {
    Shared *shared = argument;
    for (int i = 0; i < 1000; i++) {
        mutex_lock(&shared->lock);
        shared->count++;
        cond_signal(&shared->changed);
        mutex_unlock(&shared->lock);
    }
}

static void test_locks(void) {
    Shared shared = {.count = 0};
    mutex_init(&shared.lock);
    cond_init(&shared.changed);
    rwlock_init(&shared.shared);
    Thread threads[3];
    for (int i = 0; i < 3; i++)
        CHECK(thread_start(&threads[i], "count", 0, run_count, &shared) == 0);
    mutex_lock(&shared.lock);
    while (shared.count < 3000) cond_wait(&shared.changed, &shared.lock);
    CHECK(!cond_wait_timeout(&shared.changed, &shared.lock, MS));
    mutex_unlock(&shared.lock);
    for (int i = 0; i < 3; i++) thread_join(&threads[i]);
    CHECK(mutex_try_lock(&shared.lock));
    mutex_unlock(&shared.lock);
    rwlock_lock_read(&shared.shared);
    CHECK(rwlock_try_lock_read(&shared.shared));
    CHECK(!rwlock_try_lock_write(&shared.shared));
    rwlock_unlock_read(&shared.shared);
    rwlock_unlock_read(&shared.shared);
    rwlock_lock_write(&shared.shared);
    rwlock_unlock_write(&shared.shared);
    rwlock_free(&shared.shared);
    cond_free(&shared.changed);
    mutex_free(&shared.lock);
}

static void test_pages(void) {
    size_t page = page_size();
    CHECK(page_round_up(1) == page && page_round_up(page) == page);
    char *range = page_reserve(16 * page);
    CHECK(range != NULL);
    CHECK(page_commit(range + page, 2 * page));
    CHECK(range[page] == 0);
    memset(range + page, 7, 2 * page);
    page_decommit(range + page, 2 * page);
    CHECK(page_commit(range + page, page));
    CHECK(range[page] == 0);
    page_release(range, 16 * page);
    char *block = page_map(4 * page);
    CHECK(block != NULL);
    block[4 * page - 1] = 1;
    page_unmap(block, 4 * page);
}

int main(void) {
    test_parker();
    test_ping_pong();
    test_locks();
    test_pages();
    CHECK(thread_cpus_online() >= 1 && thread_cpus_available() >= 1);
    return check_done();
}
