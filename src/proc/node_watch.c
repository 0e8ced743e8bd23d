// SPDX-License-Identifier: Apache-2.0
//
// node_watch.c - subscriptions to nodes' comings and goings; see node_watch.h.
#include "proc/node_watch.h"

#include "proc/signal.h"
#include "term/map.h"
#include "vm/vm.h"
#include "world/thread.h"

#define WATCH_VISIBLE 1u
#define WATCH_HIDDEN 2u
#define WATCH_TYPES (WATCH_VISIBLE | WATCH_HIDDEN)
#define WATCH_REASON 4u
#define WATCH_AS_MAP 8u // what is told stands in a map, not in a list
#define WATCH_CONNECTION 16u

typedef struct NodeWatch {
    struct NodeWatch *next;
    Term pid;
    uint32_t options; // 0: only {nodeup, Node} and {nodedown, Node}, of visible ones
} NodeWatch;

struct NodeWatches {
    Mutex lock;
    NodeWatch *first;
};

/** Frees p's entries with these options (UINT32_MAX: any); how many there were. Under the lock. */
static int64_t remove_entries(NodeWatches *s, Term pid, uint32_t options) {
    int64_t count = 0;
    for (NodeWatch **at = &s->first; *at != NULL;) {
        NodeWatch *w = *at;
        if (w->pid != pid || (options != UINT32_MAX && w->options != options)) {
            at = &w->next;
            continue;
        }
        *at = w->next;
        mem_free(w);
        count++;
    }
    return count;
}

static void process_ended(Process *p) {
    if ((p->flags & PROCESS_FLAG_WATCHED_NODES) == 0) return;
    NodeWatches *s = p->vm->node_watches;
    mutex_lock(&s->lock);
    remove_entries(s, p->pid, UINT32_MAX);
    mutex_unlock(&s->lock);
}

void node_watch_create(VM *vm) {
    ASSERT(vm->process_ended_count < VM_PROCESS_ENDED_MAX);
    vm->process_ended[vm->process_ended_count++] = process_ended;
    vm->node_watches = mem_zalloc(sizeof *vm->node_watches);
    mutex_init(&vm->node_watches->lock);
}

void node_watch_destroy(VM *vm) {
    NodeWatches *s = vm->node_watches;
    while (s->first != NULL) remove_entries(s, s->first->pid, UINT32_MAX);
    ASSERT(s->first == NULL);
    mutex_free(&s->lock);
    mem_free(s);
}

static int64_t add_entry(NodeWatches *s, Term pid, uint32_t options) {
    int64_t before = 0;
    NodeWatch **end = &s->first;
    for (; *end != NULL; end = &(*end)->next)
        before += (*end)->pid == pid && (*end)->options == options;
    *end = mem_zalloc(sizeof **end);
    **end = (NodeWatch){.pid = pid, .options = options};
    return before;
}

/** One pair of the options' map. False: it is none of them. */
static bool option_parse(Term key, Term value, uint32_t *options) {
    bool is_true = value == am_true;
    if (key == am_node_type) {
        *options |= value == am_visible  ? WATCH_VISIBLE
                    : value == am_hidden ? WATCH_HIDDEN
                    : value == am_all    ? WATCH_TYPES
                                         : 0u;
        return value == am_visible || value == am_hidden || value == am_all;
    }
    if (!is_true && (value != am_false || key == am_list)) return false;
    switch (key) {
    case am_list: *options &= ~WATCH_AS_MAP; return true;
    case am_connection_id: *options |= is_true ? WATCH_CONNECTION : 0u; return true;
    case am_nodedown_reason: *options |= is_true ? WATCH_REASON : 0u; return true;
    default: return false;
    }
}

static bool options_parse(Term map, uint32_t *options) {
    *options = 0;
    if (term_is_nil(map)) return true;
    if (!term_is_map(map)) return false;
    *options = WATCH_AS_MAP;
    MapIterator it;
    Term key, value;
    map_iterator_init(&it, map);
    while (map_iterator_next(&it, &key, &value))
        if (!option_parse(key, value, options)) return false;
    return true;
}

