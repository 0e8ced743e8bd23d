// SPDX-License-Identifier: Apache-2.0
//
// regex.c - compiling regular expressions with PCRE2 so that they mean what OTP's own library (PCRE
// 8) makes of them: Latin-1 character classes, lenient escapes, its error texts; and the VM's cache
// of compiled code.
//
// CACHE-1: a slot holds one reference to its Regex; who takes one out takes a reference of his own
// under the lock.
#include "bif/regex.h"

#include "base/alloc.h"
#include "base/spinlock.h"
#include "vm/vm.h"

#define CACHE_SLOTS 256u
#define LATIN1_TABLES_BYTES 1088u
#define NESTED_GROUPS_MAX 798u // OTP's library finds more than these too complicated

typedef struct RegexCache {
    Spinlock lock;
    Regex *slots[CACHE_SLOTS];           // under lock, CACHE-1
    uint8_t tables[LATIN1_TABLES_BYTES]; // written once, before the cache is seen
} RegexCache;

// ---- character tables
// ----------------------------------------------------------------------------- PCRE2's tables:
// lower case, other case, class bit maps of 32 bytes each, and type flags. Its C locale knows ASCII
// only; for Latin-1 each upper character gets what the ASCII character of its kind has.

enum { TABLE_LOWER = 0, TABLE_FLIP = 256, TABLE_CLASSES = 512, TABLE_TYPES = 832 };
enum {
    CLASS_UPPER = 96,
    CLASS_LOWER = 128,
    CLASS_WORD = 160,
    CLASS_GRAPH = 192,
    CLASS_PRINT = 224,
    CLASS_PUNCT = 256,
    CLASS_CONTROL = 288
};

_Static_assert(CLASS_CONTROL % 32 == 0, "a class has one bit for each of 256 characters");

static void set_class(uint8_t *tables, int class, uint32_t c) {
    DEBUG_ASSERT(c < 256);
    tables[TABLE_CLASSES + class + c / 8] |= (uint8_t)(1u << (c % 8));
}

static bool is_upper(uint32_t c) { return c >= 192 && c <= 222 && c != 215; }

static bool is_lower(uint32_t c) {
    return (c >= 223 && c != 247) || c == 170 || c == 181 || c == 186;
}

static void make_tables(uint8_t *tables) {
    const uint8_t *ascii = pcre2_maketables(NULL);
    ASSERT(ascii != NULL);
    memcpy(tables, ascii, LATIN1_TABLES_BYTES);
    pcre2_maketables_free(NULL, ascii);
    for (uint32_t c = 128; c < 256; c++) {
        if (c < 160) {
            set_class(tables, CLASS_CONTROL, c);
            continue;
        }
        set_class(tables, CLASS_GRAPH, c);
        set_class(tables, CLASS_PRINT, c);
        bool upper = is_upper(c), lower = is_lower(c);
        if (!upper && !lower) {
            set_class(tables, CLASS_PUNCT, c);
            continue;
        }
        set_class(tables, CLASS_WORD, c);
        set_class(tables, upper ? CLASS_UPPER : CLASS_LOWER, c);
        tables[TABLE_TYPES + c] = tables[TABLE_TYPES + (upper ? 'Z' : 'z')];
        if (upper) {
            tables[TABLE_LOWER + c] = (uint8_t)(c + 32);
            tables[TABLE_FLIP + c] = (uint8_t)(c + 32);
        } else if (c >= 224 && c != 255) {
            tables[TABLE_FLIP + c] = (uint8_t)(c - 32);
        }
    }
}

// ---- errors
// --------------------------------------------------------------------------------------- PCRE 8's
// words for PCRE2's error numbers: programs and tests see them.

