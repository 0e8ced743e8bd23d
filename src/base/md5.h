// SPDX-License-Identifier: Apache-2.0
//
// md5.h - the MD5 digest (RFC 1321), incrementally. Identifies modules and funs, and is what
// erlang:md5/1 gives; it protects nothing. A context belongs to its caller and may be copied.
#ifndef MICA_BASE_MD5_H
#define MICA_BASE_MD5_H

#include "base/base.h"

typedef struct Md5 {
    uint32_t state[4];
    uint64_t count_bytes;
    uint8_t block[64];
} Md5;

void md5_init(Md5 *m);
void md5_update(Md5 *m, const void *bytes, size_t count);
void md5_final(Md5 *m, uint8_t digest[16]);

#endif
