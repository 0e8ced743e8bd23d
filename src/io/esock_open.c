// SPDX-License-Identifier: Apache-2.0
//
// esock_open.c - prim_socket: opening, naming, connecting, accepting and closing sockets.
//
// Answers as OTP's: ok, {ok, _}, select, {error, Reason}, {invalid, What} for prim_socket.erl to
// explain, or error:{invalid, What} for calls in the wrong state.
//
// Threads: the one that runs the process.
#include <errno.h>

#include "bif/bif.h"
#include "io/esock.h"
#include "proc/process_table.h"
#include "term/map.h"
#include "vm/vm.h"

static bool map_flag(Process *p, Term map, Term key, bool otherwise) {
    ASSERT(term_is_atom(key));
    Term value = term_is_map(map) ? map_get(p->vm->atoms, map, key) : TERM_NONE;
    return value == am_true || (value != am_false && otherwise);
}

static int int_option(World *world, int fd, int option, int otherwise) {
    int value = 0;
    socklen_t count = sizeof value;
    return socket_get_option(world, fd, SOL_SOCKET, option, &value, &count) == 0 ? value
                                                                                 : otherwise;
}

/** A text under a key of the options, NUL-terminated; NULL when there is none. mem_free. */
static char *map_text(Process *p, Term map, Term key) {
    const uint8_t *bytes;
    size_t count;
    uint8_t *to_free;
    Term value = term_is_map(map) ? map_get(p->vm->atoms, map, key) : TERM_NONE;
    if (value == TERM_NONE || !esock_bytes(value, &bytes, &count, &to_free)) return NULL;
    char *text = mem_alloc(count + 1);
    memcpy(text, bytes, count);
    text[count] = '\0';
    mem_free(to_free);
    return text;
}

/** {ok, Ref} for a descriptor that is ours now. */
static Term opened(Process *p, int fd, int domain, int type, int protocol, Term options,
                   Esock **made) {
    Term ref;
    Esock *s = esock_new(p, fd, domain, type, protocol, &ref);
    s->is_registered = map_flag(p, options, am_use_registry, s->is_registered);
    s->is_debugged = map_flag(p, options, am_debug, false);
    esock_register(p, s);
    *made = s;
    return io_ok_tuple(p, ref);
}

/** nif_open(Domain, Type, Protocol, Options) -> {ok, Ref} | {error, Posix} | {invalid, What}. */
BIF(prim_socket, nif_open, 4)
{
    int domain, type, protocol, fd;
    Esock *s;
    if (!esock_get_int(a[2], &protocol) || !term_is_map(a[3])) return bif_badarg(p);
    if (!esock_read_domain(a[0], &domain)) return esock_bad(p, am_domain);
    if (!esock_read_type(a[1], &type)) return esock_bad(p, am_type);
    if (p->vm->config.deterministic) return io_error_tuple(p, ENOTSUP);
    char *name_space = map_text(p, a[3], am_netns);
    int error = socket_open(p->vm->world, domain, type, protocol, name_space, &fd);
    mem_free(name_space);
    if (error != 0) return io_error_tuple(p, error);
    if (protocol == 0) protocol = int_option(p->vm->world, fd, SO_PROTOCOL, 0);
    bif_bump(p, 100);
    return opened(p, fd, domain, type, protocol, a[3], &s);
}

/** A number that the system does not tell may stand in the options. */
static int told_or_given(Process *p, int fd, int option, Term options, Term key,
                         bool (*read)(Term t, int *out)) {
    ASSERT(read != NULL && term_is_map(options));
    int value = int_option(p->vm->world, fd, option, -1);
    Term given = map_get(p->vm->atoms, options, key);
    if (value < 0 && given != TERM_NONE && !read(given, &value)) value = -1;
    return value;
}

/** nif_open(Descriptor, Options): of somebody else's, or with {dup, true} (so it is if not said
 * otherwise) of a duplicate. */
BIF(prim_socket, nif_open, 2)
{
    int original;
    Esock *s;
    SocketAddress peer;
    World *world = p->vm->world;
    if (!esock_get_int(a[0], &original)) {
        int64_t big;
        if (term_is_small(a[0]) || bif_get_int64(a[0], &big))
            return esock_error(p, heap_tuple2(&p->heap, am_integer_range, a[0]));
        return bif_badarg(p);
    }
    if (!term_is_map(a[1])) return bif_badarg(p);
    if (p->vm->config.deterministic) return io_error_tuple(p, ENOTSUP);
    int domain = told_or_given(p, original, SO_DOMAIN, a[1], am_domain, esock_read_domain);
    if (domain < 0) return esock_bad(p, am_domain);
    int type = told_or_given(p, original, SO_TYPE, a[1], am_type, esock_read_type);
    if (type < 0) return esock_bad(p, am_type);
    int protocol = told_or_given(p, original, SO_PROTOCOL, a[1], am_protocol, esock_get_int);
    int fd = original;
    bool is_duplicate = map_flag(p, a[1], am_dup, true);
    int error = is_duplicate ? stream_duplicate(world, original, &fd) : 0;
    if (error != 0) return io_error_tuple(p, error);
    (void)stream_set_nonblocking(world, fd, true, NULL);
    Term result = opened(p, fd, domain, type, MAX(protocol, 0), a[1], &s);
    s->closes_fd = is_duplicate;
    s->original_fd = original;
    if (socket_peer(world, fd, &peer) == 0) s->write_state |= ESOCK_CONNECTED;
    return result;
}

