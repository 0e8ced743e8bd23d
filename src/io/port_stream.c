// SPDX-License-Identifier: Apache-2.0
//
// port_stream.c - the fd and spawn drivers: ports over one descriptor to read from and one to write
// to.
//
//   input:   stream mode delivers what one read gives; packet mode collects until a packet is
//   whole; line mode until a
//            line ends or the line buffer is full (then with noeol).
//   output:  written at once as far as that goes; the rest waits in a queue for the poller.
//
// STREAM-1: a descriptor is armed only while the port wants its next event; events are one-shot.
// STREAM-2: an fd port does not close its descriptors (they were not opened by it), but makes them
// blocking again. STREAM-3: exit_status comes when the child has ended and all its output was read,
// in whatever order that happens.
//
// Threads: PORT-1.
#include <errno.h>
#include <stdio.h>

#include "io/byte_queue.h"
#include "io/port.h"
#include "world/env.h"
#include "world/file.h"

typedef struct StreamPort {
    int in_fd, out_fd; // -1: none
    bool owns_streams; // closes them at its end (STREAM-2)
    bool owns_out;     // out_fd is a duplicate: one descriptor cannot be armed for both ways apart
    bool out_was_nonblocking, out_is_changed;
    bool input_ended;
    bool wants_exit_status, child_has_ended;
    ChildExit child_result;
    int packet_bytes;
    size_t line_bytes;
    bool cr_pending; // line mode: a carriage return whose fate the next byte decides
    ByteQueue input;
    ByteQueue output;
} StreamPort;

static StreamPort *stream_of(Port *port) {
    ASSERT(port->driver_data != NULL);
    return port->driver_data;
}

// ---- input
// -------------------------------------------------------------------------------------------

static size_t packet_length(const uint8_t *header, int packet_bytes) {
    ASSERT(packet_bytes == 1 || packet_bytes == 2 || packet_bytes == 4);
    size_t length = 0;
    for (int i = 0; i < packet_bytes; i++) length = length << 8 | header[i];
    return length;
}

static void take_packets(Port *port, StreamPort *s) {
    ASSERT(s->packet_bytes > 0 && s->line_bytes == 0);
    while (port->state == PORT_OPEN && byte_queue_count(&s->input) >= (size_t)s->packet_bytes) {
        const uint8_t *first = byte_queue_first(&s->input);
        size_t length = packet_length(first, s->packet_bytes);
        if (byte_queue_count(&s->input) - (size_t)s->packet_bytes < length) return;
        port_deliver_data(port, NULL, 0, first + s->packet_bytes, length);
        byte_queue_skip(&s->input, (size_t)s->packet_bytes + length);
    }
}

static void deliver_line(Port *port, StreamPort *s, Term tag) {
    ASSERT(byte_queue_count(&s->input) <= s->line_bytes);
    size_t count = byte_queue_count(&s->input);
    port_deliver_line(port, tag, count > 0 ? byte_queue_first(&s->input) : (const uint8_t *)"",
                      count);
    byte_queue_skip(&s->input, count);
}

static void add_to_line(Port *port, StreamPort *s, uint8_t byte) {
    ASSERT(s->line_bytes > 0);
    if (byte_queue_count(&s->input) == s->line_bytes) deliver_line(port, s, am_noeol);
    byte_queue_add(&s->input, &byte, 1);
}

/** A carriage return before a newline belongs to the end of the line; any other is part of it. */
static void take_lines(Port *port, StreamPort *s, const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint8_t byte = bytes[i];
        if (byte == '\n') {
            s->cr_pending = false;
            deliver_line(port, s, am_eol);
            continue;
        }
        if (s->cr_pending) add_to_line(port, s, '\r');
        s->cr_pending = byte == '\r';
        if (!s->cr_pending) add_to_line(port, s, byte);
    }
}

