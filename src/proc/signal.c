// SPDX-License-Identifier: Apache-2.0
//
// signal.c - making signals, pushing them, and answering those that reach nobody. What a receiver
// does with them stands in signal_handle.c. SIG-1 to SIG-3 are in signal.h.
//
// A signal with terms is one block: a heap fragment whose tail holds the record:
//
//   [HeapFragment | terms ... used_words | Signal or SignalRequest]
//                                          ^ SIGNAL_FLAG_EMBEDDED
#include "proc/signal.h"

#include "proc/long_call.h"
#include "proc/process_table.h"
#include "proc/registry.h"
#include "proc/remote.h"
#include "proc/scheduler.h"
#include "term/ref.h"
#include "vm/vm.h"

static size_t record_words(size_t bytes) { return (bytes + sizeof(Term) - 1) / sizeof(Term); }

/** A record of record_bytes behind a fragment with room for words of terms; *f is NULL and unused
 * without words. */
static ALWAYS_INLINE void *record_new(BlockCache *blocks, size_t words, size_t record_bytes,
                                      HeapFragment **f) {
    if (words == 0) {
        *f = NULL;
        Signal *s = memset(block_alloc(blocks, record_bytes), 0, record_bytes);
        s->flags = SIGNAL_FLAG_BLOCK;
        return s;
    }
    *f = fragment_new(blocks, words + record_words(record_bytes));
    (*f)->used_words = (uint32_t)words;
    Signal *s = memset((*f)->mem + words, 0, record_bytes);
    s->flags = SIGNAL_FLAG_EMBEDDED;
    s->fragments = *f;
    return s;
}

static size_t copied_words(const LiteralRange *now, Term t) {
    return t == TERM_NONE || term_is_immediate(t) ? 0 : copy_size_words(t, now);
}

static Term copied(const LiteralRange *now, Term t, Term **hp, HeapFragment *f) {
    if (f == NULL || t == TERM_NONE || term_is_immediate(t)) return t;
    return copy_term_sized(t, f->used_words, now, hp, &f->off_heap);
}

static SignalRequest *request_new(VM *vm, BlockCache *blocks, SignalKind kind, Term from, Term term,
                                  Term ref) {
    LiteralRange now = literal_range_now(&vm->literals);
    size_t words = copied_words(&now, term) + copied_words(&now, ref) + copied_words(&now, from);
    HeapFragment *f;
    SignalRequest *s = record_new(blocks, words, sizeof *s, &f);
    Term *hp = f == NULL ? NULL : f->mem;
    s->head.kind = (uint8_t)kind;
    s->head.token = TERM_NIL;
    s->head.term = copied(&now, term, &hp, f);
    s->from = copied(&now, from, &hp, f);
    s->ref = copied(&now, ref, &hp, f);
    DEBUG_ASSERT(f == NULL || hp == f->mem + words); // SIG-3
    return s;
}

SignalRequest *signal_new(VM *vm, SignalKind kind, Term from, Term term, Term ref) {
    return request_new(vm, NULL, kind, from, term, ref);
}

SignalRequest *signal_new_by(Process *p, SignalKind kind, Term from, Term term, Term ref) {
    return request_new(p->vm, p->heap.blocks, kind, from, term, ref);
}

Signal *signal_new_tuple(Process *p, size_t arity, const Term *elements) {
    ASSERT(arity > 0);
    HeapFragment *f;
    Signal *s = record_new(p->heap.blocks, 1 + arity, sizeof *s, &f);
    f->mem[0] = header_tuple(arity);
    memcpy(f->mem + 1, elements, arity * sizeof *elements);
    s->kind = SIGNAL_MESSAGE;
    s->token = TERM_NIL;
    s->term = term_from_box(f->mem);
    return s;
}

