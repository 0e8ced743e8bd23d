// SPDX-License-Identifier: Apache-2.0
//
// seq.c - sequential tracing: a token goes with every message of a process that has one, and the
// receiver has it then, so that a chain of messages is seen across processes.
//
// A token is the tuple {Flags, Label, Serial, Sender, LastSerial}, as process_info shows it. A
// process's own lies in its heap and is changed by making another; a message's in its fragments.
// Only the process's own thread calls, but where it says otherwise.
#include "base/alloc.h"
#include "proc/process_table.h"
#include "proc/quiesce.h"
#include "proc/spawn.h"
#include "proc/time.h"
#include "term/compare.h"
#include "trace/trace_room.h"

#define SEQ_SEND 1u
#define SEQ_RECEIVE 2u
#define SEQ_PRINT 4u
#define SEQ_TIMESTAMP 8u
#define SEQ_STRICT_MONOTONIC 16u
#define SEQ_MONOTONIC 32u

enum { TOKEN_FLAGS, TOKEN_LABEL, TOKEN_SERIAL, TOKEN_SENDER, TOKEN_LAST, TOKEN_SIZE };

static uint32_t token_flags(Term token) {
    ASSERT(term_is_tuple_of(token, TOKEN_SIZE));
    return (uint32_t)term_small(tuple_get(token, TOKEN_FLAGS));
}

static uint32_t flag_of(Term name) {
    switch (name) {
    case am_send: return SEQ_SEND;
    case am_receive: return SEQ_RECEIVE;
    case am_print: return SEQ_PRINT;
    case am_timestamp: return SEQ_TIMESTAMP;
    case am_strict_monotonic_timestamp: return SEQ_STRICT_MONOTONIC;
    case am_monotonic_timestamp: return SEQ_MONOTONIC;
    default: return 0;
    }
}

/** p's token with one element replaced, in p's heap. */
static void token_put(Process *p, size_t index, Term value) {
    Term elements[TOKEN_SIZE];
    ASSERT(term_is_tuple_of(p->seq_trace_token, TOKEN_SIZE) && index < TOKEN_SIZE);
    for (size_t i = 0; i < TOKEN_SIZE; i++) elements[i] = tuple_get(p->seq_trace_token, i);
    elements[index] = value;
    p->seq_trace_token = heap_tuple(&p->heap, TOKEN_SIZE, elements);
}

/** p has a token from here on. */
static void token_begin(Process *p) {
    if (p->seq_trace_token != TERM_NIL) return;
    Term last = term_from_small((int64_t)trace_extra(p)->seq_last), zero = term_from_small(0);
    Term elements[] = {zero, zero, zero, p->pid, last};
    p->seq_trace_token = heap_tuple(&p->heap, TOKEN_SIZE, elements);
}

// ---- telling the tracer
// --------------------------------------------------------------------------------
static Tracer *seq_tracer(VM *vm) {
    return atomic_load_explicit(&vm->tracing.room->seq_tracer, memory_order_acquire);
}

/** Counts p's next step; false: nobody is to hear of it, so it is none. */
static bool token_step(Process *p) {
    VM *vm = p->vm;
    const Tracer *tracer = seq_tracer(vm);
    if (p->seq_trace_token == TERM_NIL) return false;
    if (tracer != NULL && tracer_asks(vm, tracer, am_seq_trace, p->pid) != TRACER_TRACE)
        return false;
    TraceExtra *own = trace_extra(p);
    own->seq_clock++;
    Term elements[TOKEN_SIZE] = {
        [TOKEN_FLAGS] = tuple_get(p->seq_trace_token, TOKEN_FLAGS),
        [TOKEN_LABEL] = tuple_get(p->seq_trace_token, TOKEN_LABEL),
        [TOKEN_SERIAL] = term_from_small((int64_t)own->seq_clock),
        [TOKEN_SENDER] = p->pid,
        [TOKEN_LAST] = term_from_small((int64_t)own->seq_last),
    };
    p->seq_trace_token = heap_tuple(&p->heap, TOKEN_SIZE, elements);
    return true;
}

/** {seq_trace, Label, {What, {Last, Serial}, Sender, Receiver, Message} [, Timestamp]}, if the
 * tracer wants to hear of `who`; runs: NULL, or by whom. */
