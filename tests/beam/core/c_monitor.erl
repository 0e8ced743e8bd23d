%% SPDX-License-Identifier: Apache-2.0
-module(c_monitor).
-include("core.hrl").
start() ->
    ?T(m(fun() -> ok end)), ?T(m(fun() -> exit(a) end)), ?T(m(fun() -> exit({shutdown, 1}) end)), ?T(noproc()), ?T(name()), ?T(noname()), ?T(dem()), ?T(dem_flush()), ?T(dem_info()), ?T(multi()), ?T(killed()),
    ?T(monitor(process, id(1))), ?T(monitor(id(foo), self())), ?T(demonitor(id(a))), ?T(demonitor(make_ref())), ?T(demonitor(make_ref(), [info])), ?T(demonitor(make_ref(), [bad])), ?T(is_reference(monitor(process, self()))),
    ?T(tag()), ?T(alias1()), ?T(alias2()), ?T(alias3()), ?T(aliasm()), ?T(unalias(id(make_ref()))), ?T(alias([id(bad)])), ?T(spawn_mon_opt()).
m(F) -> {P, R} = spawn_monitor(F), receive {'DOWN', R, process, P, X} -> X after 5000 -> none end.
noproc() -> P = spawn(fun() -> ok end), {_, _} = {P, wait_dead(P)}, R = monitor(process, P), receive {'DOWN', R, process, P, X} -> X end.
wait_dead(P) -> case is_process_alive(P) of true -> receive after 1 -> wait_dead(P) end; false -> dead end.
name() -> P = spawn(fun() -> receive go -> exit(named) end end), register(c_mon_name, P), R = monitor(process, c_mon_name), c_mon_name ! go, receive {'DOWN', R, process, {N, Node}, X} -> {N, Node =:= node(), X} end.
noname() -> R = monitor(process, no_such_name_xx), receive {'DOWN', R, process, {N, Node}, X} -> {N, Node =:= node(), X} end.
dem() -> {P, R} = spawn_monitor(fun() -> receive go -> exit(a) end end), T = demonitor(R), P ! go, wait_dead(P), receive {'DOWN', R, _, _, _} -> down after 20 -> {T, none} end.
dem_flush() -> {P, R} = spawn_monitor(fun() -> ok end), wait_dead(P), receive after 10 -> ok end, T = demonitor(R, [flush]), receive {'DOWN', R, _, _, _} -> down after 0 -> {T, none} end.
dem_info() -> {P, R} = spawn_monitor(fun() -> receive go -> exit(a) end end), A = demonitor(R, [info]), B = demonitor(R, [info]), P ! go, {P2, R2} = spawn_monitor(fun() -> ok end), wait_dead(P2), receive after 10 -> ok end, {A, B, demonitor(R2, [info, flush]), demonitor(R2, [info])}.
multi() -> P = spawn(fun() -> receive go -> exit(m) end end), Rs = [monitor(process, P) || _ <- [1, 2, 3]], P ! go, [receive {'DOWN', R, process, P, X} -> X end || R <- Rs].
killed() -> {P, R} = spawn_monitor(fun() -> receive after infinity -> ok end end), exit(P, kill), receive {'DOWN', R, process, P, X} -> X end.
tag() -> P = spawn(fun() -> receive go -> exit(z) end end), R = monitor(process, P, [{tag, {my, tag}}]), P ! go, receive {{my, tag}, R, process, P, X} -> {tagged, X} end.
alias1() -> A = alias(), S = self(), spawn(fun() -> A ! {via, 1}, S ! done end), receive done -> ok end, receive {via, N} -> {got, N, unalias(A), unalias(A)} end.
alias2() -> A = alias(), true = unalias(A), A ! lost, receive lost -> got after 20 -> lost end.
alias3() -> A = alias([reply]), A ! one, A ! two, X = receive one -> one after 20 -> none end, Y = receive two -> two after 20 -> none end, {X, Y}.
aliasm() -> P = spawn(fun() -> receive {Al, Q} -> Al ! {Al, Q * 2} end end), R = monitor(process, P, [{alias, reply_demonitor}]), P ! {R, 21}, receive {R, V} -> V; {'DOWN', R, _, _, E} -> E end.
spawn_mon_opt() -> {P, R} = spawn_opt(fun() -> exit(q) end, [{monitor, [{tag, tt}]}]), receive {tt, R, process, P, X} -> X end.
