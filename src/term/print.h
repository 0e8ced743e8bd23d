// SPDX-License-Identifier: Apache-2.0
//
// print.h - any term as text, as erlang:display writes it: for display, crash reports, debugging.
#ifndef MICA_TERM_PRINT_H
#define MICA_TERM_PRINT_H

#include "term/atom.h"
#include "term/term.h"

/** Text that grows; begin with {0}, end with mem_free(bytes). Always has a closing NUL once
 * something was added. */
typedef struct TextBuffer {
    char *bytes;
    size_t count, capacity;
} TextBuffer;

void text_add(TextBuffer *b, const char *bytes, size_t count);
void text_add_string(TextBuffer *b, const char *text);
__attribute__((format(printf, 2, 3))) void text_format(TextBuffer *b, const char *format, ...);

/** Adds the text of any term; stops after about terms_max terms and characters (0: no limit). */
void print_term(TextBuffer *b, const AtomTable *atoms, Term t, size_t terms_max);
/** Adds an atom, with quotes where it needs them. */
void print_atom(TextBuffer *b, const AtomTable *atoms, Term atom);

#endif