static const char *const error_texts[] = {
    [PCRE2_ERROR_END_BACKSLASH - 100] = "\\ at end of pattern",
    [PCRE2_ERROR_END_BACKSLASH_C - 100] = "\\c at end of pattern",
    [PCRE2_ERROR_UNKNOWN_ESCAPE - 100] = "unrecognized character follows \\",
    [PCRE2_ERROR_QUANTIFIER_OUT_OF_ORDER - 100] = "numbers out of order in {} quantifier",
    [PCRE2_ERROR_QUANTIFIER_TOO_BIG - 100] = "number too big in {} quantifier",
    [PCRE2_ERROR_MISSING_SQUARE_BRACKET - 100] = "missing terminating ] for character class",
    [PCRE2_ERROR_ESCAPE_INVALID_IN_CLASS - 100] = "invalid escape sequence in character class",
    [PCRE2_ERROR_CLASS_RANGE_ORDER - 100] = "range out of order in character class",
    [PCRE2_ERROR_QUANTIFIER_INVALID - 100] = "nothing to repeat",
    [PCRE2_ERROR_INVALID_AFTER_PARENS_QUERY - 100] = "unrecognized character after (? or (?-",
    [PCRE2_ERROR_POSIX_CLASS_NOT_IN_CLASS - 100] =
        "POSIX named classes are supported only within a class",
    [PCRE2_ERROR_POSIX_NO_SUPPORT_COLLATING - 100] = "POSIX collating elements are not supported",
    [PCRE2_ERROR_MISSING_CLOSING_PARENTHESIS - 100] = "missing )",
    [PCRE2_ERROR_BAD_SUBPATTERN_REFERENCE - 100] = "reference to non-existent subpattern",
    [PCRE2_ERROR_MISSING_COMMENT_CLOSING - 100] = "missing ) after comment",
    [PCRE2_ERROR_PARENTHESES_NEST_TOO_DEEP - 100] = "regular expression is too complicated",
    [PCRE2_ERROR_PATTERN_TOO_LARGE - 100] = "regular expression is too large",
    [PCRE2_ERROR_UNMATCHED_CLOSING_PARENTHESIS - 100] = "unmatched parentheses",
    [PCRE2_ERROR_MISSING_CONDITION_CLOSING - 100] = "malformed number or name after (?(",
    [PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH - 100] = "lookbehind assertion is not fixed length",
    [PCRE2_ERROR_ZERO_RELATIVE_REFERENCE - 100] = "a numbered reference must not be zero",
    [PCRE2_ERROR_TOO_MANY_CONDITION_BRANCHES - 100] =
        "conditional group contains more than two branches",
    [PCRE2_ERROR_CONDITION_ASSERTION_EXPECTED - 100] = "assertion expected after (?( or (?(?C)",
    [PCRE2_ERROR_BAD_RELATIVE_REFERENCE - 100] = "digit expected after (?+",
    [PCRE2_ERROR_UNKNOWN_POSIX_CLASS - 100] = "unknown POSIX class name",
    [PCRE2_ERROR_CODE_POINT_TOO_BIG - 100] = "character value in \\x{} or \\o{} is too large",
    [PCRE2_ERROR_LOOKBEHIND_INVALID_BACKSLASH_C - 100] = "\\C not allowed in lookbehind assertion",
    [PCRE2_ERROR_UNSUPPORTED_ESCAPE_SEQUENCE - 100] =
        "PCRE does not support \\L, \\l, \\N{name}, \\U, or \\u",
    [PCRE2_ERROR_CALLOUT_NUMBER_TOO_BIG - 100] = "number after (?C is > 255",
    [PCRE2_ERROR_MISSING_CALLOUT_CLOSING - 100] = "closing ) for (?C expected",
    [PCRE2_ERROR_UNRECOGNIZED_AFTER_QUERY_P - 100] = "unrecognized character after (?P",
    [PCRE2_ERROR_MISSING_NAME_TERMINATOR - 100] =
        "syntax error in subpattern name (missing terminator)",
    [PCRE2_ERROR_DUPLICATE_SUBPATTERN_NAME - 100] = "two named subpatterns have the same name",
    [PCRE2_ERROR_INVALID_SUBPATTERN_NAME - 100] = "group name must start with a non-digit",
    [PCRE2_ERROR_MALFORMED_UNICODE_PROPERTY - 100] = "malformed \\P or \\p sequence",
    [PCRE2_ERROR_UNKNOWN_UNICODE_PROPERTY - 100] = "unknown property name after \\P or \\p",
    [PCRE2_ERROR_SUBPATTERN_NAME_TOO_LONG - 100] =
        "subpattern name is too long (maximum 32 characters)",
    [PCRE2_ERROR_TOO_MANY_NAMED_SUBPATTERNS - 100] = "too many named subpatterns (maximum 10000)",
    [PCRE2_ERROR_CLASS_INVALID_RANGE - 100] = "invalid range in character class",
    [PCRE2_ERROR_OCTAL_BYTE_TOO_BIG - 100] =
        "octal value is greater than \\377 in 8-bit non-UTF-8 mode",
    [PCRE2_ERROR_DEFINE_TOO_MANY_BRANCHES - 100] = "DEFINE group contains more than one branch",
    [PCRE2_ERROR_BACKSLASH_O_MISSING_BRACE - 100] = "missing opening brace after \\o",
    [PCRE2_ERROR_BACKSLASH_G_SYNTAX - 100] = "\\g is not followed by a braced, angle-bracketed, or "
                                             "quoted name/number or by a plain number",
    [PCRE2_ERROR_PARENS_QUERY_R_MISSING_CLOSING - 100] =
        "(?R or (?[+-]digits must be followed by )",
    [PCRE2_ERROR_VERB_ARGUMENT_NOT_ALLOWED - 100] =
        "an argument is not allowed for (*ACCEPT), (*FAIL), or (*COMMIT)",
    [PCRE2_ERROR_VERB_UNKNOWN - 100] = "(*VERB) not recognized or malformed",
    [PCRE2_ERROR_SUBPATTERN_NUMBER_TOO_BIG - 100] = "number is too big",
    [PCRE2_ERROR_SUBPATTERN_NAME_EXPECTED - 100] = "subpattern name expected",
    [PCRE2_ERROR_INVALID_OCTAL - 100] = "non-octal character in \\o{} (closing brace missing?)",
    [PCRE2_ERROR_SUBPATTERN_NAMES_MISMATCH - 100] =
        "different names for subpatterns of the same number are not allowed",
    [PCRE2_ERROR_MARK_MISSING_ARGUMENT - 100] = "(*MARK) must have an argument",
    [PCRE2_ERROR_INVALID_HEXADECIMAL - 100] = "non-hex character in \\x{} (closing brace missing?)",
    [PCRE2_ERROR_BACKSLASH_C_SYNTAX - 100] = "\\c must be followed by an ASCII character",
    [PCRE2_ERROR_BACKSLASH_K_SYNTAX - 100] =
        "\\k is not followed by a braced, angle-bracketed, or quoted name",
    [PCRE2_ERROR_BACKSLASH_N_IN_CLASS - 100] = "\\N is not supported in a class",
    [PCRE2_ERROR_UNICODE_DISALLOWED_CODE_POINT - 100] =
        "disallowed Unicode code point (>= 0xd800 && <= 0xdfff)",
    [PCRE2_ERROR_UTF_IS_DISABLED - 100] = "setting UTF is disabled by the application",
    [PCRE2_ERROR_VERB_NAME_TOO_LONG - 100] =
        "name is too long in (*MARK), (*PRUNE), (*SKIP), or (*THEN)",
    [PCRE2_ERROR_MISSING_OCTAL_OR_HEX_DIGITS - 100] = "digits missing in \\x{} or \\o{}",
    [PCRE2_ERROR_PATTERN_TOO_COMPLICATED - 100] = "regular expression is too complicated",
};

