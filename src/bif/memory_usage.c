// SPDX-License-Identifier: Apache-2.0
//
// memory_usage.c - adding up what the rooms hold. Processes other than the asking one are read
// as of the end of their last turn, so sums are not of one moment.
#include "bif/memory_usage.h"

#include "proc/process_table.h"
#include "proc/ref_timer.h"
#include "proc/scheduler.h"
#include "vm/vm.h"

#define ATOM_ROW_BYTES (4 * sizeof(uint64_t))

uint64_t memory_code_bytes(const CodeInstance *instance) {
    ASSERT(instance != NULL);
    return sizeof *instance + instance->code_words * sizeof(Word) + instance->file_bytes;
}

static void add_code(Module *m, void *context) {
    uint64_t *bytes = context;
    ASSERT(term_is_atom(m->name));
    const CodeInstance *versions[] = {m->current, m->old, m->pending_on_load};
    for (size_t i = 0; i < ARRAY_COUNT(versions); i++)
        if (versions[i] != NULL) *bytes += memory_code_bytes(versions[i]);
}

static void add_process(Process *p, void *context) {
    MemoryUsage *m = context;
    m->processes += sizeof *p + atomic_load_explicit(&p->heap_bytes, memory_order_relaxed);
    m->binaries += atomic_load_explicit(&p->binary_bytes, memory_order_relaxed);
}

static void add_atoms(VM *vm, MemoryUsage *m) {
    uint32_t count = atom_count(vm->atoms);
    ASSERT(count > 0);
    for (uint32_t i = 0; i < count; i++) {
        size_t length;
        if (atom_text(vm->atoms, atom_from_index(i), &length) != NULL) m->atom_texts += length + 1;
    }
    m->atom_rows = (uint64_t)count * ATOM_ROW_BYTES;
}

uint64_t memory_ets_count(VM *vm) {
    uint64_t count = 0, bytes = 0;
    if (vm->ets_usage != NULL) vm->ets_usage(vm, &count, &bytes);
    return count;
}

MemoryUsage memory_usage(VM *vm) {
    MemoryUsage m = {0};
    uint64_t count = 0;
    process_table_each(vm->processes, add_process, &m);
    code_each_module(vm->code, add_code, &m.code);
    if (vm->ets_usage != NULL) vm->ets_usage(vm, &count, &m.ets);
    add_atoms(vm, &m);
    ASSERT(m.processes > 0); // whoever asks is one
    return m;
}

MemoryUsage memory_usage_by(Process *p) {
    ASSERT(p->vm != NULL);
    scheduler_note_memory(p);
    return memory_usage(p->vm);
}

uint64_t memory_fixed_bytes(VM *vm) {
    ASSERT(vm->schedulers != NULL && vm->schedulers->count > 0);
    return sizeof *vm + vm->schedulers->count * sizeof(Scheduler) +
           process_table_count(vm->processes) * sizeof(void *);
}

void memory_sums(VM *vm, const MemoryUsage *m, MemorySum sums[MEMORY_SUMS]) {
    uint64_t atoms = m->atom_texts + m->atom_rows;
    uint64_t system = atoms + m->binaries + m->code + m->ets + memory_fixed_bytes(vm);
    uint64_t processes = m->processes + ref_timers_bytes(vm->ref_timers);
    ASSERT(system >= atoms && processes >= m->processes); // no sum has wrapped around
    const MemorySum all[MEMORY_SUMS] = {
        {"total", am_total, processes + system},
        {"processes", am_processes, processes},
        {"processes_used", am_processes_used, processes},
        {"system", am_system, system},
        {"atom", am_atom, atoms},
        {"atom_used", am_atom_used, atoms},
        {"binary", am_binary, m->binaries},
        {"code", am_code, m->code},
        {"ets", am_ets, m->ets},
    };
    for (size_t i = 0; i < MEMORY_SUMS; i++) sums[i] = all[i];
}
