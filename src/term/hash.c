// SPDX-License-Identifier: Apache-2.0
//
// hash.c - hashes of terms: phash2 and phash, whose values programs store and so equal OTP's on
// every node and release, and the internal hash, which orders hash tries (and with them what
// maps:to_list shows).
//
// HASH-1: two terms that are =:= have equal hashes; every bit that tells two terms apart goes into
// the internal hash. HASH-2: walks keep their own stack. Markers on it are header-like words (low
// bits 000), which no term is. All build on Bob Jenkins' mixing function of 32-bit words. Pure
// functions: any thread may call.
#include "term/compare.h"

#include "base/alloc.h"
#include "term/bigint.h"
#include "term/bits.h"
#include "term/fun.h"
#include "term/number.h"
#include "term/ref.h"
#include "term/stack.h"

#define GOLDEN 0x9e3779b9u
/** The n-th multiple tells kinds of terms apart. */
static ALWAYS_INLINE uint32_t kind_constant(uint32_t n) { return GOLDEN * n; }

#define MARK_MAP_TAIL ((Term)(1 << 3))
#define MARK_MAP_PAIR ((Term)(2 << 3))
#define MARK_TAIL ((Term)(3 << 3))
#define MARK_TUPLE ((Term)(4 << 3))

static ALWAYS_INLINE void mix3(uint32_t *pa, uint32_t *pb, uint32_t *pc) {
    uint32_t a = *pa, b = *pb, c = *pc;
    a = (a - b - c) ^ (c >> 13);
    b = (b - c - a) ^ (a << 8);
    c = (c - a - b) ^ (b >> 13);
    a = (a - b - c) ^ (c >> 12);
    b = (b - c - a) ^ (a << 16);
    c = (c - a - b) ^ (b >> 5);
    a = (a - b - c) ^ (c >> 3);
    b = (b - c - a) ^ (a << 10);
    c = (c - a - b) ^ (b >> 15);
    *pa = a;
    *pb = b;
    *pc = c;
}

static ALWAYS_INLINE uint32_t mix2(uint32_t hash, uint32_t x, uint32_t y, uint32_t constant) {
    uint32_t a = constant + x, b = constant + y;
    mix3(&a, &b, &hash);
    return hash;
}

static ALWAYS_INLINE uint32_t mix1(uint32_t hash, uint32_t x, uint32_t constant) {
    return mix2(hash, x, 0, constant);
}

static ALWAYS_INLINE uint32_t load_le(const uint8_t *p) {
    uint32_t v;
    memcpy(&v, p, 4);
    return v;
}

#define BLOCK_SLICE_BYTES ((size_t)12 << 10)

static uint32_t hash_block(const uint8_t *bytes, size_t count, uint32_t initial, Budget *budget) {
    uint32_t a = GOLDEN, b = GOLDEN, c = initial;
    size_t left = count;
    while (left >= 12) {
        size_t slice = MIN(left, BLOCK_SLICE_BYTES), pause_at = left - slice;
        for (; left >= pause_at + 12; left -= 12, bytes += 12) {
            a += load_le(bytes);
            b += load_le(bytes + 4);
            c += load_le(bytes + 8);
            mix3(&a, &b, &c);
        }
        budget_spend_bytes(budget, 4 * slice);
    }
    c += (uint32_t)count;
    // the low byte of the last c holds the length
    for (size_t i = 0; i < left; i++) {
        uint32_t v = bytes[i];
        if (i < 4)
            a += v << (8 * i);
        else if (i < 8)
            b += v << (8 * (i - 4));
        else
            c += v << (8 * (i - 7));
    }
    mix3(&a, &b, &c);
    return c;
}

