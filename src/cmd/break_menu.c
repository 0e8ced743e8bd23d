// SPDX-License-Identifier: Apache-2.0
//
// break_menu.c - the break handler: SIGINT stops every process, shows a menu and obeys one key.
//
// MENU-1: while the menu is up no process runs (multi_scheduling_stop), and the terminal is set up
//         as it was found. A built-in that is in the middle of its work on a dirty thread may go
//         on; it is waited for only so long, and its process is shown without its inside then.
// MENU-2: a second SIGINT, and the end of the input, end the program at once: nothing is flushed.
//
// The texts are those of OTP's break handler, with what this VM has to tell.
//
// Threads: the poll thread, or the only one of a deterministic VM.
#include "cmd/break_menu.h"

#include <errno.h>

#include "base/alloc.h"
#include "bif/multi_scheduling.h"
#include "bif/system_text.h"
#include "ets/table.h"
#include "io/crash_report.h"
#include "io/tty.h"
#include "proc/process_table.h"
#include "proc/process_text.h"
#include "proc/quiesce.h"
#include "proc/signal.h"
#include "world/console.h"
#include "world/poller.h"
#include "world/stream.h"

#define STOP_WAIT_NS 1000000000 // for turns that began before
#define STOP_LOOK_NS 5000000
#define HELP                                                                                       \
    "BREAK: (a)bort (A)bort with dump (c)ontinue (p)roc info (i)nfo\n"                             \
    "       (l)oaded (v)ersion (k)ill (D)b-tables (d)istribution\n"

enum { TOKEN_KEY, TOKEN_SIGNAL };

typedef struct Menu {
    VM *vm;
    QuiesceThread *thread; // NULL: nobody else runs
    Poller *poller;        // for keys and signals
} Menu;

/** Lines end as a terminal in any mode wants it, whatever standard output is: as OTP's do. */
static void say(const Menu *m, const char *text) {
    ASSERT(text != NULL);
    TextBuffer out = {0};
    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
        text_add(&out, text, (size_t)(end - text));
        text_add(&out, "\r\n", 2);
    }
    text_add_string(&out, text);
    console_write(m->vm->world, CONSOLE_OUT, out.bytes, out.count);
    mem_free(out.bytes);
}

/** MENU-2. The terminal was put back before. */
static void leave_program(const Menu *m, int code, bool is_core_wanted) {
    ASSERT(code >= 0);
    console_exit(m->vm->world, code, is_core_wanted);
}

/** Waits for a key or a signal, at most so long (< 0: for ever). True: there may be a key. */
static bool wait_for_event(const Menu *m, int64_t timeout_ns) {
    PollerEvent events[2];
    if (m->thread != NULL) quiesce_offline(m->vm->quiesce, m->thread);
    int count = poller_wait(m->vm->world, m->poller, events, 2, timeout_ns);
    if (m->thread != NULL) quiesce_online(m->vm->quiesce, m->thread);
    bool has_key = false;
    for (int i = 0; i < count; i++) {
        has_key |= events[i].token == TOKEN_KEY;
        if (events[i].token != TOKEN_SIGNAL) continue;
        if (signals_take(m->vm)) leave_program(m, 0, false);
        (void)poller_arm(m->vm->world, m->poller, io_signal_fd(m->vm), POLLER_READ, TOKEN_SIGNAL);
    }
    return has_key;
}

/** The first byte of what is typed next: a line, as the terminal is set up now. */
static char read_key(const Menu *m) {
    World *world = m->vm->world;
    char bytes[64];
    size_t count = 0;
    for (;;) {
        int error = poller_arm(world, m->poller, TTY_IN, POLLER_READ, TOKEN_KEY);
        if (error == 0) {
            while (!wait_for_event(m, -1)) {}
            error = stream_read(world, TTY_IN, bytes, sizeof bytes, &count);
        }
        if (error == 0 && count > 0) return bytes[0];
        if (error != EAGAIN) leave_program(m, 0, false);
    }
}

// ---- what it shows
// ------------------------------------------------------------------------------------

static void show(const Menu *m, void (*add)(TextBuffer *out, VM *vm)) {
    TextBuffer text = {0};
    add(&text, m->vm);
    if (text.count > 0) say(m, text.bytes);
    mem_free(text.bytes);
}

