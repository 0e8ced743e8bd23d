// SPDX-License-Identifier: Apache-2.0
//
// bif_process_info.c - erlang:process_info: what a process can say of itself, asked by a signal
// when it is another one.
//
// INFO-1: an item is built by the thread that runs the process looked at, in `out`: the asker's
// heap when it asks
//         itself, else the answer's fragments. Terms are copied either way.
#include "bif/bif.h"
#include "bif/process_info.h"
#include "exec/exec.h"
#include "proc/backtrace.h"
#include "proc/dictionary.h"
#include "proc/link.h"
#include "proc/registry.h"
#include "proc/remote.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/spawn_option.h"
#include "proc/time.h"
#include "term/ref.h"
#include "vm/vm.h"

typedef struct Asked {
    VM *vm;
    Process *p; // looked at
    Heap *out;
    bool is_self;
    bool is_beside; // a built-in of it runs meanwhile (BESIDE-1)
} Asked;

static Term pair(Asked *q, Term key, Term value) { return heap_tuple2(q->out, key, value); }

static Term number(Asked *q, uint64_t n) { return heap_unsigned(q->out, n); }

static Term status(Asked *q) {
    const Process *p = q->p;
    if (p->exit_reason != TERM_NONE) return am_exiting;
    if (q->is_self) return am_running;
    if (q->is_beside) {
        uint32_t state = atomic_load_explicit(&p->state, memory_order_relaxed);
        if ((state & PROCESS_STATUS_MASK) == PROCESS_RUNNING) return am_running;
    }
    if (p->suspend_count > 0) return am_suspended;
    return p->receive_waiting ? am_waiting : am_runnable;
}

/** A list that was built from its end, turned round: the order in which OTP tells few relations. */
static Term oldest_first(Heap *h, Term list) {
    Term turned = TERM_NIL;
    for (; term_is_cell(list); list = term_tail(list))
        turned = heap_cons(h, term_head(list), turned);
    ASSERT(term_is_nil(list));
    return turned;
}

static Term links(Asked *q) {
    Term list = TERM_NIL;
    uint32_t at = 0;
    for (Relation *r; (r = relation_next(q->p->links, &at)) != NULL;)
        if ((r->flags & RELATION_LINKED) != 0) {
            Term box[EXT_PID_WORDS];
            list = heap_cons(q->out, heap_copy(q->out, relation_linked(r, box)), list);
        }
    return oldest_first(q->out, list);
}

static Term monitors(Asked *q) {
    Term list = TERM_NIL;
    uint32_t at = 0;
    for (Relation *r; (r = relation_next(q->p->monitors_made, &at)) != NULL;) {
        if ((r->flags & (RELATION_NODE | RELATION_SPAWN_PENDING)) != 0) continue;
        Term kind = (r->flags & RELATION_PORT) != 0          ? am_port
                    : (r->flags & RELATION_TIME_OFFSET) != 0 ? am_time_offset
                                                             : am_process;
        Term item = r->name == TERM_NONE
                        ? heap_copy(q->out, r->other)
                        : heap_tuple2(q->out, r->name, node_own_name(q->vm->nodes));
        list = heap_cons(q->out, heap_tuple2(q->out, kind, item), list);
    }
    return oldest_first(q->out, list);
}

static Term monitored_by(Asked *q) {
    Term list = TERM_NIL;
    uint32_t at = 0;
    for (Relation *r; (r = relation_next(q->p->monitored_by, &at)) != NULL;) {
        bool is_native = (r->flags & RELATION_NATIVE) != 0;
        Term watcher = is_native ? q->vm->native_monitors->owner(q->vm, r->ref_words, q->out)
                                 : heap_copy(q->out, r->other);
        if (watcher != TERM_NONE) list = heap_cons(q->out, watcher, list);
    }
    return list;
}

