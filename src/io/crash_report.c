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
#include "proc/process_table.h"
#include "proc/process_text.h"
#include "term/print.h"
#include "world/clock.h"
#include "world/console.h"
#include "world/env.h"
#include "world/file.h"

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

static void add_process(Process *p, void *text) { process_text_add(text, p, NULL); }

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
    vm->port_hooks->text(vm, &text);
    text_add_string(&text, "=end\n");
    int error = write_text(vm->world, path, &text);
    if (error == 0) console_printf(vm->world, CONSOLE_ERROR, "done\r\n");
    mem_free(text.bytes);
    mem_free(chosen);
}
