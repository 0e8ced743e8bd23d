// SPDX-License-Identifier: Apache-2.0
//
// bif_arith.c - erlang's operators as functions: arithmetic, bits, order, booleans, and the
// conversions between integers and floats. Compiled code has instructions for most; these are for
// apply, guards on unusual terms and the evaluator.
//
// Errors are those of the operators: badarith (badarg for booleans and conversions), system_limit
// for integers too big.
#include "bif/bif.h"

#include "term/compare.h"
#include "term/number.h"
#include "vm/vm.h"

#include <math.h>

static ALWAYS_INLINE Term number_result(Process *p, Term t) {
    if (LIKELY(t != TERM_NONE && t != NUMBER_TOO_BIG)) return t;
    return t == TERM_NONE ? bif_badarith(p) : bif_system_limit(p);
}

static ALWAYS_INLINE Term number_of(Process *p, Term t) {
    return term_is_number(t) ? t : bif_badarith(p);
}

BIF_Q(erlang, "+", plus, 2)
{ return number_result(p, number_add(&p->heap, a[0], a[1])); }
BIF_Q(erlang, "-", minus, 2)
{ return number_result(p, number_subtract(&p->heap, a[0], a[1])); }
BIF_Q(erlang, "*", times, 2)
{ return number_result(p, number_multiply(&p->heap, a[0], a[1])); }
BIF_Q(erlang, "/", divide, 2)
{ return number_result(p, number_divide(&p->heap, a[0], a[1])); }
BIF_Q(erlang, "+", plus, 1)
{ return number_of(p, a[0]); }
BIF_Q(erlang, "-", minus, 1)
{ return number_result(p, number_negate(&p->heap, a[0])); }
BIF(erlang, div, 2)
{ return number_result(p, number_int_div(&p->heap, a[0], a[1])); }
BIF(erlang, rem, 2)
{ return number_result(p, number_rem(&p->heap, a[0], a[1])); }
BIF(erlang, band, 2)
{ return number_result(p, number_band(&p->heap, a[0], a[1])); }
BIF(erlang, bor, 2)
{ return number_result(p, number_bor(&p->heap, a[0], a[1])); }
BIF(erlang, bxor, 2)
{ return number_result(p, number_bxor(&p->heap, a[0], a[1])); }
BIF(erlang, bnot, 1)
{ return number_result(p, number_bnot(&p->heap, a[0])); }
BIF(erlang, bsl, 2)
{ return number_result(p, number_shift_left(&p->heap, a[0], a[1])); }
BIF(erlang, bsr, 2)
{ return number_result(p, number_shift_right(&p->heap, a[0], a[1])); }

// ---- conversions
// ----------------------------------------------------------------------------------

BIF(erlang, abs, 1)
{
    Term t = a[0];
    if (term_is_small(t)) return term_small(t) < 0 ? number_negate(&p->heap, t) : t;
    if (term_is_float(t))
        return term_float(t) < 0 ? number_negate(&p->heap, t) : t; // -0.0 stays, in OTP 25
    if (!term_is_big(t)) return bif_badarg(p);
    return term_box_kind(t) == BOX_NEG_BIG ? number_negate(&p->heap, t) : t;
}

BIF(erlang, float, 1)
{
    double d;
    if (term_is_float(a[0])) return a[0];
    if (!number_to_double(a[0], &d)) return bif_badarg(p);
    return heap_float(&p->heap, d);
}

static Term to_integer(Process *p, Term t, double (*rounded)(double)) {
    DEBUG_ASSERT(t != TERM_NONE && rounded != NULL);
    if (term_is_integer(t)) return t;
    if (!term_is_float(t)) return bif_badarg(p);
    return integer_from_double(&p->heap, rounded(term_float(t)));
}

BIF(erlang, trunc, 1)
{ return to_integer(p, a[0], trunc); }
BIF(erlang, round, 1)
{ return to_integer(p, a[0], round); }
BIF(erlang, floor, 1)
{ return to_integer(p, a[0], floor); }
BIF(erlang, ceil, 1)
{ return to_integer(p, a[0], ceil); }

// ---- order
// ----------------------------------------------------------------------------------------

static ALWAYS_INLINE int compare(Process *p, Term a, Term b) {
    DEBUG_ASSERT(a != TERM_NONE && b != TERM_NONE);
    return term_compare(p->vm->atoms, a, b);
}

BIF_Q(erlang, "==", eq, 2)
{ return term_from_bool(compare(p, a[0], a[1]) == 0); }
BIF_Q(erlang, "/=", not_eq, 2)
{ return term_from_bool(compare(p, a[0], a[1]) != 0); }
BIF_Q(erlang, "=:=", eq_exact, 2)
{ return term_from_bool(term_equal(a[0], a[1])); }
BIF_Q(erlang, "=/=", not_eq_exact, 2)
{ return term_from_bool(!term_equal(a[0], a[1])); }
BIF_Q(erlang, "<", lt, 2)
{ return term_from_bool(compare(p, a[0], a[1]) < 0); }
BIF_Q(erlang, ">", gt, 2)
{ return term_from_bool(compare(p, a[0], a[1]) > 0); }
BIF_Q(erlang, ">=", ge, 2)
{ return term_from_bool(compare(p, a[0], a[1]) >= 0); }
BIF_Q(erlang, "=<", le, 2)
{ return term_from_bool(compare(p, a[0], a[1]) <= 0); }
BIF(erlang, max, 2)
{ return compare(p, a[0], a[1]) >= 0 ? a[0] : a[1]; }
BIF(erlang, min, 2)
{ return compare(p, a[0], a[1]) <= 0 ? a[0] : a[1]; }

/** -1, 0 or 1 in the order of map keys. */
BIF(erts_internal, cmp_term, 2)
{
    int c = term_compare_exact(p->vm->atoms, a[0], a[1]);
    return term_from_small(c < 0 ? -1 : c > 0);
}

// ---- booleans
// -------------------------------------------------------------------------------------

static ALWAYS_INLINE bool is_boolean(Term t) { return t == am_true || t == am_false; }

BIF(erlang, and, 2)
{
    if (!is_boolean(a[0]) || !is_boolean(a[1])) return bif_badarg(p);
    return term_from_bool(a[0] == am_true && a[1] == am_true);
}
BIF(erlang, or, 2)
{
    if (!is_boolean(a[0]) || !is_boolean(a[1])) return bif_badarg(p);
    return term_from_bool(a[0] == am_true || a[1] == am_true);
}
BIF(erlang, xor, 2)
{
    if (!is_boolean(a[0]) || !is_boolean(a[1])) return bif_badarg(p);
    return term_from_bool(a[0] != a[1]);
}
BIF(erlang, not, 1)
{
    if (!is_boolean(a[0])) return bif_badarg(p);
    return term_from_bool(a[0] == am_false);
}
