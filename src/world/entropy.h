// SPDX-License-Identifier: Apache-2.0
//
// Random bytes that cannot be guessed; in a simulation, bytes from its seed.
//
// Threads: any.
#ifndef MICA_WORLD_ENTROPY_H
#define MICA_WORLD_ENTROPY_H

#include "world/world.h"

struct EntropyOps {
    void (*fill)(World *world, void *bytes, size_t byte_count);
};

// Never fails: a world without entropy is a world in which nothing should start.
static inline void entropy_fill(World *world, void *bytes, size_t byte_count) {
    world->entropy->fill(world, bytes, byte_count);
}
static inline uint64_t entropy_u64(World *world) {
    uint64_t value = 0;
    entropy_fill(world, &value, sizeof value);
    return value;
}

#endif
