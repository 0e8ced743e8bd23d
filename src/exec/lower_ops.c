// SPDX-License-Identifier: Apache-2.0
//
// lower_ops.c - instruction by instruction: which specialised instruction a generic one becomes.
//
// Most generic instructions have a specialised one with the same operands in some order: the table
// `direct`. The others have a function each. An instruction may take in those that follow it (a
// move before a call, a test of tuple and arity); labels stand in between as instructions of their
// own, so nothing that is jumped to is ever taken in.
#include "exec/lower_internal.h"

#include <stdlib.h>

/** Same operands: picks says which generic operand each specialised one is. */
static const struct Direct {
    bool used;
    uint16_t op;
    const char *picks;
} direct[G_COUNT] = {
// clang-format off
#define DIRECT(generic, special, picks) [G_##generic] = {true, OP_##special, picks},
    DIRECT(return, return_value, "")
    DIRECT(send, send, "")
    DIRECT(remove_message, remove_message, "")
    DIRECT(timeout, timeout, "")
    DIRECT(loop_rec, loop_rec, "0")
    DIRECT(loop_rec_end, loop_rec_end, "0")
    DIRECT(wait, wait, "0")
    DIRECT(wait_timeout, wait_timeout, "01")
    DIRECT(is_lt, is_lt, "012")
    DIRECT(is_ge, is_ge, "012")
    DIRECT(is_eq, is_eq, "012")
    DIRECT(is_ne, is_ne, "012")
    DIRECT(is_integer, is_integer, "01")
    DIRECT(is_float, is_float, "01")
    DIRECT(is_number, is_number, "01")
    DIRECT(is_atom, is_atom, "01")
    DIRECT(is_pid, is_pid, "01")
    DIRECT(is_reference, is_reference, "01")
    DIRECT(is_port, is_port, "01")
    DIRECT(is_nil, is_nil, "01")
    DIRECT(is_binary, is_binary, "01")
    DIRECT(is_list, is_list, "01")
    DIRECT(is_boolean, is_boolean, "01")
    DIRECT(is_map, is_map, "01")
    DIRECT(is_function, is_function, "01")
    DIRECT(is_function2, is_function2, "012")
    DIRECT(is_bitstr, is_bitstring, "01")
    DIRECT(jump, jump, "0")
    DIRECT(catch, catch_begin, "01")
    DIRECT(catch_end, catch_end, "0")
    DIRECT(try, catch_begin, "01")
    DIRECT(try_end, try_end, "0")
    DIRECT(try_case, try_case, "0")
    DIRECT(raise, raise, "01")
    DIRECT(raw_raise, raw_raise, "")
    DIRECT(build_stacktrace, build_stacktrace, "")
    DIRECT(get_list, get_list, "012")
    DIRECT(get_hd, get_hd, "01")
    DIRECT(get_tl, get_tl, "01")
    DIRECT(put_list, put_list, "012")
    DIRECT(swap, swap, "01")
    DIRECT(init, init_y, "0")
    DIRECT(fconv, fconv, "01")
    DIRECT(fadd, fadd, "0123")
    DIRECT(fsub, fsub, "0123")
    DIRECT(fmul, fmul, "0123")
    DIRECT(fdiv, fdiv, "0123")
    DIRECT(fnegate, fnegate, "012")
    DIRECT(recv_marker_bind, recv_marker_bind, "01")
    DIRECT(recv_marker_clear, recv_marker_clear, "0")
    DIRECT(recv_marker_reserve, recv_marker_reserve, "0")
    DIRECT(recv_marker_use, recv_marker_use, "0")
    DIRECT(test_heap, test_heap, "01")
    DIRECT(apply, apply, "0")
    DIRECT(int_code_end, int_code_end, "")
#undef DIRECT
    // clang-format on
};

_Static_assert(G_executable_line < G_COUNT, "the table of direct instructions has room");

static Arg arg_frame(Lowering *l, const Operand *o) {
    return arg_word(lower_uint(l, o) * sizeof(Term));
}

// ---- calls
// ------------------------------------------------------------------------------------------------

/** A built-in that call_bif may run in place. */
static bool is_light_builtin(const Export *ex) {
    ASSERT(ex->arity <= ARITY_MAX);
    if (ex->bif == NULL || ex->bif_flags != 0) return false;
    if (ex->module != am_erlang) return true;
    return ex->function != am_apply && ex->function != am_hibernate && ex->function != am_yield;
}

/** While the built-in is traced it returns here first. */
static void lower_bif_last(Lowering *l, Export *ex, Arg frame) {
    ASSERT(is_light_builtin(ex));
    EMIT(call_bif_last, arg_pointer(ex), frame);
    EMIT0(return_value);
}