static const char *error_text(int number) {
    if (number < 0) return "invalid UTF-8 string";
    uint32_t i = (uint32_t)number - 100;
    return i < ARRAY_COUNT(error_texts) && error_texts[i] != NULL
               ? error_texts[i]
               : "internal error: unexpected repeat";
}

// ---- compiling and caching
// ------------------------------------------------------------------------

static RegexCache *cache_of(VM *vm) {
    // acquire: pairs with the exchange below; the tables are complete
    RegexCache *c = atomic_load_explicit(&vm->regex_cache, memory_order_acquire);
    if (LIKELY(c != NULL)) return c;
    RegexCache *fresh = mem_zalloc(sizeof *fresh);
    make_tables(fresh->tables);
    if (atomic_compare_exchange_strong(&vm->regex_cache, &c, fresh)) return fresh;
    mem_free(fresh);
    return c;
}

void regex_release(Regex *r) {
    ASSERT(r != NULL && r->code != NULL);
    // acq_rel: the one that frees comes after all others' uses
    if (atomic_fetch_sub_explicit(&r->refs, 1, memory_order_acq_rel) != 1) return;
    pcre2_code_free(r->code);
    mem_free(r->key);
    mem_free(r);
}

void regex_cache_destroy(VM *vm) {
    RegexCache *c = atomic_exchange(&vm->regex_cache, NULL);
    if (c == NULL) return;
    for (uint32_t i = 0; i < CACHE_SLOTS; i++) {
        if (c->slots[i] != NULL) regex_release(c->slots[i]);
    }
    mem_free(c);
}

