// SPDX-License-Identifier: Apache-2.0
//
// validate_bits.c - the validator's rules for the bit syntax. A match context is made by
// bs_start_match, and used by the instructions here alone (VAL-5). Construction in steps writes
// through a place that is kept aside and knows its end (exec/bits_build.c), so the steps need no
// more than terms.
#include "code/validate_internal.h"

#define COMMAND_BITS_MAX 4096u // integers of more bits may be too big

/** The register holds a match context and nothing else. */
static bool take_context(Validator *v, const Operand *a) {
    Kind k = valid_kind(v, a);
    return k == KIND_CONTEXT || valid_fail(v, "no match context");
}

/** Registers that are read after the collection must be among the live ones. */
static bool survives(Validator *v, const Operand *a, uint64_t live) {
    return a->kind != OPERAND_X || a->value < live ||
           valid_fail(v, "operand is not among the live registers");
}

// ---- matching
// --------------------------------------------------------------------------------------
static bool start_match(Validator *v, uint64_t label, const Operand *s, uint64_t live,
                        const Operand *d) {
    Kind k = valid_kind(v, s);
    if (k == 0) return false;
    if (k & KIND_SPECIAL & ~KIND_CONTEXT) return valid_fail(v, "operand is no term");
    if (!valid_collect(v, live)) return false;
    Kind left = k & ~(KIND_BITS | KIND_CONTEXT);
    valid_refine(v, s, left != 0 ? left : KIND_ANY);
    if (!(label != 0 ? valid_jump(v, label) : valid_raise(v))) return false;
    valid_refine(v, s, k);
    return valid_put(v, d, KIND_CONTEXT);
}

bool valid_bs_start_match3(Validator *v, const GenericOp *g, const Operand *a) {
    return start_match(v, a[0].value, &a[1], a[2].value, &a[3]);
}

bool valid_bs_start_match4(Validator *v, const GenericOp *g, const Operand *a) {
    uint64_t label = a[0].kind == OPERAND_LABEL ? a[0].value : 0;
    return start_match(v, label, &a[2], a[1].value, &a[3]);
}

/** fail, context, live, size, unit, flags, destination. */
static bool get(Validator *v, const Operand *a, Kind result) {
    DEBUG_ASSERT(a[2].kind == OPERAND_UINT && a[0].kind == OPERAND_LABEL);
    return take_context(v, &a[1]) && survives(v, &a[1], a[2].value) && valid_term(v, &a[3]) &&
           survives(v, &a[3], a[2].value) && valid_collect(v, a[2].value) &&
           valid_jump(v, a[0].value) && valid_put(v, &a[6], result);
}

bool valid_bs_get_integer(Validator *v, const GenericOp *g, const Operand *a) {
    return get(v, a, KIND_OTHER);
}

bool valid_bs_get_float(Validator *v, const GenericOp *g, const Operand *a) {
    return get(v, a, KIND_FLOAT);
}

bool valid_bs_get_binary(Validator *v, const GenericOp *g, const Operand *a) {
    return get(v, a, KIND_BITS);
}

bool valid_bs_skip(Validator *v, const GenericOp *g, const Operand *a) {
    return take_context(v, &a[1]) && valid_term(v, &a[2]) && valid_jump(v, a[0].value);
}

bool valid_bs_context_test(Validator *v, const GenericOp *g, const Operand *a) {
    return take_context(v, &a[1]) && valid_jump(v, a[0].value);
}

bool valid_bs_get_utf(Validator *v, const GenericOp *g, const Operand *a) {
    return take_context(v, &a[1]) && valid_jump(v, a[0].value) && valid_put(v, &a[4], KIND_OTHER);
}

bool valid_bs_get_tail(Validator *v, const GenericOp *g, const Operand *a) {
    return take_context(v, &a[0]) && survives(v, &a[0], a[2].value) &&
           valid_collect(v, a[2].value) && valid_put(v, &a[1], KIND_BITS);
}

