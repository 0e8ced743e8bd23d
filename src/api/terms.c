// SPDX-License-Identifier: Apache-2.0
//
// terms.c - building and reading values from C: mica.h's MicaTerm.
#include "api/api.h"
#include "base/alloc.h"
#include "term/bits.h"
#include "term/map.h"
#include "term/number.h"
#include "term/print.h"
#include "term/utf8.h"

MicaTerm *api_term_new(MicaVM *vm) {
    ASSERT(vm != NULL);
    MicaTerm *t = mem_zalloc(sizeof *t);
    t->owner = vm;
    heap_init_detached(&t->heap, &literal_range_none);
    t->value = TERM_NIL;
    return t;
}

MicaTerm *api_term_copy(MicaVM *vm, Term value) {
    MicaTerm *t = api_term_new(vm);
    t->value = heap_copy(&t->heap, value);
    return t;
}

void mica_term_free(MicaTerm *t) {
    if (t == NULL) return;
    heap_destroy(&t->heap);
    mem_free(t);
}

void mica_free(void *block) { mem_free(block); }

// ---- building
// ---------------------------------------------------------------------------------------

MicaTerm *mica_term_integer(MicaVM *vm, int64_t value) {
    MicaTerm *t = api_term_new(vm);
    t->value = heap_integer(&t->heap, value);
    return t;
}

MicaTerm *mica_term_float(MicaVM *vm, double value) {
    if (!__builtin_isfinite(value)) return NULL;
    MicaTerm *t = api_term_new(vm);
    t->value = heap_float(&t->heap, value);
    return t;
}

MicaTerm *mica_term_atom(MicaVM *vm, const char *utf8) {
    Term atom = atom_intern(vm->vm->atoms, utf8, strlen(utf8));
    if (atom == TERM_NONE) return NULL;
    MicaTerm *t = api_term_new(vm);
    t->value = atom;
    return t;
}

MicaTerm *mica_term_binary(MicaVM *vm, const void *bytes, size_t count) {
    MicaTerm *t = api_term_new(vm);
    t->value = heap_binary_from(&t->heap, bytes, count);
    return t;
}

MicaTerm *mica_term_string(MicaVM *vm, const char *utf8) {
    size_t bytes = strlen(utf8);
    Term *characters = mem_alloc((bytes + 1) * sizeof(Term));
    size_t count = 0;
    for (size_t at = 0; at < bytes; count++) {
        size_t used;
        int32_t code = utf8_decode((const uint8_t *)utf8 + at, bytes - at, &used);
        if (code < 0) {
            mem_free(characters);
            return NULL;
        }
        ASSERT(used > 0 && used <= bytes - at && count <= bytes);
        characters[count] = term_from_small(code);
        at += used;
    }
    MicaTerm *t = api_term_new(vm);
    t->value = heap_list(&t->heap, characters, count, TERM_NIL);
    mem_free(characters);
    return t;
}

/** Copies the elements' values into t's heap. The caller mem_frees the array. */
static Term *copy_elements(MicaTerm *t, size_t count, MicaTerm *const *elements) {
    Term *values = mem_alloc((count + 1) * sizeof(Term));
    for (size_t i = 0; i < count; i++) {
        ASSERT(elements[i]->owner == t->owner); // terms of different VMs never mix
        values[i] = heap_copy(&t->heap, elements[i]->value);
    }
    return values;
}

MicaTerm *mica_term_tuple(MicaVM *vm, size_t count, MicaTerm *const *elements) {
    MicaTerm *t = api_term_new(vm);
    Term *values = copy_elements(t, count, elements);
    t->value = heap_tuple(&t->heap, count, values);
    mem_free(values);
    return t;
}

MicaTerm *mica_term_list(MicaVM *vm, size_t count, MicaTerm *const *elements) {
    MicaTerm *t = api_term_new(vm);
    Term *values = copy_elements(t, count, elements);
    t->value = heap_list(&t->heap, values, count, TERM_NIL);
    mem_free(values);
    return t;
}

MicaTerm *mica_term_decode(MicaVM *vm, const void *bytes, size_t count) {
    MicaTerm *t = api_term_new(vm);
    size_t used;
    t->value = external_decode(&t->heap, &vm->vm->external, bytes, count, true, 0, &used, NULL);
    if (t->value != TERM_NONE) return t;
    t->value = TERM_NIL;
    mica_term_free(t);
    return NULL;
}

