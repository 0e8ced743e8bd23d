// SPDX-License-Identifier: Apache-2.0
//
// prim_file_path.c - the built-ins of prim_file that work on paths.
//
// Each takes native names (binaries that end in NUL) and answers as OTP's: {error, einval} for a
// name with a NUL inside, badarg for other terms of the wrong form.
//
// Threads: dirty I/O threads.
#include <errno.h>

#include "bif/bif.h"
#include "io/prim_file.h"

// Times before this are no times of a file_info: 1902-01-01, the first that the calendar functions
// convert.
#define FILE_TIME_MIN (-2145916800)

static Term file_type_atom(FileType type) {
    switch (type) {
    case FILE_TYPE_DEVICE: return am_device;
    case FILE_TYPE_DIRECTORY: return am_directory;
    case FILE_TYPE_REGULAR: return am_regular;
    case FILE_TYPE_SYMLINK: return am_symlink;
    case FILE_TYPE_OTHER: return am_other;
    }
    UNREACHABLE();
}

static Term file_time_term(Process *p, int64_t seconds) {
    return heap_integer(&p->heap, MAX(seconds, FILE_TIME_MIN));
}

// The numbers of devices, nodes and inodes are cut to 32 bits, as OTP's are.
Term file_info_term(Process *p, const FileInfo *info) {
    ASSERT(info != NULL);
    Term access = info->is_readable ? (info->is_writable ? am_read_write : am_read)
                                    : (info->is_writable ? am_write : am_none);
    Term elements[] = {
        am_file_info,
        heap_unsigned(&p->heap, info->byte_count),
        file_type_atom(info->type),
        access,
        file_time_term(p, info->access_time),
        file_time_term(p, info->modify_time),
        file_time_term(p, info->change_time),
        term_from_small(info->mode),
        term_from_small((uint32_t)info->links),
        term_from_small((uint32_t)info->major_device),
        term_from_small((uint32_t)info->minor_device),
        term_from_small((uint32_t)info->inode),
        term_from_small(info->owner),
        term_from_small(info->group),
    };
    return heap_tuple(&p->heap, ARRAY_COUNT(elements), elements);
}

/** Reads a path and applies a function that takes nothing else: ok | {error, Posix}. */
static Term with_path(Process *p, Term name, int (*apply)(World *world, const char *path)) {
    ASSERT(apply != NULL);
    IoPath path;
    int error = EINVAL;
    if (io_path_read(name, &path)) error = apply(p->vm->world, path.text);
    io_path_free(&path);
    return error != 0 ? io_error_tuple(p, error) : am_ok;
}

/** As with_path, for two paths. */
static Term with_two_paths(Process *p, Term *a,
                           int (*apply)(World *world, const char *from, const char *to)) {
    ASSERT(apply != NULL);
    IoPath from, to;
    int error = EINVAL;
    bool is_from = io_path_read(a[0], &from);
    bool is_to = io_path_read(a[1], &to);
    if (is_from && is_to) error = apply(p->vm->world, from.text, to.text);
    io_path_free(&from);
    io_path_free(&to);
    return error != 0 ? io_error_tuple(p, error) : am_ok;
}

/** make_dir_nif(Path) -> ok | {error, Posix}. */
BIF_DIRTY_IO(prim_file, make_dir_nif, 1)
{ return with_path(p, a[0], file_make_directory); }

/** del_dir_nif(Path) -> ok | {error, Posix}. */
BIF_DIRTY_IO(prim_file, del_dir_nif, 1)
{ return with_path(p, a[0], file_remove_directory); }

/** del_file_nif(Path) -> ok | {error, Posix}. */
BIF_DIRTY_IO(prim_file, del_file_nif, 1)
{ return with_path(p, a[0], file_unlink); }

/** set_cwd_nif(Path) -> ok | {error, Posix}. The working directory is one for the whole program. */
BIF_DIRTY_IO(prim_file, set_cwd_nif, 1)
{ return with_path(p, a[0], file_set_cwd); }

