// SPDX-License-Identifier: Apache-2.0
//
// fiber.c - see fiber.h. On x86-64 and AArch64 a switch is a few instructions: the registers that
// a function must keep go onto the stack, the stack pointer changes, and the other side's come
// back. Elsewhere ucontext does it, with a system call each time.
//
// The sanitizers are told of each switch, or they would take one stack's frames for the other's.
#include "world/fiber.h"

#include <stdint.h>

#include "base/alloc.h"
#include "world/page.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBER_ASAN 1
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if __has_feature(thread_sanitizer)
#define FIBER_TSAN 1
#include <sanitizer/tsan_interface.h>
#endif
#endif

#if !defined(__x86_64__) && !defined(__aarch64__)
#define FIBER_UCONTEXT 1
#include <ucontext.h>
#endif

// Frames of builds with checks and sanitizers are several times as large.
#define STACK_BYTES ((size_t)(BASE_CHECKS ? 1024 : 256) << 10)

struct Fiber {
    uint8_t *block; // the guard page, then the stack
    size_t block_bytes;
    void (*function)(void *);
    void *argument;
    void *inner, *outer; // stack pointers of who does not run: the fiber's, its enterer's
    bool entered, begun, finished;
#ifdef FIBER_UCONTEXT
    ucontext_t inner_context, outer_context;
#endif
#ifdef FIBER_ASAN
    void *inner_fake, *outer_fake;
    const void *outer_bottom;
    size_t outer_bytes;
#endif
#ifdef FIBER_TSAN
    void *inner_tsan, *outer_tsan;
#endif
};

static uint8_t *stack_bottom(const Fiber *f) { return f->block + (f->block_bytes - STACK_BYTES); }

#define UNCOUNTED __attribute__((disable_sanitizer_instrumentation))

// ---- telling the sanitizers
// -----------------------------------------------------------------------

static void before_enter(Fiber *f) {
#ifdef FIBER_ASAN
    __sanitizer_start_switch_fiber(&f->outer_fake, stack_bottom(f), STACK_BYTES);
#endif
#ifdef FIBER_TSAN
    f->outer_tsan = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(f->inner_tsan, 0);
#endif
    f->entered = true;
}

static void after_enter(Fiber *f) {
#ifdef FIBER_ASAN
    __sanitizer_finish_switch_fiber(f->outer_fake, NULL, NULL);
#endif
    f->entered = false;
}

/** On the fiber's stack. */
static void arrived(Fiber *f) {
    ASSERT(f->entered);
#ifdef FIBER_ASAN
    __sanitizer_finish_switch_fiber(f->inner_fake, &f->outer_bottom, &f->outer_bytes);
#endif
}

UNCOUNTED static void before_leave(Fiber *f) {
#ifdef FIBER_ASAN
    __sanitizer_start_switch_fiber(f->finished ? NULL : &f->inner_fake, f->outer_bottom,
                                   f->outer_bytes);
#endif
#ifdef FIBER_TSAN
    __tsan_switch_to_fiber(f->outer_tsan, 0);
#endif
    ASSERT(f->entered);
}

// ---- switching
// ------------------------------------------------------------------------------------

static void run(Fiber *f);

#ifdef FIBER_UCONTEXT
static void context_start(unsigned high, unsigned low) {
    run((Fiber *)((uintptr_t)high << 32 | low));
}
static void prepare(Fiber *f) {
    int status = getcontext(&f->inner_context);
    ASSERT(status == 0);
    f->inner_context.uc_stack.ss_sp = stack_bottom(f);
    f->inner_context.uc_stack.ss_size = STACK_BYTES;
    f->inner_context.uc_link = NULL;
    uintptr_t address = (uintptr_t)f;
    makecontext(&f->inner_context, (void (*)(void))context_start, 2,
                (unsigned)((uint64_t)address >> 32), (unsigned)address);
}
static void switch_in(Fiber *f) { swapcontext(&f->outer_context, &f->inner_context); }
UNCOUNTED static void switch_out(Fiber *f) { swapcontext(&f->inner_context, &f->outer_context); }
#else

