// SPDX-License-Identifier: Apache-2.0
//
// bif_code.c - what OTP's code server, erts_code_purger and `code` ask of the VM: preparing and
// finishing modules, two versions, purging, on_load; and what a module says about itself.
//
// Prepared code is a magic reference; its CodeInstance is freed with the last reference unless
// finishing took it. Versions change with the permit to do so (code_permit.h) and under the code
// lock, which is held for table changes only: parsing and lowering happen before, and what a native
// library does when it goes comes after.
#include "bif/bif.h"
#include "bif/code_permit.h"
#include "code/beam_file.h"
#include "heap/literal.h"
#include "proc/beside.h"
#include "proc/code_check.h"
#include "proc/logger.h"
#include "proc/quiesce.h"
#include "proc/signal.h"
#include "proc/spawn.h"
#include "proc/suspend.h"
#include "proc/time.h"
#include "term/bits.h"
#include "term/ref.h"
#include "vm/vm.h"
#include "world/console.h"

#include <stdlib.h>

typedef struct Prepared {
    CodeServer *server;
    CodeInstance *instance; // NULL: taken
} Prepared;

static void prepared_free(Binary *magic) {
    ASSERT(magic->size_bytes >= sizeof(Prepared));
    Prepared *p = (Prepared *)(void *)magic->bytes;
    if (p->instance != NULL) code_instance_free(p->server, p->instance);
}

/** The prepared code behind a term, or NULL. */
static Prepared *prepared_of(Term t) {
    if (!term_is_magic_ref(t) || ref_magic(t)->destructor != prepared_free) return NULL;
    ASSERT(ref_magic(t)->size_bytes >= sizeof(Prepared));
    return (Prepared *)(void *)ref_magic(t)->bytes;
}

// ---- files
// -----------------------------------------------------------------------------------------
/** erts_internal:beamfile_chunk(Binary, "Name"): the chunk, or undefined. */
BIF(erts_internal, beamfile_chunk, 2)
{
    char name[4];
    Term list = a[1];
    for (int i = 0; i < 4; i++, list = term_tail(list)) {
        if (!term_is_cell(list) || !term_is_small(term_head(list))) return bif_badarg(p);
        int64_t c = term_small(term_head(list));
        if (c < 0 || c > 255) return bif_badarg(p);
        name[i] = (char)c;
    }
    size_t count;
    uint8_t *to_free;
    const uint8_t *bytes = term_is_nil(list) ? bits_bytes(a[0], &count, &to_free) : NULL;
    if (bytes == NULL) return bif_badarg(p);
    BeamBytes chunk;
    Term result = am_undefined;
    if (beam_file_find_chunk(bytes, count, name, &chunk) && chunk.count > 0) {
        ASSERT(chunk.bytes >= bytes && chunk.count <= count - (size_t)(chunk.bytes - bytes));
        result = heap_sub_bits(&p->heap, a[0], 8 * (size_t)(chunk.bytes - bytes), 8 * chunk.count);
    }
    mem_free(to_free);
    return result;
}

/** erts_internal:beamfile_module_md5(Binary): the MD5 of the module's essential chunks, or
 * undefined. */
BIF(erts_internal, beamfile_module_md5, 1)
{
    size_t count;
    uint8_t *to_free;
    const uint8_t *bytes = bits_bytes(a[0], &count, &to_free);
    if (bytes == NULL) return bif_badarg(p);
    BeamFile f;
    const char *wrong = beam_file_open(&f, bytes, count);
    if (wrong == NULL) wrong = beam_file_read(&f, p->vm->code);
    Term result = wrong == NULL ? heap_binary_from(&p->heap, f.md5, sizeof f.md5) : am_undefined;
    beam_file_close(&f);
    mem_free(to_free);
    return result;
}

