// SPDX-License-Identifier: Apache-2.0
//
// bif_type.c - erlang:is_... and the size functions of guards. None has effects; each allocates
// nothing.
#include "bif/bif.h"

#include "term/bits.h"
#include "term/fun.h"

BIF(erlang, is_atom, 1)
{ return term_from_bool(term_is_atom(a[0])); }
BIF(erlang, is_boolean, 1)
{ return term_from_bool(a[0] == am_true || a[0] == am_false); }
BIF(erlang, is_list, 1)
{ return term_from_bool(term_is_list(a[0])); }
BIF(erlang, is_tuple, 1)
{ return term_from_bool(term_is_tuple(a[0])); }
BIF(erlang, is_float, 1)
{ return term_from_bool(term_is_float(a[0])); }
BIF(erlang, is_integer, 1)
{ return term_from_bool(term_is_integer(a[0])); }
BIF(erlang, is_number, 1)
{ return term_from_bool(term_is_number(a[0])); }
BIF(erlang, is_pid, 1)
{ return term_from_bool(term_is_pid(a[0])); }
BIF(erlang, is_port, 1)
{ return term_from_bool(term_is_port(a[0])); }
BIF(erlang, is_reference, 1)
{ return term_from_bool(term_is_reference(a[0])); }
BIF(erlang, is_binary, 1)
{ return term_from_bool(term_is_binary(a[0])); }
BIF(erlang, is_bitstring, 1)
{ return term_from_bool(term_is_bitstring(a[0])); }
BIF(erlang, is_map, 1)
{ return term_from_bool(term_is_map(a[0])); }
BIF(erlang, is_function, 1)
{ return term_from_bool(term_is_fun(a[0])); }

/** badarg unless the arity is an integer that is not negative. */
BIF(erlang, is_function, 2)
{
    if (!term_is_integer(a[1])) return bif_badarg(p);
    if (term_is_small(a[1]) ? term_small(a[1]) < 0 : term_box_kind(a[1]) == BOX_NEG_BIG)
        return bif_badarg(p);
    if (!term_is_fun(a[0]) || !term_is_small(a[1])) return am_false;
    uint32_t arity = term_box_kind(a[0]) == BOX_EXPORT ? export_of(a[0])->arity : fun_arity(a[0]);
    ASSERT(arity <= ARITY_MAX);
    return term_from_bool(term_small(a[1]) == arity);
}

BIF(erlang, is_record, 2)
{
    if (!term_is_atom(a[1])) return bif_badarg(p);
    return term_from_bool(term_is_tuple(a[0]) && tuple_arity(a[0]) > 0 &&
                          tuple_get(a[0], 0) == a[1]);
}

BIF(erlang, is_record, 3)
{
    if (!term_is_atom(a[1]) || !term_is_integer(a[2])) return bif_badarg(p);
    if (!term_is_tuple(a[0]) || !term_is_small(a[2])) return am_false;
    size_t n = tuple_arity(a[0]);
    return term_from_bool(n > 0 && (int64_t)n == term_small(a[2]) && tuple_get(a[0], 0) == a[1]);
}

// ---- sizes
// ----------------------------------------------------------------------------------------

BIF(erlang, tuple_size, 1)
{
    if (!term_is_tuple(a[0])) return bif_badarg(p);
    return term_from_small((int64_t)tuple_arity(a[0]));
}

/** Bits; -1: t has none. OTP 26's compiler asks for the size of a match context, too: that of what
 * is left to match. */
static int64_t size_in_bits(Term t) {
    if (term_is_bitstring(t)) return (int64_t)bits_size(t);
    if (!term_is_box_of(t, BOX_MATCH_CTX)) return -1;
    const Word *context = term_box(t);
    ASSERT(context[1] <= context[2]);
    return (int64_t)(context[2] - context[1]);
}

/** Bytes; a last byte begun counts. */
BIF(erlang, byte_size, 1)
{
    int64_t bits = size_in_bits(a[0]);
    ASSERT(bits >= -1);
    return bits < 0 ? bif_badarg(p) : term_from_small((bits + 7) / 8);
}

BIF(erlang, bit_size, 1)
{
    int64_t bits = size_in_bits(a[0]);
    return bits < 0 ? bif_badarg(p) : term_from_small(bits);
}

/** Elements of a tuple or whole bytes of a bitstring. */
BIF(erlang, size, 1)
{
    if (term_is_tuple(a[0])) return term_from_small((int64_t)tuple_arity(a[0]));
    if (term_is_bitstring(a[0])) return term_from_small((int64_t)(bits_size(a[0]) / 8));
    return bif_badarg(p);
}
