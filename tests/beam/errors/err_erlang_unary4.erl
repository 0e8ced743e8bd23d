%% SPDX-License-Identifier: Apache-2.0
%% One argument of every kind for built-ins of module erlang, the rest.
-module(err_erlang_unary4).
-include("../why.hrl").

start() -> [why(erlang, F, [V]) || F <- [size, tl, trunc, tuple_size, tuple_to_list, phash2, pid_to_list, port_to_list, ref_to_list, tuple_size, demonitor, unlink, unregister, whereis, unalias, is_process_alive], V <- vs()].

vs() -> [0, 1, -1, 1.5, 1 bsl 70, a, [], [1, 2], [a | b], "str", <<>>, <<1, 2, 3>>, <<5:3>>, {}, {1, 2}, #{}, #{a => 1}, self(), fun id/1].
