// SPDX-License-Identifier: Apache-2.0
//
// outgoing.h - signals that leave for other nodes: made into control messages and queued, or kept
// until the connection is up.
#ifndef MICA_DIST_OUTGOING_H
#define MICA_DIST_OUTGOING_H

#include "dist/connection.h"

/** Control messages' numbers, as OTP's "Distribution Protocol" lists them. */
enum {
    OP_LINK = 1,
    OP_SEND = 2,
    OP_EXIT = 3,
    OP_UNLINK = 4,
    OP_REG_SEND = 6,
    OP_GROUP_LEADER = 7,
    OP_EXIT2 = 8,
    OP_SEND_TT = 12,
    OP_EXIT_TT = 13,
    OP_REG_SEND_TT = 16,
    OP_EXIT2_TT = 18,
    OP_MONITOR_P = 19,
    OP_DEMONITOR_P = 20,
    OP_MONITOR_P_EXIT = 21,
    OP_SEND_SENDER = 22,
    OP_SEND_SENDER_TT = 23,
    OP_PAYLOAD_EXIT = 24,
    OP_PAYLOAD_EXIT_TT = 25,
    OP_PAYLOAD_EXIT2 = 26,
    OP_PAYLOAD_EXIT2_TT = 27,
    OP_PAYLOAD_MONITOR_P_EXIT = 28,
    OP_SPAWN_REQUEST = 29,
    OP_SPAWN_REQUEST_TT = 30,
    OP_SPAWN_REPLY = 31,
    OP_SPAWN_REPLY_TT = 32,
    OP_ALIAS_SEND = 33,
    OP_ALIAS_SEND_TT = 34,
    OP_UNLINK_ID = 35,
    OP_UNLINK_ID_ACK = 36
};

typedef enum {
    OUT_MESSAGE,       // from; to: pid, alias, {Name, Node}; term: message
    OUT_LINK,          // from, to
    OUT_UNLINK,        // from, to, id
    OUT_UNLINK_ACK,    // from, to, id
    OUT_EXIT_LINK,     // from, to, term: reason
    OUT_EXIT,          // from, to, term: reason
    OUT_MONITOR,       // from, to: pid or {Name, Node}, ref
    OUT_DEMONITOR,     // the same
    OUT_DOWN,          // from: pid or name, to, ref, term: reason
    OUT_GROUP_LEADER,  // from: the leader, to
    OUT_SPAWN_REQUEST, // from, ref, id: REMOTE_SPAWN_*; term: [Leader, {M, F, Arity}, Options |
                       // Args]
    OUT_SPAWN_REPLY    // to, ref, id: REMOTE_SPAWN_*, term: pid or error
} OutKind;

/** One signal; its terms live where its maker says. */
typedef struct OutSignal {
    OutKind kind;
    Term from, to, ref, term, token; // TERM_NONE: there is none
    uint64_t id;
} OutSignal;

struct DistWaiting {
    DistWaiting *next;
    OutSignal signal;
    Heap heap; // of its terms
};

Term outgoing_send(Process *p, Term to, Term message, uint32_t flags);
void outgoing_signal(VM *vm, Term to, SignalRequest *s);
/** Could it be sent? A message of 4 GB could not. */
bool outgoing_fits(VM *vm, Term t);
/** p is suspended if the connection to node is busy. */
void outgoing_wait(Process *p, Term node);
/**
 * Sends by a running or pending connection; only: by that one, or (0) by any. False: there is
 * none.
 */
bool outgoing_put(DistNode *n, const OutSignal *s, uint32_t only);
/** Under the lock: what waited is encoded and queued. */
void outgoing_encode_waiting(DistNode *n);
void outgoing_free_waiting(DistWaiting *w);

#endif
