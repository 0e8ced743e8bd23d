// SPDX-License-Identifier: Apache-2.0
//
// validate_ops.c - what each instruction asks of the state and makes of it. The rules VAL-1 to
// VAL-7 stand in validate_internal.h; which operands there are and of what form, opcodes.def says
// and lower_read.c has checked.
#include "code/validate_internal.h"

#define FLOAT_RESULT_WORDS 2u // a boxed float

static bool is_register(const Operand *a) { return a->kind != OPERAND_CONST; }

// ---- moves
// ----------------------------------------------------------------------------------------
static bool rule_nothing(Validator *v, const GenericOp *g, const Operand *a) { return true; }

static bool rule_move(Validator *v, const GenericOp *g, const Operand *a) {
    Kind k = valid_kind(v, &a[0]);
    if (k == 0) return false;
    if (k & (KIND_HOLE | KIND_CATCH)) return valid_fail(v, "operand is no term");
    return valid_put(v, &a[1], k);
}

static bool rule_swap(Validator *v, const GenericOp *g, const Operand *a) {
    Kind k = valid_kind(v, &a[0]), l = valid_kind(v, &a[1]);
    if (k == 0 || l == 0) return false;
    if ((k | l) & (KIND_HOLE | KIND_CATCH)) return valid_fail(v, "operand is no term");
    return valid_put(v, &a[0], l) && valid_put(v, &a[1], k);
}

static bool rule_init(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(a[0].kind == OPERAND_Y); // opcodes.def
    return valid_put(v, &a[0], KIND_NIL);
}

static bool rule_init_yregs(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(g->count == 1 && a[0].kind == OPERAND_LIST);
    const Operand *y = valid_list(v, &a[0]);
    for (uint32_t i = 0; i < a[0].count; i++)
        if (!valid_put(v, &y[i], KIND_NIL)) return false;
    return true;
}

// ---- frames
// ---------------------------------------------------------------------------------------
static bool allocate(Validator *v, const Operand *size, uint64_t heap, uint64_t live) {
    DEBUG_ASSERT(size->kind == OPERAND_UINT && size->value < Y_REG_COUNT);
    if (v->s.frame != FRAME_NONE) return valid_fail(v, "has a stack frame");
    if (heap > v->heap_words_max) return valid_fail(v, "heap need out of all proportion");
    if (!valid_collect(v, live)) return false;
    uint8_t opcode = (uint8_t)v->o->ops[v->at].opcode;
    bool clear = opcode == GENOP_allocate_zero || opcode == GENOP_allocate_heap_zero ||
                 (v->o->ops[v->at].flags & GENERIC_CLEAR);
    v->s.frame = (int16_t)size->value;
    v->s.y_unwritten = clear ? 0 : (uint16_t)size->value;
    v->s.catches = 0;
    v->s.allocate = v->at;
    v->s.heap_words = (uint32_t)heap;
    for (uint64_t i = 0; i < size->value; i++) v->y[i] = clear ? KIND_NIL : 0;
    return true;
}

static bool rule_allocate(Validator *v, const GenericOp *g, const Operand *a) {
    return allocate(v, &a[0], 0, a[1].value);
}

static bool rule_allocate_heap(Validator *v, const GenericOp *g, const Operand *a) {
    return allocate(v, &a[0], a[1].value, a[2].value);
}

static bool rule_test_heap(Validator *v, const GenericOp *g, const Operand *a) {
    if (a[0].value > v->heap_words_max) return valid_fail(v, "heap need out of all proportion");
    if (!valid_collect(v, a[1].value)) return false;
    v->s.heap_words = (uint32_t)a[0].value;
    return true;
}

/** The frame must have just this size; then it is gone. */
static bool leave_frame(Validator *v, uint64_t size) {
    if (v->s.loose || v->s.frame < 0 || (uint64_t)v->s.frame != size)
        return valid_fail(v, "stack frame of another size");
    v->s.frame = FRAME_NONE;
    v->s.y_unwritten = v->s.catches = 0;
    return true;
}

static bool rule_deallocate(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(a[0].kind == OPERAND_UINT);
    return leave_frame(v, a[0].value);
}

static bool rule_trim(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(a[0].kind == OPERAND_UINT && a[1].kind == OPERAND_UINT);
    uint64_t gone = a[0].value, left = a[1].value;
    if (v->s.loose || v->s.frame < 0 || (uint64_t)v->s.frame != gone + left)
        return valid_fail(v, "stack frame of another size");
    if (v->s.y_unwritten > 0 && !valid_raise(v)) return false;
    v->s.catches = 0;
    for (uint64_t i = 0; i < left; i++) {
        v->y[i] = v->y[i + gone];
        v->s.catches += (v->y[i] & KIND_CATCH) != 0;
    }
    v->s.frame = (int16_t)left;
    return true;
}

static bool rule_return(Validator *v, const GenericOp *g, const Operand *a) {
    if (v->s.frame != FRAME_NONE) return valid_fail(v, "has a stack frame");
    if (v->s.x_count == 0 || !kind_is_term(v->x[0])) return valid_fail(v, "returns no term");
    return valid_end(v);
}

// ---- calls
// ----------------------------------------------------------------------------------------
static ValidFunction *called(const Validator *v, const Operand *label) {
    ASSERT(v->function_of_label[label->value] != 0);
    return &v->functions[v->function_of_label[label->value] - 1];
}

