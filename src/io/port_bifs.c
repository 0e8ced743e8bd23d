// SPDX-License-Identifier: Apache-2.0
//
// port_bifs.c - the built-ins on ports that erlang.erl wraps, and messages sent to ports.
//
// The erts_internal functions answer with their result, badarg or badopt as a plain term, or with a
// reference to wait for; erlang.erl makes exceptions of the errors.
//
// Threads: the one that runs the process.
#include "bif/bif.h"
#include "io/port.h"
#include "proc/registry.h"
#include "proc/signal.h"
#include "proc/time.h"
#include "term/ref.h"

/** The port that a port term or a registered name stands for: its term, else TERM_NONE. */
static Term port_term_of(Process *p, Term port) {
    if (term_is_local_port(port)) return port;
    if (!term_is_atom(port)) return TERM_NONE;
    Term found = registry_find(p->vm, port);
    return found != TERM_NONE && term_is_local_port(found) ? found : TERM_NONE;
}

static Port *enter(Process *p, Term port) {
    Term term = port_term_of(p, port);
    return term != TERM_NONE ? port_enter(p->vm, term) : NULL;
}

/** As enter(), for something that the port does, with leave() behind it. */
static Port *enter_to(Process *p, Term term, Term what) {
    ASSERT(term_is_atom(what));
    port_trace_caller(p, am_out);
    Port *port = enter(p, term);
    if (port != NULL)
        port_trace_runs(port, what);
    else
        port_trace_caller(p, am_in);
    return port;
}

static void leave(Process *p, Port *port) {
    port_leave(port);
    port_trace_caller(p, am_in);
}

static int64_t reductions_for(size_t byte_count) { return 20 + (int64_t)(byte_count >> 8); }

/** Who sends to a busy port stops running until its message is taken. */
static void suspend_sender(Process *sender, PortWaiter *waiter) {
    ASSERT(waiter->next == NULL);
    waiter->pid = sender->pid;
    waiter->is_suspended = true;
    sender->suspend_count++;
    sender->reductions_left = 0; // its turn ends here
}

/** Keeps the command; a reference that the port will answer when it is done. */
static Term wait_while_busy(Process *p, Port *port, PortCommand *command) {
    ASSERT(port->is_busy && port->state == PORT_OPEN);
    uint64_t words[3];
    reference_make_words(p->vm, words, TERM_NONE);
    PortWaiter *waiter = port_queue_command(port, p->pid, words, command);
    // at a connection between nodes OTP's own suites look for that
    if (atomic_load_explicit(&port->dist, memory_order_relaxed) != NULL) suspend_sender(p, waiter);
    Term *hp = heap_alloc(&p->heap, REF_WORDS);
    return ref_write(&hp, words);
}

/** port_command(Port, Iodata, [force | nosuspend]) -> true | false | badarg | badopt | Ref. */
BIF(erts_internal, port_command, 3)
{
    bool is_nosuspend = false, is_force = false;
    Term flags = a[2];
    for (; term_is_cell(flags); flags = term_tail(flags)) {
        is_nosuspend |= term_head(flags) == am_nosuspend;
        is_force |= term_head(flags) == am_force;
        if (term_head(flags) != am_nosuspend && term_head(flags) != am_force) return am_badopt;
    }
    if (!term_is_nil(flags)) return am_badopt;
    PortCommand command;
    if (!port_command_take(a[1], &command)) return am_badarg;
    size_t count = port_command_count(&command);
    port_trace_caller(p, am_out);
    Port *port = enter(p, a[0]);
    Term result = am_badarg;
    if (port != NULL && port->is_busy && is_nosuspend && !is_force) {
        result = am_false;
    } else if (port != NULL && port->is_busy && !is_force) {
        if (tracing_watches(&p->vm->tracing, TRACING_BUSY_PORT))
            p->vm->tracing.hooks->busy(p, am_busy_port, port->term);
        result = wait_while_busy(p, port, &command);
    } else if (port != NULL) {
        result = am_true;
        port_trace_runs(port, am_command);
        port_trace_command(port, p->pid, &command);
        port_command_run(port, &command, p->pid);
    }
    if (port != NULL) port_leave(port);
    port_trace_caller(p, am_in);
    port_command_free(&command);
    bif_bump(p, reductions_for(count));
    return result;
}

