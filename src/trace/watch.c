// SPDX-License-Identifier: Apache-2.0
//
// watch.c - system_monitor and system_profile: what the VM tells about itself.
//
// One process gets each; when it is gone nothing is watched any more. Nobody
// hears of itself. Hooks run on the thread where it happened.
#include "base/alloc.h"
#include "proc/process_table.h"
#include "proc/scheduler.h"
#include "proc/spawn.h"
#include "trace/trace_room.h"

// ---- heaps
// -------------------------------------------------------------------------------------------
typedef struct HeapNumber {
    Term name;
    uint64_t words;
} HeapNumber;

static Term numbers_before(Heap *h, const HeapNumber *numbers, size_t count, Term list) {
    ASSERT(numbers != NULL && term_is_list(list));
    for (size_t i = count; i-- > 0;)
        list =
            heap_cons(h, heap_tuple2(h, numbers[i].name, heap_unsigned(h, numbers[i].words)), list);
    return list;
}

static uint64_t span(const Term *from, const Term *to) {
    ASSERT(from == NULL || from <= to);
    return from == NULL ? 0 : (uint64_t)(to - from);
}

Term watch_heap_info(Heap *h, const Process *p) {
    const Heap *of = &p->heap;
    const HeapNumber numbers[] = {
        {am_old_heap_block_size, span(of->old_start, of->old_end)},
        {am_heap_block_size, span(of->start, of->end)},
        {am_mbuf_size, of->fragment_words},
        {am_recent_size, span(of->start, of->high_water)},
        {am_stack_size, span(of->stack, of->end)},
        {am_old_heap_size, span(of->old_start, of->old_top)},
        {am_heap_size, span(of->start, of->top)},
        {am_bin_vheap_size, of->off_heap.overhead_words},
        {am_bin_vheap_block_size, of->virtual_limit_words},
        {am_bin_old_vheap_size, of->old_off_heap.overhead_words},
        {am_bin_old_vheap_block_size, of->old_virtual_limit_words},
    };
    return numbers_before(h, numbers, ARRAY_COUNT(numbers), TERM_NIL);
}

// ---- system_monitor
// ----------------------------------------------------------------------------------
/** Who monitors, when that one lives and is not `about` itself; else TERM_NONE. */
static Term monitor_for(VM *vm, Term about) {
    Term to = atomic_load_explicit(&vm->tracing.room->monitor, memory_order_relaxed);
    if (to == TERM_NONE || to == about || process_find(vm, to) == NULL) return TERM_NONE;
    return to;
}

/** {monitor, Pid, What, Info}. */
static void monitor_send(VM *vm, Term to, Heap *h, Term about, Term what, Term info) {
    ASSERT(term_is_local_pid(to));
    Term message = heap_tuple4(h, am_monitor, about, what, info);
    signal_send_built(vm, NULL, to, message, heap_take_fragments(h));
}

static void heap_report(Process *p, Term to, Term what, const HeapNumber *time) {
    ASSERT(to != p->pid);
    const Heap *of = &p->heap;
    const HeapNumber numbers[] = {
        {am_old_heap_block_size, span(of->old_start, of->old_end)},
        {am_heap_block_size, span(of->start, of->end)},
        {am_mbuf_size, of->fragment_words},
        {am_stack_size, span(of->stack, of->end)},
        {am_old_heap_size, span(of->old_start, of->old_top)},
        {am_heap_size, span(of->start, of->top)},
    };
    Heap h;
    heap_init_detached(&h, &p->vm->literals);
    Term list = numbers_before(&h, numbers, ARRAY_COUNT(numbers), TERM_NIL);
    if (time != NULL) list = numbers_before(&h, time, 1, list);
    monitor_send(p->vm, to, &h, p->pid, what, list);
    heap_destroy(&h);
}

void watch_collected(Process *p, int64_t took_ns) {
    Tracing *t = &p->vm->tracing;
    Term to = monitor_for(p->vm, p->pid);
    if (to == TERM_NONE) return;
    uint64_t long_ns = atomic_load_explicit(&t->long_gc_ns, memory_order_relaxed);
    uint64_t large = atomic_load_explicit(&t->large_heap_words, memory_order_relaxed);
    const Heap *h = &p->heap;
    if (long_ns != 0 && (uint64_t)took_ns >= long_ns) {
        HeapNumber time = {am_timeout, (uint64_t)took_ns / 1000000};
        heap_report(p, to, am_long_gc, &time);
    }
    if (large != 0 && span(h->start, h->end) + span(h->old_start, h->old_end) >= large)
        heap_report(p, to, am_large_heap, NULL);
}