static uint32_t hash_bits(Term t, uint32_t hash, Budget *budget) {
    DEBUG_ASSERT(term_is_bitstring(t));
    BitsView v = bits_view(t);
    uint32_t initial = kind_constant(13) + hash;
    if (v.size_bits == 0) return initial;
    size_t bytes = v.size_bits >> 3;
    uint32_t rest = (uint32_t)v.size_bits & 7u;
    const uint8_t *base = v.base;
    uint8_t *copy = NULL;
    if (!bits_is_byte_aligned(v)) {
        copy = mem_alloc(bytes + 1);
        bits_copy(copy, 0, v.base, v.start_bit, v.size_bits);
        base = copy;
    }
    BudgetGuard guard;
    budget_guard(budget, &guard, mem_free, copy);
    hash = hash_block(base, bytes, initial, budget);
    budget_unguard(budget, &guard);
    if (rest != 0) hash = mix2(hash, rest, (uint32_t)base[bytes] >> (8 - rest), kind_constant(15));
    mem_free(copy);
    return hash;
}

// An integer above 28 bits (phash2) or 60 bits (internal): limb by limb.
static uint32_t hash_limbs(Term t, uint32_t hash) {
    DEBUG_ASSERT(term_is_integer(t));
    IntegerView v;
    integer_view(&v, t);
    for (size_t i = 0; i < v.count; i++) {
        hash = mix2(hash, (uint32_t)v.limbs[i], (uint32_t)(v.limbs[i] >> 32),
                    v.negative ? kind_constant(10) : kind_constant(11));
    }
    return hash;
}

static ALWAYS_INLINE uint64_t float_bits(Term t) {
    DEBUG_ASSERT(term_is_float(t));
    double d = term_float(t);
    if (d == 0) d = 0; // -0.0 hashes as 0.0
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    return bits;
}

static ALWAYS_INLINE bool is_byte(Term t) {
    return term_is_small(t) && (uint64_t)term_small(t) < 256;
}

// ---- phash2
// ---------------------------------------------------------------------------------------

static uint32_t phash2_small(int64_t i, uint32_t hash, Term t) {
    DEBUG_ASSERT(term_small(t) == i);
    if (i < -(1 << 27) || i >= (1 << 27)) return hash_limbs(t, hash);
    if (i < 0) hash = mix1(hash, (uint32_t)-i, GOLDEN);
    return mix1(hash, (uint32_t)i, GOLDEN);
}

static uint32_t phash2_immediate(const AtomTable *atoms, Term t, uint32_t hash) {
    if (term_is_small(t)) return phash2_small(term_small(t), hash, t);
    if (term_is_flonum(t)) {
        uint64_t bits = float_bits(t);
        return mix2(hash, (uint32_t)(bits >> 32), (uint32_t)bits, kind_constant(12));
    }
    if (term_is_atom(t))
        return hash == 0 ? atom_hash(atoms, t) : mix1(hash, atom_hash(atoms, t), kind_constant(3));
    if (term_is_nil(t))
        return hash == 0 ? 3468870702u
                         : mix1(hash, 2, kind_constant(2)); // 2: what OTP numbers [] with
    if (term_is_local_pid(t)) return mix1(hash, pid_number(t), kind_constant(5));
    ASSERT(term_is_local_port(t));
    uint64_t n = term_port_data(t);
    return mix2(hash, (uint32_t)n, (uint32_t)(n >> 32), kind_constant(6));
}

// A run of bytes at the head of a list, four to a word. Hands back where to go on: the first cell
// whose head is no byte, or the tail that is no cell.
static Term hash_string(Term t, uint32_t *hash, bool internal, Budget *budget) {
    DEBUG_ASSERT(term_is_cell(t));
    uint32_t word = 0, n = 0;
    while (term_is_cell(t) && is_byte(term_head(t))) {
        word = (word << 8) + (uint32_t)term_small(term_head(t));
        if (++n == 4) {
            *hash = mix1(*hash, word, kind_constant(4));
            word = n = 0;
            budget_spend(budget, 4);
        }
        t = term_tail(t);
    }
    if (n > 0)
        *hash = internal ? mix2(*hash, word, n, kind_constant(22))
                         : mix1(*hash, word, kind_constant(4));
    return t;
}

