// SPDX-License-Identifier: Apache-2.0
//
// system_text.c - the VM as text, section by section as OTP's break handler and crash dumps have
// them.
//
// What OTP has and this VM has not (its allocators, its hash tables' chains) has no section or line
// here: nothing is invented.
//
// Threads: the calling process's. Other processes are read while multi-scheduling is blocked.
#include "bif/system_text.h"

#include "base/alloc.h"
#include "bif/bif.h"
#include "bif/memory_usage.h"
#include "bif/multi_scheduling.h"
#include "proc/process_table.h"
#include "proc/process_text.h"
#include "proc/registry.h"
#include "proc/remote.h"
#include "vm/vm.h"

#include <stdlib.h>

static Term text_binary(Process *p, TextBuffer *text) {
    ASSERT(text->bytes != NULL && text->count > 0);
    Term binary = heap_binary_from(&p->heap, (const uint8_t *)text->bytes, text->count);
    bif_bump(p, (int64_t)text->count / 64);
    mem_free(text->bytes);
    return binary;
}

// ---- info
// --------------------------------------------------------------------------------------------

static void add_number(TextBuffer *out, const char *label, uint64_t value) {
    text_format(out, "%s: %llu\n", label, (unsigned long long)value);
}

static void add_memory(TextBuffer *out, VM *vm, const MemoryUsage *m) {
    MemorySum sums[MEMORY_SUMS];
    memory_sums(vm, m, sums);
    ASSERT(sums[0].bytes > 0); // the total
    text_add_string(out, "=memory\n");
    for (size_t i = 0; i < MEMORY_SUMS; i++) add_number(out, sums[i].label, sums[i].bytes);
}

/** A table without a fixed limit has 0 as limit. */
static void add_table(TextBuffer *out, const char *name, uint64_t limit, uint64_t entries) {
    ASSERT(limit == 0 || entries <= limit);
    text_format(out, "=index_table:%s\n", name);
    add_number(out, "limit", limit);
    add_number(out, "entries", entries);
}

static void add_areas(TextBuffer *out, VM *vm, const MemoryUsage *m) {
    text_add_string(out, "=allocated_areas\n");
    text_format(out, "atom_space: %llu %llu\n", (unsigned long long)m->atom_texts,
                (unsigned long long)m->atom_texts);
    add_number(out, "atom_table", m->atom_rows);
    add_number(out, "loaded_code", m->code);
    add_number(out, "process_table", process_table_count(vm->processes) * sizeof(void *));
    add_number(out, "ets_misc", m->ets);
}

void system_text_add_info(TextBuffer *out, VM *vm) {
    MemoryUsage m = memory_usage(vm);
    CodeCounts counts = code_counts(vm->code);
    ASSERT(counts.modules > 0 && counts.exports > 0);
    uint64_t atom_limit =
        vm->config.atom_count_max != 0 ? vm->config.atom_count_max : ATOM_COUNT_MAX_DEFAULT;
    add_memory(out, vm, &m);
    add_table(out, "atom_tab", atom_limit, atom_count(vm->atoms));
    add_table(out, "module_code", 0, counts.modules);
    add_table(out, "export_list", 0, counts.exports);
    add_table(out, "fun_table", 0, counts.funs);
    add_table(out, "process_tab", process_table_count_max(vm->processes),
              process_table_count(vm->processes));
    add_areas(out, vm, &m);
}

Term system_text_info(Process *p) {
    TextBuffer out = {0};
    system_text_add_info(&out, p->vm);
    return text_binary(p, &out);
}

// ---- procs
// -------------------------------------------------------------------------------------------

typedef struct ProcessList {
    Process **all;
    size_t count, capacity;
} ProcessList;

static void collect(Process *p, void *context) {
    ProcessList *list = context;
    if (list->count == list->capacity) {
        list->capacity = 2 * list->capacity + 64;
        list->all = mem_realloc(list->all, list->capacity * sizeof(Process *));
    }
    list->all[list->count++] = p;
}

static int by_age(const void *a, const void *b) {
    const Process *p = *(Process *const *)a, *q = *(Process *const *)b;
    ASSERT(term_is_local_pid(p->pid) && term_is_local_pid(q->pid));
    return p->pid < q->pid ? -1 : p->pid > q->pid;
}

