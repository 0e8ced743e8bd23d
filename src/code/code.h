// SPDX-License-Identifier: Apache-2.0
//
// code.h - the code server of one VM: modules in two versions, exports, funs, literal areas, and what can be
// asked of an address. Loading and changing code takes the code lock; running code takes none.
//
// Lowered code is an array of Words: an instruction's function (exec/) followed by its operands, decoded and
// specialised at load. A function's entry is preceded by FUNC_INFO_WORDS words:
//     [func_info instruction][module][function][arity]  <- entry points behind these
//
// CODE-1: an Export's or FunEntry's `entry` always points to words that can be run.
// CODE-2: a Module's code and literals stay until no process can reach them (purge asks every process, and
//         memory is freed after a quiet point).
#ifndef MICA_CODE_CODE_H
#define MICA_CODE_CODE_H

#include "heap/heap.h"
#include "term/atom.h"
#include "term/external.h"
#include "term/fun.h"
#include "term/term.h"

#define FUNC_INFO_WORDS 4

typedef struct CodeServer CodeServer;
struct LiteralSpace;
struct CodeHooks;
typedef struct VM VM;

/** What the code server needs of its VM. Everything here outlives it. */
typedef struct CodeConfig {
    AtomTable *atoms;
    const ExternalContext *external;     // for literals; its find_export and find_fun may lead back here
    const LiteralRange *literals;
    struct LiteralSpace *literal_space;  // heap/literal.h
    const struct CodeHooks *hooks;       // exec/'s lowering, code/lower.h
    VM *vm;                              // handed to the hooks, never looked into
    /** Writes a line of the VM's log (a load error); NULL: nobody reads them. */
    void (*log)(void *log_context, const char *text);
    void *log_context;
} CodeConfig;

/** One loaded version of a module. */
typedef struct CodeInstance {
    Word *code;
    size_t code_words;
    const Word **functions; // entry of each function, ascending, plus the end
    uint32_t functions_count;
    struct LiteralArea *literals;
    struct LineTable *lines;
    Term attributes, compile_info; // literal terms
    uint8_t md5[16];
    Term source_file;         // or TERM_NONE
    const Word *on_load;      // function to run before the module counts as loaded, or NULL
    bool has_nifs;
} CodeInstance;

typedef struct Module {
    Term name;
    CodeInstance *current;
    CodeInstance *old;
    CodeInstance *pending_on_load;
    struct Module *next;
} Module;

/** Makes the tables and an Export for every built-in of bif_table. */
CodeServer *code_server_create(const CodeConfig *config);
void code_server_destroy(CodeServer *c);
const CodeConfig *code_config(const CodeServer *c);

/** Finds or makes. Never NULL. Reading is lock-free. */
Export *code_export(CodeServer *c, Term module, Term function, uint32_t arity);
Export *code_find_export(CodeServer *c, Term module, Term function, uint32_t arity);
/** The fun entry, made (with a stub that asks for its module) when it is new. Never NULL. */
FunEntry *code_fun(CodeServer *c, Term module, uint32_t old_index, uint32_t old_uniq, uint32_t index,
                   const uint8_t uniq[16], uint32_t arity);
/** As above with the types that ExternalContext wants. */
Export *code_external_export(void *code_server, Term module, Term function, uint32_t arity);
FunEntry *code_external_fun(void *code_server, Term module, uint32_t old_index, uint32_t old_uniq, uint32_t index,
                            const uint8_t uniq[16], uint32_t arity);
Module *code_find_module(CodeServer *c, Term name);

/** Where an address is. */
typedef struct CodeLocation {
    Module *module;
    CodeInstance *instance;
    Term module_name, function;
    uint32_t arity;
    Term file;     // file name as a string term (literal) or TERM_NONE
    uint32_t line; // 0: unknown
} CodeLocation;
/** Finds the function (and line, for the call that returns to or stands at pc) of an address in loaded code. */
bool code_locate(CodeServer *c, const Word *pc, CodeLocation *out);

/**
 * Loads a .beam image: checks it all, lowers it, and makes it the current version (the former current becomes
 * old; it is an error if there is an old one already). Returns am_ok's term on success, or the reason atom
 * (badfile, not_purged, on_load ...) as erlang:load_module gives it.
 */
Term code_load_image(CodeServer *c, Term name, const uint8_t *bytes, size_t count);

#endif
