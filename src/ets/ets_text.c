// SPDX-License-Identifier: Apache-2.0
//
// ets_text.c - tables and their objects as text, a section for each, in the form of OTP's break
// handler:
//
//   =ets:<0.9.0>
//   Slot: 139749030776760
//   Table: t
//   Name: t
//   Buckets: 256
//   ...
//   97: [{a,1}]                 (the objects of a bucket; * stands before a deleted one)
//   Objects: 1
//
// Threads: one, while nobody else runs: tables are read without their locks.
#include "ets/table.h"

#include "term/number.h"

/** %f of a number of ets:info(_, stats). */
static void add_float(TextBuffer *out, const char *label, Term value) {
    double number = 0;
    bool is_number = number_to_double(value, &number);
    ASSERT(is_number);
    text_format(out, "%s: %f\n", label, number);
}

static void add_objects(TextBuffer *out, const EtsTable *t) {
    for (size_t i = 0; i < hash_store_count(t); i++) {
        const EtsObject *o = *hash_store_bucket(t, i);
        if (o == NULL) continue;
        text_format(out, "%zu: [", i);
        for (; o != NULL; o = o->next) {
            if (o->deleted) text_add(out, "*", 1);
            if (t->compressed) text_add_string(out, "key=");
            print_term(out, table_atoms(t), t->compressed ? object_key(t, o) : o->tuple, 0);
            if (o->next != NULL) text_add(out, ",", 1);
        }
        text_add_string(out, "]\n");
    }
}

static void add_contents(TextBuffer *out, EtsTable *t, Heap *h) {
    if (table_is_tree(t)) {
        text_format(out, "Ordered set (AVL tree), Elements: %lld\n",
                    (long long)atomic_load_explicit(&t->count, memory_order_relaxed));
        return;
    }
    Term stats = table_item(h, t, am_stats);
    ASSERT(term_is_tuple_of(stats, 8));
    text_format(out, "Buckets: %zu\n", hash_store_count(t));
    add_float(out, "Chain Length Avg", tuple_get(stats, 1));
    text_format(out, "Chain Length Max: %lld\nChain Length Min: %lld\n",
                (long long)term_small(tuple_get(stats, 5)),
                (long long)term_small(tuple_get(stats, 4)));
    add_float(out, "Chain Length Std Dev", tuple_get(stats, 2));
    add_float(out, "Chain Length Expected Std Dev", tuple_get(stats, 3));
    if (t->is_fixed)
        text_format(out, "Fixed: %lld\n", (long long)term_small(tuple_get(stats, 6)));
    else
        text_add_string(out, "Fixed: false\n");
    add_objects(out, t);
}

static void add_table(EtsTable *t, void *context) {
    TextBuffer *out = context;
    if (!t->alive) return; // ETS-2
    const AtomTable *atoms = table_atoms(t);
    const struct {
        const char *label;
        Term item;
    } items[] = {{"Objects: ", am_size},
                 {"Words: ", am_memory},
                 {"Type: ", am_type},
                 {"Protection: ", am_protection},
                 {"Compressed: ", am_compressed},
                 {"Write Concurrency: ", am_write_concurrency},
                 {"Read Concurrency: ", am_read_concurrency}};
    Heap heap;
    heap_init_detached(&heap, &t->vm->literals);
    text_add_string(out, "=ets:");
    print_term(out, atoms, t->owner, 0);
    text_format(out, "\nSlot: %llu\nTable: ", (unsigned long long)(uintptr_t)t);
    print_term(out, atoms, table_id(&heap, t), 0);
    text_add_string(out, "\nName: ");
    print_term(out, atoms, t->name, 0);
    text_add(out, "\n", 1);
    add_contents(out, t, &heap);
    for (size_t i = 0; i < ARRAY_COUNT(items); i++) {
        text_add_string(out, items[i].label);
        print_term(out, atoms, table_item(&heap, t, items[i].item), 0);
        text_add(out, "\n", 1);
    }
    heap_destroy(&heap);
}

void ets_text_add(TextBuffer *out, VM *vm) { ets_each(vm, add_table, out); }
