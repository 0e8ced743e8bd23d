// SPDX-License-Identifier: Apache-2.0
//
// esock.c - sockets behind references: made, watched, handed on, closed; who waits for what.
//
// Threads: see esock.h.
#include "io/esock.h"

#include <errno.h>

#include "bif/bif.h"
#include "proc/process_table.h"
#include "proc/registry.h"
#include "proc/signal.h"
#include "proc/time.h"
#include "term/bits.h"
#include "term/map.h"
#include "term/ref.h"
#include "vm/vm.h"

enum {
    ESOCK_BUFFER_BYTES = 8192,
    ESOCK_CONTROL_BYTES = 1024,
    ESOCK_FD_BITS = 20,
};

static EsockTable *table_of(VM *vm) {
    ASSERT(vm->ports != NULL && vm->ports->esocks != NULL);
    return vm->ports->esocks;
}

// ---- terms
// --------------------------------------------------------------------------------------------

Term esock_error(Process *p, Term reason) {
    ASSERT(reason != TERM_NONE);
    return heap_tuple2(&p->heap, am_error, reason);
}

Term esock_invalid(Process *p, Term what) {
    ASSERT(what != TERM_NONE);
    return esock_error(p, heap_tuple2(&p->heap, am_invalid, what));
}

Term esock_bad(Process *p, Term what) { return heap_tuple2(&p->heap, am_invalid, what); }

Term esock_raise_invalid(Process *p, Term what) {
    return bif_error(p, heap_tuple2(&p->heap, am_invalid, what));
}

bool esock_get_int(Term t, int *out) {
    int64_t value;
    if (!bif_get_int64(t, &value) || value < INT32_MIN || value > INT32_MAX) return false;
    *out = (int)value;
    return true;
}

bool esock_is_ref(Term t) { return term_is_local_ref(t); }

Term esock_map(Process *p, const Term *keys, const Term *values, size_t count) {
    Term pairs[64];
    ASSERT(count * 2 <= ARRAY_COUNT(pairs));
    for (size_t i = 0; i < count; i++) {
        pairs[2 * i] = keys[i];
        pairs[2 * i + 1] = values[i];
    }
    return map_from_pairs(&p->heap, p->vm->atoms, pairs, count);
}

bool esock_bytes(Term binary, const uint8_t **bytes, size_t *count, uint8_t **to_free) {
    *to_free = NULL;
    if (!term_is_binary(binary)) return false;
    *bytes = bits_bytes(binary, count, to_free);
    return true;
}

/** The reference to a socket, built in heap. */
static Term ref_term(Heap *heap, Esock *s) {
    binary_retain(s->self);
    return heap_magic_ref(heap, s->self, s->ref_words);
}

/** {'$socket', {'$socket', Ref}, Tag, Info}; Info is built in heap, which is destroyed. */
static void send_message(Esock *s, Term to, Heap *heap, Term tag, Term info) {
    Term socket = heap_tuple2(heap, am_dollar_socket, ref_term(heap, s));
    Term message = heap_tuple4(heap, am_dollar_socket, socket, tag, info);
    signal_send_built(s->vm, NULL, to, message, heap_take_fragments(heap));
    heap_destroy(heap);
}

static Term request_ref(Heap *heap, const EsockRequest *request) {
    Term *hp = heap_alloc(heap, REF_WORDS);
    return ref_write(&hp, request->ref_words);
}

static void send_select(Esock *s, const EsockRequest *request) {
    ASSERT(term_is_local_pid(request->pid));
    Heap heap;
    heap_init_detached(&heap, &s->vm->literals);
    send_message(s, request->pid, &heap, am_select, request_ref(&heap, request));
}

static void send_abort(Esock *s, const EsockRequest *request, Term reason) {
    ASSERT(term_is_atom(reason));
    Heap heap;
    heap_init_detached(&heap, &s->vm->literals);
    Term info = heap_tuple2(&heap, request_ref(&heap, request), reason);
    send_message(s, request->pid, &heap, am_abort, info);
}