Term node_watch_set(Process *p, Term options, Term value) {
    uint32_t wanted;
    if ((value != am_true && value != am_false) || !options_parse(options, &wanted))
        return TERM_NONE;
    NodeWatches *s = p->vm->node_watches;
    p->flags |= PROCESS_FLAG_WATCHED_NODES;
    mutex_lock(&s->lock);
    int64_t before =
        value == am_true ? add_entry(s, p->pid, wanted) : remove_entries(s, p->pid, wanted);
    mutex_unlock(&s->lock);
    return term_from_small(before);
}

// ---- telling
// -----------------------------------------------------------------------------------------

static bool is_wanted(uint32_t options, const NodeEvent *e) {
    ASSERT(e->type == am_visible || e->type == am_hidden);
    if (e->type == am_hidden) return (options & WATCH_HIDDEN) != 0;
    return (options & WATCH_TYPES) == 0 || (options & WATCH_VISIBLE) != 0;
}

static Term event_info(VM *vm, Heap *h, uint32_t options, const NodeEvent *e) {
    Term pairs[6];
    size_t count = 0;
    if ((options & WATCH_TYPES) != 0) {
        pairs[count++] = am_node_type;
        pairs[count++] = e->type;
    }
    if ((options & WATCH_REASON) != 0 && e->what == am_nodedown) {
        pairs[count++] = am_nodedown_reason;
        pairs[count++] = heap_copy(h, e->reason);
    }
    if ((options & WATCH_CONNECTION) != 0) {
        pairs[count++] = am_connection_id;
        pairs[count++] = e->connection == 0 ? am_undefined : term_from_small(e->connection);
    }
    if ((options & WATCH_AS_MAP) != 0) return map_from_pairs(h, vm->atoms, pairs, count / 2);
    Term list = TERM_NIL;
    for (size_t i = 0; i < count; i += 2)
        list = heap_cons(h, heap_tuple2(h, pairs[i], pairs[i + 1]), list);
    return list;
}

void node_watch_tell(VM *vm, const NodeEvent *e) {
    NodeWatches *s = vm->node_watches;
    size_t count = 0, capacity = 0;
    NodeWatch *all = NULL;
    mutex_lock(&s->lock);
    for (const NodeWatch *w = s->first; w != NULL; w = w->next) {
        if (!is_wanted(w->options, e)) continue;
        if (count == capacity) {
            capacity = capacity * 2 + 8;
            all = mem_realloc(all, capacity * sizeof *all);
        }
        all[count++] = *w;
    }
    mutex_unlock(&s->lock);
    for (size_t i = 0; i < count; i++) { // WATCH-1
        Heap build;
        heap_init_detached(&build, &vm->literals);
        Term message = all[i].options == 0 ? heap_tuple2(&build, e->what, e->node)
                                           : heap_tuple3(&build, e->what, e->node,
                                                         event_info(vm, &build, all[i].options, e));
        signal_send_built(vm, NULL, all[i].pid, message, heap_take_fragments(&build));
        heap_destroy(&build);
    }
    mem_free(all);
}

static Term listed_options(Heap *h, uint32_t options) {
    Term list = TERM_NIL, types[] = {am_visible, am_hidden, am_all};
    if ((options & WATCH_TYPES) != 0) {
        Term type = types[(options & WATCH_TYPES) - 1];
        list = heap_cons(h, heap_tuple2(h, am_node_type, type), list);
    }
    return (options & WATCH_REASON) != 0 ? heap_cons(h, am_nodedown_reason, list) : list;
}

Term node_watch_list(Process *p) {
    NodeWatches *s = p->vm->node_watches;
    Term list = TERM_NIL;
    mutex_lock(&s->lock);
    for (const NodeWatch *w = s->first; w != NULL; w = w->next) {
        Term entry = heap_tuple2(&p->heap, w->pid, listed_options(&p->heap, w->options));
        list = heap_cons(&p->heap, entry, list);
    }
    mutex_unlock(&s->lock);
    return list;
}