SignalRequest *signal_new_ref(VM *vm, BlockCache *blocks, SignalKind kind, Term from, Term term,
                              const uint64_t words[2]) {
    ASSERT(kind == SIGNAL_MONITOR || kind == SIGNAL_DEMONITOR || kind == SIGNAL_ALIAS_MESSAGE);
    SignalRequest *s = request_new(vm, blocks, kind, from, term, TERM_NONE);
    s->ref_words[0] = words[0];
    s->ref_words[1] = words[1];
    return s;
}

SignalRequest *signal_new_demonitor(Process *p, Term target, const uint64_t words[2]) {
    ASSERT(target != TERM_NONE && term_is_local_pid(p->pid));
    if (term_is_local_pid(target))
        return signal_new_ref(p->vm, p->heap.blocks, SIGNAL_DEMONITOR, p->pid, TERM_NONE, words);
    Term box[REF_WORDS];
    return signal_new(p->vm, SIGNAL_DEMONITOR, p->pid, TERM_NONE, ref_on_box(box, words));
}

static Signal *message_new(VM *vm, const Process *sender, Term message) {
    LiteralRange now = literal_range_now(&vm->literals);
    size_t words = copied_words(&now, message);
    HeapFragment *f;
    BlockCache *blocks = sender == NULL ? NULL : sender->heap.blocks;
    Signal *s = record_new(blocks, words, sizeof *s, &f);
    Term *hp = f == NULL ? NULL : f->mem;
    s->kind = SIGNAL_MESSAGE;
    s->sender = sender == NULL ? 0 : signal_sender(sender->pid);
    s->token = sender == NULL ? TERM_NONE : TERM_NIL;
    s->term = copied(&now, message, &hp, f);
    return s;
}

/** A message with the sequential trace token of its sender: both in one chain of fragments. */
static Signal *message_with_token(VM *vm, Process *sender, Term to, Term message) {
    ASSERT(sender->seq_trace_token != TERM_NIL);
    Heap build;
    heap_init_detached(&build, &vm->literals);
    Signal *s = mem_zalloc(sizeof *s);
    s->kind = SIGNAL_MESSAGE;
    s->sender = signal_sender(sender->pid);
    s->token = vm->tracing.hooks->token_for_message(sender, to, message, &build);
    s->term = heap_copy(&build, message);
    s->fragments = heap_take_fragments(&build);
    heap_destroy(&build);
    return s;
}

/** What was built goes with s. */
static void add_fragments(SignalRequest *s, Heap *build) {
    HeapFragment **last = &s->head.fragments;
    while (*last != NULL) last = &(*last)->next;
    *last = heap_take_fragments(build);
    heap_destroy(build);
}

/** Puts the token that message carries to `to` into a signal that has terms. */
static void add_token(Process *sender, SignalRequest *s, Term to, Term message) {
    VM *vm = sender->vm;
    Heap build;
    heap_init_detached(&build, &vm->literals);
    bool is_exit = s->head.kind == SIGNAL_EXIT || s->head.kind == SIGNAL_EXIT_LINK;
    const TraceHooks *hooks = vm->tracing.hooks;
    s->head.token = is_exit ? hooks->token_for_exit(sender, to, message, &build)
                            : hooks->token_for_message(sender, to, message, &build);
    add_fragments(s, &build);
}

void signal_take_token(VM *vm, SignalRequest *s, Term token) {
    ASSERT(token == TERM_NIL || term_is_tuple(token));
    Heap build;
    heap_init_detached(&build, &vm->literals);
    s->head.token = heap_copy(&build, token);
    add_fragments(s, &build);
}

/** One that stands alone; the record that it may hold goes with it. */
static void fragment_free_here(BlockCache *blocks, HeapFragment *f) {
    DEBUG_ASSERT(f->next == NULL);
    off_heap_release(&f->off_heap);
    fragment_free(blocks, f);
}

