%% SPDX-License-Identifier: Apache-2.0
%% system_info(update_cpu_info) when the processors the program may run on change; get_internal_state(memory).
-module(c_sysinfo_cpus).
-include("../t.hrl").
start() ->
    ?T(erlang:system_info(update_cpu_info)),
    ?T(begin N = erlang:system_info(ethread_used_tse), is_integer(N) andalso N > 0 end),
    Before = erlang:system_info(logical_processors_available),
    ?T(Before =:= erlang:system_info(logical_processors_online)),
    ?T(run("taskset -p 1 ")),
    ?T(erlang:system_info(logical_processors_available) =:= Before), % nobody has looked
    Changed = case Before of 1 -> unchanged; _ -> changed end,
    ?T(erlang:system_info(update_cpu_info) =:= Changed),
    ?T(erlang:system_info(logical_processors_available)),
    ?T(erlang:system_info(update_cpu_info)),
    ?T(run("taskset -p ffff ")),
    ?T(erlang:system_info(update_cpu_info) =:= Changed),
    ?T(erlang:system_info(logical_processors_available) =:= Before),
    erts_debug:set_internal_state(available_internal_state, true),
    M = erts_debug:get_internal_state(memory),
    ?T([K || {K, V} <- M, is_integer(V), V > 0]),
    [Total, Processes, System] = [proplists:get_value(K, M) || K <- [total, processes, system]],
    ?T(Total =:= Processes + System),
    ?T([K || {K, V} <- erlang:memory(), K =/= maximum, near(V, proplists:get_value(K, M))]).
near(A, B) -> A < 1.2 * B andalso B < 1.2 * A.
run(Command) -> case os:cmd(Command ++ os:getpid()) of "pid" ++ _ -> ok; Other -> Other end.
