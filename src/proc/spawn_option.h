// SPDX-License-Identifier: Apache-2.0
//
// spawn_option.h - the option lists of spawn_opt, spawn_request and monitor, and max_heap_size's
// forms.
#ifndef MICA_PROC_SPAWN_OPTION_H
#define MICA_PROC_SPAWN_OPTION_H

#include "bif/bif.h"
#include "proc/spawn.h"

/** What spawn_request's caller wants to hear. */
typedef struct SpawnReply {
    Term tag;
    bool on_success, on_error;
} SpawnReply;

/**
 * Reads a list of options into o (with its defaults set). reply NULL: its options are errors.
 * False: badopt. Options behind a bad one are read too, so that reply is as the list says.
 */
bool spawn_options_parse(VM *vm, Term list, SpawnOptions *o, SpawnReply *reply);
/** Reads [{alias, Mode}, {tag, Term}]. */
bool monitor_options_parse(Term list, uint32_t *alias_flags, Term *tag);
/** max, high, normal, low; false: none of these. */
bool priority_parse(Term t, uint8_t *priority);
Term priority_name(uint8_t priority);
/** Size or map of max_heap_size; keys that a map leaves out keep their values. */
bool max_heap_parse(VM *vm, Term t, uint64_t *words, uint32_t *flags);
/** The map that process_flag and process_info show. */
Term max_heap_map(VM *vm, Heap *h, uint64_t words, uint32_t flags);

#endif
