%% SPDX-License-Identifier: Apache-2.0
%% One argument of every kind for built-ins of module erlang, l to r.
-module(err_erlang_unary3).
-include("../why.hrl").

start() -> [why(erlang, F, [V]) || F <- [length, list_to_atom, list_to_binary, list_to_bitstring, list_to_existing_atom, list_to_float, list_to_integer, list_to_pid, list_to_port, list_to_ref, list_to_tuple, map_size, md5, round], V <- vs()].

vs() -> [0, 1, -1, 1.5, 1 bsl 70, a, [], [1, 2], [a | b], "str", <<>>, <<1, 2, 3>>, <<5:3>>, {}, {1, 2}, #{}, #{a => 1}, self(), fun id/1].
