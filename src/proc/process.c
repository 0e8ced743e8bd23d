// SPDX-License-Identifier: Apache-2.0
//
// process.c - making a process and ending one.
//
// LIFE-1: a process is findable only when it is complete; from then on its fields are its runner's
// (PROC-1). LIFE-2: at its end a process gives up in this order: timer, tables and ports, name,
// pid, queue; then its links and
//         monitors fire. Whoever hears of its end finds neither its name nor its pid.
// LIFE-3: the heap goes at once; the struct goes at a quiet point (PROC-4). LIFE-4: while `exiting`
// it handles
//         no signal; what still stands in a queue is a turn in which its end goes on.
#include "proc/beside.h"
#include "proc/dictionary.h"
#include "proc/link.h"
#include "proc/long_call.h"
#include "proc/process_table.h"
#include "proc/ref_timer.h"
#include "proc/registry.h"
#include "proc/remote.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/time.h"
#include "term/ref.h"
#include "vm/vm.h"

void spawn_options_default(VM *vm, SpawnOptions *o) {
    const VMConfig *c = &vm->config;
    *o = (SpawnOptions){
        .monitor_tag = TERM_NONE,
        .request_ref = TERM_NONE,
        .reply_tag = am_spawn_reply,
        .priority = PRIORITY_NORMAL,
        .min_heap_words = c->min_heap_words != 0 ? c->min_heap_words : HEAP_WORDS_MIN_DEFAULT,
        .min_virtual_words =
            c->min_virtual_words != 0 ? c->min_virtual_words : HEAP_VIRTUAL_WORDS_MIN_DEFAULT,
        .fullsweep_after = c->fullsweep_after,
        .max_heap_words = c->max_heap_words,
        .max_heap_flags =
            (c->max_heap_kill ? HEAP_ON_MAX_KILL : 0) | (c->max_heap_log ? HEAP_ON_MAX_LOG : 0),
        .message_queue_off_heap = c->message_queue_off_heap,
    };
}

static void init_queues(Process *p) {
    p->signals_last = &p->signals_first;
    p->messages_last = p->messages_save = &p->messages_first;
}

/** A zeroed process, but for its first block: one that ended on this scheduler, or a new one. */
static Process *process_alloc(Scheduler *here) {
    Process *p = here == NULL ? NULL : block_take(&here->blocks, BLOCK_KIND_PROCESS);
    if (p == NULL) p = mem_alloc(sizeof *p);
    memset(p, 0, offsetof(Process, first_block));
    return p;
}

static Process *process_new(VM *vm, Process *parent, const SpawnOptions *o) {
    DEBUG_ASSERT(o->priority <= PRIORITY_LOW && o->min_heap_words > 0);
    Scheduler *here = scheduler_here(parent);
    Process *p = process_alloc(here);
    heap_init_lent(&p->heap, &vm->literals, o->min_heap_words, p->first_block);
    p->heap.fullsweep_after = o->fullsweep_after;
    p->heap.min_virtual_words = o->min_virtual_words;
    p->heap.virtual_limit_words = p->heap.old_virtual_limit_words = o->min_virtual_words;
    p->heap.max_words = o->max_heap_words;
    p->heap.flags |= o->max_heap_flags | (vm->config.gc_stress ? HEAP_STRESS : 0);
    p->vm = vm;
    p->saved_x = p->saved_x_inline;
    // TERM_NONE: the process itself, as the first one is its own leader.
    if (parent != NULL) {
        Term leader = parent->group_leader == TERM_NONE ? parent->pid : parent->group_leader;
        p->group_leader = heap_copy(&p->heap, leader);
    }
    p->parent = parent == NULL ? am_undefined : parent->pid;
    if (o->remote != NULL) {
        p->group_leader = heap_copy(&p->heap, o->remote->group_leader);
        p->parent = heap_copy(&p->heap, o->remote->parent);
    }
    p->error_handler = am_error_handler;
    p->priority = o->priority;
    p->message_queue_off_heap = o->message_queue_off_heap;
    p->seq_trace_token = TERM_NIL;
    p->flags = o->system ? PROCESS_FLAG_SYSTEM : 0;
    p->home = here;
    if (p->home == NULL)
        p->home = parent != NULL && parent->home != NULL ? parent->home : vm->schedulers->normal[0];
    atomic_init(&p->state, PROCESS_QUEUED);
    init_queues(p);
    return p;
}