static Term suspending(Asked *q) {
    Term list = TERM_NIL;
    uint32_t at = 0;
    for (Relation *r; (r = relation_next(q->p->suspending, &at)) != NULL;) {
        ASSERT(r->id > 0); // how often
        bool active = (r->flags & RELATION_SUSPENDED) != 0;
        Term count = number(q, r->id), zero = term_from_small(0);
        Term elements[] = {r->key, active ? count : zero, active ? zero : count};
        list = heap_cons(q->out, heap_tuple(q->out, 3, elements), list);
    }
    return list;
}

static Term dictionary(Asked *q) {
    const Term *pairs = dictionary_pairs(q->p);
    Term list = TERM_NIL;
    for (uint32_t i = 0; i < dictionary_count(q->p); i++) {
        Term key = heap_copy(q->out, pairs[2 * i]);
        list =
            heap_cons(q->out, heap_tuple2(q->out, key, heap_copy(q->out, pairs[2 * i + 1])), list);
    }
    return list;
}

static Term messages(Asked *q) {
    uint64_t count = q->p->messages_count, i = 0;
    Term *terms = mem_alloc((count + 1) * sizeof *terms);
    for (Signal *s = q->p->messages_first; s != NULL; s = s->next) {
        ASSERT(i < count);
        terms[i++] = heap_copy(q->out, s->term);
    }
    Term list = heap_list(q->out, terms, i, TERM_NIL);
    mem_free(terms);
    return list;
}

/** A process that stands at its entry: hibernating, or not begun. */
static Term entry_location(Asked *q, bool with_line) {
    ASSERT(!q->is_self && q->p->pc == q->vm->entry_apply);
    const Process *p = q->p;
    Term mfa[4] = {am_erlang, am_hibernate, term_from_small(3), TERM_NIL};
    if (!p->receive_waiting) {
        if (p->saved_x_count != 3) return am_undefined;
        mfa[0] = p->saved_x[0];
        mfa[1] = p->saved_x[1];
        mfa[2] = term_from_small(bif_list_length(p->saved_x[2]));
    }
    return heap_tuple(q->out, with_line ? 4 : 3, mfa);
}

/** The built-in that blocks a dirty thread. */
static Term dirty_location(Asked *q, bool with_line) {
    const Export *ex = q->p->current_export;
    Term mfa[4] = {ex->module, ex->function, term_from_small(ex->arity), TERM_NIL};
    return heap_tuple(q->out, with_line ? 4 : 3, mfa);
}

static Term stack_trace(Asked *q, uint32_t depth) {
    if (q->p->pc == q->vm->entry_apply && !q->is_self)
        return heap_cons(q->out, entry_location(q, true), TERM_NIL);
    return q->vm->stack_trace == NULL ? TERM_NIL : q->vm->stack_trace(q->p, q->out, depth);
}

static Term current_location(Asked *q, bool with_line) {
    if (q->is_beside) return dirty_location(q, with_line);
    if (q->p->pc == q->vm->entry_apply && !q->is_self) return entry_location(q, with_line);
    Term trace = stack_trace(q, 1);
    if (!term_is_cell(trace)) return am_undefined;
    Term entry = term_head(trace); // {M, F, Arity or Args, Location}
    ASSERT(term_is_tuple_of(entry, 4));
    if (with_line) return entry;
    return heap_tuple3(q->out, tuple_get(entry, 0), tuple_get(entry, 1), tuple_get(entry, 2));
}

static size_t stack_words(const Process *p) { return (size_t)(p->heap.end - p->heap.stack); }

static size_t heap_block_words(const Process *p) { return (size_t)(p->heap.end - p->heap.start); }

/** Messages that wait count too, unless they are to be kept off the heap. */
static size_t total_heap_words(const Process *p) {
    size_t words = p->beside == NULL
                       ? heap_held_words(&p->heap)
                       : atomic_load_explicit(&p->heap_bytes, memory_order_relaxed) / sizeof(Term);
    for (const Signal *s = p->messages_first; s != NULL && !p->message_queue_off_heap; s = s->next)
        for (const HeapFragment *f = s->fragments; f != NULL; f = f->next) words += f->used_words;
    return words;
}

