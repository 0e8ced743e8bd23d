// SPDX-License-Identifier: Apache-2.0
//
// node_watch.c - subscriptions to nodes' comings and goings; see node_watch.h.
#include "bif/node_watch.h"

#include "base/alloc.h"
#include "bif/bif.h"
#include "bif/system_state.h"
#include "term/compare.h"
#include "vm/vm.h"

struct NodeWatch {
    NodeWatch *next;
    Term pid;
    Term options; // TERM_NIL: none
    Heap heap;
};

/** Frees p's entries with these options (TERM_NONE: any); how many there were. Under the lock. */
static int64_t remove_entries(SystemState *s, Term pid, Term options) {
    int64_t count = 0;
    for (NodeWatch **at = &s->node_watches; *at != NULL;) {
        NodeWatch *w = *at;
        if (w->pid != pid || (options != TERM_NONE && !term_equal(w->options, options))) {
            at = &w->next;
            continue;
        }
        *at = w->next;
        heap_destroy(&w->heap);
        mem_free(w);
        count++;
    }
    return count;
}

static void process_ended(Process *p) {
    if ((p->flags & PROCESS_FLAG_WATCHED_NODES) == 0) return;
    SystemState *s = p->vm->system;
    mutex_lock(&s->lock);
    remove_entries(s, p->pid, TERM_NONE);
    mutex_unlock(&s->lock);
}

void node_watch_init(VM *vm) {
    ASSERT(vm->process_ended_count < VM_PROCESS_ENDED_MAX);
    vm->process_ended[vm->process_ended_count++] = process_ended;
}

void node_watch_free(VM *vm) {
    SystemState *s = vm->system;
    while (s->node_watches != NULL) remove_entries(s, s->node_watches->pid, TERM_NONE);
    ASSERT(s->node_watches == NULL);
}

static int64_t add_entry(VM *vm, Term pid, Term options) {
    SystemState *s = vm->system;
    int64_t before = 0;
    for (NodeWatch *w = s->node_watches; w != NULL; w = w->next) {
        before += w->pid == pid && term_equal(w->options, options);
    }
    NodeWatch *w = mem_zalloc(sizeof *w);
    heap_init_detached(&w->heap, &literal_range_none);
    w->pid = pid;
    w->options = heap_copy(&w->heap, options);
    w->next = s->node_watches;
    s->node_watches = w;
    return before;
}

Term node_watch_set(Process *p, Term options, Term value) {
    if (value != am_true && value != am_false) return bif_badarg(p);
    SystemState *s = p->vm->system;
    p->flags |= PROCESS_FLAG_WATCHED_NODES;
    mutex_lock(&s->lock);
    int64_t before =
        value == am_true ? add_entry(p->vm, p->pid, options) : remove_entries(s, p->pid, options);
    mutex_unlock(&s->lock);
    return term_from_small(before);
}
