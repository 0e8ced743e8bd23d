// SPDX-License-Identifier: Apache-2.0
//
// lower_read.c - decodes the compact operands of the Code chunk and checks them against
// opcodes.def.
//
// READ-1: an operand's kind is one of those that its letter allows; registers, labels, atoms,
// literals, imports, funs,
//         strings, and types named by it are there. A label is defined once; one that is jumped to
//         is defined.
// READ-2: the code is a run of functions: label, func_info, label, body; int_code_end stands at the
// end and nowhere else.
#include "code/lower_read.h"

#include "code/genop.h"

#include "term/number.h"

#include <stdio.h>

#define Y_REG_COUNT 1024
#define FLOAT_REG_COUNT 1024
#define SEGMENT_UNIT_MAX 4095u // what the lowered segment has room for
#define HEAP_NEED_WORDS_MAX ((int64_t)1 << 24)

static const char *const opcode_kinds[256] = {
#define OPCODE(number, name, kinds) [number] = kinds,
#include "code/opcodes.def"
#undef OPCODE
};

static const uint8_t opcode_counts[256] = {
#define OPCODE(number, name, kinds) [number] = sizeof kinds - 1,
#include "code/opcodes.def"
#undef OPCODE
};

static const char *const opcode_names[256] = {
#define OPCODE(number, name, kinds) [number] = #name,
#include "code/opcodes.def"
#undef OPCODE
};

typedef struct Decoder {
    BeamFile *f;
    CodeOps *o;
    BeamReader r;
    CodeComplaint *complaint;
    uint8_t *label_state; // LABEL_* by number
    const char *wrong;
    uint8_t opcode;       // of the instruction being read
    uint8_t *label_arity; // of entry labels
} Decoder;

#define LABEL_DEFINED 1u
#define LABEL_USED 2u
#define LABEL_ENTRY 4u // the label behind a func_info

static bool fail(Decoder *d, const char *what) {
    if (d->wrong == NULL) d->wrong = what;
    return false;
}

static uint32_t push_operands(CodeOps *o, uint32_t count) {
    if (count > o->operands_capacity - o->operands_count) {
        o->operands_capacity = (o->operands_capacity + count) * 2;
        o->operands = mem_realloc(o->operands, o->operands_capacity * sizeof(Operand));
    }
    uint32_t first = o->operands_count;
    o->operands_count += count;
    ASSERT(o->operands_count <= o->operands_capacity);
    return first;
}

static bool read_unsigned(Decoder *d, int64_t limit, int64_t *out) {
    BeamNumber n;
    if (!beam_read_number(&d->r, &n) || n.tag != TAG_U || n.value >= limit)
        return fail(d, "corrupt operand");
    *out = n.value;
    return true;
}

/** The operand at this place holds a literal's index (spare is set): noted for
 * code_ops_set_literals. */
static void note_literal(CodeOps *o, uint32_t place) {
    if (o->literal_operands_count == o->literal_operands_capacity) {
        o->literal_operands_capacity = o->literal_operands_capacity * 2 + 64;
        o->literal_operands =
            mem_realloc(o->literal_operands, o->literal_operands_capacity * sizeof(uint32_t));
    }
    ASSERT(place < o->operands_count && o->operands[place].kind == OPERAND_CONST);
    o->literal_operands[o->literal_operands_count++] = place;
}

/** A register's hint: an index into the types; OTP 27's table has another form and counts as "any
 * type". */
static bool read_type(Decoder *d, Operand *out) {
    ASSERT(out->kind == OPERAND_X || out->kind == OPERAND_Y);
    int64_t index;
    if (!read_unsigned(d, INT32_MAX, &index)) return false;
    if (d->f->types_count <= 1) return true;
    if (index >= d->f->types_count) return fail(d, "invalid type index");
    out->type = (uint16_t)MIN(index, UINT16_MAX);
    if (index > UINT16_MAX) out->type = 0;
    return true;
}

