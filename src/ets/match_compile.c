// SPDX-License-Identifier: Apache-2.0
//
// match_compile.c - from a match specification to a program; see match_program.h.
#include "base/alloc.h"
#include "code/code.h"
#include "ets/match_program.h"
#include "term/bits.h"
#include "term/map.h"
#include "term/print.h"
#include "vm/vm.h"

#include <stdio.h>

typedef struct Compiler {
    MatchProgram *m;
    MatchClause *clause;
    MatchErrors *errors;
    uint32_t depth, depth_max; // of the running stack
    uint32_t nesting;
    bool in_guard;
    bool failed;
} Compiler;

// ---- errors
// -----------------------------------------------------------------------------------------------

#define ERROR_BYTES_MAX 99 // as long as OTP's are

/** Notes {error, Text}; a %T in the text is replaced by the term, as far as there is room. */
static void refuse(Compiler *c, const char *text, Term term) {
    ASSERT(text != NULL);
    c->failed = true;
    if (c->errors == NULL || c->errors->heap == NULL) return;
    Heap *h = c->errors->heap;
    const char *hole = strstr(text, "%T");
    TextBuffer out = {0};
    text_add(&out, text, hole == NULL ? strlen(text) : (size_t)(hole - text));
    if (hole != NULL) {
        print_term(&out, c->m->vm->atoms, term, 4 * ERROR_BYTES_MAX); // it is cut off below
        text_add_string(&out, hole + 2);
    }
    size_t count = MIN(out.count, ERROR_BYTES_MAX);
    Term tail = heap_list_from_bytes(h, (const uint8_t *)out.bytes, count, TERM_NIL);
    mem_free(out.bytes);
    c->errors->list = heap_cons(h, heap_tuple2(h, am_error, tail), c->errors->list);
}

// ---- emitting
// ---------------------------------------------------------------------------------------------

static uint32_t emit(Compiler *c, MatchOp op, uint32_t n, Term term) {
    DEBUG_ASSERT(c->m != NULL);
    MatchClause *k = c->clause;
    if (k->count == k->capacity) {
        k->capacity = k->capacity == 0 ? 16 : k->capacity * 2;
        k->code = mem_realloc(k->code, k->capacity * sizeof *k->code);
    }
    k->code[k->count] = (MatchInstruction){.op = op, .n = n, .term = term};
    return k->count++;
}

static void grow_stack(Compiler *c, uint32_t by) {
    c->depth += by;
    c->depth_max = MAX(c->depth_max, c->depth);
}

static bool enter(Compiler *c, Term t) {
    if (++c->nesting <= MATCH_NESTING_MAX) return true;
    if (c->errors != NULL) c->errors->too_deep = true;
    refuse(c, "Excessive nesting; system limit reached near: %T", t);
    return false;
}

// ---- variables
// --------------------------------------------------------------------------------------------

int64_t match_variable_number(VM *vm, Term atom) {
    if (!term_is_atom(atom)) return -1;
    size_t bytes;
    const char *s = atom_text(vm->atoms, atom, &bytes);
    if (bytes < 2 || bytes > 10 || s[0] != '$') return -1;
    int64_t n = 0;
    for (size_t i = 1; i < bytes; i++) {
        if (s[i] < '0' || s[i] > '9') return -1;
        n = n * 10 + (s[i] - '0');
    }
    return n < 100000000 ? n : -1;
}

/** Slot of '$N' in this clause, or -1. */
static int64_t find_variable(const MatchClause *k, int64_t number) {
    for (uint32_t i = 0; i < k->variables_count; i++) {
        if (k->variable_numbers[i] == number) return i;
    }
    return -1;
}

static uint32_t add_variable(MatchClause *k, int64_t number) {
    ASSERT(number >= 0);
    k->variable_numbers =
        mem_realloc(k->variable_numbers, (k->variables_count + 1) * sizeof(int64_t));
    k->variable_numbers[k->variables_count] = number;
    return k->variables_count++;
}

typedef struct TermStack {
    Term *items;
    size_t count, capacity;
} TermStack;

static void term_stack_push(TermStack *s, Term t) {
    if (s->count == s->capacity) {
        s->capacity = s->capacity == 0 ? 32 : s->capacity * 2;
        s->items = mem_realloc(s->items, s->capacity * sizeof(Term));
    }
    s->items[s->count++] = t;
}

