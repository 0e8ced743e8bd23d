// SPDX-License-Identifier: Apache-2.0
//
// process_gc.c - collecting a process: which terms of it are roots, and what follows from
// max_heap_size.
//
// PGC-1: every field of Process that may hold a pointer into its heap is listed in gather_roots.
// Relations and
//        queued signals own their terms elsewhere, but for messages to oneself
//        (SIGNAL_FLAG_IN_HEAP).
// PGC-2: while registers may point into a message being matched (RECV-2), a collection takes its
// fragments in first. Only the thread that runs the process calls.
#include "heap/literal.h"
#include "proc/code_check.h"
#include "proc/dictionary.h"
#include "proc/link.h"
#include "proc/logger.h"
#include "proc/receive.h"
#include "proc/scheduler.h"
#include "proc/spawn.h"
#include "proc/time.h"
#include "vm/vm.h"
#include "world/thread.h"

#define ROOT_RANGES_MAX 16

typedef struct Roots {
    HeapRoots ranges[ROOT_RANGES_MAX];
    size_t count;
    Term *messages; // copies of the terms of IN_HEAP messages
    size_t messages_count;
} Roots;

static void add_range(Roots *r, Term *first, size_t count) {
    if (count == 0) return;
    ASSERT(r->count < ROOT_RANGES_MAX);
    r->ranges[r->count++] = (HeapRoots){first, count};
}

/** The message at `at` becomes part of the heap, its record one of its own. */
static void adopt_message(Process *p, Signal **at) {
    Signal *s = *at;
    if (s == NULL || s->fragments == NULL || (s->flags & SIGNAL_FLAG_IN_HEAP) != 0) return;
    HeapFragment *f = s->fragments;
    if ((s->flags & SIGNAL_FLAG_EMBEDDED) != 0) {
        Signal *own = mem_alloc(sizeof *own);
        *own = *s;
        own->flags = 0;
        *at = own;
        if (p->messages_last == &s->next) p->messages_last = &own->next;
        if (p->messages_save == &s->next) p->messages_save = &own->next;
        receive_message_moved(p, s, own);
        s = own;
    }
    s->flags |= SIGNAL_FLAG_IN_HEAP;
    s->fragments = NULL;
    p->messages_in_heap++;
    heap_adopt_fragments(&p->heap, f);
}

/** PGC-2 */
static void adopt_matched_message(Process *p) {
    ASSERT(p->receive_matching); // PGC-2
    adopt_message(p, p->messages_save);
}

/** *left: how many are still to be met; after the last one nobody need look on. */
static size_t each_message_in_heap(Signal *s, Term *terms, bool write_back, size_t *left) {
    size_t n = 0;
    for (; s != NULL && *left > 0; s = s->next) {
        if ((s->flags & SIGNAL_FLAG_IN_HEAP) == 0) continue;
        --*left;
        Term *parts[] = {&s->term, &s->token};
        for (size_t i = 0; i < (term_is_pointer(s->token) ? 2 : 1); i++, n++) {
            if (write_back)
                *parts[i] = terms[n];
            else
                terms[n] = *parts[i];
        }
    }
    return n;
}

static void gather_messages(Process *p, Roots *r) {
    r->messages = NULL;
    r->messages_count = p->messages_in_heap;
    if (r->messages_count == 0) return;
    r->messages = mem_alloc(2 * r->messages_count * sizeof(Term)); // each may have a token, too
    size_t left = r->messages_count;
    size_t n = each_message_in_heap(p->messages_first, r->messages, false, &left);
    n += each_message_in_heap(p->signals_first, r->messages + n, false, &left);
    ASSERT(left == 0 && n >= r->messages_count && n <= 2 * r->messages_count);
    add_range(r, r->messages, n);
}

static void write_back_messages(Process *p, Roots *r) {
    ASSERT(r->messages_count == p->messages_in_heap);
    if (r->messages_count == 0) return;
    size_t left = r->messages_count;
    size_t n = each_message_in_heap(p->messages_first, r->messages, true, &left);
    each_message_in_heap(p->signals_first, r->messages + n, true, &left);
    mem_free(r->messages);
}

