// SPDX-License-Identifier: Apache-2.0
//
// bif_trace.c - tracing as far as it goes: nothing is ever traced, so what asks for the
// state gets the answers of a system in which nothing is, turning off succeeds, and turning on is
// notsup.
#include "bif/bif.h"
#include "proc/process_table.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/time.h"
#include "vm/vm.h"

// ---- sequential tracing: no process has a token
// ----------------------------------------------------
/** seq_trace:set_token and get_token: only the empty token can be set. */
BIF(erlang, seq_trace, 2)
{
    if (!term_is_atom(a[0])) return bif_badarg(p);
    if (a[0] == am_token && term_is_nil(a[1])) return TERM_NIL;
    bool is_flag = a[0] == am_send || a[0] == am_receive || a[0] == am_print ||
                   a[0] == am_timestamp || a[0] == am_monotonic_timestamp ||
                   a[0] == am_strict_monotonic_timestamp;
    if (is_flag && a[1] == am_false) return am_false;
    if (is_flag || a[0] == am_label || a[0] == am_serial || a[0] == am_token) return bif_notsup(p);
    return bif_badarg(p);
}

BIF(erlang, seq_trace_info, 1)
{
    if (!term_is_atom(a[0])) return bif_badarg(p);
    bool is_flag = a[0] == am_send || a[0] == am_receive || a[0] == am_print ||
                   a[0] == am_timestamp || a[0] == am_monotonic_timestamp ||
                   a[0] == am_strict_monotonic_timestamp;
    if (!is_flag && a[0] != am_label && a[0] != am_serial) return bif_badarg(p);
    return heap_tuple2(&p->heap, a[0], is_flag ? am_false : TERM_NIL);
}

/** Prints nothing when the caller has no token: false. */
BIF(erlang, seq_trace_print, 1)
{ return am_false; }

BIF(erlang, seq_trace_print, 2)
{ return term_is_small(a[0]) || term_is_atom(a[0]) ? am_false : bif_badarg(p); }

// ---- tracing
// -----------------------------------------------------------------------------------------
static Term count_traced(Process *p, Term who) {
    if (term_is_pid(who) || term_is_port(who)) return term_from_small(1);
    bool many =
        who == am_all || who == am_processes || who == am_existing || who == am_existing_processes;
    if (many) return heap_unsigned(&p->heap, process_table_count(p->vm->processes));
    return term_is_atom(who) ? term_from_small(0) : bif_badarg(p);
}

/** erts_internal:trace(PidOrPort, How, Flags): turning off tells of how many processes; turning on
 * is notsup. */
BIF(erts_internal, trace, 3)
{
    if (a[1] != am_true && a[1] != am_false) return bif_badarg(p);
    if (bif_list_length(a[2]) < 0) return bif_badarg(p);
    return a[1] == am_true && !term_is_nil(a[2]) ? bif_notsup(p) : count_traced(p, a[0]);
}

/** erts_internal:trace_pattern(MFA, MatchSpec, Flags): no function is traced, so false clears none.
 */
BIF(erts_internal, trace_pattern, 3)
{ return a[1] == am_false ? term_from_small(0) : bif_notsup(p); }

/** erlang:trace_info(PidPortFuncEvent, Item). */
BIF(erlang, trace_info, 2)
{
    if (!term_is_atom(a[1])) return bif_badarg(p);
    if (a[1] == am_flags || a[1] == am_tracer) return heap_tuple2(&p->heap, a[1], TERM_NIL);
    bool known = a[1] == am_traced || a[1] == am_match_spec || a[1] == am_meta ||
                 a[1] == am_meta_match_spec || a[1] == am_call_count || a[1] == am_call_time ||
                 a[1] == am_all;
    return known ? heap_tuple2(&p->heap, a[1], am_false) : bif_badarg(p);
}

/** erlang:trace_delivered(Pid | all): {trace_delivered, Pid, Ref} comes at once, as no trace
 * message is on its way. */
BIF(erlang, trace_delivered, 1)
{
    if (!term_is_local_pid(a[0]) && a[0] != am_all) return bif_badarg(p);
    Term ref = reference_make(p->vm, &p->heap, TERM_NONE);
    signal_send_message(p->vm, p, p->pid, heap_tuple3(&p->heap, am_trace_delivered, a[0], ref));
    return ref;
}

// ---- dynamic trace tags: as a VM built without dynamic tracing answers
// -------------------------------
BIF(erlang, dt_put_tag, 1)
{ return am_undefined; }

BIF(erlang, dt_get_tag, 0)
{ return am_undefined; }

BIF(erlang, dt_get_tag_data, 0)
{ return am_undefined; }

BIF(erlang, dt_prepend_vm_tag_data, 1)
{ return a[0]; }

BIF(erlang, dt_append_vm_tag_data, 1)
{ return a[0]; }

BIF(erlang, dt_spread_tag, 1)
{ return a[0] == am_true || a[0] == am_false ? am_true : bif_badarg(p); }

BIF(erlang, dt_restore_tag, 1)
{ return am_true; }
