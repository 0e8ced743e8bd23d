// SPDX-License-Identifier: Apache-2.0
//
// line_table.c - from an address to module, function, file and line.
//
// RANGE-1: CodeRanges is sorted by address and its ranges do not overlap.
// RANGE-2: it changes in place under the code lock, with `ranges_sequence` odd meanwhile; a reader
// that saw an odd or a
//          changed sequence looks again. An array that grew is replaced and kept, as a reader may
//          still be in it.
// RANGE-3: an instance that a reader found stays until the reader's next quiet point (CODE-2).
#include "code/line_table.h"

#include "code/server.h"

#define RANGES_CAPACITY_FIRST 256

// ---- lines
// -------------------------------------------------------------------------------------------
LineTable *line_table_new(const BeamFile *f, const Term *literals, LinePoint *points,
                          uint32_t points_count, bool wanted) {
    if (f->lines_count == 0 || !wanted) {
        mem_free(points);
        return NULL;
    }
    LineTable *t = mem_zalloc(sizeof *t);
    t->points = points;
    t->points_count = points_count;
    t->lines_count = f->lines_count;
    t->lines = mem_alloc(f->lines_count * sizeof t->lines[0]);
    memcpy(t->lines, f->lines, f->lines_count * sizeof t->lines[0]);
    ASSERT(f->line_names_count > 0); // the module's own
    t->names_count = f->line_names_count;
    t->names = mem_alloc(f->line_names_count * sizeof(Term));
    for (uint32_t i = 0; i < f->line_names_count; i++) t->names[i] = literals[f->line_names[i]];
    return t;
}

void line_table_free(LineTable *t) {
    if (t == NULL) return;
    mem_free(t->points);
    mem_free(t->lines);
    mem_free(t->names);
    mem_free(t);
}

bool line_table_find(const LineTable *t, size_t offset_words, uint32_t *line, Term *file) {
    size_t low = 0, high = t->points_count; // the last point at or before the offset is below high
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (t->points[middle].offset_words <= offset_words) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) return false;
    uint32_t index = t->points[low - 1].line_index;
    if (index == 0 || index >= t->lines_count) return false;
    ASSERT(t->lines[index].file < t->names_count);
    *line = t->lines[index].line;
    *file = t->names[t->lines[index].file];
    return true;
}

// ---- ranges
// ------------------------------------------------------------------------------------------
static CodeRanges *ranges_new(size_t capacity, CodeRanges *older) {
    CodeRanges *r = mem_zalloc(sizeof *r + capacity * sizeof r->range[0]);
    r->capacity = capacity;
    r->older = older;
    return r;
}

void code_ranges_init(CodeServer *c) {
    atomic_init(&c->ranges, ranges_new(RANGES_CAPACITY_FIRST, NULL));
}

void code_ranges_destroy(CodeServer *c) {
    CodeRanges *r = atomic_load(&c->ranges);
    while (r != NULL) {
        CodeRanges *older = r->older;
        mem_free(r);
        r = older;
    }
}

/** Every field is atomic on its own (relaxed): a reader that sees a mixture is told so by the
 * sequence. */
static void range_set(CodeRange *to, const Word *start, const Word *end, CodeInstance *instance) {
    atomic_store_explicit(&to->start, start, memory_order_relaxed);
    atomic_store_explicit(&to->end, end, memory_order_relaxed);
    atomic_store_explicit(&to->instance, instance, memory_order_relaxed);
}

static void range_copy(CodeRange *to, const CodeRange *from) {
    range_set(to, atomic_load_explicit(&from->start, memory_order_relaxed),
              atomic_load_explicit(&from->end, memory_order_relaxed),
              atomic_load_explicit(&from->instance, memory_order_relaxed));
}