/** The new process is linked to the port before it gets its first message. */
static void connect_to(Port *port, Term pid) {
    ASSERT(term_is_local_pid(pid));
    if (relation_find(port->links, pid) == NULL) {
        relation_add(&port->links, pid)->flags = RELATION_LINKED;
        signal_push(port->vm, pid,
                    signal_new(port->vm, SIGNAL_LINK, port->term, TERM_NONE, TERM_NONE));
    }
    port->connected = pid;
}

/** port_connect(Port, Pid) -> true | badarg. The old owner stays linked. */
BIF(erts_internal, port_connect, 2)
{
    if (!term_is_local_pid(a[1]) || process_find(p->vm, a[1]) == NULL) return am_badarg;
    Port *port = enter_to(p, a[0], am_connect);
    if (port == NULL) return am_badarg;
    port_trace_request(port, p->pid, am_connect, a[1]);
    connect_to(port, a[1]);
    port_trace_answer(port, p->pid, am_connected, NULL, 0);
    leave(p, port);
    return am_true;
}

/** port_close(Port) -> true | badarg. */
BIF(erts_internal, port_close, 1)
{
    Port *port = enter_to(p, a[0], am_close);
    if (port == NULL) return am_badarg;
    port_trace_request(port, p->pid, am_close, TERM_NONE);
    port_exit(port, port->term, am_normal, false, false);
    leave(p, port);
    bif_bump(p, 200);
    return am_true;
}

/** port_control(Port, Operation, Iodata) -> Bytes as a list | badarg. */
BIF(erts_internal, port_control, 3)
{
    uint64_t operation;
    uint8_t room[256], *bytes, *answer = NULL;
    size_t count, answer_count = 0;
    if (!bif_get_uint64(a[1], &operation) || operation > UINT32_MAX ||
        !bif_iodata_bytes_or_room(a[2], room, sizeof room, &bytes, &count))
        return am_badarg;
    Port *port = enter_to(p, a[0], am_control);
    Term result = am_badarg;
    if (port != NULL) {
        port->caller = p->pid;
        port_trace_control(port, p->pid, operation, bytes, count);
        if (port->driver->control != NULL &&
            port->driver->control(port, operation, bytes, count, &answer, &answer_count)) {
            result = heap_list_from_bytes(&p->heap, answer, answer_count, TERM_NIL);
            const uint8_t *shown = answer != NULL ? answer : (const uint8_t *)"";
            port_trace_answer(port, p->pid, am_control, shown, answer_count);
        }
        port->caller = TERM_NONE;
        leave(p, port);
    }
    mem_free(answer);
    if (bytes != room) mem_free(bytes);
    bif_bump(p, reductions_for(count));
    return result;
}

/** port_call(Port, Operation, Term): no driver of Mica's has calls. */
BIF(erts_internal, port_call, 3)
{
    Port *port = enter_to(p, a[0], am_call);
    if (port != NULL) leave(p, port);
    return am_badarg;
}

/** ports() -> [Port], in the order in which they were opened. */
typedef struct PortList {
    Term *terms;
    size_t count, capacity;
} PortList;

static void add_port(Port *port, void *user) {
    ASSERT(term_is_local_port(port->term));
    PortList *list = user;
    if (port->state != PORT_OPEN) return;
    if (list->count == list->capacity) {
        list->capacity = list->capacity * 2 + 16;
        list->terms = mem_realloc(list->terms, list->capacity * sizeof *list->terms);
    }
    list->terms[list->count++] = port->term;
}

