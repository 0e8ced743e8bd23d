// SPDX-License-Identifier: Apache-2.0
//
// process_info.h - what other built-ins ask of bif_process_info.c.
#ifndef MICA_BIF_PROCESS_INFO_H
#define MICA_BIF_PROCESS_INFO_H

#include "heap/heap.h"

/** All items that process_info/2 knows, as a list. */
Term process_info_items(Heap *h);

#endif
