// SPDX-License-Identifier: Apache-2.0
//
// table.h - ETS tables: what they are made of, how they are found, locked and ended.
//
// A table lives in a magic object (Binary): references to the table keep its memory, not its
// contents. Its objects are stored as copies outside every heap, each in one block, and are copied
// out to whoever reads them.
//
// ETS-1: everything in a table but what is marked otherwise is read under its lock, and written
// under its write lock. ETS-2: a deleted table (`alive` false) has no objects and is in no list; it
// stays so. ETS-3: lock order: a table's lock, then the state's locks. Two tables are never locked
// at once. ETS-4: a fixed hash table neither grows nor shrinks, and objects deleted from it stay in
// their chains, marked.
//
// Threads: any.
#ifndef MICA_ETS_TABLE_H
#define MICA_ETS_TABLE_H

#include "bif/bif.h"
#include "heap/heap.h"
#include "vm/vm.h"
#include "world/thread.h"

typedef enum { ETS_SET, ETS_ORDERED_SET, ETS_BAG, ETS_DUPLICATE_BAG } EtsType;
typedef enum { ETS_PUBLIC, ETS_PROTECTED, ETS_PRIVATE } EtsProtection;
typedef enum { ETS_FOR_READ, ETS_FOR_WRITE, ETS_FOR_INFO } EtsAccess;

typedef struct EtsObject EtsObject;
struct EtsObject {
    EtsObject *next;  // hash tables: chain; trees: left
    EtsObject *right; // trees
    uint32_t hash;
    bool deleted; // ETS-4
    int8_t level; // trees: height
    OffHeap off_heap;
    size_t words; // of mem
    Term tuple;   // in mem
    Term mem[];
};

typedef struct EtsTable EtsTable;

/** A table's objects without the table (contents.c). */
typedef struct EtsContents {
    EtsObject **buckets;
    size_t active, next; // freed so far: the buckets before next
    EtsObject *root;
} EtsContents;

/** One process's hold on a fixed table. */
typedef struct EtsFix EtsFix;
struct EtsFix {
    EtsFix *next;     // of the table; its lock
    EtsFix *pid_next; // of the bucket of the pid; state's lock
    EtsTable *table;  // holds a reference
    Term pid;
    uint64_t count;
};

struct EtsTable {
    Binary *magic; // the object this stands in
    uint64_t ref_words[3];
    VM *vm;
    RwLock lock;
    bool alive;
    bool named;
    EtsType type;
    EtsProtection protection;
    uint32_t key_index; // 0-based
    bool compressed, read_concurrency, decentralized_counters;
    Term write_concurrency; // true, false, auto
    Term name;
    Term owner;
    Term heir; // pid or am_none
    Term heir_data;
    HeapFragment *heir_fragment;

    _Atomic int64_t count; // live objects
    _Atomic int64_t words; // of objects
    // fixing
    EtsFix *fixes;
    bool is_fixed;
    int64_t fixed_since_ns, fixed_since_system_us;
    size_t deleted_count; // objects marked deleted
    // hash tables
    EtsObject **buckets;
    size_t active, mask, slots; // buckets in use, mask of the hash, buckets there
    // trees
    EtsObject *root;

    // in the state's lists; state's lock
    EtsTable *name_next, *all_next, *all_previous, *owner_next, *owner_previous;
};

// ---- finding, making and ending tables (table.c)
// ----------------------------------------------------
struct EtsState *ets_create(VM *vm);
/** No process is left. Frees what tables are still there. */
void ets_destroy(VM *vm);
/** Hook of a process's end: its tables go to their heirs or away; it lets go of fixed ones. */
void ets_process_ended(Process *p);

/**
 * The table that id (a name or reference) names, locked for the access; NULL with *cause set: id,
 * access or type. The caller unlocks with table_unlock.
 */
EtsTable *table_get(Process *p, Term id, EtsAccess access, bool exclusive, Term *cause);
/** As table_get, raising badarg with the cause. */
EtsTable *table_get_or_raise(Process *p, Term id, EtsAccess access, bool exclusive);
/** Releases the lock and the reference that table_get took. */
void table_unlock(EtsTable *t, bool exclusive);
/** The table as programs name it: its name, or its reference built in h. */
Term table_id(Heap *h, EtsTable *t);
Term table_reference(Heap *h, EtsTable *t);

/** Puts a new table under its name and owner; false when the name is taken. */
bool table_register(EtsTable *t);
EtsTable *table_new(VM *vm);
/** Frees a table that was never registered, or drops a reference. */
void table_release(EtsTable *t);
/** Ends a table: needs the write lock, which stays. What was in it is the caller's. */
void table_end(EtsTable *t, EtsContents *contents);
bool table_rename(EtsTable *t, Term name);
/** Gives the table (write-locked) to another process and tells that one; false when there is no
 * such process. */