// ---- loading
// ---------------------------------------------------------------------------------------
/** Tells the logger, as OTP's loader does. */
static void log_error(Process *p, const char *text) {
    if (registry_find(p->vm, am_logger) == TERM_NONE) { // during the boot
        console_write(p->vm->world, CONSOLE_ERROR, text, strlen(text));
        return;
    }
    Heap h;
    heap_init_detached(&h, &p->vm->literals);
    Term list = heap_list_from_bytes(&h, (const uint8_t *)text, strlen(text), TERM_NIL);
    logger_send(p->vm, p, am_error, "~s~n", heap_cons(&h, list, TERM_NIL));
    heap_destroy(&h);
}

/** erts_internal:prepare_loading(Module, Binary): a reference to the prepared code, or {error,
 * Reason}. */
BIF(erts_internal, prepare_loading, 2)
{
    size_t count;
    uint8_t *to_free = NULL;
    const uint8_t *bytes = term_is_atom(a[0]) ? bits_bytes(a[1], &count, &to_free) : NULL;
    if (bytes == NULL) return bif_badarg(p);
    CodeInstance *instance = NULL;
    char message[CODE_MESSAGE_BYTES];
    Term result = code_prepare(p->vm->code, a[0], bytes, count, &instance, message);
    mem_free(to_free);
    bif_bump(p, (int64_t)(count / 100));
    if (result != am_ok) {
        log_error(p, message);
        return heap_tuple2(&p->heap, am_error, result);
    }
    ASSERT(instance != NULL && instance->module == a[0]);
    Binary *magic = binary_new_magic(sizeof(Prepared), prepared_free);
    *(Prepared *)(void *)magic->bytes = (Prepared){p->vm->code, instance};
    uint64_t words[3];
    reference_make_magic_words(p->vm, words);
    return bif_after_others(p, heap_magic_ref(&p->heap, magic, words));
}

/** erlang:has_prepared_code_on_load(Prepared): false, too, for what has been finished. */
BIF(erlang, has_prepared_code_on_load, 1)
{
    Prepared *prepared = prepared_of(a[0]);
    if (prepared == NULL) return bif_badarg(p);
    return term_from_bool(prepared->instance != NULL && prepared->instance->on_load != NULL);
}

/** The modules among count that `is` holds for, as {tag, [Module]}; TERM_NONE when there are none.
 */
static Term modules_if(Process *p, Term tag, Prepared **all, int64_t count,
                       bool (*is)(CodeServer *c, Prepared **all, int64_t index)) {
    Term list = TERM_NIL;
    for (int64_t i = count - 1; i >= 0; i--) {
        ASSERT(all[i] != NULL && all[i]->instance != NULL);
        if (is(p->vm->code, all, i)) list = heap_cons(&p->heap, all[i]->instance->module, list);
    }
    return term_is_nil(list) ? TERM_NONE : heap_tuple2(&p->heap, tag, list);
}

static bool is_duplicated(UNUSED CodeServer *c, Prepared **all, int64_t index) {
    for (int64_t i = 0; i < index; i++) {
        if (all[i]->instance->module == all[index]->instance->module) return true;
    }
    return false;
}

static bool is_not_purged(CodeServer *c, Prepared **all, int64_t index) {
    Module *m = code_module(c, all[index]->instance->module);
    ASSERT(m != NULL && m->name == all[index]->instance->module);
    return m->current != NULL && m->old != NULL;
}

static bool has_on_load(UNUSED CodeServer *c, Prepared **all, int64_t index) {
    return all[index]->instance->on_load != NULL;
}

