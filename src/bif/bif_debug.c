// SPDX-License-Identifier: Apache-2.0
//
// bif_debug.c - erts_debug, as far as it makes sense here: what looks at BEAM's own inside is
// notsup.
#include "bif/bif.h"
#include "proc/beside.h"
#include "proc/quiesce.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "term/map.h"
#include "term/ref.h"
#include "vm/vm.h"
#include "world/thread.h"

/** erts_debug:map_info(Map): a list that says whether it is flat, and how many keys it has. */
BIF(erts_debug, map_info, 1)
{
    if (!term_is_map(a[0])) return bif_badarg(p);
    Heap *h = &p->heap;
    bool flat = term_box_kind(a[0]) == BOX_MAP_FLAT;
    Term list =
        heap_cons(h, heap_tuple2(h, am_size, term_from_small((int64_t)map_count(a[0]))), TERM_NIL);
    return heap_cons(h, heap_tuple2(h, am_type, flat ? am_flatmap : am_hashmap), list);
}

/** The instruction set is not BEAM's: no names are told. */
BIF(erts_debug, instructions, 0)
{ return TERM_NIL; }

BIF(erts_debug, interpreter_size, 0)
{ return term_from_small(0); }

BIF(erts_debug, breakpoint, 2)
{ return bif_notsup(p); }

/** There is no listing to give: what BEAM with machine code answers, too. */
BIF(erts_debug, disassemble, 1)
{ return am_false; }

BIF(erts_debug, dist_ext_to_term, 2)
{ return bif_notsup(p); }

// ---- dirty: for OTP's own test suites
// -------------------------------------------------------------------------------------

#define WAIT_POLL_MS 10
#define WAIT_AFTER_END_MS 1000

static void dirty_wait(Process *p, int64_t duration_ms) {
    quiesce_offline(p->vm->quiesce, p->scheduler->quiesce);
    thread_sleep_ns(duration_ms * 1000000);
    quiesce_online(p->vm->quiesce, p->scheduler->quiesce);
}

static void dirty_tell(Process *p, Term to, Term tag) {
    Heap message;
    heap_init_detached(&message, &p->vm->literals);
    Term term = heap_tuple2(&message, tag, p->pid);
    signal_send_built(p->vm, p, to, term, heap_take_fragments(&message));
    heap_destroy(&message);
}

/** From thread to thread: two less each time, and another kind of thread at every fourth. */
static Term dirty_reschedule(Process *p, Term kind, int64_t n) {
    ASSERT(n >= 0);
    if (n % 2 != 0) return bif_badarg(p);
    if (n == 0) return am_ok;
    Term next = n % 4 != 0            ? kind
                : kind == am_normal   ? am_dirty_cpu
                : kind == am_dirty_io ? am_normal
                                      : am_dirty_io;
    Term rest = term_from_small(n - 2);
    if (next == am_normal)
        return bif_trap(p, am_erts_debug, am_dirty, 3, (Term[]){next, am_reschedule, rest});
    return bif_trap(p, am_erts_debug, next, 2, (Term[]){am_reschedule, rest});
}

/** What the suites ask of code on a certain kind of thread: to name the kind, to raise, to copy, to
 * send, to sleep, to move to other threads. */
static Term dirty_test(Process *p, Term kind, Term what, Term argument) {
    ASSERT((kind != am_normal) == scheduler_is_dirty(p) || what == am_error);
    if (what == am_scheduler) return argument == am_type ? kind : bif_badarg(p);
    if (what == am_error) return term_is_atom(argument) ? bif_error(p, argument) : bif_badarg(p);
    if (what == am_send && term_is_local_pid(argument)) {
        dirty_tell(p, argument, am_ok);
        return am_ok;
    }
    if (what == am_copy) {
        Term list = TERM_NIL;
        for (int i = 0; i < 1000; i++)
            list = heap_cons(&p->heap, heap_copy(&p->heap, argument), list);
        return list;
    }
    bool is_count = term_is_small(argument) && term_small(argument) >= 0;
    if (what == am_reschedule)
        return is_count ? dirty_reschedule(p, kind, term_small(argument)) : bif_badarg(p);
    if (kind == am_normal) return bif_notsup(p); // SCHED-4: the rest blocks
    if (what == am_wait && is_count) {
        dirty_wait(p, term_small(argument));
        return am_ok;
    }
    if (what == am_alive_waitexiting && term_is_local_pid(argument)) {
        dirty_tell(p, argument, am_alive);
        while (!beside_has_ended(p) && !atomic_load_explicit(&p->vm->halting, memory_order_relaxed))
            dirty_wait(p, WAIT_POLL_MS);
        dirty_wait(p, WAIT_AFTER_END_MS);
        return am_ok;
    }
    if (what == am_ready_wait6_done && term_is_local_pid(argument)) {
        dirty_tell(p, argument, am_ready);
        dirty_wait(p, 6000);
        dirty_tell(p, argument, am_done);
        return am_ok;
    }
    return bif_notsup(p);
}

/** erts_debug:dirty(normal | dirty_cpu | dirty_io, What, Argument): What on that kind of thread. */
BIF(erts_debug, dirty, 3)
{
    if (a[0] == am_normal || a[1] == am_error) return dirty_test(p, am_normal, a[1], a[2]);
    if (a[0] != am_dirty_cpu && a[0] != am_dirty_io) return bif_badarg(p);
    return bif_trap(p, am_erts_debug, a[0], 2, (Term[]){a[1], a[2]});
}

BIF_DIRTY_CPU(erts_debug, dirty_cpu, 2)
{ return dirty_test(p, am_dirty_cpu, a[0], a[1]); }

BIF_DIRTY_IO(erts_debug, dirty_io, 2)
{ return dirty_test(p, am_dirty_io, a[0], a[1]); }

// Lock counting: a VM built without it answers badarg.
BIF(erts_debug, lcnt_control, 1)
{ return bif_badarg(p); }

BIF(erts_debug, lcnt_control, 2)
{ return bif_badarg(p); }

BIF(erts_debug, lcnt_collect, 0)
{ return bif_badarg(p); }

BIF(erts_debug, lcnt_clear, 0)
{ return bif_badarg(p); }

// ---- allocators
// -------------------------------------------------------------------------------------
// OTP's allocators are not there, so none of them has anything to report: no message will come.

static Term gather_nothing(Process *p, Term request) {
    if (!term_is_tuple_of(request, 5)) return bif_badarg(p);
    bool is_valid = term_is_atom(tuple_get(request, 0)) && term_is_small(tuple_get(request, 1)) &&
                    term_is_small(tuple_get(request, 2)) && term_is_small(tuple_get(request, 3)) &&
                    term_is_local_ref(tuple_get(request, 4));
    return is_valid ? term_from_small(0) : bif_badarg(p);
}

/** erts_internal:gather_alloc_histograms({Type, SchedulerId, Width, Start, Ref}): how many messages
 * come. */
BIF(erts_internal, gather_alloc_histograms, 1)
{ return gather_nothing(p, a[0]); }

/** erts_internal:gather_carrier_info({Type, SchedulerId, Width, Start, Ref}): how many messages
 * come. */
BIF(erts_internal, gather_carrier_info, 1)
{ return gather_nothing(p, a[0]); }
