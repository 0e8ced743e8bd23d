// SPDX-License-Identifier: Apache-2.0
//
// validate.c - the validator's states: reading and writing registers, joins at labels, handlers,
// collections and calls; and the walk over a module's functions. See validate_internal.h.
#include "code/validate_internal.h"

#include <stdio.h>
#include <stdlib.h>

#define PASSES_MAX 64u
#define RAISE_DEPTH_MAX 16u

bool valid_fail(Validator *v, const char *why) {
    if (v->wrong == NULL) v->wrong = why;
    return false;
}

// ---- kinds
// -----------------------------------------------------------------------------------------
static Kind kind_of_constant(Term t) {
    if (term_is_cell(t)) return KIND_CONS;
    if (term_is_nil(t)) return KIND_NIL;
    if (term_is_tuple(t)) return kind_tuple(tuple_arity(t));
    if (term_is_float(t)) return KIND_FLOAT;
    if (term_is_map(t)) return KIND_MAP;
    if (term_is_bitstring(t)) return KIND_BITS;
    return KIND_OTHER;
}

Kind valid_constant(const Validator *v, const Operand *a) {
    ASSERT(a->kind == OPERAND_CONST && (a->spare == 0 || a->value < v->f->literals_count));
    return kind_of_constant(a->spare != 0 ? v->f->literals[a->value] : a->value);
}

/** What a register may hold that holds one or the other; 0 also where catch marks differ. */
static Kind kind_join(Kind a, Kind b) {
    if (a == b) return a;
    if (a == 0 || b == 0 || ((a | b) & KIND_CATCH)) return 0;
    uint32_t number;
    if (a & b & KIND_TUPLE)
        number = MIN(kind_number(a), kind_number(b));
    else
        number = kind_number(a & KIND_TUPLE ? a : b);
    return ((a | b) & KIND_MASK) | number << KIND_NUMBER_SHIFT;
}

// ---- registers
// -------------------------------------------------------------------------------------

void valid_clear_frame(Validator *v) {
    ASSERT(v->s.frame >= 0 && !v->s.loose && v->s.allocate < v->o->ops_count);
    v->o->ops[v->s.allocate].flags |= GENERIC_CLEAR;
    for (int i = 0; i < v->s.frame; i++)
        if (v->y[i] == 0) v->y[i] = KIND_NIL;
    v->s.y_unwritten = 0;
}

bool valid_terms(Validator *v, const Operand *list, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (!valid_term(v, &list[i])) return false;
    return true;
}

void valid_refine(Validator *v, const Operand *a, Kind k) {
    if (a->kind == OPERAND_X && a->value < v->s.x_count) v->x[a->value] = k;
    if (a->kind == OPERAND_Y && (int64_t)a->value < v->s.frame) v->y[a->value] = k;
}

// ---- labels
// ----------------------------------------------------------------------------------------

/** Room for so many kinds behind those that are kept. */
static void keep_room(Validator *v, size_t count) {
    if (v->kept_count + count < v->kept_capacity) return;
    v->kept_capacity = (v->kept_count + count) * 2 + 256;
    v->kept = mem_realloc(v->kept, v->kept_capacity * sizeof(Kind));
}

/** memcpy that knows of nothing, where there may be no block at all. */
static void copy_kinds(Kind *to, const Kind *from, size_t count) {
    if (count > 0) memcpy(to, from, count * sizeof(Kind));
}

static void keep(Validator *v, LabelState *l) {
    size_t frame = v->s.frame > 0 ? (size_t)v->s.frame : 0;
    keep_room(v, v->s.x_count + frame);
    l->head = v->s;
    l->kinds = (uint32_t)v->kept_count;
    l->walk = v->function_walk;
    ASSERT(v->kept != NULL);
    copy_kinds(v->kept + v->kept_count, v->x, v->s.x_count);
    copy_kinds(v->kept + v->kept_count + v->s.x_count, v->y, frame);
    v->kept_count += v->s.x_count + frame;
}

