// SPDX-License-Identifier: Apache-2.0
//
// Child processes of the operating system.
//
// A child is started in its own session (as OTP does, so a terminal's signals do not reach it),
// with no signal blocked and none ignored, and with no descriptor open but those that are asked
// for.
//
//   CHILD-1  Only children that were started here are ever waited for: a host's own children stay
//   its own.
//            (So SIGCHLD is not used: each child has a descriptor, pidfd, that becomes readable at
//            its end.)
//   CHILD-2  A Child is reaped once, by child_reap, which also closes its pidfd.
#ifndef MICA_WORLD_CHILD_H
#define MICA_WORLD_CHILD_H

#include "world/world.h"

enum { CHILD_FDS_MAX = 8 };

typedef struct {
    const char *program;            // path; looked up in PATH when is_path_searched
    const char *const *arguments;   // argv, ends in NULL; the first is the name that the child sees
    const char *const *environment; // envp, ends in NULL; NULL: the world's
    const char *directory;          // NULL: that of this program
    bool is_path_searched;
    int fds[CHILD_FDS_MAX]; // fds[n] of ours becomes n of the child's; -1: leave n closed,
    int fd_count;           // CHILD_FD_INHERIT: the same number as here
} ChildSpec;

enum { CHILD_FD_CLOSED = -1, CHILD_FD_INHERIT = -2 };

typedef struct {
    int64_t os_pid;
    int pidfd; // readable when the child has ended; -1 when the kernel has no such thing
} Child;

typedef struct {
    bool is_signalled;
    int code; // exit code, or number of the signal
} ChildExit;

struct ChildOps {
    int (*check)(World *world, const char *program);
    int (*spawn)(World *world, const ChildSpec *spec, Child *child);
    int (*reap)(World *world, Child *child, bool is_blocking, ChildExit *result);
    int (*kill)(World *world, Child *child, int signal_number);
};

// 0 when the path is that of a file that may be run.
static inline int child_check(World *w, const char *program) { return w->child->check(w, program); }
// 0, or what kept the program from being started (ENOENT, EACCES, ...).
static inline int child_spawn(World *w, const ChildSpec *spec, Child *child) {
    return w->child->spawn(w, spec, child);
}
// 0 with the result; EAGAIN when the child runs on (only with !is_blocking).
static inline int child_reap(World *w, Child *child, bool is_blocking, ChildExit *result) {
    return w->child->reap(w, child, is_blocking, result);
}
static inline int child_kill(World *w, Child *child, int signal_number) {
    return w->child->kill(w, child, signal_number);
}

#endif