static void push_parts(TermStack *s, Term t) {
    if (term_is_cell(t)) {
        term_stack_push(s, term_tail(t));
        term_stack_push(s, term_head(t));
    } else if (term_is_tuple(t)) {
        for (size_t i = 0; i < tuple_arity(t); i++) term_stack_push(s, tuple_get(t, i));
    } else if (term_is_map(t)) {
        MapIterator it;
        Term key, value;
        map_iterator_init(&it, t);
        while (map_iterator_next(&it, &key, &value)) {
            term_stack_push(s, key);
            term_stack_push(s, value);
        }
    }
}

/** Does the pattern hold a variable, or (with maps) a map, which matches every map that has as
 * much? */
static bool holds_variable(VM *vm, Term pattern, bool maps) {
    TermStack s = {0};
    bool found = false;
    term_stack_push(&s, pattern);
    while (s.count > 0 && !found) {
        Term t = s.items[--s.count];
        if (term_is_atom(t))
            found = t == am_underscore || match_variable_number(vm, t) >= 0;
        else if (maps && term_is_map(t))
            found = true;
        else
            push_parts(&s, t);
    }
    mem_free(s.items);
    return found;
}

bool match_has_variable(VM *vm, Term pattern) { return holds_variable(vm, pattern, false); }

/** Does the pattern match more than one term? */
static bool matches_many(const Compiler *c, Term pattern) {
    return holds_variable(c->m->vm, pattern, true);
}

// ---- heads
// ------------------------------------------------------------------------------------------------

static void compile_head(Compiler *c, Term t);

static void compile_map_head(Compiler *c, Term t) {
    DEBUG_ASSERT(term_is_map(t));
    MapIterator it;
    Term key, value;
    emit(c, MATCH_MAP, (uint32_t)map_count(t), TERM_NONE);
    map_iterator_init(&it, t);
    while (map_iterator_next(&it, &key, &value)) {
        if (key == am_underscore) {
            refuse(c, "Underscore found in map key.", TERM_NONE);
        } else if (match_has_variable(c->m->vm, key)) {
            refuse(c, "Variable found in map key.", TERM_NONE);
        }
        emit(c, MATCH_MAP_VALUE, 0, key);
        grow_stack(c, 1);
        compile_head(c, value);
    }
    emit(c, MATCH_DROP, 0, TERM_NONE);
    c->depth--;
}

static void compile_head_atom(Compiler *c, Term t) {
    DEBUG_ASSERT(term_is_atom(t));
    int64_t number = match_variable_number(c->m->vm, t);
    c->depth--;
    if (t == am_underscore) {
        emit(c, MATCH_SKIP, 0, TERM_NONE);
    } else if (number < 0) {
        emit(c, MATCH_EQUAL, 0, t);
    } else if (find_variable(c->clause, number) >= 0) {
        emit(c, MATCH_SAME, (uint32_t)find_variable(c->clause, number), TERM_NONE);
    } else {
        emit(c, MATCH_BIND, add_variable(c->clause, number), TERM_NONE);
    }
}

/** Code that matches the top of the stack, which it takes off. */
static void compile_head(Compiler *c, Term t) {
    if (!enter(c, t)) return;
    if (term_is_atom(t)) {
        compile_head_atom(c, t);
    } else if (!matches_many(c, t)) {
        c->depth--;
        emit(c, MATCH_EQUAL, 0, t);
    } else if (term_is_cell(t)) {
        // Long lists are walked here, not recursed into.
        uint32_t cells = 0;
        for (; term_is_cell(t) && matches_many(c, t); t = term_tail(t), cells++) {
            emit(c, MATCH_CELL, 0, TERM_NONE);
            grow_stack(c, 1);
            compile_head(c, term_head(t));
        }
        compile_head(c, t);
    } else if (term_is_tuple(t)) {
        size_t arity = tuple_arity(t);
        emit(c, MATCH_TUPLE, (uint32_t)arity, TERM_NONE);
        grow_stack(c, (uint32_t)arity);
        c->depth--;
        for (size_t i = 0; i < arity; i++) compile_head(c, tuple_get(t, i));
    } else {
        ASSERT(term_is_map(t));
        compile_map_head(c, t);
    }
    c->nesting--;
}

