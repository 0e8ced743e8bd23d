// SPDX-License-Identifier: Apache-2.0
//
// binary.c - binaries: made outside of terms and then handed over, looked at, or made in place.
//
// NIFBIN-1: a NifBinary with an owner holds one reference to a counted buffer, whose bytes it may
//           write until it is made a term. One without an owner shows a term's bytes.
// NIFBIN-2: what enif_inspect_* had to put together lies in the environment's heap as a binary that
//           nothing refers to: the next collection takes it, and none comes while the call lasts.
#include "term/binary.h"
#include "base/alloc.h"
#include "bif/bif.h"
#include "nif/resource.h"
#include "term/bits.h"
#include "term/external.h"

void *enif_alloc(size_t size) { return mem_try_alloc(size); }
void enif_free(void *block) { mem_free(block); }
void *enif_realloc(void *block, size_t size) { return mem_try_realloc(block, size); }

static void show_buffer(NifBinary *out, Binary *b) {
    ASSERT(atomic_load_explicit(&b->refs, memory_order_relaxed) > 0); // NIFBIN-1
    *out = (NifBinary){.size = b->size_bytes, .data = b->bytes, .owner = b};
}

// Libraries are about that write a byte or a few past the end of a binary (a string's terminating
// NUL), and have never been found out: OTP has as much to spare behind each.
#define SLACK_BYTES 7

static Binary *new_buffer(size_t size) {
    if (size > SIZE_MAX - SLACK_BYTES) return NULL;
    Binary *b = binary_try_new(size + SLACK_BYTES);
    if (b == NULL) return NULL;
    ASSERT(b->size_bytes == size + SLACK_BYTES);
    b->size_bytes = b->capacity_bytes = size;
    return b;
}

int enif_alloc_binary(size_t size, NifBinary *out) {
    Binary *b = new_buffer(size);
    if (b == NULL) return 0;
    show_buffer(out, b);
    return 1;
}

int enif_realloc_binary(NifBinary *bin, size_t size) {
    ASSERT(bin->data != NULL);
    Binary *b = new_buffer(size);
    if (b == NULL) return 0;
    memcpy(b->bytes, bin->data, MIN(size, bin->size));
    if (bin->owner != NULL) binary_release(bin->owner);
    show_buffer(bin, b);
    return 1;
}

void enif_release_binary(NifBinary *bin) {
    if (bin->owner != NULL) binary_release(bin->owner); // NIFBIN-1
    bin->owner = NULL;
}

int enif_inspect_binary(NifEnv *env, Term t, NifBinary *out) {
    if (!term_is_bitstring(t)) return 0;
    BitsView v = bits_view(t);
    if ((v.size_bits & 7u) != 0) return 0;
    ASSERT(v.base != NULL);
    *out = (NifBinary){.size = v.size_bits / 8};
    if (bits_is_byte_aligned(v)) {
        out->data = (uint8_t *)(uintptr_t)v.base + v.start_bit / 8;
        return 1;
    }
    uint8_t *bytes;
    heap_binary(env->heap, out->size, &bytes); // NIFBIN-2
    bits_copy(bytes, 0, v.base, v.start_bit, v.size_bits);
    out->data = bytes;
    return 1;
}

int enif_inspect_iolist_as_binary(NifEnv *env, Term t, NifBinary *out) {
    if (term_is_bitstring(t)) return enif_inspect_binary(env, t, out);
    size_t count;
    uint8_t *bytes, *place;
    if (!bif_iodata_bytes(t, &bytes, &count)) return 0;
    heap_binary(env->heap, count, &place); // NIFBIN-2
    memcpy(place, bytes, count);
    mem_free(bytes);
    *out = (NifBinary){.size = count, .data = place};
    return 1;
}

Term enif_make_binary(NifEnv *env, NifBinary *bin) {
    Binary *b = bin->owner;
    if (b == NULL) return heap_binary_from(env->heap, bin->data, bin->size);
    ASSERT(bin->size <= b->size_bytes);
    b->size_bytes = bin->size;
    bin->owner = NULL;
    return heap_binary_ref(env->heap, b); // its bytes stay where they are
}

unsigned char *enif_make_new_binary(NifEnv *env, size_t size, Term *out) {
    uint8_t *bytes;
    *out = heap_binary(env->heap, size, &bytes);
    return bytes;
}

Term enif_make_sub_binary(NifEnv *env, Term binary, size_t position, size_t size) {
    nif_check(env, binary, __func__);
    ASSERT(term_is_bitstring(binary) && 8 * (position + size) <= bits_size(binary));
    return heap_sub_bits(env->heap, binary, 8 * position, 8 * size);
}

// ---- external terms
// ------------------------------------------------------------------------------
int enif_term_to_binary(NifEnv *env, Term t, NifBinary *out) {
    ExternalOptions options = {.minor_version = env->vm->config.otp_release >= 26 ? 2 : 1};
    uint8_t *bytes;
    size_t count;
    NifOnline o = nif_online(env->vm);
    bool done = external_encode(&env->vm->external, t, &options, &bytes, &count, NULL);
    nif_offline(&o);
    if (!done) return 0;
    bool made = enif_alloc_binary(count, out) != 0;
    if (made) memcpy(out->data, bytes, count);
    mem_free(bytes);
    return made;
}

size_t enif_binary_to_term(NifEnv *env, const unsigned char *bytes, size_t count, Term *out,
                           unsigned options) {
    if ((options & ~(unsigned)NIF_BIN2TERM_SAFE) != 0) return 0;
    uint32_t flags = options != 0 ? EXTERNAL_SAFE : 0;
    size_t used;
    NifOnline o = nif_online(env->vm);
    Term t = external_decode(env->heap, &env->vm->external, bytes, count, true, flags, &used, NULL);
    nif_offline(&o);
    if (t == TERM_NONE) return 0;
    ASSERT(used <= count);
    *out = t;
    return used;
}
