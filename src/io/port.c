// SPDX-License-Identifier: Apache-2.0
//
// port.c - a port's life: made, linked, watched, ended; and what it tells its processes.
//
// Threads: see port.h.
#include "io/port.h"

#include "proc/process_table.h"
#include "proc/registry.h"
#include "proc/signal.h"
#include "proc/suspend.h"
#include "term/ref.h"

enum { PORT_LOW_WATERMARK = 4096, PORT_HIGH_WATERMARK = 8192 };

// ---- finding and leaving
// -----------------------------------------------------------------------------

static Port **slot_of(PortTable *table, uint64_t number) {
    ASSERT((table->capacity & (table->capacity - 1)) == 0);
    return &table->slots[number & (table->capacity - 1)];
}

static void release_port(Port *port) {
    // Acquire and release: the last one out sees all that the others did.
    if (atomic_fetch_sub_explicit(&port->refs, 1, memory_order_acq_rel) != 1) return;
    ASSERT(port->state == PORT_DEAD);
    ASSERT(port->waiters == NULL);
    relation_free_all(&port->links, NULL);
    relation_free_all(&port->monitors, NULL);
    port_trace_ended(port);
    heap_destroy(&port->data_heap);
    mem_free(port->name);
    mutex_free(&port->lock);
    mem_free(port);
}

static void release_reference(void *port) { release_port(port); }

Port *port_entered(VM *vm, Term term) {
    ASSERT(term_is_local_port(term));
    PortTable *table = vm->ports;
    mutex_lock(&table->lock);
    Port *port = *slot_of(table, term_port_data(term));
    mutex_unlock(&table->lock);
    return port != NULL && port->term == term ? port : NULL;
}

Port *port_enter_any(VM *vm, Term term) {
    if (!term_is_local_port(term)) return NULL;
    PortTable *table = vm->ports;
    uint64_t number = term_port_data(term);
    mutex_lock(&table->lock);
    Port *port = *slot_of(table, number);
    if (port != NULL && port->number == number)
        atomic_fetch_add_explicit(&port->refs, 1, memory_order_relaxed);
    else
        port = NULL;
    mutex_unlock(&table->lock);
    if (port == NULL) return NULL;
    mutex_lock(&port->lock);
    if (port->state != PORT_DEAD) return port;
    mutex_unlock(&port->lock);
    release_port(port);
    return NULL;
}

Port *port_enter(VM *vm, Term term) {
    Port *port = port_enter_any(vm, term);
    if (port == NULL || port->state == PORT_OPEN) return port;
    port_leave(port);
    return NULL;
}

/** Takes the first waiting command out of the queue; the caller frees it. */
static PortWaiter *take_waiter(Port *port) {
    ASSERT(port->waiters != NULL);
    PortWaiter *waiter = port->waiters;
    port->waiters = waiter->next;
    if (port->waiters == NULL) port->waiters_last = &port->waiters;
    return waiter;
}

/** {Ref, Answer} to who waits in port_command. */
static void answer_waiter(Port *port, const PortWaiter *waiter, Term answer) {
    if (waiter->is_suspended) process_request_resume(port->vm, waiter->pid);
    if (!waiter->wants_answer) return;
    Heap heap;
    heap_init_detached(&heap, &port->vm->literals);
    Term *hp = heap_alloc(&heap, REF_WORDS);
    Term ref = ref_write(&hp, waiter->ref_words);
    Term message = heap_tuple2(&heap, ref, answer);
    signal_send_built(port->vm, NULL, waiter->pid, message, heap_take_fragments(&heap));
    heap_destroy(&heap);
}

static void free_waiter(PortWaiter *waiter) {
    port_command_free(&waiter->command);
    mem_free(waiter);
}

/** PORT-6: does what waited while the port was busy, until it is busy again. */
static void run_waiting(Port *port) {
    while (!port->is_busy && port->waiters != NULL && port->state == PORT_OPEN) {
        PortWaiter *waiter = take_waiter(port);
        // Who was killed meanwhile has sent nothing.
        if (process_table_find(port->vm->processes, waiter->pid) != NULL) {
            port_command_run(port, &waiter->command, waiter->caller);
            answer_waiter(port, waiter, am_true);
        }
        free_waiter(waiter);
    }
}

