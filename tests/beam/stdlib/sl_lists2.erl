%% SPDX-License-Identifier: Apache-2.0
-module(sl_lists2).
-include("../t.hrl").
start() -> L = lists:seq(1, 200), ?T(lists:sum(lists:map(fun(X) -> X * X end, L))), ?T(lists:foldl(fun(X, {A, B}) -> {A + X, B * X rem 1009 + 1} end, {0, 1}, L)), ?T(length(lists:filter(fun(X) -> X rem 3 =:= 0 end, L))), ?T(lists:nth(100, L)), ?T(lists:sublist(L, 50, 5)), ?T(lists:flatten([[X, [X * 2]] || X <- [1, 2, 3]])), ?T(lists:zip(lists:seq(1, 3), "abc")), ?T(lists:mapfoldl(fun(X, S) -> {X + S, S + X} end, 0, [1, 2, 3])), ?T(lists:keysort(2, [{a, 3}, {b, 1}, {c, 2}])), ?T(lists:partition(fun(X) -> X > 195 end, L) =/= x), ?T(chunk([1, 2, 3, 4, 5, 6, 7], 3)), ?T(rotate([1, 2, 3, 4], 1)), ?T(group([1, 1, 2, 3, 3, 3])), ?T(interleave([1, 2, 3], [a, b, c])), ?T(window([1, 2, 3, 4], 2)), ?T(cart([1, 2], [a, b])), ?T(transpose([[1, 2], [3, 4], [5, 6]])), ?T(comb(2, [a, b, c, d])), ?T(power([1, 2, 3])), ?T(perm([1, 2, 3])), ?T(lis([10, 9, 2, 5, 3, 7, 101, 18])), ?T(maxsub([-2, 1, -3, 4, -1, 2, 1, -5, 4])), ?T(binsearch(list_to_tuple(L), 77)), ?T(merge_sort([5, 2, 4, 6, 1, 3])), ?T(insertion_sort([3, 1, 2])), ?T(bubble([4, 2, 3, 1])), ?T(radix([170, 45, 75, 90, 802, 24, 2, 66])), ?T(heap_sort([5, 3, 8, 1])), ?T(count_sort([3, 1, 2, 3, 1])), ?T(lists:sort(fun(A, B) -> length(A) =< length(B) end, ["ccc", "a", "bb"])), ?T(dedup([1, 1, 2, 2, 1])), ?T(rle([a, a, b])), ?T(unrle([{a, 2}, {b, 1}])), ?T(flatmap2([1, 2, 3])), ?T(zip3w([1, 2], [3, 4], [5, 6])), ?T(pascal(6)), ?T(take_every(L, 40)), ?T(foldr_big(50000)), ?T(lists:reverse(lists:seq(1, 20), [x])), ?T(lists:append(lists:duplicate(3, [a, b]))), ?T(lists:concat(["a", 1, b, 2.5])), ?T(lists:all(fun(X) -> X > 0 end, L)), ?T(err(fun() -> lists:nth(0, L) end)), ?T(err(fun() -> lists:map(fun(X) -> X / 0 end, [1]) end)), ?T(err(fun() -> lists:zip([1], [1, 2]) end)), ?T(err(fun() -> lists:sublist(L, -1) end)), ?T(err(fun() -> lists:seq(1, 3, -1) end)).
err(F) -> try F() catch C:R -> {C, R} end.
chunk([], _) -> []; chunk(L, N) when length(L) =< N -> [L]; chunk(L, N) -> {A, B} = lists:split(N, L), [A | chunk(B, N)].
rotate(L, N) -> {A, B} = lists:split(N, L), B ++ A.
group([]) -> []; group([H | _] = L) -> {A, B} = lists:splitwith(fun(X) -> X =:= H end, L), [A | group(B)].
interleave([], B) -> B; interleave([A | As], B) -> [A | interleave(B, As)].
window(L, N) when length(L) < N -> []; window([_ | T] = L, N) -> [lists:sublist(L, N) | window(T, N)].
cart(A, B) -> [{X, Y} || X <- A, Y <- B].
transpose([[] | _]) -> []; transpose(M) -> [[hd(R) || R <- M] | transpose([tl(R) || R <- M])].
comb(0, _) -> [[]]; comb(_, []) -> []; comb(N, [H | T]) -> [[H | C] || C <- comb(N - 1, T)] ++ comb(N, T).
power([]) -> [[]]; power([H | T]) -> P = power(T), [[H | X] || X <- P] ++ P.
perm([]) -> [[]]; perm(L) -> [[H | T] || H <- L, T <- perm(L -- [H])].
lis(L) -> lists:max([length(S) || S <- power(L), S =:= lists:usort(S)]).
maxsub(L) -> element(2, lists:foldl(fun(X, {C, M}) -> C2 = max(X, C + X), {C2, max(M, C2)} end, {0, hd(L)}, L)).
binsearch(T, X) -> bs(T, X, 1, tuple_size(T)). bs(_, _, A, B) when A > B -> none; bs(T, X, A, B) -> M = (A + B) div 2, case element(M, T) of X -> M; Y when Y < X -> bs(T, X, M + 1, B); _ -> bs(T, X, A, M - 1) end.
merge_sort([]) -> []; merge_sort([X]) -> [X]; merge_sort(L) -> {A, B} = lists:split(length(L) div 2, L), lists:merge(merge_sort(A), merge_sort(B)).
insertion_sort(L) -> lists:foldl(fun(X, A) -> {S, B} = lists:splitwith(fun(Y) -> Y < X end, A), S ++ [X | B] end, [], L).
bubble(L) -> case bp(L) of L -> L; M -> bubble(M) end. bp([A, B | T]) when A > B -> [B | bp([A | T])]; bp([A | T]) -> [A | bp(T)]; bp([]) -> [].
radix(L) -> lists:foldl(fun(D, A) -> lists:append([[X || X <- A, X div D rem 10 =:= K] || K <- lists:seq(0, 9)]) end, L, [1, 10, 100]).
heap_sort(L) -> hs(gb_sets:from_list(L)). hs(S) -> case gb_sets:is_empty(S) of true -> []; false -> {X, R} = gb_sets:take_smallest(S), [X | hs(R)] end.
count_sort(L) -> M = lists:foldl(fun(X, A) -> maps:update_with(X, fun(N) -> N + 1 end, 1, A) end, #{}, L), lists:append([lists:duplicate(N, X) || {X, N} <- lists:sort(maps:to_list(M))]).
dedup([A, A | T]) -> dedup([A | T]); dedup([A | T]) -> [A | dedup(T)]; dedup([]) -> [].
rle(L) -> [{hd(G), length(G)} || G <- group(L)]. unrle(L) -> lists:append([lists:duplicate(N, X) || {X, N} <- L]).
flatmap2(L) -> lists:flatmap(fun(X) -> lists:duplicate(X, X) end, L).
zip3w(A, B, C) -> lists:zipwith3(fun(X, Y, Z) -> X * Y + Z end, A, B, C).
pascal(N) -> lists:reverse(lists:foldl(fun(_, [R | _] = A) -> [lists:zipwith(fun(X, Y) -> X + Y end, [0 | R], R ++ [0]) | A] end, [[1]], lists:seq(2, N))).
take_every(L, N) -> [X || {X, I} <- lists:zip(L, lists:seq(0, length(L) - 1)), I rem N =:= 0].
foldr_big(N) -> lists:foldr(fun(X, A) -> X - A end, 0, lists:seq(1, N)).
