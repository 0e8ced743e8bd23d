// SPDX-License-Identifier: Apache-2.0
//
// Readiness of descriptors. One-shot: an armed descriptor reports once and is then silent until it
// is armed again, so an event can be handed to another thread without being reported twice.
//
// Descriptors are named by the caller's 64-bit token, not by a pointer: a token may come back once
// after poller_disarm (the event was on its way), and whoever receives it looks it up and finds
// nothing.
//
//   POLLER-1  One thread waits; any thread arms, disarms and wakes.
//   POLLER-2  A descriptor is disarmed before it is closed.
//   POLLER-3  What the kernel cannot wait for (a regular file, a directory) counts as always ready.
#ifndef MICA_WORLD_POLLER_H
#define MICA_WORLD_POLLER_H

#include "world/world.h"

typedef struct Poller Poller;

enum { POLLER_READ = 1, POLLER_WRITE = 2, POLLER_HANGUP = 4 };

typedef struct {
    uint64_t token;
    unsigned readiness; // POLLER_*; a hang-up or error also sets what was asked for
} PollerEvent;

struct PollerOps {
    Poller *(*create)(World *world);
    void (*free)(World *world, Poller *poller);
    int (*arm)(World *world, Poller *poller, int fd, unsigned interest, uint64_t token);
    void (*disarm)(World *world, Poller *poller, int fd);
    int (*wait)(World *world, Poller *poller, PollerEvent *events, int count_max,
                int64_t timeout_ns);
    void (*wake)(World *world, Poller *poller);
    uint64_t (*watched)(World *world, Poller *poller);
};

static inline Poller *poller_create(World *w) { return w->poller->create(w); }
static inline void poller_free(World *w, Poller *poller) { w->poller->free(w, poller); }
// Adds the descriptor, or changes what is asked of it. The token ~0 is reserved. 0 or an errno
// value.
static inline int poller_arm(World *w, Poller *poller, int fd, unsigned interest, uint64_t token) {
    return w->poller->arm(w, poller, fd, interest, token);
}
static inline void poller_disarm(World *w, Poller *poller, int fd) {
    w->poller->disarm(w, poller, fd);
}
// Number of events; 0 after the timeout (< 0: none) or a wake.
static inline int poller_wait(World *w, Poller *poller, PollerEvent *events, int count_max,
                              int64_t timeout_ns) {
    return w->poller->wait(w, poller, events, count_max, timeout_ns);
}
// Ends a wait that goes on, or the next one at its begin.
static inline void poller_wake(World *w, Poller *poller) { w->poller->wake(w, poller); }
// How many descriptors it knows of, its own for waking among them.
static inline uint64_t poller_watched(World *w, Poller *poller) {
    return w->poller->watched(w, poller);
}

#endif
