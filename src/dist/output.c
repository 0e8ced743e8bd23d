// SPDX-License-Identifier: Apache-2.0
//
// output.c - see output.h.
#include "dist/output.h"

#include "world/socket.h"

#define DIST_HEADER 68u
#define DIST_FRAGMENT_FIRST 69u
#define DIST_FRAGMENT_NEXT 70u
#define DIST_PASS_THROUGH 112u
#define FRAGMENT_BYTES ((size_t)64 * 1024)
#define STAGING_BYTES ((size_t)64 * 1024) // as much is put together for one write
#define DIRECT_BYTES ((size_t)8 * 1024)   // of one item: not copied to the others

// ---- items and the queue
// ------------------------------------------------------------------------------

DistItem *output_item_new(uint8_t *bytes, size_t count, const ExternalAtoms *atoms, Term sender) {
    uint32_t atom_count = atoms == NULL ? 0 : atoms->count;
    ASSERT(bytes != NULL && atom_count <= EXTERNAL_ATOMS_MAX);
    DistItem *item = mem_alloc(sizeof *item + atom_count * sizeof(Term));
    *item = (DistItem){.sender = sender, .bytes = bytes, .count = count, .atom_count = atom_count};
    if (atom_count > 0) memcpy(item->atoms, atoms->all, atom_count * sizeof(Term));
    return item;
}

static void free_item(DistItem *item) {
    mem_free(item->bytes);
    mem_free(item);
}

void output_free_items(DistItem *items) {
    for (DistItem *next; items != NULL; items = next) {
        next = items->next;
        free_item(items);
    }
}

/** What was written from where it was is not needed any more. */
static void forget_direct(DistNode *n) {
    n->direct = NULL;
    n->direct_count = 0;
    if (n->direct_item != NULL) free_item(n->direct_item);
    n->direct_item = NULL;
}

void output_queue(DistNode *n, DistItem *item) {
    ASSERT(n->phase == DIST_CONNECTED && item->next == NULL);
    *n->items_last = item; // OUT-1
    n->items_last = &item->next;
    atomic_fetch_add_explicit(&n->queued_bytes, item->count, memory_order_relaxed);
}

bool output_is_waiting(DistNode *n) {
    mutex_lock(&n->lock); // the lock orders this with output_queue: see io/port_dist.c
    bool is_waiting = n->phase == DIST_CONNECTED && (n->items != NULL || n->unfinished != NULL);
    mutex_unlock(&n->lock);
    return is_waiting;
}

void output_wake(DistNode *n) {
    mutex_lock(&n->lock);
    struct Port *port = n->port;
    Term to_notify = TERM_NONE;
    if (n->wants_notice && (n->items != NULL || n->unfinished != NULL)) {
        n->wants_notice = false;
        to_notify = n->controller;
    }
    uint32_t connection = n->connection;
    mutex_unlock(&n->lock);
    if (to_notify != TERM_NONE) signal_send_message(n->vm, NULL, to_notify, am_dist_data);
    if (port != NULL && connection != 0) n->vm->port_hooks->dist_wake(port);
}

void output_begin(DistNode *n) {
    ASSERT(n->cache_out == NULL && n->staging == NULL && n->unfinished == NULL);
    if ((n->flags & DFLAG_DIST_HDR_ATOM_CACHE) != 0)
        n->cache_out = mem_zalloc(DIST_CACHE_SLOTS * sizeof *n->cache_out);
    n->next_sequence = 1;
}

void output_end(DistNode *n) {
    mem_free(n->cache_out);
    n->cache_out = NULL;
    mem_free(n->staging);
    n->staging = NULL;
    n->staging_count = n->staging_capacity = 0;
    forget_direct(n);
    output_free_items(n->unfinished);
    n->unfinished = NULL;
}

// ---- bytes
// --------------------------------------------------------------------------------------------

static uint8_t *room(DistNode *n, size_t count) {
    if (n->staging_capacity - n->staging_count < count) {
        n->staging_capacity = MAX(2 * n->staging_capacity, n->staging_count + count);
        n->staging = mem_realloc(n->staging, n->staging_capacity);
    }
    ASSERT(n->staging_count + count <= n->staging_capacity);
    uint8_t *at = n->staging + n->staging_count;
    n->staging_count += count;
    return at;
}

static void put_number(DistNode *n, uint64_t value, size_t bytes) {
    uint8_t *at = room(n, bytes);
    for (size_t i = bytes; i-- > 0; value >>= 8) at[i] = (uint8_t)value;
}

