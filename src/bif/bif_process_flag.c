// SPDX-License-Identifier: Apache-2.0
//
// bif_process_flag.c - process_flag, suspending, and what the system asks of a process:
// collections, code checks.
#include "base/alloc.h"
#include "bif/bif.h"
#include "proc/backtrace.h"
#include "proc/code_check.h"
#include "proc/link.h"
#include "proc/node_watch.h"
#include "proc/registry.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/spawn_option.h"
#include "proc/suspend.h"
#include "proc/time.h"
#include "term/ref.h"
#include "vm/vm.h"
#include "world/console.h"

static bool get_bool(Term t, uint8_t *out) {
    if (t != am_true && t != am_false) return false;
    *out = t == am_true;
    return true;
}

static Term flag_max_heap(Process *p, Term value) {
    Heap *h = &p->heap;
    uint64_t words = h->max_words;
    uint32_t flags = h->flags;
    if (!max_heap_parse(p->vm, value, &words, &flags)) return bif_badarg(p);
    Term before = max_heap_map(p->vm, h, h->max_words, h->flags);
    const uint32_t mine = HEAP_ON_MAX_KILL | HEAP_ON_MAX_LOG | HEAP_MAX_INCLUDE_SHARED;
    h->max_words = words;
    h->flags = (h->flags & ~mine) | (flags & mine);
    return before;
}

static Term flag_number(Process *p, Term flag, Term value) {
    ASSERT(term_is_atom(flag));
    int64_t n;
    if (!bif_get_int64(value, &n) || n < 0) return bif_badarg(p);
    Heap *h = &p->heap;
    uint64_t before;
    switch (flag) {
    case am_min_heap_size:
        before = h->min_words;
        h->min_words =
            (uint32_t)heap_next_size((size_t)MIN(n == 0 ? HEAP_WORDS_MIN_DEFAULT : n, INT32_MAX));
        break;
    case am_min_bin_vheap_size:
        before = h->min_virtual_words;
        h->min_virtual_words =
            MAX(heap_next_size((size_t)MIN(n, INT32_MAX)), HEAP_VIRTUAL_WORDS_MIN_DEFAULT);
        break;
    default:
        ASSERT(flag == am_fullsweep_after);
        before = h->fullsweep_after;
        h->fullsweep_after = (uint32_t)MIN(n, 65535);
    }
    return heap_unsigned(h, before);
}

static Term flag_monitor_nodes(Process *p, Term options, Term value) {
    Term before = node_watch_set(p, options, value);
    return before == TERM_NONE ? bif_badarg(p) : before;
}

static Term flag_sensitive(Process *p, Term value) {
    uint8_t wanted;
    if (!get_bool(value, &wanted)) return bif_badarg(p);
    return term_from_bool(
        atomic_exchange_explicit(&p->sensitive, wanted != 0, memory_order_relaxed));
}

/** erlang:process_flag(Flag, Value): the former value. */
BIF(erlang, process_flag, 2)
{
    Term value = a[1], before;
    switch (a[0]) {
    case am_trap_exit:
        before = term_from_bool(p->trap_exit != 0);
        return get_bool(value, &p->trap_exit) ? before : bif_badarg(p);
    case am_error_handler:
        if (!term_is_atom(value)) return bif_badarg(p);
        before = p->error_handler;
        p->error_handler = value;
        return before;
    case am_priority:
        before = priority_name(p->priority);
        return priority_parse(value, &p->priority) ? before : bif_badarg(p);
    case am_message_queue_data:
        if (value != am_on_heap && value != am_off_heap) return bif_badarg(p);
        before = p->message_queue_off_heap ? am_off_heap : am_on_heap;
        p->message_queue_off_heap = value == am_off_heap;
        return before;
    case am_min_heap_size:
    case am_min_bin_vheap_size:
    case am_fullsweep_after: return flag_number(p, a[0], value);
    case am_max_heap_size: return flag_max_heap(p, value);
    case am_sensitive: return flag_sensitive(p, value);
    case am_monitor_nodes: return flag_monitor_nodes(p, TERM_NIL, value);
    case am_save_calls: // 0 is what there is: calls are not saved
        if (!term_is_small(value) || term_small(value) < 0 || term_small(value) > 10000)
            return bif_badarg_cause(p, am_none);
        return term_small(value) == 0 ? term_from_small(0) : bif_notsup(p);
    case am_async_dist: return value == am_true || value == am_false ? am_false : bif_badarg(p);
    case am_scheduler: // undocumented: binding to a scheduler is a wish
        return term_is_small(value) ? term_from_small(0) : bif_badarg(p);
    default: break;
    }
    if (term_is_tuple_of(a[0], 2) && tuple_get(a[0], 0) == am_monitor_nodes) {
        return flag_monitor_nodes(p, tuple_get(a[0], 1), value);
    }
    return bif_badarg_cause(p, am_badopt);
}

