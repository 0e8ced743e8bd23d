// SPDX-License-Identifier: Apache-2.0
//
// select.c - waits for descriptors; see select.h.
//
// A wait holds the message that it will send, in a heap of its own: nothing is built when the
// descriptor is ready. The list stands under the port table's lock.
#include "io/select.h"

#include "io/port.h"
#include "proc/signal.h"

struct SelectWait {
    struct SelectWait *next;
    uint64_t number; // the poller's token; never used twice
    int fd;
    Term pid;
    Heap heap; // of the message
    Term message;
};

static void free_wait(SelectWait *wait) {
    heap_destroy(&wait->heap);
    mem_free(wait);
}

/** Takes the wait off the list; NULL: there is none. With the lock held. */
static SelectWait *take_wait(PortTable *table, int fd, uint64_t number) {
    for (SelectWait **link = &table->waits; *link != NULL; link = &(*link)->next) {
        SelectWait *wait = *link;
        if (fd >= 0 ? wait->fd != fd : wait->number != number) continue;
        *link = wait->next;
        return wait;
    }
    return NULL;
}

int select_read(VM *vm, int fd, Term pid, Term object, Term ref) {
    ASSERT(fd >= 0 && term_is_local_pid(pid));
    PortTable *table = vm->ports;
    SelectWait *wait = mem_zalloc(sizeof *wait);
    heap_init_detached(&wait->heap, &vm->literals);
    wait->fd = fd;
    wait->pid = pid;
    wait->message = heap_tuple4(&wait->heap, am_select, heap_copy(&wait->heap, object),
                                heap_copy(&wait->heap, ref), am_ready_input);
    mutex_lock(&table->lock);
    SelectWait *before = take_wait(table, fd, 0); // SELECT-1
    wait->number = table->next_wait++;
    wait->next = table->waits;
    table->waits = wait;
    uint64_t number = wait->number;
    mutex_unlock(&table->lock);
    if (before != NULL) free_wait(before);
    int error = poller_arm(vm->world, table->poller, fd, POLLER_READ,
                           number << PORT_READY_BITS | PORT_READY_WAIT);
    if (error != 0) select_forget(vm, fd);
    return error;
}

void select_forget(VM *vm, int fd) {
    ASSERT(fd >= 0);
    PortTable *table = vm->ports;
    mutex_lock(&table->lock);
    SelectWait *wait = take_wait(table, fd, 0);
    mutex_unlock(&table->lock);
    if (wait == NULL) return;
    poller_disarm(vm->world, table->poller, fd);
    free_wait(wait);
}

void select_ready(VM *vm, uint64_t number) {
    PortTable *table = vm->ports;
    mutex_lock(&table->lock);
    SelectWait *wait = take_wait(table, -1, number);
    mutex_unlock(&table->lock);
    if (wait == NULL) return;
    ASSERT(wait->number == number);
    signal_send_message(vm, NULL, wait->pid, wait->message);
    free_wait(wait);
}

void select_destroy(VM *vm) {
    PortTable *table = vm->ports;
    ASSERT(!table->has_poll_thread);
    while (table->waits != NULL) {
        SelectWait *wait = table->waits;
        table->waits = wait->next;
        free_wait(wait);
    }
}
