%% SPDX-License-Identifier: Apache-2.0
%% slow
-module(rcv_big).
-include("../t.hrl").
start() -> ?T(counter(100000)), ?T(server(20000)), ?T(scan(3000)), ?T(interleaved(20000)), ?T(windows(5000)), ?T(router(50, 100)), ?T(acc(10000)), ?T(states("aababbabba")), ?T(echo_bins(500)), ?T(pairs(300)), ?T(rev(2000)).
counter(N) -> P = spawn(fun() -> c(0) end), loop(N, P), P ! {get, self()}, receive {c, X} -> X end.
loop(0, _) -> ok; loop(N, P) -> P ! inc, loop(N - 1, P).
c(N) -> receive inc -> c(N + 1); {get, P} -> P ! {c, N} end.
server(N) -> P = spawn(fun() -> s(#{}) end), S = s2(N, P, 0), P ! stop, S.
s2(0, _, A) -> A; s2(N, P, A) -> R = make_ref(), P ! {self(), R, {put, N rem 100, N}}, receive {R, ok} -> ok end, R2 = make_ref(), P ! {self(), R2, {get, N rem 50}}, receive {R2, V} -> s2(N - 1, P, A + V) end.
s(M) -> receive {F, R, {put, K, V}} -> F ! {R, ok}, s(M#{K => V}); {F, R, {get, K}} -> F ! {R, maps:get(K, M, 0)}, s(M); stop -> ok end.
scan(N) -> [self() ! {x, K} || K <- lists:seq(1, N)], lists:sum([receive {x, K} -> K end || K <- lists:seq(N, 1, -1)]).
interleaved(N) -> S = self(), [spawn(fun() -> [S ! {T, K} || K <- lists:seq(1, N div 2)] end) || T <- [a, b]], {il(a, N div 2, 0), il(b, N div 2, 0)}.
il(_, 0, A) -> A; il(T, N, A) -> receive {T, K} -> il(T, N - 1, A + K) end.
windows(N) -> S = self(), P = spawn(fun() -> w(N, S, 0) end), wi(P, 0, 0), receive {all, X} -> X end.
w(0, S, A) -> S ! {all, A}, S ! stop; w(N, S, A) -> S ! {req, self()}, receive {val, V} -> w(N - 1, S, A + V) end.
wi(P, N, A) -> receive {req, P} -> P ! {val, N}, wi(P, N + 1, A); stop -> ok end.
router(P, M) -> S = self(), Ws = [spawn(fun() -> rw(S, 0) end) || _ <- lists:seq(1, P)], R = spawn(fun() -> rt(list_to_tuple(Ws)) end), [R ! {to, K rem P + 1, K} || K <- lists:seq(1, P * M)], R ! stop, lists:sum([receive {done, X} -> X end || _ <- Ws]).
rt(Ws) -> receive {to, I, M} -> element(I, Ws) ! {m, M}, rt(Ws); stop -> [W ! stop || W <- tuple_to_list(Ws)] end.
rw(S, A) -> receive {m, K} -> rw(S, A + K); stop -> S ! {done, A} end.
acc(N) -> [self() ! K || K <- lists:seq(1, N)], self() ! eof, L = al([]), {length(L), lists:sum(L), hd(L)}.
al(A) -> receive eof -> A; X -> al([X | A]) end.
states(S) -> P = self(), Q = spawn(fun() -> P ! {final, s0([])} end), [Q ! {ch, C} || C <- S], Q ! eof, receive {final, X} -> X end.
s0(L) -> receive {ch, $a} -> s1([s0 | L]); {ch, $b} -> s0([b | L]); eof -> lists:reverse(L) end.
s1(L) -> receive {ch, $b} -> s0([ab | L]); {ch, $a} -> s1([aa | L]); eof -> lists:reverse([pending | L]) end.
echo_bins(N) -> P = spawn(fun E() -> receive {F, B} -> F ! {e, B}, E(); x -> ok end end), R = lists:sum([begin B = binary:copy(<<K>>, K), P ! {self(), B}, receive {e, B} -> byte_size(B) end end || K <- lists:seq(1, N), K < 256]), P ! x, R.
pairs(N) -> S = self(), lists:sum([begin A = spawn(fun() -> receive {go, O} -> O ! {ball, 10}, pl(S) end end), B = spawn(fun() -> pl(S) end), link_x, A ! {go, B}, B ! {peer, A}, receive {over, K} -> exit(A, kill), exit(B, kill), K end end || _ <- lists:seq(1, N)]).
pl(S) -> receive {ball, 0} -> S ! {over, 1}; {ball, N} -> self() ! {ball, N - 1}, pl(S); {peer, _} -> pl(S) end.
rev(N) -> L = lists:seq(1, N), [self() ! X || X <- L], R = lists:foldl(fun(_, A) -> receive X -> [X | A] end end, [], L), R =:= lists:reverse(L).