/** The shard of the process table for the thread that runs p (or NULL). */
static uint32_t table_shard(const VM *vm, const Process *p) {
    const Scheduler *here = scheduler_here(p);
    return here != NULL ? here->index : vm->schedulers->count;
}

Process *process_new_host(VM *vm, Parker *parker) {
    SpawnOptions o;
    spawn_options_default(vm, &o);
    Process *p = process_new(vm, NULL, &o);
    p->host_parker = parker;
    p->group_leader = vm->system_processes.init;
    p->initial_call[0] = p->initial_call[1] = am_undefined;
    p->initial_call[2] = term_from_small(0);
    atomic_store_explicit(&p->state, PROCESS_RUNNING | PROCESS_HOST, memory_order_relaxed);
    if (process_table_add(vm->processes, table_shard(vm, NULL), p)) return p;
    process_destroy_unstarted(p);
    return NULL;
}

static void process_free(void *ptr) {
    Process *p = ptr;
    DEBUG_ASSERT((atomic_load_explicit(&p->state, memory_order_relaxed) & PROCESS_STATUS_MASK) ==
                 PROCESS_FREE);
    mem_free(p);
}

/** On the thread of the scheduler that ended p. */
static void process_recycle(void *ptr) {
    Process *p = ptr;
    Scheduler *s = p->scheduler;
    ASSERT((atomic_load_explicit(&p->state, memory_order_relaxed) & PROCESS_STATUS_MASK) ==
           PROCESS_FREE);
    block_give(s->kind == SCHEDULER_NORMAL ? &s->blocks : NULL, BLOCK_KIND_PROCESS, p);
}

/** What is freed is NULL, so that the rest can be freed later. */
static void free_parts(Process *p) {
    Budget *budget = long_call_budget(p);
    if (UNLIKELY(p->trace_own != NULL ||
                 atomic_load_explicit(&p->trace, memory_order_relaxed) != NULL))
        p->vm->tracing.hooks->process_ended(p);
    dictionary_free(p);
    LinkTree **trees[] = {&p->links, &p->monitors_made, &p->monitored_by, &p->aliases,
                          &p->suspending};
    for (size_t i = 0; i < ARRAY_COUNT(trees); i++)
        if (*trees[i] != NULL) relation_free_all(trees[i], budget);
    if (p->saved_x != p->saved_x_inline) mem_free(p->saved_x);
    p->saved_x = p->saved_x_inline;
    mem_free(p->receive_markers);
    p->receive_markers = NULL;
    mem_free(p->scheduled); // one block
    p->scheduled = NULL;
    heap_destroy_in_steps(&p->heap, budget);
}

void process_destroy_unstarted(Process *p) {
    ASSERT(!p->exiting); // such a process goes on to its end: scheduler_set_stop
    beside_drop(p);
    time_cancel_receive_timer(p);
    long_call_leave(p);
    long_call_abandon(p);
    if (atomic_load_explicit(&p->signals_outer, memory_order_relaxed) != SIGNAL_CLOSED)
        signal_discard(p);
    free_parts(p);
    mem_free(p);
}

/** A monitor of the parent on the new process p, before p is findable: both ends at once. */
static Term spawn_monitor(VM *vm, Process *parent, Process *p, const SpawnOptions *o) {
    uint64_t words[3];
    reference_make_words(vm, words, o->alias_flags != 0 ? parent->pid : TERM_NONE);
    ASSERT(parent != NULL && p->pid == TERM_NONE); // LIFE-1
    Relation *watched = relation_add_ref(&p->monitored_by, words);
    watched->other = parent->pid;
    watched->name = TERM_NONE;
    Relation *m = relation_add_ref(&parent->monitors_made, words);
    m->name = TERM_NONE;
    m->flags = RELATION_SPAWN_MONITOR;
    relation_set_tag(m, o->monitor_tag);
    if (o->alias_flags != 0) relation_add_ref(&parent->aliases, words)->flags = o->alias_flags;
    Term *hp = heap_alloc(&parent->heap, REF_WORDS);
    return ref_write(&hp, words);
}

