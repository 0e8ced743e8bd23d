%% SPDX-License-Identifier: Apache-2.0
-module(c_link).
-include("core.hrl").
start() ->
    process_flag(trap_exit, true),
    ?T(w(fun() -> exit(normal) end)), ?T(w(fun() -> exit(kill) end)), ?T(w(fun() -> exit({a, b}) end)), ?T(w(fun() -> ok end)), ?T(w(fun() -> throw_away() end)),
    ?T(k(normal)), ?T(k(shutdown)), ?T(k(kill)), ?T(k({x, y})), ?T(kt(normal)), ?T(kt(foo)), ?T(kt(kill)),
    ?T(process_flag(trap_exit, false)), ?T(process_flag(trap_exit, true)), ?T(process_flag(trap_exit, id(x))), ?T(process_flag(nonsense, true)),
    Dead = spawn(fun() -> ok end), wait_dead(Dead), ?T(link(Dead)), ?T(receive {'EXIT', Dead, R} -> R after 1000 -> none end), ?T(unlink(Dead)), ?T(exit(Dead, x)), ?T(exit(id(a), x)), ?T(link(id(a))), ?T(unlink(id(1))),
    ?T(unl()), ?T(chain(5)), ?T(prop(normal)), ?T(prop(crash)), ?T(self_exit()), ?T(link(self())), ?T(twice()), ?T(exit_self_trap()), ?T(nolinks()), ?T(mutual()).
throw_away() -> exit(thrown).
w(F) -> P = spawn_link(F), receive {'EXIT', P, R} -> R after 5000 -> none end.
k(R) -> P = spawn_link(fun() -> receive stop -> exit(stopped) end end), exit(P, R), receive {'EXIT', P, X} -> {died, X} after 50 -> P ! stop, receive {'EXIT', P, X} -> {lived, X} end end.
kt(R) -> S = self(), P = spawn_link(fun() -> process_flag(trap_exit, true), S ! ready, receive {'EXIT', S, M} -> exit({trapped, M}) end end), receive ready -> ok end, exit(P, R), receive {'EXIT', P, X} -> X end.
wait_dead(P) -> case is_process_alive(P) of true -> receive after 1 -> wait_dead(P) end; false -> dead end.
unl() -> P = spawn_link(fun() -> receive go -> exit(after_unlink) end end), unlink(P), P ! go, wait_dead(P), receive {'EXIT', P, _} = M -> M after 20 -> nothing end.
chain(N) -> P = spawn_link(fun() -> ch(N) end), receive {'EXIT', P, R} -> R end.
ch(0) -> exit(bottom);
ch(N) -> spawn_link(fun() -> ch(N - 1) end), receive never -> ok end.
prop(R) -> S = self(), P = spawn(fun() -> C = spawn_link(fun() -> exit(R) end), S ! {c, C}, receive after 100 -> exit(survived) end end), M = monitor(process, P), receive {c, _} -> ok end, receive {'DOWN', M, process, P, X} -> X end.
self_exit() -> P = spawn_link(fun() -> exit(self(), suicide), receive after 1000 -> ok end end), receive {'EXIT', P, R} -> R end.
twice() -> P = spawn_link(fun() -> receive go -> exit(x) end end), link(P), link(P), P ! go, receive {'EXIT', P, x} -> ok end, receive {'EXIT', P, _} -> two after 20 -> one end.
exit_self_trap() -> exit(self(), hello), receive {'EXIT', P, R} -> {P =:= self(), R} after 100 -> no end.
nolinks() -> {links, L} = process_info(self(), links), length([P || P <- L, is_pid(P), not is_process_alive(P)]).
mutual() -> S = self(), A = spawn_link(fun() -> process_flag(trap_exit, true), B = spawn_link(fun() -> receive {peer, P} -> exit({peer_known, P =:= S}) end end), B ! {peer, S}, receive {'EXIT', B, R} -> S ! {r, R} end end), X = receive {r, R} -> R end, receive {'EXIT', A, Y} -> {X, Y} end.