/** The kinds kept from `at` on become joins with `with`; has anything changed? */
static bool join_kinds(Kind *at, const Kind *with, size_t count) {
    bool changed = false;
    for (size_t i = 0; i < count; i++) {
        if (at[i] == with[i]) continue;
        Kind k = kind_join(at[i], with[i]);
        changed = changed || k != at[i];
        at[i] = k;
    }
    return changed;
}

/** What was to be done for the frame kept at the label is done now; then it is loose. */
static bool loosen_label(Validator *v, LabelState *l) {
    if (v->raise_depth == RAISE_DEPTH_MAX) return valid_fail(v, "too many handlers in one place");
    StateHead head = v->s;
    bool raises = v->raises;
    Kind saved[Y_REG_COUNT];
    size_t frame = l->head.frame > 0 ? (size_t)l->head.frame : 0;
    size_t at = l->kinds + l->head.x_count;
    memcpy(saved, v->y, sizeof saved);
    v->s = l->head;
    memcpy(v->y, v->kept + at, frame * sizeof(Kind));
    if (v->s.y_unwritten > 0) valid_clear_frame(v);
    // the label is loose first: its handlers may lead back to it
    for (size_t i = 0; i < frame; i++) v->kept[at + i] = v->y[i] & KIND_CATCH ? 0 : v->y[i];
    l->head.frame = (int16_t)frame;
    l->head.y_unwritten = l->head.catches = 0;
    l->head.loose = true;
    v->raises = false;
    v->raise_depth++;
    bool ok = valid_raise(v);
    v->raise_depth--;
    v->raises = raises;
    memcpy(v->y, saved, sizeof saved);
    v->s = head;
    return ok;
}

/** Ways with different frames, or in different tries, meet: what follows can do little but raise.
 */
static bool join_loose(Validator *v, LabelState *l, bool *changed) {
    if (!l->head.loose) {
        *changed = true;
        if (!loosen_label(v, l)) return false;
    }
    // a state on its way to its handler is raising what it can raise
    if (!v->s.loose && !v->raises && !valid_raise(v)) return false;
    int16_t frame = MIN(l->head.frame, MAX(v->s.frame, 0));
    if (frame < l->head.frame) *changed = true;
    l->head.frame = frame;
    Kind *y = v->kept + l->kinds + l->head.x_count;
    for (int i = 0; i < frame; i++) {
        Kind k = v->y[i] & KIND_CATCH ? 0 : kind_join(y[i], v->y[i]);
        if (k != y[i]) *changed = true;
        y[i] = k;
    }
    return true;
}

static bool frames_agree(const Validator *v, const LabelState *l) {
    if (l->head.loose || v->s.loose || l->head.frame != v->s.frame) return false;
    const Kind *y = v->kept + l->kinds + l->head.x_count;
    if (l->head.catches == 0 && v->s.catches == 0) return true;
    for (int i = 0; i < v->s.frame; i++)
        if (((y[i] | v->y[i]) & KIND_CATCH) && y[i] != v->y[i]) return false;
    return true;
}

static bool join_frames(Validator *v, LabelState *l, bool *changed) {
    if (!frames_agree(v, l)) return join_loose(v, l, changed);
    if (v->s.frame <= 0) return true;
    Kind *y = v->kept + l->kinds + l->head.x_count;
    if (l->head.allocate != v->s.allocate) {
        if (l->head.y_unwritten > 0) v->o->ops[l->head.allocate].flags |= GENERIC_CLEAR;
        if (v->s.y_unwritten > 0) valid_clear_frame(v);
    }
    if (join_kinds(y, v->y, (size_t)v->s.frame)) {
        *changed = true;
        l->head.y_unwritten = 0;
        for (int i = 0; i < v->s.frame; i++) l->head.y_unwritten += y[i] == 0;
    }
    return true;
}

static bool join(Validator *v, LabelState *l) {
    bool changed = false;
    if (!join_frames(v, l, &changed)) return false;
    uint16_t x_count = MIN(l->head.x_count, v->s.x_count);
    Kind *x = v->kept + l->kinds;
    changed |= join_kinds(x, v->x, x_count);
    if (x_count < l->head.x_count) {
        size_t frame = l->head.frame > 0 ? (size_t)l->head.frame : 0;
        memmove(x + x_count, x + l->head.x_count, frame * sizeof(Kind));
        l->head.x_count = x_count;
        changed = true;
    }
    changed |= v->s.heap_words < l->head.heap_words || (v->s.fresh && !l->head.fresh) ||
               (l->head.building && !v->s.building);
    l->head.building = l->head.building && v->s.building;
    l->head.heap_words = MIN(l->head.heap_words, v->s.heap_words);
    l->head.fresh = l->head.fresh || v->s.fresh;
    if (changed && l->pass == v->pass) v->again = true;
    return true;
}

