// SPDX-License-Identifier: Apache-2.0
//
// signal.h - everything one process does to another, in one queue per receiver (PROC-3).
//
// Sending never waits and never fails: a signal to nobody vanishes, or is answered for the dead (a
// monitor gets its DOWN, a request its noproc). Any thread may send (registered with
// proc/quiesce.h).
//
//   senders --push--> signals_outer (newest first) --exchange--> signals_first.. (in order)
//   --handle--> messages_first..
//
// SIG-1: signals from one sender to one receiver are handled in the order in which they were sent.
// SIG-2: who pushes onto an empty outer queue wakes the receiver; the receiver looks at the outer
// queue once more
//        after it declared itself waiting (both sequentially consistent), so none is lost.
// SIG-3: a signal owns its terms: they live in its fragments, but for SIGNAL_FLAG_IN_HEAP messages
// to oneself.
#ifndef MICA_PROC_SIGNAL_H
#define MICA_PROC_SIGNAL_H

#include "proc/process.h"
#include "proc/receive.h"

typedef enum {
    SIGNAL_MESSAGE,         // term: message
    SIGNAL_ALIAS_MESSAGE,   // term: message, ref or ref_words: alias it was sent to
    SIGNAL_EXIT,            // term: reason, from; exit/2: kill is untrappable
    SIGNAL_EXIT_LINK,       // term: reason, from: a linked process or port ended
    SIGNAL_LINK,            // from
    SIGNAL_UNLINK,          // from, id
    SIGNAL_UNLINK_ACK,      // from, id
    SIGNAL_MONITOR,         // from, ref or ref_words; term: name it was asked by, or TERM_NONE
    SIGNAL_DEMONITOR,       // from, ref or ref_words
    SIGNAL_DOWN,            // ref, term: reason; from: what ended (pid, port)
    SIGNAL_CONNECTION_DOWN, // id: of the connection, from: the node's name; proc/remote.h
    SIGNAL_SPAWN_REPLY,     // ref: of the request, term: pid or error, id: REMOTE_SPAWN_*
    SIGNAL_GROUP_LEADER,    // term: the new one; from another node
    SIGNAL_ENCODED,         // a big one of another node; id: its kind, term: dist's
    SIGNAL_REQUEST,         // function runs in the receiver; ref and from: answer to
    SIGNAL_TIMEOUT          // id: the receive timer that went off
} SignalKind;

typedef struct SignalRequest SignalRequest;

/**
 * What a request asks for: runs with p's thread when p can be looked at, or with p NULL when the
 * receiver is gone. Builds its answer in `out`, a detached heap; the asker gets {Ref, Answer} (or
 * Answer alone with tag_answer unset). TERM_NONE: no answer (it went another way). It may set p's
 * exit_reason through process_set_exiting().
 */
typedef Term (*SignalFunction)(VM *vm, Process *p, SignalRequest *request, Heap *out);

/** Every signal but a plain message. */
struct SignalRequest {
    Signal head;
    Term from; // pid or port, name of a watched process, or TERM_NONE; boxed: in fragments
    Term ref;  // in fragments, or TERM_NONE
    union {
        struct {
            uint64_t id;
            SignalFunction function;
        };
        uint64_t ref_words[2]; // signal_new_ref
    };
    uint32_t connection; // that it came by, 0: from this node
    bool collects;       // it waits while the process has collections switched off
    bool untagged;       // the answer is sent as it is, not as {Ref, Answer}
    bool moves;          // moves the receiver's terms: waits while a long call holds them (LONG-1)
    bool beside;         // touches no more than BESIDE-1 allows: need not wait for a dirty built-in
};

#define SIGNAL_CLOSED ((Signal *)(uintptr_t)1)

/**
 * Sends a message that lives elsewhere: copies it. `to` is a local pid, an alias reference, a local
 * port or a registered name's pid. sender is NULL for the system (timers, ports).
 */
void signal_send_message(VM *vm, Process *sender, Term to, Term message);
/** As above with the copy already made: takes over the fragments that hold message. */
void signal_send_built(VM *vm, Process *sender, Term to, Term message, HeapFragment *fragments);
/** erlang:exit(To, Reason) from `from`. */
void signal_send_exit(VM *vm, Term from, Term to, Term reason);
/** The end of a link between from and to, with its reason. */
void signal_send_exit_link(VM *vm, Term from, Term to, Term reason);
/** Either of these by p itself, whose sequential trace token goes along. */
void signal_send_exit_from(Process *p, Term to, Term reason);
void signal_send_exit_link_from(Process *p, Term to, Term reason);
/** `!` with every kind of receiver: pid, port, name, {name, node}, alias. TERM_NONE with p->exc set
 * (badarg), else message. */
