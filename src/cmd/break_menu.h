// SPDX-License-Identifier: Apache-2.0
//
// break_menu.h - what ^C brings up: a menu from which to end the VM, go on, or look at it.
#ifndef MICA_CMD_BREAK_MENU_H
#define MICA_CMD_BREAK_MENU_H

#include "io/io.h"

/** Talks with the user on the standard streams until the VM may go on. For io_take_signals. */
void break_menu(VM *vm, QuiesceThread *thread);

#endif