/** make_hard_link_nif(Existing, New) -> ok | {error, Posix}. */
BIF_DIRTY_IO(prim_file, make_hard_link_nif, 2)
{ return with_two_paths(p, a, file_make_link); }

/** make_soft_link_nif(Target, New) -> ok | {error, Posix}. */
BIF_DIRTY_IO(prim_file, make_soft_link_nif, 2)
{ return with_two_paths(p, a, file_make_symlink); }

/** rename_nif(From, To) -> ok | {error, Posix}. */
BIF_DIRTY_IO(prim_file, rename_nif, 2)
{ return with_two_paths(p, a, file_rename); }

/** read_info_nif(Path, FollowLinks) -> #file_info{} | {error, Posix}. */
BIF_DIRTY_IO(prim_file, read_info_nif, 2)
{
    int64_t follow_links;
    if (!bif_get_int64(a[1], &follow_links)) return bif_badarg(p);
    IoPath path;
    FileInfo info;
    int error = EINVAL;
    if (io_path_read(a[0], &path))
        error = file_info(p->vm->world, path.text, follow_links != 0, &info);
    io_path_free(&path);
    return error != 0 ? io_error_tuple(p, error) : file_info_term(p, &info);
}

/** set_permissions_nif(Path, Mode) -> ok | {error, Posix}. */
BIF_DIRTY_IO(prim_file, set_permissions_nif, 2)
{
    int64_t mode;
    if (!bif_get_int64(a[1], &mode) || mode < 0 || mode > UINT32_MAX) return bif_badarg(p);
    IoPath path;
    int error = EINVAL;
    if (io_path_read(a[0], &path))
        error = file_set_permissions(p->vm->world, path.text, (uint32_t)mode);
    io_path_free(&path);
    return error != 0 ? io_error_tuple(p, error) : am_ok;
}

/** set_owner_nif(Path, Uid, Gid) -> ok | {error, Posix}; -1 leaves one as it is. */
BIF_DIRTY_IO(prim_file, set_owner_nif, 3)
{
    int64_t owner, group;
    if (!bif_get_int64(a[1], &owner) || !bif_get_int64(a[2], &group)) return bif_badarg(p);
    if (owner != (int32_t)owner || group != (int32_t)group) return bif_badarg(p);
    IoPath path;
    int error = EINVAL;
    if (io_path_read(a[0], &path)) error = file_set_owner(p->vm->world, path.text, owner, group);
    io_path_free(&path);
    return error != 0 ? io_error_tuple(p, error) : am_ok;
}

/** set_time_nif(Path, Accessed, Modified, Created) in POSIX seconds -> ok | {error, Posix}; Created
 * has no use here. */
BIF_DIRTY_IO(prim_file, set_time_nif, 4)
{
    int64_t accessed, modified, created;
    if (!bif_get_int64(a[1], &accessed) || !bif_get_int64(a[2], &modified) ||
        !bif_get_int64(a[3], &created))
        return bif_badarg(p);
    IoPath path;
    int error = EINVAL;
    if (io_path_read(a[0], &path))
        error = file_set_times(p->vm->world, path.text, accessed, modified);
    io_path_free(&path);
    return error != 0 ? io_error_tuple(p, error) : am_ok;
}

/** read_link_nif(Path) -> {ok, RawName} | {error, Posix}. */
BIF_DIRTY_IO(prim_file, read_link_nif, 1)
{
    IoPath path;
    char *target = NULL;
    size_t byte_count = 0;
    int error = EINVAL;
    if (io_path_read(a[0], &path))
        error = file_read_link(p->vm->world, path.text, &target, &byte_count);
    io_path_free(&path);
    if (error != 0) return io_error_tuple(p, error);
    Term result = io_ok_tuple(p, heap_binary_from(&p->heap, target, byte_count));
    mem_free(target);
    return result;
}

typedef struct ListedNames {
    Process *process;
    Term list;
} ListedNames;

