// SPDX-License-Identifier: Apache-2.0
//
// The interpreter on hand-made code and a hand-made process: a loop that is lowered, runs, yields
// when its reductions are spent, goes on, and ends; an exception that nothing catches; bits read
// and extracted.
#define CODE_FAKE_REAL_BIFS
#include "check.h"
#include "code_fake.h"
#include "exec/exec.h"
#include "exec/machine.h"

static GenericOp ops[64];
static Operand operands[256];
static uint32_t ops_count, operands_count;

static void begin(void) { ops_count = operands_count = 0; }

static void op(uint16_t opcode, uint16_t count, const Operand *given) {
    ops[ops_count++] =
        (GenericOp){.opcode = opcode, .count = (uint8_t)count, .first = operands_count};
    for (uint16_t i = 0; i < count; i++) operands[operands_count++] = given[i];
}
#define OP(opcode, ...)                                                                            \
    op(opcode, sizeof((Operand[]){__VA_ARGS__}) / sizeof(Operand), (Operand[]){__VA_ARGS__})
#define KIND(k, v)                                                                                 \
    { .kind = (k), .value = (v) }
#define X(n) KIND(OPERAND_X, n)
#define C(t) KIND(OPERAND_CONST, t)
#undef U
#define U(n) KIND(OPERAND_UINT, n)
#define F(n) KIND(OPERAND_LABEL, n)

typedef struct Machine {
    FakeCode fake;
    VM vm;
    Process p;
    Term *x;
} Machine;

static void machine_open(Machine *m) {
    memset(m, 0, sizeof *m);
    m->vm.atoms = atom_table_create(ATOM_COUNT_MAX_DEFAULT);
    exec_create(&m->vm);
    fake_start_with(&m->fake, m->vm.code_hooks, &m->vm, m->vm.atoms);
    m->vm.nodes = m->fake.nodes;
    m->vm.code = m->fake.server;
    m->vm.literals = m->fake.literals;
    m->x = mem_zalloc(EXEC_REGISTER_WORDS * sizeof(Term));
    m->p.vm = &m->vm;
    m->p.saved_x = m->p.saved_x_inline;
    heap_init(&m->p.heap, &m->vm.literals, 233);
}

static void machine_close(Machine *m) {
    heap_destroy(&m->p.heap);
    mem_free(m->x);
    fake_stop(&m->fake);
    exec_destroy(&m->vm);
}

static LowerOutput lower(Machine *m, uint32_t labels, Export *const *imports,
                         uint32_t imports_count) {
    LowerInput in = {.vm = &m->vm,
                     .module = am_lists,
                     .ops = ops,
                     .ops_count = ops_count,
                     .operands = operands,
                     .label_count = labels,
                     .imports = imports,
                     .imports_count = imports_count};
    LowerOutput out;
    if (!CHECK(exec_code_hooks.lower(&in, &out))) fprintf(stderr, "%s\n", out.error);
    return out;
}

static void free_output(LowerOutput *o) {
    mem_free(o->code);
    mem_free((void *)o->label_address);
    mem_free((void *)o->functions);
    mem_free(o->lines);
}

static int run(Machine *m, const Word *entry, Term argument, int64_t reductions) {
    Process *p = &m->p;
    p->heap.stack = p->heap.end;
    *--p->heap.stack = (Term)(uintptr_t)m->vm.exec->normal_exit;
    p->pc = entry;
    p->saved_x[0] = argument;
    p->saved_x_count = 1;
    p->exit_reason = TERM_NONE;
    p->x = m->x;
    return exec_run(p, reductions);
}

/** count(0) -> 0; count(N) -> count(N - 1). */
static void test_loop_yields(void) {
    Machine m;
    machine_open(&m);
    Export *const imports[] = {code_export(m.vm.code, am_erlang, am_minus, 2)};
    begin();
    OP(1, U(1));
    OP(2, C(am_lists), C(am_lists), U(1));
    OP(1, U(2));
    OP(43, F(3), X(0), C(term_from_small(0)));
    op(19, 0, NULL);
    OP(1, U(3));
    OP(125, F(0), U(1), U(0), X(0), C(term_from_small(1)), X(0));
    OP(6, U(1), F(2));
    LowerOutput out = lower(&m, 4, imports, 1);
    CHECK(out.functions_count == 1 && out.label_address[2] == out.functions[0]);
    CHECK(out.functions[0][-1] == 1); // LOWER-3
    int result = run(&m, out.functions[0], term_from_small(1000), 300);
    int turns = 1;
    while (result == EXEC_YIELDED && turns < 10) {
        CHECK(m.p.saved_x_count == 1 && m.p.pc == out.functions[0]); // RUN-2
        m.p.x = m.x;
        result = exec_run(&m.p, 300);
        turns++;
    }
    CHECK(result == EXEC_EXITED && m.p.exit_reason == am_normal);
    CHECK(turns == 4);
    CHECK(m.x[0] == term_from_small(0));
    free_output(&out);
    machine_close(&m);
}

