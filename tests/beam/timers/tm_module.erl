%% SPDX-License-Identifier: Apache-2.0
-module(tm_module).
-include("../t.hrl").
start() ->
    ?T(begin {ok, _} = timer:send_after(5, a), receive a -> a after 3000 -> t end end), ?T(begin {ok, _} = timer:apply_after(5, erlang, send, [self(), b]), receive b -> b after 3000 -> t end end), ?T(begin {ok, R} = timer:send_interval(5, tick), X = [receive tick -> ok after 3000 -> t end || _ <- [1, 2, 3]], {ok, cancel} = timer:cancel(R), X end), ?T(fl()), ?T(timer:sleep(1)), ?T(element(2, timer:tc(fun() -> 42 end))), ?T(element(2, timer:tc(lists, sum, [[1, 2]]))), ?T(is_integer(element(1, timer:tc(fun() -> ok end)))), ?T([timer:seconds(2), timer:minutes(1), timer:hours(1), timer:hms(1, 2, 3)]), ?T(timer:now_diff({1, 2, 3}, {1, 1, 2})), ?T(timer:cancel(bad)), ?T(timer:send_after(-1, x)), ?T(timer:exit_after(5, spawn(fun() -> timer:sleep(5000) end), die) =/= x), ?T(kill_after()), ?T(order()), ?T(erl_timers()), ?T(long_timer()), ?T(restart()), ?T(after_loop(30)), ?T(many_cancel(1000)), ?T(huge()), ?T(abs_timers()), ?T(name_timer()), ?T(timeout_race(100)), ?T(infinity()), ?T(parallel_sleep(500)).
fl() -> receive _ -> fl() after 30 -> done end.
kill_after() -> P = spawn(fun() -> timer:sleep(5000) end), M = monitor(process, P), {ok, _} = timer:kill_after(5, P), receive {'DOWN', M, _, _, R} -> R end.
order() -> [erlang:send_after(T, self(), {o, T}) || T <- [200, 40, 120, 1, 280]], [receive {o, T} -> T end || _ <- lists:seq(1, 5)].
erl_timers() -> R = erlang:start_timer(60000, self(), x), A = erlang:read_timer(R), B = erlang:cancel_timer(R), C = erlang:cancel_timer(R), D = erlang:read_timer(R), {A > 50000, B > 50000, C, D}.
long_timer() -> R = erlang:send_after(16#FFFFFFFF, self(), x), A = erlang:read_timer(R) > 16#FFFF0000, erlang:cancel_timer(R), A.
restart() -> F = fun(R) -> erlang:cancel_timer(R), erlang:start_timer(20, self(), tick) end, R0 = erlang:start_timer(20, self(), tick), R1 = F(R0), R2 = F(R1), receive {timeout, R, tick} -> R =:= R2 end.
after_loop(0) -> done; after_loop(N) -> receive x -> x after N rem 3 -> after_loop(N - 1) end.
many_cancel(N) -> Rs = [erlang:send_after(100000 + K, self(), never) || K <- lists:seq(1, N)], L = [erlang:cancel_timer(R) || R <- Rs], {length([X || X <- L, is_integer(X)]), length([X || R <- Rs, X <- [erlang:cancel_timer(R)], X =:= false])}.
huge() -> [try erlang:send_after(T, self(), x) of R -> erlang:cancel_timer(R), ok catch error:E -> E end || T <- [1 bsl 32, 1 bsl 40, 1 bsl 60, 1 bsl 80]].
abs_timers() -> T = erlang:monotonic_time(millisecond), R1 = erlang:start_timer(T + 100, self(), b, [{abs, true}]), R2 = erlang:start_timer(T + 5, self(), a, [{abs, true}]), _ = erlang:start_timer(T - 1, self(), past, [{abs, true}]), [receive {timeout, _, past} -> past end, receive {timeout, R2, a} -> a end, receive {timeout, R1, b} -> b end].
name_timer() -> P = spawn(fun() -> receive X -> exit({got, X}) end end), register(tm_named, P), M = monitor(process, P), erlang:send_after(5, tm_named, hi), receive {'DOWN', M, _, _, W} -> W end.
timeout_race(N) -> S = self(), length([x || _ <- lists:seq(1, N), begin R = make_ref(), spawn(fun() -> S ! R end), receive R -> true after 1000 -> false end end]).
infinity() -> S = self(), P = spawn(fun() -> receive X -> S ! {inf, X} after infinity -> no end end), erlang:send_after(10, P, now), receive {inf, X} -> X end.
parallel_sleep(N) -> S = self(), T0 = erlang:monotonic_time(millisecond), [spawn(fun() -> timer:sleep(100), S ! slept end) || _ <- lists:seq(1, N)], [receive slept -> ok end || _ <- lists:seq(1, N)], T = erlang:monotonic_time(millisecond) - T0, {T >= 100, T < 5000}.
