// SPDX-License-Identifier: Apache-2.0
//
// log.c - see log.h.
#include "vm/log.h"

#include "proc/signal.h"
#include "proc/spawn.h"
#include "term/map.h"
#include "world/clock.h"
#include "world/console.h"

/** What OTP's error_logger calls the level. */
static Term old_tag(Term level) {
    ASSERT(term_is_atom(level));
    return level == am_info ? am_info_msg : level == am_warning ? am_warning_msg : level;
}

static Term metadata(VM *vm, Heap *h, Term level, Term pid, Term gl) {
    Term tag_pairs[] = {am_emulator, am_true, am_tag, old_tag(level)};
    Term pairs[8];
    size_t n = 0;
    pairs[n++] = am_error_logger;
    pairs[n++] = map_from_pairs(h, vm->atoms, tag_pairs, 2);
    if (gl != TERM_NONE && !term_is_nil(gl)) {
        pairs[n++] = am_gl;
        pairs[n++] = heap_copy(h, gl);
    }
    if (pid != TERM_NONE) {
        pairs[n++] = am_pid;
        pairs[n++] = pid;
    }
    pairs[n++] = am_time;
    pairs[n++] = heap_integer(h, clock_wall_ns(vm->world) / 1000);
    ASSERT(n <= ARRAY_COUNT(pairs));
    return map_from_pairs(h, vm->atoms, pairs, n / 2);
}

static void send_log(VM *vm, Heap *h, Term level, Term pid, Term gl, const char *format, Term args) {
    Term to = registry_find(vm, am_logger);
    ASSERT(to != TERM_NONE);
    Term format_term = heap_list_from_bytes(h, (const uint8_t *)format, strlen(format), TERM_NIL);
    Term elements[] = {am_log, level, format_term, args, metadata(vm, h, level, pid, gl)};
    Term message = heap_tuple(h, ARRAY_COUNT(elements), elements);
    signal_send_built(vm, NULL, to, message, heap_take_fragments(h));
}

void log_format(VM *vm, Term level, Term pid, Term gl, const char *format, Term args) {
    if (registry_find(vm, am_logger) == TERM_NONE) {
        console_write(vm->world, CONSOLE_ERROR, format, strlen(format));
        console_write(vm->world, CONSOLE_ERROR, "\n", 1);
        return;
    }
    Heap h;
    heap_init_detached(&h, &vm->literals);
    send_log(vm, &h, level, pid, gl, format, heap_copy(&h, args));
    heap_destroy(&h);
}

void log_text(VM *vm, Term level, Term pid, Term gl, const char *text, size_t count) {
    if (registry_find(vm, am_logger) == TERM_NONE) {
        console_write(vm->world, CONSOLE_ERROR, text, count);
        if (count == 0 || text[count - 1] != '\n') console_write(vm->world, CONSOLE_ERROR, "\n", 1);
        return;
    }
    Heap h;
    heap_init_detached(&h, &vm->literals);
    Term list = heap_list_from_bytes(&h, (const uint8_t *)text, count, TERM_NIL);
    send_log(vm, &h, level, pid, gl, "~s~n", heap_cons(&h, list, TERM_NIL));
    heap_destroy(&h);
}
