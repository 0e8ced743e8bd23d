// SPDX-License-Identifier: Apache-2.0
//
// bif_internal_state.c - erts_debug:get_internal_state/1 and set_internal_state/2: what OTP's own
// test suites look at and steer. Nothing of it is there until a program has made it available.
//
// Threads: the calling process's; relations are told by the thread of the process looked at.
#include "bif/bif.h"
#include "bif/code_permit.h"
#include "bif/memory_usage.h"
#include "bif/multi_scheduling.h"
#include "bif/node_holders.h"
#include "bif/persistent_term.h"
#include "bif/process_info.h"
#include "bif/system_state.h"
#include "proc/balance.h"
#include "proc/link.h"
#include "proc/long_call.h"
#include "proc/process_table.h"
#include "proc/quiesce.h"
#include "proc/ref_timer.h"
#include "proc/registry.h"
#include "proc/remote.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/time.h"
#include "term/bits.h"
#include "term/compare.h"
#include "term/ref.h"
#include "vm/vm.h"
#include "world/thread.h"

/** heap_binary, or {refc_binary, Size, {binary, BufferSize}, Flags}. */
static Term binary_info(Process *p, Term t) {
    if (!term_is_bitstring(t)) return bif_badarg(p);
    const Binary *b = bits_binary(t);
    if (b == NULL) return am_heap_binary;
    const Term *box = term_box(t);
    ASSERT(b->size_bytes <= b->capacity_bytes);
    Term buffer = heap_tuple2(&p->heap, am_binary, heap_unsigned(&p->heap, b->capacity_bytes));
    bool writable = term_box_kind(t) == BOX_SUB_BITS && header_aux(box[0]) & SUB_BITS_WRITABLE;
    // BEAM's flags: "may be written to", and "somebody does"
    return heap_tuple4(&p->heap, am_refc_binary, heap_unsigned(&p->heap, (bits_size(t) + 7) / 8),
                       buffer, term_from_small(writable ? 3 : 0));
}

// ---- relations
// ----------------------------------------------------------------------------------------

/** {erl_link, Type, Other, State, Id} */
static Term link_record(Heap *h, const Relation *r) {
    Term box[EXT_PID_WORDS];
    Term other = heap_copy(h, relation_linked(r, box));
    Term type = term_is_local_port(other) ? am_port
                : r->connection != 0      ? am_dist_process
                                          : am_process;
    Term record[5] = {am_erl_link, type, other,
                      (r->flags & RELATION_LINKED) != 0 ? am_linked : am_unlinking,
                      r->id != 0 ? heap_unsigned(h, r->id) : TERM_NIL};
    return heap_tuple(h, 5, record);
}

/** {erl_monitor, Type, Direction, Ref, Other, Name} */
static Term monitor_record(VM *vm, Heap *h, const Relation *r, Term direction) {
    Term type = (r->flags & RELATION_PORT) != 0          ? am_port
                : (r->flags & RELATION_TIME_OFFSET) != 0 ? am_time_offset
                : (r->flags & RELATION_NODE) != 0        ? am_node
                : r->connection != 0                     ? am_dist_process
                                                         : am_process;
    Term ref = r->key == RELATION_EXTERNAL ? heap_copy(h, r->tag) : TERM_NIL;
    if (r->key == RELATION_REF) {
        Term *hp = heap_alloc(h, REF_WORDS);
        ref = ref_write(&hp, (uint64_t[3]){r->ref_words[0], r->ref_words[1], 0});
    }
    Term other = r->other == TERM_NONE ? TERM_NIL : heap_copy(h, r->other);
    if (type == am_process && term_is_atom(other)) other = registry_find(vm, other);
    Term record[6] = {
        am_erl_monitor, type, direction, ref, other, r->name == TERM_NONE ? TERM_NIL : r->name};
    return heap_tuple(h, 6, record);
}

