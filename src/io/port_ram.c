// SPDX-License-Identifier: Apache-2.0
//
// port_ram.c - the ram_file_drv driver: files in memory, for file:open(Data, [ram, ...]).
//
// A command is one byte and its big-endian arguments; the answer is a message {Port, {data, [Kind,
// ... | Bytes]}}, in which the kind and numbers are list elements and what was read is the tail.
// ram_file.erl is the other side.
//
// RAM-1: cur may stand behind end; bytes between end and capacity are zero.
//
// Threads: PORT-1.
#include <errno.h>

#include "io/port.h"

enum { RAM_READ = 1, RAM_WRITE = 2 };

enum {
    RAM_COMMAND_OPEN = 1,
    RAM_COMMAND_READ = 2,
    RAM_COMMAND_LSEEK = 3,
    RAM_COMMAND_WRITE = 4,
    RAM_COMMAND_FSYNC = 9,
    RAM_COMMAND_TRUNCATE = 14,
    RAM_COMMAND_PREAD = 17,
    RAM_COMMAND_PWRITE = 18,
    RAM_COMMAND_FDATASYNC = 19,
    RAM_COMMAND_GET = 30,
    RAM_COMMAND_SIZE = 37,
    RAM_COMMAND_ADVISE = 38,
    RAM_COMMAND_ALLOCATE = 39,
};

enum { RAM_REPLY_OK, RAM_REPLY_ERROR, RAM_REPLY_DATA, RAM_REPLY_NUMBER };

typedef struct RamFile {
    unsigned modes;
    uint8_t *bytes;
    int64_t cur, end, capacity;
} RamFile;

static void reply_ok(Port *port) {
    uint8_t reply = RAM_REPLY_OK;
    port_deliver_data(port, &reply, 1, NULL, 0);
}

static void reply_error(Port *port, int error) {
    ASSERT(error > 0);
    const char *name = world_errno_name(error);
    uint8_t reply[32] = {RAM_REPLY_ERROR};
    size_t count = strlen(name);
    ASSERT(count < sizeof reply);
    memcpy(reply + 1, name, count);
    port_deliver_data(port, reply, 1 + count, NULL, 0);
}

static void put_number(uint8_t reply[5], uint8_t kind, int64_t number) {
    reply[0] = kind;
    for (int i = 0; i < 4; i++) reply[1 + i] = (uint8_t)(number >> (24 - 8 * i));
}

static void reply_number(Port *port, int64_t number) {
    uint8_t reply[5];
    put_number(reply, RAM_REPLY_NUMBER, number);
    port_deliver_data(port, reply, sizeof reply, NULL, 0);
}

static void reply_bytes(Port *port, const uint8_t *bytes, int64_t count) {
    ASSERT(count >= 0 && bytes != NULL);
    uint8_t reply[5];
    put_number(reply, RAM_REPLY_DATA, count);
    port_deliver_data(port, reply, sizeof reply, bytes, (size_t)count);
}

static void grow(RamFile *f, int64_t size) {
    ASSERT(size >= 0);
    if (size <= f->capacity) return;
    int64_t capacity = MAX(size, f->capacity * 2);
    f->bytes = mem_realloc(f->bytes, (size_t)capacity);
    memset(f->bytes + f->capacity, 0, (size_t)(capacity - f->capacity)); // RAM-1
    f->capacity = capacity;
}

/** Writes at a place (< 0: the present one, which moves) and answers. */
static void ram_write(Port *port, RamFile *f, int64_t at, const uint8_t *bytes, size_t count) {
    if ((f->modes & RAM_WRITE) == 0) {
        reply_error(port, EBADF);
        return;
    }
    int64_t from = at < 0 ? f->cur : at;
    int64_t to = from + (int64_t)count;
    if (to > INT32_MAX) {
        reply_error(port, ENOMEM);
        return;
    }
    grow(f, to);
    if (count > 0) memcpy(f->bytes + from, bytes, count);
    f->end = MAX(f->end, to);
    if (at < 0) f->cur = to;
    reply_number(port, (int64_t)count);
}

static void ram_read(Port *port, RamFile *f, int64_t at, int64_t count) {
    if ((f->modes & RAM_READ) == 0 || count < 0) {
        reply_error(port, count < 0 ? EINVAL : EBADF);
        return;
    }
    static const uint8_t nothing;
    int64_t from = at < 0 ? f->cur : at;
    int64_t available = MAX(f->end - from, 0);
    count = MIN(count, available);
    if (at < 0) f->cur = from + count;
    reply_bytes(port, count > 0 ? f->bytes + from : &nothing, count);
}

