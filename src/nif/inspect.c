// SPDX-License-Identifier: Apache-2.0
//
// inspect.c - looking at terms: kinds, numbers, atoms, texts, lists, tuples. Nothing here makes a
// term, and nothing raises: 0 says that a term is of another kind.
#include <math.h>

#include "bif/bif.h"
#include "nif/text.h"
#include "proc/thread_role.h"
#include "term/bits.h"
#include "term/compare.h"
#include "term/number.h"

int enif_is_atom(NifEnv *env, Term t) { return term_is_atom(t); }
int enif_is_binary(NifEnv *env, Term t) { return term_is_binary(t); }
int enif_is_ref(NifEnv *env, Term t) { return term_is_reference(t); }
int enif_is_fun(NifEnv *env, Term t) { return term_is_fun(t); }
int enif_is_pid(NifEnv *env, Term t) { return term_is_pid(t); }
int enif_is_port(NifEnv *env, Term t) { return term_is_port(t); }
int enif_is_empty_list(NifEnv *env, Term t) { return term_is_nil(t); }
int enif_is_list(NifEnv *env, Term t) { return term_is_list(t); }
int enif_is_tuple(NifEnv *env, Term t) { return term_is_tuple(t); }
int enif_is_map(NifEnv *env, Term t) { return term_is_map(t); }
int enif_is_number(NifEnv *env, Term t) { return term_is_number(t); }

NifTermType enif_term_type(NifEnv *env, Term t) {
    if (term_is_atom(t)) return NIF_TERM_ATOM;
    if (term_is_integer(t)) return NIF_TERM_INTEGER;
    if (term_is_float(t)) return NIF_TERM_FLOAT;
    if (term_is_list(t)) return NIF_TERM_LIST;
    if (term_is_tuple(t)) return NIF_TERM_TUPLE;
    if (term_is_bitstring(t)) return NIF_TERM_BITSTRING;
    if (term_is_map(t)) return NIF_TERM_MAP;
    if (term_is_fun(t)) return NIF_TERM_FUN;
    if (term_is_pid(t)) return NIF_TERM_PID;
    if (term_is_port(t)) return NIF_TERM_PORT;
    ASSERT(term_is_reference(t)); // no other kind is there
    return NIF_TERM_REFERENCE;
}

int enif_is_identical(Term a, Term b) { return term_equal(a, b); }

int enif_compare(Term a, Term b) {
    if (a == b) return 0;
    return term_compare(nif_vm_of(__builtin_return_address(0))->atoms, a, b);
}

// ---- numbers
// -------------------------------------------------------------------------------------
int enif_get_int(NifEnv *env, Term t, int *out) {
    if (!term_is_small(t) || term_small(t) > INT32_MAX || term_small(t) < INT32_MIN) return 0;
    *out = (int)term_small(t);
    return 1;
}

int enif_get_uint(NifEnv *env, Term t, unsigned *out) {
    if (!term_is_small(t) || term_small(t) > UINT32_MAX || term_small(t) < 0) return 0;
    *out = (unsigned)term_small(t);
    return 1;
}

int enif_get_long(NifEnv *env, Term t, long *out) {
    if (LIKELY(term_is_small(t))) {
        *out = term_small(t);
        return 1;
    }
    int64_t i;
    if (!bif_get_int64(t, &i)) return 0;
    *out = i;
    return 1;
}

int enif_get_ulong(NifEnv *env, Term t, unsigned long *out) {
    uint64_t u;
    if (!bif_get_uint64(t, &u)) return 0;
    *out = u;
    return 1;
}

int enif_get_double(NifEnv *env, Term t, double *out) {
    if (!term_is_float(t)) return 0;
    *out = term_float(t);
    return 1;
}

// ---- lists and tuples
// ----------------------------------------------------------------------------
int enif_get_list_cell(NifEnv *env, Term t, Term *head, Term *tail) {
    if (!term_is_cell(t)) return 0;
    *head = term_head(t);
    *tail = term_tail(t);
    return 1;
}

int enif_get_list_length(NifEnv *env, Term t, unsigned *length) {
    ASSERT(length != NULL);
    int64_t n = bif_list_length(t);
    if (n < 0 || n > UINT32_MAX) return 0;
    *length = (unsigned)n;
    return 1;
}

int enif_get_tuple(NifEnv *env, Term t, int *arity, const Term **elements) {
    if (!term_is_tuple(t)) return 0;
    ASSERT(tuple_arity(t) <= TUPLE_SIZE_MAX);
    *arity = (int)tuple_arity(t);
    *elements = tuple_elements(t);
    return 1;
}

