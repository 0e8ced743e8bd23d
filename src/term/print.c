// SPDX-License-Identifier: Apache-2.0
//
// print.c - terms as text, to the letter as the real VM's erlang:display writes them (its own older
// format, not io's ~p).
//
// What is still to be printed stands on a stack (no recursion): a term, or one of the marks, which
// no term equals. Pure but for the buffer: any thread may call.
#include "term/print.h"

#include "base/alloc.h"
#include "term/bits.h"
#include "term/fun.h"
#include "term/number.h"
#include "term/ref.h"
#include "term/stack.h"

#include <stdarg.h>
#include <stdio.h>

#define MARK_COMMA ((Term)(1 << 3))
#define MARK_BAR ((Term)(2 << 3))
#define MARK_LIST_END ((Term)(3 << 3))
#define MARK_TUPLE_END ((Term)(4 << 3))
#define MARK_ARROW ((Term)(5 << 3))
#define MARK_REST ((Term)(6 << 3))     // the rest of a list, begun with its head
#define MARK_ELEMENTS ((Term)(7 << 3)) // count and address of elements still to come

void text_add(TextBuffer *b, const char *bytes, size_t count) {
    ASSERT(b != NULL && (bytes != NULL || count == 0));
    if (b->count + count + 1 > b->capacity) {
        b->capacity = MAX(b->capacity * 2, b->count + count + 64);
        b->bytes = mem_realloc(b->bytes, b->capacity);
    }
    memcpy(b->bytes + b->count, bytes, count);
    b->count += count;
    b->bytes[b->count] = 0;
}

void text_add_string(TextBuffer *b, const char *text) { text_add(b, text, strlen(text)); }

void text_format(TextBuffer *b, const char *format, ...) {
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    ASSERT(n >= 0);
    text_add(b, line, MIN((size_t)n, sizeof line - 1));
}

// ---- atoms
// ----------------------------------------------------------------------------------------

static bool is_lower(uint32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 223 && c <= 255 && c != 247);
}

static bool is_alphanumeric(uint32_t c) {
    return is_lower(c) || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 192 && c <= 222 && c != 215) || c == '_';
}

// The Latin-1 character at text[i], 'a' inside a character, 0 where a character above Latin-1's
// range of two bytes begins.
static uint32_t quoting_character(const uint8_t *text, size_t i) {
    uint8_t c = text[i];
    if (c < 0x80) return c;
    if ((c & 0xe0) == 0xc0) return ((c & 0x1fu) << 6) | (text[i + 1] & 0x3fu);
    return (c & 0xc0) == 0x80 ? 'a' : 0;
}

static bool needs_quotes(const uint8_t *text, size_t count) {
    if (count == 0 || !is_lower(quoting_character(text, 0))) return true;
    for (size_t i = 1; i < count; i++) {
        if (!is_alphanumeric(quoting_character(text, i))) return true;
    }
    return false;
}

static void print_atom_byte(TextBuffer *b, uint8_t c) {
    static const char plain[] = "'\\\n\f\t\r\b\v", escaped[] = "'\\nftrbv";
    const char *at = c == 0 ? NULL : strchr(plain, c);
    if (at != NULL) {
        char pair[2] = {'\\', escaped[at - plain]};
        text_add(b, pair, 2);
    } else if (c < ' ') {
        text_format(b, "\\%03o", c);
    } else {
        text_add(b, (const char *)&c, 1);
    }
}

void print_atom(TextBuffer *b, const AtomTable *atoms, Term atom) {
    DEBUG_ASSERT(term_is_atom(atom));
    size_t count;
    const uint8_t *text = (const uint8_t *)atom_text(atoms, atom, &count);
    bool quotes = needs_quotes(text, count);
    if (quotes) text_add(b, "'", 1);
    for (size_t i = 0; i < count; i++) {
        if (text[i] == 0xc2 && i + 1 < count && text[i + 1] < 0xa0) {
            text_format(b, "\\%03o", text[++i]); // control characters above ASCII
        } else {
            print_atom_byte(b, text[i]);
        }
    }
    if (quotes) text_add(b, "'", 1);
}

// ---- leaves
// ---------------------------------------------------------------------------------------

