// SPDX-License-Identifier: Apache-2.0
//
// inet_message.c - the messages of sockets: answers to requests, data, what became of the
// connection; and the bytes of a control's answer.
//
// Threads: PORT-1.
#include "io/inet.h"

#include "proc/signal.h"

// ---- replies and input
// -------------------------------------------------------------------------------

void inet_reply_add(InetReply *reply, const void *bytes, size_t count) {
    ASSERT(reply->count <= reply->capacity);
    if (count == 0) return;
    if (reply->capacity - reply->count < count) {
        reply->capacity = reply->capacity * 2 + count + 16;
        reply->bytes = mem_realloc(reply->bytes, reply->capacity);
    }
    memcpy(reply->bytes + reply->count, bytes, count);
    reply->count += count;
}

void inet_reply_byte(InetReply *reply, uint8_t byte) { inet_reply_add(reply, &byte, 1); }

void inet_reply_number(InetReply *reply, uint64_t number, unsigned byte_count) {
    ASSERT(byte_count <= 8);
    uint8_t bytes[8];
    for (unsigned i = 0; i < byte_count; i++)
        bytes[i] = (uint8_t)(number >> 8 * (byte_count - 1 - i));
    inet_reply_add(reply, bytes, byte_count);
}

void inet_reply_error_name(InetReply *reply, const char *name) {
    reply->count = 0;
    inet_reply_byte(reply, INET_REPLY_ERROR);
    inet_reply_add(reply, name, strlen(name));
}

void inet_reply_error(InetReply *reply, int error) {
    ASSERT(error > 0);
    inet_reply_error_name(reply, world_errno_name(error));
}

void inet_reply_ok(InetReply *reply) {
    reply->count = 0;
    inet_reply_byte(reply, INET_REPLY_OK);
}

void inet_reply_id(InetReply *reply, uint16_t id) {
    inet_reply_ok(reply);
    inet_reply_number(reply, id, 2);
}

bool inet_take(InetInput *input, unsigned byte_count, uint32_t *number) {
    ASSERT(byte_count <= 4);
    if (input->count < byte_count) return false;
    *number = 0;
    for (unsigned i = 0; i < byte_count; i++) *number = *number << 8 | input->bytes[i];
    input->bytes += byte_count;
    input->count -= byte_count;
    return true;
}

// ---- messages
// ----------------------------------------------------------------------------------------

/** Sends what was built in heap, and destroys that. */
static void send_built(InetSocket *s, Term to, Heap *heap, Term message) {
    if (term_is_local_pid(to))
        signal_send_built(s->port->vm, NULL, to, message, heap_take_fragments(heap));
    heap_destroy(heap);
}

static void begin(InetSocket *s, Heap *heap) { heap_init_detached(heap, &s->port->vm->literals); }

void inet_send_reply(InetSocket *s, Term to, Term reason) {
    if (!term_is_local_pid(to)) return; // a node's connection asks for no answers
    Heap heap;
    begin(s, &heap);
    Term status = reason == am_ok ? am_ok : heap_tuple2(&heap, am_error, reason);
    Term message = TERM_NONE;
    if (s->reply_ref.count > 0) {
        Term ref = external_decode(&heap, &s->port->vm->external, s->reply_ref.bytes,
                                   s->reply_ref.count, true, 0, NULL, NULL);
        if (ref != TERM_NONE)
            message = heap_tuple4(&heap, am_inet_reply, s->port->term, status, ref);
    }
    if (message == TERM_NONE) message = heap_tuple3(&heap, am_inet_reply, s->port->term, status);
    send_built(s, to, &heap, message);
}

bool inet_take_reply_ref(InetSocket *s, const uint8_t **bytes, size_t *count) {
    s->reply_ref.count = 0;
    // a node's connection asks for no answers
    if (s->port->vm->config.otp_release < 26 || !term_is_local_pid(s->port->caller)) return true;
    if (*count < 2) return false;
    size_t ref_count = (size_t)(*bytes)[0] << 8 | (*bytes)[1];
    if (ref_count > *count - 2 || ref_count > sizeof s->reply_ref.bytes) return false;
    memcpy(s->reply_ref.bytes, *bytes + 2, ref_count);
    s->reply_ref.count = ref_count;
    ASSERT(ref_count <= INET_REPLY_REF_BYTES);
    *bytes += 2 + ref_count;
    *count -= 2 + ref_count;
    return true;
}

void inet_send_async(InetSocket *s, Term to, uint16_t id, Heap *heap, Term result) {
    Term message = heap_tuple4(heap, am_inet_async, s->port->term, term_from_small(id), result);
    send_built(s, to, heap, message);
}

void inet_send_async_error(InetSocket *s, Term to, uint16_t id, Term reason) {
    ASSERT(term_is_atom(reason));
    Heap heap;
    begin(s, &heap);
    inet_send_async(s, to, id, &heap, heap_tuple2(&heap, am_error, reason));
}

void inet_send_owner(InetSocket *s, Heap *heap, Term message) {
    // A port that is closing has told its owner the end already.
    send_built(s, s->port->state == PORT_OPEN ? s->port->connected : TERM_NONE, heap, message);
}

void inet_send_tag(InetSocket *s, Term tag) {
    ASSERT(term_is_atom(tag));
    Heap heap;
    begin(s, &heap);
    inet_send_owner(s, &heap, heap_tuple2(&heap, tag, s->port->term));
}

void inet_send_tag_reason(InetSocket *s, Term tag, Term reason) {
    ASSERT(term_is_atom(tag) && term_is_atom(reason));
    Heap heap;
    begin(s, &heap);
    inet_send_owner(s, &heap, heap_tuple3(&heap, tag, s->port->term, reason));
}

Term inet_error_atom(InetSocket *s, int error) {
    ASSERT(error > 0);
    return atom_from(s->port->vm->atoms, world_errno_name(error));
}

Term inet_data_term(InetSocket *s, Heap *heap, const uint8_t *bytes, size_t count, Binary *source) {
    ASSERT(bytes != NULL || count == 0);
    size_t header = s->header_bytes;
    if (!s->is_binary || header > count) return heap_list_from_bytes(heap, bytes, count, TERM_NIL);
    Term data;
    if (source != NULL) {
        ASSERT(bytes >= source->bytes && bytes + count <= source->bytes + source->capacity_bytes);
        size_t start = (size_t)(bytes - source->bytes) + header;
        binary_retain(source);
        data = heap_binary_ref(heap, source);
        if (start != 0 || count - header != source->size_bytes)
            data = heap_sub_bits(heap, data, start * 8, (count - header) * 8);
    } else {
        data = heap_binary_from(heap, bytes + header, count - header);
    }
    return header > 0 ? heap_list_from_bytes(heap, bytes, header, data) : data;
}

void inet_count_active(InetSocket *s) {
    if (s->active == INET_ONCE) {
        s->active = INET_PASSIVE;
    } else if (s->active == INET_MULTI && --s->active_count == 0) {
        s->active = INET_PASSIVE;
        inet_send_tag(s, s->is_tcp ? am_tcp_passive : am_udp_passive);
    }
}

void inet_count(InetStatistics *statistics, size_t count, bool has_deviation) {
    double n = (double)++statistics->count;
    statistics->bytes += count;
    statistics->max = MAX(statistics->max, count);
    statistics->average += ((double)count - statistics->average) / n;
    if (has_deviation)
        statistics->deviation += ((double)count - statistics->average - statistics->deviation) / n;
}