static bool rule_call(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_in_frame(v) && valid_call(v, a[0].value, called(v, &a[1]));
}

static bool rule_call_last(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_call(v, a[0].value, called(v, &a[1])) && leave_frame(v, a[2].value) &&
           valid_end(v);
}

static bool out_of_frame(Validator *v) {
    return v->s.frame == FRAME_NONE || valid_fail(v, "has a stack frame");
}

static bool rule_call_only(Validator *v, const GenericOp *g, const Operand *a) {
    return out_of_frame(v) && valid_call(v, a[0].value, called(v, &a[1])) && valid_end(v);
}

/** Built-ins that never return. */
static bool is_final(const Export *ex) {
    if (ex->module != am_erlang) return false;
    return (ex->function == am_error && ex->arity >= 1 && ex->arity <= 3) ||
           (ex->function == am_nif_error && (ex->arity == 1 || ex->arity == 2)) ||
           ((ex->function == am_exit || ex->function == am_throw) && ex->arity == 1);
}

static bool rule_call_ext(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(a[1].value < v->f->imports_count);
    const Export *ex = v->f->imports[a[1].value];
    if (is_final(ex)) {
        // the return address it pushes fits in the slack, since nothing comes back to push more
        return valid_call(v, a[0].value, NULL) && valid_end(v);
    }
    if (!valid_in_frame(v) || !valid_call(v, a[0].value, NULL)) return false;
    if (ex->module == am_erlang && ex->function == am_setelement && ex->arity == 3) {
        v->x[0] = KIND_TUPLE; // not KIND_SEEN: a copy that nobody else has
        v->s.fresh = true;
    }
    return true;
}

static bool rule_call_ext_last(Validator *v, const GenericOp *g, const Operand *a) {
    if (is_final(v->f->imports[a[1].value])) return rule_call_ext(v, g, a); // frame: as it comes
    return valid_call(v, a[0].value, NULL) && leave_frame(v, a[2].value) && valid_end(v);
}

static bool rule_call_ext_only(Validator *v, const GenericOp *g, const Operand *a) {
    if (is_final(v->f->imports[a[1].value])) return rule_call_ext(v, g, a);
    return out_of_frame(v) && valid_call(v, a[0].value, NULL) && valid_end(v);
}

static bool rule_call_fun(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(a[0].kind == OPERAND_UINT);
    return valid_in_frame(v) && valid_call(v, a[0].value + 1, NULL);
}

static bool rule_call_fun2(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(a[1].kind == OPERAND_UINT);
    return valid_in_frame(v) && valid_term(v, &a[2]) && valid_call(v, a[1].value, NULL);
}

static bool rule_apply(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_in_frame(v) && valid_call(v, a[0].value + 2, NULL);
}

static bool rule_apply_last(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_call(v, a[0].value + 2, NULL) && leave_frame(v, a[1].value) && valid_end(v);
}

// ---- tests
// ----------------------------------------------------------------------------------------

/** What of a kind a test of these kinds lets through. A tuple of unknown size stays what it was. */
static Kind kind_within(Kind k, Kind wanted) {
    Kind left = k & wanted & KIND_MASK;
    if (wanted & KIND_TUPLE) left |= k & KIND_SEEN;
    if (left & KIND_TUPLE) left |= k & ~KIND_MASK;
    return left & ~KIND_SEEN ? left : wanted | (wanted & KIND_TUPLE ? KIND_SEEN : 0);
}

static Kind kind_without(Kind k, Kind gone) {
    Kind left = k & ~gone;
    if (!(left & KIND_TUPLE)) left &= KIND_MASK & ~KIND_SEEN;
    return left != 0 ? left : k;
}

/** A test that only these kinds pass: fail label, register. */
static bool type_test(Validator *v, const Operand *a, Kind kinds, bool whole) {
    DEBUG_ASSERT(a[0].kind == OPERAND_LABEL && (kinds & KIND_SPECIAL) == 0);
    Kind k = valid_kind(v, &a[1]);
    if (k == 0) return false;
    if (k & KIND_SPECIAL & ~KIND_CONTEXT) return valid_fail(v, "operand is no term");
    if (whole) valid_refine(v, &a[1], kind_without(k, kinds));
    if (!valid_jump(v, a[0].value)) return false;
    valid_refine(v, &a[1], kind_within(k, kinds));
    return true;
}

static bool rule_type_test(Validator *v, const GenericOp *g, const Operand *a) {
    switch (g->opcode) {
    case GENOP_is_float: return type_test(v, a, KIND_FLOAT, true);
    case GENOP_is_number: return type_test(v, a, KIND_FLOAT | KIND_OTHER, false);
    case GENOP_is_nil: return type_test(v, a, KIND_NIL, true);
    case GENOP_is_binary: return type_test(v, a, KIND_BITS, false);
    case GENOP_is_bitstr: return type_test(v, a, KIND_BITS, true);
    case GENOP_is_list: return type_test(v, a, KIND_NIL | KIND_CONS, true);
    case GENOP_is_nonempty_list: return type_test(v, a, KIND_CONS, true);
    case GENOP_is_tuple: return type_test(v, a, KIND_TUPLE, true);
    case GENOP_is_map: return type_test(v, a, KIND_MAP, true);
    default: return type_test(v, a, KIND_OTHER, false);
    }
}