static Term place_at(VM *vm, Heap *h, const Word *pc) {
    CodeLocation l;
    if (pc == NULL || !code_locate(vm->code, pc, &l)) return am_undefined;
    return heap_tuple3(h, l.module_name, l.function, term_from_small(l.arity));
}

void watch_long_schedule(Process *p, const Word *in, int64_t took_ns) {
    ASSERT(took_ns >= 0);
    Term to = monitor_for(p->vm, p->pid);
    if (to == TERM_NONE) return;
    Heap h;
    heap_init_detached(&h, &p->vm->literals);
    Term out = p->exit_reason != TERM_NONE ? am_undefined : place_at(p->vm, &h, p->pc);
    Term list = heap_cons(&h, heap_tuple2(&h, am_out, out), TERM_NIL);
    list = heap_cons(&h, heap_tuple2(&h, am_in, place_at(p->vm, &h, in)), list);
    Term time = heap_tuple2(&h, am_timeout, term_from_small(took_ns / 1000000));
    monitor_send(p->vm, to, &h, p->pid, am_long_schedule, heap_cons(&h, time, list));
    heap_destroy(&h);
}

void watch_busy(Process *p, Term what, Term port) {
    ASSERT(term_is_atom(what));
    Term to = monitor_for(p->vm, p->pid);
    if (to == TERM_NONE) return;
    Heap h;
    heap_init_detached(&h, &p->vm->literals);
    monitor_send(p->vm, to, &h, p->pid, what, heap_copy(&h, port));
    heap_destroy(&h);
}

static void watch_set(VM *vm, uint32_t clear, uint32_t set) {
    ASSERT((set & ~clear) == 0);
    uint32_t now = atomic_load_explicit(&vm->tracing.watched, memory_order_relaxed);
    atomic_store_explicit(&vm->tracing.watched, (now & ~clear) | set, memory_order_relaxed);
}

#define MONITOR_WATCHES                                                                            \
    (TRACING_BUSY_PORT | TRACING_BUSY_DIST_PORT | TRACING_LONG_SCHEDULE | TRACING_COLLECTIONS)
#define NS_PER_MS 1000000u

typedef struct MonitorOptions {
    uint64_t long_gc_ms, long_schedule_ms, large_heap_words;
    bool busy_port, busy_dist_port;
} MonitorOptions;

static bool monitor_number(Term option, MonitorOptions *o) {
    uint64_t n;
    if (!term_is_tuple_of(option, 2) || !bif_get_uint64(tuple_get(option, 1), &n)) return false;
    switch (tuple_get(option, 0)) {
    case am_long_gc: o->long_gc_ms = MAX(n, 1); return true;
    case am_long_schedule: o->long_schedule_ms = MAX(n, 1); return true;
    case am_large_heap: o->large_heap_words = MAX(n, 16384); return true;
    default: return false;
    }
}

static bool monitor_parse(Term list, MonitorOptions *o) {
    for (; term_is_cell(list); list = term_tail(list)) {
        Term option = term_head(list);
        if (option == am_busy_port)
            o->busy_port = true;
        else if (option == am_busy_dist_port)
            o->busy_dist_port = true;
        else if (!monitor_number(option, o))
            return false;
    }
    return term_is_nil(list);
}

static Term pair_before(Heap *h, Term name, uint64_t n, Term list) {
    return n == 0 ? list : heap_cons(h, heap_tuple2(h, name, heap_unsigned(h, n)), list);
}

/** undefined, or {Pid, Options}. */
static Term monitor_settings(Process *p) {
    VM *vm = p->vm;
    Tracing *t = &vm->tracing;
    Term pid = atomic_load_explicit(&t->room->monitor, memory_order_relaxed);
    if (pid == TERM_NONE || process_find(vm, pid) == NULL) return am_undefined;
    Heap *h = &p->heap;
    uint32_t watched = atomic_load_explicit(&t->watched, memory_order_relaxed);
    Term list = pair_before(h, am_long_gc,
                            atomic_load_explicit(&t->long_gc_ns, memory_order_relaxed) / NS_PER_MS,
                            TERM_NIL);
    list = pair_before(h, am_long_schedule,
                       atomic_load_explicit(&t->long_schedule_ns, memory_order_relaxed) / NS_PER_MS,
                       list);
    list = pair_before(h, am_large_heap,
                       atomic_load_explicit(&t->large_heap_words, memory_order_relaxed), list);
    if ((watched & TRACING_BUSY_PORT) != 0) list = heap_cons(h, am_busy_port, list);
    if ((watched & TRACING_BUSY_DIST_PORT) != 0) list = heap_cons(h, am_busy_dist_port, list);
    return heap_tuple2(h, pid, list);
}

