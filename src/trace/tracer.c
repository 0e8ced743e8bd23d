// SPDX-License-Identifier: Apache-2.0
//
// tracer.c - who gets events, and the form in which: a message to a process, its external format to
// a port, or a call of a tracer module's functions.
//
// A trace message is {trace | trace_ts, Tracee, Tag, Data [, Extra] [, MatchResult] [, SchedulerId]
// [, Timestamp]}; one of sequential tracing {seq_trace, Label, Data [, Timestamp]}.
#include "base/alloc.h"
#include "nif/callback.h"
#include "proc/quiesce.h"
#include "proc/scheduler.h"
#include "proc/spawn.h"
#include "proc/time.h"
#include "term/compare.h"
#include "term/map.h"
#include "trace/trace_room.h"
#include "world/clock.h"

static Tracer *tracer_new(VM *vm, Term module, Term state) {
    ASSERT(term_is_atom(module) && state != TERM_NONE);
    Tracer *t = mem_zalloc(sizeof *t);
    atomic_init(&t->refs, 1);
    t->module = module;
    Heap own;
    heap_init_detached(&own, &literal_range_none);
    t->state = heap_copy(&own, state);
    t->fragments = heap_take_fragments(&own);
    heap_destroy(&own);
    return t;
}

/** A tracer module's functions are native ones: they run inside of whatever is traced. */
static bool is_tracer_module(VM *vm, Term module) {
    return nif_callback_exists(vm, module, am_enabled, 3) &&
           nif_callback_exists(vm, module, am_trace, 5);
}

/** The functions that a tracer module may have for some kinds of events alone. */
typedef struct EventFunctions {
    Term enabled, trace;
} EventFunctions;

static EventFunctions functions_for(Term tag, Term tracee) {
    bool is_port = term_is_local_port(tracee);
    switch (tag) {
    case am_call:
    case am_return_from:
    case am_return_to:
    case am_exception_from: return (EventFunctions){am_enabled_call, am_trace_call};
    case am_send:
    case am_send_to_non_existing_process: return (EventFunctions){am_enabled_send, am_trace_send};
    case am_receive: return (EventFunctions){am_enabled_receive, am_trace_receive};
    case am_in:
    case am_out:
        if (is_port) return (EventFunctions){am_enabled_running_ports, am_trace_running_ports};
        return (EventFunctions){am_enabled_running_procs, am_trace_running_procs};
    case am_in_exiting:
    case am_out_exiting:
    case am_out_exited: return (EventFunctions){am_enabled_running_procs, am_trace_running_procs};
    case am_gc_minor_start:
    case am_gc_minor_end:
    case am_gc_major_start:
    case am_gc_major_end:
    case am_gc_max_heap_size:
        return (EventFunctions){am_enabled_garbage_collection, am_trace_garbage_collection};
    case am_trace_status:
    case am_seq_trace: return (EventFunctions){am_enabled, am_trace};
    default:
        if (is_port) return (EventFunctions){am_enabled_ports, am_trace_ports};
        return (EventFunctions){am_enabled_procs, am_trace_procs};
    }
}

/** What the tracer module says; TERM_NONE: it is gone. */
static Term ask_module(VM *vm, const Tracer *t, Term tag, Term tracee) {
    ASSERT(t->module != am_erl_tracer);
    const Term arguments[] = {tag, t->state, tracee};
    Term answer = nif_callback(vm, t->module, functions_for(tag, tracee).enabled, 3, arguments);
    return answer != TERM_NONE ? answer : nif_callback(vm, t->module, am_enabled, 3, arguments);
}

Tracer *tracer_parse(VM *vm, Term prefix, Term t) {
    ASSERT(t != TERM_NONE && (prefix == TERM_NONE || term_is_atom(prefix)));
    Term module = am_erl_tracer, state = TERM_NONE;
    if (term_is_tuple(t)) {
        size_t arity = tuple_arity(t);
        if (prefix == TERM_NONE) {
            if (arity != 2 || !term_is_atom(tuple_get(t, 0))) return NULL;
            module = tuple_get(t, 0);
            state = tuple_get(t, 1);
        } else if (arity == 2 && tuple_get(t, 0) == prefix) {
            t = tuple_get(t, 1);
        } else if (arity == 3 && tuple_get(t, 0) == prefix && term_is_atom(tuple_get(t, 1))) {
            module = tuple_get(t, 1);
            state = tuple_get(t, 2);
        }
    }
    if (state == TERM_NONE && (term_is_local_pid(t) || term_is_local_port(t))) state = t;
    if (state == TERM_NONE) return NULL;
    if (module != am_erl_tracer && !is_tracer_module(vm, module)) return NULL;
    return tracer_new(vm, module, state);
}