static void take_input(Port *port, StreamPort *s, const uint8_t *bytes, size_t count) {
    ASSERT(count > 0 && count <= PORT_READ_BYTES);
    if (s->line_bytes > 0) {
        take_lines(port, s, bytes, count);
    } else if (s->packet_bytes > 0) {
        byte_queue_add(&s->input, bytes, count);
        take_packets(port, s);
    } else {
        port_deliver_data(port, NULL, 0, bytes, count);
    }
}

static void close_input(Port *port, StreamPort *s) {
    if (s->in_fd < 0) return;
    if (s->in_fd != s->out_fd) {
        port_disarm(port, s->in_fd);
        if (s->owns_streams) stream_close(port->vm->world, s->in_fd);
    }
    s->in_fd = -1;
}

/** STREAM-3: what is due at the end, once everything has come together. */
static void finish_input(Port *port, StreamPort *s) {
    ASSERT(s->input_ended); // STREAM-3
    if (s->wants_exit_status) {
        if (!s->child_has_ended) return;
        int status =
            s->child_result.is_signalled ? 128 + s->child_result.code : s->child_result.code;
        s->wants_exit_status = false;
        port_deliver_tagged(port, am_exit_status, term_from_small(status));
    }
    if (s->line_bytes > 0) {
        if (s->cr_pending) add_to_line(port, s, '\r');
        s->cr_pending = false;
        if (byte_queue_count(&s->input) > 0) deliver_line(port, s, am_noeol);
    }
    port_end_of_input(port);
}

static void input_has_ended(Port *port, StreamPort *s) {
    ASSERT(!s->input_ended);
    s->input_ended = true;
    close_input(port, s);
    finish_input(port, s);
}

static void ready_in(Port *port, StreamPort *s) {
    if (s->in_fd < 0) return;
    uint8_t *buffer = port->vm->ports->read_buffer;
    size_t count = 0;
    int error = stream_read(port->vm->world, s->in_fd, buffer, PORT_READ_BYTES, &count);
    if (error != 0 && error != EAGAIN) {
        close_input(port, s);
        port_fail(port, error);
        return;
    }
    if (error == 0 && count == 0) {
        input_has_ended(port, s);
        return;
    }
    if (error == 0) take_input(port, s, buffer, count);
    if (port->state != PORT_OPEN) return;
    error = port_arm(port, s->in_fd, POLLER_READ, PORT_READY_IN);
    if (error != 0) port_fail(port, error);
}

static void stream_child_ended(Port *port, ChildExit result) {
    StreamPort *s = stream_of(port);
    s->child_has_ended = true;
    s->child_result = result;
    if (port->state == PORT_OPEN && s->wants_exit_status && s->input_ended) finish_input(port, s);
}

// ---- output
// ------------------------------------------------------------------------------------------

/** Writes as much as goes, or with waits everything. 0, EAGAIN, or what is wrong. */
static int write_queue(Port *port, StreamPort *s) {
    ASSERT(s->out_fd >= 0);
    while (byte_queue_count(&s->output) > 0) {
        struct iovec part = {.iov_base = (void *)byte_queue_first(&s->output),
                             .iov_len = byte_queue_count(&s->output)};
        size_t written;
        int error = stream_write(port->vm->world, s->out_fd, &part, 1, &written);
        if (error != 0) return error;
        byte_queue_skip(&s->output, written);
    }
    return 0;
}

static void write_on(Port *port, StreamPort *s) {
    ASSERT(byte_queue_count(&s->output) > 0);
    int error = write_queue(port, s);
    if (error == EAGAIN) error = port_arm(port, s->out_fd, POLLER_WRITE, PORT_READY_OUT);
    if (error != 0) {
        byte_queue_free(&s->output);
        port_fail(port, error);
        return;
    }
    port_queue_changed(port);
}

static bool put_header(StreamPort *s, size_t count, uint8_t header[4]) {
    ASSERT(s->packet_bytes >= 1 && s->packet_bytes <= 4);
    if (s->packet_bytes < 4 && count >> (8 * s->packet_bytes) != 0) return false;
    for (int i = 0; i < s->packet_bytes; i++)
        header[i] = (uint8_t)(count >> (8 * (s->packet_bytes - 1 - i)));
    return true;
}

