// SPDX-License-Identifier: Apache-2.0
//
// lower_internal.h - what the parts of the lowering share: lower.c (the writer), lower_ops.c
// (instruction by instruction), lower_bits.c (bit syntax). One thread lowers one module; nothing
// here outlives lower_module().
#ifndef MICA_EXEC_LOWER_INTERNAL_H
#define MICA_EXEC_LOWER_INTERNAL_H

#include "exec/machine.h"

/** Numbers of the generic instructions (genop.tab). */
enum {
    G_label = 1,
    G_func_info = 2,
    G_int_code_end = 3,
    G_call = 4,
    G_call_last = 5,
    G_call_only = 6,
    G_call_ext = 7,
    G_call_ext_last = 8,
    G_bif0 = 9,
    G_bif1 = 10,
    G_bif2 = 11,
    G_allocate = 12,
    G_allocate_heap = 13,
    G_allocate_zero = 14,
    G_allocate_heap_zero = 15,
    G_test_heap = 16,
    G_init = 17,
    G_deallocate = 18,
    G_return = 19,
    G_send = 20,
    G_remove_message = 21,
    G_timeout = 22,
    G_loop_rec = 23,
    G_loop_rec_end = 24,
    G_wait = 25,
    G_wait_timeout = 26,
    G_is_lt = 39,
    G_is_ge = 40,
    G_is_eq = 41,
    G_is_ne = 42,
    G_is_eq_exact = 43,
    G_is_ne_exact = 44,
    G_is_integer = 45,
    G_is_float = 46,
    G_is_number = 47,
    G_is_atom = 48,
    G_is_pid = 49,
    G_is_reference = 50,
    G_is_port = 51,
    G_is_nil = 52,
    G_is_binary = 53,
    G_is_list = 55,
    G_is_nonempty_list = 56,
    G_is_tuple = 57,
    G_test_arity = 58,
    G_select_val = 59,
    G_select_tuple_arity = 60,
    G_jump = 61,
    G_catch = 62,
    G_catch_end = 63,
    G_move = 64,
    G_get_list = 65,
    G_get_tuple_element = 66,
    G_set_tuple_element = 67,
    G_put_list = 69,
    G_badmatch = 72,
    G_if_end = 73,
    G_case_end = 74,
    G_call_fun = 75,
    G_is_function = 77,
    G_call_ext_only = 78,
    G_bs_put_integer = 89,
    G_bs_put_binary = 90,
    G_bs_put_float = 91,
    G_bs_put_string = 92,
    G_fclearerror = 94,
    G_fcheckerror = 95,
    G_fmove = 96,
    G_fconv = 97,
    G_fadd = 98,
    G_fsub = 99,
    G_fmul = 100,
    G_fdiv = 101,
    G_fnegate = 102,
    G_make_fun2 = 103,
    G_try = 104,
    G_try_end = 105,
    G_try_case = 106,
    G_try_case_end = 107,
    G_raise = 108,
    G_bs_init2 = 109,
    G_bs_add = 111,
    G_apply = 112,
    G_apply_last = 113,
    G_is_boolean = 114,
    G_is_function2 = 115,
    G_bs_get_integer2 = 117,
    G_bs_get_float2 = 118,
    G_bs_get_binary2 = 119,
    G_bs_skip_bits2 = 120,
    G_bs_test_tail2 = 121,
    G_gc_bif1 = 124,
    G_gc_bif2 = 125,
    G_is_bitstr = 129,
    G_bs_test_unit = 131,
    G_bs_match_string = 132,
    G_bs_init_writable = 133,
    G_bs_append = 134,
    G_bs_private_append = 135,
    G_trim = 136,
    G_bs_init_bits = 137,
    G_bs_get_utf8 = 138,
    G_bs_skip_utf8 = 139,
    G_bs_get_utf16 = 140,
    G_bs_skip_utf16 = 141,
    G_bs_get_utf32 = 142,
    G_bs_skip_utf32 = 143,
    G_bs_utf8_size = 144,
    G_bs_put_utf8 = 145,
    G_bs_utf16_size = 146,
    G_bs_put_utf16 = 147,
    G_bs_put_utf32 = 148,
    G_on_load = 149,
    G_recv_mark = 150,
    G_recv_set = 151,
    G_gc_bif3 = 152,
    G_line = 153,
    G_put_map_assoc = 154,
    G_put_map_exact = 155,
    G_is_map = 156,
    G_has_map_fields = 157,
    G_get_map_elements = 158,
    G_is_tagged_tuple = 159,
    G_build_stacktrace = 160,
    G_raw_raise = 161,
    G_get_hd = 162,
    G_get_tl = 163,
    G_put_tuple2 = 164,
    G_bs_get_tail = 165,
    G_bs_start_match3 = 166,
    G_bs_get_position = 167,
    G_bs_set_position = 168,
    G_swap = 169,
    G_bs_start_match4 = 170,
    G_make_fun3 = 171,
    G_init_yregs = 172,
    G_recv_marker_bind = 173,
    G_recv_marker_clear = 174,
    G_recv_marker_reserve = 175,
    G_recv_marker_use = 176,
    G_bs_create_bin = 177,
    G_call_fun2 = 178,
    G_nif_start = 179,
    G_badrecord = 180,
    G_update_record = 181,
    G_bs_match = 182,
    G_executable_line = 183,
    G_COUNT = 192
};