static bool is_text_list(Term list) {
    for (; term_is_cell(list); list = term_tail(list)) {
        Term head = term_head(list);
        if (!term_is_small(head)) return false;
        int64_t c = term_small(head);
        bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (c < 0 || c > 255 || (!space && (c < ' ' || c == 127 || (c >= 128 && c < 160))))
            return false;
    }
    return term_is_nil(list);
}

static void print_text_list(TextBuffer *b, Term list) {
    text_add(b, "\"", 1);
    for (; term_is_cell(list); list = term_tail(list)) {
        char c = (char)term_small(term_head(list));
        if (c == '\n') {
            text_add(b, "\\n", 2);
        } else {
            if (c == '"') text_add(b, "\\", 1);
            text_add(b, &c, 1);
        }
    }
    text_add(b, "\"", 1);
}

static void print_bits(TextBuffer *b, Term t) {
    DEBUG_ASSERT(term_is_bitstring(t));
    size_t size = bits_size(t), bytes = size / 8, rest = size % 8;
    BitsView v = bits_view(t);
    uint8_t *copy = mem_alloc(bytes + 1);
    copy[bytes] = 0;
    bits_copy(copy, 0, v.base, v.start_bit, size);
    bool text = rest == 0 && bytes > 0;
    for (size_t i = 0; i < bytes && text; i++) text = copy[i] >= ' ' && copy[i] < 127;
    text_add_string(b, text ? "<<\"" : "<<");
    for (size_t i = 0; i < bytes; i++) {
        if (!text) {
            text_format(b, i == 0 ? "%u" : ",%u", copy[i]);
            continue;
        }
        if (copy[i] == '"') text_add(b, "\\", 1);
        text_add(b, (const char *)copy + i, 1);
    }
    if (rest != 0)
        text_format(b, "%s%u:%zu", bytes > 0 ? "," : "", (unsigned)copy[bytes] >> (8 - rest), rest);
    text_add_string(b, text ? "\">>" : ">>");
    mem_free(copy);
}

// What a node prints as: 0 for the own one, else its name's index.
static uint32_t node_number(Term t) {
    return term_is_boxed(t) ? term_atom_index(external_node(t)->name) : 0;
}

static void print_identifier(TextBuffer *b, Term t) {
    DEBUG_ASSERT(term_is_pid(t) || term_is_port(t) || term_is_reference(t));
    if (term_is_pid(t)) {
        text_format(b, "<%u.%u.%u>", node_number(t), any_pid_number(t), any_pid_serial(t));
    } else if (term_is_port(t)) {
        text_format(b, "#Port<%u.%llu>", node_number(t), (unsigned long long)any_port_number(t));
    } else {
        text_format(b, "#Ref<%u", term_is_local_ref(t) ? 0 : node_number(t));
        for (uint32_t i = ref_number_count(t); i-- > 0;) text_format(b, ".%u", ref_number(t, i));
        text_add(b, ">", 1);
    }
}

static void print_fun(TextBuffer *b, const AtomTable *atoms, Term t) {
    DEBUG_ASSERT(term_is_fun(t));
    if (term_box_kind(t) == BOX_EXPORT) {
        const Export *e = export_of(t);
        text_add_string(b, "fun ");
        print_atom(b, atoms, e->module);
        text_add(b, ":", 1);
        print_atom(b, atoms, e->function);
        text_format(b, "/%u", e->arity);
        return;
    }
    const FunEntry *e = fun_entry(t);
    text_add_string(b, "#Fun<");
    text_add_string(b, atom_text(atoms, e->module, NULL));
    text_format(b, ".%d.%d>", (int)e->old_index, (int)e->old_uniq);
}

static void print_number(TextBuffer *b, Term t) {
    if (term_is_float(t)) {
        text_format(b, "%e", term_float(t));
        return;
    }
    size_t count;
    char *text = integer_to_text(t, 10, &count);
    text_add(b, text, count);
    mem_free(text);
}

// ---- the walk
// -------------------------------------------------------------------------------------

static void push_elements(TermStack *s, const Term *elements, size_t count) {
    if (count == 0) return;
    term_stack_push(s, (uintptr_t)elements);
    term_stack_push(s, count);
    term_stack_push(s, MARK_ELEMENTS);
}