/** {'$socket', Tag, {'$socket', Ref}} to the registry of sockets. */
static void tell_registry(Esock *s, Term tag) {
    ASSERT(tag == am_add || tag == am_del);
    Term registry = registry_find(s->vm, am_socket_registry);
    if (registry == TERM_NONE || !s->is_registered) return;
    Heap heap;
    heap_init_detached(&heap, &s->vm->literals);
    Term socket = heap_tuple2(&heap, am_dollar_socket, ref_term(&heap, s));
    Term message = heap_tuple3(&heap, am_dollar_socket, tag, socket);
    signal_send_built(s->vm, NULL, registry, message, heap_take_fragments(&heap));
    heap_destroy(&heap);
}

void esock_register(Process *p, Esock *s) {
    ASSERT(p->vm == s->vm);
    tell_registry(s, am_add);
}

// ---- who waits
// ----------------------------------------------------------------------------------------

static unsigned wanted_of(const Esock *s) {
    unsigned wanted = 0;
    if (s->readers.is_selected || s->acceptors.is_selected) wanted |= POLLER_READ;
    if (s->writers.is_selected || s->connector.is_selected) wanted |= POLLER_WRITE;
    return wanted;
}

/** Watches the descriptor for what is selected. 0 or an errno value. */
static int arm(Esock *s) {
    unsigned wanted = wanted_of(s);
    if (s->fd < 0 || (wanted & ~s->armed) == 0) return 0;
    s->armed = wanted;
    return poller_arm(s->vm->world, s->vm->ports->poller, s->fd, wanted,
                      s->number << PORT_READY_BITS | PORT_READY_NATIVE);
}

static bool is_alive(Esock *s, Term pid) {
    return process_table_find(s->vm->processes, pid) != NULL;
}

/** The next in line whose process lives becomes the current one, and is watched for. */
void esock_next(Esock *s, EsockQueue *queue) {
    queue->is_busy = queue->is_selected = false;
    while (queue->waiting != NULL && !queue->is_busy) {
        EsockRequest *request = queue->waiting;
        queue->waiting = request->next;
        if (queue->waiting == NULL) queue->waiting_last = &queue->waiting;
        if (is_alive(s, request->pid)) {
            queue->current = *request;
            queue->is_busy = queue->is_selected = true; // ESOCK-3
        }
        mem_free(request);
    }
    if (queue->is_busy && arm(s) != 0) {
        queue->is_selected = false;
        send_select(s, &queue->current); // it finds out what is wrong by trying
    }
    if (queue == &s->acceptors && !queue->is_busy) s->read_state &= ~(unsigned)ESOCK_ACCEPTING;
}

bool esock_has_current(Esock *s, EsockQueue *queue) {
    ASSERT(!queue->is_selected || queue->is_busy);                                // ESOCK-3
    if (queue->is_busy && !is_alive(s, queue->current.pid)) esock_next(s, queue); // ESOCK-4
    return queue->is_busy;
}

static EsockRequest *find_waiting(EsockQueue *queue, Term pid) {
    EsockRequest *request = queue->waiting;
    while (request != NULL && request->pid != pid) request = request->next;
    return request;
}

bool esock_take_turn(Process *p, Esock *s, EsockQueue *queue, Term ref, Term *answer) {
    if (!esock_has_current(s, queue) || queue->current.pid == p->pid) return true;
    if (find_waiting(queue, p->pid) != NULL) {
        *answer = esock_raise_invalid(p, am_state);
        return false;
    }
    if (ref == am_zero) return true;
    ASSERT(esock_is_ref(ref));
    EsockRequest *request = mem_zalloc(sizeof *request);
    request->pid = p->pid;
    memcpy(request->ref_words, ref_words(ref), sizeof request->ref_words);
    *queue->waiting_last = request;
    queue->waiting_last = &request->next;
    *answer = am_select;
    return false;
}

void esock_set_current(Process *p, EsockQueue *queue, Term ref) {
    queue->is_busy = true;
    queue->current.pid = p->pid;
    if (esock_is_ref(ref))
        memcpy(queue->current.ref_words, ref_words(ref), sizeof queue->current.ref_words);
}

