// SPDX-License-Identifier: Apache-2.0
//
// packet.c - framing; see packet.h.
#include "io/packet.h"

static uint32_t big_endian(const uint8_t *b, size_t count) {
    DEBUG_ASSERT(count >= 1 && count <= 4);
    uint32_t n = 0;
    ASSERT(count <= 4);
    for (size_t i = 0; i < count; i++) n = n << 8 | b[i];
    return n;
}

/** header + payload bytes, within the limit and what a length can hold. */
static int64_t framed(const PacketLimits *limits, uint32_t header, uint32_t payload) {
    if (limits->packet_bytes_max != 0 && payload > limits->packet_bytes_max) return PACKET_INVALID;
    int64_t total = (int64_t)header + payload;
    return total > INT32_MAX ? PACKET_INVALID : total;
}

static int64_t prefix_length(const PacketLimits *limits, const uint8_t *b, size_t count,
                             uint32_t header) {
    if (count < header) return PACKET_MORE;
    return framed(limits, header, big_endian(b, header));
}

static int64_t line_length(const PacketLimits *limits, const uint8_t *b, size_t count) {
    uint32_t max = limits->packet_bytes_max, cut = limits->line_bytes_max;
    const uint8_t *end = memchr(b, limits->delimiter, count);
    size_t length = end == NULL ? count : (size_t)(end - b) + 1;
    if (max != 0 && length > max) return PACKET_INVALID;
    if (cut != 0 && (end == NULL ? length >= cut : length > cut)) return cut;
    return end == NULL ? PACKET_MORE : (int64_t)length;
}

static int64_t asn1_length(const PacketLimits *limits, const uint8_t *b, size_t count) {
    size_t at = 0;
    if (count < 2) return PACKET_MORE;
    if ((b[at++] & 0x1f) == 0x1f) { // a tag of several bytes ends with the first below 0x80
        while (at < count && (b[at] & 0x80) != 0) at++;
        if (count - at < 2) return PACKET_MORE;
        at++;
    }
    uint32_t length = b[at] & 0x7fu;
    bool is_long = (b[at] & 0x80) != 0;
    at++;
    if (is_long) {
        if (count - at < length) return PACKET_MORE;
        if (length > 4) return PACKET_INVALID;
        size_t length_bytes = length;
        length = big_endian(b + at, length_bytes);
        at += length_bytes;
    }
    return framed(limits, (uint32_t)at, length);
}

static int64_t cdr_length(const PacketLimits *limits, const uint8_t *b, size_t count) {
    const uint32_t header = 12;
    if (count < header) return PACKET_MORE;
    if (memcmp(b, "GIOP", 4) != 0) return PACKET_INVALID;
    bool is_little = (b[6] & 1) != 0;
    uint32_t n = big_endian(b + 8, 4);
    return framed(limits, header, is_little ? __builtin_bswap32(n) : n);
}

static int64_t fcgi_length(const PacketLimits *limits, const uint8_t *b, size_t count) {
    const uint32_t header = 8;
    if (count < header) return PACKET_MORE;
    if (b[0] != 1) return PACKET_INVALID;
    return framed(limits, header, big_endian(b + 4, 2) + b[6]);
}

static int64_t tpkt_length(const PacketLimits *limits, const uint8_t *b, size_t count) {
    const uint32_t header = 4;
    if (count < header) return PACKET_MORE;
    uint32_t total = big_endian(b + 2, 2);
    if (b[0] != 3 || total < header) return PACKET_INVALID;
    return framed(limits, header, total - header);
}

static int64_t tls_length(const PacketLimits *limits, const uint8_t *b, size_t count) {
    const uint32_t header = 5;
    if (count < header) return PACKET_MORE;
    bool is_version_2_hello = (b[0] & 0x80) != 0 && b[2] == 1;
    if (!is_version_2_hello) return framed(limits, header, big_endian(b + 3, 2));
    uint32_t length = big_endian(b, 2) & 0x7fffu;
    return length < 3 ? PACKET_INVALID : framed(limits, header, length - 3);
}

static bool is_blank(uint8_t c) { return c == ' ' || c == '\t'; }

/** A line, or with header fields: lines as long as the next one begins with a blank. */
static int64_t http_length(const PacketLimits *limits, const uint8_t *b, size_t count,
                           bool is_field) {
    // Callers of old limit lines by line_length.
    uint32_t max =
        limits->packet_bytes_max != 0 ? limits->packet_bytes_max : limits->line_bytes_max;
    bool is_empty_line =
        (count == 1 && b[0] == '\n') || (count == 2 && b[0] == '\r' && b[1] == '\n');
    if (is_empty_line) return (int64_t)count;
    size_t from = 0;
    for (;;) {
        const uint8_t *end = count == from ? NULL : memchr(b + from, '\n', count - from);
        if (end == NULL) return max != 0 && count >= max ? PACKET_INVALID : PACKET_MORE;
        size_t length = (size_t)(end - b) + 1;
        bool goes_on = is_field && length < count && is_blank(b[length]) && length > 2;
        if (!goes_on) {
            if (max != 0 && length > max) return PACKET_INVALID;
            // Whether a field ends here shows only in the byte that follows.
            return is_field && length == count ? PACKET_MORE : (int64_t)length;
        }
        from = length;
    }
}

int64_t packet_length(PacketType type, const PacketLimits *limits, const uint8_t *bytes,
                      size_t count) {
    ASSERT(limits != NULL && (bytes != NULL || count == 0));
    switch (type) {
    case PACKET_RAW: return (int64_t)count;
    case PACKET_1: return prefix_length(limits, bytes, count, 1);
    case PACKET_2: return prefix_length(limits, bytes, count, 2);
    case PACKET_4: return prefix_length(limits, bytes, count, 4);
    case PACKET_SUNRM:
        if (count < 4) return PACKET_MORE;
        return framed(limits, 4, big_endian(bytes, 4) & 0x7fffffffu);
    case PACKET_LINE: return count == 0 ? PACKET_MORE : line_length(limits, bytes, count);
    case PACKET_ASN1: return asn1_length(limits, bytes, count);
    case PACKET_CDR: return cdr_length(limits, bytes, count);
    case PACKET_FCGI: return fcgi_length(limits, bytes, count);
    case PACKET_TPKT: return tpkt_length(limits, bytes, count);
    case PACKET_SSL_TLS: return tls_length(limits, bytes, count);
    case PACKET_HTTP:
    case PACKET_HTTP_BIN: return http_length(limits, bytes, count, false);
    case PACKET_HTTPH:
    case PACKET_HTTPH_BIN: return http_length(limits, bytes, count, true);
    }
    UNREACHABLE();
}

void packet_body(PacketType type, const uint8_t **bytes, size_t *count) {
    ASSERT(*bytes != NULL);
    size_t header = type == PACKET_1 ? 1 : type == PACKET_2 ? 2 : type == PACKET_4 ? 4 : 0;
    ASSERT(*count >= header);
    if (type == PACKET_FCGI) *count -= (*bytes)[6];
    *bytes += header;
    *count -= header;
}
