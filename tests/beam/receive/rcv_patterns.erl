%% SPDX-License-Identifier: Apache-2.0
-module(rcv_patterns).
-include("../t.hrl").
start() ->
    S = self(), ?T(server()), ?T(bounded(50)), ?T(prio_queue()), ?T(timeouts()), ?T(flood(20000)), ?T(many_to_one(50, 100)), ?T(order(10, 200)), ?T(big_messages(200)), ?T(refs(200)), ?T(select_deep(5000)), ?T(barrier(30)), ?T(bank()), ?T(prod_cons(1000)), ?T(dining(5, 30)), ?T(broadcast(40)), ?T(pipeline(20, 100)), ?T(bin_msgs()), ?T(fun_msgs()), ?T(self_loop(1000)), ?T(recv_guard()), ?T(after_computed()), ?T(nested_recv()), ?T(flush(S)), ?T(element(2, process_info(S, message_queue_len))).
server() -> P = spawn(fun() -> kv(#{}) end), C = fun(Q) -> R = make_ref(), P ! {self(), R, Q}, receive {R, A} -> A after 5000 -> timeout end end, R = [C({put, a, 1}), C({put, b, 2}), C({get, a}), C({get, z}), C(size), C({del, a}), C({get, a}), C(bad)], P ! stop, R.
kv(M) -> receive {F, R, {put, K, V}} -> F ! {R, ok}, kv(M#{K => V}); {F, R, {get, K}} -> F ! {R, maps:find(K, M)}, kv(M); {F, R, size} -> F ! {R, map_size(M)}, kv(M); {F, R, {del, K}} -> F ! {R, maps:is_key(K, M)}, kv(maps:remove(K, M)); {F, R, _} -> F ! {R, {error, unknown}}, kv(M); stop -> ok end.
bounded(N) -> S = self(), P = spawn(fun() -> [begin receive tok -> ok end, S ! {item, K} end || K <- lists:seq(1, N)] end), lists:sum([begin P ! tok, receive {item, K} -> K end end || _ <- lists:seq(1, N)]).
prio_queue() -> [self() ! {pr, P, N} || {P, N} <- [{3, a}, {1, b}, {2, c}, {1, d}, {3, e}]], pq([1, 2, 3]).
pq([]) -> []; pq([P | T]) -> receive {pr, P, N} -> [{P, N} | pq([P | T])] after 0 -> pq(T) end.
timeouts() -> A = receive x -> x after 0 -> zero end, B = receive x -> x after 10 -> ten end, T0 = erlang:monotonic_time(millisecond), C = receive x -> x after 50 -> fifty end, D = erlang:monotonic_time(millisecond) - T0, {A, B, C, D >= 50}.
flood(N) -> S = self(), P = spawn(fun() -> S ! {sum, fl(0)} end), [P ! K || K <- lists:seq(1, N)], P ! done, receive {sum, X} -> X end.
fl(A) -> receive done -> A; K -> fl(A + K) end.
many_to_one(P, N) -> S = self(), [spawn(fun() -> [S ! {m, K} || K <- lists:seq(1, N)] end) || _ <- lists:seq(1, P)], lists:sum([receive {m, K} -> K end || _ <- lists:seq(1, P * N)]).
order(P, N) -> S = self(), Is = lists:seq(1, P), [spawn(fun() -> [S ! {I, K} || K <- lists:seq(1, N)] end) || I <- Is], Got = [receive {I, K} -> {I, K} end || _ <- lists:seq(1, P * N), true], lists:all(fun(I) -> [K || {J, K} <- Got, J =:= I] =:= lists:seq(1, N) end, Is).
big_messages(N) -> S = self(), T = lists:seq(1, 500), P = spawn(fun() -> S ! {tot, bm(0)} end), [P ! {data, K, T, #{k => T}, list_to_tuple(T)} || K <- lists:seq(1, N)], P ! stop, receive {tot, X} -> X end.
bm(A) -> receive {data, _, L, #{k := L2}, T} -> bm(A + length(L) + length(L2) + tuple_size(T)); stop -> A end.
refs(N) -> P = spawn(fun R() -> receive {F, Ref, X} -> F ! {Ref, X}, R(); s -> ok end end), Rs = [begin R = make_ref(), P ! {self(), R, K}, {R, K} end || K <- lists:seq(1, N)], X = lists:all(fun({R, K}) -> receive {R, V} -> V =:= K end end, lists:reverse(Rs)), P ! s, X.
select_deep(N) -> [self() ! {noise, K} || K <- lists:seq(1, N)], self() ! needle, receive needle -> ok end, length(dr()).
dr() -> receive {noise, K} -> [K | dr()] after 0 -> [] end.
barrier(N) -> S = self(), B = spawn(fun() -> bar(N, []) end), [spawn(fun() -> R = make_ref(), B ! {in, self(), R}, receive {go, R} -> S ! through end end) || _ <- lists:seq(1, N)], length([receive through -> x end || _ <- lists:seq(1, N)]).
bar(0, L) -> [P ! {go, R} || {P, R} <- L]; bar(N, L) -> receive {in, P, R} -> bar(N - 1, [{P, R} | L]) end.
bank() -> A = spawn(fun() -> acc(100) end), B = spawn(fun() -> acc(50) end), tr(A, B, 30), tr(B, A, 10), tr(A, B, 500), {bal(A), bal(B)}.
acc(N) -> receive {wd, F, R, X} when X =< N -> F ! {R, ok}, acc(N - X); {wd, F, R, _} -> F ! {R, no}, acc(N); {dep, X} -> acc(N + X); {bal, F, R} -> F ! {R, N}, acc(N) end.
tr(A, B, X) -> R = make_ref(), A ! {wd, self(), R, X}, receive {R, ok} -> B ! {dep, X}; {R, no} -> no end.
bal(A) -> R = make_ref(), A ! {bal, self(), R}, receive {R, N} -> N end.
prod_cons(N) -> Q = spawn(fun() -> q(queue:new(), []) end), S = self(), spawn(fun() -> [Q ! {put, K} || K <- lists:seq(1, N)] end), [spawn(fun() -> [begin Q ! {get, self()}, receive {item, X} -> S ! {c, X} end end || _ <- lists:seq(1, N div 10)] end) || _ <- lists:seq(1, 10)], lists:sum([receive {c, X} -> X end || _ <- lists:seq(1, N)]).
q(Q, [W | Ws] = All) -> case queue:out(Q) of {{value, X}, Q2} -> W ! {item, X}, q(Q2, Ws); {empty, _} -> qr(Q, All) end; q(Q, []) -> qr(Q, []).
qr(Q, Ws) -> receive {put, X} -> q(queue:in(X, Q), Ws); {get, P} -> q(Q, Ws ++ [P]) after 3000 -> ok end.
dining(N, M) -> Fk = list_to_tuple([spawn(fun fork/0) || _ <- lists:seq(1, N)]), S = self(), [spawn(fun() -> eat(M, element(min(I, I rem N + 1), Fk), element(max(I, I rem N + 1), Fk)), S ! {ate, I} end) || I <- lists:seq(1, N)], R = lists:sort([receive {ate, I} -> I end || _ <- lists:seq(1, N)]), [F ! stop || F <- tuple_to_list(Fk)], R.
fork() -> receive {take, P} -> P ! {taken, self()}, receive {drop, P} -> fork() end; stop -> ok end.
eat(0, _, _) -> ok; eat(N, A, B) -> A ! {take, self()}, receive {taken, A} -> ok end, B ! {take, self()}, receive {taken, B} -> ok end, B ! {drop, self()}, A ! {drop, self()}, eat(N - 1, A, B).
broadcast(N) -> S = self(), Ps = [spawn(fun() -> receive {b, X} -> S ! {ack, self(), X} end end) || _ <- lists:seq(1, N)], [P ! {b, {hello, [1, 2]}} || P <- Ps], length([receive {ack, P, {hello, [1, 2]}} -> ok end || P <- Ps]).
pipeline(N, M) -> S = self(), First = lists:foldl(fun(_, Next) -> spawn(fun L() -> receive stop -> Next ! stop; X -> Next ! X + 1, L() end end) end, S, lists:seq(1, N)), [First ! K || K <- lists:seq(1, M)], First ! stop, pl(0).
pl(A) -> receive stop -> A; X when is_integer(X) -> pl(A + X) end.
bin_msgs() -> S = self(), B = binary:copy(<<"0123456789">>, 1000), spawn(fun() -> S ! {b, B, binary:part(B, 5, 100), <<B/binary, "x">>} end), receive {b, B2, P, X} -> {B2 =:= B, P =:= binary:part(B, 5, 100), byte_size(X)} end.
fun_msgs() -> P = spawn(fun() -> wk() end), R = [begin P ! {do, self(), F}, receive {done, V} -> V end end || F <- [fun() -> 1 + 1 end, fun() -> lists:sum(lists:seq(1, 10)) end, fun() -> self() =:= P end]], P ! stop, R.
wk() -> receive {do, F, G} -> F ! {done, G()}, wk(); stop -> ok end.
self_loop(0) -> done; self_loop(N) -> self() ! {l, N}, receive {l, N} -> self_loop(N - 1) end.
recv_guard() -> [self() ! X || X <- [1, a, 2.0, "s", {t}, 10]], A = receive X1 when is_integer(X1), X1 > 5 -> X1 end, B = receive X2 when is_list(X2); is_float(X2) -> X2 end, C = receive {X3} when X3 =:= t -> X3 end, {A, B, C, lists:sort([receive Y -> Y end || _ <- [1, 2, 3]])}.
after_computed() -> F = fun(T) -> receive nope -> x after T -> T end end, [F(id(T)) || T <- [0, 1, 2, 5]].
nested_recv() -> [self() ! X || X <- [{a, 1}, {b, 2}, {c, 3}, {d, 4}]], receive {d, D} -> receive {b, B} -> receive {a, A} -> receive {c, C} -> [A, B, C, D] end end end end.
flush(S) -> S ! x, S ! y, fls([]).
fls(L) -> receive X -> fls([X | L]) after 0 -> L end.
