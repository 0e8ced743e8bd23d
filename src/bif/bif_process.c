// SPDX-License-Identifier: Apache-2.0
//
// bif_process.c - making processes, naming them, linking, monitoring and sending between them.
#include "bif/bif.h"
#include "proc/beside.h"
#include "proc/link.h"
#include "proc/process_table.h"
#include "proc/registry.h"
#include "proc/remote.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/spawn_option.h"
#include "proc/time.h"
#include "term/ref.h"
#include "vm/vm.h"

/** erlang:self(). */
BIF(erlang, self, 0)
{ return p->pid; }

#define BUMP_MAX (((int64_t)1 << 59) - 1) // OTP's greatest small integer

/** erlang:bump_reductions(N): counts no more than a turn. */
BIF(erlang, bump_reductions, 1)
{
    int64_t n;
    if (!bif_get_int64(a[0], &n) || n < 0 || n > BUMP_MAX) return bif_badarg(p);
    bif_bump(p, MIN(n, CONTEXT_REDUCTIONS));
    return am_true;
}

// ---- spawn
// ------------------------------------------------------------------------------------------

static bool is_mfa(const Term *a) {
    return term_is_atom(a[0]) && term_is_atom(a[1]) && bif_list_length(a[2]) >= 0;
}

static Term spawn(Process *p, Term *a, const SpawnOptions *o) {
    DEBUG_ASSERT(is_mfa(a) && p->x != NULL);
    if (bif_list_length(a[2]) > ARITY_MAX) return bif_system_limit(p);
    Term ref = TERM_NONE;
    Term pid = process_spawn(p->vm, p, a[0], a[1], a[2], o, &ref);
    if (pid == TERM_NONE) return bif_system_limit(p);
    ASSERT(o->monitor == (ref != TERM_NONE));
    bif_bump(p, 20);
    return o->monitor ? heap_tuple2(&p->heap, pid, ref) : pid;
}

/** erlang:spawn(Module, Function, Args). */
BIF(erlang, spawn, 3)
{
    if (!is_mfa(a)) return bif_badarg(p);
    SpawnOptions o;
    spawn_options_default(p->vm, &o);
    return spawn(p, a, &o);
}

/** erlang:spawn_link(Module, Function, Args). */
BIF(erlang, spawn_link, 3)
{
    if (!is_mfa(a)) return bif_badarg(p);
    SpawnOptions o;
    spawn_options_default(p->vm, &o);
    o.link = true;
    return spawn(p, a, &o);
}

/** erlang:spawn_opt(Module, Function, Args, Options): pid, or {Pid, MonitorRef}. */
BIF(erlang, spawn_opt, 4)
{
    if (!is_mfa(a)) return bif_badarg(p);
    SpawnOptions o;
    spawn_options_default(p->vm, &o);
    if (!spawn_options_parse(p->vm, a[3], &o, NULL)) return bif_badarg_cause(p, am_badopt);
    return spawn(p, a, &o);
}

/** erts_internal:spawn_system_process(Module, Function, Args). */
BIF(erts_internal, spawn_system_process, 3)
{
    if (!is_mfa(a)) return bif_badarg(p);
    SpawnOptions o;
    spawn_options_default(p->vm, &o);
    o.system = true;
    return spawn(p, a, &o);
}

/** erts_internal:spawn_request(Module, Function, Args, Options): reference, badarg or badopt. */
BIF(erts_internal, spawn_request, 4)
{
    if (!is_mfa(a)) return am_badarg;
    SpawnOptions o;
    SpawnReply reply = {.tag = am_spawn_reply, .on_success = true, .on_error = true};
    spawn_options_default(p->vm, &o);
    Term ref = TERM_NONE;
    if (!spawn_options_parse(p->vm, a[3], &o, &reply)) {
        if (bif_list_length(a[3]) < 0) return am_badopt;
        ref = reference_make(p->vm, &p->heap, TERM_NONE);
        if (reply.on_error)
            signal_send_self(p, heap_tuple4(&p->heap, reply.tag, ref, am_error, am_badopt));
        return ref;
    }
    if (!o.monitor) o.request_ref = reference_make(p->vm, &p->heap, TERM_NONE);
    o.reply_tag = reply.tag;
    Term pid = process_spawn(p->vm, p, a[0], a[1], a[2], &o, &ref);
    ASSERT(pid == TERM_NONE || term_is_local_pid(pid));
    if (ref == TERM_NONE)
        ref = o.monitor ? reference_make(p->vm, &p->heap, TERM_NONE) : o.request_ref;
    if (pid != TERM_NONE && reply.on_success)
        signal_send_self(p, heap_tuple4(&p->heap, reply.tag, ref, am_ok, pid));
    else if (pid == TERM_NONE && reply.on_error)
        signal_send_self(p, heap_tuple4(&p->heap, reply.tag, ref, am_error, am_system_limit));
    bif_bump(p, 20);
    return ref;
}

