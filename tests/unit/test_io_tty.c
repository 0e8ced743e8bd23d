// SPDX-License-Identifier: Apache-2.0
//
// The terminal driver on a pseudo-terminal: what its commands make of the screen's line.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "check.h"
#include "io/tty.h"
#include "io_fake.h"

Term bif_erts_internal_port_command_3(Process *p, Term *a);
Term bif_erts_internal_port_control_3(Process *p, Term *a);
Term bif_erts_internal_port_close_1(Process *p, Term *a);

static int screen; // the pseudo-terminal's other side

/** A pseudo-terminal of 20 columns as descriptors 0 and 1. */
static bool take_terminal(void) {
    screen = posix_openpt(O_RDWR | O_NOCTTY);
    if (screen < 0 || grantpt(screen) != 0 || unlockpt(screen) != 0) return false;
    int terminal = open(ptsname(screen), O_RDWR | O_NOCTTY);
    struct winsize window = {.ws_row = 24, .ws_col = 20};
    return terminal >= 0 && ioctl(terminal, TIOCSWINSZ, &window) == 0 && dup2(terminal, 0) == 0 &&
           dup2(terminal, 1) == 1 && close(terminal) == 0;
}

static bool shows(const char *expected) {
    char text[256] = {0};
    size_t count = 0;
    while (count < strlen(expected)) {
        ssize_t got = read(screen, text + count, strlen(expected) - count);
        if (got <= 0) break;
        count += (size_t)got;
    }
    if (strcmp(text, expected) == 0) return true;
    fprintf(stderr, "shown: %s, expected: %s\n", text, expected);
    return false;
}

static void command(Process *p, Term port, const char *bytes, size_t count) {
    Term a[] = {port, heap_binary_from(&p->heap, bytes, count), TERM_NIL};
    CHECK(bif_erts_internal_port_command_3(p, a) == am_true);
}

static void test_line(Process *p, Term port) {
    command(p, port, "\0abc", 4);
    CHECK(shows("abc"));
    command(p, port, "\1\377\376", 3); // two back
    CHECK(shows("\033[2D"));
    command(p, port, "\2X", 2); // insert
    CHECK(shows("Xbc\033[2D"));
    command(p, port, "\3\0\1", 3); // delete b
    CHECK(shows("c \033[2D"));
    command(p, port, "\3\377\377", 3); // and the X before
    CHECK(shows("\033[1Dc \033[2D"));
    command(p, port, "\1\0\144", 3); // as far as it goes
    CHECK(shows("\033[1C"));
    command(p, port, "\0\n", 2);
    CHECK(shows("\r\n"));
}

static void test_wrap(Process *p, Term port) {
    command(p, port, "\00012345678901234567890", 21);
    CHECK(shows("12345678901234567890 \b"));
    command(p, port, "\1\377\376", 3);
    CHECK(shows("\033[1A\033[18C"));
    command(p, port, "\0\n", 2);
    CHECK(shows("\033[1B\033[18D\r\n"));
    command(p, port, "\0\t\001\033[1mb\033[0m", 12);
    CHECK(shows("        ^A\033[1mb\033[0m"));
    command(p, port, "\4", 1);
    CHECK(shows("\a"));
    command(p, port, "\5ok\n", 4); // with an answer
    CHECK(shows("ok\r\n"));
    Term answer = next_message(p);
    CHECK(answer != TERM_NONE && tuple_get(answer, 0) == port && tuple_get(answer, 1) == am_ok);
}

static void test_keys(Process *p, Term port) {
    CHECK(write(screen, "k", 1) == 1);
    Term message = next_message(p);
    if (!CHECK(message != TERM_NONE)) return;
    Term data = tuple_get(tuple_get(message, 1), 1);
    CHECK(term_is_cell(data) && term_head(data) == term_from_small('k'));
    Term window[] = {port, term_from_small(0x018b0900 + 100), TERM_NIL};
    Term sizes = bif_erts_internal_port_control_3(p, window);
    CHECK(term_is_cell(sizes) && term_head(sizes) == term_from_small(20));
    struct termios terminal;
    CHECK(tcgetattr(0, &terminal) == 0 && (terminal.c_lflag & (ICANON | ECHO)) == 0);
    CHECK(bif_erts_internal_port_close_1(p, (Term[]){port}) == am_true);
    CHECK(tcgetattr(0, &terminal) == 0 && (terminal.c_lflag & ICANON) != 0);
}

static bool are_lines(void) {
    struct termios terminal;
    return CHECK(tcgetattr(0, &terminal) == 0) && (terminal.c_lflag & ICANON) != 0;
}

/** Keys that are taken while the terminal is suspended come with its return, and only then (TTY-4).
 */
static void test_suspended(VM *vm) {
    CHECK(are_lines());
    tty_suspend(vm);
    CHECK(tty_begin_keys(vm, STREAM_KEYS_SIGNALS) == 0 && are_lines());
    CHECK(tty_again(vm) == 0 && are_lines());
    tty_resume(vm);
    CHECK(!are_lines());
    tty_suspend(vm);
    CHECK(are_lines());
    tty_end_keys(vm);
    tty_resume(vm);
    CHECK(are_lines());
}

int main(void) {
    setenv("TERM", "xterm", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    int output = dup(1);
    World *world = world_create_os();
    VM *vm = make_vm(world);
    QuiesceThread *thread = quiesce_register(vm->quiesce);
    SpawnOptions options;
    spawn_options_default(vm, &options);
    Process *p = process_find(
        vm, process_spawn(vm, NULL, am_undefined, am_undefined, TERM_NIL, &options, NULL));
    if (CHECK(take_terminal())) {
        Term name = heap_tuple2(&p->heap, am_spawn, string(p, "tty_sl -c -e"));
        Term port = open_port(p, name, 1, (Term[]){am_eof});
        if (CHECK(term_is_local_port(port))) {
            test_line(p, port);
            test_wrap(p, port);
            test_keys(p, port);
        }
        test_suspended(vm);
    }
    dup2(output, 1);
    quiesce_unregister(vm->quiesce, thread);
    free_vm(vm);
    world_destroy(world);
    return check_done();
}
