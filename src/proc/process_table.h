// SPDX-License-Identifier: Apache-2.0
//
// process_table.h - all processes of one VM by pid.
//
// A pid's data is a 28-bit counter: its low bits are the slot, the rest says which generation of
// the slot. New processes take the next free slot upward, so a pid comes back only after the
// counter went round. So that schedulers do not write the same cache lines at each start and end of
// a process, each takes numbers, and room, in batches: it has a shard of its own, and one more is
// for threads that are no normal schedulers.
//
// TABLE-1: a slot holds NULL, TABLE_RESERVED, or a process whose pid's low bits are the slot's
// number. TABLE-2: finding takes no lock; a found process stays allocated until the finder's quiet
// point (PROC-4). TABLE-3: a number is set aside for one shard at a time; what is left of a run is
// dropped when the counter has gone half round since. TABLE-4: the table's room, that of all shards
// and the processes are together as many as the slots: the table is full when there is no room
// anywhere. Threads: any, with any shard; a thread that keeps to its own waits for nobody.
#ifndef MICA_PROC_PROCESS_TABLE_H
#define MICA_PROC_PROCESS_TABLE_H

#include "proc/process.h"

#define PROCESS_COUNT_MAX_DEFAULT 262144
#define PROCESS_COUNT_MAX_LEAST 1024
#define PROCESS_COUNT_MAX_MOST 134217727

/** Processes that erlang:processes() lists for a reduction. */
#define PROCESSES_PER_REDUCTION 10

typedef struct ProcessTable ProcessTable;

/** count_max is rounded up to a power of two. shards: above 0; a higher number of one means the
 * last. */
ProcessTable *process_table_create(uint64_t count_max, uint32_t shards);
void process_table_destroy(ProcessTable *t);
uint64_t process_table_count_max(const ProcessTable *t);
/** How many there are; exact while none is made or ends. */
uint64_t process_table_count(const ProcessTable *t);
/** Gives p a pid and makes it findable. False when the table is full. */
bool process_table_add(ProcessTable *t, uint32_t shard, Process *p);
/** The data that the next new process's pid of this shard gets, if its slot is free; for OTP's own
 * tests. */
uint64_t process_table_next(const ProcessTable *t, uint32_t shard);
/** The next ones of all shards begin here. */
void process_table_set_next(ProcessTable *t, uint64_t data);
/** p is found no more. */
void process_table_remove(ProcessTable *t, uint32_t shard, Process *p);
Process *process_table_find(const ProcessTable *t, Term pid);
/** Visits every process in slot order; those made or ended meanwhile may be missing. */
void process_table_each(const ProcessTable *t, void (*visit)(Process *p, void *context),
                        void *context);

#endif
