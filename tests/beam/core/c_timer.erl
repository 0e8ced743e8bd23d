%% SPDX-License-Identifier: Apache-2.0
-module(c_timer).
-include("core.hrl").
start() ->
    T0 = erlang:monotonic_time(millisecond), receive after 30 -> ok end, T1 = erlang:monotonic_time(millisecond), ?T(T1 - T0 >= 30), ?T(T1 - T0 < 5000),
    erlang:send_after(10, self(), hello), ?T(receive X -> X after 5000 -> none end), R = erlang:start_timer(10, self(), msg), ?T(receive {timeout, R, M} -> M after 5000 -> none end),
    R2 = erlang:send_after(100000, self(), never), ?T(is_integer(erlang:read_timer(R2))), ?T(is_integer(erlang:cancel_timer(R2))), ?T(erlang:cancel_timer(R2)), ?T(erlang:read_timer(R2)), ?T(receive never -> n after 5 -> nothing end),
    [erlang:send_after(D, self(), {d, D}) || D <- [120, 60, 1, 180]], ?T([receive {d, D} -> D after 5000 -> none end || _ <- [1, 2, 3, 4]]),
    ?T(erlang:send_after(id(-1), self(), x)), ?T(erlang:send_after(id(a), self(), x)), ?T(erlang:send_after(1, id(1), x)), ?T(erlang:start_timer(1, id({}), x)), ?T(erlang:cancel_timer(id(x))), ?T(erlang:cancel_timer(make_ref())),
    register(c_timer_me, self()), erlang:send_after(5, c_timer_me, by_name), ?T(receive by_name -> ok after 5000 -> none end), erlang:send_after(1, no_such_proc_y, x), ?T(unregister(c_timer_me)),
    R3 = erlang:send_after(100000, self(), x), ?T(erlang:cancel_timer(R3, [{async, true}])), ?T(receive {cancel_timer, R3, L} -> is_integer(L) after 5000 -> none end), R4 = erlang:send_after(100000, self(), x), ?T(erlang:cancel_timer(R4, [{info, false}])), ?T(erlang:cancel_timer(R4, [{async, true}, {info, false}])),
    R5 = erlang:start_timer(erlang:monotonic_time(millisecond) + 20, self(), abs, [{abs, true}]), ?T(receive {timeout, R5, abs} -> ok after 5000 -> none end), ?T(erlang:start_timer(1, self(), x, [bad])),
    ?T(erlang:send_after(0, self(), zero) =/= x), ?T(receive zero -> zero after 5000 -> none end), ?T(loop(20)), ?T(many(200)), ?T(dead_target()),
    ?T(receive a -> b after 0 -> first end), ?T(begin self() ! m, receive m -> m after 0 -> z end end), ?T(recv_seq(3)),
    A = erlang:unique_integer([monotonic, positive]), B = erlang:unique_integer([monotonic, positive]), ?T(A < B), ?T(A > 0), ?T(is_integer(erlang:system_time())), ?T(erlang:system_time(second) > 1600000000), ?T(erlang:system_time(millisecond) div 1000 - erlang:system_time(second) =< 1),
    ?T(erlang:convert_time_unit(1, second, microsecond)), ?T(erlang:convert_time_unit(1999, millisecond, second)), ?T(erlang:convert_time_unit(-1, millisecond, second)), ?T(erlang:convert_time_unit(5, 10, 1000)), ?T(is_integer(erlang:time_offset())),
    ?T(mono(erlang:monotonic_time(), 1000)), ?T(size(erlang:timestamp())), ?T(size(date())), ?T(size(time())).
loop(0) -> done;
loop(N) -> R = erlang:start_timer(1, self(), N), receive {timeout, R, N} -> loop(N - 1) after 5000 -> lost end.
many(N) -> Rs = [erlang:start_timer(K rem 20, self(), K) || K <- seq(1, N)], [receive {timeout, R, _} -> ok after 5000 -> lost end || R <- Rs] =:= [ok || _ <- seq(1, N)].
seq(A, B) when A > B -> [];
seq(A, B) -> [A | seq(A + 1, B)].
dead_target() -> P = spawn(fun() -> ok end), erlang:send_after(5, P, x), receive after 20 -> ok end.
recv_seq(0) -> [];
recv_seq(N) -> erlang:send_after(1, self(), {s, N}), receive {s, N} -> [N | recv_seq(N - 1)] after 5000 -> [lost] end.
mono(_, 0) -> monotonic;
mono(T, N) -> case erlang:monotonic_time() of T1 when T1 >= T -> mono(T1, N - 1); T1 -> {back, T, T1} end.