static Term run_save_calls(VM *vm, Process *target, SignalRequest *r, Heap *out) {
    return target == NULL ? am_badtype : term_from_small(0);
}

/** erts_internal:process_flag(Pid, save_calls, N): reference, badarg or badtype. */
BIF(erts_internal, process_flag, 3)
{
    if (!term_is_local_pid(a[0]) || a[1] != am_save_calls) return am_badarg;
    if (!term_is_small(a[2]) || term_small(a[2]) < 0 || term_small(a[2]) > 10000) return am_badarg;
    if (process_find(p->vm, a[0]) == NULL) return am_badtype;
    if (term_small(a[2]) > 0) return bif_notsup(p);
    if (a[0] == p->pid) return term_from_small(0);
    Term ref = reference_make(p->vm, &p->heap, TERM_NONE);
    signal_request_beside(p->vm, a[0], run_save_calls, p->pid, ref, TERM_NONE);
    return ref;
}

// ---- suspending
// -------------------------------------------------------------------------------------

/** erts_internal:suspend_process(Pid, [unless_suspending | asynchronous | {asynchronous,
 * ReplyTag}]). */
BIF(erts_internal, suspend_process, 2)
{
    bool unless_suspending = false, asynchronous = false;
    Term tag = TERM_NONE;
    if (a[0] == p->pid || !term_is_local_pid(a[0])) return am_badarg;
    Term list = a[1];
    for (; term_is_cell(list); list = term_tail(list)) {
        Term option = term_head(list);
        if (option == am_unless_suspending)
            unless_suspending = true;
        else if (option == am_asynchronous)
            asynchronous = true;
        else if (term_is_tuple_of(option, 2) && tuple_get(option, 0) == am_asynchronous) {
            asynchronous = true;
            tag = tuple_get(option, 1);
        } else
            return am_badopt;
    }
    if (!term_is_nil(list)) return am_badopt;
    if (unless_suspending && process_is_suspending(p, a[0])) {
        if (asynchronous) return am_false;
        Term wait_ref = reference_make(p->vm, &p->heap, TERM_NONE);
        process_wait_suspended(p, a[0], wait_ref);
        return wait_ref;
    }
    if (process_find(p->vm, a[0]) == NULL && !asynchronous) return am_badarg;
    Term ref = asynchronous ? tag : reference_make(p->vm, &p->heap, TERM_NONE);
    ASSERT(a[0] != p->pid && (asynchronous || ref != TERM_NONE));
    process_request_suspend(p, a[0], ref, !asynchronous);
    return asynchronous ? am_true : ref;
}

/** erlang:resume_process(Pid): error badarg when the caller does not suspend it. */
BIF(erlang, resume_process, 1)
{
    if (!term_is_local_pid(a[0]) || !process_resume(p, a[0])) return bif_badarg(p);
    return am_true;
}

// ---- collections and code checks
// --------------------------------------------------------------------

/** erts_internal:garbage_collect(major | minor): at the end of this built-in. */
BIF(erts_internal, garbage_collect, 1)
{
    if (a[0] != am_major && a[0] != am_minor) return bif_badarg(p);
    p->heap.flags |= HEAP_GC_WANTED | (a[0] == am_major ? HEAP_FULLSWEEP_WANTED : 0);
    return am_true;
}

