// SPDX-License-Identifier: Apache-2.0
//
// bif_argument.c - reading arguments: integers, lists, iodata, texts. Nothing here raises, and
// nothing recurses: iodata may be nested as deep as memory allows.
#include "bif/iodata.h"

#include "term/bigint.h"
#include "term/bits.h"
#include "term/number.h"
#include "term/stack.h"
#include "term/utf8.h"
#include "vm/vm.h"

bool bif_get_int64(Term t, int64_t *out) {
    DEBUG_ASSERT(t != TERM_NONE);
    if (LIKELY(term_is_small(t))) {
        *out = term_small(t);
        return true;
    }
    if (!term_is_big(t)) return false;
    IntegerView v;
    integer_view(&v, t);
    if (v.count != 1 || v.limbs[0] > (uint64_t)INT64_MAX + v.negative) return false;
    *out = (int64_t)integer_low64(t);
    return true;
}

bool bif_get_uint64(Term t, uint64_t *out) {
    DEBUG_ASSERT(t != TERM_NONE);
    if (LIKELY(term_is_small(t))) {
        *out = (uint64_t)term_small(t);
        return term_small(t) >= 0;
    }
    if (!term_is_big(t)) return false;
    IntegerView v;
    integer_view(&v, t);
    if (v.count != 1 || v.negative) return false;
    *out = v.limbs[0];
    return true;
}

int64_t bif_list_length(Term list) {
    DEBUG_ASSERT(list != TERM_NONE);
    int64_t n = 0;
    for (; term_is_cell(list); list = term_tail(list)) n++;
    return term_is_nil(list) ? n : -1;
}

int64_t bif_long_list_length(Process *p, Term list) {
    Budget *budget = long_call_budget(p);
    int64_t n = 0;
    for (; term_is_cell(list); list = term_tail(list)) {
        n++;
        budget_spend(budget, 1);
    }
    return term_is_nil(list) ? n : -1;
}

// ---- iodata
// ---------------------------------------------------------------------------------------

// Walks iodata: calls nothing, hands out one byte or one bitstring after the other. Heads wait on
// the stack as tails.
typedef struct IoWalk {
    TermStack stack;
    Term at;
} IoWalk;

typedef enum { IO_END, IO_BYTE, IO_BITS, IO_BAD } IoItem;

static IoItem io_next(IoWalk *w, Term *item) {
    DEBUG_ASSERT(w != NULL && item != NULL);
    for (;;) {
        if (term_is_cell(w->at)) {
            Term head = term_head(w->at);
            if (term_is_small(head)) {
                if ((uint64_t)term_small(head) > 255) return IO_BAD;
                w->at = term_tail(w->at);
                *item = head;
                // what a tail may not be: a byte
                if (!term_is_cell(w->at) && !term_is_nil(w->at) && !term_is_bitstring(w->at))
                    return IO_BAD;
                return IO_BYTE;
            }
            Term tail = term_tail(w->at);
            if (!term_is_cell(tail) && !term_is_nil(tail) && !term_is_bitstring(tail))
                return IO_BAD;
            if (!term_is_nil(tail)) term_stack_push(&w->stack, tail);
            w->at = head;
            if (!term_is_cell(head) && !term_is_nil(head) && !term_is_bitstring(head))
                return IO_BAD;
            continue;
        }
        bool bits = term_is_bitstring(w->at);
        if (!bits && !term_is_nil(w->at)) return IO_BAD;
        *item = w->at;
        if (w->stack.count > 0) {
            w->at = term_stack_pop(&w->stack);
        } else if (bits) {
            w->at = TERM_NIL;
        } else {
            return IO_END;
        }
        if (bits) return IO_BITS;
    }
}

/** A part that is no list: adds its bytes. False: it is no binary, or they are too many to count.
 */
static bool add_binary(Term t, uint64_t *bytes) {
    if (!term_is_bitstring(t)) return false;
    size_t bits = bits_size(t);
    ASSERT(bits / 8 < SIZE_MAX / 16);
    return (bits & 7u) == 0 && !__builtin_add_overflow(*bytes, bits / 8, bytes);
}

