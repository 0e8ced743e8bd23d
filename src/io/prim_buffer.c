// SPDX-License-Identifier: Apache-2.0
//
// prim_buffer.c - the built-ins of prim_buffer: a queue of bytes behind a reference, for read-ahead
// and delayed writes.
//
// As with OTP's, callers see to it that one process at a time uses a buffer (try_lock is there for
// that); the functions are atomic with respect to nothing else.
//
// Threads: the one that runs the process.
#include <sys/uio.h>

#include "bif/bif.h"
#include "io/byte_queue.h"
#include "io/io.h"

typedef struct PrimBuffer {
    ByteQueue queue;
    _Atomic uint32_t is_locked; // try_lock and unlock
} PrimBuffer;

// What peek_head shows at most: callers keep the whole binary alive for the part that they take.
enum { BUFFER_HEAD_BYTES_MAX = 2048 };

static void buffer_destructor(Binary *magic) {
    ASSERT(magic->size_bytes >= sizeof(PrimBuffer));
    byte_queue_free(&((PrimBuffer *)magic->bytes)->queue);
}

static PrimBuffer *buffer_of(Term ref) {
    Binary *magic = io_magic_binary(ref, buffer_destructor);
    return magic != NULL ? (PrimBuffer *)magic->bytes : NULL;
}

/** new() -> Buffer. */
BIF(prim_buffer, new, 0)
{ return io_magic_ref(p, binary_new_magic(sizeof(PrimBuffer), buffer_destructor)); }

/** size(Buffer) -> Bytes. */
BIF(prim_buffer, size, 1)
{
    PrimBuffer *buffer = buffer_of(a[0]);
    if (buffer == NULL) return bif_badarg(p);
    return heap_unsigned(&p->heap, byte_queue_count(&buffer->queue));
}

/** write(Buffer, Binaries) -> ok. */
BIF(prim_buffer, write, 2)
{
    PrimBuffer *buffer = buffer_of(a[0]);
    if (buffer == NULL) return bif_badarg(p);
    Term list = a[1];
    while (!term_is_nil(list)) {
        struct iovec parts[IO_VECTOR_MAX];
        IoVector vector;
        if (!io_vector_read(list, parts, &vector)) return bif_badarg(p);
        for (int i = 0; i < vector.count; i++)
            byte_queue_add(&buffer->queue, parts[i].iov_base, parts[i].iov_len);
        bif_bump(p, (int64_t)(vector.byte_count >> 12) + 1);
        io_vector_free(&vector);
        list = vector.tail;
    }
    return am_ok;
}

/** copying_read(Buffer, Size) -> Binary; badarg when there is not so much. */
BIF(prim_buffer, copying_read, 2)
{
    PrimBuffer *buffer = buffer_of(a[0]);
    uint64_t count;
    if (buffer == NULL || !bif_get_uint64(a[1], &count) || count > byte_queue_count(&buffer->queue))
        return bif_badarg(p);
    Term result = heap_binary_from(&p->heap, byte_queue_first(&buffer->queue), count);
    byte_queue_skip(&buffer->queue, count);
    return result;
}

/** peek_head(Buffer) -> Binary: some bytes at the front, which stay there; badarg when there is
 * none. */
BIF(prim_buffer, peek_head, 1)
{
    PrimBuffer *buffer = buffer_of(a[0]);
    if (buffer == NULL || byte_queue_count(&buffer->queue) == 0) return bif_badarg(p);
    size_t count = MIN(byte_queue_count(&buffer->queue), BUFFER_HEAD_BYTES_MAX);
    return heap_binary_from(&p->heap, byte_queue_first(&buffer->queue), count);
}

/** skip(Buffer, Size) -> ok; badarg when there is not so much. */
BIF(prim_buffer, skip, 2)
{
    PrimBuffer *buffer = buffer_of(a[0]);
    uint64_t count;
    if (buffer == NULL || !bif_get_uint64(a[1], &count) || count > byte_queue_count(&buffer->queue))
        return bif_badarg(p);
    byte_queue_skip(&buffer->queue, count);
    return am_ok;
}

/** find_byte_index(Buffer, Byte) -> {ok, Index} | not_found. */
BIF(prim_buffer, find_byte_index, 2)
{
    PrimBuffer *buffer = buffer_of(a[0]);
    int64_t byte;
    if (buffer == NULL || !bif_get_int64(a[1], &byte) || byte < 0 || byte > 255)
        return bif_badarg(p);
    size_t count = byte_queue_count(&buffer->queue);
    if (count == 0) return am_not_found;
    const uint8_t *first = byte_queue_first(&buffer->queue);
    const uint8_t *found = memchr(first, (int)byte, count);
    bif_bump(p, (int64_t)(count >> 12));
    if (found == NULL) return am_not_found;
    return io_ok_tuple(p, heap_unsigned(&p->heap, (uint64_t)(found - first)));
}

/** try_lock(Buffer) -> acquired | busy. */
BIF(prim_buffer, try_lock, 1)
{
    PrimBuffer *buffer = buffer_of(a[0]);
    if (buffer == NULL) return bif_badarg(p);
    // Acquire: pairs with the release of unlock.
    uint32_t before = atomic_exchange_explicit(&buffer->is_locked, 1, memory_order_acquire);
    return before == 0 ? am_acquired : am_busy;
}

/** unlock(Buffer) -> ok; error lock_order_violation when it is not locked. */
BIF(prim_buffer, unlock, 1)
{
    PrimBuffer *buffer = buffer_of(a[0]);
    if (buffer == NULL) return bif_badarg(p);
    // Release: pairs with the acquire of try_lock.
    uint32_t before = atomic_exchange_explicit(&buffer->is_locked, 0, memory_order_release);
    return before == 0 ? bif_error(p, am_lock_order_violation) : am_ok;
}
