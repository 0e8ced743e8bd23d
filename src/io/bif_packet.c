// SPDX-License-Identifier: Apache-2.0
//
// bif_packet.c - erlang:decode_packet/3.
#include "base/alloc.h"
#include "bif/bif.h"
#include "io/http_line.h"
#include "io/packet.h"
#include "term/bits.h"
#include "vm/vm.h"

static bool packet_type(Term t, PacketType *out) {
    ASSERT(out != NULL);
    const struct {
        Term name;
        PacketType type;
    } NAMES[] = {{am_raw, PACKET_RAW},
                 {am_asn1, PACKET_ASN1},
                 {am_sunrm, PACKET_SUNRM},
                 {am_cdr, PACKET_CDR},
                 {am_fcgi, PACKET_FCGI},
                 {am_line, PACKET_LINE},
                 {am_tpkt, PACKET_TPKT},
                 {am_http, PACKET_HTTP},
                 {am_httph, PACKET_HTTPH},
                 {am_http_bin, PACKET_HTTP_BIN},
                 {am_httph_bin, PACKET_HTTPH_BIN},
                 {am_ssl_tls, PACKET_SSL_TLS},
                 {term_from_small(0), PACKET_RAW},
                 {term_from_small(1), PACKET_1},
                 {term_from_small(2), PACKET_2},
                 {term_from_small(4), PACKET_4}};
    for (size_t i = 0; i < ARRAY_COUNT(NAMES); i++) {
        if (NAMES[i].name != t) continue;
        *out = NAMES[i].type;
        return true;
    }
    return false;
}

static bool read_options(Term list, PacketType type, PacketLimits *limits) {
    for (; term_is_cell(list); list = term_tail(list)) {
        uint64_t n;
        Term option = term_head(list);
        if (!term_is_tuple_of(option, 2) || !bif_get_uint64(tuple_get(option, 1), &n) ||
            n > UINT32_MAX)
            return false;
        Term name = tuple_get(option, 0);
        if (name == am_packet_size)
            limits->packet_bytes_max = (uint32_t)n;
        else if (name == am_line_length)
            limits->line_bytes_max = (uint32_t)n;
        else if (name == am_line_delimiter && type == PACKET_LINE && n <= 255)
            limits->delimiter = (uint8_t)n;
        else
            return false;
    }
    return term_is_nil(list);
}

/** {ssl_tls, Second, ContentType, {Major, Minor}, Data}; a version 2 hello is shown as a handshake
 * record. */
Term packet_tls_term(Heap *heap, Term second, const uint8_t *b, size_t count) {
    DEBUG_ASSERT(count >= 5); // a record's header
    bool is_version_2_hello = (b[0] & 0x80) != 0 && b[2] == 1;
    size_t skipped = is_version_2_hello ? 3 : 5, prefix = is_version_2_hello ? 4 : 0;
    size_t body = count - skipped;
    uint8_t *out;
    Term data = heap_binary(heap, prefix + body, &out);
    if (is_version_2_hello) {
        const uint8_t head[] = {1, (uint8_t)(body >> 16), (uint8_t)(body >> 8), (uint8_t)body};
        memcpy(out, head, sizeof head);
    }
    memcpy(out + prefix, b + skipped, body);
    const uint8_t *version = is_version_2_hello ? b + 3 : b + 1;
    Term pair = heap_tuple2(heap, term_from_small(version[0]), term_from_small(version[1]));
    Term elements[] = {am_ssl_tls, second, term_from_small(is_version_2_hello ? 22 : b[0]), pair,
                       data};
    return heap_tuple(heap, 5, elements);
}

static Term packet_term(Process *p, PacketType type, Term bits, const uint8_t *bytes,
                        size_t count) {
    DEBUG_ASSERT(bytes != NULL || count == 0);
    switch (type) {
    case PACKET_HTTP:
    case PACKET_HTTPH:
    case PACKET_HTTP_BIN:
    case PACKET_HTTPH_BIN: {
        HttpLine line = {.heap = &p->heap,
                         .atoms = p->vm->atoms,
                         .texts_binary = type == PACKET_HTTP_BIN || type == PACKET_HTTPH_BIN,
                         .in_fields = type == PACKET_HTTPH || type == PACKET_HTTPH_BIN};
        return http_line_term(&line, bytes, count);
    }
    case PACKET_SSL_TLS: return packet_tls_term(&p->heap, TERM_NIL, bytes, count);
    default: {
        const uint8_t *body = bytes;
        size_t body_count = count;
        packet_body(type, &body, &body_count);
        return heap_sub_bits(&p->heap, bits, (size_t)(body - bytes) * 8, body_count * 8);
    }
    }
}

/** {ok, Packet, Rest}, {more, Length | undefined}, {error, invalid}. */
BIF(erlang, decode_packet, 3)
{
    PacketType type;
    PacketLimits limits = {.delimiter = '\n'};
    if (!packet_type(a[0], &type)) return bif_badarg_cause(p, am_badopt);
    if (!term_is_bitstring(a[1]) || !read_options(a[2], type, &limits)) return bif_badarg(p);
    // A bitstring's last bits, fewer than eight, always belong to the rest.
    size_t size_bits = bits_size(a[1]), count = size_bits / 8;
    uint8_t *to_free;
    Term whole = heap_sub_bits(&p->heap, a[1], 0, count * 8);
    const uint8_t *bytes = bits_bytes(whole, &count, &to_free);
    int64_t length = packet_length(type, &limits, bytes, count);
    Term result;
    if (length == PACKET_INVALID) {
        result = heap_tuple2(&p->heap, am_error, am_invalid);
    } else if (length == PACKET_MORE || (size_t)length > count) {
        Term wanted = length == PACKET_MORE ? am_undefined : term_from_small(length);
        result = heap_tuple2(&p->heap, am_more, wanted);
    } else {
        Term packet = packet_term(p, type, whole, bytes, (size_t)length);
        size_t used_bits = (size_t)length * 8;
        result = heap_tuple3(&p->heap, am_ok, packet,
                             heap_sub_bits(&p->heap, a[1], used_bits, size_bits - used_bits));
    }
    mem_free(to_free);
    return result;
}
