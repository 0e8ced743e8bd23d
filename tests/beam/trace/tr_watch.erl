%% SPDX-License-Identifier: Apache-2.0
%% system_monitor and system_profile; collections and turns in trace messages.
-module(tr_watch).
-include("../t.hrl").
start() ->
    Self = self(),
    ?T(erlang:system_monitor()),
    ?T(erlang:system_monitor(Self, [{long_gc, 5}, {large_heap, 100}, busy_port, busy_dist_port, {long_schedule, 100000}])),
    ?T(begin {Self, L} = erlang:system_monitor(), L end),
    ?T(erlang:system_monitor(Self, [nonsense])),
    ?T(erlang:system_monitor(Self, [{large_heap, -1}])),
    ?T(begin {Self, L} = erlang:system_monitor(Self, [{large_heap, 100000}]), L end),
    P = spawn(fun() -> X = lists:seq(1, 200000), erlang:garbage_collect(), receive stop -> length(X) end end),
    ?T(receive {monitor, P, large_heap, I} -> [K || {K, _} <- I] after 5000 -> none end),
    ?T(begin {Self, L} = erlang:system_monitor(undefined), L end),
    exit(P, kill),
    ?T(erlang:system_profile()),
    Q = spawn(fun() -> receive go -> erlang:garbage_collect() end, receive stop -> ok end end),
    ?T(erlang:trace(Q, true, [garbage_collection, running])),
    Q ! go,
    ?T(lists:member(gc_major_start, tags(Q, gc_major_end))),
    Q ! stop,
    ?T(lists:member(in, tags(Q, in))),
    ?T(erlang:system_profile(Self, [runnable_procs])),
    ?T(begin {Self, L} = erlang:system_profile(), L end),
    R = spawn(fun() -> receive stop -> ok end end),
    ?T(receive {profile, R, active, _, _} -> ok after 5000 -> none end),
    R ! stop,
    ?T(receive {profile, R, inactive, _, _} -> ok after 5000 -> none end),
    ?T(begin {Self, L} = erlang:system_profile(undefined, []), L end),
    ?T(erlang:system_profile(Self, [nonsense])).
tags(P, Last) ->
    receive
        {trace, P, Last, _} -> [Last];
        {trace, P, T, _} -> [T | tags(P, Last)]
    after 5000 -> [none]
    end.
