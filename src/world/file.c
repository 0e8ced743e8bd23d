// SPDX-License-Identifier: Apache-2.0
//
// The operating system's files. Where Linux reports another errno than OTP's applications expect
// from every system, the expected one is given (each place says so).
//
// Threads: any, FILE-1 for handles; the working directory is one for the whole program.
#include "world/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/base.h"
#include "world/os_tables.h"

enum { FILE_MODE_BITS = 0666, FILE_DIRECTORY_BITS = 0777, FILE_PATH_BYTES_FIRST = 256 };

// What the kernel moves in one call at most; longer entries make it refuse a vector on some
// systems.
enum { FILE_TRANSFER_BYTES_MAX = 1 << 30 };

static int open_flags(unsigned modes) {
    int flags = O_CLOEXEC;
    if ((modes & FILE_MODE_READ) != 0 && (modes & FILE_MODE_WRITE) != 0)
        flags |= O_RDWR | O_CREAT;
    else if ((modes & FILE_MODE_WRITE) != 0)
        flags |= O_WRONLY | O_CREAT | O_TRUNC;
    else
        flags |= O_RDONLY;
    if ((modes & FILE_MODE_APPEND) != 0) flags = (flags & ~O_TRUNC) | O_APPEND;
    if ((modes & FILE_MODE_EXCLUSIVE) != 0) flags |= O_EXCL;
    if ((modes & FILE_MODE_SYNC) != 0) flags |= O_SYNC;
    if ((modes & FILE_MODE_DIRECTORY) != 0) flags |= O_DIRECTORY;
    return flags;
}

static int os_open(World *world, const char *path, unsigned modes, FileHandle *handle) {
    (void)world;
    ASSERT(path != NULL);
    ASSERT((modes & (FILE_MODE_READ | FILE_MODE_WRITE)) != 0);
    int bits = (modes & FILE_MODE_DIRECTORY) != 0 ? FILE_DIRECTORY_BITS : FILE_MODE_BITS;
    int fd;
    do fd = open(path, open_flags(modes), bits);
    while (fd < 0 && errno == EINTR);
    if (fd < 0) return errno;
    if ((modes & (FILE_MODE_ANY_TYPE | FILE_MODE_DIRECTORY)) == 0) {
        struct stat status;
        if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
            close(fd);
            return EISDIR;
        }
    }
    *handle = fd;
    return 0;
}

// Linux always closes, also when it reports an interruption, so this is never tried again.
static int os_close(World *world, FileHandle handle) {
    (void)world;
    ASSERT(handle >= 0);
    return close(handle) == 0 ? 0 : errno;
}

static bool os_is_open(World *world, FileHandle handle) {
    (void)world;
    return fcntl(handle, F_GETFL) != -1 || errno != EBADF;
}

// Moves the vector's begin past what has been transferred.
static void skip_bytes(struct iovec **vector, int *count, size_t byte_count) {
    while (*count > 0 && byte_count >= (*vector)->iov_len) {
        byte_count -= (*vector)->iov_len;
        (*vector)++;
        (*count)--;
    }
    ASSERT(byte_count == 0 || *count > 0);
    if (byte_count > 0) {
        (*vector)->iov_base = (char *)(*vector)->iov_base + byte_count;
        (*vector)->iov_len -= byte_count;
    }
}

static ssize_t move_once(FileHandle handle, int64_t offset, struct iovec *vector, int count,
                         bool is_write) {
    if (vector->iov_len > FILE_TRANSFER_BYTES_MAX) {
        void *bytes = vector->iov_base;
        size_t some = FILE_TRANSFER_BYTES_MAX;
        if (offset < 0) return is_write ? write(handle, bytes, some) : read(handle, bytes, some);
        return is_write ? pwrite(handle, bytes, some, offset) : pread(handle, bytes, some, offset);
    }
    int some = count < IOV_MAX ? count : IOV_MAX;
    if (offset < 0) return is_write ? writev(handle, vector, some) : readv(handle, vector, some);
    return is_write ? pwritev(handle, vector, some, offset) : preadv(handle, vector, some, offset);
}

