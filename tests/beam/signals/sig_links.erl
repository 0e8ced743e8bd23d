%% SPDX-License-Identifier: Apache-2.0
-module(sig_links).
-include("../t.hrl").
start() ->
    process_flag(trap_exit, true), [p({R, died(fun() -> exit(R) end)}) || R <- [normal, shutdown, {shutdown, x}, kill, foo, {a, [b]}]], ?T(died(fun() -> 1 / id(0) end)), ?T(died(fun() -> throw(t) end)), ?T(died(fun() -> error(e) end)), ?T(died(fun() -> ok end)), ?T(died(fun() -> exit(self(), kill), timer:sleep(1000) end)), ?T(died(fun() -> apply(nomod, nofun, []) end)),
    [p({R, T, sent(R, T)}) || R <- [normal, shutdown, kill, killed, foo], T <- [true, false]], ?T(tree()), ?T(cascade(20)), ?T(unlink_race(50)), ?T(link_dead()), ?T(sup()), ?T(bidirectional()), ?T(link_cycle()), ?T(trap_chain()), ?T(exit_after_unlink()), ?T(normal_no_kill()), ?T(kill_is_killed()), ?T(links_info()), ?T(self_link_exit()), ?T(many_links(200)), ?T(exit_order()), ?T(untrap()), ?T(late_trap()), ?T(exit_name()), ?T(flushed()), ?T(pending_exit()).
