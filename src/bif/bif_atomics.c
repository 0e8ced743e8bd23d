// SPDX-License-Identifier: Apache-2.0
//
// bif_atomics.c - arrays of 64-bit integers that processes share: modules atomics and counters.
//
// A reference to an array is a magic reference; the array goes with the last one.
// ATOMICS-1: every operation of atomics is sequentially consistent, as documented; counters are
// relaxed.
#include "bif/bif.h"
#include "proc/scheduler.h"
#include "proc/time.h"
#include "term/map.h"
#include "term/number.h"
#include "term/ref.h"
#include "vm/vm.h"

#define OPTION_SIGNED 1
#define ARRAY_WORDS_MAX ((size_t)1 << 32)

typedef struct AtomicArray {
    uint64_t count;
    uint64_t is_signed;
    _Atomic uint64_t words[];
} AtomicArray;

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "ATOMICS-1: elements are changed without a lock");

static void array_destroy(UNUSED Binary *magic) {
    // The array is the magic buffer itself; the function's address marks its type.
}

static AtomicArray *array_of(Term t) {
    if (!term_is_magic_ref(t)) return NULL;
    Binary *magic = ref_magic(t);
    if (magic->destructor != array_destroy) return NULL;
    AtomicArray *array = (AtomicArray *)(void *)magic->bytes;
    DEBUG_ASSERT(magic->size_bytes == sizeof *array + array->count * sizeof(uint64_t));
    return array;
}

static Term array_new(Process *p, uint64_t count, bool is_signed) {
    ASSERT(count > 0 && count <= ARRAY_WORDS_MAX);
    Binary *magic = binary_new_magic(sizeof(AtomicArray) + count * sizeof(uint64_t), array_destroy);
    AtomicArray *array = (AtomicArray *)(void *)magic->bytes;
    array->count = count;
    array->is_signed = is_signed;
    uint64_t words[3];
    reference_make_magic_words(p->vm, words);
    return heap_magic_ref(&p->heap, magic, words);
}

/** The element that array and index name, or NULL. */
static _Atomic uint64_t *element(Term ref, Term index, AtomicArray **array) {
    uint64_t i;
    *array = array_of(ref);
    if (*array == NULL || !bif_get_uint64(index, &i) || i == 0 || i > (*array)->count) return NULL;
    DEBUG_ASSERT((*array)->count <= ARRAY_WORDS_MAX);
    return &(*array)->words[i - 1];
}

/** A value that may be stored: fits the array's kind. */
static bool read_value(const AtomicArray *array, Term t, uint64_t *out) {
    int64_t i;
    if (!array->is_signed) return bif_get_uint64(t, out);
    if (!bif_get_int64(t, &i)) return false;
    *out = (uint64_t)i;
    return true;
}

/** A value to add: of either kind, since adding wraps around. */
static bool read_increment(Term t, uint64_t *out) {
    int64_t i;
    if (bif_get_uint64(t, out)) return true;
    if (!bif_get_int64(t, &i)) return false;
    *out = (uint64_t)i;
    return true;
}

static Term value_term(Process *p, const AtomicArray *array, uint64_t value) {
    return array->is_signed ? heap_integer(&p->heap, (int64_t)value)
                            : heap_unsigned(&p->heap, value);
}

static bool read_count(Term t, uint64_t *count) {
    return bif_get_uint64(t, count) && *count != 0 && *count <= ARRAY_WORDS_MAX;
}

/** A positive number that is no possible count is too large. */
static Term refuse_count(Process *p, Term t) {
    ASSERT(t != TERM_NONE);
    bool large = term_is_small(t) ? term_small(t) > 0 : term_is_box_of(t, BOX_POS_BIG);
    return large ? bif_system_limit(p) : bif_badarg(p);
}

