// SPDX-License-Identifier: Apache-2.0
//
// process_table.c - pids to processes; see process_table.h for TABLE-1 and TABLE-2.
//
//   chunks[i] -> 1,024 slots each, allocated when the counter first reaches them, freed with the
//   table
#include "proc/process_table.h"

#include "base/alloc.h"

#define CHUNK_SLOTS_LOG2 10
#define CHUNK_SLOTS ((uint64_t)1 << CHUNK_SLOTS_LOG2)
#define PID_DATA_MASK (((uint64_t)1 << (PID_NUMBER_BITS + PID_SERIAL_BITS)) - 1)

typedef struct Chunk {
    _Atomic(Process *) slots[CHUNK_SLOTS];
} Chunk;

struct ProcessTable {
    uint64_t slot_count; // power of two
    _Atomic uint64_t next;
    _Atomic uint64_t count;
    _Atomic(Chunk *) *chunks;
};

static Process *const table_reserved = (Process *)(uintptr_t)8;

ProcessTable *process_table_create(uint64_t count_max) {
    if (count_max < PROCESS_COUNT_MAX_LEAST) count_max = PROCESS_COUNT_MAX_LEAST;
    if (count_max > PROCESS_COUNT_MAX_MOST) count_max = PROCESS_COUNT_MAX_MOST;
    uint64_t slots = PROCESS_COUNT_MAX_LEAST;
    while (slots < count_max) slots *= 2;
    ProcessTable *t = mem_zalloc(sizeof *t);
    t->slot_count = slots;
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
    return atomic_load_explicit(&t->count, memory_order_relaxed);
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

bool process_table_add(ProcessTable *t, Process *p) {
    if (atomic_fetch_add_explicit(&t->count, 1, memory_order_relaxed) >= t->slot_count) {
        atomic_fetch_sub_explicit(&t->count, 1, memory_order_relaxed);
        return false;
    }
    for (;;) { // ends: fewer processes than slots were counted
        uint64_t data =
            atomic_fetch_add_explicit(&t->next, 1, memory_order_relaxed) & PID_DATA_MASK;
        uint64_t slot = data & (t->slot_count - 1);
        Chunk *c = chunk_at(t, slot >> CHUNK_SLOTS_LOG2);
        _Atomic(Process *) *at = &c->slots[slot & (CHUNK_SLOTS - 1)];
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

uint64_t process_table_next(const ProcessTable *t) {
    return atomic_load_explicit(&t->next, memory_order_relaxed) & PID_DATA_MASK;
}

void process_table_set_next(ProcessTable *t, uint64_t data) {
    ASSERT(data <= PID_DATA_MASK);
    atomic_store_explicit(&t->next, data, memory_order_relaxed);
}

static _Atomic(Process *) *slot_of(const ProcessTable *t, Term pid) {
    uint64_t slot = term_pid_data(pid) & (t->slot_count - 1);
    ASSERT(slot >> CHUNK_SLOTS_LOG2 < t->slot_count >> CHUNK_SLOTS_LOG2);
    Chunk *c = atomic_load_explicit(&t->chunks[slot >> CHUNK_SLOTS_LOG2], memory_order_acquire);
    return c == NULL ? NULL : &c->slots[slot & (CHUNK_SLOTS - 1)];
}

void process_table_remove(ProcessTable *t, Process *p) {
    _Atomic(Process *) *at = slot_of(t, p->pid);
    ASSERT(at != NULL && atomic_load_explicit(at, memory_order_relaxed) == p); // TABLE-1
    atomic_store_explicit(at, NULL, memory_order_seq_cst);                     // REG-3
    ASSERT(process_table_count(t) > 0);
    atomic_fetch_sub_explicit(&t->count, 1, memory_order_relaxed);
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
