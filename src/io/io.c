// SPDX-License-Identifier: Apache-2.0
//
// io.c - this room's state of one VM: made before its first process, freed after its last.
//
// Threads: io_create and io_destroy by the VM's creator.
#include "io/io.h"

#include "io/esock.h"
#include "io/port.h"
#include "io/prim_file.h"
#include "world/env.h"

FileNameEncoding io_locale_encoding(World *world) {
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    FileNameEncoding encoding = FILE_NAME_LATIN1;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        char *locale = env_get_text(world, names[i]);
        if (locale == NULL) continue;
        bool is_set = locale[0] != '\0';
        const char *dot = strchr(locale, '.');
        if (dot != NULL &&
            (strncasecmp(dot, ".utf-8", 6) == 0 || strncasecmp(dot, ".utf8", 5) == 0))
            encoding = FILE_NAME_UTF8;
        mem_free(locale);
        if (is_set) break;
    }
    return encoding;
}

static void files_create(VM *vm) {
    ASSERT(vm->files == NULL);
    FileState *files = mem_zalloc(sizeof *files);
    mutex_init(&files->lock);
    vm->files = files;
    FileNameEncoding encoding = vm->config.filename_encoding == 'u' ? FILE_NAME_UTF8
                                : vm->config.filename_encoding == 'l'
                                    ? FILE_NAME_LATIN1
                                    : io_locale_encoding(vm->world);
    FileNameWarning warning = vm->config.filename_mistakes == 'i'   ? FILE_NAME_IGNORE
                              : vm->config.filename_mistakes == 'e' ? FILE_NAME_ERROR
                                                                    : FILE_NAME_WARNING;
    file_set_name_encoding(vm, encoding, warning);
}

static void files_destroy(VM *vm) {
    FileState *files = vm->files;
    ASSERT(files != NULL);
    while (files->first != NULL) file_owner_exited(vm, files->first->owner);
    mutex_free(&files->lock);
    mem_free(files);
    vm->files = NULL;
}

static void process_ended(Process *p) {
    if ((p->flags & PROCESS_FLAG_OPENED_FILES) != 0) file_owner_exited(p->vm, p->pid);
    esock_owner_exited(p->vm, p->pid);
}

void io_create(VM *vm) {
    ASSERT(vm->world != NULL);
    ASSERT(vm->process_ended_count < VM_PROCESS_ENDED_MAX);
    vm->process_ended[vm->process_ended_count++] = process_ended;
    files_create(vm);
    ports_create(vm);
}

void io_destroy(VM *vm) {
    ports_destroy(vm);
    files_destroy(vm);
}