static void gather_roots(Process *p, uint32_t live, Roots *r) {
    r->count = 0;
    ASSERT(live <= X_REG_COUNT && (p->x != NULL || p->saved_x != NULL));
    if (p->x != NULL)
        add_range(r, p->x, live);
    else
        add_range(r, p->saved_x, p->saved_x_count);
    HeapRoots dictionary = dictionary_roots(p);
    add_range(r, dictionary.first, dictionary.count);
    add_range(r, &p->group_leader, 1);
    add_range(r, &p->parent, 1);
    add_range(r, &p->exc.reason, 3); // reason, trace, error_info_cause
    add_range(r, &p->exit_reason, 1);
    add_range(r, &p->seq_trace_token, 1);
    gather_messages(p, r);
}

_Static_assert(offsetof(Exception, error_info_cause) ==
                   offsetof(Exception, reason) + 2 * sizeof(Term),
               "reason, trace and error_info_cause are one root range");

void process_log_max_heap(Process *p) {
    VM *vm = p->vm;
    Heap h;
    heap_init_detached(&h, &vm->literals);
    Term args[] = {p->pid,
                   heap_unsigned(&h, p->heap.max_words),
                   heap_unsigned(&h, heap_held_words(&p->heap)),
                   term_from_bool((p->heap.flags & HEAP_ON_MAX_KILL) != 0),
                   am_true,
                   heap_unsigned(&h, p->messages_count)};
    logger_send(vm, p, am_error,
                "     Process:          ~p~n     Context:          maximum heap size reached~n"
                "     Max Heap Size:    ~p~n     Total Heap Size:  ~p~n     Kill:             ~p~n"
                "     Error Logger:     ~p~n     Message Queue Len: ~p~n",
                heap_list(&h, args, ARRAY_COUNT(args), TERM_NIL));
    heap_destroy(&h);
}

static bool passed_max(Process *p) {
    if ((p->heap.flags & HEAP_ON_MAX_LOG) != 0 && p->exit_reason == TERM_NONE)
        process_log_max_heap(p);
    if ((p->heap.flags & HEAP_ON_MAX_KILL) == 0) return true;
    if (p->exit_reason == TERM_NONE) p->exit_reason = am_killed;
    return false;
}

static void account(Process *p, uint64_t before) {
    Scheduler *s = p->scheduler;
    if (s == NULL) return;
    atomic_fetch_add_explicit(&s->gc_count, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&s->gc_words, p->heap.reclaimed_words, memory_order_relaxed);
    p->reductions_left -= (int64_t)(before / 64); // a collection is work, as in OTP
}

static size_t signals_bytes(const Signal *s) {
    size_t bytes = 0;
    for (; s != NULL; s = s->next) {
        if ((s->flags & SIGNAL_FLAG_EMBEDDED) == 0) bytes += sizeof *s;
        for (const HeapFragment *f = s->fragments; f != NULL; f = f->next)
            bytes += sizeof *f + f->capacity_words * sizeof(Term);
    }
    return bytes;
}

/** Messages in the queue count for max_heap_size, as they do in OTP, unless they are to be kept off
 * the heap. */
static bool messages_pass_max(const Process *p) {
    const Heap *h = &p->heap;
    if (h->max_words == 0 || p->message_queue_off_heap || p->messages_count == 0) return false;
    return heap_held_words(h) + signals_bytes(p->messages_first) / sizeof(Term) > h->max_words;
}

/** A collection of which somebody wants to hear. */
static bool collect_watched(Process *p, size_t need_words, const Roots *r) {
    Tracing *t = &p->vm->tracing;
    bool major = heap_is_full_due(&p->heap);
    int64_t before = time_monotonic_ns(p->vm);
    if (process_traced(p, TRACE_GC) != NULL)
        t->hooks->collection(p, major ? am_gc_major_start : am_gc_minor_start, need_words);
    bool within = heap_collect(&p->heap, need_words, r->ranges, r->count);
    uint32_t sleep_ms = atomic_load_explicit(&t->test_gc_sleep_ms, memory_order_relaxed);
    if (sleep_ms != 0) thread_sleep_ns((int64_t)sleep_ms * 1000000);
    if (process_traced(p, TRACE_GC) != NULL)
        t->hooks->collection(p, major ? am_gc_major_end : am_gc_minor_end, p->heap.reclaimed_words);
    if (tracing_watches(t, TRACING_COLLECTIONS))
        t->hooks->collected(p, time_monotonic_ns(p->vm) - before);
    return within;
}

