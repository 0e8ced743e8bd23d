// SPDX-License-Identifier: Apache-2.0
//
// external_encode.c - terms to the external term format, byte for byte as OTP 25 writes them.
//
// The walk keeps a stack of its own: terms, and below marks (words with low bits 000) what a mark
// needs. The same walk measures: then nothing is written, only counted.
//
// Tries are written in the reverse of the order they are walked in, as OTP does; with
// `deterministic` in key order.
//
// All of it spends steps, and holds its memory in the Encoder, which a guard frees (BUDGET-1).
//
// Threads: any.
#include "term/external.h"

#include <zlib.h>

#include "term/bigint.h"
#include "term/bits.h"
#include "term/compare.h"
#include "term/fun.h"
#include "term/map.h"
#include "term/number.h"
#include "term/ref.h"
#include "term/stack.h"
#include "term/utf8.h"

#define STRING_BYTES_MAX 65535
#define FLOAT_TEXT_BYTES 31
#define BITS_SLICE ((size_t)1 << 19) // bits copied between two steps
#define DEFLATE_SLICE_BYTES ((size_t)1 << 12)
#define STEPS_PER_DEFLATED_SLICE 65536

/** Marks on the stack; what each needs lies below it. */
enum {
    MARK_LIST = 8,     // the rest of a list
    MARK_RUN = 16,     // end, next: a run of terms in memory
    MARK_FLAT = 24,    // map, index as small: the next pair of a flat map
    MARK_NODE = 32,    // node, count left as small: a trie's children, last one first
    MARK_FUN_END = 48, // where the fun's size stands: now it is known
    MARK_SORTED = 40   // an allocated run of a map's keys and values, freed here
};

typedef struct Encoder {
    const ExternalContext *c;
    ExternalOptions options;
    uint8_t *bytes; // NULL while measuring
    size_t count, capacity;
    bool measuring;
    ExternalAtoms *atoms; // of a distribution message, or NULL
    Budget *budget;
    TermStack todo;
} Encoder;

// ---- bytes
// ----------------------------------------------------------------------------------------

static uint8_t *room(Encoder *e, size_t bytes) {
    size_t at = e->count;
    e->count += bytes;
    if (e->count > e->capacity) {
        e->capacity = MAX(2 * e->capacity, e->count + 256);
        e->bytes = mem_realloc(e->bytes, e->capacity);
    }
    return e->bytes + at;
}

static void put_bytes(Encoder *e, const void *bytes, size_t count) {
    if (e->measuring) {
        e->count += count;
        return;
    }
    if (count > 0) memcpy(room(e, count), bytes, count);
}

static void put_number(Encoder *e, uint64_t value, size_t bytes) {
    uint8_t out[8];
    ASSERT(bytes <= sizeof out);
    for (size_t i = bytes; i-- > 0; value >>= 8) out[i] = (uint8_t)value;
    put_bytes(e, out, bytes);
}

static void put_tag(Encoder *e, uint8_t tag) { put_bytes(e, &tag, 1); }

static void put_tag_number(Encoder *e, uint8_t tag, uint64_t value, size_t bytes) {
    put_tag(e, tag);
    put_number(e, value, bytes);
}

// ---- atoms and numbers
// ----------------------------------------------------------------------------

/** The atom's characters as Latin-1, or 0 when they are not. Returns the number of characters. */
static size_t atom_latin1(const char *utf8, size_t bytes, uint8_t *out, bool *fits) {
    size_t n = 0;
    *fits = true;
    for (size_t i = 0; i < bytes; n++) {
        size_t used = 1;
        int32_t c = utf8_decode((const uint8_t *)utf8 + i, bytes - i, &used);
        ASSERT(c >= 0); // atoms are UTF-8
        *fits = *fits && c < 256;
        if (n < ATOM_CHARACTERS_MAX) out[n] = (uint8_t)c;
        i += used;
    }
    return n;
}

/** The atom's place among those of the message, or -1: there are too many. */
static int atom_place(ExternalAtoms *atoms, Term atom) {
    const uint32_t mask = ARRAY_COUNT(atoms->index) - 1;
    uint32_t h = (uint32_t)((atom >> IMM_SHIFT) * 0x9e3779b1u >> 7) & mask;
    for (; atoms->index[h] != 0; h = (h + 1) & mask)
        if (atoms->all[atoms->index[h] - 1] == atom) return atoms->index[h] - 1;
    if (atoms->count == EXTERNAL_ATOMS_MAX) return -1;
    atoms->all[atoms->count++] = atom;
    atoms->index[h] = (uint8_t)atoms->count;
    return (int)atoms->count - 1;
}

