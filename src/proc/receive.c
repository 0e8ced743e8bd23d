// SPDX-License-Identifier: Apache-2.0
//
// receive.c - the receive instructions' side of the message queue; see receive.h for RECV-1 and
// RECV-2.
//
// Markers: each holds the pointer that pointed to the queue's end when it was reserved. When the
// message that holds this pointer leaves the queue, the marker steps back to the pointer before it
// (MARK-1).
#include "proc/receive.h"

#include "proc/scheduler.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/time.h"
#include "term/number.h"
#include "term/ref.h"
#include "vm/vm.h"

#define MARKER_COUNT 8

typedef struct Marker {
    Signal **position; // NULL: free
    uint64_t ref[2];   // 0, 0: not bound yet
    uint64_t age;
} Marker;

struct ReceiveMarkers {
    Marker markers[MARKER_COUNT];
    uint64_t clock;
};

MailboxResult mailbox_fetch(Process *p) {
    return signal_handle_all(p) ? MAILBOX_OK : MAILBOX_EXITED;
}

static void end_receive(Process *p) {
    p->messages_save = &p->messages_first; // RECV-1
    p->receive_matching = 0;
    p->receive_waiting = 0;
    p->receive_timed_out = 0;
    p->receive_forever = 0;
    p->receive_deadline = 0; // TIME-2: the timer stays
}

/** MARK-1: gone is the `next` field of the message that stood at `before`. */
static void markers_step_back(Process *p, Signal **gone, Signal **before) {
    ASSERT(p->receive_markers != NULL && gone != before);
    struct ReceiveMarkers *m = p->receive_markers;
    for (int i = 0; i < MARKER_COUNT; i++)
        if (m->markers[i].position == gone) m->markers[i].position = before;
}

void mailbox_absorb(Process *p, Signal *s) {
    DEBUG_ASSERT(mailbox_may_absorb(p, s) && p->receive_matching);
    const HeapFragment *f = s->fragments;
    Heap *h = &p->heap;
    size_t words = f->used_words;
    if (f->next != NULL || words > ABSORB_WORDS_MAX || s->term != term_from_box(f->mem) ||
        f->mem[0] != header_tuple(words - 1)) // all the rest are terms that were not copied
        return;
    if (h->fragments != NULL || (size_t)(h->stack - h->top) < words + HEAP_STACK_SLACK) return;
    DEBUG_ASSERT(f->off_heap.first == NULL && !term_is_boxed(s->token));
    Term *to = h->top;
#pragma clang loop vectorize(disable) unroll(disable)
    for (size_t i = 0; i < words; i++) to[i] = f->mem[i];
    h->top = to + words;
    s->term = term_from_box(to);
    s->flags |= SIGNAL_FLAG_IN_HEAP;
    p->messages_in_heap++;
}

void mailbox_take(Process *p) {
    Signal **at = p->messages_save;
    Signal *s = *at;
    DEBUG_ASSERT(s != NULL && s->kind == SIGNAL_MESSAGE);
    *at = s->next;
    __builtin_prefetch(s->next); // in a long queue they are long out of the caches
    if (p->messages_last == &s->next) p->messages_last = at;
    if (p->receive_markers != NULL) markers_step_back(p, &s->next, at);
    DEBUG_ASSERT(p->messages_count > 0);
    p->messages_count--;
    bool embedded = (s->flags & SIGNAL_FLAG_EMBEDDED) != 0;
    HeapFragment *f = s->fragments;
    Term token = s->token, message = s->term;
    if ((s->flags & SIGNAL_FLAG_IN_HEAP) != 0) {
        DEBUG_ASSERT(p->messages_in_heap > 0);
        p->messages_in_heap--;
        if (embedded) { // mailbox_absorb
            fragment_free(p->heap.blocks, f);
            f = NULL;
        }
    }
    if (!embedded) {
        if ((s->flags & SIGNAL_FLAG_BLOCK) != 0)
            block_free(p->heap.blocks, s, sizeof *s);
        else
            mem_free(s);
    }
    if (f != NULL) heap_adopt_fragments(&p->heap, f); // an embedded record goes with its fragment
    if (UNLIKELY(token != p->seq_trace_token) && token != TERM_NONE) {
        p->seq_trace_token = token; // in the heap now, as the message is
        if (token != TERM_NIL) p->vm->tracing.hooks->token_received(p, message);
    }
    end_receive(p);
}

