%% SPDX-License-Identifier: Apache-2.0
%% Operators as functions, with arguments of every kind.
-module(err_erlang_binary2).
-include("../why.hrl").

start() -> [why(erlang, F, [A, B]) || F <- ['+', '-', '*', '/', 'div', 'rem', 'band', 'bor', 'bxor', 'bsr', '++', '--', 'and', 'or', 'xor'], {A, B} <- ps()].

ps() -> [{A, B} || A <- [0, -1, 2, 1.5, a, [1, 2, 3], <<1, 2, 3>>, {1, 2, 3}, #{a => 1}], B <- [0, 1, -1, 9, 1.5, a, [1], <<1>>, {1, 2}, #{b => 2}]].
