// SPDX-License-Identifier: Apache-2.0
//
// process_table.c - pids to processes; see process_table.h for TABLE-1 to TABLE-4.
//
//   chunks[i] -> 1,024 slots each, allocated when the counter first reaches them, freed with the
//   table
//   shards[i] -> numbers and room that one scheduler has set aside for the processes it makes
#include "proc/process_table.h"

#include "base/alloc.h"

#define CHUNK_SLOTS_LOG2 10
#define CHUNK_SLOTS ((uint64_t)1 << CHUNK_SLOTS_LOG2)
#define PID_DATA_MASK (((uint64_t)1 << (PID_NUMBER_BITS + PID_SERIAL_BITS)) - 1)

typedef struct Chunk {
    _Atomic(Process *) slots[CHUNK_SLOTS];
} Chunk;

// What one scheduler writes at each start and end of a process; a cache line apart from the next.
typedef struct Shard {
    _Atomic uint64_t run;  // TABLE-3: the next number's data << RUN_LEFT_BITS | how many are left
    _Atomic uint64_t room; // TABLE-4
    _Atomic uint64_t runs; // how many it has taken
    uint8_t apart[104];
} Shard;

#define RUN_LEFT_BITS 8
#define RUN_NUMBERS 64 // their slots fill whole cache lines
// A shard's first numbers come one by one: those of a small system are in the order of its spawns.
#define RUNS_OF_ONE 4096
#define ROOM_BATCH 64
#define SLOTS_AHEAD 8 // a cache line: what another core wrote in the last round is here in time

struct ProcessTable {
    uint64_t slot_count; // power of two
    uint32_t shard_count;
    _Atomic(Chunk *) *chunks;
    uint8_t apart[128]; // what is above is never written
    _Atomic uint64_t next;
    _Atomic uint64_t room; // TABLE-4
    uint8_t apart_again[112];
    Shard shards[];
};

static Process *const table_reserved = (Process *)(uintptr_t)8;

ProcessTable *process_table_create(uint64_t count_max, uint32_t shards) {
    if (count_max < PROCESS_COUNT_MAX_LEAST) count_max = PROCESS_COUNT_MAX_LEAST;
    if (count_max > PROCESS_COUNT_MAX_MOST) count_max = PROCESS_COUNT_MAX_MOST;
    uint64_t slots = PROCESS_COUNT_MAX_LEAST;
    while (slots < count_max) slots *= 2;
    ASSERT(shards > 0);
    ProcessTable *t = mem_zalloc(sizeof *t + shards * sizeof t->shards[0]);
    t->slot_count = slots;
    t->shard_count = shards;
    atomic_init(&t->room, slots);
    ASSERT(slots >= PROCESS_COUNT_MAX_LEAST && slots <= (uint64_t)PROCESS_COUNT_MAX_MOST + 1);
    t->chunks = mem_zalloc((slots >> CHUNK_SLOTS_LOG2) * sizeof *t->chunks);
    ASSERT((slots & (slots - 1)) == 0);
    return t;
}

void process_table_destroy(ProcessTable *t) {
    for (uint64_t i = 0; i < t->slot_count >> CHUNK_SLOTS_LOG2; i++)
        mem_free(atomic_load_explicit(&t->chunks[i], memory_order_relaxed));
    mem_free(t->chunks);
    mem_free(t);
}

uint64_t process_table_count_max(const ProcessTable *t) { return t->slot_count; }

uint64_t process_table_count(const ProcessTable *t) {
    uint64_t room = atomic_load_explicit(&t->room, memory_order_relaxed);
    for (uint32_t i = 0; i < t->shard_count; i++)
        room += atomic_load_explicit(&t->shards[i].room, memory_order_relaxed);
    return t->slot_count - MIN(room, t->slot_count); // what moves between two may be seen twice
}

static Chunk *chunk_at(ProcessTable *t, uint64_t index) {
    Chunk *c = atomic_load_explicit(&t->chunks[index], memory_order_acquire);
    if (LIKELY(c != NULL)) return c;
    Chunk *fresh = mem_zalloc(sizeof *fresh);
    // release publishes the zeroed slots to the acquire loads of the pointer
    if (atomic_compare_exchange_strong_explicit(&t->chunks[index], &c, fresh, memory_order_acq_rel,
                                                memory_order_acquire))
        return fresh;
    mem_free(fresh);
    return c;
}

// ---- room: TABLE-4
// ---------------------------------------------------------------------------------

/** Takes up to `most`; returns how much that was. */
static uint64_t room_take(_Atomic uint64_t *room, uint64_t most) {
    uint64_t there = atomic_load_explicit(room, memory_order_relaxed);
    for (;;) {
        uint64_t taken = MIN(there, most);
        if (taken == 0) return 0;
        if (atomic_compare_exchange_weak_explicit(room, &there, there - taken, memory_order_relaxed,
                                                  memory_order_relaxed))
            return taken;
    }
}

/** False when the table is full. */
static bool room_take_one(ProcessTable *t, Shard *shard) {
    if (LIKELY(room_take(&shard->room, 1) == 1)) return true;
    uint64_t batch = room_take(&t->room, ROOM_BATCH);
    if (batch > 0) {
        atomic_fetch_add_explicit(&shard->room, batch - 1, memory_order_relaxed);
        return true;
    }
    for (uint32_t i = 0; i < t->shard_count; i++)
        if (room_take(&t->shards[i].room, 1) == 1) return true;
    return false;
}

static void room_give_one(ProcessTable *t, Shard *shard) {
    uint64_t room = atomic_fetch_add_explicit(&shard->room, 1, memory_order_relaxed) + 1;
    if (room < 2 * ROOM_BATCH) return;
    uint64_t back = room_take(&shard->room, ROOM_BATCH);
    atomic_fetch_add_explicit(&t->room, back, memory_order_relaxed);
}

