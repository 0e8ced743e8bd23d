%% SPDX-License-Identifier: Apache-2.0
%% Two arguments of every kind for built-ins that take things apart.
-module(err_erlang_binary1).
-include("../why.hrl").

start() -> [why(erlang, F, [A, B]) || F <- [element, append_element, delete_element, binary_part, split_binary, map_get, is_map_key, atom_to_binary, binary_to_integer, binary_to_atom, binary_to_term], {A, B} <- ps()].

ps() -> [{A, B} || A <- [0, -1, 2, 1.5, a, [1, 2, 3], <<1, 2, 3>>, {1, 2, 3}, #{a => 1}], B <- [0, 1, -1, 9, 1.5, a, [1], <<1>>, {1, 2}, #{b => 2}]].
