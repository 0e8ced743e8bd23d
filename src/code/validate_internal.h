// SPDX-License-Identifier: Apache-2.0
//
// validate_internal.h - how code from outside is proven harmless: what the parts of the validator
// share (validate.c: states and the walk; validate_ops.c: a rule for each instruction;
// validate_bits.c: those of the bit syntax).
//
// Each function is walked with an abstract state: for every register, what may be in it. At a
// label the states of all that lead there are joined; where a jump leads back and the join says
// less than what was walked with, the function is walked again, until nothing changes. What is
// proven of code that passes:
//
// VAL-1: a register is read only when a term was written to it on every way there, and what a
//        collection takes for live was. Slots of a frame that something may see before they were
//        written are cleared by their allocate (GENERIC_CLEAR).
// VAL-2: frames fit: what calls stands in a frame; what returns or calls last has left it.
// VAL-3: what is built without a reserve of its own fits in what the last reserve made room for.
// VAL-4: an instruction that takes a cell, tuple, map or float for granted gets one. Where only the
//        compiler knew (types of local functions' arguments and results are not in the file) it is
//        marked GENERIC_CHECK: the lowering puts a test before it, which raises badarg.
// VAL-5: match contexts and catch marks stay with the instructions that are made
//        for them: no built-in, message or other data ever sees one. Contexts go to local functions
//        as arguments; such a function is walked again with that argument being one, perhaps.
// VAL-6: control never leaves a function but by a call or a return, and goes round in it only by
//        instructions of receive, which spend reductions.
//
// All state belongs to one call of code_ops_validate.
#ifndef MICA_CODE_VALIDATE_INTERNAL_H
#define MICA_CODE_VALIDATE_INTERNAL_H

#include "code/genop.h"
#include "code/validate.h"

// What may be in a register: a set of these, 0: nothing was written. The high bits: for KIND_TUPLE
// the least number of elements; for KIND_CATCH the handler's label.
#define KIND_CONS 0x001u
#define KIND_NIL 0x002u
#define KIND_TUPLE 0x004u
#define KIND_MAP 0x008u
#define KIND_FLOAT 0x010u
#define KIND_BITS 0x020u
#define KIND_OTHER 0x040u
#define KIND_CONTEXT 0x080u // a match context
#define KIND_HOLE 0x200u    // no term: x0 in a handler
#define KIND_CATCH 0x400u   // a catch mark
#define KIND_SEEN 0x800u    // a tuple that is not known to be the newest thing on the heap
#define KIND_MASK 0xfffu
#define KIND_NUMBER_SHIFT 12
#define KIND_NUMBER_MAX (UINT32_MAX >> KIND_NUMBER_SHIFT)
#define KIND_ANY                                                                                   \
    (KIND_CONS | KIND_NIL | KIND_TUPLE | KIND_SEEN | KIND_MAP | KIND_FLOAT | KIND_BITS | KIND_OTHER)
#define KIND_SPECIAL (KIND_CONTEXT | KIND_HOLE | KIND_CATCH)

typedef uint32_t Kind;

static ALWAYS_INLINE Kind kind_tuple(uint64_t least) {
    return KIND_TUPLE | KIND_SEEN | (Kind)MIN(least, KIND_NUMBER_MAX) << KIND_NUMBER_SHIFT;
}
static ALWAYS_INLINE uint32_t kind_number(Kind k) { return k >> KIND_NUMBER_SHIFT; }
static ALWAYS_INLINE bool kind_is_term(Kind k) { return k != 0 && (k & KIND_SPECIAL) == 0; }

#define FRAME_NONE (-1)
#define Y_REG_COUNT 1024

/** What is the same for the state that is walked with and the one kept for a label. */
typedef struct StateHead {
    uint32_t heap_words; // reserved and not yet used
    uint32_t allocate;   // the instruction that made the frame
    int16_t frame;       // Y registers, or FRAME_NONE
    uint16_t x_count;    // X registers from here on were not written
    uint16_t y_unwritten;
    uint16_t catches; // catch marks in the frame
    bool loose;       // it has at least that many Y registers: ways with different frames met
    bool building;    // between bs_init or bs_append and what may collect
    bool fresh;       // there may be a tuple without KIND_SEEN
} StateHead;

typedef struct LabelState {
    StateHead head;
    uint32_t kinds;   // index in Validator.kept: X registers, then the frame
    uint32_t walk;    // Validator.function_walk when it was kept: others count as not there
    uint32_t pass;    // in which it was walked through last
    uint32_t place;   // index of the label's instruction
    bool fallen_into; // by what stands before it
} LabelState;

typedef struct ValidFunction {
    uint32_t first, end; // its instructions: from its first label to the next one's
    uint32_t entry;      // label
    uint32_t arity;
    Term name;
    uint64_t contexts; // which of the first 64 arguments may be match contexts
    bool walked;
} ValidFunction;