static Term finish_all(Process *p, Prepared **all, int64_t count) {
    CodeServer *c = p->vm->code;
    for (int64_t i = 0; count > 1 && i < count; i++) {
        if (has_on_load(c, all, i)) return bif_system_limit(p);
    }
    Term wrong = modules_if(p, am_duplicated, all, count, is_duplicated);
    if (wrong == TERM_NONE) wrong = modules_if(p, am_not_purged, all, count, is_not_purged);
    if (wrong != TERM_NONE) return wrong;
    Term result = modules_if(p, am_on_load, all, count, has_on_load);
    for (int64_t i = 0; i < count; i++) {
        Term module = all[i]->instance->module;
        Term finished = code_finish(c, all[i]->instance);
        if (finished == am_not_purged) { // only a second module with an unfinished on_load
            return heap_tuple2(&p->heap, am_not_purged, heap_cons(&p->heap, module, TERM_NIL));
        }
        ASSERT(finished == am_ok || finished == am_on_load);
        all[i]->instance = NULL;
    }
    return result == TERM_NONE ? am_ok : result;
}

/** erlang:finish_loading([Prepared]): ok, or {not_purged | on_load | duplicated, [Module]}. */
BIF(erlang, finish_loading, 1)
{
    int64_t count = bif_list_length(a[0]);
    if (count < 0) return bif_badarg(p);
    Prepared **all = mem_alloc((size_t)count * sizeof *all);
    Term list = a[0], result = am_ok;
    for (int64_t i = 0; i < count && result == am_ok; i++, list = term_tail(list)) {
        all[i] = prepared_of(term_head(list));
        if (all[i] == NULL || all[i]->instance == NULL) result = bif_badarg(p);
    }
    if (result == am_ok && !code_change_begin(p)) {
        result = bif_yield(p, am_erlang, am_finish_loading, 1, a);
    } else if (result == am_ok) {
        code_lock(p->vm->code);
        result = finish_all(p, all, count);
        code_unlock(p->vm->code);
        code_change_end(p);
    }
    mem_free(all);
    return result;
}

/** erlang:call_on_load_function(Module): runs the waiting module's on_load function in the caller.
 */
BIF(erlang, call_on_load_function, 1)
{
    Module *m = term_is_atom(a[0]) ? code_find_module(p->vm->code, a[0]) : NULL;
    CodeInstance *i = m != NULL ? m->pending_on_load : NULL;
    if (i == NULL) return bif_badarg(p);
    ASSERT(i->on_load != NULL && i->on_load_export.arity == 0);
    p->exc = (Exception){.class = EXC_TRAP, .trap_export = &i->on_load_export, .trap_arity = 0};
    return TERM_NONE;
}

/** erlang:finish_after_on_load(Module, Keep): the waiting module becomes current, or is left to be
 * purged. */
BIF(erlang, finish_after_on_load, 2)
{
    if (a[1] != am_true && a[1] != am_false) return bif_badarg(p);
    Module *m = term_is_atom(a[0]) ? code_find_module(p->vm->code, a[0]) : NULL;
    if (m == NULL) return bif_badarg(p);
    if (!code_change_begin(p)) return bif_yield(p, am_erlang, am_finish_after_on_load, 2, a);
    code_lock(p->vm->code);
    Term result = am_badarg;
    if (m->pending_on_load != NULL)
        result = a[1] == am_true ? code_finish_on_load(p->vm->code, m) : am_true;
    code_unlock(p->vm->code);
    code_change_end(p);
    return result == am_true ? am_true : bif_badarg(p);
}

/** erlang:delete_module(Module): current code becomes old. */
BIF(erlang, delete_module, 1)
{
    if (!term_is_atom(a[0])) return bif_badarg(p);
    Module *m = code_find_module(p->vm->code, a[0]);
    if (m == NULL) return am_undefined;
    if (!code_change_begin(p)) return bif_yield(p, am_erlang, am_delete_module, 1, a);
    code_lock(p->vm->code);
    Term result = m->old != NULL ? am_badarg : code_delete(p->vm->code, m);
    code_unlock(p->vm->code);
    code_change_end(p);
    if (result != am_badarg) return bif_after_others(p, am_true);
    char text[ATOM_CHARACTERS_MAX * 4 + 64] = "Module ";
    size_t count;
    const char *name = atom_text(p->vm->atoms, a[0], &count);
    ASSERT(name != NULL && count <= 4 * ATOM_CHARACTERS_MAX); // the text has room for it
    strcat(strcat(text, name), " must be purged before deleting\n");
    log_error(p, text);
    return bif_badarg(p);
}