// ---- numbers: TABLE-3
// ---------------------------------------------------------------------------------

/** The counter has gone half round since this number was set aside. */
static bool is_stale(const ProcessTable *t, uint64_t data) {
    uint64_t next = atomic_load_explicit(&t->next, memory_order_relaxed);
    return ((next - data) & PID_DATA_MASK) > PID_DATA_MASK / 2;
}

static uint64_t take_number(ProcessTable *t, Shard *shard) {
    uint64_t run = atomic_load_explicit(&shard->run, memory_order_relaxed);
    for (;;) {
        uint64_t data = run >> RUN_LEFT_BITS, left = run & ((1u << RUN_LEFT_BITS) - 1);
        if (UNLIKELY(left == 0 || is_stale(t, data))) {
            uint64_t runs = atomic_fetch_add_explicit(&shard->runs, 1, memory_order_relaxed);
            left = runs < RUNS_OF_ONE ? 1 : RUN_NUMBERS;
            data = atomic_fetch_add_explicit(&t->next, left, memory_order_relaxed) & PID_DATA_MASK;
        }
        ASSERT(left > 0 && left <= RUN_NUMBERS);
        uint64_t rest = ((data + 1) & PID_DATA_MASK) << RUN_LEFT_BITS | (left - 1);
        if (atomic_compare_exchange_weak_explicit(&shard->run, &run, rest, memory_order_relaxed,
                                                  memory_order_relaxed))
            return data;
    }
}

uint64_t process_table_next(const ProcessTable *t, uint32_t shard) {
    uint64_t run =
        atomic_load_explicit(&t->shards[shard % t->shard_count].run, memory_order_relaxed);
    if ((run & ((1u << RUN_LEFT_BITS) - 1)) != 0) return run >> RUN_LEFT_BITS;
    return atomic_load_explicit(&t->next, memory_order_relaxed) & PID_DATA_MASK;
}

void process_table_set_next(ProcessTable *t, uint64_t data) {
    ASSERT(data <= PID_DATA_MASK);
    atomic_store_explicit(&t->next, data, memory_order_relaxed);
    for (uint32_t i = 0; i < t->shard_count; i++)
        atomic_store_explicit(&t->shards[i].run, 0, memory_order_relaxed);
}

// ---- slots
// ---------------------------------------------------------------------------------

bool process_table_add(ProcessTable *t, uint32_t shard, Process *p) {
    Shard *own = &t->shards[shard % t->shard_count];
    if (!room_take_one(t, own)) return false;
    for (;;) { // ends: there was room for it, so some slot is free
        uint64_t data = take_number(t, own);
        uint64_t slot = data & (t->slot_count - 1);
        Chunk *c = chunk_at(t, slot >> CHUNK_SLOTS_LOG2);
        _Atomic(Process *) *at = &c->slots[slot & (CHUNK_SLOTS - 1)];
        __builtin_prefetch(at + SLOTS_AHEAD, 1); // perhaps past the chunk: harmless
        Process *expected = NULL;
        if (atomic_load_explicit(at, memory_order_relaxed) != NULL) continue;
        if (!atomic_compare_exchange_strong_explicit(at, &expected, table_reserved,
                                                     memory_order_relaxed, memory_order_relaxed))
            continue;
        ASSERT(p->pid == TERM_NONE); // LIFE-1: not findable before
        p->pid = term_from_pid_data(data);
        if (p->group_leader == TERM_NONE)
            p->group_leader = p->pid; // the first process leads itself
        // release publishes the whole new process to who finds it
        atomic_store_explicit(at, p, memory_order_release);
        return true;
    }
}

static _Atomic(Process *) *slot_of(const ProcessTable *t, Term pid) {
    uint64_t slot = term_pid_data(pid) & (t->slot_count - 1);
    ASSERT(slot >> CHUNK_SLOTS_LOG2 < t->slot_count >> CHUNK_SLOTS_LOG2);
    Chunk *c = atomic_load_explicit(&t->chunks[slot >> CHUNK_SLOTS_LOG2], memory_order_acquire);
    return c == NULL ? NULL : &c->slots[slot & (CHUNK_SLOTS - 1)];
}

void process_table_remove(ProcessTable *t, uint32_t shard, Process *p) {
    _Atomic(Process *) *at = slot_of(t, p->pid);
    ASSERT(at != NULL && atomic_load_explicit(at, memory_order_relaxed) == p); // TABLE-1
    atomic_store_explicit(at, NULL, memory_order_seq_cst);                     // REG-3
    room_give_one(t, &t->shards[shard % t->shard_count]);
}

Process *process_table_find(const ProcessTable *t, Term pid) {
    if (UNLIKELY(!term_is_local_pid(pid))) return NULL;
    _Atomic(Process *) *at = slot_of(t, pid);
    if (at == NULL) return NULL;
    // Pairs with process_table_add; sequentially consistent for REG-3.
    Process *p = atomic_load_explicit(at, memory_order_seq_cst);
    if (p == NULL || p == table_reserved || p->pid != pid) return NULL;
    return p;
}

void process_table_each(const ProcessTable *t, void (*visit)(Process *p, void *context),
                        void *context) {
    for (uint64_t i = 0; i < t->slot_count >> CHUNK_SLOTS_LOG2; i++) {
        Chunk *c = atomic_load_explicit(&t->chunks[i], memory_order_acquire);
        if (c == NULL) continue;
        for (uint64_t j = 0; j < CHUNK_SLOTS; j++) {
            Process *p = atomic_load_explicit(&c->slots[j], memory_order_acquire);
            if (p != NULL && p != table_reserved) visit(p, context);
        }
    }
}