bool table_give(EtsTable *t, Term new_owner, Term data);
void table_set_heir(EtsTable *t, Term heir, Term data);
void table_fix(Process *p, EtsTable *t);
void table_unfix(Process *p, EtsTable *t);
/** All tables' ids. */
Term ets_all(VM *vm, Heap *h);

// ---- objects (table.c)
// ------------------------------------------------------------------------------
/** A stored copy of a tuple. */
EtsObject *object_new(Term tuple);
void object_free(EtsObject *o);
/** A copy in the process's heap. */
static inline Term object_read(Heap *h, const EtsObject *o) {
    return heap_copy_sized(h, o->tuple, o->words);
}
static inline Term object_key(const EtsTable *t, const EtsObject *o) {
    return tuple_get(o->tuple, t->key_index);
}
static inline const AtomTable *table_atoms(const EtsTable *t) { return t->vm->atoms; }
static inline bool table_is_tree(const EtsTable *t) { return t->type == ETS_ORDERED_SET; }
static inline bool table_has_single_objects(const EtsTable *t) {
    return t->type <= ETS_ORDERED_SET;
}
/** Two keys the same for this table: =:= in hash tables, == in trees. */
bool table_same_key(const EtsTable *t, Term a, Term b);

// ---- storage: hash tables (hash_store.c) and trees (tree_store.c)
// -------------------------------------
void hash_store_init(EtsTable *t);
uint32_t hash_store_hash(const EtsTable *t, Term key);
size_t hash_store_slot(const EtsTable *t, uint32_t hash);
/** First object with the key, live or not; NULL. */
EtsObject *hash_store_find(const EtsTable *t, Term key, uint32_t hash);
/** Takes o over. */
void hash_store_put(EtsTable *t, EtsObject *o);
/** Deletes the objects with the key that fit `only` (TERM_NONE: all). */
size_t hash_store_delete(EtsTable *t, Term key, Term only);
/** Deletes o, which *link points to; true when it left the chain (so *link is the next one). */
bool hash_store_delete_at(EtsTable *t, EtsObject **link);
/** Puts o, which has the same key, in the place of the object that *link points to. */
void hash_store_replace_at(EtsTable *t, EtsObject **link, EtsObject *o);
/** Removes what ETS-4 kept. */
void hash_store_purge(EtsTable *t);
/** Resizes as is due after deletions. */
void hash_store_settle(EtsTable *t);
/** Are these two neighbours in a chain of the same key? */
bool hash_store_same_key(const EtsTable *t, const EtsObject *a, const EtsObject *b);

EtsObject *tree_store_find(const EtsTable *t, Term key);
/** Takes o over; the old object with that key, if any, is freed. */
void tree_store_put(EtsTable *t, EtsObject *o);
bool tree_store_delete(EtsTable *t, Term key);
EtsObject *tree_store_first(const EtsTable *t, bool backwards);
/** The object after (before, backwards) key, which need not be there. */
EtsObject *tree_store_next(const EtsTable *t, Term key, bool backwards);

// ---- both
// --------------------------------------------------------------------------------------------
/** First live object with the key, or NULL. */
EtsObject *table_find(const EtsTable *t, Term key);
/** Stores o as insert does. */
void table_put(EtsTable *t, EtsObject *o);
/** Deletes by key; how many. */
size_t table_delete_key(EtsTable *t, Term key);
/** Replaces a stored object by one with the same key. */
void table_replace(EtsTable *t, EtsObject *old, EtsObject *new_object);
/** Empties the table; how many objects there were. They are the caller's, but for those that a
 * fixed table keeps. */
size_t table_clear(EtsTable *t, EtsContents *contents);
/** Takes everything out of a write-locked table, which goes on empty, or ends. */
void table_take_contents(EtsTable *t, bool goes_on, EtsContents *contents);
/** Frees contents, without a lock. */
void contents_free(EtsContents *c, Budget *budget);
/** As contents_free in a long built-in of p; should p end meanwhile, its end does the rest. */
void contents_free_in_call(EtsContents *c, Process *p);
/** Counts o in or out. */
static inline void table_account(EtsTable *t, const EtsObject *o, int sign) {
    atomic_fetch_add_explicit(&t->count, sign, memory_order_relaxed);
    atomic_fetch_add_explicit(&t->words, sign * (int64_t)(o->words + 8), memory_order_relaxed);
}

#endif
