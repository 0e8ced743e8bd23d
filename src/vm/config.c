// SPDX-License-Identifier: Apache-2.0
//
// config.c - the defaults of a VM, as `erl` without flags has them.
#include "vm/config.h"

void vm_config_default(VMConfig *config) {
    ASSERT(config != NULL);
    *config = (VMConfig){
        .boot_module = "init",
        .otp_release = 25,
        .dirty_io_schedulers = 10,
        .async_threads = 1,
        .process_count_max = 262144,
        .port_count_max = 65536,
        .atom_count_max = 1048576,
        .dist_busy_limit = 1048576,
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

void vm_config_set_root(VMConfig *config, const char *erts_version) {
    ASSERT(config != NULL && erts_version != NULL);
    unsigned major = 0;
    for (const char *c = erts_version; *c >= '0' && *c <= '9'; c++)
        major = major * 10 + (unsigned)(*c - '0');
    ASSERT(config->boot_module != NULL); // the defaults stand there
    config->erts_version = erts_version;
    config->otp_release = major + 12; // erts 13 belongs to OTP 25
    if (config->otp_release >= 26) config->time_warp = TIME_WARP_MULTI;
    if (config->otp_release >= 27) config->process_count_max = 1048576;
}
