// SPDX-License-Identifier: Apache-2.0
//
// bif_system.c - system_flag and other switches of the whole VM.
#include "bif/bif.h"
#include "bif/microstate.h"
#include "bif/multi_scheduling.h"
#include "bif/system_state.h"
#include "exec/exec.h"
#include "proc/process_table.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/spawn_option.h"
#include "proc/time.h"
#include "vm/vm.h"

SystemState *system_state_create(VM *vm) {
    ASSERT(vm->system == NULL);
    SystemState *s = mem_zalloc(sizeof *s);
    mutex_init(&s->lock);
    atomic_init(&s->outstanding_requests_max, OUTSTANDING_REQUESTS_DEFAULT);
    atomic_init(&vm->system_logger, am_logger);
    vm->system = s;
    (void)system_state_look_at_cpus(s);
    multi_scheduling_init(vm);
    return s;
}

bool system_state_look_at_cpus(SystemState *s) {
    CpuCounts now = {.configured = thread_cpus_configured(),
                     .online = thread_cpus_online(),
                     .available = thread_cpus_available()};
    ASSERT(now.configured > 0 && now.online > 0 && now.available > 0);
    mutex_lock(&s->lock);
    bool changed = now.configured != s->cpus.configured || now.online != s->cpus.online ||
                   now.available != s->cpus.available;
    s->cpus = now;
    mutex_unlock(&s->lock);
    return changed;
}

CpuCounts system_state_cpus(SystemState *s) {
    mutex_lock(&s->lock);
    CpuCounts counts = s->cpus;
    mutex_unlock(&s->lock);
    ASSERT(counts.online > 0); // looked at when s was made
    return counts;
}

void system_state_destroy(SystemState *s) {
    mutex_free(&s->lock);
    mem_free(s);
}

// ---- system_flag
// ------------------------------------------------------------------------------------

static bool read_online(Term value, uint32_t count, uint32_t *out) {
    ASSERT(count > 0);
    if (!term_is_small(value) || term_small(value) < 1 || term_small(value) > count) return false;
    *out = (uint32_t)term_small(value);
    return true;
}

/** The dirty CPU schedulers online follow in proportion, in OTP's whole percents, and are never 0.
 */
static Term flag_schedulers_online(Process *p, Term value) {
    SchedulerSet *set = p->vm->schedulers;
    uint32_t wanted;
    if (!read_online(value, set->count, &wanted)) return bif_badarg(p);
    uint32_t before = atomic_exchange_explicit(&set->online, wanted, memory_order_seq_cst);
    ASSERT(before > 0 && before <= set->count);
    uint32_t total_percent = set->dirty_cpu_count * 100 / set->count;
    uint32_t percent = wanted * total_percent / before;
    uint32_t dirty =
        atomic_load_explicit(&set->dirty_cpu_online, memory_order_relaxed) * percent / 100;
    if (wanted != before)
        atomic_store_explicit(&set->dirty_cpu_online, MIN(MAX(dirty, 1), set->dirty_cpu_count),
                              memory_order_seq_cst);
    scheduler_wake_all(p->vm);
    return term_from_small(before);
}

/** There are never more of them online than normal ones. */
static Term flag_dirty_cpu_online(Process *p, Term value) {
    SchedulerSet *set = p->vm->schedulers;
    uint32_t wanted, online = atomic_load_explicit(&set->online, memory_order_relaxed);
    if (!read_online(value, MIN(set->dirty_cpu_count, online), &wanted)) return bif_badarg(p);
    uint32_t before =
        atomic_exchange_explicit(&set->dirty_cpu_online, wanted, memory_order_seq_cst);
    ASSERT(before > 0 && before <= set->dirty_cpu_count);
    scheduler_wake_all(p->vm);
    return term_from_small(before);
}

static Term flag_word(Process *p, _Atomic uint64_t *word, Term value) {
    int64_t n;
    if (!bif_get_int64(value, &n) || n < 0 || n > UINT32_MAX) return bif_badarg(p);
    return heap_unsigned(&p->heap,
                         atomic_exchange_explicit(word, (uint64_t)n, memory_order_relaxed));
}

/** How many requests code purging and its like may have on their way. Here one goes at a time, so
 * this is remembered only. */
static Term flag_outstanding_requests(Process *p, Term value) {
    int64_t n;
    if (!bif_get_int64(value, &n) || n < 1 || n >= (int64_t)1 << 27) return bif_badarg(p);
    _Atomic uint64_t *limit = &p->vm->system->outstanding_requests_max;
    return heap_unsigned(&p->heap,
                         atomic_exchange_explicit(limit, (uint64_t)n, memory_order_relaxed));
}

static Term flag_default(Process *p, Term flag, Term value) {
    int64_t n;
    VMConfig *c = &p->vm->config; // read by spawns of other threads as whole words
    uint32_t *field = flag == am_fullsweep_after ? &c->fullsweep_after
                      : flag == am_min_heap_size ? &c->min_heap_words
                                                 : &c->min_virtual_words;
    if (!bif_get_int64(value, &n) || n < 0 || n > UINT32_MAX) return bif_badarg(p);
    ASSERT(flag == am_fullsweep_after || flag == am_min_heap_size || flag == am_min_bin_vheap_size);
    uint32_t before = __atomic_exchange_n(field, (uint32_t)n, __ATOMIC_RELAXED);
    if (before == 0 && flag == am_min_heap_size) before = HEAP_WORDS_MIN_DEFAULT;
    if (before == 0 && flag == am_min_bin_vheap_size) before = HEAP_VIRTUAL_WORDS_MIN_DEFAULT;
    return heap_unsigned(&p->heap, before);
}

