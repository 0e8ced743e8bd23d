// SPDX-License-Identifier: Apache-2.0
//
// esock_io.c - prim_socket: sending and receiving.
//
// What was written in part is answered with {select, Written} (streams) or {ok, Written}; what was
// read in part with {select, Data}; a read of everything that filled its buffer with {more, Data}.
//
// Threads: the one that runs the process.
#include <errno.h>

#include "bif/bif.h"
#include "io/esock.h"
#include "io/prim_file.h"
#include "term/bits.h"
#include "term/map.h"
#include "vm/vm.h"

enum { ESOCK_IOV_MAX = 1024, SENDFILE_CHUNK_BYTES = 0x3fffffff };

static int64_t reductions_for(size_t count) { return 50 + (int64_t)(count >> 8); }

// ---- sending
// -----------------------------------------------------------------------------------------

static void package_written(Esock *s) {
    s->counters[ESOCK_WRITE_PKG_MAX] =
        MAX(s->counters[ESOCK_WRITE_PKG_MAX], s->write_package_bytes);
    s->write_package_bytes = 0;
    esock_count(s, ESOCK_WRITE_PKG, 1);
}

/** All is written. */
static Term all_sent(Esock *s, size_t written) {
    s->write_package_bytes += written;
    esock_count(s, ESOCK_WRITE_BYTE, written);
    package_written(s);
    if (s->writers.is_busy) esock_next(s, &s->writers);
    return am_ok;
}

/** Nothing or a part is written. */
static Term part_sent(Process *p, Esock *s, Term ref, bool has_written, size_t written,
                      bool has_more) {
    ASSERT(has_written || written == 0);
    Term count = heap_unsigned(&p->heap, written);
    if (has_written) {
        s->write_package_bytes += written;
        esock_count(s, ESOCK_WRITE_BYTE, written);
        if (s->type != SOCK_STREAM) { // the rest of a datagram is lost
            package_written(s);
            if (s->writers.is_busy) esock_next(s, &s->writers);
            return io_ok_tuple(p, count);
        }
    }
    if (has_more) { // of a longer list than the system takes: go on at once
        esock_set_current(p, &s->writers, ref);
        return heap_tuple2(&p->heap, am_iov, count);
    }
    esock_count(s, ESOCK_WRITE_WAITS, 1);
    Term result = esock_select(p, s, &s->writers, ref);
    return result == am_select && has_written ? heap_tuple2(&p->heap, am_select, count) : result;
}

static Term send_failed(Process *p, Esock *s, int error) {
    ASSERT(error > 0);
    esock_count(s, ESOCK_WRITE_FAILS, 1);
    Term result = io_error_tuple(p, error);
    if (error != EINVAL) esock_abort_all(s, &s->writers, tuple_get(result, 1));
    return result;
}

/** Sends a message of count bytes; has_more: it is only the begin of what is to be sent. */
static Term send_message(Process *p, Esock *s, const struct msghdr *header, size_t count, int flags,
                         Term ref, bool has_more) {
    ASSERT(s->fd >= 0 && header->msg_iov != NULL);
    size_t written = 0;
    esock_count(s, ESOCK_WRITE_TRIES, 1);
    int error = socket_send(p->vm->world, s->fd, header, flags, &written);
    bif_bump(p, reductions_for(written));
    if (error == EAGAIN) return part_sent(p, s, ref, false, 0, false);
    if (error != 0) return send_failed(p, s, error);
    if (written < count) return part_sent(p, s, ref, true, written, false);
    if (has_more) return part_sent(p, s, ref, true, written, true);
    return all_sent(s, written);
}

/**
 * May p use the direction now, whose state and queue these are? Else *answer says why not: it is
 * closed, an operation of the other kind (other) has it (ESOCK-2), or p has to wait for its turn.
 */
static bool may_use(Process *p, Esock *s, unsigned state, EsockQueue *other, EsockQueue *queue,
                    Term ref, Term *answer) {
    ASSERT(queue == &s->readers || queue == &s->writers);
    if (!esock_is_open(state))
        *answer = esock_error(p, am_closed);
    else if (esock_has_current(s, other))
        *answer = esock_invalid(p, am_state);
    else
        return esock_take_turn(p, s, queue, ref, answer);
    return false;
}

