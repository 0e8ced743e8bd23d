// SPDX-License-Identifier: Apache-2.0
//
// binary.h - off-heap counted byte buffers: big binaries, and magic objects behind magic
// references.
//
// A Binary is shared by every process that holds a reference to it and is freed with the last one.
// BIN-1: bytes below the length that any SUB_BITS shows never change.
// BIN-2: refs counts BIN_REF and MAGIC_REF objects and C holders; 0 frees it.
// Any thread may retain and release.
#ifndef MICA_TERM_BINARY_H
#define MICA_TERM_BINARY_H

#include "term/term.h"

typedef struct Binary Binary;
struct Binary {
    _Atomic uint64_t refs;
    /** Called with the last release of a magic binary, before it is freed; NULL for plain bytes. */
    void (*destructor)(Binary *magic);
    size_t size_bytes;      // bytes in use (BIN-1)
    size_t capacity_bytes;  // bytes there
    _Atomic uint32_t flags; // BINARY_*
    uint32_t spare;
    /** Entries of term/magic.h under which this object is found again; NULL for most. */
    _Atomic(struct MagicEntry *) noted;
    uint8_t bytes[] __attribute__((aligned(16)));
};

/** New buffer of size_bytes with one reference held by the caller; contents undefined. */
Binary *binary_new(size_t size_bytes);
/** As binary_new, but returns NULL when the memory cannot be had. */
Binary *binary_try_new(size_t size_bytes);
/** The caller's only reference: as much room as wanted, for size_bytes of contents. */
Binary *binary_resize(Binary *b, size_t capacity_bytes, size_t size_bytes);
/** New magic buffer of size_bytes zeroed bytes; destructor may be NULL. One reference held by the
 * caller. */
Binary *binary_new_magic(size_t size_bytes, void (*destructor)(Binary *magic));
static ALWAYS_INLINE void binary_retain(Binary *b) {
    atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
}
/** One reference more, unless the last has gone already (then its destructor runs). */
bool binary_retain_living(Binary *b);
/** Drops one reference; the last one frees. */
void binary_release(Binary *b);

#endif
