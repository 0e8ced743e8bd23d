%% SPDX-License-Identifier: Apache-2.0
%% Tables that outlive their owner, are given away, and are found by name or reference.
-module(ets_heirs).
-include("../t.hrl").

start() ->
    Self = self(),
    {P, M} = spawn_monitor(fun() ->
        T = ets:new(legacy, [named_table, public, {heir, Self, {from, child}}]),
        ets:insert(T, [{a, 1}, {b, 2}]), ets:new(gone, [named_table]), Self ! ready, receive go -> ok end end),
    receive ready -> ok end,
    ?T(ets:info(legacy, owner) =:= P), ?T(ets:info(legacy, heir) =:= Self), ?T(ets:whereis(gone) =:= undefined),
    P ! go, receive {'DOWN', M, _, _, _} -> ok end,
    receive {'ETS-TRANSFER', T, From, Data} -> ?T({T, From =:= P, Data}) end,
    ?T(ets:info(legacy, owner) =:= Self), ?T(wait_for(fun() -> ets:whereis(gone) =:= undefined end)),
    ?T(lists:sort(ets:tab2list(legacy))), ?T(ets:setopts(legacy, {heir, none})), ?T(ets:info(legacy, heir)),
    Q = spawn(fun() -> receive {'ETS-TRANSFER', T1, _, D} -> Self ! {got, T1, D, ets:lookup(T1, a)}, receive stop -> ok end end end),
    ?T(ets:give_away(legacy, Q, hello)), receive Got -> ?T(Got) end,
    ?T(ets:info(legacy, owner) =:= Q), ?T(ets:insert(legacy, {c, 3})), ?T(ets:delete(legacy, a)),
    ?T(catch_error(fun() -> ets:setopts(legacy, {protection, private}) end)), Q ! stop,
    ?T(wait_for(fun() -> ets:info(legacy) =:= undefined end)),
    R = ets:new(named, [named_table]), ?T({R, ets:whereis(named) =/= R, is_reference(ets:whereis(named))}),
    W = ets:whereis(named), ets:insert(W, {x, y}), ?T(ets:lookup(named, x)), ?T(ets:info(W, named_table)),
    ?T(ets:rename(named, other)), ?T(ets:lookup(other, x)), ?T(ets:lookup(W, x)), ?T(catch_error(fun() -> ets:lookup(named, x) end)),
    ?T(catch_error(fun() -> ets:new(other, [named_table]) end)), ?T(ets:delete(W)), ?T(ets:whereis(other)),
    ?T(ets:new(other, [named_table])), ?T([ets:info(other, I) || I <- [name, size, type, keypos, protection, named_table, heir, compressed, read_concurrency, write_concurrency, decentralized_counters]]).

catch_error(F) -> try F() catch error:E -> {error, E} end.
