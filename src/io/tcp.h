// SPDX-License-Identifier: Apache-2.0
//
// tcp.h - the tcp_inet driver's own state, shared by its three files: tcp.c (requests and the
// connection's life), tcp_input.c, tcp_output.c.
//
//   input:   [ delivered | packet begins ... bytes | room ]     one buffer, counted, so that a big
//                         ^start              ^end   ^size      packet is handed over, not copied
//
// TCP-1: start <= end <= size <= capacity of the buffer; without a buffer all are 0.
// TCP-2: missing is how many bytes the packet under way still lacks, 0 while that is not known.
// TCP-3: output that could not be written waits in `output`, and while there is any, POLLER_WRITE
// is
//        wanted.
// TCP-4: while a file is sent, its first queue_skip bytes of output go before the file, the rest
//        behind it.
//
// Threads: PORT-1.
#ifndef MICA_IO_TCP_H
#define MICA_IO_TCP_H

#include "io/inet.h"

enum {
    TCP_DELAYS_SEND = 1,
    TCP_CLOSE_TOLD = 2,           // {tcp_closed, Port} was sent
    TCP_RECEIVE_FINDS_CLOSED = 4, // the next receive gives closed, not enotconn
    TCP_SEND_FINDS_CLOSED = 8,    // and the next send
    TCP_SHUTS_WRITE = 16,         // when the output is written
    TCP_SHUTS_BOTH = 32,
    TCP_SHUTS = TCP_SHUTS_WRITE | TCP_SHUTS_BOTH,
    TCP_SHOWS_RESET = 64,
    TCP_RESET_IS_DUE = 128, // a reset was seen by a send: the next call tells it
    TCP_WRITE_WAS_SHUT = 256,
    TCP_LINGERS_NOT = 512, // linger of 0: queued output is dropped at the end
    TCP_SENDS_FILE = 1024,
    TCP_READS_NOT_AHEAD = 2048, // this and the next are only remembered
    TCP_BLOCKS_NOT = 4096,
};

typedef struct TcpAccept {
    struct TcpAccept *next;
    uint16_t id;
    Term caller;
    PortTimer *timer;
} TcpAccept;

typedef struct TcpInput {
    Binary *buffer;
    size_t size, start, end;
    size_t missing; // TCP-2
    bool in_http_fields;
} TcpInput;

typedef struct TcpFile {
    int fd; // ours, a duplicate
    size_t queue_skip;
    uint64_t offset, left, sent;
    Term caller;
} TcpFile;

typedef struct TcpSocket {
    InetSocket inet;
    unsigned flags; // TCP_*
    TcpAccept *accepts, **accepts_last;
    TcpInput input;
    OutputQueue output;
    size_t high, low; // watermarks of output
    uint32_t send_timeout;
    bool closes_on_send_timeout;
    bool waits_to_send; // a send of busy_caller waits for the low watermark
    Term busy_caller;
    InetReplyRef busy_ref; // of that send
    PortTimer *send_timer;
    PortTimer *delay_timer;
    TcpFile file;
    bool is_dist_wrong; // a packet from another node was malformed
} TcpSocket;

static inline TcpSocket *tcp_of(Port *port) {
    ASSERT(port->driver_data != NULL);
    return port->driver_data;
}
static inline bool tcp_has_ended(const Port *port) { return port->driver_data == NULL; }

// ---- tcp.c
// --------------------------------------------------------------------------------------------
/** Closes the descriptor and drops all that was to be read or written. */
void tcp_close(TcpSocket *t);
/** Tells everyone who waits that it is closed. */
void tcp_close_requests(TcpSocket *t);

// ---- tcp_input.c
// --------------------------------------------------------------------------------------
// Both: false when the connection or the port has ended meanwhile.
/** Reads once, for a request of count bytes (0: a packet), and delivers what is whole. *delivered
 * may be NULL. */
bool tcp_receive(TcpSocket *t, size_t count, bool *delivered);
/** Delivers what is whole already. */
bool tcp_deliver(TcpSocket *t);
void tcp_clear_input(TcpSocket *t);
/** Bytes that were read are to be read again. */
void tcp_unread(TcpSocket *t, const uint8_t *bytes, size_t count);
/** The descriptor no longer is watched for input. */
void tcp_stop_reading(TcpSocket *t);

// ---- tcp_output.c
// -------------------------------------------------------------------------------------
void tcp_output(Port *port, const uint8_t *bytes, size_t count);
void tcp_output_parts(Port *port, OutputQueue *parts);
/** The descriptor can be written to, or a delayed send is due. */
void tcp_write(TcpSocket *t);
void tcp_dist_write(Port *port, struct DistNode *node);
void tcp_clear_output(TcpSocket *t);
/** The send that waits is over: ok or a reason. */
void tcp_end_waiting(TcpSocket *t, Term reason);
/** A send or shutdown failed: the connection ends. May end the port. */
void tcp_send_failed(TcpSocket *t, int error, Term caller);
void tcp_send_timed_out(TcpSocket *t);
void tcp_begin_file(TcpSocket *t, InetInput input, InetReply *reply);
/** What became of a file that was being sent: an errno value. */
void tcp_abort_file(TcpSocket *t, int error);
void tcp_control_shutdown(TcpSocket *t, InetInput input, InetReply *reply);
void tcp_drain(Port *port);

#endif
