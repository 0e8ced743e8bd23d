// SPDX-License-Identifier: Apache-2.0
//
// code_check.c - see code_check.h. A stack trace kept in p->exc needs no look: it is read through
// code_locate, which knows no purged code.
#include "proc/code_check.h"

#include "code/code.h"
#include "vm/vm.h"

bool process_uses_old_code(Process *p, Term module) {
    ASSERT(term_is_atom(module));
    Module *m = code_find_module(p->vm->code, module);
    CodeInstance *old = m != NULL ? m->old : NULL;
    if (old == NULL) return false;
    if (p->pc != NULL && code_contains(old, p->pc)) return true;
    if (atomic_load_explicit(&p->scheduled_code, memory_order_relaxed) == old) return true;
    ASSERT(p->heap.stack <= p->heap.end); // HEAP-1
    for (const Term *sp = p->heap.stack; sp < p->heap.end; sp++) {
        if ((*sp & TAG_MASK) == 0 && code_contains(old, (const Word *)(uintptr_t)*sp)) return true;
    }
    return false;
}
