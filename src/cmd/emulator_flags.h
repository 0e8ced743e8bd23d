// SPDX-License-Identifier: Apache-2.0
//
// emulator_flags.h - the emulator's own flags (+P, +S, ...; here with '-') into a VMConfig.
//
// What each does is listed in docs/flags.md; a flag accepted without effect stands there as such.
#ifndef MICA_CMD_EMULATOR_FLAGS_H
#define MICA_CMD_EMULATOR_FLAGS_H

#include "cmd/word_list.h"
#include "vm/config.h"
#include "world/world.h"

/**
 * Returns -1 when all is well; otherwise the exit code to end with, after what there was to say was
 * written (bad flags, and -V, which prints the version).
 */
int emulator_flags_read(VMConfig *config, const WordList *flags, World *world, const char *program);

#endif
