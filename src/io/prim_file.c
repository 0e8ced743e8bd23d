// SPDX-License-Identifier: Apache-2.0
//
// prim_file.c - the built-ins of prim_file that work on an open file.
//
// Answers and error atoms are those of OTP's prim_file: {error, einval} for a closed file and for
// numbers that no file has, badarg for terms that are none.
//
// Threads: dirty I/O threads; FileState.lock guards the list of open files.
#include "io/prim_file.h"

#include <errno.h>

#include "bif/bif.h"
#include "term/bits.h"

static void file_destructor(Binary *magic) {
    FileObject *file = (FileObject *)magic->bytes;
    // FILE-OBJ-2: the list held a reference while it was open.
    ASSERT(atomic_load_explicit(&file->state, memory_order_acquire) == FILE_CLOSED);
}

FileObject *file_object(Term ref) {
    Binary *magic = io_magic_binary(ref, file_destructor);
    return magic != NULL ? (FileObject *)magic->bytes : NULL;
}

/** Closes a file whose state has become FILE_CLOSED by the caller's doing. */
static int close_file(FileObject *file) {
    ASSERT(atomic_load_explicit(&file->state, memory_order_acquire) == FILE_CLOSED);
    FileState *files = file->vm->files;
    mutex_lock(&files->lock);
    if (file->next != NULL) file->next->previous = file->previous;
    if (file->previous != NULL)
        file->previous->next = file->next;
    else
        files->first = file->next;
    mutex_unlock(&files->lock);
    int error = file_close(file->vm->world, file->handle);
    file->handle = -1;
    binary_release(file->self);
    return error;
}

/** {ok, Ref} for an open handle. */
static Term file_make(Process *p, FileHandle handle) {
    ASSERT(handle >= 0);
    Binary *magic = binary_new_magic(sizeof(FileObject), file_destructor);
    FileObject *file = (FileObject *)magic->bytes;
    atomic_init(&file->state, FILE_IDLE);
    file->handle = handle;
    file->owner = p->pid;
    p->flags |= PROCESS_FLAG_OPENED_FILES;
    file->vm = p->vm;
    file->self = magic;
    binary_retain(magic); // the list's
    FileState *files = p->vm->files;
    mutex_lock(&files->lock);
    file->next = files->first;
    if (file->next != NULL) file->next->previous = file;
    files->first = file;
    mutex_unlock(&files->lock);
    return io_ok_tuple(p, io_magic_ref(p, magic));
}

void file_owner_exited(VM *vm, Term owner) {
    ASSERT(term_is_local_pid(owner));
    FileState *files = vm->files;
    FileObject *closing = NULL;
    mutex_lock(&files->lock);
    for (FileObject *file = files->first; file != NULL;) {
        FileObject *next = file->next;
        if (file->owner == owner) {
            uint32_t state = FILE_IDLE;
            // A call by another process may be under way; it closes the file when it ends.
            while (!atomic_compare_exchange_strong(&file->state, &state, FILE_CLOSED) &&
                   state == FILE_BUSY &&
                   !atomic_compare_exchange_strong(&file->state, &state, FILE_CLOSE_PENDING))
                state = FILE_IDLE;
            if (state == FILE_IDLE) {
                // Off the list and onto our own, so that closing needs no lock.
                if (next != NULL) next->previous = file->previous;
                if (file->previous != NULL)
                    file->previous->next = next;
                else
                    files->first = next;
                file->next = closing;
                closing = file;
            }
        }
        file = next;
    }
    mutex_unlock(&files->lock);
    while (closing != NULL) {
        FileObject *file = closing;
        closing = file->next;
        ASSERT(file->owner == owner);
        file_close(vm->world, file->handle);
        file->handle = -1;
        binary_release(file->self);
    }
}

