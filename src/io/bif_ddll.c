// SPDX-License-Identifier: Apache-2.0
//
// bif_ddll.c - what the module erl_ddll asks for: loading drivers, which this VM does not do.
//
// A linked-in driver runs in the emulator through an interface that shows BEAM's own inside; there
// is none of it here. So every load fails with one clear sentence, and the drivers that are there
// are the VM's own, which OTP calls linked_in.
//
// Threads: the calling process's.
#include "base/alloc.h"
#include "bif/bif.h"
#include "io/port.h"
#include "proc/signal.h"
#include "proc/time.h"
#include "vm/vm.h"

#define NO_DRIVERS_TEXT                                                                            \
    "linked-in drivers cannot be loaded into this VM: use a port program or a native function"
#define OPEN_ERROR_UNSUPPORTED (-1) // erl_ddll's {open_error, N}: opaque, for format_error only

static bool is_own_driver(VM *vm, Term name) {
    size_t count;
    char *text = bif_text_utf8(vm, name, &count);
    if (text == NULL) return false;
    bool found = false;
    for (size_t i = 0; port_driver_at(i) != NULL; i++)
        found |= strcmp(port_driver_at(i)->name, text) == 0;
    mem_free(text);
    return found;
}

/** An atom or a text. */
static bool is_driver_name(VM *vm, Term name) {
    size_t count = 0;
    char *text = term_is_atom(name) || term_is_list(name) ? bif_text_utf8(vm, name, &count) : NULL;
    mem_free(text);
    return text != NULL;
}

static bool is_when(Term t) { return t == am_pending || t == am_pending_driver; }

/** driver_options, monitor and (to load) reload: what they ask for does not matter here, but wrong
 * ones are errors. */
static bool are_options(Term list, bool to_load) {
    for (; term_is_cell(list); list = term_tail(list)) {
        Term option = term_head(list);
        if (!to_load && option == am_kill_ports) continue;
        if (!term_is_tuple_of(option, 2)) return false;
        Term name = tuple_get(option, 0), value = tuple_get(option, 1);
        bool valid = name == am_driver_options      ? to_load && bif_list_length(value) >= 0
                     : name == am_monitor           ? is_when(value)
                     : name == am_reload && to_load ? is_when(value)
                                                    : false;
        if (!valid) return false;
    }
    return term_is_nil(list);
}

/** Loading again what is not loaded fails as that. */
static bool is_reload(Term options) {
    for (; term_is_cell(options); options = term_tail(options)) {
        Term option = term_head(options);
        if (term_is_tuple_of(option, 2) && tuple_get(option, 0) == am_reload) return true;
    }
    return false;
}

static Term error_tuple(Process *p, Term reason) { return heap_tuple2(&p->heap, am_error, reason); }

/** erl_ddll:try_load(Path, Name, Options) -> {error, Reason}; badarg. */
BIF(erl_ddll, try_load, 3)
{
    size_t count;
    char *path = term_is_list(a[0]) ? bif_text_utf8(p->vm, a[0], &count) : NULL;
    mem_free(path);
    if (path == NULL || !is_driver_name(p->vm, a[1]) || !are_options(a[2], true))
        return bif_badarg(p);
    if (is_own_driver(p->vm, a[1])) return error_tuple(p, am_linked_in_driver);
    if (is_reload(a[2])) return error_tuple(p, am_not_loaded);
    Term number = term_from_small(OPEN_ERROR_UNSUPPORTED);
    return error_tuple(p, heap_tuple2(&p->heap, am_open_error, number));
}

/** erl_ddll:try_unload(Name, Options) -> {error, linked_in_driver | not_loaded}; badarg. */
BIF(erl_ddll, try_unload, 2)
{
    if (!is_driver_name(p->vm, a[0]) || !are_options(a[1], false)) return bif_badarg(p);
    return error_tuple(p, is_own_driver(p->vm, a[0]) ? am_linked_in_driver : am_not_loaded);
}

/** erl_ddll:format_error_int({open_error, N}) -> string; badarg. */
BIF(erl_ddll, format_error_int, 1)
{
    if (!term_is_tuple_of(a[0], 2) || tuple_get(a[0], 0) != am_open_error ||
        !term_is_small(tuple_get(a[0], 1)))
        return bif_badarg(p);
    return heap_list_from_bytes(&p->heap, (const uint8_t *)NO_DRIVERS_TEXT,
                                sizeof NO_DRIVERS_TEXT - 1, TERM_NIL);
}

/** erl_ddll:loaded_drivers() -> {ok, [Name]}: the VM's own. */
BIF(erl_ddll, loaded_drivers, 0)
{
    Term list = TERM_NIL;
    for (size_t i = 0; port_driver_at(i) != NULL; i++) {
        const char *name = port_driver_at(i)->name;
        Term text = heap_list_from_bytes(&p->heap, (const uint8_t *)name, strlen(name), TERM_NIL);
        list = heap_cons(&p->heap, text, list);
    }
    return heap_tuple2(&p->heap, am_ok, list);
}

/** erl_ddll:info(Name, Item) -> of a driver of the VM's own what OTP tells of a linked-in one;
 * badarg for others. */
BIF(erl_ddll, info, 2)
{
    if (!is_own_driver(p->vm, a[0])) return bif_badarg(p);
    switch (a[1]) {
    case am_linked_in_driver: return am_true;
    case am_permanent: return am_false;
    case am_processes:
    case am_driver_options:
    case am_port_count:
    case am_awaiting_load:
    case am_awaiting_unload: return am_linked_in_driver;
    default: return bif_badarg(p);
    }
}

/** erl_ddll:monitor(driver, {Name, loaded | unloaded | unloaded_only}) -> reference: the message
 * comes at once, since nothing is ever going to change. badarg. */
BIF(erl_ddll, monitor, 2)
{
    if (a[0] != am_driver || !term_is_tuple_of(a[1], 2)) return bif_badarg(p);
    Term name = tuple_get(a[1], 0), when = tuple_get(a[1], 1);
    bool valid = when == am_loaded || when == am_unloaded || when == am_unloaded_only;
    if (!valid || !is_driver_name(p->vm, name)) return bif_badarg(p);
    Heap *h = &p->heap;
    Term ref = reference_make(p->vm, h, TERM_NONE);
    bool own = is_own_driver(p->vm, name);
    if (own && when == am_unloaded_only) return ref;
    Term message[] = {own ? am_UP : am_DOWN, ref, am_driver, name,
                      own ? am_permanent : am_unloaded};
    signal_send_self(p, heap_tuple(h, ARRAY_COUNT(message), message));
    return ref;
}

/** erl_ddll:demonitor(Ref) -> true: its message was sent when it was made. badarg. */
BIF(erl_ddll, demonitor, 1)
{ return term_is_reference(a[0]) ? am_true : bif_badarg(p); }
