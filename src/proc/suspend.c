// SPDX-License-Identifier: Apache-2.0
//
// suspend.c - processes that stop others and let them go on.
//
// SUSPEND-1: suspend_count is the receiver's own: requests change it, so they keep their order with
// other signals. SUSPEND-2: the suspender's `suspending` table counts what it asked for; when it
// ends, all of it is taken back. SUSPEND-3: who has stopped says so to the suspender, whose entry
// (told from former ones by its serial number, ref_words[0]) is RELATION_SUSPENDED from then on.
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

/** SUSPEND-3: the target has stopped. */
static Term run_confirm(VM *vm, Process *p, SignalRequest *r, Heap *out) {
    ASSERT(term_is_local_pid(r->head.term));
    Relation *found = p != NULL ? relation_find(p->suspending, r->head.term) : NULL;
    if (found != NULL && found->ref_words[0] == r->id) found->flags |= RELATION_SUSPENDED;
    return TERM_NONE;
}

static Term run_suspend(VM *vm, Process *p, SignalRequest *r, Heap *out) {
    ASSERT(r->from != TERM_NONE);
    bool answers = r->ref != TERM_NONE;
    if (p == NULL) return !answers ? TERM_NONE : r->head.term == am_badarg ? am_badarg : am_exited;
    p->suspend_count++;
    SignalRequest *confirmation = signal_new(vm, SIGNAL_REQUEST, TERM_NONE, p->pid, TERM_NONE);
    confirmation->function = run_confirm;
    confirmation->beside = true;
    confirmation->id = r->id;
    signal_push(vm, r->from, confirmation);
    return !answers ? TERM_NONE : r->head.term == am_badarg ? am_true : am_suspended;
}

static Term run_wait(VM *vm, Process *p, SignalRequest *r, Heap *out) {
    ASSERT(r->ref != TERM_NONE);
    return p == NULL ? am_badarg : am_false;
}

void process_request_resume(VM *vm, Term pid) {
    signal_request_beside(vm, pid, run_resume, TERM_NONE, TERM_NONE, TERM_NONE);
}

void process_request_suspend(Process *p, Term target, Term ref, bool synchronous) {
    ASSERT(target != p->pid);
    Relation *r = relation_find(p->suspending, target);
    if (r == NULL) {
        r = relation_add(&p->suspending, target);
        r->ref_words[0] =
            atomic_fetch_add_explicit(&p->vm->unique_counter, 1, memory_order_relaxed);
    }
    r->id++; // SUSPEND-2
    SignalRequest *s =
        signal_new(p->vm, SIGNAL_REQUEST, p->pid, synchronous ? am_badarg : am_suspended, ref);
    s->function = run_suspend;
    s->beside = true;
    s->id = r->ref_words[0];
    signal_push(p->vm, target, s);
}

void process_wait_suspended(Process *p, Term target, Term ref) {
    ASSERT(process_is_suspending(p, target));
    signal_request(p->vm, target, run_wait, p->pid, ref, TERM_NONE);
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
