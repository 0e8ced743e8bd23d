// SPDX-License-Identifier: Apache-2.0
//
// The environment table of the operating system's world: an array of "NAME=value" texts in the
// order in which they came, searched from its begin. A program has some tens of them.
//
// Threads: any; EnvTable.lock guards the array and its texts.
#include "world/env.h"

#include <errno.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/base.h"
#include "world/os_tables.h"
#include "world/thread.h"

extern char **environ;

typedef struct {
    Mutex lock;
    char **texts; // texts[0..count), each of its own block
    size_t count;
    size_t capacity;
} EnvTable;

static EnvTable *table_of(World *world) {
    ASSERT(world->instance != NULL);
    return world->instance;
}

// ENV-1: an '=' at the begin of a name belongs to it (as Windows and so OTP have it).
static size_t name_bytes_of(const char *text) {
    if (text[0] == '\0') return 0;
    const char *equals = strchr(text + 1, '=');
    return equals != NULL ? (size_t)(equals - text) : strlen(text);
}

bool env_is_name(const char *name, size_t name_bytes) {
    if (name_bytes == 0 || memchr(name, '\0', name_bytes) != NULL) return false;
    return memchr(name, '=', name_bytes) == NULL;
}

static char *make_text(const char *name, size_t name_bytes, const char *value, size_t value_bytes) {
    char *text = mem_alloc(name_bytes + value_bytes + 2);
    memcpy(text, name, name_bytes);
    text[name_bytes] = '=';
    memcpy(text + name_bytes + 1, value, value_bytes);
    text[name_bytes + 1 + value_bytes] = '\0';
    return text;
}

// Where the name stands, or table->count. The lock is held.
static size_t find_name(const EnvTable *table, const char *name, size_t name_bytes) {
    for (size_t i = 0; i < table->count; i++) {
        const char *text = table->texts[i];
        if (name_bytes_of(text) == name_bytes && memcmp(text, name, name_bytes) == 0) return i;
    }
    return table->count;
}

static void append_text(EnvTable *table, char *text) {
    if (table->count == table->capacity) {
        table->capacity = table->capacity * 2 + 32;
        table->texts = mem_realloc(table->texts, table->capacity * sizeof *table->texts);
    }
    table->texts[table->count++] = text;
}

void *env_os_create(void) {
    EnvTable *table = mem_zalloc(sizeof *table);
    mutex_init(&table->lock);
    for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
        size_t name_bytes = name_bytes_of(*entry);
        if (name_bytes == 0 || (*entry)[name_bytes] != '=') continue;
        const char *value = *entry + name_bytes + 1;
        append_text(table, make_text(*entry, name_bytes, value, strlen(value)));
    }
    return table;
}

void env_os_free(void *instance) {
    EnvTable *table = instance;
    for (size_t i = 0; i < table->count; i++) mem_free(table->texts[i]);
    mem_free(table->texts);
    mutex_free(&table->lock);
    mem_free(table);
}

static bool os_get(World *world, const char *name, size_t name_bytes, char **value,
                   size_t *value_bytes) {
    EnvTable *table = table_of(world);
    mutex_lock(&table->lock);
    size_t place = find_name(table, name, name_bytes);
    bool is_found = place < table->count;
    if (is_found) {
        const char *found = table->texts[place] + name_bytes + 1;
        *value_bytes = strlen(found);
        *value = mem_alloc(*value_bytes + 1);
        memcpy(*value, found, *value_bytes + 1);
    }
    mutex_unlock(&table->lock);
    return is_found;
}

static void os_put(World *world, const char *name, size_t name_bytes, const char *value,
                   size_t value_bytes) {
    ASSERT(env_is_name(name, name_bytes));                                // ENV-1
    ASSERT(value_bytes == 0 || memchr(value, '\0', value_bytes) == NULL); // ENV-1
    char *text = make_text(name, name_bytes, value, value_bytes);
    EnvTable *table = table_of(world);
    mutex_lock(&table->lock);
    size_t place = find_name(table, name, name_bytes);
    if (place < table->count) {
        mem_free(table->texts[place]);
        table->texts[place] = text;
    } else {
        append_text(table, text);
    }
    mutex_unlock(&table->lock);
}

static void os_unset(World *world, const char *name, size_t name_bytes) {
    EnvTable *table = table_of(world);
    mutex_lock(&table->lock);
    size_t place = find_name(table, name, name_bytes);
    if (place < table->count) {
        mem_free(table->texts[place]);
        table->count--;
        memmove(table->texts + place, table->texts + place + 1,
                (table->count - place) * sizeof *table->texts);
    }
    mutex_unlock(&table->lock);
}