/** Makes the file busy for a call. False when it is closed (or, against the rules, busy). */
static bool file_begin(FileObject *file) {
    uint32_t state = FILE_IDLE;
    // Acquire: pairs with the release of file_end of the call before.
    return atomic_compare_exchange_strong_explicit(&file->state, &state, FILE_BUSY,
                                                   memory_order_acquire, memory_order_relaxed);
}

static void file_end(FileObject *file) {
    uint32_t state = FILE_BUSY;
    if (atomic_compare_exchange_strong_explicit(&file->state, &state, FILE_IDLE,
                                                memory_order_release, memory_order_acquire))
        return;
    ASSERT(state == FILE_CLOSE_PENDING);
    atomic_store_explicit(&file->state, FILE_CLOSED, memory_order_release);
    (void)close_file(file);
}

/** The frame of every call on an open file: BODY is a function of (process, file, arguments after
 * the file). */
typedef Term FileCall(Process *p, FileObject *file, Term *a);

static Term file_call(Process *p, Term *a, FileCall *call) {
    ASSERT(call != NULL);
    FileObject *file = file_object(a[0]);
    if (file == NULL) return bif_badarg(p);
    if (!file_begin(file)) return io_error_tuple(p, EINVAL);
    Term result = call(p, file, a + 1);
    file_end(file);
    return result;
}

static unsigned modes_from_list(Term list) {
    ASSERT(term_is_list(list));
    unsigned modes = 0;
    for (; term_is_cell(list); list = term_tail(list)) {
        Term mode = term_head(list);
        if (mode == am_read)
            modes |= FILE_MODE_READ;
        else if (mode == am_write)
            modes |= FILE_MODE_WRITE;
        else if (mode == am_exclusive)
            modes |= FILE_MODE_EXCLUSIVE;
        else if (mode == am_append)
            modes |= FILE_MODE_APPEND;
        else if (mode == am_sync)
            modes |= FILE_MODE_SYNC;
        else if (mode == am_skip_type_check)
            modes |= FILE_MODE_ANY_TYPE;
        else if (mode == am_directory)
            modes |= FILE_MODE_DIRECTORY;
        // The others (raw, delayed_write, …) are for the modules above.
    }
    if ((modes & (FILE_MODE_APPEND | FILE_MODE_EXCLUSIVE)) != 0)
        modes |= FILE_MODE_WRITE;
    else if ((modes & (FILE_MODE_READ | FILE_MODE_WRITE)) == 0)
        modes |= FILE_MODE_READ;
    return modes;
}

/** open_nif(NativeName, Modes) -> {ok, Ref} | {error, Posix}. */
BIF_DIRTY_IO(prim_file, open_nif, 2)
{
    if (!term_is_list(a[1])) return bif_badarg(p);
    IoPath path;
    FileHandle handle = -1;
    int error = EINVAL;
    if (io_path_read(a[0], &path))
        error = file_open(p->vm->world, path.text, modes_from_list(a[1]), &handle);
    io_path_free(&path);
    return error != 0 ? io_error_tuple(p, error) : file_make(p, handle);
}

/** file_desc_to_ref_nif(Fd) -> {ok, Ref} | {error, ebadf}: takes over a descriptor that is open
 * already. */
BIF_DIRTY_IO(prim_file, file_desc_to_ref_nif, 1)
{
    int64_t fd;
    if (!bif_get_int64(a[0], &fd) || fd < INT32_MIN || fd > INT32_MAX) return bif_badarg(p);
    if (fd < 0 || !file_is_open(p->vm->world, (FileHandle)fd)) return io_error_tuple(p, EBADF);
    return file_make(p, (FileHandle)fd);
}

/** close_nif(Ref) -> ok | {error, Posix}. */
BIF_DIRTY_IO(prim_file, close_nif, 1)
{
    FileObject *file = file_object(a[0]);
    if (file == NULL) return bif_badarg(p);
    uint32_t state = FILE_IDLE;
    if (!atomic_compare_exchange_strong(&file->state, &state, FILE_CLOSED))
        return io_error_tuple(p, EINVAL);
    int error = close_file(file);
    return error != 0 ? io_error_tuple(p, error) : am_ok;
}

