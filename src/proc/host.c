// SPDX-License-Identifier: Apache-2.0
//
// host.c - processes owned by C threads; HOST-1 and HOST-2 are in host.h.
#include "proc/host.h"

#include "base/alloc.h"
#include "proc/receive.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/thread_role.h"
#include "vm/vm.h"
#include "world/clock.h"

#define PARK_NS_MAX 50000000 // looks now and then whether the VM has halted

HostProcess *host_process_create(VM *vm) {
    HostProcess *h = mem_zalloc(sizeof *h);
    h->vm = vm;
    parker_init(&h->parker);
    h->quiesce = quiesce_register(vm->quiesce);
    h->process = process_new_host(vm, &h->parker);
    if (h->process != NULL) return h;
    quiesce_unregister(vm->quiesce, h->quiesce);
    mem_free(h);
    return NULL;
}

void host_process_destroy(HostProcess *h) {
    Process *p = h->process;
    if (p->exit_reason == TERM_NONE) process_set_exiting(p, am_normal, false);
    bool ended = process_exit(p);
    ASSERT(ended); // LONG-3
    Quiesce *q = h->vm->quiesce;
    quiesce_quiet(q, h->quiesce);
    quiesce_unregister(q, h->quiesce);
    // who sent the last message may not have unparked us yet: the bed stays as long as the process
    quiesce_retire(q, mem_free, h);
}

/** One round of waiting: sleeps, or in a deterministic VM runs a process. False: there is nothing
 * to wait for. */
static bool wait_a_little(HostProcess *h, int64_t left_ns) {
    VM *vm = h->vm;
    if (vm->config.deterministic) {
        ThreadRole role = {.vm = vm, .scheduler = vm->schedulers->normal[0]};
        ThreadRole *before = thread_role_set(&role);
        bool stepped = scheduler_step(role.scheduler);
        thread_role_set(before); // ROLE-1
        return stepped;
    }
    int64_t park_ns = left_ns < 0 || left_ns > PARK_NS_MAX ? PARK_NS_MAX : left_ns;
    quiesce_offline(vm->quiesce, h->quiesce);
    parker_park(&h->parker, park_ns);
    quiesce_online(vm->quiesce, h->quiesce);
    return true;
}

HostResult host_process_receive(HostProcess *h, int64_t timeout_ns, Term *message) {
    Process *p = h->process;
    int64_t end_ns = timeout_ns < 0 ? INT64_MAX : clock_monotonic_ns(h->vm->world) + timeout_ns;
    for (;;) {
        // Cleared before looking: what comes in later sets it again and unparks (PROC-2).
        atomic_fetch_and_explicit(&p->state, ~PROCESS_WOKEN, memory_order_seq_cst);
        if (mailbox_fetch(p) == MAILBOX_EXITED) return HOST_HALTED;
        if (p->messages_first != NULL) {
            *message = p->messages_first->term;
            return HOST_MESSAGE;
        }
        if (atomic_load_explicit(&h->vm->halting, memory_order_acquire)) return HOST_HALTED;
        int64_t left_ns = timeout_ns < 0 ? -1 : end_ns - clock_monotonic_ns(h->vm->world);
        if (timeout_ns >= 0 && left_ns <= 0) return HOST_TIMEOUT;
        if (!wait_a_little(h, left_ns)) return HOST_TIMEOUT;
    }
}

void host_process_drop(HostProcess *h) {
    ASSERT(h->process->messages_first != NULL);
    h->process->messages_save = &h->process->messages_first;
    mailbox_peek(h->process);
    mailbox_take(h->process);
}
