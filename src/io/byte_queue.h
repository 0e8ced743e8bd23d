// SPDX-License-Identifier: Apache-2.0
//
// byte_queue.h - bytes that come in at one end and go out at the other, in one block.
//
//   block:  [ gone | bytes waiting | room ]
//                  ^begin          ^end   ^capacity
//
// BQ-1: begin <= end <= capacity; an empty queue has begin == end == 0.
// Owned by whoever embeds it, which also locks it.
#ifndef MICA_IO_BYTE_QUEUE_H
#define MICA_IO_BYTE_QUEUE_H

#include "base/alloc.h"
#include "base/base.h"

typedef struct ByteQueue {
    uint8_t *block;
    size_t begin, end, capacity;
} ByteQueue;

static inline size_t byte_queue_count(const ByteQueue *q) { return q->end - q->begin; }

static inline const uint8_t *byte_queue_first(const ByteQueue *q) { return q->block + q->begin; }

/** Room for count more bytes; the caller writes them and then calls byte_queue_added. */
static inline uint8_t *byte_queue_reserve(ByteQueue *q, size_t count) {
    ASSERT(q->begin <= q->end && q->end <= q->capacity); // BQ-1
    if (q->capacity - q->end < count) {
        size_t waiting = byte_queue_count(q);
        if (q->begin > 0) {
            memmove(q->block, q->block + q->begin, waiting);
            q->begin = 0;
            q->end = waiting;
        }
        if (q->capacity - q->end < count) {
            q->capacity = MAX(q->capacity * 2, waiting + count);
            q->block = mem_realloc(q->block, q->capacity);
        }
    }
    return q->block + q->end;
}

static inline void byte_queue_added(ByteQueue *q, size_t count) {
    ASSERT(count <= q->capacity - q->end);
    q->end += count;
}

static inline void byte_queue_add(ByteQueue *q, const void *bytes, size_t count) {
    if (count == 0) return;
    memcpy(byte_queue_reserve(q, count), bytes, count);
    byte_queue_added(q, count);
}

static inline void byte_queue_skip(ByteQueue *q, size_t count) {
    ASSERT(count <= byte_queue_count(q));
    q->begin += count;
    if (q->begin == q->end) q->begin = q->end = 0;
}

static inline void byte_queue_free(ByteQueue *q) {
    mem_free(q->block);
    *q = (ByteQueue){0};
}

#endif
