// SPDX-License-Identifier: Apache-2.0
//
// Descriptors that can make one wait: standard streams, pipes to children, terminals.
//
// Functions return 0 or a positive errno value. EAGAIN means: ask the poller.
//
// Threads: any; reading and writing of one descriptor may be two threads.
#ifndef MICA_WORLD_STREAM_H
#define MICA_WORLD_STREAM_H

#include <sys/uio.h>

#include "world/world.h"

typedef struct {
    int columns;
    int rows;
} StreamWindow;

// How a terminal was set up, to be put back.
typedef struct {
    unsigned char bytes[128];
} StreamTerminal;

// How a terminal gives keys.
enum {
    STREAM_KEYS_SIGNALS = 1,   // ^C, ^Z and ^\ signal
    STREAM_KEYS_LINES = 2,     // whole lines, with newlines as usual
    STREAM_KEYS_ECHO = 4,      // the terminal shows keys by itself
    STREAM_KEYS_INTERRUPT = 8, // but not ^C, which is a key like others
};

struct StreamOps {
    int (*read)(World *world, int fd, void *bytes, size_t capacity, size_t *byte_count);
    int (*write)(World *world, int fd, const struct iovec *vector, int count, size_t *byte_count);
    int (*close)(World *world, int fd);
    int (*set_nonblocking)(World *world, int fd, bool is_nonblocking, bool *was_nonblocking);
    bool (*is_terminal)(World *world, int fd);
    int (*window)(World *world, int fd, StreamWindow *window);
    int (*pipe)(World *world, int *read_fd, int *write_fd);
    int (*duplicate)(World *world, int fd, int *other_fd);
    int (*ensure_standard)(World *world);
    int (*begin_keys)(World *world, int fd, unsigned keys, StreamTerminal *before);
    void (*end_keys)(World *world, int fd, const StreamTerminal *before);
};

// byte_count of 0 without an error is the end of the stream.
static inline int stream_read(World *w, int fd, void *bytes, size_t capacity, size_t *byte_count) {
    return w->stream->read(w, fd, bytes, capacity, byte_count);
}
// May write less than it is given.
static inline int stream_write(World *w, int fd, const struct iovec *vector, int count,
                               size_t *byte_count) {
    return w->stream->write(w, fd, vector, count, byte_count);
}
static inline int stream_close(World *w, int fd) { return w->stream->close(w, fd); }
// Note that this is a property of what is open, which other programs may share (a terminal): put
// back what was_nonblocking says before leaving. was_nonblocking may be NULL.
static inline int stream_set_nonblocking(World *w, int fd, bool is_nonblocking,
                                         bool *was_nonblocking) {
    return w->stream->set_nonblocking(w, fd, is_nonblocking, was_nonblocking);
}
static inline bool stream_is_terminal(World *w, int fd) { return w->stream->is_terminal(w, fd); }
static inline int stream_window(World *w, int fd, StreamWindow *window) {
    return w->stream->window(w, fd, window);
}
// Both ends are closed in child processes.
static inline int stream_pipe(World *w, int *read_fd, int *write_fd) {
    return w->stream->pipe(w, read_fd, write_fd);
}

// A second descriptor for the same stream, closed in child processes.
static inline int stream_duplicate(World *w, int fd, int *other_fd) {
    return w->stream->duplicate(w, fd, other_fd);
}
// Opens /dev/null for each of the descriptors 0, 1 and 2 that is closed, so that nothing else gets
// their numbers. For programs, at their begin.
static inline int stream_ensure_standard(World *w) { return w->stream->ensure_standard(w); }
// The terminal gives each key as it is pressed and shows what is written as it is, without making
// anything of newlines. keys: STREAM_KEYS_*.
static inline int stream_begin_keys(World *w, int fd, unsigned keys, StreamTerminal *before) {
    return w->stream->begin_keys(w, fd, keys, before);
}
static inline void stream_end_keys(World *w, int fd, const StreamTerminal *before) {
    w->stream->end_keys(w, fd, before);
}

#endif
