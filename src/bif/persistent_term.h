// SPDX-License-Identifier: Apache-2.0
//
// persistent_term.h - the table behind module persistent_term, for who makes and unmakes a VM.
#ifndef MICA_BIF_PERSISTENT_TERM_H
#define MICA_BIF_PERSISTENT_TERM_H

#include "vm/vm.h"

void persistent_terms_create(VM *vm);
/** No process runs any more. */
void persistent_terms_destroy(VM *vm);
/** For OTP's own test suites: #{table => number of slots}. */
Term persistent_terms_state(Process *p);

#endif
