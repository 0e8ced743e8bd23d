// SPDX-License-Identifier: Apache-2.0
//
// bif_binary_search.c - binary:match, matches, split and compiled patterns.
//
// A pattern is a binary, a list of binaries, or what compile_pattern gave: {bm | ac, Reference},
// whose magic reference holds a Needles. Of several needles the match that begins first counts, and
// of those the longest.
//
// SEARCH-1: needles stand sorted by first byte, then longest first, so the first hit of a byte's
// run is the one wanted. Errors: badarg for what is no pattern (an empty needle, an empty list), no
// subject, or no option.
#include "bif/bif.h"
#include "bif/iodata.h"

#include "proc/time.h"
#include "term/bits.h"
#include "term/ref.h"
#include "vm/vm.h"

#include <stdlib.h>

typedef struct Needle {
    uint32_t offset; // of its bytes
    uint32_t count;
} Needle;

typedef struct Needles {
    uint64_t magic; // NEEDLES_MAGIC
    uint32_t count;
    uint32_t shortest;
    uint16_t first[257];   // needles of first byte b: first[b] .. first[b + 1] - 1
    uint32_t bytes_offset; // from the struct's start
    Needle items[];
} Needles;

#define NEEDLES_MAGIC 0x6e6565646c657321u
#define NEEDLES_COUNT_MAX 65535

static ALWAYS_INLINE const uint8_t *needle_bytes(const Needles *s, const Needle *n) {
    return (const uint8_t *)s + s->bytes_offset + n->offset;
}

// ---- compiling
// ------------------------------------------------------------------------------------

typedef struct Draft {
    const uint8_t *bytes;
    size_t count;
    uint8_t *to_free;
} Draft;

static int compare_drafts(const void *x, const void *y) {
    DEBUG_ASSERT(((const Draft *)x)->count > 0 && ((const Draft *)y)->count > 0);
    const Draft *a = x, *b = y;
    if (a->bytes[0] != b->bytes[0]) return a->bytes[0] < b->bytes[0] ? -1 : 1;
    return a->count == b->count ? 0 : a->count > b->count ? -1 : 1;
}

static Binary *assemble(Draft *drafts, size_t n, size_t total) {
    ASSERT(n > 0 && n <= NEEDLES_COUNT_MAX);
    qsort(drafts, n, sizeof *drafts, compare_drafts); // SEARCH-1
    size_t offset = sizeof(Needles) + n * sizeof(Needle);
    Binary *magic = binary_new_magic(offset + total, NULL);
    Needles *s = (Needles *)magic->bytes;
    s->magic = NEEDLES_MAGIC;
    s->count = (uint32_t)n;
    s->shortest = UINT32_MAX;
    s->bytes_offset = (uint32_t)offset;
    uint32_t at = 0;
    for (size_t i = 0; i < n; i++) {
        s->items[i] = (Needle){at, (uint32_t)drafts[i].count};
        memcpy((uint8_t *)s + offset + at, drafts[i].bytes, drafts[i].count);
        at += (uint32_t)drafts[i].count;
        s->shortest = MIN(s->shortest, (uint32_t)drafts[i].count);
        s->first[drafts[i].bytes[0] + 1] = (uint16_t)(i + 1);
    }
    for (int b = 1; b <= 256; b++) s->first[b] = MAX(s->first[b], s->first[b - 1]);
    ASSERT(at == total && s->first[256] == n);
    return magic;
}

static bool add_draft(Term t, Draft *d, size_t *total) {
    d->bytes = bits_bytes(t, &d->count, &d->to_free);
    if (d->bytes == NULL) {
        d->to_free = NULL;
        return false;
    }
    *total += d->count;
    return d->count > 0 && *total < UINT32_MAX / 2;
}

// The needles of a pattern, with one reference for the caller; NULL when it is none.
static Binary *get_needles(Term pattern) {
    if (term_is_tuple_of(pattern, 2)) {
        Term tag = tuple_get(pattern, 0), ref = tuple_get(pattern, 1);
        if ((tag != am_bm && tag != am_ac) || !term_is_magic_ref(ref)) return NULL;
        Binary *magic = ref_magic(ref);
        if (magic->size_bytes < sizeof(Needles) ||
            ((Needles *)magic->bytes)->magic != NEEDLES_MAGIC)
            return NULL;
        if ((((Needles *)magic->bytes)->count == 1) != (tag == am_bm)) return NULL;
        binary_retain(magic);
        return magic;
    }
    Draft one, *drafts = &one;
    size_t n = 0, total = 0;
    bool good = true;
    if (term_is_cell(pattern)) {
        int64_t length = bif_list_length(pattern);
        if (length < 1 || length > NEEDLES_COUNT_MAX) return NULL;
        drafts = mem_alloc((size_t)length * sizeof *drafts);
        for (; term_is_cell(pattern) && good; pattern = term_tail(pattern))
            good = add_draft(term_head(pattern), &drafts[n++], &total);
    } else {
        good = add_draft(pattern, &drafts[n++], &total);
    }
    Binary *magic = good ? assemble(drafts, n, total) : NULL;
    for (size_t i = 0; i < n; i++) mem_free(drafts[i].to_free);
    if (drafts != &one) mem_free(drafts);
    return magic;
}

