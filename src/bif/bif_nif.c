// SPDX-License-Identifier: Apache-2.0
//
// bif_nif.c - erlang:load_nif/2: the natives that OTP links statically into its VM are built-ins
// here, so their modules' load_nif has nothing to do; other libraries cannot be loaded yet.
#include "base/alloc.h"
#include "bif/bif.h"
#include "term/print.h"
#include "vm/vm.h"

#include <stdio.h>

static bool is_built_in(const char *module) {
    if (strcmp(module, "net") == 0) module = "prim_net"; // its library has another name
    for (uint32_t i = 0; i < bif_table_count; i++) {
        if (strcmp(bif_table[i].module, module) == 0) return true;
    }
    return false;
}

/** ok, or {error, {load_failed, Text}}. */
BIF(erlang, load_nif, 2)
{
    size_t count;
    char *path = bif_text_utf8(p->vm, a[0], &count);
    if (path == NULL) return bif_badarg(p);
    bool built_in = is_built_in(path);
    TextBuffer text = {0};
    if (!built_in)
        text_format(&text, "Failed to load NIF library %s: Mica does not load native libraries yet",
                    path);
    mem_free(path);
    if (built_in) return am_ok;
    Term reason = heap_list_from_bytes(&p->heap, (const uint8_t *)text.bytes, text.count, TERM_NIL);
    mem_free(text.bytes);
    return heap_tuple2(&p->heap, am_error, heap_tuple2(&p->heap, am_load_failed, reason));
}

/** Tracing through a tracer module is not there: what would call these is not either. */
BIF(erl_tracer, enabled, 3)
{ return bif_notsup(p); }

BIF(erl_tracer, trace, 5)
{ return bif_notsup(p); }

BIF(io, printable_range, 0)
{ return p->vm->config.printable_unicode ? am_unicode : am_latin1; }

/** What error_logger makes of warnings: +W. */
BIF(error_logger, warning_map, 0)
{
    switch (p->vm->config.warnings_as) {
    case 'e': return am_error;
    case 'i': return am_info;
    default: return am_warning;
    }
}