bool valid_bs_get_position(Validator *v, const GenericOp *g, const Operand *a) {
    return take_context(v, &a[0]) && valid_put(v, &a[1], KIND_OTHER);
}

/** Whether the number is a position in this context is tested while running. */
bool valid_bs_set_position(Validator *v, const GenericOp *g, const Operand *a) {
    return take_context(v, &a[0]) && valid_term(v, &a[1]) && valid_raise(v);
}

/** A command of bs_match: how many operands it has, 0: there is no such one. */
static uint32_t command_count(const Operand *c, uint32_t left) {
    ASSERT(left > 0);
    static const struct {
        Term name;
        uint32_t count;
        const char *kinds; // u number, d register, s number or constant, after the name
    } commands[] = {
        {am_ensure_at_least, 3, "uu"}, {am_ensure_exactly, 2, "u"}, {am_integer, 6, "ususd"},
        {am_binary, 6, "ususd"},       {am_skip, 2, "u"},           {am_get_tail, 4, "usd"},
        {am_eq_exact, 4, "sss"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        if (c[0].kind != OPERAND_CONST || c[0].spare != 0 || c[0].value != commands[i].name)
            continue;
        if (left < commands[i].count) return 0;
        for (uint32_t n = 1; n < commands[i].count; n++) {
            char want = commands[i].kinds[n - 1];
            bool number = c[n].kind == OPERAND_UINT;
            if (want == 'u' && !number) return 0;
            if (want == 's' && !number && c[n].kind != OPERAND_CONST) return 0;
            if (want == 'd' && c[n].kind != OPERAND_X && c[n].kind != OPERAND_Y) return 0;
        }
        return commands[i].count;
    }
    return 0;
}

/** Bits that a command takes; UINT64_MAX: that is not known here. */
static uint64_t command_bits(const Operand *c) {
    uint64_t bits;
    if (c[0].value == am_skip) return c[1].value;
    if (c[0].value == am_get_tail) return 0;
    if (c[0].value == am_eq_exact) return UINT64_MAX;
    if (c[3].kind != OPERAND_UINT || c[4].kind != OPERAND_UINT) return UINT64_MAX;
    return __builtin_mul_overflow(c[3].value, c[4].value, &bits) ? UINT64_MAX : bits;
}

static bool match_command(Validator *v, const Operand *context, const Operand *c) {
    DEBUG_ASSERT(context->kind == OPERAND_X || context->kind == OPERAND_Y);
    if (c[0].value == am_get_tail) {
        return survives(v, context, c[1].value) && valid_collect(v, c[1].value) &&
               valid_put(v, &c[3], KIND_BITS);
    }
    if (c[0].value != am_integer && c[0].value != am_binary) return true;
    return survives(v, context, c[1].value) && valid_collect(v, c[1].value) &&
           valid_put(v, &c[5], c[0].value == am_integer ? KIND_OTHER : KIND_BITS);
}

/** A command may fail, with what those before it have stored; but not one that takes bits which
 * ensure_* has found to be there: what it collects, the way to the fail label may still need. */
bool valid_bs_match(Validator *v, const GenericOp *g, const Operand *a) {
    const Operand *c = valid_list(v, &a[2]);
    uint64_t ensured = 0;
    for (uint32_t at = 0; at < a[2].count;) {
        uint32_t count = command_count(c + at, a[2].count - at);
        if (count == 0) return valid_fail(v, "unknown command");
        if (!take_context(v, &a[1])) return false;
        bool ensures = c[at].value == am_ensure_at_least || c[at].value == am_ensure_exactly;
        uint64_t bits = ensures ? 0 : command_bits(c + at);
        bool can_fail = ensures || bits > ensured || bits >= COMMAND_BITS_MAX;
        if (can_fail && !valid_jump(v, a[0].value)) return false;
        if (!match_command(v, &a[1], c + at)) return false;
        if (ensures)
            ensured = c[at + 1].value;
        else
            ensured -= can_fail ? ensured : bits;
        at += count;
    }
    return true;
}

// ---- construction
// ----------------------------------------------------------------------------------
bool valid_bs_create_bin(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(a[5].count % 6 == 0);
    const Operand *s = valid_list(v, &a[5]);
    uint64_t live = a[2].value;
    if (a[1].value > v->heap_words_max) return valid_fail(v, "heap need out of all proportion");
    for (uint32_t i = 0; i < a[5].count; i += 6) {
        if (s[i].value == am_string) continue;
        if (!valid_term(v, &s[i + 4]) || !valid_term(v, &s[i + 5]) ||
            !survives(v, &s[i + 4], live) || !survives(v, &s[i + 5], live))
            return false;
    }
    if (!valid_collect(v, live) || !valid_fail_to(v, &a[0])) return false;
    v->s.heap_words = (uint32_t)a[1].value;
    return valid_put(v, &a[4], KIND_BITS);
}

/** fail, size, heap, live, flags, destination. */
bool valid_bs_init(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(g->count == 6);
    if (a[2].value > v->heap_words_max) return valid_fail(v, "heap need out of all proportion");
    if (a[1].kind != OPERAND_UINT && !valid_term(v, &a[1])) return false;
    if (!valid_collect(v, a[3].value) || !valid_fail_to(v, &a[0])) return false;
    v->s.heap_words = (uint32_t)a[2].value;
    v->s.building = true;
    return valid_put(v, &a[5], KIND_BITS);
}

/** fail, size, heap, live, unit, binary, flags, destination. */
bool valid_bs_append(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(g->count == 8);
    if (a[2].value > v->heap_words_max) return valid_fail(v, "heap need out of all proportion");
    if (a[4].value == 0) return valid_fail(v, "unit of no bits");
    if (!valid_term(v, &a[1]) || !valid_term(v, &a[5])) return false;
    if (!valid_collect(v, a[3].value) || !valid_fail_to(v, &a[0])) return false;
    v->s.heap_words = (uint32_t)a[2].value;
    v->s.building = true;
    return valid_put(v, &a[7], KIND_BITS);
}

/** fail, size, unit, binary, flags, destination. */
bool valid_bs_private_append(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(g->count == 6);
    if (a[2].value == 0) return valid_fail(v, "unit of no bits");
    if (!valid_term(v, &a[1]) || !valid_term(v, &a[3]) || !valid_fail_to(v, &a[0])) return false;
    valid_spend_reserve(v);
    v->s.building = true;
    return valid_put(v, &a[5], KIND_BITS);
}

bool valid_bs_init_writable(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_call(v, 1, NULL) && valid_put(v, &(Operand){.kind = OPERAND_X}, KIND_BITS);
}

static bool is_building(Validator *v) {
    return v->s.building || valid_fail(v, "no binary to write to");
}

/** fail, size, unit, flags, source. */
bool valid_bs_put(Validator *v, const GenericOp *g, const Operand *a) {
    return is_building(v) && valid_term(v, &a[1]) && valid_term(v, &a[4]) &&
           valid_fail_to(v, &a[0]);
}

bool valid_bs_put_utf(Validator *v, const GenericOp *g, const Operand *a) {
    return is_building(v) && valid_term(v, &a[2]) && valid_fail_to(v, &a[0]);
}

bool valid_bs_put_string(Validator *v, const GenericOp *g, const Operand *a) {
    return is_building(v) && valid_raise(v);
}

bool valid_bs_utf_size(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_term(v, &a[1]) && valid_put(v, &a[2], KIND_OTHER);
}

bool valid_bs_add(Validator *v, const GenericOp *g, const Operand *a) {
    if (!valid_term(v, &a[1]) || !valid_term(v, &a[2]) || !valid_fail_to(v, &a[0])) return false;
    valid_spend_reserve(v);
    return valid_put(v, &a[4], KIND_OTHER);
}