/** erts_internal:atomics_new(Arity, Options): Options has bit 0 set for signed elements. */
BIF(erts_internal, atomics_new, 2)
{
    uint64_t count, options;
    if (!bif_get_uint64(a[1], &options)) return bif_badarg(p);
    return read_count(a[0], &count) ? array_new(p, count, (options & OPTION_SIGNED) != 0)
                                    : refuse_count(p, a[0]);
}

BIF(atomics, put, 3)
{
    AtomicArray *array;
    uint64_t value;
    _Atomic uint64_t *e = element(a[0], a[1], &array);
    if (e == NULL || !read_value(array, a[2], &value)) return bif_badarg(p);
    atomic_store(e, value);
    return am_ok;
}

BIF(atomics, get, 2)
{
    AtomicArray *array;
    _Atomic uint64_t *e = element(a[0], a[1], &array);
    return e == NULL ? bif_badarg(p) : value_term(p, array, atomic_load(e));
}

BIF(atomics, add, 3)
{
    AtomicArray *array;
    uint64_t value;
    _Atomic uint64_t *e = element(a[0], a[1], &array);
    if (e == NULL || !read_increment(a[2], &value)) return bif_badarg(p);
    atomic_fetch_add(e, value);
    return am_ok;
}

BIF(atomics, add_get, 3)
{
    AtomicArray *array;
    uint64_t value;
    _Atomic uint64_t *e = element(a[0], a[1], &array);
    if (e == NULL || !read_increment(a[2], &value)) return bif_badarg(p);
    return value_term(p, array, atomic_fetch_add(e, value) + value);
}

BIF(atomics, exchange, 3)
{
    AtomicArray *array;
    uint64_t value;
    _Atomic uint64_t *e = element(a[0], a[1], &array);
    if (e == NULL || !read_value(array, a[2], &value)) return bif_badarg(p);
    return value_term(p, array, atomic_exchange(e, value));
}

/** ok, or the value that stood there. */
BIF(atomics, compare_exchange, 4)
{
    AtomicArray *array;
    uint64_t expected, desired;
    _Atomic uint64_t *e = element(a[0], a[1], &array);
    if (e == NULL || !read_value(array, a[2], &expected) || !read_value(array, a[3], &desired))
        return bif_badarg(p);
    return atomic_compare_exchange_strong(e, &expected, desired) ? am_ok
                                                                 : value_term(p, array, expected);
}

static uint64_t array_bytes(const AtomicArray *array) {
    return sizeof(Binary) + sizeof *array + array->count * sizeof(uint64_t);
}

/** #{size, max, min, memory} */
BIF(atomics, info, 1)
{
    AtomicArray *array = array_of(a[0]);
    if (array == NULL) return bif_badarg(p);
    Term max =
        array->is_signed ? heap_integer(&p->heap, INT64_MAX) : heap_unsigned(&p->heap, UINT64_MAX);
    Term min = array->is_signed ? heap_integer(&p->heap, INT64_MIN) : term_from_small(0);
    Term pairs[] = {am_size,   heap_unsigned(&p->heap, array->count),      am_max, max, am_min, min,
                    am_memory, heap_unsigned(&p->heap, array_bytes(array))};
    return map_from_pairs(&p->heap, p->vm->atoms, pairs, 4);
}

// ---- counters with write_concurrency
// ----------------------------------------------------------------------------------------
//
//   lane 0: put, and who is no scheduler | scheduler 1's | scheduler 2's | ...
//
// An element is the sum of its words in all lanes; lanes do not share cache lines (COUNTER-1: but
// for lane 0, only one thread writes a lane).

#define LANE_WORDS 8

typedef struct Counters {
    uint64_t count;
    uint64_t lanes, lane_words;
    _Atomic uint64_t words[];
} Counters;

static void counters_destroy(UNUSED Binary *magic) {
    // As array_destroy: the function's address marks the type.
}

static Counters *counters_of(Term t) {
    if (!term_is_magic_ref(t)) return NULL;
    Binary *magic = ref_magic(t);
    if (magic->destructor != counters_destroy) return NULL;
    return (Counters *)(void *)magic->bytes;
}