void port_leave_again(Port *port) {
    ASSERT(atomic_load_explicit(&port->refs, memory_order_relaxed) > 0); // PORT-2
    if (port->waiters != NULL) run_waiting(port);
    ASSERT(port->caller == TERM_NONE);
    port_trace_stops(port);
    // who tells already tells this, too, and in order
    bool tells = port->later != NULL && !port->is_telling;
    if (tells) port->is_telling = true;
    bool has_ended = port->state != PORT_OPEN;
    VM *vm = port->vm;
    Term name = atomic_load_explicit(&port->registered_name, memory_order_relaxed);
    mutex_unlock(&port->lock);
    // PORT-3: only now may the registry be asked.
    if (has_ended && name != TERM_NONE) registry_remove_owner(vm, port->term, name);
    if (UNLIKELY(tells)) port_trace_tell(port);
}

void port_leave(Port *port) {
    port_leave_again(port);
    port_dist_left(port);
    release_port(port);
}

// ---- making
// ------------------------------------------------------------------------------------------

/** The number of the next port, under the lock: one whose place is free. */
static uint64_t next_free(const PortTable *table) {
    ASSERT(table->count < table->capacity && table->capacity <= PORT_NUMBER_MASK + 1);
    uint64_t number = table->next_number & PORT_NUMBER_MASK;
    while (table->slots[number & (table->capacity - 1)] != NULL)
        number = (number + 1) & PORT_NUMBER_MASK;
    return number;
}

static uint64_t next_number(VM *vm, const uint64_t *least) {
    PortTable *table = vm->ports;
    mutex_lock(&table->lock);
    if (least != NULL) table->next_number = *least;
    uint64_t number = table->count < table->capacity ? next_free(table) : 0;
    mutex_unlock(&table->lock);
    return number;
}

/** Gives the port a number and a place. False: the table is full. */
static bool take_number(PortTable *table, Port *port) {
    ASSERT(port->state == PORT_OPEN);
    mutex_lock(&table->lock);
    ASSERT(table->count <= table->capacity);
    bool is_free = table->count < table->capacity;
    if (is_free) {
        port->number = next_free(table);
        table->next_number = port->number + 1;
        port->term = term_from_port_data(port->number);
        *slot_of(table, port->number) = port;
        table->count++;
    }
    mutex_unlock(&table->lock);
    return is_free;
}

static void give_number_back(Port *port) {
    ASSERT(port->state == PORT_DEAD); // PORT-4
    PortTable *table = port->vm->ports;
    mutex_lock(&table->lock);
    ASSERT(*slot_of(table, port->number) == port);
    *slot_of(table, port->number) = NULL;
    table->count--;
    mutex_unlock(&table->lock);
    release_port(port); // the table's
}

/** A port with its lock, that nobody can find yet. */
static Port *port_new(VM *vm, Term owner, const PortDriver *driver, const char *name) {
    ASSERT(driver->output != NULL && driver->stop != NULL);
    Port *port = mem_zalloc(sizeof *port);
    mutex_init(&port->lock);
    heap_init_detached(&port->data_heap, &literal_range_none);
    atomic_init(&port->refs, 2); // the table's and the caller's
    atomic_init(&port->registered_name, TERM_NONE);
    port->vm = vm;
    port->driver = driver;
    port->connected = owner;
    port->caller = port->runs = TERM_NONE;
    port->waiters_last = &port->waiters;
    port->os_pid = -1;
    port->low_watermark = PORT_LOW_WATERMARK;
    port->high_watermark = PORT_HIGH_WATERMARK;
    port->data = am_undefined;
    port->name = mem_alloc(strlen(name) + 1);
    strcpy(port->name, name);
    mutex_lock(&port->lock);
    return port;
}

/** Frees a port that got no place in the table. */
static void discard_port(Port *port) {
    port->state = PORT_DEAD;
    mutex_unlock(&port->lock);
    atomic_store_explicit(&port->refs, 1, memory_order_relaxed);
    release_port(port);
}

Port *port_create(Process *p, const PortDriver *driver, const PortOptions *options) {
    ASSERT(driver->start != NULL);
    ASSERT(options->name != NULL);
    Port *port = port_new(p->vm, p->pid, driver, options->name);
    port->is_binary = options->is_binary;
    port->wants_eof = options->wants_eof;
    port->is_parallel = options->is_parallel;
    if (options->has_watermarks) {
        port->low_watermark = options->low_watermark;
        port->high_watermark = options->high_watermark;
    }
    if (take_number(p->vm->ports, port)) {
        relation_add(&port->links, p->pid)->flags = RELATION_LINKED;
        relation_add(&p->links, port->term)->flags = RELATION_LINKED;
        port_trace_opened(port, p->pid);
        return port;
    }
    discard_port(port);
    return NULL;
}

