// SPDX-License-Identifier: Apache-2.0
//
// bif_time.c - clocks, unique numbers, references and timers. Native time unit: nanoseconds. The
// calendar's built-ins stand in io/bif_calendar.c.
#include "bif/bif.h"
#include "proc/ref_timer.h"
#include "proc/registry.h"
#include "proc/signal.h"
#include "proc/time.h"
#include "term/number.h"
#include "term/ref.h"
#include "vm/vm.h"

#define NS_PER_S 1000000000

/** Parts per second that a time unit names; 0: none. */
static int64_t unit_parse(Term t) {
    switch (t) {
    case am_second:
    case am_seconds: return 1;
    case am_millisecond:
    case am_milli_seconds: return 1000;
    case am_microsecond:
    case am_micro_seconds: return 1000000;
    case am_nanosecond:
    case am_nano_seconds:
    case am_native:
    case am_perf_counter: return NS_PER_S;
    default: return term_is_small(t) && term_small(t) > 0 ? term_small(t) : 0;
    }
}

/** ns in parts per second, rounded down. */
static Term in_unit(Process *p, int64_t ns, int64_t parts) {
    ASSERT(parts > 0);
    if (parts == NS_PER_S) return heap_integer(&p->heap, ns);
    __int128 product = (__int128)ns * parts;
    __int128 value = product / NS_PER_S;
    if (product % NS_PER_S < 0) value--;
    if (value >= INT64_MIN && value <= INT64_MAX) return heap_integer(&p->heap, (int64_t)value);
    uint8_t bytes[16];
    _Static_assert(sizeof value == sizeof bytes, "the product is taken whole");
    memcpy(bytes, &value, sizeof bytes);
    return integer_from_bytes(&p->heap, bytes, sizeof bytes, false, true);
}

static Term time_in(Process *p, int64_t ns, Term unit) {
    int64_t parts = unit_parse(unit);
    return parts == 0 ? bif_badarg(p) : in_unit(p, ns, parts);
}

/** erlang:monotonic_time(). */
BIF(erlang, monotonic_time, 0)
{ return heap_integer(&p->heap, time_monotonic_ns(p->vm)); }

/** erlang:monotonic_time(Unit). */
BIF(erlang, monotonic_time, 1)
{ return time_in(p, time_monotonic_ns(p->vm), a[0]); }

/** erlang:system_time(). */
BIF(erlang, system_time, 0)
{ return heap_integer(&p->heap, time_system_ns(p->vm)); }

/** erlang:system_time(Unit). */
BIF(erlang, system_time, 1)
{ return time_in(p, time_system_ns(p->vm), a[0]); }

/** erlang:time_offset(). */
BIF(erlang, time_offset, 0)
{ return heap_integer(&p->heap, time_offset_ns(p->vm)); }

/** erlang:time_offset(Unit). */
BIF(erlang, time_offset, 1)
{ return time_in(p, time_offset_ns(p->vm), a[0]); }

static Term timestamp(Process *p, int64_t us) {
    ASSERT(us >= 0);
    int64_t seconds = us / 1000000;
    return heap_tuple3(&p->heap, term_from_small(seconds / 1000000),
                       term_from_small(seconds % 1000000), term_from_small(us % 1000000));
}

/** erlang:timestamp(): {MegaSecs, Secs, MicroSecs}. */
BIF(erlang, timestamp, 0)
{ return timestamp(p, time_system_ns(p->vm) / 1000); }

/** erlang:now(): as timestamp, but every call gives a later one. */
BIF(erlang, now, 0)
{ return timestamp(p, time_now_unique_us(p->vm)); }

/** erts_internal:time_unit(): native parts per second. */
BIF(erts_internal, time_unit, 0)
{ return term_from_small(NS_PER_S); }

/** erts_internal:perf_counter_unit(). */
BIF(erts_internal, perf_counter_unit, 0)
{ return term_from_small(NS_PER_S); }

// ---- unique numbers
// ---------------------------------------------------------------------------------

static Term unique_integer(Process *p, bool positive) {
    return heap_integer(&p->heap, time_unique_integer(p->vm, positive));
}

/** erlang:unique_integer(). */
BIF(erlang, unique_integer, 0)
{ return unique_integer(p, false); }

/** erlang:unique_integer([positive | monotonic]). */
BIF(erlang, unique_integer, 1)
{
    bool positive = false;
    Term list = a[0];
    for (; term_is_cell(list); list = term_tail(list)) {
        if (term_head(list) == am_positive)
            positive = true;
        else if (term_head(list) != am_monotonic)
            return bif_badarg(p);
    }
    return term_is_nil(list) ? unique_integer(p, positive) : bif_badarg(p);
}

