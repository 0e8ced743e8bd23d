// SPDX-License-Identifier: Apache-2.0
//
// genop.h - the generic instructions' numbers as names, for the files of this room: GENOP_move and
// so on, from opcodes.def. (The lowering has its own list, exec/lower_internal.h.)
#ifndef MICA_CODE_GENOP_H
#define MICA_CODE_GENOP_H

enum {
#define OPCODE(number, name, kinds) GENOP_##name = number,
#include "code/opcodes.def"
#undef OPCODE
    GENOP_COUNT
};

#endif