Port *port_create_for(VM *vm, Term owner, const PortDriver *driver, const char *name) {
    ASSERT(term_is_local_pid(owner));
    Port *port = port_new(vm, owner, driver, name);
    if (!take_number(vm->ports, port)) {
        discard_port(port);
        return NULL;
    }
    relation_add(&port->links, owner)->flags = RELATION_LINKED;
    signal_push(vm, owner, signal_new(vm, SIGNAL_LINK, port->term, TERM_NONE, TERM_NONE));
    return port;
}

void port_abandon(Process *p, Port *port) {
    ASSERT(port->state == PORT_OPEN);
    relation_remove(p->links, relation_find(p->links, port->term));
    port->state = PORT_DEAD;
    give_number_back(port);
    port_leave(port);
}

// ---- telling processes
// -------------------------------------------------------------------------------

/** Sends {Port, Value}, built in the heap given. */
static void deliver_from(Port *port, Heap *heap, Term value) {
    ASSERT(term_is_local_pid(port->connected));
    Term message = heap_tuple2(heap, port->term, value);
    port_trace(port, TRACE_SEND, am_send, message, port->connected);
    signal_send_built(port->vm, NULL, port->connected, message, heap_take_fragments(heap));
    heap_destroy(heap);
}

static Term bytes_term(Port *port, Heap *heap, const uint8_t *header, size_t header_count,
                       const uint8_t *bytes, size_t count) {
    ASSERT(bytes != NULL || count == 0);
    ASSERT(header != NULL || header_count == 0);
    Term data = TERM_NIL;
    if (port->is_binary && bytes != NULL)
        data = heap_binary_from(heap, bytes, count);
    else if (count > 0)
        data = heap_list_from_bytes(heap, bytes, count, TERM_NIL);
    return header_count > 0 ? heap_list_from_bytes(heap, header, header_count, data) : data;
}

static void count_input(Port *port, size_t count) {
    port->bytes_in += count;
    atomic_fetch_add_explicit(&port->vm->ports->bytes_in, count, memory_order_relaxed);
}

void port_deliver_data(Port *port, const uint8_t *header, size_t header_count, const uint8_t *bytes,
                       size_t count) {
    if (port->state != PORT_OPEN) return;
    count_input(port, header_count + count);
    Heap heap;
    heap_init_detached(&heap, &port->vm->literals);
    Term data = bytes_term(port, &heap, header, header_count, bytes, count);
    deliver_from(port, &heap, heap_tuple2(&heap, am_data, data));
}

void port_deliver_line(Port *port, Term tag, const uint8_t *bytes, size_t count) {
    ASSERT(tag == am_eol || tag == am_noeol);
    if (port->state != PORT_OPEN) return;
    count_input(port, count);
    Heap heap;
    heap_init_detached(&heap, &port->vm->literals);
    Term line = heap_tuple2(&heap, tag, bytes_term(port, &heap, NULL, 0, bytes, count));
    deliver_from(port, &heap, heap_tuple2(&heap, am_data, line));
}

void port_deliver(Port *port, Term message) {
    ASSERT(term_is_immediate(message));
    Heap heap;
    heap_init_detached(&heap, &port->vm->literals);
    deliver_from(port, &heap, message);
}

void port_deliver_tagged(Port *port, Term tag, Term value) {
    ASSERT(term_is_atom(tag));
    ASSERT(term_is_immediate(value));
    Heap heap;
    heap_init_detached(&heap, &port->vm->literals);
    deliver_from(port, &heap, heap_tuple2(&heap, tag, value));
}

void port_end_of_input(Port *port) {
    if (port->state != PORT_OPEN) return;
    if (port->wants_eof)
        port_deliver(port, am_eof);
    else
        port_exit(port, port->term, am_normal, false, false);
}

// ---- ending
// ------------------------------------------------------------------------------------------

/** The port has ended: no waiting command will run. */
static void refuse_waiters(Port *port) {
    while (port->waiters != NULL) {
        PortWaiter *waiter = take_waiter(port);
        answer_waiter(port, waiter, am_badarg);
        free_waiter(waiter);
    }
}