static FileTransfer move_all(FileHandle handle, int64_t offset, struct iovec *vector, int count,
                             bool is_write) {
    FileTransfer transfer = {0};
    skip_bytes(&vector, &count, 0);
    while (count > 0) {
        ssize_t moved = move_once(handle, offset, vector, count, is_write);
        if (moved < 0 && errno == EINTR) continue;
        if (moved < 0) transfer.error = errno;
        if (moved <= 0) break;
        transfer.byte_count += (uint64_t)moved;
        if (offset >= 0) offset += moved;
        skip_bytes(&vector, &count, (size_t)moved);
    }
    return transfer;
}

static FileTransfer os_read(World *world, FileHandle handle, int64_t offset, struct iovec *vector,
                            int count) {
    (void)world;
    ASSERT(count >= 0);
    return move_all(handle, offset, vector, count, false);
}

static FileTransfer os_write(World *world, FileHandle handle, int64_t offset, struct iovec *vector,
                             int count) {
    (void)world;
    ASSERT(count >= 0);
    return move_all(handle, offset, vector, count, true);
}

static int os_seek(World *world, FileHandle handle, FileSeek from, int64_t offset,
                   int64_t *position) {
    (void)world;
    static const int whences[] = {
        [FILE_SEEK_BEGIN] = SEEK_SET,
        [FILE_SEEK_CURRENT] = SEEK_CUR,
        [FILE_SEEK_END] = SEEK_END,
    };
    ASSERT((unsigned)from < 3);
    off_t result = lseek(handle, offset, whences[from]);
    if (result < 0) return errno;
    *position = result;
    return 0;
}

static int os_sync(World *world, FileHandle handle, bool data_only) {
    (void)world;
    int result = data_only ? fdatasync(handle) : fsync(handle);
    return result == 0 ? 0 : errno;
}

static int os_truncate(World *world, FileHandle handle) {
    (void)world;
    off_t position = lseek(handle, 0, SEEK_CUR);
    if (position < 0) return errno;
    return ftruncate(handle, position) == 0 ? 0 : errno;
}

// posix_fallocate writes zeroes where the file system has no better way; it returns its error.
static int os_allocate(World *world, FileHandle handle, int64_t offset, int64_t byte_count) {
    (void)world;
    int result;
    do result = fallocate(handle, 0, offset, byte_count);
    while (result != 0 && errno == EINTR);
    if (result == 0) return 0;
    do result = posix_fallocate(handle, offset, byte_count);
    while (result == EINTR);
    return result;
}

static int os_advise(World *world, FileHandle handle, int64_t offset, int64_t byte_count,
                     FileAdvice advice) {
    (void)world;
    static const int advices[] = {
        [FILE_ADVISE_NORMAL] = POSIX_FADV_NORMAL,
        [FILE_ADVISE_RANDOM] = POSIX_FADV_RANDOM,
        [FILE_ADVISE_SEQUENTIAL] = POSIX_FADV_SEQUENTIAL,
        [FILE_ADVISE_WILL_NEED] = POSIX_FADV_WILLNEED,
        [FILE_ADVISE_DONT_NEED] = POSIX_FADV_DONTNEED,
        [FILE_ADVISE_NO_REUSE] = POSIX_FADV_NOREUSE,
    };
    ASSERT((unsigned)advice < sizeof advices / sizeof advices[0]);
    // Advice that the kernel does not take is no failure of the program's: OTP ignores it too.
    (void)posix_fadvise(handle, offset, byte_count, advices[advice]);
    return 0;
}

