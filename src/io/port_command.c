// SPDX-License-Identifier: Apache-2.0
//
// port_command.c - what processes give a port to put out.
//
// A few bytes are copied into one run. Of PORT_COMMAND_FEW_BYTES and more, big binaries are only
// referred to, so that it does not cost what they hold to send them, nor to queue them: the driver
// takes them in parts. One that does not gets a copy.
//
// Threads: port_command_take and port_command_free any; port_command_run PORT-1.
#include "bif/bif.h"
#include "io/port.h"

enum { PORT_COMMAND_FEW_BYTES = 8192 };

bool port_command_take(Term iodata, PortCommand *command) {
    uint64_t count;
    *command = (PortCommand){0};
    if (!iodata_size_bytes(iodata, &count, NULL) || count >= SIZE_MAX / 16) return false;
    if (count >= PORT_COMMAND_FEW_BYTES) {
        output_queue_add_iodata(&command->parts, iodata);
        ASSERT(output_queue_count(&command->parts) == count);
        return true;
    }
    command->count = count;
    command->bytes = mem_alloc(count + 1);
    iodata_write(iodata, command->bytes, NULL);
    return true;
}

size_t port_command_count(const PortCommand *command) {
    ASSERT(command->count == 0 || output_queue_count(&command->parts) == 0);
    return command->count + output_queue_count(&command->parts);
}

void port_command_free(PortCommand *command) {
    mem_free(command->bytes);
    output_queue_free(&command->parts);
    *command = (PortCommand){0};
}

/** Copies the parts into one run. */
static void flatten(PortCommand *command) {
    ASSERT(command->bytes == NULL);
    command->count = output_queue_count(&command->parts);
    command->bytes = mem_alloc(command->count + 1);
    output_queue_copy(&command->parts, command->bytes, command->count);
    output_queue_free(&command->parts);
}

void port_command_run(Port *port, PortCommand *command, Term caller) {
    ASSERT(port->caller == TERM_NONE);
    port->caller = caller;
    bool in_parts = output_queue_count(&command->parts) > 0;
    if (in_parts && port->driver->output_parts != NULL) {
        port->driver->output_parts(port, &command->parts);
    } else {
        if (in_parts) flatten(command);
        port->driver->output(port, command->bytes, command->count);
    }
    port->caller = TERM_NONE;
}
