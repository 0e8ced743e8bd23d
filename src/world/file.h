// SPDX-License-Identifier: Apache-2.0
//
// Files and directories, as much of them as OTP's prim_file wants.
//
// Every function returns 0 or a positive errno value; a FileTransfer holds one. Paths are bytes
// that end in NUL. All of them may block: they are called from threads that may.
//
//   FILE-1  A handle is closed once, by its owner, and used by one thread at a time.
//   FILE-2  Reads and writes go on after interruptions and partial transfers, until the end of the
//   vector,
//           of the file, or an error.
#ifndef MICA_WORLD_FILE_H
#define MICA_WORLD_FILE_H

#include <sys/uio.h>

#include "world/world.h"

// A descriptor of the operating system, or a number that a simulated world gave.
typedef int FileHandle;

enum {
    FILE_MODE_READ = 1,
    FILE_MODE_WRITE = 2,
    FILE_MODE_APPEND = 4,
    FILE_MODE_EXCLUSIVE = 8,
    FILE_MODE_SYNC = 16,
    FILE_MODE_DIRECTORY = 32,
    FILE_MODE_ANY_TYPE = 64, // a directory may be opened without FILE_MODE_DIRECTORY
};

typedef enum { FILE_SEEK_BEGIN, FILE_SEEK_CURRENT, FILE_SEEK_END } FileSeek;

typedef enum {
    FILE_ADVISE_NORMAL,
    FILE_ADVISE_RANDOM,
    FILE_ADVISE_SEQUENTIAL,
    FILE_ADVISE_WILL_NEED,
    FILE_ADVISE_DONT_NEED,
    FILE_ADVISE_NO_REUSE,
} FileAdvice;

typedef enum {
    FILE_TYPE_DEVICE,
    FILE_TYPE_DIRECTORY,
    FILE_TYPE_REGULAR,
    FILE_TYPE_SYMLINK,
    FILE_TYPE_OTHER,
} FileType;

typedef struct {
    FileType type;
    bool is_readable; // by this program
    bool is_writable;
    uint64_t byte_count;
    int64_t access_time; // POSIX seconds
    int64_t modify_time;
    int64_t change_time;
    uint32_t mode;
    uint64_t links;
    uint64_t major_device;
    uint64_t minor_device;
    uint64_t inode;
    uint32_t owner;
    uint32_t group;
} FileInfo;

// Bytes moved, and the error that ended the transfer (0: none). After an error some bytes may have
// moved.
typedef struct {
    uint64_t byte_count;
    int error;
} FileTransfer;

// Called once for each entry except "." and "..".
typedef void FileVisit(void *user, const char *name, size_t name_bytes);

struct FileOps {
    int (*open)(World *world, const char *path, unsigned modes, FileHandle *handle);
    int (*close)(World *world, FileHandle handle);
    bool (*is_open)(World *world, FileHandle handle);
    // offset < 0: at the file's own position, which moves. The vector is used up.
    FileTransfer (*read)(World *world, FileHandle handle, int64_t offset, struct iovec *vector,
                         int count);
    FileTransfer (*write)(World *world, FileHandle handle, int64_t offset, struct iovec *vector,
                          int count);
    int (*seek)(World *world, FileHandle handle, FileSeek from, int64_t offset, int64_t *position);
    int (*sync)(World *world, FileHandle handle, bool data_only);
    int (*truncate)(World *world, FileHandle handle); // at its position
    int (*allocate)(World *world, FileHandle handle, int64_t offset, int64_t byte_count);
    int (*advise)(World *world, FileHandle handle, int64_t offset, int64_t byte_count,
                  FileAdvice advice);
    int (*handle_info)(World *world, FileHandle handle, FileInfo *info);
    int (*info)(World *world, const char *path, bool follow_links, FileInfo *info);
    int (*set_permissions)(World *world, const char *path, uint32_t mode);
    int (*set_owner)(World *world, const char *path, int64_t owner, int64_t group); // -1: leave it
    int (*set_times)(World *world, const char *path, int64_t access_time, int64_t modify_time);
    // The text is freed with mem_free(); it ends in NUL, which byte_count leaves out.
    int (*read_link)(World *world, const char *path, char **target, size_t *byte_count);
    int (*get_cwd)(World *world, char **path, size_t *byte_count);
    int (*set_cwd)(World *world, const char *path);
    int (*list_directory)(World *world, const char *path, FileVisit *visit, void *user);
    int (*make_link)(World *world, const char *existing, const char *path);
    int (*make_symlink)(World *world, const char *target, const char *path);
    int (*rename)(World *world, const char *from, const char *to);
    int (*unlink)(World *world, const char *path);
    int (*make_directory)(World *world, const char *path);
    int (*remove_directory)(World *world, const char *path);
};

