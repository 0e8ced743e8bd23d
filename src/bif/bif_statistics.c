// SPDX-License-Identifier: Apache-2.0
//
// bif_statistics.c - erlang:statistics/1. All values are sums over what the schedulers wrote about
// themselves.
#include "bif/bif.h"
#include "bif/microstate.h"
#include "bif/system_state.h"
#include "proc/process_table.h"
#include "proc/scheduler.h"
#include "proc/time.h"
#include "vm/vm.h"
#include "world/clock.h"

#define NS_PER_MS 1000000

static uint64_t read_counter(_Atomic uint64_t *counter) {
    return atomic_load_explicit(counter, memory_order_relaxed);
}

typedef struct Totals {
    uint64_t reductions, switches, gc_count, gc_words;
} Totals;

static void add_scheduler(Totals *t, Scheduler *s) {
    t->reductions += read_counter(&s->reductions);
    t->switches += read_counter(&s->context_switches);
    t->gc_count += read_counter(&s->gc_count);
    t->gc_words += read_counter(&s->gc_words);
}

static Totals totals(VM *vm) {
    SchedulerSet *set = vm->schedulers;
    Totals t = {0};
    for (uint32_t i = 0; i < set->count; i++) add_scheduler(&t, set->normal[i]);
    for (uint32_t i = 0; i < set->dirty_cpu_count; i++) add_scheduler(&t, set->dirty[DIRTY_CPU][i]);
    for (uint32_t i = 0; i < set->dirty_io_count; i++) add_scheduler(&t, set->dirty[DIRTY_IO][i]);
    return t;
}

static Term with_difference(Process *p, uint64_t now, _Atomic uint64_t *last) {
    ASSERT(now < (uint64_t)1 << 62); // a counter, not a difference gone wrong
    uint64_t before = atomic_exchange_explicit(last, now, memory_order_relaxed);
    return heap_tuple2(&p->heap, heap_unsigned(&p->heap, now),
                       heap_unsigned(&p->heap, now > before ? now - before : 0));
}

static Term with_difference_ms(Process *p, int64_t now_ms, _Atomic int64_t *last) {
    int64_t before = atomic_exchange_explicit(last, now_ms, memory_order_relaxed);
    return heap_tuple2(&p->heap, heap_integer(&p->heap, now_ms),
                       heap_integer(&p->heap, MAX(now_ms - before, 0)));
}

/** Lengths of the normal queues, then of the dirty CPU one, and with `all` of the dirty I/O one.
 * active: who runs counts. */
static uint64_t queue_lengths(Process *p, bool all, bool active, Term *list) {
    SchedulerSet *set = p->vm->schedulers;
    ASSERT(set->count > 0);
    uint64_t *lengths = mem_alloc((set->count + 2) * sizeof *lengths), sum = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < set->count; i++) {
        bool busy = atomic_load_explicit(&set->normal[i]->sleeping, memory_order_relaxed) == 0;
        uint32_t queued = scheduler_queue_length(set->normal[i]);
        bool runs = set->normal[i] == p->scheduler || (busy && queued > 0);
        lengths[n++] = queued + (active && runs ? 1 : 0);
    }
    lengths[n++] = runqueue_count(&set->dirty_queue[DIRTY_CPU]);
    if (all) lengths[n++] = runqueue_count(&set->dirty_queue[DIRTY_IO]);
    ASSERT(n <= set->count + 2);
    *list = TERM_NIL;
    while (n-- > 0) {
        sum += lengths[n];
        *list = heap_cons(&p->heap, heap_unsigned(&p->heap, lengths[n]), *list);
    }
    mem_free(lengths);
    return sum;
}

static Term queues(Process *p, bool all, bool active, bool total) {
    Term list;
    uint64_t sum = queue_lengths(p, all, active, &list);
    return total ? heap_unsigned(&p->heap, sum) : list;
}