static void stream_output(Port *port, const uint8_t *bytes, size_t count) {
    ASSERT(bytes != NULL || count == 0);
    StreamPort *s = stream_of(port);
    uint8_t header[4];
    if (s->out_fd < 0) return; // a port that only reads takes output and drops it
    if (s->packet_bytes > 0 && !put_header(s, count, header)) {
        port_fail(port, EINVAL);
        return;
    }
    size_t header_count = (size_t)s->packet_bytes;
    size_t written = 0;
    port->bytes_out += count;
    atomic_fetch_add_explicit(&port->vm->ports->bytes_out, count, memory_order_relaxed);
    bool was_empty = byte_queue_count(&s->output) == 0;
    if (was_empty && header_count + count > 0) {
        struct iovec parts[2] = {{.iov_base = header, .iov_len = header_count},
                                 {.iov_base = (void *)bytes, .iov_len = count}};
        int error = stream_write(port->vm->world, s->out_fd, parts, 2, &written);
        if (error != 0 && error != EAGAIN) {
            port_fail(port, error);
            return;
        }
    }
    if (written == header_count + count) return;
    if (written < header_count) {
        byte_queue_add(&s->output, header + written, header_count - written);
        written = header_count;
    }
    byte_queue_add(&s->output, bytes + (written - header_count), count - (written - header_count));
    if (was_empty)
        write_on(port, s);
    else
        port_queue_changed(port);
}

static size_t stream_queued(Port *port) { return byte_queue_count(&stream_of(port)->output); }

static void stream_drain(Port *port) {
    StreamPort *s = stream_of(port);
    if (byte_queue_count(&s->output) == 0) return;
    port_disarm(port, s->out_fd);
    (void)stream_set_nonblocking(port->vm->world, s->out_fd, false, NULL);
    (void)write_queue(port, s);
    byte_queue_free(&s->output); // what could not be written never will
    port_queue_changed(port);
}

static void stream_ready(Port *port, unsigned kind, unsigned readiness) {
    StreamPort *s = stream_of(port);
    ASSERT(kind == PORT_READY_IN || kind == PORT_READY_OUT);
    // a halt may have written all while this was waiting for the port
    bool has_output = byte_queue_count(&s->output) > 0;
    if (kind == PORT_READY_OUT && (readiness & POLLER_WRITE) != 0 && has_output) write_on(port, s);
    if (kind == PORT_READY_IN && port->state == PORT_OPEN) ready_in(port, s);
}

// ---- beginning and end
// -------------------------------------------------------------------------------

static StreamPort *stream_new(Port *port, const PortOptions *options) {
    ASSERT(port->driver_data == NULL);
    ASSERT(options->packet_bytes == 0 || options->line_bytes == 0);
    StreamPort *s = mem_zalloc(sizeof *s);
    s->in_fd = s->out_fd = -1;
    s->packet_bytes = options->packet_bytes;
    s->line_bytes = (size_t)options->line_bytes;
    port->driver_data = s;
    return s;
}

static void stream_stop(Port *port) {
    StreamPort *s = stream_of(port);
    close_input(port, s);
    if (s->out_fd >= 0) {
        port_disarm(port, s->out_fd);
        if (s->out_is_changed)
            (void)stream_set_nonblocking(port->vm->world, s->out_fd, s->out_was_nonblocking, NULL);
        if (s->owns_streams || s->owns_out) stream_close(port->vm->world, s->out_fd);
    }
    byte_queue_free(&s->input);
    byte_queue_free(&s->output);
    mem_free(s);
    port->driver_data = NULL;
}

static int stream_begin_reading(Port *port, StreamPort *s) {
    return s->in_fd < 0 ? 0 : port_arm(port, s->in_fd, POLLER_READ, PORT_READY_IN);
}

/** {fd, In, Out}. A terminal is written to as it is: making it non-blocking would do so for every
 * program on it. */
