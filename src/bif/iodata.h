// SPDX-License-Identifier: Apache-2.0
//
// iodata.h - lists of bytes and bitstrings, nested: their size, then their bits in one run; and
// what built-ins ask of bytes.
#ifndef MICA_BIF_IODATA_H
#define MICA_BIF_IODATA_H

#include "bif/bif.h"

// iodata_size_bytes and iodata_write, which ports ask for, too: bif/bif.h
/** Size of iodata (a bitstring, or a nested list of bytes and bitstrings) in bits. False when it is
 * none, or when whole_bytes and one of its bitstrings is no binary. Both spend steps. */
bool iodata_size_bits(Term iodata, bool whole_bytes, size_t *bits, Budget *budget);
/** The size in bytes of what is little, and so is walked and written without a long call; false
 * also when it is no iodata. */
#define IODATA_QUICK_ITEMS 1000
#define IODATA_QUICK_BYTES 8192
bool iodata_size_quickly(Term iodata, uint64_t *bytes);
/** Well-formed UTF-8? */
bool bif_is_utf8(const uint8_t *bytes, size_t count, Budget *budget);
/** The bytes that a position and a length (which may be negative) name in a binary of this size;
 * false when it is outside. */
bool bytes_part(size_t size, Term position, Term length, size_t *start, size_t *count);

#endif
