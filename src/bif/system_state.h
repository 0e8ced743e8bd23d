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

/** The machine's processors as of the last look: the first, or the last update_cpu_info. */
typedef struct CpuCounts {
    unsigned configured, online, available;
} CpuCounts;

typedef struct SystemState {
    _Atomic uint64_t trace_control_word;
    _Atomic bool
        internal_state_available; // erts_debug:set_internal_state(available_internal_state, true)
    _Atomic uint64_t outstanding_requests_max;
    // statistics: what the last call saw
    _Atomic int64_t last_runtime_ms, last_wall_ms;
    _Atomic uint64_t last_reductions, last_exact_reductions;
    Mutex lock;                                // guards what follows
    struct SchedulingBlock *scheduling_blocks; // bif/multi_scheduling.h: oldest first
    uint64_t scheduling_blocks_made;
    MsaccTimes *msacc_offsets; // bif/microstate.h; NULL until it is used
    CpuCounts cpus;            // what system_info tells of them
} SystemState;

SystemState *system_state_create(VM *vm);
/** Looks at the processors again; true when something has changed. */
bool system_state_look_at_cpus(SystemState *s);
CpuCounts system_state_cpus(SystemState *s);
void system_state_destroy(SystemState *s);

#endif
