%% SPDX-License-Identifier: Apache-2.0
%% Selective receive: order kept of what is skipped, nested receives, guards, after 0, references, priorities, big mailboxes.
-module(rcv_selective).
-include("../t.hrl").
start() ->
    ?T(in([1, 2, 3, 4], fun() -> A = receive 3 -> three end, B = receive X when X > 1 -> X end, [A, B | flush()] end)), ?T(in([a, {b, 1}, {b, 2}, c], fun() -> receive {b, N} -> receive {b, M} -> {N, M, flush()} end end end)),
    ?T(in([], fun() -> receive X -> X after 0 -> nothing end end)), ?T(in([x], fun() -> receive y -> y after 0 -> {none, flush()} end end)), ?T(in([low, high, low, high, low], fun() -> prio(5) end)), ?T(in(lists:seq(1, 50), fun() -> L = [receive X when X rem 7 =:= K -> X end || K <- [3, 0, 6, 1]], {L, length(flush())} end)),
    ?T(in([{1, a}, {2, b}, {1, c}], fun() -> K = id(1), [receive {K, V} -> V end, receive {K, V2} -> V2 end, flush()] end)), ?T(in([a], fun() -> receive X -> receive X -> twice after 0 -> {once, X} end end end)), ?T(refs(20)), ?T(big(3000)), ?T(nested_timeout()), ?T(pingpong(300)), ?T(ring(30, 5)), ?T(sieve(60)), ?T(merge_sort([5, 2, 8, 1, 9, 3, 7, 7, 0])),
    ?T(barrier(8)), ?T(in([{ok, 1}, {error, 2}, {ok, 3}], fun() -> collect([]) end)), ?T(in([{self, 1}], fun() -> receive {self, N} = M -> {M, N} end end)), ?T(in([#{a => 1}, #{a => 2}], fun() -> receive #{a := 2} = M -> M end end)), ?T(in([<<1, 2>>, <<3>>], fun() -> receive <<X>> -> X end end)), ?T(in([1.0, 1], fun() -> receive 1 -> flush() end end)), ?T(in(["abc", "xbc"], fun() -> receive "x" ++ R -> R end end)),
    ?T(in([1 bsl 70, 2], fun() -> receive X when X > 1 bsl 69 -> X end end)), ?T(in([a, b], fun() -> try receive b -> throw(got) end catch T -> {T, flush()} end end)), ?T(in([a, b], fun() -> receive X when hd(X) =:= 1 -> no; X -> X end end)), ?T(in([{a, [1, {x, 9}]}], fun() -> receive {a, [_, {x, Y}]} -> Y end end)), ?T(in([stop, go, go, stop, go], fun() -> loop(0) end)),
    ?T(after_var(id(0))), ?T(after_var(id(1))), ?T(after_bad(a)), ?T(after_bad(-1)), ?T(after_bad(1 bsl 40)), ?T(after_bad(1.0)), ?T(monitor_first()), ?T(rpc_many(40)), ?T(in(lists:duplicate(500, junk) ++ [gem], fun() -> receive gem -> length(flush()) end end)), ?T(chan()), ?T(in([1, 2, 3], fun() -> {message_queue_len, N} = process_info(self(), message_queue_len), {messages, M} = process_info(self(), messages), receive 2 -> ok end, {N, M, process_info(self(), messages)} end)), ?T(dining(5)).
in(Msgs, F) -> P = self(), R = make_ref(), spawn(fun() -> [self() ! M || M <- Msgs], P ! {R, try F() catch C:E -> {C, E} end} end), receive {R, V} -> V after 9000 -> timeout end.
flush() -> receive X -> [X | flush()] after 0 -> [] end.
prio(0) -> []; prio(N) -> X = receive high -> high after 0 -> receive Y -> Y end end, [X | prio(N - 1)].
refs(N) -> Rs = [make_ref() || _ <- lists:seq(1, N)], [self() ! {R, K} || {R, K} <- lists:zip(Rs, lists:seq(1, N))], [receive {R, K} -> K end || R <- lists:reverse(Rs)].
big(N) -> S = self(), spawn(fun() -> [S ! {n, K} || K <- lists:seq(1, N)], S ! done end), receive done -> ok end, lists:sum([receive {n, K} -> K end || K <- lists:seq(N, N - 20, -1)]) + length(flush()).
nested_timeout() -> receive never -> 1 after 1 -> receive never2 -> 2 after 0 -> receive never3 -> 3 after 2 -> all_out end end end.
pingpong(N) -> S = self(), P = spawn(fun F() -> receive {ping, K} -> S ! {pong, K}, F(); stop -> ok end end), X = lists:foldl(fun(K, A) -> P ! {ping, K}, receive {pong, K} -> A + K end end, 0, lists:seq(1, N)), P ! stop, X.
ring(N, Laps) -> S = self(), Last = lists:foldl(fun(_, Next) -> spawn(fun F() -> receive {T, Path} -> Next ! {T, Path + 1}, F(); stop -> Next ! stop end end) end, S, lists:seq(1, N)), R = lists:foldl(fun(_, A) -> Last ! {token, A}, receive {token, B} -> B end end, 0, lists:seq(1, Laps)), Last ! stop, receive stop -> R end.
sieve(Max) -> S = self(), G = spawn(fun() -> receive {to, P} -> [P ! K || K <- lists:seq(2, Max)], P ! done end end), F = spawn(fun() -> filter(S) end), G ! {to, F}, primes([]).
primes(A) -> receive {prime, P} -> primes([P | A]); all -> lists:reverse(A) end.
filter(S) -> receive done -> S ! all; P -> S ! {prime, P}, N = spawn(fun() -> filter(S) end), sift(P, N) end.
sift(P, N) -> receive done -> N ! done; X when X rem P =/= 0 -> N ! X, sift(P, N); _ -> sift(P, N) end.
merge_sort(L) when length(L) < 2 -> L; merge_sort(L) -> {A, B} = lists:split(length(L) div 2, L), S = self(), [P, Q] = [spawn(fun() -> S ! {self(), merge_sort(X)} end) || X <- [A, B]], R = receive {Q, Y} -> Y end, lists:merge(receive {P, Z} -> Z end, R).
barrier(N) -> S = self(), Ps = [spawn(fun() -> S ! {here, self()}, receive go -> S ! {went, self()} end end) || _ <- lists:seq(1, N)], [receive {here, P} -> ok end || P <- Ps], [P ! go || P <- Ps], length([receive {went, P} -> ok end || P <- lists:reverse(Ps)]).
collect(A) -> receive {error, E} -> {failed, E, lists:reverse(A), flush()}; {ok, V} -> collect([V | A]) end.
loop(N) -> receive go -> loop(N + 1); stop -> {N, receive stop -> flush() after 0 -> open end} end.
after_var(T) -> receive never -> 1 after T -> {timeout, T} end.
after_bad(T) -> try receive never -> 1 after id(T) -> out end catch C:R -> {C, R} end.
monitor_first() -> P = spawn(fun() -> receive {From, R} -> From ! {R, reply} end end), M = monitor(process, P), P ! {self(), M}, receive {M, V} -> demonitor(M, [flush]), {V, flush()}; {'DOWN', M, _, _, W} -> W end.
rpc_many(N) -> S = self(), Srv = spawn(fun F() -> receive {Fr, R, X} -> Fr ! {R, X * X}, F() end end), Rs = [begin R = make_ref(), Srv ! {S, R, K}, R end || K <- lists:seq(1, N)], V = [receive {R, Y} -> Y end || R <- lists:reverse(Rs)], exit(Srv, kill), lists:sum(V).
chan() -> S = self(), P = spawn(fun F() -> receive {put, X, Fr} -> receive {get, To} -> To ! {got, X}, Fr ! put_done, F() end end end), spawn(fun() -> [begin P ! {put, X, self()}, receive put_done -> ok end end || X <- [1, 2, 3]], S ! producer_done end), L = [begin P ! {get, S}, receive {got, X} -> X end end || _ <- [1, 2, 3]], receive producer_done -> exit(P, kill), L end.
dining(N) -> S = self(), W = spawn(fun() -> waiter(maps:from_list([{K, free} || K <- lists:seq(0, N - 1)])) end), [spawn(fun() -> [begin F = lists:sort([K, (K + 1) rem N]), W ! {take, self(), F}, receive ok -> W ! {free, F} end end || _ <- lists:seq(1, 20)], S ! {fed, K} end) || K <- lists:seq(0, N - 1)], R = [receive {fed, K} -> K end || K <- lists:seq(0, N - 1)], exit(W, kill), R.
waiter(M) -> receive {free, Fs} -> waiter(lists:foldl(fun(F, A) -> A#{F := free} end, M, Fs)); {take, P, [A, B]} when map_get(A, M) =:= free, map_get(B, M) =:= free -> P ! ok, waiter(M#{A := P, B := P}) end.
