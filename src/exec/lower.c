// SPDX-License-Identifier: Apache-2.0
//
// lower.c - writes specialised code: the growing block of words, labels, lines; the loader's hooks
// (code/lower.h).
//
// The specialised variant of an instruction is found by its operands' kinds: each operand that
// takes several kinds is a digit of the index into OpInfo.variants, the first one the most
// significant.
//
// Any thread may lower (the loader holds the code lock); a Lowering belongs to one call.
#include "exec/lower_internal.h"

void lower_fail(Lowering *l, const char *why) {
    if (l->error == NULL) l->error = why;
}

static void *grow(void *block, size_t *capacity, size_t needed, size_t item_bytes) {
    if (needed <= *capacity) return block;
    size_t n = *capacity ? *capacity * 2 : 256;
    while (n < needed) n *= 2;
    *capacity = n;
    ASSERT(n >= needed);
    return mem_realloc(block, n * item_bytes);
}

void lower_word(Lowering *l, Word w) {
    l->code = grow(l->code, &l->capacity, l->count + 1, sizeof(Word));
    l->code[l->count++] = w;
}

void lower_label_word(Lowering *l, uint32_t label) {
    if (label >= l->in->label_count) {
        lower_fail(l, "label out of range");
        return;
    }
    l->fixups = grow(l->fixups, &l->fixups_capacity, l->fixups_count + 1, sizeof(Fixup));
    l->fixups[l->fixups_count++] = (Fixup){(uint32_t)l->count, label};
    lower_word(l, 0);
}

Arg lower_arg(Lowering *l, const Operand *o) {
    switch (o->kind) {
    case OPERAND_X:
        ASSERT(o->value < X_REG_COUNT); // LOWER-1
        return (Arg){'x', o->value * sizeof(Term)};
    case OPERAND_Y:
        ASSERT(o->value < 1024); // LOWER-1
        return (Arg){'y', o->value * sizeof(Term)};
    case OPERAND_FLOAT:
        ASSERT(o->value < 1024); // LOWER-1
        return (Arg){'f', (FLOAT_REG_BASE + o->value) * sizeof(Term)};
    case OPERAND_CONST: return (Arg){'c', o->value};
    case OPERAND_LABEL: return (Arg){'j', o->value};
    case OPERAND_UINT: return (Arg){'u', o->value};
    default: lower_fail(l, "operand of a wrong kind"); return (Arg){'u', 0};
    }
}

Arg lower_arg_label(Lowering *l, const Operand *o) {
    if (o->kind != OPERAND_LABEL) lower_fail(l, "no label where one must be");
    return (Arg){'j', o->value};
}

Word lower_any(Lowering *l, const Operand *o) {
    Arg a = lower_arg(l, o);
    if (a.kind == 'x' || a.kind == 'c') return a.word;
    if (a.kind == 'y') return a.word | ANY_Y;
    lower_fail(l, "neither register nor constant");
    return 0;
}

Arg lower_arg_any(Lowering *l, const Operand *o) { return (Arg){'a', lower_any(l, o)}; }

void lower_any_word(Lowering *l, const Operand *o) { lower_word(l, lower_any(l, o)); }

uint64_t lower_uint(Lowering *l, const Operand *o) {
    if (o->kind != OPERAND_UINT) lower_fail(l, "no number where one must be");
    return o->value;
}

Export *lower_import(Lowering *l, const Operand *o) {
    if (o->kind != OPERAND_UINT || o->value >= l->in->imports_count) {
        lower_fail(l, "import out of range");
        return NULL;
    }
    return l->in->imports[o->value];
}

FunEntry *lower_fun(Lowering *l, const Operand *o) {
    if (o->kind != OPERAND_UINT || o->value >= l->in->funs_count) {
        lower_fail(l, "fun out of range");
        return NULL;
    }
    return l->in->funs[o->value];
}

