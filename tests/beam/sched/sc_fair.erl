%% SPDX-License-Identifier: Apache-2.0
%% slow
-module(sc_fair).
-include("../t.hrl").
start() -> ?T(busy_and_timer()), ?T(priorities()), ?T(many_yield(200)), ?T(long_bifs()), ?T(spawn_storm(20000)), ?T(ring(500, 100)), ?T(gl()), ?T(suspend()), ?T(starve()), ?T(dirty()), ?T(reds()), ?T(online()), ?T(killstorm(2000)), ?T(msgstorm()), ?T(timerstorm(5000)), ?T(linkstorm(500)), ?T(big_copy()), ?T(block()).
busy_and_timer() -> Ps = [spawn(fun() -> spin(0) end) || _ <- lists:seq(1, 8)], R = [receive x -> x after 10 -> t end || _ <- lists:seq(1, 10)], [exit(P, kill) || P <- Ps], length(R).
spin(N) -> spin(N + 1).
priorities() -> S = self(), process_flag(priority, high), Ps = [spawn_opt(fun() -> receive go -> S ! {p, Pr} end end, [{priority, Pr}]) || Pr <- [low, normal, high]], [P ! go || P <- Ps], R = lists:sort([receive {p, X} -> X after 5000 -> t end || _ <- Ps]), process_flag(priority, normal), R.
many_yield(N) -> S = self(), [spawn(fun() -> [erlang:yield() || _ <- lists:seq(1, 100)], S ! y end) || _ <- lists:seq(1, N)], length([receive y -> ok end || _ <- lists:seq(1, N)]).
long_bifs() -> S = self(), spawn(fun() -> L = lists:seq(1, 300000), S ! {len, length(lists:reverse(L)), length(L ++ L), lists:member(300001, L), byte_size(term_to_binary(L)), erlang:phash2(L), length(lists:sort(L)), byte_size(list_to_binary([X band 255 || X <- L]))} end), receive T when is_tuple(T) -> T after 60000 -> t end.
spawn_storm(N) -> S = self(), [spawn(fun() -> S ! one end) || _ <- lists:seq(1, N)], cnt(N, 0).
cnt(0, A) -> A; cnt(N, A) -> receive one -> cnt(N - 1, A + 1) end.
ring(N, M) -> S = self(), First = lists:foldl(fun(_, Nx) -> spawn(fun() -> rl(Nx) end) end, S, lists:seq(1, N)), First ! {M, 0}, rr(First).
rl(Nx) -> receive {M, H} -> Nx ! {M, H + 1}, rl(Nx); stop -> Nx ! stop end.
rr(F) -> receive {0, H} -> F ! stop, receive stop -> H end; {M, H} -> F ! {M - 1, H}, rr(F) end.
gl() -> P = spawn(fun() -> receive {g, F} -> F ! {gl, group_leader()} end end), true = group_leader(self(), P), P ! {g, self()}, receive {gl, G} -> G =:= self() end.
suspend() -> P = spawn(fun() -> cl(0) end), true = erlang:suspend_process(P), true = erlang:suspend_process(P), R1 = process_info(P, status), true = erlang:resume_process(P), R2 = process_info(P, status), true = erlang:resume_process(P), X = catch erlang:resume_process(P), Y = erlang:suspend_process(P, [unless_suspending]), Z = erlang:suspend_process(P, [unless_suspending]), exit(P, kill), {R1, R2, element(1, X), Y, Z}.
cl(N) -> receive x -> N after 1 -> cl(N + 1) end.
starve() -> Ps = [spawn_opt(fun() -> spin(0) end, [{priority, normal}]) || _ <- lists:seq(1, 4)], S = self(), spawn_opt(fun() -> S ! low end, [{priority, low}]), R = receive low -> ran after 10000 -> starved end, [exit(P, kill) || P <- Ps], R.
dirty() -> [is_integer(X) || X <- [erlang:system_info(dirty_cpu_schedulers), erlang:system_info(dirty_io_schedulers), erlang:system_info(schedulers)]].
reds() -> {reductions, A} = process_info(self(), reductions), lists:foreach(fun(_) -> ok end, lists:seq(1, 10000)), {reductions, B} = process_info(self(), reductions), B - A > 10000.
online() -> N = erlang:system_info(schedulers_online), erlang:system_flag(schedulers_online, 1), R = erlang:system_info(schedulers_online), erlang:system_flag(schedulers_online, N), {R, erlang:system_info(schedulers_online) =:= N}.
killstorm(N) -> Ps = [spawn_monitor(fun() -> receive after infinity -> ok end end) || _ <- lists:seq(1, N)], [exit(P, kill) || {P, _} <- Ps], length([receive {'DOWN', R, process, P, killed} -> ok end || {P, R} <- Ps]).
msgstorm() -> S = self(), C = spawn(fun() -> S ! {tot, ms(0, 50 * 200)} end), [spawn(fun() -> [C ! {K, lists:seq(1, K rem 20)} || K <- lists:seq(1, 200)] end) || _ <- lists:seq(1, 50)], receive {tot, X} -> X after 20000 -> t end.
ms(A, 0) -> A; ms(A, N) -> receive {_, L} -> ms(A + length(L), N - 1) end.
timerstorm(N) -> [erlang:send_after(K rem 50, self(), {t, K}) || K <- lists:seq(1, N)], lists:sum([receive {t, K} -> K after 10000 -> 0 end || _ <- lists:seq(1, N)]).
linkstorm(N) -> process_flag(trap_exit, true), Ps = [spawn_link(fun() -> exit(K) end) || K <- lists:seq(1, N)], R = lists:sum([receive {'EXIT', P, K} -> K end || P <- Ps]), process_flag(trap_exit, false), R.
big_copy() -> T = maps:from_list([{K, {K, [K], integer_to_binary(K)}} || K <- lists:seq(1, 20000)]), S = self(), [spawn(fun() -> receive {d, D} -> S ! {sz, map_size(D)} end end) ! {d, T} || _ <- [1, 2, 3]], [receive {sz, N} -> N after 10000 -> t end || _ <- [1, 2, 3]].
block() -> S = self(), P = spawn(fun() -> receive never -> ok end end), erlang:system_flag(multi_scheduling, block), spawn(fun() -> S ! hello end), R = receive hello -> ok after 5000 -> t end, erlang:system_flag(multi_scheduling, unblock), exit(P, kill), R.
