// SPDX-License-Identifier: Apache-2.0
//
// terminfo.h - what a terminal can do, from the system's terminfo database.
//
// Threads: a Terminfo does not change; reading it needs no lock.
#ifndef MICA_IO_TERMINFO_H
#define MICA_IO_TERMINFO_H

#include "base/base.h"
#include "world/world.h"

typedef struct Terminfo Terminfo;

/** The entry of a terminal's name, or NULL: there is none, or it is no terminfo file. It keeps
 * `older` (or NULL), which somebody may still read. */
Terminfo *terminfo_open(World *world, const char *terminal, Terminfo *older);
/** Frees it and the older ones. */
void terminfo_free(Terminfo *info);

// By termcap's names, of which the first two characters count. Those that this VM's terminals use
// are known (terminfo.c lists them).
/** Text that makes the terminal do it, or NULL: it cannot. */
const char *terminfo_string(const Terminfo *info, const char *name);
/** -1: the terminal does not say. */
int terminfo_number(const Terminfo *info, const char *name);
bool terminfo_flag(const Terminfo *info, const char *name);

#endif
