// SPDX-License-Identifier: Apache-2.0
//
// binary.c - making and freeing counted byte buffers. Invariants BIN-1 and BIN-2: binary.h.
#include "term/binary.h"

#include "base/alloc.h"
#include "term/magic.h"

static Binary *set_up(Binary *b, size_t size_bytes) {
    ASSERT(b != NULL && ((uintptr_t)b->bytes & 15u) == 0);
    b->destructor = NULL;
    b->size_bytes = size_bytes;
    b->capacity_bytes = size_bytes;
    b->spare = 0;
    atomic_init(&b->noted, NULL);
    atomic_init(&b->flags, 0);
    atomic_init(&b->refs, 1);
    return b;
}

Binary *binary_new(size_t size_bytes) {
    ASSERT(size_bytes < SIZE_MAX / 2);
    return set_up(mem_alloc(sizeof(Binary) + size_bytes), size_bytes);
}

Binary *binary_try_new(size_t size_bytes) {
    if (size_bytes >= SIZE_MAX / 2) return NULL;
    Binary *b = mem_try_alloc(sizeof(Binary) + size_bytes);
    return b == NULL ? NULL : set_up(b, size_bytes);
}

Binary *binary_resize(Binary *b, size_t capacity_bytes, size_t size_bytes) {
    ASSERT(atomic_load_explicit(&b->refs, memory_order_relaxed) == 1 && b->destructor == NULL);
    ASSERT(size_bytes <= capacity_bytes && capacity_bytes < SIZE_MAX / 2);
    b = mem_realloc(b, sizeof *b + capacity_bytes);
    b->capacity_bytes = capacity_bytes;
    b->size_bytes = size_bytes;
    return b;
}

Binary *binary_new_magic(size_t size_bytes, void (*destructor)(Binary *magic)) {
    ASSERT(size_bytes < SIZE_MAX / 2);
    Binary *b = set_up(mem_zalloc(sizeof(Binary) + size_bytes), size_bytes);
    b->destructor = destructor;
    return b;
}

bool binary_retain_living(Binary *b) {
    uint64_t refs = atomic_load_explicit(&b->refs, memory_order_relaxed);
    while (refs > 0) {
        if (atomic_compare_exchange_weak_explicit(&b->refs, &refs, refs + 1, memory_order_relaxed,
                                                  memory_order_relaxed))
            return true;
    }
    return false;
}

void binary_release(Binary *b) {
    // release: what this holder wrote is seen by the one that frees; acquire: the one that frees
    // sees all of it
    uint64_t before = atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel);
    ASSERT(before > 0); // BIN-2
    if (before != 1) return;
    if (atomic_load_explicit(&b->noted, memory_order_relaxed) != NULL) magic_forget(b);
    if (b->destructor != NULL) b->destructor(b);
    mem_free(b);
}