static void info_from_stat(const struct stat *status, FileInfo *info) {
    if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode))
        info->type = FILE_TYPE_DEVICE;
    else if (S_ISDIR(status->st_mode))
        info->type = FILE_TYPE_DIRECTORY;
    else if (S_ISREG(status->st_mode))
        info->type = FILE_TYPE_REGULAR;
    else if (S_ISLNK(status->st_mode))
        info->type = FILE_TYPE_SYMLINK;
    else
        info->type = FILE_TYPE_OTHER;
    info->byte_count = (uint64_t)status->st_size;
    info->access_time = status->st_atime;
    info->modify_time = status->st_mtime;
    info->change_time = status->st_ctime;
    info->mode = status->st_mode;
    info->links = status->st_nlink;
    info->major_device = status->st_dev;
    info->minor_device = status->st_rdev;
    info->inode = status->st_ino;
    info->owner = status->st_uid;
    info->group = status->st_gid;
}

// An open file has no path to ask access() about: its mode bits are looked at, as in OTP.
static int os_handle_info(World *world, FileHandle handle, FileInfo *info) {
    (void)world;
    struct stat status;
    if (fstat(handle, &status) != 0) return errno;
    info_from_stat(&status, info);
    mode_t read_bit = S_IROTH;
    mode_t write_bit = S_IWOTH;
    if (status.st_uid == geteuid()) {
        read_bit = S_IRUSR;
        write_bit = S_IWUSR;
    } else if (status.st_gid == getegid()) {
        read_bit = S_IRGRP;
        write_bit = S_IWGRP;
    }
    info->is_readable = (status.st_mode & read_bit) != 0;
    info->is_writable = (status.st_mode & write_bit) != 0;
    return 0;
}

static int os_info(World *world, const char *path, bool follow_links, FileInfo *info) {
    (void)world;
    struct stat status;
    int result = follow_links ? stat(path, &status) : lstat(path, &status);
    if (result != 0) return errno;
    info_from_stat(&status, info);
    info->is_readable = access(path, R_OK) == 0;
    info->is_writable = access(path, W_OK) == 0;
    return 0;
}

static int os_set_permissions(World *world, const char *path, uint32_t mode) {
    (void)world;
    mode_t bits = mode & (S_ISUID | S_ISGID | S_IRWXU | S_IRWXG | S_IRWXO);
    if (chmod(path, bits) == 0) return 0;
    bits &= ~(mode_t)(S_ISUID | S_ISGID); // may be refused where the rest is allowed
    return chmod(path, bits) == 0 ? 0 : errno;
}

static int os_set_owner(World *world, const char *path, int64_t owner, int64_t group) {
    (void)world;
    return chown(path, (uid_t)owner, (gid_t)group) == 0 ? 0 : errno;
}

static int os_set_times(World *world, const char *path, int64_t access_time, int64_t modify_time) {
    (void)world;
    struct timespec times[2] = {{.tv_sec = access_time}, {.tv_sec = modify_time}};
    return utimensat(AT_FDCWD, path, times, 0) == 0 ? 0 : errno;
}

static int os_read_link(World *world, const char *path, char **target, size_t *byte_count) {
    (void)world;
    for (size_t capacity = FILE_PATH_BYTES_FIRST;; capacity *= 2) {
        char *text = mem_alloc(capacity);
        ssize_t length = readlink(path, text, capacity);
        if (length < 0) {
            int error = errno;
            mem_free(text);
            return error;
        }
        if ((size_t)length < capacity) {
            text[length] = '\0';
            *target = text;
            *byte_count = (size_t)length;
            return 0;
        }
        mem_free(text);
    }
}

static int os_get_cwd(World *world, char **path, size_t *byte_count) {
    (void)world;
    for (size_t capacity = FILE_PATH_BYTES_FIRST;; capacity *= 2) {
        char *text = mem_alloc(capacity);
        if (getcwd(text, capacity) != NULL) {
            *path = text;
            *byte_count = strlen(text);
            return 0;
        }
        int error = errno;
        mem_free(text);
        if (error != ERANGE) return error;
    }
}

static int os_set_cwd(World *world, const char *path) {
    (void)world;
    return chdir(path) == 0 ? 0 : errno;
}

