// SPDX-License-Identifier: Apache-2.0
//
// Shared libraries of native code (for native extensions).
//
// Threads: any.
#ifndef MICA_WORLD_DYNLIB_H
#define MICA_WORLD_DYNLIB_H

#include <stddef.h>

typedef struct Dynlib Dynlib;

// NULL with a message in error_text, cut to its capacity.
Dynlib *dynlib_open(const char *path, char *error_text, size_t error_capacity);
void *dynlib_symbol(Dynlib *library, const char *name); // NULL when it has none
void dynlib_close(Dynlib *library);

#endif