/** Keeps this side's registers and stack pointer in *from, and goes on with the other side's. */
void mica_fiber_switch(void **from, void *to);
/** Where a new fiber begins: calls run with what prepare laid down. */
void mica_fiber_start(void);

#ifdef __x86_64__
#define KEPT_WORDS 9
__asm__(".text\n"
        ".p2align 4\n"
        ".hidden mica_fiber_switch\n"
        ".globl mica_fiber_switch\n"
        ".type mica_fiber_switch,@function\n"
        "mica_fiber_switch:\n"
        "  pushq %rbp\n  pushq %rbx\n  pushq %r12\n  pushq %r13\n  pushq %r14\n  pushq %r15\n"
        "  movq %rsp, (%rdi)\n"
        "  movq %rsi, %rsp\n"
        "  popq %r15\n  popq %r14\n  popq %r13\n  popq %r12\n  popq %rbx\n  popq %rbp\n"
        "  ret\n"
        ".size mica_fiber_switch,.-mica_fiber_switch\n"
        ".p2align 4\n"
        ".hidden mica_fiber_start\n"
        ".globl mica_fiber_start\n"
        ".type mica_fiber_start,@function\n"
        "mica_fiber_start:\n"
        "  movq %r12, %rdi\n"
        "  xorl %ebp, %ebp\n"
        "  callq *%r13\n"
        "  ud2\n"
        ".size mica_fiber_start,.-mica_fiber_start\n");
/** r15, r14, r13, r12, rbx, rbp, return address, and two words so that the stack is 16-byte aligned
 * where mica_fiber_start begins. */
static void prepare(Fiber *f) {
    uintptr_t *sp = (uintptr_t *)(void *)(stack_bottom(f) + STACK_BYTES) - KEPT_WORDS;
    for (int i = 0; i < KEPT_WORDS; i++) sp[i] = 0;
    sp[2] = (uintptr_t)run;
    sp[3] = (uintptr_t)f;
    sp[6] = (uintptr_t)mica_fiber_start;
    f->inner = sp;
}
#else
#define KEPT_WORDS 20
__asm__(".text\n"
        ".p2align 4\n"
        ".hidden mica_fiber_switch\n"
        ".globl mica_fiber_switch\n"
        ".type mica_fiber_switch,%function\n"
        "mica_fiber_switch:\n"
        "  sub sp, sp, #160\n"
        "  stp x19, x20, [sp, #0]\n  stp x21, x22, [sp, #16]\n  stp x23, x24, [sp, #32]\n"
        "  stp x25, x26, [sp, #48]\n  stp x27, x28, [sp, #64]\n  stp x29, x30, [sp, #80]\n"
        "  stp d8, d9, [sp, #96]\n  stp d10, d11, [sp, #112]\n"
        "  stp d12, d13, [sp, #128]\n  stp d14, d15, [sp, #144]\n"
        "  mov x2, sp\n  str x2, [x0]\n  mov sp, x1\n"
        "  ldp x19, x20, [sp, #0]\n  ldp x21, x22, [sp, #16]\n  ldp x23, x24, [sp, #32]\n"
        "  ldp x25, x26, [sp, #48]\n  ldp x27, x28, [sp, #64]\n  ldp x29, x30, [sp, #80]\n"
        "  ldp d8, d9, [sp, #96]\n  ldp d10, d11, [sp, #112]\n"
        "  ldp d12, d13, [sp, #128]\n  ldp d14, d15, [sp, #144]\n"
        "  add sp, sp, #160\n"
        "  ret\n"
        ".size mica_fiber_switch,.-mica_fiber_switch\n"
        ".p2align 4\n"
        ".hidden mica_fiber_start\n"
        ".globl mica_fiber_start\n"
        ".type mica_fiber_start,%function\n"
        "mica_fiber_start:\n"
        "  mov x0, x19\n"
        "  mov x29, xzr\n"
        "  blr x20\n"
        "  brk #1\n"
        ".size mica_fiber_start,.-mica_fiber_start\n");
