// SPDX-License-Identifier: Apache-2.0
//
// erl_command.h - the command line of `erl`: what OTP's erlexec makes of it.
//
// Words come from ERL_AFLAGS, the command line, ERL_FLAGS and ERL_ZFLAGS, in this order, with
// -args_file files put in their place. Words with '+' are for the emulator; the others go to OTP's
// init as they are.
#ifndef MICA_CMD_ERL_COMMAND_H
#define MICA_CMD_ERL_COMMAND_H

#include "cmd/word_list.h"
#include "world/world.h"

typedef struct ErlCommand {
    WordList emulator; // "-P", "1024", ... ('+' replaced by '-')
    WordList init;     // what init:get_arguments sees, from -root on
    char *otp_root;    // --otp-root, or NULL
    bool gc_stress;    // --gc-stress
    bool seeded;       // --seed N
    uint64_t seed;
    bool show_command;  // -emu_args
    bool show_and_exit; // -emu_args_exit
    bool detached;
    bool is_distributed; // -name, -sname
    bool without_epmd;   // -start_epmd false, -no_epmd
    char *epmd;          // -epmd Program, or NULL: the root's, as a daemon
} ErlCommand;

/**
 * Reads the whole command line. Environment variables that it sets (-env, PATH, ROOTDIR, ...) go
 * into the world. Returns 0, or the exit code after a message was written.
 */
int erl_command_read(ErlCommand *c, World *world, int argc, char **argv);
/** Adds -root, -bindir, -progname, -home and -epmd_port around what was read; to be called once the
 * root is known. */
void erl_command_finish(ErlCommand *c, World *world, const char *root, const char *bindir,
                        const char *progname);
void erl_command_free(ErlCommand *c);
/** Writes "Usage: erl ..." to standard error; returns exit code 1. */
int erl_command_usage(World *world);

#endif
