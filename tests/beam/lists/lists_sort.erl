%% SPDX-License-Identifier: Apache-2.0
-module(lists_sort).
-include("../t.hrl").
start() ->
    [p({N, check(rnd(N, N + 1))}) || N <- [0, 1, 2, 3, 10, 100, 1000, 20000]], [p({T, sortok([el(T, X) || X <- rnd(300, 5)])}) || T <- [int, float, mix, tup, str, bin, atom, map]], ?T(stable(500)), ?T(erlang:phash2(lists:sort(rnd(50000, 99)))), ?T(lists:sort(lists:seq(1, 5000)) =:= lists:seq(1, 5000)), ?T(lists:sort(lists:seq(5000, 1, -1)) =:= lists:seq(1, 5000)), ?T(lists:merge(lists:sort(rnd(100, 1)), lists:sort(rnd(100, 2))) =:= lists:sort(rnd(100, 1) ++ rnd(100, 2))), ?T(erlang:phash2(lists:keysort(2, [{X, X rem 10} || X <- rnd(1000, 3)]))), ?T(erlang:phash2(lists:ukeysort(2, [{X, X rem 10} || X <- rnd(1000, 3)]))), ?T(lists:sort(fun({_, A}, {_, B}) -> A =< B end, [{a, 3}, {b, 1}, {c, 3}, {d, 1}])), ?T(length(lists:usort(rnd(10000, 4)))), ?T(erlang:phash2(lists:subtract(rnd(2000, 1), rnd(1000, 1)))), ?T(length(rnd(3000, 1) -- lists:seq(0, 500))), ?T(lists:sort([[2, 1], [1, 2], [1], [], [1, 2, 3]])), ?T(lists:sort(["banana", "apple", "Apple", "cherry"])), ?T(qs(rnd(1000, 8)) =:= lists:sort(rnd(1000, 8))), ?T(hs(rnd(500, 8)) =:= lists:sort(rnd(500, 8))).
rnd(0, _) -> [];
rnd(N, S) -> S1 = (S * 1103515245 + 12345) band 16#7FFFFFFF, [(S1 bsr 8) rem 10000 | rnd(N - 1, S1)].
check(L) -> S = lists:sort(L), U = lists:usort(L), {ord(S), length(S) =:= length(L), ord(U), lists:sort(fun(A, B) -> A =< B end, L) =:= S, lists:reverse(lists:sort(fun(A, B) -> A >= B end, L)) =:= S, erlang:phash2(S)}.
ord([A, B | T]) -> A =< B andalso ord([B | T]);
ord(_) -> true.
sortok(L) -> S = lists:sort(L), {ord(S), erlang:phash2(S), erlang:phash2(lists:usort(L))}.
el(int, X) -> X; el(float, X) -> X / 3; el(mix, X) -> case X rem 5 of 0 -> X; 1 -> X / 2; 2 -> {X}; 3 -> [X]; 4 -> list_to_atom([$a + X rem 26]) end; el(tup, X) -> {X rem 7, X rem 3, X}; el(str, X) -> integer_to_list(X); el(bin, X) -> integer_to_binary(X); el(atom, X) -> list_to_atom("sort_" ++ integer_to_list(X rem 100)); el(map, X) -> #{k => X rem 10, X rem 3 => 1}.
stable(N) -> L = [{X rem 5, I} || {X, I} <- lists:zip(rnd(N, 6), lists:seq(1, N))], S = lists:keysort(1, L), lists:all(fun(K) -> Is = [I || {K0, I} <- S, K0 =:= K], Is =:= lists:sort(Is) end, lists:seq(0, 4)).
qs([]) -> []; qs([P | T]) -> {A, B} = lists:partition(fun(X) -> X < P end, T), qs(A) ++ [P | qs(B)].
hs(L) -> pop(lists:foldl(fun(X, H) -> mg({X, []}, H) end, nil, L)).
mg(nil, H) -> H; mg(H, nil) -> H; mg({A, As}, {B, _} = H) when A =< B -> {A, [H | As]}; mg(H, {B, Bs}) -> {B, [H | Bs]}.
pop(nil) -> []; pop({X, Hs}) -> [X | pop(pairs(Hs))].
pairs([]) -> nil; pairs([H]) -> H; pairs([A, B | T]) -> mg(mg(A, B), pairs(T)).