/** delayed_close_nif(Ref) -> ok. Files of exited owners are closed when they exit, so nothing is
 * left to do. */
BIF_DIRTY_IO(prim_file, delayed_close_nif, 1)
{ return file_object(a[0]) != NULL ? am_ok : bif_badarg(p); }

static Term read_into_binary(Process *p, FileObject *file, int64_t offset, int64_t block_size) {
    ASSERT(block_size >= 0);
    Binary *buffer = binary_try_new((size_t)block_size);
    if (buffer == NULL) return io_error_tuple(p, ENOMEM);
    struct iovec part = {.iov_base = buffer->bytes, .iov_len = (size_t)block_size};
    World *world = p->vm->world;
    FileTransfer moved = offset < 0 ? file_read(world, file->handle, &part, 1)
                                    : file_read_at(world, file->handle, offset, &part, 1);
    ASSERT(moved.byte_count <= (uint64_t)block_size);
    if (moved.error != 0 || moved.byte_count == 0) {
        binary_release(buffer);
        return moved.error != 0 ? io_error_tuple(p, moved.error) : am_eof;
    }
    return io_ok_tuple(p, io_binary_shrunk(p, buffer, moved.byte_count));
}

static Term call_read(Process *p, FileObject *file, Term *a) {
    int64_t block_size;
    if (!term_is_number(a[0])) return bif_badarg(p);
    if (!bif_get_int64(a[0], &block_size) || block_size < 0) return io_error_tuple(p, EINVAL);
    return read_into_binary(p, file, -1, block_size);
}

/** read_nif(Ref, Size) -> {ok, Binary} | eof | {error, Posix}. */
BIF_DIRTY_IO(prim_file, read_nif, 2)
{ return file_call(p, a, call_read); }

static Term call_pread(Process *p, FileObject *file, Term *a) {
    int64_t offset, block_size;
    if (!term_is_number(a[0]) || !term_is_number(a[1])) return bif_badarg(p);
    if (!bif_get_int64(a[0], &offset) || !bif_get_int64(a[1], &block_size) || offset < 0 ||
        block_size < 0)
        return io_error_tuple(p, EINVAL);
    return read_into_binary(p, file, offset, block_size);
}

/** pread_nif(Ref, Offset, Size) -> {ok, Binary} | eof | {error, Posix}. */
BIF_DIRTY_IO(prim_file, pread_nif, 3)
{ return file_call(p, a, call_pread); }

static Term call_write(Process *p, FileObject *file, Term *a) {
    struct iovec parts[IO_VECTOR_MAX];
    IoVector vector;
    if (!io_vector_read(a[0], parts, &vector)) return bif_badarg(p);
    FileTransfer moved = file_write(p->vm->world, file->handle, parts, vector.count);
    io_vector_free(&vector);
    if (moved.error != 0) return io_error_tuple(p, moved.error);
    if (!term_is_nil(vector.tail)) return heap_tuple2(&p->heap, am_continue, vector.tail);
    return am_ok;
}

/** write_nif(Ref, Binaries) -> ok | {continue, Rest} | {error, Posix}. */
BIF_DIRTY_IO(prim_file, write_nif, 2)
{ return file_call(p, a, call_write); }

static Term call_pwrite(Process *p, FileObject *file, Term *a) {
    struct iovec parts[IO_VECTOR_MAX];
    IoVector vector;
    int64_t offset;
    if (!term_is_number(a[0]) || !io_vector_read(a[1], parts, &vector)) return bif_badarg(p);
    FileTransfer moved = {.error = EINVAL};
    if (bif_get_int64(a[0], &offset) && offset >= 0)
        moved = file_write_at(p->vm->world, file->handle, offset, parts, vector.count);
    io_vector_free(&vector);
    if (moved.error != 0) return io_error_tuple(p, moved.error);
    if (!term_is_nil(vector.tail)) {
        Term written = heap_unsigned(&p->heap, moved.byte_count);
        return heap_tuple3(&p->heap, am_continue, written, vector.tail);
    }
    return am_ok;
}