static uint32_t phash2_fun(const AtomTable *atoms, TermStack *s, Term t, uint32_t hash) {
    DEBUG_ASSERT(term_is_fun(t));
    if (term_box_kind(t) == BOX_EXPORT) {
        const Export *e = export_of(t);
        hash = mix2(hash, e->arity, atom_hash(atoms, e->module), GOLDEN);
        return mix1(hash, atom_hash(atoms, e->function), kind_constant(14));
    }
    const FunEntry *e = fun_entry(t);
    size_t n = fun_free_count(t);
    hash = mix2(hash, (uint32_t)n, atom_hash(atoms, e->module), GOLDEN);
    hash = mix2(hash, e->index, e->old_uniq, GOLDEN);
    for (size_t i = n; i-- > 0;) term_stack_push(s, term_box(t)[FUN_ENV_OFFSET + i]);
    return hash;
}

// The pairs of a map hash on their own and are combined by xor, so that their order does not
// matter.
static uint32_t phash2_map(TermStack *s, Term t, uint32_t hash, uint32_t *pairs) {
    const Term *box = term_box(t);
    BoxKind kind = header_kind(*box);
    size_t size = header_size(*box);
    if (kind != BOX_MAP_NODE) {
        size_t count = kind == BOX_MAP_FLAT ? size - 1 : (size_t)term_small(box[1]);
        hash = mix1(hash, (uint32_t)count, kind_constant(16));
        if (count == 0) return hash;
        term_stack_push(s, *pairs);
        term_stack_push(s, hash);
        term_stack_push(s, MARK_MAP_TAIL);
        hash = 0;
        *pairs = 0;
        if (kind == BOX_MAP_FLAT) {
            for (size_t i = count; i-- > 0;) {
                term_stack_push(s, MARK_MAP_PAIR);
                term_stack_push(s, box[2 + i]);
                term_stack_push(s, tuple_get(box[1], i));
            }
            return hash;
        }
    }
    for (size_t i = kind == BOX_MAP_HASH ? 2 : 1; i <= size; i++) {
        if (term_is_cell(box[i])) {
            term_stack_push(s, MARK_MAP_PAIR);
            term_stack_push(s, term_tail(box[i]));
            term_stack_push(s, term_head(box[i]));
        } else {
            term_stack_push(s, box[i]);
        }
    }
    return hash;
}

/** Mixes the arity in and pushes the elements. */
static ALWAYS_INLINE uint32_t hash_tuple(TermStack *s, const Term *box, uint32_t hash) {
    size_t n = header_size(*box);
    DEBUG_ASSERT(header_kind(*box) == BOX_TUPLE);
    for (size_t i = n; i > 0; i--) term_stack_push(s, box[i]);
    return mix1(hash, (uint32_t)n, kind_constant(9));
}

static uint32_t phash2_box(const AtomTable *atoms, TermStack *s, Term t, uint32_t hash,
                           uint32_t *pairs) {
    DEBUG_ASSERT(term_is_boxed(t));
    const Term *box = term_box(t);
    switch (header_kind(*box)) {
    case BOX_TUPLE: return hash_tuple(s, box, hash);
    case BOX_MAP_FLAT:
    case BOX_MAP_HASH:
    case BOX_MAP_NODE: return phash2_map(s, t, hash, pairs);
    case BOX_FUN:
    case BOX_EXPORT: return phash2_fun(atoms, s, t, hash);
    case BOX_HEAP_BITS:
    case BOX_SUB_BITS: return hash_bits(t, hash, s->budget);
    case BOX_POS_BIG:
    case BOX_NEG_BIG: return hash_limbs(t, hash);
    case BOX_REF:
    case BOX_MAGIC_REF:
    case BOX_EXT_REF: return mix1(hash, ref_number(t, 0), kind_constant(7));
    case BOX_EXT_PID: return mix1(hash, external_pid_number(t) & 0x7fff, kind_constant(5));
    case BOX_EXT_PORT:
        return mix2(hash, (uint32_t)box[2], (uint32_t)(box[2] >> 32), kind_constant(6));
    case BOX_FLOAT: {
        uint64_t bits = float_bits(t);
        return mix2(hash, (uint32_t)(bits >> 32), (uint32_t)bits, kind_constant(12));
    }
    case BOX_MATCH_CTX:
    case BOX_BIN_REF:
    case BOX_KIND_COUNT: break;
    }
    UNREACHABLE();
}