static ProcessList list_processes(VM *vm) {
    ProcessList list = {0};
    process_table_each(vm->processes, collect, &list);
    if (list.count > 0) qsort(list.all, list.count, sizeof *list.all, by_age);
    return list;
}

Term *system_text_pids(VM *vm, size_t *count) {
    ASSERT(count != NULL);
    ProcessList list = list_processes(vm);
    Term *pids = mem_alloc((list.count + 1) * sizeof *pids);
    for (size_t i = 0; i < list.count; i++) pids[i] = list.all[i]->pid;
    *count = list.count;
    mem_free(list.all);
    return pids;
}

void system_text_add_procs(TextBuffer *out, VM *vm, const Process *self) {
    ProcessList list = list_processes(vm);
    ASSERT(self == NULL || list.count > 0);
    for (size_t i = 0; i < list.count; i++) {
        // what a C thread runs does not stop for anybody
        uint32_t state = atomic_load_explicit(&list.all[i]->state, memory_order_relaxed);
        if ((state & PROCESS_HOST) == 0) process_text_add(out, list.all[i], self);
    }
    mem_free(list.all);
    if (vm->port_hooks != NULL) vm->port_hooks->text(vm, out);
}

Term system_text_procs(Process *p) {
    if (!multi_scheduling_take(p))
        return bif_yield(p, am_erlang, am_system_info, 1, (Term[]){am_procs});
    TextBuffer out = {0};
    system_text_add_procs(&out, p->vm, p);
    multi_scheduling_give(p);
    return text_binary(p, &out);
}

// ---- loaded
// ------------------------------------------------------------------------------------------

typedef struct LoadedText {
    VM *vm;
    TextBuffer lines;
    uint64_t current_bytes, old_bytes;
} LoadedText;

static void add_module(Module *m, void *context) {
    LoadedText *t = context;
    ASSERT(term_is_atom(m->name));
    const CodeInstance *current = atomic_load_explicit(&m->current, memory_order_acquire);
    const CodeInstance *old = atomic_load_explicit(&m->old, memory_order_acquire);
    if (current == NULL && old == NULL) return;
    uint64_t current_bytes = current == NULL ? 0 : memory_code_bytes(current);
    uint64_t old_bytes = old == NULL ? 0 : memory_code_bytes(old);
    t->current_bytes += current_bytes;
    t->old_bytes += old_bytes;
    print_atom(&t->lines, t->vm->atoms, m->name);
    text_format(&t->lines, " %llu", (unsigned long long)current_bytes);
    if (old != NULL) text_format(&t->lines, " (%llu old)", (unsigned long long)old_bytes);
    text_add(&t->lines, "\n", 1);
}

void system_text_add_loaded(TextBuffer *out, VM *vm) {
    ASSERT(out != NULL);
    LoadedText t = {.vm = vm};
    code_each_module(vm->code, add_module, &t);
    text_format(out, "Current code: %llu\nOld code: %llu\n", (unsigned long long)t.current_bytes,
                (unsigned long long)t.old_bytes);
    text_add(out, t.lines.bytes, t.lines.count);
    mem_free(t.lines.bytes);
}

Term system_text_loaded(Process *p) {
    TextBuffer out = {0};
    system_text_add_loaded(&out, p->vm);
    return text_binary(p, &out);
}

// ---- nodes
// -------------------------------------------------------------------------------------------

void system_text_add_nodes(TextBuffer *out, VM *vm) {
    Term own = node_own_name(vm->nodes);
    ASSERT(term_is_atom(own));
    text_add_string(out, "=node:");
    print_atom(out, vm->atoms, own);
    text_add(out, "\n", 1);
    if (own == am_nonode_nohost)
        text_add_string(out, "=no_distribution\n");
    else if (vm->dist_hooks != NULL)
        vm->dist_hooks->text(vm, out);
}

Term system_text_nodes(Process *p) {
    TextBuffer out = {0};
    system_text_add_nodes(&out, p->vm);
    return text_binary(p, &out);
}
