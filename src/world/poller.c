// SPDX-License-Identifier: Apache-2.0
//
// Readiness by epoll, woken through an eventfd. Descriptors that epoll refuses with EPERM
// (POLLER-3) wait in a small array of our own for the next poller_wait.
//
// Threads: POLLER-1; the array has a lock, epoll locks itself.
#include "world/poller.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/base.h"
#include "world/os_tables.h"
#include "world/thread.h"

enum { POLLER_EVENTS_MAX = 128, NS_PER_MS = 1000000 };

#define POLLER_WAKE_TOKEN UINT64_MAX

typedef struct {
    int fd;
    unsigned interest;
    uint64_t token;
} ReadyFile;

struct Poller {
    int epoll_fd;
    int wake_fd;
    _Atomic uint64_t watched; // descriptors in the kernel's set
    Mutex lock;               // guards the three below
    ReadyFile *ready;         // always-ready descriptors that are armed
    size_t ready_count;
    size_t ready_capacity;
};

static Poller *os_create(World *world) {
    (void)world;
    Poller *poller = mem_zalloc(sizeof *poller);
    poller->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    poller->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = POLLER_WAKE_TOKEN};
    if (poller->epoll_fd < 0 || poller->wake_fd < 0 ||
        epoll_ctl(poller->epoll_fd, EPOLL_CTL_ADD, poller->wake_fd, &event) != 0) {
        if (poller->epoll_fd >= 0) close(poller->epoll_fd);
        if (poller->wake_fd >= 0) close(poller->wake_fd);
        mem_free(poller);
        return NULL;
    }
    atomic_init(&poller->watched, 1);
    mutex_init(&poller->lock);
    return poller;
}

static void os_free(World *world, Poller *poller) {
    (void)world;
    ASSERT(poller != NULL);
    close(poller->epoll_fd);
    close(poller->wake_fd);
    mutex_free(&poller->lock);
    mem_free(poller->ready);
    mem_free(poller);
}

static void os_wake(World *world, Poller *poller) {
    (void)world;
    uint64_t one = 1;
    ssize_t put = write(poller->wake_fd, &one, sizeof one);
    ASSERT(put == (ssize_t)sizeof one || errno == EAGAIN); // EAGAIN: it is awake 2^64 times
}

static void forget_ready(Poller *poller, int fd) {
    for (size_t i = 0; i < poller->ready_count; i++) {
        if (poller->ready[i].fd != fd) continue;
        poller->ready[i] = poller->ready[--poller->ready_count];
        return;
    }
}

static int arm_always_ready(World *world, Poller *poller, ReadyFile file) {
    mutex_lock(&poller->lock);
    forget_ready(poller, file.fd);
    if (poller->ready_count == poller->ready_capacity) {
        poller->ready_capacity = poller->ready_capacity * 2 + 4;
        poller->ready = mem_realloc(poller->ready, poller->ready_capacity * sizeof *poller->ready);
    }
    poller->ready[poller->ready_count++] = file;
    mutex_unlock(&poller->lock);
    os_wake(world, poller);
    return 0;
}

static int os_arm(World *world, Poller *poller, int fd, unsigned interest, uint64_t token) {
    ASSERT(token != POLLER_WAKE_TOKEN);
    ASSERT((interest & ~(unsigned)(POLLER_READ | POLLER_WRITE)) == 0);
    struct epoll_event event = {.events = EPOLLONESHOT, .data.u64 = token};
    if ((interest & POLLER_READ) != 0) event.events |= EPOLLIN | EPOLLRDHUP;
    if ((interest & POLLER_WRITE) != 0) event.events |= EPOLLOUT;
    if (epoll_ctl(poller->epoll_fd, EPOLL_CTL_MOD, fd, &event) == 0) return 0;
    if (errno == ENOENT && epoll_ctl(poller->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0) {
        atomic_fetch_add_explicit(&poller->watched, 1, memory_order_relaxed);
        return 0;
    }
    if (errno != EPERM) return errno;
    return arm_always_ready(world, poller,
                            (ReadyFile){.fd = fd, .interest = interest, .token = token});
}

static void os_disarm(World *world, Poller *poller, int fd) {
    (void)world;
    if (epoll_ctl(poller->epoll_fd, EPOLL_CTL_DEL, fd, NULL) == 0) {
        atomic_fetch_sub_explicit(&poller->watched, 1, memory_order_relaxed);
        return;
    }
    ASSERT(errno == ENOENT || errno == EPERM || errno == EBADF);
    mutex_lock(&poller->lock);
    forget_ready(poller, fd);
    mutex_unlock(&poller->lock);
}

static int take_ready(Poller *poller, PollerEvent *events, int count_max) {
    int count = 0;
    mutex_lock(&poller->lock);
    while (count < count_max && poller->ready_count > 0) {
        ReadyFile file = poller->ready[--poller->ready_count];
        events[count++] = (PollerEvent){.token = file.token, .readiness = file.interest};
    }
    mutex_unlock(&poller->lock);
    return count;
}

static unsigned readiness_of(uint32_t events) {
    unsigned readiness = 0;
    if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) readiness |= POLLER_READ;
    if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) readiness |= POLLER_WRITE;
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) readiness |= POLLER_HANGUP;
    return readiness;
}

static int timeout_ms(int64_t timeout_ns) {
    if (timeout_ns < 0) return -1;
    int64_t ms = timeout_ns / NS_PER_MS + (timeout_ns % NS_PER_MS != 0);
    return ms > INT32_MAX ? INT32_MAX : (int)ms;
}

static int os_wait(World *world, Poller *poller, PollerEvent *events, int count_max,
                   int64_t timeout_ns) {
    (void)world;
    ASSERT(count_max > 0);
    int count = take_ready(poller, events, count_max);
    if (count == count_max) return count;
    struct epoll_event found[POLLER_EVENTS_MAX];
    int room = count_max - count;
    if (room > POLLER_EVENTS_MAX) room = POLLER_EVENTS_MAX;
    int found_count =
        epoll_wait(poller->epoll_fd, found, room, count > 0 ? 0 : timeout_ms(timeout_ns));
    ASSERT(found_count >= 0 || errno == EINTR);
    for (int i = 0; i < found_count; i++) {
        if (found[i].data.u64 == POLLER_WAKE_TOKEN) {
            uint64_t wakes;
            ssize_t got = read(poller->wake_fd, &wakes, sizeof wakes);
            ASSERT(got == (ssize_t)sizeof wakes || errno == EAGAIN);
            continue;
        }
        events[count++] =
            (PollerEvent){.token = found[i].data.u64, .readiness = readiness_of(found[i].events)};
    }
    if (count == 0) count = take_ready(poller, events, count_max);
    ASSERT(count <= count_max);
    return count;
}

static uint64_t os_watched(World *world, Poller *poller) {
    (void)world;
    mutex_lock(&poller->lock);
    uint64_t ready = poller->ready_count;
    mutex_unlock(&poller->lock);
    return atomic_load_explicit(&poller->watched, memory_order_relaxed) + ready;
}

const PollerOps *poller_os_table(void) {
    static const PollerOps table = {
        .create = os_create,
        .free = os_free,
        .arm = os_arm,
        .disarm = os_disarm,
        .wait = os_wait,
        .wake = os_wake,
        .watched = os_watched,
    };
    return &table;
}
