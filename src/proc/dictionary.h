// SPDX-License-Identifier: Apache-2.0
//
// dictionary.h - the process dictionary: a hash table whose entries stand in one array of key,
// value pairs.
//
// DICT-1: keys and values live in the owner's heap; the pairs array is a root range of its
// collections. DICT-2: order of pairs is the order of insertion; erasing moves the last pair into
// the hole. Only the thread that runs the owner touches it.
#ifndef MICA_PROC_DICTIONARY_H
#define MICA_PROC_DICTIONARY_H

#include "proc/process.h"

typedef struct Dictionary Dictionary;

/** The value, or TERM_NONE. */
Term dictionary_get(Process *p, Term key);
/** The former value, or TERM_NONE. */
Term dictionary_put(Process *p, Term key, Term value);
Term dictionary_erase(Process *p, Term key);
uint32_t dictionary_count(const Process *p);
/** pairs[2 * i], pairs[2 * i + 1]: key and value of pair i. */
const Term *dictionary_pairs(const Process *p);
void dictionary_clear(Process *p);
void dictionary_free(Process *p);
HeapRoots dictionary_roots(const Process *p);
size_t dictionary_bytes(const Process *p);

#endif