typedef struct Validator {
    CodeOps *o;
    const BeamFile *f;
    const char *wrong;
    // the walk
    StateHead s;
    bool alive;           // can control get here?
    bool back;            // a jump back that spends no reductions was seen
    bool again;           // a jump back changed what was walked with
    bool raises;          // the state is on its way to its handler
    uint32_t raise_depth; // labels that became loose on such ways, one from the other
    uint32_t at, pass, function_walk;
    ValidFunction *function;
    Kind x[X_REG_COUNT], y[Y_REG_COUNT];
    // labels of the function that is walked
    LabelState *labels;
    Kind *kept;
    size_t kept_count, kept_capacity;
    // the module
    ValidFunction *functions;
    uint32_t functions_count;
    uint32_t *function_of_label; // index + 1 of the function that a label stands in
    bool changed;                // a function walked before gets contexts: walk it again
    uint8_t *import_kinds; // by import, which built-in of the table it is; 0: not looked up yet
    uint64_t heap_words_max;
} Validator;

typedef bool ValidRule(Validator *v, const GenericOp *g, const Operand *a);
extern ValidRule *const valid_rules[GENOP_COUNT];

// ---- states
// ----------------------------------------------------------------------------------------
bool valid_fail(Validator *v, const char *why);
/** The kind of a constant. */
Kind valid_constant(const Validator *v, const Operand *a);
/** All slots of the frame are written, if need be by its allocate. */
void valid_clear_frame(Validator *v);
/** What may be in a source; a slot that was not written is cleared first. 0: it was never written,
 * and v->wrong says so. */
static ALWAYS_INLINE Kind valid_kind(Validator *v, const Operand *a) {
    Kind k = 0;
    if (a->kind == OPERAND_X) {
        if (a->value < v->s.x_count) k = v->x[a->value];
    } else if (a->kind == OPERAND_CONST) {
        return valid_constant(v, a);
    } else if ((int64_t)a->value < v->s.frame) {
        if (v->y[a->value] == 0 && !v->s.loose) valid_clear_frame(v);
        k = v->y[a->value];
    }
    if (k == 0) valid_fail(v, "uninitialized register");
    return k;
}
/** A source that must be an ordinary term. */
static ALWAYS_INLINE bool valid_term(Validator *v, const Operand *a) {
    Kind k = valid_kind(v, a);
    return LIKELY(kind_is_term(k)) || valid_fail(v, "operand is no term");
}
bool valid_terms(Validator *v, const Operand *list, uint32_t count);
static ALWAYS_INLINE bool valid_put_x(Validator *v, uint64_t n, Kind k) {
    ASSERT(n < X_REG_COUNT); // READ-1
    if (v->s.x_count > 0 && (v->x[0] & KIND_HOLE) && n > 0 && n < 4)
        return valid_fail(v, "exception overwritten"); // x1 to x3 belong to the hole in x0
    while (v->s.x_count <= n) v->x[v->s.x_count++] = 0;
    v->x[n] = k;
    return true;
}
static ALWAYS_INLINE bool valid_put(Validator *v, const Operand *d, Kind k) {
    if (d->kind == OPERAND_X) return valid_put_x(v, d->value, k);
    ASSERT(d->kind == OPERAND_Y);
    if ((int64_t)d->value >= v->s.frame) return valid_fail(v, "no such slot in the frame");
    // Handlers of ways that met there have been told what the frame holds.
    if (v->s.loose) return valid_fail(v, "write into a frame of unknown size");
    Kind *y = &v->y[d->value];
    if (*y == 0) {
        ASSERT(v->s.y_unwritten > 0);
        v->s.y_unwritten--;
    }
    if (*y & KIND_CATCH) v->s.catches--;
    if (k & KIND_CATCH) v->s.catches++;
    *y = k;
    return true;
}
/** The register has turned out to hold only this: no write. */
void valid_refine(Validator *v, const Operand *a, Kind k);
/** Control may go to label with the present state. */
bool valid_jump(Validator *v, uint64_t label);
/** As valid_jump, for `j` operands: nothing to do for {f,0} but that it raises. */
bool valid_fail_to(Validator *v, const Operand *f);
/** The instruction may raise: what its handler finds. */
bool valid_raise(Validator *v);
/** A collection with X registers below live. */
bool valid_collect(Validator *v, uint64_t live);
/** What a collection or an unreserved builder leaves of reserve and freshness. */
void valid_spend_reserve(Validator *v);
bool valid_take_heap(Validator *v, uint64_t words);
/** A call, after which x0 is a term. Local: match contexts may be arguments. */
bool valid_call(Validator *v, uint64_t arity, ValidFunction *local);
bool valid_in_frame(Validator *v);
static inline bool valid_end(Validator *v) {
    v->alive = false;
    return true;
}
static inline void valid_mark(Validator *v, uint8_t flag) {
    DEBUG_ASSERT(v->at < v->o->ops_count);
    v->o->ops[v->at].flags |= flag;
}
static inline const Operand *valid_list(const Validator *v, const Operand *a) {
    ASSERT(a->kind == OPERAND_LIST);
    return v->o->operands + a->value;
}

// ---- rules of validate_bits.c
// ----------------------------------------------------------------------
ValidRule valid_bs_start_match3, valid_bs_start_match4, valid_bs_get_integer, valid_bs_get_float,
    valid_bs_get_binary, valid_bs_skip, valid_bs_context_test, valid_bs_get_tail,
    valid_bs_get_position, valid_bs_set_position, valid_bs_get_utf, valid_bs_match,
    valid_bs_create_bin, valid_bs_init, valid_bs_append, valid_bs_private_append,
    valid_bs_init_writable, valid_bs_put, valid_bs_put_utf, valid_bs_put_string, valid_bs_utf_size,
    valid_bs_add;

#endif