BIF(binary, compile_pattern, 1)
{
    if (term_is_tuple(a[0])) return bif_badarg(p);
    Binary *magic = get_needles(a[0]);
    if (magic == NULL) return bif_badarg(p);
    bool one = ((Needles *)magic->bytes)->count == 1;
    uint64_t words[3];
    reference_make_magic_words(p->vm, words);
    return heap_tuple2(&p->heap, one ? am_bm : am_ac, heap_magic_ref(&p->heap, magic, words));
}

// ---- searching
// ------------------------------------------------------------------------------------

// The first match that begins in bytes[from .. begin_end - 1] and ends before end.
static bool find_here(const Needles *s, const uint8_t *bytes, size_t from, size_t begin_end,
                      size_t end, size_t *at, size_t *count) {
    ASSERT(s->magic == NEEDLES_MAGIC && s->count > 0 && from <= begin_end && begin_end <= end);
    if (s->count == 1) {
        const Needle *n = &s->items[0];
        size_t last = MIN(end - from, begin_end - from + n->count - 1);
        const uint8_t *hit = memmem(bytes + from, last, needle_bytes(s, n), n->count);
        if (hit == NULL) return false;
        *at = (size_t)(hit - bytes);
        *count = n->count;
        return true;
    }
    for (size_t i = from; i < begin_end && i + s->shortest <= end; i++) {
        uint8_t b = bytes[i];
        for (uint32_t k = s->first[b]; k < s->first[b + 1]; k++) {
            const Needle *n = &s->items[k];
            if (n->count > end - i || memcmp(bytes + i, needle_bytes(s, n), n->count) != 0)
                continue;
            *at = i;
            *count = n->count;
            return true;
        }
    }
    return false;
}

#define SLICE_BYTES ((size_t)1 << 14)

// The first match in bytes[from .. end - 1].
static bool find(const Needles *s, const uint8_t *bytes, size_t from, size_t end, size_t *at,
                 size_t *count, Budget *budget) {
    ASSERT(from <= end);
    ASSERT(s->shortest > 0);
    int64_t cost = s->count == 1 ? 8 : 64; // of a byte, of 128
    while (from < end) {
        size_t begin_end = from + MIN(end - from, SLICE_BYTES);
        bool hit = find_here(s, bytes, from, begin_end, end, at, count);
        budget_spend(budget, 2 + (int64_t)((hit ? *at : begin_end) - from) * cost / 128);
        if (hit) return true;
        from = begin_end;
    }
    return false;
}

#define SPLIT_GLOBAL 1u
#define SPLIT_TRIM 2u
#define SPLIT_TRIM_ALL 4u

typedef struct Search {
    Binary *magic;
    const Needles *needles;
    const uint8_t *bytes;
    uint8_t *to_free;
    size_t size, from, end;
    uint32_t flags;
    Budget *budget;
    BudgetGuard guard;
} Search;

static bool get_options(Search *s, Term options, bool split) {
    for (; term_is_cell(options); options = term_tail(options)) {
        Term o = term_head(options);
        if (term_is_tuple_of(o, 2) && tuple_get(o, 0) == am_scope) {
            Term scope = tuple_get(o, 1);
            size_t start, count;
            if (!term_is_tuple_of(scope, 2)) return false;
            if (!bytes_part(s->size, tuple_get(scope, 0), tuple_get(scope, 1), &start, &count))
                return false;
            s->from = start;
            s->end = start + count;
        } else if (split && o == am_global) {
            s->flags |= SPLIT_GLOBAL;
        } else if (split && o == am_trim) {
            s->flags |= SPLIT_TRIM;
        } else if (split && o == am_trim_all) {
            s->flags |= SPLIT_TRIM_ALL;
        } else {
            return false;
        }
    }
    return term_is_nil(options);
}

static void search_free(void *search) {
    Search *s = search;
    if (s->magic != NULL) binary_release(s->magic);
    mem_free(s->to_free);
}

