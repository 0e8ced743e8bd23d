%% SPDX-License-Identifier: Apache-2.0
%% flags: +S 3:3 +SDcpu 3:3
%% system_flag(multi_scheduling, …): states, blockers, nesting, the end of a blocker, and that nobody else runs.
-module(sc_multi_block).
-include("../t.hrl").
f(A) -> erlang:system_flag(multi_scheduling, A).
state() ->
    {erlang:system_info(multi_scheduling), who(multi_scheduling_blockers), who(normal_multi_scheduling_blockers)}.
who(Item) -> [case P of _ when P =:= self() -> me; _ -> other end || P <- erlang:system_info(Item)].
active() -> {erlang:system_info(schedulers_active), erlang:system_info(schedulers_online)}.
start() ->
    ?T([state(), active()]),
    ?T([f(block), state(), active(), erlang:system_info(all_schedulers_state)]),
    ?T([f(block_normal), state(), f(unblock), state(), active(), f(unblock_normal), state()]),
    ?T([f(unblock), f(unblock_normal), state()]),
    ?T([f(block_normal), f(block_normal), f(unblock_normal), state(), f(unblock_normal), state()]),
    ?T([f(block), f(block), f(unblock), state(), f(unblock_normal), f(unblock), state()]),
    ?T(f(foo)),
    ?T(f(1)),
    ?T(others()),
    ?T(alone(block, unblock)),
    ?T(alone(block_normal, unblock_normal)),
    ?T(online()),
    ?T(killed()).
%% Blocks of two processes, the second ends with its blocks.
others() ->
    S = self(),
    {P, M} = spawn_monitor(fun() -> A = f(block), B = f(block_normal), S ! {A, B}, receive stop -> ok end end),
    A = receive {_, _} = X -> X end,
    B = state(),
    C = f(block),
    D = state(),
    E = {f(unblock), f(unblock)},
    P ! stop,
    receive {'DOWN', M, _, _, R} -> [A, B, C, D, E, R, state()] end.
%% While blocked, what runs is never beside the blocker: a counter that others move stands still between two looks.
alone(On, Off) ->
    C = counters:new(1, [atomics]),
    Ps = [spawn_link(fun() -> count(C) end) || _ <- lists:seq(1, 5)],
    wait_for(fun() -> counters:get(C, 1) > 1000 end),
    f(On),
    Still = lists:usort([still(C) || _ <- lists:seq(1, 20)]),
    f(Off),
    N = counters:get(C, 1),
    ok = wait_for(fun() -> counters:get(C, 1) > N end),
    [begin unlink(P), exit(P, kill) end || P <- Ps],
    {On, lists:member(true, Still)}.
count(C) -> counters:add(C, 1, 1), count(C).
still(C) ->
    erlang:yield(),
    A = counters:get(C, 1),
    spin(50),
    counters:get(C, 1) =:= A.
spin(0) -> ok;
spin(N) -> spin(N - 1).
%% Blocked, everything goes on on one scheduler: timers, dirty work, other processes.
online() ->
    f(block),
    S = self(),
    spawn(fun() -> receive after 10 -> S ! timer end end),
    A = receive timer -> ok after 5000 -> late end,
    {ok, B} = file:get_cwd(),
    C = erlang:system_info(schedulers_online),
    f(unblock),
    {A, is_list(B), C}.
killed() ->
    S = self(),
    {P, M} = spawn_monitor(fun() -> f(block), f(block), S ! now, receive stop -> ok end end),
    receive now -> ok end,
    A = state(),
    exit(P, kill),
    receive {'DOWN', M, _, _, R} -> ok end,
    {A, R, wait_for(fun() -> erlang:system_info(multi_scheduling) =:= enabled end)}.
