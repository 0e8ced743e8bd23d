// SPDX-License-Identifier: Apache-2.0
//
// bif_system_info.c - erlang:system_info/1. Items stand in three groups: plain numbers and atoms,
// texts and structures, and items with an argument.
//
// Memory: erlang:memory/0,1 is Erlang code that asks here for the sizes of OTP's allocators. Mica
// has none of these, so what is in use is told under the names that OTP's code adds up: eheap_alloc
// for processes, binary_alloc, ets_alloc, and ll_alloc for the rest.
#include "bif/bif.h"
#include "bif/memory_usage.h"
#include "bif/multi_scheduling.h"
#include "bif/system_state.h"
#include "bif/system_text.h"
#include "code/native_version.h"
#include "proc/process_table.h"
#include "proc/ref_timer.h"
#include "proc/registry.h"
#include "proc/remote.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/spawn_option.h"
#include "proc/time.h"
#include "vm/vm.h"
#include "world/clock.h"
#include "world/env.h"
#include "world/thread.h"

#include <stdio.h>

#define PORT_COUNT_MAX_DEFAULT 65536
#define ETS_LIMIT 8192

static Term text(Process *p, const char *s) {
    return heap_list_from_bytes(&p->heap, (const uint8_t *)s, strlen(s), TERM_NIL);
}

static Term number(Process *p, uint64_t n) { return heap_unsigned(&p->heap, n); }

static uint64_t default_or(uint64_t configured, uint64_t usual) {
    return configured != 0 ? configured : usual;
}

// ---- release and version
// ----------------------------------------------------------------------------

/** The OTP release of the root. */
static void release_text(VM *vm, char *out, size_t capacity) {
    ASSERT(vm->config.otp_release != 0);
    snprintf(out, capacity, "%u", vm->config.otp_release);
}

static const char *erts_version(VM *vm) {
    return vm->config.erts_version != NULL ? vm->config.erts_version : "13.1.5";
}

static void architecture(VM *vm, char *out, size_t capacity) {
    EnvSystem system;
    env_system(vm->world, &system);
    snprintf(out, capacity, "%s-pc-linux-gnu", system.machine);
}

static Term system_version(Process *p) {
    char line[256], release[16];
    const SchedulerSet *set = p->vm->schedulers;
    release_text(p->vm, release, sizeof release);
    snprintf(
        line, sizeof line,
        "Erlang/OTP %s [erts-%s] [mica] [64-bit] [smp:%u:%u] [ds:%u:%u:%u] [async-threads:%u]\n",
        release, erts_version(p->vm), set->count,
        atomic_load_explicit(&set->online, memory_order_relaxed), set->dirty_cpu_count,
        atomic_load_explicit(&set->dirty_cpu_online, memory_order_relaxed), set->dirty_io_count,
        (unsigned)default_or(p->vm->config.async_threads, 1));
    return text(p, line);
}

static Term version_item(Process *p, Term item) {
    char buffer[128];
    switch (item) {
    case am_otp_release: release_text(p->vm, buffer, sizeof buffer); return text(p, buffer);
    case am_version: return text(p, erts_version(p->vm));
    case am_system_version: return system_version(p);
    case am_system_architecture: architecture(p->vm, buffer, sizeof buffer); return text(p, buffer);
    case am_os_type: return heap_tuple2(&p->heap, am_unix, am_linux);
    case am_os_version: {
        EnvSystem system;
        env_system(p->vm->world, &system);
        return heap_tuple3(&p->heap, term_from_small(system.major), term_from_small(system.minor),
                           term_from_small(system.patch));
    }
    case am_lock_checking:
    case am_lock_counting: return am_false;
    case am_break_ignored: return p->vm->config.break_handling == 'i' ? am_true : am_false;
    case am_machine: return text(p, "BEAM");
    case am_nif_version:
        snprintf(buffer, sizeof buffer, "%d.%d", NATIVE_INTERFACE_MAJOR,
                 native_interface_minor(p->vm->config.otp_release));
        return text(p, buffer);
    case am_driver_version: return text(p, "3.3");
    case am_emu_flavor: return am_emu;
    case am_emu_type:
    case am_build_type: return am_opt;
    case am_compat_rel:
        release_text(p->vm, buffer, sizeof buffer);
        return term_from_small((buffer[0] - '0') * 10 + (buffer[1] - '0'));
    case am_c_compiler_used:
        return heap_tuple2(&p->heap, am_clang,
                           heap_tuple3(&p->heap, term_from_small(__clang_major__),
                                       term_from_small(__clang_minor__),
                                       term_from_small(__clang_patchlevel__)));
    default: return TERM_NONE;
    }
}

