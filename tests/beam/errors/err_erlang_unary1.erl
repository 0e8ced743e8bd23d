%% SPDX-License-Identifier: Apache-2.0
%% One argument of every kind for built-ins of module erlang, a to c.
-module(err_erlang_unary1).
-include("../why.hrl").

start() -> [why(erlang, F, [V]) || F <- [abs, atom_to_binary, atom_to_list, binary_to_atom, binary_to_existing_atom, binary_to_float, binary_to_integer, binary_to_list, binary_to_term, bit_size, bitstring_to_list, byte_size, ceil, crc32], V <- vs()].

vs() -> [0, 1, -1, 1.5, 1 bsl 70, a, [], [1, 2], [a | b], "str", <<>>, <<1, 2, 3>>, <<5:3>>, {}, {1, 2}, #{}, #{a => 1}, self(), fun id/1].