uint32_t term_phash2(const AtomTable *atoms, Term t, Budget *budget) {
    ASSERT(t != TERM_NONE);
    if (!term_is_pointer(t)) return phash2_immediate(atoms, t, 0);
    TermStack s;
    term_stack_init_in_steps(&s, budget);
    uint32_t hash = 0, pairs = 0;
    for (;;) {
        budget_spend(budget, 2);
        if (term_is_cell(t)) {
            t = hash_string(t, &hash, false, budget);
            if (term_is_cell(t)) {
                term_stack_push(&s, term_tail(t));
                t = term_head(t);
            }
            continue;
        }
        if (term_is_boxed(t)) {
            hash = phash2_box(atoms, &s, t, hash, &pairs);
        } else {
            hash = phash2_immediate(atoms, t, hash);
        }
        for (;;) {
            if (s.count == 0) {
                term_stack_free(&s);
                return hash;
            }
            t = term_stack_pop(&s);
            if (t == MARK_MAP_TAIL) {
                hash = mix1((uint32_t)term_stack_pop(&s), pairs, kind_constant(19));
                pairs = (uint32_t)term_stack_pop(&s);
            } else if (t == MARK_MAP_PAIR) {
                pairs ^= hash;
                hash = 0;
            } else {
                break;
            }
        }
    }
}

// ---- the internal hash
// ----------------------------------------------------------------------------

// Immediates hash as the word that OTP 25 keeps them in, so that tries of integers come out in its
// order.
static uint32_t internal_immediate(Term t, uint32_t hash) {
    uint64_t word;
    if (term_is_small(t)) {
        int64_t i = term_small(t);
        if (i >= (int64_t)1 << 59 || i < -((int64_t)1 << 59))
            return hash_limbs(t, hash); // a big one there
        word = ((uint64_t)i << 4) | 0xf;
    } else if (term_is_flonum(t)) {
        uint64_t bits = float_bits(t);
        return mix2(hash, (uint32_t)bits, (uint32_t)(bits >> 32), kind_constant(12));
    } else if (term_is_atom(t)) {
        word = ((uint64_t)term_atom_index(t) << 6) | 0xb;
    } else if (term_is_nil(t)) {
        word = 0x3b;
    } else if (term_is_local_pid(t)) {
        word = (term_pid_data(t) << 4) | 3;
    } else {
        word = (term_port_data(t) << 4) | 7;
    }
    return mix2(hash, (uint32_t)word, (uint32_t)(word >> 32), GOLDEN);
}

static ALWAYS_INLINE uint32_t mix_pointer(uint32_t hash, const void *p, uint32_t constant) {
    return mix2(hash, (uint32_t)(uintptr_t)p, (uint32_t)((uintptr_t)p >> 32), constant);
}

static uint32_t internal_map(TermStack *s, Term t, uint32_t hash) {
    const Term *box = term_box(t);
    BoxKind kind = header_kind(*box);
    size_t size = header_size(*box);
    if (kind == BOX_MAP_FLAT) {
        hash = mix1(hash, (uint32_t)(size - 1), kind_constant(16));
        for (size_t i = size - 1; i-- > 0;) {
            term_stack_push(s, box[2 + i]);
            term_stack_push(s, tuple_get(box[1], i));
        }
        return hash;
    }
    if (kind == BOX_MAP_HASH) hash = mix1(hash, (uint32_t)term_small(box[1]), kind_constant(16));
    for (size_t i = kind == BOX_MAP_HASH ? 2 : 1; i <= size; i++) {
        if (term_is_cell(box[i])) {
            term_stack_push(s, term_tail(box[i]));
            term_stack_push(s, term_head(box[i]));
        } else {
            term_stack_push(s, box[i]);
        }
    }
    return hash;
}

