// SPDX-License-Identifier: Apache-2.0
//
// Sockets of the operating system, all of them non-blocking and closed in child processes.
//
// Functions return 0 or a positive errno value. EAGAIN (EINPROGRESS of socket_connect) means: ask
// the poller. Addresses, message headers and options are the system's own structures: they are
// data, and every world has the same.
//
//   SOCKET-1  No call waits, whatever the descriptor says (fdopen'ed ones are made non-blocking).
//   SOCKET-2  Writing to a socket whose peer is gone never raises SIGPIPE.
//
// Threads: any; reading and writing of one socket may be two threads.
#ifndef MICA_WORLD_SOCKET_H
#define MICA_WORLD_SOCKET_H

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "world/world.h"

typedef struct SocketAddress {
    socklen_t count; // bytes in use; with room for a NUL behind the longest local path
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un local;
        struct sockaddr_storage storage;
    };
} SocketAddress;

struct SocketOps {
    int (*open)(World *world, int domain, int type, int protocol, const char *name_space, int *fd);
    int (*bind)(World *world, int fd, const SocketAddress *address);
    int (*listen)(World *world, int fd, int backlog);
    int (*accept)(World *world, int fd, int *accepted, SocketAddress *peer);
    int (*connect)(World *world, int fd, const SocketAddress *address);
    int (*send)(World *world, int fd, const struct msghdr *message, int flags, size_t *count);
    int (*receive)(World *world, int fd, struct msghdr *message, int flags, size_t *count);
    int (*send_file)(World *world, int fd, int file_fd, uint64_t offset, size_t count_max,
                     size_t *count);
    int (*shutdown)(World *world, int fd, int how);
    int (*name)(World *world, int fd, SocketAddress *address);
    int (*peer)(World *world, int fd, SocketAddress *address);
    int (*get_option)(World *world, int fd, int level, int option, void *value, socklen_t *count);
    int (*set_option)(World *world, int fd, int level, int option, const void *value,
                      socklen_t count);
    int (*control)(World *world, int fd, unsigned long request, void *argument);
};

// name_space: file of a network namespace to open it in, or NULL.
static inline int socket_open(World *w, int domain, int type, int protocol, const char *name_space,
                              int *fd) {
    return w->socket->open(w, domain, type, protocol, name_space, fd);
}
static inline int socket_bind(World *w, int fd, const SocketAddress *address) {
    return w->socket->bind(w, fd, address);
}
static inline int socket_listen(World *w, int fd, int backlog) {
    return w->socket->listen(w, fd, backlog);
}
static inline int socket_accept(World *w, int fd, int *accepted, SocketAddress *peer) {
    return w->socket->accept(w, fd, accepted, peer);
}
// An address of family AF_UNSPEC undoes the connection of a datagram socket.
static inline int socket_connect(World *w, int fd, const SocketAddress *address) {
    return w->socket->connect(w, fd, address);
}
// May send less than it is given (streams).
static inline int socket_send(World *w, int fd, const struct msghdr *message, int flags,
                              size_t *count) {
    return w->socket->send(w, fd, message, flags, count);
}
// A count of 0 without an error is the end of a stream, or an empty datagram.
static inline int socket_receive(World *w, int fd, struct msghdr *message, int flags,
                                 size_t *count) {
    return w->socket->receive(w, fd, message, flags, count);
}
// From a file's offset, which is left as it is; a count of 0 without an error is the file's end.
static inline int socket_send_file(World *w, int fd, int file_fd, uint64_t offset, size_t count_max,
                                   size_t *count) {
    return w->socket->send_file(w, fd, file_fd, offset, count_max, count);
}
static inline int socket_shutdown(World *w, int fd, int how) {
    return w->socket->shutdown(w, fd, how);
}
static inline int socket_name(World *w, int fd, SocketAddress *address) {
    return w->socket->name(w, fd, address);
}
static inline int socket_peer(World *w, int fd, SocketAddress *address) {
    return w->socket->peer(w, fd, address);
}
static inline int socket_get_option(World *w, int fd, int level, int option, void *value,
                                    socklen_t *count) {
    return w->socket->get_option(w, fd, level, option, value, count);
}
static inline int socket_set_option(World *w, int fd, int level, int option, const void *value,
                                    socklen_t count) {
    return w->socket->set_option(w, fd, level, option, value, count);
}
// ioctl.
static inline int socket_control(World *w, int fd, unsigned long request, void *argument) {
    return w->socket->control(w, fd, request, argument);
}
// What a connection attempt came to, and any error that waits (SO_ERROR).
static inline int socket_take_error(World *w, int fd) {
    int error = 0;
    socklen_t count = sizeof error;
    int failure = socket_get_option(w, fd, SOL_SOCKET, SO_ERROR, &error, &count);
    return failure != 0 ? failure : error;
}

#endif