static void lower_call(Lowering *l, const GenericOp *g, const Operand *o) {
    switch (g->opcode) {
    case G_call: EMIT(call, lower_arg_label(l, &o[1])); return;
    case G_call_last: EMIT(call_last, lower_arg_label(l, &o[1]), arg_frame(l, &o[2])); return;
    case G_call_only: EMIT(call_only, lower_arg_label(l, &o[1])); return;
    default: break;
    }
    Export *ex = lower_import(l, &o[1]);
    if (ex == NULL) return;
    bool light = is_light_builtin(ex), tail = g->opcode != G_call_ext;
    if (light && exec_never_returns(ex)) {
        // also in place of a return: its frame, which may be of any size here, stays as it is
        EMIT(call_bif, arg_pointer(ex));
        return;
    }
    if (tail && ex->module == am_erlang && ex->function == am_apply &&
        (ex->arity == 2 || ex->arity == 3)) {
        Arg frame = g->opcode == G_call_ext_last ? arg_frame(l, &o[2]) : arg_word(0);
        if (ex->arity == 3)
            EMIT(apply_list_last, frame);
        else
            EMIT(apply_fun_list_last, frame);
        return;
    }
    if (g->opcode == G_call_ext) {
        if (light)
            EMIT(call_bif, arg_pointer(ex));
        else
            EMIT(call_ext, arg_pointer(ex));
    } else if (g->opcode == G_call_ext_last) {
        if (light)
            lower_bif_last(l, ex, arg_frame(l, &o[2]));
        else
            EMIT(call_ext_last, arg_pointer(ex), arg_frame(l, &o[2]));
    } else {
        if (light)
            lower_bif_last(l, ex, arg_word(0));
        else
            EMIT(call_ext_only, arg_pointer(ex));
    }
}

/** call_fun and call_fun2; takes in a deallocate and return that follow. */
static uint32_t lower_call_fun(Lowering *l, Arg fun, uint64_t arity) {
    const GenericOp *a = lower_peek(l, 1), *b = lower_peek(l, 2);
    if (a != NULL && b != NULL && a->opcode == G_deallocate && b->opcode == G_return) {
        EMIT(call_fun_last, fun, arg_word(arity), arg_frame(l, lower_operands(l, a)));
        return 2;
    }
    EMIT(call_fun, fun, arg_word(arity));
    return 0;
}

// ---- moves
// ------------------------------------------------------------------------------------------------

/** A move and what follows it; returns how many instructions more were taken in. */
static uint32_t lower_move(Lowering *l, const Operand *o) {
    const GenericOp *next = lower_peek(l, 1);
    Arg s = lower_arg(l, &o[0]), d = lower_arg(l, &o[1]);
    const GenericOp *line = next != NULL && next->opcode == G_line ? next : NULL;
    const GenericOp *call = line != NULL ? lower_peek(l, 2) : next;
    if (call != NULL && d.kind == 'x') {
        const Operand *c = lower_operands(l, call);
        uint32_t more = line != NULL ? 2 : 1;
        bool fits = call->opcode == G_call || call->opcode == G_call_last ||
                    (call->opcode == G_call_only && s.kind != 'y');
        if (fits && line != NULL) lower_line(l, lower_operands(l, line));
        if (fits && call->opcode == G_call)
            return EMIT(move_call, s, d, lower_arg_label(l, &c[1])), more;
        if (fits && call->opcode == G_call_only)
            return EMIT(move_call_only, s, d, lower_arg_label(l, &c[1])), more;
        if (fits)
            return EMIT(move_call_last, s, d, lower_arg_label(l, &c[1]), arg_frame(l, &c[2])), more;
        if (call->opcode == G_return && d.word == 0 && s.kind != 'y')
            return EMIT(move_return, s), more;
        const GenericOp *after = lower_peek(l, 2);
        if (call->opcode == G_deallocate && d.word == 0 && after != NULL &&
            after->opcode == G_return)
            return EMIT(move_deallocate_return, s, arg_frame(l, c)), 2;
    }
    if (next != NULL && next->opcode == G_move) {
        const Operand *n = lower_operands(l, next);
        const GenericOp *third = lower_peek(l, 2);
        bool call_follows =
            third != NULL && (third->opcode == G_call || third->opcode == G_call_only ||
                              third->opcode == G_call_last || third->opcode == G_return);
        if (!call_follows) return EMIT(move2, s, d, lower_arg(l, &n[0]), lower_arg(l, &n[1])), 1;
    }
    EMIT(move, s, d);
    return 0;
}

// ---- frames
// -----------------------------------------------------------------------------------------------