/** r->head.term: {Type, RequestId, Argument}. Answers {Type, RequestId, Result}, untagged. */
static Term run_system_task(VM *vm, Process *target, SignalRequest *r, Heap *out) {
    ASSERT(r->untagged && term_is_tuple_of(r->head.term, 3));
    Term type = tuple_get(r->head.term, 0), argument = tuple_get(r->head.term, 2);
    Term result = am_false;
    if (target != NULL && type == am_garbage_collect) {
        if (argument == am_major) target->heap.flags |= HEAP_FULLSWEEP_WANTED;
        if (target->collect_later || long_call_is_paused(target))
            target->heap.flags |= HEAP_GC_WANTED;
        else
            process_collect(target, 0, 0);
        result = am_true;
    } else if (target != NULL && type == am_check_process_code) {
        result = term_from_bool(process_uses_old_code(target, argument));
    } else if (target != NULL && type == am_system_task_test) {
        result = am_true;
    } else if (type == am_copy_literals) {
        result = am_ok; // literals outlive their module (CODE-2)
    }
    return heap_tuple3(out, type, heap_copy(out, tuple_get(r->head.term, 1)), result);
}

static Term request_system_task(Process *p, Term requester, Term target, Term priority,
                                Term request) {
    uint8_t level;
    if (!term_is_local_pid(target) || (priority != am_inherit && !priority_parse(priority, &level)))
        return bif_badarg(p);
    if (term_is_tuple_of(request, 2) && tuple_get(request, 0) == am_system_task_test)
        request = heap_tuple3(&p->heap, am_system_task_test, tuple_get(request, 1), TERM_NIL);
    if (!term_is_tuple_of(request, 3)) return bif_badarg(p);
    Term type = tuple_get(request, 0), argument = tuple_get(request, 2);
    ASSERT(term_is_local_pid(requester));
    bool good = type == am_system_task_test     ? true // what OTP's suites ask
                : type == am_garbage_collect    ? argument == am_major || argument == am_minor
                : type == am_check_process_code ? term_is_atom(argument)
                : type == am_copy_literals      ? argument == am_true || argument == am_false
                                                : false;
    if (!good) return bif_badarg(p);
    SignalRequest *s = signal_new(p->vm, SIGNAL_REQUEST, requester, request, TERM_NONE);
    s->function = run_system_task;
    s->untagged = true;
    s->collects = type == am_garbage_collect;
    s->beside = type == am_check_process_code; // code and stack stand still meanwhile
    signal_push(p->vm, target, s);
    return am_ok;
}

/** erts_internal:request_system_task(Pid, Priority, Request): ok; {Type, RequestId, Result}
 * follows. */
BIF(erts_internal, request_system_task, 3)
{ return request_system_task(p, p->pid, a[0], a[1], a[2]); }

/** erts_internal:request_system_task(Requester, Pid, Priority, Request). */
BIF(erts_internal, request_system_task, 4)
{
    if (!term_is_local_pid(a[0])) return bif_badarg(p);
    return request_system_task(p, a[0], a[1], a[2], a[3]);
}

/** erts_internal:is_process_executing_dirty(Pid). */
BIF(erts_internal, is_process_executing_dirty, 1)
{
    if (!term_is_local_pid(a[0])) return bif_badarg(p);
    Process *q = process_find(p->vm, a[0]);
    if (q == NULL) return am_false;
    uint32_t state = atomic_load_explicit(&q->state, memory_order_relaxed);
    return term_from_bool((state & PROCESS_DIRTY) != 0 &&
                          (state & PROCESS_STATUS_MASK) == PROCESS_RUNNING);
}

/** erts_internal:dirty_process_handle_signals(Pid): of OTP's own dirty signal handlers, which Mica
 * does not start. */
BIF(erts_internal, dirty_process_handle_signals, 1)
{ return term_is_local_pid(a[0]) ? am_normal : bif_badarg(p); }

/** Writes the process's stack to standard error. */
static void display_backtrace(Process *p) {
    TextBuffer text = {0};
    backtrace_add(&text, p, false);
    console_write(p->vm->world, CONSOLE_ERROR, text.bytes, text.count);
    mem_free(text.bytes);
}

static Term run_display(VM *vm, Process *target, SignalRequest *r, Heap *out) {
    if (target == NULL) return am_badarg;
    display_backtrace(target);
    return am_true;
}

/** erts_internal:process_display(Pid, backtrace). */
BIF(erts_internal, process_display, 2)
{
    if (a[1] != am_backtrace) return am_badopt;
    if (!term_is_local_pid(a[0])) return am_badarg;
    if (a[0] == p->pid) {
        display_backtrace(p);
        return am_true;
    }
    Term ref = reference_make(p->vm, &p->heap, TERM_NONE);
    signal_request(p->vm, a[0], run_display, p->pid, ref, TERM_NONE);
    return ref;
}
