// SPDX-License-Identifier: Apache-2.0
//
// Signals through signalfd. Which signals are on the descriptor is what the mask of blocked signals
// says, so there is no state of ours.
//
// Threads: SIGNAL-1 for opening; setting changes the mask of the calling thread only, which
// suffices because all threads of ours block everything, and the first thread is the one that
// opens.
#include "world/os_signal.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/base.h"
#include "world/os_tables.h"

typedef struct {
    int native;
    const char *name;
} SignalName;

static const SignalName signal_names[OS_SIGNAL_COUNT] = {
    [OS_SIGNAL_HUP] = {SIGHUP, "sighup"},       [OS_SIGNAL_QUIT] = {SIGQUIT, "sigquit"},
    [OS_SIGNAL_ABRT] = {SIGABRT, "sigabrt"},    [OS_SIGNAL_ALRM] = {SIGALRM, "sigalrm"},
    [OS_SIGNAL_TERM] = {SIGTERM, "sigterm"},    [OS_SIGNAL_USR1] = {SIGUSR1, "sigusr1"},
    [OS_SIGNAL_USR2] = {SIGUSR2, "sigusr2"},    [OS_SIGNAL_CHLD] = {SIGCHLD, "sigchld"},
    [OS_SIGNAL_STOP] = {SIGSTOP, "sigstop"},    [OS_SIGNAL_TSTP] = {SIGTSTP, "sigtstp"},
    [OS_SIGNAL_INT] = {SIGINT, "sigint"},       [OS_SIGNAL_CONT] = {SIGCONT, "sigcont"},
    [OS_SIGNAL_WINCH] = {SIGWINCH, "sigwinch"},
};

const char *os_signal_name(OsSignal number) {
    ASSERT((unsigned)number < OS_SIGNAL_COUNT);
    return signal_names[number].name;
}

OsSignal os_signal_from_name(const char *name, size_t name_bytes) {
    for (unsigned i = 0; i < OS_SIGNAL_COUNT; i++) {
        const char *known = signal_names[i].name;
        if (strlen(known) == name_bytes && memcmp(known, name, name_bytes) == 0) return (OsSignal)i;
    }
    return OS_SIGNAL_COUNT;
}

static int os_open(World *world, int *fd) {
    (void)world;
    sigset_t set;
    sigemptyset(&set);
    for (unsigned i = 0; i < OS_SIGNAL_COUNT; i++) {
        int native = signal_names[i].native;
        if (native != SIGSTOP && native != SIGABRT) // cannot be blocked; must not be
            sigaddset(&set, native);
    }
    int made = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (made < 0) return errno;
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    *fd = made;
    return 0;
}

static void os_raise_default(World *world, OsSignal number) {
    (void)world;
    ASSERT((unsigned)number < OS_SIGNAL_COUNT);
    int native = signal_names[number].native;
    sigset_t one, before;
    sigemptyset(&one);
    sigaddset(&one, native);
    signal(native, SIG_DFL);
    raise(native);
    pthread_sigmask(SIG_UNBLOCK, &one, &before);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static bool os_read(World *world, int fd, OsSignal *number) {
    (void)world;
    struct signalfd_siginfo info;
    while (read(fd, &info, sizeof info) == (ssize_t)sizeof info) {
        for (unsigned i = 0; i < OS_SIGNAL_COUNT; i++) {
            if ((uint32_t)signal_names[i].native != info.ssi_signo) continue;
            *number = (OsSignal)i;
            return true;
        }
    }
    ASSERT(errno == EAGAIN || errno == EINTR);
    return false;
}

static void os_close(World *world, int fd) {
    (void)world;
    ASSERT(fd >= 0);
    close(fd);
}

const SignalOps *os_signal_os_table(void) {
    static const SignalOps table = {
        .open = os_open,
        .read = os_read,
        .raise_default = os_raise_default,
        .close = os_close,
    };
    return &table;
}