Term signal_send_any(Process *p, Term to, Term message);
/** The same with REMOTE_* flags (proc/remote.h): ok, noconnect or nosuspend; TERM_NONE with p->exc.
 */
Term signal_send_remote(Process *p, Term to, Term message, uint32_t flags);
/** What p does with a signal that came in, or that it makes itself. Takes over s. */
void signal_handle_one(Process *p, Signal *s);
/** s carries a copy of the sequential trace token. */
void signal_take_token(VM *vm, SignalRequest *s, Term token);
/** A message that p's own VM has for it: its term stands in the fragments. */
void signal_deliver(Process *p, Term message, Term token, HeapFragment *fragments);

/** As signal_new, by the thread that runs p. */
SignalRequest *signal_new_by(Process *p, SignalKind kind, Term from, Term term, Term ref);
/** A message of p's own VM: a tuple of elements that stand elsewhere and stay. Its token is
 * TERM_NIL.
 */
Signal *signal_new_tuple(Process *p, size_t arity, const Term *elements);
/** A new signal with copies of from, term and ref (each may be TERM_NONE). */
SignalRequest *signal_new(VM *vm, SignalKind kind, Term from, Term term, Term ref);
/** A new signal that names a local reference by its words, for a receiver on this node; its ref is
 * TERM_NONE. blocks: the calling thread's, or NULL. */
SignalRequest *signal_new_ref(VM *vm, BlockCache *blocks, SignalKind kind, Term from, Term term,
                              const uint64_t words[2]);
/** What p tells target, here or elsewhere, when its monitor of these words goes. */
SignalRequest *signal_new_demonitor(Process *p, Term target, const uint64_t words[2]);
/** Pushes it to a process, here or (a pid or {Name, Node}) elsewhere; false (and the signal
 * answered or freed) when there is none. */
bool signal_push(VM *vm, Term to, SignalRequest *s);
/** As signal_push to a local pid; when nobody is there, nothing is done in its place. */
bool signal_push_living(VM *vm, Term to, SignalRequest *s);
/** Pushes a message, made with signal_new, to a local pid. */
void signal_push_message(VM *vm, Term to, Signal *s);
/** Asks a process; see SignalFunction. term: copied argument. The answer goes to `from`. */
void signal_request(VM *vm, Term to, SignalFunction function, Term from, Term ref, Term term);
/** As signal_request, with a function that touches no more than BESIDE-1 allows. */
void signal_request_beside(VM *vm, Term to, SignalFunction function, Term from, Term ref,
                           Term term);
/** Frees a signal with its terms. */
void signal_free(Signal *s);
/** As signal_free; blocks: the calling thread's, or NULL. */
void signal_free_here(BlockCache *blocks, Signal *s);

/** Takes the outer queue in and handles everything. False: the process is to exit. Only the thread
 * that runs p. */
bool signal_handle_all(Process *p);
/** As signal_handle_all, inside a built-in: collections that others ask for wait until it returns
 * (HEAP-2). */
bool signal_handle_in_bif(Process *p);
/** Takes the outer queue in without handling it. */
void signal_take_outer(Process *p);
/** Frees every signal still queued. */
void signal_discard(Process *p);
/** Answers every signal still queued as one to a dead process; closes the queue. */
void signal_close(Process *p);
/** Runs a request in p (NULL: its receiver is gone) and sends the answer. The caller frees r. */
void signal_run_request(VM *vm, Process *p, SignalRequest *r);
/** Puts a signal of p to itself behind all that was taken in. */
void signal_append_own(Process *p, Signal *s);
/** Puts a message whose term lives in p's own heap at its queue's end. */
void signal_send_self(Process *p, Term message);
/** p will run no more code. The reason is copied into p's heap unless it lives there (or is
 * immediate). */
void process_set_exiting(Process *p, Term reason, bool reason_in_heap);
/** Ends a monitor that p made, and the aliases that hang on it. False: there is none of these
 * words. */
bool process_demonitor(Process *p, const uint64_t words[2]);
/** The monitor of these words went (fired or demonitored): so do the aliases that hang on it. */
void monitor_alias_ended(Process *p, const uint64_t words[2]);

#endif