static Term monitor_records(VM *vm, Heap *h, LinkTree *tree, Term direction, Term list) {
    uint32_t at = 0;
    for (Relation *r; (r = relation_next(tree, &at)) != NULL;)
        list = heap_cons(h, monitor_record(vm, h, r, direction), list);
    return list;
}

static Term relations(VM *vm, const Process *p, Term what, Heap *h) {
    ASSERT(p->signals_busy || h == &p->heap || p->x == NULL); // its own thread looks
    Term list = TERM_NIL;
    if (what == am_monitor_list) {
        list = monitor_records(vm, h, p->monitors_made, am_origin, list);
        return monitor_records(vm, h, p->monitored_by, am_target, list);
    }
    uint32_t at = 0;
    for (Relation *r; (r = relation_next(p->links, &at)) != NULL;)
        list = heap_cons(h, link_record(h, r), list);
    return list;
}

static Term run_relations(VM *vm, Process *target, SignalRequest *r, Heap *out) {
    return target == NULL ? am_undefined : relations(vm, target, r->head.term, out);
}

/** link_list and monitor_list of a process. */
static Term relations_of(Process *p, Term what, Term pid) {
    if (pid == p->pid) {
        if (!signal_handle_in_bif(p)) return bif_yield(p, am_erlang, am_self, 0, p->x);
        return relations(p->vm, p, what, &p->heap);
    }
    if (process_find(p->vm, pid) == NULL) return am_undefined;
    Term ref = reference_make(p->vm, &p->heap, TERM_NONE);
    signal_request_beside(p->vm, pid, run_relations, p->pid, ref, what);
    return bif_trap(p, am_erts_internal, am_await_result, 1, &ref);
}

// ---- nodes
// --------------------------------------------------------------------------------------------

static Term node_references(Process *p) {
    Term what = am_node_and_dist_references;
    if (!multi_scheduling_take(p))
        return bif_yield(p, am_erts_debug, am_get_internal_state, 1, &what);
    Term told = node_holders(p);
    multi_scheduling_give(p);
    ASSERT(told != TERM_NONE);
    return told;
}

/** Who controls the connection to a node: a port or a process. */
static Term controller_of(Process *p, Term node) {
    ASSERT(node != TERM_NONE);
    Term list = p->vm->dist_hooks == NULL ? TERM_NIL : p->vm->dist_hooks->controllers(p);
    for (; term_is_cell(list); list = term_tail(list))
        if (tuple_get(term_head(list), 0) == node) return tuple_get(term_head(list), 1);
    return am_undefined;
}

// ---- processes
// ----------------------------------------------------------------------------------------

/** What it costs to list all processes, as a record of process_SUITE's: the table is one chunk,
 * which is walked in one go. */
static Term processes_info(Process *p) {
    uint64_t slots = process_table_count_max(p->vm->processes);
    ASSERT(slots >= PROCESS_COUNT_MAX_LEAST);
    Term zero = term_from_small(0), one = term_from_small(1);
    Term record[] = {am_ptab_list_bif_info,
                     zero, // reductions that it wants at its start
                     one,
                     heap_unsigned(&p->heap, slots),
                     heap_unsigned(&p->heap, slots), // slots to a reduction
                     zero,
                     one,
                     one,
                     term_from_small(PROCESSES_PER_REDUCTION),
                     zero};
    return heap_tuple(&p->heap, ARRAY_COUNT(record), record);
}

// ---- identifiers
// --------------------------------------------------------------------------------------

static void magic_object_gone(UNUSED Binary *magic) {
    // The function's address marks what was made here.
}

/** {Reference, Address of its object}. */
static Term magic_ref_made(Process *p) {
    Binary *magic = binary_new_magic(sizeof(uint64_t), magic_object_gone);
    uint64_t words[3];
    reference_make_magic_words(p->vm, words);
    Term ref = heap_magic_ref(&p->heap, magic, words);
    return heap_tuple2(&p->heap, ref, heap_unsigned(&p->heap, (uintptr_t)magic));
}