static void undo_monitor(Process *parent, Term ref) {
    Relation *m = relation_find_ref(parent->monitors_made, ref_words(ref));
    if (m != NULL) relation_remove(parent->monitors_made, m);
    Relation *a = relation_find_ref(parent->aliases, ref_words(ref));
    if (a != NULL) relation_remove(parent->aliases, a);
}

/** What another node, which asked for p, has with it. */
static void relate_remote(Process *p, const SpawnOptions *o) {
    const RemoteSpawn *remote = o->remote;
    ASSERT(p->pid == TERM_NONE); // LIFE-1
    if (o->link) {
        Relation *link = relation_add_id(&p->links, remote->parent);
        link->flags = RELATION_LINKED;
        link->connection = remote->connection;
    }
    if (!o->monitor) return;
    Relation *m = relation_add_id(&p->monitored_by, remote->ref);
    m->other = relation_keep(m, remote->parent);
    m->tag = relation_keep(m, remote->ref);
    m->connection = remote->connection;
}

/** parent has just made p, which does not run yet: whoever traces one of them hears of it. */
static void trace_spawned(VM *vm, Process *parent, Process *p, Term args, Term ref,
                          const SpawnOptions *o) {
    if (tracing_watches(&vm->tracing, TRACING_PROFILE_PROCESSES))
        vm->tracing.hooks->profile_process(p, am_active);
    if (parent == NULL) return;
    if (UNLIKELY(parent->seq_trace_token != TERM_NIL))
        vm->tracing.hooks->token_for_child(parent, p, args, ref != TERM_NONE ? ref : o->request_ref,
                                           o->reply_tag);
    if (UNLIKELY(process_traced(parent, TRACE_PROCS) != NULL) ||
        UNLIKELY(process_traced(p, TRACE_PROCS) != NULL))
        vm->tracing.hooks->spawned(parent, p, args);
}

Term process_spawn(VM *vm, Process *parent, Term module, Term function, Term args,
                   const SpawnOptions *o, Term *monitor_ref) {
    DEBUG_ASSERT(term_is_atom(module) && term_is_atom(function) && term_is_list(args));
    int64_t arity = 0;
    for (Term t = args; term_is_cell(t); t = term_tail(t)) arity++;
    Process *p = process_new(vm, parent, o);
    p->saved_x[0] = module;
    p->saved_x[1] = function;
    p->saved_x[2] = heap_copy(&p->heap, args);
    p->saved_x_count = 3;
    p->initial_call[0] = module;
    p->initial_call[1] = function;
    p->initial_call[2] = term_from_small(arity);
    p->pc = vm->entry_apply;
    if (o->link && parent != NULL) relation_add(&p->links, parent->pid)->flags = RELATION_LINKED;
    if ((parent != NULL && UNLIKELY(process_traced(parent, TRACE_ALL) != NULL)) ||
        UNLIKELY(atomic_load_explicit(&vm->tracing.new_processes, memory_order_relaxed) != NULL))
        vm->tracing.hooks->child(vm, parent, p, o->link);
    if (o->remote != NULL) relate_remote(p, o);
    Term ref = o->monitor && parent != NULL ? spawn_monitor(vm, parent, p, o) : TERM_NONE;
    // LIFE-1: the signals that others send from here on wait until it first runs
    if (!process_table_add(vm->processes, parent == NULL ? 0 : table_shard(vm, parent), p)) {
        if (ref != TERM_NONE) undo_monitor(parent, ref);
        process_destroy_unstarted(p);
        return TERM_NONE;
    }
    Term pid = p->pid;
    if (o->link && parent != NULL) relation_add(&parent->links, pid)->flags = RELATION_LINKED;
    if (ref != TERM_NONE) {
        relation_find_ref(parent->monitors_made, ref_words(ref))->other = pid;
        *monitor_ref = ref;
    }
    trace_spawned(vm, parent, p, args, ref, o);
    if (o->remote != NULL) o->remote->made(p, o->remote);
    scheduler_add(vm, p, scheduler_here(parent));
    return pid;
}