static void put_atom(Encoder *e, Term atom) {
    if (e->atoms != NULL && !e->atoms->in_full) {
        int place = atom_place(e->atoms, atom);
        if (place >= 0) {
            put_tag_number(e, EXT_CACHED_ATOM, (uint64_t)place, 1);
            return;
        }
    }
    size_t bytes;
    const char *text = atom_text(e->c->atoms, atom, &bytes);
    if (e->options.minor_version < 2) {
        uint8_t latin1[ATOM_CHARACTERS_MAX];
        bool fits;
        size_t n = atom_latin1(text, bytes, latin1, &fits);
        if (fits) {
            put_tag_number(e, EXT_ATOM, n, 2);
            put_bytes(e, latin1, n);
            return;
        }
    }
    if (bytes > 255) {
        put_tag_number(e, EXT_ATOM_UTF8, bytes, 2);
    } else {
        put_tag_number(e, EXT_SMALL_ATOM_UTF8, bytes, 1);
    }
    put_bytes(e, text, bytes);
}

static void put_integer(Encoder *e, Term t) {
    DEBUG_ASSERT(term_is_integer(t));
    if (term_is_small(t)) {
        int64_t i = term_small(t);
        if (i >= 0 && i <= 255) {
            put_tag_number(e, EXT_SMALL_INTEGER, (uint64_t)i, 1);
            return;
        }
        if (i >= INT32_MIN && i <= INT32_MAX) {
            put_tag_number(e, EXT_INTEGER, (uint64_t)i, 4);
            return;
        }
    }
    IntegerView v;
    integer_view(&v, t);
    ASSERT(v.count > 0);
    size_t bytes = 8 * v.count - (size_t)__builtin_clzll(v.limbs[v.count - 1]) / 8;
    if (bytes <= 255) {
        put_tag_number(e, EXT_SMALL_BIG, bytes, 1);
    } else {
        put_tag_number(e, EXT_LARGE_BIG, bytes, 4);
    }
    put_number(e, v.negative, 1);
    if (e->measuring) {
        e->count += bytes;
        return;
    }
    uint8_t *out = room(e, bytes);
    for (size_t i = 0; i < bytes; i++) out[i] = (uint8_t)(v.limbs[i / 8] >> (8 * (i % 8)));
}

static void put_float(Encoder *e, Term t) {
    double d = term_float(t);
    if (e->options.minor_version == 0) {
        char text[FLOAT_TEXT_BYTES + 1] = {0};
        put_tag(e, EXT_FLOAT);
        float_to_text_scientific(d, 20, text, sizeof text);
        put_bytes(e, text, FLOAT_TEXT_BYTES);
        return;
    }
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    put_tag_number(e, EXT_NEW_FLOAT, bits, 8);
}

// ---- identifiers
// ----------------------------------------------------------------------------------

static void put_node(Encoder *e, Term t, bool is_external, uint32_t *creation) {
    put_atom(e, is_external ? external_node(t)->name : node_own_name(e->c->nodes));
    *creation = is_external ? external_node(t)->creation : node_own_creation(e->c->nodes);
}

static void put_pid(Encoder *e, Term t) {
    bool is_external = term_is_boxed(t);
    uint32_t creation;
    put_tag(e, EXT_NEW_PID);
    put_node(e, t, is_external, &creation);
    put_number(e, is_external ? external_pid_number(t) : pid_number(t), 4);
    put_number(e, is_external ? external_pid_serial(t) : pid_serial(t), 4);
    put_number(e, creation, 4);
}

static void put_port(Encoder *e, Term t) {
    bool is_external = term_is_boxed(t);
    uint64_t number = is_external ? external_port_number(t) : term_port_data(t);
    uint32_t creation;
    bool is_long = number > 0x0fffffff;
    put_tag(e, is_long ? EXT_V4_PORT : EXT_NEW_PORT);
    put_node(e, t, is_external, &creation);
    put_number(e, number, is_long ? 8 : 4);
    put_number(e, creation, 4);
}

