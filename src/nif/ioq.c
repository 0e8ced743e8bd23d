// SPDX-License-Identifier: Apache-2.0
//
// ioq.c - vectors of binaries, and queues of them, for writing with one system call.
//
//   NifIOVec   iov[i] shows bytes; owners[i] is the Binary that holds them (one reference), or NULL
//   NifIOQueue an array of parts, the first `head` of which are gone
//
// IOQ-1: what a queue shows stays where it is until it is taken off: small binaries, which live on
//        a heap, are copied into counted buffers when they are put in.
// IOQ-2: a vector made with an environment lives in its heap and goes with it; one made without is
//        the caller's, and ends with enif_free_iovec.
#include "base/alloc.h"
#include "nif/nif.h"
#include "term/bits.h"

#define IOVEC_OWN 1 // flags: enif_free_iovec frees it

/** A counted buffer that holds the bytes of a binary, and where they stand in it. */
static Binary *hold_bytes(Term t, struct iovec *out) {
    BitsView v = bits_view(t);
    Term *box = term_box(t);
    size_t count = v.size_bits / 8;
    ASSERT((v.size_bits & 7u) == 0);
    if (header_kind(*box) == BOX_SUB_BITS && bits_is_byte_aligned(v) &&
        header_kind(*term_box(box[3])) == BOX_BIN_REF) {
        Binary *b = (Binary *)(uintptr_t)term_box(box[3])[2];
        binary_retain(b);
        *out = (struct iovec){(uint8_t *)(uintptr_t)v.base + v.start_bit / 8, count};
        return b;
    }
    Binary *b = binary_new(count); // IOQ-1
    if (count > 0) bits_copy(b->bytes, 0, v.base, v.start_bit, v.size_bits);
    *out = (struct iovec){b->bytes, count};
    return b;
}

// ---- vectors
// -------------------------------------------------------------------------------------
/** How many binaries of the list a vector takes; -1: the list is none of binaries. */
static int64_t count_parts(Term list, size_t most, Term *tail) {
    int64_t n = 0;
    for (; term_is_cell(list) && (size_t)n < most; list = term_tail(list), n++)
        if (!term_is_binary(term_head(list))) return -1;
    if (!term_is_list(list)) return -1;
    *tail = list;
    return n;
}

/** Room for n parts: the vector's own, or behind the block. */
static NifIOVec *vector_new(NifEnv *env, NifIOVec *given, size_t n) {
    ASSERT(env != NULL || given == NULL);
    size_t bytes = (given == NULL ? sizeof(NifIOVec) : 0) +
                   (n > NIF_IOVEC_SIZE ? n * (sizeof(struct iovec) + sizeof(void *)) : 0);
    uint8_t *block = NULL;
    if (env == NULL)
        block = mem_zalloc(bytes + 1);
    else if (bytes > 0)
        heap_binary(env->heap, bytes, &block); // IOQ-2
    NifIOVec *v = given;
    if (v == NULL) {
        v = (NifIOVec *)(void *)block;
        block += sizeof *v;
    }
    v->flags = env == NULL ? IOVEC_OWN : 0;
    v->iov = n > NIF_IOVEC_SIZE ? (struct iovec *)(void *)block : v->small_iov;
    v->owners =
        n > NIF_IOVEC_SIZE ? (void **)(void *)(block + n * sizeof(struct iovec)) : v->small_owners;
    return v;
}

int enif_inspect_iovec(NifEnv *env, size_t most, Term list, Term *tail, NifIOVec **vector) {
    int64_t n = count_parts(list, most == 0 ? SIZE_MAX : most, tail);
    if (n < 0) return 0;
    NifIOVec *v = vector_new(env, env == NULL ? NULL : *vector, (size_t)n);
    v->count = (int)n;
    v->size = 0;
    for (int64_t i = 0; i < n; i++, list = term_tail(list)) {
        Term t = term_head(list);
        if (env == NULL) {
            v->owners[i] = hold_bytes(t, &v->iov[i]);
        } else {
            NifBinary shown;
            int done = enif_inspect_binary(env, t, &shown);
            ASSERT(done != 0);
            v->owners[i] = NULL;
            v->iov[i] = (struct iovec){shown.data, shown.size};
        }
        v->size += v->iov[i].iov_len;
    }
    *vector = v;
    return 1;
}

