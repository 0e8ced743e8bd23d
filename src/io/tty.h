// SPDX-License-Identifier: Apache-2.0
//
// tty.h - the terminal of one VM: descriptors 0 and 1 while somebody reads keys from them.
//
// TTY-3: the settings that the terminal had are kept from the first taking of keys on, and put back
// by tty_end_keys and at the end of the VM.
//
// TTY-4: between tty_suspend and tty_resume the terminal has the settings of before; who takes keys
// meanwhile gets them with tty_resume.
//
// Threads: any; each function takes the terminal's lock, and none keeps it: who suspends the
// terminal goes on to look at ports, whose owners may be waiting for the terminal.
#ifndef MICA_IO_TTY_H
#define MICA_IO_TTY_H

#include "io/port.h"
#include "io/terminfo.h"

enum { TTY_IN = 0, TTY_OUT = 1, TTY_COLUMNS_DEFAULT = 80 };

void tty_create(PortTable *table);
void tty_destroy(VM *vm);

/** Keys come one by one, as the StreamKeys bits say. 0 or an errno value. */
int tty_begin_keys(VM *vm, unsigned keys);
/** From now on ^C is a key like others (+Bc). */
void tty_give_interrupt_key(VM *vm);
/** Sets the terminal again as tty_begin_keys did: another program may have changed it. */
int tty_again(VM *vm);
/** Puts the settings back; does nothing when keys were not taken. */
void tty_end_keys(VM *vm);
/** For a while, until tty_resume: puts the settings back. */
void tty_suspend(VM *vm);
void tty_resume(VM *vm);

/** This process reads the terminal: it hears of OS_SIGNAL_WINCH and OS_SIGNAL_CONT, by
 * {select, Object, Ref, ready_input} each. */
void tty_watch_signals(VM *vm, Term pid, Term object, Term ref);
/** A signal came. False: nobody watches. */
bool tty_signal(VM *vm, OsSignal number);
/** The next signal that was told and not yet taken; false: none. */
bool tty_take_signal(VM *vm, OsSignal *number);

/** Looks the terminal's name up; false: it is not known. */
bool tty_find_terminfo(VM *vm, const char *terminal);
/** What the last tty_find_terminfo found; NULL: nothing. Lives as long as the VM. */
const Terminfo *tty_terminfo(VM *vm);

#endif
