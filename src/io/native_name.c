// SPDX-License-Identifier: Apache-2.0
//
// native_name.c - names of files between Erlang (lists of characters, raw binaries) and the system
// (bytes).
//
// A raw name is a binary and passes unchanged. A list is encoded in UTF-8 or Latin-1, as the locale
// says.
//
// Threads: the one that runs the process.
#include "bif/bif.h"
#include "io/port.h"
#include "term/bits.h"
#include "term/utf8.h"

/** Length of the character at s, 0 when there is none. */
static size_t character_at(const uint8_t *s, size_t count, uint32_t *character) {
    ASSERT(count > 0);
    size_t used = 0;
    int32_t c = utf8_decode(s, count, &used);
    if (c < 0) return 0;
    ASSERT(used > 0 && used <= count);
    *character = (uint32_t)c;
    return used;
}

typedef struct NameBuffer {
    uint8_t *bytes;
    size_t count;
    size_t capacity;
} NameBuffer;

static bool name_add(NameBuffer *name, Term character, FileNameEncoding encoding) {
    ASSERT(name->count <= name->capacity);
    if (!term_is_small(character)) return false;
    int64_t c = term_small(character);
    if (c <= 0 || !utf8_is_character((uint64_t)c)) return false;
    if (encoding == FILE_NAME_LATIN1 && c > 255) return false;
    if (name->count + 5 > name->capacity) {
        name->capacity = name->capacity * 2 + 64;
        name->bytes = mem_realloc(name->bytes, name->capacity);
    }
    if (encoding == FILE_NAME_LATIN1)
        name->bytes[name->count++] = (uint8_t)c;
    else
        name->count += utf8_encode((uint32_t)c, name->bytes + name->count);
    return true;
}

/** Names may be deep lists; the rests of outer lists wait on an explicit stack. */
static bool name_from_list(NameBuffer *name, Term list, FileNameEncoding encoding) {
    ASSERT(name->count == 0);
    Term *rests = NULL;
    size_t rest_count = 0, rest_capacity = 0;
    bool is_name = true;
    for (;;) {
        if (term_is_nil(list)) {
            if (rest_count == 0) break;
            list = rests[--rest_count];
            continue;
        }
        if (!term_is_cell(list)) {
            is_name = false;
            break;
        }
        Term head = term_head(list);
        list = term_tail(list);
        if (term_is_list(head)) {
            if (rest_count == rest_capacity) {
                rest_capacity = rest_capacity * 2 + 16;
                rests = mem_realloc(rests, rest_capacity * sizeof *rests);
            }
            rests[rest_count++] = list;
            list = head;
        } else if (!name_add(name, head, encoding)) {
            is_name = false;
            break;
        }
    }
    ASSERT(!is_name || rest_count == 0);
    mem_free(rests);
    return is_name;
}

char *io_native_text(VM *vm, Term name, bool may_be_empty) {
    NameBuffer text = {0};
    bool is_text = true;
    if (term_is_atom(name)) {
        size_t byte_count;
        const char *bytes = atom_text(vm->atoms, name, &byte_count);
        text.bytes = mem_alloc(byte_count + 1);
        memcpy(text.bytes, bytes, byte_count);
        text.count = byte_count;
    } else if (term_is_binary(name)) {
        uint8_t *to_free = NULL;
        const uint8_t *bytes = bits_bytes(name, &text.count, &to_free);
        is_text = text.count == 0 || memchr(bytes, '\0', text.count) == NULL;
        text.bytes = mem_alloc(text.count + 1);
        memcpy(text.bytes, bytes, text.count);
        mem_free(to_free);
    } else {
        is_text = term_is_list(name) && name_from_list(&text, name, file_name_encoding(vm));
        if (text.bytes == NULL) text.bytes = mem_alloc(1);
    }
    if (!is_text || (text.count == 0 && !may_be_empty)) {
        mem_free(text.bytes);
        return NULL;
    }
    text.bytes[text.count] = '\0'; // name_add leaves room for it
    return (char *)text.bytes;
}

