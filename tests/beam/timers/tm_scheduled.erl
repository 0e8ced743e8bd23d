%% SPDX-License-Identifier: Apache-2.0
%% Thousands of timers, absolute ones, asked for and cancelled in every way; the module timer with intervals, applied
%% functions, cancelling and the ends of processes; what is refused.
-module(tm_scheduled).
-include("../t.hrl").

start() ->
    process_flag(trap_exit, true),
    ?T(order()), ?T(cancelled()), ?T(absolute()), ?T(async()), ?T(named()), ?T(dead()), library(), refused(), ?T(zero()), ?T(many_processes()).

%% none is lost, none comes twice or before its time
order() ->
    T0 = erlang:monotonic_time(), rand:seed(exsss, {1, 2, 3}), Ns = [rand:uniform(60) || _ <- lists:seq(1, 3000)],
    Refs = [{erlang:start_timer(N, self(), N), N} || N <- Ns],
    Got = [receive {timeout, R, N} -> {R, N, erlang:convert_time_unit(erlang:monotonic_time() - T0, native, millisecond)} end || _ <- Ns],
    Early = [N || {_, N, At} <- Got, At < N], {length(Got), lists:sort(Refs) =:= lists:sort([{R, N} || {R, N, _} <- Got]), Early}.

cancelled() ->
    Rs = [erlang:start_timer(3600000 + N, self(), N) || N <- lists:seq(1, 1000)], Left = [is_integer(erlang:read_timer(R)) || R <- Rs], {Half, Rest} = lists:split(500, Rs),
    A = [erlang:cancel_timer(R) || R <- Half], B = [erlang:cancel_timer(R) || R <- Half], C = [erlang:read_timer(R) || R <- Half], D = [erlang:cancel_timer(R, [{info, false}]) || R <- Rest],
    {lists:usort(Left), lists:all(fun(X) -> X > 3599000 andalso X =< 3601000 end, A), lists:usort(B), lists:usort(C), lists:usort(D), receive {timeout, _, _} -> fired after 0 -> none end, erlang:cancel_timer(make_ref()), erlang:read_timer(make_ref())}.

absolute() ->
    Now = erlang:monotonic_time(millisecond), R1 = erlang:start_timer(Now + 20, self(), later, [{abs, true}]), R2 = erlang:start_timer(Now - 10, self(), past, [{abs, true}]), R3 = erlang:send_after(Now + 10, self(), soon, [{abs, true}]), R4 = erlang:start_timer(Now + 100000, self(), never, [{abs, true}]),
    L = [receive {timeout, R2, past} -> past end, receive soon -> soon end, receive {timeout, R1, later} -> later end], X = erlang:read_timer(R4), {L, X > 90000 andalso X =< 100000, erlang:monotonic_time(millisecond) >= Now + 20, erlang:read_timer(R3), is_integer(erlang:cancel_timer(R4)),
     element(1, element(2, catch erlang:start_timer(5, self(), x, [{abs, maybe_}])))}.

async() ->
    R = erlang:start_timer(100000, self(), x), A = erlang:read_timer(R, [{async, true}]), B = receive {read_timer, R, N} -> is_integer(N) end, C = erlang:cancel_timer(R, [{async, true}]), D = receive {cancel_timer, R, M} -> is_integer(M) end,
    E = erlang:cancel_timer(R, [{async, true}]), F = receive {cancel_timer, R, No} -> No end, G = erlang:cancel_timer(R, [{async, true}, {info, false}]), H = receive Y -> Y after 20 -> nothing end, {A, B, C, D, E, F, G, H}.

named() ->
    P = spawn_link(fun() -> register(tm_name, self()), receive {hello, F} -> F ! {got, self()} end end), wait_for(fun() -> whereis(tm_name) =:= P end), erlang:send_after(1, tm_name, {hello, self()}), A = receive {got, P} -> got end, receive {'EXIT', P, normal} -> ok end,
    R = erlang:send_after(1, tm_name, nobody), wait_for(fun() -> erlang:read_timer(R) =:= false end), R2 = erlang:send_after(0, nosuch_name, x), {A, is_reference(R2)}.

%% the end of its receiver takes a timer away, the end of who set it does not
dead() ->
    {P, M} = spawn_monitor(fun() -> receive stop -> ok end end), R = erlang:start_timer(100000, P, x), A = is_integer(erlang:read_timer(R)), P ! stop, receive {'DOWN', M, _, _, _} -> ok end, B = wait_for(fun() -> erlang:read_timer(R) =:= false end),
    Self = self(), {_, M2} = spawn_monitor(fun() -> erlang:send_after(10, Self, from_the_dead) end), receive {'DOWN', M2, _, _, _} -> ok end, {A, B, receive from_the_dead -> came end}.