static void compile_trace_head(Compiler *c, Term head) {
    uint32_t count = 0;
    if (head == am_underscore || match_variable_number(c->m->vm, head) >= 0) {
        compile_head(c, head);
        return;
    }
    for (Term t = head; term_is_cell(t); t = term_tail(t)) count++;
    emit(c, MATCH_ARGUMENTS, count, TERM_NONE);
    grow_stack(c, count);
    c->depth--;
    for (Term t = head; term_is_cell(t); t = term_tail(t)) compile_head(c, term_head(t));
}

static bool is_proper_list(Term t) {
    while (term_is_cell(t)) t = term_tail(t);
    return term_is_nil(t);
}

// ---- expressions
// ------------------------------------------------------------------------------------------

static void compile_expression(Compiler *c, Term t);

static void compile_all(Compiler *c, Term tuple, size_t from) {
    for (size_t i = from; i < tuple_arity(tuple); i++) compile_expression(c, tuple_get(tuple, i));
}

static void compile_logic(Compiler *c, Term t, const char *none) {
    Term name = tuple_get(t, 0);
    size_t count = tuple_arity(t) - 1;
    if (count == 0) {
        refuse(c, none, t);
        return;
    }
    if (name == am_and || name == am_or) {
        compile_all(c, t, 1);
        emit(c, name == am_and ? MATCH_AND : MATCH_OR, (uint32_t)count, TERM_NONE);
        c->depth -= (uint32_t)count - 1;
        return;
    }
    // Every operand but the last may jump behind the whole.
    uint32_t *jumps = mem_alloc(count * sizeof *jumps);
    for (size_t i = 1; i <= count; i++) {
        compile_expression(c, tuple_get(t, i));
        if (i == count) break;
        jumps[i - 1] = emit(c, name == am_andalso ? MATCH_AND_THEN : MATCH_OR_ELSE, 0, TERM_NONE);
        c->depth--;
    }
    for (size_t i = 0; i + 1 < count; i++) c->clause->code[jumps[i]].n = c->clause->count;
    mem_free(jumps);
}

typedef struct ActionRow {
    Term name;
    size_t least, most; // arguments
} ActionRow;

/** May a specification of this dialect use the trace-only form? */
static bool allows(MatchDialect dialect, Term name) {
    switch (dialect) {
    case MATCH_FOR_TABLE: return false;
    case MATCH_FOR_CALL_TRACE: return true;
    case MATCH_FOR_SEND_TRACE: return name != am_caller && name != am_caller_line;
    case MATCH_FOR_RECEIVE_TRACE: break;
    }
    return name == am_message || name == am_display || name == am_get_tcw || name == am_set_tcw ||
           name == am_return_trace || name == am_exception_trace;
}

/** Trace-only forms. False: the name is none of them. */
static bool compile_action(Compiler *c, Term t) {
    const ActionRow ROWS[] = {
        {am_message, 1, 1},       {am_return_trace, 0, 0}, {am_exception_trace, 0, 0},
        {am_process_dump, 0, 0},  {am_enable_trace, 1, 2}, {am_disable_trace, 1, 2},
        {am_trace, 2, 3},         {am_silent, 1, 1},       {am_set_seq_token, 2, 2},
        {am_get_seq_token, 0, 0}, {am_is_seq_trace, 0, 0}, {am_caller, 0, 0},
        {am_caller_line, 0, 0},   {am_display, 1, 1},      {am_get_tcw, 0, 0},
        {am_set_tcw, 1, 1}};
    Term name = tuple_get(t, 0);
    size_t count = tuple_arity(t) - 1;
    for (size_t i = 0; i < ARRAY_COUNT(ROWS); i++) {
        if (ROWS[i].name != name) continue;
        bool in_guard_too = name == am_is_seq_trace || name == am_get_tcw;
        if (!allows(c->m->dialect, name)) {
            refuse(c,
                   c->m->dialect == MATCH_FOR_TABLE
                       ? "Special form '%T' used in wrong dialect."
                       : "Special form '%T' not allow for this trace event.",
                   name);
        } else if (c->in_guard && !in_guard_too) {
            refuse(c, "Special form '%T' called in guard context.", name);
        } else if (count < ROWS[i].least || count > ROWS[i].most) {
            size_t bytes;
            char text[128];
            snprintf(text, sizeof text, "Special form '%s' called with %s in %%T.",
                     atom_text(c->m->vm->atoms, name, &bytes),
                     ROWS[i].most == 0 ? "arguments" : "wrong number of arguments");
            refuse(c, text, t);
        } else {
            compile_all(c, t, 1);
            emit(c, MATCH_ACTION, (uint32_t)count, name);
            c->depth -= (uint32_t)count;
            grow_stack(c, 1);
        }
        return true;
    }
    return false;
}