/** nif_bind(Ref, Address) -> ok | {error, Reason} | {invalid, sockaddr}. */
BIF(prim_socket, nif_bind, 2)
{
    SocketAddress address;
    if (!term_is_map(a[1])) return bif_badarg(p);
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    Term result;
    if (!esock_is_open(s->write_state)) {
        result = esock_error(p, am_closed);
    } else if (!esock_read_address(p->vm, a[1], &address)) {
        result = esock_bad(p, am_sockaddr);
    } else {
        int error = socket_bind(p->vm->world, s->fd, &address);
        if (error == 0) s->write_state |= ESOCK_BOUND;
        result = error == 0 ? am_ok : io_error_tuple(p, error);
    }
    esock_leave(s);
    return result;
}

/** The process was told that its connect is done. */
static Term finish_connect(Process *p, Esock *s) {
    ASSERT(esock_is_open(s->write_state));
    EsockQueue *queue = &s->connector;
    if (!esock_has_current(s, queue)) return esock_raise_invalid(p, am_state);
    if (queue->current.pid != p->pid) return esock_raise_invalid(p, am_state);
    esock_next(s, queue);
    s->write_state &= ~(unsigned)ESOCK_CONNECTING;
    int error = socket_take_error(p->vm->world, s->fd);
    if (error != 0) return io_error_tuple(p, error);
    s->write_state |= ESOCK_CONNECTED;
    return am_ok;
}

static Term begin_connect(Process *p, Esock *s, Term ref, Term to) {
    ASSERT(esock_is_open(s->write_state) && esock_is_ref(ref));
    SocketAddress address;
    if (esock_has_current(s, &s->writers)) return esock_invalid(p, am_state);
    if (esock_has_current(s, &s->connector)) {
        if (s->connector.current.pid != p->pid) return esock_error(p, am_already);
        return finish_connect(p, s);
    }
    if (!esock_read_address(p->vm, to, &address)) return esock_bad(p, am_sockaddr);
    int error = socket_connect(p->vm->world, s->fd, &address);
    if (error == 0) {
        s->write_state |= ESOCK_CONNECTED;
        return am_ok;
    }
    if (error != EINPROGRESS && error != EAGAIN) return io_error_tuple(p, error);
    s->write_state |= ESOCK_CONNECTING;
    return esock_select(p, s, &s->connector, ref);
}

/** nif_connect(Ref, ConnectRef, Address) -> ok | select | {error, Reason} | {invalid, sockaddr}. */
BIF(prim_socket, nif_connect, 3)
{
    if (!esock_is_ref(a[1]) || !term_is_map(a[2])) return bif_badarg(p);
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    Term result =
        esock_is_open(s->write_state) ? begin_connect(p, s, a[1], a[2]) : esock_error(p, am_closed);
    esock_leave(s);
    return result;
}

/** nif_connect(Ref): after the select message. */
BIF(prim_socket, nif_connect, 1)
{
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    Term result = esock_is_open(s->write_state) ? finish_connect(p, s) : esock_error(p, am_closed);
    esock_leave(s);
    return result;
}

BIF(prim_socket, nif_listen, 2)
{
    int backlog;
    if (!esock_get_int(a[1], &backlog)) return bif_badarg(p);
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    Term result = esock_error(p, am_closed);
    if (esock_is_open(s->read_state)) {
        int error = socket_listen(p->vm->world, s->fd, backlog);
        if (error == 0) s->read_state |= ESOCK_LISTENING;
        result = error == 0 ? am_ok : io_error_tuple(p, error);
    }
    esock_leave(s);
    return result;
}

/** {ok, Ref} for an accepted connection, with the listener's settings. */
static Term accepted(Process *p, Esock *from, int fd) {
    ASSERT(fd >= 0 && (from->read_state & ESOCK_CLOSED) == 0);
    Term ref;
    Esock *s = esock_new(p, fd, from->domain, from->type, from->protocol, &ref);
    s->buffer_bytes = from->buffer_bytes;
    s->reads_max = from->reads_max;
    s->read_control_bytes = from->read_control_bytes;
    s->write_control_bytes = from->write_control_bytes;
    s->is_debugged = from->is_debugged;
    s->is_registered = from->is_registered;
    s->wraps_counters = from->wraps_counters;
    s->write_state |= ESOCK_CONNECTED;
    esock_register(p, s);
    return io_ok_tuple(p, ref);
}

