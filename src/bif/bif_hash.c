// SPDX-License-Identifier: Apache-2.0
//
// bif_hash.c - hashes of terms and checksums of iodata. What is no iodata, no range or no former
// sum is badarg.
#include "bif/bif.h"
#include "bif/iodata.h"

#include "base/md5.h"
#include "term/bits.h"
#include "term/compare.h"
#include "vm/vm.h"

#include <zlib.h>

// ---- terms
// ----------------------------------------------------------------------------------------

static bool get_range(Term t, uint64_t *range) {
    return bif_get_uint64(t, range) && *range >= 1 && *range <= (uint64_t)1 << 32;
}

BIF_LONG(erlang, phash, 2) {
    uint64_t range;
    if (!get_range(a[1], &range)) return bif_badarg(p);
    return term_from_small((int64_t)(term_phash(p->vm->atoms, a[0], long_call_budget(p)) % range) +
                           1);
}

BIF_LONG(erlang, phash2, 1) {
    return term_from_small(term_phash2(p->vm->atoms, a[0], long_call_budget(p)) & ((1u << 27) - 1));
}

BIF_LONG(erlang, phash2, 2) {
    uint64_t range;
    if (!get_range(a[1], &range)) return bif_badarg(p);
    return term_from_small((int64_t)(term_phash2(p->vm->atoms, a[0], long_call_budget(p)) % range));
}

// ---- MD5
// ------------------------------------------------------------------------------------------

#define SLICE_BYTES ((size_t)1 << 14)
_Static_assert(SLICE_BYTES % 64 == 0, "MD5 takes whole blocks without a copy");

/** The bytes of iodata: in *to_free, or where a binary has them. False when it is none. */
static bool get_bytes(Process *p, Term iodata, const uint8_t **bytes, size_t *count,
                      uint8_t **to_free) {
    if (term_is_binary(iodata)) {
        *bytes = bits_bytes(iodata, count, to_free);
        return *bytes != NULL;
    }
    if (!bif_iodata_bytes_in_steps(iodata, to_free, count, long_call_budget(p))) return false;
    *bytes = *to_free;
    ASSERT(*bytes != NULL);
    return true;
}

static bool md5_add(Process *p, Md5 *m, Term iodata) {
    const uint8_t *bytes;
    uint8_t *to_free;
    size_t count;
    if (!get_bytes(p, iodata, &bytes, &count, &to_free)) return false;
    Budget *budget = long_call_budget(p);
    BudgetGuard guard;
    budget_guard(budget, &guard, mem_free, to_free);
    for (size_t at = 0; at < count; at += SLICE_BYTES) {
        size_t slice = MIN(count - at, SLICE_BYTES);
        md5_update(m, bytes + at, slice);
        budget_spend_bytes(budget, 32 * slice);
    }
    budget_unguard(budget, &guard);
    mem_free(to_free);
    return true;
}

static Term digest(Process *p, Md5 *m) {
    uint8_t out[16];
    md5_final(m, out);
    return heap_binary_from(&p->heap, out, sizeof out);
}

BIF_LONG(erlang, md5, 1) {
    Md5 m;
    md5_init(&m);
    return md5_add(p, &m, a[0]) ? digest(p, &m) : bif_badarg(p);
}

BIF(erlang, md5_init, 0)
{
    Md5 m;
    md5_init(&m);
    return heap_binary_from(&p->heap, &m, sizeof m);
}

// A context is a binary with an Md5 in it.
static bool get_md5(Term t, Md5 *m) {
    size_t count;
    uint8_t *to_free;
    const uint8_t *bytes = bits_bytes(t, &count, &to_free);
    bool good = bytes != NULL && count == sizeof *m;
    if (good) memcpy(m, bytes, sizeof *m);
    mem_free(bytes == NULL ? NULL : to_free);
    return good;
}

BIF_LONG(erlang, md5_update, 2) {
    Md5 m;
    if (!get_md5(a[0], &m) || !md5_add(p, &m, a[1])) return bif_badarg(p);
    return heap_binary_from(&p->heap, &m, sizeof m);
}

BIF(erlang, md5_final, 1)
{
    Md5 m;
    return get_md5(a[0], &m) ? digest(p, &m) : bif_badarg(p);
}

// ---- CRC-32 and Adler-32
// ---------------------------------------------------------------------------

typedef uLong (*Checksum)(uLong sum, const Bytef *bytes, z_size_t count);

static Term checksum(Process *p, Checksum function, uLong sum, Term iodata) {
    DEBUG_ASSERT(sum <= UINT32_MAX);
    const uint8_t *bytes;
    uint8_t *to_free;
    size_t count;
    if (!get_bytes(p, iodata, &bytes, &count, &to_free)) return bif_badarg(p);
    Budget *budget = long_call_budget(p);
    BudgetGuard guard;
    budget_guard(budget, &guard, mem_free, to_free);
    for (size_t at = 0; at < count; at += SLICE_BYTES) {
        size_t slice = MIN(count - at, SLICE_BYTES);
        sum = function(sum, bytes + at, slice);
        budget_spend_bytes(budget, 8 * slice);
    }
    budget_unguard(budget, &guard);
    mem_free(to_free);
    return term_from_small((int64_t)sum);
}

static bool get_sum(Term t, uLong *sum) {
    uint64_t v;
    if (!bif_get_uint64(t, &v) || v > UINT32_MAX) return false;
    *sum = (uLong)v;
    return true;
}

BIF_LONG(erlang, crc32, 1) { return checksum(p, crc32_z, 0, a[0]); }
BIF_LONG(erlang, crc32, 2) {
    uLong sum;
    return get_sum(a[0], &sum) ? checksum(p, crc32_z, sum, a[1]) : bif_badarg(p);
}
BIF_LONG(erlang, adler32, 1) { return checksum(p, adler32_z, 1, a[0]); }
BIF_LONG(erlang, adler32, 2) {
    uLong sum;
    return get_sum(a[0], &sum) ? checksum(p, adler32_z, sum, a[1]) : bif_badarg(p);
}

BIF(erlang, crc32_combine, 3)
{
    uLong x, y, size;
    if (!get_sum(a[0], &x) || !get_sum(a[1], &y) || !get_sum(a[2], &size)) return bif_badarg(p);
    return term_from_small((int64_t)crc32_combine(x, y, (z_off_t)size));
}
BIF(erlang, adler32_combine, 3)
{
    uLong x, y, size;
    if (!get_sum(a[0], &x) || !get_sum(a[1], &y) || !get_sum(a[2], &size)) return bif_badarg(p);
    return term_from_small((int64_t)adler32_combine(x, y, (z_off_t)size));
}