static Term garbage_collection(Asked *q) {
    const Heap *h = &q->p->heap;
    Term items[] = {
        pair(q, am_max_heap_size, max_heap_map(q->vm, q->out, h->max_words, h->flags)),
        pair(q, am_min_bin_vheap_size, number(q, h->min_virtual_words)),
        pair(q, am_min_heap_size, number(q, h->min_words)),
        pair(q, am_fullsweep_after, number(q, h->fullsweep_after)),
        pair(q, am_minor_gcs, number(q, h->minor_count)),
    };
    return heap_list(q->out, items, ARRAY_COUNT(items), TERM_NIL);
}

static Term garbage_collection_info(Asked *q) {
    const Heap *h = &q->p->heap;
    ASSERT(h->old_start <= h->old_top && h->old_top <= h->old_end && h->high_water >= h->start);
    size_t blocks = heap_block_words(q->p) + (size_t)(h->old_end - h->old_start);
    size_t fragments = heap_held_words(h) - blocks;
    Term items[] = {
        pair(q, am_old_heap_block_size, number(q, (uint64_t)(h->old_end - h->old_start))),
        pair(q, am_heap_block_size, number(q, heap_block_words(q->p))),
        pair(q, am_mbuf_size, number(q, fragments)),
        pair(q, am_recent_size, number(q, (uint64_t)(h->high_water - h->start))),
        pair(q, am_stack_size, number(q, stack_words(q->p))),
        pair(q, am_old_heap_size, number(q, (uint64_t)(h->old_top - h->old_start))),
        pair(q, am_heap_size, number(q, (uint64_t)(h->top - h->start))),
        pair(q, am_bin_vheap_size, number(q, h->off_heap.overhead_words)),
        pair(q, am_bin_vheap_block_size, number(q, h->virtual_limit_words)),
        pair(q, am_bin_old_vheap_size, number(q, h->old_off_heap.overhead_words)),
        pair(q, am_bin_old_vheap_block_size, number(q, h->old_virtual_limit_words)),
    };
    return heap_list(q->out, items, ARRAY_COUNT(items), TERM_NIL);
}

typedef struct BinaryList {
    Asked *q;
    Term list;
    bool magic;
} BinaryList;

static void add_binary(void *context, const Term *box) {
    BinaryList *l = context;
    bool is_magic = header_kind(box[0]) == BOX_MAGIC_REF;
    if (is_magic != l->magic) return;
    ASSERT(box[2] != 0);
    const Binary *b = (const Binary *)(uintptr_t)box[2];
    Heap *out = l->q->out;
    Term elements[] = {heap_unsigned(out, (uintptr_t)b), heap_unsigned(out, b->size_bytes),
                       heap_unsigned(out, atomic_load_explicit(&b->refs, memory_order_relaxed))};
    l->list = heap_cons(out, heap_tuple(out, 3, elements), l->list);
}

static Term binaries(Asked *q, bool magic) {
    BinaryList l = {q, TERM_NIL, magic};
    Heap snapshot =
        q->p->heap; // the walk must not meet what it builds when the process asks itself
    heap_visit_off_heap(&snapshot, add_binary, &l);
    return l.list;
}

static uint64_t reductions(const Asked *q) {
    uint64_t done = q->p->reductions_done;
    ASSERT(!q->is_self || !q->is_beside);
    if (!q->is_beside && q->p->x != NULL && q->p->reductions_left < REDUCTIONS_PER_TURN)
        done += (uint64_t)(REDUCTIONS_PER_TURN - q->p->reductions_left);
    return done;
}