// ---- purging
// ---------------------------------------------------------------------------------------
/** erlang:check_old_code(Module). */
BIF(erlang, check_old_code, 1)
{
    if (!term_is_atom(a[0])) return bif_badarg(p);
    Module *m = code_find_module(p->vm->code, a[0]);
    return term_from_bool(m != NULL && m->old != NULL);
}

static Term purge_prepare(Process *p, Term name, bool of_on_load) {
    ASSERT(term_is_atom(name));
    CodeServer *c = p->vm->code;
    if (code_is_purging(c) != NULL) return bif_badarg(p);
    Module *m = code_find_module(c, name);
    return term_from_bool(m != NULL && code_purge_prepare(c, m, of_on_load));
}

static void free_code(void *instance) { code_instance_free_code(instance); }

/** What becomes of a purged version: its code goes at the next quiet point, its literals when no
 * process shows them. Not under the code lock: the library is asked to go. */
static void retire_instance(VM *vm, CodeInstance *i) {
    if (i == NULL) return;
    ASSERT(code_find_instance(vm->code, i->code) != i);         // nobody finds it any more
    if (i->library != NULL) vm->library_leaves(vm, i->library); // nobody is inside (NIF-2)
    if (i->literals != NULL) {
        code_lock(vm->code);
        code_retire_literals(vm->code, i->literals);
        code_unlock(vm->code);
        i->literals = NULL;
        signal_send_message(vm, NULL, vm->system_processes.literal_collector, am_copy_literals);
    }
    beside_retire(vm, free_code, i);
}

/** The end of a purge: whoever called one of its funs meanwhile goes on. */
static void resume_waiting(VM *vm) {
    size_t count;
    code_lock(vm->code);
    Term *waiting = code_take_waiting(vm->code, &count);
    code_unlock(vm->code);
    ASSERT(waiting != NULL || count == 0);
    for (size_t i = 0; i < count; i++) process_request_resume(vm, waiting[i]);
    mem_free(waiting);
}

/** With the permit, so that nobody begins another purge before this one's end. */
static Term purge_step(Process *p, Term name, Term step) {
    CodeServer *c = p->vm->code;
    code_lock(c);
    Module *purging = code_is_purging(c);
    if (step == am_prepare || step == am_prepare_on_load) {
        Term result = purge_prepare(p, name, step == am_prepare_on_load);
        code_unlock(c);
        return result;
    }
    bool may = (step == am_abort || step == am_complete) && purging != NULL;
    may = may && purging->name == name;
    CodeInstance *gone = may && step == am_complete ? code_purge_complete(c) : NULL;
    if (may && step == am_abort) code_purge_abort(c);
    code_unlock(c);
    if (!may) return bif_badarg(p);
    resume_waiting(p->vm);
    retire_instance(p->vm, gone);
    return term_from_bool(step == am_complete);
}

/**
 * erts_internal:purge_module(Module, prepare | prepare_on_load | abort | complete), for
 * erts_code_purger: it asks every process in between.
 */
BIF(erts_internal, purge_module, 2)
{
    if (!term_is_atom(a[0])) return bif_badarg(p);
    if (!code_change_begin(p)) return bif_yield(p, am_erts_internal, am_purge_module, 2, a);
    Term result = purge_step(p, a[0], a[1]);
    code_change_end(p);
    return result;
}

/** erts_internal:check_process_code(Module): is the caller in old code of the module? */
BIF(erts_internal, check_process_code, 1)
{
    if (!term_is_atom(a[0])) return bif_badarg(p);
    return term_from_bool(process_uses_old_code(p, a[0]));
}

