// SPDX-License-Identifier: Apache-2.0
//
// budget.c - see budget.h.
#include "base/budget.h"

#include <string.h>

#define SLICE_BYTES ((size_t)1 << 16)
#define FRESH 4 // the target's pages are new most often, and take longer to come than to be filled

void budget_let_others_run(Budget *b) {
    ASSERT(b->spent != NULL);
    b->spent(b);
}

void budget_copy(Budget *b, void *to, const void *from, size_t bytes) {
    if (bytes == 0) return;
    uint8_t *out = to;
    const uint8_t *in = from;
    ASSERT(out != NULL && in != NULL);
    while (bytes > SLICE_BYTES) {
        memcpy(out, in, SLICE_BYTES);
        out += SLICE_BYTES;
        in += SLICE_BYTES;
        bytes -= SLICE_BYTES;
        budget_spend_bytes(b, FRESH * SLICE_BYTES);
    }
    memcpy(out, in, bytes);
    budget_spend_bytes(b, FRESH * bytes);
}
