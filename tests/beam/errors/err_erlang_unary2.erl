%% SPDX-License-Identifier: Apache-2.0
%% One argument of every kind for built-ins of module erlang, f to i.
-module(err_erlang_unary2).
-include("../why.hrl").

start() -> [why(erlang, F, [V]) || F <- [adler32, float, floor, float_to_binary, float_to_list, fun_to_list, hd, integer_to_binary, integer_to_list, iolist_size, iolist_to_binary, iolist_to_iovec], V <- vs()].

vs() -> [0, 1, -1, 1.5, 1 bsl 70, a, [], [1, 2], [a | b], "str", <<>>, <<1, 2, 3>>, <<5:3>>, {}, {1, 2}, #{}, #{a => 1}, self(), fun id/1].
