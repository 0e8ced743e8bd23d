// SPDX-License-Identifier: Apache-2.0
//
// config.h - what can be chosen when a VM is made. Plain values, copied into the VM; texts are
// borrowed and must live as long as the VM.
#ifndef MICA_VM_CONFIG_H
#define MICA_VM_CONFIG_H

#include "base/base.h"

typedef enum { TIME_WARP_NONE, TIME_WARP_SINGLE, TIME_WARP_MULTI } TimeWarpMode;
// the command line's names of the modes stand in this order (cmd/emulator_flags.c)
_Static_assert(TIME_WARP_NONE == 0, "no_time_warp is the first");
_Static_assert(TIME_WARP_SINGLE == 1, "single_time_warp is the second");
_Static_assert(TIME_WARP_MULTI == 2, "multi_time_warp is the third");

typedef struct VMConfig {
    // where OTP is
    const char *otp_root;      // folder with lib/ and releases/
    const char *preloaded_dir; // folder with the preloaded modules
    const char *erts_version;  // "13.1.5"
    unsigned otp_release;      // that of erts_version: what a release decides asks this
    const char *boot_module;   // module whose boot/1 the first process calls: "init"
    int argument_count;        // what init:boot/1 gets: from "-root" on
    char **arguments;

    // threads
    uint32_t schedulers, schedulers_online;                     // 0: one per core
    uint32_t dirty_cpu_schedulers, dirty_cpu_schedulers_online; // 0: as schedulers
    uint32_t dirty_io_schedulers;                               // 0: 10
    uint32_t async_threads;                                     // reported only

    // limits
    uint64_t process_count_max, port_count_max;
    uint32_t atom_count_max;
    uint64_t dist_busy_limit; // bytes queued for another node from which on senders wait

    // defaults of new processes
    uint32_t min_heap_words, min_virtual_words, fullsweep_after;
    uint64_t max_heap_words;
    bool max_heap_kill, max_heap_log, message_queue_off_heap;

    // ways of working
    TimeWarpMode time_warp;
    bool time_correction;
    char warnings_as;       // 'w' warning, 'e' error, 'i' info
    bool printable_unicode; // +pc unicode
    char filename_encoding; // 'u' UTF-8, 'l' Latin-1, 'a' by locale
    char filename_mistakes; // 'w' warn, 'i' ignore, 'e' error
    char break_handling;    // 0 usual, 'c', 'd', 'i'
    bool crash_dump_off;    // +d
    bool gc_stress;
    bool deterministic; // one thread, virtual time, seeded choice
    uint64_t seed;
} VMConfig;

/** Everything as `erl` has it without flags. */
void vm_config_default(VMConfig *config);
/**
 * Says which OTP the root holds, by its erts version (borrowed), and sets the defaults that differ
 * from release to release. Before flags are read.
 */
void vm_config_set_root(VMConfig *config, const char *erts_version);

#endif
