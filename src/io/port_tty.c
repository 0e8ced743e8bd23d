// SPDX-License-Identifier: Apache-2.0
//
// port_tty.c - the tty_sl driver: a terminal with one line that is edited in place, for OTP's
// user_drv and group.
//
//   line:    [cell 0][cell 1]...[cell count-1]      shown from column 0 on, over several rows where
//   it is long
//                        ^cursor: before this cell
//
// A command is one byte and its argument: characters at the cursor (with or without an answer),
// moving by characters, inserting, deleting, the bell. What keys are pressed comes as bytes; edlin
// makes sense of them.
//
// TTY-1: cursor <= count; the terminal's cursor stands at the column of `cursor`.
// TTY-2: a newline ends the line: what is above it is never touched again.
//
// Threads: PORT-1.
#include <errno.h>
#include <stdio.h>

#include "io/byte_queue.h"
#include "io/tty.h"
#include "term/char_width.h"
#include "term/utf8.h"
#include "world/env.h"

enum { TTY_PUT = 0, TTY_MOVE = 1, TTY_INSERT = 2, TTY_DELETE = 3, TTY_BEEP = 4, TTY_PUT_SYNC = 5 };

enum {
    TTY_CONTROL = 0x018b0900,
    TTY_CONTROL_WINDOW = TTY_CONTROL + 100,
    TTY_CONTROL_GET_UNICODE = TTY_CONTROL + 101,
    TTY_CONTROL_SET_UNICODE = TTY_CONTROL + 102,
};

enum { TTY_TAB = 8 };

typedef struct Cell {
    uint32_t character;
    uint8_t width; // columns
} Cell;

typedef struct TtyPort {
    bool is_unicode;
    size_t columns; // of the terminal, looked up at each command
    Cell *cells;
    size_t count, capacity, cursor;
    ByteQueue output; // of one command
} TtyPort;

static uint8_t width_of(uint32_t c) {
    if (c < 0x20 || c == 0x7f) return 2; // shown as ^X
    int columns = char_width(c);
    return columns == CHAR_WIDTH_CONTROL ? 1 : (uint8_t)columns;
}

static size_t column_of(const TtyPort *t, size_t cell) {
    ASSERT(cell <= t->count);
    size_t column = 0;
    for (size_t i = 0; i < cell; i++) column += t->cells[i].width;
    return column;
}

static void emit(TtyPort *t, const char *text) { byte_queue_add(&t->output, text, strlen(text)); }

static void emit_move(TtyPort *t, size_t count, char direction) {
    if (count == 0) return;
    char text[32];
    snprintf(text, sizeof text, "\033[%zu%c", count, direction);
    emit(t, text);
}

/** Moves the terminal's cursor between two columns of the line. */
static void emit_travel(TtyPort *t, size_t from, size_t to) {
    ASSERT(t->columns > 0);
    size_t from_row = from / t->columns, to_row = to / t->columns;
    size_t from_place = from % t->columns, to_place = to % t->columns;
    if (to_row < from_row)
        emit_move(t, from_row - to_row, 'A');
    else
        emit_move(t, to_row - from_row, 'B');
    if (to_place < from_place)
        emit_move(t, from_place - to_place, 'D');
    else
        emit_move(t, to_place - from_place, 'C');
}

static void emit_character(TtyPort *t, uint32_t c) {
    uint8_t bytes[8];
    size_t count = 0;
    if (c < 0x20 || c == 0x7f) {
        bytes[count++] = '^';
        bytes[count++] = (uint8_t)(c ^ 0x40);
    } else if (t->is_unicode || c < 0x80) {
        count = utf8_encode(c, bytes);
    } else {
        bytes[count++] = c <= 0xff ? (uint8_t)c : '?';
    }
    ASSERT(count <= sizeof bytes);
    byte_queue_add(&t->output, bytes, count);
}

/** Shows cells from `first` to the end, with the terminal's cursor before the first, and leaves it
 * behind the last. */
static void emit_cells(TtyPort *t, size_t first) {
    for (size_t i = first; i < t->count; i++) emit_character(t, t->cells[i].character);
    // At the right edge terminals wait with wrapping until something more comes: make them wrap.
    size_t end = column_of(t, t->count);
    if (first < t->count && end > 0 && end % t->columns == 0) emit(t, " \b");
}

static void insert_cell(TtyPort *t, uint32_t c) {
    if (t->count == t->capacity) {
        t->capacity = t->capacity * 2 + 128;
        t->cells = mem_realloc(t->cells, t->capacity * sizeof *t->cells);
    }
    memmove(t->cells + t->cursor + 1, t->cells + t->cursor,
            (t->count - t->cursor) * sizeof *t->cells);
    t->cells[t->cursor++] = (Cell){c, width_of(c)};
    t->count++;
    ASSERT(t->cursor <= t->count); // TTY-1
}

