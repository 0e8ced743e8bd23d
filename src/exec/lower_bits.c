// SPDX-License-Identifier: Apache-2.0
//
// lower_bits.c - the bit syntax: matching (bs_get_*, bs_match) and construction (bs_create_bin,
// bs_init and bs_put_*).
#include "exec/lower_internal.h"

#define FLAG_LITTLE 2u // as in .beam files
#define FLAG_SIGNED 4u
#define FLAG_NATIVE 16u

/** Native is little on what Mica runs on. */
static uint64_t lower_flags(uint64_t flags) {
    if (flags & FLAG_NATIVE) flags |= FLAG_LITTLE;
    return flags & (FLAG_LITTLE | FLAG_SIGNED);
}

static void lower_get_integer(Lowering *l, Arg f, Arg ctx, uint64_t live, const Operand *size,
                              uint64_t unit, uint64_t flags, Arg d) {
    flags = lower_flags(flags);
    if (size->kind == OPERAND_CONST && term_is_small(size->value) && term_small(size->value) > 0) {
        uint64_t n = (uint64_t)term_small(size->value);
        if (n <= 64 && unit <= 64 && n * unit <= 61 &&
            (flags == 0 || (n * unit == 8 && flags == FLAG_LITTLE))) {
            ASSERT(n * unit < SMALL_BITS); // so the result is small
            if (n * unit == 8)
                EMIT(bs_get_byte, f, ctx, d);
            else
                EMIT(bs_get_unsigned, f, ctx, arg_word(n * unit), d);
            return;
        }
    }
    EMIT(bs_get_integer, f, ctx, arg_word(live), lower_arg_any(l, size), arg_word(unit),
         arg_word(flags), d);
}

static bool operand_is_all(const Operand *o) {
    return o->kind == OPERAND_CONST && o->value == am_all;
}

/** The size of a binary: a constant `all` means all of it. */
static Arg binary_size(Lowering *l, const Operand *o) {
    return operand_is_all(o) ? (Arg){'a', EXEC_SIZE_ALL} : lower_arg_any(l, o);
}

static void lower_skip(Lowering *l, const Operand *o) {
    uint64_t unit = lower_uint(l, &o[3]);
    Arg f = lower_arg_label(l, &o[0]), ctx = lower_arg(l, &o[1]);
    if (operand_is_all(&o[2])) {
        EMIT(bs_skip_all, f, ctx, arg_word(unit ? unit : 1));
    } else if (o[2].kind == OPERAND_CONST && term_is_small(o[2].value) &&
               term_small(o[2].value) >= 0 && term_small(o[2].value) < 1 << 24) {
        EMIT(bs_skip_bits, f, ctx, arg_word((uint64_t)term_small(o[2].value) * unit));
    } else {
        EMIT(bs_skip, f, ctx, lower_arg_any(l, &o[2]), arg_word(unit));
    }
}

// ---- bs_match (OTP 26): a list of commands
// ----------------------------------------------------------------

static uint64_t flags_of_list(Lowering *l, Term list) {
    uint64_t flags = 0;
    for (; term_is_cell(list); list = term_tail(list)) {
        Term t = term_head(list);
        if (t == am_little || t == am_native)
            flags |= FLAG_LITTLE;
        else if (t == am_signed)
            flags |= FLAG_SIGNED;
    }
    return flags;
}

/** bs_match writes its sizes as untagged numbers where older instructions have integers. */
static Operand as_term(const Operand *o) {
    if (o->kind != OPERAND_UINT) return *o;
    return (Operand){.kind = OPERAND_CONST, .value = term_from_small((int64_t)o->value)};
}

/** The next bits as a number must be this one. */
static void lower_match_value(Lowering *l, Arg f, Arg ctx, const Operand *size,
                              const Operand *value) {
    Operand bits = as_term(size), v = as_term(value);
    if (bits.kind != OPERAND_CONST || v.kind != OPERAND_CONST) {
        lower_fail(l, "bs_match with an unknown value");
    } else if (term_is_small(v.value) && term_small(bits.value) > 0 &&
               term_small(bits.value) < SMALL_BITS) {
        EMIT(bs_match_value, f, ctx, arg_word((Word)term_small(bits.value)), arg_term(v.value));
    } else {
        Arg number = {'x', (S_CONST + OP_OPERANDS_MAX) * sizeof(Term)};
        EMIT(bs_get_integer, f, ctx, arg_word(X_REG_COUNT), lower_arg_any(l, &bits), arg_word(1),
             arg_word(0), number);
        EMIT(is_eq_exact, f, number, arg_term(v.value));
    }
}

