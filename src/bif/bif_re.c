// SPDX-License-Identifier: Apache-2.0
//
// bif_re.c - the natives of module re: compiling, running once, inspecting. What is global, or a
// list in Unicode, goes to re's own Erlang code (grun, urun, ucompile), which comes back here with
// binaries, match by match.
//
//   {re_pattern, CaptureCount, Unicode, UseCrlf, <<RegexKey>>}
//
// badarg for wrong types, for a pattern that does not compile in run, for text that is no UTF-8
// with the unicode option; badarg with cause badopt for a bad option.
#include "bif/bif.h"
#include "bif/iodata.h"
#include "bif/re_capture.h"

#include "term/bits.h"
#include "vm/vm.h"

BIF(re, version, 0)
{
    char text[64];
    int n = pcre2_config(PCRE2_CONFIG_VERSION, text); // with its closing NUL
    ASSERT(n > 0 && n <= (int)sizeof text);
    return heap_binary_from(&p->heap, text, (size_t)n - 1);
}

// ---- options
// --------------------------------------------------------------------------------------

typedef struct ReOptions {
    uint32_t compile, match;     // PCRE2's
    uint32_t newline, bsr;       // 0: not given
    bool compile_only, run_only; // options that the other function does not take
    bool unicode, global, report_errors, capture;
    Term capture_what, capture_type;
    size_t offset;
    int64_t match_limit, depth_limit; // -1: not given
} ReOptions;

static bool get_count(Term t, int64_t *out) {
    if (!term_is_small(t) || term_small(t) < 0 || term_small(t) > INT32_MAX) return false;
    *out = term_small(t);
    return true;
}

static bool get_newline(Term t, uint32_t *newline) {
    if (t == am_cr)
        *newline = PCRE2_NEWLINE_CR;
    else if (t == am_lf)
        *newline = PCRE2_NEWLINE_LF;
    else if (t == am_crlf)
        *newline = PCRE2_NEWLINE_CRLF;
    else if (t == am_anycrlf)
        *newline = PCRE2_NEWLINE_ANYCRLF;
    else if (t == am_any)
        *newline = PCRE2_NEWLINE_ANY;
    else
        return false;
    return true;
}

static bool tuple_option(ReOptions *o, Term t) {
    size_t n = tuple_arity(t);
    if (n == 3 && tuple_get(t, 0) == am_capture) {
        o->capture_what = tuple_get(t, 1);
        o->capture_type = tuple_get(t, 2);
        return o->capture = o->run_only = true;
    }
    if (n != 2) return false;
    Term name = tuple_get(t, 0), value = tuple_get(t, 1);
    int64_t count;
    if (name == am_newline) return get_newline(value, &o->newline);
    o->run_only = true;
    if (name == am_capture) {
        o->capture_what = value;
        o->capture_type = am_index;
        return o->capture = true;
    }
    if (!get_count(value, &count)) return false;
    if (name == am_offset)
        o->offset = (size_t)count;
    else if (name == am_match_limit)
        o->match_limit = count;
    else if (name == am_match_limit_recursion)
        o->depth_limit = count;
    else
        return false;
    return true;
}

// An atom that stands for a bit of PCRE2's compile options; 0 if it does not.
static uint32_t compile_bit(Term t) {
    switch (t) {
    case am_no_start_optimize: return PCRE2_NO_START_OPTIMIZE;
    case am_caseless: return PCRE2_CASELESS;
    case am_dollar_endonly: return PCRE2_DOLLAR_ENDONLY;
    case am_dotall: return PCRE2_DOTALL;
    case am_extended: return PCRE2_EXTENDED;
    case am_firstline: return PCRE2_FIRSTLINE;
    case am_multiline: return PCRE2_MULTILINE;
    case am_no_auto_capture: return PCRE2_NO_AUTO_CAPTURE;
    case am_dupnames: return PCRE2_DUPNAMES;
    case am_ungreedy: return PCRE2_UNGREEDY;
    case am_ucp: return PCRE2_UCP;
    case am_never_utf: return PCRE2_NEVER_UTF;
    case am_unicode: return PCRE2_UTF;
    default: return 0;
    }
}

