// SPDX-License-Identifier: Apache-2.0
//
// table.h - ETS tables: what they are made of, how they are found, locked and ended.
//
// A table lives in a magic object (Binary): references to the table keep its memory, not its
// contents. Its objects are stored as copies outside every heap, each in one block, and are copied
// out to whoever reads them.
//
// ETS-1: everything in a table but what is marked otherwise is read under its lock, and written
// under its write lock; in a table with stripes, a bucket and its objects also under its stripe and
// the table's lock for reading. ETS-2: a deleted table (`alive` false) has no objects and is in no
// list; it stays so. ETS-3: lock order: a table's lock, then the state's locks. Two tables are
// never locked at once. ETS-4: a fixed hash table neither grows nor shrinks, and objects deleted
// from it stay in their chains, marked. ETS-5: a table that was found stays allocated until the
// finder passes a quiet point (proc/quiesce.h): it holds no reference.
//
// Threads: any.
#ifndef MICA_ETS_TABLE_H
#define MICA_ETS_TABLE_H

#include "bif/bif.h"
#include "ets/table_lock.h"
#include "heap/heap.h"
#include "term/print.h"
#include "vm/vm.h"
#include "world/thread.h"

typedef enum { ETS_SET, ETS_ORDERED_SET, ETS_BAG, ETS_DUPLICATE_BAG } EtsType;
typedef enum { ETS_PUBLIC, ETS_PROTECTED, ETS_PRIVATE } EtsProtection;
typedef enum { ETS_FOR_READ, ETS_FOR_WRITE, ETS_FOR_INFO } EtsAccess;

/** How a table is locked. */
typedef enum {
    ETS_LOCK_INFO,     // to look at anything but objects
    ETS_LOCK_READ,     // to look at everything
    ETS_LOCK_KEY_READ, // as READ; where there are stripes, the key's (table_lock_key) is needed too
    ETS_LOCK_KEY_WRITE, // as WRITE; where there are stripes, the key's is needed too
    ETS_LOCK_WRITE      // for everything
} EtsLockMode;

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

#define ETS_CHUNKS 25 // of buckets: enough for 2^32

