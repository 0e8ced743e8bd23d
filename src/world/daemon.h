// SPDX-License-Identifier: Apache-2.0
//
// daemon.h - leaving the terminal: `erl -detached`.
#ifndef MICA_WORLD_DAEMON_H
#define MICA_WORLD_DAEMON_H

#include "world/world.h"

/**
 * Goes on in a new process without terminal and with /dev/null as its standard streams. Returns
 * true there; false in the process that called, which should end. To be called before any thread is
 * made.
 */
bool daemon_detach(void);

#endif
