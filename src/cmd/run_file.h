// SPDX-License-Identifier: Apache-2.0
//
// run_file.h - `mica run FILE [ARGS]`: what to tell `erl` so that a file of any kind runs.
#ifndef MICA_CMD_RUN_FILE_H
#define MICA_CMD_RUN_FILE_H

#include "cmd/word_list.h"
#include "world/world.h"

/**
 * Adds the words after "erl" that run path with arguments. A .beam or .erl file's main/1 is called
 * with the arguments (texts), else its start/0; an .exs or .ex file is run by Elixir; anything else
 * is taken as an escript. Returns 0, or an exit code after a message.
 */
int run_file_words(WordList *out, World *world, const char *path, int argument_count,
                   char **arguments);

#endif