static bool read_heap_need(Decoder *d, Operand *out) {
    int64_t count, sum = 0;
    if (!read_unsigned(d, 4, &count)) return false;
    for (int64_t i = 0; i < count; i++) {
        static const int64_t words[] = {1, FLOAT_WORDS, FUN_ENV_OFFSET};
        int64_t kind, number;
        if (!read_unsigned(d, 3, &kind) || !read_unsigned(d, HEAP_NEED_WORDS_MAX, &number))
            return false;
        sum += words[kind] * number;
    }
    ASSERT(sum >= 0 && sum <= 3 * HEAP_NEED_WORDS_MAX * 3);
    *out = (Operand){.kind = OPERAND_UINT, .value = (uint64_t)sum};
    return true;
}

static bool set_literal(Operand *out, uint32_t index) {
    _Static_assert(sizeof(Operand) == 16, "operands are many: four to a cache line");
    *out = (Operand){.kind = OPERAND_CONST, .spare = 1, .value = index};
    return true;
}

static bool read_plain(Decoder *d, const BeamNumber *n, Operand *out) {
    uint64_t v = (uint64_t)n->value;
    switch (n->tag) {
    case TAG_U: *out = (Operand){.kind = OPERAND_UINT, .value = v}; return true;
    case TAG_H:
        *out = (Operand){.kind = OPERAND_CONST, .value = term_from_small((int64_t)v)};
        return true;
    case TAG_I:
        if (n->big_bytes_count != 0) {
            Term big =
                integer_from_bytes(&d->f->heap, n->big_bytes, n->big_bytes_count, true, true);
            if (big == TERM_NONE || big == NUMBER_TOO_BIG) return fail(d, "integer too big");
            return set_literal(out, beam_file_add_literal(d->f, big));
        }
        *out = (Operand){.kind = OPERAND_CONST, .value = term_from_small(n->value)};
        return true;
    case TAG_A:
        if (v >= d->f->atoms_count) return fail(d, "invalid atom index");
        *out = (Operand){.kind = OPERAND_CONST, .value = v == 0 ? TERM_NIL : d->f->atoms[v]};
        return true;
    case TAG_X:
        if (v >= X_REG_COUNT) return fail(d, "invalid x register");
        *out = (Operand){.kind = OPERAND_X, .value = v};
        return true;
    case TAG_Y:
        if (v >= Y_REG_COUNT) return fail(d, "invalid y register");
        *out = (Operand){.kind = OPERAND_Y, .value = v};
        return true;
    case TAG_F:
        if (v >= d->f->label_count) return fail(d, "invalid label");
        d->label_state[v] |= LABEL_USED;
        *out = (Operand){.kind = OPERAND_LABEL, .value = v};
        return true;
    default: return fail(d, "invalid operand tag");
    }
}

static bool read_operand(Decoder *d, Operand *out, bool in_list);

static NO_INLINE bool read_list(Decoder *d, Operand *out) {
    int64_t count;
    if (!read_unsigned(d, INT32_MAX, &count)) return false;
    if (count > d->r.end - d->r.at)
        return fail(d, "invalid list length"); // an operand takes at least a byte
    uint32_t first = push_operands(d->o, (uint32_t)count);
    *out = (Operand){.kind = OPERAND_LIST, .count = (uint32_t)count, .value = first};
    for (uint32_t i = 0; i < (uint32_t)count; i++) {
        Operand item;
        if (!read_operand(d, &item, true)) return false;
        d->o->operands[first + i] = item;
        if (item.spare != 0) note_literal(d->o, first + i);
    }
    return true;
}

