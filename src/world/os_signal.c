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
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

const char *os_signal_name(OsSignal number)
{
    ASSERT((unsigned)number < OS_SIGNAL_COUNT);
    return signal_names[number].name;
}

OsSignal os_signal_from_name(const char *name, size_t name_bytes)
{
    for (unsigned i = 0; i < OS_SIGNAL_COUNT; i++) {
        const char *known = signal_names[i].name;
        if (strlen(known) == name_bytes && memcmp(known, name, name_bytes) == 0)
            return (OsSignal)i;
    }
    return OS_SIGNAL_COUNT;
}

static int os_open(World *world, int *fd)
{
    (void)world;
    sigset_t none;
    sigemptyset(&none);
    int made = signalfd(-1, &none, SFD_CLOEXEC | SFD_NONBLOCK);
    if (made < 0)
        return errno;
    signal(SIGPIPE, SIG_IGN);
    *fd = made;
    return 0;
}

// The set that is on the descriptor now. The kernel shows it as a hexadecimal number, lowest bit
// signal 1.
static void current_set(int fd, sigset_t *set)
{
    sigemptyset(set);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
    int info = open(path, O_RDONLY | O_CLOEXEC);
    if (info < 0)
        return;
    char text[512];
    ssize_t length = read(info, text, sizeof text - 1);
    close(info);
    if (length <= 0)
        return;
    text[length] = '\0';
    const char *mask = strstr(text, "sigmask:");
    if (mask == NULL)
        return;
    unsigned long long bits = strtoull(mask + strlen("sigmask:"), NULL, 16);
    for (int n = 1; n <= 64; n++)
        if ((bits >> (n - 1) & 1) != 0)
            sigaddset(set, n);
}

static int os_set(World *world, int fd, OsSignal number, OsSignalAction action)
{
    (void)world;
    ASSERT((unsigned)number < OS_SIGNAL_COUNT);
    int native = signal_names[number].native;
    if (native == SIGSTOP)
        return EINVAL;
    sigset_t set, one;
    current_set(fd, &set);
    sigemptyset(&one);
    sigaddset(&one, native);
    if (action == OS_SIGNAL_HANDLE) {
        signal(native, SIG_DFL); // an ignored signal would not even be queued
        sigaddset(&set, native);
        pthread_sigmask(SIG_BLOCK, &one, NULL);
    } else {
        signal(native, action == OS_SIGNAL_IGNORE ? SIG_IGN : SIG_DFL);
        sigdelset(&set, native);
        pthread_sigmask(SIG_UNBLOCK, &one, NULL);
    }
    return signalfd(fd, &set, 0) >= 0 ? 0 : errno;
}

static bool os_read(World *world, int fd, OsSignal *number)
{
    (void)world;
    struct signalfd_siginfo info;
    while (read(fd, &info, sizeof info) == (ssize_t)sizeof info) {
        for (unsigned i = 0; i < OS_SIGNAL_COUNT; i++) {
            if ((uint32_t)signal_names[i].native != info.ssi_signo)
                continue;
            *number = (OsSignal)i;
            return true;
        }
    }
    ASSERT(errno == EAGAIN || errno == EINTR);
    return false;
}

static void os_close(World *world, int fd)
{
    (void)world;
    ASSERT(fd >= 0);
    close(fd);
}

const SignalOps *os_signal_os_table(void)
{
    static const SignalOps table = {
        .open = os_open,
        .set = os_set,
        .read = os_read,
        .close = os_close,
    };
    return &table;
}
