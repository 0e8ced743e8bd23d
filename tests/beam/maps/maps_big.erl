%% SPDX-License-Identifier: Apache-2.0
%% Large maps with keys of every type, changed at random, against a plain list.
-module(maps_big).
-include("../t.hrl").
start() ->
    [p({T, run(T, 600)}) || T <- [int, neg, big, float, atom, tuple, list, bin, mixed, pidlike, nested]], ?T(collide(2000)), ?T(shrink(500)), ?T(deepmap(50)), ?T(erlang:phash2(count_words())), ?T(order()).
run(T, N) -> {M, D} = steps(N, 12345, T, #{}, gb_trees:empty()), L1 = lists:sort(maps:to_list(M)), L2 = lists:sort(gb_trees:to_list(D)), {L1 =:= L2, maps:size(M), erlang:phash2(L1), M =:= maps:from_list(L2), lists:all(fun({K, V}) -> maps:get(K, M) =:= V end, L2), binary_to_term(term_to_binary(M)) =:= M, copy(M) =:= M}.
steps(0, _, _, M, D) -> {M, D};
steps(N, S, T, M, D) -> S1 = (S * 1103515245 + 12345) band 16#7FFFFFFF, K = key(T, S1 div 7 rem 200), case S1 div 65536 rem 4 of 0 -> steps(N - 1, S1, T, maps:remove(K, M), gb_trees:delete_any(K, D)); 1 -> case M of #{K := V} -> steps(N - 1, S1, T, M#{K := {V, N}}, gb_trees:update(K, {V, N}, D)); _ -> steps(N - 1, S1, T, M#{K => N}, gb_trees:insert(K, N, D)) end; _ -> steps(N - 1, S1, T, maps:put(K, N, M), gb_trees:enter(K, N, D)) end.
key(int, N) -> N; key(neg, N) -> -N * 1000003; key(big, N) -> (N bsl 70) + N; key(float, N) -> N / 8; key(atom, N) -> list_to_atom("key" ++ integer_to_list(N)); key(tuple, N) -> {N, [N], a}; key(list, N) -> integer_to_list(N * 7); key(bin, N) -> integer_to_binary(N * 77777); key(mixed, N) -> element(N rem 5 + 1, {N, {N}, [N], integer_to_binary(N), list_to_atom([$a, $a + N rem 26])}); key(pidlike, N) -> {fun erlang:abs/1, N}; key(nested, N) -> #{k => N, l => #{m => N}}.
copy(M) -> S = self(), spawn(fun() -> S ! {m, M} end), receive {m, X} -> X end.
collide(N) -> M = maps:from_list([{{K rem 7, K div 7}, K} || K <- lists:seq(1, N)] ++ [{K * 1.0, f} || K <- lists:seq(1, N)] ++ [{K, i} || K <- lists:seq(1, N)]), {maps:size(M), lists:all(fun(K) -> maps:get({K rem 7, K div 7}, M) =:= K andalso maps:get(K * 1.0, M) =:= f andalso maps:get(K, M) =:= i end, lists:seq(1, N))}.
shrink(N) -> M = maps:from_list([{K, K} || K <- lists:seq(1, N)]), L = lists:foldl(fun(K, A) -> A1 = maps:remove(K, A), true = maps:size(A1) =:= N - K, A1 end, M, lists:seq(1, N - 3)), {L, L =:= #{N - 2 => N - 2, N - 1 => N - 1, N => N}}.
deepmap(N) -> M = lists:foldl(fun(K, A) -> #{K => A, {K} => x} end, #{}, lists:seq(1, N)), {erlang:phash2(M), dm(M, N)}.
dm(_, 0) -> bottom; dm(M, N) -> #{N := X} = M, dm(X, N - 1).
count_words() -> lists:foldl(fun(W, M) -> maps:update_with(W, fun(C) -> C + 1 end, 1, M) end, #{}, [[$a + N rem 26, $a + N rem 17, $a + N rem 5] || N <- lists:seq(1, 3000)]).
order() -> L = [maps:from_list([{K, V}]) || K <- [1, 2, a, "s"], V <- [1, 2]], {lists:sort(L), lists:sort([#{1 => a, 2 => b}, #{1 => b, 2 => a}, #{1 => a, 3 => a}, #{a => 1, 1 => a}])}.