/** Calls leave the function, instructions of receive spend reductions. */
static bool goes_round_harmlessly(uint32_t opcode) {
    return opcode == GENOP_label || opcode == GENOP_call || opcode == GENOP_call_last ||
           opcode == GENOP_call_only || opcode == GENOP_loop_rec_end || opcode == GENOP_wait ||
           opcode == GENOP_wait_timeout || opcode == GENOP_recv_mark || opcode == GENOP_recv_set;
}

bool valid_jump(Validator *v, uint64_t label) {
    ASSERT(label > 0 && label < v->f->label_count); // READ-1
    LabelState *l = &v->labels[label];
    uint32_t function = v->function_of_label[label];
    if (function == 0 || &v->functions[function - 1] != v->function)
        return valid_fail(v, "jump into another function"); // VAL-6
    if (UNLIKELY(l->place <= v->at) && !goes_round_harmlessly(v->o->ops[v->at].opcode))
        v->back = true;
    if (l->walk == v->function_walk) return join(v, l);
    keep(v, l);
    if (l->place <= v->at) v->again = true;
    return true;
}

bool valid_fail_to(Validator *v, const Operand *f) {
    return f->value != 0 ? valid_jump(v, f->value) : valid_raise(v);
}

/** From here on the state is what is known at the label. */
static void enter_label(Validator *v, LabelState *l) {
    ASSERT(l->walk == v->function_walk);
    v->s = l->head;
    memcpy(v->x, v->kept + l->kinds, v->s.x_count * sizeof(Kind));
    if (v->s.frame > 0)
        memcpy(v->y, v->kept + l->kinds + v->s.x_count, (size_t)v->s.frame * sizeof(Kind));
    v->alive = true;
}

static bool is_call(const Validator *v, uint32_t op) {
    uint32_t opcode = v->o->ops[op].opcode;
    return opcode == GENOP_call || opcode == GENOP_call_fun || opcode == GENOP_call_fun2;
}

/** The compiler knew that what is called there never returns. Should it do so, it is an error. */
static void stop_after(Validator *v, uint32_t op) {
    v->o->ops[op].flags |= GENERIC_STOP;
    v->alive = false;
}

static bool walk_label(Validator *v, uint64_t label) {
    LabelState *l = &v->labels[label];
    l->pass = v->pass;
    l->fallen_into = l->fallen_into || v->alive;
    if (l->walk == v->function_walk) {
        l->pass = 0; // what the fall-through adds needs no second pass
        if (v->alive && !join(v, l)) return false;
        l->pass = v->pass;
        enter_label(v, l);
    } else if (v->alive) {
        keep(v, l);
    }
    return true;
}

// ---- handlers, collections, calls
// ------------------------------------------------------------------

/** Control may go to a handler, with the frame as it is and the exception in x0 to x3. */
static bool jump_to_handler(Validator *v, uint32_t label) {
    Kind saved[4];
    StateHead head = v->s;
    memcpy(saved, v->x, sizeof saved);
    v->x[0] = KIND_HOLE;
    v->x[1] = KIND_OTHER;
    v->x[2] = KIND_ANY;
    v->x[3] = KIND_ANY;
    v->s.x_count = 4;
    v->s.heap_words = 0;
    v->s.building = false;
    bool raises = v->raises;
    v->raises = true;
    bool ok = valid_jump(v, label);
    v->raises = raises;
    uint16_t unwritten = v->s.y_unwritten;
    v->s = head;
    v->s.y_unwritten = unwritten;
    memcpy(v->x, saved, sizeof saved);
    return ok;
}

