// SPDX-License-Identifier: Apache-2.0
//
// esock.h - the natives of prim_socket: a socket of the system behind a reference.
//
//   socket:recv --nif_recv--> {ok, Data} | select --{'$socket', Socket, select, Ref}--> nif_recv
//
// Nothing waits here: what cannot be done now is answered with `select`, and a message tells the
// process when to try again. Of each kind (reading, writing, accepting, connecting) one process is
// the current one; others wait in line, and are told in turn.
//
// ESOCK-1: an open socket is in the table's list of its owner, which holds one reference; when its
//          owner ends, it is closed.
// ESOCK-2: readers and acceptors exclude each other, and so do writers and a connect.
// ESOCK-3: a current request `is_selected` between the answer `select` and its message; only then
// is
//          the descriptor watched for it.
// ESOCK-4: a current request whose process has ended counts as none.
// ESOCK-5: locks are taken in the order socket, table.
//
// Threads: schedulers, dirty threads, the poll thread; a socket's fields are guarded by its lock.
#ifndef MICA_IO_ESOCK_H
#define MICA_IO_ESOCK_H

#include "io/io.h"
#include "io/port.h"
#include "world/socket.h"

typedef struct EsockRequest {
    struct EsockRequest *next;
    Term pid;
    uint64_t ref_words[3];
} EsockRequest;

typedef struct EsockQueue {
    bool is_busy; // there is a current request
    bool is_selected;
    EsockRequest current;
    EsockRequest *waiting, **waiting_last;
} EsockQueue;

enum {
    ESOCK_BOUND = 1,
    ESOCK_LISTENING = 2,
    ESOCK_ACCEPTING = 4,
    ESOCK_CONNECTING = 8,
    ESOCK_CONNECTED = 16,
    ESOCK_SELECTED = 32,
    ESOCK_CLOSING = 64,
    ESOCK_CLOSED = 128,
};

// In the order of the keys in what socket:info/1 shows as counters.
typedef enum {
    ESOCK_READ_BYTE,
    ESOCK_READ_FAILS,
    ESOCK_READ_PKG,
    ESOCK_READ_PKG_MAX,
    ESOCK_READ_TRIES,
    ESOCK_READ_WAITS,
    ESOCK_WRITE_BYTE,
    ESOCK_WRITE_FAILS,
    ESOCK_WRITE_PKG,
    ESOCK_WRITE_PKG_MAX,
    ESOCK_WRITE_TRIES,
    ESOCK_WRITE_WAITS,
    ESOCK_ACC_SUCCESS,
    ESOCK_ACC_FAILS,
    ESOCK_ACC_TRIES,
    ESOCK_ACC_WAITS,
    ESOCK_SENDFILE_BYTE,
    ESOCK_SENDFILE_FAILS,
    ESOCK_SENDFILE_MAX,
    ESOCK_SENDFILE_PKG,
    ESOCK_SENDFILE_PKG_MAX,
    ESOCK_SENDFILE_TRIES,
    ESOCK_SENDFILE_WAITS,
    ESOCK_COUNTERS
} EsockCounter;

typedef struct Esock {
    Mutex lock;
    VM *vm;
    Binary *self;
    struct Esock *next, *previous; // ESOCK-1, under the table's lock
    uint64_t number;               // what the poller's token holds
    uint64_t ref_words[3];
    Term owner;
    int fd; // -1: closed
    int domain, type, protocol;
    bool closes_fd, is_registered, is_debugged, wraps_counters;
    int original_fd; // of nif_open/2; -1: none
    unsigned read_state, write_state;
    unsigned armed; // POLLER_*
    EsockQueue readers, writers, acceptors, connector;
    Term closer; // who called close
    size_t buffer_bytes, read_control_bytes, write_control_bytes;
    uint32_t reads_max, reads; // how often a read of everything goes on
    uint64_t read_package_bytes, write_package_bytes;
    int file_fd; // being sent; -1: none
    bool has_sent_file;
    Heap meta_heap;
    Term meta;
    uint64_t counters[ESOCK_COUNTERS];
} Esock;

enum { ESOCK_OWNER_BUCKETS = 1024 };

typedef struct EsockTable {
    Mutex lock;
    Esock **by_fd;
    size_t capacity;
    uint64_t next_serial;
    _Atomic uint64_t count;
    bool is_debugging, is_socket_debugging, uses_registry;
    Esock *owners[ESOCK_OWNER_BUCKETS];
} EsockTable;