static uint32_t match_bit(Term t) {
    switch (t) {
    case am_notempty: return PCRE2_NOTEMPTY;
    case am_notempty_atstart: return PCRE2_NOTEMPTY_ATSTART;
    case am_notbol: return PCRE2_NOTBOL;
    case am_noteol: return PCRE2_NOTEOL;
    default: return 0;
    }
}

static bool atom_option(ReOptions *o, Term t) {
    uint32_t bit = compile_bit(t);
    if (bit != 0) {
        o->compile |= bit;
        if (t == am_unicode) o->unicode = true;
        return o->compile_only = true;
    }
    bit = match_bit(t);
    if (bit != 0 || t == am_report_errors || t == am_global) {
        o->match |= bit;
        if (t == am_report_errors) o->report_errors = true;
        if (t == am_global) o->global = true;
        return o->run_only = true;
    }
    if (t == am_anchored) {
        o->compile |= PCRE2_ANCHORED;
        o->match |= PCRE2_ANCHORED;
    } else if (t == am_bsr_anycrlf) {
        o->bsr = PCRE2_BSR_ANYCRLF;
    } else if (t == am_bsr_unicode) {
        o->bsr = PCRE2_BSR_UNICODE;
    } else {
        return false;
    }
    return true;
}

static bool get_options(ReOptions *o, Term list) {
    *o = (ReOptions){.match_limit = -1, .depth_limit = -1, .capture_type = TERM_NONE};
    for (; term_is_cell(list); list = term_tail(list)) {
        Term t = term_head(list);
        if (term_is_tuple(t) ? !tuple_option(o, t) : !term_is_atom(t) || !atom_option(o, t))
            return false;
    }
    return term_is_nil(list);
}

// ---- compiling
// ------------------------------------------------------------------------------------

// The key for a source; NULL when it is no iodata. Caller mem_frees.
static RegexKey *make_key(Term source, const ReOptions *o, size_t *key_bytes) {
    size_t bits;
    if (!iodata_size_bits(source, true, &bits, NULL)) return NULL;
    *key_bytes = sizeof(RegexKey) + bits / 8;
    ASSERT(bits % 8 == 0);
    RegexKey *key = mem_alloc(*key_bytes);
    key->magic = REGEX_KEY_MAGIC;
    key->options = o->compile;
    key->newline = o->newline != 0 ? o->newline : PCRE2_NEWLINE_LF;
    key->bsr = o->bsr != 0 ? o->bsr : PCRE2_BSR_UNICODE;
    iodata_write(source, key->source, NULL);
    return key;
}

static Term pattern_term(Process *p, const Regex *r) {
    ASSERT(r->key->magic == REGEX_KEY_MAGIC);
    const RegexKey *key = r->key;
    uint32_t newline; // the pattern itself may say: (*ANYCRLF)
    pcre2_pattern_info(r->code, PCRE2_INFO_NEWLINE, &newline);
    bool crlf = newline == PCRE2_NEWLINE_ANY || newline == PCRE2_NEWLINE_CRLF ||
                newline == PCRE2_NEWLINE_ANYCRLF;
    Term e[5] = {am_re_pattern, term_from_small(r->capture_count),
                 term_from_small((key->options & PCRE2_UTF) != 0), term_from_small(crlf),
                 heap_binary_from(&p->heap, key, r->key_bytes)};
    return heap_tuple(&p->heap, 5, e);
}

static Term error_term(Process *p, const RegexError *error) {
    ASSERT(error->text[0] != 0);
    Term text =
        heap_list_from_bytes(&p->heap, (const uint8_t *)error->text, strlen(error->text), TERM_NIL);
    return heap_tuple2(&p->heap, text, term_from_small((int64_t)error->offset));
}