void signal_free_here(BlockCache *blocks, Signal *s) {
    DEBUG_ASSERT(s != NULL && s != SIGNAL_CLOSED);
    if (s->fragments == NULL && (s->flags & SIGNAL_FLAG_BLOCK) != 0 && s->kind != SIGNAL_MESSAGE)
        block_free(blocks, s, sizeof(SignalRequest));
    else if ((s->flags & SIGNAL_FLAG_EMBEDDED) != 0 && s->fragments->next == NULL)
        fragment_free_here(blocks, s->fragments);
    else
        signal_free(s);
}

void signal_free(Signal *s) {
    ASSERT(s != NULL && s != SIGNAL_CLOSED);
    // the record may stand in the first fragment's memory, so everything is read before
    bool embedded = (s->flags & SIGNAL_FLAG_EMBEDDED) != 0;
    HeapFragment *f = s->fragments;
    if (f != NULL) fragment_destroy(f);
    if (!embedded) mem_free(s);
}

/** Who has a signal handled for a process of high priority does that at its priority, or the asker
 * might wait behind all that are in between. A message raises nobody. */
static uint8_t raised_by(VM *vm, Term from) {
    const Process *sender =
        term_is_local_pid(from) ? process_table_find(vm->processes, from) : NULL;
    return sender == NULL ? 0 : (uint8_t)(PRIORITY_LOW - sender->priority);
}

/** Pushes onto p's outer queue; false when it is closed. */
static bool push(VM *vm, Process *p, Signal *s, Scheduler *here) {
    bool is_message = s->kind == SIGNAL_MESSAGE || s->kind == SIGNAL_ALIAS_MESSAGE;
    // read now: the receiver may free it
    Term from = is_message ? TERM_NONE : ((const SignalRequest *)s)->from;
    Signal *head = atomic_load_explicit(&p->signals_outer, memory_order_relaxed);
    do {
        if (head == SIGNAL_CLOSED) return false;
        s->next = head;
        // release: the receiver's exchange sees the whole signal; seq_cst: SIG-2
    } while (!atomic_compare_exchange_weak_explicit(&p->signals_outer, &head, s,
                                                    memory_order_seq_cst, memory_order_relaxed));
    if (head == NULL) process_wake(vm, p, here, raised_by(vm, from)); // SIG-2
    return true;
}

/** Nobody waits any more for a process that another node has made. */
static void refuse_spawned(VM *vm, Term to, SignalRequest *r) {
    Term child = r->head.term;
    if (!term_is_pid(child)) return;
    if ((r->id & REMOTE_SPAWN_MONITOR) != 0)
        signal_push(vm, child, signal_new(vm, SIGNAL_DEMONITOR, to, TERM_NONE, r->ref));
    if ((r->id & REMOTE_SPAWN_LINK) != 0) signal_send_exit_link(vm, to, child, am_noproc);
}

/** Does for the dead what `to` would have done with s, and frees it. */
static void refuse(VM *vm, Term to, Signal *s) {
    SignalRequest *r = (SignalRequest *)s;
    switch ((SignalKind)s->kind) {
    case SIGNAL_LINK: signal_send_exit_link(vm, to, r->from, am_noproc); break;
    case SIGNAL_MONITOR: {
        // another node knows it by the name that it asked for
        Term watched = r->connection != 0 && r->head.term != TERM_NONE ? r->head.term : to;
        Term box[REF_WORDS];
        Term ref = r->ref != TERM_NONE ? r->ref : ref_on_box(box, r->ref_words);
        signal_push(vm, r->from, signal_new(vm, SIGNAL_DOWN, watched, am_noproc, ref));
        break;
    }
    case SIGNAL_UNLINK: {
        if (r->connection != 0 && r->id == 0) break; // a node that wants no answer
        SignalRequest *ack = signal_new(vm, SIGNAL_UNLINK_ACK, to, TERM_NONE, TERM_NONE);
        ack->id = r->id;
        signal_push(vm, r->from, ack);
        break;
    }
    case SIGNAL_SPAWN_REPLY: refuse_spawned(vm, to, r); break;
    case SIGNAL_REQUEST: signal_run_request(vm, NULL, r); break;
    default: break;
    }
    signal_free(s);
}

