// SPDX-License-Identifier: Apache-2.0
//
// bif_define.h - the head of a built-in function: its C name, and how its body is run.
//
// BIF(module, name, arity) { ... } defines one. BIF_Q gives the name's spelling where it is no C
// identifier. tools/gen_bifs.py reads the same words in src/**/*.c and makes the table from them.
// Each macro also declares its function, since nothing but that table refers to it.
#ifndef MICA_EXEC_BIF_DEFINE_H
#define MICA_EXEC_BIF_DEFINE_H

#include "proc/long_call.h"
#include "proc/process.h"

#define BIF(module, name, arity)                                                                   \
    Term bif_##module##_##name##_##arity(UNUSED Process *p, UNUSED Term *a);                       \
    Term bif_##module##_##name##_##arity(UNUSED Process *p, UNUSED Term *a)
#define BIF_Q(module, text, cname, arity) BIF(module, cname, arity)
/** One that may take long: its body runs by long_call_run and spends steps (bif_spend, or the
 * budget of long_call_budget). */
#define BIF_LONG(module, name, arity)                                                              \
    static Term long_##module##_##name##_##arity(Process *p, Term *a);                             \
    Term bif_##module##_##name##_##arity(Process *p, Term *a);                                     \
    Term bif_##module##_##name##_##arity(Process *p, Term *a) {                                    \
        return long_call_run(p, a, arity, long_##module##_##name##_##arity);                       \
    }                                                                                              \
    static Term long_##module##_##name##_##arity(UNUSED Process *p, UNUSED Term *a)
#define BIF_LONG_Q(module, text, cname, arity) BIF_LONG(module, cname, arity)
#define BIF_DIRTY_IO(module, name, arity) BIF(module, name, arity)
#define BIF_DIRTY_CPU(module, name, arity) BIF(module, name, arity)

#endif
