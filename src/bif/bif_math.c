// SPDX-License-Identifier: Apache-2.0
//
// bif_math.c - module math. An argument that is no number is badarg; one too big for a float, or a
// result that is not finite, is badarith.
#include "bif/bif.h"

#include "term/number.h"

#include <math.h>

static bool get_double(Process *p, Term t, double *out) {
    if (number_to_double(t, out)) return true;
    if (term_is_big(t))
        bif_badarith(p);
    else
        bif_badarg(p);
    return false;
}

static Term result(Process *p, double d) {
    return isfinite(d) ? heap_float(&p->heap, d) : bif_badarith(p);
}

static Term call1(Process *p, Term *a, double (*function)(double)) {
    DEBUG_ASSERT(function != NULL);
    double x;
    return get_double(p, a[0], &x) ? result(p, function(x)) : TERM_NONE;
}

static Term call2(Process *p, Term *a, double (*function)(double, double)) {
    DEBUG_ASSERT(function != NULL);
    double x, y;
    return get_double(p, a[0], &x) && get_double(p, a[1], &y) ? result(p, function(x, y))
                                                              : TERM_NONE;
}

BIF(math, cos, 1)
{ return call1(p, a, cos); }
BIF(math, cosh, 1)
{ return call1(p, a, cosh); }
BIF(math, sin, 1)
{ return call1(p, a, sin); }
BIF(math, sinh, 1)
{ return call1(p, a, sinh); }
BIF(math, tan, 1)
{ return call1(p, a, tan); }
BIF(math, tanh, 1)
{ return call1(p, a, tanh); }
BIF(math, acos, 1)
{ return call1(p, a, acos); }
BIF(math, acosh, 1)
{ return call1(p, a, acosh); }
BIF(math, asin, 1)
{ return call1(p, a, asin); }
BIF(math, asinh, 1)
{ return call1(p, a, asinh); }
BIF(math, atan, 1)
{ return call1(p, a, atan); }
BIF(math, atanh, 1)
{ return call1(p, a, atanh); }
BIF(math, erf, 1)
{ return call1(p, a, erf); }
BIF(math, erfc, 1)
{ return call1(p, a, erfc); }
BIF(math, exp, 1)
{ return call1(p, a, exp); }
BIF(math, log, 1)
{ return call1(p, a, log); }
BIF(math, log2, 1)
{ return call1(p, a, log2); }
BIF(math, log10, 1)
{ return call1(p, a, log10); }
BIF(math, sqrt, 1)
{ return call1(p, a, sqrt); }
BIF(math, floor, 1)
{ return call1(p, a, floor); }
BIF(math, ceil, 1)
{ return call1(p, a, ceil); }
BIF(math, atan2, 2)
{ return call2(p, a, atan2); }
BIF(math, pow, 2)
{ return call2(p, a, pow); }
BIF(math, fmod, 2)
{ return call2(p, a, fmod); }
