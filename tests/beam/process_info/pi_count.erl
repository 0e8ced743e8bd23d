%% SPDX-License-Identifier: Apache-2.0
-module(pi_count).
-include("../t.hrl").
start() -> N0 = erlang:system_info(process_count), Ps = [spawn(fun() -> receive s -> ok end end) || _ <- lists:seq(1, 500)], ?T(erlang:system_info(process_count) - N0), ?T(length(processes()) =:= erlang:system_info(process_count)), ?T(lists:all(fun is_process_alive/1, Ps)), ?T(Ps -- processes()), [P ! s || P <- Ps], ?T(wait_for(fun() -> not lists:any(fun is_process_alive/1, Ps) end)), ?T([P || P <- Ps, process_info(P) =/= undefined]), ?T([P || P <- Ps, lists:member(P, processes())]), ?T(wait_for(fun() -> erlang:system_info(process_count) =< N0 end)), ?T(limit()), ?T(length(lists:usort(Ps))), ?T(ports()), ?T(is_integer(erlang:memory(processes))), ?T(erlang:memory(processes) =< erlang:memory(total)), ?T(grow()).
limit() -> erlang:system_info(process_limit) >= 1024.
ports() -> P = open_port({spawn, "cat"}, []), A = lists:member(P, erlang:ports()), port_close(P), {A, lists:member(P, erlang:ports())}.
grow() -> S = self(), P = spawn(fun() -> S ! r, receive g -> _ = lists:seq(1, 100000), S ! r, receive s -> ok end end end), receive r -> ok end, {memory, A} = process_info(P, memory), P ! g, receive r -> ok end, {memory, B} = process_info(P, memory), P ! s, B > A.