#define IO_RUN_MAX 256 // bytes at once, between two looks at the budget

/** False also when there are more than about `items` of them. */
static ALWAYS_INLINE bool size_bytes(Term iodata, uint64_t *bytes, Budget *budget, int64_t items) {
    ASSERT(bytes != NULL);
    TermStack tails;
    term_stack_init_in_steps(&tails, budget);
    uint64_t n = 0, gathered = 0; // the bits of all integers
    int64_t run = IO_RUN_MAX;
    bool good = true;
    for (Term at = iodata;;) {
        if (term_is_cell(at)) {
            Term head = term_head(at);
            at = term_tail(at);
            if (LIKELY(term_is_small(head))) {
                gathered |= (uint64_t)term_small(head);
                n++;
            } else if (term_is_cell(head)) {
                if (!term_is_nil(at)) term_stack_push(&tails, at);
                at = head;
            } else if (!term_is_nil(head)) {
                good = add_binary(head, &n);
                if (!good) break;
            }
        } else {
            good = term_is_nil(at) || add_binary(at, &n);
            if (!good || tails.count == 0) break;
            at = term_stack_pop(&tails);
        }
        if (UNLIKELY(--run == 0)) {
            run = IO_RUN_MAX;
            budget_spend(budget, run);
            good = gathered <= 255 && (items -= run) > 0;
            if (!good) break;
        }
    }
    term_stack_free(&tails);
    *bytes = n;
    return good && gathered <= 255;
}

bool iodata_size_bytes(Term iodata, uint64_t *bytes, Budget *budget) {
    return size_bytes(iodata, bytes, budget, INT64_MAX);
}

bool iodata_size_quickly(Term iodata, uint64_t *bytes) {
    return size_bytes(iodata, bytes, NULL, IODATA_QUICK_ITEMS) && *bytes <= IODATA_QUICK_BYTES;
}

bool iodata_size_bits(Term iodata, bool whole_bytes, size_t *bits, Budget *budget) {
    ASSERT(bits != NULL);
    if (whole_bytes) {
        uint64_t bytes;
        if (!iodata_size_bytes(iodata, &bytes, budget)) return false;
        *bits = bytes > SIZE_MAX / 8 ? SIZE_MAX : bytes * 8; // more than any binary can have
        return true;
    }
    IoWalk w;
    term_stack_init_in_steps(&w.stack, budget);
    w.at = iodata;
    size_t n = 0;
    IoItem kind;
    Term item;
    while ((kind = io_next(&w, &item)) != IO_END && kind != IO_BAD) {
        size_t more = kind == IO_BYTE ? 8 : bits_size(item);
        if (n + more < n) {
            kind = IO_BAD;
            break;
        }
        n += more;
        budget_spend(budget, 1);
    }
    term_stack_free(&w.stack);
    *bits = n;
    return kind == IO_END;
}

#define BITS_SLICE ((size_t)1 << 19)

static void write_bits(uint8_t *out, size_t at, BitsView v, Budget *budget) {
    for (size_t done = 0; done < v.size_bits; done += BITS_SLICE) {
        size_t slice = MIN(v.size_bits - done, BITS_SLICE);
        bits_copy(out, at + done, v.base, v.start_bit + done, slice);
        budget_spend_bytes(budget, slice / 2); // pages of a new binary come slowly
    }
}

/** Bytes in a row from the list *at to out, up to IO_RUN_MAX: how many. */
static ALWAYS_INLINE uint32_t write_row(Term *at, uint8_t *out) {
    uint32_t n = 0;
    Term t = *at;
    while (term_is_cell(t) && n < IO_RUN_MAX) {
        Term head = term_head(t);
        if (!term_is_small(head)) break;
        out[n++] = (uint8_t)term_small(head);
        t = term_tail(t);
    }
    *at = t;
    return n;
}

static ALWAYS_INLINE size_t write_part(uint8_t *out, size_t at, Term bitstring, Budget *budget) {
    BitsView v = bits_view(bitstring);
    if (((at | v.start_bit | v.size_bits) & 7u) == 0 && v.size_bits < BITS_SLICE)
        memcpy(out + at / 8, v.base + v.start_bit / 8, v.size_bits / 8);
    else
        write_bits(out, at, v, budget);
    return at + v.size_bits;
}

