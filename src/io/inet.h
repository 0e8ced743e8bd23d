// SPDX-License-Identifier: Apache-2.0
//
// inet.h - what the tcp_inet and udp_inet drivers share: one socket behind a port, its options, its
// readiness, and the messages that prim_inet.erl waits for.
//
//   prim_inet --port_control(code + INET_CONTROL_BASE, bytes)--> inet_control, tcp_control, ...
//             <--[INET_REPLY_OK | bytes], [INET_REPLY_ERROR | name]--
//             <--{inet_async, Port, Id, Result}-- what takes time: connect, accept, recv
//   prim_inet --port_command(bytes)--> output  <--{inet_reply, Port, ok | {error, Reason}}--
//
// Numbers in requests and replies are big-endian. The codes are those of OTP's inet_int.hrl.
//
// INET-1: a descriptor is armed for at least what is wanted of it (inet_want); an event that is not
//         wanted any more is dropped, and what is still wanted is armed again.
// INET-2: at most one connect or receive is under way (op); accepts wait in a queue of their own,
// in
//         the order in which they were asked for. Accepts of processes that have ended are dropped
//         before a connection is taken for them.
// INET-3: a function that may end the port leaves its caller without a socket: see PORT-7.
//
// Threads: PORT-1.
#ifndef MICA_IO_INET_H
#define MICA_IO_INET_H

#include "io/packet.h"
#include "io/port.h"
#include "world/socket.h"

#define INET_CONTROL_BASE 0x03f1a300u

enum {
    INET_REQ_OPEN = 1,
    INET_REQ_CLOSE = 2,
    INET_REQ_CONNECT = 3,
    INET_REQ_PEER = 4,
    INET_REQ_NAME = 5,
    INET_REQ_BIND = 6,
    INET_REQ_SETOPTS = 7,
    INET_REQ_GETOPTS = 8,
    INET_REQ_GETSTAT = 11,
    INET_REQ_GETHOSTNAME = 12,
    INET_REQ_FDOPEN = 13,
    INET_REQ_GETFD = 14,
    INET_REQ_GETTYPE = 15,
    INET_REQ_GETSTATUS = 16,
    INET_REQ_GETSERVBYNAME = 17,
    INET_REQ_GETSERVBYPORT = 18,
    INET_REQ_SETNAME = 19,
    INET_REQ_SETPEER = 20,
    INET_REQ_GETIFLIST = 21,
    INET_REQ_IFGET = 22,
    INET_REQ_IFSET = 23,
    INET_REQ_SUBSCRIBE = 24,
    INET_REQ_GETIFADDRS = 25,
    INET_REQ_ACCEPT = 26,
    INET_REQ_LISTEN = 27,
    INET_REQ_IGNOREFD = 28,
    INET_REQ_GETLADDRS = 29,
    INET_REQ_GETPADDRS = 30,
    TCP_REQ_RECV = 42,
    TCP_REQ_UNRECV = 43,
    TCP_REQ_SHUTDOWN = 44,
    TCP_REQ_SENDFILE = 45,
    PACKET_REQ_RECV = 60,
};

enum { INET_REPLY_ERROR = 0, INET_REPLY_OK = 1 };

enum {
    INET_FAMILY_UNSPEC = 0,
    INET_FAMILY_INET = 1,
    INET_FAMILY_INET6 = 2,
    INET_FAMILY_ANY = 3,      // any address of the socket's family
    INET_FAMILY_LOOPBACK = 4, // the loopback address of the socket's family
    INET_FAMILY_LOCAL = 5,
    INET_FAMILY_UNDEFINED = 6,
};

enum { INET_TYPE_STREAM = 1, INET_TYPE_DATAGRAM = 2, INET_TYPE_SEQPACKET = 3 };

// Flags of a state, as getstatus shows them.
enum {
    INET_STATE_CLOSED = 0,
    INET_FLAG_OPEN = 0x01,
    INET_FLAG_ACTIVE = 0x04,
    INET_FLAG_LISTEN = 0x08,
    INET_FLAG_CONNECTING = 0x10,
    INET_FLAG_ACCEPTING = 0x20,
    INET_FLAG_BUSY = 0x80,
    INET_STATE_OPEN = INET_FLAG_OPEN,
    INET_STATE_CONNECTED = INET_FLAG_OPEN | INET_FLAG_ACTIVE,
    INET_STATE_LISTENING = INET_FLAG_OPEN | INET_FLAG_LISTEN,
    INET_STATE_CONNECTING = INET_FLAG_OPEN | INET_FLAG_CONNECTING,
};

