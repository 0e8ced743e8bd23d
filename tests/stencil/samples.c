// SPDX-License-Identifier: Apache-2.0
//
// samples.c - bodies on which the stencil check is checked: op_good_... must be accepted,
// op_bad_<rule>_... must be refused with that rule's number (tools/stencil_extract.py). Compiled,
// never run.
#include <stdint.h>

#define BODY(name)                                                                                 \
    __attribute__((preserve_none)) void op_##name(uint64_t *x, int64_t a, void *p);                \
    __attribute__((preserve_none)) void op_##name(uint64_t *x, int64_t a, void *p)
#define GO(where) __attribute__((musttail)) return where(x, a, p)

extern const char mica_hole_1[];
__attribute__((preserve_none)) void mica_next(uint64_t *x, int64_t a, void *p);
__attribute__((preserve_none)) void mica_label_2(uint64_t *x, int64_t a, void *p);
uint64_t sample_runtime(void *p, uint64_t *room);
uint64_t sample_unknown(void *p);
__attribute__((preserve_none)) void sample_elsewhere(uint64_t *x, int64_t a, void *p);

BODY(good_move) {
    x[(uint64_t)mica_hole_1] = (uint64_t)a;
    GO(mica_next);
}

BODY(good_call) {
    if (sample_runtime(p, x) == 0) GO(mica_label_2);
    GO(mica_next);
}

BODY(good_loop) {
    for (int64_t i = 0; i < a; i++) x[i] = sample_runtime(p, x);
    GO(mica_next);
}

typedef __attribute__((preserve_none)) void Continuation(uint64_t *x, int64_t a, void *p);

BODY(good_dynamic) { GO(((Continuation *)x[0])); }

BODY(good_ends_the_run) { x[0] = (uint64_t)a; }

// an ordinary call of what follows: the stack would grow with each instruction
BODY(bad_4_calls_what_follows) {
    x[0] = (uint64_t)a;
    mica_next(x, a, p);
    x[1] = 0;
}

BODY(bad_3_returns_with_a_frame) {
    __asm__ volatile("pushq %%rax" : : : "memory");
    x[0] = (uint64_t)a;
}

BODY(bad_2_unknown_continuation) { GO(sample_elsewhere); }

BODY(bad_4_unknown_function) {
    x[0] = sample_unknown(p);
    GO(mica_next);
}

static __attribute__((noinline)) uint64_t local_helper(uint64_t *x, void *p) {
    return x[1] * 3 + (uint64_t)p + sample_runtime(p, x) * x[2];
}

BODY(bad_4_calls_inside) {
    x[0] = local_helper(x, p);
    GO(mica_next);
}

BODY(bad_3_frame) {
    __asm__ volatile("pushq %%rax" : : : "memory");
    x[0] = (uint64_t)a;
    GO(mica_next);
}

static uint64_t counter;
BODY(bad_6_writable_data) {
    counter += x[0];
    x[1] = counter;
    GO(mica_next);
}
