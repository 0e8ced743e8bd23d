// SPDX-License-Identifier: Apache-2.0
//
// compare.h - order, equality and hashes of terms. No recursion on the C stack.
#ifndef MICA_TERM_COMPARE_H
#define MICA_TERM_COMPARE_H

#include "base/budget.h"
#include "term/atom.h"
#include "term/term.h"

#define FLONUM_ZERO 0x8000000000000002u // 0.0

/** =:= for any two terms; as the other functions with a budget, it spends steps on the way. */
bool term_equal_slow(Term a, Term b, Budget *budget);
static ALWAYS_INLINE bool term_equal_in_steps(Term a, Term b, Budget *budget) {
    if (a == b) return true;
    if (term_is_immediate(a) || term_is_immediate(b)) {
        // 0.0 stands in its word and -0.0 in a box: the one pair of different words that OTP 25
        // finds equal
        if (LIKELY(a != FLONUM_ZERO && b != FLONUM_ZERO)) return false;
    }
    return term_equal_slow(a, b, budget);
}
static ALWAYS_INLINE bool term_equal(Term a, Term b) { return term_equal_in_steps(a, b, NULL); }
/** Is every term that is =:= to t the same word? */
static ALWAYS_INLINE bool term_is_word_exact(Term t) {
    return term_is_immediate(t) && t != FLONUM_ZERO;
}
/** Is every term that is == to t the same word? Numbers of the other kind may be equal, too. */
static ALWAYS_INLINE bool term_is_word_value(Term t) {
    return term_is_immediate(t) && !term_is_small(t) && !term_is_flonum(t);
}
/** Erlang's term order with numbers compared by value (<, ==): negative, 0, positive. */
int term_compare(const AtomTable *atoms, Term a, Term b);
int term_compare_in_steps(const AtomTable *atoms, Term a, Term b, Budget *budget);
/** As term_compare, but 1 and 1.0 differ everywhere (=:= is 0): order of lists:usort on =:=-like
 * needs, `exact` sorting. */
int term_compare_exact(const AtomTable *atoms, Term a, Term b);
/** Order of map keys: as term_compare_exact with every integer before every float. */
int term_compare_key(const AtomTable *atoms, Term a, Term b);
/** erlang:phash2's 28-bit-or-more hash, full 32 bits (caller masks). */
uint32_t term_phash2(const AtomTable *atoms, Term t, Budget *budget);
/** erlang:phash/2's portable hash. */
uint32_t term_phash(const AtomTable *atoms, Term t, Budget *budget);
/** The hash behind maps' tries and ETS (OTP 25's internal hash as far as order can be seen); salt 0
 * for level 0. */
uint32_t term_hash_internal(const AtomTable *atoms, Term t, uint32_t salt);
uint32_t term_hash_in_steps(const AtomTable *atoms, Term t, Budget *budget);

#endif
