// SPDX-License-Identifier: Apache-2.0
//
// Files, directories and error names of the operating system's world.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "check.h"
#include "world/env.h"
#include "world/file.h"

static char directory[128];
static char path_buffer[4][256];

static const char *path_of(int slot, const char *name) {
    snprintf(path_buffer[slot], sizeof path_buffer[slot], "%s/%s", directory, name);
    return path_buffer[slot];
}

static void test_errno_names(void) {
    CHECK(strcmp(world_errno_name(ENOENT), "enoent") == 0);
    CHECK(strcmp(world_errno_name(EAGAIN), "eagain") == 0);
    CHECK(strcmp(world_errno_name(EOPNOTSUPP), "enotsup") == 0);
    CHECK(strcmp(world_errno_name(0), "unknown") == 0);
    CHECK(strcmp(world_errno_name(100000), "unknown") == 0);
}

static void write_text(World *w, const char *path, const char *text) {
    FileHandle handle;
    CHECK(file_open(w, path, FILE_MODE_WRITE, &handle) == 0);
    struct iovec parts[3] = {{.iov_base = (char *)text, .iov_len = 2},
                             {.iov_base = NULL, .iov_len = 0},
                             {.iov_base = (char *)text + 2, .iov_len = strlen(text) - 2}};
    FileTransfer moved = file_write(w, handle, parts, 3);
    CHECK(moved.error == 0 && moved.byte_count == strlen(text));
    CHECK(file_close(w, handle) == 0);
}

static void test_write_and_read(World *w) {
    const char *path = path_of(0, "a.txt");
    write_text(w, path, "hello world");
    char *bytes;
    size_t byte_count;
    CHECK(file_read_all(w, path, &bytes, &byte_count) == 0);
    CHECK(byte_count == 11 && memcmp(bytes, "hello world", 11) == 0);
    mem_free(bytes);

    FileHandle handle;
    CHECK(file_open(w, path, FILE_MODE_READ | FILE_MODE_WRITE, &handle) == 0);
    char text[16] = {0};
    struct iovec part = {.iov_base = text, .iov_len = sizeof text};
    FileTransfer moved = file_read_at(w, handle, 6, &part, 1);
    CHECK(moved.byte_count == 5 && memcmp(text, "world", 5) == 0);
    int64_t position;
    CHECK(file_seek(w, handle, FILE_SEEK_END, -5, &position) == 0 && position == 6);
    CHECK(file_truncate(w, handle) == 0);
    FileInfo info;
    CHECK(file_handle_info(w, handle, &info) == 0);
    CHECK(info.byte_count == 6 && info.type == FILE_TYPE_REGULAR && info.is_writable);
    CHECK(file_seek(w, handle, FILE_SEEK_BEGIN, -1, &position) == EINVAL);
    CHECK(file_allocate(w, handle, 0, 4096) == 0);
    CHECK(file_advise(w, handle, 0, 0, FILE_ADVISE_RANDOM) == 0);
    CHECK(file_sync(w, handle, true) == 0);
    CHECK(file_close(w, handle) == 0);
}

static void test_errors(World *w) {
    FileHandle handle;
    CHECK(file_open(w, path_of(0, "none"), FILE_MODE_READ, &handle) == ENOENT);
    CHECK(file_open(w, directory, FILE_MODE_READ, &handle) == EISDIR);
    CHECK(file_open(w, path_of(0, "a.txt"), FILE_MODE_WRITE | FILE_MODE_EXCLUSIVE, &handle) ==
          EEXIST);
    CHECK(file_remove_directory(w, directory) == EEXIST);
    CHECK(file_unlink(w, directory) == EPERM);
}

static void count_entry(void *user, const char *name, size_t name_bytes) {
    CHECK(strlen(name) == name_bytes);
    ++*(int *)user;
}

static void test_directories(World *w) {
    const char *sub = path_of(0, "sub");
    CHECK(file_make_directory(w, sub) == 0);
    CHECK(file_make_directory(w, sub) == EEXIST);
    const char *link = path_of(1, "link");
    CHECK(file_make_symlink(w, "a.txt", link) == 0);
    char *target;
    size_t byte_count;
    CHECK(file_read_link(w, link, &target, &byte_count) == 0);
    CHECK(byte_count == 5 && strcmp(target, "a.txt") == 0);
    mem_free(target);
    FileInfo info;
    CHECK(file_info(w, link, false, &info) == 0 && info.type == FILE_TYPE_SYMLINK);
    CHECK(file_set_times(w, link, 1000, 2000) == 0);
    CHECK(file_info(w, link, true, &info) == 0 && info.type == FILE_TYPE_REGULAR);
    CHECK(info.access_time == 1000 && info.modify_time == 2000);
    CHECK(file_set_permissions(w, link, 0400) == 0);
    CHECK(file_info(w, link, true, &info) == 0 && (info.mode & 0777) == 0400);
    CHECK(file_make_link(w, path_of(2, "a.txt"), path_of(3, "hard")) == 0);
    int count = 0;
    CHECK(file_list_directory(w, directory, count_entry, &count) == 0);
    CHECK(count == 4);
    CHECK(file_rename(w, path_of(2, "hard"), path_of(3, "moved")) == 0);
    CHECK(file_unlink(w, path_of(2, "moved")) == 0);
    CHECK(file_unlink(w, link) == 0);
    CHECK(file_unlink(w, path_of(2, "a.txt")) == 0);
    CHECK(file_remove_directory(w, sub) == 0);
}

static void test_cwd(World *w) {
    char *before, *after;
    size_t byte_count;
    CHECK(file_get_cwd(w, &before, &byte_count) == 0);
    CHECK(file_set_cwd(w, directory) == 0);
    CHECK(file_get_cwd(w, &after, &byte_count) == 0);
    CHECK(byte_count == strlen(after));
    CHECK(file_set_cwd(w, before) == 0);
    mem_free(before);
    mem_free(after);
}

int main(void) {
    World *w = world_create_os();
    snprintf(directory, sizeof directory, "/tmp/mica_test_world_%lld", (long long)env_os_pid(w));
    CHECK(file_make_directory(w, directory) == 0);
    test_errno_names();
    test_write_and_read(w);
    test_errors(w);
    test_directories(w);
    test_cwd(w);
    CHECK(file_remove_directory(w, directory) == 0);
    world_destroy(w);
    return check_done();
}
