// SPDX-License-Identifier: Apache-2.0
//
// output_queue.c - bytes that wait to be written, in parts (see output_queue.h).
//
// What is copied fills blocks of OUTPUT_BLOCK_BYTES; a binary is shared from OUTPUT_SHARED_BYTES
// on, below which its copy costs less than a part of its own.
//
// Threads: the owner's.
#include "io/output_queue.h"

#include "base/alloc.h"
#include "term/bits.h"
#include "term/stack.h"

enum { OUTPUT_BLOCK_BYTES = 8192, OUTPUT_SHARED_BYTES = 1024, OUTPUT_PARTS_FIRST = 8 };

static void check(const OutputQueue *q) {
    ASSERT(q->first <= q->end && q->end <= q->capacity);                         // OQ-1
    ASSERT((q->count == 0) == (q->first == q->end));                             // OQ-1
    ASSERT(q->count > 0 || (q->first == 0 && q->end == 0 && q->tail_room == 0)); // OQ-1
}

/** Room for one more part behind the last. */
static void make_room(OutputQueue *q) {
    if (q->end < q->capacity) return;
    if (q->first > q->capacity / 2) { // half of it at least was written meanwhile
        memmove(q->parts, q->parts + q->first, (q->end - q->first) * sizeof *q->parts);
        q->end -= q->first;
        q->first = 0;
        return;
    }
    q->capacity = MAX(q->capacity * 2, (size_t)OUTPUT_PARTS_FIRST);
    q->parts = mem_realloc(q->parts, q->capacity * sizeof *q->parts);
}

/** A part behind the last; the reference to its owner becomes the queue's. */
static void put(OutputQueue *q, Binary *owner, const uint8_t *bytes, size_t count) {
    ASSERT(count > 0 && bytes >= owner->bytes &&
           count <= (size_t)(owner->bytes + owner->capacity_bytes - bytes));
    make_room(q);
    q->parts[q->end++] = (OutputPart){owner, bytes, count};
    q->count += count;
    q->tail_room = 0;
}

void output_queue_add(OutputQueue *q, const void *bytes, size_t count) {
    check(q);
    size_t fits = MIN(count, q->tail_room);
    if (fits > 0) {
        OutputPart *last = &q->parts[q->end - 1];
        memcpy((uint8_t *)(uintptr_t)last->bytes + last->count, bytes, fits); // OQ-3
        last->count += fits;
        q->count += fits;
        q->tail_room -= fits;
    }
    if (fits == count) return;
    size_t rest = count - fits, capacity = MAX(rest, (size_t)OUTPUT_BLOCK_BYTES);
    Binary *block = binary_new(capacity);
    memcpy(block->bytes, (const uint8_t *)bytes + fits, rest);
    put(q, block, block->bytes, rest);
    q->tail_room = capacity - rest;
}

void output_queue_share(OutputQueue *q, Binary *owner, const uint8_t *bytes, size_t count) {
    check(q);
    if (count == 0) return;
    binary_retain(owner);
    put(q, owner, bytes, count); // OQ-2
}

static void add_bits(OutputQueue *q, Term bits) {
    ASSERT(term_is_binary(bits));
    BitsView v = bits_view(bits);
    Binary *owner = bits_binary(bits);
    if (owner != NULL && bits_is_byte_aligned(v) && v.size_bits / 8 >= OUTPUT_SHARED_BYTES) {
        output_queue_share(q, owner, v.base + v.start_bit / 8, v.size_bits / 8);
        return;
    }
    uint8_t *to_free;
    size_t count;
    const uint8_t *bytes = bits_bytes(bits, &count, &to_free);
    output_queue_add(q, bytes, count);
    mem_free(to_free);
}

/** The bytes that a list begins with, up to its end or something else; what is left of it. */
static Term add_bytes(OutputQueue *q, Term list) {
    uint8_t run[256];
    size_t count = 0;
    while (term_is_cell(list) && term_is_small(term_head(list)) && count < sizeof run) {
        run[count++] = (uint8_t)term_small(term_head(list));
        list = term_tail(list);
    }
    ASSERT(count > 0);
    output_queue_add(q, run, count);
    return list;
}

void output_queue_add_iodata(OutputQueue *q, Term iodata) {
    TermStack tails;
    term_stack_init(&tails);
    for (Term at = iodata;;) {
        if (term_is_cell(at)) {
            Term head = term_head(at), tail = term_tail(at);
            if (term_is_small(head)) {
                at = add_bytes(q, at);
            } else if (term_is_cell(head)) {
                if (!term_is_nil(tail)) term_stack_push(&tails, tail);
                at = head;
            } else {
                if (!term_is_nil(head)) add_bits(q, head);
                at = tail;
            }
            continue;
        }
        if (!term_is_nil(at)) add_bits(q, at);
        if (tails.count == 0) break;
        at = term_stack_pop(&tails);
    }
    term_stack_free(&tails);
    check(q);
}

void output_queue_append(OutputQueue *q, OutputQueue *more) {
    check(q);
    check(more);
    for (size_t i = more->first; i < more->end; i++)
        put(q, more->parts[i].owner, more->parts[i].bytes, more->parts[i].count); // OQ-2: moved
    q->tail_room = more->count > 0 ? more->tail_room : q->tail_room;
    more->first = more->end = more->count = more->tail_room = 0;
}

int output_queue_vector(const OutputQueue *q, struct iovec *vector, int part_count_max,
                        size_t byte_count_max) {
    check(q);
    int n = 0;
    for (size_t i = q->first; i < q->end && n < part_count_max && byte_count_max > 0; i++, n++) {
        size_t count = MIN(q->parts[i].count, byte_count_max);
        vector[n] = (struct iovec){(void *)(uintptr_t)q->parts[i].bytes, count};
        byte_count_max -= count;
    }
    return n;
}

size_t output_queue_copy(const OutputQueue *q, uint8_t *out, size_t count_max) {
    check(q);
    size_t done = 0;
    for (size_t i = q->first; i < q->end && done < count_max; i++) {
        size_t count = MIN(q->parts[i].count, count_max - done);
        memcpy(out + done, q->parts[i].bytes, count);
        done += count;
    }
    return done;
}

void output_queue_skip(OutputQueue *q, size_t count) {
    ASSERT(count <= q->count);
    q->count -= count;
    while (count > 0) {
        OutputPart *part = &q->parts[q->first];
        size_t gone = MIN(count, part->count);
        part->bytes += gone;
        part->count -= gone;
        count -= gone;
        if (part->count > 0) break;
        binary_release(part->owner);
        q->first++;
    }
    if (q->count == 0) q->first = q->end = q->tail_room = 0; // OQ-1
    check(q);
}

void output_queue_free(OutputQueue *q) {
    output_queue_skip(q, q->count);
    mem_free(q->parts);
    *q = (OutputQueue){0};
}
