// SPDX-License-Identifier: Apache-2.0
//
// io_terms.c - reading paths, vectors and magic references, and building this room's usual answers.
//
// Threads: the one that runs the process.
#include <sys/uio.h>

#include "bif/bif.h"
#include "io/io.h"
#include "proc/time.h"
#include "term/bits.h"

bool io_path_read(Term native, IoPath *path) {
    path->to_free = NULL;
    size_t byte_count;
    if (!term_is_binary(native)) return false;
    path->text = (const char *)bits_bytes(native, &byte_count, &path->to_free);
    ASSERT(path->text != NULL);
    const char *end = memchr(path->text, '\0', byte_count);
    if (end == NULL) return false;
    // Names that have been converted twice end in more than one NUL; only NULs may follow the
    // first.
    for (const char *rest = end; rest < path->text + byte_count; rest++)
        if (*rest != '\0') return false;
    return true;
}

void io_path_free(IoPath *path) {
    if (path->to_free != NULL) mem_free(path->to_free);
    path->to_free = NULL;
}

Term io_error_tuple(Process *p, int error) {
    ASSERT(error > 0);
    Term name = atom_from(p->vm->atoms, world_errno_name(error));
    return heap_tuple2(&p->heap, am_error, name);
}

Term io_ok_tuple(Process *p, Term value) {
    ASSERT(value != TERM_NONE);
    return heap_tuple2(&p->heap, am_ok, value);
}

Term io_magic_ref(Process *p, Binary *magic) {
    ASSERT(magic->destructor != NULL);
    uint64_t words[3];
    reference_make_magic_words(p->vm, words);
    return heap_magic_ref(&p->heap, magic, words);
}

Binary *io_magic_binary(Term ref, void (*destructor)(Binary *magic)) {
    if (!term_is_box_of(ref, BOX_MAGIC_REF)) return NULL;
    Binary *magic = (Binary *)(uintptr_t)term_box(ref)[2];
    ASSERT(magic != NULL);
    return magic->destructor == destructor ? magic : NULL;
}

Term io_binary_shrunk(Process *p, Binary *buffer, size_t byte_count) {
    ASSERT(byte_count <= buffer->capacity_bytes);
    if (byte_count <= HEAP_BITS_BYTES_MAX || byte_count < buffer->capacity_bytes / 2) {
        Term copy = heap_binary_from(&p->heap, buffer->bytes, byte_count);
        binary_release(buffer);
        return copy;
    }
    buffer->size_bytes = byte_count;
    return heap_binary_ref(&p->heap, buffer);
}

bool io_vector_read(Term list, struct iovec parts[IO_VECTOR_MAX], IoVector *vector) {
    ASSERT(parts != NULL);
    vector->parts = parts;
    vector->count = 0;
    vector->copy_count = 0;
    vector->byte_count = 0;
    while (term_is_cell(list) && vector->count < IO_VECTOR_MAX) {
        Term part = term_head(list);
        if (!term_is_binary(part)) break;
        size_t byte_count;
        uint8_t *copy = NULL;
        const uint8_t *bytes = bits_bytes(part, &byte_count, &copy);
        ASSERT(bytes != NULL);
        if (copy != NULL) vector->copies[vector->copy_count++] = copy;
        parts[vector->count++] = (struct iovec){.iov_base = (void *)bytes, .iov_len = byte_count};
        vector->byte_count += byte_count;
        list = term_tail(list);
    }
    vector->tail = list;
    if (term_is_nil(list) || (term_is_cell(list) && vector->count == IO_VECTOR_MAX)) return true;
    io_vector_free(vector);
    return false;
}

void io_vector_free(IoVector *vector) {
    ASSERT(vector->copy_count <= IO_VECTOR_MAX);
    for (int i = 0; i < vector->copy_count; i++) mem_free(vector->copies[i]);
    vector->copy_count = 0;
}
