// SPDX-License-Identifier: Apache-2.0
//
// tty.c - the terminal of one VM; see tty.h.
#include "io/tty.h"

#include "proc/signal.h"

struct Tty {
    Mutex lock;
    bool has_keys, is_suspended, gives_interrupt;
    unsigned keys;
    StreamTerminal before; // TTY-3
    Term watcher;          // who hears of signals, or TERM_NONE
    Heap heap;             // of the message
    Term message;
    bool is_told[OS_SIGNAL_COUNT]; // a message is on its way
    Terminfo *info;
};

void tty_create(PortTable *table) {
    ASSERT(table->tty == NULL);
    table->tty = mem_zalloc(sizeof *table->tty);
    mutex_init(&table->tty->lock);
    table->tty->watcher = TERM_NONE;
}

static void forget_watcher(Tty *t) {
    if (t->watcher == TERM_NONE) return;
    heap_destroy(&t->heap);
    t->watcher = TERM_NONE;
}

void tty_destroy(VM *vm) {
    Tty *t = vm->ports->tty;
    tty_end_keys(vm);
    forget_watcher(t);
    terminfo_free(t->info);
    mutex_free(&t->lock);
    mem_free(t);
    vm->ports->tty = NULL;
}

/** Keys as `keys` says, or, while suspended, nothing but the proof that they can be had (TTY-4). */
static int set_keys(VM *vm, Tty *t, unsigned keys, StreamTerminal *found) {
    int error = stream_begin_keys(vm->world, TTY_IN, keys, found);
    if (error == 0 && t->is_suspended) stream_end_keys(vm->world, TTY_IN, found);
    return error;
}

int tty_begin_keys(VM *vm, unsigned keys) {
    Tty *t = vm->ports->tty;
    StreamTerminal found;
    mutex_lock(&t->lock);
    if (t->gives_interrupt) keys |= STREAM_KEYS_INTERRUPT;
    int error = set_keys(vm, t, keys, &found);
    if (error == 0) {
        if (!t->has_keys) t->before = found;
        t->has_keys = true;
        t->keys = keys;
    }
    mutex_unlock(&t->lock);
    return error;
}

void tty_give_interrupt_key(VM *vm) {
    vm->ports->tty->gives_interrupt = true;
    if (stream_is_terminal(vm->world, TTY_IN))
        (void)tty_begin_keys(vm, STREAM_KEYS_SIGNALS | STREAM_KEYS_LINES | STREAM_KEYS_ECHO);
}

int tty_again(VM *vm) {
    Tty *t = vm->ports->tty;
    StreamTerminal found;
    mutex_lock(&t->lock);
    int error = t->has_keys ? set_keys(vm, t, t->keys, &found) : 0;
    mutex_unlock(&t->lock);
    return error;
}

void tty_end_keys(VM *vm) {
    Tty *t = vm->ports->tty;
    mutex_lock(&t->lock);
    if (t->has_keys && !t->is_suspended) stream_end_keys(vm->world, TTY_IN, &t->before);
    t->has_keys = false;
    mutex_unlock(&t->lock);
}

void tty_suspend(VM *vm) {
    Tty *t = vm->ports->tty;
    mutex_lock(&t->lock);
    ASSERT(!t->is_suspended);
    t->is_suspended = true;
    if (t->has_keys) stream_end_keys(vm->world, TTY_IN, &t->before);
    mutex_unlock(&t->lock);
}

void tty_resume(VM *vm) {
    Tty *t = vm->ports->tty;
    StreamTerminal found;
    mutex_lock(&t->lock);
    ASSERT(t->is_suspended);
    t->is_suspended = false;
    // a terminal that is gone meanwhile is noticed by who reads it
    if (t->has_keys) (void)stream_begin_keys(vm->world, TTY_IN, t->keys, &found);
    mutex_unlock(&t->lock);
}

void tty_watch_signals(VM *vm, Term pid, Term object, Term ref) {
    ASSERT(term_is_local_pid(pid));
    Tty *t = vm->ports->tty;
    mutex_lock(&t->lock);
    forget_watcher(t);
    heap_init_detached(&t->heap, &vm->literals);
    t->message = heap_tuple4(&t->heap, am_select, heap_copy(&t->heap, object),
                             heap_copy(&t->heap, ref), am_ready_input);
    t->watcher = pid;
    memset(t->is_told, 0, sizeof t->is_told);
    mutex_unlock(&t->lock);
}

bool tty_signal(VM *vm, OsSignal number) {
    ASSERT((unsigned)number < OS_SIGNAL_COUNT);
    Tty *t = vm->ports->tty;
    mutex_lock(&t->lock);
    bool is_watched = t->watcher != TERM_NONE;
    if (is_watched && !t->is_told[number]) {
        t->is_told[number] = true;
        signal_send_message(vm, NULL, t->watcher, t->message);
    }
    mutex_unlock(&t->lock);
    return is_watched;
}

bool tty_take_signal(VM *vm, OsSignal *number) {
    Tty *t = vm->ports->tty;
    bool found = false;
    mutex_lock(&t->lock);
    for (unsigned i = 0; i < OS_SIGNAL_COUNT && !found; i++) {
        if (!t->is_told[i]) continue;
        t->is_told[i] = false;
        *number = (OsSignal)i;
        found = true;
    }
    mutex_unlock(&t->lock);
    return found;
}

bool tty_find_terminfo(VM *vm, const char *terminal) {
    Tty *t = vm->ports->tty;
    mutex_lock(&t->lock);
    Terminfo *found = terminfo_open(vm->world, terminal, t->info);
    if (found != NULL) t->info = found;
    mutex_unlock(&t->lock);
    return found != NULL;
}

const Terminfo *tty_terminfo(VM *vm) {
    Tty *t = vm->ports->tty;
    mutex_lock(&t->lock);
    const Terminfo *info = t->info;
    mutex_unlock(&t->lock);
    return info;
}