// ---- texts
// ---------------------------------------------------------------------------------------
static bool is_encoding(const NifEnv *env, NifCharEncoding e) {
    return e == NIF_LATIN1 || e == NIF_UTF8;
}

int enif_get_atom_length(NifEnv *env, Term t, unsigned *length, NifCharEncoding encoding) {
    if (!term_is_atom(t) || !is_encoding(env, encoding)) return 0;
    size_t bytes;
    const char *text = atom_text(env->vm->atoms, t, &bytes);
    if (encoding == NIF_UTF8) {
        *length = (unsigned)bytes;
        return 1;
    }
    size_t n = nif_latin1_from_utf8(text, bytes, NULL, 0);
    if (n == SIZE_MAX) return 0;
    ASSERT(n <= ATOM_CHARACTERS_MAX);
    *length = (unsigned)n;
    return 1;
}

int enif_get_atom(NifEnv *env, Term t, char *out, unsigned room, NifCharEncoding encoding) {
    unsigned length;
    if (!enif_get_atom_length(env, t, &length, encoding) || length >= room) return 0;
    size_t bytes;
    const char *text = atom_text(env->vm->atoms, t, &bytes);
    if (encoding == NIF_UTF8)
        memcpy(out, text, bytes);
    else
        nif_latin1_from_utf8(text, bytes, out, length);
    ASSERT(length < room);
    out[length] = 0;
    return (int)length + 1;
}

/** Bytes of the next character of a list in the encoding; 0: it has none. */
static size_t next_character(Term cell, NifCharEncoding encoding, uint8_t out[4]) {
    ASSERT(encoding == NIF_LATIN1 || encoding == NIF_UTF8);
    Term c = term_head(cell);
    if (!term_is_small(c) || term_small(c) < 0) return 0;
    if (encoding == NIF_LATIN1) {
        if (term_small(c) > 255) return 0;
        out[0] = (uint8_t)term_small(c);
        return 1;
    }
    if (!utf8_is_character((uint64_t)term_small(c))) return 0;
    return utf8_encode((uint32_t)term_small(c), out);
}

int enif_get_string(NifEnv *env, Term list, char *out, unsigned room, NifCharEncoding encoding) {
    if (room < 1 || !is_encoding(env, encoding)) return 0;
    size_t n = 0;
    out[0] = 0;
    for (; term_is_cell(list); list = term_tail(list)) {
        uint8_t bytes[4];
        size_t count = next_character(list, encoding, bytes);
        if (count == 0) {
            out[n] = 0;
            return 0;
        }
        if (n + count >= room) {
            out[n] = 0;
            return -(int)(n + 1);
        }
        memcpy(out + n, bytes, count);
        n += count;
    }
    ASSERT(n < room);
    out[n] = 0;
    return term_is_nil(list) ? (int)n + 1 : 0;
}

int enif_get_string_length(NifEnv *env, Term list, unsigned *length, NifCharEncoding encoding) {
    if (!is_encoding(env, encoding)) return 0;
    size_t n = 0;
    for (; term_is_cell(list); list = term_tail(list)) {
        uint8_t bytes[4];
        size_t count = next_character(list, encoding, bytes);
        if (count == 0) return 0;
        n += count;
    }
    if (!term_is_nil(list) || n > UINT32_MAX) return 0;
    *length = (unsigned)n;
    return 1;
}

// ---- identifiers
// ---------------------------------------------------------------------------------
int enif_get_local_pid(NifEnv *env, Term t, NifPid *pid) {
    if (!term_is_local_pid(t)) return 0;
    pid->pid = t;
    return 1;
}

int enif_get_local_port(NifEnv *env, Term t, NifPort *port) {
    if (!term_is_local_port(t)) return 0;
    port->port = t;
    return 1;
}

void enif_set_pid_undefined(NifPid *pid) { pid->pid = am_undefined; }

int enif_is_pid_undefined(const NifPid *pid) { return pid->pid == am_undefined; }

int enif_thread_type(void) {
    const ThreadRole *role = thread_role_here();
    if (role == NULL || role->scheduler == NULL) return NIF_THREAD_UNDEFINED;
    switch ((SchedulerKind)role->scheduler->kind) {
    case SCHEDULER_NORMAL: return NIF_THREAD_NORMAL;
    case SCHEDULER_DIRTY_CPU: return NIF_THREAD_DIRTY_CPU;
    case SCHEDULER_DIRTY_IO: return NIF_THREAD_DIRTY_IO;
    }
    return NIF_THREAD_UNDEFINED;
}