void iodata_write(Term iodata, uint8_t *out, Budget *budget) {
    ASSERT(out != NULL);
    TermStack tails;
    term_stack_init_in_steps(&tails, budget);
    Term t = iodata;
    size_t at = 0; // in bits
    for (;;) {
        if (term_is_cell(t)) {
            uint32_t row = 1;
            Term head = term_head(t);
            if ((at & 7u) == 0 && term_is_small(head)) {
                row = write_row(&t, out + at / 8);
                at += (size_t)row * 8;
            } else if (term_is_small(head)) {
                uint8_t b = (uint8_t)term_small(head);
                bits_copy(out, at, &b, 0, 8);
                at += 8;
                t = term_tail(t);
            } else if (term_is_cell(head)) {
                if (!term_is_nil(term_tail(t))) term_stack_push(&tails, term_tail(t));
                t = head;
            } else {
                if (!term_is_nil(head)) at = write_part(out, at, head, budget);
                t = term_tail(t);
            }
            budget_spend(budget, row);
        } else {
            if (!term_is_nil(t)) at = write_part(out, at, t, budget);
            if (tails.count == 0) break;
            t = term_stack_pop(&tails);
        }
    }
    term_stack_free(&tails);
}

bool bif_iodata_bytes(Term iodata, uint8_t **out, size_t *count) {
    return bif_iodata_bytes_in_steps(iodata, out, count, NULL);
}

bool bif_iodata_bytes_or_room(Term iodata, uint8_t *room, size_t room_size, uint8_t **out,
                              size_t *count) {
    ASSERT(room != NULL && out != NULL && count != NULL);
    uint64_t bytes;
    if (!iodata_size_bytes(iodata, &bytes, NULL)) return false;
    *out = bytes <= room_size ? room : mem_try_alloc(bytes);
    if (*out == NULL) return false;
    iodata_write(iodata, *out, NULL);
    *count = bytes;
    return true;
}

bool bif_iodata_bytes_in_steps(Term iodata, uint8_t **out, size_t *count, Budget *budget) {
    ASSERT(out != NULL && count != NULL);
    size_t bits;
    if (!iodata_size_bits(iodata, true, &bits, budget)) return false;
    uint8_t *bytes = mem_try_alloc(bits / 8 + 1);
    if (bytes == NULL) return false;
    BudgetGuard guard;
    budget_guard(budget, &guard, mem_free, bytes);
    iodata_write(iodata, bytes, budget);
    budget_unguard(budget, &guard);
    *out = bytes;
    *count = bits / 8;
    return true;
}

// ---- texts
// ----------------------------------------------------------------------------------------

static char *list_utf8(Term list, size_t *count) {
    size_t room = 64, n = 0;
    uint8_t *out = mem_alloc(room);
    for (; term_is_cell(list); list = term_tail(list)) {
        Term c = term_head(list);
        if (!term_is_small(c) || !utf8_is_character((uint64_t)term_small(c))) break;
        if (n + 8 > room) {
            room *= 2;
            out = mem_realloc(out, room);
        }
        n += utf8_encode((uint32_t)term_small(c), out + n);
    }
    if (!term_is_nil(list)) {
        mem_free(out);
        return NULL;
    }
    out[n] = 0;
    *count = n;
    return (char *)out;
}

char *bif_text_utf8(VM *vm, Term t, size_t *count) {
    ASSERT(vm != NULL && count != NULL);
    size_t n;
    if (term_is_list(t)) return list_utf8(t, count);
    const uint8_t *bytes;
    uint8_t *to_free = NULL;
    if (term_is_atom(t)) {
        bytes = (const uint8_t *)atom_text(vm->atoms, t, &n);
    } else {
        bytes = bits_bytes(t, &n, &to_free);
        if (bytes == NULL) return NULL;
    }
    char *out = mem_alloc(n + 1);
    memcpy(out, bytes, n);
    out[n] = 0;
    *count = n;
    mem_free(to_free);
    return out;
}
