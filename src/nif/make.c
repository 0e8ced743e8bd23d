// SPDX-License-Identifier: Apache-2.0
//
// make.c - making terms in an environment: numbers, atoms, texts, lists, tuples, references.
#include <math.h>

#include "bif/bif.h"
#include "nif/text.h"
#include "proc/time.h"
#include "term/number.h"

// ---- numbers
// -------------------------------------------------------------------------------------
Term enif_make_int(NifEnv *env, int i) { return term_from_small(i); }
Term enif_make_uint(NifEnv *env, unsigned i) { return term_from_small(i); }
Term enif_make_long(NifEnv *env, long i) {
    return LIKELY(small_fits(i)) ? term_from_small(i) : heap_integer(env->heap, i);
}
Term enif_make_ulong(NifEnv *env, unsigned long i) { return heap_unsigned(env->heap, i); }

Term enif_make_double(NifEnv *env, double d) {
    return isfinite(d) ? heap_float(env->heap, d) : enif_make_badarg(env);
}

// ---- atoms
// ---------------------------------------------------------------------------------------
#define ATOM_BYTES_MAX (ATOM_CHARACTERS_MAX * 4)

Term nif_atom(VM *vm, const char *text, size_t bytes, NifCharEncoding encoding, bool existing) {
    ASSERT(vm != NULL && text != NULL);
    char utf8[2 * ATOM_CHARACTERS_MAX];
    if (bytes > ATOM_BYTES_MAX) return TERM_NONE;
    if (encoding == NIF_LATIN1) {
        if (bytes > ATOM_CHARACTERS_MAX) return TERM_NONE;
        bytes = nif_utf8_from_latin1(text, bytes, utf8);
        text = utf8;
    }
    return existing ? atom_find(vm->atoms, text, bytes) : atom_intern(vm->atoms, text, bytes);
}

Term enif_make_atom_len(NifEnv *env, const char *name, size_t length) {
    Term atom = nif_atom(env->vm, name, length, NIF_LATIN1, false);
    return atom != TERM_NONE ? atom : enif_make_badarg(env);
}

Term enif_make_atom(NifEnv *env, const char *name) {
    return enif_make_atom_len(env, name, strlen(name));
}

int enif_make_existing_atom_len(NifEnv *env, const char *name, size_t length, Term *atom,
                                NifCharEncoding encoding) {
    if (encoding != NIF_LATIN1 && encoding != NIF_UTF8) return 0;
    Term found = nif_atom(env->vm, name, length, encoding, true);
    if (found == TERM_NONE) return 0;
    *atom = found;
    return 1;
}

int enif_make_existing_atom(NifEnv *env, const char *name, Term *atom, NifCharEncoding encoding) {
    return enif_make_existing_atom_len(env, name, strlen(name), atom, encoding);
}

int enif_make_new_atom_len(NifEnv *env, const char *name, size_t length, Term *atom,
                           NifCharEncoding encoding) {
    if (encoding != NIF_LATIN1 && encoding != NIF_UTF8) return 0;
    Term made = nif_atom(env->vm, name, length, encoding, false);
    if (made == TERM_NONE) return 0;
    *atom = made;
    return 1;
}

int enif_make_new_atom(NifEnv *env, const char *name, Term *atom, NifCharEncoding encoding) {
    return enif_make_new_atom_len(env, name, strlen(name), atom, encoding);
}

// ---- tuples and lists
// ----------------------------------------------------------------------------
Term enif_make_tuple_from_array(NifEnv *env, const Term elements[], unsigned count) {
    ASSERT(count <= TUPLE_SIZE_MAX);
    for (unsigned i = 0; i < count; i++) nif_check(env, elements[i], __func__);
    return heap_tuple(env->heap, count, elements);
}

Term enif_make_tuple(NifEnv *env, unsigned count, ...) {
    ASSERT(count <= TUPLE_SIZE_MAX);
    Term *box = heap_alloc(env->heap, 1 + (size_t)count);
    box[0] = header_tuple(count);
    va_list arguments;
    va_start(arguments, count);
    for (unsigned i = 1; i <= count; i++) {
        box[i] = va_arg(arguments, Term);
        nif_check(env, box[i], __func__);
    }
    va_end(arguments);
    return term_from_box(box);
}

Term enif_make_list_cell(NifEnv *env, Term head, Term tail) {
    nif_check(env, head, __func__);
    nif_check(env, tail, __func__);
    Heap *h = env->heap;
    HeapFragment *f = h->fragments;
    if (f == NULL || f->capacity_words - f->used_words < CELL_WORDS)
        return heap_cons(h, head, tail);
    // the block is full: long lists, cell by cell, go on here
    Term *hp = f->mem + f->used_words;
    f->used_words += CELL_WORDS;
    return term_cons(&hp, head, tail);
}

Term enif_make_list_from_array(NifEnv *env, const Term elements[], unsigned count) {
    for (unsigned i = 0; i < count; i++) nif_check(env, elements[i], __func__);
    return heap_list(env->heap, elements, count, TERM_NIL);
}

Term enif_make_list(NifEnv *env, unsigned count, ...) {
    if (count == 0) return TERM_NIL;
    Term *cell = heap_alloc(env->heap, CELL_WORDS * (size_t)count), list = term_from_cell(cell);
    va_list arguments;
    va_start(arguments, count);
    for (unsigned i = 0; i < count; i++, cell += CELL_WORDS) {
        cell[0] = va_arg(arguments, Term);
        cell[1] = i + 1 < count ? term_from_cell(cell + CELL_WORDS) : TERM_NIL;
        nif_check(env, cell[0], __func__);
    }
    va_end(arguments);
    return list;
}

int enif_make_reverse_list(NifEnv *env, Term list, Term *out) {
    Term reversed = TERM_NIL;
    for (; term_is_cell(list); list = term_tail(list))
        reversed = heap_cons(env->heap, term_head(list), reversed);
    if (!term_is_nil(list)) return 0;
    *out = reversed;
    return 1;
}

Term enif_make_string_len(NifEnv *env, const char *text, size_t length, NifCharEncoding encoding) {
    const uint8_t *bytes = (const uint8_t *)text;
    if (encoding == NIF_LATIN1) return heap_list_from_bytes(env->heap, bytes, length, TERM_NIL);
    size_t count;
    if (encoding != NIF_UTF8 || !utf8_count(bytes, length, &count)) return enif_make_badarg(env);
    ASSERT(count <= length);
    if (count == 0) return TERM_NIL;
    Term *cell = heap_alloc(env->heap, CELL_WORDS * count), list = term_from_cell(cell);
    for (size_t i = 0, used; i < length; i += used, cell += CELL_WORDS) {
        cell[0] = term_from_small(utf8_decode(bytes + i, length - i, &used));
        cell[1] = i + used < length ? term_from_cell(cell + CELL_WORDS) : TERM_NIL;
    }
    return list;
}

Term enif_make_string(NifEnv *env, const char *text, NifCharEncoding encoding) {
    return enif_make_string_len(env, text, strlen(text), encoding);
}

// ---- references and unique integers
// --------------------------------------------------------------
Term enif_make_ref(NifEnv *env) {
    ASSERT(env->vm != NULL && env->heap != NULL);
    return reference_make(env->vm, env->heap, TERM_NONE);
}

Term enif_make_unique_integer(NifEnv *env, NifUniqueInteger properties) {
    return heap_integer(env->heap,
                        time_unique_integer(env->vm, (properties & NIF_UNIQUE_POSITIVE) != 0));
}
