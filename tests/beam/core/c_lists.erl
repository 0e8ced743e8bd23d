%% SPDX-License-Identifier: Apache-2.0
-module(c_lists).
-include("core.hrl").
start() ->
    L = id([1, 2, 3, 4, 5]),
    ?T(hd(L)), ?T(tl(L)), ?T(length(L)), ?T(L ++ [6]), ?T([] ++ L), ?T(L ++ []), ?T(L ++ tail), ?T([] ++ tail),
    ?T(id(a) ++ [1]), ?T(id([1 | 2]) ++ [1]),
    ?T(L -- [2, 4]), ?T([a, b, a, c, a] -- id([a, a])), ?T(L -- id([])), ?T(L -- id(a)), ?T(id([1 | 2]) -- [1]),
    ?T([1.0, 1, 2] -- id([1])),
    ?T(hd(id([]))), ?T(tl(id([]))), ?T(hd(id(a))), ?T(length(id([1 | 2]))), ?T(length(id(a))), ?T(length(id([]))),
    ?T(rev(L)), ?T(map(fun(X) -> X * X end, L)), ?T(filter(fun(X) -> X rem 2 =:= 0 end, L)),
    ?T(foldl(fun(X, A) -> X + A end, 0, L)), ?T(foldr(fun(X, A) -> [X | A] end, [], L)),
    ?T(sort([3, 1, 2, 9, 5, 7, 3, 0])), ?T(seq(1, 20)), ?T(zip(L, [a, b, c, d, e])), ?T(zip(L, [a])),
    ?T(nrev(seq(1, 40))), ?T(qsort(rnd(60, 17))), ?T(msort(rnd(60, 5)) =:= qsort(rnd(60, 5))),
    ?T(flat([1, [2, [3, [4 | []]], []], [[5]]])), ?T(last(L)), ?T(last([])), ?T(nth(3, L)), ?T(nth(9, L)),
    ?T(perms([a, b, c])), ?T(queens(6)),
    ?T([A || {A, 1} <- id([{x, 1}, {y, 2}, z, {w, 1}])]),
    ?T(length(seq(1, 100000))), ?T(foldl(fun(X, A) -> X + A end, 0, seq(1, 100000))),
    ?T(is_list(L)), ?T(is_list(id([a | b]))), ?T(is_list(id({}))).

rev(L) -> rev(L, []).
rev([], A) -> A;
rev([H | T], A) -> rev(T, [H | A]).
map(_, []) -> [];
map(F, [H | T]) -> [F(H) | map(F, T)].
filter(_, []) -> [];
filter(P, [H | T]) -> case P(H) of true -> [H | filter(P, T)]; false -> filter(P, T) end.
foldl(_, A, []) -> A;
foldl(F, A, [H | T]) -> foldl(F, F(H, A), T).
foldr(_, A, []) -> A;
foldr(F, A, [H | T]) -> F(H, foldr(F, A, T)).
sort([]) -> [];
sort([H | T]) -> insert(H, sort(T)).
insert(X, [Y | T]) when X > Y -> [Y | insert(X, T)];
insert(X, L) -> [X | L].
seq(A, B) when A > B -> [];
seq(A, B) -> [A | seq(A + 1, B)].
zip([], []) -> [];
zip([A | As], [B | Bs]) -> [{A, B} | zip(As, Bs)].
nrev([]) -> [];
nrev([H | T]) -> nrev(T) ++ [H].
qsort([]) -> [];
qsort([P | T]) -> qsort([X || X <- T, X < P]) ++ [P] ++ qsort([X || X <- T, X >= P]).
msort([]) -> [];
msort([X]) -> [X];
msort(L) -> {A, B} = split(L, [], []), merge(msort(A), msort(B)).
split([], A, B) -> {A, B};
split([H | T], A, B) -> split(T, [H | B], A).
merge([], B) -> B;
merge(A, []) -> A;
merge([A | As], [B | _] = Bs) when A =< B -> [A | merge(As, Bs)];
merge(As, [B | Bs]) -> [B | merge(As, Bs)].
rnd(0, _) -> [];
rnd(N, S) -> S1 = (S * 1103515245 + 12345) band 16#7FFFFFFF, [S1 rem 1000 | rnd(N - 1, S1)].
flat([]) -> [];
flat([H | T]) -> flat(H) ++ flat(T);
flat(X) -> [X].
last([X]) -> X;
last([_ | T]) -> last(T).
nth(1, [H | _]) -> H;
nth(N, [_ | T]) -> nth(N - 1, T).
perms([]) -> [[]];
perms(L) -> [[H | T] || H <- L, T <- perms(L -- [H])].
queens(N) -> queens(N, N).
queens(0, _) -> [[]];
queens(K, N) -> [[Q | B] || B <- queens(K - 1, N), Q <- seq(1, N), safe(Q, 1, B)].
safe(_, _, []) -> true;
safe(Q, D, [Q1 | T]) -> Q /= Q1 andalso abs(Q - Q1) /= D andalso safe(Q, D + 1, T).
