%% SPDX-License-Identifier: Apache-2.0
%% More built-ins with two arguments of every kind.
-module(err_erlang_binary3).
-include("../why.hrl").

start() -> [why(erlang, F, [A, B]) || F <- [integer_to_list, integer_to_binary, list_to_integer, float_to_list, float_to_binary, make_tuple, max, min, is_function, crc32, adler32, md5_update, send], {A, B} <- ps()].

ps() -> [{A, B} || A <- [0, -1, 2, 1.5, a, [1, 2, 3], <<1, 2, 3>>, {1, 2, 3}, #{a => 1}], B <- [0, 1, -1, 9, 1.5, a, [1], <<1>>, {1, 2}, #{b => 2}]].