static int os_list_directory(World *world, const char *path, FileVisit *visit, void *user) {
    (void)world;
    ASSERT(visit != NULL);
    DIR *directory = opendir(path);
    if (directory == NULL) return errno;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        visit(user, entry->d_name, strlen(entry->d_name));
    }
    closedir(directory);
    return 0;
}

static int os_make_link(World *world, const char *existing, const char *path) {
    (void)world;
    return link(existing, path) == 0 ? 0 : errno;
}

static int os_make_symlink(World *world, const char *target, const char *path) {
    (void)world;
    return symlink(target, path) == 0 ? 0 : errno;
}

static int os_rename(World *world, const char *from, const char *to) {
    (void)world;
    if (rename(from, to) == 0) return 0;
    if (errno == ENOTEMPTY) return EEXIST;     // one name on all systems
    if (strcmp(from, "/") == 0) return EINVAL; // Linux says EBUSY
    return errno;
}

static int os_unlink(World *world, const char *path) {
    (void)world;
    if (unlink(path) == 0) return 0;
    return errno == EISDIR ? EPERM : errno; // POSIX says EPERM for a directory
}

static int os_make_directory(World *world, const char *path) {
    (void)world;
    return mkdir(path, FILE_DIRECTORY_BITS) == 0 ? 0 : errno;
}

// A directory that is not empty is reported as EEXIST everywhere, and so is an ancestor of the
// working directory; the working directory itself is EINVAL for ".".
static int os_remove_directory(World *world, const char *path) {
    (void)world;
    if (rmdir(path) == 0) return 0;
    int error = errno;
    if (error == ENOTEMPTY) error = EEXIST;
    if (error == EEXIST) {
        struct stat cwd, removed;
        if (stat(".", &cwd) == 0 && stat(path, &removed) == 0 && cwd.st_dev == removed.st_dev &&
            cwd.st_ino == removed.st_ino)
            return EINVAL;
    }
    return error;
}

const FileOps *file_os_table(void) {
    static const FileOps table = {
        .open = os_open,
        .close = os_close,
        .is_open = os_is_open,
        .read = os_read,
        .write = os_write,
        .seek = os_seek,
        .sync = os_sync,
        .truncate = os_truncate,
        .allocate = os_allocate,
        .advise = os_advise,
        .handle_info = os_handle_info,
        .info = os_info,
        .set_permissions = os_set_permissions,
        .set_owner = os_set_owner,
        .set_times = os_set_times,
        .read_link = os_read_link,
        .get_cwd = os_get_cwd,
        .set_cwd = os_set_cwd,
        .list_directory = os_list_directory,
        .make_link = os_make_link,
        .make_symlink = os_make_symlink,
        .rename = os_rename,
        .unlink = os_unlink,
        .make_directory = os_make_directory,
        .remove_directory = os_remove_directory,
    };
    return &table;
}

int file_read_all(World *world, const char *path, char **bytes, size_t *byte_count) {
    FileHandle handle;
    int error = file_open(world, path, FILE_MODE_READ, &handle);
    if (error != 0) return error;
    FileInfo info;
    size_t capacity = 1;
    if (file_handle_info(world, handle, &info) == 0) capacity = (size_t)info.byte_count + 1;
    size_t filled = 0;
    char *text = NULL;
    for (;;) {
        char *grown = mem_try_realloc(text, capacity + 1);
        if (grown == NULL) {
            error = ENOMEM;
            break;
        }
        text = grown;
        struct iovec rest = {.iov_base = text + filled, .iov_len = capacity - filled};
        FileTransfer transfer = file_read(world, handle, &rest, 1);
        filled += transfer.byte_count;
        error = transfer.error;
        ASSERT(filled <= capacity);
        if (error != 0 || filled < capacity) break;
        capacity = capacity * 2 + FILE_PATH_BYTES_FIRST; // it grew, or tells no size (/proc)
    }
    file_close(world, handle);
    if (error != 0) {
        mem_free(text);
        return error;
    }
    text[filled] = '\0';
    *bytes = text;
    *byte_count = filled;
    return 0;
}
