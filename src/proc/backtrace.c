// SPDX-License-Identifier: Apache-2.0
//
// backtrace.c - a process's stack as text, in the form that OTP gives it: for each frame its return
// address and the Y registers below it.
//
// A frame is [y0 .. yn-1][return address]; a return address has the low three bits 000, which no
// term has, and a catch mark is an immediate of its own.
#include "proc/backtrace.h"

#include "code/code.h"
#include "vm/vm.h"

#define TERM_SHOWN_MAX 64 // parts of a term that are shown

static void add_place(TextBuffer *out, VM *vm, const Word *pc) {
    ASSERT(((uintptr_t)pc & TAG_MASK) == 0);
    CodeLocation place;
    if (!code_locate(vm->code, pc, &place)) {
        text_add_string(out, "<terminate process normally>");
        return;
    }
    print_atom(out, vm->atoms, place.module_name);
    text_add(out, ":", 1);
    print_atom(out, vm->atoms, place.function);
    const Word *entry = code_function_entry(place.instance, pc);
    ASSERT(entry != NULL && entry <= pc);
    text_format(out, "/%u + %zu", place.arity, (size_t)(pc - entry) * sizeof(Word));
}

static void add_word(TextBuffer *out, VM *vm, Term word, uint32_t index) {
    char name[16];
    size_t before = out->count;
    text_format(out, "y(%u)", index);
    for (size_t i = out->count - before; i + 1 < sizeof name && i < 9; i++) text_add(out, " ", 1);
    if (term_is_catch(word)) {
        text_format(out, "Catch 0x%016llx (", (unsigned long long)(uintptr_t)term_catch_pc(word));
        add_place(out, vm, term_catch_pc(word));
        text_add(out, ")", 1);
    } else {
        print_term(out, vm->atoms, word, TERM_SHOWN_MAX);
    }
    text_add(out, "\n", 1);
}

/** The arguments of what it goes on with. */
static void add_registers(TextBuffer *out, const Process *p) {
    ASSERT(p->saved_x_count == 0 || p->saved_x != NULL);
    text_format(out, "arity = %u\n", p->saved_x_count);
    for (uint32_t i = 0; i < p->saved_x_count; i++) {
        text_add_string(out, "   ");
        print_term(out, p->vm->atoms, p->saved_x[i], TERM_SHOWN_MAX);
        text_add(out, "\n", 1);
    }
}

void backtrace_add(TextBuffer *out, Process *p, bool is_stopped) {
    VM *vm = p->vm;
    ASSERT(out != NULL && vm != NULL);
    ASSERT(p->heap.stack <= p->heap.end); // HEAP-1
    text_format(out, "Program counter: 0x%016llx (", (unsigned long long)(uintptr_t)p->pc);
    add_place(out, vm, p->pc);
    text_add_string(out, ")\n");
    if (is_stopped) add_registers(out, p);
    uint32_t index = 0;
    for (const Term *w = p->heap.stack; w < p->heap.end; w++) {
        if ((*w & TAG_MASK) != 0) {
            add_word(out, vm, *w, index++);
            continue;
        }
        index = 0;
        text_format(out, "\n0x%016llx Return addr 0x%016llx (", (unsigned long long)(uintptr_t)w,
                    (unsigned long long)*w);
        add_place(out, vm, (const Word *)(uintptr_t)*w);
        text_add_string(out, ")\n");
    }
}