static Term wall_time_of(Process *p, Scheduler *s, uint64_t id, int64_t now) {
    ASSERT(id > 0 && now > 0);
    uint64_t active = read_counter(&s->active_ns);
    int64_t since = atomic_load_explicit(&s->active_since_ns, memory_order_relaxed);
    if (since != 0 && now > since) active += (uint64_t)(now - since);
    return heap_tuple3(&p->heap, heap_unsigned(&p->heap, id), heap_unsigned(&p->heap, active),
                       heap_unsigned(&p->heap, (uint64_t)MAX(now, 1)));
}

static Term scheduler_wall_time(Process *p, bool all) {
    SchedulerSet *set = p->vm->schedulers;
    if (!atomic_load_explicit(&set->wall_time_on, memory_order_relaxed)) return am_undefined;
    int64_t now = time_monotonic_ns(p->vm) - TIME_MONOTONIC_BEGIN + 1;
    Term list = TERM_NIL;
    uint64_t dirty = set->count + set->dirty_cpu_count;
    if (all)
        for (uint32_t i = set->dirty_io_count; i-- > 0;)
            list = heap_cons(&p->heap, wall_time_of(p, set->dirty[DIRTY_IO][i], dirty + i + 1, now),
                             list);
    for (uint32_t i = set->dirty_cpu_count; i-- > 0;)
        list = heap_cons(&p->heap,
                         wall_time_of(p, set->dirty[DIRTY_CPU][i], set->count + i + 1, now), list);
    for (uint32_t i = set->count; i-- > 0;)
        list = heap_cons(&p->heap, wall_time_of(p, set->normal[i], i + 1, now), list);
    return list;
}

static Term input_output(Process *p) {
    uint64_t in = 0, out = 0;
    if (p->vm->port_hooks != NULL) p->vm->port_hooks->bytes(p->vm, &in, &out);
    Heap *h = &p->heap;
    return heap_tuple2(h, heap_tuple2(h, am_input, heap_unsigned(h, in)),
                       heap_tuple2(h, am_output, heap_unsigned(h, out)));
}

/** erlang:statistics(Item). */
BIF(erlang, statistics, 1)
{
    VM *vm = p->vm;
    SystemState *s = vm->system;
    Heap *h = &p->heap;
    switch (a[0]) {
    case am_reductions: return with_difference(p, totals(vm).reductions, &s->last_reductions);
    case am_exact_reductions: {
        uint64_t now =
            totals(vm).reductions + (uint64_t)MAX(REDUCTIONS_PER_TURN - p->reductions_left, 0);
        return with_difference(p, now, &s->last_exact_reductions);
    }
    case am_context_switches:
        return heap_tuple2(h, heap_unsigned(h, totals(vm).switches), term_from_small(0));
    case am_garbage_collection: {
        Totals t = totals(vm);
        return heap_tuple3(h, heap_unsigned(h, t.gc_count), heap_unsigned(h, t.gc_words),
                           term_from_small(0));
    }
    case am_io: return input_output(p);
    case am_runtime:
        return with_difference_ms(p, clock_process_cpu_ns(vm->world) / NS_PER_MS,
                                  &s->last_runtime_ms);
    case am_wall_clock:
        return with_difference_ms(p, (time_monotonic_ns(vm) - TIME_MONOTONIC_BEGIN) / NS_PER_MS,
                                  &s->last_wall_ms);
    case am_run_queue:
    case am_total_run_queue_lengths: return queues(p, false, false, true);
    case am_total_run_queue_lengths_all: return queues(p, true, false, true);
    case am_run_queue_lengths:
    case am_run_queues: return queues(p, false, false, false);
    case am_run_queue_lengths_all: return queues(p, true, false, false);
    case am_active_tasks: return queues(p, false, true, false);
    case am_active_tasks_all: return queues(p, true, true, false);
    case am_total_active_tasks: return queues(p, false, true, true);
    case am_total_active_tasks_all: return queues(p, true, true, true);
    case am_scheduler_wall_time: return scheduler_wall_time(p, false);
    case am_scheduler_wall_time_all: return scheduler_wall_time(p, true);
    case am_microstate_accounting: return microstate_statistics(p);
    default: return bif_badarg(p);
    }
}