// ---- literal areas of purged modules
// ----------------------------------------------------------------- erts_literal_area_collector
// calls release_area_switch, asks every process to leave the area that is then current, and calls
// again. In between:
//   set: copies made from now on share nothing of the area; a quiet point later every copy does so
//   -> true asked: no process shows the area any more; cleared, and freed at the next quiet point
//   -> set, or false
// Only the collector's process runs this, so its state needs no lock but for the queue's.
static void note_quiet(void *flag) {
    atomic_store_explicit((_Atomic bool *)flag, true, memory_order_release);
}

typedef struct FreeArea {
    struct LiteralSpace *space;
    LiteralArea *area;
} FreeArea;

static void free_area(void *request) {
    FreeArea *f = request;
    literal_area_destroy(f->space, f->area);
    mem_free(f);
}

static void leaving_end(VM *vm, LiteralRelease *r) {
    atomic_store_explicit(&vm->literals.leaving_bytes, 0, memory_order_release);
    ASSERT(r->area != NULL);
    FreeArea *f = mem_alloc(sizeof *f);
    *f = (FreeArea){vm->literal_space, r->area};
    beside_retire(vm, free_area, f);
    r->area = NULL;
}

static bool leaving_begin(VM *vm, LiteralRelease *r) {
    ASSERT(r->area == NULL && atomic_load(&vm->literals.leaving_bytes) == 0);
    code_lock(vm->code);
    r->area = code_next_retired_literals(vm->code);
    code_unlock(vm->code);
    if (r->area == NULL) return false;
    atomic_store_explicit(&vm->literals.leaving_base, (uintptr_t)r->area->start,
                          memory_order_relaxed);
    // release pairs with literal_range_now: who sees these bytes sees this base
    atomic_store_explicit(&vm->literals.leaving_bytes,
                          (uintptr_t)r->area->end - (uintptr_t)r->area->start,
                          memory_order_release);
    return true;
}

/** Another turn when every thread has passed a quiet point. */
static Term wait_quiet(Process *p, LiteralRelease *r, LiteralReleaseState then) {
    ASSERT(then == LITERAL_RELEASE_SET || then == LITERAL_RELEASE_CLEARED);
    r->state = then;
    atomic_store_explicit(&r->is_quiet, false, memory_order_relaxed);
    quiesce_retire(p->vm->quiesce, note_quiet, &r->is_quiet);
    return bif_yield(p, am_erts_literal_area_collector, am_release_area_switch, 0, NULL);
}

/** erts_literal_area_collector:release_area_switch(): is there another literal area to release? */
BIF(erts_literal_area_collector, release_area_switch, 0)
{
    VM *vm = p->vm;
    if (p->pid != vm->system_processes.literal_collector) return bif_notsup(p);
    LiteralRelease *r = &vm->literal_release;
    if (r->state != LITERAL_RELEASE_IDLE && r->state != LITERAL_RELEASE_ASKED &&
        !atomic_load_explicit(&r->is_quiet, memory_order_acquire)) {
        return bif_yield(p, am_erts_literal_area_collector, am_release_area_switch, 0, NULL);
    }
    switch (r->state) {
    case LITERAL_RELEASE_ASKED:
        leaving_end(vm, r);
        return wait_quiet(p, r, LITERAL_RELEASE_CLEARED);
    case LITERAL_RELEASE_SET: r->state = LITERAL_RELEASE_ASKED; return am_true;
    default:
        r->state = LITERAL_RELEASE_IDLE;
        return leaving_begin(vm, r) ? wait_quiet(p, r, LITERAL_RELEASE_SET) : am_false;
    }
}

static Term run_leave(VM *vm, Process *p, SignalRequest *r, Heap *out) {
    if (p != NULL && vm->literal_release.area != NULL)
        process_leave_literals(p, vm->literal_release.area);
    return heap_tuple3(out, am_copy_literals, heap_copy(out, r->head.term), am_ok);
}

/** erts_literal_area_collector:send_copy_request(Pid, Area, How): {copy_literals, {Area, How, Pid},
 * ok} will come. */