static void lower_allocate(Lowering *l, const GenericOp *g, const Operand *o) {
    bool heap = g->opcode == G_allocate_heap || g->opcode == G_allocate_heap_zero;
    uint64_t frame = lower_uint(l, &o[0]), live = lower_uint(l, &o[heap ? 2 : 1]);
    uint64_t words = frame + (heap ? lower_uint(l, &o[1]) : 0);
    EMIT(allocate, arg_word(frame * sizeof(Term)), arg_word(words), arg_word(live));
    if (g->opcode == G_allocate_zero || g->opcode == G_allocate_heap_zero ||
        (g->flags & GENERIC_CLEAR))
        for (uint64_t i = 0; i < frame; i++) EMIT(init_y, (Arg){'y', i * sizeof(Term)});
}

static void lower_init_yregs(Lowering *l, const Operand *list) {
    ASSERT(list->kind == OPERAND_LIST); // LOWER-1
    const Operand *y = l->in->operands + list->value;
    for (uint32_t i = 0; i < list->count; i += 2) {
        if (i + 1 < list->count)
            EMIT(init_y2, lower_arg(l, &y[i]), lower_arg(l, &y[i + 1]));
        else
            EMIT(init_y, lower_arg(l, &y[i]));
    }
}

// ---- selections
// -------------------------------------------------------------------------------------------

typedef struct Choice {
    Term value;
    uint32_t label;
} Choice;

static int compare_choices(const void *a, const void *b) {
    Term x = ((const Choice *)a)->value, y = ((const Choice *)b)->value;
    return x < y ? -1 : x > y;
}

/** A table by value minus minimum, where small integers lie close together. */
static bool lower_select_range(Lowering *l, Arg s, const Operand *fail, const Choice *c,
                               uint32_t count) {
    ASSERT(fail->kind == OPERAND_LABEL);
    if (count < 3) return false;
    int64_t low = INT64_MAX, high = INT64_MIN;
    for (uint32_t i = 0; i < count; i++) {
        if (!term_is_small(c[i].value)) return false;
        low = MIN(low, term_small(c[i].value));
        high = MAX(high, term_small(c[i].value));
    }
    uint64_t range = (uint64_t)(high - low) + 1;
    ASSERT(low <= high && range > 0);
    if (range > (uint64_t)count * 4 + 8) return false;
    EMIT(select_range, s, lower_arg_label(l, fail), arg_word((Word)low), arg_word(range));
    for (uint64_t v = 0; v < range; v++) {
        uint32_t label = (uint32_t)fail->value;
        for (uint32_t i = 0; i < count; i++)
            if (term_small(c[i].value) == low + (int64_t)v) label = c[i].label;
        lower_label_word(l, label);
    }
    return true;
}

static void lower_select_val(Lowering *l, const Operand *o) {
    if (o[2].kind != OPERAND_LIST || o[1].kind != OPERAND_LABEL) {
        lower_fail(l, "select_val without its list");
        return;
    }
    const Operand *pairs = l->in->operands + o[2].value;
    uint32_t count = o[2].count / 2;
    Arg s = lower_arg(l, &o[0]);
    Choice *c = mem_alloc((count + 1) * sizeof(Choice));
    bool immediate = true;
    for (uint32_t i = 0; i < count; i++) {
        if (pairs[2 * i].kind != OPERAND_CONST || pairs[2 * i + 1].kind != OPERAND_LABEL)
            lower_fail(l, "select_val");
        c[i] = (Choice){pairs[2 * i].value, (uint32_t)pairs[2 * i + 1].value};
        immediate = immediate && term_is_word_exact(c[i].value);
    }
    if (l->error == NULL && !immediate) {
        for (uint32_t i = 0; i < count; i++)
            EMIT(is_ne_exact, (Arg){'j', c[i].label}, s, arg_term(c[i].value));
        EMIT(jump, lower_arg_label(l, &o[1]));
    } else if (l->error == NULL && !lower_select_range(l, s, &o[1], c, count)) {
        if (count > 8) {
            qsort(c, count, sizeof *c, compare_choices);
            EMIT(select, s, lower_arg_label(l, &o[1]), arg_word(count));
        } else {
            EMIT(select_few, s, lower_arg_label(l, &o[1]), arg_word(count));
        }
        for (uint32_t i = 0; i < count; i++) lower_word(l, c[i].value);
        for (uint32_t i = 0; i < count; i++) lower_label_word(l, c[i].label);
    }
    mem_free(c);
}

static void lower_select_arity(Lowering *l, const Operand *o) {
    if (o[2].kind != OPERAND_LIST) {
        lower_fail(l, "select_tuple_arity without its list");
        return;
    }
    const Operand *pairs = l->in->operands + o[2].value;
    uint32_t count = o[2].count / 2;
    EMIT(select_arity, lower_arg(l, &o[0]), lower_arg_label(l, &o[1]), arg_word(count));
    for (uint32_t i = 0; i < count; i++) lower_word(l, header_tuple(lower_uint(l, &pairs[2 * i])));
    for (uint32_t i = 0; i < count; i++) lower_label_word(l, (uint32_t)pairs[2 * i + 1].value);
}

