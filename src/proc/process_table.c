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

/*
 * What one scheduler writes at each start and end of a process, in one word, a cache line apart
 * from the next:
 *
 *   63      56 55      40 39  36 35            8 7        0
 *   |    0    |   room   |  0  |  next number |   left   |
 *
 * room: TABLE-4. Of the run of numbers that it has, the next one's data, and how many are left:
 * TABLE-3.
 */
typedef struct Shard {
    _Atomic uint64_t state;
    _Atomic uint64_t runs; // how many it has taken
    uint8_t apart[112];
} Shard;

#define LEFT_MASK 0xffu
#define NEXT_SHIFT 8
#define RUN_MASK (PID_DATA_MASK << NEXT_SHIFT | LEFT_MASK)
#define ROOM_SHIFT 40
#define ROOM_ONE ((uint64_t)1 << ROOM_SHIFT)
_Static_assert(NEXT_SHIFT + PID_NUMBER_BITS + PID_SERIAL_BITS <= ROOM_SHIFT,
               "parts do not overlap");

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
        room += atomic_load_explicit(&t->shards[i].state, memory_order_relaxed) >> ROOM_SHIFT;
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

// ---- room and numbers
// ---------------------------------------------------------------------------------

/** Takes up to `most` of a count of `one`s in *from; returns how many. */
static uint64_t room_take(_Atomic uint64_t *from, uint64_t one, uint64_t most) {
    uint64_t state = atomic_load_explicit(from, memory_order_relaxed);
    for (;;) {
        uint64_t taken = MIN(state / one, most);
        if (taken == 0) return 0;
        if (atomic_compare_exchange_weak_explicit(from, &state, state - taken * one,
                                                  memory_order_relaxed, memory_order_relaxed))
            return taken;
    }
}

/** The shard has none: gets some from the table, or one from another shard. False: it is full. */
static bool room_refill(ProcessTable *t, Shard *shard) {
    uint64_t room = room_take(&t->room, 1, ROOM_BATCH);
    for (uint32_t i = 0; i < t->shard_count && room == 0; i++)
        room = room_take(&t->shards[i].state, ROOM_ONE, 1);
    atomic_fetch_add_explicit(&shard->state, room * ROOM_ONE, memory_order_relaxed);
    return room > 0;
}

static void room_give_one(ProcessTable *t, Shard *shard) {
    uint64_t state = atomic_fetch_add_explicit(&shard->state, ROOM_ONE, memory_order_relaxed);
    if (state >> ROOM_SHIFT < 2 * ROOM_BATCH) return;
    uint64_t back = room_take(&shard->state, ROOM_ONE, ROOM_BATCH);
    atomic_fetch_add_explicit(&t->room, back, memory_order_relaxed);
}

/** The counter has gone half round since this number was set aside. */
static bool is_stale(const ProcessTable *t, uint64_t data) {
    uint64_t next = atomic_load_explicit(&t->next, memory_order_relaxed);
    return ((next - data) & PID_DATA_MASK) > PID_DATA_MASK / 2;
}

/** A new run, as it stands in a shard's state. */
static uint64_t run_take(ProcessTable *t, Shard *shard) {
    uint64_t runs = atomic_fetch_add_explicit(&shard->runs, 1, memory_order_relaxed);
    uint64_t count = runs < RUNS_OF_ONE ? 1 : RUN_NUMBERS;
    uint64_t data = atomic_fetch_add_explicit(&t->next, count, memory_order_relaxed);
    return (data & PID_DATA_MASK) << NEXT_SHIFT | count;
}

static uint64_t run_next(uint64_t run) { return (run & RUN_MASK) >> NEXT_SHIFT; }

