// SPDX-License-Identifier: Apache-2.0
//
// daemon.c - leaving the terminal; see daemon.h.
#include "world/daemon.h"

#include <fcntl.h>
#include <unistd.h>

bool daemon_detach(void) {
    if (fork() != 0) return false;
    setsid();
    // A second fork: no session leader, so that no terminal can come to it again.
    if (fork() != 0) _exit(0);
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; null >= 0 && fd <= 2; fd++) dup2(null, fd);
    if (null > 2) close(null);
    return true;
}
