// SPDX-License-Identifier: Apache-2.0
//
// connection.h - the nodes that this one knows by name, each with its connection, if there is one.
//
//   IDLE --(auto-connect, new_connection)--> PENDING --(create_dist_channel)--> CONNECTED
//     ^------------(abort_pending_connection)---'   '------(controller ends)--> EXITING --> IDLE
//
//   process --signal--> [pending signals | encoded items] --output--> port, or the process that
//   asks port or process --packet--> input --signal--> process
//
// DIST-1: a DistNode is made once for a name and stays until the VM ends.
// DIST-2: its fields are guarded by its lock, but for those of the output (cache_out, staging),
// which
//         belong to whoever holds the port's lock, or to the controlling process; and those of the
//         input (cache_in, sequences), to the port's lock or the input handler.
// DIST-3: a connection's number is the VM's next one when it becomes pending, and never comes back.
// DIST-4: signals of one sender to one receiver leave in the order in which they were sent: what is
//         pending is encoded under the lock in one go when the connection is up, and what a sender
//         encoded itself is queued before its send returns.
// DIST-5: locks are taken in the order port, node, list. Signals are pushed with none of the latter
//         two held.
// DIST-6: when a connection ends, first everyone who relies on it is told, then those who watch
//         nodes; only then the node is IDLE.
//
// Threads: any registered with proc/quiesce.h.
#ifndef MICA_DIST_CONNECTION_H
#define MICA_DIST_CONNECTION_H

#include "base/alloc.h"
#include "dist/dist.h"
#include "proc/link.h"
#include "proc/remote.h"
#include "world/thread.h"

// What nodes tell each other that they can do; the names are those of OTP's documentation.
#define DFLAG_PUBLISHED 0x1u
#define DFLAG_EXTENDED_REFERENCES 0x4u
#define DFLAG_DIST_MONITOR 0x8u
#define DFLAG_FUN_TAGS 0x10u
#define DFLAG_DIST_MONITOR_NAME 0x20u
#define DFLAG_HIDDEN_ATOM_CACHE 0x40u
#define DFLAG_ATOM_CACHE 0x2u
#define DFLAG_NEW_FUN_TAGS 0x80u
#define DFLAG_EXTENDED_PIDS_PORTS 0x100u
#define DFLAG_EXPORT_PTR_TAG 0x200u
#define DFLAG_BIT_BINARIES 0x400u
#define DFLAG_NEW_FLOATS 0x800u
#define DFLAG_UNICODE_IO 0x1000u
#define DFLAG_DIST_HDR_ATOM_CACHE 0x2000u
#define DFLAG_SMALL_ATOM_TAGS 0x4000u
#define DFLAG_UTF8_ATOMS 0x10000u
#define DFLAG_MAP_TAG 0x20000u
#define DFLAG_BIG_CREATION 0x40000u
#define DFLAG_SEND_SENDER 0x80000u
#define DFLAG_BIG_SEQTRACE_LABELS 0x100000u
#define DFLAG_EXIT_PAYLOAD 0x400000u
#define DFLAG_FRAGMENTS 0x800000u
#define DFLAG_HANDSHAKE_23 0x1000000u
#define DFLAG_UNLINK_ID 0x2000000u
#define DFLAG_MANDATORY_25_DIGEST 0x4000000u
#define DFLAG_SPAWN ((uint64_t)1 << 32)
#define DFLAG_V4_NC ((uint64_t)4 << 32)
#define DFLAG_ALIAS ((uint64_t)8 << 32)

#define DFLAGS_MANDATORY                                                                           \
    (DFLAG_EXTENDED_REFERENCES | DFLAG_FUN_TAGS | DFLAG_EXTENDED_PIDS_PORTS | DFLAG_UTF8_ATOMS |   \
     DFLAG_NEW_FUN_TAGS | DFLAG_BIG_CREATION | DFLAG_NEW_FLOATS | DFLAG_MAP_TAG |                  \
     DFLAG_EXPORT_PTR_TAG | DFLAG_BIT_BINARIES | DFLAG_HANDSHAKE_23)
/** Mandatory since OTP 26. */
#define DFLAGS_MANDATORY_26 (DFLAGS_MANDATORY | DFLAG_V4_NC | DFLAG_UNLINK_ID)
#define DFLAGS_DEFAULT                                                                             \
    (DFLAGS_MANDATORY | DFLAG_DIST_MONITOR | DFLAG_DIST_MONITOR_NAME | DFLAG_SPAWN | DFLAG_ALIAS | \
     DFLAG_UNLINK_ID | DFLAG_UNICODE_IO | DFLAG_DIST_HDR_ATOM_CACHE | DFLAG_SMALL_ATOM_TAGS |      \
     DFLAG_SEND_SENDER | DFLAG_BIG_SEQTRACE_LABELS | DFLAG_EXIT_PAYLOAD | DFLAG_FRAGMENTS |        \
     DFLAG_V4_NC | DFLAG_MANDATORY_25_DIGEST)