static bool may_send(Process *p, Esock *s, Term ref, Term *answer) {
    return may_use(p, s, s->write_state, &s->connector, &s->writers, ref, answer);
}

/** Sends a binary, to an address or to whom the socket is connected. */
static Term send_binary(Process *p, Term socket, Term data, Term to, Term flag_term, Term ref) {
    SocketAddress address;
    const uint8_t *bytes;
    uint8_t *to_free;
    size_t count;
    int flags;
    Term result;
    if (!esock_get_int(flag_term, &flags) || !esock_is_ref(ref)) return bif_badarg(p);
    if (!esock_bytes(data, &bytes, &count, &to_free)) return bif_badarg(p);
    Esock *s = esock_enter(p, socket);
    if (s != NULL && may_send(p, s, ref, &result)) {
        struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
        struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
        bool is_right = to == TERM_NONE || esock_read_address(p->vm, to, &address);
        if (to != TERM_NONE && is_right) {
            header.msg_name = &address.storage;
            header.msg_namelen = address.count;
        }
        result = is_right ? send_message(p, s, &header, count, flags, ref, false)
                          : esock_bad(p, am_sockaddr);
    }
    if (s != NULL) esock_leave(s);
    mem_free(to_free);
    return s != NULL ? result : TERM_NONE;
}

/** nif_send(Ref, Data, Flags, SendRef) -> ok | {ok, N} | select | {select, N} | {error, Reason}. */
BIF(prim_socket, nif_send, 4)
{ return send_binary(p, a[0], a[1], TERM_NONE, a[2], a[3]); }

/** nif_sendto(Ref, Data, Address, Flags, SendRef). */
BIF(prim_socket, nif_sendto, 5)
{
    if (!term_is_map(a[2])) return bif_badarg(p);
    return send_binary(p, a[0], a[1], a[2], a[3], a[4]);
}

typedef struct Gathered {
    struct iovec parts[ESOCK_IOV_MAX];
    uint8_t *copies[ESOCK_IOV_MAX];
    size_t part_count, copy_count, byte_count;
    Term tail;
} Gathered;

/** The first binaries of a list. False: it holds something else. */
static bool gather(Term list, Gathered *g) {
    ASSERT(g != NULL);
    g->part_count = g->copy_count = g->byte_count = 0;
    while (term_is_cell(list) && g->part_count < ESOCK_IOV_MAX) {
        const uint8_t *bytes;
        uint8_t *to_free;
        size_t count;
        if (!esock_bytes(term_head(list), &bytes, &count, &to_free)) return false;
        if (to_free != NULL) g->copies[g->copy_count++] = to_free;
        g->parts[g->part_count++] = (struct iovec){.iov_base = (void *)bytes, .iov_len = count};
        g->byte_count += count;
        list = term_tail(list);
    }
    g->tail = list;
    return term_is_nil(list) || term_is_cell(list);
}

/** Is there any byte in what was not gathered? */
static bool has_bytes(Term list) {
    while (term_is_cell(list) && term_is_binary(term_head(list))) {
        const uint8_t *bytes;
        uint8_t *to_free;
        size_t count;
        (void)esock_bytes(term_head(list), &bytes, &count, &to_free);
        mem_free(to_free);
        if (count > 0) return true;
        list = term_tail(list);
    }
    return !term_is_nil(list);
}

