// SPDX-License-Identifier: Apache-2.0
//
// code.h - the code server of one VM: modules in two versions, exports, funs, literal areas, and
// what can be asked of an address. Loading and changing code takes the code lock; running code
// takes none.
//
// Lowered code is an array of Words: an instruction's function (exec/) followed by its operands,
// decoded and specialised at load. A function's entry is preceded by FUNC_INFO_WORDS words:
//     [func_info instruction][module][function][arity]  <- entry points behind these
//
// CODE-1: an Export's or FunEntry's `entry` always points to words that can be run.
// CODE-2: a Module's code and literals stay until no process can reach them (purge asks every
// process, and
//         memory is freed after a quiet point).
#ifndef MICA_CODE_CODE_H
#define MICA_CODE_CODE_H

#include "heap/heap.h"
#include "term/atom.h"
#include "term/external.h"
#include "term/fun.h"
#include "term/term.h"

#define FUNC_INFO_WORDS 4
#define CODE_MESSAGE_BYTES 1024

typedef struct CodeServer CodeServer;
struct LiteralSpace;
struct World;
struct CodeHooks;
typedef struct VM VM;

/** What the code server needs of its VM. Everything here outlives it. */
typedef struct CodeConfig {
    AtomTable *atoms;
    const ExternalContext
        *external; // for literals; its find_export and find_fun may lead back here
    const LiteralRange *literals;
    struct LiteralSpace *literal_space; // heap/literal.h
    const struct CodeHooks *hooks;      // exec/'s lowering, code/lower.h
    VM *vm;                             // handed to the hooks, never looked into
} CodeConfig;

typedef struct CodeExport {
    Export *export;
    const Word *entry;
} CodeExport;

typedef struct CodeFun {
    FunEntry *fun;
    const Word *entry;
} CodeFun;

/** One loaded version of a module. Nothing in it changes after it was prepared, but for the first
 * word of a function's code, which tracing replaces (trace/breakpoint.h). */
typedef struct CodeInstance CodeInstance;
struct CodeInstance {
    Term module;
    Word *code;
    size_t code_words;
    const Word **functions; // entry of each function, ascending, plus the end
    uint32_t functions_count;
    CodeExport *exports;
    uint32_t exports_count;
    CodeFun *funs; // by index in the module's fun table
    uint32_t funs_count;
    struct LiteralArea *literals;             // NULL when there are none
    struct LineTable *lines;                  // NULL when there are none
    uint8_t *data;                            // the bytes that these three point into
    const uint8_t *attributes, *compile_info; // external terms, as they stand in the file
    size_t attributes_bytes, compile_info_bytes;
    size_t file_bytes;
    uint8_t md5[16];
    const Word *on_load;        // function to run before the module counts as loaded, or NULL
    Export on_load_export;      // leads to on_load; in no table
    struct NifLibrary *library; // nif/: of native functions that took the place of its own, or NULL
    _Atomic(struct Breakpoint *) breakpoints; // trace/: one for each function, or NULL
};

/** A module's name and its versions. Entries stay; the versions change under the code lock
 * (code_lock). */
typedef struct Module {
    Term name;
    _Atomic(CodeInstance *) current;
    _Atomic(CodeInstance *) old;
    _Atomic(CodeInstance *) pending_on_load; // loaded, waiting for finish_after_on_load
    _Atomic bool tainted;                    // a version of it has had a native library
} Module;

/** Makes the tables and an Export for every built-in of bif_table. */
CodeServer *code_server_create(const CodeConfig *config);
void code_server_destroy(CodeServer *c);
const CodeConfig *code_config(const CodeServer *c);

/** Finds or makes. Never NULL. Reading is lock-free. */
Export *code_export(CodeServer *c, Term module, Term function, uint32_t arity);
Export *code_find_export(CodeServer *c, Term module, Term function, uint32_t arity);
/** Is it one of OTP's built-ins, in the release that runs? Code that is built in only here is not.
 */
bool code_is_builtin(CodeServer *c, Term module, Term function, uint32_t arity);
/**
 * The fun entry, made (with a stub that asks for its module) when it is new. Never NULL. Arity and
 * free_count belong to its identity: a term from outside that claims others than the code has must
 * not lead into that code.
 */
FunEntry *code_fun(CodeServer *c, Term module, uint32_t old_index, uint32_t old_uniq,
                   uint32_t index, const uint8_t uniq[16], uint32_t arity, uint32_t free_count);
/** As above with the types that ExternalContext wants. */
Export *code_external_export(void *code_server, Term module, Term function, uint32_t arity);
FunEntry *code_external_fun(void *code_server, Term module, uint32_t old_index, uint32_t old_uniq,
                            uint32_t index, const uint8_t uniq[16], uint32_t arity,
                            uint32_t free_count);
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
/**
 * Finds the function and line of the instruction that pc stands in. A return address stands behind
 * its call: pass it less one word. False when pc is in no loaded code. Takes no lock.
 */