static NO_INLINE bool read_extended(Decoder *d, int64_t which, Operand *out, bool in_list) {
    int64_t v;
    BeamNumber n;
    switch (which) {
    case 1:
        if (in_list) return fail(d, "list in a list");
        return read_list(d, out);
    case 2:
        if (!read_unsigned(d, FLOAT_REG_COUNT, &v)) return false;
        *out = (Operand){.kind = OPERAND_FLOAT, .value = (uint64_t)v};
        return true;
    case 3: return read_heap_need(d, out);
    case 4:
        if (!read_unsigned(d, INT32_MAX, &v)) return false;
        if (v >= d->f->file_literals_count) return fail(d, "invalid literal index");
        return set_literal(out, (uint32_t)v);
    case 5:
        if (!beam_read_number(&d->r, &n) || (n.tag != TAG_X && n.tag != TAG_Y))
            return fail(d, "corrupt typed register");
        return read_plain(d, &n, out) && read_type(d, out);
    default: return fail(d, "invalid extended tag");
    }
}

static ALWAYS_INLINE bool read_operand(Decoder *d, Operand *out, bool in_list) {
    BeamNumber n;
    if (!beam_read_number(&d->r, &n)) return fail(d, "corrupt operand");
    if (LIKELY(n.tag == TAG_X && n.value < X_REG_COUNT)) {
        *out = (Operand){.kind = OPERAND_X, .value = (uint64_t)n.value};
        return true;
    }
    return n.tag == TAG_Z ? read_extended(d, n.value, out, in_list) : read_plain(d, &n, out);
}

// ---- checks
// ----------------------------------------------------------------------------------------
static bool is_register(const Operand *a) { return a->kind == OPERAND_X || a->kind == OPERAND_Y; }

static bool is_source(const Operand *a) { return is_register(a) || a->kind == OPERAND_CONST; }

static bool is_atom(const Operand *a) {
    return a->kind == OPERAND_CONST && a->spare == 0 &&
           (term_is_atom(a->value) || term_is_nil(a->value));
}

static bool string_is_there(const Decoder *d, uint64_t offset, uint64_t bytes) {
    size_t there = d->f->chunk[CHUNK_STRINGS].count;
    return offset <= there && bytes <= there - offset;
}

static bool is_unsigned_below(const Operand *a, uint64_t limit) {
    return a->kind == OPERAND_UINT && a->value < limit;
}

static bool operand_fits(const Decoder *d, uint32_t op, char letter, const Operand *a) {
    switch (letter) {
    case 'u': return a->kind == OPERAND_UINT && a->value <= UINT32_MAX;
    case 'U': return a->kind == OPERAND_UINT;
    case 'v': return is_unsigned_below(a, X_REG_COUNT);
    case 'k': return is_unsigned_below(a, Y_REG_COUNT);
    case 'h': return is_unsigned_below(a, (uint64_t)HEAP_NEED_WORDS_MAX * 4);
    case 'f': return a->kind == OPERAND_LABEL && a->value != 0;
    case 'j': return a->kind == OPERAND_LABEL;
    case 's': return is_source(a);
    case 'd':
    case 'S': return is_register(a);
    case 'Y': return a->kind == OPERAND_Y;
    case 'R': return a->kind == OPERAND_FLOAT;
    case 'l': return a->kind == OPERAND_FLOAT || is_source(a);
    case 'a': return is_atom(a);
    case 'n': return a->kind == OPERAND_UINT || is_source(a);
    case 'm': return is_atom(a) || (a->kind == OPERAND_LABEL && a->value != 0);
    case 'L': return a->kind == OPERAND_LIST;
    case 'b':
    case 'e': return is_unsigned_below(a, d->f->imports_count);
    case 'F': return is_unsigned_below(a, d->f->funs_count);
    case 'G': return is_atom(a) || is_unsigned_below(a, d->f->funs_count);
    case 't':
        return a->kind == OPERAND_UINT && a[-1].value <= UINT32_MAX &&
               string_is_there(d, a->value,
                               op == GENOP_bs_match_string ? (a[-1].value + 7) / 8 : a[-1].value);
    default: UNREACHABLE();
    }
}

/** Pairs of a constant and a label. */
static bool list_is_select(const Operand *items, uint32_t count, bool arities) {
    if (count % 2 != 0) return false;
    for (uint32_t i = 0; i < count; i += 2) {
        bool known =
            arities ? is_unsigned_below(&items[i], TUPLE_SIZE_MAX) : items[i].kind == OPERAND_CONST;
        if (!known || items[i + 1].kind != OPERAND_LABEL || items[i + 1].value == 0) return false;
    }
    return true;
}

