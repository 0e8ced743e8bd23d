// SPDX-License-Identifier: Apache-2.0
//
// Children by posix_spawn, which borrows our address space for the moment before exec and so costs
// nothing however big the VM is; and pidfds to learn of their end.
//
// Threads: any.
#include "world/child.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/base.h"
#include "world/env.h"
#include "world/os_tables.h"

// First number that no wanted descriptor has: descriptors are moved there before they are put in
// their places, so that none is overwritten before it is used.
enum { CHILD_FD_PARKING = 64 };

static int add_descriptors(posix_spawn_file_actions_t *actions, const ChildSpec *spec) {
    ASSERT(spec->fd_count >= 0 && spec->fd_count <= CHILD_FDS_MAX);
    int error = 0;
    for (int n = 0; n < spec->fd_count && error == 0; n++) {
        if (spec->fds[n] >= 0)
            error = posix_spawn_file_actions_adddup2(actions, spec->fds[n], CHILD_FD_PARKING + n);
    }
    for (int n = 0; n < spec->fd_count && error == 0; n++) {
        if (spec->fds[n] >= 0) {
            error = posix_spawn_file_actions_adddup2(actions, CHILD_FD_PARKING + n, n);
            if (error == 0)
                error = posix_spawn_file_actions_addclose(actions, CHILD_FD_PARKING + n);
        } else if (spec->fds[n] == CHILD_FD_CLOSED) {
            error = posix_spawn_file_actions_addclose(actions, n);
        } else {
            ASSERT(spec->fds[n] == CHILD_FD_INHERIT);
        }
    }
    if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(actions, spec->fd_count);
    return error;
}

static int set_attributes(posix_spawnattr_t *attributes) {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &all);
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                    POSIX_SPAWN_SETSID);
}

static int os_spawn(World *world, const ChildSpec *spec, Child *child) {
    ASSERT(spec->program != NULL);
    ASSERT(spec->arguments != NULL && spec->arguments[0] != NULL);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    ASSERT(error == 0);
    error = posix_spawnattr_init(&attributes);
    ASSERT(error == 0);
    error = set_attributes(&attributes);
    if (error == 0 && spec->directory != NULL)
        error = posix_spawn_file_actions_addchdir_np(&actions, spec->directory);
    if (error == 0) error = add_descriptors(&actions, spec);

    char **snapshot = spec->environment == NULL ? env_snapshot(world) : NULL;
    char *const *environment = snapshot != NULL ? snapshot : (char *const *)spec->environment;
    pid_t pid = -1;
    if (error == 0) {
        // posix_spawn's prototype lacks const only for old programs' sake; it writes to neither.
        char *const *arguments = (char *const *)spec->arguments;
        error =
            spec->is_path_searched
                ? posix_spawnp(&pid, spec->program, &actions, &attributes, arguments, environment)
                : posix_spawn(&pid, spec->program, &actions, &attributes, arguments, environment);
    }
    if (snapshot != NULL) env_snapshot_free(snapshot);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) return error;
    ASSERT(pid > 0);
    child->os_pid = pid;
    // Nobody else waits for this child, so its number stays taken until we do: no race.
    child->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    return 0;
}

static int os_check(World *world, const char *program) {
    (void)world;
    ASSERT(program != NULL);
    return access(program, X_OK) == 0 ? 0 : errno;
}

static int os_reap(World *world, Child *child, bool is_blocking, ChildExit *result) {
    (void)world;
    ASSERT(child->os_pid > 0); // CHILD-2
    int status = 0;
    pid_t pid;
    do pid = waitpid((pid_t)child->os_pid, &status, is_blocking ? 0 : WNOHANG);
    while (pid < 0 && errno == EINTR);
    if (pid == 0) return EAGAIN;
    int error = pid < 0 ? errno : 0; // ECHILD: the host lets the kernel reap (SIGCHLD ignored)
    if (child->pidfd >= 0) close(child->pidfd);
    child->pidfd = -1;
    child->os_pid = -1;
    result->is_signalled = error == 0 && WIFSIGNALED(status);
    result->code = error != 0 ? 0 : result->is_signalled ? WTERMSIG(status) : WEXITSTATUS(status);
    return error;
}

static int os_kill(World *world, Child *child, int signal_number) {
    (void)world;
    ASSERT(child->os_pid > 0);
    return kill((pid_t)child->os_pid, signal_number) == 0 ? 0 : errno;
}

const ChildOps *child_os_table(void) {
    static const ChildOps table = {
        .check = os_check, .spawn = os_spawn, .reap = os_reap, .kill = os_kill};
    return &table;
}