static Term flag_max_heap(Process *p, Term value) {
    VMConfig *c = &p->vm->config;
    uint64_t words = __atomic_load_n(&c->max_heap_words, __ATOMIC_RELAXED);
    uint32_t flags =
        (c->max_heap_kill ? HEAP_ON_MAX_KILL : 0) | (c->max_heap_log ? HEAP_ON_MAX_LOG : 0);
    Term before = max_heap_map(p->vm, &p->heap, words, flags);
    if (!max_heap_parse(p->vm, value, &words, &flags)) return bif_badarg(p);
    __atomic_store_n(&c->max_heap_words, words, __ATOMIC_RELAXED);
    __atomic_store_n(&c->max_heap_kill, (flags & HEAP_ON_MAX_KILL) != 0, __ATOMIC_RELAXED);
    __atomic_store_n(&c->max_heap_log, (flags & HEAP_ON_MAX_LOG) != 0, __ATOMIC_RELAXED);
    return before;
}

/** The ways of binding schedulers that OTP knows. Here they stay unbound. */
static bool is_bind_type(Term t) {
    static const Term types[] = {
        am_spread,
        am_processor_spread,
        am_thread_spread,
        am_thread_no_node_processor_spread,
        am_no_node_processor_spread,
        am_no_node_thread_spread,
        am_no_spread,
    };
    for (size_t i = 0; i < ARRAY_COUNT(types); i++)
        if (types[i] == t) return true;
    return false;
}

/** erlang:system_flag(Flag, Value): the former value. */
BIF(erlang, system_flag, 2)
{
    VM *vm = p->vm;
    SystemState *s = vm->system;
    switch (a[0]) {
    case am_backtrace_depth: {
        if (!term_is_small(a[1]) || term_small(a[1]) < 0) return bif_badarg(p);
        uint32_t depth = (uint32_t)MIN(term_small(a[1]), EXEC_BACKTRACE_DEPTH_MAX);
        return term_from_small(exec_set_backtrace_depth(vm, depth));
    }
    case am_schedulers_online: return flag_schedulers_online(p, a[1]);
    case am_dirty_cpu_schedulers_online: return flag_dirty_cpu_online(p, a[1]);
    case am_fullsweep_after:
    case am_min_heap_size:
    case am_min_bin_vheap_size: return flag_default(p, a[0], a[1]);
    case am_max_heap_size: return flag_max_heap(p, a[1]);
    case am_trace_control_word: return flag_word(p, &s->trace_control_word, a[1]);
    case am_multi_scheduling: return multi_scheduling_flag(p, a[1]);
    case am_scheduler_wall_time:
        if (a[1] != am_true && a[1] != am_false) return bif_badarg(p);
        return bif_trap(p, am_erts_internal, am_system_flag_scheduler_wall_time, 1, &a[1]);
    case am_time_offset:
        return a[1] == am_finalize ? time_finalize_offset(vm) : bif_badarg_cause(p, am_badopt);
    case am_microstate_accounting: return microstate_flag(p, a[1]);
    case am_sequential_tracer: {
        Term before = vm->tracing.hooks->set_seq_tracer(p, a[1]);
        return before == TERM_NONE ? bif_badarg(p) : before;
    }
    case am_reset_seq_trace:
        if (a[1] != am_true) return bif_badarg(p);
        vm->tracing.hooks->reset_seq_trace(p);
        return am_true;
    case am_system_logger: {
        if (!term_is_local_pid(a[1]) && a[1] != am_logger && a[1] != am_undefined)
            return bif_badarg(p);
        return atomic_exchange_explicit(&vm->system_logger, a[1], memory_order_relaxed);
    }
    case am_scheduler_bind_type:
        if (a[1] == am_unbound || a[1] == am_default_bind) return am_unbound;
        return is_bind_type(a[1]) ? bif_notsup(p) : bif_badarg(p);
    case am_outstanding_system_requests_limit: return flag_outstanding_requests(p, a[1]);
    case am_erts_alloc: return bif_notsup(p);
    default: return bif_badarg_cause(p, am_badopt);
    }
}

/** erts_internal:scheduler_wall_time(Bool): was it on? */
BIF(erts_internal, scheduler_wall_time, 1)
{
    if (a[0] != am_true && a[0] != am_false) return bif_badarg(p);
    return term_from_bool(atomic_exchange_explicit(&p->vm->schedulers->wall_time_on,
                                                   a[0] == am_true, memory_order_relaxed));
}

/** erts_internal:system_check(schedulers): answered by every scheduler; they are all fine when they
 * run at all. */
BIF(erts_internal, system_check, 1)
{ return a[0] == am_schedulers ? am_ok : bif_badarg(p); }

/** erts_internal:no_aux_work_threads(): one more than the messages that memory's protocol sends. */
BIF(erts_internal, no_aux_work_threads, 0)
{ return term_from_small(2); }
