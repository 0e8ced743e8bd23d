// SPDX-License-Identifier: Apache-2.0
//
// suspend.c - processes that stop others and let them go on.
//
// SUSPEND-1: suspend_count is the receiver's own: requests change it, so they keep their order with
// other signals. SUSPEND-2: the suspender's `suspending` table counts what it asked for; when it
// ends, all of it is taken back.
#include "proc/suspend.h"

#include "proc/link.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "vm/vm.h"

static Term run_resume(VM *vm, Process *p, SignalRequest *r, Heap *out) {
    ASSERT(r->from == TERM_NONE); // nobody waits for an answer
    if (p != NULL && p->suspend_count > 0) p->suspend_count--;
    return TERM_NONE;
}

static Term run_suspend(VM *vm, Process *p, SignalRequest *r, Heap *out) {
    if (p == NULL) return r->head.term == am_badarg ? am_badarg : am_exited;
    p->suspend_count++;
    return r->head.term == am_badarg ? am_true : am_suspended;
}

void process_request_resume(VM *vm, Term pid) {
    signal_request(vm, pid, run_resume, TERM_NONE, TERM_NONE, TERM_NONE);
}

void process_request_suspend(Process *p, Term target, Term ref, bool synchronous) {
    ASSERT(target != p->pid);
    Relation *r = relation_find(p->suspending, target);
    if (r == NULL) r = relation_add(&p->suspending, target);
    r->id++; // SUSPEND-2
    signal_request(p->vm, target, run_suspend, ref == TERM_NONE ? TERM_NONE : p->pid, ref,
                   synchronous ? am_badarg : am_suspended);
}

bool process_resume(Process *p, Term target) {
    ASSERT(term_is_local_pid(target));
    Relation *r = relation_find(p->suspending, target);
    if (r == NULL) return false;
    ASSERT(r->id > 0);
    if (--r->id == 0) relation_remove(p->suspending, r);
    process_request_resume(p->vm, target);
    return true;
}

bool process_is_suspending(const Process *p, Term target) {
    return relation_find(p->suspending, target) != NULL;
}