static uint32_t internal_ref(Term t, uint32_t hash) {
    DEBUG_ASSERT(term_is_reference(t) && ref_number_count(t) > 0);
    if (term_is_box_of(t, BOX_EXT_REF))
        hash = mix_pointer(hash, external_node(t), kind_constant(7));
    uint32_t n = ref_number_count(t);
    hash = mix1(hash, ref_number(t, 0), kind_constant(7));
    return mix2(hash, n > 1 ? ref_number(t, 1) : 0, n > 2 ? ref_number(t, 2) : 0, kind_constant(8));
}

static uint32_t internal_box(TermStack *s, Term t, uint32_t hash) {
    DEBUG_ASSERT(term_is_boxed(t));
    const Term *box = term_box(t);
    switch (header_kind(*box)) {
    case BOX_TUPLE: return hash_tuple(s, box, hash);
    case BOX_MAP_FLAT:
    case BOX_MAP_HASH:
    case BOX_MAP_NODE: return internal_map(s, t, hash);
    case BOX_FUN: {
        const FunEntry *e = fun_entry(t);
        size_t n = fun_free_count(t);
        hash = mix2(hash, (uint32_t)n, (uint32_t)e->module, kind_constant(20));
        hash = mix2(hash, e->index, e->old_uniq, kind_constant(21));
        for (size_t i = n; i-- > 0;) term_stack_push(s, box[FUN_ENV_OFFSET + i]);
        return hash;
    }
    case BOX_EXPORT: {
        // by name, not by address: the order of a trie must not depend on where memory happens to
        // lie
        const Export *e = export_of(t);
        hash =
            mix2(hash, term_atom_index(e->module), term_atom_index(e->function), kind_constant(14));
        return mix1(hash, e->arity, kind_constant(14));
    }
    case BOX_HEAP_BITS:
    case BOX_SUB_BITS: return hash_bits(t, hash, s->budget);
    case BOX_POS_BIG:
    case BOX_NEG_BIG: return hash_limbs(t, hash);
    case BOX_REF:
    case BOX_MAGIC_REF:
    case BOX_EXT_REF: return internal_ref(t, hash);
    case BOX_EXT_PID:
        hash = mix2(hash, term_atom_index(external_node(t)->name), external_node(t)->creation,
                    kind_constant(5));
        return mix2(hash, external_pid_number(t), external_pid_serial(t), kind_constant(5));
    case BOX_EXT_PORT:
        hash = mix2(hash, term_atom_index(external_node(t)->name), external_node(t)->creation,
                    kind_constant(6));
        return mix2(hash, (uint32_t)box[2], (uint32_t)(box[2] >> 32), kind_constant(6));
    case BOX_FLOAT: {
        uint64_t bits = float_bits(t);
        return mix2(hash, (uint32_t)bits, (uint32_t)(bits >> 32), kind_constant(12));
    }
    case BOX_MATCH_CTX:
    case BOX_BIN_REF:
    case BOX_KIND_COUNT: break;
    }
    UNREACHABLE();
}

static ALWAYS_INLINE uint32_t rotate_in(uint32_t hash, uint32_t constant) {
    hash ^= constant;
    return (hash << 17) ^ (hash >> 15);
}