/** Room for one, and a number for it; false: there is no room. */
static bool take_number(ProcessTable *t, Shard *shard, uint64_t *number) {
    uint64_t state = atomic_load_explicit(&shard->state, memory_order_relaxed);
    for (;;) {
        if (UNLIKELY(state < ROOM_ONE)) {
            if (!room_refill(t, shard)) return false;
            state = atomic_load_explicit(&shard->state, memory_order_relaxed);
            continue;
        }
        uint64_t run = state & RUN_MASK;
        if (UNLIKELY((run & LEFT_MASK) == 0 || is_stale(t, run_next(run))))
            run = run_take(t, shard);
        uint64_t data = run_next(run), left = run & LEFT_MASK;
        DEBUG_ASSERT(left > 0 && left <= RUN_NUMBERS);
        uint64_t rest = ((data + 1) & PID_DATA_MASK) << NEXT_SHIFT | (left - 1);
        uint64_t after = (state & ~RUN_MASK) - ROOM_ONE + rest;
        if (LIKELY(atomic_compare_exchange_weak_explicit(
                &shard->state, &state, after, memory_order_relaxed, memory_order_relaxed))) {
            *number = data;
            return true;
        }
    }
}

uint64_t process_table_next(const ProcessTable *t, uint32_t shard) {
    uint64_t state = atomic_load_explicit(&t->shards[MIN(shard, t->shard_count - 1)].state,
                                          memory_order_relaxed);
    if ((state & LEFT_MASK) != 0) return run_next(state);
    return atomic_load_explicit(&t->next, memory_order_relaxed) & PID_DATA_MASK;
}

void process_table_set_next(ProcessTable *t, uint64_t data) {
    ASSERT(data <= PID_DATA_MASK);
    atomic_store_explicit(&t->next, data, memory_order_relaxed);
    for (uint32_t i = 0; i < t->shard_count; i++)
        atomic_fetch_and_explicit(&t->shards[i].state, ~RUN_MASK, memory_order_relaxed);
}

// ---- slots
// ---------------------------------------------------------------------------------

/** Puts p at this number's slot; false when another process stands there. */
static bool slot_put(ProcessTable *t, uint64_t data, Process *p) {
    uint64_t slot = data & (t->slot_count - 1);
    Chunk *c = chunk_at(t, slot >> CHUNK_SLOTS_LOG2);
    _Atomic(Process *) *at = &c->slots[slot & (CHUNK_SLOTS - 1)];
    __builtin_prefetch(at + SLOTS_AHEAD, 1); // perhaps past the chunk: harmless
    Process *expected = NULL;
    if (atomic_load_explicit(at, memory_order_relaxed) != NULL) return false;
    if (!atomic_compare_exchange_strong_explicit(at, &expected, table_reserved,
                                                 memory_order_relaxed, memory_order_relaxed))
        return false;
    DEBUG_ASSERT(p->pid == TERM_NONE); // LIFE-1: not findable before
    p->pid = term_from_pid_data(data);
    if (p->group_leader == TERM_NONE) p->group_leader = p->pid; // the first process leads itself
    // release publishes the whole new process to who finds it
    atomic_store_explicit(at, p, memory_order_release);
    return true;
}

bool process_table_add(ProcessTable *t, uint32_t shard, Process *p) {
    Shard *own = &t->shards[MIN(shard, t->shard_count - 1)];
    uint64_t data;
    for (;;) { // ends: while there is room, some slot is free
        if (!take_number(t, own, &data)) return false;
        if (LIKELY(slot_put(t, data, p))) return true;
        atomic_fetch_add_explicit(&own->state, ROOM_ONE, memory_order_relaxed);
    }
}

static _Atomic(Process *) *slot_of(const ProcessTable *t, Term pid) {
    uint64_t slot = term_pid_data(pid) & (t->slot_count - 1);
    DEBUG_ASSERT(slot >> CHUNK_SLOTS_LOG2 < t->slot_count >> CHUNK_SLOTS_LOG2);
    Chunk *c = atomic_load_explicit(&t->chunks[slot >> CHUNK_SLOTS_LOG2], memory_order_acquire);
    return c == NULL ? NULL : &c->slots[slot & (CHUNK_SLOTS - 1)];
}

void process_table_remove(ProcessTable *t, uint32_t shard, Process *p) {
    _Atomic(Process *) *at = slot_of(t, p->pid);
    DEBUG_ASSERT(at != NULL && atomic_load_explicit(at, memory_order_relaxed) == p); // TABLE-1
    atomic_store_explicit(at, NULL, memory_order_seq_cst);                           // REG-3
    room_give_one(t, &t->shards[MIN(shard, t->shard_count - 1)]);
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
