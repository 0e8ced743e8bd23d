// SPDX-License-Identifier: Apache-2.0
//
// preloaded.c - the modules that must be there before any Erlang code runs: those of the root's
// lib/erts-*/ebin.
//
// They are read once, when a VM is made, by the thread that makes it.
#include "code/server.h"
#include "world/file.h"

#include <stdio.h>
#include <stdlib.h>

// OTP 25 preloads in this order, and erlang:pre_loaded/0 shows it; what other releases add comes
// after, by name.
static const char *const preloaded_order[] = {
    "erts_code_purger",
    "erl_init",
    "init",
    "prim_buffer",
    "prim_eval",
    "prim_inet",
    "prim_file",
    "zlib",
    "socket_registry",
    "prim_socket",
    "prim_net",
    "prim_zip",
    "erl_prim_loader",
    "erlang",
    "erts_internal",
    "erl_tracer",
    "erts_literal_area_collector",
    "erts_dirty_process_signal_handler",
    "atomics",
    "counters",
    "persistent_term",
};

// Modules that OTP leaves out of a VM built without their natives (erl_init and kernel look whether
// they are there).
static const char *const needs_natives[] = {"prim_socket", "prim_net", "socket_registry"};

#define FILE_BYTES_MAX ((uint64_t)64 << 20)

typedef struct Names {
    char **names;
    size_t count;
} Names;

static int name_rank(const char *name) {
    for (size_t i = 0; i < ARRAY_COUNT(preloaded_order); i++) {
        if (strcmp(preloaded_order[i], name) == 0) return (int)i;
    }
    return (int)ARRAY_COUNT(preloaded_order);
}

static int name_compare(const void *a, const void *b) {
    const char *x = *(char *const *)a, *y = *(char *const *)b;
    int order = name_rank(x) - name_rank(y);
    return order != 0 ? order : strcmp(x, y);
}

/** Notes the names of .beam files, without the ending. */
static void visit_name(void *user, const char *name, size_t name_bytes) {
    Names *n = user;
    if (name_bytes <= 5 || strcmp(name + name_bytes - 5, ".beam") != 0) return;
    n->names = mem_realloc(n->names, (n->count + 1) * sizeof(char *));
    char *copy = mem_alloc(name_bytes - 4);
    memcpy(copy, name, name_bytes - 5);
    copy[name_bytes - 5] = '\0';
    ASSERT(strlen(copy) == name_bytes - 5);
    n->names[n->count++] = copy;
}

/** The whole file; NULL with the errno value in *error. */
static uint8_t *read_whole(struct World *w, const char *path, size_t *count, int *error) {
    FileHandle handle;
    FileInfo info;
    *error = file_open(w, path, FILE_MODE_READ, &handle);
    if (*error != 0) return NULL;
    uint8_t *bytes = NULL;
    *error = file_handle_info(w, handle, &info);
    if (*error == 0 && info.byte_count <= FILE_BYTES_MAX) {
        bytes = mem_alloc(info.byte_count);
        struct iovec vector = {bytes, info.byte_count};
        FileTransfer t = file_read(w, handle, &vector, 1);
        *error = t.error;
        *count = t.byte_count;
    }
    file_close(w, handle);
    if (*error == 0) return bytes;
    mem_free(bytes);
    return NULL;
}

static bool load_one(CodeServer *c, struct World *w, const char *folder, const char *name,
                     char *message) {
    size_t path_bytes = strlen(folder) + strlen(name) + 8;
    char *path = mem_alloc(path_bytes);
    snprintf(path, path_bytes, "%s/%s.beam", folder, name);
    size_t count = 0;
    int error;
    uint8_t *bytes = read_whole(w, path, &count, &error);
    Term module = atom_from(c->config.atoms, name);
    Term result = TERM_NONE;
    if (bytes == NULL) {
        snprintf(message, CODE_MESSAGE_BYTES, "cannot read %s (error %d)", path, error);
    } else {
        result = code_load_image(c, module, bytes, count, message);
    }
    mem_free(bytes);
    mem_free(path);
    if (result != am_ok) return false;
    ASSERT(code_find_module(c, module) != NULL);
    c->preloaded[c->preloaded_count++] = module;
    return true;
}

/** Has this VM the socket natives? */
static bool has_socket_natives(const CodeServer *c) {
    Term module = atom_from(c->config.atoms, "prim_socket");
    Export *info =
        code_find_export((CodeServer *)c, module, atom_from(c->config.atoms, "nif_info"), 0);
    return info != NULL && info->bif != NULL;
}

static bool is_left_out(const CodeServer *c, const char *name) {
    for (size_t i = 0; i < ARRAY_COUNT(needs_natives); i++) {
        if (strcmp(needs_natives[i], name) == 0) return !has_socket_natives(c);
    }
    return false;
}

bool code_load_preloaded(CodeServer *c, struct World *world, const char *folder, char *message) {
    Names n = {0};
    ASSERT(c->preloaded == NULL && message != NULL);
    int error = file_list_directory(world, folder, visit_name, &n);
    bool ok = error == 0 && n.count > 0;
    if (!ok)
        snprintf(message, CODE_MESSAGE_BYTES, "no preloaded modules in %s (error %d)", folder,
                 error);
    if (n.count > 0) qsort(n.names, n.count, sizeof n.names[0], name_compare);
    c->preloaded = mem_alloc((n.count + 1) * sizeof(Term));
    c->preloading = true;
    for (size_t i = 0; i < n.count; i++) {
        ok = ok && (is_left_out(c, n.names[i]) || load_one(c, world, folder, n.names[i], message));
        mem_free(n.names[i]);
    }
    c->preloading = false;
    mem_free(n.names);
    return ok;
}

const Term *code_preloaded(const CodeServer *c, uint32_t *count) {
    *count = c->preloaded_count;
    return c->preloaded;
}
