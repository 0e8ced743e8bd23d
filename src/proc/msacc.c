// SPDX-License-Identifier: Apache-2.0
//
// msacc.c - adding up and reading what threads spend their time on. Invariants: msacc.h.
#include "proc/msacc.h"

#include "proc/time.h"
#include "vm/vm.h"

static int64_t now_ns(VM *vm) { return time_monotonic_ns(vm) - TIME_MONOTONIC_BEGIN + 1; }

/** From when on the present state counts (MSACC-2). */
static int64_t counted_from(const MsaccSwitch *s, int64_t since_ns) {
    return MAX(since_ns, atomic_load_explicit(&s->started_ns, memory_order_acquire));
}

void msacc_count(const MsaccSwitch *s, Msacc *m, MsaccState next, VM *vm) {
    ASSERT(next < MSACC_STATE_COUNT);
    int64_t now = now_ns(vm);
    int64_t from = counted_from(s, atomic_load_explicit(&m->since_ns, memory_order_relaxed));
    uint32_t state = atomic_load_explicit(&m->state, memory_order_relaxed);
    uint32_t sequence = atomic_load_explicit(&m->sequence, memory_order_relaxed);
    ASSERT((sequence & 1u) == 0); // MSACC-1
    atomic_store_explicit(&m->sequence, sequence + 1, memory_order_relaxed);
    // release: pairs with the reader's fence; a reader that sees a new word sees the odd sequence
    atomic_thread_fence(memory_order_release);
    if (now > from) {
        uint64_t spent = atomic_load_explicit(&m->spent_ns[state], memory_order_relaxed);
        atomic_store_explicit(&m->spent_ns[state], spent + (uint64_t)(now - from),
                              memory_order_relaxed);
    }
    atomic_store_explicit(&m->since_ns, now, memory_order_relaxed);
    atomic_store_explicit(&m->state, next, memory_order_relaxed);
    atomic_store_explicit(&m->sequence, sequence + 2,
                          memory_order_release); // pairs with the acquire in msacc_read
}

MsaccTimes msacc_read(const MsaccSwitch *s, const Msacc *m, VM *vm) {
    MsaccTimes t;
    int64_t since;
    uint32_t state, before, after;
    do {
        before = atomic_load_explicit(&m->sequence, memory_order_acquire);
        for (int i = 0; i < MSACC_STATE_COUNT; i++)
            t.ns[i] = atomic_load_explicit(&m->spent_ns[i], memory_order_relaxed);
        since = atomic_load_explicit(&m->since_ns, memory_order_relaxed);
        state = atomic_load_explicit(&m->state, memory_order_relaxed);
        atomic_thread_fence(memory_order_acquire); // pairs with the release fence in msacc_count
        after = atomic_load_explicit(&m->sequence, memory_order_relaxed);
    } while ((before & 1u) != 0 || before != after);
    if (atomic_load_explicit(&s->on, memory_order_relaxed)) {
        int64_t now = now_ns(vm), from = counted_from(s, since);
        if (now > from) t.ns[state] += (uint64_t)(now - from);
    }
    return t;
}