// ---- threads and time
// -------------------------------------------------------------------------------

static Term cpu_topology(Process *p) {
    Heap *h = &p->heap;
    Term cores = TERM_NIL;
    for (unsigned i = thread_cpus_online(); i-- > 0;) {
        Term logical = heap_tuple2(h, am_logical, term_from_small(i));
        cores = heap_cons(h, heap_tuple2(h, am_core, logical), cores);
    }
    return heap_cons(h, heap_tuple2(h, am_processor, cores), TERM_NIL);
}

/** How many of the events on which a scheduler's thread waits have a thread. */
static uint32_t waiting_events(const SchedulerSet *set) {
    ASSERT(set->count > 0);
    return set->count + atomic_load_explicit(&set->dirty_started[DIRTY_CPU], memory_order_relaxed) +
           atomic_load_explicit(&set->dirty_started[DIRTY_IO], memory_order_relaxed);
}

static Term scheduler_bindings(Process *p) {
    uint32_t n = p->vm->schedulers->count;
    ASSERT(n > 0);
    Term *elements = mem_alloc(n * sizeof *elements);
    for (uint32_t i = 0; i < n; i++) elements[i] = am_unbound;
    Term tuple = heap_tuple(&p->heap, n, elements);
    mem_free(elements);
    return tuple;
}

static Term scheduler_id(Process *p) {
    const Scheduler *s = p->scheduler;
    ASSERT(s != NULL && s->index < DIRTY_THREADS_MAX);
    uint32_t before = s->kind == SCHEDULER_NORMAL
                          ? 0
                          : s->set->count + (s->kind == DIRTY_IO ? s->set->dirty_cpu_count : 0);
    return term_from_small(before + s->index + 1);
}

static Term schedulers_state(Process *p, bool all) {
    SchedulerSet *set = p->vm->schedulers;
    Heap *h = &p->heap;
    uint32_t online = atomic_load_explicit(&set->online, memory_order_relaxed);
    uint32_t cpu_online = atomic_load_explicit(&set->dirty_cpu_online, memory_order_relaxed);
    bool blocked = atomic_load_explicit(&set->blocked, memory_order_relaxed) > 0;
    Term total = term_from_small(set->count), on = term_from_small(online);
    ASSERT(online > 0 && online <= set->count && cpu_online <= set->dirty_cpu_count);
    Term active = term_from_small(blocked ? 1 : online), io = term_from_small(set->dirty_io_count);
    if (!all) return heap_tuple3(h, total, on, active);
    Term cpu = term_from_small(cpu_online);
    bool alone = atomic_load_explicit(&set->blocked_all, memory_order_relaxed) > 0;
    Term none = term_from_small(0), cpu_total = term_from_small(set->dirty_cpu_count);
    Term kinds[] = {heap_tuple4(h, am_normal, total, on, active),
                    heap_tuple4(h, am_dirty_cpu, cpu_total, cpu, alone ? none : cpu),
                    heap_tuple4(h, am_dirty_io, io, io, alone ? none : io)};
    return heap_list(h, kinds, ARRAY_COUNT(kinds), TERM_NIL);
}