typedef enum { INET_PASSIVE, INET_ACTIVE, INET_ONCE, INET_MULTI } InetActive;

#define INET_TIMEOUT_NEVER 0xffffffffu

enum { INET_ANCILLARY_TOS = 1, INET_ANCILLARY_TCLASS = 2, INET_ANCILLARY_TTL = 4 };

/** A connect or receive under way. */
typedef struct InetOperation {
    bool is_there;
    uint16_t id;
    Term caller;
    PortTimer *timer;
} InetOperation;

/** Counts and sums of packets. */
typedef struct InetStatistics {
    uint64_t count, max, bytes;
    double average, deviation;
} InetStatistics;

/** The reference of a send, as an external term; count 0: it has none. */
enum { INET_REPLY_REF_BYTES = 64 };
typedef struct InetReplyRef {
    uint8_t bytes[INET_REPLY_REF_BYTES];
    size_t count;
} InetReplyRef;

typedef struct InetSocket {
    Port *port;
    int fd; // -1: none
    unsigned state;
    int domain, type; // AF_*, SOCK_*; type is that of the driver before it is open
    bool is_tcp;
    bool is_prebound; // came from outside by fdopen: never closed here
    // readiness (INET-1)
    unsigned wanted, armed; // POLLER_*
    bool is_ignored;        // ignorefd: somebody else works on the descriptor
    unsigned ignored_wants; // what was wanted meanwhile
    // options
    InetActive active;
    int16_t active_count;
    bool is_binary, delivers_port, exits_on_close, is_buffer_set, is_debugged;
    PacketType packet;
    uint32_t packet_bytes_max;
    uint32_t header_bytes;
    uint32_t buffer_bytes;
    uint8_t line_delimiter;
    int64_t message_queue_low, message_queue_high;
    unsigned ancillary; // INET_ANCILLARY_*, what is to come along with datagrams
    char *name_space;
    bool has_fake_name, has_fake_peer;
    SocketAddress fake_name, fake_peer;
    SocketAddress remote;
    // requests
    uint16_t next_id;
    InetOperation op;       // INET-2
    InetReplyRef reply_ref; // of the send that goes on
    Term *subscribers;      // to the empty output queue
    uint32_t subscriber_count;
    InetStatistics received, sent;
} InetSocket;

/** Bytes of a control's answer; freed by who takes them. */
typedef struct InetReply {
    uint8_t *bytes;
    size_t count, capacity;
} InetReply;

/** What is left of a control's argument. */
typedef struct InetInput {
    const uint8_t *bytes;
    size_t count;
} InetInput;

// ---- replies and input
// -------------------------------------------------------------------------------
void inet_reply_add(InetReply *reply, const void *bytes, size_t count);
void inet_reply_byte(InetReply *reply, uint8_t byte);
void inet_reply_number(InetReply *reply, uint64_t number, unsigned byte_count);
/** Makes it [ERROR | name], whatever was there. */
void inet_reply_error(InetReply *reply, int error);
void inet_reply_error_name(InetReply *reply, const char *name);
/** [OK] to be added to. */
void inet_reply_ok(InetReply *reply);
/** [OK, Id]: the request is under way. */
void inet_reply_id(InetReply *reply, uint16_t id);
/** A big-endian number of byte_count bytes; false when they are not there. */
bool inet_take(InetInput *input, unsigned byte_count, uint32_t *number);

// ---- addresses (inet_address.c)
// ----------------------------------------------------------------------
/** Reads [Family, ...]; NULL, or the name of the error. */
const char *inet_take_address(int domain, InetInput *input, SocketAddress *address);
/** Adds [Family, ...]; false for an address that has no such form. */
bool inet_add_address(InetReply *reply, const SocketAddress *address);
/** Two terms: IP and port, or {local, Path} and 0. */
void inet_address_terms(Heap *heap, const SocketAddress *address, Term terms[2]);
/** The domain of a family byte, or -1. */
int inet_domain_of(unsigned family);

// ---- messages (inet_message.c)
// -----------------------------------------------------------------------
/**
 * Takes the reference off the begin of a send's bytes: OTP 26 and later put one there, which the
 * answer must hold. False: it is malformed.
 */
