// SPDX-License-Identifier: Apache-2.0
//
// dist.h - distribution, as the room above sees it: connections to other nodes, made by OTP's own
// net_kernel and run here.
#ifndef MICA_DIST_DIST_H
#define MICA_DIST_DIST_H

#include "vm/vm.h"

typedef struct DistState DistState;

/** Before io_create, so that ports can end connections as long as there are ports. */
void dist_create(VM *vm);
void dist_destroy(VM *vm);

#endif