/** An operand as a specialised instruction takes it: kind as in the .def files, word as it will
 * stand in the code. */
typedef struct Arg {
    char kind;
    Word word; // j: the label's number
} Arg;

typedef struct Fixup {
    uint32_t offset_words;
    uint32_t label;
} Fixup;

typedef struct Lowering {
    const LowerInput *in;
    Word *code;
    size_t count, capacity;
    Fixup *fixups;
    size_t fixups_count, fixups_capacity;
    uint32_t *labels; // offset in words + 1 of each label; 0: not seen
    LinePoint *lines;
    size_t lines_count, lines_capacity;
    uint32_t *functions;
    size_t functions_count, functions_capacity;
    uint32_t at;      // index of the generic instruction being lowered
    bool entry_seen;  // the label of the function that began has been
    bool entry_new;   // no label of the function that began has been
    Export *builtin;  // the function that begins is a built-in of this name
    uint32_t on_load; // entry offset + 1
    bool may_load_natives; // the module calls erlang:load_nif/2 …
    bool names_natives;    // … and says which functions it is for (-nifs)
    const char *error;
} Lowering;

void lower_fail(Lowering *l, const char *why);
void lower_word(Lowering *l, Word w);
void lower_label_word(Lowering *l, uint32_t label);
/** An element of a list, as exec_any() reads it. */
void lower_any_word(Lowering *l, const Operand *o);
Word lower_any(Lowering *l, const Operand *o);
/** Writes instruction op; constants where it wants a register go through a scratch register. */
void lower_emit(Lowering *l, OpCode op, size_t count, const Arg *args);
#define EMIT(op, ...)                                                                              \
    lower_emit(l, OP_##op, sizeof((Arg[]){__VA_ARGS__}) / sizeof(Arg), (Arg[]){__VA_ARGS__})
#define EMIT0(op) lower_emit(l, OP_##op, 0, NULL)
Arg lower_arg(Lowering *l, const Operand *o);
static inline Arg arg_word(Word w) { return (Arg){'u', w}; }
static inline Arg arg_pointer(const void *p) { return (Arg){'p', (Word)(uintptr_t)p}; }
static inline Arg arg_term(Term t) { return (Arg){'c', t}; }
Arg lower_arg_label(Lowering *l, const Operand *o);
Arg lower_arg_any(Lowering *l, const Operand *o);
uint64_t lower_uint(Lowering *l, const Operand *o);
Export *lower_import(Lowering *l, const Operand *o);
FunEntry *lower_fun(Lowering *l, const Operand *o);
const uint8_t *lower_string(Lowering *l, const Operand *o, uint64_t bytes);
/** From here on code is of the line that a line instruction's operand names. */
void lower_line(Lowering *l, const Operand *o);
/** The generic instruction n after the present one, or NULL. */
const GenericOp *lower_peek(const Lowering *l, uint32_t n);
static inline const Operand *lower_operands(const Lowering *l, const GenericOp *g) {
    return l->in->operands + g->first;
}
static inline bool operand_same(const Operand *a, const Operand *b) {
    return a->kind == b->kind && a->value == b->value;
}

/** Lowers the instruction at l->at and moves l->at past it and what was fused with it. */
void lower_instruction(Lowering *l);
/** Bit syntax; false when g is none of it. */
bool lower_bits(Lowering *l, const GenericOp *g, const Operand *o);

#endif