// ---- exit signals
// -----------------------------------------------------------------------------------

static Term send_exit_signal(Process *p, Term to, Term reason) {
    if (term_is_local_pid(to) || term_is_local_port(to)) {
        signal_send_exit_from(p, to, reason);
        if (to != p->pid) return am_true;
        // An exit signal to oneself has arrived when exit/2 returns.
        if (signal_handle_in_bif(p)) return am_true;
        return bif_yield(p, am_erlang, am_self, 0, p->x);
    }
    if (term_is_pid(to)) {
        const DistHooks *dist = p->vm->dist_hooks;
        if (dist != NULL && !dist->fits(p->vm, reason)) return bif_error(p, am_system_limit);
        signal_send_exit_from(p, to, reason);
        remote_wait(p, to);
        return bif_when_resumed(p, am_true);
    }
    // no signal goes to another node's port
    return term_is_port(to) ? am_true : bif_badarg(p);
}

/** erlang:exit(PidOrPort, Reason): sends an exit signal. */
BIF(erlang, exit, 2)
{ return send_exit_signal(p, a[0], a[1]); }

/** erlang:exit_signal(PidOrPort, Reason): as exit/2; a signal to oneself is handled like any other.
 */
BIF(erlang, exit_signal, 2)
{
    if (!term_is_local_pid(a[0])) return send_exit_signal(p, a[0], a[1]);
    signal_send_exit_from(p, a[0], a[1]);
    return am_true;
}

// ---- links
// ------------------------------------------------------------------------------------------

/** A process event of p, when they are traced of it. */
static void trace_event(Process *p, Term what, Term data) {
    if (UNLIKELY(process_traced(p, TRACE_PROCS) != NULL) &&
        (term_is_pid(data) || term_is_port(data)))
        p->vm->tracing.hooks->process_event(p, what, data, TERM_NONE);
}

static Term link_failed(Process *p, Term to) {
    ASSERT(relation_find(p->links, to) == NULL);
    if (!p->trap_exit) {
        p->exc = (Exception){.class = EXC_ERROR, .flags = EXC_ERROR_INFO, .reason = am_noproc};
        return TERM_NONE;
    }
    ASSERT(term_is_immediate(to));
    Relation *r = relation_add(&p->links, to); // so that the signal is taken for a link's end
    r->flags = RELATION_LINKED;
    signal_send_exit_link(p->vm, to, p->pid, am_noproc);
    return am_true;
}

static Term link_local(Process *p, Term to) {
    ASSERT(to != p->pid && term_is_immediate(to));
    VM *vm = p->vm;
    Relation *r = relation_find(p->links, to);
    if (r != NULL && (r->flags & RELATION_LINKED) != 0) return am_true;
    bool is_port = term_is_local_port(to);
    bool exists = is_port ? vm->port_hooks != NULL && vm->port_hooks->link(vm, to, p->pid)
                          : process_find(vm, to) != NULL;
    if (!exists) {
        if (r != NULL) relation_remove(p->links, r);
        return link_failed(p, to);
    }
    if (r == NULL) r = relation_add(&p->links, to);
    r->flags |= RELATION_LINKED;
    if (UNLIKELY(process_traced(p, TRACE_SET_ON_LINK | TRACE_SET_ON_FIRST_LINK) != NULL))
        vm->tracing.hooks->set_on_link(p, to);
    if (!is_port) signal_push(vm, to, signal_new(vm, SIGNAL_LINK, p->pid, TERM_NONE, TERM_NONE));
    return am_true;
}

/** Another node's process: its 'EXIT' comes at once when it cannot be reached. */
static Term link_remote(Process *p, Term to) {
    VM *vm = p->vm;
    Term node = external_node(to)->name;
    Relation *r = relation_find_id(p->links, to);
    if (r != NULL && (r->flags & RELATION_LINKED) != 0) return am_true;
    if (node == node_own_name(vm->nodes) && r == NULL) { // this node's former life
        if (!p->trap_exit) return bif_error(p, am_noproc);
        r = relation_add_id(&p->links, to);
        r->flags = RELATION_LINKED;
        signal_send_exit_link(vm, to, p->pid, am_noproc);
        return am_true;
    }
    uint32_t connection = remote_rely(p, node, true);
    if (r == NULL) r = relation_add_id(&p->links, to);
    r->flags |= RELATION_LINKED;
    r->connection = connection;
    if (connection == 0)
        signal_send_exit_link(vm, to, p->pid, am_noconnection);
    else
        signal_push(vm, to, signal_new(vm, SIGNAL_LINK, p->pid, TERM_NONE, TERM_NONE));
    remote_wait(p, to);
    if (connection != 0) return bif_when_resumed(p, am_true);
    if (signal_handle_in_bif(p)) return am_true;
    return bif_yield(p, am_erlang, am_self, 0, p->x);
}

