// SPDX-License-Identifier: Apache-2.0
//
// The world: everything a virtual machine may know of the computer that it runs on.
//
// A World is a set of small tables of functions and one instance pointer. world_create_os() makes
// the usual one, which talks to Linux; a simulation or an embedding host builds its own from the
// same tables, taking over those of another world that it does not want to replace.
//
// Owns: nothing by itself. Each sub-part stands in its own header and is called through it
// (clock_monotonic_ns(world), file_open(world, ...)), never through the tables directly.
//
//   WORLD-1  No other room includes a header of the operating system for anything but constants and
//   errno. WORLD-2  There is no writable global: two worlds of one program share only what the
//   kernel shares. WORLD-3  Functions that can fail return 0 or a positive errno value, and write
//   results through pointers.
//
// Threads, locks, page ranges and shared libraries (thread.h, page.h, dynlib.h) have no table: what
// stands in for them is not another implementation but not using them (a simulation runs on one
// thread).
//
// Threads: a World may be used from any thread, all the time between its creation and its
// destruction.
#ifndef MICA_WORLD_WORLD_H
#define MICA_WORLD_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct World World;

typedef struct ClockOps ClockOps;
typedef struct EntropyOps EntropyOps;
typedef struct FileOps FileOps;
typedef struct StreamOps StreamOps;
typedef struct PollerOps PollerOps;
typedef struct ChildOps ChildOps;
typedef struct EnvOps EnvOps;
typedef struct SignalOps SignalOps;
typedef struct ConsoleOps ConsoleOps;
typedef struct SocketOps SocketOps;
typedef struct NetworkOps NetworkOps;

// Every table is set, and none changes after creation.
struct World {
    const ClockOps *clock;
    const EntropyOps *entropy;
    const FileOps *file;
    const StreamOps *stream;
    const PollerOps *poller;
    const ChildOps *child;
    const EnvOps *env;
    const SignalOps *os_signal;
    const ConsoleOps *console;
    const SocketOps *socket;
    const NetworkOps *network;
    void (*destroy)(World *world);
    void *instance; // belongs to the maker of this world
};

// The operating system's world, with a private copy of the program's environment variables.
// Freed by world_destroy.
World *world_create_os(void);
void world_destroy(World *world);

// The atom text that OTP uses for an errno value ("enoent"), "unknown" for a number without a name.
const char *world_errno_name(int error);

#endif
