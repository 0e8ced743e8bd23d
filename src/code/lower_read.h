// SPDX-License-Identifier: Apache-2.0
//
// lower_read.h - the Code chunk as decoded, checked generic instructions, ready for the lowering
// (LOWER-1).
#ifndef MICA_CODE_LOWER_READ_H
#define MICA_CODE_LOWER_READ_H

#include "code/beam_file.h"

/** What is wrong with the code, for the log. */
typedef struct CodeComplaint {
    char text[256];
    Term function; // TERM_NONE: not in a function
    uint32_t arity;
} CodeComplaint;

typedef struct CodeOps {
    GenericOp *ops;
    uint32_t ops_count, ops_capacity;
    Operand *operands;
    uint32_t operands_count, operands_capacity;
    uint32_t *literal_operands; // indices of operands that hold a literal's index
    uint32_t literal_operands_count, literal_operands_capacity;
} CodeOps;

/**
 * Decodes the whole chunk. Until code_ops_set_literals, an OPERAND_CONST with spare set holds a
 * literal's index. False: the complaint says why; code_ops_free in any case.
 */
bool code_ops_read(CodeOps *o, BeamFile *f, CodeComplaint *complaint);
/** Puts the literals (now in their area) into the operands. */
void code_ops_set_literals(CodeOps *o, const Term *literals, uint32_t count);
void code_ops_free(CodeOps *o);
/** An instruction's name, for messages. */
const char *code_opcode_name(uint32_t opcode);

#endif