static Term thread_item(Process *p, Term item) {
    SchedulerSet *set = p->vm->schedulers;
    ASSERT(set != NULL && set->count > 0);
    bool blocked = atomic_load_explicit(&set->blocked, memory_order_relaxed) > 0;
    switch (item) {
    case am_run_queues:
    case am_schedulers: return term_from_small(set->count);
    case am_schedulers_state: return schedulers_state(p, false);
    case am_all_schedulers_state: return schedulers_state(p, true);
    case am_schedulers_active:
        if (blocked) return term_from_small(1);
        return term_from_small(atomic_load_explicit(&set->online, memory_order_relaxed));
    case am_schedulers_online:
        return term_from_small(atomic_load_explicit(&set->online, memory_order_relaxed));
    case am_dirty_cpu_schedulers: return term_from_small(set->dirty_cpu_count);
    case am_dirty_cpu_schedulers_online:
        return term_from_small(atomic_load_explicit(&set->dirty_cpu_online, memory_order_relaxed));
    case am_dirty_io_schedulers: return term_from_small(set->dirty_io_count);
    case am_scheduler_id: return scheduler_id(p);
    case am_scheduler_bind_type: return am_unbound;
    case am_scheduler_bindings: return scheduler_bindings(p);
    case am_multi_scheduling: return multi_scheduling_state(p->vm);
    case am_multi_scheduling_blockers: return multi_scheduling_blockers(p, false);
    case am_normal_multi_scheduling_blockers: return multi_scheduling_blockers(p, true);
    case am_smp_support:
    case am_threads: return am_true;
    case am_thread_pool_size: return number(p, default_or(p->vm->config.async_threads, 1));
    case am_logical_processors: return term_from_small(system_state_cpus(p->vm->system).configured);
    case am_logical_processors_online:
        return term_from_small(system_state_cpus(p->vm->system).online);
    case am_logical_processors_available:
        return term_from_small(system_state_cpus(p->vm->system).available);
    case am_cpu_topology: return cpu_topology(p);
    case am_update_cpu_info:
        return system_state_look_at_cpus(p->vm->system) ? am_changed : am_unchanged;
    case am_ethread_used_tse: return term_from_small(waiting_events(set));
    case am_context_reductions: return term_from_small(CONTEXT_REDUCTIONS);
    default: return TERM_NONE;
    }
}

static Term time_source(Process *p, Term clock, int64_t now, bool monotonic) {
    Heap *h = &p->heap;
    Term items[6];
    size_t n = 0;
    items[n++] = heap_tuple2(h, am_function, am_clock_gettime);
    items[n++] = heap_tuple2(h, am_clock_id, clock);
    items[n++] = heap_tuple2(h, am_resolution, term_from_small(1000000000));
    if (monotonic) items[n++] = heap_tuple2(h, am_extended, am_no);
    items[n++] = heap_tuple2(h, am_parallel, am_yes);
    items[n++] = heap_tuple2(h, am_time, heap_integer(h, now));
    ASSERT(n <= ARRAY_COUNT(items));
    return heap_list(h, items, n, TERM_NIL);
}

static Term time_item(Process *p, Term item) {
    VM *vm = p->vm;
    switch (item) {
    case am_start_time: return heap_integer(&p->heap, time_start_ns(vm));
    case am_end_time: return heap_integer(&p->heap, TIME_MONOTONIC_END);
    case am_time_correction: return term_from_bool(vm->config.time_correction);
    case am_time_offset: return time_offset_state(vm);
    case am_time_warp_mode:
        return vm->config.time_warp == TIME_WARP_NONE     ? am_no_time_warp
               : vm->config.time_warp == TIME_WARP_SINGLE ? am_single_time_warp
                                                          : am_multi_time_warp;
    case am_tolerant_timeofday: return am_enabled;
    case am_os_monotonic_time_source:
        return time_source(p, am_CLOCK_MONOTONIC, clock_monotonic_ns(vm->world), true);
    case am_os_system_time_source:
        return time_source(p, am_CLOCK_REALTIME, time_os_system_ns(vm), false);
    default: return TERM_NONE;
    }
}

// ---- limits, counts, defaults
// -----------------------------------------------------------------------

