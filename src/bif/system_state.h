// SPDX-License-Identifier: Apache-2.0
//
// system_state.h - what system_flag and its like set, and what statistics remembers between calls.
//
// Defaults are plain words that any thread reads and one sets now and then: all relaxed atomics, no
// order needed.
#ifndef MICA_BIF_SYSTEM_STATE_H
#define MICA_BIF_SYSTEM_STATE_H

#include "proc/msacc.h"
#include "proc/process.h"
#include "world/thread.h"

#define OUTSTANDING_REQUESTS_DEFAULT 4

typedef struct SystemState {
    _Atomic uint64_t trace_control_word;
    _Atomic bool
        internal_state_available; // erts_debug:set_internal_state(available_internal_state, true)
    _Atomic uint64_t outstanding_requests_max;
    // statistics: what the last call saw
    _Atomic int64_t last_runtime_ms, last_wall_ms;
    _Atomic uint64_t last_reductions, last_exact_reductions;
    Mutex lock;                     // guards what follows
    struct SchedulingBlock *scheduling_blocks; // bif/multi_scheduling.h: oldest first
    uint64_t scheduling_blocks_made;
    MsaccTimes *msacc_offsets; // bif/microstate.h; NULL until it is used
} SystemState;

SystemState *system_state_create(VM *vm);
void system_state_destroy(SystemState *s);

#endif