static size_t counters_bytes(uint64_t lanes, uint64_t lane_words) {
    return sizeof(Counters) + lanes * lane_words * sizeof(uint64_t);
}

/** The element's word in lane 0, or NULL. */
static _Atomic uint64_t *counter(Term ref, Term index, Counters **c) {
    uint64_t i;
    *c = counters_of(ref);
    if (*c == NULL || !bif_get_uint64(index, &i) || i == 0 || i > (*c)->count) return NULL;
    DEBUG_ASSERT((*c)->count <= (*c)->lane_words);
    return &(*c)->words[i - 1];
}

/** The sum of an element's words but that in lane 0. */
static uint64_t sum_of_lanes(const Counters *c, const _Atomic uint64_t *first) {
    ASSERT(c->lanes > 1);
    uint64_t sum = 0;
    for (uint64_t lane = 1; lane < c->lanes; lane++)
        sum += atomic_load_explicit(first + lane * c->lane_words, memory_order_relaxed);
    return sum;
}

BIF(erts_internal, counters_new, 1)
{
    uint64_t count;
    if (!read_count(a[0], &count)) return refuse_count(p, a[0]);
    uint64_t lanes = p->vm->schedulers->count + 1;
    uint64_t lane_words = (count + LANE_WORDS - 1) / LANE_WORDS * LANE_WORDS;
    if (lane_words > ARRAY_WORDS_MAX / lanes) return bif_system_limit(p);
    Binary *magic = binary_new_magic(counters_bytes(lanes, lane_words), counters_destroy);
    Counters *c = (Counters *)(void *)magic->bytes;
    c->count = count;
    c->lanes = lanes;
    c->lane_words = lane_words;
    uint64_t words[3];
    reference_make_magic_words(p->vm, words);
    return heap_magic_ref(&p->heap, magic, words);
}

BIF(erts_internal, counters_get, 2)
{
    Counters *c;
    _Atomic uint64_t *first = counter(a[0], a[1], &c);
    if (first == NULL) return bif_badarg(p);
    uint64_t sum = atomic_load_explicit(first, memory_order_relaxed) + sum_of_lanes(c, first);
    return heap_integer(&p->heap, (int64_t)sum);
}

BIF(erts_internal, counters_add, 3)
{
    Counters *c;
    uint64_t value;
    _Atomic uint64_t *first = counter(a[0], a[1], &c);
    if (first == NULL || !read_increment(a[2], &value)) return bif_badarg(p);
    const Scheduler *s = p->scheduler;
    if (s == NULL || s->kind != SCHEDULER_NORMAL) {
        atomic_fetch_add_explicit(first, value, memory_order_relaxed);
        return am_ok;
    }
    ASSERT(s->index + 1 < c->lanes);
    _Atomic uint64_t *own = first + (s->index + 1) * c->lane_words;
    uint64_t before = atomic_load_explicit(own, memory_order_relaxed); // COUNTER-1
    atomic_store_explicit(own, before + value, memory_order_relaxed);
    return am_ok;
}

BIF(erts_internal, counters_put, 3)
{
    Counters *c;
    int64_t value;
    _Atomic uint64_t *first = counter(a[0], a[1], &c);
    if (first == NULL || !bif_get_int64(a[2], &value)) return bif_badarg(p);
    atomic_store_explicit(first, (uint64_t)value - sum_of_lanes(c, first), memory_order_relaxed);
    return am_ok;
}

/** #{size, memory} */
BIF(erts_internal, counters_info, 1)
{
    const Counters *c = counters_of(a[0]);
    if (c == NULL) return bif_badarg(p);
    uint64_t bytes = sizeof(Binary) + counters_bytes(c->lanes, c->lane_words);
    Term pairs[] = {am_size, heap_unsigned(&p->heap, c->count), am_memory,
                    heap_unsigned(&p->heap, bytes)};
    return map_from_pairs(&p->heap, p->vm->atoms, pairs, 2);
}