static void ram_seek(Port *port, RamFile *f, int64_t offset, int64_t whence) {
    const int64_t bases[] = {0, f->cur, f->end};
    if (f->modes == 0 || whence < 0 || whence > 2 || bases[whence] + offset < 0) {
        reply_error(port, f->modes == 0 ? EBADF : EINVAL);
        return;
    }
    f->cur = bases[whence] + offset;
    reply_number(port, f->cur);
}

static void ram_truncate(Port *port, RamFile *f) {
    if ((f->modes & RAM_WRITE) == 0) {
        reply_error(port, EACCES);
        return;
    }
    if (f->end > f->cur) memset(f->bytes + f->cur, 0, (size_t)(f->end - f->cur)); // RAM-1
    grow(f, f->cur);
    f->end = f->cur;
    reply_ok(port);
}

static int64_t argument(const uint8_t *bytes, size_t count, size_t place) {
    if (count < place + 4) return -1;
    const uint8_t *b = bytes + place;
    return (int32_t)((uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]);
}

/** What is behind the arguments of a command. */
static const uint8_t *rest_of(const uint8_t *bytes, size_t count, size_t place, size_t *rest) {
    *rest = count > place ? count - place : 0;
    return bytes + MIN(place, count);
}

static void ram_open(Port *port, RamFile *f, const uint8_t *bytes, size_t count) {
    size_t rest;
    const uint8_t *data = rest_of(bytes, count, 4, &rest);
    f->modes = (unsigned)argument(bytes, count, 0) & (RAM_READ | RAM_WRITE);
    f->cur = f->end = 0;
    grow(f, (int64_t)rest);
    if (rest > 0) memcpy(f->bytes, data, rest);
    f->end = (int64_t)rest;
    reply_number(port, 0);
}

static void ram_place(Port *port, RamFile *f, const uint8_t *bytes, size_t count, bool is_write) {
    int64_t at = argument(bytes, count, 0);
    size_t rest;
    const uint8_t *data = rest_of(bytes, count, 4, &rest);
    if (at < 0)
        reply_error(port, EINVAL);
    else if (is_write)
        ram_write(port, f, at, data, rest);
    else
        ram_read(port, f, at, argument(bytes, count, 4));
}

static void ram_output(Port *port, const uint8_t *bytes, size_t count) {
    RamFile *f = port->driver_data;
    static const uint8_t nothing;
    if (count == 0) return;
    uint8_t command = *bytes++;
    count--;
    switch (command) {
    case RAM_COMMAND_OPEN: ram_open(port, f, bytes, count); break;
    case RAM_COMMAND_READ: ram_read(port, f, -1, argument(bytes, count, 0)); break;
    case RAM_COMMAND_WRITE: ram_write(port, f, -1, bytes, count); break;
    case RAM_COMMAND_PREAD: ram_place(port, f, bytes, count, false); break;
    case RAM_COMMAND_PWRITE: ram_place(port, f, bytes, count, true); break;
    case RAM_COMMAND_LSEEK:
        ram_seek(port, f, argument(bytes, count, 0), argument(bytes, count, 4));
        break;
    case RAM_COMMAND_TRUNCATE: ram_truncate(port, f); break;
    case RAM_COMMAND_GET: reply_bytes(port, f->end > 0 ? f->bytes : &nothing, f->end); break;
    case RAM_COMMAND_SIZE: reply_number(port, f->end); break;
    case RAM_COMMAND_FSYNC:
    case RAM_COMMAND_FDATASYNC:
    case RAM_COMMAND_ADVISE:
    case RAM_COMMAND_ALLOCATE:
        if (f->modes == 0)
            reply_error(port, EBADF);
        else
            reply_ok(port);
        break;
    default: port_fail(port, EINVAL); // OTP's leaves its caller waiting
    }
}

static int ram_start(Port *port, const PortOptions *options) {
    ASSERT(options != NULL);
    port->driver_data = mem_zalloc(sizeof(RamFile));
    return 0;
}

static void ram_stop(Port *port) {
    RamFile *f = port->driver_data;
    ASSERT(f != NULL);
    mem_free(f->bytes);
    mem_free(f);
    port->driver_data = NULL;
}

const PortDriver port_ram_driver = {
    .name = "ram_file_drv",
    .start = ram_start,
    .output = ram_output,
    .stop = ram_stop,
};
