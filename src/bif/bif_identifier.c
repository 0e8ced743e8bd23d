// SPDX-License-Identifier: Apache-2.0
//
// bif_identifier.c - pids, ports, references and funs as texts, and the texts that erlang:display
// writes.
//
// A text names a node by 0 (this one) or by the index of its name's atom; a name that no identifier
// here came with is badarg.
#include "bif/bif.h"
#include "term/bits.h"

#include "term/number.h"
#include "term/print.h"
#include "term/ref.h"
#include "vm/vm.h"
#include "world/console.h"

static Term printed_list(Process *p, Term t) {
    DEBUG_ASSERT(t != TERM_NONE);
    TextBuffer b = {0};
    print_term(&b, p->vm->atoms, t, 0);
    Term list = heap_list_from_bytes(&p->heap, (const uint8_t *)b.bytes, b.count, TERM_NIL);
    mem_free(b.bytes);
    return list;
}

BIF(erlang, pid_to_list, 1)
{ return term_is_pid(a[0]) ? printed_list(p, a[0]) : bif_badarg(p); }
BIF(erlang, port_to_list, 1)
{ return term_is_port(a[0]) ? printed_list(p, a[0]) : bif_badarg(p); }
BIF(erlang, ref_to_list, 1)
{
    if (!term_is_reference(a[0])) return bif_badarg(p);
    if (term_is_magic_ref(a[0])) magic_note(p->vm->external.magics, a[0]);
    return printed_list(p, a[0]);
}
BIF(erlang, fun_to_list, 1)
{ return term_is_fun(a[0]) ? printed_list(p, a[0]) : bif_badarg(p); }

// ---- reading
// --------------------------------------------------------------------------------------

#define NUMBERS_MAX 6

// prefix N.N.N>, that and nothing more: how many numbers, or -1.
static int read_numbers(Term list, const char *prefix, uint64_t numbers[NUMBERS_MAX]) {
    char text[160];
    size_t n = 0;
    for (; term_is_cell(list) && n + 1 < sizeof text; list = term_tail(list)) {
        Term c = term_head(list);
        if (!term_is_small(c) || term_small(c) < 1 || term_small(c) > 127) return -1;
        text[n++] = (char)term_small(c);
    }
    text[n] = 0;
    if (!term_is_nil(list) || strncmp(text, prefix, strlen(prefix)) != 0) return -1;
    const char *at = text + strlen(prefix);
    for (int count = 0; count < NUMBERS_MAX; at++) {
        uint64_t v = 0;
        const char *first = at;
        for (; *at >= '0' && *at <= '9'; at++) {
            if (v > (UINT64_MAX - 9) / 10) return -1;
            v = v * 10 + (uint64_t)(*at - '0');
        }
        if (at == first) return -1;
        numbers[count++] = v;
        if (*at == '>') return at[1] == 0 ? count : -1;
        if (*at != '.') return -1;
    }
    return -1;
}

// The node of a number in a text: false when there is none. NULL means this one.
static bool find_node(Process *p, uint64_t number, NodeEntry **node) {
    *node = NULL;
    if (number == 0) return true;
    if (number >= atom_count(p->vm->atoms)) return false;
    Term name = atom_from_index(number);
    if (name == node_own_name(p->vm->nodes)) return true;
    *node = node_find(p->vm->nodes, name);
    return *node != NULL;
}

static Term external(Process *p, BoxKind kind, uint32_t aux, NodeEntry *node, const uint64_t *words,
                     size_t count) {
    ASSERT(node != NULL && count > 0);
    Term *box = heap_alloc(&p->heap, 2 + count);
    box[0] = header_make(kind, 1 + count, aux);
    box[1] = (Term)(uintptr_t)node;
    memcpy(box + 2, words, count * sizeof *words);
    return term_from_box(box);
}

BIF(erlang, list_to_pid, 1)
{
    uint64_t n[NUMBERS_MAX];
    NodeEntry *node;
    if (read_numbers(a[0], "<", n) != 3 || !find_node(p, n[0], &node)) return bif_badarg(p);
    if (node == NULL) {
        if (n[1] >= 1u << PID_NUMBER_BITS || n[2] >= 1u << PID_SERIAL_BITS) return bif_badarg(p);
        return term_from_pid_data(n[1] | n[2] << PID_NUMBER_BITS);
    }
    if (n[1] > UINT32_MAX || n[2] > UINT32_MAX) return bif_badarg(p);
    uint64_t word = n[1] << 32 | n[2];
    return external(p, BOX_EXT_PID, 0, node, &word, 1);
}

BIF(erlang, list_to_port, 1)
{
    uint64_t n[NUMBERS_MAX];
    NodeEntry *node;
    if (read_numbers(a[0], "#Port<", n) != 2 || !find_node(p, n[0], &node)) return bif_badarg(p);
    if (node != NULL) return external(p, BOX_EXT_PORT, 0, node, &n[1], 1);
    if (n[1] >= 1u << 28) return bif_badarg(p);
    return term_from_port_data(n[1]);
}

