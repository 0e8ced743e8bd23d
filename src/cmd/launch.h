// SPDX-License-Identifier: Apache-2.0
//
// launch.h - what both programs do once they know their command line: find OTP, make a VM, run it.
#ifndef MICA_CMD_LAUNCH_H
#define MICA_CMD_LAUNCH_H

#include "cmd/erl_command.h"

/** Runs `erl` with these words (argv[0] is the program); returns the exit code. */
int launch_erl(World *world, int argc, char **argv, const char *progname);

#endif