static void put_reference(Encoder *e, Term t) {
    // An alias says where it leads to, so that another node's message finds its process.
    Term owner = term_box_kind(t) == BOX_EXT_REF ? TERM_NONE : ref_owner(t);
    uint32_t count = owner != TERM_NONE ? REF_NUMBER_COUNT_MAX : ref_number_count(t), creation;
    ASSERT(count > 0 && count <= REF_NUMBER_COUNT_MAX);
    put_tag_number(e, EXT_NEWER_REFERENCE, count, 2);
    put_node(e, t, term_box_kind(t) == BOX_EXT_REF, &creation);
    put_number(e, creation, 4);
    for (uint32_t i = 0; i < ref_number_count(t); i++) put_number(e, ref_number(t, i), 4);
    if (owner != TERM_NONE) {
        put_number(e, (uint32_t)term_pid_data(owner), 4);
        put_number(e, term_pid_data(owner) >> 32, 4);
    }
    if (term_is_magic_ref(t) && e->c->magics != NULL) magic_note(e->c->magics, t);
}

static void put_export(Encoder *e, Term t) {
    const Export *x = export_of(t);
    ASSERT(x->arity <= ARITY_MAX);
    put_tag(e, EXT_EXPORT);
    put_atom(e, x->module);
    put_atom(e, x->function);
    put_tag_number(e, EXT_SMALL_INTEGER, x->arity, 1);
}

// ---- compound terms
// -------------------------------------------------------------------------------

static void push_run(Encoder *e, const Term *first, size_t count) {
    if (count == 0) return;
    DEBUG_ASSERT(((uintptr_t)first & 7u) == 0); // a mark must be told from a term
    term_stack_need(&e->todo, 3);
    term_stack_push(&e->todo, (Term)(uintptr_t)(first + count));
    term_stack_push(&e->todo, (Term)(uintptr_t)first);
    term_stack_push(&e->todo, MARK_RUN);
}

static void put_fun(Encoder *e, Term t) {
    const FunEntry *f = fun_entry(t);
    const Term *box = term_box(t);
    size_t free_count = fun_free_count(t);
    put_tag(e, EXT_NEW_FUN);
    term_stack_push(&e->todo, term_from_small((int64_t)e->count));
    term_stack_push(&e->todo, MARK_FUN_END);
    put_number(e, 0, 4);
    put_number(e, fun_arity(t), 1);
    put_bytes(e, f->uniq, sizeof f->uniq);
    put_number(e, f->index, 4);
    put_number(e, free_count, 4);
    put_atom(e, f->module);
    put_integer(e, term_from_small(f->old_index));
    put_integer(e, term_from_small(f->old_uniq));
    put_pid(e, box[2]);
    push_run(e, box + FUN_ENV_OFFSET, free_count);
}

static void set_fun_size(Encoder *e, size_t at) {
    if (e->measuring) return;
    ASSERT(at + 4 < e->count && e->count - at <= UINT32_MAX);
    size_t size = e->count - at;
    for (int i = 0; i < 4; i++) e->bytes[at + (size_t)i] = (uint8_t)(size >> (8 * (3 - i)));
}

/** Notes the whole bytes of a large binary, which come next. */
static void note_cut(Encoder *e, Term t, const BitsView *v) {
    ExternalCuts *cuts = e->options.cuts;
    bool is_counted =
        term_box_kind(t) == BOX_SUB_BITS && term_box_kind(term_box(t)[3]) == BOX_BIN_REF;
    size_t bytes = v->size_bits / 8;
    if (cuts == NULL || !is_counted || v->start_bit % 8 != 0 || bytes <= HEAP_BITS_BYTES_MAX)
        return;
    if (cuts->count == cuts->capacity) {
        cuts->capacity = 2 * cuts->capacity + 8;
        cuts->all = mem_realloc(cuts->all, cuts->capacity * sizeof *cuts->all);
    }
    ASSERT(cuts->count == 0 || cuts->all[cuts->count - 1].at < e->count);
    cuts->all[cuts->count++] = (struct ExternalCut){e->count, bytes};
}

static void put_bits(Encoder *e, Term t) {
    BitsView v = bits_view(t);
    size_t bytes = (v.size_bits + 7) / 8;
    if (v.size_bits % 8 == 0) {
        put_tag_number(e, EXT_BINARY, bytes, 4);
    } else {
        put_tag_number(e, EXT_BIT_BINARY, bytes, 4);
        put_number(e, v.size_bits % 8, 1);
    }
    if (e->measuring) {
        e->count += bytes;
        return;
    }
    note_cut(e, t, &v);
    uint8_t *out = room(e, bytes);
    if (v.size_bits % 8 != 0) out[bytes - 1] = 0;
    for (size_t at = 0; at < v.size_bits; at += BITS_SLICE) {
        size_t slice = MIN(v.size_bits - at, BITS_SLICE);
        bits_copy(out, at, v.base, v.start_bit + at, slice);
        budget_spend_bytes(e->budget, slice / 2); // pages of a new binary come slowly
    }
}