const uint8_t *lower_string(Lowering *l, const Operand *o, uint64_t bytes) {
    if (o->kind != OPERAND_UINT || bytes > l->in->strings_bytes ||
        o->value > l->in->strings_bytes - bytes) {
        lower_fail(l, "string out of range");
        return NULL;
    }
    return l->in->strings + o->value;
}

const GenericOp *lower_peek(const Lowering *l, uint32_t n) {
    return l->at + n < l->in->ops_count ? &l->in->ops[l->at + n] : NULL;
}

void lower_line(Lowering *l, const Operand *o) {
    l->lines = grow(l->lines, &l->lines_capacity, l->lines_count + 1, sizeof(LinePoint));
    l->lines[l->lines_count++] = (LinePoint){(uint32_t)l->count, (uint32_t)o[0].value};
}

/** Is kinds a set of x, y and c? Then the operand is a digit of the variant. */
static bool is_register_set(const char *kinds) {
    return kinds[0] == 'x' || kinds[0] == 'y' || kinds[0] == 'c';
}

/** Where kind stands among kinds, of which there are three at most; their number when it does not.
 */
static inline size_t kind_place(const char *kinds, char kind, size_t *count) {
    size_t n = 0, place = SIZE_MAX;
    for (; kinds[n] != '\0'; n++)
        if (kinds[n] == kind) place = n;
    ASSERT(n > 0 && n <= 3);
    *count = n;
    return MIN(place, n);
}

/** Moves arguments that op does not take where they are into scratch registers. */
static void make_fit(Lowering *l, const OpInfo *info, size_t count, Arg *args) {
    for (size_t i = 0; i < count; i++) {
        const char *kinds = info->kinds[i];
        size_t kinds_count;
        if (!is_register_set(kinds) || kind_place(kinds, args[i].kind, &kinds_count) < kinds_count)
            continue;
        if (strchr(kinds, 'x') == NULL || (args[i].kind != 'c' && args[i].kind != 'y')) {
            lower_fail(l, "operand that the instruction cannot take");
            return;
        }
        Arg scratch = {'x', (S_CONST + i) * sizeof(Term)};
        EMIT(move, args[i], scratch);
        args[i] = scratch;
    }
}

void lower_emit(Lowering *l, OpCode op, size_t count, const Arg *given) {
    const OpInfo *info = &exec_op_table[op];
    ASSERT(count == info->operands_count ||
           (count + 1 == info->operands_count && *info->kinds[count] == 'v'));
    Arg args[OP_OPERANDS_MAX];
    for (size_t i = 0; i < count; i++) args[i] = given[i];
    make_fit(l, info, count, args);
    if (l->error != NULL) return;
    size_t variant = 0;
    for (size_t i = 0; i < count; i++) {
        const char *kinds = info->kinds[i];
        if (!is_register_set(kinds)) continue;
        size_t kinds_count, place = kind_place(kinds, args[i].kind, &kinds_count);
        variant = variant * kinds_count + place;
    }
    ASSERT(variant < info->variants_count);
    lower_word(l, (Word)(uintptr_t)info->variants[variant]);
    for (size_t i = 0; i < count; i++) {
        char want = info->kinds[i][0];
        if (want == 'a' && args[i].kind != 'a') {
            lower_word(l, args[i].kind == 'y' ? args[i].word | ANY_Y : args[i].word);
            continue;
        }
        if (!is_register_set(info->kinds[i]) && args[i].kind != want)
            lower_fail(l, "operand of a wrong kind");
        if (want == 'j' && args[i].word != 0)
            lower_label_word(l, (uint32_t)args[i].word);
        else
            lower_word(l, args[i].word);
    }
}

/** Absolute addresses for label numbers. */
static void resolve(Lowering *l) {
    for (size_t i = 0; i < l->fixups_count; i++) {
        uint32_t offset = l->labels[l->fixups[i].label];
        ASSERT(offset <= l->count + 1 && l->fixups[i].offset_words < l->count);
        if (offset == 0) {
            lower_fail(l, "label that is nowhere");
            return;
        }
        l->code[l->fixups[i].offset_words] = (Word)(uintptr_t)(l->code + offset - 1);
    }
}