bool signal_push(VM *vm, Term to, SignalRequest *s) {
    DEBUG_ASSERT(s->head.kind != SIGNAL_MESSAGE);
    if (UNLIKELY(term_is_boxed(to))) {
        remote_signal(vm, to, s);
        return true;
    }
    // an atom: a name that stood for nobody when it was asked for
    Process *p = term_is_local_pid(to) ? process_table_find(vm->processes, to) : NULL;
    if (p != NULL && push(vm, p, &s->head, NULL)) return true;
    refuse(vm, to, &s->head);
    return false;
}

bool signal_push_living(VM *vm, Term to, SignalRequest *s) {
    ASSERT(s->head.kind != SIGNAL_MESSAGE && term_is_local_pid(to));
    Process *p = process_table_find(vm->processes, to);
    if (p != NULL && push(vm, p, &s->head, NULL)) return true;
    signal_free(&s->head);
    return false;
}

void signal_push_message(VM *vm, Term to, Signal *s) {
    ASSERT(s->kind == SIGNAL_MESSAGE && term_is_local_pid(to));
    Process *p = process_table_find(vm->processes, to);
    if (p == NULL || !push(vm, p, s, NULL)) signal_free(s);
}

void signal_run_request(VM *vm, Process *p, SignalRequest *r) {
    ASSERT(r->head.kind == SIGNAL_REQUEST && r->function != NULL);
    Heap out;
    heap_init_detached(&out, &vm->literals);
    Term answer = r->function(vm, p, r, &out);
    if (answer != TERM_NONE && r->from != TERM_NONE) {
        if (!r->untagged) answer = heap_tuple2(&out, heap_copy(&out, r->ref), answer);
        Process *sender = p != NULL && p->beside == NULL ? p : NULL; // BESIDE-1
        signal_send_built(vm, sender, r->from, answer, heap_take_fragments(&out));
    }
    heap_destroy(&out);
}

static void request(VM *vm, Term to, SignalFunction function, Term from, Term ref, Term term,
                    bool beside) {
    ASSERT(term_is_local_pid(to));
    SignalRequest *s = signal_new(vm, SIGNAL_REQUEST, from, term, ref);
    s->function = function;
    s->beside = beside;
    signal_push(vm, to, s);
}

void signal_request(VM *vm, Term to, SignalFunction function, Term from, Term ref, Term term) {
    request(vm, to, function, from, ref, term, false);
}

void signal_request_beside(VM *vm, Term to, SignalFunction function, Term from, Term ref,
                           Term term) {
    request(vm, to, function, from, ref, term, true);
}

static void discard(Signal *s) {
    for (Signal *next; s != NULL; s = next) {
        next = s->next;
        signal_free(s);
    }
}

static void discard_messages(Process *p) {
    ASSERT(p->messages_count > 0 || p->messages_first == NULL);
    Budget *budget = long_call_budget_of_end(p);
    while (p->messages_first != NULL) {
        Signal *s = p->messages_first;
        p->messages_first = s->next;
        signal_free(s);
        budget_spend(budget, 8);
    }
    p->messages_last = p->messages_save = &p->messages_first;
    p->messages_count = p->messages_in_heap = 0;
}

void signal_discard(Process *p) {
    discard(atomic_exchange_explicit(&p->signals_outer, SIGNAL_CLOSED, memory_order_seq_cst));
    discard(p->signals_first);
    p->signals_first = NULL;
    p->signals_last = &p->signals_first;
    discard_messages(p);
}

