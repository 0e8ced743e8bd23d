// SPDX-License-Identifier: Apache-2.0
//
// error_log.c - the event that OTP's logger gets when a process ends with an error that nothing
// caught.
#include "exec/machine.h"
#include "proc/logger.h"

void exec_log_uncaught(Process *p, Term reason) {
    Term node = node_own_name(p->vm->nodes);
    Term list = heap_cons(&p->heap, reason, TERM_NIL);
    bool alive = node != am_nonode_nohost;
    if (alive) list = heap_cons(&p->heap, node, list);
    list = heap_cons(&p->heap, p->pid, list);
    logger_send(p->vm, p, am_error,
                alive ? "Error in process ~p on node ~p with exit value:~n~p~n"
                      : "Error in process ~p with exit value:~n~p~n",
                list);
}