static void monitor_put(VM *vm, Term pid, const MonitorOptions *o) {
    ASSERT(pid == TERM_NONE || term_is_local_pid(pid));
    Tracing *t = &vm->tracing;
    uint64_t long_gc_ns, long_schedule_ns; // beyond the clock's end: never
    if (__builtin_mul_overflow(o->long_gc_ms, NS_PER_MS, &long_gc_ns)) long_gc_ns = UINT64_MAX;
    if (__builtin_mul_overflow(o->long_schedule_ms, NS_PER_MS, &long_schedule_ns))
        long_schedule_ns = UINT64_MAX;
    mutex_lock(&t->room->lock);
    atomic_store_explicit(&t->long_gc_ns, long_gc_ns, memory_order_relaxed);
    atomic_store_explicit(&t->long_schedule_ns, long_schedule_ns, memory_order_relaxed);
    atomic_store_explicit(&t->large_heap_words, o->large_heap_words, memory_order_relaxed);
    atomic_store_explicit(&t->room->monitor, pid, memory_order_relaxed);
    watch_set(vm, MONITOR_WATCHES,
              (o->busy_port ? TRACING_BUSY_PORT : 0) |
                  (o->busy_dist_port ? TRACING_BUSY_DIST_PORT : 0) |
                  (o->long_schedule_ms != 0 ? TRACING_LONG_SCHEDULE : 0) |
                  (o->long_gc_ms != 0 || o->large_heap_words != 0 ? TRACING_COLLECTIONS : 0));
    mutex_unlock(&t->room->lock);
}

static Term set_monitor(Process *p, Term pid, Term options) {
    MonitorOptions o = {0};
    if (pid == am_undefined || term_is_nil(options)) {
        pid = TERM_NONE;
    } else if (!monitor_parse(options, &o) || !term_is_local_pid(pid) ||
               process_find(p->vm, pid) == NULL) {
        return bif_badarg(p);
    }
    Term before = monitor_settings(p);
    monitor_put(p->vm, pid, &o);
    return before;
}

/** erlang:system_monitor(): undefined, or {Pid, Options}. */
BIF(erlang, system_monitor, 0)
{ return monitor_settings(p); }

/** erlang:system_monitor(undefined | {Pid, Options}): the former settings. */
BIF(erlang, system_monitor, 1)
{
    if (a[0] == am_undefined) return set_monitor(p, am_undefined, TERM_NIL);
    if (!term_is_tuple_of(a[0], 2)) return bif_badarg(p);
    return set_monitor(p, tuple_get(a[0], 0), tuple_get(a[0], 1));
}

/** erlang:system_monitor(Pid, Options). */
BIF(erlang, system_monitor, 2)
{ return set_monitor(p, a[0], a[1]); }

// ---- system_profile
// ----------------------------------------------------------------------------------
#define PROFILE_WATCHES                                                                            \
    (TRACING_PROFILE_PROCESSES | TRACING_PROFILE_PORTS | TRACING_PROFILE_SCHEDULERS)

/** Sends the profiler elements[0..count-1] and the timestamp. */
static void profile_send(VM *vm, Term about, Heap *h, Term *elements, size_t count) {
    ASSERT(elements[0] == am_profile);
    struct TraceRoom *room = vm->tracing.room;
    Term to = atomic_load_explicit(&room->profiler, memory_order_relaxed);
    if (to == TERM_NONE || to == about || process_find(vm, to) == NULL) return;
    elements[count] = trace_timestamp(
        vm, h, atomic_load_explicit(&room->profile_timestamp, memory_order_relaxed));
    Term message = heap_tuple(h, count + 1, elements);
    signal_send_built(vm, NULL, to, message, heap_take_fragments(h));
}

void watch_profile_process(Process *p, Term status) {
    Heap h;
    heap_init_detached(&h, &p->vm->literals);
    Term elements[] = {am_profile, p->pid, status, trace_place(p, &h), TERM_NONE};
    profile_send(p->vm, p->pid, &h, elements, 4);
    heap_destroy(&h);
}

void watch_profile_port(VM *vm, Term port, Term status) {
    Heap h;
    heap_init_detached(&h, &vm->literals);
    Term elements[] = {am_profile, port, status, term_from_small(0), TERM_NONE};
    profile_send(vm, port, &h, elements, 4);
    heap_destroy(&h);
}