static Term heap_sizes(Process *p) {
    Term sizes[192];
    size_t n = 0;
    for (size_t words = 1; n < ARRAY_COUNT(sizes) && words < (size_t)1 << 50; n++) {
        words = heap_next_size(words);
        sizes[n] = number(p, words);
        words++;
    }
    ASSERT(n > 1 && sizes[0] == term_from_small(12)); // OTP's smallest
    return heap_list(&p->heap, sizes, n, TERM_NIL);
}

static Term heap_default(Process *p, Term item) {
    const VMConfig *c = &p->vm->config;
    uint32_t flags =
        (c->max_heap_kill ? HEAP_ON_MAX_KILL : 0) | (c->max_heap_log ? HEAP_ON_MAX_LOG : 0);
    switch (item) {
    case am_fullsweep_after: return number(p, c->fullsweep_after);
    case am_min_heap_size: return number(p, default_or(c->min_heap_words, HEAP_WORDS_MIN_DEFAULT));
    case am_min_bin_vheap_size:
        return number(p, default_or(c->min_virtual_words, HEAP_VIRTUAL_WORDS_MIN_DEFAULT));
    case am_max_heap_size: return max_heap_map(p->vm, &p->heap, c->max_heap_words, flags);
    default: UNREACHABLE();
    }
}

static Term garbage_collection(Process *p) {
    Heap *h = &p->heap;
    Term items[] = {
        heap_tuple2(h, am_max_heap_size, number(p, p->vm->config.max_heap_words)),
        heap_tuple2(h, am_min_bin_vheap_size, heap_default(p, am_min_bin_vheap_size)),
        heap_tuple2(h, am_min_heap_size, heap_default(p, am_min_heap_size)),
        heap_tuple2(h, am_fullsweep_after, heap_default(p, am_fullsweep_after)),
    };
    return heap_list(h, items, ARRAY_COUNT(items), TERM_NIL);
}

static Term limit_item(Process *p, Term item) {
    VM *vm = p->vm;
    const VMConfig *c = &vm->config;
    switch (item) {
    case am_atom_count: return number(p, atom_count(vm->atoms));
    case am_atom_limit: return number(p, default_or(c->atom_count_max, ATOM_COUNT_MAX_DEFAULT));
    case am_process_count: return number(p, process_table_count(vm->processes));
    case am_process_limit: return number(p, process_table_count_max(vm->processes));
    case am_port_count: return number(p, vm->port_hooks == NULL ? 0 : vm->port_hooks->count(vm));
    case am_port_limit: return number(p, default_or(c->port_count_max, PORT_COUNT_MAX_DEFAULT));
    case am_ets_limit: return term_from_small(ETS_LIMIT);
    case am_ets_count: return number(p, memory_ets_count(vm));
    case am_fullsweep_after:
    case am_min_heap_size:
    case am_min_bin_vheap_size: return heap_tuple2(&p->heap, item, heap_default(p, item));
    case am_max_heap_size: return heap_default(p, item);
    case am_message_queue_data: return c->message_queue_off_heap ? am_off_heap : am_on_heap;
    case am_garbage_collection: return garbage_collection(p);
    case am_heap_sizes: return heap_sizes(p);
    case am_heap_type: return am_private;
    case am_dist_buf_busy_limit: return term_from_small((int64_t)p->vm->config.dist_busy_limit);
    case am_wordsize: return term_from_small(sizeof(Term));
    default: return TERM_NONE;
    }
}

// ---- memory
// -----------------------------------------------------------------------------------------

/** An allocator's carriers as OTP's instances tell them, with all blocks in the one that is shared.
 */
static Term carriers(Process *p, Term name, uint64_t bytes) {
    Heap *h = &p->heap;
    ASSERT(term_is_atom(name));
    Term n = number(p, bytes);
    Term size = heap_cons(h, heap_tuple4(h, am_size, n, n, n), TERM_NIL);
    Term blocks = heap_tuple2(h, am_blocks, heap_cons(h, heap_tuple2(h, name, size), TERM_NIL));
    Term many = heap_tuple2(h, am_mbcs, heap_cons(h, blocks, TERM_NIL));
    Term none = heap_cons(h, heap_tuple2(h, am_blocks, TERM_NIL), TERM_NIL);
    Term single = heap_tuple2(h, am_sbcs, none);
    return heap_cons(h, many, heap_cons(h, single, TERM_NIL));
}

