// SPDX-License-Identifier: Apache-2.0
//
// launch.c - from a command line to a running VM; see launch.h.
#include "cmd/launch.h"

#include <stdio.h>

#include "api/instance.h"
#include "api/otp_root.h"
#include "base/alloc.h"
#include "cmd/break_menu.h"
#include "cmd/emulator_flags.h"
#include "io/io.h"
#include "nif/nif.h"
#include "proc/scheduler.h"
#include "world/child.h"
#include "world/console.h"
#include "world/daemon.h"
#include "world/env.h"
#include "world/file.h"
#include "world/stream.h"

static void put(World *world, const char *name, const char *value) {
    env_put(world, name, strlen(name), value, strlen(value));
}

/** Folder of this program, if it holds an `erl`: child processes that call erl get this VM again.
 * mem_free it. */
static char *own_folder(World *world) {
    char *path = env_executable_path(world);
    if (path == NULL) return NULL;
    char *slash = strrchr(path, '/');
    if (slash == NULL || slash == path) {
        mem_free(path);
        return NULL;
    }
    ASSERT(slash > path && path[0] == '/');
    *slash = '\0';
    return path;
}

static bool path_has(const char *path, const char *folder) {
    ASSERT(folder[0] != '\0'); // it would stand anywhere
    size_t n = strlen(folder);
    for (const char *s = path; s != NULL; s = strchr(s, ':'), s = s == NULL ? NULL : s + 1) {
        if (strncmp(s, folder, n) == 0 && (s[n] == ':' || s[n] == '\0')) return true;
    }
    return false;
}

/** Puts our own folder and the root's programs (epmd, inet_gethost, ...) on PATH, each once. */
static void extend_path(World *world, const OtpRoot *root) {
    char *path = env_get_text(world, "PATH");
    char *own = own_folder(world);
    const char *rest = path == NULL ? "" : path;
    const char *first = own == NULL || path_has(rest, own) ? "" : own;
    const char *second = path_has(rest, root->bindir) ? "" : root->bindir;
    size_t bytes = strlen(first) + strlen(second) + strlen(rest) + 3;
    char *all = mem_alloc(bytes);
    all[0] = '\0';
    const char *parts[] = {first, second, rest};
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        if (parts[i][0] == '\0') continue;
        if (all[0] != '\0') strcat(all, ":");
        strcat(all, parts[i]);
    }
    put(world, "PATH", all);
    ASSERT(strlen(all) < bytes);
    mem_free(all);
    mem_free(own);
    mem_free(path);
}

static void set_environment(World *world, const OtpRoot *root, const char *progname) {
    put(world, "ROOTDIR", root->root);
    put(world, "BINDIR", root->bindir);
    put(world, "EMU", "beam");
    put(world, "PROGNAME", progname);
    extend_path(world, root);
}

static void show_command(World *world, const ErlCommand *c, const char *program) {
    console_printf(world, CONSOLE_OUT, "Executing: %s", program);
    for (int i = 0; i < c->emulator.count; i++)
        console_printf(world, CONSOLE_OUT, " %s", c->emulator.words[i]);
    console_printf(world, CONSOLE_OUT, " --");
    for (int i = 0; i < c->init.count; i++)
        console_printf(world, CONSOLE_OUT, " %s", c->init.words[i]);
    console_printf(world, CONSOLE_OUT, "\n\n");
}

static void show_words(World *world, const ErlCommand *c) {
    for (int i = 0; i < c->emulator.count; i++)
        console_printf(world, CONSOLE_OUT, "%s\n", c->emulator.words[i]);
    console_printf(world, CONSOLE_OUT, "--\n");
    for (int i = 0; i < c->init.count; i++)
        console_printf(world, CONSOLE_OUT, "%s\n", c->init.words[i]);
}

/** The name server of this machine's nodes: it runs already, or goes into the background. */
static void start_epmd(World *world, const ErlCommand *c, const char *bindir) {
    ASSERT(bindir != NULL && c->is_distributed);
    const char *arguments[] = {"epmd", "-daemon", NULL};
    char *path = NULL;
    ChildSpec spec = {.arguments = arguments, .fd_count = 3};
    for (int i = 0; i < spec.fd_count; i++) spec.fds[i] = CHILD_FD_INHERIT;
    const char *shell[] = {"sh", "-c", c->epmd, NULL};
    if (c->epmd != NULL) {
        spec.program = "/bin/sh";
        spec.arguments = shell;
    } else {
        size_t bytes = strlen(bindir) + sizeof "/epmd";
        path = mem_alloc(bytes);
        snprintf(path, bytes, "%s/epmd", bindir);
        spec.program = path;
    }
    Child child;
    ChildExit result;
    int error = child_spawn(world, &spec, &child);
    if (error == 0) error = child_reap(world, &child, true, &result);
    if (error != 0)
        console_printf(world, CONSOLE_ERROR, "Error spawning %s (error %d)\n", spec.program, error);
    mem_free(path);
}

static int run_vm(World *world, const VMConfig *config) {
    char *error = NULL;
    (void)stream_ensure_standard(world);
    VM *vm = vm_create(world, config, &error);
    ASSERT(vm != NULL || error != NULL); // a failure says why
    int code = 1;
    if (vm != NULL)
        (void)io_take_signals(vm, break_menu); // without it they do what they do to any program
    if (vm != NULL && vm_boot(vm, &error)) {
        code = vm_run(vm);
        // whoever asks for a schedule wants to know whether it was the same one
        if (config->deterministic)
            console_printf(world, CONSOLE_ERROR, "mica: seed %llu signature %016llx\n",
                           (unsigned long long)config->seed,
                           (unsigned long long)scheduler_event_signature(vm));
    }
    if (error != NULL) console_printf(world, CONSOLE_ERROR, "mica: %s\n", error);
    mem_free(error);
    // threads of extensions that were not joined use the VM: they end with the program
    if (vm != NULL && !nif_has_threads(vm)) vm_destroy(vm);
    return code;
}

static int launch_command(World *world, ErlCommand *c, const char *program, const char *progname) {
    OtpRoot root;
    if (!otp_root_find(&root, world, c->otp_root)) return 1;
    VMConfig config;
    vm_config_default(&config);
    config.otp_root = root.root;
    config.preloaded_dir = root.preloaded;
    vm_config_set_root(&config, root.erts_version);
    config.gc_stress = c->gc_stress;
    config.deterministic = c->seeded;
    config.seed = c->seed;
    set_environment(world, &root, progname);
    char *stress = env_get_text(world, "MICA_GC_STRESS");
    if (stress != NULL && strcmp(stress, "1") == 0) config.gc_stress = true;
    mem_free(stress);
    erl_command_finish(c, world, root.root, root.bindir, progname);
    config.argument_count = c->init.count;
    config.arguments = c->init.words;
    int code = 0;
    if (c->show_command) show_command(world, c, program);
    if (c->show_and_exit) {
        show_words(world, c);
    } else {
        code = emulator_flags_read(&config, &c->emulator, world, program);
        if (code < 0 && c->is_distributed && !c->without_epmd) start_epmd(world, c, root.bindir);
        if (code < 0) code = run_vm(world, &config);
    }
    otp_root_free(&root);
    return code;
}

int launch_erl(World *world, int argc, char **argv, const char *progname) {
    ASSERT(argc >= 1 && progname != NULL);
    ErlCommand command;
    int code = erl_command_read(&command, world, argc, argv);
    if (code == 0 && command.detached && !daemon_detach())
        code = 0;
    else if (code == 0)
        code = launch_command(world, &command, argv[0], progname);
    erl_command_free(&command);
    return code;
}
