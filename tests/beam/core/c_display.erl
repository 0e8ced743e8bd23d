%% SPDX-License-Identifier: Apache-2.0
%% erts_debug:display/1 writes what erlang:display/1 writes, and returns it. Nothing here writes in another way.
-module(c_display).
-export([start/0]).
start() ->
    [erlang:display({T, erts_debug:display(T)})
     || T <- [foo, {1, "abc", <<1, 2>>, #{a => 'B c'}, 1.5, fun erlang:self/0}, [], <<1:3>>, "text", -17]].