/** How many ranges start at or below pc. */
static size_t ranges_position(const CodeRanges *r, size_t count, const Word *pc) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (atomic_load_explicit(&r->range[middle].start, memory_order_relaxed) <= pc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void sequence_begin(CodeServer *c) {
    uint32_t s = atomic_load_explicit(&c->ranges_sequence, memory_order_relaxed);
    ASSERT((s & 1) == 0);
    atomic_store_explicit(&c->ranges_sequence, s + 1, memory_order_relaxed);
    atomic_thread_fence(
        memory_order_release); // pairs with the fence in code_find_instance: odd before any change
}

static void sequence_end(CodeServer *c) {
    uint32_t s = atomic_load_explicit(&c->ranges_sequence, memory_order_relaxed);
    ASSERT((s & 1) == 1);
    atomic_store_explicit(&c->ranges_sequence, s + 1, memory_order_release);
}

void code_ranges_add(CodeServer *c, CodeInstance *i) {
    CodeRanges *r = atomic_load_explicit(&c->ranges, memory_order_relaxed);
    size_t count = atomic_load_explicit(&r->count, memory_order_relaxed);
    if (count == r->capacity) {
        CodeRanges *bigger = ranges_new(r->capacity * 2, r);
        for (size_t n = 0; n < count; n++) range_copy(&bigger->range[n], &r->range[n]);
        atomic_store_explicit(&bigger->count, count, memory_order_relaxed);
        atomic_store_explicit(&c->ranges, bigger, memory_order_release);
        r = bigger;
    }
    size_t at = ranges_position(r, count, i->code);
    sequence_begin(c);
    ASSERT(count < r->capacity && at <= count);
    for (size_t n = count; n > at; n--) range_copy(&r->range[n], &r->range[n - 1]);
    range_set(&r->range[at], i->code, i->code + i->code_words, i);
    atomic_store_explicit(&r->count, count + 1, memory_order_relaxed);
    sequence_end(c);
    ASSERT(at == count ||
           i->code + i->code_words <= atomic_load(&r->range[at + 1].start)); // RANGE-1
}

void code_ranges_remove(CodeServer *c, CodeInstance *i) {
    CodeRanges *r = atomic_load_explicit(&c->ranges, memory_order_relaxed);
    size_t count = atomic_load_explicit(&r->count, memory_order_relaxed);
    size_t at = ranges_position(r, count, i->code);
    ASSERT(at > 0 && atomic_load(&r->range[at - 1].instance) == i);
    sequence_begin(c);
    for (size_t n = at; n < count; n++) range_copy(&r->range[n - 1], &r->range[n]);
    atomic_store_explicit(&r->count, count - 1, memory_order_relaxed);
    sequence_end(c);
}

CodeInstance *code_find_instance(CodeServer *c, const Word *pc) {
    for (;;) {
        uint32_t s = atomic_load_explicit(&c->ranges_sequence, memory_order_acquire);
        if (s & 1) {
            thread_relax();
            continue;
        }
        const CodeRanges *r = atomic_load_explicit(&c->ranges, memory_order_acquire);
        size_t count = atomic_load_explicit(&r->count, memory_order_relaxed);
        size_t at = ranges_position(r, MIN(count, r->capacity), pc);
        CodeInstance *found = NULL;
        if (at > 0 && pc < atomic_load_explicit(&r->range[at - 1].end, memory_order_relaxed)) {
            found = atomic_load_explicit(&r->range[at - 1].instance, memory_order_relaxed);
        }
        atomic_thread_fence(
            memory_order_acquire); // pairs with sequence_begin: what was read is older than this
        if (atomic_load_explicit(&c->ranges_sequence, memory_order_relaxed) == s) return found;
    }
}

const Word *code_function_entry(const CodeInstance *i, const Word *pc) {
    size_t low = 0,
           high = i->functions_count; // the last function that begins at or before pc is below high
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (i->functions[middle] - FUNC_INFO_WORDS <= pc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    ASSERT(low <= i->functions_count);
    return low == 0 ? NULL : i->functions[low - 1];
}

bool code_locate(CodeServer *c, const Word *pc, CodeLocation *out) {
    CodeInstance *i = code_find_instance(c, pc);
    if (i == NULL) return false;
    const Word *entry = code_function_entry(i, pc);
    if (entry == NULL) return false;
    ASSERT(code_contains(i, entry) && term_is_atom(entry[-2])); // LOWER-3
    *out = (CodeLocation){
        .module = code_find_module(c, i->module),
        .instance = i,
        .module_name = entry[-3],
        .function = entry[-2],
        .arity = (uint32_t)entry[-1],
        .file = TERM_NONE,
    };
    if (i->lines != NULL) line_table_find(i->lines, (size_t)(pc - i->code), &out->line, &out->file);
    return true;
}