static Term compile(Process *p, Term source, Term options) {
    ReOptions o;
    size_t key_bytes;
    if (!get_options(&o, options) || o.run_only) return bif_badarg_cause(p, am_badopt);
    if (o.unicode && !term_is_bitstring(source))
        return bif_trap(p, am_re, am_ucompile, 2, (Term[]){source, options});
    RegexKey *key = make_key(source, &o, &key_bytes);
    if (key == NULL) return bif_badarg(p);
    RegexError error;
    ASSERT(key_bytes >= sizeof(RegexKey));
    Regex *r = regex_get(p->vm, key, key_bytes, &error);
    mem_free(key);
    bif_bump(p, 20 + (int64_t)(key_bytes / 10));
    if (r == NULL) return heap_tuple2(&p->heap, am_error, error_term(p, &error));
    Term t = heap_tuple2(&p->heap, am_ok, pattern_term(p, r));
    regex_release(r);
    return t;
}

BIF(re, compile, 1)
{ return compile(p, a[0], TERM_NIL); }
BIF(re, compile, 2)
{ return compile(p, a[0], a[1]); }

// The key in a re_pattern tuple; NULL when it is none. *to_free as with bits_bytes.
static const RegexKey *pattern_key(Term t, size_t *key_bytes, uint8_t **to_free) {
    if (!term_is_tuple_of(t, 5) || tuple_get(t, 0) != am_re_pattern) return NULL;
    for (size_t i = 1; i < 4; i++) {
        if (!term_is_small(tuple_get(t, i))) return NULL;
    }
    const uint8_t *bytes = bits_bytes(tuple_get(t, 4), key_bytes, to_free);
    if (bytes == NULL) return NULL;
    RegexKey head;
    if (*key_bytes >= sizeof head) {
        memcpy(&head, bytes, sizeof head); // the binary may stand at any address
        if (head.magic == REGEX_KEY_MAGIC) return (const RegexKey *)(const void *)bytes;
    }
    mem_free(*to_free);
    return NULL;
}

// The code of a re_pattern; newline and \R as run's options say, where they say something else.
static Regex *pattern_regex(Process *p, Term t, const ReOptions *o) {
    size_t key_bytes;
    uint8_t *to_free;
    const RegexKey *found = pattern_key(t, &key_bytes, &to_free);
    if (found == NULL) return NULL;
    ASSERT(key_bytes >= sizeof(RegexKey));
    RegexKey *key = mem_alloc(key_bytes);
    memcpy(key, found, key_bytes);
    mem_free(to_free);
    if (o->newline != 0) key->newline = o->newline;
    if (o->bsr != 0) key->bsr = o->bsr;
    RegexError error;
    Regex *r = regex_get(p->vm, key, key_bytes, &error);
    mem_free(key);
    return r;
}

BIF(re, inspect, 2)
{
    ReOptions o;
    if (a[1] != am_namelist || !get_options(&o, TERM_NIL)) return bif_badarg(p);
    Regex *r = pattern_regex(p, a[0], &o);
    if (r == NULL) return bif_badarg(p);
    Term names = re_capture_names(p, r);
    regex_release(r);
    return heap_tuple2(&p->heap, am_namelist, names);
}

// ---- running
// --------------------------------------------------------------------------------------

static Term no_match(Process *p, const ReOptions *o, int result) {
    if (o->report_errors && result == PCRE2_ERROR_MATCHLIMIT)
        return heap_tuple2(&p->heap, am_error, am_match_limit);
    if (o->report_errors && result == PCRE2_ERROR_DEPTHLIMIT)
        return heap_tuple2(&p->heap, am_error, am_match_limit_recursion);
    return am_nomatch;
}

static Term result_term(Process *p, const ReOptions *o, const ReSubject *s,
                        const ReCapture *capture, int result, pcre2_match_data *data) {
    if (result > 0)
        return re_capture_result(p, s, capture, result, pcre2_get_ovector_pointer(data));
    switch (result) {
    case PCRE2_ERROR_NOMATCH:
    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
    case PCRE2_ERROR_HEAPLIMIT:
    case PCRE2_ERROR_RECURSELOOP: return no_match(p, o, result);
    case PCRE2_ERROR_BADOFFSET: return bif_error(p, am_internal_error);
    default: return bif_badarg(p); // no UTF-8
    }
}