BIF(erlang, ports, 0)
{
    PortList list = {0};
    ports_each(p->vm, add_port, &list);
    Term result = heap_list(&p->heap, list.terms, list.count, TERM_NIL);
    mem_free(list.terms);
    return result;
}

/** port_set_data(Port, Term) -> true; badarg for a port that is none. */
BIF(erlang, port_set_data, 2)
{
    Port *port = enter(p, a[0]);
    if (port == NULL) return bif_badarg(p);
    heap_destroy(&port->data_heap);
    heap_init_detached(&port->data_heap, &literal_range_none);
    port->data = heap_copy(&port->data_heap, a[1]);
    port_leave(port);
    return am_true;
}

/** port_get_data(Port) -> Term. */
BIF(erlang, port_get_data, 1)
{
    Port *port = enter(p, a[0]);
    if (port == NULL) return bif_badarg(p);
    Term data = heap_copy(&p->heap, port->data);
    port_leave(port);
    return data;
}

// ---- port_info
// ---------------------------------------------------------------------------------------

static Term pids_of(Process *p, LinkTree *tree, bool by_key, Term tag) {
    Term list = TERM_NIL;
    uint32_t position = 0;
    for (Relation *r; (r = relation_next(tree, &position)) != NULL;) {
        Term pid = by_key ? r->key : r->other;
        list = heap_cons(&p->heap, tag != TERM_NONE ? heap_tuple2(&p->heap, tag, pid) : pid, list);
    }
    return list;
}

static size_t port_memory(Port *port) {
    ASSERT(port->name != NULL);
    return sizeof *port + strlen(port->name) + 1 + relation_bytes(port->links) +
           relation_bytes(port->monitors) + heap_used_words(&port->data_heap) * sizeof(Term);
}

/** {Item, Value}; TERM_NIL for no registered name; TERM_NONE for an item that there is not. */
static Term info_item(Process *p, Port *port, Term item) {
    ASSERT(term_is_atom(item));
    Heap *heap = &p->heap;
    Term value = TERM_NONE;
    if (item == am_registered_name) {
        value = atomic_load_explicit(&port->registered_name, memory_order_relaxed);
        if (value == TERM_NONE) return TERM_NIL;
    } else if (item == am_id) {
        value = heap_unsigned(heap, port->number);
    } else if (item == am_connected) {
        value = port->connected;
    } else if (item == am_links) {
        value = pids_of(p, port->links, true, TERM_NONE);
    } else if (item == am_name) {
        value =
            heap_list_from_bytes(heap, (const uint8_t *)port->name, strlen(port->name), TERM_NIL);
    } else if (item == am_input) {
        value = heap_unsigned(heap, port->bytes_in);
    } else if (item == am_output) {
        value = heap_unsigned(heap, port->bytes_out);
    } else if (item == am_os_pid) {
        value = port->os_pid >= 0 ? heap_integer(heap, port->os_pid) : am_undefined;
    } else if (item == am_monitors) {
        value = TERM_NIL; // ports monitor nobody
    } else if (item == am_monitored_by) {
        value = pids_of(p, port->monitors, false, TERM_NONE);
    } else if (item == am_memory) {
        value = heap_unsigned(heap, port_memory(port));
    } else if (item == am_parallelism) {
        value = term_from_bool(port->is_parallel);
    } else if (item == am_queue_size) {
        size_t queued = port->driver->queued != NULL ? port->driver->queued(port) : 0;
        value = heap_unsigned(heap, queued);
    } else if (item == am_locking) {
        value = am_port_level;
    }
    return value != TERM_NONE ? heap_tuple2(heap, item, value) : TERM_NONE;
}

/** A port of this node (or of its former life), or a name. */
static bool is_port_or_name(Process *p, Term t) {
    if (term_is_box_of(t, BOX_EXT_PORT))
        return external_node(t)->name == node_own_name(p->vm->nodes);
    return term_is_port(t) || term_is_atom(t);
}

