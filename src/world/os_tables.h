// SPDX-License-Identifier: Apache-2.0
//
// Private to src/world: where world_create_os() finds the operating system's tables. Each function
// returns a constant table that lives as long as the program.
#ifndef MICA_WORLD_OS_TABLES_H
#define MICA_WORLD_OS_TABLES_H

#include "world/world.h"

const ClockOps *clock_os_table(void);
const EntropyOps *entropy_os_table(void);
const FileOps *file_os_table(void);
const StreamOps *stream_os_table(void);
const PollerOps *poller_os_table(void);
const ChildOps *child_os_table(void);
const EnvOps *env_os_table(void);
const SignalOps *os_signal_os_table(void);
const ConsoleOps *console_os_table(void);
const SocketOps *socket_os_table(void);
const NetworkOps *network_os_table(void);

// The instance pointer of the operating system's world is its environment table.
void *env_os_create(void);
void env_os_free(void *table);

#endif
