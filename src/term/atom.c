// SPDX-License-Identifier: Apache-2.0
//
// atom.c - the atom table: names by index, and an open-addressed hash table from text to index.
//
// ATOM-3: rows stand in chunks that never move; a row is complete before `count` (release) tells of
// it. ATOM-4: `slots` holds index + 1, 0 for free; a slot once set never changes. Growing makes a
// new array and keeps the
//         old ones until the table is destroyed, so a reader may look through an old one: what it
//         misses there it looks for again under the lock.
// Reading takes no lock; interning a new name does. Any thread may call.
#include "term/atom.h"

#include "base/alloc.h"
#include "base/spinlock.h"
#include "term/utf8.h"

#define CHUNK_ROWS 1024u
#define SLOTS_FIRST 8192u

typedef struct AtomRow {
    const char *text;
    uint64_t prefix; // first 8 bytes, most significant first: most comparisons end here
    uint32_t hash;   // OTP's
    uint16_t bytes;
    uint16_t characters;
} AtomRow;

typedef struct SlotArray {
    struct SlotArray *older;
    uint32_t mask;
    _Atomic uint32_t slots[];
} SlotArray;

struct AtomTable {
    _Atomic(SlotArray *) slots;
    _Atomic uint32_t count;
    _Atomic Term own_node;
    _Atomic uint32_t own_creation;
    uint32_t count_max;
    Spinlock lock;   // interning
    char *text_room; // under lock: where the next text goes
    size_t text_room_left;
    struct TextBlock {
        struct TextBlock *older;
        char text[];
    } * blocks; // under lock
    AtomRow *chunks[];
};

#define TEXT_BLOCK_BYTES 32768u

// hashpjw over Latin-1 characters where the text has them, as OTP hashes atoms: phash2 shows it to
// programs.
static uint32_t hash_text(const uint8_t *text, size_t bytes) {
    ASSERT(text != NULL && bytes <= 4 * ATOM_CHARACTERS_MAX);
    uint32_t h = 0;
    for (size_t i = 0; i < bytes; i++) {
        uint8_t v = text[i];
        if (i + 1 < bytes && (v & 0xfe) == 0xc2 && (text[i + 1] & 0xc0) == 0x80) {
            v = (uint8_t)((v << 6) | (text[i + 1] & 0x3f));
            i++;
        }
        h = (h << 4) + v;
        uint32_t g = h & 0xf0000000u;
        if (g != 0) {
            h ^= g >> 24;
            h ^= g;
        }
    }
    return h;
}

// OTP's hash is poor; where the table puts a name uses its own.
static uint32_t place_of(const char *text, size_t bytes) {
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < bytes; i++) h = (h ^ (uint8_t)text[i]) * 0x100000001b3u;
    return (uint32_t)(h ^ (h >> 29));
}

static ALWAYS_INLINE AtomRow *row_of(const AtomTable *t, uint32_t index) {
    return &t->chunks[index / CHUNK_ROWS][index % CHUNK_ROWS];
}

static const AtomRow *row(const AtomTable *t, Term atom) {
    DEBUG_ASSERT(term_is_atom(atom));
    uint32_t index = term_atom_index(atom);
    DEBUG_ASSERT(index < atomic_load_explicit(&t->count, memory_order_acquire)); // ATOM-1
    return row_of(t, index);
}

static SlotArray *slots_new(uint32_t count, SlotArray *older) {
    ASSERT(count >= SLOTS_FIRST);
    ASSERT((count & (count - 1)) == 0);
    SlotArray *s = mem_zalloc(sizeof *s + count * sizeof s->slots[0]);
    s->mask = count - 1;
    s->older = older;
    return s;
}

// The index + 1 of this text, or 0; *free_slot (may be NULL) gets the slot where it would stand.
static uint32_t look_up(const AtomTable *t, SlotArray *s, const char *text, size_t bytes,
                        uint32_t place, uint32_t *free_slot) {
    for (uint32_t i = place & s->mask;; i = (i + 1) & s->mask) {
        // acquire: pairs with the release in intern_new; the row is complete (ATOM-3)
        uint32_t n = atomic_load_explicit(&s->slots[i], memory_order_acquire);
        if (n == 0) {
            if (free_slot != NULL) *free_slot = i;
            return 0;
        }
        const AtomRow *r = row_of(t, n - 1);
        if (r->bytes == bytes && memcmp(r->text, text, bytes) == 0) return n;
    }
}