/** erlang:link(PidOrPort): error noproc when there is none (an 'EXIT' message when exits are
 * trapped). */
BIF(erlang, link, 1)
{
    trace_event(p, am_link, a[0]);
    if (a[0] == p->pid) return am_true;
    if (term_is_local_pid(a[0]) || term_is_local_port(a[0])) return link_local(p, a[0]);
    return term_is_pid(a[0]) ? link_remote(p, a[0]) : bif_badarg(p);
}

/** erlang:unlink(PidOrPort). */
BIF(erlang, unlink, 1)
{
    if (!term_is_pid(a[0]) && !term_is_port(a[0])) return bif_badarg(p);
    trace_event(p, am_unlink, a[0]);
    Relation *r =
        term_is_pid(a[0]) || term_is_local_port(a[0]) ? relation_find_id(p->links, a[0]) : NULL;
    if (r == NULL || (r->flags & RELATION_LINKED) == 0) return am_true;
    VM *vm = p->vm;
    if (term_is_local_port(a[0])) {
        relation_remove(p->links, r);
        if (vm->port_hooks != NULL) vm->port_hooks->unlink(vm, a[0], p->pid);
        return am_true;
    }
    SignalRequest *s = signal_new(vm, SIGNAL_UNLINK, p->pid, TERM_NONE, TERM_NONE);
    r->flags &= ~RELATION_LINKED;
    r->id = s->id = ++p->unique_counter; // HANDLE-4: until the acknowledgement
    signal_push(vm, a[0], s);
    remote_wait(p, a[0]);
    return bif_when_resumed(p, am_true);
}

// ---- names
// ------------------------------------------------------------------------------------------

/** A process gets or loses a name, by whoever does it. */
static void trace_name(VM *vm, Term owner, Term what, Term name) {
    Process *p = term_is_local_pid(owner) ? process_find(vm, owner) : NULL;
    if (p != NULL && UNLIKELY(process_traced(p, TRACE_PROCS) != NULL))
        vm->tracing.hooks->process_event(p, what, name, TERM_NONE);
}

/** erlang:register(Name, PidOrPort). */
BIF(erlang, register, 2)
{
    if (!term_is_atom(a[0]) || a[0] == am_undefined) return bif_badarg(p);
    if (!term_is_local_pid(a[1]) && !term_is_local_port(a[1])) return bif_badarg(p);
    switch (registry_add(p->vm, a[0], a[1])) {
    case REGISTRY_OK: trace_name(p->vm, a[1], am_register, a[0]); return am_true;
    case REGISTRY_HAS_NAME: return bif_badarg_cause(p, am_registered_name);
    case REGISTRY_NOPROC: return bif_badarg_cause(p, am_notalive);
    case REGISTRY_NAME_TAKEN: break;
    }
    return bif_badarg(p);
}

/** erlang:unregister(Name). */
BIF(erlang, unregister, 1)
{
    Term owner;
    if (!term_is_atom(a[0]) || !registry_remove(p->vm, a[0], &owner)) return bif_badarg(p);
    trace_name(p->vm, owner, am_unregister, a[0]);
    return am_true;
}

/** erlang:whereis(Name): pid, port, or undefined. */
BIF(erlang, whereis, 1)
{
    if (!term_is_atom(a[0])) return bif_badarg(p);
    Term owner = registry_find(p->vm, a[0]);
    return owner == TERM_NONE ? am_undefined : owner;
}

/** erlang:registered(). */
BIF(erlang, registered, 0)
{ return registry_names(p->vm, &p->heap); }

// ---- sending
// ----------------------------------------------------------------------------------------

/** Pid ! Message. */
BIF_Q(erlang, "!", send_operator, 2)
{ return signal_send_any(p, a[0], a[1]); }

/** erlang:send(To, Message). */
BIF(erlang, send, 2)
{ return signal_send_any(p, a[0], a[1]); }

