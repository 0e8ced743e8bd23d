// SPDX-License-Identifier: Apache-2.0
//
// Creation of the operating system's world. The instance state is the environment table only:
// everything else that the kernel offers needs no state of ours.
//
// Threads: creation and destruction by one thread, with no other one using the world meanwhile.
#include "world/world.h"

#include "base/alloc.h"
#include "base/base.h"
#include "world/os_tables.h"

static void destroy_os(World *world) {
    ASSERT(world != NULL);
    ASSERT(world->instance != NULL);
    env_os_free(world->instance);
    mem_free(world);
}

World *world_create_os(void) {
    World *world = mem_zalloc(sizeof *world);
    world->instance = env_os_create();
    world->clock = clock_os_table();
    world->entropy = entropy_os_table();
    world->file = file_os_table();
    world->stream = stream_os_table();
    world->poller = poller_os_table();
    world->child = child_os_table();
    world->env = env_os_table();
    world->os_signal = os_signal_os_table();
    world->console = console_os_table();
    world->socket = socket_os_table();
    world->network = network_os_table();
    world->destroy = destroy_os;
    return world;
}

void world_destroy(World *world) {
    ASSERT(world != NULL);
    ASSERT(world->destroy != NULL);
    world->destroy(world);
}