static void put_bytes(DistNode *n, const void *bytes, size_t count) {
    if (count > 0) memcpy(room(n, count), bytes, count);
}

// ---- headers
// -------------------------------------------------------------------------------------------

uint32_t output_first_slot(Term atom) {
    ASSERT(term_is_atom(atom));
    return term_atom_index(atom) * 0x9e3779b1u >> 21; // of DIST_CACHE_SLOTS
}

/** A slot for each atom; known: the other end has it there already. No slot twice in a header. */
static void choose_slots(DistNode *n, const DistItem *item, uint16_t *slots, bool *known) {
    for (uint32_t i = 0; i < item->atom_count; i++) {
        Term atom = item->atoms[i];
        uint32_t slot = output_first_slot(atom);
        ASSERT(slot < DIST_CACHE_SLOTS && term_is_atom(atom));
        known[i] = n->cache_out[slot] == atom;
        for (uint32_t k = 0; !known[i] && k < i; k++) {
            if (slots[k] != slot) continue;
            slot = (slot + 1) % DIST_CACHE_SLOTS;
            known[i] = n->cache_out[slot] == atom;
            k = UINT32_MAX; // from the first one again
        }
        slots[i] = (uint16_t)slot;
        n->cache_out[slot] = atom;
    }
}

/** [Count, flags in half bytes, (slot's low byte, [length, text])...]. */
static void put_atoms(DistNode *n, const DistItem *item) {
    uint32_t count = item->atom_count;
    put_number(n, count, 1);
    if (count == 0) return;
    uint16_t slots[EXTERNAL_ATOMS_MAX];
    bool known[EXTERNAL_ATOMS_MAX], is_long = false;
    ASSERT(n->cache_out != NULL && count <= EXTERNAL_ATOMS_MAX);
    choose_slots(n, item, slots, known);
    const AtomTable *atoms = n->vm->atoms;
    size_t length;
    for (uint32_t i = 0; i < count; i++) {
        atom_text(atoms, item->atoms[i], &length);
        is_long |= !known[i] && length > 255;
    }
    uint8_t *flags = room(n, count / 2 + 1);
    memset(flags, 0, count / 2 + 1);
    for (uint32_t i = 0; i < count; i++)
        flags[i / 2] |= (uint8_t)((slots[i] >> 8 | (known[i] ? 0 : 8)) << (i % 2 == 0 ? 0 : 4));
    if (is_long) flags[count / 2] |= (uint8_t)(1 << (count % 2 == 0 ? 0 : 4));
    for (uint32_t i = 0; i < count; i++) {
        put_number(n, slots[i] & 255, 1);
        if (known[i]) continue;
        const char *text = atom_text(atoms, item->atoms[i], &length);
        put_number(n, length, is_long ? 2 : 1);
        put_bytes(n, text, length);
    }
}

/** The bytes of an item that are the packet's last ones. Many are not copied: they are written from
 * where they are, so no packet follows in this go. */
static void put_body(DistNode *n, const DistItem *item, size_t count) {
    ASSERT(item->sent + count <= item->count && n->direct_count == 0);
    if (count < DIRECT_BYTES) {
        put_bytes(n, item->bytes + item->sent, count);
        return;
    }
    n->direct = item->bytes + item->sent;
    n->direct_count = count;
}

/** The next packet of an item; true when it was its last one. */
static bool put_packet(DistNode *n, DistItem *item, uint64_t flags) {
    if ((flags & DFLAGS_HEADER) == 0) {
        put_number(n, DIST_PASS_THROUGH, 1);
        put_body(n, item, item->count);
        item->sent = item->count;
        return true;
    }
    put_number(n, EXTERNAL_VERSION, 1);
    bool is_cut = (flags & DFLAG_FRAGMENTS) != 0 && item->count > FRAGMENT_BYTES;
    if (!is_cut) {
        put_number(n, DIST_HEADER, 1);
        put_atoms(n, item);
        put_body(n, item, item->count);
        item->sent = item->count;
        return true;
    }
    bool is_first = item->fragments_left == 0;
    if (is_first) {
        item->fragments_left = (item->count + FRAGMENT_BYTES - 1) / FRAGMENT_BYTES;
        item->sequence = n->next_sequence++;
    }
    put_number(n, is_first ? DIST_FRAGMENT_FIRST : DIST_FRAGMENT_NEXT, 1);
    put_number(n, item->sequence, 8);
    put_number(n, item->fragments_left, 8);
    if (is_first) put_atoms(n, item);
    size_t count = MIN(item->count - item->sent, FRAGMENT_BYTES);
    ASSERT(count > 0 && item->fragments_left > 0);
    put_body(n, item, count);
    item->sent += count;
    return --item->fragments_left == 0;
}