static int fd_start(Port *port, const PortOptions *options) {
    ASSERT(options->reads || options->writes);
    World *world = port->vm->world;
    if (options->reads && !file_is_open(world, options->in_fd)) return EBADF;
    if (options->writes && !file_is_open(world, options->out_fd)) return EBADF;
    StreamPort *s = stream_new(port, options);
    s->in_fd = options->reads ? options->in_fd : -1;
    s->out_fd = options->writes ? options->out_fd : -1;
    if (s->out_fd >= 0 && s->out_fd == s->in_fd)
        s->owns_out = stream_duplicate(world, s->in_fd, &s->out_fd) == 0;
    if (s->out_fd >= 0 && !stream_is_terminal(world, s->out_fd))
        s->out_is_changed =
            stream_set_nonblocking(world, s->out_fd, true, &s->out_was_nonblocking) == 0;
    int error = stream_begin_reading(port, s);
    if (error != 0) stream_stop(port);
    return error;
}

/** A port over a file, made when it is written to and is not there. */
static int vanilla_start(Port *port, const PortOptions *options) {
    World *world = port->vm->world;
    unsigned modes =
        (options->reads ? FILE_MODE_READ : 0) | (options->writes ? FILE_MODE_WRITE : 0);
    FileHandle fd;
    int error = file_open(world, options->name, modes | FILE_MODE_ANY_TYPE, &fd);
    if (error != 0) return error;
    StreamPort *s = stream_new(port, options);
    s->owns_streams = true;
    s->in_fd = options->reads ? fd : -1;
    s->out_fd = options->reads ? -1 : fd;
    if (options->reads && options->writes) error = stream_duplicate(world, fd, &s->out_fd);
    if (error == 0) error = stream_begin_reading(port, s);
    if (error != 0) stream_stop(port);
    return error;
}

typedef struct SpawnPipes {
    int child_in, child_out; // the child's ends
    int port_in, port_out;   // ours
} SpawnPipes;

static void close_pipe(World *world, int *fd) {
    if (*fd >= 0) stream_close(world, *fd);
    *fd = -1;
}

static int open_pipes(World *world, const PortOptions *options, SpawnPipes *pipes) {
    *pipes = (SpawnPipes){-1, -1, -1, -1};
    int error = 0;
    if (options->reads) error = stream_pipe(world, &pipes->port_in, &pipes->child_out);
    if (error == 0 && options->writes)
        error = stream_pipe(world, &pipes->child_in, &pipes->port_out);
    if (error == 0 && pipes->port_out >= 0)
        error = stream_set_nonblocking(world, pipes->port_out, true, NULL);
    if (error == 0 && pipes->port_in >= 0)
        error = stream_set_nonblocking(world, pipes->port_in, true, NULL);
    return error;
}

static void place_descriptors(const PortOptions *options, const SpawnPipes *pipes,
                              ChildSpec *spec) {
    ASSERT(!options->stderr_to_stdout || options->use_stdio);
    spec->fds[0] = spec->fds[1] = spec->fds[2] = CHILD_FD_INHERIT;
    spec->fd_count = 3;
    int in_place = options->use_stdio ? 0 : 3;
    int out_place = options->use_stdio ? 1 : 4;
    if (!options->use_stdio) {
        spec->fds[3] = spec->fds[4] = CHILD_FD_CLOSED;
        spec->fd_count = 5;
    }
    if (pipes->child_in >= 0) spec->fds[in_place] = pipes->child_in;
    if (pipes->child_out >= 0) spec->fds[out_place] = pipes->child_out;
    if (options->stderr_to_stdout && pipes->child_out >= 0) spec->fds[2] = pipes->child_out;
}

