%% SPDX-License-Identifier: Apache-2.0
%%
%% What timers send and links and monitors tell: terms of every size, to oneself, to others, to names; timers that
%% others cancel, and those whose receiver ends first.
-module(tm_messages).
-export([start/0]).

start() ->
    Terms = [1, atom, 1 bsl 90, 1.5e300, "text", {a, [b]}, #{k => v}, <<"short">>, binary:copy(<<"long">>, 200),
             lists:seq(1, 300), fun lists:map/2, {self_is, 1}],
    [io:format("~p~n", [sent(T)]) || T <- Terms],
    [io:format("~p~n", [cancelled(T)]) || T <- Terms],
    [io:format("~p~n", [ended(T)]) || T <- Terms],
    io:format("~p~n", [to_the_dead()]),
    io:format("~p~n", [many(5000)]).

sent(T) ->
    register(tm_messages, self()),
    R = erlang:start_timer(1, self(), T),
    A = receive {timeout, R, T} -> ok after 20000 -> lost end,
    erlang:send_after(1, tm_messages, {named, T}),
    B = receive {named, T} -> ok after 20000 -> lost end,
    unregister(tm_messages),
    S = self(),
    P = spawn(fun() -> receive {timeout, R2, T} -> S ! {got, is_reference(R2)} end end),
    R3 = erlang:start_timer(1, P, T),
    C = receive {got, Is} -> Is after 20000 -> lost end,
    {A, B, C, erlang:cancel_timer(R3)}.

cancelled(T) ->
    S = self(),
    R = erlang:start_timer(100000, self(), T),
    spawn(fun() -> S ! {cancelled, is_integer(erlang:cancel_timer(R)), erlang:cancel_timer(R)} end),
    A = receive {cancelled, X, Y} -> {X, Y} end,
    R2 = erlang:send_after(100000, spawn(fun() -> receive T -> ok end end), T),
    {A, is_integer(erlang:read_timer(R2)), is_integer(erlang:cancel_timer(R2)), erlang:read_timer(R2)}.

ended(T) ->
    process_flag(trap_exit, true),
    {P, M} = spawn_monitor(fun() -> exit(T) end),
    A = receive {'DOWN', M, process, P, T} -> ok end,
    {P2, M2} = spawn_opt(fun() -> exit({T, T}) end, [{monitor, [{tag, {my, T}}]}]),
    B = receive {{my, T}, M2, process, P2, {T, T}} -> ok end,
    L = spawn_link(fun() -> exit({linked, T}) end),
    C = receive {'EXIT', L, {linked, T}} -> ok end,
    {N, NM} = spawn_monitor(fun() -> receive go -> exit(T) end end),
    register(tm_named, N),
    NM2 = monitor(process, tm_named),
    N ! go,
    D = receive {'DOWN', NM2, process, {tm_named, _}, T} -> ok end,
    receive {'DOWN', NM, process, N, T} -> ok end,
    process_flag(trap_exit, false),
    {A, B, C, D}.

to_the_dead() ->
    {P, M} = spawn_monitor(fun() -> receive go -> ok end end),
    Rs = [erlang:send_after(100000, P, {I, lists:seq(1, I)}) || I <- lists:seq(1, 100)],
    P ! go,
    receive {'DOWN', M, process, P, normal} -> ok end,
    lists:usort([erlang:cancel_timer(R) || R <- Rs]).

many(N) ->
    Rs = [erlang:start_timer(case I rem 2 of 0 -> 1; 1 -> 100000 end, self(), {I, "text"}) || I <- lists:seq(1, N)],
    Fired = [receive {timeout, R, {I, "text"}} -> I end || {I, R} <- lists:zip(lists:seq(1, N), Rs), I rem 2 =:= 0],
    Left = [R || R <- Rs, is_integer(erlang:cancel_timer(R))],
    {length(Fired), length(Left)}.
