// SPDX-License-Identifier: Apache-2.0
//
// atom.h - the atom table of one VM. Interning takes a lock; reading names takes none. Any thread
// may call.
//
// ATOM-1: an atom's index and text never change and never go away before the VM.
// ATOM-2: the atoms of atom_names.gen.h have the same index in every VM.
#ifndef MICA_TERM_ATOM_H
#define MICA_TERM_ATOM_H

#include "term/term.h"

#define ATOM_CHARACTERS_MAX 255
#define ATOM_COUNT_MAX_DEFAULT 1048576

typedef struct AtomTable AtomTable;

AtomTable *atom_table_create(uint32_t count_max);
void atom_table_destroy(AtomTable *t);
/** The atom with this UTF-8 text; TERM_NONE if it is no UTF-8, over 255 characters, or the table is
 * full. */
Term atom_intern(AtomTable *t, const char *utf8, size_t bytes);
/** As atom_intern, for a text with closing NUL that is known to be right. */
Term atom_from(AtomTable *t, const char *text);
/** The atom if it exists, else TERM_NONE. */
Term atom_find(AtomTable *t, const char *utf8, size_t bytes);
/** Its UTF-8 text, with closing NUL; valid as long as the VM. */
const char *atom_text(const AtomTable *t, Term atom, size_t *bytes);
uint32_t atom_count(const AtomTable *t);
/** Hash of the text, as OTP computes it (phash2 and internal hashes build on it). */
uint32_t atom_hash(const AtomTable *t, Term atom);
/** Erlang's order of atoms: by characters. Negative, 0, positive. */
int atom_compare(const AtomTable *t, Term a, Term b);
/** Characters (not bytes) in the text. */
size_t atom_characters(const AtomTable *t, Term atom);
/** The name and creation of this VM's own node, which the order of identifiers of different nodes
 * needs; am_nonode_nohost until set. */
void atom_table_set_own_node(AtomTable *t, Term name, uint32_t creation);
Term atom_table_own_node(const AtomTable *t);
uint32_t atom_table_own_creation(const AtomTable *t);

#endif
