%% SPDX-License-Identifier: Apache-2.0
-module(c_recv).
-include("core.hrl").
start() ->
    S = self(),
    S ! a, S ! b, S ! {c, 1}, S ! "list", S ! 2.5, S ! <<"bin">>, S ! 1 bsl 80,
    ?T(receive {c, N} -> {got_c, N} end), ?T(receive X when is_float(X) -> X end), ?T(receive A when is_atom(A) -> A end), ?T(receive Y -> Y end), ?T(drain()), ?T(receive Z -> Z after 0 -> empty end),
    ?T(receive after 1 -> timeout end), ?T(receive never -> x after 5 -> timeout end), ?T(receive after id(0) -> t end), ?T(receive after id(a) -> t end), ?T(receive after id(-1) -> t end), ?T(receive after id(1 bsl 40) -> t end),
    [S ! {n, K} || K <- [1, 2, 3, 4, 5]], ?T([receive {n, K} -> {r, K} end || K <- [5, 3, 1, 2, 4]]),
    [S ! K || K <- seq(1, 500)], ?T(sum_recv(500, 0)), [S ! {K rem 2, K} || K <- seq(1, 20)], ?T(evens()), ?T(drain()),
    R = make_ref(), S ! {R, ok}, ?T(receive {R, V} -> V end), S ! {make_ref(), no}, ?T(receive {R, V2} -> V2 after 10 -> no_match end), ?T(length(drain())),
    S ! 1, ?T(receive Q when Q > 5 -> big after 0 -> none end), S ! 10, ?T(receive Q1 when Q1 > 5 -> big after 0 -> none end), ?T(drain()),
    ?T(S ! result_of_send), ?T(drain()), ?T(erlang:send(S, hi)), ?T(drain()), ?T(id(nosuchname) ! x), ?T(erlang:send(S, m, [noconnect])), ?T(erlang:send(S, m2, [nosuspend, noconnect])), ?T(drain()), ?T(id("str") ! x), ?T(id(1) ! x),
    ?T(nested()), ?T(loop_state(S)), ?T(flush_sel()), ?T(guard_fail()), ?T(big()).
drain() -> receive X -> [X | drain()] after 0 -> [] end.
seq(A, B) when A > B -> [];
seq(A, B) -> [A | seq(A + 1, B)].
sum_recv(0, A) -> A;
sum_recv(N, A) -> receive X when is_integer(X) -> sum_recv(N - 1, A + X) end.
evens() -> receive {0, K} -> [K | evens()] after 0 -> [] end.
nested() -> self() ! outer, self() ! inner, receive outer -> receive inner -> both end end.
loop_state(S) -> S ! inc, S ! inc, S ! {get, S}, S ! stop, [lp(0), drain()].
lp(N) -> receive inc -> lp(N + 1); {get, P} -> P ! {val, N}, lp(N); stop -> {stopped, N} end.
flush_sel() -> self() ! {x, 1}, self() ! y, self() ! {x, 2}, R = fl(), {R, drain()}.
fl() -> receive {x, N} -> [N | fl()] after 0 -> [] end.
guard_fail() -> self() ! {a}, self() ! [1], receive M when hd(M) =:= 1 -> {ok, M, drain()} after 0 -> no end.
big() -> T = list_to_tuple(seq(1, 200)), self() ! {T, [T, T], #{t => T}}, receive {A, [B, C], #{t := D}} -> {A =:= T, B =:= A, C =:= D, tuple_size(D)} end.