static void report_for(VM *vm, const Process *runs, Term who, Term token, Term what, uint32_t flag,
                       Term receiver, Term message) {
    ASSERT(receiver != TERM_NONE && message != TERM_NONE);
    const Tracer *tracer = seq_tracer(vm);
    uint32_t flags = token_flags(token), stamp = 0;
    if (tracer == NULL || (flags & flag) == 0 ||
        tracer_asks(vm, tracer, am_seq_trace, who) != TRACER_TRACE)
        return;
    if ((flags & SEQ_TIMESTAMP) != 0) stamp |= TRACE_TIMESTAMP;
    if ((flags & SEQ_STRICT_MONOTONIC) != 0) stamp |= TRACE_STRICT_MONOTONIC;
    if ((flags & SEQ_MONOTONIC) != 0) stamp |= TRACE_MONOTONIC;
    Heap h;
    heap_init_detached(&h, &vm->literals);
    Term serial = heap_tuple2(&h, tuple_get(token, TOKEN_LAST), tuple_get(token, TOKEN_SERIAL));
    Term data = heap_tuple(
        &h, 5, (Term[]){what, serial, tuple_get(token, TOKEN_SENDER), receiver, message});
    tracer_send(vm, &(TraceMessage){.tracer = tracer,
                                    .flags = stamp,
                                    .tracee = tuple_get(token, TOKEN_LABEL),
                                    .tag = am_seq_trace,
                                    .data = data,
                                    .extra = TERM_NONE,
                                    .result = TERM_NONE,
                                    .runs = runs});
    heap_destroy(&h);
}

/** By p, when `asked` is a process that may be told of. */
static void report_of(Process *p, Process *asked, Term token, Term what, uint32_t flag,
                      Term receiver, Term message) {
    if (!atomic_load_explicit(&asked->sensitive, memory_order_relaxed))
        report_for(p->vm, p, asked->pid, token, what, flag, receiver, message);
}

static void report(Process *p, Term token, Term what, uint32_t flag, Term receiver, Term message) {
    ASSERT(p != NULL && token != TERM_NIL);
    report_of(p, p, token, what, flag, receiver, message);
}

Term seq_token_for_exit(Process *p, Term to, Term message, Heap *out) {
    ASSERT(p->seq_trace_token != TERM_NIL);
    token_step(p);
    // as in OTP it is the receiver that must be there, and not sensitive
    Process *asked = term_is_local_pid(to) ? process_find(p->vm, to) : p;
    if (asked != NULL) report_of(p, asked, p->seq_trace_token, am_send, SEQ_SEND, to, message);
    return heap_copy(out, p->seq_trace_token);
}

Term seq_token_for_message(Process *p, Term to, Term message, Heap *out) {
    ASSERT(p->seq_trace_token != TERM_NIL);
    token_step(p);
    report(p, p->seq_trace_token, am_send, SEQ_SEND, to, message);
    return heap_copy(out, p->seq_trace_token);
}

void seq_token_received(Process *p, Term message) {
    ASSERT(term_is_tuple_of(p->seq_trace_token, TOKEN_SIZE));
    Term token = p->seq_trace_token;
    TraceExtra *own = trace_extra(p);
    uint64_t serial = (uint64_t)term_small(tuple_get(token, TOKEN_SERIAL));
    own->seq_last = serial;
    if (own->seq_clock < serial) own->seq_clock = serial;
    report(p, token, am_receive, SEQ_RECEIVE, p->pid, message);
}

/** The child begins with the parent's token; its start is seen as a request, which both sent and
 * received, and the reply to it. */
void seq_token_for_child(Process *parent, Process *child, Term arguments, Term ref, Term tag) {
    ASSERT(child->seq_trace_token == TERM_NIL && child->scheduler == NULL);
    VM *vm = parent->vm;
    token_step(parent);
    Term token = parent->seq_trace_token;
    child->seq_trace_token = heap_copy(&child->heap, token);
    TraceExtra *own = trace_extra(child);
    own->seq_clock = own->seq_last = (uint64_t)term_small(tuple_get(token, TOKEN_SERIAL));
    Heap h;
    heap_init_detached(&h, &vm->literals);
    if (ref == TERM_NONE) ref = reference_make(vm, &h, TERM_NONE);
    Term call =
        heap_tuple3(&h, child->initial_call[0], child->initial_call[1], child->initial_call[2]);
    Term leader = child->group_leader == TERM_NONE ? child->pid : child->group_leader;
    Term elements[] = {am_spawn_request, ref, parent->pid, leader, call, TERM_NIL, tag, arguments};
    Term message = heap_tuple(&h, ARRAY_COUNT(elements), elements);
    report(parent, token, am_send, SEQ_SEND, child->pid, message);
    report(parent, token, am_receive, SEQ_RECEIVE, child->pid, message);
    token_step(child);
    Term reply = heap_tuple4(&h, tag, ref, am_ok, child->pid);
    report(child, child->seq_trace_token, am_send, SEQ_SEND, parent->pid, reply);
    report(child, child->seq_trace_token, am_receive, SEQ_RECEIVE, parent->pid, reply);
    heap_destroy(&h);
}

