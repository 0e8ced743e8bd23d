// SPDX-License-Identifier: Apache-2.0
//
// share.h - a copy of terms in which what was shared is shared again: measured first, then made.
//
//   Share s;
//   share_begin(&s, literals);
//   size_t words = share_measure(&s, t);     // of each term, in any order
//   ... room for so many words at hp ...
//   t = share_copy(&s, t, &hp, off_heap);    // of each term, whatever the order
//   share_end(&s);
//
// Objects are met one by one, each once: a table maps each object of the source to its copy. A copy
// is first made with pointers into the source; it is then scanned, and each pointer replaced by one
// to the copy of what it points to. The table takes some words for each object while the copy is
// made; heap_copy, which does not look at sharing, takes none.
//
// SHARE-1: what is in the table is complete but for the pointers of the objects still to be
// scanned. SHARE-2: share_copy takes exactly the words that share_measure told.
//
// Threads: any, as long as nobody changes the source.
#ifndef MICA_HEAP_SHARE_H
#define MICA_HEAP_SHARE_H

#include "heap/heap.h"
#include "term/stack.h"

typedef struct Share {
    const LiteralRange *literals; // those in it are not copied
    Term *slots;                  // pairs of source and copy, open addressing; TERM_NONE: free
    size_t count, capacity;       // in pairs; a power of two
    TermStack todo;               // measuring: objects met; copying: copies to be scanned
} Share;

/** literals NULL: they are copied, too. */
void share_begin(Share *s, const LiteralRange *literals);
/** Words of what t points to and no other measured term did. */
size_t share_measure(Share *s, Term t);
Term share_copy(Share *s, Term t, Term **hp, OffHeap *list);
void share_end(Share *s);

/** A copy of t in h. literals NULL: they are copied, too. *objects: how many were met. */
Term heap_copy_shared(Heap *h, Term t, const LiteralRange *literals, size_t *objects);

#endif