static bool is_guard_function(Term name, size_t arity) {
    const struct {
        Term name;
        size_t arity;
    } ROWS[] = {{am_is_atom, 1},   {am_is_float, 1},  {am_is_integer, 1},  {am_is_list, 1},
                {am_is_number, 1}, {am_is_pid, 1},    {am_is_port, 1},     {am_is_reference, 1},
                {am_is_tuple, 1},  {am_is_map, 1},    {am_is_binary, 1},   {am_is_function, 1},
                {am_is_record, 3}, {am_abs, 1},       {am_element, 2},     {am_hd, 1},
                {am_length, 1},    {am_node, 1},      {am_node, 0},        {am_round, 1},
                {am_size, 1},      {am_map_size, 1},  {am_map_get, 2},     {am_is_map_key, 2},
                {am_bit_size, 1},  {am_byte_size, 1}, {am_binary_part, 2}, {am_binary_part, 3},
                {am_tl, 1},        {am_trunc, 1},     {am_float, 1},       {am_plus, 1},
                {am_minus, 1},     {am_plus, 2},      {am_minus, 2},       {am_times, 2},
                {am_divide, 2},    {am_div, 2},       {am_rem, 2},         {am_band, 2},
                {am_bor, 2},       {am_bxor, 2},      {am_bnot, 1},        {am_bsl, 2},
                {am_bsr, 2},       {am_gt, 2},        {am_ge, 2},          {am_lt, 2},
                {am_le, 2},        {am_eq_exact, 2},  {am_eq, 2},          {am_not_eq_exact, 2},
                {am_not_eq, 2},    {am_not, 1},       {am_xor, 2}};
    for (size_t i = 0; i < ARRAY_COUNT(ROWS); i++) {
        if (ROWS[i].name == name && ROWS[i].arity == arity) return true;
    }
    return false;
}

static void compile_call(Compiler *c, Term t) {
    DEBUG_ASSERT(term_is_tuple(t));
    Term name = tuple_get(t, 0);
    size_t count = tuple_arity(t) - 1;
    Export *e = is_guard_function(name, count)
                    ? code_find_export(c->m->vm->code, am_erlang, name, (uint32_t)count)
                    : NULL;
    if (e == NULL || e->bif == NULL) {
        char text[64];
        snprintf(text, sizeof text, "Function %%T/%zu does_not_exist.", count);
        refuse(c, text, name);
        return;
    }
    compile_all(c, t, 1);
    uint32_t at = emit(c, MATCH_CALL, (uint32_t)count, TERM_NONE);
    c->clause->code[at].function = e->bif;
    c->depth -= (uint32_t)count;
    grow_stack(c, 1);
}

static void compile_form(Compiler *c, Term t) {
    DEBUG_ASSERT(term_is_tuple(t));
    Term name = tuple_get(t, 0);
    if (name == am_const) {
        if (tuple_arity(t) != 2) {
            refuse(c, "Special form 'const' called with more than one argument in %T.", t);
            return;
        }
        emit(c, MATCH_PUSH, 0, tuple_get(t, 1));
        grow_stack(c, 1);
    } else if (name == am_and) {
        compile_logic(c, t, "Special form 'and' called without arguments in %T.");
    } else if (name == am_or) {
        compile_logic(c, t, "Special form 'or' called without arguments in %T.");
    } else if (name == am_andalso) {
        compile_logic(c, t, "Special form 'andalso' called without arguments in %T.");
    } else if (name == am_orelse) {
        compile_logic(c, t, "Special form 'orelse' called without arguments in %T.");
    } else if (name == am_self) {
        if (tuple_arity(t) != 1) refuse(c, "Special form 'self' called with arguments in %T.", t);
        emit(c, MATCH_SELF, 0, TERM_NONE);
        grow_stack(c, 1);
    } else if (!compile_action(c, t)) {
        compile_call(c, t);
    }
}