// Of OTP's allocators, those under whose names this VM counts memory.
static const Term counted_allocators[] = {am_eheap_alloc, am_binary_alloc, am_ets_alloc,
                                          am_ll_alloc};

static bool is_counted(Term name) {
    for (size_t i = 0; i < ARRAY_COUNT(counted_allocators); i++)
        if (counted_allocators[i] == name) return true;
    return false;
}

static uint64_t counted_bytes(Process *p, const MemoryUsage *m, Term name) {
    switch (name) {
    case am_eheap_alloc: return m->processes;
    case am_binary_alloc: return m->binaries;
    case am_ets_alloc: return m->ets;
    default: return m->code + m->atom_texts + m->atom_rows + memory_fixed_bytes(p->vm);
    }
}

static bool names_has(Term names, Term name) {
    for (; term_is_cell(names); names = term_tail(names))
        if (term_head(names) == name) return true;
    return false;
}

/** What the allocator of things of fixed sizes tells: of its kinds only timers are counted here. */
static Term fixed_sizes(Process *p) {
    Heap *h = &p->heap;
    uint64_t bytes = ref_timers_bytes(p->vm->ref_timers);
    Term size = heap_unsigned(h, bytes);
    Term kinds = heap_cons(h, heap_tuple3(h, am_bif_timer, size, size), TERM_NIL);
    return heap_cons(h, heap_tuple2(h, am_fix_types, kinds), carriers(p, am_fix_alloc, bytes));
}

/** {memory_internal, Ref, Allocators}: one message {Ref, 0, Data}, as no_aux_work_threads
 * announces. Of the allocators those that hold something. */
static Term memory_internal(Process *p, Term ref, Term names) {
    ASSERT(p->scheduler != NULL);
    MemoryUsage m = memory_usage_by(p);
    Term data = TERM_NIL;
    Heap *h = &p->heap;
    if (names_has(names, am_fix_alloc))
        data = heap_cons(h, heap_tuple3(h, am_fix_alloc, term_from_small(0), fixed_sizes(p)), data);
    for (size_t i = ARRAY_COUNT(counted_allocators); i-- > 0;) {
        Term name = counted_allocators[i];
        if (!names_has(names, name)) continue;
        Term held = carriers(p, name, counted_bytes(p, &m, name));
        data = heap_cons(h, heap_tuple3(h, name, term_from_small(0), held), data);
    }
    signal_send_self(p, heap_tuple3(h, ref, term_from_small(0), data));
    return am_true;
}

static bool is_allocator(Term name) {
    static const Term names[] = {
        am_sys_alloc,    am_temp_alloc,  am_sl_alloc,   am_std_alloc,         am_ll_alloc,
        am_eheap_alloc,  am_ets_alloc,   am_fix_alloc,  am_literal_alloc,     am_binary_alloc,
        am_driver_alloc, am_mseg_alloc,  am_test_alloc, am_sys_aligned_alloc, am_exec_alloc,
        am_erts_mmap,    am_literal_mmap};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (names[i] == name) return true;
    return false;
}

static bool are_allocators(Term names) {
    for (; term_is_cell(names); names = term_tail(names))
        if (!is_allocator(term_head(names))) return false;
    return term_is_nil(names);
}

/** What {allocator, Name} and {allocator_sizes, Name} tell: none of OTP's allocators is there, but
 * what some of them would hold is counted. */
static Term allocator_instances(Process *p, const MemoryUsage *m, Term name, bool sizes) {
    if (!sizes || !is_counted(name)) return am_false;
    Heap *h = &p->heap;
    Term held = carriers(p, name, counted_bytes(p, m, name));
    return heap_cons(h, heap_tuple3(h, am_instance, term_from_small(0), held), TERM_NIL);
}

