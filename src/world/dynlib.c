// SPDX-License-Identifier: Apache-2.0
//
// Shared libraries by dlopen. A Dynlib is the handle of the dynamic linker under another name.
//
// Threads: any; dlerror's text is per thread.
#include "world/dynlib.h"

#include <dlfcn.h>

#include "base/base.h"

Dynlib *dynlib_open(const char *path, char *error_text, size_t error_capacity) {
    ASSERT(path != NULL);
    ASSERT(error_capacity > 0);
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        const char *reason = dlerror();
        if (reason == NULL) reason = "cannot be loaded";
        size_t bytes = strnlen(reason, error_capacity - 1);
        memcpy(error_text, reason, bytes);
        error_text[bytes] = '\0';
    }
    return handle;
}

void *dynlib_symbol(Dynlib *library, const char *name) {
    ASSERT(library != NULL);
    return dlsym(library, name);
}

void dynlib_close(Dynlib *library) {
    ASSERT(library != NULL);
    dlclose(library);
}
