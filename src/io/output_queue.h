// SPDX-License-Identifier: Apache-2.0
//
// output_queue.h - bytes that wait to be written, in parts: big binaries are kept, not copied.
//
//   parts:  [ gone | part ... part | room ]      part: bytes in a Binary that the queue holds
//                  ^first          ^end
//
// OQ-1: first <= end <= capacity; an empty queue has first == end == count == 0, else count is the
//       sum of the parts' counts, of which none is 0.
// OQ-2: each part holds one reference to its owner, so (BIN-1) its bytes stay as they are.
// OQ-3: tail_room bytes behind the last part are the queue's alone: its owner was made by it.
//
// Owned by whoever embeds it, which also locks it. Another thread may have the owners, too.
#ifndef MICA_IO_OUTPUT_QUEUE_H
#define MICA_IO_OUTPUT_QUEUE_H

#include <sys/uio.h>

#include "term/binary.h"

typedef struct OutputPart {
    Binary *owner;
    const uint8_t *bytes;
    size_t count;
} OutputPart;

typedef struct OutputQueue {
    OutputPart *parts;
    size_t first, end, capacity;
    size_t count;     // bytes
    size_t tail_room; // OQ-3
} OutputQueue;

static inline size_t output_queue_count(const OutputQueue *q) { return q->count; }

/** Copies bytes in. */
void output_queue_add(OutputQueue *q, const void *bytes, size_t count);
/** Takes bytes of a binary in, with a reference of its own to it. */
void output_queue_share(OutputQueue *q, Binary *owner, const uint8_t *bytes, size_t count);
/** Takes all of a term's bytes in (which iodata_size_bytes has accepted), big binaries shared. */
void output_queue_add_iodata(OutputQueue *q, Term iodata);
/** Moves all of another queue behind this one. */
void output_queue_append(OutputQueue *q, OutputQueue *more);
/** Shows the first bytes, at most byte_count_max, in at most part_count_max parts; how many. */
int output_queue_vector(const OutputQueue *q, struct iovec *vector, int part_count_max,
                        size_t byte_count_max);
/** Copies the first bytes out; how many, at most count_max. */
size_t output_queue_copy(const OutputQueue *q, uint8_t *out, size_t count_max);
/** Drops the first bytes. */
void output_queue_skip(OutputQueue *q, size_t count);
void output_queue_free(OutputQueue *q);

#endif