void signal_close(Process *p) {
    signal_take_outer(p);
    // no more can come in after this exchange: push sees SIGNAL_CLOSED
    Signal *late = atomic_exchange_explicit(&p->signals_outer, SIGNAL_CLOSED, memory_order_seq_cst);
    Signal *ordered = NULL;
    while (late != NULL) {
        Signal *next = late->next;
        late->next = ordered;
        ordered = late;
        late = next;
    }
    *p->signals_last = ordered;
    Budget *budget = long_call_budget_of_end(p);
    while (p->signals_first != NULL) {
        Signal *s = p->signals_first;
        p->signals_first = s->next;
        refuse(p->vm, p->pid, s);
        budget_spend(budget, 16);
    }
    p->signals_last = &p->signals_first;
    discard_messages(p);
}

// ---- messages
// ---------------------------------------------------------------------------------------

static void send_self(Process *p, Term message, Term token) {
    Signal *s = mem_zalloc(sizeof *s);
    s->kind = SIGNAL_MESSAGE;
    s->sender = signal_sender(p->pid);
    s->token = token;
    s->term = message;
    if (!term_is_immediate(message) && !heap_is_literal(&p->heap, message)) {
        s->flags = SIGNAL_FLAG_IN_HEAP; // SIG-3
        p->messages_in_heap++;
    }
    signal_take_outer(p); // SIG-1: what came before stands before
    signal_append_own(p, s);
}

void signal_send_self(Process *p, Term message) { send_self(p, message, TERM_NONE); }

static void send_alias(VM *vm, Process *sender, Term alias, Term message) {
    Term owner = ref_owner(alias);
    if (owner == 0) return; // no alias: nobody listens
    ASSERT(term_is_local_pid(owner));
    SignalRequest *s = signal_new_ref(vm, sender == NULL ? NULL : sender->heap.blocks,
                                      SIGNAL_ALIAS_MESSAGE, TERM_NONE, message, ref_words(alias));
    if (sender != NULL) {
        s->head.sender = signal_sender(sender->pid);
        if (UNLIKELY(sender->seq_trace_token != TERM_NIL)) add_token(sender, s, alias, message);
    }
    Process *p = process_table_find(vm->processes, owner);
    if (p == NULL || !push(vm, p, &s->head, scheduler_here(sender))) signal_free(&s->head);
}

void signal_send_message(VM *vm, Process *sender, Term to, Term message) {
    if (LIKELY(term_is_local_pid(to))) {
        bool has_token = UNLIKELY(sender != NULL && sender->seq_trace_token != TERM_NIL);
        if (sender != NULL && to == sender->pid && !has_token && sender->beside == NULL) {
            send_self(sender, message, TERM_NIL);
            return;
        }
        Process *p = process_table_find(vm->processes, to);
        if (p == NULL) return;
        Signal *s = has_token ? message_with_token(vm, sender, to, message)
                              : message_new(vm, sender, message);
        if (p == sender && p->beside == NULL) {
            signal_take_outer(p); // SIG-1
            signal_append_own(p, s);
            return;
        }
        if (!push(vm, p, s, scheduler_here(sender))) signal_free(s);
    } else if (term_is_local_ref(to)) {
        send_alias(vm, sender, to, message);
    } else if (term_is_local_port(to) && vm->port_hooks != NULL) {
        vm->port_hooks->send(vm, sender, to, message);
    }
}

void signal_send_built(VM *vm, Process *sender, Term to, Term message, HeapFragment *fragments) {
    if (!term_is_local_pid(to)) {
        signal_send_message(vm, sender, to, message);
        fragment_destroy(fragments);
        return;
    }
    Process *p = process_table_find(vm->processes, to);
    if (p == NULL) {
        fragment_destroy(fragments);
        return;
    }
    Signal *s = mem_zalloc(sizeof *s);
    s->kind = SIGNAL_MESSAGE;
    s->token = TERM_NONE;
    s->term = message;
    s->fragments = fragments;
    if (!push(vm, p, s, scheduler_here(sender))) signal_free(s);
}

static Term send_badarg(Process *p) {
    p->exc = (Exception){.class = EXC_ERROR, .flags = EXC_ERROR_INFO, .reason = am_badarg};
    return TERM_NONE;
}

