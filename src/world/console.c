// SPDX-License-Identifier: Apache-2.0
//
// Standard output and error, written without buffers. A non-blocking one that is full is waited
// for.
//
// Threads: any.
#include "world/console.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/base.h"
#include "world/os_tables.h"

static void os_write(World *world, ConsoleStream stream, const char *bytes, size_t byte_count) {
    (void)world;
    ASSERT(stream == CONSOLE_OUT || stream == CONSOLE_ERROR);
    int fd = stream == CONSOLE_OUT ? STDOUT_FILENO : STDERR_FILENO;
    while (byte_count > 0) {
        ssize_t put = write(fd, bytes, byte_count);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0 && errno == EAGAIN) {
            struct pollfd waiting = {.fd = fd, .events = POLLOUT};
            poll(&waiting, 1, -1);
            continue;
        }
        if (put <= 0) return;
        ASSERT((size_t)put <= byte_count);
        bytes += put;
        byte_count -= (size_t)put;
    }
}

static void os_fatal(World *world, int exit_code, bool is_core_wanted) {
    (void)world;
    if (is_core_wanted) abort();
    _exit(exit_code);
}

void console_printf(World *world, ConsoleStream stream, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    ASSERT(length >= 0);
    char *text = mem_alloc((size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    console_write(world, stream, text, (size_t)length);
    mem_free(text);
    va_end(again);
    va_end(arguments);
}

const ConsoleOps *console_os_table(void) {
    static const ConsoleOps table = {.write = os_write, .fatal = os_fatal};
    return &table;
}
