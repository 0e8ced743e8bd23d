%% SPDX-License-Identifier: Apache-2.0
-module(tm_stress).
-include("../t.hrl").
start() -> ?T(sorted(300)), ?T(cancel_half(1000)), ?T(from_many(100)), ?T(recv_after(50)), ?T(read_dec()), ?T(cancel_other()), ?T(cancel_async(50)), ?T(to_dead(100)), ?T(replace(200)), ?T(zero(100)), ?T(same_ms(200)), ?T(msgs()), ?T(long_short()), ?T(timer_module(20)), ?T(interval()), ?T(after_gc()), ?T(monotonic(10000)), ?T(offsets()).
sorted(N) -> [erlang:send_after((K * 7919) rem 100, self(), {(K * 7919) rem 100}) || K <- lists:seq(1, N)], L = [receive {T} -> T after 5000 -> lost end || _ <- lists:seq(1, N)], {length(L), lists:sum(L)}.
cancel_half(N) -> Rs = [{K, erlang:send_after(case K rem 2 of 0 -> 60000; 1 -> 30 end, self(), {ch, K})} || K <- lists:seq(1, N)], C = length([x || {K, R} <- Rs, K rem 2 =:= 0, is_integer(erlang:cancel_timer(R))]), {C, lists:all(fun(K) -> K rem 2 =:= 1 end, [receive {ch, K} -> K after 5000 -> 0 end || _ <- lists:seq(1, N - C)]), receive {ch, _} -> extra after 60 -> none end}.
from_many(N) -> S = self(), [spawn(fun() -> erlang:send_after(K rem 10, S, {fm, K}) end) || K <- lists:seq(1, N)], lists:sum([receive {fm, K} -> K after 5000 -> 0 end || _ <- lists:seq(1, N)]).
recv_after(N) -> S = self(), [spawn(fun() -> receive x -> x after K -> S ! {ra, K} end end) || K <- lists:seq(1, N)], lists:sum([receive {ra, K} -> K after 5000 -> 0 end || _ <- lists:seq(1, N)]).
read_dec() -> R = erlang:start_timer(100000, self(), x), A = erlang:read_timer(R), timer:sleep(30), B = erlang:read_timer(R), erlang:cancel_timer(R), A > B.
cancel_other() -> S = self(), P = spawn(fun() -> R = erlang:start_timer(100000, S, x), S ! {r, R}, receive y -> ok end end), R = receive {r, X} -> X end, A = is_integer(erlang:read_timer(R)), B = is_integer(erlang:cancel_timer(R)), P ! y, {A, B, erlang:cancel_timer(R)}.
cancel_async(N) -> lists:usort([begin R = erlang:start_timer(100000, self(), x), ok = erlang:cancel_timer(R, [{async, true}, {info, true}]), receive {cancel_timer, R, T} -> is_integer(T) after 3000 -> t end end || _ <- lists:seq(1, N)]).
to_dead(N) -> P = spawn(fun() -> receive s -> ok end end), [erlang:send_after(K rem 5, P, m) || K <- lists:seq(1, N)], exit(P, kill), timer:sleep(20), ok.
replace(N) -> R = lists:foldl(fun(K, R) -> erlang:cancel_timer(R), erlang:start_timer(20, self(), K) end, erlang:start_timer(20, self(), 0), lists:seq(1, N)), receive {timeout, R, K} -> K after 5000 -> t end.
zero(N) -> [erlang:send_after(0, self(), {z, K}) || K <- lists:seq(1, N)], lists:sum([receive {z, K} -> K after 5000 -> 0 end || _ <- lists:seq(1, N)]).
same_ms(N) -> Rs = [erlang:start_timer(25, self(), K) || K <- lists:seq(1, N)], length([x || R <- Rs, receive {timeout, R, _} -> true after 5000 -> false end]).
msgs() -> T = #{big => lists:seq(1, 100), b => binary:copy(<<"x">>, 100)}, R = erlang:start_timer(5, self(), T), erlang:garbage_collect(), receive {timeout, R, M} -> M =:= T after 5000 -> t end.
long_short() -> L = erlang:send_after(50000, self(), long), erlang:send_after(5, self(), short), X = receive M -> M after 5000 -> t end, {X, is_integer(erlang:cancel_timer(L))}.
timer_module(N) -> S = self(), [timer:send_after(K rem 7, S, {tmo, K}) || K <- lists:seq(1, N)], lists:sum([receive {tmo, K} -> K after 5000 -> 0 end || _ <- lists:seq(1, N)]).
interval() -> {ok, R} = timer:send_interval(3, tick), [receive tick -> ok after 5000 -> t end || _ <- lists:seq(1, 10)], {ok, cancel} = timer:cancel(R), timer:sleep(20), (fun F() -> receive tick -> F() after 0 -> ok end end)(), receive tick -> still after 20 -> stopped end.
after_gc() -> erlang:send_after(10, self(), {x, lists:seq(1, 50)}), [begin _ = lists:seq(1, 2000), erlang:garbage_collect() end || _ <- lists:seq(1, 20)], receive {x, L} -> length(L) after 5000 -> t end.
monotonic(N) -> mono(N, erlang:monotonic_time()). mono(0, _) -> ok; mono(N, T) -> T2 = erlang:monotonic_time(), if T2 >= T -> mono(N - 1, T2); true -> {back, T2 - T} end.
offsets() -> abs(erlang:monotonic_time(millisecond) + erlang:time_offset(millisecond) - erlang:system_time(millisecond)) < 1000.