/** A file name as a binary that ends in NUL. badarg for what is no name. */
BIF(prim_file, internal_name2native, 1)
{
    if (term_is_binary(a[0])) {
        size_t byte_count;
        uint8_t *to_free = NULL;
        const uint8_t *bytes = bits_bytes(a[0], &byte_count, &to_free);
        bool is_name = byte_count == 0 || memchr(bytes, '\0', byte_count) == NULL;
        Term result = TERM_NONE;
        if (is_name) {
            uint8_t *out;
            result = heap_binary(&p->heap, byte_count + 1, &out);
            memcpy(out, bytes, byte_count);
            out[byte_count] = '\0';
        }
        mem_free(to_free);
        return is_name ? result : bif_badarg(p);
    }
    NameBuffer name = {0};
    Term result = TERM_NONE;
    if (term_is_list(a[0]) && name_from_list(&name, a[0], file_name_encoding(p->vm))) {
        uint8_t *out;
        result = heap_binary(&p->heap, name.count + 1, &out);
        if (name.count > 0) memcpy(out, name.bytes, name.count);
        out[name.count] = '\0';
    }
    mem_free(name.bytes);
    return result != TERM_NONE ? result : bif_badarg(p);
}

/** List of characters from UTF-8, or TERM_NONE where it is none. */
static Term list_from_utf8(Process *p, const uint8_t *bytes, size_t byte_count) {
    size_t character_count = 0;
    uint32_t c;
    for (size_t i = 0; i < byte_count; character_count++) {
        size_t length = character_at(bytes + i, byte_count - i, &c);
        if (length == 0) return TERM_NONE;
        i += length;
    }
    if (character_count == 0) return TERM_NIL;
    Term *cells = heap_alloc(&p->heap, character_count * CELL_WORDS);
    Term *cell = cells;
    for (size_t i = 0; i < byte_count; cell += CELL_WORDS) {
        i += character_at(bytes + i, byte_count - i, &c);
        cell[0] = term_from_small(c);
        cell[1] = i < byte_count ? term_from_cell(cell + CELL_WORDS) : TERM_NIL;
    }
    ASSERT(cell == cells + character_count * CELL_WORDS);
    return term_from_cell(cells);
}

Term io_native_string(Process *p, const char *text, size_t count) {
    ASSERT(text != NULL || count == 0);
    const uint8_t *bytes = (const uint8_t *)text;
    Term list = TERM_NONE;
    if (file_name_encoding(p->vm) == FILE_NAME_UTF8) list = list_from_utf8(p, bytes, count);
    return list != TERM_NONE ? list : heap_list_from_bytes(&p->heap, bytes, count, TERM_NIL);
}

/** Characters of a native name; {error, ignore | warning | error} when they cannot be told. */
BIF(prim_file, internal_native2name, 1)
{
    if (!term_is_binary(a[0])) return bif_badarg(p);
    size_t byte_count;
    uint8_t *to_free = NULL;
    const uint8_t *bytes = bits_bytes(a[0], &byte_count, &to_free);
    Term result;
    if (file_name_encoding(p->vm) == FILE_NAME_LATIN1)
        result = heap_list_from_bytes(&p->heap, bytes, byte_count, TERM_NIL);
    else
        result = list_from_utf8(p, bytes, byte_count);
    mem_free(to_free);
    if (result != TERM_NONE) return result;
    FileNameWarning warning = file_name_warning(p->vm);
    Term reason = warning == FILE_NAME_IGNORE  ? am_ignore
                  : warning == FILE_NAME_ERROR ? am_error
                                               : am_warning;
    return heap_tuple2(&p->heap, am_error, reason);
}

/** Characters of a UTF-8 name. (Only macOS composes characters in file names; nothing is normalised
 * here.) */
BIF(prim_file, internal_normalize_utf8, 1)
{
    if (!term_is_binary(a[0])) return bif_badarg(p);
    size_t byte_count;
    uint8_t *to_free = NULL;
    const uint8_t *bytes = bits_bytes(a[0], &byte_count, &to_free);
    Term result = list_from_utf8(p, bytes, byte_count);
    mem_free(to_free);
    return result != TERM_NONE ? result : bif_badarg(p);
}

/** Can a raw name be told in characters? */
BIF(prim_file, is_translatable, 1)
{
    if (!term_is_binary(a[0])) return bif_badarg(p);
    if (file_name_encoding(p->vm) == FILE_NAME_LATIN1) return am_true;
    size_t byte_count;
    uint8_t *to_free = NULL;
    const uint8_t *bytes = bits_bytes(a[0], &byte_count, &to_free);
    bool is_utf8 = true;
    uint32_t c;
    for (size_t i = 0, length; is_utf8 && i < byte_count; i += length) {
        length = character_at(bytes + i, byte_count - i, &c);
        is_utf8 = length != 0;
    }
    mem_free(to_free);
    return term_from_bool(is_utf8);
}

/** latin1 or utf8: what file names are encoded in. */
BIF(file, native_name_encoding, 0)
{ return file_name_encoding(p->vm) == FILE_NAME_LATIN1 ? am_latin1 : am_utf8; }