BIF(erts_literal_area_collector, send_copy_request, 3)
{
    if (p->pid != p->vm->system_processes.literal_collector) return bif_notsup(p);
    if (!term_is_local_pid(a[0])) return bif_badarg(p);
    if (a[2] != am_init && a[2] != am_check_gc && a[2] != am_need_gc) return bif_badarg(p);
    SignalRequest *s = signal_new(p->vm, SIGNAL_REQUEST, p->pid,
                                  heap_tuple3(&p->heap, a[1], a[2], a[0]), TERM_NONE);
    s->function = run_leave;
    s->moves = true;
    s->untagged = true;
    signal_push(p->vm, a[0], s);
    return am_ok;
}

/** erts_internal:check_dirty_process_code(Pid, Module), of dirty signal handlers only, which Mica
 * does not need. */
BIF(erts_internal, check_dirty_process_code, 2)
{ return bif_notsup(p); }

// ---- looking
// -----------------------------------------------------------------------------------------
/** erlang:module_loaded(Module): is there current code? */
BIF(erlang, module_loaded, 1)
{
    if (!term_is_atom(a[0])) return bif_badarg(p);
    Module *m = code_find_module(p->vm->code, a[0]);
    return term_from_bool(m != NULL && m->current != NULL);
}

typedef struct NameList {
    Heap *heap;
    Term list;
} NameList;

static void add_if_loaded(Module *m, void *context) {
    ASSERT(term_is_atom(m->name));
    NameList *n = context;
    if (m->current != NULL || m->old != NULL) n->list = heap_cons(n->heap, m->name, n->list);
}

/** erlang:loaded(): the names of all modules with current or old code. */
BIF(erlang, loaded, 0)
{
    NameList n = {&p->heap, TERM_NIL};
    code_each_module(p->vm->code, add_if_loaded, &n);
    return n.list;
}

/** erlang:pre_loaded(). */
BIF(erlang, pre_loaded, 0)
{
    uint32_t count;
    const Term *names = code_preloaded(p->vm->code, &count);
    Term list = TERM_NIL;
    for (uint32_t i = 0; i < count; i++) list = heap_cons(&p->heap, names[i], list);
    return list;
}

/** erlang:function_exported(Module, Function, Arity): by loaded code, or built in where the module
 * is not loaded. */
BIF(erlang, function_exported, 3)
{
    int64_t arity;
    if (!term_is_atom(a[0]) || !term_is_atom(a[1]) || !term_is_small(a[2])) return bif_badarg(p);
    arity = term_small(a[2]);
    if (arity < 0 || arity > ARITY_MAX) return am_false;
    Export *x = code_find_export(p->vm->code, a[0], a[1], (uint32_t)arity);
    if (x == NULL) return am_false;
    if (atomic_load_explicit(&x->code, memory_order_acquire) != NULL) return am_true;
    Module *m = code_find_module(p->vm->code, a[0]);
    return term_from_bool(x->bif != NULL && (m == NULL || m->current == NULL));
}

/** erlang:is_builtin(Module, Function, Arity). */
BIF(erlang, is_builtin, 3)
{
    if (!term_is_atom(a[0]) || !term_is_atom(a[1]) || !term_is_small(a[2])) return bif_badarg(p);
    int64_t arity = term_small(a[2]);
    if (arity < 0 || arity > ARITY_MAX) return am_false;
    // apply/2,3 and yield/0 are instructions, which count
    bool is_instruction = a[0] == am_erlang && ((a[1] == am_apply && (arity == 2 || arity == 3)) ||
                                                (a[1] == am_yield && arity == 0));
    return term_from_bool(is_instruction ||
                          code_is_builtin(p->vm->code, a[0], a[1], (uint32_t)arity));
}

// ---- module_info
// ---------------------------------------------------------------------------------------
static int newer_first(const void *a, const void *b) {
    uint64_t x = ((const CodeExport *)a)->export->serial,
             y = ((const CodeExport *)b)->export->serial;
    return x < y ? 1 : x > y ? -1 : 0;
}