static void add_procs(TextBuffer *out, VM *vm) { system_text_add_procs(out, vm, NULL); }
static void add_version(TextBuffer *out, VM *vm) {
    ASSERT(vm->config.erts_version != NULL);
    text_format(out, "Erlang (MICA) emulator version %s\n", vm->config.erts_version);
}
static void add_ports(TextBuffer *out, VM *vm) { vm->port_hooks->text(vm, out); }

/** Offers every process, the newest first, to be killed. */
static void kill_some(const Menu *m) {
    VM *vm = m->vm;
    size_t count;
    Term *pids = system_text_pids(vm, &count);
    say(m, "\n\nProcess Information\n\n"
           "--------------------------------------------------\n");
    char key = 'n';
    while (count > 0 && (key == 'n' || key == 'k')) {
        Process *p = process_table_find(vm->processes, pids[--count]);
        if (p == NULL) continue;
        TextBuffer text = {0};
        process_text_add(&text, p, NULL);
        text_add_string(&text, "(k)ill (n)ext (r)eturn:\n");
        say(m, text.bytes);
        mem_free(text.bytes);
        key = read_key(m);
        if (key == 'k') signal_send_exit(vm, vm->system_processes.init, pids[count], am_kill);
    }
    mem_free(pids);
}

static void refuse(const Menu *m, char key) {
    TextBuffer text = {0};
    text_format(&text, "Invalid option '%c'. Please enter one of the following:\n" HELP, key);
    say(m, text.bytes);
    mem_free(text.bytes);
}

/** Obeys one key; false when the menu must stay. */
static bool obey(const Menu *m, char key) {
    VM *vm = m->vm;
    ASSERT(vm->port_hooks != NULL);
    switch (key) {
    case 'q':
    case 'a':
    case '*': leave_program(m, 0, false); return true;
    case 'A':
        crash_report_write(vm, "Crash dump requested by user");
        leave_program(m, 0, true);
        return true;
    case 'c':
    case 'm': return true;
    case 'p': show(m, add_procs); return true;
    case 'o': show(m, add_ports); return true;
    case 'i': show(m, system_text_add_info); return true;
    case 'l': show(m, system_text_add_loaded); return true;
    case 'd': show(m, system_text_add_nodes); return true;
    case 'D': show(m, ets_text_add); return true;
    case 'k': kill_some(m); return true;
    case 'v': show(m, add_version); return true;
    case '\n': return false;
    default: refuse(m, key); return false;
    }
}

static void talk(const Menu *m) {
    ASSERT(m->poller != NULL);
    tty_suspend(m->vm);
    say(m, "\n" HELP);
    while (!obey(m, read_key(m))) {}
    tty_resume(m->vm);
}

/** MENU-1. */
static SchedulingStop *stop_processes(const Menu *m) {
    ASSERT(m->thread != NULL);
    SchedulingStop *stop;
    while ((stop = multi_scheduling_stop(m->vm)) == NULL) (void)wait_for_event(m, STOP_LOOK_NS);
    for (int64_t waited_ns = 0; !multi_scheduling_has_stopped(stop) && waited_ns < STOP_WAIT_NS;
         waited_ns += STOP_LOOK_NS)
        (void)wait_for_event(m, STOP_LOOK_NS);
    return stop;
}

void break_menu(VM *vm, QuiesceThread *thread) {
    Menu menu = {.vm = vm, .thread = thread, .poller = poller_create(vm->world)};
    if (menu.poller == NULL ||
        poller_arm(vm->world, menu.poller, io_signal_fd(vm), POLLER_READ, TOKEN_SIGNAL) != 0)
        leave_program(&menu, 0, false); // no descriptor is left: as if there were no menu
    SchedulingStop *stop = thread != NULL ? stop_processes(&menu) : NULL;
    talk(&menu);
    if (stop != NULL) multi_scheduling_go_on(vm, stop);
    poller_disarm(vm->world, menu.poller, io_signal_fd(vm));
    poller_disarm(vm->world, menu.poller, TTY_IN);
    poller_free(vm->world, menu.poller);
}