Term esock_select(Process *p, Esock *s, EsockQueue *queue, Term ref) {
    ASSERT(esock_is_ref(ref));
    esock_set_current(p, queue, ref);
    queue->is_selected = true;
    bool is_reading = queue == &s->readers || queue == &s->acceptors;
    int error = arm(s);
    if (error != 0) {
        esock_next(s, queue);
        Term kind = is_reading ? am_select_read : am_select_write;
        return bif_error(p, heap_tuple2(&p->heap, kind, term_from_small(-error)));
    }
    if (is_reading)
        s->read_state |= ESOCK_SELECTED;
    else
        s->write_state |= ESOCK_SELECTED;
    return am_select;
}

/** Everyone in line gets an abort. */
static void abort_waiting(Esock *s, EsockQueue *queue, Term reason) {
    while (queue->waiting != NULL) {
        EsockRequest *request = queue->waiting;
        queue->waiting = request->next;
        send_abort(s, request, reason);
        mem_free(request);
    }
    queue->waiting_last = &queue->waiting;
}

void esock_abort_all(Esock *s, EsockQueue *queue, Term reason) {
    ASSERT(term_is_atom(reason));
    if (!queue->is_busy) return;
    queue->is_busy = queue->is_selected = false;
    abort_waiting(s, queue, reason);
}

static bool is_request(const EsockRequest *request, Term pid, Term ref) {
    ASSERT(esock_is_ref(ref));
    const uint64_t *words = ref_words(ref);
    return request->pid == pid && request->ref_words[0] == words[0] &&
           request->ref_words[1] == words[1];
}

Term esock_cancel(Process *p, Esock *s, EsockQueue *queue, Term ref) {
    if (!esock_has_current(s, queue)) return am_not_found;
    if (is_request(&queue->current, p->pid, ref)) {
        Term answer = queue->is_selected ? am_ok : am_select_sent;
        if (queue == &s->connector) s->write_state &= ~(unsigned)ESOCK_CONNECTING;
        esock_next(s, queue);
        return answer;
    }
    for (EsockRequest **link = &queue->waiting; *link != NULL; link = &(*link)->next) {
        EsockRequest *request = *link;
        if (!is_request(request, p->pid, ref)) continue;
        *link = request->next;
        if (request->next == NULL) queue->waiting_last = link;
        mem_free(request);
        return am_ok;
    }
    return am_not_found;
}

// ---- the table
// ----------------------------------------------------------------------------------------

static Esock **owner_bucket(EsockTable *table, Term owner) {
    return &table->owners[(owner >> 6 ^ owner >> 16) % ESOCK_OWNER_BUCKETS];
}

static void link_to_owner(EsockTable *table, Esock *s) {
    ASSERT(term_is_local_pid(s->owner));
    Esock **first = owner_bucket(table, s->owner);
    s->previous = NULL;
    s->next = *first;
    if (s->next != NULL) s->next->previous = s;
    *first = s;
}

static void unlink_from_owner(EsockTable *table, Esock *s) {
    if (s->next != NULL) s->next->previous = s->previous;
    if (s->previous != NULL)
        s->previous->next = s->next;
    else
        *owner_bucket(table, s->owner) = s->next;
    s->next = s->previous = NULL;
}

static void add_to_table(EsockTable *table, Esock *s) {
    ASSERT(s->fd >= 0 && s->fd < 1 << ESOCK_FD_BITS);
    mutex_lock(&table->lock);
    if ((size_t)s->fd >= table->capacity) {
        size_t capacity = (size_t)s->fd * 2 + 64;
        table->by_fd = mem_realloc(table->by_fd, capacity * sizeof *table->by_fd);
        memset(table->by_fd + table->capacity, 0,
               (capacity - table->capacity) * sizeof *table->by_fd);
        table->capacity = capacity;
    }
    s->number = table->next_serial++ << ESOCK_FD_BITS | (uint64_t)s->fd;
    table->by_fd[s->fd] = s;
    link_to_owner(table, s);
    atomic_fetch_add_explicit(&table->count, 1, memory_order_relaxed);
    binary_retain(s->self); // ESOCK-1
    mutex_unlock(&table->lock);
}