static uint64_t hash_key(const RegexKey *key, size_t bytes) {
    DEBUG_ASSERT(bytes >= sizeof *key);
    const uint8_t *b = (const uint8_t *)key;
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < bytes; i++) h = (h ^ b[i]) * 0x100000001b3u;
    return h ^ (h >> 32);
}

static bool ends_in(const uint8_t *source, size_t bytes, const char *text) {
    size_t n = strlen(text);
    return bytes >= n && memcmp(source + bytes - n, text, n) == 0;
}

// The closing parenthesis of the group that begins at from.
static size_t end_of_group(const uint8_t *source, size_t bytes, size_t from) {
    size_t depth = 0;
    for (size_t i = from; i < bytes; i++) {
        if (source[i] == '\\')
            i++;
        else if (source[i] == '(')
            depth++;
        else if (source[i] == ')' && depth > 0 && --depth == 0)
            return i;
    }
    return from;
}

static size_t index_of(const uint8_t *source, size_t bytes, size_t from, int wanted) {
    const uint8_t *at = from < bytes ? memchr(source + from, wanted, bytes - from) : NULL;
    return at != NULL ? (size_t)(at - source) : bytes;
}

// Where PCRE 8 finds out that the group does not exist to which the text at offset refers: for a
// condition behind its parenthesis; for a name or a call where it ends; for a plain number at the
// end of the source, as only then all groups are known.
static size_t place_of_reference(const uint8_t *source, size_t bytes, size_t offset) {
    size_t i = MIN(offset, bytes);
    while (i > 0 && source[i - 1] != '\\' && source[i - 1] != '(') i--;
    if (i == 0 || i >= bytes) return offset;
    if (source[i - 1] == '(') {
        bool inside = i >= 3 && source[i - 2] == '?' && source[i - 3] == '(';
        bool before = source[i] == '?' && i + 1 < bytes && source[i + 1] == '(';
        return index_of(source, bytes, i, ')') + (inside || before);
    }
    if (source[i] >= '0' && source[i] <= '9') return bytes;
    if (i + 2 >= bytes) return offset;
    switch (source[i + 1]) {
    case '<': return index_of(source, bytes, i, '>');
    case '\'': return index_of(source, bytes, i + 2, '\'');
    case '{':
        return source[i + 2] >= '0' && source[i + 2] <= '9' ? bytes
                                                            : index_of(source, bytes, i, '}');
    case '-': return offset > 0 ? offset - 1 : 0;
    default: return bytes;
    }
}