static void begin_map(TextBuffer *b, TermStack *s, Term t) {
    DEBUG_ASSERT(term_is_map(t) || term_is_box_of(t, BOX_MAP_NODE)); // a trie's inner node, too
    const Term *box = term_box(t);
    term_stack_push(s, MARK_TUPLE_END);
    if (header_kind(*box) == BOX_MAP_FLAT) {
        text_add_string(b, "#{");
        for (size_t n = header_size(*box) - 1, i = n; i-- > 0;) {
            if (i + 1 < n) term_stack_push(s, MARK_COMMA);
            term_stack_push(s, box[2 + i]);
            term_stack_push(s, MARK_ARROW);
            term_stack_push(s, tuple_get(box[1], i));
        }
        return;
    }
    bool root = header_kind(*box) == BOX_MAP_HASH;
    text_format(b, root ? "#<%x>{" : "<%x>{", header_aux(*box));
    push_elements(s, box + (root ? 2 : 1), header_size(*box) - root);
}

static void begin_list_rest(TermStack *s, Term cell) {
    DEBUG_ASSERT(term_is_cell(cell));
    Term tail = term_tail(cell);
    if (!term_is_nil(tail)) {
        term_stack_push(s, tail);
        term_stack_push(s, term_is_cell(tail) ? MARK_REST : MARK_BAR);
    }
    term_stack_push(s, term_head(cell));
}

static void begin_term(TextBuffer *b, const AtomTable *atoms, TermStack *s, Term t) {
    if (term_is_nil(t)) {
        text_add_string(b, "[]");
    } else if (term_is_atom(t)) {
        print_atom(b, atoms, t);
    } else if (term_is_number(t)) {
        print_number(b, t);
    } else if (term_is_pid(t) || term_is_port(t) || term_is_reference(t)) {
        print_identifier(b, t);
    } else if (term_is_cell(t)) {
        if (is_text_list(t)) {
            print_text_list(b, t);
            return;
        }
        text_add(b, "[", 1);
        term_stack_push(s, MARK_LIST_END);
        begin_list_rest(s, t);
    } else if (term_is_tuple(t)) {
        text_add(b, "{", 1);
        term_stack_push(s, MARK_TUPLE_END);
        push_elements(s, tuple_elements(t), tuple_arity(t));
    } else if (term_is_map(t) || term_is_box_of(t, BOX_MAP_NODE)) {
        begin_map(b, s, t);
    } else if (term_is_bitstring(t)) {
        print_bits(b, t);
    } else if (term_is_fun(t)) {
        print_fun(b, atoms, t);
    } else {
        text_format(b, "<term %016llx>", (unsigned long long)t); // a catch mark, a match context
    }
}

void print_term(TextBuffer *b, const AtomTable *atoms, Term t, size_t terms_max) {
    ASSERT(b != NULL && t != TERM_NONE);
    TermStack s;
    term_stack_init(&s);
    term_stack_push(&s, t);
    size_t left = terms_max == 0 ? SIZE_MAX : terms_max;
    size_t bytes_max = terms_max == 0 ? SIZE_MAX : b->count + 64 * terms_max;
    while (s.count > 0) {
        t = term_stack_pop(&s);
        if (t == MARK_COMMA)
            text_add(b, ",", 1);
        else if (t == MARK_BAR)
            text_add(b, "|", 1);
        else if (t == MARK_LIST_END)
            text_add(b, "]", 1);
        else if (t == MARK_TUPLE_END)
            text_add(b, "}", 1);
        else if (t == MARK_ARROW)
            text_add(b, "=>", 2);
        else if (t == MARK_REST) {
            text_add(b, ",", 1);
            begin_list_rest(&s, term_stack_pop(&s));
        } else if (t == MARK_ELEMENTS) {
            size_t n = term_stack_pop(&s);
            const Term *e = (const Term *)(uintptr_t)term_stack_pop(&s);
            if (n > 1) {
                push_elements(&s, e + 1, n - 1);
                term_stack_push(&s, MARK_COMMA);
            }
            term_stack_push(&s, *e);
        } else {
            if (left-- == 0 || b->count > bytes_max) {
                text_add_string(b, "...");
                break;
            }
            begin_term(b, atoms, &s, t);
        }
    }
    term_stack_free(&s);
}