static uint32_t match_limit_default(void) {
    uint32_t limit = 0;
    pcre2_config(PCRE2_CONFIG_MATCHLIMIT, &limit);
    return limit;
}

#define QUICK_BYTES_MAX 16384
#define QUICK_CALLS 100000 // of the matcher's inner function, all beginnings together

/**
 * Runs the matcher, which cannot be stopped and continued: a first try with a limit that keeps it
 * short, and when that does not do, again on a dirty thread with the caller's limit.
 */
static int run_matcher(Process *p, Regex *r, const ReOptions *o, const ReSubject *s,
                       uint32_t options, pcre2_match_data *data, pcre2_match_context *context) {
    uint32_t limit = o->match_limit >= 0 ? (uint32_t)o->match_limit : UINT32_MAX;
    size_t left = s->count > o->offset ? s->count - o->offset : 0;
    if (long_call_budget(p) != NULL && left <= QUICK_BYTES_MAX) {
        uint32_t quick = (uint32_t)MIN(MAX(QUICK_CALLS / (left + 1), 20), 5000);
        pcre2_set_match_limit(context, MIN(limit, quick));
        int result = pcre2_match(r->code, s->bytes, s->count, o->offset, options, data, context);
        if (result != PCRE2_ERROR_MATCHLIMIT || limit <= quick) return result;
    }
    if (o->match_limit >= 0)
        pcre2_set_match_limit(context, limit);
    else
        pcre2_set_match_limit(context, match_limit_default());
    long_call_dirty_begin(p);
    int result = pcre2_match(r->code, s->bytes, s->count, o->offset, options, data, context);
    long_call_dirty_end(p);
    return result;
}

static Term match(Process *p, Regex *r, const ReOptions *o, const ReSubject *s) {
    ASSERT(r != NULL && s->bytes != NULL);
    ReCapture capture;
    if (!re_capture_prepare(p, &capture, r, o->capture, o->capture_what, o->capture_type))
        return bif_badarg(p);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(r->code, NULL);
    ASSERT(context != NULL && data != NULL);
    if (o->depth_limit >= 0) pcre2_set_depth_limit(context, (uint32_t)o->depth_limit);
    pcre2_set_heap_limit(context, 512 * 1024); // kilobytes
    uint32_t options = o->match | PCRE2_NO_UTF_CHECK;
    int result = run_matcher(p, r, o, s, options, data, context);
    Term t = result_term(p, o, s, &capture, result, data);
    bif_bump(p, 10 + (int64_t)(s->count > o->offset ? (s->count - o->offset) / 100 : 0));
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    re_capture_free(&capture);
    return t;
}

static void abandon_regex(void *r) { regex_release(r); }

/** By option, or by (*UTF) in the pattern. */
static bool is_for_text(const Regex *r) {
    uint32_t options = 0;
    pcre2_pattern_info(r->code, PCRE2_INFO_ALLOPTIONS, &options);
    return (options & PCRE2_UTF) != 0;
}

/** Is the subject text, and does the offset stand at a character? PCRE2's own check cannot pause.
 */
static bool is_text(Process *p, Regex *r, const ReOptions *o, const ReSubject *s) {
    ASSERT(s->bytes != NULL || s->count == 0);
    if (o->offset < s->count && (s->bytes[o->offset] & 0xc0) == 0x80) return false;
    Budget *budget = long_call_budget(p);
    BudgetGuard guard;
    budget_guard(budget, &guard, abandon_regex, r);
    bool good = bif_is_utf8(s->bytes, s->count, budget);
    budget_unguard(budget, &guard);
    return good;
}

