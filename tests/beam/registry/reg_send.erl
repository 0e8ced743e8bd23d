%% SPDX-License-Identifier: Apache-2.0
-module(reg_send).
-include("../t.hrl").
start() -> S = self(), register(rs_me, S), ?T([try X ! {m, 1} catch error:E -> E end || X <- [rs_me, {rs_me, node()}, S, nope_rs, {nope_rs, node()}, {a, b, c}, 1, "x"]] =/= x), ?T(fl()), ?T([try erlang:send(rs_me, z, O) catch error:E -> E end || O <- [[], [noconnect], [nosuspend], [bad], x]]), ?T(fl()), ?T(erlang:send_nosuspend(S, q)), ?T(fl()), P = spawn(fun L() -> receive {F, M} -> F ! {ans, M}, L(); s -> ok end end), register(rs_p, P), ?T([begin rs_p ! {rs_me, K}, receive {ans, K} -> K end end || K <- [1, 2, 3]]), unregister(rs_p), ?T(catch_(fun() -> rs_p ! x end)), register(rs_q, P), ?T(begin rs_q ! {S, hi}, receive {ans, X} -> X end end), ?T(whereis(rs_q) =:= P), P ! s, ?T(wait_for(fun() -> whereis(rs_q) =:= undefined end)), ?T(swap(200)), ?T(catch_(fun() -> register(rs_dead, P) end)), ?T(unregister(rs_me)), ?T(catch_(fun() -> rs_me ! x end)).
fl() -> receive M -> [M | fl()] after 0 -> [] end.
catch_(F) -> try F() of _ -> ok catch error:R -> R end.
swap(N) -> A = spawn(fun() -> receive s -> ok end end), B = spawn(fun() -> receive s -> ok end end), R = lists:all(fun(K) -> P = case K rem 2 of 0 -> A; 1 -> B end, register(rs_sw, P), X = whereis(rs_sw) =:= P, unregister(rs_sw), X end, lists:seq(1, N)), A ! s, B ! s, R.