/** A copy of the token with another serial number. */
static Term token_with_serial(Heap *h, Term token, uint64_t serial) {
    Term elements[TOKEN_SIZE];
    for (size_t i = 0; i < TOKEN_SIZE; i++) elements[i] = heap_copy(h, tuple_get(token, i));
    elements[TOKEN_SERIAL] = term_from_small((int64_t)serial);
    return heap_tuple(h, TOKEN_SIZE, elements);
}

static uint64_t token_serial(Term token) {
    ASSERT(term_is_tuple_of(token, TOKEN_SIZE));
    return (uint64_t)term_small(tuple_get(token, TOKEN_SERIAL));
}

/** The asker counted two steps, the request and the arguments, and the token has the second's. */
Term seq_token_for_remote_child(Process *child, const RemoteSpawn *remote, Heap *out) {
    ASSERT(child->seq_trace_token == TERM_NIL && child->scheduler == NULL);
    TraceExtra *own = trace_extra(child);
    uint64_t serial = token_serial(remote->token) - 1;
    child->seq_trace_token = token_with_serial(&child->heap, remote->token, serial);
    own->seq_clock = own->seq_last = serial;
    report(child, child->seq_trace_token, am_receive, SEQ_RECEIVE, child->pid, remote->request);
    token_step(child);
    Term answer = heap_tuple4(out, am_spawn_reply, heap_copy(out, remote->ref), am_ok, child->pid);
    report(child, child->seq_trace_token, am_send, SEQ_SEND, remote->parent, answer);
    Term token = heap_copy(out, child->seq_trace_token);
    child->seq_trace_token = heap_copy(&child->heap, remote->token);
    seq_token_received(child, remote->arguments);
    return token;
}

Term seq_token_for_refusal(VM *vm, const RemoteSpawn *remote, Term reason, Heap *out) {
    Term node = node_own_name(vm->nodes);
    uint64_t serial = token_serial(remote->token) - 1;
    Term token = token_with_serial(out, remote->token, serial);
    report_for(vm, NULL, remote->parent, token, am_receive, SEQ_RECEIVE, node, remote->request);
    Term elements[TOKEN_SIZE];
    for (size_t i = 0; i < TOKEN_SIZE; i++) elements[i] = tuple_get(token, i);
    elements[TOKEN_LAST] = term_from_small((int64_t)serial);
    elements[TOKEN_SERIAL] = term_from_small((int64_t)serial + 1);
    elements[TOKEN_SENDER] = node;
    token = heap_tuple(out, TOKEN_SIZE, elements);
    Term answer = heap_tuple4(out, am_spawn_reply, heap_copy(out, remote->ref), am_error, reason);
    ASSERT(term_is_atom(reason) && term_is_atom(node));
    report_for(vm, NULL, remote->parent, token, am_send, SEQ_SEND, remote->parent, answer);
    return token;
}

// ---- the built-ins
// --------------------------------------------------------------------------------------
static Term set_flag(Process *p, uint32_t flag, Term value) {
    if (value != am_true && value != am_false) return TERM_NONE;
    token_begin(p);
    uint32_t flags = token_flags(p->seq_trace_token);
    uint32_t next = value == am_true ? flags | flag : flags & ~flag;
    token_put(p, TOKEN_FLAGS, term_from_small(next));
    return term_from_bool((flags & flag) != 0);
}

static Term set_serial(Process *p, Term value) {
    if (!term_is_tuple_of(value, 2) || !term_is_small(tuple_get(value, 0)) ||
        !term_is_small(tuple_get(value, 1)))
        return TERM_NONE;
    token_begin(p);
    Term before = heap_tuple2(&p->heap, tuple_get(p->seq_trace_token, TOKEN_LAST),
                              tuple_get(p->seq_trace_token, TOKEN_SERIAL));
    token_put(p, TOKEN_LAST, tuple_get(value, 0));
    token_put(p, TOKEN_SERIAL, tuple_get(value, 1));
    TraceExtra *own = trace_extra(p);
    own->seq_last = (uint64_t)term_small(tuple_get(value, 0));
    own->seq_clock = (uint64_t)term_small(tuple_get(value, 1));
    return before;
}

Term seq_set_token(Process *p, Term key, Term value) {
    if (!term_is_atom(key)) return TERM_NONE;
    if (flag_of(key) != 0) return set_flag(p, flag_of(key), value);
    if (key == am_serial) return set_serial(p, value);
    if (key == am_label) {
        token_begin(p);
        Term before = tuple_get(p->seq_trace_token, TOKEN_LABEL);
        token_put(p, TOKEN_LABEL, value);
        return before;
    }
    if (key != am_sequential_trace_token || !term_is_nil(value)) return TERM_NONE;
    Term before = p->seq_trace_token;
    p->seq_trace_token = TERM_NIL;
    return before;
}

