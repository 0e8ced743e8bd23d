// SPDX-License-Identifier: Apache-2.0
//
// re_capture.c - the capture option of re:run. A group that took no part is {-1, 0}, "" or <<>>;
// with `all`, groups behind the last one that took part are left out, as OTP does it.
#include "bif/re_capture.h"

#include "term/atom.h"
#include "term/bits.h"
#include "vm/vm.h"

typedef struct NameTable {
    PCRE2_SPTR rows; // each: group number in two bytes, name, NUL
    uint32_t count, row_bytes;
} NameTable;

static NameTable names_of(const Regex *r) {
    NameTable t = {0};
    pcre2_pattern_info(r->code, PCRE2_INFO_NAMECOUNT, &t.count);
    if (t.count == 0) return t;
    pcre2_pattern_info(r->code, PCRE2_INFO_NAMEENTRYSIZE, &t.row_bytes);
    pcre2_pattern_info(r->code, PCRE2_INFO_NAMETABLE, &t.rows);
    ASSERT(t.row_bytes > 2);
    return t;
}

static const char *row_name(const NameTable *t, uint32_t i) {
    DEBUG_ASSERT(i < t->count);
    return (const char *)t->rows + i * t->row_bytes + 2;
}

static int32_t row_group(const NameTable *t, uint32_t i) {
    DEBUG_ASSERT(i < t->count);
    PCRE2_SPTR row = t->rows + i * t->row_bytes;
    return row[0] << 8 | row[1];
}

// Rows are sorted by name: those of one name stand together.
static bool is_first_of_name(const NameTable *t, uint32_t i) {
    return i == 0 || strcmp(row_name(t, i - 1), row_name(t, i)) != 0;
}

Term re_capture_names(Process *p, const Regex *r) {
    NameTable t = names_of(r);
    Term list = TERM_NIL;
    for (uint32_t i = t.count; i-- > 0;) {
        if (!is_first_of_name(&t, i)) continue;
        const char *name = row_name(&t, i);
        list = heap_cons(&p->heap, heap_binary_from(&p->heap, name, strlen(name)), list);
    }
    return list;
}

// ---- reading the option
// ---------------------------------------------------------------------------

static void add_group(ReCapture *c, int32_t number, bool is_alternative) {
    DEBUG_ASSERT(number >= -1);
    if (c->count == c->capacity) {
        c->capacity = c->capacity * 2 + 8;
        c->groups = mem_realloc(c->groups, c->capacity * sizeof *c->groups);
    }
    c->groups[c->count].number = number;
    c->groups[c->count].is_alternative = is_alternative;
    c->count++;
}

static void add_rows(ReCapture *c, const NameTable *t, uint32_t i) {
    add_group(c, row_group(t, i), false);
    for (i++; i < t->count && !is_first_of_name(t, i); i++) add_group(c, row_group(t, i), true);
}

static void add_name(ReCapture *c, const NameTable *t, const char *name) {
    for (uint32_t i = 0; i < t->count; i++) {
        if (strcmp(row_name(t, i), name) == 0) {
            add_rows(c, t, i);
            return;
        }
    }
    add_group(c, -1, false);
}

static bool add_value(Process *p, ReCapture *c, const NameTable *t, Term value) {
    if (term_is_small(value)) {
        int64_t n = term_small(value);
        if (n > INT32_MAX) return false;
        add_group(c, n < 0 ? -1 : (int32_t)n, false);
        return true;
    }
    if (term_is_atom(value)) {
        add_name(c, t, atom_text(p->vm->atoms, value, NULL));
        return true;
    }
    uint8_t *bytes;
    size_t count;
    if (!bif_iodata_bytes(value, &bytes, &count)) return false;
    bytes = mem_realloc(bytes, count + 1);
    bytes[count] = 0;
    add_name(c, t, (const char *)bytes);
    mem_free(bytes);
    return true;
}