/** With any of these, a packet begins with a header of its own. */
#define DFLAGS_HEADER (DFLAG_DIST_HDR_ATOM_CACHE | DFLAG_FRAGMENTS)
#define DFLAGS_REJECTABLE                                                                          \
    (DFLAG_DIST_HDR_ATOM_CACHE | DFLAG_HIDDEN_ATOM_CACHE | DFLAG_FRAGMENTS | DFLAG_ATOM_CACHE)

#define DIST_CACHE_SLOTS 2048

typedef enum { DIST_IDLE, DIST_PENDING, DIST_CONNECTED, DIST_EXITING } DistPhase;

typedef struct DistItem DistItem;         // dist/output.h
typedef struct DistWaiting DistWaiting;   // dist/outgoing.h
typedef struct DistSequence DistSequence; // dist/input.c
typedef struct DistNode DistNode;

struct DistNode {
    DistNode *next;
    VM *vm;
    Term name;
    uint64_t handle_words[3]; // of the reference in its handles

    Mutex lock;
    DistPhase phase;
    uint32_t connection; // number of the present or the last one; 0: there was none
    uint64_t flags;      // agreed upon, while connected
    uint32_t creation;   // of the other node
    Term controller;     // port or pid, while connected; else TERM_NONE
    Term input_handler;  // pid, of a controlling process
    struct Port *port;   // a reference, while a port controls
    bool tells_size;     // dist_ctrl_set_opt(get_size)
    bool wants_notice;   // dist_ctrl_get_data_notification
    DistWaiting *waiting, **waiting_last; // while pending
    DistItem *items, **items_last;
    size_t suspended_count, suspended_capacity;
    Term *suspended;   // pids of senders that wait for the queue to sink
    LinkTree *reliers; // pid: REMOTE-1
    LinkTree *named;   // the other node's monitors by name: reference -> whom it stood for
    Term setup_waits;  // pid that waits in create_dist_channel for the end of the former connection

    _Atomic size_t queued_bytes; // of items; changed under the lock
    _Atomic uint64_t packets_in, packets_out;

    // the output's owner's (DIST-2)
    Term *cache_out; // atom of each slot, or NULL: there is no cache
    uint8_t *staging;
    size_t staging_count, staging_capacity;
    const uint8_t *direct; // the last packet's bytes behind the staging, where they stand
    size_t direct_count;
    DistItem *direct_item; // freed when they are written
    uint64_t next_sequence;
    DistItem *unfinished; // items of which fragments are still to go, in turn; under the lock, too
    bool is_fragments_turn;
    // the input's owner's
    Term *cache_in;
    DistSequence *sequences;
};

struct DistState {
    Mutex lock;                   // adding to the list
    _Atomic(DistNode *) first;    // newest first
    _Atomic uint32_t connections; // how many there were: DIST-3
    _Atomic Term net_kernel;      // who made this node one with a name; TERM_NONE: nobody
};

/** The node of that name, made if it is new. NULL: it is this node. */
DistNode *dist_node_get(VM *vm, Term name);
/** NULL: it is not known. */
DistNode *dist_node_find(VM *vm, Term name);
/** The node and connection of a handle, {Number, Reference}; NULL: it is none. */
DistNode *dist_node_of_handle(VM *vm, Term handle, uint32_t *connection);
Term dist_handle(Heap *h, const DistNode *n, uint32_t connection);
bool dist_is_alive(VM *vm);

/** Makes an idle node pending, under its lock. */
void dist_begin_pending(DistNode *n);
/** An idle node becomes pending, and net_kernel is asked to connect. False: there is none. */
bool dist_auto_connect(DistNode *n);
/** Under the lock: it is up. What waits is encoded. */
void dist_connected(DistNode *n, Term controller, uint64_t flags, uint32_t creation);
/** Ends a pending or running connection; nothing when it is another by now. */
void dist_disconnected(DistNode *n, uint32_t connection, Term reason);
/** Has the controller of a connection end, and so the connection. No lock is held. */
void dist_kill(DistNode *n, uint32_t connection, Term reason);
/** Whose present or last connection has that number; NULL: there was another since. */
DistNode *dist_node_of_connection(VM *vm, uint32_t connection);
/** This node loses its name: all its connections end. */
void dist_stop_alive(VM *vm);
/** p is suspended until the queue has sunk. Under the lock. */
void dist_suspend(DistNode *n, Process *p);
/** Takes who is suspended if the queue has sunk, under the lock; dist_resume with none. */
size_t dist_take_suspended(DistNode *n, Term **pids);
void dist_resume(VM *vm, Term *pids, size_t count);

/** ref watches pid, which it asked for by a name that may lead to another later. */
void dist_note_named(DistNode *n, uint32_t connection, Term ref, Term pid);
/** Whom it watches, and forgets it; TERM_NONE: nobody. */
Term dist_take_named(DistNode *n, Term ref);

/** A section for each node, those with a connection first, as OTP's break handler has them. */
void dist_text(VM *vm, TextBuffer *out);

uint32_t dist_rely(Process *p, Term node, bool connects);
bool dist_rely_on(Process *p, Term node, uint32_t connection);

#endif