bool code_locate(CodeServer *c, const Word *pc, CodeLocation *out);
/** The instance whose code pc stands in, or NULL. Takes no lock. */
CodeInstance *code_find_instance(CodeServer *c, const Word *pc);
/** The entry of the function that pc stands in; NULL when it is in none. */
const Word *code_function_entry(const CodeInstance *i, const Word *pc);

/**
 * Checks and lowers a .beam image (or one packed with gzip). Returns am_ok, with *out set, or the
 * reason as erlang:prepare_loading gives it (badfile), with the text for the log, as OTP words it,
 * in message (room for CODE_MESSAGE_BYTES; may be NULL). name TERM_NONE: any module.
 */
Term code_prepare(CodeServer *c, Term name, const uint8_t *bytes, size_t count, CodeInstance **out,
                  char *message);
/** Frees what code_prepare made and code_finish did not take. */
void code_instance_free(CodeServer *c, CodeInstance *i);
/**
 * Makes a prepared module current, the former one old: am_ok, or am_not_purged when there is an old
 * one. One with an on_load function waits in pending_on_load: am_on_load. Takes the instance over
 * unless am_not_purged.
 */
Term code_finish(CodeServer *c, CodeInstance *i);
/** code_prepare and code_finish in one. */
Term code_load_image(CodeServer *c, Term name, const uint8_t *bytes, size_t count, char *message);
/** Makes a module with on_load that waits current: am_true, or am_not_purged. */
Term code_finish_on_load(CodeServer *c, Module *m);
/** erlang:delete_module: current becomes old. am_true, am_undefined (not there), am_badarg (there
 * is old code). */
Term code_delete(CodeServer *c, Module *m);
/**
 * Begins to purge the old version, or with of_on_load the one whose on_load failed. False: nothing
 * to purge. One purge at a time: code_is_purging.
 */
bool code_purge_prepare(CodeServer *c, Module *m, bool of_on_load);
Module *code_is_purging(CodeServer *c);
void code_purge_abort(CodeServer *c);
/**
 * The old version leaves the tables: nobody can enter it any more. Returns it; its code and tables
 * may be freed (code_instance_free_code) after a quiet point, its literals when no process shows
 * them any more. NULL: there was none.
 */
CodeInstance *code_purge_complete(CodeServer *c);
void code_instance_free_code(CodeInstance *i);
/** A process that called a fun that is being purged waits: true, and code_take_waiting will name
 * it. */
bool code_wait_for_purge(CodeServer *c, FunEntry *f, Term pid);
/** The processes that wait, after a purge came to its end; caller mem_frees. */
Term *code_take_waiting(CodeServer *c, size_t *count);
/** A literal area that no code uses any more waits for its release, in order. */
void code_retire_literals(CodeServer *c, struct LiteralArea *area);
struct LiteralArea *code_next_retired_literals(CodeServer *c);

/**
 * The permit to change versions of modules, which is held for longer than the code lock: while a
 * native library loads. False: another process has it; code_permit_give names pid among those that
 * may try again. Who has it may take it again, and gives it as often.
 */
bool code_permit_take(CodeServer *c, Term pid);
bool code_permit_has(CodeServer *c, Term pid);
/** The processes that wait for it; caller mem_frees. */
Term *code_permit_give(CodeServer *c, size_t *count);

/** The code lock: held by whoever changes versions of modules. code_prepare does not need it. */
void code_lock(CodeServer *c);
void code_unlock(CodeServer *c);
/** Calls visit for every module entry, loaded or not. */
void code_each_module(CodeServer *c, void (*visit)(Module *m, void *context), void *context);
typedef struct CodeCounts {
    size_t modules, exports, funs;
} CodeCounts;
/** How many entries the tables have: names once used stay. */
CodeCounts code_counts(CodeServer *c);
void code_each_export(CodeServer *c, void (*visit)(Export *x, void *context), void *context);
/** Does pc stand in this instance's code? */
static ALWAYS_INLINE bool code_contains(const CodeInstance *i, const Word *pc) {
    return pc >= i->code && pc < i->code + i->code_words;
}
/**
 * Loads every .beam of a folder (the root's preloaded modules), in OTP's order. False: message says
 * what is wrong.
 */
bool code_load_preloaded(CodeServer *c, struct World *world, const char *folder, char *message);
/** Their names, in the order in which they were loaded. */
const Term *code_preloaded(const CodeServer *c, uint32_t *count);
/** The module's entry, made when it is new. */
Module *code_module(CodeServer *c, Term name);

#endif
