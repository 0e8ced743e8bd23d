// SPDX-License-Identifier: Apache-2.0
//
// microstate.c - the switch of microstate accounting, and its report.
//
// The threads' sums are theirs (MSACC-1); turning off and resetting change offsets instead, which
// the report adds. Offsets wrap around: after a reset they are what must be subtracted. Threads
// stand in one order: normal schedulers, dirty CPU ones, dirty I/O ones, the one that polls.
//
// Threads: the calling process's; the offsets are under SystemState's lock.
#include "bif/microstate.h"

#include "base/alloc.h"
#include "bif/bif.h"
#include "bif/system_state.h"
#include "proc/scheduler.h"
#include "proc/time.h"
#include "term/map.h"
#include "vm/vm.h"

static uint32_t thread_count(const SchedulerSet *set) {
    return set->count + set->dirty_cpu_count + set->dirty_io_count + 1;
}

/** The i-th thread's sums; its kind and its number among its kind. */
static const Msacc *thread_at(const SchedulerSet *set, uint32_t i, Term *type, uint32_t *id) {
    ASSERT(i < thread_count(set));
    *type = am_scheduler;
    *id = i + 1;
    if (i < set->count) return &set->normal[i]->msacc;
    i -= set->count;
    *type = am_dirty_cpu_scheduler;
    *id = i + 1;
    if (i < set->dirty_cpu_count) return &set->dirty[DIRTY_CPU][i]->msacc;
    i -= set->dirty_cpu_count;
    *type = am_dirty_io_scheduler;
    *id = i + 1;
    if (i < set->dirty_io_count) return &set->dirty[DIRTY_IO][i]->msacc;
    ASSERT(i == set->dirty_io_count);
    *type = am_poll;
    *id = 0;
    return &set->poll_msacc;
}

static MsaccTimes *read_all(VM *vm) {
    const SchedulerSet *set = vm->schedulers;
    MsaccTimes *times = mem_alloc(thread_count(set) * sizeof *times);
    Term type;
    uint32_t id;
    for (uint32_t i = 0; i < thread_count(set); i++)
        times[i] = msacc_read(&set->msacc_switch, thread_at(set, i, &type, &id), vm);
    return times;
}

/** What was counted up to now and is not in the threads' sums yet goes into the offsets. Under the
 * lock. */
static void turn_off(VM *vm) {
    SystemState *state = vm->system;
    MsaccSwitch *s = &vm->schedulers->msacc_switch;
    MsaccTimes *live = read_all(vm);
    atomic_store_explicit(&s->on, false, memory_order_seq_cst);
    MsaccTimes *sums = read_all(vm);
    ASSERT(state->msacc_offsets != NULL);
    for (uint32_t i = 0; i < thread_count(vm->schedulers); i++)
        for (int k = 0; k < MSACC_STATE_COUNT; k++)
            state->msacc_offsets[i].ns[k] += live[i].ns[k] - sums[i].ns[k];
    mem_free(live);
    mem_free(sums);
}

static void turn_on(VM *vm) {
    MsaccSwitch *s = &vm->schedulers->msacc_switch;
    int64_t now = time_monotonic_ns(vm) - TIME_MONOTONIC_BEGIN + 1;
    ASSERT(now >= atomic_load_explicit(&s->started_ns, memory_order_relaxed));
    // release: pairs with the acquire in counted_from (proc/msacc.c)
    atomic_store_explicit(&s->started_ns, now, memory_order_release);
    atomic_store_explicit(&s->on, true, memory_order_release);
}

static void reset(VM *vm) {
    MsaccTimes *live = read_all(vm);
    for (uint32_t i = 0; i < thread_count(vm->schedulers); i++)
        for (int k = 0; k < MSACC_STATE_COUNT; k++)
            vm->system->msacc_offsets[i].ns[k] = -live[i].ns[k];
    mem_free(live);
}

Term microstate_flag(Process *p, Term value) {
    if (value != am_true && value != am_false && value != am_reset) return bif_badarg(p);
    VM *vm = p->vm;
    SystemState *state = vm->system;
    mutex_lock(&state->lock);
    bool before = atomic_load_explicit(&vm->schedulers->msacc_switch.on, memory_order_relaxed);
    if (state->msacc_offsets == NULL)
        state->msacc_offsets =
            mem_zalloc(thread_count(vm->schedulers) * sizeof *state->msacc_offsets);
    if (value == am_reset)
        reset(vm);
    else if (value == am_true && !before)
        turn_on(vm);
    else if (value == am_false && before)
        turn_off(vm);
    mutex_unlock(&state->lock);
    return term_from_bool(before);
}

static Term thread_map(Process *p, Term type, uint32_t id, const MsaccTimes *t,
                       const MsaccTimes *offset) {
    static const Term names[MSACC_STATE_COUNT] = {
        [MSACC_AUX] = am_aux,     [MSACC_CHECK_IO] = am_check_io, [MSACC_EMULATOR] = am_emulator,
        [MSACC_GC] = am_gc,       [MSACC_OTHER] = am_other,       [MSACC_PORT] = am_port,
        [MSACC_SLEEP] = am_sleep,
    };
    ASSERT(id > 0 || type == am_poll);
    Term counters[2 * MSACC_STATE_COUNT];
    for (int i = 0; i < MSACC_STATE_COUNT; i++) {
        int64_t ns = (int64_t)(t->ns[i] + (offset == NULL ? 0 : offset->ns[i]));
        counters[2 * i] = names[i];
        counters[2 * i + 1] = heap_integer(&p->heap, MAX(ns, 0)); // clocks of threads may disagree
    }
    Term map = map_from_pairs(&p->heap, p->vm->atoms, counters, MSACC_STATE_COUNT);
    Term pairs[] = {am_counters, map, am_id, term_from_small(id), am_type, type};
    return map_from_pairs(&p->heap, p->vm->atoms, pairs, 3);
}

Term microstate_statistics(Process *p) {
    const SchedulerSet *set = p->vm->schedulers;
    SystemState *state = p->vm->system;
    Term list = TERM_NIL;
    mutex_lock(&state->lock);
    MsaccTimes *times = read_all(p->vm);
    for (uint32_t i = thread_count(set); i-- > 0;) {
        Term type;
        uint32_t id;
        thread_at(set, i, &type, &id);
        const MsaccTimes *offset = state->msacc_offsets == NULL ? NULL : &state->msacc_offsets[i];
        list = heap_cons(&p->heap, thread_map(p, type, id, &times[i], offset), list);
    }
    mutex_unlock(&state->lock);
    mem_free(times);
    return list;
}

void microstate_free(VM *vm) {
    mem_free(vm->system->msacc_offsets);
    vm->system->msacc_offsets = NULL;
}