static bool read_what(Process *p, ReCapture *c, const Regex *r, Term what) {
    NameTable names = names_of(r);
    if (what == am_all) return true;
    if (what == am_none || term_is_nil(what)) {
        c->type = CAPTURE_NONE;
        return true;
    }
    if (what == am_all_but_first) {
        c->what = CAPTURE_ALL_BUT_FIRST;
        return true;
    }
    c->what = CAPTURE_CHOSEN;
    if (what == am_first) {
        add_group(c, 0, false);
        return true;
    }
    if (what == am_all_names) {
        if (names.count == 0) c->type = CAPTURE_NONE;
        for (uint32_t i = 0; i < names.count; i++) {
            if (is_first_of_name(&names, i)) add_rows(c, &names, i);
        }
        return true;
    }
    for (; term_is_cell(what); what = term_tail(what)) {
        if (!add_value(p, c, &names, term_head(what))) return false;
    }
    return term_is_nil(what);
}

bool re_capture_prepare(Process *p, ReCapture *c, const Regex *r, bool given, Term what,
                        Term type) {
    *c = (ReCapture){.type = CAPTURE_INDEX, .what = CAPTURE_ALL};
    if (!given) return true;
    if (type == am_list)
        c->type = CAPTURE_LIST;
    else if (type == am_binary)
        c->type = CAPTURE_BINARY;
    else if (type != am_index)
        return false;
    if (read_what(p, c, r, what)) return true;
    re_capture_free(c);
    return false;
}

void re_capture_free(ReCapture *c) {
    mem_free(c->groups);
    c->groups = NULL;
}

// ---- the result
// -----------------------------------------------------------------------------------

static Term group_term(Process *p, const ReSubject *s, const ReCapture *c, int32_t group,
                       int result, const size_t *offsets) {
    bool set = group >= 0 && group < result && offsets[2 * group] != PCRE2_UNSET;
    size_t from = set ? offsets[2 * group] : 0, end = set ? offsets[2 * group + 1] : 0;
    if (end < from) end = from; // \K in a lookahead may start behind the end
    ASSERT(end <= s->count);
    switch (c->type) {
    case CAPTURE_INDEX:
        if (!set) return heap_tuple2(&p->heap, term_from_small(-1), term_from_small(0));
        return heap_tuple2(&p->heap, term_from_small((int64_t)from),
                           term_from_small((int64_t)(end - from)));
    case CAPTURE_LIST: return heap_list_from_bytes(&p->heap, s->bytes + from, end - from, TERM_NIL);
    case CAPTURE_BINARY:
        if (s->is_shared) return heap_sub_bits(&p->heap, s->term, from * 8, (end - from) * 8);
        return heap_binary_from(&p->heap, s->bytes + from, end - from);
    case CAPTURE_NONE: break;
    }
    UNREACHABLE();
}

// Of a name's groups the first that took part, else the first.
static int32_t choose(const ReCapture *c, size_t first, size_t end, int result,
                      const size_t *offsets) {
    DEBUG_ASSERT(first < end && end <= c->count);
    for (size_t i = first; i < end; i++) {
        int32_t n = c->groups[i].number;
        if (n >= 0 && n < result && offsets[2 * n] != PCRE2_UNSET) return n;
    }
    return c->groups[first].number;
}

Term re_capture_result(Process *p, const ReSubject *s, const ReCapture *c, int result,
                       const size_t *offsets) {
    ASSERT(result > 0 && offsets != NULL);
    if (c->type == CAPTURE_NONE) return am_match;
    Term list = TERM_NIL, *last = &list;
    if (c->what != CAPTURE_CHOSEN) {
        for (int32_t i = c->what == CAPTURE_ALL_BUT_FIRST; i < result; i++) {
            Term cell = heap_cons(&p->heap, group_term(p, s, c, i, result, offsets), TERM_NIL);
            *last = cell;
            last = &term_cell(cell)[1];
        }
    } else {
        for (size_t i = 0, end; i < c->count; i = end) {
            for (end = i + 1; end < c->count && c->groups[end].is_alternative; end++) continue;
            int32_t n = choose(c, i, end, result, offsets);
            Term cell = heap_cons(&p->heap, group_term(p, s, c, n, result, offsets), TERM_NIL);
            *last = cell;
            last = &term_cell(cell)[1];
        }
    }
    return heap_tuple2(&p->heap, am_match, list);
}