static bool list_is_of(const Operand *items, uint32_t count, bool (*is)(const Operand *)) {
    for (uint32_t i = 0; i < count; i++) {
        if (!is(&items[i])) return false;
    }
    return true;
}

/** Keys that are sources and places for their values. */
static bool list_is_gets(const Operand *items, uint32_t count) {
    if (count == 0 || count % 2 != 0) return false;
    for (uint32_t i = 0; i < count; i += 2) {
        if (!is_source(&items[i]) || !is_register(&items[i + 1])) return false;
    }
    return true;
}

static bool list_is_updates(const Operand *items, uint32_t count) {
    if (count % 2 != 0) return false;
    for (uint32_t i = 0; i < count; i += 2) {
        if (!is_unsigned_below(&items[i], TUPLE_SIZE_MAX) || items[i].value == 0 ||
            !is_source(&items[i + 1]))
            return false;
    }
    return true;
}

/** bs_create_bin: type, number, unit, flags, value, size; a string's value is its offset. */
static bool list_is_segments(const Decoder *d, const Operand *items, uint32_t count) {
    if (count % 6 != 0) return false;
    for (uint32_t i = 0; i < count; i += 6) {
        const Operand *s = items + i;
        if (!is_atom(&s[0]) || s[1].kind != OPERAND_UINT || s[2].kind != OPERAND_UINT) return false;
        if (s[2].value > SEGMENT_UNIT_MAX || !(is_source(&s[3]) || s[3].kind == OPERAND_UINT))
            return false;
        if (s[0].value == am_string) {
            if (s[4].kind != OPERAND_UINT || s[5].kind != OPERAND_CONST || s[5].spare != 0 ||
                !term_is_small(s[5].value)) {
                return false;
            }
            int64_t bytes = term_small(s[5].value);
            if (bytes < 0 || !string_is_there(d, s[4].value, (uint64_t)bytes)) return false;
        } else if (!is_source(&s[4]) || !is_source(&s[5])) {
            return false;
        }
    }
    return true;
}

static bool list_fits(const Decoder *d, uint32_t op, const Operand *a, const Operand *list) {
    ASSERT(list->kind == OPERAND_LIST && list->value + list->count <= d->o->operands_count);
    const Operand *items = d->o->operands + list->value;
    switch (op) {
    case GENOP_select_val: return list_is_select(items, list->count, false);
    case GENOP_select_tuple_arity: return list_is_select(items, list->count, true);
    case GENOP_put_map_assoc:
    case GENOP_put_map_exact:
        return list->count > 0 && list->count % 2 == 0 && list_is_of(items, list->count, is_source);
    case GENOP_has_map_fields: return list->count > 0 && list_is_of(items, list->count, is_source);
    case GENOP_get_map_elements: return list_is_gets(items, list->count);
    case GENOP_put_tuple2: return list_is_of(items, list->count, is_source);
    case GENOP_make_fun3:
        return list_is_of(items, list->count, is_source) &&
               list->count == d->f->funs[a[0].value].free_count;
    case GENOP_init_yregs:
        for (uint32_t i = 0; i < list->count; i++) {
            if (items[i].kind != OPERAND_Y) return false;
        }
        return true;
    case GENOP_bs_create_bin: return list_is_segments(d, items, list->count);
    case GENOP_update_record: return list_is_updates(items, list->count);
    case GENOP_bs_match:
        return true; // its commands differ in length: the lowering takes them apart
    default: return false;
    }
}

