// SPDX-License-Identifier: Apache-2.0
//
// receive.h - what the receive instructions need: the inner message queue and its position.
//
//   loop_rec        s = mailbox_peek(p); when NULL: mailbox_fetch(p), peek again; x0 = s->term, or
//   go to the wait remove_message  mailbox_take(p) loop_rec_end    mailbox_next(p), back to
//   loop_rec wait            receive_wait(p) wait_timeout    receive_wait_timeout(p, time) timeout
//   mailbox_timeout(p) recv_marker_*   receive_marker_reserve/bind/clear/use
//
// Only the thread that runs p may call. Before mailbox_fetch, receive_wait and receive_wait_timeout
// the machine state must stand in the process (p->pc, heap.top, heap.stack): they handle other
// processes' signals, which may collect the heap with no live registers, look at the stack, or end
// the process.
//
// RECV-1: *messages_save is the next message to look at; every message before it was refused in
// this receive. RECV-2: while receive_matching is set, registers may point into the message at
// *messages_save; a collection
//         meanwhile takes that message into the heap first.
#ifndef MICA_PROC_RECEIVE_H
#define MICA_PROC_RECEIVE_H

#include "proc/process.h"

/** Head of every signal; messages are nothing more. */
struct Signal {
    Signal *next;
    uint8_t kind;  // SIGNAL_*
    uint8_t flags; // SIGNAL_FLAG_*
    uint16_t spare;
    uint32_t sender; // of a message: signal_sender of a local process, with SIGNAL_FLAG_REMOTE the
                     // index of its node's atom, or 0
    HeapFragment *fragments; // hold the terms (and with SIGNAL_FLAG_EMBEDDED this record), or NULL
    Term term;               // the message; other kinds: see signal.h
    Term token; // of a message: sequential trace token in its fragments, TERM_NIL: none, or
                // TERM_NONE: not a process's message, the receiver keeps the token it has
};

/** A local pid in 32 bits, never 0: what Signal.sender holds. */
static ALWAYS_INLINE uint32_t signal_sender(Term pid) {
    DEBUG_ASSERT(term_is_local_pid(pid));
    return (uint32_t)term_pid_data(pid) + 1;
}
static ALWAYS_INLINE Term signal_sender_pid(uint32_t sender) {
    DEBUG_ASSERT(sender != 0);
    return term_from_pid_data(sender - 1);
}

#define SIGNAL_FLAG_EMBEDDED 1u // the record stands in its fragment's memory
// Term lives in the receiver's own heap: it is a root. A record that is embedded nevertheless: its
// fragment has nothing else that is needed.
#define SIGNAL_FLAG_IN_HEAP 2u
#define SIGNAL_FLAG_BLOCK 4u  // the record came from a BlockCache (BLOCKS-1)
#define SIGNAL_FLAG_REMOTE 8u // a message from another node, which `sender` names

typedef enum {
    MAILBOX_OK,    // go on
    MAILBOX_EXITED // a signal ended the process: return EXEC_EXITED
} MailboxResult;

typedef enum {
    RECEIVE_WAIT,        // return EXEC_WAITING with p->pc at the loop_rec
    RECEIVE_AGAIN,       // new messages: go to the loop_rec
    RECEIVE_TIMED_OUT,   // fall through to the timeout instruction
    RECEIVE_BAD_TIMEOUT, // error:timeout_value
    RECEIVE_EXITED       // return EXEC_EXITED
} ReceiveResult;

#define ABSORB_QUEUE_MAX 4
#define ABSORB_WORDS_MAX 9

/** The message at the receive position, or NULL. */
static ALWAYS_INLINE Signal *mailbox_peek(Process *p) {
    Signal *s = *p->messages_save;
    p->receive_matching = s != NULL;
    return s;
}
/**
 * s was just peeked at; heap.top and heap.stack stand in the process; heap.top moves.
 *
 * In a short queue a flat tuple, as most messages are, is copied to the receiver's heap when it is
 * looked at: its fragment serves the next message while it is still in the cache. In a long one,
 * which a collection would have to go through for its roots then, and when there is more to copy,
 * fragments are adopted.
 */
void mailbox_absorb(Process *p, Signal *s);
static ALWAYS_INLINE bool mailbox_may_absorb(const Process *p, const Signal *s) {
    return (s->flags & (SIGNAL_FLAG_EMBEDDED | SIGNAL_FLAG_IN_HEAP)) == SIGNAL_FLAG_EMBEDDED &&
           p->messages_count <= ABSORB_QUEUE_MAX;
}
/** Takes in what others sent meanwhile, and does what the signals among it ask for. */
MailboxResult mailbox_fetch(Process *p);
/** The message at the position was accepted: it leaves the queue, its term becomes the heap's. The
 * receive ends. */
void mailbox_take(Process *p);
/** The message at the position was refused. */
static ALWAYS_INLINE void mailbox_next(Process *p) {
    p->receive_matching = 0;
    p->messages_save = &(*p->messages_save)->next;
}
/** The timeout instruction: the receive ends; the next one begins at the queue's front. */
void mailbox_timeout(Process *p);
/** wait: RECEIVE_WAIT, RECEIVE_AGAIN or RECEIVE_EXITED. */
ReceiveResult receive_wait(Process *p);
/** wait_timeout with time in ms (integer) or infinity; any answer. The timer is started once per
 * receive. */
ReceiveResult receive_wait_timeout(Process *p, Term time);

/** Notes the queue's end as a place to begin looking. Returns a small integer that names the
 * marker. */
Term receive_marker_reserve(Process *p);
/** Ties a marker (anything else than reserve's result is ignored) to a reference. */
void receive_marker_bind(Process *p, Term marker, Term ref);
void receive_marker_clear(Process *p, Term ref);
/** Moves the receive position to ref's marker, if there is one. */
void receive_marker_use(Process *p, Term ref);
/** A collection gave a message another record: markers that stood at the old one follow. */
void receive_message_moved(Process *p, Signal *from, Signal *to);

#endif