BIF(erlang, list_to_ref, 1)
{
    uint64_t n[NUMBERS_MAX];
    NodeEntry *node;
    int count = read_numbers(a[0], "#Ref<", n);
    if (count < 2 || !find_node(p, n[0], &node)) return bif_badarg(p);
    uint32_t number_count = (uint32_t)count - 1;
    ASSERT(number_count >= 1);
    uint64_t numbers[REF_NUMBER_COUNT_MAX + 1] = {0};
    ASSERT(number_count <= REF_NUMBER_COUNT_MAX);
    for (uint32_t i = 0; i < number_count; i++) {
        uint64_t v = n[number_count - i];
        if (v > UINT32_MAX) return bif_badarg(p);
        numbers[i] = v;
    }
    if (numbers[0] >= 1u << REF_NUMBER0_BITS) return bif_badarg(p);
    if (node == NULL) {
        if (number_count != 3) return bif_badarg(p);
        uint64_t words[3] = {numbers[0] | numbers[1] << 32, numbers[2], 0};
        return heap_ref_found(&p->heap, p->vm->external.magics, words);
    }
    uint64_t words[3];
    for (int i = 0; i < 3; i++) words[i] = numbers[2 * i] | numbers[2 * i + 1] << 32;
    return external(p, BOX_EXT_REF, number_count, node, words, (number_count + 1) / 2);
}

// ---- display
// --------------------------------------------------------------------------------------

// Raw text: each new line gets a carriage return, as from the real VM, whose terminal may be in raw
// mode.
static void write_raw(Process *p, ConsoleStream stream, const char *text, size_t count) {
    TextBuffer b = {0};
    for (size_t i = 0; i < count; i++) {
        if (text[i] == '\n') text_add(&b, "\r", 1);
        text_add(&b, text + i, 1);
    }
    if (b.count > 0) console_write(p->vm->world, stream, b.bytes, b.count);
    mem_free(b.bytes);
}

/** Writes the term's text and a new line to standard output. */
BIF(erlang, display, 1)
{
    TextBuffer b = {0};
    print_term(&b, p->vm->atoms, a[0], 0);
    text_add(&b, "\n", 1);
    ASSERT(b.count > 1); // every term has a text
    write_raw(p, CONSOLE_OUT, b.bytes, b.count);
    mem_free(b.bytes);
    return am_true;
}

/** erts_debug:display(Term): writes the text and a new line to standard output, and returns both.
 */
BIF(erts_debug, display, 1)
{
    TextBuffer b = {0};
    print_term(&b, p->vm->atoms, a[0], 0);
    text_add(&b, "\n", 1);
    write_raw(p, CONSOLE_OUT, b.bytes, b.count);
    Term list = heap_list_from_bytes(&p->heap, (const uint8_t *)b.bytes, b.count, TERM_NIL);
    mem_free(b.bytes);
    return list;
}

/** Writes the characters to standard error. */
BIF(erlang, display_string, 1)
{
    if (!term_is_list(a[0])) return bif_badarg(p);
    size_t count;
    char *text = bif_text_utf8(p->vm, a[0], &count);
    if (text == NULL) return bif_badarg(p);
    write_raw(p, CONSOLE_ERROR, text, count);
    mem_free(text);
    return am_true;
}

/** display_string(stdout | stderr, Characters | Binary): writes them. */
BIF(erlang, display_string, 2)
{
    if (a[0] == am_stdin) return bif_badarg_cause(p, atom_from(p->vm->atoms, "enxio"));
    if (a[0] != am_stdout && a[0] != am_stderr) return bif_badarg(p);
    if (!term_is_list(a[1]) && !term_is_binary(a[1])) return bif_badarg(p);
    size_t count;
    char *text = bif_text_utf8(p->vm, a[1], &count);
    if (text == NULL) return bif_badarg(p);
    ASSERT(text[count] == '\0');
    console_write(p->vm->world, a[0] == am_stdout ? CONSOLE_OUT : CONSOLE_ERROR, text, count);
    mem_free(text);
    return am_true;
}

/** term_to_string(Term, undefined | Limit) -> its text as a list, as display shows it; cut where it
 * is longer than Limit. */
BIF(erts_internal, term_to_string, 2)
{
    uint64_t limit = 0;
    if (a[1] != am_undefined && !bif_get_uint64(a[1], &limit)) return bif_badarg(p);
    TextBuffer b = {0};
    print_term(&b, p->vm->atoms, a[0], limit);
    ASSERT(b.count > 0); // every term has a text
    Term list = heap_list_from_bytes(&p->heap, (const uint8_t *)b.bytes, b.count, TERM_NIL);
    mem_free(b.bytes);
    return list;
}

BIF(erlang, display_nl, 0)
{
    write_raw(p, CONSOLE_ERROR, "\n", 1);
    return am_true;
}
