// SPDX-License-Identifier: Apache-2.0
//
// ref.h - what stands in a local reference.
//
//   word0   bits 0..17: number 0, bits 32..62: number 1      (as OTP prints them: #Ref<0.N2.N1.N0>)
//   word1   bits 0..31: number 2
//   word2   0, or the local pid term of the process that made the reference as an alias or monitor:
//   that is
//           where a message to the alias goes
//
// REF-1: numbers never repeat within a VM; word2 takes no part in comparing or hashing.
#ifndef MICA_TERM_REF_H
#define MICA_TERM_REF_H

#include "term/binary.h"
#include "term/node.h"
#include "term/term.h"

#define REF_NUMBER0_BITS 18
// In the first word of a magic reference: what was read back when its object had gone shows it
// still.
#define REF_MAGIC_MARK ((uint64_t)1 << 63)

static ALWAYS_INLINE bool term_is_local_ref(Term t) {
    return term_is_box_of(t, BOX_REF) || term_is_box_of(t, BOX_MAGIC_REF);
}
/** The three words of a local reference, plain or magic. */
static ALWAYS_INLINE const uint64_t *ref_words(Term ref) {
    const Term *box = term_box(ref);
    return header_kind(*box) == BOX_MAGIC_REF ? box + 3 : box + 1;
}
/** How many 32-bit numbers any reference has: 3, or what another node gave it. */
static ALWAYS_INLINE uint32_t ref_number_count(Term ref) {
    const Term *box = term_box(ref);
    return header_kind(*box) == BOX_EXT_REF ? header_aux(*box) : 3;
}
/** Its i-th number, i in 0..2; of an external reference i is below ref_number_count. */
static ALWAYS_INLINE uint32_t ref_number(Term ref, uint32_t i) {
    const Term *box = term_box(ref);
    DEBUG_ASSERT(i < ref_number_count(ref));
    if (header_kind(*box) == BOX_EXT_REF) return (uint32_t)(box[2 + i / 2] >> (32 * (i & 1)));
    const uint64_t *w = ref_words(ref);
    return i == 0 ? (uint32_t)w[0] : i == 1 ? (uint32_t)(w[0] >> 32) : (uint32_t)w[1];
}
/** The pid that a message to this reference goes to, or TERM_NONE when it is no alias. */
static ALWAYS_INLINE Term ref_owner(Term ref) { return (Term)ref_words(ref)[2]; }
/** The words of the counter-th reference of a VM whose number 2 is base. */
static ALWAYS_INLINE void ref_make_words(uint64_t words[3], uint64_t counter, uint32_t base,
                                         Term owner) {
    uint64_t n0 = counter & ((1u << REF_NUMBER0_BITS) - 1);
    uint64_t n1 = (counter >> REF_NUMBER0_BITS) & 0x7fffffffu; // REF_MAGIC_MARK is above
    words[0] = n0 | n1 << 32;
    words[1] = base;
    words[2] = owner;
}
/** A plain reference at *hp (REF_WORDS words), moving *hp past it. */
static ALWAYS_INLINE Term ref_write(Term **hp, const uint64_t words[3]) {
    Term *box = *hp;
    box[0] = header_make(BOX_REF, REF_WORDS - 1, 0);
    box[1] = words[0];
    box[2] = words[1];
    box[3] = words[2];
    *hp = box + REF_WORDS;
    return term_from_box(box);
}
/** A reference that is found by its first two words, in the caller's `box`. */
static ALWAYS_INLINE Term ref_on_box(Term box[REF_WORDS], const uint64_t words[2]) {
    Term *hp = box;
    return ref_write(&hp, (uint64_t[3]){words[0], words[1], 0});
}
static ALWAYS_INLINE bool term_is_magic_ref(Term t) { return term_is_box_of(t, BOX_MAGIC_REF); }
/** The magic object behind a magic reference. */
static ALWAYS_INLINE Binary *ref_magic(Term ref) {
    DEBUG_ASSERT(term_is_magic_ref(ref));
    return (Binary *)(uintptr_t)term_box(ref)[2];
}

// ---- external identifiers; external references hold their numbers two to a word, the first one
// low ---------
#define REF_NUMBER_COUNT_LEAST 3
#define REF_NUMBER_COUNT_MAX 5
#define EXT_PID_WORDS 3
#define EXT_PORT_WORDS 3
static ALWAYS_INLINE size_t external_ref_words(size_t count) { return 2 + (count + 1) / 2; }

static ALWAYS_INLINE uint32_t external_pid_number(Term t) {
    return (uint32_t)(term_box(t)[2] >> 32);
}
static ALWAYS_INLINE uint32_t external_pid_serial(Term t) { return (uint32_t)term_box(t)[2]; }
static ALWAYS_INLINE uint64_t external_port_number(Term t) { return term_box(t)[2]; }
/** Number and serial of any pid, number of any port. */
static ALWAYS_INLINE uint32_t any_pid_number(Term t) {
    return term_is_local_pid(t) ? pid_number(t) : external_pid_number(t);
}
static ALWAYS_INLINE uint32_t any_pid_serial(Term t) {
    return term_is_local_pid(t) ? pid_serial(t) : external_pid_serial(t);
}
static ALWAYS_INLINE uint64_t any_port_number(Term t) {
    return term_is_local_port(t) ? term_port_data(t) : external_port_number(t);
}

#endif