/** port_info(Port) -> [{Item, Value}] | undefined | badarg. */
BIF(erts_internal, port_info, 1)
{
    static const Term items[] = {am_name,  am_links,  am_id,     am_connected,
                                 am_input, am_output, am_os_pid, am_registered_name};
    if (!is_port_or_name(p, a[0])) return am_badarg;
    Port *port = enter_to(p, a[0], am_info);
    if (port == NULL) return am_undefined;
    Term list = TERM_NIL;
    size_t count = ARRAY_COUNT(items);
    // The registered name stands first, if there is one; the others as OTP lists them.
    for (size_t i = count - 1; i-- > 0;)
        list = heap_cons(&p->heap, info_item(p, port, items[i]), list);
    Term name = info_item(p, port, am_registered_name);
    if (!term_is_nil(name)) list = heap_cons(&p->heap, name, list);
    leave(p, port);
    return list;
}

/** port_info(Port, Item) -> {Item, Value} | [] | undefined | badarg | badtype. */
BIF(erts_internal, port_info, 2)
{
    if (!is_port_or_name(p, a[0])) return am_badarg;
    if (!term_is_atom(a[1])) return am_badtype;
    Port *port = enter_to(p, a[0], am_info);
    if (port == NULL) return am_undefined;
    Term result = info_item(p, port, a[1]);
    leave(p, port);
    return result != TERM_NONE ? result : am_badtype;
}

// ---- messages to ports
// -------------------------------------------------------------------------------

/** Does what a message of the owner asks for. False: it is none. */
static bool obey(Port *port, Process *sender, Term request) {
    ASSERT(port->state == PORT_OPEN);
    if (request == am_close) {
        port_trace_runs(port, am_close);
        port_trace_request(port, port->connected, am_close, TERM_NONE);
        port_exit(port, port->connected, am_normal, true, false);
        return true;
    }
    if (!term_is_tuple_of(request, 2)) return false;
    Term verb = tuple_get(request, 0), value = tuple_get(request, 1);
    if (verb == am_command) {
        PortCommand command;
        if (!port_command_take(value, &command)) return false;
        if (port->is_busy) {
            PortWaiter *waiter = port_queue_command(port, port->connected, NULL, &command);
            if (sender != NULL) {
                if (tracing_watches(&port->vm->tracing, TRACING_BUSY_PORT))
                    port->vm->tracing.hooks->busy(sender, am_busy_port, port->term);
                suspend_sender(sender, waiter);
            }
        } else {
            port_trace_runs(port, am_command);
            port_trace_command(port, port->connected, &command);
            port_command_run(port, &command, port->connected);
        }
        port_command_free(&command);
        return true;
    }
    if (verb != am_connect || !term_is_local_pid(value) || process_find(port->vm, value) == NULL)
        return false;
    Term before = port->connected;
    port_trace_runs(port, am_connect);
    port_trace_request(port, before, am_connect, value);
    connect_to(port, value);
    port_trace_answer(port, before, am_connected, NULL, 0);
    Heap heap;
    heap_init_detached(&heap, &port->vm->literals);
    Term message = heap_tuple2(&heap, port->term, am_connected);
    signal_send_built(port->vm, NULL, before, message, heap_take_fragments(&heap));
    heap_destroy(&heap);
    return true;
}

bool port_hook_send(VM *vm, Process *sender, Term term, Term message) {
    ASSERT(message != TERM_NONE);
    Port *port = port_enter(vm, term);
    if (port == NULL) return false;
    bool is_from_owner = term_is_tuple_of(message, 2) && tuple_get(message, 0) == port->connected;
    if (!is_from_owner || !obey(port, sender, tuple_get(message, 1)))
        signal_send_exit(vm, port->term, port->connected, am_badsig);
    port_leave(port);
    return true;
}