static Term match_subject(Process *p, Regex *r, const ReOptions *o, Term subject, bool first) {
    ReSubject s = {.term = subject};
    s.is_shared = term_is_binary(subject);
    uint8_t *to_free = NULL;
    if (s.is_shared) {
        s.bytes = bits_bytes(subject, &s.count, &to_free);
    } else {
        if (!bif_iodata_bytes(subject, &to_free, &s.count)) return bif_badarg(p);
        s.bytes = to_free;
    }
    Budget *budget = long_call_budget(p);
    BudgetGuard guard;
    budget_guard(budget, &guard, mem_free, to_free);
    bool good = !first || !is_for_text(r) || is_text(p, r, o, &s);
    Term t = good ? match(p, r, o, &s) : bif_badarg(p);
    budget_unguard(budget, &guard);
    mem_free(to_free);
    return t;
}

// run with a pattern as text: compiled on the way.
static Term run_source(Process *p, Term subject, Term source, Term options, const ReOptions *o,
                       bool first) {
    if (!term_is_bitstring(source) && !term_is_list(source)) return bif_badarg(p);
    bool list_capture = o->capture && o->capture_type == am_list;
    if (o->unicode && (!term_is_bitstring(source) || !term_is_bitstring(subject) ||
                       (list_capture && !o->global))) {
        return bif_trap(p, am_re, am_urun, 3, (Term[]){subject, source, options});
    }
    size_t key_bytes;
    RegexKey *key = make_key(source, o, &key_bytes);
    if (key == NULL) return bif_badarg(p);
    RegexError error;
    Regex *r = regex_get(p->vm, key, key_bytes, &error);
    mem_free(key);
    if (r == NULL) {
        if (!o->report_errors) return bif_badarg(p);
        Term reason = heap_tuple2(&p->heap, am_compile, error_term(p, &error));
        return heap_tuple2(&p->heap, am_error, reason);
    }
    Term t;
    if (o->global) {
        Term arguments[3] = {
            subject, pattern_term(p, r),
            heap_tuple3(&p->heap, options, term_from_bool(o->compile_only), source)};
        t = bif_trap(p, am_re, am_grun, 3, arguments);
    } else {
        t = match_subject(p, r, o, subject, first);
    }
    regex_release(r);
    return t;
}

static Term run(Process *p, Term subject, Term pattern, Term options, bool first) {
    ReOptions o;
    if (!get_options(&o, options)) return bif_badarg_cause(p, am_badopt);
    if (!term_is_tuple_of(pattern, 5)) return run_source(p, subject, pattern, options, &o, first);
    size_t key_bytes;
    uint8_t *to_free;
    if (o.compile_only) return bif_badarg(p);
    const RegexKey *key = pattern_key(pattern, &key_bytes, &to_free);
    if (key == NULL) return bif_badarg(p);
    mem_free(to_free);
    bool unicode = tuple_get(pattern, 2) != term_from_small(0);
    if (unicode &&
        (!term_is_bitstring(subject) || (o.capture && o.capture_type == am_list && !o.global))) {
        return bif_trap(p, am_re, am_urun, 3, (Term[]){subject, pattern, options});
    }
    if (o.global) {
        return bif_trap(p, am_re, am_grun, 3,
                        (Term[]){subject, pattern, heap_tuple2(&p->heap, options, am_false)});
    }
    Regex *r = pattern_regex(p, pattern, &o);
    if (r == NULL) return bif_badarg(p);
    Term t = match_subject(p, r, &o, subject, first);
    regex_release(r);
    return t;
}

BIF_LONG(re, run, 2) { return run(p, a[0], a[1], TERM_NIL, true); }
BIF_LONG(re, run, 3) { return run(p, a[0], a[1], a[2], true); }

/** run's loop for `global`: FirstCall false says that the subject was seen to be UTF-8 already. */
BIF_LONG(re, internal_run, 4) {
    if (a[3] != am_true && a[3] != am_false) return bif_badarg(p);
    return run(p, a[0], a[1], a[2], a[3] == am_true);
}
