// SPDX-License-Identifier: Apache-2.0
//
// monitor.c - monitors of processes by objects of extensions.
#include "nif/resource.h"

void nif_monitors_free(NifResource *r) { ASSERT(r->monitors == NULL); }