static inline int file_open(World *w, const char *path, unsigned modes, FileHandle *handle) {
    return w->file->open(w, path, modes, handle);
}
static inline int file_close(World *w, FileHandle handle) { return w->file->close(w, handle); }
static inline bool file_is_open(World *w, FileHandle handle) { return w->file->is_open(w, handle); }
static inline FileTransfer file_read(World *w, FileHandle handle, struct iovec *vector, int count) {
    return w->file->read(w, handle, -1, vector, count);
}
static inline FileTransfer file_read_at(World *w, FileHandle handle, int64_t offset,
                                        struct iovec *vector, int count) {
    return w->file->read(w, handle, offset, vector, count);
}
static inline FileTransfer file_write(World *w, FileHandle handle, struct iovec *vector,
                                      int count) {
    return w->file->write(w, handle, -1, vector, count);
}
static inline FileTransfer file_write_at(World *w, FileHandle handle, int64_t offset,
                                         struct iovec *vector, int count) {
    return w->file->write(w, handle, offset, vector, count);
}
static inline int file_seek(World *w, FileHandle handle, FileSeek from, int64_t offset,
                            int64_t *position) {
    return w->file->seek(w, handle, from, offset, position);
}
static inline int file_sync(World *w, FileHandle handle, bool data_only) {
    return w->file->sync(w, handle, data_only);
}
static inline int file_truncate(World *w, FileHandle handle) {
    return w->file->truncate(w, handle);
}
static inline int file_allocate(World *w, FileHandle handle, int64_t offset, int64_t byte_count) {
    return w->file->allocate(w, handle, offset, byte_count);
}
static inline int file_advise(World *w, FileHandle handle, int64_t offset, int64_t byte_count,
                              FileAdvice advice) {
    return w->file->advise(w, handle, offset, byte_count, advice);
}
static inline int file_handle_info(World *w, FileHandle handle, FileInfo *info) {
    return w->file->handle_info(w, handle, info);
}
static inline int file_info(World *w, const char *path, bool follow_links, FileInfo *info) {
    return w->file->info(w, path, follow_links, info);
}
static inline int file_set_permissions(World *w, const char *path, uint32_t mode) {
    return w->file->set_permissions(w, path, mode);
}
static inline int file_set_owner(World *w, const char *path, int64_t owner, int64_t group) {
    return w->file->set_owner(w, path, owner, group);
}
static inline int file_set_times(World *w, const char *path, int64_t access_time,
                                 int64_t modify_time) {
    return w->file->set_times(w, path, access_time, modify_time);
}
static inline int file_read_link(World *w, const char *path, char **target, size_t *byte_count) {
    return w->file->read_link(w, path, target, byte_count);
}
static inline int file_get_cwd(World *w, char **path, size_t *byte_count) {
    return w->file->get_cwd(w, path, byte_count);
}
static inline int file_set_cwd(World *w, const char *path) { return w->file->set_cwd(w, path); }
static inline int file_list_directory(World *w, const char *path, FileVisit *visit, void *user) {
    return w->file->list_directory(w, path, visit, user);
}
static inline int file_make_link(World *w, const char *existing, const char *path) {
    return w->file->make_link(w, existing, path);
}
static inline int file_make_symlink(World *w, const char *target, const char *path) {
    return w->file->make_symlink(w, target, path);
}
static inline int file_rename(World *w, const char *from, const char *to) {
    return w->file->rename(w, from, to);
}
static inline int file_unlink(World *w, const char *path) { return w->file->unlink(w, path); }
static inline int file_make_directory(World *w, const char *path) {
    return w->file->make_directory(w, path);
}
static inline int file_remove_directory(World *w, const char *path) {
    return w->file->remove_directory(w, path);
}

// A whole file in memory, for those who only want the bytes. Freed with mem_free(); a NUL follows
// the bytes.
int file_read_all(World *world, const char *path, char **bytes, size_t *byte_count);

#endif
