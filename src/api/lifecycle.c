// SPDX-License-Identifier: Apache-2.0
//
// lifecycle.c - mica.h: making and destroying VMs.
//
// LIFE-API-1: the thread `runner` runs scheduler 0 from boot until the VM halts; a deterministic VM
// has none.
#include "api/api.h"
#include "api/otp_root.h"
#include "base/alloc.h"
#include "io/io.h"
#include "proc/host.h"
#include "proc/scheduler.h"
#include "proc/signal.h"
#include "version.gen.h"
#include "world/env.h"

const char *mica_version(void) { return MICA_VERSION; }

const char *mica_status_text(MicaStatus status) {
    static const char *const TEXTS[] = {"ok",
                                        "the configuration does not hold together",
                                        "OTP did not start",
                                        "no answer in time",
                                        "the function raised an exception",
                                        "the VM has halted",
                                        "the term is of another kind",
                                        "no memory"};
    return (size_t)status < ARRAY_COUNT(TEXTS) ? TEXTS[status] : "unknown status";
}

void mica_config_init(MicaConfig *config) {
    ASSERT(config != NULL);
    *config = (MicaConfig){.struct_bytes = sizeof *config};
}

static char *copy_text(const char *text) {
    size_t bytes = strlen(text) + 1;
    char *copy = mem_alloc(bytes);
    memcpy(copy, text, bytes);
    return copy;
}

static void add_word(MicaVM *v, const char *word) {
    ASSERT(word != NULL && v->vm == NULL); // the VM keeps the array that is there when it is made
    v->words = mem_realloc(v->words, (size_t)(v->word_count + 1) * sizeof(char *));
    v->words[v->word_count++] = copy_text(word);
}

/** The words that erl's launcher would hand on, for a VM without shell. */
static void add_words(MicaVM *v, const MicaConfig *config) {
    const char *const first[] = {"-root",     v->root.root, "-bindir", v->root.bindir,
                                 "-progname", "mica",       "--"};
    for (size_t i = 0; i < ARRAY_COUNT(first); i++) add_word(v, first[i]);
    char *home = env_get_text(v->world, "HOME");
    add_word(v, "-home");
    add_word(v, home == NULL ? "/" : home);
    mem_free(home);
    add_word(v, "--");
    add_word(v, "-noshell");
    add_word(v, "-noinput");
    for (int i = 0; i < config->argument_count; i++) add_word(v, config->arguments[i]);
}

static void runner_main(void *user) {
    MicaVM *v = user;
    scheduler_set_run(v->vm);
}

/** Waits until init says that the system has started: it answers {init, started} now or later,
 * {init, ok} in between. */
static bool wait_started(MicaVM *v) {
    HostProcess *h = host_process_create(v->vm);
    if (h == NULL) return false;
    Term pid = h->process->pid;
    ASSERT(term_is_local_pid(v->vm->system_processes.init));
    Term *heap = heap_alloc(&h->process->heap, 6);
    heap[0] = heap[3] = header_tuple(2);
    heap[1] = am_notify_when_started;
    heap[2] = heap[4] = pid;
    heap[5] = term_from_box(heap);
    signal_send_message(v->vm, h->process, v->vm->system_processes.init, term_from_box(heap + 3));
    bool started = false;
    Term message;
    while (!started && host_process_receive(h, -1, &message) == HOST_MESSAGE) {
        started = term_is_tuple_of(message, 2) && tuple_get(message, 1) == am_started;
        host_process_drop(h);
    }
    host_process_destroy(h);
    return started;
}

static MicaStatus start(MicaVM *v, const MicaConfig *config, char **message) {
    VMConfig c;
    vm_config_default(&c);
    c.otp_root = v->root.root;
    c.preloaded_dir = v->root.preloaded;
    vm_config_set_root(&c, v->root.erts_version);
    c.schedulers = config->schedulers;
    c.gc_stress = config->gc_stress;
    c.deterministic = config->deterministic;
    c.seed = config->seed;
    c.argument_count = v->word_count;
    c.arguments = v->words;
    v->vm = vm_create(v->world, &c, message);
    if (v->vm == NULL || !vm_boot(v->vm, message)) return MICA_ERROR_BOOT;
    io_start(v->vm);
    if (!c.deterministic) {
        scheduler_set_start(v->vm);
        v->has_runner = thread_start(&v->runner, "mica_runner", 0, runner_main, v) == 0;
        if (!v->has_runner) return MICA_ERROR_MEMORY;
    }
    return wait_started(v) ? MICA_OK : MICA_ERROR_BOOT;
}

MicaStatus mica_vm_create(const MicaConfig *config, MicaVM **out, char **message) {
    ASSERT(config != NULL && out != NULL && config->struct_bytes == sizeof *config);
    char *text = NULL;
    MicaVM *v = mem_zalloc(sizeof *v);
    *out = NULL;
    v->world = world_create_os();
    MicaStatus status = MICA_ERROR_CONFIG;
    if (otp_root_find(&v->root, v->world, config->otp_root)) {
        add_words(v, config);
        status = start(v, config, &text);
    } else {
        text = copy_text("no Erlang/OTP found");
    }
    if (status == MICA_OK) {
        *out = v;
    } else {
        mica_vm_destroy(v);
    }
    if (message != NULL)
        *message = text;
    else
        mem_free(text);
    return status;
}

void mica_vm_destroy(MicaVM *v) {
    if (v == NULL) return;
    if (v->vm != NULL) {
        scheduler_halt(v->vm, 0);
        if (v->has_runner) thread_join(&v->runner);
        scheduler_set_stop(v->vm);
        vm_destroy(v->vm);
    }
    for (int i = 0; i < v->word_count; i++) mem_free(v->words[i]);
    mem_free(v->words);
    otp_root_free(&v->root);
    world_destroy(v->world);
    mem_free(v);
}

bool mica_vm_has_halted(MicaVM *v, int *code) {
    bool halted = atomic_load_explicit(&v->vm->halting, memory_order_acquire);
    if (halted && code != NULL) *code = v->vm->halt_code;
    return halted;
}
