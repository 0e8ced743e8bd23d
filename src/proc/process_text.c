// SPDX-License-Identifier: Apache-2.0
//
// process_text.c - a process's =proc section: who it is, what it waits for, its memory, its stack.
//
//   =proc:<0.42.0>
//   State: Waiting
//   Name: logger                          (if it has one)
//   Spawned as: proc_lib:init_p/5
//   Spawned by: <0.40.0>
//   Message queue length: 0
//   ...
//   Stack dump:                           (proc/backtrace.h)
//   Internal State: ACT_PRIO_NORMAL | USR_PRIO_NORMAL | PRQ_PRIO_NORMAL
//
// Threads: one that may read the process (process_text.h).
#include "proc/process_text.h"

#include "proc/backtrace.h"
#include "proc/dictionary.h"
#include "proc/link.h"
#include "proc/registry.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "vm/vm.h"

#define TERM_SHOWN_MAX 2000 // parts of a message that are shown
#define MESSAGES_SHOWN_MAX 100

static const char *state_name(const Process *p, const Process *self) {
    if (p == self) return "Running";
    if (p->exit_reason != TERM_NONE) return "Exiting";
    if (p->suspend_count > 0) return "Suspended";
    uint32_t state = atomic_load_explicit(&p->state, memory_order_relaxed) & PROCESS_STATUS_MASK;
    return state == PROCESS_WAITING   ? "Waiting"
           : state == PROCESS_RUNNING ? "Running"
                                      : "Scheduled";
}

static void add_term_line(TextBuffer *out, const Process *p, const char *label, Term t) {
    text_add_string(out, label);
    print_term(out, p->vm->atoms, t, TERM_SHOWN_MAX);
    text_add(out, "\n", 1);
}

static void add_messages(TextBuffer *out, const Process *p) {
    text_format(out, "Message queue length: %llu\n", (unsigned long long)p->messages_count);
    if (p->messages_first == NULL) return;
    text_add_string(out, "Message queue: [");
    uint32_t count = 0;
    for (const Signal *s = p->messages_first; s != NULL && count < MESSAGES_SHOWN_MAX;
         s = s->next) {
        if (count++ > 0) text_add(out, ",", 1);
        print_term(out, p->vm->atoms, s->term, TERM_SHOWN_MAX);
    }
    text_add_string(out, "]\n");
}

static void add_fragments(TextBuffer *out, const Process *p) {
    size_t count = 0, words = 0;
    const HeapFragment *chains[] = {p->heap.fragments, p->heap.adopted};
    for (size_t i = 0; i < ARRAY_COUNT(chains); i++) {
        for (const HeapFragment *f = chains[i]; f != NULL; f = f->next) {
            count++;
            words += f->used_words;
        }
    }
    ASSERT(words <= p->heap.fragment_words);
    text_format(out, "Number of heap fragments: %zu\nHeap fragment data: %zu\n", count, words);
}

/** Monitors as {to,Watched,Ref} or {from,Watcher,Ref}. */
static const char *add_monitors(TextBuffer *out, const Process *p, LinkTree *tree,
                                const char *direction, const char *separator) {
    uint32_t position = 0;
    for (Relation *r; (r = relation_next(tree, &position)) != NULL; separator = ", ") {
        if (r->key != RELATION_REF) continue; // of nodes, or another node's
        if ((r->flags & RELATION_NATIVE) != 0) continue;
        text_format(out, "%s{%s,", separator, direction);
        print_term(out, p->vm->atoms, r->other != TERM_NONE ? r->other : r->name, 0);
        text_format(out, ",#Ref<0.%u.%u.%u>}", (uint32_t)r->ref_words[1],
                    (uint32_t)(r->ref_words[0] >> 32), (uint32_t)r->ref_words[0]);
    }
    return separator;
}