static void tell_relations(Port *port, Term reason) {
    ASSERT(port->state == PORT_CLOSING); // PORT-4: told once
    port_dist_ended(port, reason);
    uint32_t position = 0;
    for (Relation *r; (r = relation_next(port->links, &position)) != NULL;)
        signal_send_exit_link(port->vm, port->term, r->key, reason);
    relation_free_all(&port->links, NULL);
    port->links = NULL;
    position = 0;
    for (Relation *r; (r = relation_next(port->monitors, &position)) != NULL;) {
        uint64_t words[3] = {r->ref_words[0], r->ref_words[1], TERM_NONE};
        Term box[REF_WORDS];
        Term *hp = box;
        Term ref = ref_write(&hp, words);
        signal_push(port->vm, r->other, signal_new(port->vm, SIGNAL_DOWN, port->term, reason, ref));
    }
    relation_free_all(&port->monitors, NULL);
    port->monitors = NULL;
}

/** {Port, closed}, of which a tracer sees `closed`, as in OTP. */
static void deliver_closed(Port *port) {
    ASSERT(term_is_local_pid(port->connected));
    port_trace(port, TRACE_SEND, am_send, am_closed, port->connected);
    Heap heap;
    heap_init_detached(&heap, &port->vm->literals);
    Term message = heap_tuple2(&heap, port->term, am_closed);
    signal_send_built(port->vm, NULL, port->connected, message, heap_take_fragments(&heap));
    heap_destroy(&heap);
}

static void terminate(Port *port) {
    ASSERT(port->state == PORT_CLOSING); // PORT-4
    port->state = PORT_DEAD;
    port->driver->stop(port);
    if (port->sends_closed) deliver_closed(port);
    refuse_waiters(port);
    give_number_back(port);
}

static size_t queued_bytes(Port *port) {
    return port->driver->queued != NULL ? port->driver->queued(port) : 0;
}

bool port_exit(Port *port, Term from, Term reason, bool sends_closed, bool drops_normal) {
    ASSERT(reason != TERM_NONE);
    if (port->state != PORT_OPEN) return false;
    if (reason == am_normal && drops_normal && from != port->connected && from != port->term)
        return false;
    port->state = PORT_CLOSING;
    port->sends_closed = sends_closed;
    port->is_busy = false;
    if (port->driver->closing != NULL) port->driver->closing(port);
    port_trace(port, TRACE_PORTS, am_closed, reason, TERM_NONE);
    refuse_waiters(port);
    tell_relations(port, reason == am_kill ? am_killed : reason);
    if (reason == am_kill || queued_bytes(port) == 0) terminate(port);
    return true;
}

void port_fail(Port *port, int error) {
    ASSERT(error > 0);
    if (port->state == PORT_CLOSING) {
        terminate(port); // what is queued will never be written
        return;
    }
    Term reason = atom_from(port->vm->atoms, world_errno_name(error));
    if (port->state != PORT_OPEN) return;
    port->state = PORT_CLOSING;
    refuse_waiters(port);
    tell_relations(port, reason);
    terminate(port);
}

void port_quit(Port *port, int error) {
    ASSERT(error >= 0);
    Relation *r = port->state == PORT_OPEN ? relation_find(port->links, port->connected) : NULL;
    if (r != NULL) {
        relation_remove(port->links, r);
        signal_push(port->vm, port->connected,
                    signal_new(port->vm, SIGNAL_UNLINK, port->term, TERM_NONE, TERM_NONE));
    }
    if (error != 0)
        port_fail(port, error);
    else
        port_exit(port, port->term, am_normal, false, false);
}

void port_queue_changed(Port *port) {
    size_t queued = queued_bytes(port);
    if (port->state == PORT_CLOSING && queued == 0) {
        terminate(port);
    } else if (port->driver->sets_busy) {
        return;
    } else if (!port->is_busy && queued > port->high_watermark) {
        port->is_busy = true;
    } else if (port->is_busy && queued <= port->low_watermark) {
        port->is_busy = false;
    }
}

void port_set_busy(Port *port, bool is_busy) {
    ASSERT(port->driver->sets_busy);
    port->is_busy = is_busy && port->state == PORT_OPEN;
}

PortWaiter *port_queue_command(Port *port, Term caller, const uint64_t *ref_words,
                               PortCommand *command) {
    ASSERT(port->is_busy && port->state == PORT_OPEN); // PORT-6
    ASSERT(term_is_local_pid(caller));
    PortWaiter *waiter = mem_zalloc(sizeof *waiter);
    waiter->pid = waiter->caller = caller;
    waiter->wants_answer = ref_words != NULL;
    if (ref_words != NULL) memcpy(waiter->ref_words, ref_words, sizeof waiter->ref_words);
    waiter->command = *command;
    *command = (PortCommand){0};
    *port->waiters_last = waiter;
    port->waiters_last = &waiter->next;
    return waiter;
}

