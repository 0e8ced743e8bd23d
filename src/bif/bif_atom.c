// SPDX-License-Identifier: Apache-2.0
//
// bif_atom.c - atoms from and to texts. Above 255 characters, or with a full table: system_limit
// where a new atom may be made, badarg where only an existing one counts.
#include "bif/bif.h"

#include "term/bits.h"
#include "term/utf8.h"
#include "vm/vm.h"

BIF(erlang, atom_to_list, 1)
{
    if (!term_is_atom(a[0])) return bif_badarg(p);
    size_t bytes, used;
    const uint8_t *text = (const uint8_t *)atom_text(p->vm->atoms, a[0], &bytes);
    Term characters[ATOM_CHARACTERS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < bytes; i += used) {
        ASSERT(n < ATOM_CHARACTERS_MAX);
        characters[n++] = term_from_small(utf8_decode(text + i, bytes - i, &used));
    }
    return n == 0 ? TERM_NIL : heap_list(&p->heap, characters, n, TERM_NIL);
}

typedef enum { TEXT_GOOD, TEXT_BAD, TEXT_LONG } TextKind;

// A list of characters as UTF-8 in out.
static TextKind list_text(Term list, uint8_t out[4 * ATOM_CHARACTERS_MAX], size_t *bytes) {
    size_t n = 0, characters = 0;
    bool is_long = false;
    for (; term_is_cell(list); list = term_tail(list)) {
        Term c = term_head(list);
        if (!term_is_small(c) || !utf8_is_character((uint64_t)term_small(c))) return TEXT_BAD;
        if (characters++ == ATOM_CHARACTERS_MAX) is_long = true;
        if (!is_long) n += utf8_encode((uint32_t)term_small(c), out + n);
    }
    *bytes = n;
    if (!term_is_nil(list)) return TEXT_BAD;
    return is_long ? TEXT_LONG : TEXT_GOOD;
}

static Term finish(Process *p, TextKind kind, const uint8_t *text, size_t bytes, bool existing) {
    ASSERT(kind != TEXT_GOOD || bytes <= 4 * ATOM_CHARACTERS_MAX);
    if (kind == TEXT_BAD || (kind == TEXT_LONG && existing)) return bif_badarg(p);
    if (kind == TEXT_LONG) return bif_system_limit(p);
    if (existing) {
        Term atom = atom_find(p->vm->atoms, (const char *)text, bytes);
        return atom != TERM_NONE ? atom : bif_badarg(p);
    }
    Term atom = atom_intern(p->vm->atoms, (const char *)text, bytes);
    return atom != TERM_NONE ? atom : bif_system_limit(p);
}

static Term from_list(Process *p, Term list, bool existing) {
    uint8_t text[4 * ATOM_CHARACTERS_MAX];
    size_t bytes = 0;
    TextKind kind = list_text(list, text, &bytes);
    return finish(p, kind, text, bytes, existing);
}

BIF(erlang, list_to_atom, 1)
{ return from_list(p, a[0], false); }
BIF(erlang, list_to_existing_atom, 1)
{ return from_list(p, a[0], true); }

// ---- binaries
// -------------------------------------------------------------------------------------

static TextKind latin1_text(const uint8_t *from, size_t count, uint8_t out[4 * ATOM_CHARACTERS_MAX],
                            size_t *bytes) {
    DEBUG_ASSERT(from != NULL);
    if (count > ATOM_CHARACTERS_MAX) return TEXT_LONG;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) n += utf8_encode(from[i], out + n);
    *bytes = n;
    return TEXT_GOOD;
}

static TextKind utf8_text(const uint8_t *from, size_t count, uint8_t out[4 * ATOM_CHARACTERS_MAX],
                          size_t *bytes) {
    DEBUG_ASSERT(from != NULL);
    size_t characters = 0, used;
    for (size_t i = 0; i < count; i += used) {
        if (utf8_decode(from + i, count - i, &used) < 0) return TEXT_BAD;
        // what comes behind is not looked at any more, nor does OTP
        if (++characters > ATOM_CHARACTERS_MAX) return TEXT_LONG;
    }
    memcpy(out, from, count);
    *bytes = count;
    return TEXT_GOOD;
}

static Term from_binary(Process *p, Term binary, Term encoding, bool existing) {
    bool latin1 = encoding == am_latin1;
    if (!latin1 && encoding != am_utf8 && encoding != am_unicode) return bif_badarg(p);
    size_t count, bytes = 0;
    uint8_t *to_free, text[4 * ATOM_CHARACTERS_MAX];
    const uint8_t *from = bits_bytes(binary, &count, &to_free);
    if (from == NULL) return bif_badarg(p);
    TextKind kind =
        latin1 ? latin1_text(from, count, text, &bytes) : utf8_text(from, count, text, &bytes);
    mem_free(to_free);
    return finish(p, kind, text, bytes, existing);
}

BIF(erlang, binary_to_atom, 2)
{ return from_binary(p, a[0], a[1], false); }
BIF(erlang, binary_to_existing_atom, 2)
{ return from_binary(p, a[0], a[1], true); }

BIF(erlang, atom_to_binary, 2)
{
    if (!term_is_atom(a[0])) return bif_badarg(p);
    size_t bytes, used;
    const uint8_t *text = (const uint8_t *)atom_text(p->vm->atoms, a[0], &bytes);
    if (a[1] == am_utf8 || a[1] == am_unicode) return heap_binary_from(&p->heap, text, bytes);
    if (a[1] != am_latin1) return bif_badarg(p);
    uint8_t out[ATOM_CHARACTERS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < bytes; i += used) {
        int32_t c = utf8_decode(text + i, bytes - i, &used);
        if (c > 255) return bif_badarg(p);
        ASSERT(n < sizeof out);
        out[n++] = (uint8_t)c;
    }
    return heap_binary_from(&p->heap, out, n);
}
