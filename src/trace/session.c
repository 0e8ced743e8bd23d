// SPDX-License-Identifier: Apache-2.0
//
// session.c - trace sessions (OTP 27's module trace): each has a tracer and settings of its own, so
// that tools do not disturb each other. What erlang:trace/3 and its like change is the legacy
// session's.
//
// A session's handle is {Reference, {Name, Number}}; the reference is magic, and when the last copy
// of it is collected the session is over (SESSION-1).
#include "base/alloc.h"
#include "io/port.h"
#include "proc/process_table.h"
#include "proc/quiesce.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/time.h"
#include "term/ref.h"
#include "trace/breakpoint.h"

typedef struct SessionHandle {
    VM *vm;
    TraceSession *session; // one reference
} SessionHandle;

// ---- the object
// ---------------------------------------------------------------------------------------
TraceSession *session_new(VM *vm, Term name, Tracer *tracer) {
    ASSERT(term_is_atom(name));
    struct TraceRoom *room = vm->tracing.room;
    TraceSession *s = mem_zalloc(sizeof *s);
    atomic_init(&s->refs, 1); // the list's
    s->name = name;
    s->tracer = tracer_hold(tracer);
    mutex_lock(&room->lock);
    s->id = room->next_session++;
    s->next = room->sessions;
    room->sessions = s;
    atomic_fetch_add_explicit(&vm->tracing.sessions_count, 1, memory_order_release);
    mutex_unlock(&room->lock);
    return s;
}

TraceSession *session_hold(TraceSession *s) {
    if (s != NULL) atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return s;
}

void event_pattern_free(_Atomic(EventPattern *) *place) {
    ASSERT(place != NULL);
    EventPattern *e = atomic_exchange_explicit(place, NULL, memory_order_acq_rel);
    if (e == NULL) return;
    match_set_drop(e->match);
    mem_free(e);
}

void session_drop(TraceSession *s) {
    // acq_rel: whoever drops the last one sees what the others did with it
    if (s == NULL || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1) return;
    event_pattern_free(&s->send_pattern);
    event_pattern_free(&s->receive_pattern);
    match_set_drop(s->on_load.match);
    match_set_drop(s->on_load.meta_match);
    tracer_drop(s->on_load.meta);
    tracer_drop(s->tracer);
    mem_free(s);
}

static void drop_session(void *s) { session_drop(s); }

void session_retire(VM *vm, TraceSession *s) {
    if (s != NULL) quiesce_retire(vm->quiesce, drop_session, s);
}

// ---- finding
// ------------------------------------------------------------------------------------------
TraceSession *session_by_id(VM *vm, uint64_t id) {
    TraceSession *s = vm->tracing.room->sessions;
    while (s != NULL && s->id != id) s = s->next;
    return s == NULL || session_is_over(s) ? NULL : s;
}

/** The last copy of a handle is gone. Any thread, in the middle of a collection: no lock may be
 * taken. */
static void handle_destroy(Binary *magic) {
    SessionHandle *h = (SessionHandle *)(void *)magic->bytes;
    if (h->session == NULL) return;
    atomic_store_explicit(&h->session->is_over, true, memory_order_relaxed);
    if (h->vm->tracing.room != NULL)
        atomic_store_explicit(&h->vm->tracing.room->has_over, true, memory_order_release);
    session_drop(h->session);
}

static const SessionHandle *handle_of(Term t) {
    if (!term_is_tuple_of(t, 2) || !term_is_magic_ref(tuple_get(t, 0))) return NULL;
    const Binary *magic = ref_magic(tuple_get(t, 0));
    return magic->destructor == handle_destroy ? (const SessionHandle *)(const void *)magic->bytes
                                               : NULL;
}

TraceSession *session_of_term(VM *vm, Term t) {
    const SessionHandle *handle = handle_of(t);
    struct TraceRoom *room = vm->tracing.room;
    TraceSession *found = NULL;
    mutex_lock(&room->lock);
    if (handle != NULL) {
        found = handle->session;
    } else if (term_is_tuple_of(t, 2) && term_is_atom(tuple_get(t, 0)) &&
               term_is_small(tuple_get(t, 1)) && term_small(tuple_get(t, 1)) >= 0) {
        found = session_by_id(vm, (uint64_t)term_small(tuple_get(t, 1)) + 1);
        if (found != NULL && found->name != tuple_get(t, 0)) found = NULL;
    }
    if (found != NULL && session_is_over(found)) found = NULL;
    session_hold(found);
    mutex_unlock(&room->lock);
    return found;
}

Term session_term(Heap *h, const TraceSession *s) {
    ASSERT(s != NULL);
    if (s->id == 0) return heap_tuple2(h, am_legacy, am_default);
    return heap_tuple2(h, s->name, heap_unsigned(h, s->id - 1));
}

// ---- the end
// ------------------------------------------------------------------------------------------
typedef struct Leaving {
    VM *vm;
    TraceSession *session;
} Leaving;

static void leave_process(Process *p, void *context) {
    const Leaving *l = context;
    const TraceState *t = atomic_load_explicit(&p->trace, memory_order_relaxed);
    if (trace_share(t, l->session) != NULL) trace_state_put(l->vm, &p->trace, l->session, 0, NULL);
}

