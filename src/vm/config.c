// SPDX-License-Identifier: Apache-2.0
//
// config.c - the defaults of a VM, as `erl` without flags has them.
#include "vm/config.h"

void vm_config_default(VMConfig *config) {
    ASSERT(config != NULL);
    *config = (VMConfig){
        .boot_module = "init",
        .dirty_io_schedulers = 10,
        .async_threads = 1,
        .process_count_max = 262144,
        .port_count_max = 65536,
        .atom_count_max = 1048576,
        .min_heap_words = 233,
        .min_virtual_words = 46422,
        .fullsweep_after = 65535,
        .max_heap_kill = true,
        .max_heap_log = true,
        .time_correction = true,
        .warnings_as = 'w',
        .filename_encoding = 'a',
        .filename_mistakes = 'w',
    };
    ASSERT((config->process_count_max & (config->process_count_max - 1)) == 0);
}