static bool is_byte(Term t) {
    return term_is_small(t) && term_small(t) >= 0 && term_small(t) <= 255;
}

static void put_list(Encoder *e, Term list) {
    size_t length = 0, bytes = 0;
    Term t = list;
    for (; term_is_cell(t); t = term_tail(t)) {
        bytes += is_byte(term_head(t));
        length++;
        budget_spend(e->budget, 1);
    }
    if (term_is_nil(t) && bytes == length && length <= STRING_BYTES_MAX) {
        put_tag_number(e, EXT_STRING, length, 2);
        if (e->measuring) {
            e->count += length;
            return;
        }
        uint8_t *out = room(e, length);
        for (t = list; term_is_cell(t); t = term_tail(t))
            *out++ = (uint8_t)term_small(term_head(t));
        return;
    }
    put_tag_number(e, EXT_LIST, length, 4);
    term_stack_push(&e->todo, list);
    term_stack_push(&e->todo, MARK_LIST);
}

typedef struct SortPair {
    Term key, value;
} SortPair;

/** Merges the runs of `width` pairs in from, two by two, into to. */
static void merge_runs(Encoder *e, const SortPair *from, SortPair *to, size_t n, size_t width) {
    for (size_t low = 0; low < n; low += 2 * width) {
        size_t middle = MIN(low + width, n), high = MIN(low + 2 * width, n), i = low, j = middle;
        for (size_t k = low; k < high; k++) {
            bool left = i < middle &&
                        (j >= high || term_compare_key(e->c->atoms, from[i].key, from[j].key) <= 0);
            to[k] = left ? from[i++] : from[j++];
            budget_spend(e->budget, 4);
        }
    }
}

/** A trie's keys and values in key order. A run on the stack holds the block; it is freed when the
 * run is done. */
static void push_sorted(Encoder *e, Term map) {
    size_t n = map_count(map), at = 0;
    ASSERT(n > MAP_FLAT_COUNT_MAX); // flat maps are sorted as they are
    SortPair *pairs = mem_alloc((n + 1) * sizeof *pairs), *spare = mem_alloc(n * sizeof *spare);
    BudgetGuard pairs_guard, spare_guard;
    budget_guard(e->budget, &pairs_guard, mem_free, pairs);
    budget_guard(e->budget, &spare_guard, mem_free, spare);
    MapIterator it;
    map_iterator_init(&it, map);
    while (at < n && map_iterator_next(&it, &pairs[at].key, &pairs[at].value)) {
        at++;
        budget_spend(e->budget, 2);
    }
    SortPair *from = pairs, *to = spare;
    for (size_t width = 1; width < n; width *= 2) {
        merge_runs(e, from, to, n, width);
        SortPair *swap = from;
        from = to;
        to = swap;
    }
    budget_unguard(e->budget, &spare_guard);
    budget_unguard(e->budget, &pairs_guard);
    mem_free(to);
    term_stack_push(&e->todo, (Term)(uintptr_t)from);
    term_stack_push(&e->todo, MARK_SORTED);
    push_run(e, &from->key, 2 * n);
}

static void push_node(Encoder *e, Term node) {
    uint32_t count;
    map_node_children(node, &count);
    term_stack_push(&e->todo, node);
    term_stack_push(&e->todo, term_from_small(count));
    term_stack_push(&e->todo, MARK_NODE);
}

static void put_map(Encoder *e, Term map) {
    put_tag_number(e, EXT_MAP, map_count(map), 4);
    if (map_is_flat(map)) {
        term_stack_push(&e->todo, map);
        term_stack_push(&e->todo, term_from_small(0));
        term_stack_push(&e->todo, MARK_FLAT);
    } else if (e->options.deterministic) {
        push_sorted(e, map);
    } else {
        push_node(e, map);
    }
}

static void put_tuple(Encoder *e, Term t) {
    size_t arity = tuple_arity(t);
    ASSERT(arity <= TUPLE_SIZE_MAX);
    if (arity <= 255) {
        put_tag_number(e, EXT_SMALL_TUPLE, arity, 1);
    } else {
        put_tag_number(e, EXT_LARGE_TUPLE, arity, 4);
    }
    push_run(e, tuple_elements(t), arity);
}

// ---- the walk
// -------------------------------------------------------------------------------------

