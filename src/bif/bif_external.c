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
#include "term/fun.h"
#include "term/stack.h"
#include "vm/vm.h"

// ---- term_to_binary
// -------------------------------------------------------------------------------

static bool read_encode_option(Term option, unsigned otp_release, ExternalOptions *o) {
    if (option == am_compressed) {
        o->compression = 6;
        return true;
    }
    if (option == am_local && otp_release >= 26) {
        o->local = true;
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

/** How atoms are written where nobody says it: OTP 26 writes all of them in UTF-8. */
static int default_minor_version(const VM *vm) { return vm->config.otp_release >= 26 ? 2 : 1; }

static bool read_encode_options(Process *p, Term list, ExternalOptions *o) {
    *o = (ExternalOptions){.minor_version = default_minor_version(p->vm)};
    for (; term_is_cell(list); list = term_tail(list)) {
        if (!read_encode_option(term_head(list), p->vm->config.otp_release, o)) return false;
    }
    return term_is_nil(list);
}

static Term encode(Process *p, Term t, const ExternalOptions *o) {
    ASSERT(o->minor_version >= 0 && o->minor_version <= 2);
    uint8_t *bytes, *out;
    size_t count;
    Budget *budget = long_call_budget(p);
    if (!external_encode(&p->vm->external, t, o, &bytes, &count, budget))
        return bif_system_limit(p);
    ASSERT(count > 1 && bytes[0] == EXTERNAL_VERSION);
    BudgetGuard guard;
    budget_guard(budget, &guard, mem_free, bytes);
    Term binary = heap_binary(&p->heap, count, &out);
    budget_copy(budget, out, bytes, count);
    budget_unguard(budget, &guard);
    mem_free(bytes);
    return binary;
}

/** term_to_binary(Term). */
BIF_LONG(erlang, term_to_binary, 1) {
    return encode(p, a[0], &(ExternalOptions){.minor_version = default_minor_version(p->vm)});
}

/** term_to_binary(Term, Options): compressed, {compressed, 0..9}, {minor_version, 0..2},
 * deterministic; badarg. */
BIF_LONG(erlang, term_to_binary, 2) {
    ExternalOptions o;
    return read_encode_options(p, a[1], &o) ? encode(p, a[0], &o) : bif_badarg(p);
}

static void free_cuts(void *cuts) { mem_free(((ExternalCuts *)cuts)->all); }

/** The bytes of term_to_binary as a list: large binaries are elements of their own. */
static Term encode_parts(Process *p, Term t, ExternalOptions *o) {
    ExternalCuts cuts = {0};
    BudgetGuard guard;
    Budget *budget = long_call_budget(p);
    if (o->compression == 0 && !o->local) o->cuts = &cuts;
    budget_guard(budget, &guard, free_cuts, &cuts);
    Term binary = encode(p, t, o), list = TERM_NIL;
    ASSERT(cuts.count == 0 || o->compression == 0);
    if (binary != TERM_NONE) {
        size_t end = bits_size(binary) / 8;
        for (size_t i = cuts.count; i-- > 0;) {
            size_t at = cuts.all[i].at, after = at + cuts.all[i].count;
            ASSERT(at > 1 && after <= end); // a tag and a size stand before it
            if (after < end)
                list = heap_cons(
                    &p->heap, heap_sub_bits(&p->heap, binary, 8 * after, 8 * (end - after)), list);
            list = heap_cons(&p->heap, heap_sub_bits(&p->heap, binary, 8 * at, 8 * (after - at)),
                             list);
            end = at;
        }
        list = heap_cons(&p->heap, heap_sub_bits(&p->heap, binary, 0, 8 * end), list);
    }
    budget_unguard(budget, &guard);
    mem_free(cuts.all);
    return binary == TERM_NONE ? TERM_NONE : list;
}

/** term_to_iovec(Term): the same bytes as a list of binaries. */
BIF_LONG(erlang, term_to_iovec, 1) {
    return encode_parts(p, a[0], &(ExternalOptions){.minor_version = default_minor_version(p->vm)});
}

/** term_to_iovec(Term, Options); badarg. */
BIF_LONG(erlang, term_to_iovec, 2) {
    ExternalOptions o;
    return read_encode_options(p, a[1], &o) ? encode_parts(p, a[0], &o) : bif_badarg(p);
}

static Term size_of(Process *p, Term t, const ExternalOptions *o) {
    ASSERT(o->compression >= 0 && o->compression <= 9);
    size_t size = external_size(&p->vm->external, t, o, long_call_budget(p));
    return heap_unsigned(&p->heap, size);
}

/** external_size(Term): bytes that term_to_binary makes. */
BIF_LONG(erlang, external_size, 1) {
    return size_of(p, a[0], &(ExternalOptions){.minor_version = default_minor_version(p->vm)});
}

/** external_size(Term, Options); badarg. */
BIF_LONG(erlang, external_size, 2) {
    ExternalOptions o;
    return read_encode_options(p, a[1], &o) ? size_of(p, a[0], &o) : bif_badarg(p);
}

// ---- binary_to_term
// -------------------------------------------------------------------------------

static Term decode(Process *p, Term binary, uint32_t flags, bool with_used) {
    uint8_t *to_free;
    size_t count, used;
    const uint8_t *bytes = bits_bytes(binary, &count, &to_free);
    if (bytes == NULL) return bif_badarg(p);
    Budget *budget = long_call_budget(p);
    BudgetGuard guard;
    budget_guard(budget, &guard, mem_free, to_free);
    Term t = external_decode(&p->heap, &p->vm->external, bytes, count, true, flags, &used, budget);
    budget_unguard(budget, &guard);
    mem_free(to_free);
    if (t == TERM_NONE) return bif_badarg(p);
    ASSERT(used <= count);
    return with_used ? heap_tuple2(&p->heap, t, heap_unsigned(&p->heap, used)) : t;
}

/** binary_to_term(Binary); badarg. */
BIF_LONG(erlang, binary_to_term, 1) { return decode(p, a[0], 0, false); }

/** binary_to_term(Binary, Options): safe, used (then {Term, Used}); badarg. */
BIF_LONG(erlang, binary_to_term, 2) {
    uint32_t flags = 0;
    bool with_used = false;
    Term list = a[1];
    for (; term_is_cell(list); list = term_tail(list)) {
        if (term_head(list) == am_safe) {
            flags |= EXTERNAL_SAFE;
        } else if (term_head(list) == am_used) {
            with_used = true;
        } else {
            return bif_badarg_cause(p, am_badopt);
        }
    }
    if (!term_is_nil(list)) return bif_badarg_cause(p, am_badopt);
    return decode(p, a[0], flags, with_used);
}

// ---- sizes
// ----------------------------------------------------------------------------------------

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
    DEBUG_ASSERT(term_is_pointer(t) && s->count < s->capacity);
    size_t i = address_slot(s, t);
    if (s->slots[i] == t) return false;
    s->slots[i] = t;
    if (2 * ++s->count < s->capacity) return true;
    AddressSet bigger = {.capacity = 2 * s->capacity, .count = s->count};
    bigger.slots = mem_zalloc(bigger.capacity * sizeof(Term));
    for (size_t k = 0; k < s->capacity; k++) {
        if (s->slots[k] != TERM_NONE)
            bigger.slots[address_slot(&bigger, s->slots[k])] = s->slots[k];
    }
    mem_free(s->slots);
    *s = bigger;
    return true;
}

/** Terms still to be measured, and the words so far. */
typedef struct Measure {
    TermStack todo;
    size_t words;
} Measure;

#define OTP_SMALL_BITS 60
#define OTP_BUFFER_WORDS 6 // a reference to a counted buffer
#define OTP_PART_WORDS 5   // a part of one that does not begin or end with a byte
#define OTP_FUN_WORDS 5

/** Words of what this VM holds in the word itself, and OTP 25 on its heap. */
static size_t immediate_words(Term t) {
    if (term_is_flonum(t)) return FLOAT_WORDS;
    if (!term_is_small(t)) return 0;
    int64_t i = term_small(t), limit = (int64_t)1 << (OTP_SMALL_BITS - 1);
    return i >= limit || i < -limit ? 2 : 0;
}

static void measure_later(Measure *m, Term t) {
    DEBUG_ASSERT(t != TERM_NONE);
    if (term_is_pointer(t)) {
        term_stack_push(&m->todo, t);
    } else {
        m->words += immediate_words(t);
    }
}

static size_t bits_words(const Term *box) {
    ASSERT(header_kind(*box) == BOX_HEAP_BITS || header_kind(*box) == BOX_SUB_BITS);
    size_t size_bits = header_kind(*box) == BOX_HEAP_BITS ? box[1] : box[2] - box[1];
    size_t bytes = (size_bits + 7) / 8;
    if (header_kind(*box) != BOX_HEAP_BITS) {
        const Term *orig = term_box(box[3]);
        const Binary *b =
            header_kind(*orig) == BOX_BIN_REF ? (const Binary *)(uintptr_t)orig[2] : NULL;
        if (b != NULL && box[1] == 0 && box[2] == 8 * b->size_bytes) return OTP_BUFFER_WORDS;
        if (box[1] % 8 != 0)
            return OTP_PART_WORDS + (b != NULL ? OTP_BUFFER_WORDS : heap_bits_words(bytes));
    }
    size_t words = bytes > HEAP_BITS_BYTES_MAX ? OTP_BUFFER_WORDS : heap_bits_words(bytes);
    return size_bits % 8 == 0 ? words : words + OTP_PART_WORDS;
}

/** Counts t's own words as OTP 25 would have them; what it points to is measured later. */
static void measure_box(Measure *m, Term t) {
    const Term *box = term_box(t);
    size_t size = header_size(*box), first, count = box_terms(*box, &first);
    switch (header_kind(*box)) {
    case BOX_TUPLE: m->words += size == 0 ? 0 : 1 + size; break; // there is one {} for all
    case BOX_MAP_FLAT: m->words += 2 + size; break;
    case BOX_FUN: m->words += OTP_FUN_WORDS + fun_free_count(t); break;
    case BOX_EXPORT: m->words += OTP_FUN_WORDS; break;
    case BOX_REF:
    case BOX_MAGIC_REF: m->words += 3; break;
    case BOX_HEAP_BITS:
    case BOX_SUB_BITS: m->words += bits_words(box); return;
    case BOX_EXT_PID:
    case BOX_EXT_PORT:
    case BOX_EXT_REF: m->words += 2 + size; break;
    default: m->words += 1 + size; break;
    }
    for (size_t i = first; i < first + count; i++) measure_later(m, box[i]);
}

/** Words of a term in OTP's heap; with `shared`, what is shared counts once; with `literals` given,
 * what is a literal does not count. */
static size_t otp_words(Term t, bool shared, const LiteralRange *literals) {
    AddressSet seen = {.capacity = 64, .slots = mem_zalloc(64 * sizeof(Term))};
    Measure m = {.words = 0};
    term_stack_init(&m.todo);
    measure_later(&m, t);
    while (m.todo.count > 0) {
        t = term_stack_pop(&m.todo);
        if (shared && !address_add(&seen, t)) continue;
        if (literals != NULL && heap_is_literal_in(literals, t)) continue;
        if (term_is_cell(t)) {
            m.words += CELL_WORDS;
            measure_later(&m, term_tail(t));
            measure_later(&m, term_head(t));
        } else {
            measure_box(&m, t);
        }
    }
    mem_free(seen.slots);
    term_stack_free(&m.todo);
    return m.words;
}

/** erts_debug:size(Term): words in the heap as OTP 25 lays terms out, shared parts once. */
BIF(erts_debug, size, 1)
{ return heap_unsigned(&p->heap, otp_words(a[0], true, NULL)); }

/** erts_debug:size_shared(Term): as size/1, without literals. */
BIF(erts_debug, size_shared, 1)
{ return heap_unsigned(&p->heap, otp_words(a[0], true, &p->vm->literals)); }

/** erts_debug:flat_size(Term): words of a copy, as OTP 25 lays terms out. */
BIF(erts_debug, flat_size, 1)
{ return heap_unsigned(&p->heap, otp_words(a[0], false, NULL)); }

/** erts_debug:same(A, B): the very same word? */
BIF(erts_debug, same, 2)
{ return term_from_bool(a[0] == a[1]); }