library() ->
    Self = self(),
    ?T(begin {ok, _} = timer:send_after(1, hello), receive hello -> hello end end), ?T(begin {ok, T} = timer:send_after(100000, never), {timer:cancel(T), timer:cancel(T), timer:cancel(foo)} end),
    ?T(begin {ok, T2} = timer:send_interval(2, tick), L = [receive tick -> tick end || _ <- [1, 2, 3]], timer:cancel(T2), flush(), L end), ?T(begin {ok, _} = timer:apply_after(1, erlang, send, [Self, applied]), receive applied -> applied end end),
    ?T(begin {ok, T3} = timer:apply_interval(1, erlang, send, [Self, again]), L3 = [receive again -> again end || _ <- [1, 2]], timer:cancel(T3), flush(), L3 end), ?T(begin P = spawn_link(fun() -> receive x -> ok end end), {ok, _} = timer:kill_after(1, P), receive {'EXIT', P, R} -> R end end),
    ?T(begin P2 = spawn_link(fun() -> receive x -> ok end end), {ok, _} = timer:exit_after(1, P2, why), receive {'EXIT', P2, R2} -> R2 end end), ?T(begin P3 = spawn_link(fun() -> {ok, _} = timer:exit_after(1, mine), receive x -> ok end end), receive {'EXIT', P3, R3} -> R3 end end),
    ?T(begin P4 = spawn_link(fun() -> {ok, I} = timer:send_interval(1, Self, from_p4), receive stop -> timer:cancel(I) end end), receive from_p4 -> ok end, P4 ! stop, receive {'EXIT', P4, R4} -> R4 end end), flush(),
    ?T({timer:seconds(2), timer:minutes(2), timer:hours(2), timer:hms(1, 2, 3), timer:sleep(0), element(2, timer:tc(fun() -> x end)), element(2, timer:tc(fun(X) -> X + 1 end, [1])), element(2, timer:tc(lists, sum, [[1, 2]])), timer:now_diff({1, 2, 3}, {1, 1, 1})}),
    [?T(F()) || F <- [fun() -> timer:send_after(-1, x) end, fun() -> timer:send_after(foo, x) end, fun() -> timer:apply_after(1, foo, bar, baz) end, fun() -> {ok, T} = timer:send_interval(0, x), Off = timer:cancel(T), flush(), Off end, fun() -> timer:apply_interval(-5, a, b, []) end, fun() -> timer:exit_after(1, nopid, x) end, fun() -> timer:send_after(1, "notapid", x) end]].

flush() -> receive tick -> flush(); again -> flush(); from_p4 -> flush(); x -> flush() after 30 -> ok end.

refused() ->
    [?T(catch element(1, element(2, catch apply(erlang, F, A)))) || {F, A} <- [{start_timer, [-1, self(), x]}, {start_timer, [foo, self(), x]}, {start_timer, [1 bsl 70, self(), x]}, {start_timer, [1.0, self(), x]}, {start_timer, [1, "x", x]}, {start_timer, [1, self(), x, [foo]]}, {start_timer, [1, self(), x, foo]},
                                                                              {send_after, [-1, self(), x]}, {send_after, [1, {name, node()}, x]}, {cancel_timer, [foo]}, {cancel_timer, [make_ref(), [foo]]}, {cancel_timer, [make_ref(), [{info, x}]]}, {read_timer, [1]}, {read_timer, [make_ref(), [{info, true}]]}, {start_timer, [4294967295, self(), x, [{abs, false} | a]]}]],
    R = erlang:start_timer(1 bsl 40, self(), far), ?T(erlang:read_timer(R) > (1 bsl 40) - 100000), ?T(is_integer(erlang:cancel_timer(R))).

%% zero milliseconds: later than what was sent before, sooner than what waits
zero() -> self() ! before, erlang:send_after(0, self(), zero), A = receive X -> X end, B = receive Y -> Y end, C = receive Z -> Z after 0 -> none end, {A, B, C}.

many_processes() ->
    Ps = [spawn_link(fun() -> rand:seed(exsss, {N, 1, 1}), exit({ticks, ticks(20, 0)}) end) || N <- lists:seq(1, 300)], lists:usort([receive {'EXIT', P, R} -> R end || P <- Ps]).
ticks(0, Sum) -> Sum;
ticks(N, Sum) -> R = erlang:start_timer(rand:uniform(3), self(), N), X = erlang:start_timer(10000, self(), other), receive {timeout, R, N} -> erlang:cancel_timer(X), ticks(N - 1, Sum + N) end.