/** Links, and monitors in both directions, as one list. */
static void add_relations(TextBuffer *out, const Process *p) {
    const char *separator = "";
    uint32_t position = 0;
    text_add_string(out, "Link list: [");
    for (Relation *r; (r = relation_next(p->links, &position)) != NULL; separator = ", ") {
        text_add_string(out, separator);
        Term box[EXT_PID_WORDS];
        print_term(out, p->vm->atoms, relation_linked(r, box), 0);
    }
    separator = add_monitors(out, p, p->monitors_made, "to", separator);
    add_monitors(out, p, p->monitored_by, "from", separator);
    text_add_string(out, "]\n");
}

static void add_dictionary(TextBuffer *out, const Process *p) {
    uint32_t count = dictionary_count(p);
    if (count == 0) return;
    const Term *pairs = dictionary_pairs(p);
    ASSERT(pairs != NULL);
    text_add_string(out, "Dictionary: [");
    for (uint32_t i = 0; i < count; i++) {
        text_add_string(out, i == 0 ? "{" : ",{");
        print_term(out, p->vm->atoms, pairs[2 * i], TERM_SHOWN_MAX);
        text_add(out, ",", 1);
        print_term(out, p->vm->atoms, pairs[2 * i + 1], TERM_SHOWN_MAX);
        text_add(out, "}", 1);
    }
    text_add_string(out, "]\n");
}

static void add_memory(TextBuffer *out, const Process *p) {
    const Heap *h = &p->heap;
    ASSERT(h->old_start <= h->old_top && h->old_top <= h->old_end);
    text_format(out, "Reductions: %llu\nStack+heap: %zu\nOldHeap: %zu\n",
                (unsigned long long)p->reductions_done, (size_t)(h->end - h->start),
                (size_t)(h->old_end - h->old_start));
    text_format(out, "Heap unused: %zu\nOldHeap unused: %zu\n", (size_t)(h->stack - h->top),
                (size_t)(h->old_end - h->old_top));
    uint64_t young = h->off_heap.overhead_words, old = h->old_off_heap.overhead_words;
    text_format(out, "BinVHeap: %llu\nOldBinVHeap: %llu\n", (unsigned long long)young,
                (unsigned long long)old);
    uint64_t young_limit = h->virtual_limit_words, old_limit = h->old_virtual_limit_words;
    text_format(out, "BinVHeap unused: %llu\nOldBinVHeap unused: %llu\nMemory: %zu\n",
                (unsigned long long)(young_limit > young ? young_limit - young : 0),
                (unsigned long long)(old_limit > old ? old_limit - old : 0),
                process_memory_bytes(p));
}

void process_text_add(TextBuffer *out, Process *p, const Process *self) {
    static const char *const priorities[] = {"MAX", "HIGH", "NORMAL", "LOW"};
    const AtomTable *atoms = p->vm->atoms;
    ASSERT(term_is_local_pid(p->pid) && p->priority < ARRAY_COUNT(priorities));
    add_term_line(out, p, "=proc:", p->pid);
    text_format(out, "State: %s\n", state_name(p, self));
    Term name = registry_name_of(p);
    if (name != TERM_NONE) add_term_line(out, p, "Name: ", name);
    text_add_string(out, "Spawned as: ");
    print_atom(out, atoms, p->initial_call[0]);
    text_add(out, ":", 1);
    print_atom(out, atoms, p->initial_call[1]);
    text_format(out, "/%lld\n", (long long)term_small(p->initial_call[2]));
    add_term_line(out, p, "Spawned by: ", p->parent == am_undefined ? TERM_NIL : p->parent);
    // a built-in that did not stop for anybody: what it works on is its own
    uint32_t status = atomic_load_explicit(&p->state, memory_order_relaxed) & PROCESS_STATUS_MASK;
    if (status == PROCESS_RUNNING && p != self) return;
    add_messages(out, p);
    add_fragments(out, p);
    add_relations(out, p);
    add_dictionary(out, p);
    add_memory(out, p);
    text_add_string(out, "Stack dump:\n");
    backtrace_add(out, p, p != self);
    const char *priority = priorities[p->priority];
    text_format(out, "Internal State: ACT_PRIO_%s | USR_PRIO_%s | PRQ_PRIO_%s\n", priority,
                priority, priority);
}