// ---- tests
// ------------------------------------------------------------------------------------------------

static void lower_equality(Lowering *l, const GenericOp *g, const Operand *o) {
    Arg f = lower_arg_label(l, &o[0]), a = lower_arg(l, &o[1]), b = lower_arg(l, &o[2]);
    bool equal = g->opcode == G_is_eq_exact;
    if (a.kind == 'c' && b.kind != 'c') {
        Arg t = a;
        a = b;
        b = t;
    }
    if (b.kind == 'c' && term_is_word_exact(b.word) && a.kind != 'c') {
        if (equal)
            EMIT(is_eq_immediate, f, a, b);
        else
            EMIT(is_ne_immediate, f, a, b);
    } else if (equal) {
        EMIT(is_eq_exact, f, a, b);
    } else {
        EMIT(is_ne_exact, f, a, b);
    }
}

static void lower_test_arity(Lowering *l, const GenericOp *g, const Operand *o) {
    Arg f = lower_arg_label(l, &o[0]), s = lower_arg(l, &o[1]);
    Arg header = arg_word(header_tuple(lower_uint(l, &o[2])));
    if (g->flags & GENERIC_CHECK)
        EMIT(is_tuple_of, f, s, header); // a tuple only to who compiled it
    else
        EMIT(test_arity, f, s, header);
}

static uint32_t lower_is_tuple(Lowering *l, const Operand *o) {
    const GenericOp *next = lower_peek(l, 1);
    const Operand *n = next != NULL ? lower_operands(l, next) : NULL;
    if (next != NULL && next->opcode == G_test_arity && operand_same(&n[0], &o[0]) &&
        operand_same(&n[1], &o[1])) {
        EMIT(is_tuple_of, lower_arg_label(l, &o[0]), lower_arg(l, &o[1]),
             arg_word(header_tuple(lower_uint(l, &n[2]))));
        return 1;
    }
    EMIT(is_tuple, lower_arg_label(l, &o[0]), lower_arg(l, &o[1]));
    return 0;
}

static uint32_t lower_is_nonempty_list(Lowering *l, const Operand *o) {
    const GenericOp *next = lower_peek(l, 1);
    const Operand *n = next != NULL ? lower_operands(l, next) : NULL;
    if (next != NULL && next->opcode == G_get_list && next->flags == 0 &&
        operand_same(&n[0], &o[1])) {
        EMIT(nonempty_get_list, lower_arg_label(l, &o[0]), lower_arg(l, &o[1]), lower_arg(l, &n[1]),
             lower_arg(l, &n[2]));
        return 1;
    }
    EMIT(is_nonempty_list, lower_arg_label(l, &o[0]), lower_arg(l, &o[1]));
    return 0;
}

// ---- tuples, maps, funs
// -----------------------------------------------------------------------------------

static uint32_t lower_get_tuple_element(Lowering *l, const Operand *o) {
    const GenericOp *next = lower_peek(l, 1);
    const Operand *n = next != NULL ? lower_operands(l, next) : NULL;
    Arg position = arg_word((lower_uint(l, &o[1]) + 1) * sizeof(Term));
    if (next != NULL && next->opcode == G_get_tuple_element && next->flags == 0 &&
        operand_same(&n[0], &o[0]) && n[1].value == o[1].value + 1 && !operand_same(&o[2], &o[0])) {
        EMIT(get_tuple_element2, lower_arg(l, &o[0]), position, lower_arg(l, &o[2]),
             lower_arg(l, &n[2]));
        return 1;
    }
    EMIT(get_tuple_element, lower_arg(l, &o[0]), position, lower_arg(l, &o[2]));
    return 0;
}

static void lower_any_list(Lowering *l, const Operand *list) {
    ASSERT(list->kind == OPERAND_LIST); // LOWER-1
    for (uint32_t i = 0; i < list->count; i++) lower_any_word(l, &l->in->operands[list->value + i]);
}

static void lower_put_tuple(Lowering *l, const Operand *o) {
    ASSERT(o[1].kind == OPERAND_LIST); // LOWER-1
    const Operand *v = l->in->operands + o[1].value;
    Arg d = lower_arg(l, &o[0]);
    if (o[1].count == 2 && d.kind == 'x') {
        EMIT(put_tuple_2, d, lower_arg(l, &v[0]), lower_arg(l, &v[1]));
        return;
    }
    EMIT(put_tuple, d, arg_word(o[1].count));
    lower_any_list(l, &o[1]);
}