static bool rule_compare(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_term(v, &a[1]) && valid_term(v, &a[2]) && valid_jump(v, a[0].value);
}

/** Compilers compare what may not have been written with atoms; nothing follows a word there. */
static bool is_unwritten_x(const Validator *v, const Operand *r, const Operand *c) {
    return r->kind == OPERAND_X && (r->value >= v->s.x_count || v->x[r->value] == 0) &&
           c->kind == OPERAND_CONST && c->spare == 0 && term_is_atom(c->value);
}

/** Equality with a constant says what the register holds, on one of the ways. */
static bool rule_equal(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(g->opcode == GENOP_is_eq_exact || g->opcode == GENOP_is_ne_exact);
    const Operand *r = is_register(&a[1]) ? &a[1] : &a[2], *c = r == &a[1] ? &a[2] : &a[1];
    if (is_unwritten_x(v, r, c)) return valid_jump(v, a[0].value);
    if (!valid_term(v, &a[1]) || !valid_term(v, &a[2])) return false;
    if (!is_register(r) || is_register(c)) return valid_jump(v, a[0].value);
    Kind k = valid_kind(v, r), same = valid_constant(v, c);
    Kind other = same == KIND_NIL ? kind_without(k, KIND_NIL) : k;
    bool equal_goes_on = g->opcode == GENOP_is_eq_exact;
    valid_refine(v, r, equal_goes_on ? other : same);
    if (!valid_jump(v, a[0].value)) return false;
    valid_refine(v, r, equal_goes_on ? same : other);
    return true;
}

static bool rule_test_arity(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(a[2].kind == OPERAND_UINT);
    Kind k = valid_kind(v, &a[1]);
    if (k == 0) return false;
    if (k & KIND_SPECIAL & ~KIND_CONTEXT) return valid_fail(v, "operand is no term");
    if ((k & KIND_MASK & ~KIND_SEEN) != KIND_TUPLE) valid_mark(v, GENERIC_CHECK);
    if (!valid_jump(v, a[0].value)) return false;
    valid_refine(v, &a[1], (kind_tuple(a[2].value) & ~KIND_SEEN) | (k & KIND_SEEN));
    return true;
}

static bool rule_is_tagged_tuple(Validator *v, const GenericOp *g, const Operand *a) {
    if (a[2].value == 0) return valid_fail(v, "no element to test");
    if (!type_test(v, a, KIND_TUPLE, false)) return false;
    valid_refine(v, &a[1], kind_tuple(a[2].value));
    return true;
}

static bool rule_is_function2(Validator *v, const GenericOp *g, const Operand *a) {
    return rule_compare(v, g, a);
}

static bool rule_select_val(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(a[2].kind == OPERAND_LIST && a[2].count % 2 == 0);
    const Operand *pair = valid_list(v, &a[2]);
    if (!valid_term(v, &a[0])) return false;
    Kind k = valid_kind(v, &a[0]);
    for (uint32_t i = 0; i < a[2].count; i += 2) {
        if (is_register(&a[0])) valid_refine(v, &a[0], valid_constant(v, &pair[i]));
        if (!valid_jump(v, pair[i + 1].value)) return false;
    }
    if (is_register(&a[0])) valid_refine(v, &a[0], k);
    return valid_jump(v, a[1].value) && valid_end(v);
}

static bool rule_select_tuple_arity(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(a[2].kind == OPERAND_LIST && a[2].count % 2 == 0);
    const Operand *pair = valid_list(v, &a[2]);
    if (!valid_term(v, &a[0])) return false;
    Kind k = valid_kind(v, &a[0]);
    for (uint32_t i = 0; i < a[2].count; i += 2) {
        valid_refine(v, &a[0], kind_tuple(pair[i].value));
        if (!valid_jump(v, pair[i + 1].value)) return false;
    }
    valid_refine(v, &a[0], k);
    return valid_jump(v, a[1].value) && valid_end(v);
}

static bool rule_jump(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_jump(v, a[0].value) && valid_end(v);
}

// ---- lists, tuples, maps, funs
// --------------------------------------------------------------------

/** The source is of this kind, or the instruction must test it (VAL-4). */
static bool take_kind(Validator *v, const Operand *a, Kind wanted) {
    DEBUG_ASSERT((wanted & KIND_SPECIAL) == 0 && wanted != 0);
    if (!valid_term(v, a)) return false;
    Kind k = valid_kind(v, a);
    if ((k & KIND_MASK & ~KIND_SEEN) == (wanted & KIND_MASK & ~KIND_SEEN) &&
        kind_number(k) >= kind_number(wanted))
        return true;
    if (!valid_raise(v)) return false;
    valid_mark(v, GENERIC_CHECK);
    v->o->operands[a - v->o->operands].count = kind_number(wanted);
    valid_refine(v, a, wanted);
    return true;
}

static bool rule_get_list(Validator *v, const GenericOp *g, const Operand *a) {
    if (!take_kind(v, &a[0], KIND_CONS) || !valid_put(v, &a[1], KIND_ANY)) return false;
    return g->count == 2 || valid_put(v, &a[2], KIND_ANY);
}

/** How many elements this and the instructions that follow it take from the same tuple: one test
 * is enough for all of them. */