bool valid_raise(Validator *v) {
    if (LIKELY(v->s.y_unwritten == 0 && v->s.catches == 0)) return true;
    if (v->s.y_unwritten > 0) valid_clear_frame(v);
    if (v->s.catches == 0) return true;
    int i = 0;
    while (!(v->y[i] & KIND_CATCH)) i++; // the first one takes it (EXC-2)
    ASSERT(i < v->s.frame);
    return jump_to_handler(v, kind_number(v->y[i]));
}

void valid_spend_reserve(Validator *v) {
    v->s.heap_words = 0;
    v->s.building = false;
    if (LIKELY(!v->s.fresh)) return;
    for (uint32_t i = 0; i < v->s.x_count; i++)
        if (v->x[i] & KIND_TUPLE) v->x[i] |= KIND_SEEN;
    for (int i = 0; i < v->s.frame; i++)
        if (v->y[i] & KIND_TUPLE) v->y[i] |= KIND_SEEN;
    v->s.fresh = false;
}

bool valid_collect(Validator *v, uint64_t live) {
    if (live > v->s.x_count) return valid_fail(v, "live register without a value");
    for (uint64_t i = 0; i < live; i++) {
        if (v->x[i] == 0 || (v->x[i] & KIND_HOLE))
            return valid_fail(v, "live register without a value");
    }
    v->s.x_count = (uint16_t)live;
    if (v->s.y_unwritten > 0) valid_clear_frame(v);
    valid_spend_reserve(v);
    return true;
}

bool valid_take_heap(Validator *v, uint64_t words) {
    if (words > v->s.heap_words) return valid_fail(v, "heap overflow"); // VAL-3
    v->s.heap_words -= (uint32_t)words;
    return true;
}

bool valid_in_frame(Validator *v) {
    return (v->s.frame >= 0 && !v->s.loose) || valid_fail(v, "needs a stack frame"); // VAL-2
}

/** Arguments that are match contexts: the function called is walked with them. */
static bool pass_context(Validator *v, uint64_t n, ValidFunction *local) {
    if (local == NULL || n >= 64 || (v->x[n] & (KIND_SPECIAL & ~KIND_CONTEXT)))
        return valid_fail(v, "argument is no term");
    if (local->contexts & (uint64_t)1 << n) return true;
    local->contexts |= (uint64_t)1 << n;
    v->changed = v->changed || local->walked;
    local->walked = false;
    return true;
}

bool valid_call(Validator *v, uint64_t arity, ValidFunction *local) {
    if (arity > v->s.x_count) return valid_fail(v, "uninitialized register");
    for (uint64_t n = 0; n < arity; n++) {
        if (LIKELY(kind_is_term(v->x[n]))) continue;
        if (v->x[n] == 0) return valid_fail(v, "uninitialized register");
        if (!pass_context(v, n, local)) return false;
    }
    if (!valid_raise(v)) return false;
    v->s.x_count = 1;
    v->x[0] = KIND_ANY;
    valid_spend_reserve(v);
    return true;
}

// ---- the walk
// --------------------------------------------------------------------------------------

static bool walk_op(Validator *v) {
    const GenericOp *g = &v->o->ops[v->at];
    const Operand *a = &v->o->operands[g->first];
    if (g->opcode == GENOP_label) return walk_label(v, a[0].value);
    if (!v->alive) return true;
    ASSERT(valid_rules[g->opcode] != NULL);
    return valid_rules[g->opcode](v, g, a);
}

static void enter_function(Validator *v, const ValidFunction *fn) {
    v->s = (StateHead){.frame = FRAME_NONE, .x_count = (uint16_t)fn->arity};
    for (uint32_t i = 0; i < fn->arity; i++) {
        bool context = i < 64 && (fn->contexts & (uint64_t)1 << i);
        v->x[i] = KIND_ANY | (context ? KIND_CONTEXT : 0);
    }
    v->alive = true;
}

/** One pass: from the entry label; what stands before it is reached by jumps only. */
static bool walk_pass(Validator *v, ValidFunction *fn, uint32_t body) {
    v->again = false;
    v->alive = false;
    enter_function(v, fn);
    for (v->at = body; v->at < fn->end; v->at++)
        if (!walk_op(v)) return false;
    if (v->alive && !is_call(v, fn->end - 1))
        return valid_fail(v, "falls off the end of the function"); // VAL-6
    if (v->alive) stop_after(v, fn->end - 1);
    for (v->at = fn->first; v->at < body; v->at++)
        if (!walk_op(v)) return false;
    return true;
}