// ---- reading
// ----------------------------------------------------------------------------------------

MicaStatus mica_term_encode(const MicaTerm *term, void **bytes, size_t *count) {
    ExternalOptions options = {.minor_version = 2};
    uint8_t *out;
    if (!external_encode(&term->owner->vm->external, term->value, &options, &out, count, NULL))
        return MICA_ERROR_TYPE;
    *bytes = out;
    return MICA_OK;
}

MicaKind mica_term_kind(const MicaTerm *term) {
    Term t = term->value;
    if (term_is_integer(t)) return MICA_INTEGER;
    if (term_is_float(t)) return MICA_FLOAT;
    if (term_is_atom(t)) return MICA_ATOM;
    if (term_is_nil(t)) return MICA_NIL;
    if (term_is_cell(t)) return MICA_LIST;
    if (term_is_tuple(t)) return MICA_TUPLE;
    if (term_is_map(t)) return MICA_MAP;
    if (term_is_pid(t)) return MICA_PID;
    if (term_is_port(t)) return MICA_PORT;
    if (term_is_reference(t)) return MICA_REFERENCE;
    if (term_is_fun(t)) return MICA_FUN;
    ASSERT(term_is_bitstring(t));
    return MICA_BITSTRING;
}

MicaStatus mica_term_get_int64(const MicaTerm *term, int64_t *value) {
    Term t = term->value;
    if (!term_is_integer(t)) return MICA_ERROR_TYPE;
    if (term_is_small(t)) {
        *value = term_small(t);
        return MICA_OK;
    }
    uint64_t low = integer_low64(t);
    bool negative = term_box_kind(t) == BOX_NEG_BIG;
    if (integer_magnitude_bytes(t) > 8 || ((int64_t)low < 0) != negative) return MICA_ERROR_TYPE;
    *value = (int64_t)low;
    return MICA_OK;
}

MicaStatus mica_term_get_double(const MicaTerm *term, double *value) {
    if (!term_is_number(term->value)) return MICA_ERROR_TYPE;
    return number_to_double(term->value, value) ? MICA_OK : MICA_ERROR_TYPE;
}

MicaStatus mica_term_get_atom(const MicaTerm *term, const char **utf8) {
    size_t bytes;
    if (!term_is_atom(term->value)) return MICA_ERROR_TYPE;
    *utf8 = atom_text(term->owner->vm->atoms, term->value, &bytes);
    return MICA_OK;
}

MicaStatus mica_term_get_binary(const MicaTerm *term, const void **bytes, size_t *count) {
    if (!term_is_binary(term->value)) return MICA_ERROR_TYPE;
    BitsView v = bits_view(term->value);
    // What this room builds and copies starts at a byte: heap_copy aligns sub-binaries of small
    // buffers only, so a term taken from a process may still start between two.
    if (!bits_is_byte_aligned(v)) return MICA_ERROR_TYPE;
    *bytes = v.base + v.start_bit / 8;
    *count = v.size_bits / 8;
    return MICA_OK;
}

/** Length of a proper list, or -1. */
static int64_t list_length(Term t) {
    int64_t n = 0;
    for (; term_is_cell(t); t = term_tail(t)) n++;
    return term_is_nil(t) ? n : -1;
}

MicaStatus mica_term_get_count(const MicaTerm *term, size_t *count) {
    Term t = term->value;
    if (term_is_tuple(t)) {
        *count = tuple_arity(t);
    } else if (term_is_map(t)) {
        *count = map_count(t);
    } else if (term_is_list(t) && list_length(t) >= 0) {
        *count = (size_t)list_length(t);
    } else {
        return MICA_ERROR_TYPE;
    }
    return MICA_OK;
}

MicaStatus mica_term_get_element(const MicaTerm *term, size_t index, MicaTerm **element) {
    Term t = term->value;
    if (term_is_tuple(t)) {
        if (index >= tuple_arity(t)) return MICA_ERROR_TYPE;
        *element = api_term_copy(term->owner, tuple_get(t, index));
        return MICA_OK;
    }
    for (; term_is_cell(t) && index > 0; index--) t = term_tail(t);
    if (!term_is_cell(t)) return MICA_ERROR_TYPE;
    *element = api_term_copy(term->owner, term_head(t));
    return MICA_OK;
}

char *mica_term_text(const MicaTerm *term) {
    TextBuffer out = {0};
    print_term(&out, term->owner->vm->atoms, term->value, 0);
    return out.bytes;
}
