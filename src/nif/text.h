// SPDX-License-Identifier: Apache-2.0
//
// text.h - Latin-1 and UTF-8, which extensions name atoms and strings in.
#ifndef MICA_NIF_TEXT_H
#define MICA_NIF_TEXT_H

#include "nif/nif.h"
#include "term/utf8.h"

/** Writes at most room characters; how many there are, or SIZE_MAX when one is above 255. */
static inline size_t nif_latin1_from_utf8(const char *text, size_t bytes, char *out, size_t room) {
    size_t n = 0;
    for (size_t i = 0, used; i < bytes; i += used, n++) {
        int32_t c = utf8_decode((const uint8_t *)text + i, bytes - i, &used);
        if (c < 0 || c > 255) return SIZE_MAX;
        if (n < room) out[n] = (char)c;
    }
    return n;
}

/** out has room for twice as many bytes; how many were written. */
static inline size_t nif_utf8_from_latin1(const char *text, size_t bytes, char *out) {
    size_t n = 0;
    for (size_t i = 0; i < bytes; i++) n += utf8_encode((uint8_t)text[i], (uint8_t *)out + n);
    return n;
}

/** The name of a library's function or type as an atom; TERM_NONE: it cannot be one. */
Term nif_atom(VM *vm, const char *text, size_t bytes, NifCharEncoding encoding, bool existing);

#endif