static void compile_variable(Compiler *c, Term t) {
    int64_t number = match_variable_number(c->m->vm, t);
    if (t == am_dollar_underscore) {
        emit(c, MATCH_OBJECT, 0, TERM_NONE);
    } else if (t == am_dollar_dollar) {
        emit(c, MATCH_BINDINGS, 0, TERM_NONE);
    } else if (number >= 0) {
        int64_t slot = find_variable(c->clause, number);
        char text[48];
        snprintf(text, sizeof text, "Variable $%lld is unbound.", (long long)number);
        if (slot < 0) refuse(c, text, TERM_NONE);
        emit(c, MATCH_VARIABLE, slot < 0 ? 0 : (uint32_t)slot, TERM_NONE);
    } else {
        emit(c, MATCH_PUSH, 0, t);
    }
    grow_stack(c, 1);
}

static void compile_list(Compiler *c, Term t) {
    uint32_t cells = 0;
    for (; term_is_cell(t); t = term_tail(t), cells++) compile_expression(c, term_head(t));
    compile_expression(c, t);
    for (uint32_t i = 0; i < cells; i++) emit(c, MATCH_MAKE_CELL, 0, TERM_NONE);
    c->depth -= cells;
}

static void compile_map(Compiler *c, Term t) {
    DEBUG_ASSERT(term_is_map(t));
    MapIterator it;
    Term key, value;
    uint32_t count = (uint32_t)map_count(t);
    map_iterator_init(&it, t);
    while (map_iterator_next(&it, &key, &value)) {
        compile_expression(c, key);
        compile_expression(c, value);
    }
    emit(c, MATCH_MAKE_MAP, count, TERM_NONE);
    c->depth -= 2 * count;
    grow_stack(c, 1);
}

/** Code that leaves the value of t on the stack. */
static void compile_expression(Compiler *c, Term t) {
    if (!enter(c, t)) return;
    if (term_is_atom(t)) {
        compile_variable(c, t);
    } else if (term_is_cell(t)) {
        compile_list(c, t);
    } else if (term_is_map(t)) {
        compile_map(c, t);
    } else if (!term_is_tuple(t)) {
        emit(c, MATCH_PUSH, 0, t);
        grow_stack(c, 1);
    } else if (tuple_arity(t) == 1 && term_is_tuple(tuple_get(t, 0))) {
        Term inner = tuple_get(t, 0);
        compile_all(c, inner, 0);
        emit(c, MATCH_MAKE_TUPLE, (uint32_t)tuple_arity(inner), TERM_NONE);
        c->depth -= (uint32_t)tuple_arity(inner);
        grow_stack(c, 1);
    } else if (tuple_arity(t) >= 1 && term_is_atom(tuple_get(t, 0))) {
        compile_form(c, t);
    } else {
        refuse(c, "%T is neither a function call, nor a tuple (tuples are written {{ ... }}).", t);
    }
    c->nesting--;
}

// ---- clauses
// ----------------------------------------------------------------------------------------------

static void compile_guards(Compiler *c, Term guards) {
    c->in_guard = true;
    for (; term_is_cell(guards); guards = term_tail(guards)) {
        compile_expression(c, term_head(guards));
        emit(c, MATCH_IS_TRUE, 0, TERM_NONE);
        c->depth = 0;
    }
    c->in_guard = false;
}

static void compile_body(Compiler *c, Term body) {
    if (term_is_nil(body) && c->m->dialect != MATCH_FOR_TABLE) {
        emit(c, MATCH_BODY, 0, TERM_NONE);
        emit(c, MATCH_PUSH, 0, am_true);
        grow_stack(c, 1);
        emit(c, MATCH_RETURN, 0, TERM_NONE);
        c->depth = 0;
        return;
    }
    if (term_is_nil(body)) {
        refuse(c, "Body clause does not return anything.", TERM_NONE);
        return;
    }
    c->clause->body_is_object =
        term_is_nil(term_tail(body)) && term_head(body) == am_dollar_underscore;
    emit(c, MATCH_BODY, 0, TERM_NONE);
    for (; term_is_cell(body); body = term_tail(body)) {
        compile_expression(c, term_head(body));
        if (term_is_cell(term_tail(body))) emit(c, MATCH_DISCARD, 0, TERM_NONE);
        c->depth = 0;
    }
    emit(c, MATCH_RETURN, 0, TERM_NONE);
}