/** erlang:seq_trace(Key, Value): the former value. */
BIF(erlang, seq_trace, 2)
{
    Term before = seq_set_token(p, a[0], a[1]);
    return before == TERM_NONE ? bif_badarg(p) : before;
}

Term seq_token_info(Process *p, Term key) {
    if (!term_is_atom(key)) return TERM_NONE;
    Term token = p->seq_trace_token, value;
    uint32_t flag = flag_of(key);
    if (token == TERM_NIL) {
        if (key == am_label || key == am_serial) return TERM_NIL;
        if (flag == 0 && key != am_spawn) return TERM_NONE;
        value = am_false;
    } else if (flag != 0) {
        value = term_from_bool((token_flags(token) & flag) != 0);
    } else if (key == am_label) {
        value = tuple_get(token, TOKEN_LABEL);
    } else if (key == am_serial) {
        value = heap_tuple2(&p->heap, tuple_get(token, TOKEN_LAST), tuple_get(token, TOKEN_SERIAL));
    } else {
        return TERM_NONE;
    }
    return heap_tuple2(&p->heap, key, value);
}

/** erlang:seq_trace_info(Key): {Key, Value}, or [] for a label or serial without a token. */
BIF(erlang, seq_trace_info, 1)
{
    Term info = seq_token_info(p, a[0]);
    return info == TERM_NONE ? bif_badarg(p) : info;
}

static Term print(Process *p, Term message) {
    ASSERT(p->seq_trace_token != TERM_NIL);
    token_step(p);
    report(p, p->seq_trace_token, am_print, SEQ_PRINT, TERM_NIL, message);
    return am_true;
}

/** erlang:seq_trace_print(Message): false without a token. */
BIF(erlang, seq_trace_print, 1)
{ return p->seq_trace_token == TERM_NIL ? am_false : print(p, a[0]); }

/** erlang:seq_trace_print(Label, Message): false when the token has another label. */
BIF(erlang, seq_trace_print, 2)
{
    if (p->seq_trace_token == TERM_NIL ||
        !term_equal(a[0], tuple_get(p->seq_trace_token, TOKEN_LABEL)))
        return am_false;
    return print(p, a[1]);
}

/** p and the messages that wait for it have no token any more. */
static void forget_tokens(Process *p) {
    p->seq_trace_token = TERM_NIL;
    if (p->trace_own != NULL) p->trace_own->seq_clock = p->trace_own->seq_last = 0;
    for (Signal *s = p->messages_first; s != NULL; s = s->next)
        if (s->token != TERM_NONE) s->token = TERM_NIL;
}

static Term run_forget(VM *vm, Process *p, SignalRequest *r, Heap *out) {
    ASSERT(r->from == TERM_NONE); // nobody waits for an answer
    if (p != NULL) forget_tokens(p);
    return TERM_NONE;
}

static void ask_to_forget(Process *p, void *context) {
    const Process *asker = context;
    if (p == asker || (atomic_load_explicit(&p->state, memory_order_relaxed) & PROCESS_HOST) != 0)
        return;
    signal_request(p->vm, p->pid, run_forget, TERM_NONE, TERM_NONE, TERM_NONE);
}

/** Every process is asked in its order of signals: what the caller sends from here on finds none.
 */
void seq_reset(Process *p) {
    forget_tokens(p);
    process_table_each(p->vm->processes, ask_to_forget, p);
}

/** The former system tracer; TERM_NONE: badarg. */
Term seq_set_tracer(Process *p, Term value) {
    VM *vm = p->vm;
    struct TraceRoom *room = vm->tracing.room;
    Tracer *next = NULL;
    if (value != am_false) {
        next = tracer_parse(vm, TERM_NONE, value);
        if (next == NULL || tracer_asks(vm, next, am_trace_status, am_undefined) == TRACER_REMOVE) {
            tracer_drop(next);
            return TERM_NONE;
        }
    }
    mutex_lock(&room->lock);
    Tracer *before = atomic_exchange_explicit(&room->seq_tracer, next, memory_order_acq_rel);
    Term term = before == NULL ? am_false : tracer_term(&p->heap, before);
    mutex_unlock(&room->lock);
    tracer_retire(vm, before);
    return term;
}

/** The system tracer, or false; one that has died is none. */
Term seq_get_tracer(Process *p) {
    const Tracer *tracer = seq_tracer(p->vm);
    if (tracer == NULL) return am_false;
    if (tracer_asks(p->vm, tracer, am_trace_status, am_undefined) == TRACER_REMOVE)
        return seq_set_tracer(p, am_false), am_false;
    return tracer_term(&p->heap, tracer);
}
