%% SPDX-License-Identifier: Apache-2.0
%% gb_trees, gb_sets, dict, orddict and array against a map, over the same thousand operations.
-module(sl_trees_model).
-include("../t.hrl").

start() ->
    Ops = ops(1000, 12345), M = lists:foldl(fun({put, K, V}, A) -> A#{K => V}; ({del, K}, A) -> maps:remove(K, A); ({up, K}, A) -> case A of #{K := V} -> A#{K := V + 1}; _ -> A#{K => 0} end end, #{}, Ops), Want = lists:sort(maps:to_list(M)), ?T(length(Want)), ?T(erlang:phash2(Want)),
    G = lists:foldl(fun({put, K, V}, A) -> gb_trees:enter(K, V, A); ({del, K}, A) -> gb_trees:delete_any(K, A); ({up, K}, A) -> case gb_trees:lookup(K, A) of {value, V} -> gb_trees:update(K, V + 1, A); none -> gb_trees:insert(K, 0, A) end end, gb_trees:empty(), Ops), ?T(gb_trees:to_list(G) =:= Want), ?T(element(1, gb_trees:take_smallest(G)) =:= element(1, hd(Want))), ?T({gb_trees:size(G), gb_trees:smallest(G), gb_trees:largest(G)}), ?T(gb_trees:to_list(gb_trees:balance(G)) =:= Want), ?T(walk(gb_trees:next(gb_trees:iterator_from(50, G)), 5)), ?T(lists:sum(gb_trees:values(gb_trees:map(fun(K, V) -> K + V end, G)))),
    D = lists:foldl(fun({put, K, V}, A) -> dict:store(K, V, A); ({del, K}, A) -> dict:erase(K, A); ({up, K}, A) -> dict:update(K, fun(V) -> V + 1 end, 0, A) end, dict:new(), Ops), ?T(lists:sort(dict:to_list(D)) =:= Want), ?T(dict:fold(fun(_, V, S) -> V + S end, 0, D)), ?T(dict:size(dict:filter(fun(K, _) -> K > 50 end, D))), ?T(lists:sort(dict:fetch_keys(D)) =:= [K || {K, _} <- Want]), ?T(dict:to_list(D) =:= dict:to_list(dict:from_list(Want))),
    O = lists:foldl(fun({put, K, V}, A) -> orddict:store(K, V, A); ({del, K}, A) -> orddict:erase(K, A); ({up, K}, A) -> orddict:update(K, fun(V) -> V + 1 end, 0, A) end, [], Ops), ?T(O =:= Want),
    S = gb_sets:from_list([K || {K, _} <- Want]), Od = ordsets:from_list([K || {K, _} <- Want, K rem 2 =:= 0]), E = gb_sets:from_ordset(Od), ?T(gb_sets:to_list(gb_sets:intersection(S, E)) =:= Od), ?T(gb_sets:size(gb_sets:difference(S, E))), ?T(gb_sets:is_subset(E, S)), ?T(gb_sets:is_disjoint(E, gb_sets:singleton(-1))), ?T(gb_sets:fold(fun(X, A) -> X - A end, 0, S)), ?T(gb_sets:to_list(gb_sets:filter(fun(X) -> X > 90 end, S))), ?T(gb_sets:add_element(1, E) =:= gb_sets:add(1, E)), ?T(gb_sets:smallest(gb_sets:union([S, gb_sets:from_list([-5, 500])]))),
    X = lists:foldl(fun({put, K, V}, A) -> array:set(K, V, A); ({del, K}, A) -> array:reset(K, A); ({up, K}, A) -> array:set(K, case array:get(K, A) of undefined -> 0; V -> V + 1 end, A) end, array:new(), Ops), ?T(array:sparse_to_orddict(X) =:= Want), ?T(array:size(X) > 90), ?T(gb_trees:get(-1, G)), ?T(gb_trees:insert(element(1, hd(Want)), x, G)), ?T(gb_trees:smallest(gb_trees:empty())), ?T(dict:fetch(-1, D)), ?T(orddict:fetch(-1, O)), ?T(array:get(-1, X)), ?T(gb_sets:delete(-1, S)), ?T(gb_trees:delete(-1, G)), ?T(sets:is_subset(sets:from_list([1]), sets:from_list([1, 2], [{version, 2}]))), ?T(lists:sort(sets:to_list(sets:union(sets:from_list([a, b]), sets:from_list([b, c]))))).

ops(0, _) -> [];
ops(N, S) -> S1 = (S * 1103515245 + 12345) band 16#7fffffff, K = S1 rem 100, [case (S1 bsr 8) rem 3 of 0 -> {put, K, S1 rem 7}; 1 -> {del, K}; 2 -> {up, K} end | ops(N - 1, S1)].
walk(none, _) -> [];
walk(_, 0) -> [];
walk({K, V, I}, N) -> [{K, V} | walk(gb_trees:next(I), N - 1)].