/** Sends #{addr, ctrl} with a list of binaries. */
static Term send_map(Process *p, Esock *s, Term message, Gathered *g, int flags, Term ref) {
    ASSERT(term_is_map(message) && g->part_count <= ESOCK_IOV_MAX);
    SocketAddress address;
    const AtomTable *atoms = p->vm->atoms;
    struct msghdr header = {.msg_iov = g->parts, .msg_iovlen = g->part_count};
    Term to = map_get(atoms, message, am_addr), controls = map_get(atoms, message, am_ctrl);
    bool has_more = has_bytes(g->tail);
    if (has_more && s->type != SOCK_STREAM) return esock_bad(p, am_iov);
    if (to != TERM_NONE) {
        if (!esock_read_address(p->vm, to, &address)) return esock_bad(p, am_addr);
        header.msg_name = &address.storage;
        header.msg_namelen = address.count;
    }
    uint8_t *control = NULL;
    Term result = TERM_NONE;
    if (controls != TERM_NONE) {
        size_t used = 0;
        control = mem_zalloc(s->write_control_bytes + 1);
        if (!esock_write_controls(p->vm, controls, control, s->write_control_bytes, &used))
            result = esock_bad(p, am_ctrl);
        header.msg_control = used > 0 ? control : NULL;
        header.msg_controllen = used;
    }
    if (result == TERM_NONE)
        result = send_message(p, s, &header, g->byte_count, flags, ref, has_more);
    mem_free(control);
    return result;
}

/** nif_sendmsg(Ref, Message, Flags, SendRef, Binaries). */
BIF(prim_socket, nif_sendmsg, 5)
{
    int flags;
    Term result = TERM_NONE;
    if (!term_is_map(a[1]) || !esock_get_int(a[2], &flags) || !esock_is_ref(a[3]))
        return bif_badarg(p);
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    if (may_send(p, s, a[3], &result)) {
        Gathered *g = mem_alloc(sizeof *g);
        result = gather(a[4], g) ? send_map(p, s, a[1], g, flags, a[3]) : esock_bad(p, am_iov);
        for (size_t i = 0; i < g->copy_count; i++) mem_free(g->copies[i]);
        mem_free(g);
    }
    esock_leave(s);
    return result;
}

/** nif_sendv(Ref, Binaries, SendRef), from OTP 27 on. */
BIF(prim_socket, nif_sendv, 3)
{
    Term result = TERM_NONE;
    if (!esock_is_ref(a[2])) return bif_badarg(p);
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    if (may_send(p, s, a[2], &result)) {
        Gathered *g = mem_alloc(sizeof *g);
        bool is_right = gather(a[1], g);
        ASSERT(!is_right || g->part_count <= ESOCK_IOV_MAX);
        struct msghdr header = {.msg_iov = g->parts, .msg_iovlen = g->part_count};
        result = is_right ? send_message(p, s, &header, g->byte_count, 0, a[2], has_bytes(g->tail))
                          : esock_bad(p, am_iov);
        for (size_t i = 0; i < g->copy_count; i++) mem_free(g->copies[i]);
        mem_free(g);
    }
    esock_leave(s);
    return result;
}

// ---- files
// -------------------------------------------------------------------------------------------

static void end_file(Esock *s) {
    if (s->file_fd >= 0) stream_close(s->vm->world, s->file_fd);
    s->file_fd = -1;
}

static Term file_failed(Process *p, Esock *s, Term reason) {
    ASSERT(reason != TERM_NONE);
    esock_count(s, ESOCK_SENDFILE_FAILS, 1);
    end_file(s);
    Term abort = term_is_atom(reason) ? reason : am_invalid;
    esock_abort_all(s, &s->writers, abort);
    return esock_error(p, reason);
}

/** Sends count bytes (0: all there are) of the file from an offset. */
static Term send_file(Process *p, Esock *s, Term ref, uint64_t offset, uint64_t count) {
    ASSERT(s->file_fd >= 0 && s->fd >= 0);
    uint64_t left = count == 0 ? UINT64_MAX : count, total = 0;
    int error = 0;
    esock_count(s, ESOCK_SENDFILE_TRIES, 1);
    while (left > 0) {
        size_t sent = 0;
        error = socket_send_file(p->vm->world, s->fd, s->file_fd, offset + total,
                                 (size_t)MIN(left, (uint64_t)SENDFILE_CHUNK_BYTES), &sent);
        if (error != 0 || sent == 0) break;
        total += sent;
        left -= sent;
        s->counters[ESOCK_SENDFILE_PKG_MAX] = MAX(s->counters[ESOCK_SENDFILE_PKG_MAX], sent);
        esock_count(s, ESOCK_SENDFILE_PKG, 1);
    }
    esock_count(s, ESOCK_SENDFILE_BYTE, total);
    s->counters[ESOCK_SENDFILE_MAX] = MAX(s->counters[ESOCK_SENDFILE_MAX], total);
    bif_bump(p, reductions_for(total));
    if (error != 0 && error != EAGAIN)
        return file_failed(p, s, tuple_get(io_error_tuple(p, error), 1));
    Term sent_term = heap_unsigned(&p->heap, total);
    if (error == EAGAIN) {
        esock_count(s, ESOCK_SENDFILE_WAITS, 1);
        Term result = esock_select(p, s, &s->writers, ref);
        return result == am_select && total > 0 ? heap_tuple2(&p->heap, am_select, sent_term)
                                                : result;
    }
    end_file(s);
    if (s->writers.is_busy) esock_next(s, &s->writers);
    return io_ok_tuple(p, sent_term);
}