// ---- what signals do to ports
// ------------------------------------------------------------------------

static bool hook_output(VM *vm, Term term, const uint8_t *bytes, size_t count) {
    Port *port = port_enter(vm, term);
    if (port == NULL) return false;
    port->driver->output(port, bytes, count);
    port_leave(port);
    return true;
}

static bool hook_link(VM *vm, Term term, Term pid) {
    ASSERT(term_is_local_pid(pid));
    Port *port = port_enter(vm, term);
    if (port == NULL) return false;
    port_trace_runs(port, am_link);
    if (relation_find(port->links, pid) == NULL) {
        relation_add(&port->links, pid)->flags = RELATION_LINKED;
        port_trace(port, TRACE_PORTS, am_getting_linked, pid, TERM_NONE);
    }
    port_leave(port);
    return true;
}

static bool hook_unlink(VM *vm, Term term, Term pid) {
    Port *port = port_enter(vm, term);
    if (port == NULL) return false;
    port_trace_runs(port, am_unlink);
    Relation *r = relation_find(port->links, pid);
    if (r != NULL) {
        relation_remove(port->links, r);
        port_trace(port, TRACE_PORTS, am_getting_unlinked, pid, TERM_NONE);
    }
    port_leave(port);
    return true;
}

static bool hook_monitor(VM *vm, Term term, Term pid, Term ref) {
    ASSERT(term_is_local_pid(pid));
    Port *port = port_enter(vm, term);
    if (port == NULL) return false;
    port_trace_runs(port, am_monitor);
    relation_add_ref(&port->monitors, ref_words(ref))->other = pid;
    port_leave(port);
    return true;
}

static bool hook_demonitor(VM *vm, Term term, Term ref) {
    Port *port = port_enter(vm, term);
    if (port == NULL) return false;
    port_trace_runs(port, am_demonitor);
    Relation *r = relation_find_ref(port->monitors, ref_words(ref));
    if (r != NULL) relation_remove(port->monitors, r);
    port_leave(port);
    return true;
}

static bool hook_exit(VM *vm, Term term, Term from, Term reason, bool linked) {
    Port *port = port_enter(vm, term);
    if (port == NULL) return false;
    port_trace_runs(port, am_close);
    port_trace_request(port, from, am_close, TERM_NONE);
    Relation *r = linked ? relation_find(port->links, from) : NULL;
    if (r != NULL) relation_remove(port->links, r);
    if (!linked || r != NULL) port_exit(port, from, reason, false, true);
    port_leave(port);
    return true;
}

static bool hook_exists(VM *vm, Term term) {
    PortTable *table = vm->ports;
    uint64_t number = term_port_data(term);
    mutex_lock(&table->lock);
    Port *port = *slot_of(table, number);
    bool is_there = port != NULL && port->number == number;
    mutex_unlock(&table->lock);
    return is_there;
}

static void hook_set_name(VM *vm, Term term, Term name) {
    PortTable *table = vm->ports;
    uint64_t number = term_port_data(term);
    mutex_lock(&table->lock);
    Port *port = *slot_of(table, number);
    if (port != NULL && port->number == number)
        atomic_store_explicit(&port->registered_name, name, memory_order_relaxed);
    mutex_unlock(&table->lock);
}

static uint64_t hook_count(VM *vm) {
    PortTable *table = vm->ports;
    mutex_lock(&table->lock);
    uint64_t count = table->count;
    mutex_unlock(&table->lock);
    return count;
}

const PortHooks port_hooks = {
    .send = port_hook_send,
    .output = hook_output,
    .output_later = port_trace_output_later,
    .link = hook_link,
    .unlink = hook_unlink,
    .monitor = hook_monitor,
    .demonitor = hook_demonitor,
    .exit = hook_exit,
    .exists = hook_exists,
    .set_name = hook_set_name,
    .count = hook_count,
    .next_number = next_number,
    .bytes = io_bytes,
    .check_io = ports_check_io,
    .watched = ports_watched,
    .dist_begin = port_dist_begin,
    .dist_wake = port_dist_wake,
    .dist_release = release_reference,
    .text = ports_text,
};