/** What kinds alone do not say. */
static bool op_fits(Decoder *d, uint32_t op, const Operand *a) {
    switch (op) {
    case GENOP_call_ext:
    case GENOP_call_ext_only:
    case GENOP_call_ext_last:
        return a[0].value == d->f->imports[a[1].value]->arity ||
               fail(d, "arity of an import differs");
    case GENOP_bif0:
        return d->f->imports[a[0].value]->arity == 0 || fail(d, "arity of an import differs");
    case GENOP_bif1:
        return d->f->imports[a[1].value]->arity == 1 || fail(d, "arity of an import differs");
    case GENOP_bif2:
        return d->f->imports[a[1].value]->arity == 2 || fail(d, "arity of an import differs");
    case GENOP_gc_bif1:
    case GENOP_gc_bif2:
    case GENOP_gc_bif3:
        return d->f->imports[a[2].value]->arity == (op == GENOP_gc_bif1   ? 1u
                                                    : op == GENOP_gc_bif2 ? 2u
                                                                          : 3u) ||
               fail(d, "arity of an import differs");
    case GENOP_func_info:
        return (term_is_atom(a[0].value) && a[0].value == d->f->module &&
                term_is_atom(a[1].value) && a[2].value <= ARITY_MAX) ||
               fail(d, "invalid func_info");
    case GENOP_line:
        return d->f->lines_count == 0 || a[0].value < d->f->lines_count ||
               fail(d, "invalid line index");
    case GENOP_trim: return true;
    case GENOP_label:
        if (a[0].value == 0 || a[0].value >= d->f->label_count)
            return fail(d, "invalid label number");
        if (d->label_state[a[0].value] & LABEL_DEFINED) return fail(d, "label defined twice");
        d->label_state[a[0].value] |= LABEL_DEFINED;
        return true;
    default: return true;
    }
}

static bool read_op(Decoder *d) {
    const uint8_t *opcode = beam_read_bytes(&d->r, 1);
    if (opcode == NULL) return fail(d, "unexpected end of code");
    d->opcode = *opcode;
    const char *kinds = opcode_kinds[*opcode];
    if (kinds == NULL)
        return fail(d, "please re-compile this module with an Erlang/OTP 25 compiler");
    CodeOps *o = d->o;
    if (o->ops_count == o->ops_capacity) {
        o->ops_capacity = o->ops_capacity * 2;
        o->ops = mem_realloc(o->ops, o->ops_capacity * sizeof(GenericOp));
    }
    uint32_t count = opcode_counts[*opcode];
    ASSERT(kinds[count] == '\0');
    uint32_t first = push_operands(o, count);
    GenericOp *g = &o->ops[o->ops_count];
    *g = (GenericOp){.opcode = *opcode, .count = (uint8_t)count, .first = first};
    for (uint32_t i = 0; i < count; i++) {
        Operand a;
        if (!read_operand(d, &a, false)) return false;
        o->operands[first + i] = a;
        if (a.spare != 0) note_literal(o, first + i);
        if (!operand_fits(d, *opcode, kinds[i], &o->operands[first + i]))
            return fail(d, "invalid operand");
        if (a.kind == OPERAND_LIST &&
            !list_fits(d, *opcode, &o->operands[first], &o->operands[first + i])) {
            return fail(d, "invalid operand list");
        }
    }
    if (!op_fits(d, *opcode, &o->operands[first])) return false;
    o->ops_count++;
    return true;
}

/** READ-2, and the place of the entry labels. */
static bool read_all(Decoder *d) {
    CodeOps *o = d->o;
    uint32_t functions = 0;
    uint32_t last = 0, before = 0; // opcodes of the two instructions before
    for (;;) {
        if (!read_op(d)) return false;
        GenericOp *g = &o->ops[o->ops_count - 1];
        const Operand *a = &o->operands[g->first];
        if (g->opcode == GENOP_int_code_end) break;
        if (g->opcode == GENOP_func_info) {
            if (last != GENOP_label && !(last == GENOP_line && before == GENOP_label))
                return fail(d, "func_info without a label");
            functions++;
            d->complaint->function = a[1].value;
            d->complaint->arity = (uint32_t)a[2].value;
        } else if (last == GENOP_func_info) {
            if (g->opcode != GENOP_label) return fail(d, "function without an entry label");
            d->label_state[a[0].value] |= LABEL_ENTRY;
            d->label_arity[a[0].value] = (uint8_t)d->complaint->arity;
        } else if (functions == 0 && g->opcode != GENOP_label && g->opcode != GENOP_line) {
            return fail(d, "code outside a function");
        }
        before = last;
        last = g->opcode;
    }
    if (last == GENOP_func_info) return fail(d, "function without an entry label");
    ASSERT(o->ops_count > 0 && o->ops[o->ops_count - 1].opcode == GENOP_int_code_end); // READ-2
    d->complaint->function = TERM_NONE;
    if (functions != d->f->function_count) return fail(d, "wrong number of functions");
    return true;
}