static Term begin_file(Process *p, Esock *s, Term *a, uint64_t offset, uint64_t count) {
    FileObject *file = file_object(a[4]);
    if (s->file_fd >= 0) return esock_invalid(p, am_state);
    if (file == NULL) return file_failed(p, s, heap_tuple2(&p->heap, am_invalid, am_efile));
    s->has_sent_file = true;
    int error = stream_duplicate(p->vm->world, file->handle, &s->file_fd);
    if (error != 0) return file_failed(p, s, tuple_get(io_error_tuple(p, error), 1));
    return send_file(p, s, a[1], offset, count);
}

static bool read_range(Process *p, Term *a, int64_t *offset, uint64_t *count, Term *answer) {
    bool has_offset = bif_get_int64(a[2], offset);
    *answer = TERM_NONE;
    if (has_offset && bif_get_uint64(a[3], count)) return true;
    bool are_integers =
        (term_is_small(a[2]) || term_is_big(a[2])) && (term_is_small(a[3]) || term_is_big(a[3]));
    if (!are_integers)
        (void)bif_badarg(p);
    else
        *answer = esock_error(p, heap_tuple2(&p->heap, am_integer_range, has_offset ? a[3] : a[2]));
    return false;
}

/** nif_sendfile(Ref, SendRef, Offset, Count, File). */
BIF(prim_socket, nif_sendfile, 5)
{
    int64_t offset;
    uint64_t count;
    Term result;
    if (!esock_is_ref(a[1]) || !esock_is_ref(a[4])) return bif_badarg(p);
    if (!read_range(p, a, &offset, &count, &result)) return result;
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    if (may_send(p, s, a[1], &result)) result = begin_file(p, s, a, (uint64_t)offset, count);
    esock_leave(s);
    return result;
}

/** nif_sendfile(Ref, SendRef, Offset, Count): goes on after a select message. */
BIF(prim_socket, nif_sendfile, 4)
{
    int64_t offset;
    uint64_t count;
    Term result;
    if (!esock_is_ref(a[1])) return bif_badarg(p);
    if (!read_range(p, a, &offset, &count, &result)) return result;
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    if (may_send(p, s, a[1], &result)) {
        bool is_current = esock_has_current(s, &s->writers) && s->file_fd >= 0;
        result = is_current ? send_file(p, s, a[1], (uint64_t)offset, count)
                            : esock_raise_invalid(p, am_state);
    }
    esock_leave(s);
    return result;
}

/** nif_sendfile(Ref): closes a file left behind; files are closed at once here. */
BIF(prim_socket, nif_sendfile, 1)
{
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    Term result = s->file_fd >= 0 ? am_ok : esock_raise_invalid(p, am_state);
    end_file(s);
    esock_leave(s);
    return result;
}

// ---- receiving
// ---------------------------------------------------------------------------------------

static void package_read(Esock *s) {
    s->counters[ESOCK_READ_PKG_MAX] = MAX(s->counters[ESOCK_READ_PKG_MAX], s->read_package_bytes);
    s->read_package_bytes = 0;
    s->reads = 0;
    esock_count(s, ESOCK_READ_PKG, 1);
    if (s->readers.is_busy) esock_next(s, &s->readers);
}