/** A table's objects without the table (contents.c). */
typedef struct EtsContents {
    EtsObject **chunks[ETS_CHUNKS];
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
    EtsLock lock;
    EtsStripe *stripes; // ETS_STRIPES, or NULL
    bool is_exclusive;  // somebody holds the write lock
    bool alive;
    bool named;
    EtsType type;
    EtsProtection protection;
    uint32_t key_index; // 0-based
    bool compressed, read_concurrency, decentralized_counters;
    Term write_concurrency; // true, false, auto
    int64_t locks_asked;    // {debug_hash_fixed_number_of_locks, N}, or 0
    _Atomic Term name;      // written under names_lock too
    Term owner;
    _Atomic Term heir;       // pid or am_none; written under the table's lock, read by anyone
    _Atomic bool heir_ended; // whoever has the heir's pid now is another process
    Term heir_data;
    HeapFragment *heir_fragment;

    _Atomic int64_t count; // live objects
    _Atomic int64_t words; // of objects
    // fixing
    EtsFix *fixes;
    bool is_fixed;
    int64_t fixed_since_ns, fixed_since_system_us;
    _Atomic size_t deleted_count; // objects marked deleted
    // hash tables; hash_store.c
    _Atomic(EtsObject **) chunks[ETS_CHUNKS];
    _Atomic size_t active, mask; // buckets in use, mask of the hash
    _Atomic size_t slots;        // buckets that OTP would have
    Mutex resize;                // with stripes: who changes the number of buckets
    _Atomic uint32_t walkers;    // with stripes: searches that need it to stay
    // trees
    EtsObject *root;

    // in the state's lists; state's lock
    _Atomic(EtsTable *) name_next;
    EtsTable *all_next, *all_previous, *owner_next, *owner_previous;
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
 * access or type. The caller unlocks with table_unlock, of the same process and mode.
 */
EtsTable *table_get(Process *p, Term id, EtsAccess access, EtsLockMode mode, Term *cause);
/** As table_get, raising badarg with the cause. */
EtsTable *table_get_or_raise(Process *p, Term id, EtsAccess access, EtsLockMode mode);
/** badarg for another argument; but when the table cannot be had either, as table_get_or_raise. */
Term table_raise_badarg(Process *p, Term id, EtsAccess access);
void table_unlock(Process *p, EtsTable *t, EtsLockMode mode);
/** A table got with ETS_LOCK_KEY_READ (of a tree, or with stripes none of them held) is let go of
 * for a while; it may have ended afterwards. */
void table_pause(Process *p, EtsTable *t);
void table_resume(Process *p, EtsTable *t);
/** For everything, while it is let go of. */
void table_write_begin(EtsTable *t);
void table_write_end(EtsTable *t);
/** Locks the stripe of a key, or of a bucket; NULL where there are none, or none is needed. */
EtsStripe *table_lock_key(EtsTable *t, Term key, bool write);
EtsStripe *table_lock_slot(EtsTable *t, size_t slot, bool write);
static inline void table_unlock_stripe(EtsStripe *s, bool write) {
    if (s != NULL) ets_stripe_unlock(s, write);
}
/** After the options are read: locks as they say. */
void table_choose_locks(EtsTable *t);
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
/** An =ets section for each table, with its objects, as OTP's break handler has them. Nobody else
 * runs meanwhile. */
void ets_text_add(TextBuffer *out, VM *vm);
/** Visits all tables, the oldest first, under the state's lock. */
void ets_each(VM *vm, void (*visit)(EtsTable *t, void *context), void *context);
/** An item of ets:info/2, built in h; TERM_NONE when there is none of that name. */
Term table_item(Heap *h, EtsTable *t, Term name);

// ---- objects (table.c)
// ------------------------------------------------------------------------------
/** A stored copy of a tuple. */
EtsObject *object_new(Term tuple);
void object_free(EtsObject *o);
/** A copy in the process's heap. */
static inline Term object_read(Heap *h, const EtsObject *o) {
    return heap_copy_run(h, o->tuple, o->mem, o->words);
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
static inline size_t hash_store_count(const EtsTable *t) {
    return atomic_load_explicit(&t->active, memory_order_acquire); // pairs with split_bucket
}
/** The slot-th bucket's chain. */
EtsObject **hash_store_bucket(const EtsTable *t, size_t slot);
/** The chunk with the slot-th bucket, and the slot of its first one. */
uint32_t hash_store_chunk(size_t slot, size_t *first);
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
/** With stripes: resizes as is due. The table's lock is held for reading, no stripe. */
void hash_store_resize_striped(EtsTable *t);
/** With stripes: between these the number of buckets stays. No stripe is held. */
void hash_store_walk_begin(EtsTable *t);
void hash_store_walk_end(EtsTable *t);
/** Are these two neighbours in a chain of the same key? */
bool hash_store_same_key(const EtsTable *t, const EtsObject *a, const EtsObject *b);

/** Compares a key with a pattern that has variables, up to the first of these: 0 for every key that
 * may match, and those stand next to each other. */
int tree_store_compare(const EtsTable *t, Term pattern, Term key);
/** The first object (last, backwards) whose key is not before (behind) all that may match. */
EtsObject *tree_store_seek(const EtsTable *t, Term pattern, bool backwards);
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
/** Visits all objects of all tables; nobody else runs meanwhile. */
void contents_each_object(VM *vm, void (*visit)(void *context, Term table_name, Term object),
                          void *context);
static inline void table_add(const EtsTable *t, _Atomic int64_t *counter, int64_t n) {
    if (t->stripes != NULL) {
        atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
    } else { // under the write lock
        atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + n,
                              memory_order_relaxed);
    }
}
/** Counts o in or out. */
static inline void table_account(EtsTable *t, const EtsObject *o, int sign) {
    table_add(t, &t->count, sign);
    table_add(t, &t->words, sign * (int64_t)(o->words + 8));
}

#endif
