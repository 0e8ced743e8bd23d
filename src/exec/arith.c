// SPDX-License-Identifier: Apache-2.0
//
// arith.c - arithmetic off the fast paths, comparisons, and building of maps, for instructions.
#include "exec/machine.h"

Term rt_finish(Process *p, Term *x, Term result, uint64_t live) {
    DEBUG_ASSERT(result != TERM_NONE);
    if (LIKELY(!exec_collect_due(p)) || live >= X_REG_COUNT) return result;
    x[live] = result;
    process_collect(
        p, 0, (uint32_t)live + 1); // a heap beyond its limit ends the process at the next reserve
    return x[live];
}

static Term failed(Process *p, Term *x, const Word *pc, const Export *ex, Term a, Term b,
                   Term result, bool in_guard) {
    ASSERT(result == TERM_NONE || result == NUMBER_TOO_BIG);
    if (in_guard) return TERM_NONE;
    rt_error(p, result == NUMBER_TOO_BIG ? am_system_limit : am_badarith);
    p->exc.flags |= EXC_ERROR_INFO;
    exec_trace_builtin(p, pc, ex, (Term[]){a, b});
    return TERM_NONE;
}

#define ARITH(name, function)                                                                      \
    Term rt_##name(Process *p, Term *x, const Word *pc, const Export *ex, Term a, Term b,          \
                   uint64_t live, bool in_guard) {                                                 \
        Term r = function(&p->heap, a, b);                                                         \
        if (UNLIKELY(r == TERM_NONE || r == NUMBER_TOO_BIG))                                       \
            return failed(p, x, pc, ex, a, b, r, in_guard);                                        \
        return rt_finish(p, x, r, live);                                                           \
    }
ARITH(plus, number_add)
ARITH(minus, number_subtract)
ARITH(times, number_multiply)
ARITH(int_div, number_int_div)
ARITH(rem, number_rem)
ARITH(divide, number_divide)
ARITH(band, number_band)
ARITH(bor, number_bor)
ARITH(bxor, number_bxor)
ARITH(bsl, number_shift_left)
ARITH(bsr, number_shift_right)

Term rt_increment(Process *p, Term *x, Term a, int64_t delta, uint64_t live) {
    ASSERT(small_fits(delta));
    Term r = number_add(&p->heap, a, term_from_small(delta));
    if (LIKELY(r != TERM_NONE && r != NUMBER_TOO_BIG)) return rt_finish(p, x, r, live);
    rt_error(p, r == TERM_NONE ? am_badarith : am_system_limit);
    return TERM_NONE;
}

int rt_compare(Process *p, Term a, Term b) {
    if (term_is_flonum(a) && term_is_flonum(b)) {
        double x = flonum_decode(a), y = flonum_decode(b);
        return x < y ? -1 : x > y;
    }
    return term_compare(ATOMS, a, b);
}

Term rt_relation(Process *p, int relation, Term a, Term b) {
    int c = BOTH_SMALL(a, b) ? ((int64_t)a < (int64_t)b ? -1 : (int64_t)a > (int64_t)b)
                             : rt_compare(p, a, b);
    switch ((Relation)relation) {
    case RELATION_LT: return term_from_bool(c < 0);
    case RELATION_GT: return term_from_bool(c > 0);
    case RELATION_LE: return term_from_bool(c <= 0);
    case RELATION_GE: return term_from_bool(c >= 0);
    case RELATION_EQ: return term_from_bool(c == 0);
    case RELATION_NE: return term_from_bool(c != 0);
    }
    UNREACHABLE();
}

bool rt_to_double(Process *p, Term t, double *out) {
    if (term_is_number(t) && number_to_double(t, out)) return true;
    rt_badarith(p);
    return false;
}

/** Pairs that are put at once; more come in several rounds. */
#define MAP_ROUND_PAIRS 64

Term rt_map_put(Process *p, Term *x, Term *e, Term map, const Word *pairs, size_t count,
                uint64_t live) {
    if (!term_is_map(map)) {
        rt_error_tuple(p, am_badmap, map);
        return TERM_NONE;
    }
    Term values[2 * MAP_ROUND_PAIRS];
    for (size_t done = 0; done < count;) {
        size_t n = MIN(count - done, MAP_ROUND_PAIRS);
        for (size_t i = 0; i < 2 * n; i++) values[i] = exec_any(pairs[2 * done + i], x, e);
        map = map_put_many(&p->heap, ATOMS, map, values, n);
        done += n;
    }
    return rt_finish(p, x, map, live);
}

Term rt_map_update(Process *p, Term *x, Term *e, Term map, const Word *pairs, size_t count,
                   uint64_t live) {
    if (!term_is_map(map)) {
        rt_error_tuple(p, am_badmap, map);
        return TERM_NONE;
    }
    Term values[2 * MAP_ROUND_PAIRS], missing;
    for (size_t done = 0; done < count;) {
        size_t n = MIN(count - done, MAP_ROUND_PAIRS);
        for (size_t i = 0; i < 2 * n; i++) values[i] = exec_any(pairs[2 * done + i], x, e);
        map = map_update_many(&p->heap, ATOMS, map, values, n, &missing);
        if (map == TERM_NONE) {
            rt_error_tuple(p, am_badkey, missing);
            return TERM_NONE;
        }
        done += n;
    }
    return rt_finish(p, x, map, live);
}