static void remove_cells(TtyPort *t, size_t count) {
    ASSERT(t->cursor + count <= t->count);
    size_t rest = t->count - t->cursor - count;
    memmove(t->cells + t->cursor, t->cells + t->cursor + count, rest * sizeof *t->cells);
    t->count -= count;
}

static void tty_move(TtyPort *t, int64_t by) {
    int64_t to = (int64_t)t->cursor + by;
    size_t cursor = (size_t)MAX(0, MIN(to, (int64_t)t->count));
    emit_travel(t, column_of(t, t->cursor), column_of(t, cursor));
    t->cursor = cursor;
}

static void tty_delete(TtyPort *t, int64_t count) {
    if (count < 0) {
        count = MIN(-count, (int64_t)t->cursor);
        tty_move(t, -count);
    }
    size_t end = column_of(t, t->count);
    remove_cells(t, MIN((size_t)count, t->count - t->cursor));
    emit_cells(t, t->cursor);
    size_t new_end = column_of(t, t->count);
    for (size_t i = new_end; i < end; i++) emit(t, " ");
    if (end > new_end && end % t->columns == 0) emit(t, " \b");
    emit_travel(t, end, column_of(t, t->cursor));
}

/** The next character of the text: UTF-8, or a byte where it is none. */
static size_t next_character(const uint8_t *bytes, size_t count, uint32_t *c) {
    ASSERT(count > 0);
    size_t used = 1;
    int32_t decoded = utf8_decode(bytes, count, &used);
    if (decoded < 0) used = 1;
    *c = decoded < 0 ? bytes[0] : (uint32_t)decoded;
    return used;
}

static void tty_insert(TtyPort *t, const uint8_t *bytes, size_t count) {
    size_t first = t->cursor;
    for (size_t i = 0; i < count;) {
        uint32_t c;
        i += next_character(bytes + i, count - i, &c);
        if (c == '\t') c = ' ';
        insert_cell(t, c);
    }
    emit_cells(t, first);
    emit_travel(t, column_of(t, t->count), column_of(t, t->cursor));
}

/** Length of an escape sequence (colours and the like), which takes no room on the line. */
static size_t escape_length(const uint8_t *bytes, size_t count) {
    size_t length = 1;
    if (count > 1 && bytes[1] == '[') {
        for (length = 2; length < count && bytes[length] < 0x40; length++) {}
    }
    return MIN(length + 1, count);
}

static void new_line(TtyPort *t, uint32_t c) {
    emit_travel(t, column_of(t, t->cursor), column_of(t, t->count));
    emit(t, c == '\n' ? "\r\n" : "\r");
    t->count = t->cursor = 0; // TTY-2
}

/** Characters in place of those at the cursor. */
static void tty_put(TtyPort *t, const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count;) {
        uint32_t c;
        if (bytes[i] == 27) {
            size_t length = escape_length(bytes + i, count - i);
            byte_queue_add(&t->output, bytes + i, length);
            i += length;
            continue;
        }
        i += next_character(bytes + i, count - i, &c);
        if (c == '\n' || c == '\r') {
            new_line(t, c);
            continue;
        }
        size_t copies = c == '\t' ? TTY_TAB - column_of(t, t->cursor) % TTY_TAB : 1;
        for (; copies > 0; copies--) {
            if (t->cursor < t->count) remove_cells(t, 1);
            insert_cell(t, c == '\t' ? ' ' : c);
            emit_character(t, t->cells[t->cursor - 1].character);
        }
    }
    size_t column = column_of(t, t->cursor);
    bool is_at_edge = column > 0 && column % t->columns == 0;
    if (t->cursor == t->count && is_at_edge) emit(t, " \b"); // see emit_cells
}

// ---- the driver ----

static size_t terminal_columns(Port *port) {
    StreamWindow window;
    if (stream_window(port->vm->world, TTY_OUT, &window) != 0 || window.columns <= 0)
        return TTY_COLUMNS_DEFAULT;
    return (size_t)window.columns;
}

/** Writes what a command made. A terminal that is stopped (^S) makes us wait, as it does every
 * program. */
static int write_output(Port *port, TtyPort *t) {
    while (byte_queue_count(&t->output) > 0) {
        struct iovec part = {.iov_base = (void *)byte_queue_first(&t->output),
                             .iov_len = byte_queue_count(&t->output)};
        size_t written = 0;
        int error = stream_write(port->vm->world, TTY_OUT, &part, 1, &written);
        if (error == EAGAIN)
            thread_yield();
        else if (error != 0)
            return error;
        byte_queue_skip(&t->output, written);
    }
    return 0;
}