/** {Item, Value}, or TERM_NONE for an unknown item. */
static Term memory_item(Asked *q, Term item) {
    const Process *p = q->p;
    switch (item) {
    case am_heap_size: return pair(q, item, number(q, heap_block_words(p)));
    case am_total_heap_size: return pair(q, item, number(q, total_heap_words(p)));
    case am_stack_size: return pair(q, item, number(q, stack_words(p)));
    case am_memory: return pair(q, item, number(q, process_memory_bytes(p)));
    case am_garbage_collection: return pair(q, item, garbage_collection(q));
    case am_garbage_collection_info: return pair(q, item, garbage_collection_info(q));
    case am_min_heap_size: return pair(q, item, number(q, p->heap.min_words));
    case am_min_bin_vheap_size: return pair(q, item, number(q, p->heap.min_virtual_words));
    case am_fullsweep_after: return pair(q, item, number(q, p->heap.fullsweep_after));
    case am_max_heap_size:
        return pair(q, item, max_heap_map(q->vm, q->out, p->heap.max_words, p->heap.flags));
    case am_binary: return pair(q, item, binaries(q, false));
    case am_magic_ref: return pair(q, item, binaries(q, true));
    case am_message_queue_data:
        return pair(q, item, p->message_queue_off_heap ? am_off_heap : am_on_heap);
    default: return TERM_NONE;
    }
}

/** The stack as text, a binary. */
static Term backtrace(Asked *q) {
    TextBuffer text = {0};
    backtrace_add(&text, (Process *)q->p, false);
    Term binary = heap_binary_from(q->out, text.bytes, text.count);
    mem_free(text.bytes);
    return binary;
}

static Term code_item(Asked *q, Term item) {
    switch (item) {
    case am_current_function: return pair(q, item, current_location(q, false));
    case am_current_location: return pair(q, item, current_location(q, true));
    case am_current_stacktrace: return pair(q, item, stack_trace(q, exec_backtrace_depth(q->vm)));
    case am_initial_call: return pair(q, item, heap_tuple(q->out, 3, q->p->initial_call));
    case am_catchlevel: return pair(q, item, number(q, q->p->catches));
    case am_backtrace: return pair(q, item, backtrace(q));
    case am_last_calls: return pair(q, item, am_false);
    default: return memory_item(q, item);
    }
}

/** OTP: nothing to hide of a sensitive process but these. */
/** As process_info(trace) shows them: the flags that are traced, each with the bit that it has in
 * OTP. */
static uint64_t trace_flags_of(const Process *p) {
    static const struct {
        uint32_t flag, otp_bit;
    } BITS[] = {{TRACE_TIMESTAMP, 0},     {TRACE_STRICT_MONOTONIC, 1},
                {TRACE_MONOTONIC, 2},     {TRACE_SEND, 4},
                {TRACE_RECEIVE, 5},       {TRACE_SET_ON_SPAWN, 6},
                {TRACE_CALL, 10},         {TRACE_PROCS, 11},
                {TRACE_SET_ON_LINK, 8},   {TRACE_SET_ON_FIRST_SPAWN, 7},
                {TRACE_RUNNING, 13},      {TRACE_SET_ON_FIRST_LINK, 9},
                {TRACE_GC, 14},           {TRACE_ARITY, 15},
                {TRACE_RETURN_TO, 16},    {TRACE_SILENT, 17},
                {TRACE_SCHEDULER_ID, 23}, {TRACE_RUNNING_PROCS, 21},
                {TRACE_EXITING, 24}};
    const TraceState *t = atomic_load_explicit(&p->trace, memory_order_acquire);
    uint64_t bits = 0;
    for (size_t i = 0; t != NULL && i < ARRAY_COUNT(BITS); i++)
        if ((t->flags & BITS[i].flag) != 0) bits |= (uint64_t)1 << BITS[i].otp_bit;
    return bits;
}

static bool is_hidden(const Process *p, Term item) {
    if (!atomic_load_explicit(&p->sensitive, memory_order_relaxed)) return false;
    return item == am_messages || item == am_dictionary || item == am_current_stacktrace ||
           item == am_backtrace;
}

