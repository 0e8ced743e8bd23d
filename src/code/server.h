// SPDX-License-Identifier: Apache-2.0
//
// server.h - the code server's inside: for this room only.
//
// Lock order: `lock` (versions of modules, ranges) before `table_lock` (adding to the three
// tables). Finding takes none.
#ifndef MICA_CODE_SERVER_H
#define MICA_CODE_SERVER_H

#include "code/code.h"
#include "code/lower.h"
#include "code/ptr_table.h"
#include "world/thread.h"

/** Memory for table entries, which never go away: handed out from blocks. */
typedef struct EntryBlock {
    struct EntryBlock *next;
    size_t used_bytes;
    uint8_t bytes[] __attribute__((aligned(16)));
} EntryBlock;

#define ENTRY_BLOCK_BYTES 32768

/** Where each instance's code stands, sorted by address; read through `sequence` (see
 * line_table.c). */
typedef struct CodeRange {
    _Atomic(const Word *) start, end;
    _Atomic(CodeInstance *) instance;
} CodeRange;

typedef struct CodeRanges {
    struct CodeRanges *older; // replaced by this one, kept for readers
    size_t capacity;
    _Atomic size_t count;
    CodeRange range[];
} CodeRanges;

struct CodeServer {
    CodeConfig config;
    Mutex lock;
    Mutex table_lock;
    PtrTable exports, funs, modules;
    EntryBlock *blocks;              // table_lock
    Module *purging;                 // between code_purge_prepare and its end; under lock
    CodeInstance *purging_saved_old; // old version put aside while a failed on_load is purged
    Term *waiting;                   // processes that wait for the end of the purge; under lock
    size_t waiting_count;
    Term permit;           // who may change versions, or TERM_NONE; under lock
    uint32_t permit_depth; // how often it took the permit
    Term *permit_waiting;  // processes that want it; under lock
    size_t permit_waiting_count;
    struct LiteralArea
        *retired_first; // of purged modules: processes may still show them; under lock
    struct LiteralArea **retired_last;
    Term *preloaded; // names, in the order in which they were loaded
    uint32_t preloaded_count;
    bool preloading;              // the real VM's preloaded modules have no lines: nor have these
    _Atomic(CodeRanges *) ranges; // changed under lock
    _Atomic uint32_t ranges_sequence; // odd while they change
};

/** Zeroed memory for an entry; under table_lock. */
void *code_entry_alloc(CodeServer *c, size_t bytes);
void code_exports_init(CodeServer *c);
void code_funs_init(CodeServer *c);
void code_modules_init(CodeServer *c);
void code_ranges_init(CodeServer *c);
void code_ranges_destroy(CodeServer *c);
/** Adds or removes an instance's code; under lock. */
void code_ranges_add(CodeServer *c, CodeInstance *i);
void code_ranges_remove(CodeServer *c, CodeInstance *i);

static ALWAYS_INLINE uint64_t code_mix(uint64_t a, uint64_t b) {
    uint64_t h = (a ^ (b << 21) ^ (b >> 13)) * 0x9e3779b97f4a7c15u;
    return h ^ (h >> 29);
}

#endif