static int64_t read_number(const uint8_t *bytes, size_t count) {
    return count < 2 ? 0 : (int16_t)((uint16_t)bytes[0] << 8 | bytes[1]);
}

static void tty_output(Port *port, const uint8_t *bytes, size_t count) {
    TtyPort *t = port->driver_data;
    if (count == 0) return;
    uint8_t command = *bytes++;
    count--;
    port->bytes_out += count;
    t->columns = terminal_columns(port);
    switch (command) {
    case TTY_PUT:
    case TTY_PUT_SYNC: tty_put(t, bytes, count); break;
    case TTY_MOVE: tty_move(t, read_number(bytes, count)); break;
    case TTY_INSERT: tty_insert(t, bytes, count); break;
    case TTY_DELETE: tty_delete(t, read_number(bytes, count)); break;
    case TTY_BEEP: emit(t, "\a"); break;
    default: port_fail(port, EINVAL); return;
    }
    int error = write_output(port, t);
    if (error != 0)
        port_fail(port, error);
    else if (command == TTY_PUT_SYNC)
        port_deliver(port, am_ok);
}

static void tty_ready(Port *port, unsigned kind, unsigned readiness) {
    ASSERT(kind == PORT_READY_IN && readiness != 0);
    uint8_t *buffer = port->vm->ports->read_buffer;
    size_t count = 0;
    int error = stream_read(port->vm->world, TTY_IN, buffer, PORT_READ_BYTES, &count);
    if (error == 0 && count == 0) {
        port_end_of_input(port);
        return;
    }
    if (error == 0) port_deliver_data(port, NULL, 0, buffer, count);
    if (error == EAGAIN) error = 0;
    if (error == 0) error = port_arm(port, TTY_IN, POLLER_READ, PORT_READY_IN);
    if (error != 0) port_fail(port, error);
}

static bool tty_control(Port *port, uint64_t operation, const uint8_t *bytes, size_t count,
                        uint8_t **answer, size_t *answer_count) {
    TtyPort *t = port->driver_data;
    StreamWindow window;
    if (operation == TTY_CONTROL_WINDOW) {
        if (stream_window(port->vm->world, TTY_OUT, &window) != 0) return false;
        uint32_t sizes[2] = {(uint32_t)window.columns, (uint32_t)window.rows};
        *answer = mem_alloc(sizeof sizes);
        *answer_count = sizeof sizes;
        memcpy(*answer, sizes, sizeof sizes);
        return true;
    }
    if (operation != TTY_CONTROL_GET_UNICODE &&
        (operation != TTY_CONTROL_SET_UNICODE || count == 0))
        return false;
    *answer = mem_alloc(1);
    *answer_count = 1;
    **answer = t->is_unicode;
    if (operation == TTY_CONTROL_SET_UNICODE) t->is_unicode = bytes[0] != 0;
    return true;
}

/** Can the terminal move its cursor? */
static bool is_capable(World *world) {
    char *name = env_get_text(world, "TERM");
    bool is_it = name != NULL && name[0] != '\0' && strcmp(name, "dumb") != 0;
    mem_free(name);
    return is_it;
}

static int tty_start(Port *port, const PortOptions *options) {
    ASSERT(options != NULL && port->driver_data == NULL);
    World *world = port->vm->world;
    if (!stream_is_terminal(world, TTY_IN) || !stream_is_terminal(world, TTY_OUT) ||
        !is_capable(world))
        return EINVAL;
    TtyPort *t = mem_zalloc(sizeof *t);
    int error = tty_begin_keys(port->vm, STREAM_KEYS_SIGNALS);
    if (error == 0) {
        error = port_arm(port, TTY_IN, POLLER_READ, PORT_READY_IN);
        if (error != 0) tty_end_keys(port->vm);
    }
    if (error != 0) {
        mem_free(t);
        return error;
    }
    t->is_unicode = file_name_encoding(port->vm) == FILE_NAME_UTF8;
    t->columns = TTY_COLUMNS_DEFAULT;
    port->driver_data = t;
    return 0;
}

static void tty_stop(Port *port) {
    TtyPort *t = port->driver_data;
    ASSERT(t != NULL);
    port_disarm(port, TTY_IN);
    tty_end_keys(port->vm);
    byte_queue_free(&t->output);
    mem_free(t->cells);
    mem_free(t);
    port->driver_data = NULL;
}

const PortDriver port_tty_driver = {
    .name = "tty_sl",
    .start = tty_start,
    .output = tty_output,
    .ready = tty_ready,
    .control = tty_control,
    .stop = tty_stop,
};