static void bytes_read(Esock *s, size_t count) {
    s->read_package_bytes += count;
    esock_count(s, ESOCK_READ_BYTE, count);
}

/** Nothing is there, or the read failed. */
static Term read_failed(Process *p, Esock *s, int error, Term ref) {
    ASSERT(error > 0);
    if (error == EAGAIN) {
        s->reads = 0;
        if (ref == am_zero) return am_ok;
        esock_count(s, ESOCK_READ_WAITS, 1);
        return esock_select(p, s, &s->readers, ref);
    }
    esock_count(s, ESOCK_READ_FAILS, 1);
    Term result = io_error_tuple(p, error);
    esock_abort_all(s, &s->readers, tuple_get(result, 1));
    return result;
}

static Term read_ended(Process *p, Esock *s) {
    ASSERT(s->type == SOCK_STREAM);
    esock_count(s, ESOCK_READ_FAILS, 1);
    esock_abort_all(s, &s->readers, am_closed);
    return esock_error(p, am_closed);
}

static bool may_receive(Process *p, Esock *s, Term ref, Term *answer) {
    return may_use(p, s, s->read_state, &s->acceptors, &s->readers, ref, answer);
}

static Term data_read(Process *p, Esock *s, Binary *buffer, size_t count, size_t wanted, Term ref) {
    ASSERT(count <= buffer->capacity_bytes);
    bool is_full = count == buffer->capacity_bytes, is_stream = s->type == SOCK_STREAM;
    Term data = io_binary_shrunk(p, buffer, count);
    bytes_read(s, count);
    bif_bump(p, reductions_for(count));
    if (is_full && wanted == 0 && is_stream) { // there may be more
        if (++s->reads < s->reads_max) {
            esock_set_current(p, &s->readers, ref);
            return heap_tuple2(&p->heap, am_more, data);
        }
        package_read(s);
        return io_ok_tuple(p, data);
    }
    if (is_full || wanted == 0 || !is_stream || ref == am_zero) {
        package_read(s);
        return io_ok_tuple(p, data);
    }
    Term result = esock_select(p, s, &s->readers, ref);
    return result == am_select ? heap_tuple2(&p->heap, am_select, data) : result;
}

static bool read_arguments(Term size_term, Term flag_term, Term ref, size_t *size, int *flags) {
    uint64_t wanted;
    if (!bif_get_uint64(size_term, &wanted) || wanted > INT32_MAX) return false;
    *size = (size_t)wanted;
    return esock_get_int(flag_term, flags) && (ref == am_zero || esock_is_ref(ref));
}

/** nif_recv(Ref, Length, Flags, RecvRef | zero) -> {ok, Data} | {more, Data} | select |
 * {select, Data} | ok (nothing there) | {error, Reason}. */
BIF(prim_socket, nif_recv, 4)
{
    size_t wanted, count = 0;
    int flags;
    Term result;
    if (!read_arguments(a[1], a[2], a[3], &wanted, &flags)) return bif_badarg(p);
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    if (may_receive(p, s, a[3], &result)) {
        Binary *buffer = binary_new(wanted > 0 ? wanted : s->buffer_bytes);
        struct iovec part = {.iov_base = buffer->bytes, .iov_len = buffer->capacity_bytes};
        struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
        esock_count(s, ESOCK_READ_TRIES, 1);
        int error = socket_receive(p->vm->world, s->fd, &header, flags, &count);
        bool is_end = error == 0 && count == 0 && s->type == SOCK_STREAM;
        if (error != 0 || is_end) binary_release(buffer);
        result = error != 0 ? read_failed(p, s, error, a[3])
                 : is_end   ? read_ended(p, s)
                            : data_read(p, s, buffer, count, wanted, a[3]);
    }
    esock_leave(s);
    return result;
}

