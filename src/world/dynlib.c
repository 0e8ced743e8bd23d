// SPDX-License-Identifier: Apache-2.0
//
// Shared libraries by dlopen; see dynlib.h.
//
// A private copy is the file's bytes in memory (memfd), opened by a name under /proc/self/fd. The
// linker knows a library by its name first, so each copy's name is spelled with another number of
// slashes.
//
// Threads: any; dlerror's text is per thread.
#include "world/dynlib.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/base.h"

struct Dynlib {
    Dynlib *next;
    void *handle;
    const void *owner;
    unsigned refs;
    const char *base; // where the linker put it
    char path[];
};

enum { COPY_NAMES_MAX = 1024 };

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER; // DYNLIB-2
static Dynlib *list_first;

static void set_text(char *text, size_t capacity, const char *reason) {
    if (text == NULL) return;
    ASSERT(capacity > 0);
    if (reason == NULL) reason = "cannot be loaded";
    size_t bytes = strnlen(reason, capacity - 1);
    memcpy(text, reason, bytes);
    text[bytes] = '\0';
}

/** A descriptor of the file's bytes in memory, or -1. */
static int copy_to_memory(const char *path) {
    int from = open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0) return -1;
    struct stat about;
    int to = fstat(from, &about) == 0 ? memfd_create("library", MFD_CLOEXEC) : -1;
    off_t left = about.st_size;
    while (to >= 0 && left > 0) {
        ssize_t done = sendfile(to, from, NULL, (size_t)left);
        if (done <= 0) {
            close(to);
            to = -1;
        }
        left -= done;
    }
    close(from);
    return to;
}

static void *open_copy(const char *path, char *error_text, size_t error_capacity) {
    int fd = copy_to_memory(path);
    if (fd < 0) {
        set_text(error_text, error_capacity, "its file cannot be copied for another VM");
        return NULL;
    }
    char name[COPY_NAMES_MAX + 64] = "/proc/self/fd";
    size_t length = strlen(name);
    void *handle = NULL;
    for (size_t i = 0; i < COPY_NAMES_MAX && handle == NULL; i++) {
        name[length++] = '/';
        snprintf(name + length, sizeof name - length, "%d", fd);
        void *other = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
        if (other != NULL) {
            dlclose(other);
            continue;
        }
        handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
        if (handle == NULL) set_text(error_text, error_capacity, dlerror());
        break;
    }
    close(fd);
    return handle;
}

/** Is this file open in the program, though not for us? */
static bool is_open(const char *path) {
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
    if (handle == NULL) return false;
    dlclose(handle);
    return true;
}

static Dynlib *list_find(const char *path, const void *owner) {
    Dynlib *d = list_first;
    while (d != NULL && (d->owner != owner || strcmp(d->path, path) != 0)) d = d->next;
    return d;
}

static Dynlib *list_add(void *handle, const char *path, const void *owner) {
    struct link_map *map = NULL;
    int error = dlinfo(handle, RTLD_DI_LINKMAP, &map);
    ASSERT(error == 0 && map != NULL);
    size_t bytes = strlen(path) + 1;
    Dynlib *d = mem_zalloc(sizeof *d + bytes);
    d->handle = handle;
    d->owner = owner;
    d->refs = 1;
    d->base = (const char *)map->l_addr;
    memcpy(d->path, path, bytes);
    d->next = list_first;
    list_first = d;
    return d;
}

Dynlib *dynlib_open(const char *path, const void *owner, char *error_text, size_t error_capacity) {
    ASSERT(path != NULL && owner != NULL);
    pthread_mutex_lock(&list_lock);
    Dynlib *d = list_find(path, owner);
    if (d != NULL) {
        d->refs++;
    } else if (is_open(path)) {
        void *handle = open_copy(path, error_text, error_capacity);
        if (handle != NULL) d = list_add(handle, path, owner);
    } else {
        void *handle = dynlib_open_plain(path, error_text, error_capacity);
        if (handle != NULL) d = list_add(handle, path, owner);
    }
    pthread_mutex_unlock(&list_lock);
    return d;
}

void *dynlib_symbol(Dynlib *library, const char *name, char *error_text, size_t error_capacity) {
    ASSERT(library != NULL);
    return dynlib_symbol_plain(library->handle, name, error_text, error_capacity);
}

void dynlib_close(Dynlib *library) {
    ASSERT(library != NULL && library->refs > 0);
    pthread_mutex_lock(&list_lock);
    if (--library->refs == 0) {
        Dynlib **at = &list_first;
        while (*at != library) at = &(*at)->next;
        *at = library->next;
        dlclose(library->handle);
        mem_free(library);
    }
    pthread_mutex_unlock(&list_lock);
}

const void *dynlib_owner_of(const void *address) {
    Dl_info about;
    bool known = dladdr(address, &about) != 0;
    pthread_mutex_lock(&list_lock);
    const void *owner = NULL;
    bool one_owner = true;
    for (const Dynlib *d = list_first; d != NULL; d = d->next) {
        if (known && about.dli_fbase == (const void *)d->base) {
            owner = d->owner;
            one_owner = true;
            break;
        }
        one_owner = one_owner && (owner == NULL || owner == d->owner);
        owner = d->owner;
    }
    pthread_mutex_unlock(&list_lock);
    return one_owner ? owner : NULL;
}

void *dynlib_open_plain(const char *path, char *error_text, size_t error_capacity) {
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) set_text(error_text, error_capacity, dlerror());
    return handle;
}

void *dynlib_symbol_plain(void *handle, const char *name, char *error_text, size_t error_capacity) {
    ASSERT(handle != NULL);
    dlerror();
    void *symbol = dlsym(handle, name);
    if (symbol == NULL) set_text(error_text, error_capacity, dlerror());
    return symbol;
}
