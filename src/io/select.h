// SPDX-License-Identifier: Apache-2.0
//
// select.h - processes that wait for a descriptor by themselves, without a port: they get one
// message when it is ready, and ask again.
//
// SELECT-1: at most one process waits for the reading of a descriptor; asking again replaces it.
//
// Threads: select_read and select_forget by any; select_ready by the poll thread.
#ifndef MICA_IO_SELECT_H
#define MICA_IO_SELECT_H

#include "vm/vm.h"

/** {select, Object, Ref, ready_input} to pid, once, when fd can be read. 0 or an errno value. */
int select_read(VM *vm, int fd, Term pid, Term object, Term ref);
/** Nobody waits for fd any more. */
void select_forget(VM *vm, int fd);
/** The descriptor of this wait is ready. Waits that were forgotten meanwhile are ignored. */
void select_ready(VM *vm, uint64_t number);
/** Drops all waits; no process runs any more. */
void select_destroy(VM *vm);

#endif