static uint64_t elements_taken(const Validator *v, const Operand *a) {
    uint64_t count = a[1].value + 1;
    for (uint32_t i = v->at + 1; v->o->ops[i].opcode == GENOP_get_tuple_element; i++) {
        const Operand *before = &v->o->operands[v->o->ops[i - 1].first];
        const Operand *n = &v->o->operands[v->o->ops[i].first];
        bool overwritten = before[2].kind == a[0].kind && before[2].value == a[0].value;
        if (n[0].kind != a[0].kind || n[0].value != a[0].value || overwritten) break;
        count = MAX(count, n[1].value + 1);
    }
    return count;
}

static bool rule_get_tuple_element(Validator *v, const GenericOp *g, const Operand *a) {
    if (!valid_term(v, &a[0])) return false;
    if (a[1].value >= KIND_NUMBER_MAX || a[0].kind == OPERAND_CONST)
        return valid_fail(v, "no such element");
    Kind k = valid_kind(v, &a[0]);
    if ((k & KIND_MASK & ~KIND_SEEN) != KIND_TUPLE || kind_number(k) <= a[1].value) {
        if (!take_kind(v, &a[0], kind_tuple(elements_taken(v, a)))) return false;
    }
    return valid_put(v, &a[2], KIND_ANY);
}

static bool rule_set_tuple_element(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(g->count == 3 && a[2].kind == OPERAND_UINT);
    if (!valid_term(v, &a[0]) || !valid_term(v, &a[1])) return false;
    Kind k = valid_kind(v, &a[1]);
    if (!is_register(&a[1]) || (k & KIND_MASK) != KIND_TUPLE)
        return valid_fail(v, "tuple may be shared");
    if (a[2].value >= KIND_NUMBER_MAX) return valid_fail(v, "no such element");
    return take_kind(v, &a[1], KIND_TUPLE | (Kind)(a[2].value + 1) << KIND_NUMBER_SHIFT);
}

static bool rule_put_list(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_term(v, &a[0]) && valid_term(v, &a[1]) && valid_take_heap(v, CELL_WORDS) &&
           valid_put(v, &a[2], KIND_CONS);
}

static bool rule_put_tuple2(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_terms(v, valid_list(v, &a[1]), a[1].count) &&
           valid_take_heap(v, (uint64_t)a[1].count + 1) &&
           valid_put(v, &a[0], kind_tuple(a[1].count));
}

/** The tuple's size is tested while running: it must be just that. */
static bool rule_update_record(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(a[1].kind == OPERAND_UINT && a[4].count % 2 == 0);
    const Operand *updates = valid_list(v, &a[4]);
    if (!valid_term(v, &a[2]) || !valid_raise(v)) return false;
    if (a[1].value == 0 || a[1].value > TUPLE_SIZE_MAX) return valid_fail(v, "invalid size");
    for (uint32_t i = 0; i < a[4].count; i += 2) {
        if (updates[i].value > a[1].value) return valid_fail(v, "no such element");
        if (!valid_term(v, &updates[i + 1])) return false;
    }
    valid_mark(v, GENERIC_CHECK);
    return valid_take_heap(v, a[1].value + 1) && valid_put(v, &a[3], kind_tuple(a[1].value));
}

static bool rule_put_map(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(a[3].kind == OPERAND_UINT && a[4].count % 2 == 0);
    if (!valid_term(v, &a[1]) || !valid_terms(v, valid_list(v, &a[4]), a[4].count)) return false;
    if (!valid_collect(v, a[3].value) || !valid_fail_to(v, &a[0])) return false;
    return valid_put(v, &a[2], KIND_MAP);
}

static bool rule_has_map_fields(Validator *v, const GenericOp *g, const Operand *a) {
    return take_kind(v, &a[1], KIND_MAP) && valid_terms(v, valid_list(v, &a[2]), a[2].count) &&
           valid_jump(v, a[0].value);
}

/** When a key is not there, those before it have been stored. */
static bool rule_get_map_elements(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(a[2].count > 0 && a[2].count % 2 == 0);
    const Operand *pair = valid_list(v, &a[2]);
    if (!take_kind(v, &a[1], KIND_MAP) || !valid_jump(v, a[0].value)) return false;
    for (uint32_t i = 0; i < a[2].count; i += 2) {
        if (!valid_term(v, &pair[i]) || !valid_put(v, &pair[i + 1], KIND_ANY)) return false;
        if (i + 2 < a[2].count && !valid_jump(v, a[0].value)) return false;
    }
    return true;
}

static bool rule_make_fun3(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(a[2].count == v->f->funs[a[0].value].free_count);
    return valid_terms(v, valid_list(v, &a[2]), a[2].count) &&
           valid_take_heap(v, fun_words((uint64_t)a[2].count)) && valid_put(v, &a[1], KIND_OTHER);
}

/** The free variables are x0 and on. */
static bool rule_make_fun2(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(a[0].value < v->f->funs_count);
    uint32_t count = v->f->funs[a[0].value].free_count;
    if (!valid_collect(v, count)) return false;
    for (uint32_t i = 0; i < count; i++)
        if (!kind_is_term(v->x[i])) return valid_fail(v, "operand is no term");
    return valid_put(v, &(Operand){.kind = OPERAND_X}, KIND_OTHER);
}