static void leave_port(Port *port, void *context) {
    const Leaving *l = context;
    mutex_lock(&l->vm->tracing.room->lock);
    const TraceState *t = atomic_load_explicit(&port->trace, memory_order_relaxed);
    if (trace_share(t, l->session) != NULL)
        trace_state_put(l->vm, &port->trace, l->session, 0, NULL);
    mutex_unlock(&l->vm->tracing.room->lock);
}

void load_pattern_clear(VM *vm, LoadPattern *l) {
    ASSERT(l != NULL);
    match_set_retire(vm, l->match);
    match_set_retire(vm, l->meta_match);
    tracer_retire(vm, l->meta);
    memset(l, 0, sizeof *l);
}

/** Takes it off the list; false: somebody else has. Under the lock. */
static bool take_off(VM *vm, TraceSession *s) {
    TraceSession **at = &vm->tracing.room->sessions;
    while (*at != NULL && *at != s) at = &(*at)->next;
    if (*at == NULL) return false;
    *at = s->next;
    atomic_store_explicit(&s->is_over, true, memory_order_relaxed);
    atomic_fetch_sub_explicit(&vm->tracing.sessions_count, 1, memory_order_release);
    return true;
}

/** False: it is destroyed already. */
static bool destroy(VM *vm, TraceSession *s) {
    ASSERT(s != NULL && s->id != 0);
    Leaving l = {.vm = vm, .session = s};
    code_lock(vm->code);
    mutex_lock(&vm->tracing.room->lock);
    bool was_there = take_off(vm, s);
    if (was_there) {
        breakpoints_forget(vm, s);
        load_pattern_clear(vm, &s->on_load);
        event_pattern_set(vm, &s->send_pattern, NULL, true);
        event_pattern_set(vm, &s->receive_pattern, NULL, true);
        trace_state_put(vm, &vm->tracing.new_processes, s, 0, NULL);
        trace_state_put(vm, &vm->tracing.new_ports, s, 0, NULL);
        process_table_each(vm->processes, leave_process, &l);
    }
    mutex_unlock(&vm->tracing.room->lock);
    code_unlock(vm->code);
    if (!was_there) return false;
    ports_each(vm, leave_port, &l);
    session_retire(vm, s); // the list's
    return true;
}

void sessions_sweep(VM *vm) {
    struct TraceRoom *room = vm->tracing.room;
    // pairs with the release of the destructor
    if (!atomic_exchange_explicit(&room->has_over, false, memory_order_acquire)) return;
    for (;;) {
        mutex_lock(&room->lock);
        TraceSession *s = room->sessions;
        while (s != NULL && !session_is_over(s)) s = s->next;
        session_hold(s);
        mutex_unlock(&room->lock);
        if (s == NULL) return;
        destroy(vm, s);
        session_retire(vm, s);
    }
}

void sessions_free(VM *vm) {
    struct TraceRoom *room = vm->tracing.room;
    while (room->sessions != NULL) {
        TraceSession *s = room->sessions;
        room->sessions = s->next;
        session_drop(s);
    }
}

// ---- the built-ins
// ------------------------------------------------------------------------------------
/** erts_internal:trace_session_create(Name, Tracer | undefined, []): {Reference, {Name, Number}}.
 */
BIF(erts_internal, trace_session_create, 3)
{
    VM *vm = p->vm;
    sessions_sweep(vm);
    if (!term_is_atom(a[0]) || !term_is_nil(a[2])) return bif_badarg(p);
    Tracer *tracer = NULL;
    if (a[1] != am_undefined) {
        tracer = tracer_parse(vm, TERM_NONE, a[1]);
        if (tracer == NULL) return bif_badarg(p);
    }
    TraceSession *s = session_hold(session_new(vm, a[0], tracer)); // the handle's
    tracer_drop(tracer);
    Binary *magic = binary_new_magic(sizeof(SessionHandle), handle_destroy);
    *(SessionHandle *)(void *)magic->bytes = (SessionHandle){.vm = vm, .session = s};
    uint64_t words[3];
    reference_make_magic_words(vm, words);
    Term ref = heap_magic_ref(&p->heap, magic, words);
    return heap_tuple2(&p->heap, ref, session_term(&p->heap, s));
}

/** erts_internal:trace_session_destroy(Session): true, or false: it was destroyed before. */
BIF(erts_internal, trace_session_destroy, 1)
{
    sessions_sweep(p->vm);
    TraceSession *s = session_of_term(p->vm, a[0]);
    if (s == NULL) return handle_of(a[0]) != NULL ? am_false : bif_badarg_cause(p, am_badopt);
    bool done = destroy(p->vm, s);
    session_retire(p->vm, s);
    return term_from_bool(done);
}

/** erts_trace_cleaner:check(): is there a session that processes are to be cleaned of? None: who
 * destroys one cleans them. */
BIF(erts_trace_cleaner, check, 0)
{
    sessions_sweep(p->vm);
    return am_false;
}

/** erts_trace_cleaner:send_trace_clean_signal(PidOrPort): cleaned it is at once, and the caller
 * gets the answer; false: it is not there. */
BIF(erts_trace_cleaner, send_trace_clean_signal, 1)
{
    VM *vm = p->vm;
    sessions_sweep(vm);
    bool exists = term_is_local_pid(a[0])
                      ? process_find(vm, a[0]) != NULL
                      : term_is_local_port(a[0]) && vm->port_hooks->exists(vm, a[0]);
    if (exists) signal_send_self(p, a[0]);
    return term_from_bool(exists);
}