static bool collect(Process *p, size_t need_words, const Roots *r) {
    if (UNLIKELY(process_traced(p, TRACE_GC) != NULL) ||
        tracing_watches(&p->vm->tracing, TRACING_COLLECTIONS))
        return collect_watched(p, need_words, r);
    return heap_collect(&p->heap, need_words, r->ranges, r->count);
}

/** call_memory counts words that a process takes, not those that a collection leaves. */
static ALWAYS_INLINE void tell_words(Process *p, bool collected) {
    if (UNLIKELY(p->trace_own != NULL)) p->vm->tracing.hooks->words(p, collected);
}

bool process_collect(Process *p, size_t need_words, uint32_t live) {
    MsaccState before =
        p->scheduler == NULL ? MSACC_OTHER : scheduler_enter_state(p->scheduler, MSACC_GC);
    tell_words(p, false);
    if (p->receive_matching) adopt_matched_message(p);
    Roots r;
    gather_roots(p, live, &r);
    bool within = collect(p, need_words, &r);
    write_back_messages(p, &r);
    account(p, (uint64_t)(p->heap.top - p->heap.start));
    tell_words(p, true);
    if (p->scheduler != NULL) scheduler_enter_state(p->scheduler, before);
    return (within && !messages_pass_max(p)) || passed_max(p);
}

void process_hibernate(Process *p) {
    ASSERT(p->heap.stack == p->heap.end);
    tell_words(p, false);
    Roots r;
    gather_roots(p, 0, &r);
    bool traced = UNLIKELY(process_traced(p, TRACE_GC) != NULL);
    if (traced) p->vm->tracing.hooks->collection(p, am_gc_major_start, 0);
    heap_shrink(&p->heap, r.ranges, r.count);
    if (traced) p->vm->tracing.hooks->collection(p, am_gc_major_end, p->heap.reclaimed_words);
    write_back_messages(p, &r);
    account(p, 0);
    tell_words(p, true);
}

/** Messages that show the area become part of the heap, which then leaves it. */
static void adopt_messages_in(Process *p, const LiteralArea *a) {
    for (Signal **at = &p->messages_first; *at != NULL; at = &(*at)->next) {
        Signal *s = *at;
        if ((s->flags & SIGNAL_FLAG_IN_HEAP) != 0 || !term_is_pointer(s->term)) continue;
        if (!literal_term_uses(a, s->term, &p->vm->literals)) continue;
        if (s->fragments != NULL) {
            adopt_message(p, at);
        } else { // the literal itself is the message
            s->flags |= SIGNAL_FLAG_IN_HEAP;
            p->messages_in_heap++;
        }
    }
}

void process_leave_literals(Process *p, const LiteralArea *a) {
    if (p->receive_matching) adopt_matched_message(p);
    adopt_messages_in(p, a);
    Roots r;
    gather_roots(p, 0,
                 &r); // where signals are handled no register is live, but those that are saved
    if (literal_heap_uses(a, &p->heap, r.ranges, r.count))
        literal_heap_leave(a, &p->heap, r.ranges, r.count);
    write_back_messages(p, &r);
    // what was shared is the process's own now, and counts
    if (p->heap.max_words != 0 && heap_held_words(&p->heap) > p->heap.max_words) passed_max(p);
}

size_t process_memory_bytes(const Process *p) {
    return sizeof *p + heap_held_words(&p->heap) * sizeof(Term) + dictionary_bytes(p) +
           relation_bytes(p->links) + relation_bytes(p->monitors_made) +
           relation_bytes(p->monitored_by) + relation_bytes(p->aliases) +
           signals_bytes(p->messages_first);
}