// ---- built-ins in guards and expressions
// ----------------------------------------------------------

/** Those that instructions may call: they neither trap nor block, look only at their arguments, and
 * without `live` (bif0 to bif2) take no room on the heap. */
static const struct Inline {
    Term name;
    uint8_t arity;
    bool builds; // asks for a gc_bif
    Kind result;
} inlines[] = {
    {am_plus, 2, true, KIND_OTHER | KIND_FLOAT},
    {am_minus, 2, true, KIND_OTHER | KIND_FLOAT},
    {am_times, 2, true, KIND_OTHER | KIND_FLOAT},
    {am_plus, 1, true, KIND_OTHER | KIND_FLOAT},
    {am_minus, 1, true, KIND_OTHER | KIND_FLOAT},
    {am_divide, 2, true, KIND_FLOAT},
    {am_div, 2, true, KIND_OTHER},
    {am_rem, 2, true, KIND_OTHER},
    {am_band, 2, true, KIND_OTHER},
    {am_bor, 2, true, KIND_OTHER},
    {am_bxor, 2, true, KIND_OTHER},
    {am_bsl, 2, true, KIND_OTHER},
    {am_bsr, 2, true, KIND_OTHER},
    {am_bnot, 1, true, KIND_OTHER},
    {am_abs, 1, true, KIND_OTHER | KIND_FLOAT},
    {am_float, 1, true, KIND_FLOAT},
    {am_round, 1, true, KIND_OTHER},
    {am_trunc, 1, true, KIND_OTHER},
    {am_ceil, 1, true, KIND_OTHER},
    {am_floor, 1, true, KIND_OTHER},
    {am_length, 1, true, KIND_OTHER},
    {am_size, 1, true, KIND_OTHER},
    {am_bit_size, 1, true, KIND_OTHER},
    {am_byte_size, 1, true, KIND_OTHER},
    {am_map_size, 1, true, KIND_OTHER},
    {am_binary_part, 2, true, KIND_BITS},
    {am_binary_part, 3, true, KIND_BITS},
    {am_eq_exact, 2, false, KIND_OTHER},
    {am_not_eq_exact, 2, false, KIND_OTHER},
    {am_eq, 2, false, KIND_OTHER},
    {am_not_eq, 2, false, KIND_OTHER},
    {am_lt, 2, false, KIND_OTHER},
    {am_gt, 2, false, KIND_OTHER},
    {am_le, 2, false, KIND_OTHER},
    {am_ge, 2, false, KIND_OTHER},
    {am_and, 2, false, KIND_OTHER},
    {am_or, 2, false, KIND_OTHER},
    {am_xor, 2, false, KIND_OTHER},
    {am_not, 1, false, KIND_OTHER},
    {am_min, 2, false, KIND_ANY},
    {am_max, 2, false, KIND_ANY},
    {am_hd, 1, false, KIND_ANY},
    {am_tl, 1, false, KIND_ANY},
    {am_element, 2, false, KIND_ANY},
    {am_tuple_size, 1, false, KIND_OTHER},
    {am_map_get, 2, false, KIND_ANY},
    {am_is_map_key, 2, false, KIND_OTHER},
    {am_get, 1, false, KIND_ANY},
    {am_self, 0, false, KIND_OTHER},
    {am_node, 0, false, KIND_OTHER},
    {am_node, 1, false, KIND_OTHER},
    {am_is_atom, 1, false, KIND_OTHER},
    {am_is_binary, 1, false, KIND_OTHER},
    {am_is_bitstring, 1, false, KIND_OTHER},
    {am_is_boolean, 1, false, KIND_OTHER},
    {am_is_float, 1, false, KIND_OTHER},
    {am_is_function, 1, false, KIND_OTHER},
    {am_is_function, 2, false, KIND_OTHER},
    {am_is_integer, 1, false, KIND_OTHER},
    {am_is_list, 1, false, KIND_OTHER},
    {am_is_map, 1, false, KIND_OTHER},
    {am_is_number, 1, false, KIND_OTHER},
    {am_is_pid, 1, false, KIND_OTHER},
    {am_is_port, 1, false, KIND_OTHER},
    {am_is_reference, 1, false, KIND_OTHER},
    {am_is_record, 2, false, KIND_OTHER},
    {am_is_record, 3, false, KIND_OTHER},
    {am_is_tuple, 1, false, KIND_OTHER},
};

#define NO_INLINE_KIND UINT8_MAX

static const struct Inline *find_inline(Validator *v, uint64_t import) {
    const Export *ex = v->f->imports[import];
    uint8_t *known = &v->import_kinds[import];
    _Static_assert(ARRAY_COUNT(inlines) < NO_INLINE_KIND, "an index is a byte");
    for (size_t i = 0; *known == 0 && i < ARRAY_COUNT(inlines); i++) {
        if (inlines[i].name == ex->function && inlines[i].arity == ex->arity &&
            ex->module == am_erlang)
            *known = (uint8_t)(i + 1);
    }
    if (*known == 0) *known = NO_INLINE_KIND;
    return *known != NO_INLINE_KIND ? &inlines[*known - 1] : NULL;
}