static void remove_from_table(EsockTable *table, Esock *s) {
    ASSERT(s->fd >= 0 && (size_t)s->fd < table->capacity);
    mutex_lock(&table->lock);
    if (table->by_fd[s->fd] == s) table->by_fd[s->fd] = NULL;
    unlink_from_owner(table, s);
    atomic_fetch_sub_explicit(&table->count, 1, memory_order_relaxed);
    mutex_unlock(&table->lock);
}

static void esock_destructor(Binary *magic) {
    Esock *s = (Esock *)magic->bytes;
    ASSERT(s->fd < 0 && s->file_fd < 0); // ESOCK-1: the table's reference went with the descriptor
    ASSERT(s->readers.waiting == NULL && s->writers.waiting == NULL);
    heap_destroy(&s->meta_heap);
    mutex_free(&s->lock);
}

static void queue_init(EsockQueue *queue) { queue->waiting_last = &queue->waiting; }

Esock *esock_new(Process *p, int fd, int domain, int type, int protocol, Term *ref) {
    ASSERT(fd >= 0 && ref != NULL);
    Binary *magic = binary_new_magic(sizeof(Esock), esock_destructor);
    Esock *s = (Esock *)magic->bytes;
    mutex_init(&s->lock);
    s->vm = p->vm;
    s->self = magic;
    s->owner = p->pid;
    s->closer = TERM_NONE;
    s->fd = fd;
    s->file_fd = s->original_fd = -1;
    s->domain = domain;
    s->type = type;
    s->protocol = protocol;
    s->closes_fd = true;
    s->is_registered = table_of(p->vm)->uses_registry;
    s->buffer_bytes = ESOCK_BUFFER_BYTES;
    s->read_control_bytes = s->write_control_bytes = ESOCK_CONTROL_BYTES;
    s->meta = am_undefined;
    heap_init_detached(&s->meta_heap, &literal_range_none);
    queue_init(&s->readers);
    queue_init(&s->writers);
    queue_init(&s->acceptors);
    queue_init(&s->connector);
    reference_make_magic_words(p->vm, s->ref_words);
    add_to_table(table_of(p->vm), s);
    *ref = ref_term(&p->heap, s);
    binary_release(magic); // the term and the table hold it
    return s;
}

Esock *esock_enter(Process *p, Term ref) {
    Binary *magic = io_magic_binary(ref, esock_destructor);
    if (magic == NULL) {
        (void)bif_badarg(p);
        return NULL;
    }
    Esock *s = (Esock *)magic->bytes; // the caller's term keeps it
    mutex_lock(&s->lock);
    return s;
}

void esock_leave(Esock *s) { mutex_unlock(&s->lock); }

void esock_set_owner(Esock *s, Term owner) {
    ASSERT(s->fd >= 0 && term_is_local_pid(owner));
    EsockTable *table = table_of(s->vm);
    mutex_lock(&table->lock);
    unlink_from_owner(table, s);
    s->owner = owner;
    link_to_owner(table, s);
    mutex_unlock(&table->lock);
}

void esock_count(Esock *s, EsockCounter which, uint64_t more) {
    ASSERT(which < ESOCK_COUNTERS);
    s->counters[which] += more;
}

// ---- ends
// ---------------------------------------------------------------------------------------------

static void stop_queue(Esock *s, EsockQueue *queue) {
    ASSERT(queue->is_busy || queue->waiting == NULL);
    if (!queue->is_busy) return;
    // Who was sent its select message finds out by trying again.
    if (queue->is_selected) send_abort(s, &queue->current, am_closed);
    queue->is_busy = queue->is_selected = false;
    abort_waiting(s, queue, am_closed);
}

void esock_stop(Esock *s) {
    ASSERT(s->fd >= 0);
    poller_disarm(s->vm->world, s->vm->ports->poller, s->fd);
    s->armed = 0;
    stop_queue(s, &s->writers);
    stop_queue(s, &s->connector);
    stop_queue(s, &s->readers);
    stop_queue(s, &s->acceptors);
}

