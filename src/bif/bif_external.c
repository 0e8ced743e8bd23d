// SPDX-License-Identifier: Apache-2.0
//
// bif_external.c - the external term format for programs, and how much room terms take.
//
// Threads: the calling process's.
#include "bif/bif.h"
#include "heap/literal.h"
#include "term/bits.h"
#include "term/compare.h"
#include "term/external.h"
#include "vm/vm.h"

#define REDUCTIONS_PER_BYTES 64

// ---- term_to_binary -------------------------------------------------------------------------------

static bool read_encode_option(Term option, ExternalOptions *o) {
    if (option == am_compressed) {
        o->compression = 6;
        return true;
    }
    if (option == am_deterministic) {
        o->deterministic = true;
        return true;
    }
    if (!term_is_tuple_of(option, 2) || !term_is_small(tuple_get(option, 1))) return false;
    int64_t value = term_small(tuple_get(option, 1));
    if (tuple_get(option, 0) == am_compressed && value >= 0 && value <= 9) {
        o->compression = (int)value;
        return true;
    }
    if (tuple_get(option, 0) == am_minor_version && value >= 0 && value <= 2) {
        o->minor_version = (int)value;
        return true;
    }
    return false;
}

static bool read_encode_options(Term list, ExternalOptions *o) {
    *o = (ExternalOptions){.minor_version = 1};
    for (; term_is_cell(list); list = term_tail(list)) {
        if (!read_encode_option(term_head(list), o)) return false;
    }
    return term_is_nil(list);
}

static Term encode(Process *p, Term t, const ExternalOptions *o) {
    uint8_t *bytes;
    size_t count;
    if (!external_encode(&p->vm->external, t, o, &bytes, &count)) return bif_system_limit(p);
    Term binary = heap_binary_from(&p->heap, bytes, count);
    mem_free(bytes);
    bif_bump(p, (int64_t)(count / REDUCTIONS_PER_BYTES) + 1);
    return binary;
}

/** term_to_binary(Term). */
BIF(erlang, term_to_binary, 1) { return encode(p, a[0], &(ExternalOptions){.minor_version = 1}); }

/** term_to_binary(Term, Options): compressed, {compressed, 0..9}, {minor_version, 0..2}, deterministic; badarg. */
BIF(erlang, term_to_binary, 2) {
    ExternalOptions o;
    return read_encode_options(a[1], &o) ? encode(p, a[0], &o) : bif_badarg(p);
}

/** term_to_iovec(Term): the same bytes as a list of binaries. */
BIF(erlang, term_to_iovec, 1) {
    return heap_cons(&p->heap, encode(p, a[0], &(ExternalOptions){.minor_version = 1}), TERM_NIL);
}

/** term_to_iovec(Term, Options); badarg. */
BIF(erlang, term_to_iovec, 2) {
    ExternalOptions o;
    if (!read_encode_options(a[1], &o)) return bif_badarg(p);
    return heap_cons(&p->heap, encode(p, a[0], &o), TERM_NIL);
}

/** external_size(Term): bytes that term_to_binary makes. */
BIF(erlang, external_size, 1) {
    return heap_unsigned(&p->heap, external_size(&p->vm->external, a[0], &(ExternalOptions){.minor_version = 1}));
}

/** external_size(Term, Options); badarg. */
BIF(erlang, external_size, 2) {
    ExternalOptions o;
    if (!read_encode_options(a[1], &o)) return bif_badarg(p);
    return heap_unsigned(&p->heap, external_size(&p->vm->external, a[0], &o));
}

// ---- binary_to_term -------------------------------------------------------------------------------

static Term decode(Process *p, Term binary, uint32_t flags, bool with_used) {
    uint8_t *to_free;
    size_t count, used;
    const uint8_t *bytes = bits_bytes(binary, &count, &to_free);
    if (bytes == NULL) return bif_badarg(p);
    Term t = external_decode(&p->heap, &p->vm->external, bytes, count, true, flags, &used);
    mem_free(to_free);
    bif_bump(p, (int64_t)(count / REDUCTIONS_PER_BYTES) + 1);
    if (t == TERM_NONE) return bif_badarg(p);
    return with_used ? heap_tuple2(&p->heap, t, heap_unsigned(&p->heap, used)) : t;
}