/** nif_recvfrom(Ref, Size, Flags, RecvRef | zero) -> {ok, {Address, Data}} | ... */
BIF(prim_socket, nif_recvfrom, 4)
{
    size_t wanted, count = 0;
    int flags;
    Term result;
    if (!read_arguments(a[1], a[2], a[3], &wanted, &flags)) return bif_badarg(p);
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    if (may_receive(p, s, a[3], &result)) {
        SocketAddress from = {0};
        Binary *buffer = binary_new(wanted > 0 ? wanted : s->buffer_bytes);
        struct iovec part = {.iov_base = buffer->bytes, .iov_len = buffer->capacity_bytes};
        struct msghdr header = {.msg_iov = &part,
                                .msg_iovlen = 1,
                                .msg_name = &from.storage,
                                .msg_namelen = sizeof from.storage};
        esock_count(s, ESOCK_READ_TRIES, 1);
        int error = socket_receive(p->vm->world, s->fd, &header, flags, &count);
        bool is_end = error == 0 && count == 0 && s->type == SOCK_STREAM;
        if (error != 0 || is_end) {
            binary_release(buffer);
            result = error != 0 ? read_failed(p, s, error, a[3]) : read_ended(p, s);
        } else {
            from.count = header.msg_namelen;
            Term address = esock_address_term(p->vm, &p->heap, &from);
            Term data = io_binary_shrunk(p, buffer, count);
            bytes_read(s, count);
            package_read(s);
            result = io_ok_tuple(p, heap_tuple2(&p->heap, address, data));
        }
        bif_bump(p, reductions_for(count));
    }
    esock_leave(s);
    return result;
}

/** #{addr, iov, ctrl, flags} of a message that came. */
static Term message_term(Process *p, const SocketAddress *from, struct msghdr *header,
                         Binary *buffer, size_t count) {
    ASSERT(count <= buffer->capacity_bytes);
    Term controls = esock_control_terms(p->vm, &p->heap, header);
    Term data = heap_cons(&p->heap, io_binary_shrunk(p, buffer, count), TERM_NIL);
    Term keys[] = {am_flags, am_iov, am_ctrl, am_addr};
    Term values[] = {esock_flag_terms(&p->heap, header->msg_flags), data, controls, TERM_NONE};
    // A connected stream tells no address.
    size_t places = header->msg_namelen > 0 ? 4 : 3;
    if (places == 4) values[3] = esock_address_term(p->vm, &p->heap, from);
    return esock_map(p, keys, values, places);
}

/** nif_recvmsg(Ref, Size, ControlSize, Flags, RecvRef | zero) -> {ok, Message} | ... */
BIF(prim_socket, nif_recvmsg, 5)
{
    size_t wanted, control_bytes, count = 0;
    int flags;
    Term result;
    if (!read_arguments(a[1], a[3], a[4], &wanted, &flags) ||
        !read_arguments(a[2], a[3], a[4], &control_bytes, &flags))
        return bif_badarg(p);
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    if (may_receive(p, s, a[4], &result)) {
        SocketAddress from = {0};
        if (control_bytes == 0) control_bytes = s->read_control_bytes;
        uint8_t *control = mem_zalloc(control_bytes);
        Binary *buffer = binary_new(wanted > 0 ? wanted : s->buffer_bytes);
        struct iovec part = {.iov_base = buffer->bytes, .iov_len = buffer->capacity_bytes};
        struct msghdr header = {.msg_iov = &part,
                                .msg_iovlen = 1,
                                .msg_name = &from.storage,
                                .msg_namelen = sizeof from.storage,
                                .msg_control = control,
                                .msg_controllen = control_bytes};
        esock_count(s, ESOCK_READ_TRIES, 1);
        int error = socket_receive(p->vm->world, s->fd, &header, flags, &count);
        bool is_end = error == 0 && count == 0 && s->type == SOCK_STREAM;
        if (error != 0 || is_end) {
            binary_release(buffer);
            result = error != 0 ? read_failed(p, s, error, a[4]) : read_ended(p, s);
        } else {
            from.count = header.msg_namelen;
            bytes_read(s, count);
            package_read(s);
            result = io_ok_tuple(p, message_term(p, &from, &header, buffer, count));
        }
        mem_free(control);
        bif_bump(p, reductions_for(count));
    }
    esock_leave(s);
    return result;
}