// Where PCRE 8 sees an error differently from PCRE2.
static RegexError describe_error(const uint8_t *source, size_t bytes, int number, size_t offset) {
    switch (number) {
    case PCRE2_ERROR_UNKNOWN_UNICODE_PROPERTY:
    case PCRE2_ERROR_DUPLICATE_SUBPATTERN_NAME:
        return (RegexError){error_text(number), offset > 0 ? offset - 1 : 0};
    case PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH:
        return (RegexError){error_text(number), end_of_group(source, bytes, offset)};
    case PCRE2_ERROR_DEFINE_TOO_MANY_BRANCHES:
        return (RegexError){error_text(number),
                            end_of_group(source, bytes, offset < 3 ? 0 : offset - 3)};
    case PCRE2_ERROR_BAD_SUBPATTERN_REFERENCE:
        return (RegexError){error_text(number), place_of_reference(source, bytes, offset)};
    case PCRE2_ERROR_UTF_IS_DISABLED: return (RegexError){error_text(number), 0};
    case PCRE2_ERROR_MISSING_CLOSING_PARENTHESIS:
        if (ends_in(source, bytes, "(?")) number = PCRE2_ERROR_INVALID_AFTER_PARENS_QUERY;
        break;
    case PCRE2_ERROR_SUBPATTERN_NAME_EXPECTED:
        if (ends_in(source, bytes, "(?<"))
            return (RegexError){"unrecognized character after (?<", offset};
        break;
    default: break;
    }
    return (RegexError){error_text(number), offset};
}

// PCRE2 notes which bytes a match can begin with, and for \w in UTF-8 looks into the wrong class of
// the tables (the one of spaces), so that Latin-1 letters are never found: such a source goes
// without the notes.
static bool needs_plain_start(const RegexKey *key, size_t source_bytes) {
    if ((key->options & PCRE2_UTF) == 0 || (key->options & PCRE2_UCP) != 0) return false;
    return memmem(key->source, source_bytes, "\\w", 2) != NULL;
}

// The backslash before the byte at i goes away; false when there is none.
static bool drop_backslash(uint8_t *source, size_t *bytes, size_t i) {
    if (i == 0 || i >= *bytes || source[i - 1] != '\\') return false;
    memmove(source + i - 1, source + i, *bytes - i);
    (*bytes)--;
    return true;
}

// \c and the character at i, which is no printable one, become the hexadecimal escape for it.
static bool write_control(uint8_t *source, size_t *bytes, size_t i) {
    if (i < 2 || i >= *bytes || source[i] >= 128 || source[i - 1] != 'c') return false;
    uint8_t c = source[i] ^ 0x40;
    memmove(source + i + 2, source + i + 1, *bytes - i - 1);
    source[i - 1] = 'x';
    source[i] = (uint8_t) "0123456789ABCDEF"[c >> 4];
    source[i + 1] = (uint8_t) "0123456789ABCDEF"[c & 15];
    (*bytes)++;
    return true;
}

// What OTP's library takes literally and PCRE2 refuses, naming its place, is written so that PCRE2
// takes it literally, too: a hyphen behind a class inside a class ([\d-z]), an escape inside a
// class that has no meaning there ([\R]), \8 and \9 where there are not that many groups, \c before
// a control character. False for other errors. There is room for one byte more.
static bool repair_source(uint8_t *source, size_t *bytes, int number, size_t offset) {
    switch (number) {
    case PCRE2_ERROR_CLASS_INVALID_RANGE:
        if (offset >= *bytes || source[offset] != '-') return false;
        memmove(source + offset + 1, source + offset, *bytes - offset);
        source[offset] = '\\';
        (*bytes)++;
        return true;
    case PCRE2_ERROR_ESCAPE_INVALID_IN_CLASS: return drop_backslash(source, bytes, offset);
    case PCRE2_ERROR_BAD_SUBPATTERN_REFERENCE:
        if (offset >= *bytes) return false;
        while (offset > 0 && source[offset - 1] >= '0' && source[offset - 1] <= '9') offset--;
        return (source[offset] == '8' || source[offset] == '9') &&
               drop_backslash(source, bytes, offset);
    case PCRE2_ERROR_BACKSLASH_C_SYNTAX: return write_control(source, bytes, offset);
    default: return false;
    }
}

