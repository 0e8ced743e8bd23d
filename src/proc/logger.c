// SPDX-License-Identifier: Apache-2.0
//
// logger.c - messages of the VM to OTP's logger; see logger.h.
#include "proc/logger.h"

#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/time.h"
#include "term/map.h"
#include "term/print.h"
#include "vm/vm.h"
#include "world/console.h"

static Term metadata(VM *vm, Process *about, Term level, Heap *h) {
    Term tag_pairs[] = {am_emulator, am_true, am_tag, level};
    Term pairs[8] = {am_error_logger, map_from_pairs(h, vm->atoms, tag_pairs, 2), am_time,
                     heap_integer(h, time_system_ns(vm) / 1000)};
    size_t count = 2;
    if (about != NULL) {
        pairs[2 * count] = am_pid;
        pairs[2 * count + 1] = about->pid;
        count++;
        if (about->group_leader != TERM_NONE) {
            pairs[2 * count] = am_gl;
            pairs[2 * count + 1] = heap_copy(h, about->group_leader);
            count++;
        }
    }
    return map_from_pairs(h, vm->atoms, pairs, count);
}

/** Early in the boot there is no logger: the text goes to standard error, with ~p and ~n filled in.
 */
static void print(VM *vm, const char *format, Term args) {
    TextBuffer out = {0};
    for (const char *c = format; *c != '\0'; c++) {
        if (c[0] == '~' && c[1] == 'n') {
            text_add(&out, "\n", 1);
            c++;
        } else if (c[0] == '~' && c[1] != '\0' && term_is_cell(args)) {
            print_term(&out, vm->atoms, term_head(args), 0);
            args = term_tail(args);
            c++;
        } else {
            text_add(&out, c, 1);
        }
    }
    console_write(vm->world, CONSOLE_ERROR, out.bytes, out.count);
    mem_free(out.bytes);
}

void logger_send(VM *vm, Process *about, Term level, const char *format, Term args) {
    ASSERT(term_is_atom(level) && term_is_list(args));
    ASSERT(format != NULL);
    Heap h;
    heap_init_detached(&h, &vm->literals);
    Term text = heap_list_from_bytes(&h, (const uint8_t *)format, strlen(format), TERM_NIL);
    Term elements[5] = {am_log, level, text, heap_copy(&h, args), metadata(vm, about, level, &h)};
    Term message = heap_tuple(&h, 5, elements);
    Term logger = atomic_load_explicit(&vm->system_logger, memory_order_relaxed);
    if (term_is_local_pid(logger) && process_find(vm, logger) == NULL) { // it has gone
        atomic_compare_exchange_strong_explicit(&vm->system_logger, &logger, am_logger,
                                                memory_order_relaxed, memory_order_relaxed);
        logger = am_logger;
    }
    if (logger == am_logger || logger == TERM_NONE) logger = registry_find(vm, am_logger);
    if (logger == am_undefined) {
        heap_destroy(&h);
        return;
    }
    if (logger != TERM_NONE)
        signal_send_built(vm, about, logger, message, heap_take_fragments(&h));
    else
        print(vm, format, args);
    heap_destroy(&h);
}
