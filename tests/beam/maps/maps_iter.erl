%% SPDX-License-Identifier: Apache-2.0
-module(maps_iter).
-include("../t.hrl").
start() -> M = maps:from_list([{K, K * 2} || K <- lists:seq(1, 32)]), ?T(maps:to_list(M)), ?T(maps:keys(M)), ?T(first(5, maps:iterator(M))), B = maps:from_list([{K, K} || K <- lists:seq(1, 100)]), ?T(length(all(maps:iterator(B)))), ?T(lists:sort(all(maps:iterator(B))) =:= [{K, K} || K <- lists:seq(1, 100)]), ?T(element(1, hd([maps:next(maps:iterator(#{a => 1}))]))), ?T(interrupted(B)), ?T(maps:to_list(#{c => 1, a => 2, b => 3}) =:= lists:sort([{c, 1}, {a, 2}, {b, 3}]) orelse by_index), ?T(maps:fold(fun(K, V, A) -> A + K * V end, 0, M)), ?T(maps:values(maps:map(fun(K, V) -> K + V end, M))), ?T(maps:to_list(maps:filter(fun(K, _) -> K rem 10 =:= 0 end, M))), ?T([K || {K, _} <- maps:to_list(#{1 => a, 1.0 => b, "x" => c, <<"y">> => d, {} => e, [] => f})]), ?T(lists:sort(maps:keys(nested(6)))), ?T(maps:size(merge_many(50))), ?T(cmp()), ?T(patterns(#{a => 1, b => #{c => [1, #{d => x}]}})), ?T(stress(2000)), ?T(maps:get(key_500, big_atoms(1000))), ?T(maps:size(big_atoms(1000))), ?T(lists:sum(maps:values(big_atoms(100)))), ?T(replace_all(B)), ?T(erts_internal_ok(B)).
first(0, _) -> []; first(N, I) -> {K, V, I2} = maps:next(I), [{K, V} | first(N - 1, I2)].
all(I) -> case maps:next(I) of none -> []; {K, V, I2} -> [{K, V} | all(I2)] end.
interrupted(M) -> I = maps:iterator(M), L1 = first(10, I), L2 = first(10, I), L1 =:= L2.
nested(0) -> #{}; nested(N) -> #{N => nested(N - 1), {N} => x, [N] => y}.
merge_many(N) -> lists:foldl(fun(K, A) -> maps:merge(A, maps:from_list([{J * K, J} || J <- lists:seq(1, 40)])) end, #{}, lists:seq(1, N)).
cmp() -> A = maps:from_list([{K, 0} || K <- lists:seq(1, 50)]), B = A#{25 := 1}, C = maps:remove(50, A), [A < B, B > A, C < A, A =:= maps:remove(x, A), A == maps:map(fun(_, _) -> 0.0 end, A), A =:= maps:map(fun(_, _) -> 0.0 end, A), max(A, B) =:= B].
patterns(#{a := A, b := #{c := [B, #{d := C}]}}) -> {A, B, C}.
stress(N) -> M = lists:foldl(fun(K, M) -> M1 = M#{K rem 97 => K, {K rem 31} => K}, case K rem 5 of 0 -> maps:remove(K rem 13, M1); _ -> M1 end end, #{}, lists:seq(1, N)), {maps:size(M), erlang:phash2(M)}.
big_atoms(N) -> maps:from_list([{list_to_atom("key_" ++ integer_to_list(K)), K} || K <- lists:seq(1, N)]).
replace_all(M) -> M2 = lists:foldl(fun(K, A) -> A#{K := {K}} end, M, maps:keys(M)), lists:all(fun({K, V}) -> V =:= {K} end, maps:to_list(M2)).
erts_internal_ok(M) -> maps:from_list(maps:to_list(M)) =:= M.