void watch_profile_scheduler(VM *vm, uint32_t id, bool active) {
    struct TraceRoom *room = vm->tracing.room;
    uint32_t now =
        active ? atomic_fetch_add_explicit(&room->schedulers_active, 1, memory_order_relaxed) + 1
               : atomic_fetch_sub_explicit(&room->schedulers_active, 1, memory_order_relaxed) - 1;
    Heap h;
    heap_init_detached(&h, &vm->literals);
    Term elements[] = {am_profile,
                       am_scheduler,
                       term_from_small(id),
                       active ? am_active : am_inactive,
                       term_from_small((int32_t)now),
                       TERM_NONE};
    profile_send(vm, TERM_NONE, &h, elements, 5);
    heap_destroy(&h);
}

static bool is_profiler(VM *vm, Term t) {
    return term_is_local_pid(t) && process_find(vm, t) != NULL;
}

static Term profile_settings(Process *p) {
    VM *vm = p->vm;
    struct TraceRoom *room = vm->tracing.room;
    Term to = atomic_load_explicit(&room->profiler, memory_order_relaxed);
    if (to == TERM_NONE || !is_profiler(vm, to)) return am_undefined;
    uint32_t watched = atomic_load_explicit(&vm->tracing.watched, memory_order_relaxed);
    Heap *h = &p->heap;
    Term list = TERM_NIL;
    if ((watched & TRACING_PROFILE_PORTS) != 0) list = heap_cons(h, am_runnable_ports, list);
    if ((watched & TRACING_PROFILE_PROCESSES) != 0) list = heap_cons(h, am_runnable_procs, list);
    if ((watched & TRACING_PROFILE_SCHEDULERS) != 0) list = heap_cons(h, am_scheduler, list);
    if (room->profile_exclusive) list = heap_cons(h, am_exclusive, list);
    return heap_tuple2(h, to, list);
}

typedef struct ProfileOptions {
    uint32_t watches, timestamp;
    bool exclusive;
} ProfileOptions;

static bool profile_parse(Term list, ProfileOptions *o) {
    for (; term_is_cell(list); list = term_tail(list)) {
        switch (term_head(list)) {
        case am_runnable_procs: o->watches |= TRACING_PROFILE_PROCESSES; break;
        case am_runnable_ports: o->watches |= TRACING_PROFILE_PORTS; break;
        case am_scheduler: o->watches |= TRACING_PROFILE_SCHEDULERS; break;
        case am_exclusive: o->exclusive = true; break;
        case am_timestamp: o->timestamp = TRACE_TIMESTAMP; break;
        case am_strict_monotonic_timestamp: o->timestamp = TRACE_STRICT_MONOTONIC; break;
        case am_monotonic_timestamp: o->timestamp = TRACE_MONOTONIC; break;
        default: return false;
        }
    }
    return term_is_nil(list);
}

/** erlang:system_profile(): undefined, or {Profiler, Options}. */
BIF(erlang, system_profile, 0)
{ return profile_settings(p); }

/** erlang:system_profile(Profiler, Options): the former settings. */
BIF(erlang, system_profile, 2)
{
    VM *vm = p->vm;
    struct TraceRoom *room = vm->tracing.room;
    ProfileOptions o = {.timestamp = TRACE_TIMESTAMP};
    Term to = a[0];
    if (to == am_undefined || term_is_nil(a[1]))
        to = TERM_NONE;
    else if (!profile_parse(a[1], &o) || (!is_profiler(vm, to) && !term_is_local_port(to)))
        return bif_badarg(p);
    // a process may become active while the lock of that very port is held
    if (to != TERM_NONE && term_is_local_port(to)) return bif_notsup(p);
    Term before = profile_settings(p);
    mutex_lock(&room->lock);
    atomic_store_explicit(&room->profiler, to, memory_order_relaxed);
    atomic_store_explicit(&room->profile_timestamp, o.timestamp, memory_order_relaxed);
    uint32_t online = atomic_load_explicit(&vm->schedulers->online, memory_order_relaxed);
    atomic_store_explicit(
        &room->schedulers_active,
        online - MIN(online, atomic_load_explicit(&vm->schedulers->sleepers, memory_order_relaxed)),
        memory_order_relaxed);
    room->profile_exclusive = o.exclusive;
    watch_set(vm, PROFILE_WATCHES, o.watches);
    mutex_unlock(&room->lock);
    return before;
}