/** What proc_lib:set_label/1 left in the dictionary (OTP 27). */
static Term process_label(Asked *q, Process *p) {
    ASSERT(q->out != NULL);
    Term label = dictionary_get(p, am_dollar_process_label);
    return label == TERM_NONE ? am_undefined : heap_copy(q->out, label);
}

static Term info_item(Asked *q, Term item) {
    ASSERT(q->out != NULL && q->p != NULL); // INFO-1
    const Process *p = q->p;
    if (is_hidden(p, item))
        return pair(q, item, item == am_backtrace ? heap_binary_from(q->out, NULL, 0) : TERM_NIL);
    switch (item) {
    case am_registered_name: {
        Term name = registry_name_of(q->p);
        return pair(q, item, name == TERM_NONE ? TERM_NIL : name);
    }
    case am_status: return pair(q, item, status(q));
    case am_message_queue_len: return pair(q, item, number(q, p->messages_count));
    case am_messages: return pair(q, item, messages(q));
    case am_links: return pair(q, item, links(q));
    case am_monitors: return pair(q, item, monitors(q));
    case am_monitored_by: return pair(q, item, monitored_by(q));
    case am_suspending: return pair(q, item, suspending(q));
    case am_dictionary: return pair(q, item, dictionary(q));
    case am_trap_exit: return pair(q, item, term_from_bool(p->trap_exit != 0));
    case am_error_handler: return pair(q, item, p->error_handler);
    case am_priority: return pair(q, item, priority_name(p->priority));
    case am_group_leader:
        return pair(q, item,
                    heap_copy(q->out, p->group_leader == TERM_NONE ? p->pid : p->group_leader));
    case am_reductions: return pair(q, item, number(q, reductions(q)));
    case am_parent: return pair(q, item, heap_copy(q->out, p->parent));
    case am_trace: return pair(q, item, number(q, trace_flags_of(p)));
    case am_sequential_trace_token: return pair(q, item, heap_copy(q->out, p->seq_trace_token));
    case am_label: return pair(q, item, process_label(q, (Process *)p));
    case am_async_dist: return pair(q, item, am_false);
    default: return code_item(q, item);
    }
}

static const Term all_items[] = {
    am_registered_name,
    am_status,
    am_message_queue_len,
    am_messages,
    am_links,
    am_monitors,
    am_monitored_by,
    am_suspending,
    am_dictionary,
    am_trap_exit,
    am_error_handler,
    am_priority,
    am_group_leader,
    am_reductions,
    am_parent,
    am_trace,
    am_sequential_trace_token,
    am_label,
    am_async_dist,
    am_current_function,
    am_current_location,
    am_current_stacktrace,
    am_initial_call,
    am_catchlevel,
    am_backtrace,
    am_last_calls,
    am_heap_size,
    am_total_heap_size,
    am_stack_size,
    am_memory,
    am_garbage_collection,
    am_garbage_collection_info,
    am_min_heap_size,
    am_min_bin_vheap_size,
    am_fullsweep_after,
    am_max_heap_size,
    am_binary,
    am_magic_ref,
    am_message_queue_data,
};

static bool is_item(Term item) {
    ASSERT(item != TERM_NONE);
    for (size_t i = 0; i < ARRAY_COUNT(all_items); i++)
        if (all_items[i] == item) return true;
    return false;
}

Term process_info_items(Heap *h) {
    return heap_list(h, all_items, ARRAY_COUNT(all_items), TERM_NIL);
}

/** The value of process_info/2 for an item or a list of items; `all`: as process_info/1 shows them.
 */
