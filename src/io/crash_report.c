// SPDX-License-Identifier: Apache-2.0
//
// crash_report.c - the crash report: slogan, VM, and of every process its state, relations,
// messages and stack.
//
// The form is that of erl_crash.dump (OTP's "How to interpret the Erlang crash dumps"), so that its
// tools read it: a line
// `=tag:id` begins a section. Heaps are not dumped.
//
// Threads: one, when no process runs.
#include "io/crash_report.h"

#include "io/io.h"
#include "proc/link.h"
#include "proc/process_table.h"
#include "proc/receive.h"
#include "proc/registry.h"
#include "proc/spawn.h"
#include "term/print.h"
#include "world/clock.h"
#include "world/console.h"
#include "world/env.h"
#include "world/file.h"

enum { CRASH_TERMS_MAX = 2000, CRASH_STACK_DEPTH = 64, CRASH_MESSAGES_MAX = 100 };

static void add_header(TextBuffer *text, VM *vm, const char *slogan) {
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    CalendarTime now;
    clock_local_now(vm->world, &now);
    int64_t day = calendar_to_posix_seconds(&now) / 86400; // 1970-01-01 was a Thursday
    text_format(text, "=erl_crash_dump:0.5\n%s %s %2d %02d:%02d:%02d %lld\n", days[day % 7],
                months[now.month - 1], now.day, now.hour, now.minute, now.second,
                (long long)now.year);
    text_format(text, "Slogan: %s\n", slogan);
    text_format(text, "System version: Mica with the OTP root's erts %s [smp:%u]\n",
                vm->config.erts_version != NULL ? vm->config.erts_version : "unknown",
                vm->config.schedulers);
    text_format(text, "Taints: \nAtoms: %u\n", atom_count(vm->atoms));
    text_format(text, "=memory\nprocesses: %llu\n",
                (unsigned long long)process_table_count(vm->processes));
}

static void add_relations(TextBuffer *text, Process *p) {
    uint32_t position = 0;
    const char *separator = "";
    Relation *r = relation_next(p->links, &position);
    if (r == NULL) return;
    text_add_string(text, "Link list: [");
    for (; r != NULL; r = relation_next(p->links, &position)) {
        text_add_string(text, separator);
        print_term(text, p->vm->atoms, r->key, 0);
        separator = ", ";
    }
    text_add_string(text, "]\n");
}

static void add_stack(TextBuffer *text, Process *p) {
    if (p->vm->stack_trace == NULL) return;
    Heap heap;
    heap_init_detached(&heap, &p->vm->literals);
    Term trace = p->vm->stack_trace(p, &heap, CRASH_STACK_DEPTH);
    text_format(text, "=proc_stack:");
    print_term(text, p->vm->atoms, p->pid, 0);
    text_add_string(text, "\n");
    for (; term_is_cell(trace); trace = term_tail(trace)) {
        print_term(text, p->vm->atoms, term_head(trace), CRASH_TERMS_MAX);
        text_add_string(text, "\n");
    }
    heap_destroy(&heap);
}

static void add_messages(TextBuffer *text, Process *p) {
    if (p->messages_first == NULL) return;
    text_add_string(text, "=proc_messages:");
    print_term(text, p->vm->atoms, p->pid, 0);
    text_add_string(text, "\n");
    uint32_t count = 0;
    for (Signal *s = p->messages_first; s != NULL && count < CRASH_MESSAGES_MAX; s = s->next) {
        print_term(text, p->vm->atoms, s->term, CRASH_TERMS_MAX);
        text_add_string(text, "\n");
        count++;
    }
}

static const char *state_name(Process *p) {
    uint32_t state = atomic_load_explicit(&p->state, memory_order_relaxed);
    if (p->exit_reason != TERM_NONE) return "Exiting";
    return state == PROCESS_WAITING ? "Waiting" : "Scheduled";
}

static void add_process(Process *p, void *context) {
    ASSERT(term_is_local_pid(p->pid));
    TextBuffer *text = context;
    const AtomTable *atoms = p->vm->atoms;
    text_add_string(text, "=proc:");
    print_term(text, atoms, p->pid, 0);
    text_format(text, "\nState: %s\n", state_name(p));
    Term name = registry_name_of(p->vm, p);
    if (name != TERM_NONE) {
        text_add_string(text, "Name: ");
        print_atom(text, atoms, name);
        text_add_string(text, "\n");
    }
    text_add_string(text, "Spawned as: ");
    print_atom(text, atoms, p->initial_call[0]);
    text_add_string(text, ":");
    print_atom(text, atoms, p->initial_call[1]);
    text_format(text, "/%lld\nSpawned by: ", (long long)term_small(p->initial_call[2]));
    print_term(text, atoms, p->parent, 0);
    text_format(text, "\nMessage queue length: %llu\n", (unsigned long long)p->messages_count);
    add_relations(text, p);
    text_format(text, "Reductions: %llu\nStack+heap: %llu\nMemory: %llu\n",
                (unsigned long long)p->reductions_done,
                (unsigned long long)heap_used_words(&p->heap),
                (unsigned long long)process_memory_bytes(p));
    add_messages(text, p);
    add_stack(text, p);
}

static int write_text(World *world, const char *path, const TextBuffer *text) {
    ASSERT(text->bytes != NULL);
    FileHandle handle;
    int error = file_open(world, path, FILE_MODE_WRITE, &handle);
    if (error != 0) return error;
    struct iovec part = {.iov_base = text->bytes, .iov_len = text->count};
    FileTransfer moved = file_write(world, handle, &part, 1);
    error = file_close(world, handle);
    return moved.error != 0 ? moved.error : error;
}

/** True when a variable of the environment is the number 0. */
static bool is_zero(VM *vm, const char *name) {
    char *text = env_get_text(vm->world, name);
    bool is_it = text != NULL && strcmp(text, "0") == 0;
    mem_free(text);
    return is_it;
}

/** $ERL_CRASH_DUMP_SECONDS or $ERL_CRASH_DUMP_BYTES of 0 asks for none, as in OTP. */
static bool is_switched_off(VM *vm) {
    return vm->config.crash_dump_off || is_zero(vm, "ERL_CRASH_DUMP_SECONDS") ||
           is_zero(vm, "ERL_CRASH_DUMP_BYTES");
}

// What a dying VM says ends its lines as a terminal in raw mode needs it, whatever standard error
// is: as OTP's does.
void crash_report_write(VM *vm, const char *slogan) {
    ASSERT(slogan != NULL);
    console_printf(vm->world, CONSOLE_ERROR, "%s\r\n", slogan);
    if (is_switched_off(vm)) return;
    char *chosen = env_get_text(vm->world, "ERL_CRASH_DUMP");
    const char *path = chosen != NULL ? chosen : "erl_crash.dump";
    console_printf(vm->world, CONSOLE_ERROR, "\r\nCrash dump is being written to: %s...", path);
    TextBuffer text = {0};
    add_header(&text, vm, slogan);
    process_table_each(vm->processes, add_process, &text);
    text_add_string(&text, "=end\n");
    int error = write_text(vm->world, path, &text);
    if (error == 0) console_printf(vm->world, CONSOLE_ERROR, "done\r\n");
    mem_free(text.bytes);
    mem_free(chosen);
}
