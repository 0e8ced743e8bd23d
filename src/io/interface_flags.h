// SPDX-License-Identifier: Apache-2.0
//
// interface_flags.h - the flags of a network interface as a list of atoms.
//
// Threads: the one that runs the process.
#ifndef MICA_IO_INTERFACE_FLAGS_H
#define MICA_IO_INTERFACE_FLAGS_H

#include "proc/process.h"

/** The atoms of the IFF_* bits in flags, in the order of OTP's `socket:ioctl/3`, on p's heap. A bit
 * without a name is left out. */
Term interface_flag_terms(Process *p, unsigned flags);

#endif
