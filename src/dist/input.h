// SPDX-License-Identifier: Apache-2.0
//
// input.h - packets that come in: headers read, fragments put together, control messages obeyed.
// Nothing in them is believed: a packet that is not as it should be ends its connection.
#ifndef MICA_DIST_INPUT_H
#define MICA_DIST_INPUT_H

#include "dist/connection.h"

/** One whole message: its bytes, and the atoms that they name by place. */
typedef struct DistMessage {
    DistNode *node;
    uint32_t connection;
    const uint8_t *bytes;
    size_t count;
    const Term *atoms;
    size_t atom_count;
    Binary *source; // that the bytes stand in; NULL: in memory of somebody's
    bool versioned; // each of its terms has its 131
} DistMessage;

/** A packet of the running connection; count 0: a tick. False: it is malformed. */
bool input_packet(DistNode *n, uint32_t connection, const uint8_t *bytes, size_t count);
/** What came from node is malformed: says so in the log. */
void input_log_invalid(VM *vm, Term node, const uint8_t *bytes, size_t count);
bool input_from_port(DistNode *n, const uint8_t *bytes, size_t count);
void input_begin(DistNode *n);
void input_end(DistNode *n);
/** control.c: decodes the control message and does what it says. */
bool control_obey(const DistMessage *m);
/** {Flags, Label, Serial, Sender, Last} of sequential tracing, as trace/seq.c takes it (the sender
 * a pid, or a node's name); [] or TERM_NONE: none. */
bool control_is_token(Term t);
/** A signal that was pushed encoded: decoded by its receiver. False: it is malformed. */
bool control_decode_signal(VM *vm, SignalRequest *s);
/** spawn.c: what is said of processes to be made, or made. r: [Op | Arguments] of the control. */
bool spawn_request_obey(const DistMessage *m, Term control, size_t payload_at);
bool spawn_reply_obey(const DistMessage *m, Term control);

#endif