static void put_term(Encoder *e, Term t) {
    if (term_is_small(t) || term_is_big(t)) {
        put_integer(e, t);
    } else if (term_is_float(t)) {
        put_float(e, t);
    } else if (term_is_atom(t)) {
        put_atom(e, t);
    } else if (term_is_nil(t)) {
        put_tag(e, EXT_NIL);
    } else if (term_is_cell(t)) {
        put_list(e, t);
    } else if (term_is_pid(t)) {
        put_pid(e, t);
    } else if (term_is_port(t)) {
        put_port(e, t);
    } else if (term_is_reference(t)) {
        put_reference(e, t);
    } else {
        switch (term_box_kind(t)) {
        case BOX_TUPLE: put_tuple(e, t); break;
        case BOX_HEAP_BITS:
        case BOX_SUB_BITS: put_bits(e, t); break;
        case BOX_MAP_FLAT:
        case BOX_MAP_HASH: put_map(e, t); break;
        case BOX_FUN: put_fun(e, t); break;
        case BOX_EXPORT: put_export(e, t); break;
        default: UNREACHABLE();
        }
    }
}

/** Goes on with a mark: pushes it again where it is not done, and returns the term that is next, or
 * TERM_NONE. */
static Term next_of_mark(Encoder *e, Term mark) {
    TermStack *s = &e->todo;
    if (mark == MARK_LIST) {
        Term list = term_stack_pop(s);
        if (!term_is_cell(list)) return list;
        term_stack_push(s, term_tail(list));
        term_stack_push(s, MARK_LIST);
        return term_head(list);
    }
    if (mark == MARK_RUN) {
        const Term *next = (const Term *)(uintptr_t)term_stack_pop(s);
        const Term *end = (const Term *)(uintptr_t)term_stack_pop(s);
        push_run(e, next + 1, (size_t)(end - next) - 1);
        return *next;
    }
    if (mark == MARK_FLAT) {
        size_t i = (size_t)term_small(term_stack_pop(s));
        Term map = term_stack_pop(s);
        if (i == map_flat_count(map)) return TERM_NONE;
        term_stack_push(s, map);
        term_stack_push(s, term_from_small((int64_t)i + 1));
        term_stack_push(s, MARK_FLAT);
        term_stack_push(s, map_flat_values(map)[i]);
        return map_flat_keys(map)[i];
    }
    if (mark == MARK_SORTED) {
        mem_free((void *)(uintptr_t)term_stack_pop(s));
        return TERM_NONE;
    }
    if (mark == MARK_FUN_END) {
        set_fun_size(e, (size_t)term_small(term_stack_pop(s)));
        return TERM_NONE;
    }
    ASSERT(mark == MARK_NODE);
    uint32_t left = (uint32_t)term_small(term_stack_pop(s)), count;
    Term node = term_stack_pop(s);
    if (left == 0) return TERM_NONE;
    term_stack_push(s, node);
    term_stack_push(s, term_from_small(left - 1));
    term_stack_push(s, MARK_NODE);
    Term child = map_node_children(node, &count)[left - 1];
    if (!term_is_cell(child)) {
        push_node(e, child);
        return TERM_NONE;
    }
    term_stack_push(s, term_tail(child));
    return term_head(child);
}

static void walk(Encoder *e) {
    while (e->todo.count > 0) {
        Term t = term_stack_pop(&e->todo);
        if ((t & TAG_MASK) == 0) t = next_of_mark(e, t);
        if (t != TERM_NONE) put_term(e, t);
        budget_spend(e->budget, 1);
    }
}

static void abandon(void *encoder) {
    Encoder *e = encoder;
    for (size_t i = 1; i < e->todo.count; i++) // no other word on the stack is this one
        if (e->todo.words[i] == MARK_SORTED) mem_free((void *)(uintptr_t)e->todo.words[i - 1]);
    term_stack_free(&e->todo);
    mem_free(e->bytes);
}

static void encode(Encoder *e, Term t) {
    BudgetGuard guard;
    term_stack_init(&e->todo);
    budget_guard(e->budget, &guard, abandon, e);
    if (e->atoms == NULL) put_tag(e, EXTERNAL_VERSION);
    term_stack_push(&e->todo, t);
    walk(e);
    budget_unguard(e->budget, &guard);
    term_stack_free(&e->todo);
    ASSERT(e->measuring || e->count <= e->capacity);
}

// ---- compression
// ----------------------------------------------------------------------------------