static bool is_entry(const Decoder *d, uint64_t label, uint64_t arity) {
    ASSERT(label < d->f->label_count);
    return (d->label_state[label] & LABEL_ENTRY) && d->label_arity[label] == arity;
}

/** Labels that are used are there; calls, exports and funs lead to a function's entry, of the right
 * arity. */
static bool check_labels(Decoder *d) {
    for (uint32_t i = 1; i < d->f->label_count; i++) {
        if ((d->label_state[i] & (LABEL_USED | LABEL_DEFINED)) == LABEL_USED)
            return fail(d, "undefined label");
    }
    for (uint32_t i = 0; i < d->f->exports_count; i++) {
        if (!is_entry(d, d->f->exports[i].label, d->f->exports[i].arity))
            return fail(d, "export without a function");
    }
    for (uint32_t i = 0; i < d->f->funs_count; i++) {
        if (!is_entry(d, d->f->funs[i].label, d->f->funs[i].arity))
            return fail(d, "fun without a function");
    }
    for (uint32_t i = 0; i < d->o->ops_count; i++) {
        const GenericOp *g = &d->o->ops[i];
        if (g->opcode != GENOP_call && g->opcode != GENOP_call_last && g->opcode != GENOP_call_only)
            continue;
        const Operand *a = &d->o->operands[g->first];
        if (!is_entry(d, a[1].value, a[0].value)) return fail(d, "call of no function");
    }
    return true;
}

bool code_ops_read(CodeOps *o, BeamFile *f, CodeComplaint *complaint) {
    *complaint = (CodeComplaint){.function = TERM_NONE};
    *o = (CodeOps){.ops_capacity = (uint32_t)(f->code.count / 4 + 16),
                   .operands_capacity = (uint32_t)(f->code.count / 2 + 16)};
    o->ops = mem_alloc(o->ops_capacity * sizeof(GenericOp));
    o->operands = mem_alloc(o->operands_capacity * sizeof(Operand));
    Decoder d = {.f = f, .o = o, .r = beam_reader(f->code), .complaint = complaint};
    d.label_state = mem_zalloc(f->label_count + 1);
    d.label_arity = mem_zalloc(f->label_count + 1);
    bool ok = read_all(&d) && check_labels(&d);
    if (!ok) {
        ASSERT(d.wrong != NULL);
        const char *name = complaint->function != TERM_NONE ? opcode_names[d.opcode] : NULL;
        snprintf(complaint->text, sizeof complaint->text, "%s%s%s", name != NULL ? name : "",
                 name != NULL ? ": " : "", d.wrong);
    }
    mem_free(d.label_state);
    mem_free(d.label_arity);
    return ok;
}

void code_ops_set_literals(CodeOps *o, const Term *literals, uint32_t count) {
    for (uint32_t i = 0; i < o->literal_operands_count; i++) {
        Operand *a = &o->operands[o->literal_operands[i]];
        ASSERT(a->kind == OPERAND_CONST && a->spare != 0 && a->value < count);
        a->value = literals[a->value];
        a->spare = 0;
    }
}

const char *code_opcode_name(uint32_t opcode) {
    ASSERT(opcode < ARRAY_COUNT(opcode_names) && opcode_names[opcode] != NULL);
    return opcode_names[opcode];
}

void code_ops_free(CodeOps *o) {
    mem_free(o->ops);
    mem_free(o->operands);
    mem_free(o->literal_operands);
}