static Term do_accept(Process *p, Esock *s, Term ref) {
    ASSERT(esock_is_open(s->read_state));
    Term answer;
    SocketAddress peer;
    int fd;
    if (esock_has_current(s, &s->readers)) return esock_invalid(p, am_state); // ESOCK-2
    if (!esock_take_turn(p, s, &s->acceptors, ref, &answer)) return answer;
    esock_count(s, ESOCK_ACC_TRIES, 1);
    int error = socket_accept(p->vm->world, s->fd, &fd, &peer);
    if (error == EAGAIN) {
        esock_count(s, ESOCK_ACC_WAITS, s->acceptors.is_busy);
        s->read_state |= ESOCK_ACCEPTING;
        return esock_select(p, s, &s->acceptors, ref);
    }
    if (error != 0) {
        esock_count(s, ESOCK_ACC_FAILS, 1);
        Term result = io_error_tuple(p, error);
        esock_abort_all(s, &s->acceptors, tuple_get(result, 1));
        return result;
    }
    esock_count(s, ESOCK_ACC_SUCCESS, 1);
    if (s->acceptors.is_busy) esock_next(s, &s->acceptors);
    return accepted(p, s, fd);
}

/** nif_accept(Ref, AcceptRef) -> {ok, Ref} | select | {error, Reason}. */
BIF(prim_socket, nif_accept, 2)
{
    if (!esock_is_ref(a[1])) return bif_badarg(p);
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    Term result = esock_is_open(s->read_state) ? do_accept(p, s, a[1]) : esock_error(p, am_closed);
    esock_leave(s);
    bif_bump(p, 100);
    return result;
}

/** nif_close(Ref) -> ok | {error, closed}: whoever waits is told; nif_finalize_close follows. */
BIF(prim_socket, nif_close, 1)
{
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    Term result = esock_error(p, am_closed);
    if (esock_is_open(s->read_state)) {
        s->closer = p->pid;
        s->read_state |= ESOCK_CLOSING;
        s->write_state |= ESOCK_CLOSING;
        esock_stop(s);
        result = am_ok;
    }
    esock_leave(s);
    return result;
}

/** nif_finalize_close(Ref): may wait for output when the socket lingers. */
BIF_DIRTY_IO(prim_socket, nif_finalize_close, 1)
{
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    Term result;
    bool is_closed = false;
    if ((s->read_state & ESOCK_CLOSED) != 0) {
        result = esock_error(p, am_closed);
    } else if ((s->read_state & ESOCK_CLOSING) == 0 || s->closer != p->pid) {
        result = esock_raise_invalid(p, am_state);
    } else {
        int error = esock_close_fd(s, true);
        is_closed = true;
        result = error == 0        ? am_ok
                 : error == EAGAIN ? esock_error(p, am_timeout)
                                   : io_error_tuple(p, error);
    }
    esock_leave(s);
    if (is_closed) binary_release(s->self); // ESOCK-1: the table's; the caller's term keeps it
    return result;
}

BIF(prim_socket, nif_shutdown, 2)
{
    int how = a[1] == am_read ? SHUT_RD : a[1] == am_write ? SHUT_WR : SHUT_RDWR;
    if (how == SHUT_RDWR && a[1] != am_read_write) return bif_badarg(p);
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    Term result = esock_error(p, am_closed);
    if (esock_is_open(s->read_state)) {
        int error = socket_shutdown(p->vm->world, s->fd, how);
        result = error == 0 ? am_ok : io_error_tuple(p, error);
    }
    esock_leave(s);
    return result;
}

static Term name_of(Process *p, Term ref,
                    int (*ask)(World *world, int fd, SocketAddress *address)) {
    ASSERT(ask != NULL);
    SocketAddress address;
    Esock *s = esock_enter(p, ref);
    if (s == NULL) return TERM_NONE;
    Term result = esock_error(p, am_closed);
    if (esock_is_open(s->read_state)) {
        int error = ask(p->vm->world, s->fd, &address);
        result = error != 0 ? io_error_tuple(p, error)
                            : io_ok_tuple(p, esock_address_term(p->vm, &p->heap, &address));
    }
    esock_leave(s);
    return result;
}

BIF(prim_socket, nif_sockname, 1)
{ return name_of(p, a[0], socket_name); }

BIF(prim_socket, nif_peername, 1)
{ return name_of(p, a[0], socket_peer); }

static EsockQueue *queue_of(Esock *s, Term operation) {
    if (operation == am_connect) return &s->connector;
    if (operation == am_accept) return &s->acceptors;
    if (operation == am_send || operation == am_sendto || operation == am_sendmsg ||
        operation == am_sendfile)
        return &s->writers;
    bool is_read = operation == am_recv || operation == am_recvfrom || operation == am_recvmsg;
    return is_read ? &s->readers : NULL;
}

/** nif_cancel(Ref, Operation, RequestRef) -> ok | select_sent | not_found | {error, closed}. */
BIF(prim_socket, nif_cancel, 3)
{
    if (!esock_is_ref(a[2])) return bif_badarg(p);
    Esock *s = esock_enter(p, a[0]);
    if (s == NULL) return TERM_NONE;
    EsockQueue *queue = queue_of(s, a[1]);
    Term result = queue == NULL                   ? bif_badarg(p)
                  : !esock_is_open(s->read_state) ? esock_error(p, am_closed)
                                                  : esock_cancel(p, s, queue, a[2]);
    esock_leave(s);
    return result;
}