static void hand_out(Lowering *l, LowerOutput *out) {
    ASSERT(l->error == NULL);
    out->code = l->code;
    out->code_words = l->count;
    out->label_address = mem_zalloc(l->in->label_count * sizeof(Word *) + 1);
    for (uint32_t i = 0; i < l->in->label_count; i++)
        if (l->labels[i]) out->label_address[i] = l->code + l->labels[i] - 1;
    out->functions_count = (uint32_t)l->functions_count;
    out->functions = mem_alloc((l->functions_count + 1) * sizeof(Word *));
    for (size_t i = 0; i < l->functions_count; i++) out->functions[i] = l->code + l->functions[i];
    out->functions[l->functions_count] = l->code + l->count;
    out->lines = l->lines;
    out->lines_count = (uint32_t)l->lines_count;
    out->on_load = l->on_load ? l->code + l->on_load - 1 : NULL;
}

/** Only a module that calls erlang:load_nif/2 can have native functions. */
static void look_for_natives(Lowering *l) {
    const LowerInput *in = l->in;
    for (uint32_t i = 0; i < in->imports_count; i++) {
        const Export *x = in->imports[i];
        if (x->module == am_erlang && x->function == am_load_nif && x->arity == 2)
            l->may_load_natives = true;
    }
    ASSERT(!l->names_natives);
    for (uint32_t i = 0; l->may_load_natives && !l->names_natives && i < in->ops_count; i++)
        l->names_natives = in->ops[i].opcode == G_nif_start;
}

static bool lower_module(const LowerInput *in, LowerOutput *out) {
    memset(out, 0, sizeof *out);
    Lowering lowering = {.in = in}, *l = &lowering;
    l->labels = mem_zalloc((in->label_count + 1) * sizeof(uint32_t));
    look_for_natives(l);
    while (l->at < in->ops_count && l->error == NULL) {
        const GenericOp *g = &in->ops[l->at];
        const Operand *o = in->operands + g->first;
        if (g->opcode == G_line && g->count == 1) {
            lower_line(l, o);
            l->at++;
        } else if (g->opcode == G_func_info && g->count == 3) {
            EMIT(func_info, lower_arg(l, &o[0]), lower_arg(l, &o[1]), lower_arg(l, &o[2]));
            l->functions = grow(l->functions, &l->functions_capacity, l->functions_count + 1,
                                sizeof(uint32_t));
            l->functions[l->functions_count++] = (uint32_t)l->count;
            l->entry_seen = false;
            l->entry_new = true;
            Export *ex =
                code_find_export(in->vm->code, o[0].value, o[1].value, (uint32_t)o[2].value);
            l->builtin = ex != NULL && ex->bif != NULL ? ex : NULL;
            l->at++;
        } else {
            lower_instruction(l);
        }
    }
    if (l->error == NULL) resolve(l);
    if (l->error != NULL) {
        out->error = l->error;
        mem_free(l->code);
        mem_free(l->lines);
    } else {
        hand_out(l, out);
    }
    mem_free(l->labels);
    mem_free(l->fixups);
    mem_free(l->functions);
    return out->error == NULL;
}

/** Built-ins that are code of their own, or 0. */
static OpFunction *special_entry(const Export *e) {
    if (e->module != am_erlang) return NULL;
    if (e->function == am_apply && e->arity == 3) return op_apply_list_entry;
    if (e->function == am_apply && e->arity == 2) return op_apply_fun_list_entry;
    if (e->function == am_hibernate && e->arity == 3) return op_hibernate_entry;
    if (e->function == am_yield && e->arity == 0) return op_yield_entry;
    return NULL;
}

