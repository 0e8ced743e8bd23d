// SPDX-License-Identifier: Apache-2.0
//
// bif_coverage.c - OTP 27's native coverage, which this VM has not: coverage_support() says so, and
// `cover` then instruments code as it always did.
#include "bif/bif.h"

/** coverage_support() -> false. */
BIF(code, coverage_support, 0)
{ return am_false; }

/** get_coverage_mode() -> none: of modules that are loaded from now on. */
BIF(code, get_coverage_mode, 0)
{ return am_none; }

// What needs support is badarg without it, as on the real VM without its JIT.
BIF(code, get_coverage_mode, 1)
{ return bif_badarg(p); }

BIF(code, set_coverage_mode, 1)
{ return bif_badarg(p); }

BIF(code, get_coverage, 2)
{ return bif_badarg(p); }

BIF(code, reset_coverage, 1)
{ return bif_badarg(p); }
