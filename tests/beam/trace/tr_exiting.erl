%% SPDX-License-Identifier: Apache-2.0
%% A process whose end takes several turns tells each of them to who traces `exiting`.
-module(tr_exiting).
-export([start/0]).

start() ->
    Self = self(),
    P = spawn(fun() ->
        T = ets:new(x, []),
        [ets:insert(T, {N}) || N <- lists:seq(1, 300000)],
        Self ! filled,
        receive stop -> ok end
    end),
    receive filled -> ok end,
    1 = erlang:trace(P, true, [exiting]),
    exit(P, kill),
    io:format("~p~n", [events(P, first)]),
    Q = spawn(fun() -> receive stop -> ok end end),
    1 = erlang:trace(Q, true, [exiting]),
    Q ! stop,
    io:format("~p~n", [events(Q, first)]).

%% in and out take turns, and both stand before the end
events(P, Last) ->
    receive
        {trace, P, out_exited, 0} -> {ended, Last =/= first};
        {trace, P, W, 0} when W =:= in_exiting, Last =/= in_exiting; W =:= out_exiting, Last =/= out_exiting -> events(P, W);
        Other -> {unexpected, Last, Other}
    after 10000 -> timeout
    end.