static void os_each(World *world, EnvVisit *visit, void *user) {
    ASSERT(visit != NULL);
    EnvTable *table = table_of(world);
    mutex_lock(&table->lock);
    for (size_t i = 0; i < table->count; i++) {
        const char *text = table->texts[i];
        size_t name_bytes = name_bytes_of(text);
        const char *value = text + name_bytes + 1;
        visit(user, text, name_bytes, value, strlen(value));
    }
    mutex_unlock(&table->lock);
}

char *env_get_text(World *world, const char *name) {
    char *value;
    size_t value_bytes;
    return env_get(world, name, strlen(name), &value, &value_bytes) ? value : NULL;
}

typedef struct {
    char **texts;
    size_t count;
    size_t capacity;
} Snapshot;

static void add_to_snapshot(void *user, const char *name, size_t name_bytes, const char *value,
                            size_t value_bytes) {
    Snapshot *snapshot = user;
    if (snapshot->count + 1 >= snapshot->capacity) {
        snapshot->capacity = snapshot->capacity * 2 + 64;
        snapshot->texts = mem_realloc(snapshot->texts, snapshot->capacity * sizeof(char *));
    }
    snapshot->texts[snapshot->count++] = make_text(name, name_bytes, value, value_bytes);
}

char **env_snapshot(World *world) {
    Snapshot snapshot = {.texts = mem_alloc(sizeof(char *)), .capacity = 1};
    env_each(world, add_to_snapshot, &snapshot);
    ASSERT(snapshot.count < snapshot.capacity);
    snapshot.texts[snapshot.count] = NULL;
    return snapshot.texts;
}

void env_snapshot_free(char **snapshot) {
    ASSERT(snapshot != NULL);
    for (char **text = snapshot; *text != NULL; text++) mem_free(*text);
    mem_free(snapshot);
}

static int64_t os_os_pid(World *world) {
    (void)world;
    return getpid();
}

static int os_host_name(World *world, char *name, size_t capacity) {
    (void)world;
    ASSERT(capacity > 0);
    if (gethostname(name, capacity) != 0) return errno;
    name[capacity - 1] = '\0';
    return 0;
}

static void copy_text(char *to, size_t capacity, const char *from) {
    size_t bytes = strnlen(from, capacity - 1);
    memcpy(to, from, bytes);
    to[bytes] = '\0';
}

static void os_system(World *world, EnvSystem *system) {
    (void)world;
    struct utsname names;
    int result = uname(&names);
    ASSERT(result == 0);
    memset(system, 0, sizeof *system);
    copy_text(system->system, sizeof system->system, names.sysname);
    copy_text(system->release, sizeof system->release, names.release);
    copy_text(system->version, sizeof system->version, names.version);
    copy_text(system->machine, sizeof system->machine, names.machine);
    (void)sscanf(names.release, "%d.%d.%d", &system->major, &system->minor, &system->patch);
}

static uint64_t os_files_max(World *world) {
    (void)world;
    long count = sysconf(_SC_OPEN_MAX);
    return count > 0 ? (uint64_t)count : INT32_MAX;
}

static char *os_executable_path(World *world) {
    (void)world;
    for (size_t capacity = 256;; capacity *= 2) {
        char *path = mem_alloc(capacity);
        ssize_t length = readlink("/proc/self/exe", path, capacity);
        if (length >= 0 && (size_t)length < capacity) {
            path[length] = '\0';
            return path;
        }
        mem_free(path);
        if (length < 0) return NULL;
    }
}

static uint64_t os_memory_bytes(World *world) {
    (void)world;
    long pages = sysconf(_SC_PHYS_PAGES);
    long page_bytes = sysconf(_SC_PAGESIZE);
    ASSERT(pages > 0 && page_bytes > 0);
    return (uint64_t)pages * (uint64_t)page_bytes;
}

const EnvOps *env_os_table(void) {
    static const EnvOps table = {
        .get = os_get,
        .put = os_put,
        .unset = os_unset,
        .each = os_each,
        .os_pid = os_os_pid,
        .host_name = os_host_name,
        .system = os_system,
        .files_max = os_files_max,
        .executable_path = os_executable_path,
        .memory_bytes = os_memory_bytes,
    };
    return &table;
}