/** {Address, References, HasDestructor}; of any other reference, whether it was a magic one. */
static Term magic_ref_state(Process *p, Term ref) {
    if (!term_is_local_ref(ref)) return am_false;
    if (!term_is_magic_ref(ref)) return term_from_bool((ref_words(ref)[0] & REF_MAGIC_MARK) != 0);
    Binary *magic = ref_magic(ref);
    ASSERT(magic->destructor != NULL);
    uint64_t count = (uint64_t)atomic_load_explicit(&magic->refs, memory_order_relaxed);
    return heap_tuple3(&p->heap, heap_unsigned(&p->heap, (uintptr_t)magic),
                       heap_unsigned(&p->heap, count), am_true);
}

/** The number of the next process or port; data: it is that one, if that is free. */
static Term next_identifier(Process *p, Term what, Term data) {
    uint64_t next, *least = data == TERM_NONE ? NULL : &next;
    ASSERT(what == am_next_pid || what == am_next_port);
    bool is_pid = what == am_next_pid;
    uint64_t bits = is_pid ? PID_NUMBER_BITS + PID_SERIAL_BITS : PORT_NUMBER_BITS;
    if (least != NULL && (!bif_get_uint64(data, least) || next >> bits != 0)) return bif_badarg(p);
    if (is_pid && least != NULL) process_table_set_next(p->vm->processes, next);
    next = is_pid ? process_table_next(p->vm->processes,
                                       scheduler_here(p) == NULL ? 0 : scheduler_here(p)->index)
                  : p->vm->port_hooks->next_number(p->vm, least);
    return heap_unsigned(&p->heap, next);
}

/** {Wrong, Used, Selected, Events}: descriptors that are watched are all in use, and none is
 * watched in another way. */
static Term watched_descriptors(Process *p) {
    Term watched = heap_unsigned(&p->heap, p->vm->port_hooks->watched(p->vm));
    return heap_tuple4(&p->heap, term_from_small(0), watched, watched, term_from_small(0));
}

// ---- reading
// ------------------------------------------------------------------------------------------

static Term state_of(Process *p, Term what, Term argument) {
    ASSERT(what != TERM_NONE && argument != TERM_NONE);
    if (what == am_internal_hash)
        return term_from_small(term_hash_internal(p->vm->atoms, argument, 0));
    if (what == am_binary_info) return binary_info(p, argument);
    if (what == am_process_status) {
        Process *other = term_is_local_pid(argument) ? process_find(p->vm, argument) : NULL;
        return other == NULL ? am_undefined : am_running;
    }
    if (what == am_magic_ref) return magic_ref_state(p, argument);
    if (what == am_dist_ctrl) return controller_of(p, argument);
    if ((what == am_link_list || what == am_monitor_list) && term_is_local_pid(argument))
        return relations_of(p, what, argument);
    return am_undefined;
}

/** [{total, Bytes}, ...] as erlang:memory/0, but without its questions to the allocators. */
static Term memory_state(Process *p) {
    MemoryUsage m = memory_usage_by(p);
    MemorySum sums[MEMORY_SUMS];
    memory_sums(p->vm, &m, sums);
    Heap *h = &p->heap;
    Term list = TERM_NIL;
    for (size_t i = MEMORY_SUMS; i-- > 0;)
        list = heap_cons(h, heap_tuple2(h, sums[i].name, heap_unsigned(h, sums[i].bytes)), list);
    return list;
}

/** erts_debug:get_internal_state(What): undef unless somebody has made the internal state
 * available. */
