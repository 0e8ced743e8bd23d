// SPDX-License-Identifier: Apache-2.0
//
// callback.h - native functions that the VM calls by their names, beside any process.
#ifndef MICA_NIF_CALLBACK_H
#define MICA_NIF_CALLBACK_H

#include "vm/vm.h"

/** Is this a function of a loaded library, in its module's current version? */
bool nif_callback_exists(VM *vm, Term module, Term name, uint32_t arity);
/** Calls it with copies of the arguments. Its value when that is an immediate term, error when it
 * is none or an exception, TERM_NONE when there is no such function. */
Term nif_callback(VM *vm, Term module, Term name, uint32_t arity, const Term *arguments);

#endif