/** {allocator | allocator_sizes, Name | [Name, ...]}; TERM_NONE: a name that is none. */
static Term allocators(Process *p, Term names, bool sizes) {
    Heap *h = &p->heap;
    MemoryUsage m = memory_usage_by(p);
    if (is_allocator(names)) return allocator_instances(p, &m, names, sizes);
    if (!term_is_cell(names) || !are_allocators(names)) return TERM_NONE;
    Term list = TERM_NIL, ordered = TERM_NIL;
    for (; term_is_cell(names); names = term_tail(names)) {
        Term told = allocator_instances(p, &m, term_head(names), sizes);
        list = heap_cons(h, heap_tuple2(h, term_head(names), told), list);
    }
    for (; term_is_cell(list); list = term_tail(list))
        ordered = heap_cons(h, term_head(list), ordered);
    return ordered;
}

static Term allocated_areas(Process *p) {
    Heap *h = &p->heap;
    MemoryUsage m = memory_usage_by(p);
    Term items[] = {
        heap_tuple3(h, am_atom_space, number(p, m.atom_texts), number(p, m.atom_texts)),
        heap_tuple2(h, am_atom_table, number(p, m.atom_rows)),
        heap_tuple2(h, am_loaded_code, number(p, m.code)),
        heap_tuple2(h, am_process_table,
                    number(p, process_table_count(p->vm->processes) * sizeof(void *))),
        heap_tuple2(h, am_ets_misc, term_from_small(0)), // ets_alloc has all of it
    };
    return heap_list(h, items, ARRAY_COUNT(items), TERM_NIL);
}

// ---- the rest
// ---------------------------------------------------------------------------------------

/** Every built-in that the release has: {Module, Function, Arity}. */
static Term built_ins(Process *p) {
    Term list = TERM_NIL;
    for (uint32_t i = 0; i < bif_table_count; i++) {
        const BifEntry *e = &bif_table[i];
        ASSERT(e->arity <= ARITY_MAX && e->function != NULL);
        Term module = atom_from(p->vm->atoms, e->module), name = atom_from(p->vm->atoms, e->name);
        if (!code_is_builtin(p->vm->code, module, name, e->arity)) continue;
        Term mfa = heap_tuple3(&p->heap, module, name, term_from_small(e->arity));
        list = heap_cons(&p->heap, mfa, list);
    }
    return list;
}

/** What BEAM tells of its library for threads: here the C compiler's atomics do it. */
static Term thread_info(Process *p) {
    static const char *const natives[] = {"32-bit native atomics", "64-bit native atomics",
                                          "Double word native atomics"};
    ASSERT(sizeof(_Atomic uint64_t) == sizeof(uint64_t)); // or a lock would stand beside it
    Term list = TERM_NIL;
    for (size_t i = ARRAY_COUNT(natives); i > 0; i--)
        list = heap_cons(&p->heap,
                         heap_tuple3(&p->heap, text(p, natives[i - 1]), text(p, "C11"), TERM_NIL),
                         list);
    return list;
}

static Term os_item(Process *p, Term item) {
    if (item == am_os_type) return heap_tuple2(&p->heap, am_unix, am_linux);
    if (item == am_endian) return am_little;
    if (item == am_cpu_quota) return am_unknown;
    if (item != am_os_version) return TERM_NONE;
    EnvSystem system;
    env_system(p->vm->world, &system);
    return heap_tuple3(&p->heap, term_from_small(system.major), term_from_small(system.minor),
                       term_from_small(system.patch));
}

typedef struct NameList {
    Heap *heap;
    Term list;
} NameList;

static void add_if_tainted(Module *m, void *context) {
    NameList *n = context;
    ASSERT(term_is_atom(m->name));
    if (atomic_load_explicit(&m->tainted, memory_order_relaxed))
        n->list = heap_cons(n->heap, m->name, n->list);
}

/** The modules that have loaded native code. */
static Term tainted_modules(Process *p) {
    NameList n = {&p->heap, TERM_NIL};
    code_each_module(p->vm->code, add_if_tainted, &n);
    return n.list;
}

