// SPDX-License-Identifier: Apache-2.0
//
// magic.h - finding the object of a magic reference again by the reference's numbers.
//
// A magic reference points to its object, but bytes and texts carry only its numbers. Whoever
// writes these notes the reference here; whoever reads a reference of this node asks here whether
// it was a magic one. What was never written is never noted, so most objects cost nothing.
//
// MAGIC-1: the table does not keep an object alive: the last release of one removes its entries
// before it is freed. MAGIC-2: an entry whose object has no reference left is not found, though it
// may still stand in the table. Any thread may call.
#ifndef MICA_TERM_MAGIC_H
#define MICA_TERM_MAGIC_H

#include "term/binary.h"
#include "term/term.h"

typedef struct MagicTable MagicTable;
MagicTable *magic_table_create(void);
/** After the last magic object of the VM has gone. */
void magic_table_destroy(MagicTable *t);
/** Notes a magic reference, of which the caller holds one. */
void magic_note(MagicTable *t, Term ref);
/** The object noted under a reference's words, with one reference for the caller; or NULL. */
Binary *magic_find(MagicTable *t, const uint64_t words[3]);
/** Removes the entries of an object that has no reference left. */
void magic_forget(Binary *b);
/** How many entries there are. */
uint32_t magic_count(const MagicTable *t);

#endif