static ALWAYS_INLINE uint32_t hash_internal(Term t, uint32_t salt, Budget *budget) {
    DEBUG_ASSERT(t != TERM_NONE);
    // level 0 of a trie starts from nothing, deeper rounds from their number
    uint32_t hash = (salt != 0 ? mix2(0, salt, 1, kind_constant(22)) : 0) ^ 3432918353u;
    if (!term_is_pointer(t)) return internal_immediate(t, hash);
    TermStack s;
    term_stack_init_in_steps(&s, budget);
    for (;;) {
        budget_spend(budget, 2);
        if (term_is_cell(t)) {
            t = hash_string(t, &hash, true, budget);
            if (term_is_cell(t)) {
                Term tail = term_tail(t);
                hash = rotate_in(hash, kind_constant(17));
                term_stack_push(&s, tail);
                if (!term_is_cell(tail)) term_stack_push(&s, MARK_TAIL);
                t = term_head(t);
            }
            continue;
        }
        hash = term_is_boxed(t) ? internal_box(&s, t, hash) : internal_immediate(t, hash);
        for (;;) {
            if (s.count == 0) {
                term_stack_free(&s);
                return hash;
            }
            t = term_stack_pop(&s);
            if (t != MARK_TAIL) break;
            hash = rotate_in(hash, kind_constant(18));
        }
    }
}

uint32_t term_hash_internal(const AtomTable *atoms, Term t, uint32_t salt) {
    return hash_internal(t, salt, NULL);
}

uint32_t term_hash_in_steps(const AtomTable *atoms, Term t, Budget *budget) {
    return hash_internal(t, 0, budget);
}

// ---- phash
// ----------------------------------------------------------------------------------------

// Primes just above 2^28, one per kind of term.
enum {
    PRIME1 = 268440163,
    PRIME2 = 268439161,
    PRIME3 = 268435459,
    PRIME4 = 268436141,
    PRIME5 = 268438633,
    PRIME6 = 268437017,
    PRIME8 = 268437511,
    PRIME9 = 268439627,
    PRIME10 = 268440479,
    PRIME11 = 268440577,
    PRIME12 = 268440581,
    PRIME13 = 268440593,
    PRIME14 = 268440611
};

static uint32_t step32(uint32_t hash, uint32_t x, uint32_t prime) {
    for (int i = 0; i < 4; i++, x >>= 8) hash = hash * prime + (x & 0xff);
    return hash;
}

static uint32_t phash_integer(Term t, uint32_t hash) {
    DEBUG_ASSERT(term_is_integer(t));
    IntegerView v;
    integer_view(&v, t);
    if (v.count == 0) return step32(hash, 0, PRIME2) * PRIME3;
    for (size_t i = 0; i < v.count; i++) {
        hash = step32(hash, (uint32_t)v.limbs[i], PRIME2);
        if (i + 1 < v.count || v.limbs[i] >> 32 != 0)
            hash = step32(hash, (uint32_t)(v.limbs[i] >> 32), PRIME2);
    }
    return hash * (v.negative ? PRIME4 : PRIME3);
}

static uint32_t phash_bits(Term t, uint32_t hash, Budget *budget) {
    DEBUG_ASSERT(term_is_bitstring(t));
    BitsView v = bits_view(t);
    size_t bytes = v.size_bits >> 3;
    uint32_t rest = (uint32_t)v.size_bits & 7u;
    for (size_t i = 0; i < bytes; i++) {
        uint8_t b;
        bits_copy(&b, 0, v.base, v.start_bit + 8 * i, 8);
        hash = hash * PRIME1 + b;
        budget_spend(budget, 1);
    }
    if (rest != 0) {
        uint8_t b = 0;
        bits_copy(&b, 0, v.base, v.start_bit + 8 * bytes, rest);
        hash = (hash * PRIME1 + (uint32_t)(b >> (8 - rest))) * PRIME12 + rest;
    }
    return hash * PRIME4 + (uint32_t)bytes;
}

