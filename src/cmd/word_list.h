// SPDX-License-Identifier: Apache-2.0
//
// word_list.h - a growing list of command-line words, and splitting a text into words.
//
// A list owns its words (copies). One thread.
#ifndef MICA_CMD_WORD_LIST_H
#define MICA_CMD_WORD_LIST_H

#include "base/base.h"

typedef struct WordList {
    char **words; // count of them, then NULL
    int count;
    int capacity;
} WordList;

void word_list_add(WordList *list, const char *word);
void word_list_add_all(WordList *list, const WordList *more);
void word_list_free(WordList *list);

/**
 * Splits a text as ERL_FLAGS and arguments files are split: blanks separate, '...' and "..." quote,
 * a backslash takes the next character as it is; with comments, '#' outside of quotes runs to the
 * end of its line.
 */
void word_list_split(WordList *list, const char *text, bool comments);

#endif