static bool walk_function(Validator *v, ValidFunction *fn) {
    v->function = fn;
    v->function_walk++;
    v->kept_count = 0;
    v->back = false;
    fn->walked = true;
    ASSERT(fn->first < fn->end && fn->end <= v->o->ops_count);
    uint32_t body = fn->first;
    while (v->o->ops[body].opcode != GENOP_func_info) body++; // READ-2
    for (uint32_t passes = 0;;) {
        v->pass++;
        if (!walk_pass(v, fn, body + 1)) return false;
        if (!v->again) return true;
        if (++passes == PASSES_MAX) return valid_fail(v, "too many jumps back");
    }
}

// ---- rounds without reductions (VAL-6)
// --------------------------------------------------------------

typedef struct Edge {
    uint32_t from, to;
} Edge;

/** Calls visit for each label that the instruction names. */
static void each_target(const Validator *v, uint32_t op, void (*visit)(void *, uint32_t),
                        void *context) {
    const GenericOp *g = &v->o->ops[op];
    if (goes_round_harmlessly(g->opcode)) return;
    for (uint32_t i = 0; i < g->count; i++) {
        const Operand *a = &v->o->operands[g->first + i];
        if (a->kind == OPERAND_LABEL && a->value != 0) visit(context, (uint32_t)a->value);
        if (a->kind != OPERAND_LIST) continue;
        const Operand *item = valid_list(v, a);
        for (uint32_t n = 0; n < a->count; n++)
            if (item[n].kind == OPERAND_LABEL) visit(context, (uint32_t)item[n].value);
    }
}

typedef struct Rounds {
    const Validator *v;
    Edge *edges;
    size_t count, capacity;
    uint32_t block; // label that the instructions belong to
} Rounds;

static void note_edge(void *context, uint32_t to) {
    Rounds *r = context;
    if (r->count == r->capacity) {
        r->capacity = r->capacity * 2 + 64;
        r->edges = mem_realloc(r->edges, r->capacity * sizeof(Edge));
    }
    r->edges[r->count++] = (Edge){r->block, to};
}

static void collect_edges(Rounds *r, const ValidFunction *fn) {
    for (uint32_t i = fn->first; i < fn->end; i++) {
        const GenericOp *g = &r->v->o->ops[i];
        if (g->opcode == GENOP_label) {
            uint32_t label = (uint32_t)r->v->o->operands[g->first].value;
            if (i > fn->first && r->v->o->ops[i - 1].opcode != GENOP_func_info &&
                r->v->labels[label].fallen_into)
                note_edge(r, label);
            r->block = label;
        } else {
            each_target(r->v, i, note_edge, r);
        }
    }
}

static int compare_edges(const void *a, const void *b) {
    uint32_t x = ((const Edge *)a)->from, y = ((const Edge *)b)->from;
    return x < y ? -1 : x > y;
}

/** Takes away labels that nothing leads to, until none is left (true) or the rest goes round. */
static bool edges_have_order(Rounds *r, uint32_t label_count) {
    uint32_t *into = mem_zalloc(label_count * sizeof(uint32_t) + 1);
    uint32_t *first = mem_zalloc((label_count + 1) * sizeof(uint32_t));
    uint32_t *ready = mem_alloc((r->count + 1) * 2 * sizeof(uint32_t));
    size_t ready_count = 0, done = 0;
    qsort(r->edges, r->count, sizeof(Edge), compare_edges);
    for (size_t i = r->count; i-- > 0;) {
        into[r->edges[i].to]++;
        first[r->edges[i].from] = (uint32_t)i + 1;
    }
    for (size_t i = 0; i < r->count; i++) {
        uint32_t from = r->edges[i].from;
        if (into[from] == 0 && first[from] == i + 1) ready[ready_count++] = from;
    }
    while (ready_count > 0) {
        uint32_t from = ready[--ready_count];
        for (size_t i = first[from]; i != 0 && i <= r->count && r->edges[i - 1].from == from; i++) {
            done++;
            if (--into[r->edges[i - 1].to] == 0) ready[ready_count++] = r->edges[i - 1].to;
        }
    }
    mem_free(into);
    mem_free(first);
    mem_free(ready);
    return done == r->count;
}