void mailbox_timeout(Process *p) {
    if (UNLIKELY(process_traced(p, TRACE_RECEIVE) != NULL))
        p->vm->tracing.hooks->receive(p, 0, am_clock_service, am_timeout);
    end_receive(p);
}

/**
 * A receive without clauses waits without having looked at any message: those that are there are
 * refused as they stand, or it would be sent back to look at them forever.
 */
static void skip_unseen(Process *p) {
    p->receive_matching = 0;
    if (*p->messages_save != NULL) p->messages_save = p->messages_last;
}

/**
 * Before it waits a process gives back what it asked to collect (a row of big messages, big
 * binaries): no register lives here, and it may wait for long.
 */
static ReceiveResult begin_wait(Process *p) {
    DEBUG_ASSERT(!p->receive_matching && *p->messages_save == NULL); // RECV-1
    if ((p->heap.flags & HEAP_GC_WANTED) != 0 && !process_collect(p, 0, 0)) return RECEIVE_EXITED;
    p->receive_waiting = 1;
    return RECEIVE_WAIT;
}

ReceiveResult receive_wait(Process *p) {
    skip_unseen(p);
    if (!signal_handle_all(p)) return RECEIVE_EXITED;
    if (*p->messages_save != NULL) return RECEIVE_AGAIN;
    return begin_wait(p);
}

ReceiveResult receive_wait_timeout(Process *p, Term time) {
    skip_unseen(p);
    if (!signal_handle_all(p)) return RECEIVE_EXITED;
    if (*p->messages_save != NULL) return RECEIVE_AGAIN;
    if (p->receive_timed_out) return RECEIVE_TIMED_OUT;
    // the time is looked at but once: when it stood in an X register, that is gone after a wait
    if (time == am_infinity && p->receive_deadline == 0) p->receive_forever = 1;
    if (p->receive_deadline == 0 && !p->receive_forever) {
        if (!term_is_small(time) || term_small(time) < 0 ||
            term_small(time) > (int64_t)UINT32_MAX) {
            end_receive(p); // the exception ends it: the next one begins at the queue's front
            return RECEIVE_BAD_TIMEOUT;
        }
        if (term_small(time) == 0) return RECEIVE_TIMED_OUT;
        time_set_receive_deadline(p, (uint64_t)term_small(time));
    }
    return begin_wait(p);
}

// ---- markers
// ----------------------------------------------------------------------------------------

Term receive_marker_reserve(Process *p) {
    if (p->receive_markers == NULL) p->receive_markers = mem_zalloc(sizeof *p->receive_markers);
    struct ReceiveMarkers *m = p->receive_markers;
    int free_one = 0; // or the oldest
    for (int i = 0; i < MARKER_COUNT; i++) {
        if (m->markers[i].position == NULL) {
            free_one = i;
            break;
        }
        if (m->markers[i].age < m->markers[free_one].age) free_one = i;
    }
    signal_take_outer(p);
    m->markers[free_one] = (Marker){.position = p->messages_last, .age = ++m->clock};
    return term_from_small((int64_t)m->clock * MARKER_COUNT + free_one);
}

void receive_marker_bind(Process *p, Term marker, Term ref) {
    if (!term_is_small(marker) || term_small(marker) < 0 || !term_is_local_ref(ref) ||
        p->receive_markers == NULL)
        return;
    Marker *m = &p->receive_markers->markers[term_small(marker) % MARKER_COUNT];
    if (m->position == NULL || m->age != (uint64_t)(term_small(marker) / MARKER_COUNT))
        return; // taken by another
    m->ref[0] = ref_words(ref)[0];
    m->ref[1] = ref_words(ref)[1];
}

static Marker *find_marker(Process *p, Term ref) {
    if (p->receive_markers == NULL || !term_is_local_ref(ref)) return NULL;
    const uint64_t *words = ref_words(ref);
    for (int i = 0; i < MARKER_COUNT; i++) {
        Marker *m = &p->receive_markers->markers[i];
        if (m->position != NULL && m->ref[0] == words[0] && m->ref[1] == words[1]) return m;
    }
    return NULL;
}

void receive_marker_clear(Process *p, Term ref) {
    Marker *m = find_marker(p, ref);
    if (m != NULL) *m = (Marker){0};
}

void receive_marker_use(Process *p, Term ref) {
    Marker *m = find_marker(p, ref);
    if (m != NULL) p->messages_save = m->position;
}

void receive_message_moved(Process *p, Signal *from, Signal *to) {
    if (p->receive_markers != NULL) markers_step_back(p, &from->next, &to->next);
}
