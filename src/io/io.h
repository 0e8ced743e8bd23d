// SPDX-License-Identifier: Apache-2.0
//
// io.h - files, ports and streams of one VM: what the rest of the VM calls, and what this room
// shares.
//
// IO-1: a file or port belongs to one process; io_owner_exited tells this room that it is gone.
// IO-2: built-ins that may wait for a disk run on dirty I/O threads; ports never block.
//
// Threads: any that is registered with proc/quiesce.h, unless it is said otherwise.
#ifndef MICA_IO_IO_H
#define MICA_IO_IO_H

#include <sys/uio.h>

#include "proc/process.h"
#include "proc/quiesce.h"
#include "vm/vm.h"
#include "world/world.h"

typedef struct FileState FileState;

/** Makes the tables of files and ports. By the thread that creates the VM. */
void io_create(VM *vm);
/** Closes all that is open. No process runs any more. */
void io_destroy(VM *vm);

/** Starts the poll thread (not in deterministic mode, where ports_poll is called between steps). */
void io_start(VM *vm);
/** Ends the poll thread; ports stay as they are. */
void io_stop(VM *vm);
/** Writes all queued output of ports, waiting as long as it takes: what halt with flushing does. */
void io_flush(VM *vm);
/** The VM's last acts when no process runs any more: the crash report if a slogan asks for it, and
 * flushing. */
void io_finish(VM *vm);
/** Bytes that came in and went out through ports, for statistics(io). */
void io_bytes(VM *vm, uint64_t *in, uint64_t *out);

/**
 * Takes the program's signals (SIGTERM, SIGINT, ...) for this VM: os:set_signal/2 decides what they
 * do. The launcher calls it before any thread is started. 0 or an errno value.
 */
/** What SIGINT does, on the poll thread: thread is its entry in proc/quiesce.h; NULL in a
 * deterministic VM, where nobody else runs. */
typedef void IoInterrupted(VM *vm, QuiesceThread *thread);
int io_take_signals(VM *vm, IoInterrupted *interrupted);
/** The descriptor that signals come from, or -1. */
int io_signal_fd(VM *vm);
/** For an IoInterrupted that takes its time: handles what came; true when SIGINT did again. */
bool signals_take(VM *vm);

/** Closes the files that a process left open. Called once, when it exits. */
void file_owner_exited(VM *vm, Term owner);

/** What the native names of files are encoded in, and what becomes of those that are not. */
typedef enum { FILE_NAME_LATIN1, FILE_NAME_UTF8 } FileNameEncoding;
typedef enum { FILE_NAME_WARNING, FILE_NAME_IGNORE, FILE_NAME_ERROR } FileNameWarning;
FileNameEncoding file_name_encoding(VM *vm);
/** What the locale of this program says; the variables are looked at in the system's order. */
FileNameEncoding io_locale_encoding(World *world);
FileNameWarning file_name_warning(VM *vm);
/** The +fn flags; NULL leaves a value as it is. Before the first process runs. */
void file_set_name_encoding(VM *vm, FileNameEncoding encoding, FileNameWarning warning);

/**
 * A path as the system wants it, NUL-terminated, from a native name (what name2native gave: a
 * binary that ends in NUL). False when there is a NUL elsewhere or none. free_path afterwards in
 * either case.
 */
typedef struct IoPath {
    const char *text;
    uint8_t *to_free;
} IoPath;
bool io_path_read(Term native, IoPath *path);
void io_path_free(IoPath *path);

/** {error, Atom} for an errno value. */
Term io_error_tuple(Process *p, int error);
/** {ok, Value} */
Term io_ok_tuple(Process *p, Term value);
/** A reference term for a magic buffer; takes over the caller's reference. */
Term io_magic_ref(Process *p, Binary *magic);
/** The magic buffer behind a reference with this destructor (its type), or NULL. No reference is
 * taken. */
Binary *io_magic_binary(Term ref, void (*destructor)(Binary *magic));
/** A binary term for a buffer of which only byte_count are in use; copies where much would be
 * wasted. */
Term io_binary_shrunk(Process *p, Binary *buffer, size_t byte_count);

/** Up to count_max binaries from the begin of a list; *tail is where it goes on. */
enum { IO_VECTOR_MAX = 64 };
typedef struct IoVector {
    struct iovec *parts; // parts[0..count)
    uint8_t *copies[IO_VECTOR_MAX];
    int count;
    int copy_count;
    size_t byte_count;
    Term tail;
} IoVector;
/** False when the list is improper or holds anything but binaries. io_vector_free after success. */
bool io_vector_read(Term list, struct iovec parts[IO_VECTOR_MAX], IoVector *vector);
void io_vector_free(IoVector *vector);

#endif
