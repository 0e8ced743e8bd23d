// SPDX-License-Identifier: Apache-2.0
//
// erl_main.c - the program `erl`: takes what OTP's erl takes.
#include "base/alloc.h"
#include "cmd/launch.h"
#include "world/world.h"

int main(int argc, char **argv) {
    mem_tune_program();
    World *world = world_create_os();
    const char *slash = strrchr(argv[0], '/');
    int code = launch_erl(world, argc, argv, slash == NULL ? argv[0] : slash + 1);
    world_destroy(world);
    return code;
}