static bool rule_bif(Validator *v, const GenericOp *g, const Operand *a) {
    static const Operand raises = {.kind = OPERAND_LABEL};
    uint32_t import = g->opcode == GENOP_bif0 ? 0 : 1;
    const Export *ex = v->f->imports[a[import].value];
    const struct Inline *known = find_inline(v, a[import].value);
    // OTP refuses what is no built-in in the same place
    if (known == NULL || known->builds) return valid_fail(v, "built-in that is none for this");
    return valid_terms(v, &a[import + 1], ex->arity) &&
           valid_fail_to(v, import == 0 ? &raises : &a[0]) &&
           valid_put(v, &a[g->count - 1], known->result);
}

/** Terms; but OTP 26 asks how much of a match context is left. */
static bool gc_bif_arguments(Validator *v, const Export *ex, const Operand *a) {
    if (ex->arity != 1 || (ex->function != am_byte_size && ex->function != am_bit_size))
        return valid_terms(v, a, ex->arity);
    Kind k = valid_kind(v, a) & ~KIND_CONTEXT;
    if (v->wrong == NULL && (k & KIND_SPECIAL)) valid_fail(v, "operand is no term");
    return v->wrong == NULL;
}

static bool rule_gc_bif(Validator *v, const GenericOp *g, const Operand *a) {
    const Export *ex = v->f->imports[a[2].value];
    const struct Inline *known = find_inline(v, a[2].value);
    if (known == NULL) return valid_fail(v, "built-in that is none for this");
    if (!gc_bif_arguments(v, ex, &a[3])) return false;
    return valid_collect(v, a[1].value) && valid_fail_to(v, &a[0]) &&
           valid_put(v, &a[g->count - 1], known->result);
}

// ---- floats: registers always hold finite numbers, so what is in them need not be followed
// ------------
static bool rule_fmove(Validator *v, const GenericOp *g, const Operand *a) {
    if (a[1].kind == OPERAND_FLOAT)
        return a[0].kind == OPERAND_FLOAT || take_kind(v, &a[0], KIND_FLOAT);
    if (a[0].kind != OPERAND_FLOAT || a[1].kind == OPERAND_CONST)
        return valid_fail(v, "invalid operand");
    return valid_take_heap(v, FLOAT_RESULT_WORDS) && valid_put(v, &a[1], KIND_FLOAT);
}

static bool rule_fconv(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_term(v, &a[0]) && valid_raise(v);
}

static bool rule_float(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_fail_to(v, &a[0]);
}

// ---- exceptions
// -------------------------------------------------------------------------------------
static bool rule_catch(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(a[0].kind == OPERAND_Y && a[1].kind == OPERAND_LABEL);
    uint64_t label = a[1].value;
    uint32_t function = v->function_of_label[label];
    if (label > KIND_NUMBER_MAX || function == 0 || &v->functions[function - 1] != v->function)
        return valid_fail(v, "handler in another function");
    return valid_put(v, &a[0], KIND_CATCH | (Kind)label << KIND_NUMBER_SHIFT);
}

/** x0 is what the expression gave, or the hole of an exception with x1 to x3. */
static bool rule_catch_end(Validator *v, const GenericOp *g, const Operand *a) {
    if (v->s.x_count == 0 || v->x[0] == 0 || (v->x[0] & KIND_SPECIAL & ~KIND_HOLE))
        return valid_fail(v, "operand is no term");
    if (!valid_put(v, &a[0], KIND_NIL)) return false;
    v->s.x_count = 1;
    v->x[0] = KIND_ANY;
    if (v->s.y_unwritten > 0 && !valid_raise(v)) return false;
    valid_spend_reserve(v);
    return true;
}

static bool rule_try_end(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_put(v, &a[0], KIND_NIL);
}

/** Control may seem to come from a call too, which the compiler knew never to return: tested. */
static bool rule_try_case(Validator *v, const GenericOp *g, const Operand *a) {
    if (v->s.x_count == 0 || v->x[0] == 0 || (v->x[0] & KIND_SPECIAL & ~KIND_HOLE))
        return valid_fail(v, "no exception");
    if (v->x[0] != KIND_HOLE) valid_mark(v, GENERIC_CHECK);
    if (!valid_put(v, &a[0], KIND_NIL)) return false;
    v->s.x_count = 3;
    v->x[0] = KIND_OTHER;
    v->x[1] = KIND_ANY;
    v->x[2] = KIND_ANY;
    return true;
}

static bool rule_raise(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_term(v, &a[0]) && valid_term(v, &a[1]) && valid_raise(v) && valid_end(v);
}

static bool rule_raw_raise(Validator *v, const GenericOp *g, const Operand *a) {
    for (int i = 0; i < 3; i++)
        if (i >= v->s.x_count || !kind_is_term(v->x[i])) return valid_fail(v, "no exception");
    if (!valid_raise(v)) return false;
    v->x[0] = KIND_OTHER;
    v->s.x_count = 1;
    valid_spend_reserve(v);
    return true;
}

static bool rule_build_stacktrace(Validator *v, const GenericOp *g, const Operand *a) {
    if (v->s.x_count == 0 || !kind_is_term(v->x[0])) return valid_fail(v, "no stack trace");
    v->x[0] = KIND_ANY;
    valid_spend_reserve(v);
    return true;
}

static bool rule_error(Validator *v, const GenericOp *g, const Operand *a) {
    return (g->count == 0 || valid_term(v, &a[0])) && valid_raise(v) && valid_end(v);
}

