// SPDX-License-Identifier: Apache-2.0
//
// validate.h - may this code run? The last check of a module's instructions before they are
// lowered; what is proven and how: code/validate_internal.h.
#ifndef MICA_CODE_VALIDATE_H
#define MICA_CODE_VALIDATE_H

#include "code/lower_read.h"

/**
 * Walks every function of what code_ops_read gave, before code_ops_set_literals. Sets the flags of
 * instructions that the lowering must guard (GENERIC_*). False: the complaint says why.
 */
bool code_ops_validate(CodeOps *o, const BeamFile *f, CodeComplaint *complaint);

#endif