typedef struct Deflation {
    z_stream z;
    uint8_t *in, *out;
} Deflation;

static void deflation_abandon(void *deflation) {
    Deflation *d = deflation;
    deflateEnd(&d->z);
    mem_free(d->in);
    mem_free(d->out);
}

/** Feeds all of the input, a slice at a time. False when the output has no room. */
static bool deflate_slices(Deflation *d, size_t count, Budget *budget) {
    int status = Z_OK;
    while (status == Z_OK) {
        size_t slice = MIN(count, DEFLATE_SLICE_BYTES);
        d->z.avail_in = (uInt)slice;
        count -= slice;
        status = deflate(&d->z, count == 0 ? Z_FINISH : Z_NO_FLUSH);
        if (d->z.avail_in > 0) return false;
        budget_spend(budget, STEPS_PER_DEFLATED_SLICE);
    }
    return status == Z_STREAM_END;
}

/** Replaces what follows the version by its compressed form, where that is shorter. */
static void compress_tail(Encoder *e) {
    ASSERT(e->count > 1 && !e->measuring);
    size_t plain = e->count - 1;
    if (plain > UINT32_MAX) return;
    size_t capacity = compressBound(plain);
    Deflation d = {.in = e->bytes};
    if (deflateInit(&d.z, e->options.compression) != Z_OK) return;
    d.out = mem_alloc(capacity + 6);
    d.z.next_in = e->bytes + 1;
    d.z.next_out = d.out + 6;
    d.z.avail_out = (uInt)MIN(capacity, UINT32_MAX);
    BudgetGuard guard;
    budget_guard(e->budget, &guard, deflation_abandon, &d);
    bool done = deflate_slices(&d, plain, e->budget);
    budget_unguard(e->budget, &guard);
    size_t packed = d.z.total_out;
    deflateEnd(&d.z);
    if (!done || packed + 5 >= plain) {
        mem_free(d.out);
        return;
    }
    d.out[0] = EXTERNAL_VERSION;
    d.out[1] = EXT_COMPRESSED;
    for (int i = 0; i < 4; i++) d.out[2 + i] = (uint8_t)(plain >> (8 * (3 - i)));
    mem_free(e->bytes);
    e->bytes = d.out;
    e->count = packed + 6;
}

uint64_t external_local_hash(const ExternalContext *c, const uint8_t *bytes, size_t count) {
    uint64_t h = 0xcbf29ce484222325u ^ c->local_salt; // FNV-1a
    for (size_t i = 0; i < count; i++) h = (h ^ bytes[i]) * 0x100000001b3u;
    return h;
}

/** Puts the local tag and the hash of what follows behind the version. */
static void mark_local(Encoder *e) {
    ASSERT(e->count > 1 && e->bytes[0] == EXTERNAL_VERSION);
    uint64_t hash = external_local_hash(e->c, e->bytes + 1, e->count - 1);
    uint8_t *bytes = mem_alloc(e->count + EXT_LOCAL_BYTES);
    bytes[0] = EXTERNAL_VERSION;
    bytes[1] = EXT_LOCAL;
    memcpy(bytes + 2, &hash, sizeof hash);
    memcpy(bytes + 1 + EXT_LOCAL_BYTES, e->bytes + 1, e->count - 1);
    mem_free(e->bytes);
    e->bytes = bytes;
    e->count += EXT_LOCAL_BYTES;
}

bool external_encode(const ExternalContext *c, Term t, const ExternalOptions *options,
                     uint8_t **out, size_t *count, Budget *budget) {
    Encoder e = {.c = c, .options = *options, .budget = budget};
    encode(&e, t);
    if (options->compression > 0) compress_tail(&e);
    if (options->local) mark_local(&e);
    *out = e.bytes;
    *count = e.count;
    return true;
}

uint8_t *external_encode_message(const ExternalContext *c, Term control, Term payload,
                                 ExternalAtoms *atoms, size_t *count, Budget *budget) {
    Encoder e = {.c = c, .atoms = atoms, .budget = budget};
    e.options.minor_version = 2;
    encode(&e, control);
    if (payload != TERM_NONE) encode(&e, payload);
    *count = e.count;
    return e.bytes;
}

size_t external_size(const ExternalContext *c, Term t, const ExternalOptions *options,
                     Budget *budget) {
    Encoder e = {.c = c, .options = *options, .measuring = true, .budget = budget};
    encode(&e, t);
    return e.count + (options->local ? EXT_LOCAL_BYTES : 0);
}
