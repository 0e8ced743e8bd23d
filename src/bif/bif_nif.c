// SPDX-License-Identifier: Apache-2.0
//
// bif_nif.c - natives that OTP links statically into its VM and that belong nowhere else.
#include "bif/bif.h"
#include "vm/vm.h"

/** Tracing through a tracer module is not there: what would call these is not either. */
BIF(erl_tracer, enabled, 3)
{ return bif_notsup(p); }

BIF(erl_tracer, trace, 5)
{ return bif_notsup(p); }

BIF(io, printable_range, 0)
{ return p->vm->config.printable_unicode ? am_unicode : am_latin1; }

/** What error_logger makes of warnings: +W. */
BIF(error_logger, warning_map, 0)
{
    switch (p->vm->config.warnings_as) {
    case 'e': return am_error;
    case 'i': return am_info;
    default: return am_warning;
    }
}