// ---- output
// --------------------------------------------------------------------------------------------

#define SCAN_MAX 128 // queued items looked at for one that may pass by

static bool has_unfinished(const DistNode *n, Term sender) {
    const DistItem *item = n->unfinished;
    while (item != NULL && item->sender != sender && sender != TERM_NONE &&
           item->sender != TERM_NONE)
        item = item->next;
    return item != NULL;
}

/** OUT-1: takes the first item that may leave out of the queue; NULL: none may. */
static DistItem *take_queued(DistNode *n) {
    DistItem **at = &n->items;
    for (int i = 0; *at != NULL && has_unfinished(n, (*at)->sender); i++) {
        if ((*at)->sender == TERM_NONE || i == SCAN_MAX) return NULL;
        at = &(*at)->next;
    }
    DistItem *item = *at;
    if (item == NULL) return NULL;
    *at = item->next;
    if (item->next == NULL) n->items_last = at;
    item->next = NULL;
    return item;
}

/** The item of the next packet, in the caller's hand until packet_is_put. NULL: there is none, or
 * no connection. */
static DistItem *next_item(DistNode *n, uint64_t *flags) {
    mutex_lock(&n->lock);
    bool is_up = n->phase == DIST_CONNECTED;
    *flags = n->flags;
    DistItem *item = NULL;
    if (is_up && !n->is_fragments_turn) item = take_queued(n);
    if (is_up && item == NULL && n->unfinished != NULL) {
        item = n->unfinished;
        n->unfinished = item->next;
        item->next = NULL;
    } else if (is_up && item == NULL) {
        item = take_queued(n);
    }
    n->is_fragments_turn = !n->is_fragments_turn;
    mutex_unlock(&n->lock);
    return item;
}

/** So many of the item's bytes have left the queue. */
static void packet_is_put(DistNode *n, DistItem *item, size_t count, bool is_done) {
    Term *resumed = NULL;
    size_t resumed_count = 0;
    ASSERT(count <= item->count && is_done == (item->sent == item->count));
    mutex_lock(&n->lock);
    if (n->phase == DIST_CONNECTED) {
        atomic_fetch_sub_explicit(&n->queued_bytes, count, memory_order_relaxed);
        resumed_count = dist_take_suspended(n, &resumed);
    }
    if (!is_done) {
        DistItem **last = &n->unfinished;
        while (*last != NULL) last = &(*last)->next;
        *last = item;
    }
    mutex_unlock(&n->lock);
    dist_resume(n->vm, resumed, resumed_count);
    if (is_done && n->direct_count > 0)
        n->direct_item = item; // its bytes are still to be written
    else if (is_done)
        free_item(item);
    atomic_fetch_add_explicit(&n->packets_out, 1, memory_order_relaxed);
}

size_t output_to_port(DistNode *n, struct iovec *parts) {
    n->staging_count = 0;
    forget_direct(n);
    uint64_t flags;
    for (DistItem *item; n->staging_count < STAGING_BYTES && n->direct_count == 0 &&
                         (item = next_item(n, &flags)) != NULL;) {
        size_t begin = n->staging_count, sent = item->sent;
        put_number(n, 0, 4);
        bool is_done = put_packet(n, item, flags);
        size_t length = n->staging_count - begin - 4 + n->direct_count;
        ASSERT(length > 0 && length <= UINT32_MAX);
        for (size_t i = 0; i < 4; i++) n->staging[begin + i] = (uint8_t)(length >> (8 * (3 - i)));
        packet_is_put(n, item, item->sent - sent, is_done);
    }
    parts[0] = (struct iovec){.iov_base = n->staging, .iov_len = n->staging_count};
    parts[1] = (struct iovec){.iov_base = (void *)n->direct, .iov_len = n->direct_count};
    return n->staging_count + n->direct_count;
}

size_t output_to_process(DistNode *n, uint8_t **bytes) {
    forget_direct(n);
    uint64_t flags;
    DistItem *item = next_item(n, &flags);
    if (item == NULL) return 0;
    n->staging_count = 0;
    size_t sent = item->sent;
    bool is_done = put_packet(n, item, flags);
    packet_is_put(n, item, item->sent - sent, is_done);
    size_t count = n->staging_count + n->direct_count;
    *bytes = mem_alloc(count);
    memcpy(*bytes, n->staging, n->staging_count);
    if (n->direct_count > 0) memcpy(*bytes + n->staging_count, n->direct, n->direct_count);
    forget_direct(n);
    return count;
}