static int start_child(Port *port, const PortOptions *options, const SpawnPipes *pipes,
                       Child *child) {
    ASSERT(options->name[0] != '\0');
    ChildSpec spec = {.directory = options->directory,
                      .environment = (const char *const *)options->environment};
    place_descriptors(options, pipes, &spec);
    const char *by_name[] = {options->name, NULL};
    const char *by_shell[] = {"/bin/sh", "-c", NULL, NULL};
    char *command = NULL;
    if (options->is_executable) {
        spec.program = options->name;
        spec.arguments =
            options->arguments != NULL ? (const char *const *)options->arguments : by_name;
    } else {
        // exec, so that the child is the command itself: its exit code and its signals are ours.
        size_t count = strlen(options->name) + sizeof "exec ";
        command = mem_alloc(count);
        snprintf(command, count, "exec %s", options->name);
        by_shell[2] = command;
        spec.program = by_shell[0];
        spec.arguments = by_shell;
    }
    int error = child_spawn(port->vm->world, &spec, child);
    mem_free(command);
    return error;
}

/** Could there be no child at all, rather than one that failed on its way to its program? */
static bool is_lack(int error) {
    return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE;
}

/**
 * A child that cannot enter its directory or run its program counts, as in OTP, as one that has
 * ended with the errno value as its exit code: only a program that may not be run at all is an
 * error of open_port.
 */
static int spawn_start(Port *port, const PortOptions *options) {
    World *world = port->vm->world;
    SpawnPipes pipes;
    Child child;
    int error = options->is_executable ? child_check(world, options->name) : 0;
    if (error != 0) return error;
    error = open_pipes(world, options, &pipes);
    int child_error = error == 0 ? start_child(port, options, &pipes, &child) : 0;
    close_pipe(world, &pipes.child_in);
    close_pipe(world, &pipes.child_out);
    if (is_lack(child_error)) error = child_error;
    if (error != 0) {
        close_pipe(world, &pipes.port_in);
        close_pipe(world, &pipes.port_out);
        return error;
    }
    StreamPort *s = stream_new(port, options);
    s->owns_streams = true;
    s->in_fd = pipes.port_in;
    s->out_fd = pipes.port_out;
    s->wants_exit_status = options->wants_exit_status;
    s->input_ended = s->in_fd < 0;
    error = stream_begin_reading(port, s);
    if (error != 0) {
        stream_stop(port);
    } else if (child_error == 0) {
        port->os_pid = child.os_pid;
        port_watch_child(port, child);
    } else {
        stream_child_ended(port, (ChildExit){.code = child_error});
    }
    return error;
}

// What user.erl asks an fd port for: the size of its window as two native integers.
enum { FD_CONTROL_WINDOW = 0x018b0900 + 100 };

static bool fd_control(Port *port, uint64_t operation, const uint8_t *bytes, size_t count,
                       uint8_t **answer, size_t *answer_count) {
    ASSERT(answer != NULL && answer_count != NULL);
    (void)bytes, (void)count;
    StreamPort *s = stream_of(port);
    StreamWindow window;
    if (operation != FD_CONTROL_WINDOW) return false;
    if ((s->out_fd < 0 || stream_window(port->vm->world, s->out_fd, &window) != 0) &&
        (s->in_fd < 0 || stream_window(port->vm->world, s->in_fd, &window) != 0))
        return false;
    uint32_t sizes[2] = {(uint32_t)window.columns, (uint32_t)window.rows};
    *answer = mem_alloc(sizeof sizes);
    *answer_count = sizeof sizes;
    memcpy(*answer, sizes, sizeof sizes);
    return true;
}

const PortDriver port_fd_driver = {
    .name = "fd",
    .start = fd_start,
    .output = stream_output,
    .ready = stream_ready,
    .control = fd_control,
    .queued = stream_queued,
    .drain = stream_drain,
    .stop = stream_stop,
};

const PortDriver port_vanilla_driver = {
    .name = "vanilla",
    .start = vanilla_start,
    .output = stream_output,
    .ready = stream_ready,
    .queued = stream_queued,
    .drain = stream_drain,
    .stop = stream_stop,
};

const PortDriver port_spawn_driver = {
    .name = "spawn",
    .start = spawn_start,
    .output = stream_output,
    .ready = stream_ready,
    .queued = stream_queued,
    .drain = stream_drain,
    .stop = stream_stop,
    .child_ended = stream_child_ended,
};