static void lower_bs_match(Lowering *l, const Operand *o) {
    Arg f = lower_arg_label(l, &o[0]), ctx = lower_arg(l, &o[1]);
    ASSERT(o[2].kind == OPERAND_LIST); // LOWER-1
    const Operand *c = l->in->operands + o[2].value, *end = c + o[2].count;
    while (c < end && l->error == NULL) {
        Term command = c[0].kind == OPERAND_CONST ? c[0].value : TERM_NONE;
        size_t left = (size_t)(end - c);
        if (command == am_ensure_at_least && left >= 3) {
            EMIT(bs_ensure, f, ctx, arg_word(lower_uint(l, &c[1])),
                 arg_word(MAX(1, lower_uint(l, &c[2]))));
            c += 3;
        } else if (command == am_ensure_exactly && left >= 2) {
            EMIT(bs_test_tail, f, ctx, arg_word(lower_uint(l, &c[1])));
            c += 2;
        } else if (command == am_integer && left >= 6) {
            uint64_t flags =
                c[2].kind == OPERAND_CONST ? flags_of_list(l, c[2].value) : lower_uint(l, &c[2]);
            Operand size = as_term(&c[3]);
            lower_get_integer(l, f, ctx, lower_uint(l, &c[1]), &size, lower_uint(l, &c[4]), flags,
                              lower_arg(l, &c[5]));
            c += 6;
        } else if (command == am_binary && left >= 6) {
            Operand size = as_term(&c[3]);
            EMIT(bs_get_binary, f, ctx, arg_word(lower_uint(l, &c[1])), binary_size(l, &size),
                 arg_word(lower_uint(l, &c[4])), arg_word(0), lower_arg(l, &c[5]));
            c += 6;
        } else if (command == am_skip && left >= 2) {
            EMIT(bs_skip_bits, f, ctx, arg_word(lower_uint(l, &c[1])));
            c += 2;
        } else if (command == am_get_tail && left >= 4) {
            EMIT(bs_get_tail, ctx, lower_arg(l, &c[3]), arg_word(lower_uint(l, &c[1])));
            c += 4;
        } else if (command == am_eq_exact && left >= 4) {
            lower_match_value(l, f, ctx, &c[2], &c[3]);
            c += 4;
        } else {
            lower_fail(l, "bs_match with an unknown command");
        }
        ASSERT(c <= end || l->error != NULL);
    }
}

// ---- bs_create_bin: type, number, unit, flags, value, size for each segment
// --------------------------------

static const struct SegmentKind {
    Term name;
    uint8_t kind;
} segment_kinds[] = {
    {am_append, SEGMENT_APPEND}, {am_private_append, SEGMENT_APPEND}, {am_binary, SEGMENT_BINARY},
    {am_float, SEGMENT_FLOAT},   {am_integer, SEGMENT_INTEGER},       {am_string, SEGMENT_STRING},
    {am_utf8, SEGMENT_UTF8},     {am_utf16, SEGMENT_UTF16},           {am_utf32, SEGMENT_UTF32},
};

static void lower_segment(Lowering *l, const Operand *s) {
    Word kind = SEGMENT_COUNT;
    for (size_t i = 0; i < ARRAY_COUNT(segment_kinds); i++)
        if (s[0].kind == OPERAND_CONST && segment_kinds[i].name == s[0].value)
            kind = segment_kinds[i].kind;
    if (kind == SEGMENT_COUNT) {
        lower_fail(l, "bs_create_bin with an unknown segment");
        return;
    }
    ASSERT(kind < SEGMENT_COUNT && kind <= 0xff); // its eight bits of the word below
    uint64_t flags = s[3].kind == OPERAND_CONST ? flags_of_list(l, s[3].value)
                                                : lower_flags(lower_uint(l, &s[3]));
    uint64_t unit = lower_uint(l, &s[2]), number = lower_uint(l, &s[1]);
    lower_word(l, kind | (unit & 0xfff) << 8 | flags << 20 | number << 32);
    if (kind == SEGMENT_STRING) {
        if (s[5].kind != OPERAND_CONST || !term_is_small(s[5].value)) {
            lower_fail(l, "string without its size");
            return;
        }
        uint64_t bytes = (uint64_t)term_small(s[5].value);
        lower_word(l, (Word)(uintptr_t)lower_string(l, &s[4], bytes));
    } else {
        lower_any_word(l, &s[4]);
    }
    lower_word(l, binary_size(l, &s[5]).word);
}