static void slots_put(SlotArray *s, uint32_t place, uint32_t n) {
    ASSERT(n != 0); // ATOM-4
    uint32_t i = place & s->mask;
    while (atomic_load_explicit(&s->slots[i], memory_order_relaxed) != 0) i = (i + 1) & s->mask;
    atomic_store_explicit(&s->slots[i], n, memory_order_release); // pairs with look_up
}

// Under lock.
static void slots_grow(AtomTable *t) {
    SlotArray *old = atomic_load_explicit(&t->slots, memory_order_relaxed);
    SlotArray *s = slots_new((old->mask + 1) * 2, old);
    for (uint32_t i = 0; i <= old->mask; i++) {
        uint32_t n = atomic_load_explicit(&old->slots[i], memory_order_relaxed);
        if (n == 0) continue;
        const AtomRow *r = row_of(t, n - 1);
        slots_put(s, place_of(r->text, r->bytes), n);
    }
    atomic_store_explicit(&t->slots, s,
                          memory_order_release); // pairs with the acquire in atom_find
}

// Under lock.
static char *text_store(AtomTable *t, const char *text, size_t bytes) {
    if (t->text_room_left < bytes + 1) {
        struct TextBlock *b = mem_alloc(sizeof *b + TEXT_BLOCK_BYTES);
        b->older = t->blocks;
        t->blocks = b;
        t->text_room = b->text;
        t->text_room_left = TEXT_BLOCK_BYTES;
    }
    ASSERT(t->text_room_left > bytes);
    char *at = t->text_room;
    memcpy(at, text, bytes);
    at[bytes] = 0;
    t->text_room += bytes + 1;
    t->text_room_left -= bytes + 1;
    return at;
}

// Under lock, text checked and not there. stored: the text outlives the table.
static Term intern_new(AtomTable *t, const char *text, size_t bytes, size_t characters,
                       bool stored) {
    ASSERT(characters <= ATOM_CHARACTERS_MAX && bytes >= characters);
    uint32_t index = atomic_load_explicit(&t->count, memory_order_relaxed);
    if (index >= t->count_max) return TERM_NONE;
    if (index % CHUNK_ROWS == 0)
        t->chunks[index / CHUNK_ROWS] = mem_zalloc(CHUNK_ROWS * sizeof(AtomRow));
    SlotArray *s = atomic_load_explicit(&t->slots, memory_order_relaxed);
    if ((uint64_t)index * 2 > s->mask) {
        slots_grow(t);
        s = atomic_load_explicit(&t->slots, memory_order_relaxed);
    }
    AtomRow *r = row_of(t, index);
    r->text = stored ? text : text_store(t, text, bytes);
    r->bytes = (uint16_t)bytes;
    r->characters = (uint16_t)characters;
    r->hash = hash_text((const uint8_t *)text, bytes);
    uint8_t first[8] = {0};
    memcpy(first, text, MIN(bytes, 8));
    uint64_t prefix;
    memcpy(&prefix, first, 8);
    r->prefix = __builtin_bswap64(prefix);
    slots_put(s, place_of(text, bytes), index + 1);
    atomic_store_explicit(&t->count, index + 1, memory_order_release); // ATOM-3
    return atom_from_index(index);
}

AtomTable *atom_table_create(uint32_t count_max) {
    if (count_max < ATOM_STATIC_COUNT + 16) count_max = ATOM_STATIC_COUNT + 16;
    size_t chunks = count_max / CHUNK_ROWS + 1;
    AtomTable *t = mem_zalloc(sizeof *t + chunks * sizeof t->chunks[0]);
    t->count_max = count_max;
    atomic_store_explicit(&t->slots, slots_new(SLOTS_FIRST, NULL), memory_order_relaxed);
    for (uint32_t i = 0; i < ATOM_STATIC_COUNT; i++) {
        const AtomName *n = &atom_static_names[i];
        size_t characters = 0;
        ASSERT(utf8_count((const uint8_t *)n->text, n->length_bytes, &characters));
        Term atom = intern_new(t, n->text, n->length_bytes, characters, true);
        ASSERT(term_atom_index(atom) == i); // ATOM-2
    }
    atomic_store_explicit(&t->own_node, am_nonode_nohost, memory_order_relaxed);
    return t;
}

