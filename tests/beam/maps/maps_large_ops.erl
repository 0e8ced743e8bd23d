%% SPDX-License-Identifier: Apache-2.0
%% Maps that grow from flat to tries and back: every function of maps against a model kept as a sorted list.
-module(maps_large_ops).
-include("../t.hrl").
start() ->
    [?T(sizes(N)) || N <- [0, 1, 31, 32, 33, 34, 100, 1000]], ?T(model(2000, 300, 42)), ?T(model(2000, 40, 7)), ?T(model(1500, 10000, 99)),
    M = maps:from_list([{K, K * K} || K <- lists:seq(1, 200)]), S = maps:from_list([{K, -K} || K <- lists:seq(150, 260)]),
    ?T(sum(maps:merge(M, S))), ?T(sum(maps:merge(S, M))), ?T(sum(maps:merge_with(fun(_, A, B) -> A + B end, M, S))), ?T(sum(maps:intersect(M, S))), ?T(sum(maps:intersect_with(fun(K, A, B) -> K + A * B end, M, S))),
    ?T(sum(maps:with(lists:seq(100, 300), M))), ?T(sum(maps:without(lists:seq(2, 199), M))), ?T(sum(maps:filter(fun(K, _) -> K rem 7 =:= 0 end, M))), ?T(sum(maps:filtermap(fun(K, V) when K rem 50 =:= 0 -> {true, {V}}; (K, _) -> K > 198 end, M))),
    ?T(sum(maps:map(fun(K, V) -> V - K end, M))), ?T(maps:fold(fun(K, V, A) -> K + V + A end, 0, M)), ?T(element(2, maps:take(17, M))  =:= maps:remove(17, M)), ?T(maps:take(1000, M)), ?T(maps:find(200, M)), ?T(maps:find(201, M)), ?T(maps:get(201, M)), ?T(maps:get(201, M, none)),
    ?T(sum(maps:update_with(5, fun(V) -> -V end, M))), ?T(maps:update_with(500, fun(V) -> V end, M)), ?T(map_size(maps:update_with(500, fun(V) -> V end, 1, M))), ?T(maps:update(500, x, M)), ?T(maps:get(5, maps:update(5, x, M))),
    ?T(begin X = M#{1 := one, 300 => new}, {maps:get(1, X), maps:get(300, X), maps:get(1, M), maps:is_key(300, M)} end), ?T(M#{300 := x}), ?T((id(x))#{a => 1}), ?T((id(x))#{a := 1}), ?T(maps:get(a, id(x))), ?T(maps:merge(M, id([]))), ?T(map_size(id({}))),
    ?T(M =:= maps:from_list(lists:reverse(maps:to_list(M)))), ?T(M == maps:map(fun(_, V) -> float(V) end, M)), ?T(M =:= maps:map(fun(_, V) -> float(V) end, M)), ?T(lists:sort([maps:remove(3, M), M, S, #{}, #{a => 1}, #{1 => a}, #{1.0 => a}]) =:= [#{}, #{1 => a}, #{1.0 => a}, #{a => 1}, S, maps:remove(3, M), M]),
    ?T(begin I = maps:iterator(M), walk(I) =:= maps:to_list(M) end), ?T(length(maps:keys(M)) =:= length(maps:values(M))), ?T(lists:sum(maps:keys(M))), ?T(maps:from_keys([a, b, a], 0)), ?T(sum(maps:from_keys(lists:seq(1, 100), 3))), ?T(maps:no_such(M)), ?T(maps:groups_from_list(fun(X) -> X rem 3 end, lists:seq(1, 10))),
    ?T(erlang:phash2(M)), ?T(erlang:phash2(maps:merge(M, S))), ?T(binary_to_term(term_to_binary(M)) =:= M), ?T(erlang:phash2(lists:sort(binary_to_list(term_to_binary(M))))),
    ?T(maps:from_list([{a, 1} | b])), ?T(maps:from_list([{a, 1}, b])), ?T(maps:from_list([{1, a}, {1.0, b}, {1, c}])), ?T(maps:with([a | b], M)), ?T(maps:with(a, #{})), ?T(maps:fold(fun(_, _) -> x end, 0, M)), ?T(share(M)), ?T(nested(40)), ?T(shrink(M)), ?T(strings(150)).
sum(M) -> {map_size(M), erlang:phash2(lists:sort(maps:to_list(M)))}.
sizes(N) -> M = lists:foldl(fun(K, A) -> A#{{k, K} => K} end, #{}, lists:seq(1, N)), D = lists:foldl(fun(K, A) -> maps:remove({k, K}, A) end, M, lists:seq(1, N)), {map_size(M), D, M =:= maps:from_list([{{k, K}, K} || K <- lists:seq(N, 1, -1)]), maps:without(maps:keys(M), M), maps:remove(zz, M) =:= M}.
model(N, Range, Seed) -> model(N, Range, rand:seed_s(exsss, Seed), #{}, []).
model(0, _, _, M, L) -> {map_size(M), lists:sort(maps:to_list(M)) =:= L, erlang:phash2(L)};
model(N, R, S, M, L) ->
    {K, S1} = rand:uniform_s(R, S), {Op, S2} = rand:uniform_s(5, S1),
    case Op of
        5 -> model(N - 1, R, S2, maps:remove(K, M), lists:keydelete(K, 1, L));
        4 -> W = lists:keyfind(K, 1, L), G = case M of #{K := V} -> {K, V}; _ -> false end, W = G, model(N - 1, R, S2, M, L);
        _ -> model(N - 1, R, S2, M#{K => N}, lists:keysort(1, lists:keystore(K, 1, L, {K, N})))
    end.
walk(I) -> case maps:next(I) of none -> []; {K, V, J} -> [{K, V} | walk(J)] end.
share(M) -> L = [M#{K => x} || K <- lists:seq(1, 50)], A = [maps:get(K, X) || {K, X} <- lists:zip(lists:seq(1, 50), L)], {lists:usort(A), lists:sum([maps:get(51, X) || X <- L]), maps:get(1, M)}.
nested(0) -> #{}; nested(N) -> M = #{N => nested(N - 1), list => [N]}, case N of 40 -> deep(M, 40); _ -> M end.
deep(M, 0) -> M; deep(M, N) -> deep(maps:get(N, M), N - 1).
shrink(M) -> [{N, sum(maps:with(lists:seq(1, N), M)) =:= sum(maps:from_list([{K, K * K} || K <- lists:seq(1, N)]))} || N <- [0, 1, 30, 32, 33, 64]].
strings(N) -> X = lists:foldl(fun(K, A) -> A#{integer_to_list(K) => K, integer_to_binary(K) => -K, float(K) => K, {K, [K]} => #{K => K}, list_to_atom("k" ++ integer_to_list(K)) => K} end, #{}, lists:seq(1, N)), {map_size(X), maps:get("77", X), maps:get(<<"77">>, X), maps:get(77.0, X), maps:get({77, [77]}, X), maps:get(k77, X), maps:get(77, X, none), erlang:phash2(X)}.
