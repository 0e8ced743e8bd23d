// SPDX-License-Identifier: Apache-2.0
//
// msacc.h - microstate accounting: what each thread spends its time on.
//
// A thread always says what it does (one store); only while accounting is on does a change of state
// read the clock and add up. The time from the last change until now is the reader's to add.
//
// MSACC-1: the owner alone writes a Msacc; `sequence` is odd while it does, so a reader can tell a
// torn copy. MSACC-2: nothing is counted before `started_ns` of the switch: a thread may have slept
// since long before it.
#ifndef MICA_PROC_MSACC_H
#define MICA_PROC_MSACC_H

#include "base/base.h"

typedef struct VM VM;

typedef enum {
    MSACC_AUX,      // timers, freeing
    MSACC_CHECK_IO, // asking for readiness
    MSACC_EMULATOR, // running processes
    MSACC_GC,
    MSACC_OTHER, // looking for work
    MSACC_PORT,
    MSACC_SLEEP,
    MSACC_STATE_COUNT
} MsaccState;

/** One for a whole set of threads. */
typedef struct MsaccSwitch {
    _Atomic bool on;
    _Atomic int64_t started_ns; // when it was turned on last
} MsaccSwitch;

typedef struct Msacc {
    _Atomic uint32_t state; // MsaccState
    _Atomic uint32_t sequence;
    _Atomic int64_t since_ns; // the last change of state that was seen while on
    _Atomic uint64_t spent_ns[MSACC_STATE_COUNT];
} Msacc;

typedef struct MsaccTimes {
    uint64_t ns[MSACC_STATE_COUNT];
} MsaccTimes;

/** The owner's change of state with the clock running. */
void msacc_count(const MsaccSwitch *s, Msacc *m, MsaccState next, VM *vm);

/** The owning thread does something else from now on; returns what it did. */
static ALWAYS_INLINE MsaccState msacc_enter(const MsaccSwitch *s, Msacc *m, MsaccState next,
                                            VM *vm) {
    MsaccState before = (MsaccState)atomic_load_explicit(&m->state, memory_order_relaxed);
    if (atomic_load_explicit(&s->on, memory_order_relaxed))
        msacc_count(s, m, next, vm);
    else
        atomic_store_explicit(&m->state, next, memory_order_relaxed);
    return before;
}

/** What m's thread has spent up to now, since accounting was first on. Any thread. */
MsaccTimes msacc_read(const MsaccSwitch *s, const Msacc *m, VM *vm);

#endif