/** erlang:make_ref(). */
BIF(erlang, make_ref, 0)
{ return reference_make(p->vm, &p->heap, TERM_NONE); }

// ---- timers
// -----------------------------------------------------------------------------------------

static bool bool_option(Term option, Term key, bool *value) {
    if (!term_is_tuple_of(option, 2) || tuple_get(option, 0) != key) return false;
    if (tuple_get(option, 1) != am_true && tuple_get(option, 1) != am_false) return false;
    *value = tuple_get(option, 1) == am_true;
    return true;
}

static Term start_timer(Process *p, Term *a, Term options, TimerStyle style) {
    bool absolute = false;
    for (; term_is_cell(options); options = term_tail(options))
        if (!bool_option(term_head(options), am_abs, &absolute))
            return bif_badarg_cause(p, am_badopt);
    if (!term_is_nil(options)) return bif_badarg_cause(p, am_badopt);
    int64_t time;
    if (!bif_get_int64(a[0], &time) || (!absolute && time < 0)) return bif_badarg_cause(p, am_time);
    int64_t now = time_monotonic_ns(p->vm);
    const int64_t latest = TIME_MONOTONIC_END / TIME_TICK_NS;
    if (time > latest || time < TIME_MONOTONIC_BEGIN / TIME_TICK_NS)
        return bif_badarg_cause(p, am_time);
    if (!term_is_atom(a[1]) && !term_is_local_pid(a[1])) return bif_badarg(p);
    // Monotonic time begins far below zero, so the latest point that a relative time can reach is
    // taken in two steps.
    int64_t at_ns = time * TIME_TICK_NS;
    if (!absolute && __builtin_add_overflow(at_ns, now, &at_ns)) at_ns = TIME_MONOTONIC_END;
    ASSERT(at_ns <= TIME_MONOTONIC_END);
    bif_bump(p, 4);
    return ref_timer_start(p, at_ns, a[1], a[2], style);
}

/** erlang:send_after(Ms, Pid | Name, Message): a reference. */
BIF(erlang, send_after, 3)
{ return start_timer(p, a, TERM_NIL, TIMER_SEND_AFTER); }

/** erlang:send_after(Time, To, Message, [{abs, Bool}]). */
BIF(erlang, send_after, 4)
{ return start_timer(p, a, a[3], TIMER_SEND_AFTER); }

/** erlang:start_timer(Ms, To, Message): sends {timeout, Ref, Message}. */
BIF(erlang, start_timer, 3)
{ return start_timer(p, a, TERM_NIL, TIMER_START_TIMER); }

/** erlang:start_timer(Time, To, Message, [{abs, Bool}]). */
BIF(erlang, start_timer, 4)
{ return start_timer(p, a, a[3], TIMER_START_TIMER); }

static Term timer_result(Process *p, int64_t left) {
    return left < 0 ? am_false : heap_integer(&p->heap, left);
}

/** erlang:cancel_timer(Ref): the ms that were left, or false. */
BIF(erlang, cancel_timer, 1)
{
    if (!term_is_reference(a[0])) return bif_badarg(p);
    return timer_result(p, ref_timer_read(p, a[0], true));
}

/** erlang:read_timer(Ref). */
BIF(erlang, read_timer, 1)
{
    if (!term_is_reference(a[0])) return bif_badarg(p);
    return timer_result(p, ref_timer_read(p, a[0], false));
}

static Term timer_answer(Process *p, Term ref, Term options, bool cancel) {
    bool async = false, info = true;
    for (; term_is_cell(options); options = term_tail(options)) {
        Term option = term_head(options);
        if (bool_option(option, am_async, &async)) continue;
        if (!cancel || !bool_option(option, am_info, &info)) return bif_badarg(p);
    }
    if (!term_is_nil(options)) return bif_badarg(p);
    if (!term_is_reference(ref)) return bif_badarg(p);
    Term result = timer_result(p, ref_timer_read(p, ref, cancel));
    if (!async) return info ? result : am_ok;
    if (info)
        signal_send_self(
            p, heap_tuple3(&p->heap, cancel ? am_cancel_timer : am_read_timer, ref, result));
    return am_ok;
}

/** erlang:cancel_timer(Ref, [{async, Bool}, {info, Bool}]). */
BIF(erlang, cancel_timer, 2)
{ return timer_answer(p, a[0], a[1], true); }

/** erlang:read_timer(Ref, [{async, Bool}]). */
BIF(erlang, read_timer, 2)
{ return timer_answer(p, a[0], a[1], false); }
