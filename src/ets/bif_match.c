// SPDX-License-Identifier: Apache-2.0
//
// bif_match.c - match specifications as values: ets:match_spec_compile/1 and friends.
#include "bif/bif.h"
#include "ets/match.h"
#include "proc/time.h"
#include "term/ref.h"
#include "vm/vm.h"

typedef struct CompiledMatch {
    MatchProgram *program;
} CompiledMatch;

static void compiled_destroy(Binary *magic) {
    match_free(((CompiledMatch *)(void *)magic->bytes)->program);
}

MatchProgram *match_of_reference(Term t) {
    if (!term_is_magic_ref(t)) return NULL;
    Binary *magic = ref_magic(t);
    return magic->destructor == compiled_destroy ? ((CompiledMatch *)(void *)magic->bytes)->program
                                                 : NULL;
}

Term match_reference(Process *p, MatchProgram *m) {
    ASSERT(m != NULL);
    Binary *magic = binary_new_magic(sizeof(CompiledMatch), compiled_destroy);
    ((CompiledMatch *)(void *)magic->bytes)->program = m;
    uint64_t words[3];
    reference_make_magic_words(p->vm, words);
    return heap_magic_ref(&p->heap, magic, words);
}

/** A reference that stands for the compiled specification; badarg when it is not valid,
 * system_limit when it is nested too deeply. */
BIF(ets, match_spec_compile, 1)
{
    MatchErrors errors = {0};
    MatchProgram *program = match_compile(p->vm, a[0], MATCH_FOR_TABLE, &errors);
    if (program != NULL) return match_reference(p, program);
    return errors.too_deep ? bif_system_limit(p) : bif_badarg(p);
}

BIF(ets, is_compiled_ms, 1)
{ return term_from_bool(match_of_reference(a[0]) != NULL); }

/** ets:match_spec_run_r(List, Compiled, Acc): results of the matching elements, newest first,
 * before Acc. */
BIF(ets, match_spec_run_r, 3)
{
    MatchProgram *program = match_of_reference(a[1]);
    if (program == NULL) return bif_badarg(p);
    Term result = a[2], list = a[0];
    int64_t count = 0;
    for (; term_is_cell(list); list = term_tail(list), count++) {
        Term value = match_run(program, p, term_head(list));
        if (value != TERM_NONE) result = heap_cons(&p->heap, value, result);
    }
    if (!term_is_nil(list)) return bif_badarg(p);
    bif_bump(p, count / 2);
    return result;
}