static Term info_exports(Process *p, const CodeInstance *i) {
    CodeExport *sorted = mem_alloc(i->exports_count * sizeof *sorted);
    memcpy(sorted, i->exports, i->exports_count * sizeof *sorted);
    qsort(sorted, i->exports_count, sizeof *sorted, newer_first);
    Term list = TERM_NIL;
    for (uint32_t n = i->exports_count; n > 0; n--) {
        const Export *x = sorted[n - 1].export;
        list = heap_cons(&p->heap, heap_tuple2(&p->heap, x->function, term_from_small(x->arity)),
                         list);
    }
    mem_free(sorted);
    return list;
}

/** Is it a native function, in OTP or by its library? */
static bool is_native(VM *vm, const CodeInstance *i, const Word *entry) {
    const Export *x = code_find_export(vm->code, i->module, entry[-2], (uint32_t)entry[-1]);
    if (x != NULL && x->bif != NULL && (x->bif_origin & BIF_FLAG_NATIVE) != 0) return true;
    return vm->code_hooks->is_native(vm, (CodeInstance *)(uintptr_t)i, entry);
}

static Term info_functions(Process *p, const CodeInstance *i, bool only_natives) {
    Term list = TERM_NIL;
    for (uint32_t n = i->functions_count; n > 0; n--) {
        const Word *entry = i->functions[n - 1];
        if (only_natives && !is_native(p->vm, i, entry)) continue;
        list = heap_cons(
            &p->heap, heap_tuple2(&p->heap, entry[-2], term_from_small((int64_t)entry[-1])), list);
    }
    return list;
}

/** The Attr and CInf chunks are terms in external format. */
static Term info_external(Process *p, const uint8_t *bytes, size_t count) {
    size_t used;
    if (count == 0) return TERM_NIL;
    Term t = external_decode(&p->heap, &p->vm->external, bytes, count, true, 0, &used, NULL);
    return t == TERM_NONE ? TERM_NIL : t;
}

/** One item; TERM_NONE: no such item. */
static Term module_info(Process *p, const CodeInstance *i, Term what) {
    if (what == am_module) return i->module;
    if (what == am_md5) return heap_binary_from(&p->heap, i->md5, sizeof i->md5);
    if (what == am_exports) return info_exports(p, i);
    if (what == am_functions) return info_functions(p, i, false);
    if (what == am_nifs) return info_functions(p, i, true);
    if (what == am_attributes) return info_external(p, i->attributes, i->attributes_bytes);
    if (what == am_compile) return info_external(p, i->compile_info, i->compile_info_bytes);
    if (what == am_native_addresses) return TERM_NIL;
    if (what == am_native) return am_false;
    return TERM_NONE;
}

static CodeInstance *current_of(Process *p, Term name) {
    Module *m = term_is_atom(name) ? code_find_module(p->vm->code, name) : NULL;
    return m != NULL ? m->current : NULL;
}

/** erlang:get_module_info(Module): what Module:module_info() gives. */
BIF(erlang, get_module_info, 1)
{
    static const Term items[] = {am_md5, am_compile, am_attributes, am_exports, am_module};
    CodeInstance *i = current_of(p, a[0]);
    if (i == NULL) return bif_badarg(p);
    Term list = TERM_NIL;
    for (size_t n = 0; n < ARRAY_COUNT(items); n++) {
        list =
            heap_cons(&p->heap, heap_tuple2(&p->heap, items[n], module_info(p, i, items[n])), list);
    }
    return list;
}

/** erlang:get_module_info(Module, Item). */
BIF(erlang, get_module_info, 2)
{
    CodeInstance *i = current_of(p, a[0]);
    Term t = i == NULL ? TERM_NONE : module_info(p, i, a[1]);
    return t == TERM_NONE ? bif_badarg(p) : t;
}
