// SPDX-License-Identifier: Apache-2.0
//
// The harness of the unit tests, all of it. A test program is
//
//     static void test_something(void) { CHECK(1 + 1 == 2); }
//     int main(void) { test_something(); return check_done(); }
//
// A failed CHECK prints its place and its text and the program goes on, so one run shows all that
// is wrong. The last line printed is "N passed, N failed"; the exit code is 0 when nothing failed.
// One thread only.
#pragma once
#include <stdio.h>

static int check_passed, check_failed;

__attribute__((unused)) static int check_note(int ok, const char *text, const char *file,
                                              int line) {
    if (ok) {
        check_passed++;
    } else {
        check_failed++;
        fprintf(stderr, "%s:%d: failed: %s\n", file, line, text);
    }
    return ok;
}

// Yields whether it held, so that a test can stop where going on makes no sense: if (!CHECK(p))
// return;
#define CHECK(cond) check_note((cond) ? 1 : 0, #cond, __FILE__, __LINE__)

__attribute__((unused)) static int check_done(void) {
    printf("%d passed, %d failed\n", check_passed, check_failed);
    return check_failed != 0;
}
