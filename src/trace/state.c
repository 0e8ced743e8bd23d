// SPDX-License-Identifier: Apache-2.0
//
// state.c - who is traced, how, and by whom: flags by name, and TraceStates put in the place of
// each other (TRACE-1, ROOM-1).
#include "trace/trace_room.h"

#include "base/alloc.h"
#include "proc/link.h"
#include "proc/process_table.h"
#include "proc/quiesce.h"
#include "proc/spawn.h"

// ---- flags
// --------------------------------------------------------------------------------------------
/** In the order of their bits, which is that of trace_info's lists from their ends. */
static Term flag_name(uint32_t bit) {
    static const Term NAMES[] = {am_timestamp,
                                 am_strict_monotonic_timestamp,
                                 am_monotonic_timestamp,
                                 am_send,
                                 am_receive,
                                 am_set_on_spawn,
                                 am_call,
                                 am_procs,
                                 am_set_on_first_spawn,
                                 am_set_on_link,
                                 am_set_on_first_link,
                                 am_running,
                                 am_exiting,
                                 am_garbage_collection,
                                 am_arity,
                                 am_return_to,
                                 am_silent,
                                 am_scheduler_id,
                                 am_ports,
                                 am_running_ports,
                                 am_running_procs};
    ASSERT(bit < ARRAY_COUNT(NAMES));
    return NAMES[bit];
}

#define FLAG_COUNT 21

uint32_t trace_flag(Term atom) {
    ASSERT(term_is_atom(atom));
    if (atom == am_all) return TRACE_ALL;
    for (uint32_t i = 0; i < FLAG_COUNT; i++)
        if (flag_name(i) == atom) return 1u << i;
    return 0;
}

bool trace_flags_parse(VM *vm, Term list, uint32_t *flags, Tracer **tracer) {
    uint32_t found = 0;
    for (; term_is_cell(list); list = term_tail(list)) {
        Term item = term_head(list);
        uint32_t bit = term_is_atom(item) ? trace_flag(item) : 0;
        if (item == am_cpu_timestamp) bit = TRACE_CPU_TIMESTAMP;
        if (bit == 0 && !term_is_tuple(item)) return false;
        found |= bit;
        if (bit != 0) continue;
        Tracer *t = tracer_parse(vm, am_tracer, item);
        if (t == NULL) return false;
        tracer_drop(*tracer);
        *tracer = t;
    }
    if (found != 0) *flags = found;
    return term_is_nil(list);
}

Term trace_flags_list(Heap *h, uint32_t flags) {
    ASSERT((flags & ~(uint32_t)TRACE_ALL) == 0);
    Term list = TERM_NIL;
    for (uint32_t i = 0; i < FLAG_COUNT; i++)
        if ((flags & 1u << i) != 0) list = heap_cons(h, flag_name(i), list);
    return list;
}

// ---- states
// -------------------------------------------------------------------------------------------
const TraceShare *trace_share(const TraceState *t, const TraceSession *s) {
    for (uint32_t i = 0; t != NULL && i < t->shares_count; i++)
        if (t->shares[i].session == s) return &t->shares[i];
    return NULL;
}

const TraceShare *trace_share_next(const TraceState *t, const TraceShare *share, uint32_t flags) {
    ASSERT(t != NULL && flags != 0);
    const TraceShare *end = t->shares + t->shares_count;
    for (share = share == NULL ? t->shares : share + 1; share < end; share++)
        if ((share->flags & flags) != 0 && share->tracer != NULL &&
            !session_is_over(share->session))
            return share;
    return NULL;
}

const TraceShare *process_traced_by(const Process *p, const TraceSession *s, uint32_t flags) {
    const TraceState *t = process_traced(p, flags);
    const TraceShare *share = t == NULL ? NULL : trace_share(t, s);
    return share == NULL || (share->flags & flags) == 0 || session_is_over(s) ? NULL : share;
}

static void drop_state(void *state) {
    ASSERT(((TraceState *)state)->flags != 0);
    TraceState *t = state;
    // acq_rel: whoever drops the last one sees what the others did with it
    if (atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel) != 1) return;
    for (uint32_t i = 0; i < t->shares_count; i++) {
        tracer_drop(t->shares[i].tracer);
        session_drop(t->shares[i].session);
    }
    mem_free(t);
}

static void add_share(TraceState *t, TraceSession *s, uint32_t flags, Tracer *tracer) {
    ASSERT(flags != 0 && (tracer != NULL) == (s != NULL));
    TraceShare *share = &t->shares[t->shares_count++];
    share->flags = flags;
    share->session = session_hold(s);
    share->tracer = tracer_hold(tracer);
    t->flags |= flags;
}

static void replace_state(VM *vm, _Atomic(TraceState *) *place, TraceState *next) {
    // release pairs with the acquire in process_traced (TRACE-1)
    TraceState *before = atomic_exchange_explicit(place, next, memory_order_acq_rel);
    if (before != NULL) quiesce_retire(vm->quiesce, drop_state, before);
}

void trace_state_put(VM *vm, _Atomic(TraceState *) *place, TraceSession *s, uint32_t flags,
                     Tracer *tracer) {
    const TraceState *before = atomic_load_explicit(place, memory_order_relaxed);
    uint32_t count = before == NULL ? 0 : before->shares_count;
    TraceState *t = mem_zalloc(sizeof *t + (count + 1) * sizeof t->shares[0]);
    atomic_init(&t->refs, 1);
    for (uint32_t i = 0; i < count; i++) {
        const TraceShare *share = &before->shares[i];
        if (share->session != s) add_share(t, share->session, share->flags, share->tracer);
    }
    if (flags != 0 && (tracer != NULL || s == NULL)) add_share(t, s, flags, tracer);
    if (t->shares_count == 0) {
        mem_free(t);
        t = NULL;
    }
    replace_state(vm, place, t);
}

void trace_state_clear(VM *vm, _Atomic(TraceState *) *place) { replace_state(vm, place, NULL); }

void trace_state_change(Process *p, TraceSession *s, uint32_t clear, uint32_t set) {
    struct TraceRoom *room = p->vm->tracing.room;
    mutex_lock(&room->lock);
    const TraceShare *share = trace_share(atomic_load_explicit(&p->trace, memory_order_relaxed), s);
    if (share != NULL)
        trace_state_put(p->vm, &p->trace, s, (share->flags & ~clear) | set, share->tracer);
    mutex_unlock(&room->lock);
}

void trace_state_remove(Process *p, TraceSession *s) {
    struct TraceRoom *room = p->vm->tracing.room;
    mutex_lock(&room->lock);
    trace_state_put(p->vm, &p->trace, s, 0, NULL);
    mutex_unlock(&room->lock);
}

TraceExtra *trace_extra(Process *p) {
    if (p->trace_own == NULL) p->trace_own = mem_zalloc(sizeof *p->trace_own);
    return p->trace_own;
}