static bool rule_func_info(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(a[2].value <= ARITY_MAX);
    if (v->s.x_count < a[2].value) return valid_fail(v, "uninitialized register");
    for (uint64_t i = 0; i < a[2].value; i++)
        if (v->x[i] == 0 || (v->x[i] & KIND_SPECIAL)) return valid_fail(v, "argument is no term");
    return valid_raise(v) && valid_end(v);
}

static bool rule_on_load(Validator *v, const GenericOp *g, const Operand *a) {
    return v->function->arity == 0 || valid_fail(v, "on_load function with arguments");
}

// ---- receive
// ----------------------------------------------------------------------------------------
static bool rule_loop_rec(Validator *v, const GenericOp *g, const Operand *a) {
    if (a[1].kind != OPERAND_X || a[1].value != 0) return valid_fail(v, "message elsewhere");
    if (!valid_collect(v, 0) || !valid_jump(v, a[0].value)) return false;
    return valid_put(v, &a[1], KIND_ANY);
}

static bool rule_loop_rec_end(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_collect(v, 0) && valid_jump(v, a[0].value) && valid_end(v);
}

static bool rule_wait(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_collect(v, 0) && valid_jump(v, a[0].value) && valid_end(v);
}

static bool rule_wait_timeout(Validator *v, const GenericOp *g, const Operand *a) {
    // a receive without clauses goes back to itself; the time in an X register, which is gone by
    // then, is looked at but once
    if (a[1].kind != OPERAND_X && !valid_term(v, &a[1])) return false;
    return valid_collect(v, 0) && valid_raise(v) && valid_jump(v, a[0].value);
}

static bool rule_send(Validator *v, const GenericOp *g, const Operand *a) {
    DEBUG_ASSERT(g->count == 0);
    return valid_in_frame(v) && valid_call(v, 2, NULL);
}

static bool rule_marker_bind(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_terms(v, a, 2);
}

static bool rule_marker(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_term(v, &a[0]);
}

static bool rule_marker_reserve(Validator *v, const GenericOp *g, const Operand *a) {
    return valid_put(v, &a[0], KIND_OTHER);
}

