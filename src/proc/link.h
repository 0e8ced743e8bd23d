// SPDX-License-Identifier: Apache-2.0
//
// link.h - tables of relations: links, monitors, aliases, by pid or reference, in the order in
// which they were made.
//
//   entries: [e0][e1][dead][e3]...   in order; the dead ones are squeezed out when the array is
//   full index:   hash -> entry, kept only above LINK_LINEAR_MAX entries
//
// LINK-1: a key stands at most once among the living entries.
// LINK-2: order depends on the calls alone, never on addresses.
// LINK-3: what a relation with another node needs beyond two words (pids, references, names) stands
//         in fragments of its own.
// Owned by one process; only the thread that runs it touches it. Entries move when others are
// added.
#ifndef MICA_PROC_LINK_H
#define MICA_PROC_LINK_H

#include "base/budget.h"
#include "proc/process.h"
#include "term/ref.h"

typedef struct Relation {
    Term
        key; // immediate pid, port or atom; or RELATION_REF or _EXTERNAL: then ref_words is the key
    uint64_t ref_words[2];
    Term other; // monitors: the watched or watching pid, port, {Name, Node}; else TERM_NONE
    Term name;  // monitors: atom asked by, or TERM_NONE; spawn requests: the reply's tag
    Term tag;   // monitors: tag term of the DOWN message; of another node's: its reference
    HeapFragment *fragment; // own what is boxed of these three
    uint64_t id;            // links: unlinking id, 0: none; suspending, nodes: count
    uint32_t flags;         // RELATION_*
    uint32_t connection;    // to the other's node (proc/remote.h); 0: it is this one
} Relation;

#define RELATION_REF ((Term)16)      // no term: the key is a reference
#define RELATION_EXTERNAL ((Term)24) // no term: the key is another node's pid or reference

#define RELATION_LINKED 1u
#define RELATION_ALIAS_EXPLICIT 2u  // alias lives until unalias
#define RELATION_ALIAS_DEMONITOR 4u // … or until the monitor goes
#define RELATION_ALIAS_REPLY 8u     // … or until the first message
#define RELATION_SPAWN_MONITOR 16u
#define RELATION_PORT 32u
#define RELATION_TIME_OFFSET 64u
#define RELATION_SUSPENDED 128u     // suspending: it has stopped
#define RELATION_NODE 4096u         // monitor_node: the key is the node's name
#define RELATION_SPAWN_PENDING 256u // a spawn request at another node, not answered yet
#define RELATION_NATIVE 8192u // monitored_by: an object of an extension watches; other is TERM_NONE
#define RELATION_SPAWN_LINK 512u
#define RELATION_SPAWN_QUIET_OK 1024u    // its caller does not want to hear of success
#define RELATION_SPAWN_QUIET_ERROR 2048u // ... of failure
#define RELATION_SUSPENDED 128u          // suspending: it has stopped

/** Entry of an immediate key; NULL if there is none (or the table is NULL). */
Relation *relation_find(LinkTree *t, Term key);
Relation *relation_find_ref(LinkTree *t, const uint64_t words[2]);
/** A new zeroed entry with this key; *t is made when NULL. */
Relation *relation_add(LinkTree **t, Term key);
Relation *relation_add_ref(LinkTree **t, const uint64_t words[2]);
/** The same by any pid, port or reference, of this node or another. */
Relation *relation_find_id(LinkTree *t, Term id);
Relation *relation_add_id(LinkTree **t, Term id);
/** The pid or port that a link leads to; box holds it when it is another node's. */
Term relation_linked(const Relation *r, Term box[EXT_PID_WORDS]);
/** A copy of t that lives as long as r. */
Term relation_keep(Relation *r, Term t);
/** The tag of a monitor's DOWN message, copied (TERM_NONE: the usual one). */
void relation_set_tag(Relation *r, Term tag);
void relation_remove(LinkTree *t, Relation *r);
uint32_t relation_count(const LinkTree *t);
/** The next living entry at or after *position, moving it on; NULL at the end. Removing the entry
 * meanwhile is fine. */
Relation *relation_next(LinkTree *t, uint32_t *position);
/** Frees *t and sets it NULL, letting others run. */
void relation_free_all(LinkTree **t, Budget *budget);
size_t relation_bytes(const LinkTree *t);

#endif