static void lower_update_record(Lowering *l, const Operand *o) {
    ASSERT(o[4].kind == OPERAND_LIST); // LOWER-1
    uint32_t count = o[4].count / 2;
    EMIT(update_record, arg_word(0), arg_word(lower_uint(l, &o[1])), lower_arg(l, &o[2]),
         lower_arg(l, &o[3]), arg_word(count));
    for (uint32_t i = 0; i < count; i++) {
        const Operand *u = l->in->operands + o[4].value + 2 * i;
        if (u[0].kind == OPERAND_CONST)
            lower_word(l, (Word)term_small(u[0].value));
        else
            lower_word(l, lower_uint(l, &u[0]));
        lower_any_word(l, &u[1]);
    }
}

static void lower_get_map_elements(Lowering *l, const Operand *o) {
    ASSERT(o[2].kind == OPERAND_LIST); // LOWER-1
    const Operand *v = l->in->operands + o[2].value;
    if (o[2].count == 2) {
        EMIT(get_map_element, lower_arg_label(l, &o[0]), lower_arg(l, &o[1]), lower_arg(l, &v[0]),
             lower_arg(l, &v[1]));
        return;
    }
    EMIT(get_map_elements, lower_arg_label(l, &o[0]), lower_arg(l, &o[1]),
         arg_word(o[2].count / 2));
    lower_any_list(l, &o[2]);
}

/** Keys and values of an update, in the order of keys: that decides which missing key is complained
 * of. */
static void lower_map_pairs(Lowering *l, const Operand *list) {
    ASSERT(list->kind == OPERAND_LIST); // LOWER-1
    const Operand *pairs = l->in->operands + list->value;
    uint32_t count = list->count / 2;
    uint32_t *order = mem_alloc((count + 1) * sizeof *order);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = i;
        while (at > 0 && pairs[2 * i].kind == OPERAND_CONST &&
               pairs[2 * order[at - 1]].kind == OPERAND_CONST &&
               term_compare_key(l->in->vm->atoms, pairs[2 * order[at - 1]].value,
                                pairs[2 * i].value) > 0) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    for (uint32_t i = 0; i < count; i++) {
        lower_any_word(l, &pairs[2 * order[i]]);
        lower_any_word(l, &pairs[2 * order[i] + 1]);
    }
    mem_free(order);
}

static void lower_make_fun(Lowering *l, const GenericOp *g, const Operand *o) {
    FunEntry *fun = lower_fun(l, &o[0]);
    if (fun == NULL) return;
    ASSERT(fun->free_count <= ARITY_MAX);
    if (g->opcode == G_make_fun3) {
        EMIT(make_fun, arg_pointer(fun), lower_arg(l, &o[1]), arg_word(o[2].count));
        lower_any_list(l, &o[2]);
        return;
    }
    EMIT(test_heap, arg_word(fun_words(fun->free_count)), arg_word(fun->free_count));
    EMIT(make_fun, arg_pointer(fun), (Arg){'x', 0}, arg_word(fun->free_count));
    for (uint32_t i = 0; i < fun->free_count; i++) lower_word(l, i * sizeof(Term));
}

// ---- built-ins in guards and expressions
// --------------------------------------------------------------------

typedef enum { SHAPE_ARITH, SHAPE_PLAIN2, SHAPE_RELATION, SHAPE_F1, SHAPE_F2 } Shape;
static const struct Known {
    Term function;
    uint8_t arity;
    uint8_t shape;
    uint16_t op; // SHAPE_RELATION: which
} known[] = {
    {am_plus, 2, SHAPE_ARITH, OP_plus},
    {am_minus, 2, SHAPE_ARITH, OP_minus},
    {am_times, 2, SHAPE_ARITH, OP_times},
    {am_div, 2, SHAPE_ARITH, OP_int_div},
    {am_rem, 2, SHAPE_ARITH, OP_rem},
    {am_divide, 2, SHAPE_ARITH, OP_divide},
    {am_band, 2, SHAPE_ARITH, OP_band},
    {am_bor, 2, SHAPE_ARITH, OP_bor},
    {am_bxor, 2, SHAPE_ARITH, OP_bxor},
    {am_bsl, 2, SHAPE_ARITH, OP_bsl},
    {am_bsr, 2, SHAPE_ARITH, OP_bsr},
    {am_eq_exact, 2, SHAPE_PLAIN2, OP_bif_eq_exact},
    {am_not_eq_exact, 2, SHAPE_PLAIN2, OP_bif_ne_exact},
    {am_lt, 2, SHAPE_RELATION, RELATION_LT},
    {am_gt, 2, SHAPE_RELATION, RELATION_GT},
    {am_le, 2, SHAPE_RELATION, RELATION_LE},
    {am_ge, 2, SHAPE_RELATION, RELATION_GE},
    {am_eq, 2, SHAPE_RELATION, RELATION_EQ},
    {am_not_eq, 2, SHAPE_RELATION, RELATION_NE},
    {am_hd, 1, SHAPE_F1, OP_hd},
    {am_tl, 1, SHAPE_F1, OP_tl},
    {am_tuple_size, 1, SHAPE_F1, OP_tuple_size},
    {am_element, 2, SHAPE_F2, OP_element},
    {am_map_get, 2, SHAPE_F2, OP_map_get},
    {am_is_map_key, 2, SHAPE_F2, OP_is_map_key},
};