void enif_free_iovec(NifIOVec *v) {
    if ((v->flags & IOVEC_OWN) == 0) return; // IOQ-2
    for (int i = 0; i < v->count; i++)
        if (v->owners[i] != NULL) binary_release(v->owners[i]);
    mem_free(v);
}

// ---- queues
// --------------------------------------------------------------------------------------
struct NifIOQueue {
    struct iovec *parts; // what enif_ioq_peek shows
    Binary **owners;
    size_t head, count, capacity; // parts[head..count-1] are there
    size_t bytes;
};

NifIOQueue *enif_ioq_create(int options) {
    return options == 1 ? mem_zalloc(sizeof(NifIOQueue)) : NULL;
}

void enif_ioq_destroy(NifIOQueue *q) {
    for (size_t i = q->head; i < q->count; i++) binary_release(q->owners[i]);
    mem_free(q->parts);
    mem_free(q->owners);
    mem_free(q);
}

/** Takes the reference over. */
static void queue_add(NifIOQueue *q, Binary *owner, struct iovec part) {
    ASSERT(q->head <= q->count && q->count <= q->capacity);
    if (q->count == q->capacity && q->head > q->capacity / 2) {
        size_t left = q->count - q->head;
        memmove(q->parts, q->parts + q->head, left * sizeof *q->parts);
        memmove(q->owners, q->owners + q->head, left * sizeof *q->owners);
        q->head = 0;
        q->count = left;
    }
    if (q->count == q->capacity) {
        q->capacity = 2 * q->capacity + 8;
        q->parts = mem_realloc(q->parts, q->capacity * sizeof *q->parts);
        q->owners = mem_realloc(q->owners, q->capacity * sizeof *q->owners);
    }
    q->parts[q->count] = part;
    q->owners[q->count++] = owner;
    q->bytes += part.iov_len;
}

int enif_ioq_enq_binary(NifIOQueue *q, NifBinary *bin, size_t skip) {
    if (skip > bin->size) return 0;
    Binary *b = bin->owner;
    uint8_t *bytes = bin->data;
    if (b == NULL) { // an inspected one
        b = binary_new(bin->size);
        bytes = memcpy(b->bytes, bin->data, bin->size);
    }
    bin->owner = NULL;
    if (skip == bin->size)
        binary_release(b);
    else
        queue_add(q, b, (struct iovec){bytes + skip, bin->size - skip});
    return 1;
}

int enif_ioq_enqv(NifIOQueue *q, NifIOVec *v, size_t skip) {
    if (skip > v->size) return 0;
    for (int i = 0; i < v->count; i++) {
        struct iovec part = v->iov[i];
        size_t off = MIN(skip, part.iov_len);
        skip -= off;
        if (off == part.iov_len) continue;
        part = (struct iovec){(uint8_t *)part.iov_base + off, part.iov_len - off};
        Binary *b = v->owners[i];
        if (b != NULL) {
            binary_retain(b);
        } else {
            b = binary_new(part.iov_len); // IOQ-1
            part.iov_base = memcpy(b->bytes, part.iov_base, part.iov_len);
        }
        queue_add(q, b, part);
    }
    return 1;
}

size_t enif_ioq_size(NifIOQueue *q) { return q->bytes; }

struct iovec *enif_ioq_peek(NifIOQueue *q, int *count) {
    ASSERT(q->head <= q->count);
    if (count != NULL) *count = (int)(q->count - q->head);
    return q->count == q->head ? NULL : q->parts + q->head;
}

int enif_ioq_deq(NifIOQueue *q, size_t count, size_t *left) {
    ASSERT(q->head <= q->count);
    if (count > q->bytes) return 0;
    q->bytes -= count;
    while (count > 0) {
        struct iovec *part = &q->parts[q->head];
        if (count < part->iov_len) {
            part->iov_base = (uint8_t *)part->iov_base + count;
            part->iov_len -= count;
            break;
        }
        count -= part->iov_len;
        binary_release(q->owners[q->head++]);
    }
    if (left != NULL) *left = q->bytes;
    return 1;
}

int enif_ioq_peek_head(NifEnv *env, NifIOQueue *q, size_t *size, Term *head) {
    if (q->head == q->count) return 0;
    const struct iovec *part = &q->parts[q->head];
    if (size != NULL) *size = part->iov_len;
    Binary *b = q->owners[q->head];
    binary_retain(b);
    *head = heap_sub_bits(env->heap, heap_binary_ref(env->heap, b),
                          8 * (size_t)((uint8_t *)part->iov_base - b->bytes), 8 * part->iov_len);
    return 1;
}
