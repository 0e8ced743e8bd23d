// SPDX-License-Identifier: Apache-2.0
//
// Shared libraries of native code (for native extensions).
//
// A library keeps values of one VM in its own variables (atoms, types of resources), so two VMs in
// a program must not share them. Every library is therefore opened for an owner: the first owner
// gets the file as it is, any other one a private copy of it, with variables of its own.
//
//   DYNLIB-1  For one owner a path that is open already is the same library, as with dlopen.
//   DYNLIB-2  The list of open libraries is the program's, under one lock: who owns the code at an
//             address is asked by functions that get no other argument, and whether a file is
//             open already is a question about the whole program. It is the room's only state.
//
// Threads: any.
#ifndef MICA_WORLD_DYNLIB_H
#define MICA_WORLD_DYNLIB_H

#include <stddef.h>

typedef struct Dynlib Dynlib;

// NULL with a message in error_text, cut to its capacity.
Dynlib *dynlib_open(const char *path, const void *owner, char *error_text, size_t error_capacity);
// NULL when it has none; error_text may be NULL.
void *dynlib_symbol(Dynlib *library, const char *name, char *error_text, size_t error_capacity);
void dynlib_close(Dynlib *library);

// The owner of the library whose code stands at this address. When it is in none, and all
// libraries belong to one owner: that one; else NULL.
const void *dynlib_owner_of(const void *address);

// What an extension opens itself: a handle of the dynamic linker, never closed.
void *dynlib_open_plain(const char *path, char *error_text, size_t error_capacity);
void *dynlib_symbol_plain(void *handle, const char *name, char *error_text, size_t error_capacity);

#endif
