// SPDX-License-Identifier: Apache-2.0
//
// The operating system's sockets.
//
// Threads: any.
#include "world/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "base/base.h"
#include "world/os_tables.h"

static int open_plain(int domain, int type, int protocol, int *fd) {
    *fd = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    return *fd < 0 ? errno : 0;
}

/** A namespace belongs to the thread: it goes there, opens, and comes back. */
static int open_in(const char *name_space, int domain, int type, int protocol, int *fd) {
    ASSERT(name_space != NULL);
    int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (home < 0) return errno;
    int there = open(name_space, O_RDONLY | O_CLOEXEC);
    int error = there < 0 ? errno : 0;
    if (error == 0 && setns(there, CLONE_NEWNET) != 0) error = errno;
    if (there >= 0) close(there);
    if (error == 0) {
        error = open_plain(domain, type, protocol, fd);
        int back = setns(home, CLONE_NEWNET);
        ASSERT(back == 0); // a thread lost in another network would harm every later socket
    }
    close(home);
    return error;
}

static int os_open(World *world, int domain, int type, int protocol, const char *name_space,
                   int *fd) {
    (void)world;
    ASSERT(fd != NULL);
    return name_space != NULL ? open_in(name_space, domain, type, protocol, fd)
                              : open_plain(domain, type, protocol, fd);
}

static int os_bind(World *world, int fd, const SocketAddress *address) {
    (void)world;
    ASSERT(address->count <= sizeof address->storage);
    return bind(fd, &address->any, address->count) == 0 ? 0 : errno;
}

static int os_listen(World *world, int fd, int backlog) {
    (void)world;
    return listen(fd, backlog) == 0 ? 0 : errno;
}

static int os_accept(World *world, int fd, int *accepted, SocketAddress *peer) {
    (void)world;
    memset(&peer->storage, 0, sizeof peer->storage);
    do {
        peer->count = sizeof peer->storage;
        *accepted = accept4(fd, &peer->any, &peer->count, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (*accepted < 0 && errno == EINTR);
    if (*accepted < 0) return errno;
    ASSERT(peer->count <= sizeof peer->storage);
    return 0;
}

static int os_connect(World *world, int fd, const SocketAddress *address) {
    (void)world;
    ASSERT(address->count <= sizeof address->storage);
    return connect(fd, &address->any, address->count) == 0 ? 0 : errno;
}

static int os_send(World *world, int fd, const struct msghdr *message, int flags, size_t *count) {
    (void)world;
    ssize_t sent;
    do sent = sendmsg(fd, message, flags | MSG_NOSIGNAL | MSG_DONTWAIT); // SOCKET-1, SOCKET-2
    while (sent < 0 && errno == EINTR);
    if (sent < 0) return errno;
    *count = (size_t)sent;
    return 0;
}

static int os_receive(World *world, int fd, struct msghdr *message, int flags, size_t *count) {
    (void)world;
    ssize_t got;
    do got = recvmsg(fd, message, flags | MSG_DONTWAIT); // SOCKET-1
    while (got < 0 && errno == EINTR);
    if (got < 0) return errno;
    *count = (size_t)got;
    return 0;
}

static int os_send_file(World *world, int fd, int file_fd, uint64_t offset, size_t count_max,
                        size_t *count) {
    (void)world;
    ASSERT(count_max > 0);
    off_t from = (off_t)offset;
    ssize_t sent;
    do sent = sendfile(fd, file_fd, &from, count_max);
    while (sent < 0 && errno == EINTR);
    if (sent < 0) return errno;
    *count = (size_t)sent;
    return 0;
}

static int os_shutdown(World *world, int fd, int how) {
    (void)world;
    return shutdown(fd, how) == 0 ? 0 : errno;
}

static int os_name(World *world, int fd, SocketAddress *address) {
    (void)world;
    memset(&address->storage, 0, sizeof address->storage);
    address->count = sizeof address->storage;
    return getsockname(fd, &address->any, &address->count) == 0 ? 0 : errno;
}

static int os_peer(World *world, int fd, SocketAddress *address) {
    (void)world;
    memset(&address->storage, 0, sizeof address->storage);
    address->count = sizeof address->storage;
    return getpeername(fd, &address->any, &address->count) == 0 ? 0 : errno;
}

static int os_get_option(World *world, int fd, int level, int option, void *value,
                         socklen_t *count) {
    (void)world;
    ASSERT(value != NULL && count != NULL);
    return getsockopt(fd, level, option, value, count) == 0 ? 0 : errno;
}

static int os_set_option(World *world, int fd, int level, int option, const void *value,
                         socklen_t count) {
    (void)world;
    return setsockopt(fd, level, option, value, count) == 0 ? 0 : errno;
}

static int os_control(World *world, int fd, unsigned long request, void *argument) {
    (void)world;
    return ioctl(fd, request, argument) == 0 ? 0 : errno;
}

const SocketOps *socket_os_table(void) {
    static const SocketOps table = {
        .open = os_open,
        .bind = os_bind,
        .listen = os_listen,
        .accept = os_accept,
        .connect = os_connect,
        .send = os_send,
        .receive = os_receive,
        .send_file = os_send_file,
        .shutdown = os_shutdown,
        .name = os_name,
        .peer = os_peer,
        .get_option = os_get_option,
        .set_option = os_set_option,
        .control = os_control,
    };
    return &table;
}