static bool check_rounds(Validator *v, const ValidFunction *fn) {
    if (!v->back) return true; // all jumps lead on, or are receive's
    Rounds r = {.v = v};
    collect_edges(&r, fn);
    bool ordered = edges_have_order(&r, v->f->label_count);
    mem_free(r.edges);
    return ordered || valid_fail(v, "goes round without end");
}

// ---- the module
// ------------------------------------------------------------------------------------

/** A func_info: its label, which stands before it, is the function's first. */
static void begin_function(Validator *v, uint32_t at, const Operand *a) {
    const CodeOps *o = v->o;
    uint32_t first = at - (o->ops[at - 1].opcode == GENOP_label ? 1 : 2); // READ-2
    uint64_t label = o->operands[o->ops[first].first].value;
    ASSERT(o->ops[first].opcode == GENOP_label && v->functions_count < v->f->function_count);
    if (v->functions_count > 0) v->functions[v->functions_count - 1].end = first;
    v->functions[v->functions_count++] =
        (ValidFunction){.first = first,
                        .end = o->ops_count - 1,
                        .entry = (uint32_t)o->operands[o->ops[at + 1].first].value,
                        .arity = (uint32_t)a[2].value,
                        .name = a[1].value};
    v->labels[label].place = UINT32_MAX; // walked last
    v->function_of_label[label] = v->functions_count;
}

/** Labels and functions: where they are. */
static void find_functions(Validator *v) {
    const CodeOps *o = v->o;
    v->functions = mem_zalloc((v->f->function_count + 1) * sizeof v->functions[0]);
    v->labels = mem_zalloc((v->f->label_count + 1) * sizeof v->labels[0]);
    v->function_of_label = mem_zalloc((v->f->label_count + 1) * sizeof(uint32_t));
    for (uint32_t i = 0; i < o->ops_count; i++) {
        uint32_t opcode = o->ops[i].opcode;
        if (opcode != GENOP_label && opcode != GENOP_func_info) continue;
        const Operand *a = &o->operands[o->ops[i].first];
        if (opcode == GENOP_label) {
            v->labels[a[0].value].place = i;
            v->function_of_label[a[0].value] = v->functions_count;
        } else {
            begin_function(v, i, a);
        }
    }
}

static bool walk_module(Validator *v) {
    do {
        v->changed = false;
        for (uint32_t n = 0; n < v->functions_count; n++) {
            ValidFunction *fn = &v->functions[n];
            if (!fn->walked && (!walk_function(v, fn) || !check_rounds(v, fn))) return false;
        }
    } while (v->changed);
    return true;
}

bool code_ops_validate(CodeOps *o, const BeamFile *f, CodeComplaint *complaint) {
    *complaint = (CodeComplaint){.function = TERM_NONE};
    Validator *v = mem_alloc(sizeof *v); // its registers alone are written before they are read
    memset(v, 0, offsetof(Validator, x));
    memset(&v->labels, 0, sizeof *v - offsetof(Validator, labels));
    v->o = o;
    v->f = f;
    v->heap_words_max = f->code.count * 4 + 64; // each word that is built has operands
    v->import_kinds = mem_zalloc(f->imports_count + 1);
    find_functions(v);
    bool ok = walk_module(v);
    if (!ok) {
        ASSERT(v->wrong != NULL && v->function != NULL);
        complaint->function = v->function->name;
        complaint->arity = v->function->arity;
        snprintf(complaint->text, sizeof complaint->text, "%s: %s",
                 code_opcode_name(o->ops[MIN(v->at, o->ops_count - 1)].opcode), v->wrong);
    }
    mem_free(v->functions);
    mem_free(v->labels);
    mem_free(v->function_of_label);
    mem_free(v->import_kinds);
    mem_free(v->kept);
    mem_free(v);
    return ok;
}
