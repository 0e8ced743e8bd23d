// SPDX-License-Identifier: Apache-2.0
//
// remote.h - what the lower rooms know of other nodes: the calls upward by which signals leave this
// one, and what a process does when a connection ends.
//
// A connection to a node has a number that no other connection of this VM ever has. What a process
// has with another node's processes (links, monitors, spawn requests, monitors of the node itself)
// notes the connection that it hangs on; when that ends, the process gets SIGNAL_CONNECTION_DOWN
// and ends all of it.
//
// REMOTE-1: who has a relation by a connection is known to that connection (rely, before the
//           relation is made), so it gets SIGNAL_CONNECTION_DOWN; one that finds nothing is
//           harmless.
// REMOTE-2: the order of signals from one process to another holds across nodes: a signal is in the
//           connection's queue when the call returns.
// REMOTE-3: no hook waits for another node, and none takes a lock of a process's.
// Threads: any registered with proc/quiesce.h; where a Process is given, the one that runs it.
#ifndef MICA_PROC_REMOTE_H
#define MICA_PROC_REMOTE_H

#include "proc/signal.h"
#include "term/print.h"

#define REMOTE_NOCONNECT 1u       // do not connect for it
#define REMOTE_NOSUSPEND 2u       // nor wait for a busy connection
#define REMOTE_ANSWERS_MESSAGE 4u // in place of ok, as ! does

// What was asked for along with a process: part of the protocol.
#define REMOTE_SPAWN_LINK 1u
#define REMOTE_SPAWN_MONITOR 2u

struct DistNode;
struct iovec;

typedef struct DistHooks {
    /** Sends p's message to another node's pid, alias, or {Name, Node}: ok, noconnect, nosuspend.
     * TERM_NONE with a trap in p->exc: a big one goes on in a long call. */
    Term (*send)(Process *p, Term to, Term message, uint32_t flags);
    /** Sends a signal to another node's pid, or {Name, Node}, and frees it. */
    void (*signal)(VM *vm, Term to, SignalRequest *s);
    /** Is it small enough to be sent? */
    bool (*fits)(VM *vm, Term t);
    /** p has sent something to node, whose connection may be busy: then it is suspended. */
    void (*wait)(Process *p, Term node);
    /** p relies on the connection to node from now on (REMOTE-1): its number, or 0 when there is
     * none and (connects) none can be set up. */
    uint32_t (*rely)(Process *p, Term node, bool connects);
    /** The same for one that it has heard by. False: it has ended. */
    bool (*rely_on)(Process *p, Term node, uint32_t connection);
    /** What erts_debug:get_internal_state tells of nodes; TERM_NONE: it is nothing of them. */
    Term (*internal_state)(Process *p, Term what);
    /** Adds what OTP's break handler tells of nodes. */
    void (*text)(VM *vm, TextBuffer *out);
    /** What system_info(dist_ctrl) tells. */
    Term (*controllers)(Process *p);
    /** Decodes what a SIGNAL_ENCODED holds and makes it the signal that it is. False: it is
     * malformed; its connection ends. */
    bool (*decode)(VM *vm, SignalRequest *s);
    // -- of a port that has become a connection's, with its lock held
    /** A packet came in. False: it is malformed, and the connection is to end. */
    bool (*input)(struct DistNode *node, const uint8_t *bytes, size_t count);
    /** Framed bytes to be written, in up to two parts; they stay until the next call. 0: there are
     * none. */
    size_t (*output)(struct DistNode *node, struct iovec *parts);
    void (*port_ended)(struct DistNode *node, Term reason);
    // -- with no lock
    bool (*has_output)(struct DistNode *node);
    /** A turn ends in which messages were queued (Scheduler.unflushed). */
    void (*flush)(struct DistNode *node);
} DistHooks;

/** Sends nothing, and frees s, in a VM without the room (tests). */
void remote_signal(VM *vm, Term to, SignalRequest *s);
/** What p sent to `to`, if that is on another node, may have filled the connection's queue: then p
 * is suspended until that has sunk. */
void remote_wait(Process *p, Term to);
uint32_t remote_rely(Process *p, Term node, bool connects);
bool remote_rely_on(Process *p, Term node, uint32_t connection);
/** Is t a pid, port or reference of another node (or of this one's former life)? */
static ALWAYS_INLINE bool term_is_remote(Term t) {
    return term_is_box_of(t, BOX_EXT_PID) || term_is_box_of(t, BOX_EXT_REF) ||
           term_is_box_of(t, BOX_EXT_PORT);
}
/** The node of a remote pid, or of {Name, Node}. */
Term remote_node(Term to);

/** Is t a pid or port of a former life of this node? */
bool remote_is_former(VM *vm, Term t);

/** The connection of r ended: p's links, monitors and requests by it end with noconnection. */
void remote_connection_down(Process *p, SignalRequest *r);
/** The answer to a spawn request. Takes over r. */
void remote_spawn_reply(Process *p, SignalRequest *r);

#endif