static void add_name(void *user, const char *name, size_t name_bytes) {
    ASSERT(name_bytes > 0);
    ListedNames *names = user;
    Heap *heap = &names->process->heap;
    names->list = heap_cons(heap, heap_binary_from(heap, name, name_bytes), names->list);
}

/** list_dir_nif(Path) -> {ok, [RawName]} | {error, Posix}. */
BIF_DIRTY_IO(prim_file, list_dir_nif, 1)
{
    ListedNames names = {.process = p, .list = TERM_NIL};
    IoPath path;
    int error = EINVAL;
    if (io_path_read(a[0], &path))
        error = file_list_directory(p->vm->world, path.text, add_name, &names);
    io_path_free(&path);
    return error != 0 ? io_error_tuple(p, error) : io_ok_tuple(p, names.list);
}

/** get_cwd_nif() -> {ok, RawName} | {error, Posix}. */
BIF_DIRTY_IO(prim_file, get_cwd_nif, 0)
{
    char *path = NULL;
    size_t byte_count = 0;
    int error = file_get_cwd(p->vm->world, &path, &byte_count);
    if (error != 0) return io_error_tuple(p, error);
    Term result = io_ok_tuple(p, heap_binary_from(&p->heap, path, byte_count));
    mem_free(path);
    return result;
}

/** get_device_cwd_nif(Drive): only Windows has drives. */
BIF_DIRTY_IO(prim_file, get_device_cwd_nif, 1)
{
    int64_t drive;
    return bif_get_int64(a[0], &drive) ? io_error_tuple(p, ENOTSUP) : bif_badarg(p);
}

/** altname_nif(Path): only Windows has second names. */
BIF_DIRTY_IO(prim_file, altname_nif, 1)
{
    IoPath path;
    bool is_path = io_path_read(a[0], &path);
    io_path_free(&path);
    return io_error_tuple(p, is_path ? ENOTSUP : EINVAL);
}

/** A buffer with the whole file, read in one go where its size is known. 0 or an errno value. */
static int read_whole_file(World *world, const char *path, Binary **result, size_t *byte_count) {
    ASSERT(path != NULL);
    FileHandle handle;
    int error = file_open(world, path, FILE_MODE_READ, &handle);
    if (error != 0) return error;
    FileInfo info;
    size_t capacity = 16 << 10; // where no size is told (/proc)
    if (file_handle_info(world, handle, &info) == 0 && info.byte_count > 0)
        capacity = info.byte_count + 1; // one more, to see the end
    Binary *buffer = binary_try_new(capacity);
    size_t filled = 0;
    while (buffer != NULL) {
        struct iovec part = {.iov_base = buffer->bytes + filled, .iov_len = capacity - filled};
        FileTransfer moved = file_read(world, handle, &part, 1);
        filled += moved.byte_count;
        ASSERT(filled <= capacity);
        error = moved.error;
        if (error != 0 || filled < capacity) break;
        Binary *bigger = binary_try_new(capacity * 2);
        if (bigger != NULL) memcpy(bigger->bytes, buffer->bytes, filled);
        binary_release(buffer);
        buffer = bigger;
        capacity *= 2;
    }
    file_close(world, handle);
    if (buffer == NULL) return ENOMEM;
    if (error != 0) binary_release(buffer);
    *result = buffer;
    *byte_count = filled;
    return error;
}

/** read_file_nif(Path) -> {ok, Binary} | {error, Posix}. */
BIF_DIRTY_IO(prim_file, read_file_nif, 1)
{
    IoPath path;
    Binary *buffer = NULL;
    size_t byte_count = 0;
    int error = EINVAL;
    if (io_path_read(a[0], &path))
        error = read_whole_file(p->vm->world, path.text, &buffer, &byte_count);
    io_path_free(&path);
    if (error != 0) return io_error_tuple(p, error);
    return io_ok_tuple(p, io_binary_shrunk(p, buffer, byte_count));
}