static const struct Known *find_known(const Export *ex) {
    if (ex->module != am_erlang) return NULL;
    for (size_t i = 0; i < ARRAY_COUNT(known); i++)
        if (known[i].function == ex->function && known[i].arity == ex->arity) return &known[i];
    return NULL;
}

/** In a body, adding or subtracting a small constant is an instruction of its own. */
static bool lower_increment(Lowering *l, const struct Known *k, Arg f, Arg live, Arg a, Arg b,
                            Arg d) {
    if (f.word != 0 || (k->op != OP_plus && k->op != OP_minus)) return false;
    if (k->op == OP_plus && a.kind == 'c') {
        Arg t = a;
        a = b;
        b = t;
    }
    if (a.kind == 'c' || b.kind != 'c' || !term_is_small(b.word)) return false;
    // as OTP does it, whose small integers have 60 bits, and which subtracts no negative one so
    int64_t constant = term_small(b.word), limit = (int64_t)1 << 59;
    if (constant >= limit || constant < (k->op == OP_plus ? -limit : 0)) return false;
    int64_t delta = k->op == OP_plus ? term_small(b.word) : -term_small(b.word);
    EMIT(increment, live, a, arg_word((Word)delta << 2), d);
    return true;
}

static void lower_bif(Lowering *l, Arg f, Arg live, Export *ex, const Operand *args,
                      const Operand *dst) {
    const struct Known *k = find_known(ex);
    Arg d = lower_arg(l, dst), p = arg_pointer(ex);
    Arg a = ex->arity > 0 ? lower_arg(l, &args[0]) : d,
        b = ex->arity > 1 ? lower_arg(l, &args[1]) : d;
    if (k != NULL) {
        switch ((Shape)k->shape) {
        case SHAPE_ARITH:
            if (!lower_increment(l, k, f, live, a, b, d))
                lower_emit(l, (OpCode)k->op, 6, (Arg[]){f, live, p, a, b, d});
            break;
        case SHAPE_PLAIN2: lower_emit(l, (OpCode)k->op, 3, (Arg[]){a, b, d}); break;
        case SHAPE_RELATION: EMIT(bif_compare, arg_word(k->op), a, b, d); break;
        case SHAPE_F1: lower_emit(l, (OpCode)k->op, 4, (Arg[]){f, p, a, d}); break;
        case SHAPE_F2: lower_emit(l, (OpCode)k->op, 5, (Arg[]){f, p, a, b, d}); break;
        }
        return;
    }
    if (ex->module == am_erlang && ex->function == am_self && ex->arity == 0) {
        EMIT(self, d);
    } else if (ex->bif == NULL) {
        EMIT(error_atom, arg_term(am_undef));
    } else if (ex->arity == 0) {
        EMIT(guard_bif0, p, d);
    } else if (ex->arity == 1) {
        EMIT(guard_bif1, f, live, p, a, d);
    } else if (ex->arity == 2) {
        EMIT(guard_bif2, f, live, p, a, b, d);
    } else {
        EMIT(guard_bif3, f, live, p, lower_arg_any(l, &args[0]), lower_arg_any(l, &args[1]),
             lower_arg_any(l, &args[2]), d);
    }
}

static void lower_any_bif(Lowering *l, const GenericOp *g, const Operand *o) {
    bool gc = g->opcode == G_gc_bif1 || g->opcode == G_gc_bif2 || g->opcode == G_gc_bif3;
    uint32_t import = g->opcode == G_bif0 ? 0 : gc ? 2 : 1;
    Export *ex = lower_import(l, &o[import]);
    if (ex == NULL) return;
    if (ex->arity + import + 2 != g->count) {
        lower_fail(l, "built-in of another arity");
        return;
    }
    Arg f = g->opcode == G_bif0 ? (Arg){'j', 0} : lower_arg_label(l, &o[0]);
    Arg live = arg_word(gc ? lower_uint(l, &o[1]) : X_REG_COUNT);
    lower_bif(l, f, live, ex, &o[import + 1], &o[g->count - 1]);
}

static void lower_fmove(Lowering *l, const Operand *o) {
    Arg s = lower_arg(l, &o[0]), d = lower_arg(l, &o[1]);
    if (s.kind == 'f' && d.kind == 'f')
        EMIT(fmove, s, d);
    else if (s.kind == 'f')
        EMIT(fstore, s, d);
    else
        EMIT(fload, s, d);
}

