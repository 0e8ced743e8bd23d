// SPDX-License-Identifier: Apache-2.0
//
// regex.h - compiled regular expressions: what a re_pattern's binary holds, and the cache of PCRE2
// code behind it.
//
// A compiled pattern's binary is a RegexKey: the source with its options, not PCRE2's code. So a
// pattern may be stored in a file, sent to another node or forged by a program without harm; its
// code is found again by the key, or compiled.
//
// REGEX-1: a Regex is shared by all processes of a VM and freed with its last reference; its code
// is never written. Any thread may call.
#ifndef MICA_BIF_REGEX_H
#define MICA_BIF_REGEX_H

#include "base/base.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

typedef struct VM VM;

#define REGEX_KEY_MAGIC 0x3152634du // "McR1"

/** What tells one compiled pattern from another. The source follows. */
typedef struct RegexKey {
    uint32_t magic;
    uint32_t options; // PCRE2's compile options
    uint32_t newline; // PCRE2_NEWLINE_*
    uint32_t bsr;     // PCRE2_BSR_*
    uint8_t source[];
} RegexKey;

typedef struct Regex {
    _Atomic uint64_t refs;
    uint64_t hash;
    pcre2_code *code;
    uint32_t capture_count;
    size_t key_bytes;
    RegexKey *key;
} Regex;

typedef struct RegexError {
    const char *text;
    size_t offset;
} RegexError;

/** The code for a key of key_bytes (checked to be at least sizeof(RegexKey)); NULL with *error when
 * the source is wrong. */
Regex *regex_get(VM *vm, const RegexKey *key, size_t key_bytes, RegexError *error);
void regex_release(Regex *r);
/** Frees the VM's cache. */
void regex_cache_destroy(VM *vm);

#endif