static Term other_item(Process *p, Term item) {
    SystemState *s = p->vm->system;
    switch (item) {
    case am_snifs: return built_ins(p);
    case am_allocated_areas: return allocated_areas(p);
    case am_alloc_util_allocators:
        return heap_list(&p->heap, counted_allocators, ARRAY_COUNT(counted_allocators), TERM_NIL);
    case am_taints: return tainted_modules(p);
    case am_dist_ctrl: return p->vm->dist_hooks->controllers(p);
    case am_allocator: return heap_tuple4(&p->heap, am_undefined, TERM_NIL, TERM_NIL, TERM_NIL);
    case am_check_io: return p->vm->port_hooks->check_io(p);
    case am_ethread_info: return thread_info(p);
    case am_creation: return term_from_small(node_own_creation(p->vm->nodes));
    case am_debug_compiled:
    case am_lock_checking:
    case am_lock_counting:
    case am_break_ignored: return am_false;
    case am_constant_pool_support:
    case am_beam_jump_table: return am_true;
    case am_compile_info: return TERM_NIL;
    case am_delayed_node_table_gc: return term_from_small(60);
    case am_dynamic_trace: return am_none;
    case am_dynamic_trace_probes: return am_false;
    case am_eager_check_io: return am_true;
    case am_ets_always_compress:
    case am_ets_realloc_moves: return am_false;
    case am_kernel_poll: return am_true;
    case am_modified_timing_level: return am_undefined;
    case am_port_parallelism: return am_false;
    case am_sequential_tracer:
        return heap_tuple2(&p->heap, item, p->vm->tracing.hooks->get_seq_tracer(p));
    case am_system_logger: {
        Term logger = atomic_load_explicit(&p->vm->system_logger, memory_order_relaxed);
        return logger == TERM_NONE ? am_undefined : logger;
    }
    case am_trace_control_word:
        return number(p, atomic_load_explicit(&s->trace_control_word, memory_order_relaxed));
    case am_dist: return system_text_nodes(p);
    case am_hipe_architecture: return am_undefined;
    case am_outstanding_system_requests_limit:
        return number(p, atomic_load_explicit(&s->outstanding_requests_max, memory_order_relaxed));
    case am_info: return system_text_info(p);
    case am_loaded: return system_text_loaded(p);
    default: return TERM_NONE;
    }
}

/** Is this one of OTP's allocators? None of them is there; a name that OTP does not know is an
 * error. */
static Term tuple_item(Process *p, Term item) {
    ASSERT(!term_is_atom(item));
    if (term_is_tuple_of(item, 3)) {
        Term ref = tuple_get(item, 1);
        if (tuple_get(item, 0) == am_memory_internal)
            return memory_internal(p, ref, tuple_get(item, 2));
        return TERM_NONE;
    }
    if (!term_is_tuple_of(item, 2)) return TERM_NONE;
    Term key = tuple_get(item, 0), value = tuple_get(item, 1);
    if (key == am_wordsize && (value == am_internal || value == am_external))
        return term_from_small(sizeof(Term));
    if (key == am_allocator || key == am_allocator_sizes)
        return allocators(p, value, key == am_allocator_sizes);
    if (key == am_cpu_topology && value == am_defined) return am_undefined;
    if (key == am_cpu_topology && (value == am_detected || value == am_used))
        return cpu_topology(p);
    return TERM_NONE;
}

/** erlang:system_info(Item). */
BIF(erlang, system_info, 1)
{
    if (!term_is_atom(a[0])) {
        Term answer = tuple_item(p, a[0]);
        return answer == TERM_NONE ? bif_badarg(p) : answer;
    }
    if (a[0] == am_procs) return system_text_procs(p); // yields
    Term (*const groups[])(Process *, Term) = {version_item, thread_item, time_item,
                                               limit_item,   os_item,     other_item};
    for (size_t i = 0; i < ARRAY_COUNT(groups); i++) {
        Term answer = groups[i](p, a[0]);
        if (answer != TERM_NONE) return answer;
    }
    return bif_badarg(p);
}
