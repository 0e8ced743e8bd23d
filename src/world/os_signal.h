// SPDX-License-Identifier: Apache-2.0
//
// Signals of the operating system, as a descriptor to read from.
//
// Nothing is caught unless somebody asks (the launcher does, a host need not): then all the signals
// named below are blocked in the calling thread, so that its later threads inherit that, and are
// read from the descriptor, which the poller can wait for. There is no handler, and so no code that
// runs at a bad moment. What a signal does by default is done by os_signal_raise_default.
//
//   SIGNAL-1  os_signal_open is called before the first thread is started; threads of thread.h
//   block all.
#ifndef MICA_WORLD_OS_SIGNAL_H
#define MICA_WORLD_OS_SIGNAL_H

#include "world/world.h"

// Names in the order of OTP's documentation of os:set_signal/2, then those that it leaves alone.
typedef enum {
    OS_SIGNAL_HUP,
    OS_SIGNAL_QUIT,
    OS_SIGNAL_ABRT,
    OS_SIGNAL_ALRM,
    OS_SIGNAL_TERM,
    OS_SIGNAL_USR1,
    OS_SIGNAL_USR2,
    OS_SIGNAL_CHLD,
    OS_SIGNAL_STOP,
    OS_SIGNAL_TSTP,
    OS_SIGNAL_INT,
    OS_SIGNAL_CONT,
    OS_SIGNAL_WINCH,
    OS_SIGNAL_COUNT
} OsSignal;

struct SignalOps {
    int (*open)(World *world, int *fd);
    bool (*read)(World *world, int fd, OsSignal *number);
    void (*raise_default)(World *world, OsSignal number);
    void (*close)(World *world, int fd);
};

// Also lets writing to a closed pipe be an error (EPIPE) instead of the program's end.
static inline int os_signal_open(World *w, int *fd) { return w->os_signal->open(w, fd); }
// Takes one signal; false when none waits.
static inline bool os_signal_read(World *w, int fd, OsSignal *number) {
    return w->os_signal->read(w, fd, number);
}
// Does what the signal does to a program that does not care: ends or stops it, or nothing.
static inline void os_signal_raise_default(World *w, OsSignal number) {
    w->os_signal->raise_default(w, number);
}
static inline void os_signal_close(World *w, int fd) { w->os_signal->close(w, fd); }
// "sigterm" and so on, and back; OS_SIGNAL_COUNT for a text that names none.
const char *os_signal_name(OsSignal number);
OsSignal os_signal_from_name(const char *name, size_t name_bytes);

#endif