static pcre2_code *compile_repaired(const RegexKey *key, size_t bytes, uint32_t options, int number,
                                    size_t offset, pcre2_compile_context *context) {
    size_t repairs_max = bytes;
    uint8_t *source = mem_alloc(bytes + repairs_max + 1);
    memcpy(source, key->source, bytes);
    pcre2_code *code = NULL;
    for (size_t i = 0; i < repairs_max && code == NULL; i++) {
        if (!repair_source(source, &bytes, number, offset)) break;
        code = pcre2_compile(source, bytes, options, &number, &offset, context);
    }
    mem_free(source);
    return code;
}

static pcre2_code *compile(RegexCache *c, const RegexKey *key, size_t source_bytes,
                           RegexError *error) {
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    ASSERT(context != NULL);
    pcre2_set_newline(context, key->newline);
    pcre2_set_bsr(context, key->bsr);
    pcre2_set_parens_nest_limit(context, NESTED_GROUPS_MAX);
    pcre2_set_character_tables(context, c->tables);
    pcre2_set_compile_extra_options(context, PCRE2_EXTRA_ALLOW_LOOKAROUND_BSK);
    uint32_t options =
        key->options | (needs_plain_start(key, source_bytes) ? PCRE2_NO_START_OPTIMIZE : 0);
    int number = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *code = pcre2_compile(key->source, source_bytes, options, &number, &offset, context);
    if (code == NULL && number == PCRE2_ERROR_UNKNOWN_ESCAPE) {
        // to OTP's library a letter that means nothing after a backslash is that letter; PCRE2 can
        // be told so, but then takes every wrong escape literally, so only sources that need it are
        // compiled that way
        pcre2_set_compile_extra_options(context, PCRE2_EXTRA_BAD_ESCAPE_IS_LITERAL |
                                                     PCRE2_EXTRA_ALLOW_LOOKAROUND_BSK);
        code = pcre2_compile(key->source, source_bytes, options, &number, &offset, context);
    }
    if (code == NULL) code = compile_repaired(key, source_bytes, options, number, offset, context);
    pcre2_compile_context_free(context);
    if (code == NULL) *error = describe_error(key->source, source_bytes, number, offset);
    return code;
}

Regex *regex_get(VM *vm, const RegexKey *key, size_t key_bytes, RegexError *error) {
    ASSERT(key_bytes >= sizeof *key);
    RegexCache *c = cache_of(vm);
    uint64_t hash = hash_key(key, key_bytes);
    Regex **slot = &c->slots[hash % CACHE_SLOTS];
    spinlock_take(&c->lock);
    Regex *r = *slot;
    if (r != NULL &&
        (r->hash != hash || r->key_bytes != key_bytes || memcmp(r->key, key, key_bytes) != 0))
        r = NULL;
    if (r != NULL) atomic_fetch_add_explicit(&r->refs, 1, memory_order_relaxed); // CACHE-1
    spinlock_give(&c->lock);
    if (r != NULL) return r;

    pcre2_code *code = compile(c, key, key_bytes - sizeof *key, error);
    if (code == NULL) return NULL;
    r = mem_zalloc(sizeof *r);
    atomic_init(&r->refs, 2); // the caller's and the slot's
    r->hash = hash;
    r->code = code;
    pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &r->capture_count);
    r->key = mem_alloc(key_bytes);
    memcpy(r->key, key, key_bytes);
    r->key_bytes = key_bytes;
    spinlock_take(&c->lock);
    Regex *former = *slot;
    *slot = r;
    spinlock_give(&c->lock);
    if (former != NULL) regex_release(former);
    return r;
}