static void compile_clause(Compiler *c, Term clause) {
    if (!term_is_tuple_of(clause, 3)) {
        refuse(c, "Match program part is not a tuple of arity 3.", TERM_NONE);
        return;
    }
    Term head = tuple_get(clause, 0), guards = tuple_get(clause, 1), body = tuple_get(clause, 2);
    bool is_variable = head == am_underscore || match_variable_number(c->m->vm, head) >= 0;
    bool is_trace = c->m->dialect != MATCH_FOR_TABLE;
    if (is_trace && !is_variable && !is_proper_list(head)) {
        refuse(c, "Match head is invalid in this context.", TERM_NONE);
        return;
    }
    if (!is_proper_list(guards) || !is_proper_list(body)) {
        refuse(c, "Match expression part %T is not a proper list.",
               is_proper_list(guards) ? body : guards);
        return;
    }
    c->clause->head = head;
    c->depth = 0;
    c->nesting = 0;
    grow_stack(c, 1);
    if (is_trace)
        compile_trace_head(c, head);
    else
        compile_head(c, head);
    c->depth = 0;
    compile_guards(c, guards);
    compile_body(c, body);
}

static size_t list_length(Term t) {
    size_t n = 0;
    for (; term_is_cell(t); t = term_tail(t)) n++;
    return n;
}

static Term reverse(Heap *h, Term list) {
    Term out = TERM_NIL;
    for (; term_is_cell(list); list = term_tail(list)) out = heap_cons(h, term_head(list), out);
    return out;
}

MatchProgram *match_compile(VM *vm, Term specification, MatchDialect dialect, MatchErrors *errors) {
    ASSERT(vm != NULL);
    MatchProgram *m = mem_zalloc(sizeof *m);
    m->vm = vm;
    m->dialect = dialect;
    heap_init_detached(&m->constants, &literal_range_none);
    Compiler c = {.m = m, .errors = errors};
    if (errors != NULL) errors->list = TERM_NIL;
    if (!term_is_cell(specification)) {
        refuse(&c, "Match programs are not in a list.", TERM_NONE);
    } else if (!is_proper_list(specification)) {
        refuse(&c, "Match programs are not in a proper list.", TERM_NONE);
    } else {
        Term own = heap_copy(&m->constants, specification);
        m->clauses_count = list_length(own);
        m->clauses = mem_zalloc(m->clauses_count * sizeof *m->clauses);
        for (size_t i = 0; i < m->clauses_count; i++, own = term_tail(own)) {
            c.clause = &m->clauses[i];
            compile_clause(&c, term_head(own));
            m->variables_max = MAX(m->variables_max, c.clause->variables_count);
        }
    }
    m->stack_max = c.depth_max + 4;
    if (!c.failed) return m;
    if (errors != NULL && errors->heap != NULL) errors->list = reverse(errors->heap, errors->list);
    match_free(m);
    return NULL;
}

MatchProgram *match_nothing(VM *vm) {
    ASSERT(vm != NULL);
    MatchProgram *m = mem_zalloc(sizeof *m);
    m->vm = vm;
    m->dialect = MATCH_FOR_TABLE;
    m->stack_max = 4;
    heap_init_detached(&m->constants, &literal_range_none);
    return m;
}

void match_free(MatchProgram *m) {
    if (m == NULL) return;
    for (size_t i = 0; i < m->clauses_count; i++) {
        mem_free(m->clauses[i].code);
        mem_free(m->clauses[i].variable_numbers);
    }
    mem_free(m->clauses);
    heap_destroy(&m->constants);
    mem_free(m);
}

size_t match_clause_count(const MatchProgram *m) { return m->clauses_count; }

Term match_clause_head(const MatchProgram *m, size_t i) {
    DEBUG_ASSERT(i < match_clause_count(m));
    ASSERT(i < m->clauses_count);
    return m->clauses[i].head;
}

bool match_clause_key(const MatchProgram *m, size_t i, size_t key_index, Term *key) {
    DEBUG_ASSERT(i < match_clause_count(m));
    Term head = match_clause_head(m, i);
    // A head that no object with a key at that position can match fixes nothing worth knowing.
    if (!term_is_tuple(head) || tuple_arity(head) <= key_index) return false;
    *key = tuple_get(head, key_index);
    return !match_has_variable(m->vm, *key);
}

bool match_body_is_object(const MatchProgram *m) {
    for (size_t i = 0; i < m->clauses_count; i++) {
        if (!m->clauses[i].body_is_object) return false;
    }
    return true;
}
