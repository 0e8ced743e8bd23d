// SPDX-License-Identifier: Apache-2.0
//
// bif_share.c - erts_debug:copy_shared: a copy in which what was shared is shared again.
//
// Threads: the calling process's; the heap does not move meanwhile (HEAP-2).
#include "bif/bif.h"
#include "heap/share.h"
#include "vm/vm.h"

/** erts_debug:copy_shared(Term, CopyLiterals); badarg. */
BIF(erts_debug, copy_shared, 2)
{
    if (a[1] != am_true && a[1] != am_false) return bif_badarg(p);
    size_t objects;
    Term copy =
        heap_copy_shared(&p->heap, a[0], a[1] == am_true ? NULL : &p->vm->literals, &objects);
    ASSERT(copy != TERM_NONE);
    bif_bump(p, (int64_t)objects);
    return copy;
}
