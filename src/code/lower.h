// SPDX-License-Identifier: Apache-2.0
//
// lower.h - the contract between the loader (code/), which parses and checks a .beam file, and the
// lowering (exec/), which turns its generic instructions into specialised ones. exec/ is above
// code/, so the loader calls through CodeConfig.hooks, which whoever creates the VM sets.
//
// The loader hands over one module at a time: all its instructions with decoded operands. The
// lowering chooses the specialised instruction by operand kinds (and may look at those that
// follow), writes the words into one block, resolves labels, and says where functions and lines
// are.
//
// LOWER-1: the loader has checked: opcode known and not obsolete, operand count right, register
// numbers in range
//          (x < X_REG_COUNT, y < 1024, fr < 1024), labels < label_count and defined,
//          atoms/literals/types indices in range. The lowering checks operand kinds, and import,
//          fun and string indices, and refuses what does not fit.
// LOWER-2: the block that comes out belongs to the caller (mem_free), and holds absolute addresses:
// it must not be moved. LOWER-3: a function's entry has FUNC_INFO_WORDS words before it:
// [func_info][module][function][arity, untagged].
//          Exports' and funs' stubs are laid out the same way, so `entry[-1]` is always the arity.
// LOWER-4: a function whose Export (code_find_export; exported or not) has a `bif` is lowered to a
// call of the built-in that
//          returns its result: the Erlang body is a stub, and local calls must reach the built-in,
//          too.
#ifndef MICA_CODE_LOWER_H
#define MICA_CODE_LOWER_H

#include "code/code.h"
#include "code/native.h"

typedef enum OperandKind {
    OPERAND_X,     // value: register number
    OPERAND_Y,     // value: register number
    OPERAND_FLOAT, // value: float register number ({fr,N})
    OPERAND_CONST, // value: a term: atom, small integer, [], literal (an {atom,0} is [])
    OPERAND_LABEL, // value: label number; 0: {f,0}
    OPERAND_UINT,  // value: the untagged number `u` (arity, live, import index, …)
    OPERAND_LIST,  // value: index (in LowerInput.operands) of the first of `count` operands that
                   // follow each other
} OperandKind;

// An allocation list ({alloc,[{words,W},{floats,F},{funs,N}]}) comes as OPERAND_UINT with
// value = W + F * FLOAT_WORDS + N * fun_words(0).

typedef struct Operand {
    uint8_t kind; // OperandKind
    uint8_t spare;
    uint16_t type;  // OTP 25's type hint of a register: index into LowerInput.types, 0: none
    uint32_t count; // of a list; of a tuple to be tested (GENERIC_CHECK): its least elements
    uint64_t value;
} Operand;

/** One generic instruction. `line` and `label` come as instructions too. */
typedef struct GenericOp {
    uint16_t opcode; // genop.tab's number
    uint8_t count;   // operands
    uint8_t flags;   // GENERIC_*, set by the validator
    uint32_t first;  // index in LowerInput.operands
} GenericOp;

#define GENERIC_CHECK 1u // what it takes for granted of its operands' types must be tested
#define GENERIC_CLEAR 2u // an allocate: its slots may be seen before they are written
#define GENERIC_STOP 4u  // a call that must not return

// Bits of the "Type" chunk, as OTP 25 writes them.
#define TYPE_ATOM (1u << 0)
#define TYPE_BITSTRING (1u << 1)
#define TYPE_MATCH_CONTEXT (1u << 2)
#define TYPE_CONS (1u << 3)
#define TYPE_FLOAT (1u << 4)
#define TYPE_FUN (1u << 5)
#define TYPE_INTEGER (1u << 6)
#define TYPE_MAP (1u << 7)
#define TYPE_NIL (1u << 8)
#define TYPE_PID (1u << 9)
#define TYPE_PORT (1u << 10)
#define TYPE_REFERENCE (1u << 11)
#define TYPE_TUPLE (1u << 12)
#define TYPE_ANY 0x1fffu

typedef struct TypeHint {
    uint16_t bits;
    bool has_range;
    int64_t min, max; // of integers, when has_range
} TypeHint;

typedef struct LowerInput {
    VM *vm;
    Term module;
    const GenericOp *ops;
    uint32_t ops_count;
    const Operand *operands;
    uint32_t label_count;   // labels are 1..label_count-1
    Export *const *imports; // the import table, made by code_export
    uint32_t imports_count;
    FunEntry *const *funs; // the fun table
    uint32_t funs_count;
    const uint8_t *strings; // the StrT chunk's bytes; live as long as the code
    size_t strings_bytes;
    const TypeHint *types; // [0] is TYPE_ANY
    uint32_t types_count;
} LowerInput;

/** From this word on (until the next one) code belongs to this line instruction's operand (index
 * into the line table). */
typedef struct LinePoint {
    uint32_t offset_words;
    uint32_t line_index;
} LinePoint;

typedef struct LowerOutput {
    Word *code; // mem_alloc'd
    size_t code_words;
    const Word **label_address; // label_count entries, mem_alloc'd; NULL: not a label of code
    const Word **functions; // entry of each function, ascending, plus the end of code; mem_alloc'd
    uint32_t functions_count; // without the end
    LinePoint *lines;         // ascending, mem_alloc'd
    uint32_t lines_count;
    const Word *on_load; // the function that has the on_load instruction, or NULL
    const char *error;   // why it was refused (static text); no block is handed out then
} LowerOutput;

/** What code/ needs from exec/; CodeConfig.hooks. */
typedef struct CodeHooks {
    /** Lowers a module. False: out->error says why, nothing to free. */
    bool (*lower)(const LowerInput *in, LowerOutput *out);
    /**
     * Called for a new Export (identity, bif and code fields set), and whenever `bif` or `code` has
     * changed: writes the stub (once) and sets `entry`: the stub when there is a built-in or no
     * code, else the code.
     */
    void (*prepare_export)(VM *vm, Export *e);
    /** The same for a FunEntry: entry is the code, or a stub that calls
     * error_handler:undefined_lambda. */
    void (*prepare_fun)(VM *vm, FunEntry *f);
    /** A version of a module is no longer, or now, the current one; under the code lock. NULL:
     * nobody wants to know. */
    void (*leaves)(VM *vm, CodeInstance *i);
    void (*enters)(VM *vm, CodeInstance *i);
    /** May a native library's function take the place of the one that begins at entry? With a
     * function it does so, from the next call on (under the code lock). NULL: just asks. */
    bool (*set_native)(VM *vm, CodeInstance *i, const Word *entry, const NativeFunction *n);
    /** Does a native library's function stand there? */
    bool (*is_native)(VM *vm, CodeInstance *i, const Word *entry);
    /** Fills in e, an Export in no table, as the way into a native function: its code is the
     * call. */
    void (*prepare_native)(VM *vm, Export *e, const NativeFunction *n);
} CodeHooks;

#endif