// ---- esock.c
// ------------------------------------------------------------------------------------------
void esock_create(VM *vm);
void esock_destroy(VM *vm);
/** A descriptor is ready. */
void esock_ready(VM *vm, uint64_t number, unsigned readiness);
/** A process has ended: its sockets are closed. */
void esock_owner_exited(VM *vm, Term owner);
/** The socket behind a reference, locked; NULL (badarg raised) when it is none. esock_leave. */
Esock *esock_enter(Process *p, Term ref);
void esock_leave(Esock *s);
/** A new socket of p's in the table, with a term for it. */
Esock *esock_new(Process *p, int fd, int domain, int type, int protocol, Term *ref);
/** Tells the registry of a new one. With the lock held. */
void esock_register(Process *p, Esock *s);
void esock_set_owner(Esock *s, Term owner);
/** Takes it off the table and closes it: 0 or an errno value. Unlocked meanwhile. */
int esock_close_fd(Esock *s, bool may_wait);
/** Aborts whatever is under way, with `closed`. */
void esock_stop(Esock *s);
void esock_count(Esock *s, EsockCounter which, uint64_t more);

static inline bool esock_is_open(unsigned state) {
    return (state & (ESOCK_CLOSING | ESOCK_CLOSED)) == 0;
}
/** ESOCK-4. */
bool esock_has_current(Esock *s, EsockQueue *queue);
/** May p go on (it is the current one or there is none)? Else *answer is select or an exception. */
bool esock_take_turn(Process *p, Esock *s, EsockQueue *queue, Term ref, Term *answer);
/** p is the current one, with this reference. */
void esock_set_current(Process *p, EsockQueue *queue, Term ref);
/** Its message is to come: `select`. */
Term esock_select(Process *p, Esock *s, EsockQueue *queue, Term ref);
/** The current request is done: the next in line is told to try. */
void esock_next(Esock *s, EsockQueue *queue);
/** The current request failed: all in line are aborted with the reason. */
void esock_abort_all(Esock *s, EsockQueue *queue, Term reason);
Term esock_cancel(Process *p, Esock *s, EsockQueue *queue, Term ref);

// ---- terms
// --------------------------------------------------------------------------------------------
/** {error, {invalid, What}} and error:{invalid, What}. */
Term esock_invalid(Process *p, Term what);
Term esock_raise_invalid(Process *p, Term what);
Term esock_error(Process *p, Term reason);
/** {invalid, What}: for prim_socket.erl to explain. */
Term esock_bad(Process *p, Term what);
bool esock_get_int(Term t, int *out);
bool esock_is_ref(Term t);
/** A map of count keys and values. */
Term esock_map(Process *p, const Term *keys, const Term *values, size_t count);
bool esock_bytes(Term binary, const uint8_t **bytes, size_t *count, uint8_t **to_free);

// ---- esock_address.c
// ---------------------------------------------------------------------------------
bool esock_read_address(VM *vm, Term map, SocketAddress *address);
Term esock_address_term(VM *vm, Heap *heap, const SocketAddress *address);
Term esock_domain_term(int domain);
Term esock_type_term(int type);
bool esock_read_domain(Term t, int *domain);
bool esock_read_type(Term t, int *type);
/** socket, or a number. */
Term esock_level_term(int level);
bool esock_read_level(Term t, int *level);
/** {A,B,C,D} or 8 numbers, any, loopback, broadcast; and the term of an address. */
bool esock_read_ip4(Term t, struct in_addr *address);
bool esock_read_ip6(Term t, struct in6_addr *address);
Term esock_ip4_term(Heap *heap, const void *address);
Term esock_ip6_term(Heap *heap, const void *address);

// ---- esock_control.c: control messages
// ---------------------------------------------------------------
bool esock_write_controls(VM *vm, Term list, uint8_t *bytes, size_t capacity, size_t *used);
Term esock_control_terms(VM *vm, Heap *heap, struct msghdr *header);
Term esock_flag_terms(Heap *heap, int flags);
Term esock_message_flags(Process *p);
bool esock_read_tos(Term t, int *value);
Term esock_tos_term(int value);

// ---- esock_option_table.c
// ----------------------------------------------------------------------------
typedef enum {
    ESOCK_NONE, // known by name only
    ESOCK_BOOL,
    ESOCK_INT,
    ESOCK_LINGER,
    ESOCK_TIMEVAL,
    ESOCK_DEVICE,
    ESOCK_DOMAIN,
    ESOCK_TYPE,
    ESOCK_PROTOCOL,
    ESOCK_MEMBERSHIP,
    ESOCK_SOURCE,
    ESOCK_MEMBERSHIP6,
    ESOCK_FILTER,
    ESOCK_DISCOVER,
    ESOCK_DISCOVER6,
    ESOCK_INTERFACE,
    ESOCK_TOS,
    ESOCK_PKTOPTIONS,
    ESOCK_ADDRFORM,
    ESOCK_HOPS,
    ESOCK_CONGESTION,
} EsockOptionKind;

typedef struct EsockOption {
    int level, number;
    EsockOptionKind kind;
    bool is_set, is_got; // may be
    Term name;
} EsockOption;

/** The options, in all count of them. */
const EsockOption *esock_options(size_t *count);
const EsockOption *esock_find_option(int level, int number);

#endif