Term process_spawn_fun(VM *vm, Process *parent, Term fun, const SpawnOptions *o,
                       Term *monitor_ref) {
    Term cells[4], *hp = cells;
    Term args = term_cons(&hp, TERM_NIL, TERM_NIL);
    args = term_cons(&hp, fun, args);
    return process_spawn(vm, parent, am_erlang, am_apply, args, o, monitor_ref);
}

Process *process_find(VM *vm, Term pid) { return process_table_find(vm->processes, pid); }

// ---- ending
// -----------------------------------------------------------------------------------------

#define STEPS_PER_SIGNAL 16

static void fire_links(Process *p) {
    uint32_t at = 0;
    for (Relation *r; (r = relation_next(p->links, &at)) != NULL;) {
        Term box[EXT_PID_WORDS];
        if ((r->flags & RELATION_LINKED) != 0)
            signal_send_exit_link_from(p, relation_linked(r, box), p->exit_reason);
        budget_spend(long_call_budget_of_end(p), STEPS_PER_SIGNAL);
    }
}

static void drop_monitors_made(Process *p) {
    VM *vm = p->vm;
    Term box[REF_WORDS];
    uint32_t at = 0;
    for (Relation *r; (r = relation_next(p->monitors_made, &at)) != NULL;) {
        if (r->other == TERM_NONE || (r->flags & (RELATION_TIME_OFFSET | RELATION_NODE)) != 0)
            continue;
        if ((r->flags & RELATION_PORT) == 0)
            signal_push(vm, r->other, signal_new_demonitor(p, r->other, r->ref_words));
        else if (vm->port_hooks != NULL && term_is_local_port(r->other))
            vm->port_hooks->demonitor(vm, r->other, ref_on_box(box, r->ref_words));
        budget_spend(long_call_budget_of_end(p), STEPS_PER_SIGNAL);
    }
}

static void fire_monitors(Process *p) {
    Term box[REF_WORDS];
    uint32_t at = 0;
    for (Relation *r; (r = relation_next(p->monitored_by, &at)) != NULL;) {
        if (UNLIKELY((r->flags & RELATION_NATIVE) != 0)) {
            p->vm->native_monitors->fire(p->vm, r->ref_words, p->pid);
            continue;
        }
        // another node knows p by the name that it asked for
        Term from = r->connection != 0 && r->name != TERM_NONE ? r->name : p->pid;
        Term ref = r->connection != 0 ? r->tag : ref_on_box(box, r->ref_words);
        SignalRequest *s = signal_new_by(p, SIGNAL_DOWN, from, p->exit_reason, ref);
        signal_push(p->vm, r->other, s);
        budget_spend(long_call_budget_of_end(p), STEPS_PER_SIGNAL);
    }
}

static void resume_suspended(Process *p) {
    uint32_t at = 0;
    DEBUG_ASSERT(p->exit_reason != TERM_NONE);
    for (Relation *r; (r = relation_next(p->suspending, &at)) != NULL;)
        for (uint64_t n = r->id; n > 0; n--) process_request_resume(p->vm, r->key);
}

/** Takes p's name away from it. */
static void give_up_name(Process *p) {
    Term name = registry_name_of(p);
    if (name == TERM_NONE) return;
    registry_remove_owner(p->vm, p->pid, name);
    if (UNLIKELY(process_traced(p, TRACE_PROCS) != NULL))
        p->vm->tracing.hooks->process_event(p, am_unregister, name, TERM_NONE);
}

