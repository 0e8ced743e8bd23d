// SPDX-License-Identifier: Apache-2.0
//
// microstate.h - microstate accounting for programs: the switch, and what the threads have spent
// (proc/msacc.h).
#ifndef MICA_BIF_MICROSTATE_H
#define MICA_BIF_MICROSTATE_H

#include "proc/process.h"

/** system_flag(microstate_accounting, true | false | reset): was it on? */
Term microstate_flag(Process *p, Term value);
/** statistics(microstate_accounting): a list of #{type, id, counters}, times in nanoseconds
 * (perf_counter units). */
Term microstate_statistics(Process *p);
void microstate_free(VM *vm);

#endif