// ---- dispatch
// ---------------------------------------------------------------------------------------------

static void lower_map(Lowering *l, const GenericOp *g, const Operand *o) {
    switch (g->opcode) {
    case G_put_map_assoc:
        EMIT(put_map_assoc, lower_arg(l, &o[1]), lower_arg(l, &o[2]),
             arg_word(lower_uint(l, &o[3])), arg_word(o[4].count / 2));
        lower_map_pairs(l, &o[4]);
        break;
    case G_put_map_exact:
        EMIT(put_map_exact, lower_arg_label(l, &o[0]), lower_arg(l, &o[1]), lower_arg(l, &o[2]),
             arg_word(lower_uint(l, &o[3])), arg_word(o[4].count / 2));
        lower_map_pairs(l, &o[4]);
        break;
    case G_has_map_fields:
        EMIT(has_map_fields, lower_arg_label(l, &o[0]), lower_arg(l, &o[1]), arg_word(o[2].count));
        lower_any_list(l, &o[2]);
        break;
    default: ASSERT(g->opcode == G_get_map_elements); lower_get_map_elements(l, o);
    }
}

/** Instructions that never take in others. */
static bool lower_single(Lowering *l, const GenericOp *g, const Operand *o) {
    switch (g->opcode) {
    case G_call:
    case G_call_last:
    case G_call_only:
    case G_call_ext:
    case G_call_ext_last:
    case G_call_ext_only: return lower_call(l, g, o), true;
    case G_bif0:
    case G_bif1:
    case G_bif2:
    case G_gc_bif1:
    case G_gc_bif2:
    case G_gc_bif3: return lower_any_bif(l, g, o), true;
    case G_allocate:
    case G_allocate_heap:
    case G_allocate_zero:
    case G_allocate_heap_zero: return lower_allocate(l, g, o), true;
    case G_trim: return EMIT(deallocate, arg_frame(l, &o[0])), true;
    case G_init_yregs: return lower_init_yregs(l, &o[0]), true;
    case G_is_eq_exact:
    case G_is_ne_exact: return lower_equality(l, g, o), true;
    case G_test_arity: return lower_test_arity(l, g, o), true;
    case G_is_tagged_tuple:
        return EMIT(is_tagged_tuple, lower_arg_label(l, &o[0]), lower_arg(l, &o[1]),
                    arg_word(header_tuple(lower_uint(l, &o[2]))), lower_arg(l, &o[3])),
               true;
    case G_select_val: return lower_select_val(l, o), true;
    case G_select_tuple_arity: return lower_select_arity(l, o), true;
    case G_set_tuple_element:
        return EMIT(set_tuple_element, lower_arg(l, &o[0]), lower_arg(l, &o[1]),
                    arg_word((lower_uint(l, &o[2]) + 1) * sizeof(Term))),
               true;
    case G_put_tuple2: return lower_put_tuple(l, o), true;
    case G_update_record: return lower_update_record(l, o), true;
    case G_make_fun2:
    case G_make_fun3: return lower_make_fun(l, g, o), true;
    case G_put_map_assoc:
    case G_put_map_exact:
    case G_has_map_fields:
    case G_get_map_elements: return lower_map(l, g, o), true;
    case G_fmove: return lower_fmove(l, o), true;
    case G_apply_last:
        return EMIT(apply_last, arg_word(lower_uint(l, &o[0])), arg_frame(l, &o[1])), true;
    case G_badmatch: return EMIT(error_tuple, arg_term(am_badmatch), lower_arg(l, &o[0])), true;
    case G_case_end: return EMIT(error_tuple, arg_term(am_case_clause), lower_arg(l, &o[0])), true;
    case G_try_case_end:
        return EMIT(error_tuple, arg_term(am_try_clause), lower_arg(l, &o[0])), true;
    case G_badrecord: return EMIT(error_tuple, arg_term(am_badrecord), lower_arg(l, &o[0])), true;
    case G_if_end: return EMIT(error_atom, arg_term(am_if_clause)), true;
    case G_on_load: return l->on_load = (uint32_t)l->functions[l->functions_count - 1] + 1, true;
    case G_nif_start: return true;
    case G_fclearerror:
    case G_fcheckerror:
    case G_executable_line:
    case G_recv_mark:
    case G_recv_set: return true;
    default: return lower_bits(l, g, o);
    }
}

static void lower_direct(Lowering *l, const struct Direct *d, const Operand *o) {
    ASSERT(strlen(d->picks) <= OP_OPERANDS_MAX && d->op < OP_COUNT);
    Arg args[OP_OPERANDS_MAX];
    size_t n = 0;
    for (const char *c = d->picks; *c; c++) args[n++] = lower_arg(l, &o[*c - '0']);
    ASSERT(n == strlen(d->picks));
    lower_emit(l, (OpCode)d->op, n, args);
}