BIF(erts_debug, get_internal_state, 1)
{
    bool available =
        atomic_load_explicit(&p->vm->system->internal_state_available, memory_order_relaxed);
    if (!available) return bif_error(p, am_undef);
    if (a[0] == am_available_internal_state) return am_true;
    if (a[0] == am_reds_left) return term_from_small(p->reductions_left);
    if (a[0] == am_force_heap_frags) return am_false;
    if (a[0] == am_node_and_dist_references) return node_references(p);
    if (a[0] == am_stack_check) return heap_unsigned(&p->heap, thread_stack_left());
    if (a[0] == am_check_io_debug) return watched_descriptors(p);
    if (a[0] == am_processes_bif_info) return processes_info(p);
    if (a[0] == am_processes) return bif_trap(p, am_erlang, am_processes, 0, NULL);
    if (a[0] == am_nbalance) return heap_unsigned(&p->heap, balance_rounds(p->vm->schedulers));
    if (a[0] == am_process_info_args) return process_info_items(&p->heap);
    if (a[0] == am_flxctr_memory_usage) return am_notsup; // counters of tables are not counted
    if (a[0] == am_next_pid || a[0] == am_next_port) return next_identifier(p, a[0], TERM_NONE);
    if (a[0] == am_persistent_term) return persistent_terms_state(p);
    if (a[0] == am_memory) return memory_state(p);
    Term of_nodes = p->vm->dist_hooks->internal_state(p, a[0]);
    if (of_nodes != TERM_NONE) return of_nodes;
    if (term_is_tuple_of(a[0], 2)) return state_of(p, tuple_get(a[0], 0), tuple_get(a[0], 1));
    if (term_is_tuple_of(a[0], 3) && tuple_get(a[0], 0) == am_check_time_config)
        return am_true; // every mode goes with a clock that is corrected
    return term_is_atom(a[0]) || term_is_tuple(a[0]) ? am_undefined : bif_badarg(p);
}

// ---- setting
// ------------------------------------------------------------------------------------------

/** The scheduler's thread sleeps, with all that is queued for it: as a long piece of native code
 * would. */
static Term block_thread(Process *p, int64_t duration_ms) {
    ASSERT(p->scheduler != NULL && duration_ms >= 0);
    quiesce_offline(p->vm->quiesce, p->scheduler->quiesce);
    thread_sleep_ns(duration_ms * 1000000);
    quiesce_online(p->vm->quiesce, p->scheduler->quiesce);
    return am_true;
}

/** Fills the heap's block, so that what is built next does not fit. */
static Term fill_heap(Process *p) {
    Heap *h = &p->heap;
    size_t room = (size_t)(h->stack - h->top);
    while (room >= CELL_WORDS && h->fragments == NULL) {
        heap_cons(h, TERM_NIL, TERM_NIL);
        room -= CELL_WORDS;
    }
    return am_true;
}

/** Whether others may make p collect; what was. Requests that came meanwhile wait until they may.
 */
static Term set_gc_state(Process *p, bool on) {
    Term before = term_from_bool((p->flags & PROCESS_FLAG_GC_OFF) == 0);
    p->flags = on ? p->flags & ~PROCESS_FLAG_GC_OFF : p->flags | PROCESS_FLAG_GC_OFF;
    if (!on) return before;
    long_call_take_deferred(p);
    return bif_after_others(p, before);
}

/** A copy that stands in a fragment of the heap. */
static Term in_fragment(Process *p, Term t) {
    Heap h;
    heap_init_detached(&h, &p->vm->literals);
    Term copy = heap_copy(&h, t);
    HeapFragment *f = heap_take_fragments(&h);
    heap_destroy(&h);
    if (f != NULL) heap_adopt_fragments(&p->heap, f);
    return copy;
}

/** Switches that only steer where BEAM's built-ins yield: there is nothing here for them to steer.
 */
static bool is_yield_switch(Term what) {
    return what == am_binary_loop_limit || what == am_re_loop_limit ||
           what == am_unicode_loop_limit || what == am_ets_force_trap ||
           what == am_ets_force_split || what == am_ets_debug_random_split_join ||
           what == am_test_long_gc_sleep || what == am_node_tab_delayed_delete;
}