static uint32_t phash_fun(const AtomTable *atoms, TermStack *s, Term t, uint32_t hash) {
    DEBUG_ASSERT(term_is_fun(t));
    if (term_box_kind(t) == BOX_EXPORT) {
        const Export *e = export_of(t);
        hash = hash * PRIME11 + e->arity;
        hash = hash * PRIME1 + atom_hash(atoms, e->module);
        return hash * PRIME1 + atom_hash(atoms, e->function);
    }
    const FunEntry *e = fun_entry(t);
    size_t n = fun_free_count(t);
    hash = hash * PRIME10 + (uint32_t)n;
    hash = hash * PRIME1 + atom_hash(atoms, e->module);
    hash = hash * PRIME2 + e->index;
    hash = hash * PRIME2 + e->old_uniq;
    for (size_t i = n; i-- > 0;) term_stack_push(s, term_box(t)[FUN_ENV_OFFSET + i]);
    return hash;
}

static uint32_t phash_port(uint64_t n, uint32_t hash) {
    if (n >> 32 != 0) hash = step32(hash, (uint32_t)(n >> 32), PRIME11);
    return step32(hash, (uint32_t)n, PRIME9) * PRIME10;
}

// Anything but a list.
static uint32_t phash_other(const AtomTable *atoms, TermStack *s, Term t, uint32_t hash) {
    if (term_is_nil(t)) return hash * PRIME3 + 1;
    if (term_is_atom(t)) return hash * PRIME1 + atom_hash(atoms, t);
    if (term_is_integer(t)) return phash_integer(t, hash);
    if (term_is_float(t)) {
        uint64_t bits = float_bits(t);
        return hash * PRIME6 + ((uint32_t)bits ^ (uint32_t)(bits >> 32));
    }
    if (term_is_bitstring(t)) return phash_bits(t, hash, s->budget);
    if (term_is_fun(t)) return phash_fun(atoms, s, t, hash);
    if (term_is_pid(t)) return step32(hash, any_pid_number(t) & 0x7fff, PRIME5) * PRIME6;
    if (term_is_port(t)) return phash_port(any_port_number(t), hash);
    if (term_is_reference(t)) return step32(hash, ref_number(t, 0), PRIME9) * PRIME10;
    if (term_is_map(t)) return hash * PRIME13 + PRIME14 + term_phash2(atoms, t, s->budget);
    ASSERT(term_is_tuple(t));
    term_stack_push(s, tuple_arity(t));
    term_stack_push(s, MARK_TUPLE);
    for (size_t i = tuple_arity(t); i-- > 0;) term_stack_push(s, tuple_get(t, i));
    return hash;
}

uint32_t term_phash(const AtomTable *atoms, Term t, Budget *budget) {
    ASSERT(t != TERM_NONE);
    TermStack s;
    term_stack_init_in_steps(&s, budget);
    uint32_t hash = 0;
    for (;;) {
        budget_spend(budget, 2);
        if (term_is_cell(t)) {
            // bytes in a list hash without the care that numbers get
            while (term_is_cell(t) && is_byte(term_head(t))) {
                hash = hash * PRIME2 + (uint32_t)term_small(term_head(t));
                t = term_tail(t);
                budget_spend(budget, 1);
            }
            if (term_is_cell(t)) {
                term_stack_push(&s, term_tail(t));
                term_stack_push(&s, MARK_TAIL);
                t = term_head(t);
                if (term_is_cell(t)) continue;
                hash = phash_other(atoms, &s, t, hash);
            } else {
                term_stack_push(&s, t);
                term_stack_push(&s, MARK_TAIL);
            }
        } else {
            hash = phash_other(atoms, &s, t, hash);
        }
        for (;;) {
            if (s.count == 0) {
                term_stack_free(&s);
                return hash;
            }
            t = term_stack_pop(&s);
            if (t == MARK_TUPLE) {
                hash = hash * PRIME9 + (uint32_t)term_stack_pop(&s);
            } else if (t == MARK_MAP_TAIL) {
                hash *= PRIME8; // after the end of a list
            } else if (t == MARK_TAIL) {
                t = term_stack_pop(&s);
                if (!term_is_cell(t)) term_stack_push(&s, MARK_MAP_TAIL);
                break;
            } else {
                break;
            }
        }
    }
}
