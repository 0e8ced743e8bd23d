// SPDX-License-Identifier: Apache-2.0
//
// Entropy from the kernel's generator (getrandom).
//
// Threads: any.
#include "world/entropy.h"

#include <errno.h>
#include <sys/random.h>

#include "base/base.h"
#include "world/os_tables.h"

static void os_fill(World *world, void *bytes, size_t byte_count) {
    (void)world;
    ASSERT(bytes != NULL || byte_count == 0);
    size_t done = 0;
    while (done < byte_count) {
        ssize_t got = getrandom((char *)bytes + done, byte_count - done, 0);
        ASSERT(got > 0 || errno == EINTR);
        if (got > 0) done += (size_t)got;
    }
}

const EntropyOps *entropy_os_table(void) {
    static const EntropyOps table = {.fill = os_fill};
    return &table;
}