static void lower_create_bin(Lowering *l, const Operand *o) {
    ASSERT(o[5].kind == OPERAND_LIST); // LOWER-1
    uint32_t count = o[5].count / 6;
    EMIT(bs_create_bin, lower_arg_label(l, &o[0]), arg_word(lower_uint(l, &o[1])),
         arg_word(lower_uint(l, &o[2])), arg_word(lower_uint(l, &o[3])), lower_arg(l, &o[4]),
         arg_word(count));
    for (uint32_t i = 0; i < count && l->error == NULL; i++)
        lower_segment(l, l->in->operands + o[5].value + 6 * i);
}

// ---- steps
// ------------------------------------------------------------------------------------------------

/** bs_init2 and bs_init_bits: the size may be an untagged number. */
static void lower_init(Lowering *l, const GenericOp *g, const Operand *o) {
    Arg size = o[1].kind == OPERAND_UINT ? (Arg){'a', term_from_small((int64_t)o[1].value)}
                                         : lower_arg_any(l, &o[1]);
    uint64_t unit = g->opcode == G_bs_init2 ? 8 : 1;
    EMIT(bs_init, lower_arg_label(l, &o[0]), size, arg_word(lower_uint(l, &o[2])),
         arg_word(lower_uint(l, &o[3])), arg_word(unit), lower_arg(l, &o[5]));
}

static void lower_start_match(Lowering *l, const GenericOp *g, const Operand *o) {
    Arg f = {'j', 0};
    if (o[0].kind == OPERAND_LABEL)
        f = lower_arg_label(l, &o[0]);
    else if (o[0].kind != OPERAND_CONST)
        lower_fail(l, "bs_start_match4's first operand");
    const Operand *live = g->opcode == G_bs_start_match4 ? &o[1] : &o[2];
    const Operand *s = g->opcode == G_bs_start_match4 ? &o[2] : &o[1];
    Arg from = lower_arg(l, s);
    uint64_t live_count = lower_uint(l, live);
    if (from.kind == 'x' && from.word >= live_count * sizeof(Term)) {
        // it is looked at again after a collection, which must not forget it
        EMIT(move, from, ((Arg){'x', live_count * sizeof(Term)}));
        from = (Arg){'x', live_count++ * sizeof(Term)};
    }
    EMIT(bs_start_match, f, from, arg_word(live_count), lower_arg(l, &o[3]));
}

static bool lower_construction(Lowering *l, const GenericOp *g, const Operand *o) {
    switch (g->opcode) {
    case G_bs_create_bin: return lower_create_bin(l, o), true;
    case G_bs_init2:
    case G_bs_init_bits: return lower_init(l, g, o), true;
    case G_bs_append:
        return EMIT(bs_append, lower_arg_label(l, &o[0]), lower_arg_any(l, &o[1]),
                    arg_word(lower_uint(l, &o[2])), arg_word(lower_uint(l, &o[3])),
                    arg_word(lower_uint(l, &o[4])), lower_arg_any(l, &o[5]), lower_arg(l, &o[7])),
               true;
    case G_bs_private_append:
        return EMIT(bs_private_append, lower_arg_label(l, &o[0]), lower_arg_any(l, &o[1]),
                    arg_word(lower_uint(l, &o[2])), lower_arg_any(l, &o[3]), lower_arg(l, &o[5])),
               true;
    case G_bs_init_writable: return EMIT0(bs_init_writable), true;
    case G_bs_put_integer:
        return EMIT(bs_put_integer, lower_arg_label(l, &o[0]), lower_arg_any(l, &o[1]),
                    arg_word(lower_uint(l, &o[2])), arg_word(lower_flags(lower_uint(l, &o[3]))),
                    lower_arg_any(l, &o[4])),
               true;
    case G_bs_put_float:
        return EMIT(bs_put_float, lower_arg_label(l, &o[0]), lower_arg_any(l, &o[1]),
                    arg_word(lower_uint(l, &o[2])), arg_word(lower_flags(lower_uint(l, &o[3]))),
                    lower_arg_any(l, &o[4])),
               true;
    case G_bs_put_binary:
        return EMIT(bs_put_binary, lower_arg_label(l, &o[0]), binary_size(l, &o[1]),
                    arg_word(lower_uint(l, &o[2])), arg_word(lower_flags(lower_uint(l, &o[3]))),
                    lower_arg_any(l, &o[4])),
               true;
    case G_bs_put_string: {
        uint64_t bytes = lower_uint(l, &o[0]);
        return EMIT(bs_put_string, arg_word(bytes), arg_pointer(lower_string(l, &o[1], bytes))),
               true;
    }
    case G_bs_put_utf8:
    case G_bs_put_utf16:
    case G_bs_put_utf32: {
        Word kind = g->opcode == G_bs_put_utf8 ? 8 : g->opcode == G_bs_put_utf16 ? 16 : 32;
        return EMIT(bs_put_utf, lower_arg_label(l, &o[0]), arg_word(kind),
                    arg_word(lower_flags(lower_uint(l, &o[1]))), lower_arg_any(l, &o[2])),
               true;
    }
    case G_bs_utf8_size:
    case G_bs_utf16_size:
        return EMIT(bs_utf_size, arg_word(g->opcode == G_bs_utf8_size ? 8 : 16),
                    lower_arg_any(l, &o[1]), lower_arg(l, &o[2])),
               true;
    case G_bs_add:
        return EMIT(bs_add, lower_arg_label(l, &o[0]), lower_arg_any(l, &o[1]),
                    lower_arg_any(l, &o[2]), arg_word(lower_uint(l, &o[3])), lower_arg(l, &o[4])),
               true;
    default: return false;
    }
}