void process_tell_end(Process *p) { // LIFE-2
    VM *vm = p->vm;
    DEBUG_ASSERT(p->exit_reason != TERM_NONE && !p->end_told);
    p->exiting = p->end_told = 1;
    if (UNLIKELY(process_traced(p, TRACE_PROCS) != NULL))
        vm->tracing.hooks->process_event(p, am_exit, p->exit_reason, TERM_NONE);
    time_cancel_receive_timer(p);
    for (uint32_t i = 0; i < vm->process_ended_count; i++) vm->process_ended[i](p);
    give_up_name(p);
    process_table_remove(vm->processes, table_shard(vm, p), p);
    give_up_name(p); // it was named while it was ending
    long_call_take_deferred(p);
    ref_timers_cancel_of(p);
    signal_close(p);
    fire_links(p);
    drop_monitors_made(
        p); // before anybody hears of the end: who does sees no monitor of p's any more
    fire_monitors(p);
    resume_suspended(p);
    if (UNLIKELY(process_traced(p, TRACE_EXITING) != NULL))
        vm->tracing.hooks->schedule(p, am_out_exited);
    if (tracing_watches(&vm->tracing, TRACING_PROFILE_PROCESSES))
        vm->tracing.hooks->profile_process(p, am_inactive);
}

/** Runs by long_call_run, so that a big process ends in slices. */
static Term exit_body(Process *p, UNUSED Term *args) {
    long_call_abandon(p);
    if (!p->end_told) process_tell_end(p);
    free_parts(p);
    return am_true;
}

#define QUICK_END_WORDS 4096
#define QUICK_END_RELATION_BYTES 4096 // some fifty relations
#define QUICK_END_MESSAGES 32

static bool has_few_relations(const Process *p) {
    const LinkTree *trees[] = {p->links, p->monitors_made, p->monitored_by, p->aliases};
    size_t bytes = 0;
    for (size_t i = 0; i < ARRAY_COUNT(trees); i++) bytes += relation_bytes(trees[i]);
    return bytes <= QUICK_END_RELATION_BYTES;
}

/** Most processes have little to give back and nothing that could take long. */
static bool ends_quickly(const Process *p) {
    const Heap *h = &p->heap;
    return has_few_relations(p) && p->suspending == NULL && p->long_call == NULL &&
           p->long_call_left == NULL && p->messages_count <= QUICK_END_MESSAGES &&
           h->end - h->start < QUICK_END_WORDS && h->old_start == NULL &&
           h->fragment_words < QUICK_END_WORDS && (p->flags & PROCESS_FLAG_OPENED_FILES) == 0 &&
           (p->vm->ets == NULL || !p->vm->ets_owns(p->vm, p->pid));
}

/** A turn of an end that takes several, as the process's tracer sees it. */
static void trace_end_turn(Process *p, Term what) {
    ASSERT(p->exiting);
    if (UNLIKELY(process_traced(p, TRACE_EXITING) != NULL)) p->vm->tracing.hooks->schedule(p, what);
}

bool process_exit(Process *p) {
    VM *vm = p->vm;
    DEBUG_ASSERT(p->exit_reason != TERM_NONE);
    DEBUG_ASSERT((atomic_load_explicit(&p->state, memory_order_relaxed) & PROCESS_STATUS_MASK) ==
                 PROCESS_RUNNING);
    bool begun = p->exiting;
    if (!begun) long_call_leave(p);
    p->exiting = 1;
    if (begun) trace_end_turn(p, am_in_exiting);
    if (ends_quickly(p)) {
        exit_body(p, NULL);
    } else if (long_call_run(p, NULL, 0, exit_body) == TERM_NONE) {
        trace_end_turn(p, am_out_exiting);
        return false;
    }
    atomic_store_explicit(&p->state, PROCESS_FREE, memory_order_release);
    // LIFE-3. Neither hosts nor a deterministic VM's dirty schedulers have a thread of their own.
    if (p->scheduler != NULL && p->scheduler->quiesce != NULL)
        quiesce_retire_own(p->scheduler->quiesce, process_recycle, process_free, p);
    else
        quiesce_retire(vm->quiesce, process_free, p);
    return true;
}