died(F) -> P = spawn_link(F), receive {'EXIT', P, R} -> case R of {X, S} when is_list(S), is_tuple(hd(S)) -> {X, element(1, hd(S)), element(2, hd(S)) =/= x}; _ -> R end after 3000 -> none end.
sent(R, T) -> S = self(), P = spawn_link(fun() -> process_flag(trap_exit, T), S ! {rdy, self()}, receive {'EXIT', S, X} -> exit({got, X}) after 200 -> exit(nothing) end end), receive {rdy, P} -> ok end, exit(P, R), receive {'EXIT', P, X} -> X end.
tree() -> P = spawn_link(fun() -> Cs = [spawn_link(fun() -> receive never -> ok end end) || _ <- [1, 2, 3]], receive {who, F} -> F ! {cs, Cs} end, receive never -> ok end end), P ! {who, self()}, Cs = receive {cs, X} -> X end, Ms = [monitor(process, C) || C <- Cs], exit(P, boom), receive {'EXIT', P, R} -> {R, [receive {'DOWN', M, _, _, W} -> W end || M <- Ms]} end.
cascade(N) -> P = spawn_link(fun() -> casc(N) end), receive {'EXIT', P, R} -> R end.
casc(0) -> exit({bottom, 0}); casc(N) -> spawn_link(fun() -> casc(N - 1) end), receive never -> ok end.
unlink_race(N) -> [begin P = spawn_link(fun() -> exit(x) end), unlink(P), receive {'EXIT', P, _} -> ok after 0 -> ok end end || _ <- lists:seq(1, N)], receive {'EXIT', _, x} -> leaked after 30 -> clean end.
link_dead() -> P = spawn(fun() -> ok end), ok = wait_for(fun() -> not is_process_alive(P) end), true = link(P), receive {'EXIT', P, R} -> R after 1000 -> none end.
sup() -> S = self(), P = spawn_link(fun() -> process_flag(trap_exit, true), sl(S, 0) end), R = [receive {started, N} -> N end || _ <- [1, 2, 3]], P ! stop, receive {'EXIT', P, X} -> {R, X} end.
sl(S, N) -> C = spawn_link(fun() -> S ! {started, N}, receive after 5 -> exit(crash) end end), receive {'EXIT', C, crash} when N < 3 -> sl(S, N + 1); stop -> ok end.
bidirectional() -> A = spawn_link(fun() -> receive {l, B} -> link(B), link(B) end, receive never -> ok end end), B = spawn(fun() -> receive never -> ok end end), M = monitor(process, B), A ! {l, B}, ok = wait_for(fun() -> {links, L} = process_info(A, links), lists:member(B, L) end), exit(B, die), receive {'EXIT', A, R} -> receive {'DOWN', M, _, _, R2} -> {R, R2} end end.
link_cycle() -> S = self(), Ps = [spawn(fun() -> receive {next, N} -> link(N), S ! linked end, receive never -> ok end end) || _ <- lists:seq(1, 10)], [P ! {next, N} || {P, N} <- lists:zip(Ps, tl(Ps) ++ [hd(Ps)])], [receive linked -> ok end || _ <- Ps], Ms = [monitor(process, P) || P <- Ps], exit(lists:nth(5, Ps), ring_broken), lists:usort([receive {'DOWN', M, _, _, R} -> R end || M <- Ms]).
trap_chain() -> S = self(), A = spawn_link(fun() -> process_flag(trap_exit, true), spawn_link(fun() -> exit(inner) end), receive {'EXIT', _, R} -> S ! {trapped, R}, exit({outer, R}) end end), receive {trapped, X} -> receive {'EXIT', A, Y} -> {X, Y} end end.
exit_after_unlink() -> P = spawn_link(fun() -> receive {'EXIT', _, _} -> trap; go -> exit(bye) end end), unlink(P), P ! go, ok = wait_for(fun() -> not is_process_alive(P) end), receive {'EXIT', P, _} -> msg after 10 -> nothing end.
normal_no_kill() -> S = self(), P = spawn(fun() -> receive q -> S ! alive end end), exit(P, normal), P ! q, receive alive -> alive after 500 -> dead end.
kill_is_killed() -> S = self(), A = spawn(fun() -> process_flag(trap_exit, true), B = spawn_link(fun() -> receive never -> ok end end), S ! {b, B}, receive {'EXIT', B, R} -> S ! {r, R} end end), _ = A, B = receive {b, X} -> X end, exit(B, kill), receive {r, R} -> R end.
links_info() -> P = spawn_link(fun() -> receive stop -> ok end end), {links, L} = process_info(P, links), R = L =:= [self()], P ! stop, receive {'EXIT', P, normal} -> R end.
self_link_exit() -> P = spawn_link(fun() -> link(self()), exit(x) end), receive {'EXIT', P, R} -> R end.
many_links(N) -> P = spawn_link(fun() -> receive {go, Ps} -> [link(X) || X <- Ps], exit(all) end end), Ps = [spawn(fun() -> receive never -> ok end end) || _ <- lists:seq(1, N)], Ms = [monitor(process, X) || X <- Ps], P ! {go, Ps}, length([receive {'DOWN', M, _, _, all} -> ok end || M <- Ms]) + receive {'EXIT', P, all} -> 0 end.
exit_order() -> S = self(), P = spawn_link(fun() -> S ! one, S ! two, exit(three) end), [receive one -> one; two -> two; {'EXIT', P, R} -> R end || _ <- [1, 2, 3]].
untrap() -> P = spawn_link(fun() -> process_flag(trap_exit, true), process_flag(trap_exit, false), receive never -> ok end end), ok = wait_for(fun() -> process_info(P, status) =:= {status, waiting} end), exit(P, z), receive {'EXIT', P, R} -> R end.
late_trap() -> P = spawn_link(fun() -> receive on -> process_flag(trap_exit, true) end, receive {'EXIT', _, R} -> exit({late, R}) end end), P ! on, ok = wait_for(fun() -> process_info(P, trap_exit) =:= {trap_exit, true} end), exit(P, z), receive {'EXIT', P, R} -> R end.
exit_name() -> try exit(some_name_x, r) catch error:E -> E end.
flushed() -> receive X -> {left, X} after 0 -> empty end.
pending_exit() -> P = spawn(fun() -> exit(self(), a), exit(self(), b), receive after 1000 -> no end end), R = monitor(process, P), receive {'DOWN', R, _, _, W} -> lists:member(W, [a, noproc]) end.
