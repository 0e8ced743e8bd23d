// SPDX-License-Identifier: Apache-2.0
//
// Raw text to the program's standard streams: erlang:display, crash reports, the last words of the
// VM. An embedding host puts its own table here to get them.
//
// Threads: any; one call's text stays together as far as the system allows.
#ifndef MICA_WORLD_CONSOLE_H
#define MICA_WORLD_CONSOLE_H

#include "world/world.h"

typedef enum { CONSOLE_OUT, CONSOLE_ERROR } ConsoleStream;

struct ConsoleOps {
    void (*write)(World *world, ConsoleStream stream, const char *bytes, size_t byte_count);
    void (*fatal)(World *world, int exit_code, bool is_core_wanted); // does not return
};

// A stream that nobody reads is no error.
static inline void console_write(World *w, ConsoleStream stream, const char *bytes,
                                 size_t byte_count) {
    w->console->write(w, stream, bytes, byte_count);
}
// Ends the program at once: no destructor, no flush of ours.
static inline void console_exit(World *w, int exit_code, bool is_core_wanted) {
    w->console->fatal(w, exit_code, is_core_wanted);
}
void console_printf(World *world, ConsoleStream stream, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