static void prepare_export(VM *vm, Export *e) {
    ASSERT(e->arity <= ARITY_MAX && term_is_atom(e->module) && term_is_atom(e->function));
    if (e->stub[0] == 0) {
        e->stub[0] = (Word)(uintptr_t)op_func_info;
        e->stub[1] = e->module;
        e->stub[2] = e->function;
        e->stub[3] = e->arity;
        OpFunction *special = special_entry(e);
        e->stub[4] = (Word)(uintptr_t)(special ? special : op_export_stub);
        e->stub[5] = (Word)(uintptr_t)e;
    }
    const Word *code = atomic_load_explicit(&e->code, memory_order_acquire);
    if (code == NULL || e->bif != NULL || special_entry(e) != NULL)
        code = &e->stub[FUNC_INFO_WORDS];
    const Word *traced = atomic_load_explicit(&e->traced, memory_order_relaxed);
    if (traced != NULL) code = traced;
    atomic_store_explicit(&e->light, traced != NULL ? exec_traced_bif : e->bif,
                          memory_order_relaxed);
    atomic_store_explicit(&e->entry, code,
                          memory_order_release); // pairs with the acquire in call instructions
}

static void prepare_fun(VM *vm, FunEntry *f) {
    ASSERT(f->arity + f->free_count <= ARITY_MAX);
    if (f->stub[0] == 0) {
        f->stub[1] = f->arity + f->free_count;
        f->stub[2] = (Word)(uintptr_t)op_fun_stub;
        f->stub[3] = (Word)(uintptr_t)f;
        f->stub[0] = (Word)(uintptr_t)op_func_info;
    }
    const Word *code = atomic_load_explicit(&f->code, memory_order_acquire);
    atomic_store_explicit(&f->entry, code != NULL ? code : &f->stub[2], memory_order_release);
}

/** Where the first instruction of a function is kept: behind a breakpoint, if one stands there. */
static Word *first_instruction(VM *vm, CodeInstance *i, const Word *entry) {
    ASSERT(code_contains(i, entry));
    if (*entry != (Word)(uintptr_t)exec_breakpoint) return (Word *)(uintptr_t)entry;
    return vm->tracing.hooks->first_instruction(vm, i, entry);
}

static bool is_native(VM *vm, CodeInstance *i, const Word *entry) {
    return *first_instruction(vm, i, entry) == (Word)(uintptr_t)op_call_native;
}

/** NATIVE-1; where a breakpoint stands, it is what stood there before that changes. */
static bool set_native(VM *vm, CodeInstance *i, const Word *entry, const NativeFunction *n) {
    Word *first = (Word *)(uintptr_t)entry, *place = first_instruction(vm, i, entry);
    if (*place != (Word)(uintptr_t)op_native_room) return false;
    if (n == NULL) return true;
    first[1] = (Word)(uintptr_t)n;
    // pairs with the fence in call_native: who sees the instruction sees its operand
    __atomic_store_n(place, (Word)(uintptr_t)op_call_native, __ATOMIC_RELEASE);
    return true;
}

static void prepare_native(VM *vm, Export *e, const NativeFunction *n) {
    ASSERT(n->export == e && e->arity == n->arity);
    e->stub[0] = (Word)(uintptr_t)op_func_info;
    e->stub[1] = e->module;
    e->stub[2] = e->function;
    e->stub[3] = e->arity;
    e->stub[4] = (Word)(uintptr_t)op_call_native;
    e->stub[5] = (Word)(uintptr_t)n;
    atomic_store_explicit(&e->entry, &e->stub[FUNC_INFO_WORDS], memory_order_relaxed);
}

const CodeHooks exec_code_hooks = {.lower = lower_module,
                                   .prepare_export = prepare_export,
                                   .prepare_fun = prepare_fun,
                                   .leaves = exec_code_leaves,
                                   .enters = exec_code_enters,
                                   .set_native = set_native,
                                   .is_native = is_native,
                                   .prepare_native = prepare_native};