/** erlang:send(To, Message, [noconnect | nosuspend]): ok, noconnect or nosuspend. */
BIF(erlang, send, 3)
{
    Term list = a[2];
    uint32_t flags = 0;
    for (; term_is_cell(list); list = term_tail(list)) {
        Term option = term_head(list);
        if (option != am_noconnect && option != am_nosuspend) return bif_badarg_cause(p, am_badopt);
        flags |= option == am_noconnect ? REMOTE_NOCONNECT : REMOTE_NOSUSPEND;
    }
    if (!term_is_nil(list)) return bif_badarg_cause(p, am_badopt);
    return signal_send_remote(p, a[0], a[1], flags);
}

// ---- processes
// --------------------------------------------------------------------------------------

typedef struct PidList {
    Heap *heap;
    Term *pids;
    size_t count, capacity;
} PidList;

static void add_pid(Process *q, void *context) {
    PidList *l = context;
    if (l->count == l->capacity) {
        l->capacity = l->capacity == 0 ? 256 : l->capacity * 2;
        l->pids = mem_realloc(l->pids, l->capacity * sizeof *l->pids);
    }
    ASSERT(term_is_local_pid(q->pid));
    l->pids[l->count++] = q->pid;
}

/** erlang:processes(). */
BIF(erlang, processes, 0)
{
    PidList l = {.heap = &p->heap};
    process_table_each(p->vm->processes, add_pid, &l);
    ASSERT(l.count > 0); // the caller's own at least
    Term list = heap_list(&p->heap, l.pids, l.count, TERM_NIL);
    mem_free(l.pids);
    bif_bump(p, (int64_t)l.count / PROCESSES_PER_REDUCTION);
    return list;
}

/** erlang:is_process_alive(Pid): asks, so that it comes after what the caller sent before. */
BIF(erlang, is_process_alive, 1)
{
    if (remote_is_former(p->vm, a[0])) return am_false;
    if (!term_is_local_pid(a[0])) return bif_badarg(p);
    if (a[0] == p->pid) return am_true;
    if (process_find(p->vm, a[0]) == NULL) return am_false;
    return bif_trap(p, am_erts_internal, am_is_process_alive, 1, a);
}

static Term run_is_alive(VM *vm, Process *target, SignalRequest *r, Heap *out) {
    ASSERT(target == NULL || target->exit_reason == TERM_NONE); // HANDLE-2
    return term_from_bool(target != NULL);
}

/** erts_internal:is_process_alive(Pid, Ref): ok; {Ref, Bool} follows. */
BIF(erts_internal, is_process_alive, 2)
{
    if (!term_is_local_pid(a[0]) || !term_is_local_ref(a[1])) return bif_badarg(p);
    signal_request_beside(p->vm, a[0], run_is_alive, p->pid, a[1], TERM_NONE);
    return am_ok;
}

/** erts_internal:is_system_process(Pid). */
BIF(erts_internal, is_system_process, 1)
{
    if (!term_is_local_pid(a[0])) return bif_badarg(p);
    Process *target = process_find(p->vm, a[0]);
    return term_from_bool(target != NULL && (target->flags & PROCESS_FLAG_SYSTEM) != 0);
}

// ---- group leaders
// ----------------------------------------------------------------------------------

/** erlang:group_leader(). */
BIF(erlang, group_leader, 0)
{ return p->group_leader == TERM_NONE ? p->pid : p->group_leader; }

/** erts_internal:group_leader(Leader, Pid): true, badarg, or false: ask with a reference. */
BIF(erts_internal, group_leader, 2)
{
    if (!term_is_pid(a[0])) return am_badarg;
    if (term_is_remote(a[1]) && term_is_pid(a[1])) {
        signal_push(p->vm, a[1],
                    signal_new(p->vm, SIGNAL_GROUP_LEADER, a[0], TERM_NONE, TERM_NONE));
        remote_wait(p, a[1]);
        return bif_when_resumed(p, am_true);
    }
    if (!term_is_local_pid(a[1])) return am_badarg;
    if (a[1] != p->pid) return process_find(p->vm, a[1]) == NULL ? am_badarg : am_false;
    p->group_leader = a[0];
    return am_true;
}

static Term run_group_leader(VM *vm, Process *target, SignalRequest *r, Heap *out) {
    ASSERT(term_is_pid(r->head.term));
    if (target == NULL) return am_badarg;
    target->group_leader = beside_copy(target, r->head.term);
    return am_true;
}

/** erts_internal:group_leader(Leader, Pid, Ref): ok; {Ref, true | badarg} follows. */
BIF(erts_internal, group_leader, 3)
{
    if (!term_is_pid(a[0]) || !term_is_local_pid(a[1]) || !term_is_local_ref(a[2]))
        return bif_badarg(p);
    signal_request_beside(p->vm, a[1], run_group_leader, p->pid, a[2], a[0]);
    return am_ok;
}