// ---- the table
// ----------------------------------------------------------------------------------------
ValidRule *const valid_rules[GENOP_COUNT] = {
    [GENOP_func_info] = rule_func_info,
    [GENOP_int_code_end] = rule_nothing,
    [GENOP_call] = rule_call,
    [GENOP_call_last] = rule_call_last,
    [GENOP_call_only] = rule_call_only,
    [GENOP_call_ext] = rule_call_ext,
    [GENOP_call_ext_last] = rule_call_ext_last,
    [GENOP_call_ext_only] = rule_call_ext_only,
    [GENOP_bif0] = rule_bif,
    [GENOP_bif1] = rule_bif,
    [GENOP_bif2] = rule_bif,
    [GENOP_gc_bif1] = rule_gc_bif,
    [GENOP_gc_bif2] = rule_gc_bif,
    [GENOP_gc_bif3] = rule_gc_bif,
    [GENOP_allocate] = rule_allocate,
    [GENOP_allocate_heap] = rule_allocate_heap,
    [GENOP_allocate_zero] = rule_allocate,
    [GENOP_allocate_heap_zero] = rule_allocate_heap,
    [GENOP_test_heap] = rule_test_heap,
    [GENOP_init] = rule_init,
    [GENOP_init_yregs] = rule_init_yregs,
    [GENOP_deallocate] = rule_deallocate,
    [GENOP_trim] = rule_trim,
    [GENOP_return] = rule_return,
    [GENOP_send] = rule_send,
    [GENOP_remove_message] = rule_nothing,
    [GENOP_timeout] = rule_nothing,
    [GENOP_loop_rec] = rule_loop_rec,
    [GENOP_loop_rec_end] = rule_loop_rec_end,
    [GENOP_wait] = rule_wait,
    [GENOP_wait_timeout] = rule_wait_timeout,
    [GENOP_recv_mark] = rule_nothing,
    [GENOP_recv_set] = rule_nothing,
    [GENOP_recv_marker_bind] = rule_marker_bind,
    [GENOP_recv_marker_clear] = rule_marker,
    [GENOP_recv_marker_use] = rule_marker,
    [GENOP_recv_marker_reserve] = rule_marker_reserve,
    [GENOP_is_lt] = rule_compare,
    [GENOP_is_ge] = rule_compare,
    [GENOP_is_eq] = rule_compare,
    [GENOP_is_ne] = rule_compare,
    [GENOP_is_eq_exact] = rule_equal,
    [GENOP_is_ne_exact] = rule_equal,
    [GENOP_is_integer] = rule_type_test,
    [GENOP_is_float] = rule_type_test,
    [GENOP_is_number] = rule_type_test,
    [GENOP_is_atom] = rule_type_test,
    [GENOP_is_pid] = rule_type_test,
    [GENOP_is_reference] = rule_type_test,
    [GENOP_is_port] = rule_type_test,
    [GENOP_is_nil] = rule_type_test,
    [GENOP_is_binary] = rule_type_test,
    [GENOP_is_bitstr] = rule_type_test,
    [GENOP_is_list] = rule_type_test,
    [GENOP_is_nonempty_list] = rule_type_test,
    [GENOP_is_tuple] = rule_type_test,
    [GENOP_is_map] = rule_type_test,
    [GENOP_is_boolean] = rule_type_test,
    [GENOP_is_function] = rule_type_test,
    [GENOP_is_function2] = rule_is_function2,
    [GENOP_test_arity] = rule_test_arity,
    [GENOP_is_tagged_tuple] = rule_is_tagged_tuple,
    [GENOP_select_val] = rule_select_val,
    [GENOP_select_tuple_arity] = rule_select_tuple_arity,
    [GENOP_jump] = rule_jump,
    [GENOP_catch] = rule_catch,
    [GENOP_try] = rule_catch,
    [GENOP_catch_end] = rule_catch_end,
    [GENOP_try_end] = rule_try_end,
    [GENOP_try_case] = rule_try_case,
    [GENOP_raise] = rule_raise,
    [GENOP_raw_raise] = rule_raw_raise,
    [GENOP_build_stacktrace] = rule_build_stacktrace,
    [GENOP_badmatch] = rule_error,
    [GENOP_case_end] = rule_error,
    [GENOP_if_end] = rule_error,
    [GENOP_try_case_end] = rule_error,
    [GENOP_badrecord] = rule_error,
    [GENOP_move] = rule_move,
    [GENOP_swap] = rule_swap,
    [GENOP_get_list] = rule_get_list,
    [GENOP_get_hd] = rule_get_list,
    [GENOP_get_tl] = rule_get_list,
    [GENOP_get_tuple_element] = rule_get_tuple_element,
    [GENOP_set_tuple_element] = rule_set_tuple_element,
    [GENOP_put_list] = rule_put_list,
    [GENOP_put_tuple2] = rule_put_tuple2,
    [GENOP_update_record] = rule_update_record,
    [GENOP_put_map_assoc] = rule_put_map,
    [GENOP_put_map_exact] = rule_put_map,
    [GENOP_has_map_fields] = rule_has_map_fields,
    [GENOP_get_map_elements] = rule_get_map_elements,
    [GENOP_call_fun] = rule_call_fun,
    [GENOP_call_fun2] = rule_call_fun2,
    [GENOP_make_fun2] = rule_make_fun2,
    [GENOP_make_fun3] = rule_make_fun3,
    [GENOP_apply] = rule_apply,
    [GENOP_apply_last] = rule_apply_last,
    [GENOP_fclearerror] = rule_nothing,
    [GENOP_fcheckerror] = rule_nothing,
    [GENOP_fmove] = rule_fmove,
    [GENOP_fconv] = rule_fconv,
    [GENOP_fadd] = rule_float,
    [GENOP_fsub] = rule_float,
    [GENOP_fmul] = rule_float,
    [GENOP_fdiv] = rule_float,
    [GENOP_fnegate] = rule_nothing,
    [GENOP_on_load] = rule_on_load,
    [GENOP_line] = rule_nothing,
    [GENOP_nif_start] = rule_nothing,
    [GENOP_executable_line] = rule_nothing,
    [GENOP_bs_start_match3] = valid_bs_start_match3,
    [GENOP_bs_start_match4] = valid_bs_start_match4,
    [GENOP_bs_get_integer2] = valid_bs_get_integer,
    [GENOP_bs_get_float2] = valid_bs_get_float,
    [GENOP_bs_get_binary2] = valid_bs_get_binary,
    [GENOP_bs_skip_bits2] = valid_bs_skip,
    [GENOP_bs_test_tail2] = valid_bs_context_test,
    [GENOP_bs_test_unit] = valid_bs_context_test,
    [GENOP_bs_match_string] = valid_bs_context_test,
    [GENOP_bs_get_tail] = valid_bs_get_tail,
    [GENOP_bs_get_position] = valid_bs_get_position,
    [GENOP_bs_set_position] = valid_bs_set_position,
    [GENOP_bs_get_utf8] = valid_bs_get_utf,
    [GENOP_bs_get_utf16] = valid_bs_get_utf,
    [GENOP_bs_get_utf32] = valid_bs_get_utf,
    [GENOP_bs_skip_utf8] = valid_bs_context_test,
    [GENOP_bs_skip_utf16] = valid_bs_context_test,
    [GENOP_bs_skip_utf32] = valid_bs_context_test,
    [GENOP_bs_match] = valid_bs_match,
    [GENOP_bs_create_bin] = valid_bs_create_bin,
    [GENOP_bs_init2] = valid_bs_init,
    [GENOP_bs_init_bits] = valid_bs_init,
    [GENOP_bs_append] = valid_bs_append,
    [GENOP_bs_private_append] = valid_bs_private_append,
    [GENOP_bs_init_writable] = valid_bs_init_writable,
    [GENOP_bs_put_integer] = valid_bs_put,
    [GENOP_bs_put_float] = valid_bs_put,
    [GENOP_bs_put_binary] = valid_bs_put,
    [GENOP_bs_put_utf8] = valid_bs_put_utf,
    [GENOP_bs_put_utf16] = valid_bs_put_utf,
    [GENOP_bs_put_utf32] = valid_bs_put_utf,
    [GENOP_bs_put_string] = valid_bs_put_string,
    [GENOP_bs_utf8_size] = valid_bs_utf_size,
    [GENOP_bs_utf16_size] = valid_bs_utf_size,
    [GENOP_bs_add] = valid_bs_add,
};