/** A failing match in a function with a catch: the handler gets {'EXIT', {{badmatch, x}, Trace}}.
 */
static void test_catch(void) {
    Machine m;
    machine_open(&m);
    begin();
    OP(1, U(1));
    OP(2, C(am_lists), C(am_lists), U(1));
    OP(1, U(2));
    OP(12, U(1), U(1));
    OP(62, KIND(OPERAND_Y, 0), F(3));
    OP(72, X(0));
    OP(1, U(3));
    OP(63, KIND(OPERAND_Y, 0));
    OP(18, U(1));
    op(19, 0, NULL);
    LowerOutput out = lower(&m, 4, NULL, 0);
    CHECK(run(&m, out.functions[0], am_true, 300) == EXEC_EXITED);
    CHECK(m.p.exit_reason == am_normal);
    Term v = m.x[0];
    if (CHECK(term_is_tuple_of(v, 2)) && CHECK(tuple_get(v, 0) == am_EXIT) &&
        CHECK(term_is_tuple_of(tuple_get(v, 1), 2))) {
        Term reason = tuple_get(tuple_get(v, 1), 0);
        CHECK(term_is_tuple_of(reason, 2) && tuple_get(reason, 0) == am_badmatch &&
              tuple_get(reason, 1) == am_true);
        CHECK(term_is_list(tuple_get(tuple_get(v, 1), 1)));
    }
    free_output(&out);
    machine_close(&m);
}

/** <<1, X:16, T/binary>> -> X + byte_size(T), by OTP 26's bs_match. */
static void test_bs_match(void) {
    Machine m;
    machine_open(&m);
    begin();
    OP(1, U(1));
    OP(2, C(am_lists), C(am_lists), U(1));
    OP(1, U(2));
    OP(166, F(1), X(0), U(1), X(1));
    uint32_t first = operands_count;
    const Operand commands[] = {C(am_ensure_at_least),
                                U(24),
                                U(8),
                                C(am_eq_exact),
                                C(TERM_NIL),
                                U(8),
                                U(1),
                                C(am_integer),
                                U(2),
                                C(TERM_NIL),
                                U(16),
                                U(1),
                                X(0),
                                C(am_get_tail),
                                U(2),
                                U(8),
                                X(1)};
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) operands[operands_count++] = commands[i];
    Operand list = {.kind = OPERAND_LIST, .value = first, .count = ARRAY_COUNT(commands)};
    OP(182, F(1), X(1), list);
    op(19, 0, NULL);
    LowerOutput out = lower(&m, 3, NULL, 0);
    Term binary = heap_binary_from(&m.p.heap, "\x01\x12\x34tail", 7);
    CHECK(run(&m, out.functions[0], binary, 300) == EXEC_EXITED && m.p.exit_reason == am_normal);
    CHECK(m.x[0] == term_from_small(0x1234));
    CHECK(term_is_binary(m.x[1]) && bits_size(m.x[1]) == 32);
    free_output(&out);
    machine_close(&m);
}

/** What the loader should never let through is refused, not run. */
static void test_refusals(void) {
    Machine m;
    machine_open(&m);
    LowerInput in = {
        .vm = &m.vm, .module = am_lists, .ops = ops, .operands = operands, .label_count = 4};
    LowerOutput out;
    begin();
    OP(7, U(0), U(5));
    in.ops_count = ops_count;
    CHECK(!exec_code_hooks.lower(&in, &out) && out.error != NULL); // import out of range
    begin();
    OP(61, F(3));
    in.ops_count = ops_count;
    CHECK(!exec_code_hooks.lower(&in, &out) && out.error != NULL); // label nowhere
    begin();
    OP(92, U(10), U(0));
    in.ops_count = ops_count;
    CHECK(!exec_code_hooks.lower(&in, &out) && out.error != NULL); // string out of range
    machine_close(&m);
}

static void test_bits_read(void) {
    const uint8_t b[] = {0xa5, 0x3c, 0xff, 0x01, 0x80, 0x7e, 0x00, 0x11, 0x99};
    CHECK(bits_read(b, 0, 8) == 0xa5);
    CHECK(bits_read(b, 4, 8) == 0x53);
    CHECK(bits_read(b, 0, 16) == 0xa53c);
    CHECK(bits_read(b, 7, 1) == 1);
    CHECK(bits_read(b, 3, 13) == 0x053c);
    CHECK(bits_read(b, 0, 64) == 0xa53cff01807e0011u);
    CHECK(bits_read(b, 7, 64) == (0xa53cff01807e0011u << 7 | 0x99 >> 1));
    size_t bits;
    CHECK(bits_size_of(term_from_small(7), 8, &bits) && bits == 56);
    CHECK(!bits_size_of(term_from_small(-1), 8, &bits));
    CHECK(!bits_size_of(term_from_small(SMALL_MAX), 256, &bits));
    CHECK(!bits_size_of(am_all, 1, &bits));
}

int main(void) {
    test_loop_yields();
    test_catch();
    test_bs_match();
    test_refusals();
    test_bits_read();
    return check_done();
}
