// SPDX-License-Identifier: Apache-2.0
//
// spawn_option.c - see spawn_option.h.
#include "proc/spawn_option.h"

#include "proc/link.h"
#include "proc/scheduler.h"
#include "term/map.h"
#include "vm/vm.h"

bool priority_parse(Term t, uint8_t *priority) {
    switch (t) {
    case am_max: *priority = PRIORITY_MAX; return true;
    case am_high: *priority = PRIORITY_HIGH; return true;
    case am_normal: *priority = PRIORITY_NORMAL; return true;
    case am_low: *priority = PRIORITY_LOW; return true;
    default: return false;
    }
}

Term priority_name(uint8_t priority) {
    ASSERT(priority <= PRIORITY_LOW);
    const Term names[] = {am_max, am_high, am_normal, am_low};
    return names[priority];
}

static bool flag_parse(VM *vm, Term map, Term key, uint32_t bit, uint32_t *flags) {
    Term value = map_get(vm->atoms, map, key);
    if (value == TERM_NONE) return true;
    if (value != am_true && value != am_false) return false;
    *flags = value == am_true ? *flags | bit : *flags & ~bit;
    return true;
}

static bool words_parse(Term t, uint64_t *words) {
    if (!term_is_small(t) || term_small(t) < 0) return false;
    if (term_small(t) != 0 && term_small(t) < HEAP_WORDS_MIN_DEFAULT) return false;
    *words = (uint64_t)term_small(t);
    return true;
}

bool max_heap_parse(VM *vm, Term t, uint64_t *words, uint32_t *flags) {
    if (!term_is_map(t)) return words_parse(t, words);
    Term size = map_get(vm->atoms, t, am_size);
    if (size == TERM_NONE || !words_parse(size, words)) return false;
    return flag_parse(vm, t, am_kill, HEAP_ON_MAX_KILL, flags) &&
           flag_parse(vm, t, am_error_logger, HEAP_ON_MAX_LOG, flags) &&
           flag_parse(vm, t, am_include_shared_binaries, HEAP_MAX_INCLUDE_SHARED, flags);
}

Term max_heap_map(VM *vm, Heap *h, uint64_t words, uint32_t flags) {
    ASSERT(h != NULL);
    Term shared = term_from_bool((flags & HEAP_MAX_INCLUDE_SHARED) != 0);
    Term pairs[] = {am_error_logger,
                    term_from_bool((flags & HEAP_ON_MAX_LOG) != 0),
                    am_kill,
                    term_from_bool((flags & HEAP_ON_MAX_KILL) != 0),
                    am_size,
                    heap_unsigned(h, words),
                    am_include_shared_binaries,
                    shared};
    // OTP 27 shows four of them, OTP 25 three
    return map_from_pairs(h, vm->atoms, pairs, vm->config.otp_release >= 27 ? 4 : 3);
}

bool monitor_options_parse(Term list, uint32_t *alias_flags, Term *tag) {
    for (; term_is_cell(list); list = term_tail(list)) {
        Term option = term_head(list);
        if (!term_is_tuple_of(option, 2)) return false;
        Term value = tuple_get(option, 1);
        switch (tuple_get(option, 0)) {
        case am_tag: *tag = value; break;
        case am_alias:
            if (value == am_explicit_unalias)
                *alias_flags = RELATION_ALIAS_EXPLICIT;
            else if (value == am_demonitor)
                *alias_flags = RELATION_ALIAS_DEMONITOR;
            else if (value == am_reply_demonitor)
                *alias_flags = RELATION_ALIAS_REPLY;
            else
                return false;
            break;
        default: return false;
        }
    }
    return term_is_nil(list);
}

static bool small_parse(Term t, uint64_t max, uint64_t *out) {
    if (!term_is_small(t) || term_small(t) < 0 || (uint64_t)term_small(t) > max) return false;
    *out = (uint64_t)term_small(t);
    return true;
}

static bool reply_parse(Term value, SpawnReply *reply) {
    // a wish that is none leaves the one before it, by which it is refused
    if (value != am_yes && value != am_no && value != am_success_only && value != am_error_only)
        return false;
    reply->on_success = value == am_yes || value == am_success_only;
    reply->on_error = value == am_yes || value == am_error_only;
    return true;
}

static bool pair_parse(VM *vm, Term key, Term value, SpawnOptions *o, SpawnReply *reply) {
    ASSERT(value != TERM_NONE);
    uint64_t n;
    switch (key) {
    case am_priority: return priority_parse(value, &o->priority);
    case am_monitor:
        o->monitor = true;
        return monitor_options_parse(value, &o->alias_flags, &o->monitor_tag);
    case am_min_heap_size:
        if (!small_parse(value, UINT32_MAX / 2, &n)) return false;
        o->min_heap_words = (uint32_t)(n == 0 ? HEAP_WORDS_MIN_DEFAULT : n);
        return true;
    case am_min_bin_vheap_size:
        if (!small_parse(value, UINT64_MAX / 16, &n)) return false;
        o->min_virtual_words =
            MAX(heap_next_size((size_t)MIN(n, INT32_MAX)), HEAP_VIRTUAL_WORDS_MIN_DEFAULT);
        return true;
    case am_fullsweep_after:
        if (!small_parse(value, UINT32_MAX, &n)) return false;
        o->fullsweep_after = (uint32_t)MIN(n, 65535);
        return true;
    case am_max_heap_size: return max_heap_parse(vm, value, &o->max_heap_words, &o->max_heap_flags);
    case am_message_queue_data:
        o->message_queue_off_heap = value == am_off_heap;
        return value == am_off_heap || value == am_on_heap;
    case am_scheduler: return small_parse(value, vm->schedulers->count, &n); // a wish, as in OTP
    case am_async_dist: return value == am_true || value == am_false;
    case am_reply_tag:
        if (reply == NULL) return false;
        reply->tag = value;
        return true;
    case am_reply: return reply != NULL && reply_parse(value, reply);
    default: return false;
    }
}

bool spawn_options_parse(VM *vm, Term list, SpawnOptions *o, SpawnReply *reply) {
    bool good = true;
    for (; term_is_cell(list); list = term_tail(list)) {
        Term option = term_head(list);
        if (option == am_link)
            o->link = true;
        else if (option == am_monitor)
            o->monitor = true;
        else if (!term_is_tuple_of(option, 2) ||
                 !pair_parse(vm, tuple_get(option, 0), tuple_get(option, 1), o, reply))
            good = false;
    }
    return good && term_is_nil(list);
}