int esock_close_fd(Esock *s, bool may_wait) {
    ASSERT(s->fd >= 0 && !esock_is_open(s->read_state));
    World *world = s->vm->world;
    int fd = s->fd, file_fd = s->file_fd, error = 0;
    tell_registry(s, am_del);
    remove_from_table(table_of(s->vm), s);
    s->fd = s->file_fd = -1;
    s->read_state |= ESOCK_CLOSED;
    s->write_state |= ESOCK_CLOSED;
    heap_destroy(&s->meta_heap);
    heap_init_detached(&s->meta_heap, &literal_range_none);
    s->meta = am_undefined;
    // With the option linger, closing waits for what is still to be sent.
    if (may_wait) (void)stream_set_nonblocking(world, fd, false, NULL);
    if (s->closes_fd) error = stream_close(world, fd);
    if (file_fd >= 0) stream_close(world, file_fd);
    return error;
}

/** Closes a socket whose owner has ended, or all at the end; the caller holds a reference. */
static void close_orphan(Esock *s) {
    mutex_lock(&s->lock);
    bool is_ours = s->fd >= 0;
    if (is_ours) {
        s->read_state |= ESOCK_CLOSING;
        s->write_state |= ESOCK_CLOSING;
        esock_stop(s);
        (void)esock_close_fd(s, false);
    }
    mutex_unlock(&s->lock);
    if (is_ours) binary_release(s->self); // the table's
    binary_release(s->self);              // the caller's
}

/** The first socket of an owner (TERM_NONE: anybody's) in a bucket, with a reference; or NULL. */
static Esock *take_owned(EsockTable *table, Esock **bucket, Term owner) {
    mutex_lock(&table->lock);
    Esock *s = *bucket;
    while (s != NULL && owner != TERM_NONE && s->owner != owner) s = s->next;
    if (s != NULL) binary_retain(s->self);
    mutex_unlock(&table->lock);
    return s;
}

void esock_owner_exited(VM *vm, Term owner) {
    EsockTable *table = table_of(vm);
    if (atomic_load_explicit(&table->count, memory_order_relaxed) == 0) return;
    for (Esock *s; (s = take_owned(table, owner_bucket(table, owner), owner)) != NULL;)
        close_orphan(s);
}

void esock_create(VM *vm) {
    ASSERT(vm->ports->esocks == NULL);
    EsockTable *table = mem_zalloc(sizeof *table);
    mutex_init(&table->lock);
    table->uses_registry = true;
    vm->ports->esocks = table;
}

void esock_destroy(VM *vm) {
    EsockTable *table = table_of(vm);
    for (size_t i = 0; i < ESOCK_OWNER_BUCKETS; i++)
        for (Esock *s; (s = take_owned(table, &table->owners[i], TERM_NONE)) != NULL;)
            close_orphan(s);
    ASSERT(atomic_load_explicit(&table->count, memory_order_relaxed) == 0);
    mem_free(table->by_fd);
    mutex_free(&table->lock);
    mem_free(table);
    vm->ports->esocks = NULL;
}

// ---- readiness
// ----------------------------------------------------------------------------------------

static void fire(Esock *s, EsockQueue *queue) {
    if (!queue->is_selected) return;
    queue->is_selected = false; // ESOCK-3
    if (is_alive(s, queue->current.pid))
        send_select(s, &queue->current);
    else
        esock_next(s, queue);
}

void esock_ready(VM *vm, uint64_t number, unsigned readiness) {
    EsockTable *table = table_of(vm);
    size_t fd = number & ((1u << ESOCK_FD_BITS) - 1);
    mutex_lock(&table->lock);
    Esock *s = fd < table->capacity ? table->by_fd[fd] : NULL;
    if (s != NULL && s->number != number) s = NULL; // closed while the event was on its way
    if (s != NULL) binary_retain(s->self);
    mutex_unlock(&table->lock);
    if (s == NULL) return;
    mutex_lock(&s->lock);
    s->armed = 0;
    if ((readiness & (POLLER_READ | POLLER_HANGUP)) != 0) {
        fire(s, &s->readers);
        fire(s, &s->acceptors);
    }
    if ((readiness & (POLLER_WRITE | POLLER_HANGUP)) != 0) {
        fire(s, &s->writers);
        fire(s, &s->connector);
    }
    (void)arm(s);
    mutex_unlock(&s->lock);
    binary_release(s->self);
}
