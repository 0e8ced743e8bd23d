// SPDX-License-Identifier: Apache-2.0
//
// bigint.h - integers as sign and magnitude, small and big alike: for the files that compute with
// limbs.
//
// An IntegerView shows any integer's limbs; for a small one they stand in the view itself, so a
// view must stay where it was made while it is used.
#ifndef MICA_TERM_BIGINT_H
#define MICA_TERM_BIGINT_H

#include "heap/heap.h"
#include "term/term.h"

/** Most limbs of an integer, as in OTP (2^19 - 1); results above raise system_limit. */
#define BIGINT_LIMBS_MAX (((size_t)1 << 19) - 1)

typedef struct IntegerView {
    const uint64_t *limbs; // least significant first
    size_t count;          // 0 for zero; top limb nonzero
    bool negative;
    uint64_t own[1];
} IntegerView;

static ALWAYS_INLINE void integer_view(IntegerView *v, Term integer) {
    if (term_is_small(integer)) {
        int64_t i = term_small(integer);
        v->negative = i < 0;
        v->own[0] = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
        v->limbs = v->own;
        v->count = i != 0;
        return;
    }
    const Term *box = term_box(integer);
    v->limbs = (const uint64_t *)(box + 1);
    v->count = header_size(*box);
    v->negative = header_kind(*box) == BOX_NEG_BIG;
}

/** The integer of this sign and magnitude (leading zeros allowed); small where it fits (TERM-3). */
Term integer_from_limbs(Heap *h, const uint64_t *limbs, size_t count, bool negative);
/**
 * The integer whose limbs were written behind box, the latest heap_alloc of 1 + count words or
 * more; gives back what it does not need. NUMBER_TOO_BIG above the limit.
 */
Term bigint_finish(Heap *h, Term *box, size_t count, bool negative);
/** Order of two integers. */
int integer_compare(Term a, Term b);
/** Order of an integer and a finite double, exact. */
int integer_compare_double(Term a, double d);

#endif
