// SPDX-License-Identifier: Apache-2.0
//
// ptr_table.h - a table of entries that never go away: finding takes no lock, adding happens under
// the caller's.
//
// PTR-1: an entry once added stays, at its address, until the table is destroyed.
// PTR-2: a reader may look into an array of slots that has been replaced: it then misses entries
// added after, and must
//        look again under the lock before it adds one. Old arrays are kept until the table is
//        destroyed (together they are smaller than the present one).
#ifndef MICA_CODE_PTR_TABLE_H
#define MICA_CODE_PTR_TABLE_H

#include "base/base.h"

typedef struct PtrSlots {
    struct PtrSlots *older;
    size_t mask;
    _Atomic(void *) slot[];
} PtrSlots;

typedef struct PtrTable {
    _Atomic(PtrSlots *) slots;
    size_t count;                        // under the caller's lock
    uint64_t (*hash)(const void *entry); // of an entry, for growth
    bool (*same)(const void *entry, const void *key);
} PtrTable;

void ptr_table_init(PtrTable *t, size_t slots_count, uint64_t (*hash)(const void *entry),
                    bool (*same)(const void *entry, const void *key));
/** Frees the arrays, not the entries. */
void ptr_table_destroy(PtrTable *t);
void *ptr_table_find(const PtrTable *t, uint64_t hash, const void *key);
/** Adds an entry that is not there; under the caller's lock. Whoever finds it sees all that was
 * written to it before. */
void ptr_table_add(PtrTable *t, void *entry);
/** Calls visit for every entry; entries added meanwhile may or may not be among them. */
void ptr_table_each(const PtrTable *t, void (*visit)(void *entry, void *context), void *context);

#endif