/** x19 .. x28, x29, x30, d8 .. d15. */
static void prepare(Fiber *f) {
    uintptr_t *sp = (uintptr_t *)(void *)(stack_bottom(f) + STACK_BYTES) - KEPT_WORDS;
    for (int i = 0; i < KEPT_WORDS; i++) sp[i] = 0;
    sp[0] = (uintptr_t)f;
    sp[1] = (uintptr_t)run;
    sp[11] = (uintptr_t)mica_fiber_start;
    f->inner = sp;
}
#endif

static void switch_in(Fiber *f) { mica_fiber_switch(&f->outer, f->inner); }
UNCOUNTED static void switch_out(Fiber *f) { mica_fiber_switch(&f->inner, f->outer); }
#endif

/** The whole life of a function on the fiber's stack. It never returns: ThreadSanitizer must not
 * count it in, nor what it leaves through, or the fiber's next life would stand above this one. */
UNCOUNTED static void run(Fiber *f) {
    arrived(f);
    f->function(f->argument);
    f->finished = true;
    before_leave(f);
    switch_out(f);
    UNREACHABLE(); // FIBER-2: its next life begins at its start
}

// ---- a fiber's life
// -------------------------------------------------------------------------------

Fiber *fiber_new(void) {
    size_t block_bytes = page_round_up(STACK_BYTES) + page_size();
    uint8_t *block = page_map(block_bytes);
    if (block == NULL) return NULL;
    page_protect_none(block, page_size()); // FIBER-3
    Fiber *f = mem_zalloc(sizeof *f);
    f->block = block;
    f->block_bytes = block_bytes;
    f->finished = true;
#ifdef FIBER_TSAN
    f->inner_tsan = __tsan_create_fiber(0);
#endif
    return f;
}

void fiber_free(Fiber *f) {
    ASSERT(!f->entered);
    fiber_drop(f);
#ifdef FIBER_TSAN
    __tsan_destroy_fiber(f->inner_tsan);
#endif
    page_unmap(f->block, f->block_bytes);
    mem_free(f);
}

void fiber_begin(Fiber *f, void (*function)(void *), void *argument) {
    ASSERT(!f->entered && f->finished); // FIBER-2
    f->function = function;
    f->argument = argument;
    f->finished = false;
    f->begun = false;
#ifdef FIBER_ASAN
    f->inner_fake = NULL;
    __asan_unpoison_memory_region(stack_bottom(f), STACK_BYTES); // frames that were dropped
#endif
    prepare(f);
}

bool fiber_enter(Fiber *f) {
    ASSERT(!f->entered && !f->finished); // FIBER-1
    f->begun = true;
    before_enter(f);
    switch_in(f);
    after_enter(f);
    return !f->finished;
}

void fiber_leave(Fiber *f) {
    before_leave(f);
    switch_out(f);
    arrived(f);
}

void fiber_drop(Fiber *f) {
    ASSERT(!f->entered);
    if (f->finished) return;
    f->finished = true;
#ifdef FIBER_ASAN
    // its frames in AddressSanitizer's own store go, as if it had been entered and had ended
    if (f->begun && f->inner_fake != NULL) {
        void *mine;
        const void *bottom;
        size_t bytes;
        __sanitizer_start_switch_fiber(&mine, stack_bottom(f), STACK_BYTES);
        __sanitizer_finish_switch_fiber(f->inner_fake, &bottom, &bytes);
        __sanitizer_start_switch_fiber(NULL, bottom, bytes);
        __sanitizer_finish_switch_fiber(mine, NULL, NULL);
        f->inner_fake = NULL;
    }
#endif
#ifdef FIBER_TSAN
    __tsan_destroy_fiber(f->inner_tsan); // with what it thought was on its stack
    f->inner_tsan = __tsan_create_fiber(0);
#endif
}