/** pwrite_nif(Ref, Offset, Binaries) -> ok | {continue, Written, Rest} | {error, Posix}. */
BIF_DIRTY_IO(prim_file, pwrite_nif, 3)
{ return file_call(p, a, call_pwrite); }

static Term call_seek(Process *p, FileObject *file, Term *a) {
    int64_t offset, position;
    FileSeek from;
    if (!bif_get_int64(a[1], &offset)) return bif_badarg(p);
    if (a[0] == am_bof)
        from = FILE_SEEK_BEGIN;
    else if (a[0] == am_cur)
        from = FILE_SEEK_CURRENT;
    else if (a[0] == am_eof)
        from = FILE_SEEK_END;
    else
        return bif_badarg(p);
    int error = file_seek(p->vm->world, file->handle, from, offset, &position);
    if (error != 0) return io_error_tuple(p, error);
    return io_ok_tuple(p, heap_integer(&p->heap, position));
}

/** seek_nif(Ref, bof | cur | eof, Offset) -> {ok, Position} | {error, Posix}. */
BIF_DIRTY_IO(prim_file, seek_nif, 3)
{ return file_call(p, a, call_seek); }

static Term call_sync(Process *p, FileObject *file, Term *a) {
    int64_t data_only;
    if (!bif_get_int64(a[0], &data_only)) return bif_badarg(p);
    int error = file_sync(p->vm->world, file->handle, data_only != 0);
    return error != 0 ? io_error_tuple(p, error) : am_ok;
}

/** sync_nif(Ref, 0 | 1) -> ok | {error, Posix}; 1: data only. */
BIF_DIRTY_IO(prim_file, sync_nif, 2)
{ return file_call(p, a, call_sync); }

static Term call_truncate(Process *p, FileObject *file, Term *a) {
    (void)a;
    int error = file_truncate(p->vm->world, file->handle);
    return error != 0 ? io_error_tuple(p, error) : am_ok;
}

/** truncate_nif(Ref) -> ok | {error, Posix}: cuts at the present position. */
BIF_DIRTY_IO(prim_file, truncate_nif, 1)
{ return file_call(p, a, call_truncate); }

/** Offset and length as allocate and advise take them: badarg, {error, einval}, or TERM_NONE with
 * no exception. */
static bool read_range(Term *a, int64_t *offset, int64_t *length) {
    return bif_get_int64(a[0], offset) && bif_get_int64(a[1], length) && *offset >= 0 &&
           *length >= 0;
}

static Term call_allocate(Process *p, FileObject *file, Term *a) {
    int64_t offset, length;
    if (!term_is_number(a[0]) || !term_is_number(a[1])) return bif_badarg(p);
    if (!read_range(a, &offset, &length)) return io_error_tuple(p, EINVAL);
    int error = file_allocate(p->vm->world, file->handle, offset, length);
    return error != 0 ? io_error_tuple(p, error) : am_ok;
}

/** allocate_nif(Ref, Offset, Length) -> ok | {error, Posix}. */
BIF_DIRTY_IO(prim_file, allocate_nif, 3)
{ return file_call(p, a, call_allocate); }

static Term call_advise(Process *p, FileObject *file, Term *a) {
    int64_t offset, length;
    if (!term_is_number(a[0]) || !term_is_number(a[1])) return bif_badarg(p);
    if (!read_range(a, &offset, &length)) return io_error_tuple(p, EINVAL);
    static const struct {
        Term name;
        FileAdvice advice;
    } advices[] = {
        {am_normal, FILE_ADVISE_NORMAL},         {am_random, FILE_ADVISE_RANDOM},
        {am_sequential, FILE_ADVISE_SEQUENTIAL}, {am_will_need, FILE_ADVISE_WILL_NEED},
        {am_dont_need, FILE_ADVISE_DONT_NEED},   {am_no_reuse, FILE_ADVISE_NO_REUSE},
    };
    for (size_t i = 0; i < ARRAY_COUNT(advices); i++) {
        if (advices[i].name != a[2]) continue;
        int error = file_advise(p->vm->world, file->handle, offset, length, advices[i].advice);
        return error != 0 ? io_error_tuple(p, error) : am_ok;
    }
    return io_error_tuple(p, EINVAL);
}