static void search_end(Search *s) {
    budget_unguard(s->budget, &s->guard);
    search_free(s);
}

static bool search_begin(Search *s, Process *p, Term subject, Term pattern, Term options,
                         bool split) {
    *s = (Search){0};
    s->bytes = bits_bytes(subject, &s->size, &s->to_free);
    if (s->bytes == NULL) return false;
    s->end = s->size;
    if (get_options(s, options, split)) s->magic = get_needles(pattern);
    if (s->magic == NULL) {
        search_free(s);
        return false;
    }
    s->budget = long_call_budget(p);
    budget_guard(s->budget, &s->guard, search_free, s);
    s->needles = (const Needles *)s->magic->bytes;
    ASSERT(s->from <= s->end && s->end <= s->size);
    return true;
}

static Term found(Process *p, size_t at, size_t count) {
    return heap_tuple2(&p->heap, term_from_small((int64_t)at), term_from_small((int64_t)count));
}

static bool is_empty_subject(Term t) { return term_is_bitstring(t) && bits_size(t) == 0; }

static Term match(Process *p, Term subject, Term pattern, Term options) {
    Search s;
    if (is_empty_subject(subject) && term_is_nil(options)) return am_nomatch;
    if (!search_begin(&s, p, subject, pattern, options, false)) return bif_badarg(p);
    size_t at, count;
    bool hit = find(s.needles, s.bytes, s.from, s.end, &at, &count, s.budget);
    search_end(&s);
    return hit ? found(p, at, count) : am_nomatch;
}

#define STEPS_PER_PART 8 // to make it; finding it is paid for by the byte

static Term matches(Process *p, Term subject, Term pattern, Term options) {
    Search s;
    if (is_empty_subject(subject) && term_is_nil(options)) return TERM_NIL;
    if (!search_begin(&s, p, subject, pattern, options, false)) return bif_badarg(p);
    Term first = TERM_NIL, *last = &first;
    size_t at, count;
    while (find(s.needles, s.bytes, s.from, s.end, &at, &count, s.budget)) {
        Term cell = heap_cons(&p->heap, found(p, at, count), TERM_NIL);
        *last = cell;
        last = &term_cell(cell)[1];
        s.from = at + count;
        budget_spend(s.budget, STEPS_PER_PART);
    }
    search_end(&s);
    return first;
}

typedef struct Parts {
    Process *p;
    Term subject;
    Term first;
    Term *last;      // where the next cell goes
    Term *last_kept; // behind the last part that is not empty
    uint32_t flags;
} Parts;

static void add_part(Parts *x, size_t from, size_t end) {
    DEBUG_ASSERT(from <= end && *x->last == TERM_NIL);
    if (from == end && (x->flags & SPLIT_TRIM_ALL) != 0) return;
    Term part = heap_sub_bits(&x->p->heap, x->subject, from * 8, (end - from) * 8);
    Term cell = heap_cons(&x->p->heap, part, TERM_NIL);
    *x->last = cell;
    x->last = &term_cell(cell)[1];
    if (from != end) x->last_kept = x->last;
}

static Term split(Process *p, Term subject, Term pattern, Term options) {
    Search s;
    if (!search_begin(&s, p, subject, pattern, options, true)) return bif_badarg(p);
    Parts x = {.p = p, .subject = subject, .first = TERM_NIL, .flags = s.flags};
    x.last = x.last_kept = &x.first;
    size_t begin = 0, at, count;
    while (find(s.needles, s.bytes, s.from, s.end, &at, &count, s.budget)) {
        add_part(&x, begin, at);
        begin = s.from = at + count;
        if ((s.flags & SPLIT_GLOBAL) == 0) break;
        budget_spend(s.budget, STEPS_PER_PART);
    }
    add_part(&x, begin, s.size);
    if ((s.flags & SPLIT_TRIM) != 0) *x.last_kept = TERM_NIL;
    search_end(&s);
    return x.first;
}

BIF_LONG(binary, match, 2) { return match(p, a[0], a[1], TERM_NIL); }
BIF_LONG(binary, match, 3) { return match(p, a[0], a[1], a[2]); }
BIF_LONG(binary, matches, 2) { return matches(p, a[0], a[1], TERM_NIL); }
BIF_LONG(binary, matches, 3) { return matches(p, a[0], a[1], a[2]); }
BIF_LONG(binary, split, 2) { return split(p, a[0], a[1], TERM_NIL); }
BIF_LONG(binary, split, 3) { return split(p, a[0], a[1], a[2]); }
