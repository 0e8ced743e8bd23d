%% SPDX-License-Identifier: Apache-2.0
%% Recursion and terms D times deep: deep(D) of c_deep and of c_deep_small.
deep(D) ->
    ?T(cnt(1000 * D)),
    ?T(len(build(300 * D))),
    ?T(dl(nest(200 * D, []))),
    ?T(nest(100 * D, []) =:= nest(100 * D, [])),
    ?T(nest(100 * D, []) < nest(100 * D, x)),
    ?T(dt(tnest(200 * D, {}))),
    ?T(tnest(100 * D, {}) == tnest(100 * D, {})),
    ?T(ack(2, 300)),
    ?T(tak(12, 8, 4)),
    ?T(fib(22)),
    ?T(hanoi(14, a, b, c)),
    ?T(even(100 * D)),
    ?T(mccarthy(50)),
    ?T(send_deep(100 * D)),
    ?T(byte_size(term_to_binary(nest(50 * D, [])))),
    ?T(binary_to_term(term_to_binary(nest(50 * D, []))) =:= nest(50 * D, [])),
    ?T(is_integer(erlang:phash2(nest(100 * D, [])))),
    ?T(erlang:phash2(nest(50 * D, []))),
    ?T(mapnest(5 * D)),
    ?T(app(build(1000), 200)),
    ?T(cps(100 * D)),
    ?T(mutual(50 * D)).
cnt(0) -> 0;
cnt(N) -> 1 + cnt(N - 1).
build(0) -> [];
build(N) -> [N | build(N - 1)].
len([]) -> 0;
len([_ | T]) -> 1 + len(T).
nest(0, A) -> A;
nest(N, A) -> nest(N - 1, [A]).
dl([]) -> 0;
dl([X]) -> 1 + dl(X).
tnest(0, A) -> A;
tnest(N, A) -> tnest(N - 1, {A}).
dt({}) -> 0;
dt({X}) -> 1 + dt(X).
ack(0, N) -> N + 1;
ack(M, 0) -> ack(M - 1, 1);
ack(M, N) -> ack(M - 1, ack(M, N - 1)).
tak(X, Y, Z) when Y >= X -> Z;
tak(X, Y, Z) -> tak(tak(X - 1, Y, Z), tak(Y - 1, Z, X), tak(Z - 1, X, Y)).
fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).
hanoi(0, _, _, _) -> 0;
hanoi(N, A, B, C) -> hanoi(N - 1, A, C, B) + 1 + hanoi(N - 1, C, B, A).
even(0) -> true;
even(N) -> odd(N - 1).
odd(0) -> false;
odd(N) -> even(N - 1).
mccarthy(N) when N > 100 -> N - 10;
mccarthy(N) -> mccarthy(mccarthy(N + 11)).
send_deep(N) -> T = nest(N, []), self() ! T, receive X -> X =:= T end.
mapnest(N) -> M = mn(N, #{}), md(M).
mn(0, M) -> M;
mn(N, M) -> mn(N - 1, #{n => M}).
md(#{n := M}) -> 1 + md(M);
md(#{}) -> 0.
app(L, 0) -> length(L);
app(L, N) -> app([N | L] ++ [], N - 1).
cps(N) -> cps(N, fun(X) -> X end).
cps(0, K) -> K(0);
cps(N, K) -> cps(N - 1, fun(X) -> K(X + 1) end).
mutual(0) -> [];
mutual(N) -> X = mutual2(N - 1), length(X) + N, [].
mutual2(0) -> [x];
mutual2(N) -> [] = mutual(N - 1), [N].
