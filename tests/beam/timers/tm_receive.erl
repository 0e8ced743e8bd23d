%% SPDX-License-Identifier: Apache-2.0
-module(tm_receive).
-include("../t.hrl").
start() -> ?T(exact([1, 5, 10, 20])), ?T(race(200)), ?T(nested()), ?T(renew(10)), ?T(zero_loop(10000)), ?T(infinity()), ?T(many_procs(300)), ?T(after_expr()), ?T(big_timeout()), ?T(msg_during_timeout()), ?T(killed_in_timeout(50)), ?T(poll(20)), ?T(priority_recv()), ?T(hib_timeout()), ?T(gs_timeout()).
exact(Ts) -> [begin A = erlang:monotonic_time(millisecond), receive never -> x after T -> ok end, erlang:monotonic_time(millisecond) - A >= T end || T <- Ts].
race(N) -> S = self(), lists:usort([begin R = make_ref(), spawn(fun() -> receive after K rem 3 -> S ! R end end), receive R -> got after 3000 -> timeout end end || K <- lists:seq(1, N)]).
nested() -> receive a -> 1 after 1 -> receive b -> 2 after 1 -> receive c -> 3 after 1 -> deepest end end end.
renew(0) -> done; renew(N) -> self() ! {n, N}, receive {n, N} -> renew(N - 1) after 1000 -> lost end.
zero_loop(0) -> ok; zero_loop(N) -> receive zzz -> bad after 0 -> zero_loop(N - 1) end.
infinity() -> S = self(), P = spawn(fun() -> receive X -> S ! {i, X} after infinity -> never end end), timer:sleep(5), P ! hello, receive {i, X} -> X after 3000 -> t end.
many_procs(N) -> S = self(), [spawn(fun() -> receive x -> x after K rem 20 -> S ! done end end) || K <- lists:seq(1, N)], length([receive done -> ok after 5000 -> t end || _ <- lists:seq(1, N)]).
after_expr() -> T = id(3), receive x -> x after T * 2 - 5 -> computed end.
big_timeout() -> S = self(), P = spawn(fun() -> receive X -> S ! {b, X} after 16#FFFFFFFF -> never end end), P ! q, receive {b, X} -> X after 3000 -> t end.
msg_during_timeout() -> S = self(), erlang:send_after(5, S, other), erlang:send_after(15, S, wanted), A = receive wanted -> w after 3000 -> t end, B = receive other -> o after 0 -> none end, {A, B}.
killed_in_timeout(N) -> length([begin {P, M} = spawn_monitor(fun() -> receive after 100000 -> ok end end), exit(P, kill), receive {'DOWN', M, _, P, killed} -> ok end end || _ <- lists:seq(1, N)]).
poll(N) -> S = self(), spawn(fun() -> timer:sleep(20), S ! ready end), pl(N * 100). pl(0) -> gave_up; pl(N) -> receive ready -> ready after 1 -> pl(N - 1) end.
priority_recv() -> self() ! low, self() ! high, R = receive high -> h after 0 -> receive low -> l after 0 -> n end end, receive low -> {R, l} after 0 -> {R, n} end.
hib_timeout() -> S = self(), P = spawn(fun() -> erlang:send_after(10, self(), wake), erlang:hibernate(erlang, send, [S, {hib, woke}]) end), X = receive {hib, Y} -> Y after 3000 -> t end, {X, is_pid(P)}.
gs_timeout() -> {ok, G} = gen_server:start(sup_srv, 0, []), ok = gen_server:call(G, {timeout, 10}), X = wait_for(fun() -> sys:get_state(G) =:= timed_out end), gen_server:stop(G), X.