/** binary_to_term(Binary); badarg. */
BIF(erlang, binary_to_term, 1) { return decode(p, a[0], 0, false); }

/** binary_to_term(Binary, Options): safe, used (then {Term, Used}); badarg. */
BIF(erlang, binary_to_term, 2) {
    uint32_t flags = 0;
    bool with_used = false;
    Term list = a[1];
    for (; term_is_cell(list); list = term_tail(list)) {
        if (term_head(list) == am_safe) {
            flags |= EXTERNAL_SAFE;
        } else if (term_head(list) == am_used) {
            with_used = true;
        } else {
            return bif_badarg(p);
        }
    }
    return term_is_nil(list) ? decode(p, a[0], flags, with_used) : bif_badarg(p);
}

// ---- sizes ----------------------------------------------------------------------------------------

typedef struct AddressSet {
    Term *slots; // open addressing; TERM_NONE: free
    size_t count, capacity;
} AddressSet;

static size_t address_slot(const AddressSet *s, Term t) {
    size_t i = (size_t)((t >> 3) * 0x9e3779b97f4a7c15u >> 20) & (s->capacity - 1);
    while (s->slots[i] != TERM_NONE && s->slots[i] != t) i = (i + 1) & (s->capacity - 1);
    return i;
}

/** True when t is new in the set. */
static bool address_add(AddressSet *s, Term t) {
    size_t i = address_slot(s, t);
    if (s->slots[i] == t) return false;
    s->slots[i] = t;
    if (2 * ++s->count < s->capacity) return true;
    AddressSet bigger = {.capacity = 2 * s->capacity, .count = s->count};
    bigger.slots = mem_zalloc(bigger.capacity * sizeof(Term));
    for (size_t k = 0; k < s->capacity; k++) {
        if (s->slots[k] != TERM_NONE) bigger.slots[address_slot(&bigger, s->slots[k])] = s->slots[k];
    }
    mem_free(s->slots);
    *s = bigger;
    return true;
}

typedef struct Todo {
    Term *items;
    size_t count, capacity;
} Todo;

static void todo_push(Todo *t, Term item) {
    if (!term_is_pointer(item)) return;
    if (t->count == t->capacity) {
        t->capacity = MAX(64, 2 * t->capacity);
        t->items = mem_realloc(t->items, t->capacity * sizeof(Term));
    }
    t->items[t->count++] = item;
}

/** Words of a term where what is shared counts once. */
static size_t shared_size(Term t) {
    AddressSet seen = {.capacity = 64, .slots = mem_zalloc(64 * sizeof(Term))};
    Todo todo = {0};
    size_t words = 0;
    todo_push(&todo, t);
    while (todo.count > 0) {
        t = todo.items[--todo.count];
        if (!address_add(&seen, t)) continue;
        if (term_is_cell(t)) {
            words += CELL_WORDS;
            todo_push(&todo, term_tail(t));
            todo_push(&todo, term_head(t));
            continue;
        }
        const Term *box = term_box(t);
        words += 1 + HEADER_SIZE(*box);
        size_t first, count = box_terms(*box, &first);
        for (size_t i = first; i < first + count; i++) todo_push(&todo, box[i]);
    }
    mem_free(seen.slots);
    mem_free(todo.items);
    return words;
}

/** erts_debug:size(Term): words in the heap, shared parts once. */
BIF(erts_debug, size, 1) { return heap_unsigned(&p->heap, shared_size(a[0])); }

/** erts_debug:size_shared(Term): as size/1. */
BIF(erts_debug, size_shared, 1) { return heap_unsigned(&p->heap, shared_size(a[0])); }

/** erts_debug:flat_size(Term): words of a copy. */
BIF(erts_debug, flat_size, 1) { return heap_unsigned(&p->heap, copy_size_words(a[0], NULL)); }

/** erts_debug:same(A, B): the very same word? */
BIF(erts_debug, same, 2) { return term_from_bool(a[0] == a[1]); }

/** erts_debug:copy_shared(Term): a copy on the process's heap. */
BIF(erts_debug, copy_shared, 1) {
    size_t words = copy_size_words(a[0], NULL);
    if (words == 0) return a[0];
    Term *hp = heap_alloc(&p->heap, words);
    return copy_term(a[0], NULL, &hp, heap_off_heap(&p->heap));
}