/** Tells the tracer of a process that is about to send (TRACE-2). */
static ALWAYS_INLINE void trace_send(Process *p, Term to, Term message) {
    if (UNLIKELY(process_traced(p, TRACE_SEND) != NULL)) p->vm->tracing.hooks->send(p, to, message);
}

Term signal_send_any(Process *p, Term to, Term message) {
    DEBUG_ASSERT(message != TERM_NONE);
    VM *vm = p->vm;
    if (LIKELY(term_is_local_pid(to))) {
        trace_send(p, to, message);
        signal_send_message(vm, p, to, message);
        return message;
    }
    if (term_is_atom(to)) {
        trace_send(p, to, message);
        Term owner = registry_find(vm, to);
        if (owner == TERM_NONE) return send_badarg(p);
        signal_send_message(vm, p, owner, message);
        return message;
    }
    return signal_send_remote(p, to, message, REMOTE_ANSWERS_MESSAGE) == TERM_NONE ? TERM_NONE
                                                                                   : message;
}

Term signal_send_remote(Process *p, Term to, Term message, uint32_t flags) {
    VM *vm = p->vm;
    if (term_is_local_pid(to) || term_is_atom(to))
        return signal_send_any(p, to, message) == TERM_NONE ? TERM_NONE : am_ok;
    if (term_is_local_port(to) || term_is_local_ref(to)) {
        trace_send(p, to, message);
        signal_send_message(vm, p, to, message);
        return am_ok;
    }
    bool is_name =
        term_is_tuple_of(to, 2) && term_is_atom(tuple_get(to, 0)) && term_is_atom(tuple_get(to, 1));
    if (!is_name && !term_is_remote(to)) return send_badarg(p);
    trace_send(p, to, message);
    if (is_name && tuple_get(to, 1) == node_own_name(vm->nodes)) {
        Term owner = registry_find(vm, tuple_get(to, 0));
        if (owner != TERM_NONE) signal_send_message(vm, p, owner, message);
        return am_ok;
    }
    if (term_is_port(to) && remote_node(to) != node_own_name(vm->nodes)) return send_badarg(p);
    if (vm->dist_hooks == NULL || term_is_port(to)) return am_ok;
    return vm->dist_hooks->send(p, to, message, flags);
}

// ---- exits
// ------------------------------------------------------------------------------------------

static void send_exit(VM *vm, SignalKind kind, Process *sender, Term from, Term to, Term reason) {
    if (term_is_pid(to)) {
        BlockCache *blocks = sender == NULL ? NULL : sender->heap.blocks;
        SignalRequest *s = request_new(vm, blocks, kind, from, reason, TERM_NONE);
        s->head.token = TERM_NONE;
        if (sender != NULL && UNLIKELY(sender->seq_trace_token != TERM_NIL)) {
            Term cells[4], *hp = cells;
            hp[0] = header_tuple(3);
            hp[1] = am_EXIT;
            hp[2] = from;
            hp[3] = reason;
            add_token(sender, s, to, term_from_box(cells));
        }
        signal_push(vm, to, s);
    } else if (term_is_local_port(to) && vm->port_hooks != NULL)
        vm->port_hooks->exit(vm, to, from, reason, kind == SIGNAL_EXIT_LINK);
}

void signal_send_exit(VM *vm, Term from, Term to, Term reason) {
    send_exit(vm, SIGNAL_EXIT, NULL, from, to, reason);
}

void signal_send_exit_from(Process *p, Term to, Term reason) {
    send_exit(p->vm, SIGNAL_EXIT, p, p->pid, to, reason);
}

void signal_send_exit_link_from(Process *p, Term to, Term reason) {
    send_exit(p->vm, SIGNAL_EXIT_LINK, p, p->pid, to, reason);
}

void signal_send_exit_link(VM *vm, Term from, Term to, Term reason) {
    send_exit(vm, SIGNAL_EXIT_LINK, NULL, from, to, reason);
}
