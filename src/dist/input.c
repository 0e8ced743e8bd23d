// SPDX-License-Identifier: Apache-2.0
//
// input.c - see input.h; the packets' forms are drawn in output.h.
//
// A sequence of fragments counts down to 1; several may come mixed. Its atoms stand in the first
// one, whose cache slots may be overwritten before the last has come, so the sequence keeps them.
//
// INPUT-1: all fragments of all sequences of a connection together hold what has really come in,
// not
//          what a header promises.
#include "dist/input.h"

#include "proc/logger.h"
#include "term/external.h"

#define DIST_HEADER 68u
#define DIST_FRAGMENT_FIRST 69u
#define DIST_FRAGMENT_NEXT 70u
#define DIST_PASS_THROUGH 112u
#define SHOWN_BYTES_MAX 256  // of an invalid packet in the log
#define SEQUENCES_MAX 100000 // begun and not ended; more is no sane node

struct DistSequence {
    DistSequence *next;
    uint64_t id, left; // fragments still to come
    Binary *bytes;     // NULL: none has come
    size_t atom_count;
    Term atoms[EXTERNAL_ATOMS_MAX];
};

typedef struct Reader {
    const uint8_t *at, *end;
} Reader;

static bool take(Reader *r, size_t bytes, uint64_t *out) {
    if ((size_t)(r->end - r->at) < bytes) return false;
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++) value = value << 8 | *r->at++;
    *out = value;
    return true;
}

void input_begin(DistNode *n) {
    ASSERT(n->cache_in == NULL && n->sequences == NULL);
    if ((n->flags & DFLAG_DIST_HDR_ATOM_CACHE) != 0)
        n->cache_in = mem_zalloc(DIST_CACHE_SLOTS * sizeof *n->cache_in);
}

static void free_sequence(DistSequence *s) {
    if (s->bytes != NULL) binary_release(s->bytes);
    mem_free(s);
}

void input_end(DistNode *n) {
    mem_free(n->cache_in);
    n->cache_in = NULL;
    for (DistSequence *next; n->sequences != NULL; n->sequences = next) {
        next = n->sequences->next;
        free_sequence(n->sequences);
    }
}

// ---- atoms
// --------------------------------------------------------------------------------------------

/** The atom of one reference: out of its slot, or new and put there. */
static bool take_atom(DistNode *n, Reader *r, uint8_t flags, bool is_long, Term *atom) {
    uint64_t low, length;
    if (!take(r, 1, &low)) return false;
    ASSERT(n->cache_in != NULL && low < 256);
    Term *slot = &n->cache_in[(size_t)(flags & 7u) << 8 | low];
    if ((flags & 8u) != 0) {
        if (!take(r, is_long ? 2 : 1, &length) || length > (size_t)(r->end - r->at)) return false;
        *slot = atom_intern(n->vm->atoms, (const char *)r->at, length);
        r->at += length;
    }
    *atom = *slot;
    return *atom != TERM_NONE;
}

/** [Count, flags in half bytes, references]. */
static bool take_atoms(DistNode *n, Reader *r, Term atoms[EXTERNAL_ATOMS_MAX], size_t *atom_count) {
    uint64_t count;
    if (!take(r, 1, &count)) return false;
    ASSERT(count <= EXTERNAL_ATOMS_MAX); // it stood in one byte
    *atom_count = count;
    if (count == 0) return true;
    size_t flag_bytes = count / 2 + 1;
    if (n->cache_in == NULL || (size_t)(r->end - r->at) < flag_bytes) return false;
    const uint8_t *flags = r->at;
    r->at += flag_bytes;
    bool is_long = (flags[count / 2] >> (count % 2 == 0 ? 0 : 4) & 1) != 0;
    for (size_t i = 0; i < count; i++) {
        uint8_t half = flags[i / 2] >> (i % 2 == 0 ? 0 : 4) & 15;
        if (!take_atom(n, r, half, is_long, &atoms[i])) return false;
    }
    return true;
}

// ---- fragments
// ----------------------------------------------------------------------------------------

static DistSequence **find_sequence(DistNode *n, uint64_t id) {
    DistSequence **at = &n->sequences;
    size_t count = 0;
    while (*at != NULL && (*at)->id != id) {
        at = &(*at)->next;
        if (++count > SEQUENCES_MAX) return NULL;
    }
    return at;
}

static void add_bytes(DistSequence *s, Reader *r) {
    ASSERT(r->at <= r->end);
    size_t count = (size_t)(r->end - r->at);
    if (s->bytes == NULL) {
        s->bytes = binary_new(count);
        s->bytes->size_bytes = 0;
    }
    size_t before = s->bytes->size_bytes, capacity = s->bytes->capacity_bytes;
    if (capacity - before < count)
        s->bytes = binary_resize(s->bytes, MAX(2 * capacity, before + count), before);
    if (count > 0) memcpy(s->bytes->bytes + before, r->at, count);
    s->bytes->size_bytes = before + count;
}

