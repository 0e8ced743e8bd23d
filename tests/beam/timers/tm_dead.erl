%% SPDX-License-Identifier: Apache-2.0
%% Timers for a process that is gone before they start: a reference, and nothing behind it.
-module(tm_dead).
-include("../t.hrl").
start() ->
    {Gone, Ref} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Ref, _, _, _} -> ok end,
    Timers = [erlang:start_timer(60000, Gone, a), erlang:send_after(60000, Gone, a), erlang:start_timer(0, Gone, a)],
    ?T([is_reference(T) || T <- Timers]),
    ?T([erlang:read_timer(T) || T <- Timers]),
    ?T([erlang:cancel_timer(T) || T <- Timers]),
    T = erlang:start_timer(60000, self(), a),
    ?T(is_integer(erlang:read_timer(T))), ?T(is_integer(erlang:cancel_timer(T))), ?T(erlang:read_timer(T)).
