// SPDX-License-Identifier: Apache-2.0
//
// bif_debug.c - erts_debug, as far as it makes sense here: what looks at BEAM's own inside is notsup.
#include "bif/bif.h"
#include "term/map.h"
#include "vm/vm.h"

/** erts_debug:map_info(Map): a list that says whether it is flat, and how many keys it has. */
BIF(erts_debug, map_info, 1) {
    if (!term_is_map(a[0])) return bif_badarg(p);
    Heap *h = &p->heap;
    bool flat = term_box_kind(a[0]) == BOX_MAP_FLAT;
    Term list = heap_cons(h, heap_tuple2(h, am_size, term_from_small((int64_t)map_count(a[0]))), TERM_NIL);
    return heap_cons(h, heap_tuple2(h, am_type, flat ? am_flatmap : am_hashmap), list);
}

BIF(erts_debug, copy_shared, 2) {
    return bif_list_length(a[1]) < 0 ? bif_badarg(p) : heap_copy(&p->heap, a[0]);
}

/** The instruction set is not BEAM's: no names are told. */
BIF(erts_debug, instructions, 0) {
    return TERM_NIL;
}

BIF(erts_debug, interpreter_size, 0) {
    return term_from_small(0);
}

BIF(erts_debug, breakpoint, 2) {
    return bif_notsup(p);
}

BIF(erts_debug, disassemble, 1) {
    return bif_notsup(p);
}

BIF(erts_debug, dist_ext_to_term, 2) {
    return bif_notsup(p);
}

BIF(erts_debug, dirty, 3) {
    return bif_notsup(p);
}

BIF(erts_debug, dirty_cpu, 2) {
    return bif_notsup(p);
}

BIF(erts_debug, dirty_io, 2) {
    return bif_notsup(p);
}

/** Internal states are BEAM's; OTP's libraries only ask when tests have switched them on. */
BIF(erts_debug, get_internal_state, 1) {
    return bif_badarg(p);
}

BIF(erts_debug, set_internal_state, 2) {
    return bif_badarg(p);
}

// Lock counting: a VM built without it answers badarg.
BIF(erts_debug, lcnt_control, 1) {
    return bif_badarg(p);
}

BIF(erts_debug, lcnt_control, 2) {
    return bif_badarg(p);
}

BIF(erts_debug, lcnt_collect, 0) {
    return bif_badarg(p);
}

BIF(erts_debug, lcnt_clear, 0) {
    return bif_badarg(p);
}