static void lower_deallocate(Lowering *l, const Operand *o, uint32_t *more) {
    const GenericOp *next = lower_peek(l, 1);
    if (next != NULL && next->opcode == G_return) {
        EMIT(deallocate_return, arg_frame(l, &o[0]));
        *more = 1;
        return;
    }
    EMIT(deallocate, arg_frame(l, &o[0]));
}

/** What the validator could not prove, before an instruction that takes it for granted. */
static void lower_check(Lowering *l, const GenericOp *g, const Operand *o) {
    switch (g->opcode) {
    case G_get_list:
    case G_get_hd:
    case G_get_tl: EMIT(expect_cell, lower_arg(l, &o[0])); return;
    case G_get_tuple_element:
        EMIT(expect_tuple, lower_arg(l, &o[0]), arg_word(o[0].count), arg_word(TUPLE_SIZE_MAX));
        return;
    case G_set_tuple_element:
        EMIT(expect_tuple, lower_arg(l, &o[1]), arg_word(o[1].count), arg_word(TUPLE_SIZE_MAX));
        return;
    case G_update_record:
        EMIT(expect_tuple, lower_arg(l, &o[2]), arg_word(lower_uint(l, &o[1])),
             arg_word(lower_uint(l, &o[1])));
        return;
    case G_has_map_fields:
    case G_get_map_elements: EMIT(expect_map, lower_arg(l, &o[1])); return;
    case G_fmove: EMIT(expect_float, lower_arg(l, &o[0])); return;
    case G_try_case: EMIT0(expect_exception); return;
    case G_test_arity: return; // becomes another instruction
    default: lower_fail(l, "instruction without a test");
    }
}

/** Code that is reached when a call returns that should not. */
static void lower_stop(Lowering *l, uint32_t count) {
    ASSERT(l->at + count <= l->in->ops_count);
    for (uint32_t i = 0; i < count; i++)
        if (l->in->ops[l->at + i].flags & GENERIC_STOP) EMIT(error_atom, arg_term(am_badarg));
}

/** Where a native library's function may take the place of the one that begins here. */
static void lower_native_room(Lowering *l) {
    ASSERT(l->functions_count > 0);
    bool named = false; // nif_start may stand anywhere in the function
    const GenericOp *g;
    for (uint32_t i = 1; l->names_natives && (g = lower_peek(l, i)) != NULL; i++) {
        if (g->opcode == G_func_info) break;
        named = named || g->opcode == G_nif_start;
    }
    if (l->names_natives ? named : l->may_load_natives) EMIT(native_room, arg_pointer(NULL));
}

void lower_instruction(Lowering *l) {
    ASSERT(l->at < l->in->ops_count);
    const GenericOp *g = &l->in->ops[l->at];
    const Operand *o = lower_operands(l, g);
    uint32_t more = 0;
    if (UNLIKELY(g->flags & GENERIC_CHECK)) lower_check(l, g, o);
    if (g->opcode >= G_COUNT) {
        lower_fail(l, "unknown instruction");
    } else if (direct[g->opcode].used) {
        lower_direct(l, &direct[g->opcode], o);
    } else {
        switch (g->opcode) {
        case G_label:
            // A label that loops lead to must not be where a breakpoint goes.
            if (l->entry_seen && l->count == l->functions[l->functions_count - 1]) EMIT0(no_op);
            l->entry_seen = l->functions_count > 0;
            l->labels[o[0].value] = (uint32_t)l->count + 1;
            if (l->builtin != NULL)
                EMIT(builtin_body, arg_pointer(l->builtin));
            else if (l->entry_new)
                lower_native_room(l);
            l->builtin = NULL;
            l->entry_new = false;
            break;
        case G_move: more = lower_move(l, o); break;
        case G_call_fun:
            more = lower_call_fun(l, (Arg){'x', lower_uint(l, &o[0]) * sizeof(Term)},
                                  lower_uint(l, &o[0]));
            break;
        case G_call_fun2:
            more = lower_call_fun(l, lower_arg(l, &o[2]), lower_uint(l, &o[1]));
            break;
        case G_deallocate: lower_deallocate(l, o, &more); break;
        case G_is_tuple: more = lower_is_tuple(l, o); break;
        case G_is_nonempty_list: more = lower_is_nonempty_list(l, o); break;
        case G_get_tuple_element: more = lower_get_tuple_element(l, o); break;
        default:
            if (!lower_single(l, g, o)) lower_fail(l, "unknown instruction");
        }
    }
    lower_stop(l, 1 + more);
    l->at += 1 + more;
}