Tracer *tracer_hold(Tracer *t) {
    if (t != NULL) atomic_fetch_add_explicit(&t->refs, 1, memory_order_relaxed);
    return t;
}

void tracer_drop(Tracer *t) {
    if (t == NULL) return;
    // acq_rel: whoever drops the last one sees what the others did with it
    uint32_t before = atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel);
    ASSERT(before > 0);
    if (before != 1) return;
    if (t->fragments != NULL) fragment_destroy(t->fragments);
    mem_free(t);
}

static void drop_retired(void *t) { tracer_drop(t); }

void tracer_retire(VM *vm, Tracer *t) {
    if (t != NULL) quiesce_retire(vm->quiesce, drop_retired, t);
}

bool tracer_same(const Tracer *a, const Tracer *b) {
    ASSERT(a == NULL || a->state != TERM_NONE);
    if (a == NULL || b == NULL) return a == b;
    return a->module == b->module && term_equal(a->state, b->state);
}

Term tracer_term(Heap *h, const Tracer *t) {
    ASSERT(t == NULL || term_is_atom(t->module));
    if (t == NULL) return TERM_NIL;
    Term state = heap_copy(h, t->state);
    return t->module == am_erl_tracer ? state : heap_tuple2(h, t->module, state);
}

static bool is_alive(VM *vm, Term pid_or_port) {
    if (term_is_local_pid(pid_or_port)) return process_find(vm, pid_or_port) != NULL;
    return term_is_local_port(pid_or_port) && vm->port_hooks != NULL &&
           vm->port_hooks->exists(vm, pid_or_port);
}

TracerAnswer tracer_asks(VM *vm, const Tracer *t, Term tag, Term tracee) {
    ASSERT(t != NULL && term_is_atom(tag));
    TracerAnswer gone = tag == am_trace_status ? TRACER_REMOVE : TRACER_DISCARD;
    if (t->module != am_erl_tracer) {
        Term answer = ask_module(vm, t, tag, tracee);
        if (answer == TERM_NONE || (answer == am_remove && tag == am_trace_status)) return gone;
        return answer == am_trace || tag == am_trace_status ? TRACER_TRACE : TRACER_DISCARD;
    }
    if (!is_alive(vm, t->state)) return gone;
    if (t->state == tracee) return tag == am_trace_status ? TRACER_TRACE : TRACER_DISCARD;
    return TRACER_TRACE;
}

static Term now_term(VM *vm, Heap *h) {
    bool cpu = atomic_load_explicit(&vm->tracing.room->uses_cpu_time, memory_order_relaxed);
    int64_t us = cpu ? clock_process_cpu_ns(vm->world) / 1000 : time_now_unique_us(vm);
    int64_t seconds = us / 1000000;
    return heap_tuple3(h, term_from_small(seconds / 1000000), term_from_small(seconds % 1000000),
                       term_from_small(us % 1000000));
}

Term trace_timestamp(VM *vm, Heap *h, uint32_t flags) {
    if ((flags & TRACE_TIMESTAMP) != 0) return now_term(vm, h);
    if ((flags & TRACE_STRICT_MONOTONIC) != 0) {
        int64_t now = time_monotonic_ns(vm);
        return heap_tuple2(h, heap_integer(h, now),
                           heap_integer(h, time_unique_integer(vm, false)));
    }
    if ((flags & TRACE_MONOTONIC) != 0) return heap_integer(h, time_monotonic_ns(vm));
    return TERM_NONE;
}

static uint32_t scheduler_number(const Process *p) {
    if (p == NULL || p->scheduler == NULL || p->scheduler->kind != SCHEDULER_NORMAL) return 0;
    return p->scheduler->index + 1;
}