/** The last fragment of a sequence has come. */
static bool finish_sequence(DistNode *n, uint32_t connection, DistSequence **at) {
    DistSequence *s = *at;
    *at = s->next;
    ASSERT(s->left == 0 && s->bytes != NULL);
    size_t count = s->bytes->size_bytes;
    s->bytes = binary_resize(s->bytes, count, count);
    DistMessage m = {.node = n,
                     .connection = connection,
                     .bytes = s->bytes->bytes,
                     .count = count,
                     .source = s->bytes,
                     .atoms = s->atoms,
                     .atom_count = s->atom_count};
    bool is_good = count > 0 && control_obey(&m);
    free_sequence(s);
    return is_good;
}

static bool take_first_fragment(DistNode *n, uint32_t connection, Reader *r) {
    uint64_t id, left;
    if (!take(r, 8, &id) || !take(r, 8, &left) || left == 0) return false;
    DistSequence **at = find_sequence(n, id);
    if (at == NULL || *at != NULL) return false;
    DistSequence *s = mem_alloc(sizeof *s);
    s->next = NULL;
    s->id = id;
    s->left = left - 1;
    s->bytes = NULL;
    s->atom_count = 0;
    *at = s;
    if (!take_atoms(n, r, s->atoms, &s->atom_count)) return false; // freed with the connection
    add_bytes(s, r);
    return s->left > 0 || finish_sequence(n, connection, at);
}

static bool take_next_fragment(DistNode *n, uint32_t connection, Reader *r) {
    uint64_t id, left;
    if (!take(r, 8, &id) || !take(r, 8, &left)) return false;
    DistSequence **at = find_sequence(n, id);
    if (at == NULL || *at == NULL || left == 0 || (*at)->left != left) return false;
    (*at)->left--;
    add_bytes(*at, r);
    return (*at)->left > 0 || finish_sequence(n, connection, at);
}

// ---- packets
// ------------------------------------------------------------------------------------------

static bool take_packet(DistNode *n, uint32_t connection, const uint8_t *bytes, size_t count) {
    Reader r = {bytes, bytes + count};
    ASSERT(connection != 0);
    uint64_t tag;
    if (count == 0) return true; // a tick
    DistMessage m = {.node = n, .connection = connection};
    if (!take(&r, 1, &tag)) return false;
    if (tag == DIST_PASS_THROUGH) {
        m.bytes = r.at;
        m.count = (size_t)(r.end - r.at);
        m.versioned = true;
        return control_obey(&m);
    }
    if (tag != EXTERNAL_VERSION || !take(&r, 1, &tag)) return false;
    if (tag == DIST_FRAGMENT_FIRST) return take_first_fragment(n, connection, &r);
    if (tag == DIST_FRAGMENT_NEXT) return take_next_fragment(n, connection, &r);
    if (tag != DIST_HEADER) return false;
    Term atoms[EXTERNAL_ATOMS_MAX];
    if (!take_atoms(n, &r, atoms, &m.atom_count)) return false;
    m.bytes = r.at;
    m.count = (size_t)(r.end - r.at);
    m.atoms = atoms;
    return control_obey(&m);
}

void input_log_invalid(VM *vm, Term node, const uint8_t *bytes, size_t count) {
    Heap h;
    heap_init_detached(&h, &vm->literals);
    ASSERT(term_is_atom(node) && (bytes != NULL || count == 0));
    Term shown = heap_binary_from(&h, bytes, MIN(count, SHOWN_BYTES_MAX));
    Term args = heap_cons(&h, shown, TERM_NIL);
    args = heap_cons(&h, node, heap_cons(&h, heap_unsigned(&h, count), args));
    logger_send(vm, NULL, am_error,
                "Got invalid data from node ~p: the connection ends. ~p bytes, beginning with ~p~n",
                args);
    heap_destroy(&h);
}

bool input_packet(DistNode *n, uint32_t connection, const uint8_t *bytes, size_t count) {
    bool is_good = take_packet(n, connection, bytes, count);
    if (!is_good) input_log_invalid(n->vm, n->name, bytes, count);
    return is_good;
}

bool input_from_port(DistNode *n, const uint8_t *bytes, size_t count) {
    mutex_lock(&n->lock);
    bool is_up = n->phase == DIST_CONNECTED;
    uint32_t connection = n->connection;
    mutex_unlock(&n->lock);
    atomic_fetch_add_explicit(&n->packets_in, 1, memory_order_relaxed);
    return !is_up || input_packet(n, connection, bytes, count);
}
