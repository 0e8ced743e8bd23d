// SPDX-License-Identifier: Apache-2.0
//
// bif_halt.c - erlang:halt/2, and what a VM does last.
//
// The first halt decides: exit code, slogan and flushing are set by it, and a later one waits for
// the end like everybody.
//
// Threads: halt from any process's thread; io_finish from the one that ends the VM.
#include <limits.h>

#include "bif/bif.h"
#include "io/crash_report.h"
#include "io/io.h"
#include "proc/scheduler.h"
#include "world/console.h"

enum { SLOGAN_CHARACTERS_MAX = 1023 };

/** The slogan's first characters as UTF-8, or NULL when it is no string. */
static char *slogan_text(VM *vm, Term list) {
    ASSERT(term_is_list(list));
    if (bif_list_length(list) < 0) return NULL;
    size_t count;
    char *text = bif_text_utf8(vm, list, &count);
    if (text == NULL) return NULL;
    size_t characters = 0;
    for (size_t i = 0; i < count; i++) {
        characters += ((uint8_t)text[i] & 0xc0) != 0x80;
        if (characters > SLOGAN_CHARACTERS_MAX) {
            text[i] = '\0';
            break;
        }
    }
    return text;
}

/** Takes the slogan over. The caller runs no further, whoever was first. */
static Term halt_with(Process *p, int code, char *slogan, bool is_flushing) {
    ASSERT(code >= 0);
    VM *vm = p->vm;
    bool expected = false;
    if (atomic_compare_exchange_strong(&vm->halt_decided, &expected, true)) {
        vm->halt_slogan = slogan;
        vm->halt_without_flush = !is_flushing;
        scheduler_halt(vm, code);
    } else {
        mem_free(slogan);
    }
    Term again[] = {term_from_small(code), TERM_NIL};
    return bif_yield(p, am_erlang, am_halt, 2, again);
}

static bool read_options(Term options, bool *is_flushing) {
    for (; term_is_cell(options); options = term_tail(options)) {
        Term option = term_head(options);
        if (!term_is_tuple_of(option, 2) || tuple_get(option, 0) != am_flush) return false;
        Term value = tuple_get(option, 1);
        if (value != am_true && value != am_false) return false;
        *is_flushing = value == am_true;
    }
    return term_is_nil(options);
}

/** halt(Code | abort | Slogan, [{flush, boolean()}]): does not return. */
BIF(erlang, halt, 2)
{
    bool is_flushing = true;
    if (!read_options(a[1], &is_flushing)) return bif_badarg_cause(p, am_badopt);
    uint64_t code;
    if (bif_get_uint64(a[0], &code)) return halt_with(p, (int)(code & INT_MAX), NULL, is_flushing);
    if (a[0] == am_abort) {
        console_exit(p->vm->world, 0, true);
        return halt_with(p, 128 + 6, NULL,
                         false); // a host that goes on ends this VM as a signal would
    }
    char *slogan = term_is_list(a[0]) ? slogan_text(p->vm, a[0]) : NULL;
    return slogan != NULL ? halt_with(p, 1, slogan, false) : bif_badarg(p);
}

void io_finish(VM *vm) {
    ASSERT(vm->ports != NULL);
    if (vm->halt_slogan != NULL) {
        crash_report_write(vm, vm->halt_slogan);
        mem_free(vm->halt_slogan);
        vm->halt_slogan = NULL;
    }
    if (!vm->halt_without_flush) io_flush(vm);
}