/** advise_nif(Ref, Offset, Length, Advice) -> ok | {error, Posix}. */
BIF_DIRTY_IO(prim_file, advise_nif, 4)
{ return file_call(p, a, call_advise); }

static uint32_t big_endian_32(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static Term call_ipread(Process *p, FileObject *file, Term *a) {
    int64_t pointer_offset, size_max;
    if (!term_is_number(a[0]) || !term_is_number(a[1])) return bif_badarg(p);
    if (!bif_get_int64(a[0], &pointer_offset) || !bif_get_int64(a[1], &size_max) ||
        pointer_offset < 0 || size_max >= (int64_t)1 << 31)
        return io_error_tuple(p, EINVAL);
    uint8_t pointer[8];
    struct iovec part = {.iov_base = pointer, .iov_len = sizeof pointer};
    FileTransfer moved = file_read_at(p->vm->world, file->handle, pointer_offset, &part, 1);
    if (moved.error != 0) return io_error_tuple(p, moved.error);
    uint32_t size = big_endian_32(pointer);
    uint32_t offset = big_endian_32(pointer + 4);
    if (moved.byte_count < sizeof pointer || (int64_t)size > size_max) return am_eof;
    Term data = read_into_binary(p, file, offset, size);
    if (data != am_eof) {
        if (tuple_get(data, 0) == am_error) return data;
        data = tuple_get(data, 1);
    }
    Term found = heap_tuple3(&p->heap, term_from_small(size), term_from_small(offset), data);
    return io_ok_tuple(p, found);
}

/**
 * ipread_s32bu_p32bu_nif(Ref, Offset, SizeMax): follows a pointer <<Size:32, Offset:32>> in the
 * file (for dets). {ok, {Size, Offset, Binary | eof}} | eof | {error, Posix}.
 */
BIF_DIRTY_IO(prim_file, ipread_s32bu_p32bu_nif, 3)
{ return file_call(p, a, call_ipread); }

static Term call_handle_info(Process *p, FileObject *file, Term *a) {
    (void)a;
    FileInfo info;
    int error = file_handle_info(p->vm->world, file->handle, &info);
    return error != 0 ? io_error_tuple(p, error) : file_info_term(p, &info);
}

/** read_handle_info_nif(Ref) -> #file_info{} | {error, Posix}. */
BIF_DIRTY_IO(prim_file, read_handle_info_nif, 1)
{ return file_call(p, a, call_handle_info); }

static Term call_get_handle(Process *p, FileObject *file, Term *a) {
    (void)a;
    return heap_binary_from(&p->heap, &file->handle, sizeof file->handle);
}

/** get_handle_nif(Ref) -> the descriptor's number as the bytes of a C int. */
BIF(prim_file, get_handle_nif, 1)
{ return file_call(p, a, call_get_handle); }

// ---- the VM's table of files
// ------------------------------------------------------------------------

FileNameEncoding file_name_encoding(VM *vm) {
    return (FileNameEncoding)atomic_load_explicit(&vm->files->encoding, memory_order_relaxed);
}

FileNameWarning file_name_warning(VM *vm) {
    return (FileNameWarning)atomic_load_explicit(&vm->files->warning, memory_order_relaxed);
}

void file_set_name_encoding(VM *vm, FileNameEncoding encoding, FileNameWarning warning) {
    atomic_store_explicit(&vm->files->encoding, encoding, memory_order_relaxed);
    atomic_store_explicit(&vm->files->warning, warning, memory_order_relaxed);
}
