// SPDX-License-Identifier: Apache-2.0
//
// The operating system's streams.
//
// Threads: any.
#include "world/stream.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/base.h"
#include "world/os_tables.h"

static int os_read(World *world, int fd, void *bytes, size_t capacity, size_t *byte_count) {
    (void)world;
    ASSERT(bytes != NULL);
    ASSERT(capacity > 0);
    ssize_t got;
    do got = read(fd, bytes, capacity);
    while (got < 0 && errno == EINTR);
    if (got < 0) return errno;
    ASSERT((size_t)got <= capacity);
    *byte_count = (size_t)got;
    return 0;
}

static int os_write(World *world, int fd, const struct iovec *vector, int count,
                    size_t *byte_count) {
    (void)world;
    ASSERT(count > 0);
    ssize_t put;
    do put = writev(fd, vector, count < IOV_MAX ? count : IOV_MAX);
    while (put < 0 && errno == EINTR);
    if (put < 0) return errno;
    *byte_count = (size_t)put;
    return 0;
}

static int os_close(World *world, int fd) {
    (void)world;
    ASSERT(fd >= 0);
    return close(fd) == 0 ? 0 : errno;
}

static int os_set_nonblocking(World *world, int fd, bool is_nonblocking, bool *was_nonblocking) {
    (void)world;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) return errno;
    if (was_nonblocking != NULL) *was_nonblocking = (flags & O_NONBLOCK) != 0;
    int wanted = is_nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    if (wanted == flags) return 0;
    return fcntl(fd, F_SETFL, wanted) == 0 ? 0 : errno;
}

static bool os_is_terminal(World *world, int fd) {
    (void)world;
    return isatty(fd) == 1;
}

static int os_window(World *world, int fd, StreamWindow *window) {
    (void)world;
    struct winsize found;
    if (ioctl(fd, TIOCGWINSZ, &found) != 0) return errno;
    window->columns = found.ws_col;
    window->rows = found.ws_row;
    return 0;
}

static int os_pipe(World *world, int *read_fd, int *write_fd) {
    (void)world;
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0) return errno;
    *read_fd = fds[0];
    *write_fd = fds[1];
    return 0;
}

static int os_duplicate(World *world, int fd, int *other_fd) {
    (void)world;
    int other = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (other < 0) return errno;
    ASSERT(other != fd);
    *other_fd = other;
    return 0;
}

static int os_ensure_standard(World *world) {
    (void)world;
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) != -1) continue;
        int opened = open("/dev/null", O_RDWR); // the lowest free number, which is fd
        if (opened < 0) return errno;
        ASSERT(opened == fd);
    }
    return 0;
}

static_assert(sizeof(struct termios) <= sizeof(StreamTerminal), "a terminal's settings fit");

static int os_begin_keys(World *world, int fd, unsigned keys, StreamTerminal *before) {
    (void)world;
    struct termios terminal;
    if (tcgetattr(fd, &terminal) != 0) return errno;
    memcpy(before, &terminal, sizeof terminal);
    terminal.c_iflag &= ~(tcflag_t)ISTRIP;
    if ((keys & STREAM_KEYS_LINES) != 0) {
        terminal.c_iflag |= ICRNL;
        terminal.c_lflag |= ICANON;
        terminal.c_oflag |= OPOST;
    } else {
        terminal.c_iflag &= ~(tcflag_t)ICRNL;
        terminal.c_lflag &= ~(tcflag_t)ICANON;
        terminal.c_oflag &= ~(tcflag_t)OPOST;
        terminal.c_cc[VMIN] = 1;
        terminal.c_cc[VTIME] = 0;
    }
    terminal.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    if ((keys & STREAM_KEYS_ECHO) != 0) terminal.c_lflag |= ECHO;
    if ((keys & STREAM_KEYS_SIGNALS) != 0) terminal.c_lflag |= ISIG;
    if ((keys & STREAM_KEYS_INTERRUPT) != 0) terminal.c_cc[VINTR] = _POSIX_VDISABLE;
    return tcsetattr(fd, TCSANOW, &terminal) == 0 ? 0 : errno;
}

static void os_end_keys(World *world, int fd, const StreamTerminal *before) {
    (void)world;
    struct termios terminal;
    memcpy(&terminal, before, sizeof terminal);
    (void)tcsetattr(fd, TCSADRAIN, &terminal); // a terminal that is gone needs nothing
}

const StreamOps *stream_os_table(void) {
    static const StreamOps table = {
        .read = os_read,
        .write = os_write,
        .close = os_close,
        .set_nonblocking = os_set_nonblocking,
        .is_terminal = os_is_terminal,
        .window = os_window,
        .pipe = os_pipe,
        .duplicate = os_duplicate,
        .ensure_standard = os_ensure_standard,
        .begin_keys = os_begin_keys,
        .end_keys = os_end_keys,
    };
    return &table;
}