static Word utf_kind(uint32_t opcode) {
    ASSERT(opcode >= G_bs_get_utf8 && opcode <= G_bs_skip_utf32);
    if (opcode <= G_bs_skip_utf8) return 8;
    return opcode <= G_bs_skip_utf16 ? 16 : 32;
}

bool lower_bits(Lowering *l, const GenericOp *g, const Operand *o) {
    switch (g->opcode) {
    case G_bs_start_match3:
    case G_bs_start_match4: return lower_start_match(l, g, o), true;
    case G_bs_get_integer2:
        lower_get_integer(l, lower_arg_label(l, &o[0]), lower_arg(l, &o[1]), lower_uint(l, &o[2]),
                          &o[3], lower_uint(l, &o[4]), lower_uint(l, &o[5]), lower_arg(l, &o[6]));
        return true;
    case G_bs_get_float2:
        return EMIT(bs_get_float, lower_arg_label(l, &o[0]), lower_arg(l, &o[1]),
                    arg_word(lower_uint(l, &o[2])), lower_arg_any(l, &o[3]),
                    arg_word(lower_uint(l, &o[4])), arg_word(lower_flags(lower_uint(l, &o[5]))),
                    lower_arg(l, &o[6])),
               true;
    case G_bs_get_binary2:
        return EMIT(bs_get_binary, lower_arg_label(l, &o[0]), lower_arg(l, &o[1]),
                    arg_word(lower_uint(l, &o[2])), binary_size(l, &o[3]),
                    arg_word(lower_uint(l, &o[4])), arg_word(0), lower_arg(l, &o[6])),
               true;
    case G_bs_skip_bits2: return lower_skip(l, o), true;
    case G_bs_test_tail2:
        return EMIT(bs_test_tail, lower_arg_label(l, &o[0]), lower_arg(l, &o[1]),
                    arg_word(lower_uint(l, &o[2]))),
               true;
    case G_bs_test_unit:
        return EMIT(bs_test_unit, lower_arg_label(l, &o[0]), lower_arg(l, &o[1]),
                    arg_word(MAX(1, lower_uint(l, &o[2])))),
               true;
    case G_bs_match_string: {
        uint64_t bits = lower_uint(l, &o[2]);
        return EMIT(bs_match_string, lower_arg_label(l, &o[0]), lower_arg(l, &o[1]), arg_word(bits),
                    arg_pointer(lower_string(l, &o[3], (bits + 7) / 8))),
               true;
    }
    case G_bs_get_tail:
        return EMIT(bs_get_tail, lower_arg(l, &o[0]), lower_arg(l, &o[1]),
                    arg_word(lower_uint(l, &o[2]))),
               true;
    case G_bs_get_position:
        return EMIT(bs_get_position, lower_arg(l, &o[0]), lower_arg(l, &o[1])), true;
    case G_bs_set_position:
        return EMIT(bs_set_position, lower_arg(l, &o[0]), lower_arg(l, &o[1])), true;
    case G_bs_get_utf8:
    case G_bs_get_utf16:
    case G_bs_get_utf32:
        return EMIT(bs_get_utf, lower_arg_label(l, &o[0]), lower_arg(l, &o[1]),
                    arg_word(utf_kind(g->opcode)), arg_word(lower_flags(lower_uint(l, &o[3]))),
                    lower_arg(l, &o[4])),
               true;
    case G_bs_skip_utf8:
    case G_bs_skip_utf16:
    case G_bs_skip_utf32:
        return EMIT(bs_skip_utf, lower_arg_label(l, &o[0]), lower_arg(l, &o[1]),
                    arg_word(utf_kind(g->opcode)), arg_word(lower_flags(lower_uint(l, &o[3])))),
               true;
    case G_bs_match: return lower_bs_match(l, o), true;
    default: return lower_construction(l, g, o);
    }
}
