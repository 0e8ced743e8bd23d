// SPDX-License-Identifier: Apache-2.0
//
// Environment variables, and what else a program may know of its surroundings.
//
// Each World has its own copy of the variables, made at its creation: virtual machines in one
// program do not disturb each other, nor their host. Child processes get the copy.
//
//   ENV-1  A name is not empty and holds neither '=' (but at its begin) nor NUL; a value holds no
//   NUL.
//
// Threads: any; the copy has a lock.
#ifndef MICA_WORLD_ENV_H
#define MICA_WORLD_ENV_H

#include "world/world.h"

// Called with the lock held: it must not come back to this room. The texts are not NUL-terminated.
typedef void EnvVisit(void *user, const char *name, size_t name_bytes, const char *value,
                      size_t value_bytes);

typedef struct {
    char system[65];  // "Linux"
    char release[65]; // "6.1.0-18-amd64"
    char version[65];
    char machine[65]; // "x86_64"
    int major;        // of the release
    int minor;
    int patch;
} EnvSystem;

struct EnvOps {
    bool (*get)(World *world, const char *name, size_t name_bytes, char **value,
                size_t *value_bytes);
    void (*put)(World *world, const char *name, size_t name_bytes, const char *value,
                size_t value_bytes);
    void (*unset)(World *world, const char *name, size_t name_bytes);
    void (*each)(World *world, EnvVisit *visit, void *user);
    int64_t (*os_pid)(World *world);
    int (*host_name)(World *world, char *name, size_t capacity);
    void (*system)(World *world, EnvSystem *system);
    uint64_t (*files_max)(World *world);
    char *(*executable_path)(World *world);
    uint64_t (*memory_bytes)(World *world);
};

// False when it is not set. The value is freed with mem_free(); a NUL follows it.
static inline bool env_get(World *w, const char *name, size_t name_bytes, char **value,
                           size_t *value_bytes) {
    return w->env->get(w, name, name_bytes, value, value_bytes);
}
static inline void env_put(World *w, const char *name, size_t name_bytes, const char *value,
                           size_t value_bytes) {
    w->env->put(w, name, name_bytes, value, value_bytes);
}
static inline void env_unset(World *w, const char *name, size_t name_bytes) {
    w->env->unset(w, name, name_bytes);
}
static inline void env_each(World *w, EnvVisit *visit, void *user) { w->env->each(w, visit, user); }
// False when the bytes are no variable's name (ENV-1).
bool env_is_name(const char *name, size_t name_bytes);
// The value of a NUL-terminated name as NUL-terminated text for mem_free(), or NULL.
char *env_get_text(World *world, const char *name);

// "NAME=value" texts as exec wants them, ending in NULL.
char **env_snapshot(World *world);
void env_snapshot_free(char **snapshot);

static inline int64_t env_os_pid(World *w) { return w->env->os_pid(w); }
static inline int env_host_name(World *w, char *name, size_t capacity) {
    return w->env->host_name(w, name, capacity);
}
// How many descriptors may be open at once.
static inline uint64_t env_files_max(World *w) { return w->env->files_max(w); }
static inline void env_system(World *w, EnvSystem *system) { w->env->system(w, system); }
// Where this program's own file is; freed with mem_free(). NULL when nobody knows.
static inline char *env_executable_path(World *w) { return w->env->executable_path(w); }
// Main memory of the machine.
static inline uint64_t env_memory_bytes(World *w) { return w->env->memory_bytes(w); }

#endif
