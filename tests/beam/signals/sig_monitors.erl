%% SPDX-License-Identifier: Apache-2.0
-module(sig_monitors).
-include("../t.hrl").
start() ->
    ?T([m(fun() -> exit(R) end) || R <- [normal, foo, kill, {shutdown, x}]]), ?T(both()), ?T(many(500)), ?T(after_death()), ?T(by_name()), ?T(reg_other_node()), ?T(dem_race(100)), ?T(mon_chain(50)), ?T(info()), ?T(self_mon()), ?T(tags()), ?T(alias_call()), ?T(alias_late()), ?T(alias_modes()), ?T(spawn_monitor_opts()), ?T(spawn_request1()), ?T(spawn_request2()), ?T(spawn_request3()), ?T(mon_order()), ?T(mon_and_link()), ?T(time_offset()), ?T(gen_call_like()), ?T(killed_by_parent()), ?T(down_ref_unique()), ?T(process_alias_dead()), ?T(exit_from_monitor()).
m(F) -> {P, R} = spawn_monitor(F), receive {'DOWN', R, process, P, X} -> X after 3000 -> none end.
both() -> S = self(), A = spawn(fun() -> R = monitor(process, S), S ! ok, receive {'DOWN', R, _, _, _} -> ok; stop -> exit(stopped) end end), R = monitor(process, A), receive ok -> A ! stop end, receive {'DOWN', R, _, _, X} -> X end.
many(N) -> Ps = [spawn(fun() -> receive go -> exit(K) end end) || K <- lists:seq(1, N)], Rs = [monitor(process, P) || P <- Ps], [P ! go || P <- Ps], lists:sum([receive {'DOWN', R, _, _, K} -> K end || R <- Rs]).
after_death() -> P = spawn(fun() -> exit(x) end), ok = wait_for(fun() -> not is_process_alive(P) end), R = monitor(process, P), receive {'DOWN', R, process, P, W} -> W end.
by_name() -> P = spawn(fun() -> receive go -> exit(n) end end), register(sig_mon_n, P), R = monitor(process, sig_mon_n), R2 = monitor(process, {sig_mon_n, node()}), sig_mon_n ! go, A = receive {'DOWN', R, process, O, W} -> {O =:= {sig_mon_n, node()}, W} end, B = receive {'DOWN', R2, process, O2, W2} -> {O2 =:= {sig_mon_n, node()}, W2} end, {A, B}.
reg_other_node() -> R = monitor(process, {x, 'no@where'}), receive {'DOWN', R, process, O, W} -> {O, W} after 3000 -> none end.
dem_race(N) -> [begin {_, R} = spawn_monitor(fun() -> ok end), demonitor(R, [flush]) end || _ <- lists:seq(1, N)], receive {'DOWN', _, _, _, _} -> leaked after 30 -> clean end.
mon_chain(N) -> S = self(), P = spawn(fun() -> mc(N, S) end), R = monitor(process, P), receive {'DOWN', R, _, _, X} -> X end.
mc(0, _) -> exit(0); mc(N, S) -> {P, R} = spawn_monitor(fun() -> mc(N - 1, S) end), receive {'DOWN', R, process, P, K} -> exit(K + 1) end.
info() -> P = spawn(fun() -> receive x -> ok end end), R1 = monitor(process, P), R2 = monitor(process, P), {monitors, L} = process_info(self(), monitors), {monitored_by, B} = process_info(P, monitored_by), A = {length([x || {process, Q} <- L, Q =:= P]), length(B)}, demonitor(R1), {monitored_by, B2} = process_info(P, monitored_by), demonitor(R2), P ! x, {A, length(B2)}.
self_mon() -> R = monitor(process, self()), receive {'DOWN', R, _, _, _} -> x after 5 -> demonitor(R, [info]) end.
tags() -> {P, _} = spawn_monitor(fun() -> receive a -> ok end end), R = monitor(process, P, [{tag, 'MY'}]), R2 = monitor(process, P, [{tag, [1, {x}]}]), P ! a, A = receive {'MY', R, process, P, X} -> X end, B = receive {[1, {x}], R2, process, P, Y} -> Y end, receive {'DOWN', _, process, P, Z} -> {A, B, Z} end.
alias_call() -> P = spawn(fun L() -> receive {req, A, X} -> A ! {A, X + 1}, L(); stop -> ok end end), F = fun(X) -> R = monitor(process, P, [{alias, reply_demonitor}]), P ! {req, R, X}, receive {R, V} -> V; {'DOWN', R, _, _, E} -> {down, E} after 3000 -> t end end, A = [F(1), F(2)], P ! stop, ok = wait_for(fun() -> not is_process_alive(P) end), {A, F(3)}.
alias_late() -> P = spawn(fun() -> receive {req, A, go} -> receive after 30 -> A ! late end end end), R = monitor(process, P, [{alias, explicit_unalias}]), P ! {req, R, go}, A = receive late -> got after 1 -> timeout end, true = unalias(R), demonitor(R, [flush]), B = receive late -> got after 100 -> nothing end, {A, B}.
alias_modes() -> A = alias(), A ! 1, A ! 2, B = alias([explicit_unalias]), B ! 3, C = alias([reply]), C ! 4, C ! 5, R = fl(), {R, unalias(A), unalias(B), unalias(C), is_reference(A)}.
fl() -> receive X when is_integer(X) -> [X | fl()] after 20 -> [] end.
spawn_monitor_opts() -> {P, R} = spawn_opt(fun() -> exit(z) end, [{monitor, [{tag, t}]}, link, {priority, low}]), process_flag(trap_exit, true), A = receive {t, R, process, P, X} -> X end, _ = receive {'EXIT', P, _} -> ok after 10 -> ok end, process_flag(trap_exit, false), A.
spawn_request1() -> R = spawn_request(fun() -> exit(q) end, [monitor]), receive {spawn_reply, R, ok, P} -> receive {'DOWN', R, process, P, W} -> W end end.
spawn_request2() -> R = spawn_request(erlang, exit, [r2], [monitor, {reply_tag, mytag}]), receive {mytag, R, ok, P} -> receive {'DOWN', R, process, P, W} -> W end end.
spawn_request3() -> R = spawn_request('no@node', fun() -> ok end, []), receive {spawn_reply, R, error, W} -> W after 3000 -> none end.
mon_order() -> {P, R} = spawn_monitor(fun() -> receive {go, S} -> S ! first, S ! second, exit(third) end end), P ! {go, self()}, [receive first -> 1; second -> 2; {'DOWN', R, _, _, third} -> 3 end || _ <- [a, b, c]].
mon_and_link() -> process_flag(trap_exit, true), P = spawn_link(fun() -> receive go -> exit(w) end end), R = monitor(process, P), P ! go, L = lists:sort([receive {'EXIT', P, w} -> exit_msg; {'DOWN', R, _, _, w} -> down end || _ <- [1, 2]]), process_flag(trap_exit, false), L.
time_offset() -> R = monitor(time_offset, clock_service), X = is_reference(R), demonitor(R), X.
gen_call_like() -> try gen:call(spawn(fun() -> receive _ -> exit(crashed) end end), '$x', q, 3000) catch exit:E -> E end.
killed_by_parent() -> {P, R} = spawn_monitor(fun() -> process_flag(trap_exit, true), receive never -> ok end end), exit(P, kill), receive {'DOWN', R, _, _, W} -> W end.
down_ref_unique() -> P = spawn(fun() -> receive x -> ok end end), Rs = [monitor(process, P) || _ <- lists:seq(1, 20)], P ! x, N = length(lists:usort(Rs)), [receive {'DOWN', R, _, _, _} -> ok end || R <- Rs], N.
process_alias_dead() -> S = self(), P = spawn(fun() -> S ! {al, alias()} end), A = receive {al, X} -> X end, ok = wait_for(fun() -> not is_process_alive(P) end), A ! lost, ok.
exit_from_monitor() -> {P, R} = spawn_monitor(fun() -> {Q, R2} = spawn_monitor(fun() -> exit(deep) end), receive {'DOWN', R2, _, Q, W} -> exit({up, W}) end end), receive {'DOWN', R, _, P, W} -> W end.