bool inet_take_reply_ref(InetSocket *s, const uint8_t **bytes, size_t *count);
/** {inet_reply, Port, ok} or {inet_reply, Port, {error, Reason}}, with the send's reference behind
 * if it had one; nobody: none is sent. */
void inet_send_reply(InetSocket *s, Term to, Term reason);
/** {inet_async, Port, Id, Result}, Result built in heap, which is destroyed. */
void inet_send_async(InetSocket *s, Term to, uint16_t id, Heap *heap, Term result);
void inet_send_async_error(InetSocket *s, Term to, uint16_t id, Term reason);
/** A message to the owner, built in heap, which is destroyed. */
void inet_send_owner(InetSocket *s, Heap *heap, Term message);
/** {Tag, Port} and {Tag, Port, Reason} to the owner. */
void inet_send_tag(InetSocket *s, Term tag);
void inet_send_tag_reason(InetSocket *s, Term tag, Term reason);
/** The data of a packet as mode and header want it; source may hold the bytes (then it is shared).
 */
Term inet_data_term(InetSocket *s, Heap *heap, const uint8_t *bytes, size_t count, Binary *source);
Term inet_error_atom(InetSocket *s, int error);
/** After a delivery: active once and N end. */
void inet_count_active(InetSocket *s);
void inet_count(InetStatistics *statistics, size_t count, bool has_deviation);

// ---- a socket's life (inet_socket.c)
// -----------------------------------------------------------------
void inet_socket_init(InetSocket *s, Port *port, bool is_tcp);
/** Frees what it holds; the descriptor is closed unless it came from outside. */
void inet_socket_free(InetSocket *s);
/** Closes the descriptor and its readiness. */
void inet_close(InetSocket *s);
/** Wants readiness, or no longer. */
void inet_want(InetSocket *s, unsigned interest);
void inet_unwant(InetSocket *s, unsigned interest);
/** Arms what is wanted (INET-1); at the end of whatever the driver did. May end the port. */
void inet_arm(InetSocket *s);
/** An event came: which of the wanted readiness it is. */
unsigned inet_take_event(InetSocket *s, unsigned readiness);
/** Begins a connect or receive of port->caller. False: one is under way. */
bool inet_begin_operation(InetSocket *s, uint16_t *id);
/** Ends it; false: there was none. */
bool inet_end_operation(InetSocket *s, InetOperation *ended);
void inet_operation_ok(InetSocket *s);
void inet_operation_error(InetSocket *s, Term reason);
/** {empty_out_q, Port} to those who asked. */
void inet_tell_subscribers(InetSocket *s);

static inline bool inet_is_open(const InetSocket *s) { return (s->state & INET_FLAG_OPEN) != 0; }
static inline bool inet_is_connected(const InetSocket *s) {
    return (s->state & INET_STATE_CONNECTED) == INET_STATE_CONNECTED;
}

// ---- requests (inet_control.c, inet_option*.c, inet_interface.c)
// -------------------------------------
/** open and fdopen: [Family, Type, ...]. */
void inet_control_open(InetSocket *s, InetInput input, InetReply *reply);
void inet_control_fdopen(InetSocket *s, InetInput input, InetReply *reply);
/** Every request that is the same for all drivers. False: there is no such request. */
bool inet_control(InetSocket *s, unsigned request, InetInput input, InetReply *reply);
void inet_get_options(InetSocket *s, InetInput input, InetReply *reply);
void inet_interface_control(InetSocket *s, unsigned request, InetInput input, InetReply *reply);

typedef enum {
    INET_SET_ERROR, // einval
    INET_SET_DONE,
    INET_SET_DELIVER, // what is buffered may be delivered now
    INET_SET_RECEIVE, // active again: read at once
    INET_SET_ENDED    // the port has ended
} InetSetResult;
InetSetResult inet_set_options(InetSocket *s, InetInput input);

// ---- options that only the tcp driver has (tcp.c); false: not one of them
// ------------------------------
bool tcp_set_option(InetSocket *s, unsigned option, int value);
bool tcp_get_option(InetSocket *s, unsigned option, int *value);
/** An active option on a socket whose connection is gone: its owner learns it. False: the port has
 * ended. */
bool tcp_tell_closed(InetSocket *s);
/** The read_packets option. */
bool udp_set_read_packets(InetSocket *s, int count);
int udp_read_packets(InetSocket *s);

#endif