/** {Name, Count} */
static Term colliding_names(Process *p, Term argument) {
    uint64_t count;
    if (!term_is_tuple_of(argument, 2) || !term_is_atom(tuple_get(argument, 0)) ||
        !bif_get_uint64(tuple_get(argument, 1), &count) || count > COLLIDING_MAX)
        return bif_badarg(p);
    return p->vm->ets_colliding_names(p, tuple_get(argument, 0), count);
}

/** erts_debug:set_internal_state(What, Value). */
BIF(erts_debug, set_internal_state, 2)
{
    _Atomic bool *available = &p->vm->system->internal_state_available;
    if (a[0] == am_available_internal_state && (a[1] == am_true || a[1] == am_false)) {
        return term_from_bool(
            atomic_exchange_explicit(available, a[1] == am_true, memory_order_relaxed));
    }
    if (!atomic_load_explicit(available, memory_order_relaxed)) return bif_error(p, am_undef);
    if (a[0] == am_reds_left && term_is_small(a[1])) {
        p->reductions_left = term_small(a[1]);
        return am_true;
    }
    if (a[0] == am_sleep && term_is_small(a[1]) && term_small(a[1]) >= 0)
        return block_thread(p, term_small(a[1]));
    if (a[0] == am_test_long_gc_sleep && term_is_small(a[1]) && term_small(a[1]) >= 0) {
        atomic_store_explicit(&p->vm->tracing.test_gc_sleep_ms, (uint32_t)term_small(a[1]),
                              memory_order_relaxed);
        return am_true;
    }
    if (a[0] == am_block && term_is_small(a[1]) && term_small(a[1]) >= 0) {
        if (!multi_scheduling_take(p))
            return bif_yield(p, am_erts_debug, am_set_internal_state, 2, a);
        block_thread(p, term_small(a[1]));
        multi_scheduling_give(p);
        return am_true;
    }
    if (a[0] == am_gc_state && (a[1] == am_true || a[1] == am_false))
        return set_gc_state(p, a[1] == am_true);
    if (a[0] == am_code_write_permission && a[1] == am_true)
        return code_change_begin(p) ? am_true
                                    : bif_yield(p, am_erts_debug, am_set_internal_state, 2, a);
    if (a[0] == am_code_write_permission && a[1] == am_false) {
        if (!code_permit_has(p->vm->code, p->pid)) return bif_badarg(p);
        code_change_end(p);
        return am_true;
    }
    if (a[0] == am_colliding_names) return colliding_names(p, a[1]);
    if (a[0] == am_mbuf) return in_fragment(p, a[1]);
    if (a[0] == am_fill_heap) return fill_heap(p);
    if (a[0] == am_proc_sig_buffers)
        return am_true; // a queue that many senders fill at once is the only one there is
    if (a[0] == am_proc_sig_block) return am_false; // nothing to switch
    if (a[0] == am_process_uniq_counter && bif_get_uint64(a[1], &p->unique_counter)) return am_true;
    if (a[0] ==
        am_wait) // what is waited for (thread progress, deallocation) is done by now, or soon
        return bif_after_others(p, am_ok);
    if (a[0] == am_make && a[1] == am_magic_ref) return magic_ref_made(p);
    uint64_t ms;
    if (a[0] == am_next_pid || a[0] == am_next_port) return next_identifier(p, a[0], a[1]);
    if (a[0] == am_multizero_timeout_in_timeout && bif_get_uint64(a[1], &ms)) {
        ref_timer_test_nested(p, ms, am_multizero_timeout_in_timeout_done);
        return am_ok;
    }
    if (a[0] == am_force_gc) {
        p->heap.flags |= HEAP_GC_WANTED;
        return am_true;
    }
    return is_yield_switch(a[0]) ? am_ok : bif_notsup(p);
}
