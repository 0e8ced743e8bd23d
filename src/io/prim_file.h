// SPDX-License-Identifier: Apache-2.0
//
// prim_file.h - open files, as this room's files share them.
//
// FILE-OBJ-1: a file is idle, busy with one call, closed, or busy and to be closed when the call
// ends
//             (`state`, changed by compare-and-swap only).
// FILE-OBJ-2: an open file is on its VM's list, which holds a reference to it; so a file whose
// reference term is
//             collected stays open until its owner exits, as in OTP.
#ifndef MICA_IO_PRIM_FILE_H
#define MICA_IO_PRIM_FILE_H

#include "io/io.h"
#include "world/file.h"
#include "world/thread.h"

typedef enum { FILE_IDLE, FILE_BUSY, FILE_CLOSE_PENDING, FILE_CLOSED } FileObjectState;

typedef struct FileObject {
    _Atomic uint32_t state;
    FileHandle handle;
    Term owner; // local pid
    VM *vm;
    Binary *self;
    struct FileObject *next, *previous; // under FileState.lock
} FileObject;

struct FileState {
    Mutex lock; // guards the list
    FileObject *first;
    _Atomic uint32_t encoding; // FileNameEncoding
    _Atomic uint32_t warning;  // FileNameWarning
};

/** The file behind a reference, or NULL. */
FileObject *file_object(Term ref);
/** {file_info, …} as file.hrl declares it. */
Term file_info_term(Process *p, const FileInfo *info);

#endif