/** The whole message, built in h. */
static Term build(VM *vm, Heap *h, const TraceMessage *m) {
    ASSERT(m->tracee != TERM_NONE && m->data != TERM_NONE);
    Term t[8];
    size_t n = 0;
    bool is_seq = m->tag == am_seq_trace;
    t[n++] = is_seq ? am_seq_trace : am_trace;
    t[n++] = heap_copy(h, m->tracee);
    if (!is_seq) t[n++] = m->tag;
    t[n++] = heap_copy(h, m->data);
    if (m->extra != TERM_NONE) t[n++] = heap_copy(h, m->extra);
    if (m->result != TERM_NONE && m->result != am_true) t[n++] = heap_copy(h, m->result);
    if ((m->flags & TRACE_SCHEDULER_ID) != 0)
        t[n++] = term_from_small((int64_t)scheduler_number(m->runs));
    Term time = trace_timestamp(vm, h, m->flags);
    if (time != TERM_NONE) {
        t[n++] = time;
        if (!is_seq) t[0] = am_trace_ts;
    }
    ASSERT(n <= ARRAY_COUNT(t));
    return heap_tuple(h, n, t);
}

/** To a port goes the message's external format; of a port, which is entered now, later. */
static void send_to_port(VM *vm, Term port, Term tracee, Term message) {
    ASSERT(term_is_local_port(port) && port != tracee);
    const ExternalOptions options = {.minor_version = 1};
    uint8_t *bytes;
    size_t count;
    if (!external_encode(&vm->external, message, &options, &bytes, &count, NULL)) return;
    if (term_is_local_port(tracee))
        vm->port_hooks->output_later(vm, tracee, port, bytes, count);
    else
        vm->port_hooks->output(vm, port, bytes, count);
    mem_free(bytes);
}

/** The map of options that a tracer module gets with an event. */
static Term module_options(VM *vm, Heap *h, const TraceMessage *m) {
    Term pairs[8];
    size_t n = 0;
    if (m->extra != TERM_NONE) {
        pairs[n++] = am_extra;
        pairs[n++] = heap_copy(h, m->extra);
    }
    if (m->result != TERM_NONE && m->result != am_true) {
        pairs[n++] = am_match_spec_result;
        pairs[n++] = heap_copy(h, m->result);
    }
    if ((m->flags & TRACE_SCHEDULER_ID) != 0) {
        pairs[n++] = am_scheduler_id;
        pairs[n++] = term_from_small((int64_t)scheduler_number(m->runs));
    }
    if ((m->flags & TRACE_TIMESTAMPS) != 0) {
        pairs[n++] = am_timestamp;
        pairs[n++] = (m->flags & TRACE_TIMESTAMP) != 0          ? am_timestamp
                     : (m->flags & TRACE_STRICT_MONOTONIC) != 0 ? am_strict_monotonic
                                                                : am_monotonic;
    }
    ASSERT(n <= ARRAY_COUNT(pairs));
    return map_from_pairs(h, vm->atoms, pairs, n / 2);
}

/** An event is a call of the tracer module's. */
static void call_module(VM *vm, const TraceMessage *m) {
    Heap h;
    heap_init_detached(&h, &vm->literals);
    const Term arguments[] = {m->tag, m->tracer->state, m->tracee, m->data,
                              module_options(vm, &h, m)};
    Term module = m->tracer->module, name = functions_for(m->tag, m->tracee).trace;
    if (nif_callback(vm, module, name, 5, arguments) == TERM_NONE && name != am_trace)
        nif_callback(vm, module, am_trace, 5, arguments);
    heap_destroy(&h);
}

void tracer_send(VM *vm, const TraceMessage *m) {
    ASSERT(m->tracer != NULL);
    if (m->tracer->module != am_erl_tracer) {
        call_module(vm, m);
        return;
    }
    Term to = m->tracer->state;
    Heap h;
    heap_init_detached(&h, &vm->literals);
    Term message = build(vm, &h, m);
    if (term_is_local_pid(to))
        signal_send_built(vm, NULL, to, message, heap_take_fragments(&h));
    else
        send_to_port(vm, to, m->tracee, message);
    heap_destroy(&h);
}