void atom_table_destroy(AtomTable *t) {
    if (t == NULL) return;
    for (SlotArray *s = atomic_load_explicit(&t->slots, memory_order_relaxed), *older; s != NULL;
         s = older) {
        older = s->older;
        mem_free(s);
    }
    for (struct TextBlock *b = t->blocks, *older; b != NULL; b = older) {
        older = b->older;
        mem_free(b);
    }
    for (uint32_t i = 0; i <= t->count_max / CHUNK_ROWS; i++) mem_free(t->chunks[i]);
    mem_free(t);
}

Term atom_find(AtomTable *t, const char *utf8, size_t bytes) {
    ASSERT(utf8 != NULL || bytes == 0);
    SlotArray *s = atomic_load_explicit(&t->slots, memory_order_acquire); // pairs with slots_grow
    uint32_t place = place_of(utf8, bytes);
    uint32_t n = look_up(t, s, utf8, bytes, place, NULL);
    if (n == 0 && UNLIKELY(s != atomic_load_explicit(&t->slots, memory_order_acquire))) {
        spinlock_take(&t->lock);
        n = look_up(t, atomic_load_explicit(&t->slots, memory_order_relaxed), utf8, bytes, place,
                    NULL);
        spinlock_give(&t->lock);
    }
    return n == 0 ? TERM_NONE : atom_from_index(n - 1);
}

Term atom_intern(AtomTable *t, const char *utf8, size_t bytes) {
    Term atom = atom_find(t, utf8, bytes);
    if (LIKELY(atom != TERM_NONE)) return atom;
    size_t characters = 0;
    if (bytes > 4 * ATOM_CHARACTERS_MAX || !utf8_count((const uint8_t *)utf8, bytes, &characters) ||
        characters > ATOM_CHARACTERS_MAX) {
        return TERM_NONE;
    }
    spinlock_take(&t->lock);
    uint32_t n = look_up(t, atomic_load_explicit(&t->slots, memory_order_relaxed), utf8, bytes,
                         place_of(utf8, bytes), NULL);
    atom = n != 0 ? atom_from_index(n - 1) : intern_new(t, utf8, bytes, characters, false);
    spinlock_give(&t->lock);
    return atom;
}

Term atom_from(AtomTable *t, const char *text) {
    Term atom = atom_intern(t, text, strlen(text));
    ASSERT(atom != TERM_NONE);
    return atom;
}

const char *atom_text(const AtomTable *t, Term atom, size_t *bytes) {
    const AtomRow *r = row(t, atom);
    if (bytes != NULL) *bytes = r->bytes;
    return r->text;
}

size_t atom_characters(const AtomTable *t, Term atom) {
    DEBUG_ASSERT(t != NULL && term_is_atom(atom));
    return row(t, atom)->characters;
}

uint32_t atom_count(const AtomTable *t) {
    return atomic_load_explicit(&t->count, memory_order_acquire);
}

uint32_t atom_hash(const AtomTable *t, Term atom) {
    DEBUG_ASSERT(t != NULL && term_is_atom(atom));
    return row(t, atom)->hash;
}

int atom_compare(const AtomTable *t, Term a, Term b) {
    if (a == b) return 0;
    const AtomRow *x = row(t, a), *y = row(t, b);
    if (x->prefix != y->prefix) return x->prefix < y->prefix ? -1 : 1;
    int c = memcmp(x->text, y->text, MIN(x->bytes, y->bytes));
    return c != 0 ? c : (int)x->bytes - (int)y->bytes;
}

void atom_table_set_own_node(AtomTable *t, Term name, uint32_t creation) {
    ASSERT(term_is_atom(name));
    atomic_store_explicit(&t->own_creation, creation, memory_order_relaxed);
    atomic_store_explicit(&t->own_node, name, memory_order_relaxed);
}

Term atom_table_own_node(const AtomTable *t) {
    return atomic_load_explicit(&t->own_node, memory_order_relaxed);
}

uint32_t atom_table_own_creation(const AtomTable *t) {
    return atomic_load_explicit(&t->own_creation, memory_order_relaxed);
}
