// SPDX-License-Identifier: Apache-2.0
//
// packet.h - where a packet ends in a stream of bytes: the framings that sockets and
// erlang:decode_packet/3 know.
//
// Pure functions over bytes; any thread. The formats: OTP's inet(3), option `packet`, and the
// documents of each protocol.
#ifndef MICA_IO_PACKET_H
#define MICA_IO_PACKET_H

#include "heap/heap.h"

typedef enum PacketType {
    PACKET_RAW,
    PACKET_1, // length in 1, 2, 4 bytes, big-endian
    PACKET_2,
    PACKET_4,
    PACKET_ASN1,  // BER tag and length
    PACKET_SUNRM, // Sun record marking: top bit of 4 ends a record
    PACKET_CDR,   // CORBA GIOP
    PACKET_FCGI,
    PACKET_LINE,
    PACKET_TPKT,  // RFC 1006
    PACKET_HTTP,  // a request or status line
    PACKET_HTTPH, // a header field, with its continuation lines
    PACKET_HTTP_BIN,
    PACKET_HTTPH_BIN,
    PACKET_SSL_TLS
} PacketType;

typedef struct PacketLimits {
    uint32_t packet_bytes_max; // 0: none
    uint32_t line_bytes_max;   // longer lines are cut here; 0: none
    uint8_t delimiter;         // of lines
} PacketLimits;

#define PACKET_MORE 0
#define PACKET_INVALID (-1)

/**
 * Bytes of the first packet with its header, which may be more than count; PACKET_MORE while that
 * cannot be told; PACKET_INVALID.
 */
int64_t packet_length(PacketType type, const PacketLimits *limits, const uint8_t *bytes,
                      size_t count);
/** The part of a whole packet that its reader gets: *bytes and *count are narrowed. */
void packet_body(PacketType type, const uint8_t **bytes, size_t *count);

/**
 * {ssl_tls, Second, ContentType, {Major, Minor}, Data} of a whole record, built in heap.
 */
Term packet_tls_term(Heap *heap, Term second, const uint8_t *bytes, size_t count);

#endif
