%% SPDX-License-Identifier: Apache-2.0
%% otp: 27
%% tprof counts calls and words, in a trace session of its own.
-module(trace_tprof).
-export([fib/1, pairs/1]).
-include("../t.hrl").
start() ->
    ?T(profiled(fun() -> ?MODULE:fib(8) end, call_count)),
    ?T(profiled(fun() -> ?MODULE:pairs(5) end, call_memory)),
    ?T([{F, A} || {F, A, _} <- element(2, profiled(fun() -> ?MODULE:fib(4) end, call_time))]),
    ?T([N || {N, _} <- trace:session_info({?MODULE, fib, 1})]).
profiled(F, Type) ->
    {Result, {Type, All}} = tprof:profile(F, #{type => Type, report => return}),
    {Result, lists:sort([{N, A, [C || {_, C, _} <- L]} || {?MODULE, N, A, L} <- All, N =:= fib orelse N =:= pairs])}.
fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).
pairs(0) -> [];
pairs(N) -> [{N, N} | pairs(N - 1)].
