// SPDX-License-Identifier: Apache-2.0
//
// code_permit.c - see code_permit.h. Who waits is suspended; all who wait try again when the permit
// is free, and sleep again but for the first. One that was killed meanwhile is woken in vain.
#include "bif/code_permit.h"

#include "base/alloc.h"
#include "code/code.h"
#include "proc/spawn.h"
#include "vm/vm.h"

bool code_change_begin(Process *p) {
    if (code_permit_take(p->vm->code, p->pid)) return true;
    p->suspend_count++; // the wake may be on its way already: it takes back this one
    p->reductions_left = 0;
    return false;
}

void code_change_end(Process *p) {
    size_t count;
    Term *waiting = code_permit_give(p->vm->code, &count);
    ASSERT(waiting != NULL || count == 0);
    for (size_t i = 0; i < count; i++) process_request_resume(p->vm, waiting[i]);
    mem_free(waiting);
}