static Term info_value(Asked *q, Term items, bool all) {
    if (term_is_atom(items)) {
        Term answer = info_item(q, items);
        ASSERT(term_is_tuple_of(answer, 2));
        if (items == am_registered_name && tuple_get(answer, 1) == TERM_NIL) return TERM_NIL;
        return answer;
    }
    Term *values = mem_alloc(((size_t)bif_list_length(items) + 1) * sizeof *values);
    size_t count = 0;
    for (; term_is_cell(items); items = term_tail(items)) {
        Term value = info_item(q, term_head(items));
        if (all && term_head(items) == am_registered_name && tuple_get(value, 1) == TERM_NIL)
            continue;
        values[count++] = value;
    }
    Term list = heap_list(q->out, values, count, TERM_NIL);
    mem_free(values);
    return list;
}

static Term run_info(VM *vm, Process *target, SignalRequest *r, Heap *out) {
    if (target == NULL) return am_undefined;
    ASSERT(target->signals_busy || target->x == NULL); // INFO-1: its own thread answers
    Asked q = {vm, target, out, false, target->beside != NULL};
    bool all = term_is_tuple(r->head.term);
    return info_value(&q, all ? tuple_get(r->head.term, 0) : r->head.term, all);
}

/** Does any of these items need a heap that nobody changes meanwhile (BESIDE-2)? */
static bool looks_into_heap(Term items) {
    Term one = term_is_cell(items) ? term_head(items) : items;
    for (;; one = term_head(items)) {
        if (one == am_binary || one == am_magic_ref || one == am_garbage_collection_info ||
            one == am_memory || one == am_backtrace)
            return true;
        items = term_is_cell(items) ? term_tail(items) : TERM_NIL;
        if (!term_is_cell(items)) return false;
    }
}

/** r->head.term is {Items} for process_info/1, else an item or a list of items. */
static Term process_info(Process *p, Term pid, Term items, bool all) {
    if (pid == p->pid) {
        if (!signal_handle_in_bif(p)) return bif_yield(p, am_erlang, am_self, 0, p->x);
        Asked q = {p->vm, p, &p->heap, true, false};
        return info_value(&q, items, all);
    }
    if (process_find(p->vm, pid) == NULL) return am_undefined;
    Term ref = reference_make(p->vm, &p->heap, TERM_NONE);
    Term wanted = all ? heap_tuple(&p->heap, 1, &items) : items;
    if (looks_into_heap(items))
        signal_request(p->vm, pid, run_info, p->pid, ref, wanted);
    else
        signal_request_beside(p->vm, pid, run_info, p->pid, ref, wanted);
    return bif_trap(p, am_erts_internal, am_await_result, 1, &ref);
}

/** erlang:process_info(Pid): undefined when it is gone. */
BIF(erlang, process_info, 1)
{
    if (remote_is_former(p->vm, a[0])) return am_undefined;
    if (!term_is_local_pid(a[0])) return bif_badarg(p);
    const Term items[] = {am_registered_name,   am_current_function,
                          am_initial_call,      am_status,
                          am_message_queue_len, am_links,
                          am_dictionary,        am_trap_exit,
                          am_error_handler,     am_priority,
                          am_group_leader,      am_total_heap_size,
                          am_heap_size,         am_stack_size,
                          am_reductions,        am_garbage_collection,
                          am_suspending};
    return process_info(p, a[0], heap_list(&p->heap, items, ARRAY_COUNT(items), TERM_NIL), true);
}

/** erlang:process_info(Pid, Item | [Item]). */
BIF(erlang, process_info, 2)
{
    bool is_former = remote_is_former(p->vm, a[0]);
    if (!term_is_local_pid(a[0]) && !is_former) return bif_badarg(p);
    if (bif_list_length(a[1]) < 0) {
        if (!is_item(a[1])) return bif_badarg(p);
        return is_former ? am_undefined : process_info(p, a[0], a[1], false);
    }
    for (Term t = a[1]; term_is_cell(t); t = term_tail(t))
        if (!is_item(term_head(t))) return bif_badarg(p);
    if (is_former) return am_undefined;
    return process_info(p, a[0], a[1], false);
}
