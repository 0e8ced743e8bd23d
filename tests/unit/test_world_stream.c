// SPDX-License-Identifier: Apache-2.0
//
// Streams, readiness, children, environment, signals.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "check.h"
#include "world/child.h"
#include "world/env.h"
#include "world/os_signal.h"
#include "world/poller.h"
#include "world/stream.h"
#include "world/thread.h"

enum { SECOND_NS = 1000000000 };

static void test_poller(World *w) {
    Poller *poller = poller_create(w);
    CHECK(poller != NULL);
    int in, out;
    CHECK(stream_pipe(w, &in, &out) == 0);
    CHECK(stream_set_nonblocking(w, in, true, NULL) == 0);
    PollerEvent events[4];
    CHECK(poller_wait(w, poller, events, 4, 0) == 0);
    CHECK(poller_arm(w, poller, in, POLLER_READ, 77) == 0);
    char byte = 'x';
    size_t moved;
    CHECK(stream_read(w, in, &byte, 1, &moved) == EAGAIN);
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    CHECK(stream_write(w, out, &part, 1, &moved) == 0 && moved == 1);
    CHECK(poller_wait(w, poller, events, 4, SECOND_NS) == 1);
    CHECK(events[0].token == 77 && (events[0].readiness & POLLER_READ) != 0);
    CHECK(poller_wait(w, poller, events, 4, 0) == 0); // one-shot
    CHECK(poller_arm(w, poller, in, POLLER_READ, 78) == 0);
    CHECK(poller_wait(w, poller, events, 4, SECOND_NS) == 1 && events[0].token == 78);
    poller_wake(w, poller);
    CHECK(poller_wait(w, poller, events, 4, -1) == 0);
    CHECK(stream_read(w, in, &byte, 1, &moved) == 0 && moved == 1);
    CHECK(stream_close(w, out) == 0);
    CHECK(poller_arm(w, poller, in, POLLER_READ, 79) == 0);
    CHECK(poller_wait(w, poller, events, 4, SECOND_NS) == 1);
    CHECK((events[0].readiness & POLLER_HANGUP) != 0);
    CHECK(stream_read(w, in, &byte, 1, &moved) == 0 && moved == 0);
    poller_disarm(w, poller, in);
    CHECK(stream_close(w, in) == 0);

    int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    CHECK(poller_arm(w, poller, file, POLLER_READ, 5) == 0);
    CHECK(poller_wait(w, poller, events, 4, SECOND_NS) == 1 && events[0].token == 5);
    CHECK(poller_arm(w, poller, file, POLLER_READ, 5) == 0);
    poller_disarm(w, poller, file);
    CHECK(poller_wait(w, poller, events, 4, 0) == 0);
    close(file);
    poller_free(w, poller);
}

static void test_child(World *w) {
    int in, out;
    CHECK(stream_pipe(w, &in, &out) == 0);
    env_put(w, "MICA_TEST_NAME", 14, "a=b", 3);
    const char *arguments[] = {"my-shell", "-c", "echo $0 $MICA_TEST_NAME; pwd; exit 3", NULL};
    ChildSpec spec = {.program = "/bin/sh",
                      .arguments = arguments,
                      .directory = "/",
                      .fds = {CHILD_FD_CLOSED, out, CHILD_FD_INHERIT},
                      .fd_count = 3};
    Child child;
    CHECK(child_spawn(w, &spec, &child) == 0);
    CHECK(stream_close(w, out) == 0);
    char text[64] = {0};
    size_t filled = 0, moved = 0;
    while (stream_read(w, in, text + filled, sizeof text - 1 - filled, &moved) == 0 && moved > 0)
        filled += moved;
    CHECK(strcmp(text, "my-shell a=b\n/\n") == 0);
    ChildExit result;
    CHECK(child_reap(w, &child, true, &result) == 0);
    CHECK(!result.is_signalled && result.code == 3);
    stream_close(w, in);

    spec.program = "/no/such/program";
    CHECK(child_spawn(w, &spec, &child) != 0);
    spec = (ChildSpec){.program = "sleep",
                       .arguments = (const char *[]){"sleep", "100", NULL},
                       .is_path_searched = true};
    CHECK(child_spawn(w, &spec, &child) == 0);
    CHECK(child_reap(w, &child, false, &result) == EAGAIN);
    CHECK(child_kill(w, &child, SIGKILL) == 0);
    CHECK(child_reap(w, &child, true, &result) == 0);
    CHECK(result.is_signalled && result.code == SIGKILL);
}

static void count_visit(void *user, const char *name, size_t name_bytes, const char *value,
                        size_t value_bytes) {
    (void)name, (void)name_bytes, (void)value, (void)value_bytes;
    ++*(int *)user;
}

static void test_env(World *w) {
    World *other = world_create_os();
    env_put(w, "MICA_X", 6, "1", 1);
    env_put(w, "MICA_X", 6, "two", 3);
    char *text = env_get_text(w, "MICA_X");
    CHECK(text != NULL && strcmp(text, "two") == 0);
    mem_free(text);
    CHECK(env_get_text(other, "MICA_X") == NULL);
    int before = 0, after = 0;
    env_each(w, count_visit, &before);
    env_unset(w, "MICA_X", 6);
    env_unset(w, "MICA_X", 6);
    env_each(w, count_visit, &after);
    CHECK(before == after + 1);
    CHECK(!env_is_name("a=b", 3) && !env_is_name("", 0) && env_is_name("C:", 2));
    EnvSystem system;
    env_system(w, &system);
    CHECK(strcmp(system.system, "Linux") == 0 && system.major > 0);
    char *path = env_executable_path(w);
    CHECK(path != NULL && path[0] == '/');
    mem_free(path);
    world_destroy(other);
}

static void test_signals(World *w) {
    int fd;
    OsSignal number;
    CHECK(os_signal_open(w, &fd) == 0);
    CHECK(!os_signal_read(w, fd, &number));
    kill(getpid(), SIGUSR1);
    CHECK(os_signal_read(w, fd, &number) && number == OS_SIGNAL_USR1);
    kill(getpid(), SIGTERM);
    CHECK(os_signal_read(w, fd, &number) && number == OS_SIGNAL_TERM);
    CHECK(!os_signal_read(w, fd, &number));
    os_signal_raise_default(w, OS_SIGNAL_WINCH);
    CHECK(os_signal_from_name("sighup", 6) == OS_SIGNAL_HUP);
    CHECK(os_signal_from_name("nonsense", 8) == OS_SIGNAL_COUNT);
    os_signal_close(w, fd);
}

int main(void) {
    World *w = world_create_os();
    test_poller(w);
    test_child(w);
    test_env(w);
    test_signals(w);
    world_destroy(w);
    return check_done();
}
